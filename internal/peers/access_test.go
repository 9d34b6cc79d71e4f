package peers

import (
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// Each verb: who may, who may not, another organisation, and nobody.
func TestWhoMay(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		offer := w.offers(t, w.oak)
		extra, err := w.s.Offer(ctx, w.oak.as(roll.Head), Offered{Key: v1, Words: "Another.", Until: "2099-07-20"})
		must(t, err)
		id, err := w.s.Ask(ctx, w.ash.as(roll.Head), offer, "How?")
		must(t, err)
		later, err := w.s.Ask(ctx, w.elm.as(roll.Head), offer, "How?")
		must(t, err)
		for _, c := range []struct {
			verb        string
			home        place
			may, mayNot access.Role
			do          func(p access.Pass) error
			own         bool
		}{
			{"Board", w.oak, roll.Governor, roll.Partner, func(p access.Pass) error { _, err := w.s.Board(ctx, p); return err }, true},
			{"Helped", w.oak, roll.Coordinator, roll.Adviser, func(p access.Pass) error { _, err := w.s.Helped(ctx, p); return err }, true},
			{"HelpWith", w.oak, roll.Teacher, roll.Partner, func(p access.Pass) error {
				_, err := w.s.HelpWith(ctx, p, "engagement", "vision", "V1")
				return err
			}, true},
			{"Choices", w.oak, roll.Leader, roll.Governor, func(p access.Pass) error { _, err := w.s.Choices(ctx, p); return err }, true},
			{"Offer", w.oak, roll.Leader, roll.Coordinator, func(p access.Pass) error {
				_, err := w.s.Offer(ctx, p, Offered{Key: v1, Words: "x", Until: "2099-07-20"})
				if fault.KindOf(err) == fault.Invalid {
					return nil // another school has no audit
				}
				return err
			}, true},
			{"OfferNear", w.elm, roll.Office, roll.Parent, func(p access.Pass) error { _, err := w.s.OfferNear(ctx, p, offer); return err }, false},
			{"Ask", w.elm, roll.Leader, roll.FamilyWorker, func(p access.Pass) error { _, err := w.s.Ask(ctx, p, extra, "How?"); return err }, false},
			{"Withdraw", w.oak, roll.Head, roll.Senco, func(p access.Pass) error { return w.s.Withdraw(ctx, p, extra) }, false},
			{"Exchange", w.ash, roll.Governor, roll.Assessor, func(p access.Pass) error { _, err := w.s.Exchange(ctx, p, id); return err }, false},
			{"Answer", w.oak, roll.Head, roll.Governor, func(p access.Pass) error { return w.s.Answer(ctx, p, id, true, "Ring us.") }, false},
			{"Visit", w.ash, roll.FamilyWorker, roll.Governor, func(p access.Pass) error {
				return w.s.Visit(ctx, p, id, Visited{On: "2026-11-20", About: "x", Next: "x"})
			}, false},
			{"Thank", w.ash, roll.Leader, roll.Senco, func(p access.Pass) error { return w.s.Thank(ctx, p, id, true) }, false},
			{"Finish", w.elm, roll.Leader, roll.Coordinator, func(p access.Pass) error { return w.s.Finish(ctx, p, later) }, false},
		} {
			tries := testkit.Try(t, int64(c.home.org.ID))
			tries.Did(c.verb, false, c.home.as(c.mayNot), c.do(c.home.as(c.mayNot)))
			tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
			err := c.do(w.fir.as(c.may))
			tries.Did(c.verb, false, w.fir.as(c.may), err)
			if c.own && err != nil || !c.own && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s from another cluster: %v", c.verb, err)
			}
			err = c.do(c.home.as(c.may))
			tries.Did(c.verb, true, c.home.as(c.may), err)
			if err != nil {
				t.Errorf("%s: the %s may not: %v", c.verb, c.may, err)
			}
		}
	})
}
