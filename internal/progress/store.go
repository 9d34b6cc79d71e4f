package progress

import (
	"cmp"
	"slices"
	"time"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// Total is attendance of a period as a file gave it. What the file did not say is nil.
type Total struct {
	ID                       ids.ID[Total]
	PupilID                  roll.PupilID
	FromOn, ToOn             string
	Possible, Attended       *int
	Authorised, Unauthorised *int
	Percent                  *float64
	Source                   string
	MadeBy                   *int64
}

const totalColumns = `t.id, t.pupil_id, t.from_on, t.to_on, t.possible, t.attended, t.authorised, t.unauthorised, t.percent, t.source, t.made_by`

// Sessions are the counts of the total, with nought for what is not known; ask for nil first where it matters.
func (t Total) Sessions() Sessions {
	var s Sessions
	for _, p := range []struct {
		from *int
		to   *int
	}{{t.Possible, &s.Possible}, {t.Attended, &s.Attended}, {t.Authorised, &s.Authorised}, {t.Unauthorised, &s.Unauthorised}} {
		if p.from != nil {
			*p.to = *p.from
		}
	}
	return s
}

// The sum of marks in a window takes the weeks that lie in it whole; those that stick out are read mark by mark.
const (
	marksSum = `select w.pupil_id, cast(sum(w.possible) as bigint) as possible, cast(sum(w.attended) as bigint) as attended,
		cast(sum(w.authorised) as bigint) as authorised, cast(sum(w.unauthorised) as bigint) as unauthorised,
		min(w.first_on) as from_on, max(w.last_on) as to_on
		from progress_attendance_week w
		where w.org_id = $1 and w.first_on >= $2 and w.last_on <= $3`
	marksCut = `select w.pupil_id, w.week, w.marks
		from progress_attendance_week w
		where w.org_id = $1 and w.last_on >= $2 and w.first_on <= $3 and (w.first_on < $2 or w.last_on > $3)`
	totalsEnding = `select ` + totalColumns + `
		from progress_attendance_total t
		where t.org_id = $1 and t.to_on <= $2 and t.to_on >= $3`
	resultsUpTo = `select r.pupil_id, r.subject, r.subject_key, r.scale, r.value, r.text, r.taken_on, r.source
		from progress_result r
		where r.org_id = $1 and r.taken_on <= $2`
	countsSum = `select c.pupil_id, c.kind, cast(sum(c.n) as bigint) as n, max(c.on_date) as on_date
		from progress_count c
		where c.org_id = $1 and c.on_date >= $2 and c.on_date <= $3`
	factsAll = `select f.pupil_id, f.name, f.value, f.set_on, f.source
		from progress_fact f
		where f.org_id = $1`
)

// EachSnapshot hands over the snapshot of every pupil on the organisation's roll, leavers too, in order of the pupil's key, as of a day. It reads each kind of
// figure in one pass for all pupils. The snapshot and its slices are used again for the next pupil: copy what is kept. f may use the transaction.
//
// It checks no right: it is for work on the whole organisation, behind a verb that has checked.
func EachSnapshot(tx *db.Tx, asOf string, f func(*Snapshot) error) error {
	return snapshots(tx, asOf, 0, f)
}

// One is the snapshot of one pupil who has been entered already.
func One(tx *db.Tx, pupil roll.PupilID, asOf string) (Snapshot, error) {
	out := Snapshot{Pupil: pupil, AsOf: asOf}
	err := snapshots(tx, asOf, pupil, func(s *Snapshot) error { out = *s; return nil })
	return out, err
}

// gathering holds the figures of all pupils, by their place in the order of keys.
type gathering struct {
	tx     *db.Tx
	only   roll.PupilID // 0 for everyone
	window Window
	pupils []roll.PupilID
	place  map[roll.PupilID]int32

	marks   []Attendance
	results [][]Result
	counts  []Counts
	totals  map[int32][]Total
	facts   [][]Fact
	words   map[string]string
}

func snapshots(tx *db.Tx, asOf string, only roll.PupilID, f func(*Snapshot) error) error {
	setting, err := roll.Setting(tx, WindowSetting)
	if err != nil {
		return err
	}
	g := &gathering{tx: tx, only: only, window: WindowOn(setting, asOf), words: map[string]string{}}
	for _, step := range []func() error{g.readPupils, g.readMarks, g.readTotals, g.readResults, g.readCounts, g.readFacts} {
		if err := step(); err != nil {
			return err
		}
	}
	earlier, err := g.readEarlierMarks()
	if err != nil {
		return err
	}
	s := Snapshot{AsOf: asOf}
	for i, id := range g.pupils {
		at := int32(i)
		s.Pupil, s.Results, s.Counts, s.Facts = id, g.results[i], g.counts[i], g.facts[i]
		s.Attendance = settle(g.marks[i], earlier[at], g.totals[at], g.window)
		s.Counts.From, s.Counts.To = g.window.From, g.window.To
		slices.SortFunc(s.Results, func(a, b Result) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Scale, b.Scale)) })
		if err := f(&s); err != nil {
			return err
		}
	}
	return nil
}

