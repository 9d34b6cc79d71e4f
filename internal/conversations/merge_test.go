package conversations

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

func rowsOf(t *testing.T, s *Service, org int64) (lines []string) {
	t.Helper()
	err := s.DB.View(context.Background(), access.System("test", org), func(tx *db.Tx) error {
		for _, table := range []string{"roll_adult", "roll_channel", "roll_tie", "roll_order", "roll_hand", "conversations_talk", "conversations_invitation", "conversations_contact",
			"conversations_text", "conversations_agreement", "conversations_copy", "conversations_feedback", "conversations_draft", "conversations_target"} {
			rows, err := db.Whole(tx, "select * from "+table+" where org_id = $1")
			if err != nil {
				return err
			}
			for _, r := range rows {
				lines = append(lines, table+fmt.Sprintf(" %#v", r))
			}
		}
		return nil
	})
	must(t, err)
	slices.Sort(lines)
	return lines
}

// A mother who is in Ajar twice was invited under both records, agreed under both, and has a conversation of her own under one: it all comes together,
// and an undo takes it apart just as it was.
func TestConversationsFollowAMerge(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		_, _, talks := begin(t, s, a)
		talk, bens := talks[a.amira], talks[a.ben]
		twin := roll.AdultID(a.org*1000 + 19)
		must(t, s.DB.Update(ctx, access.System("test", a.org), func(tx *db.Tx) error {
			if _, err := tx.Exec(`insert into roll_adult (org_id, id, name) values ($1, $2, 'S Khan')`, twin); err != nil {
				return err
			}
			for i, pupil := range []roll.PupilID{a.amira, a.ben} {
				if _, err := tx.Exec(`insert into roll_tie (org_id, id, pupil_id, adult_id) values ($1, $2, $3, $4)`, a.org*1000+91+int64(i), pupil, twin); err != nil {
					return err
				}
			}
			return nil
		}))
		must(t, s.Invite(ctx, a.head(), talk, Invitation{AdultID: a.mother}))
		must(t, s.Invite(ctx, a.head(), talk, Invitation{AdultID: twin, SentOn: "2026-11-02"}))
		must(t, s.LogCall(ctx, a.head(), talk, Call{AdultID: twin, Outcome: "no_answer"}))
		must(t, s.AgreeTime(ctx, a.head(), talk, Time{MeetOn: "2026-11-19"}))
		must(t, s.Finalise(ctx, a.head(), talk, 0, "p", goodNotes(a), ""))
		must(t, s.Agree(ctx, a.head(), talk, a.mother, 0, "2026-11-20", "paper"))
		must(t, s.Agree(ctx, a.head(), talk, twin, 0, "2026-11-19", "phone"))
		must(t, s.GiveCopy(ctx, a.head(), talk, twin, "", "post"))
		must(t, s.RecordFeedback(ctx, a.head(), talk, Feedback{AdultID: a.mother, Heard: "yes"}))
		must(t, s.RecordFeedback(ctx, a.head(), talk, Feedback{AdultID: twin, Heard: "no"}))
		_, err := s.GiveOwn(ctx, a.head(), bens, twin)
		must(t, err)
		before, others := rowsOf(t, s, a.org), rowsOf(t, s, b.org)

		pre, err := s.Roll.Pair(ctx, a.head(), a.mother, twin, nil)
		must(t, err)
		if words := strings.Join(pre.Happens, " "); !strings.Contains(words, "agreement") || !strings.Contains(words, "invitation") {
			t.Errorf("the page says only: %s", words)
		}
		id, err := s.Roll.MergeAdults(ctx, a.head(), a.mother, twin, nil, pre.Seen)
		must(t, err)
		stays := pre.Stays.Adult.ID
		r, err := s.One(ctx, a.head(), talk)
		must(t, err)
		if len(r.Invitations) != 1 || r.Invitations[0].AdultID != stays || r.Invitations[0].SentOn != "2026-11-02" {
			t.Errorf("of two invitations the one that was sent is not the one that is left: %+v", r.Invitations)
		}
		if len(r.Agreements) != 1 || r.Agreements[0].OnDate != "2026-11-19" {
			t.Errorf("agreements: %+v", r.Agreements)
		}
		if len(r.Feedback) != 1 || len(r.Copies) != 1 {
			t.Errorf("feedback %+v, copies %+v", r.Feedback, r.Copies)
		}
		m, err := s.Roll.UndoMerge(ctx, a.head(), id)
		must(t, err)
		if now := rowsOf(t, s, a.org); !slices.Equal(before, now) || m.Kept != "" {
			for i := range before {
				if i < len(now) && before[i] != now[i] {
					t.Errorf("was %s\nis  %s", before[i], now[i])
					break
				}
			}
		}
		if !slices.Equal(others, rowsOf(t, s, b.org)) {
			t.Error("the other school was touched")
		}

		// Two conversations of their own about one child in one round can't be made one.
		_, err = s.GiveOwn(ctx, a.head(), talks[a.amira], twin)
		if err == nil {
			_, err = s.GiveOwn(ctx, a.head(), talks[a.amira], a.mother)
		}
		if err != nil {
			t.Skipf("no two conversations of their own here: %v", err)
		}
		if _, err := s.Roll.MergeAdults(ctx, a.head(), a.mother, twin, nil, ""); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "conversation of their own") {
			t.Errorf("merged all the same: %v", err)
		}
	})
}

