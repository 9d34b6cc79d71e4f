package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"ajar/internal/demo"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/front"
	"ajar/internal/kit/web"
)

func init() {
	register("serve", "serve the pages", serve)
}

// edgeFlags are what is said about the network in which Ajar stands; docs/serve.md is the same for an office.
type edgeFlags struct {
	front.Options
	addresses, proxies list
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func (x *edgeFlags) on(e *Env) {
	f := e.flags
	f.StringVar(&x.Listen, "listen", "127.0.0.1:8080", "`address` to listen on")
	f.Var(&x.addresses, "address", "`address` at which people reach Ajar, such as https://ajar.school.example; it stands in letters and mails, and no other name is answered. May be given several times")
	f.Var(&x.proxies, "proxy", "`address` or range of a proxy in front of Ajar, which is believed about who is asking. May be given several times")
	f.StringVar(&x.Cert, "tls-cert", "", "`file` with a certificate (PEM); a new one is used when the file changes")
	f.StringVar(&x.Key, "tls-key", "", "`file` with its key (PEM)")
	f.BoolVar(&x.ACME, "acme", false, "get a certificate from Let's Encrypt for the name in --address, and renew it")
	f.StringVar(&x.Directory, "acme-directory", "", "`address` of another authority's ACME directory")
	f.StringVar(&x.Email, "acme-email", "", "`e-mail` to which the authority writes")
	f.StringVar(&x.Plain, "http", "", "`address` on which those who come without encryption are led on, such as :80")
}

// edge reads what was said, and refuses what would leave people without encryption while they think they have it.
func (x *edgeFlags) edge() (e web.Edge, err error) {
	for _, text := range x.proxies {
		p, err := web.ParseProxy(text)
		if err != nil {
			return e, err
		}
		e.Proxies = append(e.Proxies, p)
	}
	for _, text := range x.addresses {
		u, err := web.ParseAddress(text)
		if err != nil {
			return e, err
		}
		e.Addresses = append(e.Addresses, u)
	}
	if len(e.Addresses) > 0 {
		x.Address = e.Addresses[0]
	}
	if err := x.Check(); err != nil {
		return e, err
	}
	if x.Address != nil && x.Address.Scheme == "https" && !x.TLS() && len(e.Proxies) == 0 {
		return e, fault.New(fault.Invalid, "The address begins with https, and nothing here speaks it: give certificate files or --acme, or name the proxy that does with --proxy.")
	}
	return e, nil
}

func serve(ctx context.Context, e *Env) error {
	f := e.Flags("serve [--listen ADDR] [--address URL] [--tls-cert FILE --tls-key FILE | --acme] [--http ADDR] [--proxy ADDR] [--demo]")
	var x edgeFlags
	x.on(e)
	wanted := f.Bool("demo", false, "load the demo when the data is new, and let visitors look around as its people even beside real schools")
	if _, err := e.Parse(); err != nil {
		return err
	}
	edge, err := x.edge()
	if err != nil {
		return err
	}
	a, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if *wanted {
		if err := loadDemo(ctx, e, a); err != nil {
			return err
		}
	}
	alone, err := demo.Alone(ctx, a.Roll)
	if err != nil {
		return err
	}
	a.Admin.LookAround = *wanted || alone
	a.Edge = edge
	h, err := a.Handler()
	if err != nil {
		return err
	}
	x.Cache, x.Log = filepath.Join(e.data, "certificates"), slog.New(slog.NewTextHandler(e.Err, nil))
	s, err := x.open(e.Out, h)
	if err != nil {
		return err
	}
	if a.Admin.LookAround {
		fmt.Fprintf(e.Out, "Look around as one of the demo people at %s/look-around\n", x.at(s))
	}
	return s.Serve(ctx)
}

// open begins to listen and says where.
func (x *edgeFlags) open(out io.Writer, h http.Handler) (*front.Front, error) {
	if x.ACME && x.Directory != "" {
		if u, err := url.Parse(x.Directory); err != nil || u.Scheme != "https" {
			return nil, fault.New(fault.Invalid, "The authority's directory must begin with https.")
		}
	}
	s, err := front.Open(x.Options, h)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "Ajar is open at %s/\n", x.at(s))
	if x.Address == nil && !strings.HasPrefix(s.Addr().String(), "127.0.0.1:") {
		fmt.Fprintln(out, "Others can reach it. Say with --address at which name, so that letters carry it and no other name is answered; docs/serve.md says how to have it encrypted.")
	}
	return s, nil
}

func (x *edgeFlags) at(s *front.Front) string {
	switch {
	case x.Address != nil:
		return x.Address.String()
	case x.TLS():
		return "https://" + s.Addr().String()
	}
	return "http://" + s.Addr().String()
}
