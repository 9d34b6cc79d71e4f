package conversations

import (
	"context"
	"testing"

	"ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

// school is one organisation of a test: two pupils of Year 7 and one of Year 8, their adults, and staff.
type school struct {
	org                             int64
	amira, ben, chloe               roll.PupilID
	mother, father, carer, barred   roll.AdultID
	keyTeacher, colleague, outsider roll.StaffID
	year7                           roll.ClassID
}

func sets() []db.Migrations {
	return []db.Migrations{batch.Migrations(), roll.Migrations(), progress.Migrations(), Migrations()}
}

func both(t *testing.T, body func(t *testing.T, s *Service, a, b school)) {
	testkit.Both(t, sets(), func(t *testing.T, d *db.DB) {
		imports := batch.New(d)
		r := roll.New(d, imports)
		s := New(d, r, progress.New(d, r, imports))
		body(t, s, fill(t, d, testkit.OrgA), fill(t, d, testkit.OrgB))
	})
}

func fill(t *testing.T, d *db.DB, org int64) school {
	t.Helper()
	k := org * 1000
	s := school{org: org, amira: roll.PupilID(k + 1), ben: roll.PupilID(k + 2), chloe: roll.PupilID(k + 3),
		mother: roll.AdultID(k + 11), father: roll.AdultID(k + 12), carer: roll.AdultID(k + 13), barred: roll.AdultID(k + 14),
		keyTeacher: roll.StaffID(k + 21), colleague: roll.StaffID(k + 22), outsider: roll.StaffID(k + 23), year7: roll.ClassID(k + 31)}
	err := d.Update(context.Background(), access.System("test", org), func(tx *db.Tx) error {
		do := func(q string, args ...any) {
			if _, err := tx.Exec(q, args...); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range []struct {
			id            roll.PupilID
			fore, sur, yr string
		}{{s.amira, "Amira", "Khan", "7"}, {s.ben, "Ben", "Oakley", "7"}, {s.chloe, "Chloe", "Reed", "8"}} {
			do(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, $2, $3, $4, $5, $6, $7)`, p.id, p.id.String(), p.fore, p.sur, p.yr, p.sur)
		}
		for _, a := range []struct {
			id          roll.AdultID
			name, reads string
		}{{s.mother, "Samina Khan", "Urdu"}, {s.father, "Imran Khan", ""}, {s.carer, "Pat Oakley", ""}, {s.barred, "Dean Oakley", ""}} {
			do(`insert into roll_adult (org_id, id, name, reads, address, postcode) values ($1, $2, $3, $4, '1 Test Lane', 'ZZ1 1ZZ')`, a.id, a.name, a.reads)
		}
		for i, x := range []struct {
			pupil roll.PupilID
			adult roll.AdultID
			rel   string
		}{{s.amira, s.mother, "mother"}, {s.amira, s.father, "father"}, {s.ben, s.carer, "carer"}, {s.ben, s.barred, "father"}} {
			do(`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship, priority) values ($1, $2, $3, $4, $5, $6)`, k+41+int64(i), x.pupil, x.adult, x.rel, i)
		}
		do(`insert into roll_order (org_id, id, tie_id, kind, decided_by, starts, by_name, made_ms) values ($1, $2, $3, 'no_contact', 'court', '2026-01-01', 'test', 0)`, k+51, k+44)
		for _, x := range []struct {
			id   roll.StaffID
			name string
		}{{s.keyTeacher, "Kay Teacher"}, {s.colleague, "Col League"}, {s.outsider, "Out Sider"}} {
			do(`insert into roll_staff (org_id, id, name) values ($1, $2, $3)`, x.id, x.name)
		}
		do(`insert into roll_class (org_id, id, local_id, title, year) values ($1, $2, '7A', '7A', '7')`, s.year7)
		do(`insert into roll_member (org_id, id, class_id, pupil_id) values ($1, $2, $3, $4)`, k+61, s.year7, s.amira)
		do(`insert into roll_member (org_id, id, class_id, staff_id) values ($1, $2, $3, $4)`, k+62, s.year7, s.colleague)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var gate = access.NewGate(roll.Rights(), family.Rights(), Rights())

// as is the pass of a member of staff of the school in a role.
func (s school) as(staff roll.StaffID, roles ...access.Role) access.Pass {
	return gate.Admit(access.Who{Org: s.org, Staff: int64(staff), Name: "Somebody", Roles: roles, SecondFactorMs: 1})
}

func (s school) head() access.Pass { return s.as(0, roll.Head) }

// begin makes a programme of both Year 7 pupils with the key teacher for Amira, and gives the first round and its two conversations.
func begin(t *testing.T, s *Service, a school) (ProgrammeID, []Round, map[roll.PupilID]TalkID) {
	t.Helper()
	ctx := context.Background()
	id, err := s.AddProgramme(ctx, a.head(), Programme{Name: "Conversations 2026/27", Starts: "2026-09-07", Ends: "2027-07-16"}, nil)
	must(t, err)
	n, err := s.Choose(ctx, a.head(), id, []roll.PupilID{a.amira, a.ben})
	must(t, err)
	if n != 2 {
		t.Fatalf("chose %d pupils, want 2", n)
	}
	_, err = s.AssignKeyTeacher(ctx, a.head(), a.keyTeacher, []roll.PupilID{a.amira}, "")
	must(t, err)
	_, rounds, err := s.Programme(ctx, a.head(), id)
	must(t, err)
	_, _, list, err := s.Round(ctx, a.head(), rounds[0].ID, Filter{})
	must(t, err)
	talks := map[roll.PupilID]TalkID{}
	for _, l := range list {
		talks[l.PupilID] = l.ID
	}
	return id, rounds, talks
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func goodNotes(a school) Notes {
	return Notes{Parent: "She loves art and worries about maths.", Summary: "Amira likes art. Maths is hard.", Right: true, Priorities: []string{"Maths"},
		Goals: []Goal{{Words: "Give Amira ten minutes of maths help on Mondays", Owner: "school", Who: "Kay Teacher", Due: "2026-12-18", Measure: "Each week done"},
			{Words: "Ask about maths at tea", Owner: "parent", Due: "2026-12-18"}},
		SharedWith: "Her form tutor", NextOn: "2027-02-01"}
}

func TestFromProgrammeToReview(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		programme, rounds, talks := begin(t, s, a)
		if len(rounds) != 3 || ExpectedSlots(rounds, 40) != 80 {
			t.Fatalf("40 pupils in two conversations and a review make 80 slots, got %d in %d rounds", ExpectedSlots(rounds, 40), len(rounds))
		}
		again, err := s.Choose(ctx, a.head(), programme, []roll.PupilID{a.amira})
		must(t, err)
		if again != 0 {
			t.Error("a pupil who is in the programme was taken in twice")
		}
		prep, err := s.InviteAll(ctx, a.head(), rounds[0].ID)
		must(t, err)
		if prep.Invitations != 3 || prep.Barred != 1 {
			t.Errorf("prepared %+v, want three letters and one adult left out", prep)
		}
		letters, err := s.LettersOf(ctx, a.as(a.outsider, roll.Office), rounds[0].ID, true)
		must(t, err)
		for _, l := range letters.List {
			if l.Adult.ID == a.barred {
				t.Error("an adult under a no-contact order got a letter")
			}
		}
		if len(letters.List) != 3 || letters.LeftOut != 1 {
			t.Errorf("%d letters and %d left out", len(letters.List), letters.LeftOut)
		}
		n, err := s.LettersSent(ctx, a.head(), rounds[0].ID, "2026-11-16")
		must(t, err)
		if n != 3 {
			t.Errorf("%d letters sent", n)
		}
		rows, err := s.Coverage(ctx, a.head(), Filter{Round: rounds[0].ID})
		must(t, err)
		if len(rows) != 1 || rows[0].Invited != 2 || rows[0].NoReply != 2 {
			t.Errorf("after the letters: %+v", rows)
		}
		kay := a.as(a.keyTeacher, roll.KeyTeacher)
		talk := talks[a.amira]
		must(t, s.LogCall(ctx, kay, talk, Call{AdultID: a.mother, Outcome: "agreed", Time: Time{MeetOn: "2026-11-19", MeetAt: "16:00", Place: "Room 4"}}))
		rows, err = s.Coverage(ctx, a.head(), Filter{Round: rounds[0].ID})
		must(t, err)
		if rows[0].Invited != 1 || rows[0].ToCome != 1 {
			t.Errorf("with a time agreed: %+v", rows)
		}
		must(t, s.Finalise(ctx, kay, talk, 0, "page", goodNotes(a), ""))
		must(t, s.Agree(ctx, kay, talk, a.mother, 1, "", "room"))
		v, err := s.Correct(ctx, kay, talk, a.father, "He helps with maths too", func() Agreed { x := Compose(goodNotes(a)); x.ToldUs = "Both parents help."; return x }(), "")
		must(t, err)
		must(t, s.Agree(ctx, kay, talk, a.father, v, "", "phone"))
		must(t, s.GiveCopy(ctx, kay, talk, a.mother, "", "hand"))
		r, err := s.One(ctx, kay, talk)
		must(t, err)
		if len(r.Texts) != 2 || r.Texts[1].Agreed.ToldUs == r.Texts[0].Agreed.ToldUs || len(r.Agreements) != 2 {
			t.Errorf("both versions and both agreements are kept: %d texts, %d agreements", len(r.Texts), len(r.Agreements))
		}
		if len(r.Targets) != 2 || r.Targets[0].Owner != "school" {
			t.Fatalf("targets %+v", r.Targets)
		}
		must(t, s.ReviewTarget(ctx, kay, r.Targets[0].ID, 0, "partly", "Two Mondays were lost", "keep", "", ""))
		next, err := s.Lines(ctx, a.head(), Filter{Pupil: a.amira, Round: rounds[1].ID})
		must(t, err)
		sit, err := s.Sit(ctx, kay, next[0].ID)
		must(t, err)
		if len(sit.Last) != 2 || len(sit.Draft.Notes.Goals) != 1 || sit.Draft.Notes.Goals[0].Due != "" {
			t.Errorf("last targets are carried into the next talk: %d, in the plan %+v", len(sit.Last), sit.Draft.Notes.Goals)
		}
		if other, err := s.Programmes(ctx, b.head()); err != nil || len(other) != 0 {
			t.Errorf("the other school sees %v, %v", other, err)
		}
	})
}

func TestAnotherParentIsAskedLater(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, _ school) {
		ctx := context.Background()
		_, rounds, talks := begin(t, s, a)
		must(t, s.Invite(ctx, a.head(), talks[a.amira], Invitation{AdultID: a.mother, SentOn: "2026-11-02"}))
		prep, err := s.InviteAll(ctx, a.head(), rounds[0].ID)
		must(t, err)
		if prep != (Prepared{Invitations: 2, Families: 2, Barred: 1}) {
			t.Errorf("Amira's father and Ben's carer are asked, and nobody twice: %+v", prep)
		}
		if prep, err = s.InviteAll(ctx, a.head(), rounds[0].ID); err != nil || prep != (Prepared{}) {
			t.Errorf("a second time nothing is left to do: %+v, %v", prep, err)
		}
		// A family that has answered is left alone.
		must(t, s.AgreeTime(ctx, a.head(), talks[a.ben], Time{MeetOn: "2026-11-25"}))
		must(t, s.DB.Update(ctx, access.System("test", a.org), func(tx *db.Tx) error {
			for i, pupil := range []roll.PupilID{a.amira, a.ben} {
				if _, err := tx.Exec(`insert into roll_adult (org_id, id, name) values ($1, $2, 'New Guardian')`, a.org*1000+int64(90+i)); err != nil {
					return err
				}
				if _, err := tx.Exec(`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship) values ($1, $2, $3, $4, 'guardian')`, a.org*1000+int64(95+i), pupil, a.org*1000+int64(90+i)); err != nil {
					return err
				}
			}
			return nil
		}))
		if prep, err = s.InviteAll(ctx, a.head(), rounds[0].ID); err != nil || prep != (Prepared{Invitations: 1, Families: 1}) {
			t.Errorf("the new guardian of Amira is asked, and Ben's family, who answered, is not: %+v, %v", prep, err)
		}
	})
}

func TestAConversationOfTheirOwn(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		_, rounds, talks := begin(t, s, a)
		kay := a.as(a.keyTeacher, roll.KeyTeacher)
		_, err := s.InviteAll(ctx, a.head(), rounds[0].ID)
		must(t, err)
		own, err := s.GiveOwn(ctx, kay, talks[a.amira], a.father)
		must(t, err)
		r, err := s.One(ctx, kay, own)
		must(t, err)
		if r.Line.AdultName != "Imran Khan" || len(r.Adults) != 1 || r.Adults[0].Relation.Adult.ID != a.father || r.Line.KeyTeacher != "Kay Teacher" || r.Line.RoundID != rounds[0].ID {
			t.Errorf("his own conversation: %+v", r.Line)
		}
		if r, err = s.One(ctx, kay, talks[a.amira]); err != nil || len(r.Invitations) != 1 || r.Invitations[0].AdultID != a.mother {
			t.Errorf("the letter to the other conversation is taken back: %+v, %v", r.Invitations, err)
		}
		prep, err := s.InviteAll(ctx, a.head(), rounds[0].ID)
		must(t, err)
		if prep.Invitations != 1 {
			t.Errorf("he is asked once, to his own: %+v", prep)
		}
		if _, err := s.GiveOwn(ctx, a.as(a.outsider, roll.Office), talks[a.amira], a.father); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a second one in the same round: %v", err)
		}
		if _, err := s.GiveOwn(ctx, kay, own, a.mother); fault.KindOf(err) != fault.Invalid {
			t.Errorf("his own is divided again: %v", err)
		}
		if err := s.AgreeTime(ctx, kay, own, Time{AdultID: a.mother, MeetOn: "2026-11-25"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("the mother agrees a time for his: %v", err)
		}
		must(t, s.Finalise(ctx, kay, own, 0, "p", goodNotes(a), ""))
		if r, err = s.One(ctx, kay, talks[a.amira]); err != nil || len(r.Texts)+len(r.Targets) != 0 {
			t.Errorf("what he said stands in the mother's: %+v, %v", r.Texts, err)
		}
		rows, err := s.Coverage(ctx, a.head(), Filter{Round: rounds[0].ID})
		must(t, err)
		if rows[0].Held != 1 || rows[0].NotInvited != 2 {
			t.Errorf("each counts for itself: %+v", rows)
		}
	})
}

func TestTheDeskOnTheFirstPage(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		_, rounds, talks := begin(t, s, a)
		_, err := s.InviteAll(ctx, a.head(), rounds[0].ID)
		must(t, err)
		must(t, s.Invite(ctx, a.head(), talks[a.ben], Invitation{AdultID: a.carer, SentOn: "2026-11-10"}))
		must(t, s.AgreeTime(ctx, a.head(), talks[a.amira], Time{MeetOn: "2026-11-19"}))
		for _, x := range []struct {
			who  access.Pass
			want Desk
		}{
			{a.as(a.keyTeacher, roll.KeyTeacher), Desk{ToRecord: 1}},
			{a.as(a.colleague, roll.Teacher), Desk{}},
			{a.as(a.outsider, roll.Office), Desk{Office: true, Letters: 2, Calls: 1}},
			{b.as(b.outsider, roll.Office), Desk{Office: true}},
		} {
			var got Desk
			must(t, s.DB.View(ctx, x.who, func(tx *db.Tx) (err error) { got, err = DeskIn(tx); return err }))
			if got != x.want {
				t.Errorf("%v of %d: %+v, want %+v", x.who.Who().Roles, x.who.Org(), got, x.want)
			}
		}
		must(t, s.DB.View(ctx, a.head(), func(tx *db.Tx) error {
			d, err := DeskIn(tx)
			if err != nil || d.Covered == nil || d.Covered.Invited != 1 || d.Covered.ToCome != 1 || d.Office {
				t.Errorf("the head: %+v, %v", d, err)
			}
			return nil
		}))
	})
}
