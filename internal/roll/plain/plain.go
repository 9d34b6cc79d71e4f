// Package plain points out jargon and heavy words in what families are to read, and estimates its reading age. It holds no table and keeps nothing; begin at Plainer and ReadingAge.
package plain

import (
	"math"
	"slices"
	"sort"
	"strings"
	"unicode"

	"ajar/internal/kit/prose"
)

// SuggestionKind says why a word is pointed out.
type SuggestionKind string

// Jargon is a school's own term, Heavy is official English that has a shorter word.
const (
	Jargon SuggestionKind = "jargon"
	Heavy  SuggestionKind = "heavy"
)

// Suggestion is one place in a text that could be plainer. Start and End are byte offsets.
type Suggestion struct {
	Start, End int
	Text       string // as written
	Plain      string // what a parent would rather read
	Kind       SuggestionKind
}

type plainTerm struct {
	words []string // the folded words of a phrase
	exact string   // for capitals: the spelling it must have
	plain string
	kind  SuggestionKind
}

// plainTerms are looked up by their first word, longest phrase first.
var plainTerms = readTerms()

func readTerms() map[string][]plainTerm {
	terms := map[string][]plainTerm{}
	add := func(form, plain string, kind SuggestionKind) {
		t := plainTerm{plain: plain, kind: kind, words: strings.Fields(strings.ToLower(form))}
		if kind == Jargon && hasCapital(form) {
			t.exact = form
		}
		terms[t.words[0]] = append(terms[t.words[0]], t)
	}
	read := func(list string, kind SuggestionKind) {
		for line := range strings.Lines(list) {
			left, plain, ok := strings.Cut(strings.TrimSpace(line), " = ")
			if !ok {
				continue
			}
			for form := range strings.SplitSeq(left, "|") {
				for _, inflected := range verbForms(form) {
					add(inflected, plain, kind)
				}
			}
		}
	}
	read(jargonList, Jargon)
	read(heavyList, Heavy)
	for first := range terms {
		sort.SliceStable(terms[first], func(i, j int) bool { return len(terms[first][i].words) > len(terms[first][j].words) })
	}
	return terms
}

func hasCapital(s string) bool { return strings.ToLower(s) != s }

// verbForms gives the forms of "commence (v)" and of "forward (v) to"; anything else is its only form.
func verbForms(form string) []string {
	verb, rest, ok := strings.Cut(form, " (v)")
	if !ok {
		return []string{form}
	}
	forms := []string{verb + rest}
	last, stem := verb[len(verb)-1], verb[:len(verb)-1]
	switch {
	case last == 'e':
		forms = append(forms, verb+"s"+rest, verb+"d"+rest, stem+"ing"+rest)
	case last == 'y' && !strings.ContainsRune("aeiou", rune(verb[len(verb)-2])):
		forms = append(forms, stem+"ies"+rest, stem+"ied"+rest, verb+"ing"+rest)
	case last == 's', last == 'h', last == 'x':
		forms = append(forms, verb+"es"+rest, verb+"ed"+rest, verb+"ing"+rest)
	case verb == "submit" || verb == "permit" || verb == "transmit":
		forms = append(forms, verb+"s"+rest, verb+"ted"+rest, verb+"ting"+rest)
	default:
		forms = append(forms, verb+"s"+rest, verb+"ed"+rest, verb+"ing"+rest)
	}
	return forms
}

// Plainer points out jargon and heavy words, in the order of the text and without overlaps.
func Plainer(text string) []Suggestion {
	var found []Suggestion
	list := prose.Tokens(text)
	shouting := mostlyCapitals(text)
	for i := 0; i < len(list); {
		t, ok := matchTerm(text, list[i:])
		// In a text all in capitals nobody can tell SALT from salt.
		if !ok || shouting && t.exact != "" {
			i++
			continue
		}
		start, end := list[i].Start, list[i+len(t.words)-1].End
		found = append(found, Suggestion{Start: start, End: end, Text: text[start:end], Plain: t.plain, Kind: t.kind})
		i += len(t.words)
	}
	return found
}

func mostlyCapitals(text string) bool {
	upper, lower := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	return upper > 15 && upper > 2*lower
}

