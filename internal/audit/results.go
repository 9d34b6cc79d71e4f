package audit

import (
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll/worry"
)

// Outcome is all that came of an audit.
type Outcome struct {
	Audit     Audit
	Framework Framework
	State     string
	Open      bool
	Today     string
	Results   []Result
	Themes    []ThemeResult
	Raters    []Rater
	Balance   Balance
	Words     []string // what parents wrote, where it is shown
	Waiting   int      // parents' answers that are in the box and are not shown
	Before    *Audit   // the one that it is compared with
	BeforeOf  Framework
	Carried   *Audit
	Versions  []Difference // what the framework's words changed since then, when it is another version
	Lead      bool         // the reader leads
	Names     bool         // names stand beside comments: for those who lead, after their second step
}

// Result finds one criterion's.
func (o Outcome) Result(code string) (Result, bool) {
	for _, r := range o.Results {
		if strings.EqualFold(r.Criterion.Code, code) {
			return r, true
		}
	}
	return Result{}, false
}

// Answered counts the criteria about which something may be shown, and those that the team has agreed.
func (o Outcome) Answered() (answered, agreed int) {
	for _, r := range o.Results {
		if r.Level() != nil {
			answered++
		}
		if r.Agreed != nil {
			agreed++
		}
	}
	return answered, agreed
}

// Flagged lists where parents and staff are a level or more apart.
func (o Outcome) Flagged() (out []Result) {
	for _, r := range o.Results {
		if r.Flagged {
			out = append(out, r)
		}
	}
	return out
}

// resultsOf works one audit out.
func resultsOf(tx *db.Tx, a Audit, f Framework) ([]Result, error) {
	in, _, err := gather(tx, a)
	if err != nil {
		return nil, err
	}
	return work(f, in), nil
}

func gather(tx *db.Tx, a Audit) (in given, raters []Rater, err error) {
	in.group, in.carried = map[RaterID]Rater{}, map[string]Carried{}
	if raters, err = ratersOf(tx, a.ID); err != nil {
		return in, nil, err
	}
	for _, r := range raters {
		in.group[r.ID] = r
	}
	if in.named, err = ratingsOf(tx, a.ID); err != nil {
		return in, nil, err
	}
	filed, err := filedOf(tx, a.ID)
	if err != nil {
		return in, nil, err
	}
	if in.tallies, err = talliesOf(tx, a.ID); err != nil {
		return in, nil, err
	}
	in.tallies = append(in.tallies, filed...)
	if in.agreed, err = latestAgreed(tx, a.ID); err != nil {
		return in, nil, err
	}
	carried, err := carriedOf(tx, a.ID)
	if err != nil {
		return in, nil, err
	}
	for _, c := range carried {
		in.carried[c.Criterion] = c
	}
	in.uses, err = usesOf(tx, a.ID)
	return in, raters, err
}

// Results opens what came of an audit.
func (s *Service) Results(ctx context.Context, p access.Pass, id AuditID) (o Outcome, err error) {
	if _, err := p.Check(See); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if o, err = outcome(tx, id); err != nil {
			return err
		}
		return s.beside(tx, &o)
	})
	return o, err
}

func outcome(tx *db.Tx, id AuditID) (o Outcome, err error) {
	if o.Audit, o.Framework, err = one(tx, id); err != nil {
		return o, err
	}
	o.Today = tx.Today()
	o.State, o.Open = o.Audit.State(o.Today), o.Audit.Open(o.Today)
	in, raters, err := gather(tx, o.Audit)
	if err != nil {
		return o, err
	}
	o.Results, o.Raters = work(o.Framework, in), raters
	o.Lead, o.Names = tx.Pass().Scope(Lead) >= access.All, tx.Pass().OpenScope(Lead) >= access.All
	if !o.Names {
		for i := range o.Results {
			o.Results[i].Comments = unsigned(o.Results[i].Comments)
		}
	}
	o.Balance = balanceOf(o.Audit, raters)
	if o.Words, err = shownWords(tx, id); err != nil {
		return o, err
	}
	o.Waiting = o.Audit.ParentsIn - o.Audit.ParentsShown
	if o.Audit.CarriedFrom != nil {
		from, _, err := auditByID(tx, *o.Audit.CarriedFrom)
		if err != nil {
			return o, err
		}
		o.Carried = &from
	}
	before, found, err := auditBefore(tx, o.Audit)
	if err != nil {
		return o, err
	}
	if found {
		o.Before = &before
		if _, o.BeforeOf, err = one(tx, before.ID); err != nil {
			return o, err
		}
		old, err := resultsOf(tx, before, o.BeforeOf)
		if err != nil {
			return o, err
		}
		since(o.Framework, o.BeforeOf, o.Results, old)
		if before.Version != o.Audit.Version {
			o.Versions = Compare(o.BeforeOf, o.Framework)
		}
	}
	o.Themes = themesOf(o.Framework, o.Results)
	return o, nil
}

// shownWords is what parents wrote and may be read, from both boxes, in one order.
func shownWords(tx *db.Tx, id AuditID) ([]string, error) {
	_, shown, err := wordsOf(tx, id)
	if err != nil {
		return nil, err
	}
	words, err := wordsIn(shown)
	if err != nil {
		return nil, err
	}
	filed, err := filedWordsOf(tx, id)
	if err != nil {
		return nil, err
	}
	more, err := wordsIn(filed.Shown)
	words = append(words, more...)
	sortWords(words)
	return words, err
}

// Agree keeps the level that the team settled on, and why. Everybody's own rating stays, and so does what was agreed before.
func (s *Service) Agree(ctx context.Context, p access.Pass, id AuditID, criterion string, level int, reason string) error {
	if err := p.CheckAll(Lead); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	var wrong fault.Fields
	if level < 1 || level > Levels {
		wrong.Add("level", "Choose the level that the team agrees on.")
	}
	if reason == "" {
		wrong.Add("reason", "Write why, in a sentence or two: whoever reads this in a year was not there.")
	} else if len([]rune(reason)) > longest {
		wrong.Add("reason", "This is too long. There is room for %d characters.", longest)
	}
	if len(wrong) > 0 {
		return wrong.Err()
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		_, f, err := one(tx, id)
		if err != nil {
			return err
		}
		c, found := f.Criterion(criterion)
		if !found {
			return fault.Gone("criterion")
		}
		last, err := latestAgreed(tx, id)
		if err != nil {
			return err
		}
		was, had := last[c.Code]
		if had && was.Level == level && was.Reason == reason {
			return nil // sent twice
		}
		if err := s.keeper.Heed([]string{was.Reason}, worry.Says("reason", "Why", reason)); err != nil {
			return err
		}
		if err := setCarriedRead(tx, id, c.Code); err != nil {
			return err
		}
		return putAgreed(tx, id, Agreed{Criterion: c.Code, Version: was.Version + 1, Level: level, Reason: reason})
	})
}

// History lists what was agreed of one criterion, the newest first.
func (s *Service) History(ctx context.Context, p access.Pass, id AuditID, criterion string) (out []Agreed, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		_, f, err := one(tx, id)
		if err != nil {
			return err
		}
		c, found := f.Criterion(criterion)
		if !found {
			return fault.Gone("criterion")
		}
		list, err := agreedOf(tx, id)
		for _, g := range list {
			if g.Criterion == c.Code {
				out = append(out, g)
			}
		}
		slices.Reverse(out)
		return err
	})
	return out, err
}
