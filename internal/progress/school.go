package progress

import (
	"cmp"
	"context"
	"slices"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// School is the attendance of a whole school as of a day, for people who see figures and no names. Counts of children from 1 to 4 are not given, nor
// any from which they could be worked out.
type School struct {
	AsOf           string
	Window         Window
	Pupils         int // on the roll that day
	Known, Unknown int // of how many there is attendance in the window
	// Sessions adds up the pupils whose sessions are counted; Counted is how many those are.
	Sessions           Sessions
	Counted            int
	Hidden             bool // too few pupils to say anything
	Persistent, Severe Share
	Years              []YearFigure
	Weeks              []WeekFigure
	Target             float64
}

// Share is a number of pupils out of a number, hidden when it is small or leaves a small rest.
type Share struct {
	N, Of  int
	Hidden bool
}

// YearFigure is one year group.
type YearFigure struct {
	Year     roll.YearGroup
	Counted  int
	Sessions Sessions
	Hidden   bool
}

// tooFew is the number of pupils below which a figure about them is not given.
const tooFew = 5

func shareOf(n, of int) Share {
	rest := of - n
	return Share{n, of, n > 0 && n < tooFew || rest > 0 && rest < tooFew}
}

// hideSmall hides year groups of fewer than five, and when that is a single one another too, since it could be found by taking the others from
// the school's total.
func hideSmall(years []YearFigure) {
	hidden := 0
	for i := range years {
		if years[i].Counted < tooFew {
			years[i].Hidden = true
			hidden++
		}
	}
	if hidden != 1 || len(years) < 2 {
		return
	}
	smallest := -1
	for i := range years {
		if !years[i].Hidden && (smallest < 0 || years[i].Counted < years[smallest].Counted) {
			smallest = i
		}
	}
	years[smallest].Hidden = true
}

// School adds the attendance of everyone on the roll today up. Counts of sessions roll up; percentages never do, so pupils who have only a
// percentage are counted as known and are not in the sum.
func (s *Service) School(ctx context.Context, p access.Pass) (out School, err error) {
	if _, err := p.Check(See); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = s.schoolFigures(tx)
		return err
	})
	return out, err
}

func (s *Service) schoolFigures(tx *db.Tx) (School, error) {
	out := School{AsOf: tx.Today()}
	settings := [2]string{}
	for i, name := range []string{WindowSetting, TargetSetting} {
		v, err := roll.Setting(tx, name)
		if err != nil {
			return out, err
		}
		settings[i] = v
	}
	out.Window, out.Target = WindowOn(settings[0], out.AsOf), targetOf(settings[1])
	years, err := yearsOnRoll(tx)
	if err != nil {
		return out, err
	}
	out.Pupils = len(years)
	groups := map[roll.YearGroup]*YearFigure{}
	persistent, severe := 0, 0
	if err := EachSnapshot(tx, out.AsOf, func(snap *Snapshot) error {
		year, here := years[snap.Pupil]
		if !here {
			return nil
		}
		a := snap.Attendance
		if !a.Known || a.Earlier {
			out.Unknown++
			return nil
		}
		out.Known++
		if !a.HasCounts {
			return nil
		}
		g := groups[year]
		if g == nil {
			g = &YearFigure{Year: year}
			groups[year] = g
		}
		g.Counted++
		g.Sessions = g.Sessions.Add(a.Sessions)
		out.Counted++
		out.Sessions = out.Sessions.Add(a.Sessions)
		if yes, _ := a.Sessions.Persistent(); yes {
			persistent++
		}
		if yes, _ := a.Sessions.Severe(); yes {
			severe++
		}
		return nil
	}); err != nil {
		return out, err
	}
	out.Persistent, out.Severe = shareOf(persistent, out.Counted), shareOf(severe, out.Counted)
	// Severe is part of persistent: with a small difference between the two, the smaller part could be worked out.
	if d := persistent - severe; d > 0 && d < tooFew {
		out.Severe.Hidden = true
	}
	for _, g := range groups {
		out.Years = append(out.Years, *g)
	}
	slices.SortFunc(out.Years, func(a, b YearFigure) int {
		return cmp.Or(cmp.Compare(a.Year.Order(), b.Year.Order()), cmp.Compare(a.Year, b.Year))
	})
	hideSmall(out.Years)
	if out.Counted < tooFew {
		// Nothing of a handful of children leaves this place, not even to a template.
		return School{AsOf: out.AsOf, Window: out.Window, Target: out.Target, Pupils: out.Pupils, Known: out.Known, Unknown: out.Unknown, Hidden: true}, nil
	}
	for i := range out.Years {
		if out.Years[i].Hidden {
			out.Years[i].Sessions, out.Years[i].Counted = Sessions{}, 0
		}
	}
	for _, sh := range []*Share{&out.Persistent, &out.Severe} {
		if sh.Hidden {
			sh.N = 0
		}
	}
	return out, s.addWeeks(tx, &out)
}

// addWeeks gives the school's figure week by week; the weeks rest on marks alone.
func (s *Service) addWeeks(tx *db.Tx, out *School) error {
	sums, err := s.schoolWeeks(tx, out.Window)
	if err != nil {
		return err
	}
	for monday, sum := range sums {
		f := WeekFigure{Monday: monday, Sessions: sum}
		f.Percent, f.Known = sum.Percent()
		out.Weeks = append(out.Weeks, f)
	}
	slices.SortFunc(out.Weeks, func(a, b WeekFigure) int { return cmp.Compare(a.Monday, b.Monday) })
	return nil
}
