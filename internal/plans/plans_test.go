package plans

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
	"ajar/internal/sharing"
)

var gate = access.NewGate(roll.Rights(), Rights())

// place is an organisation with a head and a teacher.
type place struct {
	org           roll.Org
	head, teacher roll.StaffID
}

func (p place) as(role access.Role) access.Pass { return p.who(p.head, role) }

func (p place) who(id roll.StaffID, role access.Role) access.Pass {
	return gate.Admit(access.Who{Org: int64(p.org.ID), OrgName: p.org.Name, Staff: int64(id), Name: "Test " + string(role), Roles: []access.Role{role}})
}

// world is an authority with a cluster of two schools, and a school that has no part in it.
type world struct {
	s                  *Service
	sharing            *sharing.Service
	mail               *box
	authority, cluster place
	oak, ash, elm      place
}

// box is the mail server at the edge of the house.
type box struct {
	mu   sync.Mutex
	list []post.Ready
}

func (b *box) Send(_ context.Context, r post.Ready) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = append(b.list, r)
	return "ok", nil
}

// Sent lists what went out.
func (b *box) Sent() []post.Ready {
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

func both(t *testing.T, body func(t *testing.T, w *world)) {
	t.Helper()
	testkit.Both(t, []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), roll.Migrations(), sharing.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		r := roll.New(d, batch.New(d))
		q := jobs.New(d, slog.New(slog.NewTextHandler(io.Discard, nil)))
		p := post.New(d, q)
		p.May, p.Sender = post.Whether(roll.MayPost), roll.Sender
		w := &world{s: New(d, r, q, p), sharing: sharing.New(d, r), mail: &box{}}
		p.Use(post.Email, w.mail)
		w.s.Gives = w.sharing.GivesCounts
		w.authority = w.place(t, "COUNTY", "authority", "")
		w.cluster = w.place(t, "HILLS", "cluster", "COUNTY")
		w.oak, w.ash, w.elm = w.place(t, "OAK", "school", "HILLS"), w.place(t, "ASH", "school", "HILLS"), w.place(t, "ELM", "school", "")
		must(t, d.Update(t.Context(), access.Installation("test"), func(tx *db.Tx) error { // they have belonged together for years
			_, err := tx.Exec(`update roll_membership set starts = '2020-01-01'`)
			return err
		}))
		body(t, w)
	})
}

