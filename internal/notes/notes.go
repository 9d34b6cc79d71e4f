package notes

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// NoteID is the key of a note.
type NoteID = ids.ID[Note]

// Note is a note as those read it who may.
type Note struct {
	ID         NoteID
	PupilID    roll.PupilID
	HappenedOn string
	Seen       string
	Said       string
	Did        string
	Restricted bool
	Family     bool // may be read by the family
	AuthorID   *roll.StaffID
	ByName     string
	Version    int
	MadeMs     int64
	StruckMs   *int64
	StruckBy   string
	StruckWhy  string
	Readers    []Reader `db:"-"`
	MayChange  bool     `db:"-"`
	MayStrike  bool     `db:"-"`
	PupilName  string   `db:"-"`
}

// Reader may read one restricted note: a role, or a colleague.
type Reader struct {
	NoteID  NoteID
	Role    access.Role
	StaffID *roll.StaffID
	Name    string // of the colleague
}

// Words names the reader.
func (r Reader) Words() string {
	if r.Role != "" {
		return roll.RoleWords[r.Role]
	}
	return r.Name
}

// Version is one state of the words, for those who may read the note.
type Version struct {
	Version         int
	HappenedOn      string
	Seen, Said, Did string
	Readers         string
	ByName          string
	MadeMs          int64
}

// Typed is a note as it is being written.
type Typed struct {
	On         string   `json:"on"` // as it was typed
	Seen       string   `json:"seen"`
	Said       string   `json:"said"`
	Did        string   `json:"did"`
	Restricted bool     `json:"restricted"`
	Family     bool     `json:"family"`
	Roles      []string `json:"roles"`
	Staff      []string `json:"staff"`
}

// Draft is what somebody has begun, and when it was saved.
type Draft struct {
	Typed
	AtMs int64
}

// About is the notes about one child, as the person of the pass may see them.
type About struct {
	Pupil    roll.Pupil
	Notes    []Note
	Hidden   int    // restricted notes that are not for them
	Ask      string // whom to ask about those
	MayWrite bool
	Today    string
}

// Found is what a search brings: notes that the person may read, and nothing about others.
type Found struct {
	Notes []Note
	More  bool
}
