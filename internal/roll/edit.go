package roll

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

// Values are what a form holds, by column: the words as typed, dates in any English form, yes, no or nothing for what may be unknown.
type Values map[string]string

// PupilFields are the columns of a pupil that a person may set, in the order of the form. AdultFields, TieFields and StaffFields likewise.
var (
	PupilFields = []string{"forename", "surname", "known_as", "date_of_birth", "sex", "year", "upn", "first_language", "eal", "sen", "fsm", "pupil_premium",
		"looked_after", "young_carer", "address", "postcode", "ends"}
	AdultFields = []string{"title", "forename", "surname", "speaks", "reads", "interpreter", "helps", "needs", "address", "postcode"}
	TieFields   = []string{"relationship", "responsibility", "source", "source_seen", "priority", "emergency", "lives_with", "stays", "stays_words", "letters", "ends"}
	StaffFields = []string{"forename", "surname", "email", "ends"}
)

var fieldWords = map[string]string{
	"forename": "Forename", "surname": "Surname", "known_as": "Known as", "date_of_birth": "Date of birth", "sex": "Sex", "year": "Year group",
	"upn": "Unique pupil number", "first_language": "Child's first language", "eal": "Has English as an additional language", "sen": "Special educational needs",
	"fsm": "Free school meals", "pupil_premium": "Pupil premium", "looked_after": "Looked after", "young_carer": "Young carer", "address": "Address",
	"postcode": "Postcode", "ends": "Last day", "title": "Title", "name": "Name", "speaks": "Speaks", "reads": "Reads", "interpreter": "Needs an interpreter",
	"needs": "Anything else that helps", "relationship": "Relationship", "responsibility": "Parental responsibility", "priority": "Order of contact",
	"lives_with": "Child lives with them", "source": "Where we know that from", "source_seen": "Papers seen on", "emergency": "Call in an emergency",
	"stays": "Days with them", "stays_words": "Days with them, in words", "letters": "Gets letters", "helps": "What helps them take part", "email": "E-mail", "phone": "Phone", "local_id": "School's own number",
}

// FieldWords says a column as pages do.
func FieldWords(field string) string {
	if w, ok := fieldWords[field]; ok {
		return w
	}
	return strings.ReplaceAll(field, "_", " ")
}

// Languages are offered where somebody's language is asked. Any other may be typed: the list only saves typing.
var Languages = []string{"Albanian", "Amharic", "Arabic", "Bengali", "British Sign Language", "Bulgarian", "Cantonese", "Czech", "Dari", "English", "Farsi", "French",
	"German", "Greek", "Gujarati", "Hausa", "Hindi", "Hungarian", "Igbo", "Italian", "Kurdish", "Latvian", "Lithuanian", "Malayalam", "Mandarin", "Nepali", "Pashto",
	"Polish", "Portuguese", "Punjabi", "Romani", "Romanian", "Russian", "Shona", "Slovak", "Somali", "Spanish", "Swahili", "Sylheti", "Tagalog", "Tamil", "Telugu",
	"Tigrinya", "Turkish", "Twi", "Ukrainian", "Urdu", "Vietnamese", "Welsh", "Yoruba"}

// longest bounds what a form may hold in one field.
const longest = 300

func answerText(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}

func answerBool(a Answer) *bool {
	if !a.Known() {
		return nil
	}
	b := a == Yes
	return &b
}

func endText(day string) string {
	if day == ForGood || day == Always {
		return ""
	}
	return day
}

// formReader collects what is wrong with a form while its values are read.
type formReader struct {
	v      Values
	faults fault.Fields
}

func (r *formReader) text(name string) string {
	t := strings.TrimSpace(strings.ToValidUTF8(r.v[name], ""))
	t = strings.Map(func(c rune) rune {
		if c == 0 {
			return -1
		}
		return c
	}, t)
	if n := len([]rune(t)); n > longest {
		r.faults.Add(name, "%s is too long: it has %d characters and there is room for %d.", FieldWords(name), n, longest)
		return ""
	}
	return t
}

