package passkey

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/testkey"
)

const origin = "https://ajar.example"

func site(t *testing.T) *Site {
	t.Helper()
	s, err := For(origin)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func owner() Owner {
	return Owner{Handle: NewHandle(), Name: "ruth@oak.sch.uk", Display: "Ruth Okafor · Oak School"}
}

// made registers a new device for an owner.
func made(t *testing.T, s *Site, o *Owner) *testkey.Device {
	t.Helper()
	d := testkey.New(t, origin)
	d.Count = 1
	options, c, err := s.AskNew(*o, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.Made(*o, c, d.Make(options), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if k.ID != d.ID() {
		t.Errorf("kept %s, the device has %s", k.ID, d.ID())
	}
	o.Keys = append(o.Keys, k)
	return d
}

func TestAddresses(t *testing.T) {
	for address, name := range map[string]string{origin: "ajar.example", "https://Ajar.Example:8443": "ajar.example", "http://localhost:8080": "localhost",
		"http://ajar.example": "", "https://192.168.1.4": "", "http://127.0.0.1:8080": "", "https://[::1]:8": "", "": "", "ajar.example": "", "ftp://ajar.example": ""} {
		s, err := For(address)
		if (err == nil) != (name != "") || err == nil && s.Name != name || err != nil && !errors.Is(err, ErrNowhere) {
			t.Errorf("%s: %+v, %v", address, s, err)
		}
	}
}

func TestWhatIsAsked(t *testing.T) {
	s, o := site(t), owner()
	made(t, s, &o)
	options, c, err := s.AskNew(o, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"userVerification":"required"`, `"residentKey":"required"`, `"id":"ajar.example"`, o.Keys[0].ID, "ruth@oak.sch.uk"} {
		if !bytes.Contains(options, []byte(want)) {
			t.Errorf("%s is not in %s", want, options)
		}
	}
	if bytes.Contains(options, []byte(`"attestation":"direct"`)) || len(c.Challenge()) < 40 {
		t.Errorf("%s", options)
	}
	if strings.Contains(o.Handle, "ruth") || NewHandle() == o.Handle {
		t.Error("the handle says who it is")
	}
	options, _, err = s.Ask(time.Now())
	if err != nil || bytes.Contains(options, []byte(o.Keys[0].ID)) || !bytes.Contains(options, []byte(`"userVerification":"required"`)) {
		t.Errorf("%s %v", options, err)
	}
	if strings.Contains(o.Keys[0].Text, "attestationObject") || len(o.Keys[0].Text) > 1500 {
		t.Errorf("%d bytes are kept: %s", len(o.Keys[0].Text), o.Keys[0].Text)
	}
}

func TestSigningIn(t *testing.T) {
	s, o, other := site(t), owner(), owner()
	d := made(t, s, &o)
	foreign := made(t, s, &other)
	find := func(handle, _ string) (Owner, error) {
		for _, x := range []Owner{o, other} {
			if x.Handle == handle {
				return x, nil
			}
		}
		return Owner{}, errors.New("nobody")
	}
	use := func(d *testkey.Device) (Owner, Key, error) {
		options, c, err := s.Ask(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return s.Check(c, d.Use(options), time.Now(), find)
	}
	who, k, err := use(d)
	if err != nil || who.Handle != o.Handle || k.ID != d.ID() || k.Text == o.Keys[0].Text {
		t.Fatalf("%+v %+v %v", who, k, err)
	}
	o.Keys[0] = k
	fault := func(name string, f func(*testkey.Device)) {
		x := d.Copy()
		f(x)
		if who, k, err := use(x); err == nil || k.ID != "" {
			t.Errorf("%s: %+v comes in", name, who)
		}
	}
	fault("another site", func(d *testkey.Device) { d.Origin = "https://evil.example" })
	fault("http", func(d *testkey.Device) { d.Origin = "http://ajar.example" })
	fault("another port", func(d *testkey.Device) { d.Origin = "https://ajar.example:8443" })
	fault("a key for another site", func(d *testkey.Device) { d.RPID = "evil.example" })
	fault("nobody checked who holds it", func(d *testkey.Device) { d.Unverified = true })
	fault("an answer to another question", func(d *testkey.Device) { d.Challenge = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })
	fault("made and not used", func(d *testkey.Device) { d.Type = "webauthn.create" })
	fault("somebody else's name on it", func(d *testkey.Device) { d.Handle = other.Handle })
	fault("nobody's name on it", func(d *testkey.Device) { d.Handle = NewHandle() })
	fault("framed", func(d *testkey.Device) { d.Cross = true })
	if _, _, err := use(testkey.New(t, origin)); err == nil {
		t.Error("a key that was never made comes in")
	}
	if who, _, err := use(foreign); err != nil || who.Handle != other.Handle {
		t.Errorf("%+v %v", who, err)
	}
	// A copy that was made earlier counts backwards.
	copied := d.Copy()
	copied.Count = 1
	if _, _, err := use(copied); !errors.Is(err, ErrCopied) {
		t.Errorf("a copy: %v", err)
	}
	// Too late, and too early.
	options, c, _ := s.Ask(time.Now())
	for _, at := range []time.Duration{CeremonyLasts + time.Second, -2 * time.Minute} {
		if _, _, err := s.Check(c, d.Use(options), time.Now().Add(at), find); err == nil {
			t.Errorf("answered after %s", at)
		}
	}
	for _, junk := range []string{"", "{}", "null", `{"id":"x","rawId":"x","type":"public-key","response":{}}`, strings.Repeat("x", 9000)} {
		if _, _, err := s.Check(c, []byte(junk), time.Now(), find); err == nil {
			t.Errorf("%.40q comes in", junk)
		}
	}
}

func TestSecondFactor(t *testing.T) {
	s, o, other := site(t), owner(), owner()
	d, foreign := made(t, s, &o), made(t, s, &other)
	options, c, err := s.AskOwner(o, time.Now())
	if err != nil || !bytes.Contains(options, []byte(o.Keys[0].ID)) {
		t.Fatalf("%s %v", options, err)
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var again Ceremony
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	find := func(string, string) (Owner, error) { return o, nil }
	if _, _, err := s.Check(again, foreign.Use(options), time.Now(), find); err == nil {
		t.Error("somebody else's key proves it")
	}
	if _, _, err := s.Check(again, d.Use(options), time.Now(), find); err != nil {
		t.Error(err)
	}
	if _, _, err := s.AskOwner(owner(), time.Now()); err == nil {
		t.Error("somebody without keys is asked for one")
	}
}

func TestMakingWithAFault(t *testing.T) {
	s := site(t)
	for name, f := range map[string]func(*testkey.Device){
		"another site":      func(d *testkey.Device) { d.Origin = "https://evil.example" },
		"for another site":  func(d *testkey.Device) { d.RPID = "evil.example" },
		"not checked":       func(d *testkey.Device) { d.Unverified = true },
		"another challenge": func(d *testkey.Device) { d.Challenge = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
		"used and not made": func(d *testkey.Device) { d.Type = "webauthn.get" },
	} {
		o, d := owner(), testkey.New(t, origin)
		f(d)
		options, c, err := s.AskNew(o, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if k, err := s.Made(o, c, d.Make(options), time.Now()); err == nil {
			t.Errorf("%s: %+v is kept", name, k)
		}
	}
	o, d := owner(), testkey.New(t, origin)
	options, c, _ := s.AskNew(o, time.Now())
	if _, err := s.Made(o, c, d.Make(options), time.Now().Add(CeremonyLasts+time.Second)); err == nil {
		t.Error("too late, and kept")
	}
	stranger := owner()
	if _, err := s.Made(stranger, c, d.Make(options), time.Now()); err == nil {
		t.Error("asked of one, made for another")
	}
}
