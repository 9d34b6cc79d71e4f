package roll

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ajar/internal/kit/sheet"
)

// parentColumns are the columns of one parent in a pupils sheet, in the order of parentFields.
type parentColumns struct {
	n   int
	any bool
	at  [16]int
}

// parentRow is what a row says about one adult.
type parentRow struct {
	n                      int
	name                   PersonName
	key                    string
	unnamed                bool
	relationship           string
	responsibility         Answer
	emails, phones         []contact
	speaks, reads          string
	interpreter, livesWith Answer
	emergency, letters     Answer
	source                 string
	helps, needs           string
	address, postcode      string
	priority               *int
}

type contact struct{ value, folded, note string }

// The fields of an adult and of a tie that a file can give, for telling which row spoke first.
const (
	saidSpeaks uint16 = 1 << iota
	saidReads
	saidInterpreter
	saidRelationship
	saidResponsibility
	saidPriority
	saidLivesWith
	saidSource
	saidEmergency
	saidLetters
	saidHelps
	saidAddress
)

// personKey is what two mentions of an adult must have in common: the folded forename and surname; with a surname alone the title too, since
// Mr Khan and Mrs Khan are two people.
func personKey(title, forename, surname, name string) string {
	f, s := Fold(forename), Fold(surname)
	switch {
	case f != "" && s != "":
		return f + " " + s
	case s != "":
		return Fold(strings.ReplaceAll(title, "&", "and")) + "|" + s
	case f != "":
		return f + "|"
	}
	if k := Fold(name); k != "" {
		return k + "||"
	}
	return name
}

var mensTitles, womensTitles = []string{"mr", "sir", "lord"}, []string{"mrs", "miss", "ms", "lady", "dame"}

// titlesClash tells whether two titles can't be one person's: Mr and Mrs, or any two different ones when the forename is only an initial.
func titlesClash(a, b, forename string) bool {
	if a == "" || b == "" || a == b {
		return false
	}
	if len(Fold(forename)) <= 1 || strings.Contains(a, "&") || strings.Contains(b, "&") {
		return true
	}
	a, b = Fold(a), Fold(b)
	return slices.Contains(mensTitles, a) && slices.Contains(womensTitles, b) || slices.Contains(womensTitles, a) && slices.Contains(mensTitles, b)
}

// parent reads the cells of one parent. It is false when there is nobody there.
func (p *pupilSheet) parent(c parentColumns, e *pupilEntry, rec sheet.Record, at place) (parentRow, bool) {
	cell := func(i int) string { return trimmed(rec, c.at[i]) }
	warn := func(i int, err error) {
		if err != nil {
			p.run.Warn("%s, column %s: %s. It was left as it was.", at, parentField(c.n, parentFields[i]), strings.TrimSuffix(err.Error(), "."))
		}
	}
	m := parentRow{n: c.n}
	var err error
	if text := cell(1); text != "" {
		m.relationship = tieRelationship(text)
	}
	m.emails = p.emails(cell(3), parentField(c.n, "email"), at)
	m.phones = p.phones(cell(4), parentField(c.n, "phone"), at)
	name := cell(0)
	if name == "" && len(m.emails) == 0 && len(m.phones) == 0 {
		if m.relationship != "" || cell(2) != "" || cell(5) != "" {
			p.once("A parent stands without a name, an e-mail address or a phone, so there is nobody to keep.", at)
		}
		return m, false
	}
	m.responsibility, err = ParseResponsibility(cell(2))
	warn(2, err)
	m.speaks = cell(5)
	m.reads = m.speaks
	if c.at[6] >= 0 {
		m.reads = cell(6)
	}
	m.interpreter, err = ParseAnswer(cell(7))
	warn(7, err)
	m.livesWith, err = ParseAnswer(cell(8))
	warn(8, err)
	m.priority, err = readPriority(cell(9))
	warn(9, err)
	m.source, err = ParseSource(cell(10))
	warn(10, err)
	m.emergency, err = ParseAnswer(cell(11))
	warn(11, err)
	m.letters, err = ParseAnswer(cell(12))
	warn(12, err)
	m.helps, m.needs = ParseHelps(cell(13))
	m.address, m.postcode = cell(14), strings.ToUpper(cell(15))
	if name == "" {
		m.unnamed = true
		m.name = PersonName{Text: unnamedParent(m.relationship, *e.Pupil)}
		m.key = personKey("", "", "", m.name.Text)
		p.once("A parent has no name. They are kept under the child's name until someone fills it in.", at)
		return m, true
	}
	m.name = ReadName(name)
	if m.name.Text == "" {
		m.name.Text = name
	}
	m.key = personKey(m.name.Title, m.name.Forename, m.name.Surname, m.name.Text)
	return m, true
}

