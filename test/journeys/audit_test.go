package journeys

import (
	"regexp"
	"strings"
	"testing"
)

// TestSchoolAsksHowItStands is an audit from its beginning to what came of it: the head sets it up, a colleague rates, a parent answers by a link on a phone
// without script, the head closes it, and the team agrees a level and looks at the results.
func TestSchoolAsksHowItStands(t *testing.T) {
	site := story(t)
	h := site.As(head)
	h.Visit("/audit")
	h.Accessible()
	h.Click("Begin an audit")
	h.Accessible()
	h.Choose("A school")
	h.Choose("Families and our room, version 1")
	for _, g := range []string{"Leaders", "Staff", "Parents"} {
		h.Choose(g)
	}
	h.Fill("Carry an earlier audit forward?", "No, begin empty")
	h.Fill("What is it called?", "Our room this winter")
	h.Click("Begin")
	h.See("Our room this winter")
	h.See("Nobody has begun yet")
	audit := h.Path()

	c := site.As(keyTeacher)
	c.Click("Our room this winter")
	c.Accessible()
	c.Click("Begin")
	c.Choose("Starting")
	c.Fill("Why?", "Two homes have told me what their child is called at home.")
	c.Accessible()
	c.Narrow()
	c.Accessible()
	c.Click("Save and see them all")
	c.See("1 of ")
	c.Click("I am done")
	c.See("Your view is handed in")

	o := site.As(office)
	o.Visit("/classes")
	o.Click("10A")
	o.Visit(o.First(`/pupils/[0-9a-z]+`).Path)
	record := o.Path()
	o.Visit(record + "/edit")
	o.Fill("Date of birth", "27 3 2013")
	o.Click("Save")
	o.Visit(record + "/links")
	o.Click(regexp.MustCompile(`Make a letter for \S+ \S+`).FindString(o.Text()))
	o.See("Point the camera of your phone at the square.")
	code := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`).FindString(o.Text())

	p := site.Person("a parent")
	p.NoScript(true)
	p.Narrow()
	p.Visit("/f/?in=en")
	p.Fill("Type the code from your letter", code)
	p.Click("Continue")
	p.Fill("Day", "27")
	p.Fill("Month", "3")
	p.Fill("Year", "2013")
	p.Click("Continue")
	p.See("How do you see our school?")
	own := "/f/audits/" + strings.TrimPrefix(audit, "/audit/")
	p.Visit(p.First(regexp.QuoteMeta(own)).Path)
	p.See("Your name is not kept with your answers.")
	p.Accessible()
	p.Click("Begin")
	p.Accessible()
	for strings.Contains(p.Text(), "How true is this for you?") {
		p.Choose("Yes, very much")
		p.Click("Next")
	}
	p.See("Is there something you would like to tell us?")
	p.Accessible()
	p.Fill("What you would like to tell us", "The phone call before the letter was kind.")
	p.Click("Send my answers")
	p.See("Your answers are in.")
	p.Accessible()

	// While it is open, and with one answer also afterwards, nobody sees what parents say.
	h.Visit(audit)
	h.See("parents have handed in")
	h.NotSee("The phone call before the letter")
	h.Click("Close, or move the last day")
	h.Accessible()
	h.Click("Close the audit")
	h.See("The audit is closed.")
	h.NotSee("The phone call before the letter")
	h.Accessible()
	h.Narrow()
	h.Accessible()
	h.Wide()
	h.Visit(h.First(regexp.QuoteMeta(audit) + `/criterion/.*`).Path)
	h.See("Two homes have told me")
	h.Accessible()
	h.Choose("Starting")
	h.Fill("Why", "We asked in two rooms and looked at the sheets.")
	h.Click("Keep, and go to the next")
	h.Visit(audit)
	h.See("agreed")
	h.Narrow()
	h.Accessible()
	for _, paper := range []string{"/print", "/sheet?for=staff", "/sheet?for=parents"} {
		h.Visit(audit + paper)
		h.Accessible()
		h.PrintPDF()
	}

	p.Visit(own)
	p.See("Thank you")
}
