package web

import (
	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func (h pages) list(q *web.Req) error {
	list, err := h.s.All(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	o, err := h.s.Roll.OrgByID(q.Context(), roll.OrgID(q.Pass.Org()))
	if err != nil {
		return err
	}
	d := ui.From(q, "Where are we?")
	return q.Page(listPage(d, list, o.Grouping(), q.Pass.Scope(audit.Lead) >= access.All, q.Pass.Has(audit.Rate), q.Pass.Has(audit.Library)))
}
