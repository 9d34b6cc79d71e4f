package ui

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestNiceAxis(t *testing.T) {
	for _, c := range []struct {
		low, high      float64
		from, to, step float64
	}{
		{0, 100, 0, 100, 20}, {83.1, 93.4, 82.5, 95, 2.5}, {0, 7, 0, 8, 2}, {0, 1, 0, 1, 0.2}, {-3, 12, -5, 15, 5}, {0, 1250, 0, 1250, 250}, {0.02, 0.09, 0.02, 0.1, 0.02}, {9, 0, 0, 10, 2},
	} {
		from, to, step := niceAxis(c.low, c.high, 5)
		if math.Abs(from-c.from) > 1e-9 || math.Abs(to-c.to) > 1e-9 || math.Abs(step-c.step) > 1e-9 {
			t.Errorf("axis for %v to %v: %v to %v by %v, want %v to %v by %v", c.low, c.high, from, to, step, c.from, c.to, c.step)
		}
	}
	for _, c := range [][2]float64{{5, 5}, {0, 0}, {math.NaN(), 1}, {0, math.Inf(1)}, {-1e300, 1e300}, {1e15, 1e15}} {
		from, to, step := niceAxis(c[0], c[1], 5)
		if n := (to - from) / step; !(to > from) || !(step > 0) || n > 60 || math.IsNaN(n) {
			t.Errorf("axis for %v: %v to %v by %v", c, from, to, step)
		}
	}
}

func TestLabelsDoNotCollide(t *testing.T) {
	for _, c := range []struct {
		name string
		ys   []float64
	}{{"apart", []float64{20, 100, 200}}, {"all at one place", []float64{100, 100, 100, 100}}, {"at the top", []float64{10, 11, 12}}, {"at the bottom", []float64{270, 270, 269}}, {"unsorted", []float64{150, 20, 148, 22}}, {"one", []float64{500}}, {"none", nil}} {
		list := make([]label, len(c.ys))
		for i, y := range c.ys {
			list[i] = label{text: fmt.Sprint(i), y: y}
		}
		got := spread(list, 18, 14, 270)
		for i, l := range got {
			if l.y < 14-1e-9 || l.y > 270+1e-9 {
				t.Errorf("%s: label at %v is outside", c.name, l.y)
			}
			if i > 0 && l.y-got[i-1].y < 18-1e-9 {
				t.Errorf("%s: labels at %v and %v touch", c.name, got[i-1].y, l.y)
			}
		}
		if c.name == "apart" && (got[0].y != 20 || got[2].y != 200) {
			t.Error("labels with room of their own were moved")
		}
	}
	crowd := make([]label, 40)
	got := spread(crowd, 18, 0, 100)
	for i := range got {
		if got[i].y < -1e-9 || got[i].y > 100+1e-9 {
			t.Fatal("too many labels leave the drawing")
		}
	}
}

// A drawing must be well-formed whatever its texts are, and it must have its name and its description.
func TestDrawingsAreWellFormed(t *testing.T) {
	hostile := `</text><script>alert(1)</script>&"'` + "\x00\xff"
	lines := Lines{Along: hostile, Labels: []string{hostile, "b", "c"}, Series: []Series{{hostile, Data(1, 2, 3)}, {"short", Data(1)}, {"long", Data(1, 2, 3, 4, 5)}, {"none", nil}}, Target: &Target{hostile, 2}, Unit: hostile}
	bars := Bars{What: hostile, Measure: "m", ReferenceLabel: hostile, Items: []Bar{{hostile, Known(-3), Known(4), false}, {"unknown", Unknown(), Unknown(), true}, {"hidden", HiddenSmall(), Unknown(), false}}}
	radar := Radar{What: hostile, Spokes: []string{hostile, "b", "c", "d"}, Max: 5, Rings: []string{hostile}, Series: []Series{{hostile, []Datum{Known(-1), Unknown(), Known(9), HiddenSmall()}}, {"short", Data(1)}, {"whole", Data(1, 2, 3, 4)}, {"none", nil}, {"one more", Data(1, 2, 3, 4)}}}
	for name, d := range map[string]Drawing{"lines": lines, "bars": bars, "radar": radar, "no radar": Radar{}, "two spokes": Radar{Spokes: []string{"a", "b"}, Series: []Series{{"s", Data(1, 2)}}, Max: 5}, "no lines": Lines{}, "no bars": Bars{}, "one point": Lines{Labels: []string{"a"}, Series: []Series{{"s", Data(3)}}}, "unknown only": Lines{Labels: []string{"a"}, Series: []Series{{"s", []Datum{Unknown()}}}}} {
		for _, width := range []int{wideChart, narrowChart} {
			svg := d.SVG(SVGOptions{ID: "c", Title: hostile, Desc: hostile, Width: width})
			if strings.Contains(svg, "<script") || strings.Contains(svg, "NaN") || strings.Contains(svg, "style=") {
				t.Errorf("%s at %d: %s", name, width, svg)
			}
			if !strings.Contains(svg, `role="img"`) || !strings.Contains(svg, `aria-labelledby="c-t c-d"`) || !strings.Contains(svg, `<title id="c-t">`) || !strings.Contains(svg, `<desc id="c-d">`) {
				t.Errorf("%s at %d has no name or description", name, width)
			}
			reader := xml.NewDecoder(strings.NewReader(strings.ReplaceAll(svg, "\x00", "")))
			for {
				_, err := reader.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatalf("%s at %d: %v", name, width, err)
				}
			}
		}
		for _, row := range d.Table().Rows {
			if len(row) != len(d.Table().Heads) {
				t.Errorf("%s: the table has rows of another length than its head", name)
			}
		}
	}
}

