package web

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// seen is what stands behind the edge in these tests: it says what it was told, and sets cookies as the capabilities do.
func seen(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, Cookie("ajar", "key", CookieAge, Secure(r)))
	family := Cookie("ajar_family", "key2", CookieAge, Secure(r))
	family.Path = "/f"
	http.SetCookie(w, family)
	host := r.RemoteAddr
	if a := addressIn(host); a.IsValid() {
		host = a.String()
	}
	c, _ := r.Cookie("ajar")
	value := ""
	if c != nil {
		value = c.Value
	}
	fmt.Fprintf(w, "%s|%v|%s|%s|%s", host, Secure(r), r.Host, Base(r), value)
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded") || name == "Forwarded" || name == "X-Real-Ip" {
			fmt.Fprintf(w, "|%s", name)
		}
	}
}

// CookieAge is an hour.
const CookieAge = 3600_000_000_000

func edge(t *testing.T, proxies []string, addresses ...string) Edge {
	t.Helper()
	var e Edge
	for _, text := range proxies {
		p, err := ParseProxy(text)
		if err != nil {
			t.Fatal(err)
		}
		e.Proxies = append(e.Proxies, p)
	}
	for _, text := range addresses {
		u, err := ParseAddress(text)
		if err != nil {
			t.Fatal(err)
		}
		e.Addresses = append(e.Addresses, u)
	}
	return e
}

func askEdge(e Edge, from, host string, set func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "http://"+host+"/x?y=1", nil)
	r.RemoteAddr = from
	if set != nil {
		set(r)
	}
	w := httptest.NewRecorder()
	e.Wrap(http.HandlerFunc(seen)).ServeHTTP(w, r)
	return w
}

