package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		spread Spread
		want   string
	}{
		{Spread{}, "null"}, {Spread{0, 0, 1, 0, 0}, "3"}, {Spread{1, 0, 0, 0, 1}, "3"}, {Spread{0, 1, 1, 0, 0}, "2.5"}, {Spread{2, 1, 0, 0, 0}, "1"},
		{Spread{0, 0, 0, 0, 7}, "5"}, {Spread{1, 1, 1, 1, 0}, "2.5"}, {Spread{3, 0, 0, 3, 0}, "2.5"},
	} {
		got, _ := json.Marshal(c.spread.Median())
		if string(got) != c.want {
			t.Errorf("%v: %s, not %s", c.spread, got, c.want)
		}
	}
}

func TestGapIsFlaggedFromOneLevelOn(t *testing.T) {
	v := func(staff, parents Spread) map[Group]View {
		return map[Group]View{Staff: {Spread: staff}, Parents: {Spread: parents}}
	}
	for _, c := range []struct {
		staff, parents Spread
		gap            string
		flagged        bool
	}{
		{Spread{0, 0, 5}, Spread{0, 5}, "-1", true},
		{Spread{0, 0, 5}, Spread{0, 0, 3, 2}, "0", false},
		{Spread{0, 0, 5}, Spread{0, 0, 0, 0, 5}, "2", true},
		{Spread{2, 0, 3}, Spread{0, 0, 3, 0, 4}, "2", true},
		{Spread{2, 0, 3}, Spread{0, 0, 4, 0, 3}, "0", true}, // the means are 2.2 and 3.86
		{Spread{}, Spread{0, 5}, "null", false},
		{Spread{0, 0, 5}, Spread{}, "null", false},
	} {
		gap, flagged := gapOf(v(c.staff, c.parents))
		if got, _ := json.Marshal(gap); string(got) != c.gap || flagged != c.flagged {
			t.Errorf("%v and %v: %s, %v", c.staff, c.parents, got, flagged)
		}
	}
}

// Whoever reads comments without names cannot have the names from the order either: colleagues who say the same in each other's place leave the same page.
func TestTheOrderOfCommentsNamesNobody(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		read := func(first, second string) string {
			id := a.begun(t, s, Setup{})
			must(t, s.Rate(ctx, a.as(roll.KeyTeacher), id, "V1", level(4), first, ""))
			must(t, s.Rate(ctx, a.as(roll.Teacher), id, "V1", level(4), second, ""))
			o, err := s.Results(ctx, a.as(roll.Governor), id)
			must(t, err)
			return fmt.Sprintf("%+v", commentTexts(o.Results[0]))
		}
		one, other := read("Apples", "Zebras"), read("Zebras", "Apples")
		if one != other || one != "[Apples Zebras]" {
			t.Errorf("the order says whose the words are: %s and %s", one, other)
		}
	})
}

// Names beside comments are for those who lead, and leading asks for a second step: without it they read what everybody reads.
func TestNamesBesideCommentsOpenAfterTheSecondStep(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		id := a.begun(t, s, Setup{})
		must(t, s.Rate(ctx, a.as(roll.Teacher), id, "V1", level(4), "Apples", ""))
		who := a.as(roll.Head).Who()
		for proved, want := range map[int64]string{1: "Test " + string(roll.Teacher), 0: ""} {
			who.SecondFactorMs = proved
			o, err := s.Results(ctx, gate.Admit(who), id)
			must(t, err)
			if c := o.Results[0].Comments; len(c) != 1 || c[0].Name != want || !o.Lead || o.Names != (want != "") {
				t.Errorf("proved %d: %+v", proved, c)
			}
		}
	})
}

func commentTexts(r Result) (out []string) {
	for _, c := range r.Comments {
		out = append(out, c.Text)
	}
	return out
}

