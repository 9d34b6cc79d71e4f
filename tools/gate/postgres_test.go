package main

import (
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The role of the tests must meet row-level security, be able to make databases, and sort as bytes do; and nothing may stay behind.
func TestOwnPostgres(t *testing.T) {
	if postgresBin() == "" {
		t.Fatal("no PostgreSQL server programs; " + installHint)
	}
	pg, err := startPostgres(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer pg.Stop()
	conn, err := pgx.Connect(t.Context(), pg.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"create table locked (org text)", "insert into locked values ('a'), ('b')",
		"alter table locked enable row level security", "alter table locked force row level security",
		"create policy own on locked using (org = current_setting('ajar.org', true))",
		"create database another",
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	var seen int
	if err := conn.QueryRow(t.Context(), "select count(*) from locked").Scan(&seen); err != nil || seen != 0 {
		t.Errorf("row-level security lets %d rows through (%v)", seen, err)
	}
	var bytewise bool
	if err := conn.QueryRow(t.Context(), "select 'Z' < 'a'").Scan(&bytewise); err != nil || !bytewise {
		t.Errorf("text is not sorted as bytes (%v)", err)
	}
	conn.Close(t.Context())
	begun := time.Now()
	pg.Stop()
	if took := time.Since(begun); took > 8*time.Second {
		t.Errorf("stopping took %s", took)
	}
	if _, err := os.Stat(pg.dir); !os.IsNotExist(err) {
		t.Errorf("the folder of the server is still there: %v", err)
	}
	if err := ping(t.Context(), pg.URL); err == nil {
		t.Error("the server still answers after it was stopped")
	}
}
