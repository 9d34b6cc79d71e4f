package attacks

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"ajar/internal/kit/ids"
)

// routes are the patterns of the product with their method and path.
func (s *site) routes(method string) (out []string) {
	for _, r := range s.app.Routes() {
		if m, p, _ := strings.Cut(r.Pattern, " "); m == method {
			out = append(out, p)
		}
	}
	return out
}

// filled puts a value for every key of a pattern.
func filled(pattern, value string) string {
	parts := strings.Split(strings.TrimSuffix(pattern, "{$}"), "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = value
		}
	}
	return strings.Join(parts, "/")
}

// Whoever guesses a key finds nothing, and learns nothing from how it is answered: no page, no error of ours, no word that is different.
func TestGuessedKeys(t *testing.T) {
	s := open(t)
	guesses := []string{"0", "-1", "1", "zzzzzzzzzzzzz", "0000000000000", "0000000000001", ids.New[site]().String(), "7zzzzzzzzzzzz", "%00", "%27%20or%201=1--", "..%2f..%2fetc%2fpasswd", "%ff%fe",
		strings.Repeat("a", 3000), "%3Cxq1%3E", "9223372036854775808", "null", "*", "%25", "%0d%0aX-Injected:1"}
	for _, name := range []string{"Yasmin Thornbury", "Sunita Blackwood"} {
		v := s.as(name)
		for _, pattern := range s.routes("GET") {
			if !strings.Contains(pattern, "{") || strings.HasSuffix(pattern, "{$}") {
				continue
			}
			sentence := ""
			for _, g := range guesses {
				a := v.get(filled(pattern, g))
				harmless(t, a)
				if a.header.Get("X-Injected") != "" {
					t.Errorf("%s: a header was injected", pattern)
				}
				if a.status == http.StatusInternalServerError || a.status == http.StatusOK && !strings.HasPrefix(pattern, "/link/") && len(keysOf(g)) > 0 {
					t.Errorf("%s with %.20s: %d", pattern, g, a.status)
				}
				if a.status == http.StatusNotFound && len(keysOf(g)) > 0 {
					if words := text(a); sentence == "" {
						sentence = words
					} else if words != sentence {
						t.Errorf("%s with %s says something else than for another key", pattern, g)
					}
				}
			}
		}
		for _, pattern := range s.routes("POST") {
			if pattern == "/sign-out" || !strings.Contains(pattern, "{") || pattern == "/f/l/{secret}/new" { // that one says the same to every secret, so that nobody learns which are real
				continue
			}
			for _, g := range guesses[:12] {
				if a := v.post(filled(pattern, g), url.Values{"x": {"1"}}); a.status == http.StatusInternalServerError || a.status == http.StatusOK {
					t.Errorf("POST %s with %.20s: %d", pattern, g, a.status)
				}
			}
		}
	}
	s.noneFailed()
}

// text is what a page says in its main part.
func text(a answer) string {
	_, rest, _ := strings.Cut(a.body, "<main")
	main, _, _ := strings.Cut(rest, "</main>")
	return main
}

