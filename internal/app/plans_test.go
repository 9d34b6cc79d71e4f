package app_test

import (
	"context"
	"strings"
	"testing"

	"ajar/internal/app"
	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
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
