package ui

import (
	"fmt"
	"html"
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// Datum is one value, which may be unknown (it leaves a gap, never a nought) or hidden because too few people are in it.
type Datum struct {
	Value  float64
	Known  bool
	Hidden bool
}

// Known is a Datum with a value.
func Known(v float64) Datum {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Datum{}
	}
	return Datum{Value: v, Known: true}
}

// Unknown is a Datum that nobody knows.
func Unknown() Datum { return Datum{} }

// HiddenSmall is a Datum that is suppressed because it is about too few people.
func HiddenSmall() Datum { return Datum{Hidden: true} }

// Data makes known values out of numbers.
func Data(values ...float64) []Datum {
	list := make([]Datum, len(values))
	for i, v := range values {
		list[i] = Known(v)
	}
	return list
}

// Drawing is a chart that can be drawn and can be read as a table.
type Drawing interface {
	SVG(SVGOptions) string
	Table() Grid
	say(title string) string
}

// SVGOptions is how a Drawing is to be written. ID must be unique on the page.
type SVGOptions struct {
	ID, Title, Desc string
	Width           int
}

// Grid is a drawing as rows and columns of text.
type Grid struct {
	Heads []string
	Rows  [][]string
}

// Series is one line of a Lines chart.
type Series struct {
	Name   string
	Values []Datum // as many as there are labels along the bottom
}

// Lines is a chart of change over time. The first series is the one it is about, in plum; the others are there to
// compare with, in grey. The Target is dashed.
type Lines struct {
	Along    string   // what is along the bottom: "Half term"
	Labels   []string // one for each point
	Series   []Series
	Target   *Target
	Unit     string // "%": written after each value
	Decimals int
	FromZero bool // the axis begins at nought: for counts
}

// Target is a value to reach.
type Target struct {
	Label string
	Value float64
}

// Bars compares things that have no order in time. Reference is drawn as a dark stroke across each bar: the same
// figure for the whole school, or last year.
type Bars struct {
	What           string // what the bars are: "Barrier"
	Measure        string // what their length is: "Pupils"
	ReferenceLabel string // "All pupils"; no reference when empty
	Items          []Bar
	Unit           string
	Decimals       int
	Max            float64 // the end of the axis, where it is known: 100 for per cent
}

// Bar is one bar.
type Bar struct {
	Label     string
	Value     Datum
	Reference Datum
	Muted     bool // grey: there to compare with
}

const (
	wideChart   = 680
	narrowChart = 296

	plum  = "#7a2e62"
	grey  = "#6f6762"
	light = "#ddd5ce"
	ink   = "#1f1a17"
)

// number writes a value with so many decimals and a true minus sign, with commas in thousands.
func number(v float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', max(decimals, 0), 64)
	whole, rest, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	if v < 0 && strings.Trim(whole, "0.,") != "" {
		return "−" + whole
	}
	return whole
}

func withUnit(s, unit string) string {
	switch unit {
	case "":
		return s
	case "%", "°":
		return s + unit
	case "£":
		if rest, negative := strings.CutPrefix(s, "−"); negative {
			return "−£" + rest
		}
		return "£" + s
	}
	return s + " " + unit
}

func show(d Datum, unit string, decimals int) string {
	switch {
	case d.Hidden:
		return "suppressed"
	case !d.Known:
		return "not known"
	}
	return withUnit(number(d.Value, decimals), unit)
}

// niceAxis gives an axis that covers low to high with about so many steps, each 1, 2, 2.5 or 5 times a power of ten, so
// that the numbers beside it can be read at a glance.
func niceAxis(low, high float64, steps int) (from, to, step float64) {
	if low > high {
		low, high = high, low
	}
	if math.IsNaN(low) || math.IsInf(low, 0) || math.IsNaN(high) || math.IsInf(high, 0) {
		return 0, 1, 0.5
	}
	if high-low < 1e-9*math.Max(1, math.Abs(high)) {
		pad := math.Max(math.Abs(high)*0.05, 0.5)
		low, high = low-pad, high+pad
	}
	raw := (high - low) / float64(max(steps, 1))
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	step = 10 * power
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= raw*0.999 {
			step = m * power
			break
		}
	}
	return math.Floor(low/step+1e-9) * step, math.Ceil(high/step-1e-9) * step, step
}

