package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"ajar/internal/audit"
	"ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/say"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/trail"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

type plainPage string

func (p plainPage) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(p))
	return err
}

// school is the whole mux with colleagues and parents, each with a browser of their own.
type school struct {
	*testing.T
	s       *audit.Service
	mux     http.Handler
	who     access.Who
	tongue  string
	staff   map[access.Role]roll.StaffID
	adults  []roll.AdultID
	cookies map[int64]map[string]string // of parents, by adult
}

func open(t *testing.T) *school {
	d := testkit.Open(t, filepath.Join(t.TempDir(), "ajar.db"), []db.Migrations{batch.Migrations(), roll.Migrations(), family.Migrations(), audit.Migrations()})
	r := roll.New(d, batch.New(d))
	s, fam := audit.New(d, r), family.New(d, r)
	x := &school{T: t, s: s, tongue: "en", staff: map[access.Role]roll.StaffID{}, cookies: map[int64]map[string]string{}}
	x.must(d.Update(context.Background(), access.Installation("test"), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into roll_org (id, code, name, type, made_ms) values ($1, 'A', 'Testfield', 'school', 0)`, testkit.OrgA)
		return err
	}))
	x.must(d.Update(context.Background(), testkit.A(), func(tx *db.Tx) (err error) {
		for _, r := range roll.Roles {
			if x.staff[r], err = roll.AddStaff(tx, "Test "+string(r), ""); err != nil {
				return err
			}
		}
		for range 6 {
			id := ids.New[roll.Adult]()
			x.adults = append(x.adults, id)
			if _, err := tx.Exec(`insert into roll_adult (org_id, id, name) values ($1, $2, 'A mother')`, id); err != nil {
				return err
			}
		}
		return nil
	}))
	leaf := func(q *web.Req, title say.Msg, args ...say.Args) (ui.LeafData, error) {
		l, _ := say.Known(x.tongue)
		return ui.LeafData{Lang: l, Title: l.Put(title, args...), Org: "Testfield"}, nil
	}
	server := &web.Server{Gate: access.NewGate(roll.Rights(), audit.Rights()), Routes: Manifest(s, leaf, fam).Routes, Log: slog.New(slog.DiscardHandler), SignIn: "/sign-in",
		Note:     func(context.Context, access.Pass, trail.Entry) error { return nil },
		Identify: func(*http.Request) (access.Who, bool, error) { return x.who, x.who.Org != 0, nil },
		Frame:    func(q *web.Req) web.Frame { return web.Frame{Org: "Testfield", Path: q.R.URL.Path} },
		Trouble: func(_ *web.Req, status int, title, sentence, _ string) web.Component {
			return plainPage(fmt.Sprint(status, " ", title, " ", sentence))
		}}
	var err error
	x.mux, err = server.Handler()
	x.must(err)
	return x
}

func (x *school) must(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

func (x *school) as(r access.Role) *school {
	x.who = access.Who{Org: testkit.OrgA, Staff: int64(x.staff[r]), Name: "Test " + string(r), Roles: []access.Role{r}, SecondFactorMs: 1}
	return x
}

func (x *school) parent(i int) *school {
	x.who = access.Who{Org: testkit.OrgA, Adult: int64(x.adults[i]), Name: "A mother", Roles: []access.Role{roll.Parent}}
	return x
}

func (x *school) do(method, path, kind string, body io.Reader) (int, string, http.Header) {
	x.Helper()
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Content-Type", kind)
	mine := x.cookies[x.who.Adult]
	for n, v := range mine {
		r.AddCookie(&http.Cookie{Name: n, Value: v})
	}
	w := httptest.NewRecorder()
	x.mux.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if x.who.Adult == 0 || c.Name != keyCookie {
			continue
		}
		if !c.HttpOnly || !strings.HasPrefix(c.Path, "/f/audits/") {
			x.Errorf("the key of a ballot is a cookie for %s, %v", c.Path, c.HttpOnly)
		}
		if mine == nil {
			mine = map[string]string{}
			x.cookies[x.who.Adult] = mine
		}
		if mine[c.Name] = c.Value; c.MaxAge < 0 || c.Value == "" {
			delete(mine, c.Name)
		}
	}
	return w.Code, w.Body.String(), w.Result().Header
}

func (x *school) get(path string) string {
	x.Helper()
	code, body, _ := x.do("GET", path, "", nil)
	if code != 200 {
		x.Fatalf("GET %s: %d %s", path, code, body)
	}
	return body
}

func (x *school) post(path string, pairs ...string) (int, string, string) {
	x.Helper()
	f := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	code, body, h := x.do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(f.Encode()))
	return code, body, h.Get("Location")
}

func (x *school) has(body string, words ...string) {
	x.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			x.Errorf("the page does not say %q", w)
		}
	}
}

func (x *school) lacks(body string, words ...string) {
	x.Helper()
	for _, w := range words {
		if strings.Contains(body, w) {
			x.Errorf("the page says %q", w)
		}
	}
}

// begin sets an audit up by the form.
func (x *school) begin() audit.AuditID {
	x.Helper()
	code, body, at := x.as(roll.Head).post(ListPath, "scope", "school", "framework", "engagement|1", "groups", "leaders", "groups", "staff", "groups", "governors", "groups", "parents", "opens", "20 11 2026", "closes", "18/12/2026", "title", "Where are we, autumn")
	if code != 303 || !strings.HasPrefix(at, ListPath+"/") {
		x.Fatalf("%d %s %s", code, at, body)
	}
	id, err := ids.Parse[audit.Audit](strings.TrimPrefix(at, ListPath+"/"))
	x.must(err)
	return id
}

func TestAHeadSetsAnAuditUp(t *testing.T) {
	x := open(t)
	x.as(roll.Head).has(x.get(ListPath), "No audit yet", newPath)
	x.lacks(x.as(roll.Governor).get(ListPath), newPath)
	page := x.as(roll.Head).get(newPath)
	x.has(page, "Leading our work with families, version 1", "Families and our room", `value="20/11/2026"`)
	x.lacks(page, "empty frame")
	code, body, _ := x.post(ListPath, "scope", "school", "framework", "engagement|1", "opens", "20 11 2026", "closes", "31 2 2026")
	if code != 422 {
		t.Errorf("%d", code)
	}
	x.has(body, "Give a day", "Choose at least one group")
	id := x.begin()
	x.has(x.get(AuditPath(id)), "Where are we, autumn", "Nobody has answered yet", "Open")
	x.has(x.get(sheetPath(id, audit.Parents)), "Please do not write your name", "I feel welcome when I come to school.")
	x.has(x.get(sheetPath(id, audit.Governors)), "Not yet.", "Why?")
	if code, _, _ := x.as(roll.Governor).post(closePath(id)); code != 404 {
		t.Errorf("a governor closes it: %d", code)
	}
}

// With one theme a radar would be a hole in the page; the figures stand in the tables.
func TestARadarNeedsThreeThemes(t *testing.T) {
	x := open(t)
	x.as(roll.Head)
	_, err := x.s.BringIn(context.Background(), x.pass(), strings.Replace(oneTheme, "\t", "  ", -1))
	x.must(err)
	small, err := x.s.Start(context.Background(), x.pass(), audit.Setup{Framework: "one", Scope: audit.School})
	x.must(err)
	large := x.begin()
	two := 2
	x.must(x.s.Rate(context.Background(), x.pass(), small, "A1", &two, "x", ""))
	x.must(x.s.Rate(context.Background(), x.pass(), large, "V1", &two, "x", ""))
	for _, page := range []string{"", "/print"} {
		x.lacks(x.get(AuditPath(small)+page), `id="radar`)
		x.has(x.get(AuditPath(small)+page), "The only theme")
		x.has(x.get(AuditPath(large)+page), `id="radar`)
	}
}

const oneTheme = `framework: one
version: "1"
title: One theme
themes:
	- code: only
		title: The only theme
		criteria:
			- code: A1
				text: We greet.
				asked: [leaders]
				levels: [a, b, c, d, e]
`

// What is carried forward is chosen by the framework that is chosen, so that nobody is told off for a choice the page made for them.
func TestCarryingForwardFollowsTheFramework(t *testing.T) {
	x := open(t)
	x.as(roll.Head).lacks(x.get(newPath), "Carry an earlier audit forward?")
	first := x.begin()
	x.lacks(x.get(newPath), `<option value="last" selected`)
	x.must(x.s.Agree(context.Background(), x.pass(), first, "V1", 2, "Few do"))
	x.must(x.s.Close(context.Background(), x.pass(), first))
	x.has(x.get(newPath), `value="last" selected`)
	for framework, carried := range map[string]bool{"room|1": false, "engagement|1": true} {
		code, body, at := x.post(ListPath, "scope", "school", "framework", framework, "groups", "leaders", "opens", "20 11 2026", "closes", "18/12/2026", "carry", "last")
		if code != 303 {
			t.Fatalf("%s: %d %.300s", framework, code, body)
		}
		if page := x.get(at); strings.Contains(page, "Carried forward from") != carried {
			t.Errorf("%s: carried forward should be %v", framework, carried)
		}
	}
	// One of another framework that a person chose themselves is still refused, with their choice on the page.
	code, body, _ := x.post(ListPath, "scope", "school", "framework", "room|1", "groups", "leaders", "opens", "20 11 2026", "closes", "18/12/2026", "carry", first.String())
	if code != 422 {
		t.Errorf("%d", code)
	}
	x.has(body, `value="`+first.String()+`" selected`)
}

func (x *school) pass() access.Pass {
	return access.NewGate(roll.Rights(), audit.Rights()).Admit(x.who)
}

func TestAColleagueRates(t *testing.T) {
	x := open(t)
	id := x.begin()
	x.as(roll.Teacher)
	x.has(x.get(RatePath(id)), "Begin", fmt.Sprintf("0 of %d answered", len(audit.Shipped()[0].AskedOf(audit.Staff))), ratePath(id, "V1"))
	page := x.get(ratePath(id, "V1"))
	x.has(page, "One named leader", "Nobody in particular looks after", "it has outlived a change of leader", `data-autosave="`+draftPath(id, "V1")+`"`, fmt.Sprintf("1 of %d", len(audit.Shipped()[0].AskedOf(audit.Staff))))
	code, _, at := x.post(ratePath(id, "V1"), "level", "4", "commentary", "")
	if code != 303 || at != ratePath(id, "V2") {
		t.Errorf("%d %s", code, at)
	}
	x.has(x.get(RatePath(id)), "Strong, no reason yet", "○")
	// A page that saves itself.
	code, _, h := x.do("POST", draftPath(id, "V2"), "application/x-www-form-urlencoded", strings.NewReader("level=2&commentary=Half+of+us"))
	if code != 204 || h.Get("Ajar-Saved-At") == "" {
		t.Errorf("%d %v", code, h)
	}
	x.has(x.get(ratePath(id, "V2")), "Half of us", `value="2"`)
	// A worry about a child is not kept, by either way, until somebody says that it is none.
	bad := "She told me her dad hits her."
	if code, _, h = x.do("POST", draftPath(id, "V3"), "application/x-www-form-urlencoded", strings.NewReader(url.Values{"level": {"2"}, "commentary": {bad}}.Encode())); code != 204 || h.Get("Ajar-Not-Kept") == "" {
		t.Errorf("%d %v", code, h)
	}
	code, body, _ := x.post(ratePath(id, "V3"), "level", "2", "commentary", bad)
	if code != 422 {
		t.Errorf("%d", code)
	}
	x.has(body, "worry about a child", `name="no_worry"`, "her dad hits her")
	if code, _, _ = x.post(ratePath(id, "V3"), "level", "2", "commentary", bad, "no_worry", "1"); code != 303 {
		t.Errorf("%d", code)
	}
	// Evidence: a file whose bytes are what its name says.
	up := func(name string, bytesOf []byte) (int, string) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		_ = w.WriteField("title", "Minutes of March")
		p, _ := w.CreateFormFile("file", name)
		_, _ = p.Write(bytesOf)
		_ = w.Close()
		code, body, _ := x.do("POST", showPath(id, "V1"), w.FormDataContentType(), &b)
		return code, body
	}
	if code, body := up("m.pdf", []byte("<html>")); code != 422 || !strings.Contains(body, "A file of evidence is a PDF") {
		t.Errorf("%d", code)
	}
	if code, _ := up("m.pdf", []byte("%PDF-1.7 x")); code != 303 {
		t.Errorf("%d", code)
	}
	x.has(x.get(ratePath(id, "V1")), "Minutes of March")
	list := x.get(evidencePath)
	_, rest, _ := strings.Cut(list, `href="`+evidencePath+"/")
	key, _, _ := strings.Cut(rest, `"`)
	code, body, h = x.do("GET", evidencePath+"/"+key, "", nil)
	if code != 200 || body != "%PDF-1.7 x" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %q %v", code, body, h)
	}
	if code, _, _ = x.post(handInPath(id)); code != 303 {
		t.Errorf("%d", code)
	}
	x.has(x.get(RatePath(id)), "Handed in")
	// The head reads a name beside what was said; a governor reads the group.
	x.has(x.as(roll.Head).get(CriterionPath(id, "V2")), "Test teacher", "Half of us")
	governor := x.as(roll.Governor).get(CriterionPath(id, "V2"))
	x.has(governor, "Half of us")
	x.lacks(governor, "Test teacher", agreePath(id, "V2"))
	if code, _, _ = x.as(roll.Adviser).do("GET", RatePath(id), "", nil); code != 404 {
		t.Errorf("an adviser rates: %d", code)
	}
}

