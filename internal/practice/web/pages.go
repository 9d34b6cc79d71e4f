package web

import (
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"time"
)

func page(q *web.Req, title string, crumbs ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Practice", Href: PracticePath}}, crumbs...)
	return d
}

func day(iso string) string { return roll.DayInWords(iso) }

func formErrors(err error) (ui.Errors, error) {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return ui.ErrorsOf(err), nil
	case fault.Conflict:
		sentence, _ := fault.Sentence(err)
		return ui.Errors{{Text: sentence}}, nil
	}
	return nil, err
}

// values are the fields of a form as they were typed.
type values map[string]string

func typed(q *web.Req, names ...string) values {
	v := values{}
	for _, n := range names {
		v[n] = q.Text(n)
	}
	return v
}

func (v values) day(name string) (string, error) {
	iso, err := ui.ParseDate(v[name])
	if err != nil {
		return "", fault.Field(name, "%s.", err.Error())
	}
	return iso, nil
}

// done goes on, or shows the page again with what is wrong.
func done(q *web.Req, err error, to, said string, again func(ui.Errors) error) error {
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return again(errs)
	}
	return q.Go(to, said)
}

func show(q *web.Req, d ui.PageData, c web.Component) error {
	if len(d.Errors) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func dayOfMs(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }
