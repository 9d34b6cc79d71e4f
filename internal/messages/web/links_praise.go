package web

import (
	"net/url"
	"strconv"

	"ajar/internal/messages"
)

// PraisePath is where praise is made, signed and printed.
const PraisePath = "/messages/praise"

func praisePath(id messages.PraiseID) string { return PraisePath + "/" + id.String() }

func praiseSignPath(id messages.PraiseID) string { return praisePath(id) + "/sign" }

func praiseDropPath(id messages.PraiseID) string { return praisePath(id) + "/drop" }

func praisePaperPath(at int64, kind string) string {
	return PraisePath + "/paper?at=" + strconv.FormatInt(at, 10) + "&kind=" + url.QueryEscape(kind)
}
