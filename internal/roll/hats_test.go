package roll

import (
	"context"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
)

// notKin stands for a right of a capability above whose pages are between colleagues.
var notKin = access.Right{Key: "test.notes", Words: "read notes", NotKin: true, Roles: scopes{Head: access.All, Leader: access.All, Senco: access.All, SafeguardingLead: access.All,
	Office: access.All, Administrator: access.All, KeyTeacher: access.Own, Teacher: access.Own, FamilyWorker: access.Own}}

var gateWithNotes = access.NewGate(Rights(), []access.Right{notKin})

// wearing gives the pass of a member of staff as sign-in does, hat included.
func wearing(t *testing.T, s *Service, p access.Pass, staff StaffID, roles ...access.Role) access.Pass {
	t.Helper()
	var hat HatID
	inOrg(t, s, p, func(tx *db.Tx) (err error) { hat, err = HatOf(tx, staff); return err })
	return gateWithNotes.Admit(access.Who{Org: p.Org(), Staff: int64(staff), Hat: int64(hat), Name: "Test Person", Roles: roles, SecondFactorMs: 1})
}

// Every role that sees everyone, and those that see some: the own child is in no list of a right between colleagues, and all others are.
func TestOwnChildWall(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx := context.Background()
		inOrg(t, a.s, testkit.A(), func(tx *db.Tx) error { // the teacher teaches the form of all three
			_, err := tx.Exec(`insert into roll_member (org_id, id, class_id, staff_id) values ($1, $2, $3, $4)`, ids.New[Member](), a.form, a.teacher)
			return err
		})
		list := func(p access.Pass) (out []PupilID) {
			inOrg(t, a.s, p, func(tx *db.Tx) error {
				pupils, err := Pupils(tx, notKin)
				for _, x := range pupils {
					out = append(out, x.ID)
				}
				return err
			})
			return out
		}
		if got := list(wearing(t, a.s, testkit.A(), a.teacher, Teacher)); len(got) != 3 {
			t.Fatalf("without a hat the teacher sees %d", len(got))
		}
		ended, err := a.s.PutOnHat(ctx, as(testkit.OrgA, a.head, Head), a.teacher, a.mum)
		if err != nil {
			t.Fatal(err)
		}
		if len(ended) != 1 {
			t.Errorf("key teacher of her own child still: %v", ended)
		}
		for _, role := range []access.Role{Head, Leader, Senco, SafeguardingLead, Office, Administrator, KeyTeacher, Teacher, FamilyWorker} {
			p := wearing(t, a.s, testkit.A(), a.teacher, role)
			if got := list(p); !slices.Equal(got, []PupilID{a.other}) {
				t.Errorf("%s reaches %v, not only %v", role, got, a.other)
			}
			for _, child := range []PupilID{a.zoe, a.zia} {
				err := a.s.DB.View(ctx, p, func(tx *db.Tx) error { _, err := Enter(tx, notKin, child); return err })
				if fault.KindOf(err) != fault.Kin {
					t.Errorf("%s opens notes about an own child: %v", role, err)
				}
				if words, _ := fault.Sentence(err); !strings.Contains(words, "your own child") || strings.Contains(words, "Test Person") {
					t.Errorf("%s is told %q", role, words)
				}
			}
			if err := a.s.DB.View(ctx, p, func(tx *db.Tx) error { _, err := Enter(tx, notKin, a.other); return err }); err != nil {
				t.Errorf("%s can't open another child: %v", role, err)
			}
			if err := a.s.DB.View(ctx, p, func(tx *db.Tx) error { _, err := Enter(tx, See, a.zia); return err }); err != nil {
				t.Errorf("%s can't open what everyone sees: %v", role, err)
			}
		}
		inOrg(t, a.s, wearing(t, a.s, testkit.A(), a.teacher, Teacher), func(tx *db.Tx) error {
			words, err := OtherHat(tx)
			if words != "parent or carer of Zozo and Zia" {
				t.Errorf("the other hat: %q", words)
			}
			return err
		})
		if got := list(wearing(t, a.s, testkit.A(), a.head, Head)); len(got) != 3 {
			t.Errorf("a colleague without a hat sees %d", len(got))
		}
		if err := b.s.DB.View(ctx, wearing(t, b.s, testkit.B(), b.teacher, Head), func(tx *db.Tx) error { _, err := Enter(tx, notKin, b.zoe); return err }); err != nil {
			t.Errorf("the wall stands in another school: %v", err)
		}
		if err := a.s.TakeOffHat(ctx, as(testkit.OrgA, a.head, Head), a.teacher); err != nil {
			t.Fatal(err)
		}
		if got := list(wearing(t, a.s, testkit.A(), a.teacher, Head)); len(got) != 3 {
			t.Errorf("after the link was taken away: %d", len(got))
		}
	})
}

