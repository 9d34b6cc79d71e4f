package post

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/jobs"
	"ajar/internal/kit/testkit/outside"
)

func TestTextMessagesThroughKannel(t *testing.T) {
	address, sent := outside.Gateway(t)
	k, err := NewKannel(address)
	if err != nil {
		t.Fatal(err)
	}
	// The operator may take a moment to be connected; until then Kannel keeps or refuses, and the queue tries again.
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if _, err = k.Send(t.Context(), Ready{Address: "07700 900123", Body: "Oak School: a sheet to read. £5 & 50% + more? https://oak.example/f/abc"}); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if line := sent.Await(t, "447700900123"); !strings.Contains(line, "sheet") {
		t.Errorf("the operator got %s", line)
	}
	if _, err := k.Send(t.Context(), Ready{Address: "+923001234567", Body: "آپ کے لیے ایک صفحہ ہے"}); err != nil {
		t.Error(err)
	}
	sent.Await(t, "923001234567")

	wrong, err := NewKannel(strings.Replace(address, "letmein", "secret-of-ours", 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.Send(t.Context(), Ready{Address: "07700900123", Body: "x"}); err == nil || strings.Contains(err.Error(), "secret-of-ours") {
		t.Errorf("a wrong password: %v", err)
	}
}

func TestGatewaysAnswers(t *testing.T) {
	status, said := 202, "0: Accepted for delivery"
	var asked *http.Request
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		w.WriteHeader(status)
		_, _ = io.WriteString(w, said)
	}))
	defer srv.Close()
	k, err := NewKannel(strings.Replace(srv.URL, "http://", "http://ajar:pass%26word@", 1) + "/cgi-bin/sendsms?from=Oak")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		status         int
		ok, hopeless   bool
		to, body, code string
	}{
		{202, true, false, "07700900123", "Hello", ""},
		{202, true, false, "07700900123", "Cześć, mały", "2"},
		{202, true, false, "07700900123", "Café £ € [1]", ""},
		{403, false, true, "07700900123", "Hello", ""},
		{503, false, false, "07700900123", "Hello", ""},
		{500, false, false, "07700900123", "Hello", ""},
		{200, false, false, "07700900123", "Hello", ""},
		{202, false, true, "01632960123", "Hello", ""},
	} {
		status = c.status
		_, err := k.Send(t.Context(), Ready{Address: c.to, Body: c.body})
		if (err == nil) != c.ok || jobs.Hopeless(err) != c.hopeless {
			t.Errorf("%+v: %v", c, err)
		}
		if q := asked.URL.Query(); c.ok && (q.Get("to") != "+447700900123" || q.Get("text") != c.body || q.Get("coding") != c.code || q.Get("password") != "pass&word" || q.Get("charset") != "UTF-8") {
			t.Errorf("asked %v", q)
		}
	}
	srv.Close()
	if _, err := k.Send(t.Context(), Ready{Address: "07700900123", Body: "x"}); err == nil || jobs.Hopeless(err) || strings.Contains(err.Error(), "word") {
		t.Errorf("a gateway that is down: %v", err)
	}
	for _, bad := range []string{"", "kannel", "http://127.0.0.1:13013/cgi-bin/sendsms?from=x", "http://a:b@127.0.0.1/x", "http://a:b@gateway.example/x?from=y", "ftp://a:b@127.0.0.1/?from=x", "://"} {
		if _, err := NewKannel(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
