package barriers

import (
	"math/rand"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

func TestFromChoices(t *testing.T) {
	tests := []struct {
		choices []Choice
		joined  string
		want    string
		words   string
	}{
		{[]Choice{{"attendance.percent", OpBelow, []string{"85"}}}, "all", `attendance.percent < 85.0`, "attendance is below 85 %"},
		{[]Choice{{"attendance.percent", OpAtMost, []string{"90 %"}}}, "all", `attendance.percent <= 90.0`, "attendance is at most 90 %"},
		{[]Choice{{"sen", OpOneOf, []string{"K", "E"}}}, "all", `sen in ["K", "E"]`, "SEN is K or E"},
		{[]Choice{{"sen", OpIsNot, []string{"N"}}}, "all", `sen != "N"`, "SEN is not N"},
		{[]Choice{{`result["reading"].value`, OpBelow, []string{"90"}}}, "all", `result["reading"].value < 90.0`, "reading is below 90"},
		{[]Choice{{ResultField("reading", "ks2_scaled"), OpAtLeast, []string{"99.5"}}}, "all", `result["reading:ks2_scaled"].value >= 99.5`, "reading (key stage 2 scaled score) is at least 99.5"},
		{[]Choice{{"eal", OpIs, []string{"no"}}, {"in_class", OpIs, []string{"8A"}}}, "all", `!eal && "8A" in in_class`, "does not have English as an additional language and is in class 8A"},
		{[]Choice{{"in_class", OpIsNot, []string{`8"A`}}, {"age", OpAbove, []string{"15"}}}, "any", `!("8\"A" in in_class) || age > 15`, `is not in class 8"A or age is above 15`},
		{[]Choice{{`own["House"]`, OpIs, []string{"Curie"}}}, "", `own["House"] == "Curie"`, "House is Curie"},
		{[]Choice{{`result["reading"].date`, OpBelow, []string{"2026-01-01"}}}, "all", `result["reading"].date < "2026-01-01"`, "the date of reading is before 2026-01-01"},
		{[]Choice{{"pupil_premium", OpIs, []string{"yes"}}}, "all", `pupil_premium`, "attracts pupil premium"},
	}
	for _, tt := range tests {
		got, err := FromChoices(tt.choices, tt.joined)
		if err != nil || got != tt.want {
			t.Errorf("FromChoices(%v) = %s, %v; want %s", tt.choices, got, err, tt.want)
			continue
		}
		if words := Words(got); words != tt.words {
			t.Errorf("Words(%s) = %q, want %q", got, words, tt.words)
		}
	}
}

func TestFromChoicesRefuses(t *testing.T) {
	tests := []struct {
		choices []Choice
		joined  string
		say     string
	}{
		{nil, "all", "no line yet"},
		{[]Choice{{"sen", OpIs, []string{"K"}}}, "some", "joined by all or any"},
		{[]Choice{{"sen", OpBelow, []string{"K"}}}, "all", "“below” cannot be used with SEN"},
		{[]Choice{{"sen", OpIs, nil}}, "all", "needs one value"},
		{[]Choice{{"sen", OpIs, []string{" "}}}, "all", "SEN needs a value"},
		{[]Choice{{"fsm", OpIs, []string{"maybe"}}}, "all", "yes or no"},
		{[]Choice{{"age", OpBelow, []string{"11.5"}}}, "all", "whole number"},
		{[]Choice{{"attendance.percent", OpBelow, []string{"low"}}}, "all", "“low”"},
		{[]Choice{{"attendance.percent", OpBelow, []string{"NaN"}}}, "all", "“NaN”"},
		{[]Choice{{"fsn", OpIs, []string{"yes"}}}, "all", "Did you mean fsm?"},
		{[]Choice{{`sen == "K" || fsm`, OpIs, []string{"yes"}}}, "all", "not one field"},
		{[]Choice{{"", OpIs, []string{"yes"}}}, "all", "choose what"},
		{[]Choice{{"fsm", OpIs, []string{"yes"}}, {"sen", OpIs, []string{"a\nb"}}}, "all", "line 2"},
	}
	for _, tt := range tests {
		if got, err := FromChoices(tt.choices, tt.joined); err == nil || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("FromChoices(%v, %s) = %s, %v; want %q", tt.choices, tt.joined, got, err, tt.say)
		}
	}
}

