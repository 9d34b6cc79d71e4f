package trail_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/trail"
)

var sets = []db.Migrations{trail.Migrations()}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func person(org, staff int64, name string) access.Pass {
	return access.NewGate().Admit(access.Who{Org: org, Staff: staff, Name: name})
}

func write(t *testing.T, d *db.DB, p access.Pass, entries ...trail.Entry) {
	t.Helper()
	must(t, d.Update(t.Context(), p, func(tx *db.Tx) error {
		for _, e := range entries {
			if err := trail.Write(tx, e); err != nil {
				return err
			}
		}
		return nil
	}))
}

func list(t *testing.T, d *db.DB, org int64, f trail.Filter) (out []trail.Line) {
	t.Helper()
	must(t, d.View(t.Context(), person(org, 1, "Reader"), func(tx *db.Tx) (err error) {
		out, err = trail.List(tx, f)
		return err
	}))
	return out
}

func verify(t *testing.T, d *db.DB, org int64, noted ...trail.Mark) (r trail.Report) {
	t.Helper()
	p := access.Installation("test")
	if org != 0 {
		p = person(org, 1, "Reader")
	}
	must(t, d.View(t.Context(), p, func(tx *db.Tx) (err error) {
		r, err = trail.Verify(tx, org, noted...)
		return err
	}))
	return r
}

func whole(t *testing.T, d *db.DB, org, entries int64) trail.Report {
	t.Helper()
	r := verify(t, d, org)
	if r.Broken != nil || r.Entries != entries {
		t.Fatalf("chain of %d: %d entries, want %d; broken: %+v", org, r.Entries, entries, r.Broken)
	}
	return r
}

func TestWriteIsKeptWithItsCauseAndOnlyThere(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		a, b := person(testkit.OrgA, 7, "Yasmin Thornbury"), person(testkit.OrgB, 9, "Other Head")
		write(t, d, a, trail.Entry{Kind: trail.Order, About: "pupil", Key: 42, Words: "an order was made"}, trail.Entry{Kind: trail.Merge, About: "adult", Key: 43})
		write(t, d, b, trail.Entry{Kind: trail.Export, Words: "a list"})
		write(t, d, access.Installation("test"), trail.Entry{Kind: trail.SignInFailed, Words: "nobody of that name"})
		boom := errors.New("boom")
		if err := d.Update(t.Context(), a, func(tx *db.Tx) error { return errors.Join(trail.Write(tx, trail.Entry{Kind: trail.Link}), boom) }); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		got := list(t, d, testkit.OrgA, trail.Filter{})
		if len(got) != 2 || got[0].Kind != trail.Merge || got[1].Words != "an order was made" || got[1].Who != "Yasmin Thornbury" || got[1].Staff != 7 || got[1].AtMs != testkit.Day.UnixMilli() {
			t.Errorf("%+v", got)
		}
		whole(t, d, testkit.OrgA, 2)
		whole(t, d, testkit.OrgB, 1)
		whole(t, d, 0, 1)
		if err := d.View(t.Context(), a, func(tx *db.Tx) error { return trail.Write(tx, trail.Entry{Kind: trail.Seen}) }); err == nil {
			t.Error("Write was taken in a transaction that only reads")
		}
		if err := d.Update(t.Context(), a, func(tx *db.Tx) error { return trail.Write(tx, trail.Entry{}) }); err == nil {
			t.Error("an entry without a kind was taken")
		}
	})
}

// Signing in stands on a pass of the installation, and belongs to the trail of the school.
func TestWriteAsGoesToTheTrailOfThePerson(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		must(t, d.Update(t.Context(), access.Installation("test"), func(tx *db.Tx) error {
			return errors.Join(trail.WriteAs(tx, access.Who{Org: testkit.OrgB, Staff: 5, Name: "Declan Frost"}, trail.Entry{Kind: trail.SignIn}),
				trail.WriteAs(tx, access.Who{Org: testkit.OrgA, Adult: 6, Name: "A parent"}, trail.Entry{Kind: trail.SignIn}))
		}))
		if got := list(t, d, testkit.OrgB, trail.Filter{}); len(got) != 1 || got[0].Staff != 5 || got[0].Who != "Declan Frost" || got[0].Words != "" {
			t.Errorf("%+v", got)
		}
		if got := list(t, d, testkit.OrgA, trail.Filter{Adult: 6}); len(got) != 1 {
			t.Errorf("%+v", got)
		}
		whole(t, d, 0, 0)
	})
}

