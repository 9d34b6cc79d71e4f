package awards

import (
	"ajar/internal/audit"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

// The keys of this capability.
type (
	AwardID   = ids.ID[Award]
	PartID    = ids.ID[Part]
	ShownID   = ids.ID[Shown]
	CommentID = ids.ID[Comment]
)

// Award is one run at an award, under one version of one framework.
type Award struct {
	ID          AwardID
	Title       string
	Owner       string // whose award it is; empty for one of our own
	Framework   string
	Version     string
	Months      int // how long it lasts
	Parents     int // parents in the steering group
	CarriedFrom *AwardID
	Frozen      *int // the version that is being assessed
	Outcome     string
	AwardedOn   string
	Expires     string
	ByName      string
	MadeMs      int64
	EndedMs     *int64
	EndedBy     string
	EndedWhy    string
}

// The outcomes.
const (
	Awarded = "awarded"
	NotYet  = "not_yet"
)

// DefaultMonths is how long an award lasts unless it says otherwise: three years.
const DefaultMonths = 36

// Gathering tells whether evidence is being gathered.
func (a Award) Gathering() bool { return a.EndedMs == nil && a.Outcome != Awarded && a.Frozen == nil }

// External tells whether somebody else gives the award.
func (a Award) External() bool { return a.Owner != "" }

// Part is what somebody does for an award.
type Part struct {
	ID      PartID
	AwardID AwardID
	StaffID roll.StaffID
	Name    string
	Part    string
	ByName  string
	MadeMs  int64
	EndedMs *int64
}

// The parts.
const (
	PartLead     = "lead"
	PartSteering = "steering"
	PartAdviser  = "adviser"
	PartAssessor = "assessor"
)

// Parts lists them in order.
var Parts = []string{PartLead, PartSteering, PartAdviser, PartAssessor}

// PartWords says a part.
var PartWords = map[string]string{PartLead: "Lead", PartSteering: "Steering group", PartAdviser: "Adviser", PartAssessor: "Independent assessor"}

// The steps of the way, in order.
const (
	StepAudit      = "audit"
	StepPlan       = "plan"
	StepVisit      = "visit"
	StepAssessment = "assessment"
	StepDecision   = "decision"
)

// Steps lists them in order.
var Steps = []string{StepAudit, StepPlan, StepVisit, StepAssessment, StepDecision}

// StepWords says a step.
var StepWords = map[string]string{StepAudit: "Audit", StepPlan: "Action plan", StepVisit: "Adviser's visit", StepAssessment: "Assessment", StepDecision: "Decision"}

// How a step came to be behind.
const (
	Done      = "done"
	Elsewhere = "elsewhere"
	Skipped   = "skipped"
)

// StepLine is a step and how it stands; How is empty while it is still ahead.
type StepLine struct {
	Step    string
	How     string
	Day     string
	AuditID *audit.AuditID
	PlanID  *plans.PlanID
	Words   string // the reason of one that was skipped; what and where otherwise
	ByName  string
	AtMs    int64
}

// Settling is what the lead says about a step.
type Settling struct {
	Step  string
	How   string
	Day   string // YYYY-MM-DD, of one that was done elsewhere
	Audit audit.AuditID
	Plan  plans.PlanID
	Words string
}

// Shown is a piece of evidence where it is shown.
type Shown struct {
	ID        ShownID
	Evidence  audit.EvidenceID `db:"evidence_id"`
	Objective string
	Criterion string
	Kind      string
	Title     string
	Address   string
	FileName  string
	Words     string // what it shows
	ByName    string
	AtMs      int64
	MadeMs    int64 // since when the piece is in Ajar
	Carried   bool
	SeenOn    string // the day on which somebody said that it still holds
	Asked     bool   `db:"-"` // carried, older than a year, and nobody has said so yet: it doesn't count
}

// Comment is what an adviser said, of an objective or of a visit.
type Comment struct {
	ID        CommentID
	Objective string
	VisitOn   string
	Words     string
	StaffID   roll.StaffID
	ByName    string
	AtMs      int64
}

// Criterion is an indicator under an objective.
type Criterion struct{ Code, Text string }

// Objective is one objective with what shows it.
type Objective struct {
	Code, Title, About string
	Criteria           []Criterion
	Shown              []Shown
	Comments           []Comment
}

// Counts is how many pieces count: those that are not asked for again.
func (o Objective) Counts() (n int) {
	for _, s := range o.Shown {
		if !s.Asked {
			n++
		}
	}
	return n
}

// Person is somebody with a part, as the portfolio names them.
type Person struct{ Name, Part string }

// Portfolio is everything that is looked at. A frozen one is kept as it was.
type Portfolio struct {
	Title, Owner, Framework, Version, FrameworkTitle string
	Objectives                                       []Objective
	Visits                                           []Comment
	Steps                                            []StepLine
	People                                           []Person
	Parents                                          int
}

// Missing lists the objectives that nothing shows.
func (p Portfolio) Missing() (out []Objective) {
	for _, o := range p.Objectives {
		if o.Counts() == 0 {
			out = append(out, o)
		}
	}
	return out
}

// Objective finds one by its code.
func (p Portfolio) Objective(code string) (Objective, bool) {
	for _, o := range p.Objectives {
		if o.Code == code {
			return o, true
		}
	}
	return Objective{}, false
}

// Pieces is how many different pieces of evidence there are, and in how many places.
func (p Portfolio) Pieces() (pieces, places int) {
	seen := map[audit.EvidenceID]bool{}
	for _, o := range p.Objectives {
		for _, s := range o.Shown {
			places++
			seen[s.Evidence] = true
		}
	}
	return len(seen), places
}

// Version is a frozen portfolio.
type Version struct {
	No          int
	Day         string
	ByName      string
	AtMs        int64
	TakenBackMs *int64
}

// Verdict is what the assessor says of one objective.
type Verdict struct {
	No        int
	Objective string
	Met       bool
	Words     string
	StaffID   roll.StaffID
	ByName    string
	AtMs      int64
}

// Decision is what was decided, by whom, on which day.
type Decision struct {
	No          *int
	Outcome     string
	Day         string
	Words       string
	StaffID     *roll.StaffID
	DecidedBy   string
	Certificate string // of the award's owner, if it gave one
	ByName      string
	AtMs        int64
}

// longest is how much may be written in a field, in characters.
const longest = 2000

func tooLong(f *fault.Fields, name, text string, n int) {
	if len([]rune(text)) > n {
		f.Add(name, "This is too long: there is room for %d characters.", n)
	}
}
