package conversations

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// Standing is where a family stands in a round. A family has exactly one.
type Standing string

// The standings, in the order in which a family may go through them.
const (
	NotInvited Standing = "not_invited"
	NoReply    Standing = "no_reply"
	ToCome     Standing = "to_come" // a time is agreed and its outcome is not recorded yet
	Declined   Standing = "declined"
	DidNotCome Standing = "did_not_come"
	Held       Standing = "held"
)

// StandingWords says each standing plainly.
var StandingWords = map[Standing]string{
	NotInvited: "Not invited yet", NoReply: "No reply yet", ToCome: "Time agreed", Declined: "Would rather not", DidNotCome: "Did not come", Held: "Held",
}

// StandingOf decides where a family stands on a day. An outcome beats a reply, and a reply beats an invitation: a family that declined and came after
// all was held, and one that missed its time and agreed another is to come (agreeing a time clears the outcome).
func StandingOf(t Talk, today string) Standing {
	switch {
	case t.Outcome == "held":
		return Held
	case t.Outcome == "did_not_come":
		return DidNotCome
	case t.Reply == "declined":
		return Declined
	case t.Reply == "agreed":
		return ToCome
	case t.InvitedOn != "" && t.InvitedOn <= today:
		return NoReply
	}
	return NotInvited
}

// CoverageRow counts the families of a year group. Invited are those whose invitation has come to something or stayed unanswered, so that
// Invited = Reached + NoReply and Reached = Held + Declined + DidNotCome, always. ToCome and NotInvited stand beside and are in neither.
type CoverageRow struct {
	Year       string `json:"year"`
	Invited    int    `json:"invited"`
	Reached    int    `json:"reached"`
	Held       int    `json:"held"`
	Declined   int    `json:"declined"`
	NoReply    int    `json:"no_reply"`
	DidNotCome int    `json:"did_not_come"`
	ToCome     int    `json:"to_come"`
	NotInvited int    `json:"not_invited"`
}

func (r *CoverageRow) add(s Standing, n int) {
	switch s {
	case Held:
		r.Held += n
	case Declined:
		r.Declined += n
	case DidNotCome:
		r.DidNotCome += n
	case NoReply:
		r.NoReply += n
	case ToCome:
		r.ToCome += n
	default:
		r.NotInvited += n
	}
	r.Reached = r.Held + r.Declined + r.DidNotCome
	r.Invited = r.Reached + r.NoReply
}

// CountCoverage makes the table of a set of conversations on a day, in the order of year groups.
func CountCoverage(talks []Talk, today string) []CoverageRow {
	at := map[string]int{}
	rows := []CoverageRow{}
	for _, t := range talks {
		i, ok := at[t.Year]
		if !ok {
			i = len(rows)
			at[t.Year] = i
			rows = append(rows, CoverageRow{Year: t.Year})
		}
		rows[i].add(StandingOf(t, today), 1)
	}
	slices.SortFunc(rows, func(a, b CoverageRow) int {
		return cmp.Or(cmp.Compare(roll.YearGroup(a.Year).Order(), roll.YearGroup(b.Year).Order()), cmp.Compare(a.Year, b.Year))
	})
	return rows
}

// TotalCoverage adds the rows up. Counts are added; a percentage never is.
func TotalCoverage(rows []CoverageRow) CoverageRow {
	t := CoverageRow{Year: "All"}
	for _, r := range rows {
		t.Invited += r.Invited
		t.Reached += r.Reached
		t.Held += r.Held
		t.Declined += r.Declined
		t.NoReply += r.NoReply
		t.DidNotCome += r.DidNotCome
		t.ToCome += r.ToCome
		t.NotInvited += r.NotInvited
	}
	return t
}

// ExpectedSlots is how many conversations a programme makes room for: one for each pupil and round, the whole-school review not counted.
func ExpectedSlots(rounds []Round, pupils int) int {
	n := 0
	for _, r := range rounds {
		if r.Kind == KindConversation {
			n += pupils
		}
	}
	return n
}

