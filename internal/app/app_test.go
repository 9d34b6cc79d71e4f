package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"ajar/internal/app"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

var update = flag.Bool("update", false, "write the golden files anew")

// both opens the whole product, empty, on each engine.
func both(t *testing.T, body func(t *testing.T, a *app.App)) {
	t.Run("SQLite", func(t *testing.T) { body(t, open(t, app.Options{Data: t.TempDir()})) })
	t.Run("PostgreSQL", func(t *testing.T) {
		body(t, open(t, app.Options{URL: testkit.PostgresWith(t, app.Migrations()), Data: t.TempDir()}))
	})
}

func open(t *testing.T, o app.Options) *app.App {
	t.Helper()
	o.Clock, o.Fast = clock.At(testkit.Day), true
	o.Secret = "for tests only, and long enough to be taken"
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	a, err := app.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// golden compares with a file in testdata; go test ./internal/app -update writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	p := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) == got {
		return
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for _, line := range w {
		if !slices.Contains(g, line) {
			t.Errorf("gone: %s", line)
		}
	}
	for _, line := range g {
		if !slices.Contains(w, line) {
			t.Errorf("new:  %s", line)
		}
	}
	t.Errorf("%s is different. If that is what you want: go test ./internal/app -update, and look at the change", p)
}

// The lists of routes are read by people: what is open to everyone changes only on purpose.
func TestRoutesAndTheirNeeds(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		known := map[string]bool{}
		for _, r := range a.Gate.Rights() {
			known[r.Key] = true
			if r.Words == "" || strings.HasPrefix(r.Words, "You can") || strings.HasSuffix(r.Words, ".") {
				t.Errorf("the right %s does not finish the sentence “You can …”: %q", r.Key, r.Words)
			}
		}
		var all, public []string
		for _, r := range a.Routes() {
			line := r.Pattern + "  " + r.Need.String()
			switch {
			case !r.Need.Stated():
				t.Errorf("%s does not say who may use it", r.Pattern)
			case r.Need.IsPublic():
				public = append(public, line)
			case r.Need.String() != "signed in" && !known[r.Need.String()]:
				t.Errorf("%s needs %s, which no capability lists among its rights, so nobody holds it", r.Pattern, r.Need)
			}
			if !strings.HasPrefix(r.Pattern, "GET /") && !strings.HasPrefix(r.Pattern, "POST /") {
				t.Errorf("%s does not begin with GET or POST", r.Pattern)
			}
			all = append(all, line)
		}
		sort.Strings(all)
		sort.Strings(public)
		golden(t, "routes.golden", strings.Join(all, "\n")+"\n")
		golden(t, "public_routes.golden", strings.Join(public, "\n")+"\n")
	})
}

