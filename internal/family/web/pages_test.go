package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/say"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// threshold is the family's door over a real store: Amira and Ben with their mother, who reads Urdu.
type threshold struct {
	t            *testing.T
	s            *family.Service
	h            http.Handler
	amira        roll.PupilID
	mother, dad  roll.AdultID
	cookies      map[string]string
	lastLocation string
}

func openDoor(t *testing.T) *threshold {
	t.Helper()
	d := testkit.Open(t, filepath.Join(t.TempDir(), "ajar.db"), []db.Migrations{batch.Migrations(), roll.Migrations(), family.Migrations()})
	x := &threshold{t: t, s: family.New(d, roll.New(d, batch.New(d))), cookies: map[string]string{}}
	gate := access.NewGate(family.Rights(), roll.Rights())
	srv := &web.Server{Gate: gate, Routes: Door(x.s), SignIn: EnterPath, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Identify: x.s.Identify, Frame: Frame, Trouble: Trouble}
	var err error
	if x.h, err = srv.Handler(); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(d.Update(ctx, access.Installation("test"), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into roll_org (id, code, name, type, made_ms) values ($1, 'OAK', 'Harrowmere High School', 'school', 1)`, testkit.OrgA)
		return err
	}))
	must(d.Update(ctx, testkit.A(), func(tx *db.Tx) error {
		put := func(sql string, args ...any) {
			_, err := tx.Exec(sql, args...)
			must(err)
		}
		x.mother, x.dad = ids.New[roll.Adult](), ids.New[roll.Adult]()
		put(`insert into roll_adult (org_id, id, forename, surname, name, postcode, address, speaks, reads, needs) values ($1, $2, 'Sana', 'Khan', 'Sana Khan', 'QX1 1AA', '4 Elm Row, Harrowmere', 'Urdu', 'Urdu', 'A quiet room')`, x.mother)
		put(`insert into roll_adult (org_id, id, forename, surname, name, postcode) values ($1, $2, 'Imran', 'Khan', 'Imran Khan', 'QX9 9ZZ')`, x.dad)
		for i, n := range []string{"07700 900111", "07700 900112"} {
			put(`insert into roll_channel (org_id, id, adult_id, kind, value, folded, place) values ($1, $2, $3, 'phone', $4, $4, $5)`, ids.New[roll.Channel](), x.mother, n, i+1)
		}
		put(`insert into roll_setting (org_id, name, value, at_ms) values ($1, 'school.phone', '01632 960001', 1)`)
		for i, child := range []string{"Amira", "Ben"} {
			p := ids.New[roll.Pupil]()
			if i == 0 {
				x.amira = p
			}
			put(`insert into roll_pupil (org_id, id, local_id, upn, forename, surname, date_of_birth, year, address, postcode, first_language, sen) values ($1, $2, $3, 'H801200001001', $3, 'Khan', '2015-03-27', '7', '4 Elm Row', 'QX1 1AA', 'Urdu', 'K')`, p, child)
			put(`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship, responsibility, lives_with, priority) values ($1, $2, $3, $4, 'Mother', 'yes', 1, 1)`, ids.New[roll.Tie](), p, x.mother)
			if i == 0 {
				put(`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship, responsibility, lives_with) values ($1, $2, $3, $4, 'Father', 'yes', 0)`, ids.New[roll.Tie](), p, x.dad)
			}
		}
		return nil
	}))
	return x
}

func (x *threshold) issue(adult roll.AdultID) family.Made {
	x.t.Helper()
	var m family.Made
	if err := x.s.DB.Update(context.Background(), testkit.A(), func(tx *db.Tx) (err error) {
		m, err = x.s.Issue(tx, family.Wanted{Adult: adult, Pupil: x.amira})
		return err
	}); err != nil {
		x.t.Fatal(err)
	}
	return m
}

// ask sends a request as a browser does, with the cookies it has been given.
func (x *threshold) ask(method, path string, form url.Values) (int, string) {
	x.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range x.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	x.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if x.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(x.cookies, c.Name)
		}
		if c.Name == family.CookieName && (!c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/f") {
			x.t.Errorf("the cookie is %+v", c)
		}
	}
	x.lastLocation = w.Header().Get("Location")
	return w.Code, w.Body.String()
}

func (x *threshold) get(path string) string {
	x.t.Helper()
	status, body := x.ask(http.MethodGet, path, nil)
	if status != http.StatusOK {
		x.t.Fatalf("GET %s: %d, to %s\n%s", path, status, x.lastLocation, body)
	}
	return body
}

func (x *threshold) see(page string, want ...string) {
	x.t.Helper()
	for _, w := range want {
		if !strings.Contains(page, w) {
			x.t.Errorf("the page does not say %q:\n%s", w, page)
		}
	}
}

func (x *threshold) goes(status int, to string) {
	x.t.Helper()
	if status != http.StatusSeeOther || x.lastLocation != to {
		x.t.Fatalf("%d to %q, want to %q", status, x.lastLocation, to)
	}
}

func (x *threshold) letIn() {
	x.t.Helper()
	m := x.issue(x.mother)
	status, _ := x.ask("POST", LinkPath(m.Secret), nil)
	x.goes(status, EnterPath)
	status, _ = x.ask("POST", factPath, url.Values{"kind": {"birth"}, "answer-day": {"27"}, "answer-month": {"3"}, "answer-year": {"2015"}, "reader": {x.reader()}})
	x.goes(status, EnterPath)
}

func (x *threshold) reader() string {
	q, err := x.s.Question(context.Background(), x.cookies[family.CookieName], 0, "")
	if err != nil {
		x.t.Fatal(err)
	}
	return q.Reader.String()
}

// The whole way of a parent, page by page, in English: letter, code, fact, page, details.
func TestTheWayIn(t *testing.T) {
	x := openDoor(t)
	x.cookies[tongueCookie] = "en"
	m := x.issue(x.mother)
	for _, method := range []string{"GET", "HEAD", "GET"} {
		if status, body := x.ask(method, LinkPath(m.Secret), nil); status != 200 || method == "GET" && !strings.Contains(body, "Something for you from Harrowmere High School") || strings.Contains(body, "Sana") {
			t.Errorf("%s: %d\n%s", method, status, body)
		}
	}
	if len(x.cookies) != 1 {
		t.Errorf("looking gave a cookie: %v", x.cookies)
	}
	x.see(x.get(EnterPath), "Type the code from your letter")
	status, body := x.ask("POST", codePath, url.Values{"code": {"7KQ2"}})
	if status != 422 || !strings.Contains(body, `value="7KQ2"`) || !strings.Contains(body, "wrong or missing") {
		t.Errorf("a slip: %d\n%s", status, body)
	}
	status, _ = x.ask("POST", codePath, url.Values{"code": {strings.ToLower(m.Code)}})
	x.goes(status, EnterPath)
	status, _ = x.ask("GET", ChildPath(x.amira), nil)
	x.goes(status, factPath+"?next="+url.QueryEscape(ChildPath(x.amira)))
	x.see(x.get(factPath), "What is the date of birth of one of your children at this school?", "Ask me something else")
	x.see(x.get(factPath+"?ask=phone&reader="+x.reader()), "last three numbers")
	status, body = x.ask("POST", factPath, url.Values{"kind": {"birth"}, "reader": {x.reader()}, "answer-day": {"1"}, "answer-month": {"3"}, "answer-year": {"2015"}})
	if status != 422 || !strings.Contains(body, "The school has something else") || !strings.Contains(body, `value="2015"`) {
		t.Errorf("a wrong answer: %d\n%s", status, body)
	}
	status, _ = x.ask("POST", factPath, url.Values{"kind": {"postcode"}, "answer": {"qx11aa"}, "reader": {x.reader()}, "next": {"https://elsewhere.example/f/"}})
	x.goes(status, EnterPath)
	x.see(x.get(EnterPath), "Hello Sana", "Amira Khan", "Ben Khan", "Your phones and computers")
	child := x.get(ChildPath(x.amira))
	x.see(child, "27 March 2015", "4 Elm Row", "Gets extra support in school", "senior leaders")
	for _, secret := range []string{"Imran", "QX9 9ZZ"} {
		if strings.Contains(child, secret) {
			t.Errorf("the page of the child shows %q of the other parent", secret)
		}
	}
	form := url.Values{}
	for _, f := range ownFields(say.Tongue("en"), roll.Adult{Name: "Sana Khan", Postcode: "QX1 1AA", Address: "4 Elm Row, Harrowmere", Speaks: "Urdu", Reads: "Urdu", Needs: "A quiet room", Channels: []roll.Channel{{Kind: "phone", Value: "07700 900111"}, {Kind: "phone", Value: "07700 900112"}}}) {
		form.Set(f.Name, f.Value)
		form.Set("was_"+f.Name, f.Was)
	}
	if status, body := x.ask("POST", changePath, form); status != 422 || !strings.Contains(body, "You have not changed anything yet") {
		t.Errorf("nothing changed: %d", status)
	}
	form.Set("phone_1", "12")
	if status, body := x.ask("POST", changePath, form); status != 422 || !strings.Contains(body, `value="12"`) || !strings.Contains(body, "is not a whole phone number") {
		t.Errorf("a bad phone: %d", status)
	}
	form.Set("phone_1", "07700 900333")
	status, _ = x.ask("POST", changePath, form)
	x.goes(status, MePath)
	x.see(x.get(MePath), "From 07700 900111 to 07700 900333", "Waits for the school", "Take it back")
	x.see(x.get(EnterPath), "1 change waits for the school")
	status, _ = x.ask("POST", closePath, nil)
	x.goes(status, EnterPath)
	status, _ = x.ask("GET", MePath, nil)
	x.goes(status, EnterPath+"?next="+url.QueryEscape(MePath))
}

// A link that is over, taken back, guessed or another's opens one and the same page, and the offer of a new one always says the same.
func TestDeadLinksLookAlike(t *testing.T) {
	x := openDoor(t)
	x.cookies[tongueCookie] = "en"
	m := x.issue(x.mother)
	x.issue(x.mother)
	var pages []string
	for _, secret := range []string{m.Secret, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "..", "xyzzyxyzzy"} {
		status, body := x.ask("GET", LinkPath(secret), nil)
		if status != http.StatusGone && secret != ".." {
			t.Errorf("%s: %d", secret, status)
		}
		if status == http.StatusGone {
			pages = append(pages, mainOf(t, strings.ReplaceAll(body, secret, "SECRET")))
		}
		status, body = x.ask("POST", linkNewPath(secret), nil)
		if status == http.StatusOK && !strings.Contains(body, "If the school knows this link") {
			t.Errorf("%s: %s", secret, body)
		}
	}
	for _, p := range pages[1:] {
		if p != pages[0] {
			t.Errorf("one reads\n%s\nthe other\n%s", pages[0], p)
		}
	}
}

func mainOf(t *testing.T, page string) string {
	t.Helper()
	n, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if m := cascadia.MustCompile("main").MatchFirst(n); m != nil {
		_ = html.Render(&b, m)
	}
	return b.String()
}

// budget is what a page of the door and its styles may weigh on the wire, in any language: one round of TCP's first answer.
const budget = 14 * 1024

// Each page in each language weighs less than the budget together with the style sheet, says which language it is in and from which side it is read, and
// needs no script.
func TestPagesAreLight(t *testing.T) {
	x := openDoor(t)
	css := zipped(t, style(t))
	link := x.issue(x.mother)
	x.letIn()
	x.cookies[tongueCookie] = "en"
	heaviest := 0
	for _, l := range say.Tongues() {
		x.cookies[tongueCookie] = l.Tag()
		before := x.cookies[family.CookieName]
		for _, path := range []string{EnterPath, ChildPath(x.amira), MePath, changePath, DevicesPath, PrivacyPath, LinkPath(link.Secret), "/f/nothing"} {
			_, page := x.ask(http.MethodGet, path, nil)
			size := len(zipped(t, []byte(page))) + len(css)
			heaviest = max(heaviest, size)
			if size > budget {
				t.Errorf("%s in %s: %d bytes with its styles, %d are allowed", path, l.English(), size, budget)
			}
			if !strings.Contains(page, fmt.Sprintf(`<html lang="%s" dir="%s"`, l.Tag(), l.Dir())) || strings.Contains(page, "<script") || strings.Contains(page, "{") || strings.Contains(page, "style=") {
				t.Errorf("%s in %s: no language, a script, or a place left open:\n%.900s", path, l.English(), page)
			}
		}
		delete(x.cookies, family.CookieName)
		for _, path := range []string{EnterPath, LinkPath(link.Secret), LinkPath("aaaaaaaaaaaaaaaaaaaaaaaaaaaa")} {
			_, page := x.ask(http.MethodGet, path, nil)
			if size := len(zipped(t, []byte(page))) + len(css); size > budget {
				t.Errorf("%s in %s: %d bytes with its styles", path, l.English(), size)
			}
		}
		x.cookies[family.CookieName] = before
	}
	t.Logf("the heaviest page weighs %d bytes with its styles", heaviest)
}

func style(t *testing.T) []byte {
	w := httptest.NewRecorder()
	ui.Static().ServeHTTP(w, httptest.NewRequest("GET", ui.Asset("leaf.css"), nil))
	if w.Code != 200 {
		t.Fatalf("no style sheet: %d", w.Code)
	}
	return w.Body.Bytes()
}

func zipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // as kit/web does
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	_ = z.Close()
	return out.Bytes()
}

// The square holds the address, drawn as a plain picture with a quiet margin.
func TestSquare(t *testing.T) {
	var b strings.Builder
	if err := Square("https://ajar.example/f/l/"+strings.Repeat("a", 32)).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "<svg") || !strings.Contains(b.String(), "M4 4h1v1h-1z") || strings.Contains(b.String(), "M0 ") {
		t.Errorf("%.200s", b.String())
	}
	b.Reset()
	if err := Square(strings.Repeat("a", 9000)).Render(context.Background(), &b); err != nil || b.Len() != 0 {
		t.Errorf("an address that is too long: %v %.80s", err, b.String())
	}
}
