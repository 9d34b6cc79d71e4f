package web

import (
	"strconv"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll/worry"
	"ajar/internal/ui"
)

// oneView is a criterion of an audit.
type oneView struct {
	Outcome audit.Outcome
	Result  audit.Result
	History []audit.Agreed
	Level   string // typed
	Reason  string
	Waits   *worry.Error
	Next    string // the code of the next criterion
	Prev    string
	Helps   []audit.Help // of schools nearby, where there is a gap
	Library bool         // may open the files
}

func (h pages) oneOf(q *web.Req) (v oneView, err error) {
	if v.Outcome, err = h.outcome(q); err != nil {
		return v, err
	}
	v.Library = q.Pass.Has(audit.Library)
	code := q.R.PathValue("criterion")
	found := false
	for i, r := range v.Outcome.Results {
		if !strings.EqualFold(r.Criterion.Code, code) {
			continue
		}
		v.Result, found = r, true
		if i > 0 {
			v.Prev = v.Outcome.Results[i-1].Criterion.Code
		}
		if i+1 < len(v.Outcome.Results) {
			v.Next = v.Outcome.Results[i+1].Criterion.Code
		}
	}
	if !found {
		return v, fault.Gone("criterion")
	}
	if v.Result.Agreed != nil {
		v.Level, v.Reason = strconv.Itoa(v.Result.Agreed.Level), v.Result.Agreed.Reason
	} else if c := v.Result.Carried; c != nil {
		v.Level, v.Reason = strconv.Itoa(c.Level), c.Reason
	}
	if v.History, err = h.s.History(q.Context(), q.Pass, v.Outcome.Audit.ID, code); err != nil {
		return v, err
	}
	if d := v.Result.ToAim(); d != nil && *d < 0 && h.s.Helps != nil {
		v.Helps, err = h.s.Helps(q.Context(), q.Pass, v.Outcome.Framework, v.Result.Criterion)
	}
	return v, err
}

func (h pages) criterion(q *web.Req) error {
	v, err := h.oneOf(q)
	if err != nil {
		return err
	}
	return q.Page(criterionPage(begin(q, v.Result.Criterion.Text, toAudit(v.Outcome.Audit)), v))
}

// keeping is the service for this request, with what the person said is no worry about a child's safety.
func (h pages) keeping(q *web.Req, field string) *audit.Service {
	if q.Checked("no_worry") {
		return h.s.Keeping(q.Text(field))
	}
	return h.s
}

func (h pages) agree(q *web.Req) error {
	v, err := h.oneOf(q)
	if err != nil {
		return err
	}
	v.Level, v.Reason = q.Text("level"), q.Text("reason")
	n, _ := strconv.Atoi(v.Level)
	err = h.keeping(q, "reason").Agree(q.Context(), q.Pass, v.Outcome.Audit.ID, v.Result.Criterion.Code, n, v.Reason)
	if err == nil {
		if v.Next != "" {
			return q.Go(CriterionPath(v.Outcome.Audit.ID, v.Next), "Kept. Here is the next one.")
		}
		return q.Go(AuditPath(v.Outcome.Audit.ID), "Kept. That was the last one.")
	}
	d := begin(q, v.Result.Criterion.Text, toAudit(v.Outcome.Audit))
	if w, ok := worry.As(err); ok {
		v.Waits = w
		d.Errors.Add("reason", "This was not kept, because it may be a worry about a child's safety. Take the words out, or say below that it is no such worry.")
	} else if d.Errors = ui.ErrorsOf(err); len(d.Errors) == 0 {
		return err
	}
	return q.Again(criterionPage(d, v))
}
