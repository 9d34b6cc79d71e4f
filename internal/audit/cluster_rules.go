package audit

import (
	"slices"

	"ajar/internal/roll"
)

// This file decides what of the schools' audits a cluster or an authority may be shown; it reads nothing. The reader in mind keeps every picture that was
// ever shown and subtracts one from another, and knows the levels of the schools that agreed to be named.

// Gives is how much of an audit a school lets a grouping have.
type Gives string

// What can be given.
const (
	Nothing Gives = "nothing" // the default
	Counted Gives = "counted" // in distributions, without a name
	Named   Gives = "named"   // in distributions, and by name
)

// AllGives lists them.
var AllGives = []Gives{Nothing, Counted, Named}

// Up tells whether anything is given.
func (g Gives) Up() bool { return g == Counted || g == Named }

// FewestSchools is from how many schools on a distribution is shown; and how many of those without a name must stand together.
const FewestSchools = 5

// levelKey is one agreed level of one school, in one version of it.
type levelKey struct {
	School roll.OrgID
	Audit  AuditID
	Theirs string // the school's own code of the criterion
	Agreed int
}

// Piece is a part of a picture: where a school's level is read, where the one before is, and whether the school is named.
type Piece struct {
	Criterion string
	School    roll.OrgID
	AuditID   AuditID
	Theirs    string
	Agreed    int
	WasAudit  AuditID
	WasTheirs string
	WasAgreed int
	Named     bool
}

func (p Piece) now() levelKey { return levelKey{p.School, p.AuditID, p.Theirs, p.Agreed} }
func (p Piece) was() levelKey { return levelKey{p.School, p.WasAudit, p.WasTheirs, p.WasAgreed} }

// moved is what a piece says about change.
type moved struct{ now, was levelKey }

// set is what one figure is made of: each part, and whether it stands there by name.
type set[K comparable] map[K]bool

func setsOf(list []Piece) (levels set[levelKey], changes set[moved]) {
	levels, changes = set[levelKey]{}, set[moved]{}
	for _, p := range list {
		levels[p.now()] = p.Named
		if p.WasAudit != 0 {
			changes[moved{p.now(), p.was()}] = p.Named
		}
	}
	return levels, changes
}

// whole tells whether what stands together gives nobody away: there is nobody in it, or there are five and they are not all alike. value is 0 for what is
// not known.
func whole[K comparable](list []K, value func(K) int) bool {
	if len(list) == 0 {
		return true
	}
	if len(list) < FewestSchools {
		return false
	}
	first := value(list[0])
	return first == 0 || slices.ContainsFunc(list, func(k K) bool { return value(k) != first })
}

// safe decides whether a figure may be shown to somebody who has seen all those of history. Whoever was named once is known. What is left of each figure,
// and of the difference between it and each one before, both ways, must give nobody away.
func safe[K comparable](history []set[K], next set[K], value func(K) int) bool {
	known := map[K]bool{}
	for _, s := range append(slices.Clone(history), next) {
		for k, named := range s {
			if named {
				known[k] = true
			}
		}
	}
	without := func(a, b set[K]) (out []K) {
		for k := range a {
			if _, both := b[k]; !both && !known[k] {
				out = append(out, k)
			}
		}
		return out
	}
	if !whole(without(next, nil), value) {
		return false
	}
	for _, h := range history {
		if !overlap(h, next) {
			continue
		}
		if !whole(without(h, nil), value) || !whole(without(next, h), value) || !whole(without(h, next), value) {
			return false
		}
	}
	return true
}

// overlap: two figures that have nothing in common say nothing about each other.
func overlap[K comparable](a, b set[K]) bool {
	for k := range a {
		if _, both := b[k]; both {
			return true
		}
	}
	return false
}

