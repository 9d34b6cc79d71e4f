// Package bench measures the product beside its ceiling in one run.
package bench

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

// BenchmarkSnapshot reads what is known about 120,000 pupils as of a day (2,000 with -short) and, beside it, makes a bare scan of the same rows
// through the same handle that does nothing with them. The I factor is worked out from the first.
func BenchmarkSnapshot(b *testing.B) {
	pupils, weeks := 120_000, 12
	if testing.Short() {
		pupils = 2_000
	}
	d := testkit.Open(b, filepath.Join(b.TempDir(), "bench.db"), []db.Migrations{batch.Migrations(), roll.Migrations(), progress.Migrations()})
	if err := d.Update(b.Context(), testkit.A(), func(tx *db.Tx) error { return fillFigures(tx, pupils, weeks) }); err != nil {
		b.Fatal(err)
	}
	var product, ceiling time.Duration
	b.Run("product", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			known := 0
			if err := d.View(b.Context(), testkit.A(), func(tx *db.Tx) error {
				return progress.EachSnapshot(tx, "2026-11-20", func(s *progress.Snapshot) error {
					if s.Attendance.Known && len(s.Results) == 4 {
						known++
					}
					return nil
				})
			}); err != nil {
				b.Fatal(err)
			}
			if known != pupils {
				b.Fatalf("%d of %d pupils are whole", known, pupils)
			}
		}
		product = b.Elapsed() / time.Duration(b.N)
	})
	b.Run("ceiling", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := d.View(b.Context(), testkit.A(), bareScan); err != nil {
				b.Fatal(err)
			}
		}
		ceiling = b.Elapsed() / time.Duration(b.N)
	})
	if ceiling > 0 {
		fmt.Printf("snapshots of %d pupils: product %v, bare scan %v, ratio %.2f\n", pupils, product.Round(time.Millisecond), ceiling.Round(time.Millisecond), float64(product)/float64(ceiling))
	}
}

func bareScan(tx *db.Tx) error {
	type sums struct{ PupilID, Possible, Attended, Authorised, Unauthorised int64 }
	type result struct {
		PupilID                                           int64
		Subject, SubjectKey, Scale, Text, TakenOn, Source string
		Value                                             *float64
	}
	type fact struct {
		PupilID                    int64
		Name, Value, SetOn, Source string
	}
	if err := db.Each(tx, func(*int64) error { return nil }, `select id from roll_pupil where org_id = $1 order by id`); err != nil {
		return err
	}
	if err := db.Each(tx, func(*sums) error { return nil }, `select pupil_id, cast(sum(possible) as bigint) as possible, cast(sum(attended) as bigint) as attended,
		cast(sum(authorised) as bigint) as authorised, cast(sum(unauthorised) as bigint) as unauthorised
		from progress_attendance_week where org_id = $1 and week >= '2026-08-31' group by pupil_id`); err != nil {
		return err
	}
	if err := db.Each(tx, func(*result) error { return nil }, `select pupil_id, subject, subject_key, scale, value, text, taken_on, source from progress_result where org_id = $1`); err != nil {
		return err
	}
	return db.Each(tx, func(*fact) error { return nil }, `select pupil_id, name, value, set_on, source from progress_fact where org_id = $1`)
}

func fillFigures(tx *db.Tx, pupils, weeks int) error {
	keys := make([]roll.PupilID, pupils)
	if err := rows(tx, "roll_pupil", []string{"id", "local_id", "forename", "surname"}, pupils, func(i int) []any {
		keys[i] = ids.New[roll.Pupil]()
		return []any{keys[i], fmt.Sprint(i), "Ann", "Test"}
	}); err != nil {
		return err
	}
	// As weekly imports leave them: week after week, all pupils in each.
	monday := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	if err := rows(tx, "progress_attendance_week", []string{"id", "pupil_id", "week", "marks", "first_on", "last_on", "possible", "attended", "authorised", "unauthorised"}, pupils*(weeks-1), func(i int) []any {
		m := monday.AddDate(0, 0, 7*(i/pupils))
		missed := i % 7 % 3
		return []any{ids.New[progress.Week](), keys[i%pupils], m.Format(time.DateOnly), `/,\,/,\,/,\,/,\,/,I`, m.Format(time.DateOnly), m.AddDate(0, 0, 4).Format(time.DateOnly), 10, 10 - missed, missed, 0}
	}); err != nil {
		return err
	}
	subjects := []string{"reading", "writing", "maths", "science"}
	if err := rows(tx, "progress_result", []string{"id", "pupil_id", "subject", "subject_key", "scale", "value", "text", "taken_on", "source"}, pupils*8, func(i int) []any {
		on := "2026-07-03"
		if i%8 >= 4 {
			on = "2025-07-03"
		}
		return []any{ids.New[progress.Result](), keys[i/8], subjects[i%4], subjects[i%4], "standardised", float64(70 + i%60), fmt.Sprint(70 + i%60), on, "summer.csv"}
	}); err != nil {
		return err
	}
	return rows(tx, "progress_fact", []string{"id", "pupil_id", "name", "value", "set_on"}, pupils, func(i int) []any {
		return []any{ids.New[progress.Fact](), keys[i], "club", "yes", "2026-09-01"}
	})
}

func rows(tx *db.Tx, table string, cols []string, n int, row func(int) []any) error {
	i := -1
	_, err := tx.Bulk(table, cols, func() ([]any, bool) {
		i++
		if i >= n {
			return nil, false
		}
		return row(i), true
	})
	return err
}
