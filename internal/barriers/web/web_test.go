package web_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"ajar/internal/admin"
	"ajar/internal/barriers"
	barriersweb "ajar/internal/barriers/web"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/web"
	"ajar/internal/progress"
	"ajar/internal/roll"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// house is the whole mux of this capability over a store with two schools, and someone who asks.
type house struct {
	t      *testing.T
	h      http.Handler
	s      *barriers.Service
	who    access.Who
	pupils map[string]roll.PupilID
	other  roll.PupilID
}

func open(t *testing.T) *house {
	t.Helper()
	sets := []db.Migrations{batch.Migrations(), roll.Migrations(), admin.Migrations(), progress.Migrations(), barriers.Migrations()}
	d := testkit.Open(t, filepath.Join(t.TempDir(), "ajar.db"), sets)
	imports := batch.New(d)
	r := roll.New(d, imports)
	s := barriers.New(d, r, progress.New(d, r, imports))
	m := barriersweb.Manifest(s, admin.New(d, r))
	hs := &house{t: t, s: s, pupils: map[string]roll.PupilID{}}
	server := &web.Server{Gate: access.NewGate(roll.Rights(), m.Rights), Routes: m.Routes, SignIn: "/sign-in", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Identify: func(*http.Request) (access.Who, bool, error) { return hs.who, hs.who.Org != 0, nil },
		Frame:    func(q *web.Req) web.Frame { return web.Frame{Path: q.R.URL.Path} },
		Trouble: func(_ *web.Req, status int, title, sentence, reference string) web.Component {
			if reference != "" {
				t.Errorf("an error of ours: %s", sentence)
			}
			return trouble(title + ": " + sentence)
		}}
	var err error
	if hs.h, err = server.Handler(); err != nil {
		t.Fatal(err)
	}
	for _, p := range []access.Pass{testkit.A(), testkit.B()} {
		if _, err := s.SetRules(t.Context(), p, []barriers.RuleText{
			{Code: "attendance", Label: "Attendance below 85 %", When: "attendance.percent < 85.0"},
			{Code: "reading", Label: "Reading <b>below</b> 90", When: `result["reading"].value < 90.0`},
			{Code: "sen", Label: "SEN", When: `sen in ["K", "E"]`},
		}); err != nil {
			t.Fatal(err)
		}
	}
	hs.as(roll.Head)
	hs.pupils["amina"] = hs.put(testkit.A(), "a1", "Amina", "=Hale", "9", "K", 58)
	hs.pupils["ben"] = hs.put(testkit.A(), "a2", "Ben", "Hale", "8", "N", 0)
	hs.pupils["cy"] = hs.put(testkit.A(), "a3", "Cy", "<script>", "10", "", -1)
	hs.other = hs.put(testkit.B(), "b1", "Zed", "Elsewhere", "9", "K", 58)
	return hs
}

type trouble string

func (s trouble) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, html.EscapeString(string(s)))
	return err
}

