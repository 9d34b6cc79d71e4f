// Package front is how Ajar stands in the network: it listens, speaks TLS with certificates from files or from an authority that gives them by itself
// (ACME), leads those who come without encryption to where it is, bounds how long and how much anyone may talk, and stops without cutting anybody off.
//
// It knows no pages. Begin reading at Serve; docs/serve.md says the same for whoever runs Ajar.
package front

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"ajar/internal/kit/fault"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// The bounds of one connection. docs/limits.md lists them, and a test holds the two together.
const (
	HeaderTime = 10 * time.Second // for the head of a request
	ReadTime   = 2 * time.Minute  // for all of a request, a large file over a slow line included
	WriteTime  = 5 * time.Minute  // for the answer
	IdleTime   = 2 * time.Minute  // between two requests
	MaxHeader  = 64 << 10         // bytes of the head
	StopTime   = 20 * time.Second // for what is under way when Ajar stops
	// MaxConns is how many connections are open at once; more wait until one is free.
	MaxConns = 10_000
)

// lookAgain is how often the files of a certificate are looked at, at the most.
const lookAgain = 10 * time.Second

// Options is what was asked for on the command line.
type Options struct {
	Listen string // where pages are served
	// Plain is where those who come without encryption are led to the address from, and where ACME's questions are answered. Empty for none.
	Plain   string
	Address *url.URL // where Ajar is reached; needed for Plain and for ACME

	Cert, Key string // files with a certificate and its key

	ACME      bool
	Directory string // the authority's; Let's Encrypt when empty
	Email     string // whom the authority writes to when a certificate is about to end
	Cache     string // folder in which certificates are kept

	Log *slog.Logger

	roots      *http.Client  // tests: how the authority is spoken to
	headerTime time.Duration // tests: less than HeaderTime
}

// TLS tells whether Ajar itself speaks TLS.
func (o Options) TLS() bool { return o.Cert != "" || o.ACME }

// Check says what does not fit together, before anything is opened.
func (o Options) Check() error {
	switch {
	case (o.Cert == "") != (o.Key == ""):
		return fault.New(fault.Invalid, "A certificate needs its key, and a key its certificate: give both --tls-cert and --tls-key.")
	case o.Cert != "" && o.ACME:
		return fault.New(fault.Invalid, "Choose one: --tls-cert with --tls-key, or --acme.")
	case o.ACME && (o.Address == nil || o.Address.Scheme != "https"):
		return fault.New(fault.Invalid, "--acme needs to know for which name: say --address https://ajar.school.example.")
	case o.ACME && (net.ParseIP(o.Address.Hostname()) != nil || !strings.Contains(o.Address.Hostname(), ".")):
		return fault.New(fault.Invalid, "--acme can't get a certificate for %q, since it is not a name that the whole Internet knows. Use certificate files for it.", o.Address.Hostname())
	case o.Plain != "" && (!o.TLS() || o.Address == nil):
		return fault.New(fault.Invalid, "--http leads people to the encrypted address, so it needs --address and either certificate files or --acme.")
	}
	return nil
}

// Front is open listeners that serve.
type Front struct {
	o       Options
	main    *http.Server
	plain   *http.Server
	l, pl   net.Listener
	manager *autocert.Manager
}

// Open begins to listen. The certificate is read here, so that a wrong file is found before anybody comes.
func Open(o Options, h http.Handler) (f *Front, err error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	f = &Front{o: o}
	f.main = f.server(h)
	if f.l, err = net.Listen("tcp", o.Listen); err != nil {
		return nil, fmt.Errorf("could not listen on %s: %w", o.Listen, err)
	}
	f.l = bounded(f.l, MaxConns)
	if err := f.secure(); err != nil {
		_ = f.l.Close()
		return nil, err
	}
	if o.Plain != "" {
		if f.pl, err = net.Listen("tcp", o.Plain); err != nil {
			_ = f.l.Close()
			return nil, fmt.Errorf("could not listen on %s: %w", o.Plain, err)
		}
		f.pl = bounded(f.pl, MaxConns)
		onward := http.Handler(onwardTo(o.Address))
		if f.manager != nil {
			onward = f.manager.HTTPHandler(onward)
		}
		f.plain = f.server(onward)
	}
	return f, nil
}

func (f *Front) server(h http.Handler) *http.Server {
	s := &http.Server{Handler: h, ReadHeaderTimeout: HeaderTime, ReadTimeout: ReadTime, WriteTimeout: WriteTime, IdleTimeout: IdleTime, MaxHeaderBytes: MaxHeader, ErrorLog: quiet(f.o.Log)}
	if f.o.headerTime > 0 {
		s.ReadHeaderTimeout = f.o.headerTime
	}
	return s
}

// quiet keeps what strangers do to a port of the Internet out of the log of errors: broken handshakes come by the thousand.
func quiet(l *slog.Logger) *log.Logger {
	if l == nil {
		return log.New(io.Discard, "", 0)
	}
	return slog.NewLogLogger(l.Handler(), slog.LevelDebug)
}

