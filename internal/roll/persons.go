package roll

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
)

// An adult with children in several schools may see them together. Each school keeps its own record of the adult and stays its controller; what joins
// the records is the adult's own proof that both are theirs, and only between schools that are connected. The adult can part them again, and so can
// either school for itself. Staff of one school learn nothing of the other (docs/adr/0014).

// Person joins the records that several schools keep of one adult.
type Person struct{}

// personPart is the record of one school.
type personPart struct {
	ID     ids.ID[Person]
	Person ids.ID[Person]
	Org    OrgID
	Adult  AdultID
}

// JoinSelves says that two records in two connected schools are the same adult. The two passes are the proof: each was made by the family's door of its
// school for somebody who holds that adult's link and knew what it asks, so only who can open both can join them.
func (s *Service) JoinSelves(ctx context.Context, a, b access.Pass) error {
	for _, p := range []access.Pass{a, b} {
		if _, err := p.CheckNamed(Tied); err != nil {
			return err
		}
		if p.Who().Adult == 0 {
			return access.Denied()
		}
	}
	if a.Org() == b.Org() {
		return fault.New(fault.Invalid, "Both links are of the same school. If you are in its records twice, ask the office to make one of them.")
	}
	if err := s.likely(ctx, a, b); err != nil {
		return err
	}
	if err := s.DB.Update(ctx, access.Installation("an adult shows that two schools' records are theirs"), func(tx *db.Tx) error { return joinSelves(tx, a.Who(), b.Who()) }); err != nil {
		return err
	}
	for _, p := range []access.Pass{a, b} {
		if err := s.DB.Update(ctx, p, func(tx *db.Tx) error {
			return trail.Write(tx, trail.Entry{Kind: trail.Link, About: "adult", Key: p.Who().Adult, Words: "the adult sees this school's record together with that of a connected school"})
		}); err != nil {
			return err
		}
	}
	return nil
}

// likely refuses two records that are hardly of one person. Partners know each other's phone, postcode and children's birthdays, and each may have opened the
// other's link on the family's one tablet: what they don't share is their name.
func (s *Service) likely(ctx context.Context, passes ...access.Pass) error {
	var adults []Adult
	for _, p := range passes {
		if err := s.DB.View(ctx, p, func(tx *db.Tx) error {
			id, err := presentKey(tx, AdultID(p.Who().Adult))
			if err != nil {
				return err
			}
			a, found, err := AdultAt(tx, id)
			if err == nil && !found {
				err = access.Denied()
			}
			adults = append(adults, a)
			return err
		}); err != nil {
			return err
		}
	}
	if !MayBeOnePerson(adults[0], adults[1]) {
		return fault.New(fault.Conflict, "The two schools have different names for you, so their records can't be seen together. Ask one of them to put it right.")
	}
	return nil
}

// MayBeOnePerson tells whether the records of two schools may be of one adult who says so: the same first name, and the same surname, phone or e-mail.
func MayBeOnePerson(a, b Adult) bool {
	first := func(x Adult) string {
		f := x.Forename
		if f == "" {
			f = ReadName(x.Name).Forename
		}
		f, _, _ = strings.Cut(Fold(f), " ")
		return f
	}
	last := func(x Adult) string {
		if x.Surname == "" {
			return Fold(ReadName(x.Name).Surname)
		}
		return Fold(x.Surname)
	}
	if first(a) == "" || first(a) != first(b) {
		return false
	}
	return last(a) != "" && last(a) == last(b) || slices.ContainsFunc(a.Channels, func(c Channel) bool {
		return slices.ContainsFunc(b.Channels, func(d Channel) bool { return c.Kind == d.Kind && c.Folded != "" && c.Folded == d.Folded })
	})
}

// SelfAt finds the record that another school keeps of the adult of a pass, among those they joined.
func (s *Service) SelfAt(ctx context.Context, p access.Pass, org OrgID) (adult AdultID, found bool, err error) {
	if _, err := p.CheckNamed(Tied); err != nil {
		return 0, false, err
	}
	parts, err := s.selves(ctx, p)
	if err != nil {
		return 0, false, err
	}
	for _, part := range parts {
		if part.Org != org {
			continue
		}
		err = s.DB.View(ctx, access.System("find the record of an adult who comes from a connected school's door", int64(org)), func(tx *db.Tx) error {
			adult, err = presentKey(tx, part.Adult)
			return err
		})
		return adult, err == nil, err
	}
	return 0, false, nil
}

// OnePerson tells whether two records were joined by their adult.
func OnePerson(tx *db.Tx, a OrgID, x AdultID, b OrgID, y AdultID) (bool, error) {
	p, err := personOf(tx, a, x)
	if err != nil || p.Zero() {
		return false, err
	}
	q, err := personOf(tx, b, y)
	return p == q, err
}

