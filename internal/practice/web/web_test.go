package web

import (
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

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/practice"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

type plainPage string

func (p plainPage) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(p))
	return err
}

// school is the whole mux of practice, with a head, a teacher and one pupil on the roll.
type school struct {
	*testing.T
	mux    http.Handler
	who    access.Who
	tongue string
}

func open(t *testing.T) *school {
	d := testkit.Open(t, filepath.Join(t.TempDir(), "ajar.db"), []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), roll.Migrations(), plans.Migrations(), practice.Migrations()})
	q := jobs.New(d, slog.New(slog.DiscardHandler))
	r := roll.New(d, batch.New(d))
	s := practice.New(d, r, plans.New(d, r, q, post.New(d, q)))
	if err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
		for _, x := range []string{
			`insert into roll_pupil (org_id, id, local_id, forename, surname, year) values ($1, 11, 'p', 'Amira', 'Khan', '8')`,
			`insert into roll_adult (org_id, id, name) values ($1, 21, 'Mira Khan'), ($1, 22, 'Omar Khan')`,
			`insert into roll_staff (org_id, id, name, sort_key) values ($1, 31, 'Hana Head', 'head')`,
			`insert into roll_staff (org_id, id, name, sort_key) values ($1, 32, 'Tom Teacher', 'teacher')`,
		} {
			if _, err := tx.Exec(x); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	x := &school{T: t, tongue: "en"}
	leaf := func(_ *web.Req, title say.Msg, args ...say.Args) (ui.LeafData, error) {
		l, _ := say.Known(x.tongue)
		return ui.LeafData{Lang: l, Title: l.Put(title, args...), Org: "Testfield"}, nil
	}
	server := &web.Server{Gate: access.NewGate(roll.Rights(), practice.Rights()), Routes: Manifest(s, leaf).Routes, Log: slog.New(slog.DiscardHandler), SignIn: "/sign-in",
		Identify: func(*http.Request) (access.Who, bool, error) { return x.who, x.who.Org != 0, nil },
		Frame:    func(q *web.Req) web.Frame { return web.Frame{Org: "Testfield", Path: q.R.URL.Path} },
		Trouble: func(_ *web.Req, status int, title, sentence, _ string) web.Component {
			return plainPage(fmt.Sprint(status, " ", title, " ", sentence))
		}}
	var err error
	if x.mux, err = server.Handler(); err != nil {
		t.Fatal(err)
	}
	return x
}

func (s *school) as(staff int64, role access.Role) *school {
	s.who = access.Who{Org: testkit.OrgA, OrgName: "Testfield", Staff: staff, Name: "Test " + string(role), Roles: []access.Role{role}, SecondFactorMs: 1}
	return s
}

// parent is an adult at the family's door, who reads a language.
func (s *school) parent(adult int64, tongue string) *school {
	s.who, s.tongue = access.Who{Org: testkit.OrgA, OrgName: "Testfield", Adult: adult, Name: "A parent", Roles: []access.Role{roll.Parent}}, tongue
	return s
}

func (s *school) want(method, path string, form url.Values, status int, has ...string) (body, to string) {
	s.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	body = w.Body.String()
	if w.Code != status {
		s.Fatalf("%s %s answered %d, want %d: %.400s", method, path, w.Code, status, body)
	}
	for _, h := range has {
		if !strings.Contains(body, h) {
			s.Errorf("%s %s does not say %q", method, path, h)
		}
	}
	return body, w.Header().Get("Location")
}

// Policies and roles: what is due is marked, what is wrong keeps what was typed, and what was taken off can be put back.
func TestTheRegisters(t *testing.T) {
	s := open(t).as(31, roll.Head)
	_, policy := s.want("POST", "/policies", url.Values{"title": {"Attendance"}}, 303)
	s.want("GET", "/policies", nil, 200, "Never")
	s.want("POST", policy+"/review", url.Values{"on": {"20/11/2025"}, "consulted": {"no"}}, 422, "20/11/2025", "none found")
	s.want("POST", policy+"/review", url.Values{"on": {"20/11/2025"}, "consulted": {"no"}, "barriers": {"Only in English"}}, 303)
	s.want("GET", "/policies", nil, 200, "A year or more ago", "Only in English")
	_, to := s.want("POST", policy+"/drop", nil, 303)
	if body, _ := s.want("GET", to, nil, 200, "Put it back"); strings.Contains(body, "Only in English") {
		t.Error("it is still in the register")
	}
	s.want("POST", policy+"/drop", url.Values{"back": {"yes"}}, 303)
	for i, duty := range []string{"yes", "no", "unknown"} {
		s.want("POST", "/duties", url.Values{"title": {fmt.Sprint("Role ", i)}, "duty": {duty}}, 303)
	}
	s.want("GET", "/duties", nil, 200, "1 of 3 roles have it in the job description: 33.3 %", "Of 1 role it is not known")
	s.as(0, roll.Governor).want("GET", policy, nil, 404)
	s.want("GET", "/duties", nil, 200, "33.3 %")
	s.want("POST", "/duties", url.Values{"title": {"x"}, "duty": {"yes"}}, 404)
}

