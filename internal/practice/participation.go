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

// Depth is how deep parents took part in one activity, as staff say and, apart, as parents say.
type Depth struct {
	Activity
	Staff   Spread
	Parents Spread // empty where fewer than five have answered
	Few     bool   // parents are asked or have answered, and fewer than five have
	Shares  []Shared
	Highest Rung
	Own     Rung // what the person of the pass has chosen
}

// Term is the spread over all activities of a term.
type Term struct {
	Label   string
	From    string
	Acts    int
	Staff   Spread
	Parents Spread
	Few     bool
}

// Participation is the page of how deep parents take part.
type Participation struct {
	Today   string
	List    []Depth
	Terms   []Term // the earliest first
	MayKeep bool
	MayRate bool
}

// Participation reads the activities with their spreads, and the spread over time. There is no mean and no score: a rung is not a number.
func (s *Service) Participation(ctx context.Context, p access.Pass) (v Participation, err error) {
	if _, err := p.Check(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		v.Today, v.MayKeep, v.MayRate = tx.Today(), p.Has(Keep), p.Has(Rate)
		v.List, err = depths(tx)
		if err != nil {
			return err
		}
		v.Terms = terms(v.List)
		var texts []*string
		for i := range v.List {
			d := &v.List[i]
			texts = append(texts, &d.Title, &d.Outcome)
			for j := range d.Shares {
				texts = append(texts, &d.Shares[j].What, &d.Shares[j].ByName)
			}
		}
		if p.Scope(See) >= access.Own {
			return nil
		}
		return roll.WithoutNames(tx, texts...)
	})
	return v, err
}

func depths(tx *db.Tx) (out []Depth, err error) {
	list, err := activities(tx)
	if err != nil {
		return nil, err
	}
	chosen, err := rungs(tx)
	if err != nil {
		return nil, err
	}
	said, err := tallies(tx)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		d := Depth{Activity: a}
		for _, r := range chosen {
			if r.ActivityID == a.ID && r.Rung >= 1 && r.Rung <= 8 {
				d.Staff[r.Rung-1] += r.N
			}
		}
		d.Few = a.AskUntil != ""
		for _, t := range said {
			if t.ActivityID == a.ID {
				d.Parents[t.Rung-1] += t.Shown
				d.Few = d.Few || t.Box > 0
			}
		}
		d.Few = d.Few && d.Parents.N() == 0
		if d.Shares, err = sharesOf(tx, a.ID); err != nil {
			return nil, err
		}
		d.Highest = Highest(a, len(d.Shares))
		if w := tx.Pass().Who().Staff; w != 0 {
			if d.Own, err = own(tx, a.ID, roll.StaffID(w)); err != nil {
				return nil, err
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// terms adds up by term. Of parents only activities with five answers or more are in it, so that the answers of one meeting can't be worked out.
func terms(list []Depth) (out []Term) {
	for _, d := range list {
		label := termOf(d.OnDay)
		at := slices.IndexFunc(out, func(t Term) bool { return t.Label == label })
		if at < 0 {
			at = len(out)
			out = append(out, Term{Label: label, From: d.OnDay})
		}
		t := &out[at]
		t.From = min(t.From, d.OnDay)
		t.Acts++
		for i := range 8 {
			t.Staff[i] += d.Staff[i]
			t.Parents[i] += d.Parents[i]
		}
		t.Few = t.Few || d.Few
	}
	slices.SortFunc(out, func(a, b Term) int { return strings.Compare(a.From, b.From) })
	return out
}

func termOf(day string) string {
	if len(day) < 10 {
		return day
	}
	switch d := day[5:]; {
	case d >= "08-20":
		return "Autumn " + day[:4]
	case d < "04-12":
		return "Spring " + day[:4]
	}
	return "Summer " + day[:4]
}

// Activity opens one activity.
func (s *Service) Activity(ctx context.Context, p access.Pass, id ids.ID[Activity]) (d Depth, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return d, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := depths(tx)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.ID == id {
				d = x
				return nil
			}
		}
		return fault.Gone("activity")
	})
	return d, err
}

// PutActivity adds an activity, or changes it. An outcome can't be published over tags that say more than it bears out.
func (s *Service) PutActivity(ctx context.Context, p access.Pass, a Activity) (id ids.ID[Activity], err error) {
	a.Title, a.Outcome = strings.TrimSpace(a.Title), strings.TrimSpace(a.Outcome)
	err = s.keeping(ctx, p, func(tx *db.Tx) error {
		var f fault.Fields
		if a.Title == "" {
			f.Add("title", "Write what it is called.")
		}
		if !slices.ContainsFunc(Kinds, func(k struct{ Key, Words string }) bool { return k.Key == a.Kind }) {
			f.Add("kind", "Choose what kind it is.")
		}
		if !isDay(a.OnDay) {
			f.Add("on", "Write the day, or the first of several.")
		}
		if a.PublishedOn != "" && !isDay(a.PublishedOn) {
			f.Add("published_on", "Write the day, like 1/12/2026, or leave it empty.")
		}
		if a.PublishedOn != "" && a.Outcome == "" {
			f.Add("outcome", "Write what came of it, as parents could read it.")
		}
		tooLong(&f, "title", a.Title, 200)
		tooLong(&f, "outcome", a.Outcome, longest)
		if err := f.Err(); err != nil {
			return err
		}
		if a.ID == 0 {
			a.ID = ids.New[Activity]()
		} else {
			was, err := activityByID(tx, a.ID)
			if err != nil {
				return err
			}
			if was.Asking(tx.Today()) {
				if err := namesNobody(tx, "title", a.Title); err != nil {
					return err
				}
			}
			if err := bearsOut(tx, was, a, 0); err != nil {
				return err
			}
		}
		id = a.ID
		return putActivity(tx, a)
	})
	return id, err
}

