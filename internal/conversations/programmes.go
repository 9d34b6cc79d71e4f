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

// AddProgramme makes a programme with its rounds; without rounds it gets two conversations and a whole-school review.
func (s *Service) AddProgramme(ctx context.Context, p access.Pass, pr Programme, rounds []Round) (ProgrammeID, error) {
	if err := p.CheckAll(Plan); err != nil {
		return 0, err
	}
	pr.Name = strings.TrimSpace(pr.Name)
	if len(rounds) == 0 {
		rounds = DefaultRounds(pr.Starts, pr.Ends)
	}
	if err := CheckProgramme(pr, rounds); err != nil {
		return 0, err
	}
	pr.ID = ids.New[Programme]()
	err := s.DB.Update(ctx, p, func(tx *db.Tx) error {
		pr.ByName, pr.MadeMs = p.Who().Name, tx.Now()
		if err := addProgramme(tx, pr); err != nil {
			return err
		}
		for i, r := range rounds {
			r.ID, r.ProgrammeID, r.Number = ids.New[Round](), pr.ID, i+1
			if err := addRound(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	return pr.ID, err
}

// AddRound puts one more round at the end of a programme, and gives each family of the programme a conversation in it.
func (s *Service) AddRound(ctx context.Context, p access.Pass, programme ProgrammeID, r Round) (RoundID, error) {
	if err := p.CheckAll(Plan); err != nil {
		return 0, err
	}
	if err := CheckRound(r); err != nil {
		return 0, err
	}
	err := s.DB.Update(ctx, p, func(tx *db.Tx) error {
		rounds, err := programmeRounds(tx, programme)
		if err != nil {
			return err
		}
		if len(rounds) == 0 {
			return fault.Gone("programme")
		}
		r.ID, r.ProgrammeID, r.Number = ids.New[Round](), programme, len(rounds)+1
		if err := addRound(tx, r); err != nil {
			return err
		}
		if r.Kind != KindConversation {
			return nil
		}
		families, err := familiesOf(tx, programme)
		if err != nil {
			return err
		}
		for _, f := range families {
			if _, err := addTalk(tx, Talk{ID: ids.New[Talk](), ProgrammeID: programme, RoundID: r.ID, PupilID: f.PupilID, AdultID: f.AdultID, Year: f.Year, KeyStaffID: f.KeyStaffID}); err != nil {
				return err
			}
		}
		return nil
	})
	return r.ID, err
}

// EditRound changes the title, the dates and the times offered. The kind stays: conversations hang on it.
func (s *Service) EditRound(ctx context.Context, p access.Pass, id RoundID, title, opens, closes, offered string) error {
	if err := p.CheckAll(Plan); err != nil {
		return err
	}
	if err := CheckRound(Round{Title: title, Kind: KindConversation, Opens: opens, Closes: closes}); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		before, _, err := roundByID(tx, id)
		if err != nil {
			return err
		}
		if err := s.keeper.Heed([]string{before.Title, before.Offered}, worry.Says("title", "Title", title), worry.Says("offered", "Times that the letters offer", offered)); err != nil {
			return err
		}
		return oneRow(setRound(tx, id, strings.TrimSpace(title), opens, closes, offered))("round")
	})
}

// Learn keeps what the school found at its whole-school review.
func (s *Service) Learn(ctx context.Context, p access.Pass, id RoundID, learned string) error {
	if err := p.CheckAll(Plan); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		before, _, err := roundByID(tx, id)
		if err != nil {
			return err
		}
		if err := s.keeper.Heed([]string{before.Learned}, worry.Says("learned", "What we learned", learned)); err != nil {
			return err
		}
		return oneRow(setLearned(tx, id, learned))("round")
	})
}

// oneRow turns "no row was touched" into the one answer for what is not there.
func oneRow(n int64, err error) func(what string) error {
	return func(what string) error {
		if err == nil && n == 0 {
			return fault.Gone(what)
		}
		return err
	}
}

// Programmes lists the programmes, newest first.
func (s *Service) Programmes(ctx context.Context, p access.Pass) (out []ProgrammeLine, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = programmeLines(tx)
		return err
	})
	return out, err
}

// ProgrammeLine is a programme in the list of them.
type ProgrammeLine struct {
	Programme
	Pupils int
	Rounds int
}

// Programme opens one programme with its rounds.
func (s *Service) Programme(ctx context.Context, p access.Pass, id ProgrammeID) (pr Programme, rounds []Round, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return pr, nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		var found bool
		if pr, found, err = programmeByID(tx, id); err != nil {
			return err
		}
		if !found {
			return fault.Gone("programme")
		}
		rounds, err = programmeRounds(tx, id)
		return err
	})
	return pr, rounds, err
}

// Round opens one round with its programme and the conversations in it that the pass may see.
func (s *Service) Round(ctx context.Context, p access.Pass, id RoundID, f Filter) (pr Programme, r Round, list []Line, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return pr, r, nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		var found bool
		if r, found, err = roundByID(tx, id); err != nil {
			return err
		}
		if !found {
			return fault.Gone("round")
		}
		if pr, _, err = programmeByID(tx, r.ProgrammeID); err != nil {
			return err
		}
		f.Round = id
		list, err = lines(tx, See, f)
		return err
	})
	return pr, r, list, err
}