// The ladder of a published consultation ends where it must, for staff, for parents and on their card.
func TestTheLadderOfAPublishedConsultation(t *testing.T) {
	s := open(t).as(31, roll.Head)
	_, act := s.want("POST", "/participation", url.Values{"title": {"Reports"}, "kind": {"consultation"}, "on": {"1/10/2026"}, "outcome": {"Two pages"}, "published_on": {"1/11/2026"}}, 303)
	for _, path := range []string{act, act + "/paper"} {
		body, _ := s.want("GET", path, nil, 200, "We were asked, and then told what came of it.")
		body, _, _ = strings.Cut(body, "Take back one that was keyed in wrongly") // there every answer can be chosen
		for _, above := range []string{"The school began it, and we decided together.", "Decided together; the school began it"} {
			if strings.Contains(body, above) {
				t.Errorf("%s offers %q, which nothing bears out", path, above)
			}
		}
	}
	s.want("POST", act+"/rate", url.Values{"rung": {"6"}}, 422, "record the decision first")
	s.want("POST", act+"/decisions", url.Values{"how": {"voted"}, "what": {"Which layout"}, "decided_on": {"2/11/2026"}}, 303)
	s.want("POST", act+"/rate", url.Values{"rung": {"6"}}, 303)
	s.want("GET", "/participation", nil, 200, "step 6: 1")
	for range 4 {
		s.want("POST", act+"/parents", url.Values{"rung": {"3"}}, 303)
	}
	if body, _ := s.want("GET", act, nil, 200, "fewer than 5 have answered"); strings.Contains(body, "step 3: 4") {
		t.Error("four parents show")
	}
}

// A parent says by their own link how much parents decided, in their language, once. What they read is what is on the card.
func TestAParentSaysHowMuchParentsDecided(t *testing.T) {
	for _, r := range practice.Rungs {
		if got := rungText(r.Rung).English(); got != r.Parents {
			t.Errorf("by link step %d is %q, and on the card %q", r.Rung, got, r.Parents)
		}
	}
	s := open(t).as(31, roll.Head)
	_, act := s.want("POST", "/participation", url.Values{"title": {"Reports"}, "kind": {"consultation"}, "on": {"1/10/2026"}, "outcome": {"Two pages"}, "published_on": {"1/11/2026"}}, 303)
	mine := "/f/activities/" + strings.TrimPrefix(act, "/participation/")
	s.parent(21, "en").want("GET", mine, nil, 404)
	s.as(31, roll.Head).want("POST", act+"/ask", url.Values{"until": {""}}, 422, "Write the last day.")
	s.want("POST", act+"/ask", url.Values{"until": {"1/1/2020"}}, 422, "Write a day from today on.", `value="1/1/2020"`)
	s.want("POST", act+"/ask", url.Values{"until": {"31/12/2026"}}, 303)
	s.want("GET", act, nil, 200, "Parents are asked until 31 December 2026", "fewer than 5 have answered")
	s.want("GET", mine, nil, 404) // not the door of staff
	body, _ := s.parent(21, "ur").want("GET", mine, nil, 200, `dir="rtl"`, `<b lang="en" dir="ltr">Reports</b>`, "ہم سے پوچھا گیا، اور پھر بتایا گیا کہ کیا ہوا۔", "آپ کا نام آپ کے جواب کے ساتھ نہیں رکھا جاتا")
	if strings.Contains(body, "اسکول نے شروع کیا") {
		t.Error("a step is offered that nothing bears out")
	}
	s.want("POST", mine+"/answer", nil, 422, "ایک سطر چنیں۔")
	s.want("POST", mine+"/answer", url.Values{"rung": {"6"}}, 422)
	_, to := s.want("POST", mine+"/answer", url.Values{"rung": {"4"}}, 303)
	s.want("GET", to, nil, 200, "شکریہ")
	s.want("POST", mine+"/answer", url.Values{"rung": {"2"}}, 303)
	s.as(31, roll.Head)
	if body, _ := s.want("GET", act, nil, 200, "fewer than 5 have answered"); strings.Contains(body, "step 4: 1") {
		t.Error("one parent shows")
	}
	s.want("POST", act+"/ask", url.Values{"stop": {"yes"}}, 303)
	s.parent(22, "pl").want("GET", mine, nil, 404)
}

// A story with a name waits on its page, and looking at pages counts nothing.
func TestAStoryWaitsForAPerson(t *testing.T) {
	s := open(t).as(32, roll.Teacher)
	_, story := s.want("POST", "/stories/new", url.Values{"title": {"Boats"}, "situation": {"x"}, "did": {"Amira came"}, "changed": {"y"}}, 303)
	s.want("GET", story, nil, 200, "Somebody may be known by this story", "is the name of a pupil", "Draft")
	s.want("POST", story+"/publish", nil, 404)
	s.as(31, roll.Head).want("POST", story+"/publish", nil, 422, "Somebody may be known by this story")
	s.want("POST", story+"/confirm", url.Values{"why": {""}}, 422, "Write why it may stand")
	s.want("POST", story+"/confirm", url.Values{"why": {"It is the boat"}}, 303)
	s.want("POST", story+"/publish", nil, 303)
	s.want("GET", story, nil, 200)
	s.want("GET", story, nil, 200, "Read by nobody yet")
	s.want("POST", story+"/read", nil, 303)
	s.as(0, roll.Governor).want("GET", story, nil, 200, "Read once")
}
