package post

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/testkit/outside"
)

// TestMain lets a test start itself once more as a process that sends, which can be killed.
func TestMain(m *testing.M) {
	if url := os.Getenv("AJAR_POST_SENDER"); url != "" {
		if err := sender(url, os.Getenv("AJAR_POST_FOLDER"), os.Getenv("AJAR_POST_MAIL")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func sender(url, folder, server string) error {
	d, err := db.Open(context.Background(), db.Options{URL: url, Clock: clock.System()})
	if err != nil {
		return err
	}
	if _, err := d.Migrate(context.Background(), []db.Migrations{jobs.Migrations(), Migrations()}); err != nil {
		return err
	}
	mails, err := NewMail(server)
	if err != nil {
		return err
	}
	s := New(d, jobs.New(d, slog.New(slog.NewTextHandler(io.Discard, nil))))
	s.Folder, s.May = folder, Whether()
	s.Use(Email, mails)
	fmt.Println("sending")
	s.Run(context.Background())
	return nil
}

// A process that sends is killed again and again at moments by chance. Nothing is lost, nothing leaves twice, and every message is accounted for: it has left
// once, or it is one of the few that a person is asked about. AJAR_POST_KILLS and AJAR_POST_MANY make it as long as one likes.
func TestKilledWhileSending(t *testing.T) {
	many, kills := number("AJAR_POST_MANY", 600), number("AJAR_POST_KILLS", 12)
	both := []db.Migrations{jobs.Migrations(), Migrations()}
	for name, url := range map[string]func(testing.TB) string{
		"SQLite":     func(t testing.TB) string { return testkit.SQLite(t, both) },
		"PostgreSQL": func(t testing.TB) string { return testkit.PostgresWith(t, both) },
	} {
		t.Run(name, func(t *testing.T) { killed(t, url(t), many, kills) })
	}
}

func number(name string, otherwise int) int {
	var n int
	if _, err := fmt.Sscan(os.Getenv(name), &n); err != nil || n <= 0 {
		return otherwise
	}
	return n
}

func killed(t *testing.T, url string, many, kills int) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var mu sync.Mutex
	took := map[string]int{}
	sink := &outside.Sink{Took: func(id string) {
		mu.Lock()
		defer mu.Unlock()
		took[id]++
	}}
	go sink.ServeMail(l)
	left := func() int { mu.Lock(); defer mu.Unlock(); return len(took) }

	d := testkit.Open(t, url, []db.Migrations{jobs.Migrations(), Migrations()})
	s := New(d, jobs.New(d, slog.New(slog.NewTextHandler(io.Discard, nil))))
	s.Use(Email, &box{})
	orgs := []access.Pass{testkit.A(), testkit.B()}
	for i, p := range orgs {
		if err := d.Update(t.Context(), p, func(tx *db.Tx) error {
			for n := range many / 2 {
				if _, err := s.Send(tx, Item{Way: Email, Adult: int64(n + 1), About: "test.many", Key: int64(i + 1), Address: "amina@home.example", Subject: "s", Body: "Dear Amina", Rank: Bulk}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	folder := t.TempDir()
	begin := func() *exec.Cmd {
		c := exec.Command(os.Args[0], "-test.run=^$")
		c.Env = append(os.Environ(), "AJAR_POST_SENDER="+url, "AJAR_POST_FOLDER="+folder, "AJAR_POST_MAIL=smtp://"+l.Addr().String()+"?from=ajar@oak.example&tls=none")
		c.Stderr = os.Stderr
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 8)); err != nil {
			t.Fatal(err)
		}
		return c
	}
	// The moments are spread over the campaign: each process dies after it has sent some of what is left.
	for k := range kills {
		c := begin()
		goal := left() + rand.IntN((many-left())/(kills-k+1)+1)
		outside.Until(2*time.Second, func() bool { return left() >= goal })
		time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	c := begin()
	states := func() (count map[string]int, items map[string]Item) {
		count, items = map[string]int{}, map[string]Item{}
		for i, p := range orgs {
			if err := d.View(t.Context(), p, func(tx *db.Tx) error {
				list, err := Of(tx, "test.many", int64(i+1))
				for _, it := range list {
					count[it.State]++
					items[Reference(p.Org(), it.ID)] = it
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		return count, items
	}
	var count map[string]int
	var items map[string]Item
	outside.Until(60*time.Second, func() bool { count, items = states(); return count[Waiting] == 0 })
	_ = c.Process.Kill()
	_ = c.Wait()
	t.Logf("%d messages, %d times killed: %v", many, kills, count)
	mu.Lock()
	defer mu.Unlock()
	for id, n := range took {
		if n > 1 {
			t.Errorf("%s left %d times", id, n)
		}
	}
	for ref, it := range items {
		_, there := took[ref+"@oak.example"]
		switch {
		case it.State == Sent && !there, it.State != Sent && it.State != Unknown:
			t.Errorf("%s is %s and left: %v", ref, it.State, there)
		}
	}
	if count[Sent]+count[Unknown] != many/2*2 {
		t.Errorf("accounted for: %v of %d", count, many)
	}
	if count[Unknown] > kills*lines {
		t.Errorf("%d in doubt after %d kills", count[Unknown], kills)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files[:max(0, len(files)-1)] { // the last process was killed too, and nobody has come after it
		t.Errorf("%s stayed behind", f.Name())
	}

	// A person decides, and what is sent again leaves once more.
	for _, p := range orgs {
		if err := d.Update(t.Context(), p, func(tx *db.Tx) error {
			list, err := Doubts(tx)
			if err != nil {
				return err
			}
			for i, it := range list {
				if err := s.Decide(tx, it.ID, i%2 == 0); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if count, _ := states(); count[Unknown] != 0 {
		t.Errorf("%v", count)
	}
}
