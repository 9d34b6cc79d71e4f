// Package passkey is the server's side of passkeys (WebAuthn): what to ask a browser for, and whether its answer is true. It knows keys, and nobody's
// school.
//
// The device has to check that it is its owner who holds it (by finger, face or PIN), so that one passkey is two factors. What has to be remembered between
// the question and the answer is a Ceremony, which the caller keeps where only the same browser brings it again, and whose challenge the caller lets
// through once. Begin reading at For.
package passkey

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Site is an address at which passkeys can be used.
type Site struct {
	w *webauthn.WebAuthn
	// Name is what keys belong to: the address without its port. A key of another name does not work here.
	Name string
}

// ErrNowhere says that browsers have no passkeys at an address: it is a number, or not https.
var ErrNowhere = errors.New("passkey: browsers have no passkeys at this address")

// For makes the site of an address such as https://ajar.example. http is allowed on localhost alone, as browsers do.
func For(address string) (*Site, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, ErrNowhere
	}
	host := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(host); err == nil {
		return nil, ErrNowhere
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && (host == "localhost" || strings.HasSuffix(host, ".localhost"))) {
		return nil, ErrNowhere
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "Ajar", RPOrigins: []string{u.Scheme + "://" + strings.ToLower(u.Host)}, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNowhere, err)
	}
	return &Site{w, host}, nil
}

// Key is a passkey as it is kept. Text is the public half and what is known about it; there is no secret in it.
type Key struct {
	ID   string // in base64url
	Text string
}

// Owner is whose keys they are.
type Owner struct {
	Handle  string // by chance, and nothing else; see NewHandle
	Name    string // as the browser's list shows it, such as the e-mail address
	Display string
	Keys    []Key
}

// NewHandle makes the name by which a device knows the owner of a key: it says nothing about them.
func NewHandle() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// user is an Owner as the library wants it.
type user struct {
	Owner
	keys []webauthn.Credential
}

func (u user) WebAuthnID() []byte                         { return []byte(u.Handle) }
func (u user) WebAuthnName() string                       { return u.Name }
func (u user) WebAuthnDisplayName() string                { return u.Display }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.keys }

func read(o Owner) (user, error) {
	u := user{Owner: o}
	for _, k := range o.Keys {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(k.Text), &c); err != nil {
			return u, fmt.Errorf("reading a passkey: %w", err)
		}
		u.keys = append(u.keys, c)
	}
	return u, nil
}

func keep(c *webauthn.Credential) (Key, error) {
	c.Attestation = webauthn.CredentialAttestation{} // large, and nobody asks for it: which make of device it is, is no business of ours
	text, err := json.Marshal(c)
	return Key{base64.RawURLEncoding.EncodeToString(c.ID), string(text)}, err
}

// Ceremony is a question that waits for its answer. It is secret only in so far as nobody may put another in its place.
type Ceremony struct {
	Data webauthn.SessionData
	AtMs int64
}

// CeremonyLasts is how long a person may take: time to find a phone and for its own five minutes.
const CeremonyLasts = 6 * time.Minute

// Challenge tells one question from all others; it is to be let through once.
func (c Ceremony) Challenge() string { return c.Data.Challenge }

func (c Ceremony) late(now time.Time) bool {
	age := now.Sub(time.UnixMilli(c.AtMs))
	return c.Data.Challenge == "" || age > CeremonyLasts || age < -time.Minute
}

// Problem is what went wrong, in words for the server's log.
type Problem struct{ cause error }

func (p *Problem) Error() string { return "passkey: " + p.cause.Error() }

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.cause }

// ErrCopied says that a key counts backwards: there may be a copy of it.
var ErrCopied = errors.New("the key counts backwards, so there may be a copy of it")

func wrong(err error) error {
	var e *protocol.Error
	if errors.As(err, &e) && e.DevInfo != "" {
		err = fmt.Errorf("%w (%s)", err, e.DevInfo)
	}
	return &Problem{err}
}

// AskNew asks a browser to make a key for its owner. It will not be made on a device that has one of the owner's keys.
func (s *Site) AskNew(o Owner, now time.Time) (options json.RawMessage, c Ceremony, err error) {
	u, err := read(o)
	if err != nil {
		return nil, c, err
	}
	creation, data, err := s.w.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.keys).CredentialDescriptors()))
	if err != nil {
		return nil, c, err
	}
	options, err = json.Marshal(creation.Response)
	return options, Ceremony{*data, now.UnixMilli()}, err
}

// Made checks what the browser made, and gives the key to keep.
func (s *Site) Made(o Owner, c Ceremony, answer []byte, now time.Time) (Key, error) {
	if c.late(now) {
		return Key{}, wrong(errors.New("too late"))
	}
	u, err := read(o)
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Key{}, wrong(err)
	}
	made, err := s.w.CreateCredential(u, c.Data, parsed)
	if err != nil {
		return Key{}, wrong(err)
	}
	if !made.Flags.UserVerified {
		return Key{}, wrong(errors.New("the device did not check who holds it"))
	}
	return keep(made)
}

// Ask asks a browser for a key of somebody who is not known yet.
func (s *Site) Ask(now time.Time) (options json.RawMessage, c Ceremony, err error) {
	assertion, data, err := s.w.BeginDiscoverableLogin()
	return asked(assertion, data, now, err)
}

// AskOwner asks a browser for one of the owner's keys.
func (s *Site) AskOwner(o Owner, now time.Time) (options json.RawMessage, c Ceremony, err error) {
	u, err := read(o)
	if err != nil {
		return nil, c, err
	}
	assertion, data, err := s.w.BeginLogin(u)
	return asked(assertion, data, now, err)
}

func asked(a *protocol.CredentialAssertion, data *webauthn.SessionData, now time.Time, err error) (json.RawMessage, Ceremony, error) {
	if err != nil {
		return nil, Ceremony{}, err
	}
	options, err := json.Marshal(a.Response)
	return options, Ceremony{*data, now.UnixMilli()}, err
}

// Check checks the browser's answer to Ask or AskOwner. Find gives the owner of a handle; the answer is the owner that was found and the key as it is to be
// kept from now on.
func (s *Site) Check(c Ceremony, answer []byte, now time.Time, find func(handle, key string) (Owner, error)) (o Owner, k Key, err error) {
	if c.late(now) {
		return o, k, wrong(errors.New("too late"))
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return o, k, wrong(err)
	}
	id := base64.RawURLEncoding.EncodeToString(parsed.RawID)
	handle := string(parsed.Response.UserHandle)
	if len(c.Data.UserID) > 0 {
		handle = string(c.Data.UserID)
	}
	if o, err = find(handle, id); err != nil {
		return o, k, err
	}
	u, err := read(o)
	if err != nil {
		return o, k, err
	}
	var used *webauthn.Credential
	if len(c.Data.UserID) > 0 {
		used, err = s.w.ValidateLogin(u, c.Data, parsed)
	} else {
		used, err = s.w.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return u, nil }, c.Data, parsed)
	}
	if err != nil {
		return o, k, wrong(err)
	}
	if used.Authenticator.CloneWarning {
		return o, k, wrong(ErrCopied)
	}
	k, err = keep(used)
	return o, k, err
}
