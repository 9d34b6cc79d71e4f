package roll

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
)

// UndoDays is how long a merge can be undone. After that the journal, which holds what was known about the record that went, is removed.
const UndoDays = 30

const dayMs = 24 * 3600 * 1000

// maxSharing is how many adults may share a phone or an e-mail address before it says nothing about who they are: the number of a hostel or of the
// school's own office.
const maxSharing = 12

func goneAdult() error { return fault.Gone("adult") }

// Suspect is two adults who may be one person, and why.
type Suspect struct {
	A, B    AdultHit
	Reasons []string
}

// Suspects is a page of the list of those who may be the same person.
type Suspects struct {
	Pairs       []Suspect
	Total, From int
	Apart       int // pairs that somebody has said are two people
}

// SuspectsPage is how many pairs a page of the list shows.
const SuspectsPage = 25

type suspectPair struct {
	a, b    AdultID
	sort    string
	reasons []string
}

// pairing collects pairs with their reasons.
type pairing struct {
	at   map[[2]AdultID]int
	list []suspectPair
}

func pairOf(a, b AdultID) [2]AdultID {
	if b < a {
		a, b = b, a
	}
	return [2]AdultID{a, b}
}

func (p *pairing) add(a, b AdultID, sort, reason string) {
	if a == b {
		return
	}
	k := pairOf(a, b)
	i, ok := p.at[k]
	if !ok {
		i = len(p.list)
		p.at[k] = i
		p.list = append(p.list, suspectPair{a: k[0], b: k[1], sort: sort})
	}
	if !slices.Contains(p.list[i].reasons, reason) {
		p.list[i].reasons = append(p.list[i].reasons, reason)
	}
}

// each calls f for every pair of a small group, and for neighbours only in a large one: when they have been joined the rest follow.
func each[T any](group []T, f func(a, b T)) {
	for i := range group {
		for j := i + 1; j < len(group); j++ {
			if j == i+1 || len(group) <= maxSharing {
				f(group[i], group[j])
			}
		}
	}
}

// runs gives the stretches of a sorted list whose keys are alike.
func runs[T any](list []T, key func(T) string, f func(group []T)) {
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && key(list[j]) == key(list[i]) {
			j++
		}
		if j-i > 1 {
			f(list[i:j])
		}
		i = j
	}
}

// likeness says how far two names may be one person's.
type likeness int

const (
	otherName likeness = iota
	nearName
	sameName
)

// compareNames compares two people as names and titles give them: never enough by itself to take them for one.
func compareNames(a, b PersonName) likeness {
	if titlesClash(a.Title, b.Title, cmp.Or(a.Forename, b.Forename)) {
		return otherName
	}
	if personKey(a.Title, a.Forename, a.Surname, a.Text) == personKey(b.Title, b.Forename, b.Surname, b.Text) {
		return sameName
	}
	fa, fb, sa, sb := Fold(a.Forename), Fold(b.Forename), Fold(a.Surname), Fold(b.Surname)
	if fa != "" && fa == fb && sa != "" && strings.ReplaceAll(sa, " ", "") == strings.ReplaceAll(sb, " ", "") {
		return sameName
	}
	switch {
	case sa == "" || sb == "":
		return otherName
	case sa == sb && (fa == "" || fb == "" || strings.HasPrefix(fa, fb) || strings.HasPrefix(fb, fa)):
		return nearName
	case sa == sb && slip(fa, fb), fa == fb && fa != "" && slip(sa, sb):
		return nearName
	case sa == fb && sb == fa && fa != "":
		return nearName // forename and surname in each other's column
	}
	return otherName
}

// slip tells whether two words differ by one letter that was mistyped, left out, doubled or swapped with its neighbour. Short words differ by
// one letter too easily.
func slip(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) < 4 || len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	j := 0
	for j < len(x)-i && x[len(x)-1-j] == y[len(y)-1-j] {
		j++
	}
	rest := len(y) - i - j
	if rest <= 1 {
		return true
	}
	return len(x) == len(y) && rest == 2 && x[i] == y[i+1] && x[i+1] == y[i]
}

// houseKey is an address in the form in which two are compared; empty when there is too little of it to say anything.
func houseKey(address, postcode string) string {
	a := Fold(address)
	if len(a) < 6 {
		return ""
	}
	return strings.ReplaceAll(a, " ", "") + "|" + strings.ReplaceAll(Fold(postcode), " ", "")
}

