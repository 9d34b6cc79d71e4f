package progress

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/roll"
)

// Snapshot is what is known about one pupil as of a day. What is not known is marked so; it is never nought.
type Snapshot struct {
	Pupil      roll.PupilID
	AsOf       string
	Attendance Attendance
	// Results holds the latest on each subject and scale, by key and scale.
	Results []Result
	Counts  Counts
	// Facts are the school's own columns by name. They have no history: they are as they stand now.
	Facts []Fact
}

// Basis is what an attendance figure rests on.
type Basis string

// Marks come before totals, and totals before a percentage without counts.
const (
	FromMarks  Basis = "marks"
	FromTotals Basis = "totals"
	FromGiven  Basis = "a percentage given without counts"
)

// Attendance is a pupil's attendance over a period that ends on or before the day of the snapshot.
type Attendance struct {
	Known   bool
	Percent float64
	// HasCounts is false for a percentage that came without sessions; Sessions is then empty.
	HasCounts bool
	Sessions  Sessions
	// Split is whether it is known how the absence divides into authorised and unauthorised.
	Split bool
	// From and To are the first and last day that the figure speaks of; To is also its "as of".
	From, To string
	Basis    Basis
	// Earlier marks a figure of an earlier period, because there is none yet for the present one.
	Earlier bool
	// File is the name of the file that a total came from, if known.
	File string
}

// AsOf is the last day that the figure speaks of.
func (a Attendance) AsOf() string { return a.To }

// Source says what the figure rests on: "marks, 1 Sep 2026 to 20 Nov 2026: 58 of 380 sessions missed".
func (a Attendance) Source() string {
	if !a.Known {
		return "no attendance is recorded"
	}
	s := fmt.Sprintf("%s, %s to %s", a.Basis, DayWords(a.From), DayWords(a.To))
	if a.HasCounts {
		s += fmt.Sprintf(": %d of %d sessions missed", a.Sessions.Absent(), a.Sessions.Possible)
	}
	if a.Earlier {
		s += " (nothing is recorded since)"
	}
	return s
}

// Result is one result on one scale.
type Result struct {
	Subject  string // as the school writes it
	Key      string // the folded form, by which rules and lists find it
	Scale    string
	Value    float64
	HasValue bool   // false for a word on a school's own scale
	Text     string // as people write it: 9:06, 2b, Good
	On       string
	Source   string
}

// AsValue gives the result as a value on its scale, for words and for directions.
func (r Result) AsValue() Value {
	return Value{Scale: r.Scale, Number: r.Value, HasNumber: r.HasValue, Display: r.Text}
}

// Counted is how many there were in the window of the snapshot. Not known means that nothing at all is recorded for this pupil: a
// nought is known only when a file or a person said nought.
type Counted struct {
	Known bool
	N     int
	On    string // the day of the latest entry
}

// Counts are the things that are counted.
type Counts struct {
	Behaviour, Praise, HomeworkSet, HomeworkMissed Counted
	From, To                                       string // the window
}

// CountKinds are the kinds of Counts as the store and files name them.
var CountKinds = []string{"behaviour", "praise", "homework_set", "homework_missed"}

func (c *Counts) kind(kind string) *Counted {
	switch kind {
	case "behaviour":
		return &c.Behaviour
	case "praise":
		return &c.Praise
	case "homework_set":
		return &c.HomeworkSet
	case "homework_missed":
		return &c.HomeworkMissed
	}
	return nil
}

// Fact is one of the school's own columns about a pupil.
type Fact struct {
	Name, Value, On, Source string
}

// Fact finds one of the school's own columns by name.
func (s *Snapshot) Fact(name string) (Fact, bool) {
	for _, f := range s.Facts {
		if f.Name == name {
			return f, true
		}
	}
	return Fact{}, false
}

// Result finds the latest result of a subject by its folded key. When the school uses several scales for it, the one taken last counts;
// with two of one day the scale that comes first by name.
func (s *Snapshot) Result(key string) (Result, bool) {
	var best Result
	for _, r := range s.Results {
		if r.Key == key && r.On > best.On {
			best = r
		}
	}
	return best, best.On != ""
}

