package web

import (
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/peers"
	"ajar/internal/ui"
)

func exchangeID(q *web.Req) (peers.ExchangeID, error) {
	return web.PathID[peers.Exchange](q, "exchange")
}

func (h handlers) exchange(q *web.Req) error { return h.exchangeAgain(q, nil, values{}, asked{}) }

func (h handlers) exchangeAgain(q *web.Req, errs ui.Errors, v values, a asked) error {
	id, err := exchangeID(q)
	if err != nil {
		return err
	}
	x, err := h.s.Exchange(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d := page(q, x.About)
	if d.Errors = errs; len(errs) > 0 {
		return q.Again(exchangePage(d, x, v, a))
	}
	return q.Page(exchangePage(d, x, v, a))
}

// onExchange does something with one exchange and goes back to its page.
func (h handlers) onExchange(q *web.Req, v values, said string, do func(s *peers.Service, id peers.ExchangeID) error) error {
	id, err := exchangeID(q)
	if err != nil {
		return err
	}
	if err = do(h.keeping(q, v), id); err == nil {
		return q.Go(ExchangePath(id), said)
	}
	errs, a, err := wrong(err)
	if err != nil {
		return err
	}
	return h.exchangeAgain(q, errs, v, a)
}

func (h handlers) answer(q *web.Req) error {
	v := typed(q, "yes", "answer")
	return h.onExchange(q, v, "Answered. They read it here.", func(s *peers.Service, id peers.ExchangeID) error {
		if v["yes"] != "yes" && v["yes"] != "no" {
			if _, err := s.Exchange(q.Context(), q.Pass, id); err != nil {
				return err
			}
			return fault.Field("yes", "Choose one of the two.")
		}
		return s.Answer(q.Context(), q.Pass, id, v["yes"] == "yes", v["answer"])
	})
}

func (h handlers) visit(q *web.Req) error {
	v := typed(q, "visit", "on", "about", "next")
	return h.onExchange(q, v, "Written down. Both schools read it.", func(s *peers.Service, id peers.ExchangeID) error {
		in := peers.Visited{About: v["about"], Next: v["next"]}
		var err error
		if v["visit"] != "" {
			if in.Visit, err = ids.Parse[peers.Visit](v["visit"]); err != nil {
				return fault.Gone("visit")
			}
		} else if in.On, err = v.date("on"); err != nil {
			return err
		}
		return s.Visit(q.Context(), q.Pass, id, in)
	})
}

func (h handlers) thank(q *web.Req) error {
	on := q.Text("on") == "yes"
	said := "The cluster no longer reads of it."
	if on {
		said = "The cluster reads of it once the other school wants it too."
	}
	return h.onExchange(q, values{}, said, func(s *peers.Service, id peers.ExchangeID) error { return s.Thank(q.Context(), q.Pass, id, on) })
}

func (h handlers) finish(q *web.Req) error {
	return h.onExchange(q, values{}, "Finished. What was written down stays with both of you.", func(s *peers.Service, id peers.ExchangeID) error { return s.Finish(q.Context(), q.Pass, id) })
}
