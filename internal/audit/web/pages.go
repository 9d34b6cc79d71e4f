package web

import (
	"ajar/internal/audit"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func begin(q *web.Req, title string, more ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Where are we?", Href: ListPath}}, more...)
	return d
}

func toAudit(a audit.Audit) ui.Link { return ui.Link{Text: a.Title, Href: AuditPath(a.ID)} }
