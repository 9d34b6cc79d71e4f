package web

import (
	"strings"

	"ajar/internal/awards"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h pages) list(q *web.Req) error {
	list, err := h.s.All(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(listPage(ui.From(q, "Awards"), list))
}

var stateColours = map[string]ui.Colour{"Awarded": ui.Green, "Being assessed": ui.Amber, "Ran out": ui.Red, "Not yet awarded": ui.Amber, "Gathering evidence": ui.Plum}

func ownerWords(a awards.Award) string {
	if a.Owner == "" {
		return "An award of our own"
	}
	return "Given by " + a.Owner
}

// lineWords say in a line how far an award is.
func lineWords(l awards.Listed) string {
	switch l.State {
	case "Awarded":
		words := "Given on " + day(l.AwardedOn) + ", until " + day(l.Expires)
		if l.Renewed {
			words += "; renewed since"
		}
		return words + "."
	case "Ran out":
		return "Ran out on " + day(l.Expires) + "."
	case "Given up":
		return "Given up on " + dayMs(*l.EndedMs) + "."
	}
	words := count(l.Objectives, "objective", "objectives")
	if l.Without > 0 {
		words += ", " + count(l.Without, "of them has", "of them have") + " no evidence yet"
	}
	if l.Pieces > 0 {
		words += ", " + count(l.Pieces, "piece", "pieces") + " of evidence"
	}
	return words + "."
}

func partsWords(l awards.Listed) string {
	var out []string
	for _, m := range l.Mine {
		out = append(out, map[string]string{awards.PartLead: "the lead", awards.PartSteering: "in the steering group", awards.PartAdviser: "the adviser", awards.PartAssessor: "the assessor"}[m])
	}
	return strings.Join(out, " and ")
}

func soonWords(s awards.Soon) string {
	switch s.Why {
	case "assess":
		return "waits for your assessment"
	case "advise":
		return "is one that you advise on"
	}
	if s.State == "Ran out" {
		return "ran out on " + day(s.Expires)
	}
	left := "in less than a month"
	if s.Months > 0 {
		left = "in " + count(s.Months, "month", "months")
	}
	words := "runs out on " + day(s.Expires) + ", " + left
	if s.Next != nil {
		return words + "; it is being carried on"
	}
	return words
}
