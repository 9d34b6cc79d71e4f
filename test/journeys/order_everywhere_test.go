package journeys

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestAnOrderTakesEffectEverywhere: a mother reads at her own door, holds a link that was sent, and stands on every list. An order is recorded. The page
// before it is saved says what she loses and what she was sent; from the next request on no channel reaches her, and the father loses nothing.
func TestAnOrderTakesEffectEverywhere(t *testing.T) {
	site := story(t)
	parent := site.Person("a mother")
	parent.Visit("/look-around")
	mother := parent.one(`Look as a parent (\S+ \S+)`)
	parent.Click("Look as a parent " + mother)
	parent.See("Hello")
	child, sheet := parent.First(`/f/children/\w+`).Path, parent.First(`/f/sheets/\w+`).Path
	key, talk := strings.TrimPrefix(child, "/f/children/"), strings.TrimPrefix(sheet, "/f/sheets/")
	pupil, times := "/pupils/"+key, "/f/times/"+talk

	o := site.As(office)
	o.Visit(pupil + "/links")
	o.Click("Make a link to copy for " + mother)
	link := o.Value("The link")
	h := site.As(head)
	h.Visit(pupil)
	father := h.one(`(\S+ \S+) Change details of`)
	if father == mother {
		father = h.one(`Record an order about ` + mother + `.*? (\S+ \S+) Change details of`)
	}

	// channels are the ways by which she is reached, each as somebody would look.
	shows := func(p *Page, path, words string) bool {
		_, body := p.Fetch(path)
		return strings.Contains(string(body), words)
	}
	opens := func(p *Page, path string) bool {
		status, _ := p.Fetch(path)
		return status == 200
	}
	// paper is what is printed, without the notes for staff around it.
	paper := func(p *Page, path string) string {
		p.Visit(path)
		return eval[string](p, `Array.from(document.querySelectorAll('.ajar-paper')).map(e => e.innerText).join(' ')`)
	}
	called := func() string {
		o.Visit("/conversations/talks/" + talk)
		if !strings.Contains(o.Text(), "Whom you called") {
			return ""
		}
		return o.In("Whom you called").Text()
	}
	list := "?pupil=" + key
	channels := map[string]func(who string) bool{
		"labels":     func(who string) bool { return strings.Contains(paper(o, "/contacts/labels"+list), who) },
		"print list": func(who string) bool { return strings.Contains(paper(o, "/contacts/list"+list), who) },
		"CSV":        func(who string) bool { return shows(o, "/contacts/list.csv"+list, who) },
		"XLSX":       func(who string) bool { return workbookHolds(t, o, "/contacts/list.xlsx"+list, who) },
		"links given": func(who string) bool {
			return shows(o, pupil+"/links", "Make a letter") && shows(o, pupil+"/links", who)
		},
		"call list": func(who string) bool { return strings.Contains(called(), who) },
	}
	hers := map[string]func() bool{
		"the child's record at her door": func() bool { return opens(parent, child) },
		"the sheet":                      func() bool { return opens(parent, sheet) },
		"the time of a talk":             func() bool { return opens(parent, times) },
		"her own page about the child":   func() bool { return shows(parent, "/f/", child) },
		"the link that was sent": func() bool {
			answer, err := http.Get(link)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			b, err := io.ReadAll(answer.Body)
			return err == nil && answer.StatusCode == 200 && bytes.Contains(b, []byte("method=\"post\""))
		},
	}
	before := map[string]bool{}
	for name, reaches := range hers {
		if before[name] = reaches(); !before[name] && name != "the time of a talk" {
			t.Errorf("before any order %s does not reach her", name)
		}
	}
	his := map[string]bool{}
	for name, reaches := range channels {
		before[name], his[name] = reaches(mother), reaches(father)
	}
	for _, name := range []string{"labels", "print list", "CSV", "XLSX", "links given"} {
		if !before[name] {
			t.Errorf("before any order she does not stand among the %s", name)
		}
	}

	h.Visit(pupil)
	h.Click("Record an order about " + mother)
	h.Choose("No contact with the child")
	h.Fill("Who decided it?", "Family court")
	h.Fill("Look at it again on", day(180))
	h.Click("Continue")
	h.See("No longer reaches " + mother)
	for _, words := range []string{"Address labels", "Printed lists, CSV and Excel files", "Letters that invite to a conversation", "The child's record at the family's own door", "Personal links and codes",
		"What was agreed, and the time of a talk, by their own link", "The sheet of what was agreed", "was sent about", "What is on paper or was said can't be called back. What still works stops when you save."} {
		h.See(words)
	}
	h.See(father + " gets letters, messages and invitations as before.")
	h.See("No address of " + father + " is recorded but the child's.")
	h.Click("Record this order")
	h.See("No contact with the child")

	for name, reaches := range hers {
		if reaches() {
			t.Errorf("after the order she is reached by %s", name)
		}
	}
	for name, reaches := range channels {
		if reaches(mother) {
			t.Errorf("after the order she stands among the %s", name)
		}
		if reaches(father) != his[name] && name != "labels" { // his label had the child's address, which is not taken as his any more
			t.Errorf("the order about the mother changed the %s for the father", name)
		}
	}
	o.Visit("/contacts" + list)
	o.See("1 adult is left out because of an order.")
	o.In("Not by post").See(father)
	h.Visit("/conversations/talks/" + talk + "/sheet")
	h.See(father + ": signature and date")
	h.NotSee(mother + ": signature and date")
	o.Visit("/search?q=" + strings.ReplaceAll(mother, " ", "+"))
	o.See("Order in force")
	parent.Visit("/f/")
	parent.Accessible()
	parent.AllowErrors()
}

// workbookHolds looks for words in the cells of a downloaded workbook.
func workbookHolds(t *testing.T, p *Page, path, words string) bool {
	t.Helper()
	_, body := p.Fetch(path)
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatalf("%s is no workbook: %v", path, err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		_ = r.Close()
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(words)) {
			return true
		}
	}
	return false
}