// A level, its words, a change, taking it back; hollow without words; missing answers are never averaged.
func TestRatingUnderAName(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		id := a.begun(t, s, Setup{})
		teacher, head, gov := a.as(roll.Teacher), a.as(roll.Head), a.as(roll.Governor)
		must(t, s.Rate(ctx, teacher, id, "V1", level(4), "", ""))
		must(t, s.Rate(ctx, teacher, id, "v2", level(2), "Some of us do", ""))
		must(t, s.Rate(ctx, teacher, id, "V3", nil, "Not sure yet", ""))
		must(t, s.Rate(ctx, head, id, "V1", level(2), "On paper only", ""))
		must(t, s.Rate(ctx, gov, id, "V1", level(3), "", ""))
		o, err := s.Results(ctx, head, id)
		must(t, err)
		v1, _ := o.Result("V1")
		v3, _ := o.Result("V3")
		if v1.All != (Spread{0, 1, 1, 1, 0}) || v1.Hollow != 2 || *v1.Views[Leaders].Median() != 2 || *v1.Views[Staff].Median() != 4 || *v1.Level() != 3 || !v1.Views[Parents].Hidden {
			t.Errorf("%+v", v1)
		}
		if v3.All.N() != 0 || v3.Level() != nil || v3.ToAim() != nil || len(v3.Comments) != 1 {
			t.Errorf("%+v", v3)
		}
		if x := o.Themes[0]; x.Answered != 2 || *x.Mean != 2.5 || *x.Aim != 3 || o.Themes[1].Mean != nil {
			t.Errorf("%+v", x)
		}
		if len(v1.Comments) != 3 || v1.Comments[0].Name != "Test head" {
			t.Errorf("%+v", v1.Comments)
		}
		// Others see from which group a comment comes, and no name.
		o, err = s.Results(ctx, gov, id)
		must(t, err)
		for _, r := range o.Results {
			for _, c := range r.Comments {
				if c.Name != "" {
					t.Errorf("a governor reads the name %s", c.Name)
				}
			}
		}
		if err := s.HandIn(ctx, a.as(roll.Senco), id); fault.KindOf(err) != fault.Invalid {
			t.Errorf("handed in with nothing: %v", err)
		}
		must(t, s.HandIn(ctx, teacher, id))
		must(t, s.Rate(ctx, teacher, id, "V1", nil, "", ""))
		x, err := s.Mine(ctx, teacher, id)
		must(t, err)
		levels, hollow := x.Answered()
		if levels != 1 || hollow != 0 || x.Rater.HandedMs != nil || x.Rater.Group != Staff {
			t.Errorf("%d, %d, %+v", levels, hollow, x.Rater)
		}
		// Somebody with two parts chooses for which they speak.
		two := a.as(roll.SafeguardingLead, roll.Leader)
		must(t, s.Rate(ctx, two, id, "V1", level(1), "x", Staff))
		if x, _ := s.Mine(ctx, two, id); x.Rater.Group != Staff || len(x.Groups) != 2 {
			t.Errorf("%+v", x.Rater)
		}
		for name, err := range map[string]error{
			"level 6":   s.Rate(ctx, head, id, "V1", level(6), "", ""),
			"too long":  s.Rate(ctx, head, id, "V1", level(1), strings.Repeat("a", longest+1), ""),
			"no reason": s.Agree(ctx, head, id, "V1", 3, " "),
			"no level":  s.Agree(ctx, head, id, "V1", 0, "x"),
		} {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, ok := worry.As(s.Rate(ctx, head, id, "V2", level(1), "She told me her dad hits her.", "")); !ok {
			t.Error("a worry about a child is kept as a commentary")
		}
		must(t, s.Keeping("She told me her dad hits her.").Rate(ctx, head, id, "V2", level(1), "She told me her dad hits her.", ""))
		// What the team agrees stands beside everybody's own, and beside what it agreed before.
		must(t, s.Agree(ctx, head, id, "V1", 3, "We looked at five letters"))
		must(t, s.Agree(ctx, head, id, "V1", 2, "And then at the rest"))
		must(t, s.Agree(ctx, head, id, "V1", 2, "And then at the rest"))
		h, err := s.History(ctx, gov, id, "V1")
		if err != nil || len(h) != 2 || h[0].Level != 2 || h[1].Reason != "We looked at five letters" {
			t.Errorf("%+v %v", h, err)
		}
		if o, _ = s.Results(ctx, head, id); o.Results[0].All.N() != 3 || *o.Results[0].Level() != 2 {
			t.Errorf("%+v", o.Results[0])
		}
		// Before the first day, after the last and after closing nothing is taken.
		later := a.begun(t, s, Setup{Opens: "2026-11-25", Closes: "2026-11-28"})
		if err := s.Rate(ctx, head, later, "V1", level(3), "", ""); fault.KindOf(err) != fault.Conflict {
			t.Errorf("before the first day: %v", err)
		}
		s.DB.SetClock(clock.At(testkit.Day.AddDate(0, 0, 9)))
		if err := s.Rate(ctx, head, later, "V1", level(3), "", ""); fault.KindOf(err) != fault.Conflict {
			t.Errorf("after the last day: %v", err)
		}
		must(t, s.Extend(ctx, head, later, "2026-12-05"))
		must(t, s.Rate(ctx, head, later, "V1", level(3), "", ""))
		must(t, s.Close(ctx, head, later))
		must(t, s.Close(ctx, head, later))
		if err := s.Rate(ctx, head, later, "V1", level(4), "", ""); fault.KindOf(err) != fault.Conflict {
			t.Errorf("after closing: %v", err)
		}
		if err := s.Extend(ctx, head, later, "2026-12-20"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("opened again: %v", err)
		}
	})
}

