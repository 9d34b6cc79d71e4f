package roll

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Listed is one of a short list, as it is stored and as pages say it.
type Listed struct{ Key, Words string }

// Sources are where it comes from that an adult has parental responsibility, or has not. A relationship is never one of them.
var Sources = []Listed{
	{"birth_certificate", "Named on the birth certificate"},
	{"marriage", "Marriage or civil partnership with the mother"},
	{"agreement", "Parental responsibility agreement"},
	{"court_order", "Court order"},
	{"adoption", "Adoption"},
	{"guardianship", "Special guardianship, or guardian by will"},
	{"care_order", "Care order, held with the local authority"},
	{"told", "They told us; nothing on paper yet"},
}

// Helps are what helps an adult take part. Letters and lists of calls obey the first three; the others are shown to whoever writes or meets.
var Helps = []Listed{
	{"calls", "A call instead of a letter"},
	{"large_print", "Large print"},
	{"easy_words", "Easy words and short sentences"},
	{"read_out", "Somebody to read letters out"},
	{"braille", "Braille"},
	{"audio", "A recording to listen to"},
	{"bsl", "British Sign Language"},
	{"step_free", "A room without steps"},
}

// ListedWords says a stored key; one that this version doesn't know is shown as it is.
func ListedWords(list []Listed, key string) string {
	for _, c := range list {
		if c.Key == key {
			return c.Words
		}
	}
	return key
}

func splitKeys(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '|' })
}

// HelpList is what helps the adult, in the order of Helps.
func (a Adult) HelpList() []string { return splitKeys(a.Helps) }

// Wants tells whether something is among what helps the adult.
func (a Adult) Wants(help string) bool { return slices.Contains(a.HelpList(), help) }

// HelpWords says what helps in one line, the school's own words at the end.
func (a Adult) HelpWords() string {
	var out []string
	for _, k := range a.HelpList() {
		out = append(out, ListedWords(Helps, k))
	}
	if a.Needs != "" {
		out = append(out, a.Needs)
	}
	return strings.Join(out, "; ")
}

// ParseHelps reads a cell or a form: keys or the words of pages, whatever stands between them. What it doesn't know comes back as rest, to be kept as
// the school's own words.
func ParseHelps(text string) (keys, rest string) {
	known := map[string]string{"largeprint": "large_print", "largetype": "large_print", "bigprint": "large_print", "call": "calls", "calls": "calls", "phone": "calls",
		"telephone": "calls", "phonecalls": "calls", "callinsteadofletter": "calls", "callsinsteadofletters": "calls", "acallinsteadofaletter": "calls", "noletters": "calls",
		"easyread": "easy_words", "easywords": "easy_words", "plainenglish": "easy_words", "braille": "braille", "audio": "audio", "recording": "audio", "bsl": "bsl",
		"britishsignlanguage": "bsl", "signlanguage": "bsl", "stepfree": "step_free", "wheelchair": "step_free", "readout": "read_out", "readaloud": "read_out"}
	for _, c := range Helps {
		known[strings.ReplaceAll(Fold(c.Words), " ", "")] = c.Key
		known[strings.ReplaceAll(Fold(c.Key), " ", "")] = c.Key
	}
	found := map[string]bool{}
	var others []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;|/\n", r) }) {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if k := known[strings.ReplaceAll(strings.ReplaceAll(Fold(part), " ", ""), "_", "")]; k != "" {
			found[k] = true
			continue
		}
		others = append(others, part)
	}
	var list []string
	for _, c := range Helps {
		if found[c.Key] {
			list = append(list, c.Key)
		}
	}
	return strings.Join(list, ","), strings.Join(others, "; ")
}

// ParseSource reads where parental responsibility comes from: a key, the words of pages or what offices write.
func ParseSource(text string) (key string, err error) {
	folded := Fold(text)
	if folded == "" {
		return "", nil
	}
	for _, c := range Sources {
		if folded == Fold(c.Words) || strings.ReplaceAll(folded, " ", "") == strings.ReplaceAll(Fold(strings.ReplaceAll(c.Key, "_", " ")), " ", "") {
			return c.Key, nil
		}
	}
	for _, guess := range []struct{ has, key string }{
		{"birth", "birth_certificate"}, {"certificate", "birth_certificate"}, {"marri", "marriage"}, {"civil", "marriage"}, {"agreement", "agreement"}, {"adopt", "adoption"},
		{"guardian", "guardianship"}, {"care order", "care_order"}, {"local authority", "care_order"}, {"court", "court_order"}, {"order", "court_order"}, {"told", "told"},
		{"said", "told"}, {"parent", "told"},
	} {
		if strings.Contains(folded, guess.has) {
			return guess.key, nil
		}
	}
	return "", fmt.Errorf("%s is not a source of parental responsibility that Ajar knows. Use birth certificate, marriage, agreement, court order, adoption, guardianship, care order or told", shown(text))
}

var weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// Weekdays are the days on which a child can be with an adult, as a form offers them.
var Weekdays = func() (out []Listed) {
	for i, w := range weekdays {
		out = append(out, Listed{strconv.Itoa(i + 1), w})
	}
	return out
}()

// readStays puts ticked days in order, each once.
func readStays(text string) (string, error) {
	var days []int
	for _, part := range splitKeys(text) {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 || n > 7 {
			return "", fmt.Errorf("%s is no day of the week", shown(part))
		}
		if !slices.Contains(days, n) {
			days = append(days, n)
		}
	}
	slices.Sort(days)
	var out []string
	for _, n := range days {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, ","), nil
}

// StaysText says when the child is with the adult: "Monday to Wednesday; every other weekend".
func (t Tie) StaysText() string {
	var parts []string
	if w := weekdayWords(t.Stays); w != "" {
		parts = append(parts, w)
	}
	if t.StaysWords != "" {
		parts = append(parts, t.StaysWords)
	}
	return strings.Join(parts, "; ")
}

// weekdayWords joins days that follow one another: three and more become a span.
func weekdayWords(stays string) string {
	var days []int
	for _, part := range splitKeys(stays) {
		if n, err := strconv.Atoi(part); err == nil && n >= 1 && n <= 7 {
			days = append(days, n)
		}
	}
	if len(days) == 7 {
		return "Every day"
	}
	var parts []string
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && days[j+1] == days[j]+1 {
			j++
		}
		switch {
		case j-i >= 2:
			parts = append(parts, weekdays[days[i]-1]+" to "+weekdays[days[j]-1])
		case j > i:
			parts = append(parts, weekdays[days[i]-1], weekdays[days[j]-1])
		default:
			parts = append(parts, weekdays[days[i]-1])
		}
		i = j + 1
	}
	if len(parts) > 1 {
		return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
	}
	return strings.Join(parts, "")
}

// LivesText says whether the child lives with the adult, and when.
func (t Tie) LivesText() string {
	when := t.StaysText()
	switch {
	case t.LivesWith == nil:
		return when
	case !*t.LivesWith:
		return "No"
	case when == "":
		return "Yes"
	}
	return "Yes: " + when
}

// GetsLetters tells whether letters about the child go to the adult by post. Not to get letters is a choice of the adult or the school; it takes
// nothing else away, and they are called instead.
func (r Relation) GetsLetters() bool {
	return (r.Tie.Letters == nil || *r.Tie.Letters) && !r.Adult.Wants("calls")
}

// home is a child's own address.
type home struct {
	ID                PupilID
	Address, Postcode string
}

// postLines is where a letter to the adult goes, a line each: their own address, or the child's where the child lives with them in one home alone.
// Where there are two homes, or any order in the family, the child's address may be the other one's, so it is never taken.
func postLines(r Relation, p home, all []Relation, today string) []string {
	address, postcode := r.Adult.Address, r.Adult.Postcode
	if strings.TrimSpace(address+postcode) == "" && atChildsHome(r, p, all, today) {
		address, postcode = p.Address, p.Postcode
	}
	var out []string
	for _, part := range strings.FieldsFunc(address, func(c rune) bool { return c == '\n' || c == '\r' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	if postcode != "" {
		out = append(out, postcode)
	}
	return out
}

func atChildsHome(r Relation, p home, all []Relation, today string) bool {
	if r.Tie.LivesWith == nil || !*r.Tie.LivesWith {
		return false
	}
	for _, x := range all {
		own := strings.TrimSpace(x.Adult.Address + x.Adult.Postcode)
		elsewhere := own != "" && Fold(own) != Fold(strings.TrimSpace(p.Address+p.Postcode)) && x.Tie.LivesWith != nil && *x.Tie.LivesWith
		if len(x.InForceOn(today)) > 0 || x.Tie.Stays != "" || x.Tie.StaysWords != "" || elsewhere {
			return false
		}
	}
	return true
}
