// Package outside starts what stands outside the house, for tests: a real mail server, and Kannel as Debian has it with a pretended operator, each on a
// spare port of this machine.
package outside

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// MailOffice is a mail server as schools have it: STARTTLS, a name and a password, and its own opinion on addresses.
type MailOffice struct {
	mu   sync.Mutex
	mail []string
	to   []string
}

// Mail is what it took.
func (o *MailOffice) Mail() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.mail)
}

// To is whom it was for.
func (o *MailOffice) To() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.to)
}

// NewSession is asked for by the server.
func (o *MailOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{o: o}, nil }

type visit struct {
	o     *MailOffice
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

// MailServer starts one on a spare port. Addresses that begin with nobody@ do not exist, those with full@ take nothing now; the name is ajar and the
// password “let me in”. trust is what vouches for its certificate.
func MailServer(t *testing.T) (o *MailOffice, addr string, trust *tls.Config) {
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
	o = &MailOffice{}
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

// operator is the pretended operator of Debian's Kannel.
const operator = "/usr/lib/kannel/test/fakesmsc"

func spare(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Lines collects what a program says.
type Lines struct {
	mu  sync.Mutex
	all []string
}

func (l *Lines) read(r io.Reader) {
	s := bufio.NewScanner(r)
	for s.Scan() {
		l.mu.Lock()
		l.all = append(l.all, s.Text())
		l.mu.Unlock()
	}
}

// Find gives the first line with the words; empty when there is none.
func (l *Lines) Find(words string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.all {
		if strings.Contains(line, words) {
			return line
		}
	}
	return ""
}

// Await waits for it.
func (l *Lines) Await(t *testing.T, words string) string {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if line := l.Find(words); line != "" {
			return line
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t.Fatalf("nothing says %q; it says:\n%s", words, strings.Join(l.all, "\n"))
	return ""
}

func start(t *testing.T, program string, args ...string) *Lines {
	t.Helper()
	c := exec.Command(program, args...)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout, c.Stderr = w, w
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	l := &Lines{}
	over := make(chan struct{})
	go func() { l.read(r); close(over) }()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		<-over
		_ = r.Close()
	})
	return l
}

func reach(t *testing.T, port int) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			_ = c.Close()
			return
		}
	}
	t.Fatalf("nothing listens on %d", port)
}

// Gateway starts Kannel with a pretended operator, and gives the address for post.NewKannel and what the operator was sent.
func Gateway(t *testing.T) (address string, sent *Lines) {
	t.Helper()
	return GatewayTelling(t, "", "07700900999 12345 text hello")
}

// GatewayTelling is Gateway with a line for its configuration that says where messages go that come in, and one such message: "from to text words".
func GatewayTelling(t *testing.T, getURL, message string) (address string, sent *Lines) {
	t.Helper()
	if _, err := os.Stat(operator); err != nil {
		t.Skip("Kannel is not installed (Debian packages kannel and kannel-extras); the gate installs them")
	}
	admin, boxes, smsc, pages := spare(t), spare(t), spare(t), spare(t)
	conf := filepath.Join(t.TempDir(), "kannel.conf")
	text := fmt.Sprintf(`group = core
admin-port = %d
admin-password = admin
smsbox-port = %d
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"

group = smsc
smsc = fake
smsc-id = operator
port = %d
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %d

group = sendsms-user
username = ajar
password = letmein
max-messages = 5
concatenation = true
`, admin, boxes, smsc, pages)
	if getURL != "" {
		text += fmt.Sprintf("\ngroup = sms-service\nkeyword = default\ncatch-all = true\nmax-messages = 0\nassume-plain-text = true\n%s\n", getURL)
	}
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, "/usr/sbin/bearerbox", conf)
	reach(t, boxes)
	reach(t, smsc)
	sent = start(t, operator, "-H", "127.0.0.1", "-r", fmt.Sprint(smsc), "-m", "1", "-i", "0.1", message)
	start(t, "/usr/sbin/smsbox", conf)
	reach(t, pages)
	return fmt.Sprintf("http://ajar:letmein@127.0.0.1:%d/cgi-bin/sendsms?from=Oak", pages), sent
}

// All is everything so far.
func (l *Lines) All() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}
