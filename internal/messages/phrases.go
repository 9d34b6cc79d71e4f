package messages

import (
	"context"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/say"
)

// PhraseIn is a phrase in one language, as this school sends it.
type PhraseIn struct {
	Lang, Words, Standing string
	ByName                string
	AtMs                  int64
	Old                   bool // checked against an English that Ajar says otherwise now
}

// BankPhrase is a phrase of the bank with its words in every language.
type BankPhrase struct {
	Key, English string
	In           []PhraseIn
}

// Lang gives the phrase in a language.
func (b BankPhrase) Lang(tag string) (PhraseIn, bool) {
	for _, x := range b.In {
		if x.Lang == tag {
			return x, true
		}
	}
	return PhraseIn{Lang: tag}, false
}

// Bank is the phrases as the school has them.
type Bank struct {
	Phrases []BankPhrase
	Checked map[string]int // how many are checked, by language
	MayKeep bool
}

// PhraseBank gives the phrases with their words and who checked them.
func (s *Service) PhraseBank(ctx context.Context, p access.Pass) (out Bank, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out.Phrases, err = bank(tx)
		return err
	})
	out.MayKeep, out.Checked = p.Scope(Keep) == access.All, map[string]int{}
	for _, b := range out.Phrases {
		for _, x := range b.In {
			if x.Standing == Checked {
				out.Checked[x.Lang]++
			}
		}
	}
	return out, err
}

func bank(tx *db.Tx) (out []BankPhrase, err error) {
	rows, err := phraseRows(tx)
	if err != nil {
		return nil, err
	}
	own := map[[2]string]phraseRow{}
	for _, r := range rows {
		own[[2]string{r.Phrase, r.Lang}] = r
	}
	for _, p := range Phrases() {
		b := BankPhrase{Key: p.Key, English: p.English}
		for _, l := range say.Tongues() {
			if l.IsEnglish() {
				continue
			}
			x := PhraseIn{Lang: l.Tag(), Words: p.Said[l.Tag()], Standing: ADraft}
			if r, ok := own[[2]string{p.Key, l.Tag()}]; ok {
				x.ByName, x.AtMs, x.Old = r.ByName, r.AtMs, r.English != p.English
				// Words that a school checked for another English say something else now: what Ajar brings along stands again, as a draft.
				if !x.Old {
					x.Words, x.Standing = r.Words, r.Standing
				}
			}
			if x.Words != "" {
				b.In = append(b.In, x)
			}
		}
		out = append(out, b)
	}
	return out, nil
}

// CheckPhrase keeps a phrase in a language as somebody who reads it has checked it, with other words where they were wrong. Without checkedBy the words are a draft again.
func (s *Service) CheckPhrase(ctx context.Context, p access.Pass, key, lang, words, checkedBy string) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	words, checkedBy = strings.TrimSpace(words), strings.TrimSpace(checkedBy)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		for _, x := range Phrases() {
			if x.Key != key {
				continue
			}
			var f fault.Fields
			if l, ok := say.Known(lang); !ok || l.IsEnglish() || l.Tag() != lang {
				f.Add("lang", "Choose the language.")
			}
			if words == "" {
				f.Add("words", "Write the words.")
			}
			if strings.Contains(words, "\n") {
				f.Add("words", "Write it on one line.")
			}
			long(&f, "words", words, longestPhrase)
			long(&f, "checked_by", checkedBy, longestTitle)
			for _, bad := range SameSlots(Words{Body: x.English}, Words{Body: words}) {
				f.Add("words", "%s", bad.Words)
			}
			if err := f.Err(); err != nil {
				return err
			}
			r := phraseRow{Phrase: key, Lang: lang, English: x.English, Words: words, Standing: Checked, ByName: checkedBy}
			if checkedBy == "" {
				r.Standing, r.ByName = ADraft, p.Who().Name
			}
			return putPhraseRow(tx, r)
		}
		return fault.Gone("phrase")
	})
}

// PhraseWords says words that are made of phrases alone in every language in which each of the phrases is there; false where anything in them is no phrase. Words in which one
// phrase is unchecked are a draft. It is for use inside a transaction that has checked who asks.
func PhraseWords(tx *db.Tx, english Words) ([]Words, bool, error) {
	b, err := bank(tx)
	if err != nil {
		return nil, false, err
	}
	out, ok := fromPhrases(b, english)
	return out, ok, nil
}

// used is a phrase as it stands in words: with the slots that the writer fixed.
type used struct {
	phrase BankPhrase
	fixed  map[string]Slot
	after  string // the space or the lines between it and the next
}

func fromPhrases(b []BankPhrase, english Words) (out []Words, ok bool) {
	parts := english.parts()
	var cut [3][]used
	for i, part := range parts {
		if cut[i], ok = cutPhrases(b, part[1]); !ok {
			return nil, false
		}
	}
	for _, l := range say.Tongues() {
		if l.IsEnglish() {
			continue
		}
		w := Words{Lang: l.Tag(), Standing: Checked}
		whole := true
		for i, to := range []*string{&w.Subject, &w.Body, &w.Short} {
			for _, u := range cut[i] {
				x, there := u.phrase.Lang(l.Tag())
				if !there {
					whole = false
					break
				}
				if x.Standing != Checked {
					w.Standing = ADraft
				}
				*to += withFixed(x.Words, u.fixed) + u.after
			}
		}
		if whole {
			out = append(out, w)
		}
	}
	return out, true
}

// cutPhrases takes words apart into phrases; false where something is left over.
func cutPhrases(b []BankPhrase, words string) (out []used, ok bool) {
	rest := strings.TrimSpace(strings.ReplaceAll(words, "\r\n", "\n"))
	for rest != "" {
		best, length := used{}, 0
		for _, x := range b {
			if fixed, n := beginsWith(rest, x.English); n > length {
				best, length = used{phrase: x, fixed: fixed}, n
			}
		}
		if length == 0 {
			return nil, false
		}
		next := strings.TrimLeft(rest[length:], " \n")
		best.after = rest[length : len(rest)-len(next)]
		if best.after == "" && next != "" {
			return nil, false
		}
		out, rest = append(out, best), next
	}
	return out, true
}

// beginsWith tells how much of the words a phrase takes up at their beginning, and which of its slots the writer fixed: {day} of the phrase is {day:2026-12-04} in the words.
func beginsWith(words, phrase string) (fixed map[string]Slot, length int) {
	fixed = map[string]Slot{}
	rest := words
	for _, p := range pieces(phrase) {
		if p.slot.Name == "" {
			var ok bool
			if rest, ok = strings.CutPrefix(rest, p.words); !ok {
				return nil, 0
			}
			continue
		}
		got := pieces(rest)
		if len(got) == 0 || got[0].bad != "" || got[0].slot.Name != p.slot.Name {
			return nil, 0
		}
		fixed[p.slot.Name] = got[0].slot
		rest = rest[len(got[0].words):]
	}
	return fixed, len(words) - len(rest)
}

func withFixed(words string, fixed map[string]Slot) string {
	var b strings.Builder
	for _, p := range pieces(words) {
		if s, ok := fixed[p.slot.Name]; ok && p.slot.Name != "" {
			b.WriteString(s.Text())
			continue
		}
		b.WriteString(p.words)
	}
	return b.String()
}
