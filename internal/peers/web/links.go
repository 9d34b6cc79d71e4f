package web

import "ajar/internal/peers"

// PeersPath is the page of helping each other.
const PeersPath = "/peers"

const (
	offersPath   = PeersPath + "/offers"
	newOfferPath = offersPath + "/new"
)

func offerPath(id peers.OfferID) string    { return offersPath + "/" + id.String() }
func withdrawPath(id peers.OfferID) string { return offerPath(id) + "/withdraw" }

// AskPath is where a school asks for what another one offers.
func AskPath(id peers.OfferID) string { return offerPath(id) + "/ask" }

// ExchangePath is the page of one exchange.
func ExchangePath(id peers.ExchangeID) string { return PeersPath + "/" + id.String() }

func answerPath(id peers.ExchangeID) string { return ExchangePath(id) + "/answer" }
func visitPath(id peers.ExchangeID) string  { return ExchangePath(id) + "/visits" }
func thankPath(id peers.ExchangeID) string  { return ExchangePath(id) + "/thanks" }
func finishPath(id peers.ExchangeID) string { return ExchangePath(id) + "/finish" }
