package sharing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

func dayBefore(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, -1).Format(time.DateOnly)
}

// Given is a family of ours that is or was shared.
type Given struct {
	Share
	PupilName string `db:"-"`
	Year      string `db:"-"`
	Now       bool   `db:"-"`
}

// Given lists the families of our school that are or were shared under an agreement, as far as the pass may see those pupils.
func (s *Service) Given(ctx context.Context, p access.Pass, id AgreementID) (out []Given, err error) {
	if _, err := p.CheckNamed(Families); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if _, err := agreementOf(tx, id); err != nil {
			return err
		}
		list, err := sharesUnder(tx, id)
		if err != nil {
			return err
		}
		for _, g := range list {
			who, err := roll.Enter(tx, Families, g.PupilID)
			if fault.KindOf(err) == fault.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			g.PupilName, g.Year, g.Now = who.Name(), who.Year, g.Starts <= tx.Today() && tx.Today() <= g.Ends
			out = append(out, g)
		}
		return nil
	})
	return out, err
}

// Shares is what a pupil's page says about sharing: with whom the family is shared today, and with which schools it could be.
type Shares struct {
	Now      []SharedWith
	Partners []Partner // that families by name may flow to
	ForPacks []Partner // that hand-over packs may flow to
}

// SharedWith is a school that knows the family by name.
type SharedWith struct {
	Share
	OtherName string
}

// OfPupil reads them, inside the transaction of the pupil's page.
func OfPupil(tx *db.Tx, pupil roll.PupilID) (out Shares, err error) {
	list, err := agreementsOf(tx)
	if err != nil {
		return out, err
	}
	shares, err := sharesOf(tx, pupil)
	if err != nil {
		return out, err
	}
	for _, a := range list {
		if !a.InForce(tx.Today()) {
			continue
		}
		one, err := partner(tx, a)
		if err != nil {
			return out, err
		}
		if one.Gives[Named] {
			out.Partners = append(out.Partners, one)
		}
		if one.Gives[PackFor] {
			out.ForPacks = append(out.ForPacks, one)
		}
		for _, x := range shares {
			if x.Agreement == a.ID && x.Starts <= tx.Today() && tx.Today() <= x.Ends {
				out.Now = append(out.Now, SharedWith{x, one.OtherName})
			}
		}
	}
	return out, nil
}

// ShareForm opens the page on which a family is shared: the pupil, and the school that would know them.
func (s *Service) ShareForm(ctx context.Context, p access.Pass, id AgreementID, pupil roll.PupilID) (who roll.Pupil, with Partner, adults []string, err error) {
	if _, err := p.CheckNamed(Families); err != nil {
		return who, with, nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if who, with, err = mayShare(tx, id, pupil, Named); err != nil {
			return err
		}
		adults, err = adultsShown(tx, pupil)
		return err
	})
	return who, with, adults, err
}

func mayShare(tx *db.Tx, id AgreementID, pupil roll.PupilID, flow Flow) (who roll.Pupil, with Partner, err error) {
	if who, err = roll.Enter(tx, Families, pupil); err != nil {
		return who, with, err
	}
	a, err := inForce(tx, id)
	if err != nil {
		return who, with, err
	}
	if with, err = partner(tx, a); err != nil {
		return who, with, err
	}
	if !with.Gives[flow] {
		return who, with, fault.New(fault.Forbidden, "Your head has not opened %s to %s. Ask them; it is one tick on the page of the agreement.", ShortFlow[flow], with.OtherName)
	}
	return who, with, nil
}

// Share lets the other school know a family by name, after the family was told.
func (s *Service) Share(ctx context.Context, p access.Pass, x Share) (id ids.ID[Share], err error) {
	if _, err := p.CheckNamed(Families); err != nil {
		return 0, err
	}
	x.ID = ids.New[Share]()
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		who, with, err := mayShare(tx, x.Agreement, x.PupilID, Named)
		if err != nil {
			return err
		}
		if err := x.judge(tx.Today()); err != nil {
			return err
		}
		already, err := sharesOf(tx, x.PupilID)
		if err != nil {
			return err
		}
		for _, a := range already {
			if a.Agreement == x.Agreement && a.Starts <= tx.Today() && tx.Today() <= a.Ends {
				return fault.New(fault.Conflict, "%s is shared with %s already, since %s.", who.Name(), with.OtherName, roll.DayInWords(a.Starts))
			}
		}
		x.Starts, x.ByName = tx.Today(), p.Who().Name
		if err := insertShare(tx, x); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "pupil", Key: int64(x.PupilID), Words: "The family was shared by name with " + with.OtherName + "."})
	})
	if err != nil {
		return 0, err
	}
	return x.ID, nil
}

