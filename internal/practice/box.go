package practice

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// This file is the ballot box of the ladder, after that of audits (docs/adr/0027-frameworks-as-data.md). What a parent says becomes a count, and that they had
// their turn is kept without a time. Which count is theirs stands nowhere.

// The ways in which an answer of a parent comes.
const (
	paper = "paper"
	link  = "link"
)

// LongestAsk is how long parents can be asked about one activity.
const LongestAsk = 90 * 24 * time.Hour

// Tally is how often parents chose a rung of an activity, by one way.
type Tally struct {
	ActivityID ids.ID[Activity]
	Way        string
	Rung       Rung
	Box        int // said
	Shown      int // of those, published
}

// publishes tells whether enough have answered since the last time for a way to be published: never by fewer than five, so that no look before and after
// gives one answer away. Steps above top are left out: an outcome was published meanwhile that does not bear them out.
func publishes(list []Tally, way string, top Rung) bool {
	waiting := 0
	for _, t := range list {
		if t.Way == way && t.Rung <= top {
			waiting += t.Box - t.Shown
		}
	}
	return waiting >= FewestParents
}

// Asking tells whether parents are asked about an activity on a day.
func (a Activity) Asking(day string) bool { return a.RemovedMs == nil && a.AskUntil >= day }

// OwnDepth is an activity as a parent meets it.
type OwnDepth struct {
	Activity Activity
	Highest  Rung
	Open     bool
	Done     bool // they have had their turn
}

// AskParents asks parents by their own links until a day, or ends it with an empty one. What the activity is called is read by all of them, so it may name nobody.
func (s *Service) AskParents(ctx context.Context, p access.Pass, id ids.ID[Activity], until string) error {
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		a, err := activityByID(tx, id)
		if err != nil {
			return err
		}
		if a.RemovedMs != nil {
			return fault.Gone("activity")
		}
		if until != "" {
			last := time.UnixMilli(tx.Now()).UTC().Add(LongestAsk).Format(time.DateOnly)
			switch {
			case !isDay(until) || until < tx.Today():
				return fault.Field("until", "Write a day from today on.")
			case until > last:
				return fault.Field("until", "Parents can be asked about one activity for three months at most.")
			}
			if err := namesNobody(tx, "until", a.Title); err != nil {
				return err
			}
		}
		return putAsk(tx, id, until)
	})
}

// namesNobody refuses what would name somebody to all parents.
func namesNobody(tx *db.Tx, field, title string) error {
	found, err := roll.NamesIn(tx, title)
	if err != nil {
		return err
	}
	for _, n := range found {
		if n.Sure {
			return fault.Field(field, "All parents read what the activity is called, and “%s” is a name of somebody on record. Call it something else first.", n.Word)
		}
	}
	return nil
}

// ownDepth opens an activity for the adult of the pass. Not there, taken off and never asked look the same.
func ownDepth(tx *db.Tx, id ids.ID[Activity]) (o OwnDepth, err error) {
	if o.Activity, err = activityByID(tx, id); err != nil {
		return o, err
	}
	if o.Activity.AskUntil == "" || o.Activity.RemovedMs != nil {
		return o, fault.Gone("activity")
	}
	shares, err := sharesOf(tx, id)
	if err != nil {
		return o, err
	}
	o.Highest, o.Open = Highest(o.Activity, len(shares)), o.Activity.Asking(tx.Today())
	o.Done, err = hadTurn(tx, id, roll.AdultID(tx.Pass().Who().Adult))
	return o, err
}

// Ask opens the question about one activity for the adult of the pass.
func (s *Service) Ask(ctx context.Context, p access.Pass, id ids.ID[Activity]) (o OwnDepth, err error) {
	if _, err := p.Check(Answer); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		o, err = ownDepth(tx, id)
		return err
	})
	return o, err
}

// Drop puts the answer of the adult of the pass into the box. It answers false when they had their turn before, or the time is over.
func (s *Service) Drop(ctx context.Context, p access.Pass, id ids.ID[Activity], r Rung) (done bool, err error) {
	if _, err := p.Check(Answer); err != nil {
		return false, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := lockActivity(tx, id); err != nil {
			return err
		}
		o, err := ownDepth(tx, id)
		if err != nil || o.Done || !o.Open {
			return err
		}
		if r < 1 || r > o.Highest {
			return fault.Field("rung", "Choose one of the lines.")
		}
		if done, err = takeTurn(tx, id, roll.AdultID(p.Who().Adult)); err != nil || !done {
			return err
		}
		return dropIn(tx, id, link, r, o.Highest)
	})
	return done, err
}

// dropIn adds an answer to the box of a way, and publishes what waits there once five or more do.
func dropIn(tx *db.Tx, id ids.ID[Activity], way string, r, top Rung) error {
	if err := addTally(tx, id, way, r); err != nil {
		return err
	}
	list, err := talliesOf(tx, id)
	if err != nil || !publishes(list, way, top) {
		return err
	}
	return publishTallies(tx, id, way, top)
}

// takeBack takes one keyed-in answer back, published or not. When fewer than five are left of what is shown, none is shown until there are five again.
func takeBack(tx *db.Tx, id ids.ID[Activity], r Rung) (bool, error) {
	n, err := lessTally(tx, id, r)
	if err != nil || n == 0 {
		return false, err
	}
	list, err := talliesOf(tx, id)
	if err != nil {
		return false, err
	}
	shown := 0
	for _, t := range list {
		if t.Way == paper {
			shown += t.Shown
		}
	}
	if shown < FewestParents {
		err = hideTallies(tx, id, paper)
	}
	return true, err
}

// Offered are the activities about which an adult can answer today. To the adult it is only what they have not answered; to staff it is all, since who has
// answered is nobody's business.
func Offered(tx *db.Tx, adult roll.AdultID) (out []Activity, err error) {
	list, err := askedOn(tx, tx.Today())
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if roll.AdultID(tx.Pass().Who().Adult) == adult {
			if had, err := hadTurn(tx, a.ID, adult); err != nil || had {
				if err != nil {
					return nil, err
				}
				continue
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// drawn is a number by lot. The keys of other records hold the time at which they were made, and whoever had their turn has none.
func drawn() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails, by its own documentation
	return int64(binary.LittleEndian.Uint64(b[:]) >> 1)
}