func (w *world) place(t *testing.T, code, kind, in string) (p place) {
	t.Helper()
	var err error
	p.org, err = w.s.Roll.AddOrg(t.Context(), "test", roll.Org{Code: code, Name: code + " House", Type: kind}, in)
	must(t, err)
	must(t, w.s.DB.Update(t.Context(), access.System("test", int64(p.org.ID)), func(tx *db.Tx) error {
		if p.head, err = roll.AddStaff(tx, "Hana Head", "head@"+strings.ToLower(code)+".example.org"); err != nil {
			return err
		}
		if p.teacher, err = roll.AddStaff(tx, "Tom Teacher", "tom@"+strings.ToLower(code)+".example.org"); err != nil {
			return err
		}
		if _, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, $2, 'P1', 'Amira', 'Khan', '7', 'khan')`, ids.New[roll.Pupil]()); err != nil {
			return err
		}
		return roll.GiveRole(tx, p.head, roll.Head)
	}))
	return p
}

func (w *world) day(iso string) {
	t, _ := time.Parse(time.DateOnly, iso)
	w.s.DB.SetClock(clock.At(t.Add(9 * time.Hour)))
}

func (w *world) plan(t *testing.T, p place) PlanID {
	t.Helper()
	id, err := w.s.Make(t.Context(), p.as(roll.Head), Plan{Title: "Working with families 2026/27", Starts: "2026-09-01", Ends: "2027-08-31"})
	must(t, err)
	return id
}

func action(words, due string, serves ...Ref) Typed {
	return Typed{Theme: "Welcome", Words: words, Due: due, Measure: "Forty families come", Serves: serves}
}

func (w *world) add(t *testing.T, p place, plan PlanID, a Typed) ActionID {
	t.Helper()
	id, err := w.s.Add(t.Context(), p.as(roll.Head), plan, a)
	must(t, err)
	return id
}

// A03: five objectives of the authority are loaded; a school's action linked to (c) appears in the authority's roll-up, when the school lets it.
func TestA03AnActionAppearsInTheRollUpOfTheAuthority(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		refs := map[string]Ref{}
		for _, o := range [][2]string{{"a", "Information and communication to parents"}, {"b", "Access to services"}, {"c", "Parents take part and are engaged"},
			{"d", "Joint working of parenting support workers"}, {"e", "Services for the parenting role, above all in the teenage years"}} {
			id, err := w.s.SetObjective(ctx, w.authority.as(roll.Head), 0, o[0], o[1], nil)
			must(t, err)
			refs[o[0]] = Ref{w.authority.org.ID, id}
		}
		plan := w.plan(t, w.oak)
		w.add(t, w.oak, plan, action("Ask parents to plan the new front door with us", "2027-03-01", refs["c"]))
		elm := w.plan(t, w.elm)
		if _, err := w.s.Add(ctx, w.elm.as(roll.Head), elm, action("Ask parents", "2027-03-01", refs["c"])); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a school that does not belong to the authority linked to its objective: %v", err)
		}
		counts := func(p place) (c Goal, r RollUp) {
			t.Helper()
			r, ok, err := w.s.RollUp(ctx, p.as(roll.Coordinator))
			must(t, err)
			if !ok || len(r.Goals) != 5 && p.org.ID == w.authority.org.ID {
				t.Fatalf("ok %v, %d goals", ok, len(r.Goals))
			}
			for _, g := range r.Goals {
				if g.Code == "c" {
					c = g
				}
			}
			return c, r
		}
		if c, r := counts(w.authority); c.Actions != 0 || r.Members != 2 || r.Giving != 0 {
			t.Errorf("without the head's yes: %+v, %d of %d give", c, r.Giving, r.Members)
		}
		must(t, w.s.Share(ctx, w.oak.as(roll.Head), plan, true))
		c, r := counts(w.authority)
		if c.Actions != 1 || c.Orgs != 1 || !c.Covered || r.Giving != 1 {
			t.Errorf("(c) %+v, %d give", c, r.Giving)
		}
		if c.Split != nil {
			t.Error("how one school's only action stands is shown")
		}
		for _, g := range r.Goals {
			if g.Code != "c" && (g.Actions != 0 || g.Covered) {
				t.Errorf("%s: %+v", g.Code, g)
			}
		}
		// The school takes its figures back from the cluster: the way to the authority goes through it.
		must(t, w.sharing.AllowGroup(ctx, sharingHead(w.oak), w.cluster.org.ID, false))
		if c, r := counts(w.authority); c.Actions != 0 || r.Giving != 0 {
			t.Errorf("after the head said no: %+v, %d give", c, r.Giving)
		}
		if _, ok, err := w.s.RollUp(ctx, w.oak.as(roll.Head)); ok || err != nil {
			t.Errorf("a school rolls up: %v %v", ok, err)
		}
	})
}

// Whoever reads the roll-up reads the grouping's own plan too: four members and that plan are four, not five.
func TestTheOwnPlanDoesNotMakeFewMembersMany(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		id, err := w.s.SetObjective(t.Context(), w.authority.as(roll.Head), 0, "c", "Parents take part", nil)
		must(t, err)
		ref := Ref{w.authority.org.ID, id}
		serve := func(p place) {
			t.Helper()
			plan := w.plan(t, p)
			w.add(t, p, plan, action("Ask parents", "2026-11-01", ref))
			must(t, w.s.Share(t.Context(), p.as(roll.Head), plan, true))
		}
		own := w.plan(t, w.authority)
		w.add(t, w.authority, own, action("Ask the schools", "2027-03-01", ref))
		for i, code := range []string{"A1", "A2", "A3", "A4", "A5"} {
			serve(w.place(t, code, "school", "COUNTY"))
			r, ok, err := w.s.RollUp(t.Context(), w.authority.as(roll.Coordinator))
			must(t, err)
			if g := r.Goals[0]; !ok || g.Orgs != i+2 || g.Actions != i+2 || (g.Split != nil) != (i == 4) {
				t.Errorf("%d members and the own plan: %+v", i+1, g)
			}
		}
	})
}

func sharingHead(p place) access.Pass {
	return access.NewGate(roll.Rights(), sharing.Rights()).Admit(access.Who{Org: int64(p.org.ID), Staff: int64(p.head), Name: "Hana Head", Roles: []access.Role{roll.Head}})
}

// A03: an objective with no linked action in 12 months is listed as uncovered.
func TestA03AnObjectiveWithoutAnActionIn12MonthsIsUncovered(t *testing.T) {
	for _, c := range []struct {
		last, today string
		covered     bool
	}{{"", "2026-11-20", false}, {"2025-11-20", "2026-11-20", true}, {"2025-11-19", "2026-11-20", false}, {"2026-11-20", "2026-11-20", true}} {
		var ms int64
		if c.last != "" {
			d, _ := time.Parse(time.DateOnly, c.last)
			ms = d.Add(12 * time.Hour).UnixMilli()
		}
		if Covered(ms, c.today) != c.covered {
			t.Errorf("last sign %q, today %s: %v", c.last, c.today, !c.covered)
		}
	}
	both(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.day("2025-10-01")
		top, err := w.s.SetObjective(ctx, w.cluster.as(roll.Coordinator), 0, "1", "Fathers are reached", nil)
		must(t, err)
		own, err := w.s.SetObjective(ctx, w.oak.as(roll.Head), 0, "1.1", "Fathers of Year 7 come once", &Ref{w.cluster.org.ID, top})
		must(t, err)
		plan := w.plan(t, w.oak)
		id := w.add(t, w.oak, plan, action("Saturday football", "2027-05-01", Ref{w.oak.org.ID, own}))
		uncovered := func() (out []string) {
			t.Helper()
			v, err := w.s.Objectives(ctx, w.oak.as(roll.Teacher))
			must(t, err)
			if len(v.Tree) != 2 || v.Tree[0].Depth != 0 || v.Tree[1].Depth != 1 || v.Tree[0].OrgName != "HILLS House" {
				t.Fatalf("the tree: %+v", v.Tree)
			}
			for _, b := range v.Uncovered() {
				out = append(out, b.Code)
			}
			return out
		}
		if got := strings.Join(uncovered(), " "); got != "1" {
			t.Errorf("uncovered: %s", got)
		}
		w.day("2026-11-20")
		if got := strings.Join(uncovered(), " "); got != "1 1.1" {
			t.Errorf("a year later, uncovered: %s", got)
		}
		must(t, w.s.Say(ctx, w.oak.as(roll.Head), id, News{Note: "Twelve fathers came", Status: Going, Seen: 1}))
		if got := strings.Join(uncovered(), " "); got != "1" {
			t.Errorf("after a line was written, uncovered: %s", got)
		}
		p, err := w.s.Priorities(ctx, w.oak.as(roll.Head), plan)
		must(t, err)
		if len(p.Rooms) != 1 || len(p.Rooms[0].Gaps) != 1 || len(p.Rooms[0].Gaps[0].Suggest) < 2 || p.Open != 1 {
			t.Errorf("the gap is not offered: %+v", p)
		}
		if _, err := w.s.Remove(ctx, w.oak.as(roll.Head), id); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(uncovered(), " "); got != "1 1.1" {
			t.Errorf("after the action was taken off, uncovered: %s", got)
		}
	})
}

// A04: overdue is a due date before today in the school's zone and not done.
func TestA04OverdueByTheSchoolsOwnDate(t *testing.T) {
	for _, c := range []struct {
		due    string
		status Status
		late   bool
	}{{"2026-11-19", ToDo, true}, {"2026-11-19", Going, true}, {"2026-11-20", ToDo, false}, {"2026-11-21", ToDo, false}, {"2026-11-19", Done, false}, {"2026-11-19", Stopped, false}, {"2026-11-19", Carried, false}} {
		if Overdue(Action{Due: c.due, Status: c.status}, "2026-11-20") != c.late {
			t.Errorf("due %s, %s: %v", c.due, c.status, !c.late)
		}
	}
	both(t, func(t *testing.T, w *world) {
		plan := w.plan(t, w.oak)
		w.add(t, w.oak, plan, action("Open the door at eight", "2027-06-15"))
		late := func(at time.Time) int {
			t.Helper()
			w.s.DB.SetClock(clock.At(at))
			v, err := w.s.Open(t.Context(), w.oak.as(roll.Head), plan)
			must(t, err)
			return v.Tally.Overdue
		}
		// British summer time is an hour ahead: at 22:59 UTC it is still the 15th in the school, at 23:00 it is the 16th there, and not yet in Greenwich.
		if n := late(time.Date(2027, 6, 15, 22, 59, 0, 0, time.UTC)); n != 0 {
			t.Errorf("on its day it is late: %d", n)
		}
		if n := late(time.Date(2027, 6, 15, 23, 0, 0, 0, time.UTC)); n != 1 {
			t.Errorf("a minute past midnight in the school it is not late: %d", n)
		}
	})
}

// A04: a plan with no actions cannot be complete.
func TestA04APlanWithoutActionsIsNeverComplete(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		plan := w.plan(t, w.oak)
		if err := w.s.Complete(ctx, head, plan); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("an empty plan was completed: %v", err)
		}
		id := w.add(t, w.oak, plan, action("Open the door at eight", "2027-06-15"))
		if err := w.s.Complete(ctx, head, plan); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("an unfinished plan was completed: %v", err)
		}
		if _, err := w.s.Remove(ctx, head, id); err != nil {
			t.Fatal(err)
		}
		if err := w.s.Complete(ctx, head, plan); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("a plan whose only action was taken off was completed: %v", err)
		}
		_, err := w.s.Restore(ctx, head, id)
		must(t, err)
		must(t, w.s.Say(ctx, head, id, News{Note: "It is open", Status: Done, Seen: 1}))
		must(t, w.s.Complete(ctx, head, plan))
		if _, err := w.s.Add(ctx, head, plan, action("One more", "2027-06-15")); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a closed plan was changed: %v", err)
		}
		must(t, w.s.Reopen(ctx, head, plan))
		w.add(t, w.oak, plan, action("One more", "2027-06-15"))
	})
}

// The owner writes a line without a meeting; a stop needs its reason; an older page does not write over a newer one.
func TestOwnersSayWhatHasHappened(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		plan := w.plan(t, w.oak)
		a := action("Ring ten families", "2026-12-18")
		a.Owner = w.oak.teacher
		mine := w.add(t, w.oak, plan, a)
		others := w.add(t, w.oak, plan, action("Write the letter", "2026-12-18"))
		tom := w.oak.who(w.oak.teacher, roll.Teacher)
		must(t, w.s.Say(ctx, tom, mine, News{Note: "Six have answered", Status: Going, Spent: "12.50", Seen: 1}))
		if err := w.s.Say(ctx, tom, others, News{Note: "Done it", Status: Done, Seen: 1}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody else's action was updated: %v", err)
		}
		if err := w.s.Say(ctx, tom, mine, News{Status: Stopped, Seen: 2}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("stopped without a reason: %v", err)
		}
		if err := w.s.Say(ctx, tom, mine, News{Note: "x", Seen: 1}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an older page wrote over a newer one: %v", err)
		}
		must(t, w.s.AddEvidence(ctx, tom, mine, "List of calls", "/notes"))
		if err := w.s.AddEvidence(ctx, tom, mine, "Bad", "javascript:alert(1)"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a script as a link: %v", err)
		}
		must(t, w.s.Say(ctx, tom, mine, News{Status: Stopped, Why: "The line was cut", Seen: 2}))
		v, err := w.s.Action(ctx, tom, mine)
		must(t, err)
		if v.StoppedWhy != "The line was cut" || *v.SpentPence != 1250 || len(v.Evidence) != 1 || len(v.History) != 4 || v.History[0].Was != "Under way" || v.History[0].Now != "Stopped" {
			t.Errorf("%+v", v)
		}
	})
}

// What is not finished goes on next year, and its history is read there.
func TestAnUnfinishedActionIsCarriedOnWithItsHistory(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		plan := w.plan(t, w.oak)
		own, err := w.s.SetObjective(ctx, head, 0, "1", "Fathers come", nil)
		must(t, err)
		id := w.add(t, w.oak, plan, action("A room for families", "2026-11-01", Ref{w.oak.org.ID, own}))
		must(t, w.s.Say(ctx, head, id, News{Note: "The room is painted", Status: Going, Seen: 1}))
		next, err := w.s.Make(ctx, head, Plan{Title: "Working with families 2027/28", Starts: "2027-09-01", Ends: "2028-08-31"})
		must(t, err)
		new, err := w.s.Carry(ctx, head, id, next, "2027-12-17")
		must(t, err)
		if _, err := w.s.Carry(ctx, head, id, next, "2027-12-17"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("carried twice: %v", err)
		}
		v, err := w.s.Action(ctx, head, new)
		must(t, err)
		if len(v.Before) != 1 || v.Before[0].Plan.ID != plan || !strings.Contains(v.Before[0].History[1].Words, "painted") || v.Status != Going || len(v.Serves) != 1 || v.Due != "2027-12-17" {
			t.Errorf("%+v", v)
		}
		old, err := w.s.Open(ctx, head, plan)
		must(t, err)
		if old.Tally.Carried != 1 || old.Tally.Overdue != 0 {
			t.Errorf("%+v", old.Tally)
		}
		must(t, w.s.Complete(ctx, head, plan))
	})
}

// A gap that a room offers becomes an action, and is then no longer open. Only the room's own words are kept.
func TestGapsBecomeActions(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		w.s.Offer(Offer{Key: "audit", Title: "Below the benchmark", Gaps: func(*db.Tx) ([]Gap, error) {
			return []Gap{{Source: Source{"criterion", "1.3", "All staff share the vision", "/audit/1"}, Theme: "Vision", Why: "starting; the benchmark is established", Suggest: []string{"Talk about it on an INSET day", "Ask new staff"}}}, nil
		}})
		plan := w.plan(t, w.oak)
		g, ok, err := w.s.Gap(ctx, head, "criterion", "1.3")
		must(t, err)
		if _, wrong, _ := w.s.Gap(ctx, head, "criterion", "9"); !ok || wrong {
			t.Fatalf("found %v, and one that is not there %v", ok, wrong)
		}
		a := action(g.Suggest[0], "2027-01-08")
		a.Source = g.Source
		w.add(t, w.oak, plan, a)
		v, err := w.s.Priorities(ctx, head, plan)
		must(t, err)
		if v.Open != 0 || len(v.Rooms) != 1 || len(v.Rooms[0].Gaps[0].Actions) != 1 {
			t.Errorf("%+v", v)
		}
	})
}

// Governors read no name: not in the words of an action, not whose it is.
func TestTheGovernorsExtractNamesNobody(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		plan := w.plan(t, w.oak)
		a := action("Meet Amira Khan's mother each month, as in May", "2026-12-18")
		a.Owner, a.Funding, a.Planned = w.oak.teacher, "A gift of the Khans", "1,250"
		id := w.add(t, w.oak, plan, a)
		must(t, w.s.Say(ctx, w.oak.as(roll.Head), id, News{Note: "Amira came too", Status: Going, Seen: 1}))
		x, err := w.s.Extract(ctx, w.oak.as(roll.Governor), plan)
		must(t, err)
		l := x.Lines[0]
		if l.Words != "Meet [name]'s mother each month, as in May" || l.Who != "A colleague" || *l.Planned != 125000 || x.MayPlan || x.LeadName != "" {
			t.Errorf("%+v", l)
		}
		for _, v := range []string{l.Words, l.Theme, l.Measure, l.Reason, l.Funding, l.Who, x.Title, x.Vision} {
			if strings.Contains(v, "Amira") || strings.Contains(v, "Tom") {
				t.Errorf("%q names somebody", v)
			}
		}
		if _, err := w.s.Open(ctx, w.oak.as(roll.Governor), plan); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a governor opened the plan itself: %v", err)
		}
		// The same word is nobody's name in a school that has no such child on record: the other school's roll is not looked at.
		elm := w.plan(t, w.elm)
		must(t, w.s.DB.Update(ctx, access.System("test", int64(w.elm.org.ID)), func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_pupil set forename = 'Ben', surname = 'Lee' where org_id = $1`)
			return err
		}))
		w.add(t, w.elm, elm, action("Read Amira's story together", "2026-12-18"))
		if x, err = w.s.Extract(ctx, w.elm.as(roll.Governor), elm); err != nil || x.Lines[0].Words != "Read Amira's story together" {
			t.Errorf("%q %v", x.Lines[0].Words, err)
		}
	})
}

