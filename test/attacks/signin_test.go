package attacks

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"ajar/internal/admin"
	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
)

const (
	headName     = "Yasmin Thornbury"
	headAddress  = "head@harrowmere.example"
	headPassword = "kettle drum under seven maps"
)

// byLink signs somebody of the demo's school in as themselves, not as one who looks around.
func (s *site) byLink(name string) *visitor {
	s.t.Helper()
	o, err := s.app.Roll.OrgByCode(s.t.Context(), "HARROWMERE")
	if err != nil {
		s.t.Fatal(err)
	}
	secret, err := s.app.Admin.Link(s.t.Context(), o, name, "")
	if err != nil {
		s.t.Fatal(err)
	}
	v := s.stranger()
	v.name = name
	if a := v.post("/link/"+secret, nil); a.status != http.StatusSeeOther {
		s.t.Fatalf("the link answers %d", a.status)
	}
	return v
}

// withPassword gives the head an address and a password.
func (s *site) withPassword() *visitor {
	s.t.Helper()
	s.app.Admin.Hash = admin.NewHasher(64, 1)
	o, err := s.app.Roll.OrgByCode(s.t.Context(), "HARROWMERE")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.app.DB.Update(s.t.Context(), access.System("test", int64(o.ID)), func(tx *db.Tx) error {
		_, err := tx.Exec(`update roll_staff set email = $2 where org_id = $1 and name = $3`, headAddress, headName)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	v := s.byLink(headName)
	if a := v.post("/account/password", url.Values{"password": {headPassword}}); a.status != http.StatusSeeOther {
		s.t.Fatalf("choosing a password answers %d: %s", a.status, text(a))
	}
	return v
}

// app sets up an authenticator app and gives its key.
func (v *visitor) app() string {
	v.s.t.Helper()
	page := v.get("/account/app")
	_, rest, _ := strings.Cut(page.body, `class="ajar-key">`)
	shown, _, _ := strings.Cut(rest, "<")
	key := strings.ReplaceAll(shown, " ", "")
	for _, f := range page.forms() {
		if f.action == "/account/app" {
			if a := v.send(f, url.Values{"code": {v.s.code(key)}}); a.status != http.StatusOK || !strings.Contains(a.body, "Your recovery codes") {
				v.s.t.Fatalf("%d %s", a.status, text(a))
			}
			return key
		}
	}
	v.s.t.Fatalf("there is no form to set up an app: %d %s", page.status, text(page))
	return ""
}

func (s *site) code(key string) string {
	code, err := totp.GenerateCode(key, s.app.DB.Clock().Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return code
}

func (s *site) later(d time.Duration) { s.app.DB.SetClock(clock.At(testkit.Day.Add(d))) }

func (v *visitor) cookie() string {
	base, _ := url.Parse(v.s.url)
	for _, c := range v.http.Jar.Cookies(base) {
		if c.Name == admin.CookieName {
			return c.Value
		}
	}
	return ""
}

func (v *visitor) signIn(address, password, next string) answer {
	return v.post("/sign-in", url.Values{"address": {address}, "password": {password}, "next": {next}})
}

// Every page and form behind a right that asks for a second step leads an unproved session there first, and does nothing.
func TestNothingWithoutTheSecondStep(t *testing.T) {
	s := open(t)
	v := s.byLink(headName)
	before := s.rows("HARROWMERE")
	tried := 0
	for _, r := range s.app.Routes() {
		if !r.Need.WantsProof() {
			continue
		}
		tried++
		method, pattern, _ := strings.Cut(r.Pattern, " ")
		path := filled(pattern, "0000000000001")
		if method == "GET" {
			if a := v.get(path); a.status != http.StatusSeeOther && a.status != http.StatusNotFound || a.status == http.StatusSeeOther && !strings.HasPrefix(a.header.Get("Location"), "/prove?next=") {
				t.Errorf("%s: %d %s", r.Pattern, a.status, a.header.Get("Location"))
			}
			continue
		}
		if a := v.post(path, url.Values{"x": {"1"}}); a.status == http.StatusSeeOther && !strings.HasPrefix(a.header.Get("Location"), "/prove?held=") || a.status == http.StatusOK {
			t.Errorf("%s: %d %s", r.Pattern, a.status, a.header.Get("Location"))
		}
	}
	if tried < 60 {
		t.Errorf("only %d routes ask for a second step; the search is broken", tried)
	}
	same(t, "an unproved session", before, s.rows("HARROWMERE"))
	s.noneFailed()
}

// A session that is planted before signing in, by password or by a second step, is worth nothing after it.
func TestPlantedSessionsAreWorthNothing(t *testing.T) {
	s := open(t)
	owner := s.withPassword()
	planted := s.byLink("Declan Frost").cookie() // a thief's own session, put into the victim's browser
	v := s.stranger()
	base, _ := url.Parse(s.url)
	v.http.Jar.SetCookies(base, []*http.Cookie{{Name: admin.CookieName, Value: planted, Path: "/"}})
	if a := v.signIn(headAddress, headPassword, ""); a.status != http.StatusSeeOther {
		t.Fatal(a.status)
	}
	before := v.cookie()
	if before == planted || before == "" {
		t.Error("signing in kept the planted session")
	}
	thief := s.stranger()
	thief.http.Jar.SetCookies(base, []*http.Cookie{{Name: admin.CookieName, Value: planted, Path: "/"}})
	if a := thief.get("/account"); a.status != http.StatusSeeOther {
		t.Errorf("the planted session is open: %d", a.status)
	}
	key := owner.app()
	s.later(time.Minute)
	if a := v.post("/prove/code", url.Values{"code": {s.code(key)}}); a.status != http.StatusSeeOther || v.cookie() == before {
		t.Fatalf("%d, and the cookie is the same: %v", a.status, v.cookie() == before)
	}
	thief.http.Jar.SetCookies(base, []*http.Cookie{{Name: admin.CookieName, Value: before, Path: "/"}})
	if a := thief.get("/account"); a.status != http.StatusSeeOther {
		t.Errorf("the cookie from before the second step is open: %d", a.status)
	}
	s.noneFailed()
}

// Whoever signs in is told the same whether the address is known or not, at the door and where a link is asked for.
func TestTheDoorSaysTheSameToEverybody(t *testing.T) {
	s := open(t)
	s.withPassword()
	strip := func(a answer, typed string) string { return strings.ReplaceAll(text(a), typed, "") }
	v := s.stranger()
	runs := s.app.Admin.Hash.Runs()
	known := v.signIn(headAddress, "a wrong password", "")
	mid := s.app.Admin.Hash.Runs()
	unknown := v.signIn("nobody@nowhere.example", "a wrong password", "")
	if known.status != unknown.status || strip(known, headAddress) != strip(unknown, "nobody@nowhere.example") || len(known.header.Values("Set-Cookie")) != len(unknown.header.Values("Set-Cookie")) {
		t.Errorf("%d and %d:\n%s\n%s", known.status, unknown.status, text(known), text(unknown))
	}
	if a, b := mid-runs, s.app.Admin.Hash.Runs()-mid; a != 1 || b != 1 {
		t.Errorf("%d runs of the hash for a known address, %d for an unknown one", a, b)
	}
	asked, other := v.post("/forgotten", url.Values{"address": {headAddress}}), v.post("/forgotten", url.Values{"address": {"nobody@nowhere.example"}})
	if asked.status != other.status || text(asked) != text(other) {
		t.Errorf("%s\n%s", text(asked), text(other))
	}
	s.noneFailed()
}

// A stranger who guesses for ever slows themselves down; the head still comes in where she has been before, and her colleagues everywhere.
func TestGuessingLocksNobodyOut(t *testing.T) {
	s := open(t)
	s.withPassword()
	own := s.stranger()
	if a := own.signIn(headAddress, headPassword, ""); a.status != http.StatusSeeOther {
		t.Fatal(a.status)
	}
	own.post("/sign-out", nil)
	thief := s.stranger()
	refused := 0
	for range 100 {
		if a := thief.signIn(headAddress, "guess and guess again", ""); a.status == http.StatusUnprocessableEntity && strings.Contains(a.body, "too often") {
			refused++
		}
	}
	if refused < 50 {
		t.Errorf("%d of 100 guesses were refused", refused)
	}
	if a := thief.signIn(headAddress, headPassword, ""); a.status == http.StatusSeeOther {
		t.Error("a stranger who guessed a hundred times may go on guessing")
	}
	if a := own.signIn(headAddress, headPassword, ""); a.status != http.StatusSeeOther {
		t.Errorf("the head is locked out of the device that she uses every day: %d %s", a.status, text(a))
	}
	s.noneFailed()
}

// A code of the app that was seen over a shoulder is worth nothing once it was used, in the same browser and in another.
func TestCodesAreNotReplayed(t *testing.T) {
	s := open(t)
	key := s.withPassword().app()
	s.later(time.Minute)
	code := s.code(key)
	first, second := s.byLink(headName), s.byLink(headName)
	if a := first.post("/prove/code", url.Values{"code": {code}, "next": {"/settings"}}); a.status != http.StatusSeeOther || a.header.Get("Location") != "/settings" {
		t.Fatalf("%d %s", a.status, text(a))
	}
	if a := second.post("/prove/code", url.Values{"code": {code}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("the same code a second time: %d", a.status)
	}
	if a := second.get("/settings"); a.status != http.StatusSeeOther {
		t.Errorf("it opened administration: %d", a.status)
	}
	s.noneFailed()
}

// What one session sent before its proof opens for no other: not for a colleague, not for another school, not for the same person elsewhere.
func TestHeldFormsOfOthers(t *testing.T) {
	s := open(t)
	victim := s.byLink(headName)
	a := victim.post("/settings", url.Values{"safeguarding.words": {"a sentence nobody else may read"}})
	to := a.header.Get("Location")
	held, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, "/prove?held=") {
		t.Fatalf("%d %q", a.status, to)
	}
	path := "/carry-on?held=" + held.Query().Get("held")
	for name, v := range map[string]*visitor{"the same person elsewhere": s.byLink(headName), "a colleague": s.byLink("Declan Frost"), "another school": s.head("QUILLBROOK"), "nobody": s.stranger()} {
		if a := v.get(path); strings.Contains(a.body, "nobody else may read") || a.status == http.StatusOK {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if a := victim.get(path); a.status != http.StatusOK || !strings.Contains(a.body, "nobody else may read") {
		t.Errorf("whoever sent it: %d", a.status)
	}
	victim.post("/lock", nil)
	if a := victim.get(path); a.status != http.StatusSeeOther {
		t.Errorf("while locked: %d", a.status)
	}
	s.noneFailed()
}

// A locked session opens no page at all, and writes nothing.
func TestLockedSessionsOpenNothing(t *testing.T) {
	s := open(t)
	v := s.withPassword()
	v.app()
	if a := v.get("/settings"); a.status != http.StatusOK {
		t.Fatal(a.status)
	}
	v.post("/lock", nil)
	before := s.rows("HARROWMERE")
	for _, r := range s.app.Routes() {
		method, pattern, _ := strings.Cut(r.Pattern, " ")
		if r.Need.IsPublic() || strings.HasPrefix(pattern, "/f/") {
			continue
		}
		path := filled(pattern, "0000000000001")
		if method == "GET" {
			if a := v.get(path); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/unlock?next=") {
				t.Errorf("%s: %d %s", r.Pattern, a.status, a.header.Get("Location"))
			}
		} else if a := v.post(path, url.Values{"x": {"1"}}); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/unlock?held=") {
			t.Errorf("%s: %d %s", r.Pattern, a.status, a.header.Get("Location"))
		}
	}
	if a := v.get("/"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/unlock" {
		t.Errorf("the first page: %d", a.status)
	}
	if a := v.get("/unlock"); strings.Contains(a.body, headName) || strings.Contains(a.body, "Harrowmere") {
		t.Error("the page to unlock says who sits there")
	}
	same(t, "a locked session", before, s.rows("HARROWMERE"))
	s.noneFailed()
}

// After the door, the proof and the unlocking, one stays here.
func TestNextStaysHere(t *testing.T) {
	s := open(t)
	owner := s.withPassword()
	key := owner.app()
	for i, next := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "/%0d%0aSet-Cookie:x=1", "http:/evil.example"} {
		s.later(time.Duration(i+1) * 2 * time.Minute)
		v := s.stranger()
		check := func(what string, a answer) {
			t.Helper()
			to, err := url.Parse(a.header.Get("Location"))
			if a.status != http.StatusSeeOther || err != nil || to.Host != "" || to.Scheme != "" || !strings.HasPrefix(to.Path, "/") || strings.HasPrefix(to.Path, "//") || a.header.Get("X-Injected") != "" {
				t.Errorf("%s with %q: %d %q", what, next, a.status, a.header.Get("Location"))
			}
		}
		check("sign in", v.signIn(headAddress, headPassword, next))
		check("prove", v.post("/prove/code", url.Values{"code": {s.code(key)}, "next": {next}}))
		check("lock", v.post("/lock", url.Values{"next": {next}}))
		check("unlock", v.post("/unlock/password", url.Values{"password": {headPassword}, "next": {next}}))
		if a := v.get("/carry-on?held=" + url.QueryEscape(next)); a.status < 300 {
			t.Errorf("carry on with %q: %d", next, a.status)
		}
	}
	s.noneFailed()
}
