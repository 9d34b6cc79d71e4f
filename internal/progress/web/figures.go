package web

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ajar/internal/progress"
	"ajar/internal/ui"
)

// attendanceStat is the attendance figure with what it rests on.
func attendanceStat(sh progress.Sheet) ui.StatData {
	a := sh.Snapshot.Attendance
	s := ui.StatData{Label: "Attendance"}
	if !a.Known {
		s.Change = "There is no data. No attendance has been brought in for this school year; that is not the same as nought."
		return s
	}
	s.Value, s.AsOf = progress.PercentWords(a.Percent), progress.DayWords(a.AsOf())
	if a.HasCounts {
		s.Change = fmt.Sprintf("%d of %d sessions missed.", a.Sessions.Absent(), a.Sessions.Possible)
	}
	s.Explain = ui.Because(explainAttendance(a)...)
	return s
}

func explainAttendance(a progress.Attendance) []string {
	out := []string{"From " + a.Source() + "."}
	switch a.Basis {
	case progress.FromMarks:
		out = append(out, "A session is half a day. Attendance is the sessions attended out of those this pupil could have attended. Sessions when the school was closed, or when the pupil could not be expected, are left out.")
	case progress.FromTotals:
		out = append(out, "The counts were given as totals. Periods that do not overlap were added up; of two that overlap the later one was taken.")
	case progress.FromGiven:
		out = append(out, "The percentage was given without counts, so it can't be said how many sessions were missed, nor added to other figures.")
	}
	if a.HasCounts && a.Split {
		out = append(out, fmt.Sprintf("Of the sessions missed, %d were authorised and %d were not.", a.Sessions.Authorised, a.Sessions.Unauthorised))
	} else if a.HasCounts {
		out = append(out, "It is not known how many of the sessions missed were authorised.")
	}
	if a.File != "" {
		out = append(out, "Read from the file "+a.File+".")
	}
	return out
}

func countStat(label string, c progress.Counted, counts progress.Counts) ui.StatData {
	s := ui.StatData{Label: label}
	if !c.Known {
		s.Change = "Nothing is recorded since " + progress.DayWords(counts.From) + "."
		return s
	}
	s.Value, s.Change = strconv.Itoa(c.N), "Since "+progress.DayWords(counts.From)+", last on "+progress.DayWords(c.On)+"."
	return s
}

// sparkValues are the weeks for the small line.
func sparkValues(sh progress.Sheet) []ui.Datum {
	var out []ui.Datum
	for _, w := range sh.Weeks {
		out = append(out, datum(w.Percent, w.Known))
	}
	return out
}

func datum(v float64, known bool) ui.Datum {
	if !known {
		return ui.Unknown()
	}
	return ui.Known(v)
}

// weekChart draws the pupil's weeks, the school's in grey, and the school's target dashed.
func weekChart(sh progress.Sheet) ui.ChartData {
	l := ui.Lines{Along: "Week beginning", Unit: "%", Decimals: 0, Target: &ui.Target{Label: "target", Value: sh.Target}}
	pupil, school := ui.Series{Name: sh.Pupil.Name()}, ui.Series{Name: "School"}
	for _, w := range sh.Weeks {
		l.Labels = append(l.Labels, shortDay(w.Monday))
		pupil.Values = append(pupil.Values, datum(w.Percent, w.Known))
		school.Values = append(school.Values, datum(w.SchoolPercent, w.SchoolKnown))
	}
	l.Series = []ui.Series{pupil, school}
	return ui.ChartData{ID: "weeks", Drawing: l, FigureData: ui.FigureData{Title: "Attendance week by week, in percent", AsOf: progress.DayWords(sh.Snapshot.AsOf),
		Note:    "A week has about ten sessions, so one day missed is a fifth of it. A week without a mark leaves a gap.",
		Explain: ui.Because("Each point is the sessions attended in that week out of those possible. The school's line adds the sessions of all pupils up before it divides.")}}
}

func shortDay(day string) string {
	words := progress.DayWords(day)
	if i := strings.LastIndexByte(words, ' '); i > 0 {
		return words[:i]
	}
	return words
}

