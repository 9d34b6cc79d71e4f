package db_test

import (
	"strings"
	"testing"

	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
)

// The role of the tests is as Ajar's own should be: it owns its tables, is no superuser, and the check has nothing to say about it.
func TestDatabaseRoleIsBound(t *testing.T) {
	d := testkit.Open(t, testkit.Postgres(t), nil)
	err := d.View(t.Context(), testkit.A(), func(tx *db.Tx) error {
		unbound, err := db.One[bool](tx, `select rolsuper or rolbypassrls or rolcreaterole from pg_roles where rolname = current_user and cast($1 as bigint) > 0`)
		if err == nil && unbound {
			t.Error("the role of the tests is not bound by policies")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	faults, err := d.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if strings.Contains(f, "superuser") {
			t.Error(f)
		}
	}
}
