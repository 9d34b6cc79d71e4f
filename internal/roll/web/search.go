package web

import (
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
)

func (h *handlers) search(q *web.Req) error {
	text := q.Text("q")
	d := page(q, "Find a person")
	joins := q.Pass.Scope(roll.Edit) == access.All
	if text == "" {
		return q.Page(searchPage(d, roll.Found{}, false, joins))
	}
	d.Title = "Find: " + text
	if d.Search != nil {
		d.Search.Value = text
	}
	found, err := h.s.Find(q.Context(), q.Pass, text)
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		d.Errors = errs
		return q.Again(searchPage(d, found, false, joins))
	}
	return q.Page(searchPage(d, found, true, joins))
}

// foundWords says how many there are, of those this person may see.
func foundWords(f roll.Found) string {
	if f.None {
		return "Nobody was found."
	}
	var out []string
	count := func(n int, more bool, one, many string) {
		switch {
		case more:
			out = append(out, "more than 500 "+many)
		case n > 0:
			out = append(out, plural(n, one, many))
		}
	}
	count(f.PupilCount, f.MorePupils, "pupil", "pupils")
	count(f.AdultCount, f.MoreAdults, "parent or carer", "parents and carers")
	count(len(f.Staff), false, "colleague", "colleagues")
	return strings.ToUpper(out[0][:1]) + out[0][1:] + joinRest(out[1:]) + "."
}

func joinRest(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return ", " + strings.Join(list, ", ")
}
