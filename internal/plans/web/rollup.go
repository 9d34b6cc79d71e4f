package web

import "ajar/internal/kit/web"

func (h handlers) rollUp(q *web.Req) error {
	r, ok, err := h.s.RollUp(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(rollUpPage(page(q, "What members do for our objectives"), r, ok))
}
