package admin

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// The length of a password, in characters. No sort of character is asked for: length is what counts, and rules about signs only make people write "1!".
const (
	MinPassword = 12
	MaxPassword = 128
)

// common are 30,000 passwords that people choose, from the list that comes with zxcvbn (MIT licence).
//
//go:embed common.txt.gz
var commonPacked []byte

var common = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	z, err := gzip.NewReader(bytes.NewReader(commonPacked))
	if err != nil {
		panic(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	for line := range strings.Lines(string(b)) {
		out[strings.TrimSpace(line)] = true
	}
	return out
})

// plainLetters undoes what people put in place of letters.
var plainLetters = strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// CheckPassword says why a password will not do; nil when it will. Own are the words that belong to the person: their name, school and address.
func CheckPassword(password string, own ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword:
		return fault.Field("password", "A password has at least %d characters, and this one has %d. Three or four words that have nothing to do with each other are easy to remember.", MinPassword, n)
	case n > MaxPassword:
		return fault.Field("password", "A password has at most %d characters, and this one has %d.", MaxPassword, n)
	case !utf8.ValidString(password):
		return fault.Field("password", "Some signs of this password could not be read. Choose others.")
	}
	low := strings.ToLower(password)
	for _, v := range []string{low, plainLetters.Replace(low)} {
		if common()[v] || common()[strings.TrimFunc(v, notLetter)] {
			return fault.Field("password", "Many people use this password or one very like it, so it is among the first that are tried. Choose something only you would think of.")
		}
	}
	if monotone(low) {
		return fault.Field("password", "This repeats itself or follows the keyboard, so it is easily guessed. Three or four words that have nothing to do with each other are better.")
	}
	rest := roll.Fold(low)
	for _, w := range ownWords(own) {
		rest = strings.ReplaceAll(rest, w, "")
	}
	if left := utf8.RuneCountInString(strings.Map(lettersOnly, rest)); left < 6 && len(rest) < len(roll.Fold(low)) {
		return fault.Field("password", "This is made of your own name, your school or your address, which is what somebody who knows you tries first. Choose other words.")
	}
	return nil
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func lettersOnly(r rune) rune {
	if unicode.IsLetter(r) {
		return r
	}
	return -1
}

// ownWords are the parts of names and addresses that are long enough to count, the longest first.
func ownWords(own []string) (out []string) {
	for _, o := range own {
		for _, w := range strings.FieldsFunc(roll.Fold(o), func(r rune) bool { return notLetter(r) && !unicode.IsDigit(r) }) {
			if len(w) >= 3 {
				out = append(out, w)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(out)
}

const keyboard = "01234567890 abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm"

// monotone tells whether a text is a short piece over and over, or runs along the keyboard or the alphabet.
func monotone(s string) bool {
	for size := 1; size <= 4 && size < len(s); size++ {
		if strings.Repeat(s[:size], len(s)/size+1)[:len(s)] == s {
			return true
		}
	}
	steps := 0
	for i := 1; i < len(s); i++ {
		pair := s[i-1 : i+1]
		if strings.Contains(keyboard, pair) || strings.Contains(keyboard, pair[1:]+pair[:1]) || pair[0] == pair[1] {
			steps++
		}
	}
	return steps*10 >= (len(s)-1)*8
}
