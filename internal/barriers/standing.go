package barriers

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

// Because is one reason that was counted, in the form of the command's --json.
type Because struct {
	Barrier   string `json:"barrier"`
	Value     Plain  `json:"value"`
	Threshold Plain  `json:"threshold"`
	AsOf      string `json:"as_of"`
	Source    string `json:"source"`
	Words     string `json:"words"`
}

// Plain is a value as a person reads it; in JSON a number is written as a number.
type Plain string

// MarshalJSON writes numbers as numbers and everything else as text.
func (p Plain) MarshalJSON() ([]byte, error) {
	// Only what is written as a number is written is one: 007 is the name of a house.
	if f, err := strconv.ParseFloat(string(p), 64); err == nil && strconv.FormatFloat(f, 'f', -1, 64) == string(p) && !math.IsInf(f, 0) && !math.IsNaN(f) {
		return []byte(p), nil
	}
	return json.Marshal(string(p))
}

// UnmarshalJSON reads back either.
func (p *Plain) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		*p = Plain(s)
		return err
	}
	*p = Plain(b)
	return nil
}

// Standing is what the rules say about one pupil.
type Standing struct {
	IFactor int
	Met     []string // codes, in the order of the rules
	Unknown []string
	Because []Because
}

// dated is a rule of the school, compiled.
type dated struct {
	RuleText
	rule *Rule
}

// decide asks every rule about a pupil. Each barrier that is met counts one; one that can't be known is listed and never counted as no.
func decide(rules []dated, p *Pupil) (met, unknown []string) {
	for i := range rules {
		switch rules[i].rule.Decide(p) {
		case Met:
			met = append(met, rules[i].Code)
		case Unknown:
			unknown = append(unknown, rules[i].Code)
		}
	}
	return met, unknown
}

// explain writes out why each met barrier was counted: one entry a barrier. Where several comparisons decided, the entry shows the value of the first and
// the words of all.
func explain(rules []dated, p *Pupil) Standing {
	s := Standing{Because: []Because{}}
	for i := range rules {
		switch rules[i].rule.Decide(p) {
		case Met:
			s.Met = append(s.Met, rules[i].Code)
			s.Because = append(s.Because, because(&rules[i], rules[i].rule.Eval(p)))
		case Unknown:
			s.Unknown = append(s.Unknown, rules[i].Code)
		}
	}
	s.IFactor = len(s.Met)
	return s
}

func because(r *dated, v Verdict) Because {
	if len(v.Because) == 0 {
		return Because{Barrier: r.Code, Words: r.rule.Words()}
	}
	first := v.Because[0]
	b := Because{Barrier: r.Code, Value: Plain(first.Value), Threshold: Plain(first.Threshold), AsOf: first.AsOf, Source: first.Source, Words: first.Words}
	for _, e := range v.Because[1:] {
		b.Words += "; " + e.Words
	}
	return b
}

// subject is what the roll knows about a pupil that rules may ask.
type subject struct {
	ID            roll.PupilID
	LocalID       string
	UPN           string `db:"upn"`
	Forename      string
	Surname       string
	KnownAs       string
	DateOfBirth   string
	Sex, Year     string
	Sen           string
	FirstLanguage string
	Eal, Fsm      *bool
	PupilPremium  *bool
	LookedAfter   *bool
	YoungCarer    *bool
	SortKey       string
}

func (s subject) name() string {
	return roll.Pupil{Forename: s.Forename, Surname: s.Surname, KnownAs: s.KnownAs}.Name()
}

func (s subject) listName() string {
	return roll.Pupil{Forename: s.Forename, Surname: s.Surname, KnownAs: s.KnownAs}.ListName()
}

const subjects = `select p.id, p.local_id, p.upn, p.forename, p.surname, p.known_as, p.date_of_birth, p.sex, p.year, p.sen, p.first_language,
	p.eal, p.fsm, p.pupil_premium, p.looked_after, p.young_carer, p.sort_key
	from roll_pupil p
	where p.org_id = $1 and p.starts <= $2 and p.ends >= $2
	order by p.id`

const classesOf = `select m.pupil_id, c.title
	from roll_member m
	join roll_class c on c.org_id = m.org_id and c.id = m.class_id
	where m.org_id = $1 and m.pupil_id is not null and m.starts <= $2 and m.ends >= $2
	order by m.pupil_id, c.title`

// view is one pupil as rules see them. All of it is used again for the next pupil.
type view struct {
	sub   *subject
	pupil *Pupil
	snap  *progress.Snapshot
}

