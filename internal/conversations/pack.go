package conversations

import (
	"context"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// Pack is what a key teacher needs before the talk, on a page or two. It fills itself.
type Pack struct {
	Record
	Figures     []Figure
	Praise      int
	PraiseKnown bool     // false: nothing at all is recorded about praise, which the page says
	PraiseSince string   // the first day counted
	Last        []Target // of the conversations before, with their review
	LastText    *Text    // what was agreed last time
	Safe        roll.Route
	Cautions    []string // orders: who must not be told what
}

// Pack opens the preparation pack of a conversation.
func (s *Service) Pack(ctx context.Context, p access.Pass, id TalkID) (k Pack, err error) {
	if _, err := p.CheckNamed(Hold); err != nil {
		return k, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		k, err = s.pack(tx, id)
		return err
	})
	return k, err
}

func (s *Service) pack(tx *db.Tx, id TalkID) (k Pack, err error) {
	if _, err := enter(tx, Hold, id); err != nil {
		return k, err
	}
	if k.Record, err = record(tx, id); err != nil {
		return k, err
	}
	if s.Progress != nil {
		if err = measured(tx, &k); err != nil {
			return k, err
		}
	}
	if k.Last, err = lastTargets(tx, k.Line); err != nil {
		return k, err
	}
	if k.Safe, err = roll.Safeguarding(tx); err != nil {
		return k, err
	}
	relations, err := roll.Relations(tx, k.Line.PupilID)
	if err != nil {
		return k, err
	}
	for _, r := range relations {
		if inOrder(r, tx.Today()) {
			k.Cautions = append(k.Cautions, leftOutWords(r, k.Line, tx.Today()))
		}
	}
	return k, nil
}

// Sitting is what the page during the talk shows: the pack, the notes so far, and the school's route for a worry.
type Sitting struct {
	Pack
	Draft Draft
}

// Sit opens the page of the talk. Where there are no notes yet, open targets of last time that are to go on stand ready in the plan.
func (s *Service) Sit(ctx context.Context, p access.Pass, id TalkID) (out Sitting, err error) {
	if _, err := p.CheckNamed(Hold); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if out.Pack, err = s.pack(tx, id); err != nil {
			return err
		}
		var found bool
		if out.Draft, found, err = draftOf(tx, id); err != nil || found {
			return err
		}
		out.Draft.Notes = Begin(out.Last)
		return nil
	})
	return out, err
}

// Begin makes the notes a talk starts with: the targets that are to be kept or changed come along, without their old date.
func Begin(last []Target) Notes {
	var n Notes
	for _, t := range last {
		switch t.Next {
		case "keep":
			n.Goals = append(n.Goals, Goal{Words: t.Words, Owner: t.Owner, Who: t.Who, Measure: t.Measure})
		case "change":
			words := t.NextWords
			if words == "" {
				words = t.Words
			}
			n.Goals = append(n.Goals, Goal{Words: words, Owner: t.Owner, Who: t.Who, Measure: t.Measure})
		}
	}
	return n
}

// PupilTalks is the panel on a pupil's page.
type PupilTalks struct {
	List    []Line
	NextOn  string
	Open    []Target // filled only for those who may read what was agreed
	MayRead bool
}

// TalksOf makes the panel inside the transaction of the page; the pass decides what is in it.
func TalksOf(tx *db.Tx, pupil roll.PupilID) (out PupilTalks, err error) {
	if out.List, err = lines(tx, See, Filter{Pupil: pupil}); err != nil {
		return out, err
	}
	readable, err := readableLines(tx, pupil)
	if err != nil {
		return out, err
	}
	for _, l := range out.List {
		if l.Standing == ToCome && (out.NextOn == "" || l.MeetOn < out.NextOn) && l.MeetOn >= tx.Today() {
			out.NextOn = l.MeetOn
		}
		if !readable[l.ID] {
			continue
		}
		out.MayRead = true
		targets, err := targetsOf(tx, l.ID)
		if err != nil {
			return out, err
		}
		for _, t := range targets {
			if t.State == "" {
				out.Open = append(out.Open, t)
			}
		}
	}
	return out, nil
}

// readableLines finds the conversations of a pupil whose words the pass opens; none without the right and the second step that it asks for.
func readableLines(tx *db.Tx, pupil roll.PupilID) (map[TalkID]bool, error) {
	out := map[TalkID]bool{}
	if tx.Pass().OpenScope(Read) < access.Own {
		return out, nil
	}
	list, err := lines(tx, Read, Filter{Pupil: pupil})
	for _, l := range list {
		out[l.ID] = true
	}
	return out, err
}
