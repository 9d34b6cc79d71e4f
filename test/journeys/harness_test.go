package journeys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ajar/internal/kit/clock"
)

// root is the repository, seen from this folder.
const root = "../.."

// Whoever leaves last puts the browser and the folders away.
func TestMain(m *testing.M) {
	status := m.Run()
	dropTemplate()
	shared.stop()
	os.Exit(status)
}

// Site is a running Ajar, or for the harness's own test a small server.
type Site struct {
	t    testing.TB
	URL  string
	Dir  string // the data folder, for Ajar
	db   string // the address of its PostgreSQL database; empty for SQLite
	port int
	cmd  *exec.Cmd
	gone chan error
	said *output
	env  []string      // what is set in its surroundings; see With
	late time.Duration // how far the clock is set forward; see Later
}

// Start serves a fresh copy of the demo with the real binary.
func Start(t testing.TB) *Site {
	t.Helper()
	if os.Getenv("AJAR_JOURNEYS_ON") == "postgres" {
		return StartOnPostgres(t)
	}
	template := shared.demo(t)
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
		t.Fatalf("copying the demo: %v", err)
	}
	return serve(t, dir)
}

// StartEmpty serves a new, empty installation.
func StartEmpty(t testing.TB) *Site {
	t.Helper()
	return serve(t, filepath.Join(t.TempDir(), "data"))
}

// Serve puts any handler in the place of Ajar.
func Serve(t testing.TB, h http.Handler) *Site {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return &Site{t: t, URL: s.URL}
}

func serve(t testing.TB, dir string) *Site {
	t.Helper()
	return serveOn(t, dir, "")
}

func serveOn(t testing.TB, dir, db string) *Site {
	t.Helper()
	s := &Site{t: t, Dir: dir, db: db, said: &output{}}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("what the server said:\n%s", s.said.tail(4000))
		}
	})
	s.start()
	return s
}

// start runs ajar serve on a spare port and waits for its first answer. A site that is started again keeps its port.
func (s *Site) start() {
	s.t.Helper()
	if s.port == 0 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			s.t.Fatal(err)
		}
		s.port = l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
	}
	address := fmt.Sprintf("127.0.0.1:%d", s.port)
	s.URL = "http://" + address
	s.cmd = exec.Command(s.program(), append([]string{"serve", "--listen", address}, s.where()...)...)
	s.cmd.Env = append(append(os.Environ(), s.env...), "AJAR_JOURNEY_AHEAD="+s.late.String()) // the program that people run does not know the last one
	s.cmd.Stdout, s.cmd.Stderr = s.said, s.said
	gone, err := startWithUs(s.cmd)
	if err != nil {
		s.t.Fatalf("starting ajar: %v", err)
	}
	s.gone = gone
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); {
		if answer, err := http.Get(s.URL + "/"); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode < 500 {
				return
			}
		}
		select {
		case err := <-gone:
			gone <- err
			s.t.Fatalf("ajar serve ended by itself (%v):\n%s", err, s.said.tail(4000))
		case <-time.After(50 * time.Millisecond):
		}
	}
	s.t.Fatalf("ajar serve did not answer within a minute:\n%s", s.said.tail(4000))
}

// startWithUs runs a command that ends when we end, even when a time-out takes us away before any cleaning up. The thread is kept because
// the signal is sent at the end of the thread that started the command.
func startWithUs(cmd *exec.Cmd) (gone chan error, err error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	gone = make(chan error, 1)
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			gone <- cmd.Wait()
		}
	}()
	return gone, <-started
}

func (s *Site) kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.gone
	s.cmd = nil
}

// PullThePlug ends the server in the middle of whatever it does, and starts it again over the same data.
func (s *Site) PullThePlug() {
	s.t.Helper()
	s.kill()
	s.start()
}

// program is the real one, and after Later the same with a clock that can be set forward.
func (s *Site) program() string {
	if s.late > 0 {
		return shared.lateAjar(s.t)
	}
	return shared.ajar(s.t)
}

// Later stops the site and opens it again some days later, at nine in the morning where the school is, with nothing done meanwhile. Whoever was signed in comes in anew.
func (s *Site) Later(days int) {
	s.t.Helper()
	on := s.today(days).In(clock.London())
	s.late = time.Until(time.Date(on.Year(), on.Month(), on.Day(), 9, 0, 0, 0, clock.London()))
	s.kill()
	s.start()
}

// With opens the site again with something set in its surroundings, such as a mail server.
func (s *Site) With(env ...string) {
	s.t.Helper()
	s.env = append(s.env, env...)
	s.kill()
	s.start()
}

// Day is a date some days from the site's own today, as a person types it; DayWords as pages write it.
func (s *Site) Day(days int) string      { return s.today(days).Format("2/1/2006") }
func (s *Site) DayWords(days int) string { return s.today(days).Format("2 January 2006") }

func (s *Site) today(days int) time.Time { return time.Now().Add(s.late).AddDate(0, 0, days) }

