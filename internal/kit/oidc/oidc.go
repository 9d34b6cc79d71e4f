// Package oidc is the client side of OpenID Connect: sending somebody to a provider to say who they are, and believing what comes back only after every
// check. It knows providers and tokens, and nobody's school.
//
// Code flow with PKCE (S256), state and nonce; nothing else. What has to be remembered between the way out and the way back is a Flow, which the caller
// keeps where only the same browser brings it again. Keys and addresses of a provider are kept and fetched again when a token names a key that is not
// known yet. Begin reading at Begin and Finish; reach.go says what may be called.
package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Settings are what is known about a provider before it is asked.
type Settings struct {
	// Issuer is the provider's name for itself, exactly as it stands in its tokens. {tenantid} in it stands for one of Tenants.
	Issuer string
	// Discovery is where its description is, when that is not the issuer itself; needed when the issuer has {tenantid} in it.
	Discovery string
	Tenants   []string
	ClientID  string
	Secret    string // empty for a client that keeps none
	// Inside allows addresses of the own network and plain http on this machine. It is for whoever runs the machine to say, never for a page.
	Inside bool
}

// Ask says how to send somebody out.
type Ask struct {
	Redirect string // the exact address to come back to
	Hint     string // the e-mail address that was typed already
	Fresh    bool   // the provider is to ask again, though somebody is signed in there
	Choose   bool   // the provider is to let the person choose the account, for a computer that several people use; not every provider knows how
	ACR      string // the class of sign-in to ask for; empty for the provider's own
	Domain   string // Google's hd: which accounts to offer
}

// Flow is one way out and back. It is secret: only the browser that was sent out may bring it again.
type Flow struct {
	State, Nonce, Verifier string
	Redirect               string
	Fresh                  bool
	AtMs                   int64
}

// FlowLasts is how long somebody may stay at the provider: long enough to find a phone for the second factor.
const FlowLasts = 15 * time.Minute

// skew is how far the provider's clock may be from ours.
const skew = 2 * time.Minute

// Person is who the provider says it is.
type Person struct {
	Issuer, Subject string
	Email           string
	EmailVerified   bool
	Preferred       string // preferred_username
	Name            string
	Domain          string // hd, the Google Workspace
	Tenant, Object  string // tid and oid, Microsoft's
	EDOV            string // xms_edov: whether Microsoft has seen that the domain of the address is the tenant's: yes, no, or empty when it does not say
	Guest           bool   // Microsoft: the account's home is another tenant
	AMR             []string
	ACR             string
	AuthMs          int64 // when they proved who they are there; 0 when the provider does not say
}

// Problem is what went wrong, of the few kinds for which people can be told something useful.
type Problem string

// The kinds of Problem.
const (
	WentBack Problem = "the person went back"
	Away     Problem = "the provider does not answer"
	Setup    Problem = "the settings and the provider do not fit"
	Stale    Problem = "this is not the way back of somebody whom we sent out lately"
	Untrue   Problem = "what came back does not prove anything"
	AskAgain Problem = "the provider wants to ask the person something more"
)

// Error is a Problem and what the server's log should say about it.
type Error struct {
	Problem Problem
	cause   error
}

func (e *Error) Error() string { return string(e.Problem) + ": " + e.cause.Error() }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// ProblemOf is the kind of an error; empty for one that is not of this package.
func ProblemOf(err error) Problem {
	var e *Error
	if errors.As(err, &e) {
		return e.Problem
	}
	return ""
}

func trouble(p Problem, format string, args ...any) error {
	return &Error{p, fmt.Errorf(format, args...)}
}

// Client asks providers. It is safe for many goroutines.
type Client struct {
	now  func() time.Time
	mu   sync.Mutex
	kept map[cacheKey]*known
}

// cacheKey is what a kept description belongs to.
type cacheKey struct {
	issuer, discovery string
	inside            bool
}

// known is a provider's description, and the lock under which it is fetched, so that a hundred people who come at once ask for it once.
type known struct {
	mu       sync.Mutex
	provider *oidc.Provider
	extra    extra
	at       time.Time
	failed   error
	failedAt time.Time
}

