package roll

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
)

// MostParents is how many parents a row of a pupils sheet may have.
const MostParents = 6

// Fact is something that a pupils sheet says about a pupil in a column called fact.NAME, such as fact.famsup.
type Fact struct {
	Pupil       PupilID
	Name, Value string
}

// factPrefix begins the columns that are facts.
const factPrefix = "fact."

// factPortion is how many facts are handed over at once.
const factPortion = 1000

var parentFields = []string{"name", "relationship", "responsibility", "email", "phone", "language", "reads", "interpreter", "lives_with", "priority",
	"source", "emergency", "letters", "helps", "address", "postcode"}

// templateParents is how many of parentFields the template shows.
const templateParents = 10

// pupilTemplate is Ajar's own sheet, in its order. More is read than it shows: parents up to the sixth, parent_N_reads, what parentFields
// has beyond the template (where responsibility comes from, emergency, letters, what helps, the address of a second home), and facts.
func pupilTemplate() []string {
	out := []string{"pupil_id", "upn", "forename", "surname", "known_as", "date_of_birth", "sex", "year", "class", "sen", "first_language", "eal", "fsm",
		"pupil_premium", "looked_after", "young_carer", "address", "postcode"}
	for n := 1; n <= 2; n++ {
		for _, f := range parentFields[:templateParents] {
			if f != "reads" {
				out = append(out, parentField(n, f))
			}
		}
	}
	return out
}

func parentField(n int, f string) string { return fmt.Sprintf("parent_%d_%s", n, f) }

// idFrom is the field by which a mapping says what stands in for an id: the value name_and_birth makes one of the folded name and the date
// of birth where a row has neither pupil_id nor UPN. It is for sheets without numbers, and only a person who writes a mapping can choose it.
const idFrom = "pupil_id_from"

