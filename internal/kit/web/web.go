// Package web is the way of a request: it mounts the routes of the capabilities, lets in whom the gate admits, and turns errors into pages.
// Every route states its need, or that it is public and why; a route that states neither does not mount.
package web

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
)

// Need is what a route asks of the person.
type Need struct {
	right  access.Right
	public string
	signed bool
	proof  bool
}

// For needs a right, at least for figures. The service verb checks the scope again.
func For(r access.Right) Need { return Need{right: r} }

// Public opens a route to everyone, and says why that is right.
func Public(why string) Need { return Need{public: why} }

// SignedIn opens a route to every member of staff who is signed in.
func SignedIn() Need { return Need{signed: true} }

// Proved asks for a second factor though the right alone does not, for a single act of weight such as a merge.
func (n Need) Proved() Need { n.proof = true; return n }

// WantsProof tells whether a second factor must have been proved in the session.
func (n Need) WantsProof() bool { return n.proof || n.right.Proof }

// String describes the need for the list of routes.
func (n Need) String() string {
	switch {
	case n.public != "":
		return "public: " + n.public
	case n.signed:
		return "signed in"
	}
	return n.right.Key
}

// Stated tells whether the route said anything.
func (n Need) Stated() bool { return n.public != "" || n.signed || n.right.Key != "" }

// IsPublic tells whether nobody has to be signed in.
func (n Need) IsPublic() bool { return n.public != "" }

// Route is one page or action. Pattern is net/http's: "GET /pupils/{pupil}".
type Route struct {
	Pattern string
	Need    Need
	Handle  func(*Req) error
	// MaxBody is how many bytes the request may carry; 0 means 1 MB, which is ample for a form.
	MaxBody int64
}

// MenuItem is a place in the menu, shown to those who hold Need.
type MenuItem struct {
	Label string
	Href  string
	Need  access.Right
	Order int
	Group string   // several places under one name; whoever has only one of them sees that one's own label
	Also  []string // further addresses below which one is at this place
}

// Frame is what every page shows around its content.
type Frame struct {
	Org, OrgCode string
	Who          string // name of the person
	As           string // their roles in words
	Menu         []MenuItem
	Flash        string
	Path         string
	Hat          string // what else this person is here, such as the parent of two children; empty for most
	HatPath      string // where a form posts to look as that; empty while there is no way
	LockSeconds  int    // after how long without use the page covers itself; 0 for never
	Search       bool   // whether the search box is shown
	Demo         bool
}

// Component is anything that can be written to a page; templ's components are.
type Component interface {
	Render(ctx context.Context, w io.Writer) error
}

// Req is a request that was let in.
type Req struct {
	W     http.ResponseWriter
	R     *http.Request
	Pass  access.Pass
	Frame Frame
	// Locked says that whoever asks has a session that is locked. Pass is empty then.
	Locked bool

	note func(context.Context, access.Pass, trail.Entry) error
}

// Server is what app puts together.
type Server struct {
	Gate     *access.Gate
	Routes   []Route
	Identify func(*http.Request) (access.Who, bool, error)
	// Frame fills what surrounds a page, for signed-in people and, with a zero pass, for others.
	Frame func(*Req) Frame
	// Trouble makes the page for an error.
	Trouble func(q *Req, status int, title, sentence, reference string) Component
	// SignIn is where people without a session are sent.
	SignIn string
	// Prove is where a session without a second factor is sent by a route that asks for one, and Unlock where a locked session is sent. Empty asks for
	// neither, as at the family's door, which has its own way to ask.
	Prove, Unlock string
	// Hold keeps what was sent by such a session and gives the key with which it can be sent again later.
	Hold func(*http.Request) (key string, err error)
	// Note writes to the trail before a file or a print-out with personal data goes out.
	Note func(context.Context, access.Pass, trail.Entry) error
	Log  *slog.Logger
}

// Handler mounts everything. It answers an error for a route without a need, so that a forgotten one never goes live.
func (s *Server) Handler() (http.Handler, error) {
	mux := http.NewServeMux()
	for _, r := range s.Routes {
		if !r.Need.Stated() {
			return nil, fmt.Errorf("web: the route %s does not say who may use it", r.Pattern)
		}
		mux.Handle(r.Pattern, s.handle(r))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		q := &Req{W: w, R: r}
		if who, ok, err := s.Identify(r); err == nil && ok && !who.Locked {
			q.Pass = s.Gate.Admit(who)
		}
		s.answer(q, access.Denied())
	})
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.answer(&Req{W: w, R: r}, fault.New(fault.Forbidden, "This form was sent from another site, so nothing was done. Open the page in Ajar and try again."))
	}))
	return headers(zip(cross.Handler(mux))), nil
}

