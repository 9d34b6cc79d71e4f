package awards

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/fault"
)

// Before lists the steps that come before one.
func Before(step string) []string { return Steps[:max(slices.Index(Steps, step), 0)] }

// MaySettle says why a step can't be behind yet: each one before it must be done, done elsewhere, or skipped with a reason (A02).
func MaySettle(step string, lines []StepLine) error {
	for _, b := range Before(step) {
		if i := slices.IndexFunc(lines, func(l StepLine) bool { return l.Step == b }); i < 0 || lines[i].How == "" {
			return fault.New(fault.Conflict, "“%s” comes before “%s”. Say that it is done, that it was done elsewhere and on which day, or skip it with a reason.", StepWords[b], StepWords[step])
		}
	}
	return nil
}

// NotReady lists in words what stands between a portfolio and its assessment.
func NotReady(p Portfolio) (out []string) {
	for _, l := range p.Steps {
		if l.How == "" && slices.Contains(Before(StepAssessment), l.Step) {
			out = append(out, fmt.Sprintf("“%s” is still ahead: do it, or skip it with a reason.", StepWords[l.Step]))
		}
	}
	if missing := p.Missing(); len(missing) > 0 {
		var names []string
		for _, o := range missing {
			names = append(names, o.Title)
		}
		verb := "have"
		if len(missing) == 1 {
			verb = "has"
		}
		out = append(out, fmt.Sprintf("%d of %d objectives %s no evidence: %s.", len(missing), len(p.Objectives), verb, strings.Join(names, "; ")))
	}
	if len(p.Objectives) == 0 {
		out = append(out, "The framework has no objectives.")
	}
	return out
}

// AddMonths is the same day so many months on or back. Where that month has no such day it is the month's last: an award of 29 February 2028 that lasts three
// years runs out on 28 February 2031, and never lasts a day longer than it says.
func AddMonths(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1).Format(time.DateOnly)
}

// Expires is the last day of an award, counted from the day of the successful final verification.
func Expires(awardedOn string, months int) string { return AddMonths(awardedOn, months) }

// RemindMonths are how many months before it runs out somebody is reminded.
var RemindMonths = []int{12, 9, 3}

// Reminder is one day of reminding.
type Reminder struct {
	Months int
	Day    string
}

// Reminders are the days of reminding, in order.
func Reminders(expires string) (out []Reminder) {
	for _, m := range RemindMonths {
		out = append(out, Reminder{m, AddMonths(expires, -m)})
	}
	return out
}

// NextReminder is the first day of reminding after a day; empty when none is left.
func NextReminder(expires, after string) string {
	for _, r := range Reminders(expires) {
		if r.Day > after {
			return r.Day
		}
	}
	return ""
}

// RemindNow is the reminder that a day asks for: the latest whose day has come. Those before it are past, and nobody is sent them late.
func RemindNow(expires, today string) (now Reminder, past []Reminder, due bool) {
	if expires == "" || today > expires {
		return now, nil, false
	}
	for _, r := range Reminders(expires) {
		if r.Day > today {
			break
		}
		if due {
			past = append(past, now)
		}
		now, due = r, true
	}
	return now, past, due
}

// Stale tells whether a carried piece is asked for again: the day on which it came into Ajar, or on which somebody last said that it still holds, lies more than
// a year back.
func Stale(carried bool, madeOn, seenOn, today string) bool {
	return carried && AddMonths(max(madeOn, seenOn), 12) < today
}

// State says where an award stands on a day.
func (a Award) State(today string) string {
	switch {
	case a.EndedMs != nil:
		return "Given up"
	case a.Outcome == Awarded && today > a.Expires:
		return "Ran out"
	case a.Outcome == Awarded:
		return "Awarded"
	case a.Frozen != nil:
		return "Being assessed"
	case a.Outcome == NotYet:
		return "Not yet awarded"
	}
	return "Gathering evidence"
}

// MonthsLeft is how many whole months are left until a day.
func MonthsLeft(expires, today string) int {
	n := 0
	for n < 240 && AddMonths(today, n+1) <= expires {
		n++
	}
	return n
}

// MayDecide says why an outcome can't be the decision over these objectives: each must have been judged; an award needs all of them met, and “not yet” at least
// one that is not.
func MayDecide(outcome string, p Portfolio, verdicts []Verdict) error {
	by := map[string]Verdict{}
	for _, v := range verdicts {
		by[v.Objective] = v
	}
	var open, unmet []string
	for _, o := range p.Objectives {
		v, judged := by[o.Code]
		switch {
		case !judged:
			open = append(open, o.Title)
		case !v.Met:
			unmet = append(unmet, o.Title)
		}
	}
	switch {
	case outcome != Awarded && outcome != NotYet:
		return fault.Field("outcome", "Choose what you decide.")
	case len(open) > 0:
		return fault.New(fault.Conflict, "%d of %d objectives are not judged yet: %s.", len(open), len(p.Objectives), strings.Join(open, "; "))
	case outcome == Awarded && len(unmet) > 0:
		return fault.New(fault.Conflict, "It can't be awarded while an objective is not met: %s.", strings.Join(unmet, "; "))
	case outcome == NotYet && len(unmet) == 0:
		return fault.New(fault.Conflict, "Every objective is met. “Not yet” needs at least one that is not, with its reason.")
	}
	return nil
}

func isDay(s string) bool { _, err := time.Parse(time.DateOnly, s); return err == nil }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