func axisDecimals(step float64) int {
	for d := range 6 {
		if scaled := step * math.Pow(10, float64(d)); math.Abs(scaled-math.Round(scaled)) < 1e-6 {
			return d
		}
	}
	return 6
}

// label is a text that wants to stand at y; spread gives it a place where it touches no other.
type label struct {
	text  string
	y     float64
	first bool
}

// spread moves labels apart so that they are at least gap from each other and stay between top and bottom, each as
// near as may be to where it wants to be. Order is kept. When there are too many, they share what room there is.
func spread(labels []label, gap, top, bottom float64) []label {
	out := append([]label(nil), labels...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].y < out[j].y })
	if n := float64(len(out) - 1); n > 0 && gap*n > bottom-top {
		gap = (bottom - top) / n
	}
	for i := range out {
		out[i].y = math.Max(out[i].y, top+gap*float64(i))
		if i > 0 {
			out[i].y = math.Max(out[i].y, out[i-1].y+gap)
		}
	}
	for i := len(out) - 1; i >= 0; i-- {
		limit := bottom - gap*float64(len(out)-1-i)
		if i < len(out)-1 {
			limit = math.Min(limit, out[i+1].y-gap)
		}
		out[i].y = math.Min(out[i].y, limit)
	}
	return out
}

// textWidth guesses how wide a text will be; the server has no letters to measure with.
func textWidth(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case strings.ContainsRune("iljtfrI.,:;!'|() ", r):
			w += 0.34
		case strings.ContainsRune("mwMW%", r):
			w += 0.86
		case unicode.IsUpper(r):
			w += 0.68
		case r > 0x2e80: // Chinese, Japanese, Korean
			w += 1.02
		case unicode.Is(unicode.Mn, r):
		default:
			w += 0.56
		}
	}
	return w * size
}

// wrapText breaks a text into at most lines lines that fit; what does not fit ends in an ellipsis.
func wrapText(s string, size, width float64, lines int) []string {
	out := []string{}
	current := ""
	for _, w := range strings.Fields(s) {
		next := strings.TrimSpace(current + " " + w)
		if current != "" && textWidth(next, size) > width {
			out = append(out, current)
			next = w
		}
		current = next
	}
	if current != "" {
		out = append(out, current)
	}
	if len(out) > lines {
		out = out[:lines]
		out[lines-1] += "…"
	}
	for i, l := range out {
		out[i] = clip(l, size, width)
	}
	return out
}

func clip(s string, size, width float64) string {
	if textWidth(s, size) <= width {
		return s
	}
	runes := []rune(strings.TrimSuffix(s, "…"))
	for len(runes) > 1 && textWidth(string(runes)+"…", size) > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimSpace(string(runes)) + "…"
}

// drawing collects SVG. Everything from outside goes through esc.
type drawing struct{ strings.Builder }

func esc(s string) string { return html.EscapeString(strings.ToValidUTF8(s, "�")) }

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.Builder, format, args...) }