func (s *Server) handle(rt Route) http.Handler {
	limit := rt.MaxBody
	if limit == 0 {
		limit = 1 << 20
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &Req{W: w, R: r, note: s.Note}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.answer(q, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			}
		}()
		if r.Body != nil {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
		}
		who, ok, err := s.Identify(r)
		if err != nil {
			s.answer(q, err)
			return
		}
		if ok && who.Locked {
			q.Locked = true
			if !rt.Need.IsPublic() {
				s.later(q, s.Unlock)
				return
			}
		} else if ok {
			q.Pass = s.Gate.Admit(who)
		}
		if !ok && !rt.Need.IsPublic() {
			if r.Method == http.MethodGet || r.Method == http.MethodHead {
				http.Redirect(w, r, s.SignIn+"?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
				return
			}
			s.answer(q, fault.New(fault.Forbidden, "You are signed out, so nothing was saved. Sign in again in another tab, then go back and send this page once more: what you typed is still there."))
			return
		}
		if rt.Need.right.Key != "" && !q.Pass.Has(rt.Need.right) {
			s.answer(q, access.Denied())
			return
		}
		if s.Prove != "" && rt.Need.WantsProof() && !q.Pass.Proved() {
			s.later(q, s.Prove)
			return
		}
		if err := readForm(r); err != nil {
			s.answer(q, err)
			return
		}
		q.Frame = s.Frame(q)
		q.Frame.Flash = flashOf(r)
		if err := rt.Handle(q); err != nil {
			s.answer(q, err)
		}
	})
}

// later sends the browser to where a session is proved or unlocked. What was asked for is opened after that, and what was sent is kept.
func (s *Server) later(q *Req, to string) {
	r := q.R
	if to == "" {
		s.answer(q, access.Denied())
		return
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		http.Redirect(q.W, r, to+"?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	if r.Header.Get("Ajar-Autosave") != "" { // a draft stays on the page that sends it, which tries again by itself
		http.Error(q.W, "This session is locked.", http.StatusForbidden)
		return
	}
	err := readForm(r)
	key := ""
	if err == nil && s.Hold != nil {
		key, err = s.Hold(r)
	}
	if err != nil {
		s.answer(q, err)
		return
	}
	http.Redirect(q.W, r, to+"?held="+url.QueryEscape(key), http.StatusSeeOther)
}

const ourFault = "It is our fault, not yours, and what you did was not half done: either all of it was kept or none of it."

// readForm reads the fields of a form before the page is asked to act on them. net/http's FormValue passes over a form that is too long or that
// broke off, and a page would then save empty fields over what was there.
func readForm(r *http.Request) error {
	if r.Method != http.MethodPost || r.Body == nil {
		return nil
	}
	var err error
	switch kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind {
	case "multipart/form-data":
		err = r.ParseMultipartForm(32 << 20)
	case "application/x-www-form-urlencoded":
		err = r.ParseForm()
	}
	var big *http.MaxBytesError
	if err == nil || errors.As(err, &big) {
		return err
	}
	return fault.Wrap(fault.Invalid, err, "What you sent did not arrive whole, so nothing was changed. Check the connection, go back and send it once more.")
}

// size says a number of bytes as people do.
func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", max(1, n>>10))
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// answer turns an error into a page: the sentence when there is one, a reference number when there is not.
func (s *Server) answer(q *Req, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		err = fault.New(fault.TooLarge, "That is more than this page can take (%s at the most). Nothing was changed.", size(big.Limit))
	}
	status, title := http.StatusInternalServerError, "Something went wrong"
	switch fault.KindOf(err) {
	case fault.NotFound:
		status, title = http.StatusNotFound, "Not found"
	case fault.Invalid:
		status, title = http.StatusUnprocessableEntity, "Please check this"
	case fault.Conflict:
		status, title = http.StatusConflict, "Someone else changed this"
	case fault.Forbidden:
		status, title = http.StatusForbidden, "Not now"
	case fault.Kin:
		status, title = http.StatusForbidden, "About your own family"
	case fault.TooLarge:
		status, title = http.StatusRequestEntityTooLarge, "Too large"
	case fault.Unavailable:
		status, title = http.StatusServiceUnavailable, "Please try again"
	}
	sentence, safe := fault.Sentence(err)
	ref := ""
	if !safe || status == http.StatusInternalServerError {
		var b [5]byte
		_, _ = rand.Read(b[:])
		ref = fmt.Sprintf("%x", b)
		if !safe {
			sentence = ourFault
		}
		s.Log.Error("request failed", "reference", ref, "method", q.R.Method, "path", q.R.URL.Path, "error", err.Error())
	}
	if q.Frame.Path == "" {
		q.Frame = s.plainFrame(q)
	}
	_ = q.PageStatus(status, s.Trouble(q, status, title, sentence, ref))
}