// answer goes through the questions as a browser without script does.
func (x *school) answer(id audit.AuditID, i, level int, words string) {
	x.Helper()
	x.parent(i)
	x.has(x.get(OwnPath(id)), OwnPath(id)+"?q=")
	for n, c := range audit.Shipped()[0].AskedOf(audit.Parents) {
		code, _, at := x.post(ownAnswer(id), "q", fmt.Sprint(n+1), "count", "13", "code", c.Code, "level", fmt.Sprint(level))
		want := ownQuestion(id, n+1)
		if n == 12 {
			want = OwnPath(id) + "?q=end"
		}
		if code != 303 || at != want {
			x.Fatalf("%d %s", code, at)
		}
	}
	if code, _, at := x.post(ownSend(id), "q", "end", "words", words); code != 303 || at != OwnPath(id) {
		x.Fatalf("%d %s", code, at)
	}
}

func TestParentsAnswerAtTheirDoor(t *testing.T) {
	x := open(t)
	id := x.begin()
	x.parent(0)
	x.has(x.get(OwnPath(id)), "How do you see our school?", "Nobody can find out what you said.", "Begin")
	x.has(x.get(ownQuestion(id, 0)), "I know what this school wants to do together with parents.", "Question 1 of 13", "I don&#39;t know")
	code, body, _ := x.post(ownAnswer(id), "q", "1", "count", "13", "code", "V1")
	if code != 422 || !strings.Contains(body, "Choose one answer") {
		t.Errorf("%d", code)
	}
	if code, body, _ := x.post(ownSend(id), "q", "end", "words", ""); code != 422 || !strings.Contains(body, "Answer one question first") {
		t.Errorf("%d", code)
	}
	_, _, _ = x.post(ownAnswer(id), "q", "1", "count", "13", "code", "V1", "level", "2")
	x.has(x.get(OwnPath(id)), "Go on", ownQuestion(id, 1))
	// In another language, with its own words where the framework has them.
	x.tongue = "ur"
	page := x.get(ownQuestion(id, 0))
	x.has(page, `dir="rtl"`, "مجھے معلوم ہے کہ یہ اسکول", "تھوڑا سا")
	x.lacks(page, "I know what this school")
	x.tongue = "cy"
	x.has(x.get(ownQuestion(id, 0)), `lang="en"`, "I know what this school")
	x.tongue = "en"
	// A worry about a child is not put into a box that nobody opens today.
	code, body, _ = x.post(ownSend(id), "q", "end", "words", "My son is scared to go home.")
	if code != 422 {
		t.Errorf("%d", code)
	}
	x.has(body, "Is a child not safe?", "ring 999", `name="no_worry"`)
	x.answer(id, 0, 2, "")
	x.has(x.get(OwnPath(id)), "Thank you")
	if len(x.cookies[x.who.Adult]) != 0 {
		t.Error("the key of the ballot stays in the browser")
	}
	x.answer(id, 1, 3, "Kind people at the door")
	// Staff do not get in by this door, and nobody sees anything before closing.
	if code, _, _ := x.as(roll.Head).do("GET", OwnPath(id), "", nil); code != 404 {
		t.Errorf("the head answers as a parent: %d", code)
	}
	x.lacks(x.get(AuditPath(id)), "Kind people at the door")
	if code, _, _ := x.post(closePath(id)); code != 303 {
		t.Errorf("%d", code)
	}
	x.has(x.parent(2).get(OwnPath(id)), "This time is over")
}