func matchTerm(text string, list []prose.Token) (plainTerm, bool) {
	first := strings.ToLower(list[0].Text)
	candidates := plainTerms[first]
	if candidates == nil {
		// "the SENCO's view"
		if bare, ok := strings.CutSuffix(strings.ReplaceAll(first, "’", "'"), "'s"); ok {
			candidates = plainTerms[bare]
		}
	}
	for _, t := range candidates {
		if len(t.words) > len(list) || !samePhrase(text, list[:len(t.words)], t) {
			continue
		}
		return t, true
	}
	return plainTerm{}, false
}

func samePhrase(text string, list []prose.Token, t plainTerm) bool {
	for i, word := range t.words {
		written := list[i].Text
		if len(t.words) == 1 {
			written = strings.TrimSuffix(strings.ReplaceAll(written, "’", "'"), "'s")
		}
		if strings.ToLower(written) != word {
			return false
		}
		if t.exact != "" && written != strings.Fields(t.exact)[i] {
			return false
		}
		// Only spaces may stand between the words of a phrase.
		if i > 0 && strings.TrimSpace(text[list[i-1].End:list[i].Start]) != "" {
			return false
		}
	}
	return true
}

// Readability says how hard a text is to read.
type Readability struct {
	// Estimated is false where an estimate would be nonsense; Why then says the reason in words.
	Estimated bool
	Why       string
	// Age is the reading age in years: the Flesch–Kincaid grade and five.
	Grade, Age float64

	Words, Sentences int
	WordsPerSentence float64
	// LongWords are the different words of three syllables or more, the most frequent first.
	LongWords []string
	// LongSentences are those of more than 20 words.
	LongSentences []Span
}

// Span is a piece of a text by byte offsets.
type Span = prose.Span

const (
	fewestWords  = 25
	longSentence = 20
)

// ReadingAge estimates the reading age by the Flesch–Kincaid grade level,
//
//	0.39 × words per sentence + 11.8 × syllables per word − 15.59
//
// (J. P. Kincaid and others, Derivation of New Readability Formulas for Navy Enlisted Personnel, 1975), plus five, because grade 1 is the
// school year of six-year-olds. It counts lengths and knows nothing of meaning: a help for the writer, no measure of a reader. It is
// made for English; other languages and very short texts get no estimate.
func ReadingAge(text string) Readability {
	list := prose.Tokens(text)
	r := Readability{}
	sentences := prose.Sentences(text, list)
	r.Sentences = len(sentences)
	syllables, english, latin, letters := 0, 0, 0, 0
	long := map[string]int{}
	for _, t := range list {
		if !prose.StartsWithLetter(t.Text) {
			continue
		}
		r.Words++
		word := strings.ToLower(strings.ReplaceAll(t.Text, "’", "'"))
		n := Syllables(word)
		syllables += n
		if englishWords[word] {
			english++
		}
		if n >= 3 {
			long[word]++
		}
		for _, c := range word {
			if unicode.IsLetter(c) {
				letters++
				if unicode.Is(unicode.Latin, c) {
					latin++
				}
			}
		}
	}
	for _, s := range sentences {
		if s.Words > longSentence {
			r.LongSentences = append(r.LongSentences, s.Span)
		}
	}
	if r.Sentences > 0 {
		r.WordsPerSentence = float64(r.Words) / float64(r.Sentences)
	}
	switch {
	case r.Words == 0:
		r.Why = "There is no text yet."
		return r
	case latin*10 < letters*9:
		r.Why = "Not estimated: the reading age can only be worked out for text in English."
		return r
	case r.Words >= fewestWords && english*100 < r.Words*15:
		r.Why = "Not estimated: this does not look like English, and the reading age can only be worked out for English."
		return r
	}
	r.LongWords = byCount(long)
	if r.Words < fewestWords {
		r.Why = "Not estimated: the text is too short to say."
		return r
	}
	r.Estimated = true
	r.Grade = 0.39*r.WordsPerSentence + 11.8*float64(syllables)/float64(r.Words) - 15.59
	r.Age = math.Max(r.Grade+5, 5)
	return r
}

// AgeWords is the estimate as a page says it: it never pretends to months.
func (r Readability) AgeWords() string {
	switch {
	case !r.Estimated:
		return r.Why
	case r.Age < 7:
		return "Easy to read: about the level of a six-year-old."
	case r.Age >= 17:
		return "Very hard to read: the level of university texts."
	}
	years := []string{"seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"}
	return "About the reading age of " + years[int(math.Round(r.Age))-7] + "."
}

// Above says whether the text is harder than the level a school has set. A text without an estimate is not.
func (r Readability) Above(age float64) bool { return r.Estimated && math.Round(r.Age) > age }

