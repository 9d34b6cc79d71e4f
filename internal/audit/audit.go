package audit

import (
	"slices"
	"strings"

	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// The keys of this capability.
type (
	AuditID    = ids.ID[Audit]
	RaterID    = ids.ID[Rater]
	EvidenceID = ids.ID[Evidence]
)

// The scopes of an audit.
const (
	School  = "school"
	Centre  = "centre"
	Cluster = "cluster"
)

// Scopes lists them.
var Scopes = []string{School, Centre, Cluster}

// Fewest is how many parents must have answered before anything of what they say is shown.
const Fewest = 5

// Audit is one look at the organisation, under one version of one framework.
type Audit struct {
	ID           AuditID
	Title        string
	Scope        string
	Framework    string // its code
	Version      string
	Asked        string // the groups that are asked, with commas
	Opens        string
	Closes       string
	CarriedFrom  *AuditID
	ParentsIn    int // parents who have handed in
	ParentsShown int // of whom the views are shown
	ByName       string
	MadeMs       int64
	ClosedMs     *int64
	ClosedBy     string
}

// Groups are those that are asked.
func (a Audit) Groups() (out []Group) {
	for _, g := range Groups {
		if slices.Contains(strings.Split(a.Asked, ","), string(g)) {
			out = append(out, g)
		}
	}
	return out
}

// Asks tells whether a group is asked.
func (a Audit) Asks(g Group) bool { return slices.Contains(a.Groups(), g) }

// Open tells whether answers are taken on a day.
func (a Audit) Open(day string) bool { return a.ClosedMs == nil && a.Opens <= day && day <= a.Closes }

// State says where an audit stands on a day.
func (a Audit) State(day string) string {
	switch {
	case a.ClosedMs != nil:
		return "Closed"
	case day < a.Opens:
		return "Not open yet"
	case day > a.Closes:
		return "Waiting to be closed"
	}
	return "Open"
}

// Setup is what it takes to begin one.
type Setup struct {
	Title     string
	Scope     string // that of the organisation when empty
	Framework string
	Version   string // the latest when empty
	Groups    []Group
	Opens     string // today when empty
	Closes    string // four weeks on when empty
	Carry     AuditID
}

// Rater is somebody who rates under their name.
type Rater struct {
	ID       RaterID
	AuditID  AuditID
	Group    Group `db:"grp"`
	StaffID  *roll.StaffID
	Name     string
	HandedMs *int64
	Answered int // criteria with a level
}

// Rating is what one of them says of one criterion.
type Rating struct {
	RaterID    RaterID
	Criterion  string
	Level      *int
	Commentary string
	AtMs       int64
}

// Hollow tells whether there is a level and not a word about why.
func (r Rating) Hollow() bool { return r.Level != nil && strings.TrimSpace(r.Commentary) == "" }

// Tally is how often parents chose a level of a criterion.
type Tally struct {
	Criterion string
	Level     int
	Box       int // handed in
	Shown     int // of those, published
}

// Agreed is what the team settled on.
type Agreed struct {
	Criterion string
	Version   int
	Level     int
	Reason    string
	ByName    string
	AtMs      int64
}

// Carried is what an earlier audit said, waiting to be read again.
type Carried struct {
	Criterion string
	Was       string
	Level     int
	Reason    string
	Reworded  bool
	ReadMs    *int64
	ReadBy    string
}

// Kinds of evidence.
const (
	EvidenceLink = "link"
	EvidenceFile = "file"
	EvidenceAjar = "ajar"
)

// Evidence is one thing that shows something.
type Evidence struct {
	ID       EvidenceID
	Kind     string
	Title    string
	Address  string // of a link, or of a page of Ajar
	FileName string
	FileType string
	Size     int
	ByName   string
	MadeMs   int64
	Uses     int
}

// Use is a piece of evidence where it is used.
type Use struct {
	Evidence
	AuditID   AuditID
	Criterion string
}

// Source is something already in Ajar that can serve as evidence. Rooms beside this one are joined by app.
type Source struct {
	Title   string // "Coverage of Talks 2026/27"
	Address string // where it is seen, by whoever may
}
