package messages

import (
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/say"
	"ajar/internal/roll/plain"
)

// Every text that Ajar brings along is there in each language, with the slots of its English and no others, and made from the English of today.
func TestReadyMadeWordsInTwelveLanguages(t *testing.T) {
	if n := len(ReadyMade()); n != 15 {
		t.Errorf("%d templates", n)
	}
	if n := len(Phrases()); n < 40 || n > 60 {
		t.Errorf("%d phrases", n)
	}
	for _, l := range say.Tongues() {
		f, err := readWording(l.Tag())
		if err != nil {
			t.Error(err)
			continue
		}
		if l.IsEnglish() {
			continue
		}
		if !f.Draft {
			t.Errorf("%s is no draft, and nobody has checked it", l.Tag())
		}
		if f.English != EnglishMark() {
			t.Errorf("%s.yaml was made from the English %q; today's is %q. Look at what has changed, and then write it there", l.Tag(), f.English, EnglishMark())
		}
		if len(f.Templates) != 15 || len(f.Phrases) != len(Phrases()) {
			t.Errorf("%s: %d templates and %d phrases", l.Tag(), len(f.Templates), len(f.Phrases))
		}
	}
	for _, r := range ReadyMade() {
		if len(r.Words) != 12 {
			t.Errorf("%s is there in %d languages", r.Key, len(r.Words))
		}
		for _, w := range r.Words {
			if w.Subject == "" || w.Body == "" {
				t.Errorf("%s in %s is empty", r.Key, w.Lang)
			}
			for _, p := range SameSlots(r.Words[0], w) {
				t.Errorf("%s in %s: %v", r.Key, w.Lang, p)
			}
		}
		if r.Way == ByText && len([]rune(r.Words[0].Short)) > 160+40 { // names and numbers are about as long as their slots
			t.Errorf("%s is long for a text: %d", r.Key, len(r.Words[0].Short))
		}
	}
	for _, p := range Phrases() {
		if len(p.Said) != 11 {
			t.Errorf("%s is there in %d languages", p.Key, len(p.Said))
		}
		for tag, said := range p.Said {
			for _, x := range SameSlots(Words{Body: p.English}, Words{Body: said}) {
				t.Errorf("%s in %s: %v", p.Key, tag, x)
			}
		}
	}
}

// What Ajar brings along can be filled from the roll and by the writer, in each language, without a brace left.
func TestReadyMadeWordsAreFilled(t *testing.T) {
	v := amira
	v.Given = map[string]string{"what": "a coat", "where": "the hall", "who": "Mr Frost", "day": "2026-12-04", "until": "2026-12-11", "time": "15:30", "end": "16:30", "number": "20"}
	for _, r := range ReadyMade() {
		for _, w := range r.Words {
			got, found := Fill(w, say.Tongue(w.Lang), v)
			if len(found) > 0 || strings.ContainsAny(got.Subject+got.Body+got.Short, "{}") {
				t.Errorf("%s in %s: %v", r.Key, w.Lang, found)
			}
		}
	}
}