func (r *formReader) line(name string) string { return strings.Join(strings.Fields(r.text(name)), " ") }

func (r *formReader) answer(name string) *bool {
	a, err := ParseAnswer(r.v[name])
	if err != nil {
		r.faults.Add(name, "%s: choose yes, no or not known.", FieldWords(name))
	}
	return answerBool(a)
}

func (r *formReader) date(name string) string {
	d, err := ParseDate(r.v[name], DateStyle{})
	if err != nil {
		r.faults.Add(name, "%s: write the date as day, month and year, like 27 3 2026.", FieldWords(name))
	}
	return d.ISO
}

// end reads a last day; nothing means that it goes on.
func (r *formReader) end(name string) string { return cmp.Or(r.date(name), ForGood) }

// PupilValues is the form of a pupil as it stands now.
func PupilValues(p Pupil) Values {
	return Values{"forename": p.Forename, "surname": p.Surname, "known_as": p.KnownAs, "date_of_birth": p.DateOfBirth, "sex": p.Sex, "year": p.Year, "upn": p.UPN,
		"first_language": p.FirstLanguage, "eal": answerText(p.Eal), "sen": p.Sen, "fsm": answerText(p.Fsm), "pupil_premium": answerText(p.PupilPremium),
		"looked_after": answerText(p.LookedAfter), "young_carer": answerText(p.YoungCarer), "address": p.Address, "postcode": p.Postcode, "ends": endText(p.Ends)}
}

// readPupil reads a form about a pupil who was p. A wrong UPN is kept, with a warning on the record: it never costs a pupil.
func readPupil(p Pupil, v Values, today string) (Pupil, error) {
	r := &formReader{v: v}
	p.Forename, p.Surname, p.KnownAs = r.line("forename"), r.line("surname"), r.line("known_as")
	if p.Forename == "" && p.Surname == "" {
		r.faults.Add("forename", "Write the child's forename or surname. One of them is needed.")
	}
	p.DateOfBirth = r.date("date_of_birth")
	if p.DateOfBirth > today {
		r.faults.Add("date_of_birth", "The date of birth is in the future. Check the year.")
	}
	if age, ok := AgeOn(p.DateOfBirth, today); ok && age > 25 {
		r.faults.Add("date_of_birth", "With this date of birth the child would be %d. Check the year.", age)
	}
	sex, err := ParseSex(v["sex"])
	if err != nil {
		r.faults.Add("sex", "Sex: choose one of the answers, or leave it as not known.")
	}
	year, err := ParseYearGroup(v["year"])
	if err != nil {
		r.faults.Add("year", "%s", err.Error())
	}
	sen, err := ParseSEN(v["sen"])
	if err != nil {
		r.faults.Add("sen", "%s.", strings.TrimSuffix(err.Error(), "."))
	}
	p.Sex, p.Year, p.Sen = string(sex), string(year), string(sen)
	if u := ParseUPN(r.line("upn")); u.Placeholder {
		p.UPN = ""
	} else {
		if len(u.Normal) > 40 {
			r.faults.Add("upn", "A unique pupil number has 13 characters; this has %d.", len([]rune(u.Normal)))
		}
		p.UPN = u.Normal
	}
	p.FirstLanguage, p.Address, p.Postcode = r.line("first_language"), r.text("address"), strings.ToUpper(r.line("postcode"))
	p.Eal, p.Fsm, p.PupilPremium, p.LookedAfter, p.YoungCarer = r.answer("eal"), r.answer("fsm"), r.answer("pupil_premium"), r.answer("looked_after"), r.answer("young_carer")
	p.Ends = r.end("ends")
	if p.Ends < p.Starts {
		r.faults.Add("ends", "The last day is before the first day on the roll, %s.", p.Starts)
	}
	p.SortKey = SortKey(p.Surname, p.Forename)
	return p, r.faults.Err()
}