// The head of one school sends every address and every form of another school's people, with their keys. Nothing is shown and nothing changes.
func TestAnotherSchoolsKeysInEveryRouteAndForm(t *testing.T) {
	s := open(t)
	var pages []string
	var forms []form
	known := map[string]bool{} // keys that belong to the school
	for _, name := range staffPeople {
		seen := map[string]bool{}
		s.as(name).crawl(2, func(a answer) {
			if len(keysOf(a.path)) > 0 && a.status == http.StatusOK {
				pages = append(pages, a.path)
			}
			for _, f := range a.forms() {
				if k := f.method + shape(f.action); !seen[k] && f.action != "/look-around" && len(keysOf(f.action+f.values.Encode())) > 0 {
					seen[k] = true
					forms = append(forms, f)
				}
			}
		})
	}
	thief := s.head("QUILLBROOK")
	thief.crawl(1, func(a answer) {
		for _, k := range keysOf(a.path) {
			known[k] = true // such as the list of organisations, which both may see
		}
	})
	before := s.rows("HARROWMERE")
	opened := 0
	for _, path := range pages {
		if !slices.ContainsFunc(keysOf(path), func(k string) bool { return !known[k] }) {
			continue
		}
		a := thief.get(path)
		if a.status == http.StatusOK && !strings.Contains(path, "?") && !strings.HasPrefix(path, "/organisations/") &&
			// What a school offers to its cluster, of which the other is a member, and a newsletter that was published by its address.
			!strings.HasPrefix(path, "/peers/offers/") && !strings.HasPrefix(path, "/news/") {
			t.Errorf("the head of another school opened %s", path)
		}
		// Where keys stand behind the question mark they filter, and what is filtered is the thief's own.
		for _, k := range keysOf(text(a)) {
			if slices.Contains(keysOf(path), k) && a.status == http.StatusOK && strings.Contains(text(a), "/pupils/"+k) {
				t.Errorf("%s shows the other school's record to the thief", path)
			}
		}
		opened++
	}
	for _, f := range forms {
		a := thief.send(f, nil)
		if a.status == http.StatusInternalServerError {
			t.Errorf("%s %s: %d", f.method, f.action, a.status)
		}
		over := url.Values{}
		for _, x := range f.texts {
			over.Set(x, "1")
		}
		if a := thief.send(f, over); a.status == http.StatusInternalServerError {
			t.Errorf("%s %s: %d", f.method, f.action, a.status)
		}
	}
	t.Logf("%d addresses and %d forms of the other school", opened, len(forms))
	if opened < 40 || len(forms) < 25 {
		t.Error("too little was tried for this to mean anything")
	}
	if a := thief.get("/"); !strings.Contains(a.body, "Quillbrook") {
		t.Fatal("the thief is no longer the head of the other school, so this says nothing")
	}
	same(t, "the other school", before, s.rows("HARROWMERE"))
	s.noneFailed()
}

// Forms with what no browser sends: fields far too long, broken UTF-8, the character 0, a field twice, no fields at all. The answer is a sentence, never an
// error of ours.
func TestBrokenForms(t *testing.T) {
	s := open(t)
	v := s.as("Yasmin Thornbury")
	var forms []form
	seen := map[string]bool{}
	v.crawl(1, func(a answer) {
		for _, f := range a.forms() {
			if k := f.method + shape(f.action); !seen[k] && f.action != "/sign-out" {
				seen[k] = true
				forms = append(forms, f)
			}
		}
	})
	long := strings.Repeat("long ", 30_000)
	for _, f := range forms {
		for what, change := range map[string]func(values url.Values, name string){
			"far too long":   func(x url.Values, n string) { x.Set(n, long) },
			"broken UTF-8":   func(x url.Values, n string) { x.Set(n, "a\xff\xfe\xc0\x80") },
			"character zero": func(x url.Values, n string) { x.Set(n, "a\x00b") },
			"twice":          func(x url.Values, n string) { x[n] = []string{"1", "2", "<xq1>"} },
			"not there":      func(x url.Values, n string) { x.Del(n) },
			"of no choice":   func(x url.Values, n string) { x.Set(n, "no such choice") },
		} {
			over := url.Values{}
			for n, x := range f.values {
				over[n] = slices.Clone(x)
			}
			for n := range f.values {
				if what != "far too long" || slices.Contains(f.texts, n) {
					change(over, n)
				}
			}
			var a answer
			if f.method == "POST" {
				a = v.post(f.action, over)
			} else if what != "far too long" {
				a = v.get(strings.SplitN(f.action, "?", 2)[0] + "?" + over.Encode())
			}
			if a.status >= 500 {
				t.Errorf("%s %s with fields %s: %d", f.method, f.action, what, a.status)
			}
			if a.page != nil {
				harmless(t, a)
			}
		}
		if f.method != "POST" {
			continue
		}
		for kind, body := range map[string]string{"multipart/form-data": "x", "multipart/form-data; boundary=x": "--x\r\nContent-Disposition: form-data; name=\"a\r\n", "application/json": `{"a":1}`,
			"text/plain": "a=b", "application/x-www-form-urlencoded": "%zz=%", "text/xml": "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"} {
			if a := v.do("POST", f.action, kind, strings.NewReader(body)); a.status >= 500 {
				t.Errorf("POST %s of %s: %d", f.action, kind, a.status)
			}
		}
	}
	if len(forms) < 25 {
		t.Errorf("only %d forms were found", len(forms))
	}
	s.noneFailed()
}

