package ui

import (
	"fmt"
	"math"
	"strings"
)

// Radar compares a few things that are measured alike, each on a spoke. The first series is the one it is about, in plum and filled; others are dashed and
// dotted in grey, with marks of their own, so that they can be told apart without colour. A value that is not known leaves its spoke empty.
type Radar struct {
	What     string   // what the spokes are: "Theme"
	Spokes   []string // three or more, or it is drawn as nothing and the table stands alone
	Series   []Series
	Max      float64  // the outer ring
	Rings    []string // names of the rings from the innermost, one for each whole value up to Max; numbers without
	Decimals int
}

type ring struct{ cx, cy, r float64 }

// at is the place of a value on a spoke; the first points up.
func (g ring) at(i, n int, share float64) (x, y float64) {
	a := 2*math.Pi*float64(i)/float64(n) - math.Pi/2
	return g.cx + g.r*share*math.Cos(a), g.cy + g.r*share*math.Sin(a)
}

var radarLooks = []struct{ colour, dash, width string }{{plum, "", "3"}, {ink, "7 5", "2"}, {grey, "2 4", "2.5"}, {grey, "", "1.5"}}

// box is where something stands in a drawing.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) meets(o box) bool { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }

func (b box) within(o box) bool {
	return b.x0 >= o.x0 && b.y0 >= o.y0 && b.x1 <= o.x1 && b.y1 <= o.y1
}

// around is the box of a line of text with its middle at a place.
func around(text string, size, x, y float64) box {
	w := textWidth(text, size) + 2
	return box{x - w/2, y - size/2 - 1, x + w/2, y + size/2 + 2}
}

// words is a piece of text with its box.
type words struct {
	box
	text, class, colour string
	size                float64
	bold                bool
}

// radarPlan is where everything of a radar stands: worked out here, since labels that collide can't be moved by whoever reads them.
type radarPlan struct {
	g      ring
	height float64
	labels []words // names of spokes, figures at the marks, numbers of the rings; no two on top of each other
}

func (c Radar) narrow(width int) bool { return width < 480 }

// ringNames say what the numbers of the rings mean, in as many lines as it takes.
func (c Radar) ringNames(width int) []string {
	var lines []string
	for i, name := range c.Rings[:min(len(c.Rings), int(max(c.Max, 0)))] {
		part := fmt.Sprint(i+1) + " " + name
		if last := len(lines) - 1; last >= 0 && textWidth(lines[last]+" · "+part, 12) < float64(width)-4 {
			lines[last] += " · " + part
		} else {
			lines = append(lines, clip(part, 12, float64(width)-4))
		}
	}
	return lines
}

func (c Radar) keyHeight(width int) float64 {
	return 22*float64(len(c.Series)) + 16*float64(len(c.ringNames(width))) + 14
}

func (c Radar) plan(width int) (p radarPlan) {
	n, narrow := len(c.Spokes), c.narrow(width)
	labelWidth, most := 132.0, 150.0
	if narrow { // no room for names beside the spokes: they are lettered, and named below
		labelWidth, most = 26, 110
	}
	keyHeight := c.keyHeight(width)
	g := ring{cx: float64(width) / 2, r: math.Min(float64(width)/2-labelWidth, most)}
	g.cy = keyHeight + g.r + 44
	p.height = g.cy + g.r + 46
	if narrow {
		g.cy, p.height = keyHeight+g.r+30, keyHeight+2*g.r+60+18*float64(n)
	}
	p.g = g
	if n < 3 || c.Max <= 0 {
		return p
	}
	for i, label := range c.Spokes {
		if narrow {
			name := clip(letterOf(i)+" "+label, 14, float64(width)-4)
			y := keyHeight + 2*g.r + 72 + 18*float64(i)
			p.labels = append(p.labels, words{box{2, y - 12, 2 + textWidth(name, 14), y + 4}, name, "ajar-svg__label", ink, 14, false})
			label = letterOf(i)
		}
		p.labels = append(p.labels, c.spokeName(g, i, label, labelWidth, float64(width))...)
	}
	room := box{0, keyHeight, float64(width), p.height}
	var marks []box
	for k := range c.Series {
		for i := range n {
			if x, y, known := c.place(g, k, i); known {
				marks = append(marks, box{x - 5, y - 5, x + 5, y + 5})
			}
		}
	}
	put := func(w words, places [][2]float64) {
		for _, at := range places {
			w.box = around(w.text, w.size, at[0], at[1])
			free := w.within(room)
			for _, m := range marks {
				free = free && !w.meets(m)
			}
			for _, l := range p.labels {
				free = free && !w.meets(l.box)
			}
			if free {
				p.labels = append(p.labels, w)
				return
			}
		}
	}
	for i := range n { // the figures of what it is about
		if x, y, known := c.place(g, 0, i); known {
			a := 2*math.Pi*float64(i)/float64(n) - math.Pi/2
			var places [][2]float64
			for _, far := range []float64{15, 20, 26, 33} {
				for _, turn := range []float64{0, 0.6, -0.6, 1.2, -1.2, 1.8, -1.8, 2.4, -2.4, math.Pi} {
					places = append(places, [2]float64{x + far*1.15*math.Cos(a+turn), y + far*math.Sin(a+turn)})
				}
			}
			put(words{text: show(c.Series[0].Values[i], "", c.Decimals), class: "ajar-svg__value", colour: plum, size: 13, bold: true}, places)
		}
	}
	for v := 1; v <= int(c.Max); v++ { // the number of each ring, beside one of the spokes
		var places [][2]float64
		for i := range n {
			x, y := g.at(i, n, float64(v)/c.Max)
			places = append(places, [2]float64{x + 8, y + 8}, [2]float64{x - 8, y + 8}, [2]float64{x - 8, y - 7}, [2]float64{x + 8, y - 7})
		}
		for i := range n { // or between two of them
			x0, y0 := g.at(i, n, float64(v)/c.Max)
			x1, y1 := g.at((i+1)%n, n, float64(v)/c.Max)
			places = append(places, [2]float64{(x0 + x1) / 2, (y0 + y1) / 2})
		}
		put(words{text: fmt.Sprint(v), class: "ajar-svg__axis", colour: grey, size: 12}, places)
	}
	return p
}

