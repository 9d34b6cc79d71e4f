package web

import (
	"fmt"
	"slices"
	"strings"

	"ajar/internal/plans"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

var lookColours = map[plans.Look]ui.Colour{plans.LookToDo: ui.Grey, plans.LookGoing: ui.Plum, plans.LookSoon: ui.Amber, plans.LookOverdue: ui.Red, plans.LookDone: ui.Green, plans.LookStopped: ui.Grey, plans.LookCarried: ui.Grey}

func lookOf(a plans.Action, today string) plans.Look { return plans.LookOf(a, today) }

func who(a plans.Action) string {
	if a.OwnerName == "" {
		return "Nobody yet"
	}
	return a.OwnerName
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return ui.Thousands(n) + " " + many
}

// tallyWords says in a sentence how a plan stands.
func tallyWords(t plans.Tally) string {
	if t.All == 0 {
		return "No action yet"
	}
	parts := []string{fmt.Sprintf("%d of %s done", t.Done, count(t.All, "action", "actions"))}
	for _, p := range []struct {
		n    int
		what string
	}{{t.Going, "under way"}, {t.ToDo, "not started"}, {t.Stopped, "stopped"}, {t.Carried, "carried on"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	s := strings.Join(parts, ", ")
	if t.Overdue > 0 {
		s += fmt.Sprintf("; %d of them overdue", t.Overdue)
	}
	return s
}

func costWords(planned, spent *int64) string {
	switch {
	case planned == nil && spent == nil:
		return "Not known"
	case spent == nil:
		return plans.Pounds(*planned) + " planned"
	case planned == nil:
		return plans.Pounds(*spent) + " spent"
	}
	return plans.Pounds(*planned) + " planned, " + plans.Pounds(*spent) + " spent"
}

func moneyWords(t plans.Tally) string {
	s := plans.Pounds(t.Planned) + " planned, " + plans.Pounds(t.Spent) + " spent"
	if t.NoCost > 0 {
		s += "; what " + count(t.NoCost, "action costs", "actions cost") + " is not known"
	}
	return s
}

func staffOptions(list []roll.Staff) (out []ui.Option) {
	for _, s := range list {
		out = append(out, ui.Option{Value: s.ID.String(), Label: s.Name})
	}
	return out
}

func statusOptions() (out []ui.Option) {
	for _, s := range plans.Statuses {
		out = append(out, ui.Option{Value: string(s), Label: plans.StatusWords[s]})
	}
	return out
}

func lookOptions() (out []ui.Option) {
	for _, l := range looks {
		out = append(out, ui.Option{Value: string(l), Label: string(l)})
	}
	return out
}

func objectiveOptions(list []plans.Objective) (out []ui.Option) {
	for _, o := range list {
		out = append(out, ui.Option{Value: o.Ref().String(), Label: o.Title(), Hint: "Set by " + o.OrgName})
	}
	return out
}

func aboveOptions(v plans.TreeView, but plans.ObjectiveID) (out []ui.Option) {
	for _, b := range v.Tree {
		if b.ID != but || !b.Own {
			out = append(out, ui.Option{Value: b.Ref().String(), Label: b.OrgName + ": " + b.Title()})
		}
	}
	return out
}

func planOptions(list []plans.Plan) (out []ui.Option) {
	for _, p := range list {
		out = append(out, ui.Option{Value: p.ID.String(), Label: p.Title})
	}
	return out
}

func measureOptions(list []plans.Measure) (out []ui.Option) {
	for _, m := range list {
		out = append(out, ui.Option{Value: m.Key, Label: m.Title})
	}
	return out
}

func measureTitles(list []plans.Measure, keys []string) string {
	var out []string
	for _, m := range list {
		if slices.Contains(keys, m.Key) {
			out = append(out, m.Title)
		}
	}
	return strings.Join(out, "; ")
}

// events tells the history of an action, the latest first.
func events(list []plans.Entry) (out []ui.TimelineEvent) {
	for _, e := range list {
		x := ui.TimelineEvent{When: dayOf(e.AtMs), By: e.ByName, Text: e.Words, Colour: ui.Grey}
		switch e.Kind {
		case "made":
			x.Title = "Put into the plan"
		case "note":
			x.Title = "What has happened"
			x.Colour = ui.Plum
		case "status":
			x.Title = e.Was + " → " + e.Now
			x.Colour = map[string]ui.Colour{"Done": ui.Green, "Under way": ui.Plum}[e.Now]
		case "change":
			x.Title, x.Text = changeWords(e)
		case "evidence":
			x.Title = "Evidence"
		case "carried":
			x.Title = "Carried on"
		case "removed":
			x.Title = "Taken off the plan"
		case "restored":
			x.Title = "Put back"
		case "reminded":
			x.Title, x.By, x.Text = "The owner was reminded by e-mail", "", ""
		}
		out = append(out, x)
	}
	return out
}

func changeWords(e plans.Entry) (title, text string) {
	switch e.Words {
	case "day":
		return "The day was changed", "From " + day(e.Was) + " to " + day(e.Now) + "."
	case "owner":
		return "The owner was changed", "From " + e.Was + " to " + e.Now + "."
	case "measure":
		return "How success is seen was changed", "It was: " + e.Was
	}
	return "The words were changed", "They were: " + e.Was
}

func namesWords(list []roll.NameFound) string {
	var out []string
	for _, n := range list {
		w := "“" + n.Word + "” is the name of " + n.Of
		if !n.Sure {
			w = "“" + n.Word + "” may be the name of " + n.Of
		}
		out = append(out, w)
	}
	return strings.Join(out, "; ") + "."
}

func hasSure(list []roll.NameFound) bool {
	return slices.ContainsFunc(list, func(n roll.NameFound) bool { return n.Sure })
}

func actionColumns(v planView) []ui.Column[plans.Action] {
	return []ui.Column[plans.Action]{
		{Head: "Action", RowHead: true, Cell: actionCell},
		{Head: "Owner", Text: who},
		{Head: "Due", Text: func(a plans.Action) string { return day(a.Due) }},
		{Head: "Stands", Cell: tagCell(v.Today)},
		{Head: "Cost", Text: func(a plans.Action) string { return costWords(a.PlannedPence, a.SpentPence) }},
		{Head: "Evidence", Numeric: true, Text: func(a plans.Action) string { return fmt.Sprint(v.Evidence[a.ID]) }},
	}
}

func extractColumns() []ui.Column[plans.ExtractLine] {
	return []ui.Column[plans.ExtractLine]{
		{Head: "Action", RowHead: true, Cell: extractCell},
		{Head: "Who", Text: func(l plans.ExtractLine) string { return l.Who }},
		{Head: "Due", Text: func(l plans.ExtractLine) string { return day(l.Due) }},
		{Head: "Stands", Cell: extractTag},
		{Head: "Cost", Text: func(l plans.ExtractLine) string { return costWords(l.Planned, l.Spent) }},
	}
}

func groupColumns(head string) []ui.Column[plans.Group] {
	n := func(h string, of func(plans.Tally) int) ui.Column[plans.Group] {
		return ui.Column[plans.Group]{Head: h, Numeric: true, Text: func(g plans.Group) string { return fmt.Sprint(of(g.Tally)) }}
	}
	return []ui.Column[plans.Group]{
		{Head: head, RowHead: true, Text: func(g plans.Group) string { return g.Title }},
		n("Actions", func(t plans.Tally) int { return t.All }),
		n("Done", func(t plans.Tally) int { return t.Done }),
		n("Under way", func(t plans.Tally) int { return t.Going }),
		n("Not started", func(t plans.Tally) int { return t.ToDo }),
		n("Overdue", func(t plans.Tally) int { return t.Overdue }),
		n("Stopped", func(t plans.Tally) int { return t.Stopped }),
		n("Carried on", func(t plans.Tally) int { return t.Carried }),
	}
}

func goalColumns() []ui.Column[plans.Goal] {
	split := func(h string, of func(plans.Tally) int) ui.Column[plans.Goal] {
		return ui.Column[plans.Goal]{Head: h, Numeric: true, Text: func(g plans.Goal) string {
			if g.Split == nil {
				return "hidden"
			}
			return fmt.Sprint(of(*g.Split))
		}}
	}
	return []ui.Column[plans.Goal]{
		{Head: "Objective", RowHead: true, Text: func(g plans.Goal) string { return g.Title() }},
		{Head: "Actions", Numeric: true, Text: func(g plans.Goal) string { return fmt.Sprint(g.Actions) }},
		{Head: "In how many plans", Numeric: true, Text: func(g plans.Goal) string { return fmt.Sprint(g.Orgs) }},
		{Head: "Covered", Cell: coveredCell},
		split("Done", func(t plans.Tally) int { return t.Done }),
		split("Overdue", func(t plans.Tally) int { return t.Overdue }),
	}
}

func uncoveredGoals(r plans.RollUp) (out []string) {
	for _, g := range r.Goals {
		if !g.Covered {
			out = append(out, g.Title())
		}
	}
	return out
}

// then adds what is known to a text.
func then(text, between, more string) string {
	if more == "" {
		return text
	}
	return text + between + more
}

func paperColumns(today string) []ui.Column[plans.Action] {
	return []ui.Column[plans.Action]{
		{Head: "Action", RowHead: true, Text: func(a plans.Action) string { return a.Words }},
		{Head: "We will see it by", Text: func(a plans.Action) string { return a.Measure }},
		{Head: "Owner", Text: who},
		{Head: "Due", Text: func(a plans.Action) string { return day(a.Due) }},
		{Head: "Stands", Text: func(a plans.Action) string { return then(string(lookOf(a, today)), ": ", a.StoppedWhy) }},
		{Head: "Cost and money", Text: func(a plans.Action) string { return then(costWords(a.PlannedPence, a.SpentPence), ". ", a.Funding) }},
	}
}