// A member of staff who is the child's mother reaches nothing that colleagues wrote, whatever her part; a colleague of the same part does.
func TestOwnChildWall(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		programme, rounds, talks := begin(t, s, a)
		talk, bens := talks[a.amira], talks[a.ben]
		_, err := s.AskReflections(ctx, a.head(), talk, []roll.StaffID{a.colleague})
		must(t, err)
		_, err = s.SaveDraft(ctx, a.head(), talk, 0, "p", Notes{Parent: "x"})
		must(t, err)
		hat := ids.New[roll.Hat]()
		must(t, s.DB.Update(ctx, access.System("test", a.org), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_hat (org_id, id, staff_id, adult_id, by_name, made_ms) values ($1, $2, $3, $4, 'test', 0)`, hat, a.colleague, a.mother)
			return err
		}))
		for _, role := range []access.Role{roll.Head, roll.Leader, roll.Senco, roll.SafeguardingLead, roll.Office, roll.KeyTeacher, roll.Teacher, roll.FamilyWorker} {
			who := a.as(a.colleague, role).Who()
			who.Hat = int64(hat)
			p := access.NewGate(roll.Rights(), Rights()).Admit(who)
			for name, do := range map[string]func(TalkID) error{
				"One":        func(id TalkID) error { _, err := s.One(ctx, p, id); return err },
				"Pack":       func(id TalkID) error { _, err := s.Pack(ctx, p, id); return err },
				"Sit":        func(id TalkID) error { _, err := s.Sit(ctx, p, id); return err },
				"PastDrafts": func(id TalkID) error { _, err := s.PastDrafts(ctx, p, id); return err },
				"SaveDraft":  func(id TalkID) error { _, err := s.SaveDraft(ctx, p, id, 1, "p", Notes{Parent: "y"}); return err },
				"LogCall":    func(id TalkID) error { return s.LogCall(ctx, p, id, Call{AdultID: a.mother, Outcome: "no_answer"}) },
				"Decline":    func(id TalkID) error { return s.Decline(ctx, p, id, 0, "", "no") },
			} {
				if kind := fault.KindOf(do(talk)); kind != fault.Kin && kind != fault.NotFound {
					t.Errorf("%s: %s answers %v about an own child", role, name, do(talk))
				}
			}
			if p.Scope(See) == access.All {
				if _, err := s.One(ctx, p, bens); err != nil {
					t.Errorf("%s can't open another child's conversation: %v", role, err)
				}
			}
			list, err := s.Lines(ctx, p, Filter{})
			must(t, err)
			_, _, round, err := s.Round(ctx, p, rounds[0].ID, Filter{})
			must(t, err)
			m, err := s.Mine(ctx, p, true)
			must(t, err)
			for _, l := range slices.Concat(list, round, m.ThisWeek, m.ToRecord, m.ToWriteUp) {
				if l.PupilID == a.amira {
					t.Errorf("%s: a list holds an own child", role)
				}
			}
			must(t, s.DB.View(ctx, p, func(tx *db.Tx) error {
				panel, err := TalksOf(tx, a.amira)
				if len(panel.List) != 0 || len(panel.Open) != 0 {
					t.Errorf("%s: the panel holds %+v", role, panel)
				}
				return err
			}))
		}
		colleague, err := s.Lines(ctx, a.head(), Filter{Programme: programme})
		must(t, err)
		if !slices.ContainsFunc(colleague, func(l Line) bool { return l.PupilID == a.amira }) {
			t.Error("nobody else sees the conversation any more")
		}
		if _, err := s.AskReflections(ctx, a.head(), talk, []roll.StaffID{a.colleague}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a mother is asked for a reflection on her own child: %v", err)
		}
		// Letters are no notes: a clerk who is a parent prints the round for everyone, their own family included.
		must(t, s.Invite(ctx, a.head(), talk, Invitation{AdultID: a.mother, Channel: "letter"}))
		who := a.as(a.colleague, roll.Office).Who()
		who.Hat = int64(hat)
		letters, err := s.LettersOf(ctx, access.NewGate(roll.Rights(), Rights()).Admit(who), rounds[0].ID, true)
		must(t, err)
		if len(letters.List) == 0 {
			t.Error("the letter to the clerk's own family is left out in silence")
		}
		_ = b
	})
}
