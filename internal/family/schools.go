package family

import (
	"context"
	"slices"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// An adult with children in several connected schools sees them on one page. They join the schools' records themselves, on a phone on which they opened a
// link or typed a code of each, by answering what the other school asks. Each school stays the controller of its own record: to read about a child they
// are led to the door of that child's school, which asks its own ties and orders at each request (docs/adr/0014-one-person.md).

// Schools is the page of all children.
type Schools struct {
	Children []roll.TogetherChild
	Joined   []roll.TogetherSchool // the other schools whose records were joined, each once, with a child or without
	Near     []Near                // pages of connected schools that this device opens
	Others   bool                  // there are connected schools at all
}

// Near is a page of a connected school that was opened on the same device, and was not joined.
type Near struct {
	Reader  ReaderID
	OrgName string
}

// SchoolsOf opens the page of all children for the adult of the pass.
func (s *Service) SchoolsOf(ctx context.Context, p access.Pass, token string) (out Schools, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return out, err
	}
	if out.Children, err = s.Roll.Together(ctx, p); err != nil {
		return out, err
	}
	if out.Joined, err = s.Roll.JoinedSchools(ctx, p); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, access.Installation("list what a parent's device opens at other schools"), func(tx *db.Tx) error {
		if out.Others, err = roll.HasNeighbours(tx, roll.OrgID(p.Org())); err != nil || !out.Others {
			return err
		}
		x, found, err := seatOf(tx, hash(ofDevice, token), tx.Now())
		if err != nil || !found {
			return err
		}
		readers, err := readersOn(tx, x.Device, tx.Now())
		if err != nil {
			return err
		}
		for _, r := range readers {
			ok, party, err := connectable(tx, p, r)
			if err != nil {
				return err
			}
			if ok {
				out.Near = append(out.Near, Near{r.ID, party.orgName})
			}
		}
		return nil
	})
	return out, err
}

// connectable tells whether a reader of the device may be the adult of the pass at another, connected school, and was not joined yet.
func connectable(tx *db.Tx, p access.Pass, r Reader) (bool, party, error) {
	if r.Org == p.Org() || !r.Alone {
		return false, party{}, nil
	}
	near, err := roll.Connected(tx, roll.OrgID(p.Org()), roll.OrgID(r.Org))
	if err != nil || !near {
		return false, party{}, err
	}
	same, err := roll.OnePerson(tx, roll.OrgID(p.Org()), roll.AdultID(p.Who().Adult), roll.OrgID(r.Org), r.Adult)
	if err != nil || same {
		return false, party{}, err
	}
	them, open, err := partyOf(tx, r)
	if err != nil || !open {
		return false, party{}, err
	}
	var me roll.Adult
	err = tx.Within(access.System("compare the names that two schools have for an adult", p.Org()), func(tx *db.Tx) error {
		me, _, err = roll.AdultAt(tx, roll.AdultID(p.Who().Adult))
		return err
	})
	return err == nil && roll.MayBeOnePerson(me, them.adult), them, err
}

// Connecting is the question that the other school asks before its record is joined. A question without a Reader means that there is nothing to join.
func (s *Service) Connecting(ctx context.Context, p access.Pass, token string, reader ReaderID, kind Kind) (q Question, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return q, err
	}
	err = s.DB.View(ctx, access.Installation("find what another school asks before its record is joined"), func(tx *db.Tx) error {
		q, err = connecting(tx, p, token, reader, kind)
		return err
	})
	return q, err
}

func connecting(tx *db.Tx, p access.Pass, token string, reader ReaderID, kind Kind) (q Question, err error) {
	x, found, err := seatOf(tx, hash(ofDevice, token), tx.Now())
	if err != nil || !found || x.Org != p.Org() || x.Adult != roll.AdultID(p.Who().Adult) {
		return q, err
	}
	readers, err := readersOn(tx, x.Device, tx.Now())
	if err != nil {
		return q, err
	}
	i := slices.IndexFunc(readers, func(r Reader) bool { return r.ID == reader })
	if i < 0 {
		return q, nil
	}
	ok, them, err := connectable(tx, p, readers[i])
	if err != nil || !ok {
		return q, err
	}
	// What the two records have in common is no secret between them: they are said to be one person. Anybody else who reads on the device is.
	var others []party
	for _, r := range readers {
		if r.ID == x.ID || r.ID == reader {
			continue
		}
		same, err := roll.OnePerson(tx, roll.OrgID(x.Org), x.Adult, roll.OrgID(r.Org), r.Adult)
		if err != nil {
			return q, err
		}
		if same {
			continue
		}
		o, open, err := partyOf(tx, r)
		if err != nil {
			return q, err
		}
		if open {
			others = append(others, o)
		}
	}
	return q.of(them, others, len(others) > 0, kind, tx.Now()), nil
}

