package family

import (
	"fmt"
	"sync"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
)

// On the evening on which the letters arrive, many families come within minutes. Letting one in writes a little, and each write of its own waits for the
// disk. So those who come while a write is under way are written together in the next one: one wait for the disk for all of them.

// mostTogether bounds one write, so that the first of many does not wait for the last.
const mostTogether = 64

// entry is one browser that waits to be let in.
type entry struct {
	hash  string
	visit Visit
	out   Let
	err   error
	done  chan struct{}
}

type together struct {
	mu      sync.Mutex
	waiting []*entry
	busy    bool
}

// letIn waits until the browser has been let in, or not.
func (s *Service) letIn(hash string, v Visit) (Let, error) {
	x := &entry{hash: hash, visit: v, done: make(chan struct{})}
	t := &s.together
	t.mu.Lock()
	t.waiting = append(t.waiting, x)
	if !t.busy {
		t.busy = true
		go s.letInWaiting()
	}
	t.mu.Unlock()
	<-x.done
	return x.out, x.err
}

// letInWaiting runs until nobody waits.
func (s *Service) letInWaiting() {
	t := &s.together
	for {
		t.mu.Lock()
		n := min(len(t.waiting), mostTogether)
		if n == 0 {
			t.busy = false
			t.mu.Unlock()
			return
		}
		batch := t.waiting[:n:n]
		t.waiting = t.waiting[n:]
		t.mu.Unlock()
		s.letInBatch(batch)
	}
}

// letInBatch keeps all of a batch or, when one of them is the trouble, each by itself.
func (s *Service) letInBatch(batch []*entry) {
	err := s.letInOnce(batch)
	for i, x := range batch {
		x.err = err
		if err != nil && len(batch) > 1 {
			x.err = s.letInOnce(batch[i : i+1])
		}
		close(x.done)
	}
}

func (s *Service) letInOnce(batch []*entry) (err error) {
	ctx, cancel := background()
	defer cancel()
	defer func() { // what would end one request must not end the program, which serves the others
		if p := recover(); p != nil {
			err = fmt.Errorf("letting parents in: panic: %v", p)
		}
	}()
	return s.DB.Update(ctx, access.Installation("let parents in by their links"), func(tx *db.Tx) error {
		for _, x := range batch {
			x.out = Let{}
			if err := s.admit(tx, x.hash, x.visit, &x.out); err != nil {
				return err
			}
		}
		return nil
	})
}
