package family

import (
	"cmp"
	"context"
	"slices"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// Home is the adult's own page: what there is to read, and about whom.
type Home struct {
	Adult    roll.Adult
	Children []roll.TiedPupil
	Items    []ChildItem
	Waiting  int // wishes that the school has not answered
	Answered int // wishes that it has
	Readers  int
	Others   bool // there are connected schools, where they may have children too
	Phone    string
}

// ChildItem is an item with the child it is about.
type ChildItem struct {
	Item
	Child string
}

// HomeOf opens the adult's own page.
func (s *Service) HomeOf(ctx context.Context, p access.Pass) (h Home, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return h, err
	}
	adult := roll.AdultID(p.Who().Adult)
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if h.Adult, err = self(tx, adult); err != nil {
			return err
		}
		if h.Children, err = roll.OpenTo(tx, adult); err != nil {
			return err
		}
		for _, c := range h.Children {
			for _, t := range s.things {
				items, err := t.Items(tx, adult, c)
				if err != nil {
					return err
				}
				for _, i := range items {
					i.Path = t.Path(i.Key)
					if slices.ContainsFunc(h.Items, func(x ChildItem) bool { return x.Path == i.Path }) {
						continue // about the school and no child: siblings need it once
					}
					h.Items = append(h.Items, ChildItem{i, c.Pupil.Name()})
				}
			}
		}
		wishes, err := wishesOf(tx, adult)
		if err != nil {
			return err
		}
		h.Waiting = countState(wishes, "waiting")
		if h.Phone, err = roll.Setting(tx, "school.phone"); err != nil {
			return err
		}
		org := roll.OrgID(p.Org())
		return tx.Within(access.Installation("see whether a school is connected with others"), func(in *db.Tx) error {
			h.Others, err = roll.HasNeighbours(in, org)
			return err
		})
	})
	return h, err
}

// Seen is who can see what the school holds.
type Seen struct {
	People []Person      // who work with the child by name
	All    []access.Role // see it for every child
	Own    []access.Role // see it for children they work with
	Counts []access.Role // see figures only
}

// Person is a colleague who works with a child.
type Person struct {
	Name  string
	Part  string // key_teacher, family_worker or cover; empty for a teacher
	Class string
}

// whoSees reads the right to see the roll as a parent should: the roles, from the widest.
func whoSees() (s Seen) {
	for _, r := range roll.Roles {
		switch roll.See.Roles[r] {
		case access.All:
			s.All = append(s.All, r)
		case access.Own:
			s.Own = append(s.Own, r)
		case access.Counts:
			s.Counts = append(s.Counts, r)
		}
	}
	return s
}

// ChildPage is what the school holds about one child, as their parent may read it.
type ChildPage struct {
	Child    roll.TiedPupil
	Places   []roll.Place
	Home     bool // the child's own address may be shown
	Sections []Section
	Seen     Seen
}

// Section is one room's part of what is held.
type Section struct {
	Held
	Lines []Row
}

// ChildOf opens what the school holds about a child for the adult of the pass.
func (s *Service) ChildOf(ctx context.Context, p access.Pass, pupil roll.PupilID) (c ChildPage, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return c, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		child, err := enter(tx, pupil)
		if err != nil {
			return err
		}
		c.Child, c.Home = child, roll.HomeShownTo(child.Relation)
		if c.Places, err = roll.PlacesOf(tx, pupil); err != nil {
			return err
		}
		c.Seen = whoSees()
		if c.Seen.People, err = peopleOf(tx, pupil, c.Places); err != nil {
			return err
		}
		for _, h := range slices.SortedStableFunc(slices.Values(s.held), func(a, b Held) int { return cmp.Compare(a.Order, b.Order) }) {
			rows, err := h.Rows(tx, child)
			if err != nil {
				return err
			}
			if len(rows) > 0 {
				c.Sections = append(c.Sections, Section{h, rows})
			}
		}
		return nil
	})
	return c, err
}

// enter opens a child for the adult of the pass. A child who left the roll is closed here, as everything at this door is.
func enter(tx *db.Tx, pupil roll.PupilID) (roll.TiedPupil, error) {
	if _, _, err := roll.EnterTied(tx, Read, pupil); err != nil {
		return roll.TiedPupil{}, err
	}
	open, err := roll.OpenTo(tx, roll.AdultID(tx.Pass().Who().Adult))
	if err != nil {
		return roll.TiedPupil{}, err
	}
	for _, c := range open {
		if c.Pupil.ID == pupil {
			return c, nil
		}
	}
	return roll.TiedPupil{}, fault.Gone("pupil")
}

