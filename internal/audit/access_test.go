package audit

import (
	"context"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// place is one school with colleagues and six mothers.
type place struct {
	org   int64
	staff map[access.Role]roll.StaffID
	adult []roll.AdultID
}

var gate = access.NewGate(roll.Rights(), Rights())

func (p place) as(roles ...access.Role) access.Pass {
	return gate.Admit(access.Who{Org: p.org, Staff: int64(p.staff[roles[0]]), Name: "Test " + string(roles[0]), Roles: roles, SecondFactorMs: 1})
}

func (p place) parent(i int) access.Pass {
	return gate.Admit(access.Who{Org: p.org, Adult: int64(p.adult[i]), Name: "A mother", Roles: []access.Role{roll.Parent}})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func both(t *testing.T, body func(t *testing.T, s *Service, a, b place)) {
	t.Helper()
	testkit.Both(t, []db.Migrations{batch.Migrations(), roll.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		s := New(d, roll.New(d, batch.New(d)))
		body(t, s, settle(t, d, testkit.A()), settle(t, d, testkit.B()))
	})
}

func settle(t *testing.T, d *db.DB, p access.Pass) place {
	t.Helper()
	c := place{org: p.Org(), staff: map[access.Role]roll.StaffID{}}
	must(t, d.Update(context.Background(), p, func(tx *db.Tx) (err error) {
		for _, r := range roll.Roles {
			if c.staff[r], err = roll.AddStaff(tx, "Test "+string(r), ""); err != nil {
				return err
			}
		}
		for range 12 {
			id := ids.New[roll.Adult]()
			c.adult = append(c.adult, id)
			if _, err := tx.Exec(`insert into roll_adult (org_id, id, name) values ($1, $2, 'A mother')`, id); err != nil {
				return err
			}
		}
		return nil
	}))
	return c
}

// begun starts an audit of a school under the framework in full.
func (p place) begun(t *testing.T, s *Service, in Setup) AuditID {
	t.Helper()
	if in.Framework == "" {
		in.Framework = "engagement"
	}
	in.Scope = School
	id, err := s.Start(context.Background(), p.as(roll.Head), in)
	must(t, err)
	return id
}

func level(n int) *int { return &n }

// Each verb is asked by a role that may, by one that may not, by the same role of another school, and without a pass.
func TestVerbsAreGuarded(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		id, closing := a.begun(t, s, Setup{}), a.begun(t, s, Setup{})
		head := a.as(roll.Head)
		must(t, s.Rate(ctx, head, id, "V1", level(3), "", ""))
		must(t, s.Show(ctx, head, id, "V1", Shown{File: "a.pdf", Body: []byte("%PDF")}))
		kept, err := s.Evidence(ctx, head)
		must(t, err)
		key := NewKey()
		parent := func(p place, role access.Role) access.Pass {
			if role == roll.Parent {
				return p.parent(0)
			}
			return p.as(role)
		}
		tries := testkit.Try(t, a.org)
		for _, c := range []struct {
			verb    string
			allowed access.Role
			denied  access.Role
			do      func(p access.Pass) error
			list    bool // about the organisation of the pass itself: another school sees its own
		}{
			{"Frameworks", roll.Governor, roll.Partner, func(p access.Pass) error { _, err := s.Frameworks(ctx, p); return err }, true},
			{"Framework", roll.Assessor, roll.Parent, func(p access.Pass) error { _, _, err := s.Framework(ctx, p, "engagement", ""); return err }, true},
			{"BringIn", roll.Leader, roll.Office, func(p access.Pass) error { _, err := s.BringIn(ctx, p, small); return err }, true},
			{"Start", roll.Coordinator, roll.Governor, func(p access.Pass) error {
				_, err := s.Start(ctx, p, Setup{Framework: "room", Scope: School})
				return err
			}, true},
			{"All", roll.Partner, roll.Parent, func(p access.Pass) error { _, err := s.All(ctx, p); return err }, true},
			{"Extend", roll.Head, roll.Teacher, func(p access.Pass) error { return s.Extend(ctx, p, id, "2026-12-30") }, false},
			{"Mine", roll.Partner, roll.Adviser, func(p access.Pass) error { _, err := s.Mine(ctx, p, id); return err }, false},
			{"Rate", roll.Governor, roll.Assessor, func(p access.Pass) error { return s.Rate(ctx, p, id, "V1", level(2), "x", "") }, false},
			{"HandIn", roll.Governor, roll.Adviser, func(p access.Pass) error { return s.HandIn(ctx, p, id) }, false},
			{"PaperOf", roll.Office, roll.Teacher, func(p access.Pass) error { _, _, _, err := s.PaperOf(ctx, p, id); return err }, false},
			{"KeyInSheet", roll.Office, roll.Governor, func(p access.Pass) error {
				_, err := s.KeyInSheet(ctx, p, id, Paper{Group: Parents, Levels: map[string]int{"V1": 2}})
				return err
			}, false},
			{"TakeFile", roll.Administrator, roll.Office, func(p access.Pass) error { _, err := s.TakeFile(ctx, p, id, "x.csv", nil); return err }, false},
			{"Asked", roll.Office, roll.Teacher, func(p access.Pass) error { _, err := s.Asked(ctx, p, id, false); return err }, false},
			{"Ask", roll.Parent, roll.Head, func(p access.Pass) error { _, err := s.Ask(ctx, p, id, key, "en"); return err }, false},
			{"Choose", roll.Parent, roll.Governor, func(p access.Pass) error { return s.Choose(ctx, p, id, key, "V1", 3) }, false},
			{"Drop", roll.Parent, roll.Leader, func(p access.Pass) error { _, err := s.Drop(ctx, p, id, key, ""); return err }, false},
			{"Results", roll.Adviser, roll.Partner, func(p access.Pass) error { _, err := s.Results(ctx, p, id); return err }, false},
			{"Agree", roll.Leader, roll.Governor, func(p access.Pass) error { return s.Agree(ctx, p, id, "V1", 3, "Because") }, false},
			{"History", roll.Governor, roll.Parent, func(p access.Pass) error { _, err := s.History(ctx, p, id, "V1"); return err }, false},
			{"Show", roll.Partner, roll.Assessor, func(p access.Pass) error { return s.Show(ctx, p, id, "V1", Shown{Address: "https://example.org/a"}) }, false},
			{"TakeDown", roll.Teacher, roll.Parent, func(p access.Pass) error { return s.TakeDown(ctx, p, id, "V2", kept[0].ID) }, false},
			{"InAjar", roll.Teacher, roll.Adviser, func(p access.Pass) error { _, err := s.InAjar(ctx, p); return err }, true},
			{"Evidence", roll.Governor, roll.Assessor, func(p access.Pass) error { _, err := s.Evidence(ctx, p); return err }, true},
			{"File", roll.Governor, roll.Adviser, func(p access.Pass) error { _, _, err := s.File(ctx, p, kept[0].ID); return err }, false},
			{"Close", roll.Head, roll.Office, func(p access.Pass) error { return s.Close(ctx, p, closing) }, false},
		} {
			err := c.do(parent(a, c.allowed))
			tries.Did(c.verb, true, parent(a, c.allowed), err)
			if err != nil {
				t.Errorf("%s as %s: %v", c.verb, c.allowed, err)
			}
			tries.Did(c.verb, false, parent(a, c.denied), c.do(parent(a, c.denied)))
			err = c.do(parent(b, c.allowed))
			tries.Did(c.verb, false, parent(b, c.allowed), err)
			if !c.list && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s from another school: %v", c.verb, err)
			}
			tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
		}
	})
}