func findSuspects(tx *db.Tx) ([]suspectPair, error) {
	p := &pairing{at: map[[2]AdultID]int{}}
	reach, err := sharedChannels(tx, maxSharing)
	if err != nil {
		return nil, err
	}
	runs(reach, func(r reached) string { return r.Kind + r.Folded }, func(group []reached) {
		each(group, func(a, b reached) {
			what := "the same phone number, " + a.Value
			if a.Kind == "email" {
				what = "the same e-mail address, " + a.Value
			}
			switch compareNames(PersonName{Title: a.Title, Forename: a.Forename, Surname: a.Surname, Text: a.Name}, PersonName{Title: b.Title, Forename: b.Forename, Surname: b.Surname, Text: b.Name}) {
			case sameName:
				p.add(a.ID, b.ID, a.SortKey, "The same name and "+what+".")
			case nearName:
				p.add(a.ID, b.ID, a.SortKey, "Nearly the same name and "+what+".")
			}
		})
	})
	homes, err := namesakes(tx)
	if err != nil {
		return nil, err
	}
	runs(homes, func(h housed) string { return h.SortKey }, func(group []housed) {
		slices.SortStableFunc(group, func(a, b housed) int {
			return cmp.Compare(houseKey(a.Address, a.Postcode), houseKey(b.Address, b.Postcode))
		})
		runs(group, func(h housed) string { return houseKey(h.Address, h.Postcode) }, func(same []housed) {
			if houseKey(same[0].Address, same[0].Postcode) == "" {
				return
			}
			each(same, func(a, b housed) {
				if !titlesClash(a.Title, b.Title, a.Forename) {
					p.add(a.ID, b.ID, a.SortKey, "The same name and the same address, "+a.Address+".")
				}
			})
		})
	})
	children, err := namesakesOfOneChild(tx)
	if err != nil {
		return nil, err
	}
	for _, c := range children {
		p.add(c.A, c.B, c.SortKey, "The same name twice on one child's record.")
	}
	numbers, err := sameNumbers(tx, maxSharing)
	if err != nil {
		return nil, err
	}
	runs(numbers, func(n numbered) string { return n.LocalID }, func(group []numbered) {
		each(group, func(a, b numbered) {
			p.add(a.ID, b.ID, a.SortKey, "The same number in the school's own system, "+a.LocalID+".")
		})
	})
	slices.SortFunc(p.list, func(a, b suspectPair) int {
		return cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b))
	})
	return p.list, nil
}

// Suspects lists adults who may be one person entered twice. A name alone, a phone alone and an e-mail address alone never put anybody on it: people
// share them.
func (s *Service) Suspects(ctx context.Context, p access.Pass, from int) (out Suspects, err error) {
	if err := p.CheckAll(Edit); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = suspects(tx, from)
		return err
	})
	return out, err
}

func suspects(tx *db.Tx, from int) (out Suspects, err error) {
	list, err := findSuspects(tx)
	if err != nil {
		return out, err
	}
	apart, err := apartPairs(tx)
	if err != nil {
		return out, err
	}
	list = slices.DeleteFunc(list, func(x suspectPair) bool {
		if apart[pairOf(x.a, x.b)] {
			out.Apart++
			return true
		}
		return false
	})
	out.Total = len(list)
	if from < 0 || from >= len(list) {
		from = 0
	}
	out.From = from
	page := list[from:min(from+SuspectsPage, len(list))]
	var keys []AdultID
	for _, x := range page {
		keys = append(keys, x.a, x.b)
	}
	hits, err := hitsByKey(tx, keys)
	if err != nil {
		return out, err
	}
	for _, x := range page {
		out.Pairs = append(out.Pairs, Suspect{A: hits[x.a], B: hits[x.b], Reasons: x.reasons})
	}
	return out, nil
}

func hitsByKey(tx *db.Tx, keys []AdultID) (map[AdultID]AdultHit, error) {
	list, err := adultHits(tx, 0, tx.Today(), keys)
	out := make(map[AdultID]AdultHit, len(list))
	for _, h := range list {
		out[h.ID] = h
	}
	return out, err
}

// FindSame looks for the other record of an adult by anything that is typed, a name or a phone alone included, since a person chooses from it.
func (s *Service) FindSame(ctx context.Context, p access.Pass, adult AdultID, typed string) (out []AdultHit, err error) {
	if err := p.CheckAll(Edit); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if _, err := adultByID(tx, adult); err != nil {
			return err
		}
		terms := searchTerms(typed)
		if len(terms) == 0 || len(terms) == 1 && len([]rune(terms[0])) < 2 {
			return nil
		}
		list, err := matchAdults(tx, 0, tx.Today(), terms)
		if err != nil {
			return err
		}
		rankHits(list, terms)
		list = slices.DeleteFunc(list, func(h searchHit) bool { return AdultID(h.ID) == adult })
		out, err = adultHits(tx, 0, tx.Today(), firstHitIDs[Adult](list, showHits))
		return err
	})
	return out, err
}

// KeepApart remembers that two adults are two people, or forgets it again.
func (s *Service) KeepApart(ctx context.Context, p access.Pass, a, b AdultID, apart bool) error {
	if err := p.CheckAll(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		for _, id := range []AdultID{a, b} {
			if _, err := adultByID(tx, id); err != nil {
				return err
			}
		}
		if a == b {
			return goneAdult()
		}
		k := pairOf(a, b)
		if !apart {
			return dropApart(tx, k[0], k[1])
		}
		return setApart(tx, k[0], k[1], p.Who().Name)
	})
}

// MergeChild is a child of one of the two adults.
type MergeChild struct {
	Pupil    PupilHit
	Relation Relation
	NotGiven []string // those to whom this adult's address and phone must not be given, by an order about this child
}

// MergeSide is one of the two records.
type MergeSide struct {
	Adult     Adult
	Children  []MergeChild
	Tallies   []Tally // what else hangs on the record: invitations, agreements
	Colleague string  // the member of staff who is this adult, when that is known
	row       []db.Column
	hands     []string
}