// Connected tells whether two schools are connected today.
func Connected(tx *db.Tx, a, b OrgID) (bool, error) { return connected(tx, a, b) }

// HasNeighbours tells whether any school is connected with one.
func HasNeighbours(tx *db.Tx, org OrgID) (bool, error) { return hasNeighbours(tx, org) }

// SeenTogether tells whether an adult sees this school's record together with those of others. Which they are is nobody's business here.
func SeenTogether(tx *db.Tx, adult AdultID) (joined bool, err error) {
	keys, err := keysOfAdult(tx, adult)
	if err != nil {
		return false, err
	}
	org := OrgID(tx.Pass().Org())
	err = tx.Within(access.Installation("see whether an adult joined this record with another school's"), func(in *db.Tx) error {
		parts, err := partsTogether(in, org, keys)
		joined = len(parts) > 1
		return err
	})
	return joined, err
}

func joinSelves(tx *db.Tx, a, b access.Who) error {
	ok, err := connected(tx, OrgID(a.Org), OrgID(b.Org))
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Invalid, "These two schools are not connected in Ajar, so their records can't be seen together. Each link goes on working by itself.")
	}
	x, err := personOf(tx, OrgID(a.Org), AdultID(a.Adult))
	if err != nil {
		return err
	}
	y, err := personOf(tx, OrgID(b.Org), AdultID(b.Adult))
	if err != nil {
		return err
	}
	switch {
	case x == 0 && y == 0:
		x = ids.New[Person]()
		fallthrough
	case x == 0 || y == 0:
		if x == 0 {
			x = y
		}
		for _, w := range []access.Who{a, b} {
			if err := addPart(tx, x, OrgID(w.Org), AdultID(w.Adult)); err != nil {
				return err
			}
		}
	case x != y:
		return movePerson(tx, y, x)
	}
	return nil
}

// PartSelves takes one school's record out again, by the adult: from the family's door of any school that is joined.
func (s *Service) PartSelves(ctx context.Context, p access.Pass, org OrgID) error {
	if _, err := p.CheckNamed(Tied); err != nil {
		return err
	}
	if p.Who().Adult == 0 {
		return access.Denied()
	}
	mine, err := s.selves(ctx, p)
	if err != nil {
		return err
	}
	return s.DB.Update(ctx, access.Installation("an adult parts the records of two schools"), func(tx *db.Tx) error {
		for _, part := range mine {
			if part.Org == org {
				return endPart(tx, part.ID, "adult")
			}
		}
		return fault.Gone("school")
	})
}

// EndTogether takes this school's record of an adult out of what they see together with other schools. It says nothing about those.
func (s *Service) EndTogether(ctx context.Context, p access.Pass, adult AdultID) error {
	if err := p.CheckAll(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := adultByID(tx, adult); err != nil {
			return err
		}
		keys, err := keysOfAdult(tx, adult)
		if err != nil {
			return err
		}
		n, err := endPartsHere(tx, keys)
		if err == nil && n == 0 {
			err = fault.Gone("link")
		}
		if err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Link, About: "adult", Key: int64(adult), Words: "the school ended that this record is seen together with those of other schools"})
	})
}

// selves are all records of the adult of a pass, in schools that are still connected with theirs.
func (s *Service) selves(ctx context.Context, p access.Pass) (out []personPart, err error) {
	var keys []AdultID
	if err := s.DB.View(ctx, p, func(tx *db.Tx) error { keys, err = keysOfAdult(tx, AdultID(p.Who().Adult)); return err }); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, access.Installation("find the records that an adult has joined"), func(tx *db.Tx) error {
		out, err = partsTogether(tx, OrgID(p.Org()), keys)
		return err
	})
	return out, err
}

// TogetherSchool is a school that holds a record of a child.
type TogetherSchool struct {
	Org   OrgID
	Name  string
	Pupil PupilID
	Here  bool // the school whose door the adult came by
}

// TogetherChild is a child as an adult sees them beside their others. A child who is on the roll of two schools is there once, with both.
type TogetherChild struct {
	Name    string
	Year    string
	Schools []TogetherSchool
	upn     string
}