// englishWords are small words that a text in English cannot do without and other languages seldom use.
var englishWords = func() map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(`the and of is are was were you your we our that this these those with for have has had will would it its he she they them his her
		their not be been being at as can could should what when where which who why how from by but if my about into than then there here very more some any all also so do does did
		to in on or an out up no yes us i a if one get got go goes going make makes made like likes said says say because after before every`) {
		m[word] = true
	}
	return m
}()

func byCount(count map[string]int) []string {
	words := make([]string, 0, len(count))
	for word := range count {
		words = append(words, word)
	}
	slices.SortFunc(words, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	return words
}

// Syllables estimates the syllables of an English word from its vowels. It is right for about nine words in ten, which is enough for an
// average.
func Syllables(word string) int {
	word = strings.ToLower(word)
	word = strings.TrimSuffix(strings.ReplaceAll(word, "’", "'"), "'s")
	count := 0
	for part := range strings.SplitSeq(word, "-") {
		count += partSyllables(part)
	}
	return max(count, 1)
}

func partSyllables(word string) int {
	if n, ok := oddSyllables[word]; ok {
		return n
	}
	count, before := 0, rune(0)
	letters := []rune(word)
	for i, r := range letters {
		vowel := isVowel(r) || r == 'y' && i > 0
		if vowel && !(isVowel(before) || before == 'y' && i > 1) {
			count++
		}
		// Two vowels that are said one after the other.
		if vowel && i > 0 && (before == 'i' && (r == 'a' || r == 'o' && !strings.HasPrefix(string(letters[i:]), "ou") && !strings.HasPrefix(string(letters[i:]), "on") || r == 'u') || before == 'e' && r == 'o' || before == 'u' && r == 'a') {
			// "special" and "partial", but not "appreciate".
			soft := before == 'i' && r == 'a' && i > 1 && (letters[i-2] == 'c' || letters[i-2] == 't') && i+1 < len(letters) && (letters[i+1] == 'l' || letters[i+1] == 'n')
			if !soft && !(before == 'u' && i > 1 && letters[i-2] == 'q') {
				count++
			}
		}
		before = r
	}
	switch {
	case strings.HasSuffix(word, "le") && len(letters) > 2 && !isVowel(letters[len(letters)-3]):
	case strings.HasSuffix(word, "les") && len(letters) > 3 && !isVowel(letters[len(letters)-4]):
	case strings.HasSuffix(word, "ed") && len(letters) > 3 && !strings.HasSuffix(word, "ted") && !strings.HasSuffix(word, "ded") && !isVowel(letters[len(letters)-3]),
		strings.HasSuffix(word, "es") && len(letters) > 3 && !endsHissing(word[:len(word)-2]) && !isVowel(letters[len(letters)-3]),
		strings.HasSuffix(word, "e") && len(letters) > 2 && !isVowel(letters[len(letters)-2]) && count > 1:
		count--
	}
	if count < 1 && len(letters) > 0 && unicode.IsLetter(letters[0]) {
		return 1
	}
	return count
}

// oddSyllables are frequent words the rule gets wrong.
var oddSyllables = map[string]int{
	"being": 2, "doing": 2, "going": 2, "seeing": 2, "people": 2, "something": 2, "sometimes": 2, "someone": 2, "everyone": 3, "every": 2, "science": 2, "quiet": 2, "diet": 2,
	"idea": 3, "ideas": 3, "area": 3, "areas": 3, "homework": 2, "used": 1, "created": 3, "poem": 2, "poems": 2, "wednesday": 2, "business": 2, "evening": 2, "different": 3,
	"therefore": 2, "careful": 2, "hopeful": 2, "useful": 2, "lovely": 2, "safely": 2, "likely": 2, "nicely": 2, "movement": 2, "statement": 2, "improvement": 3, "achievement": 3, "the": 1, "maybe": 2,
}

func isVowel(r rune) bool {
	return strings.ContainsRune("aeiouáàâäãåæéèêëíìîïóòôöõøœúùûü", r) && r != 0
}

// endsHissing is a stem after which -es is a syllable of its own: classes, changes, boxes.
func endsHissing(stem string) bool {
	for _, end := range []string{"s", "x", "z", "ch", "sh", "c", "g"} {
		if strings.HasSuffix(stem, end) {
			return true
		}
	}
	return false
}
