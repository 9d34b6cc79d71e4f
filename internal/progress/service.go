package progress

import (
	"context"
	"embed"
	"io/fs"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "progress", Files: sub}
}

// Service is what can be done with the figures about pupils.
type Service struct {
	DB   *db.DB
	Roll *roll.Service

	mu     sync.Mutex
	school map[schoolKey]schoolWeeks
}

// New makes the service, offers its kinds of import (attendance, results and counts) and keeps the facts of the import of pupils.
func New(d *db.DB, r *roll.Service, imports *batch.Service) *Service {
	s := &Service{DB: d, Roll: r, school: map[schoolKey]schoolWeeks{}}
	s.offer(imports)
	r.Facts, r.UndoFacts = s.TakeFacts, s.UndoFacts
	r.Changed.Subscribe(func(tx *db.Tx, _ roll.Changed) error {
		org := tx.Pass().Org()
		tx.After(func() { s.forget(org) })
		return nil
	})
	return s
}

// Of reads everything about one pupil's progress as of today.
func (s *Service) Of(ctx context.Context, p access.Pass, pupil roll.PupilID) (sh Sheet, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return sh, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		child, err := roll.Enter(tx, See, pupil)
		if err != nil {
			return err
		}
		sh, err = s.sheet(tx, child, true)
		return err
	})
	return sh, err
}

// Short is Of for a panel, inside the transaction of the page, for a pupil whom the page has entered: without the school's weeks and without
// the single entries.
func (s *Service) Short(tx *db.Tx, pupil roll.Pupil) (Sheet, error) {
	if _, err := tx.Pass().CheckNamed(See); err != nil {
		return Sheet{}, err
	}
	return s.sheet(tx, pupil, false)
}

func (s *Service) sheet(tx *db.Tx, pupil roll.Pupil, whole bool) (Sheet, error) {
	sh := Sheet{Pupil: pupil, MayAdd: tx.Pass().Scope(Record) >= access.Own}
	var err error
	if sh.Snapshot, err = One(tx, pupil.ID, tx.Today()); err != nil {
		return sh, err
	}
	setting, err := roll.Setting(tx, TargetSetting)
	if err != nil {
		return sh, err
	}
	sh.Target = targetOf(setting)
	sh.Window = Window{sh.Snapshot.Counts.From, sh.Snapshot.Counts.To}
	if a := sh.Snapshot.Attendance; a.Earlier {
		sh.Window.From = a.From
	}
	weeks, err := weeksOf(tx, pupil.ID, sh.Window)
	if err != nil {
		return sh, err
	}
	results, err := resultsOf(tx, pupil.ID, tx.Today())
	if err != nil {
		return sh, err
	}
	sh.Series, sh.Terms, sh.Codes = seriesOf(results), termsOf(weeks, sh.Window), codesOf(weeks, sh.Window)
	var school map[string]Sessions
	if whole {
		if school, err = s.schoolWeeks(tx, sh.Window); err != nil {
			return sh, err
		}
		if sh.Totals, err = totalsOf(tx, pupil.ID); err != nil {
			return sh, err
		}
		if sh.Events, err = eventsOf(tx, pupil.ID, sh.Window); err != nil {
			return sh, err
		}
	}
	for _, w := range weeks {
		f := WeekFigure{Monday: w.Monday, Marks: w.Format(), Sessions: w.CountsBetween(sh.Window.From, sh.Window.To)}
		f.Percent, f.Known = f.Sessions.Percent()
		f.SchoolPercent, f.SchoolKnown = school[w.Monday].Percent()
		sh.Weeks = append(sh.Weeks, f)
	}
	return sh, nil
}

// schoolKey and schoolWeeks keep the school's weekly figures for a while, since adding up every pupil's weeks for one pupil's page would be slow in a
// large school. They are forgotten when something changes here, and after ten minutes for what another process changed.
type schoolKey struct {
	org    int64
	window Window
}

type schoolWeeks struct {
	sums  map[string]Sessions
	until time.Time
}

const schoolWeeksKept = 10 * time.Minute

func (s *Service) schoolWeeks(tx *db.Tx, w Window) (map[string]Sessions, error) {
	key, now := schoolKey{tx.Pass().Org(), w}, time.UnixMilli(tx.Now())
	s.mu.Lock()
	kept, ok := s.school[key]
	s.mu.Unlock()
	if ok && now.Before(kept.until) {
		return kept.sums, nil
	}
	sums, err := sumsByWeek(tx, w)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.school) > 1000 {
		clear(s.school)
	}
	s.school[key] = schoolWeeks{sums, now.Add(schoolWeeksKept)}
	return sums, nil
}

func (s *Service) forget(org int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.school {
		if k.org == org {
			delete(s.school, k)
		}
	}
}

// ResultForm is a result as a person typed it.
type ResultForm struct{ Subject, Scale, Value, On string }

