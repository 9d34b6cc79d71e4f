package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
)

var sets = []db.Migrations{{Name: "thing", Files: fstest.MapFS{
	"0001_thing.sql": {Data: []byte("create table thing_thing (\n org_id integer not null,\n id integer not null,\n name text not null default '',\n size real,\n body blob,\n primary key (org_id, id)\n) strict;\ncreate unique index thing_name on thing_thing (org_id, name);\n")},
	"0002_all.sql":   {Data: []byte("-- global: thing_all\ncreate table thing_all (id integer primary key, name text not null) strict;\n")},
}}}

type thing struct {
	ID   int64
	Name string
	Size *float64
}

func fill(t *testing.T, d *db.DB) {
	t.Helper()
	for _, p := range []access.Pass{testkit.A(), testkit.B()} {
		if err := d.Update(t.Context(), p, func(tx *db.Tx) error {
			n := 0
			_, err := tx.Bulk("thing_thing", []string{"id", "name", "size", "body"}, func() ([]any, bool) {
				n++
				return []any{n, "thing " + string(rune('a'+n)), 0.2, []byte{0, 1}}, n <= 3
			})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRowsOfOneOrganisationOnly(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		fill(t, d)
		if err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
			n, err := tx.Exec("delete from thing_thing where org_id = $1 and id >= $2", 3)
			if n != 1 {
				t.Errorf("deleted %d rows, want 1", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			p    access.Pass
			want int
		}{{testkit.A(), 2}, {testkit.B(), 3}} {
			if err := d.View(t.Context(), c.p, func(tx *db.Tx) error {
				rows, err := db.All[thing](tx, "select id, name, size from thing_thing where org_id = $1 and size = 0.2 order by name")
				if len(rows) != c.want {
					t.Errorf("org %d sees %d rows, want %d", c.p.Org(), len(rows), c.want)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestBulkWithOtherColumnsInOneTransaction(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		if err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
			for i, cols := range [][]string{{"id", "name"}, {"id", "size", "name"}, {"name", "id"}} {
				row := map[string]any{"id": i, "name": string(rune('a' + i)), "size": 0.5}
				given := false
				if _, err := tx.Bulk("thing_thing", cols, func() ([]any, bool) {
					if given {
						return nil, false
					}
					given = true
					var vals []any
					for _, c := range cols {
						vals = append(vals, row[c])
					}
					return vals, true
				}); err != nil {
					return err
				}
			}
			list, err := db.All[thing](tx, "select id, name, size from thing_thing where org_id = $1 order by id")
			if len(list) != 3 || list[0].Name != "a" || list[1].Name != "b" || list[1].Size == nil || list[2].ID != 2 || list[2].Name != "c" || list[2].Size != nil {
				t.Errorf("%+v", list)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestStatementWithoutOrganisationIsRefused(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		for _, q := range []string{"select id from thing_thing", "select id from thing_thing -- $1", "select id from thing_thing /* $1 */ where id = $10"} {
			err := d.View(t.Context(), testkit.A(), func(tx *db.Tx) error { _, err := db.All[int64](tx, q); return err })
			if err == nil || !strings.Contains(err.Error(), "without $1") {
				t.Errorf("%s: got %v", q, err)
			}
		}
	})
}

// The lock of PostgreSQL itself: even a statement that names the other organisation finds nothing.
func TestRowLevelSecurity(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		if d.Engine() != db.PostgreSQL {
			return
		}
		fill(t, d)
		if err := d.View(t.Context(), testkit.A(), func(tx *db.Tx) error {
			n, err := db.One[int64](tx, "select count(*) from thing_thing where org_id <> $1")
			if n != 0 {
				t.Errorf("%d rows of another organisation are in sight", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
			_, err := tx.Exec("insert into thing_thing (org_id, id) values ($1 + 1, $2)", 9)
			return err
		})
		if err == nil {
			t.Error("a row of another organisation was written")
		}
	})
}

func TestInstallationReachesOnlyItsOwnTables(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		p := access.Installation("test")
		if err := d.Update(t.Context(), p, func(tx *db.Tx) error {
			_, err := tx.Exec("insert into thing_all (id, name) values ($1, $2)", 1, "x")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		err := d.View(t.Context(), p, func(tx *db.Tx) error { _, err := db.All[int64](tx, "select id from thing_thing"); return err })
		if err == nil || !strings.Contains(err.Error(), "belongs to organisations") {
			t.Errorf("got %v", err)
		}
	})
}

func TestNothingIsKeptOnError(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		stop := errors.New("stop")
		ran := false
		err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
			tx.After(func() { ran = true })
			if _, err := tx.Exec("insert into thing_thing (org_id, id, name) values ($1, $2, $3)", 1, "x"); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) || ran {
			t.Errorf("err %v, after ran %v", err, ran)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.Update(ctx, testkit.A(), func(*db.Tx) error { return nil }); err == nil {
			t.Error("a cancelled request wrote")
		}
		if err := d.View(t.Context(), testkit.A(), func(tx *db.Tx) error {
			n, err := db.One[int](tx, "select count(*) from thing_thing where org_id = $1")
			if n != 0 {
				t.Errorf("%d rows were kept", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestViolations(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		fill(t, d)
		err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
			_, err := tx.Exec("insert into thing_thing (org_id, id, name) values ($1, $2, $3)", 77, "thing b")
			return err
		})
		if db.Broke(err) != db.Unique {
			t.Errorf("got %v: %v", db.Broke(err), err)
		}
	})
}

func TestWithinAnotherOrganisation(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		fill(t, d)
		if err := d.View(t.Context(), testkit.A(), func(tx *db.Tx) error {
			if err := tx.Within(testkit.B(), func(in *db.Tx) error {
				n, err := db.One[int](in, "select count(*) from thing_thing where org_id = $1")
				if n != 3 {
					t.Errorf("inside: %d", n)
				}
				return err
			}); err != nil {
				return err
			}
			n, err := db.One[int](tx, "select count(*) from thing_thing where org_id = $1")
			if n != 3 {
				t.Errorf("outside again: %d", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestMigrationChangedAfterwards(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		if n, err := d.Migrate(t.Context(), sets); n != 0 || err != nil {
			t.Errorf("again: %d, %v", n, err)
		}
		changed := []db.Migrations{{Name: "thing", Files: fstest.MapFS{"0001_thing.sql": {Data: []byte("create table other (id integer) strict;\n")}}}}
		if _, err := d.Migrate(t.Context(), changed); err == nil {
			t.Error("a changed migration was accepted")
		}
	})
}

func TestWayBackAfterAnError(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		fill(t, d)
		stop := errors.New("stop")
		if err := d.View(t.Context(), testkit.A(), func(tx *db.Tx) error {
			if err := tx.Within(testkit.B(), func(*db.Tx) error { return stop }); !errors.Is(err, stop) {
				t.Errorf("got %v", err)
			}
			n, err := db.One[int](tx, "select count(*) from thing_thing where org_id = $1")
			if n != 3 {
				t.Errorf("outside again there are %d rows", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// What comes after a transaction may write, which on SQLite needs the one connection that writes.
func TestAfterMayWrite(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var later error
		if err := d.Update(ctx, testkit.A(), func(tx *db.Tx) error {
			tx.After(func() {
				later = d.Update(ctx, testkit.A(), func(tx *db.Tx) error {
					_, err := tx.Exec("insert into thing_thing (org_id, id, name) values ($1, $2, $3)", 1, "later")
					return err
				})
			})
			return nil
		}); err != nil || later != nil {
			t.Fatal(err, later)
		}
	})
}

// A panic, and a goroutine that simply ends, leave no open transaction behind for the next one.
func TestNoTransactionIsLeftOpen(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		for _, end := range []func(){func() { panic("stop") }, runtime.Goexit} {
			over := make(chan struct{})
			go func() {
				defer close(over)
				defer func() { _ = recover() }()
				_ = d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
					_, _ = tx.Exec("insert into thing_thing (org_id, id, name) values ($1, $2, $3)", 1, "x")
					end()
					return nil
				})
			}()
			<-over
			if err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
				n, err := db.One[int](tx, "select count(*) from thing_thing where org_id = $1")
				if n != 0 {
					t.Errorf("%d rows of a broken transaction are there", n)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestInstallationCannotNameRowsOfOrganisations(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		for _, q := range []string{
			"select a.id from thing_all a, thing_thing b where a.id = b.id",
			"select id from thing_all where name in (select name from thing_thing)",
			"select id from THING_THING",
			`select id from "thing_thing"`,
		} {
			err := d.View(t.Context(), access.Installation("test"), func(tx *db.Tx) error { _, err := db.All[int64](tx, q); return err })
			if err == nil || !strings.Contains(err.Error(), "belongs to organisations") {
				t.Errorf("%s: got %v", q, err)
			}
		}
	})
}

func TestNothingWithoutAPass(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		ran := func(*db.Tx) error { t.Error("it ran"); return nil }
		if d.View(t.Context(), access.Pass{}, ran) == nil || d.Update(t.Context(), access.Pass{}, ran) == nil {
			t.Error("the zero pass opened the store")
		}
		if err := d.View(t.Context(), testkit.A(), func(tx *db.Tx) error {
			if tx.Within(access.Pass{}, ran) == nil {
				t.Error("the zero pass entered another organisation")
			}
			_, err := tx.Exec("delete from thing_thing where org_id = $1")
			if err == nil {
				t.Error("a reading transaction wrote")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// Looking whether the store is sound, migrating and closing all work on a store that has been read and written.
func TestUpkeepOfAStoreInUse(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		fill(t, d)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if faults, err := d.Check(ctx); err != nil || len(faults) != 0 {
			t.Errorf("%v, %v", faults, err)
		}
		more := append(sets, db.Migrations{Name: "more", Files: fstest.MapFS{"0001_more.sql": {Data: []byte("create table more_more (org_id integer not null, id integer not null, primary key (org_id, id)) strict;\n")}}})
		if n, err := d.Migrate(ctx, more); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		fillMore := d.Update(ctx, testkit.A(), func(tx *db.Tx) error {
			_, err := tx.Exec("insert into more_more (org_id, id) values ($1, $2)", 1)
			return err
		})
		if err := errors.Join(fillMore, d.Close(), d.Close()); err != nil {
			t.Error(err)
		}
	})
}

// Bulk carries several rows in one statement; none may be lost or doubled at the ends.
func TestBulkOfAnyNumber(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		id := 0
		for _, want := range []int{0, 1, 7, 8, 9, 16, 21} {
			if err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
				left := want
				n, err := tx.Bulk("thing_thing", []string{"id", "name"}, func() ([]any, bool) {
					if left == 0 {
						return nil, false
					}
					left--
					id++
					return []any{id, fmt.Sprint("n", id)}, true
				})
				if err != nil || n != int64(want) {
					t.Errorf("%d rows put in, want %d (%v)", n, want, err)
				}
				kept, err := db.One[int](tx, "select count(distinct name) from thing_thing where org_id = $1")
				if kept != id {
					t.Errorf("%d rows are there, want %d", kept, id)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestBulkOfAnotherWidth(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		for _, second := range [][]any{{2}, {2, "b", "c"}, {}} {
			rows := [][]any{{1, "a"}, second, {3, "d"}}
			err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
				_, err := tx.Bulk("thing_thing", []string{"id", "name"}, func() ([]any, bool) {
					if len(rows) == 0 {
						return nil, false
					}
					row := rows[0]
					rows = rows[1:]
					return row, true
				})
				return err
			})
			if err == nil || !strings.Contains(err.Error(), "for 2 columns") {
				t.Errorf("%v: %v", second, err)
			}
		}
		for _, p := range []access.Pass{testkit.A(), testkit.B()} {
			if err := d.View(t.Context(), p, func(tx *db.Tx) error {
				n, err := db.One[int](tx, "select count(*) from thing_thing where org_id = $1")
				if n != 0 {
					t.Errorf("%d rows were kept in %d", n, p.Org())
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
