package web

import (
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/ui"
)

func (h handlers) priorities(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	v, err := h.s.Priorities(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Page(prioritiesPage(page(q, "Priorities from gaps", ui.Link{Text: v.Plan.Title, Href: PlanPath(id)}), v))
}
