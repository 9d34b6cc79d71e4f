package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// site is the pages of the roll over a real store, with somebody signed in.
type site struct {
	t   *testing.T
	s   *roll.Service
	h   http.Handler
	who *access.Who
	// In school A: a girl with two parents, an order against one of them, and a girl who is nobody's own.
	pupil, other           roll.PupilID
	mum, dad               roll.AdultID
	mumTie, dadTie         roll.TieID
	order                  roll.OrderID
	head, teacher, newcome roll.StaffID
	class                  roll.ClassID
	elsewhere              roll.PupilID // a pupil of school B
	org                    roll.OrgID
}

func open(t *testing.T) *site {
	t.Helper()
	d := testkit.Open(t, filepath.Join(t.TempDir(), "ajar.db"), []db.Migrations{batch.Migrations(), roll.Migrations()})
	imports := batch.New(d)
	x := &site{t: t, s: roll.New(d, imports), who: &access.Who{}}
	imports.Offer(tryKind)
	m := Manifest(x.s)
	gate := access.NewGate(m.Rights)
	srv := &web.Server{Gate: gate, Routes: append(m.Routes, RightsRoutes(x.s, gate.Rights)...), SignIn: "/sign-in", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Identify: func(*http.Request) (access.Who, bool, error) { return *x.who, x.who.Org != 0, nil },
		Frame: func(q *web.Req) web.Frame {
			return web.Frame{Org: "Oakfield", Who: q.Pass.Who().Name, Path: q.R.URL.Path, Search: true, Menu: m.Menu}
		},
		Trouble: func(q *web.Req, _ int, title, sentence, _ string) web.Component {
			return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				return ui.Page(ui.From(q, title)).Render(templ.WithChildren(ctx, words(sentence)), w)
			})
		},
	}
	var err error
	if x.h, err = srv.Handler(); err != nil {
		t.Fatal(err)
	}
	x.fill()
	x.as(roll.Head, 0)
	return x
}

// tryKind stands for the kinds that capabilities offer: a row with a name is new, one without is refused.
var tryKind = batch.Kind{Key: "try", Title: "Try", Help: "A sheet of names.", Need: roll.Import, Fields: []string{"pupil_id", "surname"}, Required: []string{"pupil_id", "surname"},
	Synonyms: map[string][]string{"surname": {"last name"}},
	Read: func(r *batch.Run) error {
		t, err := sheet.Open(r.Input.Name, r.Input.Data, r.Input.Size, sheet.Defaults())
		if err != nil {
			return err
		}
		defer func() { _ = t.Close() }()
		bound, err := sheet.BindTemplate([]string{"pupil_id", "surname"}, t.Header)
		if r.Mapping != nil {
			bound, err = r.Mapping.Bind(t.Header)
		}
		if err != nil {
			return err
		}
		for {
			row, err := t.Next()
			if err != nil {
				return nil
			}
			recs, _ := bound.Rows(row)
			if recs[0].Get("surname") == "" {
				r.Refuse(sheet.NewRefusal(t.Name, row.N, "surname", "", "There is no surname."), t.Header, row.Cells)
				r.Row(sheet.Refused)
				r.Count("pupils", sheet.Refused)
				continue
			}
			r.Warn("Row %d: look at it.", row.N)
			r.Row(sheet.Created)
			r.Count("pupils", sheet.Created)
		}
	}}