func (hs *house) put(p access.Pass, local, forename, surname, year, sen string, missed int) roll.PupilID {
	hs.t.Helper()
	id := ids.New[roll.Pupil]()
	if err := hs.s.DB.Update(hs.t.Context(), p, func(tx *db.Tx) error {
		if _, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, upn, forename, surname, sort_key, search, year, sen) values ($1, $2, $3, '0123456789012', $4, $5, $6, $7, $8, $9)`,
			id, local, forename, surname, roll.SortKey(surname, forename), roll.SearchText(forename, surname), year, sen); err != nil || missed < 0 {
			return err
		}
		_, err := tx.Exec(`insert into progress_attendance_total (org_id, id, pupil_id, from_on, to_on, possible, attended) values ($1, $2, $3, '2026-09-01', '2026-11-13', 380, $4)`, ids.New[progress.Total](), id, 380-missed)
		return err
	}); err != nil {
		hs.t.Fatal(err)
	}
	return id
}

func (hs *house) as(role access.Role) {
	hs.who = access.Who{Org: testkit.OrgA, OrgName: "High School", Name: "Sam Reed", Roles: []access.Role{role}}
}

type answer struct {
	t      *testing.T
	status int
	to     string
	body   string
	page   *html.Node
}

func (hs *house) do(method, path string, form url.Values) answer {
	hs.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	hs.h.ServeHTTP(w, r)
	page, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		hs.t.Fatal(err)
	}
	return answer{hs.t, w.Code, w.Header().Get("Location"), w.Body.String(), page}
}

func (hs *house) get(path string) answer { hs.t.Helper(); return hs.do("GET", path, nil) }

// texts are the words of all that a selector finds.
func (a answer) texts(selector string) (out []string) {
	for _, n := range cascadia.QueryAll(a.page, cascadia.MustCompile(selector)) {
		out = append(out, strings.Join(strings.Fields(text(n)), " "))
	}
	return out
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(text(c))
	}
	return b.String()
}

func (a answer) has(words ...string) {
	a.t.Helper()
	all := strings.Join(strings.Fields(text(a.page)), " ")
	for _, w := range words {
		if !strings.Contains(all, w) {
			a.t.Errorf("%d: not on the page: %q", a.status, w)
		}
	}
}

func (a answer) hasNot(words ...string) {
	a.t.Helper()
	for _, w := range words {
		if strings.Contains(a.body, w) {
			a.t.Errorf("%d: must not be on the page: %q", a.status, w)
		}
	}
}

func TestTheListPage(t *testing.T) {
	hs := open(t)
	a := hs.get("/reach")
	a.has("Who needs reaching", "not a prediction", "Ajar puts nobody into a cohort", "3 pupils", "How this was worked out", "Reading <b>below</b> 90")
	a.hasNot("Zed", "Elsewhere", "<script>", "Reading <b>below")
	if got := fmt.Sprint(a.texts("tbody th a")); got != "[=Hale, Amina Hale, Ben <script>, Cy]" {
		t.Errorf("the highest first, then by name: %s", got)
	}
	for query, want := range map[string]string{
		"?sort=-name": "[<script>, Cy Hale, Ben =Hale, Amina]", "?year=8": "[Hale, Ben]", "?at_least=2": "[=Hale, Amina]", "?barrier=sen": "[=Hale, Amina]", "?unknown=sen": "[<script>, Cy]",
		"?words=ben": "[Hale, Ben]", "?cohort=in": "[]", "?page=99": "[=Hale, Amina Hale, Ben <script>, Cy]", "?at_least=-5&page=x&sort=%27": "[=Hale, Amina Hale, Ben <script>, Cy]",
	} {
		got := fmt.Sprint(hs.get("/reach" + query).texts("tbody th a"))
		if got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if a := hs.get("/reach?year=8"); len(a.texts(".ajar-chip")) != 1 || !strings.Contains(a.body, "1 of 3 pupils") {
		t.Errorf("the filter in force is not shown: %v", a.texts(".ajar-found"))
	}
	if a := hs.get("/reach?on=31/2/2026"); a.status != 422 {
		t.Errorf("a day that is none: %d", a.status)
	}
	if a := hs.get("/reach?on=1/1/2030"); a.status != 422 || !strings.Contains(a.body, "does not look ahead") {
		t.Errorf("a day to come: %d", a.status)
	}
	past := hs.get("/reach?on=14/11/2026")
	past.has("As it was on 14 Nov 2026", "worked out now")
	if len(past.texts(".ajar-rowcheck")) != 0 {
		t.Error("pupils of a past list can be chosen")
	}
}

func TestTheListAsAFile(t *testing.T) {
	hs := open(t)
	a := hs.get("/reach/list.csv?at_least=2")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v %v", rows, err)
	}
	// The UPN keeps its nought, and a name that begins like a formula is no formula.
	if rows[1][1] != "0123456789012" || !strings.HasPrefix(rows[1][2], "'=") || rows[1][6] != "Attendance below 85 %; SEN" {
		t.Errorf("%v", rows[1])
	}
	if a := hs.get("/reach/list.xlsx"); !strings.HasPrefix(a.body, "PK") {
		t.Error("no workbook")
	}
	hs.get("/reach/print").has("Printed by Sam Reed", "Confidential")
}

func TestOnePupilsPages(t *testing.T) {
	hs := open(t)
	path := "/pupils/" + hs.pupils["amina"].String() + "/barriers"
	hs.get(path).has("What is counted, and why", "58 of 380 sessions missed", "below 85 %", "As of 13 Nov 2026", "There is no result in reading", "How the count has changed")
	sheet := hs.get(path + "/sheet")
	sheet.has("What the school counts, and why", "SEN support", "At school for 84.74 % of half days", "Please tell us", "What we do not know")
	sheet.hasNot("Ben", "I factor", "sen in", "Zed")
	for _, wrong := range []string{"/pupils/" + hs.other.String() + "/barriers", "/pupils/" + hs.other.String() + "/barriers/sheet", "/pupils/x/barriers", "/pupils/0000000000000/barriers"} {
		if a := hs.get(wrong); a.status != 404 {
			t.Errorf("%s: %d", wrong, a.status)
		}
	}
}

func TestGovernorsSeeFiguresAndNoName(t *testing.T) {
	hs := open(t)
	for i := range 12 {
		hs.put(testkit.A(), fmt.Sprintf("n%d", i), "Kid", fmt.Sprintf("Number%d", i), "9", "N", 0)
	}
	hs.as(roll.Governor)
	if a := hs.get("/reach"); a.status != 303 || a.to != "/reach/figures" {
		t.Errorf("%d %s", a.status, a.to)
	}
	a := hs.get("/reach/figures")
	a.has("fewer than 5", "not shown", "Pupils by barrier")
	a.hasNot("Hale", "Number1", "Amina")
	hs.get("/reach/rules").hasNot("Make a rule")
	id := hs.pupils["amina"].String()
	for _, path := range []string{"/reach/list.csv", "/reach/list.xlsx", "/reach/print", "/reach/cohorts", "/reach/choose?do=cohort&pupil=" + id, "/pupils/" + id + "/barriers", "/pupils/" + id + "/barriers/sheet", "/reach/rules/edit"} {
		if a := hs.get(path); a.status != 404 || strings.Contains(a.body, "Hale") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	hs.who = access.Who{}
	if a := hs.get("/reach"); a.status != 303 || !strings.HasPrefix(a.to, "/sign-in") {
		t.Errorf("signed out: %d %s", a.status, a.to)
	}
}

func TestARuleIsMadeFromPlainChoices(t *testing.T) {
	hs := open(t)
	hs.get("/reach/rules").has("Attendance is below 85 %", "From the beginning", "Make a rule")
	if got := hs.get("/reach/rules/edit").texts("#field1 optgroup option"); len(got) < 20 {
		t.Errorf("fields to choose from: %v", got)
	}
	wrong := hs.do("POST", "/reach/rules/preview", url.Values{"field1": {"sen"}, "op1": {"below"}, "value1": {"K"}, "field2": {"attendance.percent"}, "op2": {"below"}, "value2": {"many"}, "from": {"soon"}})
	if wrong.status != 422 {
		t.Errorf("%d", wrong.status)
	}
	wrong.has("“below” cannot be used with SEN", "“many” is none", "Say in a few words", "Write the date")
	if !strings.Contains(wrong.body, `value="many"`) {
		t.Error("what was typed is lost")
	}

	form := url.Values{"label": {"Year 8, known to be without SEN"}, "joined": {"all"}, "field1": {"year"}, "op1": {"is one of"}, "value1": {"8, 7"}, "field2": {"sen"}, "op2": {"is"}, "value2": {"N"}, "from": {"20 11 2026"}}
	preview := hs.do("POST", "/reach/rules/preview", form)
	preview.has("1 would go up and 0 down", "Ben Hale", "Year group is 8 or 7", "needs more care than other data", "SEN says something about a child's health", "Keep this rule", "Nothing is kept yet")
	if preview.status != 200 || len(hs.get("/reach/rules").texts("tbody tr")) != 3 {
		t.Error("a preview kept the rule")
	}
	keep := url.Values{}
	for _, name := range []string{"code", "label", "from", "when"} {
		n := cascadia.Query(preview.page, cascadia.MustCompile(`form input[name="`+name+`"]`))
		if n == nil {
			t.Fatalf("the preview does not carry %s", name)
		}
		for _, at := range n.Attr {
			if at.Key == "value" {
				keep.Set(name, at.Val)
			}
		}
	}
	if a := hs.do("POST", "/reach/rules/save", keep); a.status != 303 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := hs.get("/reach?barrier=" + keep.Get("code")); fmt.Sprint(a.texts("tbody th a")) != "[Hale, Ben]" {
		t.Errorf("%v", a.texts("tbody th a"))
	}
	// The rule comes back as the choices it was made of, and one that choices cannot say as an expression.
	again := hs.get("/reach/rules/edit?code=" + keep.Get("code"))
	if !strings.Contains(again.body, `value="8, 7"`) || len(again.texts("#when")) != 0 {
		t.Error("the choices are not read back")
	}
	if a := hs.get("/reach/rules/edit?code=" + keep.Get("code") + "&as=expression"); len(a.texts("#when")) != 1 {
		t.Error("no expression box")
	}
	if a := hs.do("POST", "/reach/rules/preview", url.Values{"as": {"expression"}, "label": {"x"}, "when": {"attendence.percent < 85"}}); a.status != 422 || !strings.Contains(a.body, "Did you mean") {
		t.Errorf("%d", a.status)
	}
	hs.get("/reach/rules/end?code=sen").has("End this rule", "0 would go up and 1 down")
	if a := hs.do("POST", "/reach/rules/end", url.Values{"code": {"sen"}}); a.status != 303 {
		t.Errorf("%d", a.status)
	}
	hs.get("/reach/rules").has("Rules that have ended")
	if a := hs.get("/reach/rules/end?code=none"); a.status != 404 {
		t.Errorf("%d", a.status)
	}
	hs.as(roll.Senco)
	for _, path := range []string{"/reach/rules/preview", "/reach/rules/save", "/reach/rules/end"} {
		if a := hs.do("POST", path, keep); a.status != 404 {
			t.Errorf("%s by someone who may not: %d", path, a.status)
		}
	}
}

func TestACohortFromTheList(t *testing.T) {
	hs := open(t)
	amina, ben := hs.pupils["amina"].String(), hs.pupils["ben"].String()
	hs.get("/reach/choose?do=cohort&pupil="+amina+"&pupil="+hs.other.String()).has("1 pupil chosen", "Why these pupils?", "a family may ask to see it")
	hs.get("/reach/choose?do=cohort&all=1&at_least=1").has("1 pupil chosen")
	if a := hs.get("/reach/choose?do=cohort"); a.status != 303 {
		t.Errorf("nobody chosen: %d", a.status)
	}
	again := hs.do("POST", "/reach/cohorts", url.Values{"pupil": {amina}, "name": {"Autumn"}})
	if again.status != 422 || !strings.Contains(again.body, `value="Autumn"`) || !strings.Contains(again.body, amina) {
		t.Errorf("without a reason: %d", again.status)
	}
	made := hs.do("POST", "/reach/cohorts", url.Values{"into": {"new"}, "pupil": {amina}, "name": {"Autumn"}, "reason": {"Two barriers."}})
	if made.status != 303 || !strings.HasPrefix(made.to, "/reach/cohorts/") {
		t.Fatalf("%d %s", made.status, made.to)
	}
	id := strings.TrimPrefix(made.to, "/reach/cohorts/")
	page := hs.get(made.to)
	page.has("Autumn", "Two barriers.", "84.7 % → 84.7 %", "the same", "Changed is not caused", "mostly rises by itself", "With 1 pupil")
	if !strings.Contains(page.body, `action="/conversations/programmes/new"`) || !strings.Contains(page.body, `name="pupil" value="`+amina) {
		t.Error("no way on to conversations")
	}
	if a := hs.do("POST", "/reach/cohorts", url.Values{"into": {id}, "pupil": {ben}, "reason": {"Her brother."}}); a.to != made.to {
		t.Errorf("%d %s", a.status, a.to)
	}
	hs.get(made.to).has("Her brother.", "2 pupils in it now")
	hs.get("/reach?cohort=in").has("2 of 3 pupils", "In one")
	if a := hs.do("POST", made.to+"/remove", url.Values{"pupil": {ben}}); a.status != 422 {
		t.Errorf("out without a reason: %d", a.status)
	}
	if a := hs.do("POST", made.to+"/remove", url.Values{"pupil": {ben}, "reason": {"Asked."}}); a.status != 303 {
		t.Errorf("%d", a.status)
	}
	hs.get(made.to).has("Taken out", "Asked.")
	hs.as(roll.Administrator)
	for _, path := range []string{"/reach/cohorts", made.to + "/remove", made.to + "/end"} {
		if a := hs.do("POST", path, url.Values{"into": {id}, "pupil": {amina}, "reason": {"x"}, "review": {"x"}}); a.status != 404 {
			t.Errorf("%s by someone who may not: %d", path, a.status)
		}
	}
	hs.as(roll.Head)
	if a := hs.do("POST", made.to+"/end", url.Values{"review": {" "}}); a.status != 422 {
		t.Errorf("closed without a review: %d", a.status)
	}
	if a := hs.do("POST", made.to+"/end", url.Values{"review": {"It went well."}}); a.status != 303 {
		t.Errorf("%d", a.status)
	}
	hs.get(made.to).has("Closed", "It went well.")
	hs.get("/reach/cohorts").has("Autumn")
}

func TestGivingAKeyTeacher(t *testing.T) {
	hs := open(t)
	staff := ids.New[roll.Staff]()
	if err := hs.s.DB.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into roll_staff (org_id, id, name) values ($1, $2, 'Declan Frost')`, staff)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	amina := hs.pupils["amina"].String()
	hs.get("/reach/choose?do=key_teacher&pupil="+amina).has("Declan Frost", "1 pupil chosen")
	if a := hs.do("POST", "/reach/key-teacher", url.Values{"pupil": {amina}}); a.status != 422 {
		t.Errorf("%d", a.status)
	}
	if a := hs.do("POST", "/reach/key-teacher", url.Values{"pupil": {amina}, "staff": {staff.String()}}); a.status != 303 {
		t.Errorf("%d", a.status)
	}
	hs.get("/reach").has("Declan Frost")
	hs.as(roll.Senco)
	if a := hs.do("POST", "/reach/key-teacher", url.Values{"pupil": {amina}, "staff": {staff.String()}}); a.status != 404 {
		t.Errorf("by someone who may not: %d", a.status)
	}
}
