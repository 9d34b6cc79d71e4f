package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ajar/internal/admin"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/oidc"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// byProvider is signing in by the school's accounts.
func byProvider(h handlers) []web.Route {
	h.signInWays = append(h.signInWays, part{1, h.providerWay})
	h.proofWays = append(h.proofWays, part{4, h.providerProof})
	h.unlockWays = append(h.unlockWays, part{2, h.providerUnlock})
	h.accountParts = append(h.accountParts, part{0, h.providerAccount})
	door := web.Public("nobody is signed in before the door")
	return []web.Route{
		{Pattern: "GET " + withPath + "{provider}", Need: door, Handle: h.withProvider},
		{Pattern: "POST " + withPath + "{provider}", Need: door, Handle: h.toProvider},
		{Pattern: "POST " + findProviderPath, Need: door, Handle: h.findProvider},
		{Pattern: "GET " + backPath + "{provider}", Need: web.Public("takes whoever comes back from a provider, with the cookie that they were sent out with"), Handle: h.comeBack},
		{Pattern: "POST " + choosePlacePath, Need: web.Public("takes whoever just came back from a provider and works at several schools"), Handle: h.choosePlace},
		{Pattern: "POST " + proveWithPath + "{provider}", Need: web.Public("finds the session by itself, which may be locked"), Handle: h.proveWith},
		{Pattern: "POST " + accountWithPath + "{provider}", Need: web.SignedIn(), Handle: h.linkWith},
		{Pattern: "POST " + accountWithPath + "{provider}/remove", Need: web.SignedIn(), Handle: h.unlink},
	}
}

const (
	outCookie    = "ajar_out_"  // with the beginning of the state, so that two tabs don't meet
	placeCookie  = "ajar_place" // a choice between schools
	memoryCookie = "ajar_with"  // the provider that this device used last
)

// base is the address of Ajar as the browser knows it. Once somebody has said what it is (AJAR_ADDRESS), it is that, whatever the browser says.
func (h handlers) base(q *web.Req) string {
	if h.s.Address != "" {
		return h.s.Address
	}
	if web.Secure(q.R) {
		return "https://" + q.R.Host
	}
	return "http://" + q.R.Host
}

func remembered(q *web.Req) string {
	c, err := q.R.Cookie(memoryCookie)
	if err != nil || len(c.Value) > 200 {
		return ""
	}
	return c.Value
}

// providerView is what the door says about the school's accounts.
type providerView struct {
	Offered []admin.Provider
	More    bool // other schools have providers too
	Next    string
	Address string // as typed
	Error   string
	Out     *logoutView
}

// logoutView offers to sign out of a provider as well.
type logoutView struct{ Label, Href string }

func (h handlers) providerWay(q *web.Req, _ admin.Session) (web.Component, error) {
	v := providerView{Next: safeNext(q.Text("next"))}
	var err error
	if v.Offered, v.More, err = h.s.DoorProviders(q.Context(), remembered(q)); err != nil {
		return nil, err
	}
	if key := q.R.URL.Query().Get("out"); key != "" {
		if p, href := h.s.LogoutAddress(q.Context(), key, h.base(q)+signInPath); href != "" {
			v.Out = &logoutView{p.Label, href}
		}
	}
	if len(v.Offered) == 0 && !v.More {
		return nil, nil
	}
	return providerPart(v), nil
}

// doorAfter is the door for whoever signs out: after a provider it says how to sign out there as well.
func (h handlers) doorAfter(q *web.Req, token string) (string, error) {
	key, err := h.s.LogoutAt(q.Context(), token)
	if err != nil || key == "" {
		return h.door(), err
	}
	return signInPath + "?" + url.Values{"out": {key}, "staff": {"1"}}.Encode(), nil
}

// withProvider is a page with one button, to which a school can link from its own site.
func (h handlers) withProvider(q *web.Req) error {
	p, err := h.s.DoorProvider(q.Context(), q.R.PathValue("provider"))
	if err != nil {
		return err
	}
	return q.Page(withPage(ui.From(q, "Sign in to Ajar"), []admin.Provider{p}, safeNext(q.Text("next")), ""))
}

