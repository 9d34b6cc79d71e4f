package web

import "net/url"

const (
	signInPath     = "/sign-in"
	lookAroundPath = "/look-around"
	carryOnPath    = "/carry-on"
	lockPath       = "/lock"
	stayPath       = "/stay"
)

const (
	// ProvePath asks for a second factor.
	ProvePath = "/prove"
	// UnlockPath asks somebody whose session is locked to show that it is them.
	UnlockPath = "/unlock"
	// AccountPath is one's own sign-in: password, second factor, devices.
	AccountPath = "/account"
)

// AsParentPath is where a colleague who is also a parent here puts on that hat.
const AsParentPath = "/as-parent"

func linkPath(secret string) string { return "/link/" + url.PathEscape(secret) }

func carryOnOf(held string) string { return carryOnPath + "?held=" + url.QueryEscape(held) }
