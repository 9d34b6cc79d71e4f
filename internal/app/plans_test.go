package app_test

import (
	"context"
	"strings"
	"testing"

	"ajar/internal/app"
	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/peers"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

// What the last audit found is offered to the plan: below the benchmark, or seen differently by parents; not what nobody answered, not what is still being asked, and
// not what another school found. An action made of it still belongs to it when the next audit finds the same.
func TestWhatAnAuditFoundIsOfferedToThePlan(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		oak, elm := org(t, a, "OAK"), org(t, a, "ELM")
		as := func(o roll.Org, role access.Role) access.Pass {
			who := access.Who{Org: int64(o.ID), OrgName: o.Name, Name: "Test " + string(role), Roles: []access.Role{role}, SecondFactorMs: 1 << 60}
			must(t, a.DB.Update(ctx, systemPass(o), func(tx *db.Tx) error {
				id, err := roll.AddStaff(tx, who.Name, "")
				who.Staff = int64(id)
				return err
			}))
			return a.Gate.Admit(who)
		}
		head, other, office := as(oak, roll.Head), as(elm, roll.Head), as(oak, roll.Office)
		f := audit.Shipped()[0]
		asked := f.AskedOf(audit.Parents)
		low, met, apart := asked[0].Code, asked[1].Code, asked[2].Code
		begin := func(title string) audit.AuditID {
			t.Helper()
			id, err := a.Audit.Start(ctx, head, audit.Setup{Title: title, Framework: f.Code})
			must(t, err)
			must(t, a.Audit.Agree(ctx, head, id, low, 2, "Few could say it"))
			must(t, a.Audit.Agree(ctx, head, id, met, 4, "We looked"))
			return id
		}
		first := begin("Autumn")
		must(t, a.Audit.Agree(ctx, head, first, apart, f.Aim(asked[2]), "We looked"))
		_, err := a.Audit.KeyInSheet(ctx, office, first, audit.Paper{Group: audit.Staff, Name: "Tom Teacher", Levels: map[string]int{apart: 5}})
		must(t, err)
		for range audit.Fewest {
			_, err = a.Audit.KeyInSheet(ctx, office, first, audit.Paper{Group: audit.Parents, Levels: map[string]int{apart: 2}})
			must(t, err)
		}
		made := map[int64]plans.PlanID{}
		for _, p := range []access.Pass{head, other} {
			id, err := a.Plans.Make(ctx, p, plans.Plan{Title: "Plan", Starts: "2026-09-01", Ends: "2027-08-31"})
			must(t, err)
			made[p.Org()] = id
		}
		gaps := func(p access.Pass) (out []plans.OpenGap) {
			t.Helper()
			v, err := a.Plans.Priorities(ctx, p, made[p.Org()])
			must(t, err)
			for _, r := range v.Rooms {
				if r.Key == "audit" {
					out = append(out, r.Gaps...)
				}
			}
			return out
		}
		if g := gaps(head); len(g) != 0 {
			t.Errorf("while it is open: %+v", g)
		}
		must(t, a.Audit.Close(ctx, head, first))
		list := gaps(head)
		if len(list) != 2 {
			t.Fatalf("%d gaps: %+v", len(list), list)
		}
		x, y := list[0], list[1]
		if !strings.HasPrefix(x.Source.Words, low+". ") || x.Why != "Starting; the benchmark is established. So says “Autumn”." || len(x.Suggest) < 1 || len(x.Suggest) > 3 || !strings.Contains(x.Measure, "Established") || x.Theme != f.Themes[0].Title {
			t.Errorf("%+v", x)
		}
		if !strings.HasPrefix(y.Source.Words, apart+". ") || !strings.HasPrefix(y.Why, "Parents and staff see it a level or more apart.") || len(y.Suggest) < 1 || len(y.Suggest) > 3 {
			t.Errorf("%+v", y)
		}
		if g := gaps(other); len(g) != 0 {
			t.Errorf("another school is offered %+v", g)
		}
		if _, ok, err := a.Plans.Gap(ctx, other, x.Source.Kind, x.Source.Key); ok || err != nil {
			t.Errorf("another school finds it by its key: %v, %v", ok, err)
		}
		action, err := a.Plans.Add(ctx, head, made[head.Org()], plans.Typed{Words: x.Suggest[0], Theme: x.Theme, Due: "2027-01-08", Measure: x.Measure, Source: x.Source})
		must(t, err)
		second := begin("Spring")
		must(t, a.Audit.Close(ctx, head, second))
		list = gaps(head)
		if len(list) != 1 || len(list[0].Actions) != 1 || list[0].Actions[0].ID != action || !strings.Contains(list[0].Source.Link, second.String()) || !strings.Contains(list[0].Why, "“Spring”") {
			t.Errorf("after the next audit: %+v", list)
		}
		// The link goes to a page that is there.
		ask := door(t, a)
		who := head.Who()
		if code, body := ask(&who, "GET", list[0].Source.Link, nil); code != 200 || !strings.Contains(body, low) {
			t.Errorf("%s: %d", list[0].Source.Link, code)
		}
	})
}

