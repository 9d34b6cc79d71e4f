package oidc

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/testop"
)

const redirect = "https://ajar.example/sign-in/back"

var ruth = testop.Claims{"sub": "u1", "name": "Ruth Okafor", "email": "ruth@oak.sch.uk", "email_verified": true}

func settings(r *testop.Realm) Settings {
	return Settings{Issuer: r.Issuer, ClientID: testop.ClientID, Secret: testop.Secret, Inside: true}
}

// visit goes out and comes back, and gives what Finish is asked with.
func visit(t *testing.T, c *Client, s Settings, a Ask, sub string) (Flow, url.Values) {
	t.Helper()
	return visitWith(t, c, s, a, sub, testop.NewBrowser(t))
}

func visitWith(t *testing.T, c *Client, s Settings, a Ask, sub string, b *testop.Browser) (Flow, url.Values) {
	t.Helper()
	a.Redirect = redirect
	address, f, err := c.Begin(t.Context(), s, a)
	if err != nil {
		t.Fatal(err)
	}
	back := b.SignIn(address, sub)
	if got := back.Scheme + "://" + back.Host + back.Path; got != redirect {
		t.Fatalf("sent back to %s", got)
	}
	return f, back.Query()
}

func TestSomebodySignsIn(t *testing.T) {
	r := testop.New(t, []string{redirect}, ruth)
	c, s := New(time.Now), settings(r)
	address, f, err := c.Begin(t.Context(), s, Ask{Redirect: redirect, Hint: "ruth@oak.sch.uk"})
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(address)
	q := u.Query()
	for name, want := range map[string]string{"response_type": "code", "client_id": "ajar", "redirect_uri": redirect, "code_challenge_method": "S256", "state": f.State, "nonce": f.Nonce, "login_hint": "ruth@oak.sch.uk", "scope": "openid profile email"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q", name, q.Get(name))
		}
	}
	sum := sha256.Sum256([]byte(f.Verifier))
	if q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || strings.Contains(address, f.Verifier) || strings.Contains(address, "secret") {
		t.Errorf("the address gives away what it must not: %s", address)
	}
	if len(f.State) < 40 || len(f.Nonce) < 40 || len(f.Verifier) < 43 || f.State == f.Nonce {
		t.Errorf("%+v can be guessed", f)
	}
	who, err := c.Finish(t.Context(), s, f, testop.NewBrowser(t).SignIn(address, "u1").Query())
	if err != nil {
		t.Fatal(err)
	}
	if who.Issuer != r.Issuer || who.Subject != "u1" || who.Email != "ruth@oak.sch.uk" || !who.EmailVerified || who.Name != "Ruth Okafor" || who.AuthMs != 0 || who.ACR != "" {
		t.Errorf("%+v", who)
	}
	if _, second, _ := c.Begin(t.Context(), s, Ask{Redirect: redirect}); second.State == f.State || second.Nonce == f.Nonce || second.Verifier == f.Verifier {
		t.Error("two ways out share a secret")
	}
}

// Providers that keep to the letter of the standard give the address of a person only when asked a second time.
func TestAddressFromUserInfo(t *testing.T) {
	r := testop.With(t, map[string]any{"conform": true, "clients": []any{testop.Client(redirect)}, "people": []any{ruth}})
	c, s := New(time.Now), settings(r)
	f, back := visit(t, c, s, Ask{}, "u1")
	who, err := c.Finish(t.Context(), s, f, back)
	if err != nil || who.Email != "ruth@oak.sch.uk" || !who.EmailVerified || who.Name != "Ruth Okafor" {
		t.Errorf("%+v, %v", who, err)
	}
	if strings.Contains(payload(r.Last()), "oak.sch.uk") {
		t.Error("the token had the address, so this test shows nothing")
	}
}

func payload(token string) string {
	part := strings.Split(token, ".")
	if len(part) != 3 {
		return ""
	}
	b, _ := base64.RawURLEncoding.DecodeString(part[1])
	return string(b)
}

