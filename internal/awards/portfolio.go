package awards

import (
	"context"
	"slices"
	"time"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

// View is an award as somebody may see it.
type View struct {
	Award
	Today     string
	Portfolio Portfolio
	Shows     *Version // the frozen version that is shown; nil: as it is now
	Versions  []Version
	Parts     []Part // today's
	Verdicts  []Verdict
	Decisions []Decision
	Blocked   []string // what stands between it and its assessment
	Names     []roll.NameFound
	Reminded  []Reminded
	Before    *Award // the run that it goes on from
	After     *Award // the run that goes on from it
	NotYours  string // why the assessor who is signed in may not assess

	MayLead, MayGather, MayAdvise, MayAssess, MayFiles bool
	Outside                                            bool // only an assessor: sees frozen versions and nothing else
}

// State says where it stands.
func (v View) State() string { return v.Award.State(v.Today) }

// Verdict is what was said of an objective of the version that is shown.
func (v View) Verdict(objective string) (Verdict, bool) {
	if v.Shows == nil {
		return Verdict{}, false
	}
	i := slices.IndexFunc(v.Verdicts, func(x Verdict) bool { return x.No == v.Shows.No && x.Objective == objective })
	if i < 0 {
		return Verdict{}, false
	}
	return v.Verdicts[i], true
}

// Decision is the last one.
func (v View) Decision() (Decision, bool) {
	if len(v.Decisions) == 0 {
		return Decision{}, false
	}
	return v.Decisions[len(v.Decisions)-1], true
}

// NamesOf are the names of those who have a part.
func (v View) NamesOf(part string) (out []string) {
	for _, p := range v.Parts {
		if p.Part == part {
			out = append(out, p.Name)
		}
	}
	return out
}

// Open opens an award: as it is now, or with a number as it was when that version was frozen. An assessor sees frozen versions alone.
func (s *Service) Open(ctx context.Context, p access.Pass, id AwardID, no int) (v View, err error) {
	if _, err := p.Check(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		x, err := enter(tx, id)
		if err != nil {
			return err
		}
		v, err = view(tx, x, no)
		return err
	})
	return v, err
}

func view(tx *db.Tx, x standing, no int) (v View, err error) {
	v = View{Award: x.Award, Today: tx.Today(), MayLead: x.lead, MayGather: x.gathers, MayAdvise: x.advises, MayAssess: x.assesses, MayFiles: x.scope >= access.Own, Outside: x.only}
	if v.Versions, err = versionsOf(tx, x.ID); err != nil {
		return v, err
	}
	if v.Verdicts, err = verdictsOf(tx, x.ID); err != nil {
		return v, err
	}
	if v.Decisions, err = decisionsOf(tx, x.ID); err != nil {
		return v, err
	}
	for _, q := range x.parts {
		if q.EndedMs == nil {
			v.Parts = append(v.Parts, q)
		}
	}
	switch {
	case no != 0:
	case x.Frozen != nil:
		no = *x.Frozen
	case x.Outcome == Awarded || x.only:
		for _, w := range v.Versions {
			if w.TakenBackMs == nil {
				no = w.No
			}
		}
	}
	if no == 0 {
		if v.Portfolio, err = portfolio(tx, x); err != nil {
			return v, err
		}
		if x.only { // nothing is ready yet: the objectives, and no more
			v.Portfolio = empty(v.Portfolio)
		}
	} else {
		i := slices.IndexFunc(v.Versions, func(w Version) bool { return w.No == no })
		if i < 0 {
			return v, fault.Gone("version")
		}
		v.Shows = &v.Versions[i]
		if v.Portfolio, err = frozenPortfolio(tx, x.ID, no); err != nil {
			return v, err
		}
		// The steps after the freezing go on.
		now, err := stepLines(tx, x)
		if err != nil {
			return v, err
		}
		if x.Frozen != nil && *x.Frozen == no || x.Outcome == Awarded && no == len(v.Versions) {
			v.Portfolio.Steps = now
		}
	}
	if v.Shows == nil && x.Gathering() {
		v.Blocked = NotReady(v.Portfolio)
	}
	list, err := awards(tx)
	if err != nil {
		return v, err
	}
	v.After = renewal(list, x.ID)
	for i := range list {
		if x.CarriedFrom != nil && list[i].ID == *x.CarriedFrom {
			v.Before = &list[i]
		}
	}
	if x.assesses {
		k, err := known(tx, x)
		if err != nil {
			return v, err
		}
		if v.NotYours = k.mayNotAssess(roll.StaffID(tx.Pass().Who().Staff)); v.NotYours != "" {
			v.MayAssess = false
		}
	}
	if x.lead {
		if v.Reminded, err = remindedOf(tx, x.ID); err != nil {
			return v, err
		}
	}
	texts := v.texts()
	if x.scope < access.All { // governors, clusters and whoever comes from outside read no name of a family
		return v, roll.WithoutNames(tx, texts...)
	}
	if x.gathers && v.Shows == nil {
		var said []string
		for _, t := range texts {
			said = append(said, *t)
		}
		v.Names, err = roll.NamesIn(tx, said...)
	}
	return v, err
}

