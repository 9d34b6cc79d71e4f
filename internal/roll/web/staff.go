package web

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

func (h *handlers) staffList(q *web.Req) error {
	list, err := h.s.StaffList(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(staffPage(page(q, "Staff"), list, q.Pass.Scope(roll.Settings) == access.All, h.today()))
}

func (h *handlers) today() string { return h.s.DB.Clock().Today() }

// rolesToday says the roles that somebody holds on a day.
func rolesToday(c roll.Colleague, today string) string {
	out := ""
	for _, p := range c.Posts {
		if p.HeldOn(today) {
			if out != "" {
				out += ", "
			}
			out += orText(roll.RoleWords[p.Role], string(p.Role))
		}
	}
	return out
}

func (h *handlers) openStaff(q *web.Req) (roll.Colleague, error) {
	id, err := web.PathID[roll.Staff](q, "staff")
	if err != nil {
		return roll.Colleague{}, err
	}
	return h.s.StaffMember(q.Context(), q.Pass, id)
}

func (h *handlers) staffMember(q *web.Req) error {
	c, err := h.openStaff(q)
	if err != nil {
		return err
	}
	p, err := h.memberPage(q, c, roll.Values{}, nil)
	if err != nil {
		return err
	}
	return q.Page(p)
}

func (h *handlers) memberPage(q *web.Req, c roll.Colleague, v roll.Values, errs ui.Errors) (templ.Component, error) {
	away, err := h.s.Ahead(q.Context(), q.Pass, c.ID)
	if err != nil {
		return nil, err
	}
	d := page(q, c.Name, ui.Link{Text: "Staff", Href: StaffPath})
	d.Errors = errs
	return staffMemberPage(d, c, away, form{v, errs}, q.Pass.Scope(roll.Settings) == access.All, h.today()), nil
}

func (h *handlers) staffNew(q *web.Req) error {
	return q.Page(staffFormPage(q, nil, roll.Values{}, nil))
}

func (h *handlers) staffAdd(q *web.Req) error {
	v := typed(q, roll.StaffFields)
	id, err := h.s.SaveStaff(q.Context(), q.Pass, 0, v, "")
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return q.Again(staffFormPage(q, nil, v, errs))
	}
	return q.Go(StaffMemberPath(id), "Added. Now give them a role: without one they can open nothing.")
}

func (h *handlers) staffForm(q *web.Req) error {
	c, err := h.openStaff(q)
	if err != nil {
		return err
	}
	return q.Page(staffFormPage(q, &c, roll.StaffValues(c.Staff), nil))
}

func (h *handlers) staffSave(q *web.Req) error {
	c, err := h.openStaff(q)
	if err != nil {
		return err
	}
	v := typed(q, roll.StaffFields)
	_, err = h.s.SaveStaff(q.Context(), q.Pass, c.ID, v, q.Text("seen"))
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return q.Again(staffFormPage(q, &c, v, errs))
	}
	return q.Go(StaffMemberPath(c.ID), "Saved.")
}

func staffFormPage(q *web.Req, c *roll.Colleague, v roll.Values, errs ui.Errors) templ.Component {
	title, action, back := "Add a colleague", StaffPath, ui.Link{Text: "Cancel", Href: StaffPath}
	var hidden []ui.HiddenInput
	if c != nil {
		title, action, back.Href = "Change the details of "+c.Name, staffEditPath(c.ID), StaffMemberPath(c.ID)
		hidden = []ui.HiddenInput{{Name: "seen", Value: c.Seen()}}
	}
	d := page(q, title, ui.Link{Text: "Staff", Href: StaffPath})
	d.Errors = errs
	f := form{v, errs}
	return formPage(d, formView{
		Heading: ui.HeadingData{Text: title},
		Form:    ui.FormData{Action: action},
		Hidden:  hidden,
		Fields: []templ.Component{f.text("forename", "Forename", "", 20), f.text("surname", "Surname", "", 20),
			ui.Text(ui.TextInput{Name: "email", Label: "E-mail", Value: v["email"], Error: errs.For("email"), Type: "email", Autocomplete: "off", Width: 30}),
			f.date("ends", "Last day here", "Leave it empty while they work here. From the day after they can open nothing.")},
		Submit: "Save",
		Cancel: back,
	})
}

