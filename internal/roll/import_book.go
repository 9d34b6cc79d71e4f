package roll

import (
	"fmt"
	"slices"
	"strings"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
)

// book is what an import knows of an organisation's people while it reads. Rows are compared with the book and change it; what differs is
// written in portions, and only when the run is in earnest. So a preview counts exactly what the import would do, rows that meet within
// one file included.
//
// Three rules hold for every field, whatever the file: a blank never erases, a hand edit is left and the difference listed, and within
// one file the row that speaks first decides, so that the same file a second time finds nothing to do.
type book struct {
	run   *batch.Run
	tx    *db.Tx
	today string
	// numbered says that the file has a number for every adult, so that only adults without one are looked up by name.
	numbered bool

	pupils  []*pupilEntry
	adults  []*adultEntry
	ties    []*tieEntry
	staff   []*staffEntry
	classes []*classEntry
	members []*memberEntry

	pupilByLocal map[string]int32
	pupilByUPN   map[string]int32 // several for a number that two children have
	pupilByBirth map[string]int32 // folded name and date of birth, only to warn
	adultByLocal map[string]int32
	adultByKey   map[string]int32   // the newest; adultEntry.next leads on
	mergedLocal  map[string]int32   // numbers that went with a merge: the record that stayed
	mergedRow    map[string]int32   // the row of this file in which such a number stood
	mergedKey    map[string][]int32 // names that went with a merge
	staffByLocal map[string]int32
	classByLocal map[string]int32
	formByTitle  map[string]int32
	memberLocal  map[string]int32
	memberPair   map[[2]int64]int32

	guarded  map[int32]bool // adults with an order in force on one of their ties
	ordered  map[TieID]bool // ties with an order in force
	hands    map[hand]bool
	listed   map[listedConflict]bool // conflicts that are listed already, so that the same file does not list them again
	conflict []conflictRow

	updates []update
	founds  map[int64]found // search texts and sort keys that this import changed; keys of all kinds of records are distinct
	buffer  struct {
		pupils   []*pupilEntry
		adults   []*adultEntry
		channels []channelRow
		ties     []*tieEntry
		staff    []*staffEntry
		roles    []staffRoleRow
		classes  []*classEntry
		members  []*memberEntry
	}
	held    int
	changed bool
	counted map[string]*counted
	order   []string
}

// none and several are the answers of an index besides a place.
const (
	none    int32 = -1
	several int32 = -2
)

// stage is how far a record of the book is: from before, made by this import, or made and already written.
type stage uint8

const (
	before stage = iota
	fresh
	written
)

// pupilEntry is a child in the book. The details of one that is made and written are let go of where no later row of the file can speak of
// them, since a local authority's file has hundreds of thousands of people.
type pupilEntry struct {
	*Pupil
	ID    PupilID
	at    int32
	row   int32  // the row of this file that spoke of this child first
	said  uint32 // the fields that it gave, by their place in pupilTexts and pupilAnswers
	stage stage
	moved bool // a tie or a class of this child is new, which makes its row an update
	ties  []int32
	forms []int32 // memberships of forms that have not ended
	// The UPN and the form that this file gave first.
	saidUPN, saidForm string
}

type adultEntry struct {
	*Adult
	ID       AdultID
	at       int32
	row      int32
	said     uint16
	stage    stage
	moved    bool
	next     int32 // the adult before this one with the same key
	child    int32 // a child of theirs, to say who is meant
	ties     []int32
	left     bool  // the file says that they are a contact no longer
	lastSeen int32 // the row that mentioned them last
	channels []way
	key      string
	once     []string // keys that this person had before records of theirs were made one
}

// goesBy tells whether a file that names somebody so means this adult.
func (a *adultEntry) goesBy(key string) bool { return a.key == key || slices.Contains(a.once, key) }

// way is a channel as the book keeps it.
type way struct {
	folded string
	email  bool
}

type tieEntry struct {
	Tie
	pupil, adult int32
	row          int32
	said         uint16
	stage        stage
}

type staffEntry struct {
	Staff
	at    int32
	row   int32
	stage stage
	roles bool // has or had a role; which ones is for a hand to say
}

type classEntry struct {
	Class
	at    int32
	row   int32
	stage stage
}

type memberEntry struct {
	ID           MemberID
	LocalID      string
	ClassID      ClassID
	PupilID      PupilID
	StaffID      StaffID
	Starts, Ends string
	row          int32
	stage        stage
}

type channelRow struct {
	adult                     AdultID
	kind, value, folded, note string
	place                     int
}

type staffRoleRow struct {
	staff        StaffID
	role         string
	starts, ends string
}

type hand struct {
	record string
	row    int64
	field  string
}

type listedConflict struct {
	hand
	theirs string
}

type conflictRow struct {
	hand
	ours, theirs string
}