// extra is what the description has beyond what the library keeps.
type extra struct {
	Issuer     string   `json:"issuer"`
	EndSession string   `json:"end_session_endpoint"`
	UserInfo   string   `json:"userinfo_endpoint"`
	Auth       string   `json:"authorization_endpoint"`
	Token      string   `json:"token_endpoint"`
	Keys       string   `json:"jwks_uri"`
	TokenAuth  []string `json:"token_endpoint_auth_methods_supported"`
	PKCE       []string `json:"code_challenge_methods_supported"`
	Algs       []string `json:"id_token_signing_alg_values_supported"`
	Types      []string `json:"response_types_supported"`
	IssParam   bool     `json:"authorization_response_iss_parameter_supported"`
}

const (
	keepFor  = 24 * time.Hour   // a description; keys are fetched again by themselves
	pauseFor = 10 * time.Second // after a failure, so that a provider that is down is left alone
)

// New makes a client with a clock.
func New(now func() time.Time) *Client {
	return &Client{now: now, kept: map[cacheKey]*known{}}
}

// maxKept bounds what is remembered; there are as many providers as schools with one.
const maxKept = 2000

func (c *Client) entry(s Settings) *known {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := cacheKey{s.Issuer, s.discovery(), s.Inside}
	e := c.kept[k]
	if e == nil {
		if len(c.kept) >= maxKept {
			clear(c.kept)
		}
		e = &known{}
		c.kept[k] = e
	}
	return e
}

// Forget drops what is kept about a provider, after its settings were changed.
func (c *Client) Forget(s Settings) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, cacheKey{s.Issuer, s.discovery(), s.Inside})
}

func (s Settings) discovery() string {
	if s.Discovery != "" {
		return s.Discovery
	}
	return s.Issuer
}

// Check says what is wrong with settings before anybody is asked.
func (s Settings) Check() error {
	for _, a := range []string{strings.ReplaceAll(s.Issuer, "{tenantid}", "t"), s.discovery()} {
		if err := mayCall(a, s.Inside); err != nil {
			return trouble(Setup, "%w", err)
		}
	}
	if s.ClientID == "" {
		return trouble(Setup, "no client id")
	}
	if strings.Contains(s.Issuer, "{tenantid}") != (len(s.Tenants) > 0) {
		return trouble(Setup, "an issuer for several tenants, and tenants, need each other")
	}
	if strings.Contains(s.Issuer, "{tenantid}") && s.Discovery == "" {
		return trouble(Setup, "an issuer for several tenants needs the address of its description")
	}
	return nil
}

// describe fetches the provider's description, or gives the one that is kept. One that can't be fetched anew goes on being used.
func (c *Client) describe(ctx context.Context, s Settings) (*oidc.Provider, extra, error) {
	if err := s.Check(); err != nil {
		return nil, extra{}, err
	}
	e := c.entry(s)
	e.mu.Lock()
	defer e.mu.Unlock()
	now := c.now()
	if e.provider != nil && now.Sub(e.at) < keepFor {
		return e.provider, e.extra, nil
	}
	if e.failed != nil && now.Sub(e.failedAt) < pauseFor && now.Sub(e.failedAt) >= 0 {
		if e.provider != nil {
			return e.provider, e.extra, nil
		}
		return nil, extra{}, e.failed
	}
	p, x, err := fetch(ctx, s)
	if err != nil {
		if ctx.Err() == nil {
			e.failed, e.failedAt = err, now
		}
		if e.provider != nil && ProblemOf(err) == Away {
			return e.provider, e.extra, nil
		}
		return nil, extra{}, err
	}
	e.provider, e.extra, e.at, e.failed = p, x, now, nil
	return p, x, nil
}

