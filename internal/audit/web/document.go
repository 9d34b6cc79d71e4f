package web

import (
	"bytes"
	"strconv"
	"time"

	"ajar/internal/audit"
	"ajar/internal/kit/docx"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

// document is the report for those who go on writing in it. It is made from the same outcome as the page, so what is hidden there is not in it.
func (h pages) document(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := reportDocument(o, q.Pass.Who().OrgName, h.s.DB.Clock().Now()).Write(&b); err != nil {
		return err
	}
	return q.Export("audit", int64(o.Audit.ID), "took out the report of an audit as a document", "audit-"+o.Audit.ID.String()+".docx", docx.Type, b.Bytes())
}

func reportDocument(o audit.Outcome, org string, made time.Time) *docx.Doc {
	d := docx.New(docx.Info{Title: o.Audit.Title, Subject: o.Framework.Title + ", version " + o.Audit.Version, By: org, Made: made, Head: org + "  ·  " + o.Audit.Title, Foot: "As of " + day(o.Today)})
	d.Title(o.Audit.Title)
	d.Subtitle(org + ". " + o.Framework.Title + ", version " + o.Audit.Version + ", as of " + day(o.Today))
	answered, _ := o.Answered()
	d.Para(docx.Text(tookPart(o)))
	if answered > 0 {
		d.Heading(1, "The themes at a glance")
		d.Table(themesTable(o))
	}
	if len(o.Flagged()) > 0 {
		d.Heading(1, "Where parents and staff see it differently")
		d.Lead(docx.Text("They are a level or more apart here. That is a reason to talk, and says nothing of who is right."))
		var items []string
		for _, r := range o.Flagged() {
			items = append(items, flaggedLine(r))
		}
		d.List(false, docx.Lines(items...)...)
	}
	for _, t := range o.Themes {
		d.Heading(1, t.Theme.Title)
		if t.Answered > 0 {
			d.Table(heatTable(heat(o, t)))
			d.Table(heatTable(levelsOf(o, t)))
		}
		for _, r := range t.Results {
			d.Heading(2, r.Criterion.Code+" "+r.Criterion.Text)
			d.Para(docx.Bold(levelWords(o.Framework, r.Level())), docx.Text(reportWords(o, r)))
			if r.Agreed != nil {
				d.Para(docx.Text(r.Agreed.Reason))
			}
			if len(r.Uses) > 0 {
				d.Para(docx.Quiet("Shown by: " + usesWords(r)))
			}
		}
	}
	d.Heading(1, "How to read this")
	d.Para(docx.Text(howToRead))
	return d
}

func themesTable(o audit.Outcome) docx.Table {
	t := docx.Table{Caption: "Themes, with the benchmark" + sinceWords(o), About: "A line for each theme: how many of its statements are answered, about where it stands from 1 to 5, the benchmark, and last time.",
		Head: []docx.Cell{docx.C("Theme"), docx.N("Answered"), docx.N("About"), docx.N("Benchmark"), docx.N("Last time")}, Widths: []int{5, 2, 2, 2, 2}}
	for _, x := range o.Themes {
		t.Rows = append(t.Rows, []docx.Cell{docx.C(x.Theme.Title), docx.N(strconv.Itoa(x.Answered) + " of " + strconv.Itoa(len(x.Results))), docx.N(figure(x.Mean, false)), docx.N(figure(x.Aim, false)), docx.N(figure(x.Before, false))})
	}
	return t
}

// heatTable is a heat map as a table of Word: the numbers stand in it, and the shade is only help.
func heatTable(h ui.HeatData) docx.Table {
	t := docx.Table{Caption: h.Title, About: "Darker is more. The figure stands in each cell: " + h.Unit + ".", Head: []docx.Cell{docx.C(h.RowHead)}, Widths: []int{2}}
	for _, c := range h.Columns {
		t.Head, t.Widths = append(t.Head, docx.N(c)), append(t.Widths, 2)
	}
	for _, r := range h.Rows {
		row := []docx.Cell{docx.C(r.Label)}
		for i := range h.Columns {
			c := docx.Cell{Right: true}
			text, dark := h.Shade(r, i)
			c.Runs, c.Shade = []docx.Run{docx.Text(text)}, dark
			row = append(row, c)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// levelsOf is how many chose each level, statement by statement: everyone who may be shown.
func levelsOf(o audit.Outcome, t audit.ThemeResult) ui.HeatData {
	h := ui.HeatData{Title: "How many chose each level", RowHead: "Statement", Columns: o.Framework.Names[:], Unit: "people", High: audit.Fewest}
	for _, r := range t.Results {
		row := ui.HeatRow{Label: r.Criterion.Code}
		for _, n := range r.All {
			d := ui.Known(float64(n))
			if r.All.N() == 0 {
				d = ui.Unknown()
			}
			row.Cells = append(row.Cells, d)
			h.High = max(h.High, float64(n))
		}
		h.Rows = append(h.Rows, row)
	}
	return h
}
