package web

import (
	"net/url"

	"ajar/internal/roll"
)

const (
	signInPath     = "/sign-in"
	lookAroundPath = "/look-around"
	carryOnPath    = "/carry-on"
	lockPath       = "/lock"
	choosePath     = "/sign-in/choose"
	forgottenPath  = "/forgotten"
	unlockPassword = "/unlock/password"
	proveCode      = "/prove/code"
	proveRecovery  = "/prove/recovery"
	ownPassword    = AccountPath + "/password"
	ownApp         = AccountPath + "/app"
	ownAppRemove   = ownApp + "/remove"
	ownRecovery    = AccountPath + "/recovery-codes"
	endDevicePath  = AccountPath + "/devices/end"
	endOthersPath  = AccountPath + "/devices/end-others"
	stayPath       = "/stay"
)

const (
	// ProvePath asks for a second factor.
	ProvePath = "/prove"
	// UnlockPath asks somebody whose session is locked to show that it is them.
	UnlockPath = "/unlock"
	// AccountPath is one's own sign-in: password, second factor, devices.
	AccountPath = "/account"
	// AccountsPath is the list of who can sign in.
	AccountsPath = "/accounts"
)

// AsParentPath is where a colleague who is also a parent here puts on that hat.
const AsParentPath = "/as-parent"

func linkPath(secret string) string { return "/link/" + url.PathEscape(secret) }

func carryOnOf(held string) string { return carryOnPath + "?held=" + url.QueryEscape(held) }

func colleaguePath(id roll.StaffID, act string) string {
	if act != "" {
		act = "/" + act
	}
	return AccountsPath + "/" + id.String() + act
}
