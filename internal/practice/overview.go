package practice

import (
	"context"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
)

// Overview is the first page.
type Overview struct {
	Today    string
	Policies int
	Due      int
	Duties   DutyCount
	Acts     int
	Stories  int // published
	Waiting  int // drafts of whoever may publish, or one's own
	Reads    bool
}

// Overview counts what is in each register.
func (s *Service) Overview(ctx context.Context, p access.Pass) (o Overview, err error) {
	if _, err := p.Check(See); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		o.Today = tx.Today()
		list, err := policies(tx)
		if err != nil {
			return err
		}
		o.Policies = len(list)
		for _, x := range list {
			if x.Due(o.Today) {
				o.Due++
			}
		}
		d, err := duties(tx)
		if err != nil {
			return err
		}
		o.Duties = CountDuties(d)
		a, err := activities(tx)
		if err != nil {
			return err
		}
		o.Acts = len(a)
		all, err := stories(tx)
		for _, x := range all {
			if x.State == "published" {
				o.Stories++
			} else if x.State == "draft" && mayRead(tx, x) {
				o.Waiting++
			}
		}
		return err
	})
	return o, err
}