// NotGiven are all from whom the address of this record is kept.
func (m MergeSide) NotGiven() (out []string) {
	for _, c := range m.Children {
		for _, n := range c.NotGiven {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// Choices of a field of two records.
const (
	OfStays = "stays"
	OfGone  = "gone"
)

// MergeField is what one field holds in both records.
type MergeField struct {
	Name, Words string
	Stays, Gone string // as shown
	Differ      bool   // both hold something, and not the same: a person chooses
	Choice      string // OfStays or OfGone
	cols        []string
}

// Result is what the field will hold.
func (f MergeField) Result() string {
	if f.Choice == OfGone {
		return f.Gone
	}
	return f.Stays
}

// SharedTie is a child to whom both records are tied: two ties become one, and the orders of both stay on it.
type SharedTie struct {
	Pupil       PupilHit
	Stays, Gone Relation
	Fields      []MergeField
	staysRow    []db.Column
	goneRow     []db.Column
}

// Orders are those of both ties.
func (t SharedTie) Orders() []Order { return append(slices.Clone(t.Stays.Orders), t.Gone.Orders...) }

// MergePreview is two records of an adult side by side, and what would happen.
type MergePreview struct {
	Stays, Gone MergeSide
	Fields      []MergeField
	Shared      []SharedTie
	Happens     []string
	Stops       []string // why they can't become one, or not yet
	Seen        string
	Apart       bool
	OtherName   bool // the names are so far apart that the page asks to think again
	Today       string
}

// Pair shows two adults side by side. The record that has more behind it stays; which one that is makes no difference to what is kept.
func (s *Service) Pair(ctx context.Context, p access.Pass, a, b AdultID, v Values) (out MergePreview, err error) {
	if err := p.CheckAll(Edit); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = s.pair(tx, a, b, v)
		return err
	})
	return out, err
}

func (s *Service) pair(tx *db.Tx, a, b AdultID, v Values) (out MergePreview, err error) {
	if a == b {
		return out, goneAdult()
	}
	out.Today = tx.Today()
	if out.Stays, err = s.mergeSide(tx, a); err != nil {
		return out, err
	}
	if out.Gone, err = s.mergeSide(tx, b); err != nil {
		return out, err
	}
	if staysRather(out.Gone, out.Stays) {
		out.Stays, out.Gone = out.Gone, out.Stays
	}
	out.Fields = adultMergeFields(out.Stays, out.Gone, v)
	if out.Shared, err = sharedTies(tx, out.Stays, out.Gone, v); err != nil {
		return out, err
	}
	if out.Stops, err = s.mergeStops(tx, out.Stays, out.Gone); err != nil {
		return out, err
	}
	apart, err := apartOf(tx, a)
	if err != nil {
		return out, err
	}
	out.Apart = slices.Contains(apart, b)
	out.OtherName = compareNames(nameOf(out.Stays.Adult), nameOf(out.Gone.Adult)) == otherName
	out.Happens = out.happens()
	out.Seen = out.seen()
	return out, nil
}

func nameOf(a Adult) PersonName {
	return PersonName{Title: a.Title, Forename: a.Forename, Surname: a.Surname, Text: a.Name}
}

// staysRather tells whether a is rather the record to stay than b: one with a number of the school's system, then the one with more children and
// more behind it, then the older one.
func staysRather(a, b MergeSide) bool {
	weight := func(m MergeSide) int {
		n := 3 * len(m.Children)
		for _, t := range m.Tallies {
			n += t.N
		}
		if m.Adult.LocalID != "" {
			n += 1000
		}
		return n
	}
	if d := weight(a) - weight(b); d != 0 {
		return d > 0
	}
	return a.Adult.ID < b.Adult.ID
}

func (s *Service) mergeSide(tx *db.Tx, id AdultID) (m MergeSide, err error) {
	if m.Adult, err = adultByID(tx, id); err != nil {
		return m, err
	}
	rows, err := wholeRows(tx, "roll_adult", ByID(id))
	if err != nil {
		return m, err
	}
	m.row = rows[0]
	if m.hands, err = handMarks(tx, "adult", int64(id)); err != nil {
		return m, err
	}
	ties, err := tiesOfAdult(tx, id)
	if err != nil {
		return m, err
	}
	for _, t := range ties {
		rels, err := Relations(tx, t.PupilID)
		if err != nil {
			return m, err
		}
		hit, err := pupilHits(tx, []PupilID{t.PupilID})
		if err != nil {
			return m, err
		}
		c := MergeChild{Pupil: hit[0], NotGiven: NotGivenTo(rels, tx.Today())[id]}
		for _, r := range rels {
			if r.Tie.ID == t.TieID {
				c.Relation = r
			}
		}
		m.Children = append(m.Children, c)
	}
	slices.SortStableFunc(m.Children, func(a, b MergeChild) int { return cmp.Compare(a.Pupil.SortKey, b.Pupil.SortKey) })
	for _, part := range s.MergeParts() {
		for _, c := range part.Adults {
			if c.One == "" || c.Self {
				continue
			}
			n, err := countPointing(tx, c, int64(id))
			if err != nil {
				return m, err
			}
			if n > 0 {
				m.Tallies = append(m.Tallies, tallied(n, c.One, c.Many))
			}
		}
	}
	m.Colleague, err = colleagueOf(tx, id)
	return m, err
}

// Columns of an adult that go together, and those that no one chooses.
var (
	adultTogether = map[string]string{"title": "name", "forename": "name", "surname": "name", "name": "name", "address": "address", "postcode": "address"}
	adultSilent   = []string{"id", "local_id", "search", "sort_key", "made_by"}
	tieSilent     = []string{"id", "pupil_id", "adult_id", "made_by"}
)

func adultMergeFields(stays, gone MergeSide, v Values) (out []MergeField) {
	at := map[string]int{}
	for _, c := range stays.row {
		if slices.Contains(adultSilent, c.Name) {
			continue
		}
		name := cmp.Or(adultTogether[c.Name], c.Name)
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, MergeField{Name: name, Words: FieldWords(name)})
		}
		out[i].cols = append(out[i].cols, c.Name)
	}
	for i := range out {
		f := &out[i]
		switch f.Name {
		case "name":
			f.Stays, f.Gone = nameInFull(stays.Adult), nameInFull(gone.Adult)
		case "address":
			f.Stays, f.Gone = addressInFull(stays.Adult), addressInFull(gone.Adult)
		default:
			f.Stays, f.Gone = shownValue(f.Name, value(stays.row, f.Name)), shownValue(f.Name, value(gone.row, f.Name))
		}
		f.Choice = OfStays
		if f.Stays == "" && f.Gone != "" {
			f.Choice = OfGone
		}
		f.Differ = f.Stays != "" && f.Gone != "" && f.Stays != f.Gone
		if f.Differ && byHandIn(gone.hands, f.cols) && !byHandIn(stays.hands, f.cols) {
			f.Choice = OfGone // a person's word before a file's
		}
		f.take(v["field."+f.Name])
	}
	return out
}

