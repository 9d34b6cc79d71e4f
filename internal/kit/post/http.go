package post

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// newClient is how gateways are asked: a connection for each line stays open, and nothing is followed elsewhere, since what is sent holds a password or a key.
func newClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns, t.MaxIdleConnsPerHost, t.IdleConnTimeout = 2*lines, 2*lines, time.Minute
	return &http.Client{Timeout: answer, Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// ask sends a request that has something sent. Once all of it was written, only an answer tells whether it was taken: an error then is a doubt. Go's own second
// try of a request is kept from happening, because it may be the same message twice.
func ask(c *http.Client, req *http.Request, r Ready) (status int, said []byte, err error) {
	status, said, _, err = askAll(c, req, r)
	return status, said, err
}

// askAll is ask with the head of the answer.
func askAll(c *http.Client, req *http.Request, r Ready) (status int, said []byte, head http.Header, err error) {
	if err := r.Begin(); err != nil {
		return 0, nil, nil, err
	}
	var written atomic.Bool
	trace := &httptrace.ClientTrace{WroteRequest: func(w httptrace.WroteRequestInfo) { written.Store(written.Load() || w.Err == nil) }}
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), trace))
	if req.Body == nil { // a GET without a body would be sent again on another connection by itself when one breaks; one whose body can't be had twice is not
		req.Body = io.NopCloser(strings.NewReader(""))
	}
	res, err := c.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) { // the address may hold a password, and errors are kept and shown
			err = ue.Err
		}
		if written.Load() {
			return 0, nil, nil, Doubt(fmt.Errorf("the gateway had it and did not answer: %w", err))
		}
		return 0, nil, nil, Down(fmt.Errorf("the gateway can't be reached: %w", err))
	}
	defer res.Body.Close()
	if said, err = io.ReadAll(io.LimitReader(res.Body, 64<<10)); err != nil {
		return 0, nil, nil, Doubt(fmt.Errorf("the gateway broke off while it answered: %w", err))
	}
	return res.StatusCode, said, res.Header, nil
}

// gatewayURL makes the address at which a gateway is asked out of the one that was set. It is https, but for one on this machine that was said to speak none.
func gatewayURL(u *url.URL) (*url.URL, error) {
	out := &url.URL{Scheme: "https", Host: u.Host, Path: strings.TrimSuffix(u.Path, "/")}
	switch how := u.Query().Get("tls"); {
	case u.Host == "":
		return nil, errors.New("the gateway's address names no machine")
	case how == "none" && !here(u.Hostname()):
		return nil, errors.New("a gateway on another machine must be reached by https")
	case how == "none":
		out.Scheme = "http"
	case how != "":
		return nil, fmt.Errorf("tls=%s is not a way to reach a gateway; leave it out, or write tls=none for one on this machine", how)
	}
	return out, nil
}

// here tells whether a name is this machine.
func here(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// brief is what a gateway said, for an error: short, and without what must not be kept.
func brief(said []byte, secrets ...string) string {
	text := string(said)
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "…")
		}
	}
	return plainText(text)
}

// common is what the answers of all gateways have in common: 429 says when to come back, 502 and 504 come from a machine before it that got no answer, and what
// leads elsewhere is not followed. ok tells whether it was one of these.
func common(status int, head http.Header, words string) (err error, ok bool) {
	switch {
	case status == http.StatusTooManyRequests:
		return DownFor(waitIn(head), fmt.Errorf("the gateway asks us to wait: %s", words)), true
	case status == http.StatusBadGateway || status == http.StatusGatewayTimeout:
		return Doubt(fmt.Errorf("a machine before the gateway had it and got no answer (%d)", status)), true
	case status >= 500:
		return DownFor(waitIn(head), fmt.Errorf("the gateway has a trouble of its own (%d): %s", status, words)), true
	case status >= 300 && status < 400:
		return Down(fmt.Errorf("the gateway answered %d and wants us to go elsewhere; its address is not right", status)), true
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return Down(fmt.Errorf("the gateway does not let us in: %s", words)), true
	}
	return nil, false
}

// waitIn reads Retry-After: seconds, or a moment.
func waitIn(head http.Header) time.Duration {
	text := head.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return time.Duration(min(n, 86400)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
