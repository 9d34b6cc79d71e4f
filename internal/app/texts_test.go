package app

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ajar/internal/conversations"
	_ "ajar/internal/conversations/web" // declares texts
	_ "ajar/internal/family/web"        // declares texts
	"ajar/internal/kit/say"
	"ajar/internal/roll/plain"
)

// Every text that a family reads is there in every language, whole, with its places and all forms of its number, and made from the English as it
// is now. `ajar texts --export pl` writes what is missing for a translator, and `ajar texts --take FILE` puts it back.
func TestFamiliesAreSpokenToInEveryLanguage(t *testing.T) {
	for _, p := range say.Problems() {
		t.Error(p.Error())
	}
	if n := len(say.Tongues()); n != 12 {
		t.Errorf("Ajar speaks %d languages, want 12", n)
	}
}

var place = regexp.MustCompile(`\{[a-z]+\}`)

// What families read in English asks for a reading age of eleven at the most, as the letters of a school do: page by page, by the measure that teachers are
// shown for their own texts.
func TestFamiliesReadPlainEnglish(t *testing.T) {
	content, err := say.Export("cy") // has the English of every room beside it
	if err != nil {
		t.Fatal(err)
	}
	all, err := say.ReadCatalogue(content)
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(all.Entries)) {
		text := strings.TrimSpace(place.ReplaceAllString(all.Entries[key].English["other"], "Ann"))
		if !strings.ContainsAny(text[len(text)-1:], ".?!:") {
			text += "."
		}
		parts := strings.SplitN(key, ".", 3)
		pages[parts[0]+"."+parts[1]] = append(pages[parts[0]+"."+parts[1]], text)
	}
	measured, oldest, where := 0, 0.0, ""
	for page, texts := range pages {
		r := plain.ReadingAge(strings.Join(texts, " "))
		if !r.Estimated || page == "family.role" { // the parts that people play: no sentences, and their names are what they are
			continue
		}
		if measured++; r.Age > oldest {
			oldest, where = r.Age, page
		}
		if r.Above(conversations.DefaultReadingAge) {
			t.Errorf("the texts of %s ask for a reading age of %.1f: %s", page, r.Age, strings.Join(texts, " "))
		}
	}
	if measured < 8 {
		t.Errorf("only %d pages were measured", measured)
	}
	t.Logf("%d pages were measured; the hardest is %s, for readers of %.1f", measured, cmp.Or(where, "none"), oldest)
}
