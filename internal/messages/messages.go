package messages

import (
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// The keys of this capability.
type (
	MessageID  = ids.ID[Message]
	CopyID     = ids.ID[Copy]
	ContactID  = ids.ID[Contact]
	TemplateID = ids.ID[Template]
)

// The classes of a message (domain notes 6.6). Promotional ones need consent and tell how to stop them; an urgent one waits for no quiet hours.
const (
	ClassUrgent      = "urgent"
	ClassService     = "service"
	ClassPromotional = "promotional"
)

// The tones of what is said.
const (
	Good    = "good"
	Neutral = "neutral"
	Concern = "concern"
)

// Tones lists them as forms offer them.
var Tones = []roll.Listed{{Key: Good, Words: "Good news"}, {Key: Neutral, Words: "Neither good nor bad"}, {Key: Concern, Words: "A concern"}}

// Classes lists them as forms offer them.
var Classes = []roll.Listed{{Key: ClassService, Words: "What the school has to tell"}, {Key: ClassUrgent, Words: "Urgent: today, or about safety"}, {Key: ClassPromotional, Words: "An offer, such as a fair or a paid club"}}

// The ways in which something is said.
const (
	ByText    = "text"
	ByEmail   = "email"
	ByLetter  = "letter"
	ByCall    = "call"
	ByGate    = "gate"
	ByVisit   = "visit"
	ByMeeting = "meeting"
	ByCard    = "card"
	ByBest    = "best" // whatever reaches each adult best; for a message as a whole
	ByNone    = "none" // a copy that can't be delivered at all; why says so
)

// The states of a message.
const (
	Draft      = "draft"
	Waiting    = "waiting" // for a second person
	Held       = "held"    // written out for everybody, and leaves in a moment
	Gone       = "gone"
	TakenBack  = "taken_back"
	ThrownAway = "thrown_away"
)

// Who answers for words in a language.
const (
	Original = "original"
	Checked  = "checked" // somebody who reads the language has checked them
	ADraft   = "draft"   // written by a person and checked by nobody
	Machine  = "machine"
)

// Message is one message as somebody wrote it.
type Message struct {
	ID            MessageID
	Title         string
	Class         string
	Tone          string
	Sensitive     bool   // consent, exclusion, SEN, safeguarding: no words go in a language that nobody has checked
	Way           string // ByBest, ByText, ByEmail, ByLetter or ByCall
	Audience      string // in JSON; see ReadAudience
	AudienceWords string
	TemplateID    *TemplateID
	State         string
	Version       int
	Trial         bool
	MadeBy        *roll.StaffID
	ByName        string
	MadeMs        int64
	ChangedMs     int64
	AskedMs       *int64
	ApprovedBy    *roll.StaffID
	ApprovedName  string
	ApprovedMs    *int64
	LeavesMs      *int64
	EndedMs       *int64
	EndedBy       string
}

// Words are a message or a template in one language.
type Words struct {
	Lang     string
	Subject  string
	Body     string
	Short    string // what goes as a text; empty when nothing goes as a text
	Standing string
	ByName   string
}

// Copy is a message for one adult, by one way.
type Copy struct {
	ID        CopyID
	MessageID MessageID
	AdultID   roll.AdultID
	Way       string
	Lang      string
	Standing  string
	Why       string // why this way, or why none
	Folded    string // the number or address, as roll folds it
	ItemID    int64
	State     string // post, open, done, none, stopped or trial
	DoneMs    *int64
	DoneBy    string
	Note      string
}

// Contact is something that was said, either way.
type Contact struct {
	ID          ContactID
	AdultID     *roll.AdultID
	Way         string
	Direction   string // in or out
	Tone        string
	Words       string
	Outcome     string // of a call: spoke, no_answer, left_word
	Lang        string
	HappenedOn  string
	AtMs        int64
	StaffID     *roll.StaffID
	ByName      string
	MadeMs      int64
	CopyID      CopyID // the message that it answers, or by which it went
	Folded      string // where it came from
	OwnerID     *roll.StaffID
	AskedMs     *int64 // since when it waits for an answer
	EscalatedMs *int64
	AnsweredMs  *int64
	AnsweredBy  string
	Answer      string
	Readers     string // roles that may read the words besides author and owner; empty for everyone who sees the child
	StruckMs    *int64
	StruckBy    string
	StruckWhy   string
}

// Template is words that the school keeps for use again.
type Template struct {
	ID        TemplateID
	Title     string
	Class     string
	Tone      string
	Sensitive bool
	Way       string
	Roles     string // who may send it, joined by commas; empty for everyone who may send at all
	Version   int
	ByName    string
	MadeMs    int64
	EndedMs   *int64
	Ready     string // the ready-made template that it came from
}
