package web

import (
	"fmt"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

func (h *handlers) orgs(q *web.Req) error {
	on, errs := dayAsked(q)
	tree, err := h.s.OrgTree(q.Context(), q.Pass, on)
	if err != nil {
		return err
	}
	d := page(q, "Organisations")
	d.Errors = errs
	return q.Page(orgsPage(d, tree, orText(on, h.today()), q.Text("on"), q.Pass.Scope(roll.Organise) == access.All))
}

// dayAsked reads the day for which a page is asked; none is today.
func dayAsked(q *web.Req) (string, ui.Errors) {
	on, err := ui.ParseDate(q.Text("on"))
	if err != nil {
		return "", ui.Errors{{Field: "on", Text: err.Error() + "."}}
	}
	return on, nil
}

func (h *handlers) org(q *web.Req) error {
	id, err := web.PathID[roll.Org](q, "org")
	if err != nil {
		return err
	}
	on, errs := dayAsked(q)
	o, err := h.s.Org(q.Context(), q.Pass, id, on)
	if err != nil {
		return err
	}
	d := page(q, o.Name, ui.Link{Text: "Organisations", Href: OrgsPath})
	d.Errors = errs
	return q.Page(orgPage(d, o, q.Text("on")))
}

// sizeWords says what a grouping counts.
func sizeWords(b roll.Branch) string {
	schools, centres := b.Counted()
	out := plural(schools, "school", "schools")
	if centres > 0 {
		out += ", " + plural(centres, "children's centre", "children's centres")
	}
	return out
}

// fsmWords says the range of free school meals among the schools of a grouping: from lowest to highest, never a mean.
func fsmWords(b roll.Branch) string {
	low, high, from, missing := b.FSMRange()
	if from == 0 {
		return ""
	}
	out := fmt.Sprintf("free school meals %s%% to %s%%, lowest to highest of %s", trimmed(low), trimmed(high), plural(from, "school", "schools"))
	if missing > 0 {
		out += fmt.Sprintf("; not known for %d", missing)
	}
	return out
}

func trimmed(x float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0") }

func orgFacts(o roll.OrgPage) []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: "Type", Value: o.TypeWords()}, {Key: "Code in Ajar", Value: o.Code}}
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, ui.SummaryRow{Key: key, Value: value})
		}
	}
	add("Phase", o.Phase)
	add("Number in the register (URN)", o.URN)
	add("Local authority and school number", o.LAESTAB)
	add("Place", o.Place)
	add("Context", o.Context)
	add("Opened", day(o.Opened))
	add("Closed", day(o.Closed))
	if o.FSMPercent != nil {
		add("Free school meals", trimmed(*o.FSMPercent)+"%")
	}
	if o.Grouping() {
		add("Counted on this day", sizeWords(o.Branch))
		add("Free school meals in its schools", fsmWords(o.Branch))
	}
	return rows
}

var orgFormFields = []string{"code", "name", "type", "phase", "urn", "laestab", "place", "in"}

func (h *handlers) orgForm(q *web.Req) error {
	v := typed(q, orgFormFields)
	if v["type"] == "" {
		v["type"] = "school"
	}
	return h.orgFormPage(q, v, nil, false)
}

func (h *handlers) orgAdd(q *web.Req) error {
	v := typed(q, orgFormFields)
	o := roll.Org{Code: v["code"], Name: v["name"], Type: v["type"], Phase: v["phase"], URN: v["urn"], LAESTAB: v["laestab"], Place: v["place"]}
	var faults fault.Fields
	for _, n := range orgFormFields {
		if len([]rune(v[n])) > 200 {
			faults.Add(n, "This is too long: there is room for 200 characters.")
		}
	}
	err := faults.Err()
	if err == nil {
		o, err = h.s.PlaceOrg(q.Context(), q.Pass, o, v["in"])
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.orgFormPage(q, v, errs, true)
	}
	return q.Go(OrgPath(o.ID, ""), o.Name+" was added.")
}

func (h *handlers) orgFormPage(q *web.Req, v roll.Values, errs ui.Errors, again bool) error {
	all, err := h.s.Orgs(q.Context())
	if err != nil {
		return err
	}
	d := page(q, "Add an organisation", ui.Link{Text: "Organisations", Href: OrgsPath})
	d.Errors = errs
	f := form{v, errs}
	var types, groupings []ui.Option
	for _, t := range roll.OrgTypes {
		types = append(types, ui.Option{Value: t.Type, Label: t.Words})
	}
	for _, o := range all {
		if o.Grouping() && int64(o.ID) == q.Pass.Org() {
			groupings = append(groupings, ui.Option{Value: o.Code, Label: o.Name + " (" + lower(o.TypeWords()) + ")"})
		}
	}
	found, err := h.lookUp(q)
	if err != nil {
		return err
	}
	c := formPage(d, formView{
		Heading: ui.HeadingData{Text: "Add an organisation"},
		Before:  found,
		Form:    ui.FormData{Action: OrgsPath},
		Fields: []templ.Component{f.text("name", "Name", "", 0), f.text("code", "Code in Ajar", "Short, for lists and commands: OAKFIELD.", 10),
			f.radios("type", "Type", "", false, types), f.text("phase", "Phase", "", 20),
			f.text("urn", "Number in the register (URN)", "Six figures. A school gets a new one when it becomes an academy.", 10), f.text("laestab", "Local authority and school number", "", 10),
			f.text("place", "Place", "", 20), f.choose("in", "Belongs to", "From today. Others can be added later.", "None", groupings)},
		Submit: "Add",
		Cancel: ui.Link{Text: "Cancel", Href: OrgsPath},
	})
	if again {
		return q.Again(c)
	}
	return q.Page(c)
}
