package web

import (
	"ajar/internal/kit/web"
	"ajar/internal/progress"
	"ajar/internal/ui"
)

// school shows the figures of the whole school.
func (h handler) school(q *web.Req) error {
	sc, err := h.s.School(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(schoolPage(ui.From(q, "Attendance of the school"), sc))
}

func schoolStat(sc progress.School) ui.StatData {
	p, known := sc.Sessions.Percent()
	s := ui.StatData{Label: "Attendance", AsOf: progress.DayWords(sc.AsOf), N: sc.Counted, Missing: sc.Pupils - sc.Counted,
		Explain: ui.Because("The sessions that pupils attended since "+progress.DayWords(sc.Window.From)+", added up, out of those they could have attended. Percentages of single pupils are never averaged.", "Pupils without counts of sessions are left out and not counted as nought.")}
	if known {
		s.Value, s.Change = progress.PercentWords(p), "of "+ui.Thousands(sc.Sessions.Possible)+" sessions"
	}
	return s
}

func shareStat(label string, sh progress.Share, sc progress.School) ui.StatData {
	s := ui.StatData{Label: label, AsOf: progress.DayWords(sc.AsOf), N: sh.Of, Explain: ui.Because("Counted for each pupil out of that pupil's own possible sessions. It says how much school was missed, and nothing about why.")}
	if sh.Hidden {
		s.Value, s.Change = "Not shown", "The number, or the rest, is fewer than five children."
		return s
	}
	s.Value, s.Of = ui.Thousands(sh.N), "of "+ui.Thousands(sh.Of)+" pupils"
	return s
}

func schoolChart(sc progress.School) ui.ChartData {
	l := ui.Lines{Along: "Week beginning", Unit: "%", Decimals: 1, Target: &ui.Target{Label: "target", Value: sc.Target}}
	line := ui.Series{Name: "School"}
	for _, w := range sc.Weeks {
		l.Labels = append(l.Labels, shortDay(w.Monday))
		line.Values = append(line.Values, datum(w.Percent, w.Known))
	}
	l.Series = []ui.Series{line}
	return ui.ChartData{ID: "school-weeks", Drawing: l, FigureData: ui.FigureData{Title: "Attendance of the school week by week, in percent", AsOf: progress.DayWords(sc.AsOf),
		Explain: ui.Because("The weeks rest on marks alone; pupils for whom only totals came in are not in this line.")}}
}

func yearTable(sc progress.School) ui.TableData[progress.YearFigure] {
	number := func(y progress.YearFigure, n int) string {
		if y.Hidden {
			return "not shown"
		}
		return ui.Thousands(n)
	}
	return ui.TableData[progress.YearFigure]{Caption: "Attendance by year group", HideCaption: true, Rows: sc.Years, Columns: []ui.Column[progress.YearFigure]{
		{Head: "Year group", RowHead: true, Text: func(y progress.YearFigure) string {
			if y.Year == "" {
				return "Year not known"
			}
			return y.Year.Words()
		}},
		{Head: "Pupils with counts", Numeric: true, Text: func(y progress.YearFigure) string { return number(y, y.Counted) }},
		{Head: "Possible", Numeric: true, Text: func(y progress.YearFigure) string { return number(y, y.Sessions.Possible) }},
		{Head: "Attended", Numeric: true, Text: func(y progress.YearFigure) string { return number(y, y.Sessions.Attended) }},
		{Head: "Attendance", Numeric: true, Text: func(y progress.YearFigure) string {
			if y.Hidden {
				return "not shown"
			}
			p, ok := y.Sessions.Percent()
			return percentOr(p, ok)
		}},
	}}
}
