package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ajar/internal/admin"
	"ajar/internal/audit"
	"ajar/internal/awards"
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

// school is the whole mux of awards: two schools with the same people under different keys.
type school struct {
	*testing.T
	mux http.Handler
	who access.Who
}

const (
	head, teacher, adviser, assessor = 31, 32, 33, 34
	otherHead                        = 41
)

func open(t *testing.T) *school {
	d := testkit.Open(t, filepath.Join(t.TempDir(), "ajar.db"), []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), roll.Migrations(), plans.Migrations(), audit.Migrations(), awards.Migrations()})
	q := jobs.New(d, slog.New(slog.DiscardHandler))
	r := roll.New(d, batch.New(d))
	out := post.New(d, q)
	s := awards.New(d, audit.New(d, r), plans.New(d, r, q, out), q, out)
	people := func(p access.Pass, list map[int64][2]string) {
		if err := d.Update(t.Context(), p, func(tx *db.Tx) error {
			if _, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year) values ($1, 11, 'p', 'Amira', 'Khan', '8')`); err != nil {
				return err
			}
			for id, x := range list {
				if _, err := tx.Exec(`insert into roll_staff (org_id, id, name, sort_key) values ($1, $2, $3, $3)`, id, x[0]); err != nil {
					return err
				}
				if _, err := tx.Exec(`insert into roll_staff_role (org_id, id, staff_id, role) values ($1, $2, $2, $3)`, id, x[1]); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	people(testkit.A(), map[int64][2]string{head: {"Hana Head", "head"}, teacher: {"Tom Teacher", "teacher"}, adviser: {"Ada Viser", "adviser"}, assessor: {"Asa Sessor", "assessor"}})
	people(testkit.B(), map[int64][2]string{otherHead: {"Otto Head", "head"}})
	x := &school{T: t}
	server := &web.Server{Gate: access.NewGate(roll.Rights(), audit.Rights(), plans.Rights(), awards.Rights()), Routes: Manifest(s, admin.New(d, r)).Routes, Log: slog.New(slog.DiscardHandler), SignIn: "/sign-in",
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
	org := testkit.OrgA
	if staff == otherHead {
		org = testkit.OrgB
	}
	s.who = access.Who{Org: org, OrgName: "Testfield", Staff: staff, Name: "Test " + string(role), Roles: []access.Role{role}, SecondFactorMs: 1}
	return s
}

func (s *school) want(method, path string, form url.Values, status int, has ...string) (body, to string) {
	s.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.sent(r, status, has...)
}

func (s *school) sent(r *http.Request, status int, has ...string) (body, to string) {
	s.Helper()
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	body = w.Body.String()
	if w.Code != status {
		s.Fatalf("%s %s answered %d, want %d: %.600s", r.Method, r.URL, w.Code, status, body)
	}
	for _, h := range has {
		if !strings.Contains(body, h) {
			s.Errorf("%s %s does not say %q", r.Method, r.URL, h)
		}
	}
	return body, w.Header().Get("Location")
}

// upload sends a file for an objective, as a browser does.
func (s *school) upload(path, name, file, words string, status int) {
	s.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.WriteField("words", words)
	f, _ := m.CreateFormFile("file", name)
	_, _ = f.Write([]byte(file))
	_ = m.Close()
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	s.sent(r, status)
}

// A whole award on pages, with those who may not tried at each turn.
func TestAnAwardOnPages(t *testing.T) {
	s := open(t).as(head, roll.Head)
	s.want("GET", "/awards", nil, 200, "No award yet", "Begin an award")
	s.want("POST", "/awards/new", url.Values{"framework": {"award-frame 1"}, "months": {"0"}, "title": {"Open <b>Door</b>"}}, 422, "between 1 and 120", "Open &lt;b&gt;Door")
	_, award := s.want("POST", "/awards/new", url.Values{"framework": {"award-frame 1"}, "months": {"36"}, "title": {"Open <b>Door</b>"}, "owner": {"Door Trust"}, "parents": {"4"}}, 303)
	s.want("GET", award, nil, 200, "10 of 10 objectives have no evidence", "Open &lt;b&gt;Door", "Given by Door Trust", "4 parents")
	s.want("POST", award+"/ready", nil, 422)
	for part, staff := range map[string]roll.StaffID{"adviser": adviser, "assessor": assessor, "steering": teacher} {
		s.want("POST", award+"/people", url.Values{"part": {part}, "staff_" + part: {staff.String()}}, 303)
	}
	s.want("POST", award+"/people", url.Values{"part": {"assessor"}, "staff_assessor": {roll.StaffID(adviser).String()}}, 422, "There is a problem")
	for n := 1; n <= 10; n++ {
		s.want("POST", fmt.Sprintf("%s/objectives/objective-%d/show", award, n), url.Values{"address": {"https://school.example.org/year"}, "title": {"Our year"}, "words": {"Amira Khan says so"}}, 303)
	}
	s.want("POST", award+"/objectives/objective-1/show", url.Values{"address": {"ftp://x"}, "words": {"Kept on the page"}}, 422, "Kept on the page", "begins with https://")
	s.as(teacher, roll.Teacher).upload(award+"/objectives/objective-1/show", "list.pdf", "%PDF-1.4 ours", "The list", 303)
	s.upload(award+"/objectives/objective-1/show", "list.pdf", "<html>", "x", 422)
	s.as(head, roll.Head).want("GET", award, nil, 200, "“Amira” is the name of a pupil")
	body, _ := s.want("GET", award+"/objectives/objective-1", nil, 200, "Our year", "The list")
	file := regexp.MustCompile(`/awards/\w+/files/\w+`).FindString(body)
	shown := regexp.MustCompile(`name="shown" value="(\w+)"`).FindStringSubmatch(body)[1]

	// Steps: skipped with a reason, elsewhere with a day, and what was typed stays.
	s.want("POST", award+"/steps", url.Values{"step": {"audit"}, "how": {"skipped"}}, 422, "Write why this step is skipped")
	s.want("POST", award+"/steps", url.Values{"step": {"audit"}, "how": {"elsewhere"}, "day": {"31/31/2026"}, "words": {"In the blue folder"}}, 422, "31/31/2026", "In the blue folder")
	s.want("POST", award+"/steps", url.Values{"step": {"audit"}, "how": {"elsewhere"}, "day": {"1/10/2026"}, "words": {"In the blue folder"}}, 303)
	s.want("POST", award+"/steps", url.Values{"step": {"visit"}, "how": {"skipped"}, "why": {"x"}}, 422)
	s.want("POST", award+"/steps", url.Values{"step": {"plan"}, "how": {"skipped"}, "why": {"The plan of the whole school serves"}}, 303)

	// The adviser comments, writes about a visit, and does nothing else.
	s.as(adviser, roll.Adviser)
	s.want("POST", award+"/objectives/objective-2/comment", url.Values{"comment": {""}}, 422, "Write what you have to say")
	s.want("POST", award+"/objectives/objective-2/comment", url.Values{"comment": {"Add a date"}}, 303)
	s.want("POST", award+"/visits", url.Values{"visit_on": {"2/11/2026"}, "visit": {"Walked round"}}, 303)
	if body, _ = s.want("GET", award+"/objectives/objective-1", nil, 200, "[name]"); strings.Contains(body, "Amira") || strings.Contains(body, "Take it off") {
		t.Error("the adviser reads a pupil's name, or is offered what is not theirs")
	}
	s.want("GET", file, nil, 200, "%PDF-1.4 ours")
	for _, path := range []string{"/objectives/objective-1/judge", "/decide", "/record", "/ready", "/steps", "/people", "/settings", "/end", "/renew", "/take-back", "/objectives/objective-1/show", "/objectives/objective-1/take-off"} {
		s.want("POST", award+path, url.Values{"outcome": {"awarded"}, "day": {"20/11/2026"}, "met": {"yes"}, "shown": {shown}}, 404)
	}
	s.as(assessor, roll.Assessor)
	s.want("GET", file, nil, 404) // nothing is ready yet
	s.want("POST", award+"/objectives/objective-1/judge", url.Values{"met": {"yes"}}, 422)

	// Another school: not the award, not the file, nor its evidence under an award of its own.
	s.as(otherHead, roll.Head)
	_, theirs := s.want("POST", "/awards/new", url.Values{"framework": {"award-frame 1"}, "title": {"Theirs"}}, 303)
	for _, path := range []string{award, award + "/print", award + "/evidence.csv", award + "/certificate", award + "/objectives/objective-1", file, theirs + "/files/" + file[strings.LastIndex(file, "/")+1:]} {
		s.want("GET", path, nil, 404)
	}
	s.want("POST", theirs+"/objectives/objective-1/show", url.Values{"kept": {file[strings.LastIndex(file, "/")+1:]}}, 404)
	s.want("POST", theirs+"/objectives/objective-1/take-off", url.Values{"shown": {shown}}, 404)
	s.want("POST", award+"/ready", nil, 404)

	s.as(head, roll.Head)
	s.want("GET", award, nil, 200, "It is ready for assessment")
	s.want("POST", award+"/ready", nil, 303)
	s.want("GET", award+"/certificate", nil, 409, "once the award is given")
	s.as(assessor, roll.Assessor)
	s.want("GET", file, nil, 200, "%PDF-1.4 ours")
	s.want("GET", award, nil, 200, "The plan of the whole school serves", "Not judged yet")
	s.want("POST", award+"/objectives/objective-1/judge", url.Values{"met": {"no"}}, 422, "Write what is still to be shown")
	for n := 1; n <= 10; n++ {
		s.want("POST", fmt.Sprintf("%s/objectives/objective-%d/judge", award, n), url.Values{"met": {"yes"}}, 303)
	}
	s.want("POST", award+"/decide", url.Values{"outcome": {"awarded"}, "day": {"21/11/2026"}}, 422, "It can&#39;t lie ahead")
	s.want("POST", award+"/decide", url.Values{"outcome": {"awarded"}, "day": {"20/11/2026"}}, 303)

	s.as(head, roll.Head)
	s.want("GET", award, nil, 200, "Given on 20 November 2026 for 36 months. It runs out on 20 November 2029.", "Carry it on")
	s.want("GET", award+"/certificate", nil, 200, "The portfolio as it was on 20 November 2026 (version 1)", "Test assessor, who had not advised", "20 November 2029", "Ada Viser, who decided nothing", "The plan of the whole school serves",
		"It is not the certificate of Door Trust, which alone can issue one", "does not certify that children are safe")
	s.want("GET", award+"/print", nil, 200, "Add a date", "Walked round", "In the blue folder", "found it met")
	body, _ = s.want("GET", award+"/evidence.csv", nil, 200, "objective,evidence,words", "objective-1,https://school.example.org/year,Amira Khan says so", "list.pdf")
	if n := strings.Count(body, "\n"); n != 12 {
		t.Errorf("%d lines: %s", n, body)
	}
	s.want("POST", award+"/objectives/objective-1/show", url.Values{"address": {"https://x.example.org"}}, 422)
	_, next := s.want("POST", award+"/renew", nil, 303)
	s.want("GET", next, nil, 200, "Carried on from", "Gathering evidence")
	s.want("POST", next+"/end", url.Values{"on": {"yes"}}, 422, "Write why")
	s.want("POST", next+"/end", url.Values{"on": {"yes"}, "why": {"Begun too early"}}, 303)
	s.want("GET", next, nil, 200, "Begun too early", "Given up")
	// Governors read it without names and take out no file.
	body, _ = s.as(0, roll.Governor).want("GET", award+"/objectives/objective-1", nil, 200, "[name]")
	if strings.Contains(body, "Amira") || strings.Contains(body, "/files/") {
		t.Error("a governor reads a name, or is offered a file")
	}
	s.want("GET", file, nil, 404)
}

// One that was decided elsewhere says so on its certificate, and one that is held already can be entered.
func TestHeldAndDecidedElsewhere(t *testing.T) {
	s := open(t).as(head, roll.Head)
	s.want("POST", "/awards/held", url.Values{"framework": {"award-frame 1"}, "title": {"Old award"}, "owner": {"Door Trust"}, "months": {"36"}, "day": {"10/3/2026"}}, 422, "Write who verified it", "10/3/2026")
	_, award := s.want("POST", "/awards/held", url.Values{"framework": {"award-frame 1"}, "title": {"Old award"}, "owner": {"Door Trust"}, "months": {"36"}, "day": {"10/3/2026"}, "by": {"A. Reed"}, "certificate": {"DT-7"}}, 303)
	s.want("GET", award, nil, 200, "It runs out on 10 March 2029")
	s.want("GET", award+"/certificate", nil, 200, "What was looked at was not in Ajar", "The decision was made outside Ajar", "number DT-7. This sheet is not that certificate")
	s.want("GET", award+"/record", nil, 200)
	s.as(teacher, roll.Teacher).want("GET", award+"/record", nil, 404)
	s.want("GET", award+"/settings", nil, 404)
}
