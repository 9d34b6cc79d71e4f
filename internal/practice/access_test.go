package practice

import (
	"context"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

// Each verb: who may, who may not, and what the same key gives to another school.
func TestWhoMay(t *testing.T) {
	both(t, func(t *testing.T, s *Service, _ *plans.Service, a, b place) {
		ctx, head := context.Background(), a.as(roll.Head)
		a.mother, b.mother = parents(t, s, a, 1)[0], parents(t, s, b, 1)[0]
		policy, err := s.PutPolicy(ctx, head, Policy{Title: "Attendance"})
		must(t, err)
		duty, err := s.PutDuty(ctx, head, Duty{Title: "Teacher", Duty: "yes"})
		must(t, err)
		act, err := s.PutActivity(ctx, head, Activity{Title: "Forum", Kind: "forum", OnDay: "2026-10-01"})
		must(t, err)
		must(t, s.ShareDecision(ctx, head, Shared{ActivityID: act, How: "voted", What: "x", OnDay: "2026-10-01"}))
		d, err := s.Activity(ctx, head, act)
		must(t, err)
		share := d.Shares[0].ID
		id, err := s.PutStory(ctx, head, story(), 0)
		must(t, err)
		must(t, s.PublishStory(ctx, head, id))
		version := func() int { v, err := s.Story(ctx, head, id); must(t, err); return v.Version }
		tries := testkit.Try(t, a.org)
		for _, c := range []struct {
			verb   string
			may    access.Role
			mayNot access.Role
			do     func(p access.Pass) error
			own    bool // about the organisation of the pass
		}{
			{"Overview", roll.Governor, roll.Administrator, func(p access.Pass) error { _, err := s.Overview(ctx, p); return err }, true},
			{"Policies", roll.Coordinator, roll.Partner, func(p access.Pass) error { _, _, err := s.Policies(ctx, p); return err }, true},
			{"Policy", roll.Teacher, roll.Governor, func(p access.Pass) error { _, err := s.Policy(ctx, p, policy); return err }, false},
			{"PutPolicy", roll.Office, roll.Teacher, func(p access.Pass) error {
				_, err := s.PutPolicy(ctx, p, Policy{ID: policy, Title: "Attendance"})
				return err
			}, false},
			{"Reviewed", roll.Leader, roll.Senco, func(p access.Pass) error {
				return s.Reviewed(ctx, p, Review{PolicyID: policy, OnDay: "2026-11-01", Consulted: "yes", Barriers: "None found"})
			}, false},
			{"DropPolicy", roll.Head, roll.Governor, func(p access.Pass) error { return s.DropPolicy(ctx, p, policy, true) }, false},
			{"Duties", roll.Governor, roll.Partner, func(p access.Pass) error { _, _, err := s.Duties(ctx, p); return err }, true},
			{"PutDuty", roll.Office, roll.FamilyWorker, func(p access.Pass) error {
				_, err := s.PutDuty(ctx, p, Duty{ID: duty, Title: "Teacher", Duty: "no"})
				return err
			}, false},
			{"DropDuty", roll.Head, roll.Teacher, func(p access.Pass) error { return s.DropDuty(ctx, p, duty, true) }, false},
			{"Participation", roll.Adviser, roll.Administrator, func(p access.Pass) error { _, err := s.Participation(ctx, p); return err }, true},
			{"Activity", roll.Teacher, roll.Governor, func(p access.Pass) error { _, err := s.Activity(ctx, p, act); return err }, false},
			{"PutActivity", roll.Office, roll.Teacher, func(p access.Pass) error {
				_, err := s.PutActivity(ctx, p, Activity{ID: act, Title: "Forum", Kind: "forum", OnDay: "2026-10-01"})
				return err
			}, false},
			{"RateAsStaff", roll.Teacher, roll.Governor, func(p access.Pass) error { return s.RateAsStaff(ctx, p, act, 4) }, false},
			{"RateForParent", roll.Office, roll.Coordinator, func(p access.Pass) error { return s.RateForParent(ctx, p, act, 4) }, false},
			{"UnrateForParent", roll.Office, roll.Assessor, func(p access.Pass) error { return s.UnrateForParent(ctx, p, act, 4) }, false},
			{"AskParents", roll.Office, roll.Teacher, func(p access.Pass) error { return s.AskParents(ctx, p, act, "2026-12-20") }, false},
			{"Ask", roll.Parent, roll.Head, func(p access.Pass) error { _, err := s.Ask(ctx, p, act); return err }, false},
			{"Drop", roll.Parent, roll.Teacher, func(p access.Pass) error { _, err := s.Drop(ctx, p, act, 4); return err }, false},
			{"ShareDecision", roll.Head, roll.Teacher, func(p access.Pass) error {
				return s.ShareDecision(ctx, p, Shared{ActivityID: act, How: "together", What: "y", OnDay: "2026-10-02"})
			}, false},
			{"AskParents", roll.Head, roll.Governor, func(p access.Pass) error { return s.AskParents(ctx, p, act, "") }, false},
			{"UnshareDecision", roll.Head, roll.Teacher, func(p access.Pass) error { return s.UnshareDecision(ctx, p, act, share) }, false},
			{"DropActivity", roll.Head, roll.Teacher, func(p access.Pass) error { return s.DropActivity(ctx, p, act, true) }, false},
			{"Stories", roll.Governor, roll.Partner, func(p access.Pass) error { _, err := s.Stories(ctx, p, ""); return err }, true},
			{"Story", roll.Governor, roll.Administrator, func(p access.Pass) error { _, err := s.Story(ctx, p, id); return err }, false},
			{"PutStory", roll.Leader, roll.Office, func(p access.Pass) error {
				x := story()
				x.ID = id
				_, err := s.PutStory(ctx, p, x, version())
				return err
			}, false},
			{"Confirm", roll.Head, roll.Teacher, func(p access.Pass) error { return s.Confirm(ctx, p, id, "Nobody") }, false},
			{"PublishStory", roll.Leader, roll.Teacher, func(p access.Pass) error { return s.PublishStory(ctx, p, id) }, false},
			{"Read", roll.Coordinator, roll.Partner, func(p access.Pass) error { return s.Read(ctx, p, id) }, false},
			{"Requested", roll.Office, roll.Partner, func(p access.Pass) error { return s.Requested(ctx, p, id, "Ash School") }, false},
			{"Withdraw", roll.Head, roll.Senco, func(p access.Pass) error { return s.Withdraw(ctx, p, id) }, false},
			{"Colleagues", roll.Office, roll.Teacher, func(p access.Pass) error { _, err := s.Colleagues(ctx, p); return err }, true},
		} {
			as := func(p place) access.Pass {
				if c.may == roll.Parent {
					return p.mother
				}
				return p.as(c.may)
			}
			err := c.do(as(b))
			tries.Did(c.verb, false, as(b), err)
			if c.own && err != nil || !c.own && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s from another school: %v", c.verb, err)
			}
			tries.Did(c.verb, false, a.as(c.mayNot), c.do(a.as(c.mayNot)))
			tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
			err = c.do(as(a))
			tries.Did(c.verb, true, as(a), err)
			if err != nil {
				t.Errorf("%s: the %s may not: %v", c.verb, c.may, err)
			}
		}
		// A teacher's own draft is theirs to change; a colleague's is not.
		mine, err := s.PutStory(ctx, a.who(1, roll.Teacher), story(), 0)
		must(t, err)
		x := story()
		x.ID = mine
		if _, err := s.PutStory(ctx, a.who(2, roll.Teacher), x, 1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a colleague changed a draft: %v", err)
		}
		if _, err := s.PutStory(ctx, a.who(1, roll.Teacher), x, 1); err != nil {
			t.Errorf("the author could not: %v", err)
		}
	})
}