func fetch(ctx context.Context, s Settings) (*oidc.Provider, extra, error) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, caller(s.Inside)), 10*time.Second)
	defer cancel()
	if s.Discovery != "" {
		ctx = oidc.InsecureIssuerURLContext(ctx, s.Issuer) // which is then checked below
	}
	p, err := oidc.NewProvider(ctx, strings.TrimSuffix(s.discovery(), "/.well-known/openid-configuration"))
	var other *oidc.IssuerMismatchError
	switch {
	case errors.As(err, &other):
		return nil, extra{}, trouble(Setup, "%w", err)
	case err != nil:
		return nil, extra{}, trouble(Away, "%w", err)
	}
	var x extra
	if err := p.Claims(&x); err != nil {
		return nil, extra{}, trouble(Setup, "%w", err)
	}
	if x.Issuer != s.Issuer {
		return nil, extra{}, trouble(Setup, "the description is of %q", x.Issuer)
	}
	for _, a := range []string{x.Auth, x.Token, x.Keys} {
		if err := mayCall(a, s.Inside); err != nil {
			return nil, extra{}, trouble(Setup, "%w", err)
		}
	}
	for _, a := range []string{x.EndSession, x.UserInfo} {
		if a != "" && mayCall(a, s.Inside) != nil {
			return nil, extra{}, trouble(Setup, "%q can't be called", a)
		}
	}
	if len(x.PKCE) > 0 && !slices.Contains(x.PKCE, "S256") {
		return nil, extra{}, trouble(Setup, "the provider does not take PKCE with S256")
	}
	return p, x, nil
}

// Found is what a test of the settings finds.
type Found struct {
	Issuer     string
	SignsWith  []string
	Logout     bool // signing out there can be offered
	Keys       int
	ServerName string // where people are sent to
}

// Test asks the provider for its description and its keys now, whatever is kept.
func (c *Client) Test(ctx context.Context, s Settings) (Found, error) {
	if err := s.Check(); err != nil {
		return Found{}, err
	}
	_, x, err := fetch(ctx, s)
	if err != nil {
		return Found{}, err
	}
	f := Found{Issuer: x.Issuer, SignsWith: x.Algs, Logout: x.EndSession != ""}
	if u, err := url.Parse(x.Auth); err == nil {
		f.ServerName = u.Host
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, x.Keys, nil)
	if err != nil {
		return Found{}, trouble(Setup, "%w", err)
	}
	a, err := caller(s.Inside).Do(r)
	if err != nil {
		return Found{}, trouble(Away, "the keys: %w", err)
	}
	defer a.Body.Close()
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.NewDecoder(a.Body).Decode(&set); err != nil || a.StatusCode != http.StatusOK || len(set.Keys) == 0 {
		return Found{}, trouble(Setup, "the provider shows no keys (status %d): %v", a.StatusCode, err)
	}
	f.Keys = len(set.Keys)
	return f, nil
}

