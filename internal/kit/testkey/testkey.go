// Package testkey is a passkey device in software, for tests: it answers what a browser would be asked, truly or with a fault of one's choice. Begin reading at Make and Use.
package testkey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// Device holds one passkey.
type Device struct {
	t      testing.TB
	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte
	Count  uint32 // how often it was used; devices that share a key among themselves always say 0

	// The faults.
	Origin     string // what the browser says where it is
	RPID       string // overrides the name that the key is for
	Unverified bool   // the device did not check who holds it
	Type       string // overrides what is being done, such as webauthn.get
	Challenge  string // overrides the challenge
	Handle     string // overrides the owner's handle
	Cross      bool   // inside a page of another site
}

// New is a device in a browser at an address.
func New(t testing.TB, origin string) *Device {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return &Device{t: t, key: k, id: id, Origin: origin}
}

// Copy is the same key on another device.
func (d *Device) Copy() *Device { c := *d; return &c }

// ID is the key's name in base64url.
func (d *Device) ID() string { return b64(d.id) }

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (d *Device) client(kind, challenge string) []byte {
	if d.Type != "" {
		kind = d.Type
	}
	if d.Challenge != "" {
		challenge = d.Challenge
	}
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": d.Cross})
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

func (d *Device) data(rpid string, flags byte) []byte {
	if d.RPID != "" {
		rpid = d.RPID
	}
	flags |= 0x01
	if !d.Unverified {
		flags |= 0x04
	}
	sum := sha256.Sum256([]byte(rpid))
	return binary.BigEndian.AppendUint32(append(sum[:], flags), d.Count)
}

// Make answers the question for a new key.
func (d *Device) Make(options []byte) []byte {
	var o struct {
		Challenge string
		RP        struct{ ID string }
		User      struct{ ID string }
	}
	if err := json.Unmarshal(options, &o); err != nil {
		d.t.Fatal(err)
	}
	var err error
	if d.handle, err = base64.RawURLEncoding.DecodeString(o.User.ID); err != nil {
		d.t.Fatal(err)
	}
	pub, err := d.key.PublicKey.Bytes()
	if err != nil {
		d.t.Fatal(err)
	}
	cose, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: pub[1:33], -3: pub[33:]})
	if err != nil {
		d.t.Fatal(err)
	}
	data := append(d.data(o.RP.ID, 0x40), make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.id)))
	data = append(append(data, d.id...), cose...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		d.t.Fatal(err)
	}
	return d.answer(map[string]any{"clientDataJSON": b64(d.client("webauthn.create", o.Challenge)), "attestationObject": b64(object), "transports": []string{"internal"}})
}

// Use answers the question for a key that is there.
func (d *Device) Use(options []byte) []byte {
	var o struct {
		Challenge string
		RPID      string `json:"rpId"`
	}
	if err := json.Unmarshal(options, &o); err != nil {
		d.t.Fatal(err)
	}
	if d.Count > 0 {
		d.Count++
	}
	data, client := d.data(o.RPID, 0), d.client("webauthn.get", o.Challenge)
	sum := sha256.Sum256(client)
	all := sha256.Sum256(append(append([]byte{}, data...), sum[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, d.key, all[:])
	if err != nil {
		d.t.Fatal(err)
	}
	handle := d.handle
	if d.Handle != "" {
		handle = []byte(d.Handle)
	}
	return d.answer(map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(sig), "userHandle": b64(handle)})
}

func (d *Device) answer(response map[string]any) []byte {
	b, err := json.Marshal(map[string]any{"id": d.ID(), "rawId": d.ID(), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}
