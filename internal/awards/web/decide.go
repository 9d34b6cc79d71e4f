package web

import (
	"ajar/internal/awards"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h pages) decision(q *web.Req) error { return h.decisionPage(q, nil, values{}) }

func (h pages) decisionPage(q *web.Req, errs ui.Errors, f values) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	v, err := h.s.Open(q.Context(), q.Pass, id, 0)
	if err != nil {
		return err
	}
	if !v.MayAssess && v.NotYours == "" {
		return notThere()
	}
	if _, typed := f["day"]; !typed {
		f["day"] = ui.ShowDate(v.Today)
	}
	d := page(q, "Decide", toAward(v))
	d.Errors = errs
	return write(q, errs, decidePage(d, v, f))
}

func (h pages) decide(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	f := typed(q, "outcome", "day", "decision_words")
	on, err := f.date("day")
	if err == nil {
		err = h.s.Decide(q.Context(), q.Pass, id, f["outcome"], on, f["decision_words"])
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.decisionPage(q, errs, f)
	}
	return q.Go(AwardPath(id), "It is decided, and the school can read it.")
}

func (h pages) outside(q *web.Req) error { return h.outsidePage(q, nil, values{}) }

func (h pages) outsidePage(q *web.Req, errs ui.Errors, f values) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	v, err := h.s.Open(q.Context(), q.Pass, id, 0)
	if err != nil {
		return err
	}
	if !v.MayLead {
		return notThere()
	}
	d := page(q, "It was decided elsewhere", toAward(v))
	d.Errors = errs
	return write(q, errs, recordPage(d, v, f))
}

func (h pages) record(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	f := typed(q, "outcome", "day", "by", "certificate", "decision_words")
	on, err := f.date("day")
	if err == nil {
		err = h.s.Record(q.Context(), q.Pass, id, awards.Outside{Outcome: f["outcome"], Day: on, By: f["by"], Words: f["decision_words"], Certificate: f["certificate"]})
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.outsidePage(q, errs, f)
	}
	return q.Go(AwardPath(id), "It is written down.")
}

func outcomeOptions() []ui.Option {
	return []ui.Option{{Value: awards.Awarded, Label: "Awarded", Hint: "Every objective is met."}, {Value: awards.NotYet, Label: "Not yet", Hint: "The school reads what is still to be shown, and goes on."}}
}
