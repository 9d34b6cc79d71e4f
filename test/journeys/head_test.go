package journeys

import (
	"testing"
)

// TestHeadFindsWhoNeedsReaching is the main job of the product as the head sees it.
func TestHeadFindsWhoNeedsReaching(t *testing.T) {
	site := story(t)
	p := site.As(head)
	p.Picture("today")
	p.Click("Reach")
	p.See("1,250 pupils")
	p.Click("Filter these pupils")
	p.Fill("Year group", "Year 9")
	p.Fill("I factor", "3 or more")
	p.Fill("Cohort", "In none")
	p.Click("Show")
	p.See("of 1,250 pupils")
	p.Picture("reach")
	child := p.First(`/pupils/\w+/barriers`)
	list := "/reach?year=9&at_least=3&cohort=out"
	name := turned(child.Text)

	p.Click(child.Text)
	p.See("What is counted, and why")
	p.See(name)
	p.See("from the roll") // every value with its date and its source
	p.See("As of ")
	p.See("not a prediction")
	p.Picture("why")
	p.Click("Sheet for the family")
	p.See(name)
	if _, sheets := p.PrintPDF(); sheets > 2 {
		t.Errorf("the sheet for a family takes %d pages", sheets)
	}

	// The list as it was: the count of an earlier day is that day's.
	p.Visit("/reach")
	p.Click("Filter these pupils")
	p.Fill("Show the list as it was on", day(-60))
	p.Click("Show")
	p.See("As it was")
	p.NotSee("As of today")

	// A rule from plain choices, with what it would change before it is kept.
	p.Click("Rules")
	p.Click("Make a rule")
	p.Fill("What is this barrier called?", "Attendance below 80 %")
	one := p.In("Line 1")
	one.Fill("What", "Attendance")
	one.Fill("How", "is below")
	one.Fill("Value", "80")
	p.Click("See what it would change")
	p.See("Nothing is kept yet")
	p.Picture("rule-what-if")
	p.Accessible()
	p.Click("Keep this rule")
	p.See("Attendance below 80 %")

	// A person puts pupils into a cohort, and says why.
	p.Visit(list)
	first, second := p.Links(`/pupils/\w+/barriers`)[0].Text, p.Links(`/pupils/\w+/barriers`)[1].Text
	p.Choose("Choose " + first)
	p.Choose("Choose " + second)
	p.Click("Put the chosen pupils into a cohort")
	p.See("2 pupils chosen")
	p.Choose("A new cohort")
	p.Fill("Name of the new cohort", "Year 9 after half term")
	p.Click("Put 2 pupils into the cohort")
	p.See("There is a problem") // no reason, no cohort
	p.Fill("Why these pupils?", "Their tutors are worried and nobody has talked with home yet.")
	p.Click("Put 2 pupils into the cohort")
	p.See("Year 9 after half term")
	p.See("Their tutors are worried")
	p.See("2 pupils in it now")

	// Conversations with just these families.
	p.Click("Start conversations with these families")
	p.See("2 pupils come along from")
	p.Fill("Name", "Year 9 conversations")
	p.Fill("First day", day(0))
	p.Fill("Last day", day(200))
	p.Click("Make the programme")
	p.See("Year 9 conversations")
	p.See(first)
	p.See(second)
	p.Choose("Choose " + turned(first))
	p.Fill("Key teacher for those ticked", keyTeacher)
	p.Click("Name the key teacher")
	p.In(first).See(keyTeacher)

	p.Click("Families reached")
	p.See("Families by year group")
	addsUp(p)
	p.Picture("coverage")
}

// addsUp makes sure of invited = held + would rather not + did not come + no reply in each row.
func addsUp(p *Page) {
	p.t.Helper()
	rows := eval[[][]string](p, `Array.from(document.querySelectorAll('main table')[0].querySelectorAll('tbody tr, tfoot tr')).map(r => Array.from(r.cells).map(c => c.innerText.replace(/[^0-9A-Za-z ]/g, '').trim()))`)
	if len(rows) < 2 {
		p.fail("the table has %d rows", len(rows))
	}
	n := func(s string) (out int) {
		for _, r := range s {
			if r >= '0' && r <= '9' {
				out = out*10 + int(r-'0')
			}
		}
		return out
	}
	for _, r := range rows {
		if len(r) < 7 {
			p.fail("a row of %d cells: %v", len(r), r)
		}
		invited, reached, held, declined, missed, silent := n(r[1]), n(r[2]), n(r[3]), n(r[4]), n(r[5]), n(r[6])
		if invited == 0 || invited != reached+silent || reached != held+declined+missed {
			p.t.Errorf("%s does not add up: %v", r[0], r)
		}
	}
}
