package roll

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// The column search of each record holds folded text made by the three functions here and by nothing else, whether the record came from a
// hand, a file or the demo. A change to one of them needs the columns to be written again.

// maxSearch bounds the text that a search reads through for one person; nobody types more than this to find somebody.
const maxSearch = 600

// PupilSearch is the text by which a pupil is found: names in all their forms, UPN, the school's own number, the address.
func PupilSearch(p Pupil) string {
	return searchColumn(SearchText(p.Forename, p.KnownAs, p.Surname), joinedWords(p.Forename), joinedWords(p.Surname), Fold(p.UPN), Fold(p.LocalID), SearchText(p.Address), searchPostcode(p.Postcode))
}

// AdultSearch is the text by which an adult is found: names, every phone and e-mail address, the address.
func AdultSearch(a Adult, channels []Channel) string {
	parts := []string{SearchText(a.Forename, a.Surname, a.Name), joinedWords(a.Surname)}
	for _, c := range channels {
		parts = append(parts, c.Folded)
		if c.Kind == "email" {
			parts = append(parts, Fold(c.Value))
		}
	}
	return searchColumn(append(parts, SearchText(a.Address), searchPostcode(a.Postcode))...)
}

// StaffSearch is the text by which a member of staff is found.
func StaffSearch(s Staff) string {
	return searchColumn(SearchText(s.Forename, s.Surname, s.Name), joinedWords(s.Surname), strings.ToLower(s.Email), Fold(s.Email))
}

// FoldChannel is the form in which two ways to reach somebody are compared: a phone as figures from 0, an e-mail address in small letters.
func FoldChannel(kind, value string) string {
	if kind == "phone" {
		normal, _ := NormalPhone(value)
		if normal == "" {
			return Fold(value)
		}
		return normal
	}
	return strings.ToLower(strings.TrimSpace(value))
}

// joinedWords lets "de la Cruz" be found as "delacruz".
func joinedWords(name string) string {
	f := Fold(name)
	if j := strings.ReplaceAll(f, " ", ""); j != f {
		return j
	}
	return ""
}

func searchPostcode(p string) string {
	f := Fold(p)
	if j := joinedWords(p); j != "" {
		return f + " " + j
	}
	return f
}

func searchColumn(parts ...string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, part := range parts {
		for word := range strings.FieldsSeq(part) {
			if seen[word] {
				continue
			}
			seen[word] = true
			if b.Len()+len(word)+1 > maxSearch {
				continue
			}
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(word)
		}
	}
	return b.String()
}

var phoneRun = regexp.MustCompile(`\+?[0-9][0-9 ()./-]{5,}[0-9]`)

// upnRun is a whole unique pupil number, with or without spaces inside.
var upnRun = regexp.MustCompile(`\b[A-Za-z](?: ?[0-9]){11} ?[0-9A-Za-z]\b`)

// maxTerms bounds the work of one search; the words beyond are left out.
const maxTerms = 8

// searchTerms takes what was typed apart: each term must be found somewhere in the text of a person. A run of figures that may be a phone
// is one term, in the form in which phones are kept, whatever its spaces and its +44.
func searchTerms(text string) []string {
	text = strings.ToValidUTF8(text, " ")
	if r := []rune(text); len(r) > 200 {
		text = string(r[:200])
	}
	var terms []string
	add := func(t string) {
		if t != "" && !slices.Contains(terms, t) && len(terms) < maxTerms {
			terms = append(terms, t)
		}
	}
	text = upnRun.ReplaceAllStringFunc(text, func(run string) string {
		add(strings.ToLower(strings.ReplaceAll(run, " ", "")))
		return " "
	})
	text = phoneRun.ReplaceAllStringFunc(text, func(run string) string {
		if countFigures(run) < 6 {
			return run
		}
		normal, _ := NormalPhone(run)
		add(strings.TrimPrefix(normal, "+"))
		return " "
	})
	for word := range strings.FieldsSeq(Fold(text)) {
		add(word)
	}
	return terms
}

// PupilHit is a pupil as a result shows it, with what tells twins and namesakes apart.
type PupilHit struct {
	ID                         PupilID
	Forename, Surname, KnownAs string
	Year, Form, DateOfBirth    string
	Starts, Ends               string
	SortKey                    string
}