func TestUnknownLeavesAGap(t *testing.T) {
	c := Lines{Labels: []string{"a", "b", "c", "d", "e"}, Series: []Series{{"s", []Datum{Known(1), Known(2), Unknown(), Known(4), Known(5)}}}}
	svg := c.SVG(SVGOptions{ID: "c", Width: wideChart})
	_, path, _ := strings.Cut(svg, `ajar-svg__first" d="`)
	path, _, _ = strings.Cut(path, `"`)
	if strings.Count(path, "M") != 2 || strings.Count(path, "L") != 2 {
		t.Errorf("the line is not broken where nothing is known: %s", path)
	}
	if rows := c.Table().Rows; rows[2][1] != "not known" {
		t.Errorf("the table says %q", rows[2][1])
	}
}

// Next to a theme that nobody has answered the outline of a radar breaks: it is not drawn through the middle, as if it were nought.
func TestRadarBreaksAtTheUnknown(t *testing.T) {
	outline := func(values ...Datum) string {
		svg := Radar{Spokes: []string{"a", "b", "c", "d", "e"}, Max: 5, Series: []Series{{"s", values}}}.SVG(SVGOptions{ID: "c", Width: wideChart})
		_, path, _ := strings.Cut(svg[strings.LastIndex(svg, `ajar-svg__line" d="`):], `d="`)
		path, _, _ = strings.Cut(path, `"`)
		return path
	}
	if p := outline(Data(1, 2, 3, 4, 5)...); strings.Count(p, "M") != 1 || strings.Count(p, "L") != 4 || !strings.HasSuffix(p, "Z") {
		t.Errorf("all known: %s", p)
	}
	if p := outline(Known(1), Known(2), Unknown(), Known(4), Known(5)); strings.Count(p, "M") != 2 || strings.Count(p, "L") != 3 || strings.HasSuffix(p, "Z") {
		t.Errorf("one unknown: %s", p)
	}
}

// Without colour the lines differ by their dashes, and those of a radar by their marks too.
func TestLinesDifferWithoutColour(t *testing.T) {
	seen := map[string]bool{}
	for i := -1; i < 4; i++ {
		if d := dashOf(i); seen[d] {
			t.Errorf("line %d looks like another", i)
		} else {
			seen[d] = true
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{number(1250, 0), "1,250"}, {number(-0.04, 1), "0.0"}, {number(-1234567.5, 1), "−1,234,567.5"}, {number(999, 0), "999"},
		{withUnit("12", "%"), "12%"}, {withUnit("−12", "£"), "−£12"}, {withUnit("3", "days"), "3 days"}, {Thousands(1250), "1,250"}, {Thousands(-999), "-999"}, {Thousands(1000000), "1,000,000"},
		{show(Unknown(), "%", 0), "not known"}, {show(HiddenSmall(), "%", 0), "suppressed"}, {show(Known(math.NaN()), "%", 0), "not known"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestLongNamesAreCutNotSpilt(t *testing.T) {
	for _, l := range wrapText("Home not reached since last summer holiday and the one before it", 14, 120, 2) {
		if textWidth(l, 14) > 120 {
			t.Errorf("%q is too wide", l)
		}
	}
	if got := clip("Donaudampfschifffahrtsgesellschaft", 14, 80); !strings.HasSuffix(got, "…") {
		t.Error(got)
	}
}

// Nothing that is written on a radar lies on something else, or on a mark, in a wide window and in a narrow one: whatever the values are.
func TestNothingOnARadarCollides(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	names := []string{"Vision and direction", "Leadership", "Practice", "Beyond our own walls", "Making it last", "Listening", "Money", "Rooms"}
	for _, width := range []int{wideChart, narrowChart} {
		for try := range 400 {
			n := 3 + try%6
			c := Radar{What: "Theme", Spokes: names[:n], Max: 5, Rings: []string{"Not yet", "Starting", "Established", "Strong", "Leading"}, Decimals: 1}
			for k := range 3 {
				s := Series{Name: fmt.Sprint("Series ", k)}
				for range n {
					v := Known(math.Round(10*(1+4*r.Float64())) / 10)
					if try%7 == 0 && k == 0 {
						v = Known(float64(1 + r.IntN(5)))
					}
					if r.IntN(12) == 0 {
						v = Unknown()
					}
					s.Values = append(s.Values, v)
				}
				c.Series = append(c.Series, s)
			}
			p := c.plan(width)
			room := box{0, 0, float64(width), p.height}
			figures := 0
			for i, a := range p.labels {
				if !a.within(room) {
					t.Fatalf("%d wide, try %d: %q at %v lies outside", width, try, a.text, a.box)
				}
				for _, b := range p.labels[i+1:] {
					if a.meets(b.box) {
						t.Fatalf("%d wide, try %d: %q lies on %q", width, try, a.text, b.text)
					}
				}
				if a.bold {
					figures++
				}
				for k := range c.Series {
					for i := range n {
						if x, y, known := c.place(p.g, k, i); known && a.class != "ajar-svg__label" && a.meets(box{x - 4, y - 4, x + 4, y + 4}) {
							t.Fatalf("%d wide, try %d: %q lies on a mark", width, try, a.text)
						}
					}
				}
			}
			known := 0
			for _, v := range c.Series[0].Values {
				if v.Known {
					known++
				}
			}
			if figures < known-1 {
				t.Fatalf("%d wide, try %d: %d of %d marks have their figure", width, try, figures, known)
			}
		}
	}
}
