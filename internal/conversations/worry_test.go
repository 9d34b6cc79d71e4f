package conversations

import (
	"context"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// everything is all that the store holds, table by table, as text.
func everything(t *testing.T, s *Service, org int64) string {
	t.Helper()
	var out strings.Builder
	must(t, s.DB.View(context.Background(), access.Installation("a test looks at every table"), func(tx *db.Tx) error {
		tables, columns := `select name from sqlite_master where type = 'table'`, `select name from pragma_table_info($1)`
		if s.DB.Engine() != db.SQLite {
			tables, columns = `select table_name::text from information_schema.tables where table_schema = 'public'`, `select column_name::text from information_schema.columns where table_schema = 'public' and table_name = $1`
		}
		names, err := db.All[string](tx, tables)
		if err != nil {
			return err
		}
		for _, table := range names {
			cols, err := db.All[string](tx, columns, table)
			if err != nil {
				return err
			}
			for _, c := range cols {
				values, err := db.All[string](tx, "select coalesce(cast("+c+" as text), '') from "+table)
				if err != nil {
					return err
				}
				out.WriteString(strings.Join(values, "\n") + "\n")
			}
		}
		return nil
	}))
	return out.String()
}

func TestNoTableHoldsAWorry(t *testing.T) {
	const worry = "Last week her uncle slapped her and there were bruises all over her arms"
	both(t, func(t *testing.T, s *Service, a, _ school) {
		ctx := context.Background()
		_, rounds, talks := begin(t, s, a)
		talk, kay := talks[a.amira], a.as(a.keyTeacher, roll.KeyTeacher)
		wants := func(what string, err error, fields ...string) {
			t.Helper()
			w, ok := AsWorry(err)
			if !ok {
				t.Fatalf("%s: %v", what, err)
			}
			var got []string
			for _, f := range w.Fields {
				got = append(got, f.Field)
			}
			if strings.Join(got, " ") != strings.Join(fields, " ") {
				t.Errorf("%s: %v wait, want %v", what, got, fields)
			}
			if strings.Contains(err.Error(), "slapped") || strings.Contains(w.Unwrap().Error(), "slapped") {
				t.Errorf("%s: the error holds the words", what)
			}
		}
		// Saved again and again while somebody types, letter by letter: the beginning goes too once the sentence is one.
		typed := "She loves art. "
		for i := range worry {
			_, err := s.SaveDraft(ctx, kay, talk, 0, "page", Notes{Parent: typed + worry[:i+1], Child: "I like football"})
			if _, ok := AsWorry(err); err != nil && !ok {
				t.Fatal(err)
			}
		}
		all := Notes{Present: worry, Confidential: worry, Parent: typed + worry, Child: "I like football and art", Strengths: worry, InTheWay: worry, Priorities: []string{"Maths", worry}, Later: worry, Summary: worry,
			Changes: worry, Goals: []Goal{{Words: worry, Owner: "school", Who: worry, Due: worry, Measure: worry}}, SharedWith: worry, WhyHarder: worry, NextOn: worry}
		d, err := s.SaveDraft(ctx, kay, talk, 0, "page", all)
		wants("SaveDraft", err, "present", "confidential", "parent", "strengths", "in_the_way", "later", "summary", "changes", "shared_with", "why_harder", "next_on", "priority-2", "goal0_words", "goal0_who", "goal0_measure", "goal0_due")
		if d.Notes.Child != "I like football and art" || d.Notes.Parent != "She loves art." || len(d.Notes.Priorities) != 1 || d.Notes.Goals[0].Owner != "school" {
			t.Errorf("the rest was not kept: %+v", d.Notes)
		}
		wants("Finalise", s.Finalise(ctx, kay, talk, 0, "page", all, ""), "present", "confidential", "parent", "strengths", "in_the_way", "later", "summary", "changes", "shared_with", "why_harder", "next_on", "priority-2", "goal0_words", "goal0_who", "goal0_measure", "goal0_due")
		wants("Invite", s.Invite(ctx, kay, talk, Invitation{AdultID: a.mother, Offered: worry, Suits: worry}), "offered", "suits")
		wants("LogCall", s.LogCall(ctx, kay, talk, Call{AdultID: a.mother, Outcome: "declined", Note: worry, Declined: worry}), "note", "declined")
		wants("LogCall, a time", s.LogCall(ctx, kay, talk, Call{AdultID: a.mother, Outcome: "agreed", Time: Time{MeetOn: "2026-11-25", Place: worry}}), "place")
		wants("AgreeTime", s.AgreeTime(ctx, kay, talk, Time{MeetOn: "2026-11-19", WithWhom: worry, Note: worry}), "with_whom", "note")
		wants("Decline", s.Decline(ctx, kay, talk, a.mother, "", worry), "why")
		must(t, s.AgreeTime(ctx, kay, talk, Time{MeetOn: "2026-11-19"}))
		wants("Missed", s.Missed(ctx, kay, talk, "", "other", worry), "note")
		_, err = s.AskReflections(ctx, kay, talk, []roll.StaffID{a.colleague})
		must(t, err)
		r, err := s.One(ctx, kay, talk)
		must(t, err)
		wants("Answer", s.Answer(ctx, a.as(a.colleague, roll.Teacher), r.Reflections[0].ID, "Kind", worry), "help")
		must(t, s.Finalise(ctx, kay, talk, d.Version, "page", goodNotes(a), ""))
		r, err = s.One(ctx, kay, talk)
		must(t, err)
		wants("ReviewTarget", s.ReviewTarget(ctx, kay, r.Targets[0].ID, 0, "not", worry, "change", worry, ""), "why", "next_words")
		corrected := Compose(goodNotes(a))
		corrected.ToldUs, corrected.Priorities = worry, []string{worry}
		_, err = s.Correct(ctx, kay, talk, a.mother, worry, corrected, "")
		wants("Correct", err, "told_us", "priorities", "changed")
		wants("EditRound", s.EditRound(ctx, a.head(), rounds[0].ID, "First", "2026-09-07", "2026-12-18", worry), "offered")
		wants("Learn", s.Learn(ctx, a.head(), rounds[2].ID, worry), "learned")

		store := everything(t, s, a.org)
		if !strings.Contains(store, "I like football and art") {
			t.Fatal("the search finds nothing at all")
		}
		for _, part := range []string{"slapped", "bruises", "her uncle", "Last week", "Last we"} {
			if at := strings.Index(store, part); at >= 0 {
				t.Errorf("a table holds %q: %.200s", part, store[max(0, at-60):])
			}
		}
	})
}

func TestWhatIsNoWorryIsKept(t *testing.T) {
	const words = "In the play she is beaten by her father"
	both(t, func(t *testing.T, s *Service, a, _ school) {
		ctx := context.Background()
		_, _, talks := begin(t, s, a)
		talk, kay := talks[a.amira], a.as(a.keyTeacher, roll.KeyTeacher)
		n := goodNotes(a)
		n.Strengths = words
		if _, err := s.Keeping("another text").SaveDraft(ctx, kay, talk, 0, "page", n); err == nil {
			t.Fatal("a yes about another text let this one through")
		}
		d, err := s.Keeping(TextsOf(n, []string{"strengths"})...).SaveDraft(ctx, kay, talk, 1, "page", n)
		must(t, err)
		if d.Notes.Strengths != words {
			t.Errorf("kept %q", d.Notes.Strengths)
		}
		// It is not asked again: with more beside it, when the text is agreed, and when it is corrected.
		n.Strengths = words + ". She sings, too."
		d, err = s.SaveDraft(ctx, kay, talk, d.Version, "page", n)
		must(t, err)
		must(t, s.Finalise(ctx, kay, talk, d.Version, "page", n, ""))
		x := Compose(n)
		x.Summary = "Amira likes art and singing."
		_, err = s.Correct(ctx, kay, talk, a.mother, "Singing", x, "")
		must(t, err)
		x.Summary = "Dad hits her."
		if _, err = s.Correct(ctx, kay, talk, a.mother, "More", x, ""); err == nil {
			t.Error("another sentence went through with it")
		}
	})
}
