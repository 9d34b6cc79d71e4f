package awards

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// Ready says that the portfolio is ready for assessment and freezes it as a version: what the assessor sees stays readable as it was. It is refused while a step is
// ahead or an objective has nothing that shows it, and says which.
func (s *Service) Ready(ctx context.Context, p access.Pass, id AwardID) (no int, err error) {
	err = s.doing(ctx, p, Lead, id, leads, func(tx *db.Tx, x standing) error {
		if err := stillGathering(x); err != nil {
			return err
		}
		now, err := portfolio(tx, x)
		if err != nil {
			return err
		}
		if why := NotReady(now); len(why) > 0 {
			return fault.New(fault.Conflict, "The portfolio is not ready. %s", strings.Join(why, " "))
		}
		// What is asked for again and was not looked at does not go to the assessor.
		for i := range now.Objectives {
			now.Objectives[i].Shown = slices.DeleteFunc(now.Objectives[i].Shown, func(s Shown) bool { return s.Asked })
		}
		versions, err := versionsOf(tx, id)
		if err != nil {
			return err
		}
		no = len(versions) + 1
		if err := insertVersion(tx, id, no, now); err != nil {
			return err
		}
		// An assessment that was settled for an earlier version is none of this one.
		if _, err := undoStep(tx, id, StepAssessment); err != nil {
			return err
		}
		return freeze(tx, id, &no)
	})
	return no, err
}

// TakeBack opens a frozen portfolio again, as long as the assessor has not begun. The version stays readable.
func (s *Service) TakeBack(ctx context.Context, p access.Pass, id AwardID) error {
	return s.doing(ctx, p, Lead, id, leads, func(tx *db.Tx, x standing) error {
		if x.Frozen == nil {
			return fault.New(fault.Conflict, "There is nothing to take back: the portfolio is open.")
		}
		list, err := verdictsOf(tx, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(list, func(v Verdict) bool { return v.No == *x.Frozen }) {
			return fault.New(fault.Conflict, "The assessor has begun to decide, so the portfolio stays as it is until they have done.")
		}
		if err := takeBackVersion(tx, id, *x.Frozen); err != nil {
			return err
		}
		return freeze(tx, id, nil)
	})
}

// Judge says of one objective whether it is met. “Not met” needs its reason.
func (s *Service) Judge(ctx context.Context, p access.Pass, id AwardID, objective string, met bool, words string) error {
	words = strings.TrimSpace(words)
	return s.doing(ctx, p, Assess, id, assesses, func(tx *db.Tx, x standing) error {
		if err := independent(tx, x); err != nil {
			return err
		}
		if x.Frozen == nil || x.EndedMs != nil {
			return fault.New(fault.Conflict, "The portfolio is not ready for assessment.")
		}
		now, err := frozenPortfolio(tx, id, *x.Frozen)
		if err != nil {
			return err
		}
		if _, found := now.Objective(objective); !found {
			return fault.Gone("objective")
		}
		switch {
		case !met && words == "":
			return fault.Field("verdict_words", "Write what is still to be shown. The school needs it to go on.")
		case len([]rune(words)) > longest:
			return fault.Field("verdict_words", "This is too long: there is room for %d characters.", longest)
		}
		return putVerdict(tx, id, Verdict{No: *x.Frozen, Objective: objective, Met: met, Words: words, StaffID: roll.StaffID(p.Who().Staff)})
	})
}

// Decide decides the award over the version that was frozen: awarded, or not yet. day is that of the final verification.
func (s *Service) Decide(ctx context.Context, p access.Pass, id AwardID, outcome, day, words string) error {
	words = strings.TrimSpace(words)
	return s.doing(ctx, p, Assess, id, assesses, func(tx *db.Tx, x standing) error {
		if err := independent(tx, x); err != nil {
			return err
		}
		if x.Frozen == nil || x.EndedMs != nil {
			return fault.New(fault.Conflict, "The portfolio is not ready for assessment.")
		}
		now, err := frozenPortfolio(tx, id, *x.Frozen)
		if err != nil {
			return err
		}
		list, err := verdictsOf(tx, id)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(v Verdict) bool { return v.No != *x.Frozen || int64(v.StaffID) != p.Who().Staff })
		if err := MayDecide(outcome, now, list); err != nil {
			return err
		}
		if err := mayBeOn(tx, x, day); err != nil {
			return err
		}
		if len([]rune(words)) > longest {
			return fault.Field("decision_words", "This is too long: there is room for %d characters.", longest)
		}
		who := roll.StaffID(p.Who().Staff)
		return s.settle(tx, x.Award, Decision{No: x.Frozen, Outcome: outcome, Day: day, Words: words, StaffID: &who, DecidedBy: p.Who().Name})
	})
}

