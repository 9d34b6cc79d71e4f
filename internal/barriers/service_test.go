package barriers_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ajar/internal/barriers"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// I01 CHECK: SEN K, 58 of 380 sessions missed (84.74 %), result below the cut → 3; 57 missed (85.0 %) → 2, because "below" is strict.
func TestIFactorCounts(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		sc.put(a, child{id: "three", year: "9", sen: "K", missed: 58, reading: 88})
		sc.put(a, child{id: "two", year: "9", sen: "K", missed: 57, reading: 88})
		sc.put(a, child{id: "none", year: "9", sen: "N", missed: 0, reading: 101})
		sc.put(a, child{id: "dark", year: "9", missed: -1})
		sc.rules(testkit.B(), barriers.RuleText{Code: "other", When: `sen == "N"`})
		sc.put(testkit.B(), child{id: "three", year: "9", sen: "N", missed: 0, reading: 101})

		got := sc.list(a, "")
		if len(got) != 4 {
			t.Fatalf("%d pupils in the list, want the 4 of this school", len(got))
		}
		for id, want := range map[string]int{"three": 3, "two": 2, "none": 0, "dark": 0} {
			if got[id].IFactor != want {
				t.Errorf("%s: I factor %d, want %d", id, got[id].IFactor, want)
			}
		}
		// Unknown stands apart: nought barriers are counted, and the list says that three could not be decided.
		if want := []string{"attendance", "reading", "sen"}; !reflect.DeepEqual(got["dark"].Unknown, want) {
			t.Errorf("not known: %v, want %v", got["dark"].Unknown, want)
		}
		if len(got["none"].Unknown) != 0 {
			t.Errorf("all is known of this pupil: %v", got["none"].Unknown)
		}
		if b := sc.list(testkit.B(), "")["three"]; b.IFactor != 1 || b.Because[0].Barrier != "other" {
			t.Errorf("the other school has its own rules: %+v", b)
		}
	})
}

func TestEveryCountIsExplained(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		sc.put(a, child{id: "three", year: "9", sen: "K", missed: 58, reading: 88})
		l := sc.list(a, "")["three"]
		raw, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		var out struct {
			PupilID string `json:"pupil_id"`
			UPN     string `json:"upn"`
			Name    string
			Year    string
			IFactor int `json:"i_factor"`
			Unknown []string
			Because []map[string]any
		}
		if err := json.Unmarshal(raw, &out); err != nil {
			t.Fatal(err)
		}
		if out.PupilID != "three" || out.UPN != "UPN-three" || out.Name != "Kim three Hale" || out.Year != "9" || out.IFactor != 3 || out.Unknown == nil || len(out.Because) != 3 {
			t.Fatalf("the line in JSON: %s", raw)
		}
		want := []map[string]any{
			{"barrier": "attendance", "value": 84.74, "threshold": 85.0, "as_of": "2026-11-13"},
			{"barrier": "reading", "value": 88.0, "threshold": 90.0, "as_of": "2026-10-02", "source": "results.csv"},
			{"barrier": "sen", "value": "K", "as_of": "2026-11-20", "source": "the roll"},
		}
		for i, w := range want {
			for key, v := range w {
				if out.Because[i][key] != v {
					t.Errorf("%s of %s: %v (%T), want %v", key, w["barrier"], out.Because[i][key], out.Because[i][key], v)
				}
			}
		}
		if s := out.Because[0]["source"].(string); !strings.Contains(s, "58 of 380 sessions missed") {
			t.Errorf("the source of the attendance: %q", s)
		}
		if w := l.Because[0].Words; !strings.Contains(w, "84.7") || !strings.Contains(w, "85") {
			t.Errorf("in words: %q", w)
		}
	})
}

// One barrier gives one entry, however many comparisons decided it.
func TestOneEntryPerBarrier(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, barriers.RuleText{Code: "both", When: `attendance.percent < 90.0 && sen == "K"`}, barriers.RuleText{Code: "always", When: `true`})
		sc.put(a, child{id: "x", year: "9", sen: "K", missed: 58})
		l := sc.list(a, "")["x"]
		if l.IFactor != 2 || len(l.Because) != 2 {
			t.Fatalf("%+v", l)
		}
		b := l.Because[1]
		if b.Barrier != "both" || b.Value != "84.74" || !strings.Contains(b.Words, "SEN") || !strings.Contains(b.Words, "attendance") {
			t.Errorf("%+v", b)
		}
	})
}

