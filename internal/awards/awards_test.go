package awards

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

var gate = access.NewGate(roll.Rights(), audit.Rights(), plans.Rights(), Rights())

// place is a school with a head, a teacher, an office, an adviser and an assessor.
type place struct {
	org                                      roll.Org
	head, teacher, office, adviser, assessor roll.StaffID
}

func (p place) who(id roll.StaffID, roles ...access.Role) access.Pass {
	return gate.Admit(access.Who{Org: int64(p.org.ID), OrgName: p.org.Name, Staff: int64(id), Name: "Test " + string(roles[0]), Roles: roles, SecondFactorMs: 1})
}

func (p place) as(role access.Role) access.Pass {
	switch role {
	case roll.Teacher:
		return p.who(p.teacher, role)
	case roll.Office:
		return p.who(p.office, role)
	case roll.Adviser:
		return p.who(p.adviser, role)
	case roll.Assessor:
		return p.who(p.assessor, role)
	}
	return p.who(p.head, role)
}

type world struct {
	s        *Service
	roll     *roll.Service
	plans    *plans.Service
	mail     *mailbox
	oak, elm place
}

// mailbox is the mail server at the edge of the house.
type mailbox struct {
	mu   sync.Mutex
	list []post.Ready
}

func (b *mailbox) Send(_ context.Context, r post.Ready) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = append(b.list, r)
	return "ok", nil
}

func (b *mailbox) sent() []post.Ready {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.list
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var sets = []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), roll.Migrations(), plans.Migrations(), audit.Migrations(), Migrations()}

func both(t *testing.T, body func(t *testing.T, w *world)) {
	t.Helper()
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		r := roll.New(d, batch.New(d))
		q := jobs.New(d, slog.New(slog.NewTextHandler(io.Discard, nil)))
		out := post.New(d, q)
		out.May, out.Sender = post.Whether(roll.MayPost), roll.Sender
		p := plans.New(d, r, q, out)
		w := &world{s: New(d, audit.New(d, r), p, q, out), roll: r, plans: p, mail: &mailbox{}}
		out.Use(post.Email, w.mail)
		w.oak, w.elm = w.place(t, "OAK"), w.place(t, "ELM")
		body(t, w)
	})
}

