package post

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ajar/internal/kit/jobs"
)

const (
	aService  = "26785a09-ab16-4eb0-8407-a37497a57506"
	aSecret   = "3d844edf-8d35-48ac-975b-e847b4f122b0"
	aTemplate = "f33517ff-2a88-4f6e-b855-c550268ce08a"
)

// gatewayKinds are the drivers over HTTP, each with what its other side says when it takes a message and when it lets nobody in.
var gatewayKinds = []struct {
	name       string
	address    string
	secret     string
	taken      string // status and words
	closed     string
	hopeless   string
	theirs     string
	to         string
	setTimeout func(Driver, time.Duration)
}{
	{"Kannel", "http://ajar:letmein-9@HOST/cgi-bin/sendsms?from=Oak", "letmein-9", "202 0: Accepted for delivery", "403 Authorization failed for sendsms letmein-9", "400 Wrong number", "", "07700900123",
		func(d Driver, t time.Duration) { d.(*Kannel).client.Timeout = t }},
	{"Notify", "notify://oak-" + aService + "-" + aSecret + "@HOST?template=" + aTemplate + "&tls=none", aSecret, `201 {"id":"740e5834","reference":"r"}`,
		`403 {"status_code":403,"errors":[{"error":"AuthError","message":"Invalid token: signature ` + aSecret + `"}]}`,
		`400 {"status_code":400,"errors":[{"error":"ValidationError","message":"phone_number Not enough digits"}]}`, "740e5834", "07700900123",
		func(d Driver, t time.Duration) { d.(*Notify).client.Timeout = t }},
	{"Notify for mail", "mail:notify://oak-" + aService + "-" + aSecret + "@HOST?template=" + aTemplate + "&tls=none", aSecret, `201 {"id":"740e5834","reference":"r"}`,
		`403 {"status_code":403,"errors":[{"error":"AuthError","message":"Invalid token"}]}`,
		`400 {"status_code":400,"errors":[{"error":"ValidationError","message":"email_address Not a valid email address"}]}`, "740e5834", "amina@home.example",
		func(d Driver, t time.Duration) { d.(*Notify).client.Timeout = t }},
	{"Twilio", "twilio://AC123:tok-secret-7@HOST?from=%2B441234567890&tls=none", "tok-secret-7", `201 {"sid":"SM1","status":"queued"}`,
		`401 {"code":20003,"message":"Authenticate tok-secret-7","status":401}`, `400 {"code":21614,"message":"'To' number is not a valid mobile number"}`, "SM1", "07700900123",
		func(d Driver, t time.Duration) { d.(*Twilio).client.Timeout = t }},
}

func driverAt(t *testing.T, address, host string) Driver {
	t.Helper()
	mk, address := NewTexts, strings.Replace(address, "HOST", host, 1)
	if rest, ok := strings.CutPrefix(address, "mail:"); ok {
		mk, address = NewMails, rest
	}
	d, err := mk(address)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// other is the other side of a driver: what it does with a connection is said anew for each message.
type other struct {
	l     net.Listener
	mu    sync.Mutex
	how   func(c net.Conn, r *http.Request)
	asked atomic.Int64
	early atomic.Int64 // messages that came before their beginning was noted
	begun atomic.Bool
}

func newOther(t *testing.T) *other {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &other{l: l}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for {
					if _, err := in.Peek(1); err != nil {
						return
					}
					if !o.begun.Load() {
						o.early.Add(1)
					}
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					o.asked.Add(1)
					o.mu.Lock()
					how := o.how
					o.mu.Unlock()
					how(c, r)
					if r.Close {
						return
					}
				}
			}()
		}
	}()
	return o
}

func (o *other) does(how func(c net.Conn, r *http.Request)) { o.mu.Lock(); o.how = how; o.mu.Unlock() }

// says answers with "202 words".
func says(answer string, head ...string) func(net.Conn, *http.Request) {
	return func(c net.Conn, _ *http.Request) {
		status, words, _ := strings.Cut(answer, " ")
		fmt.Fprintf(c, "HTTP/1.1 %s x\r\nContent-Length: %d\r\n", status, len(words))
		for _, h := range head {
			fmt.Fprintf(c, "%s\r\n", h)
		}
		fmt.Fprintf(c, "\r\n%s", words)
	}
}

