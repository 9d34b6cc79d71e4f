package journeys

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed find.js
var findJS string

// Page is what one person sees: a browser of her own, with no cookies of others. Every step fails the test in plain words when it cannot be done.
type Page struct {
	*window
	in []string // the parts of the page that are meant, from outside in
}

type window struct {
	t        testing.TB
	site     *Site
	who      string
	ctx      context.Context
	traffic  *traffic
	narrow   bool
	noScript bool
	patience time.Duration // how long a word may take to appear
}

// Person opens a browser for somebody. The name is for messages only.
func (s *Site) Person(name string) *Page {
	s.t.Helper()
	w := &window{t: s.t, site: s, who: name, traffic: newTraffic(s.URL), patience: 8 * time.Second}
	ctx, cancel := chromedp.NewContext(shared.browser(s.t), chromedp.WithNewBrowserContext(), chromedp.WithListener(w.traffic.note))
	w.ctx = ctx
	p := &Page{window: w}
	s.t.Cleanup(func() {
		for _, c := range w.traffic.takeComplaints() {
			s.t.Errorf("%s: %s", name, c)
		}
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		s.t.Fatalf("%s: opening a page: %v", name, err)
	}
	p.Wide()
	return p
}

// In means the one row, list item, fieldset, form or section with these words, for the step that follows: p.In("Amira Khan").Click("Open").
func (p *Page) In(words string) *Page {
	return &Page{p.window, append(slices.Clone(p.in), words)}
}

// Visit goes to a path of the site, or to a whole address.
func (p *Page) Visit(path string) {
	p.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = p.site.URL + path
	}
	p.do("visit "+path, chromedp.Navigate(path))
	p.settle()
}

// Reload asks for the page again.
func (p *Page) Reload() {
	p.t.Helper()
	p.do("reload", chromedp.Reload())
	p.settle()
}

// Back is the browser's own button.
func (p *Page) Back() {
	p.t.Helper()
	// Not chromedp.NavigateBack: it waits for the page to load, and a page from the browser's back cache does not load again.
	history, err := chromedp.Call(p.limited(), page.GetNavigationHistory, cdp.Empty{})
	p.must("look at the history", err)
	if history.CurrentIndex < 1 {
		p.fail("there is no page to go back to")
	}
	before := history.Entries[history.CurrentIndex-1]
	_, err = chromedp.Call(p.limited(), page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: before.ID})
	p.must("go back", err)
	for end := time.Now().Add(p.patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if at, err := chromedp.Run(p.limited(), chromedp.Location()); err == nil && at == before.URL {
			p.settle()
			return
		}
	}
	p.fail("going back to %s did not get there", before.URL)
}

// Click follows a link or presses a button, by its words.
func (p *Page) Click(words string) {
	p.t.Helper()
	f := p.find(ask{What: "click", Verb: "click", Text: words})
	before := p.traffic.documents()
	p.do("click “"+words+"”", chromedp.MouseClickXY(f.X, f.Y))
	if f.Leads {
		p.await(before)
	}
	p.settle()
}

// await waits until the browser has asked for a page since there were so many, or a script has said that it does the work itself. On a busy machine
// the asking may begin long after the click, and a page that has not begun to change looks as calm as one that has finished.
func (p *Page) await(before int) {
	p.t.Helper()
	for end := time.Now().Add(p.patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if p.traffic.documents() > before {
			return
		}
		if prevented, err := chromedp.Run(p.limited(), chromedp.Evaluate[bool]("window.__ajarPrevented === true")); err == nil && prevented {
			return
		}
	}
}

// Fill puts a value into the field with this label: text, a date (YYYY-MM-DD), or the words of an option.
func (p *Page) Fill(label, value string) {
	p.t.Helper()
	f := p.find(ask{What: "field", Verb: "fill in", Text: label})
	switch f.Type {
	case "select":
		if !slices.Contains(f.Options, value) {
			p.fail("“%s” has no option “%s”; there is: %s", label, value, strings.Join(f.Options, ", "))
		}
		p.onFound(`for (const o of el.options) o.selected = o.textContent.replace(/\s+/g, ' ').trim() === value;
			el.dispatchEvent(new Event('input', {bubbles: true})); el.dispatchEvent(new Event('change', {bubbles: true}));`, value)
	case "date", "time", "month", "week", "datetime-local", "color", "range":
		p.onFound(`el.focus(); el.value = value; el.dispatchEvent(new Event('input', {bubbles: true})); el.dispatchEvent(new Event('change', {bubbles: true}));`, value)
	case "file":
		p.fail("“%s” takes a file; use Upload", label)
	default:
		p.onFound(`el.focus(); if (el.select) el.select(); else document.getSelection().selectAllChildren(el);`, "")
		p.do("clear “"+label+"”", chromedp.KeyEvent(kb.Delete))
		if value != "" {
			_, err := chromedp.Call(p.limited(), input.InsertText, input.InsertTextParams{Text: value})
			p.must("write in “"+label+"”", err)
		}
	}
	if got := p.Value(label); strings.ReplaceAll(got, "\r\n", "\n") != value {
		p.fail("after filling in “%s” it holds “%s” and not “%s”", label, got, value)
	}
	p.settle()
}

