package journeys

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// TestAPlanServesObjectivesAndGoesOn is a plan that comes from no audit: its action serves an objective of the school, which serves one of the cluster, which serves one of the
// council; what nobody works for is listed; the owner is reminded by e-mail; and what is not finished goes on next year with its history.
func TestAPlanServesObjectivesAndGoesOn(t *testing.T) {
	site := story(t)
	mail := postbox(t)
	site.With("AJAR_MAIL=smtp://"+mail.addr+"?tls=none&from=ajar@school.example.org", "AJAR_ADDRESS=http://127.0.0.1")
	h := site.As(head)
	h.Visit("/objectives")
	h.Accessible()
	h.unfold()
	h.Fill("Letter or number", "1.1")
	h.Fill("The objective", "Parents of Year 7 decide how the first evening goes")
	h.Fill("Which objective it serves", "Harrowmere Links: 1 Every school of the Links has a parents' forum that reaches a decision each term")
	h.Click("Set it")
	h.In("1.1").See("No action in 12 months")
	uncovered := h.one(`(\d+) objectives? (?:is|are) uncovered`)
	if uncovered == "0" {
		t.Fatal("nothing is uncovered to begin with")
	}
	// From the council down to the school: three steps of one tree.
	depths := eval[[]string](h, `Array.from(document.querySelectorAll('[data-objective]')).map(e => e.dataset.objective + ' ' + (e.className.match(/item--(\d)/) || [])[1])`)
	tree := strings.Join(depths, ", ")
	for _, want := range []string{"c 0, 1 1, 1.1 2"} {
		if !strings.Contains(tree, want) {
			t.Errorf("the tree is %s, and should have %s", tree, want)
		}
	}

	before := linksCount(site)
	h.Visit("/plans")
	h.Click("Make a plan")
	h.Fill("Name of the plan", "The first evening")
	h.Fill("From", site.Day(0))
	h.Fill("Until", site.Day(200))
	h.Click("Make the plan")
	h.See("Objectives that nobody has worked for in the last 12 months")
	h.unfold()
	h.In("1.1").See("Parents of Year 7 decide")
	plan := strings.TrimSuffix(h.Path(), "/priorities")
	h.Visit(plan)
	h.See("No action here")
	h.Click("Add an action")
	h.Click("Add the action")
	h.See("Write what is to be done, in a sentence.")
	h.Accessible()
	h.Fill("What is to be done", "Ask ten parents to plan the first evening with us")
	h.Fill("Whose it is", keyTeacher)
	h.Fill("To be done by", site.Day(30))
	h.Fill("How you will see that it has worked", "The evening is theirs")
	h.Choose("1.1 Parents of Year 7 decide how the first evening goes")
	h.Choose("1 Every school of the Links has a parents' forum that reaches a decision each term")
	h.Click("Add the action")
	h.See("Serves")
	action := h.First(`/actions/\w+/edit`).Path
	action = strings.TrimSuffix(action, "/edit")
	h.Visit("/objectives")
	h.In("1.1").See("1 action")
	h.Visit(plan)
	h.Click("Let them count")
	h.See("Your cluster and authority may count the actions")
	if now := linksCount(site); now != before+1 {
		t.Errorf("the cluster counted %d actions for its objective, and now %d", before, now)
	}

	// A week before its day, in the morning, the owner has a letter; the day after it another, which says so.
	site.Later(23)
	if m := mail.await(t, keyTeacherMail, 1); !strings.Contains(m, "An action of yours is to be done by") {
		t.Errorf("a week before: %s", m)
	}
	h = site.As(head)
	h.Visit(action)
	h.See("The owner was reminded by e-mail")
	site.Later(8)
	if m := mail.await(t, keyTeacherMail, 2); !strings.Contains(m, "Overdue") {
		t.Errorf("the day after: %s", m)
	}
	d := site.As(keyTeacher)
	d.Click("Ask ten parents to plan")
	d.Fill("A line is enough", "Six have said yes.")
	d.Choose("Under way")
	d.Click("Write it down")

	// The next year: it goes on there, and its history is read there; the old plan can be closed.
	h = site.As(head)
	h.Visit(plan)
	h.Click("Close it as complete")
	h.See("1 action is not finished")
	h.Visit("/plans/new")
	h.Fill("Name of the plan", "The first evening, next year")
	h.Fill("From", site.Day(170))
	h.Fill("Until", site.Day(500))
	h.Click("Make the plan")
	h.Visit(action)
	h.unfold()
	h.Fill("Into which plan", "The first evening, next year")
	h.Fill("To be done by then", site.Day(300))
	h.Click("Carry it on")
	h.See("Six have said yes.")
	h.See("Before, in The first evening")
	h.Accessible()
	h.Visit(plan)
	h.See("Carried on")
	h.Click("Close it as complete")
	h.See("This plan was closed as complete")
	h.Accessible()

	// Thirteen months without a line, and what was covered is uncovered.
	site.Later(400)
	h = site.As(head)
	h.Visit("/objectives")
	h.In("1.1").See("No action in 12 months")
}

const keyTeacherMail = "declan.frost@"

// linksCount is how many actions the cluster counts for its first objective.
func linksCount(site *Site) int {
	site.t.Helper()
	c := site.As(coordinator)
	c.Visit("/objectives/roll-up")
	c.Accessible()
	n := eval[float64](c, `parseInt(Array.from(document.querySelectorAll('main table tbody tr')).find(r => r.innerText.includes("parents' forum")).querySelectorAll('td')[0].innerText)`)
	return int(n)
}

// box is a mail server on this machine that keeps what it gets.
type box struct {
	addr string
	mu   sync.Mutex
	got  []string // whom it is for, and the letter
}

func postbox(t *testing.T) *box {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &box{addr: l.Addr().String()}
	s := smtp.NewServer(b)
	s.Domain = "localhost"
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return b
}

// await gives the letter with this number to somebody, the first being 1.
func (b *box) await(t *testing.T, to string, n int) string {
	t.Helper()
	var mine []string
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		b.mu.Lock()
		mine = mine[:0]
		for _, m := range b.got {
			if strings.HasPrefix(m, to) && strings.Contains(m, "first evening") {
				mine = append(mine, m)
			}
		}
		b.mu.Unlock()
		if len(mine) >= n {
			return mine[n-1]
		}
	}
	t.Fatalf("%s has %d letters and not %d: %q", to, len(mine), n, mine)
	return ""
}

// NewSession is asked for by the server.
func (b *box) NewSession(*smtp.Conn) (smtp.Session, error) { return &delivery{box: b}, nil }

type delivery struct {
	box *box
	to  string
}

func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = to
	return nil
}
func (d *delivery) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	d.box.mu.Lock()
	defer d.box.mu.Unlock()
	d.box.got = append(d.box.got, d.to+"\n"+string(body))
	return err
}
func (d *delivery) Reset()        {}
func (d *delivery) Logout() error { return nil }
