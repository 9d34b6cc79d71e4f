package admin

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// Trail opens the trail: who did what, and who saw whom.
var Trail = access.Right{Key: "admin.trail", Words: "see who did what and who opened which record", Roles: map[access.Role]access.Scope{
	roll.Head: access.All, roll.SafeguardingLead: access.All, roll.Administrator: access.All}, Proof: true}

// TrailYears is how long the trail is kept while a school has not decided otherwise: six years, the time in which somebody can go to court about
// most things, and as long as the register entries and complaints that it bears witness to.
const TrailYears = 6

// TrailFilter is what the page of the trail asks.
type TrailFilter struct {
	Staff    roll.StaffID
	Kind     trail.Kind
	Pupil    roll.PupilID
	From, To string // days, both counted in
	Before   int64  // the next page: entries before this one
}

// TrailLine is an entry with the name of what it is about.
type TrailLine struct {
	trail.Line
	Subject string // name of the pupil or colleague; empty where there is none or the record is gone
}

// TrailView is a page of the trail.
type TrailView struct {
	Lines     []TrailLine
	Next      int64 // the next page begins before this entry; 0 when there is none
	People    []roll.Staff
	PupilName string
	Waiting   int // notes that are safe on the disk and will be in the chain in a moment
	Years     int
}

// trailPage is how many entries a page shows.
const trailPage = 50

// TrailShown gives a page of the trail.
func (s *Service) TrailShown(ctx context.Context, p access.Pass, f TrailFilter) (v TrailView, err error) {
	if err := p.CheckAll(Trail); err != nil {
		return v, err
	}
	v.Waiting = s.settle(ctx)
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		q, err := s.asked(f)
		if err != nil {
			return err
		}
		if f.Pupil != 0 {
			pupil, err := roll.Enter(tx, roll.See, f.Pupil)
			if err != nil {
				return err
			}
			v.PupilName = pupil.Name()
		}
		q.Limit = trailPage + 1
		lines, err := trail.List(tx, q)
		if err != nil {
			return err
		}
		if len(lines) > trailPage {
			lines = lines[:trailPage]
			v.Next = lines[trailPage-1].ID
		}
		if v.Lines, err = named(tx, lines); err != nil {
			return err
		}
		if v.Years, err = trailYears(tx); err != nil {
			return err
		}
		v.People, err = roll.People(tx)
		return err
	})
	return v, err
}

// settle lets what waits come into the chain before somebody looks, unless an import holds it up, and tells how many notes still wait.
func (s *Service) settle(ctx context.Context) int {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	log := trail.Of(s.DB)
	_ = log.Settle(ctx) // they are safe, and the page says how many are missing
	return log.Waiting()
}

// asked turns the days of a filter into times in the school's zone.
func (s *Service) asked(f TrailFilter) (trail.Filter, error) {
	q := trail.Filter{Staff: int64(f.Staff), Before: f.Before}
	if f.Kind != "" {
		q.Kinds = []trail.Kind{f.Kind}
	}
	if f.Pupil != 0 {
		q.About, q.Key = "pupil", int64(f.Pupil)
	}
	day := func(d string, add int) int64 {
		t, _ := time.ParseInLocation(time.DateOnly, d, s.DB.Clock().Zone())
		return t.AddDate(0, 0, add).UnixMilli()
	}
	if f.From != "" {
		q.FromMs = day(f.From, 0)
	}
	if f.To != "" {
		q.ToMs = day(f.To, 1)
	}
	if q.FromMs != 0 && q.ToMs != 0 && q.FromMs >= q.ToMs {
		return q, fault.Field("to", "The last day is before the first.")
	}
	return q, nil
}

// named finds the names of the pupils and colleagues that entries are about.
func named(tx *db.Tx, lines []trail.Line) ([]TrailLine, error) {
	keys := map[string]map[int64]bool{"pupil": {}, "staff": {}}
	for _, l := range lines {
		if k := keys[l.About]; k != nil && l.Key != 0 {
			k[l.Key] = true
		}
	}
	names := map[string]map[int64]string{}
	for about, set := range keys {
		var err error
		if names[about], err = namesOf(tx, about, set); err != nil {
			return nil, err
		}
	}
	out := make([]TrailLine, len(lines))
	for i, l := range lines {
		out[i] = TrailLine{l, names[l.About][l.Key]}
	}
	return out, nil
}

func namesOf(tx *db.Tx, about string, set map[int64]bool) (map[int64]string, error) {
	out := map[int64]string{}
	if len(set) == 0 {
		return out, nil
	}
	var args []any
	for k := range set {
		args = append(args, k)
	}
	places := make([]string, len(args))
	for i := range args {
		places[i] = "$" + strconv.Itoa(i+2)
	}
	in := strings.Join(places, ", ")
	if about == "staff" {
		list, err := db.All[roll.Staff](tx, `select id, name from roll_staff where org_id = $1 and id in (`+in+`)`, args...)
		for _, m := range list {
			out[int64(m.ID)] = m.Name
		}
		return out, err
	}
	list, err := db.All[roll.Pupil](tx, `select id, forename, known_as, surname from roll_pupil where org_id = $1 and id in (`+in+`)`, args...)
	for _, p := range list {
		out[int64(p.ID)] = p.Name()
	}
	return out, err
}

