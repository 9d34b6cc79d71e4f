package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
)

var (
	see  = access.Right{Key: "thing.see", Words: "see things", Roles: map[access.Role]access.Scope{"teacher": access.Own, "governor": access.Counts}}
	keep = access.Right{Key: "thing.keep", Words: "keep things", Roles: map[access.Role]access.Scope{"head": access.All}}
)

// page is a component of plain text.
type page string

func (p page) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(p))
	return err
}

func trouble(q *web.Req, status int, title, sentence, reference string) web.Component {
	return page(fmt.Sprintf("<h1>%s</h1><p>%s</p><p>%s</p><p>flash: %s</p>", title, html.EscapeString(sentence), reference, q.Frame.Flash))
}

const secret = "the password is hunter2"

type house struct {
	t       *testing.T
	handler http.Handler
	log     *bytes.Buffer
}

// serve puts a server together where the cookie "who" names the role of the person who asks.
func serve(t *testing.T, routes ...web.Route) house {
	t.Helper()
	var log bytes.Buffer
	s := &web.Server{
		Gate:   access.NewGate([]access.Right{see, keep}),
		Routes: routes,
		Identify: func(r *http.Request) (access.Who, bool, error) {
			c, err := r.Cookie("who")
			if err != nil {
				return access.Who{}, false, nil
			}
			if c.Value == "trouble" {
				return access.Who{}, false, errors.New(secret)
			}
			return access.Who{Org: 1, Name: "Pat", Roles: []access.Role{access.Role(c.Value)}}, true, nil
		},
		Frame:   func(q *web.Req) web.Frame { return web.Frame{Path: q.R.URL.Path} },
		Trouble: trouble, SignIn: "/sign-in",
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	}
	h, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return house{t, h, &log}
}

type asking func(*http.Request)

func as(role string) asking {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "who", Value: role}) }
}

func with(header, value string) asking { return func(r *http.Request) { r.Header.Set(header, value) } }

