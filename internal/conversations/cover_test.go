package conversations

import (
	"context"
	"testing"
	"time"

	"ajar/internal/kit/clock"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// While a key teacher is away their conversations stand on the list of whoever covers, open for them with what was said, and go back by themselves.
func TestConversationsGoToTheCover(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		_, _, talks := begin(t, s, a)
		talk := talks[a.amira]
		must(t, s.Invite(ctx, a.head(), talk, Invitation{AdultID: a.mother, SentOn: "2026-11-02"}))
		must(t, s.AgreeTime(ctx, a.head(), talk, Time{MeetOn: "2026-11-19"}))
		cover, leader := a.as(a.colleague, roll.KeyTeacher), a.as(a.outsider, roll.Leader)
		mine := func() (first, second int) {
			m, err := s.Mine(ctx, cover, false)
			must(t, err)
			l, err := s.Mine(ctx, leader, false) // a leader sees everyone's, and on their own list only what is theirs to do
			must(t, err)
			return len(m.ToRecord), len(l.ToRecord)
		}
		if m, l := mine(); m != 0 || l != 0 {
			t.Fatalf("before: %d, %d", m, l)
		}
		id, err := s.Roll.RecordAway(ctx, a.as(0, roll.Office), a.keyTeacher, roll.Values{"starts": "20 11 2026", "ends": "21 11 2026", "cover": a.colleague.String()})
		must(t, err)
		if m, l := mine(); m != 1 || l != 0 {
			t.Errorf("the colleague covers: %d on theirs, %d on the leader's", m, l)
		}
		if m, err := s.Mine(ctx, cover, false); err != nil || len(m.Covering) != 1 {
			t.Errorf("covering %v, %v", m.Covering, err)
		}
		if r, err := s.One(ctx, cover, talk); err != nil || !r.MayHold {
			t.Errorf("the cover can't hold the talk: %v", err)
		}
		must(t, s.Roll.CoverFor(ctx, a.as(0, roll.Office), id, roll.Values{"cover": a.outsider.String()}, nil))
		if _, l := mine(); l != 1 {
			t.Errorf("on the list of a leader who covers: %d", l)
		}
		if _, err := s.One(ctx, b.as(a.colleague, roll.KeyTeacher), talk); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the same key in another school: %v", err)
		}
		s.DB.SetClock(clock.At(testkit.Day.Add(48 * time.Hour)))
		if m, l := mine(); m != 0 || l != 0 {
			t.Errorf("the day after: %d, %d", m, l)
		}
		if _, err := s.One(ctx, cover, talk); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the day after the cover reads on: %v", err)
		}
	})
}