// DefaultRounds are two conversations and a whole-school review, spread evenly between two dates.
func DefaultRounds(from, to string) []Round {
	f, err1 := time.Parse(time.DateOnly, from)
	t, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil || t.Before(f) {
		return nil
	}
	days := int(t.Sub(f).Hours() / 24)
	day := func(part int) string { return f.AddDate(0, 0, days*part/3).Format(time.DateOnly) }
	after := func(d string) string {
		x, _ := time.Parse(time.DateOnly, d)
		return min(x.AddDate(0, 0, 1).Format(time.DateOnly), to)
	}
	return []Round{
		{Number: 1, Title: "First conversation", Kind: KindConversation, Opens: from, Closes: day(1)},
		{Number: 2, Title: "Second conversation", Kind: KindConversation, Opens: after(day(1)), Closes: day(2)},
		{Number: 3, Title: "Whole-school review", Kind: KindReview, Opens: after(day(2)), Closes: to},
	}
}

// isDate tells whether s is a date as it is kept.
func isDate(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Format(time.DateOnly) == s
}

// CheckProgramme says what is wrong with a programme before it is made.
func CheckProgramme(p Programme, rounds []Round) error {
	var f fault.Fields
	if strings.TrimSpace(p.Name) == "" {
		f.Add("name", "Give the programme a name, for example “Structured conversations 2026/27”.")
	}
	if !isDate(p.Starts) {
		f.Add("starts", "Say on which day it begins.")
	}
	if !isDate(p.Ends) {
		f.Add("ends", "Say on which day it ends.")
	}
	if isDate(p.Starts) && isDate(p.Ends) && p.Ends < p.Starts {
		f.Add("ends", "It can't end before it begins.")
	}
	if len(rounds) == 0 && len(f) == 0 {
		f.Add("", "A programme needs at least one round.")
	}
	for _, r := range rounds {
		if err := CheckRound(r); err != nil {
			f = append(f, fault.AsFields(err)...)
		}
	}
	return f.Err()
}

// CheckRound says what is wrong with a round.
func CheckRound(r Round) error {
	var f fault.Fields
	if strings.TrimSpace(r.Title) == "" {
		f.Add("title", "Give the round a title, for example “Autumn conversation”.")
	}
	if r.Kind != KindConversation && r.Kind != KindReview {
		f.Add("kind", "Say whether families are talked with in this round, or the school looks back.")
	}
	if !isDate(r.Opens) {
		f.Add("opens", "Say on which day the round opens.")
	}
	if !isDate(r.Closes) {
		f.Add("closes", "Say on which day the round closes.")
	}
	if isDate(r.Opens) && isDate(r.Closes) && r.Closes < r.Opens {
		f.Add("closes", "The round can't close before it opens.")
	}
	return f.Err()
}

// Asking says whether an adult can be asked to a conversation about a child.
type Asking int

// Whom to ask. Barred adults are never asked and appear on no list; Others may be asked when a person decides so.
const (
	AskBarred Asking = iota
	AskOther
	AskUsual
)

// WhoToAsk decides about one tie. Asked as a matter of course are those whom education law calls a parent (s.576 Education Act 1996): parents, people with
// parental responsibility, and people the child lives with. An order in force comes before everything.
func WhoToAsk(r roll.Relation, today string) Asking {
	if r.Barred(today) {
		return AskBarred
	}
	if r.Tie.Parent() {
		return AskUsual
	}
	return AskOther
}

// MostPriorities is how many things a talk settles on. The Focus step picks the few that matter most (domain 2.2).
const MostPriorities = 3

// CheckPriorities refuses a fourth.
func CheckPriorities(list []string) error {
	n := 0
	for _, p := range list {
		if strings.TrimSpace(p) != "" {
			n++
		}
	}
	if n > MostPriorities {
		return fault.Field("priority", "You have written %d priorities. Please keep the three that matter most to the family now, and put the rest under “For another time”, so that it is not lost.", n)
	}
	return nil
}

// CheckGoals says what keeps targets from being agreed: each needs words, an owner and a date, and one at least is the school's own.
func CheckGoals(goals []Goal) error {
	var f fault.Fields
	n, school := 0, 0
	for i, g := range goals {
		if g.Empty() {
			continue
		}
		n++
		if strings.TrimSpace(g.Words) == "" {
			f.Add(GoalField(i, "words"), "Target %d: write what will be done.", i+1)
		}
		switch g.Owner {
		case "school":
			school++
		case "parent", "pupil":
		default:
			f.Add(GoalField(i, "owner"), "Target %d: say who will do it, the school, the parent or the child.", i+1)
		}
		switch {
		case strings.TrimSpace(g.Due) == "":
			f.Add(GoalField(i, "due"), "Target %d: say by when.", i+1)
		case !isDate(g.Due):
			f.Add(GoalField(i, "due"), "Target %d: “%s” is not a date. Write it as day, month and year, like 27 3 2027.", i+1, g.Due)
		}
	}
	if n == 0 {
		f.Add(GoalField(0, "words"), "Write at least one target, and let the first be something the school will do.")
	} else if school == 0 {
		f.Add(GoalField(0, "owner"), "At least one target has to be the school's own. What will you do first?")
	}
	return f.Err()
}

