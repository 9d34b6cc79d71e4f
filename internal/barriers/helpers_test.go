package barriers_test

import (
	"testing"
	"time"

	"ajar/internal/barriers"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

var sets = []db.Migrations{batch.Migrations(), roll.Migrations(), progress.Migrations(), barriers.Migrations()}

// school is a service over a store in which both organisations have pupils under the same local numbers.
type school struct {
	t *testing.T
	d *db.DB
	r *roll.Service
	s *barriers.Service
}

func open(t *testing.T, d *db.DB) *school {
	t.Helper()
	imports := batch.New(d)
	r := roll.New(d, imports)
	return &school{t: t, d: d, r: r, s: barriers.New(d, r, progress.New(d, r, imports))}
}

// day moves the clock to half past ten on a day.
func (sc *school) day(day string) {
	sc.t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		sc.t.Fatal(err)
	}
	sc.d.SetClock(clock.At(at.Add(10*time.Hour + 30*time.Minute)))
}

func (sc *school) update(p access.Pass, f func(*db.Tx) error) {
	sc.t.Helper()
	if err := sc.d.Update(sc.t.Context(), p, f); err != nil {
		sc.t.Fatal(err)
	}
}

// changed tells the house that something is different, as an import or a hand does.
func (sc *school) changed(p access.Pass) {
	sc.t.Helper()
	sc.update(p, func(tx *db.Tx) error { return sc.r.Changed.Publish(tx, roll.Changed{Why: "test"}) })
}

// child is what a test says of a pupil; what it leaves out is not known.
type child struct {
	id, year, sen string
	missed        int // of 380 sessions; -1 for no attendance at all
	reading       float64
	ends          string
}

// put brings a child in, with attendance of last school year's end to now as totals and a reading result.
func (sc *school) put(p access.Pass, c child) roll.PupilID {
	sc.t.Helper()
	id := ids.New[roll.Pupil]()
	if c.ends == "" {
		c.ends = roll.ForGood
	}
	sc.update(p, func(tx *db.Tx) error {
		if _, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, upn, forename, surname, sort_key, search, year, sen, ends) values ($1, $2, $3, $4, $5, 'Hale', $6, $7, $8, $9, $10)`,
			id, c.id, "UPN-"+c.id, "Kim "+c.id, "hale "+c.id, "kim "+c.id+" hale", c.year, c.sen, c.ends); err != nil {
			return err
		}
		if c.missed >= 0 {
			if err := total(tx, id, "2026-09-01", "2026-11-13", 380, 380-c.missed); err != nil {
				return err
			}
		}
		if c.reading > 0 {
			return result(tx, id, c.reading, "2026-10-02")
		}
		return nil
	})
	sc.changed(p)
	return id
}

func total(tx *db.Tx, id roll.PupilID, from, to string, possible, attended int) error {
	_, err := tx.Exec(`insert into progress_attendance_total (org_id, id, pupil_id, from_on, to_on, possible, attended, source) values ($1, $2, $3, $4, $5, $6, $7, 'attendance.csv')`,
		ids.New[progress.Total](), id, from, to, possible, attended)
	return err
}

func result(tx *db.Tx, id roll.PupilID, value float64, day string) error {
	_, err := tx.Exec(`insert into progress_result (org_id, id, pupil_id, subject, subject_key, scale, value, text, taken_on, source) values ($1, $2, $3, 'Reading', 'reading', 'standardised', $4, 'shown', $5, 'results.csv')`,
		ids.New[progress.Result](), id, value, day)
	return err
}

// three are the rules of the Mark Rutherford School, as domain I01 tells of them.
var three = []barriers.RuleText{
	{Code: "attendance", Label: "Attendance below 85 %", When: `attendance.percent < 85.0`},
	{Code: "reading", Label: "Reading below 90", When: `result["reading"].value < 90.0`},
	{Code: "sen", Label: "SEN", When: `sen in ["K", "E"]`},
}

func (sc *school) rules(p access.Pass, list ...barriers.RuleText) barriers.RulesChanged {
	sc.t.Helper()
	c, err := sc.s.SetRules(sc.t.Context(), p, list)
	if err != nil {
		sc.t.Fatal(err)
	}
	return c
}

func (sc *school) list(p access.Pass, day string) map[string]barriers.Line {
	sc.t.Helper()
	lines, _, err := sc.s.AsOf(sc.t.Context(), p, day)
	if err != nil {
		sc.t.Fatal(err)
	}
	out := map[string]barriers.Line{}
	for _, l := range lines {
		if _, twice := out[l.PupilID]; twice {
			sc.t.Fatalf("the pupil %s stands twice in the list", l.PupilID)
		}
		out[l.PupilID] = l
	}
	return out
}

func both(t *testing.T, body func(t *testing.T, sc *school)) {
	t.Helper()
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) { body(t, open(t, d)) })
}
