// Package web holds the addresses at which gateways call back: what became of our messages, and what families answer.
package web

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/module"
	"ajar/internal/kit/post"
	"ajar/internal/kit/web"
)

// most is how much a call may carry.
const most = 64 << 10

// Manifest is what the way out adds to the product. Nobody is signed in here: each call proves by itself who makes it, before anything is read or written.
func Manifest(s *post.Service) module.Manifest {
	h := hooks{s}
	var out []web.Route
	add := func(pattern, why string, handle func(*web.Req) error) {
		out = append(out, web.Route{Pattern: pattern, Need: web.Public(why), Handle: handle, MaxBody: most})
	}
	add("POST /hooks/texts/{gateway}/in", "a gateway brings a message and signs what it brings", h.call("in"))
	add("POST /hooks/texts/{gateway}/receipt", "a gateway tells what became of a message and signs what it tells", h.call("receipt"))
	add("POST /hooks/texts/{gateway}/receipt/{reference}", "a gateway tells what became of a message and signs what it tells", h.call("receipt"))
	// Kannel has no other way than GET. It acts under an address alone that carries our mark, which nothing links to.
	add("GET /hooks/texts/kannel/in/{mark}", "Kannel brings a message to an address that carries our mark; it can do so by GET alone", h.kannel("in"))
	add("GET /hooks/texts/kannel/receipt/{reference}/{mark}", "Kannel tells what became of a message at an address that carries our mark; it can do so by GET alone", h.kannel("receipt"))
	return module.Manifest{Name: "post", Routes: out}
}

type hooks struct{ s *post.Service }

func (h hooks) call(what string) func(*web.Req) error {
	return func(q *web.Req) error {
		c := post.Call{What: what, Reference: q.R.PathValue("reference"), Header: q.R.Header, Form: q.R.PostForm, URLs: asked(q.R)}
		if len(c.Form) == 0 {
			var err error
			if c.Body, err = io.ReadAll(q.R.Body); err != nil {
				return err
			}
		}
		return h.hear(q, q.R.PathValue("gateway"), c)
	}
}

func (h hooks) kannel(what string) func(*web.Req) error {
	return func(q *web.Req) error {
		if q.R.Method != http.MethodGet { // a HEAD comes here too, and brings nothing
			return h.plainly(q, http.StatusMethodNotAllowed, "")
		}
		return h.hear(q, "kannel", post.Call{What: what, Reference: q.R.PathValue("reference"), Mark: q.R.PathValue("mark"), Form: q.R.URL.Query()})
	}
}

// hear answers in one plain line, or in what a gateway reads; pages are for people.
func (h hooks) hear(q *web.Req, gateway string, c post.Call) error {
	err := h.s.Hear(q.Context(), gateway, c)
	var tooBig *http.MaxBytesError
	switch {
	case err == nil:
		return h.plainly(q, http.StatusOK, gateway)
	case errors.As(err, &tooBig):
		return err
	case fault.KindOf(err) == fault.Forbidden:
		return h.plainly(q, http.StatusForbidden, "")
	case fault.KindOf(err) == fault.NotFound:
		return h.plainly(q, http.StatusNotFound, "")
	case fault.KindOf(err) == fault.Invalid:
		return h.plainly(q, http.StatusBadRequest, "")
	}
	return err // 500 or 503: the gateway comes again
}

func (h hooks) plainly(q *web.Req, status int, gateway string) error {
	q.W.Header().Set("Cache-Control", "no-store")
	if gateway == "twilio" {
		q.W.Header().Set("Content-Type", "text/xml; charset=utf-8")
		q.W.WriteHeader(status)
		_, err := io.WriteString(q.W, `<?xml version="1.0" encoding="UTF-8"?><Response/>`)
		return err
	}
	q.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	q.W.WriteHeader(status)
	if gateway == "kannel" {
		return nil // what Kannel is answered with words goes to the family as a text
	}
	_, err := io.WriteString(q.W, http.StatusText(status)+"\n")
	return err
}

// asked are the addresses under which the gateway may have called: by the name that everybody uses, and by the one it used, with the port that goes without
// saying and without.
func asked(r *http.Request) []string {
	scheme := "http"
	if web.Secure(r) {
		scheme = "https"
	}
	bases := []string{web.Base(r), scheme + "://" + r.Host}
	port := map[string]string{"http": ":80", "https": ":443"}[scheme]
	for _, b := range bases[:2] {
		host := b[strings.Index(b, "://")+3:]
		if strings.HasSuffix(host, port) {
			bases = append(bases, strings.TrimSuffix(b, port))
		} else if !strings.Contains(host, ":") {
			bases = append(bases, b+port)
		}
	}
	for i := range bases {
		bases[i] += r.URL.RequestURI()
	}
	return bases
}
