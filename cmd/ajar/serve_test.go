package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/clock"
	"ajar/internal/kit/testkit"
)

// lockedBuffer may be written and read at once.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// served runs `ajar serve` in a school with one link to sign in, until the test ends.
func served(t *testing.T, args ...string) (link string) {
	t.Helper()
	dir, do := commandsIn(t)
	do(0, "org", "add", "--code", "OAK", "--name", "Oakfield", "--type", "school")
	text, _ := do(0, "link", "--org", "OAK", "--name", "Ruth Okafor", "--at", "https://ajar.school.example")
	i := strings.Index(text, "/link/")
	if i < 0 {
		t.Fatalf("no link in %q", text)
	}
	link = strings.Fields(text[i:])[0]
	ctx, stop := context.WithCancel(context.Background())
	var out, errs lockedBuffer
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, append([]string{"serve", "--data", filepath.Join(dir, "data")}, args...), &out, &errs, clock.At(testkit.Day))
	}()
	t.Cleanup(func() {
		stop()
		if code := <-done; code != 0 {
			t.Errorf("serve ended with %d: %s", code, errs.String())
		}
	})
	for range 200 {
		if strings.Contains(out.String(), "Ajar is open") {
			return link
		}
		select {
		case code := <-done:
			t.Fatalf("serve ended with %d: %s", code, errs.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("it does not open: %s", errs.String())
	return ""
}

func selfSigned(t *testing.T, dir string) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ajar.school.example"}, DNSNames: []string{"ajar.school.example"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	kb, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: kb}), 0o600); err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	return cert, key, pool
}

// office is a browser that reaches the school's name at one listener.
func office(t *testing.T, to string, pool *x509.CertPool) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", to)
		}}}
}

// signsIn goes through the door over https and looks at what the browser is told.
func signsIn(t *testing.T, c *http.Client, link string) {
	t.Helper()
	r, err := c.PostForm("https://ajar.school.example"+link, url.Values{})
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	cookies := r.Header.Values("Set-Cookie")
	if r.StatusCode != 303 || len(cookies) != 1 || !strings.HasPrefix(cookies[0], "__Host-ajar=") || !strings.Contains(cookies[0], "Secure") || !strings.Contains(cookies[0], "HttpOnly") || !strings.Contains(cookies[0], "SameSite=Lax") {
		t.Fatalf("%d %q", r.StatusCode, cookies)
	}
	if got := r.Header.Values("Strict-Transport-Security"); len(got) != 1 || got[0] != "max-age=31536000" {
		t.Errorf("HSTS %q", got)
	}
	r, err = c.Get("https://ajar.school.example/")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if r.StatusCode != 200 || !bytes.Contains(body, []byte("Ruth Okafor")) {
		t.Errorf("signed in: %d", r.StatusCode)
	}
	for _, v := range append(cookies, r.Header.Values("Set-Cookie")...) {
		if !strings.HasPrefix(v, "__Host-") {
			t.Errorf("a cookie without its prefix: %s", v)
		}
	}
}

func TestServeWithItsOwnTLS(t *testing.T) {
	cert, key, pool := selfSigned(t, t.TempDir())
	listen, plain := freePort(t), freePort(t)
	link := served(t, "--listen", listen, "--tls-cert", cert, "--tls-key", key, "--address", "https://ajar.school.example", "--http", plain)
	c := office(t, listen, pool)
	signsIn(t, c, link)
	// Another name is not answered, and says nothing of what is here.
	req, err := http.NewRequest("GET", "https://ajar.school.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example"
	r, err := c.Do(req)
	if err != nil || r.StatusCode != http.StatusMisdirectedRequest {
		t.Fatalf("%v %+v", err, r)
	}
	_ = r.Body.Close()
	r, err = office(t, plain, nil).Get("http://ajar.school.example/search")
	if err != nil || r.StatusCode != 308 || r.Header.Get("Location") != "https://ajar.school.example/search" || len(r.Cookies()) != 0 {
		t.Fatalf("%v %+v", err, r)
	}
	_ = r.Body.Close()
}

// A real nginx in front, as docs/serve.md sets it up.
func TestServeBehindNginx(t *testing.T) {
	nginx := "/usr/sbin/nginx"
	if _, err := os.Stat(nginx); err != nil {
		t.Skip("nginx is not installed (Debian package nginx-light); the gate installs it")
	}
	dir := t.TempDir()
	cert, key, pool := selfSigned(t, dir)
	listen, front, logs := freePort(t), freePort(t), filepath.Join(dir, "error.log")
	conf := fmt.Sprintf(`daemon off; pid %[1]s/pid; error_log %[2]s; worker_processes 1;
events {}
http {
  access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  server {
    listen %[3]s ssl; server_name ajar.school.example; ssl_certificate %[4]s; ssl_certificate_key %[5]s; client_max_body_size 64m;
    location / {
      proxy_pass http://%[6]s;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-Host $host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}`, dir, logs, front, cert, key, listen)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	link := served(t, "--listen", listen, "--address", "https://ajar.school.example", "--proxy", "127.0.0.1")
	proxy := exec.Command(nginx, "-c", file, "-e", logs)
	if os.Geteuid() == 0 {
		// nginx's workers give up root, and must still reach their folder.
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = proxy.Process.Signal(os.Interrupt)
		_ = proxy.Wait()
	})
	for range 100 {
		if c, err := net.Dial("tcp", front); err == nil {
			_ = c.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	c := office(t, front, pool)
	signsIn(t, c, link)
	// Whoever goes round the proxy without encryption gets nothing but the way to it.
	r, err := office(t, listen, nil).Get("http://ajar.school.example/")
	if err != nil || r.StatusCode != 308 || len(r.Cookies()) != 0 {
		b, _ := os.ReadFile(logs)
		t.Fatalf("%v %+v %s", err, r, b)
	}
	_ = r.Body.Close()
}

func TestServeRefusesWhatDoesNotFit(t *testing.T) {
	_, do := commandsIn(t)
	for _, c := range []struct {
		args []string
		say  string
	}{
		{[]string{"--address", "https://ajar.school.example"}, "nothing here speaks it"},
		{[]string{"--tls-cert", "x.pem"}, "needs its key"},
		{[]string{"--acme"}, "needs to know for which name"},
		{[]string{"--acme", "--address", "https://10.0.0.1"}, "not a name that the whole Internet knows"},
		{[]string{"--proxy", "0.0.0.0/0"}, "is everybody"},
		{[]string{"--proxy", "caddy"}, "not the address of a proxy"},
		{[]string{"--address", "ajar.school.example"}, "Write it as https://"},
		{[]string{"--tls-cert", "none.pem", "--tls-key", "none.key"}, "can't be read"},
		{[]string{"--acme", "--address", "https://ajar.school.example", "--acme-directory", "http://authority.example"}, "must begin with https"},
		{[]string{"--http", ":80"}, "needs --address"},
	} {
		if _, errs := do(1, append([]string{"serve", "--listen", "127.0.0.1:0"}, c.args...)...); !strings.Contains(errs, c.say) {
			t.Errorf("%v: %s", c.args, errs)
		}
	}
}