// Upload gives a file to the field with this label.
func (p *Page) Upload(label, path string) {
	p.t.Helper()
	whole, err := filepath.Abs(path)
	p.must("find the file "+path, err)
	if f := p.find(ask{What: "field", Verb: "give a file to", Text: label}); f.Type != "file" {
		p.fail("“%s” takes no file", label)
	}
	object, err := chromedp.Run(p.limited(), chromedp.Evaluate[*runtime.RemoteObject]("window.__ajarFound"))
	p.must("find “"+label+"”", err)
	_, err = chromedp.Call(p.limited(), dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{whole}, ObjectID: object.ObjectID})
	p.must("give the file "+path, err)
	p.settle()
}

// Choose picks the radio button or ticks the box with this label.
func (p *Page) Choose(label string) {
	p.t.Helper()
	p.set(label, true)
}

// Unchoose takes the tick from a box.
func (p *Page) Unchoose(label string) {
	p.t.Helper()
	p.set(label, false)
}

func (p *Page) set(label string, on bool) {
	p.t.Helper()
	f := p.find(ask{What: "choice", Verb: "choose", Text: label})
	if f.Checked == on {
		return
	}
	p.do("choose “"+label+"”", chromedp.MouseClickXY(f.X, f.Y))
	p.settle()
	if now := p.find(ask{What: "choice", Verb: "choose", Text: label, Peek: true}); now.Checked != on {
		p.fail("after a click on “%s” it is still %v", label, now.Checked)
	}
}

// Press sends keys, such as kb.Tab or kb.Enter, to where the focus is.
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.do("press keys", chromedp.KeyEvent(keys))
	p.settle()
}

// Focused tells the words of what has the focus, for journeys by keyboard.
func (p *Page) Focused() string {
	p.t.Helper()
	return eval[string](p, `(() => { const el = document.activeElement; return ((el.labels && el.labels[0] || el).innerText || el.getAttribute('aria-label') || el.value || '').replace(/\s+/g, ' ').trim() })()`)
}

// See waits for words to be on the page, or in the part that In meant.
func (p *Page) See(words string) {
	p.t.Helper()
	text, problem := "", ""
	for end := time.Now().Add(p.patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if text, problem = p.text(); problem == "" && strings.Contains(text, oneLine(words)) {
			return
		}
	}
	if problem != "" {
		p.fail("%s", problem)
	}
	p.fail("“%s” is not to be seen%s", words, p.where())
}

// NotSee makes sure that words are not on the page now that it has come to rest.
func (p *Page) NotSee(words string) {
	p.t.Helper()
	p.settle()
	text, problem := p.text()
	if problem != "" {
		p.fail("%s", problem)
	}
	if strings.Contains(text, oneLine(words)) {
		p.fail("“%s” is to be seen%s and should not be", words, p.where())
	}
}

// Text is all that can be read on the page, or in the part that In meant, with single spaces.
func (p *Page) Text() string {
	p.t.Helper()
	text, problem := p.text()
	if problem != "" {
		p.fail("%s", problem)
	}
	return text
}

func (p *Page) text() (text, problem string) {
	f := p.ask(ask{What: "text"})
	return f.Text, f.Problem
}

// Value is what the field with this label holds; of a select, the words of the chosen option.
func (p *Page) Value(label string) string {
	p.t.Helper()
	return p.find(ask{What: "field", Verb: "read", Text: label, Peek: true}).Value
}

// Holds makes sure of the value of a field.
func (p *Page) Holds(label, value string) {
	p.t.Helper()
	if got := p.Value(label); got != value {
		p.fail("“%s” holds “%s” and not “%s”", label, got, value)
	}
}

// Chosen tells whether a radio button or box is chosen.
func (p *Page) Chosen(label string) bool {
	p.t.Helper()
	return p.find(ask{What: "choice", Verb: "read", Text: label, Peek: true}).Checked
}

// At makes sure of the path the browser is at, without what follows a question mark.
func (p *Page) At(path string) {
	p.t.Helper()
	got := ""
	for end := time.Now().Add(p.patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got = p.Path(); got == path {
			return
		}
	}
	p.fail("is at %s and not at %s", got, path)
}

