package roll

import (
	"cmp"
	"slices"
	"time"
)

// StandIn is who in the end looks after the pupils of somebody who is away. Through names the colleagues whose cover it came by, when those were
// away too.
type StandIn struct {
	AwayID       StaffID
	StaffID      StaffID
	PupilID      *PupilID // one pupil; nil for all of them
	Starts, Ends string
	Through      []StaffID
}

// On tells whether somebody stands in on a day. The first and the last day count.
func (s StandIn) On(day string) bool { return s.Starts <= day && day <= s.Ends }

// span is a stretch of days, both ends included. It is empty when it ends before it begins.
type span struct{ starts, ends string }

func (a span) and(b span) span { return span{max(a.starts, b.starts), min(a.ends, b.ends)} }
func (a span) empty() bool     { return a.ends < a.starts }

// without takes days out of a stretch; what is left comes in order.
func (a span) without(list []span) []span {
	left := []span{a}
	for _, x := range list {
		var next []span
		for _, l := range left {
			if l.and(x).empty() {
				next = append(next, l)
				continue
			}
			for _, piece := range []span{{l.starts, dayBefore(x.starts)}, {dayAfter(x.ends), l.ends}} {
				if piece = piece.and(l); !piece.empty() {
					next = append(next, piece)
				}
			}
		}
		left = next
	}
	slices.SortFunc(left, func(a, b span) int { return cmp.Compare(a.starts, b.starts) })
	return left
}

// StandIns follows each cover to the colleague who is there: where the one who covers is away too, the pupils go on to whoever covers them on
// those days. A ring of colleagues who cover each other while all are away ends nowhere, and is a gap.
func StandIns(absences []Absence, covers []Cover) []StandIn {
	f := follower{away: map[StaffID][]Absence{}, covers: map[AbsenceID][]Cover{}}
	for _, a := range absences {
		f.away[a.StaffID] = append(f.away[a.StaffID], a)
	}
	for _, c := range covers {
		f.covers[c.AbsenceID] = append(f.covers[c.AbsenceID], c)
	}
	for _, a := range absences {
		f.follow(a.StaffID, a, nil, span{a.Starts, a.Ends}, []StaffID{a.StaffID})
	}
	return f.out
}

type follower struct {
	away   map[StaffID][]Absence
	covers map[AbsenceID][]Cover
	out    []StandIn
}

// follow takes the pupils of first, on days on which the last of seen is away by absence a, to those who cover a.
func (f *follower) follow(first StaffID, a Absence, pupil *PupilID, days span, seen []StaffID) {
	for _, c := range f.covers[a.ID] {
		if slices.Contains(seen, c.StaffID) || pupil != nil && c.PupilID != nil && *pupil != *c.PupilID {
			continue
		}
		whom := pupil
		if whom == nil {
			whom = c.PupilID
		}
		part := days.and(span{c.Starts, c.Ends})
		if part.empty() {
			continue
		}
		var gone []span
		for _, b := range f.away[c.StaffID] {
			also := part.and(span{b.Starts, b.Ends})
			if also.empty() {
				continue
			}
			gone = append(gone, also)
			f.follow(first, b, whom, also, append(slices.Clone(seen), c.StaffID))
		}
		for _, there := range part.without(gone) {
			f.out = append(f.out, StandIn{AwayID: first, StaffID: c.StaffID, PupilID: whom, Starts: there.starts, Ends: there.ends, Through: seen[1:]})
		}
	}
}

// Gap is a stretch of days on which nobody looks after some of the pupils of a colleague who is away.
type Gap struct {
	Starts, Ends string
	Pupils       []PupilID
}

// Gaps finds the days of an absence, from today on, on which pupils who are assigned to the colleague by name have nobody. Gaps of the same days
// are one.
func Gaps(a Absence, assigned []Assigned, standIns []StandIn, today string) (out []Gap) {
	at := map[span]int{}
	for _, g := range assigned {
		days := span{max(a.Starts, today), a.Ends}.and(span{g.Starts, g.Ends})
		if g.StaffID != a.StaffID || days.empty() {
			continue
		}
		var covered []span
		for _, s := range standIns {
			if s.AwayID == a.StaffID && (s.PupilID == nil || *s.PupilID == g.PupilID) {
				covered = append(covered, span{s.Starts, s.Ends})
			}
		}
		for _, d := range days.without(covered) {
			i, ok := at[d]
			if !ok {
				i = len(out)
				at[d] = i
				out = append(out, Gap{Starts: d.starts, Ends: d.ends})
			}
			if !slices.Contains(out[i].Pupils, g.PupilID) {
				out[i].Pupils = append(out[i].Pupils, g.PupilID)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.Starts, b.Starts), cmp.Compare(a.Ends, b.Ends))
	})
	return out
}

// Assigned is a pupil assigned to a member of staff by name.
type Assigned struct {
	PupilID      PupilID
	StaffID      StaffID
	Starts, Ends string
}

func dayAfter(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil || day >= ForGood {
		return day + "~" // after every day
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}

func addDays(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}
