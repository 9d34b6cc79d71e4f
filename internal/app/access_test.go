package app_test

import (
	"context"
	"testing"

	"ajar/internal/admin"
	"ajar/internal/app"
	"ajar/internal/barriers"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// Verbs that act on the installation or on several capabilities at once, and rows that are not in the tables of their own folder.
func TestWhoMay(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		here, there := school(t, a, "OAK"), school(t, a, "ELM")
		spare := func() roll.OrgID { return org(t, a, ids.New[roll.Org]().String()).ID }
		cohort := func(in roll.Org) barriers.CohortID {
			id, err := a.Barriers.StartCohort(ctx, as(a, in, roll.Head), "Nine", "Why.", []roll.PupilID{pupil(t, a, in)})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		hers, child := cohort(here), pupil(t, a, here)
		rule := barriers.RuleText{Code: "meals", Label: "Meals", When: "fsm"}
		gone := fault.NotFound
		tries := testkit.Try(t, int64(here.ID))
		for _, c := range []struct {
			verb    string
			may     access.Role
			mayNot  access.Role // "" when everyone may who is signed in
			do      func(p access.Pass) error
			foreign fault.Kind // what the other organisation's person with the same role gets; Internal for their own answer, without an error
		}{
			{"roll.Close", roll.Coordinator, roll.Head, func(p access.Pass) error { return a.Roll.Close(ctx, p, spare(), "31/08/2026") }, 0},
			{"roll.Merge", roll.Coordinator, roll.Head, func(p access.Pass) error {
				return a.Roll.Merge(ctx, p, []roll.OrgID{spare()}, spare(), "31/08/2026")
			}, 0},
			{"roll.Org", roll.Governor, "stranger", func(p access.Pass) error { _, err := a.Roll.Org(ctx, p, here.ID, ""); return err }, 0},
			{"roll.SafeguardingRoute", "stranger", "", func(p access.Pass) error { _, err := a.Roll.SafeguardingRoute(ctx, p); return err }, 0},
			{"roll.SetSetting", roll.Head, roll.Office, func(p access.Pass) error { return a.Roll.SetSetting(ctx, p, "safeguarding.lead", p.Who().OrgName) }, 0},
			{"roll.UndoAssign", roll.Office, roll.KeyTeacher, func(p access.Pass) error {
				_, err := a.Roll.UndoAssign(ctx, p, ids.New[roll.Assignment]())
				if fault.KindOf(err) == fault.Conflict { // let in, and told that there is nothing to undo
					err = nil
				}
				return err
			}, 0},
			{"admin.TrailShown", roll.SafeguardingLead, roll.Leader, func(p access.Pass) error { _, err := a.Admin.TrailShown(ctx, p, admin.TrailFilter{}); return err }, 0},
			{"admin.TrailShown of a pupil", roll.Administrator, roll.KeyTeacher, func(p access.Pass) error {
				_, err := a.Admin.TrailShown(ctx, p, admin.TrailFilter{Pupil: child})
				return err
			}, gone},
			{"admin.TrailFile", roll.Head, roll.Office, func(p access.Pass) error {
				_, err := a.Admin.TrailFile(ctx, p, admin.TrailFilter{Pupil: child})
				return err
			}, gone},
			{"barriers.CohortToday", roll.Head, roll.Governor, func(p access.Pass) error { _, _, err := a.Barriers.CohortToday(ctx, p, hers, 0, 9); return err }, gone},
			{"barriers.EndCohort", roll.Senco, roll.KeyTeacher, func(p access.Pass) error {
				if p.Org() == int64(there.ID) {
					return a.Barriers.EndCohort(ctx, p, hers, "It went well.")
				}
				return a.Barriers.EndCohort(ctx, p, cohort(here), "It went well.")
			}, gone},
			{"barriers.Offers", roll.Leader, roll.Senco, func(p access.Pass) error { _, err := a.Barriers.Offers(ctx, p); return err }, 0},
			{"barriers.RulesToKeep", roll.Head, roll.Office, func(p access.Pass) error { _, err := a.Barriers.RulesToKeep(ctx, p); return err }, 0},
			{"barriers.TryRule", roll.Head, roll.Governor, func(p access.Pass) error { _, err := a.Barriers.TryRule(ctx, p, rule); return err }, 0},
			{"conversations.ClusterCoverage", roll.Coordinator, roll.KeyTeacher, func(p access.Pass) error {
				_, _, _, err := a.Conversations.ClusterCoverage(ctx, p)
				return err
			}, 0},
		} {
			err := c.do(as(a, here, c.may))
			tries.Did(c.verb, true, as(a, here, c.may), err)
			if err != nil {
				t.Errorf("%s: the %s may not: %v", c.verb, c.may, err)
			}
			if c.mayNot != "" {
				tries.Did(c.verb, false, as(a, here, c.mayNot), c.do(as(a, here, c.mayNot)))
			}
			err = c.do(as(a, there, c.may))
			tries.Did(c.verb, false, as(a, there, c.may), err)
			if fault.KindOf(err) != c.foreign || c.foreign == 0 && err != nil {
				t.Errorf("%s: the %s of another organisation: %v", c.verb, c.may, err)
			}
			tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
		}
		// A setting of one organisation is not the other's.
		for _, o := range []roll.Org{here, there} {
			if r, err := a.Roll.SafeguardingRoute(ctx, as(a, o, "stranger")); err != nil || r.Lead != o.Name {
				t.Errorf("%s reads %q, %v", o.Name, r.Lead, err)
			}
		}
	})
}

func org(t *testing.T, a *app.App, code string) roll.Org {
	t.Helper()
	o, err := a.Roll.AddOrg(context.Background(), "test", roll.Org{Code: code, Name: code + " School", Type: "school"}, "")
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// school is an organisation with a member of staff, since work is recorded under a name.
func school(t *testing.T, a *app.App, code string) roll.Org {
	t.Helper()
	o := org(t, a, code)
	if err := a.DB.Update(context.Background(), access.System("test", int64(o.ID)), func(tx *db.Tx) error {
		_, err := roll.AddStaff(tx, "Pat Test", "")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return o
}

func pupil(t *testing.T, a *app.App, in roll.Org) roll.PupilID {
	t.Helper()
	id := ids.New[roll.Pupil]()
	if err := a.DB.Update(context.Background(), access.System("test", int64(in.ID)), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, $2, $3, 'Amira', 'Khan', '7', 'khan')`, id, id.String())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

func as(a *app.App, in roll.Org, role access.Role) access.Pass {
	return a.Gate.Admit(access.Who{Org: int64(in.ID), OrgName: in.Name, Name: "Pat Test", Roles: []access.Role{role}, SecondFactorMs: 1 << 60})
}

func systemPass(in roll.Org) access.Pass { return access.System("test", int64(in.ID)) }