// What a school nearby offers stands beside the gap and first among what could be done about it in the plan; to a school of another cluster it says nothing.
func TestP02HelpNearbyIsOfferedToThePlan(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := t.Context()
		oak, ash, fir := org(t, a, "OAK"), org(t, a, "ASH"), org(t, a, "FIR")
		must(t, a.DB.Update(ctx, access.Installation("test"), func(tx *db.Tx) error {
			links := ids.New[roll.Org]()
			if _, err := tx.Exec(`insert into roll_org (id, code, name, type, made_ms) values ($1, 'LINKS', 'The Links', 'cluster', 0)`, links); err != nil {
				return err
			}
			for _, o := range []roll.OrgID{oak.ID, ash.ID} {
				if _, err := tx.Exec(`insert into roll_membership (id, member, grouping, starts) values ($1, $2, $3, '2020-01-01')`, ids.New[roll.Org](), o, links); err != nil {
					return err
				}
			}
			return nil
		}))
		head := func(o roll.Org) access.Pass {
			return a.Gate.Admit(access.Who{Org: int64(o.ID), Staff: 1, Name: "Hana Head", Roles: []access.Role{roll.Head}})
		}
		for _, x := range []struct {
			org   roll.Org
			level int
		}{{oak, 1}, {ash, 4}, {fir, 1}} {
			id, err := a.Audit.Start(ctx, head(x.org), audit.Setup{Framework: "engagement", Scope: audit.School})
			must(t, err)
			must(t, a.Audit.Agree(ctx, head(x.org), id, "V1", x.level, "We looked."))
			must(t, a.Audit.Close(ctx, head(x.org), id))
		}
		list, err := a.Peers.Choices(ctx, head(ash))
		must(t, err)
		_, err = a.Peers.Offer(ctx, head(ash), peers.Offered{Key: list[0].Key(), Words: "Come and see.", Until: "2099-07-20"})
		must(t, err)
		for _, x := range []struct {
			org  roll.Org
			want bool
		}{{oak, true}, {fir, false}} {
			plan, err := a.Plans.Make(ctx, head(x.org), plans.Plan{Title: "Plan", Starts: "2026-09-01", Ends: "2027-08-31"})
			must(t, err)
			v, err := a.Plans.Priorities(ctx, head(x.org), plan)
			must(t, err)
			found := false
			for _, r := range v.Rooms {
				for _, g := range r.Gaps {
					if g.Source.Kind == "criterion" && strings.HasSuffix(g.Source.Key, "/V1") {
						found = len(g.Suggest) == 3 && strings.HasPrefix(g.Suggest[0], "Ask "+ash.Name+", which offers to show what it does here until 20 July 2099")
						if !found && x.want {
							t.Errorf("%q", g.Suggest)
						}
					}
				}
			}
			helps, err := a.Audit.Helps(ctx, head(x.org), audit.Shipped()[0], mustCriterion(t, "V1"))
			must(t, err)
			if found != x.want || (len(helps) == 1) != x.want {
				t.Errorf("%s: in the plan %v, beside the gap %v", x.org.Name, found, helps)
			}
		}
	})
}

func mustCriterion(t *testing.T, code string) audit.Criterion {
	t.Helper()
	c, ok := audit.Shipped()[0].Criterion(code)
	if !ok {
		t.Fatal(code)
	}
	return c
}
