package messages

import (
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

var ledgerGate = access.NewGate(roll.Rights(), Rights())

// ledgerSchool is a school with staff and families, and ledgerWorld two of them on one store.
type ledgerSchool struct {
	w     *ledgerWorld
	org   roll.Org
	staff map[string]roll.StaffID
	kids  map[string]roll.PupilID
	folk  map[string]roll.AdultID
}

type ledgerWorld struct {
	s        *Service
	oak, elm *ledgerSchool
}

func ledgerMust(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ledgerBoth(t *testing.T, body func(t *testing.T, w *ledgerWorld)) {
	t.Helper()
	testkit.Both(t, []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), roll.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		r := roll.New(d, batch.New(d))
		q := jobs.New(d, slog.New(slog.NewTextHandler(io.Discard, nil)))
		w := &ledgerWorld{s: New(d, r, q, post.New(d, q))}
		w.oak, w.elm = w.school(t, "OAK"), w.school(t, "ELM")
		body(t, w)
	})
}

func (w *ledgerWorld) school(t *testing.T, code string) *ledgerSchool {
	t.Helper()
	x := &ledgerSchool{w: w, staff: map[string]roll.StaffID{}, kids: map[string]roll.PupilID{}, folk: map[string]roll.AdultID{}}
	var err error
	x.org, err = w.s.Roll.AddOrg(t.Context(), "test", roll.Org{Code: code, Name: code + " House", Type: "school"}, "")
	ledgerMust(t, err)
	x.do(t, func(tx *db.Tx) error {
		for who, role := range map[string]access.Role{"Hana Head": roll.Head, "Tom Teacher": roll.Teacher, "Sara Senco": roll.Senco, "Olu Office": roll.Office, "Fay Worker": roll.FamilyWorker, "Kit Key": roll.KeyTeacher, "Lee Leader": roll.Leader} {
			id, err := roll.AddStaff(tx, who, strings.ToLower(who[:3])+"@"+code+".example.org")
			if err != nil {
				return err
			}
			x.staff[who[:3]] = id
			if err := roll.GiveRole(tx, id, role); err != nil {
				return err
			}
		}
		// Amira and Bilal share a mother; Cai is in another family; Dua is Amira's half-sister by her father.
		for name, year := range map[string]string{"Amira": "7", "Bilal": "9", "Cai": "7", "Dua": "8"} {
			id := ids.New[roll.Pupil]()
			x.kids[name] = id
			if _, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, search, sort_key) values ($1, $2, $3, $3, 'Khan', $4, $5, $6)`, id, name, year, strings.ToLower(name)+" khan", "khan "+strings.ToLower(name)); err != nil {
				return err
			}
		}
		for _, a := range []struct{ key, relationship, reads string }{{"Mum", "Mother", ""}, {"Dad", "Father", "ur"}, {"Gran", "Grandparent", ""}, {"Bea", "Mother", ""}} {
			id := ids.New[roll.Adult]()
			x.folk[a.key] = id
			if _, err := tx.Exec(`insert into roll_adult (org_id, id, forename, surname, name, reads, search, sort_key) values ($1, $2, $3, 'Khan', $4, $5, $6, $6)`, id, a.key, a.key+" Khan", a.reads, strings.ToLower(a.key)); err != nil {
				return err
			}
		}
		for _, tie := range []struct{ child, adult, relationship, responsibility string }{
			{"Amira", "Mum", "Mother", "yes"}, {"Bilal", "Mum", "Mother", "yes"}, {"Amira", "Dad", "Father", "yes"}, {"Dua", "Dad", "Father", "yes"}, {"Amira", "Gran", "Grandparent", "no"}, {"Cai", "Gran", "Grandparent", "no"}, {"Cai", "Bea", "Mother", "yes"},
		} {
			if err := x.tie(tx, tie.child, tie.adult, tie.relationship, tie.responsibility); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`insert into roll_assignment (org_id, id, pupil_id, staff_id, part, starts, ends) values ($1, $2, $3, $4, 'key_teacher', '2026-09-01', '9999-12-31')`, ids.New[roll.Worker](), x.kids["Amira"], x.staff["Kit"])
		return err
	})
	return x
}

func (x *ledgerSchool) tie(tx *db.Tx, child, adult, relationship, responsibility string) error {
	_, err := tx.Exec(`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship, responsibility, starts, ends) values ($1, $2, $3, $4, $5, $6, '2020-01-01', '9999-12-31')`,
		ids.New[roll.Tie](), x.kids[child], x.folk[adult], relationship, responsibility)
	return err
}

func (x *ledgerSchool) do(t *testing.T, f func(tx *db.Tx) error) {
	t.Helper()
	ledgerMust(t, x.w.s.DB.Update(t.Context(), access.System("test", int64(x.org.ID)), f))
}

// as is the pass of a colleague by the first three letters of their name.
func (x *ledgerSchool) as(who string, roles ...access.Role) access.Pass {
	if len(roles) == 0 {
		roles = []access.Role{map[string]access.Role{"Han": roll.Head, "Tom": roll.Teacher, "Sar": roll.Senco, "Olu": roll.Office, "Fay": roll.FamilyWorker, "Kit": roll.KeyTeacher, "Lee": roll.Leader}[who]}
	}
	return ledgerGate.Admit(access.Who{Org: int64(x.org.ID), OrgName: x.org.Name, Staff: int64(x.staff[who]), Name: who, Roles: roles})
}

// on sets the day on which the test goes on, at half past ten.
func (w *ledgerWorld) on(t *testing.T, day string) {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", day+" 10:30")
	ledgerMust(t, err)
	w.s.DB.SetClock(clock.At(at))
}