// Owners are reminded a week before, the day after, and every four weeks; once a day; and not when it is done.
func TestOwnersAreRemindedByEMail(t *testing.T) {
	a := Action{Due: "2026-12-18", Status: Going}
	for after, want := range map[string]string{"2026-11-20": "2026-12-11", "2026-12-11": "2026-12-19", "2026-12-19": "2027-01-16", "2027-01-16": "2027-02-13"} {
		if got := NextDay(a, after); got != want {
			t.Errorf("after %s: %s, want %s", after, got, want)
		}
	}
	both(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		plan := w.plan(t, w.oak)
		typed := action("Ring ten families", "2026-12-18")
		typed.Owner = w.oak.teacher
		id := w.add(t, w.oak, plan, typed)
		work := func() {
			t.Helper()
			for range 5 {
				n, err := w.s.Jobs.Round(ctx)
				must(t, err)
				m, err := w.s.Post.Round(ctx)
				must(t, err)
				if n+m == 0 {
					return
				}
			}
		}
		sent := func() int { return len(w.mail.Sent()) }
		work()
		if sent() != 0 {
			t.Fatal("reminded at once")
		}
		w.day("2026-12-11")
		work()
		if sent() != 1 || w.mail.Sent()[0].Address != "tom@oak.example.org" || !strings.Contains(w.mail.Sent()[0].Subject, "Ring ten families") {
			t.Fatalf("%d sent: %+v", sent(), w.mail.Sent())
		}
		must(t, w.s.Say(ctx, w.oak.as(roll.Head), id, News{Note: "x", Seen: 1})) // promises anew; the same day is once
		w.s.DB.SetClock(clock.At(time.Date(2026, 12, 11, 18, 0, 0, 0, time.UTC)))
		work()
		if sent() != 1 {
			t.Fatalf("%d sent on one day", sent())
		}
		w.day("2026-12-19")
		work()
		if sent() != 2 || !strings.HasPrefix(w.mail.Sent()[1].Subject, "Overdue") {
			t.Fatalf("%d sent", sent())
		}
		must(t, w.s.Say(ctx, w.oak.as(roll.Head), id, News{Status: Done, Seen: 2}))
		w.day("2027-01-16")
		work()
		if sent() != 2 {
			t.Fatalf("reminded of what is done: %d", sent())
		}
	})
}