// Lines lists conversations that the pass may see.
func (s *Service) Lines(ctx context.Context, p access.Pass, f Filter) (list []Line, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err = lines(tx, See, f)
		return err
	})
	return list, err
}

// Choose takes pupils into a programme: one conversation for each pupil and round. Those already in it stay as they are. It tells how many
// pupils are new.
func (s *Service) Choose(ctx context.Context, p access.Pass, programme ProgrammeID, pupils []roll.PupilID) (added int, err error) {
	if err := p.CheckAll(Plan); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		rounds, err := programmeRounds(tx, programme)
		if err != nil {
			return err
		}
		if len(rounds) == 0 {
			return fault.Gone("programme")
		}
		for _, id := range pupils {
			pupil, err := roll.Enter(tx, Plan, id)
			if err != nil {
				return err
			}
			staff, err := keyTeacherOf(tx, id)
			if err != nil {
				return err
			}
			isNew := false
			for _, r := range rounds {
				if r.Kind != KindConversation {
					continue
				}
				n, err := addTalk(tx, Talk{ID: ids.New[Talk](), ProgrammeID: programme, RoundID: r.ID, PupilID: id, Year: pupil.Year, KeyStaffID: staff})
				if err != nil {
					return err
				}
				isNew = isNew || n > 0
			}
			if isNew {
				added++
			}
		}
		return nil
	})
	return added, err
}

// Group names pupils by year group or by class.
type Group struct {
	Year  string
	Class roll.ClassID
}

// PupilsIn lists the pupils of a year group or class who are on the roll today, to be chosen from.
func (s *Service) PupilsIn(ctx context.Context, p access.Pass, g Group) (out []roll.Pupil, err error) {
	if err := p.CheckAll(Plan); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = pupilsIn(tx, g)
		return err
	})
	return out, err
}

// Groups lists the year groups and the classes that pupils can be chosen by.
func (s *Service) Groups(ctx context.Context, p access.Pass) (years []string, classes []roll.Class, err error) {
	if err := p.CheckAll(Plan); err != nil {
		return nil, nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if years, err = yearsOnRoll(tx); err != nil {
			return err
		}
		classes, err = classesOnRoll(tx)
		return err
	})
	return years, classes, err
}

// Staff lists who works here, for the choice of a key teacher or of colleagues to ask.
func (s *Service) Staff(ctx context.Context, p access.Pass) (out []roll.Staff, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = roll.People(tx)
		return err
	})
	return out, err
}

// TakeOut takes a pupil out of a programme. Conversations that nobody was asked to yet go; what has begun stays on record.
func (s *Service) TakeOut(ctx context.Context, p access.Pass, programme ProgrammeID, pupil roll.PupilID) (gone int64, err error) {
	if err := p.CheckAll(Plan); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		gone, err = dropUnbegun(tx, programme, pupil)
		return err
	})
	return gone, err
}

// GiveOwn gives a separated parent a conversation of their own beside the one that is there.
func (s *Service) GiveOwn(ctx context.Context, p access.Pass, talk TalkID, adult roll.AdultID) (id TalkID, err error) {
	if _, err := p.CheckNamed(Invite); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, err := enter(tx, Invite, talk)
		if err != nil {
			return err
		}
		if l.AdultID != nil {
			return fault.New(fault.Invalid, "This is already %s's own conversation.", l.AdultName)
		}
		r, err := askable(tx, l, adult)
		if err != nil {
			return err
		}
		id = ids.New[Talk]()
		n, err := addTalk(tx, Talk{ID: id, ProgrammeID: l.ProgrammeID, RoundID: l.RoundID, PupilID: l.PupilID, AdultID: &adult, Year: l.Year, KeyStaffID: l.KeyStaffID})
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "%s already has a conversation of their own in this round.", r.Adult.Name)
		}
		if err != nil {
			return err
		}
		// Whoever has a conversation of their own is not asked to the other one as well, unless a letter is on its way already.
		return dropUnsent(tx, talk, adult)
	})
	return id, err
}

// AssignKeyTeacher names the member of staff who holds the conversations with these pupils' families from a day on (today when empty). It ends
// whoever was named before, and with that what they may see.
func (s *Service) AssignKeyTeacher(ctx context.Context, p access.Pass, staff roll.StaffID, pupils []roll.PupilID, from string) (n int, err error) {
	if err := p.CheckAll(Plan); err != nil {
		return 0, err
	}
	if from != "" && !isDate(from) {
		return 0, fault.Field("from", "“%s” is not a date.", from)
	}
	// Who works with a child is kept by the roll. Leaders and SEN co-ordinators plan programmes and may not change the roll otherwise, so that
	// Ajar does this one thing for them, after the check above; the news of it brings the conversations along (followKeyTeachers).
	_, n, err = s.Roll.Assign(ctx, access.System("a programme of conversations names key teachers", p.Org()), roll.Assignment{Pupils: pupils,
		Values: roll.Values{"staff": staff.String(), "part": "key_teacher", "starts": from, "reason": "Structured conversations"}})
	return n, err
}