// texts are all that people wrote, in which a family could be named.
func (v *View) texts() (out []*string) {
	p := &v.Portfolio
	for i := range p.Objectives {
		o := &p.Objectives[i]
		for j := range o.Shown {
			out = append(out, &o.Shown[j].Title, &o.Shown[j].Words, &o.Shown[j].FileName)
		}
		for j := range o.Comments {
			out = append(out, &o.Comments[j].Words)
		}
	}
	for i := range p.Visits {
		out = append(out, &p.Visits[i].Words)
	}
	for i := range p.Steps {
		if l := &p.Steps[i]; l.Step != StepDecision && l.How != Done { // otherwise it names who did it, which is no secret
			out = append(out, &l.Words)
		}
	}
	for i := range v.Verdicts {
		out = append(out, &v.Verdicts[i].Words)
	}
	for i := range v.Decisions {
		out = append(out, &v.Decisions[i].Words)
	}
	return append(out, &v.EndedWhy)
}

// empty is a portfolio without what was gathered.
func empty(p Portfolio) Portfolio {
	p.Visits = nil
	for i := range p.Objectives {
		p.Objectives[i].Shown, p.Objectives[i].Comments = nil, nil
	}
	return p
}

// dayOf is the day of a moment where the organisation is.
func dayOf(tx *db.Tx, ms int64) string {
	return time.UnixMilli(ms).In(tx.DB().Clock().Zone()).Format(time.DateOnly)
}

// portfolio puts together what is there now.
func portfolio(tx *db.Tx, x standing) (p Portfolio, err error) {
	f, err := audit.FrameworkIn(tx, x.Framework, x.Version)
	if err != nil {
		return p, err
	}
	p = Portfolio{Title: x.Title, Owner: x.Owner, Framework: f.Code, Version: f.Version, FrameworkTitle: f.Title, Parents: x.Parents}
	shown, err := shownIn(tx, x.ID)
	if err != nil {
		return p, err
	}
	said, err := commentsOf(tx, x.ID)
	if err != nil {
		return p, err
	}
	for _, t := range f.Themes {
		o := Objective{Code: t.Code, Title: t.Title, About: t.About}
		for _, c := range t.Criteria {
			o.Criteria = append(o.Criteria, Criterion{c.Code, c.Text})
		}
		for _, s := range shown {
			if s.Objective == t.Code {
				s.Asked = Stale(s.Carried, dayOf(tx, s.MadeMs), s.SeenOn, tx.Today())
				o.Shown = append(o.Shown, s)
			}
		}
		for _, c := range said {
			if c.Objective == t.Code {
				o.Comments = append(o.Comments, c)
			}
		}
		p.Objectives = append(p.Objectives, o)
	}
	for _, c := range said {
		if c.VisitOn != "" {
			p.Visits = append(p.Visits, c)
		}
	}
	for _, q := range x.parts {
		if q.EndedMs == nil {
			p.People = append(p.People, Person{q.Name, q.Part})
		}
	}
	p.Steps, err = stepLines(tx, x)
	return p, err
}

