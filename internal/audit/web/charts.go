package web

import (
	"math"
	"slices"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/ui"
)

func datum(v *float64) ui.Datum {
	if v == nil {
		return ui.Unknown()
	}
	return ui.Known(*v)
}

// fewestSpokes is how many themes a radar needs to be a picture: with two it is a line, and with one nothing.
const fewestSpokes = 3

func radar(o audit.Outcome) ui.Radar {
	r := ui.Radar{What: "Theme", Max: audit.Levels, Rings: o.Framework.Names[:], Decimals: 1}
	now, aim, before := ui.Series{Name: "Now"}, ui.Series{Name: "Benchmark"}, ui.Series{Name: "Last time"}
	aims, befores := false, false
	for _, t := range o.Themes {
		r.Spokes = append(r.Spokes, t.Theme.Title)
		now.Values = append(now.Values, datum(t.Mean))
		a := t.Aim
		if a == nil && o.Framework.Benchmark > 0 {
			b := float64(o.Framework.Benchmark)
			a = &b
		}
		aim.Values = append(aim.Values, datum(a))
		before.Values = append(before.Values, datum(t.Before))
		aims, befores = aims || a != nil, befores || t.Before != nil
	}
	r.Series = append(r.Series, now)
	if aims {
		r.Series = append(r.Series, aim)
	}
	if befores {
		r.Series = append(r.Series, before)
	}
	return r
}

// heat is the medians of each group, criterion by criterion.
func heat(o audit.Outcome, t audit.ThemeResult) ui.HeatData {
	h := ui.HeatData{Title: "Medians by group: " + t.Theme.Title, RowHead: "Statement", Low: 1, High: audit.Levels, Unit: "level, from 1 (" + strings.ToLower(o.Framework.Names[0]) + ") to 5 (" + strings.ToLower(o.Framework.Names[4]) + ")", Suppressed: "under 5"}
	for _, g := range o.Audit.Groups() {
		h.Columns = append(h.Columns, audit.GroupWords(g))
	}
	h.Columns = append(h.Columns, "Agreed")
	for _, r := range t.Results {
		row := ui.HeatRow{Label: r.Criterion.Code}
		for _, g := range o.Audit.Groups() {
			v := r.Views[g]
			if v.Hidden && asked(r, g) {
				row.Cells = append(row.Cells, ui.HiddenSmall())
			} else {
				row.Cells = append(row.Cells, datum(v.Median()))
			}
			if m := v.Median(); m != nil && *m != math.Floor(*m) {
				h.Decimals = 1
			}
		}
		agreed := ui.Unknown()
		if r.Agreed != nil {
			agreed = ui.Known(float64(r.Agreed.Level))
		}
		h.Rows = append(h.Rows, ui.HeatRow{Label: row.Label, Cells: append(row.Cells, agreed)})
	}
	return h
}

// asked tells whether a group is asked about a statement: where it is not, there is nothing to hide.
func asked(r audit.Result, g audit.Group) bool { return slices.Contains(r.Criterion.Asked, g) }

// spread is how many of each group chose each level.
func spread(o audit.Outcome, r audit.Result) ui.HeatData {
	h := ui.HeatData{Title: "How many chose each level", RowHead: "Group", Columns: o.Framework.Names[:], Unit: "people", Suppressed: "under 5"}
	for _, g := range o.Audit.Groups() {
		v := r.Views[g]
		row := ui.HeatRow{Label: audit.GroupWords(g)}
		for _, n := range v.Spread {
			d := ui.Known(float64(n))
			switch {
			case v.Hidden && asked(r, g):
				d = ui.HiddenSmall()
			case v.N() == 0:
				d = ui.Unknown()
			}
			row.Cells = append(row.Cells, d)
		}
		h.Rows = append(h.Rows, row)
		for _, n := range v.Spread {
			h.High = max(h.High, float64(n))
		}
	}
	h.High = max(h.High, audit.Fewest) // one of one is not dark
	return h
}
