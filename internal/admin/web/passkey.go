package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"ajar/internal/admin"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/passkey"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

// byPasskey is signing in, and proving a second factor, by a passkey. It needs script, so its forms show themselves only where there is some.
func byPasskey(h handlers) []web.Route {
	h.signInWays = append(h.signInWays, part{2, h.passkeyWay})
	h.proofWays = append(h.proofWays, part{1, h.passkeyProof})
	h.setUpWays = append(h.setUpWays, part{2, h.passkeySetUp})
	h.accountParts = append(h.accountParts, part{3, h.passkeyAccount})
	return []web.Route{
		{Pattern: "POST " + askPasskeyPath, Need: web.Public("asks a browser for a passkey; what for is checked where it is used"), Handle: h.askPasskey},
		{Pattern: "POST " + passkeyPath, Need: web.Public("the passkey says who it is"), Handle: h.usePasskey},
		{Pattern: "POST " + provePasskeyPath, Need: web.Public("finds the session by itself, which may be locked"), Handle: h.provePasskey},
		{Pattern: "POST " + addPasskeyPath, Need: web.SignedIn(), Handle: h.addPasskey},
		{Pattern: "POST " + dropPasskeyPath, Need: web.SignedIn(), Handle: h.dropPasskey},
	}
}

const questionCookie = "ajar_key"

// here tells whether passkeys work at the address at which the browser is.
func (h handlers) keysHere(q *web.Req) bool {
	base := h.base(q)
	if !admin.PasskeysAt(base) {
		return false
	}
	u, err := url.Parse(base)
	return err == nil && u.Host == q.R.Host
}

// askPasskey answers the script with what to ask the browser for.
func (h handlers) askPasskey(q *web.Req) error {
	what := q.Text("for")
	options, sealed, err := h.s.AskPasskey(q.Context(), h.base(q), what, admin.Token(q.R))
	if err != nil {
		if admin.IsNotFresh(err) {
			return answerJSON(q, http.StatusConflict, map[string]any{"to": againPath(AccountPath)})
		}
		sentence, safe := fault.Sentence(err)
		if !safe {
			return err
		}
		return answerJSON(q, http.StatusForbidden, map[string]any{"error": sentence})
	}
	http.SetCookie(q.W, web.Cookie(questionCookie, sealed, passkey.CeremonyLasts, web.Secure(q.R)))
	kind := "get"
	if what == admin.KeyToAdd {
		kind = "create"
	}
	return answerJSON(q, http.StatusOK, map[string]any{"kind": kind, "publicKey": options})
}

func answerJSON(q *web.Req, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	q.W.Header().Set("Content-Type", "application/json")
	q.W.Header().Set("Cache-Control", "no-store")
	q.W.WriteHeader(status)
	_, err = q.W.Write(b)
	return err
}

// question is what the browser brings along with its answer. It counts once, so the cookie goes.
func question(q *web.Req) string {
	c, err := q.R.Cookie(questionCookie)
	if err != nil {
		return ""
	}
	http.SetCookie(q.W, web.Cookie(questionCookie, "", -time.Second, web.Secure(q.R)))
	return c.Value
}

func (h handlers) usePasskey(q *web.Req) error {
	token, err := h.s.UsePasskey(q.Context(), h.base(q), question(q), []byte(q.R.FormValue("answer")), q.R.UserAgent())
	if err != nil {
		return h.turnedAway(q, admin.Arrival{}, err)
	}
	return h.letIn(q, token, onwardOf("", q.Text("next")))
}

func (h handlers) provePasskey(q *web.Req) error {
	token, err := h.s.ProveByPasskey(q.Context(), h.base(q), question(q), []byte(q.R.FormValue("answer")), admin.Token(q.R))
	if err != nil {
		return h.again(q, err)
	}
	return h.goOn(q, token, "")
}

