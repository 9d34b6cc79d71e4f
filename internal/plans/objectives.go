package plans

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
	"ajar/internal/roll"
)

func find(list []Objective, r Ref) (Objective, bool) {
	for _, o := range list {
		if o.Org == r.Org && o.ID == r.ID {
			return o, true
		}
	}
	return Objective{}, false
}

// objectivesHere lists the objectives that the organisation of the transaction follows: those of the groupings that it belongs to, the widest first, and
// its own. A grouping's objectives are no secret from its members; they are read where they lie.
func objectivesHere(tx *db.Tx) (out []Objective, err error) {
	groups, err := above(tx)
	if err != nil {
		return nil, err
	}
	slices.Reverse(groups)
	for _, g := range groups {
		if err := tx.Within(access.System("read the objectives that a grouping has set for its members", int64(g.ID)).Often(), func(in *db.Tx) error {
			list, err := objectivesOf(in)
			out = append(out, at(list, g)...)
			return err
		}); err != nil {
			return nil, err
		}
	}
	us, err := ownOrg(tx)
	if err != nil {
		return nil, err
	}
	list, err := objectivesOf(tx)
	return append(out, at(list, us)...), err
}

func at(list []Objective, o roll.Org) []Objective {
	for i := range list {
		list[i].Org, list[i].OrgName, list[i].OrgType = o.ID, o.Name, o.Type
	}
	return list
}

// Branch is an objective with what is done for it here.
type Branch struct {
	Objective
	Depth    int // how many objectives stand above it
	Covered  bool
	LastMs   int64
	Actions  []Action
	Measures []string // keys of what is measured for it
	Own      bool
}

// objectiveTree puts the objectives in force under those that they serve.
func objectiveTree(tx *db.Tx) (out []Branch, err error) {
	known, err := objectivesHere(tx)
	if err != nil {
		return nil, err
	}
	today, us := tx.Today(), roll.OrgID(tx.Pass().Org())
	known = slices.DeleteFunc(known, func(o Objective) bool { return o.Ends < today })
	links, err := servedBy(tx, false)
	if err != nil {
		return nil, err
	}
	sticks, err := yardsticks(tx)
	if err != nil {
		return nil, err
	}
	seen := map[Ref]bool{}
	var grow func(o Objective, depth int)
	grow = func(o Objective, depth int) {
		if seen[o.Ref()] {
			return
		}
		seen[o.Ref()] = true
		b := Branch{Objective: o, Depth: depth, Own: o.Org == us}
		for _, l := range links {
			if l.ref() == o.Ref() {
				b.Actions = append(b.Actions, l.Action)
				b.LastMs = max(b.LastMs, l.last())
			}
		}
		b.Covered = Covered(b.LastMs, today)
		for _, y := range sticks {
			if (Ref{y.ObjectiveOrg, y.ObjectiveID}) == o.Ref() {
				b.Measures = append(b.Measures, y.Measure)
			}
		}
		out = append(out, b)
		for _, x := range known {
			if up, ok := x.Above(); ok && up == o.Ref() {
				grow(x, depth+1)
			}
		}
	}
	for _, o := range known {
		up, ok := o.Above()
		if _, there := find(known, up); !ok || !there {
			grow(o, 0)
		}
	}
	for _, o := range known { // a ring of objectives has no root; it is shown flat
		grow(o, 0)
	}
	return out, nil
}

// TreeView is the page of objectives.
type TreeView struct {
	Org           roll.Org
	Today         string
	Tree          []Branch
	Visions       []Vision
	Consultations []Consultation
	Measures      []Measure
	MayLead       bool
}

// Uncovered are the objectives without a living action in the last 12 months.
func (v TreeView) Uncovered() (out []Branch) {
	for _, b := range v.Tree {
		if !b.Covered {
			out = append(out, b)
		}
	}
	return out
}

