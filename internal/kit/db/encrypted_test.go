package db

import (
	"testing"

	"ajar/internal/kit/fault"
)

func TestDatabaseElsewhereIsEncrypted(t *testing.T) {
	for address, fine := range map[string]bool{
		"postgres://a:b@db.example/x": false, "postgres://a@db.example/x?sslmode=disable": false, "postgres://a@db.example/x?sslmode=prefer": false, "postgres://a@db.example/x?sslmode=require": false,
		"postgres://a@db.example:5432/x?sslmode=verify-full": true, "postgres://a@10.0.0.7/x?sslmode=verify-ca": true, "postgres://a@localhost/x?sslmode=disable": true, "postgres://a@127.0.0.1:5433/x": true,
		"postgres://a@[::1]/x": true, "postgres:///x?host=/run/postgresql": true, "postgres://a@localhost,db.example/x": false, "postgres://a@localhost/x?host=db.example": false, "postgres://%zz": false,
	} {
		if err := encrypted(address); (err == nil) != fine || err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", address, err)
		}
	}
}