// Window is the days over which attendance and counts are added up.
type Window struct{ From, To string }

// WindowSetting is the name of the school's setting: "90" or "days:90" for the last ninety days, and anything else for the school year to date.
const WindowSetting = "attendance.window"

// WindowOn gives the window of a setting as of a day. A setting that can't be read is taken as the school year.
func WindowOn(setting, asOf string) Window {
	if days, err := strconv.Atoi(strings.TrimPrefix(setting, "days:")); err == nil && days > 0 && days <= 3660 {
		return Window{addDays(asOf, 1-days), asOf}
	}
	year, ok := SchoolYear(asOf)
	if !ok {
		return Window{asOf, asOf}
	}
	from, _ := SchoolYearBounds(year)
	return Window{from, asOf}
}

// earlier is the period that is asked when the window has nothing: the school year in which the last thing before it was recorded, however long ago that is.
// The figure carries its dates and says that nothing is recorded since; whether it is too old to use is for people to say.
func (w Window) earlier(last string) Window {
	to := addDays(w.From, -1)
	year, ok := SchoolYear(last)
	if !ok {
		return Window{to, to}
	}
	from, end := SchoolYearBounds(year)
	return Window{from, min(end, to)}
}

func addDays(day string, n int) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.AddDate(0, 0, n).Format(time.DateOnly)
}

// DayWords writes a day as people do: 1 Sep 2026.
func DayWords(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.Format("2 Jan 2006")
}

// fromTotals picks the figure out of the totals of one pupil that end within the window and reach into it: counts before percentages, the latest
// end first, and further periods only when they do not overlap one that is in already, so that no session is counted twice.
func fromTotals(rows []Total, w Window) Attendance {
	rows = slices.DeleteFunc(slices.Clone(rows), func(t Total) bool { return t.ToOn < w.From || t.ToOn > w.To })
	// Of two with one end the longer one: it holds the other.
	slices.SortFunc(rows, func(a, b Total) int {
		return cmp.Or(cmp.Compare(b.ToOn, a.ToOn), cmp.Compare(a.FromOn, b.FromOn))
	})
	var a Attendance
	for _, t := range rows {
		if t.Possible == nil || *t.Possible == 0 || a.Known && t.ToOn >= a.From {
			continue
		}
		split := t.Authorised != nil && t.Unauthorised != nil
		if !a.Known {
			a = Attendance{Known: true, HasCounts: true, Split: true, To: t.ToOn, Basis: FromTotals, File: t.Source}
		}
		a.From, a.Split = t.FromOn, a.Split && split
		a.Sessions = a.Sessions.Add(t.Sessions())
	}
	if a.Known {
		a.Percent, _ = a.Sessions.Percent()
		return a
	}
	for _, t := range rows {
		if t.Possible == nil && t.Percent != nil {
			return Attendance{Known: true, Percent: *t.Percent, From: t.FromOn, To: t.ToOn, Basis: FromGiven, File: t.Source}
		}
	}
	return a
}

// settle decides one pupil's figure: marks of the window, totals of the window, then the same of the earlier period.
func settle(marks, earlierMarks Attendance, totals []Total, w Window) Attendance {
	if marks.Known {
		return marks
	}
	if a := fromTotals(totals, w); a.Known {
		return a
	}
	a := earlierMarks
	if !a.Known {
		last := ""
		for _, t := range totals {
			if t.ToOn < w.From {
				last = max(last, t.ToOn)
			}
		}
		if last != "" {
			a = fromTotals(totals, w.earlier(last))
		}
	}
	a.Earlier = a.Known
	return a
}

// SubjectKey is the form of a subject's name by which rules and lists find it: "English – Reading" is english_reading.
func SubjectKey(subject string) string { return strings.ReplaceAll(roll.Fold(subject), " ", "_") }