// pupilFields are all fields that a pupils sheet can have, beside facts.
func pupilFields() []string {
	out := slices.Clone(pupilTemplate())
	for n := 1; n <= MostParents; n++ {
		for _, f := range parentFields {
			if name := parentField(n, f); !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return append(out, idFrom)
}

var pupilSynonyms = map[string][]string{
	"pupil_id":              {"admission number", "adno", "admission no", "student id", "pupil number", "mis id", "student number"},
	"upn":                   {"unique pupil number"},
	"forename":              {"first name", "given name", "legal forename", "child first name"},
	"surname":               {"last name", "family name", "legal surname", "child last name"},
	"known_as":              {"preferred name", "preferred forename", "chosen name", "child preferred first name", "child preferred given name"},
	"date_of_birth":         {"dob", "birth date", "birthdate", "date of birth", "child date of birth"},
	"sex":                   {"gender", "child gender"},
	"year":                  {"year group", "ncyear", "ncyearactual", "nc year", "child year group", "grade"},
	"class":                 {"form", "reg group", "registration group", "registration", "tutor group", "child registration"},
	"sen":                   {"sen status", "sen provision", "senprovision", "sen stage"},
	"first_language":        {"language", "home language"},
	"eal":                   {"english as additional language"},
	"fsm":                   {"free school meals", "fsm eligible", "fsmeligible"},
	"pupil_premium":         {"pp", "pupil premium indicator"},
	"looked_after":          {"in care", "lac", "cla"},
	"young_carer":           {"carer indicator"},
	"address":               {"home address", "address line 1", "child address line 1"},
	"postcode":              {"post code", "child postcode"},
	"parent_1_name":         {"contact 1 name", "parent carer 1", "priority 1 contact", "mother name"},
	"parent_1_relationship": {"contact 1 relationship"},
	"parent_1_email":        {"contact 1 email", "parent email"},
	"parent_1_address":      {"contact 1 address", "parent 1 address"},
	"parent_1_postcode":     {"contact 1 postcode"},
	"parent_1_letters":      {"contact 1 correspondence", "contact 1 receives correspondence"},
	"parent_1_emergency":    {"contact 1 emergency", "contact 1 emergency contact"},
	"parent_2_address":      {"contact 2 address", "parent 2 address"},
	"parent_2_postcode":     {"contact 2 postcode"},
	"parent_2_letters":      {"contact 2 correspondence", "contact 2 receives correspondence"},
	"parent_2_emergency":    {"contact 2 emergency", "contact 2 emergency contact"},
	"parent_1_phone":        {"contact 1 phone", "contact 1 mobile", "parent phone", "parent mobile"},
	"parent_2_name":         {"contact 2 name", "parent carer 2", "priority 2 contact", "father name"},
	"parent_2_relationship": {"contact 2 relationship"},
	"parent_2_email":        {"contact 2 email"},
	"parent_2_phone":        {"contact 2 phone", "contact 2 mobile"},
}

// textField is a field of a pupil that is kept as text: how it is read, and where it is kept. The column has the field's name.
type textField struct {
	name string
	of   func(p *Pupil) *string
	read func(text, today string) (string, error)
	find bool // the record is found or sorted by it
}

var pupilTexts = []textField{
	{"forename", func(p *Pupil) *string { return &p.Forename }, asWritten, true},
	{"surname", func(p *Pupil) *string { return &p.Surname }, asWritten, true},
	{"known_as", func(p *Pupil) *string { return &p.KnownAs }, asWritten, true},
	{"date_of_birth", func(p *Pupil) *string { return &p.DateOfBirth }, readBirth, false},
	{"sex", func(p *Pupil) *string { return &p.Sex }, func(t, _ string) (string, error) { v, err := ParseSex(t); return string(v), err }, false},
	{"year", func(p *Pupil) *string { return &p.Year }, func(t, _ string) (string, error) { v, err := ParseYearGroup(t); return string(v), err }, false},
	{"sen", func(p *Pupil) *string { return &p.Sen }, func(t, _ string) (string, error) { v, err := ParseSEN(t); return string(v), err }, false},
	{"first_language", func(p *Pupil) *string { return &p.FirstLanguage }, asWritten, false},
	{"address", func(p *Pupil) *string { return &p.Address }, readAddress, true},
	{"postcode", func(p *Pupil) *string { return &p.Postcode }, asWritten, true},
}

type answerField struct {
	name string
	of   func(p *Pupil) **bool
}

var pupilAnswers = []answerField{
	{"eal", func(p *Pupil) **bool { return &p.Eal }},
	{"fsm", func(p *Pupil) **bool { return &p.Fsm }},
	{"pupil_premium", func(p *Pupil) **bool { return &p.PupilPremium }},
	{"looked_after", func(p *Pupil) **bool { return &p.LookedAfter }},
	{"young_carer", func(p *Pupil) **bool { return &p.YoungCarer }},
}

func asWritten(text, _ string) (string, error) { return text, nil }

// readAddress tidies an address that a mapping put together from several columns, some of them empty.
func readAddress(text, _ string) (string, error) {
	var lines []string
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' }) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, ", "), nil
}

func readBirth(text, today string) (string, error) {
	d, err := ParseDate(text, DateStyle{})
	if err == nil && d.ISO > today {
		return "", fmt.Errorf("%s lies in the future", shown(text))
	}
	return d.ISO, err
}

// pupilSheet is one reading of a pupils sheet.
type pupilSheet struct {
	*book
	svc     *Service
	table   *sheet.Table
	bound   *sheet.Bound
	file    string
	idxID   int
	idxUPN  int
	idxFrom int
	idxForm int
	texts   []int
	answers []int
	parents []parentColumns
	facts   []factColumn
	waiting []Fact
	pending []pendingRow // rows whose outcome rests on facts that are not answered yet
}

type factColumn struct {
	name string
	at   int
}

// pendingRow is a row that stays the same unless one of its facts is new.
type pendingRow struct {
	outcome sheet.Outcome
	facts   int
}

// readPupils reads a sheet of pupils with their parents.
func (s *Service) readPupils(r *batch.Run) error {
	t, err := openSheet(r)
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	p := &pupilSheet{svc: s, table: t, file: t.Name}
	if err := p.bind(r); err != nil {
		return err
	}
	if p.book, err = newBook(r, false); err != nil {
		return err
	}
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err := p.take(row, err); err != nil {
			return err
		}
		if err := p.write(false); err != nil {
			return err
		}
	}
	if err := p.write(true); err != nil {
		return err
	}
	if err := p.askFacts(true); err != nil {
		return err
	}
	p.flushRemarks()
	for _, n := range t.Notes {
		r.Warn("%s: %s", t.Name, n)
	}
	return s.imported(p.book)
}

// imported tells those above that people changed.
func (s *Service) imported(b *book) error {
	if !b.run.Apply || !b.changed {
		return nil
	}
	return s.Changed.Publish(b.tx, Changed{Why: "an import brought people in"})
}

// openSheet opens the one table of an input.
func openSheet(r *batch.Run) (*sheet.Table, error) {
	if r.Input.Data == nil {
		return nil, fault.New(fault.Invalid, "%s is a folder, and this import reads one file.", r.Input.Name)
	}
	if r.Mapping != nil && r.Mapping.Separator != "" {
		t, err := sheet.OpenCSV(r.Input.Name, r.Input.Data, r.Input.Size, sheet.Limits{}, rune(r.Mapping.Separator[0]))
		return t, plainly(err)
	}
	t, err := sheet.Open(r.Input.Name, r.Input.Data, r.Input.Size, sheet.Limits{})
	return t, plainly(err)
}

// plainly lets the sentences that sheet makes about a file be shown to the person who sent it.
func plainly(err error) error {
	var e *sheet.Error
	if errors.As(err, &e) {
		return fault.New(fault.Invalid, "%s", e.Error())
	}
	return err
}

func (p *pupilSheet) bind(r *batch.Run) error {
	fields := pupilFields()
	var err error
	if m := r.Mapping; m != nil {
		if m.Kind != "" && m.Kind != "pupils" {
			return fault.New(fault.Invalid, "This mapping is for %s, and the file is to be read as pupils.", m.Kind)
		}
		for _, rules := range append([][]sheet.FieldRule{m.Fields}, m.Repeat...) {
			for _, f := range rules {
				if strings.HasPrefix(f.Field, factPrefix) {
					fields = append(fields, f.Field)
				} else if !slices.Contains(fields, f.Field) {
					return fault.New(fault.Invalid, "The mapping fills a field %q, and a pupils sheet has none of that name. `ajar import template pupils` shows the fields.", f.Field)
				}
			}
		}
		p.bound, err = m.Bind(p.table.Header)
	} else {
		for _, h := range p.table.Header {
			if strings.HasPrefix(strings.ToLower(h), factPrefix) {
				fields = append(fields, h)
			}
		}
		p.bound, err = sheet.BindTemplate(fields, p.table.Header)
	}
	if err != nil {
		var e *sheet.Error
		if errors.As(err, &e) && e.File == "" {
			e.File = p.file
		}
		return plainly(err)
	}
	p.bound.File = p.file
	if !p.bound.Has("pupil_id") && !p.bound.Has("upn") && !p.bound.Has(idFrom) {
		return fault.New(fault.Invalid, "%s: there is no column pupil_id and no column upn, so nobody in it can be told apart safely. Its columns are: %s. A mapping can say which column holds the school's number for each pupil.", p.file, cutText(strings.Join(p.table.Header, ", "), 400))
	}
	if !p.bound.Has("forename") && !p.bound.Has("surname") {
		return fault.New(fault.Invalid, "%s: there is no column forename and no column surname. Its columns are: %s.", p.file, cutText(strings.Join(p.table.Header, ", "), 400))
	}
	at := func(field string) int {
		if !p.bound.Has(field) {
			return -1
		}
		return p.bound.Index(field)
	}
	p.idxID, p.idxUPN, p.idxFrom, p.idxForm = at("pupil_id"), at("upn"), at(idFrom), at("class")
	for _, f := range pupilTexts {
		p.texts = append(p.texts, at(f.name))
	}
	for _, f := range pupilAnswers {
		p.answers = append(p.answers, at(f.name))
	}
	for n := 1; n <= MostParents; n++ {
		c := parentColumns{n: n, any: false}
		for i, f := range parentFields {
			c.at[i] = at(parentField(n, f))
			c.any = c.any || c.at[i] >= 0
		}
		if c.any {
			p.parents = append(p.parents, c)
		}
	}
	for _, f := range fields {
		if len(f) > len(factPrefix) && strings.EqualFold(f[:len(factPrefix)], factPrefix) && at(f) >= 0 {
			p.facts = append(p.facts, factColumn{f[len(factPrefix):], at(f)})
			if p.svc.Facts == nil {
				r.Warn("The column %q is not used: there is nothing here that keeps facts.", f)
			}
		}
	}
	if p.svc.Facts == nil {
		p.facts = nil
	}
	for _, c := range p.bound.Unused() {
		r.Warn("The column %q is not used.", cutText(c, 80))
	}
	return nil
}

func cutText(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

// take reads one row of the table: an outcome for each record that it yields, and never none.
func (p *pupilSheet) take(row sheet.Row, err error) error {
	var rowErr *sheet.RowError
	if errors.As(err, &rowErr) {
		p.refuse(rowErr.Refusal(), rowErr.Cells)
		return nil
	}
	if err != nil {
		return plainly(err)
	}
	if p.bound.Skips(row) {
		return nil
	}
	if why := shifted(p.table.Header, row); why != "" {
		p.refuse(sheet.NewRefusal(p.file, row.N, "", strings.Join(row.Cells, ", "), why), row.Cells)
		return nil
	}
	records, err := p.bound.Rows(row)
	var bad sheet.Refusals
	if errors.As(err, &bad) {
		for _, f := range bad {
			p.refuse(f, row.Cells)
		}
	} else if err != nil {
		return err
	}
	for _, rec := range records {
		if err := p.record(rec, row.Cells); err != nil {
			return err
		}
	}
	return nil
}

// shifted says why a row with more cells than the header has names can't be trusted: its values may stand in the wrong columns.
func shifted(header []string, row sheet.Row) string {
	if !row.Ragged || len(row.Cells) <= len(header) {
		return ""
	}
	for _, c := range row.Cells[len(header):] {
		if strings.TrimSpace(c) != "" {
			return fmt.Sprintf("This row has %d cells and the header has %d names, so values may stand in the wrong columns. Often a comma inside a cell needs quotation marks around it.", len(row.Cells), len(header))
		}
	}
	return ""
}

func (p *pupilSheet) refuse(f sheet.Refusal, cells []string) {
	p.run.Row(sheet.Refused)
	p.run.Count("pupils", sheet.Refused)
	p.run.Refuse(f, p.table.Header, cells)
}

// record takes one pupil with the parents beside it.
func (p *pupilSheet) record(rec sheet.Record, cells []string) error {
	at := place{p.file, rec.Row}
	row, refusal := p.identify(rec, at)
	if refusal != nil {
		p.refuse(*refusal, cells)
		return nil
	}
	e, refusal := p.match(row, at)
	if refusal != nil {
		p.refuse(*refusal, cells)
		return nil
	}
	outcome := sheet.Same
	switch {
	case e == nil:
		e = p.create(row, at)
		outcome = sheet.Created
	case e.row != 0:
		if f := p.contradicts(e, row, trimmed(rec, p.idxForm), at); f != nil {
			p.refuse(*f, cells)
			return nil
		}
	}
	if e.row == 0 {
		e.row = int32(rec.Row)
	}
	changed, err := p.describe(e, row, at)
	if err != nil {
		return err
	}
	moved, err := p.form(e, trimmed(rec, p.idxForm))
	if err != nil {
		return err
	}
	if outcome == sheet.Same && (changed || moved) {
		outcome = sheet.Updated
	}
	p.run.Count("pupils", outcome)
	families, err := p.family(e, rec, at)
	if err != nil {
		return err
	}
	if outcome == sheet.Same && families {
		outcome = sheet.Updated
	}
	return p.factsOf(e, rec, outcome)
}

func trimmed(rec sheet.Record, at int) string { return strings.TrimSpace(rec.At(at)) }

// pupilRow is what a row says about the pupil, read.
type pupilRow struct {
	local   string
	upn     UPN
	texts   []string
	answers []Answer
	said    uint32 // which of the fields it gives
}

// identify reads a row as far as the pupil goes. A row without a usable id or name is refused; any other cell that can't be read is a
// warning, and the field stays as it was.
func (p *pupilSheet) identify(rec sheet.Record, at place) (pupilRow, *sheet.Refusal) {
	row := pupilRow{local: trimmed(rec, p.idxID), upn: ParseUPN(trimmed(rec, p.idxUPN)), texts: make([]string, len(pupilTexts)), answers: make([]Answer, len(pupilAnswers))}
	var badBirth string
	for i, f := range pupilTexts {
		text := trimmed(rec, p.texts[i])
		if text == "" {
			continue
		}
		v, err := f.read(text, p.today)
		if err != nil {
			p.run.Warn("%s, column %s: %s. It was left as it was.", at, f.name, strings.TrimSuffix(err.Error(), "."))
			if f.name == "date_of_birth" {
				badBirth = text
			}
		}
		if v != "" {
			row.texts[i] = v
			row.said |= 1 << i
		}
	}
	for i, f := range pupilAnswers {
		v, err := ParseAnswer(trimmed(rec, p.answers[i]))
		if err != nil {
			p.run.Warn("%s, column %s: %s. It was left as it was.", at, f.name, strings.TrimSuffix(err.Error(), "."))
		}
		if row.answers[i] = v; v.Known() {
			row.said |= 1 << (len(pupilTexts) + i)
		}
	}
	refuse := func(field, value, why string) (pupilRow, *sheet.Refusal) {
		f := sheet.NewRefusal(at.file, at.row, field, value, why)
		return row, &f
	}
	forename, surname := row.texts[0], row.texts[1]
	if forename == "" && surname == "" {
		return refuse("forename", "", "There is no name. Give a forename or a surname.")
	}
	if row.local == "" && !row.upn.Empty() {
		row.local = row.upn.Normal
	}
	if row.local == "" && trimmed(rec, p.idxFrom) == "name_and_birth" {
		birth := row.texts[3]
		if forename == "" || surname == "" || birth == "" {
			return refuse("date_of_birth", badBirth, "There is no number for this pupil, so a forename, a surname and a date of birth that can be read are all needed to tell them from others.")
		}
		row.local = "name:" + strings.ReplaceAll(SortKey(surname, forename), " ", ",") + "," + birth
	}
	if row.local == "" {
		return refuse("pupil_id", "", "There is no pupil_id and no UPN. One of the two is needed to know the pupil again.")
	}
	if utf8.RuneCountInString(row.local) > 200 {
		return refuse("pupil_id", row.local, "The pupil_id is longer than 200 characters, so it can't be one.")
	}
	return row, nil
}

// match finds the pupil of a row: by the school's number, then by UPN. It never goes by name and date of birth, for twins and common names.
func (p *pupilSheet) match(row pupilRow, at place) (*pupilEntry, *sheet.Refusal) {
	if i := find(p.pupilByLocal, row.local); i >= 0 {
		return p.pupils[i], nil
	}
	if !row.upn.ShapeOK {
		return nil, nil
	}
	i := find(p.pupilByUPN, row.upn.Normal)
	byUPN := row.local == row.upn.Normal
	switch {
	case i == several && byUPN:
		f := sheet.NewRefusal(at.file, at.row, "upn", row.upn.Normal, "Several pupils have this UPN, so it does not say which of them is meant. Give the pupil_id.")
		return nil, &f
	case i < 0:
		return nil, nil
	}
	e := p.pupils[i]
	if byUPN {
		return e, nil
	}
	// Another number of the school for the same UPN: the school may have changed its system, or two children may have been given one UPN. It is the
	// same child when the file has not named that child already and the surname or the date of birth agrees.
	if e.row == 0 && (Fold(e.Surname) == Fold(row.texts[1]) || e.DateOfBirth != "" && e.DateOfBirth == row.texts[3]) {
		return e, nil
	}
	return nil, nil
}

func (p *pupilSheet) create(row pupilRow, at place) *pupilEntry {
	pupil := Pupil{LocalID: row.local, UPN: row.upn.Normal, SortKey: SortKey(row.texts[1], row.texts[0])}
	if row.upn.Empty() {
		pupil.UPN = ""
	}
	pupil.Forename, pupil.Surname, pupil.DateOfBirth = row.texts[0], row.texts[1], row.texts[3]
	if w := row.upn.Warning(); w != "" {
		p.run.Warn("%s: %s", at, w)
	}
	if pupil.UPN != "" {
		if other := find(p.pupilByUPN, pupil.UPN); other != none {
			p.run.Warn("%s: UPN %s is also that of %s. Both pupils are kept; one of the numbers must be wrong.", at, pupil.UPN, p.nameOf(other))
		}
	}
	if other := find(p.pupilByBirth, birthKey(pupil)); other >= 0 {
		p.run.Warn("%s: %s may be the same child as %s, who has the same name and date of birth. Both are kept; only a person can tell.", at, pupil.Name(), p.nameOf(other))
	}
	return p.newPupil(pupil)
}

// nameOf says which pupil is meant, without a UPN: that is not for everyday use.
func (b *book) nameOf(at int32) string {
	if at < 0 {
		return "other pupils"
	}
	e := b.pupils[at]
	if e.Pupil == nil {
		return fmt.Sprintf("the pupil of row %d", e.row)
	}
	return fmt.Sprintf("%s (%s)", e.Name(), cutText(e.LocalID, 40))
}

// contradicts refuses a second row about a pupil that says something else about them than the first did. The same details again are welcome:
// many systems write one row for each contact.
func (p *pupilSheet) contradicts(e *pupilEntry, row pupilRow, form string, at place) *sheet.Refusal {
	refuse := func(field, value string) *sheet.Refusal {
		f := sheet.NewRefusal(at.file, at.row, field, value, fmt.Sprintf("This pupil stands in row %d already, with another %s. The first row was taken.", e.row, plainField(field)))
		return &f
	}
	if !row.upn.Empty() && e.saidUPN != "" && row.upn.Normal != e.saidUPN {
		return refuse("upn", row.upn.Normal)
	}
	if form != "" && e.saidForm != "" && formKey(form) != e.saidForm {
		return refuse("class", form)
	}
	both := e.said & row.said
	for i, f := range pupilTexts {
		if v := row.texts[i]; both&(1<<i) != 0 && v != *f.of(e.Pupil) && !p.hands[hand{"pupil", int64(e.ID), f.name}] {
			return refuse(f.name, v)
		}
	}
	for i, f := range pupilAnswers {
		if v := row.answers[i]; both&(1<<(len(pupilTexts)+i)) != 0 && string(v) != answerText(*f.of(e.Pupil)) && !p.hands[hand{"pupil", int64(e.ID), f.name}] {
			return refuse(f.name, string(v))
		}
	}
	return nil
}

// describe brings what the row says about the pupil into the book.
func (p *pupilSheet) describe(e *pupilEntry, row pupilRow, at place) (changed bool, err error) {
	r := e.record()
	resort := false
	note := func(did bool, finds bool) {
		changed = changed || did
		resort = resort || did && finds
	}
	for i, f := range pupilTexts {
		did, err := p.setText(r, f.name, f.of(e.Pupil), row.texts[i], at)
		if err != nil {
			return changed, err
		}
		note(did, f.find)
	}
	for i, f := range pupilAnswers {
		did, err := p.setAnswer(r, f.name, f.of(e.Pupil), row.answers[i], at)
		if err != nil {
			return changed, err
		}
		note(did, false)
	}
	if row.local != e.LocalID && row.local != row.upn.Normal {
		p.run.Warn("%s: %s was known here under the number %s and has the same UPN; the number is now %s.", at, e.Name(), shown(e.LocalID), shown(row.local))
		did, err := p.setText(r, "local_id", &e.LocalID, row.local, at)
		if err != nil {
			return changed, err
		}
		note(did, true)
		p.pupilByLocal[e.LocalID] = e.at
	}
	did, err := p.setUPN(e, row.upn, at)
	if err != nil {
		return changed, err
	}
	note(did, true)
	if e.Ends < p.today && e.said == 0 {
		p.run.Warn("%s: %s left on %s. A pupils sheet does not bring anyone back; if they have returned, open their record and say so.", at, e.Name(), e.Ends)
	}
	e.said |= row.said
	if !row.upn.Empty() {
		e.saidUPN = row.upn.Normal
	}
	if resort {
		p.indexBirth(e)
		return changed, p.resort(e)
	}
	return changed, nil
}

// setUPN takes a number over. One that is not shaped like a UPN never replaces one that is there.
func (p *pupilSheet) setUPN(e *pupilEntry, u UPN, at place) (bool, error) {
	if u.Empty() || u.Normal == e.UPN {
		return false, nil
	}
	if !u.ShapeOK && e.UPN != "" {
		p.run.Warn("%s: %s The number there is stays.", at, u.Warning())
		return false, nil
	}
	if w := u.Warning(); w != "" {
		p.run.Warn("%s: %s", at, w)
	}
	if other := find(p.pupilByUPN, u.Normal); other != none {
		p.run.Warn("%s: UPN %s is also that of %s. Both pupils are kept; one of the numbers must be wrong.", at, u.Normal, p.nameOf(other))
	}
	did, err := p.setText(e.record(), "upn", &e.UPN, u.Normal, at)
	if err != nil || !did {
		return false, err
	}
	p.indexUPN(e)
	if e.UPNAccepted {
		e.UPNAccepted = false
		return true, p.put(e.record(), "upn_accepted", int64(1), int64(0))
	}
	return true, nil
}

// form puts the pupil into the form that the file names, from today when they were in another.
func (p *pupilSheet) form(e *pupilEntry, title string) (bool, error) {
	if title == "" {
		return false, nil
	}
	e.saidForm = formKey(title)
	i := find(p.formByTitle, e.saidForm)
	outcome := sheet.Same
	if i < 0 {
		i = p.newClass(Class{LocalID: p.freeClassID("form:" + e.saidForm), Title: title, Kind: "form"}).at
		outcome = sheet.Created
	}
	c := p.classes[i]
	p.run.Count("classes", outcome)
	for _, m := range e.forms {
		if p.members[m].ClassID == c.ID {
			return false, nil
		}
	}
	starts := Always
	for _, m := range e.forms {
		was := p.members[m]
		starts = p.today
		if err := p.put(was.record(), "ends", was.Ends, dayBefore(p.today)); err != nil {
			return false, err
		}
		was.Ends = dayBefore(p.today)
	}
	p.newMember(memberEntry{ClassID: c.ID, PupilID: e.ID, Starts: starts, Ends: ForGood})
	e.forms = []int32{int32(len(p.members) - 1)}
	return true, nil
}

// freeClassID keeps apart a form of today and one of that title that has ended.
func (b *book) freeClassID(want string) string {
	id := want
	for n := 2; find(b.classByLocal, id) >= 0; n++ {
		id = fmt.Sprintf("%s:%d", want, n)
	}
	return id
}

// factsOf collects the facts of a row and counts the row, at once or when its facts are answered.
func (p *pupilSheet) factsOf(e *pupilEntry, rec sheet.Record, outcome sheet.Outcome) error {
	n := 0
	for _, f := range p.facts {
		if v := trimmed(rec, f.at); v != "" {
			p.waiting = append(p.waiting, Fact{e.ID, f.name, v})
			n++
		}
	}
	if n == 0 && len(p.pending) == 0 {
		p.run.Row(outcome)
		return nil
	}
	p.pending = append(p.pending, pendingRow{outcome, n})
	return p.askFacts(false)
}

// askFacts gives the collected facts to whoever keeps them. The pupils are written first, since facts point at them.
func (p *pupilSheet) askFacts(end bool) error {
	if len(p.waiting) < factPortion && !end {
		return nil
	}
	if len(p.waiting) > 0 {
		if err := p.write(true); err != nil {
			return err
		}
		outcomes, err := p.svc.Facts(p.run, p.waiting)
		if err != nil {
			return err
		}
		if len(outcomes) != len(p.waiting) {
			return fmt.Errorf("roll: %d facts were answered with %d outcomes", len(p.waiting), len(outcomes))
		}
		for _, o := range outcomes {
			p.run.Count("facts", o)
		}
		p.waiting = p.waiting[:0]
		p.answer(outcomes)
		return nil
	}
	p.answer(nil)
	return nil
}

func (p *pupilSheet) answer(outcomes []sheet.Outcome) {
	for _, row := range p.pending {
		for _, o := range outcomes[:row.facts] {
			if row.outcome == sheet.Same && (o == sheet.Created || o == sheet.Updated) {
				row.outcome = sheet.Updated
				p.changed = true
			}
		}
		outcomes = outcomes[row.facts:]
		p.run.Row(row.outcome)
	}
	p.pending = p.pending[:0]
}
