package journeys

import "testing"

// TestOfficeJoinsAMotherWhoIsHereTwice: the same mother of two siblings stands in the roll twice; the office looks at both side by side, makes one
// record of them, and takes it back.
func TestOfficeJoinsAMotherWhoIsHereTwice(t *testing.T) {
	site := story(t)
	p := site.As(office)
	p.Click("Find")
	p.Click("Adults who may be in Ajar twice")
	p.See("Nobody is joined by a name alone")
	p.Accessible()
	pair := p.First(`/duplicates/\w+/\w+`)
	children := p.Links(`/pupils/\w+`)[:2]
	p.Visit(pair.Path)
	p.See("Are these one person?")
	p.See("First record")
	p.See("Second record")
	p.See("What will happen")
	p.See("1 child comes over with everything on the tie.")
	p.Accessible()
	mother := p.one(`Are these one person\? First record (\S+ \S+)`)
	p.Click("Make them one record")
	p.Visit("/search?q=" + mother[:5] + "+" + lastWord(mother))
	p.See("1 parent or carer")
	p.See(children[0].Text)
	p.See(children[1].Text)

	p.Visit("/duplicates/merged")
	p.See(mother)
	p.Accessible()
	p.Click("Undo the joining of " + mother)
	p.See("Undone by " + office)
	p.Visit("/search?q=" + mother[:5] + "+" + lastWord(mother))
	p.See("2 parents and carers")
	p.Visit(pair.Path)
	p.See("Are these one person?") // and it can be done again
}
