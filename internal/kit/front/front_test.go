package front

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/fault"

	"github.com/letsencrypt/challtestsrv"
	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
)

const name = "ajar.school.example"

func hello(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/slow" {
		w.(http.Flusher).Flush()
		time.Sleep(300 * time.Millisecond)
	}
	_, _ = io.WriteString(w, "the door is ajar")
}

// open serves with these options until the test ends, and gives the front and what stops it.
func open(t *testing.T, o Options) (*Front, func() error) {
	t.Helper()
	o.Listen = "127.0.0.1:0"
	f, err := Open(o, http.HandlerFunc(hello))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Serve(ctx) }()
	end := func() error { stop(); return <-done }
	t.Cleanup(func() { stop() })
	return f, end
}

// certificate writes a certificate with this serial number into two files.
func certificate(t *testing.T, dir string, serial int64) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	k, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: k}} {
		if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return pool
}

// client speaks to one listener under our name.
func client(to net.Addr, pool *x509.CertPool, more ...func(*tls.Config)) *http.Client {
	c := &tls.Config{RootCAs: pool, ServerName: name}
	for _, m := range more {
		m(c)
	}
	return &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{TLSClientConfig: c, DisableKeepAlives: true, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", to.String())
		}}}
}

func address(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestCertificateFiles(t *testing.T) {
	dir := t.TempDir()
	pool := certificate(t, dir, 1)
	o := Options{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"), Plain: "127.0.0.1:0", Address: address(t, "https://"+name)}
	f, end := open(t, o)
	serial := func(pool *x509.CertPool) string {
		r, err := client(f.Addr(), pool).Get("https://" + name + "/")
		if err != nil {
			return err.Error()
		}
		defer func() { _ = r.Body.Close() }()
		if body, _ := io.ReadAll(r.Body); string(body) != "the door is ajar" || r.ProtoMajor != 2 || r.TLS.Version < tls.VersionTLS12 {
			t.Errorf("%s over %s: %s", r.Proto, tls.VersionName(r.TLS.Version), body)
		}
		return r.TLS.PeerCertificates[0].SerialNumber.String()
	}
	if got := serial(pool); got != "1" {
		t.Fatal(got)
	}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		if r, err := client(f.Addr(), pool, func(c *tls.Config) { c.MinVersion, c.MaxVersion = version, version }).Get("https://" + name + "/"); err == nil {
			_ = r.Body.Close()
			t.Errorf("%s is spoken", tls.VersionName(version))
		}
	}
	weak := []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_RC4_128_SHA, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}
	if r, err := client(f.Addr(), pool, func(c *tls.Config) { c.MaxVersion, c.CipherSuites = tls.VersionTLS12, weak }).Get("https://" + name + "/"); err == nil {
		_ = r.Body.Close()
		t.Error("a weak cipher is taken")
	}
	// Others lead to the encrypted address, whatever they were asked for; a form is not taken.
	plain := client(f.PlainAddr(), nil)
	r, err := plain.Get("http://evil.example/pupils?x=1")
	if err != nil || r.StatusCode != 308 || r.Header.Get("Location") != "https://"+name+"/pupils?x=1" {
		t.Fatalf("%v %+v", err, r)
	}
	_ = r.Body.Close()
	if r, err = plain.Post("http://"+name+"/save", "application/x-www-form-urlencoded", strings.NewReader("a=b")); err != nil || r.StatusCode != 403 {
		t.Fatalf("%v %+v", err, r)
	}
	_ = r.Body.Close()

	// A new certificate is used without a restart; a broken one is not, and the one before stays.
	p := &pair{cert: o.Cert, key: o.Key}
	if err := p.load(); err != nil {
		t.Fatal(err)
	}
	certificate(t, dir, 2)
	number := func() int64 {
		p.looked = time.Time{}
		c, err := p.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.SerialNumber.Int64()
	}
	if n := number(); n != 2 {
		t.Errorf("after a change of the files: %d", n)
	}
	if err := os.WriteFile(o.Cert, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := number(); n != 2 {
		t.Errorf("after half a file: %d", n)
	}
	certificate(t, dir, 3)
	if n := number(); n != 3 {
		t.Errorf("after it was mended: %d", n)
	}
	if err := end(); err != nil {
		t.Errorf("the end: %v", err)
	}
	if err := os.WriteFile(o.Cert, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Listen = "127.0.0.1:0"
	if _, err := Open(o, http.NotFoundHandler()); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a broken certificate at the start: %v", err)
	}
}

// The authority of this test is Pebble, which Let's Encrypt makes for the purpose: it asks over HTTP or TLS whether the name is ours, and signs.
func TestCertificatesFromAnAuthority(t *testing.T) {
	dns, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	resolver := dns.LocalAddr().String()
	_ = dns.Close()
	names, err := challtestsrv.New(challtestsrv.Config{DNSAddrs: []string{resolver}, Log: log.New(io.Discard, "", 0)})
	if err != nil {
		t.Fatal(err)
	}
	names.SetDefaultDNSIPv4("127.0.0.1")
	names.SetDefaultDNSIPv6("")
	go names.Run()
	t.Cleanup(names.Shutdown)
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")

	for _, plain := range []bool{true, false} {
		ports := make([]int, 2)
		for i := range ports {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			ports[i] = l.Addr().(*net.TCPAddr).Port
			_ = l.Close()
		}
		var said strings.Builder
		logger := log.New(&said, "", 0)
		store := db.NewMemoryStore()
		authority := ca.New(logger, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {}})
		front := wfe.New(logger, store, va.New(logger, ports[1], ports[0], false, resolver, store), authority, []string{"pebble.letsencrypt.org"}, false, false, 0, 0)
		server := httptest.NewTLSServer(front.Handler())
		o := Options{Listen: "127.0.0.1:" + strconv.Itoa(ports[0]), Address: address(t, "https://"+name), ACME: true, Directory: server.URL + "/dir", Email: "office@school.example", Cache: filepath.Join(t.TempDir(), "certificates"), roots: server.Client()}
		if plain {
			o.Plain = "127.0.0.1:" + strconv.Itoa(ports[1])
		}
		f, err := Open(o, http.HandlerFunc(hello))
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- f.Serve(ctx) }()
		pool := x509.NewCertPool()
		pool.AddCert(authority.GetRootCert(0).Cert)
		r, err := client(f.Addr(), pool).Get("https://" + name + "/")
		if err != nil {
			t.Fatalf("with http %v: %v\n%s", plain, err, said.String())
		}
		leaf := r.TLS.PeerCertificates[0]
		_ = r.Body.Close()
		if !strings.Contains(leaf.Issuer.CommonName, "Pebble") || leaf.DNSNames[0] != name {
			t.Errorf("issued by %s for %v", leaf.Issuer, leaf.DNSNames)
		}
		if kept, _ := filepath.Glob(filepath.Join(o.Cache, name+"*")); len(kept) == 0 {
			t.Error("the certificate is not kept")
		}
		if info, err := os.Stat(o.Cache); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others may read the keys: %v %v", info.Mode(), err)
		}
		// Nobody can make Ajar ask for certificates of other names.
		if r, err := client(f.Addr(), pool, func(c *tls.Config) { c.ServerName = "evil.example" }).Get("https://evil.example/"); err == nil {
			_ = r.Body.Close()
			t.Error("another name got a certificate")
		}
		if plain {
			if r, err := client(f.PlainAddr(), nil).Get("http://" + name + "/x"); err != nil || r.StatusCode != 308 {
				t.Errorf("%v %+v", err, r)
			} else {
				_ = r.Body.Close()
			}
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		server.Close()
	}
}

