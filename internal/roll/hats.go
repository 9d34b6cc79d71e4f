package roll

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
)

// One person may wear several hats: a member of staff, a governor or a volunteer who is also an adult in the life of children here. A hat joins the
// staff record with the record of the adult. From then on the own-child wall stands: what colleagues keep for each other about their own child
// is not there for them, whatever their part, not in lists, counts, search, print or exports. Rights that open such things say NotKin
// (kit/access), and Sight leaves the own children out.

// HatID is the key of a hat.
type HatID = ids.ID[Hat]

// Hat is a member of staff and the adult who is the same person.
type Hat struct {
	ID      HatID
	StaffID StaffID
	AdultID AdultID
	ByName  string
	MadeMs  int64
	Name    string // of the adult
}

// HatSuggestion is an adult who may be the same person as a member of staff.
type HatSuggestion struct {
	AdultHit
	Why string
}

// Hats is what the page of a member of staff shows of them as an adult.
type Hats struct {
	Hat      *Hat
	Children []Child // of the adult, for those who may change who works here
	Suggests []HatSuggestion
	Found    []AdultHit
	Self     bool // the page is one's own: somebody else has to confirm
}

// HatOf finds the hat of a member of staff; zero for none. Sign-in asks it once for each request.
func HatOf(tx *db.Tx, staff StaffID) (HatID, error) {
	h, _, err := hatOfStaff(tx, staff)
	return h.ID, err
}

// AdultOf tells which adult a member of staff is, for the family's door; it is not there for one without a hat.
func AdultOf(tx *db.Tx, staff StaffID) (AdultID, error) {
	h, found, err := hatOfStaff(tx, staff)
	if err == nil && !found {
		err = goneAdult()
	}
	return h.AdultID, err
}

// OtherHat says what the person of the pass is here besides their work: "parent of Amira and Ben". Empty when no child is open to them.
func OtherHat(tx *db.Tx) (string, error) {
	h, found, err := hatOfStaff(tx, StaffID(tx.Pass().Who().Staff))
	if err != nil || !found {
		return "", err
	}
	ties, err := tiesOfAdult(tx, h.AdultID)
	if err != nil {
		return "", err
	}
	var names []string
	for _, t := range ties {
		rels, err := Relations(tx, t.PupilID)
		if err != nil {
			return "", err
		}
		for _, r := range rels {
			if ok, _ := May(r, Information, tx.Today()); r.Tie.ID != t.TieID || !ok {
				continue
			}
			hits, err := pupilHits(tx, []PupilID{t.PupilID})
			if err != nil {
				return "", err
			}
			names = append(names, cmp.Or(hits[0].KnownAs, hits[0].Forename, hits[0].Surname))
		}
	}
	switch len(names) {
	case 0:
		return "", nil
	case 1:
		return "parent or carer of " + names[0], nil
	}
	last := len(names) - 1
	return "parent or carer of " + strings.Join(names[:last], ", ") + " and " + names[last], nil
}

// Hats shows which adult a member of staff is, or who it may be.
func (s *Service) Hats(ctx context.Context, p access.Pass, staff StaffID, typed string) (out Hats, err error) {
	if err := p.CheckAll(Settings); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		m, err := staffByID(tx, staff)
		if err != nil {
			return err
		}
		out.Self = p.Who().Staff == int64(staff)
		if h, found, err := hatOfStaff(tx, staff); err != nil || found {
			if err != nil {
				return err
			}
			out.Hat = &h
			hits, err := adultHits(tx, 0, tx.Today(), []AdultID{h.AdultID})
			if err == nil && len(hits) == 1 {
				out.Children = hits[0].Children
			}
			return err
		}
		if out.Suggests, err = hatSuggestions(tx, m); err != nil {
			return err
		}
		out.Found, err = hatSearch(tx, typed)
		return err
	})
	return out, err
}

func hatSearch(tx *db.Tx, typed string) ([]AdultHit, error) {
	terms := searchTerms(typed)
	if len(terms) == 0 || len(terms) == 1 && len([]rune(terms[0])) < 2 {
		return nil, nil
	}
	list, err := matchAdults(tx, 0, tx.Today(), terms)
	if err != nil {
		return nil, err
	}
	rankHits(list, terms)
	return adultHits(tx, 0, tx.Today(), firstHitIDs[Adult](list, showHits))
}

