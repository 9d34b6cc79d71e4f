package progress

import (
	"math"
	"strings"
	"testing"
)

func TestSessionsVectors(t *testing.T) {
	// Domain 5.4: 380 possible sessions, so many missed.
	tests := []struct {
		missed             int
		percent            string
		persistent, severe bool
		below85            bool
	}{
		{0, "100.00", false, false, false},
		{37, "90.26", false, false, false},
		{38, "90.00", true, false, false},
		{56, "85.26", true, false, false},
		{57, "85.00", true, false, false},
		{58, "84.74", true, false, true},
		{189, "50.26", true, false, true},
		{190, "50.00", true, true, true},
		{380, "0.00", true, true, true},
	}
	for _, tt := range tests {
		s := Sessions{Possible: 380, Attended: 380 - tt.missed, Authorised: tt.missed / 2, Unauthorised: tt.missed - tt.missed/2}
		got, ok := s.Percent()
		if !ok || trimPercent(got) != tt.percent {
			t.Errorf("missed %d: %v (%v), want %s", tt.missed, got, ok, tt.percent)
		}
		if (got < 85.0) != tt.below85 {
			t.Errorf("missed %d: below 85 is %v", tt.missed, got < 85.0)
		}
		if p, known := s.Persistent(); p != tt.persistent || !known {
			t.Errorf("missed %d: persistent %v", tt.missed, p)
		}
		if p, known := s.Severe(); p != tt.severe || !known {
			t.Errorf("missed %d: severe %v", tt.missed, p)
		}
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
	if p, _ := (Sessions{Possible: 380, Attended: 323}).Percent(); p != 85.0 {
		t.Errorf("323 of 380 is %v, want exactly 85", p)
	}
}

func trimPercent(p float64) string {
	hundredths := int(math.Round(p * 100))
	digits := []byte{'0' + byte(hundredths/10%10), '0' + byte(hundredths%10)}
	whole := hundredths / 100
	text := ""
	for whole > 0 || text == "" {
		text = string(rune('0'+whole%10)) + text
		whole /= 10
	}
	return text + "." + string(digits)
}

func TestNoSessionsIsNoData(t *testing.T) {
	var s Sessions
	if _, ok := s.Percent(); ok {
		t.Error("a percentage of nothing")
	}
	if _, ok := s.AbsencePercent(); ok {
		t.Error("an absence of nothing")
	}
	if p, known := s.Persistent(); p || known {
		t.Error("persistent without sessions")
	}
	if p, known := s.Severe(); p || known {
		t.Error("severe without sessions")
	}
	if c := Count([]Code{mustCode(t, "#"), mustCode(t, "Y4"), mustCode(t, "X"), mustCode(t, "D"), mustCode(t, "Z"), mustCode(t, "Q"), mustCode(t, "")}); c != (Sessions{}) {
		t.Errorf("%s: none of these is a possible session", c)
	}
}

func mustCode(t *testing.T, mark string) Code {
	t.Helper()
	c, ok := LookUp(mark)
	if !ok {
		t.Fatalf("no code %q", mark)
	}
	return c
}

func TestPersistentLine(t *testing.T) {
	tests := []struct {
		day  string
		line int
		ok   bool
	}{
		{"2026-01-10", 10, true}, {"2015-09-01", 10, true}, {"2015-08-31", 15, true}, {"2010-09-01", 15, true}, {"2010-08-31", 20, true}, {"", 0, false},
	}
	for _, tt := range tests {
		if line, ok := PersistentLine(tt.day); line != tt.line || ok != tt.ok {
			t.Errorf("PersistentLine(%s) = %d, %v", tt.day, line, ok)
		}
	}
	twelve := Sessions{Possible: 100, Attended: 88, Unauthorised: 12}
	if p, known := twelve.PersistentThen("2016-05-05"); !p || !known {
		t.Error("12 % missed is persistent in 2016")
	}
	if p, known := twelve.PersistentThen("2014-05-05"); p || !known {
		t.Error("12 % missed was not persistent in 2014")
	}
	// 20 % of 320 sessions over five half-terms is the 64 half days of the old line.
	if p, _ := (Sessions{Possible: 320, Attended: 256, Authorised: 64}).PersistentThen("2009-05-05"); !p {
		t.Error("64 of 320 was persistent in 2009")
	}
}

func TestCodeClasses(t *testing.T) {
	want := map[MarkClass]string{
		Attending: `/ \ L`, AttendingElsewhere: "K V P W B", AuthorisedAbsence: "C1 M J1 S C2 C T R I E H J", Unauthorised: "G N O U",
		NotPossible: "D X Q Y1 Y2 Y3 Y4 Y5 Y6 Y7 Y", Administrative: "Z #",
	}
	seen := 0
	for class, marks := range want {
		for mark := range strings.FieldsSeq(marks) {
			if c := mustCode(t, mark); c.Class != class || c.Meaning == "" {
				t.Errorf("%s: class %q, want %q", mark, c.Class, class)
			}
			seen++
		}
	}
	if seen != len(Codes) {
		t.Errorf("%d codes checked of %d", seen, len(Codes))
	}
	if c := mustCode(t, "y1"); c.Mark != "Y1" {
		t.Errorf("small letters: %+v", c)
	}
}

func TestParseMarks(t *testing.T) {
	tests := []struct {
		text string
		want string
	}{
		{`//\\Y1/C2`, `/ / \ \ Y1 / C2`},
		{`/\/\L\`, `/ \ / \ L \`},
		{`/ \ Y1 C2 I`, `/ \ Y1 C2 I`},
		{`/,\,Y1, C2 ,I`, `/ \ Y1 C2 I`},
		{`/,,/`, `/ . /`},
		{`/-\`, `/ . \`},
		{`/\ /\ I`, `/ \ / \ I`},
		{`//// \\\\ Y1I`, `/ / / / \ \ \ \ Y1 I`},
		{`c1j1CJ1`, `C1 J1 C J1`},
		{`HJY`, `H J Y`},
		{`YY1Y`, `Y Y1 Y`},
		{``, ``},
	}
	for _, tt := range tests {
		codes, err := ParseMarks(tt.text, "")
		if err != nil {
			t.Errorf("ParseMarks(%q): %v", tt.text, err)
			continue
		}
		var got []string
		for _, c := range codes {
			if c.Class == NoMark {
				got = append(got, ".")
				continue
			}
			got = append(got, c.Mark)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("ParseMarks(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
	if c, err := ParseMarks(`//\\Y1/C2`, ""); err != nil || Count(c) != (Sessions{Possible: 6, Attended: 5, Authorised: 1}) {
		t.Errorf("counts %s, %v", Count(c), err)
	}
}

func TestParseMarksErrors(t *testing.T) {
	tests := []struct{ text, from, say string }{
		{`//?\`, "", `character 3: "?"`},
		{`/,A9,/`, "", `mark 2: "A9"`},
		{`/1`, "", `character 2: "1"`},
		{`H`, "2024-09-02", "retired on 19 August 2024"},
		{`////H`, "2024-08-17", "retired"},
		{`Y`, "2025-01-06", "Y1 to Y7"},
		{`J`, "2025-01-06", "J1"},
		{`/`, "yesterday", "not a day"},
	}
	for _, tt := range tests {
		if codes, err := ParseMarks(tt.text, tt.from); err == nil || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("ParseMarks(%q, %q) = %v, %v; want an error with %q", tt.text, tt.from, codes, err, tt.say)
		}
	}
	if codes, err := ParseMarks(`HJY/`, "2024-07-01"); err != nil || Count(codes) != (Sessions{Possible: 3, Attended: 1, Authorised: 2}) {
		t.Errorf("old codes before 2024: %s, %v", Count(codes), err)
	}
}

func TestSessionsCheck(t *testing.T) {
	bad := []Sessions{
		{Possible: -1}, {Possible: 1, Attended: 2}, {Possible: 10, Attended: 8, Authorised: 2, Unauthorised: 1}, {Possible: 3, Attended: 1, Late: 2}, {Possible: 1, Authorised: math.MaxInt, Unauthorised: math.MaxInt},
	}
	for _, s := range bad {
		if s.Check() == nil {
			t.Errorf("%s should be refused", s)
		}
	}
	if err := (Sessions{Possible: 10, Attended: 8}).Check(); err != nil {
		t.Errorf("absence need not be split: %v", err)
	}
	if p, known := (Sessions{Possible: 380, Attended: 300}).Persistent(); !p || !known {
		t.Error("80 of 380 missed is persistent, whichever kind of absence it was")
	}
	a, b := Sessions{10, 8, 1, 1, 2}, Sessions{5, 5, 0, 0, 1}
	if a.Add(b).Sub(b) != a || a.Add(b) != (Sessions{15, 13, 1, 1, 3}) {
		t.Error("adding and taking away")
	}
}

func TestSchoolYear(t *testing.T) {
	for day, want := range map[string]int{"2026-09-01": 2026, "2026-08-31": 2025, "2026-12-31": 2026, "2027-01-01": 2026} {
		if got, ok := SchoolYear(day); !ok || got != want {
			t.Errorf("SchoolYear(%s) = %d, %v", day, got, ok)
		}
	}
	if n := SchoolYearName(2026); n != "2026/27" {
		t.Error(n)
	}
	if n := SchoolYearName(1999); n != "1999/00" {
		t.Error(n)
	}
	if from, to := SchoolYearBounds(2026); from != "2026-09-01" || to != "2027-08-31" {
		t.Error(from, to)
	}
}

func TestFromPercent(t *testing.T) {
	if a, ok := FromPercent(84.7, 380); !ok || a != 322 {
		t.Errorf("%d %v", a, ok)
	}
	for _, bad := range []float64{-1, 101, math.NaN(), math.Inf(1)} {
		if _, ok := FromPercent(bad, 380); ok {
			t.Errorf("%v is no percentage", bad)
		}
	}
}

func TestWeek(t *testing.T) {
	w, err := ParseWeek("2026-09-07", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct {
		day  string
		pm   bool
		mark string
	}{{"2026-09-07", false, "/"}, {"2026-09-07", true, `\`}, {"2026-09-09", false, "y1"}, {"2026-09-11", true, "O"}, {"2026-09-08", false, "L"}} {
		if _, err := w.Set(m.day, m.pm, m.mark); err != nil {
			t.Error(err)
		}
	}
	if got, want := w.Format(), `/,\,L,,Y1,,,,,O`; got != want {
		t.Errorf("Format = %q, want %q", got, want)
	}
	again, err := ParseWeek(w.Monday, w.Format())
	if err != nil || again != w {
		t.Errorf("read back %+v, %v", again, err)
	}
	if c := w.Counts(); c != (Sessions{Possible: 4, Attended: 3, Unauthorised: 1, Late: 1}) {
		t.Errorf("counts %s", c)
	}
	if c := w.CountsBetween("2026-09-08", "2026-09-10"); c != (Sessions{Possible: 1, Attended: 1, Late: 1}) {
		t.Errorf("counts between %s", c)
	}
	if c := w.CountsBetween("", ""); c != w.Counts() {
		t.Errorf("no limits %s", c)
	}
	if before, err := w.Set("2026-09-11", true, "I"); err != nil || before != "O" {
		t.Errorf("before %q, %v", before, err)
	}
	if _, err := w.Set("2026-09-14", false, "/"); err == nil {
		t.Error("a day of the next week")
	}
	for _, bad := range [][2]string{{"2026-09-08", "/"}, {"nonsense", ""}, {"2026-09-07", "?"}, {"2026-09-07", strings.Repeat("/,", 14) + "/"}} {
		if _, err := ParseWeek(bad[0], bad[1]); err == nil {
			t.Errorf("ParseWeek(%q, %q) should be refused", bad[0], bad[1])
		}
	}
	if monday, i, _ := MondayOf("2026-09-13"); monday != "2026-09-07" || i != 6 {
		t.Errorf("Sunday: %s %d", monday, i)
	}
}

func FuzzMarks(f *testing.F) {
	for _, s := range []string{`//\\Y1/C2`, "/,,", "Y", "\xff", "/ \u00a0\\", "ſ"} {
		f.Add(s, "2024-08-17")
	}
	f.Fuzz(func(t *testing.T, s, day string) {
		codes, err := ParseMarks(s, day)
		if err == nil {
			if err := Count(codes).Check(); err != nil {
				t.Error(err)
			}
		}
		if w, err := ParseWeek("2026-09-07", s); err == nil {
			if again, err := ParseWeek("2026-09-07", w.Format()); err != nil || again != w {
				t.Errorf("%q: %+v read back as %+v, %v", s, w, again, err)
			}
		}
		_, _ = SchoolYear(day)
	})
}
