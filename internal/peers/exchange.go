package peers

import (
	"context"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// Ask asks a school nearby for the help that it offers.
func (s *Service) Ask(ctx context.Context, p access.Pass, id OfferID, words string) (out ExchangeID, err error) {
	if err := p.CheckAll(Lead); err != nil {
		return 0, err
	}
	words = strings.TrimSpace(words)
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		o, err := offerNear(tx, id)
		if err != nil {
			return err
		}
		var f fault.Fields
		filled(&f, "words", words, "Write what you would like to see or ask.")
		if err := f.Err(); err != nil {
			return err
		}
		list, err := exchangesOf(tx)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.Offer == id && !x.Helps(p.Org()) && (x.State == Asked || x.State == Agreed) {
				return fault.New(fault.Conflict, "Your school has asked for this already. See what came of it.")
			}
		}
		schools, err := orgNames(tx, roll.OrgID(p.Org()), o.Org)
		if err != nil {
			return err
		}
		if err := s.clean(tx, nil, schools, worry.Says("words", "What you would like to see or ask", words)); err != nil {
			return err
		}
		out = ids.New[Exchange]()
		if err := insertExchange(tx, Exchange{ID: out, Offer: id, Helper: o.Org, About: o.About, Words: words}); err != nil {
			return err
		}
		return bothTrails(tx, int64(o.Org), "The school asked another one for help with: "+o.About, "Another school asked for help with: "+o.About)
	})
	if err != nil {
		return 0, err
	}
	return out, nil
}

// bothTrails writes what happened between two schools into the trail of each.
func bothTrails(tx *db.Tx, other int64, ours, theirs string) error {
	us := tx.Pass().Org()
	if err := trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "school", Key: other, Words: ours}); err != nil {
		return err
	}
	return tx.Within(access.System("tell the other school's trail of help that was asked for", other), func(in *db.Tx) error {
		return trail.Write(in, trail.Entry{Kind: trail.Agreement, About: "school", Key: us, Words: theirs})
	})
}

// View is an exchange with its visits, as either side reads it.
type View struct {
	Exchange
	Us     int64
	Today  string
	Near   bool // both still belong to one cluster
	Visits []Visit
	Lead   bool
	Log    bool
}

// WeThank tells whether our side wants it to be read in the cluster; TheyThank whether the other does.
func (v View) WeThank() bool {
	return v.Helps(v.Us) && v.ThanksHelper || !v.Helps(v.Us) && v.ThanksAsker
}

// TheyThank tells whether the other side wants it to be read in the cluster.
func (v View) TheyThank() bool {
	return v.Helps(v.Us) && v.ThanksAsker || !v.Helps(v.Us) && v.ThanksHelper
}

// Exchange opens one, for either of the two schools.
func (s *Service) Exchange(ctx context.Context, p access.Pass, id ExchangeID) (v View, err error) {
	if _, err := p.Check(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		v, err = view(tx, id)
		return err
	})
	return v, err
}

func view(tx *db.Tx, id ExchangeID) (v View, err error) {
	if v.Exchange, err = exchangeOf(tx, id); err != nil {
		return v, err
	}
	p := tx.Pass()
	v.Us, v.Today, v.Lead, v.Log = p.Org(), tx.Today(), p.Scope(Lead) >= access.All, p.Scope(Log) >= access.All
	if v.Visits, err = visitsOf(tx, id); err != nil {
		return v, err
	}
	v.Near, err = near(tx, v.Helper, v.Asker)
	return v, err
}

