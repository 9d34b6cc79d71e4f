package trail

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
)

// Log takes notes of what is only seen. There is one for each open store: Of finds it.
type Log struct {
	db    *db.DB
	spool *spool // nil: notes go straight into the chains
	// Trouble is told when a sight could not be written. The page goes out all the same: a school must reach a parent though the disk is full.
	Trouble func(error)

	mu      sync.Mutex
	next    *round // what comes in while a round is being written
	leading bool
	hour    int64
	hourly  map[onceKey]*round
	day     int64
	daily   map[onceKey]*round
}

// round is several notes that are written together, since many people may open a page in the same moment.
type round struct {
	notes []note
	done  chan struct{}
	err   error
}

type note struct {
	Org  int64
	Line Line
}

// onceKey is what is noted once an hour or once a day, however often it happens.
type onceKey struct {
	org, staff, adult int64
	about             string
	key               int64
	words             string
}

type logKey struct{}

// Of is the log of a store. One that was not opened with a folder for its spool writes straight into the chains.
func Of(d *db.DB) *Log { return d.Value(logKey{}, func() any { return &Log{db: d} }).(*Log) }

// Options of Open.
type Options struct {
	// Folder is where notes wait for the one writer of SQLite; empty writes them straight into the chains, as is right for PostgreSQL.
	Folder string
	// Fast gives up durability against power loss.
	Fast bool
}

// Open begins to keep the trail of a store: what a process that ended badly left in its spool is put into the chains, and from now on whatever
// Ajar does by itself is written down.
func Open(ctx context.Context, d *db.DB, o Options) (*Log, error) {
	l := Of(d)
	if o.Folder != "" {
		l.spool = &spool{folder: o.Folder, fast: o.Fast, db: d}
		if err := l.spool.recover(ctx); err != nil {
			return nil, err
		}
	}
	d.Watch(db.Watch{Acted: l.acted, Looked: l.looked})
	return l, nil
}

// Close puts what waits into the chains. What can't be put there in a few seconds stays in the spool for the next process.
func (l *Log) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	l.settleRounds(ctx)
	if l.spool == nil {
		return nil
	}
	return l.spool.close(ctx)
}

// Settle puts what waits into the chains, so that whoever reads them next sees it.
func (l *Log) Settle(ctx context.Context) error {
	l.settleRounds(ctx)
	if l.spool == nil {
		return nil
	}
	return l.spool.settle(ctx)
}

// Waiting tells how many notes are safe on the disk and not yet in the chains.
func (l *Log) Waiting() int {
	if l.spool == nil {
		return 0
	}
	return l.spool.waiting()
}

// Note writes an entry for what was only seen, with no transaction of its own around it. It is on the disk when Note returns without an error:
// a page with a restricted record, a file or a print-out leaves the house only then. A pupil's record that the same person saw within the hour is
// not written again.
//
// Note waits for no import. It must not be called inside of an Update, which writes with Write.
func (l *Log) Note(ctx context.Context, p access.Pass, e Entry) error {
	r, err := l.begin(p, e)
	if err != nil {
		return err
	}
	return r.wait(ctx)
}

