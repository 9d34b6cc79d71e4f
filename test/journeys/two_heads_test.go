package journeys

import (
	"regexp"
	"strings"
	"testing"
)

// TestTwoHeadsWorkTogether: one makes a code, the other enters it and sees what is offered before signing; each says what flows; figures are seen and
// no name; then one leaves, takes the data along, and nothing flows any more.
func TestTwoHeadsWorkTogether(t *testing.T) {
	site := story(t)
	here := site.As(head)
	there := site.Person("another head")
	said := site.Ajar("link", "--org", "TANSYLANE", "--name", "Hephzibah Orlebar", "--role", "head", "--at", site.URL)
	there.Visit(regexp.MustCompile(`http\S+`).FindString(said))
	there.Click("Sign in")
	there.See("Good to see you, Hephzibah")

	here.Click("Working together")
	here.Click("Invite a school")
	here.Fill("What do you want to do together?", "Families with children in both schools tell their story once.")
	here.Accessible()
	here.Click("Make the code")
	here.Accessible()
	code := here.one(`([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})`)

	there.Click("Working together")
	there.Click("Enter a code")
	begins(t, there)
	there.Fill("The code from the other head", "AAAA-AAAA-AAAA")
	there.Click("Look")
	there.See("This code opens nothing.")
	there.Fill("The code from the other head", strings.ToLower(code))
	there.Click("Look")
	there.See("tell their story once")
	there.Accessible()
	there.Unchoose("Families by name")
	there.Click("Sign for your school")
	there.See("Signed.")
	agreement := there.Path()
	there.See("Families invited to a structured conversation")
	there.See("What Harrowmere High School gives us")
	there.See("Figures.")
	there.Accessible()

	here.Visit("/sharing")
	here.See("Tansy Lane Primary School")
	here.Click("Tansy Lane Primary School")
	here.Choose("Families by name, each chosen by a person, after the family was told")
	here.Click("Save")
	here.See("Saved. It holds from this moment.")
	there.Reload()
	there.See("Figures, families by name.")
	there.Click("Families they share with us")
	there.See("Families they share with us")

	// What is ours goes along.
	if status, zip := there.Fetch(agreement + "/data.zip"); status != 200 || !strings.HasPrefix(string(zip), "PK") {
		t.Errorf("what is theirs to take along: %d, %d bytes", status, len(zip))
	}
	there.Visit(agreement)
	there.Click("End the agreement")
	there.Accessible()
	there.Click("End it now")
	there.See("There is a problem")
	there.Fill("Why does it end?", "We join another partnership.")
	there.Click("End it now")
	there.See("Nothing flows any more")
	there.NotSee("Families invited to a structured conversation")
	if status, _ := there.Fetch(agreement + "/data.zip"); status != 200 {
		t.Errorf("after leaving, what is theirs answers %d", status)
	}
	here.Reload()
	here.See("We join another partnership.")
	here.NotSee("Families invited to a structured conversation")
}
