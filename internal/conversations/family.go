package conversations

import (
	"context"
	"strings"

	"ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// This file is what an adult reads and does by their own link: the sheet that was agreed, and the time that was. Nothing of the notes, the preparation,
// the reflections or the cost is here; what is here goes home on paper too.

// MostWords is how long a remark or an answer may be.
const MostWords = 2000

// MostRemarks is how many remarks of one adult about one conversation may wait at a time.
const MostRemarks = 5

// ByLink is the way of an agreement that an adult gave by their own link.
const ByLink = "link"

// Slip is why something could not be taken from a family's page. It is a key and no sentence: the page says it in the reader's language.
type Slip string

func (s Slip) Error() string { return "a family's page: " + string(s) }

// The slips.
const (
	SlipNoWords Slip = "no_words" // nothing was written
	SlipTooLong Slip = "too_long"
	SlipTooMany Slip = "too_many" // several wait already
	SlipNewer   Slip = "newer"    // the text has a newer version
	SlipWaiting Slip = "waiting"  // a change that they asked for waits, so they can't agree yet
	SlipPast    Slip = "past"     // the time has passed, or was changed
)

// Part is what an adult has to do with a conversation.
type Part struct {
	Talk
	Took      int // 1: they were asked, replied, agreed or have a copy
	Anyone    int // 1: somebody did
	Elsewhere int // 1: they have a conversation of their own in this round
	Version   int // the latest version of the text; 0 for none
	AgreedTo  int // the latest version that they agreed to
	SettledMs int64
}

// MayOpen decides whether an adult, whose tie is in force and whom no order keeps from it, reads a conversation. A conversation is for those who took
// part in it: what one parent said is not for the other, who was never asked. Where nobody is written down, it is for those whom law calls a parent.
func MayOpen(p Part, adult roll.AdultID, asking Asking) bool {
	if asking == AskBarred {
		return false
	}
	if p.AdultID != nil {
		return *p.AdultID == adult
	}
	if p.Elsewhere == 1 {
		return false
	}
	return p.Took == 1 || p.Anyone == 0 && asking == AskUsual
}

// PartsOf lists the conversations about a child that an adult may open, newest last. The child was opened for them by the caller.
func PartsOf(tx *db.Tx, adult roll.AdultID, child roll.TiedPupil) ([]Part, error) {
	return partsOf(tx, adult, child, 0)
}

func partsOf(tx *db.Tx, adult roll.AdultID, child roll.TiedPupil, talk TalkID) ([]Part, error) {
	list, err := familyParts(tx, child.Pupil.ID, adult, talk)
	asking := WhoToAsk(child.Relation, tx.Today())
	var out []Part
	for _, p := range list {
		if MayOpen(p, adult, asking) {
			out = append(out, p)
		}
	}
	return out, err
}

// enterOwn opens one conversation for the adult of the pass. Not there, not theirs, and closed by an order look the same.
func enterOwn(tx *db.Tx, id TalkID) (p Part, child roll.TiedPupil, err error) {
	if _, err := tx.Pass().CheckNamed(Answer); err != nil {
		return p, child, err
	}
	pupil, found, err := pupilOf(tx, id)
	if err != nil {
		return p, child, err
	}
	if found {
		if child, err = family.Enter(tx, Answer, pupil); err != nil && fault.KindOf(err) != fault.NotFound {
			return p, child, err
		}
	}
	if !found || err != nil {
		return p, child, fault.Gone("conversation")
	}
	list, err := partsOf(tx, self(tx), child, id)
	if err == nil && len(list) == 0 {
		err = fault.Gone("conversation")
	}
	if err != nil {
		return p, child, err
	}
	return list[0], child, nil
}

func self(tx *db.Tx) roll.AdultID { return roll.AdultID(tx.Pass().Who().Adult) }

// OwnSheet is the agreed text as one adult reads it.
type OwnSheet struct {
	Part       Part
	Child      roll.TiedPupil
	KeyTeacher string
	Text       Text
	Agreements []Agreement // to the latest version
	Targets    []Target
	Remarks    []Remark // their own about the text, newest first
}

// Agreed tells whether this adult has agreed to the latest version.
func (o OwnSheet) Agreed() bool { return o.Part.AgreedTo == o.Text.Version }

// Waiting tells whether a change they asked for has not been answered.
func (o OwnSheet) Waiting() bool {
	for _, r := range o.Remarks {
		if r.Waits() {
			return true
		}
	}
	return false
}

// OwnSheet opens the agreed text of a conversation for the adult of the pass.
func (s *Service) OwnSheet(ctx context.Context, p access.Pass, talk TalkID) (o OwnSheet, err error) {
	if _, err := p.CheckNamed(Answer); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		o, err = ownSheet(tx, talk)
		return err
	})
	return o, err
}