// begin puts an entry into a round.
func (l *Log) begin(p access.Pass, e Entry) (*round, error) {
	if !p.Valid() {
		return nil, errors.New("trail: a note without a pass")
	}
	line, err := made(p.Who(), p.Reason(), l.db.Clock().Now().UnixMilli(), e)
	if err != nil {
		return nil, err
	}
	n := note{p.Org(), line}
	if e.Kind == Seen {
		return l.once(&l.hour, &l.hourly, time.Hour, onceKey{n.Org, line.Staff, line.Adult, line.About, line.Key, line.Words}, n), nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.join(n), nil
}

func (r *round) wait(ctx context.Context) error {
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// manyAtOnce is from how many records on one request did not look at each: somebody chose a group from a list.
const manyAtOnce = 20

// Sight notes that the person of the transaction opened one record. It is on the disk before the transaction's verb returns, and so before the page
// goes out. Ajar's own work is nobody's sight.
func Sight(tx *db.Tx, about string, key int64) {
	p := tx.Pass()
	if p.Reason() != "" {
		return
	}
	type sights struct{ keys map[int64]bool }
	type kindOf struct {
		org   int64
		about string
	}
	s := tx.Value(kindOf{org: p.Org(), about: about}, func() any {
		s := &sights{keys: map[int64]bool{}}
		tx.After(func() {
			var list []Entry
			for k := range s.keys {
				list = append(list, Entry{Kind: Seen, About: about, Key: k})
			}
			if len(list) > manyAtOnce {
				list = []Entry{{Kind: Seen, About: about, Words: fmt.Sprintf("%d together, as a group", len(s.keys))}}
			}
			Of(tx.DB()).seen(tx.Context(), p, list)
		})
		return s
	}).(*sights)
	s.keys[key] = true
}

func (l *Log) seen(ctx context.Context, p access.Pass, list []Entry) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var errs []error
	var rounds []*round
	for _, e := range list {
		r, err := l.begin(p, e)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		rounds = append(rounds, r)
	}
	for _, r := range rounds {
		errs = append(errs, r.wait(ctx))
	}
	if err := errors.Join(errs...); err != nil && l.Trouble != nil {
		l.Trouble(err)
	}
}

// once joins a round unless this was noted in the same hour or day; then it gives the round that had it, which may still be under way.
func (l *Log) once(now *int64, seen *map[onceKey]*round, every time.Duration, k onceKey, n note) *round {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := n.Line.AtMs / every.Milliseconds(); *seen == nil || *now != at {
		*now, *seen = at, map[onceKey]*round{}
	}
	if r := (*seen)[k]; r != nil {
		failed := false
		select {
		case <-r.done:
			failed = r.err != nil
		default:
		}
		if !failed {
			return r
		}
	}
	r := l.join(n)
	(*seen)[k] = r
	return r
}

// join puts a note into the next round and sees that somebody writes it. The caller holds the lock.
func (l *Log) join(n note) *round {
	if l.next == nil {
		l.next = &round{done: make(chan struct{})}
	}
	r := l.next
	r.notes = append(r.notes, n)
	if !l.leading {
		l.leading = true
		go l.lead()
	}
	return r
}

func (l *Log) lead() {
	for {
		l.mu.Lock()
		r := l.next
		l.next = nil
		if r == nil {
			l.leading = false
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
		if l.spool != nil {
			r.err = l.spool.add(r.notes)
		} else {
			r.err = l.straight(r.notes)
		}
		r.notes = nil
		close(r.done)
	}
}

// settleRounds waits for the rounds under way.
func (l *Log) settleRounds(ctx context.Context) {
	for {
		l.mu.Lock()
		idle := !l.leading
		l.mu.Unlock()
		if idle {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Millisecond):
		}
	}
}

// ownWork is why the trail itself opens the store. It leaves no entry about itself.
const ownWork = "put what was seen into the trail"

func (l *Log) straight(notes []note) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return l.db.Update(ctx, access.Installation("put what was seen into the trail"), func(tx *db.Tx) error { return putNotes(tx, notes) })
}

func putNotes(tx *db.Tx, notes []note) error {
	for _, n := range notes {
		if err := put(tx, n.Org, n.Line); err != nil {
			return err
		}
	}
	return nil
}

// acted writes that Ajar itself changed something, in the same transaction. What it does all day long is written once an hour.
func (l *Log) acted(tx *db.Tx, p access.Pass) error {
	if p.Reason() == ownWork {
		return nil
	}
	e := Entry{Kind: System, Words: p.Reason()}
	if !p.IsOften() {
		return write(tx, p.Org(), p.Who(), p.Reason(), e)
	}
	at, k := tx.Now()/time.Hour.Milliseconds(), onceKey{org: p.Org(), words: "acted: " + p.Reason()}
	l.mu.Lock()
	if l.hourly == nil || l.hour != at {
		l.hour, l.hourly = at, map[onceKey]*round{}
	}
	had := l.hourly[k] != nil
	l.mu.Unlock()
	if had {
		return nil
	}
	tx.After(func() { // only what was kept counts as written
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.hour == at {
			l.hourly[k] = written
		}
	})
	return write(tx, p.Org(), p.Who(), p.Reason(), e)
}

// written stands for a round that is over.
var written = func() *round { r := &round{done: make(chan struct{})}; close(r.done); return r }()

// looked notes that Ajar itself read something: each reason once a day for each organisation, since finding out who asks alone does so twice for
// each request. Nobody waits for it.
func (l *Log) looked(p access.Pass) {
	if p.Reason() == ownWork {
		return
	}
	now := l.db.Clock().Now().UnixMilli()
	l.once(&l.day, &l.daily, 24*time.Hour, onceKey{org: p.Org(), words: p.Reason()}, note{p.Org(), Line{AtMs: now, Who: p.Who().Name, Kind: System, Words: p.Reason()}})
}
