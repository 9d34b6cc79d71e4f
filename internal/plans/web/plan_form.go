package web

import (
	"fmt"
	"time"

	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

type planForm struct {
	ID     plans.PlanID
	V      values
	Staff  []roll.Staff
	Action string
	Button string
}

func (h handlers) newPlan(q *web.Req) error {
	// A school's year begins in September; from May on people plan the next one.
	now := h.s.DB.Clock().Now()
	year := now.Year()
	if now.Month() < time.May {
		year--
	}
	v := values{"title": fmt.Sprintf("Working with families %d/%02d", year, (year+1)%100), "starts": fmt.Sprintf("1/9/%d", year), "ends": fmt.Sprintf("31/8/%d", year+1)}
	return h.planForm(q, planForm{V: v, Action: newPath, Button: "Make the plan"}, nil)
}

func (h handlers) planForm(q *web.Req, f planForm, errs ui.Errors) error {
	var err error
	if f.Staff, err = h.s.Colleagues(q.Context(), q.Pass); err != nil {
		return err
	}
	title := "New plan"
	if f.ID != 0 {
		title = "Change the plan"
	}
	d := page(q, title)
	d.Errors = errs
	c := planFormPage(d, f)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func readPlan(q *web.Req) (values, plans.Plan, error) {
	v := typed(q, "title", "starts", "ends", "lead")
	p := plans.Plan{Title: v["title"]}
	d, err := v.days("starts", "ends")
	p.Starts, p.Ends = d["starts"], d["ends"]
	if id := web.FormID[roll.Staff](q, "lead"); id != 0 {
		p.LeadID = &id
	}
	return v, p, err
}

func (h handlers) makePlan(q *web.Req) error {
	v, p, err := readPlan(q)
	var id plans.PlanID
	if err == nil {
		id, err = h.s.Make(q.Context(), q.Pass, p)
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.planForm(q, planForm{V: v, Action: newPath, Button: "Make the plan"}, errs)
	}
	return q.Go(prioritiesPath(id), "The plan is there. Begin with what is not as it should be.")
}

func (h handlers) editPlan(q *web.Req) error {
	p, err := h.open(q)
	if err != nil {
		return err
	}
	v := values{"title": p.Title, "starts": ui.ShowDate(p.Starts), "ends": ui.ShowDate(p.Ends)}
	if p.LeadID != nil {
		v["lead"] = p.LeadID.String()
	}
	return h.planForm(q, planForm{ID: p.ID, V: v, Action: editPath(p.ID), Button: "Save"}, nil)
}

func (h handlers) changePlan(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	v, p, err := readPlan(q)
	if err == nil {
		err = h.s.ChangePlan(q.Context(), q.Pass, id, p)
	} else if _, e := h.s.Open(q.Context(), q.Pass, id); e != nil {
		return e
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.planForm(q, planForm{ID: id, V: v, Action: editPath(id), Button: "Save"}, errs)
	}
	return q.Go(PlanPath(id), "Saved.")
}