// AddResult records a result by hand. One of the same day, subject and scale is replaced, and what a person entered is never overwritten by a file.
func (s *Service) AddResult(ctx context.Context, p access.Pass, pupil roll.PupilID, f ResultForm) error {
	if _, err := p.CheckNamed(Record); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := roll.Enter(tx, Record, pupil); err != nil {
			return err
		}
		row, err := f.check(tx.Today())
		if err != nil {
			return err
		}
		row.ID, row.PupilID, row.Source = ids.New[Result](), pupil, "entered by "+tx.Pass().Who().Name
		if err := upsertResult(tx, row); err != nil {
			return err
		}
		return s.Roll.Changed.Publish(tx, roll.Changed{Why: "a result was recorded"})
	})
}

// check reads the form, and answers all that is wrong with it at once.
func (f ResultForm) check(today string) (keptResult, error) {
	var bad fault.Fields
	for _, empty := range []struct{ field, text, say string }{{"subject", f.Subject, "Give the subject."}, {"value", f.Value, "Give the result."}, {"on", f.On, "Give the day on which it was taken."}} {
		if strings.TrimSpace(empty.text) == "" {
			bad.Add(empty.field, "%s", empty.say)
		}
	}
	if len(bad) > 0 {
		return keptResult{}, bad
	}
	fields := map[string]string{"subject": f.Subject, "scale": f.Scale, "value": f.Value, "date": f.On}
	row, _, err := parseResult(func(name string) string { return fields[name] }, today)
	if no, ok := err.(*refusal); ok {
		bad.Add(formField(no.field), "%s", no.reason)
	}
	if err == nil && row.TakenOn > today {
		bad.Add("on", "%s has not come yet.", DayWords(row.TakenOn))
	}
	return row, bad.Err()
}

func formField(field string) string {
	if field == "date" {
		return "on"
	}
	return field
}

// CountForm is an entry of praise, behaviour or homework as a person typed it.
type CountForm struct{ Kind, On, N, Note string }

// AddCount records praise, behaviour or homework by hand.
func (s *Service) AddCount(ctx context.Context, p access.Pass, pupil roll.PupilID, f CountForm) error {
	if _, err := p.CheckNamed(Record); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := roll.Enter(tx, Record, pupil); err != nil {
			return err
		}
		if strings.TrimSpace(f.On) == "" {
			return fault.Field("on", "Give the day.")
		}
		fields := map[string]string{"kind": strings.ReplaceAll(f.Kind, "_", " "), "date": f.On, "count": f.N, "note": f.Note}
		c, err := parseCount(func(name string) string { return fields[name] })
		if no, ok := err.(*refusal); ok {
			return fault.Field(formField(no.field), "%s", no.reason)
		}
		if err != nil {
			return err
		}
		if c.OnDate > tx.Today() {
			return fault.Field("on", "%s has not come yet.", DayWords(c.OnDate))
		}
		c.ID, c.PupilID = ids.New[Counted](), pupil
		if err := upsertCount(tx, c); err != nil {
			return err
		}
		return s.Roll.Changed.Publish(tx, roll.Changed{Why: "a count was recorded"})
	})
}

// MarkForm is one session as a person typed it: a day, am or pm, and a code, empty for none.
type MarkForm struct{ On, Session, Mark string }

// SetMark puts one session's mark right by hand; an empty mark takes it away. The week is a person's from then on: files fill what is empty in it
// and change nothing.
func (s *Service) SetMark(ctx context.Context, p access.Pass, pupil roll.PupilID, f MarkForm) error {
	if _, err := p.CheckNamed(Record); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := roll.Enter(tx, Record, pupil); err != nil {
			return err
		}
		on, err := f.check(tx.Today())
		if err != nil {
			return err
		}
		monday, _, err := MondayOf(on)
		if err != nil {
			return err
		}
		w, err := weekOf(tx, pupil, monday)
		if err != nil {
			return err
		}
		if _, err := w.Set(on, f.Session == "pm", f.Mark); err != nil {
			return fault.Field("mark", "%s.", upper(strings.TrimSuffix(err.Error(), ".")))
		}
		if err := putWeek(tx, pupil, w); err != nil {
			return err
		}
		return s.Roll.Changed.Publish(tx, roll.Changed{Why: "a mark was put right"})
	})
}

func (f MarkForm) check(today string) (on string, err error) {
	var bad fault.Fields
	on, err = day("on", f.On)
	switch no, ok := err.(*refusal); {
	case ok:
		bad.Add("on", "%s", no.reason)
	case on == "":
		bad.Add("on", "Give the day.")
	case on > addDays(today, 366):
		bad.Add("on", "%s is more than a year ahead.", DayWords(on))
	}
	if f.Session != "am" && f.Session != "pm" {
		bad.Add("session", "Choose the morning or the afternoon.")
	}
	if utf8.RuneCountInString(f.Mark) > 2 {
		bad.Add("mark", "“%s” is not an attendance code.", clip(f.Mark))
	}
	return on, bad.Err()
}

// upper begins a sentence for a page.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
