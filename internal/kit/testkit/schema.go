package testkit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/db"
)

// Migrating a store takes half a second and copying one that is migrated a twentieth of it, so each schema is made once. On SQLite each process of tests
// keeps the file in memory. On PostgreSQL it is a database that the tests of all packages copy.
var made struct {
	sync.Mutex
	files     map[string][]byte // SQLite files by the key of their schema
	templates map[string]string // PostgreSQL databases by the key of their schema
}

// SQLite makes a file with the schema of the sets and gives its path.
func SQLite(t testing.TB, sets []db.Migrations) string {
	t.Helper()
	made.Lock()
	defer made.Unlock()
	key := schemaKey(t, sets)
	file, ok := made.files[key]
	if !ok {
		path := filepath.Join(t.TempDir(), "schema.db")
		migrate(t, path, sets)
		var err error
		if file, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
		if made.files == nil {
			made.files = map[string][]byte{}
		}
		made.files[key] = file
	}
	path := filepath.Join(t.TempDir(), "ajar.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// PostgresWith makes a database with the schema of the sets on the gate's PostgreSQL and gives its address.
func PostgresWith(t testing.TB, sets []db.Migrations) string {
	t.Helper()
	base := postgresBase(t)
	// Copying the files takes a tenth of what the way through PostgreSQL's own log takes.
	return postgresDatabase(t, base, " template "+postgresTemplate(t, base, sets)+" strategy file_copy")
}

func migrate(t testing.TB, address string, sets []db.Migrations) {
	t.Helper()
	d := open(t, address, sets)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// postgresTemplate gives the database to copy for a schema. The first that needs it makes it, under another name until it is whole.
func postgresTemplate(t testing.TB, base string, sets []db.Migrations) string {
	t.Helper()
	made.Lock()
	defer made.Unlock()
	key := schemaKey(t, sets)
	if name, ok := made.templates[key]; ok {
		return name
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	c, err := admin.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() // and with it the lock goes
	name := "schema_" + key
	exec := func(statement string, args ...any) {
		t.Helper()
		if _, err := c.ExecContext(context.Background(), statement, args...); err != nil {
			t.Fatalf("making the schema once: %v", err)
		}
	}
	exec("select pg_advisory_lock(hashtext($1))", name)
	var there bool
	if err := c.QueryRowContext(context.Background(), "select exists (select 1 from pg_database where datname = $1)", name).Scan(&there); err != nil {
		t.Fatal(err)
	}
	if !there {
		raw := fmt.Sprintf("raw_%d_%d", os.Getpid(), time.Now().UnixNano())
		exec("create database " + raw + emptyDatabase)
		migrate(t, databaseURL(t, base, raw), sets)
		exec("alter database " + raw + " rename to " + name)
	}
	if made.templates == nil {
		made.templates = map[string]string{}
	}
	made.templates[key] = name
	return name
}

func databaseURL(t testing.TB, base, name string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// schemaKey is a digest of all that makes a schema: the files of the sets in their order, and the code that runs them. A PostgreSQL that a developer keeps running
// therefore never gives an older schema.
func schemaKey(t testing.TB, sets []db.Migrations) string {
	t.Helper()
	h := sha256.New()
	for _, m := range append([]db.Migrations{{Name: "kit/db", Files: kitDB()}}, sets...) {
		pattern := "*.sql"
		if m.Name == "kit/db" {
			pattern = "*.go"
		}
		names, err := fs.Glob(m.Files, pattern)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(h, "%s %d\n", m.Name, len(names))
		for _, n := range names {
			b, err := fs.ReadFile(m.Files, n)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(h, "%s %d\n%s", n, len(b), b)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// kitDB is the source of kit/db.
func kitDB() fs.FS {
	_, here, _, _ := runtime.Caller(0)
	return os.DirFS(filepath.Join(filepath.Dir(here), "..", "db"))
}