// hatSuggestions offers adults of the same name, or nearly so, who have the colleague's e-mail address. An address alone is not enough: couples share one.
func hatSuggestions(tx *db.Tx, m Staff) (out []HatSuggestion, err error) {
	if m.Email == "" {
		return nil, nil
	}
	list, err := likeAdults(tx, 0, tx.Today(), "", []string{FoldChannel("email", m.Email)})
	if err != nil {
		return nil, err
	}
	var keys []AdultID
	for _, l := range list {
		a, err := adultWithWays(tx, l.ID)
		if err != nil {
			return nil, err
		}
		if compareNames(PersonName{Forename: m.Forename, Surname: m.Surname, Text: m.Name}, PersonName{Title: a.Title, Forename: a.Forename, Surname: a.Surname, Text: a.Name}) != otherName {
			keys = append(keys, l.ID)
		}
	}
	hits, err := adultHits(tx, 0, tx.Today(), keys)
	for _, h := range hits {
		out = append(out, HatSuggestion{AdultHit: h, Why: "The same name and the same e-mail address, " + m.Email + "."})
	}
	return out, err
}

// PutOnHat says that a member of staff and an adult are one person. Nobody does that for themselves: the wall must not depend on whom it stops. Where
// they are key teacher or otherwise assigned to their own child, that ends the day before.
func (s *Service) PutOnHat(ctx context.Context, p access.Pass, staff StaffID, adult AdultID) (ended []string, err error) {
	if err := p.CheckAll(Settings); err != nil {
		return nil, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := staffByID(tx, staff); err != nil {
			return err
		}
		a, err := adultByID(tx, adult)
		if err != nil {
			return err
		}
		if err := notOneself(p, staff); err != nil {
			return err
		}
		if h, found, err := hatOfStaff(tx, staff); err != nil || found {
			if err == nil {
				err = fault.New(fault.Conflict, "This colleague is linked to %s already. Take that link away first.", h.Name)
			}
			return err
		}
		if err := insertHat(tx, Hat{ID: ids.New[Hat](), StaffID: staff, AdultID: a.ID, ByName: p.Who().Name}); err != nil {
			return err
		}
		if ended, err = endOwnAssignments(tx, staff, adult, dayBefore(tx.Today())); err != nil {
			return err
		}
		if err := trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(staff), Words: "linked to their own record as an adult, " + a.Name}); err != nil {
			return err
		}
		return s.Changed.Publish(tx, Changed{Why: "a colleague was linked to their own record as an adult"})
	})
	return ended, err
}

func notOneself(p access.Pass, staff StaffID) error {
	if p.Who().Staff == int64(staff) {
		return fault.New(fault.Invalid, "This is your own record. Ask a colleague who may change who works here to do it: nobody opens or closes this door for themselves.")
	}
	return nil
}

// TakeOffHat takes the link away, when it was a mistake.
func (s *Service) TakeOffHat(ctx context.Context, p access.Pass, staff StaffID) error {
	if err := p.CheckAll(Settings); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := staffByID(tx, staff); err != nil {
			return err
		}
		if err := notOneself(p, staff); err != nil {
			return err
		}
		n, err := dropHat(tx, staff)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Gone("link")
		}
		return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(staff), Words: "no longer linked to a record as an adult"})
	})
}

// OwnChild tells whether a pupil is a child of the person who asks. A tie that has ended counts too: who was a child's parent is no stranger to what is
// written about them.
func OwnChild(tx *db.Tx, pupil PupilID) (bool, error) {
	w := tx.Pass().Who()
	if w.Staff == 0 {
		return false, nil
	}
	f, err := ownFamily(tx, StaffID(w.Staff))
	return f.children[pupil], err
}

// KnowsOrders tells whether the person of the pass may be told which orders there are about a child: who records orders is, after their second step, and nobody about their own child.
// To everyone else a list says at most how many adults it left out.
func KnowsOrders(tx *db.Tx, pupil PupilID) (bool, error) {
	if tx.Pass().OpenScope(Orders) != access.All {
		return false, nil
	}
	own, err := OwnChild(tx, pupil)
	return err == nil && !own, err
}

// IsOwnChild tells whether a pupil is a child of a member of staff, who need not be the one who asks.
func IsOwnChild(tx *db.Tx, staff StaffID, pupil PupilID) (bool, error) {
	f, err := ownFamily(tx, staff)
	return f.children[pupil], err
}

