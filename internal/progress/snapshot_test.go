package progress_test

import (
	"fmt"
	"slices"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

var sets = []db.Migrations{batch.Migrations(), roll.Migrations(), progress.Migrations()}

// school is a service over a store in which both organisations have the same pupils a, b, c … under the same local ids.
type school struct {
	d       *db.DB
	s       *progress.Service
	imports *batch.Service
	pupils  map[int64]map[string]roll.PupilID
}

const dayText = "2026-11-20"

func open(t *testing.T, d *db.DB, names ...string) *school {
	t.Helper()
	imports := batch.New(d)
	r := roll.New(d, imports)
	sc := &school{d: d, s: progress.New(d, r, imports), imports: imports, pupils: map[int64]map[string]roll.PupilID{}}
	for _, p := range []access.Pass{testkit.A(), testkit.B()} {
		sc.pupils[p.Org()] = map[string]roll.PupilID{}
		sc.update(t, p, func(tx *db.Tx) error {
			for _, name := range names {
				id := ids.New[roll.Pupil]()
				sc.pupils[p.Org()][name] = id
				if _, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, upn, forename, surname, sort_key) values ($1, $2, $3, $4, $5, 'Test', $6)`, id, name, "UPN"+name, name, name); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return sc
}

func (sc *school) update(t *testing.T, p access.Pass, f func(*db.Tx) error) {
	t.Helper()
	if err := sc.d.Update(t.Context(), p, f); err != nil {
		t.Fatal(err)
	}
}

// week puts a week of marks in as an import leaves it.
func (sc *school) week(t *testing.T, p access.Pass, pupil, monday, marks string) {
	t.Helper()
	w, err := progress.ParseWeek(monday, marks)
	if err != nil {
		t.Fatal(err)
	}
	sc.update(t, p, func(tx *db.Tx) error { return progress.PutWeek(tx, sc.pupils[p.Org()][pupil], w) })
}

func (sc *school) total(t *testing.T, p access.Pass, pupil, from, to string, possible, attended any, percent any) {
	t.Helper()
	sc.update(t, p, func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into progress_attendance_total (org_id, id, pupil_id, from_on, to_on, possible, attended, percent, source) values ($1, $2, $3, $4, $5, $6, $7, $8, 'totals.csv')`,
			ids.New[progress.Total](), sc.pupils[p.Org()][pupil], from, to, possible, attended, percent)
		return err
	})
}

func (sc *school) snapshot(t *testing.T, p access.Pass, pupil, asOf string) *progress.Snapshot {
	t.Helper()
	var s progress.Snapshot
	if err := sc.d.View(t.Context(), p, func(tx *db.Tx) (err error) {
		s, err = progress.One(tx, sc.pupils[p.Org()][pupil], asOf)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return &s
}

// figure says an attendance in one line.
func figure(a progress.Attendance) string {
	if !a.Known {
		return "unknown"
	}
	return fmt.Sprintf("%.2f %s", a.Percent, a.Source())
}

const full = `/,\,/,\,/,\,/,\,/,\`

func TestAttendanceOfASnapshot(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "marks", "totals", "sums", "given", "both", "lastyear", "longago", "empty", "nothing", "eve", "old marks")
		a, b := testkit.A(), testkit.B()
		// Two full weeks, and a third with one day missed on the Thursday and the Friday ill.
		sc.week(t, a, "marks", "2026-08-31", `/,\,/,\,/,\,/,\,/,\`)
		sc.week(t, a, "marks", "2026-09-07", full)
		sc.week(t, a, "marks", "2026-09-14", `/,\,/,\,/,\,O,O,I,I`)
		// The other school's pupil of that name was never there.
		sc.week(t, b, "marks", "2026-09-07", `O,O,O,O,O,O,O,O,O,O`)
		sc.total(t, a, "totals", "2026-09-01", "2026-10-31", 100, 90, nil)
		sc.total(t, a, "totals", "2026-09-01", "2026-11-13", 120, 102, nil)
		sc.total(t, a, "totals", "2026-09-01", "2027-07-20", 380, 300, nil)
		sc.total(t, a, "sums", "2026-09-01", "2026-10-16", 60, 54, nil)
		sc.total(t, a, "sums", "2026-10-17", "2026-11-13", 40, 38, nil)
		sc.total(t, a, "given", "2026-09-01", "2026-11-13", nil, nil, 84.7)
		sc.total(t, a, "both", "2026-09-01", "2026-11-13", 380, 0, nil)
		sc.week(t, a, "both", "2026-09-07", full)
		sc.total(t, a, "lastyear", "2025-09-01", "2026-07-20", 380, 323, nil)
		sc.total(t, a, "longago", "2024-09-01", "2025-07-20", 380, 323, nil)
		sc.total(t, a, "empty", "2026-09-01", "2026-11-13", 0, 0, nil)
		sc.week(t, a, "empty", "2026-09-07", `#,#,#,#,Y1,Y1,D,D,,`)
		sc.week(t, a, "old marks", "2026-06-01", `/,\,/,\,/,\,/,\,/,O`)
		tests := []struct{ pupil, asOf, want string }{
			// 31 August belongs to the school year before, so its two sessions are cut off the first week.
			{"marks", dayText, "85.71 marks, 1 Sep 2026 to 18 Sep 2026: 4 of 28 sessions missed"},
			{"marks", "2026-09-17", "92.31 marks, 1 Sep 2026 to 17 Sep 2026: 2 of 26 sessions missed"},
			{"marks", "2026-09-16", "100.00 marks, 1 Sep 2026 to 16 Sep 2026: 0 of 24 sessions missed"},
			{"marks", "2026-08-31", "100.00 marks, 31 Aug 2026 to 31 Aug 2026: 0 of 2 sessions missed"},
			{"marks", "2026-08-30", "unknown"},
			{"totals", dayText, "85.00 totals, 1 Sep 2026 to 13 Nov 2026: 18 of 120 sessions missed"},
			{"totals", "2026-11-12", "90.00 totals, 1 Sep 2026 to 31 Oct 2026: 10 of 100 sessions missed"},
			{"totals", "2026-10-30", "unknown"},
			{"sums", dayText, "92.00 totals, 1 Sep 2026 to 13 Nov 2026: 8 of 100 sessions missed"},
			{"given", dayText, "84.70 a percentage given without counts, 1 Sep 2026 to 13 Nov 2026"},
			{"both", dayText, "100.00 marks, 7 Sep 2026 to 11 Sep 2026: 0 of 10 sessions missed"},
			{"lastyear", dayText, "85.00 totals, 1 Sep 2025 to 20 Jul 2026: 57 of 380 sessions missed (nothing is recorded since)"},
			{"lastyear", "2026-08-01", "85.00 totals, 1 Sep 2025 to 20 Jul 2026: 57 of 380 sessions missed"},
			// However long ago: the dates stand beside the figure, and people say whether it is too old.
			{"longago", dayText, "85.00 totals, 1 Sep 2024 to 20 Jul 2025: 57 of 380 sessions missed (nothing is recorded since)"},
			{"longago", "2025-07-19", "unknown"},
			{"empty", dayText, "unknown"},
			{"nothing", dayText, "unknown"},
			{"old marks", dayText, "90.00 marks, 1 Jun 2026 to 5 Jun 2026: 1 of 10 sessions missed (nothing is recorded since)"},
		}
		for _, c := range tests {
			if got := figure(sc.snapshot(t, a, c.pupil, c.asOf).Attendance); got != c.want {
				t.Errorf("%s as of %s: %s; want %s", c.pupil, c.asOf, got, c.want)
			}
		}
		if got := figure(sc.snapshot(t, b, "marks", dayText).Attendance); got != "0.00 marks, 7 Sep 2026 to 11 Sep 2026: 10 of 10 sessions missed" {
			t.Errorf("the other school: %s", got)
		}
		// All at once says the same as one by one, in the order of keys.
		for _, asOf := range []string{dayText, "2026-09-17", "2026-08-31", "2026-07-31"} {
			var seen []roll.PupilID
			all := map[roll.PupilID]string{}
			if err := d.View(t.Context(), a, func(tx *db.Tx) error {
				return progress.EachSnapshot(tx, asOf, func(s *progress.Snapshot) error {
					seen = append(seen, s.Pupil)
					all[s.Pupil] = figure(s.Attendance)
					return nil
				})
			}); err != nil {
				t.Fatal(err)
			}
			if len(seen) != 11 || !slices.IsSorted(seen) {
				t.Errorf("%d pupils in order %v", len(seen), seen)
			}
			for name, id := range sc.pupils[a.Org()] {
				if one := figure(sc.snapshot(t, a, name, asOf).Attendance); one != all[id] {
					t.Errorf("%s as of %s: alone %s, among all %s", name, asOf, one, all[id])
				}
			}
		}
	})
}

