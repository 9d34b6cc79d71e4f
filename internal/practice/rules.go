package practice

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// ReviewDays is how long a policy may go without being looked at (A06).
const ReviewDays = 365

// Policy is one that families meet.
type Policy struct {
	ID        ids.ID[Policy]
	Title     string
	OwnerID   *roll.StaffID
	OwnerName string
	LastOn    string // the last review; empty for never
	Consulted string // of the last review
	Barriers  string
	MadeMs    int64
	RemovedMs *int64
}

// Due tells whether a policy has not been looked at for 365 days. One that was never looked at is due.
func (p Policy) Due(today string) bool {
	n, known := p.Days(today)
	return !known || n >= ReviewDays
}

// Days is how long ago the last review was.
func (p Policy) Days(today string) (int, bool) {
	last, err := time.Parse(time.DateOnly, p.LastOn)
	now, err2 := time.Parse(time.DateOnly, today)
	if err != nil || err2 != nil {
		return 0, false
	}
	return int(now.Sub(last).Hours() / 24), true
}

// Review is one time of looking at a policy.
type Review struct {
	ID        ids.ID[Review]
	PolicyID  ids.ID[Policy]
	OnDay     string
	Consulted string // yes, no, unknown
	Barriers  string
	ByName    string
	MadeMs    int64
}

// Duty is a role of staff, and whether its job description carries working with families.
type Duty struct {
	ID     ids.ID[Duty]
	Title  string
	Duty   string // yes, no, unknown
	Note   string
	ByName string
	MadeMs int64
}

// DutyCount counts the roles of the register. What is not known stands apart: it is neither a yes nor a no.
type DutyCount struct{ Roles, Yes, No, Unknown int }

// CountDuties adds the roles up.
func CountDuties(list []Duty) (c DutyCount) {
	for _, d := range list {
		c.Roles++
		switch d.Duty {
		case "yes":
			c.Yes++
		case "no":
			c.No++
		default:
			c.Unknown++
		}
	}
	return c
}

// Percent is the share of roles with the duty, exactly, to one decimal place; false where there is no role.
func (c DutyCount) Percent() (string, bool) {
	if c.Roles == 0 {
		return "", false
	}
	tenths := (c.Yes*1000*2 + c.Roles) / (2 * c.Roles) // rounded half up, in whole numbers
	return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10), true
}

// Words says it in a sentence.
func (c DutyCount) Words() string {
	p, ok := c.Percent()
	if !ok {
		return "No role is in the register yet."
	}
	s := fmt.Sprintf("%d of %d roles have it in the job description: %s.", c.Yes, c.Roles, p)
	switch {
	case c.Unknown == 1:
		s += " Of 1 role it is not known; it is counted among the roles, and as neither yes nor no."
	case c.Unknown > 1:
		s += fmt.Sprintf(" Of %d roles it is not known; they are counted among the roles, and as neither yes nor no.", c.Unknown)
	}
	return s
}

// Rung is a step of the ladder of taking part (A05; after Hart), low to high.
type Rung int

// Consulted is the highest rung of what was asked and answered; above it a decision is shared.
const Consulted Rung = 5

// Rungs are the steps with the words for staff and for parents. They are ours; the order is Hart's.
var Rungs = []struct {
	Rung    Rung
	Staff   string
	Parents string
}{
	{1, "Used: parents stand behind what they did not choose", "We were used to make it look as if we agreed."},
	{2, "For show: parents are present and have no part", "We were there for show."},
	{3, "Token: a few are asked and it makes no difference", "A few of us were asked, but it made no difference."},
	{4, "Given a part, and told why", "We were told what to do, and why."},
	{5, "Consulted and informed: asked, and told what came of it", "We were asked, and then told what came of it."},
	{6, "Decided together; the school began it", "The school began it, and we decided together."},
	{7, "Begun and run by parents", "We began it, and we ran it."},
	{8, "Begun by parents, decided together with the school", "We began it, and decided together with the school."},
}

// StaffWords says a rung to staff.
func (r Rung) StaffWords() string {
	for _, x := range Rungs {
		if x.Rung == r {
			return strconv.Itoa(int(r)) + " " + x.Staff
		}
	}
	return ""
}

// ParentWords says a rung to parents.
func (r Rung) ParentWords() string {
	for _, x := range Rungs {
		if x.Rung == r {
			return x.Parents
		}
	}
	return ""
}

// Activity is something in which parents take part.
type Activity struct {
	ID          ids.ID[Activity]
	Title       string
	Kind        string
	OnDay       string
	Outcome     string
	PublishedOn string
	AskUntil    string // parents are asked by their own links until then; empty when they are not
	MadeMs      int64
	RemovedMs   *int64
}

// Kinds of activities.
var Kinds = []struct{ Key, Words string }{{"consultation", "Consultation"}, {"survey", "Survey"}, {"forum", "Parents' forum"}, {"council", "Parents' council"}, {"panel", "Panel or working group"}, {"other", "Something else"}}

// KindWords says the kind.
func (a Activity) KindWords() string {
	for _, k := range Kinds {
		if k.Key == a.Kind {
			return k.Words
		}
	}
	return a.Kind
}

// Shared is a record that parents voted, or decided.
type Shared struct {
	ID         ids.ID[Shared]
	ActivityID ids.ID[Activity]
	How        string
	What       string
	OnDay      string
	ByName     string
	MadeMs     int64
}

