package conversations

import (
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// Invite asks one adult to a conversation, or changes how they are asked. With SentOn it counts as asked from that day; a letter without it waits to be
// printed and marked as sent.
func (s *Service) Invite(ctx context.Context, p access.Pass, talk TalkID, in Invitation) error {
	if _, err := p.CheckNamed(Invite); err != nil {
		return err
	}
	var f fault.Fields
	if in.Channel != "" && !known(Channels, in.Channel) {
		f.Add("channel", "Choose a letter, a call or in person.")
	}
	if in.SentOn != "" && !isDate(in.SentOn) {
		f.Add("sent_on", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", in.SentOn)
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Invite, talk)
		if err != nil {
			return err
		}
		r, err := askable(tx, l, in.AdultID)
		if err != nil {
			return err
		}
		have, err := talkInvitations(tx, talk)
		if err != nil {
			return err
		}
		var stored []string
		for _, i := range have {
			stored = append(stored, i.Offered, i.Suits)
		}
		if err := s.keeper.Heed(stored, worry.Says("offered", "Times offered", in.Offered), worry.Says("suits", "What suits them", in.Suits), worry.Says("write_in", "Language to write in", in.WriteIn)); err != nil {
			return err
		}
		return invite(tx, l, r, in)
	})
}

// invite fills what the roll knows of the adult, keeps the invitation and, when it went out, the day.
func invite(tx *db.Tx, l Line, r roll.Relation, in Invitation) error {
	in.ID, in.TalkID, in.AdultID, in.ByName = ids.New[Invitation](), l.ID, r.Adult.ID, tx.Pass().Who().Name
	if in.Channel == "" {
		in.Channel = "letter"
		if !r.GetsLetters() {
			in.Channel = "call"
		}
	}
	if in.WriteIn == "" {
		in.WriteIn = r.Adult.Reads
	}
	if in.Interpreter == nil {
		in.Interpreter = r.Adult.Interpreter
	}
	if err := putInvitation(tx, in); err != nil {
		return err
	}
	if in.SentOn == "" {
		return nil
	}
	return asked(tx, l.ID, in.AdultID, in.Channel, in.SentOn)
}

// asked records that an adult was asked on a day.
func asked(tx *db.Tx, talk TalkID, adult roll.AdultID, channel, on string) error {
	if err := setInvited(tx, talk, on); err != nil {
		return err
	}
	return addContact(tx, Contact{TalkID: talk, AdultID: &adult, Kind: channel, OnDate: on, Outcome: "invited"})
}

// Prepared tells what InviteAll did.
type Prepared struct {
	Invitations int // made now
	Families    int // conversations they belong to
	Barred      int // adults left out because of an order
	Nobody      int // conversations with nobody who can be asked
}

// InviteAll prepares a letter for each adult with rights in a round who has no invitation yet, in every family that has not answered. So an adult
// who came to the roll, or got rights, after the first letters is asked too.
func (s *Service) InviteAll(ctx context.Context, p access.Pass, round RoundID) (out Prepared, err error) {
	if err := p.CheckAll(Invite); err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, found, err := roundByID(tx, round); err != nil || !found {
			if err == nil {
				err = fault.Gone("round")
			}
			return err
		}
		list, err := lines(tx, Invite, Filter{Round: round})
		if err != nil {
			return err
		}
		own := ownTalks(list)
		have, err := invitationsOf(tx, Filter{Round: round})
		if err != nil {
			return err
		}
		invited := map[TalkID][]roll.AdultID{}
		for _, i := range have {
			invited[i.TalkID] = append(invited[i.TalkID], i.AdultID)
		}
		for _, l := range list {
			if l.Standing != NotInvited && l.Standing != NoReply {
				continue
			}
			made, barred, err := inviteFamily(tx, l, own, invited[l.ID])
			if err != nil {
				return err
			}
			switch {
			case made > 0:
				out.Invitations += made
				out.Families++
				out.Barred += barred
			case len(invited[l.ID]) == 0:
				out.Nobody++
				out.Barred += barred
			}
		}
		return nil
	})
	return out, err
}

