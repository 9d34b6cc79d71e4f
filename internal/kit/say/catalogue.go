package say

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// room is where the catalogues of one room stand.
type room struct {
	name   string
	files  fs.FS
	source string // the folder of the source, for the command that puts a checked catalogue back
}

// Catalogues says where a room keeps its texts in other languages: files of the embedded folder texts, one a language, and the same
// folder in the source. Rooms call it once, beside `//go:embed all:texts`: `var _ = say.Catalogues("family", files, "internal/family/web/texts")`.
func Catalogues(name string, files fs.FS, source string) bool {
	house.rooms = append(house.rooms, room{name, files, source})
	return true
}

// Catalogue is one file: what one room says in one language, or, on its way to a translator, what all rooms say.
type Catalogue struct {
	Language  string
	Draft     bool
	CheckedBy string // a person, when it is no draft
	CheckedOn string
	Same      []string // keys of texts that are rightly the same as in English
	Entries   map[string]Entry
}

// Entry is one text of a catalogue: the English that it was made from, and what it became. Both are by plural category; a text that
// counts nothing has only "other".
type Entry struct{ English, Said map[string]string }

// ReadCatalogue reads a file. It answers an error for what is not a catalogue at all; what is in it is judged by Review.
func ReadCatalogue(content []byte) (Catalogue, error) {
	var f struct {
		Language  string                    `yaml:"language"`
		Draft     bool                      `yaml:"draft"`
		CheckedBy string                    `yaml:"checked_by"`
		CheckedOn string                    `yaml:"checked_on"`
		Same      []string                  `yaml:"same_as_english"`
		Texts     map[string]map[string]any `yaml:"texts"`
	}
	if len(content) > 4<<20 {
		return Catalogue{}, fmt.Errorf("this file is far longer than a catalogue of texts")
	}
	if err := yaml.UnmarshalWithOptions(content, &f, yaml.Strict()); err != nil {
		return Catalogue{}, fmt.Errorf("this is no catalogue of texts: %s", strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	if _, ok := byTag[f.Language]; !ok || f.Language == "en" {
		return Catalogue{}, fmt.Errorf("the first line must say one of the languages, like “language: pl”; it says %q", f.Language)
	}
	c := Catalogue{Language: f.Language, Draft: f.Draft, CheckedBy: f.CheckedBy, CheckedOn: f.CheckedOn, Same: f.Same, Entries: map[string]Entry{}}
	for key, e := range f.Texts {
		var entry Entry
		for in, v := range e {
			said, err := byForm(v)
			if err != nil {
				return Catalogue{}, fmt.Errorf("%s, %s: %w", key, in, err)
			}
			switch in {
			case "en":
				entry.English = said
			case f.Language:
				entry.Said = said
			default:
				return Catalogue{}, fmt.Errorf("%s is said in %q, and this is the catalogue of %s", key, in, f.Language)
			}
		}
		c.Entries[key] = entry
	}
	return c, nil
}

func byForm(v any) (map[string]string, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case string:
		if x == "" {
			return nil, nil
		}
		return map[string]string{"other": x}, nil
	case map[string]any:
		out := map[string]string{}
		for form, text := range x {
			s, ok := text.(string)
			if !ok {
				return nil, fmt.Errorf("write the text of %s in quotes", form)
			}
			if s != "" {
				out[form] = s
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("write the text in quotes")
}

// speaks reads the catalogues of a language the first time that somebody needs it. What cannot be read is left out here, and said in English;
// Review names it, and the tests fail.
func (b *book) speaks(t *tongue) *spoken {
	s := b.said[t.tag]
	s.once.Do(func() {
		s.texts = map[string]forms{}
		if t.tag == "en" {
			return
		}
		for _, r := range b.rooms {
			c, err := r.catalogue(t.tag)
			if err != nil {
				continue
			}
			s.draft = s.draft || c.Draft
			for key, e := range c.Entries {
				d := b.texts[key]
				if d == nil || e.Said == nil {
					continue
				}
				if f, ok := readForms(d, e.Said); ok {
					s.texts[key] = f
				}
			}
		}
	})
	return s
}

// readForms refuses a text whose places are not those of the English: shown, it would lose a name or a date.
func readForms(d *declared, said map[string]string) (forms, bool) {
	f := forms{}
	for form, text := range said {
		t, err := parse(text)
		if err != nil {
			return nil, false
		}
		for _, p := range t.places() {
			if !slices.Contains(d.places, p) {
				return nil, false
			}
		}
		f[form] = t
	}
	if len(f) == 0 {
		return nil, false
	}
	if _, ok := f["other"]; !ok {
		for _, form := range []string{"many", "few", "two", "one", "zero"} {
			if t, ok := f[form]; ok {
				f["other"] = t
				break
			}
		}
	}
	return f, true
}

func (r room) catalogue(tag string) (Catalogue, error) {
	content, err := fs.ReadFile(r.files, path.Join("texts", tag+".yaml"))
	if err != nil {
		return Catalogue{}, err
	}
	return ReadCatalogue(content)
}

// Export writes everything that Ajar says to families in one language, with the English beside it, for a translator.
// What is not translated yet, or whose English has changed, is left empty and stands first.
func Export(tag string) ([]byte, error) { return house.export(tag) }

func (b *book) export(tag string) ([]byte, error) {
	t, ok := byTag[tag]
	if !ok || tag == "en" {
		return nil, fmt.Errorf("there are no catalogues in %q", tag)
	}
	all := Catalogue{Language: tag, Entries: map[string]Entry{}}
	var first, rest []string
	for _, r := range b.rooms {
		c, err := r.catalogue(tag)
		if err != nil {
			c = Catalogue{Draft: true}
		}
		all.Draft = all.Draft || c.Draft
		if !c.Draft {
			all.CheckedBy, all.CheckedOn = c.CheckedBy, c.CheckedOn
		}
		all.Same = append(all.Same, c.Same...)
		for key, e := range c.Entries {
			all.Entries[key] = e
		}
	}
	for _, key := range b.keys() {
		d, e := b.texts[key], all.Entries[key]
		if !sameEnglish(d, e.English) || len(e.Said) == 0 {
			all.Entries[key] = Entry{English: d.words()}
			first = append(first, key)
			continue
		}
		rest = append(rest, key)
	}
	return all.write(t, b, append(first, rest...)), nil
}

// words of the English by form.
func (d *declared) words() map[string]string {
	out := map[string]string{}
	for form, t := range d.english {
		out[form] = t.source
	}
	return out
}

func sameEnglish(d *declared, was map[string]string) bool {
	now := d.words()
	if len(now) != len(was) {
		return false
	}
	for form, text := range now {
		if was[form] != text {
			return false
		}
	}
	return true
}

// write makes the file that ReadCatalogue reads, with the keys in the order given.
func (c Catalogue) write(t *tongue, b *book, keys []string) []byte {
	var s strings.Builder
	fmt.Fprintf(&s, "# What Ajar says to families in %s (%s), with the English it was made from.\n", t.english, t.own)
	s.WriteString("# Keep what stands in braces as it is: {name} is filled in. Plain words, the polite form, short sentences.\n")
	fmt.Fprintf(&s, "language: %s\n", t.tag)
	if c.Draft || c.CheckedBy == "" {
		s.WriteString("# When you have read all of it, write instead: draft: false, checked_by: your name, checked_on: 2026-11-30\ndraft: true\n")
	} else {
		fmt.Fprintf(&s, "draft: false\nchecked_by: %s\nchecked_on: %s\n", quoted(c.CheckedBy), quoted(c.CheckedOn))
	}
	if len(c.Same) > 0 {
		s.WriteString("# Rightly the same as in English.\nsame_as_english:\n")
		same := slices.Clone(c.Same)
		slices.Sort(same)
		for _, key := range slices.Compact(same) {
			fmt.Fprintf(&s, "  - %s\n", key)
		}
	}
	s.WriteString("texts:\n")
	for _, key := range keys {
		e := c.Entries[key]
		fmt.Fprintf(&s, "  %s:\n", key)
		count := b.texts[key] != nil && b.texts[key].count
		writeForms(&s, "en", e.English, count, []string{"one", "other"})
		writeForms(&s, t.tag, e.Said, count, t.forms())
	}
	return []byte(s.String())
}

func writeForms(s *strings.Builder, tag string, said map[string]string, count bool, need []string) {
	if !count {
		fmt.Fprintf(s, "    %s: %s\n", tag, quoted(said["other"]))
		return
	}
	fmt.Fprintf(s, "    %s:\n", tag)
	for _, form := range need {
		fmt.Fprintf(s, "      %s: %s\n", form, quoted(said[form]))
	}
}

// quoted writes a YAML text on one line that stays readable in every script.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\u00a0' || invisible(r) || r < 0x20:
			b.WriteString(`\u` + fmt.Sprintf("%04x", r))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Placed is a catalogue of one room, and the file of the source where it belongs.
type Placed struct {
	File    string
	Content []byte
}

// Take divides a catalogue that came back from a translator among the rooms. It takes all or nothing: anything that Review
// finds is answered instead.
func Take(content []byte) ([]Placed, []Problem, error) { return house.take(content) }

func (b *book) take(content []byte) ([]Placed, []Problem, error) {
	c, err := ReadCatalogue(content)
	if err != nil {
		return nil, nil, err
	}
	if found := b.review(c, ""); len(found) > 0 {
		return nil, found, nil
	}
	t := byTag[c.Language]
	var out []Placed
	for _, r := range b.rooms {
		own := c
		own.Same, own.Entries = nil, map[string]Entry{}
		var keys []string
		for _, key := range b.keys() {
			if b.texts[key].room() != r.name {
				continue
			}
			keys = append(keys, key)
			own.Entries[key] = c.Entries[key]
			if slices.Contains(c.Same, key) {
				own.Same = append(own.Same, key)
			}
		}
		out = append(out, Placed{path.Join(r.source, t.tag+".yaml"), own.write(t, b, keys)})
	}
	return out, nil, nil
}

// lineOf finds where a key stands in a file; 0 when it does not.
func lineOf(content []byte, key string) int {
	for i, line := range strings.Split(string(content), "\n") {
		if strings.TrimSpace(line) == key+":" {
			return i + 1
		}
	}
	return 0
}

// String of a line number for a sentence.
func atLine(n int) string {
	if n == 0 {
		return ""
	}
	return "line " + strconv.Itoa(n) + ", "
}
