package barriers_test

import (
	"testing"

	"ajar/internal/barriers"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// People put a pupil in and take them out, each with a reason, and what was measured on the day stays as it was.
func TestCohortKeepsItsBaseline(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.day("2026-11-16")
		sc.rules(a, three...)
		x := sc.put(a, child{id: "x", year: "9", sen: "K", missed: 58, reading: 88})
		y := sc.put(a, child{id: "y", year: "9", missed: -1})
		id, err := sc.s.StartCohort(t.Context(), a, " Year 9 autumn ", "Three barriers in September.", []roll.PupilID{x, x})
		if err != nil {
			t.Fatal(err)
		}
		if err := sc.s.Add(t.Context(), a, id, []roll.PupilID{x, y}, "Their sister is in it."); err != nil {
			t.Fatal(err)
		}
		sc.day("2026-11-20")
		sc.update(a, func(tx *db.Tx) error {
			_, err := tx.Exec(`update progress_attendance_total set attended = 380 where org_id = $1 and pupil_id = $2`, x)
			return err
		})
		sc.changed(a)
		sc.list(a, "")
		c, members, err := sc.s.Cohort(t.Context(), a, id)
		if err != nil {
			t.Fatal(err)
		}
		if c.Name != "Year 9 autumn" || c.Pupils != 2 || len(members) != 2 {
			t.Fatalf("%+v %+v", c, members)
		}
		got := map[string]barriers.Baseline{}
		for _, b := range members[0].Baseline {
			if _, twice := got[b.Measure]; twice {
				t.Errorf("the baseline of %s stands twice", b.Measure)
			}
			got[b.Measure] = b
		}
		if b := got["attendance"]; b.Shown != "84.7 %" || b.AsOf != "2026-11-13" || b.Number == nil {
			t.Errorf("attendance on the day: %+v", b)
		}
		if b := got["I factor"]; b.Shown != "3" {
			t.Errorf("I factor on the day: %+v", b)
		}
		if *members[0].IFactor != 2 {
			t.Errorf("today: %d", *members[0].IFactor)
		}
		// Of the other nothing was known but the count; nothing is made up.
		if b := members[1].Baseline; len(b) != 1 || b[0].Measure != "I factor" || b[0].Shown != "0" || members[1].ReasonIn != "Their sister is in it." {
			t.Errorf("%+v", members[1])
		}

		if err := sc.s.Remove(t.Context(), a, id, y, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("out without a reason: %v", err)
		}
		if err := sc.s.Remove(t.Context(), a, id, y, "The family asked."); err != nil {
			t.Fatal(err)
		}
		if err := sc.s.Remove(t.Context(), a, id, y, "Again."); fault.KindOf(err) != fault.NotFound {
			t.Errorf("out twice: %v", err)
		}
		if c, members, _ = sc.s.Cohort(t.Context(), a, id); c.Pupils != 1 || !members[1].Left() || members[1].ReasonOut != "The family asked." {
			t.Errorf("%+v %+v", c, members)
		}
		if err := sc.s.Add(t.Context(), a, id, []roll.PupilID{y}, "They changed their mind."); err != nil {
			t.Fatal(err)
		}
		if c, members, _ = sc.s.Cohort(t.Context(), a, id); c.Pupils != 2 || len(members) != 3 {
			t.Errorf("back in: %+v, %d rows", c, len(members))
		}
		if err := sc.s.EndCohort(t.Context(), a, id, "Two of three families came."); err != nil {
			t.Fatal(err)
		}
		if c, members, _ = sc.s.Cohort(t.Context(), a, id); !c.Ended() || c.Pupils != 0 || !members[0].Left() {
			t.Errorf("closed: %+v %+v", c, members)
		}
		if err := sc.s.EndCohort(t.Context(), a, id, "Again."); fault.KindOf(err) != fault.NotFound {
			t.Errorf("closed twice: %v", err)
		}
		if err := sc.s.Add(t.Context(), a, id, []roll.PupilID{x}, "Late."); fault.KindOf(err) != fault.Conflict {
			t.Errorf("into a closed one: %v", err)
		}
		if got, err := sc.s.List(t.Context(), a, barriers.Filter{Cohort: "in"}); err != nil || got.Total != 0 {
			t.Errorf("nobody is in a cohort any more: %d, %v", got.Total, err)
		}
	})
}

func TestCohortAsksForNameReasonAndPupils(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		x := sc.put(testkit.A(), child{id: "x", year: "9", missed: -1})
		for _, c := range []struct {
			name, reason string
			pupils       []roll.PupilID
		}{{"", "Why.", []roll.PupilID{x}}, {"Name", " ", []roll.PupilID{x}}, {"Name", "Why.", nil}} {
			if _, err := sc.s.StartCohort(t.Context(), testkit.A(), c.name, c.reason, c.pupils); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", c, err)
			}
		}
		// A pupil of the other school is not there, and nothing is kept of the whole cohort.
		if _, err := sc.s.StartCohort(t.Context(), testkit.B(), "Name", "Why.", []roll.PupilID{x}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%v", err)
		}
		if list, err := sc.s.Cohorts(t.Context(), testkit.B()); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
	})
}
