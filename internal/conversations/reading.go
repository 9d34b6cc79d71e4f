package conversations

import (
	"math"
	"strings"
	"unicode"
)

// readingAge estimates for what age a text is written: Flesch and Kincaid's grade level (1975) plus five. Too short a text says nothing.
func readingAge(text string) (int, bool) {
	words, sentences, syllables := 0, 0, 0
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".!?\n", r) }) {
		n := 0
		for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
			n++
			syllables += syllablesIn(strings.ToLower(w))
		}
		if n > 0 {
			sentences++
			words += n
		}
	}
	if words < 30 || sentences == 0 {
		return 0, false
	}
	grade := 0.39*float64(words)/float64(sentences) + 11.8*float64(syllables)/float64(words) - 15.59
	return max(5, int(math.Round(grade))+5), true
}

// syllablesIn counts groups of vowels, without a silent e at the end.
func syllablesIn(word string) int {
	n, before := 0, false
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouyáéíóúâêîôû", r)
		if vowel && !before {
			n++
		}
		before = vowel
	}
	if strings.HasSuffix(word, "e") && !strings.HasSuffix(word, "le") && n > 1 {
		n--
	}
	return max(n, 1)
}