// each puts together, for every pupil on the roll on a day, what the roll and the measures know, and hands it over.
func each(tx *db.Tx, day string, wantClasses bool, f func(view) error) error {
	list, err := db.All[subject](tx, subjects, day)
	if err != nil {
		return err
	}
	var seats []seat
	if wantClasses {
		if seats, err = db.All[seat](tx, classesOf, day); err != nil {
			return err
		}
	}
	p := &Pupil{}
	at, sat := 0, 0
	var titles []string
	return progress.EachSnapshot(tx, day, func(snap *progress.Snapshot) error {
		for at < len(list) && list[at].ID < snap.Pupil {
			at++
		}
		if at == len(list) || list[at].ID != snap.Pupil {
			return nil // not on the roll on that day
		}
		s := &list[at]
		p.Reset()
		fill(p, s, snap, day, tx.Today())
		if wantClasses {
			for sat < len(seats) && seats[sat].PupilID < s.ID {
				sat++
			}
			titles = titles[:0]
			for ; sat < len(seats) && seats[sat].PupilID == s.ID; sat++ {
				titles = append(titles, seats[sat].Title)
			}
			p.SetClasses(titles...)
		}
		return f(view{s, p, snap})
	})
}

type seat struct {
	PupilID roll.PupilID
	Title   string
}

// fill gives a rule's view of a pupil. What is not known is not set.
func fill(p *Pupil, s *subject, snap *progress.Snapshot, day, today string) {
	p.SetText(SEN, s.Sen)
	p.SetText(Year, s.Year)
	p.SetText(Sex, s.Sex)
	p.SetText(FirstLanguage, s.FirstLanguage)
	if age, ok := roll.AgeOn(s.DateOfBirth, day); ok {
		p.SetWhole(Age, age)
	}
	for _, b := range []struct {
		key   Key
		value *bool
	}{{EAL, s.Eal}, {FSM, s.Fsm}, {PupilPremium, s.PupilPremium}, {LookedAfter, s.LookedAfter}, {YoungCarer, s.YoungCarer}} {
		if b.value != nil {
			p.SetBool(b.key, *b.value)
		}
	}
	if a := snap.Attendance; a.Known {
		if a.HasCounts {
			p.SetSessions(a.Sessions, a.Split)
		} else {
			p.SetAttendancePercent(a.Percent)
		}
	}
	for _, r := range snap.Results {
		p.Results = append(p.Results, Result{Subject: r.Key, Scale: r.Scale, Value: r.Value, HasValue: r.HasValue, Text: r.Text, Date: r.On, Source: r.Source})
	}
	for _, c := range []struct {
		key   Key
		count progress.Counted
	}{{BehaviourIncidents, snap.Counts.Behaviour}, {BehaviourPraise, snap.Counts.Praise}, {HomeworkSet, snap.Counts.HomeworkSet}, {HomeworkMissed, snap.Counts.HomeworkMissed}} {
		if c.count.Known {
			p.SetWhole(c.key, c.count.N)
		}
	}
	for _, f := range snap.Facts {
		v := OwnValue{Column: f.Name, Text: f.Value}
		if n, err := strconv.ParseFloat(strings.TrimSpace(f.Value), 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
			v.Number, v.HasNumber = n, true
		}
		p.Own = append(p.Own, v)
	}
	p.Origins = func(field string) Origin {
		switch {
		case strings.HasPrefix(field, "attendance."):
			return Origin{AsOf: snap.Attendance.AsOf(), Source: snap.Attendance.Source()}
		case strings.HasPrefix(field, "behaviour."), strings.HasPrefix(field, "homework."):
			return Origin{AsOf: snap.Counts.To, Source: "counts, " + progress.DayWords(snap.Counts.From) + " to " + progress.DayWords(snap.Counts.To)}
		case strings.HasPrefix(field, "own"):
			for _, f := range snap.Facts {
				if strings.Contains(field, strconv.Quote(f.Name)) {
					return Origin{AsOf: f.On, Source: f.Source}
				}
			}
		}
		if day < today {
			return Origin{AsOf: today, Source: "the roll as it is now; what stood there before is not kept"}
		}
		return Origin{AsOf: day, Source: "the roll"}
	}
}

// print hashes all that went into a pupil's standing, with the rules. It is kept from one process to the next, so it is FNV and not maphash. Counts have no
// date in it: theirs is the day itself, and nothing would ever be the same again.
func (v view) print(rules uint64) int64 {
	h := rules
	mix := func(x uint64) { h = (h ^ x) * 1099511628211; h ^= h >> 29 }
	text := func(s string) {
		for i := 0; i < len(s); i++ {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
		mix(uint64(len(s)))
	}
	p := v.pupil
	mix(p.known)
	for _, n := range p.numbers {
		mix(math.Float64bits(n))
	}
	for _, s := range p.texts {
		text(s)
	}
	for _, s := range p.classes {
		text(s)
	}
	text(v.snap.Attendance.From)
	text(v.snap.Attendance.To)
	text(string(v.snap.Attendance.Basis))
	for i := range p.Results {
		r := &p.Results[i]
		text(r.Subject)
		text(r.Scale)
		text(r.Text)
		text(r.Date)
		text(r.Source)
		mix(math.Float64bits(r.Value))
	}
	for i := range v.snap.Facts {
		f := &v.snap.Facts[i]
		text(f.Name)
		text(f.Value)
		text(f.On)
		text(f.Source)
	}
	return int64(h >> 1)
}
