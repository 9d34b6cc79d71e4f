package notes

import (
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// MayRead decides who reads a note among those who see the child. It is the only place that does. The author reads what they wrote: hiding it from
// them would protect nobody. The safeguarding lead reads all, since somebody must who can see the whole of it.
func MayRead(n Note, w access.Who) bool {
	if !n.Restricted || isAuthor(n, w) || slices.Contains(w.Roles, roll.SafeguardingLead) {
		return true
	}
	return slices.ContainsFunc(n.Readers, func(r Reader) bool {
		return r.Role != "" && slices.Contains(w.Roles, r.Role) || r.StaffID != nil && w.Staff != 0 && int64(*r.StaffID) == w.Staff
	})
}

func isAuthor(n Note, w access.Who) bool {
	return n.AuthorID != nil && w.Staff != 0 && int64(*n.AuthorID) == w.Staff
}

// open keeps what the person may read and counts the rest. Nothing of the rest goes further.
func open(list []Note, p access.Pass) (out []Note, hidden int) {
	for _, n := range list {
		if p.Reason() == "" && !MayRead(n, p.Who()) {
			hidden++
			continue
		}
		own := isAuthor(n, p.Who())
		n.MayChange = own && n.StruckMs == nil && p.Has(Write)
		n.MayStrike = n.StruckMs == nil && (own || p.Scope(Strike) == access.All)
		out = append(out, n)
	}
	return out, hidden
}

// longest is the room for each of the three parts of a note.
const longest = 10_000

// read checks what was typed. The day is the caller's to read.
func (t Typed) read(today string) (Note, []Reader, error) {
	var f fault.Fields
	n := Note{Seen: t.Seen, Said: t.Said, Did: t.Did, Restricted: t.Restricted, Family: t.Family, HappenedOn: today}
	if strings.TrimSpace(t.Seen+t.Said+t.Did) == "" {
		f.Add("seen", "Write what was seen, said or done. One of the three is enough.")
	}
	for _, x := range []struct{ field, label, text string }{{"seen", "What was seen", t.Seen}, {"said", "What was said", t.Said}, {"did", "What was done", t.Did}} {
		if k := len([]rune(x.text)); k > longest {
			f.Add(x.field, "%s is too long: it has %d characters and there is room for %d.", x.label, k, longest)
		}
	}
	if t.On != "" {
		d, err := roll.ParseDate(t.On, roll.DateStyle{})
		switch {
		case err != nil:
			f.Add("on", "“%s” is not a date. Write it as day, month and year, like 27 3 2026.", t.On)
		case d.ISO > today:
			f.Add("on", "This day is still to come. Write the day on which it was seen, said or done.")
		default:
			n.HappenedOn = d.ISO
		}
	}
	if t.Restricted && t.Family {
		f.Add("family", "A note for the family is not restricted. Choose one of the two.")
	}
	var readers []Reader
	if t.Restricted {
		for _, r := range t.Roles {
			if !slices.Contains(ReaderRoles, access.Role(r)) {
				f.Add("roles", "Choose the roles from the list.")
				break
			}
			readers = append(readers, Reader{Role: access.Role(r)})
		}
		for _, text := range t.Staff {
			id, err := ids.Parse[roll.Staff](text)
			if err != nil {
				f.Add("staff", "Choose the colleagues from the list.")
				break
			}
			readers = append(readers, Reader{StaffID: &id})
		}
	}
	return n, readers, f.Err()
}

func (t Typed) said() []worry.Said {
	return []worry.Said{worry.Says("seen", "What was seen", t.Seen), worry.Says("said", "What was said", t.Said), worry.Says("did", "What was done", t.Did)}
}

// without takes the words of fields out that wait for a person.
func (t Typed) without(w *worry.Error) Typed {
	for _, x := range w.Fields {
		switch x.Field {
		case "seen":
			t.Seen = ""
		case "said":
			t.Said = ""
		case "did":
			t.Did = ""
		}
	}
	return t
}

// readerWords names the readers of a version, so that who could read it stays on record.
func readerWords(restricted bool, list []Reader) string {
	if !restricted {
		return ""
	}
	words := []string{roll.RoleWords[roll.SafeguardingLead], "the author"}
	for _, r := range list {
		words = append(words, r.Words())
	}
	return strings.Join(words, ", ")
}
