package barriers

import (
	"context"
	"slices"
	"strconv"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
)

// Small numbers: a count of 1 to 4 is not said, and for fewer than ten pupils nothing is (domain 5.11). The figures are made safe here, where they are
// counted, so that every page and file made of them is.
const (
	smallest  = 5
	fewPupils = 10
)

// Cell is a count that may be said, or not.
type Cell struct {
	N      int
	Small  bool // 1 to 4; N is then 0
	Hidden bool // left out because another could be had from it by subtraction; N is then 0
}

// Words is the count as every page, file and print shows it.
func (c Cell) Words() string {
	switch {
	case c.Small:
		return "fewer than 5"
	case c.Hidden:
		return "not shown"
	}
	return strconv.Itoa(c.N)
}

// Band is a range of I factors with the number of pupils in it. A range is as narrow as small numbers let it be.
type Band struct {
	Low, High int
	Open      bool // "or more"
	N         int
}

// Words is the range.
func (b Band) Words() string {
	switch {
	case b.Open && b.Low > 0:
		return number(b.Low) + " or more"
	case b.Open:
		return "any number"
	case b.Low == b.High:
		return number(b.Low)
	}
	return number(b.Low) + " to " + number(b.High)
}

// BarrierFigure is for how many pupils one barrier is counted.
type BarrierFigure struct {
	Code, Label           string
	Met, NotMet, NotKnown Cell
}

// Figures are the numbers of a school without any name.
type Figures struct {
	Day      string
	Pupils   int
	TooFew   bool // fewer than ten pupils: nothing can be said
	Bands    []Band
	Barriers []BarrierFigure
}

// Figures counts pupils by I factor and by barrier, for those who see figures only and for everyone else.
func (s *Service) Figures(ctx context.Context, p access.Pass) (f Figures, err error) {
	if _, err := p.Check(See); err != nil {
		return f, err
	}
	err = s.upToDate(ctx, p, func(tx *db.Tx) error {
		rules, err := recorded(tx)
		if err != nil {
			return err
		}
		type group struct {
			IFactor      int
			Met, Unknown string
			N            int
		}
		groups, err := db.All[group](tx, `select i_factor, met, unknown, count(*) as n from barriers_standing
			where org_id = $1 and to_on = '9999-12-31' group by i_factor, met, unknown`)
		if err != nil {
			return err
		}
		factors, met, unknown := map[int]int{}, map[string]int{}, map[string]int{}
		for _, g := range groups {
			factors[g.IFactor] += g.N
			for _, code := range uncodes(g.Met) {
				met[code] += g.N
			}
			for _, code := range uncodes(g.Unknown) {
				unknown[code] += g.N
			}
		}
		f = figuresOf(inForce(rules, tx.Today()), factors, met, unknown)
		f.Day = tx.Today()
		return nil
	})
	return f, err
}

// figuresOf makes counts safe to publish.
func figuresOf(rules []RuleText, factors map[int]int, met, unknown map[string]int) Figures {
	var f Figures
	for _, n := range factors {
		f.Pupils += n
	}
	if f.Pupils < fewPupils {
		return Figures{TooFew: true}
	}
	hidden := false
	for _, r := range rules {
		b := BarrierFigure{Code: r.Code, Label: r.Label}
		cells := safe(met[r.Code], f.Pupils-met[r.Code]-unknown[r.Code], unknown[r.Code])
		b.Met, b.NotMet, b.NotKnown = cells[0], cells[1], cells[2]
		hidden = hidden || b.Met.Small || b.Met.Hidden
		f.Barriers = append(f.Barriers, b)
	}
	f.Bands = bands(factors)
	// The I factors add up to the barriers: if all were exact, a single barrier left out could be worked out from them. So the last range stays open.
	if last := len(f.Bands) - 1; hidden && last > 0 && f.Bands[last].Low == f.Bands[last].High {
		f.Bands[last-1].N += f.Bands[last].N
		f.Bands[last-1].High, f.Bands[last-1].Open = f.Bands[last].High, true
		f.Bands = f.Bands[:last]
	}
	return f
}

// safe hides what must be hidden among counts that add up to a known total: the small ones, and with them the largest of the others, because it
// would give them away. When all pupils are in one cell, saying so says it of each of them.
func safe(counts ...int) []Cell {
	out := make([]Cell, len(counts))
	small, largest, filled := false, -1, 0
	for i, n := range counts {
		out[i] = Cell{N: n}
		if n > 0 {
			filled++
		}
		switch {
		case n > 0 && n < smallest:
			out[i], small = Cell{Small: true}, true
		case n > 0 && (largest < 0 || n > counts[largest]):
			largest = i
		}
	}
	if small && largest >= 0 {
		out[largest] = Cell{Hidden: true}
	}
	if filled == 1 && counts[0] > 0 {
		for i := range out {
			out[i] = Cell{Hidden: true}
		}
	}
	return out
}

// bands puts I factors together from the highest down, until each range holds nobody or at least five.
func bands(factors map[int]int) []Band {
	highest := 0
	for f, n := range factors {
		if n > 0 {
			highest = max(highest, f)
		}
	}
	var out []Band
	var b *Band
	for f := highest; f >= 0; f-- {
		if b == nil {
			b = &Band{Low: f, High: f, Open: false}
		}
		b.Low, b.N = f, b.N+factors[f]
		if b.N == 0 || b.N >= smallest {
			out, b = append(out, *b), nil
		}
	}
	for b != nil { // fewer than five are left at the bottom; they go with those above
		if len(out) == 0 {
			return nil
		}
		last := &out[len(out)-1]
		last.Low, last.N = b.Low, last.N+b.N
		if b = nil; last.N < smallest {
			b = last
			out = out[:len(out)-1]
		}
	}
	if len(out) > 0 && out[0].Low != out[0].High {
		out[0].Open = true
	}
	slices.Reverse(out)
	return out
}