func (p place) vote(t *testing.T, s *Service, id AuditID, i int, levels map[string]int, words string) string {
	t.Helper()
	ctx, key := context.Background(), NewKey()
	for _, c := range sortedKeys(levels) {
		must(t, s.Choose(ctx, p.parent(i), id, key, c, levels[c]))
	}
	done, err := s.Drop(ctx, p.parent(i), id, key, words)
	must(t, err)
	if !done {
		t.Errorf("parent %d could not hand in", i)
	}
	return key
}

// What parents say is a count from five on, after closing, and nothing in the store says whose it is or when it came.
func TestBallotBox(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		id := a.begun(t, s, Setup{})
		head := a.as(roll.Head)
		key := NewKey()
		// Half done, it can be gone on with in this browser and in no other.
		must(t, s.Choose(ctx, a.parent(0), id, key, "V1", 2))
		must(t, s.Choose(ctx, a.parent(0), id, key, "V3", 0))
		o, err := s.Ask(ctx, a.parent(0), id, key, "ur")
		must(t, err)
		if o.Ballot.Levels["V1"] != 2 || o.Next() != 2 || o.Answered() != 1 || len(o.Questions) != 13 || !o.Questions[0].English && o.Questions[0].Words == "" {
			t.Errorf("%+v", o)
		}
		for name, k := range map[string]string{"another browser": NewKey(), "no key": "", "nonsense": "%%%"} {
			if o, err := s.Ask(ctx, a.parent(0), id, k, "en"); err != nil || len(o.Ballot.Levels) != 0 {
				t.Errorf("%s: %+v %v", name, o.Ballot, err)
			}
		}
		if o, err := s.Ask(ctx, a.parent(1), id, key, "en"); err != nil || len(o.Ballot.Levels) != 0 {
			t.Errorf("another parent at the same browser reads %+v, %v", o.Ballot, err)
		}
		if body := dump(t, s, "audit_begun"); bytes.Contains(body, []byte(`"V1":`)) || bytes.Contains(body, []byte(a.adult[0].String())) || bytes.Contains(body, []byte(fmt.Sprint(int64(a.adult[0])))) || bytes.Contains(body, []byte(key)) {
			t.Error("what was begun can be read, or says whose it is")
		}
		if done, err := s.Drop(ctx, a.parent(0), id, key, "Zebra: kind people"); err != nil || !done {
			t.Fatal(done, err)
		}
		// Nobody hands in twice, whatever the browser.
		for _, k := range []string{key, NewKey()} {
			must(t, s.Choose(ctx, a.parent(0), id, k, "V1", 5))
			if done, err := s.Drop(ctx, a.parent(0), id, k, "again"); err != nil || done {
				t.Errorf("handed in twice: %v %v", done, err)
			}
		}
		for i := 1; i < 4; i++ {
			a.vote(t, s, id, i, map[string]int{"V1": 2, "P1": 4}, fmt.Sprint("Words ", i))
		}
		if _, err := s.KeyInSheet(ctx, a.as(roll.Office), id, Paper{Group: Parents, Name: "Nobody's name", Levels: map[string]int{"V1": 3, "P1": 5}, Words: "Apples on paper"}); err != nil {
			t.Fatal(err)
		}
		must(t, s.Rate(ctx, a.as(roll.Teacher), id, "V1", level(4), "x", ""))
		hidden := func(when string) {
			t.Helper()
			o, err := s.Results(ctx, head, id)
			must(t, err)
			for _, r := range o.Results {
				if v := r.Views[Parents]; !v.Hidden || v.N() != 0 {
					t.Errorf("%s: %s shows parents %+v", when, r.Criterion.Code, v)
				}
				if want := map[bool]int{true: 1}[r.Criterion.Code == "V1"]; r.All.N() != want {
					t.Errorf("%s: of %s the rest can be had from the sum: %v", when, r.Criterion.Code, r.All)
				}
			}
			if len(o.Words) != 0 || o.Audit.ParentsIn != 5 || o.Waiting != 5 {
				t.Errorf("%s: %q, %d in, %d waiting", when, o.Words, o.Audit.ParentsIn, o.Waiting)
			}
		}
		hidden("while it is open") // else the sixth could be told from the five before
		must(t, s.Close(ctx, head, id))
		res, err := s.Results(ctx, head, id)
		must(t, err)
		v1, _ := res.Result("V1")
		p1, _ := res.Result("P1")
		if v1.Views[Parents].Spread != (Spread{0, 4, 1, 0, 0}) || !v1.Flagged || *v1.Gap != -2 {
			t.Errorf("%+v", v1)
		}
		if !p1.Views[Parents].Hidden || p1.All.N() != 0 || p1.Level() != nil {
			t.Errorf("four answered P1, and it shows %+v", p1)
		}
		if got := strings.Join(res.Words, "|"); got != "Apples on paper|Words 1|Words 2|Words 3|Zebra: kind people" {
			t.Errorf("the words are %q", got)
		}
		// Nothing but counts, sorted words and turns is left.
		if len(dump(t, s, "audit_begun")) != 0 {
			t.Error("what was begun is kept after closing")
		}
		for _, table := range []string{"audit_rater", "audit_rating", "audit_tally", "audit_words", "audit_audit"} {
			body := dump(t, s, table)
			for _, adult := range a.adult {
				if bytes.Contains(body, []byte(fmt.Sprint(int64(adult)))) {
					t.Errorf("%s holds the key of an adult", table)
				}
			}
			if bytes.Contains(body, []byte("Nobody's name")) {
				t.Errorf("%s keeps whose sheet it was", table)
			}
		}
		for table, columns := range map[string]string{"audit_tally": "org_id audit_id criterion level box shown", "audit_turn": "org_id id audit_id adult_id", "audit_words": "org_id audit_id box shown"} {
			must(t, s.DB.View(ctx, testkit.A(), func(tx *db.Tx) error {
				rows, err := db.Whole(tx, `select x.* from `+table+` x where x.org_id = $1`)
				if err != nil {
					return err
				}
				var names []string
				for _, c := range rows[0] {
					names = append(names, c.Name)
				}
				if got := strings.Join(names, " "); got != columns {
					t.Errorf("%s has the columns %s: is there a trace of who or when?", table, got)
				}
				return nil
			}))
		}
	})
}