type pair struct {
	pupil roll.PupilID
	adult roll.AdultID
}

// ownTalks finds the adults who have a conversation of their own, so that they are not asked to the family's as well.
func ownTalks(list []Line) map[pair]bool {
	own := map[pair]bool{}
	for _, l := range list {
		if l.AdultID != nil {
			own[pair{l.PupilID, *l.AdultID}] = true
		}
	}
	return own
}

func inviteFamily(tx *db.Tx, l Line, own map[pair]bool, invited []roll.AdultID) (made, barred int, err error) {
	relations, err := roll.Relations(tx, l.PupilID)
	if err != nil {
		return 0, 0, err
	}
	for _, r := range relations {
		mine := l.AdultID != nil && *l.AdultID == r.Adult.ID || l.AdultID == nil && !own[pair{l.PupilID, r.Adult.ID}]
		if !mine {
			continue
		}
		switch WhoToAsk(r, tx.Today()) {
		case AskBarred:
			if inOrder(r, tx.Today()) {
				barred++
			}
		case AskUsual:
			if slices.Contains(invited, r.Adult.ID) {
				continue
			}
			if err := invite(tx, l, r, Invitation{}); err != nil {
				return made, barred, err
			}
			made++
		}
	}
	return made, barred, nil
}

// inOrder tells an adult whom an order bars from one whose tie has simply ended.
func inOrder(r roll.Relation, today string) bool {
	for _, o := range r.Orders {
		if o.InForce(today) {
			return true
		}
	}
	return false
}

// Letter is one invitation ready to be printed.
type Letter struct {
	Invitation Invitation
	Line       Line
	Adult      roll.Adult
	Post       []string // where it goes, below the name
}

// Letters are the letters of a round, and how many were left out because of orders. Why tells the names and the orders, and is filled only for those
// who may know them.
type Letters struct {
	Programme Programme
	Round     Round
	List      []Letter
	LeftOut   int
	Why       []string
	NoAddress []string // adults whose letter has no address to put in the window
	ToCall    []ToCall // adults who asked for a call instead of letters, or to get none
	Address   string   // the school's own, a line each
	Phone     string
}

// ToCall is an adult who is called instead of written to.
type ToCall struct {
	Line  Line
	Adult roll.Adult
}

// LettersOf makes the letters of a round for printing: one for each adult with rights. unsent leaves out those that have gone already. Orders are
// looked up now, not when the invitation was made.
func (s *Service) LettersOf(ctx context.Context, p access.Pass, round RoundID, unsent bool) (out Letters, err error) {
	if _, err := p.CheckNamed(Invite); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = letters(tx, Filter{Round: round}, unsent)
		return err
	})
	return out, err
}

func letters(tx *db.Tx, f Filter, unsent bool) (out Letters, err error) {
	var found bool
	if out.Round, found, err = roundByID(tx, f.Round); err != nil || !found {
		if err == nil {
			err = fault.Gone("round")
		}
		return out, err
	}
	if out.Programme, _, err = programmeByID(tx, out.Round.ProgrammeID); err != nil {
		return out, err
	}
	if out.Address, err = roll.Setting(tx, SettingAddress); err != nil {
		return out, err
	}
	if out.Phone, err = roll.Setting(tx, SettingPhone); err != nil {
		return out, err
	}
	list, err := lines(tx, Invite, f)
	if err != nil {
		return out, err
	}
	invitations, err := invitationsOf(tx, f)
	if err != nil {
		return out, err
	}
	of := map[TalkID][]Invitation{}
	for _, i := range invitations {
		of[i.TalkID] = append(of[i.TalkID], i)
	}
	for _, l := range list {
		relations, err := roll.Relations(tx, l.PupilID)
		if err != nil {
			return out, err
		}
		mayKnow, err := roll.KnowsOrders(tx, l.PupilID)
		if err != nil {
			return out, err
		}
		for _, r := range relations {
			if l.AdultID != nil && *l.AdultID != r.Adult.ID {
				continue
			}
			barred := WhoToAsk(r, tx.Today()) == AskBarred
			if barred && inOrder(r, tx.Today()) {
				out.LeftOut++
				if mayKnow {
					out.Why = append(out.Why, leftOutWords(r, l, tx.Today()))
				}
			}
			if barred {
				continue
			}
			if !r.GetsLetters() {
				if asksFor(of[l.ID], r.Adult.ID, unsent) {
					out.ToCall = append(out.ToCall, ToCall{l, r.Adult})
				}
				continue
			}
			for _, i := range of[l.ID] {
				if i.AdultID != r.Adult.ID || i.Channel != "letter" || unsent && i.SentOn != "" {
					continue
				}
				out.List = append(out.List, Letter{i, l, r.Adult, r.Post})
				if len(r.Post) == 0 {
					out.NoAddress = append(out.NoAddress, r.Adult.Name)
				}
			}
		}
	}
	return out, nil
}

