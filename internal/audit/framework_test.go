package audit

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// What comes with Ajar: five themes and 25 to 30 criteria in full, a short one, the minimum expectations, and an award's empty frame.
func TestShippedFrameworks(t *testing.T) {
	by := map[string]Framework{}
	for _, f := range Shipped() {
		by[f.Code] = f
		if f.Title == "" || f.About == "" || f.Source == "" {
			t.Errorf("%s says too little about itself", f.Code)
		}
		seen := map[string]bool{}
		for _, c := range f.Criteria() {
			if len(c.Levels) != Levels || len(c.Actions) < 2 || len(c.Evidence) == 0 || c.Source == "" || len(c.Asked) == 0 {
				t.Errorf("%s %s is not whole: %d levels, %d actions, %d kinds of evidence, source %q", f.Code, c.Code, len(c.Levels), len(c.Actions), len(c.Evidence), c.Source)
			}
			if len(c.Suggested(1)) < 2 || len(c.Suggested(4)) < 1 {
				t.Errorf("%s %s suggests too little: %v at level 1, %v at level 4", f.Code, c.Code, c.Suggested(1), c.Suggested(4))
			}
			for _, l := range append(slices.Clone(c.Levels), c.Text) {
				if seen[l] {
					t.Errorf("%s says twice: %s", f.Code, l)
				}
				seen[l] = true
			}
		}
	}
	full := by["engagement"]
	if n := len(full.Criteria()); len(full.Themes) != 5 || n < 25 || n > 30 {
		t.Errorf("the framework in full has %d themes and %d criteria", len(full.Themes), n)
	}
	for _, th := range full.Themes {
		if len(th.Criteria) < 4 {
			t.Errorf("the theme %s has %d criteria", th.Code, len(th.Criteria))
		}
	}
	if n := len(full.AskedOf(Parents)); n < 10 || n > 15 {
		t.Errorf("parents are asked %d questions", n)
	}
	if n := len(by["room"].Criteria()); n < 6 || n > 12 {
		t.Errorf("the short one has %d criteria", n)
	}
	if award := by["award-frame"]; award.Kind != KindAward || len(award.Themes) != 10 || len(award.Criteria()) != 0 {
		t.Errorf("the frame of an award has %d objectives and %d criteria", len(award.Themes), len(award.Criteria()))
	}
	if Shipped()[0].Code != "engagement" {
		t.Errorf("%s comes first", Shipped()[0].Code)
	}
}

const small = `framework: mine
version: "1"
title: Mine
themes:
  - code: a
    title: A
    criteria:
      - code: A1
        text: We say hello.
        asked: [staff, parents]
        parents: {en: They say hello., ur: سلام}
        levels: [one, two, three, four, five]
        actions:
          - Say hello.
          - {below: 3, do: Practise it.}
      - code: A2
        text: We say goodbye.
        levels: [one, two, three, four, five]
        benchmark: 4
`

func TestParseReadsAFramework(t *testing.T) {
	f, err := Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	a1, _ := f.Criterion("a1")
	if w, en := a1.ParentsWords("ur"); w != "سلام" || en {
		t.Errorf("in Urdu: %q, %v", w, en)
	}
	if w, en := a1.ParentsWords("pl"); w != "They say hello." || !en {
		t.Errorf("in Polish: %q, %v", w, en)
	}
	if got := a1.Suggested(3); len(got) != 1 || got[0] != "Say hello." {
		t.Errorf("at level 3: %v", got)
	}
	a2, _ := f.Criterion("A2")
	if f.Kind != KindAudit || f.Aim(a2) != 4 || f.Aim(a1) != 0 || a2.Theme != "a" || slices.Contains(a2.Asked, Parents) || len(a2.Asked) != 5 {
		t.Errorf("%+v", a2)
	}
}

