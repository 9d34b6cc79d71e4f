package messages

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/say"
)

// Slot is a place in words that is filled for each reader: {children}, {phone}, {day:2026-12-04}.
type Slot struct {
	Name  string // child, day, what …
	Fixed string // what stands after the colon: the day of {day:2026-12-04}
}

// Text is the slot as it stands in the words.
func (s Slot) Text() string {
	if s.Fixed == "" {
		return "{" + s.Name + "}"
	}
	return "{" + s.Name + ":" + s.Fixed + "}"
}

// SlotKind says what may stand in a slot, and so how a form asks for it.
type SlotKind string

// The kinds of slots. What comes from the roll is filled for each reader; the rest the writer fills once, and days, times and numbers are
// then written as each language writes them.
const (
	FromRoll   SlotKind = "roll"
	SlotWords  SlotKind = "words"
	SlotDay    SlotKind = "day"
	SlotTime   SlotKind = "time"
	SlotNumber SlotKind = "number"
)

// SlotInfo describes a slot to who writes.
type SlotInfo struct {
	Name, Words string
	Kind        SlotKind
}

// KnownSlots lists the slots as the writing page offers them.
var KnownSlots = []SlotInfo{
	{"children", "the first names of the adult's children whom it is about", FromRoll},
	{"child", "the same; for words about one child", FromRoll},
	{"adult", "the name of the adult who reads it", FromRoll},
	{"school", "the name of the school", FromRoll},
	{"class", "the class or classes of the children", FromRoll},
	{"key_contact", "the family's key contact", FromRoll},
	{"phone", "the number to ring", FromRoll},
	{"today", "the day on which it leaves", FromRoll},
	{"what", "what it is about, such as “swimming kit”", SlotWords},
	{"where", "a place", SlotWords},
	{"who", "a person", SlotWords},
	{"day", "a day", SlotDay},
	{"until", "a last day", SlotDay},
	{"time", "a time of day", SlotTime},
	{"end", "when it ends, on the clock", SlotTime},
	{"number", "a whole number", SlotNumber},
}

func slotInfo(name string) (SlotInfo, bool) {
	for _, k := range KnownSlots {
		if k.Name == name {
			return k, true
		}
	}
	return SlotInfo{}, false
}

// Values are what slots are filled with for one reader. Given holds what the writer filled: days as YYYY-MM-DD, times as HH:MM.
type Values struct {
	Children   []string
	Adult      string
	School     string
	Classes    []string
	KeyContact string
	Phone      string
	Today      string
	Given      map[string]string
}

// Problem is one place in words that cannot be sent as it stands.
type Problem struct {
	Slot  string // with its braces
	Place string // subject, body or short
	Words string // for the person who writes
}

// Error is one line.
func (p Problem) Error() string { return placeWords[p.Place] + ": " + p.Words }

var placeWords = map[string]string{"subject": "In the subject", "body": "In the words", "short": "In the text message"}

// piece is words, or a slot.
type piece struct {
	words string
	slot  Slot
	bad   string // why the brace here is no slot
}

// pieces cuts words at their slots. Whatever has a brace and is no slot is a bad piece: it's never sent.
func pieces(words string) (out []piece) {
	for words != "" {
		at := strings.IndexAny(words, "{}")
		if at < 0 {
			return append(out, piece{words: words})
		}
		if at > 0 {
			out = append(out, piece{words: words[:at]})
		}
		rest := words[at:]
		end := strings.IndexByte(rest, '}')
		next := strings.IndexByte(rest[1:], '{')
		switch {
		case rest[0] == '}':
			out, words = append(out, piece{words: "}", bad: "There is a } without a { before it."}), rest[1:]
		case end < 0 || next >= 0 && next+1 < end:
			out, words = append(out, piece{words: "{", bad: "There is a { without a } after it."}), rest[1:]
		default:
			name, fixed, _ := strings.Cut(rest[1:end], ":")
			s := Slot{strings.TrimSpace(name), strings.TrimSpace(fixed)}
			out, words = append(out, piece{words: rest[:end+1], slot: s, bad: badSlot(s)}), rest[end+1:]
		}
	}
	return out
}

func badSlot(s Slot) string {
	k, ok := slotInfo(s.Name)
	switch {
	case !ok:
		return fmt.Sprintf("Ajar knows nothing called %s. The writing page lists what can stand in braces.", s.Text())
	case s.Fixed == "":
		return ""
	case k.Kind == SlotDay && !isDay(s.Fixed):
		return fmt.Sprintf("%s has no day in it. Write it as {%s:2026-12-04}.", s.Text(), s.Name)
	case k.Kind == SlotTime && !isClock(s.Fixed):
		return fmt.Sprintf("%s has no time in it. Write it as {%s:15:30}.", s.Text(), s.Name)
	case k.Kind == SlotNumber && !isNumber(s.Fixed):
		return fmt.Sprintf("%s has no whole number in it. Write it as {%s:12}.", s.Text(), s.Name)
	case k.Kind == FromRoll || k.Kind == SlotWords:
		return fmt.Sprintf("%s cannot be fixed with a colon. Write {%s}, or the words themselves.", s.Text(), s.Name)
	}
	return ""
}