// choosePieces decides what a new picture of one criterion holds. given is what the schools give now; last is the picture that is shown now; mine are all
// pictures of this grouping, and others those of groupings above and below, whose readers may talk to each other. The first choice that gives nobody away is
// taken: everybody; those who were in it, with the named; only those who are named; then the same with those who are newly named not named yet; and if
// nothing will do, what there was.
func choosePieces(given, last []Piece, mine, others [][]Piece, level func(levelKey) int) []Piece {
	known := map[levelKey]bool{}
	for _, h := range mine {
		for _, p := range h {
			if p.Named {
				known[p.now()] = true
			}
		}
	}
	in := map[levelKey]bool{}
	for _, p := range last {
		in[p.now()] = true
	}
	still := map[levelKey]bool{}
	var here, named []Piece // of those who give now: who is in the last picture or named, and who is named
	for _, p := range given {
		still[p.now()] = true
		if in[p.now()] || p.Named {
			here = append(here, p)
		}
		if p.Named {
			named = append(named, p)
		}
	}
	if slices.ContainsFunc(last, func(p Piece) bool { return !still[p.now()] && !known[p.now()] }) {
		here = named // somebody has gone: the rest of the last picture would give them away
	}
	later := func(list []Piece) (out []Piece) { // those newly named wait
		for _, p := range list {
			p.Named = p.Named && known[p.now()]
			out = append(out, p)
		}
		return out
	}
	oldNames := slices.DeleteFunc(slices.Clone(named), func(p Piece) bool { return !known[p.now()] })
	for _, list := range [][]Piece{given, here, named, later(given), later(here), oldNames} {
		if len(list) == 0 {
			continue
		}
		if next, ok := mayHold(list, mine, others, level); ok {
			return next
		}
	}
	return last
}

// mayHold tells whether a picture may hold these pieces, and gives them: without what they say about change where that would give somebody away.
func mayHold(list []Piece, mine, others [][]Piece, level func(levelKey) int) ([]Piece, bool) {
	change := func(m moved) int { return 2 + sign(level(m.now)-level(m.was)) }
	nowSet, wasSet := setsOf(list)
	changes := true
	for _, histories := range [][][]Piece{mine, append(slices.Clone(mine), others...)} {
		var levels []set[levelKey]
		var moves []set[moved]
		for _, h := range histories {
			l, m := setsOf(h)
			levels, moves = append(levels, l), append(moves, m)
		}
		if !safe(levels, nowSet, level) {
			return nil, false
		}
		changes = changes && safe(moves, wasSet, change)
	}
	out := slices.Clone(list)
	if !changes {
		for i := range out {
			out[i].WasAudit, out[i].WasTheirs, out[i].WasAgreed = 0, "", 0
		}
	}
	return out, true
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// Moves is how many schools stand higher, as before, and lower than last time.
type Moves struct{ Up, Same, Down int }

// N is how many that are.
func (m Moves) N() int { return m.Up + m.Same + m.Down }

// Why a figure is not shown.
const (
	HiddenFew  = "few"  // fewer than five, or the rest beside those who are named
	HiddenGone = "gone" // a school has taken back what it gave, and the rest would give it away
	HiddenNone = "none" // nobody has given anything
)

// seenPiece is a piece of the picture as it may be read now.
type seenPiece struct {
	Piece
	Gone  bool // the school no longer gives it
	ByIts bool // the school lets it be shown by name now, and it stood by name in the picture
	Known bool // it stood by name in some picture
	Level int
	Was   int
}

// show works out what may be shown of a criterion's picture now. Whatever must not be shown is not in the answer.
func show(list []seenPiece) (n int, spread *Spread, hidden string, moves *Moves, movesHidden string) {
	if len(list) == 0 {
		return 0, nil, HiddenNone, nil, HiddenNone
	}
	var s Spread
	var m Moves
	var rest, movedRest []seenPiece
	for _, p := range list {
		if p.Gone {
			if !p.Known {
				hidden = HiddenGone
			}
			continue
		}
		n++
		s[p.Level-1]++
		if !p.ByIts {
			rest = append(rest, p)
		}
		if p.Was > 0 {
			switch sign(p.Level - p.Was) {
			case 1:
				m.Up++
			case -1:
				m.Down++
			default:
				m.Same++
			}
			if !p.ByIts {
				movedRest = append(movedRest, p)
			}
		}
	}
	if hidden != "" {
		return n, nil, hidden, nil, hidden
	}
	alike := func(list []seenPiece, value func(seenPiece) int) bool {
		return whole(indexes(list), func(i int) int { return value(list[i]) })
	}
	if n >= FewestSchools && alike(rest, func(p seenPiece) int { return p.Level }) {
		spread = &s
	} else {
		hidden = HiddenFew
	}
	if m.N() >= FewestSchools && alike(movedRest, func(p seenPiece) int { return 2 + sign(p.Level-p.Was) }) {
		moves = &m
	} else {
		movesHidden = HiddenFew
	}
	return n, spread, hidden, moves, movesHidden
}

func indexes[T any](list []T) (out []int) {
	for i := range list {
		out = append(out, i)
	}
	return out
}
