package roll

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// upnLetters are the letters a UPN may carry, in the order of their value 0..22. I, O and S are left out because they
// look like figures. Source: DfE's UPN guidance (govtalk data standards).
const upnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ"

// UPNStanding says which of a child's numbers one is. A child keeps one permanent number through state schooling, may arrive
// with a temporary one, and may have held others before.
type UPNStanding string

// The three standings. A number alone shows whether it is permanent or temporary; that it is a former one only the
// column or element it came from can say.
const (
	UPNPermanent UPNStanding = "permanent"
	UPNTemporary UPNStanding = "temporary"
	UPNFormer    UPNStanding = "former"
)

// UPN is a unique pupil number as it was read, with what can be said about it. It is never a reason to lose a pupil:
// when Warning is not empty a person may still accept the number.
type UPN struct {
	// Normal is the text in capitals without spaces: the form to store, search and compare.
	Normal string
	// ShapeOK says that letters and figures stand where a UPN has them. The fields below are empty without it.
	ShapeOK bool
	// CheckLetterOK says that the first letter is the one the other twelve characters ask for.
	CheckLetterOK bool
	// Expected is the check letter the other twelve characters ask for.
	Expected byte
	// Temporary numbers end in a letter.
	Temporary bool
	// LA and Estab are those of the school that gave the number, which is often not the school of today.
	LA, Estab string
	// Year is the year in which the number was given, four figures.
	Year int
	// Placeholder is one of UN1 to UN5, which social care returns use where there is no number.
	Placeholder bool
}

// ParseUPN reads a UPN with any spacing and case. It always answers; ask Empty and Warning about the answer.
func ParseUPN(text string) UPN {
	u := UPN{Normal: upnNormal(text)}
	if len(u.Normal) == 3 && strings.HasPrefix(u.Normal, "UN") && u.Normal[2] >= '1' && u.Normal[2] <= '5' {
		u.Placeholder = true
		return u
	}
	if !upnShape(u.Normal) {
		return u
	}
	u.ShapeOK = true
	u.Expected = upnCheckLetter(u.Normal)
	u.CheckLetterOK = u.Normal[0] == u.Expected
	u.Temporary = !isFigure(u.Normal[12])
	u.LA, u.Estab = u.Normal[1:4], u.Normal[4:8]
	u.Year = 2000 + int(u.Normal[8]-'0')*10 + int(u.Normal[9]-'0')
	// Numbers began in 1997, so later pairs of figures can only be of the last century.
	if u.Year >= 2097 {
		u.Year -= 100
	}
	return u
}

// Empty says that no number was given at all, which is no fault: a child may arrive without one.
func (u UPN) Empty() bool { return u.Normal == "" || u.Placeholder }

// OK says that nothing speaks against the number.
func (u UPN) OK() bool { return u.ShapeOK && u.Warning() == "" }

// Standing is permanent or temporary as the number itself shows, and empty when it is not shaped like a UPN.
func (u UPN) Standing() UPNStanding {
	switch {
	case !u.ShapeOK:
		return ""
	case u.Temporary:
		return UPNTemporary
	default:
		return UPNPermanent
	}
}

// Warning says in plain words what is odd about the number, or nothing.
func (u UPN) Warning() string {
	switch {
	case u.Normal == "":
		return ""
	case u.Placeholder:
		return fmt.Sprintf("%s means that there is no UPN, so none is kept.", u.Normal)
	case !u.ShapeOK:
		return u.shapeWarning()
	case !u.CheckLetterOK:
		return fmt.Sprintf("UPN %s begins with %c, but its other characters ask for %c. Check it against the child's records; you can keep it as it is.",
			u.Normal, u.Normal[0], u.Expected)
	case u.LA < "200":
		return fmt.Sprintf("UPN %s names local authority %s, and there is none with that number.", u.Normal, u.LA)
	}
	return ""
}

func (u UPN) shapeWarning() string {
	const form = "A UPN is one letter and twelve figures; a temporary one ends in a letter."
	letters := []rune(u.Normal)
	shown := u.Normal
	if len(letters) > 40 {
		shown = string(letters[:40]) + "…"
	}
	if len(letters) != 13 {
		return fmt.Sprintf("%q has %d characters and a UPN has 13. %s", shown, len(letters), form)
	}
	for i, r := range letters {
		figure := r >= '0' && r <= '9'
		letter := r < unicode.MaxASCII && strings.IndexByte(upnLetters, byte(r)) >= 0
		switch {
		case i == 0 && !letter, i == 12 && !letter && !figure:
			return fmt.Sprintf("%q has %q as character %d; the letters I, O and S are never used there, nor are other signs. %s", shown, r, i+1, form)
		case i > 0 && i < 12 && !figure:
			return fmt.Sprintf("%q has %q as character %d, where a UPN has a figure.%s %s", shown, r, i+1, looksLike(r), form)
		}
	}
	return fmt.Sprintf("%q is not shaped like a UPN. %s", shown, form)
}

func looksLike(r rune) string {
	switch r {
	case 'O':
		return " Was a nought meant?"
	case 'I', 'L':
		return " Was a one meant?"
	case 'S':
		return " Was a five meant?"
	}
	return ""
}

// upnNormal takes out what spreadsheets and people add: spaces of every kind, a leading apostrophe, wide letters.
func upnNormal(text string) string {
	text = strings.TrimPrefix(strings.TrimSpace(strings.ToValidUTF8(text, "?")), "'")
	text = norm.NFKC.String(text)
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, text)
}

func upnShape(s string) bool {
	if len(s) != 13 || strings.IndexByte(upnLetters, s[0]) < 0 {
		return false
	}
	for i := 1; i < 12; i++ {
		if !isFigure(s[i]) {
			return false
		}
	}
	return isFigure(s[12]) || strings.IndexByte(upnLetters, s[12]) >= 0
}

// upnCheckLetter weighs characters 2..13 by their position, a final letter by its value, and takes the rest of 23.
// A supplier's help page gives Q for the number 207000016049; the rule gives P (domain notes 5.1).
func upnCheckLetter(s string) byte {
	sum := 0
	for i := 1; i < 13; i++ {
		value := strings.IndexByte(upnLetters, s[i])
		if isFigure(s[i]) {
			value = int(s[i] - '0')
		}
		sum += value * (i + 1)
	}
	return upnLetters[sum%23]
}

func isFigure(b byte) bool { return b >= '0' && b <= '9' }
