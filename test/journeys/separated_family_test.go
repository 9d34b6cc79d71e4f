package journeys

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Two rolls: Kit goes to Oak, his half-sister Sol to Elm. Mira is the mother of both, Falk is Kit's father and Olaf is Sol's; Stella lives with Mira.
const (
	oakRoll = `pupil_id,forename,surname,date_of_birth,year,address,postcode,parent_1_name,parent_1_relationship,parent_1_responsibility,parent_1_phone,parent_1_lives_with,parent_2_name,parent_2_relationship,parent_2_responsibility,parent_2_phone,parent_2_lives_with
1,Kit,Marlow,2014-05-06,7,4 Elm Row,QX1 1AA,Mira Marlow,mother,yes,07700 900401,yes,Falk Berg,father,yes,07700 900909,no
`
	oakMore = `pupil_id,forename,surname,parent_1_name,parent_1_relationship,parent_1_responsibility,parent_1_phone,parent_1_lives_with
1,Kit,Marlow,Stella Novak,step-parent,no,07700 900777,yes
`
	elmRoll = `pupil_id,forename,surname,date_of_birth,year,address,postcode,parent_1_name,parent_1_relationship,parent_1_responsibility,parent_1_phone,parent_1_lives_with,parent_2_name,parent_2_relationship,parent_2_responsibility,parent_2_phone,parent_2_lives_with
9,Sol,Marlow,2018-07-08,3,4 Elm Row,QX1 1AA,Mira Marlow,mother,yes,07700 900401,yes,Olaf Hill,father,yes,07700 900505,no
`
)

// office signs somebody in at one of the schools, who opens the record of its child.
func (s *Site) office(code, name, child string) (p *Page, record string) {
	p = s.Person("the office of " + code)
	p.Visit(regexp.MustCompile(`http\S+`).FindString(s.Ajar("link", "--org", code, "--name", name, "--at", s.URL)))
	p.Click("Sign in")
	p.Visit("/search?q=" + child)
	record = p.First(`/pupils/[0-9a-z]+`).Path
	p.Visit(record)
	return p, record
}

var codeOnPaper = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

// letter has the office make a letter for an adult, and reads the code from it.
func (p *Page) letter(record, adult string) string {
	p.t.Helper()
	p.Visit(record + "/links")
	p.Click("Make a letter for " + adult)
	code := codeOnPaper.FindString(p.Text())
	if code == "" {
		p.t.Fatalf("the letter for %s has no code", adult)
	}
	return code
}

// parent opens the family's door on a narrow phone without script, by a code and a child's birthday.
func (s *Site) parent(name, code, day, month, year string) *Page {
	p := s.Person(name)
	p.NoScript(true)
	p.Narrow()
	p.Visit("/f/?in=en")
	p.Fill("Type the code from your letter", code)
	p.Click("Continue")
	p.born(day, month, year)
	p.Click("Continue")
	p.See("Hello")
	return p
}

func (p *Page) born(day, month, year string) {
	p.Fill("Day", day)
	p.Fill("Month", month)
	p.Fill("Year", year)
}

