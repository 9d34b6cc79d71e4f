package web

import (
	"time"

	"ajar/internal/kit/clock"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/peers"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
	"ajar/internal/ui"
)

func page(q *web.Req, title string, crumbs ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Helping each other", Href: PeersPath}}, crumbs...)
	return d
}

func day(iso string) string { return roll.DayInWords(iso) }

func dayMs(ms int64) string { return time.UnixMilli(ms).In(clock.London()).Format("2 January 2006") }

// values are the fields of a form as they were typed.
type values map[string]string

// typed reads the fields of a form.
func typed(q *web.Req, names ...string) values {
	v := values{}
	for _, n := range names {
		v[n] = q.Text(n)
	}
	return v
}

// asked is what a person may have to say of the texts of a form before they are kept.
type asked struct {
	Names bool // a word in them is a name on the roll
	Worry bool // they may hold a worry about a child's safety
}

// keeping is the service for this request, with what the person said of these fields.
func (h handlers) keeping(q *web.Req, v values) *peers.Service {
	var texts []string
	for _, t := range v {
		texts = append(texts, t)
	}
	return h.s.Keeping(q.Checked("no_worry"), q.Checked("no_name"), texts...)
}

// wrong gives the errors to show beside the fields with what is to be asked, and the error itself when it asks for a page of its own.
func wrong(err error) (ui.Errors, asked, error) {
	_, names := peers.Named(err)
	_, waits := worry.As(err)
	a := asked{Names: names, Worry: waits}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return ui.ErrorsOf(err), a, nil
	case fault.Conflict:
		sentence, _ := fault.Sentence(err)
		return ui.Errors{{Text: sentence}}, a, nil
	}
	return nil, a, err
}

// date reads a day that was typed; nothing when it is none.
func (v values) date(name string) (string, error) {
	iso, err := ui.ParseDate(v[name])
	if err != nil {
		return "", fault.Field(name, "%s.", err.Error())
	}
	return iso, nil
}