// Name is how the child is called, with the registered forename beside it when that is another.
func (h PupilHit) Name() string {
	p := Pupil{Forename: h.Forename, Surname: h.Surname, KnownAs: h.KnownAs}
	if h.KnownAs != "" && h.KnownAs != h.Forename && h.Forename != "" {
		return p.Name() + " (" + h.Forename + ")"
	}
	return p.Name()
}

// Place is year and form in words: "Year 8, 8B".
func (h PupilHit) Place() string {
	out := YearGroup(h.Year).Words()
	if h.Form != "" {
		out += ", " + h.Form
	}
	return out
}

// Child is a pupil to whom a found adult is tied.
type Child struct {
	PupilHit
	AdultID      AdultID
	Relationship string
	Restricted   bool // an order is in force on this tie
}

// AdultHit is an adult as a result shows them: by the children that the searcher may see.
type AdultHit struct {
	ID       AdultID
	Name     string
	SortKey  string
	Children []Child
}

// StaffHit is a member of staff as a result shows them.
type StaffHit struct {
	ID      StaffID
	Name    string
	Email   string
	Ends    string
	SortKey string
}

// Found is the answer of a search. The counts are of what this person may see, like the lists; More says that there were more than is counted.
type Found struct {
	Text                         string
	Pupils                       []PupilHit
	Adults                       []AdultHit
	Staff                        []StaffHit
	PupilCount, AdultCount       int
	MorePupils, MoreAdults, None bool
}

// How much a search shows of each kind of person, and up to how many it counts.
const (
	showHits  = 30
	countHits = 500
)

// Find searches pupils, adults and staff by any part of what is known to find them by. Somebody who works with some pupils only is
// answered as if there were no others.
func (s *Service) Find(ctx context.Context, p access.Pass, text string) (Found, error) {
	found := Found{Text: text}
	if _, err := p.CheckNamed(See); err != nil {
		return found, err
	}
	terms := searchTerms(text)
	if len(terms) == 0 {
		return found, nil
	}
	if len(terms) == 1 && len([]rune(terms[0])) < 2 {
		return found, fault.Field("q", "Type at least two letters or figures.")
	}
	err := s.DB.View(ctx, p, func(tx *db.Tx) error {
		staff, today, err := SightArgs(tx, See)
		if err != nil {
			return err
		}
		return findPeople(tx, &found, staff, today, terms)
	})
	return found, err
}

func findPeople(tx *db.Tx, found *Found, staff int64, today string, terms []string) error {
	pupils, err := matchPupils(tx, staff, today, terms)
	if err != nil {
		return err
	}
	rankHits(pupils, terms)
	found.PupilCount, found.MorePupils = len(pupils), len(pupils) > countHits
	if found.Pupils, err = pupilHits(tx, firstHitIDs[Pupil](pupils, showHits)); err != nil {
		return err
	}
	adults, err := matchAdults(tx, staff, today, terms)
	if err != nil {
		return err
	}
	rankHits(adults, terms)
	found.AdultCount, found.MoreAdults = len(adults), len(adults) > countHits
	if found.Adults, err = adultHits(tx, staff, today, firstHitIDs[Adult](adults, showHits)); err != nil {
		return err
	}
	if found.Staff, err = matchStaff(tx, terms); err != nil {
		return err
	}
	found.None = len(found.Pupils)+len(found.Adults)+len(found.Staff) == 0
	return nil
}

// searchHit is one person that has all the terms.
type searchHit struct {
	ID      int64
	SortKey string
	Search  string
}

// rankHits puts those first in whom every term begins a word, then goes by name.
func rankHits(list []searchHit, terms []string) {
	begins := func(m searchHit) int {
		n := 0
		for _, t := range terms {
			if strings.HasPrefix(m.Search, t) || strings.Contains(m.Search, " "+t) {
				n--
			}
		}
		return n
	}
	slices.SortFunc(list, func(a, b searchHit) int {
		return cmp.Or(cmp.Compare(begins(a), begins(b)), cmp.Compare(a.SortKey, b.SortKey), cmp.Compare(a.ID, b.ID))
	})
}
