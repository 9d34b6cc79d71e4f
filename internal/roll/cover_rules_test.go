package roll

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestStandIns follows covers to who is there. Written as "away:first-last" and "away>cover:first-last/pupil"; days are of December 2026.
func TestStandIns(t *testing.T) {
	keys := map[string]StaffID{"A": 1, "B": 2, "C": 3, "D": 4}
	names := map[StaffID]string{1: "A", 2: "B", 3: "C", 4: "D"}
	date := func(n string) string { return "2026-12-" + n }
	for name, c := range map[string]struct{ away, covers, want string }{
		"nobody is away":                 {"", "", ""},
		"one covers":                     {"A:01-04", "A>B:01-04", "A>B:01-04"},
		"the cover is for some days":     {"A:01-10", "A>B:01-04 A>C:05-10", "A>B:01-04 A>C:05-10"},
		"no cover":                       {"A:01-04", "", ""},
		"the cover is away, no chain":    {"A:01-10 B:04-06", "A>B:01-10", "A>B:01-03 A>B:07-10"},
		"the cover is away, chain":       {"A:01-10 B:04-06", "A>B:01-10 B>C:04-06", "B>C:04-06 A>C:04-06(B) A>B:01-03 A>B:07-10"},
		"away on the first day":          {"A:01-10 B:01-01", "A>B:01-10 B>C:01-01", "B>C:01-01 A>C:01-01(B) A>B:02-10"},
		"away on the last day":           {"A:01-10 B:10-12", "A>B:01-10 B>C:10-12", "B>C:10-12 A>C:10-10(B) A>B:01-09"},
		"a chain of three":               {"A:01-04 B:01-04 C:01-04", "A>B:01-04 B>C:01-04 C>D:01-04", "A>D:01-04(BC) B>D:01-04(C) C>D:01-04"},
		"a ring covers nobody":           {"A:01-04 B:01-04", "A>B:01-04 B>A:01-04", ""},
		"a ring with a way out":          {"A:01-04 B:01-02", "A>B:01-04 B>A:01-02", "A>B:03-04"},
		"one pupil":                      {"A:01-04", "A>B:01-04/7 A>C:01-04/8", "A>B:01-04/7 A>C:01-04/8"},
		"one pupil of a chain":           {"A:01-04 B:01-04", "A>B:01-04/7 B>C:01-04", "A>C:01-04/7(B) B>C:01-04"},
		"another pupil is not passed on": {"A:01-04 B:01-04", "A>B:01-04/7 B>C:01-04/9", "B>C:01-04/9"},
	} {
		var absences []Absence
		at := map[string]AbsenceID{}
		for i, x := range strings.Fields(c.away) {
			at[x[:1]] = AbsenceID(i + 1)
			absences = append(absences, Absence{ID: AbsenceID(i + 1), StaffID: keys[x[:1]], Starts: date(x[2:4]), Ends: date(x[5:7])})
		}
		var covers []Cover
		for _, x := range strings.Fields(c.covers) {
			v := Cover{AbsenceID: at[x[:1]], StaffID: keys[x[2:3]], Starts: date(x[4:6]), Ends: date(x[7:9])}
			if len(x) > 9 {
				v.PupilID = new(PupilID(x[10] - '0'))
			}
			covers = append(covers, v)
		}
		var got []string
		for _, s := range StandIns(absences, covers) {
			text := names[s.AwayID] + ">" + names[s.StaffID] + ":" + s.Starts[8:] + "-" + s.Ends[8:]
			if s.PupilID != nil {
				text += fmt.Sprintf("/%d", int64(*s.PupilID))
			}
			if len(s.Through) > 0 {
				text += "("
				for _, x := range s.Through {
					text += names[x]
				}
				text += ")"
			}
			got = append(got, text)
		}
		want := strings.Fields(c.want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestGaps(t *testing.T) {
	a := Absence{StaffID: 1, Starts: "2026-12-01", Ends: "2026-12-10"}
	two := []Assigned{{PupilID: 7, StaffID: 1, Starts: "2026-09-01", Ends: ForGood}, {PupilID: 8, StaffID: 1, Starts: "2026-09-01", Ends: ForGood}}
	for name, c := range map[string]struct {
		assigned []Assigned
		in       []StandIn
		today    string
		want     string
	}{
		"all of it":               {two, nil, "2026-11-20", "01-10 [7 8]"},
		"the rest from today":     {two, nil, "2026-12-04", "04-10 [7 8]"},
		"none":                    {two, []StandIn{{AwayID: 1, StaffID: 2, Starts: "2026-12-01", Ends: "2026-12-10"}}, "2026-11-20", ""},
		"one pupil":               {two, []StandIn{{AwayID: 1, StaffID: 2, PupilID: new(PupilID(7)), Starts: "2026-12-01", Ends: "2026-12-10"}}, "2026-11-20", "01-10 [8]"},
		"some days":               {two, []StandIn{{AwayID: 1, StaffID: 2, Starts: "2026-12-03", Ends: "2026-12-05"}}, "2026-11-20", "01-02 [7 8] 06-10 [7 8]"},
		"of another's cover":      {two, []StandIn{{AwayID: 3, StaffID: 2, Starts: "2026-12-01", Ends: "2026-12-10"}}, "2026-11-20", "01-10 [7 8]"},
		"assigned for some of it": {[]Assigned{{PupilID: 7, StaffID: 1, Starts: "2026-12-05", Ends: "2026-12-06"}}, nil, "2026-11-20", "05-06 [7]"},
		"somebody else's pupil":   {[]Assigned{{PupilID: 7, StaffID: 2, Starts: "2026-09-01", Ends: ForGood}}, nil, "2026-11-20", ""},
		"covered for some of it":  {two[:1], []StandIn{{AwayID: 1, StaffID: 2, Starts: "2026-12-01", Ends: "2026-12-05"}}, "2026-11-20", "06-10 [7]"},
	} {
		var got []string
		for _, g := range Gaps(a, c.assigned, c.in, c.today) {
			got = append(got, fmt.Sprintf("%s-%s %v", g.Starts[8:], g.Ends[8:], asNumbers(g.Pupils)))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
	open := Absence{StaffID: 1, Starts: "2026-12-01", Ends: ForGood}
	if g := Gaps(open, two, []StandIn{{AwayID: 1, StaffID: 2, Starts: "2026-12-01", Ends: ForGood}}, "2026-11-20"); g != nil {
		t.Errorf("an absence without an end that is covered without an end has gaps: %v", g)
	}
}

func asNumbers(list []PupilID) (out []int64) {
	for _, p := range list {
		out = append(out, int64(p))
	}
	return out
}