// plainFrame is the frame, or an empty one when the frame itself is what fails.
func (s *Server) plainFrame(q *Req) (f Frame) {
	defer func() {
		if recover() != nil {
			f = Frame{Path: q.R.URL.Path}
		}
	}()
	return s.Frame(q)
}

// Context is the request's.
func (q *Req) Context() context.Context { return q.R.Context() }

// Page writes a page.
func (q *Req) Page(c Component) error { return q.PageStatus(http.StatusOK, c) }

// Again writes a form again with its errors (422), so that nothing typed is lost.
func (q *Req) Again(c Component) error { return q.PageStatus(http.StatusUnprocessableEntity, c) }

// PageStatus writes a page with a status.
func (q *Req) PageStatus(status int, c Component) error {
	if q.Frame.Flash != "" && q.R.Method == http.MethodGet {
		dropFlash(q.W)
	}
	q.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.W.Header().Set("Cache-Control", "no-store")
	q.W.WriteHeader(status)
	return c.Render(q.R.Context(), q.W)
}

// Export sends a file with personal data. It is in the trail before the first byte goes out; when it can't be written there, nothing goes out.
func (q *Req) Export(about string, key int64, words, name, contentType string, body []byte) error {
	if err := q.written(trail.Entry{Kind: trail.Export, About: about, Key: key, Words: words}); err != nil {
		return err
	}
	return q.Download(name, contentType, body)
}

// Print writes a page that is made for paper and has personal data on it, and notes it in the trail as Export does.
func (q *Req) Print(about string, key int64, words string, c Component) error {
	if err := q.written(trail.Entry{Kind: trail.Print, About: about, Key: key, Words: words}); err != nil {
		return err
	}
	return q.Page(c)
}

func (q *Req) written(e trail.Entry) error {
	if q.note == nil {
		return nil
	}
	if err := q.note(q.Context(), q.Pass, e); err != nil {
		return fault.Wrap(fault.Unavailable, err, "This could not be written into the trail of who sees what, so it was not given out. Try again in a minute; if it stays like this, tell the person who looks after Ajar.")
	}
	return nil
}

// Download sends a file under a name. One with personal data goes through Export.
func (q *Req) Download(name, contentType string, body []byte) error {
	if strings.HasSuffix(name, ".zip") {
		contentType = "application/zip" // the refused rows of several files, which callers may think of as one CSV
	}
	q.W.Header().Set("Content-Type", contentType)
	q.W.Header().Set("Cache-Control", "no-store")
	q.W.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, err := q.W.Write(body)
	return err
}

