package web

import (
	"strings"

	"ajar/internal/awards"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func (h pages) award(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	return h.awardPage(q, v, nil, values{})
}

func (h pages) awardPage(q *web.Req, v awards.View, errs ui.Errors, f values) error {
	d := page(q, v.Title)
	d.Errors = errs
	return write(q, errs, awardPage(d, v, f))
}

// after goes back to an award, or shows it again with what is wrong.
func (h pages) after(q *web.Req, id awards.AwardID, err error, f values, said string) error {
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		v, err := h.s.Open(q.Context(), q.Pass, id, 0)
		if err != nil {
			return err
		}
		return h.awardPage(q, v, errs, f)
	}
	return q.Go(AwardPath(id), said)
}

func (h pages) ready(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	_, err = h.s.Ready(q.Context(), q.Pass, id)
	return h.after(q, id, err, values{}, "It is ready. What the assessor sees stays as it is now.")
}

func (h pages) takeBack(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	return h.after(q, id, h.s.TakeBack(q.Context(), q.Pass, id), values{}, "The portfolio is open again. The version that was ready stays readable.")
}

func (h pages) visit(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	f := typed(q, "visit_on", "visit")
	on, err := f.date("visit_on")
	if err == nil {
		err = h.s.Visit(q.Context(), q.Pass, id, on, f["visit"])
	}
	return h.after(q, id, err, f, "Your visit is written down.")
}

func (h pages) renew(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	next, dropped, err := h.s.Renew(q.Context(), q.Pass, id)
	if fault.KindOf(err) == fault.Conflict {
		return h.after(q, id, err, values{}, "")
	}
	if err != nil {
		return err
	}
	said := "It goes on here, with what was there. What is older than a year is asked for again."
	if dropped > 0 {
		said += " " + count(dropped, "place", "places") + " of evidence did not come along, because the objective is no longer there."
	}
	return q.Go(AwardPath(next), said)
}

// stepWord is what stands under a step.
func stepWord(l awards.StepLine) string {
	switch l.How {
	case awards.Skipped:
		return "Skipped"
	case awards.Elsewhere:
		return "Elsewhere, " + day(l.Day)
	case awards.Done:
		return day(l.Day)
	}
	return "Ahead"
}

func wayOf(v awards.View) (out []ui.Step) {
	now := false
	for _, l := range v.Portfolio.Steps {
		s := ui.Step{Label: awards.StepWords[l.Step], Note: stepWord(l), State: ui.StepToDo}
		switch {
		case l.How != "":
			s.State = ui.StepDone
		case !now && v.Award.EndedMs == nil:
			s.State, s.Note, now = ui.StepNow, "Next", true
			if l.Step == awards.StepAssessment && v.Award.Gathering() {
				s.Note = "Once it is ready"
			}
		}
		out = append(out, s)
	}
	return out
}

func skipped(list []awards.StepLine) (out []awards.StepLine) {
	for _, l := range list {
		if l.How == awards.Skipped {
			out = append(out, l)
		}
	}
	return out
}

// standsWords say how an objective stands.
func standsWords(v awards.View, o awards.Objective) (ui.Colour, string) {
	if x, ok := v.Verdict(o.Code); ok {
		if x.Met {
			return ui.Green, "Met"
		}
		return ui.Red, "Not met yet"
	}
	asked := len(o.Shown) - o.Counts()
	switch {
	case v.Outside && v.Shows == nil:
		return ui.Grey, "Being gathered"
	case o.Counts() > 0 && asked > 0:
		return ui.Amber, count(asked, "piece", "pieces") + " to look at again"
	case o.Counts() > 0 && v.Shows != nil && v.Award.Frozen != nil:
		return ui.Grey, "Not judged yet"
	case o.Counts() > 0:
		return ui.Plum, "Has evidence"
	case asked > 0:
		return ui.Amber, "To look at again"
	}
	return ui.Amber, "Nothing yet"
}

func no(v awards.View) int {
	if v.Shows == nil {
		return 0
	}
	return v.Shows.No
}

func peopleRows(v awards.View) (out []ui.SummaryRow) {
	for _, p := range awards.Parts {
		names := v.NamesOf(p)
		value := strings.Join(names, ", ")
		if p == awards.PartSteering {
			value = steeringWords(names, v.Parents)
		}
		if value == "" {
			value = "Nobody yet"
		}
		out = append(out, ui.SummaryRow{Key: awards.PartWords[p], Value: value})
	}
	return out
}

func steeringWords(names []string, parents int) string {
	words := strings.Join(names, ", ")
	switch {
	case parents == 0:
		return words
	case words == "":
		return count(parents, "parent", "parents")
	}
	return words + ", and " + count(parents, "parent", "parents")
}

func namesWords(list []roll.NameFound) string {
	var out []string
	for _, n := range list {
		verb := "is"
		if !n.Sure {
			verb = "may be"
		}
		out = append(out, "“"+n.Word+"” "+verb+" the name of "+n.Of)
	}
	return strings.Join(out, "; ") + "."
}

func decisionWords(d awards.Decision) string {
	words := "Not yet"
	if d.Outcome == awards.Awarded {
		words = "Awarded"
	}
	words += " on " + day(d.Day) + ", decided by " + d.DecidedBy
	if d.StaffID == nil {
		words += ", outside Ajar; written down here by " + d.ByName
	}
	return words + "."
}
