package web

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"

	"ajar/internal/barriers"
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// chooseView is the page on which somebody says what shall be done with the pupils they chose.
type chooseView struct {
	Pupils  []listRow
	Cohorts []barriers.Cohort // those that go on
	Staff   []roll.Colleague
	Into    string // "new" or the key of a cohort
	Name    string
	Reason  string
	To      string // the chosen key teacher
	Starts  string
	Errors  ui.Errors
}

// chosen reads the pupils out of the form or the address, in the order of the list; with all=1 everyone of the filtered list.
func (h handlers) chosen(q *web.Req) (out []listRow, err error) {
	v, err := h.read(q, 0)
	if err != nil || q.Text("all") == "1" {
		return v.Rows, err
	}
	ticked := map[roll.PupilID]bool{}
	for _, s := range q.Texts("pupil") {
		if id, err := ids.Parse[roll.Pupil](s); err == nil {
			ticked[id] = true
		}
	}
	for _, r := range v.Rows {
		if ticked[r.ID] {
			out = append(out, r)
		}
	}
	return out, nil
}

func pupilIDs(q *web.Req) (out []roll.PupilID) {
	for _, s := range q.Texts("pupil") {
		if id, err := ids.Parse[roll.Pupil](s); err == nil {
			out = append(out, id)
		}
	}
	return out
}

func (h handlers) choose(q *web.Req) error {
	rows, err := h.chosen(q)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return q.Go(cmp.Or(q.R.Header.Get("Referer"), ListPath), "Tick the pupils first, then say what shall be done.")
	}
	v := chooseView{Pupils: rows, Into: "new"}
	if q.Text("do") == "key_teacher" {
		return h.keyTeacherPage(q, v, false)
	}
	return h.cohortForm(q, v, false)
}

func (h handlers) cohortForm(q *web.Req, v chooseView, again bool) error {
	if err := q.Pass.CheckAll(barriers.Choose); err != nil {
		return err
	}
	all, err := h.s.Cohorts(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !c.Ended() {
			v.Cohorts = append(v.Cohorts, c)
		}
	}
	d := ui.From(q, "Put pupils into a cohort")
	d.Breadcrumbs = []ui.Link{{Text: "Who needs reaching", Href: ListPath}}
	d.Errors = v.Errors
	if again {
		return q.Again(putPage(d, v))
	}
	return q.Page(putPage(d, v))
}

// putInCohort starts a cohort with the pupils, or adds them to one.
func (h handlers) putInCohort(q *web.Req) error {
	v := chooseView{Into: cmp.Or(q.Text("into"), "new"), Name: q.Text("name"), Reason: q.Text("reason")}
	pupils := pupilIDs(q)
	var id barriers.CohortID
	var err error
	if v.Into == "new" {
		id, err = h.s.StartCohort(q.Context(), q.Pass, v.Name, v.Reason, pupils)
	} else if id = web.FormID[barriers.Cohort](q, "into"); id.Zero() {
		err = fault.Gone("cohort")
	} else {
		err = h.s.Add(q.Context(), q.Pass, id, pupils, v.Reason)
	}
	if errs := ui.ErrorsOf(err); len(errs) > 0 {
		v.Errors = errs
		var rerr error
		if v.Pupils, rerr = h.chosen(q); rerr != nil {
			return rerr
		}
		return h.cohortForm(q, v, true)
	}
	if err != nil {
		return err
	}
	return q.Go(CohortPath(id), pupilsWords(len(pupils))+" put into the cohort, with what is measured today as their baseline.")
}

func pupilsWords(n int) string {
	if n == 1 {
		return "1 pupil"
	}
	return ui.Thousands(n) + " pupils"
}

