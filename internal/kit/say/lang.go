package say

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/bidi"
)

// language of families, with what does not stand in catalogues because it is the same for every room.
type tongue struct {
	tag, own, english string
	rtl               bool
	script            *unicode.RangeTable // what it is written in
	words             []string            // other names and codes it goes by in school records
	parsed            language.Tag
	calendar          calendar
	group             string // between thousands
	and               string // before the last of a list
	comma             string
}

// languages in the order in which they are offered: English, Welsh, then by their own names, Latin letters first.
var languages = []*tongue{
	{tag: "en", own: "English", english: "English", script: unicode.Latin, words: []string{"eng"}, calendar: english, group: ",", and: " and ", comma: ", "},
	{tag: "cy", own: "Cymraeg", english: "Welsh", script: unicode.Latin, words: []string{"cym", "wel"}, calendar: welsh, group: ",", and: " a ", comma: ", "},
	{tag: "pl", own: "Polski", english: "Polish", script: unicode.Latin, words: []string{"pol"}, calendar: polish, group: "\u00a0", and: " i ", comma: ", "},
	{tag: "pt", own: "Português", english: "Portuguese", script: unicode.Latin, words: []string{"por"}, calendar: portuguese, group: "\u00a0", and: " e ", comma: ", "},
	{tag: "ro", own: "Română", english: "Romanian", script: unicode.Latin, words: []string{"ron", "rum", "moldovan"}, calendar: romanian, group: ".", and: " și ", comma: ", "},
	{tag: "so", own: "Soomaali", english: "Somali", script: unicode.Latin, words: []string{"som"}, calendar: somali, group: ",", and: " iyo ", comma: ", "},
	{tag: "tr", own: "Türkçe", english: "Turkish", script: unicode.Latin, words: []string{"tur"}, calendar: turkish, group: ".", and: " ve ", comma: ", "},
	{tag: "uk", own: "Українська", english: "Ukrainian", script: unicode.Cyrillic, words: []string{"ukr"}, calendar: ukrainian, group: "\u00a0", and: " і ", comma: ", "},
	{tag: "ar", own: "العربية", english: "Arabic", rtl: true, script: unicode.Arabic, words: []string{"ara"}, calendar: arabic, group: ",", and: " و", comma: "، "},
	{tag: "ur", own: "اردو", english: "Urdu", rtl: true, script: unicode.Arabic, words: []string{"urd"}, calendar: urdu, group: ",", and: " اور ", comma: "، "},
	{tag: "bn", own: "বাংলা", english: "Bengali", script: unicode.Bengali, words: []string{"ben", "bangla", "sylheti"}, calendar: bengali, group: ",", and: " এবং ", comma: ", "},
	// Panjabi is written here in Gurmukhi. Families from Pakistan mostly read Urdu: the record says what they read, and nothing is guessed from what they speak.
	{tag: "pa", own: "ਪੰਜਾਬੀ", english: "Panjabi", script: unicode.Gurmukhi, words: []string{"pan", "punjabi", "panjabi (gurmukhi)", "punjabi (gurmukhi)"}, calendar: panjabi, group: ",", and: " ਅਤੇ ", comma: ", "},
}

var byTag, byWord = index()

func index() (tags, words map[string]*tongue) {
	tags, words = map[string]*tongue{}, map[string]*tongue{}
	for _, t := range languages {
		t.parsed = language.MustParse(t.tag)
		tags[t.tag] = t
		for _, w := range append([]string{t.tag, t.own, t.english}, t.words...) {
			words[strings.ToLower(w)] = t
		}
	}
	return tags, words
}

// Lang is a language in which Ajar speaks to families. The zero value is English.
type Lang struct {
	t *tongue
	b *book
}

// Tongue gives the language of a tag: "ur", "pl-PL". A tag that Ajar does not speak gives English.
func Tongue(tag string) Lang {
	l, _ := Known(tag)
	return l
}

// Known is Tongue, and tells whether Ajar speaks the language.
func Known(tag string) (Lang, bool) {
	tag = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"))
	base, rest, _ := strings.Cut(tag, "-")
	if base == "pa" && (strings.HasPrefix(rest, "arab") || rest == "pk") {
		return house.lang(byTag["en"]), false
	}
	t, ok := byTag[base]
	if !ok {
		t = byTag["en"]
	}
	return house.lang(t), ok
}

// Reads gives the language for the word a school's record has for what somebody reads: "Polish", "Punjabi", "urd", "Soomaali".
// It is false when Ajar does not speak it, or when nothing is recorded.
func Reads(word string) (Lang, bool) {
	t, ok := byWord[strings.ToLower(strings.TrimSpace(word))]
	if !ok {
		t = byTag["en"]
	}
	return house.lang(t), ok
}

// Accepts picks the first language of a browser's Accept-Language that Ajar speaks; English when there is none.
func Accepts(header string) Lang {
	if len(header) > 400 {
		header = header[:400] // browsers send far less, and parsing costs by the length
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return Tongue("en")
	}
	for _, t := range tags {
		if l, ok := Known(t.String()); ok {
			return l
		}
	}
	return Tongue("en")
}

// Tongues are all languages, in the order in which a page offers them.
func Tongues() []Lang {
	out := make([]Lang, 0, len(languages))
	for _, t := range languages {
		out = append(out, house.lang(t))
	}
	return out
}

func (b *book) lang(t *tongue) Lang { return Lang{t, b} }

