package jobs

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
)

func both(t *testing.T, body func(t *testing.T, d *db.DB, q *Queue)) {
	testkit.Both(t, []db.Migrations{Migrations()}, func(t *testing.T, d *db.DB) {
		body(t, d, New(d, slog.New(slog.NewTextHandler(io.Discard, nil))))
	})
}

func promise(t *testing.T, d *db.DB, q *Queue, p access.Pass, kind string, key int64, in time.Duration) {
	t.Helper()
	if err := d.Update(t.Context(), p, func(tx *db.Tx) error { return q.Promise(tx, kind, key, tx.Now()+in.Milliseconds()) }); err != nil {
		t.Fatal(err)
	}
}

func round(t *testing.T, q *Queue) int {
	t.Helper()
	n, err := q.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

type log struct {
	mu   sync.Mutex
	said []Job
}

func (l *log) do(_ context.Context, j Job) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, Job{Org: j.Org, Kind: j.Kind, Key: j.Key, Attempt: j.Attempt})
	return nil
}

func later(d *db.DB, after time.Duration) { d.SetClock(clock.At(testkit.Day.Add(after))) }

func TestWorkIsDoneOnceForEachOrganisation(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, q *Queue) {
		var l log
		q.Handle("letter", l.do)
		promise(t, d, q, testkit.A(), "letter", 1, 0)
		promise(t, d, q, testkit.A(), "letter", 1, 0)
		promise(t, d, q, testkit.B(), "letter", 1, 0)
		promise(t, d, q, testkit.B(), "letter", 2, time.Minute)
		if n := round(t, q); n != 2 {
			t.Errorf("took %d", n)
		}
		if n := round(t, q); n != 0 {
			t.Errorf("took %d that were done or not due", n)
		}
		orgs := []int64{l.said[0].Org, l.said[1].Org}
		slices.Sort(orgs)
		want := []int64{testkit.A().Org(), testkit.B().Org()}
		slices.Sort(want)
		if !slices.Equal(orgs, want) {
			t.Errorf("done for %v", orgs)
		}
		later(d, time.Minute)
		if n := round(t, q); n != 1 || l.said[2].Key != 2 {
			t.Errorf("took %d: %v", n, l.said)
		}
	})
}

func TestWorkOfATransactionThatFailedIsNotDone(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, q *Queue) {
		var l log
		q.Handle("letter", l.do)
		stop := errors.New("stop")
		if err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
			if err := q.Promise(tx, "letter", 1, tx.Now()); err != nil {
				return err
			}
			return stop
		}); !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if n := round(t, q); n != 0 || len(l.said) != 0 {
			t.Errorf("took %d: %v", n, l.said)
		}
	})
}

func TestFailedWorkIsTriedAgainAndThenSetAside(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, q *Queue) {
		tries := 0
		q.Handle("letter", func(context.Context, Job) error { tries++; return errors.New("no post today") })
		q.Handle("nowhere", func(context.Context, Job) error { return GiveUp(errors.New("no such place")) })
		q.Handle("breaks", func(context.Context, Job) error { panic("bang") })
		promise(t, d, q, testkit.A(), "letter", 1, 0)
		promise(t, d, q, testkit.A(), "nowhere", 1, 0)
		promise(t, d, q, testkit.B(), "breaks", 1, 0)
		promise(t, d, q, testkit.B(), "unheard of", 1, 0)
		if n := round(t, q); n != 4 {
			t.Errorf("took %d", n)
		}
		if n := round(t, q); n != 0 {
			t.Errorf("took %d before the pause was over", n)
		}
		at := time.Duration(0)
		for _, w := range waits {
			at += w
			later(d, at)
			round(t, q)
		}
		if tries != Tries {
			t.Errorf("tried %d times, meant %d", tries, Tries)
		}
		later(d, at+1000*time.Hour)
		if n := round(t, q); n != 0 || tries != Tries {
			t.Errorf("what was set aside was taken: %d", n)
		}
		// Promised anew, it begins anew.
		promise(t, d, q, testkit.A(), "letter", 1, 0)
		if n := round(t, q); n != 1 || tries != Tries+1 {
			t.Errorf("took %d, tries %d", n, tries)
		}
	})
}

func TestLeaseOfAProcessThatDied(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, q *Queue) {
		var l log
		q.Handle("letter", l.do)
		promise(t, d, q, testkit.A(), "letter", 1, 0)
		if err := d.Update(t.Context(), access.Installation("test"), func(tx *db.Tx) error { // another process took it and died
			_, err := tx.Exec(`update jobs_job set lease_ms = $1, attempt = 1`, tx.Now()+Lease.Milliseconds())
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n := round(t, q); n != 0 {
			t.Errorf("took %d of another's", n)
		}
		later(d, Lease)
		if n := round(t, q); n != 1 || l.said[0].Attempt != 2 {
			t.Errorf("took %d: %v", n, l.said)
		}
	})
}

func TestPromiseTakenBack(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, q *Queue) {
		var l log
		q.Handle("letter", l.do)
		promise(t, d, q, testkit.A(), "letter", 1, time.Minute)
		for i, want := range []bool{true, false} {
			if err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
				gone, err := q.Cancel(tx, "letter", 1)
				if gone != want {
					t.Errorf("%d: %v", i, gone)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		promise(t, d, q, testkit.B(), "letter", 1, time.Minute)
		if err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
			gone, err := q.Cancel(tx, "letter", 1)
			if gone {
				t.Error("another organisation's was taken back")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		later(d, time.Hour)
		if n := round(t, q); n != 1 {
			t.Errorf("took %d", n)
		}
	})
}

// Many look for work at once; nothing is done twice and nothing is left.
func TestManyAtOnce(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, q *Queue) {
		var l log
		q.Handle("letter", l.do)
		for k := range int64(60) {
			promise(t, d, q, testkit.A(), "letter", k, 0)
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				other := New(d, q.log)
				other.Handle("letter", l.do)
				for {
					n, err := other.Round(context.Background())
					if err != nil {
						t.Error(err)
					}
					if n == 0 || err != nil {
						return
					}
				}
			})
		}
		all.Wait()
		seen := map[int64]int{}
		for _, j := range l.said {
			seen[j.Key]++
		}
		for k := range int64(60) {
			if seen[k] != 1 {
				t.Errorf("job %d was done %d times", k, seen[k])
			}
		}
	})
}

func TestRunWakesForNewWork(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, q *Queue) {
		done := make(chan struct{}, 1)
		q.Handle("letter", func(context.Context, Job) error { done <- struct{}{}; return nil })
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan struct{})
		go func() { q.Run(ctx); close(over) }()
		promise(t, d, q, testkit.A(), "letter", 1, 0)
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Error("nobody woke")
		}
		cancel()
		<-over
	})
}