// ShareHow are the ways in which a decision is shared.
var ShareHow = []struct{ Key, Words string }{{"voted", "Parents voted"}, {"together", "Parents and school decided together"}, {"alone", "Parents decided alone"}}

// HowWords says the way.
func (s Shared) HowWords() string {
	for _, h := range ShareHow {
		if h.Key == s.How {
			return h.Words
		}
	}
	return s.How
}

// Highest is the highest rung that can be chosen for an activity. Where an outcome was published and nothing shows that parents voted or decided, it was
// a consultation, and no more can be said of it, by staff or by parents (A05).
func Highest(a Activity, shares int) Rung {
	if a.PublishedOn != "" && shares == 0 {
		return Consulted
	}
	return 8
}

// MayBe says why a rung can't be chosen.
func MayBe(r Rung, a Activity, shares int) error {
	if r < 1 || r > 8 {
		return fault.Field("rung", "Choose one of the steps.")
	}
	if top := Highest(a, shares); r > top {
		return fault.Field("rung", "What came of this was published, and nothing here shows that parents voted or decided. So it can't be more than “consulted and informed”. If they did, record the decision first.")
	}
	return nil
}

// FewestParents is how many parents must have answered before anything of it is shown.
const FewestParents = 5

// Spread is how often each rung was chosen, from 1 to 8.
type Spread [8]int

// N is how many chose.
func (s Spread) N() (n int) {
	for _, x := range s {
		n += x
	}
	return n
}

// Story is a case study, by its parts.
type Story struct {
	ID                             StoryID
	Title                          string
	Situation, Did                 string
	Changed, Learned               string
	Theme, Phase, Context          string
	Objective                      string
	Family                         bool // it is about a family
	Consent, ConsentOn, ConsentHow string
	Confirmed                      string // the print of the words that a person has looked through
	ConfirmedBy, ConfirmedWhy      string
	Stated                         *int   // how often it was asked for, as a source states
	StatedWords, StatedBy          string // "almost 300", and which source says so
	State                          string
	PublishedMs                    *int64
	AuthorID                       *roll.StaffID
	ByName                         string
	Version                        int
	MadeMs                         int64
	Views, Requests                int // counted here
}

// StoryID is the key of a story.
type StoryID = ids.ID[Story]

// texts are all the words that others will read.
func (s Story) texts() []string {
	return []string{s.Title, s.Situation, s.Did, s.Changed, s.Learned, s.Theme, s.Phase, s.Context, s.Objective, s.StatedWords, s.StatedBy}
}

// print is a mark of exactly these words. A person who has looked through them has looked through no others.
func (s Story) print() string {
	h := sha256.Sum256([]byte(strings.Join(s.texts(), "\x00")))
	return hex.EncodeToString(h[:12])
}

// Finding is something in a story by which somebody may be known.
type Finding struct {
	What string // "Amira"
	Why  string // "is the name of a pupil"
}

var (
	ages  = regexp.MustCompile(`(?i)\b(?:aged? (?:of )?\d{1,2}|\d{1,2}[- ](?:years?|months?)[- ]olds?|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)[- ]years?[- ]olds?)\b`)
	dates = regexp.MustCompile(`(?i)\b(?:\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:january|february|march|april|may|june|july|august|september|october|november|december)(?: \d{4})?|(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{1,2}(?:st|nd|rd|th)?\b(?:,? \d{4})?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{4}-\d{2}-\d{2})`)
)

// Known finds ages and dates; names come from the roll.
func Known(names []roll.NameFound, texts ...string) (out []Finding) {
	for _, n := range names {
		why := "is the name of " + n.Of + " on record here"
		if !n.Sure {
			why = "may be the name of " + n.Of + " on record here"
		}
		out = append(out, Finding{n.Word, why})
	}
	seen := map[string]bool{}
	for _, t := range texts {
		for _, m := range ages.FindAllString(t, -1) {
			if !seen[m] {
				seen[m] = true
				out = append(out, Finding{m, "says how old somebody is"})
			}
		}
		for _, m := range dates.FindAllString(t, -1) {
			if !seen[m] {
				seen[m] = true
				out = append(out, Finding{m, "says on which day"})
			}
		}
	}
	return out
}

// MayPublish says why a story can't be published yet (A07).
func MayPublish(s Story, found []Finding) error {
	if s.Family && s.Consent != "given" {
		return fault.New(fault.Conflict, "This story is about a family, and their consent is not recorded. Ask them, show them the words, and write down when and how they agreed.")
	}
	if len(found) > 0 && s.Confirmed != s.print() {
		return fault.New(fault.Conflict, "Somebody may be known by this story: %s. Change the words, or look through them and confirm that nobody can be known by them.", findingWords(found))
	}
	return nil
}

func findingWords(found []Finding) string {
	var out []string
	for _, f := range found {
		out = append(out, "“"+f.What+"” "+f.Why)
	}
	return strings.Join(out, "; ")
}

// RequestWords says how often a story was asked for. What a source states is given in its own words and with the source; it is never added to what was
// counted here, since nobody counted it here (A07).
func (s Story) RequestWords() string {
	counted := "Asked for " + times(s.Requests) + ", as counted here."
	if s.Stated == nil {
		return counted
	}
	words := s.StatedWords
	if words == "" {
		words = strconv.Itoa(*s.Stated)
	}
	return fmt.Sprintf("Asked for %s times, as %s says; that was not counted here. %s", words, s.StatedBy, counted)
}

func times(n int) string {
	switch n {
	case 0:
		return "not yet"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}
