package audit

import (
	"context"
	"time"

	"ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// AskThing is what a link to the questions of an audit opens, at the family's door.
const AskThing = "audit.views"

// Asking is whom an audit asks among parents and carers. Who has been asked is known; who has answered is not known here, and makes no difference.
type Asking struct {
	Audit  Audit
	Open   bool
	List   []family.Wanted // for each adult each child by whom they may be asked; the family's door makes one link of them
	Barred int             // adults whom an order, or the end of every tie, keeps out
}

// Asked lists the adults whom an audit asks, for a link to each. With again those are in it, too, who were given one before today.
func (s *Service) Asked(ctx context.Context, p access.Pass, id AuditID, again bool) (out Asking, err error) {
	if err := p.CheckAll(KeyIn); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		a, f, err := one(tx, id)
		if err != nil {
			return err
		}
		if !a.Asks(Parents) || len(f.AskedOf(Parents)) == 0 {
			return fault.Gone("audit")
		}
		out.Audit, out.Open = a, a.Open(tx.Today())
		if !out.Open {
			return nil
		}
		since := int64(0)
		if again {
			midnight, err := time.ParseInLocation(time.DateOnly, tx.Today(), s.DB.Clock().Zone())
			if err != nil {
				return err
			}
			since = midnight.UnixMilli()
		}
		out.List, out.Barred, err = toAsk(tx, id, since)
		return err
	})
	return out, err
}

// toAsk goes through everybody on the roll, orders included.
func toAsk(tx *db.Tx, id AuditID, since int64) (out []family.Wanted, barred int, err error) {
	pupils, err := roll.Pupils(tx, KeyIn)
	if err != nil {
		return nil, 0, err
	}
	keys := make([]roll.PupilID, len(pupils))
	for i, p := range pupils {
		keys[i] = p.ID
	}
	rels, err := roll.RelationsOf(tx, keys)
	if err != nil {
		return nil, 0, err
	}
	may := map[roll.AdultID]bool{}
	for _, p := range pupils {
		for _, r := range rels[p.ID] {
			contact, _ := roll.May(r, roll.Contact, tx.Today())
			told, _ := roll.May(r, roll.Information, tx.Today())
			may[r.Adult.ID] = may[r.Adult.ID] || contact && told
			if contact && told {
				out = append(out, family.Wanted{Adult: r.Adult.ID, Pupil: p.ID, Thing: AskThing, Keys: []int64{int64(id)}, Since: &since})
			}
		}
	}
	for _, ok := range may {
		if !ok {
			barred++
		}
	}
	return out, barred, nil
}

// Outlets are the ways by which something reaches an adult from here by way of a child. The pages add how a letter reads.
func (s *Service) Outlets(fam *family.Service, letter func(family.Lettered) (string, error)) []roll.Outlet {
	return []roll.Outlet{{Key: "audit.asking", Words: "The school's questions to parents, by letter, text or e-mail", Needs: roll.Contact | roll.Information, Reads: []string{"audit.toAsk"},
		Probe: func(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
			id, err := s.latestToParents(ctx, a.Staff)
			if err != nil {
				return out, err
			}
			x, err := s.Asked(ctx, a.Staff, id, false)
			if err != nil {
				return out, err
			}
			var one []family.Wanted
			for _, w := range x.List {
				if w.Adult == a.Adult && w.Pupil == a.Pupil {
					one = append(one, w)
				}
			}
			plan, err := fam.Plan(ctx, a.Staff, one)
			if err != nil {
				return out, err
			}
			for _, r := range append(plan.To, plan.Paper...) {
				text, err := letter(r.Letter())
				if err != nil {
					return out, err
				}
				out.Reached, out.Text = true, out.Text+text
			}
			return out, nil
		}}}
}

// latestToParents finds the newest audit in which parents can answer today.
func (s *Service) latestToParents(ctx context.Context, p access.Pass) (id AuditID, err error) {
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := audits(tx)
		for _, a := range list {
			if a.Asks(Parents) && a.Open(tx.Today()) {
				id = a.ID
				return err
			}
		}
		if err == nil {
			err = fault.Gone("audit")
		}
		return err
	})
	return id, err
}