func (h handlers) addPasskey(q *web.Req) error {
	token, err := h.s.AddPasskey(q.Context(), h.base(q), question(q), []byte(q.R.FormValue("answer")), q.Text("name"), admin.Token(q.R))
	if admin.IsNotFresh(err) {
		return h.askAgain(q, err)
	}
	if err != nil {
		var e *fault.Error
		if errors.As(err, &e) && e.Kind == fault.Invalid {
			return h.turnedAway(q, admin.Arrival{For: admin.ToLink}, err)
		}
		return err
	}
	return h.goOn(q, token, "Your passkey is ready. From now on you can sign in with it.")
}

func (h handlers) dropPasskey(q *web.Req) error {
	if err := h.s.RemovePasskey(q.Context(), q.Text("key"), admin.Token(q.R)); err != nil {
		return h.askAgain(q, err)
	}
	return q.Go(AccountPath, "That passkey does not let you in any more. Remove it from the device as well, so that it is not offered there.")
}

func (h handlers) passkeyWay(q *web.Req, _ admin.Session) (web.Component, error) {
	if !h.keysHere(q) {
		return nil, nil
	}
	return passkeyPart(passkeyForm{Title: "With a passkey", Words: "Your phone or computer checks that it is you: by finger, face or PIN.", Button: "Sign in with a passkey", For: admin.KeyToSignIn, Action: passkeyPath, Fields: onward(q), Kind: ui.Secondary}), nil
}

// keysFor are the passkeys that somebody has at this address.
func (h handlers) keysFor(q *web.Req, x admin.Session) (all, here []admin.Passkey, err error) {
	all, err = h.s.Passkeys(q.Context(), x)
	if !h.keysHere(q) {
		return all, nil, err
	}
	u, uerr := url.Parse(h.base(q))
	if uerr != nil {
		return all, nil, uerr
	}
	for _, k := range all {
		if k.Site == u.Hostname() {
			here = append(here, k)
		}
	}
	return all, here, err
}

func (h handlers) passkeyProof(q *web.Req, x admin.Session) (web.Component, error) {
	_, here, err := h.keysFor(q, x)
	if err != nil || len(here) == 0 {
		return nil, err
	}
	return passkeyPart(passkeyForm{Title: "Use a passkey", Words: "Your phone or computer checks that it is you.", Button: "Use a passkey", For: admin.KeyToProve, Action: provePasskeyPath, Fields: onward(q),
		Without: "You have a passkey, and this browser can't use it without script. Choose another way."}), nil
}

func (h handlers) passkeySetUp(q *web.Req, _ admin.Session) (web.Component, error) {
	if !h.keysHere(q) {
		return nil, nil
	}
	return passkeyPart(passkeyForm{Title: "A passkey", Words: "Your phone or computer checks that it is you: by finger, face or PIN. There is nothing to type and nothing to remember.", Button: "Make a passkey", For: admin.KeyToAdd, Action: addPasskeyPath, Fields: onward(q)}), nil
}

type passkeyAccountView struct {
	Keys  []admin.Passkey
	Here  bool
	Where string // the name that keys of this address have
	zone  *time.Location
}

func (h handlers) passkeyAccount(q *web.Req, x admin.Session) (web.Component, error) {
	all, _, err := h.keysFor(q, x)
	if err != nil || len(all) == 0 && !h.keysHere(q) {
		return nil, err
	}
	v := passkeyAccountView{Keys: all, Here: h.keysHere(q), zone: h.s.DB.Clock().Zone()}
	if u, err := url.Parse(h.base(q)); err == nil {
		v.Where = u.Hostname()
	}
	return passkeyAccountPart(v), nil
}

// passkeyForm is a form whose button asks the browser for a passkey.
type passkeyForm struct {
	Title, Words, Button string
	For, Action          string
	Fields               []ui.HiddenInput
	Kind                 ui.ButtonKind
	Without              string // what is said where there is no script; nothing is shown there without it
}

func (f passkeyForm) attrs() map[string]any {
	a := map[string]any{"data-passkey": f.For, "data-ask": askPasskeyPath, "data-failed": "No passkey was used. Try again, or choose another way.", "data-known": "This device has a passkey for Ajar already."}
	if f.For == admin.KeyToProve {
		a["data-unlock"] = "" // the sheet that covers a locked page sends it by itself
	}
	return a
}