// all ends a statement for everyone, or for the one pupil, who is then the argument after args.
func (g *gathering) all(query, column, last string, args ...any) (string, []any) {
	if g.only != 0 {
		query += " and " + column + " = $" + string(rune('2'+len(args)))
		args = append(args, g.only)
	}
	return query + " " + last, args
}

func (g *gathering) readPupils() (err error) {
	query, args := g.all(`select p.id from roll_pupil p where p.org_id = $1`, "p.id", "order by p.id")
	if g.pupils, err = db.All[roll.PupilID](g.tx, query, args...); err != nil {
		return err
	}
	n := len(g.pupils)
	g.place = make(map[roll.PupilID]int32, n)
	for i, id := range g.pupils {
		g.place[id] = int32(i)
	}
	g.marks, g.results, g.counts, g.facts = make([]Attendance, n), make([][]Result, n), make([]Counts, n), make([][]Fact, n)
	g.totals = map[int32][]Total{}
	return nil
}

func (g *gathering) readMarks() error {
	return g.sumMarks(g.window, g.only, func(at int32) *Attendance { return &g.marks[at] })
}

// fewWithout is the number of pupils up to which asking one by one is cheaper than adding everyone's earlier year up.
const fewWithout = 300

// readEarlierMarks adds up the earlier period for the pupils of whom the window tells nothing.
func (g *gathering) readEarlierMarks() (map[int32]Attendance, error) {
	out := map[int32]Attendance{}
	var without []int32
	for i := range g.pupils {
		if at := int32(i); !g.marks[i].Known && !fromTotals(g.totals[at], g.window).Known {
			without = append(without, at)
		}
	}
	if len(without) == 0 {
		return out, nil
	}
	last, err := db.One[string](g.tx, `select coalesce(max(w.last_on), '') from progress_attendance_week w where w.org_id = $1 and w.last_on < $2`, g.window.From)
	if err != nil || last == "" {
		return out, err
	}
	earlier := g.window.earlier(last)
	found := make([]Attendance, len(g.pupils))
	into := func(at int32) *Attendance { return &found[at] }
	if len(without) > fewWithout {
		if err := g.sumMarks(earlier, g.only, into); err != nil {
			return nil, err
		}
	} else {
		for _, at := range without {
			if err := g.sumMarks(earlier, g.pupils[at], into); err != nil {
				return nil, err
			}
		}
	}
	for _, at := range without {
		if found[at].Known {
			out[at] = found[at]
		}
	}
	return out, nil
}

