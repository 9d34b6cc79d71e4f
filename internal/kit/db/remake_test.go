package db_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
)

// A migration that makes a table again keeps the rows of every organisation, by the role that Ajar should have, and the lock stands afterwards.
func TestATableMadeAgainKeepsItsRows(t *testing.T) {
	one := fstest.MapFS{"0001_thing.sql": {Data: []byte("create table thing_row (\n  org_id integer not null,\n  id integer not null,\n  primary key (org_id, id)\n) strict;\n")}}
	both := fstest.MapFS{"0001_thing.sql": one["0001_thing.sql"], "0002_wider.sql": {Data: []byte(
		"create table thing_wider (\n  org_id integer not null,\n  id integer not null,\n  words text not null default '',\n  primary key (org_id, id)\n) strict;\n" +
			"insert into thing_wider (org_id, id) select org_id, id from thing_row;\ndrop table thing_row;\nalter table thing_wider rename to thing_row;\n")}}
	sets := func(f fs.FS) []db.Migrations { return []db.Migrations{{Name: "thing", Files: f}} }
	testkit.Both(t, nil, func(t *testing.T, d *db.DB) {
		if _, err := d.Migrate(t.Context(), sets(one)); err != nil {
			t.Fatal(err)
		}
		orgs := map[int64]access.Pass{testkit.OrgA: testkit.A(), testkit.OrgB: testkit.B()}
		for _, p := range orgs {
			if err := d.Update(t.Context(), p, func(tx *db.Tx) error {
				_, err := tx.Exec(`insert into thing_row (org_id, id) values ($1, 1), ($1, 2)`)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.Migrate(t.Context(), sets(both)); err != nil {
			t.Fatal(err)
		}
		for org, p := range orgs {
			if err := d.View(t.Context(), p, func(tx *db.Tx) error {
				n, err := db.One[int](tx, `select count(*) from thing_row where org_id = $1`)
				if n != 2 {
					t.Errorf("organisation %d has %d rows", org, n)
				}
				if err != nil || tx.Engine() != db.PostgreSQL {
					return err
				}
				all, err := db.One[int](tx, `select count(*) from thing_row where org_id = $1 or org_id <> $1`)
				if all != 2 {
					t.Errorf("the lock is gone: %d rows are seen", all)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