// AdultValues is the form of an adult as it stands now.
func AdultValues(a Adult) Values {
	v := Values{"title": a.Title, "forename": a.Forename, "surname": a.Surname, "speaks": a.Speaks, "reads": a.Reads, "interpreter": answerText(a.Interpreter),
		"helps": a.Helps, "needs": a.Needs, "address": a.Address, "postcode": a.Postcode}
	if a.Forename == "" && a.Surname == "" {
		n := ReadName(a.Name)
		v["title"], v["forename"], v["surname"] = cmp.Or(a.Title, n.Title), n.Forename, n.Surname
	}
	return v
}

func readAdult(a Adult, v Values) (Adult, error) {
	r := &formReader{v: v}
	before := AdultValues(a)
	a.Title, a.Forename, a.Surname = r.line("title"), r.line("forename"), r.line("surname")
	if a.Forename == "" && a.Surname == "" {
		r.faults.Add("surname", "Write the adult's forename or surname. One of them is needed.")
	}
	// A name that nobody touched stays as it came, "Mr & Mrs Khan" included.
	if a.Name == "" || a.Title != before["title"] || a.Forename != before["forename"] || a.Surname != before["surname"] {
		a.Name = strings.TrimSpace(a.Forename + " " + a.Surname)
		if a.Forename == "" && a.Title != "" {
			a.Name = a.Title + " " + a.Surname
		}
	}
	a.Speaks, a.Reads, a.Interpreter, a.Needs = r.line("speaks"), r.line("reads"), r.answer("interpreter"), r.text("needs")
	keys, rest := ParseHelps(v["helps"])
	if rest != "" {
		r.faults.Add("helps", "Choose from the list what helps, and write anything else into the field below it.")
	}
	a.Helps = keys
	a.Address, a.Postcode = r.text("address"), strings.ToUpper(r.line("postcode"))
	a.SortKey = SortKey(a.Surname, a.Forename)
	return a, r.faults.Err()
}

// TieValues is the form of a tie as it stands now.
func TieValues(t Tie) Values {
	v := Values{"relationship": t.Relationship, "responsibility": t.Responsibility, "source": t.Source, "source_seen": t.SourceSeen, "priority": "",
		"emergency": answerText(t.Emergency), "lives_with": answerText(t.LivesWith), "stays": t.Stays, "stays_words": t.StaysWords, "letters": answerText(t.Letters), "ends": endText(t.Ends)}
	if t.Priority != nil {
		v["priority"] = strconv.Itoa(*t.Priority)
	}
	return v
}

// readSource reads where the answer about parental responsibility comes from. A source belongs to an answer: without one it would say nothing.
func readSource(t *Tie, r *formReader, today string) {
	source, err := ParseSource(r.line("source"))
	if err != nil {
		r.faults.Add("source", "Choose where it comes from, or leave it open.")
	}
	t.Source, t.SourceSeen = source, r.date("source_seen")
	if t.Source != "" && t.Responsibility == "unknown" {
		r.faults.Add("responsibility", "You chose where it comes from. Choose yes or no here too, or leave the source open.")
	}
	if t.SourceSeen != "" && (t.Source == "" || t.Source == "told") {
		r.faults.Add("source", "Papers were seen on a day. Choose which papers.")
	}
	if t.SourceSeen > today {
		r.faults.Add("source_seen", "This day is still to come. Write the day on which somebody saw the papers.")
	}
}

// readHomes reads with whom the child is on which days. Days say that the child lives there.
func readHomes(t *Tie, r *formReader) {
	stays, err := readStays(r.v["stays"])
	if err != nil {
		r.faults.Add("stays", "Choose days of the week.")
	}
	t.Stays, t.StaysWords = stays, r.line("stays_words")
	if t.Stays == "" && t.StaysWords == "" {
		return
	}
	yes := true
	switch {
	case t.LivesWith == nil:
		t.LivesWith = &yes
	case !*t.LivesWith:
		r.faults.Add("lives_with", "You said on which days the child is with them. Choose yes, or take the days away.")
	}
}