func (x *site) fill() {
	x.t.Helper()
	fill := func(p access.Pass, first bool) {
		if err := x.s.DB.Update(context.Background(), p, func(tx *db.Tx) error {
			put := func(sql string, args ...any) {
				if _, err := tx.Exec(sql, args...); err != nil {
					x.t.Fatal(err)
				}
			}
			pupil := func(local, forename, upn string) roll.PupilID {
				id := ids.New[roll.Pupil]()
				pp := roll.Pupil{LocalID: local, Forename: forename, Surname: "Khan", UPN: upn, Address: "1 Safe House", Postcode: "AB1 2CD"}
				put(`insert into roll_pupil (org_id, id, local_id, upn, forename, surname, known_as, year, address, postcode, search, sort_key) values ($1, $2, $3, $4, $5, 'Khan', 'Mimi', '8', $6, $7, $8, $9)`,
					id, local, upn, forename, pp.Address, pp.Postcode, roll.PupilSearch(pp), roll.SortKey("Khan", forename))
				return id
			}
			if !first {
				x.elsewhere = pupil("P1", "Elsewhere", "")
				return nil
			}
			x.pupil, x.other = pupil("P1", "Amira", "A801200005001"), pupil("P2", "Other", "")
			adult := func(name, phone string) roll.AdultID {
				id := ids.New[roll.Adult]()
				put(`insert into roll_adult (org_id, id, forename, surname, name, address, search, sort_key) values ($1, $2, $3, 'Khan', $4, $5, $6, $7)`, id, name, name+" Khan", "of "+name, roll.Fold(name+" Khan "+phone), roll.SortKey("Khan", name))
				put(`insert into roll_channel (org_id, id, adult_id, kind, value, folded) values ($1, $2, $3, 'phone', $4, $5)`, ids.New[roll.Channel](), id, phone, roll.FoldChannel("phone", phone))
				return id
			}
			x.mum, x.dad = adult("Jane", "07700 900111"), adult("Sean", "07700 900222")
			tie := func(adult roll.AdultID, place int) roll.TieID {
				id := ids.New[roll.Tie]()
				put(`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship, priority) values ($1, $2, $3, $4, 'parent', $5)`, id, x.pupil, adult, place)
				return id
			}
			x.mumTie, x.dadTie = tie(x.mum, 1), tie(x.dad, 2)
			var err error
			for _, s := range []struct {
				id   *roll.StaffID
				name string
				role access.Role
			}{{&x.head, "Hana Head", roll.Head}, {&x.teacher, "Tom Teacher", roll.KeyTeacher}, {&x.newcome, "Nia New", roll.Teacher}} {
				if *s.id, err = roll.AddStaff(tx, s.name, ""); err != nil {
					return err
				}
				if err := roll.GiveRole(tx, *s.id, s.role); err != nil {
					return err
				}
			}
			x.class = ids.New[roll.Class]()
			put(`insert into roll_class (org_id, id, local_id, title, kind) values ($1, $2, '8B', '8B', 'form')`, x.class)
			put(`insert into roll_member (org_id, id, class_id, pupil_id) values ($1, $2, $3, $4)`, ids.New[roll.Member](), x.class, x.pupil)
			put(`insert into roll_assignment (org_id, id, pupil_id, staff_id, part, starts) values ($1, $2, $3, $4, 'key_teacher', '2026-09-01')`, ids.New[roll.Worker](), x.pupil, x.teacher)
			return nil
		}); err != nil {
			x.t.Fatal(err)
		}
	}
	fill(testkit.A(), true)
	fill(testkit.B(), false)
	v := roll.OrderValues("2026-11-01")
	v["kind"], v["decided_by"] = "no_contact", "family court"
	var err error
	if x.order, err = x.s.AddOrder(context.Background(), testkit.A(), x.pupil, x.dadTie, v); err != nil {
		x.t.Fatal(err)
	}
	o, err := x.s.AddOrg(context.Background(), "test", roll.Org{Code: "C", Name: "Cluster", Type: "cluster"}, "")
	if err != nil {
		x.t.Fatal(err)
	}
	x.org = o.ID
}

// as signs somebody in.
func (x *site) as(role access.Role, staff roll.StaffID) {
	*x.who = access.Who{Org: testkit.OrgA, Staff: int64(staff), Name: "Pat Person", Roles: []access.Role{role}}
}

type answer struct {
	t      *testing.T
	what   string
	status int
	head   http.Header
	doc    *html.Node
	body   string
}

func (x *site) do(r *http.Request) answer {
	x.t.Helper()
	w := httptest.NewRecorder()
	x.h.ServeHTTP(w, r)
	doc, err := html.Parse(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		x.t.Fatal(err)
	}
	return answer{x.t, r.Method + " " + r.URL.String(), w.Code, w.Header(), doc, w.Body.String()}
}

