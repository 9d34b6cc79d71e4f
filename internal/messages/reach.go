package messages

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
)

// The reach ledger: for every child, is there at least one adult whom the school truly reached lately, in a language they read? That something was sent proves nothing. What
// proves it: a receipt for a message in a language they read; an answer; a link of theirs that was opened; a talk, at the gate, by phone or at home, in their own language
// where they need that. An order counts: who may not be written to about a child reaches no child by it, and is not called unreached either.

// ReachDays is for how long a proof counts.
const ReachDays = 60

// quietDays is for how long a line of the worklist is quiet after something went out by it: a letter that was sent is given time to be answered.
const (
	quietLetter = 14
	quietTry    = 7
)

// Proof is what shows that an adult was reached.
type Proof struct {
	How  string // receipt, answer, opened or talk
	AtMs int64
	Note string // what is not known about it
}

// Words says it.
func (p Proof) Words() string {
	w := map[string]string{"receipt": "a message arrived", "answer": "they answered", "opened": "they opened a link", "talk": "somebody spoke with them"}[p.How]
	if p.Note != "" {
		w += " (" + p.Note + ")"
	}
	return w
}

// What is to be done about an adult who was not reached, most urgent first.
const (
	DoKnock    = "knock"    // no way at all
	DoNumber   = "number"   // the number fails, or is somebody else's
	DoEmail    = "email"    // the address bounces
	DoMobile   = "mobile"   // no number that texts reach, and no e-mail
	DoPrint    = "print"    // paper is all there is
	DoLanguage = "language" // what they read is not among the languages Ajar writes
	DoTry      = "try"      // ways that have not shown that they reach them
)

// Todos lists them as the worklist does.
var Todos = []roll.Listed{
	{Key: DoKnock, Words: "Knock on this door"}, {Key: DoNumber, Words: "Fix this number"}, {Key: DoEmail, Words: "Fix this e-mail address"}, {Key: DoMobile, Words: "Ask for a mobile number"},
	{Key: DoPrint, Words: "Print and send this on paper"}, {Key: DoLanguage, Words: "Find somebody who speaks their language"}, {Key: DoTry, Words: "Ring, or send something that asks for an answer"},
}

// trace is what the store knows about how an adult was tried.
type trace struct {
	arrived []receipt
	tries   []roll.Try
	answer  int64
	opened  int64
	talks   []talked
	wrong   map[string]bool // folded numbers and addresses that belong to somebody else
	stopped map[string]bool // whose owner asked for no more
	letter  int64           // the last letter that was sent
}

type receipt struct {
	lang string
	atMs int64
}

type talked struct {
	own  bool // in their own language, or with an interpreter
	atMs int64
}

// proofOf decides whether an adult was reached since a moment, and by what: the latest that counts.
func proofOf(a roll.Adult, t trace, since int64) (Proof, bool) {
	var best Proof
	take := func(p Proof) {
		if p.AtMs >= since && p.AtMs > best.AtMs {
			best = p
		}
	}
	for _, r := range t.arrived {
		switch reads := strings.TrimSpace(a.Reads); {
		case reads == "" && r.lang == "en":
			take(Proof{How: "receipt", AtMs: r.atMs, Note: "nothing is recorded about what they read"})
		case reads == "":
			take(Proof{How: "receipt", AtMs: r.atMs})
		default:
			if l, known := say.Reads(reads); known && l.Tag() == r.lang {
				take(Proof{How: "receipt", AtMs: r.atMs})
			}
		}
	}
	take(Proof{How: "answer", AtMs: t.answer})
	take(Proof{How: "opened", AtMs: t.opened})
	for _, x := range t.talks {
		if x.own || !needsOwn(a) {
			take(Proof{How: "talk", AtMs: x.atMs})
		}
	}
	return best, best.AtMs > 0
}

// todo is one thing to do about an adult who was not reached.
type todo struct{ what, why string }

