package web

import (
	"ajar/internal/kit/web"
	"ajar/internal/progress"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// pupil shows one pupil's attendance, results and counts.
func (h handler) pupil(q *web.Req) error {
	sh, err := h.sheet(q)
	if err != nil {
		return err
	}
	d := ui.From(q, "Attendance, results and praise")
	d.Breadcrumbs = []ui.Link{{Text: sh.Pupil.Name(), Href: pupilPath(sh.Pupil.ID)}, {Text: "Attendance, results and praise"}}
	return q.Page(pupilPage(d, sh))
}

func (h handler) sheet(q *web.Req) (progress.Sheet, error) {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return progress.Sheet{}, err
	}
	return h.s.Of(q.Context(), q.Pass, id)
}