// take follows the choice of a person where there is one to make.
func (f *MergeField) take(choice string) {
	if f.Differ && (choice == OfStays || choice == OfGone) {
		f.Choice = choice
	}
}

func byHandIn(hands, cols []string) bool {
	return slices.ContainsFunc(cols, func(c string) bool { return slices.Contains(hands, c) })
}

func nameInFull(a Adult) string {
	if a.Title != "" && !strings.HasPrefix(a.Name, a.Title) {
		return a.Title + " " + a.Name
	}
	return a.Name
}

func addressInFull(a Adult) string { return listedWords(a.Address, a.Postcode) }

func listedWords(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), ", ")
}

// shownValue says what a column holds. Nothing known is nothing.
func shownValue(col string, v any) string {
	switch x := v.(type) {
	case string:
		switch {
		case col == "starts" && x == Always, x == "unknown":
			return ""
		case col == "ends" && x == ForGood:
			return "no last day"
		}
		return x
	case int64:
		if col == "priority" {
			return fmt.Sprint(x)
		}
		return answerText(answerBool(answerOf(x)))
	}
	return ""
}

func answerOf(n int64) Answer {
	if n == 0 {
		return No
	}
	return Yes
}

func sharedTies(tx *db.Tx, stays, gone MergeSide, v Values) (out []SharedTie, err error) {
	for _, g := range gone.Children {
		for _, k := range stays.Children {
			if k.Pupil.ID != g.Pupil.ID {
				continue
			}
			t := SharedTie{Pupil: k.Pupil, Stays: k.Relation, Gone: g.Relation}
			rows, err := wholeRows(tx, "roll_tie", ByID(k.Relation.Tie.ID))
			if err != nil {
				return nil, err
			}
			t.staysRow = rows[0]
			if rows, err = wholeRows(tx, "roll_tie", ByID(g.Relation.Tie.ID)); err != nil {
				return nil, err
			}
			t.goneRow = rows[0]
			t.Fields = tieMergeFields(t, v)
			out = append(out, t)
		}
	}
	return out, nil
}

func tieMergeFields(t SharedTie, v Values) (out []MergeField) {
	for _, c := range t.staysRow {
		if slices.Contains(tieSilent, c.Name) {
			continue
		}
		mine, theirs := c.Value, value(t.goneRow, c.Name)
		f := MergeField{Name: c.Name, Words: FieldWords(c.Name), Stays: shownValue(c.Name, mine), Gone: shownValue(c.Name, theirs), cols: []string{c.Name}, Choice: OfStays}
		if c.Name == "starts" {
			f.Words = "First day"
		}
		if takesTheirs(c.Name, mine, theirs) {
			f.Choice = OfGone
		}
		f.Differ = mine != theirs && f.Stays != "" && f.Gone != ""
		f.take(v["tie."+t.Pupil.ID.String()+"."+c.Name])
		out = append(out, f)
	}
	return out
}

// takesTheirs tells which of two ties decides a field when nobody chooses. What is known comes before what is not; of two answers the one that
// opens less: a merge never widens what an adult may see or is sent.
func takesTheirs(col string, mine, theirs any) bool {
	switch col {
	case "starts":
		return fmt.Sprint(theirs) > fmt.Sprint(mine)
	case "ends":
		return fmt.Sprint(theirs) < fmt.Sprint(mine)
	}
	known := func(v any) bool { return v != nil && v != "" && v != "unknown" }
	if known(mine) != known(theirs) {
		return known(theirs)
	}
	if a, ok := mine.(int64); ok {
		b, _ := theirs.(int64)
		return b < a
	}
	return col == "responsibility" && theirs == "no"
}

