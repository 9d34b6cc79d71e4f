// Package web holds the pages of the door: signing in and out, looking around, and the first page.
package web

import (
	"net/http"
	"net/url"
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
	h := handlers{s}
	door := web.Public("nobody is signed in before the door")
	return module.Manifest{
		Name: "admin",
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
}

type handlers struct{ s *admin.Service }

func (h handlers) home(q *web.Req) error {
	if !q.Pass.Valid() {
		return q.Go(h.door(), "")
	}
	panels, foot, err := h.s.Home(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(homePage(ui.From(q, "Today"), firstName(q.Pass.Who().Name), panels, foot))
}

// door is where someone without a session begins.
func (h handlers) door() string {
	if h.s.LookAround {
		return lookAroundPath
	}
	return signInPath
}

func (h handlers) signIn(q *web.Req) error {
	if h.s.LookAround {
		return q.Go(lookAroundPath+"?"+url.Values{"next": {safeNext(q.Text("next"))}}.Encode(), "")
	}
	return q.Page(signInPage(ui.From(q, "Sign in to Ajar")))
}

func (h handlers) signOut(q *web.Req) error {
	if c, err := q.R.Cookie(admin.CookieName); err == nil {
		if err := h.s.SignOut(q.Context(), c.Value); err != nil {
			return err
		}
	}
	http.SetCookie(q.W, web.Cookie(admin.CookieName, "", -time.Second, web.Secure(q.R)))
	return q.Go(h.door(), "You are signed out.")
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
