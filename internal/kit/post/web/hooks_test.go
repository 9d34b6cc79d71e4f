package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/web"
)

const (
	key      = "oak-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
	template = "f33517ff-2a88-4f6e-b855-c550268ce08a"
	reached  = "https://ajar.example"
)

type nothing struct{}

func (nothing) Render(context.Context, io.Writer) error { return nil }

func nobody(*http.Request) (access.Who, bool, error)                { return access.Who{}, false, nil }
func noFrame(*web.Req) web.Frame                                    { return web.Frame{} }
func noTrouble(*web.Req, int, string, string, string) web.Component { return nothing{} }

// house is a post with one gateway, behind the whole way of a request.
type house struct {
	t testing.TB
	s *post.Service
	h http.Handler

	mu  sync.Mutex
	got []post.Received
}

func newHouse(t testing.TB, d *db.DB, texts string) *house {
	x := &house{t: t, s: post.New(d, jobs.New(d, slog.New(slog.DiscardHandler)))}
	driver, err := post.NewTexts(texts)
	if err != nil {
		t.Fatal(err)
	}
	x.s.Use(post.SMS, driver)
	x.s.CallBack(reached, func() ([]byte, error) { return []byte("a key of thirty-two bytes, nearly"), nil })
	x.s.Receive = func(_ context.Context, r post.Received) error {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.got = append(x.got, r)
		return nil
	}
	srv := &web.Server{Gate: access.NewGate(), Routes: Manifest(x.s).Routes, Identify: nobody, Frame: noFrame, Trouble: noTrouble, Log: slog.New(slog.DiscardHandler)}
	h, err := srv.Handler()
	if err != nil {
		t.Fatal(err)
	}
	at, _ := web.ParseAddress(reached)
	proxy, _ := web.ParseProxy("192.0.2.1")
	x.h = web.Edge{Addresses: []*url.URL{at}, Proxies: []netip.Prefix{proxy}}.Wrap(h)
	return x
}

// ask calls through a proxy, which is where TLS ends.
func (x *house) ask(method, path, kind, body string, head ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://inside:8080"+path, strings.NewReader(body))
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("X-Forwarded-Host", "ajar.example")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	x.h.ServeHTTP(w, r)
	return w
}