func (s *Service) mergeStops(tx *db.Tx, stays, gone MergeSide) (out []string, err error) {
	me := StaffID(tx.Pass().Who().Staff)
	mine, err := ownFamily(tx, me)
	if err != nil {
		return nil, err
	}
	for _, side := range []MergeSide{stays, gone} {
		if mine.self[side.Adult.ID] || slices.ContainsFunc(side.Children, func(c MergeChild) bool { return mine.children[c.Pupil.ID] }) {
			return []string{"One of these records belongs to you or to your own family. Ask a colleague to look at it."}, nil
		}
	}
	if stays.Colleague != "" && gone.Colleague != "" && stays.Colleague != gone.Colleague {
		out = append(out, fmt.Sprintf("One record is linked to the colleague %s and the other to %s. If they are one person, take one of the links away on the staff page first.", stays.Colleague, gone.Colleague))
	}
	for _, part := range s.MergeParts() {
		if part.Stop == nil {
			continue
		}
		why, err := part.Stop(tx, stays.Adult.ID, gone.Adult.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, why...)
	}
	return out, nil
}

// happens says in numbers what a merge does.
func (m MergePreview) happens() (out []string) {
	alone := len(m.Gone.Children) - len(m.Shared)
	if alone > 0 {
		out = append(out, fmt.Sprintf("%s comes over with everything on the tie.", counts(alone, "child", "children")))
		if alone > 1 {
			out[len(out)-1] = fmt.Sprintf("%d children come over with everything on their ties.", alone)
		}
	}
	for _, t := range m.Shared {
		line := fmt.Sprintf("For %s two ties become one.", t.Pupil.Name())
		if n := len(t.Orders()); n > 0 {
			line += fmt.Sprintf(" %s on it, and %s.", counts(n, "order stays", "orders stay"), map[bool]string{true: "it goes on holding", false: "all go on holding"}[n == 1])
		}
		out = append(out, line)
	}
	ways := 0
	for _, c := range m.Gone.Adult.Channels {
		if !hasWay(m.Stays.Adult.Channels, c) {
			ways++
		}
	}
	if ways > 0 {
		out = append(out, counts(ways, "phone or e-mail address is", "phones and e-mail addresses are")+" added after those already there.")
	}
	for _, t := range m.Gone.Tallies {
		out = append(out, t.Words+" of the other record come over.")
		if t.N == 1 {
			out[len(out)-1] = t.Words + " of the other record comes over."
		}
	}
	return append(out, fmt.Sprintf("The second record goes. For %d days all of this can be undone.", UndoDays))
}

func hasWay(list []Channel, c Channel) bool {
	return slices.ContainsFunc(list, func(x Channel) bool { return x.Kind == c.Kind && x.Folded == c.Folded })
}

// seen is the mark of all that the page showed.
func (m MergePreview) seen() string {
	var more []string
	for _, side := range []MergeSide{m.Stays, m.Gone} {
		more = append(more, coded(side.row))
		for _, c := range side.Adult.Channels {
			more = append(more, c.Kind+c.Value)
		}
		for _, c := range side.Children {
			more = append(more, c.Pupil.ID.String(), fmt.Sprint(len(c.Relation.Orders)), c.Relation.Tie.Seen())
		}
	}
	return seenMark(nil, more...)
}

// Merged is a merge as it is kept.
type Merged struct {
	ID                  MergeID
	Stays, Gone         AdultID
	StaysName, GoneName string
	Figures             string
	ByName              string
	MadeMs              int64
	UndoneMs            *int64
	UndoneBy            string
	Kept                string
}

// Happened are the figures of the merge, in words.
func (m Merged) Happened() (out []string) {
	var list []Tally
	_ = json.Unmarshal([]byte(m.Figures), &list) // our own text; one that can't be read shows no figures
	for _, t := range list {
		out = append(out, t.Words)
	}
	return out
}

// Undoable tells whether it can still be taken back.
func (m Merged) Undoable(nowMs int64) bool {
	return m.UndoneMs == nil && nowMs-m.MadeMs < UndoDays*dayMs
}

// MergeAdults makes one record of two. Orders of both stay; where both are tied to one child the stricter tie wins unless a person chose.
func (s *Service) MergeAdults(ctx context.Context, p access.Pass, a, b AdultID, v Values, seen string) (id MergeID, err error) {
	if err := p.CheckAll(Edit); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		pre, err := s.pair(tx, a, b, v)
		if err != nil {
			return err
		}
		if len(pre.Stops) > 0 {
			return fault.New(fault.Invalid, "%s", strings.Join(pre.Stops, " "))
		}
		if err := sameSeen(seen, pre.Seen); err != nil {
			return err
		}
		id, err = s.merge(tx, pre)
		return err
	})
	return id, err
}

