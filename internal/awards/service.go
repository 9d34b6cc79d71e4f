package awards

import (
	"context"
	"embed"
	"io/fs"
	"slices"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/trail"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "awards", Files: sub}
}

// Service is what can be done with awards.
type Service struct {
	DB    *db.DB
	Audit *audit.Service
	Jobs  *jobs.Queue
	Post  *post.Service
}

// New makes the service, offers its gaps to plans and its uses of evidence to the library, and says who does the work of reminding.
func New(d *db.DB, a *audit.Service, p *plans.Service, q *jobs.Queue, out *post.Service) *Service {
	s := &Service{DB: d, Audit: a, Jobs: q, Post: out}
	q.Handle(remindJob, s.remind)
	p.Offer(plans.Offer{Key: "awards", Title: "Awards: objectives that nothing shows yet", Gaps: gaps})
	a.UsedIn = append(a.UsedIn, uses)
	return s
}

// standing is an award, and where the person of the transaction stands to it.
type standing struct {
	Award
	parts                            []Part // everybody's, ended ones too
	mine                             []string
	scope                            access.Scope
	lead, gathers, advises, assesses bool
	only                             bool // comes as assessor and as nothing else
}

// is tells whether the person of the transaction has a part today.
func (x standing) is(part string) bool { return slices.Contains(x.mine, part) }

// enter opens an award for whoever may see it. What is not there and what is not theirs look the same.
func enter(tx *db.Tx, id AwardID) (x standing, err error) {
	if x.Award, err = awardByID(tx, id); err != nil {
		return x, err
	}
	if x.parts, err = partsOf(tx, id); err != nil {
		return x, err
	}
	p := tx.Pass()
	for _, part := range x.parts {
		if part.EndedMs == nil && p.Who().Staff != 0 && int64(part.StaffID) == p.Who().Staff {
			x.mine = append(x.mine, part.Part)
		}
	}
	house := false
	if p.Scope(Lead) == access.Own && slices.Contains(p.Who().Roles, roll.Coordinator) {
		if house, err = grouping(tx); err != nil {
			return x, err
		}
	}
	if x.scope = p.Scope(See); house {
		x.scope = access.All
	}
	if x.scope == access.None || x.scope == access.Own && !x.is(PartAdviser) && !x.is(PartAssessor) {
		return standing{}, fault.Gone("award")
	}
	x.lead = p.Scope(Lead) == access.All || p.Scope(Lead) == access.Own && (house || x.is(PartLead))
	x.gathers = x.lead || p.Has(Gather) && x.is(PartSteering)
	x.advises = p.Has(Advise) && x.is(PartAdviser)
	x.assesses = p.Has(Assess) && x.is(PartAssessor)
	x.only = x.scope == access.Own && !x.is(PartAdviser)
	return x, nil
}

// doing is the frame of verbs that change an award: the right, then the award, then whether this person may.
func (s *Service) doing(ctx context.Context, p access.Pass, right access.Right, id AwardID, may func(standing) bool, f func(*db.Tx, standing) error) error {
	if _, err := p.CheckNamed(right); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		x, err := enter(tx, id)
		if err != nil {
			return err
		}
		if !may(x) {
			return access.Denied()
		}
		return f(tx, x)
	})
}

func leads(x standing) bool    { return x.lead }
func gathers(x standing) bool  { return x.gathers }
func advises(x standing) bool  { return x.advises }
func assesses(x standing) bool { return x.assesses }

// stillGathering refuses what would change a portfolio that is frozen or decided.
func stillGathering(x standing) error {
	switch {
	case x.EndedMs != nil:
		return fault.New(fault.Conflict, "This award was given up. Take it up again first.")
	case x.Outcome == Awarded:
		return fault.New(fault.Conflict, "This award was given on %s. What was looked at stays as it was; carry it on into a new run to gather more.", roll.DayInWords(x.AwardedOn))
	case x.Frozen != nil:
		return fault.New(fault.Conflict, "The portfolio is with the assessor, as it was when it was ready. To change it, take it back first.")
	}
	return nil
}