// todosOf decides what would help. A number or an address that fails is named, each of them; otherwise one thing, by what there is.
func todosOf(r roll.Relation, t trace, now int64, open func(way string) bool) (out []todo) {
	a := r.Adult
	var usable []roll.Channel
	for _, c := range a.Channels {
		switch {
		case t.wrong[c.Folded]:
			out = append(out, todo{doFor(c.Kind), c.Value + " belongs to somebody else"})
		case t.stopped[c.Folded]: // theirs to decide; another way is looked for below
		default:
			usable = append(usable, c)
		}
	}
	ways := roll.RankWays(usable, t.tries, open)
	for _, w := range ways {
		if w.Rank == roll.Doubtful {
			out = append(out, todo{doFor(w.Channel.Kind), w.Channel.Value + ": " + strings.TrimPrefix(w.Known, "The last message did not go: ")})
		}
	}
	if len(out) > 0 {
		return out
	}
	_, some := roll.Best(ways)
	paper := r.GetsLetters() && len(r.Post) > 0
	days := func(ms int64) int64 { return (now - ms) / (24 * time.Hour).Milliseconds() }
	switch {
	case some && a.Reads != "" && !served(a.Reads):
		return []todo{{DoLanguage, "reads " + a.Reads + ", in which Ajar writes nothing"}}
	case some:
		for _, x := range t.tries {
			if x.State != post.Failed && x.State != post.Stopped && days(x.OnMs) < quietTry {
				return nil // something is on its way
			}
		}
		return []todo{{DoTry, "nothing has shown in " + strconv.Itoa(ReachDays) + " days that they are reached"}}
	case len(a.Channels) > 0 && slices.ContainsFunc(usable, func(c roll.Channel) bool { return c.Kind == "phone" }):
		return []todo{{DoMobile, roll.NoWay(ways)}}
	case paper && t.letter == 0:
		return []todo{{DoPrint, "no phone and no e-mail address can be used"}}
	case paper && days(t.letter) < quietLetter:
		return nil // a letter is on its way
	}
	why := "no phone, no e-mail address and no letter reaches them"
	if paper {
		why = "a letter was not answered in " + strconv.Itoa(quietLetter) + " days, and there is no other way"
	}
	return []todo{{DoKnock, why}}
}

func doFor(kind string) string {
	if kind == "email" {
		return DoEmail
	}
	return DoNumber
}

func served(reads string) bool {
	_, known := say.Reads(reads)
	return known
}

// ReachLine is one thing to do about one adult.
type ReachLine struct {
	What, Why string
	Adult     roll.AdultID
	Name      string
	Tie       string
	Children  []ContactChild // about whom the adult may be written to
	Nobody    bool           // one of the children has no adult at all who was reached
	Post      []string       // where the door is; only for knocking and printing, and never where an order is in force
	Tongue    string         // what they speak, where it is not English
	OnPaper   []ContactChild // of those, about whom the adult may stand on a printed list of many families
	sort      string
}

// ReachReport is the ledger of the children whom the pass may see.
type ReachReport struct {
	Today    string
	Since    string
	School   Split
	Years    []Split
	Classes  []Split
	Roles    []Split // adults: mothers, fathers, other parents and carers, those of a second home
	Lines    []ReachLine
	Counts   map[string]int
	Unproved int // children reached only by a receipt where nothing is recorded about what the adult reads
	Held     int // parents who are kept out by an order, and counted nowhere
	Partial  bool
}

// Reach reads the ledger, worked out anew.
func (s *Service) Reach(ctx context.Context, p access.Pass) (out ReachReport, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		pupils, err := roll.Pupils(tx, Read)
		if err != nil {
			return err
		}
		out, err = s.reach(tx, pupils)
		out.Partial = p.Scope(Read) < access.All
		return err
	})
	return out, err
}

// ReachIn is the same for the panel of the first page of those who see everybody.
func (s *Service) ReachIn(tx *db.Tx) (ReachReport, error) {
	pupils, err := roll.Pupils(tx, Read)
	if err != nil {
		return ReachReport{}, err
	}
	return s.reach(tx, pupils)
}

func (s *Service) open(way string) bool {
	if s.Post == nil || !s.Post.Open(post.SMS) && !s.Post.Open(post.Email) {
		return true // nothing is set up: what is held is judged by itself
	}
	return s.Post.Open(way)
}

