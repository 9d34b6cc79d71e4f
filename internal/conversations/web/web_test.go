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
	"ajar/internal/conversations"
	"ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/web"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

type plainPage string

func (p plainPage) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(p))
	return err
}

const (
	pupil  = roll.PupilID(11)
	mother = roll.AdultID(21)
	father = roll.AdultID(22)
	kay    = roll.StaffID(31)
)

// school is the whole mux with one family: a mother, and a father whom an order bars.
type school struct {
	*testing.T
	mux   http.Handler
	who   access.Who
	talk  conversations.TalkID
	round conversations.RoundID
}

func open(t *testing.T) *school {
	d := testkit.Open(t, filepath.Join(t.TempDir(), "ajar.db"), []db.Migrations{batch.Migrations(), roll.Migrations(), progress.Migrations(), conversations.Migrations()})
	imports := batch.New(d)
	r := roll.New(d, imports)
	s := conversations.New(d, r, progress.New(d, r, imports))
	first := admin.New(d, r)
	ctx, a := context.Background(), testkit.A()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(d.Update(ctx, a, func(tx *db.Tx) error {
		for _, q := range []string{
			`insert into roll_pupil (org_id, id, local_id, forename, surname, year) values ($1, 11, 'p', 'Amira', 'Khan', '8')`,
			`insert into roll_adult (org_id, id, name, reads) values ($1, 21, 'Samina Khan', 'Urdu')`,
			`insert into roll_adult (org_id, id, name) values ($1, 22, 'Imran Khan')`,
			`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship) values ($1, 41, 11, 21, 'mother')`,
			`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship) values ($1, 42, 11, 22, 'father')`,
			`insert into roll_order (org_id, id, tie_id, kind, decided_by, starts, by_name, made_ms) values ($1, 51, 42, 'no_information', 'court', '2026-01-01', 'x', 0)`,
			`insert into roll_staff (org_id, id, name) values ($1, 31, 'Kay Teacher')`,
			`insert into roll_setting (org_id, name, value, at_ms) values ($1, 'safeguarding.lead', 'Dana Lead, room 2', 0)`,
			`insert into roll_setting (org_id, name, value, at_ms) values ($1, 'safeguarding.phone', '0161 496 0000', 0)`,
		} {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		return nil
	}))
	p, err := s.AddProgramme(ctx, a, conversations.Programme{Name: "Talks", Starts: "2026-09-07", Ends: "2027-07-16"}, nil)
	must(err)
	_, err = s.Choose(ctx, a, p, []roll.PupilID{pupil})
	must(err)
	_, err = s.AssignKeyTeacher(ctx, a, kay, []roll.PupilID{pupil}, "")
	must(err)
	list, err := s.Lines(ctx, a, conversations.Filter{})
	must(err)
	_, err = s.InviteAll(ctx, a, list[0].RoundID)
	must(err)
	x := &school{T: t, talk: list[0].ID, round: list[0].RoundID}
	server := &web.Server{Gate: access.NewGate(roll.Rights(), conversations.Rights()), Routes: Manifest(s, first, family.New(s.DB, s.Roll)).Routes, Log: slog.New(slog.DiscardHandler), SignIn: "/sign-in",
		Identify: func(*http.Request) (access.Who, bool, error) { return x.who, x.who.Org != 0, nil },
		Frame:    func(q *web.Req) web.Frame { return web.Frame{Org: "Testfield", Path: q.R.URL.Path} },
		Trouble: func(_ *web.Req, status int, title, sentence, _ string) web.Component {
			return plainPage(fmt.Sprint(status, " ", title, " ", sentence))
		}}
	x.mux, err = server.Handler()
	must(err)
	return x
}

func (s *school) as(roles ...access.Role) *school {
	s.who = access.Who{Org: testkit.OrgA, Staff: int64(kay), Name: "Kay Teacher", Roles: roles, SecondFactorMs: 1}
	return s
}

func (s *school) do(method, path string, form url.Values) (int, string, http.Header) {
	s.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header()
}

func (s *school) want(method, path string, form url.Values, status int, has ...string) string {
	s.Helper()
	got, body, _ := s.do(method, path, form)
	if got != status {
		s.Fatalf("%s %s answered %d, want %d: %.400s", method, path, got, status, body)
	}
	for _, h := range has {
		if !strings.Contains(body, h) {
			s.Errorf("%s %s does not say %q", method, path, h)
		}
	}
	return body
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(base|writer|seen)" value="([^"]*)"`)

// form reads what a page of a step carries along.
func form(body string, more ...string) url.Values {
	v := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(body, -1) {
		v.Set(m[1], m[2])
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func TestTheTalkOnItsPages(t *testing.T) {
	s := open(t).as(roll.KeyTeacher)
	for _, path := range []string{MinePath, ProgrammesPath, RoundPath(s.round), TalkPath(s.talk), PreparePath(s.talk), PaperPath(s.talk)} {
		s.want("GET", path, nil, 200)
	}
	s.want("GET", PreparePath(s.talk), nil, 200, "none recorded", "Imran Khan", "must not be told")
	explore := StepPath(s.talk, "explore")
	laptop := s.want("GET", explore, nil, 200, "The parent&#39;s words", "Worried about a child&#39;s safety?", "Dana Lead, room 2", `data-autosave="`+DraftPath(s.talk, "explore"))
	phone := s.want("GET", explore, nil, 200)
	for _, words := range []string{"She loves", "She loves art"} {
		status, _, h := s.do("POST", DraftPath(s.talk, "explore"), form(laptop, "parent", words))
		if status != 204 || h.Get("Ajar-Saved-At") == "" {
			t.Fatalf("autosave answered %d, saved at %q", status, h.Get("Ajar-Saved-At"))
		}
	}
	body := s.want("POST", explore, form(phone, "parent", "An older text", "go", "next"), 409, "She loves art", "An older text", "Nothing was overwritten")
	s.want("POST", explore, form(body, "parent", "She loves art. An older text", "go", "next"), 303)
	s.want("GET", explore, nil, 200, "She loves art. An older text")

	focus := form(s.want("GET", StepPath(s.talk, "focus"), nil, 200), "summary", "Amira loves art.", "go", "next")
	focus["priority"] = []string{"Art", "Maths", "Friends", "Sleep"}
	s.want("POST", StepPath(s.talk, "focus"), focus, 422, "keep the three that matter most", "Sleep")
	focus = form(s.want("GET", StepPath(s.talk, "focus"), nil, 200), "summary", "The SENCO checks her APS.", "priority", "Maths", "go", "next")
	s.want("POST", StepPath(s.talk, "focus"), focus, 303)
	s.want("GET", StepPath(s.talk, "focus"), nil, 200, "<mark>SENCO</mark>", "<mark>APS</mark>")

	plan := form(s.want("GET", StepPath(s.talk, "plan"), nil, 200), "goal0_words", "Sit at the front", "goal0_due", "18/12/2026", "go", "next")
	s.want("POST", StepPath(s.talk, "plan"), plan, 303)
	review := form(s.want("GET", StepPath(s.talk, "review"), nil, 200), "shared_with", "Her form tutor", "go", "finish")
	s.want("POST", StepPath(s.talk, "review"), review, 422, "say who will do it", "Her form tutor")
	plan = form(s.want("GET", StepPath(s.talk, "plan"), nil, 200, "18/12/2026"), "goal0_words", "Sit at the front", "goal0_owner", "school", "goal0_due", "18/12/2026", "go", "next")
	s.want("POST", StepPath(s.talk, "plan"), plan, 303)
	s.want("POST", StepPath(s.talk, "review"), form(s.want("GET", StepPath(s.talk, "review"), nil, 200), "shared_with", "Her form tutor", "go", "finish"), 303)
	s.want("GET", SheetPath(s.talk), nil, 200, "What we at school will do first", "Sit at the front", "Who sees this")
	s.want("GET", TalkPath(s.talk), nil, 200, "Sit at the front")
	s.want("GET", ReviewPath(s.talk), nil, 200, "What became of it")
	s.want("GET", CorrectPath(s.talk), nil, 200, "What is different")

	s.as(roll.Office)
	office := s.want("GET", TalkPath(s.talk), nil, 200, "Held")
	for _, secret := range []string{"She loves art", "Sit at the front", "Her form tutor"} {
		if strings.Contains(office, secret) {
			t.Errorf("the office reads %q", secret)
		}
	}
	for _, path := range []string{SheetPath(s.talk), explore, PreparePath(s.talk), CoveragePath} {
		s.want("GET", path, nil, 404)
	}
}

func TestAWorryIsNotKept(t *testing.T) {
	s := open(t).as(roll.KeyTeacher)
	explore := StepPath(s.talk, "explore")
	const words = "He hits me at home and I am afraid to go home"
	sent := form(s.want("GET", explore, nil, 200), "parent", words, "child", "She likes art", "go", "next")
	page := s.want("POST", explore, sent, 422, words, "She likes art", "Dana Lead, room 2", "0161 496 0000", `name="no_worry"`, `value="parent"`, "keep what I wrote", "What you can do")
	if strings.Contains(page, "data-autosave") {
		t.Error("the page with the words saves by itself, so that the browser would keep them")
	}
	after := s.want("GET", explore, nil, 200, "She likes art")
	if strings.Contains(after, "afraid") || strings.Contains(s.want("GET", TalkPath(s.talk)+"/earlier", nil, 200), "afraid") {
		t.Error("the words were stored")
	}
	// Taken out, the step is saved and nobody is told anything more.
	s.want("POST", explore, form(page, "parent", "She loves art", "child", "She likes art", "go", "next"), 303)
	// Kept because somebody says that it is none; after that it is asked no more.
	sent = form(s.want("GET", explore, nil, 200), "parent", words, "go", "next", "no_worry", "parent")
	s.want("POST", explore, sent, 303)
	again := s.want("GET", explore, nil, 200, words)
	s.want("POST", explore, form(again, "parent", words+". More is fine.", "go", "next"), 303)

	code, _, head := s.do("POST", DraftPath(s.talk, "explore"), form(s.want("GET", explore, nil, 200), "parent", "Fine now", "child", "There were bruises all over his arms", "in_the_way", "Noise"))
	if code != 204 || !strings.Contains(head.Get("Ajar-Saved-At"), "Not kept: What the child says") {
		t.Errorf("autosave answers %d, %q", code, head.Get("Ajar-Saved-At"))
	}
	if body := s.want("GET", explore, nil, 200, "Fine now", "Noise"); strings.Contains(body, "bruises") {
		t.Error("autosave stored the worry")
	}

	call := url.Values{"adult": {mother.String()}, "outcome": {"call_back"}, "note": {"She says he hits her"}}
	s.want("POST", TalkPath(s.talk)+"/call", call, 422, "She says he hits her", "Dana Lead, room 2", `value="call_back"`, "keep what I wrote")
	if body := s.want("GET", TalkPath(s.talk), nil, 200); strings.Contains(body, "hits her") || strings.Contains(body, "Call: Samina Khan") {
		t.Error("the call was kept")
	}
	call.Set("no_worry", "note")
	s.want("POST", TalkPath(s.talk)+"/call", call, 303)
	s.want("GET", TalkPath(s.talk), nil, 200, "She says he hits her")
}

func TestAPassedTimeAsksFirst(t *testing.T) {
	s := open(t).as(roll.KeyTeacher)
	s.want("POST", TalkPath(s.talk)+"/time", url.Values{"meet_on": {"19/11/2026"}, "meet_at": {"16:00"}}, 303)
	body := s.want("GET", MinePath, nil, 200, "Did the talk take place?", "It was held", "They did not come", "time agreed")
	if at := strings.Index(body, "<h2"); at < 0 || !strings.HasPrefix(strings.TrimSpace(body[at+strings.Index(body[at:], ">")+1:]), "Did the talk take place?") {
		t.Error("what has passed does not stand first")
	}
	s.want("POST", TalkPath(s.talk)+"/missed", url.Values{"reason": {"unknown"}}, 303)
	s.want("GET", TalkPath(s.talk), nil, 200, "Did not come", "Say what kept them")
	s.want("POST", TalkPath(s.talk)+"/missed", url.Values{"reason": {"work"}}, 303)
	s.as(roll.Office).want("GET", TalkPath(s.talk), nil, 200, "Work")
}

func TestLettersLeaveOutWhoIsBarred(t *testing.T) {
	s := open(t).as(roll.Office)
	body := s.want("GET", LettersPath(s.round), nil, 200, "Dear Samina Khan", "You read Urdu", "up to an hour", "not a complaint", "1 adult was left out")
	if strings.Contains(body, "Dear Imran Khan") {
		t.Error("the father under an order has a letter")
	}
	s.as(roll.KeyTeacher)
	body = s.want("GET", LettersPath(s.round), nil, 200, "1 adult was left out")
	if strings.Contains(body, "Imran Khan") {
		t.Error("someone who may not know is told whom the order is about")
	}
	s.as(roll.Governor)
	s.want("GET", CoveragePath, nil, 200, "Families reached")
	for _, path := range []string{MinePath, LettersPath(s.round), TalkPath(s.talk)} {
		s.want("GET", path, nil, 404)
	}
}
