package web

import (
	"fmt"
	"strconv"
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

var yearOptions = func() (out []ui.Option) {
	for _, y := range []roll.YearGroup{"N1", "N2", "R", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "X"} {
		out = append(out, ui.Option{Value: string(y), Label: y.Words()})
	}
	return out
}()

// withOwn keeps a value in a list that does not offer it, such as an old code, so that saving a form never loses it.
func withOwn(options []ui.Option, value, label string) []ui.Option {
	for _, o := range options {
		if o.Value == value {
			return options
		}
	}
	if value == "" {
		return options
	}
	return append(append([]ui.Option{}, options...), ui.Option{Value: value, Label: label})
}

func (h *handlers) openRecord(q *web.Req) (roll.Record, error) {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return roll.Record{}, err
	}
	return h.s.Open(q.Context(), q.Pass, id)
}

func toPupil(r roll.Record) ui.Link {
	return ui.Link{Text: r.Pupil.Name(), Href: PupilPath(r.Pupil.ID)}
}

func cancel(r roll.Record) ui.Link { return ui.Link{Text: "Cancel", Href: PupilPath(r.Pupil.ID)} }

func (h *handlers) pupilForm(q *web.Req) error {
	r, err := h.openRecord(q)
	if err != nil {
		return err
	}
	return q.Page(pupilFormPage(q, r, roll.PupilValues(r.Pupil), nil))
}

func (h *handlers) pupilSave(q *web.Req) error {
	r, err := h.openRecord(q)
	if err != nil {
		return err
	}
	v := typed(q, roll.PupilFields)
	n, err := h.s.EditPupil(q.Context(), q.Pass, r.Pupil.ID, v, q.Text("seen"))
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return q.Again(pupilFormPage(q, r, v, errs))
	}
	if n == 0 {
		return q.Go(PupilPath(r.Pupil.ID), "Nothing was different, so nothing was changed.")
	}
	return q.Go(PupilPath(r.Pupil.ID), plural(n, "detail was", "details were")+" changed. Imports will leave what you changed as it is.")
}

func pupilFormPage(q *web.Req, r roll.Record, v roll.Values, errs ui.Errors) templ.Component {
	d := page(q, "Change details", ui.Link{Text: "Find", Href: "/search"}, toPupil(r))
	d.Errors = errs
	f := form{v, errs}
	sen := withOwn([]ui.Option{{Value: "N", Label: "No special educational need recorded"}, {Value: "K", Label: "SEN support"}, {Value: "E", Label: "Education, health and care plan"}},
		v["sen"], roll.SENProvision(v["sen"]).Words())
	return formPage(d, formView{
		Heading: ui.HeadingData{Text: "Change details", Caption: r.Pupil.Name()},
		Lead:    "Leave empty what is not known. What you change here stays when the next file comes in, until it is released to imports.",
		Form:    ui.FormData{Action: pupilEditPath(r.Pupil.ID, "")},
		Hidden:  []ui.HiddenInput{{Name: "seen", Value: r.Pupil.Seen()}},
		Fields: []templ.Component{
			f.text("forename", "Forename", "", 20), f.text("surname", "Surname", "", 20), f.text("known_as", "Known as", "If they are called something else.", 20),
			f.date("date_of_birth", "Date of birth", ""),
			f.radios("sex", "Sex", "", true, []ui.Option{{Value: "F", Label: "Female"}, {Value: "M", Label: "Male"}, {Value: "O", Label: "Other"}, {Value: "", Label: "Not known"}}),
			f.choose("year", "Year group", "", "Not known", withOwn(yearOptions, v["year"], roll.YearGroup(v["year"]).Words())),
			f.text("upn", "Unique pupil number", "13 characters. A number that looks wrong is kept; the record then asks you to check it.", 20),
			f.language("first_language", "Child's first language", "As the family says. It tells nothing about what the parents speak or read."),
			f.answer("eal", "Has English as an additional language", ""),
			f.choose("sen", "Special educational needs", "", "Not known", sen),
			f.answer("fsm", "Free school meals", ""), f.answer("pupil_premium", "Pupil premium", "Not the same as free school meals."),
			f.answer("looked_after", "Looked after", ""), f.answer("young_carer", "Young carer", ""),
			f.area("address", "Address", "", 3), f.text("postcode", "Postcode", "", 10),
			f.date("ends", "Last day on the roll", "Leave it empty while they are here."),
		},
		Submit: "Save",
		Cancel: cancel(r),
	})
}

// maxWays is how many phones and e-mail addresses a form takes.
const maxWays = 20