func TestStrangeTextsAreMadeFit(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		write(t, d, person(testkit.OrgA, 1, "bad \xff\x00 name"), trail.Entry{Kind: trail.SignInFailed, Words: "\x00\xfe" + strings.Repeat("ü", 4000)})
		got := list(t, d, testkit.OrgA, trail.Filter{})
		if len(got) != 1 || len(got[0].Words) > 600 || strings.Contains(got[0].Who, "\x00") {
			t.Errorf("%+v", got)
		}
		whole(t, d, testkit.OrgA, 1)
	})
}

// Whoever changes a row, takes one out or puts one in is found, even when they had to break the lock of the store first.
func TestVerifyNamesTheFirstBreak(t *testing.T) {
	cases := []struct {
		name, sql string
		at        int64
		says      string
	}{
		{"a text was changed", "update trail_entry set words = 'x' where org_id = ORG and id = 3", 3, "entry 3 was changed"},
		{"a name was changed", "update trail_entry set who = 'x' where org_id = ORG and id = 3", 3, "entry 3 was changed"},
		{"a time was changed", "update trail_entry set at_ms = at_ms + 1 where org_id = ORG and id = 4", 4, "entry 4 was changed"},
		{"letters moved over", "update trail_entry set about = 'pupilw', words = 'ords 2' where org_id = ORG and id = 2", 2, "entry 2 was changed"},
		{"one was taken out", "delete from trail_entry where org_id = ORG and id = 2", 2, "entry 2 is missing"},
		{"several were taken out", "delete from trail_entry where org_id = ORG and id in (2, 3)", 2, "entries 2 to 3 are missing"},
		{"the first was taken out", "delete from trail_entry where org_id = ORG and id = 1", 1, "entry 1 is missing"},
		{"the end was cut off", "delete from trail_entry where org_id = ORG and id >= 4", 4, "its end is missing"},
		{"all were taken out", "delete from trail_entry where org_id = ORG", 1, "its end is missing"},
		{"a copy at the end", "insert into trail_entry (org_id, id, at_ms, kind, prev, hash) select org_id, 6, at_ms, kind, prev, hash from trail_entry where org_id = ORG and id = 5", 6, "does not follow on"},
		{"entries of another school", "delete from trail_entry where org_id = ORG;update trail_entry set org_id = ORG where org_id = 202", 1, "entry 1 was changed"},
		{"removed without a word", "insert into trail_cut (org_id, id, hash, entries, first_ms, last_ms, at_ms) select org_id, 2, hash, 2, 0, 0, 0 from trail_entry where org_id = ORG and id = 2;delete from trail_entry where org_id = ORG and id <= 2",
			3, "no entry says so"},
	}
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		t.Run(engine.String(), func(t *testing.T) {
			url := filepath.Join(t.TempDir(), "ajar.db")
			if engine == db.PostgreSQL {
				url = testkit.Postgres(t)
			}
			d := testkit.Open(t, url, sets)
			thief := force(t, engine, url)
			for _, name := range []string{"trail_entry_kept", "trail_entry_stays"} {
				if engine == db.PostgreSQL {
					name += " on trail_entry"
				}
				thief("drop trigger " + name)
			}
			if engine == db.PostgreSQL {
				thief("alter table trail_entry disable row level security")
				thief("alter table trail_cut disable row level security")
			}
			fill := func(org int64) {
				for i := range 5 {
					write(t, d, person(org, 1, "Pat"), trail.Entry{Kind: trail.Seen, About: "pupil", Key: int64(i), Words: fmt.Sprintf("words %d", i+1)})
				}
			}
			for i, c := range cases {
				org := int64(1000 + i)
				for _, o := range []int64{org, testkit.OrgB + org} {
					fill(o)
					whole(t, d, o, 5)
				}
				for s := range strings.SplitSeq(c.sql, ";") {
					thief(strings.NewReplacer("ORG", fmt.Sprint(org), "202", fmt.Sprint(testkit.OrgB+org)).Replace(s))
				}
				r := verify(t, d, org)
				if r.Broken == nil || r.Broken.ID != c.at || !strings.Contains(r.Broken.Why, c.says) {
					t.Errorf("%s: got %+v, want entry %d and %q", c.name, r.Broken, c.at, c.says)
				}
				if !strings.Contains(c.sql, "202") {
					whole(t, d, testkit.OrgB+org, 5)
				}
			}
		})
	}
}