// A form that is sent twice is one sheet; the same form with other answers, after a step back in the browser, is the next parent's.
func TestASheetSentTwiceIsOne(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		id, office := a.begun(t, s, Setup{}), a.as(roll.Office)
		key := NewKey()
		for _, c := range []struct {
			name  string
			in    Paper
			twice bool
		}{
			{"first", Paper{Key: key, Levels: map[string]int{"V1": 2, "P1": 3}, Words: "Kind"}, false},
			{"again", Paper{Key: key, Levels: map[string]int{"P1": 3, "V1": 2}, Words: " Kind "}, true},
			{"other answers", Paper{Key: key, Levels: map[string]int{"V1": 2, "P1": 4}, Words: "Kind"}, false},
			{"other words", Paper{Key: key, Levels: map[string]int{"V1": 2, "P1": 3}, Words: "Unkind"}, false},
			{"another form with the same answers", Paper{Key: NewKey(), Levels: map[string]int{"V1": 2, "P1": 3}, Words: "Kind"}, false},
			{"a page of yesterday", Paper{Levels: map[string]int{"V1": 2}}, false},
			{"another page of yesterday", Paper{Levels: map[string]int{"V1": 2}}, false},
		} {
			c.in.Group = Parents
			if twice, err := s.KeyInSheet(ctx, office, id, c.in); err != nil || twice != c.twice {
				t.Errorf("%s: %v, %v", c.name, twice, err)
			}
		}
		must(t, s.Close(ctx, a.as(roll.Head), id))
		o, err := s.Results(ctx, a.as(roll.Head), id)
		must(t, err)
		if v := o.Results[0].Views[Parents].Spread; v != (Spread{0, 6}) || o.Audit.ParentsIn != 6 || strings.Join(o.Words, "|") != "Kind|Kind|Kind|Unkind" {
			t.Errorf("%v of %d, %q", v, o.Audit.ParentsIn, o.Words)
		}
		if bytes.Contains(dump(t, s, "audit_file"), []byte(key)) {
			t.Error("the key is kept, and the answers can be had back from the mark")
		}
	})
}