func (h *handlers) roleGive(q *web.Req) error {
	c, err := h.openStaff(q)
	if err != nil {
		return err
	}
	v := typed(q, []string{"role", "starts", "ends"})
	err = h.s.GiveRole(q.Context(), q.Pass, c.ID, v)
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		p, err := h.memberPage(q, c, v, errs)
		if err != nil {
			return err
		}
		return q.Again(p)
	}
	return q.Go(StaffMemberPath(c.ID), "The role was given.")
}

func (h *handlers) roleEnd(q *web.Req) error {
	c, err := h.openStaff(q)
	if err != nil {
		return err
	}
	post, err := web.PathID[roll.Post](q, "post")
	if err != nil {
		return err
	}
	err = h.s.EndRole(q.Context(), q.Pass, c.ID, post, roll.Values{"ends": q.Text("last_" + post.String())})
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		for i := range errs {
			errs[i].Field = "last_" + post.String()
		}
		p, err := h.memberPage(q, c, roll.Values{}, errs)
		if err != nil {
			return err
		}
		return q.Again(p)
	}
	return q.Go(StaffMemberPath(c.ID), "The last day of the role was recorded.")
}

func roleOptions() (out []ui.Option) {
	for _, r := range roll.Roles {
		out = append(out, ui.Option{Value: string(r), Label: roll.RoleWords[r]})
	}
	return out
}

func partOptions() (out []ui.Option) {
	for _, p := range roll.Parts {
		out = append(out, ui.Option{Value: p, Label: roll.PartWords(p)})
	}
	return out
}

func staffOptions(list []roll.Staff) (out []ui.Option) {
	for _, s := range list {
		out = append(out, ui.Option{Value: s.ID.String(), Label: s.Name})
	}
	return out
}

func (h *handlers) assignFields(f form, staff []roll.Staff) []templ.Component {
	return []templ.Component{
		f.choose("staff", "Colleague", "", "Choose a colleague", staffOptions(staff)),
		f.radios("part", "What they will be", "", true, partOptions()),
		f.date("starts", "From", "Today, if you leave it empty."),
		f.text("reason", "Reason", "For example: taught the older brother, speaks Polish.", 30),
	}
}

func (h *handlers) colleagues(q *web.Req) ([]roll.Staff, error) {
	all, err := h.s.StaffList(q.Context(), q.Pass)
	var out []roll.Staff
	for _, c := range all {
		if c.Ends >= h.today() {
			out = append(out, c.Staff)
		}
	}
	return out, err
}

func (h *handlers) assignForm(q *web.Req) error {
	r, err := h.openRecord(q)
	if err != nil {
		return err
	}
	return h.assignPage(q, r, roll.Values{"part": "key_teacher"}, nil, false)
}

func (h *handlers) assignPage(q *web.Req, r roll.Record, v roll.Values, errs ui.Errors, again bool) error {
	staff, err := h.colleagues(q)
	if err != nil {
		return err
	}
	d := page(q, "Assign a colleague", ui.Link{Text: "Find", Href: "/search"}, toPupil(r))
	d.Errors = errs
	c := formPage(d, formView{
		Heading: ui.HeadingData{Text: "Assign a colleague", Caption: r.Pupil.Name()},
		Lead:    "A child has one key teacher at a time: the one before ends the day before. What was stays on the record.",
		Form:    ui.FormData{Action: assignPath(r.Pupil.ID)},
		Fields:  h.assignFields(form{v, errs}, staff),
		Submit:  "Assign",
		Cancel:  cancel(r),
	})
	if again {
		return q.Again(c)
	}
	return q.Page(c)
}

var assignValues = []string{"staff", "part", "starts", "reason"}

func (h *handlers) assignOne(q *web.Req) error {
	r, err := h.openRecord(q)
	if err != nil {
		return err
	}
	v := typed(q, assignValues)
	_, n, err := h.s.Assign(q.Context(), q.Pass, roll.Assignment{Pupils: []roll.PupilID{r.Pupil.ID}, Values: v})
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.assignPage(q, r, v, errs, true)
	}
	if n == 0 {
		return q.Go(PupilPath(r.Pupil.ID), "They have this part already, so nothing was changed.")
	}
	return q.Go(PupilPath(r.Pupil.ID), "Assigned.")
}

func (h *handlers) openWorker(q *web.Req) (r roll.Record, w roll.Worker, err error) {
	if r, err = h.openRecord(q); err != nil {
		return r, w, err
	}
	id, err := web.PathID[roll.Worker](q, "assignment")
	if err != nil {
		return r, w, err
	}
	for _, x := range r.Workers {
		if x.AssignmentID == id {
			return r, x, nil
		}
	}
	return r, w, goneAssignment()
}