func (x extra) config(p *oidc.Provider, s Settings, redirect string) *oauth2.Config {
	e := p.Endpoint()
	e.AuthStyle = oauth2.AuthStyleInHeader
	if s.Secret == "" || len(x.TokenAuth) > 0 && !slices.Contains(x.TokenAuth, "client_secret_basic") {
		e.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: s.ClientID, ClientSecret: s.Secret, Endpoint: e, RedirectURL: redirect, Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
}

func chance() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Begin makes the address to send somebody to, and what has to be there when they come back.
func (c *Client) Begin(ctx context.Context, s Settings, a Ask) (address string, f Flow, err error) {
	p, x, err := c.describe(ctx, s)
	if err != nil {
		return "", Flow{}, err
	}
	f = Flow{State: chance(), Nonce: chance(), Verifier: oauth2.GenerateVerifier(), Redirect: a.Redirect, Fresh: a.Fresh, AtMs: c.now().UnixMilli()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	add := func(name, value string) {
		if value != "" {
			options = append(options, oauth2.SetAuthURLParam(name, value))
		}
	}
	add("login_hint", a.Hint)
	add("acr_values", a.ACR)
	add("hd", a.Domain)
	switch {
	case a.Fresh:
		add("prompt", "login")
		add("max_age", "0")
	case a.Choose:
		add("prompt", "select_account")
	}
	return x.config(p, s, a.Redirect).AuthCodeURL(f.State, options...), f, nil
}

// Finish takes what the browser brought back and gives the person, when all of it is true.
func (c *Client) Finish(ctx context.Context, s Settings, f Flow, back url.Values) (who Person, err error) {
	age := c.now().Sub(time.UnixMilli(f.AtMs))
	if f.State == "" || len(back["state"]) != 1 || subtle.ConstantTimeCompare([]byte(back.Get("state")), []byte(f.State)) != 1 {
		return who, trouble(Stale, "the state is another one")
	}
	if age > FlowLasts || age < -skew {
		return who, trouble(Stale, "sent out %s ago", age)
	}
	p, x, err := c.describe(ctx, s)
	if err != nil {
		return who, err
	}
	if iss := back.Get("iss"); iss != "" && !s.ours(iss, "") || iss == "" && x.IssParam {
		return who, trouble(Untrue, "the answer is from %q", iss)
	}
	if said := back.Get("error"); said != "" {
		return who, refused(said)
	}
	code := back.Get("code")
	if code == "" || len(back["code"]) != 1 {
		return who, trouble(Untrue, "no code")
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, caller(s.Inside)), 20*time.Second)
	defer cancel()
	token, err := x.config(p, s, f.Redirect).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return who, exchangeTrouble(err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return who, trouble(Untrue, "no id token")
	}
	who, err = c.believe(ctx, p, s, f, raw)
	if err != nil {
		return Person{}, err
	}
	if who.Email == "" && x.UserInfo != "" { // providers that keep to the letter put it there
		if err := askMore(ctx, p, token, &who); err != nil {
			return Person{}, err
		}
	}
	return who, nil
}

// ours tells whether an issuer is this provider's, for a tenant when one is named.
func (s Settings) ours(issuer, tenant string) bool {
	if !strings.Contains(s.Issuer, "{tenantid}") {
		return issuer == s.Issuer
	}
	for _, t := range s.Tenants {
		if issuer == strings.ReplaceAll(s.Issuer, "{tenantid}", t) && (tenant == "" || tenant == t) {
			return true
		}
	}
	return false
}

// refused sorts the errors of RFC 6749, 4.1.2.1, and of OpenID Connect. What the provider writes beside them is for nobody: it came through a browser.
func refused(said string) error {
	switch said {
	case "access_denied", "user_cancelled_login", "user_cancelled_authorize":
		return trouble(WentBack, "%s", said)
	case "temporarily_unavailable", "server_error":
		return trouble(Away, "%s", said)
	case "login_required", "interaction_required", "account_selection_required", "consent_required", "unmet_authentication_requirements":
		return trouble(AskAgain, "%s", said)
	}
	return trouble(Setup, "the provider answers %.60q", said)
}

func exchangeTrouble(err error) error {
	var r *oauth2.RetrieveError
	if !errors.As(err, &r) {
		return trouble(Away, "%w", err)
	}
	switch {
	case r.ErrorCode == "invalid_grant":
		return trouble(Stale, "the code was used, or is too old")
	case r.Response != nil && r.Response.StatusCode >= 500:
		return trouble(Away, "status %d", r.Response.StatusCode)
	}
	return trouble(Setup, "the provider answers %.60q", r.ErrorCode)
}

// strong are the ways of signing tokens that a provider may use: with keys of pairs, never with the secret, never with nothing.
var strong = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// believe checks the token: signature, issuer, audience, time, nonce.
func (c *Client) believe(ctx context.Context, p *oidc.Provider, s Settings, f Flow, raw string) (who Person, err error) {
	var x extra
	_ = p.Claims(&x)
	algs := slices.DeleteFunc(slices.Clone(x.Algs), func(a string) bool { return !slices.Contains(strong, a) })
	if len(algs) == 0 {
		algs = []string{oidc.RS256}
	}
	v := p.Verifier(&oidc.Config{ClientID: s.ClientID, SupportedSigningAlgs: algs, SkipIssuerCheck: true, Now: func() time.Time { return c.now().Add(-skew) }})
	t, err := v.Verify(ctx, raw)
	if err != nil {
		return who, trouble(Untrue, "%w", err)
	}
	var k claims
	if err := t.Claims(&k); err != nil {
		return who, trouble(Untrue, "the claims: %w", err)
	}
	issuer := t.Issuer
	if issuer == "accounts.google.com" { // Google's own older writing of it
		issuer = "https://accounts.google.com"
	}
	now := c.now()
	switch {
	case !s.ours(issuer, k.Tenant):
		return who, trouble(Untrue, "issued by %q for the tenant %q", t.Issuer, k.Tenant)
	case strings.Contains(s.Issuer, "{tenantid}") && k.Tenant == "":
		return who, trouble(Untrue, "no tenant")
	case t.Subject == "" || len(t.Subject) > 255:
		return who, trouble(Untrue, "a subject of %d characters", len(t.Subject))
	case len(t.Audience) > 1 && k.Party != s.ClientID, k.Party != "" && k.Party != s.ClientID:
		return who, trouble(Untrue, "made for %q", k.Party)
	case f.Nonce == "" || subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(f.Nonce)) != 1:
		return who, trouble(Untrue, "another nonce")
	case t.IssuedAt.After(now.Add(skew)), t.IssuedAt.Before(time.UnixMilli(f.AtMs).Add(-skew)):
		return who, trouble(Untrue, "issued at %s", t.IssuedAt)
	case k.AuthTime > now.Add(skew).Unix():
		return who, trouble(Untrue, "signed in in the future")
	case f.Fresh && k.AuthTime == 0:
		return who, trouble(AskAgain, "the provider does not say when")
	case f.Fresh && k.AuthTime*1000 < f.AtMs-skew.Milliseconds():
		return who, trouble(AskAgain, "the provider has not asked again")
	}
	return Person{Issuer: issuer, Subject: t.Subject, Email: k.Email, EmailVerified: bool(k.EmailVerified), Preferred: k.Preferred, Name: k.Name, Domain: k.Domain, Tenant: k.Tenant,
		Object: k.Object, EDOV: k.EDOV.said(), Guest: k.HomeProvider != "" && k.HomeProvider != issuer, AMR: k.AMR, ACR: k.ACR, AuthMs: k.AuthTime * 1000}, nil
}

