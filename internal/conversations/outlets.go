package conversations

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// Outlets are the ways by which something about a child reaches an adult from here. The pages add how a letter and a sheet read.
func (s *Service) Outlets(letter func(Letters, Letter) (string, error), sheet func(Record) (string, error)) []roll.Outlet {
	return []roll.Outlet{
		{Key: "conversations.letters", Words: "Letters that invite to a conversation", Needs: roll.Contact, Reads: []string{"conversations.letters"},
			Probe: func(ctx context.Context, a roll.Asked) (roll.Reach, error) { return s.letterTo(ctx, a, letter) }, Sent: lettersSentTo},
		{Key: "conversations.invitations", Words: "Who is asked when a round of conversations is prepared", Needs: roll.Contact, Reads: []string{"conversations.inviteFamily", "conversations.askable"},
			Probe: s.trying(toCome, func(ctx context.Context, a roll.Asked, l Line) error {
				return s.Invite(ctx, a.Staff, l.ID, Invitation{AdultID: a.Adult})
			})},
		{Key: "conversations.calls", Words: "Whom to call about a conversation", Needs: roll.Contact, Reads: []string{"conversations.people", "conversations.selectLine", "conversations.contactsOf"}, Probe: s.callable, Sent: callsTo},
		{Key: "conversations.log", Words: "Calls about the child", Needs: roll.Contact, Reads: []string{"conversations.askable"},
			Probe: s.trying(toCome, func(ctx context.Context, a roll.Asked, l Line) error {
				return s.LogCall(ctx, a.Staff, l.ID, Call{AdultID: a.Adult, Outcome: "no_answer"})
			})},
		{Key: "conversations.times", Words: "Times agreed for a conversation", Needs: roll.Contact, Reads: []string{"conversations.askable"},
			Probe: s.trying(toCome, func(ctx context.Context, a roll.Asked, l Line) error {
				return s.AgreeTime(ctx, a.Staff, l.ID, Time{AdultID: a.Adult, MeetOn: "2027-01-11"})
			}), Sent: meetingsWith},
		{Key: "conversations.sheets", Words: "The sheet of what was agreed, read back or printed for them", Needs: roll.Contact | roll.Information, Reads: []string{"conversations.people", "conversations.textsOf", "conversations.agreementsOf", "conversations.copiesOf", "conversations.feedbackOf"},
			Probe: func(ctx context.Context, a roll.Asked) (roll.Reach, error) { return s.sheetTo(ctx, a, sheet) }},
		{Key: "conversations.copies", Words: "Copies of what was agreed", Needs: roll.Contact | roll.Information, Reads: []string{"conversations.askable"},
			Probe: s.trying(finished, func(ctx context.Context, a roll.Asked, l Line) error {
				return s.GiveCopy(ctx, a.Staff, l.ID, a.Adult, "", "post")
			}), Sent: copiesTo},
		{Key: "conversations.agreements", Words: "Their yes to what was agreed", Needs: roll.Contact | roll.Information, Reads: []string{"conversations.askable"},
			Probe: s.trying(finished, func(ctx context.Context, a roll.Asked, l Line) error {
				return s.Agree(ctx, a.Staff, l.ID, a.Adult, 0, "", "room")
			})},
		{Key: "conversations.preparation", Words: "Adults named on the pack for preparing a talk", Needs: roll.Contact, Reads: []string{"conversations.pack", "conversations.people"}, Probe: s.prepared},
	}
}

// errNothing says that a probe had nothing to try: the test has to make a conversation first.
var errNothing = errors.New("there is no conversation about this child to try it with")

func toCome(l Line) bool   { return l.Outcome != "held" && l.AdultID == nil }
func finished(l Line) bool { return l.FinalisedMs != nil && l.AdultID == nil }

func (s *Service) probed(ctx context.Context, a roll.Asked, fits func(Line) bool) (Line, error) {
	list, err := s.Lines(ctx, a.Staff, Filter{Pupil: a.Pupil})
	if err != nil {
		return Line{}, err
	}
	for _, l := range list {
		if fits(l) {
			return l, nil
		}
	}
	return Line{}, errNothing
}

// trying probes with a verb that refuses an adult whom an order bars. Any other refusal is a mistake of the probe and is told.
func (s *Service) trying(fits func(Line) bool, verb func(context.Context, roll.Asked, Line) error) func(context.Context, roll.Asked) (roll.Reach, error) {
	return func(ctx context.Context, a roll.Asked) (roll.Reach, error) {
		l, err := s.probed(ctx, a, fits)
		if err != nil {
			return roll.Reach{}, err
		}
		err = verb(ctx, a, l)
		if isBarred(err) {
			return roll.Reach{}, nil
		}
		return roll.Reach{Reached: err == nil}, err
	}
}