func readTie(t Tie, v Values, today string) (Tie, error) {
	r := &formReader{v: v}
	t.Relationship = r.line("relationship")
	pr, err := ParseResponsibility(v["responsibility"])
	if err != nil {
		r.faults.Add("responsibility", "Choose whether this adult has parental responsibility, or that it is not known.")
	}
	if t.Responsibility = string(pr); !pr.Known() {
		t.Responsibility = "unknown"
	}
	readSource(&t, r, today)
	t.Priority = nil
	if text := r.line("priority"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 99 {
			r.faults.Add("priority", "The order of contact is a number from 1, where 1 is called first. Leave it empty if it is not known.")
		}
		t.Priority = &n
	}
	t.Emergency, t.LivesWith, t.Letters = r.answer("emergency"), r.answer("lives_with"), r.answer("letters")
	readHomes(&t, r)
	t.Ends = r.end("ends")
	if t.Ends < t.Starts {
		r.faults.Add("ends", "The last day is before the day on which this tie began, %s.", t.Starts)
	}
	return t, r.faults.Err()
}

// handValue is a column with what it holds, as it is stored.
type handValue struct {
	name  string
	value any
}

func pointed[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

func pupilColumnValues(p Pupil) []handValue {
	return []handValue{{"forename", p.Forename}, {"surname", p.Surname}, {"known_as", p.KnownAs}, {"date_of_birth", p.DateOfBirth}, {"sex", p.Sex}, {"year", p.Year},
		{"upn", p.UPN}, {"first_language", p.FirstLanguage}, {"eal", pointed(p.Eal)}, {"sen", p.Sen}, {"fsm", pointed(p.Fsm)}, {"pupil_premium", pointed(p.PupilPremium)},
		{"looked_after", pointed(p.LookedAfter)}, {"young_carer", pointed(p.YoungCarer)}, {"address", p.Address}, {"postcode", p.Postcode}, {"ends", p.Ends}}
}

func adultColumnValues(a Adult) []handValue {
	return []handValue{{"title", a.Title}, {"forename", a.Forename}, {"surname", a.Surname}, {"name", a.Name}, {"speaks", a.Speaks}, {"reads", a.Reads},
		{"interpreter", pointed(a.Interpreter)}, {"helps", a.Helps}, {"needs", a.Needs}, {"address", a.Address}, {"postcode", a.Postcode}}
}

func tieColumnValues(t Tie) []handValue {
	return []handValue{{"relationship", t.Relationship}, {"responsibility", t.Responsibility}, {"source", t.Source}, {"source_seen", t.SourceSeen}, {"priority", pointed(t.Priority)},
		{"emergency", pointed(t.Emergency)}, {"lives_with", pointed(t.LivesWith)}, {"stays", t.Stays}, {"stays_words", t.StaysWords}, {"letters", pointed(t.Letters)}, {"ends", t.Ends}}
}

func staffColumnValues(s Staff) []handValue {
	return []handValue{{"forename", s.Forename}, {"surname", s.Surname}, {"name", s.Name}, {"email", s.Email}, {"ends", s.Ends}}
}

func changedValues(was, is []handValue) (out []handValue) {
	for i := range is {
		if was[i].value != is[i].value {
			out = append(out, is[i])
		}
	}
	return out
}

// seenMark is a short mark of what a form showed, so that a save can tell whether somebody else changed the record meanwhile.
func seenMark(list []handValue, more ...string) string {
	h := fnv.New64a()
	for _, x := range list {
		fmt.Fprintf(h, "%s=%v\x00", x.name, x.value)
	}
	for _, m := range more {
		fmt.Fprintf(h, "%s\x00", m)
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// Seen is the mark of a pupil, adult or tie that its form carries along.
func (p Pupil) Seen() string { return seenMark(pupilColumnValues(p)) }

// Seen is the mark that the form of an adult carries along; the ways to reach them are part of it.
func (a Adult) Seen() string {
	var more []string
	for _, c := range a.Channels {
		more = append(more, c.Kind+c.Value+c.Note)
	}
	return seenMark(adultColumnValues(a), more...)
}

// Seen is the mark that the form of a tie carries along.
func (t Tie) Seen() string { return seenMark(tieColumnValues(t)) }

// Seen is the mark that the form of a member of staff carries along.
func (s Staff) Seen() string { return seenMark(staffColumnValues(s)) }

// sameSeen refuses a save over what somebody else wrote meanwhile. An empty mark comes from no form and asks for no comparison.
func sameSeen(seen, now string) error {
	if seen == "" || seen == now {
		return nil
	}
	return fault.Field("", "Someone else changed this while you had it open. What you typed is still here: compare it with the record as it is now, then save again.")
}

// EditPupil keeps what a person changed about a pupil. The changed fields then belong to the hand: imports leave them alone.
func (s *Service) EditPupil(ctx context.Context, p access.Pass, id PupilID, v Values, seen string) (changed int, err error) {
	if _, err := p.CheckNamed(Edit); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		was, err := Enter(tx, Edit, id)
		if err != nil {
			return err
		}
		if err := sameSeen(seen, was.Seen()); err != nil {
			return err
		}
		changed, err = s.keepPupil(tx, was, v)
		return err
	})
	return changed, err
}

func (s *Service) keepPupil(tx *db.Tx, was Pupil, v Values) (int, error) {
	is, err := readPupil(was, v, tx.Today())
	if err != nil {
		return 0, err
	}
	set := changedValues(pupilColumnValues(was), pupilColumnValues(is))
	if len(set) == 0 {
		return 0, nil
	}
	if err := setByHand(tx, "roll_pupil", "pupil", int64(was.ID), set); err != nil {
		return 0, err
	}
	accepted := was.UPNAccepted && was.UPN == is.UPN
	if err := derivePupil(tx, is, accepted); err != nil {
		return 0, err
	}
	return len(set), s.Changed.Publish(tx, Changed{Why: "a pupil was changed by hand"})
}

// KeepUPN accepts a number that is shaped like none or has the wrong check letter, after a person has looked at it.
func (s *Service) KeepUPN(ctx context.Context, p access.Pass, id PupilID) error {
	if _, err := p.CheckNamed(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		was, err := Enter(tx, Edit, id)
		if err != nil {
			return err
		}
		if was.UPN == "" {
			return fault.New(fault.Invalid, "There is no number to keep.")
		}
		if err := setByHand(tx, "roll_pupil", "pupil", int64(id), []handValue{{"upn", was.UPN}}); err != nil {
			return err
		}
		return derivePupil(tx, was, true)
	})
}