type claims struct {
	Email         string  `json:"email"`
	EmailVerified yes     `json:"email_verified"`
	Preferred     string  `json:"preferred_username"`
	Name          string  `json:"name"`
	Domain        string  `json:"hd"`
	Tenant        string  `json:"tid"`
	Object        string  `json:"oid"`
	EDOV          *yes    `json:"xms_edov"`
	HomeProvider  string  `json:"idp"`
	AMR           methods `json:"amr"`
	ACR           string  `json:"acr"`
	AuthTime      int64   `json:"auth_time"`
	Party         string  `json:"azp"`
}

// yes reads true, "true", 1 and "1"; providers write all of them.
type yes bool

func (y *yes) UnmarshalJSON(b []byte) error {
	*y = yes(slices.Contains([]string{"true", "1"}, strings.ToLower(strings.Trim(string(b), `"`))))
	return nil
}

// methods reads a list, and a single one.
type methods []string

func (m *methods) UnmarshalJSON(b []byte) error {
	var list []string
	if err := json.Unmarshal(b, &list); err == nil {
		*m = list
		return nil
	}
	var one string
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*m = strings.Fields(one)
	return nil
}

func askMore(ctx context.Context, p *oidc.Provider, token *oauth2.Token, who *Person) error {
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return trouble(Away, "more about the person: %w", err)
	}
	if info.Subject != who.Subject {
		return trouble(Untrue, "told about somebody else")
	}
	var k claims
	if err := info.Claims(&k); err != nil {
		return trouble(Untrue, "the claims: %w", err)
	}
	who.Email, who.EmailVerified = k.Email, bool(k.EmailVerified)
	if who.Name == "" {
		who.Name = k.Name
	}
	return nil
}

// Logout is where somebody signs out of the provider as well; empty when it offers no such page or can't be asked now.
func (c *Client) Logout(ctx context.Context, s Settings, redirect string) string {
	_, x, err := c.describe(ctx, s)
	if err != nil || x.EndSession == "" {
		return ""
	}
	u, err := url.Parse(x.EndSession)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", s.ClientID)
	if redirect != "" {
		q.Set("post_logout_redirect_uri", redirect)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func (y *yes) said() string {
	switch {
	case y == nil:
		return ""
	case bool(*y):
		return "yes"
	}
	return "no"
}