func (s *Service) letterTo(ctx context.Context, a roll.Asked, text func(Letters, Letter) (string, error)) (out roll.Reach, err error) {
	l, err := s.probed(ctx, a, toCome)
	if err != nil {
		return out, err
	}
	// A letter needs an invitation to stand on. One that was made before an order came must not turn into a letter after it.
	if err := s.Invite(ctx, a.Staff, l.ID, Invitation{AdultID: a.Adult}); err != nil && !isBarred(err) {
		return out, err
	}
	all, err := s.LettersOf(ctx, a.Staff, l.RoundID, false)
	if err != nil {
		return out, err
	}
	for _, x := range all.List {
		if x.Line.PupilID != a.Pupil || x.Adult.ID != a.Adult {
			continue
		}
		words, err := text(all, x)
		if err != nil {
			return out, err
		}
		out.Reached, out.Text = true, out.Text+words
	}
	return out, nil
}

func (s *Service) callable(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	l, err := s.probed(ctx, a, toCome)
	if err != nil {
		return out, err
	}
	r, err := s.One(ctx, a.Staff, l.ID)
	for _, p := range r.Adults {
		out.Reached = out.Reached || p.Relation.Adult.ID == a.Adult
	}
	return out, err
}

func (s *Service) sheetTo(ctx context.Context, a roll.Asked, text func(Record) (string, error)) (out roll.Reach, err error) {
	l, err := s.probed(ctx, a, finished)
	if err != nil {
		return out, err
	}
	r, err := s.One(ctx, a.Staff, l.ID)
	if err != nil {
		return out, err
	}
	for _, p := range r.Adults {
		if p.Relation.Adult.ID == a.Adult {
			out.Reached = true
			out.Text, err = text(r)
		}
	}
	return out, err
}

// prepared looks at the pack: an adult under an order is a caution there and not somebody to talk with.
func (s *Service) prepared(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	l, err := s.probed(ctx, a, toCome)
	if err != nil {
		return out, err
	}
	k, err := s.Pack(ctx, a.Staff, l.ID)
	for _, p := range k.Adults {
		out.Reached = out.Reached || p.Relation.Adult.ID == a.Adult
	}
	return out, err
}

func lettersSentTo(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) (out []roll.Sent, err error) {
	list, err := contactsWith(tx, pupil, adult)
	for _, x := range list {
		if x.Kind == "letter" {
			out = append(out, roll.Sent{On: x.OnDate, Words: "Letter: " + x.Round})
		}
	}
	if err != nil {
		return nil, err
	}
	waiting, err := invitationsWith(tx, pupil, adult)
	for _, x := range waiting {
		if x.Kind == "letter" && x.OnDate == "" {
			out = append(out, roll.Sent{Words: "Letter made and not marked as sent: " + x.Round + ". It is not printed any more; look whether a printed one is lying ready", Open: true})
		}
	}
	return out, err
}

func callsTo(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) (out []roll.Sent, err error) {
	list, err := contactsWith(tx, pupil, adult)
	for _, x := range list {
		switch x.Kind {
		case "call":
			out = append(out, roll.Sent{On: x.OnDate, Words: "Call: " + x.Round + ", " + strings.ToLower(cmp.Or(WordsOf(CallOutcomes, x.Outcome), "asked"))})
		case "in_person":
			out = append(out, roll.Sent{On: x.OnDate, Words: "Asked in person: " + x.Round})
		}
	}
	return out, err
}

// meetingsWith are times still to come that this adult was asked to: they may turn up.
func meetingsWith(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) (out []roll.Sent, err error) {
	list, err := invitationsWith(tx, pupil, adult)
	for _, x := range list {
		if x.Outcome >= tx.Today() {
			out = append(out, roll.Sent{On: x.Outcome, Words: "A talk is arranged for this day, and they were among those asked: " + x.Round, Open: true})
		}
	}
	return out, err
}

func copiesTo(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) (out []roll.Sent, err error) {
	list, err := copiesWith(tx, pupil, adult)
	for _, x := range list {
		out = append(out, roll.Sent{On: x.OnDate, Words: "Copy of what was agreed, " + strings.ToLower(WordsOf(CopyWays, x.Kind)) + ": " + x.Round})
	}
	return out, err
}

// barredWords are how askable refuses.
const barredWords = "can't be asked or told about"

func isBarred(err error) bool {
	return fault.KindOf(err) == fault.Invalid && strings.Contains(err.Error(), barredWords)
}
