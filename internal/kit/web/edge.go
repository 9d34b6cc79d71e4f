package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"unicode"

	"ajar/internal/kit/fault"
)

// Edge is where requests come in from outside. It decides who is believed: a proxy that was named may say for whom, under which name and over what it
// asks, and nobody else may. Everything behind it sees a request as if the browser had come straight to Ajar.
type Edge struct {
	Proxies   []netip.Prefix // the proxies in front of Ajar, by address
	Addresses []*url.URL     // where Ajar is reached from outside; the first stands in letters and mails. None: under whatever name it is asked
}

// ParseProxy reads an address or a range of addresses (CIDR) of a proxy.
func ParseProxy(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fault.New(fault.Invalid, "%q is not the address of a proxy. Write an address such as 127.0.0.1 or a range such as 10.0.0.0/24.", text)
	}
	if p.Bits() == 0 {
		return p, fault.New(fault.Invalid, "%q is everybody. Name the addresses of your proxy alone, since it is believed about who is asking.", text)
	}
	return p.Masked(), nil
}

// ParseAddress reads an address under which Ajar is reached from outside.
func ParseAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fault.New(fault.Invalid, "%q is not an address at which Ajar can be reached. Write it as https://ajar.school.example, without anything after the name.", text)
	}
	u.Path, u.Host = "", strings.ToLower(u.Host)
	return u, nil
}

// https tells whether Ajar is reached over https, by its first address.
func (e Edge) https() bool { return len(e.Addresses) > 0 && e.Addresses[0].Scheme == "https" }

// way is how a request came.
type way struct {
	secure bool
	base   string
}

type wayKey struct{}

// Secure tells whether the browser came over https, to Ajar itself or to a proxy that was named.
func Secure(r *http.Request) bool {
	if w, ok := r.Context().Value(wayKey{}).(way); ok {
		return w.secure
	}
	return r.TLS != nil
}

// Base is how Ajar is reached from outside, for what stands on paper and in mails: its address where one was set, and otherwise as it was asked.
func Base(r *http.Request) string {
	if w, ok := r.Context().Value(wayKey{}).(way); ok && w.base != "" {
		return w.base
	}
	if Secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// hsts is what a browser is told that came over https: for a year, never otherwise.
const hsts = "max-age=31536000"

// Wrap puts the edge before everything else.
func (e Edge) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, secure := e.read(r)
		if !e.knows(r.Host) {
			plainly(w, http.StatusMisdirectedRequest, "This is not an address of this Ajar. Ask for the right one in your school.")
			return
		}
		if e.https() && !secure {
			if r.Method == http.MethodGet || r.Method == http.MethodHead {
				http.Redirect(w, r, e.Addresses[0].String()+r.URL.RequestURI(), http.StatusPermanentRedirect)
				return
			}
			plainly(w, http.StatusForbidden, "This was sent without encryption, so nothing was done with it. Open "+e.Addresses[0].String()+" and try again.")
			return
		}
		way := way{secure: secure}
		if len(e.Addresses) > 0 {
			way.base = e.Addresses[0].String()
		}
		r = r.WithContext(context.WithValue(r.Context(), wayKey{}, way))
		if secure {
			w.Header().Set("Strict-Transport-Security", hsts)
			hostCookiesIn(r)
			w = &edgeWriter{ResponseWriter: w}
		}
		next.ServeHTTP(w, r)
	})
}

func plainly(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(sentence + "\n"))
}

// told are the headers by which proxies speak. They are gone behind the edge, so that nothing can believe them once more.
var told = []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Server", "X-Real-Ip", "Forwarded", "True-Client-Ip", "Cf-Connecting-Ip"}

