package trail

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
)

// spool is a file beside the data in which notes lie until the one writer of SQLite is free. A note is on the disk before the page goes out; it comes
// into the chain a second later, or after the import that is under way. A process has a file of its own and holds its lock as long as it lives; the
// next process puts the notes of one that ended badly into the chains.
//
// Each line is numbered, and the store keeps the number of the last one that it took, in the same transaction as the entries: a crash at any moment
// loses nothing and doubles nothing.
type spool struct {
	folder string
	fast   bool
	db     *db.DB

	mu    sync.Mutex
	name  string
	file  *os.File
	size  int64 // bytes that are whole
	n     int64 // number of the last note
	queue []spooled
	wake  chan struct{}
	stop  chan struct{}
	ended chan struct{}

	draining sync.Mutex
}

type spooled struct {
	n int64
	note
}

// record is a line of the file.
type record struct {
	N     int64
	Org   int64
	AtMs  int64
	Who   string `json:",omitempty"`
	Staff int64  `json:",omitempty"`
	Adult int64  `json:",omitempty"`
	Kind  Kind
	About string `json:",omitempty"`
	Key   int64  `json:",omitempty"`
	Words string `json:",omitempty"`
}

func (r record) note() note {
	return note{r.Org, Line{AtMs: r.AtMs, Who: r.Who, Staff: r.Staff, Adult: r.Adult, Kind: r.Kind, About: r.About, Key: r.Key, Words: r.Words}}
}

func recordOf(n int64, x note) record {
	return record{n, x.Org, x.Line.AtMs, x.Line.Who, x.Line.Staff, x.Line.Adult, x.Line.Kind, x.Line.About, x.Line.Key, x.Line.Words}
}

// sealed is the record as it stands in the file: a short hash, the record, a line end. A line that does not match its hash was cut off or damaged.
func (r record) sealed() []byte {
	b, _ := json.Marshal(r) // numbers and texts only
	h := sha256.Sum256(b)
	return append(append(append(hex.AppendEncode(nil, h[:8]), ' '), b...), '\n')
}

func unseal(line []byte) (record, bool) {
	var r record
	seal, b, ok := bytes.Cut(line, []byte(" "))
	if !ok {
		return r, false
	}
	h := sha256.Sum256(b)
	return r, string(seal) == hex.EncodeToString(h[:8]) && json.Unmarshal(b, &r) == nil
}

const (
	spoolPrefix = "trail-"
	spoolEnd    = ".spool"
	// rest is how long notes gather before they go into the chains together.
	rest = time.Second
	// atOnce is how many go there in one transaction.
	atOnce = 500
)

// add has the notes on the disk when it returns without an error.
func (s *spool) add(notes []note) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		if err := s.begin(); err != nil {
			return fmt.Errorf("beginning a spool for the trail: %w", err)
		}
	}
	var b []byte
	for i, x := range notes {
		b = append(b, recordOf(s.n+int64(i)+1, x).sealed()...)
	}
	if _, err := s.file.WriteAt(b, s.size); err != nil {
		return s.tear(err)
	}
	if !s.fast {
		if err := s.file.Sync(); err != nil {
			return s.tear(err)
		}
	}
	s.size += int64(len(b))
	for _, x := range notes {
		s.n++
		s.queue = append(s.queue, spooled{s.n, x})
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return nil
}

// tear takes half a line off the end again. Where even that fails, the next note is written over it.
func (s *spool) tear(err error) error {
	err = fmt.Errorf("writing the trail to the disk: %w", err)
	if terr := s.file.Truncate(s.size); terr != nil {
		err = errors.Join(err, terr)
	}
	return err
}

