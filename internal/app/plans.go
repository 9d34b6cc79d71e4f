package app

import (
	"fmt"
	"strings"

	"ajar/internal/audit"
	auditweb "ajar/internal/audit/web"
	"ajar/internal/kit/db"
	"ajar/internal/plans"
	plansweb "ajar/internal/plans/web"
	"ajar/internal/progress"
	progressweb "ajar/internal/progress/web"
	"ajar/internal/roll"
)

// measureForPlans offers to plans what the rooms below measure, to stand beside what was done.
func (a *App) measureForPlans() {
	a.Plans.OfferMeasure(plans.Measure{Key: "attendance", Title: "Attendance of the whole school, term by term", Link: progressweb.SchoolPath, Read: func(tx *db.Tx, from, to string) (out []plans.Reading, err error) {
		terms, err := a.Progress.Terms(tx, progress.Window{From: from, To: to})
		for _, t := range terms {
			if percent, known := t.Sessions.Percent(); known {
				out = append(out, plans.Reading{Label: t.Label, Text: fmt.Sprintf("%.1f %%", percent), Value: &percent})
			}
		}
		return out, err
	}})
}

// gapsForPlans offers to plans what the last audit found. The key has no audit in it, so that an action still belongs to the gap when the next audit finds the
// same.
func (a *App) gapsForPlans() {
	a.Plans.Offer(plans.Offer{Key: "audit", Title: "The self-evaluation", Gaps: func(tx *db.Tx) (out []plans.Gap, err error) {
		if !tx.Pass().Has(audit.See) {
			return nil, nil
		}
		list, err := audit.Gaps(tx)
		if err != nil {
			return nil, err
		}
		for _, g := range list {
			one, err := askNearby(tx, g, gapOf(g))
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
		return out, nil
	}})
}

// deedsForAudit shows in the next audit what the plan did about each criterion.
func (a *App) deedsForAudit() {
	a.Audit.Deeds = append(a.Audit.Deeds, func(tx *db.Tx) (out []audit.Deed, err error) {
		list, err := plans.Deeds(tx, criterionKind)
		for _, d := range list {
			code := strings.SplitN(d.Source.Key, "/", 3)
			if len(code) != 3 {
				continue
			}
			x := audit.Deed{Framework: code[0], Scope: code[1], Criterion: code[2], Words: d.Words, Stands: string(d.Look), FromMs: d.FromMs, LastMs: d.LastMs}
			if d.MayAsk {
				x.Link = plansweb.ActionPath(d.Action)
			}
			out = append(out, x)
		}
		return out, err
	})
}

// criterionKind is the kind of a gap that an audit has found; its key is framework, scope and criterion.
const criterionKind = "criterion"

// mostSuggested is how many things to do a gap comes with: enough to choose from, and few enough to be read.
const mostSuggested = 3

func gapOf(g audit.Gap) plans.Gap {
	r, c := g.Result, g.Result.Criterion
	out := plans.Gap{Source: plans.Source{Kind: criterionKind, Key: strings.Join([]string{g.Framework.Code, g.Audit.Scope, c.Code}, "/"), Words: c.Code + ". " + c.Text, Link: auditweb.CriterionPath(g.Audit.ID, c.Code)}, Theme: short(g.Theme, 100), Suggest: r.Suggestions()}
	var why []string
	if d := r.ToAim(); d != nil && *d < 0 {
		why = append(why, fmt.Sprintf("%s; the benchmark is %s.", g.Framework.LevelWords(*r.Level()), strings.ToLower(g.Framework.LevelWords(float64(r.Aim)))))
		out.Measure = "The next audit finds it at “" + g.Framework.LevelWords(float64(r.Aim)) + "” or above"
	}
	if r.Flagged {
		why = append(why, "Parents and staff see it a level or more apart.")
		out.Suggest = append([]string{"Ask five parents and five colleagues what they see here, and write both down side by side"}, out.Suggest...)
		if out.Measure == "" {
			out.Measure = "In the next audit parents and staff are less than a level apart"
		}
	}
	said := "So says “" + g.Audit.Title + "”."
	if g.Audit.ClosedMs == nil {
		said = "So says “" + g.Audit.Title + "”, which was over on " + roll.DayInWords(g.Audit.Closes) + " and waits to be closed."
	}
	why = append(why, said)
	out.Why = strings.Join(why, " ")
	out.Suggest = out.Suggest[:min(len(out.Suggest), mostSuggested)]
	return out
}

func short(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
