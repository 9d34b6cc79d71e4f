package web

import (
	"time"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"ajar/internal/plans"
)

func page(q *web.Req, title string, crumbs ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Plan", Href: PlansPath}}, crumbs...)
	return d
}

func day(iso string) string { return roll.DayInWords(iso) }

func dayOf(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }

func (h handlers) stamp() string {
	c := h.s.DB.Clock()
	return c.Now().In(c.Zone()).Format("15:04 on 2 January 2006")
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

// days reads the dates among the fields, all of them, so that each gets its own error.
func (v values) days(names ...string) (map[string]string, error) {
	out := map[string]string{}
	var f fault.Fields
	for _, n := range names {
		iso, err := ui.ParseDate(v[n])
		if err != nil {
			f.Add(n, "%s.", err.Error())
		}
		out[n] = iso
	}
	return out, f.Err()
}

func (h handlers) open(q *web.Req) (plans.PlanView, error) {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return plans.PlanView{}, err
	}
	return h.s.Open(q.Context(), q.Pass, id)
}