// px writes a coordinate with one decimal at most: enough for the eye, and half the bytes.
func px(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// open begins the drawing. direction is fixed: on a page that runs from right to left, "start" and "end" of the
// letters would change sides while the lines stay where they are.
func (d *drawing) open(o SVGOptions, height float64) {
	d.add(`<svg class="ajar-svg" xmlns="http://www.w3.org/2000/svg" role="img" direction="ltr" viewBox="0 0 %d %s" width="%d" height="%s" aria-labelledby="%s-t %s-d" font-size="14" fill="%s">`,
		o.Width, px(height), o.Width, px(height), esc(o.ID), esc(o.ID), ink)
	d.add(`<title id="%s-t">%s</title><desc id="%s-d">%s</desc>`, esc(o.ID), esc(o.Title), esc(o.ID), esc(o.Desc))
}

func (d *drawing) text(class, anchor string, x, y float64, colour, s string) {
	d.add(`<text class="%s" x="%s" y="%s" text-anchor="%s" fill="%s">%s</text>`, class, px(x), px(y), anchor, colour, esc(s))
}

func (d *drawing) close() string {
	d.WriteString("</svg>")
	return d.String()
}

// SVG draws the lines. On a wide drawing the names stand at the ends of the lines; on a narrow one there is no room
// beside them, and they stand above, each with a piece of its line.
func (c Lines) SVG(o SVGOptions) string {
	var d drawing
	narrow := o.Width < 480
	low, high := c.extent()
	from, to, step := niceAxis(low, high, 5)
	decimals := axisDecimals(step)
	axisWidth := 0.0
	for v := from; v <= to+step/2; v += step {
		axisWidth = math.Max(axisWidth, textWidth(withUnit(number(v, decimals), c.Unit), 13))
	}
	left, right, top, height := axisWidth+10, 16.0, 14.0, 300.0
	ends := c.ends()
	if narrow {
		top, height = 14+22*float64(len(ends)), 230+22*float64(len(ends))
	} else {
		for _, e := range ends {
			right = math.Max(right, textWidth(e.text, 14)+20)
		}
		right = math.Min(right, 220)
	}
	bottom := height - 30
	width := float64(o.Width) - left - right
	x := func(i int) float64 {
		if len(c.Labels) < 2 {
			return left + width/2
		}
		return left + 8 + (width-16)*float64(i)/float64(len(c.Labels)-1)
	}
	y := func(v float64) float64 { return bottom - (v-from)/(to-from)*(bottom-top) }

	d.open(o, height)
	for v := from; v <= to+step/2; v += step {
		d.add(`<path class="ajar-svg__grid" d="M%s %sH%s" stroke="%s"/>`, px(left), px(y(v)), px(left+width), light)
		d.text("ajar-svg__axis", "end", left-8, y(v)+4.5, grey, withUnit(number(v, decimals), c.Unit))
	}
	c.bottomLabels(&d, x, bottom+21, width)
	if c.Target != nil {
		d.add(`<path class="ajar-svg__target" d="M%s %sH%s" fill="none" stroke="%s" stroke-width="1.8" stroke-dasharray="7 5"/>`, px(left), px(y(c.Target.Value)), px(left+width), ink)
	}
	for i := len(c.Series) - 1; i >= 0; i-- { // the first last, on top
		c.line(&d, i, x, y)
	}
	if narrow {
		for i, e := range ends {
			d.keyLine(e, 14+22*float64(i))
			d.text("ajar-svg__label", "start", 36, 14+22*float64(i)+1, e.colour(), clip(e.text, 14, float64(o.Width)-40))
		}
		return d.close()
	}
	list := make([]label, len(ends))
	for i, e := range ends {
		list[i] = label{text: e.text, y: y(e.value), first: e.index == 0}
	}
	for _, l := range spread(list, 18, top, bottom) {
		colour := grey
		if l.first {
			colour = plum
		} else if c.Target != nil && l.text == c.targetText() {
			colour = ink
		}
		class := "ajar-svg__label"
		if l.first {
			class += " ajar-svg__label--first"
		}
		d.text(class, "start", left+width+8, l.y+5, colour, clip(l.text, 14, right-10))
	}
	return d.close()
}

// end is what is written at the end of a line.
type end struct {
	text  string
	value float64
	index int // of the series; -1 for the target
}

func (e end) colour() string {
	switch e.index {
	case 0:
		return plum
	case -1:
		return ink
	}
	return grey
}

func (d *drawing) keyLine(e end, y float64) {
	dash, width := dashOf(e.index), 2.6
	if e.index != 0 {
		width = 1.8
	}
	d.add(`<path class="%s" d="M4 %sH28" fill="none" stroke="%s" stroke-width="%s"%s/>`, lineClass(e.index), px(y-4), e.colour(), px(width), dash)
}

// dashOf tells the lines apart where there is no colour: the first is whole, the others are broken each in its way.
func dashOf(i int) string {
	switch {
	case i == -1:
		return ` stroke-dasharray="7 5"`
	case i == 0:
		return ""
	}
	return fmt.Sprintf(` stroke-dasharray="%s"`, []string{"1.5 3.5", "10 3 2 3", "4 2"}[(i-1)%3])
}

func lineClass(i int) string {
	switch i {
	case -1:
		return "ajar-svg__target"
	case 0:
		return "ajar-svg__first"
	}
	return "ajar-svg__other"
}

func (c Lines) targetText() string {
	return fmt.Sprintf("%s %s", c.Target.Label, withUnit(number(c.Target.Value, c.Decimals), c.Unit))
}

func (c Lines) ends() []end {
	list := []end{}
	for i, s := range c.Series {
		if at := lastIndex(s.Values); at >= 0 {
			list = append(list, end{text: fmt.Sprintf("%s %s", s.Name, show(s.Values[at], c.Unit, c.Decimals)), value: s.Values[at].Value, index: i})
		}
	}
	if c.Target != nil {
		list = append(list, end{text: c.targetText(), value: c.Target.Value, index: -1})
	}
	return list
}

func lastIndex(values []Datum) int {
	for i := len(values) - 1; i >= 0; i-- {
		if values[i].Known {
			return i
		}
	}
	return -1
}

func (c Lines) extent() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	take := func(v float64) { low, high = math.Min(low, v), math.Max(high, v) }
	for _, s := range c.Series {
		for _, v := range s.Values {
			if v.Known {
				take(v.Value)
			}
		}
	}
	if c.Target != nil {
		take(c.Target.Value)
	}
	if math.IsInf(low, 0) {
		return 0, 1
	}
	if c.FromZero {
		take(0)
	}
	return low, high
}

