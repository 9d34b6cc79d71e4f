package say

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Problem is one thing that is wrong with a catalogue.
type Problem struct {
	Language string `json:"language"`
	Room     string `json:"room,omitempty"` // empty when the catalogue holds all rooms
	Key      string `json:"key,omitempty"`
	Missing  bool   `json:"missing"` // not translated, or not since the English changed
	Words    string `json:"words"`
}

// Error is one line.
func (p Problem) Error() string {
	parts := []string{p.Language}
	if p.Key != "" {
		parts = append(parts, p.Key)
	} else if p.Room != "" {
		parts = append(parts, p.Room)
	}
	return strings.Join(parts, " ") + ": " + p.Words
}

// Problems lists what is wrong with the catalogues that Ajar carries: nothing, when the tests are green.
func Problems() []Problem { return house.problems() }

func (b *book) problems() []Problem {
	var out []Problem
	known := map[string]bool{}
	for _, r := range b.rooms {
		if known[r.name] {
			out = append(out, Problem{Room: r.name, Words: "two folders hold the catalogues of this room"})
		}
		known[r.name] = true
		out = append(out, strangers(r)...)
	}
	for _, key := range b.keys() {
		if name := b.texts[key].room(); !known[name] {
			known[name] = true
			out = append(out, Problem{Room: name, Key: key, Missing: true, Words: "no room called " + name + " has said where its catalogues are (say.Catalogues)"})
		}
	}
	for _, t := range languages[1:] {
		for _, r := range b.rooms {
			c, err := r.catalogue(t.tag)
			if errors.Is(err, fs.ErrNotExist) {
				out = append(out, Problem{Language: t.tag, Room: r.name, Missing: true, Words: "there is no " + path.Join(r.source, t.tag+".yaml")})
				continue
			}
			if err != nil {
				out = append(out, Problem{Language: t.tag, Room: r.name, Words: err.Error()})
				continue
			}
			if c.Language != t.tag {
				out = append(out, Problem{Language: t.tag, Room: r.name, Words: "the file says that it is in " + c.Language})
				continue
			}
			out = append(out, b.review(c, r.name)...)
		}
	}
	return out
}

// strangers are files in the folder of a room's catalogues that are of no language.
func strangers(r room) []Problem {
	var out []Problem
	entries, _ := fs.ReadDir(r.files, "texts")
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") { // keeps the folder there while it has no catalogue yet
			continue
		}
		if t, ok := byTag[strings.TrimSuffix(e.Name(), ".yaml")]; !ok || t.tag == "en" || !strings.HasSuffix(e.Name(), ".yaml") {
			out = append(out, Problem{Room: r.name, Words: e.Name() + " is the catalogue of no language that Ajar speaks"})
		}
	}
	return out
}

// Review judges a catalogue that came back from a translator, for all rooms.
func Review(content []byte) ([]Problem, error) {
	c, err := ReadCatalogue(content)
	if err != nil {
		return nil, err
	}
	found := house.review(c, "")
	for i, p := range found {
		found[i].Words = atLine(lineOf(content, p.Key)) + p.Words
	}
	return found, nil
}

// review judges a catalogue against what a room declares, or all rooms when none is named.
func (b *book) review(c Catalogue, roomName string) []Problem {
	var out []Problem
	t := byTag[c.Language]
	say := func(key string, missing bool, words string, args ...any) {
		out = append(out, Problem{Language: t.tag, Room: roomName, Key: key, Missing: missing, Words: fmt.Sprintf(words, args...)})
	}
	if !c.Draft {
		if strings.TrimSpace(c.CheckedBy) == "" {
			say("", false, "it is no draft, so say who has checked it: checked_by")
		}
		if _, err := time.Parse(time.DateOnly, c.CheckedOn); err != nil {
			say("", false, "it is no draft, so say when it was checked, like 2026-11-30: checked_on")
		}
	}
	for _, key := range b.keys() {
		d := b.texts[key]
		if roomName != "" && d.room() != roomName {
			continue
		}
		e, ok := c.Entries[key]
		switch {
		case !ok || len(e.Said) == 0:
			say(key, true, "not translated: %q", d.english["other"].source)
			continue
		case !sameEnglish(d, e.English):
			say(key, true, "the English has changed since this was translated; it is now %q", d.english["other"].source)
			continue
		}
		b.reviewEntry(c, t, d, e, say)
	}
	var strange []string
	for key := range c.Entries {
		if d := b.texts[key]; d == nil || roomName != "" && d.room() != roomName {
			strange = append(strange, key)
		}
	}
	for _, key := range c.Same {
		if _, ok := c.Entries[key]; !ok {
			strange = append(strange, key)
		}
	}
	slices.Sort(strange)
	for _, key := range strange {
		say(key, false, "no page says this; take it out")
	}
	return out
}

