package ui

import (
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

// SVG draws it.
func (c Radar) SVG(o SVGOptions) string {
	var d drawing
	n := len(c.Spokes)
	labelWidth, narrow := 132.0, o.Width < 480
	if narrow { // no room for names beside the spokes: they are numbered, and named below
		labelWidth = 26
	}
	g := ring{cx: float64(o.Width) / 2, r: math.Min(float64(o.Width)/2-labelWidth, map[bool]float64{false: 150, true: 110}[narrow])}
	keyHeight := 22*float64(len(c.Series)) + 14
	g.cy = keyHeight + g.r + 44
	height := g.cy + g.r + 46
	if narrow {
		g.cy, height = keyHeight+g.r+26, keyHeight+2*g.r+44+18*float64(n)
	}
	d.open(o, height)
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
	for v := 1; v <= int(c.Max); v++ {
		var path strings.Builder
		for i := range n {
			x, y := g.at(i, n, float64(v)/c.Max)
			path.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + px(x) + " " + px(y))
		}
		d.add(`<path class="ajar-svg__grid" d="%sZ" fill="none" stroke="%s"/>`, path.String(), light)
	}
	for i, label := range c.Spokes {
		x, y := g.at(i, n, 1)
		d.add(`<path class="ajar-svg__grid" d="M%s %sL%s %s" stroke="%s"/>`, px(g.cx), px(g.cy), px(x), px(y), light)
		lx, ly := g.at(i, n, 1+14/g.r)
		anchor := "middle"
		switch {
		case lx > g.cx+4:
			anchor = "start"
		case lx < g.cx-4:
			anchor = "end"
		}
		if narrow {
			d.text("ajar-svg__label", "start", 2, keyHeight+2*g.r+52+18*float64(i), ink, clip(string(rune('A'+i%26))+" "+label, 14, float64(o.Width)-4))
			label = string(rune('A' + i%26))
		}
		lines := wrapText(label, 14, labelWidth-6, 3)
		if anchor == "middle" {
			lines = wrapText(label, 14, float64(o.Width)*0.6, 2)
		}
		top := ly - 8*float64(len(lines)-1) + 5
		switch {
		case ly < g.cy-g.r+1 && anchor == "middle":
			top = ly - 16*float64(len(lines)-1)
		case ly > g.cy+g.r*0.6:
			top = ly + 10
		}
		for k, line := range lines {
			d.text("ajar-svg__label", anchor, lx, top+16*float64(k), ink, line)
		}
	}
	for k := len(c.Series) - 1; k >= 0; k-- { // the first lies on top
		c.outline(&d, g, k)
	}
	for v := 1; v <= int(c.Max); v++ { // the names of the rings stand on the first spoke, above everything
		name := show(Known(float64(v)), "", 0)
		if v <= len(c.Rings) && o.Width >= 480 {
			name = c.Rings[v-1]
		}
		x, y := g.at(0, n, float64(v)/c.Max)
		d.add(`<rect x="%s" y="%s" width="%s" height="14" fill="#fff" opacity="0.75"/>`, px(x+4), px(y-2), px(textWidth(name, 12)+2))
		d.add(`<text class="ajar-svg__axis" x="%s" y="%s" font-size="12" fill="%s">%s</text>`, px(x+5), px(y+9), grey, esc(name))
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
