package notes

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
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

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "notes", Files: sub}
}

// Service is what can be done with notes.
type Service struct {
	DB     *db.DB
	Roll   *roll.Service
	keeper worry.Keeper // knows which sentences somebody has just said are no worry; see Keeping
}

// New makes the service.
func New(d *db.DB, r *roll.Service) *Service { return &Service{DB: d, Roll: r} }

// Keeping is the service for one request in which a person said of these texts that they are no worry about a child's safety.
func (s *Service) Keeping(texts ...string) *Service {
	out := *s
	out.keeper = worry.Confirmed(texts...)
	return &out
}

// enter opens a note for a right, by its child. One that is not there, one about a child who is not yours and a restricted one that is not for you
// look the same.
func enter(tx *db.Tx, right access.Right, id NoteID) (Note, roll.Pupil, error) {
	n, found, err := noteByID(tx, id)
	if err != nil {
		return Note{}, roll.Pupil{}, err
	}
	if !found {
		return Note{}, roll.Pupil{}, fault.Gone("note")
	}
	p, err := roll.Enter(tx, right, n.PupilID)
	if err != nil {
		return Note{}, roll.Pupil{}, fault.Gone("note")
	}
	list, _ := open([]Note{n}, tx.Pass())
	if len(list) == 0 {
		return Note{}, roll.Pupil{}, fault.Gone("note")
	}
	list[0].PupilName = p.Name()
	return list[0], p, nil
}

// about reads the notes about a child who has been entered.
func about(tx *db.Tx, p roll.Pupil) (a About, err error) {
	all, err := notesOf(tx, p.ID)
	if err != nil {
		return a, err
	}
	a.Pupil, a.Today, a.MayWrite = p, tx.Today(), tx.Pass().Scope(Write) >= access.Own
	a.Notes, a.Hidden = open(all, tx.Pass())
	if a.Hidden > 0 {
		a.Ask, err = askWhom(tx)
	}
	return a, err
}

// askWhom names whom to ask about a restricted note. It is the same for every note, so that it says nothing about this one.
func askWhom(tx *db.Tx) (string, error) {
	names, err := leads(tx)
	if err != nil || len(names) > 0 {
		return "the safeguarding lead, " + strings.Join(names, " or "), err
	}
	r, err := roll.Safeguarding(tx)
	if err == nil && r.Lead != "" {
		return "the safeguarding lead, " + r.Lead, nil
	}
	return "the safeguarding lead or the head", err
}

// AboutIn gives the panel of a pupil's page: what is kept, with the words of the open notes only. A restricted one that may be read is opened on
// the page of the notes, where reading it is written to the trail.
func AboutIn(tx *db.Tx, p roll.Pupil) (a About, restricted int, err error) {
	if a, err = about(tx, p); err != nil {
		return a, 0, err
	}
	all := len(a.Notes)
	a.Notes = slices.DeleteFunc(a.Notes, func(n Note) bool { return n.Restricted })
	return a, all - len(a.Notes), nil
}

// Of opens the notes about a child. Reading restricted ones is on the trail before they are given.
func (s *Service) Of(ctx context.Context, p access.Pass, pupil roll.PupilID) (a About, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return a, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		child, err := roll.Enter(tx, See, pupil)
		if err != nil {
			return err
		}
		a, err = about(tx, child)
		return err
	})
	if err != nil {
		return About{}, err
	}
	return a, s.noteSight(ctx, p, a.Notes)
}

// noteSight writes to the trail which restricted notes are about to be seen.
func (s *Service) noteSight(ctx context.Context, p access.Pass, list []Note) error {
	for _, n := range list {
		if !n.Restricted {
			continue
		}
		if err := trail.Of(s.DB).Note(ctx, p, trail.Entry{Kind: trail.Restricted, About: "note", Key: int64(n.ID), Words: "a restricted note was read"}); err != nil {
			return err
		}
	}
	return nil
}

// Read opens one note with every version of its words, to be changed, struck through or looked back on.
func (s *Service) Read(ctx context.Context, p access.Pass, id NoteID) (n Note, versions []Version, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return n, nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if n, _, err = enter(tx, See, id); err != nil {
			return err
		}
		versions, err = versionsOf(tx, id)
		return err
	})
	if err != nil {
		return Note{}, nil, err
	}
	return n, versions, s.noteSight(ctx, p, []Note{n})
}

