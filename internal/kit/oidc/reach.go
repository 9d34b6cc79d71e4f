package oidc

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"syscall"
	"time"
)

// mayCall tells whether an address may be a provider's. Inside allows plain http on this machine.
func mayCall(address string, inside bool) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return fmt.Errorf("%.200q is no address of a provider", address)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && inside && loopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%.200q does not begin with https", address)
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// maxAnswer is how much a provider may say. Descriptions and keys have some kilobytes.
const maxAnswer = 1 << 20

var outside, within = makeCaller(true), makeCaller(false)

// caller is what asks providers: no redirects, short answers, little patience. What a page may set up reaches public addresses only, so that nobody can
// make Ajar ask the machines beside it.
func caller(inside bool) *http.Client {
	if inside {
		return within
	}
	return outside
}

func makeCaller(publicOnly bool) *http.Client {
	d := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	if publicOnly && !throughProxy() {
		d.Control = func(_, address string, _ syscall.RawConn) error { return public(address) }
	}
	return &http.Client{
		Timeout:       15 * time.Second,
		Transport:     short{&http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: d.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 10 * time.Second, MaxIdleConns: 20, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// throughProxy tells whether the way out is through a proxy of the school. It then is the proxy that decides what may be reached.
func throughProxy() bool {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}

// notPublic are networks that the standard library does not count as private and that lead nowhere outside all the same.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
}

// public is asked after the name was looked up, so that a name which leads inside is of no use.
func public(address string) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := a.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return fmt.Errorf("%s is not a public address", ip)
	}
	for _, n := range notPublic {
		if n.Contains(ip) {
			return fmt.Errorf("%s is not a public address", ip)
		}
	}
	return nil
}

// short cuts answers off.
type short struct{ next http.RoundTripper }

func (s short) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := s.next.RoundTrip(r)
	if err == nil {
		a.Body = cut{io.LimitReader(a.Body, maxAnswer), a.Body}
	}
	return a, err
}

type cut struct {
	io.Reader
	io.Closer
}
