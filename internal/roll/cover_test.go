package roll

import (
	"context"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
)

// Pupils go to the cover on the first day and come back the day after the last, by themselves, on both engines.
func TestCoverByDate(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx := context.Background()
		head := as(testkit.OrgA, a.head, Head)
		cover := as(testkit.OrgA, a.nobody, KeyTeacher)
		sees := func(p access.Pass, day string) bool {
			t.Helper()
			at, err := time.Parse(time.DateOnly, day)
			if err != nil {
				t.Fatal(err)
			}
			a.s.DB.SetClock(clock.At(at.Add(10 * time.Hour)))
			defer a.s.DB.SetClock(clock.At(testkit.Day))
			_, one := a.s.Open(ctx, p, a.zoe)
			listed := false
			if err := a.s.DB.View(ctx, p, func(tx *db.Tx) error {
				list, err := Pupils(tx, See)
				for _, x := range list {
					listed = listed || x.ID == a.zoe
				}
				return err
			}); err != nil && fault.KindOf(err) != fault.NotFound {
				t.Fatal(err)
			}
			if listed != (one == nil) {
				t.Errorf("%s: listed %v, opened %v", day, listed, one)
			}
			return listed
		}
		id, err := a.s.RecordAway(ctx, head, a.teacher, Values{"starts": "1 12 2026", "ends": "4 12 2026", "cover": a.nobody.String()})
		if err != nil {
			t.Fatal(err)
		}
		for day, want := range map[string]bool{"2026-11-30": false, "2026-12-01": true, "2026-12-04": true, "2026-12-05": false} {
			if sees(cover, day) != want {
				t.Errorf("the cover sees the pupil on %s: %v", day, !want)
			}
			if !sees(as(testkit.OrgA, a.teacher, KeyTeacher), day) {
				t.Errorf("who is away no longer sees their own pupil on %s", day)
			}
			if sees(as(testkit.OrgA, a.nobody), day) {
				t.Errorf("a cover without a role sees a pupil on %s", day)
			}
		}
		if _, err := a.s.Open(ctx, as(testkit.OrgB, a.nobody, KeyTeacher), a.zoe); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the same key in another school: %v", err)
		}
		// Back earlier than planned.
		if err := a.s.ComeBack(ctx, head, id, Values{"ends": "2 12 2026"}); err != nil {
			t.Fatal(err)
		}
		if !sees(cover, "2026-12-02") || sees(cover, "2026-12-03") {
			t.Error("coming back early did not end the cover")
		}
		// Taken back before it began: nothing is left.
		if err := a.s.ComeBack(ctx, head, id, Values{"ends": "1 11 2026"}); err != nil || sees(cover, "2026-12-01") {
			t.Errorf("an absence taken back still lends pupils: %v", err)
		}
		if err := a.s.ComeBack(ctx, as(testkit.OrgB, b.head, Head), id, Values{"ends": "2 12 2026"}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another school: %v", err)
		}
	})
}

