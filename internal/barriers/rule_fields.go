package barriers

import (
	"math"
	"strings"

	"ajar/internal/progress"
	"ajar/internal/roll"
)

// Field is one thing a rule may ask about, as the help page and `ajar barriers fields` show it.
type Field struct {
	Name    string // as an expression writes it
	Type    string // text, whole number, number, yes/no, list of texts, date
	Words   string // as a person says it
	Example string // a whole rule that uses it
	Needs   string // which data must be there before the rule can say yes or no
}

// Key names a field of a Pupil that has one value.
type Key uint8

// The keys. Those that hold text come first.
const (
	SEN Key = iota
	Year
	Sex
	FirstLanguage
	textKeys // those above hold text

	YearNumber Key = iota - 1
	Age
	AttendancePossible
	AttendanceAttended
	AttendanceAuthorised
	AttendanceUnauthorised
	AttendanceLate
	BehaviourIncidents
	BehaviourPraise
	HomeworkSet
	HomeworkMissed
	AttendancePercent
	EAL
	FSM
	PupilPremium
	LookedAfter
	YoungCarer
	AttendancePersistent
	InClass
	keyCount
)

type fieldKind uint8

const (
	textField fieldKind = iota
	wholeField
	numberField
	boolField
	listField
	dateField
)

var kindNames = map[fieldKind]string{textField: "text", wholeField: "whole number", numberField: "number", boolField: "yes/no", listField: "list of texts", dateField: "date"}

type fieldInfo struct {
	key     Key
	name    string
	kind    fieldKind
	words   string
	unit    string // stands behind the value
	yes, no string // yes/no fields in words
	example string
	needs   string
}

var simpleFields = []fieldInfo{
	{SEN, "sen", textField, "SEN", "", "", "", `sen in ["K", "E"]`, "SEN provision: E, K or N"},
	{Year, "year", textField, "year group", "", "", "", `year in ["9", "10"]`, "year group: N1, N2, R, 1 to 14, X"},
	{YearNumber, "year_number", wholeField, "year", "", "", "", `year_number >= 9`, "year group; Reception is 0, the nursery years are -2 and -1"},
	{Sex, "sex", textField, "sex", "", "", "", `sex == "M"`, "sex: F, M or O"},
	{Age, "age", wholeField, "age", "", "", "", `age >= 16`, "date of birth"},
	{EAL, "eal", boolField, "English as an additional language", "", "has English as an additional language", "does not have English as an additional language", `eal`, "whether English is an additional language"},
	{FirstLanguage, "first_language", textField, "first language", "", "", "", `first_language == "Polish"`, "the pupil's first language, which is not always the one a parent reads"},
	{FSM, "fsm", boolField, "free school meals", "", "has free school meals", "does not have free school meals", `fsm`, "free school meals"},
	{PupilPremium, "pupil_premium", boolField, "pupil premium", "", "attracts pupil premium", "does not attract pupil premium", `pupil_premium`, "pupil premium, which since 2026 is not the same as free school meals"},
	{LookedAfter, "looked_after", boolField, "looked after", "", "is looked after by a local authority", "is not looked after by a local authority", `looked_after`, "whether the pupil is looked after"},
	{YoungCarer, "young_carer", boolField, "young carer", "", "is a young carer", "is not a young carer", `young_carer`, "whether the pupil is a young carer"},
	{InClass, "in_class", listField, "class", "", "", "", `"8A" in in_class`, "the pupil's classes and groups"},
	{AttendancePercent, "attendance.percent", numberField, "attendance", " %", "", "", `attendance.percent < 85.0`, "attendance marks, totals or a percentage"},
	{AttendancePossible, "attendance.possible", wholeField, "possible sessions", "", "", "", `attendance.possible >= 20`, "attendance marks or totals"},
	{AttendanceAttended, "attendance.attended", wholeField, "sessions attended", "", "", "", `attendance.attended < 300`, "attendance marks or totals"},
	{AttendanceAuthorised, "attendance.authorised", wholeField, "sessions of authorised absence", "", "", "", `attendance.authorised > 20`, "attendance marks, or totals that part the two kinds of absence"},
	{AttendanceUnauthorised, "attendance.unauthorised", wholeField, "sessions of unauthorised absence", "", "", "", `attendance.unauthorised > 5`, "attendance marks, or totals that part the two kinds of absence"},
	{AttendanceLate, "attendance.late", wholeField, "late marks", "", "", "", `attendance.late > 10`, "attendance marks"},
	{AttendancePersistent, "attendance.persistent", boolField, "persistent absence", "", "has missed 10 % of sessions or more", "has missed less than 10 % of sessions", `attendance.persistent`, "attendance marks, totals or a percentage"},
	{BehaviourIncidents, "behaviour.incidents", wholeField, "behaviour incidents", "", "", "", `behaviour.incidents >= 5`, "behaviour counts"},
	{BehaviourPraise, "behaviour.praise", wholeField, "praise", "", "", "", `behaviour.praise == 0`, "praise counts"},
	{HomeworkSet, "homework.set", wholeField, "pieces of homework set", "", "", "", `homework.set >= 10`, "homework counts"},
	{HomeworkMissed, "homework.missed", wholeField, "pieces of homework missed", "", "", "", `homework.missed > 3`, "homework counts"},
}

