package web

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/sharing"
	"ajar/internal/ui"
)

func page(q *web.Req, title string, crumbs ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Working together", Href: SharedPath}}, crumbs...)
	return d
}

func day(iso string) string {
	if iso == roll.Always || iso == roll.ForGood {
		return ""
	}
	return roll.DayInWords(iso)
}

func dayOf(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }

// formErrors gives the errors to show beside the fields, and the error itself when it asks for a page of its own.
func formErrors(err error) (ui.Errors, error) {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return ui.ErrorsOf(err), nil
	case fault.Conflict:
		sentence, _ := fault.Sentence(err)
		return ui.Errors{{Text: sentence}}, nil
	}
	return nil, err
}

func (h handlers) overview(q *web.Req) error {
	o, err := h.s.Overview(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(overviewPage(ui.From(q, "Working together"), o, q.Pass.Scope(sharing.Agree) == access.All, q.Pass.Scope(sharing.Read) >= access.Own))
}

// values are the fields of a form as they were typed.
type values map[string]string

func typed(q *web.Req, names ...string) values {
	v := values{}
	for _, n := range names {
		v[n] = q.Text(n)
	}
	return v
}

func (v values) date(name string, errs ui.Errors) templ.Component {
	labels := map[string][2]string{"review_on": {"Both schools look at it again on", "A year from now is usual."}, "told_on": {"When was the family told?", ""}, "ends": {"Last day", "Sharing stops by itself after it."}}
	return ui.DateField(ui.DateInput{Name: name, Label: labels[name][0], Hint: labels[name][1], Value: v[name], Error: errs.For(name)})
}

func readDay(typed, field string) (string, error) {
	iso, err := ui.ParseDate(typed)
	if err != nil {
		return "", fault.Field(field, "%s.", err.Error())
	}
	return iso, nil
}

func flowOptions() (out []ui.Option) {
	for _, f := range sharing.Flows {
		out = append(out, ui.Option{Value: string(f), Label: sharing.FlowWords[f]})
	}
	return out
}

func flowValues(m map[sharing.Flow]bool) (out []string) {
	for _, f := range sharing.Flows {
		if m[f] {
			out = append(out, string(f))
		}
	}
	return out
}

func asFlows(texts []string) (out []sharing.Flow) {
	for _, f := range sharing.Flows {
		for _, t := range texts {
			if t == string(f) {
				out = append(out, f)
				break
			}
		}
	}
	return out
}

func (h handlers) inviteForm(q *web.Req) error {
	v := values{"basis": "Public task: the schools' duty to work with families", "review_on": ui.ShowDate(h.s.DB.Clock().Now().AddDate(1, 0, 0).Format(time.DateOnly))}
	return h.invitePage(q, v, []string{string(sharing.Counts)}, nil)
}

func (h handlers) invitePage(q *web.Req, v values, gives []string, errs ui.Errors) error {
	o, err := h.s.Overview(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	options := []ui.Option{{Value: "", Label: "Our two schools alone"}}
	for _, g := range o.Mine {
		options = append(options, ui.Option{Value: g.ID.String(), Label: "They join " + g.Name, Hint: "Their figures then go to it too, unless they say no."})
	}
	d := page(q, "Invite a school")
	d.Errors = errs
	c := invitePage(d, v, gives, options, errs)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func (h handlers) invite(q *web.Req) error {
	v := typed(q, "grouping", "purpose", "basis", "review_on")
	gives := q.Texts("gives")
	t := sharing.Terms{Purpose: v["purpose"], Basis: v["basis"], Gives: asFlows(gives)}
	var err error
	if t.ReviewOn, err = readDay(v["review_on"], "review_on"); err == nil && v["grouping"] != "" {
		var g roll.OrgID
		if g, err = ids.Parse[roll.Org](v["grouping"]); err != nil {
			err = fault.Field("grouping", "Choose one of these.")
		}
		t.Grouping = g
	}
	code := ""
	if err == nil {
		code, err = h.s.Invite(q.Context(), q.Pass, t)
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.invitePage(q, v, gives, errs)
	}
	return q.Page(codePage(page(q, "Your code"), code))
}

func (h handlers) enterForm(q *web.Req) error {
	return q.Page(enterPage(page(q, "Enter a code"), "", nil))
}

func (h handlers) enter(q *web.Req) error {
	code := q.Text("code")
	o, err := h.s.Enter(q.Context(), q.Pass, code)
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		d := page(q, "Enter a code")
		d.Errors = errs
		return q.Again(enterPage(d, code, errs))
	}
	return q.Page(signPage(page(q, "Sign with "+o.OrgName), o, code, []string{string(sharing.Counts)}))
}

func (h handlers) sign(q *web.Req) error {
	code := q.Text("code")
	id, err := h.s.Sign(q.Context(), q.Pass, code, asFlows(q.Texts("gives")))
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		d := page(q, "Enter a code")
		d.Errors = errs
		return q.Again(enterPage(d, code, errs))
	}
	return q.Go(agreementPath(id), "Signed. What you ticked flows from now on, and you can change it here at any time.")
}

func (h handlers) agreement(q *web.Req) error {
	id, err := web.PathID[sharing.Agreement](q, "agreement")
	if err != nil {
		return err
	}
	a, err := h.s.Agreement(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	v := agreementView{Partner: a, Waits: q.Pass.Scope(sharing.Families) >= access.Own && !q.Pass.Open(sharing.Families), MayAgree: q.Pass.Scope(sharing.Agree) == access.All, MayRead: q.Pass.Scope(sharing.Read) >= access.Own}
	if v.Figures, v.HasFigures, err = h.s.FiguresOf(q.Context(), q.Pass, id); err != nil {
		return err
	}
	if q.Pass.OpenScope(sharing.Families) >= access.Own { // names open after the second step
		if v.Given, err = h.s.Given(q.Context(), q.Pass, id); err != nil {
			return err
		}
		v.MayFamilies = true
	}
	return q.Page(agreementPage(page(q, a.OtherName), v))
}

type agreementView struct {
	sharing.Partner
	Given                          []sharing.Given
	Waits                          bool // which families they are opens after the second step
	Figures                        []sharing.Line
	HasFigures                     bool
	MayAgree, MayRead, MayFamilies bool
}

func (h handlers) flows(q *web.Req) error {
	id, err := web.PathID[sharing.Agreement](q, "agreement")
	if err != nil {
		return err
	}
	if err := h.s.Allow(q.Context(), q.Pass, id, asFlows(q.Texts("gives"))); err != nil {
		return err
	}
	return q.Go(agreementPath(id), "Saved. It holds from this moment.")
}

func (h handlers) leaveForm(q *web.Req) error {
	id, err := web.PathID[sharing.Agreement](q, "agreement")
	if err != nil {
		return err
	}
	a, err := h.s.Agreement(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Page(leavePage(page(q, "End the agreement", ui.Link{Text: a.OtherName, Href: agreementPath(id)}), a, "", nil))
}

func (h handlers) leave(q *web.Req) error {
	id, err := web.PathID[sharing.Agreement](q, "agreement")
	if err != nil {
		return err
	}
	errs, err := formErrors(h.s.Leave(q.Context(), q.Pass, id, q.Text("why")))
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		a, err := h.s.Agreement(q.Context(), q.Pass, id)
		if err != nil {
			return err
		}
		d := page(q, "End the agreement", ui.Link{Text: a.OtherName, Href: agreementPath(id)})
		d.Errors = errs
		return q.Again(leavePage(d, a, q.Text("why"), errs))
	}
	return q.Go(agreementPath(id), "The agreement has ended. Nothing flows any more; what is yours you can download here.")
}

func (h handlers) take(q *web.Req) error {
	id, err := web.PathID[sharing.Agreement](q, "agreement")
	if err != nil {
		return err
	}
	body, err := h.s.Take(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Export("agreement", int64(id), "What the school shared under an agreement was downloaded.", "shared.zip", "application/zip", body)
}

func (h handlers) theirs(q *web.Req) error {
	id, err := web.PathID[sharing.Agreement](q, "agreement")
	if err != nil {
		return err
	}
	with, list, err := h.s.Theirs(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Page(theirsPage(page(q, "Families they share with us", ui.Link{Text: with.OtherName, Href: agreementPath(id)}), with, list))
}

func (h handlers) group(q *web.Req) error {
	id, err := web.PathID[roll.Org](q, "org")
	if err != nil {
		return err
	}
	if err := h.s.AllowGroup(q.Context(), q.Pass, id, q.Text("counts") == "yes"); err != nil {
		return err
	}
	return q.Go(SharedPath, "Saved. It holds from this moment.")
}

func (h handlers) groupLeaveForm(q *web.Req) error {
	return h.groupLeavePage(q, nil)
}

func (h handlers) groupLeavePage(q *web.Req, errs ui.Errors) error {
	id, err := web.PathID[roll.Org](q, "org")
	if err != nil {
		return err
	}
	o, err := h.s.Overview(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	for _, g := range o.Groups {
		if g.ID == id {
			d := page(q, "Leave "+g.Name)
			d.Errors = errs
			if len(errs) > 0 {
				return q.Again(groupLeavePage(d, g.Org, q.Text("why"), errs))
			}
			return q.Page(groupLeavePage(d, g.Org, "", nil))
		}
	}
	return fault.Gone("cluster")
}

func (h handlers) groupLeave(q *web.Req) error {
	id, err := web.PathID[roll.Org](q, "org")
	if err != nil {
		return err
	}
	errs, err := formErrors(h.s.LeaveGroup(q.Context(), q.Pass, id, q.Text("why")))
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.groupLeavePage(q, errs)
	}
	return q.Go(SharedPath, "Your school has left. Your figures no longer go there, and your data stays with you.")
}

// both reads the pupil and the agreement of a path.
func both(q *web.Req) (pupil roll.PupilID, id sharing.AgreementID, err error) {
	if pupil, err = web.PathID[roll.Pupil](q, "pupil"); err != nil {
		return 0, 0, err
	}
	id, err = web.PathID[sharing.Agreement](q, "agreement")
	return pupil, id, err
}

func (h handlers) shareForm(q *web.Req) error {
	v := values{"ends": ui.ShowDate(h.s.DB.Clock().Now().AddDate(1, 0, 0).Format(time.DateOnly)), "told_on": ui.ShowDate(h.s.DB.Clock().Today())}
	return h.sharePage(q, v, nil)
}

func (h handlers) sharePage(q *web.Req, v values, errs ui.Errors) error {
	pupil, id, err := both(q)
	if err != nil {
		return err
	}
	who, with, adults, err := h.s.ShareForm(q.Context(), q.Pass, id, pupil)
	if err != nil {
		return err
	}
	d := ui.From(q, "Share with "+with.OtherName)
	d.Breadcrumbs = []ui.Link{{Text: who.Name(), Href: pupilPath(pupil)}}
	d.Errors = errs
	c := sharePage(d, who, with, adults, v, errs)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func (h handlers) share(q *web.Req) error {
	pupil, id, err := both(q)
	if err != nil {
		return err
	}
	v := typed(q, "purpose", "note", "told_on", "told_how", "ends")
	x := sharing.Share{Agreement: id, PupilID: pupil, Purpose: v["purpose"], Note: v["note"], ToldHow: v["told_how"]}
	if x.ToldOn, err = readDay(v["told_on"], "told_on"); err == nil {
		x.Ends, err = readDay(v["ends"], "ends")
	}
	if err == nil {
		_, err = h.s.Share(q.Context(), q.Pass, x)
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.sharePage(q, v, errs)
	}
	return q.Go(pupilPath(pupil), "Shared. You can take it back on this page at any time.")
}

func (h handlers) unshare(q *web.Req) error {
	id, err := web.PathID[sharing.Share](q, "share")
	if err != nil {
		return err
	}
	pupil, err := h.s.Unshare(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Go(pupilPath(pupil), "Taken back. The other school does not find the family any more.")
}

func (h handlers) packForm(q *web.Req) error { return h.packPage(q, "", nil, nil) }

func (h handlers) packPage(q *web.Req, why string, keys []string, errs ui.Errors) error {
	pupil, id, err := both(q)
	if err != nil {
		return err
	}
	who, with, parts, err := h.s.PreparePack(q.Context(), q.Pass, id, pupil)
	if err != nil {
		return err
	}
	if keys == nil {
		for _, p := range parts {
			keys = append(keys, p.Key)
		}
	}
	d := ui.From(q, "Hand-over pack for "+with.OtherName)
	d.Breadcrumbs = []ui.Link{{Text: who.Name(), Href: pupilPath(pupil)}}
	d.Errors = errs
	c := packFormPage(d, who, with, parts, keys, why, errs)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func (h handlers) packSend(q *web.Req) error {
	pupil, id, err := both(q)
	if err != nil {
		return err
	}
	keys := q.Texts("parts")
	pack, err := h.s.SendPack(q.Context(), q.Pass, id, pupil, keys, q.Text("why"))
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		if keys == nil {
			keys = []string{}
		}
		return h.packPage(q, q.Text("why"), keys, errs)
	}
	if q.Pass.Scope(sharing.Read) < access.Own {
		return q.Go(pupilPath(pupil), "The pack was handed over.")
	}
	return q.Go(packPath(pack), "Handed over. The other school has its copy; this is what you sent.")
}

func (h handlers) packs(q *web.Req) error {
	list, err := h.s.Packs(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(packsPage(page(q, "Hand-over packs"), list))
}

func (h handlers) pack(q *web.Req) error {
	id, err := web.PathID[sharing.Pack](q, "pack")
	if err != nil {
		return err
	}
	p, err := h.s.OpenPack(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	clock := h.s.DB.Clock()
	return q.Print("pack", int64(id), "A hand-over pack was opened.", packPage(ui.DocData{Title: "Hand-over pack: " + p.PupilName, Back: ui.Link{Text: "Hand-over packs", Href: packsPath}},
		ui.PaperSheetData{Org: q.Pass.Who().OrgName, Title: "Hand-over pack", Sub: p.PupilName, PrintedBy: q.Pass.Who().Name, PrintedAt: clock.Now().In(clock.Zone()).Format("15:04 on 2 January 2006"),
			Private: "Confidential: about one family. Keep it locked away."}, p))
}

// pupilPanel says on a pupil's page with whom the family is shared.
func (h handlers) pupilPanel() roll.Panel {
	return roll.Panel{Order: 80, Need: sharing.Families, Show: func(tx *db.Tx, p roll.Pupil) (web.Component, error) {
		x, err := sharing.OfPupil(tx, p.ID)
		if err != nil || len(x.Now)+len(x.Partners)+len(x.ForPacks) == 0 {
			return nil, err
		}
		return pupilPanel(p, x), nil
	}}
}

// unshared are the schools with which a family could be shared and is not.
func unshared(x sharing.Shares) (out []sharing.Partner) {
	for _, p := range x.Partners {
		known := false
		for _, n := range x.Now {
			known = known || n.Agreement == p.ID
		}
		if !known {
			out = append(out, p)
		}
	}
	return out
}

func flowsWords(m map[sharing.Flow]bool) string {
	var out []string
	for _, f := range sharing.Flows {
		if m[f] {
			out = append(out, sharing.ShortFlow[f])
		}
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, ", ")
}

func outlets(s *sharing.Service) (out []module.Outlet) {
	for _, o := range s.Outlets() {
		out = append(out, o)
	}
	return out
}