// seriesChart draws one subject on one scale. Words have no line.
func seriesChart(i int, s progress.Series) (ui.ChartData, bool) {
	l := ui.Lines{Along: "Taken on", Decimals: 0}
	line := ui.Series{Name: s.Subject}
	for _, r := range s.Results {
		if !r.HasValue {
			return ui.ChartData{}, false
		}
		if r.Value != float64(int(r.Value)) {
			l.Decimals = 1
		}
		l.Labels = append(l.Labels, progress.DayWords(r.On))
		line.Values = append(line.Values, ui.Known(r.Value))
	}
	l.Series = []ui.Series{line}
	return ui.ChartData{ID: "series" + strconv.Itoa(i), Drawing: l, FigureData: ui.FigureData{Title: subjectWords(s.Subject) + ", " + s.Scale.Words, Note: "Only results on this one scale are in the line. Changed is not caused."}}, len(s.Results) > 1
}

// seriesRows is the table of latest results.
func seriesTable(series []progress.Series, caption string) ui.TableData[progress.Series] {
	return ui.TableData[progress.Series]{Caption: caption, HideCaption: true, Rows: series, Columns: []ui.Column[progress.Series]{
		{Head: "Subject", RowHead: true, Text: func(s progress.Series) string { return subjectWords(s.Subject) }},
		{Head: "Scale", Text: func(s progress.Series) string { return s.Scale.Words }},
		{Head: "Latest", Numeric: true, Text: func(s progress.Series) string { return s.Latest().Text }},
		{Head: "In words", Text: func(s progress.Series) string { return orDash(s.Latest().AsValue().Means()) }},
		{Head: "Taken on", Text: func(s progress.Series) string { return progress.DayWords(s.Latest().On) }},
		{Head: "Direction", Text: func(s progress.Series) string { return orDash(s.Direction()) }},
	}}
}

