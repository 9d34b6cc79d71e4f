package conversations

import (
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// The keys of this capability.
type (
	ProgrammeID  = ids.ID[Programme]
	RoundID      = ids.ID[Round]
	TalkID       = ids.ID[Talk]
	InvitationID = ids.ID[Invitation]
	ReflectionID = ids.ID[Reflection]
	TargetID     = ids.ID[Target]
	TextID       = ids.ID[Text]
)

// Programme is a run of conversations with chosen families, such as a school year's.
type Programme struct {
	ID           ProgrammeID
	Name         string
	Starts, Ends string
	CohortID     *int64 // the list of pupils it began from, when it began from one
	CohortName   string
	ByName       string
	MadeMs       int64
}

// The kinds of round. A review is the whole school looking back; it has no conversation with each family.
const (
	KindConversation = "conversation"
	KindReview       = "review"
)

// Round is one stretch of a programme in which each family has one conversation.
type Round struct {
	ID          RoundID
	ProgrammeID ProgrammeID
	Number      int
	Title       string
	Kind        string
	Opens       string
	Closes      string
	Offered     string // times that letters of this round offer, one a line
	Learned     string // what the school found at its whole-school review
}

// Talk is one conversation: a family in a round.
type Talk struct {
	ID          TalkID
	ProgrammeID ProgrammeID
	RoundID     RoundID
	PupilID     roll.PupilID
	AdultID     *roll.AdultID // set for a separated parent's own conversation
	Year        string        // the year group on the day the pupil was chosen
	KeyStaffID  *roll.StaffID
	InvitedOn   string
	Reply       string // agreed, declined or empty
	MeetOn      string
	MeetAt      string
	Place       string
	WithWhom    string
	DeclinedWhy string
	Outcome     string // held, did_not_come or empty
	OutcomeOn   string
	MissedWhy   string
	Tips        string // keys of ticked tips, separated by spaces
	BeganMs     *int64 // the first note of the talk
	FinalisedMs *int64
	NextOn      string
	PrepMinutes, TalkMinutes, WriteupMinutes,
	CoverPence *int
	CoverFrom string
}

// Line is a conversation with the names that a list shows.
type Line struct {
	Talk
	Forename, Surname, KnownAs string
	AdultName                  string // of a separated parent's own conversation
	KeyTeacher                 string
	RoundTitle                 string
	RoundNumber                int
	Opens, Closes              string
	Programme                  string
	Drafted                    int      // the version of the notes; 0 for none
	Standing                   Standing `db:"-"`
}

// PupilName is how the child is called.
func (l Line) PupilName() string {
	return roll.Pupil{Forename: l.Forename, Surname: l.Surname, KnownAs: l.KnownAs}.Name()
}

// FirstName is what the child is called by those who know them.
func (l Line) FirstName() string {
	if l.KnownAs != "" {
		return l.KnownAs
	}
	if l.Forename != "" {
		return l.Forename
	}
	return l.PupilName()
}

// ListName is the child's name in a list by surname.
func (l Line) ListName() string {
	return roll.Pupil{Forename: l.Forename, Surname: l.Surname, KnownAs: l.KnownAs}.ListName()
}

// Invitation asks one adult to one conversation.
type Invitation struct {
	ID          InvitationID
	TalkID      TalkID
	AdultID     roll.AdultID
	Channel     string // letter, call or in_person
	WriteIn     string // language to write in
	Interpreter *bool
	Offered     string // times offered, one a line
	Suits       string // what suits the family, in their own words
	SentOn      string
	PrintedMs   *int64
	ByName      string
}

// Contact is one line of the log about reaching a family.
type Contact struct {
	TalkID   TalkID
	AdultID  *roll.AdultID
	Adult    string
	Kind     string
	OnDate   string
	AtTime   string
	Answered *bool
	Outcome  string
	Note     string
	ByName   string
	MadeMs   int64
}

// Reflection is what a colleague was asked to say before the talk.
type Reflection struct {
	ID         ReflectionID
	TalkID     TalkID
	StaffID    roll.StaffID
	Staff      string
	AskedBy    string
	AskedMs    int64
	Well       string
	Help       string
	AnsweredMs *int64
}

// Goal is a target as it is being written. Due is YYYY-MM-DD once it is a date, and whatever was typed until then.
type Goal struct {
	Words   string `json:"words"`
	Owner   string `json:"owner"` // school, parent or pupil
	Who     string `json:"who"`
	Due     string `json:"due"`
	Measure string `json:"measure"`
}

// Empty tells whether nothing was written on this line.
func (g Goal) Empty() bool {
	return g.Words == "" && g.Owner == "" && g.Who == "" && g.Due == "" && g.Measure == ""
}

// Notes are what is written during a talk, through its four steps. They may be half done; Finalise says what is missing.
type Notes struct {
	Present      string   `json:"present"`
	Confidential string   `json:"confidential"`
	LimitsSaid   bool     `json:"limits_said"`
	Parent       string   `json:"parent"`
	Child        string   `json:"child"`
	Strengths    string   `json:"strengths"`
	InTheWay     string   `json:"in_the_way"`
	Priorities   []string `json:"priorities"`
	Later        string   `json:"later"`
	Summary      string   `json:"summary"`
	Right        bool     `json:"right"`
	Changes      string   `json:"changes"`
	Goals        []Goal   `json:"goals"`
	NextOn       string   `json:"next_on"`
	SharedWith   string   `json:"shared_with"`
	WhyHarder    string   `json:"why_harder"`
}

// Draft is a saved state of the notes.
type Draft struct {
	Version int
	Writer  string // the open page that saved it
	Notes   Notes
	ByName  string
	AtMs    int64
}

// Agreed is the text that goes home.
type Agreed struct {
	Present    string   `json:"present"`
	ToldUs     string   `json:"told_us"`
	Child      string   `json:"child"`
	Strengths  string   `json:"strengths"`
	InTheWay   string   `json:"in_the_way"`
	Priorities []string `json:"priorities"`
	Summary    string   `json:"summary"`
	Goals      []Goal   `json:"goals"`
	NextOn     string   `json:"next_on"`
	SharedWith string   `json:"shared_with"`
}

// Text is one kept version of the agreed text.
type Text struct {
	ID          TextID
	TalkID      TalkID
	Version     int
	Agreed      Agreed `db:"-"`
	Body        string
	ReadingAge  *int
	WhyHarder   string
	CorrectedBy *roll.AdultID
	Corrector   string
	Changed     string
	ByName      string
	MadeMs      int64
}

// Agreement is one person's yes to one version.
type Agreement struct {
	Version int
	AdultID *roll.AdultID // nil for the pupil
	Adult   string
	OnDate  string
	Way     string // room, paper, phone or link
	ByName  string
}

// Copy is a version given to an adult.
type Copy struct {
	Version int
	AdultID roll.AdultID
	Adult   string
	OnDate  string
	Way     string
}

// Target is an agreed goal and what the review found.
type Target struct {
	ID         TargetID
	TalkID     TalkID
	PupilID    roll.PupilID
	Place      int
	Words      string
	Owner      string
	Who        string
	Due        string
	Measure    string
	Version    int
	State      string // met, partly, not or empty
	Why        string
	Next       string // done, keep, change or stop
	NextWords  string
	ReviewedOn string
	ReviewedBy string
}

// Feedback is a parent's answer to the two questions afterwards.
type Feedback struct {
	AdultID roll.AdultID
	Adult   string
	Heard   string // yes, partly, no or empty
	Helped  string
}

// Choice is an answer that pages offer.
type Choice struct{ Key, Words string }

// WordsOf finds the words of a choice; the key itself when there are none.
func WordsOf(list []Choice, key string) string {
	for _, c := range list {
		if c.Key == key {
			return c.Words
		}
	}
	return key
}

// The choices of the forms.
var (
	Channels      = []Choice{{"letter", "Printed letter"}, {"call", "Phone call"}, {"in_person", "In person"}}
	MissedReasons = []Choice{{"work", "Work"}, {"childcare", "Looking after children"}, {"language", "Language, no interpreter"}, {"transport", "Getting here"}, {"other", "Something else"}, {"unknown", "We do not know"}}
	CallOutcomes  = []Choice{{"agreed", "Agreed a time"}, {"call_back", "Will call back"}, {"thinks", "Wants to think about it"}, {"declined", "Would rather not"}, {"message", "Left a message"}, {"no_answer", "No answer"}, {"wrong_number", "Number not in use"}}
	Owners        = []Choice{{"school", "School"}, {"parent", "Parent or carer"}, {"pupil", "Child"}}
	Ways          = []Choice{{"room", "In the room"}, {"paper", "On paper"}, {"phone", "By phone"}}
	AllWays       = append(Ways[:len(Ways):len(Ways)], Choice{ByLink, "By their own link"})
	CopyWays      = []Choice{{"hand", "Given by hand"}, {"post", "Sent by post"}, {"read_out", "Read out by phone or interpreter"}, {"collected", "Collected from the office"}}
	States        = []Choice{{"met", "Met"}, {"partly", "Partly met"}, {"not", "Not met"}}
	Nexts         = []Choice{{"done", "Done, nothing more"}, {"keep", "Keep going as it is"}, {"change", "Change it"}, {"stop", "Stop, it was not the right thing"}}
	Answers       = []Choice{{"yes", "Yes"}, {"partly", "Partly"}, {"no", "No"}}
	CoverSources  = []Choice{{"", "Not said"}, {"pupil_premium", "Pupil premium"}, {"send", "SEND budget"}, {"school", "School budget"}, {"grant", "Grant"}, {"none", "No cover was needed"}}
	// Tips are the five pieces of advice for a good talk, as ticks that nobody has to make.
	Tips = []Choice{
		{"prepare", "I know something that goes well, something that does not yet, and what colleagues think"},
		{"welcome", "The room, a drink and the time are arranged; nobody will interrupt us"},
		{"words", "I will use plain words and ask few questions"},
		{"child", "We begin with the child: what they enjoy, what gets in the way"},
		{"plan", "We end with who does what by when, and what help I can offer"},
	}
)
