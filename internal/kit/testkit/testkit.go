// Package testkit runs one test body on both engines, with two organisations always there.
package testkit

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/trail"
)

// Day is the day on which tests live unless they say otherwise: a school day in the autumn term of 2026/27.
var Day = time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC)

// The keys of the two organisations that are always present, so that a leak between them shows.
const (
	OrgA int64 = 101
	OrgB int64 = 202
)

// A and B are system passes of the two organisations.
func A() access.Pass { return access.System("test", OrgA) }

// B is the pass of the other organisation.
func B() access.Pass { return access.System("test", OrgB) }

var serial atomic.Int64

// Both runs body on SQLite and, in the gate, on PostgreSQL (AJAR_TEST_PG, which the gate sets; without it the half that is left out is
// reported as skipped). The store is new each time and has the schema of the sets.
func Both(t *testing.T, sets []db.Migrations, body func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { body(t, Open(t, SQLite(t, whole(sets)), sets)) })
	t.Run("PostgreSQL", func(t *testing.T) { body(t, Open(t, PostgresWith(t, whole(sets)), sets)) })
}

// Open opens a store, gives it what it lacks of a schema, and closes it after the test.
func Open(t testing.TB, url string, sets []db.Migrations) *db.DB {
	t.Helper()
	d := open(t, url, whole(sets))
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func open(t testing.TB, url string, sets []db.Migrations) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), db.Options{URL: url, Clock: clock.At(Day), Fast: true})
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	if _, err := d.Migrate(context.Background(), sets); err != nil {
		_ = d.Close()
		t.Fatalf("the schema: %v", err)
	}
	return d
}

// whole adds the trail, since whatever is done may be written to it.
func whole(sets []db.Migrations) []db.Migrations {
	if slices.ContainsFunc(sets, func(m db.Migrations) bool { return m.Name == "trail" }) {
		return sets
	}
	return append([]db.Migrations{trail.Migrations()}, sets...)
}

const emptyDatabase = " template template0 lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8' encoding 'UTF8'"

// Postgres makes an empty database on the gate's PostgreSQL and gives its address.
func Postgres(t testing.TB) string {
	t.Helper()
	return postgresDatabase(t, postgresBase(t), emptyDatabase)
}

func postgresBase(t testing.TB) string {
	t.Helper()
	base := os.Getenv("AJAR_TEST_PG")
	if base == "" {
		t.Skip("no PostgreSQL: set AJAR_TEST_PG, or run `make test`, which starts one (`make pg` keeps one running)")
	}
	return base
}

// postgresDatabase makes a database for one test.
func postgresDatabase(t testing.TB, base, how string) string {
	t.Helper()
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	name := fmt.Sprintf("t%d_%d_%d", os.Getpid(), time.Now().UnixNano()%1e9, serial.Add(1))
	if _, err := admin.Exec("create database " + name + how); err != nil {
		t.Fatalf("making a database: %v", err)
	}
	t.Cleanup(func() {
		if a, err := sql.Open("pgx", base); err == nil {
			_, _ = a.Exec("drop database if exists " + name + " with (force)")
			_ = a.Close()
		}
	})
	return databaseURL(t, base, name)
}

// SharedData gives the path of a file of the shared real data, or skips the test aloud when the data is not on this machine.
func SharedData(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("AJAR_SHARED_DATA")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for ; dir != "/"; dir = filepath.Dir(dir) {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				break
			}
		}
		root = filepath.Join(dir, "..", "shared", "data")
	}
	p := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("the shared data is not here (%s): set AJAR_SHARED_DATA", strings.Join(parts, "/"))
	}
	return p
}
