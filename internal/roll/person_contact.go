package roll

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Phone is one number out of a cell. Text is as it was written, Normal is for search and comparison, Label is what stood beside it
// ("work"), Note says in plain words what was mended or looks wrong.
type Phone struct {
	Text, Normal, Label, Note string
}

// SplitPhones takes a cell with any count of numbers apart: "07700 900123 / 07700 900456 (work)". Text without a number becomes
// one Phone with an empty Normal and a note, so nothing that was typed is lost.
func SplitPhones(cell string) []Phone {
	cell = strings.TrimSpace(strings.ToValidUTF8(cell, "?"))
	if cell == "" {
		return nil
	}
	cell = strings.NewReplacer(" or ", "\n", " OR ", "\n", " Or ", "\n", " and ", "\n", "&", "\n", "/", "\n", ";", "\n", ",", "\n", "|", "\n", "\r", "\n").Replace(cell)
	var phones []Phone
	for part := range strings.SplitSeq(cell, "\n") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		figures := countFigures(part)
		// "0114 496 0000 / 1" and "07700 900123, work": the rest belongs to the number before it.
		if figures < 5 && len(phones) > 0 {
			last := &phones[len(phones)-1]
			last.Text += " / " + part
			last.Label = strings.TrimSpace(last.Label + " " + strings.Trim(part, "() "))
			continue
		}
		phones = append(phones, readPhone(part))
	}
	return phones
}

// NormalPhone is one number in the form that is searched and compared: figures only, 0 for +44, a plus before other countries'
// codes. The note says what was mended.
func NormalPhone(text string) (normal, note string) {
	p := readPhone(text)
	return p.Normal, p.Note
}

func readPhone(text string) Phone {
	p := Phone{Text: strings.TrimSpace(strings.ToValidUTF8(text, "?"))}
	if scientific(p.Text) {
		p.Note = "A spreadsheet has shortened this number (it shows an E). Its last figures are lost; please ask for it again."
		return p
	}
	body, extension := cutExtension(p.Text)
	p.Label = phoneLabel(body, extension)
	digits, plus := phoneDigits(body)
	for strings.HasPrefix(digits, "00") {
		digits, plus = digits[2:], true
	}
	switch {
	case plus && strings.HasPrefix(digits, "0"):
		// "+07700 900123" is a number from here with a plus too many.
		plus = false
	case !plus && strings.HasPrefix(digits, "44") && (len(digits) == 12 || len(digits) == 13 && digits[2] == '0'):
		plus = true
	}
	switch {
	case plus && strings.HasPrefix(digits, "44"):
		digits = "0" + strings.TrimLeft(digits[2:], "0")
	case plus && digits != "":
		digits = "+" + digits
	case len(digits) == 10 && digits[0] == '7':
		digits = "0" + digits
		p.Note = "The 0 at the start was missing, as happens in spreadsheets, and was put back."
	}
	p.Normal = digits
	if n := countFigures(digits); p.Note == "" && (n < 6 || n > 15) {
		p.Note = "This does not look like a whole phone number."
	}
	return p
}

func scientific(text string) bool {
	upper := strings.ToUpper(text)
	at := strings.Index(upper, "E+")
	return at > 0 && isFigure(upper[at-1]) && at+2 < len(upper) && isFigure(upper[at+2])
}

func cutExtension(text string) (body, extension string) {
	lower := asciiLower(text)
	for _, mark := range []string{"extension", "ext.", "ext", "x"} {
		at := strings.LastIndex(lower, mark)
		if at < 6 || countFigures(text[:at]) < 6 {
			continue
		}
		rest := strings.TrimSpace(text[at+len(mark):])
		if n := countFigures(rest); n > 0 && n == len(rest) && n < 7 {
			return text[:at], "ext " + rest
		}
	}
	return text, ""
}

