package plans

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// Add puts an action into a plan.
func (s *Service) Add(ctx context.Context, p access.Pass, plan PlanID, t Typed) (id ActionID, err error) {
	err = s.leading(ctx, p, func(tx *db.Tx) error {
		if _, err := openPlan(tx, plan); err != nil {
			return err
		}
		id, err = s.add(tx, plan, t)
		return err
	})
	return id, err
}

func (s *Service) add(tx *db.Tx, plan PlanID, t Typed) (ActionID, error) {
	planned, spent, err := t.judge()
	if err != nil {
		return 0, err
	}
	a := Action{ID: ids.New[Action](), PlanID: plan, Theme: t.Theme, Words: t.Words, OwnerID: owner(t.Owner), Due: t.Due, Measure: t.Measure, PlannedPence: planned, SpentPence: spent, Funding: t.Funding, Status: ToDo,
		SourceKind: t.Source.Kind, SourceKey: t.Source.Key, SourceWords: t.Source.Words, SourceLink: t.Source.Link}
	if err := works(tx, a.OwnerID, "owner"); err != nil {
		return 0, err
	}
	if err := insertAction(tx, a); err != nil {
		return 0, err
	}
	if err := serve(tx, a.ID, t.Serves); err != nil {
		return 0, err
	}
	if err := insertEntry(tx, Entry{ActionID: a.ID, Kind: "made"}); err != nil {
		return 0, err
	}
	return a.ID, s.promise(tx, a)
}

func owner(id roll.StaffID) *roll.StaffID {
	if id == 0 {
		return nil
	}
	return &id
}

// serve links an action to exactly these objectives. Only those that the organisation follows can be chosen; a link to one that it no longer follows
// stays as it is.
func serve(tx *db.Tx, id ActionID, refs []Ref) error {
	known, err := objectivesHere(tx)
	if err != nil {
		return err
	}
	have, err := linksOf(tx, id)
	if err != nil {
		return err
	}
	for _, r := range refs {
		if _, ok := find(known, r); !ok {
			return fault.Field("serves", "Choose the objectives from the list.")
		}
		if err := insertLink(tx, id, r); err != nil {
			return err
		}
	}
	for _, l := range have {
		if _, ok := find(known, l.ref()); ok && !slices.Contains(refs, l.ref()) {
			if err := dropLink(tx, id, l.ref()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Change changes what an action is. seen is the version that the form was made from.
func (s *Service) Change(ctx context.Context, p access.Pass, id ActionID, t Typed, seen int) error {
	return s.leading(ctx, p, func(tx *db.Tx) error {
		a, err := openAction(tx, id)
		if err != nil {
			return err
		}
		planned, spent, err := t.judge()
		if err != nil {
			return err
		}
		was := a
		a.Theme, a.Words, a.OwnerID, a.Due, a.Measure, a.PlannedPence, a.SpentPence, a.Funding = t.Theme, t.Words, owner(t.Owner), t.Due, t.Measure, planned, spent, t.Funding
		if a.OwnerID != nil && (was.OwnerID == nil || *was.OwnerID != *a.OwnerID) {
			if err := works(tx, a.OwnerID, "owner"); err != nil {
				return err
			}
		}
		a.Version = seen
		if err := s.put(tx, a); err != nil {
			return err
		}
		if err := serve(tx, id, t.Serves); err != nil {
			return err
		}
		for _, c := range [][3]string{{"words", was.Words, a.Words}, {"day", was.Due, a.Due}, {"measure", was.Measure, a.Measure}} {
			if c[1] != c[2] {
				if err := insertEntry(tx, Entry{ActionID: id, Kind: "change", Words: c[0], Was: c[1], Now: c[2]}); err != nil {
					return err
				}
			}
		}
		if !same(was.OwnerID, a.OwnerID) {
			now, err := actionByID(tx, id)
			if err != nil {
				return err
			}
			return insertEntry(tx, Entry{ActionID: id, Kind: "change", Words: "owner", Was: cmp.Or(was.OwnerName, "nobody"), Now: cmp.Or(now.OwnerName, "nobody")})
		}
		return nil
	})
}

func same(a, b *roll.StaffID) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// put writes an action and promises its reminder.
func (s *Service) put(tx *db.Tx, a Action) error {
	ok, err := updateAction(tx, a)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Conflict, "This action was changed on another page in the meantime. Open it again, and put in what you wanted to change.")
	}
	return s.promise(tx, a)
}

// openAction opens an action that is to be changed: it is there, and so is its plan.
func openAction(tx *db.Tx, id ActionID) (Action, error) {
	a, err := actionByID(tx, id)
	if err != nil {
		return a, err
	}
	if a.RemovedMs != nil {
		return a, fault.New(fault.Conflict, "This action was removed from the plan. Put it back first.")
	}
	if a.Status == Carried {
		return a, fault.New(fault.Conflict, "This action went on in a later plan. Change it there.")
	}
	_, err = openPlan(tx, a.PlanID)
	return a, err
}

// News is what an owner says about an action.
type News struct {
	Note   string // what has happened since
	Status Status
	Why    string // why it is stopped
	Spent  string // pounds, as typed; empty leaves it
	DoneOn string // YYYY-MM-DD; today where it is empty
	Seen   int    // the version that the form was made from
}

// Say writes what has happened with an action since, and how far it is. No meeting is needed for it.
func (s *Service) Say(ctx context.Context, p access.Pass, id ActionID, n News) error {
	if _, err := p.CheckNamed(Update); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, err := openAction(tx, id)
		if err != nil {
			return err
		}
		if ok, err := mayUpdate(tx, a); err != nil || !ok {
			return cmp.Or(err, access.Denied())
		}
		return s.say(tx, a, n)
	})
}

