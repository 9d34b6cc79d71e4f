package family

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"ajar/internal/roll"
)

// Kind is a kind of known fact.
type Kind string

// The facts that records may ask for, best first. None of them is a name: nobody should have to spell one as the school does.
const (
	Birth    Kind = "birth"    // the date of birth of one of the adult's children here
	Postcode Kind = "postcode" // of the adult's own home
	Phone    Kind = "phone"    // the last three figures of a phone that the school holds for the adult
)

// Fact is one thing that the school holds and can therefore ask for, with every answer that is right.
type Fact struct {
	Kind    Kind
	Answers []string
	Several bool // there is more than one child whose date of birth is right
}

// FactsOf lists what can be asked of an adult, best first: only what the school really holds.
func FactsOf(a roll.Adult, children []roll.TiedPupil) (out []Fact) {
	var births, phones []string
	for _, c := range children {
		if c.Pupil.DateOfBirth != "" {
			births = append(births, c.Pupil.DateOfBirth)
		}
	}
	for _, c := range a.Channels {
		if f := figures(c.Folded); c.Kind == "phone" && len(f) >= 6 {
			phones = append(phones, f[len(f)-3:])
		}
	}
	if len(births) > 0 {
		out = append(out, Fact{Birth, births, len(children) > 1})
	}
	if p := plainPostcode(a.Postcode); len(p) >= 5 {
		out = append(out, Fact{Kind: Postcode, Answers: []string{p}})
	}
	if len(phones) > 0 {
		out = append(out, Fact{Kind: Phone, Answers: phones})
	}
	return out
}

// Telling keeps the facts that tell one adult from others who use the same device, phone or e-mail address. Two parents know the same date of birth, so
// that it proves nothing between them.
func Telling(mine []Fact, others ...[]Fact) (out []Fact) {
	for _, f := range mine {
		known := slices.ContainsFunc(others, func(theirs []Fact) bool {
			return slices.ContainsFunc(theirs, func(o Fact) bool {
				return o.Kind == f.Kind && slices.ContainsFunc(o.Answers, func(a string) bool { return slices.Contains(f.Answers, a) })
			})
		})
		if !known {
			out = append(out, f)
		}
	}
	return out
}

// pick takes the fact that was asked for, or the best one.
func pick(facts []Fact, kind Kind) (Fact, bool) {
	for _, f := range facts {
		if f.Kind == kind {
			return f, true
		}
	}
	if kind == "" && len(facts) > 0 {
		return facts[0], true
	}
	return Fact{}, false
}

// Answer is what was typed. Whole is false for what can't be an answer, such as half a date: nobody is blamed for a guess that was none.
type Answer struct {
	Kind  Kind
	Text  string
	Whole bool
}

// ReadAnswer reads what was typed in answer to a question.
func ReadAnswer(kind Kind, text string) Answer {
	a := Answer{Kind: kind}
	switch kind {
	case Birth:
		d, err := roll.ParseDate(plainFigures(text), roll.DateStyle{})
		a.Text, a.Whole = d.ISO, err == nil && d.ISO != ""
	case Postcode:
		a.Text = plainPostcode(text)
		a.Whole = len(a.Text) >= 5 && len(a.Text) <= 10
	case Phone:
		if f := figures(text); len(f) >= 3 {
			a.Text, a.Whole = f[len(f)-3:], true // a whole number is as good
		}
	}
	return a
}

func (f Fact) right(a Answer) bool { return a.Kind == f.Kind && slices.Contains(f.Answers, a.Text) }

func plainPostcode(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// figures keeps the figures of a text, in whichever script they were typed.
func figures(s string) string {
	var b strings.Builder
	for _, r := range s {
		if n, ok := figure(r); ok {
			b.WriteByte(n)
		}
	}
	return b.String()
}

// plainFigures writes the figures of a text as an English keyboard has them, and leaves the rest.
func plainFigures(s string) string {
	return strings.Map(func(r rune) rune {
		if n, ok := figure(r); ok {
			return rune(n)
		}
		return r
	}, s)
}

// figure reads one figure. The blocks of figures in Unicode begin with their nought, ten in a row.
func figure(r rune) (byte, bool) {
	for _, nought := range []rune{'0', '٠', '۰', '০', '੦', '०', '０'} {
		if r >= nought && r <= nought+9 {
			return byte('0' + r - nought), true
		}
	}
	return 0, false
}

// Tries is how many wrong answers there may be before a pause.
const Tries = 5

// Pause tells how long nothing is asked after so many wrong answers in a row: half an hour, then twice as long each time, at most a day.
func Pause(wrong int) time.Duration {
	if wrong == 0 || wrong%Tries != 0 {
		return 0
	}
	return min(30*time.Minute<<min(wrong/Tries-1, 6), 24*time.Hour)
}

// State of a link in the eyes of who opens it.
type State int

// The states. All but Open look alike to somebody who only guesses: the page offers a new link either way.
const (
	Open    State = iota
	Unknown       // no such link or code, or one that belongs to nobody any more
	Over          // its time is up
	Used          // it has been opened on as many devices as it may
	Taken         // it was taken back
)

// stateOf decides whether a link opens.
func stateOf(l Link, children int, nowMs int64) State {
	switch {
	case children == 0:
		return Unknown
	case l.RevokedMs != nil:
		return Taken
	case l.EndsMs <= nowMs:
		return Over
	case l.Opened >= Openings:
		return Used
	}
	return Open
}

// FirstName is what a chooser shows of a reader, and nothing more.
func FirstName(a roll.Adult) string {
	if f := strings.Fields(a.Forename); len(f) > 0 {
		return f[0]
	}
	n := roll.ReadName(a.Name)
	if f := strings.Fields(n.Forename); len(f) > 0 {
		return f[0]
	}
	return strings.TrimSpace(n.Title + " " + n.Surname)
}

// DeviceName says a browser's own long name in words that its owner knows.
func DeviceName(agent string) string {
	has := func(s string) bool { return strings.Contains(agent, s) }
	browser := ""
	switch {
	case has("Edg"):
		browser = "Edge"
	case has("SamsungBrowser"):
		browser = "Samsung Internet"
	case has("OPR") || has("Opera"):
		browser = "Opera"
	case has("Firefox") || has("FxiOS"):
		browser = "Firefox"
	case has("Chrome") || has("CriOS"):
		browser = "Chrome"
	case has("Safari"):
		browser = "Safari"
	}
	on := ""
	switch {
	case has("iPhone"):
		on = "iPhone"
	case has("iPad"):
		on = "iPad"
	case has("Android"):
		on = "Android"
	case has("Windows"):
		on = "Windows"
	case has("Macintosh"):
		on = "Mac"
	case has("Linux") || has("X11"):
		on = "Linux"
	}
	switch {
	case browser != "" && on != "":
		return browser + ", " + on
	default:
		return browser + on
	}
}
