package peers

import (
	"context"
	"slices"
	"strings"
	"time"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// Choice is something with which the school could help: a statement of its last closed audit, or a whole theme.
type Choice struct {
	Framework string
	Theme     string
	Criterion string // empty: the theme
	About     string
	Stands    bool // its agreed level is at or above the benchmark
}

// Key finds it again in a form.
func (c Choice) Key() string { return strings.Join([]string{c.Framework, c.Theme, c.Criterion}, "/") }

// choices are what the last closed audits say, the strengths first.
func choices(tx *db.Tx) (out []Choice, err error) {
	list, err := audit.Standings(tx)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		for _, t := range s.Framework.Themes {
			agreed, below := 0, 0
			var of []Choice
			for _, r := range s.Results {
				if r.Criterion.Theme != t.Code {
					continue
				}
				stands := r.Agreed != nil && r.Agreed.Level >= r.Aim
				if r.Agreed != nil {
					agreed++
				}
				if !stands {
					below++
				}
				of = append(of, Choice{s.Framework.Code, t.Code, r.Criterion.Code, strings.TrimSuffix(r.Criterion.Text, "."), stands})
			}
			out = append(out, Choice{s.Framework.Code, t.Code, "", t.Title + " (all of it)", agreed > 0 && below == 0})
			out = append(out, of...)
		}
	}
	slices.SortStableFunc(out, func(a, b Choice) int {
		switch {
		case a.Stands == b.Stands:
			return 0
		case a.Stands:
			return -1
		}
		return 1
	})
	return out, nil
}

// Choices lists with what the school could help.
func (s *Service) Choices(ctx context.Context, p access.Pass) (out []Choice, err error) {
	if err := p.CheckAll(Lead); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = choices(tx)
		return err
	})
	return out, err
}

// Offered is what is typed into the form of an offer.
type Offered struct {
	Key   string
	Words string
	Why   string
	Until string
}

// Offer says that the school is willing to help: where its own audit agreed a level at or above the benchmark, or with words that say why.
func (s *Service) Offer(ctx context.Context, p access.Pass, in Offered) (id OfferID, err error) {
	if err := p.CheckAll(Lead); err != nil {
		return 0, err
	}
	in.Words, in.Why = strings.TrimSpace(in.Words), strings.TrimSpace(in.Why)
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		list, err := choices(tx)
		if err != nil {
			return err
		}
		var f fault.Fields
		at := slices.IndexFunc(list, func(c Choice) bool { return c.Key() == in.Key })
		if at < 0 {
			f.Add("about", "Choose with what you are willing to help.")
		}
		filled(&f, "words", in.Words, "Write what others could see or ask, in a sentence or two.")
		why := ""
		if at >= 0 && !list[at].Stands {
			why = "Your last audit does not have you at the benchmark here. Write why you can help all the same: for example that you have come a long way, or have since."
		}
		filled(&f, "why", in.Why, why)
		if _, bad := time.Parse(time.DateOnly, in.Until); bad != nil {
			f.Add("until", "Write until when.")
		} else if in.Until < tx.Today() {
			f.Add("until", "This day has passed already.")
		}
		if err := f.Err(); err != nil {
			return err
		}
		us, err := orgNames(tx, roll.OrgID(p.Org()))
		if err != nil {
			return err
		}
		if err := s.clean(tx, nil, us, worry.Says("words", "What others could see", in.Words), worry.Says("why", "Why you can help", in.Why)); err != nil {
			return err
		}
		c := list[at]
		id = ids.New[Offer]()
		if err := insertOffer(tx, Offer{ID: id, Framework: c.Framework, Theme: c.Theme, Criterion: c.Criterion, About: c.About, Words: in.Words, Why: in.Why, Starts: tx.Today(), Until: in.Until}); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "school", Key: p.Org(), Words: "The school offered the others of its cluster help with: " + c.About})
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

// Withdraw takes an offer back. What was agreed with somebody goes on.
func (s *Service) Withdraw(ctx context.Context, p access.Pass, id OfferID) error {
	if err := p.CheckAll(Lead); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		list, err := offersOf(tx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(o Offer) bool { return o.ID == id }) {
			return fault.Gone("offer")
		}
		return endOffer(tx, id)
	})
}

// OfferNear opens an offer of a school nearby, for the form that asks.
func (s *Service) OfferNear(ctx context.Context, p access.Pass, id OfferID) (o Offer, err error) {
	if _, err := p.Check(See); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		o, err = offerNear(tx, id)
		return err
	})
	return o, err
}

func offerNear(tx *db.Tx, id OfferID) (Offer, error) {
	list, err := offersNear(tx)
	if err != nil {
		return Offer{}, err
	}
	for _, o := range list {
		if o.ID == id {
			return o, nil
		}
	}
	return Offer{}, fault.Gone("offer")
}
