package journeys

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// The harness is tried on a small server, so that a journey that passes means something: each step is shown to work and shown to fail.

const pageHead = `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>Try</title><style>
body { margin: 1rem; font: 16px sans-serif; color: #111; background: #fff; overflow-wrap: anywhere } a, button, select, input { min-height: 32px } input, select, textarea { max-width: 100% }
.radio { position: relative } .radio input { position: absolute; opacity: 0; width: 44px; height: 44px; z-index: 1 } .radio label { padding-left: 50px; display: inline-block; min-height: 44px }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) } @media print { .sheet { break-after: page } }
</style></head><body><main>`

const form = pageHead + `<h1>A talk</h1>
<noscript><p>No script here</p></noscript><p id="live"></p>
<form method="post" action="/save" enctype="multipart/form-data">
<p><label for="who">Who came</label> <input id="who" name="who" value="somebody"></p>
<p><label>Year <select name="year"><option value="7">Year 7</option><option value="8">Year 8</option></select></label></p>
<p><label for="notes">Notes</label> <textarea id="notes" name="notes"></textarea></p>
<p><label for="day">Day</label> <input id="day" type="date" name="day"></p>
<p><label for="file">A sheet</label> <input id="file" type="file" name="file"></p>
<fieldset><legend>Where</legend>
<div class="radio"><input type="radio" name="where" value="school" id="w1"><label for="w1">In school</label></div>
<div class="radio"><input type="radio" name="where" value="phone" id="w2"><label for="w2">By phone</label></div></fieldset>
<p><label><input type="checkbox" name="plain" value="yes"> Plain words</label></p>
<p><button>Save</button></p></form>
<details><summary>More</summary><p>Kept away</p></details>
<p><button type="button" disabled>Not yet</button></p>
<table><caption>Pupils</caption><thead><tr><th scope="col">Name</th><th scope="col">Page</th></tr></thead><tbody>
<tr><td>Amira Khan</td><td><a href="/pupil?name=Amira">Open<span class="hidden"> Amira Khan</span></a></td></tr>
<tr><td>Ben Oduya</td><td><a href="/pupil?name=Ben">Open<span class="hidden"> Ben Oduya</span></a></td></tr></tbody></table>
<script>setTimeout(() => fetch('/later').then(r => r.text()).then(t => { document.getElementById('live').textContent = t }), 20)</script>
</main></body></html>`

func tryServer() http.Handler {
	mux := http.NewServeMux()
	page := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, pageHead+body+"</main></body></html>")
		}
	}
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, form) })
	mux.HandleFunc("GET /later", func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(300 * time.Millisecond)
		_, _ = io.WriteString(w, "It came later")
	})
	mux.HandleFunc("POST /save", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(300 * time.Millisecond) // a slow server: the step that follows must wait
		name := "no file"
		if f, h, err := r.FormFile("file"); err == nil {
			_ = f.Close()
			name = h.Filename
		}
		http.SetCookie(w, &http.Cookie{Name: "talk", Value: "kept", Path: "/"})
		said := fmt.Sprintf("%s|%s|%s|%s|%s|%s|%s", r.FormValue("who"), r.FormValue("year"), r.FormValue("notes"), r.FormValue("day"), r.FormValue("where"), r.FormValue("plain"), name)
		http.Redirect(w, r, "/saved?said="+url.QueryEscape(said), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /saved", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, pageHead, "<h1>Saved</h1><p>", html.EscapeString(r.FormValue("said")), "</p></main></body></html>")
	})
	mux.HandleFunc("GET /pupil", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, pageHead, "<h1>Pupil ", html.EscapeString(r.FormValue("name")), "</h1></main></body></html>")
	})
	mux.HandleFunc("GET /cookie", func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("talk")
		if err != nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, c.Value)
	})
	mux.HandleFunc("GET /poor", page(`<h1>Poor</h1><input><p style="color:#ccc">pale words</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`))
	mux.HandleFunc("GET /wide", page(`<h1>Wide</h1><div style="width:700px">wide words</div>`))
	mux.HandleFunc("GET /two", page(`<h1>One</h1><h1>Two</h1>`))
	mux.HandleFunc("GET /covered", page(`<h1>Covered</h1><p><button>Under</button></p><div style="position:fixed;inset:0;background:#fff">curtain</div>`))
	mux.HandleFunc("GET /throws", page(`<h1>Throws</h1><script>throw new Error('no such room')</script>`))
	mux.HandleFunc("GET /gap", page(`<h1>Gap</h1><img alt="" src="/nowhere.png">`))
	mux.HandleFunc("GET /nowhere.png", http.NotFound)
	mux.HandleFunc("GET /abroad", page(`<h1>Abroad</h1><img alt="" src="http://127.0.0.1:9/x.png">`))
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "sorry", http.StatusInternalServerError) })
	mux.HandleFunc("GET /sheets", page(`<h1>Sheets</h1><div class="sheet">one</div><div>two</div>`))
	mux.HandleFunc("GET /csp", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'unsafe-inline'; img-src data:")
		_, _ = io.WriteString(w, pageHead+`<h1>Strict</h1><p><a href="/">Home</a></p></main></body></html>`)
	})
	return mux
}

