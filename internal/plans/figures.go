package plans

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// Room is a room's gaps on the page of priorities.
type Room struct {
	Key, Title string
	Gaps       []OpenGap
}

// OpenGap is a gap with what the plan has for it already.
type OpenGap struct {
	Gap
	Actions []Action
}

// Priorities is the page on which a plan begins: what the rooms say is not as it should be.
type Priorities struct {
	Plan  Plan
	Today string
	Rooms []Room
	Open  int // gaps without an action in this plan
}

// Priorities asks every room for its gaps.
func (s *Service) Priorities(ctx context.Context, p access.Pass, id PlanID) (v Priorities, err error) {
	if _, err := p.CheckNamed(Lead); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if err := lead(tx); err != nil {
			return err
		}
		v.Today = tx.Today()
		if v.Plan, err = planByID(tx, id); err != nil {
			return err
		}
		actions, err := actionsOf(tx, id)
		if err != nil {
			return err
		}
		for _, o := range s.offers {
			gaps, err := o.Gaps(tx)
			if err != nil {
				return err
			}
			room := Room{Key: o.Key, Title: o.Title}
			for _, g := range gaps {
				x := OpenGap{Gap: g}
				for _, a := range actions {
					if a.Source().Same(g.Source) {
						x.Actions = append(x.Actions, a)
					}
				}
				if len(x.Actions) == 0 {
					v.Open++
				}
				room.Gaps = append(room.Gaps, x)
			}
			if len(room.Gaps) > 0 {
				v.Rooms = append(v.Rooms, room)
			}
		}
		return nil
	})
	return v, err
}

// Gap finds one gap again by its source, for the form that makes an action of it. What the browser sends is only the key: the words are the room's.
func (s *Service) Gap(ctx context.Context, p access.Pass, kind, key string) (g Gap, ok bool, err error) {
	if _, err := p.CheckNamed(Lead); err != nil {
		return g, false, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if err := lead(tx); err != nil {
			return err
		}
		for _, o := range s.offers {
			gaps, err := o.Gaps(tx)
			if err != nil {
				return err
			}
			for _, x := range gaps {
				if x.Source.Kind == kind && x.Source.Key == key && kind != "" {
					g, ok = x, true
					return nil
				}
			}
		}
		return nil
	})
	return g, ok, err
}

// Group is a part of the progress page: a theme, or an objective.
type Group struct {
	Title   string
	Actions []Action
	Tally   Tally
}

// Change is something measured at the beginning and now.
type Change struct {
	Title    string
	Link     string
	Readings []Reading
}

// Progress says what is done, under way and overdue, and what has changed beside it.
type Progress struct {
	PlanView
	Themes     []Group
	Objectives []Group
	Since      []Said // what has happened in the last four weeks
	Changes    []Change
}

// Said is a line of the history with the action that it is about.
type Said struct {
	Entry
	Action Action
}

// Progress opens the progress page of a plan.
func (s *Service) Progress(ctx context.Context, p access.Pass, id PlanID) (v Progress, err error) {
	if _, err := p.Check(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if err := see(tx); err != nil {
			return err
		}
		v, err = s.progress(tx, id)
		return err
	})
	return v, err
}

func (s *Service) progress(tx *db.Tx, id PlanID) (v Progress, err error) {
	if v.PlanView, err = planView(tx, id); err != nil {
		return v, err
	}
	v.Themes = groups(v.Actions, v.Today, func(a Action) []string { return []string{cmp.Or(a.Theme, "Other")} })
	v.Objectives = groups(v.Actions, v.Today, func(a Action) (out []string) {
		for _, o := range v.Serves[a.ID] {
			out = append(out, o.OrgName+": "+o.Title())
		}
		if out == nil {
			out = []string{"Serves no objective"}
		}
		return out
	})
	list, err := entriesSince(tx, id, tx.Now()-28*24*time.Hour.Milliseconds())
	if err != nil {
		return v, err
	}
	for _, e := range list {
		at := slices.IndexFunc(v.Actions, func(a Action) bool { return a.ID == e.ActionID })
		if at >= 0 {
			v.Since = append(v.Since, Said{e, v.Actions[at]})
		}
	}
	v.Changes, err = s.changes(tx, v.Starts, v.Ends)
	return v, err
}