// What is hidden is hidden alike on the page, on paper and in the file, and can't be had from the sums.
func TestHiddenAlikeEverywhere(t *testing.T) {
	for _, n := range []int{4, 5} {
		x := open(t)
		id := x.begin()
		for i := range n {
			x.answer(id, i, 5, fmt.Sprint("Said by ", i))
		}
		x.must(x.s.Rate(context.Background(), access.NewGate(roll.Rights(), audit.Rights()).Admit(x.as(roll.Teacher).who), id, "V1", ptr(3), "x", ""))
		x.as(roll.Governor)
		look := func() (page, one, paper string, row []string) {
			page, one, paper = x.get(AuditPath(id)), x.get(CriterionPath(id, "V1")), x.get(printPath(id))
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(x.get(csvPath(id)), "\ufeff"))).ReadAll()
			x.must(err)
			return page, one, paper, rows[1]
		}
		hidden := func(when string) {
			t.Helper()
			page, one, paper, row := look()
			x.has(page, "under 5")
			x.has(one, "under 5", "from 1")
			word := testkit.Document(x, x.get(documentPath(id)))
			x.has(paper, "Parents: fewer than five.")
			x.has(word, "Parents: fewer than five.", "under 5")
			x.lacks(page+one+paper+word, "Said by", "Differs", "Where parents and staff see it differently", "Leading.")
			if row[3] != "1" || strings.Join(row[4:9], "") != "00100" || row[12] != "fewer than 5" || row[15] != "3" || row[16] != "" {
				t.Errorf("%s, with %d parents the file says %q", when, n, row)
			}
		}
		hidden("while it is open")
		_, _, _ = x.as(roll.Head).post(closePath(id))
		x.as(roll.Governor)
		if n < audit.Fewest {
			hidden("after closing")
			continue
		}
		page, one, paper, row := look()
		x.has(page, "Said by 0", "Differs", "Where parents and staff see it differently")
		x.has(one, "from 6")
		x.has(paper, "Parents 5 (5).")
		x.has(testkit.Document(x, x.get(documentPath(id))), "Parents 5 (5).", "Where parents and staff see it differently", "How many chose each level", "Nobody from outside has checked it.")
		if row[3] != "6" || strings.Join(row[4:9], "") != "00105" || row[12] != "5" || row[16] != "2" || row[17] != "yes" {
			t.Errorf("the file says %q", row)
		}
	}
}