// Add keeps a new note. What may be a worry about a child's safety is refused with a *worry.Error, and nothing of it is stored.
func (s *Service) Add(ctx context.Context, p access.Pass, pupil roll.PupilID, t Typed) (id NoteID, err error) {
	if _, err := p.CheckNamed(Write); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := roll.Enter(tx, Write, pupil); err != nil {
			return err
		}
		n, readers, err := t.read(tx.Today())
		if err != nil {
			return err
		}
		if readers, err = named(tx, readers); err != nil {
			return err
		}
		if err := s.keeper.Heed(nil, t.said()...); err != nil {
			return err
		}
		id = ids.New[Note]()
		n.ID, n.PupilID, n.ByName, n.AuthorID, n.Version = id, pupil, p.Who().Name, author(p), 1
		if err := insertNote(tx, n, readers); err != nil {
			return err
		}
		return dropDraft(tx, roll.StaffID(p.Who().Staff), pupil, 0)
	})
	return id, err
}

func author(p access.Pass) *roll.StaffID {
	if p.Who().Staff == 0 {
		return nil
	}
	return new(roll.StaffID(p.Who().Staff))
}

// named gives readers their names, and refuses colleagues who are not here.
func named(tx *db.Tx, readers []Reader) ([]Reader, error) {
	if len(readers) == 0 {
		return readers, nil
	}
	staff, err := roll.People(tx)
	if err != nil {
		return nil, err
	}
	for i, r := range readers {
		if r.StaffID == nil {
			continue
		}
		at := slices.IndexFunc(staff, func(x roll.Staff) bool { return x.ID == *r.StaffID })
		if at < 0 {
			return nil, fault.Field("staff", "Choose the colleagues from the list.")
		}
		readers[i].Name = staff[at].Name
	}
	return readers, nil
}

// Change keeps a new version of one's own note; the one before stays. seen is the version that the form was made from.
func (s *Service) Change(ctx context.Context, p access.Pass, id NoteID, t Typed, seen int) error {
	if _, err := p.CheckNamed(Write); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		was, _, err := enter(tx, Write, id)
		if err != nil {
			return err
		}
		if !was.MayChange {
			return fault.New(fault.Forbidden, "Only the colleague who wrote a note changes it, and only while it is not struck through. Write a note of your own beside it.")
		}
		if was.Version != seen {
			return fault.New(fault.Conflict, "This note was changed on another page in the meantime. Open it again, and put in what you wanted to change.")
		}
		n, readers, err := t.read(tx.Today())
		if err != nil {
			return err
		}
		if readers, err = named(tx, readers); err != nil {
			return err
		}
		if err := s.keeper.Heed([]string{was.Seen, was.Said, was.Did}, t.said()...); err != nil {
			return err
		}
		n.ID, n.PupilID, n.Version = was.ID, was.PupilID, was.Version+1
		if err := updateNote(tx, n, readers); err != nil {
			return err
		}
		if was.Restricted != n.Restricted {
			if err := trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "note", Key: int64(id), Words: map[bool]string{true: "a note was restricted", false: "a restricted note was opened to all who see the child"}[n.Restricted]}); err != nil {
				return err
			}
		}
		return dropDraft(tx, roll.StaffID(p.Who().Staff), was.PupilID, id)
	})
}

// StrikeOut strikes a note through as entered in error, with the reason. The words stay readable for those who could read them.
func (s *Service) StrikeOut(ctx context.Context, p access.Pass, id NoteID, why string) error {
	if _, err := p.CheckNamed(See); err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		n, _, err := enter(tx, See, id)
		if err != nil {
			return err
		}
		if !n.MayStrike {
			return fault.New(fault.Forbidden, "This note can be struck through by its author, the head or the safeguarding lead, and only once.")
		}
		if why == "" {
			return fault.Field("why", "Write why: for example, that it is about another child.")
		}
		if len([]rune(why)) > 500 {
			return fault.Field("why", "The reason is too long. There is room for 500 characters.")
		}
		if err := s.keeper.Heed(nil, worry.Says("why", "Why", why)); err != nil {
			return err
		}
		return strike(tx, id, why)
	})
}

