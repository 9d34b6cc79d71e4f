package journeys

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAdministratorLooksAfterTheSchool: settings, a new colleague with a part, and who may do what.
func TestAdministratorLooksAfterTheSchool(t *testing.T) {
	site := story(t)
	p := site.As(administrator)
	p.Click("Settings")
	p.Fill("Deputy", "Nobody Yet")
	p.Fill("Attendance you aim for", "one hundred and twenty")
	p.Click("Save")
	p.See("There is a problem")
	p.Holds("Deputy", "Nobody Yet") // what was typed is not lost
	p.Fill("Attendance you aim for", "96")
	p.Click("Save")
	p.Visit("/safeguarding")
	p.See("Nobody Yet")

	p.Click("Staff")
	p.Click("Add a colleague")
	p.Fill("Forename", "Hephzibah")
	p.Fill("Surname", "Orlebar")
	p.Click("Save")
	p.See("Hephzibah Orlebar")

	p.Visit("/rights")
	p.See("Who may do what")
	p.See("Key teacher")
	p.See("Governor")
	p.Accessible()
}

const roll = `pupil_id,forename,surname,year,sen,parent_1_name,parent_1_relationship,parent_1_phone
1,Ottoline,Vane,8,K,Barnaby Vane,father,07700 900801
2,Ptolemy,Wren,9,,Leocadia Wren,mother,07700 900802
`

// TestAdministratorBeginsFromNothing: an empty folder, two commands, one link, a roll.
func TestAdministratorBeginsFromNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("journeys need a browser and a minute; not in a short run")
	}
	site := StartEmpty(t)
	site.Ajar("org", "add", "--code", "OAK", "--name", "Oakfield School", "--type", "school")
	said := site.Ajar("link", "--org", "OAK", "--name", "Hephzibah Orlebar", "--at", site.URL)
	address := regexp.MustCompile(`http\S+`).FindString(said)
	if !strings.HasPrefix(address, site.URL+"/link/") {
		t.Fatalf("no link in %q", said)
	}

	p := site.Person("an administrator")
	p.Visit("/settings")
	p.See("Sign in to Ajar") // nothing without a link
	p.Accessible()
	// A mail reader that follows the link before her does not use it up.
	for range 2 {
		answer, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	p.Visit(address)
	p.See("This link is for you alone")
	p.Accessible()
	p.Click("Sign in")
	p.See("Good to see you, Hephzibah")

	q := site.Person("somebody who found the link")
	q.Visit(address)
	if strings.Contains(q.Text(), "This link is for you alone") {
		q.Click("Sign in")
	}
	q.NotSee("Good to see you")
	q.AllowErrors()

	file := filepath.Join(t.TempDir(), "roll.csv")
	if err := os.WriteFile(file, []byte(roll), 0o644); err != nil {
		t.Fatal(err)
	}
	p.Click("Imports")
	begins(t, p) // whoever brings families in is asked for more than a link
	p.See("Nothing brought in yet")
	p.Click("Pupils and parents")
	p.Upload("The file", file)
	p.Click("Continue")
	p.See("2 rows: 2 new, 0 changed, 0 the same as now, 0 refused.")
	p.Click("Bring in")
	p.See("Undo this import")
	p.Visit("/search?q=vane")
	p.See("Ottoline Vane")
	p.See("Barnaby Vane")
}