func (s *Service) merge(tx *db.Tx, pre MergePreview) (MergeID, error) {
	m := &Merging{Tx: tx, ID: ids.New[Merging](), Stays: pre.Stays.Adult.ID, Gone: pre.Gone.Adult.ID}
	gone := pre.Gone.Adult
	done := Merged{ID: m.ID, Stays: m.Stays, Gone: m.Gone, StaysName: pre.Stays.Adult.Name, GoneName: gone.Name, ByName: tx.Pass().Who().Name, MadeMs: tx.Now()}
	if err := insertMerge(tx, done, pre.Stays.Adult, gone); err != nil {
		return 0, err
	}
	story := []func() error{
		func() error { return m.fields(pre) },
		func() error { return m.channels(pre) },
		func() error { return m.ties(s, pre) },
		func() error { return m.parts(s) },
		func() error { return m.apart() },
		func() error {
			return m.hands("adult", int64(m.Gone), int64(m.Stays), pre.Gone.hands, pre.Stays.hands, pre.Fields)
		},
		func() error { return m.conflicts("adult", int64(m.Gone), int64(m.Stays)) },
		func() error { return m.derive() },
		func() error { return m.Remove("roll_adult", ByID(m.Gone)) },
	}
	for _, do := range story {
		if err := do(); err != nil {
			return 0, err
		}
	}
	figures, err := json.Marshal(m.tally)
	if err != nil {
		return 0, err
	}
	if err := setMergeFigures(tx, m.ID, string(figures)); err != nil {
		return 0, err
	}
	if err := trail.Write(tx, trail.Entry{Kind: trail.Merge, About: "adult", Key: int64(m.Stays), Words: "the record of " + gone.Name + " was joined with that of " + pre.Stays.Adult.Name}); err != nil {
		return 0, err
	}
	return m.ID, s.Changed.Publish(tx, Changed{Why: "two records of one adult were made one"})
}

// fields takes over what was chosen from the record that goes.
func (m *Merging) fields(pre MergePreview) error {
	n := 0
	for _, f := range pre.Fields {
		if f.Choice != OfGone {
			continue
		}
		for _, col := range f.cols {
			old, now := value(pre.Stays.row, col), value(pre.Gone.row, col)
			if old == now {
				continue
			}
			if err := m.Set("roll_adult", ByID(m.Stays), col, old, now); err != nil {
				return err
			}
		}
		n++
	}
	if local := text(pre.Gone.row, "local_id"); local != "" && text(pre.Stays.row, "local_id") == "" {
		if err := m.Set("roll_adult", ByID(m.Stays), "local_id", "", local); err != nil {
			return err
		}
	}
	m.moved(n, "detail", "details")
	return nil
}

// channels brings the phones and e-mail addresses over, after those that are there. One that both have is kept once.
func (m *Merging) channels(pre MergePreview) error {
	place := map[string]int{}
	for _, c := range pre.Stays.Adult.Channels {
		place[c.Kind] = max(place[c.Kind], c.Place)
	}
	n := 0
	for _, c := range pre.Gone.Adult.Channels {
		if hasWay(pre.Stays.Adult.Channels, c) {
			if err := m.Remove("roll_channel", ByID(c.ID)); err != nil {
				return err
			}
			continue
		}
		place[c.Kind]++
		if err := m.Set("roll_channel", ByID(c.ID), "adult_id", int64(m.Gone), int64(m.Stays)); err != nil {
			return err
		}
		if err := m.Set("roll_channel", ByID(c.ID), "place", int64(c.Place), int64(place[c.Kind])); err != nil {
			return err
		}
		n++
	}
	m.moved(n, "phone or e-mail", "phones and e-mails")
	return nil
}

// ties brings the children over.
func (m *Merging) ties(s *Service, pre MergePreview) error {
	shared := map[PupilID]SharedTie{}
	for _, t := range pre.Shared {
		shared[t.Pupil.ID] = t
	}
	alone := 0
	for _, c := range pre.Gone.Children {
		t, both := shared[c.Pupil.ID]
		if !both {
			if err := m.Set("roll_tie", ByID(c.Relation.Tie.ID), "adult_id", int64(m.Gone), int64(m.Stays)); err != nil {
				return err
			}
			alone++
			continue
		}
		if err := m.oneTie(s, t); err != nil {
			return err
		}
	}
	m.moved(alone, "child", "children")
	m.moved(len(pre.Shared), "tie joined with one to the same child", "ties joined with those to the same children")
	return nil
}

func (m *Merging) oneTie(s *Service, t SharedTie) error {
	stays, gone := t.Stays.Tie.ID, t.Gone.Tie.ID
	for _, f := range t.Fields {
		old, now := value(t.staysRow, f.Name), value(t.staysRow, f.Name)
		if f.Choice == OfGone {
			now = value(t.goneRow, f.Name)
		}
		// The last day is always written down, so that an undo sees whether the tie was ended since.
		if old == now && f.Name != "ends" {
			continue
		}
		if err := m.Set("roll_tie", ByID(stays), f.Name, old, now); err != nil {
			return err
		}
	}
	for _, part := range s.MergeParts() {
		for _, c := range part.Ties {
			if err := m.Move(c, int64(gone), int64(stays)); err != nil {
				return err
			}
		}
	}
	theirs, err := handMarks(m.Tx, "tie", int64(gone))
	if err != nil {
		return err
	}
	ours, err := handMarks(m.Tx, "tie", int64(stays))
	if err != nil {
		return err
	}
	if err := m.hands("tie", int64(gone), int64(stays), theirs, ours, t.Fields); err != nil {
		return err
	}
	if err := m.conflicts("tie", int64(gone), int64(stays)); err != nil {
		return err
	}
	return m.Remove("roll_tie", ByID(gone))
}

