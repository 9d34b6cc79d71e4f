package web

import (
	"path"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/kit/web"
)

func (h pages) evidence(q *web.Req) error {
	list, err := h.s.Evidence(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(evidencePage(begin(q, "Evidence"), list))
}

func (h pages) file(q *web.Req) error {
	id, err := web.PathID[audit.Evidence](q, "evidence")
	if err != nil {
		return err
	}
	e, body, err := h.s.File(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Export("evidence", int64(id), "took out a file of evidence", "evidence-"+e.ID.String()+strings.ToLower(path.Ext(e.FileName)), e.FileType, body)
}

func (h pages) takeDown(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	if err := h.s.TakeDown(q.Context(), q.Pass, id, q.R.PathValue("criterion"), web.FormID[audit.Evidence](q, "evidence")); err != nil {
		return err
	}
	return q.Go(ratePath(id, q.R.PathValue("criterion")), "It is no longer used here. The piece itself is kept.")
}
