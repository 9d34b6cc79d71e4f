package web

import (
	"slices"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/ui"
)

func (h handlers) objectives(q *web.Req) error { return h.objectivesPage(q, nil, values{}) }

func (h handlers) objectivesPage(q *web.Req, errs ui.Errors, f values) error {
	v, err := h.s.Objectives(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := page(q, "Objectives and vision")
	d.Errors = errs
	c := objectivesPage(d, v, f)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

// back goes to the page of objectives, or shows it again with what is wrong.
func (h handlers) back(q *web.Req, err error, f values, said string) error {
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.objectivesPage(q, errs, f)
	}
	return q.Go(ObjectivesPath, said)
}

func readAbove(q *web.Req) *plans.Ref {
	if r, ok := plans.ReadRef(q.Text("above")); ok {
		return &r
	}
	return nil
}

func (h handlers) setObjective(q *web.Req) error {
	v := typed(q, "code", "words", "above")
	_, err := h.s.SetObjective(q.Context(), q.Pass, 0, v["code"], v["words"], readAbove(q))
	return h.back(q, err, v, "The objective is set.")
}

func (h handlers) objectiveForm(q *web.Req) error { return h.objectivePage(q, nil, nil) }

func (h handlers) objectivePage(q *web.Req, errs ui.Errors, f values) error {
	id, err := web.PathID[plans.Objective](q, "objective")
	if err != nil {
		return err
	}
	v, err := h.s.Objectives(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	if !v.MayLead {
		return access.Denied()
	}
	at := slices.IndexFunc(v.Tree, func(b plans.Branch) bool { return b.ID == id && b.Own })
	if at < 0 {
		return fault.Gone("page")
	}
	if f == nil {
		f = values{"code": v.Tree[at].Code, "words": v.Tree[at].Words}
		if up, ok := v.Tree[at].Above(); ok {
			f["above"] = up.String()
		}
	}
	d := page(q, "Change an objective", ui.Link{Text: "Objectives and vision", Href: ObjectivesPath})
	d.Errors = errs
	c := objectivePage(d, v, v.Tree[at], f)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func (h handlers) changeObjective(q *web.Req) error {
	id, err := web.PathID[plans.Objective](q, "objective")
	if err != nil {
		return err
	}
	v := typed(q, "code", "words", "above")
	_, err = h.s.SetObjective(q.Context(), q.Pass, id, v["code"], v["words"], readAbove(q))
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.objectivePage(q, errs, v)
	}
	return q.Go(ObjectivesPath, "Saved.")
}

func (h handlers) endObjective(q *web.Req) error {
	id, err := web.PathID[plans.Objective](q, "objective")
	if err != nil {
		return err
	}
	if err := h.s.EndObjective(q.Context(), q.Pass, id, true); err != nil {
		return err
	}
	return q.Go(ObjectivesPath, "The objective has ended. The actions that served it still say so.")
}

func (h handlers) setMeasures(q *web.Req) error {
	r, ok := plans.ReadRef(q.Text("objective"))
	if !ok {
		return h.back(q, fault.Field("objective", "Choose an objective."), values{}, "")
	}
	return h.back(q, h.s.Measures(q.Context(), q.Pass, r, q.Texts("measures")), values{}, "Saved.")
}

func (h handlers) adopt(q *web.Req) error {
	v := typed(q, "vision", "adopted_on", "consulted")
	d, err := v.days("adopted_on")
	if err == nil {
		err = h.s.Adopt(q.Context(), q.Pass, plans.Vision{Words: v["vision"], AdoptedOn: d["adopted_on"], Consulted: v["consulted"]})
	}
	return h.back(q, err, v, "The vision is kept. The one before stays readable.")
}

func (h handlers) consult(q *web.Req) error {
	v := typed(q, "whom", "how", "due")
	d, err := v.days("due")
	if err == nil {
		_, err = h.s.Consult(q.Context(), q.Pass, plans.Consultation{Whom: v["whom"], How: v["how"], Due: d["due"]})
	}
	return h.back(q, err, v, "It is in the cycle.")
}

func (h handlers) consulted(q *web.Req) error {
	id, err := web.PathID[plans.Consultation](q, "consultation")
	if err != nil {
		return err
	}
	v := typed(q, "on", "came")
	d, err := v.days("on")
	if err == nil {
		err = h.s.Consulted(q.Context(), q.Pass, id, d["on"], v["came"])
	}
	v["open"] = id.String()
	return h.back(q, err, v, "Written down. The next time stands a year later.")
}

func (h handlers) unconsult(q *web.Req) error {
	id, err := web.PathID[plans.Consultation](q, "consultation")
	if err != nil {
		return err
	}
	return h.back(q, h.s.Unconsult(q.Context(), q.Pass, id), values{}, "Taken out of the cycle.")
}
