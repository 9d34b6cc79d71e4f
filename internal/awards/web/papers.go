package web

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"ajar/internal/audit"
	"ajar/internal/awards"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h pages) print(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	w := q.Pass.Who()
	return q.Print("award", int64(v.ID), "The portfolio of an award was made for paper.", portfolioPaper(ui.DocData{Title: "Portfolio: " + v.Title, Back: ui.Link{Text: "Back to the award", Href: versioned(AwardPath(v.ID), no(v))}},
		ui.PaperSheetData{Org: w.OrgName, Title: v.Title, Sub: versionWords(v), PrintedBy: w.Name, PrintedAt: h.stamp(), Private: "For those who work on this award."}, v))
}

func versionWords(v awards.View) string {
	if v.Shows == nil {
		return "As it is on " + day(v.Today) + ", not frozen"
	}
	return "Version " + strconv.Itoa(v.Shows.No) + ", ready on " + day(v.Shows.Day)
}

func (h pages) certificate(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	d, decided := v.Decision()
	if !decided || v.Outcome != awards.Awarded {
		return fault.New(fault.Conflict, "There is a certificate once the award is given. Until then, print the portfolio.")
	}
	w := q.Pass.Who()
	return q.Print("award", int64(v.ID), "The certificate of an award was made for paper.", certificatePaper(ui.DocData{Title: "Certificate: " + v.Title, Back: ui.Link{Text: "Back to the award", Href: AwardPath(v.ID)}},
		ui.PaperSheetData{Org: w.OrgName, Title: v.Title, Sub: ownerWords(v.Award), PrintedBy: w.Name, PrintedAt: h.stamp()}, certificateOf(w.OrgName, v, d)))
}

// certificate is what the sheet says, sentence by sentence. It says what was looked at, by whom, on which day and until when, and what it does not certify.
type certificate struct {
	Head   string
	Facts  []ui.SummaryRow
	Skips  []awards.StepLine
	NotSay []string
}

func certificateOf(org string, v awards.View, d awards.Decision) certificate {
	pieces, places := v.Portfolio.Pieces()
	what := count(len(v.Portfolio.Objectives), "objective", "objectives") + " of " + v.Portfolio.FrameworkTitle + ", version " + v.Version
	looked := "What was looked at was not in Ajar. The award is entered here as the school holds it: " + what
	if v.Shows != nil {
		looked = "The portfolio as it was on " + day(v.Shows.Day) + " (version " + strconv.Itoa(v.Shows.No) + "): " + what + ", shown by " + count(pieces, "piece", "pieces") + " of evidence in " + count(places, "place", "places")
	}
	by := d.DecidedBy + ", who had not advised the school or worked on the award"
	if d.StaffID == nil {
		by = d.DecidedBy + ". The decision was made outside Ajar; " + d.ByName + " wrote it down here on " + dayMs(d.AtMs)
	}
	c := certificate{Head: org + " was found to meet every objective of “" + v.Title + "”.", Skips: skipped(v.Portfolio.Steps)}
	if d.StaffID == nil {
		c.Head = org + " holds “" + v.Title + "”."
	}
	c.Facts = []ui.SummaryRow{{Key: "What was looked at", Value: looked + "."}, {Key: "By whom", Value: by + "."}, {Key: "Final verification", Value: day(d.Day)}, {Key: "Until", Value: day(v.Expires) + ", which is " + count(v.Months, "month", "months") + " from then"}}
	if names := peopleOf(v, awards.PartAdviser); len(names) > 0 {
		c.Facts = append(c.Facts, ui.SummaryRow{Key: "Advised by", Value: strings.Join(names, ", ") + ", who decided nothing"})
	}
	if d.Words != "" && d.StaffID != nil {
		c.Facts = append(c.Facts, ui.SummaryRow{Key: "In the assessor's words", Value: d.Words})
	}
	switch {
	case v.Owner == "":
		c.NotSay = append(c.NotSay, "This is an award of our own. Nobody but "+org+" gives it, and no outside body stands behind it.")
	case d.Certificate != "":
		c.NotSay = append(c.NotSay, v.Owner+" issued a certificate of its own, number "+d.Certificate+". This sheet is not that certificate.")
	default:
		c.NotSay = append(c.NotSay, "This is a record that "+org+" printed. It is not the certificate of "+v.Owner+", which alone can issue one.")
	}
	c.NotSay = append(c.NotSay,
		"It says what the evidence showed on the day of the verification. It does not say how things are on any other day.",
		"It does not certify that children are safe here, that any child learns more because of it, or that every family is well served.",
		"Whoever assessed looked at what was shown to them, and at nothing else.")
	return c
}

// peopleOf are those whom the portfolio names for a part; for a frozen one, those of that day.
func peopleOf(v awards.View, part string) (out []string) {
	for _, p := range v.Portfolio.People {
		if p.Part == part {
			out = append(out, p.Name)
		}
	}
	return out
}

var mapHead = []string{"objective", "evidence", "words", "objective_title", "kind", "title", "shown_by", "in_ajar_since", "looked_at_again"}

func (h pages) csv(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, mapHead, func(yield func([]string) bool) {
		for _, o := range v.Portfolio.Objectives {
			if len(o.Shown) == 0 && !yield([]string{o.Code, "", "", o.Title, "", "", "", "", ""}) {
				return
			}
			for _, s := range o.Shown {
				code, what := o.Code, s.Address
				if s.Criterion != "" {
					code = s.Criterion
				}
				if s.Kind == audit.EvidenceFile {
					what = s.FileName
				}
				if !yield([]string{code, what, s.Words, o.Title, s.Kind, s.Title, s.ByName, time.UnixMilli(s.MadeMs).In(clock.London()).Format(time.DateOnly), s.SeenOn}) {
					return
				}
			}
		}
	}); err != nil {
		return err
	}
	return q.Export("award", int64(v.ID), "the evidence map of an award", "evidence-map-"+v.Today+".csv", "text/csv; charset=utf-8", b.Bytes())
}