// I01 CHECK: changing the threshold from 85 to 90 re-dates results, and the old list is still the old one.
func TestThresholdChangesFromADay(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		at := func(percent, from string) barriers.RuleText {
			return barriers.RuleText{Code: "attendance", Label: "Attendance", From: from, When: "attendance.percent < " + percent}
		}
		sc.day("2026-11-16")
		sc.rules(a, at("85.0", "2026-09-01"))
		sc.put(a, child{id: "x", year: "9", missed: 46}) // 87.9 %
		if n := sc.list(a, "")["x"].IFactor; n != 0 {
			t.Fatalf("87.9 %% is not below 85: %d", n)
		}
		sc.day("2026-11-20")
		if c := sc.rules(a, at("90.0", "2026-11-18")); c != (barriers.RulesChanged{Updated: 1}) {
			t.Errorf("%+v", c)
		}
		for day, want := range map[string]int{"": 1, "2026-11-20": 1, "2026-11-16": 0, "2026-11-14": 0} {
			if n := sc.list(a, day)["x"].IFactor; n != want {
				t.Errorf("on %q: %d, want %d", day, n, want)
			}
		}
		// Before there was a rule nothing is counted, and nothing is unknown either.
		if l := sc.list(a, "2026-08-31")["x"]; l.IFactor != 0 || len(l.Unknown) != 0 {
			t.Errorf("before the first rule: %+v", l)
		}
	})
}

// A file that gives no days: the changed rule holds from the day of the change, and the days before keep theirs.
func TestARuleWithoutADayChangesFromToday(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		eighty5, ninety := barriers.RuleText{Code: "attendance", When: "attendance.percent < 85.0"}, barriers.RuleText{Code: "attendance", When: "attendance.percent < 90.0"}
		if c := sc.rules(a, eighty5); c != (barriers.RulesChanged{Created: 1}) {
			t.Errorf("first: %+v", c)
		}
		sc.put(a, child{id: "x", year: "9", missed: 46})
		for _, step := range []struct {
			set       barriers.RuleText
			want      barriers.RulesChanged
			today, by int
		}{
			{eighty5, barriers.RulesChanged{Same: 1}, 0, 0},
			{ninety, barriers.RulesChanged{Updated: 1}, 1, 0},
			{ninety, barriers.RulesChanged{Same: 1}, 1, 0},
			{eighty5, barriers.RulesChanged{Same: 1, Ended: 1}, 0, 0}, // the version of today is taken back
			{eighty5, barriers.RulesChanged{Same: 1}, 0, 0},
		} {
			if c := sc.rules(a, step.set); c != step.want {
				t.Errorf("setting %s: %+v, want %+v", step.set.When, c, step.want)
			}
			if n := sc.list(a, "")["x"].IFactor; n != step.today {
				t.Errorf("after %s: today %d, want %d", step.set.When, n, step.today)
			}
			if n := sc.list(a, "2026-11-19")["x"].IFactor; n != step.by {
				t.Errorf("after %s: yesterday %d, want %d", step.set.When, n, step.by)
			}
		}
		// A code that is not in the file ends.
		if c := sc.rules(a, barriers.RuleText{Code: "sen", When: `sen == "K"`}); c.Created != 1 || c.Ended != 1 {
			t.Errorf("%+v", c)
		}
		if l := sc.list(a, "")["x"]; l.IFactor != 0 || !slices.Equal(l.Unknown, []string{"sen"}) {
			t.Errorf("%+v", l)
		}
	})
}

// A version that begins later waits, and the present one holds until then.
func TestARuleForLaterWaits(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, barriers.RuleText{Code: "attendance", When: "attendance.percent < 85.0"})
		sc.put(a, child{id: "x", year: "9", missed: 46})
		sc.rules(a, barriers.RuleText{Code: "attendance", From: "2026-12-01", When: "attendance.percent < 90.0"})
		if n := sc.list(a, "")["x"].IFactor; n != 0 {
			t.Errorf("today: %d", n)
		}
		sc.day("2026-12-01")
		if n := sc.list(a, "")["x"].IFactor; n != 1 {
			t.Errorf("on the day: %d", n)
		}
		if n := sc.list(a, "2026-11-30")["x"].IFactor; n != 0 {
			t.Errorf("the day before: %d", n)
		}
	})
}