// Objectives opens the tree of objectives, the vision and the cycle of consulting.
func (s *Service) Objectives(ctx context.Context, p access.Pass) (v TreeView, err error) {
	if _, err := p.Check(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if err := see(tx); err != nil {
			return err
		}
		v.Today, v.Measures = tx.Today(), s.measures
		if v.Org, err = ownOrg(tx); err != nil {
			return err
		}
		if v.Tree, err = objectiveTree(tx); err != nil {
			return err
		}
		if v.Visions, err = visions(tx); err != nil {
			return err
		}
		if v.Consultations, err = consultations(tx); err != nil {
			return err
		}
		v.MayLead, err = mayLead(tx)
		return err
	})
	return v, err
}

// SetObjective sets an objective of the organisation, or changes one: id 0 makes a new one. aboveRef is the objective that it serves, if any.
func (s *Service) SetObjective(ctx context.Context, p access.Pass, id ObjectiveID, code, words string, aboveRef *Ref) (out ObjectiveID, err error) {
	code, words = strings.TrimSpace(code), strings.TrimSpace(words)
	err = s.leading(ctx, p, func(tx *db.Tx) error {
		var f fault.Fields
		if words == "" {
			f.Add("words", "Write the objective in a sentence.")
		}
		tooLong(&f, "words", words, longest)
		tooLong(&f, "code", code, 10)
		if err := f.Err(); err != nil {
			return err
		}
		o := Objective{ID: id, Code: code, Words: words, Starts: tx.Today(), Ends: roll.ForGood}
		known, err := objectivesHere(tx)
		if err != nil {
			return err
		}
		if aboveRef != nil {
			if _, ok := find(known, *aboveRef); !ok || id != 0 && aboveRef.ID == id {
				return fault.Field("above", "Choose an objective from the list.")
			}
			o.AboveOrg, o.AboveID = &aboveRef.Org, &aboveRef.ID
		}
		if id == 0 {
			o.ID = ids.New[Objective]()
			out = o.ID
			return insertObjective(tx, o)
		}
		out = id
		was, ok := find(known, Ref{roll.OrgID(p.Org()), id})
		if !ok {
			return fault.Gone("objective")
		}
		o.Ends = was.Ends
		_, err = updateObjective(tx, o)
		return err
	})
	return out, err
}

// EndObjective lets an objective end today, or hold again. The actions that served it still say so.
func (s *Service) EndObjective(ctx context.Context, p access.Pass, id ObjectiveID, end bool) error {
	return s.leading(ctx, p, func(tx *db.Tx) error {
		list, err := objectivesOf(tx)
		if err != nil {
			return err
		}
		for _, o := range list {
			if o.ID == id {
				o.Ends = roll.ForGood
				if end {
					o.Ends = addDays(tx.Today(), -1)
				}
				_, err := updateObjective(tx, o)
				return err
			}
		}
		return fault.Gone("objective")
	})
}