func (x *house) received() []post.Received {
	for {
		n, err := x.s.HandOn(x.t.Context())
		if err != nil {
			x.t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.got)
}

// waiting is one message of each school on its way, and what is known of it.
func (x *house) message() (reference string, state func() post.Item) {
	var item post.Item
	if err := x.s.DB.Update(x.t.Context(), testkit.A(), func(tx *db.Tx) error {
		id, err := x.s.Send(tx, post.Item{Way: post.SMS, Adult: 7, About: "test", Key: 1, Address: "07700900123", Body: "Dear Amina"})
		item.ID = id
		return err
	}); err != nil {
		x.t.Fatal(err)
	}
	return post.Reference(testkit.OrgA, item.ID), func() (out post.Item) {
		if err := x.s.DB.View(x.t.Context(), testkit.A(), func(tx *db.Tx) error {
			list, err := post.Of(tx, "test", 1)
			if err == nil {
				out = list[slices.IndexFunc(list, func(i post.Item) bool { return i.ID == item.ID })]
			}
			return err
		}); err != nil {
			x.t.Fatal(err)
		}
		return out
	}
}

func both(t *testing.T, texts string, body func(*testing.T, *house)) {
	testkit.Both(t, []db.Migrations{jobs.Migrations(), post.Migrations()}, func(t *testing.T, d *db.DB) { body(t, newHouse(t, d, texts)) })
}

func twilioSigned(token, address string, form url.Values) string {
	names := make([]string, 0)
	for n := range form {
		names = append(names, n)
	}
	slices.Sort(names)
	text := address
	for _, n := range names {
		text += n + form.Get(n)
	}
	h := hmac.New(sha1.New, []byte(token))
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// The example of Twilio's own manual.
func TestTwiliosOwnExample(t *testing.T) {
	form := url.Values{"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"}}
	if got := twilioSigned("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form); got != "RSOYDt4T1cUTdK1PDd93/VVr8B8=" {
		t.Errorf("%s", got)
	}
}

func TestTwilioCallsBack(t *testing.T) {
	both(t, "twilio://AC1:12345@api.twilio.com?from=x", func(t *testing.T, x *house) {
		const formKind = "application/x-www-form-urlencoded"
		in := url.Values{"MessageSid": {"SM9"}, "From": {"+447700900123"}, "To": {"+441234567890"}, "Body": {"We can’t come & won’t"}, "NumMedia": {"0"}}
		path := "/hooks/texts/twilio/in"
		good := twilioSigned("12345", reached+path, in)
		for name, c := range map[string]struct{ body, sign string }{
			"none":          {in.Encode(), ""},
			"nonsense":      {in.Encode(), "%%%"},
			"another key":   {in.Encode(), twilioSigned("54321", reached+path, in)},
			"another page":  {in.Encode(), twilioSigned("12345", reached+"/elsewhere", in)},
			"a field more":  {in.Encode() + "&x=1", good},
			"changed words": {strings.Replace(in.Encode(), "come", "came", 1), good},
		} {
			if w := x.ask("POST", path, formKind, c.body, "X-Twilio-Signature", c.sign); w.Code != 403 {
				t.Errorf("%s: %d", name, w.Code)
			}
		}
		if got := x.received(); len(got) != 0 {
			t.Fatalf("without a signature: %+v", got)
		}
		for range 3 {
			w := x.ask("POST", path, formKind, in.Encode(), "X-Twilio-Signature", good)
			if w.Code != 200 || !strings.Contains(w.Body.String(), "<Response/>") {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		}
		if w := x.ask("POST", path, formKind, in.Encode(), "X-Twilio-Signature", twilioSigned("12345", reached+":443"+path, in)); w.Code != 200 {
			t.Errorf("with the port: %d", w.Code)
		}
		got := x.received()
		if len(got) != 1 || got[0].From != "+447700900123" || got[0].Text != "We can’t come & won’t" || got[0].Way != post.SMS || got[0].GatewayID != "SM9" || got[0].ID == 0 {
			t.Errorf("%+v", got)
		}
		// A browser of somebody who was led here by another site is kept out before anything is read.
		if w := x.ask("POST", path, formKind, in.Encode(), "X-Twilio-Signature", good, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); w.Code != 403 {
			t.Errorf("a browser from another site: %d", w.Code)
		}

		reference, state := x.message()
		receipt := func(reference, status, code string) int {
			f := url.Values{"MessageSid": {"SM1"}, "MessageStatus": {status}}
			if code != "" {
				f.Set("ErrorCode", code)
			}
			path := "/hooks/texts/twilio/receipt/" + reference
			return x.ask("POST", path, formKind, f.Encode(), "X-Twilio-Signature", twilioSigned("12345", reached+path, f)).Code
		}
		for _, status := range []string{"queued", "sent", "banana"} {
			if c := receipt(reference, status, ""); c != 200 || state().Arrived != "" {
				t.Errorf("%s: %d, %+v", status, c, state())
			}
		}
		if c := receipt(reference, "undelivered", "30005"); c != 200 || state().Arrived != "no" || !strings.Contains(state().ArrivedWords, "no such number") {
			t.Errorf("%d %+v", c, state())
		}
		for range 2 {
			receipt(reference, "delivered", "")
		}
		if c := receipt(reference, "failed", "30003"); c != 200 || state().Arrived != "yes" {
			t.Errorf("a late no: %d %+v", c, state())
		}
		for _, unknown := range []string{"2t-zzzz", "nonsense", "-", "zzzzzzzzzzzzzzzzzzzzz-1"} {
			if c := receipt(unknown, "delivered", ""); c != 200 {
				t.Errorf("%s: %d", unknown, c)
			}
		}
	})
}

func TestNotifyCallsBack(t *testing.T) {
	const word = "a-word-of-more-than-twenty-characters"
	both(t, "notify://"+key+"@api.example?template="+template+"&callback="+word, func(t *testing.T, x *house) {
		ask := func(path, body, word string) int {
			return x.ask("POST", path, "application/json", body, "Authorization", "Bearer "+word).Code
		}
		in := `{"id":"n7","source_number":"447700900123","destination_number":"07700900111","message":"Yes","date_received":"2026-11-20T09:00:00.000000Z"}`
		for _, wrong := range []string{"", "x", word + "x", word[:len(word)-1]} {
			if c := ask("/hooks/texts/notify/in", in, wrong); c != 403 {
				t.Errorf("%q: %d", wrong, c)
			}
		}
		if got := x.received(); len(got) != 0 {
			t.Fatalf("%+v", got)
		}
		for range 2 {
			if c := ask("/hooks/texts/notify/in", in, word); c != 200 {
				t.Fatalf("%d", c)
			}
		}
		if got := x.received(); len(got) != 1 || got[0].Text != "Yes" || got[0].AtMs != testkit.Day.UnixMilli()-90*60*1000 {
			t.Errorf("%+v", got)
		}
		for _, bad := range []string{"", "banana", "{}", `{"id":"x"}`, `[1]`} {
			if c := ask("/hooks/texts/notify/in", bad, word); c != 400 {
				t.Errorf("%q: %d", bad, c)
			}
		}
		if c := ask("/hooks/texts/notify/in", strings.Repeat("x", 70<<10), word); c != 413 {
			t.Errorf("too large: %d", c)
		}
		reference, state := x.message()
		for status, want := range map[string]string{"sending": "", "permanent-failure": "no"} {
			_ = ask("/hooks/texts/notify/receipt", `{"id":"n1","reference":"`+reference+`","status":"`+status+`"}`, word)
			if got := state().Arrived; got != want && status != "sending" {
				t.Errorf("%s: %q", status, got)
			}
		}
		if c := ask("/hooks/texts/notify/receipt", `{"id":"n1","reference":"`+reference+`","status":"delivered"}`, word); c != 200 || state().Arrived != "yes" {
			t.Errorf("%d %+v", c, state())
		}
		if c := ask("/hooks/texts/notify/receipt", `{"id":"n1","reference":null,"status":"delivered"}`, word); c != 200 {
			t.Errorf("not one of ours: %d", c)
		}
		if c := ask("/hooks/texts/twilio/in", in, word); c != 404 {
			t.Errorf("a gateway that is not set up: %d", c)
		}
	})
}

func TestKannelCallsBack(t *testing.T) {
	both(t, "http://a:b@127.0.0.1/cgi-bin/sendsms?from=Oak", func(t *testing.T, x *house) {
		lines, err := x.s.Hooks()
		if err != nil || len(lines) != 1 {
			t.Fatalf("%v %v", lines, err)
		}
		address := strings.TrimSuffix(strings.TrimPrefix(lines[0], `get-url = "`+reached), `"`)
		address = strings.NewReplacer("%I", "k1", "%p", "%2B447700900123", "%P", "12345", "%T", "1795167000", "%b", "Yes+%C3%A9", "%C", "UTF-8").Replace(address)
		for _, wrong := range []string{strings.Replace(address, "/in/", "/in/a", 1), "/hooks/texts/kannel/in/x?id=1&from=2&text=3"} {
			if w := x.ask("GET", wrong, "", ""); w.Code != 403 {
				t.Errorf("%s: %d", wrong, w.Code)
			}
		}
		if w := x.ask("HEAD", address, "", ""); w.Code != 405 {
			t.Errorf("HEAD: %d", w.Code)
		}
		if got := x.received(); len(got) != 0 {
			t.Fatalf("%+v", got)
		}
		for range 2 {
			if w := x.ask("GET", address, "", ""); w.Code != 200 || w.Body.Len() != 0 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		}
		if got := x.received(); len(got) != 1 || got[0].From != "+447700900123" || got[0].Text != "Yes é" || got[0].GatewayID != "k1" {
			t.Errorf("%+v", got)
		}
		urdu := strings.NewReplacer("k1", "k2", "UTF-8", "UTF-16BE", "Yes+%C3%A9", "%06%22%06%7E").Replace(address)
		if w := x.ask("GET", urdu, "", ""); w.Code != 200 {
			t.Fatalf("%d", w.Code)
		}
		if got := x.received(); len(got) != 2 || got[1].Text != "آپ" {
			t.Errorf("%+v", got)
		}
		reference, state := x.message()
		mark, err := post.Signer(func() ([]byte, error) { return []byte("a key of thirty-two bytes, nearly"), nil }).Mark("kannel receipt", reference)
		if err != nil {
			t.Fatal(err)
		}
		at := "/hooks/texts/kannel/receipt/" + reference + "/"
		for _, wrong := range []string{at + "aaaaaaaaaaaaaaaaaaaa?d=1", at + mark[1:] + "?d=1", "/hooks/texts/kannel/receipt/2t-1/" + mark + "?d=1"} {
			if w := x.ask("GET", wrong, "", ""); w.Code != 403 || state().Arrived != "" {
				t.Errorf("%s: %d", wrong, w.Code)
			}
		}
		for _, c := range []struct{ d, want string }{{"8", ""}, {"2", "no"}, {"1", "yes"}, {"2", "yes"}} {
			if w := x.ask("GET", at+mark+"?d="+c.d, "", ""); w.Code != 200 || state().Arrived != c.want {
				t.Errorf("%+v: %d %+v", c, w.Code, state())
			}
		}
	})
}
