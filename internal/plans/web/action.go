package web

import (
	"strconv"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/ui"
)

func (h handlers) readOne(q *web.Req) (plans.ActionView, error) {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return plans.ActionView{}, err
	}
	return h.s.Action(q.Context(), q.Pass, id)
}

func (h handlers) action(q *web.Req) error {
	v, err := h.readOne(q)
	if err != nil {
		return err
	}
	return h.actionPage(q, v, nil, values{"status": string(v.Status)})
}

func (h handlers) actionPage(q *web.Req, v plans.ActionView, errs ui.Errors, f values) error {
	d := page(q, "Action", ui.Link{Text: v.Plan.Title, Href: PlanPath(v.PlanID)})
	d.Errors = errs
	var next []plans.Plan
	if v.MayLead && !v.Status.Ended() {
		p, err := h.s.Open(q.Context(), q.Pass, v.PlanID)
		if err != nil {
			return err
		}
		next = p.Next
	}
	c := actionPage(d, v, f, next)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func (h handlers) news(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	v := typed(q, "note", "status", "why", "spent", "done_on")
	d, err := v.days("done_on")
	seen, _ := strconv.Atoi(q.Text("version"))
	if err == nil {
		err = h.s.Say(q.Context(), q.Pass, id, plans.News{Note: v["note"], Status: plans.Status(v["status"]), Why: v["why"], Spent: v["spent"], DoneOn: d["done_on"], Seen: seen})
	}
	return h.after(q, id, err, v, "Written down.")
}

// after goes back to an action, or shows it again with what is wrong.
func (h handlers) after(q *web.Req, id plans.ActionID, err error, f values, said string) error {
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		v, err := h.s.Action(q.Context(), q.Pass, id)
		if err != nil {
			return err
		}
		return h.actionPage(q, v, errs, f)
	}
	return q.Go(ActionPath(id), said)
}

func (h handlers) addEvidence(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	v := typed(q, "evidence", "link")
	return h.after(q, id, h.s.AddEvidence(q.Context(), q.Pass, id, v["evidence"], v["link"]), v, "The evidence is kept with the action.")
}

func (h handlers) dropEvidence(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	e, err := web.PathID[plans.Evidence](q, "shown")
	if err != nil {
		return err
	}
	if err := h.s.DropEvidence(q.Context(), q.Pass, id, e); err != nil {
		return err
	}
	return q.Go(ActionPath(id), "Taken off.")
}

func (h handlers) remove(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	plan, err := h.s.Remove(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Go(removedPath(plan, id), "")
}

func (h handlers) restore(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	if _, err := h.s.Restore(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(ActionPath(id), "The action is back in the plan, with all that was written about it.")
}

func (h handlers) carry(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	v := typed(q, "into", "due")
	d, err := v.days("due")
	var next plans.ActionID
	if err == nil {
		next, err = h.s.Carry(q.Context(), q.Pass, id, web.FormID[plans.Plan](q, "into"), d["due"])
	}
	if fault.KindOf(err) == fault.Invalid {
		return h.after(q, id, err, values{"carry_due": v["due"]}, "")
	}
	if err != nil {
		return err
	}
	return q.Go(ActionPath(next), "It goes on here. What was written before stands below.")
}
