package web

import (
	"ajar/internal/kit/web"
	"ajar/internal/peers"
)

func offerID(q *web.Req) (peers.OfferID, error) { return web.PathID[peers.Offer](q, "offer") }

func (h handlers) newOffer(q *web.Req) error {
	list, err := h.s.Choices(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(offerPage(page(q, "Offer help"), list, values{}, asked{}))
}

func (h handlers) offer(q *web.Req) error {
	v := typed(q, "about", "words", "why", "until")
	until, err := v.date("until")
	if err == nil {
		_, err = h.keeping(q, v).Offer(q.Context(), q.Pass, peers.Offered{Key: v["about"], Words: v["words"], Why: v["why"], Until: until})
	}
	if err == nil {
		return q.Go(PeersPath, "The others of your cluster see it from now on, beside their own gaps.")
	}
	d := page(q, "Offer help")
	var a asked
	if d.Errors, a, err = wrong(err); err != nil {
		return err
	}
	list, err := h.s.Choices(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Again(offerPage(d, list, v, a))
}
