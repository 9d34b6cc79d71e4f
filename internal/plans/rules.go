package plans

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/fault"
)

// Overdue: the day has passed where the school is, and the action is not done (A04). The day itself is not late. What was stopped or carried on is not
// waited for any more.
func Overdue(a Action, today string) bool { return !a.Status.Ended() && a.Due < today }

// soonDays is how long before its day an action begins to be due soon.
const soonDays = 14

// DueSoon tells whether the day comes within two weeks.
func DueSoon(a Action, today string) bool {
	return !a.Status.Ended() && a.Due >= today && a.Due <= addDays(today, soonDays)
}

// Look is how an action stands, as the page shows it.
type Look string

// The looks. Each has words; the colour only helps.
const (
	LookToDo    Look = "Not started"
	LookGoing   Look = "Under way"
	LookSoon    Look = "Due soon"
	LookOverdue Look = "Overdue"
	LookDone    Look = "Done"
	LookStopped Look = "Stopped"
	LookCarried Look = "Carried on"
)

// LookOf tells how an action stands on a day.
func LookOf(a Action, today string) Look {
	switch {
	case Overdue(a, today):
		return LookOverdue
	case a.Status == Done:
		return LookDone
	case a.Status == Stopped:
		return LookStopped
	case a.Status == Carried:
		return LookCarried
	case DueSoon(a, today):
		return LookSoon
	case a.Status == Going:
		return LookGoing
	}
	return LookToDo
}

// Tally counts actions by how they stand. Removed ones are not among them.
type Tally struct {
	All, ToDo, Going, Done, Stopped, Carried int
	Overdue, Soon                            int // among ToDo and Going
	Planned, Spent                           int64
	NoCost                                   int // actions of which nobody has said what they cost
}

// Count adds the actions up.
func Count(list []Action, today string) (t Tally) {
	for _, a := range list {
		if a.RemovedMs != nil {
			continue
		}
		t.All++
		switch a.Status {
		case ToDo:
			t.ToDo++
		case Going:
			t.Going++
		case Done:
			t.Done++
		case Stopped:
			t.Stopped++
		case Carried:
			t.Carried++
		}
		if Overdue(a, today) {
			t.Overdue++
		}
		if DueSoon(a, today) {
			t.Soon++
		}
		if a.PlannedPence == nil {
			t.NoCost++
		} else {
			t.Planned += *a.PlannedPence
		}
		if a.SpentPence != nil {
			t.Spent += *a.SpentPence
		}
	}
	return t
}

// Complete says why a plan can't be called complete. A plan without actions never can (A04); one with actions can when each has come to an end.
func Complete(t Tally) error {
	if t.All == 0 {
		return fault.New(fault.Conflict, "A plan without a single action can't be complete. Add what you mean to do, or leave the plan open.")
	}
	if open := t.ToDo + t.Going; open > 0 {
		return fault.New(fault.Conflict, "%s not finished. Say that it is done, stop it with a reason, or carry it on into the next plan first.", plural(open, "action is", "actions are"))
	}
	return nil
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// Covered tells whether an objective has an action that shows a sign of life within the last 12 months: linked, or written about, since then (A03).
// lastMs is the latest such sign of any of its actions; 0 where it has none.
func Covered(lastMs int64, today string) bool {
	if lastMs == 0 {
		return false
	}
	t, err := time.Parse(time.DateOnly, today)
	return err == nil && time.UnixMilli(lastMs).UTC().Format(time.DateOnly) >= t.AddDate(-1, 0, 0).Format(time.DateOnly)
}

var pounds = regexp.MustCompile(`^£? ?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,8})(?:\.([0-9]{1,2}))?$`)

// ReadPounds reads an amount as people type it into whole pence. Empty is not known, which is not nought.
func ReadPounds(text string) (*int64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	m := pounds.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("write an amount in pounds, like 1,250 or 12.50")
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(m[1], ",", ""), 10, 64)
	if err != nil {
		return nil, err
	}
	n *= 100
	if m[2] != "" {
		p, _ := strconv.ParseInt((m[2] + "0")[:2], 10, 64)
		n += p
	}
	return &n, nil
}

// Pounds writes pence as pounds: £1,250 or £12.50.
func Pounds(pence int64) string {
	whole := strconv.FormatInt(pence/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if pence%100 == 0 {
		return "£" + whole
	}
	return fmt.Sprintf("£%s.%02d", whole, pence%100)
}

// PoundsOr is an amount, or "" where nobody has said.
func PoundsOr(pence *int64) string {
	if pence == nil {
		return ""
	}
	return Pounds(*pence)
}

func addDays(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// NextDay is when a reminder about an action is due: a week before its day, the day after it, and every four weeks while it is late. It is the first such
// day after a given one; "" when there is nothing to be reminded of.
func NextDay(a Action, after string) string {
	if a.Status.Ended() || a.RemovedMs != nil || a.Due == "" {
		return ""
	}
	for _, d := range []string{addDays(a.Due, -7), addDays(a.Due, 1)} {
		if d > after {
			return d
		}
	}
	d := addDays(a.Due, 1)
	for d <= after {
		d = addDays(d, 28)
	}
	return d
}

// RemindOn tells whether a day is one of an action's days of reminding.
func RemindOn(a Action, day string) bool { return NextDay(a, addDays(day, -1)) == day }

// NextYear is the day a year later; 29 February becomes 1 March.
func NextYear(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(1, 0, 0).Format(time.DateOnly)
}

// judge says what is missing from an action, and gives the amounts in pence.
func (t *Typed) judge() (planned, spent *int64, err error) {
	var f fault.Fields
	for _, p := range []*string{&t.Theme, &t.Words, &t.Measure, &t.Funding} {
		*p = strings.TrimSpace(*p)
	}
	if t.Words == "" {
		f.Add("words", "Write what is to be done, in a sentence.")
	}
	if t.Due == "" {
		f.Add("due", "Write the day by which it is to be done.")
	} else if _, e := time.Parse(time.DateOnly, t.Due); e != nil {
		f.Add("due", "%q is not a day.", t.Due)
	}
	if t.Measure == "" {
		f.Add("measure", "Write how you will see that it has worked.")
	}
	tooLong(&f, "words", t.Words, longest)
	tooLong(&f, "measure", t.Measure, longest)
	tooLong(&f, "theme", t.Theme, 100)
	tooLong(&f, "funding", t.Funding, 200)
	var e error
	if planned, e = ReadPounds(t.Planned); e != nil {
		f.Add("planned", "%s", capital(e.Error())+".")
	}
	if spent, e = ReadPounds(t.Spent); e != nil {
		f.Add("spent", "%s", capital(e.Error())+".")
	}
	return planned, spent, f.Err()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// judge says what is missing from a plan.
func (p *Plan) judge() error {
	var f fault.Fields
	p.Title = strings.TrimSpace(p.Title)
	if p.Title == "" {
		f.Add("title", "Give the plan a name, such as “Working with families 2026/27”.")
	}
	tooLong(&f, "title", p.Title, 200)
	for name, day := range map[string]string{"starts": p.Starts, "ends": p.Ends} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			f.Add(name, "Write the day, like 1/9/2026.")
		}
	}
	if p.Starts != "" && p.Ends != "" && p.Ends < p.Starts {
		f.Add("ends", "The plan would end before it begins.")
	}
	return f.Err()
}
