package web

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

func toStaff(c roll.Colleague) []ui.Link {
	return []ui.Link{{Text: "Staff", Href: StaffPath}, {Text: c.Name, Href: StaffMemberPath(c.ID)}}
}

func (h *handlers) away(q *web.Req) error {
	c, err := h.openStaff(q)
	if err != nil {
		return err
	}
	p, err := h.awayPage(q, c, roll.Values{}, nil)
	if err != nil {
		return err
	}
	return q.Page(p)
}

func (h *handlers) awayPage(q *web.Req, c roll.Colleague, v roll.Values, errs ui.Errors) (templ.Component, error) {
	list, err := h.s.Ahead(q.Context(), q.Pass, c.ID)
	if err != nil {
		return nil, err
	}
	others, err := h.othersThan(q, c.ID)
	if err != nil {
		return nil, err
	}
	d := page(q, "When "+c.Name+" is away", toStaff(c)...)
	d.Errors = errs
	return awayListPage(d, c, list, form{v, errs}, others, q.Pass.Scope(roll.Edit) == access.All, h.today()), nil
}

func (h *handlers) othersThan(q *web.Req, id roll.StaffID) (out []ui.Option, err error) {
	list, err := h.colleagues(q)
	for _, s := range list {
		if s.ID != id {
			out = append(out, ui.Option{Value: s.ID.String(), Label: s.Name})
		}
	}
	return out, err
}

func (h *handlers) awayRecord(q *web.Req) error {
	c, err := h.openStaff(q)
	if err != nil {
		return err
	}
	v := typed(q, roll.AwayFields)
	id, err := h.s.RecordAway(q.Context(), q.Pass, c.ID, v)
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		p, err := h.awayPage(q, c, v, errs)
		if err != nil {
			return err
		}
		return q.Again(p)
	}
	return q.Go(absencePath(c.ID, id), "Recorded. See below who looks after whom.")
}

// openAbsence finds one absence that is not over on the page of its member of staff.
func (h *handlers) openAbsence(q *web.Req) (c roll.Colleague, a roll.Away, err error) {
	if c, err = h.openStaff(q); err != nil {
		return c, a, err
	}
	id, err := web.PathID[roll.Absence](q, "absence")
	if err != nil {
		return c, a, err
	}
	list, err := h.s.Ahead(q.Context(), q.Pass, c.ID)
	if err != nil {
		return c, a, err
	}
	for _, x := range list {
		if x.ID == id {
			return c, x, nil
		}
	}
	return c, a, access.Denied()
}

func (h *handlers) absence(q *web.Req) error {
	c, a, err := h.openAbsence(q)
	if err != nil {
		return err
	}
	return h.absencePage(q, c, a, roll.Values{}, nil)
}

func (h *handlers) absencePage(q *web.Req, c roll.Colleague, a roll.Away, v roll.Values, errs ui.Errors) error {
	others, err := h.othersThan(q, c.ID)
	if err != nil {
		return err
	}
	pupils, err := h.s.CoverablePupils(q.Context(), q.Pass, c.ID)
	if err != nil {
		return err
	}
	chosen := map[string]bool{}
	for _, x := range q.Texts("pupil") {
		chosen[x] = true
	}
	d := page(q, "Cover for "+c.Name, append(toStaff(c), ui.Link{Text: "Away and cover", Href: awayPath(c.ID)})...)
	d.Errors = errs
	out := absencePage(d, c, a, form{v, errs}, others, pupils, chosen, h.today())
	if len(errs) > 0 {
		return q.Again(out)
	}
	return q.Page(out)
}

func (h *handlers) absenceCover(q *web.Req) error {
	c, a, err := h.openAbsence(q)
	if err != nil {
		return err
	}
	v := typed(q, roll.CoverFields)
	var pupils []roll.PupilID
	for _, text := range q.Texts("pupil") {
		id, err := ids.Parse[roll.Pupil](text)
		if err != nil {
			return access.Denied()
		}
		pupils = append(pupils, id)
	}
	errs, err := formErrors(h.s.CoverFor(q.Context(), q.Pass, a.ID, v, pupils))
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.absencePage(q, c, a, v, errs)
	}
	return q.Go(absencePath(c.ID, a.ID), "Saved.")
}