// stepLines is the whole way, with what is known of each step.
func stepLines(tx *db.Tx, x standing) (out []StepLine, err error) {
	settled, err := stepsOf(tx, x.ID)
	if err != nil {
		return nil, err
	}
	said, err := commentsOf(tx, x.ID)
	if err != nil {
		return nil, err
	}
	ways, err := decisionsOf(tx, x.ID)
	if err != nil {
		return nil, err
	}
	for _, step := range Steps {
		l := StepLine{Step: step}
		if i := slices.IndexFunc(settled, func(t StepLine) bool { return t.Step == step }); i >= 0 {
			l = settled[i]
		}
		switch step {
		case StepVisit:
			if i := slices.IndexFunc(said, func(c Comment) bool { return c.VisitOn != "" }); i >= 0 {
				l = StepLine{Step: step, How: Done, Day: said[i].VisitOn, Words: "By " + said[i].ByName + ".", ByName: said[i].ByName, AtMs: said[i].AtMs}
			}
		case StepAssessment, StepDecision:
			// A decision of “not yet” leaves both ahead again.
			if n := len(ways); n > 0 && ways[n-1].Outcome == Awarded {
				d := ways[n-1]
				if step == StepDecision || d.StaffID != nil || l.How == "" {
					l = StepLine{Step: step, How: Done, Day: d.Day, Words: "By " + d.DecidedBy + ".", ByName: d.ByName, AtMs: d.AtMs}
					if d.StaffID == nil {
						l.How = Elsewhere
					}
				}
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// Listed is an award in the list.
type Listed struct {
	Award
	State      string
	Objectives int
	Without    int // objectives that nothing shows
	Pieces     int
	Leads      []string
	Mine       []string // the parts of whoever looks
	Renewed    bool
}

// List is the first page.
type List struct {
	Today    string
	Awards   []Listed
	MayBegin bool
}

// All lists the awards that somebody may see, the newest first.
func (s *Service) All(ctx context.Context, p access.Pass) (out List, err error) {
	if _, err := p.Check(See); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = listed(tx)
		return err
	})
	return out, err
}

func listed(tx *db.Tx) (out List, err error) {
	out.Today = tx.Today()
	if out.MayBegin, err = mayBegin(tx); err != nil {
		return out, err
	}
	list, err := awards(tx)
	if err != nil {
		return out, err
	}
	for _, a := range list {
		x, err := enter(tx, a.ID)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return out, err
		}
		v, err := view(tx, x, 0)
		if err != nil {
			return out, err
		}
		l := Listed{Award: v.Award, State: v.State(), Objectives: len(v.Portfolio.Objectives), Without: len(v.Portfolio.Missing()), Mine: x.mine, Leads: v.NamesOf(PartLead), Renewed: v.After != nil && v.After.Outcome == Awarded}
		l.Pieces, _ = v.Portfolio.Pieces()
		out.Awards = append(out.Awards, l)
	}
	return out, nil
}

// Choices are what the forms of an award offer.
type Choices struct {
	Frames  []audit.Framework
	Library []audit.Evidence
	Sources []audit.Source
	Audits  []audit.Audit // closed
	Plans   []plans.Plan
}

// ToBegin lists the frameworks of awards.
func (s *Service) ToBegin(ctx context.Context, p access.Pass) (out []audit.Framework, err error) {
	if _, err := p.CheckNamed(Lead); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if ok, err := mayBegin(tx); err != nil || !ok {
			if err == nil {
				err = access.Denied()
			}
			return err
		}
		out, err = audit.Frames(tx)
		return err
	})
	return out, err
}

// Offers lists what can be shown in an award, and what its steps can be tied to.
func (s *Service) Offers(ctx context.Context, p access.Pass, id AwardID) (out Choices, err error) {
	if _, err := p.CheckNamed(Gather); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		x, err := enter(tx, id)
		if err != nil {
			return err
		}
		if !x.gathers {
			return access.Denied()
		}
		if out.Library, err = audit.Pieces(tx); err != nil {
			return err
		}
		list, err := audit.AuditsIn(tx)
		for _, a := range list {
			if a.ClosedMs != nil {
				out.Audits = append(out.Audits, a)
			}
		}
		if err != nil {
			return err
		}
		out.Plans, err = plans.PlansIn(tx)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Sources, err = s.inAjar(ctx, p)
	return out, err
}

// inAjar lists what is in Ajar already. Who may not see the library, such as a cluster's co-ordinator in a school, is offered nothing.
func (s *Service) inAjar(ctx context.Context, p access.Pass) ([]audit.Source, error) {
	if !p.Has(audit.Library) {
		return nil, nil
	}
	return s.Audit.InAjar(ctx, p)
}

// gaps are the objectives of awards that nothing shows yet, for the plan.
func gaps(tx *db.Tx) (out []plans.Gap, err error) {
	if tx.Pass().Scope(See) < access.All {
		return nil, nil
	}
	list, err := awards(tx)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if !a.Gathering() {
			continue
		}
		p, err := portfolio(tx, standing{Award: a})
		if err != nil {
			return nil, err
		}
		for _, o := range p.Missing() {
			out = append(out, plans.Gap{
				Source: plans.Source{Kind: "award", Key: a.Framework + "/" + o.Code, Words: a.Title + ": " + o.Title, Link: "/awards/" + a.ID.String() + "/objectives/" + o.Code},
				Theme:  short(a.Title, 100), Why: "Nothing shows this objective of “" + a.Title + "” yet.",
				Suggest: []string{"Ask each of the steering group for one thing that shows “" + o.Title + "”", "Begin something small this term for “" + o.Title + "”, and keep what shows it"},
				Measure: "The objective has evidence that an assessor can follow"})
		}
	}
	return out, nil
}

func short(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
