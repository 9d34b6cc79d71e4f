package barriers

import (
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"ajar/internal/progress"
)

func compile(t testing.TB, when string) *Rule {
	t.Helper()
	r, err := Compile(when)
	if err != nil {
		t.Fatalf("Compile(%s): %v", when, err)
	}
	return r
}

func score(subject, scale string, value float64, date string) Result {
	return Result{Subject: subject, Scale: scale, Value: value, HasValue: true, Text: places(value, 2), Date: date, Source: "Summer test.csv"}
}

// I01 CHECK: three barriers at 58 of 380 sessions missed, two at 57, because exactly 85 % is not below 85 %.
func TestIFactorCheck(t *testing.T) {
	rules := []*Rule{compile(t, `sen in ["K", "E"]`), compile(t, `attendance.percent < 85.0`), compile(t, `result["aps"].value < 90.0`)}
	for missed, want := range map[int]int{58: 3, 57: 2} {
		var p Pupil
		p.SetText(SEN, "K")
		p.SetSessions(progress.Sessions{Possible: 380, Attended: 380 - missed, Authorised: missed}, true)
		p.Results = []Result{score("aps", "own", 81, "2026-06-20")}
		count := 0
		for _, r := range rules {
			if r.Decide(&p) != r.decideByCEL(&p) {
				t.Errorf("%s: CEL says otherwise", r.When())
			}
			if r.Eval(&p).Outcome == Met {
				count++
			}
		}
		if count != want {
			t.Errorf("%d missed: I factor %d, want %d", missed, count, want)
		}
	}
}

func TestEvidence(t *testing.T) {
	var p Pupil
	p.SetText(SEN, "K")
	p.SetSessions(progress.Sessions{Possible: 380, Attended: 322, Authorised: 50, Unauthorised: 8}, true)
	p.SetBool(FSM, false)
	p.SetClasses("8A", "8Ma2")
	p.Results = []Result{score("reading", "ks2_scaled", 87, "2026-06-20")}
	p.Own = []OwnValue{{Column: "House", Text: "Curie"}}
	p.Origins = func(field string) Origin {
		if strings.HasPrefix(field, "attendance.") {
			return Origin{"2026-07-17", "Marks to July.csv"}
		}
		return Origin{"2026-09-01", "Roll.csv"}
	}
	tests := []struct {
		when    string
		outcome Outcome
		want    []Evidence
	}{
		{`attendance.percent < 85.0`, Met, []Evidence{{"attendance.percent", "84.74", "85", "attendance is 84.7 % (58 of 380 sessions missed), below 85 %", "2026-07-17", "Marks to July.csv"}}},
		{`sen in ["K","E"]`, Met, []Evidence{{"sen", "K", "K or E", "SEN is K, one of K or E", "2026-09-01", "Roll.csv"}}},
		{`sen == "E"`, NotMet, []Evidence{{"sen", "K", "E", "SEN is K, not E", "2026-09-01", "Roll.csv"}}},
		{`result["reading"].value < 90.0`, Met, []Evidence{{`result["reading"].value`, "87", "90", "reading is 87, below 90", "2026-06-20", "Summer test.csv"}}},
		{`fsm || sen == "K"`, Met, []Evidence{{"sen", "K", "K", "SEN is K", "2026-09-01", "Roll.csv"}}},
		{`fsm && sen == "K"`, NotMet, []Evidence{{"fsm", "no", "yes", "does not have free school meals", "2026-09-01", "Roll.csv"}}},
		{`!("9B" in in_class)`, Met, []Evidence{{"in_class", "8A, 8Ma2", "9B", "class is 8A, 8Ma2, without 9B", "2026-09-01", "Roll.csv"}}},
		{`own["House"] != "Curie"`, NotMet, []Evidence{{`own["House"]`, "Curie", "Curie", "House is Curie", "2026-09-01", "Roll.csv"}}},
		{`result["reading"].date < "2026-06-20"`, NotMet, []Evidence{{`result["reading"].date`, "2026-06-20", "2026-06-20", "the date of reading is 2026-06-20, not before 2026-06-20", "2026-06-20", "Summer test.csv"}}},
		{`attendance.authorised > attendance.unauthorised * 2`, Met, []Evidence{
			{"attendance.authorised", "50", "attendance.authorised > attendance.unauthorised * 2", "sessions of authorised absence is 50; the rule's part attendance.authorised > attendance.unauthorised * 2 is yes", "2026-07-17", "Marks to July.csv"},
			{"attendance.unauthorised", "8", "attendance.authorised > attendance.unauthorised * 2", "sessions of unauthorised absence is 8; the rule's part attendance.authorised > attendance.unauthorised * 2 is yes", "2026-07-17", "Marks to July.csv"}}},
	}
	for _, tt := range tests {
		v := compile(t, tt.when).Eval(&p)
		if v.Outcome != tt.outcome || !slices.Equal(v.Because, tt.want) || len(v.Missing) != 0 {
			t.Errorf("%s:\n got %v %+v %+v\nwant %v %+v", tt.when, v.Outcome, v.Because, v.Missing, tt.outcome, tt.want)
		}
	}
}