func TestLanguageFor(t *testing.T) {
	with := func(list ...string) (out []Words) {
		out = []Words{{Lang: "en", Body: "x", Standing: Original}}
		for _, standing := range list {
			out = append(out, Words{Lang: "ur", Body: "x", Standing: standing})
		}
		return out
	}
	for _, c := range []struct {
		name, reads string
		s           Saying
		want        Chosen
	}{
		{"nothing recorded", "", Saying{Words: with(Checked)}, Chosen{Lang: "en", Standing: Original}},
		{"nothing recorded, sensitive", " ", Saying{Words: with(), Sensitive: true}, Chosen{Lang: "en", Standing: Original}},
		{"English", "English", Saying{Words: with(Checked)}, Chosen{Lang: "en", Standing: Original}},
		{"checked", "Urdu", Saying{Words: with(ADraft, Checked)}, Chosen{Lang: "ur", Standing: Checked}},
		{"checked and sensitive", "urd", Saying{Words: with(Checked), Sensitive: true}, Chosen{Lang: "ur", Standing: Checked}},
		{"a draft, and the school sends only checked words", "Urdu", Saying{Words: with(ADraft)}, Chosen{Lang: "en", Standing: Original, Note: true}},
		{"a draft, and the school sends drafts", "Urdu", Saying{Words: with(ADraft), Drafts: true}, Chosen{Lang: "ur", Standing: ADraft, Beside: true}},
		{"a draft of something sensitive", "Urdu", Saying{Words: with(ADraft, Machine), Drafts: true, Machine: true, Sensitive: true}, Chosen{Lang: "en", Standing: Original, Person: true}},
		{"a machine's, not allowed", "Urdu", Saying{Words: with(Machine), Drafts: true}, Chosen{Lang: "en", Standing: Original, Note: true}},
		{"a machine's, allowed", "Urdu", Saying{Words: with(Machine), Machine: true}, Chosen{Lang: "ur", Standing: Machine, Beside: true}},
		{"a draft before a machine's", "Urdu", Saying{Words: with(Machine, ADraft), Machine: true, Drafts: true}, Chosen{Lang: "ur", Standing: ADraft, Beside: true}},
		{"no words in it", "Polish", Saying{Words: with(Checked), Drafts: true}, Chosen{Lang: "en", Standing: Original, Note: true}},
		{"no words in it, sensitive", "Polish", Saying{Words: with(Checked), Sensitive: true}, Chosen{Lang: "en", Standing: Original, Person: true}},
		{"a language that Ajar does not speak", "Tamil", Saying{Words: with(Checked)}, Chosen{Lang: "en", Standing: Original, Note: true}},
		{"a language that Ajar does not speak, sensitive", "Tamil", Saying{Words: with(Checked), Sensitive: true}, Chosen{Lang: "en", Standing: Original, Person: true}},
		{"an empty translation is none", "Urdu", Saying{Words: []Words{{Lang: "ur", Body: " ", Standing: Checked}}}, Chosen{Lang: "en", Standing: Original, Note: true}},
	} {
		got := LanguageFor(c.s, c.reads)
		if got.Why == "" {
			t.Errorf("%s: no reason", c.name)
		}
		got.Why = ""
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestRenderPutsTheOriginalBeside(t *testing.T) {
	english, urdu := Words{Lang: "en", Subject: "S", Body: "Ring {phone}.", Short: "Ring {phone}.", Standing: Original}, Words{Lang: "ur", Subject: "ع", Body: "{phone} پر فون کریں۔", Standing: ADraft}
	got, found := Render(Chosen{Lang: "ur", Standing: ADraft, Beside: true}, english, urdu, "Urdu", amira)
	if len(found) > 0 || !strings.Contains(got.Body, "Ring 01632 960001.") || !strings.Contains(got.Body, say.Tongue("ur").Put(noteUnchecked)) || got.Lang != "ur" {
		t.Errorf("%+v %v", got, found)
	}
	got, _ = Render(Chosen{Lang: "en", Standing: Original, Note: true}, english, urdu, "Urdu", amira)
	if !strings.HasPrefix(got.Body, "یہ انگریزی") || !strings.HasSuffix(got.Short, "Ring 01632 960001.") || !strings.HasPrefix(got.Short, "یہ") {
		t.Errorf("%+v", got)
	}
	if got, _ = Render(Chosen{Lang: "ur", Standing: Checked}, english, urdu, "Urdu", amira); strings.Contains(got.Body, "Ring") {
		t.Errorf("checked words need no English beside: %+v", got)
	}
	if _, found = Render(Chosen{Lang: "ur", Standing: Checked}, english, urdu, "Urdu", Values{}); len(found) != 1 {
		t.Errorf("%v", found)
	}
}

func TestTheOfferOfPhrasesIsInTheOrderOfTheFile(t *testing.T) {
	var keys []string
	for _, p := range Phrases() {
		keys = append(keys, p.Key)
	}
	if slices.Index(keys, "hello") != 0 || slices.Index(keys, "best_wishes") != len(keys)-1 {
		t.Errorf("%v", keys)
	}
}

func plainerOf(text string) (out []string) {
	for _, x := range plain.Plainer(text) {
		out = append(out, x.Text+" → "+x.Plain)
	}
	return out
}

func readingAge(text string) float64 { return plain.ReadingAge(text).Age }
