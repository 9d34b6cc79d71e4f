package roll

import (
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// TiedPupil is a child as the adult at the other end of the tie may know them.
type TiedPupil struct {
	Pupil    Pupil
	Relation Relation // the adult's own tie, with its orders; never another adult's
	Form     string
}

// OpenTo lists the children of an adult whom the family's door may show to them today: on the roll, tied, and closed by no order. It is worked out anew
// at each request, so that an order, the end of a tie or a child who leaves counts from the next one on.
func OpenTo(tx *db.Tx, adult AdultID) ([]TiedPupil, error) {
	type row struct {
		TieID TieID
		Form  string
		Pupil
	}
	ties, err := db.All[Tie](tx, `select `+tieColumns+` from roll_tie t where t.org_id = $1 and t.adult_id = $2 and t.starts <= $3 and t.ends >= $3`, adult, tx.Today())
	if err != nil || len(ties) == 0 {
		return nil, err
	}
	byTie := map[TieID]*Relation{}
	for _, t := range ties {
		byTie[t.ID] = &Relation{Tie: t}
	}
	orders, err := db.All[Order](tx, `select o.id, o.tie_id, o.kind, o.decided_by, o.evidence_seen, o.starts, o.ends, o.review_on, o.note, o.by_name
		from roll_order o where o.org_id = $1 and o.tie_id in (select t.id from roll_tie t where t.org_id = $1 and t.adult_id = $2)`, adult)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		if r := byTie[o.TieID]; r != nil {
			r.Orders = append(r.Orders, o)
		}
	}
	pupils, err := db.All[row](tx, `select t.id as tie_id, `+formOf+` as form, `+pupilColumns+`
		from roll_tie t join roll_pupil p on p.org_id = t.org_id and p.id = t.pupil_id
		where t.org_id = $1 and t.adult_id = $2 and t.starts <= $3 and t.ends >= $3 and p.starts <= $3 and p.ends >= $3
		order by p.date_of_birth, p.sort_key, p.id`, adult, tx.Today())
	if err != nil {
		return nil, err
	}
	var out []TiedPupil
	for _, p := range pupils {
		r := byTie[p.TieID]
		if r == nil {
			continue
		}
		if ok, _ := May(*r, Information, tx.Today()); ok {
			out = append(out, TiedPupil{Pupil: p.Pupil, Relation: *r, Form: p.Form})
		}
	}
	return out, nil
}

// AdultAt reads one adult with the ways to reach them, for rooms that keep something about an adult. It asks no right: the caller has.
func AdultAt(tx *db.Tx, id AdultID) (a Adult, found bool, err error) {
	_, found, err = db.Maybe[int](tx, `select 1 from roll_adult a where a.org_id = $1 and a.id = $2`, id)
	if err != nil || !found {
		return a, false, err
	}
	a, err = adultWithWays(tx, id)
	return a, true, err
}

// AdultName reads what an adult is called.
func AdultName(tx *db.Tx, id AdultID) (name string, found bool, err error) {
	return db.Maybe[string](tx, `select a.name from roll_adult a where a.org_id = $1 and a.id = $2`, id)
}

// AdultsBy lists the adults who are reached by one phone or e-mail address, in folded form.
func AdultsBy(tx *db.Tx, kind, folded string) ([]AdultID, error) {
	return db.All[AdultID](tx, `select distinct c.adult_id from roll_channel c where c.org_id = $1 and c.kind = $2 and c.folded = $3 order by c.adult_id`, kind, folded)
}

// HomeShownTo tells whether the child's own address may be shown to the adult of the relation: an order in force hides it unless the child lives there.
func HomeShownTo(r Relation, day string) bool {
	return len(r.InForceOn(day)) == 0 || r.Tie.LivesWith != nil && *r.Tie.LivesWith
}

// WorkersOf lists the staff who work with a pupil by name, for a page that says who can see what.
func WorkersOf(tx *db.Tx, pupil PupilID) ([]Worker, error) { return workersOf(tx, pupil) }

// PlacesOf lists the classes of a pupil today.
func PlacesOf(tx *db.Tx, pupil PupilID) ([]Place, error) { return placesOf(tx, pupil) }

// OwnFields are what an adult may ask the school to change about themselves.
var OwnFields = []string{"name", "phone", "email", "address", "postcode", "speaks", "reads", "needs"}

// OwnChange is one thing that an adult asks to be changed about themselves. For phone and email, Was is the value to replace: empty adds one, and an
// empty Wish takes one away.
type OwnChange struct{ Field, Was, Wish string }

// CheckOwn reads a wish by the rules of the office's own form. It gives the wish as it would be kept.
func CheckOwn(a Adult, c OwnChange) (OwnChange, error) {
	c.Wish = strings.TrimSpace(c.Wish)
	v, ways, err := own(a, c)
	if err != nil {
		return c, err
	}
	is, err := readAdult(a, v)
	faults := fault.AsFields(err)
	got := readWays(ways, &faults)
	if err := faults.Err(); err != nil {
		return c, err
	}
	switch c.Field {
	case "name":
		c.Wish = strings.TrimSpace(strings.TrimSpace(is.Title+" "+is.Forename) + " " + is.Surname)
	case "phone", "email":
		if c.Wish == "" {
			break
		}
		for _, w := range got {
			if w.Kind == c.Field && w.Folded == FoldChannel(c.Field, c.Wish) {
				c.Wish = w.Value
			}
		}
	case "postcode":
		c.Wish = is.Postcode
	}
	return c, nil
}

// own puts one wish into the form of an adult as it stands now.
func own(a Adult, c OwnChange) (Values, Ways, error) {
	v, ways := AdultValues(a), Ways(nil)
	switch c.Field {
	case "name":
		n := ReadName(c.Wish)
		v["title"], v["forename"], v["surname"] = n.Title, n.Forename, n.Surname
	case "phone", "email":
		placed := false
		for _, w := range a.Channels {
			if w.Kind == c.Field && c.Was != "" && w.Value == c.Was && !placed {
				placed = true
				if c.Wish == "" {
					continue
				}
				w.Value = c.Wish
			}
			ways = append(ways, w)
		}
		switch {
		case !placed && c.Was != "":
			return nil, nil, fault.New(fault.Conflict, "%s is not on the record any more, so it can't be replaced. Somebody changed it meanwhile.", c.Was)
		case !placed:
			ways = append(ways, Channel{Kind: c.Field, Value: c.Wish})
		}
		return v, ways, nil
	case "address", "postcode", "speaks", "reads", "needs":
		v[c.Field] = c.Wish
	default:
		return nil, nil, fault.Gone("field")
	}
	return v, Ways(a.Channels), nil
}

// KeepOwn makes a change that the adult asked for and a colleague accepted. The fields then belong to the hand, under the words of source, so that no
// import puts the old value back.
func (s *Service) KeepOwn(tx *db.Tx, adult AdultID, c OwnChange, source string) error {
	if err := tx.Pass().CheckAll(Edit); err != nil {
		return err
	}
	was, found, err := AdultAt(tx, adult)
	if err != nil {
		return err
	}
	if !found {
		return fault.Gone("adult")
	}
	v, ways, err := own(was, c)
	if err != nil {
		return err
	}
	if err := s.keepAdult(tx, was, v, ways); err != nil {
		return err
	}
	return signHands(tx, adult, source)
}

// signHands says who is behind the fields that were set in this transaction.
func signHands(tx *db.Tx, adult AdultID, source string) error {
	_, err := tx.Exec(`update roll_hand set by_name = $4 where org_id = $1 and record = 'adult' and row_id = $2 and at_ms = $3`, adult, tx.Now(), source)
	return err
}