func (h handlers) toProvider(q *web.Req) error {
	return h.send(q, q.R.PathValue("provider"), q.Text("address"), admin.Errand{For: admin.ToSignIn, Next: safeNext(q.Text("next"))})
}

// findProvider finds the way in by the end of an e-mail address.
func (h handlers) findProvider(q *web.Req) error {
	address, next := q.Text("address"), safeNext(q.Text("next"))
	list, err := h.s.ProvidersFor(q.Context(), address)
	if errs := ui.ErrorsOf(err); len(errs) > 0 {
		ways, perr := h.parts(q, admin.Session{}, h.signInWays)
		if perr != nil {
			return perr
		}
		v := providerView{More: true, Next: next, Address: address, Error: errs.For("address")}
		if len(ways) > 0 {
			ways[0] = providerPart(v)
		}
		d := ui.From(q, "Sign in to Ajar")
		d.Errors = errs
		return q.Again(signInPage(d, ways))
	}
	if err != nil {
		return err
	}
	if len(list) == 1 {
		return h.send(q, list[0].Key, address, admin.Errand{For: admin.ToSignIn, Next: next})
	}
	return q.Page(withPage(ui.From(q, "Choose where you work"), list, next, address))
}

func (h handlers) proveWith(q *web.Req) error {
	return h.send(q, q.R.PathValue("provider"), "", admin.Errand{For: admin.ToProve, Next: safeNext(q.Text("next")), Held: q.Text("held")})
}

func (h handlers) linkWith(q *web.Req) error {
	err := h.send(q, q.R.PathValue("provider"), "", admin.Errand{For: admin.ToLink, Next: AccountPath})
	return h.askAgain(q, err)
}

func (h handlers) unlink(q *web.Req) error {
	if err := h.s.Unlink(q.Context(), q.R.PathValue("provider"), admin.Token(q.R)); err != nil {
		return h.askAgain(q, err)
	}
	return q.Go(AccountPath, "That account does not let you in any more.")
}

// send sends the browser to a provider. The answer is a page that leads on by itself and has a link: a redirect after a form would be refused by browsers, since
// forms of ours lead to ourselves alone (form-action in the policy for content).
func (h handlers) send(q *web.Req, key, hint string, e admin.Errand) error {
	o, err := h.s.SendOut(q.Context(), key, h.base(q), hint, e, admin.Token(q.R))
	if err != nil {
		return err
	}
	c := web.Cookie(outCookie+o.State[:12], o.Cookie, oidc.FlowLasts, web.Secure(q.R))
	c.Path = strings.TrimSuffix(backPath, "/")
	http.SetCookie(q.W, c)
	q.W.Header().Set("Refresh", "0; url="+o.Address)
	return q.Page(leavingPage(ui.From(q, "On your way"), o.Provider, o.Address, serverOf(o.Address)))
}

func serverOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func (h handlers) comeBack(q *web.Req) error {
	back := q.R.URL.Query()
	state := back.Get("state")
	var sealed string
	if len(state) >= 12 {
		name := outCookie + state[:12]
		if c, err := q.R.Cookie(name); err == nil {
			sealed = c.Value
			over := web.Cookie(name, "", -time.Second, web.Secure(q.R))
			over.Path = strings.TrimSuffix(backPath, "/")
			http.SetCookie(q.W, over)
		}
	}
	key := q.R.PathValue("provider")
	a, err := h.s.ComeBack(q.Context(), key, sealed, back, q.R.UserAgent(), admin.Token(q.R))
	if err != nil {
		return h.turnedAway(q, a, err)
	}
	switch a.For {
	case admin.ToLink:
		return q.Go(AccountPath, "From now on you can sign in with "+a.Provider.Label+".")
	case admin.ToProve:
		http.SetCookie(q.W, web.Cookie(admin.CookieName, a.Token, admin.CookieLength, web.Secure(q.R)))
		flash := ""
		if a.Weak && a.Provider.Factor != admin.FactorNo {
			flash = capitalLabel(a.Provider) + " did not ask you for a second step this time."
		}
		return q.Go(onwardOf(a.Held, a.Next), flash)
	}
	http.SetCookie(q.W, web.Cookie(memoryCookie, key, 365*24*time.Hour, web.Secure(q.R)))
	if a.Token != "" {
		return h.letIn(q, a.Token, onwardOf("", a.Next))
	}
	c := web.Cookie(placeCookie, a.Ticket, 5*time.Minute, web.Secure(q.R))
	http.SetCookie(q.W, c)
	return q.Page(placesPage(ui.From(q, "Choose where you work"), a.Places))
}