// bearsOut refuses what would leave a tag standing that the record no longer bears out. less is how many shares are about to go. While parents are asked, the
// ladder does not get shorter whether or not one of them has chosen a step at its end: otherwise trying would tell.
func bearsOut(tx *db.Tx, was, a Activity, less int) error {
	shares, err := sharesOf(tx, a.ID)
	if err != nil {
		return err
	}
	if was.Asking(tx.Today()) && Highest(a, len(shares)-less) < Highest(was, len(shares)) {
		return fault.New(fault.Conflict, "Parents are being asked about this until %s, with the steps as they are now. Record first which decision parents voted on or took part in, wait until then, or stop asking.", roll.DayInWords(was.AskUntil))
	}
	top, err := highestRung(tx, a.ID)
	if err != nil {
		return err
	}
	said, err := talliesOf(tx, a.ID)
	if err != nil {
		return err
	}
	for _, t := range said {
		if t.Shown > 0 || t.Way == paper && t.Box > 0 {
			top = max(top, t.Rung)
		}
	}
	if top > Highest(a, len(shares)-less) {
		return fault.New(fault.Conflict, "Somebody has said that a decision was shared here. Record which decision parents voted on or took part in; without it, what was published is a consultation and no more.")
	}
	return nil
}

// DropActivity takes an activity off the list, or puts it back.
func (s *Service) DropActivity(ctx context.Context, p access.Pass, id ids.ID[Activity], off bool) error {
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		if _, err := activityByID(tx, id); err != nil {
			return err
		}
		return removeActivity(tx, id, stamp(tx, off))
	})
}

// ShareDecision records that parents voted or decided.
func (s *Service) ShareDecision(ctx context.Context, p access.Pass, x Shared) error {
	x.What = strings.TrimSpace(x.What)
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		if _, err := activityByID(tx, x.ActivityID); err != nil {
			return err
		}
		var f fault.Fields
		if !slices.ContainsFunc(ShareHow, func(h struct{ Key, Words string }) bool { return h.Key == x.How }) {
			f.Add("how", "Choose how it was decided.")
		}
		if x.What == "" {
			f.Add("what", "Write what was decided.")
		}
		if !isDay(x.OnDay) || x.OnDay > tx.Today() {
			f.Add("decided_on", "Write the day on which it was decided.")
		}
		tooLong(&f, "what", x.What, longest)
		if err := f.Err(); err != nil {
			return err
		}
		return insertShare(tx, x)
	})
}

// UnshareDecision takes such a record back, where no tag rests on it.
func (s *Service) UnshareDecision(ctx context.Context, p access.Pass, id ids.ID[Activity], share ids.ID[Shared]) error {
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		a, err := activityByID(tx, id)
		if err != nil {
			return err
		}
		if err := bearsOut(tx, a, a, 1); err != nil {
			return err
		}
		n, err := dropShare(tx, id, share)
		if err == nil && n == 0 {
			err = fault.Gone("record")
		}
		return err
	})
}

// RateAsStaff says how deep parents took part, as the member of staff of the pass sees it. Choosing again changes one's own.
func (s *Service) RateAsStaff(ctx context.Context, p access.Pass, id ids.ID[Activity], r Rung) error {
	return s.rate(ctx, p, id, r, func(tx *db.Tx, _ Rung) error {
		w := roll.StaffID(p.Who().Staff)
		if w == 0 {
			return fault.New(fault.Forbidden, "This is for members of staff.")
		}
		return putStaffRung(tx, id, w, r)
	})
}

// RateForParent keys in what one parent said on paper. No name is kept with it, and staff's own view is not mixed with it.
func (s *Service) RateForParent(ctx context.Context, p access.Pass, id ids.ID[Activity], r Rung) error {
	return s.rate(ctx, p, id, r, func(tx *db.Tx, top Rung) error { return dropIn(tx, id, paper, r, top) })
}

func (s *Service) rate(ctx context.Context, p access.Pass, id ids.ID[Activity], r Rung, keep func(tx *db.Tx, top Rung) error) error {
	if err := p.CheckAll(Rate); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := lockActivity(tx, id); err != nil {
			return err
		}
		a, err := activityByID(tx, id)
		if err != nil {
			return err
		}
		shares, err := sharesOf(tx, id)
		if err != nil {
			return err
		}
		if err := MayBe(r, a, len(shares)); err != nil {
			return err
		}
		return keep(tx, Highest(a, len(shares)))
	})
}

// UnrateForParent takes one keyed-in answer back.
func (s *Service) UnrateForParent(ctx context.Context, p access.Pass, id ids.ID[Activity], r Rung) error {
	if err := p.CheckAll(Rate); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := activityByID(tx, id); err != nil {
			return err
		}
		found, err := takeBack(tx, id, r)
		if err == nil && !found {
			err = fault.Field("rung", "No such answer has been keyed in.")
		}
		return err
	})
}
