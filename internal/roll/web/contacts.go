package web

import (
	"bytes"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

// groupOf reads which pupils a list is about. An address that somebody changed by hand asks for nobody.
func groupOf(q *web.Req) (g roll.Group, err error) {
	g.Year, g.Everyone = q.Text("year"), q.Text("all") != ""
	if only := roll.ReachedBy(q.Text("reached")); slices.Contains(roll.ReachedWays, only) {
		g.Only = only
	}
	if text := q.Text("class"); text != "" {
		if g.Class, err = ids.Parse[roll.Class](text); err != nil {
			return g, fault.Gone("class")
		}
	}
	for _, text := range q.Texts("pupil") {
		id, err := ids.Parse[roll.Pupil](text)
		if err != nil {
			return g, fault.Gone("pupil")
		}
		g.Pupils = append(g.Pupils, id)
	}
	return g, nil
}

// groupQuery is a group as an address carries it.
func groupQuery(g roll.Group) url.Values {
	v := url.Values{}
	switch {
	case !g.Class.Zero():
		v.Set("class", g.Class.String())
	case g.Year != "":
		v.Set("year", g.Year)
	}
	for _, p := range g.Pupils {
		v.Add("pupil", p.String())
	}
	if g.Everyone {
		v.Set("all", "1")
	}
	if g.Only != "" {
		v.Set("reached", string(g.Only))
	}
	return v
}

func (h *handlers) openContacts(q *web.Req) (roll.Contacts, error) {
	g, err := groupOf(q)
	if err != nil {
		return roll.Contacts{}, err
	}
	return h.s.Contacts(q.Context(), q.Pass, g)
}

// contacts is the page from which labels and lists are printed and taken out; without a group it asks for one.
func (h *handlers) contacts(q *web.Req) error {
	g, err := groupOf(q)
	if err != nil {
		return err
	}
	d := page(q, "Letters and labels", ui.Link{Text: "Classes", Href: ClassesPath})
	if g.Zero() {
		classes, err := h.s.Classes(q.Context(), q.Pass)
		if err != nil {
			return err
		}
		return q.Page(contactsAskPage(d, classes))
	}
	c, err := h.s.Contacts(q.Context(), q.Pass, g)
	if err != nil {
		return err
	}
	d.Wide = true
	return q.Page(contactsPage(d, c))
}

func (h *handlers) labels(q *web.Req) error {
	c, err := h.openContacts(q)
	if err != nil {
		return err
	}
	skip, _ := strconv.Atoi(q.Text("skip"))
	data := ui.LabelsData{Skip: skip}
	for _, l := range c.Labels {
		data.Labels = append(data.Labels, l.Lines())
	}
	return q.Print("pupils", 0, printed("address labels", c), labelsPage(ui.DocData{Title: "Labels: " + c.Title, Back: ui.Link{Text: "Back", Href: ContactsPath(c.Group)},
		Note: plural(len(c.Labels), "label", "labels") + ", three in a row and eight rows on A4. Print at 100 %, without fitting to the page."}, data, c))
}

func (h *handlers) contactList(q *web.Req) error {
	c, err := h.openContacts(q)
	if err != nil {
		return err
	}
	clock := h.s.DB.Clock()
	return q.Print("pupils", 0, printed("the list of contacts", c), contactListPage(ui.DocData{Title: "Contacts: " + c.Title, Back: ui.Link{Text: "Back", Href: ContactsPath(c.Group)}, Note: plural(len(c.Lines), "line", "lines") + "."},
		q.Frame.Org, q.Frame.Who, clock.Now().In(clock.Zone()).Format("15:04 on 2 January 2006"), c))
}

func (h *handlers) contactsCSV(q *web.Req) error {
	c, err := h.openContacts(q)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, contactHead, contactCells(c)); err != nil {
		return err
	}
	return q.Export("pupils", 0, printed("contacts as CSV", c), "contacts-"+h.s.DB.Clock().Today()+".csv", "text/csv; charset=utf-8", b.Bytes())
}