// force is the hand of somebody who has the data file or the database itself, and no pass.
func force(t *testing.T, engine db.Engine, url string) func(string) {
	t.Helper()
	driver := "sqlite"
	if engine == db.PostgreSQL {
		driver = "pgx"
	}
	s, err := sql.Open(driver, url)
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return func(text string) {
		t.Helper()
		_, err := s.Exec(text)
		must(t, err)
	}
}

func TestTheStoreRefusesToChangeTheTrail(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		write(t, d, person(testkit.OrgA, 1, "Pat"), trail.Entry{Kind: trail.Seen}, trail.Entry{Kind: trail.Seen})
		write(t, d, access.Installation("test"), trail.Entry{Kind: trail.SignInFailed})
		for _, s := range []string{
			"update trail_entry set words = 'x' where org_id = $1", "delete from trail_entry where org_id = $1", "update trail_cut set entries = 0 where org_id = $1",
		} {
			err := d.Update(t.Context(), person(testkit.OrgA, 1, "Thief"), func(tx *db.Tx) error { _, err := tx.Exec(s); return err })
			if strings.Contains(s, "trail_entry") && (err == nil || !strings.Contains(err.Error(), "never changed")) {
				t.Errorf("%s: %v", s, err)
			}
		}
		for _, s := range []string{"update trail_house set words = 'x'", "delete from trail_house"} {
			if err := d.Update(t.Context(), access.Installation("test"), func(tx *db.Tx) error { _, err := tx.Exec(s); return err }); err == nil || !strings.Contains(err.Error(), "never changed") {
				t.Errorf("%s: %v", s, err)
			}
		}
		whole(t, d, testkit.OrgA, 2)
		whole(t, d, 0, 1)
	})
}

// A chain that was made anew from the beginning holds in itself. What was written down elsewhere shows it.
func TestMarksNotedElsewhere(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		for range 3 {
			write(t, d, person(testkit.OrgA, 1, "Pat"), trail.Entry{Kind: trail.Seen})
		}
		m := whole(t, d, testkit.OrgA, 3).Head
		read, err := trail.ParseMark(m.String())
		must(t, err)
		write(t, d, person(testkit.OrgA, 1, "Pat"), trail.Entry{Kind: trail.Seen})
		if r := verify(t, d, testkit.OrgA, read); r.Broken != nil {
			t.Errorf("%+v", r.Broken)
		}
		other := trail.Mark{ID: 3, Hash: strings.Repeat("0", 64)}
		if r := verify(t, d, testkit.OrgA, other); r.Broken == nil || r.Broken.ID != 3 || !strings.Contains(r.Broken.Why, "noted elsewhere") {
			t.Errorf("%+v", r.Broken)
		}
		late := trail.Mark{ID: 30, Hash: m.Hash}
		if r := verify(t, d, testkit.OrgA, late); r.Broken == nil || r.Broken.ID != 30 {
			t.Errorf("%+v", r.Broken)
		}
		for _, s := range []string{"", "3", "3:", "x:" + m.Hash, "3:zz", "0:" + m.Hash} {
			if _, err := trail.ParseMark(s); err == nil {
				t.Errorf("%q was taken", s)
			}
		}
	})
}

func TestTrimLeavesAChainThatHolds(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		p := person(testkit.OrgA, 1, "Pat")
		for i := range 10 {
			d.SetClock(clock.At(testkit.Day.AddDate(0, 0, i)))
			write(t, d, p, trail.Entry{Kind: trail.Seen, Key: int64(i)})
			write(t, d, person(testkit.OrgB, 1, "Sam"), trail.Entry{Kind: trail.Seen})
		}
		trim := func(day int) (n int64) {
			must(t, d.Update(t.Context(), p, func(tx *db.Tx) (err error) {
				n, err = trail.Trim(tx, testkit.Day.AddDate(0, 0, day).UnixMilli())
				return err
			}))
			return n
		}
		for _, c := range []struct {
			day           int
			removed, left int64
		}{{0, 0, 10}, {4, 4, 7}, {4, 0, 7}, {7, 3, 5}} { // each removal adds its own entry
			if n := trim(c.day); n != c.removed {
				t.Errorf("day %d: removed %d, want %d", c.day, n, c.removed)
			}
			if r := whole(t, d, testkit.OrgA, c.left); c.removed > 0 && r.Removed != int64(c.day) {
				t.Errorf("day %d: removed up to %d", c.day, r.Removed)
			}
		}
		whole(t, d, testkit.OrgB, 10)
		// Everything may be older than the trail is kept; what is left then is the word that it was.
		d.SetClock(clock.At(testkit.Day.AddDate(9, 0, 0)))
		trim(3000)
		whole(t, d, testkit.OrgA, 1)
		write(t, d, p, trail.Entry{Kind: trail.Seen})
		whole(t, d, testkit.OrgA, 2)
		// What a cut does not cover stays.
		if err := d.Update(t.Context(), p, func(tx *db.Tx) error {
			_, err := tx.Exec(`delete from trail_entry where org_id = $1`)
			return err
		}); err == nil {
			t.Error("entries after the cut were removed")
		}
	})
}