func TestReadBackRefusesWhatThePageCannotSay(t *testing.T) {
	for _, when := range []string{
		`fsm && (eal || sen == "K")`, `!(sen == "K")`, `attendance.authorised > attendance.unauthorised`, `in_class.exists(c, c.startsWith("8"))`, `fsm ? eal : true`, `true`,
		`age > 9.5`, `sen == ""`, `sen == " K"`, `!(fsm && eal)`, `not a rule`,
	} {
		if choices, joined, ok := ReadBack(when); ok {
			t.Errorf("ReadBack(%s) = %v %s", when, choices, joined)
		}
	}
	// Other spellings of what the page can say are read too.
	for when, want := range map[string]Choice{
		`85.0 > attendance.percent`: {"attendance.percent", OpBelow, []string{"85"}},
		`attendance.percent < 85`:   {"attendance.percent", OpBelow, []string{"85"}},
		`fsm == true`:               {"fsm", OpIs, []string{"yes"}},
		`fsm != true`:               {"fsm", OpIs, []string{"no"}},
		`!(fsm == false)`:           {"fsm", OpIs, []string{"yes"}},
	} {
		choices, _, ok := ReadBack(when)
		if !ok || len(choices) != 1 || !reflect.DeepEqual(choices[0], want) {
			t.Errorf("ReadBack(%s) = %v, %v; want %v", when, choices, ok, want)
		}
	}
}

func TestWordsOfARuleFromElsewhere(t *testing.T) {
	for when, want := range map[string]string{
		`fsm && (eal || !(sen == "K"))`:                            "has free school meals and (has English as an additional language or not (SEN is K))",
		`!fsm || attendance.authorised > attendance.unauthorised`:  "does not have free school meals or attendance.authorised > attendance.unauthorised",
		`!(attendance.percent < 85.0 && fsm)`:                      "not (attendance is below 85 % and has free school meals)",
		`nonsense(`:                                                "nonsense(",
		`year in ["9", "10", "11"] && attendance.persistent`:       "year group is 9, 10 or 11 and has missed 10 % of sessions or more",
		`homework.missed >= 3 && result["effort"].text != "Great"`: "pieces of homework missed is at least 3 and effort is not Great",
	} {
		if got := Words(when); got != want {
			t.Errorf("Words(%s) = %q, want %q", when, got, want)
		}
	}
}

// What choices write can always be read back into the same choices, and means the same to CEL.
func TestChoicesRoundTrip(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	pick := func(list ...string) string { return list[r.Intn(len(list))] }
	fields := []string{`result["reading"].value`, `result["maths:gcse"].value`, `result["effort"].text`, `result["reading"].date`, `own["Clubs \"x\" ü"]`, `own_number["Clubs"]`}
	for _, f := range simpleFields {
		fields = append(fields, f.name)
	}
	value := func(field string) string {
		f, err := fieldNamed(field)
		if err != nil {
			t.Fatal(err)
		}
		switch f.kind {
		case boolField:
			return pick("yes", "no")
		case wholeField:
			return strconv.Itoa(r.Intn(400) - 5)
		case numberField:
			return exact(float64(r.Intn(40000)-500) / 100)
		}
		return pick("K", `a "quoted" one`, "Łódź", `back\slash`, "O'Brien", "8A", "2026-01-01", "न")
	}
	for range 600 {
		var choices []Choice
		for range 1 + r.Intn(4) {
			c := Choice{Field: pick(fields...)}
			c.Op = pick(OpsFor(c.Field)...)
			c.Values = []string{value(c.Field)}
			for c.Op == OpOneOf && r.Intn(2) == 0 {
				c.Values = append(c.Values, value(c.Field))
			}
			choices = append(choices, c)
		}
		joined := pick("all", "any")
		when, err := FromChoices(choices, joined)
		if err != nil {
			t.Fatalf("%v: %v", choices, err)
		}
		back, backJoined, ok := ReadBack(when)
		if !ok || !reflect.DeepEqual(back, choices) || len(choices) > 1 && backJoined != joined {
			t.Fatalf("%v (%s)\nwrote %s\nread  %v (%s), %v", choices, joined, when, back, backJoined, ok)
		}
		again, err := FromChoices(back, backJoined)
		if err != nil || again != when {
			t.Fatalf("%s is written again as %s, %v", when, again, err)
		}
		rule := compile(t, when)
		for range 5 {
			if p := randomPupil(r); rule.Decide(p) != rule.decideByCEL(p) {
				t.Fatalf("%s: closures and CEL differ", when)
			}
		}
		if Words(when) == when && !strings.Contains(when, "==") {
			t.Errorf("%s has no words", when)
		}
	}
}
