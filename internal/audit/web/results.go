package web

import (
	"bytes"
	"strconv"

	"ajar/internal/audit"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h pages) outcome(q *web.Req) (audit.Outcome, error) {
	id, err := auditID(q)
	if err != nil {
		return audit.Outcome{}, err
	}
	return h.s.Results(q.Context(), q.Pass, id)
}

func (h pages) results(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	d := begin(q, o.Audit.Title)
	d.Wide = true
	return q.Page(resultsPage(d, o, q.Pass.Has(audit.Rate), q.Pass.Has(audit.KeyIn), mayAsk(q.Pass)))
}

func (h pages) print(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	by := q.Pass.Who().Name
	return q.Print("audit", int64(o.Audit.ID), "the report of an audit", reportPage(ui.DocData{Title: o.Audit.Title, Back: toAudit(o.Audit), Note: "The report, as the results stand today."},
		ui.PaperSheetData{Org: q.Frame.Org, Title: o.Audit.Title, Sub: o.Framework.Title + ", version " + o.Audit.Version, PrintedBy: by, PrintedAt: day(o.Today)}, o))
}

// csv is what the page shows, with the same hidden.
func (h pages) csv(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	head := []string{"theme", "criterion", "text", "n"}
	for _, n := range o.Framework.Names {
		head = append(head, n)
	}
	for _, g := range o.Audit.Groups() {
		head = append(head, "median of "+string(g))
	}
	head = append(head, "agreed", "reason", "benchmark", "parents less staff", "flagged", "change since last time", "evidence")
	var b bytes.Buffer
	err = sheet.WriteCSV(&b, head, func(yield func([]string) bool) {
		for _, r := range o.Results {
			row := []string{r.Criterion.Theme, r.Criterion.Code, r.Criterion.Text, strconv.Itoa(r.All.N())}
			for _, n := range r.All {
				row = append(row, strconv.Itoa(n))
			}
			for _, g := range o.Audit.Groups() {
				v := r.Views[g]
				if v.Hidden {
					row = append(row, "fewer than 5")
				} else {
					row = append(row, plain(v.Median()))
				}
			}
			agreed, reason, flagged := "", "", ""
			if r.Agreed != nil {
				agreed, reason = strconv.Itoa(r.Agreed.Level), r.Agreed.Reason
			}
			if r.Flagged {
				flagged = "yes"
			}
			row = append(row, agreed, reason, strconv.Itoa(r.Aim), plain(r.Gap), flagged, plain(r.Change), strconv.Itoa(len(r.Uses)))
			if !yield(row) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return q.Export("audit", int64(o.Audit.ID), "took out the results of an audit", "audit-"+o.Audit.ID.String()+".csv", "text/csv; charset=utf-8", b.Bytes())
}

// sheet is the blank form for one group, to fill in by hand.
func (h pages) sheet(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	g, ok := audit.GroupNamed(q.R.URL.Query().Get("for"))
	if !ok || !o.Audit.Asks(g) {
		g = o.Audit.Groups()[0]
	}
	if g == audit.Parents {
		return q.Print("audit", int64(o.Audit.ID), "blank forms of an audit for parents", parentsSheet(ui.DocData{Title: "Questions to parents and carers", Back: toAudit(o.Audit), Note: "A blank form, to copy and hand out. Key in what comes back under Key in a paper sheet."},
			ui.PaperSheetData{Org: q.Frame.Org, Title: "What is it like here for you?", Sub: "Questions to parents and carers"}, o))
	}
	return q.Print("audit", int64(o.Audit.ID), "blank forms of an audit", blankSheet(ui.DocData{Title: "Blank form: " + string(g), Back: toAudit(o.Audit), Note: "A blank form, to copy and hand out."},
		ui.PaperSheetData{Org: q.Frame.Org, Title: o.Audit.Title, Sub: o.Framework.Title + ": " + string(g)}, o, g))
}
