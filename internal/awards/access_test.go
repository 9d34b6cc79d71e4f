package awards

import (
	"context"
	"testing"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// Each verb: who may, who may not, and what the same key gives to another school.
func TestWhoMay(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := context.Background(), w.oak.as(roll.Head)
		setup := Setup{Title: "Another", Owner: "Door Trust", Framework: "award-frame"}
		open := w.begun(t, w.oak) // its steps are still ahead
		walked := w.begun(t, w.oak)
		w.walked(t, w.oak, walked)
		w.shown(t, w.oak, walked, 1, 10)
		ready := func() AwardID {
			id := w.begun(t, w.oak)
			w.walked(t, w.oak, id)
			w.shown(t, w.oak, id, 1, 10)
			_, err := w.s.Ready(ctx, head, id)
			must(t, err)
			return id
		}
		frozen, decide, record := ready(), ready(), ready()
		for n := 1; n <= 10; n++ {
			must(t, w.s.Judge(ctx, w.oak.as(roll.Assessor), decide, objectiveCode(n), true, ""))
		}
		must(t, w.s.Settle(ctx, head, record, Settling{Step: StepAssessment, How: Skipped, Words: "x"}))
		held := func() AwardID {
			id, err := w.s.Hold(ctx, head, setup, Held{Day: "2026-01-10", By: "A. Reed"})
			must(t, err)
			return id
		}
		given := held()
		must(t, w.s.Show(ctx, head, open, "objective-1", audit.Shown{File: "a.pdf", Body: []byte("%PDF")}, "x"))
		v, err := w.s.Open(ctx, head, open, 0)
		must(t, err)
		piece := v.Portfolio.Objectives[0].Shown[0]
		must(t, w.s.Name(ctx, head, open, w.oak.teacher, PartSteering))
		v, err = w.s.Open(ctx, head, open, 0)
		must(t, err)
		steering := v.Parts[len(v.Parts)-1].ID
		another := audit.Shown{Address: "https://oak.example.org/b"}
		tries := testkit.Try(t, int64(w.oak.org.ID))
		for _, c := range []struct {
			verb   string
			may    access.Role
			mayNot access.Role
			do     func(p access.Pass) error
			own    bool // about the organisation of the pass
		}{
			{"All", roll.Governor, roll.Partner, func(p access.Pass) error { _, err := w.s.All(ctx, p); return err }, true},
			{"Open", roll.Adviser, roll.Administrator, func(p access.Pass) error { _, err := w.s.Open(ctx, p, open, 0); return err }, false},
			{"Open of an assessor", roll.Assessor, roll.Parent, func(p access.Pass) error { _, err := w.s.Open(ctx, p, frozen, 0); return err }, false},
			{"File", roll.Adviser, roll.Governor, func(p access.Pass) error { _, _, err := w.s.File(ctx, p, open, piece.Evidence); return err }, false},
			{"ToBegin", roll.Leader, roll.Teacher, func(p access.Pass) error { _, err := w.s.ToBegin(ctx, p); return err }, true},
			{"Begin", roll.Head, roll.Teacher, func(p access.Pass) error { _, err := w.s.Begin(ctx, p, setup); return err }, true},
			{"Hold", roll.Head, roll.Adviser, func(p access.Pass) error {
				_, err := w.s.Hold(ctx, p, setup, Held{Day: "2026-01-10", By: "A. Reed"})
				return err
			}, true},
			{"Change", roll.Head, roll.Office, func(p access.Pass) error { return w.s.Change(ctx, p, open, setup) }, false},
			{"Candidates", roll.Head, roll.Assessor, func(p access.Pass) error { _, err := w.s.Candidates(ctx, p, open); return err }, false},
			{"Name", roll.Head, roll.Teacher, func(p access.Pass) error { return w.s.Name(ctx, p, open, w.oak.office, PartSteering) }, false},
			{"Offers", roll.Teacher, roll.Adviser, func(p access.Pass) error { _, err := w.s.Offers(ctx, p, open); return err }, false},
			{"Show", roll.Teacher, roll.Governor, func(p access.Pass) error { return w.s.Show(ctx, p, open, "objective-2", another, "x") }, false},
			{"TakeMap", roll.Head, roll.Assessor, func(p access.Pass) error { _, err := w.s.TakeMap(ctx, p, open, nil); return err }, false},
			{"StillHolds", roll.Teacher, roll.Adviser, func(p access.Pass) error { return w.s.StillHolds(ctx, p, open, piece.ID, "") }, false},
			{"TakeOff", roll.Teacher, roll.Adviser, func(p access.Pass) error { return w.s.TakeOff(ctx, p, open, piece.ID) }, false},
			{"Unname", roll.Head, roll.Teacher, func(p access.Pass) error { return w.s.Unname(ctx, p, open, steering) }, false},
			{"Settle", roll.Head, roll.Teacher, func(p access.Pass) error {
				return w.s.Settle(ctx, p, open, Settling{Step: StepAudit, How: Skipped, Words: "x"})
			}, false},
			{"Unsettle", roll.Head, roll.Adviser, func(p access.Pass) error { return w.s.Unsettle(ctx, p, open, StepAudit) }, false},
			{"Comment", roll.Adviser, roll.Assessor, func(p access.Pass) error { return w.s.Comment(ctx, p, open, "objective-1", "x") }, false},
			{"Visit", roll.Adviser, roll.Head, func(p access.Pass) error { return w.s.Visit(ctx, p, walked, "2026-11-02", "x") }, false},
			{"Ready", roll.Head, roll.Adviser, func(p access.Pass) error { _, err := w.s.Ready(ctx, p, walked); return err }, false},
			{"TakeBack", roll.Head, roll.Assessor, func(p access.Pass) error { return w.s.TakeBack(ctx, p, walked) }, false},
			{"Judge", roll.Assessor, roll.Adviser, func(p access.Pass) error { return w.s.Judge(ctx, p, frozen, "objective-1", true, "") }, false},
			{"Judge as the head", roll.Assessor, roll.Head, func(p access.Pass) error { return w.s.Judge(ctx, p, frozen, "objective-1", true, "") }, false},
			{"Decide", roll.Assessor, roll.Adviser, func(p access.Pass) error { return w.s.Decide(ctx, p, decide, Awarded, "2026-11-20", "") }, false},
			{"Record", roll.Head, roll.Adviser, func(p access.Pass) error {
				return w.s.Record(ctx, p, record, Outside{Outcome: Awarded, Day: "2026-11-20", By: "R. Reed"})
			}, false},
			{"Renew", roll.Head, roll.Teacher, func(p access.Pass) error { _, _, err := w.s.Renew(ctx, p, given); return err }, false},
			{"End", roll.Leader, roll.Assessor, func(p access.Pass) error { return w.s.End(ctx, p, open, true, "No time this year") }, false},
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
	})
}