// Whoever sends the head of a request letter by letter is sent away, and does not keep others waiting.
func TestSlowHeads(t *testing.T) {
	f, _ := open(t, Options{headerTime: 200 * time.Millisecond})
	var slow []net.Conn
	for range 50 {
		c, err := net.Dial("tcp", f.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX: ")
		slow = append(slow, c)
	}
	if r, err := http.Get("http://" + f.Addr().String() + "/"); err != nil || r.StatusCode != 200 {
		t.Fatalf("%v", err)
	} else {
		_ = r.Body.Close()
	}
	for _, c := range slow {
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		b, err := io.ReadAll(c)
		if err != nil || len(b) > 0 && !strings.Contains(string(b), "408") && !strings.Contains(string(b), "400") {
			t.Fatalf("a slow head was kept: %q %v", b, err)
		}
	}
	c, err := net.Dial("tcp", f.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("a", MaxHeader+8192)+"\r\n\r\n")
	if line, _ := bufio.NewReader(c).ReadString('\n'); !strings.Contains(line, "431") {
		t.Errorf("a head of more than %d bytes: %q", MaxHeader, line)
	}
}

// What is under way when Ajar stops comes to its end, and nothing new begins.
func TestStopsWhenAllIsDone(t *testing.T) {
	f, end := open(t, Options{})
	type answer struct {
		body string
		err  error
	}
	got := make(chan answer, 1)
	begun := make(chan struct{})
	go func() {
		r, err := http.Get("http://" + f.Addr().String() + "/slow")
		close(begun)
		if err != nil {
			got <- answer{"", err}
			return
		}
		b, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		got <- answer{string(b), err}
	}()
	<-begun
	if err := end(); err != nil {
		t.Errorf("the end: %v", err)
	}
	if a := <-got; a.body != "the door is ajar" {
		t.Errorf("cut off: %+v", a)
	}
	if _, err := http.Get("http://" + f.Addr().String() + "/"); err == nil {
		t.Error("it goes on")
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := bounded(inner, 2)
	taken := make(chan net.Conn, 9)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				close(taken)
				return
			}
			taken <- c
		}
	}()
	for range 3 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
	}
	first := <-taken
	<-taken
	select {
	case <-taken:
		t.Fatal("three at once")
	case <-time.After(100 * time.Millisecond):
	}
	_ = first.Close()
	_ = first.Close() // twice frees one
	select {
	case <-taken:
	case <-time.After(5 * time.Second):
		t.Fatal("the third waits for ever")
	}
	_ = l.Close()
	if _, more := <-taken; more {
		t.Error("it goes on after its end")
	}
}

func TestWhatDoesNotFitTogether(t *testing.T) {
	at := address(t, "https://"+name)
	for i, o := range []Options{
		{Cert: "c"}, {Key: "k"}, {Cert: "c", Key: "k", ACME: true, Address: at}, {ACME: true}, {ACME: true, Address: address(t, "http://"+name)}, {ACME: true, Address: address(t, "https://10.0.0.1")},
		{ACME: true, Address: address(t, "https://localhost")}, {Plain: ":80"}, {Plain: ":80", Cert: "c", Key: "k"},
	} {
		if err := o.Check(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%d: %v", i, err)
		}
	}
	for i, o := range []Options{{}, {Cert: "c", Key: "k"}, {ACME: true, Address: at, Plain: ":80"}, {Cert: "c", Key: "k", Address: at, Plain: ":80"}} {
		if err := o.Check(); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
}
