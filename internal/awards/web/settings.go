package web

import (
	"strconv"

	"ajar/internal/awards"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h pages) settings(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	return h.settingsPage(q, v, nil, values{"title": v.Title, "owner": v.Owner, "months": strconv.Itoa(v.Months), "parents": strconv.Itoa(v.Parents)})
}

func (h pages) settingsPage(q *web.Req, v awards.View, errs ui.Errors, f values) error {
	if !v.MayLead {
		return notThere()
	}
	d := page(q, "Settings of the award", toAward(v))
	d.Errors = errs
	return write(q, errs, settingsPage(d, v, f))
}

func (h pages) change(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	f, in, err := setup(q)
	if err == nil {
		err = h.s.Change(q.Context(), q.Pass, id, in)
	}
	return h.afterSettings(q, id, err, f, "Kept.")
}

func (h pages) end(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	on := q.Text("on") == "yes"
	said := "It goes on."
	if on {
		said = "It is given up. It stays readable, and can be taken up again."
	}
	return h.afterSettings(q, id, h.s.End(q.Context(), q.Pass, id, on, q.Text("why")), values{"why": q.Text("why")}, said)
}

func (h pages) afterSettings(q *web.Req, id awards.AwardID, err error, f values, said string) error {
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		v, err := h.s.Open(q.Context(), q.Pass, id, 0)
		if err != nil {
			return err
		}
		if _, sent := f["title"]; !sent {
			f["title"], f["owner"], f["months"], f["parents"] = v.Title, v.Owner, strconv.Itoa(v.Months), strconv.Itoa(v.Parents)
		}
		return h.settingsPage(q, v, errs, f)
	}
	return q.Go(AwardPath(id), said)
}
