package post

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/testkit"
)

func TestSegments(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	for name, c := range map[string]struct {
		text       string
		encoding   string
		characters int
		parts      int
	}{
		"empty":                           {"", GSM7, 0, 0},
		"160":                             {a(160), GSM7, 160, 1},
		"161":                             {a(161), GSM7, 161, 2},
		"306":                             {a(306), GSM7, 306, 2},
		"307":                             {a(307), GSM7, 307, 3},
		"159 and €":                       {a(159) + "€", GSM7, 161, 2},
		"158 and €":                       {a(158) + "€", GSM7, 160, 1},
		"€ would straddle two parts":      {a(152) + "€" + a(152), GSM7, 306, 3},
		"€ fits before the edge":          {a(151) + "€" + a(153), GSM7, 306, 2},
		"70 ż":                            {strings.Repeat("ż", 70), UCS2, 70, 1},
		"71 ż":                            {strings.Repeat("ż", 71), UCS2, 71, 2},
		"134 ż":                           {strings.Repeat("ż", 134), UCS2, 134, 2},
		"135 ż":                           {strings.Repeat("ż", 135), UCS2, 135, 3},
		"70 a and a face":                 {a(70) + "😀", UCS2, 72, 2},
		"a face would straddle two parts": {a(66) + "😀" + a(66), UCS2, 134, 3},
		"a curly apostrophe":              {"Don’t", UCS2, 5, 1},
		"a straight apostrophe":           {"Don't", GSM7, 5, 1},
		"small ç":                         {"ç", UCS2, 1, 1},
		"capital Ç":                       {"Ç", GSM7, 1, 1},
		"every letter of the alphabet":    {gsm, GSM7, 127, 1},
		"and of its extension":            {gsmTwice, GSM7, 20, 1},
		"Urdu":                            {"آپ کے لیے", UCS2, 9, 1},
	} {
		encoding, characters, parts := Segments(c.text)
		if encoding != c.encoding || characters != c.characters || parts != c.parts {
			t.Errorf("%s: %s, %d, %d; want %s, %d, %d", name, encoding, characters, parts, c.encoding, c.characters, c.parts)
		}
	}
	if got := Cost(a(161), 24); got != 48 {
		t.Errorf("161 letters at 2.4p cost %d", got)
	}
	if got := Odd("Don’t, ça – ça’"); !slices.Equal(got, []string{"’", "ç", "–"}) {
		t.Errorf("%q", got)
	}
}

// The vectors of another service that sends texts for schools. Its own rules come before it counts: faces become a question mark.
func TestSegmentsOfOthers(t *testing.T) {
	f, err := os.Open(testkit.SharedData(t, "messages", "sms_vectors", "govuk_notify_fragments.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		var v struct {
			Content   string
			Fragments int
		}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(v.Content, "🚀", "?")
		if strings.Contains(text, "((") {
			continue // a template of theirs, counted before its slots are filled
		}
		if _, _, parts := Segments(text); parts != v.Fragments {
			t.Errorf("%.40q… has %d parts; want %d", text, parts, v.Fragments)
		}
	}
	if n < 30 {
		t.Errorf("%d vectors", n)
	}
}

func TestPlain(t *testing.T) {
	text := "“Don’t worry” – we’ll call…\u00a0£5 for Żaneta’s trip"
	plain, swaps := Plain(text)
	if want := `"Don't worry" - we'll call... £5 for Żaneta's trip`; plain != want {
		t.Errorf("%q", plain)
	}
	if len(swaps) != 6 || swaps[0] != (Swap{"’", "'", 3}) {
		t.Errorf("%+v", swaps)
	}
	if same, none := Plain("Dear Amina, £5 [1]"); same != "Dear Amina, £5 [1]" || none != nil {
		t.Errorf("%q %v", same, none)
	}
	if again, none := Plain(plain); again != plain || none != nil {
		t.Errorf("plain once more: %q %v", again, none)
	}
	for _, s := range plainer {
		if !gsm7(s.To) {
			t.Errorf("%q is not plain", s.To)
		}
	}
}

// Parts never hold more than fits, and no letter is lost: whatever the text, cutting it by the rule again gives the same number.
func FuzzSegments(f *testing.F) {
	f.Add("Dear Amina €", 3)
	f.Add("😀ż", 80)
	f.Fuzz(func(t *testing.T, s string, n int) {
		text := strings.Repeat(s, min(max(n, 0), 200))
		encoding, characters, parts := Segments(text)
		alone, part := gsmAlone, gsmPart
		if encoding == UCS2 {
			alone, part = ucsAlone, ucsPart
		}
		switch least := (characters + part - 1) / part; {
		case text == "" && (characters != 0 || parts != 0):
			t.Fatal("empty")
		case characters > 0 && characters <= alone && parts != 1:
			t.Fatalf("%d characters in %d parts", characters, parts)
		case characters > alone && (parts < least || parts > (characters+part-2)/(part-1)):
			t.Fatalf("%d characters in %d parts", characters, parts)
		}
	})
}