// SaveDraft keeps what somebody has begun, while they type. Fields that may hold a worry are left out and named in the error; all else is kept.
func (s *Service) SaveDraft(ctx context.Context, p access.Pass, pupil roll.PupilID, note NoteID, t Typed) error {
	if _, err := p.CheckNamed(Write); err != nil {
		return err
	}
	staff := roll.StaffID(p.Who().Staff)
	var waits *worry.Error
	err := s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := roll.Enter(tx, Write, pupil); err != nil {
			return err
		}
		if staff == 0 {
			return fault.New(fault.Forbidden, "Drafts are kept for members of staff.")
		}
		var stored []string
		if note != 0 {
			n, _, err := enter(tx, Write, note)
			if err != nil {
				return err
			}
			if n.PupilID != pupil {
				return fault.Gone("note")
			}
			stored = []string{n.Seen, n.Said, n.Did}
		}
		if len(t.Seen)+len(t.Said)+len(t.Did) > 12*longest {
			return fault.Field("seen", "This is too long to be kept as a draft.")
		}
		if w, ok := worry.As(s.keeper.Heed(stored, t.said()...)); ok {
			waits, t = w, t.without(w)
		}
		body, err := json.Marshal(t)
		if err != nil {
			return err
		}
		return putDraft(tx, staff, pupil, note, string(body))
	})
	if err == nil && waits != nil {
		return waits
	}
	return err
}

// Begun gives the draft of the person of the pass, if they have begun one, and what the form of a new note needs.
func (s *Service) Begun(ctx context.Context, p access.Pass, pupil roll.PupilID, note NoteID) (child roll.Pupil, d Draft, err error) {
	if _, err := p.CheckNamed(Write); err != nil {
		return child, d, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if child, err = roll.Enter(tx, Write, pupil); err != nil {
			return err
		}
		body, at, err := draftOf(tx, roll.StaffID(p.Who().Staff), pupil, note)
		if err != nil || body == "" {
			return err
		}
		d.AtMs = at
		return json.Unmarshal([]byte(body), &d.Typed)
	})
	return child, d, err
}

// Drop forgets a draft.
func (s *Service) Drop(ctx context.Context, p access.Pass, pupil roll.PupilID, note NoteID) error {
	if _, err := p.CheckNamed(Write); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := roll.Enter(tx, Write, pupil); err != nil {
			return err
		}
		return dropDraft(tx, roll.StaffID(p.Who().Staff), pupil, note)
	})
}

// Colleagues lists those for whom a restricted note can be opened by name.
func (s *Service) Colleagues(ctx context.Context, p access.Pass) (out []roll.Staff, err error) {
	if _, err := p.CheckNamed(Write); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = roll.People(tx)
		return err
	})
	return out, err
}

// mostFound is how many notes a search gives at once.
const mostFound = 50

// latest is how many notes are given when nothing was asked for.
const latest = 10

// Find searches the notes that the person of the pass may read. Notes that are not for them are neither given nor counted. Without a word it gives the
// latest that are not restricted.
func (s *Service) Find(ctx context.Context, p access.Pass, text string) (f Found, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return f, err
	}
	words := strings.Fields(roll.Fold(text))
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		return search(tx, words, func(h hit) (bool, error) {
			list, _ := open([]Note{h.Note}, p)
			if len(list) == 0 {
				return true, nil
			}
			if len(f.Notes) == mostFound {
				f.More = true
				return false, nil
			}
			n := list[0]
			n.PupilName = roll.Pupil{Forename: h.Forename, Surname: h.Surname, KnownAs: h.KnownAs}.Name()
			f.Notes = append(f.Notes, n)
			return true, nil
		})
	})
	if err != nil {
		return Found{}, err
	}
	return f, s.noteSight(ctx, p, f.Notes)
}

// ForFamily gives the adult of the pass the notes about their child that are marked for the family, and whether the school keeps others, of which it
// says no more than that.
func ForFamily(tx *db.Tx, pupil roll.PupilID) (out []Note, others bool, err error) {
	if _, _, err := roll.EnterTied(tx, Shared, pupil); err != nil {
		return nil, false, err
	}
	all, err := notesOf(tx, pupil)
	for _, n := range all {
		if n.Family && !n.Restricted && n.StruckMs == nil {
			n.Readers = nil
			out = append(out, n)
		} else {
			others = true
		}
	}
	return out, others, err
}

// Outlets are the ways by which what is noted reaches a family.
func (s *Service) Outlets() []roll.Outlet {
	return []roll.Outlet{{Key: "notes.shared", Words: "Notes about the child that are marked for the family", Needs: roll.Information, Reads: []string{"notes.ForFamily"}, Probe: func(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
		err = s.DB.View(ctx, a.Own, func(tx *db.Tx) error {
			list, _, err := ForFamily(tx, a.Pupil)
			for _, n := range list {
				out.Reached, out.Text = true, out.Text+n.Seen+" "+n.Said+" "+n.Did+"\n"
			}
			return err
		})
		if fault.KindOf(err) == fault.NotFound {
			return out, nil
		}
		return out, err
	}}}
}