var fieldByName = func() map[string]*fieldInfo {
	m := map[string]*fieldInfo{}
	for i := range simpleFields {
		m[simpleFields[i].name] = &simpleFields[i]
	}
	return m
}()

var fieldByKey = func() (list [keyCount]*fieldInfo) {
	for i := range simpleFields {
		list[simpleFields[i].key] = &simpleFields[i]
	}
	return list
}()

// keyedFields are those that take a name in brackets.
var keyedFields = []Field{
	{`result["subject"].value`, "number", "a result", `result["reading"].value < 90.0`, "a result in the subject, on one scale only"},
	{`result["subject:scale"].value`, "number", "a result on one scale", `result["reading:ks2_scaled"].value < 100.0`, "a result in the subject on that scale"},
	{`result["subject"].text`, "text", "a result as it is shown", `result["effort"].text == "Poor"`, "a result in the subject, on one scale only"},
	{`result["subject"].scale`, "text", "the scale of a result", `result["reading"].scale == "ks2_scaled"`, "a result in the subject, on one scale only"},
	{`result["subject"].date`, "date", "the day of a result (YYYY-MM-DD)", `result["reading"].date < "2026-01-01"`, "a result in the subject, on one scale only"},
	{`own["column"]`, "text", "a column of the school's own", `own["House"] == "Curie"`, "the school's own column"},
	{`own_number["column"]`, "number", "a column of the school's own, as a number", `own_number["Clubs"] < 1.0`, "the school's own column, with numbers in it"},
}

// Fields lists everything a rule may ask about.
func Fields() []Field {
	list := make([]Field, 0, len(simpleFields)+len(keyedFields))
	for _, f := range simpleFields {
		list = append(list, Field{f.name, kindNames[f.kind], f.words, f.example, f.needs})
	}
	return append(list, keyedFields...)
}

// Origin says as of when a value holds and where it came from.
type Origin struct{ AsOf, Source string }

// Result is one pupil's latest result in one subject on one scale. Scale is spelled as progress.ScaleName gives it.
type Result struct {
	Subject, Scale string
	Value          float64
	HasValue       bool
	Text           string // as a page shows it
	Date           string // YYYY-MM-DD
	Source         string
}

// OwnValue is what one of the school's own columns says about a pupil.
type OwnValue struct {
	Column    string
	Text      string
	Number    float64
	HasNumber bool
}

// Pupil holds the values rules ask about, each with its presence: what was not set is not known, which is never the same as no or nought.
// The zero value is a pupil of whom nothing is known. Reuse one for many pupils with Reset.
type Pupil struct {
	known   uint64
	numbers [keyCount]float64
	texts   [textKeys]string
	classes []string

	Results []Result
	Own     []OwnValue
	// Origins tells as of when and from where a field is; it may be nil. It is asked only when a verdict is explained. Results
	// carry their own date and source.
	Origins func(field string) Origin
}

// Reset forgets everything and keeps the room.
func (p *Pupil) Reset() {
	classes, results, own := p.classes[:0], p.Results[:0], p.Own[:0]
	*p = Pupil{classes: classes, Results: results, Own: own}
}

// Knows says whether a field has a value.
func (p *Pupil) Knows(k Key) bool { return k < keyCount && p.known&(1<<k) != 0 }

