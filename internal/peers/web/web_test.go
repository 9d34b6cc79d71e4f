package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/web"
	"ajar/internal/peers"
	"ajar/internal/roll"
)

type plainPage string

func (p plainPage) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(p))
	return err
}

// house is the whole mux with two schools of one cluster.
type house struct {
	*testing.T
	mux http.Handler
	who access.Who
	oak access.Who
	ash access.Who
}

func (x *house) must(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

func open(t *testing.T) *house {
	d := testkit.Open(t, filepath.Join(t.TempDir(), "ajar.db"), []db.Migrations{batch.Migrations(), roll.Migrations(), audit.Migrations(), peers.Migrations()})
	r := roll.New(d, batch.New(d))
	gate := access.NewGate(roll.Rights(), audit.Rights(), peers.Rights())
	x := &house{T: t}
	_, err := r.AddOrg(t.Context(), "test", roll.Org{Code: "LINKS", Name: "Links", Type: "cluster"}, "")
	x.must(err)
	a := audit.New(d, r)
	for code, who := range map[string]*access.Who{"OAK": &x.oak, "ASH": &x.ash} {
		o, err := r.AddOrg(t.Context(), "test", roll.Org{Code: code, Name: code + " House", Type: "school"}, "LINKS")
		x.must(err)
		*who = access.Who{Org: int64(o.ID), OrgName: o.Name, Staff: 1, Name: "Head of " + code, Roles: []access.Role{roll.Head}, SecondFactorMs: 1}
		head := gate.Admit(*who)
		id, err := a.Start(t.Context(), head, audit.Setup{Framework: "engagement", Scope: audit.School})
		x.must(err)
		x.must(a.Agree(t.Context(), head, id, "V1", map[string]int{"OAK": 4, "ASH": 1}[code], "We looked."))
		x.must(a.Close(t.Context(), head, id))
		x.must(d.Update(t.Context(), access.System("test", int64(o.ID)), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, $2, 'P1', 'Amira', 'Khan', '7', 'khan')`, ids.New[roll.Pupil]())
			return err
		}))
	}
	server := &web.Server{Gate: gate, Routes: Manifest(peers.New(d, r)).Routes, Log: slog.New(slog.DiscardHandler), SignIn: "/sign-in",
		Identify: func(*http.Request) (access.Who, bool, error) { return x.who, x.who.Org != 0, nil },
		Frame:    func(q *web.Req) web.Frame { return web.Frame{Org: "Test", Path: q.R.URL.Path} },
		Trouble:  func(_ *web.Req, _ int, _, sentence, _ string) web.Component { return plainPage(sentence) }}
	x.mux, err = server.Handler()
	x.must(err)
	return x
}

func (x *house) get(who access.Who, path string) string {
	x.Helper()
	x.who = who
	w := httptest.NewRecorder()
	x.mux.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	if w.Code != 200 {
		x.Fatalf("%s: %d", path, w.Code)
	}
	return w.Body.String()
}

func (x *house) post(who access.Who, path string, form url.Values) (int, string, string) {
	x.Helper()
	x.who = who
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	x.mux.ServeHTTP(w, r)
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

// From the offer to a visit that both have written down. A child's name stops each form, with what was typed still in it, and goes through only when a person
// says that it is nobody's.
func TestP02FromAnOfferToAVisit(t *testing.T) {
	x := open(t)
	if body := x.get(x.oak, "/peers/offers/new"); !strings.Contains(body, "✓ V1 One named leader") || !strings.Contains(body, ">V2 All staff") {
		t.Error("the strengths are not marked")
	}
	form := url.Values{"about": {"engagement/vision/V1"}, "words": {"Come and see how Amira Khan's class begins the day."}, "until": {"20 7 2099"}}
	code, _, body := x.post(x.oak, "/peers/offers", form)
	if code != 422 || !strings.Contains(body, "is also the name of a pupil on your roll") || !strings.Contains(body, "how Amira Khan&#39;s class begins") || !strings.Contains(body, `name="no_name"`) || strings.Contains(body, `name="no_worry"`) {
		t.Errorf("%d %s", code, body)
	}
	if body := x.get(x.ash, "/peers"); strings.Contains(body, "Amira") || strings.Contains(body, "OAK House") {
		t.Error("what was refused can be read")
	}
	form.Set("words", "Come and see how our day begins.")
	if code, to, body := x.post(x.oak, "/peers/offers", form); code != 303 || to != "/peers" {
		t.Fatalf("%d %s %s", code, to, body)
	}
	ask := regexp.MustCompile(`/peers/offers/[0-9a-z]+/ask`).FindString(x.get(x.ash, "/peers"))
	if ask == "" || strings.Contains(x.get(x.oak, "/peers"), "/ask") {
		t.Fatal("the offer is not where it belongs")
	}
	_, exchange, _ := x.post(x.ash, ask, url.Values{"words": {"May two of us come?"}})
	if code, _, body := x.post(x.oak, exchange+"/answer", url.Values{"answer": {"Yes."}}); code != 422 || !strings.Contains(body, "Choose one of the two.") {
		t.Errorf("%d %s", code, body)
	}
	if code, _, _ := x.post(x.oak, exchange+"/answer", url.Values{"yes": {"yes"}, "answer": {"Ring the office."}}); code != 303 {
		t.Errorf("answer: %d", code)
	}
	visit := url.Values{"on": {"1 9 2025"}, "about": {"We met Amira."}, "next": {"Nothing."}}
	if code, _, body := x.post(x.ash, exchange+"/visits", visit); code != 422 || !strings.Contains(body, "We met Amira.") || !strings.Contains(body, `name="no_name"`) {
		t.Errorf("%d %s", code, body)
	}
	visit.Set("no_name", "1")
	if code, _, _ := x.post(x.ash, exchange+"/visits", visit); code != 303 {
		t.Errorf("a person said that it is nobody's: %d", code)
	}
	body = x.get(x.oak, exchange)
	key := regexp.MustCompile(`name="visit" value="([0-9a-z]+)"`).FindStringSubmatch(body)
	if key == nil || !strings.Contains(body, "One side so far") {
		t.Fatal("the other side can't write its own")
	}
	if code, _, body := x.post(x.oak, exchange+"/visits", url.Values{"visit": {key[1]}, "about": {""}, "next": {"x"}}); code != 422 || strings.Count(body, "Write what it was about.") != 2 {
		t.Errorf("%d, %d times", code, strings.Count(body, "Write what it was about."))
	}
	if code, _, _ := x.post(x.oak, exchange+"/visits", url.Values{"visit": {key[1]}, "about": {"Two came."}, "next": {"Nothing."}}); code != 303 {
		t.Errorf("our side: %d", code)
	}
	for _, who := range []access.Who{x.oak, x.ash} {
		if body := x.get(who, exchange); !strings.Contains(body, "Written down on both sides") || !strings.Contains(body, "Two came.") {
			t.Errorf("%s does not read both", who.OrgName)
		}
	}
}
