package messages

import (
	"context"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// sendingOutlets are the ways by which a message reaches an adult, or by which the adult stands before a colleague who rings.
func (s *Service) sendingOutlets() []roll.Outlet {
	return []roll.Outlet{
		{Key: "messages.sending", Words: "Messages by text, e-mail, letter and call", Needs: roll.Contact | roll.Information, Probe: s.wouldReach, Sent: wentOut,
			Reads: []string{"messages.plan", "messages.NameAudience", "messages.Reachable", "messages.choose", "messages.copyLine", "messages.again", "messages.receive", "messages.acknowledge", "messages.ThreadWith", "messages.Unstop"}},
	}
}

// wouldReach plans a message to the adult as a colleague would, and asks the lists of calls and letters.
func (s *Service) wouldReach(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	err = s.DB.View(ctx, a.Staff, func(tx *db.Tx) error {
		for _, way := range []string{ByBest, ByText, ByEmail, ByLetter, ByCall} {
			m := Message{Class: ClassService, Tone: Neutral, Way: way, Audience: Audience{Pupils: []roll.PupilID{a.Pupil}, Adults: []roll.AdultID{a.Adult}}.write()}
			p, err := s.plan(tx, m, []Words{{Lang: "en", Subject: "x", Body: "x", Short: "x", Standing: Original}})
			if err != nil {
				return err
			}
			for _, x := range append(p.To, p.Not...) {
				if x.Adult.ID == a.Adult {
					var names []string
					for _, c := range x.Children {
						names = append(names, c.Name())
					}
					out.Reached, out.Text = true, strings.Join(names, " ")
				}
			}
		}
		return nil
	})
	return out, err
}

// wentOut are the messages that went to an adult about a child, for the page before an order is saved.
func wentOut(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) (out []roll.Sent, err error) {
	list, err := copiesTo(tx, adult, pupil)
	for _, l := range list {
		if l.State != "post" && l.State != "done" {
			continue
		}
		m, _, err := messageByID(tx, l.MessageID)
		if err != nil {
			return nil, err
		}
		out = append(out, roll.Sent{On: dayOf(tx, m.ChangedMs), Words: WayWords(l.Way) + ": " + m.Title})
	}
	return out, err
}