// Every driver over HTTP: the beginning is noted before anything may leave, each answer has its meaning, and silence after the request is a doubt. What the
// address holds in secret is in no error, and nobody is followed elsewhere.
func TestEveryGateway(t *testing.T) {
	for _, g := range gatewayKinds {
		t.Run(g.name, func(t *testing.T) {
			o := newOther(t)
			d := driverAt(t, g.address, o.l.Addr().String())
			g.setTimeout(d, 300*time.Millisecond)
			elsewhere := newOther(t)
			elsewhere.does(says(g.taken))
			send := func() (string, error) {
				o.begun.Store(false)
				r := Ready{Reference: "2t-abc", Address: g.to, Subject: "A sheet", Body: "Dear Amina", begin: func() error { o.begun.Store(true); return nil }}
				theirs, err := d.Send(t.Context(), r)
				if err != nil && strings.Contains(err.Error(), g.secret) {
					t.Errorf("the error holds a secret: %v", err)
				}
				return theirs, err
			}
			hopeless := func(err error) bool { return jobs.Hopeless(err) && !isDown(err) && !inDoubt(err) }
			for _, c := range []struct {
				name string
				how  func(net.Conn, *http.Request)
				want func(error) bool
			}{
				{"taken", says(g.taken), func(err error) bool { return err == nil }},
				{"lets nobody in", says(g.closed), isDown},
				{"can't be reached for good", says(g.hopeless), hopeless},
				{"too many", says("429 slow down", "Retry-After: 7"), func(err error) bool { return isDown(err) && wish(err) == 7*time.Second }},
				{"trouble of its own", says("500 oops"), isDown},
				{"busy", says("503 later"), isDown},
				{"nobody behind the proxy answered", says("504 gateway timeout"), inDoubt},
				{"broken behind the proxy", says("502 bad gateway"), inDoubt},
				{"elsewhere", says("302 ", "Location: http://"+elsewhere.l.Addr().String()+"/"), isDown},
				{"elsewhere with the same message", says("307 ", "Location: http://"+elsewhere.l.Addr().String()+"/"), isDown},
				{"yes in words that are not its own", says("200 <html>Welcome to the router"), inDoubt},
				{"closed after the request", func(c net.Conn, _ *http.Request) { _ = c.Close() }, inDoubt},
				{"reset after the request", func(c net.Conn, _ *http.Request) { _ = c.(*net.TCPConn).SetLinger(0); _ = c.Close() }, inDoubt},
				{"no answer", func(net.Conn, *http.Request) { time.Sleep(600 * time.Millisecond) }, inDoubt},
				{"nonsense", func(c net.Conn, _ *http.Request) { fmt.Fprint(c, "banana\r\n\r\n"); _ = c.Close() }, inDoubt},
				{"breaks off in the middle", func(c net.Conn, _ *http.Request) {
					fmt.Fprint(c, "HTTP/1.1 202 x\r\nContent-Length: 900\r\n\r\n0: Acc")
					_ = c.Close()
				}, inDoubt},
				{"taken again after all that", says(g.taken), func(err error) bool { return err == nil }},
			} {
				o.does(c.how)
				before := o.asked.Load()
				theirs, err := send()
				if !c.want(err) {
					t.Errorf("%s: %v", c.name, err)
				}
				if err == nil && theirs != g.theirs {
					t.Errorf("%s: theirs is %q", c.name, theirs)
				}
				if n := o.asked.Load() - before; n != 1 {
					t.Errorf("%s: asked %d times", c.name, n)
				}
			}
			if o.early.Load() != 0 {
				t.Errorf("%d left before they had begun", o.early.Load())
			}
			if elsewhere.asked.Load() != 0 {
				t.Error("followed elsewhere")
			}
			// What must not begin does not leave, and who has no number is not asked about.
			before := o.asked.Load()
			if _, err := d.Send(t.Context(), Ready{Address: g.to, Body: "x", begin: func() error { return Down(errors.New("no room for notes")) }}); !isDown(err) || o.asked.Load() != before {
				t.Errorf("left without a beginning: %v", err)
			}
			if g.to != "amina@home.example" {
				if _, err := d.Send(t.Context(), Ready{Address: "01632960123", Body: "x"}); !hopeless(err) || o.asked.Load() != before {
					t.Errorf("a landline: %v", err)
				}
			}
			// A line that the other side closed while it was idle is no doubt, and nothing leaves twice.
			o.does(func(c net.Conn, r *http.Request) { says(g.taken)(c, r); _ = c.Close() })
			for range 5 {
				before := o.asked.Load()
				if _, err := send(); err != nil || o.asked.Load() != before+1 {
					t.Errorf("on a line that was closed: %v, asked %d times", err, o.asked.Load()-before)
				}
				time.Sleep(20 * time.Millisecond)
			}
			_ = o.l.Close()
			closeIdle(d)
			if _, err := send(); !isDown(err) {
				t.Errorf("nobody listens: %v", err)
			}
		})
	}
}