func (h *handlers) absenceUncover(q *web.Req) error {
	c, a, err := h.openAbsence(q)
	if err != nil {
		return err
	}
	var list []roll.CoverID
	for _, text := range q.Texts("row") {
		id, err := ids.Parse[roll.Cover](text)
		if err != nil {
			return access.Denied()
		}
		list = append(list, id)
	}
	if err := h.s.EndCover(q.Context(), q.Pass, list); err != nil {
		return err
	}
	return q.Go(absencePath(c.ID, a.ID), "Ended. They no longer see these pupils, unless for another reason.")
}

func (h *handlers) absenceEnd(q *web.Req) error {
	c, a, err := h.openAbsence(q)
	if err != nil {
		return err
	}
	last := q.Text("last")
	errs, err := formErrors(h.s.ComeBack(q.Context(), q.Pass, a.ID, roll.Values{"ends": last}))
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		for i := range errs {
			errs[i].Field = "last"
		}
		return h.absencePage(q, c, a, roll.Values{"last": last}, errs)
	}
	return q.Go(awayPath(c.ID), "Saved. The day after, everything is theirs again by itself.")
}

// awayWords says the days of an absence.
func awayWords(a roll.Away, today string) string {
	if a.Ends >= roll.ForGood {
		if a.Starts <= today {
			return "Away since " + day(a.Starts) + ", with no last day yet"
		}
		return "Away from " + day(a.Starts) + ", with no last day yet"
	}
	return "Away from " + day(a.Starts) + " to " + day(a.Ends)
}

func coverWords(c roll.CoverLine) string {
	out := c.Staff + " covers "
	switch {
	case c.PupilID == nil:
		out += "for all their pupils and classes"
	case len(c.Pupils) > 0:
		out += "for " + namesOf(c.Pupils)
	default:
		out += "for " + plural(len(c.IDs), "pupil", "pupils")
	}
	if s := span(c.Starts, c.Ends); s != "" {
		out += ", " + s
	}
	return out
}

func gapWords(g roll.CoverGap) string {
	out := "Nobody covers " + plural(g.N, "pupil", "pupils")
	if len(g.Pupils) > 0 && len(g.Pupils) <= 12 {
		out += " (" + namesOf(g.Pupils) + ")"
	}
	if s := span(g.Starts, g.Ends); s != "" {
		out += ", " + s
	}
	return out + "."
}

func onwardWords(o roll.OnwardCover) string {
	return o.Through + " is away too, so " + o.Staff + " has the pupils, " + span(o.Starts, o.Ends) + "."
}

// GapsPanel is on the first page of those who can name a cover: whose pupils nobody looks after in the next four weeks, since a colleague is away or has
// left.
func GapsPanel(tx *db.Tx) (web.Component, error) {
	list, err := roll.Uncovered(tx)
	if err != nil {
		return nil, err
	}
	left, err := roll.WithoutAnyone(tx)
	if err != nil || len(list)+len(left) == 0 {
		return nil, err
	}
	return gapsPanel(list, left, tx.Today()), nil
}

func coverFields(x roll.CoverLine) (out []ui.HiddenInput) {
	for _, id := range x.IDs {
		out = append(out, ui.HiddenInput{Name: "row", Value: id.String()})
	}
	return out
}

func pupilOptions(list []roll.PupilHit) (out []ui.Option) {
	for _, p := range list {
		out = append(out, ui.Option{Value: p.ID.String(), Label: p.Name()})
	}
	return out
}

func ticked(chosen map[string]bool) (out []string) {
	for v := range chosen {
		out = append(out, v)
	}
	return out
}
