package post

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/smtp"
	"slices"
	"strings"
	"sync"
	"testing"

	"ajar/internal/kit/testkit"
)

func testKey() ([]byte, error) { return []byte("a key of thirty-two bytes, nearly"), nil }

func TestSignedAddresses(t *testing.T) {
	ref := Reference(1<<62, 1<<62)
	for _, kind := range []string{replyTo, bounceTo} {
		a, err := SignedAddress(testKey, kind, ref, "answers.oak.example")
		if err != nil {
			t.Fatal(err)
		}
		if name, _, _ := strings.Cut(a, "@"); len(name) > 64 || a != strings.ToLower(a) || !Fits(Email, a) {
			t.Errorf("%s is no good address", a)
		}
		for _, same := range []string{a, strings.ToUpper(a), " " + a + " "} {
			if k, r, ok := ReadSignedAddress(testKey, same, "Answers.Oak.example"); !ok || k != kind || r != ref {
				t.Errorf("%q: %q %q %v", same, k, r, ok)
			}
		}
		other := map[string]string{replyTo: bounceTo, bounceTo: replyTo}[kind]
		for _, wrong := range []string{"", a + "x", strings.Replace(a, kind+"+", other+"+", 1), strings.Replace(a, ref, Reference(5, 7), 1), strings.Replace(a, "@answers", "@x", 1), strings.Replace(a, ".", ".a", 1), kind + "+" + ref + "@answers.oak.example", "reply@answers.oak.example"} {
			if _, _, ok := ReadSignedAddress(testKey, wrong, "answers.oak.example"); ok {
				t.Errorf("%q was taken", wrong)
			}
		}
		if _, _, ok := ReadSignedAddress(func() ([]byte, error) { return []byte("another key"), nil }, a, "answers.oak.example"); ok {
			t.Error("taken with another key")
		}
		if _, _, ok := ReadSignedAddress(func() ([]byte, error) { return nil, errors.New("no key") }, a, "answers.oak.example"); ok {
			t.Error("taken without a key")
		}
	}
}

func TestWaysInOfMail(t *testing.T) {
	for _, good := range []string{"lmtp://127.0.0.1:2424?domain=answers.oak.example", "smtp://127.0.0.1:2525?domain=a.example", "imaps://n:p@mail.example/INBOX?domain=a.example", "imap://n:p@localhost?domain=a.example"} {
		if _, err := NewMailIn(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "lmtp://127.0.0.1:2424", "pop://x?domain=a.example", "imaps://mail.example?domain=a.example", "imap://n:secret@mail.example?domain=a.example", "lmtp://x?domain=a b", "://"} {
		if _, err := NewMailIn(bad); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// heard collects what is handed on.
type heard struct {
	mu  sync.Mutex
	got []Received
}

func (h *heard) receive(_ context.Context, r Received) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, r)
	return nil
}

func (h *heard) all(t *testing.T, s *Service) []Received {
	t.Helper()
	for {
		n, err := s.HandOn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			h.mu.Lock()
			defer h.mu.Unlock()
			return append([]Received(nil), h.got...)
		}
	}
}

// comeIn opens the way in of a service on a spare port.
func comeIn(t *testing.T, s *Service) (addr string, h *heard) {
	t.Helper()
	m, err := NewMailIn("smtp://127.0.0.1:0?domain=answers.oak.example")
	if err != nil {
		t.Fatal(err)
	}
	h = &heard{}
	s.Receive, s.Log = h.receive, slog.New(slog.DiscardHandler)
	s.CallBack("", testKey)
	s.TakeMail(m)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var served sync.WaitGroup
	served.Go(func() {
		if err := s.ServeMail(ctx, l); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); served.Wait() })
	return l.Addr().String(), h
}