func schema(t *testing.T, file string) string {
	t.Helper()
	d, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	rows, err := d.Query("select sql from sqlite_master where sql is not null order by tbl_name, type desc, name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out strings.Builder
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(s, "\n") {
			if line = strings.TrimRight(line, " \t"); strings.TrimSpace(line) != "" {
				out.WriteString(line + "\n")
			}
		}
		out.WriteString("\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A fresh store, and one that comes from the day before, have the same schema: the golden one.
func TestSchema(t *testing.T) {
	dir := t.TempDir()
	fresh, older := filepath.Join(dir, "fresh.db"), filepath.Join(dir, "older.db")
	testkit.Open(t, fresh, app.Migrations())
	golden(t, "schema.golden", schema(t, fresh))
	d := testkit.Open(t, older, yesterday(t))
	n, err := d.Migrate(t.Context(), app.Migrations())
	if err != nil || n == 0 {
		t.Fatalf("brought up to date by %d files: %v", n, err)
	}
	if schema(t, older) != schema(t, fresh) {
		t.Error("a store that was brought up to date differs from a fresh one")
	}
	if n, err := d.Migrate(t.Context(), app.Migrations()); n != 0 || err != nil {
		t.Errorf("once more: %d files, %v", n, err)
	}
}

// yesterday is the schema without the last file of each capability.
func yesterday(t *testing.T) (out []db.Migrations) {
	t.Helper()
	for _, m := range app.Migrations() {
		names, err := fs.Glob(m.Files, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		sort.Strings(names)
		files := fstest.MapFS{}
		for _, n := range names[:len(names)-1] {
			b, err := fs.ReadFile(m.Files, n)
			if err != nil {
				t.Fatal(err)
			}
			files[n] = &fstest.MapFile{Data: b}
		}
		out = append(out, db.Migrations{Name: m.Name, Files: files})
	}
	return out
}

// Both engines have the same tables and columns, and every table with rows of organisations is under lock and key: the organisation stands first in
// its primary key, and on PostgreSQL its rows are behind a policy that the owner of the table can't pass by either.
func TestTablesOfOrganisations(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	testkit.Open(t, file, app.Migrations())
	global := map[string]bool{"kit_migration": true}
	mark := regexp.MustCompile(`(?m)^-- global: ([a-z_0-9]+)`)
	for _, m := range app.Migrations() {
		names, _ := fs.Glob(m.Files, "*.sql")
		for _, n := range names {
			b, err := fs.ReadFile(m.Files, n)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range mark.FindAllStringSubmatch(string(b), -1) {
				global[g[1]] = true
			}
		}
	}
	lite := list(t, "sqlite", file, `select m.name || ' ' || c.name || ' ' || c.pk from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite%'`)
	owned, keyed, columns := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, line := range lite {
		f := strings.Fields(line)
		columns[f[0]+" "+f[1]] = true
		owned[f[0]] = owned[f[0]] || f[1] == "org_id"
		keyed[f[0]] = keyed[f[0]] || f[1] == "org_id" && f[2] == "1"
	}
	if len(owned) < 20 {
		t.Fatalf("found %d tables", len(owned))
	}
	for table, has := range owned {
		switch {
		case has == global[table]:
			t.Errorf("%s: rows of organisations %v, opened to the installation %v; it must be one of the two", table, has, global[table])
		case has && !keyed[table]:
			t.Errorf("%s: its primary key does not begin with org_id", table)
		}
	}
	t.Run("PostgreSQL", func(t *testing.T) {
		address := testkit.Postgres(t)
		testkit.Open(t, address, app.Migrations())
		pg := map[string]bool{}
		for _, line := range list(t, "pgx", address, `select c.table_name || ' ' || c.column_name from information_schema.columns c
			join information_schema.tables b on b.table_schema = c.table_schema and b.table_name = c.table_name and b.table_type = 'BASE TABLE'
			where c.table_schema = 'public'`) {
			pg[line] = true
			if !columns[line] {
				t.Errorf("only on PostgreSQL: %s", line)
			}
		}
		for line := range columns {
			if !pg[line] {
				t.Errorf("only on SQLite: %s", line)
			}
		}
		for _, line := range list(t, "pgx", address, `select c.relname || ' ' || case when c.relrowsecurity and c.relforcerowsecurity
			and exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polwithcheck is not null) then 'locked' else 'open' end
			from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`) {
			f := strings.Fields(line)
			if owned[f[0]] != (f[1] == "locked") {
				t.Errorf("%s is %s", f[0], f[1])
			}
		}
	})
}

func list(t *testing.T, driver, address, query string) (out []string) {
	t.Helper()
	d, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	rows, err := d.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// site is the pages of the whole product and a person who looks at them.
type site struct {
	t      *testing.T
	a      *app.App
	h      http.Handler
	cookie string
}

func (s site) ask(method, target string, form url.Values) (*http.Response, []byte) {
	s.t.Helper()
	var body io.Reader
	if method == "POST" {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, target, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if s.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "ajar", Value: s.cookie})
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w.Result(), w.Body.Bytes()
}

// signIn gives the same site as an administrator of an organisation, or as a person without any role.
func (s site) signIn(in roll.Org, roles bool) site {
	s.t.Helper()
	secret, err := s.a.Admin.Link(context.Background(), in, "Ruth Okafor "+in.Code, "")
	if err != nil {
		s.t.Fatal(err)
	}
	if s.cookie, err = s.a.Admin.Use(context.Background(), secret, "test"); err != nil {
		s.t.Fatal(err)
	}
	if !roles {
		run(s.t, s.a, in, `update roll_staff_role set ends = '2026-01-01' where org_id = $1`)
	}
	return s
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// address fills a pattern's places with a key that is nobody's.
func address(pattern string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	path = strings.ReplaceAll(path, "{$}", "")
	return method, placeholder.ReplaceAllString(path, ids.New[site]().String())
}

// Every address of the product, asked by somebody without a session, by a member of staff without a role, and by an administrator with keys that are
// nobody's. Nobody gets further than they may, and nothing breaks.
func TestEveryAddress(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		nobody := site{t: t, a: a, h: h}
		oak, elm := school(t, a, "OAK"), school(t, a, "ELM")
		pupil(t, a, oak)
		head, stranger := nobody.signIn(oak, true), nobody.signIn(elm, false)
		for _, r := range a.Routes() {
			method, path := address(r.Pattern)
			if r.Need.IsPublic() || r.Pattern == "POST /sign-out" {
				if w, body := nobody.ask(method, path, nil); w.StatusCode >= 500 {
					t.Errorf("%s %s as nobody: %d %s", method, path, w.StatusCode, body)
				}
				continue
			}
			door, kept, closed := "/sign-in?next=", "nothing was saved", 404
			if strings.HasPrefix(path, "/f/") { // staff are nobody at the family's door
				door, kept, closed = "/f/?next=", "nothing was changed", 303
				if method == "POST" {
					closed = 403
				}
			}
			w, body := nobody.ask(method, path, nil)
			switch {
			case method == "GET" && (w.StatusCode != 303 || !strings.HasPrefix(w.Header.Get("Location"), door)):
				t.Errorf("%s %s without a session: %d %s", method, path, w.StatusCode, w.Header.Get("Location"))
			case method == "POST" && (w.StatusCode != 403 || !bytes.Contains(body, []byte(kept))):
				t.Errorf("%s %s without a session: %d", method, path, w.StatusCode)
			}
			if w, _ := stranger.ask(method, path, nil); r.Need.String() != "signed in" && w.StatusCode != closed {
				t.Errorf("%s %s without a role: %d", method, path, w.StatusCode)
			}
			for _, form := range []url.Values{nil, {"name": {"\x00\xff"}, "day": {"31/02/2026"}, "starts": {"x"}, "staff": {"x"}, "year": {"999999999999999999999"}}} {
				if w, body := head.ask(method, path+"?"+form.Encode(), form); w.StatusCode >= 500 {
					t.Errorf("%s %s %v: %d %s", method, path, form, w.StatusCode, lastLine(body))
				}
			}
		}
	})
}

func lastLine(b []byte) string { return string(b[max(0, len(b)-300):]) }

// From the door and from the first page, every link leads somewhere and every style, script and picture is there.
func TestNothingReferredToIsMissing(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		nobody := site{t: t, a: a, h: h}
		oak := school(t, a, "OAK")
		pupil(t, a, oak)
		head := nobody.signIn(oak, true)
		assets := map[string]string{}
		pages := 0
		for _, s := range []site{nobody, head} {
			queue, seen := []string{"/", "/sign-in", "/nowhere"}, map[string]bool{}
			for len(queue) > 0 && len(seen) < 300 {
				p := queue[0]
				queue = queue[1:]
				if seen[p] {
					continue
				}
				seen[p] = true
				w, body := s.ask("GET", p, nil)
				if w.StatusCode >= 400 && p != "/nowhere" {
					t.Errorf("%s: %d", p, w.StatusCode)
				}
				if !strings.HasPrefix(w.Header.Get("Content-Type"), "text/html") {
					continue
				}
				pages++
				doc, err := html.Parse(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile("a[href], link[href], script[src], img[src]")) {
					at := attribute(n, "href") + attribute(n, "src")
					u, err := url.Parse(at)
					if err != nil || u.Scheme == "mailto" || u.Scheme == "tel" || u.Scheme == "data" || at == "" || at[0] == '#' {
						continue
					}
					if u.Host != "" && n.Data != "a" {
						t.Errorf("%s takes in %s from another site", p, at)
					}
					if u.Host != "" {
						continue
					}
					base, _ := url.Parse(p)
					u = base.ResolveReference(u)
					u.Fragment = ""
					if n.Data == "a" {
						queue = append(queue, u.String())
					} else {
						assets[u.Path] = p
					}
				}
			}
		}
		if len(assets) == 0 || pages < 5 {
			t.Fatalf("%d pages with %d assets", pages, len(assets))
		}
		for path, page := range assets {
			w, body := nobody.ask("GET", path, nil)
			if w.StatusCode != 200 || len(body) == 0 {
				t.Errorf("%s refers to %s, which answers %d", page, path, w.StatusCode)
			}
			if strings.Contains(w.Header.Get("Content-Type"), "css") {
				for _, m := range regexp.MustCompile(`url\(["']?(/[^"')]+)`).FindAllSubmatch(body, -1) {
					if w, _ := nobody.ask("GET", string(m[1]), nil); w.StatusCode != 200 {
						t.Errorf("%s refers to %s, which answers %d", path, m[1], w.StatusCode)
					}
				}
			}
		}
	})
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func run(t *testing.T, a *app.App, in roll.Org, query string, args ...any) {
	t.Helper()
	if err := a.DB.Update(context.Background(), systemPass(in), func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

func TestSweepAndClose(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		if _, err := a.Handler(); err != nil {
			t.Fatal(err)
		}
		oak := school(t, a, "OAK")
		site{t: t, a: a}.signIn(oak, true)
		a.DB.SetClock(clock.At(testkit.Day.AddDate(0, 0, 7)))
		if err := a.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil { // also ends what runs in the background
			t.Fatal(err)
		}
	})
}

func TestCheckOfAnEmptyStore(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		said := func() string {
			found, err := a.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			out := ""
			for _, f := range found {
				if f.Level == app.Wrong {
					t.Errorf("wrong: %s", f.Words)
				}
				out += fmt.Sprintln(f.Level, f.Words)
			}
			return out
		}
		if got := said(); !strings.Contains(got, "There is no organisation yet") {
			t.Error(got)
		}
		oak := school(t, a, "OAK")
		if got := said(); !strings.Contains(got, "OAK School (OAK) has 0 pupils") {
			t.Error(got)
		}
		pupil(t, a, oak)
		if got := said(); !strings.Contains(got, "has 1 pupils") && !strings.Contains(got, "has 1 pupil ") || !strings.Contains(got, "safeguarding lead") {
			t.Error(got)
		}
	})
}