func isDay(s string) bool    { _, err := time.Parse(time.DateOnly, s); return err == nil }
func isClock(s string) bool  { _, err := time.Parse("15:04", s); return err == nil }
func isNumber(s string) bool { _, err := strconv.ParseInt(s, 10, 64); return err == nil }

// parts of words with the names of their places.
func (w Words) parts() [3][2]string {
	return [3][2]string{{"subject", w.Subject}, {"body", w.Body}, {"short", w.Short}}
}

// Slots are the slots that stand in words, each once, in the order in which a reader meets them. Braces that are no slot are left out: see Judge.
func Slots(w Words) (out []Slot) {
	for _, part := range w.parts() {
		for _, p := range pieces(part[1]) {
			if p.slot.Name != "" && p.bad == "" && !slices.Contains(out, p.slot) {
				out = append(out, p.slot)
			}
		}
	}
	return out
}

// ToFill are the slots that a writer has to fill before the words can go.
func ToFill(w Words) (out []SlotInfo) {
	for _, s := range Slots(w) {
		if k, _ := slotInfo(s.Name); k.Kind != FromRoll && s.Fixed == "" {
			out = append(out, k)
		}
	}
	return out
}

// Judge finds what stands in braces and is no slot.
func Judge(w Words) (out []Problem) {
	for _, part := range w.parts() {
		for _, p := range pieces(part[1]) {
			if p.bad != "" {
				out = append(out, Problem{p.words, part[0], p.bad})
			}
		}
	}
	return out
}

// SameSlots finds what a translation lost or added: each part has every slot of the English part, and no other. A part that the translation leaves
// empty is not judged: it does not go.
func SameSlots(english, said Words) (out []Problem) {
	out = Judge(said)
	was, now := english.parts(), said.parts()
	for i := range was {
		if strings.TrimSpace(now[i][1]) == "" {
			continue
		}
		want, have := Slots(Words{Body: was[i][1]}), Slots(Words{Body: now[i][1]})
		for _, s := range want {
			if !slices.Contains(have, s) {
				out = append(out, Problem{s.Text(), was[i][0], fmt.Sprintf("%s stands in the English and not here.", s.Text())})
			}
		}
		for _, s := range have {
			if !slices.Contains(want, s) {
				out = append(out, Problem{s.Text(), was[i][0], fmt.Sprintf("%s stands here and not in the English.", s.Text())})
			}
		}
	}
	return out
}

// Fill puts the values into the slots, written as the language writes them, with names and numbers kept apart where their direction could turn a
// sentence round. What cannot be filled is a problem, and words with a problem must not go: they come back as they were.
func Fill(w Words, lang say.Lang, v Values) (Words, []Problem) {
	var found []Problem
	fill := func(place, words string) string {
		var b strings.Builder
		for _, p := range pieces(words) {
			if p.slot.Name == "" && p.bad == "" {
				b.WriteString(p.words)
				continue
			}
			text, why := "", p.bad
			if why == "" {
				text, why = v.of(p.slot, lang)
			}
			if why != "" {
				found = append(found, Problem{p.words, place, why})
			}
			b.WriteString(text)
		}
		return b.String()
	}
	out := w
	out.Subject, out.Body, out.Short = fill("subject", w.Subject), fill("body", w.Body), fill("short", w.Short)
	if len(found) > 0 {
		return w, found
	}
	return out, nil
}

func (v Values) of(s Slot, l say.Lang) (text, why string) {
	k, _ := slotInfo(s.Name)
	given := s.Fixed
	if given == "" {
		given = strings.TrimSpace(v.Given[s.Name])
	}
	switch s.Name {
	case "child", "children":
		text = l.And(filled(v.Children))
	case "class":
		text = l.And(filled(v.Classes))
	case "adult":
		text = l.Apart(strings.TrimSpace(v.Adult))
	case "school":
		text = l.Apart(strings.TrimSpace(v.School))
	case "key_contact":
		text = l.Apart(strings.TrimSpace(v.KeyContact))
	case "phone":
		text = l.Apart(strings.TrimSpace(v.Phone))
	case "today":
		if isDay(v.Today) {
			text = l.Apart(l.LongDay(v.Today))
		}
	default:
		return v.given(k, s, given, l)
	}
	if text == "" {
		why = fmt.Sprintf("For %s nothing is known here: %s.", s.Text(), k.Words)
	}
	return text, why
}

func (v Values) given(k SlotInfo, s Slot, given string, l say.Lang) (text, why string) {
	switch {
	case given == "":
		return "", fmt.Sprintf("%s is not filled in yet.", s.Text())
	case strings.ContainsAny(given, "{}"):
		return "", fmt.Sprintf("What was filled in for %s has a brace in it.", s.Text())
	case k.Kind == SlotDay && isDay(given):
		return l.Apart(l.LongDay(given)), ""
	case k.Kind == SlotTime && isClock(given):
		t, _ := time.Parse("15:04", given)
		return l.Apart(l.Clock(t)), ""
	case k.Kind == SlotNumber && isNumber(given):
		n, _ := strconv.ParseInt(given, 10, 64)
		return l.Apart(l.Number(n)), ""
	case k.Kind == SlotWords:
		return l.Apart(given), ""
	}
	return "", fmt.Sprintf("“%s” does not fit %s: %s.", given, s.Text(), k.Words)
}

func filled(list []string) (out []string) {
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
