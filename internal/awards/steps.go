package awards

import (
	"context"
	"slices"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

// Settle says how a step came to be behind: tied to the audit or the plan in Ajar, done elsewhere on a day, or skipped with a reason. Only the lead does, and
// only in order. A visit that was made is written down by the adviser.
func (s *Service) Settle(ctx context.Context, p access.Pass, id AwardID, in Settling) error {
	in.Words = strings.TrimSpace(in.Words)
	return s.doing(ctx, p, Lead, id, leads, func(tx *db.Tx, x standing) error {
		if x.EndedMs != nil || x.Outcome == Awarded || x.Frozen != nil && in.Step != StepAssessment {
			return stillGathering(x)
		}
		lines, err := stepLines(tx, x)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(lines, func(l StepLine) bool { return l.Step == in.Step })
		switch {
		case i < 0 || in.Step == StepDecision:
			return fault.Field("step", "Only the audit, the plan, the visit and the assessment can be settled here.")
		case lines[i].How != "":
			return fault.New(fault.Conflict, "“%s” is behind already. Take that back first, if it is wrong.", StepWords[in.Step])
		}
		if err := MaySettle(in.Step, lines); err != nil {
			return err
		}
		if in.Step == StepAssessment && x.Frozen == nil {
			return fault.New(fault.Conflict, "An assessment is of a portfolio. Say first that it is ready.")
		}
		l, err := in.line(tx, lines)
		if err != nil {
			return err
		}
		return insertStep(tx, id, l)
	})
}

// line checks what was said of a step.
func (in Settling) line(tx *db.Tx, lines []StepLine) (l StepLine, err error) {
	l = StepLine{Step: in.Step, How: in.How, Words: in.Words}
	last := "" // the day of the latest step before
	for _, b := range lines {
		if slices.Contains(Before(in.Step), b.Step) {
			last = max(last, b.Day)
		}
	}
	if len([]rune(in.Words)) > longest {
		return l, fault.Field("words", "This is too long: there is room for %d characters.", longest)
	}
	switch in.How {
	case Skipped:
		if in.Words == "" {
			return l, fault.Field("words", "Write why this step is skipped. Whoever assesses reads it, and it is printed.")
		}
		return l, nil
	case Elsewhere:
		l.Day = in.Day
		switch {
		case !isDay(in.Day) || in.Day > tx.Today():
			return l, fault.Field("day", "Write the day on which it was done. It can't lie ahead.")
		case in.Day < last:
			return l, fault.Field("day", "That is before %s, the day of the step before it. If it is right, skip this step and say why.", roll.DayInWords(last))
		case in.Words == "":
			return l, fault.Field("words", "Write what was done and where it lies, such as “on paper, in the head's office”.")
		}
		return l, nil
	case Done:
	default:
		return l, fault.Field("how", "Choose how it was done.")
	}
	switch in.Step {
	case StepAudit:
		list, err := audit.AuditsIn(tx)
		if err != nil {
			return l, err
		}
		a, found := auditNamed(list, in.Audit)
		if !found || a.ClosedMs == nil {
			return l, fault.Field("audit", "Choose an audit that is closed.")
		}
		l.AuditID, l.Day, l.Words = &in.Audit, dayOf(tx, *a.ClosedMs), a.Title
	case StepPlan:
		list, err := plans.PlansIn(tx)
		if err != nil {
			return l, err
		}
		a, found := planNamed(list, in.Plan)
		switch {
		case !found:
			return l, fault.Field("plan", "Choose a plan.")
		case a.Ends < last:
			return l, fault.Field("plan", "That plan ended on %s, before the audit of %s. Choose the plan that came from it.", roll.DayInWords(a.Ends), roll.DayInWords(last))
		}
		l.PlanID, l.Day, l.Words = &in.Plan, min(max(a.Starts, last), tx.Today()), a.Title
	case StepVisit:
		return l, fault.New(fault.Conflict, "The adviser writes about the visit. If there is none in Ajar, say that it was done elsewhere, or skip it.")
	default:
		return l, fault.New(fault.Conflict, "The assessor assesses in Ajar. If that is done elsewhere, say so with its day.")
	}
	return l, nil
}

// Unsettle takes back what was said of a step, while no later one rests on it.
func (s *Service) Unsettle(ctx context.Context, p access.Pass, id AwardID, step string) error {
	return s.doing(ctx, p, Lead, id, leads, func(tx *db.Tx, x standing) error {
		if x.EndedMs != nil || x.Outcome == Awarded || x.Frozen != nil && step != StepAssessment {
			return stillGathering(x)
		}
		lines, err := stepLines(tx, x)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if l.How != "" && slices.Contains(Before(l.Step), step) {
				return fault.New(fault.Conflict, "“%s” rests on it. Take that back first.", StepWords[l.Step])
			}
		}
		n, err := undoStep(tx, id, step)
		if err == nil && n == 0 {
			err = fault.Gone("step")
		}
		return err
	})
}