func TestListFilters(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		for i := range 6 {
			d.SetClock(clock.At(testkit.Day.AddDate(0, 0, i)))
			write(t, d, person(testkit.OrgA, int64(1+i%2), "Pat"), trail.Entry{Kind: []trail.Kind{trail.Seen, trail.Export, trail.System}[i%3], About: "pupil", Key: int64(100 + i%2)})
		}
		write(t, d, person(testkit.OrgB, 1, "Sam"), trail.Entry{Kind: trail.Seen, About: "pupil", Key: 100})
		day := func(n int) int64 { return testkit.Day.AddDate(0, 0, n).UnixMilli() }
		for _, c := range []struct {
			f    trail.Filter
			want string
		}{
			{trail.Filter{}, "6 5 4 3 2 1"},
			{trail.Filter{Limit: 2}, "6 5"},
			{trail.Filter{Before: 5, Limit: 2}, "4 3"},
			{trail.Filter{Staff: 2}, "6 4 2"},
			{trail.Filter{About: "pupil", Key: 100}, "5 3 1"},
			{trail.Filter{About: "adult"}, ""},
			{trail.Filter{Adult: 3}, ""},
			{trail.Filter{Kinds: []trail.Kind{trail.Seen}}, "4 1"},
			{trail.Filter{Kinds: []trail.Kind{trail.Seen, trail.Export}, Staff: 1}, "5 1"},
			{trail.Filter{FromMs: day(1), ToMs: day(3)}, "3 2"},
			{trail.Filter{WithoutRoutine: true}, "5 4 2 1"},
			{trail.Filter{OldestFirst: true, After: 4}, "5 6"},
		} {
			var got []string
			for _, l := range list(t, d, testkit.OrgA, c.f) {
				got = append(got, fmt.Sprint(l.ID))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%+v: %v, want %s", c.f, got, c.want)
			}
		}
	})
}

// Many at once, in both organisations and the house: every chain is whole, nobody waits for another in a ring, and no number is used twice.
func TestManyWritersNeverForkTheChain(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := range 10 {
					first, second := testkit.OrgA, testkit.OrgB
					if w%2 == 1 {
						first, second = second, first
					}
					ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
					err := d.Update(ctx, person(first, int64(w), "Pat"), func(tx *db.Tx) error {
						return errors.Join(trail.Write(tx, trail.Entry{Kind: trail.Seen, Key: int64(i)}),
							trail.WriteAs(tx, access.Who{Org: second, Staff: int64(w)}, trail.Entry{Kind: trail.SignIn}),
							trail.WriteAs(tx, access.Who{}, trail.Entry{Kind: trail.SignInFailed}))
					})
					cancel()
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		whole(t, d, testkit.OrgA, 80)
		whole(t, d, testkit.OrgB, 80)
		whole(t, d, 0, 80)
	})
}

// Two processes with one PostgreSQL are two handles with one database.
func TestTwoProcesses(t *testing.T) {
	url := testkit.Postgres(t)
	one, two := testkit.Open(t, url, sets), testkit.Open(t, url, sets)
	var wg sync.WaitGroup
	for _, d := range []*db.DB{one, two} {
		wg.Go(func() {
			for i := range 30 {
				if err := d.Update(context.Background(), person(testkit.OrgA, 1, "Pat"), func(tx *db.Tx) error {
					return trail.Write(tx, trail.Entry{Kind: trail.Seen, Key: int64(i)})
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	whole(t, one, testkit.OrgA, 60)
}