func typedWays(q *web.Req) (out roll.Ways) {
	for i := range maxWays {
		n := strconv.Itoa(i)
		kind := q.Text("way_" + n + "_kind")
		if kind == "" {
			continue
		}
		out = append(out, roll.Channel{Kind: kind, Value: q.Text("way_" + n), Note: q.Text("way_" + n + "_note")})
	}
	return out
}

// spareWays puts an empty phone and an empty e-mail address at the end, for one more.
func spareWays(ways roll.Ways) roll.Ways {
	out := roll.Ways{}
	spare := map[string]bool{}
	for _, kind := range []string{"phone", "email"} {
		for _, w := range ways {
			if w.Kind == kind {
				out = append(out, w)
				spare[kind] = spare[kind] || w.Value == ""
			}
		}
		if !spare[kind] {
			out = append(out, roll.Channel{Kind: kind})
		}
	}
	return out
}

func wayFields(f form, ways roll.Ways) (out []templ.Component) {
	number := map[string]int{}
	for i, w := range spareWays(ways) {
		if i == maxWays {
			break
		}
		name := "way_" + strconv.Itoa(i)
		number[w.Kind]++
		label := map[string]string{"phone": "Phone", "email": "E-mail"}[w.Kind]
		if number[w.Kind] > 1 {
			label = fmt.Sprintf("%s %d", label, number[w.Kind])
		}
		hint := ""
		if w.Value == "" && number[w.Kind] > 1 {
			hint = "One more, if there is one."
		}
		in := ui.TextInput{Name: name, Label: label, Hint: hint, Value: w.Value, Error: f.errs.For(name), Width: 20, Autocomplete: "off"}
		if w.Kind == "phone" {
			in.Type, in.InputMode = "tel", "tel"
		} else {
			in.Type = "email"
		}
		out = append(out, ui.Hidden(name+"_kind", w.Kind), ui.Text(in),
			ui.Text(ui.TextInput{Name: name + "_note", Label: label + ": note", Hint: "For example work, evenings only, grandmother answers.", Value: w.Note, Optional: true, Width: 30, Autocomplete: "off"}))
	}
	return out
}

func adultFields(f form, ways roll.Ways) []templ.Component {
	out := []templ.Component{
		f.text("title", "Title", "", 5), f.text("forename", "Forename", "", 20), f.text("surname", "Surname", "", 20),
	}
	out = append(out, wayFields(f, ways)...)
	return append(out,
		f.language("speaks", "Speaks", "The language they would like to talk in."),
		f.language("reads", "Reads", "The language they would like letters in. It may be another than the one they speak, or none."),
		f.answer("interpreter", "Needs an interpreter", ""),
		f.ticks("helps", "What helps them take part", "A call instead of a letter is kept to: no letter about any child is printed for them, and they stand on the list of calls. Large print is kept to in letters.", false, roll.Helps),
		f.area("needs", "Anything else that helps", "For example not on Fridays, a chair with arms.", 2),
		f.area("address", "Address", "", 3), f.text("postcode", "Postcode", "", 10))
}

func tieFields(f form) []templ.Component {
	return []templ.Component{
		f.text("relationship", "What they are to the child", "In your own words: mother, stepfather, aunt, foster carer.", 20),
		f.radios("responsibility", "Parental responsibility", "As the papers or the family say. It does not follow from the relationship.", true,
			[]ui.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}, {Value: "unknown", Label: "Not known"}}),
		f.choose("source", "Where we know that from", "", "Nobody has said", withOwn(offer(roll.Sources), f.v["source"], f.v["source"])),
		f.date("source_seen", "Papers seen on", "The day on which somebody here saw the papers. Leave it empty if nobody has."),
		f.text("priority", "Order of contact", "1 is called first. Leave it empty if it is not known.", 2),
		f.answer("emergency", "Call them in an emergency", ""),
		f.answer("lives_with", "The child lives with them", "A child may live in two homes: choose yes for both, and say when below."),
		f.ticks("stays", "Days with them", "Only when the child lives in two homes.", true, roll.Weekdays),
		f.text("stays_words", "Days with them, in words", "Where one week is not like the next: for example every other weekend, half of the holidays.", 30),
		f.answer("letters", "Gets letters about this child", "Their own wish, or the school's. It is not an order: they may ask, call and come as before, and are called instead."),
		f.date("ends", "Last day of this tie", "Only when this adult is no longer part of the child's life. What was stays on the record."),
	}
}

