package roll

import (
	"context"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
)

// Each verb of pages is asked four times: by a role that may, by one that may not, by the same role of another school, and without a pass.
func TestVerbsAreGuarded(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx := context.Background()
		adult, tie, order := Values{"forename": "New", "surname": "Adult", "responsibility": "unknown"}, Values{"responsibility": "unknown"}, OrderValues("2026-11-20")
		order["kind"], order["decided_by"] = "supervised", "court"
		ask := Assignment{Pupils: []PupilID{a.zoe}, Values: Values{"staff": a.nobody.String(), "part": "cover"}}
		conflict := ids.New[Conflict]()
		spare := another(t, a, testkit.A(), Adult{Forename: "Ana", Surname: "de la Cruz"})
		cases := []struct {
			verb    string
			allowed access.Role
			denied  access.Role
			do      func(p access.Pass) error
			list    bool // about the organisation of the pass itself: another school sees its own
			gone    bool // nothing there to act on, so even those who may are told so
		}{
			{"Find", Head, Governor, func(p access.Pass) error { _, err := a.s.Find(ctx, p, "zoe"); return err }, true, false},
			{"Open", Office, Governor, func(p access.Pass) error { _, err := a.s.Open(ctx, p, a.zoe); return err }, false, false},
			{"EditPupil", Office, KeyTeacher, func(p access.Pass) error {
				_, err := a.s.EditPupil(ctx, p, a.zoe, Values{"forename": "Zoë", "surname": "X"}, "")
				return err
			}, false, false},
			{"KeepUPN", Office, Senco, func(p access.Pass) error { return a.s.KeepUPN(ctx, p, a.zia) }, false, false},
			{"EditAdult", Office, KeyTeacher, func(p access.Pass) error { return a.s.EditAdult(ctx, p, a.zoe, a.mum, adult, nil, "") }, false, false},
			{"EditTie", Office, KeyTeacher, func(p access.Pass) error { return a.s.EditTie(ctx, p, a.zoe, a.mumTie, tie, "") }, false, false},
			{"AdultsLike", Office, Teacher, func(p access.Pass) error { _, err := a.s.AdultsLike(ctx, p, a.zoe, adult, nil); return err }, false, false},
			{"AddAdult", Office, FamilyWorker, func(p access.Pass) error { _, err := a.s.AddAdult(ctx, p, a.zoe, adult, nil, true); return err }, false, false},
			{"TieAdult", Office, FamilyWorker, func(p access.Pass) error { return a.s.TieAdult(ctx, p, a.zoe, a.aunt, tie) }, false, false},
			{"SeeAdult", Senco, Coordinator, func(p access.Pass) error { _, err := a.s.SeeAdult(ctx, p, a.mum); return err }, false, false},
			{"Release", Office, KeyTeacher, func(p access.Pass) error { return a.s.Release(ctx, p, a.zoe, "pupil", int64(a.zoe), "sex") }, false, true},
			{"Conflicts", Office, KeyTeacher, func(p access.Pass) error { _, err := a.s.Conflicts(ctx, p); return err }, true, false},
			{"Settle", Office, KeyTeacher, func(p access.Pass) error { return a.s.Settle(ctx, p, conflict, true) }, false, true},
			{"PreviewOrder", SafeguardingLead, Leader, func(p access.Pass) error { _, err := a.s.PreviewOrder(ctx, p, a.zoe, a.dadTie, order); return err }, false, false},
			{"AddOrder", SafeguardingLead, Leader, func(p access.Pass) error { _, err := a.s.AddOrder(ctx, p, a.zoe, a.dadTie, order); return err }, false, false},
			{"EndOrder", SafeguardingLead, Leader, func(p access.Pass) error { return a.s.EndOrder(ctx, p, a.zoe, ids.New[Order](), Values{}) }, false, true},
			{"Contacts", Office, Senco, func(p access.Pass) error { _, err := a.s.Contacts(ctx, p, Group{Pupils: []PupilID{a.zoe}}); return err }, false, false},
			{"Handing", Office, Governor, func(p access.Pass) error { _, err := a.s.Handing(ctx, p, a.zoe); return err }, false, false},
			{"OrderReviews", SafeguardingLead, Leader, func(p access.Pass) error { _, err := a.s.OrderReviews(ctx, p); return err }, true, false},
			{"LookedAt", SafeguardingLead, Leader, func(p access.Pass) error { return a.s.LookedAt(ctx, p, a.zoe, ids.New[Order](), Values{}) }, false, true},
			{"StaffList", Office, Governor, func(p access.Pass) error { _, err := a.s.StaffList(ctx, p); return err }, true, false},
			{"StaffMember", Office, Governor, func(p access.Pass) error { _, err := a.s.StaffMember(ctx, p, a.head); return err }, false, false},
			{"SaveStaff", Administrator, Office, func(p access.Pass) error {
				_, err := a.s.SaveStaff(ctx, p, a.nobody, Values{"surname": "New"}, "")
				return err
			}, false, false},
			{"GiveRole", Administrator, Office, func(p access.Pass) error { return a.s.GiveRole(ctx, p, a.nobody, Values{"role": "teacher"}) }, false, false},
			{"EndRole", Administrator, Office, func(p access.Pass) error {
				return a.s.EndRole(ctx, p, a.nobody, ids.New[Post](), Values{"ends": "1/1/2027"})
			}, false, true},
			{"Ahead", Teacher, Governor, func(p access.Pass) error { _, err := a.s.Ahead(ctx, p, 0); return err }, true, false},
			{"RecordAway", Office, KeyTeacher, func(p access.Pass) error { _, err := a.s.RecordAway(ctx, p, a.teacher, Values{}); return err }, false, false},
			{"CoverFor", Office, KeyTeacher, func(p access.Pass) error {
				return a.s.CoverFor(ctx, p, ids.New[Absence](), Values{}, nil)
			}, false, true},
			{"EndCover", Office, KeyTeacher, func(p access.Pass) error { return a.s.EndCover(ctx, p, []CoverID{ids.New[Cover]()}) }, false, true},
			{"ComeBack", Office, KeyTeacher, func(p access.Pass) error { return a.s.ComeBack(ctx, p, ids.New[Absence](), Values{}) }, false, true},
			{"CoverablePupils", Office, KeyTeacher, func(p access.Pass) error { _, err := a.s.CoverablePupils(ctx, p, a.teacher); return err }, true, false},
			{"WhatTheySee", Administrator, KeyTeacher, func(p access.Pass) error { _, err := a.s.WhatTheySee(ctx, p, a.nobody); return err }, false, false},
			{"Classes", Teacher, Governor, func(p access.Pass) error { _, err := a.s.Classes(ctx, p); return err }, true, false},
			{"Class", Office, Governor, func(p access.Pass) error { _, err := a.s.Class(ctx, p, a.form); return err }, false, false},
			{"PreviewAssign", Office, KeyTeacher, func(p access.Pass) error { _, err := a.s.PreviewAssign(ctx, p, ask); return err }, false, false},
			{"Assign", Office, KeyTeacher, func(p access.Pass) error { _, _, err := a.s.Assign(ctx, p, ask); return err }, false, false},
			{"EndAssignment", Office, KeyTeacher, func(p access.Pass) error {
				return a.s.EndAssignment(ctx, p, a.zoe, ids.New[Worker](), Values{"ends": "1/1/2027"})
			}, false, false},
			{"OrgTree", Governor, "", func(p access.Pass) error { _, err := a.s.OrgTree(ctx, p, ""); return err }, true, false},
			{"PlaceOrg", Coordinator, Head, func(p access.Pass) error { _, err := a.s.PlaceOrg(ctx, p, Org{}, ""); return err }, true, false},
			{"SchoolSettings", Head, Office, func(p access.Pass) error { _, err := a.s.SchoolSettings(ctx, p); return err }, true, false},
			{"Suspects", Office, KeyTeacher, func(p access.Pass) error { _, err := a.s.Suspects(ctx, p, 0); return err }, true, false},
			{"FindSame", Office, KeyTeacher, func(p access.Pass) error { _, err := a.s.FindSame(ctx, p, a.mum, "cruz"); return err }, false, false},
			{"Pair", Office, KeyTeacher, func(p access.Pass) error { _, err := a.s.Pair(ctx, p, a.dad, a.aunt, nil); return err }, false, false},
			{"KeepApart", Office, KeyTeacher, func(p access.Pass) error { return a.s.KeepApart(ctx, p, a.dad, a.aunt, true) }, false, false},
			{"MergeAdults", Office, KeyTeacher, func(p access.Pass) error { _, err := a.s.MergeAdults(ctx, p, spare, a.aunt, nil, ""); return err }, false, false},
			{"Merges", Office, KeyTeacher, func(p access.Pass) error { _, err := a.s.Merges(ctx, p); return err }, true, false},
			{"UndoMerge", Office, KeyTeacher, func(p access.Pass) error { _, err := a.s.UndoMerge(ctx, p, ids.New[Merging]()); return err }, false, true},
			{"SweepMerges", Office, KeyTeacher, func(p access.Pass) error { return a.s.SweepMerges(ctx, p) }, true, false},
			{"Together", Parent, Office, func(p access.Pass) error { _, err := a.s.Together(ctx, asAdult(p, a.mum)); return err }, true, false},
			{"JoinSelves", Parent, Office, func(p access.Pass) error { return a.s.JoinSelves(ctx, asAdult(p, a.mum), asAdult(p, a.dad)) }, true, false},
			{"JoinedSchools", Parent, Office, func(p access.Pass) error { _, err := a.s.JoinedSchools(ctx, asAdult(p, a.mum)); return err }, true, false},
			{"SelfAt", Parent, Office, func(p access.Pass) error {
				_, _, err := a.s.SelfAt(ctx, asAdult(p, a.mum), OrgID(testkit.OrgB))
				return err
			}, true, false},
			{"PartSelves", Parent, Office, func(p access.Pass) error { return a.s.PartSelves(ctx, asAdult(p, a.mum), OrgID(testkit.OrgB)) }, false, true},
			{"EndTogether", Office, KeyTeacher, func(p access.Pass) error { return a.s.EndTogether(ctx, p, a.mum) }, false, true},
			{"Hats", Administrator, Office, func(p access.Pass) error { _, err := a.s.Hats(ctx, p, a.nobody, ""); return err }, false, false},
			{"PutOnHat", Administrator, Office, func(p access.Pass) error { _, err := a.s.PutOnHat(ctx, p, a.nobody, a.dad); return err }, false, false},
			{"TakeOffHat", Administrator, Office, func(p access.Pass) error { return a.s.TakeOffHat(ctx, p, a.nobody) }, false, false},
			{"Decide", SafeguardingLead, Office, func(p access.Pass) error { return a.s.Decide(ctx, p, Values{}) }, true, false},
		}
		tries := testkit.Try(t, testkit.OrgA)
		for _, c := range cases {
			t.Run(c.verb, func(t *testing.T) {
				err := c.do(as(testkit.OrgA, a.head, c.allowed))
				tries.Did(c.verb, true, as(testkit.OrgA, a.head, c.allowed), err)
				if c.gone != (fault.KindOf(err) == fault.NotFound && err != nil) {
					t.Errorf("%s: %v", c.allowed, err)
				}
				tries.Did(c.verb, false, as(testkit.OrgA, a.teacher, c.denied), c.do(as(testkit.OrgA, a.teacher, c.denied)))
				err = c.do(as(testkit.OrgB, b.head, c.allowed))
				tries.Did(c.verb, false, as(testkit.OrgB, b.head, c.allowed), err)
				if !c.list && fault.KindOf(err) != fault.NotFound {
					t.Errorf("another school may: %v", err)
				}
				tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
			})
		}
		if _, err := a.s.UndoAssign(ctx, as(testkit.OrgA, a.teacher, KeyTeacher), ids.New[Assignment]()); fault.KindOf(err) != fault.NotFound {
			t.Errorf("UndoAssign: %v", err)
		}
		if _, err := a.s.SafeguardingRoute(ctx, access.Pass{}); err == nil {
			t.Error("SafeguardingRoute works without a pass")
		}
	})
}

// asAdult is the pass of the same role for an adult, as the family's door makes it.
func asAdult(p access.Pass, adult AdultID) access.Pass {
	if !p.Valid() {
		return p
	}
	w := p.Who()
	w.Staff, w.Adult = 0, int64(adult)
	return gate.Admit(w)
}
