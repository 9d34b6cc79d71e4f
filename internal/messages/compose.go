package messages

import (
	"cmp"
	"fmt"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
)

// lettersFor writes the words of a message for each adult of its plan, those whom nothing reaches last: what is said, whom to turn to, and in their own language what to do if it
// is not in it.
func (s *Service) lettersFor(tx *db.Tx, v View, words map[string]Words) ([]post.Item, error) {
	school, _, err := roll.Sender(tx)
	if err != nil {
		return nil, err
	}
	phone, err := roll.Setting(tx, "school.phone")
	if err != nil {
		return nil, err
	}
	var out []post.Item
	for _, list := range [][]Planned{v.Plan.To, v.Plan.Not} {
		for _, x := range list {
			w, ok := words[x.Lang.Tag()]
			if !ok {
				w = words["en"]
			}
			it, err := s.write(w, x, school, phone)
			if err != nil {
				return nil, err
			}
			out = append(out, it)
		}
	}
	return out, nil
}

func (s *Service) write(w Words, x Planned, school, phone string) (it post.Item, err error) {
	own, _ := say.Reads(x.Adult.Reads)
	it.Lang, it.Subject = x.Lang.Tag(), w.Subject
	var b strings.Builder
	if x.Way == ByText {
		fmt.Fprintf(&b, "%s: %s", school, w.Short)
	} else {
		b.WriteString(cmp.Or(w.Body, w.Short))
	}
	if x.English && phone != "" {
		b.WriteString("\n\n" + own.Put(tInEnglish, say.Args{"phone": phone}))
	}
	if x.Way != ByText {
		b.WriteString("\n\n" + school)
		if phone != "" {
			b.WriteString("\n" + x.Lang.Put(tRing, say.Args{"phone": phone}))
		}
	}
	it.Body = b.String()
	if it.Subject == "" {
		it.Subject = school
	}
	return it, nil
}
