package messages

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
)

// Translator is a translation service: text in one language becomes text in another, by their tags.
type Translator interface {
	Translate(ctx context.Context, text, from, to string) (string, error)
}

// all of the languages of one message are translated within this time; what is not there by then goes in English.
const translating = 45 * time.Second

var placeholder = regexp.MustCompile(`\[\[\s*(\d+)\s*\]\]`)

// errMangled is what comes of a translation in which a name or a slot was lost, doubled or made up.
var errMangled = errors.New("the translation service lost or changed a name or a slot, so its words are not used")

// hideSlots puts placeholders where slots and names stand. names are words that must not leave the house.
func hideSlots(text string, names []string) (hidden string, kept []string, err error) {
	if strings.Contains(text, "[[") || strings.Contains(text, "]]") {
		return "", nil, errors.New("the text has doubled square brackets in it, which can't be translated")
	}
	var b strings.Builder
	keep := func(s string) string {
		kept = append(kept, s)
		return fmt.Sprintf("[[%d]]", len(kept))
	}
	for _, p := range pieces(text) {
		switch {
		case p.bad != "":
			return "", nil, errors.New(p.bad)
		case p.slot.Name != "":
			b.WriteString(keep(p.words))
		default:
			b.WriteString(hideNames(p.words, names, keep))
		}
	}
	return b.String(), kept, nil
}

// hideNames keeps whole words back, however they are written.
func hideNames(text string, names []string, keep func(string) string) string {
	var b strings.Builder
	rest := text
	for rest != "" {
		at := strings.IndexFunc(rest, isWordRune)
		if at < 0 {
			break
		}
		end := strings.IndexFunc(rest[at:], func(r rune) bool { return !isWordRune(r) })
		if end < 0 {
			end = len(rest) - at
		}
		word := rest[at : at+end]
		b.WriteString(rest[:at])
		if slices.ContainsFunc(names, func(n string) bool { return roll.Fold(n) == roll.Fold(word) }) {
			word = keep(word)
		}
		b.WriteString(word)
		rest = rest[at+end:]
	}
	return b.String() + rest
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

// showSlots puts back what was hidden; each must be there exactly once.
func showSlots(said string, kept []string) (string, error) {
	seen := map[string]int{}
	out := placeholder.ReplaceAllStringFunc(said, func(m string) string {
		n := placeholder.FindStringSubmatch(m)[1]
		for i, k := range kept {
			if n == fmt.Sprint(i+1) {
				seen[n]++
				return k
			}
		}
		seen["other"] += 2
		return m
	})
	if len(seen) != len(kept) || strings.Contains(out, "[[") || strings.Contains(out, "]]") {
		return "", errMangled
	}
	for _, n := range seen {
		if n != 1 {
			return "", errMangled
		}
	}
	return out, nil
}

// machineWords asks a service for words in one language. names never leave the house.
func machineWords(ctx context.Context, t Translator, english Words, to string, names []string) (Words, error) {
	out := Words{Lang: to, Standing: Machine}
	for i, part := range english.parts() {
		if strings.TrimSpace(part[1]) == "" {
			continue
		}
		hidden, kept, err := hideSlots(part[1], names)
		if err != nil {
			return Words{}, err
		}
		said, err := t.Translate(ctx, hidden, "en", to)
		if err != nil {
			return Words{}, err
		}
		if said, err = showSlots(said, kept); err != nil {
			return Words{}, err
		}
		*[]*string{&out.Subject, &out.Body, &out.Short}[i] = strings.TrimSpace(said)
	}
	if found := SameSlots(english, out); len(found) > 0 {
		return Words{}, errMangled
	}
	return out, nil
}

// MachineWords asks the translation service for free text in languages that adults read. What leaves the house is the words with their slots; a word that is the name of somebody on
// the roll stays here. A language that could not be had is left out, with the reason: the message goes all the same, in English with a note. No transaction is open meanwhile, so
// that a slow service holds up nobody.
func (s *Service) MachineWords(ctx context.Context, p access.Pass, english Words, tags []string) (out []Words, failed map[string]string, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return nil, nil, err
	}
	var names []string
	allowed := false
	if err := s.DB.View(ctx, p, func(tx *db.Tx) error {
		w, err := wordingOf(tx)
		if err != nil {
			return err
		}
		allowed = w.Machine
		names, err = namesToHide(tx, english)
		return err
	}); err != nil {
		return nil, nil, err
	}
	failed = map[string]string{}
	if !allowed || s.Translator == nil {
		return nil, failed, nil
	}
	ctx, cancel := context.WithTimeout(ctx, translating)
	defer cancel()
	for _, tag := range tags {
		if l, ok := say.Known(tag); !ok || l.IsEnglish() {
			continue
		}
		w, err := machineWords(ctx, s.Translator, english, tag, names)
		if err != nil {
			failed[tag] = err.Error()
			continue
		}
		out = append(out, w)
	}
	return out, failed, nil
}

func namesToHide(tx *db.Tx, w Words) (out []string, err error) {
	found, err := roll.NamesIn(tx, w.Subject, w.Body, w.Short)
	for _, n := range found {
		out = append(out, n.Word)
	}
	return out, err
}

// DraftByService puts a translation service's words into a template, for somebody to check. Words of a person are never written over.
func (s *Service) DraftByService(ctx context.Context, p access.Pass, id TemplateID, lang string) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	var v TemplateView
	var names []string
	if err := s.DB.View(ctx, p, func(tx *db.Tx) (err error) {
		if v, err = templateView(tx, id); err != nil {
			return err
		}
		names, err = namesToHide(tx, v.English)
		return err
	}); err != nil {
		return err
	}
	if l, ok := say.Known(lang); !ok || l.IsEnglish() || l.Tag() != lang {
		return fault.Field("lang", "Choose the language.")
	}
	if s.Translator == nil {
		return fault.New(fault.Conflict, "No translation service has been set up here.")
	}
	if v.Sensitive {
		return fault.New(fault.Conflict, "This template is about something that must be understood. Ask a person to translate it.")
	}
	if w, there := v.In(lang); there && w.Standing != Machine && !w.Old(v.Template) {
		return fault.New(fault.Conflict, "Somebody has written these words already. Change them by hand.")
	}
	ctx, cancel := context.WithTimeout(ctx, translating)
	defer cancel()
	w, err := machineWords(ctx, s.Translator, v.English, lang, names)
	if err != nil {
		return fault.Wrap(fault.Conflict, err, "No words came back: %s. Nothing was changed.", err.Error())
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		now, err := templateByID(tx, id)
		if err != nil {
			return err
		}
		if now.Version != v.Version {
			return fault.New(fault.Conflict, "The English was changed meanwhile. Ask again.")
		}
		return putTemplateWords(tx, TemplateWords{TemplateID: id, Words: w, OfVersion: v.Version})
	})
}
