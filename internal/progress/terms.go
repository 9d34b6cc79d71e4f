package progress

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// TermSum is the whole school's attendance in one term.
type TermSum struct {
	Label    string // "Autumn 2026"
	From     string // its first week that is counted
	Sessions Sessions
}

// Terms adds the attendance of the whole school up term by term, from marks alone. A school with a handful of pupils gets none.
func (s *Service) Terms(tx *db.Tx, w Window) (out []TermSum, err error) {
	if n, err := roll.CountPupils(tx); err != nil || n < tooFew {
		return nil, err
	}
	sums, err := s.schoolWeeks(tx, w)
	if err != nil {
		return nil, err
	}
	for monday, sum := range sums {
		label := termOf(monday)
		at := slices.IndexFunc(out, func(f TermSum) bool { return f.Label == label })
		if at < 0 {
			at = len(out)
			out = append(out, TermSum{Label: label, From: monday})
		}
		out[at].From = min(out[at].From, monday)
		out[at].Sessions = out[at].Sessions.Add(sum)
	}
	slices.SortFunc(out, func(a, b TermSum) int { return cmp.Compare(a.From, b.From) })
	return out, nil
}

// termOf names the term of a week. Easter moves, so the summer term begins with the week of 15 April.
func termOf(monday string) string {
	t, err := time.Parse(time.DateOnly, monday)
	if err != nil {
		return monday
	}
	name := "Summer"
	switch d := monday[5:]; {
	case d >= "08-20":
		name = "Autumn"
	case d < "04-12":
		name = "Spring"
	}
	return name + " " + strconv.Itoa(t.Year())
}
