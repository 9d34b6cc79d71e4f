package web

import "net/url"

const (
	signInPath     = "/sign-in"
	lookAroundPath = "/look-around"
)

func linkPath(secret string) string { return "/link/" + url.PathEscape(secret) }