// TestASeparatedFamilyWithAHalfSiblingElsewhere: four adults, two children, two schools. Each adult sees exactly what is theirs by their own letter; an
// order made at one school acts there at the next tap; the other home never shows.
func TestASeparatedFamilyWithAHalfSiblingElsewhere(t *testing.T) {
	if testing.Short() {
		t.Skip("journeys need a browser and a minute; not in a short run")
	}
	s := StartEmpty(t)
	s.Ajar("org", "add", "--code", "VALLEY", "--name", "The Valley Schools", "--type", "cluster")
	s.Ajar("org", "add", "--code", "OAK", "--name", "Oak School", "--type", "school", "--in", "VALLEY")
	s.Ajar("org", "add", "--code", "ELM", "--name", "Elm School", "--type", "school", "--in", "VALLEY")
	for _, f := range []struct{ org, rows string }{{"OAK", oakRoll}, {"OAK", oakMore}, {"ELM", elmRoll}} {
		file := filepath.Join(t.TempDir(), "roll.csv")
		if err := os.WriteFile(file, []byte(f.rows), 0o644); err != nil {
			t.Fatal(err)
		}
		s.Ajar("import", "pupils", file, "--org", f.org)
	}
	oak, kit := s.office("OAK", "Ruth Okafor", "kit")
	for _, name := range []string{"Mira Marlow", "Falk Berg", "Stella Novak"} {
		oak.See(name)
	}
	elm, sol := s.office("ELM", "Peter Lund", "sol")

	// The mother types Oak's code, and brings Elm in by the code of its letter.
	mother := s.parent("the mother", oak.letter(kit, "Mira Marlow"), "6", "5", "2014")
	mother.Click("Your children at all schools")
	mother.See("Kit Marlow")
	mother.NotSee("Sol Marlow")
	mother.Accessible()
	mother.Click("Add another school")
	mother.Accessible()
	mother.Fill("Type the code from your letter", elm.letter(sol, "Mira Marlow"))
	mother.Click("Continue")
	mother.See("No school can read the page of the other.")
	mother.NotSee("Sol Marlow")
	mother.Accessible()
	mother.born("8", "7", "2018")
	mother.Click("Show Elm School here too")
	mother.See("You see Elm School here now.")
	mother.See("Sol Marlow")
	mother.Accessible()
	together := mother.Path()
	mother.Click("Open the page at Elm School")
	mother.See("What Elm School holds about Sol Marlow")
	mother.NotSee("Olaf")
	mother.NotSee("Kit")
	mother.Visit(together)
	mother.Click("Open the page at Oak School")
	mother.See("What Oak School holds about Kit Marlow")
	mother.NotSee("Falk")

	// The fathers and the step-parent, each by their own letter.
	falk := s.parent("Kit's father", oak.letter(kit, "Falk Berg"), "6", "5", "2014")
	falks := falk.First(`/f/children/[0-9a-z]+`).Path
	falk.Visit(falks)
	falk.See("Kit Marlow")
	olaf := s.parent("Sol's father", elm.letter(sol, "Olaf Hill"), "8", "7", "2018")
	olafs := olaf.First(`/f/children/[0-9a-z]+`).Path
	olaf.Visit(olafs)
	olaf.See("Sol Marlow")
	stella := s.parent("the step-parent", oak.letter(kit, "Stella Novak"), "6", "5", "2014")
	stella.Visit(stella.First(`/f/children/[0-9a-z]+`).Path)
	stella.See("Kit Marlow")
	for _, p := range []*Page{falk, olaf} {
		for _, secret := range []string{"4 Elm Row", "QX1 1AA", "900401", "Mira"} {
			p.NotSee(secret)
		}
	}
	olaf.NotSee("Kit")
	for _, p := range []*Page{falk, stella} {
		p.NotSee("Sol")
	}
	stella.NotSee("900401")

	// Oak records an order about Falk. His next tap finds a closed door, and so does his letter; nobody else notices, and Elm is told nothing.
	paper := oak.letter(kit, "Falk Berg")
	oak.Visit(kit)
	oak.Click("Record an order about Falk Berg")
	begins(t, oak)
	oak.Choose("No contact with the child")
	oak.Fill("Who decided it?", "Family court")
	oak.Fill("Look at it again on", day(180))
	oak.Click("Continue")
	oak.See("What changes for Falk Berg")
	oak.Click("Record this order")
	falk.Reload()
	falk.See("Type the code from your letter")
	falk.NotSee("Kit")
	falk.Fill("Type the code from your letter", strings.ToLower(paper))
	falk.Click("Continue")
	falk.See("This link or code does not open now")
	falk.NotSee("order")
	falk.AllowErrors()
	olaf.Reload()
	olaf.See("Sol Marlow")
	stella.Reload()
	stella.See("Kit Marlow")
	mother.Visit(together)
	mother.See("Kit Marlow")
	mother.See("Sol Marlow")
	elm.Visit(sol)
	elm.NotSee("has recorded an order")
	elm.NotSee("Falk")

	// She parts the schools again.
	mother.Click("Stop showing Elm School here")
	mother.NotSee("Sol Marlow")
	mother.See("Kit Marlow")
	elm.Visit(sol + "/links")
	elm.Accessible()
}
