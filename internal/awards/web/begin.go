package web

import (
	"strconv"

	"ajar/internal/audit"
	"ajar/internal/awards"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h pages) newAward(q *web.Req) error {
	return h.beginPage(q, false, nil, values{"months": strconv.Itoa(awards.DefaultMonths)})
}

func (h pages) heldAward(q *web.Req) error {
	return h.beginPage(q, true, nil, values{"months": strconv.Itoa(awards.DefaultMonths)})
}

func (h pages) beginPage(q *web.Req, held bool, errs ui.Errors, f values) error {
	frames, err := h.s.ToBegin(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	title := "Begin an award"
	if held {
		title = "Enter an award that we hold"
	}
	d := page(q, title)
	d.Errors = errs
	return write(q, errs, beginPage(d, frames, held, f))
}

// setup reads the fields that both forms have.
func setup(q *web.Req) (values, awards.Setup, error) {
	f := typed(q, "title", "owner", "framework", "months", "parents", "day", "by", "certificate")
	in := awards.Setup{Title: f["title"], Owner: f["owner"]}
	in.Framework, in.Version = readFrame(f["framework"])
	var wrong fault.Fields
	for name, to := range map[string]*int{"months": &in.Months, "parents": &in.Parents} {
		if f[name] == "" {
			continue
		}
		n, err := strconv.Atoi(f[name])
		if err != nil {
			wrong.Add(name, "Write a whole number.")
		}
		*to = n
	}
	if in.Months == 0 && f["months"] != "" {
		in.Months = -1 // nought is refused; empty is the usual length
	}
	return f, in, wrong.Err()
}

func (h pages) begin(q *web.Req) error {
	f, in, err := setup(q)
	var id awards.AwardID
	if err == nil {
		id, err = h.s.Begin(q.Context(), q.Pass, in)
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.beginPage(q, false, errs, f)
	}
	return q.Go(AwardPath(id), "The award has begun. You lead it; name the others next.")
}

func (h pages) hold(q *web.Req) error {
	f, in, err := setup(q)
	on := ""
	if err == nil {
		on, err = f.date("day")
	}
	var id awards.AwardID
	if err == nil {
		id, err = h.s.Hold(q.Context(), q.Pass, in, awards.Held{Day: on, By: f["by"], Certificate: f["certificate"]})
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.beginPage(q, true, errs, f)
	}
	return q.Go(AwardPath(id), "The award is entered. Ajar will remind you before it runs out.")
}

func frameKey(f audit.Framework) string { return f.Code + " " + f.Version }

func readFrame(s string) (code, version string) {
	for i, r := range s {
		if r == ' ' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func frameOptions(list []audit.Framework) (out []ui.Option) {
	for _, f := range list {
		out = append(out, ui.Option{Value: frameKey(f), Label: f.Title + ", version " + f.Version, Hint: sizeWords(f)})
	}
	return out
}

func sizeWords(f audit.Framework) string {
	words := count(len(f.Themes), "objective", "objectives")
	if n := len(f.Criteria()); n > 0 {
		words += ", " + count(n, "criterion", "criteria")
	}
	return words
}

// one is what is chosen: with a single framework, that one.
func one(v string, list []audit.Framework) []string {
	if v == "" && len(list) == 1 {
		return []string{frameKey(list[0])}
	}
	return []string{v}
}
