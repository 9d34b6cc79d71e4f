// Package web holds the pages of the door: signing in and out, looking around, and the first page.
package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ajar/internal/admin"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// Manifest is what this capability adds to the product.
func Manifest(s *admin.Service) module.Manifest {
	h := handlers{s: s, sockets: &sockets{}}
	door := web.Public("nobody is signed in before the door")
	m := module.Manifest{
		Name:   "admin",
		Rights: admin.Rights(),
		Menu:   []web.MenuItem{{Label: "Sign-in", Href: AccountsPath, Need: admin.Accounts, Order: 72}},
		Routes: []web.Route{
			{Pattern: "GET /{$}", Need: web.Public("sends those without a session to the door"), Handle: h.home},
			{Pattern: "GET /sign-in", Need: door, Handle: h.signIn},
			{Pattern: "POST /sign-out", Need: web.Public("ends whatever session there is"), Handle: h.signOut},
			{Pattern: "GET /link/{secret}", Need: web.Public("shows a button; the secret is the key"), Handle: h.link},
			{Pattern: "POST /link/{secret}", Need: web.Public("the secret is the key, and works once"), Handle: h.useLink},
			{Pattern: "POST " + AsParentPath, Need: web.SignedIn(), Handle: h.asParent},
			{Pattern: "GET /look-around", Need: web.Public("fictional people only, and only while the demo is served"), Handle: h.lookAround},
			{Pattern: "POST /look-around", Need: web.Public("fictional people only, and only while the demo is served"), Handle: h.enter},
		},
	}
	for _, room := range []func(handlers) []web.Route{
		proving, passwords, apps, devices, accounts, byProvider, byPasskey, providers,
	} {
		m.Routes = append(m.Routes, room(h)...)
	}
	return m
}

type handlers struct {
	s *admin.Service
	*sockets
}

// part is a piece of a page at the door that a file of its own adds, in its place among the others. It answers nil where it has nothing to offer.
// The session is that of the browser, locked or not; at the page to sign in there is none.
type part struct {
	order int
	show  func(q *web.Req, x admin.Session) (web.Component, error)
}

// sockets are the places for such pieces.
type sockets struct {
	signInWays   []part // ways in, on the page to sign in: providers 1, passkeys 2, passwords 3
	proofWays    []part // second factors, on the pages to prove and to unlock: passkeys 1, app 2, recovery code 3, providers 4
	unlockWays   []part // what opens a locked session beside those: the password
	setUpWays    []part // ways to begin with a second factor, for somebody who has none
	accountParts []part // sections of one's own sign-in
}

func (h handlers) parts(q *web.Req, x admin.Session, lists ...[]part) (out []web.Component, err error) {
	for _, list := range lists {
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b part) int { return a.order - b.order })
		for _, p := range list {
			c, err := p.show(q, x)
			if err != nil {
				return nil, err
			}
			if c != nil {
				out = append(out, c)
			}
		}
	}
	return out, nil
}

func (h handlers) home(q *web.Req) error {
	if q.Locked {
		return q.Go(UnlockPath, "")
	}
	if !q.Pass.Valid() {
		return q.Go(h.door(), "")
	}
	panels, foot, waits, err := h.s.Home(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(homePage(ui.From(q, "Today"), firstName(q.Pass.Who().Name), panels, foot, waits))
}

// door is where someone without a session begins.
func (h handlers) door() string {
	if h.s.LookAround {
		return lookAroundPath
	}
	return signInPath
}

func (h handlers) signIn(q *web.Req) error {
	if h.s.LookAround && q.Text("staff") == "" {
		return q.Go(lookAroundPath+"?"+url.Values{"next": {safeNext(q.Text("next"))}}.Encode(), "")
	}
	ways, err := h.parts(q, admin.Session{}, h.signInWays)
	if err != nil {
		return err
	}
	return q.Page(signInPage(ui.From(q, "Sign in to Ajar"), ways))
}

func (h handlers) signOut(q *web.Req) error {
	door := h.door()
	if c, err := q.R.Cookie(admin.CookieName); err == nil {
		if door, err = h.doorAfter(q, c.Value); err != nil {
			return err
		}
		if err := h.s.SignOut(q.Context(), c.Value); err != nil {
			return err
		}
	}
	http.SetCookie(q.W, web.Cookie(admin.CookieName, "", -time.Second, web.Secure(q.R)))
	q.W.Header().Set("Clear-Site-Data", `"cache", "storage"`) // drafts and copies on a shared computer; not the cookies, which remember the device
	return q.Go(door, "You are signed out.")
}

// asParent lets a colleague with two hats through the family's door.
func (h handlers) asParent(q *web.Req) error {
	if h.s.AsParent == nil || q.Pass.Who().Hat == 0 {
		return fault.Gone("page")
	}
	cookie, path, err := h.s.AsParent(q.Context(), q.Pass, q.R.UserAgent())
	if err != nil {
		return err
	}
	cookie.Secure = web.Secure(q.R)
	http.SetCookie(q.W, cookie)
	return q.Go(path, "")
}

func (h handlers) link(q *web.Req) error {
	return q.Page(linkPage(ui.From(q, "Sign in to Ajar"), linkPath(q.R.PathValue("secret"))))
}

func (h handlers) useLink(q *web.Req) error {
	token, err := h.s.Use(q.Context(), q.R.PathValue("secret"), q.R.UserAgent())
	if err != nil {
		return err
	}
	return h.letIn(q, token, "/")
}

func (h handlers) letIn(q *web.Req, token, next string) error {
	http.SetCookie(q.W, web.Cookie(admin.CookieName, token, admin.CookieLength, web.Secure(q.R)))
	return q.Go(next, "")
}

func (h handlers) lookAround(q *web.Req) error {
	guests, err := h.s.Guests(q.Context())
	if err != nil {
		return err
	}
	if len(guests) == 0 {
		return fault.Gone("page")
	}
	var more web.Component
	if h.s.MoreGuests != nil {
		if more, err = h.s.MoreGuests(q); err != nil {
			return err
		}
	}
	return q.Page(lookAroundPage(ui.From(q, "Look around"), guests, safeNext(q.Text("next")), more))
}

func (h handlers) enter(q *web.Req) error {
	token, err := h.s.Enter(q.Context(), web.FormID[roll.Org](q, "org"), web.FormID[roll.Staff](q, "staff"), q.R.UserAgent())
	if err != nil {
		return err
	}
	next := safeNext(q.Text("next"))
	if next == "" {
		next = "/"
	}
	return h.letIn(q, token, next)
}

// safeNext keeps only addresses of our own, so that a link can't lead from our door to another site.
func safeNext(next string) string {
	if !web.Local(next) {
		return ""
	}
	return next
}

func firstName(name string) string {
	for _, w := range strings.Fields(name) {
		if !strings.HasSuffix(w, ".") && w != "Mr" && w != "Mrs" && w != "Ms" && w != "Miss" && w != "Dr" {
			return w
		}
	}
	return name
}