type update struct {
	table string
	id    int64
	col   string
	val   any
}

// place is where something stands in a file, for sentences.
type place struct {
	file string
	row  int
}

func (p place) String() string { return fmt.Sprintf("%s, row %d", p.file, p.row) }

// record is a row of the roll as the setters below need it.
type record struct {
	name  string // as in roll_hand
	table string
	id    int64
	stage stage
}

func (p *pupilEntry) record() record {
	return record{"pupil", "roll_pupil", int64(p.ID), p.stage}
}
func (a *adultEntry) record() record {
	return record{"adult", "roll_adult", int64(a.ID), a.stage}
}
func (t *tieEntry) record() record   { return record{"tie", "roll_tie", int64(t.ID), t.stage} }
func (s *staffEntry) record() record { return record{"staff", "roll_staff", int64(s.ID), s.stage} }
func (c *classEntry) record() record { return record{"", "roll_class", int64(c.ID), c.stage} }
func (m *memberEntry) record() record {
	return record{"", "roll_member", int64(m.ID), m.stage}
}

func newBook(r *batch.Run, numbered bool) (*book, error) {
	b := emptyBook(r)
	b.numbered = numbered
	for _, kind := range []string{"pupils", "adults", "ties", "staff", "classes"} {
		r.Report.By[kind] = &sheet.Tally{} // those who read the numbers by machine find all five, whatever was in the file
	}
	return b, b.load()
}

func emptyBook(r *batch.Run) *book {
	return &book{
		run: r, tx: r.Tx, today: r.Tx.Today(),
		pupilByLocal: map[string]int32{}, pupilByUPN: map[string]int32{}, pupilByBirth: map[string]int32{},
		adultByLocal: map[string]int32{}, adultByKey: map[string]int32{}, staffByLocal: map[string]int32{},
		mergedLocal: map[string]int32{}, mergedRow: map[string]int32{}, mergedKey: map[string][]int32{},
		classByLocal: map[string]int32{}, formByTitle: map[string]int32{}, memberLocal: map[string]int32{}, memberPair: map[[2]int64]int32{},
		guarded: map[int32]bool{}, ordered: map[TieID]bool{}, hands: map[hand]bool{}, listed: map[listedConflict]bool{}, counted: map[string]*counted{}, founds: map[int64]found{},
	}
}

// counted is a remark that many rows would make: it is said once, for the first place, with how often it came again.
type counted struct {
	n     int
	first string
}

// once collects a remark; flushRemarks says it.
func (b *book) once(sentence string, first place) {
	c := b.counted[sentence]
	if c == nil {
		c = &counted{first: first.String()}
		b.counted[sentence] = c
		b.order = append(b.order, sentence)
	}
	c.n++
}

func (b *book) flushRemarks() {
	for _, sentence := range b.order {
		c := b.counted[sentence]
		again := ""
		if c.n > 1 {
			again = fmt.Sprintf(" The same in %s.", counts(c.n-1, "more place", "more places"))
		}
		b.run.Warn("%s: %s%s", c.first, sentence, again)
	}
	b.counted, b.order = map[string]*counted{}, nil
}

// put notes one changed field: for undo when the record is from before, and for writing when it is in the store already.
func (b *book) put(r record, col string, old, now any) error {
	b.changed = true
	if r.stage == fresh {
		return nil
	}
	if r.stage == before {
		if err := b.run.Changed(r.table, r.id, col, old, now); err != nil {
			return err
		}
	}
	if b.run.Apply {
		b.updates = append(b.updates, update{r.table, r.id, col, now})
		b.held++
	}
	return nil
}

// byHand tells whether a person set this field; the difference is listed then and the field stays.
func (b *book) byHand(r record, field, ours, theirs string, at place) bool {
	if !b.hands[hand{r.name, r.id, field}] {
		return false
	}
	b.disagree(r, field, ours, theirs, "it was set by hand", at)
	return true
}

// disagree lists that a file says something else than Ajar keeps.
func (b *book) disagree(r record, field, ours, theirs, why string, at place) {
	b.run.Warn("%s: the file says %s for %s and Ajar keeps %s, because %s. The difference is listed for someone to decide.", at, quoted(theirs), plainField(field), quoted(ours), why)
	h := hand{r.name, r.id, field}
	if b.listed[listedConflict{h, theirs}] {
		return
	}
	b.listed[listedConflict{h, theirs}] = true
	b.conflict = append(b.conflict, conflictRow{h, ours, theirs})
	b.held++
}

func quoted(v string) string {
	if v == "" {
		return "nothing"
	}
	return shown(v)
}

// plainField is a field within a sentence.
func plainField(f string) string { return strings.ToLower(FieldWords(f)) }