// Ways are the phones and e-mail addresses of a form, in the order in which they should be tried.
type Ways []Channel

func readWays(ways Ways, faults *fault.Fields) (out Ways) {
	place := map[string]int{}
	seen := map[string]bool{}
	for i, w := range ways {
		w.Value, w.Note = strings.TrimSpace(w.Value), strings.TrimSpace(w.Note)
		if w.Value == "" {
			continue
		}
		name := fmt.Sprintf("way_%d", i)
		if len([]rune(w.Value)) > longest || len([]rune(w.Note)) > longest {
			faults.Add(name, "This is too long: there is room for %d characters.", longest)
			continue
		}
		w.Folded = FoldChannel(w.Kind, w.Value)
		switch w.Kind {
		case "phone":
			if countFigures(w.Value) < 6 {
				faults.Add(name, "%s is not a whole phone number.", shown(w.Value))
			}
		case "email":
			if at := strings.IndexByte(w.Value, '@'); at < 1 || at == len(w.Value)-1 || strings.ContainsAny(w.Value, " \t\n,;") {
				faults.Add(name, "%s is not an e-mail address. It should look like name@example.org.", shown(w.Value))
			}
		default:
			faults.Add(name, "Choose phone or e-mail.")
		}
		if seen[w.Kind+w.Folded] {
			continue
		}
		seen[w.Kind+w.Folded] = true
		place[w.Kind]++
		w.Place = place[w.Kind]
		out = append(out, w)
	}
	return out
}

