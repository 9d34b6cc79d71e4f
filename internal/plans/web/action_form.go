package web

import (
	"slices"
	"strconv"

	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// actionForm is the form of an action, new or not.
type actionForm struct {
	Plan     plans.PlanID
	Action   string
	Button   string
	V        values
	Serves   []string
	Source   plans.Source
	Why      string
	Staff    []roll.Staff
	Known    []plans.Objective
	Themes   []string
	Version  int
	MayEnter bool
}

func (h handlers) addForm(q *web.Req) error {
	p, err := h.open(q)
	if err != nil {
		return err
	}
	f := actionForm{Plan: p.ID, Action: addPath(p.ID), Button: "Add the action", V: values{"due": ui.ShowDate(p.Ends)}}
	if err := h.fromGap(q, &f, true); err != nil {
		return err
	}
	return h.actionForm(q, "New action", p, f, nil)
}

// fromGap finds the gap that the form began from and, the first time, fills it in.
func (h handlers) fromGap(q *web.Req, f *actionForm, fill bool) error {
	g, ok, err := h.s.Gap(q.Context(), q.Pass, q.Text("kind"), q.Text("key"))
	if err != nil || !ok {
		return err
	}
	f.Source, f.Why = g.Source, g.Why
	if !fill {
		return nil
	}
	f.V["theme"], f.V["measure"] = g.Theme, g.Measure
	if n, err := strconv.Atoi(q.Text("n")); err == nil && n >= 1 && n <= len(g.Suggest) {
		f.V["words"] = g.Suggest[n-1]
	}
	if g.Source.Kind == "objective" {
		f.Serves = []string{g.Source.Key}
	}
	return nil
}

func (h handlers) actionForm(q *web.Req, title string, p plans.PlanView, f actionForm, errs ui.Errors) error {
	var err error
	if f.Staff, err = h.s.Colleagues(q.Context(), q.Pass); err != nil {
		return err
	}
	tree, err := h.s.Objectives(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	for _, b := range tree.Tree {
		f.Known = append(f.Known, b.Objective)
	}
	for _, a := range p.Actions {
		if a.Theme != "" && !slices.Contains(f.Themes, a.Theme) {
			f.Themes = append(f.Themes, a.Theme)
		}
	}
	d := page(q, title, ui.Link{Text: p.Title, Href: PlanPath(p.ID)})
	d.Errors = errs
	c := actionFormPage(d, f)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func readAction(q *web.Req) (values, []string, plans.Typed, error) {
	v := typed(q, "theme", "words", "owner", "due", "measure", "planned", "spent", "funding")
	t := plans.Typed{Theme: v["theme"], Words: v["words"], Owner: web.FormID[roll.Staff](q, "owner"), Measure: v["measure"], Planned: v["planned"], Spent: v["spent"], Funding: v["funding"]}
	serves := q.Texts("serves")
	for _, x := range serves {
		if r, ok := plans.ReadRef(x); ok {
			t.Serves = append(t.Serves, r)
		}
	}
	d, err := v.days("due")
	t.Due = d["due"]
	return v, serves, t, err
}

func (h handlers) add(q *web.Req) error {
	p, err := h.open(q)
	if err != nil {
		return err
	}
	v, serves, t, err := readAction(q)
	f := actionForm{Plan: p.ID, Action: addPath(p.ID), Button: "Add the action", V: v, Serves: serves}
	if e := h.fromGap(q, &f, false); e != nil {
		return e
	}
	t.Source = f.Source
	var id plans.ActionID
	if err == nil {
		id, err = h.s.Add(q.Context(), q.Pass, p.ID, t)
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.actionForm(q, "New action", p, f, errs)
	}
	if f.Source.Kind != "" {
		return q.Go(prioritiesPath(p.ID), "The action is in the plan.")
	}
	return q.Go(ActionPath(id), "The action is in the plan.")
}

func (h handlers) editAction(q *web.Req) error {
	v, err := h.readOne(q)
	if err != nil {
		return err
	}
	f := actionForm{Plan: v.PlanID, Action: actionEditPath(v.ID), Button: "Save", Source: v.Source(), Version: v.Version,
		V: values{"theme": v.Theme, "words": v.Words, "due": ui.ShowDate(v.Due), "measure": v.Measure, "planned": amount(v.PlannedPence), "spent": amount(v.SpentPence), "funding": v.Funding}}
	if v.OwnerID != nil {
		f.V["owner"] = v.OwnerID.String()
	}
	for _, o := range v.Serves {
		f.Serves = append(f.Serves, o.Ref().String())
	}
	p, err := h.s.Open(q.Context(), q.Pass, v.PlanID)
	if err != nil {
		return err
	}
	return h.actionForm(q, "Change the action", p, f, nil)
}

// amount is pounds for a field, without the sign.
func amount(p *int64) string {
	if p == nil {
		return ""
	}
	return plans.Pounds(*p)[len("£"):]
}

func (h handlers) changeAction(q *web.Req) error {
	was, err := h.readOne(q)
	if err != nil {
		return err
	}
	v, serves, t, err := readAction(q)
	seen, _ := strconv.Atoi(q.Text("version"))
	if err == nil {
		err = h.s.Change(q.Context(), q.Pass, was.ID, t, seen)
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		p, err := h.s.Open(q.Context(), q.Pass, was.PlanID)
		if err != nil {
			return err
		}
		return h.actionForm(q, "Change the action", p, actionForm{Plan: was.PlanID, Action: actionEditPath(was.ID), Button: "Save", V: v, Serves: serves, Source: was.Source(), Version: seen}, errs)
	}
	return q.Go(ActionPath(was.ID), "Saved.")
}