func closeIdle(d Driver) {
	switch d := d.(type) {
	case *Kannel:
		d.client.CloseIdleConnections()
	case *Notify:
		d.client.CloseIdleConnections()
	case *Twilio:
		d.client.CloseIdleConnections()
	}
}

func TestNotifyIsAskedAsItsManualSays(t *testing.T) {
	var got *http.Request
	var form map[string]any
	answer := `{"notifications":[{"id":"other","reference":"2t-abcd"},{"id":"n1","reference":"2t-abc","status":"created"}],"links":{}}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, form = r, nil
		if r.Method == http.MethodPost {
			_ = json.NewDecoder(r.Body).Decode(&form)
			w.WriteHeader(201)
			_, _ = io.WriteString(w, `{"id":"n1"}`)
			return
		}
		_, _ = io.WriteString(w, answer)
	}))
	defer srv.Close()
	address := "notify://oak-school-" + aService + "-" + aSecret + "@" + strings.TrimPrefix(srv.URL, "http://") + "?template=" + aTemplate + "&tls=none"
	n, err := NewNotify(SMS, address+"&sender=8e222534-7f05-4972-86e3-17c5d9f894e2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Send(t.Context(), Ready{Reference: "2t-abc", Address: "07700 900 123", Body: "Dear Amina"}); err != nil {
		t.Fatal(err)
	}
	words, _ := form["personalisation"].(map[string]any)
	if got.URL.Path != "/v2/notifications/sms" || form["phone_number"] != "+447700900123" || form["template_id"] != aTemplate || form["reference"] != "2t-abc" || words["body"] != "Dear Amina" || form["sms_sender_id"] == nil {
		t.Errorf("%s %v", got.URL, form)
	}
	// The token is what any reader of such tokens would take.
	token := strings.Split(strings.TrimPrefix(got.Header.Get("Authorization"), "Bearer "), ".")
	if len(token) != 3 {
		t.Fatalf("%v", token)
	}
	h := hmac.New(sha256.New, []byte(aSecret))
	h.Write([]byte(token[0] + "." + token[1]))
	if token[2] != base64.RawURLEncoding.EncodeToString(h.Sum(nil)) {
		t.Error("the token's signature is wrong")
	}
	var claims struct {
		Iss string
		Iat int64
	}
	b, _ := base64.RawURLEncoding.DecodeString(token[1])
	if json.Unmarshal(b, &claims) != nil || claims.Iss != aService || time.Since(time.Unix(claims.Iat, 0)).Abs() > 5*time.Second {
		t.Errorf("%s", b)
	}
	m, err := NewNotify(Email, address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Send(t.Context(), Ready{Reference: "2t-abc", Address: "amina@home.example", Subject: "A sheet", Body: "Dear Amina"}); err != nil {
		t.Fatal(err)
	}
	if words, _ := form["personalisation"].(map[string]any); got.URL.Path != "/v2/notifications/email" || form["email_address"] != "amina@home.example" || words["subject"] != "A sheet" {
		t.Errorf("%s %v", got.URL, form)
	}
	theirs, found, err := n.Find(t.Context(), "2t-abc")
	if err != nil || !found || theirs != "n1" || got.URL.Query().Get("reference") != "2t-abc" {
		t.Errorf("%q %v %v", theirs, found, err)
	}
	if _, found, err = n.Find(t.Context(), "2t-ab"); err != nil || found {
		t.Errorf("%v %v", found, err)
	}
	for _, answer = range []string{"banana", "{}", `{"errors":[]}`} { // no is an empty list, and nothing else is
		if _, _, err = n.Find(t.Context(), "2t-abc"); err == nil {
			t.Errorf("%s was taken for no", answer)
		}
	}
}

func TestAnswersOfNotify(t *testing.T) {
	n := &Notify{}
	for _, c := range []struct {
		status int
		said   string
		want   func(error) bool
		words  string
	}{
		{400, `{"errors":[{"error":"BadRequestError","message":"Can't send to this recipient when service is in trial mode"}]}`, jobs.Hopeless, "trial mode"},
		{400, `{"errors":[{"error":"BadRequestError","message":"Template not found"}]}`, isDown, "template"},
		{400, `{"errors":[{"error":"BadRequestError","message":"Missing personalisation: body"}]}`, isDown, "template"},
		{400, `{"errors":[{"error":"ValidationError","message":"phone_number Must not contain letters or symbols"}]}`, jobs.Hopeless, "Must not contain"},
		{429, `{"errors":[{"error":"RateLimitError","message":"Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"}]}`, func(err error) bool { return wish(err) == time.Minute }, "3000"},
		{429, `{"errors":[{"error":"TooManyRequestsError","message":"Exceeded send limits (250000) for today"}]}`, func(err error) bool { return wish(err) == time.Hour }, "today"},
		{404, `{"errors":[{"error":"NoResultFound","message":"No result found"}]}`, isDown, ""},
		{418, `tea`, func(err error) bool { return !isDown(err) && !inDoubt(err) && !jobs.Hopeless(err) }, "418"},
	} {
		if err := n.refused(c.status, []byte(c.said), http.Header{}); !c.want(err) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v", c.said, err)
		}
	}
}

func TestTwilioIsAskedAsItsManualSays(t *testing.T) {
	var got *http.Request
	var form url.Values
	status, said := 201, `{"sid":"SM1"}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		got, form = r, r.PostForm
		w.WriteHeader(status)
		_, _ = io.WriteString(w, said)
	}))
	defer srv.Close()
	tw, err := NewTwilio("twilio://AC123:tok@" + strings.TrimPrefix(srv.URL, "http://") + "?from=+441234567890&tls=none")
	if err != nil {
		t.Fatal(err)
	}
	tw.Outside = "https://ajar.example"
	send := func() error {
		_, err := tw.Send(context.Background(), Ready{Reference: "2t-abc", Address: "07700 900 123", Body: "Dear Amina & all"})
		return err
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	name, password, _ := got.BasicAuth()
	if got.URL.Path != "/2010-04-01/Accounts/AC123/Messages.json" || name != "AC123" || password != "tok" || form.Get("To") != "+447700900123" || form.Get("From") != "+441234567890" || form.Get("Body") != "Dear Amina & all" || form.Get("StatusCallback") != "https://ajar.example/hooks/texts/twilio/receipt/2t-abc" {
		t.Errorf("%s %s %v", got.URL, name, form)
	}
	for _, c := range []struct {
		status, code int
		want         func(error) bool
	}{
		{400, 21211, jobs.Hopeless}, {400, 21610, jobs.Hopeless}, {400, 21614, jobs.Hopeless}, {401, 20003, isDown}, {400, 21606, isDown}, {429, 20429, isDown}, {404, 20404, isDown},
		{400, 99999, func(err error) bool { return err != nil && !jobs.Hopeless(err) && !isDown(err) && !inDoubt(err) }},
	} {
		status, said = c.status, fmt.Sprintf(`{"code":%d,"message":"no","status":%d}`, c.code, c.status)
		if err := send(); !c.want(err) {
			t.Errorf("%d %d: %v", c.status, c.code, err)
		}
	}
}

