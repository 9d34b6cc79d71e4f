package web

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

// page begins a page of the roll: what every page has, and the way back up.
func page(q *web.Req, title string, crumbs ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	if len(crumbs) > 0 {
		d.Breadcrumbs = crumbs
	}
	return d
}

// listed puts what is known between commas, and leaves out what is not.
func listed(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), ", ")
}

// may tells whether buttons for a right about named people are shown.
func may(q *web.Req, r access.Right) bool { return q.Pass.Scope(r) >= access.Own }

// day writes a kept date as people read it; an open end is nothing.
func day(iso string) string {
	if iso == roll.Always || iso == roll.ForGood {
		return ""
	}
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}

func dayOf(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }

// span writes the dates of something that begins and ends.
func span(starts, ends string) string {
	a, b := day(starts), day(ends)
	switch {
	case a == "" && b == "":
		return ""
	case b == "":
		return "since " + a
	case a == "":
		return "until " + b
	}
	return a + " to " + b
}

// typed reads the named fields of a form as they were typed.
func typed(q *web.Req, names []string) roll.Values {
	v := roll.Values{}
	for _, n := range names {
		v[n] = q.Text(n)
		if n == "stays" || n == "helps" { // several may be ticked
			v[n] = strings.Join(q.Texts(n), ",")
		}
	}
	return v
}

// formErrors gives the errors to show beside the fields, and the error itself when it is of another sort and asks for a page of its own.
func formErrors(err error) (ui.Errors, error) {
	if err == nil {
		return nil, nil
	}
	if fault.KindOf(err) == fault.Invalid {
		return ui.ErrorsOf(err), nil
	}
	if fault.KindOf(err) == fault.Conflict {
		sentence, _ := fault.Sentence(err)
		return ui.Errors{{Text: sentence}}, nil
	}
	return nil, err
}

// form makes the fields of a form out of what is kept or was typed, each with its error.
type form struct {
	v    roll.Values
	errs ui.Errors
}

func (f form) text(name, label, hint string, width int) templ.Component {
	return ui.Text(ui.TextInput{Name: name, Label: label, Hint: hint, Value: f.v[name], Error: f.errs.For(name), Width: width, Autocomplete: "off"})
}

// ticks is a list of which several may hold; the value joins them by commas.
func (f form) ticks(name, label, hint string, inline bool, list []roll.Listed) templ.Component {
	return ui.Checkboxes(ui.ChoiceInput{Name: name, Label: label, Hint: hint, Values: strings.Split(f.v[name], ","), Error: f.errs.For(name), Inline: inline, Small: true, Options: offer(list)})
}

func offer(list []roll.Listed) (out []ui.Option) {
	for _, c := range list {
		out = append(out, ui.Option{Value: c.Key, Label: c.Words})
	}
	return out
}

// language is a line with the common languages to choose from; any other can be typed.
func (f form) language(name, label, hint string) templ.Component {
	return ui.Text(ui.TextInput{Name: name, Label: label, Hint: hint, Value: f.v[name], Error: f.errs.For(name), Width: 20, Autocomplete: "off", Attrs: templ.Attributes{"list": "languages"}})
}

func (f form) area(name, label, hint string, rows int) templ.Component {
	return ui.TextArea(ui.AreaInput{Name: name, Label: label, Hint: hint, Value: f.v[name], Error: f.errs.For(name), Rows: rows})
}

func (f form) date(name, label, hint string) templ.Component {
	return ui.DateField(ui.DateInput{Name: name, Label: label, Hint: hint, Value: ui.ShowDate(f.v[name]), Error: f.errs.For(name)})
}

func (f form) choose(name, label, hint, empty string, options []ui.Option) templ.Component {
	return ui.Select(ui.SelectInput{Name: name, Label: label, Hint: hint, Value: f.v[name], Error: f.errs.For(name), Empty: empty, Options: options})
}

func (f form) radios(name, label, hint string, inline bool, options []ui.Option) templ.Component {
	return ui.Radios(ui.ChoiceInput{Name: name, Label: label, Hint: hint, Values: []string{f.v[name]}, Error: f.errs.For(name), Inline: inline, Small: true, Options: options})
}

func (f form) answer(name, label, hint string) templ.Component {
	return f.radios(name, label, hint, true, []ui.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}, {Value: "", Label: "Not known"}})
}

// words writes a sentence as a component.
func words(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(text))
		return err
	})
}

// parts writes components one after the other.
func parts(list ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, c := range list {
			if c == nil {
				continue
			}
			if err := c.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

func notKnown(s string) string {
	if s == "" {
		return "Not known"
	}
	return s
}

func orText(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}

// plural says a number of things: 1 pupil, 1,250 pupils.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return ui.Thousands(n) + " " + many
}
