package plans

import (
	"ajar/internal/kit/db"
)

// Gap is something that is not as it should be, as the room that knows of it says, with two or three things that could be done about it. Ajar chooses
// none of them.
type Gap struct {
	Source  Source
	Theme   string
	Why     string   // what it is to be closed against: "starting; your benchmark is established"
	Suggest []string // what could be done, each a sentence
	Measure string   // how one would see that it has closed
}

// Offer is a room that can list the gaps of the organisation of a transaction. It is asked each time the page of priorities is opened, so that what has
// been closed is gone from there.
type Offer struct {
	Key   string // the room's own word, such as "audit"
	Title string // the heading above its gaps
	Gaps  func(tx *db.Tx) ([]Gap, error)
}

// Offer adds a room, while the program is put together.
func (s *Service) Offer(o Offer) { s.offers = append(s.offers, o) }

// Reading is what was measured at the end of a stretch of time. Unknown is not nought.
type Reading struct {
	Label string // "Autumn 2026"
	Text  string // as the page shows it, small numbers hidden already
	Value *float64
}

// Measure is something about the organisation that is measured over time, to stand beside what was done. What changed is not thereby what the actions caused,
// and the page says so.
type Measure struct {
	Key   string // "attendance"
	Title string // "Attendance of the whole school"
	Link  string
	Read  func(tx *db.Tx, from, to string) ([]Reading, error)
}

// OfferMeasure adds something measured, while the program is put together.
func (s *Service) OfferMeasure(m Measure) { s.measures = append(s.measures, m) }

// PlansIn lists the plans of the organisation of a transaction, the latest first, for rooms above that say under which plan something was done. They decide
// who may.
func PlansIn(tx *db.Tx) ([]Plan, error) { return plansOf(tx) }
