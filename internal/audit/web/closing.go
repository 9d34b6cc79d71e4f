package web

import (
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h pages) closing(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	return q.Page(closingPage(begin(q, "Close the audit", toAudit(o.Audit)), o))
}

func (h pages) close(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	if err := h.s.Close(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(AuditPath(id), "The audit is closed. Go through the statements with your team, and agree a level for each.")
}

func (h pages) extend(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	to, bad := ui.ParseDate(q.Text("closes"))
	if bad == nil {
		err = h.s.Extend(q.Context(), q.Pass, o.Audit.ID, to)
	} else {
		err = fault.Field("closes", "Give a day, like 18 12 2026.")
	}
	if err != nil {
		if fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Conflict {
			return err
		}
		d := begin(q, "Close the audit", toAudit(o.Audit))
		sentence, _ := fault.Sentence(err)
		if f := fault.AsFields(err); len(f) > 0 {
			sentence = f[0].Sentence
		}
		d.Errors.Add("closes", sentence)
		return q.Again(closingPage(d, o))
	}
	return q.Go(AuditPath(o.Audit.ID), "The last day is "+day(to)+" now.")
}