// Unshare takes a family back: from the next request on the other school does not find it.
func (s *Service) Unshare(ctx context.Context, p access.Pass, id ids.ID[Share]) (pupil roll.PupilID, err error) {
	if _, err := p.CheckNamed(Families); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		x, found, err := shareByID(tx, id)
		if err != nil {
			return err
		}
		if !found {
			return fault.Gone("family")
		}
		if _, err := roll.Enter(tx, Families, x.PupilID); err != nil {
			return err
		}
		pupil = x.PupilID
		if err := endShare(tx, id, dayBefore(tx.Today()), p.Who().Name); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "pupil", Key: int64(x.PupilID), Words: "Sharing the family by name was ended."})
	})
	return pupil, err
}

// Theirs is a family of the other school, as that school lets us know it: the child, the adults by name, why, and whom to ring. No address, no phone,
// no record.
type Theirs struct {
	Pupil   string
	Year    string
	Adults  []string
	Purpose string
	Note    string
	Until   string
	By      string
}

// Theirs lists the families that the other school of an agreement shares with ours today. They are read where they lie, each time.
func (s *Service) Theirs(ctx context.Context, p access.Pass, id AgreementID) (with Partner, out []Theirs, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return with, nil, err
	}
	if err := s.DB.View(ctx, p, func(tx *db.Tx) error {
		a, err := inForce(tx, id)
		if err != nil {
			return err
		}
		with, err = partner(tx, a)
		return err
	}); err != nil {
		return with, nil, err
	}
	if !with.Gets[Named] {
		return with, nil, nil
	}
	err = s.DB.View(ctx, access.System("read the families that a school shares by name under an agreement", int64(with.OtherID)), func(tx *db.Tx) error {
		out, err = theirs(tx, id)
		return err
	})
	if err != nil || len(out) == 0 {
		return with, out, err
	}
	// Whose families these are is told in that school's own trail: who read them, and how many.
	if err := s.DB.Update(ctx, access.System("note that shared families were read by the other school", int64(with.OtherID)), func(tx *db.Tx) error {
		return trail.Write(tx, trail.Entry{Kind: trail.Seen, About: "school", Key: p.Org(), Words: fmt.Sprintf("%s of the other school read the families shared with it by name: %d.", p.Who().Name, len(out))})
	}); err != nil {
		return with, nil, err
	}
	return with, out, nil
}

func theirs(tx *db.Tx, id AgreementID) (out []Theirs, err error) {
	list, err := sharesUnder(tx, id)
	if err != nil {
		return nil, err
	}
	for _, g := range list {
		if g.Starts > tx.Today() || g.Ends < tx.Today() {
			continue
		}
		// The pass is the system's: what a school may know is only what stands in this list.
		who, err := roll.Enter(tx, Families, g.PupilID)
		if err != nil {
			return nil, err
		}
		if !who.OnRoll(tx.Today()) {
			continue
		}
		t := Theirs{Pupil: who.Name(), Year: who.Year, Purpose: g.Purpose, Note: g.Note, Until: g.Ends, By: g.ByName}
		if t.Adults, err = adultsShown(tx, g.PupilID); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// adultsShown names the adults of a child whom another school may know of: those with a tie in force that no order closes to contact.
func adultsShown(tx *db.Tx, pupil roll.PupilID) (out []string, err error) {
	rels, err := roll.Relations(tx, pupil)
	if err != nil {
		return nil, err
	}
	for _, r := range rels {
		if ok, _ := roll.May(r, roll.Contact, tx.Today()); !ok {
			continue
		}
		name := r.Adult.Name
		if r.Tie.Relationship != "" {
			name += " (" + strings.ToLower(r.Tie.Relationship) + ")"
		}
		out = append(out, name)
	}
	return out, nil
}
