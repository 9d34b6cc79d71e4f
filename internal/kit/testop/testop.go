// Package testop reaches the real OpenID Connect provider of the tests (test/op, which the gate starts and names in AJAR_TEST_OP): a realm for each test,
// its levers, and a person with a browser who signs in there. Begin reading at New.
package testop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Claims are what a provider says about a person. "sub" is who it is.
type Claims map[string]any

// Realm is a provider of one test's own.
type Realm struct {
	t      testing.TB
	Issuer string
	URL    string // where the levers are; the issuer may say something else
}

// ClientID and Secret are those of the client that every realm has.
const (
	ClientID = "ajar"
	Secret   = "a secret that only tests know"
)

var serial atomic.Int64

// New makes a realm in which Ajar may send people back to the redirects. Without a provider the test is skipped aloud.
func New(t testing.TB, redirects []string, people ...Claims) *Realm {
	t.Helper()
	return With(t, map[string]any{"clients": []any{Client(redirects...)}, "people": people})
}

// Client is the client of every realm.
func Client(redirects ...string) map[string]any {
	return map[string]any{"client_id": ClientID, "client_secret": Secret, "redirect_uris": redirects, "post_logout_redirect_uris": redirects, "grant_types": []string{"authorization_code"}, "response_types": []string{"code"}}
}

// With makes a realm of exactly what is said.
func With(t testing.TB, said map[string]any) *Realm {
	t.Helper()
	base := os.Getenv("AJAR_TEST_OP")
	if base == "" {
		t.Skip("no OpenID Connect provider: set AJAR_TEST_OP, or run `make test`, which starts one (`make op` keeps one running)")
	}
	r := &Realm{t: t, URL: fmt.Sprintf("%s/realms/t%d-%d-%d", base, os.Getpid(), time.Now().UnixNano()%1e9, serial.Add(1))}
	var made struct {
		Issuer string `json:"issuer"`
	}
	r.post("", said, &made)
	r.Issuer = made.Issuer
	return r
}

func (r *Realm) post(lever string, said, answer any) {
	r.t.Helper()
	b, err := json.Marshal(said)
	if err != nil {
		r.t.Fatal(err)
	}
	a, err := http.Post(r.URL+lever, "application/json", bytes.NewReader(b))
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != http.StatusOK {
		r.t.Fatalf("the provider's lever %s: %d %s %v", lever, a.StatusCode, text, err)
	}
	if answer != nil {
		if err := json.Unmarshal(text, answer); err != nil {
			r.t.Fatal(err)
		}
	}
}

// Person adds somebody, or changes what the provider says about them.
func (r *Realm) Person(c Claims) { r.t.Helper(); r.post("/test/person", c, nil) }

// SetClient adds a client, or changes it.
func (r *Realm) SetClient(c map[string]any) { r.t.Helper(); r.post("/test/client", c, nil) }

// Rotate gives the realm a new key. Those who are signed in there stay.
func (r *Realm) Rotate() { r.t.Helper(); r.post("/test/rotate", map[string]any{}, nil) }

// Down closes the realm, or opens it again.
func (r *Realm) Down(down bool) {
	r.t.Helper()
	r.post("/test/down", map[string]any{"down": down}, nil)
}

// Says changes the realm's description of itself.
func (r *Realm) Says(over map[string]any) { r.t.Helper(); r.post("/test/says", over, nil) }

// Asked tells how often a path of the realm was asked for.
func (r *Realm) Asked(path string) int {
	r.t.Helper()
	all := map[string]int{}
	r.post("/test/asked", map[string]any{}, &all)
	return all[path]
}

type token struct {
	IDToken string `json:"id_token"`
}

// Sign makes a token with any claims and the realm's own key.
func (r *Realm) Sign(claims Claims, header map[string]any) string {
	r.t.Helper()
	var out token
	r.post("/test/sign", map[string]any{"claims": claims, "header": header}, &out)
	return out.IDToken
}

// Next makes the realm answer the next code with this token.
func (r *Realm) Next(idToken string) { r.t.Helper(); r.post("/test/next-token", token{idToken}, nil) }

// Last is the token that the realm gave out last.
func (r *Realm) Last() string {
	r.t.Helper()
	var out token
	r.post("/test/last-token", map[string]any{}, &out)
	return out.IDToken
}

// Browser keeps the provider's cookies, as a person's browser does.
type Browser struct {
	t    testing.TB
	http *http.Client
}

// NewBrowser is a browser in which nobody is signed in.
func NewBrowser(t testing.TB) *Browser {
	jar, _ := cookiejar.New(nil)
	return &Browser{t, &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

var button = regexp.MustCompile(`<button name="sub" value="([^"]*)"`)

// SignIn follows the address to the provider, says there who they are ("" goes back), and gives the address that leads back to us.
func (b *Browser) SignIn(address, sub string) *url.URL {
	b.t.Helper()
	answered := false
	base, err := url.Parse(address)
	if err != nil {
		b.t.Fatal(err)
	}
	host := base.Host
	for range 12 {
		a, err := b.http.Get(base.String())
		if err != nil {
			b.t.Fatal(err)
		}
		text, _ := io.ReadAll(a.Body)
		_ = a.Body.Close()
		if a.StatusCode == http.StatusOK && button.Match(text) || a.StatusCode == http.StatusOK && strings.Contains(string(text), `name="no"`) {
			if answered {
				b.t.Fatal("the provider asks a second time")
			}
			answered = true
			form := url.Values{"sub": {sub}}
			if sub == "" {
				form = url.Values{"no": {"1"}}
			}
			if a, err = b.http.PostForm(base.String(), form); err != nil {
				b.t.Fatal(err)
			}
			_ = a.Body.Close()
		}
		to := a.Header.Get("Location")
		if to == "" {
			b.t.Fatalf("the provider stops with %d at %s: %.300s", a.StatusCode, base, text)
		}
		next, err := base.Parse(to)
		if err != nil {
			b.t.Fatal(err)
		}
		if next.Host != host {
			return next
		}
		base = next
	}
	b.t.Fatal("the provider goes round in circles")
	return nil
}
