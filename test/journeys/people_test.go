package journeys

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The demo's people, as the page to look around offers them.
const (
	head          = "Yasmin Thornbury"
	keyTeacher    = "Declan Frost"
	office        = "Pauline Osgood"
	familyWorker  = "Idris Wakefield"
	governor      = "Roberta Lindqvist"
	administrator = "Sunita Blackwood"
	coordinator   = "Miriam Castell"
)

// As opens a browser for one of the demo's people.
func (s *Site) As(name string) *Page {
	s.t.Helper()
	p := s.Person(name)
	p.enter(name)
	return p
}

func (p *Page) enter(name string) {
	p.t.Helper()
	p.Visit("/look-around")
	p.Click("Look around as " + name)
	p.See("Good to see you, " + strings.Fields(name)[0])
}

// day is a date some days from now, as a person types it.
func day(days int) string { return time.Now().AddDate(0, 0, days).Format("2/1/2006") }

// dayWords is the same as pages write it.
func dayWords(days int) string { return time.Now().AddDate(0, 0, days).Format("2 January 2006") }

type link struct{ Text, Path string }

// Links are the links of the page in the part that is meant, those first that come first. Only those whose path fits the pattern.
func (p *Page) Links(pattern string) []link {
	p.t.Helper()
	p.settle()
	var all, out []link
	answer := eval[string](p, `JSON.stringify(Array.from(document.querySelectorAll('a[href]')).map(a => ({Text: a.textContent.replace(/\s+/g, ' ').trim(), Path: a.getAttribute('href')})))`)
	p.must("read the links", json.Unmarshal([]byte(answer), &all))
	fits := regexp.MustCompile("^(?:" + pattern + ")$")
	for _, l := range all {
		if fits.MatchString(l.Path) {
			out = append(out, l)
		}
	}
	return out
}

// First is the first link whose path fits.
func (p *Page) First(pattern string) link {
	p.t.Helper()
	list := p.Links(pattern)
	if len(list) == 0 {
		p.fail("there is no link to %s", pattern)
	}
	return list[0]
}

// one is the first thing in the words of the page that a pattern's first group finds.
func (p *Page) one(pattern string) string {
	p.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(p.Text())
	if m == nil {
		p.fail("nothing reads like %s", pattern)
	}
	return m[1]
}

// unfold opens all that is folded on the page.
func (p *Page) unfold() {
	p.t.Helper()
	eval[bool](p, `(() => { document.querySelectorAll('main details').forEach(d => { d.open = true }); return true })()`)
}

const talkPath = `/conversations/talks/\w+`

// turned is a name as lists have it, written as people say it.
func turned(list string) string {
	if last, first, ok := strings.Cut(list, ", "); ok {
		return first + " " + last
	}
	return list
}

// story is a journey over a fresh copy of the demo. Short runs leave it out, and say so. A story mostly waits for pages to come to rest, so stories are told
// beside each other, each with a server and browsers of its own.
func story(t *testing.T) *Site {
	t.Helper()
	if testing.Short() {
		t.Skip("journeys need a browser and a minute; not in a short run")
	}
	t.Parallel()
	return Start(t)
}

func lastWord(s string) string { return s[strings.LastIndex(s, " ")+1:] }