// A list that was shown stays as it was when data is put right later; a day before Ajar was there is worked out from what is dated on or before it.
func TestPastListsAreKept(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.day("2026-11-16")
		sc.rules(a, three...)
		id := sc.put(a, child{id: "x", year: "9", sen: "K", missed: 58, reading: 88})
		shown := sc.list(a, "")["x"]
		if shown.IFactor != 3 {
			t.Fatalf("%+v", shown)
		}
		sc.day("2026-11-20")
		sc.update(a, func(tx *db.Tx) error { // a file corrects the attendance of the same period, and the child moves up
			if _, err := tx.Exec(`update progress_attendance_total set attended = 380 where org_id = $1 and pupil_id = $2`, id); err != nil {
				return err
			}
			_, err := tx.Exec(`update roll_pupil set year = '10', sen = 'N' where org_id = $1 and id = $2`, id)
			return err
		})
		sc.changed(a)
		if l := sc.list(a, "")["x"]; l.IFactor != 1 || l.Year != "10" {
			t.Errorf("today: %+v", l)
		}
		for _, day := range []string{"2026-11-16", "2026-11-19"} {
			if l := sc.list(a, day)["x"]; !reflect.DeepEqual(l, shown) {
				t.Errorf("the list of %s is another now:\n%+v\n%+v", day, l, shown)
			}
		}
		// Of 5 October Ajar kept nothing. The result of 2 October was there, the attendance to 13 November was not.
		old := sc.list(a, "2026-10-05")["x"]
		if !slices.Equal(old.Met, []string{"reading"}) || !slices.Equal(old.Unknown, []string{"attendance"}) {
			t.Errorf("worked out for 5 October: %+v", old)
		}
		if _, basis, err := sc.s.AsOf(t.Context(), a, "2026-10-05"); err != nil || basis.Kept {
			t.Errorf("%+v, %v", basis, err)
		}
		if _, basis, err := sc.s.AsOf(t.Context(), a, "2026-11-17"); err != nil || !basis.Kept || len(basis.Rules) != 3 {
			t.Errorf("%+v, %v", basis, err)
		}
	})
}

func TestDaysThatAreNone(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		for _, day := range []string{"2026-11-21", "2026-02-30", "tomorrow", "'; --"} {
			if _, _, err := sc.s.AsOf(t.Context(), testkit.A(), day); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", day, err)
			}
		}
	})
}

