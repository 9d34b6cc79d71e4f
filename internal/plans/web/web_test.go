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
	"regexp"
	"strings"
	"testing"

	"ajar/internal/admin"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

type plainPage string

func (p plainPage) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(p))
	return err
}

// school is the whole mux of plans, with a head, a teacher and one pupil on the roll.
type school struct {
	*testing.T
	mux http.Handler
	who access.Who
}

func open(t *testing.T) *school {
	d := testkit.Open(t, filepath.Join(t.TempDir(), "ajar.db"), []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), roll.Migrations(), plans.Migrations()})
	q := jobs.New(d, slog.New(slog.DiscardHandler))
	r := roll.New(d, batch.New(d))
	s := plans.New(d, r, q, post.New(d, q))
	if err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
		for _, x := range []string{
			`insert into roll_pupil (org_id, id, local_id, forename, surname, year) values ($1, 11, 'p', 'Amira', 'Khan', '8')`,
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
	x := &school{T: t}
	server := &web.Server{Gate: access.NewGate(roll.Rights(), plans.Rights()), Routes: Manifest(s, admin.New(d, r)).Routes, Log: slog.New(slog.DiscardHandler), SignIn: "/sign-in",
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
	s.who = access.Who{Org: testkit.OrgA, OrgName: "Testfield", Staff: staff, Name: "Test " + string(role), Roles: []access.Role{role}}
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

// A head makes a plan, adds an action, its owner writes a line, and governors read neither names nor lines.
func TestAPlanFromTheFirstPageToTheGovernors(t *testing.T) {
	s := open(t).as(31, roll.Head)
	s.want("GET", "/plans", nil, 200, "No plan yet", "Make a plan")
	_, to := s.want("POST", "/plans/new", url.Values{"title": {"Families 2026/27"}, "starts": {"1/9/2026"}, "ends": {"31/8/2027"}}, 303)
	plan := strings.TrimSuffix(to, "/priorities")
	s.want("POST", plan+"/complete", nil, 409, "without a single action")
	// What was typed stays on the page with its errors.
	s.want("POST", plan+"/add", url.Values{"words": {"Ring the Khan family each week"}, "due": {"31/31/2026"}}, 422, "Ring the Khan family each week", "31/31/2026", "There is a problem")
	_, action := s.want("POST", plan+"/add", url.Values{"words": {"Ring the Khan family each week"}, "due": {"19/11/2026"}, "measure": {"They ring back"}, "owner": {roll.StaffID(32).String()}, "planned": {"12.50"}}, 303)
	s.want("GET", action, nil, 200, "Overdue", "£12.50 planned", "is the name of a pupil", "it is taken out")
	s.want("GET", plan, nil, 200, "Tom Teacher", "Overdue")
	if body, _ := s.want("GET", plan+"?look=Done", nil, 200, "0 of 1 action"); strings.Contains(body, action) {
		t.Error("the filter shows what it should not")
	}
	s.as(32, roll.Teacher).want("POST", action+"/news", url.Values{"note": {"Amira answered"}, "status": {"stopped"}, "version": {"1"}}, 422, "Write why it is stopped", "Amira answered")
	s.want("POST", action+"/news", url.Values{"note": {"Amira answered"}, "status": {"going"}, "version": {"1"}}, 303)
	s.want("GET", action, nil, 200, "Amira answered", "Not started → Under way")
	s.want("POST", action+"/remove", nil, 404)
	s.want("GET", plan+"/print", nil, 200, "Ring the Khan family", "They ring back")
	s.as(0, roll.Governor).want("GET", plan, nil, 404)
	for _, path := range []string{"/plans", plan + "/extract", plan + "/extract/print"} {
		body, _ := s.want("GET", path, nil, 200)
		if regexp.MustCompile(`Amira|Khan|Tom|Hana`).MatchString(body) {
			t.Errorf("%s names somebody", path)
		}
	}
	word, _ := s.want("GET", plan+"/extract/governors.docx", nil, 200)
	if word = testkit.Document(s, word); regexp.MustCompile(`Amira|Khan|Tom|Hana`).MatchString(word) || !strings.Contains(word, "Ring the [name] family each week") || !strings.Contains(word, "“[name]” stands in its place") {
		t.Errorf("the document for governors says %s", word)
	}
	s.want("GET", plan+"/plan.docx", nil, 404)
	s.want("GET", plan+"/extract", nil, 200, "Ring the [name] family each week", "“[name]” stands in its place")
	// Taken off and put back, from the page.
	_, to = s.as(31, roll.Head).want("POST", action+"/remove", nil, 303)
	s.want("GET", to, nil, 200, "was taken off the plan", action+"/restore", "Put it back")
	s.want("POST", action+"/restore", nil, 303)
	s.want("GET", action, nil, 200, "Put back", "Amira answered")
	body, _ := s.want("GET", plan+"/actions.csv", nil, 200, "theme,action,owner", "Ring the Khan family each week")
	if !strings.Contains(body, "12.50") {
		t.Errorf("%s", body)
	}
	word, _ = s.want("GET", plan+"/plan.docx", nil, 200)
	for _, has := range []string{"Ring the Khan family each week", "They ring back", "Tom Teacher", "£12.50 planned"} {
		if !strings.Contains(testkit.Document(s, word), has) {
			t.Errorf("the document of the plan does not say %q", has)
		}
	}
}

// Objectives, the vision and the cycle of asking are set on one page, and errors keep what was typed.
func TestObjectivesPage(t *testing.T) {
	s := open(t).as(31, roll.Head)
	s.want("POST", "/objectives", url.Values{"code": {"c"}, "words": {"Parents take part"}}, 303)
	s.want("GET", "/objectives", nil, 200, "c Parents take part", "No action in 12 months", "1 objective is uncovered")
	s.want("POST", "/vision", url.Values{"vision": {"We open the door"}, "adopted_on": {"1/9/2026"}}, 422, "We open the door", "Write who was consulted")
	s.want("POST", "/vision", url.Values{"vision": {"We open the door"}, "adopted_on": {"1/9/2026"}, "consulted": {"Parents, staff"}}, 303)
	s.want("POST", "/consultations", url.Values{"whom": {"All partners"}, "due": {"1/11/2026"}}, 303)
	s.want("GET", "/objectives", nil, 200, "Adopted on 1 September 2026", "Overdue since 1 November 2026")
	s.want("GET", "/objectives/roll-up", nil, 200, "This page is for clusters")
	s.as(32, roll.Teacher).want("POST", "/objectives", url.Values{"words": {"x"}}, 404)
}

// A list of thirty gaps shows a few, and folds the others and those that the plan has something for already.
func TestPrioritiesFold(t *testing.T) {
	gap := func(key string, actions int) plans.OpenGap {
		return plans.OpenGap{Gap: plans.Gap{Source: plans.Source{Kind: "criterion", Key: key}}, Actions: make([]plans.Action, actions)}
	}
	keys := func(list []plans.OpenGap) (out string) {
		for _, g := range list {
			out += g.Source.Key
		}
		return out
	}
	for _, c := range []struct {
		list             []plans.OpenGap
		first, more, met string
	}{
		{nil, "", "", ""},
		{[]plans.OpenGap{gap("a", 1), gap("b", 0)}, "b", "", "a"},
		{[]plans.OpenGap{gap("a", 0), gap("b", 0), gap("c", 0), gap("d", 0), gap("e", 0), gap("f", 0), gap("g", 2)}, "abcdef", "", "g"},
		{[]plans.OpenGap{gap("a", 0), gap("b", 0), gap("c", 1), gap("d", 0), gap("e", 0), gap("f", 0), gap("g", 0), gap("h", 0)}, "abdef", "gh", "c"},
	} {
		first, more, met := folds(c.list)
		if keys(first) != c.first || keys(more) != c.more || keys(met) != c.met {
			t.Errorf("%s: %s, %s and %s", keys(c.list), keys(first), keys(more), keys(met))
		}
	}
}