func (s *Service) say(tx *db.Tx, a Action, n News) error {
	n.Note, n.Why = strings.TrimSpace(n.Note), strings.TrimSpace(n.Why)
	if n.Status == "" {
		n.Status = a.Status
	}
	var f fault.Fields
	if !slices.Contains(Statuses, n.Status) {
		f.Add("status", "Choose how far it is.")
	}
	if n.Status == Stopped && n.Why == "" && (a.Status != Stopped || a.StoppedWhy == "") {
		f.Add("why", "Write why it is stopped: the next person will want to know.")
	}
	spent, err := ReadPounds(n.Spent)
	if err != nil {
		f.Add("spent", "%s.", capital(err.Error()))
	}
	if n.Note == "" && n.Status == a.Status && n.Spent == "" {
		f.Add("note", "Write a line about what has happened since, or say how far it is.")
	}
	if n.DoneOn > tx.Today() {
		f.Add("done_on", "This day lies ahead.")
	}
	tooLong(&f, "note", n.Note, longest)
	tooLong(&f, "why", n.Why, longest)
	if err := f.Err(); err != nil {
		return err
	}
	was := a.Status
	a.Status, a.Version = n.Status, n.Seen
	if spent != nil {
		a.SpentPence = spent
	}
	switch {
	case n.Status == Stopped && n.Why != "":
		a.StoppedWhy = n.Why
	case n.Status != Stopped:
		a.StoppedWhy = ""
	}
	switch {
	case n.Status == Done && (was != Done || n.DoneOn != ""):
		a.DoneOn = cmp.Or(n.DoneOn, tx.Today())
	case n.Status != Done:
		a.DoneOn = ""
	}
	if err := s.put(tx, a); err != nil {
		return err
	}
	if was != n.Status {
		return insertEntry(tx, Entry{ActionID: a.ID, Kind: "status", Words: joinWords(n.Note, n.Why), Was: StatusWords[was], Now: StatusWords[n.Status]})
	}
	words := n.Note
	if words == "" && n.Spent != "" {
		words = "Spent so far: " + PoundsOr(spent)
	}
	if words == "" {
		return nil
	}
	return insertEntry(tx, Entry{ActionID: a.ID, Kind: "note", Words: words})
}

func joinWords(list ...string) string {
	var out []string
	for _, w := range list {
		if w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, "\n")
}

// ActionView is an action with all there is to it.
type ActionView struct {
	Action
	Plan      Plan
	Today     string
	History   []Entry // its own, the latest first
	Before    []Past  // the actions that it was carried on from, the latest first
	NextID    ActionID
	NextPlan  PlanID
	Evidence  []Evidence
	Serves    []Objective
	Objective []Objective // those that can be chosen
	Names     []roll.NameFound
	MayUpdate bool
	MayLead   bool
}

// Past is an action of an earlier plan from which this one was carried on.
type Past struct {
	Action
	Plan    Plan
	History []Entry
}

// Action opens one action.
func (s *Service) Action(ctx context.Context, p access.Pass, id ActionID) (v ActionView, err error) {
	if _, err := p.Check(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if err := see(tx); err != nil {
			return err
		}
		v, err = actionView(tx, id)
		return err
	})
	return v, err
}

