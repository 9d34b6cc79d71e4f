package plans

import (
	"context"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// Line is a plan in the list.
type Line struct {
	Plan
	Tally Tally
}

// Overview is the first page of plans.
type Overview struct {
	Today         string
	Org           roll.Org
	Plans         []Line
	Mine          []Action // of the person of the pass, not finished
	Vision        *Vision
	Uncovered     int
	Consultations []Consultation // due or late within two weeks
	Whole         bool           // may read the plans themselves
	MayLead       bool
}

// Overview lists the plans, the latest first.
func (s *Service) Overview(ctx context.Context, p access.Pass) (o Overview, err error) {
	if _, err := p.Check(See); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		o.Today = tx.Today()
		if o.Org, err = ownOrg(tx); err != nil {
			return err
		}
		if o.Whole, err = maySee(tx); err != nil {
			return err
		}
		if o.MayLead, err = mayLead(tx); err != nil {
			return err
		}
		list, err := plansOf(tx)
		if err != nil {
			return err
		}
		for _, x := range list {
			actions, err := actionsOf(tx, x.ID)
			if err != nil {
				return err
			}
			o.Plans = append(o.Plans, Line{x, Count(actions, o.Today)})
		}
		vs, err := visions(tx)
		if err != nil {
			return err
		}
		if len(vs) > 0 {
			o.Vision = &vs[0]
		}
		if !o.Whole { // figures only: nobody is named
			var texts []*string
			for i := range o.Plans {
				o.Plans[i].LeadID, o.Plans[i].LeadName, o.Plans[i].ByName, o.Plans[i].ClosedBy = nil, "", "", ""
				texts = append(texts, &o.Plans[i].Title)
			}
			if o.Vision != nil {
				texts = append(texts, &o.Vision.Words, &o.Vision.Consulted)
			}
			return roll.WithoutNames(tx, texts...)
		}
		if w := p.Who().Staff; w != 0 {
			if o.Mine, err = waitingActions(tx, roll.StaffID(w), "9999-12-31"); err != nil {
				return err
			}
		}
		tree, err := objectiveTree(tx)
		if err != nil {
			return err
		}
		for _, x := range tree {
			if !x.Covered {
				o.Uncovered++
			}
		}
		all, err := consultations(tx)
		for _, c := range all {
			if c.DoneOn == "" && c.Due <= addDays(o.Today, soonDays) {
				o.Consultations = append(o.Consultations, c)
			}
		}
		return err
	})
	return o, err
}