func (s *Service) reach(tx *db.Tx, pupils []roll.Pupil) (ReachReport, error) {
	traces, err := s.traces(tx, tx.Now()-ReachDays*(24*time.Hour).Milliseconds())
	if err != nil {
		return ReachReport{}, err
	}
	return s.ledger(tx, pupils, traces)
}

func (s *Service) ledger(tx *db.Tx, pupils []roll.Pupil, traces map[roll.AdultID]trace) (out ReachReport, err error) {
	since := tx.Now() - ReachDays*(24*time.Hour).Milliseconds()
	out.Today, out.Since, out.Counts = tx.Today(), dayOf(tx, since), map[string]int{}
	list := make([]roll.PupilID, len(pupils))
	for i, p := range pupils {
		list[i] = p.ID
	}
	of, err := roll.RelationsOf(tx, list)
	if err != nil {
		return out, err
	}
	forms, err := formsToday(tx)
	if err != nil {
		return out, err
	}
	years, classes := map[string]*Split{}, map[string]*Split{}
	add := func(m map[string]*Split, group string, reached bool) {
		if group == "" {
			return
		}
		if m[group] == nil {
			m[group] = &Split{Group: group}
		}
		m[group].Of++
		if reached {
			m[group].N++
		}
	}
	type person struct {
		rel      roll.Relation
		children []ContactChild
		reached  bool
		nobody   bool
		roles    map[string]bool
		onPaper  []ContactChild
		place    int
	}
	people := map[roll.AdultID]*person{}
	held := map[roll.AdultID]bool{}
	for i, p := range pupils {
		reached, known := false, false
		var here []*person
		for _, r := range of[p.ID] {
			if r.Tie.Starts > out.Today || r.Tie.Ends < out.Today {
				continue
			}
			if r.Barred(out.Today) {
				if r.Tie.Parent() {
					held[r.Adult.ID] = true
				}
				continue
			}
			x := people[r.Adult.ID]
			if x == nil {
				x = &person{rel: r, roles: map[string]bool{}, place: i}
				people[r.Adult.ID] = x
				proof, ok := proofOf(r.Adult, traces[r.Adult.ID], since)
				x.reached = ok
				if ok && proof.Note == "" {
					x.roles["known"] = true
				}
			}
			reached, known = reached || x.reached, known || x.reached && x.roles["known"]
			if !r.Tie.Parent() {
				continue
			}
			child := ContactChild{Pupil: p.ID, Name: p.Name(), Year: p.Year}
			x.children = append(x.children, child)
			if ok, _ := roll.May(r, roll.Contact|roll.Lists, out.Today); ok {
				x.onPaper = append(x.onPaper, child)
			}
			x.roles[roleOf(r.Tie)] = true
			if r.Tie.LivesWith != nil && !*r.Tie.LivesWith {
				x.roles[roleSecond] = true
			}
			if len(x.rel.Post) == 0 {
				x.rel.Post = r.Post
			}
			here = append(here, x)
		}
		out.School.Of++
		if reached {
			out.School.N++
			if !known {
				out.Unproved++
			}
		} else {
			for _, x := range here {
				x.nobody = true
			}
			if len(here) == 0 {
				out.Lines = append(out.Lines, ReachLine{What: DoKnock, Why: "no parent is on record whom the school may write to", Children: []ContactChild{{Pupil: p.ID, Name: p.Name(), Year: p.Year}}, Nobody: true, sort: p.SortKey})
			}
		}
		add(years, p.Year, reached)
		add(classes, forms[p.ID], reached)
	}
	out.School.Group = "The whole school"
	for _, y := range years {
		out.Years = append(out.Years, *y)
	}
	slices.SortFunc(out.Years, func(a, b Split) int {
		return cmp.Or(roll.YearGroup(a.Group).Order()-roll.YearGroup(b.Group).Order(), cmp.Compare(a.Group, b.Group))
	})
	for _, c := range classes {
		out.Classes = append(out.Classes, *c)
	}
	slices.SortFunc(out.Classes, func(a, b Split) int {
		return cmp.Or(len(a.Group)-len(b.Group), cmp.Compare(a.Group, b.Group))
	})
	roles := map[string]*Split{}
	for id, x := range people {
		for _, role := range adultRoles {
			if x.roles[role] {
				add(roles, role, x.reached)
			}
		}
		if x.reached || len(x.children) == 0 {
			continue
		}
		for _, d := range todosOf(x.rel, traces[id], tx.Now(), s.open) {
			l := ReachLine{What: d.what, Why: d.why, Adult: id, Name: x.rel.Adult.Name, Tie: x.rel.Tie.Relationship, Children: x.children, Nobody: x.nobody, OnPaper: x.onPaper, sort: pupils[x.place].SortKey}
			if (d.what == DoKnock || d.what == DoPrint) && len(x.onPaper) == len(x.children) {
				l.Post = x.rel.Post
			}
			if x.rel.Adult.Speaks != "" && !isEnglish(x.rel.Adult.Speaks) {
				l.Tongue = x.rel.Adult.Speaks
			}
			out.Lines = append(out.Lines, l)
		}
	}
	for _, role := range adultRoles {
		if roles[role] != nil {
			out.Roles = append(out.Roles, *roles[role])
		}
	}
	out.Held = len(held)
	place := func(what string) int {
		return slices.IndexFunc(Todos, func(t roll.Listed) bool { return t.Key == what })
	}
	slices.SortFunc(out.Lines, func(a, b ReachLine) int {
		nobody := map[bool]int{true: 0, false: 1}
		return cmp.Or(place(a.What)-place(b.What), nobody[a.Nobody]-nobody[b.Nobody], cmp.Compare(a.sort, b.sort), cmp.Compare(a.Adult, b.Adult), cmp.Compare(a.Why, b.Why))
	})
	for _, l := range out.Lines {
		out.Counts[l.What]++
	}
	return out, nil
}

