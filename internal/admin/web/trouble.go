package web

import (
	"ajar/internal/admin"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

// Trouble is the page for an error, for web.Server.
func Trouble(q *web.Req, _ int, title, sentence, reference string) web.Component {
	return troublePage(ui.From(q, title), title, sentence, reference, q.Pass.Valid())
}

type school struct {
	name   string
	guests []admin.Guest
}

// bySchool keeps the order in which the demo put its people.
func bySchool(guests []admin.Guest) []school {
	var out []school
	for _, g := range guests {
		if len(out) == 0 || out[len(out)-1].name != g.OrgName {
			out = append(out, school{name: g.OrgName})
		}
		last := &out[len(out)-1]
		last.guests = append(last.guests, g)
	}
	return out
}
