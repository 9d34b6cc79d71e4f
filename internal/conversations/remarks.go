package conversations

import (
	"context"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// RemarkID is the key of a remark.
type RemarkID = ids.ID[Remark]

// The kinds of remark.
const (
	RemarkCorrection = "correction"  // words of the agreed text that the adult would change
	RemarkCannotCome = "cannot_come" // they can't come at the time agreed
	RemarkOtherTime  = "other_time"  // another time suits better
)

// The states of a remark.
const (
	RemarkWaiting   = "waiting"
	RemarkAccepted  = "accepted"
	RemarkDeclined  = "declined"
	RemarkWithdrawn = "withdrawn"
)

// Remark is what an adult wrote by their link. It changes nothing by itself: the agreed text and the time stay until a colleague has talked with them.
type Remark struct {
	ID        RemarkID
	TalkID    TalkID
	AdultID   roll.AdultID
	Adult     string
	Kind      string
	Version   int    // of the text that was read; 0 for a time
	Words     string // as they were typed, in whatever language
	Tongue    string // the language of the page
	MadeMs    int64
	State     string
	Answer    string
	SettledMs *int64
	ByName    string
}

// AboutTime tells whether the remark is about the appointment, which the office sees; the others are about what was said.
func (r Remark) AboutTime() bool { return r.Kind != RemarkCorrection }

// Waits tells whether a colleague has still to answer.
func (r Remark) Waits() bool { return r.State == RemarkWaiting }

// RemarkKinds are the words of the kinds for staff.
var RemarkKinds = []Choice{{RemarkCorrection, "Would change something in the text"}, {RemarkCannotCome, "Cannot come at the time agreed"}, {RemarkOtherTime, "Another time suits better"}}

// RemarkLine is a remark with the child that it is about, for a list.
type RemarkLine struct {
	Remark
	Forename, Surname, KnownAs string
}

// PupilName is how the child is called.
func (r RemarkLine) PupilName() string {
	return roll.Pupil{Forename: r.Forename, Surname: r.Surname, KnownAs: r.KnownAs}.Name()
}

// rightTo is what a colleague needs to read and answer a remark: what is about the text is for those who hold the conversation.
func (r Remark) rightTo() access.Right {
	if r.AboutTime() {
		return Invite
	}
	return Hold
}

// MaySettle tells whether a remark is there for the pass to answer, before what was typed is looked at.
func (s *Service) MaySettle(ctx context.Context, p access.Pass, id RemarkID) error {
	if _, err := p.CheckNamed(Invite); err != nil {
		return err
	}
	return s.DB.View(ctx, p, func(tx *db.Tx) error {
		r, found, err := remarkByID(tx, id)
		if err == nil && !found {
			err = fault.Gone("remark")
		}
		if err != nil {
			return err
		}
		if _, err := p.CheckNamed(r.rightTo()); err != nil {
			return err
		}
		_, err = enter(tx, r.rightTo(), r.TalkID)
		return err
	})
}

// Settle answers what an adult wrote by their link. Accepted means that it was done: a corrected version, another time. Where it was not, the answer says
// why, and the adult reads it.
func (s *Service) Settle(ctx context.Context, p access.Pass, id RemarkID, accepted bool, answer string) error {
	if _, err := p.CheckNamed(Invite); err != nil {
		return err
	}
	answer = strings.TrimSpace(answer)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		r, found, err := remarkByID(tx, id)
		if err == nil && !found {
			err = fault.Gone("remark")
		}
		if err != nil {
			return err
		}
		if _, err := p.CheckNamed(r.rightTo()); err != nil {
			return err
		}
		if _, err := enter(tx, r.rightTo(), r.TalkID); err != nil {
			return err
		}
		if !accepted && answer == "" {
			return fault.Field("answer", "Say in a sentence why it stays as it is. The family reads it.")
		}
		if len([]rune(answer)) > MostWords {
			return fault.Field("answer", "This is too long. Keep it under %d letters.", MostWords)
		}
		if !r.Waits() {
			return fault.New(fault.Conflict, "This has been answered already, or the family took it back. Nothing was changed.")
		}
		if err := s.keeper.Heed([]string{r.Words}, worry.Says("answer", "Your answer", answer)); err != nil {
			return err
		}
		state := RemarkDeclined
		if accepted {
			state = RemarkAccepted
		}
		return settleRemark(tx, id, state, answer)
	})
}

// remarksFor keeps of a conversation's remarks those that the pass may read.
func remarksFor(tx *db.Tx, talk TalkID, mayInvite, mayRead bool) ([]Remark, error) {
	list, err := remarksOf(tx, talk, 0)
	var out []Remark
	for _, r := range list {
		if r.AboutTime() && mayInvite || !r.AboutTime() && mayRead {
			out = append(out, r)
		}
	}
	return out, err
}
