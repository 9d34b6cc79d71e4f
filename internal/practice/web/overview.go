package web

import (
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h handlers) overview(q *web.Req) error {
	o, err := h.s.Overview(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(overviewPage(ui.From(q, "Practice"), o))
}

// The register of policies.
