package journeys

import (
	"strings"
	"testing"
	"time"
)

const senco = "Anita Farrow"

// TestAWordAtTheGateFindsItsColleague: a teacher notes it on a phone in a moment, hands it to the SEN co-ordinator, who answers; the teacher sees that it was.
func TestAWordAtTheGateFindsItsColleague(t *testing.T) {
	site := story(t)
	p := site.As(keyTeacher)
	p.Narrow()
	p.Visit("/reach")
	record := strings.TrimSuffix(p.First(`/pupils/\w+/barriers`).Path, "/barriers")
	p.Visit(record)
	p.See("Key contact of the family")
	p.See("Note a contact")
	// Two taps: what it was, and Save.
	began := time.Now()
	p.Choose("Good news")
	p.Click("Save")
	p.See("The contact is noted.")
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("noting a word took %s", took)
	}
	p.See("1 good word")
	p.Accessible()

	p.unfold()
	p.Choose("Neither")
	p.Fill("In a few words", "Her mother asks for the bigger print in mathematics.")
	p.unfold()
	p.Fill("Who is to answer?", senco+", sen co-ordinator")
	p.Click("Save")
	p.See("waits for your colleague")
	p.See("Waits for " + senco + ": today")

	// Nothing about a child's safety is kept.
	p.Visit(record + "/contacts/new")
	p.Choose("A concern")
	p.Fill("In a few words", "She told me her dad hits her.")
	p.Click("Save")
	p.See("this was not kept")
	p.See("Worried about a child's safety?")
	p.Visit(record + "/contacts")
	p.NotSee("her dad hits her")
	p.Accessible()

	s := site.As(senco)
	s.See("Families wait for an answer")
	s.Visit("/messages/contacts")
	s.See("bigger print in mathematics")
	s.Accessible()
	var path string
	for _, l := range s.Links(`/messages/contacts/\w+`) {
		if s.Visit(l.Path); strings.Contains(s.Text(), "bigger print in mathematics") {
			path = l.Path
			break
		}
		s.Visit("/messages/contacts")
	}
	if path == "" {
		t.Fatal("the contact has no page")
	}
	s.Accessible()
	s.Fill("What came of it", "The sheets come in large print from Monday.")
	s.Click("It is answered")
	s.See("Answered. Whoever asked sees it.")
	s.NotSee("bigger print in mathematics")

	p.Visit("/messages/contacts")
	p.See("What you handed on")
	p.See("The sheets come in large print from Monday.")
	p.Wide()
	p.Accessible()
}

// TestAWeeksWorklistIsCleared: a door is knocked on and a number is put in, and the lines leave by themselves.
func TestAWeeksWorklistIsCleared(t *testing.T) {
	site := story(t)
	h := site.As(head)
	h.Visit("/messages/reach?what=knock")
	h.See("What would help")
	h.Accessible()
	h.Narrow()
	h.Accessible()
	h.Wide()
	doors := h.Links(`/pupils/\w+/contacts/new`)
	if len(doors) == 0 {
		t.Fatal("there is no door to knock on")
	}
	h.Visit("/messages/reach/print")
	h.See("Doors to knock on")
	h.Visit("/messages/reach?what=knock")
	row := h.one(`([A-Z]\S+ [A-Z]\S+) (?:father|mother|parent|carer|grandparent|step-parent|foster carer)[^.]* of`)
	h.Visit(doors[0].Path)
	h.Choose("Visit")
	h.unfold()
	if len(h.Links(`#`)) >= 0 && strings.Contains(h.Text(), "In their own language, or with an interpreter") {
		h.Choose("In their own language, or with an interpreter")
	}
	h.Choose("Good news")
	for _, adult := range h.adults() {
		if strings.HasPrefix(adult, row) {
			h.Choose(adult)
		}
	}
	h.Click("Save")
	h.See("The contact is noted.")
	h.Visit("/messages/reach?what=knock")
	h.NotSee(row)
	if got := h.Links(`/pupils/\w+/contacts/new`); len(got) != len(doors)-1 {
		t.Errorf("%d doors before, %d after one was knocked on", len(doors), len(got))
	}

	// Paper alone: the office prints for these; with a mobile number in the record the line is gone.
	o := site.As(office)
	o.Visit("/messages/reach?what=print")
	o.See("Print for these")
	o.Accessible()

	// A colleague who leaves: all of the families are handed over at once.
	o.Visit("/messages/key-contacts")
	o.See("have nobody after that")
	o.Accessible()
	o.Narrow()
	o.Accessible()
	o.Fill("Hand all of them to", keyTeacher)
	o.Click("Hand over")
	o.See("Kept for")
	o.NotSee("have nobody after that")
	g := site.As(governor)
	g.Visit("/messages/reach")
	g.See("Numbers from 1 to 4 are hidden")
	g.Accessible()
	g.Visit("/messages/contacts/balance")
	g.See("heard nothing but concern")
	g.Accessible()
	h.Visit("/messages/contacts/balance")
	h.See("Only hear when it goes wrong")
	h.Accessible()
	h.Narrow()
	h.Accessible()
}

// adults are the answers to “Who”.
func (p *Page) adults() []string {
	p.t.Helper()
	return strings.Split(eval[string](p, `Array.from(document.querySelectorAll('input[name="adult"]')).map(i => i.nextElementSibling.textContent.trim()).join("\n")`), "\n")
}
