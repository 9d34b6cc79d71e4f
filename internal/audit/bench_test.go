package audit

import (
	"context"
	"path/filepath"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// One parent answers thirteen questions and hands in, durably: fourteen transactions. Two thousand in ten minutes are 300 ms each, if they come one after the other.
func BenchmarkOneParentAnswers(b *testing.B) {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{URL: filepath.Join(b.TempDir(), "ajar.db"), Clock: clock.At(testkit.Day)})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(ctx, []db.Migrations{trail.Migrations(), batch.Migrations(), roll.Migrations(), Migrations()}); err != nil {
		b.Fatal(err)
	}
	s := New(d, roll.New(d, batch.New(d)))
	id, err := s.Start(ctx, testkit.A(), Setup{Framework: "engagement", Scope: School})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		adult := ids.New[roll.Adult]()
		if err := d.Update(ctx, testkit.A(), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_adult (org_id, id, name) values ($1, $2, 'A mother')`, adult)
			return err
		}); err != nil {
			b.Fatal(err)
		}
		p := gate.Admit(access.Who{Org: testkit.OrgA, Adult: int64(adult), Roles: []access.Role{roll.Parent}})
		key := NewKey()
		for i, c := range Shipped()[0].AskedOf(Parents) {
			if err := s.Choose(ctx, p, id, key, c.Code, i%Levels+1); err != nil {
				b.Fatal(err)
			}
		}
		if done, err := s.Drop(ctx, p, id, key, ""); err != nil || !done {
			b.Fatal(done, err)
		}
	}
}
