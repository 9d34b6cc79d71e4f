package roll

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

// OrderFields are the fields of an order, in the order of the form.
var OrderFields = []string{"kind", "decided_by", "evidence_seen", "starts", "ends", "review_on", "note"}

// Stops says in words what an order of a kind stops in Ajar, for the record and before it is saved. No sentence says anything about the adult.
func Stops(kind string) []string {
	switch kind {
	case "no_contact":
		return []string{"No letter, message, report, call list or invitation about this child goes to this adult.",
			"They are left out of booking lists, printed lists, exports and household labels for this child.",
			"They are not told the other home's address, phone or e-mail."}
	case "no_information":
		return []string{"Nothing about this child's progress, attendance, talks or plans is sent or shown to this adult.",
			"They are left out of letters, messages, invitations, printed lists and exports for this child.",
			"They are not told the other home's address, phone or e-mail."}
	case "no_address":
		return []string{"The address, phone and e-mail of the child's other home are never given to this adult: not in letters, labels, shared lists or print.",
			"Letters to this adult are addressed to them alone, and written one at a time: they are left out of labels, printed lists and files of many families."}
	case "supervised":
		return []string{"This adult can be written to and invited as before, one at a time: they are left out of labels, printed lists and files of many families.",
			"Whoever arranges a meeting sees that contact with the child is under supervision.",
			"They are not told the other home's address, phone or e-mail."}
	case "reports_only":
		return []string{"This adult gets the school's written reports, and nothing else about this child from Ajar.",
			"They are left out of messages, invitations, booking lists and shared lists for this child.",
			"They are not told the other home's address, phone or e-mail."}
	}
	return nil
}

// InForceOn gives the orders of a relation that bind on a day.
func (r Relation) InForceOn(day string) (out []Order) {
	for _, o := range r.Orders {
		if o.InForce(day) {
			out = append(out, o)
		}
	}
	return out
}

// NotGivenTo tells, for each adult of a child, the names of those to whom their address, phone and e-mail must not be given on a day. Any order in
// force hides the other home, not only one that says so: where two readings are possible the safer one holds (domain notes 6.8).
func NotGivenTo(rels []Relation, day string) map[AdultID][]string {
	out := map[AdultID][]string{}
	for _, barred := range rels {
		if len(barred.InForceOn(day)) == 0 {
			continue
		}
		for _, other := range rels {
			if other.Adult.ID != barred.Adult.ID {
				out[other.Adult.ID] = append(out[other.Adult.ID], barred.Adult.Name)
			}
		}
	}
	return out
}

// HomeNotGivenTo are the adults who must not learn the child's own address, because an order is in force and the child does not live with them.
func HomeNotGivenTo(rels []Relation, day string) (out []string) {
	for _, r := range rels {
		if len(r.InForceOn(day)) > 0 && (r.Tie.LivesWith == nil || !*r.Tie.LivesWith) {
			out = append(out, r.Adult.Name)
		}
	}
	return out
}

// OrderValues is the form of a new order.
func OrderValues(today string) Values {
	return Values{"kind": "", "decided_by": "", "evidence_seen": "", "starts": today, "ends": "", "review_on": "", "note": ""}
}

func readOrder(v Values) (Order, error) {
	r := &formReader{v: v}
	o := Order{Kind: strings.TrimSpace(v["kind"]), DecidedBy: r.line("decided_by"), Note: r.text("note")}
	if _, ok := OrderWords[o.Kind]; !ok {
		r.faults.Add("kind", "Choose what the order says.")
	}
	if o.DecidedBy == "" {
		r.faults.Add("decided_by", "Write who decided it: for example the family court, children's services, or the head.")
	}
	o.EvidenceSeen, o.Starts, o.Ends, o.ReviewOn = r.date("evidence_seen"), r.date("starts"), r.end("ends"), r.date("review_on")
	if o.Starts == "" && len(r.faults) == 0 {
		r.faults.Add("starts", "Write the day from which it holds.")
	}
	if o.Ends < o.Starts {
		r.faults.Add("ends", "The last day is before the first.")
	}
	return o, r.faults.Err()
}