func TestLeaversLeaveTheListAndStayInOldOnes(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.day("2026-11-16")
		sc.rules(a, three...)
		id := sc.put(a, child{id: "x", year: "9", sen: "K", missed: 58})
		sc.put(a, child{id: "gone", year: "9", sen: "K", missed: 58, ends: "2026-07-20"})
		if got := sc.list(a, ""); len(got) != 1 {
			t.Fatalf("someone who left in July is in the list: %v", got)
		}
		sc.day("2026-11-20")
		sc.update(a, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_pupil set ends = '2026-11-18' where org_id = $1 and id = $2`, id)
			return err
		})
		sc.changed(a)
		if got := sc.list(a, ""); len(got) != 0 {
			t.Errorf("today: %v", got)
		}
		if got := sc.list(a, "2026-11-16"); got["x"].IFactor != 2 {
			t.Errorf("then: %v", got)
		}
	})
}

// Several changes of one day leave the last, and nothing is written when nothing changed.
func TestTheSameDayAgain(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		id := sc.put(a, child{id: "x", year: "9", sen: "K", missed: 58})
		sc.list(a, "")
		for _, attended := range []int{380, 300, 380} {
			sc.update(a, func(tx *db.Tx) error {
				_, err := tx.Exec(`update progress_attendance_total set attended = $3 where org_id = $1 and pupil_id = $2`, id, attended)
				return err
			})
			sc.changed(a)
			sc.list(a, "")
		}
		sc.update(a, func(tx *db.Tx) error {
			n, err := db.One[int](tx, `select count(*) from barriers_standing where org_id = $1 and pupil_id = $2`, id)
			if n != 1 {
				t.Errorf("%d standings of one day", n)
			}
			return err
		})
		if l := sc.list(a, "")["x"]; l.IFactor != 1 {
			t.Errorf("%+v", l)
		}
		if did, err := sc.s.Refresh(t.Context(), testkit.OrgA); err != nil || did {
			t.Errorf("worked out again for nothing: %v, %v", did, err)
		}
	})
}

// A clock that is put back does not write lists of the past.
func TestNothingIsWrittenBackwards(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		id := sc.put(a, child{id: "x", year: "9", sen: "K", missed: 58})
		sc.list(a, "")
		sc.day("2026-11-16")
		sc.changed(a)
		if got := sc.list(a, "")["x"]; got.IFactor != 2 {
			t.Errorf("%+v", got)
		}
		sc.day("2026-11-23")
		acc, err := sc.s.Account(t.Context(), a, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range acc.History {
			if p.ToOn < p.FromOn || p.FromOn < "2026-11-20" {
				t.Errorf("%s to %s", p.FromOn, p.ToOn)
			}
		}
	})
}

func TestTheNewDayOfAFigureIsShown(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		id := sc.put(a, child{id: "x", year: "9", missed: 58})
		sc.list(a, "")
		sc.update(a, func(tx *db.Tx) error { // the same percentage, of a longer period
			_, err := tx.Exec(`update progress_attendance_total set to_on = '2026-11-19' where org_id = $1 and pupil_id = $2`, id)
			return err
		})
		sc.changed(a)
		if b := sc.list(a, "")["x"].Because; b[0].AsOf != "2026-11-19" {
			t.Errorf("as of %s", b[0].AsOf)
		}
	})
}

func TestTryChangesNothing(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		sc.put(a, child{id: "up", year: "9", sen: "N", missed: 46, reading: 101})
		sc.put(a, child{id: "down", year: "9", sen: "K", missed: 0, reading: 101})
		sc.put(a, child{id: "swap", year: "9", sen: "K", missed: 46, reading: 101})
		got, err := sc.s.Try(t.Context(), a, []barriers.RuleText{{Code: "attendance", From: "2027-01-01", When: "attendance.percent < 90.0"}, three[1]})
		if err != nil {
			t.Fatal(err)
		}
		if got.Pupils != 3 || got.Up != 1 || got.Down != 1 || got.Unchanged != 1 || len(got.Changes) != 3 {
			t.Errorf("%+v", got)
		}
		if c := got.Changes[0]; c.PupilID != "up" || c.Before != 0 || c.After != 1 || !slices.Equal(c.Added, []string{"attendance"}) {
			t.Errorf("%+v", c)
		}
		if l := sc.list(a, "")["down"]; l.IFactor != 1 {
			t.Errorf("the rules were changed by trying: %+v", l)
		}
	})
}

func TestWrongRulesAreRefusedWhole(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		_, err := sc.s.SetRules(t.Context(), a, []barriers.RuleText{{Code: "fine", When: "fsm"}, {Code: "one", When: "attendence.percent < 85.0"}, {Code: "two", When: "sen =="}})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "one") || !strings.Contains(err.Error(), "two") {
			t.Fatalf("%v", err)
		}
		all, err := sc.s.All(t.Context(), a)
		if err != nil || len(all) != 3 {
			t.Errorf("%v, %v", all, err)
		}
		for _, r := range []barriers.RuleText{{Code: "a b", Label: "x", When: "fsm"}, {Code: "x", When: "fsm"}, {Code: "x", Label: "x", When: "fsm &&"}, {Code: "x", Label: "x", When: "fsm", From: "soon"}} {
			if err := sc.s.PutRule(t.Context(), a, r); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", r, err)
			}
		}
	})
}

func TestOneRulePutAndEnded(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		sc.put(a, child{id: "x", year: "9", sen: "K", missed: 0})
		if err := sc.s.PutRule(t.Context(), a, barriers.RuleText{Code: "year_9", Label: "In Year 9", When: `year == "9"`}); err != nil {
			t.Fatal(err)
		}
		if l := sc.list(a, "")["x"]; !slices.Equal(l.Met, []string{"sen", "year_9"}) {
			t.Errorf("%v", l.Met)
		}
		if err := sc.s.EndRule(t.Context(), a, "sen"); err != nil {
			t.Fatal(err)
		}
		if l := sc.list(a, "")["x"]; !slices.Equal(l.Met, []string{"year_9"}) {
			t.Errorf("%v", l.Met)
		}
		if err := sc.s.EndRule(t.Context(), a, "sen"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("ended twice: %v", err)
		}
		if err := sc.s.EndRule(t.Context(), testkit.B(), "year_9"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("by the other school: %v", err)
		}
	})
}

func TestTheListIsFiltered(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		sc.put(a, child{id: "b", year: "9", sen: "K", missed: 58, reading: 88})
		sc.put(a, child{id: "a", year: "9", sen: "N", missed: 58, reading: 88})
		sc.put(a, child{id: "c", year: "10", sen: "N", missed: 0})
		r := sc.put(a, child{id: "d", year: "R", sen: "K", missed: 0, reading: 100})
		sc.put(testkit.B(), child{id: "z", year: "9", sen: "K", missed: 58})
		if _, err := sc.s.StartCohort(t.Context(), a, "Four", "They were late this term.", []roll.PupilID{r}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			f    barriers.Filter
			want string
		}{
			{barriers.Filter{}, "b a d c"},
			{barriers.Filter{Sort: "i_factor"}, "c d a b"},
			{barriers.Filter{Sort: "name"}, "a b c d"},
			{barriers.Filter{Sort: "-name"}, "d c b a"},
			{barriers.Filter{Sort: "year"}, "d b a c"},
			{barriers.Filter{Sort: "-year"}, "c b a d"},
			{barriers.Filter{Sort: "'; drop table"}, "b a d c"},
			{barriers.Filter{Year: "9"}, "b a"},
			{barriers.Filter{AtLeast: 2}, "b a"},
			{barriers.Filter{Barrier: "sen"}, "b d"},
			{barriers.Filter{Barrier: "se_"}, ""},
			{barriers.Filter{Barrier: "%"}, ""},
			{barriers.Filter{Unknown: "reading"}, "c"},
			{barriers.Filter{Words: "Kim c"}, "c"},
			{barriers.Filter{Cohort: "in"}, "d"},
			{barriers.Filter{Cohort: "out"}, "b a c"},
			{barriers.Filter{Most: 2, From: 1}, "a d"},
			{barriers.Filter{Most: 2, From: 100}, "b a"},
		} {
			got, err := sc.s.List(t.Context(), a, c.f)
			if err != nil {
				t.Fatalf("%+v: %v", c.f, err)
			}
			var ids []string
			for _, row := range got.Rows {
				ids = append(ids, row.LocalID)
			}
			if strings.Join(ids, " ") != c.want {
				t.Errorf("%+v: %v, want %s", c.f, ids, c.want)
			}
			if c.f.Most > 0 && got.Total != 4 || got.Everyone != 4 || !slices.Equal(got.Years, []string{"R", "9", "10"}) {
				t.Errorf("%+v: total %d, everyone %d, years %v", c.f, got.Total, got.Everyone, got.Years)
			}
		}
	})
}

func TestAccountOfOnePupil(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.day("2026-11-16")
		sc.rules(a, three...)
		id := sc.put(a, child{id: "x", year: "9", sen: "K", missed: 58})
		sc.list(a, "")
		sc.day("2026-11-20")
		sc.update(a, func(tx *db.Tx) error { return result(tx, id, 70, "2026-11-18") })
		sc.changed(a)
		acc, err := sc.s.Account(t.Context(), a, id)
		if err != nil {
			t.Fatal(err)
		}
		if acc.IFactor != 3 || len(acc.With(barriers.Met)) != 3 || len(acc.History) != 2 || acc.History[0].IFactor != 3 || acc.History[1].IFactor != 2 || acc.History[1].ToOn != "2026-11-19" {
			t.Errorf("%+v", acc)
		}
		if got := acc.History[1].NotKnown(); !slices.Equal(got, []string{"reading"}) {
			t.Errorf("not known then: %v", got)
		}
		if acc.Reasons[0].Label != "Attendance below 85 %" || acc.Reasons[0].Because[0].Source == "" {
			t.Errorf("%+v", acc.Reasons[0])
		}
	})
}

func TestFiguresHaveNoNames(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		for i := range 12 {
			missed := 0
			if i < 2 {
				missed = 58
			}
			sc.put(a, child{id: string(rune('a' + i)), year: "9", sen: "N", missed: missed, reading: 100})
		}
		f, err := sc.s.Figures(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		if f.Pupils != 12 || f.Barriers[0].Met.Words() != "fewer than 5" || f.Barriers[0].NotMet.Words() != "not shown" || len(f.Bands) != 1 {
			t.Errorf("%+v", f)
		}
		if f, err := sc.s.Figures(t.Context(), testkit.B()); err != nil || !f.TooFew {
			t.Errorf("an empty school: %+v, %v", f, err)
		}
	})
}

func TestPlainIsANumberOnlyWhenWrittenAsOne(t *testing.T) {
	for in, want := range map[barriers.Plain]string{"84.74": "84.74", "85": "85", "-2": "-2", "007": `"007"`, "1e5": `"1e5"`, "K": `"K"`, "": `""`, "NaN": `"NaN"`, "Inf": `"Inf"`, `a"b`: `"a\"b"`, "2026-11-20": `"2026-11-20"`} {
		b, err := json.Marshal(in)
		if err != nil || string(b) != want {
			t.Errorf("%q: %s, %v; want %s", in, b, err, want)
		}
		var back barriers.Plain
		if err := json.Unmarshal(b, &back); err != nil || back != in {
			t.Errorf("%q came back as %q, %v", in, back, err)
		}
	}
}
