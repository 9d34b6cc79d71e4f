package family

import (
	"context"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// school is one organisation of a test: Amira with her mother and her father who lives elsewhere, and a grandmother who shares the mother's phone.
type school struct {
	org                      int64
	amira, ben               roll.PupilID
	mother, father, gran     roll.AdultID
	motherTie, fatherTie     roll.TieID
	teacher                  roll.StaffID
	motherPhone, sharedPhone string
}

func onBoth(t *testing.T, body func(t *testing.T, s *Service, a, b school)) {
	testkit.Both(t, sets(), func(t *testing.T, d *db.DB) {
		s := New(d, roll.New(d, batch.New(d)))
		body(t, s, fill(t, d, testkit.OrgA), fill(t, d, testkit.OrgB))
	})
}

func sets() []db.Migrations {
	return []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), roll.Migrations(), Migrations()}
}

func fill(t *testing.T, d *db.DB, org int64) (x school) {
	t.Helper()
	ctx := context.Background()
	x.org = org
	name := map[int64]string{testkit.OrgA: "Oakfield", testkit.OrgB: "Elmhurst"}[org]
	if err := d.Update(ctx, access.Installation("test"), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into roll_org (id, code, name, type, made_ms) values ($1, $2, $3, 'school', $4)`, org, name, name, tx.Now())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := d.Update(ctx, access.System("test", org), func(tx *db.Tx) error {
		put := func(sql string, args ...any) {
			if _, err := tx.Exec(sql, args...); err != nil {
				t.Fatal(err)
			}
		}
		pupil := func(local, forename, born string) roll.PupilID {
			id := ids.New[roll.Pupil]()
			put(`insert into roll_pupil (org_id, id, local_id, forename, surname, date_of_birth, year, address, postcode, sort_key) values ($1, $2, $3, $4, 'Khan', $5, '7', '4 Elm Row', 'QX1 1AA', $4)`, id, local, forename, born)
			return id
		}
		adult := func(forename, postcode string, phones ...string) roll.AdultID {
			id := ids.New[roll.Adult]()
			put(`insert into roll_adult (org_id, id, forename, surname, name, postcode, address, reads, sort_key) values ($1, $2, $3, 'Khan', $4, $5, '1 Street', 'Urdu', $3)`, id, forename, forename+" Khan", postcode)
			for i, p := range phones {
				put(`insert into roll_channel (org_id, id, adult_id, kind, value, folded, place) values ($1, $2, $3, 'phone', $4, $5, $6)`, ids.New[roll.Channel](), id, p, roll.FoldChannel("phone", p), i+1)
			}
			return id
		}
		tie := func(p roll.PupilID, a roll.AdultID, relationship string, lives int) roll.TieID {
			id := ids.New[roll.Tie]()
			put(`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship, responsibility, lives_with) values ($1, $2, $3, $4, $5, 'yes', $6)`, id, p, a, relationship, lives)
			return id
		}
		x.amira, x.ben = pupil("A1", "Amira", "2015-03-27"), pupil("B1", "Ben", "2013-01-02")
		x.motherPhone, x.sharedPhone = "07700 900111", "07700 900999"
		x.mother, x.father = adult("Sana", "QX1 1AA", x.sharedPhone, x.motherPhone), adult("Imran", "QX9 9ZZ", "07700 900222")
		x.gran = adult("Noor", "QX5 5MM", x.sharedPhone)
		x.motherTie, x.fatherTie = tie(x.amira, x.mother, "Mother", 1), tie(x.amira, x.father, "Father", 0)
		tie(x.ben, x.gran, "Grandmother", 1)
		var err error
		x.teacher, err = roll.AddStaff(tx, "Pat Test", "")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return x
}

var gate = access.NewGate(Rights(), roll.Rights())

func (x school) as(role access.Role) access.Pass {
	return gate.Admit(access.Who{Org: x.org, Staff: int64(x.teacher), Name: "Pat Test", Roles: []access.Role{role}, SecondFactorMs: 1})
}

func (x school) own(a roll.AdultID) access.Pass {
	return gate.Admit(access.Who{Org: x.org, Adult: int64(a), Name: "Parent", Roles: []access.Role{roll.Parent}})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Each verb of staff is asked by a role that may, one that may not, the same role of another school, and without a pass.
func TestStaffVerbsAreGuarded(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		gone := ids.New[Wish]()
		a.posts(s)
		tries := testkit.Try(t, a.org)
		for _, c := range []struct {
			verb            string
			allowed, denied access.Role
			do              func(p access.Pass) error
			list            bool // about the organisation of the pass itself
			gone            bool // nothing there, so even those who may are told so
		}{
			{"LinksOf", roll.Office, roll.Governor, func(p access.Pass) error { _, err := s.LinksOf(ctx, p, a.amira); return err }, false, false},
			{"Give", roll.Office, roll.Teacher, func(p access.Pass) error {
				_, _, err := s.Give(ctx, p, Wanted{Adult: a.mother, Pupil: a.amira})
				return err
			}, false, false},
			{"Sending", roll.Office, roll.Governor, func(p access.Pass) error {
				_, err := s.Sending(ctx, p, Wanted{Adult: a.mother, Pupil: a.amira})
				return err
			}, false, false},
			{"SendOne", roll.Office, roll.Teacher, func(p access.Pass) error {
				_, err := s.SendOne(ctx, p, Wanted{Adult: a.mother, Pupil: a.amira, Base: "https://ajar.example"}, 0)
				return err
			}, false, false},
			{"Plan", roll.Office, roll.KeyTeacher, func(p access.Pass) error {
				_, err := s.Plan(ctx, p, []Wanted{{Adult: a.mother, Pupil: a.amira}})
				return err
			}, false, false},
			{"SendMany", roll.Office, roll.KeyTeacher, func(p access.Pass) error {
				_, err := s.SendMany(ctx, p, ids.New[Batch](), []Wanted{{Adult: a.mother, Pupil: a.amira}})
				return err
			}, false, false},
			{"LetterMany", roll.Office, roll.KeyTeacher, func(p access.Pass) error {
				_, _, err := s.LetterMany(ctx, p, ids.New[Batch](), []Wanted{{Adult: a.mother, Pupil: a.amira}}, true)
				return err
			}, false, false},
			{"AskedSoFar", roll.Office, roll.KeyTeacher, func(p access.Pass) error { _, err := s.AskedSoFar(ctx, p, Page, 0); return err }, true, false},
			{"BatchOf", roll.Office, roll.KeyTeacher, func(p access.Pass) error { _, err := s.BatchOf(ctx, p, ids.New[Batch]()); return err }, true, false},
			{"TakeBatchBack", roll.Office, roll.KeyTeacher, func(p access.Pass) error { _, err := s.TakeBatchBack(ctx, p, ids.New[Batch]()); return err }, false, true},
			{"TakeBack", roll.Head, roll.Governor, func(p access.Pass) error { return s.TakeBack(ctx, p, a.amira, ids.New[Link]()) }, false, true},
			{"ForgetDevices", roll.Office, roll.Teacher, func(p access.Pass) error { _, err := s.ForgetDevices(ctx, p, a.amira, a.mother); return err }, false, false},
			{"AsksOf", roll.Office, roll.KeyTeacher, func(p access.Pass) error { _, err := s.AsksOf(ctx, p); return err }, true, false},
			{"AskDone", roll.Office, roll.KeyTeacher, func(p access.Pass) error { return s.AskDone(ctx, p, ids.New[Ask]()) }, false, true},
			{"Waits", roll.Office, roll.Teacher, func(p access.Pass) error { _, _, err := s.Waits(ctx, p); return err }, true, false},
			{"WishesOf", roll.Office, roll.Leader, func(p access.Pass) error { _, _, err := s.WishesOf(ctx, p); return err }, true, false},
			{"Accept", roll.Office, roll.KeyTeacher, func(p access.Pass) error { _, err := s.Accept(ctx, p, gone); return err }, false, true},
			{"Decline", roll.Office, roll.KeyTeacher, func(p access.Pass) error { return s.Decline(ctx, p, gone, "Because.") }, false, true},
			{"Letterhead", roll.Office, roll.Governor, func(p access.Pass) error { _, err := s.Letterhead(ctx, p); return err }, true, false},
		} {
			t.Run(c.verb, func(t *testing.T) {
				err := c.do(a.as(c.allowed))
				tries.Did(c.verb, true, a.as(c.allowed), err)
				if c.gone != (fault.KindOf(err) == fault.NotFound) || err != nil && !c.gone {
					t.Errorf("%s: %v", c.allowed, err)
				}
				tries.Did(c.verb, false, a.as(c.denied), c.do(a.as(c.denied)))
				err = c.do(b.as(c.allowed))
				tries.Did(c.verb, false, b.as(c.allowed), err)
				if !c.list && fault.KindOf(err) != fault.NotFound {
					t.Errorf("another school may: %v", err)
				}
				tries.Did(c.verb, false, a.own(a.mother), c.do(a.own(a.mother)))
				tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
			})
		}
		s.HatOf = func(tx *db.Tx, staff roll.StaffID) (roll.AdultID, error) {
			if staff == a.teacher {
				return a.mother, nil
			}
			return 0, nil
		}
		hat := map[string]func(p access.Pass) error{"AsParent": func(p access.Pass) error { _, _, err := s.AsParent(ctx, p, ""); return err }}
		must(t, hat["AsParent"](a.as(roll.Teacher)))
		tries.Did("AsParent", true, a.as(roll.Teacher), nil)
		for _, p := range []access.Pass{b.as(roll.Teacher), a.own(a.mother), {}} {
			tries.Did("AsParent", false, p, hat["AsParent"](p))
			if err := hat["AsParent"](p); fault.KindOf(err) != fault.NotFound {
				t.Errorf("AsParent is open to %+v: %v", p.Who(), err)
			}
		}
	})
}

// The verbs of an adult open their own and nothing else: not for staff, another adult, another school, nobody.
func TestOwnVerbsAreGuarded(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		must(t, ignore(s.Propose(ctx, a.own(a.father), []FormWish{{"postcode", roll.OwnChange{Field: "postcode", Was: "QX9 9ZZ", Wish: "QX8 8AA"}}})))
		m, err := s.MeOf(ctx, a.own(a.father))
		must(t, err)
		fathers := m.Wishes[0].ID
		tries := testkit.Try(t, a.org)
		for _, c := range []struct {
			verb    string
			allowed access.Pass
			do      func(p access.Pass) error
			foreign bool // another adult has their own answer, which is not this one's
		}{
			{"HomeOf", a.own(a.mother), func(p access.Pass) error { _, err := s.HomeOf(ctx, p); return err }, true},
			{"ChildOf", a.own(a.mother), func(p access.Pass) error { _, err := s.ChildOf(ctx, p, a.amira); return err }, false},
			{"MeOf", a.own(a.mother), func(p access.Pass) error { _, err := s.MeOf(ctx, p); return err }, true},
			{"Myself", a.own(a.mother), func(p access.Pass) error { _, err := s.Myself(ctx, p); return err }, true},
			{"DevicesOf", a.own(a.mother), func(p access.Pass) error { _, err := s.DevicesOf(ctx, p, ""); return err }, true},
			{"Forget", a.own(a.mother), func(p access.Pass) error { _, err := s.Forget(ctx, p, 0); return err }, true},
			{"Propose", a.own(a.mother), func(p access.Pass) error { _, err := s.Propose(ctx, p, nil); return err }, true},
			{"SchoolsOf", a.own(a.mother), func(p access.Pass) error { _, err := s.SchoolsOf(ctx, p, ""); return err }, true},
			{"Connecting", a.own(a.mother), func(p access.Pass) error { _, err := s.Connecting(ctx, p, "", 0, ""); return err }, true},
			{"Connect", a.own(a.mother), func(p access.Pass) error { _, _, err := s.Connect(ctx, p, "", 0, Answer{}); return err }, true},
			{"ConnectCode", a.own(a.mother), func(p access.Pass) error { _, _, err := s.ConnectCode(ctx, p, "", "x", "", ""); return err }, true},
			// Without a school that was joined these two open nothing, to nobody: the whole product's test opens them (TestASeparatedFamilyInTwoSchools).
			{"GoTo", a.own(a.mother), func(p access.Pass) error { _, err := s.GoTo(ctx, p, "", roll.OrgID(b.org)); return lost(p, err) }, true},
			{"PartSchool", a.own(a.mother), func(p access.Pass) error { return lost(p, s.PartSchool(ctx, p, roll.OrgID(b.org))) }, true},
			{"Withdraw", a.own(a.father), func(p access.Pass) error { return s.Withdraw(ctx, p, fathers) }, false},
		} {
			t.Run(c.verb, func(t *testing.T) {
				err := c.do(c.allowed)
				tries.Did(c.verb, true, c.allowed, err)
				if err != nil {
					t.Errorf("their own: %v", err)
				}
				for who, p := range map[string]access.Pass{"another family": a.own(a.gran), "the other school": b.own(b.gran), "the same key in the other school": b.own(a.mother)} {
					err := c.do(p)
					if p.Org() != a.org {
						tries.Did(c.verb, false, p, err)
					}
					if !c.foreign && fault.KindOf(err) != fault.NotFound {
						t.Errorf("%s may: %v", who, err)
					}
				}
				for _, p := range []access.Pass{a.as(roll.Head), a.as(roll.Administrator), {}} {
					tries.Did(c.verb, false, p, c.do(p))
				}
			})
		}
	})
}

// lost takes "there is no such school" for let in, when an adult was told so.
func lost(p access.Pass, err error) error {
	if p.Who().Adult != 0 && fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

func ignore[T any](_ T, err error) error { return err }

// later moves the clock of the store.
func later(s *Service, by time.Duration) {
	s.DB.SetClock(clock.At(s.DB.Clock().Now().Add(by)))
}
