package web

import "net/url"

const (
	signInPath     = "/sign-in"
	lookAroundPath = "/look-around"
)

// AsParentPath is where a colleague who is also a parent here puts on that hat.
const AsParentPath = "/as-parent"

func linkPath(secret string) string { return "/link/" + url.PathEscape(secret) }