// Visit writes down what an adviser saw and said on a day. With it the step of the visit is behind.
func (s *Service) Visit(ctx context.Context, p access.Pass, id AwardID, day, words string) error {
	words = strings.TrimSpace(words)
	return s.doing(ctx, p, Advise, id, advises, func(tx *db.Tx, x standing) error {
		if err := stillGathering(x); err != nil {
			return err
		}
		lines, err := stepLines(tx, x)
		if err != nil {
			return err
		}
		if err := MaySettle(StepVisit, lines); err != nil {
			return err
		}
		var f fault.Fields
		last := ""
		for _, l := range lines {
			if slices.Contains(Before(StepVisit), l.Step) {
				last = max(last, l.Day)
			}
		}
		switch {
		case !isDay(day) || day > tx.Today():
			f.Add("visit_on", "Write the day of your visit. It can't lie ahead.")
		case day < last:
			f.Add("visit_on", "That is before %s, the day of the step before it.", roll.DayInWords(last))
		}
		if words == "" {
			f.Add("visit", "Write what you looked at, and what you said.")
		}
		tooLong(&f, "visit", words, longest)
		if err := f.Err(); err != nil {
			return err
		}
		return insertComment(tx, id, Comment{VisitOn: day, Words: words, StaffID: roll.StaffID(p.Who().Staff)})
	})
}

// Comment writes down what an adviser says of an objective.
func (s *Service) Comment(ctx context.Context, p access.Pass, id AwardID, objective, words string) error {
	words = strings.TrimSpace(words)
	return s.doing(ctx, p, Advise, id, advises, func(tx *db.Tx, x standing) error {
		if err := stillGathering(x); err != nil {
			return err
		}
		f, err := audit.FrameworkIn(tx, x.Framework, x.Version)
		if err != nil {
			return err
		}
		o, _, found := placeOf(f, objective)
		switch {
		case !found:
			return fault.Gone("objective")
		case words == "":
			return fault.Field("comment", "Write what you have to say.")
		case len([]rune(words)) > longest:
			return fault.Field("comment", "This is too long: there is room for %d characters.", longest)
		}
		return insertComment(tx, id, Comment{Objective: o, Words: words, StaffID: roll.StaffID(p.Who().Staff)})
	})
}

// placeOf finds where a code belongs: to an objective, or to a criterion under one.
func placeOf(f audit.Framework, code string) (objective, criterion string, found bool) {
	code = strings.TrimSpace(code)
	for _, t := range f.Themes {
		if strings.EqualFold(t.Code, code) {
			return t.Code, "", true
		}
	}
	for _, t := range f.Themes {
		for _, c := range t.Criteria {
			if strings.EqualFold(c.Code, code) {
				return t.Code, c.Code, true
			}
		}
	}
	return "", "", false
}