func ptr(n int) *int { return &n }

func TestPaperFrameworksAndAgreeing(t *testing.T) {
	x := open(t)
	id := x.begin()
	x.as(roll.Office)
	x.has(x.get(keyInPath(id)), "Mostly yes", "No name is kept")
	x.has(x.get(keyInFor(id, audit.Governors)), "Whose sheet is it?", "Established")
	if code, body, _ := x.post(keyInPath(id), "group", "parents"); code != 422 || !strings.Contains(body, "Nothing is ticked") {
		t.Errorf("%d", code)
	}
	_, rest, _ := strings.Cut(x.get(keyInPath(id)), `name="sheet" value="`)
	sheet, _, _ := strings.Cut(rest, `"`)
	for _, want := range []int{1, 1} { // the same form twice
		if code, _, _ := x.post(keyInPath(id), "group", "parents", "sheet", sheet, "level-V1", "2"); code != 303 || sheet == "" {
			t.Errorf("%d, sheet %q", code, sheet)
		}
		if o, err := x.s.Results(context.Background(), access.System("test", testkit.OrgA), id); err != nil || o.Audit.ParentsIn != want {
			t.Errorf("%d parents are in, not %d: %v", o.Audit.ParentsIn, want, err)
		}
	}
	if code, _, at := x.post(keyInPath(id), "group", "governors", "name", "Gloria Governor", "level-V1", "2"); code != 303 || !strings.Contains(at, "for=governors") {
		t.Errorf("%d %s", code, at)
	}
	x.as(roll.Head)
	x.has(x.get(AuditPath(id)), "Gloria Governor")
	if code, body, _ := x.post(agreePath(id, "V1"), "level", "3", "reason", ""); code != 422 || !strings.Contains(body, "Write why") {
		t.Errorf("%d", code)
	}
	if code, _, at := x.post(agreePath(id, "V1"), "level", "3", "reason", "We looked"); code != 303 || at != CriterionPath(id, "V2") {
		t.Errorf("%d %s", code, at)
	}
	_, _, _ = x.post(agreePath(id, "V1"), "level", "2", "reason", "We looked again")
	x.has(x.get(CriterionPath(id, "V1")), "We looked again", "Agreed before", "We looked")
	// A framework with a mistake is shown again with its line; a right one is kept, printed and compared.
	_, text, err := x.s.Framework(context.Background(), testkit.A(), "room", "1")
	x.must(err)
	code, body, _ := x.post(FrameworksPath, "text", strings.Replace(text, "title:", "titel:", 1))
	if code != 422 {
		t.Errorf("%d", code)
	}
	x.has(body, "Line 4:", "titel")
	next := strings.Replace(strings.Replace(text, `version: "1"`, `version: "2"`, 1), "Every family is greeted", "Each family is greeted", 1)
	if code, body, _ = x.post(FrameworksPath, "text", strings.ReplaceAll(next, "\n", "\r\n")); code != 303 {
		t.Fatalf("%d %s", code, body)
	}
	x.has(x.get(FrameworksPath), "Your own")
	x.has(x.get(FrameworksPath+"/room?version=2"), "Each family is greeted", "What changed since version 1")
	x.has(x.get(comparePath("room", "1", "2")), "K2", "Other words", "<del>")
	if code, _, _ := x.as(roll.Teacher).post(FrameworksPath, "text", next); code != 404 {
		t.Errorf("a teacher brings one in: %d", code)
	}
}
