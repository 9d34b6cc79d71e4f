package journeys

import (
	"strings"
	"testing"
	"time"
)

// The words of one talk, used by both journeys.
const (
	parentsWords = "She wants to be a vet. Mornings are hard because I leave at five."
	shortly      = "Mornings are hard, and she wants to be a vet."
)

// mine goes to the first talk with a time agreed on the key teacher's own page.
func (p *Page) mine() (talk, child string) {
	p.t.Helper()
	p.Click("Conversations")
	p.See("Times agreed in the next seven days")
	l := p.First(talkPath)
	return l.Path, turned(l.Text)
}

// TestKeyTeacherHoldsATalkWithoutScript: four steps, agreed, read back, corrected, on a machine that runs no script.
func TestKeyTeacherHoldsATalkWithoutScript(t *testing.T) {
	site := story(t)
	p := site.Person(keyTeacher)
	p.NoScript(true)
	p.enter(keyTeacher)

	p.Click("Reach")
	p.See("8 pupils") // hers and no others
	p.Visit("/search?q=a")
	if n := len(p.Links(`/pupils/\w+`)); n > 16 {
		t.Errorf("a search shows %d pupils to a key teacher of eight", n)
	}

	talk, child := p.mine()
	p.Visit(talk + "/prepare")
	p.See("What is known")
	p.See("Attendance")
	p.See("as of")
	p.See("Targets of last time")
	p.See("What colleagues say")
	p.Picture("prepare")
	p.Accessible()
	p.Click("Begin the talk")

	p.Fill("The parent's words", parentsWords)
	p.Fill("What "+strings.Fields(child)[0]+" says", "I like the animals at the farm.")
	p.Fill("Who is here", "Mum")
	p.Fill("What we agreed at the start: what is shared, and with whom", "The form tutor sees this.")
	p.Choose("I said what I can't keep to myself")
	p.Narrow()
	p.Picture("talk-phone")
	p.Wide()
	p.Click("Save and next")

	p.See("What matters most now: three things at most")
	p.Fill("Priority 1", "Getting here on Mondays")
	p.Fill("Priority 2", "Maths homework")
	p.Fill("Priority 3", "A friend to sit with")
	p.Fill("Sum up what you heard, and read it back", shortly)
	p.Choose("Yes, that is right")
	p.Click("Save and next")

	// A target that is nobody's cannot be agreed.
	p.See("Two to four targets")
	p.In("Target 1").Fill("What will be done", "Breakfast in the library on Mondays from eight")
	p.In("Target 1").Fill("By when", day(30))
	p.Click("Save and next")
	p.Click("Finish: this is what we agreed")
	p.See("There is a problem")
	p.NotSee("Version 1")
	p.Click("Plan")
	p.In("Target 1").Choose("School")
	p.In("Target 1").Fill("Who exactly (optional)", keyTeacher)
	p.In("Target 1").Fill("How we will know (optional)", "Mondays here out of six")
	p.In("Target 2").Fill("What will be done", "Bag packed on Sunday night")
	p.In("Target 2").Choose("Parent or carer")
	p.In("Target 2").Fill("By when", day(30))
	p.Click("Save and next")

	p.See("Read it back together")
	p.See("Breakfast in the library on Mondays from eight")
	p.Fill("When we talk again (optional)", day(35))
	p.Fill("Who will see this", "The form tutor and Mum.")
	p.Click("Finish: this is what we agreed")
	p.See("Version 1")
	p.See("What was agreed")
	p.See(shortly)

	// Read back on paper.
	p.Visit(talk + "/sheet")
	p.See("What we at school will do first")
	p.See("What you will do")
	p.See(child)
	p.NotSee("barrier")
	p.Picture("sheet")
	if _, sheets := p.PrintPDF(); sheets < 1 || sheets > 2 {
		t.Errorf("the sheet to read back takes %d pages and should take one or two", sheets)
	}

	// Agreed by one adult, then put right by that adult: both versions are kept.
	p.Visit(talk)
	p.Click("Record an agreement")
	adult := p.In("Who agrees").one(`Who agrees (.+?), `)
	p.In("Who agrees").Choose(adult)
	p.Choose("In the room")
	p.Click("Save the agreement")
	p.See(adult + " agreed to version 1, in the room")
	p.Click("Correct it")
	p.In("Who asked for it").Choose(adult)
	p.Fill("What is different", "It is six, not five.")
	p.Fill("In short", shortly+" I leave at six.")
	p.Click("Save as a new version")
	p.See("Version 2")
	p.See("I leave at six")
	p.Click("Earlier versions")
	p.See("Version 1")
	p.See("It is six, not five.")
	p.See(adult + " agreed to version 1, in the room")
	p.Accessible()
}

// TestKeyTeacherLosesNothing: a talk typed with a script, the server's plug pulled, the laptop closed.
func TestKeyTeacherLosesNothing(t *testing.T) {
	site := story(t)
	p := site.As(keyTeacher)
	talk, _ := p.mine()
	p.Visit(talk + "/talk/explore")
	p.Fill("The parent's words", parentsWords)
	p.saved()
	p.Picture("talk")
	before := p.one(`(?i)(saved[^.]*?\d\d:\d\d)`)
	if before == "" {
		t.Error("the page does not say when it saved")
	}

	site.PullThePlug()
	p.Reload()
	p.Holds("The parent's words", parentsWords)

	// Another laptop, another day: it is all there, and the four steps know about it.
	q := site.As(keyTeacher)
	q.Visit(talk + "/talk/explore")
	q.Holds("The parent's words", parentsWords)
	q.Click("Save and next")
	q.Fill("Priority 1", "Getting here on Mondays")
	q.Click("Save and next")
	q.Click("Explore")
	q.Holds("The parent's words", parentsWords)
	q.Fill("The parent's words", parentsWords+" And Grandad is ill.")
	q.Click("Save and stop here")
	q.See("Where it stands")
	q.Visit(talk + "/earlier")
	q.unfold()
	q.See(parentsWords)

	// Three priorities at most: the page has no fourth field.
	q.Visit(talk + "/talk/focus")
	q.NotSee("Priority 4")
}

// saved waits for the page to say that it has saved by itself.
func (p *Page) saved() {
	p.t.Helper()
	for end := time.Now().Add(12 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if eval[string](p, `(document.querySelector('[data-save-state]') || document.body).dataset.state || ''`) == "saved" {
			return
		}
	}
	p.fail("the page did not save by itself")
}

// TestKeyTeacherReviewsTargets looks at what was agreed last time, together.
func TestKeyTeacherReviewsTargets(t *testing.T) {
	site := story(t)
	p := site.As(keyTeacher)
	p.Click("Conversations")
	p.See("Targets to look at again")
	review := p.First(talkPath + `/review`)
	_, words, _ := strings.Cut(review.Text, ": ")
	p.Visit(review.Path)
	one := p.In(words)
	one.Choose("Partly met")
	one.Fill("Why, without blame", "Two Mondays out of four. The bus was late.")
	one.Choose("Keep going as it is")
	p.Accessible()
	one.Click("Save the review of")
	p.See("Partly met")
	p.Click("Back to the conversation")
	p.In(words).See("Partly met")
	p.See("The bus was late")
}
