package demo

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"ajar/internal/admin"
	"ajar/internal/audit"
	"ajar/internal/barriers"
	"ajar/internal/conversations"
	familydoor "ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/jobs"
	out "ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/messages"
	"ajar/internal/notes"
	"ajar/internal/plans"
	"ajar/internal/practice"
	"ajar/internal/progress"
	"ajar/internal/roll"
	"ajar/internal/sharing"
)

func parts(d *db.DB) Parts {
	p := Parts{DB: d, Imports: batch.New(d)}
	p.Roll = roll.New(d, p.Imports)
	p.Admin = admin.New(d, p.Roll)
	p.Family = familydoor.New(d, p.Roll)
	p.Progress = progress.New(d, p.Roll, p.Imports)
	p.Barriers = barriers.New(d, p.Roll, p.Progress)
	q := jobs.New(d, slog.New(slog.DiscardHandler))
	p.Plans = plans.New(d, p.Roll, q, out.New(d, q))
	p.Messages = messages.New(d, p.Roll, q, out.New(d, q))
	p.Conversations = conversations.New(d, p.Roll, p.Progress)
	p.Practice = practice.New(d, p.Roll, p.Plans)
	p.Audit = audit.New(d, p.Roll)
	p.Notes, p.Sharing = notes.New(d, p.Roll), sharing.New(d, p.Roll)
	p.Gate = access.NewGate(roll.Rights(), progress.Rights(), barriers.Rights(), plans.Rights(), conversations.Rights(), practice.Rights(), messages.Rights(), familydoor.Rights(), notes.Rights(), sharing.Rights(), audit.Rights())
	return p
}

var sets = []db.Migrations{jobs.Migrations(), out.Migrations(), batch.Migrations(), roll.Migrations(), admin.Migrations(), sharing.Migrations(), familydoor.Migrations(), messages.Migrations(), progress.Migrations(), audit.Migrations(), notes.Migrations(), barriers.Migrations(), plans.Migrations(), conversations.Migrations(), practice.Migrations()}

func TestTheSameEveryTime(t *testing.T) {
	one, two := newMaker(Seed), newMaker(Seed)
	cal := calendarTo(testkit.Day)
	for _, p := range places[:3] {
		a, b := one.school(p, 2026), two.school(p, 2026)
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%s differs from one time to the next", p.name)
		}
		for i := range a[:20] {
			if !reflect.DeepEqual(one.results(a[i], p.phase, cal), two.results(b[i], p.phase, cal)) {
				t.Fatalf("the results of %s differ from one time to the next", a[i].id)
			}
		}
	}
}

// No person, school or number of the demo may be a real one's.
func TestNothingIsReal(t *testing.T) {
	m := newMaker(Seed)
	languages := map[string]bool{}
	homes, shared := 0, 0
	for _, p := range places {
		if p.phase == "" {
			continue
		}
		for _, c := range m.school(p, 2026) {
			if u := roll.ParseUPN(c.upn); !u.ShapeOK || !u.CheckLetterOK || u.LA != "999" {
				t.Fatalf("%s has the pupil number %s", c.id, c.upn)
			}
			phones := map[string]bool{}
			for _, q := range c.parents {
				if q.phone != "" && !strings.HasPrefix(q.phone, "07700 900") {
					t.Fatalf("%s has the phone %s, which is not one kept for drama", q.name, q.phone)
				}
				if q.email != "" && !strings.HasSuffix(q.email, "@example.org") {
					t.Fatalf("%s has the e-mail address %s", q.name, q.email)
				}
				if q.livesWith == "no" {
					homes++
				}
				if q.phone != "" && phones[q.phone] {
					shared++
				}
				phones[q.phone] = true
			}
			if c.language != "" && c.language != "English" {
				languages[c.language] = true
			}
			if !strings.HasPrefix(c.postcode, "ZZ") {
				t.Fatalf("%s has the postcode %s", c.id, c.postcode)
			}
		}
	}
	if len(languages) != 11 {
		t.Errorf("%d home languages besides English, want 11: %v", len(languages), languages)
	}
	if homes < 100 || shared < 50 {
		t.Errorf("%d second homes and %d shared phones: too few to look real", homes, shared)
	}
}

