package family

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// WaitingWish is a wish with what the office needs to answer it.
type WaitingWish struct {
	Wish
	Name     string // the adult
	Pupil    roll.PupilID
	Children []string
	Now      string // what the record holds now, when it is no longer what the parent saw
	Hand     string // whose hand set the field, when one did
}

// Waits asks how much waits for the office: changes that parents ask for, and new links.
func (s *Service) Waits(ctx context.Context, p access.Pass) (wishes, asks int, err error) {
	if err := p.CheckAll(Settle); err != nil {
		return 0, 0, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		wishes, asks, err = Counts(tx)
		return err
	})
	return wishes, asks, err
}

// Counts is Waits inside the transaction of a page.
func Counts(tx *db.Tx) (wishes, asks int, err error) { return countWaiting(tx) }

// WishesOf lists what parents ask to be changed, the oldest first, and what was answered last.
func (s *Service) WishesOf(ctx context.Context, p access.Pass) (waiting, settled []WaitingWish, err error) {
	if err := p.CheckAll(Settle); err != nil {
		return nil, nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		open, err := waitingWishes(tx)
		if err != nil {
			return err
		}
		done, err := settledWishes(tx, 20)
		if err != nil {
			return err
		}
		if waiting, err = described(tx, open); err != nil {
			return err
		}
		settled, err = described(tx, done)
		return err
	})
	return waiting, settled, err
}

func described(tx *db.Tx, list []Wish) (out []WaitingWish, err error) {
	for _, w := range list {
		a, found, err := roll.AdultAt(tx, w.AdultID)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		d := WaitingWish{Wish: w, Name: a.Name}
		children, err := roll.OpenTo(tx, w.AdultID)
		if err != nil {
			return nil, err
		}
		for _, c := range children {
			if d.Pupil.Zero() {
				d.Pupil = c.Pupil.ID
			}
			d.Children = append(d.Children, c.Pupil.Name())
		}
		if now, there := holds(a, w.Field, w.Was); w.State == "waiting" && !there {
			d.Now = now
		}
		out = append(out, d)
	}
	return out, nil
}

// holds tells what the record of an adult has in a field, and whether it is still what the parent saw.
func holds(a roll.Adult, field, was string) (now string, same bool) {
	switch field {
	case "phone", "email":
		if was == "" {
			return "", true
		}
		var all []string
		for _, c := range a.Channels {
			if c.Kind == field {
				if c.Value == was {
					return was, true
				}
				all = append(all, c.Value)
			}
		}
		return strings.Join(all, ", "), false
	}
	now = ownValue(a, field)
	return now, now == was
}

// ownValue is what a parent sees of a field about themselves.
func ownValue(a roll.Adult, field string) string {
	switch field {
	case "name":
		return a.Name
	case "address":
		return a.Address
	case "postcode":
		return a.Postcode
	case "speaks":
		return a.Speaks
	case "reads":
		return a.Reads
	case "needs":
		return a.Needs
	}
	return ""
}

// Accept makes a change that a parent asked for. The field then belongs to the parent's hand: no import puts the old value back.
func (s *Service) Accept(ctx context.Context, p access.Pass, id WishID) (w Wish, err error) {
	if err := p.CheckAll(Settle); err != nil {
		return w, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if w, err = wishByID(tx, id); err != nil {
			return err
		}
		ok, err := settleWish(tx, id, "accepted", p.Who().Name, "")
		if err != nil {
			return err
		}
		if !ok {
			return answered(w)
		}
		a, found, err := roll.AdultAt(tx, w.AdultID)
		if err != nil {
			return err
		}
		if !found {
			return fault.Gone("adult")
		}
		if now, same := holds(a, w.Field, w.Was); !same {
			return fault.New(fault.Conflict, "%s changed after %s asked: the record says “%s” now and said “%s” then. Ring them, change the record by hand if need be, and decline this with a reason.",
				roll.FieldWords(w.Field), a.Name, now, w.Was)
		}
		if err := s.Roll.KeepOwn(tx, w.AdultID, roll.OwnChange{Field: w.Field, Was: w.Was, Wish: w.To}, fmt.Sprintf("%s (parent), accepted by %s", a.Name, p.Who().Name)); err != nil {
			return err
		}
		return s.note(tx, w.AdultID, "accepted a change that the adult asked for: "+strings.ToLower(roll.FieldWords(w.Field)))
	})
	return w, err
}

func answered(w Wish) error {
	switch w.State {
	case "withdrawn":
		return fault.New(fault.Conflict, "They took this back meanwhile, so nothing was changed.")
	case "waiting":
		return fault.New(fault.Conflict, "Somebody answered this a moment ago.")
	}
	return fault.New(fault.Conflict, "%s answered this already.", w.ByName)
}

