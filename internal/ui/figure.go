package ui

import (
	"context"
	"strconv"

	"github.com/a-h/templ"
)

// StatData is one figure, large, with all that is needed to read it rightly.
type StatData struct {
	Label   string // what it counts: "pupils with three or more barriers"
	Value   string // "38", "91.4 %"; empty is shown as "not known", never as nought
	Of      string // "of 200 targeted"
	AsOf    string // "20 November 2026"
	N       int    // from how many; not shown when 0
	Missing int    // for how many nothing is known
	What    string // what N and Missing are: "pupils" when empty
	Change  string // in words: "up from 31 in July"
	Href    string // the list behind the figure
	Explain templ.Component
}

// FigureData stands around any figure, table or chart that is published: what it is, as of when, from how many, and
// how it was worked out.
type FigureData struct {
	Title   string
	AsOf    string
	Source  string // "attendance import of 20 November"
	N       int
	Missing int
	What    string          // what N and Missing are: "pupils" when empty
	Explain templ.Component // shown folded under "How this was worked out"; see Because
	Note    string          // what the figure does not say: "Changed is not caused."
}

// ChartData is a drawing with everything a Figure has, and its table.
type ChartData struct {
	ID string // unique on the page
	FigureData
	Drawing Drawing
	Alt     string // what the drawing shows, in a sentence; made from the title when empty
}

// HeatData is a grid of figures, darker where there is more. It is a real table, so it needs no other beside it.
type HeatData struct {
	Title      string
	RowHead    string // what the rows are: "Year group"
	Columns    []string
	Rows       []HeatRow
	Unit       string
	Low, High  float64 // the ends of the scale; both 0: from the figures
	Decimals   int
	Suppressed string // how a suppressed figure is written, "under 5" when empty
}

// HeatRow is one line of a heat map.
type HeatRow struct {
	Label string
	Cells []Datum
}

func (f FigureData) facts(ctx context.Context) []string {
	return facts(ctx, f.AsOf, f.Source, f.What, f.N, f.Missing)
}

func (s StatData) facts(ctx context.Context) []string {
	return facts(ctx, s.AsOf, "", s.What, s.N, s.Missing)
}

func facts(ctx context.Context, asOf, source, what string, n, missing int) []string {
	if what == "" {
		what = word(ctx, "ui.figure.pupils", "pupils")
	}
	list := []string{}
	if asOf != "" {
		list = append(list, fill(word(ctx, "ui.figure.asof", "As of {date}"), "date", asOf))
	}
	if n > 0 {
		list = append(list, fill(word(ctx, "ui.figure.n", "from {n} {what}"), "n", Thousands(n), "what", what))
	}
	if missing > 0 {
		list = append(list, fill(word(ctx, "ui.figure.missing", "not known for {n}"), "n", Thousands(missing)))
	}
	if source != "" {
		list = append(list, fill(word(ctx, "ui.figure.source", "source: {source}"), "source", source))
	}
	return list
}

// Thousands writes a whole number with commas: 1,250.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func (c ChartData) alt() string {
	if c.Alt != "" {
		return c.Alt
	}
	return c.Drawing.say(c.Title)
}

func (h HeatData) scale() (low, high float64) {
	if h.Low != 0 || h.High != 0 {
		return h.Low, h.High
	}
	first := true
	for _, r := range h.Rows {
		for _, c := range r.Cells {
			if !c.Known || c.Hidden {
				continue
			}
			if first || c.Value < low {
				low = c.Value
			}
			if first || c.Value > high {
				high = c.Value
			}
			first = false
		}
	}
	return low, high
}

// heatSteps is how many shades there are; more could not be told apart, least of all on paper.
const heatSteps = 7

func (h HeatData) step(d Datum) string {
	if d.Hidden {
		return "ajar-heat__cell ajar-heat__cell--hidden"
	}
	if !d.Known {
		return "ajar-heat__cell ajar-heat__cell--unknown"
	}
	return "ajar-heat__cell ajar-heat__cell--" + strconv.Itoa(h.dark(d))
}

func (h HeatData) text(ctx context.Context, d Datum) string {
	switch {
	case d.Hidden && h.Suppressed != "":
		return h.Suppressed
	case d.Hidden:
		return word(ctx, "ui.heat.suppressed", "under 5")
	case !d.Known:
		return "–"
	}
	return number(d.Value, h.Decimals)
}

// Shade gives a cell to whoever puts the map on paper in another way: its text, and how dark it is, from 0 to 1, in the same steps as on the page.
func (h HeatData) Shade(row HeatRow, i int) (text string, dark float64) {
	d := h.cell(row, i)
	if d.Known && !d.Hidden {
		dark = float64(h.dark(d)) / (heatSteps - 1)
	}
	return h.text(context.Background(), d), dark
}

// dark is which of the shades a known figure has.
func (h HeatData) dark(d Datum) int {
	low, high := h.scale()
	if high <= low {
		return 0
	}
	return min(max(int((d.Value-low)/(high-low)*heatSteps), 0), heatSteps-1)
}

func (h HeatData) cell(row HeatRow, i int) Datum {
	if i < len(row.Cells) {
		return row.Cells[i]
	}
	return Unknown()
}