// OrderPreview is what a page says before an order is saved: who loses what, and who keeps what.
type OrderPreview struct {
	Pupil    Pupil
	Relation Relation
	Order    Order
	Loses    []string
	Others   []string // the other adults, who keep everything
	Homeless []string // those of them whose post goes to the child's address, which is not taken as theirs once an order is in force
	Already  []Order
	Changes  []Change // outlet by outlet
	Sent     []SentBy // what reached the adult about this child already
	Children []Child  // the adult's other children here, about whom nothing changes
}

// Lost are the outlets that reach the adult today and would no longer; Kept those that still would.
func (p OrderPreview) Lost() []string {
	return outletWords(p.Changes, func(c Change) bool { return c.Loses })
}

// Kept are the outlets that the order leaves to the adult.
func (p OrderPreview) Kept() []string {
	return outletWords(p.Changes, func(c Change) bool { return c.Keeps })
}

func outletWords(list []Change, is func(Change) bool) (out []string) {
	for _, c := range list {
		if is(c) {
			out = append(out, c.Outlet.Words)
		}
	}
	return out
}

// SentBy is what went out by one outlet.
type SentBy struct {
	Outlet Outlet
	List   []Sent
}

// PreviewOrder reads the form of an order and says what it would do. Nothing is written.
func (s *Service) PreviewOrder(ctx context.Context, p access.Pass, pupil PupilID, tie TieID, v Values) (out OrderPreview, err error) {
	if _, err := p.CheckNamed(Orders); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if out, err = previewOrder(tx, pupil, tie, v); err != nil {
			return err
		}
		return s.foresee(tx, &out)
	})
	return out, err
}

// foresee adds what an order changes by each outlet, what has gone out already, and the other children.
func (s *Service) foresee(tx *db.Tx, out *OrderPreview) error {
	out.Changes = changes(s.outlets, out.Relation, out.Order, tx.Today())
	for _, o := range s.outlets {
		if o.Sent == nil {
			continue
		}
		list, err := o.Sent(tx, out.Pupil.ID, out.Relation.Adult.ID)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			out.Sent = append(out.Sent, SentBy{o, list})
		}
	}
	staff, today, err := SightArgs(tx, Orders)
	if err != nil {
		return err
	}
	hits, err := adultHits(tx, staff, today, []AdultID{out.Relation.Adult.ID})
	for _, h := range hits {
		for _, c := range h.Children {
			if c.ID != out.Pupil.ID {
				out.Children = append(out.Children, c)
			}
		}
	}
	return err
}

func previewOrder(tx *db.Tx, pupil PupilID, tie TieID, v Values) (out OrderPreview, err error) {
	if out.Pupil, err = Enter(tx, Orders, pupil); err != nil {
		return out, err
	}
	rels, err := Relations(tx, pupil)
	if err != nil {
		return out, err
	}
	found := false
	for _, r := range rels {
		if r.Tie.ID == tie {
			out.Relation, found = r, true
			continue
		}
		if len(r.InForceOn(tx.Today())) == 0 {
			out.Others = append(out.Others, r.Adult.Name)
			if len(r.Post) > 0 && strings.TrimSpace(r.Adult.Address+r.Adult.Postcode) == "" {
				out.Homeless = append(out.Homeless, r.Adult.Name)
			}
		}
	}
	if !found {
		return out, fault.Gone("adult")
	}
	out.Already = out.Relation.InForceOn(tx.Today())
	if v == nil {
		return out, nil
	}
	if out.Order, err = readOrder(v); err != nil {
		return out, err
	}
	out.Loses = Stops(out.Order.Kind)
	return out, nil
}

// AddOrder records an order on a tie. It binds from the next request on.
func (s *Service) AddOrder(ctx context.Context, p access.Pass, pupil PupilID, tie TieID, v Values) (id OrderID, err error) {
	if _, err := p.CheckNamed(Orders); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		pre, err := previewOrder(tx, pupil, tie, v)
		if err != nil {
			return err
		}
		o := pre.Order
		o.ID, o.TieID, o.ByName = ids.New[Order](), tie, p.Who().Name
		id = o.ID
		if err := insertOrder(tx, o); err != nil {
			return err
		}
		return s.Changed.Publish(tx, Changed{Why: "an order was recorded"})
	})
	return id, err
}

