package conversations

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// ConflictError is the answer to a save from an old page. Nothing was overwritten; both texts are here for a person to choose from.
type ConflictError struct {
	Theirs Draft // what is kept now
	Yours  Notes // what the page sent
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("The notes were changed by %s in the meantime. Nothing was overwritten.", e.Theirs.ByName)
}

// AsConflict finds a ConflictError in err.
func AsConflict(err error) (*ConflictError, bool) {
	var c *ConflictError
	ok := errors.As(err, &c)
	return c, ok
}

// KeepDraftsMs is for how long every saved state of the notes is kept beside the latest.
const KeepDraftsMs = 60 * 60 * 1000

// SaveDraft keeps the notes as they are, half done or not. base is the version the page began from and writer its own name for itself (see
// MayOverwrite); a ConflictError means that nothing was overwritten, a WorryError that all was kept but the fields it names.
func (s *Service) SaveDraft(ctx context.Context, p access.Pass, talk TalkID, base int, writer string, n Notes) (d Draft, err error) {
	if _, err := p.CheckNamed(Hold); err != nil {
		return d, err
	}
	var worry error
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Hold, talk)
		if err != nil {
			return err
		}
		d, err = s.saveDraft(tx, l, base, writer, n)
		if _, ok := AsWorry(err); ok {
			worry = err // the rest is to be kept
			return nil
		}
		return err
	})
	if err == nil {
		err = worry
	}
	return d, err
}

func (s *Service) saveDraft(tx *db.Tx, l Line, base int, writer string, n Notes) (Draft, error) {
	if l.FinalisedMs != nil {
		return Draft{}, fault.New(fault.Conflict, "The text of this conversation is agreed already, so the notes are closed. If something in it is not right, make a corrected version; both are kept.")
	}
	now, found, err := draftOf(tx, l.ID)
	if err != nil {
		return Draft{}, err
	}
	before, err := json.Marshal(now.Notes)
	if err != nil {
		return Draft{}, err
	}
	if found && !MayOverwrite(now, base, writer) {
		same, err := json.Marshal(n)
		if err != nil || string(before) == string(same) {
			return now, err
		}
		return now, &ConflictError{Theirs: now, Yours: n}
	}
	stored := now.Notes
	if !found {
		last, err := lastTargets(tx, l)
		if err != nil {
			return Draft{}, err
		}
		stored = Begin(last)
	}
	n, worry := s.withhold(tx, l.ID, stored, n)
	if _, ok := AsWorry(worry); worry != nil && !ok {
		return Draft{}, worry
	}
	body, err := json.Marshal(n)
	if err != nil {
		return Draft{}, err
	}
	if found && string(before) == string(body) {
		return now, worry
	}
	d := Draft{Version: now.Version + 1, Writer: writer, Notes: n, ByName: tx.Pass().Who().Name, AtMs: tx.Now()}
	if err := putDraft(tx, l.ID, d, string(body)); err != nil {
		return Draft{}, err
	}
	if err := pruneDrafts(tx, l.ID, tx.Now()-KeepDraftsMs, d.Version); err != nil {
		return Draft{}, err
	}
	return d, worry
}

// PastDrafts lists the states of the notes that are kept, newest first.
func (s *Service) PastDrafts(ctx context.Context, p access.Pass, talk TalkID) (out []Draft, err error) {
	if _, err := p.CheckNamed(Hold); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if _, err := enter(tx, Hold, talk); err != nil {
			return err
		}
		out, err = pastDrafts(tx, talk)
		return err
	})
	return out, err
}

// Finalise turns the notes into the agreed text, version 1. The notes are saved first, so that nothing is lost when something is still missing. A
// text above the school's reading age asks for an edit; WhyHarder in the notes keeps the reason for leaving it.
func (s *Service) Finalise(ctx context.Context, p access.Pass, talk TalkID, base int, writer string, n Notes, on string) error {
	if _, err := s.SaveDraft(ctx, p, talk, base, writer, n); err != nil {
		return err
	}
	if err := CheckFinal(n); err != nil {
		return err
	}
	if on != "" && !isDate(on) {
		return fault.Field("held_on", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", on)
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Hold, talk)
		if err != nil {
			return err
		}
		a := Compose(n)
		age, err := checkAge(tx, a, n.WhyHarder)
		if err != nil {
			return err
		}
		if err := held(tx, l, on); err != nil {
			return err
		}
		if err := addText(tx, Text{ID: ids.New[Text](), TalkID: talk, Version: 1, Agreed: a, ReadingAge: age, WhyHarder: n.WhyHarder}); err != nil {
			return err
		}
		if err := closeTalk(tx, talk, n.NextOn); err != nil {
			return err
		}
		return putGoals(tx, l, a.Goals, 1)
	})
}

