package messages

import (
	"cmp"
	"fmt"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
)

// letterHead is what the words of every copy of a message need.
type letterHead struct {
	school, phone, today string
	keys                 map[roll.PupilID]KeyContact
	by                   map[string]Words
}

func (s *Service) headOf(tx *db.Tx, list []Planned, by map[string]Words) (h letterHead, err error) {
	h.by, h.today = by, tx.Today()
	if h.school, _, err = roll.Sender(tx); err != nil {
		return h, err
	}
	if h.phone, err = roll.Setting(tx, "school.phone"); err != nil {
		return h, err
	}
	seen := map[roll.PupilID]bool{}
	var pupils []roll.PupilID
	for _, x := range list {
		for _, c := range x.Children {
			if !seen[c.ID] {
				seen[c.ID], pupils = true, append(pupils, c.ID)
			}
		}
	}
	h.keys, err = KeyContactsOf(tx, pupils, tx.Today())
	return h, err
}

// lettersFor writes the words of a message for each adult of its plan, those whom nothing reaches last: what is said, who speaks for the school, and in their own
// language what to do if it is not in it.
func (s *Service) lettersFor(tx *db.Tx, v View, words map[string]Words) ([]post.Item, error) {
	all := append(append([]Planned{}, v.Plan.To...), v.Plan.Not...)
	h, err := s.headOf(tx, all, words)
	if err != nil {
		return nil, err
	}
	out := make([]post.Item, 0, len(all))
	for _, x := range all {
		it, err := h.write(x)
		if err != nil {
			return nil, err
		}
		out = append(out, it)
	}
	return out, nil
}

// values are what the slots are filled with for one adult.
func (h letterHead) values(x Planned) Values {
	v := Values{Adult: x.Adult.Name, School: h.school, Phone: h.phone, Today: h.today}
	for _, c := range x.Children {
		v.Children = append(v.Children, cmp.Or(c.KnownAs, c.Forename))
		if c.Form != "" {
			v.Classes = append(v.Classes, c.Form)
		}
	}
	if len(x.Children) > 0 {
		v.KeyContact = h.keys[x.Children[0].ID].Name
	}
	return v
}

func (h letterHead) write(x Planned) (it post.Item, err error) {
	v := h.values(x)
	w, found := Render(x.In, h.by["en"], h.by[x.In.Lang], x.Adult.Reads, v)
	if len(found) > 0 {
		return it, fault.New(fault.Invalid, "%s", found[0].Error())
	}
	l := say.Tongue(x.In.Lang)
	it.Lang, it.Subject = x.In.Lang, cmp.Or(w.Subject, h.school)
	if x.Way == ByText {
		it.Body = h.school + ": " + cmp.Or(w.Short, w.Body)
		return it, nil
	}
	var b strings.Builder
	b.WriteString(cmp.Or(w.Body, w.Short))
	foot := h.foot(l, v, x.Way)
	fmt.Fprintf(&b, "\n\n%s\n%s", h.school, foot)
	it.Body = strings.TrimSpace(b.String())
	if x.Way == ByEmail {
		it.HTML = HTMLOf(Words{Lang: w.Lang, Subject: w.Subject, Body: cmp.Or(w.Body, w.Short)}, l, h.school, foot)
	}
	return it, nil
}

// foot says whom a family can turn to, in the language of the words (K02: the key contact stands in the foot of every message).
func (h letterHead) foot(l say.Lang, v Values, way string) string {
	var out []string
	if v.KeyContact != "" {
		out = append(out, l.Put(tContact, say.Args{"name": v.KeyContact}))
	}
	if h.phone != "" {
		out = append(out, l.Put(tRing, say.Args{"phone": h.phone}))
	}
	if way == ByEmail {
		out = append(out, l.Put(tAnswer))
	}
	return strings.Join(out, "\n")
}
