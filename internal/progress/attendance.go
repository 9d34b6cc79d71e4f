// Package progress is what is measured about a pupil over time: attendance, attainment, behaviour and homework.
package progress

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// MarkClass says how a mark counts.
type MarkClass string

// The classes of the School Attendance (Pupil Registration) (England) Regulations 2024. Not possible and administrative sessions are left
// out of the sessions a pupil could have attended.
const (
	Attending          MarkClass = "attending"
	AttendingElsewhere MarkClass = "attending elsewhere"
	AuthorisedAbsence  MarkClass = "authorised absence"
	Unauthorised       MarkClass = "unauthorised absence"
	NotPossible        MarkClass = "not possible"
	Administrative     MarkClass = "administrative"
	NoMark             MarkClass = "no mark"
)

// Code is one attendance code with its meaning in words for a page.
type Code struct {
	Mark    string
	Meaning string
	Class   MarkClass
	// Retired codes were taken away on 19 August 2024 and can only be read for days before it.
	Retired bool
}

// CodesOf2024 is the first day on which the codes of 2024 are used.
const CodesOf2024 = "2024-08-19"

// Codes are those in use since 19 August 2024, then the three that were retired that day. How J, H and Y count is their class in
// the guidance before 2024: an interview was an approved educational activity then, but is read here as an absence like its
// successor J1, so that one pupil's years can be laid side by side; an agreed holiday was authorised; Y was not possible.
var Codes = []Code{
	{`/`, "Present, morning", Attending, false},
	{`\`, "Present, afternoon", Attending, false},
	{"L", "Late, before the register closed", Attending, false},
	{"K", "At education arranged by the local authority", AttendingElsewhere, false},
	{"V", "Educational visit or trip", AttendingElsewhere, false},
	{"P", "Approved sporting activity", AttendingElsewhere, false},
	{"W", "Work experience", AttendingElsewhere, false},
	{"B", "Other approved educational activity", AttendingElsewhere, false},
	{"D", "At the other school where registered", NotPossible, false},
	{"C1", "Performing or working abroad under a licence", AuthorisedAbsence, false},
	{"M", "Medical or dental appointment", AuthorisedAbsence, false},
	{"J1", "Interview for a job or another school", AuthorisedAbsence, false},
	{"S", "Study leave", AuthorisedAbsence, false},
	{"X", "Not of school age and not required", NotPossible, false},
	{"C2", "Part-time timetable", AuthorisedAbsence, false},
	{"C", "Leave in exceptional circumstances", AuthorisedAbsence, false},
	{"T", "Traveller family travelling for work", AuthorisedAbsence, false},
	{"R", "Religious observance", AuthorisedAbsence, false},
	{"I", "Illness", AuthorisedAbsence, false},
	{"E", "Suspended or excluded, nothing arranged", AuthorisedAbsence, false},
	{"Q", "No travel arranged by the local authority", NotPossible, false},
	{"Y1", "Usual transport not available", NotPossible, false},
	{"Y2", "Widespread disruption to travel", NotPossible, false},
	{"Y3", "Part of the school closed", NotPossible, false},
	{"Y4", "Whole school unexpectedly closed", NotPossible, false},
	{"Y5", "In criminal justice detention", NotPossible, false},
	{"Y6", "Public health guidance or law", NotPossible, false},
	{"Y7", "Other unavoidable cause", NotPossible, false},
	{"G", "Holiday not agreed by the school", Unauthorised, false},
	{"N", "Reason not yet known", Unauthorised, false},
	{"O", "Absent without permission", Unauthorised, false},
	{"U", "Late, after the register closed", Unauthorised, false},
	{"Z", "Not yet on the roll", Administrative, false},
	{"#", "School closed as planned", Administrative, false},
	{"H", "Holiday agreed by the school", AuthorisedAbsence, true},
	{"J", "Interview", AuthorisedAbsence, true},
	{"Y", "Unable to attend, exceptional circumstances", NotPossible, true},
}

var codeByMark = func() map[string]*Code {
	m := make(map[string]*Code, len(Codes))
	for i := range Codes {
		m[Codes[i].Mark] = &Codes[i]
	}
	return m
}()

// noMarks are the ways of writing that nothing was marked. A hyphen is what transfer files use for it.
func noMark(mark string) bool { return mark == "" || mark == "-" || mark == "." || mark == "*" }

// LookUp finds a code in any case. A blank mark is Code{Class: NoMark}.
func LookUp(mark string) (Code, bool) {
	mark = strings.ToUpper(strings.TrimSpace(mark))
	if noMark(mark) {
		return Code{Class: NoMark, Meaning: "No mark"}, true
	}
	c, ok := codeByMark[mark]
	if !ok {
		return Code{}, false
	}
	return *c, true
}

// ParseMark reads one mark for a day (YYYY-MM-DD; empty when the day is not known, and then retired codes are read too).
func ParseMark(mark, day string) (Code, error) {
	code, ok := LookUp(mark)
	if !ok {
		return Code{}, fmt.Errorf("%q is not an attendance code", clip(mark))
	}
	if code.Retired && day >= CodesOf2024 {
		return Code{}, fmt.Errorf("the code %s was retired on 19 August 2024 and cannot be used for %s: %s", code.Mark, day, retiredHint(code.Mark))
	}
	return code, nil
}

func retiredHint(mark string) string {
	switch mark {
	case "H":
		return "use C for leave the school has agreed, or G for a holiday it has not"
	case "J":
		return "use J1 for an interview"
	default:
		return "use Y1 to Y7, which give the reason"
	}
}

func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if utf8.RuneCountInString(s) > 20 {
		return string([]rune(s)[:20]) + "…"
	}
	return s
}

// ParseMarks reads a row of marks, either parted by spaces, commas or semicolons ("/ \ Y1") or run together as transfer files have them
// ("/\Y1C2"). Run together, the longest known code is taken, so Y1 is never Y and then 1. In the run-together form "-" stands for a
// session without a mark; between commas nothing does. from is the day of the first mark (YYYY-MM-DD), two marks a
// day; leave it empty when it is not known.
func ParseMarks(text, from string) ([]Code, error) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "?"))
	if text == "" {
		return nil, nil
	}
	first, err := time.Parse(time.DateOnly, from)
	if err != nil && from != "" {
		return nil, fmt.Errorf("%q is not a day like 2026-09-01", clip(from))
	}
	day := func(session int) string {
		if from == "" {
			return ""
		}
		return first.AddDate(0, 0, session/2).Format(time.DateOnly)
	}
	if strings.ContainsAny(text, ",;") {
		return separatedMarks(strings.FieldsFunc(markNothing(text), func(r rune) bool { return r == ',' || r == ';' }), day)
	}
	if words := strings.Fields(text); len(words) > 1 && allShort(words) {
		return separatedMarks(words, day)
	}
	return runTogetherMarks(text, day)
}

// markNothing writes a hyphen where two separators meet, so that an empty session keeps its place.
func markNothing(text string) string {
	parts := strings.Split(strings.ReplaceAll(text, ";", ","), ",")
	for i, part := range parts {
		if parts[i] = strings.TrimSpace(part); parts[i] == "" {
			parts[i] = "-"
		}
	}
	return strings.Join(parts, ",")
}

func allShort(words []string) bool {
	for _, word := range words {
		if utf8.RuneCountInString(word) > 2 || len(word) == 2 && codeByMark[strings.ToUpper(word)] == nil {
			return false
		}
	}
	return true
}

func separatedMarks(words []string, day func(int) string) ([]Code, error) {
	codes := make([]Code, 0, len(words))
	for i, word := range words {
		code, err := ParseMark(word, day(i))
		if err != nil {
			return nil, fmt.Errorf("mark %d: %w", i+1, err)
		}
		codes = append(codes, code)
	}
	return codes, nil
}

func runTogetherMarks(text string, day func(int) string) ([]Code, error) {
	runes := []rune(text)
	codes := make([]Code, 0, len(runes))
	for i := 0; i < len(runes); {
		if runes[i] == ' ' {
			i++
			continue
		}
		width := 1
		if i+1 < len(runes) {
			if _, ok := codeByMark[strings.ToUpper(string(runes[i:i+2]))]; ok {
				width = 2
			}
		}
		code, err := ParseMark(string(runes[i:i+width]), day(len(codes)))
		if err != nil {
			return nil, fmt.Errorf("character %d: %w", i+1, err)
		}
		codes = append(codes, code)
		i += width
	}
	return codes, nil
}

// Sessions are counts of half days. A roll-up adds Sessions; it never averages percentages. Late before the register closed counts as
// attended and is counted beside it.
type Sessions struct {
	Possible, Attended, Authorised, Unauthorised int
	Late                                         int
}

// Count adds marks up. Sessions without a mark are not possible sessions: nothing is known about them.
func Count(codes []Code) Sessions {
	var s Sessions
	for _, code := range codes {
		s = s.with(code)
	}
	return s
}

func (s Sessions) with(code Code) Sessions {
	switch code.Class {
	case Attending, AttendingElsewhere:
		s.Possible++
		s.Attended++
		if code.Mark == "L" {
			s.Late++
		}
	case AuthorisedAbsence:
		s.Possible++
		s.Authorised++
	case Unauthorised:
		s.Possible++
		s.Unauthorised++
	}
	return s
}

// Add gives both together.
func (s Sessions) Add(o Sessions) Sessions {
	return Sessions{s.Possible + o.Possible, s.Attended + o.Attended, s.Authorised + o.Authorised, s.Unauthorised + o.Unauthorised, s.Late + o.Late}
}

// Sub takes o away, for "since then".
func (s Sessions) Sub(o Sessions) Sessions {
	return Sessions{s.Possible - o.Possible, s.Attended - o.Attended, s.Authorised - o.Authorised, s.Unauthorised - o.Unauthorised, s.Late - o.Late}
}

// Absent is every possible session not attended. It is not the sum of the two kinds of absence, because many files give totals without
// saying which kind, and a pupil with 300 of 380 would then look never absent.
func (s Sessions) Absent() int { return s.Possible - s.Attended }

// Check says in plain words why the counts cannot be right, or nothing. A file may give totals without splitting the absence,
// so a smaller sum than Possible is allowed.
func (s Sessions) Check() error {
	switch {
	case s.Possible < 0 || s.Attended < 0 || s.Authorised < 0 || s.Unauthorised < 0 || s.Late < 0:
		return fmt.Errorf("a count of sessions is below nought: %s", s)
	case s.Attended > s.Possible:
		return fmt.Errorf("%d sessions attended is more than the %d possible", s.Attended, s.Possible)
	case s.Attended > s.Possible-s.Authorised || s.Attended+s.Authorised > s.Possible-s.Unauthorised:
		return fmt.Errorf("attended %d, authorised absence %d and unauthorised absence %d come to more than the %d possible", s.Attended, s.Authorised, s.Unauthorised, s.Possible)
	case s.Late > s.Attended:
		return fmt.Errorf("%d late sessions is more than the %d attended", s.Late, s.Attended)
	}
	return nil
}

// String is for logs and errors.
func (s Sessions) String() string {
	return fmt.Sprintf("possible %d, attended %d, authorised absence %d, unauthorised absence %d", s.Possible, s.Attended, s.Authorised, s.Unauthorised)
}

// Percent is attendance out of the pupil's own possible sessions. Multiplying first keeps 323 of 380 at exactly 85, so that
// "below 85" is false for it. Not ok when there was nothing to attend: that is no data, neither 0 nor 100.
func (s Sessions) Percent() (float64, bool) { return share(s.Attended, s.Possible) }

// AbsencePercent is absence of either kind out of possible sessions.
func (s Sessions) AbsencePercent() (float64, bool) { return share(s.Absent(), s.Possible) }

func share(part, whole int) (float64, bool) {
	if whole <= 0 {
		return 0, false
	}
	return float64(100*part) / float64(whole), true
}

// Persistent says whether a pupil is a persistent absentee by today's line: absent for at least a tenth of the pupil's own
// possible sessions, so 90.00 % attendance is persistent absence. Not known without possible sessions.
func (s Sessions) Persistent() (persistent, known bool) { return s.AbsentAtLeast(10), s.Possible > 0 }

// Severe says whether at least half of the possible sessions were missed.
func (s Sessions) Severe() (severe, known bool) { return s.AbsentAtLeast(50), s.Possible > 0 }

// PersistentThen is Persistent by the line of the school year that day is in.
func (s Sessions) PersistentThen(day string) (persistent, known bool) {
	line, ok := PersistentLine(day)
	return ok && s.AbsentAtLeast(line), ok && s.Possible > 0
}

// AbsentAtLeast compares in whole numbers, so that the line itself is never missed by a rounding.
func (s Sessions) AbsentAtLeast(percent int) bool {
	return s.Possible > 0 && 100*int64(s.Absent()) >= int64(percent)*int64(s.Possible)
}

// PersistentLine is the share of sessions missed, in percent, that made a pupil a persistent absentee in the school year of a day:
// 10 since 2015/16, 15 from 2010/11, 20 before (DfE absence statistics guide).
func PersistentLine(day string) (int, bool) {
	year, ok := SchoolYear(day)
	switch {
	case !ok:
		return 0, false
	case year >= 2015:
		return 10, true
	case year >= 2010:
		return 15, true
	}
	return 20, true
}

// SchoolYear is the year in which the school year of a day began: 1 September to 31 August.
func SchoolYear(day string) (int, bool) {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0, false
	}
	if d.Month() < time.September {
		return d.Year() - 1, true
	}
	return d.Year(), true
}

// SchoolYearName is "2026/27" for 2026.
func SchoolYearName(start int) string {
	return fmt.Sprintf("%d/%02d", start, ((start+1)%100+100)%100)
}

// SchoolYearBounds are the first and last day of the school year that began in start.
func SchoolYearBounds(start int) (from, to string) {
	return fmt.Sprintf("%04d-09-01", start), fmt.Sprintf("%04d-08-31", start+1)
}

// FromPercent turns a percentage given without counts into the nearest count of sessions out of possible, for showing only. It is not
// ok when the percentage is no percentage or nothing was possible.
func FromPercent(percent float64, possible int) (attended int, ok bool) {
	if math.IsNaN(percent) || percent < 0 || percent > 100 || possible <= 0 {
		return 0, false
	}
	return int(math.Round(percent * float64(possible) / 100)), true
}

// Week is one pupil's marks of one week: fourteen sessions from Monday morning to Sunday afternoon, empty where there is no mark.
// Schools that teach on a Saturday exist.
type Week struct {
	Monday string // YYYY-MM-DD
	Marks  [14]string
}

// MondayOf is the Monday of the week of a day, and which of the week's days it is (0 for Monday).
func MondayOf(day string) (monday string, index int, err error) {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", 0, fmt.Errorf("%q is not a day like 2026-09-01", clip(day))
	}
	index = (int(d.Weekday()) + 6) % 7
	return d.AddDate(0, 0, -index).Format(time.DateOnly), index, nil
}

// Format is the week in one short text for one column: marks parted by commas, empty ones empty, none behind the last mark.
func (w Week) Format() string {
	last := 0
	for i, mark := range w.Marks {
		if mark != "" {
			last = i + 1
		}
	}
	return strings.Join(w.Marks[:last], ",")
}

// ParseWeek reads back what Format wrote. It refuses a Monday that is none, an unknown code and a fifteenth session.
func ParseWeek(monday, text string) (Week, error) {
	w := Week{Monday: monday}
	if m, _, err := MondayOf(monday); err != nil {
		return Week{}, err
	} else if m != monday {
		return Week{}, fmt.Errorf("%s is not a Monday; its week begins on %s", monday, m)
	}
	if text == "" {
		return w, nil
	}
	marks := strings.Split(text, ",")
	if len(marks) > len(w.Marks) {
		return Week{}, fmt.Errorf("the week of %s has %d marks, and a week has 14 sessions", monday, len(marks))
	}
	for i, mark := range marks {
		code, ok := LookUp(mark)
		if !ok {
			return Week{}, fmt.Errorf("the week of %s: mark %d, %q, is not an attendance code", monday, i+1, clip(mark))
		}
		w.Marks[i] = code.Mark
	}
	return w, nil
}

// Set puts one mark in; day must be of this week. It says what stood there before.
func (w *Week) Set(day string, afternoon bool, mark string) (before string, err error) {
	monday, index, err := MondayOf(day)
	if err != nil {
		return "", err
	}
	if monday != w.Monday {
		return "", fmt.Errorf("%s is not in the week of %s", day, w.Monday)
	}
	code, err := ParseMark(mark, day)
	if err != nil {
		return "", err
	}
	at := 2 * index
	if afternoon {
		at++
	}
	before, w.Marks[at] = w.Marks[at], code.Mark
	return before, nil
}

// Counts adds the week up.
func (w Week) Counts() Sessions {
	var s Sessions
	for _, mark := range w.Marks {
		if code, ok := codeByMark[mark]; ok {
			s = s.with(*code)
		}
	}
	return s
}

// CountsBetween adds up the sessions of the days from and to, both included; an empty one is no limit.
func (w Week) CountsBetween(from, to string) Sessions {
	monday, err := time.Parse(time.DateOnly, w.Monday)
	if err != nil {
		return Sessions{}
	}
	var s Sessions
	for i, mark := range w.Marks {
		code, ok := codeByMark[mark]
		if !ok {
			continue
		}
		day := monday.AddDate(0, 0, i/2).Format(time.DateOnly)
		if day >= from && (to == "" || day <= to) {
			s = s.with(*code)
		}
	}
	return s
}
