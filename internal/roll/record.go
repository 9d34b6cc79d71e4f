package roll

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
)

// Worker is a member of staff who works with a pupil, and how they come to.
type Worker struct {
	AssignmentID ids.ID[Worker]
	StaffID      StaffID
	Name         string
	Part         string // key_teacher, family_worker or cover
	Starts, Ends string
	Reason       string
}

// PartWords says what somebody is for a pupil.
func PartWords(part string) string {
	switch part {
	case "key_teacher":
		return "Key teacher"
	case "family_worker":
		return "Family worker"
	case "cover":
		return "Cover"
	}
	return part
}

// Parts are the ways in which staff can be assigned to a pupil.
var Parts = []string{"key_teacher", "family_worker", "cover"}

// Place is a class that a pupil is in, with those who take it.
type Place struct {
	ClassID  ClassID
	Title    string
	Kind     string
	Teachers string
}

// Record is one pupil with all that their page shows, as one moment of the store.
type Record struct {
	Pupil      Pupil
	Form       string
	Classes    []Place
	Relations  []Relation
	NotGiven   map[AdultID][]string // to whom an adult's address and phone must not be given
	HomeHidden []string             // to whom the child's own address must not be given
	Shared     map[AdultID][]string // whose phone or e-mail this adult shares
	Workers    []Worker
	Hands      []Hand
	BroughtBy  string          // the file that brought the pupil in, with its day; empty for a hand
	First      []web.Component // panels that stand before the family
	Panels     []web.Component
	Waits      bool     // some panels open after a second step
	Why        []string // why the person of the pass sees this record, each finishing "because"
	Today      string
	Orders     int              // in force today
	Elsewhere  []OrderElsewhere // orders of connected schools about the same child and adult; for those who record orders
	OwnChild   string           // what to say when this is a child of the person who looks; empty otherwise
}

// Open opens one pupil's record for its page.
func (s *Service) Open(ctx context.Context, p access.Pass, id PupilID) (r Record, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return r, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if r.Pupil, err = Enter(tx, See, id); err != nil {
			return err
		}
		if err := readRecord(tx, &r); err != nil {
			return err
		}
		if own, err := OwnChild(tx, id); err != nil {
			return err
		} else if own {
			who, err := AskInstead(tx)
			if err != nil {
				return err
			}
			r.OwnChild = OwnChildWords(who)
		}
		if p.Scope(Orders) == access.All && r.OwnChild == "" {
			if r.Elsewhere, err = ordersElsewhere(tx, r.Pupil, r.Relations); err != nil {
				return err
			}
			if !p.Open(Orders) {
				r.Waits, r.Elsewhere = len(r.Elsewhere) > 0, nil
			}
		}
		if r.Why, err = whyISee(tx, r.Pupil.ID, longDay); err != nil {
			return err
		}
		r.Waits = r.Waits || s.panelsWait(p)
		r.First, r.Panels, err = s.Panels(tx, r.Pupil)
		return err
	})
	return r, err
}

func readRecord(tx *db.Tx, r *Record) (err error) {
	id := r.Pupil.ID
	r.Today = tx.Today()
	if r.Relations, err = Relations(tx, id); err != nil {
		return err
	}
	r.NotGiven, r.HomeHidden = NotGivenTo(r.Relations, r.Today), HomeNotGivenTo(r.Relations, r.Today)
	r.Shared = sharedWays(r.Relations)
	for _, rel := range r.Relations {
		r.Orders += len(rel.InForceOn(r.Today))
	}
	if r.Classes, err = placesOf(tx, id); err != nil {
		return err
	}
	for _, c := range r.Classes {
		if c.Kind == "form" && r.Form == "" {
			r.Form = c.Title
		}
	}
	if r.Workers, err = workersOf(tx, id); err != nil {
		return err
	}
	if r.Hands, err = handsOf(tx, id); err != nil {
		return err
	}
	r.BroughtBy, err = broughtBy(tx, id)
	return err
}

// sharedWays finds adults of the same child who share a phone or an e-mail address: a message sent there reaches both.
func sharedWays(rels []Relation) map[AdultID][]string {
	out := map[AdultID][]string{}
	for _, a := range rels {
		for _, b := range rels {
			if a.Adult.ID == b.Adult.ID {
				continue
			}
			for _, c := range a.Adult.Channels {
				for _, d := range b.Adult.Channels {
					if c.Kind == d.Kind && c.Folded == d.Folded {
						out[a.Adult.ID] = append(out[a.Adult.ID], fmt.Sprintf("%s (%s)", b.Adult.Name, c.Value))
					}
				}
			}
		}
	}
	return out
}

// HandOn finds the hand on a field of the record, if a person set it.
func (r Record) HandOn(record string, row int64, field string) (Hand, bool) {
	for _, h := range r.Hands {
		if h.Record == record && h.RowID == row && h.Field == field {
			return h, true
		}
	}
	return Hand{}, false
}

// Relation finds the relation of one tie.
func (r Record) Relation(tie TieID) (Relation, bool) {
	for _, x := range r.Relations {
		if x.Tie.ID == tie {
			return x, true
		}
	}
	return Relation{}, false
}

// UPNWarning says what is odd about the number, unless a person has looked at it and kept it.
func (p Pupil) UPNWarning() string {
	if p.UPN == "" || p.UPNAccepted {
		return ""
	}
	return ParseUPN(p.UPN).Warning()
}

// AgeToday is the child's age in words, empty when the date of birth is not known.
func (p Pupil) AgeToday(today string) string {
	age, ok := AgeOn(p.DateOfBirth, today)
	if !ok {
		return ""
	}
	if age == 1 {
		return "1 year old"
	}
	return fmt.Sprintf("%d years old", age)
}

// dayWords writes a date as in a sentence.
func dayWords(iso string) string {
	d, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return d.Format("2 January 2006")
}

// HowWeKnow says where the answer about parental responsibility comes from. It is never taken from the relationship.
func (r Record) HowWeKnow(rel Relation, day func(ms int64) string) string {
	if rel.Tie.Source != "" {
		how := ListedWords(Sources, rel.Tie.Source)
		switch {
		case rel.Tie.SourceSeen != "":
			return how + "; papers seen on " + dayWords(rel.Tie.SourceSeen)
		case rel.Tie.Source == "told":
			return how
		}
		return how + "; the papers have not been seen"
	}
	if h, ok := r.HandOn("tie", int64(rel.Tie.ID), "responsibility"); ok {
		return "recorded by " + h.ByName + " on " + day(h.AtMs)
	}
	if rel.Tie.Responsibility == "unknown" {
		return "nobody has said; ask for the papers before you rely on it"
	}
	return "as the school's own list says"
}

// Ways joins an adult's phones or e-mail addresses in the order in which to try them.
func (a Adult) Ways(kind string) string {
	var out []string
	for _, c := range waysOf(kind, a.Channels) {
		text := c.Value
		if c.Note != "" {
			text += " (" + c.Note + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}