func TestProxiesAreBelievedOnlyWhenNamed(t *testing.T) {
	says := func(more ...string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("X-Forwarded-For", "203.0.113.9")
			r.Header.Set("X-Forwarded-Proto", "https")
			r.Header.Set("X-Forwarded-Host", "ajar.school.example")
			r.Header.Set("X-Real-Ip", "203.0.113.77")
			r.Header.Set("Forwarded", "for=203.0.113.78")
			for _, v := range more {
				r.Header.Set("X-Forwarded-For", v)
			}
		}
	}
	named := edge(t, []string{"10.1.0.0/16", "127.0.0.1", "::1"})
	for _, c := range []struct {
		name, from string
		e          Edge
		set        func(*http.Request)
		want       string
	}{
		{"nobody is named", "127.0.0.1:9", Edge{}, says(), "127.0.0.1|false|inside|http://inside|"},
		{"a stranger", "198.51.100.4:9", named, says(), "198.51.100.4|false|inside|http://inside|"},
		{"the proxy", "10.1.2.3:9", named, says(), "203.0.113.9|true|ajar.school.example|https://ajar.school.example|"},
		{"the proxy by its other way of writing", "[::ffff:10.1.2.3]:9", named, says(), "203.0.113.9|true|ajar.school.example|https://ajar.school.example|"},
		{"the proxy on this machine, by IPv6", "[::1]:9", named, says(), "203.0.113.9|true|ajar.school.example|https://ajar.school.example|"},
		{"two proxies", "10.1.2.3:9", named, says("192.0.2.1, 203.0.113.9, 10.1.9.9"), "203.0.113.9|true|ajar.school.example|https://ajar.school.example|"},
		{"a browser that made some up", "10.1.2.3:9", named, says("127.0.0.1, 10.1.1.1, 203.0.113.9"), "203.0.113.9|true|ajar.school.example|https://ajar.school.example|"},
		{"nonsense", "10.1.2.3:9", named, says("203.0.113.9, what"), "10.1.2.3|true|ajar.school.example|https://ajar.school.example|"},
		{"a proxy that says nothing", "10.1.2.3:9", named, nil, "10.1.2.3|false|inside|http://inside|"},
	} {
		if got := askEdge(c.e, c.from, "inside", c.set).Body.String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestNamesAndHTTPS(t *testing.T) {
	e := edge(t, []string{"127.0.0.1"}, "https://ajar.school.example", "https://ajar.trust.example:8443")
	over := func(r *http.Request) { r.TLS = &tls.ConnectionState{} }
	for host, status := range map[string]int{"ajar.school.example": 200, "AJAR.school.example:443": 200, "ajar.trust.example:8443": 200, "ajar.trust.example": 421, "evil.example": 421, "ajar.school.example.evil.example": 421, "127.0.0.1:8080": 421} {
		if w := askEdge(e, "198.51.100.4:9", host, over); w.Code != status {
			t.Errorf("%s: %d", host, w.Code)
		}
	}
	// A proxy that was named can't bring in another name either.
	if w := askEdge(e, "127.0.0.1:9", "inside", func(r *http.Request) {
		r.Header.Set("X-Forwarded-Host", "evil.example")
		r.Header.Set("X-Forwarded-Proto", "https")
	}); w.Code != 421 || strings.Contains(w.Body.String(), "evil") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w := askEdge(e, "198.51.100.4:9", "ajar.school.example", nil)
	if w.Code != 308 || w.Header().Get("Location") != "https://ajar.school.example/x?y=1" || w.Header().Get("Strict-Transport-Security") != "" {
		t.Errorf("without https: %d %v", w.Code, w.Header())
	}
	post := httptest.NewRequest("POST", "http://ajar.school.example/save", strings.NewReader("a=b"))
	rec := httptest.NewRecorder()
	e.Wrap(http.HandlerFunc(seen)).ServeHTTP(rec, post)
	if rec.Code != 403 {
		t.Errorf("a form without https: %d", rec.Code)
	}
	if w := askEdge(e, "198.51.100.4:9", "ajar.trust.example:8443", over); !strings.Contains(w.Body.String(), "|https://ajar.school.example|") {
		t.Errorf("what stands in letters: %s", w.Body)
	}
	for _, host := range []string{"a b", "x/y", "x\\y", "x?y", "u@x", "<x>", ""} {
		r := httptest.NewRequest("GET", "http://fine/x", nil)
		r.Host = host
		w := httptest.NewRecorder()
		Edge{}.Wrap(http.HandlerFunc(seen)).ServeHTTP(w, r)
		if w.Code != 421 {
			t.Errorf("the name %q: %d", host, w.Code)
		}
	}
}

// Over https every cookie is bound to this host and is never sent without encryption; one under its old name is not read, whoever set it.
func TestCookiesOverHTTPS(t *testing.T) {
	over := func(cookies string) func(*http.Request) {
		return func(r *http.Request) {
			r.TLS = &tls.ConnectionState{}
			r.Header.Set("Cookie", cookies)
		}
	}
	w := askEdge(Edge{}, "198.51.100.4:9", "h", over("other=1"))
	if w.Header().Get("Strict-Transport-Security") != hsts {
		t.Errorf("%v", w.Header())
	}
	list := w.Result().Cookies()
	if len(list) != 2 {
		t.Fatalf("%v", list)
	}
	for _, c := range list {
		if !strings.HasPrefix(c.Name, "__Host-ajar") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 3600 {
			t.Errorf("%s", c)
		}
	}
	for cookies, want := range map[string]string{"__Host-ajar=good": "good", "ajar=old": "", "ajar=old; __Host-ajar=good": "good", "__Host-ajar=good; ajar=old": "good", "__Secure-ajar=x": ""} {
		if got := strings.Split(askEdge(Edge{}, "198.51.100.4:9", "h", over(cookies)).Body.String(), "|")[4]; got != want {
			t.Errorf("%s is read as %q", cookies, got)
		}
	}
	// On plain http, inside a school, they have their short names, and a prefixed one is nobody's.
	w = askEdge(Edge{}, "198.51.100.4:9", "h", func(r *http.Request) { r.Header.Set("Cookie", "__Host-ajar=good; ajar=plain") })
	if got := strings.Split(w.Body.String(), "|")[4]; got != "plain" || w.Result().Cookies()[0].Name != "ajar" || w.Header().Get("Strict-Transport-Security") != "" {
		t.Errorf("%s %v", got, w.Header())
	}
}

func TestWhatIsNoProxyOrAddress(t *testing.T) {
	for _, bad := range []string{"", "proxy", "0.0.0.0/0", "::/0", "10.0.0.0/33", "10.0.0.1:80"} {
		if p, err := ParseProxy(bad); err == nil {
			t.Errorf("%q is %v", bad, p)
		}
	}
	if p, err := ParseProxy("10.9.8.7/8"); err != nil || p != netip.MustParsePrefix("10.0.0.0/8") {
		t.Errorf("%v %v", p, err)
	}
	for _, bad := range []string{"", "ajar.example", "ftp://x", "https://", "https://x/path", "https://u@x", "https://x?q", "https://x#y", "javascript:alert(1)"} {
		if u, err := ParseAddress(bad); err == nil {
			t.Errorf("%q is %v", bad, u)
		}
	}
	if u, err := ParseAddress("https://Ajar.Example/"); err != nil || u.String() != "https://ajar.example" {
		t.Errorf("%v %v", u, err)
	}
}

// FuzzForwarded sends whatever heads there may be: a stranger is never taken for anybody else.
func FuzzForwarded(f *testing.F) {
	for _, s := range []string{"1.2.3.4", "::1, 10.0.0.1", ",,,", "[::1]:4", "unknown", "1.2.3.4%eth0"} {
		f.Add(s, "https", "evil.example")
	}
	f.Fuzz(func(t *testing.T, who, proto, host string) {
		for _, e := range []Edge{{}, edge(t, []string{"10.0.0.0/8"})} {
			r := httptest.NewRequest("GET", "http://h/", nil)
			r.RemoteAddr = "198.51.100.4:9"
			r.Header["X-Forwarded-For"], r.Header["X-Forwarded-Proto"], r.Header["X-Forwarded-Host"] = []string{who}, []string{proto}, []string{host}
			w := httptest.NewRecorder()
			e.Wrap(http.HandlerFunc(seen)).ServeHTTP(w, r)
			if got := w.Body.String(); got != "198.51.100.4|false|h|http://h|" {
				t.Errorf("%q %q %q: %s", who, proto, host, got)
			}
			r.RemoteAddr = "10.1.1.1:9"
			e.Wrap(http.HandlerFunc(seen)).ServeHTTP(httptest.NewRecorder(), r)
		}
	})
}