// The store keeps its rows in an order of its own, and with each who wrote it last: neither says what the last parent chose, or whether they wrote words.
func TestTheStoreDoesNotSayWhatWasChosen(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		id := a.begun(t, s, Setup{})
		var laid, want []string
		_, f, _, err := s.PaperOf(context.Background(), a.as(roll.Office), id)
		must(t, err)
		for _, c := range f.Criteria() {
			for l := 1; l <= Levels; l++ {
				laid = append(laid, fmt.Sprint(c.Code, " ", l))
			}
		}
		order := map[db.Engine]string{db.SQLite: "rowid", db.PostgreSQL: "ctid"}[s.DB.Engine()]
		for i, chosen := range []map[string]int{{"P1": 4, "V1": 2}, {"V3": 5}, {"P1": 4, "V1": 1}} {
			a.vote(t, s, id, i, chosen, []string{"", "Kind", ""}[i])
			for code, l := range chosen {
				want = append(want, fmt.Sprint(code, " ", l))
			}
			must(t, s.DB.View(context.Background(), testkit.A(), func(tx *db.Tx) error {
				rows, err := db.All[Tally](tx, `select t.criterion, t.level, t.box, t.shown from audit_tally t where t.org_id = $1 order by t.`+order)
				if err != nil {
					return err
				}
				var got, counted []string
				for _, r := range rows {
					key := fmt.Sprint(r.Criterion, " ", r.Level)
					got = append(got, key)
					for range r.Box {
						counted = append(counted, key)
					}
				}
				if len(got) != len(laid) || i == 0 && !slices.Equal(got, laid) && !slices.IsSorted(got) { // PostgreSQL may go by the key
					t.Errorf("the store keeps the counts as %v", got)
				}
				slices.Sort(counted)
				slices.Sort(want)
				if !slices.Equal(counted, want) {
					t.Errorf("counted are %v, not %v", counted, want)
				}
				if s.DB.Engine() == db.SQLite {
					return nil
				}
				n, err := db.One[int](tx, `select count(distinct concat(cast(x.xmin as text), ' ', cast(x.cmin as text))) from audit_tally x where x.org_id = $1`)
				if err != nil || n != 1 {
					t.Errorf("%d transactions wrote the counts, %v", n, err)
				}
				same, err := db.One[int](tx, `select count(*) from audit_words w where w.org_id = $1 and cast(w.xmin as text) = (select max(cast(x.xmin as text)) from audit_tally x where x.org_id = $1)`)
				if err != nil || same != 1 {
					t.Errorf("the words say whether the last parent wrote any: %v", err)
				}
				return nil
			}))
		}
	})
}

// Yesterday's process counts on beside today's: it makes the rows that it needs, and the two agree.
func TestYesterdaysProcessCountsInTheSameBox(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		id := a.begun(t, s, Setup{})
		yesterday := func(criterion string, level int) {
			t.Helper()
			must(t, s.DB.Update(context.Background(), testkit.A(), func(tx *db.Tx) error {
				_, err := tx.Exec(`insert into audit_tally (org_id, audit_id, criterion, level, box) values ($1, $2, $3, $4, 1)
					on conflict (org_id, audit_id, criterion, level) do update set box = audit_tally.box + 1`, id, criterion, level)
				return err
			}))
		}
		yesterday("P1", 4)
		for i := range 4 {
			a.vote(t, s, id, i, map[string]int{"P1": 4}, "")
		}
		yesterday("P1", 5)
		must(t, s.Close(context.Background(), a.as(roll.Head), id))
		o, err := s.Results(context.Background(), a.as(roll.Head), id)
		must(t, err)
		if p1, _ := o.Result("P1"); p1.Views[Parents].Spread != (Spread{0, 0, 0, 5, 1}) {
			t.Errorf("%+v", p1.Views[Parents])
		}
	})
}

// dump is all that one table holds, of the first organisation.
func dump(t *testing.T, s *Service, table string) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, s.DB.View(context.Background(), testkit.A(), func(tx *db.Tx) error {
		rows, err := db.Whole(tx, `select x.* from `+table+` x where x.org_id = $1`)
		for _, r := range rows {
			for _, c := range r {
				fmt.Fprintf(&b, "%s ", c.Value)
			}
		}
		return err
	}))
	return b.Bytes()
}

// A few more after counts were shown stay in the box: their answers would be the difference.
func TestNobodyIsTheDifference(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		id := a.begun(t, s, Setup{})
		admin := a.as(roll.Administrator)
		file := func(n, level int) (lines []Line) {
			for i := range n {
				lines = append(lines, Line{Row: i + 2, Criterion: "V1", Group: "parents", Rater: fmt.Sprint("p", level, i), Level: fmt.Sprint(level)})
			}
			return lines
		}
		shown := func(want Spread) {
			t.Helper()
			o, err := s.Results(ctx, admin, id)
			must(t, err)
			if got := o.Results[0].Views[Parents].Spread; got != want {
				t.Errorf("shown are %v, not %v", got, want)
			}
		}
		take := func(lines []Line) Taken {
			t.Helper()
			out, err := s.TakeFile(ctx, admin, id, "x.csv", lines)
			must(t, err)
			return out
		}
		take(file(4, 1))
		shown(Spread{})
		take(file(2, 2))
		shown(Spread{4, 2})
		if again := take(file(2, 2)); again.Same != 2 || again.Created != 0 {
			t.Errorf("the same file again: %+v", again)
		}
		take(file(4, 5))
		shown(Spread{4, 2})
		must(t, s.Close(ctx, a.as(roll.Head), id))
		shown(Spread{4, 2})
		o, err := s.Results(ctx, admin, id)
		if err != nil || o.Waiting != 4 || o.Audit.ParentsIn != 10 {
			t.Errorf("%d wait of %d, %v", o.Waiting, o.Audit.ParentsIn, err)
		}
	})
}