// unnamedParent is how an adult without a name is called until somebody knows it.
func unnamedParent(relationship string, p Pupil) string {
	who := "Parent or carer"
	switch relationship {
	case string(RelationMother), string(RelationFather), string(RelationGrandparent), string(RelationGuardian), string(RelationCarer):
		who = strings.ToUpper(relationship[:1]) + relationship[1:]
	}
	return who + " of " + p.Forename + " " + p.Surname
}

// tieRelationship is a relationship as a tie keeps it: one of the short list, or the school's own words.
func tieRelationship(text string) string {
	if r := ParseRelationship(text); r != RelationOther {
		return string(r)
	}
	return text
}

func readPriority(text string) (*int, error) {
	if text == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(strings.TrimSuffix(text, ".0"))
	if err != nil || n < 1 || n > 99 {
		return nil, fmt.Errorf("%s is not a contact priority. Use 1 for the first to be called, 2 for the next", shown(text))
	}
	return &n, nil
}

// emails reads one or several addresses out of a cell. What is no address is named in a warning.
func (b *book) emails(cell, column string, at place) []contact {
	var out []contact
	for _, v := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(";,| \t\n\r", r) }) {
		v = strings.Trim(v, "<>\"'()")
		before, after, ok := strings.Cut(v, "@")
		if v == "" {
			continue
		}
		if !ok || before == "" || strings.Contains(after, "@") || !strings.Contains(strings.Trim(after, "."), ".") || len(v) > 254 {
			b.run.Warn("%s, column %s: %s is not an e-mail address. It was left out.", at, column, shown(v))
			continue
		}
		out = append(out, contact{value: v, folded: FoldChannel("email", v)})
	}
	return out
}

// phones reads one or several numbers out of a cell.
func (b *book) phones(cell, column string, at place) []contact {
	var out []contact
	for _, ph := range SplitPhones(cell) {
		if n := countFigures(ph.Normal); n < 6 || n > 15 {
			b.run.Warn("%s, column %s: %s can't be a phone number. It was left out. %s", at, column, shown(ph.Text), ph.Note)
			continue
		}
		if ph.Note != "" {
			b.once("A phone number was read with this remark: "+ph.Note, at)
		}
		out = append(out, contact{value: ph.Text, folded: ph.Normal, note: ph.Label})
	}
	return out
}

// family brings the adults of a row and their ties into the book, and tells whether any of it is new.
func (p *pupilSheet) family(e *pupilEntry, rec sheet.Record, at place) (bool, error) {
	news := false
	for _, c := range p.parents {
		m, there := p.parent(c, e, rec, at)
		if !there {
			continue
		}
		a, created := p.adultOf(e, m, at)
		adultNews, err := p.tellAdult(a, m, created, at)
		if err != nil {
			return news, err
		}
		tieNews, err := p.tellTie(e, a, m, at)
		if err != nil {
			return news, err
		}
		a.lastSeen = int32(at.row)
		news = news || created || adultNews || tieNews
	}
	return news, nil
}

