package bench

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"ajar/internal/app"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

var pupilSets = app.Migrations()

// BenchmarkDecision asks whether a pass holds a right. Budget: 1 µs, and no query. The ceiling is a look-up in a bare map.
func BenchmarkDecision(b *testing.B) {
	gate := access.NewGate(roll.Rights())
	p := gate.Admit(access.Who{Org: 1, Staff: 2, Roles: []access.Role{roll.KeyTeacher, roll.Teacher}})
	bare := map[string]access.Scope{}
	for _, r := range roll.Rights() {
		bare[r.Key] = r.Roles[roll.Teacher]
	}
	var ceiling time.Duration
	n := 0
	b.Run("map", func(b *testing.B) {
		for b.Loop() {
			n += int(bare[roll.See.Key])
		}
		ceiling = max(1, b.Elapsed()/time.Duration(b.N))
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			s, err := p.CheckNamed(roll.See)
			if err != nil {
				b.Fatal(err)
			}
			n += int(s)
		}
		each := b.Elapsed() / time.Duration(b.N)
		b.ReportMetric(float64(each)/float64(ceiling), "x-ceiling")
		if each > time.Microsecond {
			b.Errorf("a decision takes %v; the budget is 1 µs", each)
		}
	})
	b.Run("admit", func(b *testing.B) { // once a request
		for b.Loop() {
			n += len(gate.Admit(access.Who{Org: 1, Staff: 2, Roles: []access.Role{roll.KeyTeacher, roll.Teacher}}).Who().Roles)
		}
	})
}

// BenchmarkSight lists the same pupils to somebody who sees all and to somebody who sees just these: by name, by class, and by standing in for a
// colleague. Budget: 1.3 times the list of who sees all.
func BenchmarkSight(b *testing.B) {
	gate := access.NewGate(roll.Rights())
	for _, school := range []struct{ pupils, own int }{{1_250, 1_250}, {240, 240}} {
		d := testkit.Open(b, filepath.Join(b.TempDir(), fmt.Sprint(school.pupils, ".db")), pupilSets)
		names := []string{"by name", "by class", "standing in"}
		staff := map[string]roll.StaffID{}
		if err := d.Update(b.Context(), testkit.A(), func(tx *db.Tx) error { return fillSight(tx, school.pupils, school.own, staff) }); err != nil {
			b.Fatal(err)
		}
		list := func(b *testing.B, p access.Pass) time.Duration {
			for b.Loop() {
				if err := d.View(b.Context(), p, func(tx *db.Tx) error {
					found, err := roll.Pupils(tx, roll.See)
					if err == nil && len(found) != school.own {
						return fmt.Errorf("%d pupils, want %d", len(found), school.own)
					}
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
			return b.Elapsed() / time.Duration(b.N)
		}
		var ceiling time.Duration
		b.Run(fmt.Sprintf("%d/all", school.pupils), func(b *testing.B) {
			ceiling = list(b, gate.Admit(access.Who{Org: testkit.OrgA, Roles: []access.Role{roll.Head}}))
		})
		for _, name := range names {
			b.Run(fmt.Sprintf("%d/%s", school.pupils, name), func(b *testing.B) {
				each := list(b, gate.Admit(access.Who{Org: testkit.OrgA, Staff: int64(staff[name]), Roles: []access.Role{roll.Teacher}}))
				b.ReportMetric(float64(each)/float64(ceiling), "x-ceiling")
			})
		}
	}
}

func fillSight(tx *db.Tx, pupils, own int, staff map[string]roll.StaffID) error {
	class := ids.New[roll.Class]()
	if _, err := tx.Exec(`insert into roll_class (org_id, id, local_id, title, kind) values ($1, $2, 'C', 'C', 'class')`, class); err != nil {
		return err
	}
	for _, name := range []string{"by name", "by class", "standing in"} {
		id, err := roll.AddStaff(tx, name, "")
		if err != nil {
			return err
		}
		staff[name] = id
	}
	if _, err := tx.Exec(`insert into roll_member (org_id, id, class_id, staff_id) values ($1, $2, $3, $4)`, ids.New[roll.Member](), class, staff["by class"]); err != nil {
		return err
	}
	if _, err := tx.Exec(`insert into roll_standin (org_id, id, away_id, staff_id, starts, ends) values ($1, $2, $3, $4, '2026-01-01', '2027-12-31')`, ids.New[roll.StandIn](), staff["by name"], staff["standing in"]); err != nil {
		return err
	}
	for i := range pupils {
		id := ids.New[roll.Pupil]()
		name := fmt.Sprintf("name %05d", (i*7919)%pupils)
		if _, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key, search) values ($1, $2, $3, 'Test', $3, '8', $3, $3)`, id, name); err != nil {
			return err
		}
		if i >= own {
			continue
		}
		if _, err := tx.Exec(`insert into roll_assignment (org_id, id, pupil_id, staff_id, part, starts) values ($1, $2, $3, $4, 'key_teacher', '2026-09-01')`, ids.New[roll.Worker](), id, staff["by name"]); err != nil {
			return err
		}
		if _, err := tx.Exec(`insert into roll_member (org_id, id, class_id, pupil_id) values ($1, $2, $3, $4)`, ids.New[roll.Member](), class, id); err != nil {
			return err
		}
	}
	return nil
}