// Together lists the children of the adult of a pass in all the schools whose records they have joined. Each school's own orders and ties decide what
// of its record is there; an order of one school does nothing in another, which is its own controller and may know more or less.
func (s *Service) Together(ctx context.Context, p access.Pass) (out []TogetherChild, err error) {
	if _, err := p.CheckNamed(Tied); err != nil {
		return nil, err
	}
	if p.Who().Adult == 0 {
		return nil, access.Denied()
	}
	parts, err := s.selves(ctx, p)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(parts, func(x personPart) bool { return x.Org == OrgID(p.Org()) }) {
		parts = append([]personPart{{Org: OrgID(p.Org()), Adult: AdultID(p.Who().Adult)}}, parts...)
	}
	for _, part := range parts {
		if err := s.DB.View(ctx, access.System("show an adult their children in schools whose records they joined", int64(part.Org)), func(tx *db.Tx) error {
			list, err := childrenOf(tx, part, part.Org == OrgID(p.Org()))
			out = append(out, list...)
			return err
		}); err != nil {
			return nil, err
		}
	}
	return onceEach(out), nil
}

// JoinedSchools lists the other schools whose records the adult of a pass has joined, whether or not a child there is open to them now.
func (s *Service) JoinedSchools(ctx context.Context, p access.Pass) (out []TogetherSchool, err error) {
	if _, err := p.CheckNamed(Tied); err != nil {
		return nil, err
	}
	parts, err := s.selves(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		if part.Org == OrgID(p.Org()) {
			continue
		}
		if err := s.DB.View(ctx, access.System("name a school whose record an adult joined", int64(part.Org)), func(tx *db.Tx) error {
			name, err := schoolName(tx, part.Org)
			out = append(out, TogetherSchool{Org: part.Org, Name: name})
			return err
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// childrenOf reads the children whom an adult may be told about at one school.
func childrenOf(tx *db.Tx, part personPart, here bool) (out []TogetherChild, err error) {
	adult, err := presentKey(tx, part.Adult)
	if err != nil {
		return nil, err
	}
	name, err := schoolName(tx, part.Org)
	if err != nil {
		return nil, err
	}
	ties, err := tiesOfAdult(tx, adult)
	if err != nil {
		return nil, err
	}
	for _, t := range ties {
		rels, err := Relations(tx, t.PupilID)
		if err != nil {
			return nil, err
		}
		for _, r := range rels {
			if ok, _ := May(r, Information, tx.Today()); r.Tie.ID != t.TieID || !ok {
				continue
			}
			p, err := db.One[Pupil](tx, `select `+pupilColumns+` from roll_pupil p where p.org_id = $1 and p.id = $2`, t.PupilID)
			if err != nil {
				return nil, err
			}
			if p.OnRoll(tx.Today()) {
				out = append(out, TogetherChild{Name: p.Name(), Year: p.Year, upn: p.UPN, Schools: []TogetherSchool{{Org: part.Org, Name: name, Pupil: p.ID, Here: here}}})
			}
		}
	}
	return out, nil
}

// onceEach puts a child who is on two rolls there once. Only a whole unique pupil number says so: two children may share a name and a birthday.
func onceEach(list []TogetherChild) (out []TogetherChild) {
	for _, c := range list {
		i := slices.IndexFunc(out, func(x TogetherChild) bool { return c.upn != "" && x.upn == c.upn && ParseUPN(c.upn).ShapeOK })
		if i < 0 {
			out = append(out, c)
			continue
		}
		out[i].Schools = append(out[i].Schools, c.Schools...)
	}
	return out
}

// OrderElsewhere tells the office of one school that a connected school has recorded an order about the same child and the same adult. It says neither
// what the order is nor anything else: they are to ask.
type OrderElsewhere struct{ Adult, School string }

// Words is the sentence for the record.
func (o OrderElsewhere) Words() string {
	return fmt.Sprintf("%s has recorded an order about this child and %s. It does not act here by itself: each school decides from the papers it has seen. Ask them.", o.School, o.Adult)
}

// ordersElsewhere looks at connected schools for orders about this child, known there by the same unique pupil number, and an adult who has shown
// that they are the same person there.
func ordersElsewhere(tx *db.Tx, pupil Pupil, rels []Relation) (out []OrderElsewhere, err error) {
	if !ParseUPN(pupil.UPN).ShapeOK || len(rels) == 0 {
		return nil, nil
	}
	for _, r := range rels {
		keys, err := keysOfAdult(tx, r.Adult.ID)
		if err != nil {
			return nil, err
		}
		person, err := personHere(tx, keys)
		if err != nil || person == 0 {
			if err != nil {
				return nil, err
			}
			continue
		}
		parts, err := otherParts(tx, person)
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			if err := tx.Within(access.System("tell a connected school that there is an order to ask about", int64(part.Org)), func(in *db.Tx) error {
				adult, err := presentKey(in, part.Adult)
				if err != nil {
					return err
				}
				n, err := ordersByUPN(in, pupil.UPN, adult)
				if err != nil || n == 0 {
					return err
				}
				name, err := schoolName(in, part.Org)
				out = append(out, OrderElsewhere{Adult: r.Adult.Name, School: name})
				return err
			}); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
