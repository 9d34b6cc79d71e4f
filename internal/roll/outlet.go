package roll

import (
	"context"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
)

// Outlet is one way by which something about a child reaches an adult, or by which an adult stands where staff act on it: letters, a list of calls, a
// file, a page of the family's own. Each capability declares its outlets in its manifest. One test in app asks every one of them about every kind of
// order, and a rule of the house (internal/arch) finds code that reads adults for no declared outlet.
type Outlet struct {
	Key   string   // capability.thing, such as "conversations.letters"
	Words string   // as a list shows it: "Invitation letters"
	Needs Matter   // what no order may forbid for this to reach the adult
	Reads []string // the functions and constants outside the roll that read adults or ties for it, as "conversations.letters"
	// Probe tells what reaches an adult about a child by this outlet now, by the same verbs that pages use. Only the test of outlets calls it, on a
	// store of its own, so it may write what the outlet needs to be tried at all.
	Probe func(ctx context.Context, a Asked) (Reach, error)
	// Sent lists what went to an adult about a child by this outlet already and can't be called back, for the page before an order is saved.
	Sent func(tx *db.Tx, pupil PupilID, adult AdultID) ([]Sent, error)
}

// Outlet gives key and words to those who only list outlets.
func (o Outlet) Outlet() (key, words string) { return o.Key, o.Words }

// Asked is the question a probe answers: what reaches this adult about this child?
type Asked struct {
	Staff access.Pass // somebody who may do everything in the school
	Own   access.Pass // the adult's own, by the family's door
	Pupil PupilID
	Adult AdultID
}

// Reach is what a probe found.
type Reach struct {
	Reached bool
	Text    string // all that the adult gets to read by it; empty where only staff read
}

// Sent is one thing that went out.
type Sent struct {
	On    string // the day
	Words string // what it was: "Letter: First conversation"
	Open  bool   // it still works, such as a link, and stops when the order is saved
}

// UseOutlets tells the service which outlets there are, once the product is put together.
func (s *Service) UseOutlets(list []Outlet) { s.outlets = list }

// Outlets lists every way by which something about a child reaches an adult, in the order in which capabilities declare them.
func (s *Service) Outlets() []Outlet { return s.outlets }

// Change is one outlet as an order changes it for one adult and one child.
type Change struct {
	Outlet Outlet
	Loses  bool // reaches them today and would no longer
	Keeps  bool // reaches them today and still would
}

// changes says, outlet by outlet, what an order on top of those in force would change. It asks May alone, so that the page and the outlets can't
// disagree.
func changes(outlets []Outlet, r Relation, o Order, today string) (out []Change) {
	day := max(o.Starts, today)
	with := r
	with.Orders = append([]Order{o}, r.Orders...)
	for _, x := range outlets {
		before, _ := May(r, x.Needs, day)
		after, _ := May(with, x.Needs, day)
		out = append(out, Change{Outlet: x, Loses: before && !after, Keeps: before && after})
	}
	return out
}
