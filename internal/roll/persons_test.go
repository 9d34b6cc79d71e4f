package roll

import (
	"context"
	"fmt"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
)

func parentPass(org int64, adult AdultID) access.Pass {
	return gate.Admit(access.Who{Org: org, Adult: int64(adult), Name: "A Parent", Roles: []access.Role{Parent}})
}

// connect puts both schools of the tests into one cluster.
func connect(t *testing.T, s *Service, until string) {
	t.Helper()
	if err := s.DB.Update(context.Background(), access.Installation("test"), func(tx *db.Tx) error {
		for _, q := range []string{
			`insert into roll_org (id, code, name, type, made_ms) values (101, 'A', 'Ash School', 'school', 0), (202, 'B', 'Birch School', 'school', 0), (909, 'C', 'The Cluster', 'cluster', 0)`,
			`insert into roll_membership (id, member, grouping, ends) values (1, 101, 909, '` + until + `'), (2, 202, 909, '` + until + `')`} {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func seen(t *testing.T, s *Service, p access.Pass) (out []string) {
	t.Helper()
	list, err := s.Together(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		line := c.Name + " at"
		for _, x := range c.Schools {
			line += " " + x.Name
		}
		out = append(out, line)
	}
	return out
}

// A separated family with children in two connected schools: each adult sees what each school lets them see, the child on both rolls once.
func TestChildrenOfTwoSchoolsTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx := context.Background()
		connect(t, a.s, ForGood)
		mumA, mumB := parentPass(testkit.OrgA, a.mum), parentPass(testkit.OrgB, b.mum)
		if got := seen(t, a.s, mumA); len(got) != 2 {
			t.Fatalf("before: %v", got)
		}
		if err := a.s.JoinSelves(ctx, mumA, mumB); err != nil {
			t.Fatal(err)
		}
		if err := a.s.JoinSelves(ctx, mumB, mumA); err != nil { // pressed twice, and from the other side
			t.Fatal(err)
		}
		both := "[Zozo O'Brien-Łuczak at Ash School Birch School Zia O'Brien-Łuczak at Ash School Birch School]"
		if got := seen(t, a.s, mumA); fmt.Sprint(got) != both {
			t.Errorf("together: %v", got)
		}
		if got := seen(t, a.s, parentPass(testkit.OrgA, a.dad)); len(got) != 1 {
			t.Errorf("the father, who joined nothing, sees %v", got)
		}
		// An order of one school acts on its own record alone; the other school's office is told to ask.
		order(t, b, testkit.B(), b.mumTie, "no_information")
		if got := seen(t, a.s, mumA); got[0] != "Zozo O'Brien-Łuczak at Ash School" || got[1] != "Zia O'Brien-Łuczak at Ash School Birch School" {
			t.Errorf("with an order at one school: %v", got)
		}
		r, err := a.s.Open(ctx, as(testkit.OrgA, a.head, Office), a.zoe)
		if err != nil || len(r.Elsewhere) != 1 || r.Elsewhere[0].School != "Birch School" {
			t.Errorf("the office of the other school is told %v, %v", r.Elsewhere, err)
		}
		if r, err := a.s.Open(ctx, unproved(as(testkit.OrgA, a.head, Office)), a.zoe); err != nil || len(r.Elsewhere) != 0 || !r.Waits {
			t.Errorf("before the second step %v, waits %v, %v", r.Elsewhere, r.Waits, err)
		}
		if r, err := a.s.Open(ctx, as(testkit.OrgA, a.head, Office), a.zia); err != nil || len(r.Elsewhere) != 0 {
			t.Errorf("and about the sister %v, %v", r.Elsewhere, err)
		}
		// A merge at one school and its undo change nothing of that.
		twin := another(t, a, testkit.A(), Adult{LocalID: "X1", Forename: "Maria", Surname: "Luczak"}, "07700 900123")
		id, err := a.s.MergeAdults(ctx, as(testkit.OrgA, a.head, Head), a.mum, twin, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := seen(t, a.s, mumB); len(got) != 2 {
			t.Errorf("after a merge at the other school: %v", got)
		}
		if _, err := a.s.UndoMerge(ctx, as(testkit.OrgA, a.head, Head), id); err != nil {
			t.Fatal(err)
		}
		// Either school takes its own record out, and says nothing of the other; so does the adult.
		if err := a.s.EndTogether(ctx, as(testkit.OrgB, b.head, Office), b.mum); err != nil {
			t.Fatal(err)
		}
		if got := seen(t, a.s, mumA); fmt.Sprint(got) != "[Zozo O'Brien-Łuczak at Ash School Zia O'Brien-Łuczak at Ash School]" {
			t.Errorf("after one school ended it: %v", got)
		}
		if err := a.s.JoinSelves(ctx, mumA, mumB); err != nil {
			t.Fatal(err)
		}
		if err := a.s.PartSelves(ctx, mumA, OrgID(testkit.OrgB)); err != nil {
			t.Fatal(err)
		}
		if got := seen(t, a.s, mumB); len(got) != 1 {
			t.Errorf("after the adult ended it: %v", got)
		}
	})
}

func TestJoiningSelvesIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx := context.Background()
		connect(t, a.s, "2026-11-19") // the cluster ended yesterday
		mumA, mumB := parentPass(testkit.OrgA, a.mum), parentPass(testkit.OrgB, b.mum)
		for _, c := range []struct {
			what string
			x, y access.Pass
			want fault.Kind
		}{
			{"schools that are no longer connected", mumA, mumB, fault.Invalid},
			{"two records of one school", mumA, parentPass(testkit.OrgA, a.dad), fault.Invalid},
			{"a member of staff for somebody", mumA, as(testkit.OrgB, b.head, Head), fault.NotFound},
			{"nobody", mumA, access.Pass{}, fault.NotFound},
		} {
			if err := a.s.JoinSelves(ctx, c.x, c.y); fault.KindOf(err) != c.want {
				t.Errorf("%s: %v", c.what, err)
			}
		}
	})
}
