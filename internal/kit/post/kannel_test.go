package post

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/jobs"
)

// Kannel as Debian has it, with its pretended operator, each on a spare port of this machine.
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

// lines collects what a program says.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) read(r io.Reader) {
	s := bufio.NewScanner(r)
	for s.Scan() {
		l.mu.Lock()
		l.all = append(l.all, s.Text())
		l.mu.Unlock()
	}
}

func (l *lines) find(words string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.all {
		if strings.Contains(line, words) {
			return line
		}
	}
	return ""
}

func (l *lines) await(t *testing.T, words string) string {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if line := l.find(words); line != "" {
			return line
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t.Fatalf("nothing says %q; it says:\n%s", words, strings.Join(l.all, "\n"))
	return ""
}

func start(t *testing.T, program string, args ...string) *lines {
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
	l := &lines{}
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

func gateway(t *testing.T) (address string, sent *lines) {
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
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, "/usr/sbin/bearerbox", conf)
	reach(t, boxes)
	reach(t, smsc)
	sent = start(t, operator, "-H", "127.0.0.1", "-r", fmt.Sprint(smsc), "-m", "1", "-i", "0.1", "07700900999 12345 text hello")
	start(t, "/usr/sbin/smsbox", conf)
	reach(t, pages)
	return fmt.Sprintf("http://ajar:letmein@127.0.0.1:%d/cgi-bin/sendsms?from=Oak", pages), sent
}

func TestTextMessagesThroughKannel(t *testing.T) {
	address, sent := gateway(t)
	k, err := NewKannel(address)
	if err != nil {
		t.Fatal(err)
	}
	// The operator may take a moment to be connected; until then Kannel keeps or refuses, and the queue tries again.
	var answer string
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if answer, err = k.Send(t.Context(), Ready{Address: "07700 900123", Body: "Oak School: a sheet to read. £5 & 50% + more? https://oak.example/f/abc"}); err == nil {
			break
		}
	}
	if err != nil || answer == "" {
		t.Fatalf("%q, %v", answer, err)
	}
	if line := sent.await(t, "447700900123"); !strings.Contains(line, "sheet") {
		t.Errorf("the operator got %s", line)
	}
	if _, err := k.Send(t.Context(), Ready{Address: "+923001234567", Body: "آپ کے لیے ایک صفحہ ہے"}); err != nil {
		t.Error(err)
	}
	sent.await(t, "923001234567")

	wrong, err := NewKannel(strings.Replace(address, "letmein", "secret-of-ours", 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.Send(t.Context(), Ready{Address: "07700900123", Body: "x"}); err == nil || strings.Contains(err.Error(), "secret-of-ours") {
		t.Errorf("a wrong password: %v", err)
	}
}

func TestGatewaysAnswers(t *testing.T) {
	status, said := 202, "0: Accepted for delivery"
	var asked *http.Request
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		w.WriteHeader(status)
		_, _ = io.WriteString(w, said)
	}))
	defer srv.Close()
	k, err := NewKannel(strings.Replace(srv.URL, "http://", "http://ajar:pass%26word@", 1) + "/cgi-bin/sendsms?from=Oak")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		status         int
		ok, hopeless   bool
		to, body, code string
	}{
		{202, true, false, "07700900123", "Hello", ""},
		{202, true, false, "07700900123", "Cześć, mały", "2"},
		{202, true, false, "07700900123", "Café £ € [1]", ""},
		{403, false, true, "07700900123", "Hello", ""},
		{503, false, false, "07700900123", "Hello", ""},
		{500, false, false, "07700900123", "Hello", ""},
		{200, false, false, "07700900123", "Hello", ""},
		{202, false, true, "01632960123", "Hello", ""},
	} {
		status = c.status
		_, err := k.Send(t.Context(), Ready{Address: c.to, Body: c.body})
		if (err == nil) != c.ok || jobs.Hopeless(err) != c.hopeless {
			t.Errorf("%+v: %v", c, err)
		}
		if q := asked.URL.Query(); c.ok && (q.Get("to") != "+447700900123" || q.Get("text") != c.body || q.Get("coding") != c.code || q.Get("password") != "pass&word" || q.Get("charset") != "UTF-8") {
			t.Errorf("asked %v", q)
		}
	}
	srv.Close()
	if _, err := k.Send(t.Context(), Ready{Address: "07700900123", Body: "x"}); err == nil || jobs.Hopeless(err) || strings.Contains(err.Error(), "word") {
		t.Errorf("a gateway that is down: %v", err)
	}
	for _, bad := range []string{"", "kannel", "http://127.0.0.1:13013/cgi-bin/sendsms?from=x", "http://a:b@127.0.0.1/x", "http://a:b@gateway.example/x?from=y", "ftp://a:b@127.0.0.1/?from=x", "://"} {
		if _, err := NewKannel(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