func (m *Merging) parts(s *Service) error {
	for _, part := range s.MergeParts() {
		for _, c := range part.Adults {
			if c.Self {
				continue
			}
			if err := m.Move(c, int64(m.Gone), int64(m.Stays)); err != nil {
				return fmt.Errorf("merging, part %s: %w", part.Name, err)
			}
		}
		if part.Move != nil {
			if err := part.Move(m); err != nil {
				return fmt.Errorf("merging, part %s: %w", part.Name, err)
			}
		}
	}
	return nil
}

// apart carries over whom the adult was said not to be.
func (m *Merging) apart() error {
	theirs, err := apartOf(m.Tx, m.Gone)
	if err != nil {
		return err
	}
	ours, err := apartOf(m.Tx, m.Stays)
	if err != nil {
		return err
	}
	for _, other := range theirs {
		was := apartKey(m.Gone, other)
		rows, err := wholeRows(m.Tx, "roll_apart", was)
		if err != nil {
			return err
		}
		if err := m.Remove("roll_apart", was); err != nil {
			return err
		}
		if other == m.Stays || slices.Contains(ours, other) || len(rows) == 0 {
			continue
		}
		now := apartKey(m.Stays, other)
		if err := m.Add("roll_apart", now, append(slices.Clone(now), slices.DeleteFunc(rows[0], func(c db.Column) bool { return c.Name == "low" || c.Name == "high" })...)); err != nil {
			return err
		}
	}
	return nil
}

func apartKey(a, b AdultID) Key {
	k := pairOf(a, b)
	return Key{{Name: "low", Value: int64(k[0])}, {Name: "high", Value: int64(k[1])}}
}

// hands decides which fields belong to a hand now: those that did, and those between which a person chose, so that no import undoes the choice.
func (m *Merging) hands(record string, gone, stays int64, theirs, ours []string, fields []MergeField) error {
	want := map[string]bool{}
	for _, f := range fields {
		for _, col := range f.cols {
			if f.Differ || f.Choice == OfGone && slices.Contains(theirs, col) {
				want[col] = true
			}
		}
	}
	for _, way := range []string{"phone", "email"} {
		want[way] = record == "adult" && slices.Contains(theirs, way)
	}
	for _, f := range theirs {
		if err := m.Remove("roll_hand", handKey(record, gone, f)); err != nil {
			return err
		}
	}
	for _, f := range sortedKeys(want) {
		if !want[f] || slices.Contains(ours, f) {
			continue
		}
		at := handKey(record, stays, f)
		row := append(slices.Clone(at), db.Column{Name: "by_name", Value: m.Tx.Pass().Who().Name}, db.Column{Name: "at_ms", Value: m.Tx.Now()})
		if err := m.Add("roll_hand", at, row); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys(set map[string]bool) []string {
	var out []string
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func handKey(record string, row int64, field string) Key {
	return Key{{Name: "record", Value: record}, {Name: "row_id", Value: row}, {Name: "field", Value: field}}
}

// conflicts brings over what files said otherwise.
func (m *Merging) conflicts(record string, gone, stays int64) error {
	list, err := openConflictsOf(m.Tx, record, gone)
	if err != nil {
		return err
	}
	for _, id := range list {
		if err := m.Set("roll_conflict", ByID(id), "row_id", gone, stays); err != nil {
			return err
		}
	}
	return nil
}

// derive writes what follows from the other columns.
func (m *Merging) derive() error {
	a, err := adultWithWays(m.Tx, m.Stays)
	if err != nil {
		return err
	}
	rows, err := wholeRows(m.Tx, "roll_adult", ByID(m.Stays))
	if err != nil {
		return err
	}
	for _, x := range []struct{ col, now string }{{"sort_key", SortKey(a.Surname, a.Forename)}, {"search", AdultSearch(a, a.Channels)}} {
		if was := text(rows[0], x.col); was != x.now {
			if err := m.Set("roll_adult", ByID(m.Stays), x.col, was, x.now); err != nil {
				return err
			}
		}
	}
	return nil
}

// Merges lists the merges of the last days, those that can still be undone among them.
func (s *Service) Merges(ctx context.Context, p access.Pass) (out []Merged, err error) {
	if err := p.CheckAll(Edit); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = mergesSince(tx, tx.Now()-2*UndoDays*dayMs)
		return err
	})
	return out, err
}

// UndoMerge puts everything back as it was before. What somebody changed since stays as they left it and is told; an order that was recorded since
// about a child of both then holds on both records, because an undo opens nothing either.
func (s *Service) UndoMerge(ctx context.Context, p access.Pass, id MergeID) (out Merged, err error) {
	if err := p.CheckAll(Edit); err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		out, err = s.undoMerge(tx, id)
		return err
	})
	if db.Broke(err) == db.ForeignKey || db.Broke(err) == db.Unique {
		err = fault.Wrap(fault.Conflict, err, "This can't be undone as a whole: something that it rests on, such as a child or a conversation, has been taken away since. Nothing was changed now.")
	}
	return out, err
}

