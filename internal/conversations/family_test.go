package conversations

import (
	"context"
	"errors"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// parent is the pass of an adult at the family's door.
func (s school) parent(adult roll.AdultID) access.Pass {
	return gate.Admit(access.Who{Org: s.org, Adult: int64(adult), Name: "Samina Khan", Roles: []access.Role{roll.Parent}})
}

// agreed makes a conversation about Amira to which her mother was asked, with a text.
func agreed(t *testing.T, s *Service, a school) TalkID {
	t.Helper()
	ctx := context.Background()
	_, _, talks := begin(t, s, a)
	talk := talks[a.amira]
	must(t, s.Invite(ctx, a.head(), talk, Invitation{AdultID: a.mother, SentOn: "2026-11-02"}))
	must(t, s.Finalise(ctx, a.head(), talk, 0, "p", goodNotes(a), ""))
	return talk
}

func order(t *testing.T, s *Service, a school, tie int64, kind, starts string) {
	t.Helper()
	must(t, s.DB.Update(context.Background(), access.System("test", a.org), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into roll_order (org_id, id, tie_id, kind, decided_by, starts, by_name, made_ms) values ($1, $2, $3, $4, 'court', $5, 'test', 0)`, a.org*1000+70+tie, a.org*1000+tie, kind, starts)
		return err
	}))
}

func gone(err error) bool { return fault.KindOf(err) == fault.NotFound }

func TestMayOpen(t *testing.T) {
	me, other := roll.AdultID(1), roll.AdultID(2)
	for _, c := range []struct {
		name   string
		p      Part
		asking Asking
		want   bool
	}{
		{"was asked", Part{Took: 1, Anyone: 1}, AskUsual, true},
		{"a grandmother who was asked", Part{Took: 1, Anyone: 1}, AskOther, true},
		{"only the other parent was asked", Part{Anyone: 1}, AskUsual, false},
		{"nobody is written down, and is a parent", Part{}, AskUsual, true},
		{"nobody is written down, and is none", Part{}, AskOther, false},
		{"an order bars", Part{Took: 1, Anyone: 1}, AskBarred, false},
		{"an order bars their own", Part{Talk: Talk{AdultID: &me}}, AskBarred, false},
		{"their own", Part{Talk: Talk{AdultID: &me}}, AskUsual, true},
		{"the other parent's own", Part{Talk: Talk{AdultID: &other}, Took: 1, Anyone: 1}, AskUsual, false},
		{"has their own in this round", Part{Took: 1, Anyone: 1, Elsewhere: 1}, AskUsual, false},
	} {
		if got := MayOpen(c.p, me, c.asking); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// CHECK d.27: a published plan does not change under the parent's eyes; each adult agrees to one version, on a day, in a way.
func TestTheSheetByLink(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		talk := agreed(t, s, a)
		mother := a.parent(a.mother)
		o, err := s.OwnSheet(ctx, mother, talk)
		must(t, err)
		if o.Text.Version != 1 || len(o.Targets) != 2 || o.Agreed() || o.KeyTeacher != "Kay Teacher" || o.Child.Pupil.ID != a.amira {
			t.Fatalf("read %+v", o)
		}
		must(t, s.AgreeByLink(ctx, mother, talk, 1))
		must(t, s.AgreeByLink(ctx, mother, talk, 1))
		r, err := s.One(ctx, a.head(), talk)
		must(t, err)
		if len(r.Agreements) != 1 || r.Agreements[0].Way != ByLink || r.Agreements[0].Version != 1 || *r.Agreements[0].AdultID != a.mother || r.Agreements[0].OnDate != r.Today {
			t.Errorf("agreements %+v", r.Agreements)
		}

		// She would change something: the text stays, and the key teacher finds her words.
		ask := Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Version: 1, Words: "  منگل بہتر ہے  ", Tongue: "ur"}
		must(t, s.Say(ctx, mother, ask))
		must(t, s.Say(ctx, mother, ask)) // sent twice
		if o, err = s.OwnSheet(ctx, mother, talk); err != nil || o.Text.Version != 1 || len(o.Remarks) != 1 || !o.Waiting() || o.Remarks[0].Words != "منگل بہتر ہے" {
			t.Fatalf("%+v %v", o, err)
		}
		m, err := s.Mine(ctx, a.as(a.keyTeacher, roll.KeyTeacher), false)
		must(t, err)
		if len(m.Remarks) != 1 || m.Remarks[0].PupilName() != "Amira Khan" || m.Remarks[0].Tongue != "ur" {
			t.Errorf("the key teacher's list holds %+v", m.Remarks)
		}
		if r, err := s.One(ctx, a.as(a.outsider, roll.Office), talk); err != nil || len(r.Remarks) != 0 {
			t.Errorf("the office reads what was said: %+v %v", r.Remarks, err)
		}

		// The text is corrected with her. The yes to the version before does not count for the new one, and an old page can't agree to it.
		notes := goodNotes(a)
		_, err = s.Correct(ctx, a.head(), talk, a.mother, "Tuesdays, not Mondays", Compose(notes), "")
		must(t, err)
		if err := s.AgreeByLink(ctx, mother, talk, 1); !errors.Is(err, SlipNewer) {
			t.Errorf("agreed to an old version: %v", err)
		}
		if err := s.AgreeByLink(ctx, mother, talk, 2); !errors.Is(err, SlipWaiting) {
			t.Errorf("agreed while a change waits: %v", err)
		}
		must(t, s.Settle(ctx, a.as(a.keyTeacher, roll.KeyTeacher), ask.ID, true, "We changed it together."))
		if err := s.Settle(ctx, a.head(), ask.ID, false, "No"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("answered twice: %v", err)
		}
		o, err = s.OwnSheet(ctx, mother, talk)
		must(t, err)
		if o.Text.Version != 2 || o.Agreed() || o.Part.AgreedTo != 1 || o.Remarks[0].Answer != "We changed it together." || len(o.Agreements) != 0 {
			t.Errorf("after the correction %+v", o)
		}
		must(t, s.AgreeByLink(ctx, mother, talk, 2))

		if err := s.Say(ctx, mother, Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Version: 1, Words: "x"}); !errors.Is(err, SlipNewer) {
			t.Errorf("a remark about an old version: %v", err)
		}
		for _, c := range []struct {
			words string
			want  Slip
		}{{" ", SlipNoWords}, {strings.Repeat("ü", MostWords+1), SlipTooLong}} {
			if err := s.Say(ctx, mother, Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Version: 2, Words: c.words}); !errors.Is(err, c.want) {
				t.Errorf("%.10q: %v", c.words, err)
			}
		}
		var worry *WorryError
		if err := s.Say(ctx, mother, Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Version: 2, Words: "His dad hits him."}); !errors.As(err, &worry) {
			t.Errorf("a worry was kept: %v", err)
		}
		var last RemarkID
		for range MostRemarks {
			last = ids.New[Remark]()
			must(t, s.Say(ctx, mother, Remark{ID: last, TalkID: talk, Kind: RemarkCorrection, Version: 2, Words: "More"}))
		}
		if err := s.Say(ctx, mother, Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Version: 2, Words: "More"}); !errors.Is(err, SlipTooMany) {
			t.Errorf("too many: %v", err)
		}
		back, err := s.TakeBack(ctx, mother, last)
		must(t, err)
		if o, err = s.OwnSheet(ctx, mother, talk); err != nil || back != talk || len(o.Remarks) != MostRemarks {
			t.Errorf("after taking one back: %d %v", len(o.Remarks), err)
		}
	})
}

// The father was not asked to this conversation, the grandmother is nobody here, another school knows nothing, and an order closes it from the next
// request on; all of them read the same: it is not there.
func TestWhoseSheetItIs(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		talk := agreed(t, s, a)
		ask := Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Version: 1, Words: "x"}
		must(t, s.Say(ctx, a.parent(a.mother), ask))
		refused := func(who string, p access.Pass) {
			t.Helper()
			if _, err := s.OwnSheet(ctx, p, talk); !gone(err) {
				t.Errorf("%s reads the sheet: %v", who, err)
			}
			if _, err := s.OwnTime(ctx, p, talk); !gone(err) {
				t.Errorf("%s reads the time: %v", who, err)
			}
			if err := s.AgreeByLink(ctx, p, talk, 1); !gone(err) {
				t.Errorf("%s agrees: %v", who, err)
			}
			if err := s.Say(ctx, p, Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Version: 1, Words: "x"}); !gone(err) {
				t.Errorf("%s writes: %v", who, err)
			}
			if _, err := s.TakeBack(ctx, p, ask.ID); !gone(err) {
				t.Errorf("%s takes back: %v", who, err)
			}
		}
		refused("the father who was not asked", a.parent(a.father))
		refused("the carer of another child", a.parent(a.carer))
		refused("a parent of another school", b.parent(b.mother))
		refused("another school with this adult's number", b.parent(a.mother))
		refused("an adult who is not there", a.parent(12345))
		if _, err := s.OwnSheet(ctx, a.parent(a.mother), TalkID(999)); !gone(err) {
			t.Errorf("a conversation that is not there: %v", err)
		}

		// A separated father's own conversation is his alone, and the mother's stays hers.
		own, err := s.GiveOwn(ctx, a.head(), talk, a.father)
		must(t, err)
		must(t, s.Finalise(ctx, a.head(), own, 0, "p", goodNotes(a), ""))
		if _, err := s.OwnSheet(ctx, a.parent(a.father), own); err != nil {
			t.Errorf("the father does not read his own: %v", err)
		}
		if _, err := s.OwnSheet(ctx, a.parent(a.mother), own); !gone(err) {
			t.Errorf("the mother reads the father's: %v", err)
		}
		refused("the father with a conversation of his own", a.parent(a.father))

		order(t, s, a, 41, "no_information", "2026-11-21") // begins tomorrow
		if _, err := s.OwnSheet(ctx, a.parent(a.mother), talk); err != nil {
			t.Errorf("closed before the order begins: %v", err)
		}
		order(t, s, a, 42, "no_information", "2026-11-20")
		if _, err := s.OwnSheet(ctx, a.parent(a.father), own); !gone(err) {
			t.Errorf("the order closes nothing: %v", err)
		}
	})
}

func TestTheTimeByLink(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		_, _, talks := begin(t, s, a)
		talk, mother := talks[a.amira], a.parent(a.mother)
		must(t, s.Invite(ctx, a.head(), talk, Invitation{AdultID: a.mother, SentOn: "2026-11-02"}))
		say := func(kind, words string) error {
			return s.Say(ctx, mother, Remark{ID: ids.New[Remark](), TalkID: talk, Kind: kind, Words: words})
		}
		if err := say(RemarkCannotCome, ""); !errors.Is(err, SlipPast) {
			t.Errorf("no time is agreed: %v", err)
		}
		must(t, s.AgreeTime(ctx, a.head(), talk, Time{MeetOn: "2026-11-27", MeetAt: "15:30", Place: "Room 4"}))
		o, err := s.OwnTime(ctx, mother, talk)
		must(t, err)
		if o.Passed || o.Part.MeetOn != "2026-11-27" || o.Part.Place != "Room 4" {
			t.Errorf("%+v", o)
		}
		must(t, say(RemarkCannotCome, ""))
		must(t, say(RemarkOtherTime, "After six"))
		// The time stays until somebody has talked with her.
		r, err := s.One(ctx, a.as(a.outsider, roll.Office), talk)
		must(t, err)
		if r.Line.MeetOn != "2026-11-27" || len(r.Remarks) != 2 {
			t.Errorf("%+v", r)
		}
		must(t, s.Settle(ctx, a.as(a.outsider, roll.Office), r.Remarks[0].ID, true, ""))
		if err := s.Settle(ctx, a.as(a.outsider, roll.Office), r.Remarks[1].ID, false, " "); len(fault.AsFields(err)) != 1 {
			t.Errorf("left without an answer: %v", err)
		}
		must(t, s.AgreeTime(ctx, a.head(), talk, Time{MeetOn: "2026-11-19", MeetAt: "15:30"}))
		if o, err = s.OwnTime(ctx, mother, talk); err != nil || !o.Passed {
			t.Errorf("%+v %v", o, err)
		}
		if err := say(RemarkCannotCome, ""); !errors.Is(err, SlipPast) {
			t.Errorf("it has passed: %v", err)
		}
	})
}