// mayBeOn refuses a day of verification that lies ahead, or before the portfolio was ready.
func mayBeOn(tx *db.Tx, x standing, day string) error {
	if !isDay(day) || day > tx.Today() {
		return fault.Field("day", "Write the day of the final verification. It can't lie ahead.")
	}
	versions, err := versionsOf(tx, x.ID)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if v.No == *x.Frozen && day < v.Day {
			return fault.Field("day", "The portfolio was ready on %s; it can't have been verified before.", roll.DayInWords(v.Day))
		}
	}
	return nil
}

// Outside is a decision that the award's owner made outside Ajar.
type Outside struct {
	Outcome     string
	Day         string
	By          string
	Words       string
	Certificate string
}

// Record writes down a decision that was made outside Ajar, by somebody who is named. It is for awards that somebody else gives, and says so wherever it is
// read. Whoever advised can't be the one who decided.
func (s *Service) Record(ctx context.Context, p access.Pass, id AwardID, in Outside) error {
	in.By, in.Words, in.Certificate = strings.TrimSpace(in.By), strings.TrimSpace(in.Words), strings.TrimSpace(in.Certificate)
	return s.doing(ctx, p, Lead, id, leads, func(tx *db.Tx, x standing) error {
		if !x.External() {
			return fault.New(fault.Conflict, "This award is one of your own. Its assessor decides here.")
		}
		if x.Frozen == nil || x.EndedMs != nil {
			return fault.New(fault.Conflict, "Say first that the portfolio is ready, so that what was assessed stays readable.")
		}
		lines, err := stepLines(tx, x)
		if err != nil {
			return err
		}
		if err := MaySettle(StepDecision, lines); err != nil {
			return err
		}
		k, err := known(tx, x)
		if err != nil {
			return err
		}
		var f fault.Fields
		if in.Outcome != Awarded && in.Outcome != NotYet {
			f.Add("outcome", "Choose what was decided.")
		}
		if err := mayBeOn(tx, x, in.Day); err != nil {
			f = append(f, fault.AsFields(err)...)
		}
		switch {
		case in.By == "":
			f.Add("by", "Write who decided, and for whom, such as “A. Reed, for the award's owner”.")
		case k.advisedAs(in.By):
			f.Add("by", "%s has advised here, and a person may not assess what they advised.", in.By)
		}
		if in.Outcome == NotYet && in.Words == "" {
			f.Add("decision_words", "Write what is still to be shown, objective by objective.")
		}
		tooLong(&f, "by", in.By, 120)
		tooLong(&f, "certificate", in.Certificate, 120)
		tooLong(&f, "decision_words", in.Words, longest)
		if err := f.Err(); err != nil {
			return err
		}
		return s.settle(tx, x.Award, Decision{No: x.Frozen, Outcome: in.Outcome, Day: in.Day, Words: in.Words, DecidedBy: in.By, Certificate: in.Certificate})
	})
}

