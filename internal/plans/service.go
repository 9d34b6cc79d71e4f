package plans

import (
	"context"
	"embed"
	"io/fs"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/roll"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "plans", Files: sub}
}

// Service is what can be done with plans.
type Service struct {
	DB   *db.DB
	Roll *roll.Service
	Jobs *jobs.Queue
	Post *post.Service
	// Gives tells whether an organisation lets another have its figures; internal/sharing knows. Without it nothing goes up.
	Gives    func(ctx context.Context, from, to roll.OrgID) (bool, error)
	offers   []Offer
	measures []Measure
}

// New makes the service and says who does the work of reminding.
func New(d *db.DB, r *roll.Service, q *jobs.Queue, p *post.Service) *Service {
	s := &Service{DB: d, Roll: r, Jobs: q, Post: p}
	q.Handle(remindJob, s.remind)
	s.Offer(Offer{Key: "objectives", Title: "Objectives that nobody has worked for in the last 12 months", Gaps: s.uncoveredGaps})
	return s
}

// maySee answers whether the pass may read the plan itself; false means that the extract is all there is for it.
func maySee(tx *db.Tx) (bool, error) {
	switch tx.Pass().Scope(See) {
	case access.All:
		return true, nil
	case access.Own:
		return inGrouping(tx)
	case access.Counts:
		return false, nil
	}
	return false, access.Denied()
}

func see(tx *db.Tx) error {
	ok, err := maySee(tx)
	if err == nil && !ok {
		err = access.Denied()
	}
	return err
}

// mayLead answers whether the pass may make the plan: the leaders of a school, and the co-ordinator of a cluster in the cluster's own house.
func mayLead(tx *db.Tx) (bool, error) {
	switch tx.Pass().Scope(Lead) {
	case access.All:
		return true, nil
	case access.Own:
		return inGrouping(tx)
	}
	return false, nil
}

func lead(tx *db.Tx) error {
	ok, err := mayLead(tx)
	if err == nil && !ok {
		err = access.Denied()
	}
	return err
}

func inGrouping(tx *db.Tx) (bool, error) {
	o, err := ownOrg(tx)
	return o.Grouping(), err
}

// mayUpdate answers whether the pass may say what has happened with an action: its owner, and who leads.
func mayUpdate(tx *db.Tx, a Action) (bool, error) {
	switch tx.Pass().Scope(Update) {
	case access.All:
		return true, nil
	case access.Own:
		if a.OwnerID != nil && int64(*a.OwnerID) == tx.Pass().Who().Staff {
			return true, nil
		}
		return mayLead(tx)
	}
	return false, nil
}

// Colleagues lists who can own an action.
func (s *Service) Colleagues(ctx context.Context, p access.Pass) (out []roll.Staff, err error) {
	if _, err := p.CheckNamed(Lead); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if err := lead(tx); err != nil {
			return err
		}
		out, err = roll.People(tx)
		return err
	})
	return out, err
}