// adultOf finds the adult whom a row means, or makes one. The adults already tied to this child are asked first, by name. Beyond them only
// somebody with the same name and also the same phone or e-mail address is taken to be the same person, with a remark, and not even that where an
// order binds them: then a person decides. A name alone, a phone alone or an address alone never joins two records.
func (p *pupilSheet) adultOf(e *pupilEntry, m parentRow, at place) (a *adultEntry, created bool) {
	if a := p.tied(e, m, at); a != nil {
		return a, false
	}
	if m.name.Couple {
		p.run.Warn("%s: %s", at, m.name.Warning)
	}
	if a := p.elsewhere(m.key, m.name, m.emails, m.phones, at); a != nil {
		p.run.Warn("%s: %s was taken as the same adult as under %s, with the same name and the same phone or e-mail address.", at, shown(m.name.Text), p.nameOf(a.child))
		return a, false
	}
	return p.newAdult(Adult{Title: m.name.Title, Forename: m.name.Forename, Surname: m.name.Surname, Name: m.name.Text}, m.key), true
}

// tied looks among the adults of this child. Of two with one name the one that shares a phone or address is meant, or else the one that this
// row has not named yet. An adult whose name was changed by hand is still the one of the file: with the same phone or address, or else the same
// relationship.
func (p *pupilSheet) tied(e *pupilEntry, m parentRow, at place) *adultEntry {
	var named, renamed *adultEntry
	for _, i := range e.ties {
		t := p.ties[i]
		a := p.adults[t.adult]
		shares := a.shares(m.emails, m.phones)
		if m.unnamed && shares && a.lastSeen != int32(at.row) {
			return a
		}
		if !a.goesBy(m.key) || titlesClash(a.Title, m.name.Title, m.name.Forename) {
			if p.namedByHand(a) && a.lastSeen != int32(at.row) && (shares || m.relationship != "" && m.relationship == t.Relationship) {
				renamed = a
			}
			continue
		}
		if shares {
			return a
		}
		again := a.lastSeen == int32(at.row)
		if again && (m.relationship != "" && m.relationship != t.Relationship || len(m.emails)+len(m.phones) > 0) {
			continue // the same row names two people of one name
		}
		if named == nil {
			named = a
		}
	}
	if named == nil && renamed != nil {
		p.disagree(renamed.record(), "name", renamed.Name, m.name.Text, "it was set by hand", at)
		return renamed
	}
	return named
}

func (b *book) namedByHand(a *adultEntry) bool {
	for _, f := range []string{"name", "forename", "surname", "title"} {
		if b.hands[hand{"adult", int64(a.ID), f}] {
			return true
		}
	}
	return false
}

// shares tells whether an adult has one of these phones or addresses.
func (a *adultEntry) shares(emails, phones []contact) bool {
	for _, w := range a.channels {
		list := phones
		if w.email {
			list = emails
		}
		for _, c := range list {
			if c.folded == w.folded {
				return true
			}
		}
	}
	return false
}

func (b *book) elsewhere(key string, name PersonName, emails, phones []contact, at place) *adultEntry {
	if name.Couple || len(emails)+len(phones) == 0 {
		return nil
	}
	var best *adultEntry
	list := slices.Clone(b.mergedKey[key])
	for i := find(b.adultByKey, key); i >= 0; i = b.adults[i].next {
		list = append(list, i)
	}
	for _, i := range list {
		a := b.adults[i]
		if titlesClash(a.Title, name.Title, name.Forename) || !a.shares(emails, phones) {
			continue
		}
		if b.guarded[i] {
			b.run.Warn("%s: %s may be the same adult as under %s, but an order is in force there, so they were kept apart. Someone must decide.", at, shown(name.Text), b.nameOf(a.child))
			return nil
		}
		best = a // the list runs from the newest; the oldest is kept
	}
	return best
}