// Setup is what it takes to begin.
type Setup struct {
	Title     string // that of the framework when empty
	Owner     string // empty for one of our own
	Framework string
	Version   string // the newest when empty
	Months    int    // DefaultMonths when 0
	Parents   int
}

func (in *Setup) judge() error {
	var f fault.Fields
	in.Title, in.Owner = strings.TrimSpace(in.Title), strings.TrimSpace(in.Owner)
	if in.Months == 0 {
		in.Months = DefaultMonths
	}
	tooLong(&f, "title", in.Title, 120)
	tooLong(&f, "owner", in.Owner, 120)
	if in.Months < 1 || in.Months > 120 {
		f.Add("months", "An award lasts between 1 and 120 months. Three years are 36.")
	}
	if in.Parents < 0 || in.Parents > 1000 {
		f.Add("parents", "Write how many parents are in the steering group, as a number.")
	}
	return f.Err()
}

// mayBegin tells whether the pass may begin an award: those who lead the school, and the co-ordinator in the cluster's own house.
func mayBegin(tx *db.Tx) (bool, error) {
	p := tx.Pass()
	if p.Scope(Lead) == access.Own && slices.Contains(p.Who().Roles, roll.Coordinator) {
		return grouping(tx)
	}
	return p.Scope(Lead) == access.All, nil
}

// beginning is the frame of verbs that make an award.
func (s *Service) beginning(ctx context.Context, p access.Pass, in *Setup, f func(*db.Tx, Award) error) (id AwardID, err error) {
	if _, err := p.CheckNamed(Lead); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if ok, err := mayBegin(tx); err != nil || !ok {
			if err == nil {
				err = access.Denied()
			}
			return err
		}
		if err := in.judge(); err != nil {
			return err
		}
		fw, err := audit.Hold(tx, in.Framework, in.Version)
		switch {
		case fault.KindOf(err) == fault.NotFound, err == nil && fw.Kind != audit.KindAward:
			return fault.Field("framework", "Choose the framework of an award.")
		case err != nil:
			return err
		}
		if in.Title == "" {
			in.Title = fw.Title
		}
		a := Award{ID: ids.New[Award](), Title: in.Title, Owner: in.Owner, Framework: fw.Code, Version: fw.Version, Months: in.Months, Parents: in.Parents}
		id = a.ID
		if err := insertAward(tx, a); err != nil {
			return err
		}
		return f(tx, a)
	})
	return id, err
}

// Begin begins to work for an award. Whoever begins it leads it, until somebody else is named.
func (s *Service) Begin(ctx context.Context, p access.Pass, in Setup) (AwardID, error) {
	return s.beginning(ctx, p, &in, func(tx *db.Tx, a Award) error {
		if w := p.Who().Staff; w != 0 {
			return insertPart(tx, Part{AwardID: a.ID, StaffID: roll.StaffID(w), Part: PartLead})
		}
		return nil
	})
}

// Held is an award that the school had before its evidence was in Ajar.
type Held struct {
	Day         string // of the successful final verification
	By          string // who verified
	Certificate string // number of the owner's certificate, if there is one
}

// Hold enters an award that the school holds already, so that it is reminded in time.
func (s *Service) Hold(ctx context.Context, p access.Pass, in Setup, h Held) (AwardID, error) {
	h.By, h.Certificate = strings.TrimSpace(h.By), strings.TrimSpace(h.Certificate)
	return s.beginning(ctx, p, &in, func(tx *db.Tx, a Award) error {
		var f fault.Fields
		if !isDay(h.Day) || h.Day > tx.Today() {
			f.Add("day", "Write the day of the successful final verification. It can't lie ahead.")
		}
		if h.By == "" {
			f.Add("by", "Write who verified it.")
		}
		tooLong(&f, "by", h.By, 120)
		tooLong(&f, "certificate", h.Certificate, 120)
		if err := f.Err(); err != nil {
			return err
		}
		if w := p.Who().Staff; w != 0 {
			if err := insertPart(tx, Part{AwardID: a.ID, StaffID: roll.StaffID(w), Part: PartLead}); err != nil {
				return err
			}
		}
		return s.settle(tx, a, Decision{Outcome: Awarded, Day: h.Day, DecidedBy: h.By, Certificate: h.Certificate, Words: "Entered as an award that was held already."})
	})
}

