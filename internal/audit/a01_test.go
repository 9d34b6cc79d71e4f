package audit

import (
	"context"
	"math"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// A01: five themes are seeded, with thirty criteria of five described levels each, for every organisation and without anybody having brought them in.
func TestA01FiveThemesAreSeeded(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		for _, p := range []place{a, b} {
			list, err := s.Frameworks(context.Background(), p.as(roll.Head))
			must(t, err)
			f := list[0]
			if f.Code != "engagement" || len(f.Themes) != 5 || len(f.Criteria()) != 30 || f.Benchmark == 0 {
				t.Fatalf("%s has %d themes and %d criteria", f.Code, len(f.Themes), len(f.Criteria()))
			}
			for i, words := range []string{"vision", "leadership", "practice", "beyond our own walls", "last"} {
				if !strings.Contains(strings.ToLower(f.Themes[i].Title+" "+f.Themes[i].About), words) {
					t.Errorf("theme %d is %q, and says nothing of %q", i+1, f.Themes[i].Title, words)
				}
			}
			for _, c := range f.Criteria() {
				if len(c.Levels) != Levels || c.Levels[0] == "" || len(c.Asked) == 0 {
					t.Errorf("%s: %+v", c.Code, c)
				}
			}
		}
	})
}

// A01: a school with thirty criteria rated 1 to 5 shows theme means, the count answered, and the gap to the benchmark it has chosen. What is not answered is in no mean.
func TestA01ThirtyCriteriaShowMeansCountsAndGaps(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx, head := context.Background(), a.as(roll.Head)
		// The school chooses its benchmark: a version of its own that aims for level 4.
		_, text, err := s.Framework(ctx, head, "engagement", "")
		must(t, err)
		own := strings.Replace(strings.Replace(text, "\nbenchmark: 3", "\nbenchmark: 4", 1), "\nversion: \"1\"", "\nversion: \"1-ours\"", 1)
		if own == text {
			t.Fatal("the file has no benchmark to choose")
		}
		_, err = s.BringIn(ctx, head, own)
		must(t, err)
		id := a.begun(t, s, Setup{Version: "1-ours"})
		o, err := s.Results(ctx, head, id)
		must(t, err)
		if len(o.Results) != 30 {
			t.Fatalf("%d criteria", len(o.Results))
		}
		left := map[string]bool{}
		type sum struct{ levels, aims, n float64 }
		want := map[string]*sum{}
		for i, r := range o.Results {
			x := want[r.Criterion.Theme]
			if x == nil {
				x = &sum{}
				want[r.Criterion.Theme] = x
			}
			if i%7 == 6 {
				left[r.Criterion.Code] = true
				continue
			}
			l := 1 + i%5
			must(t, s.Rate(ctx, head, id, r.Criterion.Code, level(l), "As we see it", ""))
			x.levels += float64(l)
			x.aims += float64(o.Framework.Aim(r.Criterion))
			x.n++
		}
		o, err = s.Results(ctx, head, id)
		must(t, err)
		if answered, agreed := o.Answered(); answered != 30-len(left) || agreed != 0 || len(left) != 4 {
			t.Errorf("%d answered, %d agreed", answered, agreed)
		}
		aims := map[int]bool{}
		for i, r := range o.Results {
			aims[r.Aim] = true
			if left[r.Criterion.Code] {
				if r.Level() != nil || r.ToAim() != nil {
					t.Errorf("%s is not answered, and stands at %v", r.Criterion.Code, r.Level())
				}
				continue
			}
			if d := r.ToAim(); d == nil || *d != float64(1+i%5-r.Aim) {
				t.Errorf("%s: level %d, benchmark %d, and the gap is %v", r.Criterion.Code, 1+i%5, r.Aim, d)
			}
		}
		if !aims[4] {
			t.Errorf("the benchmarks are %v, and level 4 was chosen", aims)
		}
		if len(o.Themes) != 5 {
			t.Fatalf("%d themes", len(o.Themes))
		}
		for _, x := range o.Themes {
			w := want[x.Theme.Code]
			if x.Answered != int(w.n) || x.Mean == nil || math.Abs(*x.Mean-w.levels/w.n) > 1e-9 || x.Aim == nil || math.Abs(*x.Aim-w.aims/w.n) > 1e-9 {
				t.Errorf("%s: %d answered, mean %v, benchmark %v, and it should be %v", x.Theme.Title, x.Answered, x.Mean, x.Aim, *w)
			}
		}
		if _, err := s.Results(ctx, b.as(roll.Head), id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the other school's head opens it: %v", err)
		}
	})
}

