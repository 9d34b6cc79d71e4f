package practice

import (
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// PolicyView is one policy with its reviews.
type PolicyView struct {
	Policy
	Today   string
	Reviews []Review
	MayKeep bool
}

// Policies lists the register, those longest not looked at first.
func (s *Service) Policies(ctx context.Context, p access.Pass) (out []Policy, today string, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, "", err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		today = tx.Today()
		if out, err = policies(tx); err != nil || p.Scope(See) >= access.Own {
			return err
		}
		var texts []*string // figures only: nobody is named
		for i := range out {
			out[i].OwnerID, out[i].OwnerName = nil, ""
			texts = append(texts, &out[i].Title, &out[i].Barriers)
		}
		return roll.WithoutNames(tx, texts...)
	})
	return out, today, err
}

// Policy opens one.
func (s *Service) Policy(ctx context.Context, p access.Pass, id ids.ID[Policy]) (v PolicyView, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		v.Today, v.MayKeep = tx.Today(), p.Has(Keep)
		if v.Policy, err = policyByID(tx, id); err != nil {
			return err
		}
		v.Reviews, err = reviewsOf(tx, id)
		return err
	})
	return v, err
}

// keeping is the frame of verbs that keep a register.
func (s *Service) keeping(ctx context.Context, p access.Pass, f func(*db.Tx) error) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, f)
}

// PutPolicy adds a policy to the register, or changes its name and owner.
func (s *Service) PutPolicy(ctx context.Context, p access.Pass, x Policy) (id ids.ID[Policy], err error) {
	x.Title = strings.TrimSpace(x.Title)
	err = s.keeping(ctx, p, func(tx *db.Tx) error {
		var f fault.Fields
		if x.Title == "" {
			f.Add("title", "Write what the policy is called.")
		}
		tooLong(&f, "title", x.Title, 200)
		if err := f.Err(); err != nil {
			return err
		}
		if x.OwnerID != nil {
			list, err := roll.People(tx)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(list, func(c roll.Staff) bool { return c.ID == *x.OwnerID }) {
				return fault.Field("owner", "Choose a colleague from the list.")
			}
		}
		if x.ID == 0 {
			x.ID = ids.New[Policy]()
		} else if _, err := policyByID(tx, x.ID); err != nil {
			return err
		}
		id = x.ID
		return putPolicy(tx, x)
	})
	return id, err
}

// Reviewed writes down that a policy was looked at: whether parents were consulted, and which barriers were found in it.
func (s *Service) Reviewed(ctx context.Context, p access.Pass, r Review) error {
	r.Barriers = strings.TrimSpace(r.Barriers)
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		if _, err := policyByID(tx, r.PolicyID); err != nil {
			return err
		}
		var f fault.Fields
		if !isDay(r.OnDay) || r.OnDay > tx.Today() {
			f.Add("on", "Write the day on which it was looked at.")
		}
		if !slices.Contains([]string{"yes", "no", "unknown"}, r.Consulted) {
			f.Add("consulted", "Say whether parents were consulted.")
		}
		if r.Barriers == "" {
			f.Add("barriers", "Write which barriers to families were found, or “none found”.")
		}
		tooLong(&f, "barriers", r.Barriers, longest)
		if err := f.Err(); err != nil {
			return err
		}
		return insertReview(tx, r)
	})
}

// DropPolicy takes a policy off the register, or puts it back.
func (s *Service) DropPolicy(ctx context.Context, p access.Pass, id ids.ID[Policy], off bool) error {
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		if _, err := policyByID(tx, id); err != nil {
			return err
		}
		return removePolicy(tx, id, stamp(tx, off))
	})
}