func (h *handlers) contactsXLSX(q *web.Req) error {
	c, err := h.openContacts(q)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteXLSX(&b, "Contacts", contactHead, contactCells(c)); err != nil {
		return err
	}
	return q.Export("pupils", 0, printed("contacts as XLSX", c), "contacts-"+h.s.DB.Clock().Today()+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes())
}

// contactHead are the columns of the file; every cell is text, so that phones keep their zeros.
var contactHead = []string{"Pupil", "Year", "Form", "Adult", "Relationship", "Parental responsibility", "Order of contact", "Emergency", "Lives with", "Phones", "E-mails",
	"Speaks", "Reads", "Interpreter", "Gets letters", "What helps", "Post to"}

func contactCells(c roll.Contacts) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, l := range c.Lines {
			priority := ""
			if l.Tie.Priority != nil {
				priority = strconv.Itoa(*l.Tie.Priority)
			}
			letters := "yes"
			if !l.GetsLetters() {
				letters = "no"
			}
			row := []string{l.Pupil.Name(), l.Pupil.Year, l.Pupil.Form, l.Adult.Name, l.Tie.Relationship, l.Tie.Responsibility, priority, lower(yesNo(l.Tie.Emergency)), lower(l.Tie.LivesText()),
				l.Adult.Ways("phone"), l.Adult.Ways("email"), l.Adult.Speaks, l.Adult.Reads, lower(yesNo(l.Adult.Interpreter)), letters, l.Adult.HelpWords(), strings.Join(l.Post, ", ")}
			if !yield(row) {
				return
			}
		}
	}
}

func contactColumns() []ui.Column[roll.ContactLine] {
	type line = roll.ContactLine
	return []ui.Column[line]{
		{Head: "Pupil", RowHead: true, Text: func(l line) string { return l.Pupil.Name() }},
		{Head: "Form", Text: func(l line) string { return orText(l.Pupil.Form, "–") }},
		{Head: "Adult", Text: func(l line) string { return listed(l.Adult.Name, l.Tie.Relationship) }},
		{Head: "Phone", Text: func(l line) string { return orText(l.Adult.Ways("phone"), "–") }},
		{Head: "E-mail", Text: func(l line) string { return orText(l.Adult.Ways("email"), "–") }},
		{Head: "Speaks", Text: func(l line) string { return orText(l.Adult.Speaks, "–") }},
		{Head: "What helps", Text: func(l line) string { return orText(l.Adult.HelpWords(), "–") }},
	}
}

func linkedContactColumns() []ui.Column[roll.ContactLine] {
	cols := contactColumns()
	cols[0].Text, cols[0].Cell = nil, func(l roll.ContactLine) templ.Component { return ui.LinkTo(PupilPath(l.Pupil.ID), l.Pupil.Name()) }
	return cols
}

// printed says for the trail what went out, about how many; the names are in the group's own records.
func printed(what string, c roll.Contacts) string {
	n := plural(len(c.Pupils), "pupil", "pupils")
	if c.Title == n {
		return what + ": " + n
	}
	return what + ": " + c.Title + ", " + n
}

func skipText(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func childrenWords(a roll.Addressee) string { return strings.Join(a.Children, ", ") }

// reachedWords says how the families of some pupils are reached.
var reachedWords = map[roll.ReachedBy]string{
	roll.ByEmail: "By e-mail", roll.ByPhone: "By phone, no e-mail is known", roll.ByPaper: "Only on paper: no phone and no e-mail is known", roll.ByNone: "Not at all: nothing is known that the school may use",
}

// onlyGroup is the same group, narrowed to one way of being reached.
func onlyGroup(g roll.Group, by roll.ReachedBy) roll.Group {
	g.Only = by
	return g
}

// tooMany tells whether the lines of a whole school are left to paper and files, where a phone would not open the page.
func tooMany(c roll.Contacts) bool { return c.Group.Everyone && len(c.Lines) > 600 }