// Change changes an award's name, its owner, how long it lasts, and how many parents are in the steering group.
func (s *Service) Change(ctx context.Context, p access.Pass, id AwardID, in Setup) error {
	return s.doing(ctx, p, Lead, id, leads, func(tx *db.Tx, x standing) error {
		if err := in.judge(); err != nil {
			return err
		}
		if in.Title == "" {
			return fault.Field("title", "Write what the award is called.")
		}
		if x.Outcome == Awarded && (in.Months != x.Months || in.Owner != x.Owner) {
			return fault.New(fault.Conflict, "Whose award it is and how long it lasts are settled, since it was given on %s.", roll.DayInWords(x.AwardedOn))
		}
		a := x.Award
		a.Title, a.Owner, a.Months, a.Parents = in.Title, in.Owner, in.Months, in.Parents
		return updateAward(tx, a)
	})
}

// End gives an award up, or takes it up again with an empty reason.
func (s *Service) End(ctx context.Context, p access.Pass, id AwardID, on bool, why string) error {
	why = strings.TrimSpace(why)
	return s.doing(ctx, p, Lead, id, leads, func(tx *db.Tx, x standing) error {
		if !on {
			return endAward(tx, id, nil, "", "")
		}
		switch {
		case x.EndedMs != nil:
			return nil
		case x.Outcome == Awarded:
			return fault.New(fault.Conflict, "It was given, and stays on record until it runs out.")
		case why == "":
			return fault.Field("why", "Write why you give it up.")
		case len([]rune(why)) > longest:
			return fault.Field("why", "This is too long: there is room for %d characters.", longest)
		}
		now := tx.Now()
		return endAward(tx, id, &now, p.Who().Name, why)
	})
}

// settle writes a decision down and what follows from it.
func (s *Service) settle(tx *db.Tx, a Award, d Decision) error {
	if err := insertDecision(tx, a.ID, d); err != nil {
		return err
	}
	a.Outcome = d.Outcome
	if d.Outcome == Awarded {
		a.AwardedOn, a.Expires = d.Day, Expires(d.Day, a.Months)
	}
	if err := decided(tx, a); err != nil {
		return err
	}
	words := "an award was decided: not yet"
	if d.Outcome == Awarded {
		words = "an award was decided: awarded, until " + a.Expires
		if err := s.promise(tx, a); err != nil {
			return err
		}
		if a.CarriedFrom != nil { // the earlier one has been renewed
			if _, err := s.Jobs.Cancel(tx, remindJob, int64(*a.CarriedFrom)); err != nil {
				return err
			}
		}
	}
	return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "award", Key: int64(a.ID), Words: words})
}

// chain are the award and those it was carried on from or into, under whatever names.
func chain(tx *db.Tx, id AwardID) (out []AwardID, err error) {
	list, err := awards(tx)
	if err != nil {
		return nil, err
	}
	out = []AwardID{id}
	for grew := true; grew; {
		grew = false
		for _, a := range list {
			if a.CarriedFrom == nil {
				continue
			}
			has, from := slices.Contains(out, a.ID), slices.Contains(out, *a.CarriedFrom)
			if has != from {
				grew = true
				if has {
					out = append(out, *a.CarriedFrom)
				} else {
					out = append(out, a.ID)
				}
			}
		}
	}
	return out, nil
}

// renewal is the run that goes on from an award, if there is one that was not given up.
func renewal(list []Award, id AwardID) *Award {
	for i := range list {
		if a := &list[i]; a.CarriedFrom != nil && *a.CarriedFrom == id && a.EndedMs == nil {
			return a
		}
	}
	return nil
}