func (w *world) place(t *testing.T, code string) (p place) {
	t.Helper()
	var err error
	p.org, err = w.roll.AddOrg(t.Context(), "test", roll.Org{Code: code, Name: code + " House", Type: "school"}, "")
	must(t, err)
	must(t, w.s.DB.Update(t.Context(), access.System("test", int64(p.org.ID)), func(tx *db.Tx) error {
		for _, x := range []struct {
			id   *roll.StaffID
			name string
			role access.Role
		}{{&p.head, "Hana Head", roll.Head}, {&p.teacher, "Tom Teacher", roll.Teacher}, {&p.office, "Olive Office", roll.Office}, {&p.adviser, "Ada Viser", roll.Adviser}, {&p.assessor, "Asa Sessor", roll.Assessor}} {
			id, err := roll.AddStaff(tx, x.name, strings.ToLower(strings.ReplaceAll(x.name, " ", "."))+"@"+strings.ToLower(code)+".example.org")
			if err != nil {
				return err
			}
			*x.id = id
			if err := roll.GiveRole(tx, id, x.role); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`update roll_staff_role set starts = '2020-01-01', ends = '2035-12-31' where org_id = $1`); err != nil { // they have had it for years
			return err
		}
		_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, $2, 'P1', 'Amira', 'Khan', '7', 'khan')`, ids.New[roll.Pupil]())
		return err
	}))
	return p
}

func (w *world) day(iso string) {
	t, _ := time.Parse(time.DateOnly, iso)
	w.s.DB.SetClock(clock.At(t.Add(9 * time.Hour)))
}

func objectiveCode(n int) string { return fmt.Sprintf("objective-%d", n) }

// begun begins an award under the empty frame of ten, with its people named.
func (w *world) begun(t *testing.T, p place) AwardID {
	t.Helper()
	id, err := w.s.Begin(t.Context(), p.as(roll.Head), Setup{Title: "Open Door Award", Owner: "Door Trust", Framework: "award-frame"})
	must(t, err)
	must(t, w.s.Name(t.Context(), p.as(roll.Head), id, p.adviser, PartAdviser))
	must(t, w.s.Name(t.Context(), p.as(roll.Head), id, p.assessor, PartAssessor))
	return id
}

// walked has the audit, the plan and the visit behind it.
func (w *world) walked(t *testing.T, p place, id AwardID) {
	t.Helper()
	head := p.as(roll.Head)
	must(t, w.s.Settle(t.Context(), head, id, Settling{Step: StepAudit, How: Elsewhere, Day: "2026-09-14", Words: "On paper, in the head's office"}))
	must(t, w.s.Settle(t.Context(), head, id, Settling{Step: StepPlan, How: Elsewhere, Day: "2026-09-28", Words: "On paper, beside it"}))
	must(t, w.s.Visit(t.Context(), p.as(roll.Adviser), id, "2026-10-12", "Walked from the gate to the office with two parents."))
}

// shown shows one link for the objectives from to to.
func (w *world) shown(t *testing.T, p place, id AwardID, from, to int) {
	t.Helper()
	for n := from; n <= to; n++ {
		must(t, w.s.Show(t.Context(), p.as(roll.Head), id, objectiveCode(n), audit.Shown{Title: "Our year with families", Address: "https://oak.example.org/families"}, "Page "+fmt.Sprint(n)))
	}
}

// awarded goes all the way on a day.
func (w *world) awarded(t *testing.T, p place, day string) AwardID {
	t.Helper()
	w.day(day)
	id := w.begun(t, p)
	head := p.as(roll.Head)
	for _, step := range []string{StepAudit, StepPlan, StepVisit} {
		must(t, w.s.Settle(t.Context(), head, id, Settling{Step: step, How: Skipped, Words: "Done before we had Ajar"}))
	}
	w.shown(t, p, id, 1, 10)
	_, err := w.s.Ready(t.Context(), head, id)
	must(t, err)
	for n := 1; n <= 10; n++ {
		must(t, w.s.Judge(t.Context(), p.as(roll.Assessor), id, objectiveCode(n), true, ""))
	}
	must(t, w.s.Decide(t.Context(), p.as(roll.Assessor), id, Awarded, day, "A welcome that families speak of."))
	return id
}

func (w *world) work(t *testing.T) {
	t.Helper()
	for range 20 {
		n, err := w.s.Jobs.Round(t.Context())
		must(t, err)
		m, err := w.s.Post.Round(t.Context())
		n += m
		must(t, err)
		if n == 0 {
			return
		}
	}
}

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		day  string
		n    int
		want string
	}{{"2026-03-10", 36, "2029-03-10"}, {"2028-02-29", 36, "2031-02-28"}, {"2028-02-29", 48, "2032-02-29"}, {"2029-03-10", -12, "2028-03-10"}, {"2029-03-10", -9, "2028-06-10"}, {"2029-03-10", -3, "2028-12-10"},
		{"2029-05-31", -3, "2029-02-28"}, {"2026-01-31", 1, "2026-02-28"}, {"2026-12-31", 2, "2027-02-28"}, {"2027-01-15", -1, "2026-12-15"}, {"x", 1, ""}} {
		if got := AddMonths(c.day, c.n); got != c.want {
			t.Errorf("%s and %d months is %s, not %s", c.day, c.n, got, c.want)
		}
	}
}

func TestRemindNow(t *testing.T) {
	for today, want := range map[string]string{"2028-03-09": "", "2028-03-10": "12", "2028-06-09": "12", "2028-06-10": "9 past 12", "2028-12-10": "3 past 12 9", "2029-03-10": "3 past 12 9", "2029-03-11": ""} {
		got := ""
		if now, past, due := RemindNow("2029-03-10", today); due {
			got = fmt.Sprint(now.Months)
			for i, p := range past {
				if i == 0 {
					got += " past"
				}
				got += fmt.Sprint(" ", p.Months)
			}
		}
		if got != want {
			t.Errorf("%s: %q, not %q", today, got, want)
		}
	}
}

// A02: an award dated 2026-03-10 expires 2029-03-10, and reminders go out 12, 9 and 3 months before, each once.
func TestA02AwardExpiresAfterThreeYearsWithReminders(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		id := w.awarded(t, w.oak, "2026-03-10")
		v, err := w.s.Open(t.Context(), w.oak.as(roll.Head), id, 0)
		must(t, err)
		if v.AwardedOn != "2026-03-10" || v.Expires != "2029-03-10" || v.State() != "Awarded" {
			t.Fatalf("awarded on %s, expires %s, %s", v.AwardedOn, v.Expires, v.State())
		}
		// Every day for three years: letters go out on these days alone, though work is looked for again and again.
		days := map[string]int{}
		for day := "2026-03-11"; day <= "2029-03-12"; {
			before := len(w.mail.sent())
			w.day(day)
			w.work(t)
			if n := len(w.mail.sent()) - before; n > 0 {
				days[day] = n
			}
			d, _ := time.Parse(time.DateOnly, day)
			day = d.AddDate(0, 0, 1).Format(time.DateOnly)
			if d.Day() > 12 && d.Day() < 27 || d.Day() > 1 && d.Day() < 8 { // nothing is due there; be quick
				day = d.AddDate(0, 0, 6).Format(time.DateOnly)
			}
		}
		if len(days) != 3 || days["2028-03-10"] != 1 || days["2028-06-10"] != 1 || days["2028-12-10"] != 1 {
			t.Errorf("letters on %v", days)
		}
		if m := w.mail.sent()[0]; !strings.Contains(m.Subject, "runs out on 10 March 2029") || !strings.Contains(m.Body, "12 months") {
			t.Errorf("%s\n%s", m.Subject, m.Body)
		}
		must(t, w.s.remind(t.Context(), jobs.Job{Org: int64(w.oak.org.ID), Key: int64(id)})) // work may be done twice
		if n := len(w.mail.sent()); n != 3 {
			t.Errorf("%d letters", n)
		}
		v, err = w.s.Open(t.Context(), w.oak.as(roll.Head), id, 0)
		must(t, err)
		if v.State() != "Ran out" || len(v.Reminded) != 3 {
			t.Errorf("%s, %+v", v.State(), v.Reminded)
		}
	})
}

// A02: the last day of February is decided, and how long an award lasts is its own setting.
func TestA02LeapDayAndAnotherLength(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.day("2028-02-29")
		head := w.oak.as(roll.Head)
		for months, want := range map[int]string{0: "2031-02-28", 12: "2029-02-28", 48: "2032-02-29"} {
			id, err := w.s.Hold(t.Context(), head, Setup{Title: "x", Owner: "y", Framework: "award-frame", Months: months}, Held{Day: "2028-02-29", By: "A. Reed"})
			must(t, err)
			v, err := w.s.Open(t.Context(), head, id, 0)
			must(t, err)
			if v.Expires != want {
				t.Errorf("%d months: until %s, not %s", months, v.Expires, want)
			}
		}
		if _, err := w.s.Hold(t.Context(), head, Setup{Framework: "award-frame", Months: 121}, Held{Day: "2028-02-29", By: "x"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("121 months: %v", err)
		}
		if _, err := w.s.Hold(t.Context(), head, Setup{Framework: "award-frame"}, Held{Day: "2028-03-01", By: "x"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("verified tomorrow: %v", err)
		}
		if _, err := w.s.Begin(t.Context(), head, Setup{Framework: "engagement"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an audit's framework: %v", err)
		}
	})
}

// A02: a renewed award is not reminded of any more; one that is entered late is reminded once, and not of what has passed.
func TestA02RenewedAwardIsNotRemindedOf(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		head := w.oak.as(roll.Head)
		old := w.awarded(t, w.oak, "2026-03-10")
		w.day("2028-04-01")
		w.work(t)
		if n := len(w.mail.sent()); n != 1 {
			t.Fatalf("%d letters", n)
		}
		next, dropped, err := w.s.Renew(t.Context(), head, old)
		must(t, err)
		if dropped != 0 {
			t.Errorf("%d places are gone", dropped)
		}
		if _, _, err := w.s.Renew(t.Context(), head, old); fault.KindOf(err) != fault.Conflict {
			t.Errorf("carried on twice: %v", err)
		}
		v, err := w.s.Open(t.Context(), head, next, 0)
		must(t, err)
		if len(v.Portfolio.Objectives) != 10 || len(v.Portfolio.Missing()) != 10 || len(v.Portfolio.Objectives[0].Shown) != 1 || !v.Portfolio.Objectives[0].Shown[0].Asked || v.Before == nil || v.Before.ID != old {
			t.Fatalf("%d objectives, %d missing, %+v", len(v.Portfolio.Objectives), len(v.Portfolio.Missing()), v.Portfolio.Objectives[0])
		}
		// Each piece older than a year is asked for again, and counts when somebody has looked.
		for _, o := range v.Portfolio.Objectives {
			must(t, w.s.StillHolds(t.Context(), head, next, o.Shown[0].ID, ""))
		}
		for _, step := range []string{StepAudit, StepPlan, StepVisit} {
			must(t, w.s.Settle(t.Context(), head, next, Settling{Step: step, How: Skipped, Words: "As last time"}))
		}
		_, err = w.s.Ready(t.Context(), head, next)
		must(t, err)
		if err := w.s.Judge(t.Context(), w.oak.as(roll.Assessor), next, objectiveCode(1), true, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the assessor of last time came along: %v", err)
		}
		must(t, w.s.Name(t.Context(), head, next, w.oak.assessor, PartAssessor))
		for n := 1; n <= 10; n++ {
			must(t, w.s.Judge(t.Context(), w.oak.as(roll.Assessor), next, objectiveCode(n), true, ""))
		}
		must(t, w.s.Decide(t.Context(), w.oak.as(roll.Assessor), next, Awarded, "2028-04-01", ""))
		for _, day := range []string{"2028-06-10", "2028-12-10", "2029-03-01"} {
			w.day(day)
			w.work(t)
		}
		if n := len(w.mail.sent()); n != 1 {
			t.Errorf("%d letters about an award that has been renewed", n)
		}
		// Entered late: five months are left, so nine months is what it is told of, once.
		late, err := w.s.Hold(t.Context(), head, Setup{Title: "Old one", Owner: "z", Framework: "award-frame"}, Held{Day: "2026-08-01", By: "A. Reed"})
		must(t, err)
		w.work(t)
		w.work(t)
		if l := w.mail.sent(); len(l) != 2 || !strings.Contains(l[1].Body, "9 months") {
			t.Errorf("%d letters", len(l))
		}
		if v, err = w.s.Open(t.Context(), head, late, 0); err != nil || len(v.Reminded) != 2 || v.Reminded[0] != (Reminded{12, TooLate, v.Reminded[0].AtMs}) || v.Reminded[1].Sent != 1 {
			t.Errorf("%+v %v", v.Reminded, err)
		}
	})
}

// A02: audit, plan, adviser and assessment come in this order, and a step is skipped only by the lead and with a reason that the assessor reads.
func TestA02OrderIsKeptAndSkipsAreExplained(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head, adviser, assessor := t.Context(), w.oak.as(roll.Head), w.oak.as(roll.Adviser), w.oak.as(roll.Assessor)
		id := w.begun(t, w.oak)
		w.shown(t, w.oak, id, 1, 10)
		refused := func(what string, err error, words string) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := w.s.Ready(ctx, head, id)
		refused("ready without a step", err, "“Audit” is still ahead")
		refused("a visit before the audit", w.s.Visit(ctx, adviser, id, "2026-10-12", "x"), "“Audit” comes before")
		refused("the plan before the audit", w.s.Settle(ctx, head, id, Settling{Step: StepPlan, How: Skipped, Words: "x"}), "“Audit” comes before")
		refused("a skip without a reason", w.s.Settle(ctx, head, id, Settling{Step: StepAudit, How: Skipped}), "Write why")
		refused("elsewhere without a day", w.s.Settle(ctx, head, id, Settling{Step: StepAudit, How: Elsewhere, Words: "x"}), "Write the day")
		refused("elsewhere tomorrow", w.s.Settle(ctx, head, id, Settling{Step: StepAudit, How: Elsewhere, Day: "2026-11-21", Words: "x"}), "can't lie ahead")
		if err := w.s.Settle(ctx, w.oak.as(roll.Teacher), id, Settling{Step: StepAudit, How: Skipped, Words: "x"}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a teacher skips: %v", err)
		}
		if err := w.s.Settle(ctx, adviser, id, Settling{Step: StepAudit, How: Skipped, Words: "x"}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the adviser skips: %v", err)
		}
		// The actual audit, once it is closed, and the plan that came from it.
		a, err := w.s.Audit.Start(ctx, head, audit.Setup{Framework: "room", Scope: audit.School, Title: "Where are we"})
		must(t, err)
		refused("an open audit", w.s.Settle(ctx, head, id, Settling{Step: StepAudit, How: Done, Audit: a}), "closed")
		must(t, w.s.Audit.Close(ctx, head, a))
		must(t, w.s.Settle(ctx, head, id, Settling{Step: StepAudit, How: Done, Audit: a}))
		before, err := w.plans.Make(ctx, head, plans.Plan{Title: "Last year", Starts: "2025-09-01", Ends: "2026-08-31"})
		must(t, err)
		refused("a plan that ended before the audit", w.s.Settle(ctx, head, id, Settling{Step: StepPlan, How: Done, Plan: before}), "ended on")
		plan, err := w.plans.Make(ctx, head, plans.Plan{Title: "This year", Starts: "2026-09-01", Ends: "2027-08-31"})
		must(t, err)
		must(t, w.s.Settle(ctx, head, id, Settling{Step: StepPlan, How: Done, Plan: plan}))
		refused("taking the audit back under the plan", w.s.Unsettle(ctx, head, id, StepAudit), "rests on it")
		refused("a visit before the plan's day", w.s.Visit(ctx, adviser, id, "2026-10-12", "x"), "the day of the step before it")
		must(t, w.s.Settle(ctx, head, id, Settling{Step: StepVisit, How: Skipped, Words: "The adviser was ill, and the date could not be moved."}))
		if err := w.s.Judge(ctx, assessor, id, objectiveCode(1), true, ""); fault.KindOf(err) != fault.Conflict {
			t.Errorf("judged before it is ready: %v", err)
		}
		refused("assessment before ready", w.s.Settle(ctx, head, id, Settling{Step: StepAssessment, How: Skipped, Words: "x"}), "Say first that it is ready")
		no, err := w.s.Ready(ctx, head, id)
		must(t, err)
		v, err := w.s.Open(ctx, assessor, id, no)
		must(t, err)
		if s := v.Portfolio.Steps; s[0].AuditID == nil || *s[0].AuditID != a || s[1].PlanID == nil || s[1].Words != "This year" || s[2].How != Skipped || s[2].Words != "The adviser was ill, and the date could not be moved." {
			t.Errorf("the assessor reads %+v", s)
		}
		refused("evidence after ready", w.s.Show(ctx, head, id, objectiveCode(1), audit.Shown{Address: "https://x.example.org"}, ""), "with the assessor")
		refused("a comment after ready", w.s.Comment(ctx, adviser, id, objectiveCode(1), "x"), "with the assessor")
		refused("a decision with nothing judged", w.s.Decide(ctx, assessor, id, Awarded, "2026-11-20", ""), "10 of 10 objectives are not judged yet")
	})
}

// A02: with ten objectives loaded, one without evidence blocks “ready for assessment”, and is named.
func TestA02ObjectiveWithoutEvidenceBlocksReady(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		id := w.begun(t, w.oak)
		w.walked(t, w.oak, id)
		w.shown(t, w.oak, id, 1, 6)
		w.shown(t, w.oak, id, 8, 10)
		_, err := w.s.Ready(ctx, head, id)
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "1 of 10 objectives has no evidence: Objective 7.") {
			t.Fatalf("%v", err)
		}
		v, err := w.s.Open(ctx, head, id, 0)
		must(t, err)
		if len(v.Portfolio.Objectives) != 10 || len(v.Blocked) != 1 || len(v.Portfolio.Missing()) != 1 || v.Portfolio.Missing()[0].Code != "objective-7" {
			t.Errorf("%v", v.Blocked)
		}
		// It is a gap for the plan, and gone from there once something shows it.
		gap := func() bool {
			list := 0
			must(t, w.s.DB.View(ctx, head, func(tx *db.Tx) error {
				g, err := gaps(tx)
				for _, x := range g {
					if x.Source.Key == "award-frame/objective-7" {
						list++
					}
				}
				return err
			}))
			return list == 1
		}
		if !gap() {
			t.Error("it is no gap of the plan")
		}
		w.shown(t, w.oak, id, 7, 7)
		if gap() {
			t.Error("it is still a gap of the plan")
		}
		v, err = w.s.Open(ctx, head, id, 0)
		must(t, err)
		must(t, w.s.TakeOff(ctx, head, id, v.Portfolio.Objectives[6].Shown[0].ID))
		if _, err = w.s.Ready(ctx, head, id); fault.KindOf(err) != fault.Conflict {
			t.Errorf("ready after the evidence was taken off: %v", err)
		}
		w.shown(t, w.oak, id, 7, 7)
		no, err := w.s.Ready(ctx, head, id)
		must(t, err)
		if no != 1 {
			t.Errorf("version %d", no)
		}
	})
}

// A02: the same piece of evidence may serve several objectives, and is one piece in one library.
func TestA02OneEvidenceServesSeveralObjectives(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		id := w.begun(t, w.oak)
		w.shown(t, w.oak, id, 1, 3)
		must(t, w.s.Show(ctx, head, id, objectiveCode(4), audit.Shown{Title: "Letter", File: "letter.pdf", Body: []byte("%PDF-1.4 x")}, "How we invite"))
		v, err := w.s.Open(ctx, head, id, 0)
		must(t, err)
		file := v.Portfolio.Objectives[3].Shown[0].Evidence
		must(t, w.s.Show(ctx, head, id, objectiveCode(5), audit.Shown{Kept: file}, "And in which languages"))
		v, err = w.s.Open(ctx, head, id, 0)
		must(t, err)
		if pieces, places := v.Portfolio.Pieces(); pieces != 2 || places != 5 {
			t.Errorf("%d pieces in %d places", pieces, places)
		}
		if o := v.Portfolio.Objectives; o[0].Shown[0].Evidence != o[2].Shown[0].Evidence || o[0].Shown[0].Words == o[2].Shown[0].Words || o[4].Shown[0].Words != "And in which languages" {
			t.Errorf("%+v", o[:5])
		}
		list, err := w.s.Audit.Evidence(ctx, head)
		must(t, err)
		if len(list) != 2 || list[0].Uses+list[1].Uses != 5 {
			t.Errorf("the library: %+v", list)
		}
		// The words of the first place stay when the second is taken off.
		must(t, w.s.TakeOff(ctx, head, id, v.Portfolio.Objectives[4].Shown[0].ID))
		if _, body, err := w.s.File(ctx, head, id, file); err != nil || string(body) != "%PDF-1.4 x" {
			t.Errorf("%q %v", body, err)
		}
	})
}

// A02: who advised may not assess: by part, by role held earlier, by a second row of the same person, by hat, by being signed in with both roles.
func TestA02AdviserIsNotAssessor(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		id := w.begun(t, w.oak)
		// The adviser decides nothing, also not with the assessor's role on top.
		both := w.oak.who(w.oak.adviser, roll.Adviser, roll.Assessor)
		for _, p := range []access.Pass{w.oak.as(roll.Adviser), both} {
			if err := w.s.Judge(ctx, p, id, objectiveCode(1), true, ""); fault.KindOf(err) != fault.NotFound {
				t.Errorf("the adviser judges: %v", err)
			}
			if err := w.s.Decide(ctx, p, id, Awarded, "2026-11-20", ""); fault.KindOf(err) != fault.NotFound {
				t.Errorf("the adviser decides: %v", err)
			}
		}
		add := func(name, email string, roles ...access.Role) (s roll.StaffID) {
			must(t, w.s.DB.Update(ctx, access.System("test", int64(w.oak.org.ID)), func(tx *db.Tx) (err error) {
				if s, err = roll.AddStaff(tx, name, email); err != nil {
					return err
				}
				for _, r := range roles {
					if err := roll.GiveRole(tx, s, r); err != nil {
						return err
					}
				}
				return nil
			}))
			return s
		}
		must(t, w.s.DB.Update(ctx, access.System("test", int64(w.oak.org.ID)), func(tx *db.Tx) error { return roll.GiveRole(tx, w.oak.adviser, roll.Assessor) }))
		past := add("Percy Past", "percy@oak.example.org", roll.Assessor)
		twin := add("A. Viser", "ADA.VISER@oak.example.org", roll.Assessor)
		namesake := add("Ada  Viser", "", roll.Assessor)
		hat := add("Mrs Hat", "", roll.Assessor)
		insider := add("Ingrid Inside", "", roll.Assessor, roll.Teacher)
		free := add("Fay Free", "fay@oak.example.org", roll.Assessor)
		must(t, w.s.DB.Update(ctx, access.System("test", int64(w.oak.org.ID)), func(tx *db.Tx) error {
			if _, err := tx.Exec(`insert into roll_staff_role (org_id, id, staff_id, role, starts, ends) values ($1, $2, $3, 'adviser', '2024-01-01', '2024-12-31')`, ids.New[Part](), past); err != nil {
				return err
			}
			adult := ids.New[roll.Adult]()
			if _, err := tx.Exec(`insert into roll_adult (org_id, id, name) values ($1, $2, 'Ada at home')`, adult); err != nil {
				return err
			}
			for _, s := range []roll.StaffID{w.oak.adviser, hat} {
				if _, err := tx.Exec(`insert into roll_hat (org_id, id, staff_id, adult_id, by_name, made_ms) values ($1, $2, $3, $4, 'test', 1)`, ids.New[Part](), s, adult); err != nil {
					return err
				}
			}
			return nil
		}))
		v, err := w.s.Open(ctx, head, id, 0)
		must(t, err)
		for _, p := range v.Parts {
			if p.Part == PartAssessor {
				must(t, w.s.Unname(ctx, head, id, p.ID))
			}
		}
		for who, s := range map[string]roll.StaffID{"the adviser": w.oak.adviser, "an adviser of 2024": past, "the adviser's other row": twin, "one of the same name": namesake, "one with the same hat": hat, "a teacher here": insider} {
			if err := w.s.Name(ctx, head, id, s, PartAssessor); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s was named: %v", who, err)
			}
		}
		must(t, w.s.Name(ctx, head, id, free, PartAssessor))
		if err := w.s.Name(ctx, head, id, w.oak.assessor, PartAssessor); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a second assessor: %v", err)
		}
		list, err := w.s.Candidates(ctx, head, id)
		must(t, err)
		for _, c := range list[PartAssessor] {
			if (c.ID == w.oak.assessor) != (c.Why == "") {
				t.Errorf("%s: %q", c.Name, c.Why)
			}
		}
		// A role given later counts too: it is asked at each act, also of somebody who was rightly named.
		w.walked(t, w.oak, id)
		w.shown(t, w.oak, id, 1, 10)
		_, err = w.s.Ready(ctx, head, id)
		must(t, err)
		as := w.oak.who(free, roll.Assessor)
		must(t, w.s.Judge(ctx, as, id, objectiveCode(1), true, ""))
		must(t, w.s.DB.Update(ctx, access.System("test", int64(w.oak.org.ID)), func(tx *db.Tx) error { return roll.GiveRole(tx, free, roll.Adviser) }))
		for _, p := range []access.Pass{as, w.oak.who(free, roll.Assessor, roll.Adviser)} {
			if err := w.s.Judge(ctx, p, id, objectiveCode(2), true, ""); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "may not assess what they advised") {
				t.Errorf("judged by somebody who advises: %v", err)
			}
		}
		// Nobody is stuck: another assessor is named, and judges all of it.
		v, err = w.s.Open(ctx, head, id, 0)
		must(t, err)
		for _, p := range v.Parts {
			if p.Part == PartAssessor {
				must(t, w.s.Unname(ctx, head, id, p.ID))
			}
		}
		must(t, w.s.Name(ctx, head, id, w.oak.assessor, PartAssessor))
		if err := w.s.Decide(ctx, w.oak.as(roll.Assessor), id, Awarded, "2026-11-20", ""); err == nil || !strings.Contains(err.Error(), "10 of 10") {
			t.Errorf("what the other judged counts: %v", err)
		}
		// Somebody who was named as assessor can't become the adviser.
		must(t, w.s.DB.Update(ctx, access.System("test", int64(w.oak.org.ID)), func(tx *db.Tx) error { return roll.GiveRole(tx, w.oak.assessor, roll.Adviser) }))
		if err := w.s.Name(ctx, head, id, w.oak.assessor, PartAdviser); fault.KindOf(err) != fault.Invalid {
			t.Errorf("the assessor advises: %v", err)
		}
		// A decision that is only written down may not be the adviser's either.
		must(t, w.s.Settle(ctx, head, id, Settling{Step: StepAssessment, How: Elsewhere, Day: "2026-11-20", Words: "At the Trust"}))
		if err := w.s.Record(ctx, head, id, Outside{Outcome: Awarded, Day: "2026-11-20", By: "ada viser, for the Door Trust"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("written down as the adviser's: %v", err)
		}
	})
}

// Whoever covers for an assessor who is away gets pupils, never the part.
func TestCoverLendsNoPart(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.begun(t, w.oak)
		w.walked(t, w.oak, id)
		w.shown(t, w.oak, id, 1, 10)
		_, err := w.s.Ready(ctx, w.oak.as(roll.Head), id)
		must(t, err)
		_, err = w.roll.RecordAway(ctx, w.oak.as(roll.Office), w.oak.assessor, roll.Values{"starts": "2026-11-16", "ends": "2026-12-18", "cover": w.oak.adviser.String()})
		must(t, err)
		for _, p := range []access.Pass{w.oak.as(roll.Adviser), w.oak.who(w.oak.adviser, roll.Assessor)} {
			if err := w.s.Judge(ctx, p, id, objectiveCode(1), true, ""); fault.KindOf(err) != fault.NotFound {
				t.Errorf("the cover judges: %v", err)
			}
		}
	})
}

// What the assessor saw stays readable; a “not yet” has a reason for each objective, and the school goes on.
func TestNotYetAndWhatTheAssessorSaw(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head, assessor := t.Context(), w.oak.as(roll.Head), w.oak.as(roll.Assessor)
		id := w.begun(t, w.oak)
		w.walked(t, w.oak, id)
		must(t, w.s.Comment(ctx, w.oak.as(roll.Adviser), id, objectiveCode(2), "Add what Amira Khan said."))
		w.shown(t, w.oak, id, 1, 10)
		// Before it is ready, the assessor sees the objectives and nothing of what is gathered.
		v, err := w.s.Open(ctx, assessor, id, 0)
		must(t, err)
		if !v.Outside || len(v.Portfolio.Objectives) != 10 || len(v.Portfolio.Objectives[0].Shown) != 0 || len(v.Portfolio.Objectives[1].Comments) != 0 || len(v.Portfolio.Visits) != 0 {
			t.Errorf("%+v", v.Portfolio.Objectives[1])
		}
		no, err := w.s.Ready(ctx, head, id)
		must(t, err)
		v, err = w.s.Open(ctx, assessor, id, 0)
		must(t, err)
		if c := v.Portfolio.Objectives[1].Comments; v.Shows == nil || len(c) != 1 || strings.Contains(c[0].Words, "Amira") || !strings.Contains(c[0].Words, "[name]") {
			t.Errorf("the assessor reads %+v", c)
		}
		if err := w.s.Judge(ctx, assessor, id, objectiveCode(3), false, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("not met without a reason: %v", err)
		}
		for n := 1; n <= 10; n++ {
			must(t, w.s.Judge(ctx, assessor, id, objectiveCode(n), n != 3, "Ask fathers too."))
		}
		if err := w.s.TakeBack(ctx, head, id); fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken back under the assessor: %v", err)
		}
		if err := w.s.Decide(ctx, assessor, id, Awarded, "2026-11-20", ""); err == nil || !strings.Contains(err.Error(), "Objective 3") {
			t.Errorf("awarded with one not met: %v", err)
		}
		must(t, w.s.Decide(ctx, assessor, id, NotYet, "2026-11-20", "Nearly."))
		must(t, w.s.Show(ctx, head, id, objectiveCode(3), audit.Shown{Address: "https://oak.example.org/fathers"}, "Saturdays"))
		v, err = w.s.Open(ctx, head, id, no)
		must(t, err)
		if len(v.Portfolio.Objectives[2].Shown) != 1 || v.State() != "Not yet awarded" {
			t.Errorf("version 1 has moved: %+v", v.Portfolio.Objectives[2])
		}
		if x, ok := v.Verdict(objectiveCode(3)); !ok || x.Met || x.Words != "Ask fathers too." {
			t.Errorf("%+v", x)
		}
		again, err := w.s.Ready(ctx, head, id)
		must(t, err)
		if again != 2 {
			t.Errorf("version %d", again)
		}
		must(t, w.s.TakeBack(ctx, head, id))
		if again, err = w.s.Ready(ctx, head, id); err != nil || again != 3 {
			t.Errorf("version %d %v", again, err)
		}
		if err := w.s.Decide(ctx, assessor, id, Awarded, "2026-11-19", ""); err == nil || !strings.Contains(err.Error(), "not judged yet") {
			t.Errorf("verdicts on version 1 count for version 3: %v", err)
		}
		for n := 1; n <= 10; n++ {
			must(t, w.s.Judge(ctx, assessor, id, objectiveCode(n), true, ""))
		}
		if err := w.s.Decide(ctx, assessor, id, Awarded, "2026-11-19", ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("verified before it was ready: %v", err)
		}
		must(t, w.s.Decide(ctx, assessor, id, Awarded, "2026-11-20", ""))
		if err := w.s.Decide(ctx, assessor, id, Awarded, "2026-11-20", ""); fault.KindOf(err) != fault.Conflict {
			t.Errorf("decided twice: %v", err)
		}
	})
}

// A version of the framework stays with the award; a renewal takes the newest, and says what no longer has a place.
func TestRenewalUnderANewerFramework(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		text := func(version, themes string) string {
			return "framework: ours\nversion: \"" + version + "\"\nkind: award\ntitle: Our award\nabout: x\nsource: us\nthemes:\n" + themes
		}
		theme := func(code, criterion, was string) string {
			s := "  - code: " + code + "\n    title: Title of " + code + "\n    criteria:\n      - code: " + criterion + "\n        text: Text of " + criterion + "\n"
			if was != "" {
				s += "        was: [" + was + "]\n"
			}
			return s
		}
		_, err := w.s.Audit.BringIn(ctx, head, text("1", theme("a", "a1", "")+theme("b", "b1", "")))
		must(t, err)
		id, err := w.s.Begin(ctx, head, Setup{Framework: "ours"})
		must(t, err)
		link := func(n int) audit.Shown { return audit.Shown{Address: fmt.Sprintf("https://x.example.org/%d", n)} }
		must(t, w.s.Show(ctx, head, id, "A1", link(1), "one"))
		must(t, w.s.Show(ctx, head, id, "b", link(2), "two"))
		must(t, w.s.Show(ctx, head, id, "a", link(3), "three"))
		_, err = w.s.Audit.BringIn(ctx, head, text("2", theme("a", "x", "")+theme("c", "c1", "a1")))
		must(t, err)
		v, err := w.s.Open(ctx, head, id, 0)
		must(t, err)
		if v.Version != "1" || v.Portfolio.Objectives[1].Code != "b" || v.Title != "Our award" {
			t.Errorf("%+v", v.Award)
		}
		if _, _, err := w.s.Renew(ctx, head, id); fault.KindOf(err) != fault.Conflict {
			t.Errorf("carried on before it was given: %v", err)
		}
		must(t, w.s.DB.Update(ctx, head, func(tx *db.Tx) error {
			_, err := tx.Exec(`update awards_award set outcome = 'awarded', awarded_on = '2025-01-01', expires = '2028-01-01' where org_id = $1`)
			return err
		}))
		next, dropped, err := w.s.Renew(ctx, head, id)
		must(t, err)
		v, err = w.s.Open(ctx, head, next, 0)
		must(t, err)
		o := v.Portfolio.Objectives
		if dropped != 1 || v.Version != "2" || len(o[0].Shown) != 1 || o[0].Shown[0].Words != "three" || len(o[1].Shown) != 1 || o[1].Shown[0].Criterion != "c1" || o[1].Shown[0].Asked {
			t.Errorf("dropped %d: %+v", dropped, o)
		}
	})
}

// A sheet says what shows what: each row is created, updated, the same, or refused with its reason.
func TestTakeMap(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		id := w.begun(t, w.oak)
		lines := []Line{
			{Row: 2, Objective: "objective-1", Evidence: "https://oak.example.org/a", Words: "One"},
			{Row: 3, Objective: "OBJECTIVE-2", Evidence: "https://oak.example.org/a", Words: "Two"},
			{Row: 4, Objective: "objective-3", Evidence: "letter.pdf", Words: "Three", File: "letter.pdf", Body: []byte("%PDF-1.4")},
			{Row: 5, Objective: "objective-4", Evidence: "letter.pdf", Words: "Four"},
			{Row: 6, Objective: "objective-11", Evidence: "https://oak.example.org/a"},
			{Row: 7, Objective: "objective-5", Evidence: "nowhere"},
			{Row: 8, Objective: "objective-5", Evidence: "/pupils/1"},
			{Row: 9, Objective: "objective-5", Evidence: "https://user:secret@oak.example.org"},
			{Row: 10, Objective: "objective-6", Evidence: "x.exe", File: "x.exe", Body: []byte("MZ")},
		}
		got, err := w.s.TakeMap(ctx, head, id, lines)
		must(t, err)
		if got.Rows != 9 || got.Created != 4 || got.Refused != 5 || len(got.Refusals) != 5 || !strings.HasPrefix(got.Refusals[0], "row 6: ") {
			t.Errorf("%+v", got)
		}
		lines[1].Words = "Changed"
		got, err = w.s.TakeMap(ctx, head, id, lines)
		must(t, err)
		if got.Created != 0 || got.Updated != 1 || got.Same != 3 || got.Refused != 5 {
			t.Errorf("again: %+v", got)
		}
		if list, err := w.s.Audit.Evidence(ctx, head); err != nil || len(list) != 2 {
			t.Errorf("the library: %+v %v", list, err)
		}
	})
}

// Whoever comes from outside sees the awards in which they are named, and their evidence: no other award, no other school, no other file.
func TestFromOutside(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		mine := w.begun(t, w.oak)
		other, err := w.s.Begin(ctx, head, Setup{Title: "Another", Framework: "award-frame"})
		must(t, err)
		elms := w.begun(t, w.elm)
		must(t, w.s.Show(ctx, head, other, objectiveCode(1), audit.Shown{File: "secret.pdf", Body: []byte("%PDF secret")}, ""))
		must(t, w.s.Show(ctx, head, mine, objectiveCode(1), audit.Shown{File: "ours.pdf", Body: []byte("%PDF ours")}, ""))
		must(t, w.s.Show(ctx, w.elm.as(roll.Head), elms, objectiveCode(1), audit.Shown{File: "elm.pdf", Body: []byte("%PDF elm")}, ""))
		file := func(p place, id AwardID) audit.EvidenceID {
			v, err := w.s.Open(ctx, p.as(roll.Head), id, 0)
			must(t, err)
			return v.Portfolio.Objectives[0].Shown[0].Evidence
		}
		adviser, assessor := w.oak.as(roll.Adviser), w.oak.as(roll.Assessor)
		if _, body, err := w.s.File(ctx, adviser, mine, file(w.oak, mine)); err != nil || string(body) != "%PDF ours" {
			t.Errorf("the adviser's own: %q %v", body, err)
		}
		for what, err := range map[string]error{
			"another award":              func() error { _, err := w.s.Open(ctx, adviser, other, 0); return err }(),
			"another school's award":     func() error { _, err := w.s.Open(ctx, adviser, elms, 0); return err }(),
			"a file of another award":    func() error { _, _, err := w.s.File(ctx, adviser, mine, file(w.oak, other)); return err }(),
			"by the other award":         func() error { _, _, err := w.s.File(ctx, adviser, other, file(w.oak, other)); return err }(),
			"a file of another school":   func() error { _, _, err := w.s.File(ctx, adviser, mine, file(w.elm, elms)); return err }(),
			"a file before it is ready":  func() error { _, _, err := w.s.File(ctx, assessor, mine, file(w.oak, mine)); return err }(),
			"the library":                func() error { _, err := w.s.Audit.Evidence(ctx, assessor); return err }(),
			"a file by the library":      func() error { _, _, err := w.s.Audit.File(ctx, assessor, file(w.oak, other)); return err }(),
			"a governor takes a file":    func() error { _, _, err := w.s.File(ctx, w.oak.as(roll.Governor), mine, file(w.oak, mine)); return err }(),
			"another school shows ours":  w.s.Show(ctx, w.elm.as(roll.Head), elms, objectiveCode(2), audit.Shown{Kept: file(w.oak, mine)}, ""),
			"another school's award too": w.s.Show(ctx, w.elm.as(roll.Head), mine, objectiveCode(2), audit.Shown{Address: "https://x.example.org"}, ""),
		} {
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		if list, err := w.s.All(ctx, adviser); err != nil || len(list.Awards) != 1 || list.Awards[0].ID != mine {
			t.Errorf("%+v %v", list.Awards, err)
		}
		if list, err := w.s.All(ctx, w.oak.as(roll.Governor)); err != nil || len(list.Awards) != 2 {
			t.Errorf("%+v %v", list.Awards, err)
		}
		// When the part ends, so does the sight.
		v, err := w.s.Open(ctx, head, mine, 0)
		must(t, err)
		for _, p := range v.Parts {
			if p.Part == PartAdviser {
				must(t, w.s.Unname(ctx, head, mine, p.ID))
			}
		}
		if _, err := w.s.Open(ctx, adviser, mine, 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("after the part ended: %v", err)
		}
	})
}

// A decision made elsewhere is written down by the lead, once the assessment has its day or its reason; an own award has no such way.
func TestDecidedElsewhere(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		id := w.begun(t, w.oak)
		w.walked(t, w.oak, id)
		w.shown(t, w.oak, id, 1, 10)
		in := Outside{Outcome: Awarded, Day: "2026-11-20", By: "R. Reed, for the Door Trust", Certificate: "DT-77"}
		if err := w.s.Record(ctx, head, id, in); fault.KindOf(err) != fault.Conflict {
			t.Errorf("before it is ready: %v", err)
		}
		_, err := w.s.Ready(ctx, head, id)
		must(t, err)
		if err := w.s.Record(ctx, head, id, in); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "“Assessment” comes before") {
			t.Errorf("before the assessment: %v", err)
		}
		must(t, w.s.Settle(ctx, head, id, Settling{Step: StepAssessment, How: Elsewhere, Day: "2026-11-20", Words: "The Trust came and read it on paper"}))
		must(t, w.s.Record(ctx, head, id, in))
		v, err := w.s.Open(ctx, head, id, 0)
		must(t, err)
		d, _ := v.Decision()
		if v.Expires != "2029-11-20" || d.StaffID != nil || d.DecidedBy != in.By || d.Certificate != "DT-77" || v.Portfolio.Steps[4].How != Elsewhere {
			t.Errorf("%+v %+v", v.Award, d)
		}
		own, err := w.s.Begin(ctx, head, Setup{Title: "Ours", Framework: "award-frame"})
		must(t, err)
		if err := w.s.Record(ctx, head, own, in); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an own award: %v", err)
		}
		// Nobody decides by command.
		if err := w.s.Judge(ctx, access.System("test", int64(w.oak.org.ID)), own, objectiveCode(1), true, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the system judges: %v", err)
		}
	})
}