// Answer says yes or not now to a school that asked.
func (s *Service) Answer(ctx context.Context, p access.Pass, id ExchangeID, yes bool, words string) error {
	if err := p.CheckAll(Lead); err != nil {
		return err
	}
	words = strings.TrimSpace(words)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := view(tx, id)
		if err != nil {
			return err
		}
		if !v.Helps(p.Org()) {
			return access.Denied()
		}
		var f fault.Fields
		missing := "Write whom they should ring, and when it would suit you."
		if !yes {
			missing = "Write a sentence about why not now."
		}
		filled(&f, "answer", words, missing)
		if err := f.Err(); err != nil {
			return err
		}
		if v.State != Asked {
			return fault.New(fault.Conflict, "This was answered already.")
		}
		if err := s.clean(tx, nil, []string{v.HelperName, v.AskerName}, worry.Says("answer", "Your answer", words)); err != nil {
			return err
		}
		state, told := Declined, "Your request for help was answered: not now."
		if yes {
			state, told = Agreed, "Your request for help was answered: yes."
		}
		if err := answerExchange(tx, id, state, words); err != nil {
			return err
		}
		return bothTrails(tx, int64(v.Asker), "Another school's request for help was answered: "+StateWords[state]+".", told)
	})
}

// Visited is what is typed about a visit.
type Visited struct {
	Visit VisitID // 0: a new one; else our side of one that the other has written down
	On    string
	About string
	Next  string
}

// Visit writes down a visit from one's own side: when, what it was about, and what comes next. The other school reads it and writes its own beside it.
func (s *Service) Visit(ctx context.Context, p access.Pass, id ExchangeID, in Visited) error {
	if err := p.CheckAll(Log); err != nil {
		return err
	}
	in.About, in.Next = strings.TrimSpace(in.About), strings.TrimSpace(in.Next)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := view(tx, id)
		if err != nil {
			return err
		}
		if v.State != Agreed || !v.Near {
			return fault.New(fault.Conflict, "Visits are written down while both schools belong to one cluster and have agreed to help and be helped.")
		}
		var f fault.Fields
		var stored []string
		if in.Visit != 0 {
			found := false
			for _, x := range v.Visits {
				if x.ID == in.Visit {
					found, in.On = true, x.OnDay
					if was, ok := x.By(p.Org()); ok {
						stored = []string{was.About, was.Next}
					}
				}
			}
			if !found {
				return fault.Gone("visit")
			}
		} else if _, bad := time.Parse(time.DateOnly, in.On); bad != nil {
			f.Add("on", "Write the day of the visit.")
		} else if in.On > tx.Today() {
			f.Add("on", "This day lies ahead. Write it down when you have been there.")
		}
		filled(&f, "about", in.About, "Write what it was about.")
		filled(&f, "next", in.Next, "Write what comes next, even if it is nothing.")
		if err := f.Err(); err != nil {
			return err
		}
		if err := s.clean(tx, stored, []string{v.HelperName, v.AskerName}, worry.Says("about", "What it was about", in.About), worry.Says("next", "What comes next", in.Next)); err != nil {
			return err
		}
		if in.Visit == 0 {
			in.Visit = ids.New[Visit]()
			if err := insertVisit(tx, id, in.Visit, in.On); err != nil {
				return err
			}
		}
		return putLog(tx, in.Visit, in.About, in.Next)
	})
}

// Thank says whether the cluster may read that the one helped the other. It is read only where both say so.
func (s *Service) Thank(ctx context.Context, p access.Pass, id ExchangeID, on bool) error {
	if err := p.CheckAll(Lead); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := view(tx, id)
		if err != nil {
			return err
		}
		if on && len(v.Visits) == 0 {
			return fault.New(fault.Conflict, "Write a visit down first.")
		}
		if err := thank(tx, id, v.Helps(p.Org()), on); err != nil {
			return err
		}
		words := map[bool]string{true: "The cluster may read of help between the schools.", false: "The cluster may no longer read of help between the schools."}[on]
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "school", Key: p.Org(), Words: words})
	})
}

// Finish ends an exchange, from either side. What was written down stays with both.
func (s *Service) Finish(ctx context.Context, p access.Pass, id ExchangeID) error {
	if err := p.CheckAll(Lead); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := view(tx, id); err != nil {
			return err
		}
		return finish(tx, id)
	})
}
