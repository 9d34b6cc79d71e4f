package post

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/testkit"
)

type box struct {
	mu     sync.Mutex
	got    []Ready
	tries  int
	fail   error
	during func(Ready)
}

func (b *box) Send(_ context.Context, r Ready) (string, error) {
	if b.during != nil {
		b.during(r)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tries++
	if b.fail != nil {
		return "", b.fail
	}
	b.got = append(b.got, r)
	return "theirs-" + r.Reference, nil
}

// id is the key of what left last.
func (b *box) id(t *testing.T) ids.ID[Item] {
	t.Helper()
	_, id, ok := ReadReference(b.got[len(b.got)-1].Reference)
	if !ok {
		t.Fatal(b.got)
	}
	return id
}

func both(t *testing.T, body func(t *testing.T, s *Service, b *box)) {
	testkit.Both(t, []db.Migrations{jobs.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		s, b := New(d, jobs.New(d, slog.New(slog.NewTextHandler(io.Discard, nil)))), &box{}
		s.Use(Email, b)
		s.May = Whether()
		s.Sender = func(tx *db.Tx) (string, string, error) {
			if tx.Pass().Org() == testkit.A().Org() {
				return "Oak School", "office@oak.example", nil
			}
			return "Elm School", "", nil
		}
		body(t, s, b)
	})
}

var letter = Item{Way: Email, Adult: 5, Pupil: 6, About: "test.thing", Key: 7, Address: "amina@home.example", Subject: "A sheet\r\nBcc: all@example", Body: "Dear Amina"}

func write(t *testing.T, s *Service, p access.Pass, it Item) ids.ID[Item] {
	t.Helper()
	var id ids.ID[Item]
	if err := s.DB.Update(t.Context(), p, func(tx *db.Tx) (err error) {
		id, err = s.Send(tx, it)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

func work(t *testing.T, s *Service) {
	t.Helper()
	if _, err := s.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func of(t *testing.T, s *Service, p access.Pass) (out []Item) {
	t.Helper()
	if err := s.DB.View(t.Context(), p, func(tx *db.Tx) (err error) {
		out, err = Of(tx, letter.About, letter.Key)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestItemLeavesOnceForItsOwnSchool(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		write(t, s, testkit.A(), letter)
		write(t, s, testkit.B(), letter)
		if got := of(t, s, testkit.A()); len(got) != 1 || got[0].State != Waiting || got[0].StateWords() != "On its way" {
			t.Errorf("%+v", got)
		}
		work(t, s)
		work(t, s)
		senders := map[string]string{}
		for _, r := range b.got {
			senders[r.Sender] = r.ReplyTo
			if r.Address != letter.Address || r.Body != letter.Body || strings.ContainsAny(r.Subject, "\r\n") {
				t.Errorf("%+v", r)
			}
		}
		if len(b.got) != 2 || len(senders) != 2 || senders["Oak School"] != "office@oak.example" {
			t.Errorf("left: %+v", b.got)
		}
		for _, p := range []access.Pass{testkit.A(), testkit.B()} {
			got := of(t, s, p)
			if len(got) != 1 || got[0].State != Sent || got[0].Body != "" || got[0].DoneMs == nil {
				t.Errorf("%+v", got)
			}
		}
	})
}

// An order made between the writing and the sending stops the item, from the next moment on.
func TestOrderInBetweenStopsIt(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		var asked Item
		write(t, s, testkit.A(), letter)
		s.May = Whether(Each(func(tx *db.Tx, it Item) (string, error) {
			asked = it
			return "An order was made.", nil
		}))
		work(t, s)
		if got := of(t, s, testkit.A()); len(b.got) != 0 || got[0].State != Stopped || got[0].StateWords() != "Stopped: An order was made." || got[0].Body != "" {
			t.Errorf("%+v, left %v", got, b.got)
		}
		if asked.Adult != letter.Adult || asked.Pupil != letter.Pupil {
			t.Errorf("asked about %+v", asked)
		}
		s.May = nil
		write(t, s, testkit.B(), letter)
		work(t, s)
		if got := of(t, s, testkit.B()); len(b.got) != 0 || got[0].State != Stopped {
			t.Errorf("without anyone to ask: %+v", got)
		}
	})
}

func TestTroubleOnTheWay(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		write(t, s, testkit.A(), letter)
		b.fail = errors.New("the line is down")
		work(t, s)
		if got := of(t, s, testkit.A()); got[0].State != Waiting || !strings.Contains(got[0].StateWords(), "the line is down") || !strings.Contains(got[0].StateWords(), "tried again") {
			t.Errorf("%s", got[0].StateWords())
		}
		b.fail = nil
		s.DB.SetClock(clock.At(testkit.Day.Add(time.Hour)))
		work(t, s)
		if got := of(t, s, testkit.A()); got[0].State != Sent || len(b.got) != 1 {
			t.Errorf("%+v", got)
		}
		b.fail = jobs.GiveUp(errors.New("no such person"))
		write(t, s, testkit.B(), letter)
		work(t, s)
		if got := of(t, s, testkit.B()); got[0].State != Failed || got[0].StateWords() != "Did not go: no such person" {
			t.Errorf("%+v", got)
		}
		s.DB.SetClock(clock.At(testkit.Day.Add(100 * time.Hour)))
		b.fail = nil
		work(t, s)
		if len(b.got) != 1 {
			t.Error("what cannot arrive was tried again")
		}
	})
}

// What was written for later waits, and can be taken back until it has left.
func TestTakingBackWhatWaits(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		later := letter
		later.NotBefore = testkit.Day.Add(5 * time.Minute).UnixMilli()
		write(t, s, testkit.A(), later)
		write(t, s, testkit.B(), later)
		work(t, s)
		if len(b.got) != 0 {
			t.Fatal("it did not wait")
		}
		if err := s.DB.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
			n, err := Stop(tx, letter.About, letter.Key, "It was taken back.")
			if n != 1 {
				t.Errorf("%d were stopped", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		s.DB.SetClock(clock.At(testkit.Day.Add(6 * time.Minute)))
		work(t, s)
		if got := of(t, s, testkit.A()); len(b.got) != 1 || got[0].State != Stopped || got[0].Body != "" || got[0].StateWords() != "Stopped: It was taken back." {
			t.Errorf("%+v, left %v", got, b.got)
		}
	})
}

func TestWhatCannotBeSentIsSaidAtOnce(t *testing.T) {
	both(t, func(t *testing.T, s *Service, b *box) {
		for name, change := range map[string]func(*Item){
			"no gateway":        func(it *Item) { it.Way, it.Address = SMS, "07700900123" },
			"no address":        func(it *Item) { it.Address = "" },
			"two addresses":     func(it *Item) { it.Address = "a@b.example, c@d.example" },
			"a name as well":    func(it *Item) { it.Address = "Amina <amina@home.example>" },
			"a header inside":   func(it *Item) { it.Address = "a@b.example\r\nBcc: c@d.example" },
			"nothing to say":    func(it *Item) { it.Body = "" },
			"far too much":      func(it *Item) { it.Body = strings.Repeat("ä", MaxBody+1) },
			"an unheard-of way": func(it *Item) { it.Way = "pigeon" },
		} {
			it := letter
			change(&it)
			err := s.DB.Update(t.Context(), testkit.A(), func(tx *db.Tx) error { _, err := s.Send(tx, it); return err })
			if err == nil || fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		work(t, s)
		if len(b.got) != 0 || len(of(t, s, testkit.A())) != 0 {
			t.Error("something left or stayed behind")
		}
	})
}

func TestMobile(t *testing.T) {
	for in, want := range map[string]string{
		"07700 900123": "447700900123", "07700900123": "447700900123", "+44 7700 900123": "447700900123", "+44 (0)7700 900123": "447700900123",
		"0044 7700 900123": "447700900123", "7700900123": "447700900123", "07700-900-123": "447700900123", "+48 512 345 678": "48512345678", "+923001234567": "923001234567",
		"01632 960123": "", "+441632960123": "", "": "", "07700": "", "ring mum": "", "07012345678": "", "077009001234": "", "++447700900123": "", "+0123456789": "", "٠٧٧٠٠٩٠٠١٢٣": "",
	} {
		if got, ok := Mobile(in); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v", in, got, ok)
		}
	}
}

func TestMasked(t *testing.T) {
	for _, c := range []struct{ way, in, want string }{{Email, "amina@home.example", "am…@home.example"}, {SMS, "07700 900123", "…123"}, {SMS, "12", "…12"}} {
		if got := (Item{Way: c.way, Address: c.in}).Masked(); got != c.want {
			t.Errorf("%s: %s", c.in, got)
		}
	}
}