// read gives the request as the browser sent it, and whether it came over https.
func (e Edge) read(r *http.Request) (*http.Request, bool) {
	was := r
	r = r.Clone(r.Context())
	for _, h := range told {
		r.Header.Del(h)
	}
	peer := addressIn(was.RemoteAddr)
	if !peer.IsValid() || !e.trusts(peer) {
		return r, was.TLS != nil
	}
	// Each proxy appends whom it was asked by. From the end back, the first who is no proxy of ours is the browser.
	list := strings.Split(strings.Join(was.Header.Values("X-Forwarded-For"), ","), ",")
	client := peer
	for i := len(list) - 1; i >= 0; i-- {
		a := addressIn(strings.TrimSpace(list[i]))
		if !a.IsValid() {
			break
		}
		client = a
		if !e.trusts(a) {
			break
		}
	}
	r.RemoteAddr = netip.AddrPortFrom(client, 0).String()
	if h := lastOf(was.Header, "X-Forwarded-Host"); h != "" {
		r.Host = h
	}
	if proto := lastOf(was.Header, "X-Forwarded-Proto"); proto != "" {
		return r, strings.EqualFold(proto, "https")
	}
	return r, was.TLS != nil
}

func (e Edge) trusts(a netip.Addr) bool {
	for _, p := range e.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// addressIn reads an address that may have a port; not valid when it is none.
func addressIn(text string) netip.Addr {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// lastOf is the last of the values of a header: the one that the nearest proxy wrote.
func lastOf(h http.Header, name string) string {
	list := strings.Split(strings.Join(h.Values(name), ","), ",")
	return strings.TrimSpace(list[len(list)-1])
}

// knows tells whether Ajar answers to a name. Without an address it answers to every one that is a name at all.
func (e Edge) knows(host string) bool {
	if host == "" || len(host) > 255 || strings.ContainsFunc(host, func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(" /\\@?#<>\"'", r) }) {
		return false
	}
	for _, a := range e.Addresses {
		if strings.EqualFold(withoutPort(host, a.Scheme), withoutPort(a.Host, a.Scheme)) {
			return true
		}
	}
	return len(e.Addresses) == 0
}

// withoutPort leaves out the port that goes without saying.
func withoutPort(host, scheme string) string {
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// hostPrefix begins the name of a cookie that a browser takes over https only, from this host alone, for the whole of it. Over https every cookie of
// Ajar has it, and one without is not read: a neighbouring site, or one that stood here over plain http, could have set it.
const hostPrefix = "__Host-"

// ours tells whether a cookie is one of Ajar's, by the name that the capabilities know.
func ours(name string) bool { return name == "ajar" || strings.HasPrefix(name, "ajar_") }

// hostCookiesIn gives the capabilities their cookies under the names that they know.
func hostCookiesIn(r *http.Request) {
	list := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range list {
		name, host := strings.CutPrefix(c.Name, hostPrefix)
		if host && ours(name) {
			r.AddCookie(&http.Cookie{Name: name, Value: c.Value})
		} else if !ours(c.Name) {
			r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
		}
	}
}

// edgeWriter mends the cookies of an answer over https before its head goes out.
type edgeWriter struct {
	http.ResponseWriter
	mended bool
}

func (w *edgeWriter) mend() {
	if w.mended {
		return
	}
	w.mended = true
	lines := w.Header().Values("Set-Cookie")
	w.Header().Del("Set-Cookie")
	for _, line := range lines {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			continue
		}
		if ours(c.Name) {
			c.Name = hostPrefix + c.Name
			c.Path, c.Domain = "/", ""
		}
		c.Secure = true
		http.SetCookie(w.ResponseWriter, c)
	}
}

// WriteHeader sends the head of the answer.
func (w *edgeWriter) WriteHeader(status int) {
	w.mend()
	w.ResponseWriter.WriteHeader(status)
}

func (w *edgeWriter) Write(b []byte) (int, error) {
	w.mend()
	return w.ResponseWriter.Write(b)
}

// FlushError sends what has been written so far.
func (w *edgeWriter) FlushError() error {
	w.mend()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach deadlines.
func (w *edgeWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