// Path is the path the browser is at.
func (p *Page) Path() string {
	p.t.Helper()
	at, err := chromedp.Run(p.limited(), chromedp.Location())
	p.must("ask where we are", err)
	u, err := url.Parse(at)
	p.must("read the address "+at, err)
	return u.Path
}

// NoScript turns JavaScript off (true) or on for the pages that follow.
func (p *Page) NoScript(off bool) {
	p.t.Helper()
	_, err := chromedp.Call(p.limited(), emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
	p.must("turn scripts off", err)
	p.noScript = off
}

// Wide is an ordinary screen.
func (p *Page) Wide() {
	p.t.Helper()
	p.do("widen the window", chromedp.EmulateViewport(1280, 900))
	p.narrow = false
}

// Narrow is an old, small phone: 320 by 800.
func (p *Page) Narrow() {
	p.t.Helper()
	p.do("narrow the window", chromedp.EmulateViewport(320, 800, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait))
	p.narrow = true
}

// AllowErrors forgets what the page has complained about so far (a missing file, a server error, a script's error), where a journey means it to.
func (p *Page) AllowErrors() {
	p.settle()
	p.traffic.takeComplaints()
}

// MayLeaveFor lets this person be sent to another house, as somebody is who signs in by the school's account. No page of ours may load anything from there.
func (p *Page) MayLeaveFor(house string) {
	p.traffic.mu.Lock()
	defer p.traffic.mu.Unlock()
	p.traffic.elsewhere = append(p.traffic.elsewhere, house)
}

// cookies are those that the browser would send to a path; the family's door has cookies of its own.
func (p *Page) cookies(path string) []*network.Cookie {
	p.t.Helper()
	r, err := chromedp.Call(p.limited(), network.GetCookies, network.GetCookiesParams{URLs: []string{p.site.URL + path}})
	p.must("read the cookies", err)
	return r.Cookies
}

// ask is a question to find.js, found its answer.
type ask struct {
	What string   `json:"what"`
	Verb string   `json:"verb"`
	Text string   `json:"text"`
	Peek bool     `json:"peek"`
	In   []string `json:"in"`
}

type found struct {
	OK      bool
	Problem string
	Text    string
	Type    string
	Value   string
	Checked bool
	Leads   bool // a click asks for another page
	Options []string
	X, Y    float64
}

// find waits until what is asked for is there and can be used.
func (p *Page) find(a ask) found {
	p.t.Helper()
	a.Text = oneLine(a.Text)
	var f found
	for end := time.Now().Add(p.patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if f = p.ask(a); f.OK {
			return f
		}
	}
	p.fail("%s%s", f.Problem, p.where())
	return f
}

func (p *Page) ask(a ask) found {
	a.In = p.in
	question, err := json.Marshal(a)
	if err != nil {
		return found{Problem: err.Error()}
	}
	answer, err := chromedp.Run(p.limited(), chromedp.Evaluate[string]("JSON.stringify("+strings.TrimSpace(findJS)+"("+string(question)+"))"))
	if err != nil { // the page may be on its way out
		return found{Problem: "the page cannot be read: " + err.Error()}
	}
	var f found
	if err := json.Unmarshal([]byte(answer), &f); err != nil {
		return found{Problem: err.Error()}
	}
	return f
}

// onFound runs a line of script with el (what was found last) and value.
func (p *Page) onFound(script, value string) {
	p.t.Helper()
	quoted, err := json.Marshal(value)
	p.must("quote a value", err)
	eval[bool](p, "(() => { const el = window.__ajarFound, value = "+string(quoted)+"; "+script+" return true })()")
}

func eval[T any](p *Page, script string, options ...chromedp.EvaluateOption) T {
	p.t.Helper()
	v, err := chromedp.Run(p.limited(), chromedp.Evaluate[T](script, options...))
	p.must("look at the page", err)
	return v
}

func (p *Page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	p.must(what, chromedp.Do(p.limited(), steps...))
}

// limited bounds one command to the browser; the person's own context must stay without a limit, because the tab lives as long as it.
func (p *Page) limited() context.Context {
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	context.AfterFunc(ctx, cancel)
	return ctx
}

func (p *Page) must(what string, err error) {
	p.t.Helper()
	if err != nil {
		p.fail("could not %s: %v", what, err)
	}
}

func (p *Page) where() string {
	if len(p.in) == 0 {
		return ""
	}
	return " in “" + strings.Join(p.in, "”, “") + "”"
}

// fail ends the test with what the person saw. With go test -artifacts the picture is kept.
func (p *Page) fail(format string, args ...any) {
	p.t.Helper()
	at, _ := chromedp.Run(p.limited(), chromedp.Location())
	whole := &Page{window: p.window}
	text, _ := whole.text()
	if len(text) > 1500 {
		text = text[:1500] + " …"
	}
	if png, err := chromedp.Run(p.limited(), chromedp.FullScreenshot(100)); err == nil {
		_ = os.WriteFile(filepath.Join(p.t.ArtifactDir(), "failed.png"), png, 0o644)
	}
	p.t.Fatalf("%s: %s\nat %s, where one reads: %s", p.who, fmt.Sprintf(format, args...), at, text)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// settle waits until the page has come to rest: nothing loads and nothing was asked for in the last moment.
func (p *Page) settle() {
	p.t.Helper()
	open := ""
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if open = p.traffic.open(); open == "" {
			return
		}
	}
	p.fail("the page does not come to rest; still open: %s", open)
}

// traffic watches one browser page: what is under way, and what went wrong without a word on the page.
type traffic struct {
	site       string
	mu         sync.Mutex
	loading    map[cdp.FrameID]bool
	requests   map[network.RequestID]request
	last       time.Time
	asked      int // how many pages were asked for so far
	complaints []string
	elsewhere  []string // other houses to which this person may be sent, such as the provider of the school's accounts; pages only
}

type request struct {
	url    string
	loader cdp.LoaderID
}

func newTraffic(site string) *traffic {
	return &traffic{site: site, loading: map[cdp.FrameID]bool{}, requests: map[network.RequestID]request{}}
}

// calm is how long nothing may happen before a page is at rest.
const calm = 60 * time.Millisecond

func (w *traffic) open() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.requests {
		return r.url
	}
	if len(w.loading) > 0 {
		return "the page itself"
	}
	if time.Since(w.last) < calm {
		return "the last moment"
	}
	return ""
}