func (h handlers) keyTeacherPage(q *web.Req, v chooseView, again bool) error {
	if err := q.Pass.CheckAll(roll.Edit); err != nil {
		return err
	}
	all, err := h.s.Roll.StaffList(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	today := h.s.DB.Clock().Today()
	for _, c := range all {
		if c.Ends >= today {
			v.Staff = append(v.Staff, c)
		}
	}
	d := ui.From(q, "Give pupils a key teacher")
	d.Breadcrumbs = []ui.Link{{Text: "Who needs reaching", Href: ListPath}}
	d.Errors = v.Errors
	if again {
		return q.Again(keyTeacherPage(d, v))
	}
	return q.Page(keyTeacherPage(d, v))
}

// keyTeacher assigns the chosen pupils; the roll decides and keeps it.
func (h handlers) keyTeacher(q *web.Req) error {
	v := chooseView{To: q.Text("staff"), Starts: q.Text("starts"), Reason: q.Text("reason")}
	_, n, err := h.s.Roll.Assign(q.Context(), q.Pass, roll.Assignment{Pupils: pupilIDs(q), Values: roll.Values{"staff": v.To, "part": "key_teacher", "starts": v.Starts, "reason": v.Reason}})
	if errs := ui.ErrorsOf(err); len(errs) > 0 {
		v.Errors = errs
		var rerr error
		if v.Pupils, rerr = h.chosen(q); rerr != nil {
			return rerr
		}
		return h.keyTeacherPage(q, v, true)
	}
	if err != nil {
		return err
	}
	return q.Go(ListPath, pupilsWords(n)+" given a key teacher.")
}

func (v chooseView) staffOptions() (out []ui.Option) {
	for _, c := range v.Staff {
		label := c.Name
		if c.Pupils > 0 {
			label += " (" + pupilsWords(c.Pupils) + " now)"
		}
		out = append(out, ui.Option{Value: c.ID.String(), Label: label})
	}
	return out
}

func (h handlers) cohorts(q *web.Req) error {
	list, err := h.s.Cohorts(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(cohortsPage(ui.From(q, "Cohorts"), list, q.Pass.Scope(barriers.Choose) == access.All))
}

// cohortView is the page of a cohort.
type cohortView struct {
	barriers.Cohort
	Members   []barriers.Member
	MayChoose bool
	MayMail   bool // labels and lists of families
	At        *url.URL
	Page      int
	Text      string
	Pupil     barriers.Member // whom a form is about
}

// families are the pupils in it, as the page that plans conversations takes them.
func (v cohortView) families() []ui.HiddenInput {
	out := []ui.HiddenInput{{Name: "cohort", Value: v.ID.String()}, {Name: "cohort_name", Value: v.Name}}
	for _, m := range v.in() {
		out = append(out, ui.HiddenInput{Name: "pupil", Value: m.PupilID.String()})
	}
	return out
}

func (v cohortView) group() (g roll.Group) {
	for _, m := range v.in() {
		g.Pupils = append(g.Pupils, m.PupilID)
	}
	return g
}

func (v cohortView) from() int { return (v.Page - 1) * pageSize }

// shown are those of the pupils in it who stand on this page.
func (v cohortView) shown() []barriers.Member {
	in := v.in()
	return in[min(v.from(), len(in)):min(v.from()+pageSize, len(in))]
}

func (h handlers) readCohort(q *web.Req) (v cohortView, err error) {
	id, err := web.PathID[barriers.Cohort](q, "cohort")
	if err != nil {
		return v, err
	}
	v.MayChoose = q.Pass.Scope(barriers.Choose) == access.All
	v.MayMail = q.Pass.Scope(roll.Mail) >= access.Own
	v.At, v.Page = q.R.URL, 1
	if n, err := strconv.Atoi(q.Text("page")); err == nil && n > 1 && n < 1e4 {
		v.Page = n
	}
	v.Cohort, v.Members, err = h.s.CohortToday(q.Context(), q.Pass, id, v.from(), pageSize)
	return v, err
}

func (v cohortView) in() (out []barriers.Member) {
	for _, m := range v.Members {
		if !m.Left() {
			out = append(out, m)
		}
	}
	return out
}

func (v cohortView) left() (out []barriers.Member) {
	for _, m := range v.Members {
		if m.Left() {
			out = append(out, m)
		}
	}
	return out
}

// fewWords says what a small group allows (domain I02).
func (v cohortView) fewWords() string {
	switch n := len(v.in()); {
	case n == 0:
		return ""
	case n < 10:
		return fmt.Sprintf("With %s, look at each of them. No percentage and no average of so few is for publishing: it would be about people who can be found.", pupilsWords(n))
	case n < 20:
		return fmt.Sprintf("With %s, one of them moves any average a good deal. Look at each, and do not compare the group with others.", pupilsWords(n))
	}
	return ""
}

func (h handlers) cohort(q *web.Req) error {
	v, err := h.readCohort(q)
	if err != nil {
		return err
	}
	d := ui.From(q, v.Name)
	d.Wide = true
	d.Breadcrumbs = []ui.Link{{Text: "Who needs reaching", Href: ListPath}, {Text: "Cohorts", Href: CohortsPath}}
	return q.Page(cohortPage(d, v))
}

// memberForm finds the cohort and the pupil of a form about taking them out.
func (h handlers) memberForm(q *web.Req) (v cohortView, err error) {
	if v, err = h.readCohort(q); err != nil {
		return v, err
	}
	id := web.FormID[roll.Pupil](q, "pupil")
	for _, m := range v.in() {
		if m.PupilID == id {
			v.Pupil = m
			return v, nil
		}
	}
	return v, fault.Gone("pupil in this cohort")
}

func (h handlers) removeForm(q *web.Req) error {
	v, err := h.memberForm(q)
	if err != nil {
		return err
	}
	return q.Page(removePage(h.cohortCrumbs(q, "Take a pupil out", v), v))
}

func (h handlers) cohortCrumbs(q *web.Req, title string, v cohortView) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = []ui.Link{{Text: "Cohorts", Href: CohortsPath}, {Text: v.Name, Href: CohortPath(v.ID)}}
	return d
}

func (h handlers) remove(q *web.Req) error {
	v, err := h.memberForm(q)
	if err != nil {
		return err
	}
	v.Text = q.Text("reason")
	err = h.s.Remove(q.Context(), q.Pass, v.ID, v.Pupil.PupilID, v.Text)
	if errs := ui.ErrorsOf(err); len(errs) > 0 {
		d := h.cohortCrumbs(q, "Take a pupil out", v)
		d.Errors = errs
		return q.Again(removePage(d, v))
	}
	if err != nil {
		return err
	}
	return q.Go(CohortPath(v.ID), v.Pupil.Name()+" is taken out. The time in the cohort stays on record.")
}

func (h handlers) endForm(q *web.Req) error {
	v, err := h.readCohort(q)
	if err != nil {
		return err
	}
	return q.Page(endPage(h.cohortCrumbs(q, "Close the cohort", v), v))
}

func (h handlers) end(q *web.Req) error {
	v, err := h.readCohort(q)
	if err != nil {
		return err
	}
	v.Text = q.Text("review")
	err = h.s.EndCohort(q.Context(), q.Pass, v.ID, v.Text)
	if errs := ui.ErrorsOf(err); len(errs) > 0 {
		d := h.cohortCrumbs(q, "Close the cohort", v)
		d.Errors = errs
		return q.Again(endPage(d, v))
	}
	if err != nil {
		return err
	}
	return q.Go(CohortPath(v.ID), "The cohort is closed.")
}

// besideOf is one measure then and now; none when it was never known.
func besideOf(m barriers.Member, measure string) []barriers.Compared {
	for _, c := range m.Beside() {
		if c.Measure == measure {
			return []barriers.Compared{c}
		}
	}
	return nil
}

// resultsOf are the measures that have no column of their own.
func resultsOf(m barriers.Member) (out []barriers.Compared) {
	for _, c := range m.Beside() {
		if c.Measure != barriers.IFactorMeasure && c.Measure != barriers.AttendanceMeasure {
			out = append(out, c)
		}
	}
	return out
}

func resultsWords(n int) string {
	if n == 1 {
		return "1 result"
	}
	return strconv.Itoa(n) + " results"
}

func pupilQuery(m barriers.Member) url.Values { return url.Values{"pupil": {m.PupilID.String()}} }