func (s *Service) changes(tx *db.Tx, from, to string) (out []Change, err error) {
	for _, m := range s.measures {
		r, err := m.Read(tx, from, min(to, tx.Today()))
		if err != nil {
			return nil, err
		}
		if len(r) > 0 {
			out = append(out, Change{m.Title, m.Link, r})
		}
	}
	return out, nil
}

// groups parts actions by a key, in the order of the keys; an action may be in several.
func groups(list []Action, today string, keys func(Action) []string) (out []Group) {
	for _, a := range list {
		for _, k := range keys(a) {
			at := slices.IndexFunc(out, func(g Group) bool { return g.Title == k })
			if at < 0 {
				at = len(out)
				out = append(out, Group{Title: k})
			}
			out[at].Actions = append(out[at].Actions, a)
		}
	}
	for i := range out {
		out[i].Tally = Count(out[i].Actions, today)
	}
	slices.SortStableFunc(out, func(a, b Group) int {
		last := func(g Group) int {
			if g.Title == "Other" || g.Title == "Serves no objective" {
				return 1
			}
			return 0
		}
		return cmp.Or(last(a)-last(b), cmp.Compare(a.Title, b.Title))
	})
	return out
}

// ExtractLine is an action as governors read it: no name of anybody.
type ExtractLine struct {
	Theme   string
	Words   string
	Who     string // the part of the owner, such as "Senior leader"; never a name
	Due     string
	Measure string
	Look    Look
	Reason  string // why it was stopped
	Planned *int64
	Spent   *int64
	Funding string
}

// Extract is the plan as governors read it.
type Extract struct {
	Plan
	Org      string
	Today    string
	Lines    []ExtractLine
	Tally    Tally
	Themes   []Group // without their actions
	Changes  []Change
	Vision   string
	Adopted  string
	MayPlan  bool // the reader may open the plan itself
	Withheld int  // names that were taken out
}

// Extract makes what governors read: every name of a pupil, parent or carer on record is taken out of the words, and owners are named by their part. What is
// measured comes from its room with small numbers hidden already. The notes of the history are for staff and are not in it.
func (s *Service) Extract(ctx context.Context, p access.Pass, id PlanID) (x Extract, err error) {
	if _, err := p.Check(See); err != nil {
		return x, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		x, err = s.extract(tx, id)
		return err
	})
	return x, err
}

func (s *Service) extract(tx *db.Tx, id PlanID) (x Extract, err error) {
	x.Today = tx.Today()
	if x.Plan, err = planByID(tx, id); err != nil {
		return x, err
	}
	o, err := ownOrg(tx)
	if err != nil {
		return x, err
	}
	x.Org = o.Name
	if x.MayPlan, err = maySee(tx); err != nil {
		return x, err
	}
	actions, err := actionsOf(tx, id)
	if err != nil {
		return x, err
	}
	roles, err := rolesOf(tx)
	if err != nil {
		return x, err
	}
	texts := []*string{&x.Title}
	for _, a := range actions {
		who := "Nobody yet"
		if a.OwnerID != nil {
			who = cmp.Or(roles[*a.OwnerID], "A colleague")
		}
		x.Lines = append(x.Lines, ExtractLine{a.Theme, a.Words, who, a.Due, a.Measure, LookOf(a, x.Today), a.StoppedWhy, a.PlannedPence, a.SpentPence, a.Funding})
	}
	for i := range x.Lines {
		l := &x.Lines[i]
		texts = append(texts, &l.Theme, &l.Words, &l.Measure, &l.Reason, &l.Funding)
	}
	vs, err := visions(tx)
	if err != nil {
		return x, err
	}
	if len(vs) > 0 {
		x.Vision, x.Adopted = vs[0].Words, vs[0].AdoptedOn
		texts = append(texts, &x.Vision)
	}
	if err := roll.WithoutNames(tx, texts...); err != nil {
		return x, err
	}
	for _, t := range texts {
		x.Withheld += strings.Count(*t, roll.Hidden)
	}
	x.LeadName, x.ByName, x.ClosedBy, x.LeadID = "", "", "", nil
	x.Tally = Count(actions, x.Today)
	clean := make([]Action, len(actions))
	for i, a := range actions {
		a.Theme = x.Lines[i].Theme
		clean[i] = a
	}
	x.Themes = groups(clean, x.Today, func(a Action) []string { return []string{cmp.Or(a.Theme, "Other")} })
	for i := range x.Themes {
		x.Themes[i].Actions = nil
	}
	x.Changes, err = s.changes(tx, x.Starts, x.Ends)
	return x, err
}