// sumMarks adds up the marks of a window for one pupil, or for everyone when only is 0.
func (g *gathering) sumMarks(w Window, only roll.PupilID, into func(int32) *Attendance) error {
	type row struct {
		PupilID                                      roll.PupilID
		Possible, Attended, Authorised, Unauthorised int
		FromOn, ToOn                                 string
	}
	one := &gathering{only: only}
	query, args := one.all(marksSum, "w.pupil_id", "group by w.pupil_id", w.From, w.To)
	if err := db.Each(g.tx, func(r *row) error {
		if at, ok := g.place[r.PupilID]; ok {
			*into(at) = Attendance{Basis: FromMarks, HasCounts: true, Split: true, From: g.word(r.FromOn), To: g.word(r.ToOn),
				Sessions: Sessions{Possible: r.Possible, Attended: r.Attended, Authorised: r.Authorised, Unauthorised: r.Unauthorised}}
		}
		return nil
	}, query, args...); err != nil {
		return err
	}
	type week struct {
		PupilID     roll.PupilID
		Week, Marks string
	}
	query, args = one.all(marksCut, "w.pupil_id", "", w.From, w.To)
	if err := db.Each(g.tx, func(r *week) error {
		at, ok := g.place[r.PupilID]
		if !ok {
			return nil
		}
		parsed, err := ParseWeek(r.Week, r.Marks)
		if err != nil {
			return err
		}
		into(at).addWeek(parsed, w)
		return nil
	}, query, args...); err != nil {
		return err
	}
	for i := range g.pupils {
		a := into(int32(i))
		a.Percent, a.Known = a.Sessions.Percent()
	}
	return nil
}

// addWeek adds the part of a week that lies in the window.
func (a *Attendance) addWeek(week Week, w Window) {
	first, last := week.days(w)
	if first == "" {
		return
	}
	a.Sessions = a.Sessions.Add(week.CountsBetween(w.From, w.To))
	a.Basis, a.HasCounts, a.Split = FromMarks, true, true
	if a.From == "" || first < a.From {
		a.From = first
	}
	a.To = max(a.To, last)
}

// days are the first and the last day within the window on which a session counts as possible; empty when there is none.
func (w Week) days(in Window) (first, last string) {
	monday, err := time.Parse(time.DateOnly, w.Monday)
	if err != nil {
		return "", ""
	}
	for i, mark := range w.Marks {
		code, ok := codeByMark[mark]
		if !ok || (Sessions{}).with(*code).Possible == 0 {
			continue
		}
		day := monday.AddDate(0, 0, i/2).Format(time.DateOnly)
		if day < in.From || in.To != "" && day > in.To {
			continue
		}
		if first == "" {
			first = day
		}
		last = day
	}
	return first, last
}

func (g *gathering) readTotals() error {
	query, args := g.all(totalsEnding, "t.pupil_id", "", g.window.To, roll.Always)
	return db.Each(g.tx, func(t *Total) error {
		if at, ok := g.place[t.PupilID]; ok && !g.marks[at].Known {
			g.totals[at] = append(g.totals[at], *t)
		}
		return nil
	}, query, args...)
}

func (g *gathering) readResults() error {
	type row struct {
		PupilID                                           roll.PupilID
		Subject, SubjectKey, Scale, Text, TakenOn, Source string
		Value                                             *float64
	}
	query, args := g.all(resultsUpTo, "r.pupil_id", "", g.window.To)
	return db.Each(g.tx, func(r *row) error {
		at, ok := g.place[r.PupilID]
		if !ok {
			return nil
		}
		// A pupil has a handful of subjects, so looking along the list is quicker than sorting them all in the store.
		list := g.results[at]
		i := slices.IndexFunc(list, func(x Result) bool { return x.Key == r.SubjectKey && x.Scale == r.Scale })
		if i >= 0 && list[i].On > r.TakenOn {
			return nil
		}
		if i < 0 {
			if list == nil {
				list = make([]Result, 0, 4)
			}
			list = append(list, Result{})
			i = len(list) - 1
		}
		list[i] = Result{Subject: g.word(r.Subject), Key: g.word(r.SubjectKey), Scale: g.word(r.Scale), Text: g.word(r.Text), On: g.word(r.TakenOn), Source: g.word(r.Source), HasValue: r.Value != nil}
		if r.Value != nil {
			list[i].Value = *r.Value
		}
		g.results[at] = list
		return nil
	}, query, args...)
}