// A value just under the line must not look as if it were on it.
func TestEvidenceNearTheLine(t *testing.T) {
	var p Pupil
	p.SetAttendancePercent(84.996)
	v := compile(t, `attendance.percent < 85.0`).Eval(&p)
	if got := v.Because[0].Words; got != "attendance is 84.996 %, below 85 %" {
		t.Error(got)
	}
}

func TestMissingDataIsUnknown(t *testing.T) {
	var nobody, p Pupil
	p.SetBool(FSM, true)
	p.SetBool(EAL, false)
	p.Results = []Result{score("reading", "ks2_scaled", 95, "2026-05-01"), {Subject: "reading", Scale: "reading_age", Value: 110, HasValue: true, Date: "2026-06-01"}, {Subject: "effort", Scale: "own", Text: "Poor", Date: "2026-06-01"}}
	p.Own = []OwnValue{{Column: "Clubs", Text: "many"}}
	p.SetSessions(progress.Sessions{}, true)
	tests := []struct {
		when    string
		pupil   *Pupil
		outcome Outcome
		missing string
	}{
		{`sen == "K"`, &nobody, Unknown, "SEN is not known"},
		{`sen != "K"`, &nobody, Unknown, "SEN is not known"},
		{`!(sen == "K")`, &nobody, Unknown, "SEN is not known"},
		{`!eal`, &nobody, Unknown, "English as an additional language is not known"},
		{`"8A" in in_class`, &nobody, Unknown, "classes are not known"},
		{`attendance.percent < 85.0`, &p, Unknown, "attendance is not known"},
		{`attendance.persistent`, &p, Unknown, "persistent absence is not known"},
		{`attendance.possible == 0`, &p, Met, ""},
		{`fsm || sen == "K"`, &p, Met, ""},
		{`sen == "K" || fsm`, &p, Met, ""},
		{`eal && sen == "K"`, &p, NotMet, ""},
		{`sen == "K" && eal`, &p, NotMet, ""},
		{`fsm && sen == "K"`, &p, Unknown, "SEN is not known"},
		{`eal || sen == "K"`, &p, Unknown, "SEN is not known"},
		{`result["maths"].value < 90.0`, &p, Unknown, "there is no result in maths"},
		{`result["reading"].value < 90.0`, &p, Unknown, "more than one scale (ks2_scaled, reading_age)"},
		{`result["reading:ks2_scaled"].value < 100.0`, &p, Met, ""},
		{`result["Reading:KS2 scaled"].value < 100.0`, &p, Met, ""},
		{`result["reading:reading_age"].value < 108.0`, &p, NotMet, ""},
		{`result["reading:gcse"].value < 4.0`, &p, Unknown, "no result in reading (GCSE grade)"},
		{`result["effort"].value < 4.0`, &p, Unknown, "“Poor”, which is not a number"},
		{`result["effort"].text == "Poor"`, &p, Met, ""},
		{`own["House"] == "Curie"`, &p, Unknown, "House is not known"},
		{`own_number["Clubs"] < 1.0`, &p, Unknown, "“many”, which is not a number"},
		{`own["Clubs"] == "many"`, &p, Met, ""},
		{`attendance.authorised > attendance.unauthorised`, &nobody, Unknown, "sessions of authorised absence is not known"},
		{`fsm ? sen == "K" : true`, &p, Unknown, "SEN is not known"},
		{`in_class.exists(c, c.startsWith("8"))`, &nobody, Unknown, "classes are not known"},
		{`int(own["Clubs"]) > 3`, &p, Unknown, "could not be worked out"},
	}
	for _, tt := range tests {
		r := compile(t, tt.when)
		v := r.Eval(tt.pupil)
		if v.Outcome != tt.outcome {
			t.Errorf("%s = %v, want %v", tt.when, v.Outcome, tt.outcome)
		}
		if byCEL := r.decideByCEL(tt.pupil); byCEL != tt.outcome {
			t.Errorf("%s by CEL = %v, want %v", tt.when, byCEL, tt.outcome)
		}
		if tt.outcome == Unknown && (len(v.Because) != 0 || len(v.Missing) == 0 || !strings.Contains(fmt.Sprint(v.Missing), tt.missing)) {
			t.Errorf("%s: because %v, missing %v; want %q missing", tt.when, v.Because, v.Missing, tt.missing)
		}
		if tt.outcome != Unknown && (len(v.Because) == 0 || len(v.Missing) != 0) {
			t.Errorf("%s: because %v, missing %v", tt.when, v.Because, v.Missing)
		}
	}
}

