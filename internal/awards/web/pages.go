package web

import (
	"strconv"
	"time"

	"ajar/internal/awards"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func page(q *web.Req, title string, crumbs ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Awards", Href: ListPath}}, crumbs...)
	return d
}

func toAward(v awards.View) ui.Link { return ui.Link{Text: v.Title, Href: AwardPath(v.ID)} }

func awardID(q *web.Req) (awards.AwardID, error) { return web.PathID[awards.Award](q, "award") }

// open opens the award of the address, in the version that the address names.
func (h pages) open(q *web.Req) (awards.View, error) {
	id, err := awardID(q)
	if err != nil {
		return awards.View{}, err
	}
	no, _ := strconv.Atoi(q.R.URL.Query().Get("version"))
	return h.s.Open(q.Context(), q.Pass, id, max(no, 0))
}

func day(iso string) string { return roll.DayInWords(iso) }

func dayMs(ms int64) string { return time.UnixMilli(ms).In(clock.London()).Format("2 January 2006") }

func (h pages) stamp() string {
	c := h.s.DB.Clock()
	return c.Now().In(c.Zone()).Format("15:04 on 2 January 2006")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return ui.Thousands(n) + " " + many
}

// formErrors gives the errors to show beside the fields, and the error itself when it asks for a page of its own.
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

// date reads a day as people write it.
func (v values) date(name string) (string, error) {
	iso, err := ui.ParseDate(v[name])
	if err != nil {
		return "", fault.Field(name, "%s.", err.Error())
	}
	return iso, nil
}

// write shows a page, again where something is wrong.
func write(q *web.Req, errs ui.Errors, c web.Component) error {
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}