// begin makes the file of this process. The caller holds the lock.
func (s *spool) begin() error {
	var b [8]byte
	_, _ = rand.Read(b[:])
	s.name = spoolPrefix + hex.EncodeToString(b[:]) + spoolEnd
	f, err := os.OpenFile(filepath.Join(s.folder, s.name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if ok, err := lock(f); err != nil || !ok {
		_ = f.Close()
		return errors.Join(err, errors.New("the new file is locked by another"))
	}
	if !s.fast { // the name of the file must be on the disk too
		if d, err := os.Open(s.folder); err == nil {
			_ = d.Sync()
			_ = d.Close()
		}
	}
	s.file, s.size, s.n = f, 0, 0
	s.wake, s.stop, s.ended = make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	go s.run(s.wake, s.stop, s.ended)
	return nil
}

// run puts notes into the chains while the process lives.
func (s *spool) run(wake, stop, ended chan struct{}) {
	defer close(ended)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-stop
		cancel()
	}()
	wait := rest
	for {
		select {
		case <-wake:
		case <-stop:
			return
		}
		select {
		case <-time.After(wait):
		case <-stop:
			return
		}
		wait = rest
		if err := s.settle(ctx); err != nil && ctx.Err() == nil {
			wait = 10 * rest // the store is busy or away; the notes are safe where they are
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	}
}

func (s *spool) waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

// settle puts everything that waits into the chains.
func (s *spool) settle(ctx context.Context) error {
	s.draining.Lock()
	defer s.draining.Unlock()
	for {
		s.mu.Lock()
		some := s.queue[:min(len(s.queue), atOnce):min(len(s.queue), atOnce)]
		name := s.name
		s.mu.Unlock()
		if len(some) == 0 {
			return nil
		}
		if err := drain(ctx, s.db, name, some); err != nil {
			return err
		}
		s.mu.Lock()
		s.queue = s.queue[len(some):]
		if len(s.queue) == 0 {
			s.queue = nil
			if err := s.file.Truncate(0); err == nil {
				s.size = 0
			}
		}
		s.mu.Unlock()
	}
}

func drain(ctx context.Context, d *db.DB, name string, some []spooled) error {
	return d.Update(ctx, access.Installation("put what was seen into the trail"), func(tx *db.Tx) error {
		for _, x := range some {
			if err := put(tx, x.Org, x.Line); err != nil {
				return err
			}
		}
		return setDrained(tx, name, some[len(some)-1].n)
	})
}

// close puts the rest into the chains and takes the file away. What can't be put there stays.
func (s *spool) close(ctx context.Context) error {
	s.mu.Lock()
	file, name, stop, ended := s.file, s.name, s.stop, s.ended
	s.mu.Unlock()
	if file == nil {
		return nil
	}
	close(stop)
	<-ended
	err := s.settle(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.file = nil
	if err != nil {
		return errors.Join(err, file.Close())
	}
	return errors.Join(file.Close(), s.over(ctx, name))
}

// over takes away a file that is wholly in the chains; first the file, then what the store knows of it.
func (s *spool) over(ctx context.Context, name string) error {
	if err := os.Remove(filepath.Join(s.folder, name)); err != nil {
		return err
	}
	return s.db.Update(ctx, access.Installation("put what was seen into the trail"), func(tx *db.Tx) error { return forgetSpool(tx, name) })
}

// recover puts into the chains what processes that are no more left behind.
func (s *spool) recover(ctx context.Context) error {
	names, err := filepath.Glob(filepath.Join(s.folder, spoolPrefix+"*"+spoolEnd))
	if err != nil {
		return err
	}
	for _, path := range names {
		if err := s.recoverOne(ctx, path); err != nil {
			return fmt.Errorf("reading what %s left for the trail: %w", filepath.Base(path), err)
		}
	}
	return nil
}

func (s *spool) recoverOne(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil // another process was quicker
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if free, err := lock(f); err != nil || !free {
		return err
	}
	name := filepath.Base(path)
	left, damaged, err := readSpool(f)
	if err != nil {
		return err
	}
	if err := s.db.Update(ctx, access.Installation("put what was seen into the trail"), func(tx *db.Tx) error {
		upto, err := drained(tx, name)
		if err != nil {
			return err
		}
		for _, x := range left {
			if x.n > upto {
				if err := put(tx, x.Org, x.Line); err != nil {
					return err
				}
				upto = x.n
			}
		}
		if damaged > 0 {
			l, err := made(tx.Pass().Who(), "", tx.Now(), Entry{Kind: System, Words: fmt.Sprintf("%d lines that waited for the trail could not be read: the disk or somebody has damaged them", damaged)})
			if err != nil {
				return err
			}
			if err := put(tx, 0, l); err != nil {
				return err
			}
		}
		return setDrained(tx, name, upto)
	}); err != nil {
		return err
	}
	return s.over(ctx, name)
}

// readSpool reads the lines of a file. A last line without an end was being written when the process ended, and nobody was told that it was safe.
func readSpool(r io.Reader) (out []spooled, damaged int, err error) {
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF {
			return out, damaged, nil
		}
		if err != nil {
			return nil, 0, err
		}
		if x, ok := unseal([]byte(strings.TrimSuffix(line, "\n"))); ok {
			out = append(out, spooled{x.N, x.note()})
		} else {
			damaged++
		}
	}
}

// Spooled counts the notes that lie in the spools of a folder, of this process and of others.
func Spooled(folder string) (n int, err error) {
	names, err := filepath.Glob(filepath.Join(folder, spoolPrefix+"*"+spoolEnd))
	for _, p := range names {
		f, err := os.Open(p)
		if err != nil {
			continue
		}
		left, _, err := readSpool(f)
		_ = f.Close()
		if err != nil {
			return n, err
		}
		n += len(left)
	}
	return n, err
}
