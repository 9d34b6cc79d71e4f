package plans

import (
	"ajar/internal/kit/db"
	"ajar/internal/roll"
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

// Deed is an action as other rooms show it beside what they have found since: its words without the name of anybody.
type Deed struct {
	Action ActionID
	Source Source
	Words  string
	Look   Look
	FromMs int64 // when it was put into the plan
	LastMs int64 // its last sign of life
	MayAsk bool  // the reader may open the action itself
}

// Deeds lists the actions that came from a kind of gap, in the order of their days; none for a reader who may not even see the extract. What was carried on stands in the
// next plan.
func Deeds(tx *db.Tx, kind string) (out []Deed, err error) {
	if !tx.Pass().Has(See) {
		return nil, nil
	}
	may, err := maySee(tx)
	if err != nil {
		return nil, nil // of their own cluster they may see the plan, and of this school not
	}
	list, err := actionsFrom(tx, kind)
	if err != nil {
		return nil, err
	}
	var texts []*string
	for _, a := range list {
		out = append(out, Deed{a.ID, a.Source(), a.Words, LookOf(a, tx.Today()), a.MadeMs, a.TouchedMs, may})
	}
	for i := range out {
		texts = append(texts, &out[i].Words)
	}
	return out, roll.WithoutNames(tx, texts...)
}

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
