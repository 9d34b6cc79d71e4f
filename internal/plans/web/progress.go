package web

import (
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/ui"
)

func (h handlers) progress(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	v, err := h.s.Progress(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d := page(q, "How far we are", ui.Link{Text: v.Title, Href: PlanPath(id)})
	d.Wide = true
	return q.Page(progressPage(d, v))
}
