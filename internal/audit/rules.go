package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// This file decides; it reads nothing and knows no clock.

// Spread is how many chose each level.
type Spread [Levels]int

// N is how many that are.
func (s Spread) N() (n int) {
	for _, k := range s {
		n += k
	}
	return n
}

// Median is the level in the middle; between two levels it is halfway. Nil when nobody answered.
func (s Spread) Median() *float64 {
	n := s.N()
	if n == 0 {
		return nil
	}
	at := func(k int) float64 { // the level of the answer with this place, from nought
		for i, c := range s {
			if k < c {
				return float64(i + 1)
			}
			k -= c
		}
		return Levels
	}
	m := (at((n-1)/2) + at(n/2)) / 2
	return &m
}

// Mean is the average level; levels have an order and no distances, so it is only ever a hint.
func (s Spread) Mean() *float64 {
	n := s.N()
	if n == 0 {
		return nil
	}
	sum := 0
	for i, c := range s {
		sum += (i + 1) * c
	}
	m := float64(sum) / float64(n)
	return &m
}

func (s *Spread) add(o Spread) {
	for i := range s {
		s[i] += o[i]
	}
}

// View is how one group sees one criterion.
type View struct {
	Spread
	Hidden bool // fewer than five parents: nothing is in it
}

// MayPublish decides whether counts in the ballot box move to what is shown: the first time when at least five have answered, and later when at least
// five more have, so that nobody's answer is the difference between two pictures.
func MayPublish(box, shown int) bool { return box-shown >= Fewest }

// unsigned takes the names off comments, and with them the order by name: beside the list of who takes part it would say whose each is.
func unsigned(list []Comment) []Comment {
	for i := range list {
		list[i].Name = ""
	}
	level := func(c Comment) int {
		if c.Level == nil {
			return 0
		}
		return *c.Level
	}
	slices.SortStableFunc(list, func(a, b Comment) int {
		return cmp.Or(cmp.Compare(slices.Index(Groups, a.Group), slices.Index(Groups, b.Group)), cmp.Compare(a.Text, b.Text), cmp.Compare(level(a), level(b)))
	})
	return list
}

// Result is what came of one criterion.
type Result struct {
	Criterion    Criterion
	Views        map[Group]View
	All          Spread // everyone who may be shown
	Agreed       *Agreed
	Gap          *float64 // the parents' median less that of staff
	Flagged      bool     // parents and staff are a level or more apart
	Change       *float64 // since last time
	Before       *float64
	Aim          int
	Comments     []Comment
	Hollow       int // levels without a word about why
	Uses         []Use
	Carried      *Carried
	BeforeReason string
	Done         []Deed // about it, since last time
}

// Comment is what somebody who rated under their name said about why.
type Comment struct {
	Group  Group
	Name   string
	Level  *int
	Text   string
	Paper  bool
	Rating bool
}

// Level is where the criterion stands: what the team agreed, and until then the middle of the groups' medians, each group counting alike, so that two
// hundred of one don't outvote five of another. Nil when nobody has said anything that may be shown.
func (r Result) Level() *float64 {
	if r.Agreed != nil {
		l := float64(r.Agreed.Level)
		return &l
	}
	return r.Said()
}

// Said is the middle of the groups' medians.
func (r Result) Said() *float64 {
	var list []float64
	for _, g := range Groups {
		if m := r.Views[g].Median(); m != nil {
			list = append(list, *m)
		}
	}
	if len(list) == 0 {
		return nil
	}
	slices.Sort(list)
	m := (list[(len(list)-1)/2] + list[len(list)/2]) / 2
	return &m
}

// ToAim is how far it is from the benchmark; nil when there is none or nothing is known.
func (r Result) ToAim() *float64 {
	l := r.Level()
	if l == nil || r.Aim == 0 {
		return nil
	}
	d := *l - float64(r.Aim)
	return &d
}

// Suggestions are what could be done next.
func (r Result) Suggestions() []string {
	l := r.Level()
	if l == nil {
		return nil
	}
	return r.Criterion.Suggested(int(math.Floor(*l)))
}

