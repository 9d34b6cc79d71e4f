package web

import (
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func (h *handlers) conflicts(q *web.Req) error {
	list, err := h.s.Conflicts(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := page(q, "Differences to settle")
	if may(q, roll.Import) {
		d.Breadcrumbs = []ui.Link{{Text: "Imports", Href: ImportsPath}}
	}
	return q.Page(conflictsPage(d, list))
}

func (h *handlers) settle(q *web.Req) error {
	id, err := web.PathID[roll.Conflict](q, "conflict")
	if err != nil {
		return err
	}
	take := q.Text("take") == "theirs"
	if err := h.s.Settle(q.Context(), q.Pass, id, take); err != nil {
		return err
	}
	if take {
		return q.Go(conflictsPath, "The file's value was taken, and imports may change it again.")
	}
	return q.Go(conflictsPath, "Kept as it was.")
}