// tellAdult brings what the row says about the adult into the book. Names are only set when an adult is made: those who are found have the
// same name but for its writing.
func (p *pupilSheet) tellAdult(a *adultEntry, m parentRow, created bool, at place) (bool, error) {
	r := a.record()
	news := false
	text := func(bit uint16, field string, to *string, v string) error {
		if v == "" {
			return nil
		}
		if a.said&bit != 0 {
			if !strings.EqualFold(v, *to) {
				p.run.Warn("%s: the file gives %s for what %s %s, and %s in another row. The first was taken.", at, shown(v), a.Name, field, shown(*to))
			}
			return nil
		}
		a.said |= bit
		did, err := p.setText(r, field, to, v, at)
		news = news || did
		return err
	}
	if err := text(saidSpeaks, "speaks", &a.Speaks, m.speaks); err != nil {
		return news, err
	}
	if err := text(saidReads, "reads", &a.Reads, m.reads); err != nil {
		return news, err
	}
	if m.interpreter.Known() && a.said&saidInterpreter == 0 {
		a.said |= saidInterpreter
		did, err := p.setAnswer(r, "interpreter", &a.Interpreter, m.interpreter, at)
		if err != nil {
			return news, err
		}
		news = news || did
	}
	if err := text(saidHelps, "helps", &a.Helps, m.helps); err != nil {
		return news, err
	}
	if a.Needs == "" {
		did, err := p.setText(r, "needs", &a.Needs, m.needs, at)
		if err != nil {
			return news, err
		}
		news = news || did
	}
	moved, err := p.tellAddress(a, m, at)
	if err != nil {
		return news, err
	}
	ways, err := p.reachBy(a, m.emails, m.phones, at)
	if err != nil {
		return news, err
	}
	news = news || ways || moved
	switch {
	case created:
		p.run.Count("adults", sheet.Created)
	case news:
		p.run.Count("adults", sheet.Updated)
	default:
		p.run.Count("adults", sheet.Same)
	}
	return news, nil
}

// tellAddress brings an adult's own address in, which is also what they are found by.
func (p *pupilSheet) tellAddress(a *adultEntry, m parentRow, at place) (bool, error) {
	if m.address == "" && m.postcode == "" {
		return false, nil
	}
	if a.said&saidAddress != 0 {
		if m.address != "" && !strings.EqualFold(m.address, a.Address) {
			p.run.Warn("%s: the file gives two addresses for %s. The first was taken.", at, a.Name)
		}
		return false, nil
	}
	a.said |= saidAddress
	one, err := p.setText(a.record(), "address", &a.Address, m.address, at)
	if err != nil {
		return one, err
	}
	two, err := p.setText(a.record(), "postcode", &a.Postcode, m.postcode, at)
	if err != nil || !one && !two {
		return two, err
	}
	return true, p.resortAdult(a)
}

// reachBy adds the ways to reach an adult that are new.
func (b *book) reachBy(a *adultEntry, emails, phones []contact, at place) (bool, error) {
	news := false
	for _, c := range emails {
		news = b.reach(a, true, c.value, c.folded, c.note, at) || news
	}
	for _, c := range phones {
		news = b.reach(a, false, c.value, c.folded, c.note, at) || news
	}
	if !news {
		return false, nil
	}
	return true, b.resortAdult(a)
}

// tellTie brings the tie into the book. It never widens what the adult may see: no order is touched, no tie that has ended is opened, and
// responsibility is taken from the file's own column only, and never where Ajar holds less.
func (p *pupilSheet) tellTie(e *pupilEntry, a *adultEntry, m parentRow, at place) (bool, error) {
	t := p.tie(e, a)
	if t == nil {
		made := Tie{Relationship: m.relationship, Responsibility: string(m.responsibility), Priority: m.priority}
		if m.livesWith.Known() {
			yes := m.livesWith == Yes
			made.LivesWith = &yes
		}
		if m.responsibility.Known() {
			made.Source = m.source
		}
		made.Emergency, made.Letters = answerBool(m.emergency), answerBool(m.letters)
		t = p.newTie(e, a, made)
		t.said = saidOf(m)
		p.run.Count("ties", sheet.Created)
		return true, nil
	}
	if t.Ends < p.today {
		p.run.Warn("%s: the tie between %s and %s ended on %s and stays ended. Open it by hand if it holds again.", at, a.Name, e.Name(), t.Ends)
		p.run.Count("ties", sheet.Same)
		return false, nil
	}
	news, err := p.mendTie(t, e, a, m, at)
	if err != nil {
		return news, err
	}
	t.said |= saidOf(m)
	if news {
		p.run.Count("ties", sheet.Updated)
	} else {
		p.run.Count("ties", sheet.Same)
	}
	return news, nil
}