// What every answer carries, on every route, also when it is an error or leads elsewhere.
func TestHeadersOnEveryRoute(t *testing.T) {
	s := open(t)
	v, stranger := s.as("Yasmin Thornbury"), s.stranger()
	check := func(who, path string, a answer) {
		t.Helper()
		h := a.header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s as %s: the policy lacks %s", path, who, want)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s as %s: the policy is %s", path, who, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Permissions-Policy": "camera=()"} {
			if !strings.Contains(h.Get(name), want) {
				t.Errorf("%s as %s: %s is %q", path, who, name, h.Get(name))
			}
		}
		if h.Get("Access-Control-Allow-Origin") != "" || h.Get("Server") != "" || h.Get("X-Powered-By") != "" {
			t.Errorf("%s as %s says too much: %v", path, who, h)
		}
		if !strings.HasPrefix(path, "/static/") && a.status < 300 && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s as %s may be kept: %q", path, who, h.Get("Cache-Control"))
		}
		if len(a.body) > 0 && h.Get("Content-Type") == "" {
			t.Errorf("%s as %s does not say what it is", path, who)
		}
		for _, c := range (&http.Response{Header: h}).Cookies() {
			if !c.HttpOnly || c.SameSite == http.SameSiteDefaultMode || c.SameSite == http.SameSiteNoneMode || c.Path == "" || c.Domain != "" {
				t.Errorf("%s as %s sets %s", path, who, c)
			}
		}
	}
	for _, pattern := range s.routes("GET") {
		path := filled(pattern, ids.New[site]().String())
		check("the head", path, v.get(path))
		check("a stranger", path, stranger.get(path))
	}
	v.crawl(1, func(a answer) { check("the head", a.path, a) })
	for _, path := range []string{"/nowhere", "/static/nowhere.css", "/pupils/", "//", "/%2e%2e/%2e%2e/etc/passwd"} {
		check("the head", path, v.get(path))
	}
	for _, pattern := range s.routes("POST") {
		path := filled(pattern, ids.New[site]().String())
		check("a stranger who posts", path, stranger.post(path, nil))
		check("another site", path, v.post(path, nil, "Sec-Fetch-Site", "cross-site"))
	}
}

// A form on another site, a method that nobody offers, and a method smuggled in a field or a header do nothing.
func TestForeignFormsAndMethods(t *testing.T) {
	s := open(t)
	v := s.as("Yasmin Thornbury")
	before := s.rows("HARROWMERE")
	for _, pattern := range s.routes("POST") {
		path := filled(pattern, ids.New[site]().String())
		for _, h := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://example.org"}, {"Origin", "null"}} {
			if a := v.post(path, url.Values{"a": {"b"}}, h...); a.status != http.StatusForbidden {
				t.Errorf("POST %s with %v: %d", path, h, a.status)
			}
		}
	}
	for _, r := range s.app.Routes() {
		method, pattern, _ := strings.Cut(r.Pattern, " ")
		path := filled(pattern, ids.New[site]().String())
		for _, m := range []string{"PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "OPTIONS", "PROPFIND"} {
			if m == "CONNECT" {
				continue // Go's client does not send it to a path
			}
			if a := v.do(m, path, "", nil); a.status < 400 {
				t.Errorf("%s %s: %d", m, path, a.status)
			}
		}
		if method == "GET" {
			for _, h := range []string{"X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"} {
				a := v.do("GET", path+"?_method=DELETE", "", nil, h, "DELETE")
				if a.status >= 500 {
					t.Errorf("GET %s with %s: %d", path, h, a.status)
				}
			}
		}
	}
	same(t, "the school", before, s.rows("HARROWMERE"))
	if a := v.get("/"); a.status != http.StatusOK {
		t.Errorf("the head was signed out by a form of another site: %d", a.status)
	}
}

