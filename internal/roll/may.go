package roll

import (
	"fmt"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// Matter is one kind of thing about a child that can reach an adult. Orders forbid some and leave others. Matters are joined with |, which asks for all
// of them.
type Matter uint8

// The matters.
const (
	// Contact is to write to the adult, call them or invite them about the child.
	Contact Matter = 1 << iota
	// Information is what is recorded about the child: talks, targets, attendance, barriers, plans.
	Information
	// Report is a written report that the school owes every parent.
	Report
	// Lists are labels, shared lists and files of many families at once, which nobody reads through before they go out.
	Lists
	// Address is where the child's other home is and how to reach the adults in it.
	Address
)

// Matters lists them in the order in which pages show them.
var Matters = []Matter{Contact, Information, Report, Lists, Address}

var matterWords = map[Matter]string{
	Contact:     "letters, calls and invitations about the child",
	Information: "what is recorded about the child",
	Report:      "the school's written reports",
	Lists:       "labels, lists and files of many families",
	Address:     "the other home's address, phone and e-mail",
}

// String says the matters in words, to finish "may be given …".
func (m Matter) String() string {
	var out []string
	for _, x := range Matters {
		if m&x != 0 {
			out = append(out, matterWords[x])
		}
	}
	return strings.Join(out, "; ")
}

// forbids says what each kind of order takes away. Where two readings are possible the safer one holds (domain notes 6.8): any order at all hides the
// other home and keeps the adult out of what goes to many families at once, and one that forbids contact or information leaves nothing, since every
// contact tells something. ADR 0013 gives the reasons line by line.
var forbids = map[string]Matter{
	"no_contact":     Contact | Information | Report | Lists | Address,
	"no_information": Contact | Information | Report | Lists | Address,
	"reports_only":   Contact | Information | Lists | Address,
	"supervised":     Lists | Address,
	"no_address":     Lists | Address,
}

// May decides whether a matter may reach the adult of a relation on a day, and says why not. It is the one place where orders are weighed. A kind of
// order that this version doesn't know forbids everything: a letter too few can be sent tomorrow, a letter too many can't be called back.
func May(r Relation, what Matter, day string) (ok bool, why string) {
	if r.Tie.Starts > day {
		return false, "The tie to this child begins on " + r.Tie.Starts + "."
	}
	if r.Tie.Ends < day {
		return false, "The tie to this child ended on " + r.Tie.Ends + "."
	}
	for _, o := range r.InForceOn(day) {
		if o.Forbids(what) {
			return false, fmt.Sprintf("An order in force says: %s.", o.Words())
		}
	}
	return true, ""
}

// Forbids tells whether an order of this kind, while it binds, keeps a matter, or one of several, from the adult.
func (o Order) Forbids(what Matter) bool {
	taken, known := forbids[o.Kind]
	return !known || taken&what != 0
}

// Words says what the order is about.
func (o Order) Words() string {
	if w := OrderWords[o.Kind]; w != "" {
		return w
	}
	return "A restriction of a kind that this version of Ajar does not know"
}

// EnterTied opens one pupil for the adult of the pass, as Enter does for staff: by a tie that is in force and that no order closes to information. A
// pupil who is not there, one who is not theirs and one whom an order closes look the same.
func EnterTied(tx *db.Tx, right access.Right, pupil PupilID) (Pupil, Relation, error) {
	if _, err := tx.Pass().CheckNamed(right); err != nil {
		return Pupil{}, Relation{}, err
	}
	adult := AdultID(tx.Pass().Who().Adult)
	if adult == 0 {
		return Pupil{}, Relation{}, access.Denied()
	}
	p, found, err := db.Maybe[Pupil](tx, `select `+pupilColumns+` from roll_pupil p where p.org_id = $1 and p.id = $2`, pupil)
	if err != nil {
		return Pupil{}, Relation{}, err
	}
	if !found {
		return Pupil{}, Relation{}, fault.Gone("pupil")
	}
	rels, err := Relations(tx, pupil)
	if err != nil {
		return Pupil{}, Relation{}, err
	}
	for _, r := range rels {
		if r.Adult.ID != adult {
			continue
		}
		if ok, _ := May(r, Information, tx.Today()); ok {
			return p, r, nil
		}
	}
	return Pupil{}, Relation{}, fault.Gone("pupil")
}