func waysOf(kind string, list []Channel) (out []Channel) {
	for _, c := range list {
		if c.Kind == kind {
			out = append(out, c)
		}
	}
	return out
}

func sameWays(a, b []Channel) bool {
	return slices.EqualFunc(a, b, func(x, y Channel) bool { return x.Value == y.Value && x.Note == y.Note })
}

// EditAdult keeps what a person changed about an adult tied to a pupil, with the ways to reach them.
func (s *Service) EditAdult(ctx context.Context, p access.Pass, pupil PupilID, adult AdultID, v Values, ways Ways, seen string) error {
	if _, err := p.CheckNamed(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		r, err := enterRelation(tx, Edit, pupil, func(r Relation) bool { return r.Adult.ID == adult })
		if err != nil {
			return err
		}
		if err := sameSeen(seen, r.Adult.Seen()); err != nil {
			return err
		}
		return s.keepAdult(tx, r.Adult, v, ways)
	})
}

func (s *Service) keepAdult(tx *db.Tx, was Adult, v Values, ways Ways) error {
	is, err := readAdult(was, v)
	faults := fault.AsFields(err)
	is.Channels = readWays(ways, &faults)
	if err := faults.Err(); err != nil {
		return err
	}
	set := changedValues(adultColumnValues(was), adultColumnValues(is))
	for _, kind := range []string{"phone", "email"} {
		old, now := waysOf(kind, was.Channels), waysOf(kind, is.Channels)
		if sameWays(old, now) {
			continue
		}
		if err := replaceWays(tx, was.ID, old, now); err != nil {
			return err
		}
		if err := markHand(tx, "adult", int64(was.ID), kind); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if err := setByHand(tx, "roll_adult", "adult", int64(was.ID), set); err != nil {
			return err
		}
	}
	return deriveAdult(tx, is)
}

// EditTie keeps what a person changed about one adult and one child.
func (s *Service) EditTie(ctx context.Context, p access.Pass, pupil PupilID, tie TieID, v Values, seen string) error {
	if _, err := p.CheckNamed(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		r, err := enterRelation(tx, Edit, pupil, func(r Relation) bool { return r.Tie.ID == tie })
		if err != nil {
			return err
		}
		if err := sameSeen(seen, r.Tie.Seen()); err != nil {
			return err
		}
		return s.keepTie(tx, r.Tie, v)
	})
}

func (s *Service) keepTie(tx *db.Tx, was Tie, v Values) error {
	is, err := readTie(was, v, tx.Today())
	if err != nil {
		return err
	}
	set := changedValues(tieColumnValues(was), tieColumnValues(is))
	if len(set) == 0 {
		return nil
	}
	return setByHand(tx, "roll_tie", "tie", int64(was.ID), set)
}

// enterRelation opens a pupil and finds one of the ties; a tie of another child is simply not there.
func enterRelation(tx *db.Tx, right access.Right, pupil PupilID, want func(Relation) bool) (Relation, error) {
	if _, err := Enter(tx, right, pupil); err != nil {
		return Relation{}, err
	}
	rels, err := Relations(tx, pupil)
	if err != nil {
		return Relation{}, err
	}
	for _, r := range rels {
		if want(r) {
			return r, nil
		}
	}
	return Relation{}, fault.Gone("adult")
}

// Likeness is an adult who may be the one that somebody is about to add again, and why.
type Likeness struct {
	AdultHit
	SameName, SameWay bool
	TiedAlready       bool
}

// Words says why the adult is offered.
func (l Likeness) Words() string {
	switch {
	case l.SameName && l.SameWay:
		return "The same name and the same phone or e-mail"
	case l.SameName:
		return "The same name"
	}
	return "The same phone or e-mail; this may be another person, since people share phones"
}