// An answer comes to the address that the mail carried, once however often it is brought; a bounce is a receipt; whatever else is written to is refused at the door.
func TestAnswersByMail(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		addr, h := comeIn(t, s)
		it := letter
		it.ReplyTo = AnswerHere
		write(t, s, testkit.A(), it)
		write(t, s, testkit.B(), letter)
		work(t, s)
		if len(b.got) != 2 {
			t.Fatalf("%d left", len(b.got))
		}
		a, other := b.got[0], b.got[1]
		if !strings.HasPrefix(a.ReplyTo, "reply+") {
			a, other = other, a
		}
		if !strings.HasPrefix(a.ReplyTo, "reply+") || !strings.HasPrefix(a.ReturnTo, "bounce+") || strings.HasPrefix(other.ReplyTo, "reply+") {
			t.Fatalf("%+v %+v", a, other)
		}
		bring := func(from, to, body string) error { return smtp.SendMail(addr, nil, from, []string{to}, crlf(body)) }
		answer := "From: Amina <amina@home.example>\nMessage-ID: <7@home.example>\nSubject: Re: A sheet\n\nYes, we come.\n\nOn Friday 20 Nov Oak School wrote:\n> Dear Amina\n"
		for range 3 {
			if err := bring("amina@home.example", a.ReplyTo, answer); err != nil {
				t.Fatal(err)
			}
		}
		got := h.all(t, s)
		if len(got) != 1 || got[0].Reference != a.Reference || got[0].From != "amina@home.example" || Fresh(got[0].Text) != "Yes, we come." || !strings.Contains(got[0].Text, "> Dear Amina") || got[0].Automatic {
			t.Fatalf("%+v", got)
		}
		if err := bring("amina@home.example", a.ReplyTo, strings.Replace(answer, "<7@", "<8@", 1)); err != nil {
			t.Fatal(err)
		}
		if err := bring("", a.ReplyTo, "From: amina@home.example\nMessage-ID: <9@x>\nAuto-Submitted: auto-replied\n\nI am away.\n"); err != nil {
			t.Fatal(err)
		}
		if got = h.all(t, s); len(got) != 3 || slices.ContainsFunc(got, func(r Received) bool { return r.Automatic != (r.Text == "I am away.") }) {
			t.Errorf("%+v", got)
		}
		for _, nobody := range []string{"office@answers.oak.example", "reply+2t-1.aaaaaaaaaaaaaaaaaaaa@answers.oak.example", "amina@elsewhere.example", strings.Replace(a.ReplyTo, "reply+", "bounce+", 1)} {
			if err := bring("x@y.example", nobody, answer); err == nil || !strings.Contains(err.Error(), "5.1.1") {
				t.Errorf("%s: %v", nobody, err)
			}
		}
		// A holiday notice to where bounces go says nothing; a delay neither; a real bounce does, and a second one harms nothing.
		state := func() Item { return of(t, s, testkit.A())[0] }
		for _, quiet := range []string{"From: amina@home.example\nMessage-ID: <10@x>\nSubject: Automatic reply\nAuto-Submitted: auto-replied\n\nI am away.\n", strings.Replace(fmt.Sprintf(bounceLetter, "4.4.1"), "Action: failed", "Action: delayed", 1)} {
			if err := bring("", a.ReturnTo, quiet); err != nil || state().Arrived != "" {
				t.Errorf("%v %+v", err, state())
			}
		}
		for range 2 {
			if err := bring("", a.ReturnTo, fmt.Sprintf(bounceLetter, "5.2.2")); err != nil || state().StateWords() != "Did not arrive: The mailbox is full." {
				t.Errorf("%v %s", err, state().StateWords())
			}
		}
		if len(h.all(t, s)) != 3 || of(t, s, testkit.B())[0].Arrived != "" {
			t.Error("a bounce was taken for an answer, or for another's")
		}
		// What is too large is not taken.
		if err := bring("a@b.example", a.ReplyTo, "From: a@b.example\n\n"+strings.Repeat(strings.Repeat("x", 70)+"\n", MaxLetter/70)); err == nil {
			t.Error("too large a mail was taken")
		}
	})
}

// A room that fails is asked again; one that says it is hopeless leaves the message in the inbox, words and all, for a person.
func TestTheRoomAboveFails(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		r := Received{Way: SMS, Gateway: "test", GatewayID: "1", From: "+447700900123", Text: "Yes"}
		inbox := func() InboxState {
			x, err := s.Inbox(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		for range 2 {
			if err := s.Take(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.HandOn(t.Context()); n != 0 || err != nil || inbox() != (InboxState{1, 0}) {
			t.Errorf("nobody receives: %d %v %+v", n, err, inbox())
		}
		fail := errors.New("not now")
		var got []Received
		s.Receive = func(_ context.Context, r Received) error {
			got = append(got, r)
			if len(got) == 2 {
				panic("broke")
			}
			return fail
		}
		for range 3 {
			if _, err := s.HandOn(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if len(got) != 1 {
			t.Errorf("asked %d times at once", len(got))
		}
		at(s, retry[0])
		_, _ = s.HandOn(t.Context())
		fail = GiveUp(errors.New("nobody has this number"))
		at(s, retry[0]+retry[1])
		_, _ = s.HandOn(t.Context())
		if len(got) != 3 || inbox() != (InboxState{0, 1}) || got[2].ID != got[0].ID || got[2].Text != "Yes" {
			t.Errorf("%+v %+v", got, inbox())
		}
		fail = nil
		if n, err := s.HandOnAgain(t.Context()); n != 1 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		_, _ = s.HandOn(t.Context())
		if len(got) != 4 || inbox() != (InboxState{0, 0}) {
			t.Errorf("%d %+v", len(got), inbox())
		}
		if err := s.Take(t.Context(), r); err != nil || inbox().Waiting != 0 { // it is still known
			t.Errorf("%v %+v", err, inbox())
		}
		at(s, 24*3600e9*(inboxDays+1))
		if err := s.sweepInbox(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Take(t.Context(), r); err != nil || inbox().Waiting != 1 {
			t.Errorf("forgotten after two months: %v %+v", err, inbox())
		}
		for _, bad := range []Received{{}, {Way: "pigeon", Gateway: "x", GatewayID: "1", From: "x"}, {Way: SMS, Gateway: "x", From: "x"}} {
			if s.Take(t.Context(), bad) == nil {
				t.Errorf("%+v was taken", bad)
			}
		}
	})
}