// Asks gathers what it takes to work a result out.
type given struct {
	named   []Rating
	group   map[RaterID]Rater
	tallies []Tally
	agreed  map[string]Agreed
	carried map[string]Carried
	uses    []Use
}

// work finds the result of each criterion.
func work(f Framework, in given) (out []Result) {
	byCode := map[string]int{}
	for i, c := range f.Criteria() {
		byCode[c.Code] = i
		out = append(out, Result{Criterion: c, Views: map[Group]View{}, Aim: f.Aim(c)})
	}
	for _, x := range in.named {
		i, known := byCode[x.Criterion]
		if !known {
			continue
		}
		who, r := in.group[x.RaterID], &out[i]
		if x.Level != nil {
			v := r.Views[who.Group]
			v.Spread[*x.Level-1]++
			r.Views[who.Group] = v
			if x.Hollow() {
				r.Hollow++
			}
		}
		if x.Commentary != "" || x.Level != nil {
			r.Comments = append(r.Comments, Comment{Group: who.Group, Name: who.Name, Level: x.Level, Text: x.Commentary, Paper: who.StaffID == nil})
		}
	}
	shown := map[string]Spread{}
	for _, x := range in.tallies {
		s := shown[x.Criterion]
		s[x.Level-1] += x.Shown
		shown[x.Criterion] = s
	}
	for i := range out {
		r := &out[i]
		if s := shown[r.Criterion.Code]; s.N() >= Fewest {
			r.Views[Parents] = View{Spread: s}
		} else {
			r.Views[Parents] = View{Hidden: true}
		}
		for _, g := range Groups {
			r.All.add(r.Views[g].Spread)
		}
		if a, ok := in.agreed[r.Criterion.Code]; ok {
			r.Agreed = &a
		}
		if c, ok := in.carried[r.Criterion.Code]; ok {
			r.Carried = &c
		}
		for _, u := range in.uses {
			if u.Criterion == r.Criterion.Code {
				r.Uses = append(r.Uses, u)
			}
		}
		slices.SortStableFunc(r.Comments, func(a, b Comment) int {
			return cmp.Or(cmp.Compare(slices.Index(Groups, a.Group), slices.Index(Groups, b.Group)), cmp.Compare(a.Name, b.Name))
		})
		r.Gap, r.Flagged = gapOf(r.Views)
	}
	return out
}

// inHouse are those who work here, for a school in which nobody rated as staff and nothing else.
var inHouse = []Group{Leaders, FamilyWorkers}

// gapOf compares parents with staff: the difference of their medians. It is flagged at one level or more, by the medians or by the means, which can say it
// when the medians do not.
func gapOf(v map[Group]View) (gap *float64, flagged bool) {
	staff := v[Staff].Spread
	if staff.N() == 0 {
		for _, g := range inHouse {
			staff.add(v[g].Spread)
		}
	}
	parents := v[Parents].Spread
	if staff.N() == 0 || parents.N() == 0 {
		return nil, false
	}
	d := *parents.Median() - *staff.Median()
	return &d, math.Abs(d) >= 1 || math.Abs(*parents.Mean()-*staff.Mean()) >= 1
}

// since fills in what changed from an earlier audit, which may have been under another version. Like is compared with like: two agreed levels, or two of what
// was said.
func since(f, earlier Framework, now, before []Result) {
	old := map[string]Result{}
	for _, r := range before {
		old[r.Criterion.Code] = r
	}
	for i := range now {
		r := &now[i]
		was, found := Ancestor(earlier, r.Criterion)
		if !found {
			continue
		}
		b := old[was.Code]
		a, z := b.Level(), r.Level()
		if (b.Agreed == nil) != (r.Agreed == nil) {
			a, z = b.Said(), r.Said()
		}
		r.Before = a
		if b.Agreed != nil {
			r.BeforeReason = b.Agreed.Reason
		}
		if a != nil && z != nil {
			d := *z - *a
			r.Change = &d
		}
	}
}

// ThemeResult is a theme at a glance.
type ThemeResult struct {
	Theme    Theme
	Results  []Result
	Answered int
	Mean     *float64 // of the criteria that are answered; a hint
	Aim      *float64 // the mean of the benchmarks of the same criteria
	Before   *float64 // of the same criteria, last time
	Views    map[Group]*float64
}

