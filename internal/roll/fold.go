package roll

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plainLetters are letters that Unicode does not take apart into a base letter and a mark, but that people type without it.
var plainLetters = map[rune]string{
	'ł': "l", 'ø': "o", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ŧ': "t", 'ŋ': "ng",
	'ı': "i", 'ə': "e", 'ɛ': "e", 'ɔ': "o", 'ɖ': "d", 'ƒ': "f", 'ɣ': "g", 'ƴ': "y", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ǥ': "g", 'ʉ': "u", 'ɨ': "i",
}

// Fold is the form of a text in which people are searched: lower case, accents off, letters as an English keyboard has
// them, punctuation as spaces, single spaces between words. Both what is stored for search and what is typed go through it, and
// a database never does this by itself, because engines disagree beyond ASCII.
func Fold(s string) string {
	if folded, ok := foldPlain(s); ok {
		return folded
	}
	// Some capitals only fall into a foldable form on the second turn (İ, wide and mathematical letters).
	once := foldOnce(s)
	for range 3 {
		again := foldOnce(once)
		if again == once {
			break
		}
		once = again
	}
	return once
}

// foldPlain is the short way for plain ASCII, which most names and all searches for them are.
func foldPlain(s string) (string, bool) {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return "", false
		}
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			out = append(out, c+'a'-'A')
		case c >= 'a' && c <= 'z', isFigure(c):
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
	}
	return strings.TrimSuffix(string(out), " "), true
}

func foldOnce(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := true
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, " ")) {
		if droppedMark(r) {
			continue
		}
		r = unicode.ToLower(r)
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
			space = false
			continue
		}
		if apostropheLetter(r) || !(unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)) {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		b.WriteRune(r)
		space = false
	}
	return strings.TrimSpace(norm.NFC.String(b.String()))
}

// droppedMark is a mark people leave out when they type: accents, Arabic and Hebrew points, and signs that only steer the
// layout. The vowel signs of Indian and other scripts are part of the word and stay.
func droppedMark(r rune) bool {
	switch {
	case r >= 0x0300 && r <= 0x036F, r >= 0x1DC0 && r <= 0x1DFF, r >= 0x20D0 && r <= 0x20FF, r >= 0xFE20 && r <= 0xFE2F:
		return true
	case r >= 0x064B && r <= 0x065F, r == 0x0670, r == 0x0640, r >= 0x0591 && r <= 0x05BD, r >= 0x05BF && r <= 0x05C7:
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

// apostropheLetter is a sign that Unicode counts as a letter and a reader as an apostrophe.
func apostropheLetter(r rune) bool { return r >= 0x02B9 && r <= 0x02BF || r >= 0x02C6 && r <= 0x02DF }

// SearchText is what to store so that people are found by any way of typing them: the folded words, and for words with an
// apostrophe or hyphen inside also the joined form (O'Brien is found as "o brien" and as "obrien").
func SearchText(parts ...string) string {
	words := make([]string, 0, 2*len(parts))
	for _, part := range parts {
		for _, word := range strings.Fields(part) {
			folded := Fold(word)
			if folded == "" {
				continue
			}
			words = append(words, folded)
			if joined := strings.ReplaceAll(folded, " ", ""); joined != folded {
				words = append(words, joined)
			}
		}
	}
	return strings.Join(words, " ")
}

// SortKey orders people as a register does: by surname with apostrophes, hyphens and spaces ignored, then by forename. A space
// stands between the two, and it comes before every letter, so Smith, Zoe is before Smithson, Adam under plain byte order.
func SortKey(surname, forename string) string {
	return strings.ReplaceAll(Fold(surname), " ", "") + " " + Fold(forename)
}
