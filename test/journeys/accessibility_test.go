package journeys

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var (
	hrefs = regexp.MustCompile(`<a\b[^>]*\bhref="([^"]*)"`)
	keys  = regexp.MustCompile(`^0[0-9a-z]{9,}$`)
)

// shape is the kind of page a path leads to: its keys and questions left out.
func shape(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if keys.MatchString(p) {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// walk follows links from the first page, one of each kind of page, and gives the pages; a link that leads nowhere fails the test.
func walk(p *Page) (pages []string) {
	p.t.Helper()
	seen := map[string]bool{"/": true, "/look-around": true}
	from := map[string]string{}
	for queue := []string{"/"}; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		status, body := p.Fetch(path)
		if status >= 300 && status < 400 {
			continue
		}
		if status != 200 {
			p.t.Errorf("%s: the link from %s to %s answers %d", p.who, from[path], path, status)
			continue
		}
		if !strings.Contains(string(body[:min(len(body), 200)]), "<!doctype html") {
			continue // a file to download
		}
		pages = append(pages, path)
		for _, m := range hrefs.FindAllStringSubmatch(string(body), -1) {
			to, _, _ := strings.Cut(html.UnescapeString(m[1]), "#")
			at, err := url.Parse(path)
			if err != nil || to == "" {
				continue
			}
			u, err := at.Parse(to)
			if err != nil {
				p.t.Errorf("%s: at %s a link reads %q", p.who, path, m[1])
				continue
			}
			if u.Host != "" || u.Scheme != "" {
				continue
			}
			if kind := shape(u.Path); !seen[kind] {
				seen[kind], from[u.RequestURI()] = true, path
				queue = append(queue, u.RequestURI())
			}
		}
	}
	return pages
}

// walked are the people whose pages are looked at one by one.
var walked = []string{keyTeacher, head, office, administrator, governor, familyWorker, coordinator}

// TestEveryPageIsAccessible walks what each of the demo's people can reach. A kind of page is looked at once, as the first who can reach it;
// those that are different for each, for each.
func TestEveryPageIsAccessible(t *testing.T) {
	site := story(t)
	looked := map[string]bool{}
	for _, who := range walked {
		p := site.As(who)
		pages := walk(p)
		if len(pages) < 6 {
			t.Errorf("%s reaches only %d pages: %v", who, len(pages), pages)
		}
		for _, path := range pages {
			kind := shape(path)
			if kind == "/" || kind == "/reach" || kind == "/conversations" || kind == "/conversations/coverage" {
				kind += " " + who
			}
			if looked[kind] {
				continue
			}
			looked[kind] = true
			p.Visit(path)
			p.Accessible()
		}
	}
	if len(looked) < 50 {
		t.Errorf("only %d kinds of page were looked at", len(looked))
	}
}

// TestTheDoorIsAccessible: the pages before anyone has come in, and the page for what is not there.
func TestTheDoorIsAccessible(t *testing.T) {
	site := story(t)
	p := site.Person("a visitor")
	for _, path := range []string{"/look-around", "/sign-in", "/nothing-here"} {
		p.Visit(path)
		p.Accessible()
	}
	p.AllowErrors()
	p.Visit("/look-around")
	p.Picture("look-around")
}
