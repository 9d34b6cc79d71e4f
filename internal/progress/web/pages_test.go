package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	kitweb "ajar/internal/kit/web"
	"ajar/internal/progress"
	"ajar/internal/progress/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

var sets = []db.Migrations{batch.Migrations(), roll.Migrations(), progress.Migrations()}

// site is the whole mux over a store with one pupil, Amira, and one in the other school, Zed.
type site struct {
	t          *testing.T
	d          *db.DB
	h          http.Handler
	s          *progress.Service
	imports    *batch.Service
	amira, zed roll.PupilID
}

func open(t *testing.T, d *db.DB) *site {
	t.Helper()
	imports := batch.New(d)
	r := roll.New(d, imports)
	st := &site{t: t, d: d, imports: imports, s: progress.New(d, r, imports), amira: ids.New[roll.Pupil](), zed: ids.New[roll.Pupil]()}
	for org, p := range map[int64]roll.PupilID{testkit.OrgA: st.amira, testkit.OrgB: st.zed} {
		name := map[int64]string{testkit.OrgA: "Amira", testkit.OrgB: "Zed"}[org]
		if err := d.Update(t.Context(), access.System("test", org), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, $2, $3, $4, 'Test', '8', $5)`, p, name, name, name)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	m := web.Manifest(st.s)
	server := &kitweb.Server{
		Gate:   access.NewGate(roll.Rights(), m.Rights),
		Routes: m.Routes,
		Identify: func(r *http.Request) (access.Who, bool, error) {
			role := r.Header.Get("As")
			return access.Who{Org: testkit.OrgA, Name: "Sam Test", Roles: []access.Role{access.Role(role)}}, role != "", nil
		},
		Frame: func(*kitweb.Req) kitweb.Frame { return kitweb.Frame{Org: "School A", Who: "Sam Test", Path: "/"} },
		Trouble: func(q *kitweb.Req, _ int, title, sentence, _ string) kitweb.Component {
			return ui.Page(ui.PageData{Title: title + ": " + sentence})
		},
		SignIn: "/sign-in", Log: slog.New(slog.DiscardHandler),
	}
	h, err := server.Handler()
	if err != nil {
		t.Fatal(err)
	}
	st.h = h
	return st
}

func (st *site) bring(kind, text string) {
	st.t.Helper()
	rep, err := st.imports.Import(testkit.A(), batch.Order{Kind: kind, Input: batch.Bytes("f.csv", []byte(text))}, st.t.Context())
	if err != nil || rep.Refused > 0 {
		st.t.Fatalf("%v %+v", err, rep)
	}
}

// ask sends a request as a role and gives the status and the page.
func (st *site) ask(role, method, path string, form url.Values) (int, *html.Node) {
	st.t.Helper()
	var body string
	if form != nil {
		body = form.Encode()
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("As", role)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	st.h.ServeHTTP(w, r)
	doc, err := html.Parse(w.Body)
	if err != nil {
		st.t.Fatal(err)
	}
	return w.Code, doc
}

// textOf is all words of what a selector finds, single spaces between them.
func textOf(doc *html.Node, selector string) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile(selector)) {
		walk(n)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func has(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not in: %s", w, text)
		}
	}
}

func hasNot(t *testing.T, text string, unwanted ...string) {
	t.Helper()
	for _, w := range unwanted {
		if strings.Contains(text, w) {
			t.Errorf("%q is in: %s", w, text)
		}
	}
}

func TestPupilPage(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		path := web.PupilPath(st.amira)
		code, doc := st.ask("head", "GET", path, nil)
		text := textOf(doc, "main")
		if code != 200 {
			t.Fatalf("status %d: %s", code, text)
		}
		has(t, text, "Amira Test", "There is no data", "No results are recorded yet", "Not known", "Add a result")
		hasNot(t, text, "0.0 %", "100.0 %")

		st.bring("attendance", "pupil_id,date,am,pm\nAmira,2026-11-02,/,\\\nAmira,2026-11-03,I,I\nAmira,2026-11-09,/,\\\nAmira,2026-11-10,/,\\\nAmira,2026-11-11,L,\\\n")
		st.bring("results", "pupil_id,subject,scale,value,date\nAmira,Reading,ks2,96,2026-05-12\nAmira,Reading,ks2,104,2026-11-02\nAmira,Reading,standardised,88,2026-10-02\nAmira,Effort,,Good,2026-10-02\n")
		st.bring("counts", "pupil_id,date,kind,count\nAmira,2026-11-10,praise,3\n")
		_, doc = st.ask("head", "GET", path, nil)
		text = textOf(doc, "main")
		has(t, text, "80.0 %", "2 of 10 sessions missed", "one in ten or more", "nothing about why", "marks, 2 Nov 2026 to 11 Nov 2026",
			"at the expected standard", "up 8 since 12 May 2026", "Illness", "Late, before the register closed", "September to December 2026")
		hasNot(t, text, "up 16", "down 16", "truant", "poor")
		if n := len(cascadia.QueryAll(doc, cascadia.MustCompile("svg[role=img], .ajar-chart svg"))); n == 0 {
			t.Error("there is no chart")
		}
		if len(cascadia.QueryAll(doc, cascadia.MustCompile("[style]"))) > 0 {
			t.Error("a style attribute would be refused by the browser")
		}
		if n := len(cascadia.QueryAll(doc, cascadia.MustCompile("h1"))); n != 1 {
			t.Errorf("%d h1", n)
		}
		seen := map[string]bool{}
		for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile("[id]")) {
			for _, a := range n.Attr {
				if a.Key == "id" && seen[a.Val] {
					t.Errorf("the id %s stands twice", a.Val)
				} else if a.Key == "id" {
					seen[a.Val] = true
				}
			}
		}
		for _, c := range []struct {
			role, path string
			want       int
		}{{"head", web.PupilPath(st.zed), 404}, {"teacher", path, 404}, {"governor", path, 404}, {"governor", web.SchoolPath, 200}, {"nobody", web.SchoolPath, 404}, {"head", "/pupils/nonsense/progress", 404}, {"family_worker", path + "/result", 404}} {
			if code, doc := st.ask(c.role, "GET", c.path, nil); code != c.want || c.want == 404 && strings.Contains(textOf(doc, "body"), "Amira") {
				t.Errorf("%s at %s: %d, want %d", c.role, c.path, code, c.want)
			}
		}
	})
}

func TestPanel(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		st.bring("attendance", "pupil_id,from,to,possible,attended\nAmira,2026-09-01,2026-11-20,110,99\n")
		show := func(p access.Pass) string {
			var b strings.Builder
			if err := d.View(t.Context(), p, func(tx *db.Tx) error {
				child, err := roll.Enter(tx, roll.See, st.amira)
				if err != nil {
					return err
				}
				_, panels, err := st.s.Roll.Panels(tx, child)
				for _, p := range panels {
					if err := p.Render(t.Context(), &b); err != nil {
						return err
					}
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			doc, err := html.Parse(strings.NewReader(b.String()))
			if err != nil {
				t.Fatal(err)
			}
			return textOf(doc, "body")
		}
		has(t, show(testkit.A()), "90.0 %", "11 of 110 sessions missed", "As of 20 Nov 2026", "It is not known how many of the sessions missed were authorised", "See it all", "Nothing is recorded since 1 Sep 2026")
	})
}

func TestAddResultByForm(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		path := web.PupilPath(st.amira) + "/result"
		if code, doc := st.ask("head", "GET", path, nil); code != 200 || !strings.Contains(textOf(doc, "form"), "Taken on") {
			t.Fatalf("the form: %d", code)
		}
		code, doc := st.ask("head", "POST", path, url.Values{"subject": {"Reading <b>"}, "scale": {"ks2_scaled"}, "value": {"300"}, "on": {"2/11/2026"}})
		if code != 422 {
			t.Errorf("a wrong value: %d", code)
		}
		has(t, textOf(doc, ".govuk-error-summary"), "it goes from 80 to 120")
		if n := cascadia.Query(doc, cascadia.MustCompile(`input[name=subject][value="Reading <b>"]`)); n == nil {
			t.Error("what was typed is lost")
		}
		if code, _ := st.ask("head", "POST", path, url.Values{"subject": {"Reading"}, "scale": {"ks2_scaled"}, "value": {"101"}, "on": {"2/11/2026"}}); code != 303 {
			t.Errorf("saving: %d", code)
		}
		if code, _ := st.ask("head", "POST", web.PupilPath(st.amira)+"/count", url.Values{"kind": {"homework_missed"}, "count": {"2"}, "on": {"2/11/2026"}, "note": {"<script>alert(1)</script>"}}); code != 303 {
			t.Errorf("saving a count: %d", code)
		}
		if code, _ := st.ask("head", "POST", web.PupilPath(st.amira)+"/mark", url.Values{"session": {"pm"}, "mark": {"Y1"}, "on": {"2/11/2026"}}); code != 303 {
			t.Errorf("saving a mark: %d", code)
		}
		if code, doc := st.ask("head", "POST", web.PupilPath(st.amira)+"/mark", url.Values{"session": {"pm"}, "mark": {"ZZ"}, "on": {""}}); code != 422 {
			t.Errorf("a wrong mark: %d %s", code, textOf(doc, "main"))
		}
		_, doc = st.ask("head", "GET", web.PupilPath(st.amira), nil)
		has(t, textOf(doc, "main"), "101", "entered by Sam Test", "Homework missed", "<script>alert(1)</script>", "Usual transport not available")
		if len(cascadia.QueryAll(doc, cascadia.MustCompile("main script"))) > 0 {
			t.Error("a note became a script")
		}
		if code, _ := st.ask("head", "POST", web.PupilPath(st.zed)+"/result", url.Values{"subject": {"Reading"}, "scale": {"ks2_scaled"}, "value": {"101"}, "on": {"2/11/2026"}}); code != 404 {
			t.Errorf("a pupil of the other school: %d", code)
		}
	})
}

func TestSchoolPageHidesSmallNumbers(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		_, doc := st.ask("governor", "GET", web.SchoolPath, nil)
		has(t, textOf(doc, "main"), "No attendance yet")
		st.bring("attendance", "pupil_id,from,to,possible,attended\nAmira,2026-09-01,2026-11-20,110,55\n")
		_, doc = st.ask("governor", "GET", web.SchoolPath, nil)
		has(t, textOf(doc, "main"), "fewer than five pupils")
		hasNot(t, textOf(doc, "main"), "50.0 %")
		if err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
			for i := range 20 {
				year := "7"
				if i >= 12 {
					year = "9"
				}
				if _, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year) values ($1, $2, $3, 'Kim', 'Test', $4)`, ids.New[roll.Pupil](), "k"+strconv.Itoa(i), year); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		file := "pupil_id,from,to,possible,attended\n"
		for i := range 20 {
			file += "k" + strconv.Itoa(i) + ",2026-09-01,2026-11-20,110,109\n"
		}
		st.bring("attendance", file)
		_, doc = st.ask("governor", "GET", web.SchoolPath, nil)
		text := textOf(doc, "main")
		// 20 × 109 + 55 of 21 × 110, added up; the one persistent absentee and the one of Year 8 are not to be found.
		has(t, text, "96.7 %", "2,310 sessions", "Not shown", "Year 8 not shown", "Year 9 not shown", "Year 7 12")
		hasNot(t, text, "Amira", "Kim", "50.0 %")
	})
}
