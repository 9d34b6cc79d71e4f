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
	d.Menu, d.Group, d.Places = menuOf(f)
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

// menuOf makes the menu of a frame. Places of one group stand under the group's name; the places themselves are shown on their own pages.
func menuOf(f web.Frame) (menu []MenuItem, group string, places []MenuItem) {
	// Of two places that both lie on the way to this page, the nearer one is where we are.
	here, near := "", ""
	inGroup := map[string]int{}
	for _, m := range f.Menu {
		inGroup[m.Group]++
		for _, at := range append([]string{m.Href}, m.Also...) {
			if (f.Path == at || at != "/" && strings.HasPrefix(f.Path, at+"/")) && len(at) > len(near) {
				here, near = m.Href, at
			}
		}
	}
	shown := map[string]int{}
	for _, m := range f.Menu {
		x := MenuItem{Label: m.Label, Href: m.Href, Current: m.Href == here}
		if m.Group == "" || inGroup[m.Group] < 2 {
			menu = append(menu, x)
			continue
		}
		if _, found := shown[m.Group]; !found {
			shown[m.Group] = len(menu)
			menu = append(menu, MenuItem{Label: m.Group, Href: m.Href})
		}
		if x.Current {
			menu[shown[m.Group]].Current, group = true, m.Group
		}
	}
	for _, m := range f.Menu {
		if group != "" && m.Group == group {
			places = append(places, MenuItem{Label: m.Label, Href: m.Href, Current: m.Href == here})
		}
	}
	return menu, group, places
}

// ErrorsOf turns the faults of a form into the errors that fields and the summary show; other faults answer none.
func ErrorsOf(err error) Errors {
	var out Errors
	for _, e := range fault.AsFields(err) {
		out.Add(e.Field, e.Sentence)
	}
	return out
}