// secure puts TLS onto the listener: version 1.2 at the least, and Go's own choice of ciphers, which leaves weak ones out and is kept up with Go.
func (f *Front) secure() error {
	switch {
	case f.o.Cert != "":
		p := &pair{cert: f.o.Cert, key: f.o.Key, log: f.o.Log}
		if err := p.load(); err != nil {
			return err
		}
		f.main.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: p.get}
	case f.o.ACME:
		if err := os.MkdirAll(f.o.Cache, 0o700); err != nil {
			return fmt.Errorf("the folder for certificates: %w", err)
		}
		f.manager = &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(f.o.Cache), HostPolicy: autocert.HostWhitelist(f.o.Address.Hostname()), Email: f.o.Email}
		if f.o.Directory != "" || f.o.roots != nil {
			f.manager.Client = &acme.Client{DirectoryURL: f.o.Directory, HTTPClient: f.o.roots}
		}
		f.main.TLSConfig = f.manager.TLSConfig()
		f.main.TLSConfig.MinVersion = tls.VersionTLS12
	}
	return nil
}

// Addr is where pages are served, with the port that was chosen.
func (f *Front) Addr() net.Addr { return f.l.Addr() }

// PlainAddr is where those without encryption are led on; nil for nowhere.
func (f *Front) PlainAddr() net.Addr {
	if f.pl == nil {
		return nil
	}
	return f.pl.Addr()
}

// Serve serves until the context is over, and then lets what is under way come to its end.
func (f *Front) Serve(ctx context.Context) error {
	done := make(chan error, 2)
	n := 1
	go func() {
		if f.main.TLSConfig != nil {
			done <- f.main.ServeTLS(f.l, "", "")
			return
		}
		done <- f.main.Serve(f.l)
	}()
	if f.plain != nil {
		n++
		go func() { done <- f.plain.Serve(f.pl) }()
	}
	select {
	case err := <-done:
		_ = f.main.Close()
		if f.plain != nil {
			_ = f.plain.Close()
		}
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), StopTime)
	defer cancel()
	err := f.main.Shutdown(stop)
	if f.plain != nil {
		err = errors.Join(err, f.plain.Shutdown(stop))
	}
	for range n {
		if e := <-done; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// onwardTo leads to the encrypted address, whatever name the browser used. What was sent in a form is not asked for again.
func onwardTo(to *url.URL) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "This was sent without encryption, so nothing was done with it. Open "+to.String()+" and try again.", http.StatusForbidden)
			return
		}
		path := r.URL.EscapedPath()
		if !strings.HasPrefix(path, "/") {
			path = "/"
		}
		target := to.Scheme + "://" + to.Host + path
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, target, http.StatusPermanentRedirect)
	}
}

// pair is a certificate with its key in two files. When they change, the new ones are used from the next connection on; when the new ones are broken,
// the old ones stay and the log says so.
type pair struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	now    *tls.Certificate
	seen   string
	looked time.Time
}

// mark is by what a change of the files is noticed.
func (p *pair) mark() (string, error) {
	out := ""
	for _, name := range []string{p.cert, p.key} {
		info, err := os.Stat(name)
		if err != nil {
			return "", err
		}
		out += fmt.Sprintf("%d %d ", info.Size(), info.ModTime().UnixNano())
	}
	return out, nil
}

func (p *pair) load() error {
	seen, err := p.mark()
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "The certificate %s or its key %s can't be read. Check the names, and that Ajar may open them.", filepath.Base(p.cert), filepath.Base(p.key))
	}
	c, err := tls.LoadX509KeyPair(p.cert, p.key)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "%s and %s are not a certificate and its key. Both should be PEM files; the certificate comes first, then those that vouch for it.", filepath.Base(p.cert), filepath.Base(p.key))
	}
	p.now, p.seen, p.looked = &c, seen, time.Now()
	return nil
}

func (p *pair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.looked) < lookAgain {
		return p.now, nil
	}
	p.looked = time.Now()
	if seen, err := p.mark(); err == nil && seen != p.seen {
		if err := p.load(); err != nil && p.log != nil {
			p.log.Error("the new certificate can't be used, the one before stays", "error", err.Error())
		}
	}
	return p.now, nil
}

// bounded lets at most so many connections be open at once.
func bounded(l net.Listener, most int) net.Listener {
	return &boundedListener{Listener: l, free: make(chan struct{}, most), over: make(chan struct{})}
}

type boundedListener struct {
	net.Listener
	free chan struct{}
	over chan struct{}
	once sync.Once
}

func (l *boundedListener) Accept() (net.Conn, error) {
	select {
	case l.free <- struct{}{}:
	case <-l.over:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &boundedConn{Conn: c, leave: sync.OnceFunc(func() { <-l.free })}, nil
}

func (l *boundedListener) Close() error {
	l.once.Do(func() { close(l.over) })
	return l.Listener.Close()
}

type boundedConn struct {
	net.Conn
	leave func()
}

func (c *boundedConn) Close() error {
	err := c.Conn.Close()
	c.leave()
	return err
}
