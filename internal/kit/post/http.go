package post

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
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
	if err := r.Begin(); err != nil {
		return 0, nil, err
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
			return 0, nil, Doubt(fmt.Errorf("the gateway for text messages had it and did not answer: %w", err))
		}
		return 0, nil, Down(fmt.Errorf("the gateway for text messages can't be reached: %w", err))
	}
	defer res.Body.Close()
	if said, err = io.ReadAll(io.LimitReader(res.Body, 64<<10)); err != nil {
		return 0, nil, Doubt(fmt.Errorf("the gateway for text messages broke off while it answered: %w", err))
	}
	return res.StatusCode, said, nil
}
