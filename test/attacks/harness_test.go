package attacks

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"ajar/internal/app"
	"ajar/internal/demo"
	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// made is the demo, which is made once and copied for each test.
var made struct {
	sync.Once
	dir string
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if made.dir != "" {
		_ = os.RemoveAll(made.dir)
	}
	os.Exit(code)
}

// site is the whole product with the demo in it, on a server of its own.
type site struct {
	t   *testing.T
	app *app.App
	url string
	log *journal
}

// journal keeps what the server logs, since a 500 is found there.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, string(b))
	return len(b), nil
}

func (j *journal) failed() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []string
	for _, l := range j.lines {
		if strings.Contains(l, "level=ERROR") {
			out = append(out, l)
		}
	}
	return out
}

func open(t *testing.T) *site {
	t.Helper()
	t.Parallel() // each attack has a school of its own
	ctx := context.Background()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	made.Do(func() {
		if made.dir, made.err = os.MkdirTemp("", "ajar-attacks-"); made.err != nil {
			return
		}
		var a *app.App
		if a, made.err = app.Open(ctx, app.Options{Data: made.dir, Clock: clock.At(testkit.Day), Fast: true, Log: quiet}); made.err != nil {
			return
		}
		if made.err = demo.Load(ctx, a.DemoParts(), func(string) {}); made.err == nil {
			made.err = a.Close()
		}
	})
	if made.err != nil {
		t.Fatal(made.err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(made.dir)); err != nil {
		t.Fatal(err)
	}
	j := &journal{}
	a, err := app.Open(ctx, app.Options{Data: dir, Clock: clock.At(testkit.Day), Fast: true, LookAround: true, Log: slog.New(slog.NewTextHandler(j, nil))})
	if err != nil {
		t.Fatal(err)
	}
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(func() { server.Close(); _ = a.Close() })
	return &site{t: t, app: a, url: server.URL, log: j}
}

// noneFailed says that no request ended in an error of ours.
func (s *site) noneFailed() {
	s.t.Helper()
	for i, l := range s.log.failed() {
		if i == 5 {
			s.t.Errorf("and %d more", len(s.log.failed())-5)
			return
		}
		s.t.Errorf("the server failed: %s", l)
	}
}

// visitor is a browser without script, as somebody.
type visitor struct {
	s    *site
	name string
	http *http.Client
}

func (s *site) stranger() *visitor {
	jar, _ := cookiejar.New(nil)
	return &visitor{s, "a stranger", &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs somebody of the demo in by the page to look around.
func (s *site) as(name string) *visitor {
	s.t.Helper()
	v := s.stranger()
	v.name = name
	for _, f := range v.get("/look-around").forms() {
		if strings.Contains(f.text, "as "+name) {
			if a := v.send(f, nil); a.status == http.StatusSeeOther {
				return v
			}
		}
	}
	s.t.Fatalf("%s can't be looked around as", name)
	return nil
}

// head signs in the head of another school of the demo.
func (s *site) head(code string) *visitor {
	s.t.Helper()
	ctx := context.Background()
	o, err := s.app.Roll.OrgByCode(ctx, code)
	if err != nil {
		s.t.Fatal(err)
	}
	var staff roll.Staff
	if err := s.app.DB.View(ctx, access.System("test", int64(o.ID)), func(tx *db.Tx) (err error) {
		staff, err = db.One[roll.Staff](tx, `select s.id, s.name from roll_staff s join roll_staff_role r on r.org_id = s.org_id and r.staff_id = s.id where s.org_id = $1 and r.role = 'head' limit 1`)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.app.Admin.AddGuest(ctx, o.ID, staff.ID, 99, "Head of another school."); err != nil {
		s.t.Fatal(err)
	}
	return s.as(staff.Name)
}

// answer is what came back.
type answer struct {
	*page
	path   string
	status int
	header http.Header
	body   string
}

// page is the parsed body, when somebody asks for it.
type page struct{ tree *html.Node }

func (v *visitor) do(method, path, contentType string, body io.Reader, header ...string) answer {
	v.s.t.Helper()
	r, err := http.NewRequest(method, v.s.url+path, body)
	if err != nil {
		v.s.t.Fatalf("%s %q: %v", method, path, err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a, err := v.http.Do(r)
	if err != nil {
		v.s.t.Fatalf("%s %.80q: %v", method, path, err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		v.s.t.Fatal(err)
	}
	return answer{page: &page{}, path: path, status: a.StatusCode, header: a.Header, body: string(b)}
}

func (v *visitor) get(path string) answer { v.s.t.Helper(); return v.do("GET", path, "", nil) }

func (v *visitor) post(path string, values url.Values, header ...string) answer {
	v.s.t.Helper()
	return v.do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()), header...)
}

func (a answer) html() *html.Node {
	if a.tree == nil {
		a.tree, _ = html.Parse(strings.NewReader(a.body))
	}
	return a.tree
}

func (a answer) isHTML() bool { return strings.HasPrefix(a.header.Get("Content-Type"), "text/html") }

func each(n *html.Node, f func(*html.Node)) {
	f(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, f)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// form is a form of a page as a browser would send it.
type form struct {
	page, action, method, kind, text string
	values                           url.Values
	texts                            []string // fields into which people write
	files                            []string
}

func (a answer) forms() (out []form) {
	if !a.isHTML() {
		return nil
	}
	each(a.html(), func(n *html.Node) {
		if n.Type != html.ElementNode || n.Data != "form" {
			return
		}
		f := form{page: a.path, action: attr(n, "action"), method: strings.ToUpper(attr(n, "method")), kind: attr(n, "enctype"), values: url.Values{}}
		if f.action == "" {
			f.action = a.path
		}
		var words strings.Builder
		each(n, func(c *html.Node) {
			if c.Type == html.TextNode {
				words.WriteString(c.Data + " ")
				return
			}
			name := attr(c, "name")
			if c.Type != html.ElementNode || name == "" || has(c, "disabled") {
				return
			}
			switch c.Data {
			case "textarea":
				f.texts = append(f.texts, name)
				if c.FirstChild != nil {
					f.values.Set(name, c.FirstChild.Data)
				} else {
					f.values.Set(name, "")
				}
			case "select":
				first, chosen := "", ""
				each(c, func(o *html.Node) {
					if o.Data == "option" {
						if first == "" {
							first = attr(o, "value")
						}
						if has(o, "selected") {
							chosen = attr(o, "value")
						}
					}
				})
				if chosen == "" {
					chosen = first
				}
				f.values.Set(name, chosen)
			case "button":
				if !f.values.Has(name) {
					f.values.Set(name, attr(c, "value"))
				}
			case "input":
				switch attr(c, "type") {
				case "radio":
					if has(c, "checked") || !f.values.Has(name) {
						f.values.Set(name, attr(c, "value"))
					}
				case "checkbox":
					f.values.Add(name, attr(c, "value"))
				case "file":
					f.files = append(f.files, name)
				case "hidden":
					f.values.Add(name, attr(c, "value"))
				case "submit", "button", "reset":
				default:
					f.texts = append(f.texts, name)
					f.values.Set(name, attr(c, "value"))
				}
			}
		})
		f.text = strings.Join(strings.Fields(words.String()), " ")
		out = append(out, f)
	})
	return out
}

// send sends a form with some fields written anew.
func (v *visitor) send(f form, over url.Values) answer {
	v.s.t.Helper()
	values := url.Values{}
	for k, x := range f.values {
		values[k] = slices.Clone(x)
	}
	for k, x := range over {
		values[k] = x
	}
	if f.method != "POST" {
		u, err := url.Parse(f.action)
		if err != nil {
			v.s.t.Fatal(err)
		}
		u.RawQuery = values.Encode()
		return v.get(u.String())
	}
	return v.post(f.action, values)
}

var key = regexp.MustCompile(`\b[0-7][0-9a-hjkmnp-tv-z]{12}\b`)

// shape is an address without the keys in it: pages of one kind have the same one.
func shape(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	var names []string
	for k := range u.Query() {
		names = append(names, k)
	}
	sort.Strings(names)
	return key.ReplaceAllString(u.Path, "{}") + "?" + strings.Join(names, "&")
}

// crawl follows the links of every page that somebody can reach, and of each kind of page looks at a few.
func (v *visitor) crawl(few int, see func(answer)) {
	v.s.t.Helper()
	seen, count := map[string]bool{}, map[string]int{}
	queue := []string{"/"}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] || count[shape(path)] >= few {
			continue
		}
		seen[path] = true
		count[shape(path)]++
		a := v.get(path)
		see(a)
		if to := a.header.Get("Location"); to != "" {
			queue = append(queue, to)
		}
		if !a.isHTML() {
			continue
		}
		each(a.html(), func(n *html.Node) {
			if n.Type != html.ElementNode || n.Data != "a" {
				return
			}
			u, err := url.Parse(attr(n, "href"))
			if err != nil || u.Host != "" || u.Scheme != "" || u.Path == "" && u.RawQuery == "" {
				return
			}
			base, _ := url.Parse(path)
			to := base.ResolveReference(u)
			to.Fragment = ""
			queue = append(queue, to.String())
		})
	}
}

// keysOf are the keys of records in a text.
func keysOf(body string) []string { return key.FindAllString(body, -1) }

// staffPeople are those of the demo who see names.
var staffPeople = []string{"Yasmin Thornbury", "Declan Frost", "Pauline Osgood", "Idris Wakefield", "Sunita Blackwood"}

// rows counts and sums up everything that an organisation has, but for the trail, which grows with each look.
func (s *site) rows(code string) map[string]string {
	s.t.Helper()
	ctx := context.Background()
	// What was promised and is due is done first, such as putting what nobody answered before those who lead: it is not the attacker's doing.
	for range 40 {
		n, err := s.app.Jobs.Round(ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	o, err := s.app.Roll.OrgByCode(ctx, code)
	if err != nil {
		s.t.Fatal(err)
	}
	out := map[string]string{}
	if err := s.app.DB.View(ctx, access.System("test", int64(o.ID)), func(tx *db.Tx) error {
		names, err := db.All[string](tx, `select m.name from sqlite_master m where m.type = 'table' and m.sql like '%org_id%' and m.name not like 'trail_%' and $1 > 0 order by m.name`)
		if err != nil {
			return err
		}
		for _, name := range names {
			cols, err := db.All[string](tx, `select name from pragma_table_info('`+name+`') where $1 > 0 order by cid`)
			if err != nil {
				return err
			}
			all, err := db.All[string](tx, `select coalesce(quote("`+strings.Join(cols, `") || ',' || quote("`)+`"), '') from `+name+` where org_id = $1`)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			sort.Strings(all)
			out[name] = strings.Join(all, "\n")
		}
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// same says that nothing changed between two readings of rows.
func same(t *testing.T, what string, before, after map[string]string) {
	t.Helper()
	for name := range before {
		if before[name] != after[name] {
			t.Errorf("%s: %s is different (%d bytes before, %d after)", what, name, len(before[name]), len(after[name]))
		}
	}
}

// bomb is a zip with one file of 300 MB of nothing in it.
func bomb(t *testing.T, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	for range 300 {
		_, _ = w.Write(block)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