func (l Lang) tongue() *tongue {
	if l.t == nil {
		return languages[0]
	}
	return l.t
}

func (l Lang) book() *book {
	if l.b == nil {
		return house
	}
	return l.b
}

// Tag is what stands in lang="…" and in addresses: "ur".
func (l Lang) Tag() string { return l.tongue().tag }

// Name is the language's own name for itself: "اردو".
func (l Lang) Name() string { return l.tongue().own }

// English is the language's name in English, for staff: "Urdu".
func (l Lang) English() string { return l.tongue().english }

// IsEnglish tells whether nothing has to be translated.
func (l Lang) IsEnglish() bool { return l.tongue().tag == "en" }

// Dir is "rtl" for a language written from the right, else "ltr".
func (l Lang) Dir() string {
	if l.tongue().rtl {
		return "rtl"
	}
	return "ltr"
}

// Draft tells whether any catalogue of the language still waits for a person who reads it to check it.
func (l Lang) Draft() bool {
	return !l.IsEnglish() && l.book().speaks(l.tongue()).draft
}

// Put says a text in the language, with its places filled. Names and numbers are set apart where their direction could turn the sentence round.
func (l Lang) Put(m Msg, args ...Args) string {
	text, _ := l.Say(m, args...)
	return text
}

// Say is Put, and gives the tag of the language in which it was said: English when the catalogue lacks the text.
func (l Lang) Say(m Msg, args ...Args) (text, tag string) {
	if m.d == nil {
		return "", "en"
	}
	t, in := m.d.english, languages[0]
	if said, ok := l.book().speaks(l.tongue()).texts[m.d.key]; ok && !l.IsEnglish() {
		t, in = said, l.tongue()
	}
	form := "other"
	if m.d.count {
		form = in.form(number(args))
	}
	words, ok := t[form]
	if !ok {
		words = t["other"]
	}
	return words.fill(func(place string) string {
		for _, a := range args {
			if v, ok := a[place]; ok {
				return in.shown(v)
			}
		}
		return "{" + place + "}" // seen at once on the page and in a test; a parent still gets the rest of the sentence
	}), in.tag
}

// number is what a counting text counts.
func number(args []Args) int64 {
	for _, a := range args {
		switch n := a["n"].(type) {
		case int:
			return int64(n)
		case int64:
			return n
		}
	}
	return 0
}

var formNames = map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}

// form is the plural category of a whole number by CLDR's rules: Welsh and Arabic have six of them.
func (t *tongue) form(n int64) string {
	if n < 0 {
		n = -n
	}
	return formNames[plural.Cardinal.MatchPlural(t.parsed, int(n%10_000_000), 0, 0, 0, 0)]
}

// forms are the categories that some whole number up to a thousand needs.
func (t *tongue) forms() []string {
	need := map[string]bool{}
	for n := range int64(1001) {
		need[t.form(n)] = true
	}
	var out []string
	for _, f := range []string{"zero", "one", "two", "few", "many", "other"} {
		if need[f] {
			out = append(out, f)
		}
	}
	return out
}

const (
	isolate = "\u2068" // first strong isolate: what follows has its own direction
	release = "\u2069"
)

func (t *tongue) shown(v any) string {
	switch x := v.(type) {
	case int:
		return t.apart(t.number(int64(x)))
	case int64:
		return t.apart(t.number(x))
	case string:
		return t.apart(x)
	case Date:
		return t.apart(Lang{t: t}.Day(string(x)))
	}
	return t.apart(fmt.Sprint(v))
}

// apart isolates a value whose direction is not the sentence's, or may not be: a Polish name in an Urdu sentence, an Arabic name in an
// English one, a telephone number whose groups would otherwise stand in the wrong order.
func (t *tongue) apart(v string) string {
	v = strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, v)
	if v == "" || !t.rtl && !hasRight(v) {
		return v
	}
	return isolate + v + release
}

// invisible are the characters that turn text round and could make a name rewrite the sentence beside it.
func invisible(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F || r == 0x061C
}

// hasRight tells whether something in the text is written from the right.
func hasRight(s string) bool {
	for _, r := range s {
		if r < 0x590 {
			continue
		}
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL || p.Class() == bidi.AN {
			return true
		}
	}
	return false
}

// Apart sets words apart that stand beside others in a text of this language and have their own direction, outside HTML: in HTML, use <bdi>.
func (l Lang) Apart(words string) string { return l.tongue().apart(words) }

// Number writes a whole number with the figures of the clock and the calendar on a British wall, in every language:
// a family compares them with a letter, a bus and a telephone.
func (l Lang) Number(n int64) string { return l.tongue().number(n) }

func (t *tongue) number(n int64) string {
	s := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	if len(s) < 5 { // Polish and Portuguese begin to group at ten thousand; nobody misses the comma in 1,200 of anything here
		return sign + s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + t.group + s[i:]
	}
	return sign + s
}

// And lists words as the language does: "Amira, Ben and Chidi".
func (l Lang) And(words []string) string {
	t := l.tongue()
	if len(words) == 0 {
		return ""
	}
	set := make([]string, len(words))
	for i, w := range words {
		set[i] = t.apart(w)
	}
	last := len(set) - 1
	if last == 0 {
		return set[0]
	}
	return strings.Join(set[:last], t.comma) + t.and + set[last]
}

// spoken is what the catalogues of all rooms say in one language.
type spoken struct {
	once  sync.Once
	texts map[string]forms
	draft bool
}
