package web

import (
	"fmt"
	"strconv"
	"strings"

	"ajar/internal/conversations"
	"ajar/internal/kit/access"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

type coverageView struct {
	Caption     string
	Programme   string
	Programmes  []ui.Option
	Public      bool
	AsOf        string
	Rows        []conversations.CoverageRow
	Total       conversations.CoverageRow
	Numbers     conversations.Numbers
	PublicRows  []conversations.PublicRow
	PublicTotal conversations.PublicRow
}

// anyProgramme offers all programmes together, which is not to be had where small numbers are hidden.
func (v coverageView) anyProgramme() string {
	if v.Public {
		return ""
	}
	return "All programmes"
}

func (h pages) coverage(q *web.Req) error {
	rows, total, cluster, err := h.s.ClusterCoverage(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	if cluster {
		d := ui.From(q, "Families reached")
		d.Wide = true
		return q.Page(clusterPage(d, q.Frame.Org, h.s.DB.Clock().Today(), rows, total))
	}
	programmes, err := h.s.ProgrammeNames(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	v := coverageView{Programme: q.Text("programme"), AsOf: h.s.DB.Clock().Today(), Public: q.Pass.Scope(conversations.Cover) < access.All}
	if v.Public && v.Programme == "" && len(programmes) > 0 {
		v.Programme = programmes[0].ID.String()
	}
	for _, p := range programmes {
		v.Programmes = append(v.Programmes, ui.Option{Value: p.ID.String(), Label: p.Name})
		if p.ID.String() == v.Programme || len(programmes) == 1 {
			v.Caption = p.Name
		}
	}
	programme, _ := ids.Parse[conversations.Programme](v.Programme)
	f := conversations.Filter{Programme: programme, Round: web.FormID[conversations.Round](q, "round")}
	if v.Public {
		v.PublicRows, v.PublicTotal, err = h.s.PublicCoverage(q.Context(), q.Pass, f.Programme)
	} else {
		if v.Rows, err = h.s.Coverage(q.Context(), q.Pass, f); err != nil {
			return err
		}
		v.Total = conversations.TotalCoverage(v.Rows)
		v.Numbers, err = h.s.Numbers(q.Context(), q.Pass, f)
	}
	if err != nil {
		return err
	}
	d := ui.From(q, "Families reached")
	d.Wide = true
	return q.Page(coveragePage(d, v))
}

func coverageColumns(t conversations.CoverageRow) []ui.Column[conversations.CoverageRow] {
	n := func(head string, of func(conversations.CoverageRow) int) ui.Column[conversations.CoverageRow] {
		return ui.Column[conversations.CoverageRow]{Head: head, Numeric: true, Text: func(r conversations.CoverageRow) string { return ui.Thousands(of(r)) }, Foot: ui.Thousands(of(t))}
	}
	return []ui.Column[conversations.CoverageRow]{
		{Head: "Year group", RowHead: true, Text: func(r conversations.CoverageRow) string { return yearWords(r.Year) }, Foot: "All"},
		n("Invited", func(r conversations.CoverageRow) int { return r.Invited }),
		n("Reached", func(r conversations.CoverageRow) int { return r.Reached }),
		n("Held", func(r conversations.CoverageRow) int { return r.Held }),
		n("Would rather not", func(r conversations.CoverageRow) int { return r.Declined }),
		n("Did not come", func(r conversations.CoverageRow) int { return r.DidNotCome }),
		n("No reply", func(r conversations.CoverageRow) int { return r.NoReply }),
		n("Time agreed", func(r conversations.CoverageRow) int { return r.ToCome }),
		n("Not invited yet", func(r conversations.CoverageRow) int { return r.NotInvited }),
	}
}

func publicColumns(first string, name func(string) string, t conversations.PublicRow) []ui.Column[conversations.PublicRow] {
	n := func(head string, of func(conversations.PublicRow) conversations.Cell) ui.Column[conversations.PublicRow] {
		return ui.Column[conversations.PublicRow]{Head: head, Numeric: true, Text: func(r conversations.PublicRow) string { return of(r).String() }, Foot: of(t).String()}
	}
	return []ui.Column[conversations.PublicRow]{
		{Head: first, RowHead: true, Text: func(r conversations.PublicRow) string { return name(r.Year) }, Foot: "All"},
		n("Invited", func(r conversations.PublicRow) conversations.Cell { return r.Invited }),
		n("Reached", func(r conversations.PublicRow) conversations.Cell { return r.Reached }),
		n("Held", func(r conversations.PublicRow) conversations.Cell { return r.Held }),
		n("Would rather not", func(r conversations.PublicRow) conversations.Cell { return r.Declined }),
		n("Did not come", func(r conversations.PublicRow) conversations.Cell { return r.DidNotCome }),
		n("No reply", func(r conversations.PublicRow) conversations.Cell { return r.NoReply }),
		n("Time agreed", func(r conversations.PublicRow) conversations.Cell { return r.ToCome }),
	}
}

func copyDays(n conversations.Numbers) string {
	if n.Copies == 0 {
		return ""
	}
	return half(n.CopyDays2)
}

func copiesInTime(n conversations.Numbers) string {
	if n.Copies == 0 {
		return ""
	}
	return share(n.CopiesInTime, n.Copies) + " within five school days"
}

func perTalk(n conversations.Numbers) string {
	if n.TalksWithTargets == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(n.Targets)/float64(n.TalksWithTargets), 'f', 1, 64)
}

func reviewWords(n conversations.Numbers) string {
	if n.Met+n.Partly+n.Not == 0 {
		return ""
	}
	return fmt.Sprintf("%d met, %d partly, %d not", n.Met, n.Partly, n.Not)
}

func answersWords(a [3]int) string {
	if conversations.Answered(a) == 0 {
		return ""
	}
	return fmt.Sprintf("%d yes, %d partly, %d no", a[0], a[1], a[2])
}

func timeWords(n conversations.Numbers) string {
	if n.TimeRecorded == 0 {
		return ""
	}
	return fmt.Sprintf("%s h", half((n.Minutes+15)/30))
}

func timeCost(n conversations.Numbers) string {
	switch {
	case n.TimeRecorded == 0:
		return ""
	case n.HourlyPence == 0:
		return "The cost is not known: the settings hold no price of an hour"
	}
	return "That is " + pounds(n.TimePence)
}

func coverWords(n conversations.Numbers) string {
	if n.CoverRecorded == 0 {
		return ""
	}
	return strings.TrimSuffix(pounds(n.CoverPence), ".00")
}
