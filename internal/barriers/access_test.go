package barriers_test

import (
	"testing"

	"ajar/internal/barriers"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// people are those who ask in the tests below, all of the first school but one.
type people struct {
	head, senco, keyTeacher, teacher, governor, otherHead, nobody access.Pass
}

func (sc *school) people(own roll.PupilID) people {
	sc.t.Helper()
	staff := ids.New[roll.Staff]()
	sc.update(testkit.A(), func(tx *db.Tx) error {
		if _, err := tx.Exec(`insert into roll_staff (org_id, id, name) values ($1, $2, 'Sam Reed')`, staff); err != nil {
			return err
		}
		_, err := tx.Exec(`insert into roll_assignment (org_id, id, pupil_id, staff_id, part, starts) values ($1, $2, $3, $4, 'key_teacher', '2026-09-01')`, ids.New[roll.Worker](), own, staff)
		return err
	})
	gate := access.NewGate(roll.Rights(), barriers.Rights())
	as := func(org int64, role access.Role, staff roll.StaffID) access.Pass {
		return gate.Admit(access.Who{Org: org, Staff: int64(staff), Name: "Sam Reed", Roles: []access.Role{role}})
	}
	return people{as(testkit.OrgA, roll.Head, 0), as(testkit.OrgA, roll.Senco, 0), as(testkit.OrgA, roll.KeyTeacher, staff), as(testkit.OrgA, roll.Teacher, staff),
		as(testkit.OrgA, roll.Governor, 0), as(testkit.OrgB, roll.Head, 0), access.Pass{}}
}

// Every verb: who may, who may not, the other school, and no pass at all. A key teacher sees their own pupils; a governor figures and no name.
func TestWhoMay(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		own := sc.put(a, child{id: "own", year: "9", sen: "K", missed: 58, reading: 88})
		other := sc.put(a, child{id: "other", year: "9", sen: "K", missed: 58, reading: 88})
		cohort, err := sc.s.StartCohort(t.Context(), a, "Nine", "Three barriers.", []roll.PupilID{own, other})
		if err != nil {
			t.Fatal(err)
		}
		p := sc.people(own)
		ctx := t.Context()

		type try struct {
			who  string
			pass access.Pass
		}
		everyone := []try{{"head", p.head}, {"senco", p.senco}, {"key teacher", p.keyTeacher}, {"teacher", p.teacher}, {"governor", p.governor}, {"other head", p.otherHead}, {"nobody", p.nobody}}
		verbs := []struct {
			name string
			may  map[string]bool
			do   func(access.Pass) error
		}{
			{"AsOf", map[string]bool{"head": true, "senco": true, "key teacher": true, "other head": true}, func(q access.Pass) error { _, _, err := sc.s.AsOf(ctx, q, ""); return err }},
			{"List", map[string]bool{"head": true, "senco": true, "key teacher": true, "other head": true}, func(q access.Pass) error { _, err := sc.s.List(ctx, q, barriers.Filter{}); return err }},
			{"Try", map[string]bool{"head": true, "senco": true, "key teacher": true, "other head": true}, func(q access.Pass) error { _, err := sc.s.Try(ctx, q, three); return err }},
			{"All", map[string]bool{"head": true, "senco": true, "key teacher": true, "governor": true, "other head": true}, func(q access.Pass) error { _, err := sc.s.All(ctx, q); return err }},
			{"Figures", map[string]bool{"head": true, "senco": true, "key teacher": true, "governor": true, "other head": true}, func(q access.Pass) error { _, err := sc.s.Figures(ctx, q); return err }},
			{"Account of own", map[string]bool{"head": true, "senco": true, "key teacher": true}, func(q access.Pass) error { _, err := sc.s.Account(ctx, q, own); return err }},
			{"Account of another", map[string]bool{"head": true, "senco": true}, func(q access.Pass) error { _, err := sc.s.Account(ctx, q, other); return err }},
			{"SetRules", map[string]bool{"head": true, "other head": true}, func(q access.Pass) error { _, err := sc.s.SetRules(ctx, q, three); return err }},
			{"PutRule", map[string]bool{"head": true, "other head": true}, func(q access.Pass) error {
				return sc.s.PutRule(ctx, q, barriers.RuleText{Code: "meals", Label: "Meals", When: "fsm"})
			}},
			{"EndRule", map[string]bool{"head": true, "other head": true}, func(q access.Pass) error {
				if q.Has(barriers.Rules) {
					if err := sc.s.PutRule(ctx, q, barriers.RuleText{Code: "short", Label: "Short", When: "eal"}); err != nil {
						return err
					}
				}
				return sc.s.EndRule(ctx, q, "short")
			}},
			{"StartCohort", map[string]bool{"head": true, "senco": true}, func(q access.Pass) error {
				_, err := sc.s.StartCohort(ctx, q, "Ten", "Why.", []roll.PupilID{own})
				return err
			}},
			{"Add", map[string]bool{"head": true, "senco": true}, func(q access.Pass) error { return sc.s.Add(ctx, q, cohort, []roll.PupilID{own}, "Why.") }},
			{"Cohorts", map[string]bool{"head": true, "senco": true, "key teacher": true, "other head": true}, func(q access.Pass) error { _, err := sc.s.Cohorts(ctx, q); return err }},
			{"Cohort", map[string]bool{"head": true, "senco": true, "key teacher": true}, func(q access.Pass) error { _, _, err := sc.s.Cohort(ctx, q, cohort); return err }},
			{"CohortToday", map[string]bool{"head": true, "senco": true, "key teacher": true}, func(q access.Pass) error { _, _, err := sc.s.CohortToday(ctx, q, cohort, 0, 50); return err }},
			{"TryRule", map[string]bool{"head": true, "senco": true, "key teacher": true, "other head": true}, func(q access.Pass) error { _, err := sc.s.TryRule(ctx, q, three[0]); return err }},
			{"RulesToKeep", map[string]bool{"head": true, "senco": true, "key teacher": true, "governor": true, "other head": true}, func(q access.Pass) error { _, err := sc.s.RulesToKeep(ctx, q); return err }},
			{"Offers", map[string]bool{"head": true, "other head": true}, func(q access.Pass) error { _, err := sc.s.Offers(ctx, q); return err }},
			{"Remove", map[string]bool{"head": true, "senco": true}, func(q access.Pass) error {
				err := sc.s.Remove(ctx, q, cohort, other, "Why.")
				if err == nil {
					return sc.s.Add(ctx, q, cohort, []roll.PupilID{other}, "Back.")
				}
				return err
			}},
		}
		tries := testkit.Try(t, testkit.OrgA)
		for _, v := range verbs {
			for _, who := range everyone {
				err := v.do(who.pass)
				tries.Did(v.name, v.may[who.who], who.pass, err)
				switch {
				case v.may[who.who] && err != nil:
					t.Errorf("%s by the %s: %v", v.name, who.who, err)
				case !v.may[who.who] && err == nil:
					t.Errorf("%s by the %s was let through", v.name, who.who)
				case !v.may[who.who] && who.who != "nobody" && fault.KindOf(err) != fault.NotFound:
					t.Errorf("%s by the %s: not yours and not there must look the same: %v", v.name, who.who, err)
				}
			}
		}

		// EndCohort last, since a cohort is closed once.
		for _, who := range everyone[2:] {
			err := sc.s.EndCohort(ctx, who.pass, cohort, "Done.")
			tries.Did("EndCohort", false, who.pass, err)
			if err == nil {
				t.Errorf("EndCohort by the %s was let through", who.who)
			}
		}
		err = sc.s.EndCohort(ctx, p.senco, cohort, "Done.")
		tries.Did("EndCohort", true, p.senco, err)
		if err != nil {
			t.Error(err)
		}
	})
}

