package web

import "net/url"

const (
	withPath         = signInPath + "/with/"
	findProviderPath = signInPath + "/find"
	backPath         = signInPath + "/back/"
	choosePlacePath  = signInPath + "/place"
	passkeyPath      = signInPath + "/passkey"
	proveWithPath    = ProvePath + "/with/"
	provePasskeyPath = ProvePath + "/passkey"
	accountWithPath  = AccountPath + "/with/"
	addPasskeyPath   = AccountPath + "/passkey"
	dropPasskeyPath  = AccountPath + "/passkey/remove"
	askPasskeyPath   = "/passkey"
)

// ProvidersPath is where a school says by which accounts its staff sign in.
const ProvidersPath = "/providers"

func withOf(provider string) string        { return withPath + url.PathEscape(provider) }
func proveWithOf(provider string) string   { return proveWithPath + url.PathEscape(provider) }
func accountWithOf(provider string) string { return accountWithPath + url.PathEscape(provider) }
func providerOf(kind string) string        { return ProvidersPath + "/" + url.PathEscape(kind) }

// againPath asks for a second factor though one was proved before.
func againPath(next string) string {
	return ProvePath + "?" + url.Values{"again": {"1"}, "next": {next}}.Encode()
}
