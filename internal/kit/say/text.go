package say

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Msg is a text that was declared, with its key, its English and its places. Only Text and Count make one.
type Msg struct{ d *declared }

// Key is what the catalogues know the text by: "family.hello".
func (m Msg) Key() string {
	if m.d == nil {
		return ""
	}
	return m.d.key
}

// English is the text as it was declared, with its places open; of a count, the form for many.
func (m Msg) English() string {
	if m.d == nil {
		return ""
	}
	return m.d.english["other"].source
}

// Args are what is put into the places of a text: a string, a whole number, or anything that has a String of its own.
type Args map[string]any

type declared struct {
	key     string
	english forms
	count   bool
	places  []string // sorted
}

// forms is a text by plural category; a text that counts nothing has only "other".
type forms map[string]template

// room is the part of the key before the first dot: the folder that says it.
func (d *declared) room() string {
	room, _, _ := strings.Cut(d.key, ".")
	return room
}

// Text declares a text with its English. Two texts with one key, a key out of shape or a place that is not closed stop the
// program when it starts, because all of them are mistakes in the source.
func Text(key, english string) Msg {
	return house.declare(key, map[string]string{"other": english}, false)
}

// Count declares a text about a number {n}, in English for one and for any other number. Other languages have up to six forms.
// The number decides even where it is not shown: "Your child", "Your children".
func Count(key, one, other string) Msg {
	return house.declare(key, map[string]string{"one": one, "other": other}, true)
}

// book is a set of declared texts and the catalogues that say them in other languages. The product has one, house; tests make their own.
type book struct {
	texts map[string]*declared
	rooms []room
	said  map[string]*spoken // by tag
}

var house = newBook()

func newBook() *book {
	b := &book{texts: map[string]*declared{}, said: map[string]*spoken{}}
	for _, l := range languages {
		b.said[l.tag] = &spoken{}
	}
	return b
}

var keyShape = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)

func (b *book) declare(key string, english map[string]string, count bool) Msg {
	if !keyShape.MatchString(key) {
		panic(fmt.Sprintf("say: the key %q is not like family.hello", key))
	}
	if b.texts[key] != nil {
		panic(fmt.Sprintf("say: two texts have the key %s", key))
	}
	d := &declared{key: key, count: count, english: forms{}}
	for form, text := range english {
		t, err := parse(text)
		if err != nil {
			panic(fmt.Sprintf("say: %s: %v", key, err))
		}
		d.english[form] = t
	}
	d.places = d.english["other"].places()
	b.texts[key] = d
	return Msg{d}
}

// keys of all texts in order.
func (b *book) keys() []string {
	out := make([]string, 0, len(b.texts))
	for k := range b.texts {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// template is a text cut at its places: words, place, words, place, words.
type template struct {
	source string
	parts  []string // even: words; odd: the name of a place
}

var placeShape = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func parse(text string) (template, error) {
	t := template{source: text}
	if strings.TrimSpace(text) == "" {
		return t, fmt.Errorf("the text is empty")
	}
	rest := text
	for {
		words, after, open := strings.Cut(rest, "{")
		if strings.Contains(words, "}") {
			return t, fmt.Errorf("a } without its { in %q", text)
		}
		t.parts = append(t.parts, words)
		if !open {
			return t, nil
		}
		place, next, closed := strings.Cut(after, "}")
		if !closed || !placeShape.MatchString(place) {
			return t, fmt.Errorf("a place in %q is not like {name}", text)
		}
		t.parts = append(t.parts, place)
		rest = next
	}
}

// places are the names in braces, each once, sorted.
func (t template) places() []string {
	var out []string
	for i := 1; i < len(t.parts); i += 2 {
		if !slices.Contains(out, t.parts[i]) {
			out = append(out, t.parts[i])
		}
	}
	slices.Sort(out)
	return out
}

func (t template) fill(value func(place string) string) string {
	if len(t.parts) == 1 {
		return t.parts[0]
	}
	var b strings.Builder
	for i, p := range t.parts {
		if i%2 == 1 {
			p = value(p)
		}
		b.WriteString(p)
	}
	return b.String()
}