// What a key teacher gets of lists and cohorts is about their own pupils alone.
func TestOwnMeansOwn(t *testing.T) {
	both(t, func(t *testing.T, sc *school) {
		a := testkit.A()
		sc.rules(a, three...)
		own := sc.put(a, child{id: "own", year: "9", sen: "K", missed: 58})
		other := sc.put(a, child{id: "other", year: "10", sen: "K", missed: 58})
		cohort, err := sc.s.StartCohort(t.Context(), a, "Nine", "Three barriers.", []roll.PupilID{own, other})
		if err != nil {
			t.Fatal(err)
		}
		kt := sc.people(own).keyTeacher
		for _, day := range []string{"", "2026-10-05"} { // kept, and worked out
			if got := sc.list(kt, day); len(got) != 1 || got["own"].PupilID != "own" {
				t.Errorf("list of %q: %v", day, got)
			}
		}
		got, err := sc.s.List(t.Context(), kt, barriers.Filter{})
		if err != nil || got.Total != 1 || got.Everyone != 1 || len(got.Years) != 1 || got.Rows[0].Key != "Sam Reed" {
			t.Errorf("%+v, %v", got, err)
		}
		if trial, err := sc.s.Try(t.Context(), kt, nil); err != nil || trial.Pupils != 1 {
			t.Errorf("%+v, %v", trial, err)
		}
		if _, members, err := sc.s.Cohort(t.Context(), kt, cohort); err != nil || len(members) != 1 || members[0].PupilID != own {
			t.Errorf("%+v, %v", members, err)
		}
	})
}
