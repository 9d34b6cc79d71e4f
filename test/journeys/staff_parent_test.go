package journeys

import (
	"strings"
	"testing"
)

// TestLeaderWhoIsAFatherHere: a senior leader sees every pupil; of his own daughter he sees what any parent may know, is told whom to ask for more, and
// switches to the parents' door where she is his child and nobody else's record is.
func TestLeaderWhoIsAFatherHere(t *testing.T) {
	site := story(t)
	p := site.As(father)
	p.See("You are looking as: Senior leader")
	p.Visit("/search?q=Achebe")
	daughter := p.First(`/pupils/\w+`)
	p.Click(daughter.Text)
	p.See("This is your own child's record.")
	p.See("If you need something, ask Yasmin Thornbury or " + lead)
	p.NotSee("Write a note")
	p.NotSee("sat by herself")
	p.Accessible()

	// His colleagues see what was noted, so there is something that he is kept from.
	h := site.As(head)
	h.Visit(daughter.Path)
	h.See("sat by herself at lunch")

	for _, path := range []string{"/notes", "/notes/new", "/notes/print", "/barriers", "/barriers/sheet"} {
		if status, body := p.Fetch(daughter.Path + path); status != 403 && status != 404 || strings.Contains(string(body), "sat by herself") {
			t.Errorf("a father opens %s of his own child with %d", path, status)
		}
	}
	p.AllowErrors()
	p.Visit("/notes?q=lunch")
	p.NotSee("sat by herself")
	p.Visit("/reach")
	p.See("1,249 pupils") // everybody's child but his own
	if status, body := p.Fetch("/reach/list.csv"); status != 200 || strings.Contains(string(body), strings.Join(reversed(daughter.Text), ",")) {
		t.Errorf("the file to take out: %d", status)
	}

	p.Click("Look as parent or carer of " + strings.Fields(daughter.Text)[0])
	p.See("Hello")
	p.See(daughter.Text)
	if n := len(p.Links(`/f/children/\w+`)); n != 1 {
		t.Errorf("at the parents' door he has %d children", n)
	}
	p.Visit(p.First(`/f/children/\w+`).Path)
	p.See("Who can see this")
	p.NotSee("sat by herself")
	p.Accessible()
	h.Visit("/reach")
	for _, l := range h.Links(`/pupils/\w+/barriers`)[:3] {
		other := strings.TrimSuffix(strings.TrimPrefix(l.Path, "/pupils/"), "/barriers")
		if status, _ := p.Fetch("/f/children/" + other); status == 200 && !strings.Contains(daughter.Path, other) {
			t.Errorf("%s opens at his door", l.Text)
		}
	}

	// And back to work.
	p.Visit("/")
	p.See("You are looking as: Senior leader")
}

func reversed(name string) []string {
	f := strings.Fields(name)
	return []string{f[len(f)-1], f[0]}
}