func TestSessionsWithoutKindsOfAbsence(t *testing.T) {
	var p Pupil
	p.SetSessions(progress.Sessions{Possible: 380, Attended: 300}, false)
	if p.Knows(AttendanceAuthorised) || p.Knows(AttendanceUnauthorised) || p.Knows(AttendanceLate) {
		t.Error("totals do not say which kind of absence it was")
	}
	if compile(t, "attendance.persistent").Decide(&p) != Met {
		t.Error("80 of 380 missed is persistent")
	}
	p.Reset()
	if p.Knows(AttendancePercent) || compile(t, "attendance.percent < 100.0").Decide(&p) != Unknown {
		t.Error("Reset forgets")
	}
}

func TestNeeds(t *testing.T) {
	r := compile(t, `sen in ["K"] && (attendance.percent < 85.0 || result["reading"].value < 90.0 || result["maths:gcse"].value < 4.0) && own["House"] == "x" && own_number["Clubs"] > 1.0 && sen != "E" && size(in_class) > 0`)
	want := []string{"sen", "attendance.percent", "result:reading", "result:maths:gcse", "own:House", "own_number:Clubs", "in_class"}
	if got := r.Needs(); !slices.Equal(got, want) {
		t.Errorf("needs %q, want %q", got, want)
	}
}

func TestCompileErrors(t *testing.T) {
	tests := []struct{ when, say string }{
		{``, "empty"},
		{`attendence.percent < 85.0`, "at character 1: there is no field attendence.percent. Did you mean attendance.percent?"},
		{`attendance.percant < 85.0`, "Did you mean attendance.percent?"},
		{`percent < 85.0`, "Did you mean attendance.percent?"},
		{`attendance < 85.0`, "attendance needs a part: attendance.percent"},
		{`sen == K`, "put it in quotation marks"},
		{`sne == "K"`, "Did you mean sen?"},
		{`fsm && pupilpremium`, "at character 8: there is no field pupilpremium. Did you mean pupil_premium?"},
		{`sen = "K"`, "write =="},
		{`sen in ["K"`, "at character"},
		{`sen == "K`, "quotation mark"},
		{`sen`, "must say yes or no, and this one gives text"},
		{`attendance.percent`, "gives a number"},
		{`sen < 85.0`, "< cannot stand between text and a number"},
		{`attendance.percent < "85"`, "< cannot stand between a number and text"},
		{`year < "9"`, "Use year_number"},
		{`"9" <= year`, "Use year_number"},
		{`sen > "A"`, "has no order"},
		{`fsm ? year < "9" : true`, "Use year_number"},
		{`attendance.percent < 85%`, "without a % sign"},
		{`attendance.percent < 85,0`, "point and not a comma"},
		{`fsm and eal`, "write && for and"},
		{`not fsm`, "write ! for not"},
		{`(fsm || eal`, "')' is missing"},
		{`matches(sen, "(")`, "pattern"},
		{`result["x"].value.y < 2.0`, "nothing can stand behind it"},
		{`attendance.percent == 85`, "like 85.0"},
		{`sen.matches(sex)`, "in quotation marks"},
		{`result["reading"] < 90.0`, "say what of the result is meant"},
		{`result.reading.value < 90.0`, `write result["reading"]`},
		{`result["reading"].valeu < 90.0`, "Did you mean value?"},
		{`result[sen].value < 90.0`, "must be a text in quotation marks"},
		{`result[""].value < 90.0`, "must be a text in quotation marks"},
		{`result.exists(k, k == "x")`, "result needs a subject"},
		{`own.House == "x"`, `write own["House"]`},
		{`own == own`, "own needs a column"},
		{`has(result["x"].value)`, "has() is not needed"},
		{`{"a": 1} == {"a": 1}`, "curly brackets"},
		{`colour(sen)`, "no function colour"},
		{"sen == \"K\" &&\n  fsn", "at line 2, character 3: there is no field fsn. Did you mean fsm?"},
		{"sen == \"\x00\"", "no text"},
		{"sen == \"\xff\"", "no text"},
		{strings.Repeat("(", 500) + "fsm" + strings.Repeat(")", 500), ""},
		{strings.Repeat("fsm || ", 400) + "fsm", "longer than"},
	}
	for _, tt := range tests {
		r, err := Compile(tt.when)
		if err == nil {
			t.Errorf("Compile(%.60q) = %v, want an error", tt.when, r.Needs())
			continue
		}
		var c *CompileError
		if !errors.As(err, &c) || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("Compile(%.60q): %v; want %q", tt.when, err, tt.say)
		}
	}
}

