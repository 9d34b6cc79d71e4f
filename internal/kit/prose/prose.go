// Package prose takes a text apart into words and sentences, with their places. It knows nothing of what they mean.
package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Token is one word of a text with its place.
type Token struct {
	Start, End int
	Text       string
}

// Tokens takes words apart: letters, figures, and apostrophes and hyphens inside.
func Tokens(text string) []Token {
	var list []Token
	start := -1
	flush := func(end int) {
		if start < 0 {
			return
		}
		word := strings.TrimRight(text[start:end], "'’-")
		list = append(list, Token{start, start + len(word), word})
		start = -1
	}
	for i, r := range text {
		inside := unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || start >= 0 && (r == '\'' || r == '’' || r == '-')
		if inside && start < 0 {
			start = i
		}
		if !inside {
			flush(i)
		}
	}
	flush(len(text))
	return list
}

// StartsWithLetter tells a word from a number.
func StartsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// Span is a piece of a text by byte offsets.
type Span struct{ Start, End int }

// Sentence is one sentence of a text, with how many of its tokens are words.
type Sentence struct {
	Span
	Words int
}

// Sentences ends a sentence at . ! ? and : before a new line, at an empty line and before a list mark. Points inside numbers, times and
// short forms (9.30, Mr., e.g.) end none.
func Sentences(text string, list []Token) []Sentence {
	var all []Sentence
	var now Sentence
	for i, t := range list {
		if now.Words == 0 {
			now.Start = t.Start
		}
		if StartsWithLetter(t.Text) {
			now.Words++
		}
		now.End = t.End
		gapEnd := len(text)
		if i+1 < len(list) {
			gapEnd = list[i+1].Start
		}
		if i+1 < len(list) && !endsSentence(t, text[t.End:gapEnd], list[i+1]) {
			continue
		}
		if now.Words > 0 {
			all = append(all, now)
		}
		now = Sentence{}
	}
	return all
}

func endsSentence(t Token, gap string, next Token) bool {
	if strings.ContainsAny(gap, "!?؟।。") {
		return true
	}
	if line := strings.Count(gap, "\n"); line > 0 {
		r, _ := utf8.DecodeRuneInString(next.Text)
		// A line that goes on with a small letter was only wrapped.
		return line > 1 || strings.ContainsAny(gap, ".:;•*–—-") || !unicode.IsLower(r)
	}
	point := strings.IndexByte(gap, '.')
	if point < 0 {
		return strings.Contains(gap, "…")
	}
	if len(gap) == 1 {
		return false // 9.30, e.g, www.example
	}
	lower := strings.ToLower(t.Text)
	if shortForms[lower] || utf8.RuneCountInString(t.Text) == 1 && unicode.IsUpper([]rune(t.Text)[0]) && t.Text != "I" {
		return false
	}
	r, _ := utf8.DecodeRuneInString(next.Text)
	// "p.m. and" goes on, "p.m. The" does not.
	return !unicode.IsLower(r) || lower != "m" && lower != "g" && lower != "e" && lower != "etc"
}

var shortForms = map[string]bool{"mr": true, "mrs": true, "ms": true, "dr": true, "prof": true, "st": true, "rev": true, "no": false, "vs": true, "approx": true, "eg": true, "ie": true}