// setText writes a text field when the file gives one that differs and no hand set it.
func (b *book) setText(r record, field string, p *string, v string, at place) (bool, error) {
	if v == "" || v == *p {
		return false, nil
	}
	ours, theirs := *p, v
	if field == "ends" {
		ours, theirs = endText(ours), endText(theirs)
	}
	if r.stage == before && b.byHand(r, field, ours, theirs, at) {
		return false, nil
	}
	old := *p
	*p = v
	return true, b.put(r, field, old, v)
}

// setAnswer is setText for yes and no; what nobody answered stays as it is.
func (b *book) setAnswer(r record, field string, p **bool, v Answer, at place) (bool, error) {
	if !v.Known() || *p != nil && **p == (v == Yes) || r.stage == before && b.byHand(r, field, answerText(*p), string(v), at) {
		return false, nil
	}
	old, now := answerNumber(*p), v == Yes
	*p = &now
	return true, b.put(r, field, old, answerNumber(&now))
}

// answerNumber is an answer as it is stored: 1, 0 or null.
func answerNumber(p *bool) any {
	switch {
	case p == nil:
		return nil
	case *p:
		return int64(1)
	}
	return int64(0)
}

// newPupil takes a child into the book.
func (b *book) newPupil(p Pupil) *pupilEntry {
	p.ID, p.Starts, p.Ends = ids.New[Pupil](), Always, ForGood
	e := &pupilEntry{Pupil: &p, ID: p.ID, stage: fresh}
	b.indexPupil(e)
	b.buffer.pupils = append(b.buffer.pupils, e)
	b.held, b.changed = b.held+1, true
	return e
}

func (b *book) indexPupil(e *pupilEntry) {
	e.at = int32(len(b.pupils))
	b.pupils = append(b.pupils, e)
	b.pupilByLocal[e.LocalID] = e.at
	b.indexUPN(e)
	b.indexBirth(e)
}

func (b *book) indexUPN(e *pupilEntry) {
	if e.UPN == "" {
		return
	}
	if other, there := b.pupilByUPN[e.UPN]; there && other != e.at {
		b.pupilByUPN[e.UPN] = several
		return
	}
	b.pupilByUPN[e.UPN] = e.at
}

func birthKey(p Pupil) string {
	if p.DateOfBirth == "" {
		return ""
	}
	return p.DateOfBirth + " " + p.SortKey
}

func (b *book) indexBirth(e *pupilEntry) {
	if k := birthKey(*e.Pupil); k != "" {
		if _, there := b.pupilByBirth[k]; !there {
			b.pupilByBirth[k] = e.at
		}
	}
}

// find reads one of the indexes.
func find(m map[string]int32, key string) int32 {
	if at, ok := m[key]; ok && key != "" {
		return at
	}
	return none
}

func (b *book) newAdult(a Adult, key string) *adultEntry {
	a.ID = ids.New[Adult]()
	a.SortKey = adultSortKey(a)
	e := &adultEntry{Adult: &a, ID: a.ID, stage: fresh, key: key, child: none}
	b.indexAdult(e)
	b.buffer.adults = append(b.buffer.adults, e)
	b.held, b.changed = b.held+1, true
	return e
}

func adultSortKey(a Adult) string {
	if a.Forename == "" && a.Surname == "" {
		return SortKey(a.Name, "")
	}
	return SortKey(a.Surname, a.Forename)
}

func (b *book) indexAdult(e *adultEntry) {
	e.at, e.next = int32(len(b.adults)), none
	b.adults = append(b.adults, e)
	if e.LocalID != "" {
		b.adultByLocal[e.LocalID] = e.at
	}
	if e.key != "" && !(b.numbered && e.LocalID != "") {
		if before, there := b.adultByKey[e.key]; there {
			e.next = before
		}
		b.adultByKey[e.key] = e.at
	}
}

// indexMerged lets a file that still names a record that was merged find the one that stayed, as long as the merge is not undone.
func (b *book) indexMerged(list []alias, adultAt map[AdultID]int32) {
	for i := len(list) - 1; i >= 0; i-- { // from the newest back, so that a chain of merges leads to its end
		m := list[i]
		at, here := adultAt[m.Stays]
		if !here {
			continue
		}
		adultAt[m.Gone] = at
		a := b.adults[at]
		for _, key := range []string{m.StaysKey, m.GoneKey} {
			if key != "" && !a.goesBy(key) {
				a.once = append(a.once, key)
				b.mergedKey[key] = append(b.mergedKey[key], at)
			}
		}
		for _, local := range []string{m.StaysLocal, m.GoneLocal} {
			if _, taken := b.adultByLocal[local]; local != "" && !taken {
				b.mergedLocal[local] = at
			}
		}
	}
}

// byNumber finds an adult by the number that a file gives them; merged tells that it is the number of a record that was merged into theirs.
func (b *book) byNumber(id string) (at int32, merged bool) {
	if at = find(b.adultByLocal, id); at >= 0 {
		return at, false
	}
	at = find(b.mergedLocal, id)
	return at, at >= 0
}