func letterOf(i int) string { return string(rune('A' + i%26)) }

// place is where a value of a series stands.
func (c Radar) place(g ring, series, spoke int) (x, y float64, known bool) {
	if series >= len(c.Series) || spoke >= len(c.Series[series].Values) || !c.Series[series].Values[spoke].Known {
		return 0, 0, false
	}
	x, y = g.at(spoke, len(c.Spokes), math.Max(0, math.Min(c.Series[series].Values[spoke].Value/c.Max, 1)))
	return x, y, true
}

// spokeName is the name at the end of a spoke, in lines.
func (c Radar) spokeName(g ring, i int, label string, labelWidth, width float64) (out []words) {
	lx, ly := g.at(i, len(c.Spokes), 1+14/g.r)
	side := 0.0
	switch {
	case lx > g.cx+4:
		side = 1
	case lx < g.cx-4:
		side = -1
	}
	lines := wrapText(label, 14, labelWidth-6, 3)
	if side == 0 {
		lines = wrapText(label, 14, width*0.6, 2)
	}
	top := ly - 8*float64(len(lines)-1) + 5
	switch {
	case ly < g.cy-g.r+1 && side == 0:
		top = ly - 16*float64(len(lines)-1)
	case ly > g.cy+g.r*0.6:
		top = ly + 10
	}
	for k, line := range lines {
		w, y := textWidth(line, 14), top+16*float64(k)
		x0 := lx - w/2
		if side > 0 {
			x0 = lx
		} else if side < 0 {
			x0 = lx - w
		}
		out = append(out, words{box{x0, y - 12, x0 + w, y + 3}, line, "ajar-svg__label", ink, 14, false})
	}
	return out
}

// SVG draws it.
func (c Radar) SVG(o SVGOptions) string {
	var d drawing
	n, p := len(c.Spokes), c.plan(o.Width)
	g := p.g
	d.open(o, p.height)
	for i, s := range c.Series {
		y := 8 + 22*float64(i)
		look := radarLooks[min(i, len(radarLooks)-1)]
		d.add(`<path class="ajar-svg__line" d="M2 %sh34" stroke="%s" stroke-width="%s" stroke-dasharray="%s" fill="none"/>`, px(y), look.colour, look.width, look.dash)
		d.mark(i, 19, y, look.colour)
		d.text("ajar-svg__label", "start", 44, y+5, ink, clip(s.Name, 14, float64(o.Width)-50))
	}
	if n < 3 || c.Max <= 0 {
		return d.close()
	}
	for i, line := range c.ringNames(o.Width) {
		d.add(`<text class="ajar-svg__axis" x="2" y="%s" font-size="12" fill="%s">%s</text>`, px(22*float64(len(c.Series))+10+16*float64(i)), grey, esc(line))
	}
	for v := 1; v <= int(c.Max); v++ {
		var path strings.Builder
		for i := range n {
			x, y := g.at(i, n, float64(v)/c.Max)
			path.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + px(x) + " " + px(y))
		}
		d.add(`<path class="ajar-svg__grid" d="%sZ" fill="none" stroke="%s"/>`, path.String(), light)
	}
	for i := range n {
		x, y := g.at(i, n, 1)
		d.add(`<path class="ajar-svg__grid" d="M%s %sL%s %s" stroke="%s"/>`, px(g.cx), px(g.cy), px(x), px(y), light)
	}
	for k := len(c.Series) - 1; k >= 0; k-- { // the first lies on top
		c.outline(&d, g, k)
	}
	for _, w := range p.labels {
		if w.class != "ajar-svg__label" { // on the lines: a light ground keeps it readable
			d.add(`<rect x="%s" y="%s" width="%s" height="%s" fill="#fff" opacity="0.8"/>`, px(w.x0), px(w.y0), px(w.x1-w.x0), px(w.y1-w.y0))
		}
		weight := ""
		if w.bold {
			weight = ` font-weight="700"`
		}
		if w.class == "ajar-svg__label" {
			d.text(w.class, "start", w.x0, w.y1-3, w.colour, w.text)
			continue
		}
		d.add(`<text class="%s" x="%s" y="%s" text-anchor="middle" font-size="%s"%s fill="%s">%s</text>`, w.class, px((w.x0+w.x1)/2), px(w.y1-3), px(w.size), weight, w.colour, esc(w.text))
	}
	return d.close()
}