// Ajar runs another command of the binary over the site's data and gives what it printed.
func (s *Site) Ajar(args ...string) string {
	s.t.Helper()
	out, err := runAjarIn(s.env, shared.ajar(s.t), append(args, s.where()...)...)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// where says to a command in which store the site lives.
func (s *Site) where() []string {
	if s.db == "" {
		return []string{"--data", s.Dir}
	}
	return []string{"--data", s.Dir, "--db", s.db}
}

func runAjar(binary string, args ...string) (string, error) { return runAjarIn(nil, binary, args...) }

// runAjarIn runs it with something set in its surroundings.
func runAjarIn(env []string, binary string, args ...string) (string, error) {
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), env...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("ajar %s: %w\n%s%s", strings.Join(args, " "), err, out.String(), said.String())
	}
	return out.String(), nil
}

// output keeps what a server says; it is written while tests read it.
type output struct {
	mu  sync.Mutex
	all []byte
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, b...)
	return len(b), nil
}

func (o *output) tail(n int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.all[max(0, len(o.all)-n):])
}

// shared is what all journeys of one run use together: the binary, the demo that is copied for each, and the browser.
var shared common

type common struct {
	once struct{ dir, ajar, late, demo, browser sync.Once }
	dir  string
	err  struct{ dir, ajar, late, demo, browser error }
	ctx  context.Context
	end  context.CancelFunc
}

func (c *common) folder() (string, error) {
	c.once.dir.Do(func() { c.dir, c.err.dir = os.MkdirTemp("", "ajar-journeys-") })
	return c.dir, c.err.dir
}

// ajar builds the binary, with the flags of the gate so that what the gate has compiled is used again.
func (c *common) ajar(t testing.TB) string {
	t.Helper()
	dir, err := c.folder()
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "ajar")
	c.once.ajar.Do(func() {
		if _, err := os.Stat(filepath.Join(root, "cmd", "ajar")); err != nil {
			c.err.ajar = errors.New("there is no cmd/ajar to build")
			return
		}
		c.err.ajar = build(binary)
	})
	if c.err.ajar != nil {
		t.Fatal(c.err.ajar)
	}
	return binary
}

// lateAjar is the same program with a clock that can be set forward (cmd/ajar/clock_journey.go).
func (c *common) lateAjar(t testing.TB) string {
	t.Helper()
	dir, err := c.folder()
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "ajar-late")
	c.once.late.Do(func() { c.err.late = build(binary, "-tags", "journey") })
	if c.err.late != nil {
		t.Fatal(c.err.late)
	}
	return binary
}

func build(binary string, flags ...string) error {
	cmd := exec.Command("go", append(append([]string{"build", "-buildvcs=false", "-o", binary}, flags...), "./cmd/ajar")...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building ajar: %w\n%s", err, out)
	}
	return nil
}

// demo loads the demo once; each journey gets a copy.
func (c *common) demo(t testing.TB) string {
	t.Helper()
	binary := c.ajar(t)
	dir := filepath.Join(c.dir, "demo")
	c.once.demo.Do(func() { _, c.err.demo = runAjar(binary, "demo", "--data", dir) })
	if c.err.demo != nil {
		t.Fatal(c.err.demo)
	}
	return dir
}

func browserPath() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// browser starts Chromium once, with an empty profile and without its calls home.
func (c *common) browser(t testing.TB) context.Context {
	t.Helper()
	dir, err := c.folder()
	if err != nil {
		t.Fatal(err)
	}
	c.once.browser.Do(func() {
		path := browserPath()
		if path == "" {
			c.err.browser = errors.New("there is no Chromium for the journeys; on Debian run: sudo apt-get install -y --no-install-recommends chromium fonts-noto-core")
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.WindowSize(1280, 900), chromedp.DisableGPU,
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("no-pings", true),
			chromedp.Flag("hide-scrollbars", true), chromedp.Flag("font-render-hinting", "none"), chromedp.Flag("lang", "en-GB"))
		if os.Geteuid() == 0 {
			options = append(options, chromedp.NoSandbox) // Chromium's sandbox does not work for root
		}
		allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, end := chromedp.NewContext(allocator)
		c.ctx, c.end = ctx, func() { end(); endAllocator() }
		// The browser lives as long as the context of this first call, so it may have no time limit.
		if err := chromedp.Do(ctx); err != nil {
			c.err.browser = fmt.Errorf("starting %s: %w", path, err)
		}
	})
	if c.err.browser != nil {
		t.Fatal(c.err.browser)
	}
	return c.ctx
}

func (c *common) stop() {
	if c.end != nil {
		c.end()
	}
	if c.dir != "" {
		_ = os.RemoveAll(c.dir)
	}
}

// Fetch gets a page with the person's cookies but without the browser, such as a file to download.
func (p *Page) Fetch(path string) (status int, body []byte) {
	p.t.Helper()
	request, err := http.NewRequest(http.MethodGet, p.site.URL+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range p.cookies(path) {
		request.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 30 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, body
}