// Whoever brought a file in knows what stands in it, and could take it from the sum: a file lets nobody see the few who answered by the door, neither at once
// nor when the audit is closed.
func TestAFileDoesNotUncoverTheFewByTheDoor(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		lead, head := a.as(roll.Administrator), a.as(roll.Head)
		for _, c := range []struct {
			door, waiting int
			want          Spread
			words         string
		}{
			{4, 4, Spread{6}, "f0|f1|f2|f3|f4|f5"}, {5, 0, Spread{6, 0, 0, 0, 5}, "d0|d1|d2|d3|d4|f0|f1|f2|f3|f4|f5"},
		} {
			id := a.begun(t, s, Setup{})
			for i := range c.door {
				a.vote(t, s, id, i, map[string]int{"V1": 5}, fmt.Sprint("d", i))
			}
			var lines []Line
			for i := range 6 {
				lines = append(lines, Line{Row: i + 2, Criterion: "V1", Group: "parents", Rater: fmt.Sprint("p", i), Level: "1", Commentary: fmt.Sprint("f", i)})
			}
			_, err := s.TakeFile(ctx, lead, id, "x.csv", lines)
			must(t, err)
			look := func(when string, want Spread, words string, waiting int) {
				t.Helper()
				o, err := s.Results(ctx, lead, id)
				must(t, err)
				if got := o.Results[0].Views[Parents].Spread; got != want || o.Results[0].All != want || strings.Join(o.Words, "|") != words || o.Waiting != waiting || o.Audit.ParentsIn != c.door+6 {
					t.Errorf("%d by the door, %s: %v, %q, %d of %d wait", c.door, when, got, o.Words, o.Waiting, o.Audit.ParentsIn)
				}
			}
			look("open", Spread{6}, "f0|f1|f2|f3|f4|f5", c.door)
			must(t, s.Close(ctx, head, id))
			look("closed", c.want, c.words, c.waiting)
		}
	})
}

// A process of before there were two boxes takes everybody who is in for shown; today's never says that more are shown than have handed in.
func TestYesterdaysProcessPublishesBesideFiles(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		id, lead := a.begun(t, s, Setup{}), a.as(roll.Administrator)
		file := func(name string, n int) {
			t.Helper()
			var lines []Line
			for i := range n {
				lines = append(lines, Line{Row: i + 2, Criterion: "V1", Group: "parents", Rater: fmt.Sprint(name, i), Level: "2", Commentary: name})
			}
			_, err := s.TakeFile(ctx, lead, id, name, lines)
			must(t, err)
		}
		file("few", 2)
		must(t, s.DB.Update(ctx, testkit.A(), func(tx *db.Tx) error {
			_, err := tx.Exec(`update audit_audit set parents_shown = parents_in where org_id = $1 and id = $2`, id)
			return err
		}))
		file("many", 5)
		must(t, s.Close(ctx, a.as(roll.Head), id))
		o, err := s.Results(ctx, lead, id)
		must(t, err)
		if o.Waiting != 0 || o.Audit.ParentsShown != 7 || o.Results[0].Views[Parents].Spread != (Spread{0, 7}) || len(o.Words) != 7 {
			t.Errorf("%d wait, %d shown, %v, %q", o.Waiting, o.Audit.ParentsShown, o.Results[0].Views[Parents], o.Words)
		}
	})
}