// The vectors of the I factor: 57 of 380 missed is 85.00 and not below it, 58 is.
func TestThresholdVectorsThroughTheStore(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		vectors := []struct {
			missed              int
			below85, pa, severe bool
		}{{37, false, false, false}, {38, false, true, false}, {56, false, true, false}, {57, false, true, false}, {58, true, true, false}, {189, true, true, false}, {190, true, true, true}}
		var names []string
		for _, v := range vectors {
			names = append(names, fmt.Sprint(v.missed))
		}
		sc := open(t, d, names...)
		for _, v := range vectors {
			sc.total(t, testkit.A(), fmt.Sprint(v.missed), "2025-09-01", "2026-07-20", 380, 380-v.missed, nil)
			s := sc.snapshot(t, testkit.A(), fmt.Sprint(v.missed), "2026-07-20")
			pa, _ := s.Attendance.Sessions.Persistent()
			severe, _ := s.Attendance.Sessions.Severe()
			if got := s.Attendance.Percent < 85; got != v.below85 || pa != v.pa || severe != v.severe {
				t.Errorf("%d missed: %.4f below 85 %v, persistent %v, severe %v", v.missed, s.Attendance.Percent, got, pa, severe)
			}
		}
	})
}

func TestWindow(t *testing.T) {
	for _, c := range []struct{ setting, asOf, from, to string }{
		{"", "2026-11-20", "2026-09-01", "2026-11-20"},
		{"year", "2026-09-01", "2026-09-01", "2026-09-01"},
		{"year", "2026-08-31", "2025-09-01", "2026-08-31"},
		{"days:30", "2026-11-20", "2026-10-22", "2026-11-20"},
		{"30", "2026-11-20", "2026-10-22", "2026-11-20"},
		{"days:1", "2026-11-20", "2026-11-20", "2026-11-20"},
		{"days:0", "2026-11-20", "2026-09-01", "2026-11-20"},
		{"nonsense", "2026-11-20", "2026-09-01", "2026-11-20"},
	} {
		if w := progress.WindowOn(c.setting, c.asOf); w.From != c.from || w.To != c.to {
			t.Errorf("%q as of %s: %v", c.setting, c.asOf, w)
		}
	}
}

