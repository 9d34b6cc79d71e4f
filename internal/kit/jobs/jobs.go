// Package jobs does later what a request need not wait for. A piece of work is promised in the transaction of its cause, so that either both are kept
// or neither is; it is leased by one process at a time, tried again when it fails, and set aside with its trouble when it goes on failing.
//
// Work may be done twice (a process can die between the doing and the crossing out), so whoever does it must bear that.
//
// Table: jobs_job, of the installation.
package jobs

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the table of promised work.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "jobs", Files: sub}
}

// Job is one piece of work. Kind says who does it, Key what it is about.
type Job struct {
	ID      ids.ID[Job]
	Org     int64
	Kind    string
	Key     int64
	Attempt int // how often it was begun, this time included
}

// Do does one job. An error means that it is tried again later, unless it is made by GiveUp.
type Do func(ctx context.Context, j Job) error

type hopeless struct{ error }

func (h hopeless) Unwrap() error { return h.error }

// GiveUp marks an error that trying again would not mend, such as an address that does not exist.
func GiveUp(err error) error { return hopeless{err} }

// Hopeless tells whether an error came from GiveUp.
func Hopeless(err error) bool { return errors.As(err, &hopeless{}) }

// Lease is how long a process may take for a job before another takes it over.
const Lease = 2 * time.Minute

// waits are the pauses after the first, second … failure. After the last one the job is set aside: a day and a half has passed.
var waits = []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 4 * time.Hour, 8 * time.Hour, 24 * time.Hour}

// Tries is how often a job is tried at all.
var Tries = len(waits) + 1

// Queue finds work that is due and has it done.
type Queue struct {
	db    *db.DB
	log   *slog.Logger
	kinds map[string]Do
	wake  chan struct{}
}

// New makes a queue without kinds.
func New(d *db.DB, log *slog.Logger) *Queue {
	return &Queue{db: d, log: log, kinds: map[string]Do{}, wake: make(chan struct{}, 1)}
}

// Handle says who does the jobs of a kind, while the program is put together.
func (q *Queue) Handle(kind string, do Do) {
	if q.kinds[kind] != nil {
		panic(fmt.Sprintf("jobs: two do the jobs called %q", kind))
	}
	q.kinds[kind] = do
}

// Promise records work about key in the transaction of its cause, for the organisation of its pass, to be done at due (milliseconds UTC) or later. The
// same kind and key promised twice before it is done is one job, at the earlier time.
func (q *Queue) Promise(tx *db.Tx, kind string, key, due int64) error {
	org := tx.Pass().Org()
	err := tx.Within(access.Installation("promise work for later"), func(in *db.Tx) error {
		_, err := in.Exec(`insert into jobs_job (id, org, kind, key, due_ms, made_ms) values ($1, $2, $3, $4, $5, $6)
			on conflict (org, kind, key) do update set due_ms = case when jobs_job.due_ms < excluded.due_ms and jobs_job.dead = 0 then jobs_job.due_ms else excluded.due_ms end,
				dead = 0, attempt = 0, trouble = ''`, ids.New[Job](), org, kind, key, due, in.Now())
		return err
	})
	if err == nil && due <= tx.Now() {
		tx.After(q.Wake)
	}
	return err
}

// Cancel takes a promise back, when nobody has begun with it. It tells whether there was one.
func (q *Queue) Cancel(tx *db.Tx, kind string, key int64) (gone bool, err error) {
	org := tx.Pass().Org()
	err = tx.Within(access.Installation("take back promised work"), func(in *db.Tx) error {
		n, err := in.Exec(`delete from jobs_job where org = $1 and kind = $2 and key = $3 and lease_ms <= $4`, org, kind, key, in.Now())
		gone = n > 0
		return err
	})
	return gone, err
}

// Wake has the queue look for work now.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Run does work until the context is over: as soon as it is woken, and every few seconds for what other processes promised or what has become due.
func (q *Queue) Run(ctx context.Context) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		for {
			n, err := q.Round(ctx)
			if err != nil && ctx.Err() == nil {
				q.log.Error("looking for work failed", "error", err.Error())
			}
			if err != nil || n == 0 {
				break
			}
		}
		select {
		case <-tick.C:
		case <-q.wake:
		case <-ctx.Done():
			return
		}
	}
}

// hands is how many jobs one process does at once.
const hands = 8

// Round takes what is due, at most a handful, does it, and tells how many jobs it took.
func (q *Queue) Round(ctx context.Context) (int, error) {
	// Reading first keeps the one writer of SQLite free while there is nothing to do.
	var waiting int
	if err := q.db.View(ctx, access.Installation("see whether work is due"), func(tx *db.Tx) (err error) {
		waiting, err = db.One[int](tx, `select count(*) from (select id from jobs_job where dead = 0 and due_ms <= $1 and lease_ms <= $1 limit 1) x`, tx.Now())
		return err
	}); err != nil || waiting == 0 {
		return 0, err
	}
	var taken []Job
	err := q.db.Update(ctx, access.Installation("take work that is due"), func(tx *db.Tx) (err error) {
		// The lease stands in the outer condition too: two processes that chose the same rows are parted there.
		taken, err = db.All[Job](tx, `update jobs_job set lease_ms = $2, attempt = attempt + 1
			where lease_ms <= $1 and id in (select id from jobs_job where dead = 0 and due_ms <= $1 and lease_ms <= $1 order by due_ms, id limit $3)
			returning id, org, kind, key, attempt`, tx.Now(), tx.Now()+Lease.Milliseconds(), hands)
		return err
	})
	if err != nil {
		return 0, err
	}
	var all sync.WaitGroup
	for _, j := range taken {
		all.Go(func() { q.finish(ctx, j, q.do(ctx, j)) })
	}
	all.Wait()
	return len(taken), nil
}

func (q *Queue) do(ctx context.Context, j Job) (err error) {
	do := q.kinds[j.Kind]
	if do == nil {
		// A newer program may know the kind; this one leaves it for later.
		return fmt.Errorf("nobody here does the jobs called %q", j.Kind)
	}
	ctx, cancel := context.WithTimeout(ctx, Lease-10*time.Second)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the job broke: %v", p)
		}
	}()
	return do(ctx, j)
}

func (q *Queue) finish(ctx context.Context, j Job, failed error) {
	// What is done must be crossed out even while the program closes, or it would be done again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	err := q.db.Update(ctx, access.Installation("cross out work, or put it off"), func(tx *db.Tx) error {
		if failed == nil {
			_, err := tx.Exec(`delete from jobs_job where id = $1 and attempt = $2`, j.ID, j.Attempt)
			return err
		}
		trouble := strings.ToValidUTF8(failed.Error(), "")
		trouble = trouble[:min(len(trouble), 500)]
		trouble = strings.ToValidUTF8(trouble, "")
		if Hopeless(failed) || j.Attempt >= Tries {
			_, err := tx.Exec(`update jobs_job set dead = 1, lease_ms = 0, trouble = $3 where id = $1 and attempt = $2`, j.ID, j.Attempt, trouble)
			return err
		}
		_, err := tx.Exec(`update jobs_job set lease_ms = 0, due_ms = $3, trouble = $4 where id = $1 and attempt = $2`, j.ID, j.Attempt, tx.Now()+waits[j.Attempt-1].Milliseconds(), trouble)
		return err
	})
	if err != nil {
		q.log.Error("a job could not be crossed out", "kind", j.Kind, "error", err.Error())
	}
	if failed != nil {
		q.log.Warn("a job failed", "kind", j.Kind, "attempt", j.Attempt, "error", failed.Error())
	}
}