// No row of a file is passed over in silence.
func TestFilesOfAnswers(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		id := a.begun(t, s, Setup{Groups: []Group{Leaders, Staff, Parents}})
		lines := []Line{
			{2, "V1", "Staff", "s1", "4", "Because"}, {3, "v1", "staff", "s2", "Strong", ""}, {4, "V1", "leaders", "head", "", "only words"},
			{5, "V9", "staff", "s1", "3", ""}, {6, "V1", "staff", "S1", "3", ""}, {7, "V1", "staff", "s3", "6", ""}, {8, "V1", "governors", "g", "3", ""},
			{9, "V2", "staff", "", "3", ""}, {10, "V2", "agreed", "team", "3", "We met"}, {11, "V2", "agreed", "team", "", "We met"}, {12, "V2", "cats", "x", "3", ""},
			{13, "V2", "staff", "s1", "3", "She told me her dad hits her."},
		}
		out, err := s.TakeFile(ctx, a.as(roll.Leader), id, "x.csv", lines)
		must(t, err)
		var rows []string
		for _, r := range out.Refusals {
			rows = append(rows, fmt.Sprint(r.Row, " ", r.Field))
		}
		if out.Created != 4 || out.Refused != 8 || strings.Join(rows, ", ") != "5 criterion, 6 rater, 7 level, 8 group, 9 rater, 11 level, 12 group, 13 commentary" {
			t.Errorf("%+v %v", out.Tally, rows)
		}
		lines[0].Level = "5"
		if out, err = s.TakeFile(ctx, a.as(roll.Leader), id, "x.csv", lines); err != nil || out.Updated != 1 || out.Same != 3 {
			t.Errorf("%+v %v", out.Tally, err)
		}
		o, err := s.Results(ctx, a.as(roll.Head), id)
		must(t, err)
		if r := o.Results[0]; r.All != (Spread{0, 0, 0, 1, 1}) || *r.Views[Staff].Median() != 4.5 || o.Results[1].Agreed.Level != 3 {
			t.Errorf("%+v", r)
		}
	})
}

// A year on: change for each criterion, across versions of the framework; what was agreed comes along to be read again; the old audit stays as it was.
func TestAYearOn(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		head := a.as(roll.Head)
		_, err := s.BringIn(ctx, head, small)
		must(t, err)
		first := a.begun(t, s, Setup{Framework: "mine", Title: "First"})
		must(t, s.Rate(ctx, head, first, "A1", level(2), "x", ""))
		must(t, s.Agree(ctx, head, first, "A1", 2, "Few do"))
		must(t, s.Agree(ctx, head, first, "A2", 3, "Most do"))
		must(t, s.Show(ctx, head, first, "A2", Shown{Address: "https://example.org/a", Title: "A page"}))
		must(t, s.Close(ctx, head, first))
		second := strings.NewReplacer(`version: "1"`, `version: "2"`, "code: A2", "code: B2\n        was: [A2]", "We say goodbye.", "We say goodbye to each child.").Replace(small)
		for _, bad := range []string{strings.Replace(small, "Mine", "Thine", 1), "framework: x"} {
			if _, err := s.BringIn(ctx, head, bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("brought in: %v", err)
			}
		}
		_, err = s.BringIn(ctx, head, small) // the same again is the same
		must(t, err)
		s.DB.SetClock(clock.At(testkit.Day.AddDate(1, 0, 0)))
		_, err = s.BringIn(ctx, head, second)
		must(t, err)
		next := a.begun(t, s, Setup{Framework: "mine", Title: "Second", Carry: first})
		o, err := s.Results(ctx, head, next)
		must(t, err)
		b2, ok := o.Result("B2")
		a1, _ := o.Result("A1")
		if o.Audit.Version != "2" || !ok || b2.Carried == nil || !b2.Carried.Reworded || b2.Carried.Was != "A2" || b2.Carried.Level != 3 || b2.Agreed != nil || b2.Level() != nil || len(b2.Uses) != 1 {
			t.Errorf("%+v", b2)
		}
		if a1.Carried == nil || a1.Carried.Reworded || len(o.Versions) != 1 {
			t.Errorf("%+v %+v", a1.Carried, o.Versions)
		}
		must(t, s.Rate(ctx, head, next, "A1", level(4), "x", ""))
		must(t, s.Agree(ctx, head, next, "B2", 4, "Nearly all"))
		o, err = s.Results(ctx, head, next)
		must(t, err)
		b2, _ = o.Result("B2")
		a1, _ = o.Result("A1")
		if *b2.Change != 1 || b2.Carried.ReadMs == nil || *a1.Change != 2 || a1.Agreed != nil {
			t.Errorf("%+v %+v", b2, a1)
		}
		old, err := s.Results(ctx, head, first)
		must(t, err)
		if old.Framework.Version != "1" || old.Results[1].Criterion.Text != "We say goodbye." || old.Results[1].Agreed.Level != 3 || old.Before != nil {
			t.Errorf("%+v", old.Results[1])
		}
		list, err := s.Evidence(ctx, head)
		if err != nil || len(list) != 1 || list[0].Uses != 2 {
			t.Errorf("%+v %v", list, err)
		}
		if _, err := s.Start(ctx, head, Setup{Framework: "room", Scope: School, Carry: first}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("carried into another framework: %v", err)
		}
	})
}

