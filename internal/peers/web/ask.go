package web

import (
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h handlers) askForm(q *web.Req) error { return h.askAgain(q, nil, values{}, asked{}) }

func (h handlers) askAgain(q *web.Req, errs ui.Errors, v values, a asked) error {
	id, err := offerID(q)
	if err != nil {
		return err
	}
	o, err := h.s.OfferNear(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d := page(q, "Ask "+o.OrgName)
	if d.Errors = errs; len(errs) > 0 {
		return q.Again(askPage(d, o, v, a))
	}
	return q.Page(askPage(d, o, v, a))
}

func (h handlers) ask(q *web.Req) error {
	id, err := offerID(q)
	if err != nil {
		return err
	}
	v := typed(q, "words")
	made, err := h.keeping(q, v).Ask(q.Context(), q.Pass, id, v["words"])
	if err == nil {
		return q.Go(ExchangePath(made), "Asked. Their answer comes here.")
	}
	errs, a, err := wrong(err)
	if err != nil {
		return err
	}
	return h.askAgain(q, errs, v, a)
}