// Connect joins the other school's record, when its question is answered.
func (s *Service) Connect(ctx context.Context, p access.Pass, token string, reader ReaderID, a Answer) (q Question, v Verdict, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return q, NotAsked, err
	}
	v = NotAsked
	err = s.DB.Update(ctx, access.Installation("take the answer of an adult who joins two schools' records"), func(tx *db.Tx) error {
		if q, err = connecting(tx, p, token, reader, a.Kind); err != nil || q.Reader.Zero() || !q.Paused.IsZero() || len(q.facts) == 0 {
			return err
		}
		switch {
		case !a.Whole || q.Fact.Kind != a.Kind:
			v = Incomplete
			return nil
		case !q.Fact.right(a):
			v = Wrong
			return s.wrongAnswer(tx, &q)
		}
		v = Proved
		return setProved(tx, q.Reader)
	})
	if err != nil || v != Proved {
		return q, v, err
	}
	theirs := s.Admit(access.Who{Org: q.Org, OrgName: q.OrgName, Adult: int64(q.adult), Name: p.Who().Name, Roles: []access.Role{roll.Parent}})
	return q, v, s.Roll.JoinSelves(ctx, p, theirs)
}

// ConnectCode opens the door of another school by a code, on the device of the pass and without leaving its page. It answers the reader to connect.
func (s *Service) ConnectCode(ctx context.Context, p access.Pass, token, code, address, agent string) (reader ReaderID, got Tried, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return 0, got, err
	}
	got.State = Unknown
	if got.Wait = s.Guesses.Wait(address, s.DB.Clock().Now()); got.Wait > 0 {
		return 0, got, nil
	}
	if o, err := s.Look(ctx, Key{Code: code}); err != nil || o.Org == p.Org() || o.Org != 0 && !o.mayOpen() {
		got.Opening = o // this school's own, or one that is over: nothing is used up
		return 0, got, err
	}
	if got, err = s.Type(ctx, code, address, Visit{Token: token, Agent: agent}); err != nil || got.Token == "" {
		return 0, got, err
	}
	err = s.DB.View(ctx, access.Installation("find the reader that a code of another school made"), func(tx *db.Tx) error {
		x, found, err := seatOf(tx, hash(ofDevice, got.Token), tx.Now())
		if found {
			reader = x.ID
		}
		return err
	})
	return reader, got, err
}

// GoTo leads the adult of the pass to their door at another school whose record they joined: this device becomes a reader there. What they proved here
// counts there, since they answered that school's own question when they joined it.
func (s *Service) GoTo(ctx context.Context, p access.Pass, token string, org roll.OrgID) (fresh string, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return "", err
	}
	adult, found, err := s.Roll.SelfAt(ctx, p, org)
	if err == nil && (!found || int64(org) == p.Org()) {
		err = fault.Gone("school")
	}
	if err != nil {
		return "", err
	}
	err = s.DB.Update(ctx, access.Installation("lead a parent to the door of another school"), func(tx *db.Tx) error {
		x, found, err := seatOf(tx, hash(ofDevice, token), tx.Now())
		if err != nil {
			return err
		}
		if !found || x.Org != p.Org() || x.Adult != roll.AdultID(p.Who().Adult) {
			return fault.Gone("school")
		}
		if err := tx.Within(access.System("lead a parent to the door of their other school", int64(org)), func(tx *db.Tx) error {
			children, err := roll.OpenTo(tx, adult)
			if err == nil && len(children) == 0 {
				err = fault.Gone("school")
			}
			if err != nil {
				return err
			}
			return s.note(tx, adult, "came from the door of a connected school, whose record they joined")
		}); err != nil {
			return err
		}
		fresh = newSecret()
		r, found, err := readerFor(tx, x.Device, int64(org), adult, tx.Now())
		if err != nil {
			return err
		}
		if found {
			return renewReader(tx, r.ID, hash(ofDevice, fresh), r.Link, r.Alone && x.Alone, x.EndsMs, max(r.ProvedMs, x.ProvedMs))
		}
		return insertReader(tx, hash(ofDevice, fresh), Reader{ID: newID[Reader](), Device: x.Device, Org: int64(org), Adult: adult, Link: x.Link, Alone: x.Alone, EndsMs: x.EndsMs, ProvedMs: x.ProvedMs})
	})
	return fresh, err
}

// PartSchool stops showing another school's children beside one's own.
func (s *Service) PartSchool(ctx context.Context, p access.Pass, org roll.OrgID) error {
	if _, err := p.CheckNamed(Read); err != nil {
		return err
	}
	return s.Roll.PartSelves(ctx, p, org)
}