func (x *site) get(path string) answer {
	x.t.Helper()
	return x.do(httptest.NewRequest("GET", path, nil))
}

func (x *site) post(path string, fields ...string) answer {
	x.t.Helper()
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return x.do(r)
}

func (x *site) send(path, field, name, body string) answer {
	x.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, _ := w.CreateFormFile(field, name)
	_, _ = f.Write([]byte(body))
	_ = w.Close()
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return x.do(r)
}

func (a answer) is(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: %d, want %d\n%s", a.what, a.status, status, a.text("main"))
	}
	return a
}

func (a answer) all(sel string) []*html.Node {
	return cascadia.QueryAll(a.doc, cascadia.MustCompile(sel))
}

func (a answer) text(sel string) string {
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
	for _, n := range a.all(sel) {
		walk(n)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// says wants a text inside what a selector finds; lacks wants it nowhere there.
func (a answer) says(sel, text string) answer {
	a.t.Helper()
	if !strings.Contains(a.text(sel), text) {
		a.t.Errorf("%s: %q does not say %q but: %s", a.what, sel, text, a.text(sel))
	}
	return a
}

func (a answer) lacks(sel, text string) answer {
	a.t.Helper()
	if got := a.text(sel); strings.Contains(got, text) {
		a.t.Errorf("%s: %q says %q: %s", a.what, sel, text, got)
	}
	return a
}

func (a answer) count(sel string, n int) answer {
	a.t.Helper()
	if got := len(a.all(sel)); got != n {
		a.t.Errorf("%s: %d of %q, want %d", a.what, got, sel, n)
	}
	return a
}

func (x *site) follow(a answer) answer {
	x.t.Helper()
	a.is(http.StatusSeeOther)
	r := httptest.NewRequest("GET", a.head.Get("Location"), nil)
	for _, c := range (&http.Response{Header: a.head}).Cookies() {
		r.AddCookie(c)
	}
	return x.do(r)
}

func TestSearchPage(t *testing.T) {
	x := open(t)
	x.get("/search").is(200).count("input[name=q][type=search]", 2)
	x.get("/search?q=khan").is(200).says("#results", "Amira").says("#results", "Year 8, 8B").says("#results", "Other").says("[data-kind=adults]", "Order in force").lacks("#results", "Elsewhere")
	x.get("/search?q=nobody").is(200).says("#results", "Nobody was found")
	x.get("/search?q=x").is(422).says(".govuk-error-summary", "at least two letters")
	x.get("/search?q="+url.QueryEscape("<script>alert(1)</script>")).is(200).count("main script", 0)
	x.as(roll.KeyTeacher, x.teacher)
	x.get("/search?q=khan").is(200).says("#results", "Amira").lacks("main", "Other").says("#results", "1 pupil,")
	x.as(roll.KeyTeacher, x.newcome)
	x.get("/search?q=khan").is(200).says("#results", "Nobody was found").lacks("#results", "Amira")
}

func TestPupilPage(t *testing.T) {
	x := open(t)
	a := x.get(PupilPath(x.pupil)).is(200)
	a.says("h1", "Mimi Khan").says("main", "Registered as Amira Khan").says(".govuk-summary-list", "Not known")
	// The adult under an order stands first, with what it stops, and the other home is marked.
	cards := a.all("section[data-tie]")
	if len(cards) != 2 || attr(cards[0], "data-adult") != "Sean Khan" {
		t.Errorf("the order does not stand first")
	}
	a.count("[data-adult='Sean Khan'] [data-order=no_contact]", 1).says("[data-order]", "No letter, message").says("[data-order]", "papers have not been seen")
	a.says("[data-adult='Jane Khan'] [data-not-given]", "Not to be given to Sean Khan").count("[data-adult='Sean Khan'] [data-not-given]", 0)
	a.says("[data-adult='Jane Khan']", "nobody has said")
	a.says("footer", "Worried about a child's safety?")
	a.says("main", "its other characters ask for B").count("form[action$=keep-upn]", 1)
	x.follow(x.post(keepUPNPath(x.pupil))).is(200).lacks("main", "ask for B")
	x.as(roll.KeyTeacher, x.teacher)
	x.get(PupilPath(x.pupil)).is(200).count("main form", 0).count("a[href$='/edit']", 0).count("a[href$='/orders/new']", 0)
	x.get(PupilPath(x.other)).is(404)
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestChangeByHand(t *testing.T) {
	x := open(t)
	seen := attr(x.get(pupilEditPath(x.pupil, "")).is(200).all("input[name=seen]")[0], "value")
	x.post(pupilEditPath(x.pupil, ""), "seen", seen, "forename", "", "surname", "", "date_of_birth", "31/2/2014").is(422).says(".govuk-error-summary", "One of them is needed").says(".govuk-error-summary", "day, month and year").count("input[name=date_of_birth][value='31/2/2014']", 1)
	a := x.follow(x.post(pupilEditPath(x.pupil, ""), "seen", seen, "forename", "Amira", "surname", "Malik", "known_as", "Mimi", "year", "8", "fsm", "yes", "upn", "A801200005001", "address", "1 Safe House", "postcode", "AB1 2CD"))
	a.says("h1", "Mimi Malik").says("details", "Set by hand").says("details", "Pat Person").says(".ajar-flash", "2 details were changed")
	x.post(pupilEditPath(x.pupil, ""), "seen", seen, "forename", "Amira", "surname", "Stale").is(422).says(".govuk-error-summary", "Someone else changed this").count("input[name=surname][value=Stale]", 1)
	f := a.all("form[action$='/release'] input")
	x.follow(x.post(releasePath(x.pupil), attr(f[0], "name"), attr(f[0], "value"), attr(f[1], "name"), attr(f[1], "value"), attr(f[2], "name"), attr(f[2], "value"))).says(".ajar-flash", "was released")

	x.get(AdultEditPath(x.pupil, x.mum)).is(200).count("input[type=tel]", 2).count("datalist option", len(roll.Languages)).count("input[name=reads][list=languages]", 1)
	x.post(AdultEditPath(x.pupil, x.mum), "forename", "Jane", "surname", "Khan", "way_0_kind", "phone", "way_0", "12").is(422).says(".govuk-error-summary", "not a whole phone number")
	x.follow(x.post(AdultEditPath(x.pupil, x.mum), "forename", "Jane", "surname", "Khan", "reads", "Urdu", "way_0_kind", "phone", "way_0", "07700 900333")).says("[data-adult='Jane Khan']", "Urdu").says("[data-adult='Jane Khan']", "07700 900333").lacks("main", "07700 900111")
	x.follow(x.post(tieEditPath(x.pupil, x.mumTie), "relationship", "mother", "responsibility", "yes", "lives_with", "yes")).says("[data-adult='Jane Khan']", "recorded by Pat Person")

	x.get(adultNewPath(x.other)).is(200).count("form[action$='/adults']", 0)
	x.get(adultNewPath(x.other)+"?surname=Khan&forename=Jane").is(200).says("[data-like]", "Jane Khan").count("form[action$='/adults']", 1)
	x.post(adultsPath(x.other), "forename", "Jane", "surname", "Khan", "way_0_kind", "phone", "way_0", "07700900333", "responsibility", "unknown").is(422).says(".govuk-error-summary", "already").count("input[name=another]", 1)
	x.get(adultTiePath(x.other, x.mum)).is(200)
	x.follow(x.post(adultTiePath(x.other, x.mum), "relationship", "mother", "responsibility", "unknown")).says("[data-adult]", "Jane Khan")
	x.get(assignPath(x.other)).is(200)
	x.follow(x.post(assignPath(x.other), "staff", x.teacher.String(), "part", "family_worker")).says("main", "Tom Teacher")
}

func TestOrderPages(t *testing.T) {
	x := open(t)
	x.get(orderNewPath(x.pupil, x.mumTie)).is(200).count("input[name=kind]", 5)
	x.post(ordersPath(x.pupil, x.mumTie), "kind", "").is(422).says(".govuk-error-summary", "Choose what the order says")
	fields := []string{"kind", "no_information", "decided_by", "family court", "starts", "20/11/2026"}
	a := x.post(ordersPath(x.pupil, x.mumTie), fields...).is(200).says("[data-loses]", "Jane Khan").says("main", "no adult is left").count("button[name=confirm]", 1)
	a.count("input[type=hidden][name=kind][value=no_information]", 1)
	x.get(PupilPath(x.pupil)).count("[data-order=no_information]", 0)
	x.follow(x.post(ordersPath(x.pupil, x.mumTie), append(fields, "confirm", "yes")...)).count("[data-adult='Jane Khan'] [data-order=no_information]", 1)
	x.get(orderEndPath(x.pupil, x.order)).is(200)
	x.post(orderEndPath(x.pupil, x.order), "ends", "20/11/2026").is(422).says(".govuk-error-summary", "why it ends")
	x.follow(x.post(orderEndPath(x.pupil, x.order), "ends", "19/11/2026", "why", "discharged")).count("[data-order=no_contact]", 0).says("details", "discharged")
}

func TestStaffAndClassPages(t *testing.T) {
	x := open(t)
	x.get(StaffPath).is(200).says("main", "Tom Teacher").says("main", "Key teacher").count("a[href='/staff/new']", 1)
	x.post(StaffPath, "forename", "").is(422).says(".govuk-error-summary", "forename or surname")
	a := x.follow(x.post(StaffPath, "forename", "Olu", "surname", "Ade", "email", "olu@example.org")).is(200).says("h1", "Olu Ade").says("main", "No role yet")
	x.post(staffRolesPath(x.newcome), "role", "").is(422).says(".govuk-error-summary", "Choose a role")
	x.follow(x.post(staffRolesPath(x.newcome), "role", "senco", "starts", "1/1/2027")).says("[data-roles]", "SEN co-ordinator").says("[data-roles]", "Not today")
	_ = a
	x.get(ClassesPath).is(200).says("main", "8B")
	x.get(ClassPath(x.class)).is(200).says("main", "Tom Teacher").count("input[name=pupil]", 1)
	x.post(classAssignPath(x.class), "part", "key_teacher").is(422).says(".govuk-error-summary", "at least one pupil")
	fields := []string{"pupil", x.pupil.String(), "staff", x.newcome.String(), "part", "key_teacher"}
	x.post(classAssignPath(x.class), fields...).is(200).says("[data-will]", "Nia New becomes key teacher of 1 pupil").says("[data-replaced]", "1 pupil has another key teacher")
	b := x.post(classAssignPath(x.class), append(fields, "confirm", "yes")...).is(200).says(".ajar-undo", "1 more pupil")
	x.get(ClassPath(x.class)).says("main", "Nia New")
	x.follow(x.post(attr(b.all(".ajar-undo")[0], "action"))).is(200)
	x.get(ClassPath(x.class)).says("table", "Tom Teacher").lacks("table", "Nia New")
	x.as(roll.KeyTeacher, x.teacher)
	x.get(StaffPath).is(200).count("a[href='/staff/new']", 0)
	x.get(ClassPath(x.class)).is(200).count("input[name=pupil]", 0)
}

func TestImportPages(t *testing.T) {
	x := open(t)
	x.get(ImportsPath).is(200).says(".ajar-cards", "Try").says("main", "Nothing brought in yet")
	x.get(importNewPath("try")).is(200).count("input[type=file][name=file]", 1)
	x.get(importNewPath("nothing")).is(404)
	for _, format := range []string{"csv", "xlsx"} {
		if a := x.get(templatePath("try", format)).is(200); !strings.Contains(a.head.Get("Content-Disposition"), "try."+format) || len(a.body) < 10 {
			t.Errorf("the %s template: %v", format, a.head)
		}
	}
	x.post(importNewPath("try")).is(422).says(".govuk-error-summary", "Choose a file first")
	x.send(importNewPath("try"), "file", "a.pdf", "%PDF-1.7 nothing").is(422).count(".govuk-error-summary a[href='#file']", 1)

	// Our own template goes straight to the preview.
	file := "pupil_id,surname\n1,Khan\n2,\n3,Malik\n"
	at := x.send(importNewPath("try"), "file", "ours.csv", file).is(303).head.Get("Location")
	x.get(at).is(200).says("[data-numbers]", "3 rows: 2 new, 0 changed, 0 the same as now, 1 refused").says("main", "There is no surname").says("form button", "Bring in 2 pupils").says("[data-warnings]", "more like it")
	x.follow(x.post(at+"/confirm")).is(200).says("h1", "Brought in").says(".ajar-undo", "Until 20 December 2026").says("main", "Download the refused rows")
	if a := x.get(at + "/refused").is(200); !strings.Contains(a.body, "There is no surname") {
		t.Errorf("the refused rows: %s", a.body)
	}
	x.get(ImportsPath).says("table", "2 new, 0 changed, 0 the same, 1 refused").count("form[action$='/undo']", 1)
	x.follow(x.post(at+"/undo")).is(200).says("h1", "Undone").count("form[action$='/undo']", 0)
	x.post(at + "/undo").is(409)

	// Other columns are matched once, and known the second time.
	file = "Nr,Last name\n1,Khan\n"
	at = x.send(importNewPath("try"), "file", "theirs.csv", file).is(303).head.Get("Location")
	if !strings.HasSuffix(at, "/columns") {
		t.Fatalf("other columns lead to %s", at)
	}
	x.get(strings.TrimSuffix(at, "/columns")).is(303)
	a := x.get(at).is(200).says("[data-rows]", "Khan").count("select[name=column_pupil_id]", 1)
	if n := len(a.all("select[name=column_surname] option[selected][value='Last name']")); n != 1 {
		t.Errorf("the surname is not suggested")
	}
	x.post(at, "column_surname", "Last name").is(422).says(".govuk-error-summary", "pupil id")
	if m := x.get(strings.TrimSuffix(at, "columns") + "mapping").is(200); !strings.Contains(m.body, "Last name") {
		t.Errorf("the mapping: %s", m.body)
	}
	x.follow(x.post(at, "column_surname", "Last name", "column_pupil_id", "Nr")).is(200).says("form button", "Bring in 1 pupil")
	again := x.send(importNewPath("try"), "file", "theirs2.csv", file).is(303).head.Get("Location")
	x.get(again).is(200).says("[data-numbers]", "1 rows: 1 new")
	x.follow(x.post(again+"/drop")).says(".ajar-flash", "Nothing was brought in")
	x.get(again).is(200).says("h1", "Dropped")

	at = batchPathOfB(x)
	x.get(at).is(404)
	x.post(at + "/confirm").is(404)
	x.get(conflictsPath).is(200).says("main", "Nothing to settle")
}

// batchPathOfB is a preview that the other school holds.
func batchPathOfB(x *site) string {
	held := []byte("a,b\n1,2\n")
	id, err := x.s.Imports.Hold(testkit.B(), "try", batch.Bytes("b.csv", held), held, context.Background())
	if err != nil {
		x.t.Fatal(err)
	}
	return BatchPath(id)
}

func TestOrganisationPages(t *testing.T) {
	x := open(t)
	x.as(roll.Coordinator, 0)
	x.get(OrgsPath).is(200).says("main", "Cluster").count("a[href='/organisations/new']", 1)
	x.get(orgNewPath).is(200)
	x.post(OrgsPath, "name", "", "code", "!", "type", "school").is(422).says(".govuk-error-summary", "will not do").says(".govuk-error-summary", "Give the organisation a name")
	x.post(OrgsPath, "name", "First School", "code", "FIRST", "type", "school", "in", "C").is(422).says(".govuk-error-summary", "Only the people of Cluster can say who belongs to it")
	x.who.Org = int64(x.org)
	x.follow(x.post(OrgsPath, "name", "First School", "code", "FIRST", "type", "school", "in", "C")).is(200).says("h1", "First School").says("main", "Cluster")
	x.get(OrgPath(x.org, "")).is(200).says("main", "First School").says("main", "1 school")
	x.get(OrgPath(x.org, "2020-01-01")).is(200).lacks("main", "First School").says("main", "no members on this day")
	x.get(OrgPath(x.org, "tomorrow")).is(200).says(".govuk-error-summary", "day, month and year")
	x.as(roll.Governor, 0)
	x.get(OrgsPath).is(200).count("a[href='/organisations/new']", 0)
}

func TestSettingsAndSafeguarding(t *testing.T) {
	x := open(t)
	x.get(SafeguardingPath).is(200).says("main", "has not written its route")
	x.post(SettingsPath, "attendance.target", "150").is(422).count(".govuk-error-summary a[href='#attendance-target']", 1)
	x.post(SettingsPath, "school.holidays", "half term", "conversations.hourly_pence", "lots").is(422).count(".govuk-error-summary a[href='#school-holidays']", 1).count(".govuk-error-summary a[href='#conversations-hourly_pence']", 1)
	x.follow(x.post(SettingsPath, "conversations.hourly_pence", "28.5", "school.holidays", "26 Oct 2026")).is(200).count("input[name='conversations.hourly_pence'][value='28.50']", 1).says("textarea[name='school.holidays']", "26 October 2026")
	x.follow(x.post(SettingsPath, "safeguarding.lead", "Ms Park", "safeguarding.phone", "0161 496 0000", "attendance.target", "96")).is(200).count("input[name='attendance.target'][value='96']", 1)
	for _, role := range roll.Roles {
		x.as(role, 0)
		// Nothing to type into: a worry is passed on by talking, and never stored.
		x.get(SafeguardingPath).is(200).says("main", "Ms Park").count("main input, main textarea, main form", 0)
		x.get(RightsPath).is(200).says("[data-role=Head]", "record court orders").says("h2 .govuk-tag", "You")
	}
}

// Every route: whom its right does not name gets the same page as for what is not there, and so does a key of another school.
func TestRoutesAreClosed(t *testing.T) {
	x := open(t)
	m := Manifest(x.s)
	fill := strings.NewReplacer("{pupil}", x.pupil.String(), "{adult}", x.mum.String(), "{tie}", x.mumTie.String(), "{order}", x.order.String(), "{assignment}", ids.New[roll.Worker]().String(),
		"{group}", ids.New[roll.Assignment]().String(), "{staff}", x.head.String(), "{post}", ids.New[roll.Post]().String(), "{class}", x.class.String(), "{conflict}", ids.New[roll.Conflict]().String(),
		"{other}", x.dad.String(), "{merge}", ids.New[roll.Merging]().String(), "{kind}", "try", "{batch}", ids.New[batch.Batch]().String(), "{org}", x.org.String(),
		"{absence}", ids.New[roll.Absence]().String())
	none := x.get("/nowhere").is(404)
	denied := map[string]access.Role{"roll.see": roll.Governor, "roll.edit": roll.KeyTeacher, "roll.orders": roll.Leader, "roll.import": roll.Teacher, "roll.organise": roll.Head, "roll.settings": roll.Office}
	for _, rt := range m.Routes {
		method, pattern, _ := strings.Cut(rt.Pattern, " ")
		path := fill.Replace(pattern)
		if strings.Contains(path, "{") {
			t.Fatalf("%s has a part that this test does not know", rt.Pattern)
		}
		if role, ok := denied[rt.Need.String()]; ok {
			x.as(role, x.teacher)
			a := x.do(httptest.NewRequest(method, path, nil)).is(404)
			if a.text("title") != none.text("title") {
				t.Errorf("%s: the page for %s is another than for what is not there", rt.Pattern, role)
			}
		}
		if strings.Contains(pattern, "{pupil}") {
			x.as(roll.Head, 0)
			theirs := strings.Replace(path, x.pupil.String(), x.elsewhere.String(), 1)
			x.do(httptest.NewRequest(method, theirs, nil)).is(404).lacks("body", "Elsewhere")
			x.do(httptest.NewRequest(method, strings.Replace(path, x.pupil.String(), "not-a-key", 1), nil)).is(404)
		}
		*x.who = access.Who{}
		if a := x.do(httptest.NewRequest(method, path, nil)); a.status != 303 && a.status != 403 {
			t.Errorf("%s: %d without a session", rt.Pattern, a.status)
		}
	}
}
