package web

import (
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/testkit/outside"
	"ajar/internal/kit/web"
)

// A real Kannel: a text leaves, its receipt comes back to the signed address, and what families write comes in through it.
func TestThroughKannelAndBack(t *testing.T) {
	sets := []db.Migrations{jobs.Migrations(), post.Migrations()}
	d := testkit.Open(t, testkit.SQLite(t, sets), sets)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	here := "http://" + l.Addr().String()
	const key = "a key of thirty-two bytes, nearly"
	mark, err := post.Signer(func() ([]byte, error) { return []byte(key), nil }).Mark("kannel in", "")
	if err != nil {
		t.Fatal(err)
	}
	x := newHouse(t, d, "http://a:b@127.0.0.1/?from=x&callback="+here)
	lines, err := x.s.Hooks()
	if err != nil || len(lines) != 1 || !strings.Contains(lines[0], here+"/hooks/texts/kannel/in/"+mark) {
		t.Fatalf("%v %v", lines, err)
	}
	address, sent := outside.GatewayTelling(t, lines[0], "07700900999 12345 text Yes, we come & thanks")
	driver, err := post.NewTexts(address + "&callback=" + here)
	if err != nil {
		t.Fatal(err)
	}
	x.s.Use(post.SMS, driver)
	x.s.CallBack("", func() ([]byte, error) { return []byte(key), nil })
	x.s.May = post.Whether()
	plain := &web.Server{Routes: Manifest(x.s).Routes, Identify: nobody, Frame: noFrame, Trouble: noTrouble, Log: slog.New(slog.DiscardHandler)}
	h, err := plain.Handler()
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()

	_, state := x.message()
	if !outside.Until(30*time.Second, func() bool {
		x.s.DB.SetClock(clock.System()) // a way that was closed at first is open again later
		if _, err := x.s.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		return state().State == post.Sent
	}) {
		t.Fatalf("%+v", state())
	}
	sent.Await(t, "447700900123")
	if !outside.Until(15*time.Second, func() bool { return state().Arrived == "yes" }) {
		t.Errorf("no receipt: %+v", state())
	}
	var got []post.Received
	if !outside.Until(15*time.Second, func() bool { got = x.received(); return len(got) == 1 }) {
		t.Fatalf("%+v", got)
	}
	if r := got[0]; r.From != "07700900999" || !strings.HasPrefix(r.Text, "Yes, we come & thanks") || r.To != "12345" || r.GatewayID == "" || time.Since(time.UnixMilli(r.AtMs)).Abs() > 5*time.Minute {
		t.Errorf("%+v", r)
	}
}