func TestHarnessReadsLikeAScript(t *testing.T) {
	site := Serve(t, tryServer())
	sheet := filepath.Join(t.TempDir(), "roll.csv")
	if err := os.WriteFile(sheet, []byte("id,name\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, look := range []struct {
		name   string
		set    func(*Page)
		script bool
	}{
		{"wide", (*Page).Wide, true},
		{"narrow", (*Page).Narrow, true},
		{"without script", func(p *Page) { p.NoScript(true) }, false},
	} {
		t.Run(look.name, func(t *testing.T) {
			site.t = t
			p := site.Person("key teacher")
			look.set(p)
			p.Visit("/")
			p.See("A talk")
			if look.script {
				p.See("It came later")
				p.NotSee("No script here")
			} else {
				p.See("No script here")
				p.NotSee("It came later")
			}
			p.NotSee("Kept away")
			p.Click("More")
			p.See("Kept away")
			p.Fill("Who came", "Mrs  Khan & son")
			p.Fill("Year", "Year 8")
			p.Fill("Notes", "two\nlines")
			p.Fill("Notes", "")
			p.Fill("Notes", "later")
			p.Fill("Day", "2026-11-20")
			p.Choose("By phone")
			p.Choose("In school")
			p.Choose("Plain words")
			p.Unchoose("Plain words")
			p.Choose("Plain words")
			p.Upload("A sheet", sheet)
			p.Holds("Year", "Year 8")
			if !p.Chosen("In school") || p.Chosen("By phone") {
				t.Error("the wrong radio button is chosen")
			}
			p.Click("Save")
			p.At("/saved")
			p.See("Mrs Khan & son|8|later|2026-11-20|school|yes|roll.csv")
			p.Back()
			p.In("Ben Oduya").Click("Open")
			p.See("Pupil Ben")
			p.NotSee("Amira")
			if status, body := p.Fetch("/cookie"); status != 200 || string(body) != "kept" {
				t.Errorf("fetched %d %s", status, body)
			}
		})
	}
}

func TestHarnessEachPersonHasHerOwnBrowser(t *testing.T) {
	site := Serve(t, tryServer())
	one, other := site.Person("head"), site.Person("office")
	one.Visit("/")
	one.Click("Save")
	if status, _ := one.Fetch("/cookie"); status != 200 {
		t.Errorf("her own cookie is gone: %d", status)
	}
	other.Visit("/")
	if status, _ := other.Fetch("/cookie"); status != 404 {
		t.Errorf("another's cookie is there: %d", status)
	}
}

func TestHarnessByKeyboard(t *testing.T) {
	p := Serve(t, tryServer()).Person("office")
	p.Visit("/")
	p.Press(kb.Tab)
	if got := p.Focused(); got != "Who came" {
		t.Errorf("the first stop is %q", got)
	}
}

func TestHarnessNarrowIsNarrow(t *testing.T) {
	p := Serve(t, tryServer()).Person("parent")
	p.Narrow()
	p.Visit("/")
	if w := eval[int](p, "window.innerWidth"); w != 320 {
		t.Errorf("the narrow window is %d wide", w)
	}
}

func TestHarnessPrintsAndTakesPictures(t *testing.T) {
	p := Serve(t, tryServer()).Person("key teacher")
	p.Visit("/sheets")
	pdf, sheets := p.PrintPDF()
	if sheets != 2 {
		t.Errorf("two sheets of paper are counted as %d (%d bytes)", sheets, len(pdf))
	}
	picture := filepath.Join(t.TempDir(), "a", "b.png")
	p.savePicture(picture)
	if b, err := os.ReadFile(picture); err != nil || !strings.HasPrefix(string(b), "\x89PNG") {
		t.Errorf("no picture: %v", err)
	}
}

// witness stands in for a test that is expected to fail.
type witness struct {
	testing.TB
	said []string
}

func (w *witness) Errorf(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}
func (w *witness) Fatalf(format string, args ...any) {
	w.Errorf(format, args...)
	runtime.Goexit()
}
func (w *witness) Fatal(args ...any)   { w.Fatalf("%s", fmt.Sprint(args...)) }
func (w *witness) Cleanup(func())      {} // the real test cleans up
func (w *witness) Helper()             {}
func (w *witness) ArtifactDir() string { return w.TB.TempDir() }

// fails runs steps that must end with a complaint.
func fails(p *Page, steps func(*Page)) string {
	w := &witness{TB: p.t}
	watched := *p.window
	watched.t, watched.patience = w, time.Second
	done := make(chan bool)
	go func() {
		defer close(done)
		steps(&Page{window: &watched})
	}()
	<-done
	return strings.Join(w.said, "\n")
}

func TestHarnessFailsInPlainWords(t *testing.T) {
	site := Serve(t, tryServer())
	for _, c := range []struct {
		name  string
		at    string
		steps func(*Page)
		says  string
	}{
		{"words that are not there", "/", func(p *Page) { p.See("Goodbye") }, "“Goodbye” is not to be seen"},
		{"words that are there", "/", func(p *Page) { p.NotSee("A talk") }, "should not be"},
		{"a button that is not there", "/", func(p *Page) { p.Click("Send") }, "nothing to click is called “Send”; there is: “Save”"},
		{"two of a name", "/", func(p *Page) { p.Click("Open") }, "2 things to click are called “Open”"},
		{"a part that is not there", "/", func(p *Page) { p.In("Cara").Click("Open") }, "no row, item, group or section says “Cara”"},
		{"disabled", "/", func(p *Page) { p.Click("Not yet") }, "disabled"},
		{"covered", "/covered", func(p *Page) { p.Click("Under") }, "covered by <div> curtain"},
		{"a label that is not there", "/", func(p *Page) { p.Fill("Shoe size", "7") }, "nothing to fill in is called “Shoe size”"},
		{"an option that is not there", "/", func(p *Page) { p.Fill("Year", "Year 9") }, "no option “Year 9”; there is: Year 7, Year 8"},
		{"another value", "/", func(p *Page) { p.Holds("Who came", "nobody") }, "holds “somebody” and not “nobody”"},
		{"another place", "/", func(p *Page) { p.At("/saved") }, "is at / and not at /saved"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := (&Site{t: t, URL: site.URL}).Person("somebody")
			p.Visit(c.at)
			if said := fails(p, c.steps); !strings.Contains(said, c.says) || !strings.Contains(said, "somebody") {
				t.Errorf("it should say %q and said %q", c.says, said)
			}
		})
	}
}