func (s *Service) undoMerge(tx *db.Tx, id MergeID) (m Merged, err error) {
	m, found, err := mergeByID(tx, id)
	if err != nil {
		return m, err
	}
	if !found {
		return m, fault.Gone("merge")
	}
	switch {
	case m.UndoneMs != nil:
		return m, fault.New(fault.Conflict, "This was undone already, by %s.", m.UndoneBy)
	case !m.Undoable(tx.Now()):
		return m, fault.New(fault.Conflict, "This was done more than %d days ago and can no longer be undone. Add %s again by hand, and move to the new record what is theirs.", UndoDays, m.GoneName)
	}
	mine, err := ownFamily(tx, StaffID(tx.Pass().Who().Staff))
	if err != nil {
		return m, err
	}
	if mine.self[m.Stays] {
		return m, fault.New(fault.Invalid, "This record is your own. Ask a colleague to look at it.")
	}
	if later, there, err := laterMerge(tx, m); err != nil || there {
		if err == nil {
			err = fault.New(fault.Conflict, "%s was joined with %s after this. Undo that first, then this.", later.GoneName, later.StaysName)
		}
		return m, err
	}
	// Whoever marks it first does the work.
	if n, err := takeMergeBack(tx, id, tx.Pass().Who().Name); err != nil || n == 0 {
		if err == nil {
			err = fault.New(fault.Conflict, "This was undone already.")
		}
		return m, err
	}
	left, err := backAll(tx, m)
	if err != nil {
		return m, err
	}
	m.Kept = strings.Join(left, " ")
	if err := setMergeKept(tx, id, m.Kept); err != nil {
		return m, err
	}
	now := tx.Now()
	m.UndoneMs, m.UndoneBy = &now, tx.Pass().Who().Name
	if err := trail.Write(tx, trail.Entry{Kind: trail.Merge, About: "adult", Key: int64(m.Stays), Words: "the records of " + m.StaysName + " and " + m.GoneName + " became two again"}); err != nil {
		return m, err
	}
	return m, s.Changed.Publish(tx, Changed{Why: "a merge of two records was undone"})
}

func backAll(tx *db.Tx, m Merged) (left []string, err error) {
	steps, err := mergeSteps(tx, m.ID)
	if err != nil {
		return nil, err
	}
	if _, err := adultByID(tx, m.Stays); err != nil {
		return nil, fault.New(fault.Conflict, "The record of %s is no longer here, so this can't be undone.", m.StaysName)
	}
	again := false // what is derived has to be worked out afresh
	lost := 0
	endedSince := map[string]bool{}
	for _, st := range steps {
		words, err := st.back(tx)
		if err != nil {
			return nil, err
		}
		if words == "" {
			continue
		}
		again = true
		switch {
		case st.Field == "adult_id" || st.Field == "tie_id" || st.Field == "row_id" || st.Field == "corrected_by":
			lost++
		case st.InTable == "roll_tie" && st.Field == "ends":
			endedSince[st.AtKey] = true
			fallthrough
		default:
			if st.Field != "place" {
				left = append(left, words+" of "+m.StaysName+" was changed since, and stays as it is now.")
			}
		}
	}
	if lost > 0 {
		left = append(left, counts(lost, "entry that had come over was", "entries that had come over were")+" changed or taken away since.")
	}
	said, err := tighten(tx, m, steps, endedSince)
	if err != nil {
		return nil, err
	}
	left = append(left, said...)
	if again {
		a, err := adultWithWays(tx, m.Stays)
		if err != nil {
			return nil, err
		}
		a.SortKey = SortKey(a.Surname, a.Forename)
		return left, deriveAdult(tx, a)
	}
	return left, nil
}

// tighten carries what was decided since about a child of both over to the tie that came back: new orders, and a last day.
func tighten(tx *db.Tx, m Merged, steps []mergeStep, endedSince map[string]bool) (said []string, err error) {
	for _, st := range steps {
		if st.InTable != "roll_tie" || st.What != "gone" {
			continue
		}
		row, err := decoded(st.Old)
		if err != nil {
			return nil, err
		}
		back, _ := value(row, "id").(int64)
		pupil, _ := value(row, "pupil_id").(int64)
		ties, err := tiesOfAdult(tx, m.Stays)
		if err != nil {
			return nil, err
		}
		for _, t := range ties {
			if int64(t.PupilID) != pupil {
				continue
			}
			if endedSince[coded(ByID(t.TieID))] && t.Ends < text(row, "ends") {
				if _, err := setField(tx, "roll_tie", Key{{Name: "id", Value: back}}, "ends", text(row, "ends"), t.Ends); err != nil {
					return nil, err
				}
			}
			orders, err := ordersOfTie(tx, t.TieID)
			if err != nil {
				return nil, err
			}
			for _, o := range orders {
				if int64(o.ID) < int64(m.ID) {
					continue // recorded before the two were one
				}
				o.ID, o.TieID = ids.New[Order](), TieID(back)
				o.Note = strings.TrimSpace(o.Note + "\nRecorded while the records of " + m.StaysName + " and " + m.GoneName + " were one; it holds on both since they are two again.")
				if err := insertOrder(tx, o); err != nil {
					return nil, err
				}
				said = append(said, "An order that was recorded since now stands on both records. Look at both, and end it where it does not belong.")
			}
		}
	}
	return said, nil
}

// SweepMerges removes the journals of merges that can no longer be undone.
func (s *Service) SweepMerges(ctx context.Context, p access.Pass) error {
	if err := p.CheckAll(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error { return dropSteps(tx, tx.Now()-UndoDays*dayMs) })
}