// The vision is kept with who was consulted; the cycle of asking goes on by itself.
func TestVisionAndCycle(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		if err := w.s.Adopt(ctx, head, Vision{Words: "Passionate about making a difference to our families", AdoptedOn: "2026-10-01"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without who was consulted: %v", err)
		}
		must(t, w.s.Adopt(ctx, head, Vision{Words: "We open the door", AdoptedOn: "2025-10-01", Consulted: "Staff"}))
		must(t, w.s.Adopt(ctx, head, Vision{Words: "Passionate about our families", AdoptedOn: "2026-10-01", Consulted: "Parents' forum, staff"}))
		c, err := w.s.Consult(ctx, head, Consultation{Whom: "All partners", Due: "2026-11-01"})
		must(t, err)
		must(t, w.s.Consulted(ctx, head, c, "2026-11-10", "They want one leaflet for all schools."))
		if err := w.s.Consulted(ctx, head, c, "2026-11-10", "Again"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("done twice: %v", err)
		}
		v, err := w.s.Objectives(ctx, head)
		must(t, err)
		if len(v.Visions) != 2 || v.Visions[0].AdoptedOn != "2026-10-01" || len(v.Consultations) != 2 || v.Consultations[0].Due != "2027-11-01" || v.Consultations[1].CameOfIt == "" {
			t.Errorf("%+v", v)
		}
	})
}

