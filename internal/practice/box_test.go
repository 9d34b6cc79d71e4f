package practice

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

// parents are adults of a school, each with the pass of the family's door.
func parents(t *testing.T, s *Service, p place, n int) (out []access.Pass) {
	t.Helper()
	must(t, s.DB.Update(t.Context(), p.as(roll.Head), func(tx *db.Tx) error {
		for range n {
			id := ids.New[roll.Adult]()
			if _, err := tx.Exec(`insert into roll_adult (org_id, id, name) values ($1, $2, 'A mother')`, id); err != nil {
				return err
			}
			out = append(out, gate.Admit(access.Who{Org: p.org, Adult: int64(id), Name: "A mother", Roles: []access.Role{roll.Parent}}))
		}
		return nil
	}))
	return out
}

func forum(t *testing.T, s *Service, p place) ids.ID[Activity] {
	t.Helper()
	id, err := s.PutActivity(t.Context(), p.as(roll.Head), Activity{Title: "Forum", Kind: "forum", OnDay: "2026-10-05"})
	must(t, err)
	return id
}

// Parents answer by their own link into a box: a turn each, and what they say shows five at a time, whoever looks in between.
func TestParentsAnswerByTheirOwnLink(t *testing.T) {
	both(t, func(t *testing.T, s *Service, _ *plans.Service, a, b place) {
		ctx, head := t.Context(), a.as(roll.Head)
		id, mums := forum(t, s, a), parents(t, s, a, 11)
		stranger := parents(t, s, b, 1)[0]
		drop := func(p access.Pass, r Rung) bool { done, err := s.Drop(ctx, p, id, r); must(t, err); return done }
		shown := func() Depth { d, err := s.Activity(ctx, head, id); must(t, err); return d }
		if _, err := s.Ask(ctx, mums[0], id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a question that nobody asks is there: %v", err)
		}
		must(t, s.AskParents(ctx, head, id, "2026-12-24"))
		if _, err := s.Ask(ctx, stranger, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a parent of another school opens it: %v", err)
		}
		if _, err := s.Drop(ctx, stranger, id, 3); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a parent of another school answers it: %v", err)
		}
		if _, err := s.Drop(ctx, mums[0], id, 9); fault.KindOf(err) != fault.Invalid {
			t.Errorf("step 9: %v", err)
		}
		if o, err := s.Ask(ctx, mums[0], id); err != nil || !o.Open || o.Done || o.Highest != 8 {
			t.Errorf("%+v %v", o, err)
		}
		quiet := shown() // before anybody has answered
		for i := range 10 {
			if !drop(mums[i], Rung(3+i%2)) {
				t.Fatalf("parent %d has no turn", i)
			}
			if drop(mums[i], 8) {
				t.Fatalf("parent %d has two turns", i)
			}
			d := shown()
			if want := (i + 1) / 5 * 5; d.Parents.N() != want || d.Few != (want == 0) {
				t.Fatalf("after %d answers %d are shown, want %d", i+1, d.Parents.N(), want)
			}
			if i < 4 && (d.Few != quiet.Few || d.Parents != quiet.Parents) {
				t.Errorf("that %d have answered shows", i+1)
			}
		}
		if d := shown(); d.Parents != (Spread{0, 0, 5, 5, 0, 0, 0, 0}) {
			t.Errorf("%v", d.Parents)
		}
		if o, err := s.Ask(ctx, mums[0], id); err != nil || !o.Done {
			t.Errorf("%+v %v", o, err)
		}
		// What stands in the store: counts, and turns without a time. The keys of turns are in no order.
		must(t, s.DB.View(ctx, head, func(tx *db.Tx) error {
			keys, err := db.All[int64](tx, `select t.id from practice_turn t where t.org_id = $1 order by t.adult_id`)
			if err != nil {
				return err
			}
			if len(keys) != 10 || slices.IsSorted(keys) {
				t.Errorf("%d turns; in the order in which they came: %v", len(keys), slices.IsSorted(keys))
			}
			n, err := db.One[int](tx, `select count(*) from practice_rung where org_id = $1 and side = 'parents'`)
			if n != 0 {
				t.Errorf("%d answers have a row", n)
			}
			return err
		}))
		// To the adult it is done; to staff nothing tells who has answered.
		offered := func(p access.Pass, adult int64) (n int) {
			must(t, s.DB.View(ctx, p, func(tx *db.Tx) error {
				list, err := Offered(tx, roll.AdultID(adult))
				n = len(list)
				return err
			}))
			return n
		}
		if offered(mums[0], mums[0].Who().Adult) != 0 || offered(mums[10], mums[10].Who().Adult) != 1 {
			t.Error("what is offered to parents is not what they have not answered")
		}
		if offered(head, mums[0].Who().Adult) != 1 || offered(head, mums[10].Who().Adult) != 1 {
			t.Error("what staff are offered tells who has answered")
		}
		must(t, s.AskParents(ctx, head, id, ""))
		if _, err := s.Drop(ctx, mums[10], id, 3); fault.KindOf(err) != fault.NotFound {
			t.Errorf("answered after the end: %v", err)
		}
	})
}

