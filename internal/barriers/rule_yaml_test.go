package barriers

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParseRules(t *testing.T) {
	rules, err := ParseRules([]byte(`# our rules
barriers:
  - code: sen
    label: Has SEN support or a plan
    from: 2026-09-01
    when: sen in ["K","E"]
  - {code: att, label: "Attendance, low", from: "2026-09-01", when: 'attendance.percent < 85.0'}
  - code: att
    from: 2027-01-01
    when: |
      attendance.percent < 90.0
  - code: 7
    when: result["reading"].value < 90.0
  - code: eal
    when: '!eal'
`))
	want := []RuleText{
		{"sen", "Has SEN support or a plan", "2026-09-01", `sen in ["K","E"]`, 3},
		{"att", "Attendance, low", "2026-09-01", `attendance.percent < 85.0`, 7},
		{"att", "att", "2027-01-01", `attendance.percent < 90.0`, 8},
		{"7", "7", "", `result["reading"].value < 90.0`, 12},
		{"eal", "eal", "", `!eal`, 14},
	}
	if err != nil || !reflect.DeepEqual(rules, want) {
		t.Errorf("got %+v, %v\nwant %+v", rules, err, want)
	}
}

func TestParseRulesNamesEveryFault(t *testing.T) {
	_, err := ParseRules([]byte(`barriers:
  - code: sen
    from: 2026-09-01
    when: sne == "K"
  - code: SEN
    from: 2026-09-01
    when: fsm
  - code: two words
    from: tomorrow
    when: sen
  - label: no code
    wehn: fsm
  - code: list
    when: [fsm]
  - just text
  - code: tag
    when: !eal
`))
	var faults RuleFileErrors
	if !errors.As(err, &faults) {
		t.Fatalf("got %v", err)
	}
	want := []struct {
		line int
		say  string
	}{
		{4, "Did you mean sen?"},
		{5, "stands twice from 2026-09-01; the first is in line 2"},
		{8, `"two words"`},
		{9, "a day like 2026-09-01"},
		{10, "must say yes or no"},
		{11, "has no code"},
		{11, "has no when"},
		{12, "did you mean when?"},
		{14, "must be a text"},
		{15, "code, label, from and when"},
		{17, "single quotation marks"},
	}
	if len(faults) != len(want) {
		t.Fatalf("%d faults, want %d:\n%v", len(faults), len(want), err)
	}
	for i, w := range want {
		if faults[i].Line != w.line || !strings.Contains(faults[i].Error(), w.say) {
			t.Errorf("fault %d: %v; want line %d, %q", i+1, faults[i], w.line, w.say)
		}
	}
}

func TestParseRulesRefuses(t *testing.T) {
	tests := []struct {
		file string
		line int
		say  string
	}{
		{"", 1, "empty"},
		{"# nothing\n", 1, "empty"},
		{"rules: []\n", 1, `"rules" is not known here`},
		{"barriers:\n", 1, "no rule below"},
		{"barriers: 3\n", 1, "no rule below"},
		{"- code: a\n", 1, "begins with `barriers:`"},
		{"just text", 1, "begins with `barriers:`"},
		{"barriers:\n  - code: a\n    code: b\n    when: fsm\n", 3, "YAML"},
		{"barriers:\n  - code: a\n    when: \"8A\" in in_class\n", 3, "YAML"},
		{"barriers:\n - code: a\n   when: &x fsm\n", 3, "anchors"},
		{"barriers: [{code: a, when: fsm}]\n---\nbarriers: []\n", 3, "more than one document"},
		{"barriers:\n\t- code: a\n", 2, "YAML"},
		{"\xff\xfe", 1, "UTF-8"},
		{strings.Repeat("#", maxRuleFile+1), 1, "larger"},
		{"barriers:\n" + strings.Repeat("[", 100_000), 2, "too many brackets"},
		{"barriers:\n" + strings.Repeat("- {}\n", maxRules+1), 1, "501 rules"},
	}
	for _, tt := range tests {
		rules, err := ParseRules([]byte(tt.file))
		var faults RuleFileErrors
		if !errors.As(err, &faults) || faults[0].Line != tt.line || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("ParseRules(%.60q) = %v, %v; want line %d, %q", tt.file, rules, err, tt.line, tt.say)
		}
	}
}

func FuzzParseRules(f *testing.F) {
	f.Add([]byte("barriers:\n  - code: a\n    when: fsm\n"))
	f.Add([]byte("barriers: [{code: a, when: !x y}]"))
	f.Add([]byte("? a\n: - *b\n"))
	f.Add([]byte("barriers:\n- <<: *a\n- ? x\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		rules, err := ParseRules(file)
		if err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
		for _, r := range rules {
			if _, err := Compile(r.When); err != nil {
				t.Errorf("%+v does not compile: %v", r, err)
			}
		}
	})
}