func ownSheet(tx *db.Tx, talk TalkID) (o OwnSheet, err error) {
	if o.Part, o.Child, err = enterOwn(tx, talk); err != nil {
		return o, err
	}
	found := false
	if o.Text, found, err = lastText(tx, talk); err != nil {
		return o, err
	}
	if !found {
		return o, fault.Gone("conversation")
	}
	all, err := agreementsOf(tx, talk)
	if err != nil {
		return o, err
	}
	for _, a := range all {
		if a.Version == o.Text.Version {
			o.Agreements = append(o.Agreements, a)
		}
	}
	if o.Targets, err = targetsOf(tx, talk); err != nil {
		return o, err
	}
	if o.KeyTeacher, err = keyTeacherName(tx, talk); err != nil {
		return o, err
	}
	o.Remarks, err = ownRemarks(tx, talk, false)
	return o, err
}

func ownRemarks(tx *db.Tx, talk TalkID, time bool) (out []Remark, err error) {
	list, err := remarksOf(tx, talk, self(tx))
	for _, r := range list {
		if r.AboutTime() == time && r.State != RemarkWithdrawn {
			out = append(out, r)
		}
	}
	return out, err
}

// AgreeByLink keeps the adult's own yes to the version that they had before them.
func (s *Service) AgreeByLink(ctx context.Context, p access.Pass, talk TalkID, version int) error {
	if _, err := p.CheckNamed(Answer); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		o, err := ownSheet(tx, talk)
		if err != nil {
			return err
		}
		switch {
		case version != o.Text.Version:
			return SlipNewer
		case o.Agreed():
			return nil // sent twice
		case o.Waiting():
			return SlipWaiting
		}
		adult := self(tx)
		if err := putAgreement(tx, talk, version, &adult, tx.Today(), ByLink); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "pupil", Key: int64(o.Child.Pupil.ID), Words: "agreed to what was written down of a conversation, by their own link"})
	})
}

// Say keeps what the adult wrote: words that they would change, or about the time. ID is made by the page, so that a form sent twice is one remark. A
// WorryError means that nothing was kept, because it may be about a child's safety.
func (s *Service) Say(ctx context.Context, p access.Pass, r Remark) error {
	if _, err := p.CheckNamed(Answer); err != nil {
		return err
	}
	r.Words = strings.TrimSpace(r.Words)
	switch {
	case !known(RemarkKinds, r.Kind) || r.ID.Zero():
		return fault.New(fault.Invalid, "This form is not whole. Open the page again.")
	case r.Words == "" && r.Kind != RemarkCannotCome:
		return SlipNoWords
	case len([]rune(r.Words)) > MostWords:
		return SlipTooLong
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		part, _, err := enterOwn(tx, r.TalkID)
		if err != nil {
			return err
		}
		if r.AboutTime() {
			if !part.Appointed(tx.Today()) {
				return SlipPast
			}
			r.Version = 0
		} else {
			if part.Version == 0 {
				return fault.Gone("conversation")
			}
			if r.Version != part.Version {
				return SlipNewer
			}
		}
		if err := s.keeper.Heed(nil, worry.Says("words", "What you wrote", r.Words)); err != nil {
			return err
		}
		waiting := 0
		list, err := remarksOf(tx, r.TalkID, self(tx))
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.ID == r.ID {
				return nil // sent twice
			}
			if x.Waits() {
				waiting++
			}
		}
		if waiting >= MostRemarks {
			return SlipTooMany
		}
		r.AdultID = self(tx)
		return addRemark(tx, r)
	})
}

// TakeBack withdraws what the adult wrote and nobody has answered.
func (s *Service) TakeBack(ctx context.Context, p access.Pass, id RemarkID) (talk TalkID, err error) {
	if _, err := p.CheckNamed(Answer); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		r, found, err := remarkByID(tx, id)
		if err != nil {
			return err
		}
		if !found || r.AdultID != self(tx) {
			return fault.Gone("conversation")
		}
		if _, _, err := enterOwn(tx, r.TalkID); err != nil {
			return err
		}
		talk = r.TalkID
		if !r.Waits() {
			return nil // answered meanwhile: the page shows the answer
		}
		return settleRemark(tx, id, RemarkWithdrawn, "")
	})
	return talk, err
}

// Appointed tells whether a time is agreed that has not passed.
func (t Talk) Appointed(today string) bool {
	return t.Reply == "agreed" && t.Outcome == "" && t.MeetOn >= today && t.FinalisedMs == nil
}

// OwnTime is an appointment as one adult reads it.
type OwnTime struct {
	Part       Part
	Child      roll.TiedPupil
	KeyTeacher string
	Remarks    []Remark // their own about the time
	Passed     bool     // there is no time to come: it has passed, or was taken back
}

// OwnTime opens the appointment of a conversation for the adult of the pass.
func (s *Service) OwnTime(ctx context.Context, p access.Pass, talk TalkID) (o OwnTime, err error) {
	if _, err := p.CheckNamed(Answer); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if o.Part, o.Child, err = enterOwn(tx, talk); err != nil {
			return err
		}
		o.Passed = !o.Part.Appointed(tx.Today())
		if o.KeyTeacher, err = keyTeacherName(tx, talk); err != nil {
			return err
		}
		o.Remarks, err = ownRemarks(tx, talk, true)
		return err
	})
	return o, err
}