// GoalField names the field of a target on the form, so that an error leads to it.
func GoalField(i int, part string) string { return "goal" + string(rune('0'+i%10)) + "_" + part }

// CheckFinal says what is missing before the notes become the agreed text. A draft may miss anything.
func CheckFinal(n Notes) error {
	var f fault.Fields
	if strings.TrimSpace(n.Parent) == "" && strings.TrimSpace(n.Summary) == "" {
		f.Add("parent", "Write what the parent said, in their words or as you summed it up.")
	}
	if err := CheckPriorities(n.Priorities); err != nil {
		f = append(f, fault.AsFields(err)...)
	}
	if err := CheckGoals(n.Goals); err != nil {
		f = append(f, fault.AsFields(err)...)
	}
	if strings.TrimSpace(n.SharedWith) == "" {
		f.Add("shared_with", "Say who will see this, as you agreed it with the family.")
	}
	if n.NextOn != "" && !isDate(n.NextOn) {
		f.Add("next_on", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", n.NextOn)
	}
	return f.Err()
}

// Compose makes the text that goes home from the notes. Targets of the school come first; empty lines go.
func Compose(n Notes) Agreed {
	a := Agreed{Present: n.Present, ToldUs: n.Parent, Child: n.Child, Strengths: n.Strengths, InTheWay: n.InTheWay, Summary: n.Summary, NextOn: n.NextOn, SharedWith: n.SharedWith}
	for _, p := range n.Priorities {
		if p = strings.TrimSpace(p); p != "" {
			a.Priorities = append(a.Priorities, p)
		}
	}
	for _, owner := range Owners {
		for _, g := range n.Goals {
			if g.Owner == owner.Key && !g.Empty() {
				a.Goals = append(a.Goals, g)
			}
		}
	}
	return a
}

// Prose is all running text of an agreed text, for the check of plain words.
func (a Agreed) Prose() string {
	parts := append([]string{a.Summary, a.Strengths, a.InTheWay, a.SharedWith}, a.Priorities...)
	for _, g := range a.Goals {
		parts = append(parts, g.Words, g.Measure)
	}
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			if !strings.ContainsAny(p[len(p)-1:], ".!?") {
				p += "."
			}
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n")
}

// ByOwner gives the targets of one owner, in order.
func (a Agreed) ByOwner(owner string) []Goal {
	var out []Goal
	for _, g := range a.Goals {
		if g.Owner == owner {
			out = append(out, g)
		}
	}
	return out
}

// MayOverwrite decides whether a page may save over the draft that is there: when it began from that very version, or when it was itself the last
// to save (a page that saves every few seconds). Anything else is a conflict, and a person decides.
func MayOverwrite(current Draft, base int, writer string) bool {
	return current.Version == base || writer != "" && current.Writer == writer
}

// CheckReview says what is wrong with the review of a target.
func CheckReview(state, why, next string) error {
	var f fault.Fields
	if !known(States, state) {
		f.Add("state", "Say whether the target was met, partly met or not met.")
	}
	if state != "met" && known(States, state) && strings.TrimSpace(why) == "" {
		f.Add("why", "Say in a few words why, without blame. It helps to choose the next step.")
	}
	if next != "" && !known(Nexts, next) {
		f.Add("next", "Choose what happens next from the list.")
	}
	return f.Err()
}

func known(list []Choice, key string) bool {
	return slices.ContainsFunc(list, func(c Choice) bool { return c.Key == key })
}

// Median of whole numbers, doubled so that it stays whole: Median2([3 4]) is 7, which is 3.5. Nothing for none.
func Median2(list []int) (twice int, ok bool) {
	if len(list) == 0 {
		return 0, false
	}
	s := slices.Clone(list)
	slices.Sort(s)
	return s[len(s)/2] + s[(len(s)-1)/2], true
}

// TimeCost is what minutes of a teacher cost, in pence, to the nearest penny.
func TimeCost(minutes, pencePerHour int) int { return (minutes*pencePerHour + 30) / 60 }

// TheSuggestedCopyDays is within how many school days the family should have its copy (domain 2.5).
const TheSuggestedCopyDays = 5