// asksFor tells whether an adult is to be asked by something that has not gone out; a letter that was made before they asked for calls counts.
func asksFor(list []Invitation, adult roll.AdultID, unsent bool) bool {
	return slices.ContainsFunc(list, func(i Invitation) bool {
		return i.AdultID == adult && i.Channel != "in_person" && (!unsent || i.SentOn == "")
	})
}

func leftOutWords(r roll.Relation, l Line, today string) string {
	var kinds []string
	for _, o := range r.Orders {
		if o.InForce(today) {
			kinds = append(kinds, strings.ToLower(roll.OrderWords[o.Kind][:1])+roll.OrderWords[o.Kind][1:])
		}
	}
	return r.Adult.Name + ", about " + l.PupilName() + ": " + strings.Join(kinds, "; ")
}

// LettersSent marks the printed letters of a round as on their way, and tells how many. An adult who has been barred since is left out here too.
func (s *Service) LettersSent(ctx context.Context, p access.Pass, round RoundID, on string) (n int, err error) {
	if _, err := p.CheckNamed(Invite); err != nil {
		return 0, err
	}
	if on != "" && !isDate(on) {
		return 0, fault.Field("on", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", on)
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if on == "" {
			on = tx.Today()
		}
		ready, err := letters(tx, Filter{Round: round}, true)
		if err != nil {
			return err
		}
		for _, l := range ready.List {
			if err := markSent(tx, l.Invitation.ID, on); err != nil {
				return err
			}
			if err := asked(tx, l.Line.ID, l.Adult.ID, "letter", on); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// Call is one try to reach an adult by phone.
type Call struct {
	AdultID  roll.AdultID
	On, At   string // today and now when empty
	Outcome  string // one of CallOutcomes
	Note     string
	Time     Time   // when Outcome is agreed
	Declined string // why, when Outcome is declined
}

// Time is when and where a family will be met.
type Time struct {
	AdultID  roll.AdultID // who agreed it; zero when not said
	On       string       // the day it was agreed; today when empty
	MeetOn   string
	MeetAt   string
	Place    string
	WithWhom string
	Note     string
}

func (t Time) said() []worry.Said {
	return []worry.Said{worry.Says("meet_at", "Time", t.MeetAt), worry.Says("place", "Place", t.Place), worry.Says("with_whom", "Who will be there", t.WithWhom), worry.Says("note", "Note", t.Note)}
}

// LogCall keeps a call and what came of it. A wrong number reaches nobody and does not count as asked; every other call does.
func (s *Service) LogCall(ctx context.Context, p access.Pass, talk TalkID, c Call) error {
	if _, err := p.CheckNamed(Invite); err != nil {
		return err
	}
	if !known(CallOutcomes, c.Outcome) {
		return fault.Field("outcome", "Choose what came of the call.")
	}
	if c.On != "" && !isDate(c.On) {
		return fault.Field("on", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", c.On)
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Invite, talk)
		if err != nil {
			return err
		}
		r, err := askable(tx, l, c.AdultID)
		if err != nil {
			return err
		}
		if err := s.keeper.Heed(nil, worry.Says("note", "Note", c.Note), worry.Says("at", "Time of the call", c.At), worry.Says("declined", "What they said", c.Declined)); err != nil {
			return err
		}
		if err := s.keeper.Heed([]string{l.Place, l.WithWhom}, c.Time.said()...); err != nil && c.Outcome == "agreed" {
			return err
		}
		if c.On == "" {
			c.On = tx.Today()
		}
		answered := c.Outcome != "message" && c.Outcome != "no_answer" && c.Outcome != "wrong_number"
		if err := addContact(tx, Contact{TalkID: talk, AdultID: &r.Adult.ID, Kind: "call", OnDate: c.On, AtTime: c.At, Answered: &answered, Outcome: c.Outcome, Note: c.Note}); err != nil {
			return err
		}
		if c.Outcome == "wrong_number" {
			return nil
		}
		if err := keepInvitation(tx, l, r, "call", c.On); err != nil {
			return err
		}
		switch c.Outcome {
		case "agreed":
			c.Time.AdultID, c.Time.On = c.AdultID, c.On
			return agreeTime(tx, l, c.Time)
		case "declined":
			return decline(tx, l, c.AdultID, c.On, c.Declined)
		}
		return nil
	})
}

// keepInvitation makes sure that an adult who was called stands among those asked, without changing a letter that is there.
func keepInvitation(tx *db.Tx, l Line, r roll.Relation, channel, on string) error {
	if err := addInvitation(tx, Invitation{ID: ids.New[Invitation](), TalkID: l.ID, AdultID: r.Adult.ID, Channel: channel, WriteIn: r.Adult.Reads, Interpreter: r.Adult.Interpreter,
		SentOn: on, ByName: tx.Pass().Who().Name}); err != nil {
		return err
	}
	return setInvited(tx, l.ID, on)
}

// AgreeTime keeps the time a family agreed to. A new time after a missed one clears the outcome; the log keeps that it was missed.
func (s *Service) AgreeTime(ctx context.Context, p access.Pass, talk TalkID, t Time) error {
	if _, err := p.CheckNamed(Invite); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Invite, talk)
		if err != nil {
			return err
		}
		if err := s.keeper.Heed([]string{l.Place, l.WithWhom}, t.said()...); err != nil {
			return err
		}
		return agreeTime(tx, l, t)
	})
}