func TestSecondFactorAndAskingAgain(t *testing.T) {
	strong := testop.Claims{"sub": "u2", "name": "Hetty", "email": "h@oak.sch.uk", "email_verified": "true", "amr": []string{"pwd", "mfa"}}
	r := testop.New(t, []string{redirect}, ruth, strong)
	c, s := New(time.Now), settings(r)
	b := testop.NewBrowser(t)
	f, back := visitWith(t, c, s, Ask{ACR: "mfa"}, "u2", b)
	who, err := c.Finish(t.Context(), s, f, back)
	if err != nil || who.ACR != "mfa" || !who.EmailVerified {
		t.Fatalf("%+v, %v", who, err)
	}
	began := time.Now().Add(-3 * time.Second)
	f, back = visitWith(t, c, s, Ask{Fresh: true, ACR: "mfa"}, "u2", b) // asks again, though u2 is signed in there
	who, err = c.Finish(t.Context(), s, f, back)
	if err != nil || who.AuthMs < began.UnixMilli() || len(who.AMR) != 2 {
		t.Errorf("%+v, %v", who, err)
	}
	// A provider that doesn't ask again is found out.
	for name, at := range map[string]int64{"an hour ago": time.Now().Add(-time.Hour).Unix(), "never": 0} {
		f, back = visitWith(t, c, s, Ask{Fresh: true}, "u2", b)
		k := good(s, f)
		delete(k, "auth_time")
		if at != 0 {
			k["auth_time"] = at
		}
		r.Next(r.Sign(k, nil))
		if _, err := c.Finish(t.Context(), s, f, back); ProblemOf(err) != AskAgain {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// good is what a token for a flow has to say.
func good(s Settings, f Flow) testop.Claims {
	now := time.Now().Unix()
	return testop.Claims{"iss": s.Issuer, "aud": s.ClientID, "sub": "u1", "nonce": f.Nonce, "iat": now, "exp": now + 300, "email": "ruth@oak.sch.uk", "email_verified": true}
}

func TestTokensThatProveNothing(t *testing.T) {
	r := testop.New(t, []string{redirect}, ruth)
	other := testop.New(t, []string{redirect}, ruth)
	c, s := New(time.Now), settings(r)
	b := testop.NewBrowser(t)
	now := time.Now().Unix()
	over := func(k testop.Claims) func(testop.Claims) string {
		return func(base testop.Claims) string {
			maps.Copy(base, k)
			for n, v := range base {
				if v == nil {
					delete(base, n)
				}
			}
			return r.Sign(base, nil)
		}
	}
	head := func(h map[string]any) string {
		b, _ := json.Marshal(h)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	body := func(k testop.Claims) string { b, _ := json.Marshal(k); return base64.RawURLEncoding.EncodeToString(b) }
	for _, x := range []struct {
		name  string
		token func(testop.Claims) string
		want  Problem
	}{
		{"all is well", over(nil), ""},
		{"a little late", over(testop.Claims{"exp": now - 60}), ""},
		{"two audiences, and made for us", over(testop.Claims{"aud": []string{"ajar", "other"}, "azp": "ajar"}), ""},
		{"another audience", over(testop.Claims{"aud": "another client"}), Untrue},
		{"two audiences, made for the other", over(testop.Claims{"aud": []string{"ajar", "other"}, "azp": "other"}), Untrue},
		{"two audiences, made for nobody", over(testop.Claims{"aud": []string{"ajar", "other"}}), Untrue},
		{"another issuer", over(testop.Claims{"iss": other.Issuer}), Untrue},
		{"an issuer with a slash more", over(testop.Claims{"iss": r.Issuer + "/"}), Untrue},
		{"another nonce", over(testop.Claims{"nonce": "of yesterday"}), Untrue},
		{"no nonce", over(testop.Claims{"nonce": nil}), Untrue},
		{"over", over(testop.Claims{"exp": now - 600, "iat": now - 1200}), Untrue},
		{"no end", over(testop.Claims{"exp": nil}), Untrue},
		{"made before we asked", over(testop.Claims{"iat": now - 600}), Untrue},
		{"made tomorrow", over(testop.Claims{"iat": now + 86400, "exp": now + 90000}), Untrue},
		{"not yet", over(testop.Claims{"nbf": now + 3600}), Untrue},
		{"nobody", over(testop.Claims{"sub": ""}), Untrue},
		{"a very long name", over(testop.Claims{"sub": strings.Repeat("x", 256)}), Untrue},
		{"signed by another provider", func(k testop.Claims) string { return other.Sign(k, nil) }, Untrue},
		{"alg none", func(k testop.Claims) string { return head(map[string]any{"alg": "none"}) + "." + body(k) + "." }, Untrue},
		{"alg None with a signature", func(k testop.Claims) string {
			return head(map[string]any{"alg": "None"}) + "." + body(k) + ".AAAA"
		}, Untrue},
		{"signed with our own secret", func(k testop.Claims) string {
			text := head(map[string]any{"alg": "HS256"}) + "." + body(k)
			m := hmac.New(sha256.New, []byte(testop.Secret))
			m.Write([]byte(text))
			return text + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
		}, Untrue},
		{"changed after signing", func(k testop.Claims) string {
			p := strings.Split(r.Sign(k, nil), ".")
			k["sub"] = "u2"
			return p[0] + "." + body(k) + "." + p[2]
		}, Untrue},
		{"a key that it brings itself", func(k testop.Claims) string {
			return other.Sign(k, map[string]any{"jwk": map[string]any{"kty": "EC"}})
		}, Untrue},
		{"no token at all", func(testop.Claims) string { return "x" }, Untrue},
	} {
		f, back := visitWith(t, c, s, Ask{}, "u1", b)
		r.Next(x.token(good(s, f)))
		who, err := c.Finish(t.Context(), s, f, back)
		if ProblemOf(err) != x.want || (err == nil) != (x.want == "") || (err != nil && (who.Subject != "" || who.Email != "")) {
			t.Errorf("%s: %v (%+v)", x.name, err, who)
		}
	}
}

func TestTheWayBack(t *testing.T) {
	r := testop.New(t, []string{redirect}, ruth)
	now := time.Now()
	clock := now
	c, s := New(func() time.Time { return clock }), settings(r)
	b := testop.NewBrowser(t)
	f, back := visitWith(t, c, s, Ask{}, "u1", b)
	other, _ := visitWith(t, c, s, Ask{}, "u1", b)
	change := func(over url.Values) url.Values {
		q := maps.Clone(back)
		for k, v := range over {
			if v == nil {
				q.Del(k)
			} else {
				q[k] = v
			}
		}
		return q
	}
	for name, x := range map[string]struct {
		f    Flow
		back url.Values
		want Problem
	}{
		"somebody else's way out":       {other, back, Stale},
		"nobody was sent out":           {Flow{}, back, Stale},
		"no state":                      {f, change(url.Values{"state": nil}), Stale},
		"two states":                    {f, change(url.Values{"state": {f.State, f.State}}), Stale},
		"an empty state that fits none": {Flow{AtMs: f.AtMs}, change(url.Values{"state": {""}}), Stale},
		"no code":                       {f, change(url.Values{"code": nil}), Untrue},
		"two codes":                     {f, change(url.Values{"code": {"a", "b"}}), Untrue},
		"the answer of another issuer":  {f, change(url.Values{"iss": {"https://evil.example"}}), Untrue},
		"an answer that hides who sent": {f, change(url.Values{"iss": nil}), Untrue},
		"a code that is made up":        {f, change(url.Values{"code": {"made up"}}), Stale},
		"went back":                     {f, change(url.Values{"code": nil, "error": {"access_denied"}, "error_description": {"<script>"}}), WentBack},
		"the provider has trouble":      {f, change(url.Values{"code": nil, "error": {"server_error"}}), Away},
		"asks for more":                 {f, change(url.Values{"code": nil, "error": {"interaction_required"}}), AskAgain},
		"our settings":                  {f, change(url.Values{"code": nil, "error": {"unauthorized_client"}}), Setup},
	} {
		if _, err := c.Finish(t.Context(), s, x.f, x.back); ProblemOf(err) != x.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	clock = now.Add(FlowLasts + time.Minute)
	if _, err := c.Finish(t.Context(), s, f, back); ProblemOf(err) != Stale {
		t.Errorf("after half an hour: %v", err)
	}
	clock = now
	if _, err := c.Finish(t.Context(), s, f, back); err != nil {
		t.Errorf("none of those may use the code up: %v", err)
	}
	if _, err := c.Finish(t.Context(), s, f, back); ProblemOf(err) != Stale {
		t.Errorf("a second time: %v", err)
	}
	// A code that was caught on its way is of no use without the verifier.
	f, back = visitWith(t, c, s, Ask{}, "u1", b)
	f.Verifier = other.Verifier
	if _, err := c.Finish(t.Context(), s, f, back); ProblemOf(err) != Stale {
		t.Errorf("with another verifier: %v", err)
	}
	f, back = visitWith(t, c, s, Ask{}, "", testop.NewBrowser(t))
	if _, err := c.Finish(t.Context(), s, f, back); ProblemOf(err) != WentBack {
		t.Errorf("pressed Cancel: %v", err)
	}
}

func TestKeysChange(t *testing.T) {
	r := testop.New(t, []string{redirect}, ruth)
	c, s := New(time.Now), settings(r)
	b := testop.NewBrowser(t)
	sign := func() {
		t.Helper()
		f, back := visitWith(t, c, s, Ask{}, "u1", b)
		if _, err := c.Finish(t.Context(), s, f, back); err != nil {
			t.Fatal(err)
		}
	}
	sign()
	sign()
	if n, m := r.Asked("jwks"), r.Asked(".well-known/openid-configuration"); n != 1 || m != 1 {
		t.Errorf("two people, and the keys were fetched %d times, the description %d times", n, m)
	}
	r.Rotate()
	sign()
	sign()
	if n := r.Asked("jwks"); n != 2 {
		t.Errorf("after the keys changed they were fetched %d times", n)
	}
}

func TestProviderThatIsDown(t *testing.T) {
	r := testop.New(t, []string{redirect}, ruth)
	now := time.Now()
	c, s := New(func() time.Time { return now }), settings(r)
	r.Down(true)
	for range 20 {
		if _, _, err := c.Begin(t.Context(), s, Ask{Redirect: redirect}); ProblemOf(err) != Away {
			t.Fatal(err)
		}
	}
	if n := r.Asked(".well-known/openid-configuration"); n != 1 {
		t.Errorf("a provider that is down was asked %d times", n)
	}
	r.Down(false)
	now = now.Add(pauseFor)
	f, back := visit(t, c, s, Ask{}, "u1")
	r.Down(true)
	if _, err := c.Finish(t.Context(), s, f, back); ProblemOf(err) != Away {
		t.Errorf("down on the way back: %v", err)
	}
	// What is kept goes on being used when it can't be fetched anew.
	now = now.Add(keepFor)
	if _, _, err := c.Begin(t.Context(), s, Ask{Redirect: redirect}); err != nil {
		t.Error(err)
	}
	if _, err := c.Test(t.Context(), s); ProblemOf(err) != Away {
		t.Errorf("a test believes what is kept: %v", err)
	}
	nobody := s
	nobody.Issuer = "http://127.0.0.1:9"
	if _, _, err := c.Begin(t.Context(), nobody, Ask{Redirect: redirect}); ProblemOf(err) != Away {
		t.Error(err)
	}
}

func TestAHundredComeAtOnce(t *testing.T) {
	r := testop.New(t, []string{redirect}, ruth)
	c, s := New(time.Now), settings(r)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, _, err := c.Begin(t.Context(), s, Ask{Redirect: redirect}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := r.Asked(".well-known/openid-configuration"); n != 1 {
		t.Errorf("the description was fetched %d times", n)
	}
}

func TestSettingsThatDoNotFit(t *testing.T) {
	r := testop.New(t, []string{redirect}, ruth)
	c, s := New(time.Now), settings(r)
	found, err := c.Test(t.Context(), s)
	if err != nil || found.Keys != 1 || found.Issuer != r.Issuer || !found.Logout || !strings.HasPrefix(found.ServerName, "127.0.0.1:") {
		t.Errorf("%+v, %v", found, err)
	}
	if to := c.Logout(t.Context(), s, redirect); !strings.HasPrefix(to, r.Issuer+"/session/end?") || !strings.Contains(to, "client_id=ajar") || !strings.Contains(to, url.QueryEscape(redirect)) {
		t.Errorf("signs out at %q", to)
	}
	wrong := s
	wrong.Secret = "another secret"
	f, back := visit(t, c, wrong, Ask{}, "u1")
	if _, err := c.Finish(t.Context(), wrong, f, back); ProblemOf(err) != Setup {
		t.Errorf("a wrong secret: %v", err)
	}
	for name, says := range map[string]map[string]any{
		"another issuer":  {"issuer": "https://evil.example"},
		"http keys":       {"jwks_uri": "http://evil.example/keys"},
		"http sign-in":    {"authorization_endpoint": "http://evil.example/"},
		"a script":        {"authorization_endpoint": "javascript:alert(1)"},
		"a script to end": {"end_session_endpoint": "javascript:alert(1)"},
		"a file":          {"token_endpoint": "file:///etc/passwd"},
		"plain PKCE only": {"code_challenge_methods_supported": []string{"plain"}},
	} {
		r.Says(says)
		if _, _, err := New(time.Now).Begin(t.Context(), s, Ask{Redirect: redirect}); ProblemOf(err) != Setup {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.Says(map[string]any{"id_token_signing_alg_values_supported": []string{"HS256", "none"}})
	c = New(time.Now)
	f, back = visit(t, c, s, Ask{}, "u1")
	if _, err := c.Finish(t.Context(), s, f, back); ProblemOf(err) != Untrue {
		t.Errorf("a provider that says it signs with nothing: %v", err)
	}
}

// Microsoft describes all its tenants in one place. Only the tenants that were named come in.
func TestSeveralTenants(t *testing.T) {
	r := testop.New(t, []string{redirect}, ruth)
	template := "https://login.example/{tenantid}/v2.0"
	r.Says(map[string]any{"issuer": template, "authorization_response_iss_parameter_supported": false})
	s := Settings{Issuer: template, Discovery: r.URL, Tenants: []string{"t-oak", "t-elm"}, ClientID: testop.ClientID, Secret: testop.Secret, Inside: true}
	c, b := New(time.Now), testop.NewBrowser(t)
	for _, x := range []struct {
		name, iss, tid string
		want           Problem
	}{
		{"the first", "https://login.example/t-oak/v2.0", "t-oak", ""},
		{"the second", "https://login.example/t-elm/v2.0", "t-elm", ""},
		{"a stranger", "https://login.example/t-evil/v2.0", "t-evil", Untrue},
		{"a stranger who names a tenant", "https://login.example/t-evil/v2.0", "t-oak", Untrue},
		{"a tenant that names another", "https://login.example/t-oak/v2.0", "t-elm", Untrue},
		{"no tenant", "https://login.example/t-oak/v2.0", "", Untrue},
		{"the template itself", template, "t-oak", Untrue},
	} {
		f, back := visitWith(t, c, s, Ask{}, "u1", b)
		back.Del("iss")
		k := good(s, f)
		k["iss"], k["tid"], k["oid"] = x.iss, x.tid, "o-1"
		r.Next(r.Sign(k, nil))
		who, err := c.Finish(t.Context(), s, f, back)
		if ProblemOf(err) != x.want || err == nil && (who.Tenant != x.tid || who.Issuer != x.iss || who.Object != "o-1") {
			t.Errorf("%s: %+v, %v", x.name, who, err)
		}
	}
	for name, wrong := range map[string]Settings{
		"tenants and no template": {Issuer: "https://a.example", Tenants: []string{"t"}, ClientID: "x"},
		"a template and no list":  {Issuer: template, Discovery: "https://login.example", ClientID: "x"},
		"no discovery":            {Issuer: template, Tenants: []string{"t"}, ClientID: "x"},
		"no client":               {Issuer: "https://a.example"},
		"http":                    {Issuer: "http://a.example", ClientID: "x", Inside: true},
		"http on this machine":    {Issuer: "http://127.0.0.1", ClientID: "x"},
		"with a password in it":   {Issuer: "https://u:p@a.example", ClientID: "x"},
		"no address":              {Issuer: "oak", ClientID: "x"},
	} {
		if err := wrong.Check(); ProblemOf(err) != Setup {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a page may set up must not reach the machines beside us: neither by number, nor by a name that leads to one, nor by being sent on.
func TestOnlyPublicAddresses(t *testing.T) {
	for _, a := range []string{"127.0.0.1", "10.0.0.8", "192.168.1.1", "172.16.5.5", "169.254.169.254", "100.64.0.1", "0.0.0.0", "198.18.0.1", "255.255.255.255", "224.0.0.1", "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"} {
		if err := public(net.JoinHostPort(a, "443")); err == nil {
			t.Errorf("%s counts as public", a)
		}
	}
	for _, a := range []string{"20.190.128.1", "142.250.1.1", "2603:1026::1"} {
		if err := public(net.JoinHostPort(a, "443")); err != nil {
			t.Error(err)
		}
	}
	reached := false
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer srv.Close()
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	for _, issuer := range []string{srv.URL, "https://localhost:" + port} {
		s := Settings{Issuer: issuer, ClientID: "x"}
		if _, _, err := New(time.Now).Begin(t.Context(), s, Ask{Redirect: redirect}); ProblemOf(err) != Away || !strings.Contains(err.Error(), "not a public address") {
			t.Errorf("%s: %v", issuer, err)
		}
		if _, err := New(time.Now).Test(t.Context(), s); ProblemOf(err) != Away {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	if reached {
		t.Error("a machine inside was asked")
	}
	// A provider that sends us on, and one that never stops talking.
	r := testop.New(t, []string{redirect})
	away := httptest.NewServer(http.RedirectHandler(r.Issuer+"/.well-known/openid-configuration", http.StatusFound))
	defer away.Close()
	long := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"issuer":"`)
		for range 3 << 10 {
			_, _ = fmt.Fprint(w, strings.Repeat("x", 1<<10))
		}
	}))
	defer long.Close()
	for name, at := range map[string]string{"sent on": away.URL, "never stops": long.URL} {
		if _, _, err := New(time.Now).Begin(t.Context(), Settings{Issuer: at, ClientID: "x", Inside: true}, Ask{Redirect: redirect}); ProblemOf(err) != Away {
			t.Errorf("%s: %v", name, err)
		}
	}
}