// A01: when the parents' mean differs from that of staff by a level or more, the criterion is flagged; by less it is not.
func TestA01ParentsAndStaffALevelApartAreFlagged(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		id := a.begun(t, s, Setup{})
		// V1: staff 3 and 3, parents five times 2: exactly one. P1: parents 2, 2, 2, 3, 2, a mean of 2.2, and a median of 2 as far away: flagged by the median. P2: staff 3, 4, a
		// mean of 3.5, and parents 3, 3, 3, 3, 4: less than one. V3: parents are a level above.
		staff := map[string][2]int{"V1": {3, 3}, "P2": {3, 4}, "V3": {2, 2}}
		parents := map[string][5]int{"V1": {2, 2, 2, 2, 2}, "P2": {3, 3, 3, 3, 4}, "V3": {3, 3, 4, 2, 3}}
		f := map[string]bool{"V1": true, "P2": false, "V3": true}
		for i, who := range []access.Role{roll.Teacher, roll.KeyTeacher} {
			for code, l := range staff {
				must(t, s.Rate(ctx, a.as(who), id, code, level(l[i]), "So it is", ""))
			}
		}
		for i := range 5 {
			levels := map[string]int{}
			for code, l := range parents {
				levels[code] = l[i]
			}
			a.vote(t, s, id, i, levels, "")
		}
		must(t, s.Close(ctx, a.as(roll.Head), id))
		o, err := s.Results(ctx, a.as(roll.Head), id)
		must(t, err)
		for code, flagged := range f {
			r, ok := o.Result(code)
			if !ok || r.Flagged != flagged || r.Gap == nil {
				t.Errorf("%s: staff %v, parents %v: flagged is %v", code, staff[code], parents[code], r.Flagged)
			}
		}
		if len(o.Flagged()) != 2 {
			t.Errorf("%d are flagged", len(o.Flagged()))
		}
	})
}

// A01: repeated 12 months later, each criterion shows its change, and beside it what was done about it; the old audit is still read under its own version.
func TestA01TwelveMonthsLaterChangeStandsBesideWhatWasDone(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx, head := context.Background(), a.as(roll.Head)
		first := a.begun(t, s, Setup{Title: "First"})
		before, err := s.Results(ctx, head, first)
		must(t, err)
		for i, r := range before.Results {
			must(t, s.Agree(ctx, head, first, r.Criterion.Code, 2+i%2, "As it was in the first year"))
		}
		must(t, s.Close(ctx, head, first))
		_, text, err := s.Framework(ctx, head, "engagement", "1")
		must(t, err)
		words := before.Results[0].Criterion.Text
		newer := strings.Replace(strings.Replace(text, "\nversion: \"1\"", "\nversion: \"2\"", 1), words, "Said in other words a year later.", 1)
		code := before.Results[0].Criterion.Code
		day := func(months int) int64 { return testkit.Day.AddDate(0, months, 0).UnixMilli() }
		s.Deeds = append(s.Deeds, func(tx *db.Tx) ([]Deed, error) {
			if tx.Pass().Org() != a.org {
				return nil, nil
			}
			return []Deed{
				{Framework: "engagement", Scope: School, Criterion: code, Words: "We asked at the gate", Stands: "Done", FromMs: day(1), LastMs: day(6)},
				{Framework: "engagement", Scope: School, Criterion: code, Words: "Over before the first audit", Stands: "Done", FromMs: day(-9), LastMs: day(-5)},
				{Framework: "engagement", Scope: Centre, Criterion: code, Words: "Of the centre", Stands: "Done", FromMs: day(1), LastMs: day(6)},
				{Framework: "room", Scope: School, Criterion: code, Words: "Of another framework", Stands: "Done", FromMs: day(1), LastMs: day(6)},
				{Framework: "engagement", Scope: School, Criterion: code, Words: "After both", Stands: "Under way", FromMs: day(14), LastMs: day(14)},
			}, nil
		})
		s.DB.SetClock(clock.At(testkit.Day.AddDate(1, 0, 0)))
		_, err = s.BringIn(ctx, head, newer)
		must(t, err)
		next := a.begun(t, s, Setup{Title: "A year later", Version: "2"})
		for i, r := range before.Results {
			must(t, s.Agree(ctx, head, next, r.Criterion.Code, 3+i%2-i%3, "As it is now"))
		}
		must(t, s.Close(ctx, head, next))
		o, err := s.Results(ctx, head, next)
		must(t, err)
		if d := o.Results[0].Done; len(d) != 1 || d[0].Words != "We asked at the gate" || len(o.Results[1].Done) != 0 {
			t.Errorf("beside the change stands %+v", d)
		}
		if told, others := o.Since(); len(told) != 20 || len(others) != 10 || told[0].Criterion.Code != code {
			t.Errorf("%d are told, and %d folded", len(told), len(others))
		}
		for i, r := range o.Results {
			if r.Change == nil || *r.Change != float64(1-i%3) || r.BeforeReason != "As it was in the first year" {
				t.Errorf("%s: %v since last time, %q", r.Criterion.Code, r.Change, r.BeforeReason)
			}
		}
		if o.Results[0].Criterion.Text != "Said in other words a year later." || len(o.Versions) != 1 || o.Before == nil || o.Before.ID != first {
			t.Errorf("%+v %+v", o.Results[0].Criterion.Text, o.Versions)
		}
		old, err := s.Results(ctx, head, first)
		must(t, err)
		if old.Framework.Version != "1" || old.Results[0].Criterion.Text != words || old.Results[0].Agreed.Level != 2 || old.Results[0].Change != nil || len(old.Results[0].Done) != 0 {
			t.Errorf("the old audit reads %+v", old.Results[0])
		}
		if list, err := s.All(ctx, b.as(roll.Head)); err != nil || len(list) != 0 {
			t.Errorf("the other school sees %v, %v", list, err)
		}
	})
}