// Enter is the first line of every verb of the rooms above that opens something about one child at this door.
func Enter(tx *db.Tx, right access.Right, pupil roll.PupilID) (roll.TiedPupil, error) {
	if _, err := tx.Pass().CheckNamed(right); err != nil {
		return roll.TiedPupil{}, err
	}
	return enter(tx, pupil)
}

func peopleOf(tx *db.Tx, pupil roll.PupilID, places []roll.Place) (out []Person, err error) {
	workers, err := roll.WorkersOf(tx, pupil)
	if err != nil {
		return nil, err
	}
	for _, w := range workers {
		if w.Starts <= tx.Today() && w.Ends >= tx.Today() {
			out = append(out, Person{Name: w.Name, Part: w.Part})
		}
	}
	for _, c := range places {
		if c.Teachers != "" {
			out = append(out, Person{Name: c.Teachers, Class: c.Title})
		}
	}
	return out, nil
}

// Me is what the school holds about the adult themselves.
type Me struct {
	Adult  roll.Adult
	Wishes []Wish
	Seen   Seen
}

// MeOf opens what the school holds about the adult of the pass.
func (s *Service) MeOf(ctx context.Context, p access.Pass) (m Me, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return m, err
	}
	adult := roll.AdultID(p.Who().Adult)
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if m.Adult, err = self(tx, adult); err != nil {
			return err
		}
		m.Seen = whoSees()
		m.Wishes, err = wishesOf(tx, adult)
		return err
	})
	return m, err
}

// DevicesOf lists the devices on which the adult of the pass is remembered.
func (s *Service) DevicesOf(ctx context.Context, p access.Pass, token string) (out []Device, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return nil, err
	}
	w := p.Who()
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		return tx.Within(access.Installation("list a parent's own devices"), func(tx *db.Tx) error {
			if out, err = devicesOf(tx, w.Org, roll.AdultID(w.Adult), tx.Now()); err != nil {
				return err
			}
			x, found, err := seatOf(tx, hash(ofDevice, token), tx.Now())
			for i := range out {
				out[i].This = found && out[i].Reader == x.ID
			}
			return err
		})
	})
	return out, err
}

// Forget forgets one of the adult's own devices, or all of them when reader is zero.
func (s *Service) Forget(ctx context.Context, p access.Pass, reader ReaderID) (n int64, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return 0, err
	}
	w := p.Who()
	if w.Adult == 0 {
		return 0, access.Denied()
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := tx.Within(access.Installation("forget a parent's own devices"), func(tx *db.Tx) error {
			if reader.Zero() {
				n, err = dropReadersOf(tx, w.Org, roll.AdultID(w.Adult))
				return err
			}
			mine, err := devicesOf(tx, w.Org, roll.AdultID(w.Adult), tx.Now())
			if err != nil {
				return err
			}
			for _, d := range mine {
				if d.Reader == reader {
					n, err = dropReader(tx, reader)
					return err
				}
			}
			return fault.Gone("device")
		}); err != nil {
			return err
		}
		return s.note(tx, roll.AdultID(w.Adult), "forgot a device of their own")
	})
	return n, err
}

// Reading is what a page knows of its reader before it shows anything.
type Reading struct {
	Tongue string // the language they chose or read; empty when it is not known
	Phone  string // the school's
}

// Myself reads what a page of the adult of the pass needs around it.
func (s *Service) Myself(ctx context.Context, p access.Pass) (r Reading, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return r, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		a, err := self(tx, roll.AdultID(p.Who().Adult))
		if err != nil {
			return err
		}
		if r.Phone, err = roll.Setting(tx, "school.phone"); err != nil {
			return err
		}
		r.Tongue, err = tongueFor(tx, a)
		return err
	})
	return r, err
}

// Letterhead is what stands around a letter of the school.
type Letterhead struct {
	Address, Phone string
	Today          string
}

// Letterhead reads what the school has said about its letters.
func (s *Service) Letterhead(ctx context.Context, p access.Pass) (l Letterhead, err error) {
	if _, err := p.CheckNamed(Give); err != nil {
		return l, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		l.Today = tx.Today()
		if l.Address, err = roll.Setting(tx, "school.address"); err != nil {
			return err
		}
		l.Phone, err = roll.Setting(tx, "school.phone")
		return err
	})
	return l, err
}