func (g *gathering) readCounts() error {
	type row struct {
		PupilID roll.PupilID
		Kind    string
		N       int
		OnDate  string
	}
	query, args := g.all(countsSum, "c.pupil_id", "group by c.pupil_id, c.kind", g.window.From, g.window.To)
	return db.Each(g.tx, func(r *row) error {
		if at, ok := g.place[r.PupilID]; ok {
			if c := g.counts[at].kind(r.Kind); c != nil {
				*c = Counted{Known: true, N: r.N, On: r.OnDate}
			}
		}
		return nil
	}, query, args...)
}

func (g *gathering) readFacts() error {
	type row struct {
		PupilID                    roll.PupilID
		Name, Value, SetOn, Source string
	}
	query, args := g.all(factsAll, "f.pupil_id", "")
	if err := db.Each(g.tx, func(r *row) error {
		if at, ok := g.place[r.PupilID]; ok {
			g.facts[at] = append(g.facts[at], Fact{Name: g.word(r.Name), Value: g.word(r.Value), On: g.word(r.SetOn), Source: g.word(r.Source)})
		}
		return nil
	}, query, args...); err != nil {
		return err
	}
	for _, list := range g.facts {
		slices.SortFunc(list, func(a, b Fact) int { return cmp.Compare(a.Name, b.Name) })
	}
	return nil
}

// word keeps one copy of a text that stands in thousands of rows, such as a subject or a day.
func (g *gathering) word(s string) string {
	if kept, ok := g.words[s]; ok {
		return kept
	}
	if len(g.words) < 50_000 {
		g.words[s] = s
	}
	return s
}

// putWeek keeps a pupil's week as a person left it: it belongs to no batch from then on.
func putWeek(tx *db.Tx, pupil roll.PupilID, w Week) error {
	first, last := w.days(Window{})
	n := w.Counts()
	_, err := tx.Exec(`insert into progress_attendance_week (org_id, id, pupil_id, week, marks, first_on, last_on, possible, attended, authorised, unauthorised)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		on conflict (org_id, pupil_id, week) do update set marks = excluded.marks, first_on = excluded.first_on, last_on = excluded.last_on,
			possible = excluded.possible, attended = excluded.attended, authorised = excluded.authorised, unauthorised = excluded.unauthorised, made_by = null`,
		ids.New[Week](), pupil, w.Monday, w.Format(), first, last, n.Possible, n.Attended, n.Authorised, n.Unauthorised)
	return err
}

func weekOf(tx *db.Tx, pupil roll.PupilID, monday string) (Week, error) {
	marks, _, err := db.Maybe[string](tx, `select w.marks from progress_attendance_week w where w.org_id = $1 and w.pupil_id = $2 and w.week = $3`, pupil, monday)
	if err != nil {
		return Week{}, err
	}
	return ParseWeek(monday, marks)
}

// weeksOf reads a pupil's weeks that reach into a window, oldest first.
func weeksOf(tx *db.Tx, pupil roll.PupilID, w Window) ([]Week, error) {
	type row struct{ Week, Marks string }
	rows, err := db.All[row](tx, `select w.week, w.marks from progress_attendance_week w
		where w.org_id = $1 and w.pupil_id = $2 and w.week >= $3 and w.week <= $4
		order by w.week`, pupil, addDays(w.From, -6), w.To)
	if err != nil {
		return nil, err
	}
	out := make([]Week, 0, len(rows))
	for _, r := range rows {
		week, err := ParseWeek(r.Week, r.Marks)
		if err != nil {
			return nil, err
		}
		out = append(out, week)
	}
	return out, nil
}

