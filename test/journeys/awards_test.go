package journeys

import (
	"bytes"
	"regexp"
	"testing"
)

// TestAnAwardFromItsObjectivesToItsCertificate: a head begins an award and maps evidence, the adviser comments and writes about a visit, the assessor decides
// objective by objective, and the certificate prints. The adviser can't decide, and neither of the two sees a pupil.
func TestAnAwardFromItsObjectivesToItsCertificate(t *testing.T) {
	site := story(t)
	h := site.As(head)
	h.See("runs out on")
	h.Visit("/awards")
	h.Accessible()
	h.Click("Begin an award")
	h.Accessible()
	h.Choose("Our Front Door, version 1")
	h.Fill("What is it called?", "The front door this winter")
	h.Fill("How long does it last?", "36")
	h.Fill("Parents in the steering group", "2")
	h.Click("Begin")
	h.See("3 of 3 objectives have no evidence")
	award := h.Path()
	h.Accessible()

	h.Click("Name people")
	h.Accessible()
	h.Fill("Name somebody for the steering group", familyWorker)
	h.Click("Name them as Steering group")
	h.Fill("Name an adviser", "Rhys Calloway")
	h.Click("Name them as Adviser")
	h.Fill("Name the assessor", "Corinne Maddox")
	h.Click("Name them as Independent assessor")
	h.Visit(award)
	h.See("Idris Wakefield, and 2 parents")

	// Evidence: one piece for all three objectives.
	h.Click("The phone is answered by a person")
	h.Accessible()
	h.unfold()
	h.Fill("The address of a page", "https://school.example.org/front-door")
	h.Fill("What is it?", "Two weeks at the front door")
	h.Fill("What does it show?", "Of 214 calls, 209 reached a person.")
	h.Click("Add it")
	h.See("It stands beside this objective now.")
	for _, next := range []string{"Next: Nobody waits more than ten minutes without a word", "Next: The office can greet in the languages that families speak"} {
		h.Click(next)
		h.unfold()
		h.Fill("A piece that is kept already", "Two weeks at the front door")
		h.Fill("What does it show?", "The same two weeks.")
		h.Click("Add it")
	}
	h.Accessible()

	// The way, in order: the audit of last year, no plan, and the reason.
	h.Visit(award)
	h.NotSee("have no evidence")
	h.Click("Settle the steps")
	h.Choose("With an audit in Ajar")
	h.Fill("Which audit", regexp.MustCompile(`Where are we, last year, closed on \d+ \w+ \d+`).FindString(h.Text()))
	h.Accessible()
	h.Click("Write it down")
	h.See("See the audit")
	h.Choose("It is skipped")
	h.Click("Write it down")
	h.See("Write why this step is skipped.")
	h.Fill("Why it is skipped", "Three objectives need no plan of their own.")
	h.Click("Write it down")
	h.Accessible()
	h.Visit(award)
	h.See("“Adviser's visit” is still ahead")

	a := site.As("Rhys Calloway")
	a.See("is one that you advise on")
	a.Click("The front door this winter")
	a.Accessible()
	a.Fill("The day of your visit", day(0))
	a.Fill("What you looked at, and what you said", "Stood in the hall for an hour. Nobody waited long, and nobody was sent away.")
	a.Click("Write it down")
	a.See("Your visit is written down.")
	a.Click("The phone is answered by a person")
	a.Fill("Your comment", "Say in which language the calls were.")
	a.Click("Keep the comment")
	a.See("Say in which language the calls were.")
	a.Accessible()
	a.Narrow()
	a.Accessible()
	for _, path := range []string{award + "/decide", award + "/steps", award + "/people", "/search?q=a", "/pupils", "/audit-evidence", "/staff"} {
		if status, _ := a.Fetch(path); status != 404 {
			t.Errorf("the adviser opens %s with %d", path, status)
		}
	}

	c := site.As("Corinne Maddox")
	c.Visit(award)
	c.See("The school is still gathering.")
	c.NotSee("Two weeks at the front door")
	c.Accessible()

	h.Visit(award)
	h.Click("It is ready for assessment")
	h.See("It is ready. What the assessor sees stays as it is now.")
	h.Accessible()

	c.Visit("/")
	c.See("waits for your assessment")
	c.Click("The front door this winter")
	c.See("Action plan was skipped. Three objectives need no plan of their own.")
	c.Accessible()
	c.Click("The phone is answered by a person")
	c.See("Of 214 calls, 209 reached a person.")
	c.See("Say in which language the calls were.")
	c.Accessible()
	c.Choose("Not met yet")
	c.Click("Keep it")
	c.See("Write what is still to be shown.")
	c.Choose("Met")
	c.Click("Keep it")
	c.Click("Next: Nobody waits more than ten minutes without a word")
	c.Choose("Met")
	c.Click("Keep it")
	c.Visit(award + "/decide")
	c.Accessible()
	c.Choose("Awarded")
	c.Click("Decide")
	c.See("1 of 3 objectives are not judged yet")
	c.Click("The office can greet in the languages that families speak")
	c.Choose("Met")
	c.Click("Keep it")
	c.Visit(award + "/decide")
	c.Choose("Awarded")
	c.Fill("A word to the school", "Whoever rings is glad to have rung.")
	c.Click("Decide")
	c.See("It is decided, and the school can read it.")
	for _, path := range []string{"/search?q=a", "/pupils", "/audit-evidence", "/staff"} {
		if status, _ := c.Fetch(path); status != 404 {
			t.Errorf("the assessor opens %s with %d", path, status)
		}
	}

	h.Visit(award)
	h.See("It runs out on")
	h.Accessible()
	for _, paper := range []string{"/certificate", "/print"} {
		h.Visit(award + paper)
		h.See("Three objectives need no plan of their own.")
		h.Accessible()
		if pdf, sheets := h.PrintPDF(); sheets < 1 || sheets > 3 || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Errorf("%s prints on %d sheets", paper, sheets)
		}
	}
	h.Visit(award + "/certificate")
	h.See("This is an award of our own.")
	h.See("It does not certify that children are safe here")
	h.Visit(award)
	h.Click("Carry it on")
	h.See("It goes on here, with what was there.")
	h.Accessible()
}
