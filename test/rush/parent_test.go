package rush

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// parent is one adult with a phone, who does what stands on the page and knows nothing else. When no answer comes they wait a moment, and then press again or open
// their page anew.
type parent struct {
	crowd  *crowd
	own    string // their page of the audit
	secret string
	lot    *rand.Rand
	think  time.Duration // about as long as it takes to read one question
	words  string        // what they will write at the end; empty for nothing
	twice  bool          // presses the last button twice at once

	jar    map[string]string
	chosen map[string]int // what was acknowledged, by statement
	done   bool           // “thank you” was read
}

// crowd is all of them together, and what they met.
type crowd struct {
	base   string
	client *http.Client

	mu       sync.Mutex
	begin    time.Time
	took     []time.Duration // of the requests that were answered
	slow     map[string]int  // of those that took longer than the budget: how many began in each ten seconds, by method
	broken   int             // requests without an answer
	longest  time.Duration   // that somebody waited until the page was there again
	answered int             // answers that were acknowledged
	trouble  []error
}

func newCrowd(base string) *crowd {
	return &crowd{base: base, begin: time.Now(), slow: map[string]int{}, client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// sheet is a page as it came.
type sheet struct {
	path string
	root *html.Node
}

// budget is what nearly every request may take on a machine that does nothing else.
const budget = 100 * time.Millisecond

// errNothing is that no answer came: the line is dead, or the house is on fire.
var errNothing = errors.New("no answer")

// ask sends one request. Whoever gets no answer does not know whether it was heard.
func (p *parent) ask(method, path string, form url.Values) (status int, to string, body []byte, err error) {
	var send io.Reader
	if form != nil {
		send = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, p.crowd.base+path, send)
	if err != nil {
		return 0, "", nil, err
	}
	r.Header.Set("Accept-Language", "en")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", p.crowd.base)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, value := range p.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	begin := time.Now()
	answer, err := p.crowd.client.Do(r)
	if err == nil {
		body, err = io.ReadAll(answer.Body)
		_ = answer.Body.Close()
	}
	p.crowd.mu.Lock()
	defer p.crowd.mu.Unlock()
	if err != nil {
		p.crowd.broken++
		return 0, "", nil, errNothing
	}
	took := time.Since(begin)
	if p.crowd.took = append(p.crowd.took, took); took > budget {
		p.crowd.slow[fmt.Sprintf("%3ds %s", int(begin.Sub(p.crowd.begin).Seconds())/10*10, method)]++
	}
	for _, c := range answer.Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(p.jar, c.Name)
		} else {
			p.jar[c.Name] = c.Value
		}
	}
	return answer.StatusCode, answer.Header.Get("Location"), body, nil
}

// pause is what somebody does who sees the browser's own page that nobody answers.
func (p *parent) pause() { time.Sleep(time.Duration(100+p.lot.IntN(300)) * time.Millisecond) }

// open asks for a page until it is there.
func (p *parent) open(path string) (*sheet, error) {
	begin := time.Now()
	for time.Since(begin) < time.Minute {
		status, to, body, err := p.ask(http.MethodGet, path, nil)
		switch {
		case errors.Is(err, errNothing):
			p.pause()
		case err != nil:
			return nil, err
		case status == http.StatusSeeOther:
			path = to
		case status == http.StatusOK:
			p.crowd.waited(time.Since(begin))
			root, err := html.Parse(bytes.NewReader(body))
			return &sheet{path, root}, err
		default:
			return nil, fmt.Errorf("%s answers %d", path, status)
		}
	}
	return nil, fmt.Errorf("%s was not there for a minute", path)
}

func (c *crowd) waited(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.longest = max(c.longest, d)
}