func (h *handlers) openAdult(q *web.Req) (r roll.Record, rel roll.Relation, err error) {
	if r, err = h.openRecord(q); err != nil {
		return r, rel, err
	}
	id, err := web.PathID[roll.Adult](q, "adult")
	if err != nil {
		return r, rel, err
	}
	for _, x := range r.Relations {
		if x.Adult.ID == id {
			return r, x, nil
		}
	}
	return r, rel, fault.Gone("adult")
}

func (h *handlers) adultForm(q *web.Req) error {
	r, rel, err := h.openAdult(q)
	if err != nil {
		return err
	}
	return q.Page(adultFormPage(q, r, rel, roll.AdultValues(rel.Adult), rel.Adult.Channels, nil))
}

func (h *handlers) adultSave(q *web.Req) error {
	r, rel, err := h.openAdult(q)
	if err != nil {
		return err
	}
	v, ways := typed(q, roll.AdultFields), typedWays(q)
	err = h.s.EditAdult(q.Context(), q.Pass, r.Pupil.ID, rel.Adult.ID, v, ways, q.Text("seen"))
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return q.Again(adultFormPage(q, r, rel, v, ways, errs))
	}
	return q.Go(PupilPath(r.Pupil.ID), "The details of "+strings.TrimSpace(v["forename"]+" "+v["surname"])+" were saved.")
}

func adultFormPage(q *web.Req, r roll.Record, rel roll.Relation, v roll.Values, ways roll.Ways, errs ui.Errors) templ.Component {
	d := page(q, "Change the details of "+rel.Adult.Name, ui.Link{Text: "Find", Href: "/search"}, toPupil(r))
	d.Errors = errs
	return formPage(d, formView{
		Heading: ui.HeadingData{Text: "Change the details of " + rel.Adult.Name, Caption: r.Pupil.Name()},
		Lead:    "These belong to the adult, and so to all their children here.",
		Form:    ui.FormData{Action: AdultEditPath(r.Pupil.ID, rel.Adult.ID)},
		Hidden:  []ui.HiddenInput{{Name: "seen", Value: rel.Adult.Seen()}},
		Fields:  adultFields(form{v, errs}, ways),
		Submit:  "Save",
		Cancel:  cancel(r),
	})
}

func (h *handlers) openTie(q *web.Req) (r roll.Record, rel roll.Relation, err error) {
	if r, err = h.openRecord(q); err != nil {
		return r, rel, err
	}
	id, err := web.PathID[roll.Tie](q, "tie")
	if err != nil {
		return r, rel, err
	}
	rel, ok := r.Relation(id)
	if !ok {
		return r, rel, fault.Gone("adult")
	}
	return r, rel, nil
}

func (h *handlers) tieForm(q *web.Req) error {
	r, rel, err := h.openTie(q)
	if err != nil {
		return err
	}
	return q.Page(tieFormPage(q, r, rel, roll.TieValues(rel.Tie), nil))
}

func (h *handlers) tieSave(q *web.Req) error {
	r, rel, err := h.openTie(q)
	if err != nil {
		return err
	}
	v := typed(q, roll.TieFields)
	err = h.s.EditTie(q.Context(), q.Pass, r.Pupil.ID, rel.Tie.ID, v, q.Text("seen"))
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return q.Again(tieFormPage(q, r, rel, v, errs))
	}
	return q.Go(PupilPath(r.Pupil.ID), "What "+rel.Adult.Name+" is to "+r.Pupil.Name()+" was saved.")
}

func tieFormPage(q *web.Req, r roll.Record, rel roll.Relation, v roll.Values, errs ui.Errors) templ.Component {
	title := rel.Adult.Name + " and " + r.Pupil.Name()
	d := page(q, title, ui.Link{Text: "Find", Href: "/search"}, toPupil(r))
	d.Errors = errs
	return formPage(d, formView{
		Heading: ui.HeadingData{Text: title, Caption: "Tie"},
		Lead:    "This is about this child alone. The same adult may have other rights for another child.",
		Form:    ui.FormData{Action: tieEditPath(r.Pupil.ID, rel.Tie.ID)},
		Hidden:  []ui.HiddenInput{{Name: "seen", Value: rel.Tie.Seen()}},
		Fields:  tieFields(form{v, errs}),
		Submit:  "Save",
		Cancel:  cancel(r),
	})
}