// Each fault is named with its line, in a sentence, and all of them at once.
func TestParseNamesEveryFaultWithItsLine(t *testing.T) {
	edit := func(old, now string) string {
		if !strings.Contains(small, old) {
			t.Fatalf("nothing to edit: %q", old)
		}
		return strings.Replace(small, old, now, 1)
	}
	for name, c := range map[string]struct {
		file string
		line int
		says string
	}{
		"empty":                    {"", 1, "empty"},
		"no mapping":               {"- a\n- b\n", 1, "a framework"},
		"unknown key":              {edit("title: Mine", "titel: Mine"), 3, `"titel" is not known`},
		"no version":               {edit("version: \"1\"\n", ""), 1, "version"},
		"bad kind":                 {edit("version: \"1\"", "version: \"1\"\nkind: game"), 3, "audit or award"},
		"four levels":              {edit("one, two, three, four, five", "one, two, three, four"), 12, "4 descriptions"},
		"empty level":              {edit("one, two", "one, ''"), 12, "empty"},
		"code twice":               {edit("code: A2", "code: a1"), 16, "stands twice; the first is in line 8"},
		"bad code":                 {edit("code: A2", "code: A 2"), 16, "letters"},
		"no text":                  {edit("text: We say goodbye.", "text:"), 17, "no text"},
		"unknown group":            {edit("[staff, parents]", "[staff, pupils]"), 10, `"pupils" is not a group`},
		"no wording":               {edit("        parents: {en: They say hello., ur: سلام}\n", ""), 8, "wording"},
		"bad tag":                  {edit("ur: سلام", "Urdu: سلام"), 11, "language"},
		"benchmark":                {edit("benchmark: 4", "benchmark: 7"), 19, "1 to 5"},
		"action with nothing":      {edit("{below: 3, do: Practise it.}", "{below: 3}"), 15, "nothing to do"},
		"no themes":                {"framework: x\nversion: 1\ntitle: X\n", 1, "no themes"},
		"theme without criteria":   {"framework: x\nversion: 1\ntitle: X\nthemes:\n  - code: a\n    title: A\n", 5, "no criteria"},
		"criteria that are a text": {"framework: x\nversion: 1\ntitle: X\nthemes:\n  - code: a\n    title: A\n    criteria: all\n", 7, "list"},
		"a colon":                  {edit("text: We say goodbye.", "text: We say: goodbye."), 17, "YAML"},
		"two documents":            {small + "---\nframework: y\n", 21, "more than one"},
		"anchors":                  {edit("title: Mine", "title: &x Mine"), 3, "text"},
		"not UTF-8":                {"framework: \xff", 1, "UTF-8"},
		"brackets":                 {strings.Repeat("[", 5000), 1, "brackets"},
		"dashes":                   {strings.Repeat("- ", 5000), 1, "brackets"},
	} {
		_, err := Parse([]byte(c.file))
		faults, ok := err.(FileFaults)
		if !ok || len(faults) == 0 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := false
		for _, f := range faults {
			found = found || f.Line == c.line && strings.Contains(f.Message, c.says)
			if !strings.HasSuffix(f.Message, ".") && !strings.HasSuffix(f.Message, ":") {
				t.Errorf("%s: no sentence: %q", name, f.Message)
			}
		}
		if !found {
			t.Errorf("%s: not line %d with %q, but\n%v", name, c.line, c.says, err)
		}
	}
	if _, err := Parse([]byte(edit("title: Mine", "titel: Mine") + "    extra: 1\n")); len(err.(FileFaults)) < 2 {
		t.Errorf("only the first fault is named: %v", err)
	}
}

func TestCompareVersions(t *testing.T) {
	before, err := Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	now, err := Parse([]byte(strings.NewReplacer(`version: "1"`, `version: "2"`, "code: A2", "code: B2\n        was: [A2]", "[one, two, three, four, five]\n        actions", "[one, two, three, four, six]\n        actions").Replace(small) +
		"      - code: C3\n        text: We wave.\n        levels: [a, b, c, d, e]\n"))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, d := range Compare(before, now) {
		kinds = append(kinds, d.Kind+" "+d.Code)
	}
	if got := strings.Join(kinds, ", "); got != "reworded A1, renamed B2, added C3" {
		t.Error(got)
	}
	back := Compare(now, before)
	if len(back) != 4 || back[0].LevelsEdited[0] != 5 {
		t.Errorf("%+v", back)
	}
}

// Whatever the file is: a framework that is whole, or faults with lines; and never a panic.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	for _, s := range ours {
		f.Add([]byte(s.text))
	}
	f.Add([]byte("framework: x\nversion: 1\nthemes: [[{]]\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		fw, err := Parse(file)
		if err != nil {
			faults, ok := err.(FileFaults)
			if !ok || len(faults) == 0 {
				t.Fatalf("%T: %v", err, err)
			}
			for _, x := range faults {
				if x.Line < 1 || x.Message == "" {
					t.Fatalf("%+v", x)
				}
			}
			return
		}
		if fw.Code == "" || fw.Version == "" || fw.Title == "" || len(fw.Themes) == 0 {
			t.Fatalf("%+v", fw)
		}
		for _, c := range fw.Criteria() {
			if fw.Kind == KindAudit && len(c.Levels) != Levels || c.Code == "" || c.Text == "" {
				t.Fatalf("%+v", c)
			}
		}
	})
}

// The example in the documents is one.
func TestTheExampleInTheDocuments(t *testing.T) {
	page, err := os.ReadFile("../../docs/frameworks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, found := strings.Cut(rest, "```")
	f, err := Parse([]byte(example))
	if !found || err != nil || f.Code != "ours" || len(f.Criteria()) != 1 || f.Aim(f.Criteria()[0]) != 4 {
		t.Errorf("%v %v", f, err)
	}
}

// The first pass takes a colleague under forty minutes, by the words that they read, and parents about five: 200 words a minute, a quarter of a minute to think over each
// statement, and a reason of a dozen words at thirty a minute; five seconds for the two clicks. Parents read and choose, and write nothing.
func TestAFirstPassTakesUnderFortyMinutes(t *testing.T) {
	for _, f := range Shipped() {
		for _, g := range Groups {
			words, seconds := 0, 0.0
			for _, c := range f.AskedOf(g) {
				if g == Parents {
					words += len(strings.Fields(c.Parents["en"]))
					seconds += 8 + 5
					continue
				}
				words += len(strings.Fields(c.Text + " " + strings.Join(c.Levels[:], " ")))
				seconds += 15 + 12*60/30 + 5
			}
			minutes := (seconds + float64(words)*60/200) / 60
			if most := map[bool]float64{true: 5, false: 40}[g == Parents]; minutes > most {
				t.Errorf("%s takes %s %.1f minutes, and %.0f were promised", f.Title, g, minutes, most)
			}
		}
	}
}
