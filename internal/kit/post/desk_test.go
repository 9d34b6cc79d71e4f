package post

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/testkit/outside"
)

func at(s *Service, after time.Duration) { s.DB.SetClock(clock.At(testkit.Day.Add(after))) }

func pauses(t *testing.T, s *Service) State {
	t.Helper()
	list, err := s.States(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	return list[0]
}

// A way that is closed rests, longer each time, without using up the tries of any message. A single message goes ahead and finds out; when it gets through, the
// others follow, the urgent first.
func TestAWayThatIsClosedRests(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		b.fail = Down(errors.New("connection refused"))
		var first ids.ID[Item]
		for i, rank := range []Rank{Bulk, Usual, Bulk, Urgent, Usual} {
			it := letter
			it.Rank, it.Key = rank, int64(i+1)
			if id := write(t, s, testkit.A(), it); i == 0 {
				first = id
			}
		}
		work(t, s)
		x := pauses(t, s)
		if x.Waiting != 5 || x.Pause == nil || x.Pause.Trouble != "connection refused" || x.Pause.UntilMs != testkit.Day.UnixMilli()+rest[0].Milliseconds() {
			t.Fatalf("%+v %+v", x, x.Pause)
		}
		if got := b.tries; got != 5 {
			t.Errorf("%d tried", got)
		}
		work(t, s) // it rests
		if b.tries != 5 {
			t.Errorf("%d tried while it rested", b.tries)
		}
		since := x.Pause.SinceMs
		for i := 1; i < 20; i++ { // a night without a line: one goes ahead each time
			at(s, time.Duration(i)*time.Hour)
			work(t, s)
			if b.tries != 5+i {
				t.Fatalf("%d tried in round %d", b.tries, i)
			}
		}
		if x = pauses(t, s); x.Pause.SinceMs != since || x.Pause.UntilMs-testkit.Day.Add(19*time.Hour).UnixMilli() != rest[len(rest)-1].Milliseconds() {
			t.Errorf("%+v", x.Pause)
		}
		b.fail = nil
		at(s, 20*time.Hour)
		work(t, s)
		work(t, s)
		if x = pauses(t, s); x.Pause != nil || x.Waiting != 0 || len(b.got) != 5 {
			t.Errorf("%+v, left %d", x, len(b.got))
		}
		if err := s.DB.View(t.Context(), testkit.A(), func(tx *db.Tx) error {
			it, _, err := itemByID(tx, first)
			if it.State != Sent || it.Trouble != "" {
				t.Errorf("%+v", it)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// What is more urgent leaves first, whatever was written first.
func TestUrgentFirst(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		for i, rank := range []Rank{Bulk, Usual, Urgent, Bulk, Urgent} {
			it := letter
			it.Rank, it.Key, it.Body = rank, int64(i+1), []string{"bulk", "usual", "urgent"}[order2(rank)]
			write(t, s, testkit.A(), it)
		}
		var got []string
		for len(got) < 5 {
			if err := s.DB.Update(t.Context(), installation("test"), func(tx *db.Tx) error {
				d := s.newDesk(Email)
				list, err := d.take(tx, 1)
				for _, l := range list {
					got = append(got, l.ready.Body)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if want := []string{"urgent", "urgent", "usual", "bulk", "bulk"}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
	})
}

func order2(r Rank) int { return map[Rank]int{Bulk: 0, Usual: 1, Urgent: 2}[r] }

// Quiet hours are asked for when an item is about to leave, so they are kept after a day of trouble too.
func TestLaterMeansLater(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		morning := testkit.Day.Add(21 * time.Hour).UnixMilli()
		s.May = func(*db.Tx, []Item) ([]Verdict, error) { return []Verdict{{Until: morning}}, nil }
		write(t, s, testkit.A(), letter)
		for range 3 {
			work(t, s)
		}
		if len(b.got) != 0 || of(t, s, testkit.A())[0].State != Waiting {
			t.Fatal("it left in quiet hours")
		}
		at(s, 21*time.Hour)
		work(t, s)
		if len(b.got) != 1 {
			t.Error("it did not leave in the morning")
		}
	})
}

// An answer that did not come is a doubt and no reason to try again. A receipt, the gateway itself, or a person clears it.
func TestDoubt(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		b.fail = Doubt(errors.New("no answer"))
		for i := range 3 {
			it := letter
			it.Key = int64(i + 1)
			write(t, s, testkit.A(), it)
		}
		work(t, s)
		b.fail = nil
		at(s, 48*time.Hour)
		work(t, s)
		if len(b.got) != 0 || b.tries != 3 {
			t.Fatalf("%d left, %d tries", len(b.got), b.tries)
		}
		var list []Item
		in := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := s.DB.Update(t.Context(), testkit.A(), f); err != nil {
				t.Fatal(err)
			}
		}
		doubts := func() int {
			in(func(tx *db.Tx) (err error) { list, err = Doubts(tx); return err })
			return len(list)
		}
		if doubts() != 3 || !strings.Contains(list[0].StateWords(), "may have gone or not: no answer") || list[0].Body == "" {
			t.Fatalf("%+v", list)
		}
		for _, ref := range []string{"", "x", "2t-", Reference(testkit.OrgB, list[0].ID), Reference(testkit.OrgA, 5)} {
			if known, err := s.Arrived(t.Context(), ref, true, ""); known || err != nil {
				t.Errorf("%q: %v %v", ref, known, err)
			}
		}
		if known, err := s.Arrived(t.Context(), Reference(testkit.OrgA, list[0].ID), true, "on the phone"); !known || err != nil {
			t.Errorf("%v %v", known, err)
		}
		if doubts() != 2 {
			t.Errorf("%d in doubt after a receipt", len(list))
		}
		in(func(tx *db.Tx) error { return s.Decide(tx, list[0].ID, false) })
		if err := s.DB.Update(t.Context(), testkit.B(), func(tx *db.Tx) error { return s.Decide(tx, list[1].ID, true) }); err == nil {
			t.Error("another school decided")
		}
		in(func(tx *db.Tx) error { return s.Decide(tx, list[1].ID, true) })
		work(t, s)
		if doubts() != 0 || len(b.got) != 1 {
			t.Errorf("%d in doubt, %d left", len(list), len(b.got))
		}
		in(func(tx *db.Tx) error {
			if s.Decide(tx, b.id(t), true) == nil {
				t.Error("decided about what is not in doubt")
			}
			return nil
		})
	})
}

type knowing struct {
	*box
	knows map[string]bool
}

func (k knowing) Find(_ context.Context, ref string) (string, bool, error) {
	return "theirs", k.knows[ref], nil
}

// A gateway that can tell is asked before a person is.
func TestAGatewayThatKnowsClearsDoubt(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		k := knowing{b, map[string]bool{}}
		s.Use(Email, k)
		b.fail = Doubt(errors.New("no answer"))
		one, two := write(t, s, testkit.A(), letter), write(t, s, testkit.B(), letter)
		work(t, s)
		b.fail = nil
		at(s, time.Hour)
		k.knows[Reference(testkit.OrgA, one)] = true
		if err := s.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		work(t, s)
		if len(b.got) != 1 || b.got[0].Reference != Reference(testkit.OrgB, two) {
			t.Errorf("left: %+v", b.got)
		}
		if a, c := of(t, s, testkit.A()), of(t, s, testkit.B()); a[0].State != Sent || c[0].State != Sent {
			t.Errorf("%+v %+v", a, c)
		}
	})
}

