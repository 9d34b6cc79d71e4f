package barriers

import (
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

// Reason is what one rule says about one pupil today, and why.
type Reason struct {
	RuleText
	Words   string // the rule in plain words
	Outcome Outcome
	Because []Evidence
	Missing []Missing
}

// Period is a stretch of days through which the same was counted.
type Period struct {
	FromOn, ToOn string
	IFactor      int
	Met, Unknown string
}

// Codes are the barriers counted through the period.
func (p Period) Codes() []string { return uncodes(p.Met) }

// NotKnown are the barriers that could not be decided.
func (p Period) NotKnown() []string { return uncodes(p.Unknown) }

// Place is a pupil's time in a cohort.
type Place struct {
	CohortID     CohortID
	Name         string
	Starts, Ends string
	ReasonIn     string
	ReasonOut    string
	ByIn         string
}

// Account is everything that is counted for one pupil: what a family could be shown.
type Account struct {
	Pupil   roll.Pupil
	Form    string
	Day     string
	OnRoll  bool
	IFactor int
	Reasons []Reason // those met first, then those not known, then the rest
	History []Period // the latest first
	Cohorts []Place  // the latest first
}

// With gives the reasons of one outcome.
func (a Account) With(o Outcome) (out []Reason) {
	for _, r := range a.Reasons {
		if r.Outcome == o {
			out = append(out, r)
		}
	}
	return out
}

// Account explains what is counted for one pupil, with the history of the count.
func (s *Service) Account(ctx context.Context, p access.Pass, id roll.PupilID) (a Account, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return a, err
	}
	err = s.upToDate(ctx, p, func(tx *db.Tx) error {
		pupil, err := roll.Enter(tx, See, id)
		if err != nil {
			return err
		}
		a, err = AccountIn(tx, pupil)
		return err
	})
	return a, err
}

// AccountIn is Account for a pupil who has been entered, within a transaction.
func AccountIn(tx *db.Tx, pupil roll.Pupil) (a Account, err error) {
	a = Account{Pupil: pupil, Day: tx.Today(), OnRoll: pupil.OnRoll(tx.Today())}
	if a.OnRoll {
		if err := a.decide(tx); err != nil {
			return a, err
		}
	}
	a.Form, err = db.One[string](tx, `select coalesce(min(c.title), '') from roll_member m join roll_class c on c.org_id = m.org_id and c.id = m.class_id
		where m.org_id = $1 and m.pupil_id = $2 and c.kind = 'form' and m.starts <= $3 and m.ends >= $3`, pupil.ID, a.Day)
	if err != nil {
		return a, err
	}
	if a.History, err = db.All[Period](tx, `select from_on, to_on, i_factor, met, unknown from barriers_standing where org_id = $1 and pupil_id = $2 order by from_on desc`, pupil.ID); err != nil {
		return a, err
	}
	a.Cohorts, err = db.All[Place](tx, `select m.cohort_id, c.name, m.starts, m.ends, m.reason_in, m.reason_out, m.by_in
		from barriers_member m join barriers_cohort c on c.org_id = m.org_id and c.id = m.cohort_id
		where m.org_id = $1 and m.pupil_id = $2 order by m.starts desc, m.id desc`, pupil.ID)
	return a, err
}

// decide asks every rule that holds today.
func (a *Account) decide(tx *db.Tx) error {
	rules, err := rulesOn(tx, a.Day)
	if err != nil {
		return err
	}
	snap, err := progress.One(tx, a.Pupil.ID, a.Day)
	if err != nil {
		return err
	}
	p := &Pupil{}
	sub := subjectOf(a.Pupil)
	fill(p, &sub, &snap, a.Day, a.Day)
	if needsClasses(rules) {
		titles, err := db.All[string](tx, `select c.title from roll_member m join roll_class c on c.org_id = m.org_id and c.id = m.class_id
			where m.org_id = $1 and m.pupil_id = $2 and m.starts <= $3 and m.ends >= $3 order by c.title`, a.Pupil.ID, a.Day)
		if err != nil {
			return err
		}
		p.SetClasses(titles...)
	}
	for i := range rules {
		v := rules[i].rule.Eval(p)
		a.Reasons = append(a.Reasons, Reason{RuleText: rules[i].RuleText, Words: rules[i].rule.Words(), Outcome: v.Outcome, Because: v.Because, Missing: v.Missing})
		if v.Outcome == Met {
			a.IFactor++
		}
	}
	slices.SortStableFunc(a.Reasons, func(x, y Reason) int { return outcomePlace(x.Outcome) - outcomePlace(y.Outcome) })
	return nil
}

func outcomePlace(o Outcome) int { return slices.Index([]Outcome{Met, Unknown, NotMet}, o) }

func subjectOf(p roll.Pupil) subject {
	return subject{ID: p.ID, LocalID: p.LocalID, UPN: p.UPN, Forename: p.Forename, Surname: p.Surname, KnownAs: p.KnownAs, DateOfBirth: p.DateOfBirth,
		Sex: p.Sex, Year: p.Year, Sen: p.Sen, FirstLanguage: p.FirstLanguage, Eal: p.Eal, Fsm: p.Fsm, PupilPremium: p.PupilPremium,
		LookedAfter: p.LookedAfter, YoungCarer: p.YoungCarer, SortKey: p.SortKey}
}

// Special says, in plain words, which of the data that a rule rests on need more care than others (UK GDPR article 9 and what lies near it), so that the
// person who makes the rule can weigh whether the count is worth it.
func Special(when string) (out []string) {
	r, err := prepared(when)
	if err != nil {
		return nil
	}
	for _, need := range r.needs {
		switch {
		case need == "sen":
			out = append(out, "SEN says something about a child's health or disability.")
		case need == "first_language", need == "eal":
			out = append(out, "A first language can point to where a family comes from.")
		case need == "looked_after":
			out = append(out, "Being looked after says something about a family's private life.")
		case need == "young_carer":
			out = append(out, "Being a young carer says something about the health of somebody at home.")
		case strings.HasPrefix(need, "own"):
			_, column, _ := strings.Cut(need, ":")
			out = append(out, "Ajar does not know what your own column “"+column+"” holds. If it is about health, religion or where a family comes from, the same care is due.")
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