// themesOf adds up by theme. What is not answered is left out, and said.
func themesOf(f Framework, list []Result) (out []ThemeResult) {
	for _, t := range f.Themes {
		x := ThemeResult{Theme: t, Views: map[Group]*float64{}}
		var now, aim, before []float64
		by := map[Group][]float64{}
		for _, r := range list {
			if r.Criterion.Theme != t.Code {
				continue
			}
			x.Results = append(x.Results, r)
			if l := r.Level(); l != nil {
				x.Answered++
				now = append(now, *l)
				if r.Aim > 0 {
					aim = append(aim, float64(r.Aim))
				}
			}
			if r.Before != nil {
				before = append(before, *r.Before)
			}
			for _, g := range Groups {
				if m := r.Views[g].Median(); m != nil {
					by[g] = append(by[g], *m)
				}
			}
		}
		x.Mean, x.Aim, x.Before = mean(now), mean(aim), mean(before)
		for g, l := range by {
			x.Views[g] = mean(l)
		}
		out = append(out, x)
	}
	return out
}

func mean(list []float64) *float64 {
	if len(list) == 0 {
		return nil
	}
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	sum /= float64(len(list))
	return &sum
}

// Balance is who takes part. Half parents and half from the house is good practice in published self-assessments of this kind.
type Balance struct {
	House   int // leaders, staff and family workers who have begun
	Parents int // who have handed in
	Others  int // governors and partners
}

// balanceOf counts them.
func balanceOf(a Audit, raters []Rater) (b Balance) {
	b.Parents = a.ParentsIn
	for _, r := range raters {
		switch {
		case r.Answered == 0:
		case r.Group == Governors || r.Group == Partners:
			b.Others++
		default:
			b.House++
		}
	}
	return b
}

// Words say it.
func (b Balance) Words() string {
	switch {
	case b.House+b.Parents == 0:
		return "Nobody has answered yet. About as many parents as colleagues is good practice."
	case b.Parents == 0:
		return "No parent has handed in yet. About as many parents as colleagues is good practice."
	case b.Parents < Fewest:
		return "Fewer than five parents have handed in. What they say is shown from five on."
	case b.House*2 <= b.Parents:
		return "There are at least twice as many parents as colleagues. Ask more colleagues, from different parts of the house."
	case b.Parents*2 <= b.House:
		return "There are at least twice as many colleagues as parents. Ask more parents, also some who seldom come."
	}
	return "Parents and colleagues are about in balance, which is good practice."
}

// carry finds what an earlier audit says about each criterion of a framework, under whatever version.
func carry(now, before Framework, earlier []Result) (out []Carried) {
	old := map[string]Result{}
	for _, r := range earlier {
		old[r.Criterion.Code] = r
	}
	for _, c := range now.Criteria() {
		was, found := Ancestor(before, c)
		if !found {
			continue
		}
		r := old[was.Code]
		if r.Agreed == nil {
			continue
		}
		out = append(out, Carried{Criterion: c.Code, Was: was.Code, Level: r.Agreed.Level, Reason: r.Agreed.Reason, Reworded: !SameWords(was, c)})
	}
	return out
}

// ticks are the answers of one hand-in as one text, "|V1 3|P2 5|", in which the store finds each count that they are for.
func ticks(levels map[string]int) string {
	var b strings.Builder
	for _, code := range sortedKeys(levels) {
		fmt.Fprintf(&b, "|%s %d", code, levels[code])
	}
	return b.String() + "|"
}

// among puts words into a list that is kept as one text, in the order of the alphabet, so that nothing of when they came is left.
func among(list, words string) (string, error) {
	all, err := wordsIn(list)
	if err != nil {
		return "", err
	}
	all = append(all, words)
	sortWords(all)
	b, err := json.Marshal(all)
	return string(b), err
}

func sortWords(list []string) {
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
	})
}

func wordsIn(list string) (out []string, err error) {
	if list == "" {
		return nil, nil
	}
	err = json.Unmarshal([]byte(list), &out)
	return out, err
}