// A receipt may be there before the gateway's own answer.
func TestReceiptBeforeTheAnswer(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		b.during = func(r Ready) {
			if known, err := s.Arrived(t.Context(), r.Reference, false, "number not in use"); !known || err != nil {
				t.Errorf("%v %v", known, err)
			}
		}
		write(t, s, testkit.A(), letter)
		work(t, s)
		if got := of(t, s, testkit.A())[0]; got.State != Sent || got.StateWords() != "Did not arrive: number not in use" {
			t.Errorf("%+v", got)
		}
	})
}

// A mail server that hangs up in the middle, says nothing, or answers nonsense: what can't have left is sent again, and what can is a doubt.
func TestMailServersThatMisbehave(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var mu sync.Mutex
	say := "250 taken"
	sink := &outside.Sink{Answer: func(string) string { mu.Lock(); defer mu.Unlock(); return say }}
	go sink.ServeMail(l)
	m, err := NewMail("smtp://" + l.Addr().String() + "?from=ajar@oak.example&tls=none")
	if err != nil {
		t.Fatal(err)
	}
	line, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := Ready{Reference: "r", Sender: "Oak", Address: "a@b.example", Subject: "s", Body: "b"}
	for range 3 {
		if _, err := line.Send(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	sink.HangUp()
	if _, err := line.Send(t.Context(), r); !isDown(err) {
		t.Errorf("a line that was closed meanwhile: %v", err)
	}
	line.Close()
	for answer, want := range map[string]func(error) bool{
		"":               inDoubt,
		"banana":         inDoubt,
		"421 going away": isDown,
		"451 later":      func(err error) bool { return err != nil && !isDown(err) && !inDoubt(err) },
		"554 looks like x": func(err error) bool {
			return strings.Contains(err.Error(), "refused it") && !isDown(err) && !inDoubt(err)
		},
	} {
		mu.Lock()
		say = answer
		mu.Unlock()
		if _, err := m.Send(t.Context(), r); err == nil || !want(err) {
			t.Errorf("%q: %v", answer, err)
		}
	}
	if got := sink.Mails.Load(); got != 3 {
		t.Errorf("%d mails", got)
	}
	// The beginning is noted before the end of the mail, and what can't begin does not leave.
	mu.Lock()
	say = "250 taken"
	mu.Unlock()
	begun := make(chan bool, 1)
	sink.Took = func(string) {
		select {
		case <-begun:
		default:
			t.Error("a mail left before it had begun")
		}
	}
	r.begin = func() error { begun <- true; return nil }
	if _, err := m.Send(t.Context(), r); err != nil || sink.Mails.Load() != 4 {
		t.Errorf("%v", err)
	}
	r.begin = func() error { return Down(errors.New("no room for notes")) }
	if _, err := m.Send(t.Context(), r); !isDown(err) || sink.Mails.Load() != 4 {
		t.Errorf("left without a beginning: %v", err)
	}
}

// A process that ends in order puts nothing in doubt: what it had taken and not begun goes back into the queue, and what had begun is seen to its end.
func TestClosingInOrder(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		s.Folder = t.TempDir()
		var once sync.Once
		ctx, stop := context.WithCancel(t.Context())
		b.during = func(Ready) {
			once.Do(stop)
			time.Sleep(20 * time.Millisecond)
		}
		for i := range 100 {
			it := letter
			it.Key = int64(i%5 + 1)
			write(t, s, testkit.A(), it)
		}
		s.Run(ctx)
		n := len(b.got)
		if x := pauses(t, s); n == 0 || x.Waiting+n != 100 {
			t.Errorf("%d left, %d wait", n, x.Waiting)
		}
		if len(wires(s.Folder)) != 0 {
			t.Error("its notes stayed")
		}
		other := New(s.DB, jobs.New(s.DB, slog.New(slog.DiscardHandler)))
		other.Folder, other.May = s.Folder, Whether()
		other.Use(Email, b)
		if err := other.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		work(t, other)
		if len(b.got) != 100 {
			t.Errorf("%d left in all", len(b.got))
		}
	})
}

// A way that asks for time gets it, and not more than an hour of it.
func TestAWayThatAsksForTime(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		for wait, want := range map[time.Duration]time.Duration{7 * time.Minute: 7 * time.Minute, 9 * time.Hour: time.Hour} {
			b.fail = DownFor(wait, errors.New("slow down"))
			write(t, s, testkit.A(), letter)
			work(t, s)
			if x := pauses(t, s); x.Pause == nil || x.Pause.UntilMs != s.DB.Clock().Now().Add(want).UnixMilli() {
				t.Errorf("%v: %+v", wait, x.Pause)
			}
			b.fail = nil
			at(s, s.DB.Clock().Now().Sub(testkit.Day)+2*time.Hour)
			work(t, s)
			work(t, s)
		}
		// Beside those that got through too: or the ones that did not would knock without end.
		if err := s.DB.Update(t.Context(), installation("test"), func(tx *db.Tx) error {
			until, err := s.newDesk(Email).pace(tx, 10, 1, time.Minute, "slow down")
			if until != tx.Now()+time.Minute.Milliseconds() {
				t.Errorf("%d", until)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
