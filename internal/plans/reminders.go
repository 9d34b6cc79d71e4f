package plans

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/roll"
)

const remindJob = "plans.remind"

// promise says when an action is looked at again: on its next day of reminding, at seven in the morning where the school is.
func (s *Service) promise(tx *db.Tx, a Action) error {
	day := NextDay(a, tx.Today())
	if day == "" {
		_, err := s.Jobs.Cancel(tx, remindJob, int64(a.ID))
		return err
	}
	return s.Jobs.Promise(tx, remindJob, int64(a.ID), s.morning(day))
}

// morning is seven o'clock of a day, in milliseconds UTC.
func (s *Service) morning(day string) int64 {
	t, err := time.ParseInLocation("2006-01-02 15", day+" 07", s.DB.Clock().Zone())
	if err != nil {
		return 0
	}
	return t.UnixMilli()
}

// remind writes to the owner of an action, if it is still waiting, today is a day of reminding, and there is a way: e-mail has been set up and the owner
// has an address. Whether or not, it promises the next one. The first page of Ajar says the same to everyone, without any post.
func (s *Service) remind(ctx context.Context, j jobs.Job) error {
	return s.DB.Update(ctx, access.System("remind colleagues of the actions that they own", j.Org), func(tx *db.Tx) error {
		list, err := db.All[Action](tx, `select `+actionColumns+actionFrom+` where a.org_id = $1 and a.id = $2 and a.removed_ms is null`, j.Key)
		if err != nil || len(list) == 0 {
			return err
		}
		a := list[0]
		plan, err := planByID(tx, a.PlanID)
		if err != nil || !plan.Open() || a.Status.Ended() {
			return err
		}
		if RemindOn(a, tx.Today()) {
			if err := s.write(tx, a, plan); err != nil {
				return err
			}
		}
		return s.promise(tx, a)
	})
}

// write sends one reminder; twice on one day is once.
func (s *Service) write(tx *db.Tx, a Action, plan Plan) error {
	if a.OwnerID == nil || s.Post == nil || !s.Post.Open(post.Email) {
		return nil
	}
	email, err := emailOf(tx, *a.OwnerID)
	if err != nil || !strings.Contains(email, "@") {
		return err
	}
	said, err := entriesOf(tx, a.ID)
	if err != nil {
		return err
	}
	for _, e := range said {
		if e.Kind == "reminded" && e.Now == tx.Today() {
			return nil
		}
	}
	subject, first := "Due on "+roll.DayInWords(a.Due)+": "+short(a.Words), "An action of yours is to be done by "+roll.DayInWords(a.Due)+"."
	if Overdue(a, tx.Today()) {
		subject, first = "Overdue: "+short(a.Words), "An action of yours was to be done by "+roll.DayInWords(a.Due)+"."
	}
	body := fmt.Sprintf("%s\n\n%s\n\nPlan: %s\nHow we see that it worked: %s\n\nOpen Ajar and write a line about what has happened since, or say that it is done. If it can't be done by then, say so there: the plan can be changed.\n", first, a.Words, plan.Title, a.Measure)
	if _, err := s.Post.Send(tx, post.Item{Way: post.Email, Staff: int64(*a.OwnerID), About: "plans.action", Key: int64(a.ID), Address: email, Lang: "en", Subject: subject, Body: body}); err != nil {
		return err
	}
	return insertEntry(tx, Entry{ActionID: a.ID, Kind: "reminded", Now: tx.Today()})
}

func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

func dayOf(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }

// Home is what the first page says: one's own actions that are late or due soon, and for those who lead how many others are late.
type Home struct {
	Today   string
	Mine    []Action
	Overdue int // of everyone, for those who lead
	Whole   bool
}

// HomeIn reads it.
func HomeIn(tx *db.Tx) (h Home, err error) {
	h.Today = tx.Today()
	if h.Whole, err = maySee(tx); err != nil || !h.Whole {
		return h, err
	}
	if w := tx.Pass().Who().Staff; w != 0 {
		if h.Mine, err = waitingActions(tx, roll.StaffID(w), addDays(h.Today, soonDays)); err != nil {
			return h, err
		}
	}
	if ok, err := mayLead(tx); err != nil || !ok {
		return h, err
	}
	late, err := waitingActions(tx, 0, addDays(h.Today, -1))
	h.Overdue = len(late)
	return h, err
}