// maxTrailFile bounds a file of the trail. A year of a large school fits.
const maxTrailFile = 200_000

// TrailFile gives the entries of a filter, the oldest first, for a file.
func (s *Service) TrailFile(ctx context.Context, p access.Pass, f TrailFilter) (out []TrailLine, err error) {
	if err := p.CheckAll(Trail); err != nil {
		return nil, err
	}
	s.settle(ctx)
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		q, err := s.asked(f)
		if err != nil {
			return err
		}
		if f.Pupil != 0 {
			if _, err := roll.Enter(tx, roll.See, f.Pupil); err != nil {
				return err
			}
		}
		q.OldestFirst, q.Limit, q.Before = true, 500, 0
		for {
			lines, err := trail.List(tx, q)
			if err != nil || len(lines) == 0 {
				return err
			}
			more, err := named(tx, lines)
			if err != nil {
				return err
			}
			if out = append(out, more...); len(out) > maxTrailFile {
				return fault.New(fault.TooLarge, "That is more than %d entries. Choose fewer days and take several files.", maxTrailFile)
			}
			q.After = lines[len(lines)-1].ID
		}
	})
	return out, err
}

// Seen is who opened a record in the last twelve months. Those without the right over the trail, and those who have not proved the second step that it
// asks for, get the numbers only.
type Seen struct {
	People, Times int
	Latest        []trail.Seer // empty without the right and its second step
}

// SeenIn tells who opened a pupil's record, inside the transaction of a page that has entered the pupil.
func SeenIn(tx *db.Tx, pupil roll.PupilID) (Seen, error) {
	if _, err := tx.Pass().CheckNamed(roll.See); err != nil {
		return Seen{}, err
	}
	since := time.UnixMilli(tx.Now()).AddDate(-1, 0, 0).UnixMilli()
	all, err := trail.Seers(tx, "pupil", int64(pupil), since)
	out := Seen{People: len(all)}
	for _, x := range all {
		out.Times += x.Times
	}
	if tx.Pass().OpenScope(Trail) == access.All {
		out.Latest = all[:min(len(all), 6)]
	}
	return out, err
}

// trailYears is how long this school keeps its trail.
func trailYears(tx *db.Tx) (int, error) {
	text, err := roll.Setting(tx, roll.TrailYearsSetting)
	if err != nil {
		return 0, err
	}
	n, _ := strconv.Atoi(text)
	return cmp.Or(n, TrailYears), nil
}

// TrimTrail removes what is older than each organisation keeps its trail, and the same for the house.
func (s *Service) TrimTrail(ctx context.Context) error {
	orgs, err := s.Roll.Orgs(ctx)
	if err != nil {
		return err
	}
	cut := func(tx *db.Tx, years int) error {
		today, err := time.ParseInLocation(time.DateOnly, tx.Today(), s.DB.Clock().Zone()) // whole days, so that it happens once a day
		if err != nil {
			return err
		}
		_, err = trail.Trim(tx, today.AddDate(-years, 0, 0).UnixMilli())
		return err
	}
	for _, o := range orgs {
		if err := s.DB.Update(ctx, access.System("remove entries that are older than the trail is kept", int64(o.ID)), func(tx *db.Tx) error {
			years, err := trailYears(tx)
			if err != nil {
				return err
			}
			return cut(tx, years)
		}); err != nil {
			return fmt.Errorf("the trail of %s: %w", o.Code, err)
		}
	}
	return s.DB.Update(ctx, access.Installation("remove entries that are older than the trail is kept"), func(tx *db.Tx) error { return cut(tx, TrailYears) })
}

// TrailChecked is the trail of one organisation, followed from its beginning.
type TrailChecked struct {
	Org  string `json:"org"` // its code; "house" for what belongs to none
	Name string `json:"name"`
	trail.Report
}

// CheckTrail follows every chain. Marks that were written down elsewhere are looked up by the code of their organisation.
func (s *Service) CheckTrail(ctx context.Context, noted map[string][]trail.Mark) (out []TrailChecked, err error) {
	s.settle(ctx)
	orgs, err := s.Roll.Orgs(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range orgs {
		c := TrailChecked{Org: o.Code, Name: o.Name}
		if err := s.DB.View(ctx, access.System("follow the trail from its beginning", int64(o.ID)), func(tx *db.Tx) error {
			c.Report, err = trail.Verify(tx, int64(o.ID), noted[o.Code]...)
			return err
		}); err != nil {
			return nil, fmt.Errorf("the trail of %s: %w", o.Code, err)
		}
		delete(noted, o.Code)
		out = append(out, c)
	}
	c := TrailChecked{Org: "house", Name: "The installation"}
	if err := s.DB.View(ctx, access.Installation("follow the trail from its beginning"), func(tx *db.Tx) error {
		c.Report, err = trail.Verify(tx, 0, noted[c.Org]...)
		return err
	}); err != nil {
		return nil, err
	}
	delete(noted, c.Org)
	for code := range noted {
		return nil, fault.Field("noted", "There is no organisation with the code %q.", code)
	}
	return append(out, c), nil
}