// What nobody does about their own child: orders, ties, the other parent's details, being key teacher, merging, and the link itself.
func TestNotForOneself(t *testing.T) {
	onBoth(t, func(t *testing.T, a, _ school) {
		ctx := context.Background()
		inOrg(t, a.s, testkit.A(), func(tx *db.Tx) error {
			return insertHat(tx, Hat{ID: ids.New[Hat](), StaffID: a.nobody, AdultID: a.mum, ByName: "Test"})
		})
		me := wearing(t, a.s, testkit.A(), a.nobody, Head)
		adult, tie := Values{"forename": "New", "surname": "Adult"}, Values{"responsibility": "unknown"}
		restrict := OrderValues("2026-11-20")
		restrict["kind"], restrict["decided_by"] = "no_information", "me"
		before := dump(t, a.s, testkit.A())
		for _, c := range []struct {
			what string
			do   func() error
			want fault.Kind
		}{
			{"an order on the other parent", func() error { _, err := a.s.AddOrder(ctx, me, a.zoe, a.dadTie, restrict); return err }, fault.Kin},
			{"an order on oneself", func() error { _, err := a.s.PreviewOrder(ctx, me, a.zoe, a.mumTie, restrict); return err }, fault.Kin},
			{"the end of an order", func() error { return a.s.EndOrder(ctx, me, a.zoe, ids.New[Order](), Values{}) }, fault.Kin},
			{"one's own tie", func() error { return a.s.EditTie(ctx, me, a.zoe, a.mumTie, tie, "") }, fault.Kin},
			{"the other parent's tie", func() error { return a.s.EditTie(ctx, me, a.zoe, a.dadTie, tie, "") }, fault.Kin},
			{"the other parent's phone", func() error { return a.s.EditAdult(ctx, me, a.zoe, a.dad, adult, nil, "") }, fault.Kin},
			{"another adult for one's child", func() error { _, err := a.s.AddAdult(ctx, me, a.zoe, adult, nil, true); return err }, fault.Kin},
			{"oneself to another child", func() error { return a.s.TieAdult(ctx, me, a.other, a.mum, tie) }, fault.Kin},
			{"being key teacher of one's child", func() error {
				_, _, err := a.s.Assign(ctx, as(testkit.OrgA, a.head, Head), Assignment{Pupils: []PupilID{a.zoe}, Values: Values{"staff": a.nobody.String(), "part": "key_teacher"}})
				return err
			}, fault.Invalid},
			{"merging oneself", func() error { _, err := a.s.MergeAdults(ctx, me, a.mum, a.aunt, nil, ""); return err }, fault.Invalid},
			{"merging the other parent", func() error { _, err := a.s.MergeAdults(ctx, me, a.dad, a.aunt, nil, ""); return err }, fault.Invalid},
			{"taking one's own wall down", func() error { return a.s.TakeOffHat(ctx, me, a.nobody) }, fault.Invalid},
			{"linking oneself", func() error {
				_, err := a.s.PutOnHat(ctx, wearing(t, a.s, testkit.A(), a.head, Head), a.head, a.aunt)
				return err
			}, fault.Invalid},
		} {
			if err := c.do(); fault.KindOf(err) != c.want {
				t.Errorf("%s: %v", c.what, err)
			}
			if d := firstDifference(before, dump(t, a.s, testkit.A())); d != "" {
				t.Errorf("%s: %s", c.what, d)
			}
		}
		if err := a.s.EditAdult(ctx, me, a.zoe, a.mum, Values{"forename": "Mária", "surname": "Łuczak"}, Ways{{Kind: "phone", Value: "07700 900555"}}, ""); err != nil {
			t.Errorf("one's own phone: %v", err)
		}
		// An order on one's own tie closes the whole record, which holds the other home's address.
		order(t, a, testkit.A(), a.mumTie, "no_address")
		if _, err := a.s.Open(ctx, me, a.zoe); fault.KindOf(err) != fault.Kin {
			t.Errorf("the record is open in spite of an order: %v", err)
		}
		if _, err := a.s.Open(ctx, me, a.zia); err != nil {
			t.Errorf("the sister's record, where there is no order: %v", err)
		}
	})
}