// The parts of adults that are counted one by one, so that an unreached father or second home is seen.
const (
	roleMother = "Mothers"
	roleFather = "Fathers"
	roleOther  = "Other parents and carers"
	roleSecond = "Parents of a second home"
)

var adultRoles = []string{roleMother, roleFather, roleOther, roleSecond}

func roleOf(t roll.Tie) string {
	switch roll.ParseRelationship(t.Relationship) {
	case roll.RelationMother:
		return roleMother
	case roll.RelationFather:
		return roleFather
	}
	return roleOther
}

// Share is how many of a group were reached, in per cent; false for an empty one.
func (s Split) Share() (float64, bool) {
	if s.Of == 0 {
		return 0, false
	}
	return 100 * float64(s.N) / float64(s.Of), true
}

// Doors are the lines of a printed list of doors to knock on. Who is under any order about a child is on none about that child.
func (r ReachReport) Doors() (out []ReachLine) {
	for _, l := range r.Lines {
		if l.What != DoKnock || l.Adult != 0 && len(l.OnPaper) == 0 {
			continue
		}
		if l.Adult != 0 {
			l.Children = l.OnPaper
		}
		out = append(out, l)
	}
	return out
}

// ReachFigures is what those see who see counts alone.
type ReachFigures struct {
	School Part
	Years  []Part
	Roles  []Part
}

// ReachFigures reads the counts, small numbers hidden where they are computed.
func (s *Service) ReachFigures(ctx context.Context, p access.Pass) (out ReachFigures, err error) {
	if _, err := p.Check(Figures); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		all, err := namesOfRoll(tx)
		if err != nil {
			return err
		}
		pupils := make([]roll.Pupil, len(all))
		for i, x := range all {
			pupils[i] = roll.Pupil{ID: x.Pupil, Year: x.Year}
		}
		r, err := s.reach(tx, pupils)
		if err != nil {
			return err
		}
		out.Years, out.School = SuppressSplits(r.Years, r.School)
		// Adults have no total that could be taken apart; each stands alone.
		for _, x := range r.Roles {
			_, alone := SuppressSplits(nil, x)
			out.Roles = append(out.Roles, alone)
		}
		return nil
	})
	return out, err
}
