package sharing

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// Flow is one kind of thing that may go from one school to another.
type Flow string

// The flows.
const (
	Counts  Flow = "counts"   // figures about groups, small numbers hidden
	Named   Flow = "families" // families by name, one by one
	PackFor Flow = "packs"    // hand-over packs for children who move
)

// Flows lists them in the order in which pages offer them.
var Flows = []Flow{Counts, Named, PackFor}

// FlowWords says a flow as a page shows it.
var FlowWords = map[Flow]string{
	Counts:  "Figures only: how many families were invited and reached, with small numbers hidden",
	Named:   "Families by name, each chosen by a person, after the family was told",
	PackFor: "Hand-over packs for children who move between the schools",
}

// ShortFlow says a flow in a list.
var ShortFlow = map[Flow]string{Counts: "figures", Named: "families by name", PackFor: "hand-over packs"}

// Agreement is what two schools have signed.
type Agreement struct {
	ID        ids.ID[Agreement]
	OrgA      roll.OrgID // made the code
	OrgB      roll.OrgID // entered it
	Grouping  *roll.OrgID
	NameA     string
	NameB     string
	GroupName string
	Purpose   string
	Basis     string
	ReviewOn  string
	SignedA   string
	SignedB   string
	Starts    string
	Ends      string
	EndedBy   *int64
	EndedName string
	EndedWhy  string
	MadeMs    int64
}

// AgreementID is the key of an agreement.
type AgreementID = ids.ID[Agreement]

// InForce tells whether it holds on a day.
func (a Agreement) InForce(day string) bool { return a.Starts <= day && day <= a.Ends }

// Other is the other school, seen from one of the two.
func (a Agreement) Other(us int64) (roll.OrgID, string) {
	if int64(a.OrgA) == us {
		return a.OrgB, a.NameB
	}
	return a.OrgA, a.NameA
}

// Terms are what the head who invites proposes.
type Terms struct {
	Grouping roll.OrgID // a cluster of one's own that the other joins; 0: the two schools alone
	Purpose  string
	Basis    string
	ReviewOn string // YYYY-MM-DD
	Gives    []Flow
}

// longest is how much may be written in a field, in characters.
const longest = 1000

// judge says what is missing from the terms.
func (t Terms) judge(today string) error {
	var f fault.Fields
	if strings.TrimSpace(t.Purpose) == "" {
		f.Add("purpose", "Write in a sentence what the schools want to do together. Both heads sign it.")
	}
	if strings.TrimSpace(t.Basis) == "" {
		f.Add("basis", "Write on what basis you share. For most schools this is their public task; your data protection officer knows.")
	}
	for name, text := range map[string]string{"purpose": t.Purpose, "basis": t.Basis} {
		if len([]rune(text)) > longest {
			f.Add(name, "This is too long: there is room for %d characters.", longest)
		}
	}
	if t.ReviewOn == "" {
		f.Add("review_on", "Write the day on which both schools look at it again.")
	} else if t.ReviewOn <= today {
		f.Add("review_on", "The day to look at it again must lie ahead.")
	}
	return f.Err()
}

// readFlows keeps the flows that exist, each once.
func readFlows(list []string) (out []Flow) {
	for _, f := range Flows {
		for _, x := range list {
			if string(f) == x {
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// CodeDays is how long a code waits to be entered.
const CodeDays = 14

// letters of a code: no I, L, O and U, which are misread or make words.
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode makes twelve of them, 60 bits, in groups that can be read out on the telephone.
func newCode() string {
	var b [12]byte
	_, _ = rand.Read(b[:])
	var out strings.Builder
	for i, x := range b {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(letters[x&31])
	}
	return out.String()
}

// hashCode reads a code as people type it and gives what is kept of it.
func hashCode(typed string) string {
	var out strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch {
		case r == 'O':
			r = '0'
		case r == 'I' || r == 'L':
			r = '1'
		}
		if strings.ContainsRune(letters, r) {
			out.WriteRune(r)
		}
	}
	h := sha256.Sum256([]byte("sharing " + out.String()))
	return hex.EncodeToString(h[:])
}

// Share is a family that one school shares with another.
type Share struct {
	ID        ids.ID[Share]
	Agreement AgreementID
	PupilID   roll.PupilID
	Purpose   string
	Note      string
	ToldOn    string
	ToldHow   string
	Starts    string
	Ends      string
	ByName    string
	MadeMs    int64
	EndedName string
}

// judge says what is missing before a family may be shared.
func (s Share) judge(today string) error {
	var f fault.Fields
	if strings.TrimSpace(s.Purpose) == "" {
		f.Add("purpose", "Write why the other school needs to know this family.")
	}
	if s.ToldOn == "" {
		f.Add("told_on", "Write when the family was told. Nobody is shared behind their back; for a child at risk go to your safeguarding lead instead.")
	} else if s.ToldOn > today {
		f.Add("told_on", "This day lies ahead. Tell the family first.")
	}
	if strings.TrimSpace(s.ToldHow) == "" {
		f.Add("told_how", "Write who told them, and how: for example “by phone, Idris Wakefield”.")
	}
	if s.Ends == "" {
		f.Add("ends", "Write the last day. A year is usually long enough; you can share again.")
	} else if s.Ends < today {
		f.Add("ends", "The last day has passed already.")
	}
	for name, text := range map[string]string{"purpose": s.Purpose, "note": s.Note, "told_how": s.ToldHow} {
		if len([]rune(text)) > longest {
			f.Add(name, "This is too long: there is room for %d characters.", longest)
		}
	}
	return f.Err()
}

// Line is one line of a hand-over pack or of figures: what it is, and what it says.
type Line struct{ Label, Text string }

// Section is a part of a hand-over pack that a capability offers.
type Section struct {
	Key   string
	Title string
	Make  func(*db.Tx, roll.PupilID) ([]Line, error)
}

// PackPart is a section as it was made.
type PackPart struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Lines []Line `json:"lines"`
}
