package web

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/practice"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func (h handlers) policies(q *web.Req) error { return h.policiesPage(q, nil, values{}) }

func (h handlers) policiesPage(q *web.Req, errs ui.Errors, f values) error {
	list, today, err := h.s.Policies(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	staff, err := h.staff(q)
	if err != nil {
		return err
	}
	d := page(q, "Policies")
	d.Errors = errs
	if id, err := ids.Parse[practice.Policy](q.Text("removed")); err == nil && q.Pass.Has(practice.Keep) {
		d.Undo = &ui.UndoData{Text: "The policy was taken off the register.", Action: policyDropPath(id), Label: "Put it back", Fields: []ui.HiddenInput{{Name: "back", Value: "yes"}}}
	}
	return show(q, d, policiesPage(d, list, today, q.Pass.Has(practice.Keep), q.Pass.Scope(practice.See) >= access.Own, staff, f))
}

func (h handlers) staff(q *web.Req) ([]roll.Staff, error) {
	if !q.Pass.Has(practice.Keep) {
		return nil, nil
	}
	return h.s.Colleagues(q.Context(), q.Pass)
}

func readPolicy(q *web.Req) (values, practice.Policy) {
	v := typed(q, "title", "owner")
	p := practice.Policy{Title: v["title"]}
	if id := web.FormID[roll.Staff](q, "owner"); id != 0 {
		p.OwnerID = &id
	}
	return v, p
}

func (h handlers) addPolicy(q *web.Req) error {
	v, p := readPolicy(q)
	id, err := h.s.PutPolicy(q.Context(), q.Pass, p)
	return done(q, err, policyPath(id), "It is in the register. When was it last looked at?", func(e ui.Errors) error { return h.policiesPage(q, e, v) })
}

func (h handlers) policy(q *web.Req) error { return h.policyPage(q, nil, values{}) }

func (h handlers) policyPage(q *web.Req, errs ui.Errors, f values) error {
	id, err := web.PathID[practice.Policy](q, "policy")
	if err != nil {
		return err
	}
	v, err := h.s.Policy(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	staff, err := h.staff(q)
	if err != nil {
		return err
	}
	d := page(q, v.Title, ui.Link{Text: "Policies", Href: PoliciesPath})
	d.Errors = errs
	return show(q, d, policyPage(d, v, staff, f))
}

func (h handlers) changePolicy(q *web.Req) error {
	id, err := web.PathID[practice.Policy](q, "policy")
	if err != nil {
		return err
	}
	v, p := readPolicy(q)
	p.ID = id
	if _, err = h.s.Policy(q.Context(), q.Pass, id); err == nil {
		_, err = h.s.PutPolicy(q.Context(), q.Pass, p)
	}
	return done(q, err, policyPath(id), "Saved.", func(e ui.Errors) error { return h.policyPage(q, e, v) })
}

func (h handlers) review(q *web.Req) error {
	id, err := web.PathID[practice.Policy](q, "policy")
	if err != nil {
		return err
	}
	v := typed(q, "on", "consulted", "barriers")
	on, err := v.day("on")
	if err == nil {
		err = h.s.Reviewed(q.Context(), q.Pass, practice.Review{PolicyID: id, OnDay: on, Consulted: v["consulted"], Barriers: v["barriers"]})
	}
	return done(q, err, policyPath(id), "Written down.", func(e ui.Errors) error { return h.policyPage(q, e, v) })
}

func (h handlers) dropPolicy(q *web.Req) error {
	id, err := web.PathID[practice.Policy](q, "policy")
	if err != nil {
		return err
	}
	back := q.Text("back") != ""
	if err := h.s.DropPolicy(q.Context(), q.Pass, id, !back); err != nil {
		return err
	}
	if back {
		return q.Go(policyPath(id), "It is back in the register.")
	}
	return q.Go(PoliciesPath+"?removed="+id.String(), "")
}

// The register of roles.