// asciiLower keeps every byte in its place, which strings.ToLower does not for some letters.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// phoneLabel is the words around the number, without brackets and colons.
func phoneLabel(body, extension string) string {
	words := strings.FieldsFunc(body, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' })
	if extension != "" {
		words = append(words, extension)
	}
	return strings.Trim(strings.Join(words, " "), "'")
}

// phoneDigits takes the figures out. In "+44 (0)7700 900123" the bracketed 0 is not dialled from abroad and is left out later.
func phoneDigits(body string) (digits string, plus bool) {
	var b strings.Builder
	for _, r := range body {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case (r == '+' || r == '＋') && b.Len() == 0:
			plus = true
		case r >= '０' && r <= '９':
			b.WriteByte(byte('0' + r - '０'))
		case r >= '٠' && r <= '٩':
			b.WriteByte(byte('0' + r - '٠'))
		case r >= '۰' && r <= '۹':
			b.WriteByte(byte('0' + r - '۰'))
		}
	}
	return b.String(), plus
}

func countFigures(s string) int {
	digits, _ := phoneDigits(s)
	return len(digits)
}

// PersonName is one name cell taken apart. Text is the cell as it was; Forename and Surname are in its own capitals.
type PersonName struct {
	Text, Title, Forename, Surname string
	// Couple says that the cell names two people ("Mr & Mrs Khan"). It stays one adult with the text until a person parts them.
	Couple bool
	// Warning is for the person who imports, in plain words; empty when the cell is clear.
	Warning string
}

var nameTitles = map[string]string{
	"mr": "Mr", "mrs": "Mrs", "ms": "Ms", "miss": "Miss", "mx": "Mx", "dr": "Dr", "prof": "Prof", "professor": "Professor", "rev": "Rev", "revd": "Revd",
	"sir": "Sir", "lady": "Lady", "dame": "Dame", "lord": "Lord", "imam": "Imam", "rabbi": "Rabbi", "fr": "Fr", "master": "Master", "mstr": "Master", "messrs": "Messrs",
}

// surnameParticles begin a surname when they stand before its last word.
var surnameParticles = map[string]bool{
	"van": true, "von": true, "de": true, "da": true, "do": true, "dos": true, "das": true, "del": true, "della": true, "di": true, "du": true, "la": true, "le": true,
	"den": true, "der": true, "ten": true, "ter": true, "bin": true, "binte": true, "bint": true, "ibn": true, "abu": true, "al": true, "el": true, "st": true, "st.": true, "mac": true, "mc": true, "ap": true,
}