func TestNoMarksOutsideTermOrAfterToday(t *testing.T) {
	m := newMaker(Seed)
	cal := calendarTo(testkit.Day)
	c := m.child(places[0], "H", "9", 3, 2026)
	n := 0
	m.weeks(c, cal, func(w progress.Week) {
		n++
		if _, err := progress.ParseWeek(w.Monday, w.Format()); err != nil {
			t.Fatal(err)
		}
		if s := w.CountsBetween("2026-11-21", "2030-01-01"); s.Possible != 0 {
			t.Errorf("the week of %s has %d sessions in the future", w.Monday, s.Possible)
		}
		if w.Monday == "2025-12-22" || w.Monday == "2026-10-26" {
			t.Errorf("there are marks in the holiday of %s", w.Monday)
		}
	})
	if n < 45 || n > 55 {
		t.Errorf("%d weeks of marks for a year and a term, want about fifty", n)
	}
}

func TestLoad(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		p := parts(d)
		if there, err := Loaded(ctx, p.Roll); err != nil || there {
			t.Fatalf("before: %v, %v", there, err)
		}
		if err := Load(ctx, p, func(string) {}); err != nil {
			t.Fatal(err)
		}
		audits, err := p.Audit.All(ctx, access.System("test", orgOf(t, p, "HARROWMERE")))
		if err != nil || len(audits) != 2 || audits[0].State != "Open" || audits[0].ParentsIn != 7 || audits[1].State != "Closed" || audits[1].Agreed != 29 || audits[1].ParentsShown != 23 {
			t.Errorf("the audits are %+v, %v", audits, err)
		}
		if alone, err := Alone(ctx, p.Roll); err != nil || !alone {
			t.Errorf("alone: %v, %v", alone, err)
		}
		if d.Clock().Now() != testkit.Day.Truncate(time.Millisecond) {
			t.Error("the clock was not put back")
		}
		o, err := p.Roll.OrgByCode(ctx, "HARROWMERE")
		if err != nil {
			t.Fatal(err)
		}
		pass := access.System("test", int64(o.ID))
		if err := d.View(ctx, pass, func(tx *db.Tx) error {
			n, err := roll.CountPupils(tx)
			if n != 1250 {
				t.Errorf("%d pupils, want 1,250", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		cohorts, err := p.Barriers.Cohorts(ctx, pass)
		if err != nil || len(cohorts) != 1 || cohorts[0].Pupils != 5*chosenPerYear {
			t.Errorf("cohorts %+v, %v", cohorts, err)
		}
		rows, err := p.Conversations.Coverage(ctx, pass, conversations.Filter{})
		if err != nil || len(rows) != 5 {
			t.Fatalf("coverage %v, %v", rows, err)
		}
		held, toCome := 0, 0
		for _, r := range rows {
			if r.Invited != r.Held+r.Declined+r.NoReply+r.DidNotCome || r.Reached != r.Held+r.Declined+r.DidNotCome {
				t.Errorf("year %s does not add up: %+v", r.Year, r)
			}
			held, toCome = held+r.Held, toCome+r.ToCome
		}
		if held < 100 || toCome < 10 {
			t.Errorf("%d held and %d to come: too few to look real", held, toCome)
		}
		p.Admin.LookAround = true
		guests, err := p.Admin.Guests(ctx)
		if err != nil || len(guests) != 13 {
			t.Errorf("%d people to look around as, want 13 (%v)", len(guests), err)
		}
		before, _, err := p.Barriers.AsOf(ctx, pass, "2026-10-12")
		if err != nil || len(before) != 1250 {
			t.Errorf("the list of October has %d lines (%v)", len(before), err)
		}
		if testing.Verbose() {
			fmt.Println(d.Engine(), held, toCome)
		}
	})
}

func orgOf(t *testing.T, p Parts, code string) int64 {
	t.Helper()
	o, err := p.Roll.OrgByCode(context.Background(), code)
	if err != nil {
		t.Fatal(err)
	}
	return int64(o.ID)
}
