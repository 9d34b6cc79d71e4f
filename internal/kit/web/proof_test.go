package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
)

type sentence string

func (s sentence) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(s))
	return err
}

// What a route asks of a session that has not proved a second factor or is locked, and what becomes of a form that it sends.
func TestProofAndLock(t *testing.T) {
	plain := access.Right{Key: "a.plain", Words: "x", Roles: map[access.Role]access.Scope{"r": access.All}}
	heavy := access.Right{Key: "a.heavy", Words: "x", Roles: map[access.Role]access.Scope{"r": access.All}, Proof: true}
	others := access.Right{Key: "a.others", Words: "x", Roles: map[access.Role]access.Scope{"s": access.All}, Proof: true}
	var who access.Who
	var held url.Values
	refuse := false
	ok := func(q *Req) error { return q.Page(sentence("done")) }
	s := &Server{Gate: access.NewGate([]access.Right{plain, heavy, others}), SignIn: "/in", Prove: "/prove", Unlock: "/unlock", Log: slog.New(slog.DiscardHandler),
		Identify: func(*http.Request) (access.Who, bool, error) { return who, true, nil },
		Frame:    func(q *Req) Frame { return Frame{Path: q.R.URL.Path} },
		Trouble:  func(_ *Req, _ int, _, said, _ string) Component { return sentence(said) },
		Hold: func(r *http.Request) (string, error) {
			if refuse {
				return "", fault.New(fault.TooLarge, "too long")
			}
			held = r.PostForm
			return "key&1", nil
		},
		Routes: []Route{{Pattern: "GET /plain", Need: For(plain), Handle: ok}, {Pattern: "GET /weighty", Need: For(plain).Proved(), Handle: ok}, {Pattern: "GET /heavy", Need: For(heavy), Handle: ok},
			{Pattern: "POST /heavy", Need: For(heavy), Handle: ok}, {Pattern: "GET /others", Need: For(others), Handle: ok}, {Pattern: "GET /signed", Need: SignedIn(), Handle: ok},
			{Pattern: "GET /open", Need: Public("test"), Handle: func(q *Req) error {
				if q.Locked && q.Pass.Valid() {
					t.Error("a locked session has a pass")
				}
				return q.Page(sentence("open"))
			}}}}
	h, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path string, header ...string) (int, string) {
		r := httptest.NewRequest(method, path, strings.NewReader("words=half+a+sentence"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Header().Get("Location")
	}
	unproved := access.Who{Org: 1, Name: "x", Roles: []access.Role{"r"}}
	proved, locked := unproved, unproved
	proved.SecondFactorMs = 1
	locked.SecondFactorMs, locked.Locked = 1, true
	for _, c := range []struct {
		who          access.Who
		method, path string
		code         int
		to           string
	}{
		{unproved, "GET", "/plain", 200, ""}, {unproved, "GET", "/signed", 200, ""}, {unproved, "GET", "/weighty", 303, "/prove?next=%2Fweighty"}, {unproved, "GET", "/heavy?a=b", 303, "/prove?next=%2Fheavy%3Fa%3Db"},
		{unproved, "POST", "/heavy", 303, "/prove?held=key%261"}, {unproved, "GET", "/others", 404, ""}, {proved, "GET", "/heavy", 200, ""}, {proved, "POST", "/heavy", 200, ""}, {proved, "GET", "/others", 404, ""},
		{locked, "GET", "/plain", 303, "/unlock?next=%2Fplain"}, {locked, "GET", "/signed", 303, "/unlock?next=%2Fsigned"}, {locked, "GET", "/others", 303, "/unlock?next=%2Fothers"}, {locked, "POST", "/heavy", 303, "/unlock?held=key%261"}, {locked, "GET", "/open", 200, ""},
	} {
		who, held = c.who, nil
		if code, to := ask(c.method, c.path); code != c.code || to != c.to {
			t.Errorf("%s %s, proved %d, locked %v: %d %q, want %d %q", c.method, c.path, c.who.SecondFactorMs, c.who.Locked, code, to, c.code, c.to)
		}
		if c.method == "POST" && c.code == 303 && held.Get("words") != "half a sentence" {
			t.Errorf("what was sent is not held: %v", held)
		}
	}
	who = locked
	if code, _ := ask("POST", "/heavy", "Ajar-Autosave", "1"); code != 403 {
		t.Errorf("a draft: %d", code)
	}
	refuse = true
	if code, _ := ask("POST", "/heavy"); code != http.StatusRequestEntityTooLarge {
		t.Errorf("too long to be held: %d", code)
	}
}