func TestHarnessHearsWhatThePageDoesNotSay(t *testing.T) {
	site := Serve(t, tryServer())
	for path, says := range map[string]string{
		"/throws": "no such room", "/gap": "missing: 404", "/abroad": "asks another house", "/broken": "answered 500", "/": "",
	} {
		t.Run(path, func(t *testing.T) {
			p := (&Site{t: t, URL: site.URL}).Person("somebody")
			p.Visit(path)
			p.settle()
			said := strings.Join(p.traffic.takeComplaints(), "; ")
			if says == "" && said != "" || !strings.Contains(said, says) {
				t.Errorf("it should complain %q and complains %q", says, said)
			}
		})
	}
}

func TestHarnessAccessibility(t *testing.T) {
	if _, err := os.Stat(axeFile); err != nil {
		t.Skip("axe-core is not in the tree yet: " + axeFile)
	}
	site := Serve(t, tryServer())
	for _, c := range []struct {
		path     string
		noScript bool
		says     []string // nothing: a clean page
	}{
		{"/", false, nil},
		{"/", true, nil},
		{"/csp", false, nil},
		{"/poor", false, []string{"color-contrast", "label", "image-alt", "wide window", "narrow window"}},
		{"/wide", false, []string{"narrow window: the page is"}},
		{"/two", false, []string{"2 main headings"}},
	} {
		t.Run(fmt.Sprint(c.path, " ", c.noScript), func(t *testing.T) {
			p := (&Site{t: t, URL: site.URL}).Person("somebody")
			p.NoScript(c.noScript)
			p.Visit(c.path)
			said := fails(p, (*Page).Accessible)
			if len(c.says) == 0 && said != "" {
				t.Errorf("a clean page is blamed: %s", said)
			}
			for _, s := range c.says {
				if !strings.Contains(said, s) {
					t.Errorf("it should say %q and said %q", s, said)
				}
			}
		})
	}
}