func TestPounds(t *testing.T) {
	for text, want := range map[string]int64{"12": 1200, "£1,250": 125000, "1,250.5": 125050, "0": 0, "12.05": 1205} {
		if got, err := ReadPounds(text); err != nil || *got != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"twelve", "1,25", "-3", "1.234"} {
		if _, err := ReadPounds(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	if p, err := ReadPounds(" "); p != nil || err != nil {
		t.Error("nothing is not nought")
	}
	if Pounds(125050) != "£1,250.50" || Pounds(1200) != "£12" || Pounds(123456700) != "£1,234,567" {
		t.Error(Pounds(125050), Pounds(1200), Pounds(123456700))
	}
}

// What was done about a gap is read beside what is found later: its words without a name, and a link for whoever may open the plan.
func TestDeedsNameNobody(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		w.s.Offer(Offer{Key: "audit", Title: "The self-evaluation", Gaps: func(*db.Tx) ([]Gap, error) {
			return []Gap{{Source: Source{Kind: "criterion", Key: "engagement/school/V1", Words: "V1"}}}, nil
		}})
		plan := w.plan(t, w.oak)
		a := action("Ring the Khan family each week", "2027-06-15")
		a.Source = Source{Kind: "criterion", Key: "engagement/school/V1"}
		id := w.add(t, w.oak, plan, a)
		w.add(t, w.oak, plan, action("From no gap", "2027-06-15"))
		of := func(p access.Pass) (out []Deed) {
			t.Helper()
			must(t, w.s.DB.View(ctx, p, func(tx *db.Tx) (err error) {
				out, err = Deeds(tx, "criterion")
				return err
			}))
			return out
		}
		for role, may := range map[access.Role]bool{roll.Head: true, roll.Teacher: true, roll.Governor: false} {
			if l := of(w.oak.as(role)); len(l) != 1 || l[0].Action != id || l[0].Words != "Ring the [name] family each week" || l[0].MayAsk != may || l[0].Look != LookToDo {
				t.Errorf("%s reads %+v", role, l)
			}
		}
		if l := of(w.elm.as(roll.Head)); len(l) != 0 {
			t.Errorf("another school reads %+v", l)
		}
		if l := of(w.oak.as(roll.Parent)); len(l) != 0 {
			t.Errorf("a parent reads %+v", l)
		}
		// Carried on, it is read where it goes on; taken off, nowhere.
		next, err := w.s.Make(ctx, head, Plan{Title: "Next year", Starts: "2027-09-01", Ends: "2028-08-31"})
		must(t, err)
		on, err := w.s.Carry(ctx, head, id, next, "2027-12-17")
		must(t, err)
		if l := of(head); len(l) != 1 || l[0].Action != on {
			t.Errorf("carried on, there is %+v", l)
		}
		if _, err := w.s.Remove(ctx, head, on); err != nil {
			t.Fatal(err)
		}
		if l := of(head); len(l) != 0 {
			t.Errorf("taken off, there is %+v", l)
		}
	})
}
