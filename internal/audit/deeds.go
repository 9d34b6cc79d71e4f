package audit

import (
	"math"
	"strings"

	"ajar/internal/kit/db"
)

// Deed is something that was done about a criterion, as the plan says it: without the name of anybody.
type Deed struct {
	Framework, Scope, Criterion string
	Words                       string
	Stands                      string // "Done", "Under way" …
	Link                        string // empty for a reader who may not open it
	FromMs                      int64  // when it was set down
	LastMs                      int64  // its last sign of life
}

// beside puts what was done between the audit before and this one beside what has changed since.
func (s *Service) beside(tx *db.Tx, o *Outcome) error {
	if o.Before == nil {
		return nil
	}
	for _, f := range s.Deeds {
		list, err := f(tx)
		if err != nil {
			return err
		}
		for i := range o.Results {
			r := &o.Results[i]
			for _, d := range list {
				if d.Framework == o.Audit.Framework && d.Scope == o.Audit.Scope && about(d, o.BeforeOf, r.Criterion) && between(d, *o.Before, o.Audit) {
					r.Done = append(r.Done, d)
				}
			}
		}
	}
	return nil
}

// about tells whether something was done about a criterion, by the code it has now or the one it had last time.
func about(d Deed, before Framework, c Criterion) bool {
	was, found := Ancestor(before, c)
	return strings.EqualFold(d.Criterion, c.Code) || found && strings.EqualFold(d.Criterion, was.Code)
}

// between tells whether something was set down before the later audit was over, and was still alive when the earlier one began.
func between(d Deed, earlier, later Audit) bool {
	return d.LastMs >= earlier.MadeMs && (later.ClosedMs == nil || d.FromMs <= *later.ClosedMs)
}

// Since lists what can be compared with last time, or about which something was done: first what is worth a look, because something was done or it moved by a level or more,
// and then the others.
func (o Outcome) Since() (told, others []Result) {
	for _, r := range o.Results {
		switch {
		case len(r.Done) > 0 || r.Change != nil && math.Abs(*r.Change) >= 1:
			told = append(told, r)
		case r.Change != nil:
			others = append(others, r)
		}
	}
	return told, others
}