func TestHatSuggestions(t *testing.T) {
	onBoth(t, func(t *testing.T, a, _ school) {
		ctx, head := context.Background(), as(testkit.OrgA, a.head, Head)
		inOrg(t, a.s, testkit.A(), func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_staff set forename = 'Maria', surname = 'Luczak', name = 'Maria Luczak', email = 'maria.l@example.org' where org_id = $1 and id = $2`, a.nobody)
			return err
		})
		another(t, a, testkit.A(), Adult{Forename: "Piotr", Surname: "Zych"}, "maria.l@example.org") // shares the address, is somebody else
		h, err := a.s.Hats(ctx, head, a.nobody, "")
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Suggests) != 1 || h.Suggests[0].ID != a.mum {
			t.Errorf("suggested: %+v", h.Suggests)
		}
		found, err := a.s.Hats(ctx, head, a.nobody, "cruz")
		if err != nil || len(found.Found) != 1 || found.Found[0].ID != a.aunt {
			t.Errorf("found by hand: %+v, %v", found.Found, err)
		}
		if _, err := a.s.PutOnHat(ctx, head, a.nobody, a.mum); err != nil {
			t.Fatal(err)
		}
		if _, err := a.s.PutOnHat(ctx, head, a.nobody, a.aunt); fault.KindOf(err) != fault.Conflict {
			t.Errorf("two hats at once: %v", err)
		}
		h, err = a.s.Hats(ctx, head, a.nobody, "")
		if err != nil || h.Hat == nil || h.Hat.AdultID != a.mum || len(h.Children) != 2 {
			t.Errorf("hat: %+v, %v", h, err)
		}
	})
}

// A list of contacts that left somebody out says why to those who record orders, and not to a colleague about the family that is their own.
func TestContactsDoNotTellOrdersOfOnesOwnFamily(t *testing.T) {
	onBoth(t, func(t *testing.T, a, _ school) {
		ctx := context.Background()
		inOrg(t, a.s, testkit.A(), func(tx *db.Tx) error {
			return insertHat(tx, Hat{ID: ids.New[Hat](), StaffID: a.nobody, AdultID: a.mum, ByName: "Test"})
		})
		order(t, a, testkit.A(), a.dadTie, "no_contact")
		for _, c := range []struct {
			who  access.Pass
			told bool
		}{{as(testkit.OrgA, a.head, Head), true}, {wearing(t, a.s, testkit.A(), a.nobody, Head), false}, {as(testkit.OrgA, a.head, Leader), false}, {unproved(as(testkit.OrgA, a.head, Head)), false}} {
			out, err := a.s.Contacts(ctx, c.who, Group{Pupils: []PupilID{a.zoe}})
			if err != nil || out.LeftOut != 1 || len(out.Why) > 0 != c.told {
				t.Errorf("%v: %d left out, %q, %v", c.who.Who().Roles, out.LeftOut, out.Why, err)
			}
		}
	})
}
