package web

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"ajar/internal/admin"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/testkey"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/testop"
	"ajar/internal/kit/trail"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
)

const ajarAt = "https://ajar.example"

// today is both schools' door as it is served: with proofs, locks and held forms, at an address of its own, on today's clock.
func today(t *testing.T, body func(t *testing.T, h *door, elm roll.Org)) {
	testkit.Both(t, []db.Migrations{trail.Migrations(), batch.Migrations(), roll.Migrations(), admin.Migrations()}, func(t *testing.T, d *db.DB) {
		d.SetClock(clock.System())
		s := admin.New(d, roll.New(d, batch.New(d)))
		s.Address = ajarAt
		srv := &web.Server{Gate: access.NewGate(roll.Rights(), admin.Rights()), Routes: Manifest(s).Routes, Identify: s.Identify, Trouble: Trouble, SignIn: signInPath, Prove: ProvePath, Unlock: UnlockPath, Hold: s.Hold,
			Log:   slog.New(slog.NewTextHandler(io.Discard, nil)),
			Frame: func(q *web.Req) web.Frame { return web.Frame{Path: q.R.URL.Path, Who: q.Pass.Who().Name} }}
		handler, err := srv.Handler()
		if err != nil {
			t.Fatal(err)
		}
		h := &door{t: t, s: s, handler: handler, jar: map[string]string{}}
		var elm roll.Org
		for _, x := range []struct {
			o    *roll.Org
			code string
		}{{&h.org, "OAK"}, {&elm, "ELM"}} {
			if *x.o, err = s.Roll.AddOrg(context.Background(), "test", roll.Org{Code: x.code, Name: x.code + " School", Type: "school"}, ""); err != nil {
				t.Fatal(err)
			}
			if err := d.Update(context.Background(), access.System("test", int64(x.o.ID)), func(tx *db.Tx) error {
				id, err := roll.AddStaff(tx, "Ruth Okafor", "ruth@"+strings.ToLower(x.code)+".sch.uk")
				if err != nil {
					return err
				}
				if x.code == "OAK" {
					h.teacher = id
				}
				return roll.GiveRole(tx, id, roll.Head)
			}); err != nil {
				t.Fatal(err)
			}
		}
		body(t, h, elm)
	})
}

// at makes a request one to the address of Ajar.
func at(r *http.Request) {
	r.Host = "ajar.example"
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
}

func (h *door) other() *door {
	return &door{t: h.t, s: h.s, handler: h.handler, org: h.org, teacher: h.teacher, jar: map[string]string{}}
}

// by lets Ruth in by a link.
func (h *door) byLink() {
	h.t.Helper()
	secret, err := h.s.Link(h.t.Context(), h.org, "Ruth Okafor", "")
	if err != nil {
		h.t.Fatal(err)
	}
	if r, _ := h.visit("POST", "/link/"+secret, nil, at); r.StatusCode != 303 {
		h.t.Fatal(r.StatusCode)
	}
}