func TestEvidence(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		id, head := a.begun(t, s, Setup{}), a.as(roll.Head)
		s.Sources = append(s.Sources, func(context.Context, access.Pass) ([]Source, error) {
			return []Source{{"Coverage of the talks", "/coverage/x"}}, nil
		})
		must(t, s.Show(ctx, head, id, "V1", Shown{Address: "/coverage/x"}))
		must(t, s.Show(ctx, head, id, "V2", Shown{Address: "/coverage/x"}))
		must(t, s.Show(ctx, head, id, "V2", Shown{Title: "Minutes", File: `C:\papers\minutes.pdf`, Body: []byte("%PDF-1.7")}))
		list, err := s.Evidence(ctx, head)
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		for _, e := range list {
			switch e.Kind {
			case EvidenceAjar:
				if e.Uses != 2 || e.Title != "Coverage of the talks" {
					t.Errorf("%+v", e)
				}
			case EvidenceFile:
				got, body, err := s.File(ctx, head, e.ID)
				if err != nil || string(body) != "%PDF-1.7" || got.FileName != "minutes.pdf" || got.FileType != "application/pdf" {
					t.Errorf("%+v %q %v", got, body, err)
				}
				must(t, s.Show(ctx, head, id, "P1", Shown{Kept: e.ID}))
				must(t, s.TakeDown(ctx, head, id, "V2", e.ID))
			}
		}
		for name, in := range map[string]Shown{"nothing": {}, "script": {Address: "javascript:alert(1)"}, "a password": {Address: "https://a:b@example.org/"}, "a page that isn't listed": {Address: "/pupils"},
			"a program": {File: "x.exe", Body: []byte("x")}, "a page": {File: "x.html", Body: []byte("x")}, "a program with another name": {File: "x.pdf", Body: []byte("MZ\x90")}, "a page with another name": {File: "x.png", Body: []byte("<svg onload=alert(1)>")}, "no text": {File: "x.txt", Body: []byte("a\x00b")}, "too large": {File: "x.pdf", Body: append([]byte("%PDF"), make([]byte, MostBytes)...)}} {
			if err := s.Show(ctx, head, id, "V1", in); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		// A partner takes part and reads no results: what the school keeps is not theirs to choose from.
		partner := a.as(roll.Partner)
		if x, err := s.Mine(ctx, partner, id); err != nil || len(x.Evidence) != 0 {
			t.Errorf("a partner is shown %+v, %v", x.Evidence, err)
		}
		if x, err := s.Mine(ctx, head, id); err != nil || len(x.Evidence) != 2 {
			t.Errorf("the head is shown %+v, %v", x.Evidence, err)
		}
		if err := s.Show(ctx, partner, id, "V3", Shown{Kept: list[0].ID}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a partner shows what they may not read: %v", err)
		}
		must(t, s.Show(ctx, partner, id, "V3", Shown{Address: "https://example.org/partner"}))
		// What a report stands on stays, once the audit is closed.
		must(t, s.Close(ctx, head, id))
		for _, e := range list {
			for _, c := range []string{"V1", "V2", "P1"} {
				if err := s.TakeDown(ctx, head, id, c, e.ID); fault.KindOf(err) != fault.Conflict {
					t.Errorf("taken down after closing: %v", err)
				}
			}
		}
		o, err := s.Results(ctx, head, id)
		must(t, err)
		p1, _ := o.Result("P1")
		v2, _ := o.Result("V2")
		if len(p1.Uses) != 1 || len(v2.Uses) != 1 || p1.Uses[0].Uses != 1 {
			t.Errorf("%+v %+v", p1.Uses, v2.Uses)
		}
	})
}

// Many at once: none is lost and none counted twice.
func TestManyHandInAtOnce(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		id := a.begun(t, s, Setup{})
		var wg sync.WaitGroup
		for i := range a.adult {
			for range 2 { // each of them twice, from two browsers
				wg.Go(func() {
					key := NewKey()
					ctx, stop := context.WithTimeout(context.Background(), time.Minute)
					defer stop()
					for c, l := range map[string]int{"V1": 2, "V3": 3, "P1": 4} {
						if err := s.Choose(ctx, a.parent(i), id, key, c, l); err != nil {
							t.Error(err)
						}
					}
					if _, err := s.Drop(ctx, a.parent(i), id, key, "Hello"); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		must(t, s.Close(context.Background(), a.as(roll.Head), id))
		o, err := s.Results(context.Background(), a.as(roll.Head), id)
		must(t, err)
		p1, _ := o.Result("P1")
		if o.Audit.ParentsIn != 12 || p1.Views[Parents].Spread != (Spread{0, 0, 0, 12, 0}) || len(o.Words) != 12 {
			t.Errorf("%d in, %v, %d words", o.Audit.ParentsIn, p1.Views[Parents], len(o.Words))
		}
	})
}
