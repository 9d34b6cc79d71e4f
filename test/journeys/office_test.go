package journeys

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A sheet as another system writes it: other headings, a semicolon between, one row without a number and one without a name.
const newPupils = "Adm No;First name;Family name;Born;Yr;Mum or dad;Their mobile\n" +
	"N9001;Zuleika;Penhaligon;14/03/2015;7;Hortense Penhaligon;07700 900991\n" +
	"N9002;Caspian;Penhaligon;02/11/2012;9;Hortense Penhaligon;07700 900991\n" +
	";Nobody;Numberless;01/01/2014;8;;\n" +
	"N9004;;;01/01/2014;8;Nameless Guardian;\n"

// TestOfficeBringsInASheet follows a file from the secretary's own system into Ajar and out again.
func TestOfficeBringsInASheet(t *testing.T) {
	site := story(t)
	file := filepath.Join(t.TempDir(), "new pupils.csv")
	if err := os.WriteFile(file, []byte(newPupils), 0o644); err != nil {
		t.Fatal(err)
	}
	p := site.As(office)
	p.Click("Imports")
	p.Click("Pupils and parents")
	p.Upload("The file", file)
	p.Click("Continue")

	p.See("Match the columns")
	p.See("Adm No")
	p.Fill("Pupil id", "Adm No (N9001)")
	p.Fill("Forename", "First name (Zuleika)")
	p.Fill("Surname", "Family name (Penhaligon)")
	p.Fill("Date of birth", "Born (14/03/2015)")
	p.Fill("Year", "Yr (7)")
	p.Fill("Parent 1 name", "Mum or dad (Hortense Penhaligon)")
	p.Fill("Parent 1 phone", "Their mobile (07700 900991)")
	p.Click("Show what would happen")

	p.See("Nothing has been written yet")
	p.See("4 rows: 2 new, 0 changed, 0 the same as now, 2 refused.")
	p.See("There is no pupil_id and no UPN")
	p.Picture("import-preview")
	p.Accessible()
	preview := p.Path()

	p.Visit("/search?q=Penhaligon")
	p.See("Nobody was found")
	p.Visit(preview)
	p.Click("Bring in")
	p.See("Undo this import")
	p.See("2 new")
	refused := p.First(`/imports/batches/\w+/refused`)
	status, body := p.Fetch(refused.Path)
	if status != 200 || !strings.Contains(string(body), "Numberless") || !strings.Contains(string(body), "Nameless") || strings.Contains(string(body), "Zuleika") {
		t.Errorf("the refused rows: %d\n%s", status, body)
	}

	p.Fill("Find a pupil or a parent", "07700900991")
	p.Click("Search")
	p.See("Hortense Penhaligon")
	p.See("Zuleika Penhaligon")
	p.See("Caspian Penhaligon")

	p.Visit(preview)
	p.Click("Undo this import")
	p.See("taken away")
	p.Visit("/search?q=Penhaligon")
	p.See("Nobody was found")

	// The same file again needs no mapping: it is remembered.
	p.Visit("/imports/new/pupils")
	p.Upload("The file", file)
	p.Click("Continue")
	p.See("Nothing has been written yet")
}

// TestOfficePrintsLettersAndLogsACall: a round is opened by the head; the office asks the families.
func TestOfficePrintsLettersAndLogsACall(t *testing.T) {
	site := story(t)
	h := site.As(head)
	h.Visit("/conversations/programmes")
	h.Click("Structured conversations")
	programme := h.Path()
	h.Click("Add a round")
	h.In("What happens in it").Choose("A conversation with each family")
	h.Fill("Title", "Third conversation")
	h.Fill("Opens", day(0))
	h.Fill("Closes", day(40))
	h.Click("Add the round")
	h.See("Third conversation")

	p := site.As(office)
	p.Visit(programme)
	p.Click("Third conversation")
	families := p.one(`(\d+) families of \d+`)
	p.See(families + " families have not been asked yet")
	p.Click("Prepare letters for everyone not asked yet")
	p.See(families + " families of " + families)
	round := p.Path()
	p.Visit(round + "/letters")
	p.See("Dear")
	p.NotSee("barrier")
	_, sheets := p.PrintPDF()
	letters := strings.Count(p.Text(), "Dear ")
	if letters < 100 || sheets < letters || sheets > 2*letters {
		t.Errorf("%d letters print on %d sheets; each family needs one of its own, and it should fit on one or two", letters, sheets)
	}
	p.Visit(round)
	p.Click("The printed letters are on their way")
	p.See("No reply yet")

	p.Fill("Where they stand", "No reply yet")
	p.Click("Show")
	family := p.First(talkPath)
	p.Visit(family.Path)
	p.NotSee("Begin the talk")
	p.NotSee("What you told us")
	p.Choose("Agreed a time")
	p.Fill("Day", day(6))
	p.Fill("Time", "16:45")
	p.Fill("Place (optional)", "The family room")
	p.Click("Save the call")
	p.See("Time agreed")
	p.See("The family room")
	p.See(dayWords(6))

	// Not hers to read or to hold.
	for _, path := range []string{"/talk/explore", "/prepare", "/sheet"} {
		if status, _ := p.Fetch(family.Path + path); status != 404 && status != 403 {
			t.Errorf("the office opens %s with %d", path, status)
		}
	}
}
