package plans

import (
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// Plan is what is to be done in a period.
type Plan struct {
	ID       PlanID
	Title    string
	Starts   string // YYYY-MM-DD
	Ends     string
	LeadID   *roll.StaffID
	LeadName string
	Shared   bool // the head lets clusters and the authority count its actions
	ClosedMs *int64
	ClosedBy string
	ByName   string
	MadeMs   int64
}

// PlanID is the key of a plan.
type PlanID = ids.ID[Plan]

// Open tells whether work on it goes on.
func (p Plan) Open() bool { return p.ClosedMs == nil }

// Status is how far an action is.
type Status string

// The states of an action. Carried is one that went on in the next plan; it is set by Carry alone.
const (
	ToDo    Status = "todo"
	Going   Status = "going"
	Done    Status = "done"
	Stopped Status = "stopped"
	Carried Status = "carried"
)

// Statuses are those that a person can choose, in order.
var Statuses = []Status{ToDo, Going, Done, Stopped}

// StatusWords says a state.
var StatusWords = map[Status]string{ToDo: "Not started", Going: "Under way", Done: "Done", Stopped: "Stopped", Carried: "Carried on"}

// Ended tells whether nothing more is to be done about the action in this plan.
func (s Status) Ended() bool { return s == Done || s == Stopped || s == Carried }

// Source is what an action came from: a criterion below its benchmark, an objective, a target, a case. It is kept in words, so that it can still be read
// when the thing itself is gone.
type Source struct {
	Kind  string // "criterion", "objective", "policy" …, for the room that offered it
	Key   string // that room's own key
	Words string // "1.3 All staff share the vision: starting; the benchmark is established"
	Link  string // a page of Ajar; empty for none
}

// Same tells whether two are the same thing, however it is worded by now.
func (s Source) Same(t Source) bool { return s.Kind == t.Kind && s.Key == t.Key && s.Kind != "" }

// Action is one thing to do, whose it is, and by when.
type Action struct {
	ID           ActionID
	PlanID       PlanID
	Theme        string
	Words        string
	OwnerID      *roll.StaffID
	OwnerName    string
	Due          string // YYYY-MM-DD
	Measure      string // how one will see that it worked
	PlannedPence *int64
	SpentPence   *int64
	Funding      string
	Status       Status
	StoppedWhy   string
	DoneOn       string
	SourceKind   string
	SourceKey    string
	SourceWords  string
	SourceLink   string
	CarriedFrom  *ActionID
	Version      int
	RemovedMs    *int64
	RemovedBy    string
	MadeMs       int64
	TouchedMs    int64 // the last sign of life
}

// ActionID is the key of an action.
type ActionID = ids.ID[Action]

// Source is what it came from.
func (a Action) Source() Source {
	return Source{a.SourceKind, a.SourceKey, a.SourceWords, a.SourceLink}
}

// Entry is one line of an action's history.
type Entry struct {
	ID       ids.ID[Entry]
	ActionID ActionID
	Kind     string
	Words    string
	Was, Now string
	ByName   string
	AtMs     int64
}

// Evidence is what shows that an action was done, or what came of it.
type Evidence struct {
	ID        ids.ID[Evidence]
	ActionID  ActionID
	Words     string
	Link      string
	ByName    string
	MadeMs    int64
	RemovedMs *int64
}

// Ref names an objective, which may be another organisation's.
type Ref struct {
	Org roll.OrgID
	ID  ObjectiveID
}

// String is the reference in a form: "org.objective".
func (r Ref) String() string { return r.Org.String() + "." + r.ID.String() }

// ReadRef reads it back.
func ReadRef(s string) (r Ref, ok bool) {
	o, x, _ := strings.Cut(s, ".")
	org, err := ids.Parse[roll.Org](o)
	if err != nil {
		return r, false
	}
	id, err := ids.Parse[Objective](x)
	return Ref{org, id}, err == nil
}

// Typed is an action as somebody wrote it on the form or in a file.
type Typed struct {
	Theme, Words string
	Owner        roll.StaffID // 0: nobody yet
	Due          string       // YYYY-MM-DD
	Measure      string
	Planned      string // pounds, as typed
	Spent        string
	Funding      string
	Source       Source
	Serves       []Ref
}

// Objective is what an organisation has set for itself and, where it is a grouping, for those who belong to it.
type Objective struct {
	ID       ObjectiveID
	Org      roll.OrgID `db:"-"`
	OrgName  string     `db:"-"`
	OrgType  string     `db:"-"`
	Code     string     // "c"
	Words    string
	AboveOrg *roll.OrgID
	AboveID  *ObjectiveID
	Starts   string
	Ends     string
	ByName   string
	MadeMs   int64
}

// ObjectiveID is the key of an objective.
type ObjectiveID = ids.ID[Objective]

// Ref names it.
func (o Objective) Ref() Ref { return Ref{o.Org, o.ID} }

// Title is the objective with its letter.
func (o Objective) Title() string {
	if o.Code == "" {
		return o.Words
	}
	return o.Code + " " + o.Words
}

// Above names the objective that it serves.
func (o Objective) Above() (Ref, bool) {
	if o.AboveOrg == nil || o.AboveID == nil {
		return Ref{}, false
	}
	return Ref{*o.AboveOrg, *o.AboveID}, true
}

// Vision is a statement, as it was adopted on a day.
type Vision struct {
	ID        ids.ID[Vision]
	Words     string
	AdoptedOn string
	Consulted string // who was asked
	ByName    string
	MadeMs    int64
}

// Consultation is one turn of asking: whom, by when, and what came of it.
type Consultation struct {
	ID       ids.ID[Consultation]
	Whom     string
	How      string
	Due      string
	DoneOn   string
	CameOfIt string
	ByName   string
	MadeMs   int64
}

// longest is how much may be written in a field, in characters.
const longest = 1000

func tooLong(f *fault.Fields, name, text string, n int) {
	if len([]rune(text)) > n {
		f.Add(name, "This is too long: there is room for %d characters.", n)
	}
}
