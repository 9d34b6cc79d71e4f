package web

import (
	"cmp"
	"slices"

	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/ui"
)

// planView is the page of a plan with its filter.
type planView struct {
	plans.PlanView
	Look, Owner, Theme string
	Owners             []ui.Option
	Themes             []ui.Option
	Shown              []plans.Action
}

var looks = []plans.Look{plans.LookOverdue, plans.LookSoon, plans.LookGoing, plans.LookToDo, plans.LookDone, plans.LookStopped, plans.LookCarried}

func (h handlers) plan(q *web.Req) error {
	p, err := h.open(q)
	if err != nil {
		return err
	}
	v := planView{PlanView: p, Look: q.Text("look"), Owner: q.Text("owner"), Theme: q.Text("theme")}
	for _, a := range p.Actions {
		key, name := ownerKey(a), cmp.Or(a.OwnerName, "Nobody yet")
		if !slices.ContainsFunc(v.Owners, func(o ui.Option) bool { return o.Value == key }) {
			v.Owners = append(v.Owners, ui.Option{Value: key, Label: name})
		}
		if a.Theme != "" && !slices.ContainsFunc(v.Themes, func(o ui.Option) bool { return o.Value == a.Theme }) {
			v.Themes = append(v.Themes, ui.Option{Value: a.Theme, Label: a.Theme})
		}
		if (v.Look == "" || string(plans.LookOf(a, p.Today)) == v.Look) && (v.Owner == "" || key == v.Owner) && (v.Theme == "" || a.Theme == v.Theme) {
			v.Shown = append(v.Shown, a)
		}
	}
	slices.SortFunc(v.Owners, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	d := page(q, p.Title)
	d.Wide = true
	if id, err := ids.Parse[plans.Action](q.Text("removed")); err == nil && p.MayLead {
		for _, a := range p.Removed {
			if a.ID == id {
				d.Undo = &ui.UndoData{Text: "“" + a.Words + "” was taken off the plan.", Action: restorePath(id), Label: "Put it back"}
			}
		}
	}
	return q.Page(planPage(d, v))
}

func ownerKey(a plans.Action) string {
	if a.OwnerID == nil {
		return "nobody"
	}
	return a.OwnerID.String()
}

func (h handlers) share(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	on := q.Text("on") == "yes"
	if err := h.s.Share(q.Context(), q.Pass, id, on); err != nil {
		return err
	}
	return q.Go(PlanPath(id), map[bool]string{true: "Your cluster and authority may count the actions that serve their objectives. They see no words and no names.", false: "They no longer count them."}[on])
}

func (h handlers) complete(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	if err := h.s.Complete(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(PlanPath(id), "The plan is complete. It stays readable as it is.")
}

func (h handlers) reopen(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	if err := h.s.Reopen(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(PlanPath(id), "The plan is open again.")
}

func span(p plans.Plan) string { return day(p.Starts) + " to " + day(p.Ends) }