// ReadName takes one name cell apart: "Jane Khan", "Khan, Jane", "SMITH, John", "Dr J. van der Berg", "Mr & Mrs Khan". Where it
// has no comma, the last word is taken for the surname, which is a custom and not a rule: show it to the person who imports.
func ReadName(text string) PersonName {
	n := PersonName{Text: strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")}
	if surname, rest, ok := strings.Cut(n.Text, ","); ok && strings.TrimSpace(rest) != "" && strings.TrimSpace(surname) != "" {
		words := strings.Fields(rest)
		n.Title, words = leadingTitles(words)
		before, surnameWords := leadingTitles(strings.Fields(surname))
		if n.Title == "" {
			n.Title = before
		}
		if len(words) > 0 && n.Title == "" {
			if title, ok := nameTitle(words[len(words)-1]); ok {
				n.Title, words = title, words[:len(words)-1]
			}
		}
		n.Forename, n.Surname = strings.Join(words, " "), strings.Join(surnameWords, " ")
	} else {
		words := strings.Fields(strings.Trim(n.Text, ", "))
		n.Title, words = leadingTitles(words)
		n.Forename, n.Surname = cutSurname(words, n.Title != "")
	}
	// "Dr" or "Miss" alone may be somebody's name; nothing typed is lost.
	if n.Forename == "" && n.Surname == "" {
		n.Title, n.Forename = "", strings.Trim(n.Text, ", ")
	}
	if n.Couple = isCouple(n.Text); n.Couple {
		n.Warning = "“" + clipped(n.Text) + "” names two people in one cell. It was kept as one adult; add the second so that each has their own rights and ways to be reached."
	}
	return n
}

func clipped(s string) string {
	if utf8.RuneCountInString(s) <= 60 {
		return s
	}
	return string([]rune(s)[:60]) + "…"
}

func nameTitle(word string) (string, bool) {
	title, ok := nameTitles[strings.ToLower(strings.TrimSuffix(word, "."))]
	return title, ok
}

func joiner(word string) bool {
	switch strings.ToLower(word) {
	case "&", "and", "+", "/":
		return true
	}
	return false
}

// leadingTitles takes "Mr", "Prof. Dr", "Mr & Mrs" and "Mr/Mrs" off the front.
func leadingTitles(words []string) (string, []string) {
	var titles []string
	for len(words) > 0 {
		if title, ok := nameTitle(words[0]); ok {
			titles = append(titles, title)
			words = words[1:]
			continue
		}
		if joiner(words[0]) && len(titles) > 0 && len(words) > 1 {
			if _, ok := nameTitle(words[1]); ok {
				titles = append(titles, "&")
				words = words[1:]
				continue
			}
		}
		if parts := strings.FieldsFunc(words[0], func(r rune) bool { return r == '/' || r == '&' || r == '+' }); len(parts) == 2 {
			first, ok1 := nameTitle(parts[0])
			second, ok2 := nameTitle(parts[1])
			if ok1 && ok2 {
				titles = append(titles, first, "&", second)
				words = words[1:]
				continue
			}
		}
		break
	}
	return strings.Join(titles, " "), words
}

func cutSurname(words []string, titled bool) (forename, surname string) {
	if len(words) == 0 {
		return "", ""
	}
	if len(words) == 1 {
		if titled {
			return "", words[0]
		}
		return words[0], ""
	}
	at := len(words) - 1
	for at > 1 && surnameParticles[strings.ToLower(words[at-1])] {
		at--
	}
	// "Mr van Dyk" has no forename; "Van Morrison" has.
	if at == 1 && titled && surnameParticles[strings.ToLower(words[0])] {
		at = 0
	}
	return strings.Join(words[:at], " "), strings.Join(words[at:], " ")
}

// isCouple looks for two titles joined, or two names joined by "and" or "&".
func isCouple(text string) bool {
	titles, _ := leadingTitles(strings.Fields(text))
	if strings.Contains(titles, "&") {
		return true
	}
	words := strings.Fields(strings.NewReplacer("&", " & ", "+", " + ").Replace(text))
	for i, word := range words {
		// A lone slash more often parts two surnames of one person.
		if joiner(word) && word != "/" && i > 0 && i < len(words)-1 {
			return true
		}
	}
	return false
}

// DisplayName is a name as a page shows it: a name all in capitals gets ordinary ones ("O'BRIEN-SMITH" → "O'Brien-Smith"); any
// other name is left as its owner wrote it. The stored name is never changed by this.
func DisplayName(name string) string {
	letters := 0
	for _, r := range name {
		if unicode.IsLower(r) {
			return name
		}
		if unicode.IsUpper(r) {
			letters++
		}
	}
	// "JJ" and "LI" may be initials or a name; nobody but the owner can tell.
	if letters < 3 {
		return name
	}
	var b strings.Builder
	start := true
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
			start = true
			b.WriteRune(r)
		case start:
			b.WriteRune(r)
			start = false
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return mendMc(b.String())
}

// mendMc gives McDonald its second capital. Mac is left alone, since Mackie and Macey are as usual as MacDonald.
func mendMc(name string) string {
	words := strings.Split(name, " ")
	for i, word := range words {
		if rest, ok := strings.CutPrefix(word, "Mc"); ok && len(rest) > 2 {
			r, n := utf8.DecodeRuneInString(rest)
			words[i] = "Mc" + string(unicode.ToUpper(r)) + rest[n:]
		}
	}
	return strings.Join(words, " ")
}