func TestResultsCountsAndFactsOfASnapshot(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "ann", "ben")
		a := testkit.A()
		ann := sc.pupils[a.Org()]["ann"]
		sc.update(t, a, func(tx *db.Tx) error {
			for _, r := range []struct {
				subject, scale, text, on string
				value                    any
			}{
				{"Reading", "ks2_scaled", "96", "2026-05-12", 96.0}, {"Reading", "ks2_scaled", "104", "2026-11-02", 104.0}, {"Reading", "ks2_scaled", "110", "2026-12-01", 110.0},
				{"Reading", "standardised", "88", "2026-10-02", 88.0}, {"Effort", "own", "Good", "2026-10-01", nil},
			} {
				if _, err := tx.Exec(`insert into progress_result (org_id, id, pupil_id, subject, subject_key, scale, value, text, taken_on, source) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'autumn.csv')`,
					ids.New[progress.Result](), ann, r.subject, progress.SubjectKey(r.subject), r.scale, r.value, r.text, r.on); err != nil {
					return err
				}
			}
			for _, c := range []struct {
				kind, on string
				n        int
			}{{"praise", "2026-09-10", 2}, {"praise", "2026-11-19", 3}, {"praise", "2026-11-21", 9}, {"behaviour", "2026-07-01", 4}, {"homework_missed", "2026-10-01", 0}} {
				if _, err := tx.Exec(`insert into progress_count (org_id, id, pupil_id, kind, on_date, n) values ($1, $2, $3, $4, $5, $6)`, ids.New[progress.Counted](), ann, c.kind, c.on, c.n); err != nil {
					return err
				}
			}
			_, err := tx.Exec(`insert into progress_fact (org_id, id, pupil_id, name, value, set_on) values ($1, $2, $3, 'famsup', 'no', '2026-11-20')`, ids.New[progress.Fact](), ann)
			return err
		})
		s := sc.snapshot(t, a, "ann", dayText)
		got := ""
		for _, r := range s.Results {
			got += fmt.Sprintf("%s %s %s %v %s; ", r.Key, r.Scale, r.Text, r.HasValue, r.On)
		}
		if got != "effort own Good false 2026-10-01; reading ks2_scaled 104 true 2026-11-02; reading standardised 88 true 2026-10-02; " {
			t.Errorf("results: %s", got)
		}
		if r, ok := s.Result("reading"); !ok || r.Value != 104 || r.Source != "autumn.csv" {
			t.Errorf("latest reading: %+v", r)
		}
		if _, ok := s.Result("maths"); ok {
			t.Error("a result that is not there was found")
		}
		want := progress.Counts{Praise: progress.Counted{Known: true, N: 5, On: "2026-11-19"}, HomeworkMissed: progress.Counted{Known: true, On: "2026-10-01"}, From: "2026-09-01", To: dayText}
		if s.Counts != want {
			t.Errorf("counts: %+v", s.Counts)
		}
		if f, ok := s.Fact("famsup"); !ok || f.Value != "no" {
			t.Errorf("facts: %+v", s.Facts)
		}
		if s := sc.snapshot(t, a, "ben", dayText); s.Attendance.Known || s.Results != nil || s.Counts.Praise.Known || s.Facts != nil {
			t.Errorf("nothing is known of ben: %+v", s)
		}
	})
}