func (h house) ask(method, target string, body io.Reader, how ...asking) *http.Response {
	h.t.Helper()
	r := httptest.NewRequest(method, target, body)
	for _, f := range how {
		f(r)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func ok(q *web.Req) error { return q.Page(page("it is " + q.Pass.Who().Name)) }

func TestRouteWithoutANeedDoesNotMount(t *testing.T) {
	s := &web.Server{Routes: []web.Route{{Pattern: "GET /a", Need: web.Public("test"), Handle: ok}, {Pattern: "GET /forgotten", Handle: ok}}}
	if _, err := s.Handler(); err == nil || !strings.Contains(err.Error(), "GET /forgotten") {
		t.Errorf("got %v", err)
	}
	for _, n := range []web.Need{{}, web.For(access.Right{}), web.Public("")} {
		if n.Stated() {
			t.Errorf("%q counts as stated", n)
		}
	}
}

func TestWhoGetsIn(t *testing.T) {
	h := serve(t, web.Route{Pattern: "GET /public", Need: web.Public("test"), Handle: ok}, web.Route{Pattern: "GET /staff", Need: web.SignedIn(), Handle: ok},
		web.Route{Pattern: "GET /things", Need: web.For(see), Handle: ok}, web.Route{Pattern: "POST /things", Need: web.For(keep), Handle: ok})
	for _, c := range []struct {
		method, path, role string
		status             int
		says               string
	}{
		{"GET", "/public", "", 200, "it is "}, {"GET", "/public", "teacher", 200, "it is Pat"}, {"HEAD", "/public", "", 200, ""},
		{"GET", "/staff", "", 303, ""}, {"GET", "/staff", "nobody", 200, "it is Pat"}, {"HEAD", "/staff", "", 303, ""},
		{"GET", "/things", "", 303, ""}, {"GET", "/things", "nobody", 404, "nothing here that you can open"}, {"GET", "/things", "teacher", 200, "it is Pat"},
		{"GET", "/things", "governor", 200, "it is Pat"}, {"GET", "/things", "head", 404, "nothing here that you can open"},
		{"POST", "/things", "teacher", 404, "nothing here that you can open"}, {"POST", "/things", "head", 200, "it is Pat"},
		{"POST", "/things", "", 403, "nothing was saved"},
		{"GET", "/things", "trouble", 500, "our fault"},
		{"DELETE", "/things", "head", 404, "nothing here"}, {"GET", "/none", "", 404, "nothing here that you can open"},
	} {
		var how []asking
		if c.role != "" {
			how = append(how, as(c.role))
		}
		r := h.ask(c.method, c.path, nil, how...)
		body := text(t, r)
		if r.StatusCode != c.status || !strings.Contains(body, c.says) || strings.Contains(body, "hunter2") {
			t.Errorf("%s %s as %q: %d %q", c.method, c.path, c.role, r.StatusCode, body)
		}
		if c.status == 303 && r.Header.Get("Location") != "/sign-in?next="+url.QueryEscape(c.path) {
			t.Errorf("%s %s leads to %s", c.method, c.path, r.Header.Get("Location"))
		}
	}
}

// What a person may not open and what is not there can't be told apart: status, words, headers.
func TestDeniedLooksLikeUnknown(t *testing.T) {
	h := serve(t, web.Route{Pattern: "GET /things", Need: web.For(keep), Handle: ok})
	denied, unknown := h.ask("GET", "/things", nil, as("teacher")), h.ask("GET", "/nothing", nil, as("teacher"))
	if denied.StatusCode != unknown.StatusCode || text(t, denied) != text(t, unknown) || fmt.Sprint(denied.Header) != fmt.Sprint(unknown.Header) {
		t.Errorf("denied %d %v, unknown %d %v", denied.StatusCode, denied.Header, unknown.StatusCode, unknown.Header)
	}
}

func TestFormsOfOtherSites(t *testing.T) {
	done := 0
	h := serve(t, web.Route{Pattern: "POST /do", Need: web.Public("test"), Handle: func(q *web.Req) error { done++; return q.Page(page("done")) }})
	for _, c := range []struct {
		name   string
		how    []asking
		passes bool
	}{
		{"same origin", []asking{with("Sec-Fetch-Site", "same-origin")}, true},
		{"typed by the person", []asking{with("Sec-Fetch-Site", "none")}, true},
		{"another site", []asking{with("Sec-Fetch-Site", "cross-site")}, false},
		{"a neighbour below the same name", []asking{with("Sec-Fetch-Site", "same-site")}, false},
		{"an old browser, same origin", []asking{with("Origin", "http://example.com")}, true},
		{"an old browser, another site", []asking{with("Origin", "https://evil.example")}, false},
		{"an old browser, origin hidden", []asking{with("Origin", "null")}, false},
		{"no header at all, such as a command", nil, true},
	} {
		before := done
		r := h.ask("POST", "/do", nil, c.how...)
		body := text(t, r)
		if c.passes != (done == before+1) || c.passes != (r.StatusCode == 200) {
			t.Errorf("%s: %d, done %d times", c.name, r.StatusCode, done-before)
		}
		if !c.passes && (r.StatusCode != 403 || !strings.Contains(body, "sent from another site, so nothing was done") || !strings.Contains(r.Header.Get("Content-Type"), "text/html")) {
			t.Errorf("%s: %d %s", c.name, r.StatusCode, body)
		}
	}
}

// A form that did not arrive whole must not be taken for one with empty fields.
func TestFormThatDidNotArriveWhole(t *testing.T) {
	kept := "not asked"
	handle := func(q *web.Req) error { kept = q.Text("name"); return q.Page(page("kept")) }
	h := serve(t, web.Route{Pattern: "POST /small", Need: web.Public("test"), MaxBody: 2048, Handle: handle}, web.Route{Pattern: "POST /usual", Need: web.Public("test"), Handle: handle})
	var whole bytes.Buffer
	m := multipart.NewWriter(&whole)
	_ = m.WriteField("name", "Ann")
	f, _ := m.CreateFormFile("file", "a.csv")
	_, _ = f.Write(bytes.Repeat([]byte("x"), 5000))
	_ = m.Close()
	const form = "application/x-www-form-urlencoded"
	for _, c := range []struct {
		name, path, kind, body string
		status                 int
		says                   string
	}{
		{"fits", "/small", form, "name=Ann", 200, "kept"},
		{"too long", "/small", form, "name=Ann&x=" + strings.Repeat("x", 4000), 413, "(2 KB at the most). Nothing was changed."},
		{"too long for any form", "/usual", form, "name=Ann&x=" + strings.Repeat("x", 2<<20), 413, "(1 MB at the most)"},
		{"a file that is too large", "/small", m.FormDataContentType(), whole.String(), 413, "2 KB"},
		{"a file that fits", "/usual", m.FormDataContentType(), whole.String(), 200, "kept"},
		{"a file that broke off", "/usual", m.FormDataContentType(), whole.String()[:3000], 422, "did not arrive whole"},
		{"badly written", "/usual", form, "name=%zz", 422, "did not arrive whole"},
	} {
		kept = "not asked"
		r := h.ask("POST", c.path, strings.NewReader(c.body), with("Content-Type", c.kind))
		body := text(t, r)
		if r.StatusCode != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %s", c.name, r.StatusCode, body)
		}
		if want := map[bool]string{true: "Ann", false: "not asked"}[c.status == 200]; kept != want {
			t.Errorf("%s: the page was asked to keep %q", c.name, kept)
		}
	}
}

func TestWhatIsTypedIsText(t *testing.T) {
	h := serve(t, web.Route{Pattern: "POST /do", Need: web.Public("test"), Handle: func(q *web.Req) error {
		return q.Page(page(fmt.Sprintf("%q %q %v", q.Text("a"), q.Texts("b"), q.Checked("c"))))
	}})
	for _, c := range []struct{ body, want string }{
		{"a=+x%0D%0Ay+&b=1&b=+2&c=on", `"x\ny" ["1" "2"] true`},
		{"a=%00x%FFy%00&b=%00%C3", "\"x\uFFFDy\" [\"\uFFFD\"] false"},
	} {
		r := h.ask("POST", "/do", strings.NewReader(c.body), with("Content-Type", "application/x-www-form-urlencoded"))
		if got := text(t, r); got != c.want {
			t.Errorf("%s: got %s, want %s", c.body, got, c.want)
		}
	}
}

func TestErrorsBecomePages(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		status int
		says   string
	}{
		{"gone", fault.Gone("pupil"), 404, "We could not find that pupil"},
		{"field", fault.Field("name", "Write a name."), 422, "Write a name."},
		{"fields", fault.Fields{fault.Field("a", "One."), fault.Field("b", "Two.")}, 422, "One. Two."},
		{"conflict", fault.New(fault.Conflict, "Taken."), 409, "Taken."},
		{"busy", fault.New(fault.Unavailable, "Busy."), 503, "Busy."},
		{"with a cause", fault.Wrap(fault.Conflict, errors.New(secret), "Taken."), 409, "Taken."},
		{"ours", errors.New(secret), 500, "our fault"},
		{"wrapped", fmt.Errorf("saving: %w", errors.New(secret)), 500, "our fault"},
		{"ours with a sentence", fault.Wrap(fault.Internal, errors.New(secret), "The disk is full."), 500, "The disk is full."},
	} {
		h := serve(t, web.Route{Pattern: "GET /x", Need: web.Public("test"), Handle: func(*web.Req) error { return c.err }})
		r := h.ask("GET", "/x", nil)
		body := text(t, r)
		if r.StatusCode != c.status || !strings.Contains(body, c.says) || strings.Contains(body, "hunter2") {
			t.Errorf("%s: %d %s", c.name, r.StatusCode, body)
		}
		if c.status == 500 {
			reference := between(body, "</p><p>", "</p><p>flash")
			if len(reference) != 10 || !strings.Contains(h.log.String(), reference) || !strings.Contains(h.log.String(), "hunter2") {
				t.Errorf("%s: reference %q, log %s", c.name, reference, h.log)
			}
		} else if h.log.Len() > 0 {
			t.Errorf("%s: logged %s", c.name, h.log)
		}
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

func TestPanicBecomesAPage(t *testing.T) {
	h := serve(t, web.Route{Pattern: "GET /x", Need: web.Public("test"), Handle: func(*web.Req) error { panic(secret) }})
	r := h.ask("GET", "/x", nil)
	body := text(t, r)
	if r.StatusCode != 500 || !strings.Contains(body, "our fault") || strings.Contains(body, "hunter2") || strings.Contains(body, "goroutine") {
		t.Errorf("%d %s", r.StatusCode, body)
	}
	if !strings.Contains(h.log.String(), "hunter2") || !strings.Contains(h.log.String(), "web_test.go") {
		t.Errorf("the log does not say where: %s", h.log)
	}
	// A frame that breaks must not take the page of the error with it.
	s := &web.Server{Gate: access.NewGate(), Routes: []web.Route{{Pattern: "GET /x", Need: web.Public("test"), Handle: ok}}, Trouble: trouble, Log: slog.New(slog.NewTextHandler(h.log, nil)),
		Identify: func(*http.Request) (access.Who, bool, error) { return access.Who{}, false, nil }, Frame: func(*web.Req) web.Frame { panic("frame") }}
	handler, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Code != 500 || !strings.Contains(w.Body.String(), "our fault") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func flashOf(r *http.Response) (c *http.Cookie) {
	for _, x := range r.Cookies() {
		if x.Name == "ajar_flash" {
			c = x
		}
	}
	return c
}

func TestFlashIsShownOnce(t *testing.T) {
	long := strings.Repeat("ä", 5000)
	h := serve(t,
		web.Route{Pattern: "POST /save", Need: web.Public("test"), Handle: func(q *web.Req) error { return q.Go("/page?x=1", "Zoë’s record is saved.") }},
		web.Route{Pattern: "POST /long", Need: web.Public("test"), Handle: func(q *web.Req) error { return q.Go("/page", long) }},
		web.Route{Pattern: "GET /page", Need: web.Public("test"), Handle: func(q *web.Req) error { return q.Page(page(q.Frame.Flash)) }},
		web.Route{Pattern: "GET /onward", Need: web.Public("test"), Handle: func(q *web.Req) error { return q.Go("/page", "") }},
		web.Route{Pattern: "GET /file", Need: web.Public("test"), Handle: func(q *web.Req) error { return q.Download("a.csv", "text/csv", nil) }})
	r := h.ask("POST", "/save", nil)
	c := flashOf(r)
	if r.StatusCode != 303 || r.Header.Get("Location") != "/page?x=1" || c == nil || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 60 {
		t.Fatalf("%d %v %v", r.StatusCode, r.Header, c)
	}
	back := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value}) }
	for _, path := range []string{"/onward", "/file"} { // neither shows it, so neither uses it up
		if gone := flashOf(h.ask("GET", path, nil, back)); gone != nil {
			t.Errorf("%s used the sentence up", path)
		}
	}
	for _, path := range []string{"/page", "/nowhere"} {
		r := h.ask("GET", path, nil, back)
		body := text(t, r)
		if gone := flashOf(r); path == "/page" && (gone == nil || gone.MaxAge >= 0) {
			t.Errorf("%s would show it again", path)
		}
		if path == "/page" && body != "Zoë’s record is saved." {
			t.Errorf("shown: %s", body)
		}
	}
	if r := h.ask("GET", "/page", nil); flashOf(r) != nil || text(t, r) != "" {
		t.Error("a flash out of nothing")
	}
	for _, bad := range []string{"!!!", base64.RawURLEncoding.EncodeToString([]byte("\xff\xfe"))} {
		if got := text(t, h.ask("GET", "/page", nil, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "ajar_flash", Value: bad}) })); got != "" {
			t.Errorf("shown: %q", got)
		}
	}
	if c := flashOf(h.ask("POST", "/long", nil)); len(c.String()) > 4000 {
		t.Errorf("a cookie of %d bytes, which browsers drop", len(c.String()))
	}
	if c := flashOf(h.ask("POST", "/save", nil, func(r *http.Request) { r.TLS = &tls.ConnectionState{} })); !c.Secure {
		t.Error("over https the cookie is not marked secure")
	}
}