func agreeTime(tx *db.Tx, l Line, t Time) error {
	var f fault.Fields
	if !isDate(t.MeetOn) {
		f.Add("meet_on", "Say on which day you will meet, like 27 3 2027.")
	}
	if t.On != "" && !isDate(t.On) {
		f.Add("on", "“%s” is not a date.", t.On)
	}
	if l.Outcome == "held" {
		f.Add("", "This conversation has been held. A new time belongs to the next round.")
	}
	if err := f.Err(); err != nil {
		return err
	}
	who, err := replier(tx, l, t.AdultID)
	if err != nil {
		return err
	}
	if t.On == "" {
		t.On = tx.Today()
	}
	if err := setTime(tx, l.ID, t); err != nil {
		return err
	}
	note := strings.TrimSpace(strings.Join([]string{dayWords(t.MeetOn), t.MeetAt, t.Place, t.Note}, " "))
	return addContact(tx, Contact{TalkID: l.ID, AdultID: who, Kind: "agreed", OnDate: t.On, Outcome: "agreed", Note: note})
}

// replier checks the adult who replied, when one is named.
func replier(tx *db.Tx, l Line, adult roll.AdultID) (*roll.AdultID, error) {
	if adult == 0 {
		return nil, nil
	}
	r, err := askable(tx, l, adult)
	if err != nil {
		return nil, err
	}
	return &r.Adult.ID, nil
}

