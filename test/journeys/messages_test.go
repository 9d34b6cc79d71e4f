package journeys

import (
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/testkit/outside"
)

// TestAMessageGoesIsTakenBackAndAnswered: a family worker writes to a mother by text and takes it back; writes again, and it leaves; she answers from an old phone, and
// the family worker reads it beside what was written. Until the school goes live nothing leaves at all.
func TestAMessageGoesIsTakenBackAndAnswered(t *testing.T) {
	var mu sync.Mutex
	var texts []string
	sink := &outside.Sink{Took: func(form string) { mu.Lock(); defer mu.Unlock(); texts = append(texts, form) }}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() { _ = http.Serve(l, http.HandlerFunc(sink.TakeText)) }()
	site := story(t)
	site.With("AJAR_TEXTS=http://ajar:secret@"+l.Addr().String()+"/cgi-bin/sendsms?from=Harrowmere", "AJAR_ADDRESS="+site.URL)
	left := func() []string { mu.Lock(); defer mu.Unlock(); return append([]string{}, texts...) }

	// The family worker looks for a child of theirs with a parent who has a mobile.
	p := site.As(familyWorker)
	p.Visit("/reach")
	var thread, record string
	for _, r := range p.Links(`/pupils/\w+/barriers`) {
		record = strings.TrimSuffix(r.Path, "/barriers")
		p.Visit(record)
		if !regexp.MustCompile(`07700 9\d{5}`).MatchString(p.Text()) {
			continue
		}
		for _, x := range p.Links(`/pupils/\w+/messages/\w+`) {
			p.Visit(x.Path)
			p.Click("Write to them")
			p.Choose("Good news")
			p.Choose("By text, and a letter for those without a mobile")
			p.Choose("Urgent: today, or about safety") // so that the test may run in the evening
			p.Fill("Message", "Dear {adult}, {children} helped a younger child today. We were proud.")
			p.Fill("Subject", "Good news")
			p.Fill("As a text message", "{children} helped a younger child today. We were proud.")
			p.Click("Go on: see who gets it")
			if strings.Contains(p.Text(), "gets it: text") {
				thread = x.Path
				break
			}
			p.Click("Throw it away")
			p.Visit(record)
		}
		if thread != "" {
			break
		}
	}
	if thread == "" {
		t.Fatal("no family of theirs has a mobile")
	}
	p.See("Trial.")
	p.Accessible()
	preview := p.Path()
	p.Click("Try it out")
	p.See("tried out")
	if len(left()) != 0 {
		t.Fatal("something left on trial")
	}

	h := site.As(head)
	h.Visit("/settings")
	h.Fill("Do messages leave the school?", "yes")
	h.Click("Save")
	h.See("Saved.")

	write := func(words string) {
		p.Visit(thread)
		p.Click("Write to them")
		p.Choose("Good news")
		p.Choose("By text, and a letter for those without a mobile")
		p.Choose("Urgent: today, or about safety")
		p.Fill("As a text message", words)
		p.Click("Go on: see who gets it")
		p.Click("Send to 1 adult")
		p.See("It leaves in")
	}
	write("A first word that is taken back.")
	p.Accessible()
	p.Click("Take it back")
	p.See("Taken back. Nothing has left.")
	write("{children} helped a younger child today.")
	sent := p.Path()
	if sent == preview {
		t.Fatal("it is the same message")
	}
	if !outside.Until(60*time.Second, func() bool { return len(left()) > 0 }) {
		t.Fatal("nothing left")
	}
	form, err := url.ParseQuery(left()[0])
	if err != nil || len(left()) != 1 || !strings.Contains(form.Get("text"), "helped a younger child") || strings.Contains(form.Get("text"), "{") {
		t.Fatalf("%v %v", left(), err)
	}
	if !outside.Until(30*time.Second, func() bool { p.Visit(sent); return strings.Contains(p.Text(), "gone, not confirmed") }) {
		t.Fatalf("it has left, and the page does not say so:\n%s", p.Text())
	}

	// She answers from an old phone, which comes back through the gateway.
	hooks := site.Ajar("messages", "hooks")
	in := regexp.MustCompile(`(/hooks/texts/kannel/in/[^?]+)\?`).FindStringSubmatch(hooks)
	if in == nil {
		t.Fatal(hooks)
	}
	answer, err := http.Get(site.URL + in[1] + "?" + url.Values{"id": {"1"}, "from": {form.Get("to")}, "to": {"Harrowmere"}, "at": {time.Now().UTC().Format("2006-01-02 15:04:05")}, "charset": {"UTF-8"}, "text": {"Thank you, that made my day"}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode >= 300 {
		t.Fatalf("the gateway was told %d", answer.StatusCode)
	}
	if !outside.Until(30*time.Second, func() bool { p.Visit(thread); return strings.Contains(p.Text(), "that made my day") }) {
		t.Fatalf("the answer is not there:\n%s", p.Text())
	}
	p.See("Waits for an answer")
	p.Accessible()
	p.Narrow()
	p.Visit(thread)
	p.Accessible()
}