// Every parameter that is followed leads only to our own pages.
func TestOpenRedirects(t *testing.T) {
	s := open(t)
	bad := []string{"https://example.org", "//example.org", "///example.org", "/\\example.org", "\\\\example.org", "/\t/example.org", "/\n/example.org", "https:example.org", "javascript:alert(1)", "data:text/html,x",
		" //example.org", "/%09/example.org", "/%5cexample.org", "@example.org", ".example.org", "http://127.0.0.1@example.org/", "/\r\nLocation: https://example.org", "\x00//example.org"}
	ours := func(what string, a answer) {
		t.Helper()
		to := a.header.Get("Location")
		if to == "" {
			return
		}
		base, _ := url.Parse(s.url + "/")
		u, err := base.Parse(to)
		if err != nil || "http://"+u.Host != s.url || strings.ContainsAny(to, "\\\t\r\n") || strings.HasPrefix(to, "//") {
			t.Errorf("%s leads to %q", what, to)
		}
	}
	v := s.stranger()
	for _, f := range v.get("/look-around").forms() {
		if f.action != "/look-around" {
			continue
		}
		for _, b := range bad {
			ours(fmt.Sprintf("next=%q", b), v.send(f, url.Values{"next": {b}}))
		}
		break
	}
	in := s.as("Yasmin Thornbury")
	for _, pattern := range s.routes("GET") {
		for _, who := range []*visitor{in, s.stranger()} {
			for _, name := range []string{"next", "back", "return", "to", "url", "redirect", "return_to"} {
				for _, b := range bad[:4] {
					path := filled(pattern, ids.New[site]().String()) + "?" + name + "=" + url.QueryEscape(b)
					ours(path, who.get(path))
				}
			}
		}
	}
	for _, pattern := range s.routes("POST") {
		if pattern == "/sign-out" {
			continue
		}
		ours(pattern, in.post(filled(pattern, ids.New[site]().String()), url.Values{"next": {bad[1]}, "back": {bad[1]}, "return": {bad[1]}}, "Referer", "https://example.org/x"))
	}
	// The name of the machine comes from the browser too.
	r, _ := http.NewRequest("GET", s.url+"/pupils/x", nil)
	r.Host = "example.org"
	a, err := s.stranger().http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if strings.Contains(a.Header.Get("Location"), "example.org") {
		t.Errorf("a foreign Host leads to %s", a.Header.Get("Location"))
	}
}

// A session that somebody planted in a browser is not the one that signing in opens, and one that was ended opens nothing.
func TestSessionFixation(t *testing.T) {
	s := open(t)
	v := s.stranger()
	base, _ := url.Parse(s.url)
	planted := &http.Cookie{Name: "ajar", Value: "planted-by-somebody-else", Path: "/"}
	v.http.Jar.SetCookies(base, []*http.Cookie{planted})
	entered := false
	for _, f := range v.get("/look-around").forms() {
		if strings.Contains(f.text, "as Yasmin Thornbury") {
			a := v.send(f, nil)
			entered = a.status == http.StatusSeeOther
		}
	}
	if !entered {
		t.Fatal("she could not come in")
	}
	now := ""
	for _, c := range v.http.Jar.Cookies(base) {
		if c.Name == "ajar" {
			now = c.Value
		}
	}
	if now == "" || now == planted.Value {
		t.Errorf("the session is the planted one")
	}
	with := func(value string) int {
		r, _ := http.NewRequest("GET", s.url+"/settings", nil)
		r.AddCookie(&http.Cookie{Name: "ajar", Value: value})
		a, err := s.stranger().http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = a.Body.Close()
		return a.StatusCode
	}
	if with(planted.Value) == http.StatusOK || with(now) != http.StatusOK {
		t.Error("the planted session opens the school, or the new one does not")
	}
	if a := v.post("/sign-out", nil); a.status >= 400 {
		t.Fatal(a.status)
	}
	if with(now) == http.StatusOK {
		t.Error("the session opens the school after signing out")
	}
	for _, c := range []string{"", "x", strings.Repeat("a", 4000), "'; drop table admin_session;--", now + "x", now[:len(now)-1]} {
		if with(c) == http.StatusOK {
			t.Errorf("%.20q opens the school", c)
		}
	}
	s.noneFailed()
}