// newTie joins an adult and a child.
func (b *book) newTie(p *pupilEntry, a *adultEntry, t Tie) *tieEntry {
	t.ID, t.PupilID, t.AdultID, t.Starts, t.Ends = ids.New[Tie](), p.ID, a.ID, Always, ForGood
	if t.Responsibility == "" {
		t.Responsibility = "unknown"
	}
	e := &tieEntry{Tie: t, pupil: p.at, adult: a.at, stage: fresh}
	b.indexTie(e)
	b.buffer.ties = append(b.buffer.ties, e)
	b.held, b.changed = b.held+1, true
	p.moved, a.moved = true, true
	return e
}

func (b *book) indexTie(e *tieEntry) {
	at := int32(len(b.ties))
	b.ties = append(b.ties, e)
	p := b.pupils[e.pupil]
	p.ties = append(p.ties, at)
	a := b.adults[e.adult]
	a.ties = append(a.ties, at)
	if a.child == none {
		a.child = e.pupil
	}
}

func (b *book) tie(p *pupilEntry, a *adultEntry) *tieEntry {
	for _, at := range p.ties {
		if b.ties[at].adult == a.at {
			return b.ties[at]
		}
	}
	return nil
}

// reach adds a way to reach an adult, and tells whether it is new. Ways are never taken away by a file.
func (b *book) reach(a *adultEntry, email bool, value, folded, note string, at place) bool {
	var have []string
	for _, w := range a.channels {
		if w.email != email {
			continue
		}
		if w.folded == folded {
			return false
		}
		have = append(have, w.folded)
	}
	kind := "phone"
	if email {
		kind = "email"
	}
	if a.stage == before && b.byHand(a.record(), kind, strings.Join(have, ", "), value, at) {
		return false
	}
	a.channels = append(a.channels, way{folded, email})
	b.buffer.channels = append(b.buffer.channels, channelRow{a.ID, kind, value, folded, note, len(have) + 1})
	b.held, b.changed = b.held+1, true
	return true
}

func (a *adultEntry) channelList() []Channel {
	out := make([]Channel, len(a.channels))
	for i, w := range a.channels {
		out[i] = Channel{Kind: "phone", Value: w.folded, Folded: w.folded}
		if w.email {
			out[i].Kind = "email"
		}
	}
	return out
}

func (b *book) newStaff(s Staff) *staffEntry {
	s.ID, s.Ends = ids.New[Staff](), ForGood
	s.SortKey = SortKey(s.Surname, s.Forename)
	e := &staffEntry{Staff: s, stage: fresh}
	b.indexStaff(e)
	b.buffer.staff = append(b.buffer.staff, e)
	b.held, b.changed = b.held+1, true
	return e
}

func (b *book) indexStaff(e *staffEntry) {
	e.at = int32(len(b.staff))
	b.staff = append(b.staff, e)
	if e.LocalID != "" {
		b.staffByLocal[e.LocalID] = e.at
	}
}

func (b *book) newClass(c Class) *classEntry {
	c.ID, c.Ends = ids.New[Class](), ForGood
	e := &classEntry{Class: c, stage: fresh}
	b.indexClass(e)
	b.buffer.classes = append(b.buffer.classes, e)
	b.held, b.changed = b.held+1, true
	return e
}

func (b *book) indexClass(e *classEntry) {
	e.at = int32(len(b.classes))
	b.classes = append(b.classes, e)
	b.classByLocal[e.LocalID] = e.at
	if e.Kind == "form" && e.Ends >= b.today {
		b.formByTitle[formKey(e.Title)] = e.at
	}
}

// formKey compares forms as people write them: 7B and 7b are one.
func formKey(title string) string {
	if f := Fold(title); f != "" {
		return f
	}
	return title
}

func (b *book) newMember(m memberEntry) *memberEntry {
	m.ID, m.stage = ids.New[Member](), fresh
	e := &m
	b.indexMember(e)
	b.buffer.members = append(b.buffer.members, e)
	b.held, b.changed = b.held+1, true
	return e
}

func (b *book) indexMember(e *memberEntry) {
	at := int32(len(b.members))
	b.members = append(b.members, e)
	if e.LocalID != "" {
		b.memberLocal[e.LocalID] = at
	}
	b.memberPair[e.pair()] = at
}

func (m *memberEntry) pair() [2]int64 {
	return [2]int64{int64(m.ClassID), int64(m.PupilID) | int64(m.StaffID)}
}

// stronger is the weightier of two outcomes of one row.
func stronger(a, b sheet.Outcome) sheet.Outcome {
	for _, o := range []sheet.Outcome{sheet.Refused, sheet.Created, sheet.Updated} {
		if a == o || b == o {
			return o
		}
	}
	return sheet.Same
}
