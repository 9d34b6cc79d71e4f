package journeys

import (
	"strings"
	"testing"
)

// The demo's other people, as the page to look around offers them.
const (
	lead    = "Gareth Molyneux"
	father  = "Bernard Achebe" // a leader whose daughter is a pupil here
	partner = "Leonie Hartwell"
)

// TestSafeguardingLeadWritesWhatFewMayRead: the key teacher learns that a restricted note is there and whom to ask, and its words stand nowhere that a
// key teacher, the head or the office can open: pages, search, print, files, counts.
func TestSafeguardingLeadWritesWhatFewMayRead(t *testing.T) {
	site := story(t)
	teacher := site.As(keyTeacher)
	child := ""
	for _, l := range teacher.Links(`/pupils/\w+`) { // one about whom nothing is restricted yet
		if _, body := teacher.Fetch(l.Path); !strings.Contains(string(body), "kept here. Ask") {
			child = l.Path
			break
		}
	}

	p := site.As(lead)
	p.Visit(child)
	p.Click("Write a note")
	p.Fill("What was said", "Grandfather keeps quokkas, and asked that few people know.")
	p.Choose("Only some of them: restricted")
	p.Click("Save the note")
	p.See("quokkas")
	p.See("Only for the author, the safeguarding lead")
	p.Accessible()
	p.Visit("/notes?q=quokkas")
	p.See("1 note")

	teacher.Visit(child)
	teacher.See("1 restricted note is kept here. Ask the safeguarding lead, " + lead + ".")
	teacher.Visit(child + "/notes")
	teacher.See("1 restricted note is kept here. Ask the safeguarding lead, " + lead + ".")
	teacher.Accessible()
	teacher.Visit("/notes?q=quokkas")
	teacher.See("0 notes")
	for _, who := range []*Page{teacher, site.As(head), site.As(office)} {
		for _, path := range []string{child, child + "/notes", child + "/notes/print", child + "/barriers", child + "/barriers/sheet", child + "/progress", "/notes", "/search?q=quokkas", "/", "/trail",
			"/trail/entries.csv", "/reach/list.csv", "/contacts/list.csv?pupil=" + strings.TrimPrefix(child, "/pupils/")} {
			if status, body := who.Fetch(path); strings.Contains(strings.ReplaceAll(string(body), "q=quokkas", ""), "quokkas") && path != "/search?q=quokkas" || status >= 500 {
				t.Errorf("%s reads the restricted note at %s (%d)", who.who, path, status)
			}
		}
		who.AllowErrors()
	}

	// The look of the lead is on the trail, for those who may see it.
	a := site.As(administrator)
	a.Click("Trail")
	a.See("Restricted record seen")
}