// Paper and links are published apart: whoever keys in four sheets does not learn the fifth answer.
func TestPaperDoesNotUnlockALink(t *testing.T) {
	both(t, func(t *testing.T, s *Service, _ *plans.Service, a, _ place) {
		ctx, head := t.Context(), a.as(roll.Head)
		id, mums := forum(t, s, a), parents(t, s, a, 5)
		must(t, s.AskParents(ctx, head, id, "2026-12-24"))
		n := func() int { d, err := s.Activity(ctx, head, id); must(t, err); return d.Parents.N() }
		for range 4 {
			must(t, s.RateForParent(ctx, head, id, 5))
		}
		_, err := s.Drop(ctx, mums[0], id, 2)
		must(t, err)
		if n() != 0 {
			t.Fatalf("%d are shown", n())
		}
		if err := s.UnrateForParent(ctx, head, id, 2); fault.KindOf(err) != fault.Invalid {
			t.Errorf("what came by a link can be tried out: %v", err)
		}
		must(t, s.RateForParent(ctx, head, id, 5))
		if n() != 5 {
			t.Fatalf("%d are shown, want the five from paper", n())
		}
		for _, m := range mums[1:] {
			_, err := s.Drop(ctx, m, id, 2)
			must(t, err)
		}
		if n() != 10 {
			t.Fatalf("%d are shown, want ten", n())
		}
	})
}

// While parents are asked the ladder does not get shorter, whether or not one of them is at its end; and an answer that the record does not bear out later is never
// published (A05).
func TestA05TheLadderStaysWhileParentsAreAsked(t *testing.T) {
	both(t, func(t *testing.T, s *Service, _ *plans.Service, a, _ place) {
		ctx, head := t.Context(), a.as(roll.Head)
		mums := parents(t, s, a, 12)
		publish := func(id ids.ID[Activity]) error {
			_, err := s.PutActivity(ctx, head, Activity{ID: id, Title: "Forum", Kind: "forum", OnDay: "2026-10-05", Outcome: "A new gate", PublishedOn: "2026-11-01"})
			return err
		}
		none, one := forum(t, s, a), forum(t, s, a)
		for _, id := range []ids.ID[Activity]{none, one} {
			must(t, s.AskParents(ctx, head, id, "2026-12-24"))
		}
		_, err := s.Drop(ctx, mums[0], one, 8)
		must(t, err)
		e1, e2 := publish(none), publish(one)
		if fault.KindOf(e1) != fault.Conflict || e1.Error() != e2.Error() {
			t.Errorf("it can be tried out whether somebody chose the last step: %v / %v", e1, e2)
		}
		must(t, s.AskParents(ctx, head, one, ""))
		must(t, publish(one))
		must(t, s.AskParents(ctx, head, one, "2026-12-24"))
		if o, err := s.Ask(ctx, mums[1], one); err != nil || o.Highest != Consulted {
			t.Errorf("%+v %v", o, err)
		}
		if _, err := s.Drop(ctx, mums[1], one, 6); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a step that nothing bears out: %v", err)
		}
		for i, m := range mums[1:6] {
			_, err := s.Drop(ctx, m, one, 4)
			must(t, err)
			d, err := s.Activity(ctx, head, one)
			must(t, err)
			if want := (i + 1) / 5 * 5; d.Parents.N() != want || d.Parents[7] != 0 {
				t.Errorf("after %d: %v", i+1, d.Parents)
			}
		}
	})
}