// kin is the family of a member of staff, as far as the school knows it.
type kin struct {
	self     map[AdultID]bool
	children map[PupilID]bool
}

func ownFamily(tx *db.Tx, staff StaffID) (k kin, err error) {
	k = kin{map[AdultID]bool{}, map[PupilID]bool{}}
	if staff == 0 {
		return k, nil
	}
	h, found, err := hatOfStaff(tx, staff)
	if err != nil || !found {
		return k, err
	}
	k.self[h.AdultID] = true
	ties, err := tiesOfAdult(tx, h.AdultID)
	for _, t := range ties {
		k.children[t.PupilID] = true
	}
	return k, err
}

// NotOwn is Enter's answer for one's own child: whom to ask instead.
func NotOwn(tx *db.Tx) error {
	who, err := AskInstead(tx)
	if err != nil {
		return err
	}
	return fault.New(fault.Kin, "%s", OwnChildWords(who))
}

// notOwnRecord answers for one's own child: where an order is in force on one's own tie the whole record is closed, since it holds what the order keeps
// from that adult; otherwise only what the right keeps from families is.
func notOwnRecord(tx *db.Tx, pupil PupilID, found bool) error {
	own, err := OwnChild(tx, pupil)
	if err != nil || !own {
		return err
	}
	if !found {
		return NotOwn(tx)
	}
	h, _, err := hatOfStaff(tx, StaffID(tx.Pass().Who().Staff))
	if err != nil {
		return err
	}
	n, err := ordersOnOwnTie(tx, h.AdultID, pupil)
	if err != nil || n == 0 {
		return err
	}
	who, err := AskInstead(tx)
	if err != nil {
		return err
	}
	return fault.New(fault.Kin, "An order about you and this child is in force, so this record is not open to you as a member of staff. If you need something, ask %s.", who)
}

// OwnChildWords says what stands in place of colleagues' notes on the page of one's own child.
func OwnChildWords(ask string) string {
	return "This is your own child's record. Notes that colleagues keep for each other are not shown, and orders and ties are for a colleague to change. If you need something, ask " + ask + "."
}

// AskInstead names somebody else to turn to: the safeguarding lead, their deputy or the head, whoever of them is not the one who asks.
func AskInstead(tx *db.Tx) (string, error) {
	r, err := Safeguarding(tx)
	if err != nil {
		return "", err
	}
	me := tx.Pass().Who()
	heads, err := holdersOf(tx, Head)
	if err != nil {
		return "", err
	}
	var names []string
	for _, h := range heads {
		if int64(h.ID) != me.Staff && !slices.Contains(names, h.Name) {
			names = append(names, h.Name)
		}
	}
	for _, n := range []string{r.Lead, r.Deputy} {
		if n != "" && n != me.Name && !slices.Contains(names, n) {
			names = append(names, n)
			break
		}
	}
	if len(names) == 0 {
		return "the head or the safeguarding lead", nil
	}
	return strings.Join(names, " or "), nil
}

// notOwnTie refuses changes to the ties of one's own child.
func notOwnTie(tx *db.Tx, pupil PupilID) error {
	own, err := OwnChild(tx, pupil)
	if err != nil || !own {
		return err
	}
	return NotOwn(tx)
}

// notOwnOther refuses changes to the other adults of one's own child. One's own phone one may keep up to date.
func notOwnOther(tx *db.Tx, pupil PupilID, adult AdultID) error {
	f, err := ownFamily(tx, StaffID(tx.Pass().Who().Staff))
	if err != nil || !f.children[pupil] || f.self[adult] {
		return err
	}
	return NotOwn(tx)
}

// notTiedToOneself refuses to tie oneself to a child, or anybody to one's own.
func notTiedToOneself(tx *db.Tx, pupil PupilID, adult AdultID) error {
	f, err := ownFamily(tx, StaffID(tx.Pass().Who().Staff))
	if err != nil || !f.children[pupil] && !f.self[adult] {
		return err
	}
	return NotOwn(tx)
}

// notOwnTeacher refuses to make somebody key teacher, family worker or cover of their own child.
func notOwnTeacher(tx *db.Tx, staff Staff, pupils []PupilHit) error {
	f, err := ownFamily(tx, staff.ID)
	if err != nil {
		return err
	}
	for _, p := range pupils {
		if f.children[p.ID] {
			return fault.Field("staff", "%s is %s's own family. Choose a colleague who is not.", staff.Name, p.Name())
		}
	}
	return nil
}