// bottomLabels writes as many of the labels as there is room for, always the first and the last.
func (c Lines) bottomLabels(d *drawing, x func(int) float64, y, width float64) {
	n := len(c.Labels)
	widest := 0.0
	for _, l := range c.Labels {
		widest = math.Max(widest, textWidth(l, 13))
	}
	every := 1
	for every < n && float64((n+every-1)/every)*(widest+14) > width {
		every++
	}
	for i, l := range c.Labels {
		fromEnd := n - 1 - i
		if i == 0 && fromEnd%every != 0 && fromEnd > every || fromEnd%every == 0 {
			anchor, at := "middle", x(i)
			if i == 0 && n > 1 && widest > 44 {
				anchor, at = "start", x(i)-8
			} else if fromEnd == 0 && n > 1 && widest > 44 {
				anchor, at = "end", x(i)+8
			}
			d.text("ajar-svg__axis", anchor, at, y, grey, l)
		}
	}
}

// line draws one series; where a value is unknown the line is broken, and a point that stands alone gets a dot.
func (c Lines) line(d *drawing, index int, x func(int) float64, y func(float64) float64) {
	values := c.Series[index].Values
	values = values[:min(len(values), max(len(c.Labels), 1))]
	var path strings.Builder
	dots := []int{}
	for i, v := range values {
		if !v.Known {
			continue
		}
		before := i > 0 && values[i-1].Known
		after := i+1 < len(values) && values[i+1].Known
		command := "M"
		if before {
			command = "L"
		}
		path.WriteString(command + px(x(i)) + " " + px(y(v.Value)))
		if !before && !after || i == lastIndex(values) {
			dots = append(dots, i)
		}
	}
	if path.Len() == 0 {
		return
	}
	colour, width := grey, "1.8"
	if index == 0 {
		colour, width = plum, "2.8"
	}
	d.add(`<path class="%s" d="%s" fill="none" stroke="%s" stroke-width="%s" stroke-linejoin="round" stroke-linecap="round"%s/>`, lineClass(index), path.String(), colour, width, dashOf(index))
	for _, i := range dots {
		d.add(`<circle class="%s-dot" cx="%s" cy="%s" r="%s" fill="%s"/>`, lineClass(index), px(x(i)), px(y(values[i].Value)), map[bool]string{true: "4", false: "3"}[index == 0], colour)
	}
}