// A link that signs in works once, also for two who press the button together; looking at it uses nothing up.
func TestLinkReplay(t *testing.T) {
	s := open(t)
	o, err := s.app.Roll.OrgByCode(t.Context(), "HARROWMERE")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := s.app.Admin.Link(t.Context(), o, "Nora New", "")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if a := s.stranger().get("/link/" + secret); a.status != http.StatusOK {
			t.Fatalf("looking at the link: %d", a.status)
		}
	}
	var mu sync.Mutex
	got := map[int]int{}
	var wg sync.WaitGroup
	for range 6 {
		v := s.stranger()
		wg.Go(func() {
			a := v.post("/link/"+secret, nil)
			mu.Lock()
			defer mu.Unlock()
			got[a.status]++
		})
	}
	wg.Wait()
	if got[http.StatusSeeOther] != 1 || got[http.StatusInternalServerError] != 0 {
		t.Errorf("six presses were answered %v", got)
	}
	if a := s.stranger().post("/link/"+secret, nil); a.status == http.StatusSeeOther {
		t.Error("the link worked again")
	}
}

// Files that are not what they say, or not what is asked for: a clear sentence, and nothing is kept.
func TestUploadsOfTheWrongKind(t *testing.T) {
	s := open(t)
	v := s.as("Pauline Osgood")
	before := s.rows("HARROWMERE")
	field := ""
	for _, f := range v.get("/imports/new/pupils").forms() {
		if len(f.files) > 0 {
			field = f.files[0]
		}
	}
	if field == "" {
		t.Fatal("there is no field for the file")
	}
	up := func(name, kind string, body []byte) answer {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		p, err := w.CreatePart(map[string][]string{"Content-Disposition": {fmt.Sprintf(`form-data; name=%q; filename=%q`, field, name)}, "Content-Type": {kind}})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = p.Write(body)
		_ = w.Close()
		return v.do("POST", "/imports/new/pupils", w.FormDataContentType(), &b)
	}
	for _, c := range []struct {
		name, kind string
		body       []byte
	}{
		{"pupils.csv", "text/csv", nil},
		{"pupils.csv", "text/csv", []byte("MZ\x90\x00\x03\x00\x00\x00" + strings.Repeat("\x00\xff", 500))},
		{"run.exe", "application/x-msdownload", []byte("MZ\x90\x00\x03\x00\x00\x00" + strings.Repeat("\x00\xff", 500))},
		{"page.html", "text/html", []byte("<!DOCTYPE html><html><script>alert(1)</script></html>")},
		{"pupils.csv", "text/csv", []byte("<!DOCTYPE html><html><script>alert(1)</script></html>")},
		{"picture.svg", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)},
		{"pupils.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []byte("PK\x03\x04 not a zip")},
		{"pupils.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bomb(t, "xl/worksheets/sheet1.xml")},
		{"pupils.zip", "application/zip", bomb(t, "pupils.csv")},
		{"pupils.zip", "application/zip", bomb(t, "../../../../etc/cron.d/x")},
		{"pupils.pdf", "application/pdf", []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")},
		{"../../../etc/passwd", "text/csv", []byte("\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 200))},
		{"a\r\nX-Injected: 1.csv", "text/csv", []byte("\x00\x01\x02\x03")},
	} {
		a := up(c.name, c.kind, c.body)
		harmless(t, a)
		if a.status != http.StatusUnprocessableEntity && a.status != http.StatusRequestEntityTooLarge && a.status != http.StatusBadRequest {
			t.Errorf("%q (%s, %d bytes) was answered %d, to %s", c.name, c.kind, len(c.body), a.status, a.header.Get("Location"))
		}
		if strings.Contains(a.body, "It is our fault") || a.header.Get("X-Injected") != "" {
			t.Errorf("%q: no clear sentence", c.name)
		}
	}
	same(t, "the school", before, s.rows("HARROWMERE"))
	s.noneFailed()
}

// Paths that try to leave the folder of styles and script.
func TestPathTraversal(t *testing.T) {
	s := open(t)
	v := s.stranger()
	for _, p := range []string{"/static/../../go.mod", "/static/..%2f..%2fgo.mod", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/....//....//etc/passwd", "/static/..%5c..%5cgo.mod", "/static//etc/passwd", "/static/%00", "/static/", "/static", "/%2e%2e/%2e%2e/etc/passwd"} {
		a := v.get(p)
		if a.status == http.StatusOK || strings.Contains(a.body, "root:") || strings.Contains(a.body, "module ajar") {
			t.Errorf("%s: %d", p, a.status)
		}
	}
	s.noneFailed()
}