// AdultsLike looks for adults who are in Ajar already, by name or by a way to reach them: search before create.
func (s *Service) AdultsLike(ctx context.Context, p access.Pass, pupil PupilID, v Values, ways Ways) (out []Likeness, err error) {
	if _, err := p.CheckNamed(Edit); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if _, err := Enter(tx, Edit, pupil); err != nil {
			return err
		}
		out, err = adultsLike(tx, pupil, v, ways)
		return err
	})
	return out, err
}

func adultsLike(tx *db.Tx, pupil PupilID, v Values, ways Ways) ([]Likeness, error) {
	staff, today, err := SightArgs(tx, Edit)
	if err != nil {
		return nil, err
	}
	var folded []string
	for _, w := range ways {
		if f := FoldChannel(w.Kind, w.Value); f != "" {
			folded = append(folded, f)
		}
	}
	key := SortKey(v["surname"], v["forename"])
	list, err := likeAdults(tx, staff, today, key, folded)
	if err != nil {
		return nil, err
	}
	byID := map[AdultID]*Likeness{}
	var order []AdultID
	for _, l := range list {
		if byID[l.ID] == nil {
			byID[l.ID] = &Likeness{SameName: strings.TrimSpace(key) != "" && l.SortKey == key}
			order = append(order, l.ID)
		}
		byID[l.ID].SameWay = byID[l.ID].SameWay || l.SameWay
	}
	hits, err := adultHits(tx, staff, today, order)
	if err != nil {
		return nil, err
	}
	var out []Likeness
	for _, h := range hits {
		l := byID[h.ID]
		l.AdultHit = h
		for _, c := range h.Children {
			l.TiedAlready = l.TiedAlready || c.ID == pupil
		}
		out = append(out, *l)
	}
	both := func(l Likeness) int {
		n := 0
		if l.SameName {
			n -= 2
		}
		if l.SameWay {
			n--
		}
		return n
	}
	slices.SortStableFunc(out, func(a, b Likeness) int { return cmp.Compare(both(a), both(b)) })
	return out, nil
}

// AddAdult makes an adult and ties them to a pupil. When there is one with the same name and the same phone or e-mail already it stops with a
// Conflict, unless the person has said that this is somebody else.
func (s *Service) AddAdult(ctx context.Context, p access.Pass, pupil PupilID, v Values, ways Ways, another bool) (id AdultID, err error) {
	if _, err := p.CheckNamed(Edit); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := Enter(tx, Edit, pupil); err != nil {
			return err
		}
		a, err := readAdult(Adult{}, v)
		faults := fault.AsFields(err)
		a.Channels = readWays(ways, &faults)
		t, err := readTie(Tie{Starts: Always, Ends: ForGood, PupilID: pupil}, v, tx.Today())
		faults = append(faults, fault.AsFields(err)...)
		if err := faults.Err(); err != nil {
			return err
		}
		if !another {
			like, err := adultsLike(tx, pupil, v, ways)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(like, func(l Likeness) bool { return l.SameName && l.SameWay }) {
				return fault.New(fault.Conflict, "There is an adult with this name and this phone or e-mail already. Choose them below, or say that this is another person.")
			}
		}
		a.ID, t.ID = ids.New[Adult](), ids.New[Tie]()
		t.AdultID, id = a.ID, a.ID
		if err := insertAdult(tx, a); err != nil {
			return err
		}
		return insertTie(tx, t)
	})
	return id, err
}

// TieAdult ties an adult who is in Ajar already to a pupil.
func (s *Service) TieAdult(ctx context.Context, p access.Pass, pupil PupilID, adult AdultID, v Values) error {
	if _, err := p.CheckNamed(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := Enter(tx, Edit, pupil); err != nil {
			return err
		}
		if _, err := seeAdult(tx, Edit, adult); err != nil {
			return err
		}
		t, err := readTie(Tie{ID: ids.New[Tie](), Starts: Always, Ends: ForGood, PupilID: pupil, AdultID: adult}, v, tx.Today())
		if err != nil {
			return err
		}
		return insertTie(tx, t)
	})
}

