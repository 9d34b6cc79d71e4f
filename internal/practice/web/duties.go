package web

import (
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/practice"
	"ajar/internal/ui"
)

func (h handlers) duties(q *web.Req) error { return h.dutiesPage(q, nil, values{}) }

func (h handlers) dutiesPage(q *web.Req, errs ui.Errors, f values) error {
	list, c, err := h.s.Duties(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := page(q, "Roles of staff")
	d.Errors = errs
	if id, err := ids.Parse[practice.Duty](q.Text("removed")); err == nil && q.Pass.Has(practice.Keep) {
		d.Undo = &ui.UndoData{Text: "The role was taken off the register.", Action: dutyDropPath(id), Label: "Put it back", Fields: []ui.HiddenInput{{Name: "back", Value: "yes"}}}
	}
	return show(q, d, dutiesPage(d, list, c, q.Pass.Has(practice.Keep), f))
}

func readDuty(q *web.Req) (values, practice.Duty) {
	v := typed(q, "title", "duty", "note")
	return v, practice.Duty{Title: v["title"], Duty: v["duty"], Note: v["note"]}
}

func (h handlers) addDuty(q *web.Req) error {
	v, d := readDuty(q)
	_, err := h.s.PutDuty(q.Context(), q.Pass, d)
	return done(q, err, DutiesPath, "The role is in the register.", func(e ui.Errors) error { return h.dutiesPage(q, e, v) })
}

func (h handlers) changeDuty(q *web.Req) error {
	id, err := web.PathID[practice.Duty](q, "duty")
	if err != nil {
		return err
	}
	v, d := readDuty(q)
	d.ID = id
	_, err = h.s.PutDuty(q.Context(), q.Pass, d)
	v["open"] = id.String()
	// A key that is not here is answered as such before the form is looked at.
	if fault.KindOf(err) == fault.Invalid {
		list, _, lerr := h.s.Duties(q.Context(), q.Pass)
		if lerr != nil {
			return lerr
		}
		there := false
		for _, x := range list {
			there = there || x.ID == id
		}
		if !there {
			return fault.Gone("role")
		}
	}
	return done(q, err, DutiesPath, "Saved.", func(e ui.Errors) error { return h.dutiesPage(q, e, v) })
}

func (h handlers) dropDuty(q *web.Req) error {
	id, err := web.PathID[practice.Duty](q, "duty")
	if err != nil {
		return err
	}
	back := q.Text("back") != ""
	if err := h.s.DropDuty(q.Context(), q.Pass, id, !back); err != nil {
		return err
	}
	if back {
		return q.Go(DutiesPath, "The role is back in the register.")
	}
	return q.Go(DutiesPath+"?removed="+id.String(), "")
}

// The ladder.
