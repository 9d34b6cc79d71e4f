package journeys

import (
	"regexp"
	"strings"
	"testing"
)

// A letter goes home with a code. A parent types it on a narrow phone without script, answers the one question, reads what the school holds and tells it
// of a new phone; the office accepts.
func TestParentOpensTheFamilyDoor(t *testing.T) {
	s := Start(t)
	office := s.As("Pauline Osgood")
	office.Visit("/classes")
	office.Click("10A")
	office.Visit(office.First(`/pupils/[0-9a-z]+`).Path)
	office.See("Links and codes for the family")
	record := office.Path()
	office.Visit(record + "/edit")
	office.Fill("Date of birth", "27 3 2013")
	office.Click("Save")
	office.Visit(record + "/links")
	office.Accessible()
	first := regexp.MustCompile(`Make a letter for \S+ \S+`).FindString(office.Text())
	office.Click(first)
	office.See("Point the camera of your phone at the square.")
	office.Accessible()
	code := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`).FindString(office.Text())
	if code == "" {
		t.Fatal("the letter has no code")
	}

	parent := s.Person("a parent")
	parent.NoScript(true)
	parent.Narrow()
	parent.Visit("/f?in=en")
	parent.Visit("/f/?in=en")
	parent.See("You do not need an account or a password.")
	parent.Accessible()
	parent.Fill("Type the code from your letter", strings.ToLower(code))
	parent.Click("Continue")
	parent.See("One more question")
	parent.Accessible()
	parent.Fill("Day", "27")
	parent.Fill("Month", "3")
	parent.Fill("Year", "2013")
	parent.Click("Continue")
	parent.See("Hello")
	parent.Accessible()
	parent.Visit(parent.First(`/f/children/[0-9a-z]+`).Path)
	parent.See("Who can see this")
	parent.Accessible()
	parent.Visit("/f/me")
	parent.Click("Ask the school to change something")
	parent.Accessible()
	parent.Fill("One more phone", "01632 960123")
	parent.Click("Send to the school")
	parent.See("Waits for the school")
	parent.Accessible()

	office.Visit("/")
	office.See("1 change waits for your answer")
	office.Visit("/families/changes")
	office.See("01632 960123")
	office.Accessible()
	office.Click("Accept")
	office.See("An import will not put the old one back.")

	parent.Reload()
	parent.See("Done on")
	parent.Visit("/f/devices")
	parent.Accessible()
	parent.Click("Forget all of them")
	parent.See("Type the code from your letter")
}
