package journeys

import (
	"slices"
	"strings"
	"testing"
)

// part is one role in the school: who plays it in the demo, which places the menu offers, what the first page says, and the first thing they do.
type part struct {
	who   string
	menu  string
	first string // stands on the first page
	do    func(p *Page)
	shut  []string // answers as if it were not there
}

// TestEachRoleOnBothEngines: each person's first page and menu are what the role needs, and no more; both widths are accessible; one thing that the
// role is there for works, and what is not theirs is not there.
func TestEachRoleOnBothEngines(t *testing.T) {
	parts := map[string]part{
		"head": {head, "Today, Reach, Find, Conversations, Families reached, Messages, Attendance, Improving, Staff, Working together, Sign-in, Imports, Organisations, Trail, Settings", "You see every pupil, because of the role “Head”.", func(p *Page) {
			p.Click("Reach")
			p.See("1,250 pupils")
		}, nil},
		"leader": {"Bernard Achebe", "Today, Reach, Find, Conversations, Families reached, Messages, Attendance, Improving, Staff, Working together, Organisations", "Look as parent or carer of", func(p *Page) {
			p.Click("Families reached")
			p.See("Families by year group")
		}, []string{"/settings", "/imports", "/trail"}},
		"key teacher": {keyTeacher, "Today, Reach, Find, Conversations, Messages, Attendance, Improving, Staff, Organisations", "You see 8 pupils because you are their key teacher.", func(p *Page) {
			talk, _ := p.mine()
			p.Visit(talk + "/talk/explore")
			p.Fill("The parent's words", "We like the new bus.")
			p.Click("Save and next")
			p.See("What matters most now")
		}, []string{"/settings", "/imports", "/trail", "/duplicates", "/conversations/coverage"}},
		"SENCO": {"Anita Farrow", "Today, Reach, Find, Conversations, Families reached, Messages, Attendance, Improving, Staff, Working together, Organisations", "You see every pupil", func(p *Page) {
			p.Click("Reach")
			p.Click("Cohorts")
			p.See("Families to reach this year")
		}, []string{"/settings", "/imports", "/trail", "/reach/rules/edit"}},
		"safeguarding lead": {"Gareth Molyneux", "Today, Reach, Find, Conversations, Families reached, Messages, Attendance, Improving, Staff, Working together, Organisations, Trail, Settings", "You see every pupil", func(p *Page) {
			p.Click("Trail")
			p.See("Entries are only ever added")
		}, []string{"/imports", "/families/changes"}},
		"office": {office, "Today, Find, Conversations, Messages, Attendance, Improving, Staff, Working together, Imports, Organisations", "families to call: no reply yet", func(p *Page) {
			p.Visit("/contacts?year=7")
			p.See("adults are left out because of an order")
			p.See("Download as CSV")
		}, []string{"/reach", "/notes", "/settings", "/trail", "/conversations/coverage"}},
		"family worker": {familyWorker, "Today, Reach, Find, Conversations, Messages, Attendance, Improving, Staff, Working together, Organisations", "You see 8 pupils because you are their family worker.", func(p *Page) {
			p.Click("Reach")
			p.See("8 pupils")
		}, []string{"/settings", "/imports", "/trail", "/duplicates"}},
		"governor": {governor, "Today, Reach, Families reached, Messages, Attendance, Improving, Working together, Organisations", "You see no pupil by name.", func(p *Page) {
			p.Click("Families reached")
			p.See("fewer than 5")
		}, []string{"/search?q=a", "/notes", "/conversations", "/staff", "/contacts"}},
		"co-ordinator": {coordinator, "Today, Reach, Families reached, Messages, Attendance, Improving, Working together, Organisations", "You see no pupil by name.", func(p *Page) {
			p.Click("Families reached")
			p.See("Families by school")
		}, []string{"/search?q=a", "/notes", "/conversations", "/staff"}},
		"administrator": {administrator, "Today, Reach, Find, Attendance, Where are we?, Staff, Working together, Sign-in, Imports, Organisations, Trail, Settings", "You see every pupil", func(p *Page) {
			p.Click("Settings")
			p.See("What this school decides for itself")
		}, []string{"/notes", "/conversations", "/conversations/coverage"}},
		"adviser": {"Rhys Calloway", "Today, Reach, Families reached, Attendance, Improving, Organisations", "Figures, without names", func(p *Page) {
			p.Click("Reach")
			p.See("Figures without names")
			p.See("fewer than 5")
		}, []string{"/search?q=a", "/notes", "/conversations", "/staff", "/sharing", "/reach/list.csv"}},
		"assessor": {"Corinne Maddox", "Today, Reach, Families reached, Attendance, Improving, Organisations", "Figures, without names", func(p *Page) {
			p.Click("Attendance")
			p.See("Attendance of the school")
		}, []string{"/search?q=a", "/notes", "/conversations", "/staff", "/sharing", "/reach/list.csv"}},
		"partner practitioner": {"Leonie Hartwell", "Today, Find, Notes, Staff, Organisations", "You see 2 pupils because you are their family worker.", func(p *Page) {
			p.Visit(p.First(`/pupils/\w+`).Path)
			p.See("Family and carers")
			p.See("Why do I see this?")
		}, []string{"/reach", "/conversations", "/contacts", "/settings", "/trail", "/progress"}},
	}
	OnBothEngines(t, func(t *testing.T, site *Site) {
		for role, x := range parts {
			p := site.As(x.who)
			p.See(x.first)
			if menu := strings.Join(p.menu(), ", "); menu != x.menu {
				t.Errorf("the menu of the %s: %s", role, menu)
			}
			if site.db == "" && !slices.Contains(walked, x.who) {
				p.Accessible() // the same pages on either engine
			}
			x.do(p)
			for _, path := range x.shut {
				if status, _ := p.Fetch(path); status != 404 {
					t.Errorf("the %s opens %s with %d", role, path, status)
				}
			}
		}
	})
}

// menu is what the menu of a wide window offers.
func (p *Page) menu() []string {
	p.t.Helper()
	return slices.DeleteFunc(strings.Split(eval[string](p, `Array.from(document.querySelectorAll('.ajar-nav .ajar-nav__link')).map(a => a.firstChild.textContent.trim()).join('|')`), "|"), func(s string) bool { return s == "" })
}
