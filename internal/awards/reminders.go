package awards

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/roll"
)

func newID() AwardID { return ids.New[Award]() }

const remindJob = "awards.remind"

// promise says when an award is looked at again: on its next day of reminding, at seven in the morning where the school is. One whose day has come already, such as
// an award that was entered late, is looked at now.
func (s *Service) promise(tx *db.Tx, a Award) error {
	if _, _, due := RemindNow(a.Expires, tx.Today()); due {
		return s.Jobs.Promise(tx, remindJob, int64(a.ID), tx.Now())
	}
	return s.later(tx, a)
}

// later promises the next reminder after today.
func (s *Service) later(tx *db.Tx, a Award) error {
	day := NextReminder(a.Expires, tx.Today())
	if day == "" {
		return nil
	}
	t, err := time.ParseInLocation("2006-01-02 15", day+" 07", s.DB.Clock().Zone())
	if err != nil {
		return err
	}
	return s.Jobs.Promise(tx, remindJob, int64(a.ID), t.UnixMilli())
}

// remind writes to the lead and to the heads 12, 9 and 3 months before an award runs out, each once, unless it has been renewed. If Ajar stood still on the day,
// the latest that is due goes out and those before it don't. The first page says the same, without any post.
func (s *Service) remind(ctx context.Context, j jobs.Job) error {
	return s.DB.Update(ctx, access.System("remind a school that an award runs out", j.Org), func(tx *db.Tx) error {
		list, err := awards(tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(a Award) bool { return int64(a.ID) == j.Key })
		if i < 0 || list[i].Outcome != Awarded || list[i].EndedMs != nil {
			return nil
		}
		a := list[i]
		if r := renewal(list, a.ID); r != nil && r.Outcome == Awarded {
			return nil
		}
		now, past, due := RemindNow(a.Expires, tx.Today())
		for _, r := range past {
			if _, err := markReminded(tx, a.ID, r.Months, TooLate); err != nil {
				return err
			}
		}
		if due {
			first, err := markReminded(tx, a.ID, now.Months, 0)
			if err != nil {
				return err
			}
			if first {
				n, err := s.write(tx, a, now)
				if err != nil {
					return err
				}
				if err := countReminded(tx, a.ID, now.Months, n); err != nil {
					return err
				}
			}
		}
		return s.later(tx, a)
	})
}

// write sends one reminder to each who leads, and tells to how many.
func (s *Service) write(tx *db.Tx, a Award, r Reminder) (n int, err error) {
	if s.Post == nil || !s.Post.Open(post.Email) {
		return 0, nil
	}
	parts, err := partsOf(tx, a.ID)
	if err != nil {
		return 0, err
	}
	roles, err := rolesHeld(tx)
	if err != nil {
		return 0, err
	}
	staff, err := colleagues(tx)
	if err != nil {
		return 0, err
	}
	today := tx.Today()
	wanted := map[roll.StaffID]bool{}
	for _, p := range parts {
		wanted[p.StaffID] = wanted[p.StaffID] || p.EndedMs == nil && p.Part == PartLead
	}
	for _, h := range roles {
		wanted[h.StaffID] = wanted[h.StaffID] || h.Role == roll.Head && h.Starts <= today && h.Ends >= today
	}
	owner := "one of our own"
	if a.Owner != "" {
		owner = "given by " + a.Owner
	}
	subject := fmt.Sprintf("%s runs out on %s", short(a.Title, 60), roll.DayInWords(a.Expires))
	body := fmt.Sprintf("%s (%s) was given on %s and runs out on %s, in %s.\n\nTo carry it on, open the award in Ajar and choose “Carry it on”: its evidence comes along, and what is older than a year is asked for again. If you let it run out, nothing needs to be done.\n",
		a.Title, owner, roll.DayInWords(a.AwardedOn), roll.DayInWords(a.Expires), plural(r.Months, "month", "months"))
	for _, c := range staff {
		if !wanted[c.ID] || c.Ends < today || !strings.Contains(c.Email, "@") {
			continue
		}
		if _, err := s.Post.Send(tx, post.Item{Way: post.Email, Staff: int64(c.ID), About: "awards.award", Key: int64(a.ID), Address: c.Email, Lang: "en", Subject: subject, Body: body}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Soon is an award of which the first page speaks.
type Soon struct {
	Award
	State  string
	Months int    // whole months left; for those that run out
	Why    string // "expires", "assess", "advise", "not yet"
	Next   *Award // the run that goes on from it
}

// HomeIn is what the first page says: to those who lead, awards that run out within a year and are not renewed; to an assessor what waits for them; to an adviser
// what they advise on.
func HomeIn(tx *db.Tx) (out []Soon, err error) {
	list, err := awards(tx)
	if err != nil {
		return nil, err
	}
	today := tx.Today()
	for _, a := range list {
		if a.EndedMs != nil {
			continue
		}
		next := renewal(list, a.ID)
		near := a.Outcome == Awarded && AddMonths(a.Expires, -12) <= today && today <= AddMonths(a.Expires, 12) && (next == nil || next.Outcome != Awarded)
		if !near && a.Outcome == Awarded {
			continue
		}
		x, err := enter(tx, a.ID)
		if fault.KindOf(err) == fault.NotFound || err == nil && a.Outcome == Awarded && !x.lead {
			continue // not theirs
		}
		if err != nil {
			return nil, err
		}
		s := Soon{Award: a, State: a.State(today), Next: next}
		switch {
		case near:
			s.Why, s.Months = "expires", MonthsLeft(a.Expires, today)
		case a.Frozen != nil && x.assesses:
			s.Why = "assess"
		case a.Gathering() && x.advises:
			s.Why = "advise"
		default:
			continue
		}
		out = append(out, s)
	}
	return out, nil
}