func (b *book) reviewEntry(c Catalogue, t *tongue, d *declared, e Entry, say func(string, bool, string, ...any)) {
	need := []string{"other"}
	if d.count {
		need = t.forms()
	}
	for _, form := range need {
		if e.Said[form] == "" {
			say(d.key, true, "the form for %q is missing; %s needs %s", form, t.english, strings.Join(need, ", "))
		}
	}
	for _, form := range []string{"zero", "one", "two", "few", "many", "other"} {
		text, ok := e.Said[form]
		if !ok {
			continue
		}
		if !slices.Contains(need, form) && !(d.count && form == "other") {
			say(d.key, false, "%s has no form %q here", t.english, form)
			continue
		}
		reviewText(c, t, d, form, text, say)
	}
	for form := range e.Said {
		if !slices.Contains([]string{"zero", "one", "two", "few", "many", "other"}, form) {
			say(d.key, false, "there is no form %q", form)
		}
	}
}

func reviewText(c Catalogue, t *tongue, d *declared, form, text string, say func(string, bool, string, ...any)) {
	parsed, err := parse(text)
	if err != nil {
		say(d.key, false, "%v", err)
		return
	}
	places := parsed.places()
	for _, p := range places {
		if !slices.Contains(d.places, p) {
			say(d.key, false, "the English has no {%s}", p)
		}
	}
	for _, p := range d.places {
		// "One child" and "two children" may be words: Arabic and Welsh say them without a figure.
		if !slices.Contains(places, p) && !(d.count && p == "n" && slices.Contains([]string{"zero", "one", "two"}, form)) {
			say(d.key, false, "{%s} is missing from %q", p, text)
		}
	}
	if text != strings.TrimSpace(text) {
		say(d.key, false, "%q begins or ends with a space", text)
	}
	if !norm.NFC.IsNormalString(text) {
		say(d.key, false, "%q is written with loose accents; save it in the usual form (NFC)", text)
	}
	if strings.ContainsAny(text, "<>") {
		say(d.key, false, "%q holds a < or >; texts are words, not HTML", text)
	}
	if text == d.english[form].source || text == d.english["other"].source {
		if !slices.Contains(c.Same, d.key) && hasLetters(parsed) {
			say(d.key, true, "it is still the English: %q (list it under same_as_english if that is right)", text)
		}
		return
	}
	reviewScript(t, d, parsed, say)
}

// hasLetters tells whether there is anything to translate beside the places.
func hasLetters(t template) bool {
	for i := 0; i < len(t.parts); i += 2 {
		if strings.ContainsFunc(t.parts[i], unicode.IsLetter) {
			return true
		}
	}
	return false
}

// reviewScript holds a text to the letters and the direction of its language.
func reviewScript(t *tongue, d *declared, text template, say func(string, bool, string, ...any)) {
	own, other := 0, 0
	for i := 0; i < len(text.parts); i += 2 {
		for _, r := range text.parts[i] {
			switch {
			case unicode.IsDigit(r) && r > 0x7f:
				say(d.key, false, "write the figure %q as 0–9, as on the clock and in letters", r)
			case unicode.Is(t.script, r):
				own++
			case unicode.IsLetter(r):
				other++
			case r >= 0x202A && r <= 0x202E || r == 0x200E || r == 0x200F || r == 0x061C:
				say(d.key, false, "%q holds an invisible mark that turns text round; Ajar sets names and numbers apart by itself", text.source)
			}
		}
	}
	if strings.Count(text.source, isolate) != strings.Count(text.source, release) {
		say(d.key, false, "%q opens a direction and does not close it", text.source)
	}
	if !hasLetters(text) {
		return
	}
	if own == 0 || other > own {
		say(d.key, false, "%q is not in the letters of %s", text.source, t.english)
	}
	if t.rtl && !beginsRight(text) {
		say(d.key, false, "%q begins with letters from the left, and the whole sentence would turn round; begin with a word of %s", text.source, t.english)
	}
}

// beginsRight tells whether the first word that has a direction is written from the right. Places count as neutral: they are isolated.
func beginsRight(text template) bool {
	for i := 0; i < len(text.parts); i += 2 {
		for _, r := range text.parts[i] {
			if unicode.IsLetter(r) {
				return hasRight(string(r))
			}
		}
	}
	return true
}
