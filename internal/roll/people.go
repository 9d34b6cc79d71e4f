package roll

import (
	"ajar/internal/kit/ids"
)

// Open ends of a dated row: from always, and for good.
const (
	Always  = "0000-01-01"
	ForGood = "9999-12-31"
)

// The keys of people and of what joins them. A key of one kind can't be handed over as another.
type (
	PupilID  = ids.ID[Pupil]
	AdultID  = ids.ID[Adult]
	TieID    = ids.ID[Tie]
	OrderID  = ids.ID[Order]
	StaffID  = ids.ID[Staff]
	ClassID  = ids.ID[Class]
	OrgID    = ids.ID[Org]
	MemberID = ids.ID[Member]
)

// Pupil is a child on the roll. What is not known is empty or nil, never "no" and never zero.
type Pupil struct {
	ID            PupilID
	LocalID       string // the school's own number for the child, from its roll
	UPN           string
	UPNAccepted   bool // a person has looked at a wrong check letter and kept the number
	Forename      string
	Surname       string
	KnownAs       string
	DateOfBirth   string
	Sex           string // F, M or empty
	Year          string // N1, N2, R, 1 … 14, X
	Sen           string // E, K, N, or an old code as it came
	FirstLanguage string
	Eal           *bool
	Fsm           *bool
	PupilPremium  *bool
	LookedAfter   *bool
	YoungCarer    *bool
	Address       string
	Postcode      string
	Starts, Ends  string
	SortKey       string
}

const pupilColumns = `p.id, p.local_id, p.upn, p.upn_accepted, p.forename, p.surname, p.known_as, p.date_of_birth, p.sex, p.year, p.sen,
	p.first_language, p.eal, p.fsm, p.pupil_premium, p.looked_after, p.young_carer, p.address, p.postcode, p.starts, p.ends, p.sort_key`

// Name is how the child is called: the known-as name if there is one.
func (p Pupil) Name() string {
	f := p.Forename
	if p.KnownAs != "" {
		f = p.KnownAs
	}
	if f == "" {
		return p.Surname
	}
	if p.Surname == "" {
		return f
	}
	return f + " " + p.Surname
}

// ListName is the name as it stands in a list sorted by surname.
func (p Pupil) ListName() string {
	f := p.Forename
	if p.KnownAs != "" {
		f = p.KnownAs
	}
	if p.Surname == "" {
		return f
	}
	if f == "" {
		return p.Surname
	}
	return p.Surname + ", " + f
}

// OnRoll tells whether the child is on the roll on a day.
func (p Pupil) OnRoll(day string) bool { return p.Starts <= day && day <= p.Ends }

// Adult is a parent, carer or other grown-up in a child's life.
type Adult struct {
	ID                AdultID
	LocalID           string
	Title             string
	Forename, Surname string
	Name              string
	Speaks, Reads     string // languages; empty is not known, and never guessed from the child's
	Interpreter       *bool
	Needs             string // in the school's own words
	Helps             string // keys of Helps, joined by commas
	Address, Postcode string
	SortKey           string
	Channels          []Channel `db:"-"`
}

const adultColumns = `a.id, a.local_id, a.title, a.forename, a.surname, a.name, a.speaks, a.reads, a.interpreter, a.needs, a.helps, a.address, a.postcode, a.sort_key`

// Channel is a way to reach an adult.
type Channel struct {
	ID      ids.ID[Channel]
	AdultID AdultID
	Kind    string // phone or email
	Value   string
	Folded  string
	Place   int
	Note    string
}

// Tie joins one adult and one child.
type Tie struct {
	ID             TieID
	PupilID        PupilID
	AdultID        AdultID
	Relationship   string
	Responsibility string // yes, no or unknown; never inferred from the relationship
	Source         string // where the answer about responsibility comes from, a key of Sources
	SourceSeen     string // the day on which the papers were seen
	Priority       *int
	Emergency      *bool // to be called in an emergency
	LivesWith      *bool
	Stays          string // the days on which the child is with them, 1 for Monday, joined by commas
	StaysWords     string // the same in words, where a week is not like the next
	Letters        *bool  // whether letters are wanted; not known counts as wanted
	Starts, Ends   string
}

const tieColumns = `t.id, t.pupil_id, t.adult_id, t.relationship, t.responsibility, t.source, t.source_seen, t.priority, t.emergency, t.lives_with, t.stays, t.stays_words, t.letters, t.starts, t.ends`

// Order is a dated restriction on one tie.
type Order struct {
	ID           OrderID
	TieID        TieID
	Kind         string
	DecidedBy    string
	EvidenceSeen string
	Starts, Ends string
	ReviewOn     string
	Note         string
	ByName       string
}

// InForce tells whether the order binds on a day.
func (o Order) InForce(day string) bool { return o.Starts <= day && day <= o.Ends }

// OrderWords says each kind of order plainly.
var OrderWords = map[string]string{
	"no_contact":     "No contact with the child",
	"no_information": "No information about the child",
	"no_address":     "Must not learn the other home's address or phone",
	"supervised":     "Contact only under supervision",
	"reports_only":   "School reports only",
}

// OrderKinds lists the kinds in the order in which pages offer them.
var OrderKinds = []string{"no_contact", "no_information", "no_address", "supervised", "reports_only"}

// Relation is a tie with the adult at its end and the orders on it: one line of a pupil's record.
type Relation struct {
	Tie    Tie
	Adult  Adult
	Orders []Order
	Post   []string // where a letter to the adult goes, below the name; empty when no address is known
}

// Barred tells whether this adult may not be written to, called or invited about this child on a day.
func (r Relation) Barred(day string) bool {
	ok, _ := May(r, Contact, day)
	return !ok
}

// Staff is someone who works for the organisation, or governs it.
type Staff struct {
	ID                StaffID
	LocalID           string
	Forename, Surname string
	Name              string
	Email             string
	Ends              string
	SortKey           string
}

const staffColumns = `s.id, s.local_id, s.forename, s.surname, s.name, s.email, s.ends, s.sort_key`

// Class is a form, a teaching class or another group.
type Class struct {
	ID      ClassID
	LocalID string
	Title   string
	Kind    string
	Year    string
	Ends    string
}

// Member is one person's place in a class.
type Member struct {
	ID           MemberID
	ClassID      ClassID
	PupilID      *PupilID
	StaffID      *StaffID
	Starts, Ends string
}