// subjectWords begins a subject with a capital, however the file wrote it.
func subjectWords(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func historyTable(series []progress.Series) ui.TableData[progress.Result] {
	var rows []progress.Result
	for _, s := range series {
		for i := len(s.Results) - 1; i >= 0; i-- {
			rows = append(rows, s.Results[i])
		}
	}
	return ui.TableData[progress.Result]{Caption: "All results", HideCaption: true, Dense: true, Rows: rows, Columns: []ui.Column[progress.Result]{
		{Head: "Subject", RowHead: true, Text: func(r progress.Result) string { return subjectWords(r.Subject) }},
		{Head: "Scale", Text: func(r progress.Result) string { return progress.LookUpScale(r.Scale).Words }},
		{Head: "Value", Numeric: true, Text: func(r progress.Result) string { return r.Text }},
		{Head: "Taken on", Text: func(r progress.Result) string { return progress.DayWords(r.On) }},
		{Head: "Source", Text: func(r progress.Result) string { return orDash(r.Source) }},
	}}
}

func weekTable(sh progress.Sheet) ui.TableData[progress.WeekFigure] {
	rows := make([]progress.WeekFigure, 0, len(sh.Weeks))
	for i := len(sh.Weeks) - 1; i >= 0; i-- {
		rows = append(rows, sh.Weeks[i])
	}
	return ui.TableData[progress.WeekFigure]{Caption: "Weeks with their marks", HideCaption: true, Dense: true, Narrow: ui.NarrowScroll, Rows: rows, Columns: []ui.Column[progress.WeekFigure]{
		{Head: "Week beginning", RowHead: true, Text: func(w progress.WeekFigure) string { return progress.DayWords(w.Monday) }},
		{Head: "Marks", Hint: "morning and afternoon, Monday first", Text: func(w progress.WeekFigure) string { return marksWords(w.Marks) }},
		{Head: "Attended", Numeric: true, Text: func(w progress.WeekFigure) string { return strconv.Itoa(w.Sessions.Attended) }},
		{Head: "Possible", Numeric: true, Text: func(w progress.WeekFigure) string { return strconv.Itoa(w.Sessions.Possible) }},
		{Head: "Attendance", Numeric: true, Text: func(w progress.WeekFigure) string { return percentOr(w.Percent, w.Known) }},
		{Head: "School", Numeric: true, Text: func(w progress.WeekFigure) string { return percentOr(w.SchoolPercent, w.SchoolKnown) }},
	}}
}

// marksWords writes a week's marks in pairs, with a dot where there is none.
func marksWords(marks string) string {
	if marks == "" {
		return "–"
	}
	list := strings.Split(marks, ",")
	var out []string
	for i := 0; i < len(list); i += 2 {
		pair := [2]string{"·", "·"}
		for j := range pair {
			if i+j < len(list) && list[i+j] != "" {
				pair[j] = list[i+j]
			}
		}
		out = append(out, pair[0]+pair[1])
	}
	return strings.Join(out, " ")
}

func percentOr(p float64, known bool) string {
	if !known {
		return "no data"
	}
	return progress.PercentWords(p)
}

func termTable(terms []progress.TermFigure) ui.TableData[progress.TermFigure] {
	return ui.TableData[progress.TermFigure]{Caption: "Parts of the school year", HideCaption: true, Rows: terms, Columns: []ui.Column[progress.TermFigure]{
		{Head: "Part of the year", RowHead: true, Text: func(t progress.TermFigure) string { return t.Name }},
		{Head: "Possible", Numeric: true, Text: func(t progress.TermFigure) string { return strconv.Itoa(t.Sessions.Possible) }},
		{Head: "Attended", Numeric: true, Text: func(t progress.TermFigure) string { return strconv.Itoa(t.Sessions.Attended) }},
		{Head: "Authorised absence", Numeric: true, Text: func(t progress.TermFigure) string { return strconv.Itoa(t.Sessions.Authorised) }},
		{Head: "Unauthorised absence", Numeric: true, Text: func(t progress.TermFigure) string { return strconv.Itoa(t.Sessions.Unauthorised) }},
		{Head: "Attendance", Numeric: true, Text: func(t progress.TermFigure) string { p, ok := t.Sessions.Percent(); return percentOr(p, ok) }},
	}}
}

func totalTable(totals []progress.Total) ui.TableData[progress.Total] {
	n := func(p *int) string {
		if p == nil {
			return "not known"
		}
		return strconv.Itoa(*p)
	}
	return ui.TableData[progress.Total]{Caption: "Totals as they were given", HideCaption: true, Rows: totals, Columns: []ui.Column[progress.Total]{
		{Head: "Period", RowHead: true, Text: func(t progress.Total) string { return progress.DayWords(t.FromOn) + " to " + progress.DayWords(t.ToOn) }},
		{Head: "Possible", Numeric: true, Text: func(t progress.Total) string { return n(t.Possible) }},
		{Head: "Attended", Numeric: true, Text: func(t progress.Total) string { return n(t.Attended) }},
		{Head: "Authorised absence", Numeric: true, Text: func(t progress.Total) string { return n(t.Authorised) }},
		{Head: "Unauthorised absence", Numeric: true, Text: func(t progress.Total) string { return n(t.Unauthorised) }},
		{Head: "Percentage given", Numeric: true, Text: func(t progress.Total) string {
			if t.Percent == nil {
				return "–"
			}
			return progress.PercentWords(*t.Percent)
		}},
		{Head: "Source", Text: func(t progress.Total) string { return orDash(t.Source) }},
	}}
}

func codeTable(codes []progress.CodeCount) ui.TableData[progress.CodeCount] {
	return ui.TableData[progress.CodeCount]{Caption: "Codes in words", HideCaption: true, Rows: codes, Columns: []ui.Column[progress.CodeCount]{
		{Head: "Reason", RowHead: true, Text: func(c progress.CodeCount) string { return c.Code.Meaning }},
		{Head: "Code", Text: func(c progress.CodeCount) string { return c.Code.Mark }},
		{Head: "Counts as", Text: func(c progress.CodeCount) string { return string(c.Code.Class) }},
		{Head: "Sessions", Numeric: true, Text: func(c progress.CodeCount) string { return strconv.Itoa(c.N) }},
	}}
}

func eventTable(events []progress.CountRow) ui.TableData[progress.CountRow] {
	return ui.TableData[progress.CountRow]{Caption: "Praise, behaviour and homework", HideCaption: true, Dense: true, Rows: events, Columns: []ui.Column[progress.CountRow]{
		{Head: "Day", RowHead: true, Text: func(c progress.CountRow) string { return progress.DayWords(c.OnDate) }},
		{Head: "What", Text: func(c progress.CountRow) string { return progress.CountKindWords[c.Kind] }},
		{Head: "How many", Numeric: true, Text: func(c progress.CountRow) string { return strconv.Itoa(c.N) }},
		{Head: "Note", Text: func(c progress.CountRow) string { return orDash(c.Note) }},
	}}
}