func TestEveryExampleCompiles(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Fields() {
		compile(t, f.Example)
		if f.Words == "" || f.Needs == "" || f.Type == "" || seen[f.Name] {
			t.Errorf("%+v is not fully described, or listed twice", f)
		}
		seen[f.Name] = true
	}
	for k := range keyCount {
		if fieldByKey[k] == nil {
			t.Errorf("key %d is not in the list of fields", k)
		}
	}
}

// randomRule writes a rule of any shape, including ones only CEL can decide.
func randomRule(r *rand.Rand, depth int) string {
	if depth > 0 {
		switch r.Intn(7) {
		case 0, 1:
			return "(" + randomRule(r, depth-1) + " && " + randomRule(r, depth-1) + ")"
		case 2, 3:
			return "(" + randomRule(r, depth-1) + " || " + randomRule(r, depth-1) + ")"
		case 4:
			return "!(" + randomRule(r, depth-1) + ")"
		case 5:
			return "(" + randomRule(r, depth-1) + " ? " + randomRule(r, depth-1) + " : " + randomRule(r, depth-1) + ")"
		}
	}
	pick := func(list ...string) string { return list[r.Intn(len(list))] }
	sign := pick("<", "<=", ">", ">=", "==", "!=")
	switch r.Intn(14) {
	case 0:
		return "sen " + pick("==", "!=") + ` "` + pick("K", "E", "N") + `"`
	case 1:
		return `sen in ["K", "E"]`
	case 2:
		return pick("eal", "fsm", "young_carer", "attendance.persistent", "fsm == true", "fsm != true", "false == eal")
	case 3:
		return pick("attendance.percent "+sign+pick(" 85.0", " 90.0", " 100.0"), "attendance.percent < 85", "attendance.percent >= 90")
	case 4:
		return pick("85.0", "90.0") + " " + sign + " attendance.percent"
	case 5:
		return pick("age", "year_number", "behaviour.incidents", "homework.missed", "attendance.possible") + " " + sign + pick(" 9", " 0", " -2", " 380", " 12")
	case 6:
		return `result["` + pick("reading", "reading:ks2_scaled", "maths", "effort") + `"].value ` + sign + pick(" 90.0", " 4.0", " 100.0")
	case 7:
		if r.Intn(2) == 0 {
			return `result["reading"].date ` + sign + ` "2026-05-01"`
		}
		return `result["` + pick("reading", "effort") + `"].` + pick("text", "scale", "date") + " " + pick("==", "!=") + ` "` + pick("Poor", "ks2_scaled", "2026-05-01") + `"`
	case 8:
		return `"` + pick("8A", "9B") + `" in in_class`
	case 9:
		return `own["` + pick("House", "Clubs") + `"] ` + pick("==", "!=") + ` "` + pick("Curie", "3") + `"`
	case 10:
		return `own_number["Clubs"] ` + sign + " 3.0"
	case 11:
		return pick("age in [9, 10, 85]", "attendance.percent in [9.0, 85.0]")
	case 12:
		return pick(`in_class.exists(c, c.startsWith("8"))`, `size(in_class) > 1`, `attendance.authorised > attendance.unauthorised`, `first_language.startsWith("P")`, `int(own["Clubs"]) > 2`, `true`, `1 < 2`, `year.matches("^1[01]$")`)
	}
	return `year in ["9", "10", "11"]`
}

