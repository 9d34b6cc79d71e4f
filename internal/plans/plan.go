package plans

import (
	"context"
	"slices"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// PlanView is a plan with its actions.
type PlanView struct {
	Plan
	Today    string
	Actions  []Action
	Removed  []Action
	Tally    Tally
	Evidence map[ActionID]int
	Serves   map[ActionID][]Objective
	MayLead  bool
	MayShare bool
	Mine     roll.StaffID
	Next     []Plan // open plans that begin later, to carry actions into
}

// Open opens a plan.
func (s *Service) Open(ctx context.Context, p access.Pass, id PlanID) (v PlanView, err error) {
	if _, err := p.Check(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if err := see(tx); err != nil {
			return err
		}
		v, err = planView(tx, id)
		return err
	})
	return v, err
}

func planView(tx *db.Tx, id PlanID) (v PlanView, err error) {
	v.Today, v.Mine = tx.Today(), roll.StaffID(tx.Pass().Who().Staff)
	if v.Plan, err = planByID(tx, id); err != nil {
		return v, err
	}
	if v.Actions, err = actionsOf(tx, id); err != nil {
		return v, err
	}
	if v.Removed, err = removedOf(tx, id); err != nil {
		return v, err
	}
	v.Tally = Count(v.Actions, v.Today)
	if v.Evidence, err = evidenceCounts(tx, id); err != nil {
		return v, err
	}
	links, err := linksOfPlan(tx, id)
	if err != nil {
		return v, err
	}
	known, err := objectivesHere(tx)
	if err != nil {
		return v, err
	}
	v.Serves = map[ActionID][]Objective{}
	for _, l := range links {
		if o, ok := find(known, l.ref()); ok {
			v.Serves[l.ActionID] = append(v.Serves[l.ActionID], o)
		}
	}
	if v.MayLead, err = mayLead(tx); err != nil {
		return v, err
	}
	v.MayShare = tx.Pass().Scope(Share) == access.All
	all, err := plansOf(tx)
	for _, x := range all {
		if x.ID != id && x.Open() && x.Ends > v.Ends {
			v.Next = append(v.Next, x)
		}
	}
	return v, err
}

// Make begins a plan.
func (s *Service) Make(ctx context.Context, p access.Pass, plan Plan) (id PlanID, err error) {
	if _, err := p.CheckNamed(Lead); err != nil {
		return 0, err
	}
	plan.ID = ids.New[Plan]()
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := lead(tx); err != nil {
			return err
		}
		if err := plan.judge(); err != nil {
			return err
		}
		if err := works(tx, plan.LeadID, "lead"); err != nil {
			return err
		}
		return insertPlan(tx, plan)
	})
	return plan.ID, err
}

// works refuses a colleague who is not here.
func works(tx *db.Tx, id *roll.StaffID, field string) error {
	if id == nil {
		return nil
	}
	list, err := roll.People(tx)
	if err == nil && !slices.ContainsFunc(list, func(s roll.Staff) bool { return s.ID == *id }) {
		err = fault.Field(field, "Choose a colleague from the list.")
	}
	return err
}

// ChangePlan changes the name, the days and the lead of a plan.
func (s *Service) ChangePlan(ctx context.Context, p access.Pass, id PlanID, to Plan) error {
	return s.leading(ctx, p, func(tx *db.Tx) error {
		was, err := openPlan(tx, id)
		if err != nil {
			return err
		}
		if err := to.judge(); err != nil {
			return err
		}
		if err := works(tx, to.LeadID, "lead"); err != nil {
			return err
		}
		to.ID = was.ID
		return updatePlan(tx, to)
	})
}

// leading is the frame of every verb for those who lead.
func (s *Service) leading(ctx context.Context, p access.Pass, f func(*db.Tx) error) error {
	if _, err := p.CheckNamed(Lead); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := lead(tx); err != nil {
			return err
		}
		return f(tx)
	})
}

// openPlan opens a plan that is to be changed.
func openPlan(tx *db.Tx, id PlanID) (Plan, error) {
	p, err := planByID(tx, id)
	if err == nil && !p.Open() {
		err = fault.New(fault.Conflict, "This plan was closed on %s. Open it again first, or put the change into the next plan.", dayOf(*p.ClosedMs))
	}
	return p, err
}

// Share lets clusters and the authority count the plan's actions for their objectives, or stops it. Whether figures go to them at all is decided where
// schools work together.
func (s *Service) Share(ctx context.Context, p access.Pass, id PlanID, on bool) error {
	if err := p.CheckAll(Share); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := planByID(tx, id); err != nil {
			return err
		}
		if err := sharePlan(tx, id, on); err != nil {
			return err
		}
		words := "The actions of a plan are no longer counted by the cluster and the authority."
		if on {
			words = "The actions of a plan may be counted by the cluster and the authority."
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "plan", Key: int64(id), Words: words})
	})
}

// Complete closes a plan that has come to its end.
func (s *Service) Complete(ctx context.Context, p access.Pass, id PlanID) error {
	return s.leading(ctx, p, func(tx *db.Tx) error {
		if _, err := openPlan(tx, id); err != nil {
			return err
		}
		list, err := actionsOf(tx, id)
		if err != nil {
			return err
		}
		if err := Complete(Count(list, tx.Today())); err != nil {
			return err
		}
		now := tx.Now()
		return closePlan(tx, id, &now, p.Who().Name)
	})
}

// Reopen opens a closed plan again.
func (s *Service) Reopen(ctx context.Context, p access.Pass, id PlanID) error {
	return s.leading(ctx, p, func(tx *db.Tx) error {
		if _, err := planByID(tx, id); err != nil {
			return err
		}
		return closePlan(tx, id, nil, "")
	})
}