func (h *door) provider(org roll.Org, r *testop.Realm, over func(*admin.ProviderForm)) admin.Provider {
	h.t.Helper()
	f := admin.ProviderForm{Kind: admin.Other, Label: "the <school> account", Issuer: r.Issuer, Client: testop.ClientID, Secret: testop.Secret, Domains: strings.ToLower(org.Code) + ".sch.uk", Inside: true, ByAddress: true}
	if over != nil {
		over(&f)
	}
	p, err := h.s.SetProviderByCommand(h.t.Context(), org.ID, f)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

var backs = []string{ajarAt + "/sign-in/back/oak-other", ajarAt + "/sign-in/back/elm-other"}

var ruth = testop.Claims{"sub": "u1", "name": "Ruth", "email": "ruth@oak.sch.uk", "email_verified": true, "amr": []string{"mfa"}}

// leaves presses a button that leads to a provider, and gives the address there.
func (h *door) leaves(target string, form url.Values) string {
	h.t.Helper()
	r, doc := h.visit("POST", target, form, at)
	to, ok := strings.CutPrefix(r.Header.Get("Refresh"), "0; url=")
	if r.StatusCode != 200 || !ok {
		h.t.Fatalf("%s answers %d: %s", target, r.StatusCode, words(doc))
	}
	links := find(doc, "main a.govuk-button")
	if len(links) != 1 || attrOf(links[0], "href") != to {
		h.t.Errorf("the page has no link to where it leads")
	}
	return to
}

func attrOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// returns is the answer to whoever comes back from the provider.
func (h *door) returns(to *url.URL) (*http.Response, *html.Node) {
	h.t.Helper()
	if !strings.HasPrefix(to.String(), ajarAt+"/sign-in/back/") {
		h.t.Fatalf("the provider sends people to %s", to)
	}
	return h.visit("GET", to.RequestURI(), nil, func(r *http.Request) { at(r); r.Header.Set("Sec-Fetch-Site", "cross-site") })
}

func TestTheButtonOfTheSchoolsAccount(t *testing.T) {
	today(t, func(t *testing.T, h *door, elm roll.Org) {
		_, doc := h.visit("GET", "/sign-in", nil, at)
		if strings.Contains(words(doc), "school account") {
			t.Error("a button without a provider")
		}
		realm := testop.New(t, backs, ruth)
		p := h.provider(h.org, realm, nil)
		_, doc = h.visit("GET", "/sign-in?next=/pupils", nil, at)
		h.sees(doc, "Sign in with the <school> account")
		form := find(doc, `form[method=post][action="/sign-in/with/oak-other"]`)
		if len(form) != 1 || len(find(form[0], `input[name=next][value="/pupils"]`)) != 1 {
			t.Fatalf("%d buttons", len(form))
		}
		if r, _ := h.visit("GET", "/sign-in/with/oak-other", nil, at); r.StatusCode != 200 || r.Header.Get("Refresh") != "" || len(h.jar) != 0 {
			t.Error("a mere address sends people out")
		}
		if r, _ := h.visit("POST", "/sign-in/with/oak-other", nil, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); r.StatusCode != 403 {
			t.Errorf("another site sends people out: %d", r.StatusCode)
		}
		to := h.leaves("/sign-in/with/oak-other", url.Values{"next": {"/pupils"}})
		if !strings.Contains(to, url.QueryEscape(ajarAt+"/sign-in/back/oak-other")) {
			t.Errorf("%s", to)
		}
		var secret *http.Cookie
		for n, v := range h.jar {
			if strings.HasPrefix(n, "ajar_out_") {
				secret = &http.Cookie{Name: n, Value: v}
			}
		}
		if secret == nil || strings.Contains(secret.Value, "oak-other") {
			t.Fatalf("%v", h.jar)
		}
		before := maps.Clone(h.jar)
		back := testop.NewBrowser(t).SignIn(to, "u1")
		// Without the cookie, as when somebody is sent another's way back: nobody is signed in.
		stranger := h.other()
		r, doc := stranger.returns(back)
		if r.StatusCode != 403 || stranger.jar[admin.CookieName] != "" {
			t.Errorf("%d %v", r.StatusCode, stranger.jar)
		}
		stranger.sees(doc, "Not signed in", "Please begin again")
		r, _ = h.returns(back)
		if r.StatusCode != 303 || r.Header.Get("Location") != "/pupils" || h.jar[admin.CookieName] == "" || h.jar["ajar_with"] != p.Key {
			t.Fatalf("%d %s %v", r.StatusCode, r.Header.Get("Location"), h.jar)
		}
		if h.jar[secret.Name] != "" {
			t.Error("the way back can be used again")
		}
		again := h.other()
		again.jar = before
		if r, doc = again.returns(back); r.StatusCode != 403 || again.jar[admin.CookieName] != "" {
			t.Errorf("brought back a second time: %d %s", r.StatusCode, words(doc))
		}
		_, doc = h.visit("GET", "/", nil, at)
		h.sees(doc, "Good to see you, Ruth")
		// Signing out says that the provider still knows them.
		r, _ = h.visit("POST", "/sign-out", nil, at)
		if !strings.HasPrefix(r.Header.Get("Location"), "/sign-in?out=oak-other") {
			t.Errorf("to %s", r.Header.Get("Location"))
		}
		_, doc = h.visit("GET", r.Header.Get("Location"), nil, at)
		h.sees(doc, "sign out of the <school> account as well")
		if link := find(doc, `main a[href^="`+realm.Issuer+`/session/end"]`); len(link) != 1 {
			t.Errorf("%d links to the provider's own way out", len(link))
		}
		if _, doc = h.visit("GET", "/sign-in?out=nobody", nil, at); strings.Contains(words(doc), "as well") {
			t.Error("offers to sign out of what is not there")
		}
		// Another site in next leads nowhere.
		to = h.leaves("/sign-in/with/oak-other", url.Values{"next": {"//evil.example"}})
		r, _ = h.returns(testop.NewBrowser(t).SignIn(to, "u1"))
		if r.Header.Get("Location") != "/" {
			t.Errorf("to %s", r.Header.Get("Location"))
		}
		realm.Down(true)
		to = h.leaves("/sign-in/with/oak-other", nil)
		u, _ := url.Parse(to)
		back = &url.URL{Scheme: "https", Host: "ajar.example", Path: "/sign-in/back/oak-other", RawQuery: url.Values{"state": {u.Query().Get("state")}, "code": {"x"}, "iss": {realm.Issuer}}.Encode()}
		r, doc = h.returns(back)
		if r.StatusCode != 503 {
			t.Errorf("%d", r.StatusCode)
		}
		h.sees(doc, "does not answer at the moment")
		back.RawQuery = url.Values{"state": {"<script>alert(1)</script>"}, "error": {"access_denied"}, "error_description": {"<b>bad</b>"}}.Encode()
		r, doc = h.returns(back)
		if r.StatusCode != 403 || strings.Contains(words(doc), "bad") {
			t.Errorf("%d %s", r.StatusCode, words(doc))
		}
	})
}

func TestWhichSchoolsAccount(t *testing.T) {
	today(t, func(t *testing.T, h *door, elm roll.Org) {
		realm := testop.New(t, backs, ruth)
		h.provider(h.org, realm, nil)
		h.provider(elm, realm, nil)
		_, doc := h.visit("GET", "/sign-in?next=/pupils", nil, at)
		h.sees(doc, "Your school e-mail address")
		if strings.Contains(words(doc), "OAK School") || len(find(doc, `form[action^="/sign-in/with/"]`)) != 0 {
			t.Error("the door lists the schools")
		}
		r, doc := h.visit("POST", "/sign-in/find", url.Values{"address": {"r@nowhere.sch.uk"}, "next": {"/pupils"}}, at)
		if r.StatusCode != 422 || len(find(doc, `#school-address[value="r@nowhere.sch.uk"]`)) != 1 {
			t.Errorf("%d", r.StatusCode)
		}
		h.sees(doc, "No school here signs in by accounts that end in @nowhere.sch.uk")
		// Whoever it is: what the address ends in decides, so this tells nobody who works where.
		to := h.leaves("/sign-in/find", url.Values{"address": {"anybody@ELM.sch.uk"}})
		if !strings.Contains(to, "login_hint=anybody") || !strings.Contains(to, "elm-other") {
			t.Errorf("%s", to)
		}
		h.provider(elm, realm, func(f *admin.ProviderForm) { f.Domains = "elm.sch.uk, oak.sch.uk" })
		r, doc = h.visit("POST", "/sign-in/find", url.Values{"address": {"ruth@oak.sch.uk"}}, at)
		h.sees(doc, "Choose where you work", "OAK School", "ELM School")
		if n := len(find(doc, `form[action^="/sign-in/with/"] input[name=address][value="ruth@oak.sch.uk"]`)); r.StatusCode != 200 || n != 2 {
			t.Errorf("%d, %d buttons", r.StatusCode, n)
		}
		// ELM's provider says the truth about Ruth of OAK: she is nobody at ELM.
		to = h.leaves("/sign-in/with/elm-other", nil)
		r, doc = h.returns(testop.NewBrowser(t).SignIn(to, "u1"))
		if r.StatusCode != 403 || h.jar[admin.CookieName] != "" || h.jar["ajar_with"] != "" {
			t.Errorf("%d %v", r.StatusCode, h.jar)
		}
		h.sees(doc, "does not know yet which colleague")
		// A device remembers.
		to = h.leaves("/sign-in/with/oak-other", nil)
		h.returns(testop.NewBrowser(t).SignIn(to, "u1"))
		h.visit("POST", "/sign-out", nil, at)
		_, doc = h.visit("GET", "/sign-in", nil, at)
		if n := len(find(doc, `form[action="/sign-in/with/oak-other"]`)); n != 1 {
			t.Errorf("%d buttons", n)
		}
		h.sees(doc, "I work at another school")
		h.jar["ajar_with"] = strings.Repeat("x", 5000)
		if r, _ := h.visit("GET", "/sign-in", nil, at); r.StatusCode != 200 {
			t.Error(r.StatusCode)
		}
	})
}

func TestLinkAndProveByTheSchoolsAccount(t *testing.T) {
	today(t, func(t *testing.T, h *door, elm roll.Org) {
		realm := testop.New(t, backs, testop.Claims{"sub": "u1", "email": "private@home.example", "amr": []string{"mfa"}})
		h.provider(h.org, realm, func(f *admin.ProviderForm) { f.Factor, f.ByAddress = admin.FactorAMR, false })
		h.byLink()
		_, doc := h.visit("GET", AccountPath, nil, at)
		h.sees(doc, "Link your account at the <school> account")
		to := h.leaves("/account/with/oak-other", nil)
		r, _ := h.returns(testop.NewBrowser(t).SignIn(to, "u1"))
		if r.StatusCode != 303 || r.Header.Get("Location") != AccountPath {
			t.Fatalf("%d %s", r.StatusCode, r.Header.Get("Location"))
		}
		_, doc = h.visit("GET", AccountPath, nil, at)
		h.sees(doc, "private@home.example lets you in since")
		// What asks for a proof leads there, and the provider proves it.
		r, _ = h.visit("GET", ProvidersPath, nil, at)
		if !strings.HasPrefix(r.Header.Get("Location"), ProvePath) {
			t.Fatalf("%d %s", r.StatusCode, r.Header.Get("Location"))
		}
		_, doc = h.visit("GET", r.Header.Get("Location"), nil, at)
		h.sees(doc, "Continue to the <school> account")
		old := h.jar[admin.CookieName]
		to = h.leaves("/prove/with/oak-other", url.Values{"next": {ProvidersPath}})
		if !strings.Contains(to, "prompt=login") || !strings.Contains(to, "max_age=0") {
			t.Errorf("does not ask again: %s", to)
		}
		r, _ = h.returns(testop.NewBrowser(t).SignIn(to, "u1"))
		if r.StatusCode != 303 || r.Header.Get("Location") != ProvidersPath || h.jar[admin.CookieName] == old {
			t.Fatalf("%d %s", r.StatusCode, r.Header.Get("Location"))
		}
		if r, _ = h.visit("GET", ProvidersPath, nil, at); r.StatusCode != 200 {
			t.Errorf("proved, and answers %d", r.StatusCode)
		}
		// Nobody without a session is sent out to prove or to link one.
		stranger := h.other()
		for _, target := range []string{"/prove/with/oak-other", "/account/with/oak-other", "/account/with/oak-other/remove"} {
			if r, _ := stranger.visit("POST", target, nil, at); r.StatusCode != 403 || r.Header.Get("Refresh") != "" {
				t.Errorf("%s: %d", target, r.StatusCode)
			}
		}
		r, _ = h.visit("POST", "/account/with/oak-other/remove", nil, at)
		if r.StatusCode != 303 || r.Header.Get("Location") != AccountPath {
			t.Errorf("%d %s", r.StatusCode, r.Header.Get("Location"))
		}
		// Pressing Cancel there, or being somebody else there, leads back with a sentence.
		to = h.leaves("/account/with/oak-other", nil)
		r, doc = h.returns(testop.NewBrowser(t).SignIn(to, ""))
		if r.StatusCode != 403 || len(find(doc, `main a[href="/account"]`)) != 1 {
			t.Errorf("%d %s", r.StatusCode, words(doc))
		}
	})
}

func TestThePageOfProviders(t *testing.T) {
	today(t, func(t *testing.T, h *door, elm roll.Org) {
		realm := testop.New(t, backs, ruth)
		h.provider(h.org, realm, func(f *admin.ProviderForm) { f.Factor = admin.FactorAlways })
		to := h.leaves("/sign-in/with/oak-other", nil)
		h.returns(testop.NewBrowser(t).SignIn(to, "u1"))
		_, doc := h.visit("GET", ProvidersPath, nil, at)
		h.sees(doc, "School accounts", realm.Issuer, ajarAt+"/sign-in/back/oak-other", "1 colleague", "counts always")
		_, doc = h.visit("GET", ProvidersPath+"/microsoft", nil, at)
		h.sees(doc, "Directory (tenant) ID", ajarAt+"/sign-in/back/oak-microsoft", "xms_edov")
		r, doc := h.visit("POST", ProvidersPath+"/microsoft", url.Values{"tenants": {"common"}, "client": {"<x>"}, "secret": {"s3cret-value"}, "domains": {"oak.sch.uk"}}, at)
		if r.StatusCode != 422 || len(find(doc, `input[name=client][value="<x>"]`)) != 1 || len(find(doc, `[value="s3cret-value"]`)) != 0 || len(find(doc, "#tenants.govuk-input--error, #f-tenants.govuk-input--error, input[name=tenants][aria-invalid]")) == 0 {
			t.Errorf("%d: what was typed is lost, or the secret is not", r.StatusCode)
		}
		h.sees(doc, "is not a directory (tenant) ID")
		r, _ = h.visit("POST", ProvidersPath+"/microsoft", url.Values{"tenants": {"72f988bf-86f1-41af-91ab-2d7cd011db47"}, "client": {"c"}, "secret": {"s3cret-value"}, "domains": {"oak.sch.uk"}, "factor": {"no"}, "inside": {"1"}, "issuer": {"http://127.0.0.1"}}, at)
		if r.StatusCode != 303 {
			t.Fatal(r.StatusCode)
		}
		for _, path := range []string{ProvidersPath, ProvidersPath + "/microsoft"} {
			if _, doc = h.visit("GET", path, nil, at); len(find(doc, `[value="s3cret-value"]`)) != 0 || strings.Contains(words(doc), "s3cret-value") || strings.Contains(words(doc), "box1.") || strings.Contains(words(doc), "127.0.0.1/") && path != ProvidersPath {
				t.Errorf("%s shows the secret, or took an address that is not to be typed", path)
			}
		}
		r, _ = h.visit("POST", ProvidersPath+"/other/test", nil, at)
		if r.StatusCode != 303 {
			t.Errorf("%d", r.StatusCode)
		}
		if _, doc = h.visit("GET", ProvidersPath, nil, at); len(find(doc, "main")) != 1 {
			t.Error("no page")
		}
		realm.Down(true)
		_, doc = h.visit("POST", ProvidersPath+"/other/test", nil, at)
		h.sees(doc, "does not answer at the moment", "School accounts")
		for _, path := range []string{"/saml", "/google/remove"} {
			if r, _ := h.visit("GET", ProvidersPath+path, nil, at); r.StatusCode != 404 {
				t.Errorf("%s: %d", path, r.StatusCode)
			}
		}
		if r, _ := h.visit("POST", ProvidersPath+"/google/remove", nil, at); r.StatusCode != 404 {
			t.Errorf("%d", r.StatusCode)
		}
		_, doc = h.visit("GET", ProvidersPath+"/other/remove", nil, at)
		h.sees(doc, "1 colleague linked", "Take it away")
		r, _ = h.visit("POST", ProvidersPath+"/other/remove", nil, at)
		if r.StatusCode != 303 {
			t.Fatal(r.StatusCode)
		}
		if r, _ = h.visit("GET", ProvidersPath, nil, at); r.StatusCode != 303 || !strings.HasPrefix(r.Header.Get("Location"), "/sign-in") {
			t.Errorf("still signed in by what is gone: %d", r.StatusCode)
		}
	})
}

// raw is visit for what is no page.
func (h *door) raw(method, target string, form url.Values) *http.Response {
	h.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	at(r)
	for n, v := range h.jar {
		r.AddCookie(&http.Cookie{Name: n, Value: v})
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		h.jar[c.Name] = c.Value
	}
	return w.Result()
}

// asks is what the script does: it asks for what to ask the browser.
func (h *door) asks(what string) (status int, options []byte, said map[string]any) {
	h.t.Helper()
	r := h.raw("POST", "/passkey", url.Values{"for": {what}})
	b, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(b, &said); err != nil {
		h.t.Fatalf("%d %s", r.StatusCode, b)
	}
	if r.StatusCode == 200 {
		options, _ = json.Marshal(said["publicKey"])
	}
	return r.StatusCode, options, said
}

func TestPasskeyOnThePages(t *testing.T) {
	today(t, func(t *testing.T, h *door, elm roll.Org) {
		_, doc := h.visit("GET", "/sign-in", nil, at)
		if len(find(doc, `[data-passkey-part][hidden] form[method=post][action="/sign-in/passkey"][data-passkey=in]`)) != 1 {
			t.Error("the door offers no passkey, or shows one where there may be no script")
		}
		if _, doc = h.visit("GET", "/sign-in", nil, func(r *http.Request) { r.Host = "10.0.0.1" }); len(find(doc, "[data-passkey]")) != 0 {
			t.Error("offers a passkey at an address where it does not work")
		}
		if status, _, said := h.asks("add"); status != 403 || said["error"] == "" {
			t.Errorf("a stranger adds one: %d %v", status, said)
		}
		h.byLink()
		_, doc = h.visit("GET", AccountPath, nil, at)
		h.sees(doc, "Passkeys", "Add a passkey")
		status, options, _ := h.asks("add")
		if status != 200 {
			t.Fatal(status)
		}
		d := testkey.New(t, ajarAt)
		r, _ := h.visit("POST", "/account/passkey", url.Values{"answer": {string(d.Make(options))}, "name": {"My <phone>"}, "next": {AccountPath}}, at)
		if r.StatusCode != 303 || r.Header.Get("Location") != AccountPath {
			t.Fatalf("%d %s", r.StatusCode, r.Header.Get("Location"))
		}
		_, doc = h.visit("GET", AccountPath, nil, at)
		h.sees(doc, "My <phone>", "Made on")
		// In by it: two factors in one.
		h.visit("POST", "/sign-out", nil, at)
		_, options, _ = h.asks("in")
		if strings.Contains(string(options), d.ID()) {
			t.Error("the door tells strangers whose keys there are")
		}
		answer := string(d.Use(options))
		cookies := maps.Clone(h.jar)
		r, _ = h.visit("POST", "/sign-in/passkey", url.Values{"answer": {answer}, "next": {ProvidersPath}}, at)
		if r.StatusCode != 303 || r.Header.Get("Location") != ProvidersPath || h.jar[admin.CookieName] == "" {
			t.Fatalf("%d %s %v", r.StatusCode, r.Header.Get("Location"), h.jar)
		}
		if r, _ = h.visit("GET", ProvidersPath, nil, at); r.StatusCode != 200 {
			t.Errorf("came in by a passkey, and is asked again: %d", r.StatusCode)
		}
		for name, x := range map[string]*door{"the same answer again": {jar: cookies}, "without the question": {jar: map[string]string{}}} {
			x.t, x.s, x.handler = h.t, h.s, h.handler
			if r, doc := x.visit("POST", "/sign-in/passkey", url.Values{"answer": {answer}}, at); r.StatusCode != 403 || x.jar[admin.CookieName] != "" {
				t.Errorf("%s: %d %s", name, r.StatusCode, words(doc))
			}
		}
		for _, junk := range []string{"", "{}", "null", "[]", strings.Repeat("a", 10000)} {
			h.asks("in")
			if r, _ := h.visit("POST", "/sign-in/passkey", url.Values{"answer": {junk}}, at); r.StatusCode != 403 {
				t.Errorf("%.10q: %d", junk, r.StatusCode)
			}
		}
		// As a second factor.
		h.byLink()
		r, _ = h.visit("GET", ProvidersPath, nil, at)
		_, doc = h.visit("GET", r.Header.Get("Location"), nil, at)
		if len(find(doc, `form[data-passkey=prove][data-unlock] input[name=next][value="/providers"]`)) != 1 {
			t.Fatalf("not offered: %s", words(doc))
		}
		if status, _, said := h.asks("add"); status != 409 || !strings.HasPrefix(said["to"].(string), ProvePath) {
			t.Errorf("another one is added without a proof: %d %v", status, said)
		}
		if r, _ := h.visit("POST", "/account/passkey/remove", url.Values{"key": {d.ID()}}, at); r.StatusCode != 303 || !strings.HasPrefix(r.Header.Get("Location"), ProvePath+"?again=1") {
			t.Errorf("taken away without a proof: %d %s", r.StatusCode, r.Header.Get("Location"))
		}
		_, options, _ = h.asks("prove")
		r, _ = h.visit("POST", "/prove/passkey", url.Values{"answer": {string(d.Use(options))}, "next": {ProvidersPath}}, at)
		if r.StatusCode != 303 || r.Header.Get("Location") != ProvidersPath {
			t.Fatalf("%d %s", r.StatusCode, r.Header.Get("Location"))
		}
		r, _ = h.visit("POST", "/account/passkey/remove", url.Values{"key": {d.ID()}}, at)
		if r.StatusCode != 303 || r.Header.Get("Location") != AccountPath {
			t.Fatalf("%d %s", r.StatusCode, r.Header.Get("Location"))
		}
		h.visit("POST", "/sign-out", nil, at)
		_, options, _ = h.asks("in")
		if r, _ := h.visit("POST", "/sign-in/passkey", url.Values{"answer": {string(d.Use(options))}}, at); r.StatusCode != 403 {
			t.Errorf("taken away, and still lets in: %d", r.StatusCode)
		}
	})
}
