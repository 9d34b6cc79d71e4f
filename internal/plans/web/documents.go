package web

import (
	"bytes"
	"fmt"
	"time"

	"ajar/internal/kit/docx"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
)

// extractDocument is what governors read, for a head who goes on writing in it. It is made from the same extract as the page, so no name is in it.
func (h handlers) extractDocument(q *web.Req) error {
	x, err := h.readExtract(q)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := governorsDocument(x, h.s.DB.Clock().Now()).Write(&b); err != nil {
		return err
	}
	return q.Export("plan", int64(x.ID), "what governors read of a plan", "governors-"+x.Today+".docx", docx.Type, b.Bytes())
}

func governorsDocument(x plans.Extract, made time.Time) *docx.Doc {
	title := "For governors: " + x.Title
	d := docx.New(docx.Info{Title: title, Subject: span(x.Plan), By: x.Org, Made: made, Head: x.Org + "  ·  " + title, Foot: "As of " + day(x.Today)})
	d.Title(title)
	d.Subtitle(x.Org + ". " + span(x.Plan) + ", as of " + day(x.Today))
	if x.Vision != "" {
		d.Lead(docx.Text("Our vision, adopted on " + day(x.Adopted) + ":"))
		d.Quote(docx.Text(x.Vision))
	}
	d.Heading(1, "How far we are")
	d.Para(docx.Text(tallyWords(x.Tally) + ". " + moneyWords(x.Tally) + "."))
	if x.Withheld > 0 {
		d.Para(docx.Quiet("Where a sentence named a person, “[name]” stands in its place."))
	}
	if len(x.Themes) > 0 {
		d.Table(groupsTable("By theme", x.Themes))
	}
	d.Heading(1, "What is planned")
	if len(x.Lines) == 0 {
		d.Para(docx.Text("No action yet."))
	} else {
		t := docx.Table{Caption: "The actions", Head: []docx.Cell{docx.C("Action"), docx.C("Who"), docx.C("Due"), docx.C("Stands"), docx.C("Cost")}, Widths: []int{8, 3, 3, 3, 3}}
		for _, l := range x.Lines {
			runs := []docx.Run{docx.Text(l.Words), docx.Quiet("\nWe will see it by: " + l.Measure)}
			if l.Reason != "" {
				runs = append(runs, docx.Quiet("\nStopped: "+l.Reason))
			}
			t.Rows = append(t.Rows, []docx.Cell{{Runs: runs}, docx.C(l.Who), docx.C(day(l.Due)), docx.C(string(l.Look)), docx.C(costWords(l.Planned, l.Spent))})
		}
		d.Table(t)
	}
	measured(d, x.Changes)
	return d
}

func measured(d *docx.Doc, list []plans.Change) {
	if len(list) == 0 {
		return
	}
	d.Heading(1, "What was measured beside it")
	for _, c := range list {
		d.Heading(2, c.Title)
		var lines []string
		for _, r := range c.Readings {
			lines = append(lines, r.Label+": "+r.Text)
		}
		d.List(false, docx.Lines(lines...)...)
	}
	d.Para(docx.Text(notCaused))
}

func groupsTable(caption string, list []plans.Group) docx.Table {
	t := docx.Table{Caption: caption, Widths: []int{4, 2, 2, 2, 2, 2, 2, 2}}
	columns := groupColumns("Theme")
	for i, c := range columns {
		head := docx.N(c.Head)
		if i == 0 {
			head = docx.C(c.Head)
		}
		t.Head = append(t.Head, head)
	}
	for _, g := range list {
		var row []docx.Cell
		for i, c := range columns {
			cell := docx.N(c.Text(g))
			if i == 0 {
				cell = docx.C(c.Text(g))
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// planDocument is the plan itself, for those who work here.
func (h handlers) planDocument(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	v, err := h.s.Progress(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w := q.Pass.Who()
	if err := wholeDocument(v, w.OrgName, "Made by "+w.Name+" at "+h.stamp(), h.s.DB.Clock().Now()).Write(&b); err != nil {
		return err
	}
	return q.Export("plan", int64(id), "the plan as a document", "plan-"+v.Today+".docx", docx.Type, b.Bytes())
}

func wholeDocument(v plans.Progress, org, by string, made time.Time) *docx.Doc {
	d := docx.New(docx.Info{Title: v.Title, Subject: span(v.Plan), By: org, Made: made, Head: org + "  ·  " + v.Title + "  ·  For those who work here.", Foot: by, Landscape: true})
	d.Title(v.Title)
	d.Subtitle(org + ". " + span(v.Plan) + ", as of " + day(v.Today))
	d.Para(docx.Text(tallyWords(v.Tally) + ". " + moneyWords(v.Tally) + "."))
	columns := paperColumns(v.Today)
	for _, g := range v.Themes {
		d.Heading(1, g.Title)
		t := docx.Table{Caption: fmt.Sprintf("Actions: %s", g.Title), Widths: []int{6, 5, 3, 3, 3, 4}}
		for _, c := range columns {
			t.Head = append(t.Head, docx.C(c.Head))
		}
		for _, a := range g.Actions {
			var row []docx.Cell
			for _, c := range columns {
				row = append(row, docx.C(c.Text(a)))
			}
			t.Rows = append(t.Rows, row)
		}
		d.Table(t)
	}
	measured(d, v.Changes)
	return d
}

const notCaused = "What changed while we did this is not thereby what it did. Much else happened too."
