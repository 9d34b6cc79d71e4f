package practice

import (
	"io"
	"log/slog"
	"strings"
	"testing"

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

var gate = access.NewGate(roll.Rights(), plans.Rights(), Rights())

type place struct {
	org   int64
	staff [3]roll.StaffID

	mother access.Pass
}

func (p place) as(role access.Role) access.Pass { return p.who(0, role) }

func (p place) who(i int, role access.Role) access.Pass {
	return gate.Admit(access.Who{Org: p.org, Staff: int64(p.staff[i]), Name: "Test " + string(role), Roles: []access.Role{role}, SecondFactorMs: 1})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// both has two schools: Amira Khan is on the roll of the one, Ben Lee on that of the other.
func both(t *testing.T, body func(t *testing.T, s *Service, p *plans.Service, a, b place)) {
	t.Helper()
	testkit.Both(t, []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), roll.Migrations(), plans.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		q := jobs.New(d, slog.New(slog.NewTextHandler(io.Discard, nil)))
		r := roll.New(d, batch.New(d))
		p := plans.New(d, r, q, post.New(d, q))
		settle := func(pass access.Pass, forename, surname string) place {
			out := place{org: pass.Org()}
			must(t, d.Update(t.Context(), pass, func(tx *db.Tx) (err error) {
				for i, n := range []string{"Hana Head", "Tom Teacher", "Wanda Worker"} {
					if out.staff[i], err = roll.AddStaff(tx, n, ""); err != nil {
						return err
					}
				}
				_, err = tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, $2, 'P1', $3, $4, '7', $4)`, ids.New[roll.Pupil](), forename, surname)
				return err
			}))
			return out
		}
		body(t, New(d, r, p), p, settle(testkit.A(), "Amira", "Khan"), settle(testkit.B(), "Ben", "Lee"))
	})
}

// A05: a consultation with a published outcome cannot be tagged above "consulted and informed" unless a record shows that a decision was shared.
func TestA05APublishedConsultationIsNoMoreThanConsulted(t *testing.T) {
	published := Activity{Kind: "consultation", PublishedOn: "2026-11-01"}
	for _, c := range []struct {
		a      Activity
		shares int
		rung   Rung
		ok     bool
	}{{published, 0, 5, true}, {published, 0, 6, false}, {published, 0, 8, false}, {published, 1, 6, true}, {Activity{Kind: "consultation"}, 0, 6, true}, {published, 1, 9, false}, {published, 0, 0, false}} {
		if err := MayBe(c.rung, c.a, c.shares); (err == nil) != c.ok {
			t.Errorf("rung %d with %d decisions shared: %v", c.rung, c.shares, err)
		}
	}
	both(t, func(t *testing.T, s *Service, _ *plans.Service, a, _ place) {
		ctx, head := t.Context(), a.as(roll.Head)
		id, err := s.PutActivity(ctx, head, Activity{Title: "How reports should look", Kind: "consultation", OnDay: "2026-10-05", Outcome: "Two pages, in plain words", PublishedOn: "2026-11-01"})
		must(t, err)
		for _, rate := range []func(Rung) error{func(r Rung) error { return s.RateAsStaff(ctx, head, id, r) }, func(r Rung) error { return s.RateForParent(ctx, head, id, r) }} {
			if err := rate(6); fault.KindOf(err) != fault.Invalid {
				t.Errorf("tagged as decided together: %v", err)
			}
			must(t, rate(5))
		}
		must(t, s.ShareDecision(ctx, head, Shared{ActivityID: id, How: "voted", What: "Which of three layouts", OnDay: "2026-11-10"}))
		must(t, s.RateAsStaff(ctx, head, id, 6))
		d, err := s.Activity(ctx, head, id)
		must(t, err)
		if d.Own != 6 || d.Staff != (Spread{0, 0, 0, 0, 0, 1, 0, 0}) {
			t.Errorf("%+v", d)
		}
		if err := s.UnshareDecision(ctx, head, id, d.Shares[0].ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the record went from under a tag: %v", err)
		}
		// The other way round: what was said of an unpublished one keeps its outcome from being published without a record.
		open, err := s.PutActivity(ctx, head, Activity{Title: "Parents' council", Kind: "council", OnDay: "2026-10-05"})
		must(t, err)
		must(t, s.RateAsStaff(ctx, head, open, 7))
		if _, err := s.PutActivity(ctx, head, Activity{ID: open, Title: "Parents' council", Kind: "council", OnDay: "2026-10-05", Outcome: "A new gate", PublishedOn: "2026-11-01"}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("published over a tag that it does not bear out: %v", err)
		}
	})
}

// A05: staff and parents choose apart, parents show from five answers up, and what is shown is a spread over time.
func TestA05StaffAndParentsChooseApart(t *testing.T) {
	both(t, func(t *testing.T, s *Service, _ *plans.Service, a, b place) {
		ctx, head := t.Context(), a.as(roll.Head)
		id, err := s.PutActivity(ctx, head, Activity{Title: "Forum", Kind: "forum", OnDay: "2026-05-05"})
		must(t, err)
		_, err = s.PutActivity(ctx, head, Activity{Title: "Council", Kind: "council", OnDay: "2026-10-05"})
		must(t, err)
		must(t, s.RateAsStaff(ctx, a.who(1, roll.Teacher), id, 6))
		must(t, s.RateAsStaff(ctx, a.who(1, roll.Teacher), id, 5)) // changes their mind
		for range 4 {
			must(t, s.RateForParent(ctx, head, id, 3))
		}
		v, err := s.Participation(ctx, head)
		must(t, err)
		if len(v.Terms) != 2 || v.Terms[0].Label != "Summer 2026" || v.Terms[1].Label != "Autumn 2026" || v.Terms[0].Staff[4] != 1 || v.Terms[0].Staff.N() != 1 || v.Terms[0].Parents.N() != 0 || !v.Terms[0].Few {
			t.Fatalf("%+v", v.Terms)
		}
		if f := v.List[1]; f.Parents.N() != 0 || !f.Few {
			t.Errorf("four parents show: %+v", f)
		}
		must(t, s.RateForParent(ctx, head, id, 4))
		if v, err = s.Participation(ctx, head); err != nil || v.Terms[0].Parents != (Spread{0, 0, 4, 1, 0, 0, 0, 0}) {
			t.Errorf("%+v %v", v.Terms, err)
		}
		must(t, s.UnrateForParent(ctx, head, id, 4))
		if v, err = s.Participation(ctx, head); err != nil || v.Terms[0].Parents.N() != 0 {
			t.Errorf("%+v %v", v.Terms, err)
		}
		if v, err = s.Participation(ctx, b.as(roll.Head)); err != nil || len(v.List) != 0 {
			t.Errorf("the other school sees %+v", v)
		}
	})
}

// A06: a policy not reviewed for 365 days is listed.
func TestA06APolicyNotReviewedFor365DaysIsListed(t *testing.T) {
	for last, due := range map[string]bool{"": true, "2025-11-19": true, "2025-11-20": true, "2025-11-21": false, "2026-11-20": false} {
		if (Policy{LastOn: last}).Due("2026-11-20") != due {
			t.Errorf("last looked at %q: %v", last, !due)
		}
	}
	both(t, func(t *testing.T, s *Service, p *plans.Service, a, b place) {
		ctx, head := t.Context(), a.as(roll.Head)
		id, err := s.PutPolicy(ctx, head, Policy{Title: "Attendance"})
		must(t, err)
		due := func() (n int) {
			t.Helper()
			list, today, err := s.Policies(ctx, head)
			must(t, err)
			for _, x := range list {
				if x.Due(today) {
					n++
				}
			}
			return n
		}
		if due() != 1 {
			t.Error("one that was never looked at is not listed")
		}
		must(t, s.Reviewed(ctx, head, Review{PolicyID: id, OnDay: "2025-11-20", Consulted: "no", Barriers: "Letters only in English"}))
		if due() != 1 {
			t.Error("after 365 days it is not listed")
		}
		plan, err := p.Make(ctx, head, plans.Plan{Title: "x", Starts: "2026-09-01", Ends: "2027-08-31"})
		must(t, err)
		if v, err := p.Priorities(ctx, head, plan); err != nil || v.Open != 1 || v.Rooms[0].Gaps[0].Source.Kind != "policy" {
			t.Errorf("it is no gap of the plan: %+v %v", v, err)
		}
		must(t, s.Reviewed(ctx, head, Review{PolicyID: id, OnDay: "2026-11-20", Consulted: "yes", Barriers: "None found"}))
		if due() != 0 {
			t.Error("it is listed on the day it was looked at")
		}
		v, err := s.Policy(ctx, head, id)
		must(t, err)
		if len(v.Reviews) != 2 || v.Consulted != "yes" || v.LastOn != "2026-11-20" {
			t.Errorf("%+v", v)
		}
		if list, _, err := s.Policies(ctx, b.as(roll.Head)); err != nil || len(list) != 0 {
			t.Errorf("the other school sees %v", list)
		}
	})
}

// A06: the percentage of staff roles with the duty is an exact count over roles; what is not known stands apart.
func TestA06PercentOfRolesIsExact(t *testing.T) {
	for _, c := range []struct {
		yes, no, unknown int
		percent          string
	}{{3, 3, 2, "37.5 %"}, {1, 2, 0, "33.3 %"}, {2, 1, 0, "66.7 %"}, {0, 4, 0, "0.0 %"}, {8, 0, 0, "100.0 %"}, {1, 7, 0, "12.5 %"}, {1, 15, 0, "6.3 %"}} {
		d := DutyCount{c.yes + c.no + c.unknown, c.yes, c.no, c.unknown}
		if got, ok := d.Percent(); !ok || got != c.percent {
			t.Errorf("%+v: %s", c, got)
		}
	}
	if _, ok := (DutyCount{}).Percent(); ok {
		t.Error("there is a percentage of nothing")
	}
	both(t, func(t *testing.T, s *Service, _ *plans.Service, a, b place) {
		ctx, head := t.Context(), a.as(roll.Head)
		var last ids.ID[Duty]
		for i, duty := range []string{"yes", "yes", "yes", "no", "no", "no", "unknown", "unknown"} {
			var err error
			last, err = s.PutDuty(ctx, head, Duty{Title: "Role " + string(rune('A'+i)), Duty: duty})
			must(t, err)
		}
		_, c, err := s.Duties(ctx, a.as(roll.Governor))
		must(t, err)
		if c != (DutyCount{8, 3, 3, 2}) || !strings.Contains(c.Words(), "3 of 8 roles") || !strings.Contains(c.Words(), "37.5 %") || !strings.Contains(c.Words(), "Of 2 roles it is not known") {
			t.Errorf("%+v: %s", c, c.Words())
		}
		must(t, s.DropDuty(ctx, head, last, true))
		if _, c, _ = s.Duties(ctx, head); c.Roles != 7 || c.Unknown != 1 {
			t.Errorf("%+v", c)
		}
		if _, c, _ = s.Duties(ctx, b.as(roll.Head)); c.Roles != 0 {
			t.Errorf("the other school counts %+v", c)
		}
	})
}

func story() Story {
	return Story{Title: "Dads on Saturdays", Situation: "Few fathers came.", Did: "Football with breakfast.", Changed: "Twelve fathers came; four had never been.", Consent: "unasked"}
}

// A07: a story with a pupil's forename that is on the roll is blocked until a person confirms.
func TestA07AStoryWithAForenameOnTheRollIsBlocked(t *testing.T) {
	both(t, func(t *testing.T, s *Service, _ *plans.Service, a, b place) {
		ctx, head, tom := t.Context(), a.as(roll.Head), a.who(1, roll.Teacher)
		x := story()
		x.Did = "Football with breakfast. Amira, aged 7, came on 3 May with her dad."
		id, err := s.PutStory(ctx, tom, x, 0)
		must(t, err)
		if err := s.PublishStory(ctx, head, id); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "Amira") || !strings.Contains(err.Error(), "aged 7") || !strings.Contains(err.Error(), "3 May") {
			t.Fatalf("published, or not all found: %v", err)
		}
		if list, _ := s.Stories(ctx, a.who(2, roll.Teacher), ""); len(list) != 0 {
			t.Error("a draft is read by others")
		}
		// Who publishes reads it after their second step.
		who := head.Who()
		for proved, want := range map[int64]int{0: 0, 1: 1} {
			who.SecondFactorMs = proved
			list, err := s.Stories(ctx, gate.Admit(who), "")
			if _, one := s.Story(ctx, gate.Admit(who), id); err != nil || len(list) != want || (one == nil) != (want == 1) {
				t.Errorf("proved %d: the head reads %d drafts, %v, %v", proved, len(list), err, one)
			}
		}
		must(t, s.Confirm(ctx, head, id, "Amira is the name of the boat."))
		must(t, s.PublishStory(ctx, head, id))
		v, err := s.Story(ctx, tom, id)
		must(t, err)
		// Whoever changes the words must have them looked through again.
		x.ID, x.Did = id, "Football with breakfast. Amira Khan came."
		_, err = s.PutStory(ctx, tom, x, v.Version)
		must(t, err)
		if err := s.PublishStory(ctx, head, id); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a confirmation of other words held: %v", err)
		}
		if list, _ := s.Stories(ctx, a.as(roll.Governor), ""); len(list) != 0 {
			t.Error("it stayed published with other words")
		}
		// Without anything to be known by, nobody has to confirm.
		x.Did = "Football with breakfast. It may rain, and will be fun."
		v, err = s.Story(ctx, tom, id)
		must(t, err)
		_, err = s.PutStory(ctx, tom, x, v.Version)
		must(t, err)
		must(t, s.PublishStory(ctx, head, id))
		// Amira is nobody of the other school.
		x = story()
		x.Did = "Amira came."
		there, err := s.PutStory(ctx, b.as(roll.Head), x, 0)
		must(t, err)
		must(t, s.PublishStory(ctx, b.as(roll.Head), there))
	})
}

// A07: a story about a family needs the family's consent, with the day and the way.
func TestA07AStoryAboutAFamilyNeedsConsent(t *testing.T) {
	both(t, func(t *testing.T, s *Service, _ *plans.Service, a, _ place) {
		ctx, head := t.Context(), a.as(roll.Head)
		x := story()
		x.Family = true
		id, err := s.PutStory(ctx, head, x, 0)
		must(t, err)
		if err := s.PublishStory(ctx, head, id); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("published without consent: %v", err)
		}
		x.ID, x.Consent = id, "given"
		if _, err := s.PutStory(ctx, head, x, 1); fault.KindOf(err) != fault.Invalid {
			t.Errorf("consent without a day: %v", err)
		}
		x.ConsentOn, x.ConsentHow = "2026-11-10", "Both parents read it and signed"
		_, err = s.PutStory(ctx, head, x, 1)
		must(t, err)
		must(t, s.PublishStory(ctx, head, id))
		v, err := s.Story(ctx, head, id)
		must(t, err)
		x.Consent = "refused" // they want it back
		_, err = s.PutStory(ctx, head, x, v.Version)
		must(t, err)
		if v, err = s.Story(ctx, head, id); err != nil || v.State != "draft" {
			t.Errorf("it is %s after they took their consent back: %v", v.State, err)
		}
	})
}

// A07: a request counter of 300 shows the source's note "almost 300". Nobody counted them here, so the page says who states it, in the source's words, and
// counts its own apart.
func TestA07ThreeHundredIsWhatTheSourceStates(t *testing.T) {
	both(t, func(t *testing.T, s *Service, _ *plans.Service, a, _ place) {
		ctx, head := t.Context(), a.as(roll.Head)
		n := 300
		x := story()
		x.Stated, x.StatedWords = &n, "almost 300"
		if _, err := s.PutStory(ctx, head, x, 0); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a number without its source: %v", err)
		}
		x.StatedBy = "the report of 2010"
		id, err := s.PutStory(ctx, head, x, 0)
		must(t, err)
		must(t, s.Requested(ctx, head, id, "Ash School")) // a draft is asked for by nobody
		must(t, s.PublishStory(ctx, head, id))
		must(t, s.Requested(ctx, a.as(roll.Office), id, "Ash School"))
		must(t, s.Requested(ctx, a.as(roll.Office), id, "Elm School"))
		must(t, s.Read(ctx, a.as(roll.Governor), id))
		v, err := s.Story(ctx, head, id)
		must(t, err)
		if want := "Asked for almost 300 times, as the report of 2010 says; that was not counted here. Asked for twice, as counted here."; v.RequestWords() != want || v.Requests != 2 || v.Views != 1 {
			t.Errorf("%q, %d requests, %d views", v.RequestWords(), v.Requests, v.Views)
		}
	})
}

func TestAgesAndDates(t *testing.T) {
	for text, want := range map[string]string{"a nine-year-old girl": "nine-year-old", "He is 9 years old": "9 years old", "aged 11": "aged 11", "on 3 May 2024": "3 May 2024", "on 03/05/2024": "03/05/2024", "May 3rd": "May 3rd", "since 2024-05-03": "2024-05-03"} {
		got := Known(nil, text)
		if len(got) != 1 || got[0].What != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for _, text := range []string{"in May they may come", "12 fathers of Year 9", "in 2024", "page 3"} {
		if got := Known(nil, text); len(got) != 0 {
			t.Errorf("%q: %v", text, got)
		}
	}
}