// enterOrder opens a pupil and finds one of the orders on their ties.
func enterOrder(tx *db.Tx, pupil PupilID, order OrderID) (Relation, Order, error) {
	of := func(r Relation) int { return slices.IndexFunc(r.Orders, func(o Order) bool { return o.ID == order }) }
	rel, err := enterRelation(tx, Orders, pupil, func(r Relation) bool { return of(r) >= 0 })
	if err != nil {
		return rel, Order{}, err
	}
	return rel, rel.Orders[of(rel)], nil
}

// EndOrder says the last day on which an order binds, and why. The order stays on the record.
func (s *Service) EndOrder(ctx context.Context, p access.Pass, pupil PupilID, order OrderID, v Values) error {
	if _, err := p.CheckNamed(Orders); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		_, o, err := enterOrder(tx, pupil, order)
		if err != nil {
			return err
		}
		r := &formReader{v: v}
		ends, why := r.date("ends"), r.text("why")
		if ends == "" {
			r.faults.Add("ends", "Write the last day on which it holds.")
		}
		if ends != "" && ends < o.Starts {
			r.faults.Add("ends", "The last day is before the order began, %s.", o.Starts)
		}
		if why == "" {
			r.faults.Add("why", "Write why it ends, and what paper you have seen. Somebody will ask.")
		}
		if err := r.faults.Err(); err != nil {
			return err
		}
		note := strings.TrimSpace(o.Note + "\n" + fmt.Sprintf("Last day set to %s by %s on %s: %s", ends, p.Who().Name, tx.Today(), why))
		if err := endOrder(tx, order, ends, note); err != nil {
			return err
		}
		return s.Changed.Publish(tx, Changed{Why: "an order was ended"})
	})
}

// reviewSoon is how many days before its review an order is called to mind.
const reviewSoon = 30

// Review is an order that somebody has to look at again.
type Review struct {
	Order
	PupilID PupilID
	Pupil   string
	Adult   string
	Overdue bool
}

// OrderReviews lists the orders in force that are to be looked at again within thirty days, and those whose day has passed.
func (s *Service) OrderReviews(ctx context.Context, p access.Pass) (out []Review, err error) {
	if _, err := p.CheckNamed(Orders); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = ReviewsDue(tx)
		return err
	})
	return out, err
}

// ReviewsDue is OrderReviews inside the transaction of a page.
func ReviewsDue(tx *db.Tx) ([]Review, error) {
	staff, today, err := SightArgs(tx, Orders)
	if err != nil {
		return nil, err
	}
	day, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return nil, err
	}
	list, err := reviewsUntil(tx, staff, today, day.AddDate(0, 0, reviewSoon).Format(time.DateOnly))
	if err != nil {
		return nil, err
	}
	var out []Review
	for _, r := range list {
		p := Pupil{Forename: r.Forename, Surname: r.Surname, KnownAs: r.KnownAs}
		out = append(out, Review{Order: Order{ID: r.ID, TieID: r.TieID, Kind: r.Kind, DecidedBy: r.DecidedBy, Starts: r.Starts, Ends: r.Ends, ReviewOn: r.ReviewOn},
			PupilID: r.PupilID, Pupil: p.Name(), Adult: r.Adult, Overdue: r.ReviewOn < today})
	}
	return out, nil
}

// LookedAt keeps that somebody looked at an order again: what they found, and when to look next. The order binds as before.
func (s *Service) LookedAt(ctx context.Context, p access.Pass, pupil PupilID, order OrderID, v Values) error {
	if _, err := p.CheckNamed(Orders); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		_, o, err := enterOrder(tx, pupil, order)
		if err != nil {
			return err
		}
		r := &formReader{v: v}
		next, found := r.date("review_on"), r.text("found")
		if found == "" {
			r.faults.Add("found", "Write what you found: for example that the court confirmed it, or whom you asked.")
		}
		if next != "" && next <= tx.Today() {
			r.faults.Add("review_on", "The next day to look at it has to be still to come. Leave it empty if nobody needs to look again.")
		}
		if err := r.faults.Err(); err != nil {
			return err
		}
		note := strings.TrimSpace(o.Note + "\n" + fmt.Sprintf("Looked at again by %s on %s: %s", p.Who().Name, tx.Today(), found))
		return reviewOrder(tx, order, next, note)
	})
}
