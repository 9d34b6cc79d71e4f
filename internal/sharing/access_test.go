package sharing

import (
	"context"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// Each verb: who may, who may not, and what the same key gives to a third school that has no part in it.
func TestWhoMay(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		ctx := context.Background()
		id := w.agree(t, Flows, Flows)
		third := w.elm
		share := w.share(t, id)
		pack, err := w.s.SendPack(ctx, w.as(w.oak, roll.Head), id, w.oak.child, []string{"child"}, "Moves in January.")
		if err != nil {
			t.Fatal(err)
		}
		code := func(of place) string {
			c, err := w.s.Invite(ctx, w.as(of, roll.Head), terms())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		tries := testkit.Try(t, w.oak.key())
		for _, c := range []struct {
			verb    string
			may     access.Role
			mayNot  access.Role
			do      func(p access.Pass) error
			foreign fault.Kind // what the third school's person with the same role gets; 0 for their own answer
		}{
			{"Overview", roll.Governor, roll.KeyTeacher, func(p access.Pass) error { _, err := w.s.Overview(ctx, p); return err }, 0},
			{"Invite", roll.Head, roll.Leader, func(p access.Pass) error { _, err := w.s.Invite(ctx, p, terms()); return err }, 0},
			{"Enter", roll.Head, roll.Office, func(p access.Pass) error { _, err := w.s.Enter(ctx, p, code(w.ash)); return err }, 0},
			{"Sign", roll.Head, roll.Administrator, func(p access.Pass) error {
				_, err := w.s.Sign(ctx, p, code(w.other(t)), nil)
				return err
			}, 0},
			{"Agreement", roll.Office, roll.Teacher, func(p access.Pass) error { _, err := w.s.Agreement(ctx, p, id); return err }, fault.NotFound},
			{"FiguresOf", roll.Governor, roll.Teacher, func(p access.Pass) error { _, _, err := w.s.FiguresOf(ctx, p, id); return err }, fault.NotFound},
			{"Allow", roll.Head, roll.Senco, func(p access.Pass) error { return w.s.Allow(ctx, p, id, Flows) }, fault.NotFound},
			{"AllowGroup", roll.Head, roll.Coordinator, func(p access.Pass) error { return w.s.AllowGroup(ctx, p, w.cluster.ID, true) }, fault.NotFound},
			{"Given", roll.Senco, roll.Office, func(p access.Pass) error { _, err := w.s.Given(ctx, p, id); return err }, fault.NotFound},
			{"ShareForm", roll.Leader, roll.Governor, func(p access.Pass) error { _, _, _, err := w.s.ShareForm(ctx, p, id, w.oak.child); return err }, fault.NotFound},
			{"Share", roll.Head, roll.Administrator, func(p access.Pass) error {
				if p.Org() == w.oak.key() {
					if _, err := w.s.Unshare(ctx, p, share); err != nil {
						return err
					}
				}
				x, err := w.s.Share(ctx, p, w.family(id))
				if err == nil {
					share = x
				}
				return err
			}, fault.NotFound},
			{"Theirs", roll.FamilyWorker, roll.Coordinator, func(p access.Pass) error { _, _, err := w.s.Theirs(ctx, p, id); return err }, fault.NotFound},
			{"PreparePack", roll.SafeguardingLead, roll.Office, func(p access.Pass) error { _, _, _, err := w.s.PreparePack(ctx, p, id, w.oak.child); return err }, fault.NotFound},
			{"SendPack", roll.Head, roll.Governor, func(p access.Pass) error {
				_, err := w.s.SendPack(ctx, p, id, w.oak.child, []string{"child"}, "Moves in January.")
				return err
			}, fault.NotFound},
			{"Packs", roll.Leader, roll.Office, func(p access.Pass) error { _, err := w.s.Packs(ctx, p); return err }, 0},
			{"OpenPack", roll.Leader, roll.Governor, func(p access.Pass) error { _, err := w.s.OpenPack(ctx, p, pack); return err }, fault.NotFound},
			{"Take", roll.Head, roll.Leader, func(p access.Pass) error { _, err := w.s.Take(ctx, p, id); return err }, fault.NotFound},
			{"Unshare", roll.Head, roll.Office, func(p access.Pass) error {
				_, err := w.s.Unshare(ctx, p, share)
				return err
			}, fault.NotFound},
			{"LeaveGroup", roll.Head, roll.Leader, func(p access.Pass) error { return w.s.LeaveGroup(ctx, p, w.cluster.ID, "We try another way.") }, fault.NotFound},
			{"Leave", roll.Head, roll.Leader, func(p access.Pass) error { return w.s.Leave(ctx, p, id, "It was enough.") }, fault.NotFound},
		} {
			err := c.do(w.as(third, c.may))
			tries.Did(c.verb, false, w.as(third, c.may), err)
			if fault.KindOf(err) != c.foreign && !(c.foreign == 0 && err == nil) {
				t.Errorf("%s: the %s of a third school: %v", c.verb, c.may, err)
			}
			tries.Did(c.verb, false, w.as(w.oak, c.mayNot), c.do(w.as(w.oak, c.mayNot)))
			tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
			err = c.do(w.as(w.oak, c.may))
			tries.Did(c.verb, true, w.as(w.oak, c.may), err)
			if err != nil {
				t.Errorf("%s: the %s may not: %v", c.verb, c.may, err)
			}
		}
	})
}
