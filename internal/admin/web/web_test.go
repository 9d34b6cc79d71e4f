package web

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"ajar/internal/admin"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/trail"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
)

// door is the pages of the door with one school behind it.
type door struct {
	t       *testing.T
	s       *admin.Service
	handler http.Handler
	org     roll.Org
	teacher roll.StaffID
	jar     map[string]string
}

func both(t *testing.T, body func(t *testing.T, h *door)) {
	testkit.Both(t, []db.Migrations{trail.Migrations(), batch.Migrations(), roll.Migrations(), admin.Migrations()}, func(t *testing.T, d *db.DB) {
		s := admin.New(d, roll.New(d, batch.New(d)))
		srv := &web.Server{Gate: access.NewGate(roll.Rights()), Routes: Manifest(s).Routes, Identify: s.Identify, Trouble: Trouble, SignIn: "/sign-in", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
			Frame: func(q *web.Req) web.Frame { return web.Frame{Path: q.R.URL.Path, Who: q.Pass.Who().Name} }}
		handler, err := srv.Handler()
		if err != nil {
			t.Fatal(err)
		}
		h := &door{t: t, s: s, handler: handler, jar: map[string]string{}}
		if h.org, err = s.Roll.AddOrg(context.Background(), "test", roll.Org{Code: "OAK", Name: "Oak <School>", Type: "school"}, ""); err != nil {
			t.Fatal(err)
		}
		if err := d.Update(context.Background(), access.System("test", int64(h.org.ID)), func(tx *db.Tx) error {
			h.teacher, err = roll.AddStaff(tx, "Tom <Teacher>", "")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		body(t, h)
	})
}

// visit asks as a browser does: it keeps cookies and does not follow redirects.
func (h *door) visit(method, target string, form url.Values, how ...func(*http.Request)) (*http.Response, *html.Node) {
	h.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for n, v := range h.jar {
		r.AddCookie(&http.Cookie{Name: n, Value: v})
	}
	for _, f := range how {
		f(r)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(h.jar, c.Name)
		} else {
			h.jar[c.Name] = c.Value
		}
	}
	doc, err := html.Parse(w.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return w.Result(), doc
}

func find(doc *html.Node, selector string) []*html.Node {
	return cascadia.QueryAll(doc, cascadia.MustCompile(selector))
}

func words(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

func (h *door) sees(doc *html.Node, says ...string) {
	h.t.Helper()
	all := words(doc)
	for _, s := range says {
		if !strings.Contains(all, s) {
			h.t.Errorf("the page does not say %q: %s", s, all)
		}
	}
	if n := len(find(doc, "h1")); n != 1 {
		h.t.Errorf("%d first headings", n)
	}
	if len(find(doc, "html[lang]")) != 1 || len(find(doc, "title")) != 1 || len(find(doc, "[style], script:not([src])")) != 0 {
		h.t.Error("the page lacks its language or title, or carries style or script of its own")
	}
}

func TestWithoutASession(t *testing.T) {
	both(t, func(t *testing.T, h *door) {
		r, _ := h.visit("GET", "/", nil)
		if r.StatusCode != 303 || r.Header.Get("Location") != "/sign-in" {
			t.Errorf("%d %s", r.StatusCode, r.Header.Get("Location"))
		}
		r, doc := h.visit("GET", "/sign-in?next=/pupils", nil)
		if r.StatusCode != 200 {
			t.Error(r.StatusCode)
		}
		h.sees(doc, "Sign in to Ajar", "personal link")
		if r, _ := h.visit("GET", "/look-around", nil); r.StatusCode != 404 {
			t.Errorf("looking around is closed, and answers %d", r.StatusCode)
		}
		if r, _ := h.visit("POST", "/look-around", url.Values{"org": {h.org.ID.String()}, "staff": {h.teacher.String()}}); r.StatusCode != 404 || h.jar[admin.CookieName] != "" {
			t.Errorf("looking around is closed, and answers %d", r.StatusCode)
		}
	})
}

func TestLink(t *testing.T) {
	both(t, func(t *testing.T, h *door) {
		secret, err := h.s.Link(t.Context(), h.org, "Ruth Okafor", "")
		if err != nil {
			t.Fatal(err)
		}
		for range 5 { // mail scanners open links, some of them with HEAD
			r, doc := h.visit("GET", "/link/"+secret, nil)
			h.sees(doc, "Welcome to Ajar")
			if form := find(doc, `form[method=post][action="/link/`+secret+`"]`); r.StatusCode != 200 || len(form) != 1 || len(h.jar) != 0 {
				t.Errorf("%d, %d forms, cookies %v", r.StatusCode, len(form), h.jar)
			}
			h.visit("HEAD", "/link/"+secret, nil)
		}
		if r, _ := h.visit("POST", "/link/"+secret, nil, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); r.StatusCode != 403 || len(h.jar) != 0 {
			t.Errorf("another site signed a person in: %d", r.StatusCode)
		}
		r, _ := h.visit("POST", "/link/"+secret, nil, func(r *http.Request) { r.TLS = &tls.ConnectionState{} })
		c := cookie(r)
		if r.StatusCode != 303 || r.Header.Get("Location") != "/" || c == nil || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Fatalf("%d %s %+v", r.StatusCode, r.Header.Get("Location"), c)
		}
		if c.MaxAge < int(admin.LongestSession.Seconds()) {
			t.Errorf("the browser forgets the key after %d seconds, in the middle of the work", c.MaxAge)
		}
		_, doc := h.visit("GET", "/", nil)
		h.sees(doc, "Good to see you, Ruth", "Nothing needs you today")
		other := &door{t: t, s: h.s, handler: h.handler, jar: map[string]string{}}
		r, doc = other.visit("POST", "/link/"+secret, nil)
		other.sees(doc, "This link has been used, or is more than 48 hours old")
		if r.StatusCode != 403 || len(other.jar) != 0 {
			t.Errorf("the second time: %d %v", r.StatusCode, other.jar)
		}
		// Without https the cookie must not be marked secure, or a school without a certificate could never sign in.
		second, err := h.s.Link(t.Context(), h.org, "Ruth Okafor", "")
		if err != nil {
			t.Fatal(err)
		}
		if r, _ := other.visit("POST", "/link/"+second, nil); cookie(r) == nil || cookie(r).Secure {
			t.Errorf("%+v", cookie(r))
		}
	})
}

func cookie(r *http.Response) *http.Cookie {
	for _, c := range r.Cookies() {
		if c.Name == admin.CookieName {
			return c
		}
	}
	return nil
}

func TestSignOut(t *testing.T) {
	both(t, func(t *testing.T, h *door) {
		secret, err := h.s.Link(t.Context(), h.org, "Ruth Okafor", "")
		if err != nil {
			t.Fatal(err)
		}
		h.visit("POST", "/link/"+secret, nil)
		stolen := h.jar[admin.CookieName]
		r, _ := h.visit("POST", "/sign-out", nil)
		if r.Header.Get("Clear-Site-Data") != `"cache", "storage"` {
			t.Errorf("what the browser keeps is not cleared: %q", r.Header.Get("Clear-Site-Data"))
		}
		if r.StatusCode != 303 || r.Header.Get("Location") != "/sign-in" || h.jar[admin.CookieName] != "" {
			t.Errorf("%d %s %v", r.StatusCode, r.Header.Get("Location"), h.jar)
		}
		_, doc := h.visit("GET", "/sign-in", nil)
		h.sees(doc, "You are signed out")
		h.jar[admin.CookieName] = stolen
		if r, _ := h.visit("GET", "/", nil); r.StatusCode != 303 {
			t.Errorf("the old cookie still opens the first page: %d", r.StatusCode)
		}
		if r, _ := h.visit("GET", "/sign-out", nil); r.StatusCode != 404 {
			t.Errorf("a mere address signs people out: %d", r.StatusCode)
		}
	})
}

func TestLookAround(t *testing.T) {
	both(t, func(t *testing.T, h *door) {
		h.s.LookAround = true
		if err := h.s.AddGuest(t.Context(), h.org.ID, h.teacher, 1, "Teaches & listens"); err != nil {
			t.Fatal(err)
		}
		r, _ := h.visit("GET", "/sign-in?next=/pupils", nil)
		if r.Header.Get("Location") != "/look-around?next=%2Fpupils" {
			t.Errorf("leads to %s", r.Header.Get("Location"))
		}
		_, doc := h.visit("GET", "/look-around?next=/pupils", nil)
		h.sees(doc, "Oak <School>", "Tom <Teacher>", "Teaches & listens", "Everything here is made up")
		if n := find(doc, `form[method=post] input[name=next][value="/pupils"]`); len(n) != 1 {
			t.Errorf("%d fields say where to go on", len(n))
		}
		bad := url.Values{"org": {h.org.ID.String()}, "staff": {ids.New[roll.Staff]().String()}}
		if r, _ := h.visit("POST", "/look-around", bad); r.StatusCode != 404 || h.jar[admin.CookieName] != "" {
			t.Errorf("somebody who is no guest: %d", r.StatusCode)
		}
		for _, c := range []struct{ next, want string }{{"/pupils", "/pupils"}, {"", "/"}, {"https://evil.example", "/"}, {"/\t/evil.example", "/"}} {
			r, _ := h.visit("POST", "/look-around", url.Values{"org": {h.org.ID.String()}, "staff": {h.teacher.String()}, "next": {c.next}})
			if r.StatusCode != 303 || r.Header.Get("Location") != c.want || h.jar[admin.CookieName] == "" {
				t.Errorf("next %q: %d %s", c.next, r.StatusCode, r.Header.Get("Location"))
			}
		}
		_, doc = h.visit("GET", "/", nil)
		h.sees(doc, "Good to see you, Tom")
		if strings.Contains(words(doc), "Sign in to Ajar") {
			t.Error("the first page shows the door")
		}
	})
}

func TestSafeNext(t *testing.T) {
	for next, want := range map[string]string{
		"/": "/", "/pupils?year=7": "/pupils?year=7", "": "", "pupils": "", "//evil.example": "", "/\\evil.example": "", "/\t/evil.example": "", "/\n/evil.example": "",
		"https://evil.example": "", "javascript:alert(1)": "", "\\\\evil.example": "", "///evil.example": "", "/\r\nSet-Cookie: a=b": "",
	} {
		if got := safeNext(next); got != want {
			t.Errorf("%q becomes %q, want %q", next, got, want)
		}
	}
}

func TestFirstName(t *testing.T) {
	for name, want := range map[string]string{"Ruth Okafor": "Ruth", "Mrs Ruth Okafor": "Ruth", "Dr. A. Khan": "Khan", "Mr": "Mr", "": ""} {
		if got := firstName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestPagesOfTrouble(t *testing.T) {
	both(t, func(t *testing.T, h *door) {
		r, doc := h.visit("GET", "/nowhere/<b>", nil)
		h.sees(doc, "Not found", "nothing here that you can open", "Go to the door")
		if r.StatusCode != 404 || len(find(doc, "main b")) != 0 {
			t.Error(r.StatusCode)
		}
	})
}
