package ui

import (
	"slices"
	"testing"

	"ajar/internal/kit/web"
)

// Places of one group stand under its name, are shown on their own pages, and know where one is, also below addresses of another kind.
func TestPlacesOfAGroup(t *testing.T) {
	all := []web.MenuItem{{Label: "Today", Href: "/"}, {Label: "Find", Href: "/search"}, {Label: "Plan", Href: "/plans", Group: "Improving", Also: []string{"/actions"}},
		{Label: "Staff", Href: "/staff"}, {Label: "Practice", Href: "/practice", Group: "Improving", Also: []string{"/stories"}}}
	said := func(list []MenuItem) (out []string) {
		for _, m := range list {
			words := m.Label + " " + m.Href
			if m.Current {
				words += " here"
			}
			out = append(out, words)
		}
		return out
	}
	for _, c := range []struct {
		path         string
		menu         []web.MenuItem
		want, places []string
	}{
		{"/", all, []string{"Today / here", "Find /search", "Improving /plans", "Staff /staff"}, nil},
		{"/staff/1", all, []string{"Today /", "Find /search", "Improving /plans", "Staff /staff here"}, nil},
		{"/plans", all, []string{"Today /", "Find /search", "Improving /plans here", "Staff /staff"}, []string{"Plan /plans here", "Practice /practice"}},
		{"/actions/1/edit", all, []string{"Today /", "Find /search", "Improving /plans here", "Staff /staff"}, []string{"Plan /plans here", "Practice /practice"}},
		{"/stories", all, []string{"Today /", "Find /search", "Improving /plans here", "Staff /staff"}, []string{"Plan /plans", "Practice /practice here"}},
		{"/storiesomething", all, []string{"Today /", "Find /search", "Improving /plans", "Staff /staff"}, nil},
		{"/stories/1", all[3:], []string{"Staff /staff", "Practice /practice here"}, nil}, // only one of them
	} {
		menu, group, places := menuOf(web.Frame{Path: c.path, Menu: c.menu})
		if !slices.Equal(said(menu), c.want) || !slices.Equal(said(places), c.places) || (group == "Improving") != (len(c.places) > 0) {
			t.Errorf("%s: %q, %q, %q", c.path, said(menu), group, said(places))
		}
	}
}
