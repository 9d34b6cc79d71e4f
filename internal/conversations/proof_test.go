package conversations

import (
	"context"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// What was said and agreed asks for a second factor wherever it stands, not only where the route asks: on the page of the conversation, on the working
// list and on the pupil's page, a session without one finds where things stand and nothing of the words.
func TestWordsOpenAfterTheSecondStep(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		talk := agreed(t, s, a)
		must(t, s.Say(ctx, a.parent(a.mother), Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Version: 1, Words: "Tuesdays are better"}))
		must(t, s.DB.Update(ctx, access.System("test", a.org), func(tx *db.Tx) error {
			_, err := tx.Exec(`update conversations_target set due = $3 where org_id = $1 and talk_id = $2`, talk, tx.Today())
			return err
		}))
		who := a.as(a.keyTeacher, roll.KeyTeacher).Who()
		proved := gate.Admit(who)
		who.SecondFactorMs = 0
		for _, c := range []struct {
			name  string
			pass  access.Pass
			words bool
		}{{"proved", proved, true}, {"not proved", gate.Admit(who), false}} {
			r, err := s.One(ctx, c.pass, talk)
			must(t, err)
			if (len(r.Texts) > 0) != c.words || (len(r.Targets) > 0) != c.words || (len(r.Remarks) > 0) != c.words || r.MayRead != c.words || r.Waits == c.words || !r.MayHold {
				t.Errorf("%s: the page holds %d texts, %d targets, %d remarks; may read %v, waits %v", c.name, len(r.Texts), len(r.Targets), len(r.Remarks), r.MayRead, r.Waits)
			}
			m, err := s.Mine(ctx, c.pass, false)
			must(t, err)
			if (len(m.DueReviews) > 0) != c.words || (len(m.Remarks) > 0) != c.words || m.Waits == c.words || m.Total == 0 {
				t.Errorf("%s: the list holds %d targets and %d remarks of %d, waits %v", c.name, len(m.DueReviews), len(m.Remarks), m.Total, m.Waits)
			}
			must(t, s.DB.View(ctx, c.pass, func(tx *db.Tx) error {
				panel, err := TalksOf(tx, a.amira)
				if (len(panel.Open) > 0) != c.words || panel.MayRead != c.words || len(panel.List) == 0 {
					t.Errorf("%s: the panel holds %d targets of %d conversations", c.name, len(panel.Open), len(panel.List))
				}
				desk, derr := DeskIn(tx)
				if derr != nil || desk.Remarks != 1 || desk.DueReviews == 0 {
					t.Errorf("%s: the first page counts %+v, %v", c.name, desk, derr)
				}
				return err
			}))
		}
	})
}