// The verbs of what goes up: each by who may, who may not, by another organisation, and without a pass.
func TestClusterVerbsAreGuarded(t *testing.T) {
	counties(t, func(t *testing.T, w *county) {
		ctx := t.Context()
		id := w.closed(t, w.school[0], map[string]int{"V1": 3})
		w.give(t, w.school[0], id, w.cluster, Named)
		to := roll.OrgID(w.cluster.org)
		as := func(p place, r access.Role) access.Pass {
			return gate.Admit(access.Who{Org: p.org, Staff: int64(p.staff[r]), Name: "Test " + string(r), Roles: []access.Role{r}})
		}
		for _, c := range []struct {
			verb            string
			home, other     place
			allowed, denied access.Role
			do              func(p access.Pass) error
			own             bool
		}{
			{"GoesUp", w.school[0], w.school[1], roll.Governor, roll.Partner, func(p access.Pass) error { _, err := w.s.GoesUp(ctx, p, id); return err }, false},
			{"Give", w.school[0], w.school[1], roll.Head, roll.Leader, func(p access.Pass) error { return w.s.Give(ctx, p, id, to, Counted) }, false},
			{"Cluster", w.cluster, w.alone, roll.Coordinator, roll.Partner, func(p access.Pass) error { _, _, err := w.s.Cluster(ctx, p, "", ""); return err }, true},
			{"MakePicture", w.cluster, w.alone, roll.Coordinator, roll.Governor, func(p access.Pass) error {
				if err := w.s.MakePicture(ctx, p, "engagement", ""); fault.KindOf(err) != fault.Conflict {
					return err
				}
				return nil
			}, true},
		} {
			tries := testkit.Try(t, c.home.org)
			tries.Did(c.verb, false, as(c.home, c.denied), c.do(as(c.home, c.denied)))
			tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
			err := c.do(as(c.other, c.allowed))
			tries.Did(c.verb, false, as(c.other, c.allowed), err)
			if !c.own && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s from another school: %v", c.verb, err)
			}
			err = c.do(as(c.home, c.allowed))
			tries.Did(c.verb, true, as(c.home, c.allowed), err)
			if err != nil {
				t.Errorf("%s as %s: %v", c.verb, c.allowed, err)
			}
		}
	})
}