// adultNew is the first page of adding an adult: search before create.
func (h *handlers) adultNew(q *web.Req) error {
	r, err := h.openRecord(q)
	if err != nil {
		return err
	}
	v := roll.Values{"forename": q.Text("forename"), "surname": q.Text("surname"), "way": q.Text("way"), "responsibility": "unknown"}
	asked := v["forename"]+v["surname"]+v["way"] != ""
	ways := roll.Ways{}
	if strings.Contains(v["way"], "@") {
		ways = append(ways, roll.Channel{Kind: "email", Value: v["way"]})
	} else if v["way"] != "" {
		ways = append(ways, roll.Channel{Kind: "phone", Value: v["way"]})
	}
	a := adultAdding{Record: r, V: v, Ways: ways, Asked: asked}
	if asked {
		if a.Like, err = h.s.AdultsLike(q.Context(), q.Pass, r.Pupil.ID, v, ways); err != nil {
			return err
		}
	}
	return q.Page(adultNewPage(page(q, "Add an adult", ui.Link{Text: "Find", Href: "/search"}, toPupil(r)), a))
}

// adultAdding is the page on which an adult is looked for and then added.
type adultAdding struct {
	Record roll.Record
	V      roll.Values
	Ways   roll.Ways
	Like   []roll.Likeness
	Asked  bool
	Errs   ui.Errors
	Clash  bool // somebody with this name and this phone is here already
}

func (a adultAdding) fields() []templ.Component {
	f := form{a.V, a.Errs}
	out := append(adultFields(f, a.Ways), tieFields(f)...)
	if a.Clash {
		out = append(out, ui.Checkboxes(ui.ChoiceInput{Name: "another", Label: "Is this somebody else?", Options: []ui.Option{{Value: "yes", Label: "Yes, this is another person with the same name and phone or e-mail"}}}))
	}
	return out
}

func (h *handlers) adultAdd(q *web.Req) error {
	r, err := h.openRecord(q)
	if err != nil {
		return err
	}
	v, ways := typed(q, append(append([]string{}, roll.AdultFields...), roll.TieFields...)), typedWays(q)
	_, err = h.s.AddAdult(q.Context(), q.Pass, r.Pupil.ID, v, ways, q.Checked("another"))
	clash := fault.KindOf(err) == fault.Conflict
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) == 0 {
		return q.Go(PupilPath(r.Pupil.ID), strings.TrimSpace(v["forename"]+" "+v["surname"])+" was added.")
	}
	a := adultAdding{Record: r, V: v, Ways: ways, Asked: true, Errs: errs, Clash: clash}
	if a.Like, err = h.s.AdultsLike(q.Context(), q.Pass, r.Pupil.ID, v, ways); err != nil {
		return err
	}
	d := page(q, "Add an adult", ui.Link{Text: "Find", Href: "/search"}, toPupil(r))
	d.Errors = errs
	return q.Again(adultNewPage(d, a))
}

func (h *handlers) tieNew(q *web.Req) error {
	r, a, err := h.openOther(q)
	if err != nil {
		return err
	}
	return q.Page(tieNewPage(q, r, a, roll.Values{"responsibility": "unknown"}, nil))
}

// openOther opens a pupil and an adult who need not be tied to them yet.
func (h *handlers) openOther(q *web.Req) (r roll.Record, a roll.Adult, err error) {
	if r, err = h.openRecord(q); err != nil {
		return r, a, err
	}
	id, err := web.PathID[roll.Adult](q, "adult")
	if err != nil {
		return r, a, err
	}
	a, err = h.s.SeeAdult(q.Context(), q.Pass, id)
	return r, a, err
}

func (h *handlers) tieAdd(q *web.Req) error {
	r, a, err := h.openOther(q)
	if err != nil {
		return err
	}
	v := typed(q, roll.TieFields)
	err = h.s.TieAdult(q.Context(), q.Pass, r.Pupil.ID, a.ID, v)
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return q.Again(tieNewPage(q, r, a, v, errs))
	}
	return q.Go(PupilPath(r.Pupil.ID), a.Name+" was added.")
}

func tieNewPage(q *web.Req, r roll.Record, a roll.Adult, v roll.Values, errs ui.Errors) templ.Component {
	title := "Add " + a.Name + " to " + r.Pupil.Name()
	d := page(q, title, ui.Link{Text: "Find", Href: "/search"}, toPupil(r))
	d.Errors = errs
	return formPage(d, formView{
		Heading: ui.HeadingData{Text: title},
		Lead:    "From then on " + a.Name + " is among those the school talks to about " + r.Pupil.Name() + ". If an order says otherwise, record it straight after.",
		Form:    ui.FormData{Action: adultTiePath(r.Pupil.ID, a.ID)},
		Fields:  tieFields(form{v, errs}),
		Submit:  "Add",
		Cancel:  cancel(r),
	})
}