// Table gives the same figures in rows.
func (c Lines) Table() Grid {
	g := Grid{Heads: []string{c.Along}}
	for _, s := range c.Series {
		g.Heads = append(g.Heads, s.Name)
	}
	if c.Target != nil {
		g.Heads = append(g.Heads, c.Target.Label)
	}
	for i, l := range c.Labels {
		row := []string{l}
		for _, s := range c.Series {
			v := Unknown()
			if i < len(s.Values) {
				v = s.Values[i]
			}
			row = append(row, show(v, c.Unit, c.Decimals))
		}
		if c.Target != nil {
			row = append(row, withUnit(number(c.Target.Value, c.Decimals), c.Unit))
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

func (c Lines) say(title string) string {
	parts := []string{}
	for _, s := range c.Series {
		first := -1
		for i, v := range s.Values {
			if v.Known {
				first = i
				break
			}
		}
		last := lastIndex(s.Values)
		if first < 0 || last >= len(c.Labels) {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s went from %s (%s) to %s (%s).", s.Name, show(s.Values[first], c.Unit, c.Decimals), c.Labels[first], show(s.Values[last], c.Unit, c.Decimals), c.Labels[last]))
	}
	if c.Target != nil {
		parts = append(parts, fmt.Sprintf("%s is %s.", c.Target.Label, withUnit(number(c.Target.Value, c.Decimals), c.Unit)))
	}
	if len(parts) == 0 {
		return title + ": nothing is known yet."
	}
	return strings.Join(parts, " ")
}

// SVG draws the bars lying down, so that their names can be read; on a narrow drawing each name stands above its bar.
func (c Bars) SVG(o SVGOptions) string {
	var d drawing
	narrow := o.Width < 480
	high := c.Max
	widest, widestValue := 0.0, 0.0
	for _, b := range c.Items {
		for _, v := range []Datum{b.Value, b.Reference} {
			if v.Known && v.Value > high {
				high = v.Value
			}
		}
		widest = math.Max(widest, textWidth(b.Label, 14))
		widestValue = math.Max(widestValue, textWidth(show(b.Value, c.Unit, c.Decimals), 14))
	}
	if high <= 0 {
		high = 1
	}
	rowHeight, left, barHeight, barTop := 34.0, math.Min(widest+14, 230), 20.0, 7.0
	if narrow {
		rowHeight, left, barTop = 52, 2, 24
	}
	top := 4.0
	if c.ReferenceLabel != "" {
		top = 30
	}
	right := widestValue + 14
	width := math.Max(float64(o.Width)-left-right, 40)
	height := top + rowHeight*float64(len(c.Items)) + 6
	length := func(v float64) float64 { return math.Max(v, 0) / high * width }

	d.open(o, height)
	if c.ReferenceLabel != "" {
		d.add(`<path class="ajar-svg__reference" d="M%s 4v16" stroke="%s" stroke-width="3"/>`, px(left+1.5), ink)
		d.text("ajar-svg__axis", "start", left+11, 17, grey, clip(c.ReferenceLabel, 13, float64(o.Width)-left-20))
	}
	if !narrow {
		d.add(`<path class="ajar-svg__base" d="M%s %sV%s" stroke="%s"/>`, px(left), px(top), px(height-4), grey)
	}
	for i, b := range c.Items {
		y := top + rowHeight*float64(i)
		if narrow {
			d.text("ajar-svg__label", "start", 0, y+17, ink, clip(b.Label, 14, float64(o.Width)-8))
			d.add(`<path class="ajar-svg__base" d="M%s %sv%s" stroke="%s"/>`, px(left), px(y+barTop-2), px(barHeight+4), grey)
		} else {
			for n, line := range barLabel(b.Label, left-12) {
				at := y + barTop + 15
				if len(barLabel(b.Label, left-12)) == 2 {
					at = y + 14 + 15*float64(n)
				}
				d.text("ajar-svg__label", "end", left-9, at, ink, line)
			}
		}
		class, colour := "ajar-svg__bar", plum
		if b.Muted {
			class, colour = "ajar-svg__bar ajar-svg__bar--other", "#a89f98"
		}
		reach := 0.0
		if b.Value.Known {
			reach = length(b.Value.Value)
			d.add(`<rect class="%s" x="%s" y="%s" width="%s" height="%s" fill="%s"/>`, class, px(left), px(y+barTop), px(reach), px(barHeight), colour)
		}
		if b.Reference.Known && c.ReferenceLabel != "" {
			at := left + length(b.Reference.Value)
			// A white rim keeps the stroke in sight where it lies upon the bar.
			d.add(`<path class="ajar-svg__rim" d="M%s %sv%s" stroke="#fff" stroke-width="6"/>`, px(at), px(y+barTop-3), px(barHeight+6))
			d.add(`<path class="ajar-svg__reference" d="M%s %sv%s" stroke="%s" stroke-width="3"/>`, px(at), px(y+barTop-3), px(barHeight+6), ink)
			if r := length(b.Reference.Value); r > reach && r-reach < widestValue+14 {
				reach = r + 2 // the number would lie under the stroke
			}
		}
		colour = ink
		if !b.Value.Known {
			colour = grey
		}
		d.text("ajar-svg__value", "start", left+reach+7, y+barTop+15, colour, show(b.Value, c.Unit, c.Decimals))
	}
	return d.close()
}

func barLabel(s string, width float64) []string { return wrapText(s, 14, width, 2) }

// Table gives the same figures in rows.
func (c Bars) Table() Grid {
	g := Grid{Heads: []string{c.What, c.Measure}}
	if c.ReferenceLabel != "" {
		g.Heads = append(g.Heads, c.ReferenceLabel)
	}
	for _, b := range c.Items {
		row := []string{b.Label, show(b.Value, c.Unit, c.Decimals)}
		if c.ReferenceLabel != "" {
			row = append(row, show(b.Reference, c.Unit, c.Decimals))
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

func (c Bars) say(title string) string {
	parts := []string{}
	for _, b := range c.Items {
		parts = append(parts, fmt.Sprintf("%s %s", b.Label, show(b.Value, c.Unit, c.Decimals)))
	}
	if len(parts) == 0 {
		return title + ": nothing is known yet."
	}
	return strings.Join(parts, ", ") + "."
}

func sparkSVG(what string, values []Datum, unit string, decimals int) string {
	const width, height = 84.0, 26.0
	low, high := Lines{Series: []Series{{Values: values}}}.extent()
	if high-low < 1e-9 {
		low, high = low-1, high+1
	}
	said := make([]string, len(values))
	for i, v := range values {
		said[i] = show(v, unit, decimals)
	}
	x := func(i int) float64 {
		if len(values) < 2 {
			return width / 2
		}
		return 4 + (width-8)*float64(i)/float64(len(values)-1)
	}
	y := func(v float64) float64 { return height - 4 - (v-low)/(high-low)*(height-8) }
	var d drawing
	d.add(`<svg class="ajar-svg ajar-svg--spark" role="img" direction="ltr" viewBox="0 0 84 26" width="84" height="26" aria-label="%s">`, esc(what+": "+strings.Join(said, ", ")))
	labels := make([]string, len(values))
	Lines{Labels: labels, Series: []Series{{Values: values}}}.line(&d, 0, x, y)
	return d.close()
}

func lastKnown(values []Datum, unit string, decimals int) string {
	if i := lastIndex(values); i >= 0 {
		return show(values[i], unit, decimals)
	}
	return "not known"
}

// end writes the ends of the scale under a heat map.
func (h HeatData) end(top bool) string {
	low, high := h.scale()
	if top {
		return number(high, h.Decimals)
	}
	return number(low, h.Decimals)
}
