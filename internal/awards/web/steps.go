package web

import (
	"slices"

	"ajar/internal/audit"
	"ajar/internal/awards"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/ui"
)

// stepsView is the way of an award, with the form for the step that comes next.
type stepsView struct {
	awards.View
	Offers awards.Choices
	Next   string // the step that can be settled now; empty for none
	F      values
}

func (h pages) steps(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	return h.stepsPage(q, v, nil, values{})
}

func (h pages) stepsPage(q *web.Req, v awards.View, errs ui.Errors, f values) error {
	if !v.MayLead {
		return notThere()
	}
	x := stepsView{View: v, F: f}
	i := slices.IndexFunc(v.Portfolio.Steps, func(l awards.StepLine) bool { return l.How == "" })
	if i >= 0 && v.Portfolio.Steps[i].Step != awards.StepDecision && (v.Gathering() && v.Portfolio.Steps[i].Step != awards.StepAssessment || v.Frozen != nil && v.Portfolio.Steps[i].Step == awards.StepAssessment) {
		x.Next = v.Portfolio.Steps[i].Step
	}
	var err error
	if x.Offers, err = h.s.Offers(q.Context(), q.Pass, v.ID); err != nil {
		return err
	}
	d := page(q, "The way of this award", toAward(v))
	d.Errors = errs
	return write(q, errs, stepsPage(d, x))
}

func (h pages) settle(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	f := typed(q, "step", "how", "audit", "plan", "day", "words", "why")
	in := awards.Settling{Step: f["step"], How: f["how"], Audit: web.FormID[audit.Audit](q, "audit"), Plan: web.FormID[plans.Plan](q, "plan"), Words: f["words"]}
	if in.How == awards.Skipped {
		in.Words = f["why"]
	}
	in.Day, err = f.date("day")
	if err == nil || in.How != awards.Elsewhere {
		err = h.s.Settle(q.Context(), q.Pass, id, in)
	}
	return h.afterStep(q, id, err, f, "Written down.")
}

func (h pages) unsettle(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	return h.afterStep(q, id, h.s.Unsettle(q.Context(), q.Pass, id, q.Text("step")), values{}, "Taken back.")
}

func (h pages) afterStep(q *web.Req, id awards.AwardID, err error, f values, said string) error {
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		for i := range errs {
			if errs[i].Field == "words" && f["how"] == awards.Skipped {
				errs[i].Field = "why"
			}
		}
		v, err := h.s.Open(q.Context(), q.Pass, id, 0)
		if err != nil {
			return err
		}
		return h.stepsPage(q, v, errs, f)
	}
	return q.Go(stepsPath(id), said)
}

func auditOptions(x stepsView) (out []ui.Option) {
	for _, a := range x.Offers.Audits {
		out = append(out, ui.Option{Value: a.ID.String(), Label: a.Title + ", closed on " + dayMs(*a.ClosedMs)})
	}
	return out
}

func planOptions(x stepsView) (out []ui.Option) {
	for _, p := range x.Offers.Plans {
		out = append(out, ui.Option{Value: p.ID.String(), Label: p.Title + ", " + day(p.Starts) + " to " + day(p.Ends)})
	}
	return out
}

// stepWords say at length how a step stands.
func stepWords(l awards.StepLine) string {
	switch l.How {
	case awards.Skipped:
		return "Skipped by " + l.ByName + " on " + dayMs(l.AtMs) + ". " + l.Words
	case awards.Elsewhere:
		return "Done elsewhere on " + day(l.Day) + ". " + l.Words
	case awards.Done:
		switch {
		case l.AuditID != nil:
			return "“" + l.Words + "”, closed on " + day(l.Day) + "."
		case l.PlanID != nil:
			return "“" + l.Words + "”, from " + day(l.Day) + " on."
		}
		return "Done on " + day(l.Day) + ". " + l.Words
	}
	return "Still ahead."
}

// mayBack tells whether a step can be taken back: nothing rests on it yet.
func mayBack(x stepsView, l awards.StepLine) bool {
	if l.How == "" || l.Step == awards.StepDecision || x.EndedMs != nil || x.Outcome == awards.Awarded || l.How == awards.Done && l.Step == awards.StepVisit {
		return false
	}
	if (x.Frozen != nil) != (l.Step == awards.StepAssessment) {
		return false
	}
	return !slices.ContainsFunc(x.Portfolio.Steps, func(o awards.StepLine) bool {
		return o.How != "" && slices.Contains(awards.Before(o.Step), l.Step)
	})
}
