package ui

import (
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
)

// From begins a page inside the frame of a request: school, person, menu, and the message left by the action before. The caller adds what is its own.
func From(q *web.Req, title string) PageData {
	f := q.Frame
	d := PageData{Title: title, Org: f.Org, Home: "/"}
	// Of two places that both lie on the way to this page, the nearer one is where we are.
	here := ""
	for _, m := range f.Menu {
		if (f.Path == m.Href || m.Href != "/" && strings.HasPrefix(f.Path, m.Href+"/")) && len(m.Href) > len(here) {
			here = m.Href
		}
	}
	for _, m := range f.Menu {
		d.Menu = append(d.Menu, MenuItem{Label: m.Label, Href: m.Href, Current: m.Href == here})
	}
	if f.Who != "" {
		d.Who = Who{Name: f.Who, Role: f.As, SignOut: "/sign-out"}
		if f.Demo {
			d.Who.LookAs = "/look-around"
		}
	}
	if f.Hat != "" {
		d.LookingAs = &LookingAs{Words: "You are looking as: " + f.As + ", " + f.Org + ".", Button: "Look as " + f.Hat, Stop: f.HatPath}
	}
	if f.Search {
		d.Search = &HeaderSearch{Action: "/search", Label: "Find a pupil or a parent"}
	}
	if f.Who != "" {
		d.Footer = []Link{{Text: "Worried about a child's safety?", Href: "/safeguarding"}, {Text: "Who may do what", Href: "/rights"}, {Text: "How you sign in", Href: "/account"}}
		d.LockSeconds = f.LockSeconds
	}
	if f.Flash != "" {
		d.Flash = &Flash{Text: f.Flash}
	}
	return d
}

// ErrorsOf turns the faults of a form into the errors that fields and the summary show; other faults answer none.
func ErrorsOf(err error) Errors {
	var out Errors
	for _, e := range fault.AsFields(err) {
		out.Add(e.Field, e.Sentence)
	}
	return out
}