// checkAge measures how hard the text is to read, and asks for an edit where the school's level is passed and no reason is given.
func checkAge(tx *db.Tx, a Agreed, why string) (*int, error) {
	most, err := numberSetting(tx, SettingReadingAge, DefaultReadingAge)
	if err != nil {
		return nil, err
	}
	age, ok := readingAge(a.Prose())
	if !ok {
		return nil, nil
	}
	if age > most && strings.TrimSpace(why) == "" {
		return &age, fault.Field("why_harder", "This reads like a text for someone of about %d, and the school aims at %d or below. Please make it plainer (shorter sentences, everyday words), or say here why it has to stay as it is.", age, most)
	}
	return &age, nil
}

// putGoals makes the targets of a version the current ones. A target that a review has spoken about keeps what was found.
func putGoals(tx *db.Tx, l Line, goals []Goal, version int) error {
	have, err := targetsOf(tx, l.ID)
	if err != nil {
		return err
	}
	for i, g := range goals {
		t := Target{ID: ids.New[Target](), TalkID: l.ID, PupilID: l.PupilID, Place: i + 1, Words: g.Words, Owner: g.Owner, Who: g.Who, Due: g.Due, Measure: g.Measure, Version: version}
		at := slices.IndexFunc(have, func(h Target) bool { return h.Place == t.Place })
		if at >= 0 {
			t.ID = have[at].ID
		}
		if err := putTarget(tx, t); err != nil {
			return err
		}
	}
	return dropTargets(tx, l.ID, len(goals))
}

// Correct makes a new version of the agreed text, as an adult asked for; the one before stays as it was. changed says what is different.
func (s *Service) Correct(ctx context.Context, p access.Pass, talk TalkID, by roll.AdultID, changed string, a Agreed, whyHarder string) (version int, err error) {
	if _, err := p.CheckNamed(Hold); err != nil {
		return 0, err
	}
	var f fault.Fields
	if strings.TrimSpace(changed) == "" {
		f.Add("changed", "Say in a few words what is different, so that both versions can be told apart.")
	}
	if err := CheckGoals(a.Goals); err != nil {
		f = append(f, fault.AsFields(err)...)
	}
	if err := CheckPriorities(a.Priorities); err != nil {
		f = append(f, fault.AsFields(err)...)
	}
	if err := f.Err(); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Hold, talk)
		if err != nil {
			return err
		}
		last, found, err := lastText(tx, talk)
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.Invalid, "There is no agreed text yet to correct. Finish the notes first.")
		}
		texts := append(saidOf(a.pieces()), worry.Says("changed", "What is different", changed), worry.Says("why_harder", "Why the text has to stay as it is", whyHarder))
		if err := s.keeper.Heed(append(textsIn(last.Agreed.pieces()), last.WhyHarder), texts...); err != nil {
			return err
		}
		var who *roll.AdultID
		if by != 0 {
			if _, err := askable(tx, l, by); err != nil {
				return err
			}
			who = &by
		}
		age, err := checkAge(tx, a, whyHarder)
		if err != nil {
			return err
		}
		version = last.Version + 1
		if err := addText(tx, Text{ID: ids.New[Text](), TalkID: talk, Version: version, Agreed: a, ReadingAge: age, WhyHarder: whyHarder, CorrectedBy: who, Changed: changed}); err != nil {
			return err
		}
		if err := closeTalk(tx, talk, a.NextOn); err != nil {
			return err
		}
		return putGoals(tx, l, a.Goals, version)
	})
	return version, err
}