// SeeAdult finds an adult by key, for those who may see at least one of their children, or everybody.
func (s *Service) SeeAdult(ctx context.Context, p access.Pass, adult AdultID) (a Adult, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return a, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		a, err = seeAdult(tx, See, adult)
		return err
	})
	return a, err
}

// Hand is a field that a person set, which imports leave alone until it is released.
type Hand struct {
	Record string
	RowID  int64
	Field  string
	ByName string
	AtMs   int64
}

// Release gives a field back to imports: the next file may change it again. What it holds now stays until then.
func (s *Service) Release(ctx context.Context, p access.Pass, pupil PupilID, record string, row int64, field string) error {
	if _, err := p.CheckNamed(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := Enter(tx, Edit, pupil); err != nil {
			return err
		}
		hands, err := handsOf(tx, pupil)
		if err != nil {
			return err
		}
		for _, h := range hands {
			if h.Record == record && h.RowID == row && h.Field == field {
				return releaseHand(tx, record, row, field)
			}
		}
		return fault.Gone("field")
	})
}

// Conflict is a field where a file said something else than a person did.
type Conflict struct {
	ID           ids.ID[Conflict]
	BatchID      int64
	Record       string
	RowID        int64
	Field        string
	Ours, Theirs string
	MadeMs       int64
	Who          string  // the person the field is about
	Pupil        PupilID // whose record shows it; none for staff
	File         string
}

// Conflicts lists what is not settled yet.
func (s *Service) Conflicts(ctx context.Context, p access.Pass) (out []Conflict, err error) {
	if err := p.CheckAll(Edit); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = openConflicts(tx)
		return err
	})
	return out, err
}

// Settle ends a conflict. Taking theirs puts the file's value in and gives the field back to imports; keeping ours leaves both as they are.
func (s *Service) Settle(ctx context.Context, p access.Pass, id ids.ID[Conflict], takeTheirs bool) error {
	if err := p.CheckAll(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		c, err := openConflict(tx, id)
		if err != nil {
			return err
		}
		if !takeTheirs {
			return settle(tx, c, "ours")
		}
		if err := s.take(tx, c); err != nil {
			return err
		}
		if err := releaseHand(tx, c.Record, c.RowID, c.Field); err != nil {
			return err
		}
		return settle(tx, c, "theirs")
	})
}

// take writes the file's value as if it had been typed, so that the same rules read it.
func (s *Service) take(tx *db.Tx, c Conflict) error {
	switch c.Record {
	case "pupil":
		p, err := db.One[Pupil](tx, `select `+pupilColumns+` from roll_pupil p where p.org_id = $1 and p.id = $2`, c.RowID)
		if err != nil {
			return err
		}
		v := PupilValues(p)
		v[c.Field] = c.Theirs
		_, err = s.keepPupil(tx, p, v)
		return err
	case "adult":
		a, err := adultWithWays(tx, AdultID(c.RowID))
		if err != nil {
			return err
		}
		v, ways := AdultValues(a), Ways(a.Channels)
		switch c.Field {
		case "phone", "email":
			ways = append(slices.DeleteFunc(slices.Clone(ways), func(w Channel) bool { return w.Kind == c.Field }), Channel{Kind: c.Field, Value: c.Theirs})
		case "name":
			n := ReadName(c.Theirs)
			v["title"], v["forename"], v["surname"] = n.Title, n.Forename, n.Surname
		default:
			v[c.Field] = c.Theirs
		}
		return s.keepAdult(tx, a, v, ways)
	case "tie":
		t, err := db.One[Tie](tx, `select `+tieColumns+` from roll_tie t where t.org_id = $1 and t.id = $2`, c.RowID)
		if err != nil {
			return err
		}
		v := TieValues(t)
		v[c.Field] = c.Theirs
		return s.keepTie(tx, t, v)
	}
	m, err := staffByID(tx, StaffID(c.RowID))
	if err != nil {
		return err
	}
	v := StaffValues(m)
	v[c.Field] = c.Theirs
	return keepStaff(tx, m, v)
}