func (w *traffic) documents() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

func (w *traffic) takeComplaints() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.complaints
	w.complaints = nil
	return out
}

// note takes one event of the browser. It runs on the goroutine that reads them, so it may not ask the browser anything.
func (w *traffic) note(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	complain := func(format string, args ...any) { w.complaints = append(w.complaints, fmt.Sprintf(format, args...)) }
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		w.last = time.Now()
		switch e.Type {
		case network.ResourceTypeEventSource, network.ResourceTypeWebSocket, network.ResourceTypePing, network.ResourceTypePrefetch:
			return
		}
		if e.Type == network.ResourceTypeDocument {
			w.asked++
		}
		w.requests[e.RequestID] = request{e.Request.URL, e.LoaderID}
		sent := e.Type == network.ResourceTypeDocument && slices.ContainsFunc(w.elsewhere, func(house string) bool { return strings.HasPrefix(e.Request.URL, house+"/") })
		if !sent && !strings.HasPrefix(e.Request.URL, w.site+"/") && strings.HasPrefix(e.Request.URL, "http") {
			complain("the page asks another house: %s", e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 500 {
			complain("the server answered %d to %s", e.Response.Status, e.Response.URL)
		} else if e.Response.Status >= 400 {
			switch e.Type {
			case network.ResourceTypeStylesheet, network.ResourceTypeScript, network.ResourceTypeImage, network.ResourceTypeFont, network.ResourceTypeMedia:
				complain("a part of the page is missing: %d for %s", e.Response.Status, e.Response.URL)
			}
		}
	case *network.EventLoadingFinished:
		w.last = time.Now()
		delete(w.requests, e.RequestID)
	case *network.EventLoadingFailed:
		w.last = time.Now()
		if r, ok := w.requests[e.RequestID]; ok && e.BlockedReason != "" {
			complain("the browser did not load %s: %s", r.url, e.BlockedReason)
		}
		delete(w.requests, e.RequestID)
	case *page.EventFrameRequestedNavigation:
		w.last = time.Now()
	case *page.EventFrameStartedLoading:
		w.last = time.Now()
		w.loading[e.FrameID] = true
	case *page.EventFrameStoppedLoading:
		w.last = time.Now()
		delete(w.loading, e.FrameID)
	case *page.EventFrameDetached:
		delete(w.loading, e.FrameID)
	case *page.EventFrameNavigated:
		// What the page before had asked for never ends.
		if e.Frame.ParentID == "" {
			for id, r := range w.requests {
				if r.loader != e.Frame.LoaderID {
					delete(w.requests, id)
				}
			}
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		complain("a script failed: %s", text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			complain("a script wrote an error: %s", consoleWords(e.Args))
		}
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError && e.Entry.Source != cdplog.EntrySourceNetwork {
			complain("the browser complains: %s %s", e.Entry.Text, e.Entry.URL)
		}
	}
}

func consoleWords(args []*runtime.RemoteObject) string {
	var out []string
	for _, a := range args {
		out = append(out, strings.TrimSpace(string(a.Value)+" "+a.Description))
	}
	return strings.Join(out, " ")
}
