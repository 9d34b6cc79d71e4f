package plans

import (
	"context"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// Each verb: who may, who may not, and what the same key gives to another school.
func TestWhoMay(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		plan, later := w.plan(t, w.oak), PlanID(0)
		var err error
		later, err = w.s.Make(ctx, w.oak.as(roll.Head), Plan{Title: "Next year", Starts: "2027-09-01", Ends: "2028-08-31"})
		must(t, err)
		id := w.add(t, w.oak, plan, action("Open the door", "2026-12-18"))
		fresh := func() ActionID { return w.add(t, w.oak, plan, action("Another", "2026-12-18")) }
		must(t, w.s.AddEvidence(ctx, w.oak.as(roll.Head), id, "List", ""))
		view, err := w.s.Action(ctx, w.oak.as(roll.Head), id)
		must(t, err)
		evidence := view.Evidence[0].ID
		own, err := w.s.SetObjective(ctx, w.oak.as(roll.Head), 0, "1", "Fathers come", nil)
		must(t, err)
		ref := Ref{w.oak.org.ID, own}
		turn := func() ids.ID[Consultation] {
			c, err := w.s.Consult(ctx, w.oak.as(roll.Head), Consultation{Whom: "Staff", Due: "2026-12-01"})
			must(t, err)
			return c
		}
		c1, c2 := turn(), turn()
		version := func(id ActionID) int {
			a, err := w.s.Action(ctx, w.oak.as(roll.Head), id)
			must(t, err)
			return a.Version
		}
		tries := testkit.Try(t, int64(w.oak.org.ID))
		for _, c := range []struct {
			verb   string
			may    access.Role
			mayNot access.Role
			do     func(p access.Pass) error
			own    bool // about the organisation of the pass: another school does it for itself
		}{
			{"Overview", roll.Governor, roll.Partner, func(p access.Pass) error { _, err := w.s.Overview(ctx, p); return err }, true},
			{"Open", roll.Office, roll.Governor, func(p access.Pass) error { _, err := w.s.Open(ctx, p, plan); return err }, false},
			{"Make", roll.Leader, roll.Coordinator, func(p access.Pass) error {
				_, err := w.s.Make(ctx, p, Plan{Title: "x", Starts: "2026-09-01", Ends: "2027-08-31"})
				return err
			}, true},
			{"ChangePlan", roll.Head, roll.Teacher, func(p access.Pass) error {
				return w.s.ChangePlan(ctx, p, plan, Plan{Title: "y", Starts: "2026-09-01", Ends: "2027-08-31"})
			}, false},
			{"Share", roll.Head, roll.Leader, func(p access.Pass) error { return w.s.Share(ctx, p, plan, true) }, false},
			{"Add", roll.Leader, roll.KeyTeacher, func(p access.Pass) error {
				_, err := w.s.Add(ctx, p, plan, action("x", "2026-12-18"))
				return err
			}, false},
			{"Change", roll.Leader, roll.Senco, func(p access.Pass) error {
				return w.s.Change(ctx, p, id, action("y", "2026-12-19"), version(id))
			}, false},
			{"Action", roll.Teacher, roll.Adviser, func(p access.Pass) error { _, err := w.s.Action(ctx, p, id); return err }, false},
			{"Say", roll.Leader, roll.Teacher, func(p access.Pass) error {
				return w.s.Say(ctx, p, id, News{Note: "x", Seen: version(id)})
			}, false},
			{"AddEvidence", roll.Head, roll.Office, func(p access.Pass) error { return w.s.AddEvidence(ctx, p, id, "x", "") }, false},
			{"DropEvidence", roll.Head, roll.Governor, func(p access.Pass) error { return w.s.DropEvidence(ctx, p, id, evidence) }, false},
			{"Carry", roll.Head, roll.Teacher, func(p access.Pass) error {
				_, err := w.s.Carry(ctx, p, fresh(), later, "2027-12-01")
				return err
			}, false},
			{"Colleagues", roll.Head, roll.Teacher, func(p access.Pass) error { _, err := w.s.Colleagues(ctx, p); return err }, true},
			{"Priorities", roll.Leader, roll.Office, func(p access.Pass) error { _, err := w.s.Priorities(ctx, p, plan); return err }, false},
			{"Gap", roll.Leader, roll.Office, func(p access.Pass) error { _, _, err := w.s.Gap(ctx, p, "x", "y"); return err }, true},
			{"Progress", roll.FamilyWorker, roll.Assessor, func(p access.Pass) error { _, err := w.s.Progress(ctx, p, plan); return err }, false},
			{"Extract", roll.Governor, roll.Administrator, func(p access.Pass) error { _, err := w.s.Extract(ctx, p, plan); return err }, false},
			{"Objectives", roll.Senco, roll.Governor, func(p access.Pass) error { _, err := w.s.Objectives(ctx, p); return err }, true},
			{"SetObjective", roll.Head, roll.SafeguardingLead, func(p access.Pass) error {
				_, err := w.s.SetObjective(ctx, p, own, "1", "Fathers come", nil)
				return err
			}, false},
			{"Measures", roll.Head, roll.Teacher, func(p access.Pass) error { return w.s.Measures(ctx, p, ref, nil) }, false},
			{"EndObjective", roll.Head, roll.Coordinator, func(p access.Pass) error { return w.s.EndObjective(ctx, p, own, true) }, false},
			{"Adopt", roll.Head, roll.Office, func(p access.Pass) error {
				return w.s.Adopt(ctx, p, Vision{Words: "x", AdoptedOn: "2026-11-01", Consulted: "all"})
			}, true},
			{"Consult", roll.Head, roll.Governor, func(p access.Pass) error {
				_, err := w.s.Consult(ctx, p, Consultation{Whom: "x", Due: "2027-01-01"})
				return err
			}, true},
			{"Consulted", roll.Head, roll.Teacher, func(p access.Pass) error { return w.s.Consulted(ctx, p, c1, "2026-11-01", "x") }, false},
			{"Unconsult", roll.Head, roll.Teacher, func(p access.Pass) error { return w.s.Unconsult(ctx, p, c2) }, false},
			{"RollUp", roll.Governor, roll.Partner, func(p access.Pass) error { _, _, err := w.s.RollUp(ctx, p); return err }, true},
			{"Remove", roll.Head, roll.Teacher, func(p access.Pass) error { _, err := w.s.Remove(ctx, p, id); return err }, false},
			{"Restore", roll.Head, roll.Teacher, func(p access.Pass) error { _, err := w.s.Restore(ctx, p, id); return err }, false},
			{"Complete", roll.Head, roll.Teacher, func(p access.Pass) error {
				if err := w.s.Complete(ctx, p, plan); fault.KindOf(err) != fault.Conflict { // its actions are not finished
					return err
				}
				return nil
			}, false},
			{"Reopen", roll.Head, roll.Teacher, func(p access.Pass) error { return w.s.Reopen(ctx, p, plan) }, false},
		} {
			err := c.do(w.elm.as(c.may))
			tries.Did(c.verb, false, w.elm.as(c.may), err)
			if c.own && err != nil || !c.own && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s from another school: %v", c.verb, err)
			}
			tries.Did(c.verb, false, w.oak.as(c.mayNot), c.do(w.oak.as(c.mayNot)))
			tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
			err = c.do(w.oak.as(c.may))
			tries.Did(c.verb, true, w.oak.as(c.may), err)
			if err != nil {
				t.Errorf("%s: the %s may not: %v", c.verb, c.may, err)
			}
		}
		// The co-ordinator leads in the cluster's own house, and sees figures in a school's.
		if _, err := w.s.Make(ctx, w.cluster.as(roll.Coordinator), Plan{Title: "x", Starts: "2026-09-01", Ends: "2027-08-31"}); err != nil {
			t.Errorf("the co-ordinator in the cluster: %v", err)
		}
		if _, err := w.s.Open(ctx, w.oak.as(roll.Coordinator), plan); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the co-ordinator in a school: %v", err)
		}
	})
}