// mark is a sign of its own for each series: a disc, a square, a ring, a cross.
func (d *drawing) mark(series int, x, y float64, colour string) {
	switch series {
	case 0:
		d.add(`<circle cx="%s" cy="%s" r="4.5" fill="%s"/>`, px(x), px(y), colour)
	case 1:
		d.add(`<rect x="%s" y="%s" width="7" height="7" fill="#fff" stroke="%s" stroke-width="2"/>`, px(x-3.5), px(y-3.5), colour)
	case 2:
		d.add(`<circle cx="%s" cy="%s" r="3.5" fill="#fff" stroke="%s" stroke-width="2"/>`, px(x), px(y), colour)
	default:
		d.add(`<path d="M%s %sl7 7m0 -7l-7 7" stroke="%s" stroke-width="2"/>`, px(x-3.5), px(y-3.5), colour)
	}
}

// outline joins the values of one series; next to one that is not known the line breaks.
func (c Radar) outline(d *drawing, g ring, k int) {
	s, n := c.Series[k], len(c.Spokes)
	look := radarLooks[min(k, len(radarLooks)-1)]
	whole, known := true, 0
	for i := range n {
		if i >= len(s.Values) || !s.Values[i].Known {
			whole = false
		} else {
			known++
		}
	}
	var path strings.Builder
	pen := false
	for i := range n {
		if i >= len(s.Values) || !s.Values[i].Known {
			pen = false
			continue
		}
		x, y := g.at(i, n, math.Max(0, math.Min(s.Values[i].Value/c.Max, 1)))
		path.WriteString(map[bool]string{true: "L", false: "M"}[pen] + px(x) + " " + px(y))
		pen = true
	}
	if known > 1 && !whole && s.Values[0].Known && len(s.Values) == n && s.Values[n-1].Known {
		x, y := g.at(0, n, s.Values[0].Value/c.Max)
		path.WriteString("L" + px(x) + " " + px(y))
	}
	end, fill := "", "none"
	if whole {
		end = "Z"
		if k == 0 {
			fill = plum
		}
	}
	d.add(`<path class="ajar-svg__line" d="%s%s" fill="%s" fill-opacity="0.12" stroke="%s" stroke-width="%s" stroke-dasharray="%s" stroke-linejoin="round"/>`, path.String(), end, fill, look.colour, look.width, look.dash)
	for i := range n {
		if i < len(s.Values) && s.Values[i].Known {
			x, y := g.at(i, n, math.Max(0, math.Min(s.Values[i].Value/c.Max, 1)))
			d.mark(k, x, y, look.colour)
		}
	}
}

// Table has a row for each spoke.
func (c Radar) Table() Grid {
	out := Grid{Heads: []string{c.What}}
	for _, s := range c.Series {
		out.Heads = append(out.Heads, s.Name)
	}
	for i, label := range c.Spokes {
		row := []string{label}
		for _, s := range c.Series {
			v := Unknown()
			if i < len(s.Values) {
				v = s.Values[i]
			}
			row = append(row, show(v, "", c.Decimals))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func (c Radar) say(title string) string {
	if len(c.Series) == 0 {
		return title + ": nothing is known yet."
	}
	var parts []string
	for i, label := range c.Spokes {
		v := Unknown()
		if i < len(c.Series[0].Values) {
			v = c.Series[0].Values[i]
		}
		parts = append(parts, label+" "+show(v, "", c.Decimals))
	}
	return title + ". " + c.Series[0].Name + ": " + strings.Join(parts, ", ") + "."
}