// Measures says what is measured for an objective: exactly these of what the rooms offer.
func (s *Service) Measures(ctx context.Context, p access.Pass, r Ref, keys []string) error {
	return s.leading(ctx, p, func(tx *db.Tx) error {
		known, err := objectivesHere(tx)
		if err != nil {
			return err
		}
		if _, ok := find(known, r); !ok {
			return fault.Gone("objective")
		}
		for _, k := range keys {
			if !slices.ContainsFunc(s.measures, func(m Measure) bool { return m.Key == k }) {
				return fault.Field("measures", "Choose from the list.")
			}
		}
		for _, m := range s.measures {
			if err := putYardstick(tx, m.Key, r, slices.Contains(keys, m.Key)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Adopt keeps a vision statement with the day on which it was adopted and who was consulted. The ones before stay.
func (s *Service) Adopt(ctx context.Context, p access.Pass, v Vision) error {
	v.Words, v.Consulted = strings.TrimSpace(v.Words), strings.TrimSpace(v.Consulted)
	return s.leading(ctx, p, func(tx *db.Tx) error {
		var f fault.Fields
		if v.Words == "" {
			f.Add("vision", "Write the vision in a sentence or two.")
		}
		if _, err := time.Parse(time.DateOnly, v.AdoptedOn); err != nil {
			f.Add("adopted_on", "Write the day on which it was adopted.")
		} else if v.AdoptedOn > tx.Today() {
			f.Add("adopted_on", "This day lies ahead. Keep it here once it is adopted.")
		}
		if v.Consulted == "" {
			f.Add("consulted", "Write who was consulted: for example “parents’ forum, staff, governors, the children’s centre”. If nobody was, say so.")
		}
		tooLong(&f, "vision", v.Words, longest)
		tooLong(&f, "consulted", v.Consulted, longest)
		if err := f.Err(); err != nil {
			return err
		}
		return insertVision(tx, v)
	})
}

// Consult puts a turn of asking into the yearly cycle.
func (s *Service) Consult(ctx context.Context, p access.Pass, c Consultation) (id ids.ID[Consultation], err error) {
	c.ID, c.Whom, c.How = ids.New[Consultation](), strings.TrimSpace(c.Whom), strings.TrimSpace(c.How)
	err = s.leading(ctx, p, func(tx *db.Tx) error {
		var f fault.Fields
		if c.Whom == "" {
			f.Add("whom", "Write whom you mean to ask: parents, staff, partners …")
		}
		if _, err := time.Parse(time.DateOnly, c.Due); err != nil {
			f.Add("due", "Write the day by which they are asked.")
		}
		tooLong(&f, "whom", c.Whom, 200)
		tooLong(&f, "how", c.How, 200)
		if err := f.Err(); err != nil {
			return err
		}
		return insertConsultation(tx, c)
	})
	return c.ID, err
}

// Consulted says that a turn is done and what came of it. The next one stands a year later by itself.
func (s *Service) Consulted(ctx context.Context, p access.Pass, id ids.ID[Consultation], on, came string) error {
	came = strings.TrimSpace(came)
	return s.leading(ctx, p, func(tx *db.Tx) error {
		c, err := consultationByID(tx, id)
		if err != nil {
			return err
		}
		var f fault.Fields
		if _, err := time.Parse(time.DateOnly, on); err != nil || on > tx.Today() {
			f.Add("on", "Write the day on which they were asked.")
		}
		if came == "" {
			f.Add("came", "Write what came of it, even if it is that nothing changed.")
		}
		tooLong(&f, "came", came, longest)
		if err := f.Err(); err != nil {
			return err
		}
		c.DoneOn, c.CameOfIt = on, came
		n, err := doneConsultation(tx, c)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "What came of this was written down already.")
		}
		return insertConsultation(tx, Consultation{ID: ids.New[Consultation](), Whom: c.Whom, How: c.How, Due: NextYear(c.Due)})
	})
}

// Unconsult takes a turn that has not been held out of the cycle.
func (s *Service) Unconsult(ctx context.Context, p access.Pass, id ids.ID[Consultation]) error {
	return s.leading(ctx, p, func(tx *db.Tx) error {
		n, err := dropConsultation(tx, id)
		if err == nil && n == 0 {
			err = fault.Gone("consultation")
		}
		return err
	})
}

// uncoveredGaps are what this room itself offers as priorities.
func (s *Service) uncoveredGaps(tx *db.Tx) (out []Gap, err error) {
	tree, err := objectiveTree(tx)
	for _, b := range tree {
		if b.Covered {
			continue
		}
		why := "No action has served it yet."
		if b.LastMs > 0 {
			why = "The last word about an action for it is from " + dayOf(b.LastMs) + "."
		}
		out = append(out, Gap{Source: Source{"objective", b.Ref().String(), b.Title(), "/objectives"}, Theme: "Strategy", Why: fmt.Sprintf("Set by %s. %s", b.OrgName, why), Measure: "What we planned for it has happened, and families say so",
			Suggest: []string{"Agree with staff and parents what we do this year for “" + b.Words + "”", "Find what we do already for “" + b.Words + "”, write it down, and ask families whether it works",
				"Ask the other schools of the cluster what they do for “" + b.Words + "”, and try one of it"}})
	}
	return out, err
}

// Goal is an objective in the roll-up of a grouping: how many actions serve it, in how many organisations. No name of a school goes with them.
type Goal struct {
	Objective
	Actions int
	Orgs    int
	Covered bool // by a sign of life within 12 months
	// Split says how the actions stand. It is there only where five members or more have one, so that nobody's lateness is read out of it. The grouping's own
	// plan is none of the five: whoever reads this reads that plan, and could take it from the sum.
	Split   *Tally
	members int
}

// FewestForSplit is how many members must have an action before it is shown how the actions stand.
const FewestForSplit = 5

// split is how the actions of a goal stand, where enough members have one.
func split(members int, actions []Action, today string) *Tally {
	if members < FewestForSplit {
		return nil
	}
	t := Count(actions, today)
	return &t
}

// RollUp is what the members of a grouping do for its objectives.
type RollUp struct {
	Org     roll.Org
	Today   string
	Goals   []Goal
	Members int // schools and centres below
	Giving  int // of those: who let their figures go up and have a plan that may be counted
}

// RollUp counts what the members do for the objectives of the grouping of the pass. A member's action counts when the member's figures go up on every step
// of the way, and its head has let this plan be counted. ok is false where the organisation has no members.
func (s *Service) RollUp(ctx context.Context, p access.Pass) (r RollUp, ok bool, err error) {
	if _, err := p.Check(See); err != nil {
		return r, false, err
	}
	if err := s.DB.View(ctx, p, func(tx *db.Tx) error {
		if r.Org, err = ownOrg(tx); err != nil {
			return err
		}
		list, err := objectivesOf(tx)
		r.Today = tx.Today()
		for _, o := range at(list, r.Org) {
			if o.Ends >= r.Today {
				r.Goals = append(r.Goals, Goal{Objective: o})
			}
		}
		return err
	}); err != nil || !r.Org.Grouping() {
		return r, false, err
	}
	type step struct {
		org   roll.Org
		gives bool // everyone between it and us gives
	}
	last := make([]int64, len(r.Goals))
	splits := make([][]Action, len(r.Goals))
	seen := map[roll.OrgID]bool{r.Org.ID: true}
	for next := []step{{r.Org, true}}; len(next) > 0; next = next[1:] {
		here := next[0]
		if err := s.countOne(ctx, &r, here.org, here.gives, last, splits); err != nil {
			return r, false, err
		}
		members, err := s.Roll.Members(ctx, here.org.ID, r.Today)
		if err != nil {
			return r, false, err
		}
		for _, m := range members {
			if seen[m.ID] {
				continue
			}
			seen[m.ID] = true
			on := here.gives && s.Gives != nil
			if on {
				if on, err = s.Gives(ctx, m.ID, here.org.ID); err != nil {
					return r, false, err
				}
			}
			next = append(next, step{m, on})
		}
	}
	for i := range r.Goals {
		r.Goals[i].Covered = Covered(last[i], r.Today)
		r.Goals[i].Split = split(r.Goals[i].members, splits[i], r.Today)
	}
	return r, true, nil
}

// countOne adds the actions of one organisation that serve the grouping's objectives. The grouping's own plan needs nobody's consent.
func (s *Service) countOne(ctx context.Context, r *RollUp, org roll.Org, gives bool, last []int64, splits [][]Action) error {
	own := org.ID == r.Org.ID
	if !org.Grouping() {
		r.Members++
	}
	if !gives {
		return nil
	}
	return s.DB.View(ctx, access.System("count a member's actions for its grouping's objectives, figures only", int64(org.ID)), func(tx *db.Tx) error {
		shared := own
		if !own {
			list, err := plansOf(tx)
			if err != nil {
				return err
			}
			shared = slices.ContainsFunc(list, func(p Plan) bool { return p.Shared })
			if shared && !org.Grouping() {
				r.Giving++
			}
		}
		if !shared {
			return nil
		}
		links, err := servedBy(tx, !own)
		if err != nil {
			return err
		}
		for i := range r.Goals {
			n := 0
			for _, l := range links {
				if l.ref() != r.Goals[i].Ref() || l.Status == Carried {
					continue
				}
				n++
				last[i] = max(last[i], l.last())
				splits[i] = append(splits[i], l.Action)
			}
			r.Goals[i].Actions += n
			if n > 0 {
				r.Goals[i].Orgs++
				if !own {
					r.Goals[i].members++
				}
			}
		}
		return nil
	})
}