func saidOf(m parentRow) (said uint16) {
	for bit, is := range map[uint16]bool{saidRelationship: m.relationship != "", saidResponsibility: m.responsibility.Known(), saidPriority: m.priority != nil, saidLivesWith: m.livesWith.Known(),
		saidSource: m.source != "", saidEmergency: m.emergency.Known(), saidLetters: m.letters.Known()} {
		if is {
			said |= bit
		}
	}
	return said
}

func (p *pupilSheet) mendTie(t *tieEntry, e *pupilEntry, a *adultEntry, m parentRow, at place) (news bool, err error) {
	r := t.record()
	first := func(bit uint16, field string, differs bool) bool {
		if t.said&bit == 0 {
			return true
		}
		if differs {
			p.run.Warn("%s: the file gives two answers for the %s of %s and %s. The first was taken.", at, plainField(field), a.Name, e.Name())
		}
		return false
	}
	if m.relationship != "" && first(saidRelationship, "relationship", m.relationship != t.Relationship) {
		did, err := p.setText(r, "relationship", &t.Relationship, m.relationship, at)
		if err != nil {
			return news, err
		}
		news = news || did
	}
	if m.responsibility.Known() && first(saidResponsibility, "responsibility", string(m.responsibility) != t.Responsibility) {
		did, err := p.setResponsibility(t, m.responsibility, at)
		if err != nil {
			return news, err
		}
		news = news || did
	}
	// A source goes with the answer it explains: where Ajar keeps another answer than the file's, the file's source would explain the wrong one.
	if m.source != "" && t.Responsibility == string(m.responsibility) && first(saidSource, "source", m.source != t.Source) {
		did, err := p.setText(r, "source", &t.Source, m.source, at)
		if err != nil {
			return news, err
		}
		news = news || did
	}
	for _, x := range []struct {
		bit   uint16
		field string
		to    **bool
		v     Answer
	}{{saidEmergency, "emergency", &t.Emergency, m.emergency}, {saidLetters, "letters", &t.Letters, m.letters}} {
		if !x.v.Known() || !first(x.bit, x.field, string(x.v) != answerText(*x.to)) {
			continue
		}
		did, err := p.setAnswer(r, x.field, x.to, x.v, at)
		if err != nil {
			return news, err
		}
		news = news || did
	}
	if m.livesWith.Known() && first(saidLivesWith, "lives_with", string(m.livesWith) != answerText(t.LivesWith)) {
		did, err := p.setAnswer(r, "lives_with", &t.LivesWith, m.livesWith, at)
		if err != nil {
			return news, err
		}
		news = news || did
	}
	if m.priority != nil && first(saidPriority, "priority", t.Priority == nil || *m.priority != *t.Priority) && (t.Priority == nil || *t.Priority != *m.priority) {
		ours := ""
		if t.Priority != nil {
			ours = strconv.Itoa(*t.Priority)
		}
		if t.stage == before && p.byHand(r, "priority", ours, strconv.Itoa(*m.priority), at) {
			return news, nil
		}
		old := numberOrNull(t.Priority)
		t.Priority = m.priority
		return true, p.put(r, "priority", old, numberOrNull(m.priority))
	}
	return news, nil
}

// setResponsibility takes the file's word where it says less or where nothing was known; a file that says more than Ajar holds is listed.
func (b *book) setResponsibility(t *tieEntry, v Answer, at place) (bool, error) {
	if string(v) == t.Responsibility {
		return false, nil
	}
	if v == Yes && t.Responsibility == string(No) {
		b.disagree(t.record(), "responsibility", t.Responsibility, string(v), "an import never gives an adult more than Ajar holds", at)
		return false, nil
	}
	if v == Yes && b.ordered[t.ID] {
		b.disagree(t.record(), "responsibility", t.Responsibility, string(v), "an order is in force", at)
		return false, nil
	}
	return b.setText(t.record(), "responsibility", &t.Responsibility, string(v), at)
}
