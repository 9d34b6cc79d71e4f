package peers

import (
	"context"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// Service is what can be done about helping each other.
type Service struct {
	DB   *db.DB
	Roll *roll.Service

	keeper  worry.Keeper
	noNames bool
}

// New makes the service.
func New(d *db.DB, r *roll.Service) *Service { return &Service{DB: d, Roll: r} }

// Keeping is the service for one request in which a person said of these texts that they are no worry about a child's safety, or that no word in them is a
// name of a child or parent.
func (s *Service) Keeping(noWorry, noNames bool, texts ...string) *Service {
	out := *s
	if noWorry {
		out.keeper = worry.Confirmed(texts...)
	}
	out.noNames = noNames
	return &out
}

// Board is the page of helping each other.
type Board struct {
	Org       roll.Org
	Today     string
	Offers    []Offer // of the others
	Ours      []Offer
	Exchanges []Exchange
	Helped    []Helped // for a grouping: who helped whom
	Others    int      // schools and centres nearby
	MayLead   bool
}

// Board lists what the schools of the same clusters offer, what one offers oneself, and the exchanges of both sides.
func (s *Service) Board(ctx context.Context, p access.Pass) (b Board, err error) {
	if _, err := p.Check(See); err != nil {
		return b, err
	}
	b.MayLead = p.Scope(Lead) >= access.All
	if b.Org, err = s.Roll.OrgByID(ctx, roll.OrgID(p.Org())); err != nil {
		return b, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		b.Today = tx.Today()
		if b.Offers, err = offersNear(tx); err != nil {
			return err
		}
		if b.Ours, err = offersOf(tx); err != nil {
			return err
		}
		if b.Exchanges, err = exchangesOf(tx); err != nil {
			return err
		}
		if b.Others, err = schoolsNear(tx); err != nil {
			return err
		}
		b.Helped, err = helpedIn(tx)
		return err
	})
	return b, err
}

// Helped lists who helped whom within the grouping of the pass, where both want it to be read.
func (s *Service) Helped(ctx context.Context, p access.Pass) (out []Helped, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = helpedIn(tx)
		return err
	})
	return out, err
}

// HelpWith lists the offers of schools nearby about a criterion, or about its theme.
func (s *Service) HelpWith(ctx context.Context, p access.Pass, framework, theme, criterion string) (out []Offer, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = With(tx, framework, theme, criterion)
		return err
	})
	return out, err
}

// With is HelpWith for a room that has a transaction already.
func With(tx *db.Tx, framework, theme, criterion string) (out []Offer, err error) {
	list, err := offersNear(tx)
	for _, o := range list {
		if o.Framework == framework && o.Theme == theme && (o.Criterion == "" || o.Criterion == criterion) {
			out = append(out, o)
		}
	}
	return out, err
}

// Waiting lists the requests that wait for an answer of the organisation of the transaction.
func Waiting(tx *db.Tx) (out []Exchange, err error) {
	list, err := exchangesOf(tx)
	for _, x := range list {
		if x.State == Asked && x.Helps(tx.Pass().Org()) {
			out = append(out, x)
		}
	}
	return out, err
}
