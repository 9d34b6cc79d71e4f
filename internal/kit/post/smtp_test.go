package post

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"ajar/internal/kit/jobs"
)

// A mail server as schools have it: STARTTLS, a name and a password, and its own opinion on addresses.
type office struct {
	mu   sync.Mutex
	mail []string
	to   []string
}

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{o: o}, nil }

type visit struct {
	o     *office
	known bool
	to    []string
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }
func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if name != "ajar" || password != "let me in" {
			return smtp.ErrAuthFailed
		}
		v.known = true
		return nil
	}), nil
}
func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	if !v.known {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch {
	case strings.HasPrefix(to, "nobody@"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such person here"}
	case strings.HasPrefix(to, "full@"):
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "The box is full"}
	}
	v.to = append(v.to, to)
	return nil
}
func (v *visit) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	v.o.mu.Lock()
	defer v.o.mu.Unlock()
	v.o.mail, v.o.to = append(v.o.mail, string(b)), append(v.o.to, v.to...)
	return err
}
func (v *visit) Reset()        { v.to = nil }
func (v *visit) Logout() error { return nil }

func mailServer(t *testing.T) (o *office, addr string, trust *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	o = &office{}
	s := smtp.NewServer(o)
	s.Domain = "localhost"
	s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return o, l.Addr().String(), &tls.Config{RootCAs: pool, ServerName: "localhost", MinVersion: tls.VersionTLS12}
}

func TestMailThroughAServer(t *testing.T) {
	o, addr, trust := mailServer(t)
	m, err := NewMail("smtp://ajar:let%20me%20in@" + addr + "?from=ajar@oak.example")
	if err != nil {
		t.Fatal(err)
	}
	m.Trust(trust)
	r := Ready{Reference: "abc123", Sender: "Oak School, Łódź", ReplyTo: "office@oak.example", Address: "amina@home.example", Subject: "آپ کے لیے ایک صفحہ", Body: "عزیز آمنہ،\n\nDear Amina, £5.\n.\nA line after a dot."}
	id, err := m.Send(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.mail) != 1 || o.to[0] != r.Address {
		t.Fatalf("the server has %v for %v", o.mail, o.to)
	}
	got, err := mail.ReadMessage(strings.NewReader(o.mail[0]))
	if err != nil {
		t.Fatal(err)
	}
	word := new(mime.WordDecoder)
	subject, _ := word.DecodeHeader(got.Header.Get("Subject"))
	from, err := got.Header.AddressList("From")
	if err != nil || from[0].Name != r.Sender || from[0].Address != "ajar@oak.example" || subject != r.Subject {
		t.Errorf("from %v, subject %q, %v", from, subject, err)
	}
	if got.Header.Get("Message-Id") != "<"+id+">" || got.Header.Get("Auto-Submitted") != "auto-generated" || !strings.Contains(got.Header.Get("Reply-To"), "office@oak.example") {
		t.Errorf("%v", got.Header)
	}
}

func TestMailThatIsNotTaken(t *testing.T) {
	o, addr, trust := mailServer(t)
	send := func(address, to string, trusted bool) error {
		m, err := NewMail(address)
		if err != nil {
			t.Fatal(err)
		}
		if trusted {
			m.Trust(trust)
		}
		_, err = m.Send(t.Context(), Ready{Reference: "r", Sender: "Oak", Address: to, Subject: "s", Body: "b"})
		return err
	}
	good := "smtp://ajar:let%20me%20in@" + addr + "?from=ajar@oak.example"
	if err := send(good, "nobody@home.example", true); !jobs.Hopeless(err) || !strings.Contains(err.Error(), "No such person here") {
		t.Errorf("an address that does not exist: %v", err)
	}
	if err := send(good, "full@home.example", true); err == nil || jobs.Hopeless(err) {
		t.Errorf("a full box is tried again: %v", err)
	}
	if err := send(strings.Replace(good, "let%20me%20in", "wrong", 1), "a@b.example", true); err == nil || jobs.Hopeless(err) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong password is the house's trouble and not the family's: %v", err)
	}
	if err := send(good, "a@b.example", false); err == nil {
		t.Error("a certificate that nobody vouches for was trusted")
	}
	if err := send("smtp://127.0.0.1:1?from=ajar@oak.example", "a@b.example", true); err == nil || jobs.Hopeless(err) {
		t.Errorf("no server: %v", err)
	}
	if len(o.mail) != 0 {
		t.Errorf("it took %v", o.mail)
	}
}

func TestMailServersAddress(t *testing.T) {
	for _, good := range []string{"smtp://mail.example:587?from=a@b.example", "smtps://n:p@mail.example?from=a@b.example", "smtp://localhost:25?from=a@b.example&tls=none"} {
		if _, err := NewMail(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "mail.example", "smtp://mail.example", "http://mail.example?from=a@b.example", "smtp://mail.example?from=a@b.example&tls=none", "smtp://mail.example?from=a@b.example&tls=perhaps", "smtp://:x?from=a@b", "://"} {
		if _, err := NewMail(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
