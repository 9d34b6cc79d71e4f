package journeys

import (
	"slices"
	"strings"
	"testing"
)

// TestGovernorSeesFiguresAndNoNames goes everywhere a governor can go, and looks for every name of the school.
func TestGovernorSeesFiguresAndNoNames(t *testing.T) {
	site := story(t)
	h := site.As(head)
	h.Visit("/reach")
	var names []string
	for _, l := range h.Links(`/pupils/\w+/barriers`) {
		names = append(names, l.Text, turned(l.Text))
	}
	if len(names) < 40 {
		t.Fatalf("only %d names to look for", len(names))
	}
	record := strings.TrimSuffix(h.First(`/pupils/\w+/barriers`).Path, "/barriers")

	p := site.As(governor)
	for _, path := range walk(p) {
		p.Visit(path)
		text := p.Text()
		for _, n := range names {
			if strings.Contains(text, n) {
				t.Errorf("the name of a pupil, %s, stands at %s", n, path)
			}
		}
		if len(p.Links(`/pupils/.*`)) > 0 {
			t.Errorf("%s leads to a pupil", path)
		}
	}
	p.Visit("/reach")
	p.See("fewer than 5")
	p.See("not shown")
	p.Visit("/conversations/coverage")
	p.See("fewer than 5")
	p.See("hidden")
	// A figure from 1 to 4 never stands in the table.
	cells := eval[[]string](p, `Array.from(document.querySelectorAll('main table')[0].querySelectorAll('tbody td')).map(c => c.innerText.trim())`)
	for _, c := range cells {
		if slices.Contains([]string{"1", "2", "3", "4"}, c) {
			t.Errorf("a cell of the coverage says %s", c)
		}
	}
	for _, path := range []string{record, record + "/barriers", "/search?q=a", "/reach/list.csv", "/staff", "/imports", "/conversations", "/settings"} {
		if status, body := p.Fetch(path); status == 200 {
			t.Errorf("a governor opens %s (%d bytes)", path, len(body))
		}
	}
}
