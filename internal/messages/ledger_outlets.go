package messages

import (
	"context"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// Outlets are the ways by which something about a child reaches an adult from this room, or by which an adult stands before staff who act on it.
func (s *Service) Outlets() []roll.Outlet { return append(s.sendingOutlets(), s.ledgerOutlets()...) }

// ledgerOutlets are the ways by which the log of contacts and the ledger put an adult before staff who then speak with them.
func (s *Service) ledgerOutlets() []roll.Outlet {
	return []roll.Outlet{
		{Key: "messages.contacts", Words: "Whom a colleague can note a call or a word with", Needs: roll.Contact, Probe: s.canBeLogged,
			Reads: []string{"messages.LogFormIn", "messages.spokenWith", "messages.FindToLog", "messages.contactColumns"}},
		{Key: "messages.reach", Words: "The list of whom the school does not reach, and what would help", Needs: roll.Contact, Probe: s.onReachList,
			Reads: []string{"messages.ledger", "messages.todosOf", "messages.traces"}},
		{Key: "messages.doors", Words: "The printed list of doors to knock on", Needs: roll.Contact | roll.Lists, Probe: s.onDoorList},
	}
}

// onDoorList asks for any line of the adult about the child that may stand on paper, whatever it is that would help.
func (s *Service) onDoorList(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	r, err := s.unproved(ctx, a.Staff)
	for i := range r.Lines {
		r.Lines[i].What = DoKnock
	}
	for _, l := range r.Doors() {
		for _, c := range l.Children {
			out.Reached = out.Reached || l.Adult == a.Adult && c.Pupil == a.Pupil
		}
	}
	return out, err
}

func (s *Service) canBeLogged(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	v, err := s.LogForm(ctx, a.Staff, a.Pupil)
	for _, x := range v.Adults {
		out.Reached = out.Reached || x.ID == a.Adult
	}
	return out, err
}

// onReachList looks at the ledger as it would be with nothing proved: there everybody stands whom the school may write to and does not reach.
func (s *Service) onReachList(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	r, err := s.unproved(ctx, a.Staff)
	for _, l := range r.Lines {
		for _, c := range l.Children {
			out.Reached = out.Reached || l.Adult == a.Adult && c.Pupil == a.Pupil
		}
	}
	return out, err
}

func (s *Service) unproved(ctx context.Context, p access.Pass) (out ReachReport, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		pupils, err := roll.Pupils(tx, Read)
		if err != nil {
			return err
		}
		out, err = s.ledger(tx, pupils, nil)
		return err
	})
	return out, err
}