func TestCoverSaysGapsAndReasons(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx := context.Background()
		head := as(testkit.OrgA, a.head, Head)
		if err := a.s.DB.Update(ctx, testkit.A(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`insert into roll_member (org_id, id, class_id, staff_id) values ($1, $2, $3, $4)`, ids.New[Member](), a.form, a.teacher); err != nil {
				return err
			}
			_, err := tx.Exec(`insert into roll_assignment (org_id, id, pupil_id, staff_id, part, starts) values ($1, $2, $3, $4, 'key_teacher', '2026-09-01')`, ids.New[Worker](), a.zia, a.teacher)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		id, err := a.s.RecordAway(ctx, head, a.teacher, Values{"starts": "16 11 2026", "ends": "27 11 2026"})
		if err != nil {
			t.Fatal(err)
		}
		gaps := func() string {
			list, err := a.s.Ahead(ctx, head, a.teacher)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			out := ""
			for _, g := range list[0].Gaps {
				out += g.Starts + ">" + g.Ends
				for _, p := range g.Pupils {
					out += " " + p.KnownAs + p.Forename
				}
				out += ";"
			}
			return out
		}
		if got := gaps(); got != "2026-11-20>2026-11-27 ZozoZoë Zia;" && got != "2026-11-20>2026-11-27 Zia ZozoZoë;" {
			t.Error(got)
		}
		if err := a.s.CoverFor(ctx, head, id, Values{"cover": a.nobody.String()}, []PupilID{a.zoe}); err != nil {
			t.Fatal(err)
		}
		if got := gaps(); got != "2026-11-20>2026-11-27 Zia;" {
			t.Error(got)
		}
		if err := a.s.DB.View(ctx, head, func(tx *db.Tx) error {
			list, err := Uncovered(tx)
			if err != nil || len(list) != 1 || list[0].Gaps[0].N != 1 {
				t.Errorf("on the first page: %+v, %v", list, err)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for staff, want := range map[StaffID]string{
			a.teacher: "they are their key teacher=2;they teach 8B=3",
			a.nobody:  "they cover for Tom Teacher until 27 November 2026=1;they cover for Tom Teacher, who teaches 8B until 27 November 2026=1",
		} {
			if err := a.s.DB.Update(ctx, testkit.A(), func(tx *db.Tx) error { return GiveRole(tx, staff, Teacher) }); err != nil {
				t.Fatal(err)
			}
			see, err := a.s.WhatTheySee(ctx, as(testkit.OrgA, a.head, Administrator), staff)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range see.Reasons {
				got = append(got, r.Because(false, longDay)+"="+string(rune('0'+len(r.Pupils))))
			}
			if strings.Join(got, ";") != want {
				t.Errorf("%q, want %q", strings.Join(got, ";"), want)
			}
		}
		// A cover for one pupil opens that one; the pupil's page says why.
		r, err := a.s.Open(ctx, as(testkit.OrgA, a.nobody, Teacher), a.zoe)
		if err != nil || len(r.Why) != 2 || !strings.Contains(r.Why[0], "you cover for Tom Teacher until 27 November 2026") {
			t.Errorf("%q, %v", r.Why, err)
		}
		if _, err := a.s.Open(ctx, as(testkit.OrgA, a.nobody, Teacher), a.zia); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a pupil who is not covered: %v", err)
		}
		// Ended from tomorrow: not any more.
		list, _ := a.s.Ahead(ctx, head, a.teacher)
		if err := a.s.EndCover(ctx, head, list[0].Covers[0].IDs); err != nil {
			t.Fatal(err)
		}
		if _, err := a.s.Open(ctx, as(testkit.OrgA, a.nobody, Teacher), a.zoe); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a cover that was ended: %v", err)
		}
		for name, c := range map[string]struct {
			v     Values
			field string
		}{
			"twice":          {Values{"starts": "20 11 2026"}, "starts"},
			"backwards":      {Values{"starts": "20 12 2026", "ends": "19 12 2026"}, "ends"},
			"no such day":    {Values{"starts": "31 2 2027"}, "starts"},
			"by themselves":  {Values{"starts": "20 12 2026", "ends": "21 12 2026", "cover": a.teacher.String()}, "cover"},
			"a strange name": {Values{"starts": "20 12 2026", "ends": "21 12 2026", "cover": "x"}, "cover"},
		} {
			if _, err := a.s.RecordAway(ctx, head, a.teacher, c.v); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := a.s.RecordAway(ctx, head, a.teacher, Values{"starts": "20 12 2026", "ends": "21 12 2026", "cover": b.teacher.String()}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a cover from another school: %v", err)
		}
	})
}

// Nobody gives more than they hold, but administrators; nobody makes their own rights wider; people from outside stay for a time.
func TestWhoGivesWhichRole(t *testing.T) {
	onBoth(t, func(t *testing.T, a, _ school) {
		ctx := context.Background()
		for _, c := range []struct {
			who  access.Role
			to   StaffID
			role access.Role
			ends string
			ok   bool
		}{
			{Head, a.teacher, Senco, "", true},
			{Head, a.teacher, Administrator, "", false}, // an administrator organises clusters, a head does not
			{Head, a.teacher, Parent, "", false},
			{SafeguardingLead, a.teacher, Head, "", false},
			{SafeguardingLead, a.teacher, Teacher, "", true},
			{Administrator, a.teacher, Head, "", true},
			{Administrator, a.head, Coordinator, "", true}, // opens nothing that an administrator has not
			{SafeguardingLead, a.head, Administrator, "", false},
			{Administrator, a.teacher, Partner, "", false},
			{Administrator, a.teacher, Partner, "1 3 2027", true},
			{Administrator, a.teacher, Assessor, "1 3 2029", false},
		} {
			err := a.s.GiveRole(ctx, as(testkit.OrgA, a.head, c.who), c.to, Values{"role": string(c.role), "ends": c.ends})
			if (err == nil) != c.ok || err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s gives %s until %q: %v", c.who, c.role, c.ends, err)
			}
		}
		// A role that is over is not made longer by the back door.
		var old Post
		m, err := a.s.StaffMember(ctx, as(testkit.OrgA, a.head, Administrator), a.teacher)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range m.Posts {
			if p.Role == Partner {
				old = p
			}
		}
		if err := a.s.EndRole(ctx, as(testkit.OrgA, a.head, Administrator), a.teacher, old.ID, Values{"ends": "1 4 2027"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a role was made longer: %v", err)
		}
		if err := a.s.EndRole(ctx, as(testkit.OrgA, a.head, Administrator), a.teacher, old.ID, Values{"ends": "1 2 2027"}); err != nil {
			t.Errorf("a role was not ended: %v", err)
		}
	})
}
