// Package web holds the pages of helping each other: what schools of a cluster offer, asking for it, and what both wrote down.
package web

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/peers"
)

// Manifest is what this capability adds to the product.
func Manifest(s *peers.Service) module.Manifest {
	h := handlers{s}
	see, lead, log := web.For(peers.See), web.For(peers.Lead), web.For(peers.Log)
	offer, exchange := offersPath+"/{offer}", PeersPath+"/{exchange}"
	return module.Manifest{
		Name:   "peers",
		Rights: peers.Rights(),
		Menu:   []web.MenuItem{{Label: "Helping each other", Href: PeersPath, Need: peers.See, Order: 64, Group: "Improving"}},
		Routes: []web.Route{
			{Pattern: "GET " + PeersPath, Need: see, Handle: h.board},
			{Pattern: "GET " + newOfferPath, Need: lead, Handle: h.newOffer},
			{Pattern: "POST " + offersPath, Need: lead, Handle: h.offer},
			{Pattern: "POST " + offer + "/withdraw", Need: lead, Handle: h.withdraw},
			{Pattern: "GET " + offer + "/ask", Need: lead, Handle: h.askForm},
			{Pattern: "POST " + offer + "/ask", Need: lead, Handle: h.ask},
			{Pattern: "GET " + exchange, Need: see, Handle: h.exchange},
			{Pattern: "POST " + exchange + "/answer", Need: lead, Handle: h.answer},
			{Pattern: "POST " + exchange + "/visits", Need: log, Handle: h.visit},
			{Pattern: "POST " + exchange + "/thanks", Need: lead, Handle: h.thank},
			{Pattern: "POST " + exchange + "/finish", Need: lead, Handle: h.finish},
		},
	}
}

type handlers struct{ s *peers.Service }

// HomePanel says on the first page that a school has asked for help and waits for an answer.
func HomePanel(tx *db.Tx) (web.Component, error) {
	list, err := peers.Waiting(tx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return homePanel(list), nil
}