func TestHeaders(t *testing.T) {
	h := serve(t, web.Route{Pattern: "GET /x", Need: web.Public("test"), Handle: ok}, web.Route{Pattern: "GET /broken", Need: web.Public("test"), Handle: func(*web.Req) error { panic("x") }})
	for _, path := range []string{"/x", "/broken", "/nowhere"} {
		hd := h.ask("GET", path, nil).Header
		csp := hd.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy %q lacks %s", path, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s: the policy is too wide: %s", path, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8"} {
			if got := hd.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
}

func TestAgainKeepsTheFormAndSays422(t *testing.T) {
	h := serve(t, web.Route{Pattern: "POST /x", Need: web.Public("test"), Handle: func(q *web.Req) error { return q.Again(page("typed: " + q.Text("name"))) }})
	r := h.ask("POST", "/x", strings.NewReader("name=Ann"), with("Content-Type", "application/x-www-form-urlencoded"))
	if body := text(t, r); r.StatusCode != 422 || body != "typed: Ann" {
		t.Errorf("%d %s", r.StatusCode, body)
	}
}

// outside are addresses that lead to another site, or do in some browser.
var outside = []string{"", "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example",
	"/\x00/evil.example", "javascript:alert(1)", "evil.example", "http:evil.example", " //evil.example", "/%2", "/\u0085/evil.example", "https:/evil.example", "?x", "#x", "x/y"}

func TestRedirectsStayAtHome(t *testing.T) {
	for _, to := range outside {
		if web.Local(to) {
			t.Errorf("%q counts as ours", to)
		}
		h := serve(t, web.Route{Pattern: "GET /x", Need: web.Public("test"), Handle: func(q *web.Req) error { return q.Go(to, "") }})
		if got := h.ask("GET", "/x", nil).Header.Get("Location"); got != "/" {
			t.Errorf("%q leads to %q", to, got)
		}
	}
	for _, to := range []string{"/", "/pupils/1?from=%2F%2Fx", "/a/b#c", "/search?q=a%20b", "/search?q=https://x.example"} {
		if !web.Local(to) {
			t.Errorf("%q does not count as ours", to)
		}
	}
}

func TestDownload(t *testing.T) {
	h := serve(t, web.Route{Pattern: "GET /{name}", Need: web.Public("test"), Handle: func(q *web.Req) error {
		return q.Download(q.R.PathValue("name"), "text/csv; charset=utf-8", []byte("a"))
	}})
	for _, c := range []struct{ path, kind, disposition string }{
		{"/a%20b.csv", "text/csv; charset=utf-8", `attachment; filename="a b.csv"`},
		{"/Zo%C3%AB.csv", "text/csv; charset=utf-8", `attachment; filename*=utf-8''Zo%C3%AB.csv`},
		{"/a%22%0D%0AX-Evil:%201.csv", "text/csv; charset=utf-8", ""},
		{"/refused.zip", "application/zip", "attachment; filename=refused.zip"},
	} {
		r := h.ask("GET", c.path, nil)
		got := r.Header.Get("Content-Disposition")
		if r.Header.Get("Content-Type") != c.kind || c.disposition != "" && got != c.disposition || strings.ContainsAny(got, "\r\n") || r.Header.Get("X-Evil") != "" {
			t.Errorf("%s: %s, %q", c.path, r.Header.Get("Content-Type"), got)
		}
	}
}

type thing struct{}

func TestKeysInAddresses(t *testing.T) {
	h := serve(t, web.Route{Pattern: "GET /{thing}", Need: web.Public("test"), Handle: func(q *web.Req) error {
		id, err := web.PathID[thing](q, "thing")
		if err != nil {
			return err
		}
		return q.Page(page(id.String() + " " + web.FormID[thing](q, "other").String()))
	}})
	id := ids.New[thing]()
	if got := text(t, h.ask("GET", "/"+id.String()+"?other="+id.String(), nil)); got != id.String()+" "+id.String() {
		t.Error(got)
	}
	if got := text(t, h.ask("GET", "/"+id.String()+"?other=x", nil)); got != id.String()+" "+ids.ID[thing](0).String() {
		t.Error(got)
	}
	for _, bad := range []string{"/7", "/..%2f..%2f", "/0000000000i00", "/%00"} {
		if r := h.ask("GET", bad, nil); r.StatusCode != 404 {
			t.Errorf("%s: %d", bad, r.StatusCode)
		}
	}
}

func TestGzip(t *testing.T) {
	long := strings.Repeat("Ajar is the door. ", 1000)
	plainly := func(q *web.Req) error { return q.Page(page(long)) }
	h := serve(t, web.Route{Pattern: "GET /page", Need: web.Public("test"), Handle: plainly},
		web.Route{Pattern: "GET /sized", Need: web.Public("test"), Handle: func(q *web.Req) error {
			q.W.Header().Set("Content-Length", fmt.Sprint(len(long)))
			return plainly(q)
		}},
		web.Route{Pattern: "GET /picture", Need: web.Public("test"), Handle: func(q *web.Req) error { return q.Download("a.png", "image/png", []byte(long)) }},
		web.Route{Pattern: "GET /zipped", Need: web.Public("test"), Handle: func(q *web.Req) error {
			q.W.Header().Set("Content-Encoding", "br")
			return plainly(q)
		}},
		web.Route{Pattern: "GET /same", Need: web.Public("test"), Handle: func(q *web.Req) error {
			q.W.Header().Set("Content-Type", "text/html")
			q.W.WriteHeader(304)
			return nil
		}},
		web.Route{Pattern: "GET /nothing", Need: web.Public("test"), Handle: func(q *web.Req) error { q.W.WriteHeader(204); return nil }},
		web.Route{Pattern: "GET /none", Need: web.Public("test"), Handle: func(q *web.Req) error { return nil }},
	)
	server := httptest.NewServer(h.handler)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	get := func(method, path, accept, ranged string) (*http.Response, []byte) {
		r, _ := http.NewRequest(method, server.URL+path, nil)
		if accept != "" {
			r.Header.Set("Accept-Encoding", accept)
		}
		if ranged != "" {
			r.Header.Set("Range", ranged)
		}
		w, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Body.Close()
		b, err := io.ReadAll(w.Body)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		return w, b
	}
	for _, c := range []struct {
		method, path, accept, ranged string
		status                       int
		encoding                     string
		body                         string
	}{
		{"GET", "/page", "gzip", "", 200, "gzip", long},
		{"GET", "/page", "br, GZIP;q=0.5", "", 200, "gzip", long},
		{"GET", "/page", "", "", 200, "", long},
		{"GET", "/page", "gzip;q=0", "", 200, "", long},
		{"GET", "/page", "gzip; q=0.0, br", "", 200, "", long},
		{"GET", "/page", "xgzip", "", 200, "", long},
		{"GET", "/page", "gzip", "bytes=0-5", 200, "", long},
		{"GET", "/sized", "gzip", "", 200, "gzip", long},
		{"GET", "/picture", "gzip", "", 200, "", long},
		{"GET", "/zipped", "gzip", "", 200, "br", long},
		{"GET", "/same", "gzip", "", 304, "", ""},
		{"GET", "/nothing", "gzip", "", 204, "", ""},
		{"GET", "/none", "gzip", "", 200, "", ""},
		{"HEAD", "/page", "gzip", "", 200, "gzip", ""},
		{"HEAD", "/nothing", "gzip", "", 204, "", ""},
	} {
		r, b := get(c.method, c.path, c.accept, c.ranged)
		if c.encoding == "gzip" && c.method != "HEAD" {
			z, err := gzip.NewReader(bytes.NewReader(b))
			if err != nil {
				t.Fatalf("%s: %v", c.path, err)
			}
			if n := r.ContentLength; n >= 0 && n != int64(len(b)) {
				t.Errorf("%s: a length of %d for %d bytes", c.path, n, len(b))
			}
			if b, err = io.ReadAll(z); err != nil {
				t.Fatalf("%s: %v", c.path, err)
			}
		}
		if r.StatusCode != c.status || r.Header.Get("Content-Encoding") != c.encoding || string(b) != c.body || r.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s %s (%s): %d, %q, %d bytes, vary %q", c.method, c.path, c.accept, r.StatusCode, r.Header.Get("Content-Encoding"), len(b), r.Header.Get("Vary"))
		}
	}
	// The compressors are shared: many at once must not mix their pages.
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			_, b := get("GET", "/page", "gzip", "")
			z, err := gzip.NewReader(bytes.NewReader(b))
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := io.ReadAll(z); err != nil || string(got) != long {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
}

// What is flushed arrives before the rest is written.
func TestStreaming(t *testing.T) {
	goOn := make(chan struct{})
	h := serve(t, web.Route{Pattern: "GET /x", Need: web.Public("test"), Handle: func(q *web.Req) error {
		q.W.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(q.W, "first")
		if err := http.NewResponseController(q.W).Flush(); err != nil {
			t.Error(err)
		}
		<-goOn
		_, _ = io.WriteString(q.W, " then")
		return nil
	}})
	server := httptest.NewServer(h.handler)
	defer server.Close()
	r, err := http.Get(server.URL + "/x") // the client asks for gzip and unpacks it by itself
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b := make([]byte, 5)
	if _, err := io.ReadFull(r.Body, b); err != nil || string(b) != "first" || !r.Uncompressed {
		t.Errorf("%q, %v, compressed %v", b, err, r.Uncompressed)
	}
	close(goOn)
	if rest := text(t, r); rest != " then" {
		t.Error(rest)
	}
}

func TestCookie(t *testing.T) {
	c := web.Cookie("ajar", "x", 3600e9, true)
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != 3600 || c.Domain != "" {
		t.Errorf("%+v", c)
	}
}