// advisedAs tells whether a text names somebody who advised: by role, by part or by comment.
func (k people) advisedAs(text string) bool {
	text = " " + plain(strings.NewReplacer(",", " ", ";", " ", "(", " ", ")", " ", ".", " ").Replace(text)) + " "
	for _, c := range k.staff {
		name := plain(c.Name)
		if name == "" || !strings.Contains(text, " "+name+" ") {
			continue
		}
		if slices.ContainsFunc(k.roles, func(h held) bool { return h.StaffID == c.ID && h.Role == roll.Adviser && h.Starts <= k.today }) ||
			slices.ContainsFunc(k.parts, func(p Part) bool { return p.StaffID == c.ID && p.Part == PartAdviser }) || slices.ContainsFunc(k.words, func(w Comment) bool { return w.StaffID == c.ID }) {
			return true
		}
	}
	return false
}

func plainRow(n int) string { return strconv.Itoa(n) }

// Renew carries an award on into a new run, with what was there: its lead and steering group, and its evidence, each piece older than a year asked for again. The
// objectives are those of the framework's newest version; dropped is how many places have gone from there.
func (s *Service) Renew(ctx context.Context, p access.Pass, id AwardID) (next AwardID, dropped int, err error) {
	if _, err := p.CheckNamed(Lead); err != nil {
		return 0, 0, err
	}
	var in Setup
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		x, err := enter(tx, id)
		if err != nil {
			return err
		}
		if !x.lead {
			return access.Denied()
		}
		if x.Outcome != Awarded {
			return fault.New(fault.Conflict, "Only an award that was given can be carried on. This one goes on as it is.")
		}
		in = Setup{Title: x.Title, Owner: x.Owner, Framework: x.Framework, Months: x.Months, Parents: x.Parents}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	// Whoever leads this award leads the next run of it, also without the right to begin others.
	err = s.doing(ctx, p, Lead, id, leads, func(tx *db.Tx, x standing) error {
		list, err := awards(tx)
		if err != nil {
			return err
		}
		if r := renewal(list, id); r != nil {
			return fault.New(fault.Conflict, "It is being carried on already, since %s.", roll.DayInWords(dayOf(tx, r.MadeMs)))
		}
		next, dropped, err = carry(tx, x, in)
		return err
	})
	return next, dropped, err
}

func carry(tx *db.Tx, x standing, in Setup) (next AwardID, dropped int, err error) {
	was, err := audit.FrameworkIn(tx, x.Framework, x.Version)
	if err != nil {
		return 0, 0, err
	}
	now, err := audit.Hold(tx, in.Framework, "")
	if err != nil {
		return 0, 0, err
	}
	a := Award{ID: newID(), Title: in.Title, Owner: in.Owner, Framework: now.Code, Version: now.Version, Months: in.Months, Parents: in.Parents, CarriedFrom: &x.ID}
	if err := insertAward(tx, a); err != nil {
		return 0, 0, err
	}
	for _, q := range x.parts {
		if q.EndedMs == nil && (q.Part == PartLead || q.Part == PartSteering) {
			if err := insertPart(tx, Part{AwardID: a.ID, StaffID: q.StaffID, Part: q.Part}); err != nil {
				return 0, 0, err
			}
		}
	}
	list, err := shownIn(tx, x.ID)
	if err != nil {
		return 0, 0, err
	}
	for _, s := range list {
		objective, criterion, found := goesOn(was, now, s)
		if !found {
			dropped++
			continue
		}
		s.Objective, s.Criterion, s.Carried = objective, criterion, true
		if err := putShown(tx, a.ID, s); err != nil {
			return 0, 0, err
		}
	}
	return a.ID, dropped, nil
}

// goesOn finds where what was shown belongs in a newer version of the framework.
func goesOn(was, now audit.Framework, s Shown) (objective, criterion string, found bool) {
	if s.Criterion == "" {
		objective, _, found = placeOf(now, s.Objective)
		return objective, "", found
	}
	for _, t := range now.Themes {
		for _, c := range t.Criteria {
			if old, ok := audit.Ancestor(was, c); ok && old.Code == s.Criterion {
				return t.Code, c.Code, true
			}
		}
	}
	return "", "", false
}