// Decline keeps that a family would rather not, and why if they said. There is no blame in it and they can be asked again.
func (s *Service) Decline(ctx context.Context, p access.Pass, talk TalkID, adult roll.AdultID, on, why string) error {
	if _, err := p.CheckNamed(Invite); err != nil {
		return err
	}
	if on != "" && !isDate(on) {
		return fault.Field("on", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", on)
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Invite, talk)
		if err != nil {
			return err
		}
		if err := s.keeper.Heed([]string{l.DeclinedWhy}, worry.Says("why", "What they said", why)); err != nil {
			return err
		}
		return decline(tx, l, adult, on, why)
	})
}

func decline(tx *db.Tx, l Line, adult roll.AdultID, on, why string) error {
	if l.Outcome == "held" {
		return fault.New(fault.Invalid, "This conversation has been held already.")
	}
	who, err := replier(tx, l, adult)
	if err != nil {
		return err
	}
	if on == "" {
		on = tx.Today()
	}
	if err := setDeclined(tx, l.ID, on, why); err != nil {
		return err
	}
	return addContact(tx, Contact{TalkID: l.ID, AdultID: who, Kind: "declined", OnDate: on, Outcome: "declined", Note: why})
}

// Missed keeps that a family did not come to the time agreed, and the reason if it is known.
func (s *Service) Missed(ctx context.Context, p access.Pass, talk TalkID, on, reason, note string) error {
	if _, err := p.CheckNamed(Invite); err != nil {
		return err
	}
	if !known(MissedReasons, reason) {
		return fault.Field("reason", "Choose a reason, or “We do not know”.")
	}
	if on != "" && !isDate(on) {
		return fault.Field("on", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", on)
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Invite, talk)
		if err != nil {
			return err
		}
		if l.Outcome == "held" {
			return fault.New(fault.Invalid, "This conversation has been held already.")
		}
		if l.Reply != "agreed" {
			return fault.New(fault.Invalid, "There is no time that the family agreed to, so they can't have missed it. Agree a time first, or leave it at “No reply yet”.")
		}
		if err := s.keeper.Heed(nil, worry.Says("note", "Note", note)); err != nil {
			return err
		}
		if on == "" {
			on = min(l.MeetOn, tx.Today())
		}
		if err := setOutcome(tx, talk, "did_not_come", on, reason); err != nil {
			return err
		}
		return addContact(tx, Contact{TalkID: talk, Kind: "did_not_come", OnDate: on, Outcome: reason, Note: note})
	})
}

// MarkHeld keeps that a conversation took place on a day, before it is written up.
func (s *Service) MarkHeld(ctx context.Context, p access.Pass, talk TalkID, on string) error {
	if _, err := p.CheckNamed(Hold); err != nil {
		return err
	}
	if on != "" && !isDate(on) {
		return fault.Field("on", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", on)
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Hold, talk)
		if err != nil {
			return err
		}
		return held(tx, l, on)
	})
}

// held sets the outcome once; a family that came without an invitation on record was asked that day.
func held(tx *db.Tx, l Line, on string) error {
	if l.Outcome == "held" {
		return nil
	}
	if on == "" {
		on = tx.Today()
		if l.MeetOn != "" && l.MeetOn < on {
			on = l.MeetOn
		}
	}
	if on > tx.Today() {
		return fault.Field("on", "A conversation can't have been held on a day that is still to come.")
	}
	if err := setInvited(tx, l.ID, on); err != nil {
		return err
	}
	if err := setOutcome(tx, l.ID, "held", on, ""); err != nil {
		return err
	}
	return addContact(tx, Contact{TalkID: l.ID, Kind: "held", OnDate: on, Outcome: "held"})
}

// Reopen takes back a reply or an outcome that was recorded by mistake, or asks a family again. What was logged stays in the log. A conversation whose
// text is agreed stays held.
func (s *Service) Reopen(ctx context.Context, p access.Pass, talk TalkID) error {
	if _, err := p.CheckNamed(Invite); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Invite, talk)
		if err != nil {
			return err
		}
		if l.FinalisedMs != nil {
			return fault.New(fault.Conflict, "The text of this conversation is agreed, so it stays held.")
		}
		return clearReply(tx, talk)
	})
}