// sumsByWeek adds all pupils of the organisation up, week by week.
func sumsByWeek(tx *db.Tx, w Window) (map[string]Sessions, error) {
	type row struct {
		Week               string
		Possible, Attended int
	}
	out := map[string]Sessions{}
	return out, db.Each(tx, func(r *row) error {
		out[r.Week] = Sessions{Possible: r.Possible, Attended: r.Attended}
		return nil
	}, `select w.week, cast(sum(w.possible) as bigint) as possible, cast(sum(w.attended) as bigint) as attended
		from progress_attendance_week w
		where w.org_id = $1 and w.week >= $2 and w.week <= $3
		group by w.week`, addDays(w.From, -6), w.To)
}

// resultsOf reads all of a pupil's results up to a day.
func resultsOf(tx *db.Tx, pupil roll.PupilID, asOf string) ([]Result, error) {
	rows, err := db.All[keptResult](tx, `select r.id, r.pupil_id, r.subject, r.subject_key, r.scale, r.value, r.text, r.taken_on, r.source, r.made_by
		from progress_result r
		where r.org_id = $1 and r.pupil_id = $2 and r.taken_on <= $3`, pupil, asOf)
	out := make([]Result, 0, len(rows))
	for _, r := range rows {
		x := Result{Subject: r.Subject, Key: r.SubjectKey, Scale: r.Scale, Text: r.Text, On: r.TakenOn, Source: r.Source, HasValue: r.Value != nil}
		if r.Value != nil {
			x.Value = *r.Value
		}
		out = append(out, x)
	}
	return out, err
}

func totalsOf(tx *db.Tx, pupil roll.PupilID) ([]Total, error) {
	return db.All[Total](tx, `select `+totalColumns+` from progress_attendance_total t
		where t.org_id = $1 and t.pupil_id = $2
		order by t.to_on desc, t.from_on`, pupil)
}

// eventsOf reads the entries of praise, behaviour and homework in a window, newest first.
func eventsOf(tx *db.Tx, pupil roll.PupilID, w Window) ([]CountRow, error) {
	return db.All[CountRow](tx, `select c.kind, c.on_date, c.n, c.note, c.made_by from progress_count c
		where c.org_id = $1 and c.pupil_id = $2 and c.on_date >= $3 and c.on_date <= $4
		order by c.on_date desc, c.kind, c.note limit 200`, pupil, w.From, w.To)
}

func upsertResult(tx *db.Tx, r keptResult) error {
	_, err := tx.Exec(`insert into progress_result (org_id, id, pupil_id, subject, subject_key, scale, value, text, taken_on, source)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (org_id, pupil_id, subject_key, scale, taken_on) do update set subject = excluded.subject, value = excluded.value, text = excluded.text,
			source = excluded.source, made_by = null`,
		r.ID, r.PupilID, r.Subject, r.SubjectKey, r.Scale, r.Value, r.Text, r.TakenOn, r.Source)
	return err
}

func upsertCount(tx *db.Tx, c keptCount) error {
	_, err := tx.Exec(`insert into progress_count (org_id, id, pupil_id, kind, on_date, n, note)
		values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (org_id, pupil_id, kind, on_date, note) do update set n = excluded.n, made_by = null`,
		c.ID, c.PupilID, c.Kind, c.OnDate, c.N, c.Note)
	return err
}

// yearsOnRoll gives the year group of everyone on the roll today.
func yearsOnRoll(tx *db.Tx) (map[roll.PupilID]roll.YearGroup, error) {
	type row struct {
		ID   roll.PupilID
		Year roll.YearGroup
	}
	out := map[roll.PupilID]roll.YearGroup{}
	return out, db.Each(tx, func(r *row) error { out[r.ID] = r.Year; return nil },
		`select p.id, p.year from roll_pupil p where p.org_id = $1 and p.starts <= $2 and p.ends >= $2`, tx.Today())
}