// Local tells whether an address stays within Ajar: a path that begins with one slash, with nothing in it that browsers drop or bend.
// Browsers read "/\t/example.org" and "/\\example.org" as another site.
func Local(address string) bool {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.Contains(address, "\\") || strings.ContainsFunc(address, unicode.IsControl) {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && !strings.HasPrefix(u.Path, "//")
}

// Source is where a request comes from: the peer, or whom a named proxy asks for, which the edge has put in its place.
func Source(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Go sends the browser on after an action, with a sentence to show once; empty for none. It only goes to pages of our own: an
// address that leads elsewhere becomes the first page, since what was done is done.
func (q *Req) Go(to, flash string) error {
	if !Local(to) {
		to = "/"
	}
	if flash != "" {
		setFlash(q.W, q.R, flash)
	}
	http.Redirect(q.W, q.R, to, http.StatusSeeOther)
	return nil
}

// Text is a field of the form or the address, trimmed, with line ends as \n.
func (q *Req) Text(name string) string { return clean(q.R.FormValue(name)) }

// Texts are all the values of a field.
func (q *Req) Texts(name string) []string {
	_ = q.R.FormValue(name) // reads the form, whichever way it was sent
	var out []string
	for _, v := range q.R.Form[name] {
		out = append(out, clean(v))
	}
	return out
}

// clean makes what was sent a text: PostgreSQL refuses broken UTF-8 and the character 0, and SQLite would keep them.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

// Checked tells whether a box was ticked.
func (q *Req) Checked(name string) bool { return q.R.FormValue(name) != "" }

// PathID reads a key out of the address; a wrong one is simply not there.
func PathID[T any](q *Req, name string) (ids.ID[T], error) {
	id, err := ids.Parse[T](q.R.PathValue(name))
	if err != nil {
		return 0, fault.Gone("page")
	}
	return id, nil
}

// FormID reads a key out of a form field; zero when it is empty or wrong.
func FormID[T any](q *Req, name string) ids.ID[T] {
	id, err := ids.Parse[T](q.Text(name))
	if err != nil {
		return 0
	}
	return id
}

const flashCookie = "ajar_flash"

// maxFlash keeps the cookie below the 4 KB from which browsers drop it.
const maxFlash = 2000

func setFlash(w http.ResponseWriter, r *http.Request, text string) {
	if len(text) > maxFlash {
		text = strings.ToValidUTF8(text[:maxFlash], "") + "…"
	}
	c := Cookie(flashCookie, base64.RawURLEncoding.EncodeToString([]byte(text)), time.Minute, Secure(r))
	http.SetCookie(w, c)
}

// flashOf reads the sentence without using it up: only a page that shows it does that, so that a picture or a redirect on the way does not.
func flashOf(r *http.Request) string {
	c, err := r.Cookie(flashCookie)
	if err != nil || r.Method != http.MethodGet {
		return ""
	}
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(string(b), "")
}

func dropFlash(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// headers sets what every answer carries. Styles and scripts come from Ajar alone, nothing is framed, and no address leaks to other sites.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		next.ServeHTTP(w, r)
	})
}

var zips = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed); return z }}

type zipped struct {
	http.ResponseWriter
	z       *gzip.Writer
	decided bool
}

// decide compresses text that was not compressed already.
func (w *zipped) decide() {
	if w.decided {
		return
	}
	w.decided = true
	h := w.Header()
	ct := h.Get("Content-Type")
	if h.Get("Content-Encoding") != "" || !(strings.HasPrefix(ct, "text/") || strings.Contains(ct, "json") || strings.Contains(ct, "javascript") || strings.Contains(ct, "svg")) {
		return
	}
	h.Set("Content-Encoding", "gzip")
	h.Del("Content-Length")
	w.z = zips.Get().(*gzip.Writer)
	w.z.Reset(w.ResponseWriter)
}

func (w *zipped) WriteHeader(status int) {
	if status >= http.StatusOK && status != http.StatusNoContent && status != http.StatusNotModified {
		w.decide()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *zipped) Write(b []byte) (int, error) {
	w.decide()
	if w.z != nil {
		return w.z.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Flush sends what has been written so far, for answers that come bit by bit.
func (w *zipped) Flush() {
	w.decide()
	if w.z != nil {
		_ = w.z.Flush()
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach deadlines.
func (w *zipped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// takesGzip reads Accept-Encoding; "gzip;q=0" is a no.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		_, q, given := strings.Cut(weight, "=")
		n, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
		return !given || err == nil && n > 0
	}
	return false
}

func zip(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !takesGzip(r) || r.Header.Get("Range") != "" {
			next.ServeHTTP(w, r)
			return
		}
		zw := &zipped{ResponseWriter: w}
		next.ServeHTTP(zw, r)
		if zw.z != nil {
			_ = zw.z.Close()
			zw.z.Reset(io.Discard)
			zips.Put(zw.z)
		}
	})
}

// Cookie makes a session cookie that scripts cannot read and that other sites cannot send along with a form.
func Cookie(name, value string, age time.Duration, secure bool) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode, MaxAge: int(age.Seconds())}
}
