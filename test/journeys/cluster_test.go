package journeys

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSchoolsOfAClusterSeeWhereTheyStandAndHelpEachOther: five heads let the levels of their audits be counted; the co-ordinator makes the picture and
// reads it, on the page, on paper and in a file; one head takes it back, and the picture is gone with the next look. One school offers help, another asks beside its gap, and both
// write the visit down; a child's name does not get through.
func TestSchoolsOfAClusterSeeWhereTheyStandAndHelpEachOther(t *testing.T) {
	if testing.Short() {
		t.Skip("journeys need a browser and a minute; not in a short run")
	}
	t.Parallel()
	site := StartEmpty(t)
	site.Ajar("org", "add", "--code", "LINKS", "--name", "Dale Links", "--type", "cluster")
	enter := func(org, name, role string) *Page {
		p := site.Person(name)
		p.Visit(regexp.MustCompile(`http\S+`).FindString(site.Ajar("link", "--org", org, "--name", name, "--role", role, "--at", site.URL)))
		p.Click("Sign in")
		p.Visit("/audit/new")
		begins(t, p)
		return p
	}
	var heads []*Page
	for i := range 5 {
		code := fmt.Sprintf("DALE%d", i+1)
		site.Ajar("org", "add", "--code", code, "--name", fmt.Sprintf("Dale School %d", i+1), "--type", "school", "--in", "LINKS")
		file := filepath.Join(t.TempDir(), "agreed.csv")
		rows := "criterion,group,rater,level,commentary\n"
		for c, level := range map[string]int{"V1": 1 + i, "V2": 2 + i%2, "P2": 1 + i%4} {
			rows += fmt.Sprintf("%s,agreed,team,%d,We looked.\n", c, level)
		}
		if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
			t.Fatal(err)
		}
		site.Ajar("audit", "new", "--org", code, "--title", "Where are we")
		site.Ajar("audit", "answer", file, "--org", code)
		site.Ajar("audit", "close", "--org", code)
		h := enter(code, fmt.Sprintf("Head %c", 'A'+i), "head")
		h.Visit("/audit")
		h.Click("See what came of it")
		h.Click("What the cluster may see")
		h.See("Nobody has decided yet, so nothing goes there.")
		if i == 0 {
			h.Accessible()
		}
		h.Choose("The levels, counted with those of others")
		h.Click("Decide")
		h.See("Decided. It holds from now on")
		h.See("Counted with others")
		heads = append(heads, h)
	}
	c := enter("LINKS", "Mira Coordinator", "coordinator")
	c.Visit("/audit")
	c.Click("Our members together")
	c.See("No picture has been made yet.")
	c.Accessible()
	c.Click("Make the picture")
	c.See("This is the picture as of today.")
	c.See("5 of 5; 0 not known")
	c.NotSee("Dale School")
	c.Accessible()
	c.Visit("/audit/together/print")
	c.Accessible()
	if pdf, sheets := c.PrintPDF(); len(pdf) == 0 || sheets > 5 {
		t.Errorf("%d sheets", sheets)
	}
	_, csv := c.Fetch("/audit/together/together.csv")
	if line := regexp.MustCompile(`(?m)^.*,V1,.*$`).FindString(string(csv)); !strings.Contains(line, "5,5,0,1,1,1,1,1,") {
		t.Errorf("the file says %q", line)
	}

	// One takes it back: from the next look on it is out, and the rest would give it away.
	heads[4].Choose("Nothing")
	heads[4].Click("Decide")
	c.Visit("/audit/together")
	c.See("Hidden: taken back")
	c.See("giving nothing any more")
	if _, csv = c.Fetch("/audit/together/together.csv"); strings.Contains(string(csv), "5,5,0,1,1,1,1,1") || !strings.Contains(string(csv), "hidden,hidden") {
		t.Error("the file still has it")
	}
	c.Accessible()

	// The fourth offers help with what it is good at; the first has a gap there.
	offers, asks := heads[3], heads[0]
	offers.Visit("/peers")
	offers.Accessible()
	offers.Click("Offer help")
	offers.Accessible()
	offers.Fill("With what are you willing to help?", "✓ V2 All staff believe that working with families makes a difference to children, and act on it")
	offers.Fill("What could others see or ask?", "Come to a staff meeting at which we look at what a year of calls changed.")
	offers.Fill("Until when?", "20 7 2099")
	offers.Click("Offer it")
	offers.See("The others of your cluster see it from now on")

	asks.Visit("/audit")
	asks.Click("See what came of it")
	asks.Visit(asks.First(`/audit/[0-9a-z]+/criterion/V2`).Path)
	asks.See("Schools near you that offer help")
	asks.Accessible()
	asks.Click("Dale School 4")
	asks.Accessible()
	asks.Fill("What would you like to see or ask?", "How did you begin, and who was in the room?")
	asks.Click("Ask")
	asks.See("Asked. Their answer comes here.")
	asks.Accessible()
	exchange := asks.Path()

	offers.Visit("/")
	offers.See("A school asks for your help")
	offers.Click("All staff believe")
	offers.Choose("Yes, come")
	offers.Fill("In a sentence or two", "Ring the office; Mondays suit us.")
	offers.Click("Answer")
	offers.See("Answered. They read it here.")

	asks.Reload()
	asks.See("Mondays suit us.")
	asks.Fill("Day of the visit", "1 9 2025")
	asks.Fill("What it was about", "We heard how colleagues came to believe it.")
	asks.Fill("What comes next", "We ask ten colleagues what they have seen.")
	asks.Click("Write it down")
	asks.See("One side so far")
	offers.Reload()
	offers.See("We ask ten colleagues what they have seen.")
	offers.Fill("What it was about, from your side", "Two colleagues came and asked about the first draft.")
	offers.Fill("What comes next for you", "We send the draft.")
	offers.Click("Keep our side")
	offers.See("Written down on both sides")
	offers.Accessible()
	asks.Visit(exchange)
	asks.See("Written down on both sides")
	asks.See("We send the draft.")

	for _, p := range []*Page{asks, offers} {
		p.Click("Yes, the cluster may read it")
	}
	offers.See("Both of you want it")
	c.Visit("/audit/together")
	c.See("Dale School 4 helped Dale School 1")
	c.NotSee("We send the draft")
	c.Click("Helping each other")
	c.See("Dale School 4 helped Dale School 1")
	c.Accessible()
}