// SetText sets sen, year, sex or first language; blank means not known. A year sets the year's number too.
func (p *Pupil) SetText(k Key, text string) {
	if k >= textKeys {
		return
	}
	p.texts[k] = text
	p.mark(k, text != "")
	if k == Year {
		p.SetWhole(YearNumber, 0)
		n, ok := roll.YearGroup(text).Number()
		p.numbers[YearNumber] = float64(n)
		p.mark(YearNumber, ok)
	}
}

// SetWhole sets a count.
func (p *Pupil) SetWhole(k Key, n int) { p.SetNumber(k, float64(n)) }

// SetNumber sets a number; what is no number means not known.
func (p *Pupil) SetNumber(k Key, n float64) {
	if k < textKeys || k >= keyCount || fieldByKey[k].kind == boolField || k == InClass {
		return
	}
	if fieldByKey[k].kind == wholeField {
		n = math.Trunc(n)
	}
	p.numbers[k] = n
	p.mark(k, !math.IsNaN(n) && !math.IsInf(n, 0))
}

// SetBool sets a yes/no field. Do not call it where nobody has said.
func (p *Pupil) SetBool(k Key, yes bool) {
	if k >= keyCount || fieldByKey[k].kind != boolField {
		return
	}
	p.numbers[k] = 0
	if yes {
		p.numbers[k] = 1
	}
	p.mark(k, true)
}

// SetClasses sets the classes and groups a pupil is in; an empty list is known to be none.
func (p *Pupil) SetClasses(names ...string) {
	p.classes = append(p.classes[:0], names...)
	p.mark(InClass, true)
}

// SetSessions sets all of attendance from counts. Without possible sessions there is no percentage. Where a file gave totals only, the two
// kinds of absence stay unknown, and so do late marks unless marks were read.
func (p *Pupil) SetSessions(s progress.Sessions, fromMarks bool) {
	p.SetWhole(AttendancePossible, s.Possible)
	p.SetWhole(AttendanceAttended, s.Attended)
	if fromMarks || s.Authorised+s.Unauthorised == s.Absent() {
		p.SetWhole(AttendanceAuthorised, s.Authorised)
		p.SetWhole(AttendanceUnauthorised, s.Unauthorised)
	}
	if fromMarks {
		p.SetWhole(AttendanceLate, s.Late)
	}
	if percent, ok := s.Percent(); ok {
		p.SetNumber(AttendancePercent, percent)
		persistent, _ := s.Persistent()
		p.SetBool(AttendancePersistent, persistent)
	}
}

// SetAttendancePercent sets attendance where a file gives nothing but a percentage.
func (p *Pupil) SetAttendancePercent(percent float64) {
	p.SetNumber(AttendancePercent, percent)
	if p.Knows(AttendancePercent) {
		p.SetBool(AttendancePersistent, percent <= 90)
	}
}

func (p *Pupil) mark(k Key, known bool) {
	if known {
		p.known |= 1 << k
	} else {
		p.known &^= 1 << k
	}
}

func (p *Pupil) origin(field string) Origin {
	if p.Origins == nil {
		return Origin{}
	}
	return p.Origins(field)
}

// why says why a result cannot be used.
type why uint8

const (
	found why = iota
	noResult
	manyScales
	onlyWords
)

// result finds the latest result of a subject. Without a scale the pupil may hold the subject on one scale only: a reading age and a
// scaled score must not stand for one another by accident of order.
func (p *Pupil) result(subject, scale string) (*Result, why) {
	var best *Result
	for i := range p.Results {
		r := &p.Results[i]
		if !strings.EqualFold(r.Subject, subject) || scale != "" && r.Scale != scale {
			continue
		}
		if best == nil {
			best = r
			continue
		}
		if best.Scale != r.Scale {
			return nil, manyScales
		}
		if r.Date > best.Date {
			best = r
		}
	}
	if best == nil {
		return nil, noResult
	}
	return best, found
}

func (p *Pupil) own(column string) *OwnValue {
	for i := range p.Own {
		if strings.EqualFold(p.Own[i].Column, column) {
			return &p.Own[i]
		}
	}
	return nil
}

// cutResultKey parts "reading:ks2_scaled" into subject and scale.
func cutResultKey(key string) (subject, scale string) {
	subject = strings.TrimSpace(key)
	if at := strings.LastIndexByte(subject, ':'); at > 0 && at < len(subject)-1 {
		return strings.TrimSpace(subject[:at]), progress.ScaleName(subject[at+1:])
	}
	return subject, ""
}