func randomPupil(r *rand.Rand) *Pupil {
	p := &Pupil{}
	some := func() bool { return r.Intn(3) > 0 }
	pick := func(list ...string) string { return list[r.Intn(len(list))] }
	if some() {
		p.SetText(SEN, pick("K", "E", "N"))
	}
	if some() {
		p.SetText(Year, pick("8", "9", "10", "R", "X"))
	}
	if some() {
		p.SetText(FirstLanguage, pick("Polish", "English"))
	}
	for _, k := range []Key{EAL, FSM, YoungCarer} {
		if some() {
			p.SetBool(k, r.Intn(2) == 0)
		}
	}
	for _, k := range []Key{Age, BehaviourIncidents, HomeworkMissed} {
		if some() {
			p.SetWhole(k, r.Intn(12))
		}
	}
	switch r.Intn(4) {
	case 0:
		p.SetAttendancePercent([]float64{84.7, 85, 90, 100}[r.Intn(4)])
	case 1, 2:
		missed := []int{0, 38, 57, 58}[r.Intn(4)]
		p.SetSessions(progress.Sessions{Possible: 380, Attended: 380 - missed, Authorised: missed / 2, Unauthorised: missed - missed/2}, some())
	}
	if some() {
		p.SetClasses([]string{"8A", "9B", "8Ma1"}[:r.Intn(4)]...)
	}
	for _, res := range []Result{score("reading", "ks2_scaled", 90, "2026-05-01"), score("Reading", "reading_age", 100, "2026-06-01"), score("maths", "gcse", 4, ""), {Subject: "effort", Scale: "own", Text: "Poor"}} {
		if some() {
			p.Results = append(p.Results, res)
		}
	}
	if some() {
		p.Own = []OwnValue{{Column: "House", Text: pick("Curie", "Hopper")}, {Column: "clubs", Text: "3", Number: 3, HasNumber: some()}}
	}
	return p
}

// Our own closures and CEL must say the same of every rule and pupil, with any data missing.
func TestClosuresAgreeWithCEL(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	outcomes := map[Outcome]int{}
	for range 400 {
		when := randomRule(r, 3)
		if len(when) > maxRuleLength {
			continue
		}
		rule := compile(t, when)
		for range 25 {
			p := randomPupil(r)
			fast, slow := rule.Decide(p), rule.decideByCEL(p)
			if fast != slow {
				t.Fatalf("%s: closures say %v, CEL says %v, for %+v", when, fast, slow, p)
			}
			v := rule.Eval(p)
			if v.Outcome != fast || (v.Outcome == Unknown) != (len(v.Missing) > 0) || (v.Outcome == Unknown) == (len(v.Because) > 0) {
				t.Fatalf("%s: %+v", when, v)
			}
			outcomes[fast]++
		}
	}
	if outcomes[Met] < 500 || outcomes[NotMet] < 500 || outcomes[Unknown] < 500 {
		t.Errorf("the cases are lopsided: %v", outcomes)
	}
}

func FuzzCompile(f *testing.F) {
	for _, field := range Fields() {
		f.Add(field.Example)
	}
	for _, s := range []string{`a.b.c`, `[sen][0] == "K"`, `result["a"]["b"]`, `!!!fsm`, `-age < 3`, `"a" + sen == "aK"`, `in_class[0] == "8A"`, `in_class.map(c, c + "x").exists(d, d in in_class)`} {
		f.Add(s)
	}
	r := rand.New(rand.NewSource(2))
	pupils := []*Pupil{{}, randomPupil(r), randomPupil(r), randomPupil(r)}
	f.Fuzz(func(t *testing.T, when string) {
		rule, err := Compile(when)
		if err != nil {
			return
		}
		_ = Words(when)
		_, _, _ = ReadBack(when)
		for _, p := range pupils {
			if fast, slow := rule.Decide(p), rule.decideByCEL(p); fast != slow {
				t.Errorf("%q: closures say %v, CEL says %v", when, fast, slow)
			}
			_ = rule.Eval(p)
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	var p Pupil
	p.SetText(SEN, "K")
	p.SetText(Year, "9")
	p.SetBool(FSM, true)
	p.SetSessions(progress.Sessions{Possible: 380, Attended: 322, Authorised: 58}, true)
	p.Results = []Result{score("reading", "ks2_scaled", 87, "2026-06-20"), score("maths", "ks2_scaled", 92, "2026-06-20")}
	for _, when := range []string{`attendance.percent < 85.0`, `sen in ["K", "E"]`, `result["reading"].value < 90.0`, `fsm && attendance.percent < 90.0`, `in_class.exists(c, c.startsWith("8"))`} {
		r, err := Compile(when)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("ours/"+when, func(b *testing.B) {
			for b.Loop() {
				r.Decide(&p)
			}
		})
		b.Run("cel/"+when, func(b *testing.B) {
			for b.Loop() {
				r.decideByCEL(&p)
			}
		})
	}
}