func TestGatewaysAddresses(t *testing.T) {
	key := "oak-" + aService + "-" + aSecret
	for _, good := range []string{"notify://" + key + "@api.notifications.service.gov.uk?template=" + aTemplate, "twilio://AC1:t@api.twilio.com?from=+441234567890", "twilio://AC1:t@api.twilio.com?service=MG1", "https://a:b@kannel.example/cgi-bin/sendsms?from=Oak"} {
		if _, err := NewTexts(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"notify://short@api.example?template=" + aTemplate, "notify://" + key + "@api.example", "notify://" + key + "@api.example?template=x", "notify://api.example", "notify://" + key + "@api.example?tls=none&template=" + aTemplate,
		"notify://" + key + "@api.example?template=" + aTemplate + "&callback=short", "notify://x" + strings.Repeat("z", 80) + "@api.example?template=" + aTemplate,
		"twilio://AC1@api.twilio.com?from=x", "twilio://AC1:t@api.twilio.com", "twilio://AC1:t@api.twilio.com?from=x&service=y", "twilio://AC1:t@api.twilio.com?from=x&tls=none", "twilio://AC1:t@?from=x", "",
	} {
		if _, err := NewTexts(bad); err == nil || strings.Contains(err.Error(), aSecret) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := NewMails("notify://" + key + "@api.notifications.service.gov.uk?template=" + aTemplate); err != nil {
		t.Error(err)
	}
}
