package journeys

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of PostgreSQL
)

// OnBothEngines tells a story over a fresh copy of the demo on SQLite and, in the gate, on PostgreSQL (AJAR_TEST_PG). Any other journey runs on
// PostgreSQL with AJAR_JOURNEYS_ON=postgres.
func OnBothEngines(t *testing.T, tell func(t *testing.T, site *Site)) {
	t.Helper()
	if testing.Short() {
		t.Skip("journeys need a browser and a minute; not in a short run")
	}
	t.Run("SQLite", func(t *testing.T) { tell(t, Start(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { tell(t, StartOnPostgres(t)) })
}

// template is the demo on PostgreSQL, loaded once and copied by the server for each journey.
var template struct {
	once sync.Once
	name string
	err  error
}

var copies atomic.Int64

// StartOnPostgres serves a fresh copy of the demo that lives in a PostgreSQL database of its own.
func StartOnPostgres(t testing.TB) *Site {
	t.Helper()
	base := os.Getenv("AJAR_TEST_PG")
	if base == "" {
		t.Skip("no PostgreSQL: set AJAR_TEST_PG, or run `make test`, which starts one (`make pg` keeps one running)")
	}
	binary := shared.ajar(t)
	template.once.Do(func() {
		template.name = fmt.Sprintf("journeys_demo_%d", os.Getpid())
		if template.err = onServer(base, "create database "+template.name+" template template0 lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8' encoding 'UTF8'"); template.err == nil {
			_, template.err = runAjar(binary, "demo", "--data", filepath.Join(shared.dir, "demo-pg"), "--db", named(base, template.name))
		}
	})
	if template.err != nil {
		t.Fatalf("the demo on PostgreSQL: %v", template.err)
	}
	name := fmt.Sprintf("journeys_%d_%d", os.Getpid(), copies.Add(1))
	if err := onServer(base, "create database "+name+" template "+template.name); err != nil {
		t.Fatalf("copying the demo: %v", err)
	}
	t.Cleanup(func() { _ = onServer(base, "drop database if exists "+name+" with (force)") })
	return serveOn(t, filepath.Join(t.TempDir(), "data"), named(base, name))
}

// dropTemplate puts the demo on PostgreSQL away, after the last journey.
func dropTemplate() {
	if template.name != "" {
		_ = onServer(os.Getenv("AJAR_TEST_PG"), "drop database if exists "+template.name+" with (force)")
	}
}

func onServer(base, statement string) error {
	d, err := sql.Open("pgx", base)
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = d.Exec(statement)
	return err
}

// named is the address of another database on the same server.
func named(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	u.Path = "/" + name
	return u.String()
}