// Agree keeps one person's yes to the latest version: an adult, or the pupil where adult is zero. Two adults agree separately.
func (s *Service) Agree(ctx context.Context, p access.Pass, talk TalkID, adult roll.AdultID, version int, on, way string) error {
	if _, err := p.CheckNamed(Hold); err != nil {
		return err
	}
	if !known(Ways, way) {
		return fault.Field("way", "Say how they agreed: in the room, on paper or by phone.")
	}
	if on != "" && !isDate(on) {
		return fault.Field("on", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", on)
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Hold, talk)
		if err != nil {
			return err
		}
		last, err := agreedText(tx, talk, version)
		if err != nil {
			return err
		}
		who, err := replier(tx, l, adult)
		if err != nil {
			return err
		}
		if on == "" {
			on = tx.Today()
		}
		if err := putAgreement(tx, talk, last.Version, who, on, way); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "pupil", Key: int64(l.PupilID), Words: fmt.Sprintf("version %d of what a conversation agreed was agreed %s", last.Version, way)})
	})
}

// agreedText is the latest version, which has to be the one that the person at the screen had before them.
func agreedText(tx *db.Tx, talk TalkID, version int) (Text, error) {
	last, found, err := lastText(tx, talk)
	if err != nil {
		return last, err
	}
	if !found {
		return last, fault.New(fault.Invalid, "There is no agreed text yet. Finish the notes first.")
	}
	if version != 0 && version != last.Version {
		return last, fault.New(fault.Conflict, "There is a newer version of the text (version %d). Read that one with the family.", last.Version)
	}
	return last, nil
}

// GiveCopy keeps that an adult was given the latest version.
func (s *Service) GiveCopy(ctx context.Context, p access.Pass, talk TalkID, adult roll.AdultID, on, way string) error {
	if _, err := p.CheckNamed(Hold); err != nil {
		return err
	}
	if !known(CopyWays, way) {
		return fault.Field("way", "Say how the copy reached them.")
	}
	if on != "" && !isDate(on) {
		return fault.Field("on", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", on)
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Hold, talk)
		if err != nil {
			return err
		}
		last, err := agreedText(tx, talk, 0)
		if err != nil {
			return err
		}
		if _, err := askable(tx, l, adult); err != nil {
			return err
		}
		if on == "" {
			on = tx.Today()
		}
		return addCopy(tx, talk, last.Version, adult, on, way)
	})
}

// ReviewTarget keeps what became of a target: met, partly or not, why, and what next. in is the conversation in which it was looked at; zero for
// a review on its own.
func (s *Service) ReviewTarget(ctx context.Context, p access.Pass, id TargetID, in TalkID, state, why, next, nextWords, on string) error {
	if _, err := p.CheckNamed(Hold); err != nil {
		return err
	}
	if err := CheckReview(state, why, next); err != nil {
		return err
	}
	if on != "" && !isDate(on) {
		return fault.Field("on", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", on)
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		t, found, err := targetByID(tx, id)
		if err == nil && !found {
			err = fault.Gone("target")
		}
		if err != nil {
			return err
		}
		if _, err := enter(tx, Hold, t.TalkID); err != nil {
			return err
		}
		var where *TalkID
		if in != 0 {
			l, err := enter(tx, Hold, in)
			if err != nil {
				return err
			}
			if l.PupilID != t.PupilID {
				return fault.Gone("conversation")
			}
			where = &in
		}
		if err := s.keeper.Heed([]string{t.Words, t.Why, t.NextWords}, worry.Says("why", "Why", why), worry.Says("next_words", "The new words", nextWords)); err != nil {
			return err
		}
		if on == "" {
			on = tx.Today()
		}
		t.State, t.Why, t.Next, t.NextWords, t.ReviewedOn, t.ReviewedBy = state, why, next, nextWords, on, p.Who().Name
		return reviewTarget(tx, t, where)
	})
}

// Cost is the time and the money that a conversation took. nil is not recorded, which is not nought.
type Cost struct {
	Prep, Talk, Writeup *int // minutes
	CoverPence          *int
	CoverFrom           string
}

// RecordCost keeps the time and the cover of a conversation.
func (s *Service) RecordCost(ctx context.Context, p access.Pass, talk TalkID, c Cost) error {
	if _, err := p.CheckNamed(Hold); err != nil {
		return err
	}
	var f fault.Fields
	for _, m := range []struct {
		field string
		n     *int
	}{{"prep", c.Prep}, {"talk", c.Talk}, {"writeup", c.Writeup}} {
		if m.n != nil && (*m.n < 0 || *m.n > 600) {
			f.Add(m.field, "Write the minutes as a number between 0 and 600.")
		}
	}
	if c.CoverPence != nil && (*c.CoverPence < 0 || *c.CoverPence > 1000000) {
		f.Add("cover", "Write the cost of cover in pounds, up to 10,000.")
	}
	if !known(CoverSources, c.CoverFrom) {
		f.Add("cover_from", "Choose where the money comes from.")
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := enter(tx, Hold, talk); err != nil {
			return err
		}
		return setCost(tx, talk, c)
	})
}