func actionView(tx *db.Tx, id ActionID) (v ActionView, err error) {
	v.Today = tx.Today()
	if v.Action, err = actionByID(tx, id); err != nil {
		return v, err
	}
	if v.Plan, err = planByID(tx, v.PlanID); err != nil {
		return v, err
	}
	if v.History, err = entriesOf(tx, id); err != nil {
		return v, err
	}
	if v.Evidence, err = evidenceOf(tx, id); err != nil {
		return v, err
	}
	if v.NextID, v.NextPlan, err = nextOf(tx, id); err != nil {
		return v, err
	}
	for from, n := v.CarriedFrom, 0; from != nil && n < 50; n++ {
		var past Past
		if past.Action, err = actionByID(tx, *from); err != nil {
			return v, err
		}
		if past.Plan, err = planByID(tx, past.PlanID); err != nil {
			return v, err
		}
		if past.History, err = entriesOf(tx, *from); err != nil {
			return v, err
		}
		v.Before = append(v.Before, past)
		from = past.CarriedFrom
	}
	links, err := linksOf(tx, id)
	if err != nil {
		return v, err
	}
	known, err := objectivesHere(tx)
	if err != nil {
		return v, err
	}
	for _, o := range known {
		chosen := slices.ContainsFunc(links, func(l linkRow) bool { return l.ref() == o.Ref() })
		if chosen {
			v.Serves = append(v.Serves, o)
		}
		if chosen || o.Ends >= v.Today {
			v.Objective = append(v.Objective, o)
		}
	}
	if v.Names, err = roll.NamesIn(tx, v.Words, v.Measure); err != nil {
		return v, err
	}
	if v.MayLead, err = mayLead(tx); err != nil {
		return v, err
	}
	v.MayUpdate, err = mayUpdate(tx, v.Action)
	return v, err
}

// Remove takes an action off the plan. It can be put back, with all that was written about it.
func (s *Service) Remove(ctx context.Context, p access.Pass, id ActionID) (plan PlanID, err error) {
	err = s.leading(ctx, p, func(tx *db.Tx) error {
		a, err := openAction(tx, id)
		if err != nil {
			return err
		}
		plan = a.PlanID
		now := tx.Now()
		if _, err := removeAction(tx, id, &now, p.Who().Name); err != nil {
			return err
		}
		return insertEntry(tx, Entry{ActionID: id, Kind: "removed"})
	})
	return plan, err
}

// Restore puts an action back that was removed.
func (s *Service) Restore(ctx context.Context, p access.Pass, id ActionID) (plan PlanID, err error) {
	err = s.leading(ctx, p, func(tx *db.Tx) error {
		a, err := actionByID(tx, id)
		if err != nil {
			return err
		}
		plan = a.PlanID
		if a.RemovedMs == nil {
			return nil
		}
		if _, err := openPlan(tx, a.PlanID); err != nil {
			return err
		}
		if _, err := removeAction(tx, id, nil, ""); err != nil {
			return err
		}
		if err := insertEntry(tx, Entry{ActionID: id, Kind: "restored"}); err != nil {
			return err
		}
		a.RemovedMs = nil
		return s.promise(tx, a)
	})
	return plan, err
}

// Carry lets an unfinished action go on in a later plan, by a new day. Its history stays readable from there.
func (s *Service) Carry(ctx context.Context, p access.Pass, id ActionID, into PlanID, due string) (next ActionID, err error) {
	err = s.leading(ctx, p, func(tx *db.Tx) error {
		a, err := openAction(tx, id)
		if err != nil {
			return err
		}
		if a.Status.Ended() {
			return fault.New(fault.Conflict, "This action has come to its end, so there is nothing to carry on.")
		}
		to, err := openPlan(tx, into)
		if err != nil {
			return err
		}
		if to.ID == a.PlanID {
			return fault.Field("into", "Choose a later plan.")
		}
		if due == "" {
			return fault.Field("due", "Write the new day by which it is to be done.")
		}
		from, err := planByID(tx, a.PlanID)
		if err != nil {
			return err
		}
		was := a
		next = ids.New[Action]()
		a.ID, a.PlanID, a.Due, a.CarriedFrom, a.SpentPence = next, into, due, &id, nil
		if err := insertAction(tx, a); err != nil {
			return err
		}
		links, err := linksOf(tx, id)
		if err != nil {
			return err
		}
		for _, l := range links {
			if err := insertLink(tx, next, l.ref()); err != nil {
				return err
			}
		}
		if err := insertEntry(tx, Entry{ActionID: next, Kind: "made", Words: "Carried on from " + from.Title}); err != nil {
			return err
		}
		was.Status = Carried
		if _, err := updateAction(tx, was); err != nil {
			return err
		}
		if err := insertEntry(tx, Entry{ActionID: id, Kind: "carried", Words: "Carried on into " + to.Title, Was: StatusWords[a.Status], Now: StatusWords[Carried]}); err != nil {
			return err
		}
		return s.promise(tx, a)
	})
	return next, err
}