func TestWhenParentsAreAsked(t *testing.T) {
	both(t, func(t *testing.T, s *Service, _ *plans.Service, a, _ place) {
		ctx, head := t.Context(), a.as(roll.Head)
		id := forum(t, s, a)
		for until, ok := range map[string]bool{"2026-11-19": false, "2026-11-20": true, "2027-02-18": true, "2027-02-19": false, "next week": false, "": true} {
			if err := s.AskParents(ctx, head, id, until); (err == nil) != ok {
				t.Errorf("until %q: %v", until, err)
			}
		}
		// All parents read what it is called, so it names nobody.
		named, err := s.PutActivity(ctx, head, Activity{Title: "Talk about Amira Khan", Kind: "other", OnDay: "2026-10-05"})
		must(t, err)
		if err := s.AskParents(ctx, head, named, "2026-12-01"); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "Amira") {
			t.Errorf("a pupil is named to all parents: %v", err)
		}
		must(t, s.AskParents(ctx, head, id, "2026-12-01"))
		if _, err := s.PutActivity(ctx, head, Activity{ID: id, Title: "Talk about Amira Khan", Kind: "other", OnDay: "2026-10-05"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a pupil is named to all parents afterwards: %v", err)
		}
		must(t, s.DropActivity(ctx, head, id, true))
		if err := s.AskParents(ctx, head, id, "2026-12-01"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("asked about what is off the list: %v", err)
		}
	})
}

// What was keyed in from paper before there was a box is in it afterwards, and shown as before.
func TestPaperFromBeforeTheBox(t *testing.T) {
	first, err := fs.ReadFile(Migrations().Files, "0001_practice.sql")
	must(t, err)
	old := db.Migrations{Name: "practice", Files: fstest.MapFS{"0001_practice.sql": {Data: first}}}
	below := []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), roll.Migrations(), plans.Migrations()}
	testkit.Both(t, append(slices.Clone(below), old), func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		must(t, d.Update(ctx, testkit.A(), func(tx *db.Tx) error {
			for _, x := range []string{
				`insert into practice_activity (org_id, id, title, kind, on_day, made_ms) values ($1, 1, 'Forum', 'forum', '2026-10-01', 0)`,
				`insert into practice_activity (org_id, id, title, kind, on_day, made_ms) values ($1, 2, 'Council', 'council', '2026-10-02', 0)`,
				`insert into practice_rung (org_id, id, activity_id, side, rung, by_name, made_ms) values ($1, 1, 1, 'parents', 3, '', 0), ($1, 2, 1, 'parents', 3, '', 0), ($1, 3, 1, 'parents', 3, '', 0), ($1, 4, 1, 'parents', 4, '', 0), ($1, 5, 1, 'parents', 8, '', 0)`,
				`insert into practice_rung (org_id, id, activity_id, side, rung, by_name, made_ms) values ($1, 6, 2, 'parents', 5, '', 0)`,
			} {
				if _, err := tx.Exec(x); err != nil {
					return err
				}
			}
			return nil
		}))
		if _, err := d.Migrate(ctx, append(below, Migrations())); err != nil {
			t.Fatal(err)
		}
		must(t, d.View(ctx, testkit.A(), func(tx *db.Tx) error {
			list, err := depths(tx)
			if err != nil {
				return err
			}
			if len(list) != 2 || list[0].Parents.N() != 0 || !list[0].Few || list[1].Parents != (Spread{0, 0, 3, 1, 0, 0, 0, 1}) {
				t.Errorf("%+v", list)
			}
			left, err := db.One[int](tx, `select count(*) from practice_rung where org_id = $1 and side = 'parents'`)
			if left != 0 {
				t.Errorf("%d rows are left with a time", left)
			}
			return err
		}))
	})
}