func (s *sheet) find(css string) *html.Node {
	return cascadia.Query(s.root, cascadia.MustCompile(css))
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// fill reads the hidden fields of a form.
func fill(form *html.Node) url.Values {
	v := url.Values{}
	for _, n := range cascadia.QueryAll(form, cascadia.MustCompile(`input[type="hidden"]`)) {
		v.Set(attr(n, "name"), attr(n, "value"))
	}
	return v
}

// press sends a form until it is acknowledged, and gives the page behind it. Where no answer comes, they press again, or open another page anew: then
// heard is false.
func (p *parent) press(action string, v url.Values, anew string) (next *sheet, heard bool, err error) {
	for {
		status, to, _, err := p.ask(http.MethodPost, action, v)
		switch {
		case errors.Is(err, errNothing):
			p.pause()
			if p.lot.IntN(2) == 0 {
				next, err = p.open(anew)
				return next, false, err
			}
		case err != nil:
			return nil, false, err
		case status == http.StatusSeeOther:
			next, err = p.open(to)
			return next, true, err
		default:
			return nil, false, fmt.Errorf("pressing the button of %s answers %d", action, status)
		}
	}
}

// live is the whole of it.
func (p *parent) live() error {
	p.jar, p.chosen = map[string]string{}, map[string]int{}
	at, err := p.open("/f/l/" + p.secret)
	for err == nil && !p.done {
		time.Sleep(time.Duration(p.lot.Int64N(int64(2 * p.think))))
		at, err = p.step(at)
	}
	return err
}

// step does what the page asks for.
func (p *parent) step(at *sheet) (*sheet, error) {
	if f := at.find(`form[action^="/f/l/"]`); f != nil && at.find(`form[action$="/new"]`) == nil {
		next, _, err := p.press(attr(f, "action"), fill(f), "/f/l/"+p.secret)
		return next, err
	}
	if f := at.find(`form[action$="/answer"]`); f != nil {
		return p.choose(f)
	}
	if f := at.find(`form[action$="/send"]`); f != nil {
		return p.send(f)
	}
	if a := at.find(`a.button[href^="` + p.own + `?q="]`); a != nil {
		// Where somebody is led who opens the page anew: never back to a question whose answer was acknowledged.
		_, q, _ := strings.Cut(attr(a, "href"), "?q=")
		if n, err := strconv.Atoi(q); err == nil && n <= len(p.chosen) {
			return nil, fmt.Errorf("%d answers were acknowledged, and question %d is asked again", len(p.chosen), n)
		}
		return p.open(attr(a, "href"))
	}
	if at.path == p.own && at.find("form") == nil {
		p.done = true // there is nothing more to press
		return at, nil
	}
	if at.path == p.own {
		return nil, fmt.Errorf("at %s there is nothing to do", at.path)
	}
	return p.open(p.own)
}

// choose answers one question; one of twelve is passed over.
func (p *parent) choose(f *html.Node) (*sheet, error) {
	v := fill(f)
	code, level := v.Get("code"), 1+p.lot.IntN(5)
	if p.lot.IntN(12) == 0 {
		level = 0
	}
	v.Set("level", strconv.Itoa(level))
	next, heard, err := p.press(attr(f, "action"), v, p.own)
	if heard {
		p.chosen[code] = level
		p.crowd.mu.Lock()
		p.crowd.answered++
		p.crowd.mu.Unlock()
		return next, err
	}
	if err != nil {
		return next, err
	}
	// Nobody said whether it was kept. They look for themselves: the question is shown with what is chosen.
	return p.look(code, level, next, attr(f, "action"), v)
}

// look goes back to a question whose answer was not acknowledged, and answers it once more as before.
func (p *parent) look(code string, level int, next *sheet, action string, v url.Values) (*sheet, error) {
	page, err := p.open(p.own + "?q=" + v.Get("q"))
	if err != nil {
		return nil, err
	}
	if page.find(`form[action$="/answer"]`) == nil {
		return next, nil
	}
	next, heard, err := p.press(action, v, p.own)
	for err == nil && !heard {
		next, heard, err = p.press(action, v, p.own)
	}
	if err == nil {
		p.chosen[code] = level
		p.crowd.mu.Lock()
		p.crowd.answered++
		p.crowd.mu.Unlock()
	}
	return next, err
}

// send hands in; some press twice.
func (p *parent) send(f *html.Node) (*sheet, error) {
	v := fill(f)
	v.Set("words", p.words)
	if p.twice {
		var other sync.WaitGroup
		again := &parent{crowd: p.crowd, jar: map[string]string{}}
		for name, value := range p.jar {
			again.jar[name] = value
		}
		other.Go(func() { _, _, _, _ = again.ask(http.MethodPost, attr(f, "action"), v) })
		defer other.Wait()
	}
	next, _, err := p.press(attr(f, "action"), v, p.own)
	return next, err
}