func (h *handlers) assignmentEndForm(q *web.Req) error {
	r, w, err := h.openWorker(q)
	if err != nil {
		return err
	}
	return q.Page(assignmentEndPage(q, r, w, roll.Values{"ends": r.Today}, nil))
}

func (h *handlers) assignmentEnd(q *web.Req) error {
	r, w, err := h.openWorker(q)
	if err != nil {
		return err
	}
	v := typed(q, []string{"ends"})
	err = h.s.EndAssignment(q.Context(), q.Pass, r.Pupil.ID, w.AssignmentID, v)
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return q.Again(assignmentEndPage(q, r, w, v, errs))
	}
	return q.Go(PupilPath(r.Pupil.ID), "The last day was recorded.")
}

func assignmentEndPage(q *web.Req, r roll.Record, w roll.Worker, v roll.Values, errs ui.Errors) templ.Component {
	title := "When does " + w.Name + " stop working with " + r.Pupil.Name() + "?"
	d := page(q, title, ui.Link{Text: "Find", Href: "/search"}, toPupil(r))
	d.Errors = errs
	return formPage(d, formView{
		Heading: ui.HeadingData{Text: title, Caption: roll.PartWords(w.Part)},
		Lead:    "After this day they no longer see the child's record, unless they teach them. What was stays.",
		Form:    ui.FormData{Action: assignmentEndPath(r.Pupil.ID, w.AssignmentID)},
		Fields:  []templ.Component{form{v, errs}.date("ends", "Last day", "")},
		Submit:  "Save",
		Cancel:  cancel(r),
	})
}

func (h *handlers) classes(q *web.Req) error {
	list, err := h.s.Classes(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(classesPage(page(q, "Classes"), list, q.Pass.Scope(roll.Mail) >= access.Own))
}

func (h *handlers) openClass(q *web.Req) (roll.ClassPage, error) {
	id, err := web.PathID[roll.Class](q, "class")
	if err != nil {
		return roll.ClassPage{}, err
	}
	return h.s.Class(q.Context(), q.Pass, id)
}

func (h *handlers) class(q *web.Req) error {
	c, err := h.openClass(q)
	if err != nil {
		return err
	}
	return q.Page(h.classPage(q, c, roll.Values{"part": "key_teacher"}, nil, nil))
}

func (h *handlers) classPage(q *web.Req, c roll.ClassPage, v roll.Values, chosen map[string]bool, errs ui.Errors) templ.Component {
	d := page(q, c.Title, ui.Link{Text: "Classes", Href: ClassesPath})
	d.Errors = errs
	return classPage(d, c, h.assignFields(form{v, errs}, c.Staff), chosen, may(q, roll.Edit), may(q, roll.Mail))
}

// assignClass shows what an assignment of several pupils will do, then does it.
func (h *handlers) assignClass(q *web.Req) error {
	c, err := h.openClass(q)
	if err != nil {
		return err
	}
	a := roll.Assignment{Values: typed(q, assignValues)}
	chosen := map[string]bool{}
	for _, text := range q.Texts("pupil") {
		id, err := ids.Parse[roll.Pupil](text)
		if err != nil {
			return goneAssignment()
		}
		a.Pupils = append(a.Pupils, id)
		chosen[text] = true
	}
	pre, err := h.s.PreviewAssign(q.Context(), q.Pass, a)
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return q.Again(h.classPage(q, c, a.Values, chosen, errs))
	}
	if !q.Checked("confirm") {
		return q.Page(assignCheckPage(page(q, "Check this", ui.Link{Text: "Classes", Href: ClassesPath}, ui.Link{Text: c.Title, Href: ClassPath(c.ID)}), c, pre, a))
	}
	group, n, err := h.s.Assign(q.Context(), q.Pass, a)
	if err != nil {
		return err
	}
	return q.Page(assignedPage(page(q, "Assigned", ui.Link{Text: "Classes", Href: ClassesPath}, ui.Link{Text: c.Title, Href: ClassPath(c.ID)}), c, pre, group, n))
}

func (h *handlers) assignUndo(q *web.Req) error {
	group, err := web.PathID[roll.Assignment](q, "group")
	if err != nil {
		return err
	}
	n, err := h.s.UndoAssign(q.Context(), q.Pass, group)
	if err != nil {
		return err
	}
	return q.Go(ClassesPath, "Undone for "+plural(int(n), "pupil", "pupils")+". Whoever was key teacher before is so again.")
}