// RecordFeedback keeps a parent's answers to the two questions: were you heard, and will what we agreed help.
func (s *Service) RecordFeedback(ctx context.Context, p access.Pass, talk TalkID, fb Feedback) error {
	if _, err := p.CheckNamed(Invite); err != nil {
		return err
	}
	if fb.Heard != "" && !known(Answers, fb.Heard) || fb.Helped != "" && !known(Answers, fb.Helped) {
		return fault.New(fault.Invalid, "Choose yes, partly or no, or leave the question out.")
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Invite, talk)
		if err != nil {
			return err
		}
		if _, err := askable(tx, l, fb.AdultID); err != nil {
			return err
		}
		return putFeedback(tx, talk, fb)
	})
}

// Tick keeps which of the five tips were ticked. Nobody has to tick any.
func (s *Service) Tick(ctx context.Context, p access.Pass, talk TalkID, tips []string) error {
	if _, err := p.CheckNamed(Hold); err != nil {
		return err
	}
	var kept []string
	for _, t := range Tips {
		if slices.Contains(tips, t.Key) {
			kept = append(kept, t.Key)
		}
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := enter(tx, Hold, talk); err != nil {
			return err
		}
		return setTips(tx, talk, strings.Join(kept, " "))
	})
}

// AskReflections asks colleagues what goes well for the pupil and what would help.
func (s *Service) AskReflections(ctx context.Context, p access.Pass, talk TalkID, staff []roll.StaffID) (n int, err error) {
	if _, err := p.CheckNamed(Hold); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Hold, talk)
		if err != nil {
			return err
		}
		for _, id := range staff {
			// Whoever is asked must be able to open the form: a colleague without the child in a class or by name can't.
			sees, err := worksWith(tx, id, l.PupilID)
			if err != nil {
				return err
			}
			if !sees {
				return fault.Field("staff", "Only colleagues who teach or work with %s can be asked.", l.PupilName())
			}
			added, err := addReflection(tx, ids.New[Reflection](), talk, id)
			if err != nil {
				return err
			}
			n += int(added)
		}
		return nil
	})
	return n, err
}

// Ask is a reflection that a colleague is asked for, with what they need to know to answer.
type Ask struct {
	Reflection
	Forename, Surname, KnownAs string
	MeetOn                     string
}

// PupilName is how the child is called.
func (a Ask) PupilName() string {
	return roll.Pupil{Forename: a.Forename, Surname: a.Surname, KnownAs: a.KnownAs}.Name()
}

// Asked opens the form that a colleague was sent: only the one who was asked can, and only while they work with the pupil.
func (s *Service) Asked(ctx context.Context, p access.Pass, id ReflectionID) (a Ask, err error) {
	if _, err := p.CheckNamed(Reflect); err != nil {
		return a, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		a, err = ask(tx, id)
		return err
	})
	return a, err
}

func ask(tx *db.Tx, id ReflectionID) (Ask, error) {
	a, pupil, found, err := askByID(tx, id)
	if err != nil {
		return a, err
	}
	if !found || a.StaffID != roll.StaffID(tx.Pass().Who().Staff) {
		return Ask{}, fault.Gone("page")
	}
	_, err = roll.Enter(tx, Reflect, pupil)
	return a, err
}

// Answer keeps a colleague's reflection. It can be changed until the talk is written up.
func (s *Service) Answer(ctx context.Context, p access.Pass, id ReflectionID, well, help string) error {
	if _, err := p.CheckNamed(Reflect); err != nil {
		return err
	}
	if strings.TrimSpace(well) == "" && strings.TrimSpace(help) == "" {
		return fault.Field("well", "Write a line about what goes well, or about what would help.")
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		before, err := ask(tx, id)
		if err != nil {
			return err
		}
		if err := s.keeper.Heed([]string{before.Well, before.Help}, worry.Says("well", "What goes well", well), worry.Says("help", "What would help", help)); err != nil {
			return err
		}
		return answerReflection(tx, id, well, help)
	})
}