// turnedAway shows why somebody who came back is not let in, with the ways that are left.
func (h handlers) turnedAway(q *web.Req, a admin.Arrival, err error) error {
	sentence, safe := fault.Sentence(err)
	if !safe {
		return err
	}
	status := http.StatusForbidden
	switch fault.KindOf(err) {
	case fault.Unavailable:
		status = http.StatusServiceUnavailable
	case fault.Conflict:
		status = http.StatusConflict
	case fault.NotFound:
		return err
	}
	to, words := signInPath+"?staff=1", "Back to the door"
	switch a.For {
	case admin.ToLink:
		to, words = AccountPath, "Back to how you sign in"
	case admin.ToProve:
		to, words = againPath(onwardOf(a.Held, a.Next)), "Choose another way"
		if q.Locked {
			to = UnlockPath + "?" + url.Values{"next": {a.Next}}.Encode()
		}
		if a.Held != "" {
			to = ProvePath + "?" + url.Values{"held": {a.Held}}.Encode()
		}
	}
	return q.PageStatus(status, turnedAwayPage(ui.From(q, "Not signed in"), sentence, to, words))
}

func (h handlers) choosePlace(q *web.Req) error {
	c, err := q.R.Cookie(placeCookie)
	if err != nil {
		return fault.New(fault.Forbidden, "You took a while to choose, so please begin again.")
	}
	token, next, err := h.s.ChoosePlace(q.Context(), c.Value, web.FormID[roll.Org](q, "org"), q.R.UserAgent())
	if err != nil {
		return err
	}
	http.SetCookie(q.W, web.Cookie(placeCookie, "", -time.Second, web.Secure(q.R)))
	return h.letIn(q, token, onwardOf("", next))
}

func onwardOf(held, next string) string {
	if held != "" {
		return carryOnOf(held)
	}
	if next = safeNext(next); next != "" {
		return next
	}
	return "/"
}

func (h handlers) providerProof(q *web.Req, x admin.Session) (web.Component, error) {
	strong, _, err := h.s.ProofProviders(q.Context(), x)
	if err != nil || len(strong) == 0 {
		return nil, err
	}
	return providerProofPart(strong, onward(q), "Use your school account", "It asks you again, with its own second step."), nil
}

// providerUnlock is for providers whose second factor does not count: they still show that a locked session is theirs.
func (h handlers) providerUnlock(q *web.Req, x admin.Session) (web.Component, error) {
	_, others, err := h.s.ProofProviders(q.Context(), x)
	if err != nil || len(others) == 0 {
		return nil, err
	}
	return providerProofPart(others, onward(q), "Use your school account", "It asks you to sign in again."), nil
}

type providerAccountView struct {
	Linked []admin.Linked
	More   []admin.Provider
	zone   *time.Location
}

func (h handlers) providerAccount(q *web.Req, x admin.Session) (web.Component, error) {
	linked, more, err := h.s.Accounts(q.Context(), x)
	if err != nil || len(linked)+len(more) == 0 {
		return nil, err
	}
	return providerAccountPart(providerAccountView{linked, more, h.s.DB.Clock().Zone()}), nil
}

func capitalLabel(p admin.Provider) string {
	if p.Label == "" {
		return "The provider"
	}
	return strings.ToUpper(p.Label[:1]) + p.Label[1:]
}

// formAgain tells whether an error belongs to a form that is shown again.
func formAgain(err error) (ui.Errors, bool) {
	var e *fault.Error
	if errs := ui.ErrorsOf(err); len(errs) > 0 {
		return errs, true
	}
	if errors.As(err, &e) && e.Kind == fault.Unavailable {
		return ui.Errors{{Field: "", Text: e.Sentence}}, true
	}
	return nil, false
}
