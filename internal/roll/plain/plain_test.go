package plain

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ajar/internal/kit/prose"
	"ajar/internal/roll/worry"
)

func plainSharedFolder(t *testing.T, parts ...string) string {
	t.Helper()
	base := os.Getenv("AJAR_SHARED_DATA")
	if base == "" {
		base = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(append([]string{base}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED: no %s. Set AJAR_SHARED_DATA to the folder of shared test files.", filepath.Join(parts...))
	}
	return path
}

func TestListsAreLongEnough(t *testing.T) {
	kinds := map[SuggestionKind]map[string]bool{Jargon: {}, Heavy: {}}
	for first, terms := range plainTerms {
		for _, term := range terms {
			if term.plain == "" || term.words[0] != first {
				t.Errorf("%+v", term)
			}
			kinds[term.kind][term.plain] = true
		}
	}
	if len(kinds[Jargon]) < 80 || len(kinds[Heavy]) < 150 {
		t.Errorf("%d jargon and %d heavy meanings", len(kinds[Jargon]), len(kinds[Heavy]))
	}
	for _, list := range []string{jargonList, heavyList} {
		seen := map[string]bool{}
		for line := range strings.Lines(strings.TrimSpace(list)) {
			left, _, ok := strings.Cut(strings.TrimSpace(line), " = ")
			if !ok {
				t.Errorf("the line %q has no plain side", line)
			}
			for form := range strings.SplitSeq(left, "|") {
				if seen[form] {
					t.Errorf("%q stands twice", form)
				}
				seen[form] = true
			}
		}
	}
}

// V02 CHECK: SENCO and APS are pointed out with a plain alternative.
func TestPlainer(t *testing.T) {
	tests := []struct {
		text string
		want []string // "written → plain", in order
	}{
		{"The SENCO looked at his APS.", []string{"SENCO → the teacher who leads on special educational needs", "APS → average points (a score worked out from levels)"}},
		{"SENCo’s view; the EHCP's date", []string{"SENCo’s → the teacher who leads on special educational needs", "EHCP's → the education, health and care plan (the legal plan for your child's support)"}},
		{"We commenced in order to ascertain attainment.", []string{"commenced → start", "in order to → to", "ascertain → find out", "attainment → results so far"}},
		{"Utilising, facilitated, NOTIFIED", []string{"Utilising → use", "facilitated → help, make possible", "NOTIFIED → tell"}},
		{"In\n order   to help", []string{"In\n order   to → to"}},
		{"in order. To help", nil},
		{"in order, to help", nil},
		{"Ta for the pp. She is a pa.", nil},
		{"PLEASE ADD SALT AND PEPPER TO THE SOUP", nil},
		{"Her work was outstanding. Read the following.", nil},
		{"prior to the start, with regard to her", []string{"prior to → before", "with regard to → about"}},
		{"", nil},
		{"Dziecko czyta codziennie. بچہ پڑھتا ہے۔ बच्चा पढ़ता है।", nil},
	}
	for _, tt := range tests {
		var got []string
		end := 0
		for _, s := range Plainer(tt.text) {
			if tt.text[s.Start:s.End] != s.Text || s.Start < end {
				t.Errorf("%q: offsets of %+v", tt.text, s)
			}
			end = s.End
			got = append(got, s.Text+" → "+s.Plain)
		}
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("Plainer(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestSyllables(t *testing.T) {
	for word, want := range map[string]int{
		"cat": 1, "school": 1, "reading": 2, "teacher": 2, "happy": 2, "table": 2, "tables": 2, "attendance": 3, "education": 4, "educational": 5, "assessment": 3, "classes": 2, "changes": 2,
		"jumped": 1, "wanted": 2, "needed": 2, "make": 1, "makes": 1, "special": 2, "idea": 3, "people": 2, "home-school": 2, "child's": 1, "differentiation": 6, "the": 1, "be": 1, "eye": 1,
		"really": 2, "period": 3, "question": 2, "yesterday": 3, "responsibility": 6, "don't": 1, "rhythm": 1, "queue": 1,
	} {
		if got := Syllables(word); got != want {
			t.Errorf("Syllables(%s) = %d, want %d", word, got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	tests := []struct {
		text string
		want int
	}{
		{"One. Two! Three? Four", 4},
		{"Mr. Khan came at 9.30 a.m. and left. She stayed.", 2},
		{"We meet at 4 p.m. The hall is open.", 2},
		{"Bring, e.g. a book. Thanks.", 2},
		{"Targets:\n- read each day\n- be on time\n", 3},
		{"A line that was\nwrapped goes on.", 1},
		{"First line\nSecond line\n\nthird", 3},
		{"J. K. Rowling wrote it. So did I. Yes.", 3},
		{"...", 0},
	}
	for _, tt := range tests {
		if got := len(prose.Sentences(tt.text, prose.Tokens(tt.text))); got != tt.want {
			t.Errorf("%q has %d sentences, want %d", tt.text, got, tt.want)
		}
	}
}

const (
	easyText = "Your child reads well. We want her to read at home each day. You said that she likes books about dogs. We will send one home on Monday. You can read it with her at bed time."
	hardText = "Following a comprehensive evaluation of attainment data, the multidisciplinary team has determined that differentiated interventions, implemented in accordance with statutory requirements, will facilitate accelerated progress across the curriculum for this individual throughout the forthcoming academic year."
)

func TestRead(t *testing.T) {
	if worry.Possible(easyText) || worry.Possible(hardText) {
		t.Error("false alarm in ordinary school texts")
	}
	easy, hard := ReadingAge(easyText), ReadingAge(hardText)
	if !easy.Estimated || easy.Age > 8 || easy.Above(9) || len(easy.LongWords) != 0 || len(easy.LongSentences) != 0 || easy.Sentences != 5 {
		t.Errorf("easy: %+v", easy)
	}
	if !hard.Estimated || hard.Age < 17 || !hard.Above(11) || len(hard.LongSentences) != 1 || len(hard.LongWords) < 10 {
		t.Errorf("hard: %+v", hard)
	}
	// By hand: 27 words of one syllable in 2 sentences: 0.39×13.5 + 11.8 − 15.59 = 1.475.
	byHand := ReadingAge("The cat sat on the mat and the dog sat on the rug too. The cat and the dog like to sit on the mat all day.")
	if byHand.Words != 27 || byHand.Sentences != 2 || byHand.Grade < 1.47 || byHand.Grade > 1.48 || byHand.Age < 6.47 || byHand.Age > 6.48 {
		t.Errorf("by hand: %+v", byHand)
	}
}

func TestReadGivesNoNonsense(t *testing.T) {
	tests := []struct{ name, text, why string }{
		{"nothing", " \n", "no text"},
		{"short", "She reads well.", "too short"},
		{"Polish", strings.Repeat("Twoje dziecko czyta coraz lepiej i chętnie pracuje w klasie. ", 6), "English"},
		{"Spanish", strings.Repeat("Su hija lee muy bien y le gusta venir a la escuela todos los días. ", 6), "English"},
		{"Urdu", strings.Repeat("آپ کا بچہ بہت اچھا پڑھتا ہے۔ ", 10), "English"},
		{"Bengali", strings.Repeat("আপনার সন্তান ভালো পড়ে। ", 10), "English"},
		{"mixed", strings.Repeat("Your child reads well. Ваш ребёнок хорошо читает дома каждый день. ", 5), "English"},
	}
	for _, tt := range tests {
		r := ReadingAge(tt.text)
		if r.Estimated || !strings.Contains(r.Why, tt.why) || r.Above(1) || r.AgeWords() != r.Why {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
	// A name in another alphabet takes nothing away from an English text.
	if r := ReadingAge(easyText + " Анна"); !r.Estimated {
		t.Errorf("one name: %+v", r)
	}
}

// The corpus holds the same articles for elementary, intermediate and advanced readers.
func TestReadingAgeOrdersLevels(t *testing.T) {
	root := plainSharedFolder(t, "messages", "onestop_english")
	average := map[string]float64{}
	for _, level := range []string{"Ele", "Int", "Adv"} {
		files, err := filepath.Glob(filepath.Join(root, level, "*.txt"))
		if err != nil || len(files) < 3 {
			t.Fatalf("%d files of %s, %v", len(files), level, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := ReadingAge(strings.TrimPrefix(string(text), "\ufeff"))
			if !r.Estimated {
				t.Errorf("%s: %s", file, r.Why)
			}
			average[level] += r.Age / float64(len(files))
		}
	}
	t.Logf("average reading ages: %.1f elementary, %.1f intermediate, %.1f advanced", average["Ele"], average["Int"], average["Adv"])
	if !(average["Ele"] < average["Int"] && average["Int"] < average["Adv"]) {
		t.Errorf("%v: not in order", average)
	}
	if average["Ele"] < 9 || average["Adv"] > 20 {
		t.Errorf("%v: not believable for articles from a newspaper", average)
	}
}

// Other people's lists of words to avoid are input only: many of them should be known to ours.
func TestKnowsManyWordsToAvoid(t *testing.T) {
	text, err := os.ReadFile(plainSharedFolder(t, "messages", "plain_english", "plain-english-terms.md"))
	if err != nil {
		t.Fatal(err)
	}
	cells := regexp.MustCompile(`<tr>\s*<td>([^<]+)</td>`).FindAllStringSubmatch(string(text), -1)
	known := 0
	for _, cell := range cells {
		if len(Plainer(cell[1])) > 0 {
			known++
		}
	}
	t.Logf("%d of %d terms are pointed out", known, len(cells))
	if len(cells) < 40 || known*2 < len(cells) {
		t.Errorf("only %d of %d terms are pointed out", known, len(cells))
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{easyText, hardText, "'’-", "a.b.c", "\xff\xfe SENCO", "ﬀ", "’s", "x’s ’", "İn order to", "- \n- \n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, p := range Plainer(s) {
			if p.Start < end || p.End > len(s) || s[p.Start:p.End] != p.Text || p.Plain == "" {
				t.Errorf("%q: %+v", s, p)
			}
			end = p.End
		}
		r := ReadingAge(s)
		for _, span := range r.LongSentences {
			_ = s[span.Start:span.End]
		}
		if r.AgeWords() == "" {
			t.Error("no words")
		}
		_ = worry.Possible(s)
	})
}
