package progress

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/roll"
)

// Sheet is all that a page shows of one pupil's progress, as of a day.
type Sheet struct {
	Pupil    roll.Pupil
	Snapshot Snapshot
	Window   Window
	// Target is the school's own target for attendance, in percent.
	Target float64
	Weeks  []WeekFigure
	Terms  []TermFigure
	Totals []Total
	Codes  []CodeCount
	Series []Series
	Events []CountRow
	MayAdd bool // whether the person may record something here
}

// WeekFigure is one week of a pupil, with the school's figure beside it. Not known is a week without a session that counts.
type WeekFigure struct {
	Monday        string
	Marks         string
	Sessions      Sessions
	Percent       float64
	Known         bool
	SchoolPercent float64
	SchoolKnown   bool
}

// TermFigure adds the weeks of a part of the school year up. The parts are those of the calendar, since Easter moves.
type TermFigure struct {
	Name     string
	Sessions Sessions
}

// CodeCount is how often one code was used, in words.
type CodeCount struct {
	Code Code
	N    int
}

// CountRow is one entry of behaviour, praise or homework.
type CountRow struct {
	Kind, OnDate string
	N            int
	Note         string
	MadeBy       *int64
}

// CountKindWords says the kinds for people.
var CountKindWords = map[string]string{"behaviour": "Behaviour", "praise": "Praise", "homework_set": "Homework set", "homework_missed": "Homework missed"}

// Series is what a pupil reached in one subject on one scale, oldest first. Two scales of one subject are two series, and nothing is
// compared between them.
type Series struct {
	Subject, Key string
	Scale        Scale
	Results      []Result
}

// Latest is the last one taken.
func (s Series) Latest() Result { return s.Results[len(s.Results)-1] }

// Direction says how the latest differs from the one before: "up 4 since 12 May 2026". Empty when there is none before it.
func (s Series) Direction() string {
	if len(s.Results) < 2 {
		return ""
	}
	before := s.Results[len(s.Results)-2]
	words, _ := Direction(before.AsValue(), s.Latest().AsValue(), DayWords(before.On))
	return words
}

// seriesOf parts results by subject and scale, each in the order of time.
func seriesOf(results []Result) []Series {
	slices.SortFunc(results, func(a, b Result) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Scale, b.Scale), cmp.Compare(a.On, b.On))
	})
	var out []Series
	for _, r := range results {
		if n := len(out); n == 0 || out[n-1].Key != r.Key || out[n-1].Scale.Name != r.Scale {
			out = append(out, Series{Key: r.Key, Scale: LookUpScale(r.Scale)})
		}
		s := &out[len(out)-1]
		s.Subject, s.Results = r.Subject, append(s.Results, r)
	}
	return out
}

// termsOf adds the marks of weeks up by the parts of the school year, cut to a window.
func termsOf(weeks []Week, w Window) []TermFigure {
	year, ok := SchoolYear(w.To)
	if !ok {
		return nil
	}
	var out []TermFigure
	for start := year - 1; start <= year; start++ {
		for _, part := range []struct{ name, from, to string }{
			{"September to December " + strconv.Itoa(start), strconv.Itoa(start) + "-09-01", strconv.Itoa(start) + "-12-31"},
			{"January to March " + strconv.Itoa(start+1), strconv.Itoa(start+1) + "-01-01", strconv.Itoa(start+1) + "-03-31"},
			{"April to August " + strconv.Itoa(start+1), strconv.Itoa(start+1) + "-04-01", strconv.Itoa(start+1) + "-08-31"},
		} {
			var s Sessions
			for _, week := range weeks {
				s = s.Add(week.CountsBetween(max(part.from, w.From), min(part.to, w.To)))
			}
			if s.Possible > 0 {
				out = append(out, TermFigure{part.name, s})
			}
		}
	}
	return out
}

// codesOf counts the codes of weeks within a window: absences first, most frequent first; being present is not listed.
func codesOf(weeks []Week, w Window) []CodeCount {
	n := map[string]int{}
	for _, week := range weeks {
		monday, err := time.Parse(time.DateOnly, week.Monday)
		if err != nil {
			continue
		}
		for i, mark := range week.Marks {
			if day := monday.AddDate(0, 0, i/2).Format(time.DateOnly); mark != "" && mark != "/" && mark != `\` && day >= w.From && day <= w.To {
				n[mark]++
			}
		}
	}
	var out []CodeCount
	for mark, count := range n {
		if code, ok := codeByMark[mark]; ok {
			out = append(out, CodeCount{*code, count})
		}
	}
	slices.SortFunc(out, func(a, b CodeCount) int {
		return cmp.Or(cmp.Compare(rank(a.Code), rank(b.Code)), cmp.Compare(b.N, a.N), cmp.Compare(a.Code.Mark, b.Code.Mark))
	})
	return out
}

func rank(c Code) int {
	return slices.Index([]MarkClass{Unauthorised, AuthorisedAbsence, Attending, AttendingElsewhere, NotPossible, Administrative}, c.Class)
}

// TargetSetting is the name of the school's target for attendance, in percent; 96 unless it says otherwise, as on the page of settings.
const TargetSetting = "attendance.target"

func targetOf(setting string) float64 {
	if n, ok := plainNumber(strings.TrimSpace(strings.TrimSuffix(setting, "%"))); ok && n > 0 && n <= 100 {
		return n
	}
	return 96
}

// AbsenceWords states how much was missed, as a fact about sessions and not about a child: the words persistent and severe are those of
// the national statistics. Empty when nothing needs saying or nothing is known.
func (a Attendance) AbsenceWords() string {
	if !a.Known || !a.HasCounts {
		return ""
	}
	missed := strconv.Itoa(a.Sessions.Absent()) + " of " + strconv.Itoa(a.Sessions.Possible) + " sessions"
	if severe, _ := a.Sessions.Severe(); severe {
		return "Missed " + missed + ", which is half or more. National figures count this as severe absence. It says how much school was missed, and nothing about why."
	}
	if persistent, _ := a.Sessions.Persistent(); persistent {
		return "Missed " + missed + ", which is one in ten or more. National figures count this as persistent absence. It says how much school was missed, and nothing about why."
	}
	return ""
}

// PercentWords writes a percentage so that it never crosses a line by rounding: 89.96 is "89.9 %", since 90.0 would be wrong.
func PercentWords(p float64) string {
	tenths := int(p*10 + 1e-6)
	return strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10) + " %"
}