// Decline leaves the record as it is, and tells the parent why in the words given here.
func (s *Service) Decline(ctx context.Context, p access.Pass, id WishID, reason string) error {
	if err := p.CheckAll(Settle); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		w, err := wishByID(tx, id)
		if err != nil {
			return err
		}
		if reason == "" {
			return fault.Field("reason", "Write a sentence that tells them why. They read it on their page.")
		}
		if len([]rune(reason)) > 500 {
			return fault.Field("reason", "This is too long: there is room for 500 characters.")
		}
		ok, err := settleWish(tx, id, "declined", p.Who().Name, reason)
		if err == nil && !ok {
			err = answered(w)
		}
		return err
	})
}

// Slip is what is wrong with one field of a parent's form, as a code that the page says in the parent's language.
type Slip struct {
	Field string // as the form names it
	Kind  SlipKind
	Value string
}

// SlipKind is one thing that can be wrong.
type SlipKind string

// What can be wrong with a wish.
const (
	BadPhone SlipKind = "phone"
	BadEmail SlipKind = "email"
	TooLong  SlipKind = "long"
	NoName   SlipKind = "name"
	Stale    SlipKind = "stale" // the record changed since the form was shown
)

// Slips are all that is wrong with a form.
type Slips []Slip

func (s Slips) Error() string {
	return fmt.Sprintf("%d fields of a parent's form can't be taken", len(s))
}

// FormWish is one field of the form: the name it has there, and the wish.
type FormWish struct {
	Name string
	roll.OwnChange
}

// mostWishes bounds what one adult can have waiting.
const mostWishes = 30

// Propose keeps what an adult asks to be changed about themselves. Fields that are as they were ask for nothing. It tells how many wishes were kept.
func (s *Service) Propose(ctx context.Context, p access.Pass, form []FormWish) (n int, err error) {
	if _, err := p.CheckNamed(Propose); err != nil {
		return 0, err
	}
	adult := roll.AdultID(p.Who().Adult)
	if adult.Zero() {
		return 0, access.Denied()
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, err := self(tx, adult)
		if err != nil {
			return err
		}
		var slips Slips
		var keep []roll.OwnChange
		for _, f := range form {
			f.Wish = strings.TrimSpace(f.Wish)
			if !slices.Contains(roll.OwnFields, f.Field) || f.Wish == f.Was {
				continue
			}
			if _, same := holds(a, f.Field, f.Was); !same {
				slips = append(slips, Slip{f.Name, Stale, f.Wish})
				continue
			}
			fine, err := roll.CheckOwn(a, f.OwnChange)
			if err != nil {
				slip, ok := slipOf(f, err)
				if !ok {
					return err
				}
				slips = append(slips, slip)
				continue
			}
			if fine.Wish != fine.Was {
				keep = append(keep, fine)
			}
		}
		if len(slips) > 0 {
			return slips
		}
		waiting, err := wishesOf(tx, adult)
		if err != nil {
			return err
		}
		for _, c := range keep {
			if already(waiting, c) {
				n++ // the form was sent twice
				continue
			}
			if countState(waiting, "waiting") >= mostWishes {
				return fault.New(fault.Invalid, "There are many changes waiting already. Please ring the office.")
			}
			if err := putWish(tx, Wish{ID: newID[Wish](), AdultID: adult, Field: c.Field, Was: c.Was, To: c.Wish}); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func already(list []Wish, c roll.OwnChange) bool {
	return slices.ContainsFunc(list, func(w Wish) bool {
		return w.State == "waiting" && w.Field == c.Field && w.Was == c.Was && w.To == c.Wish
	})
}

func countState(list []Wish, state string) (n int) {
	for _, w := range list {
		if w.State == state {
			n++
		}
	}
	return n
}

// slipOf reads the office's own rules as a code for the page.
func slipOf(f FormWish, err error) (Slip, bool) {
	if fault.KindOf(err) == fault.Conflict {
		return Slip{f.Name, Stale, f.Wish}, true
	}
	faults := fault.AsFields(err)
	if len(faults) == 0 {
		return Slip{}, false
	}
	kind := TooLong
	if len([]rune(f.Wish)) <= 300 {
		switch f.Field {
		case "phone":
			kind = BadPhone
		case "email":
			kind = BadEmail
		case "name":
			kind = NoName
		}
	}
	return Slip{f.Name, kind, f.Wish}, true
}

// Withdraw takes a wish back that nobody has answered yet.
func (s *Service) Withdraw(ctx context.Context, p access.Pass, id WishID) error {
	if _, err := p.CheckNamed(Propose); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		w, err := wishByID(tx, id)
		if err != nil {
			return err
		}
		if p.Who().Adult == 0 || w.AdultID != roll.AdultID(p.Who().Adult) {
			return fault.Gone("request")
		}
		_, err = settleWish(tx, id, "withdrawn", "", "")
		return err
	})
}

// self reads the adult of the pass.
func self(tx *db.Tx, adult roll.AdultID) (roll.Adult, error) {
	a, found, err := roll.AdultAt(tx, adult)
	if err == nil && (!found || adult.Zero()) {
		err = fault.Gone("page")
	}
	return a, err
}
