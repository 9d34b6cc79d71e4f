package trail_test

import (
	"testing"
	"time"

	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/trail"
)

// One day with many records is told to whoever reads the trail; a day like every other is not, nor one of another school, and nobody is kept from their work.
func TestUnusuallyManyRecords(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		today := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
		opens := func(org, staff int64, name string, day int, n, times int) {
			must(t, d.Update(t.Context(), person(org, staff, name), func(tx *db.Tx) error {
				at := today.AddDate(0, 0, -day).Add(9 * time.Hour).UnixMilli()
				for i := range n * times {
					if _, err := tx.Exec(`insert into trail_entry (org_id, id, at_ms, who, staff, kind, about, key, prev, hash) values ($1, $2, $3, $4, $5, 'seen', 'pupil', $6, $7, $7)`,
						1_000_000*staff+int64(10_000*day+i), at+int64(i), name, staff, 1+i%n, []byte("x")); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		a, b := testkit.OrgA, testkit.OrgB
		opens(a, 1, "Nosy New", 0, 80, 2)         // nobody knew them before
		opens(a, 2, "Busy Office", 0, 70, 1)      // as on every day
		opens(a, 3, "Calm Teacher", 0, 20, 9)     // twenty records, each opened often
		opens(a, 4, "Quiet Governor", 0, 61, 1)   // who opened two a day
		opens(a, 5, "Yesterday's Man", 1, 400, 1) // another day
		opens(b, 6, "Other School", 0, 500, 1)
		for day := 1; day <= 20; day++ {
			opens(a, 2, "Busy Office", day, 50, 1)
			opens(a, 4, "Quiet Governor", day, 2, 1)
		}
		var got []trail.Many
		must(t, d.View(t.Context(), person(a, 9, "Lead"), func(tx *db.Tx) (err error) {
			got, err = trail.Unusual(tx, "pupil", today.UnixMilli())
			return err
		}))
		want := []trail.Many{{Who: "Nosy New", Staff: 1, Records: 80}, {Who: "Quiet Governor", Staff: 4, Records: 61, Usual: 2}}
		if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("%+v", got)
		}
	})
}
