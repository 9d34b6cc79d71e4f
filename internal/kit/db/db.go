// Package db opens the store and hands out transactions that are bound to one organisation.
//
// A transaction is had only with an access.Pass, and the pass gives $1 of every statement. A statement without $1 is refused here, because
// SQLite would otherwise quietly answer with every organisation's rows. The same SQL text runs on SQLite and on PostgreSQL (docs/sql.md);
// the few places where the engines differ are named in fragment.go. On PostgreSQL row-level security is a further lock.
//
// Begin reading at View and Update; All, One and Each read rows into structs; ddl.go runs the migrations.
package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/fault"

	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver, by the name pgx
	_ "modernc.org/sqlite"             // the SQLite driver without cgo, by the name sqlite
)

// Engine is which store this is.
type Engine int

// The two engines.
const (
	SQLite Engine = iota
	PostgreSQL
)

func (e Engine) String() string { return [...]string{"SQLite", "PostgreSQL"}[e] }

// DB is an open store. It is safe for many goroutines.
type DB struct {
	engine  Engine
	pool    *sql.DB
	rpool   *sql.DB
	readers chan *conn
	writers chan *conn
	clock   clock.Clock
	checked sync.Map // query text → error or nil
	closing sync.Once
	globals map[string]bool
	tables  map[string]bool // every table that the migrations make
	kept    sync.Map        // what Value keeps
	watch   atomic.Pointer[Watch]
}

// Watch is told when Ajar itself acts, which is whenever a transaction is had with a pass of the system or of the installation.
type Watch struct {
	// Acted is called before a transaction that wrote something is kept; what it answers ends the transaction.
	Acted func(tx *Tx, p access.Pass) error
	// Looked is called after a transaction that only read. It must not wait for the store.
	Looked func(p access.Pass)
}

// Watch sets who is told.
func (d *DB) Watch(w Watch) { d.watch.Store(&w) }

// Value keeps one thing of another package for as long as the store is open; make makes it the first time.
func (d *DB) Value(key any, make func() any) any {
	if v, ok := d.kept.Load(key); ok {
		return v
	}
	v, _ := d.kept.LoadOrStore(key, make())
	return v
}

// conn is one connection with its prepared statements. Statements belong to the connection so that they outlive a transaction.
type conn struct {
	c     *sql.Conn
	stmts map[string]*sql.Stmt
}

// Options of Open.
type Options struct {
	// URL is postgres://… for PostgreSQL; anything else is the path of the SQLite file.
	URL   string
	Clock clock.Clock
	// Fast gives up durability against power loss. For tests and for making the demo.
	Fast bool
}

// encrypted refuses a database on another machine whose address does not ask for TLS with its certificate checked: left to itself the driver would go on
// without either.
func encrypted(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fault.New(fault.Invalid, "The address of the database can't be read. It should look like postgres://name:password@host/database?sslmode=verify-full.")
	}
	hosts := u.Host
	if q := u.Query().Get("host"); q != "" {
		hosts = q
	}
	for host := range strings.SplitSeq(hosts, ",") {
		h := host
		if name, _, err := net.SplitHostPort(host); err == nil {
			h = name
		}
		ip := net.ParseIP(strings.Trim(h, "[]"))
		here := h == "" || h == "localhost" || strings.HasPrefix(h, "/") || ip != nil && ip.IsLoopback()
		if mode := u.Query().Get("sslmode"); !here && mode != "verify-full" && mode != "verify-ca" {
			return fault.New(fault.Invalid, "The database is on another machine (%s), so what goes there must be encrypted: add sslmode=verify-full to its address.", h)
		}
	}
	return nil
}

// Open connects, and makes the SQLite file and its folder when they are not there.
func Open(ctx context.Context, o Options) (*DB, error) {
	d := &DB{clock: o.Clock, globals: map[string]bool{"kit_migration": true}, tables: map[string]bool{}}
	nread, nwrite := max(4, 2*runtime.NumCPU()), 1
	if strings.HasPrefix(o.URL, "postgres://") || strings.HasPrefix(o.URL, "postgresql://") {
		d.engine = PostgreSQL
		if err := encrypted(o.URL); err != nil {
			return nil, err
		}
		pool, err := sql.Open("pgx", o.URL)
		if err != nil {
			return nil, fmt.Errorf("opening PostgreSQL: %w", err)
		}
		nwrite = nread
		d.pool, d.rpool = pool, pool
		pool.SetMaxOpenConns(nread + nwrite)
		pool.SetMaxIdleConns(nread + nwrite)
	} else {
		if err := os.MkdirAll(filepath.Dir(o.URL), 0o700); err != nil {
			return nil, fmt.Errorf("making the folder for the data: %w", err)
		}
		sync := "full"
		if o.Fast {
			sync = "off"
		}
		dsn := func(extra ...string) string {
			q := url.Values{"_pragma": append([]string{"busy_timeout(10000)", "foreign_keys(1)", "cache_size(-64000)", "temp_store(2)", "mmap_size(268435456)"}, extra...)}
			return "file:" + (&url.URL{Path: o.URL}).EscapedPath() + "?" + q.Encode()
		}
		var err error
		if d.pool, err = sql.Open("sqlite", dsn("journal_mode(wal)", "synchronous("+sync+")")); err != nil {
			return nil, fmt.Errorf("opening the data file: %w", err)
		}
		if d.rpool, err = sql.Open("sqlite", dsn("query_only(1)")); err != nil {
			return nil, fmt.Errorf("opening the data file: %w", err)
		}
		d.pool.SetMaxOpenConns(1)
		d.rpool.SetMaxOpenConns(nread)
		d.rpool.SetMaxIdleConns(nread)
	}
	if err := d.pool.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	d.readers, d.writers = make(chan *conn, nread), make(chan *conn, nwrite)
	for range nread {
		d.readers <- nil
	}
	for range nwrite {
		d.writers <- nil
	}
	return d, nil
}

// Engine tells which store this is, for the few fragments that differ.
func (d *DB) Engine() Engine { return d.engine }

// Clock is the clock of every transaction.
func (d *DB) Clock() clock.Clock { return d.clock }

// SetClock changes the time of later transactions. For tests and the demo.
func (d *DB) SetClock(c clock.Clock) { d.clock = c }

// Close waits for the transactions under way and closes the store. Closing it again does nothing.
func (d *DB) Close() (err error) {
	d.closing.Do(func() { err = d.close() })
	return err
}

func (d *DB) close() error {
	for _, ch := range []chan *conn{d.writers, d.readers} {
		for range cap(ch) {
			c := <-ch
			c.drop()
		}
	}
	err := d.pool.Close()
	if d.rpool != d.pool {
		err = errors.Join(d.rpool.Close(), err)
	}
	return err
}

func (c *conn) drop() {
	if c == nil {
		return
	}
	c.forget()
	_ = c.c.Close()
}

func (c *conn) forget() {
	for _, s := range c.stmts {
		_ = s.Close()
	}
	c.stmts = nil
}

// discard ends a connection whose transaction may still be open. Closing it would only give it back to the pool, for the next one to find.
func (c *conn) discard() {
	if c == nil {
		return
	}
	c.forget() // first: closing a statement of a closed connection brings SQLite's driver down
	_ = c.c.Raw(func(any) error { return driver.ErrBadConn })
}

// View reads. Everything inside sees one moment of the store.
func (d *DB) View(ctx context.Context, p access.Pass, f func(*Tx) error) error {
	begin := "begin"
	if d.engine == PostgreSQL {
		begin = "begin isolation level repeatable read read only"
	}
	err := d.finish(d.run(ctx, p, d.readers, d.rpool, begin, false, f))
	if w := d.watch.Load(); w != nil && p.Reason() != "" {
		w.Looked(p)
	}
	return err
}

// Update reads and writes. What f did is kept when it returns nil, and none of it otherwise.
func (d *DB) Update(ctx context.Context, p access.Pass, f func(*Tx) error) error {
	begin := "begin immediate"
	if d.engine == PostgreSQL {
		begin = "begin"
	}
	return d.finish(d.run(ctx, p, d.writers, d.pool, begin, true, f))
}

// finish runs what was put off until the transaction was kept. The connection is free again by now, so that it may write.
func (d *DB) finish(after []func(), err error) error {
	for _, g := range after {
		g()
	}
	return err
}

func (d *DB) run(ctx context.Context, p access.Pass, ch chan *conn, pool *sql.DB, begin string, writes bool, f func(*Tx) error) (after []func(), err error) {
	if !p.Valid() {
		return nil, errors.New("db: a transaction was asked for without a pass")
	}
	var c *conn
	select {
	case c = <-ch:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ok := false
	defer func() { // the place in the channel is always given back, with a sound connection or with none
		if ok {
			ch <- c
			return
		}
		defer func() { ch <- nil }()
		c.discard()
	}()
	if c == nil {
		sc, err := pool.Conn(ctx)
		if err != nil {
			return nil, fmt.Errorf("connecting to the store: %w", err)
		}
		c = &conn{c: sc, stmts: map[string]*sql.Stmt{}}
	}
	if _, err := c.c.ExecContext(ctx, begin); err != nil {
		return nil, fmt.Errorf("beginning a transaction: %w", err)
	}
	tx := &Tx{ctx: ctx, db: d, conn: c, pass: p, now: d.clock.Now(), today: d.clock.Today(), writes: writes}
	// The transaction is ended even when the caller's context is over.
	end := context.WithoutCancel(ctx)
	defer func() {
		if r := recover(); r != nil {
			_, _ = c.c.ExecContext(end, "rollback")
			panic(r)
		}
	}()
	if err = tx.enter(); err == nil {
		err = f(tx)
	}
	if err == nil {
		err = tx.last()
	}
	if err != nil {
		_, rerr := c.c.ExecContext(end, "rollback")
		ok = rerr == nil
		return nil, err
	}
	if _, err := c.c.ExecContext(end, "commit"); err != nil {
		_, rerr := c.c.ExecContext(end, "rollback")
		ok = rerr == nil
		return nil, fmt.Errorf("keeping the changes: %w", err)
	}
	ok = true
	return tx.after, nil
}

// Tx is a transaction within one organisation.
type Tx struct {
	ctx   context.Context
	db    *DB
	conn  *conn
	pass  access.Pass
	now   time.Time
	today string
	after []func()
	top   *Tx

	writes  bool              // this is an Update
	wrote   bool              // something was written for this organisation
	before  []func(*Tx) error // run last, before the transaction is kept
	values  map[any]any
	entered []*Tx // organisations that Within entered
}

// enter tells PostgreSQL whose rows may be seen until the transaction ends.
func (t *Tx) enter() error {
	if t.db.engine != PostgreSQL || t.pass.Global() {
		return nil
	}
	_, err := t.raw("select set_config('ajar.org', cast(cast($1 as bigint) as text), true)", []any{t.pass.Org()})
	return err
}

// Within runs f in the same transaction for another organisation, such as a school of the cluster whose roll is read in one file.
func (t *Tx) Within(p access.Pass, f func(*Tx) error) error {
	if !p.Valid() {
		return errors.New("db: another organisation was entered without a pass")
	}
	in := &Tx{ctx: t.ctx, db: t.db, conn: t.conn, pass: p, now: t.now, today: t.today, top: t.root(), writes: t.writes}
	if p.Reason() != "" {
		t.root().entered = append(t.root().entered, in)
	}
	if err := in.enter(); err != nil {
		return err
	}
	// The way back is taken even after an error, for a caller that goes on: PostgreSQL would otherwise stay with the other organisation.
	err := f(in)
	if back := t.enter(); err == nil {
		err = back
	}
	return err
}

func (t *Tx) root() *Tx {
	if t.top != nil {
		return t.top
	}
	return t
}

// Pass is the pass this transaction was had with.
func (t *Tx) Pass() access.Pass { return t.pass }

// Context is the context of the request or command.
func (t *Tx) Context() context.Context { return t.ctx }

// DB is the store, for what is to be done after the transaction.
func (t *Tx) DB() *DB { return t.db }

// Now is the time of the transaction in milliseconds UTC, the same for every statement in it.
func (t *Tx) Now() int64 { return t.now.UnixMilli() }

// Today is the date in the organisation's zone, the same for the whole transaction.
func (t *Tx) Today() string { return t.today }

// Engine tells which store this is.
func (t *Tx) Engine() Engine { return t.db.engine }

// After runs f once the transaction has been kept; never when it was not.
func (t *Tx) After(f func()) { r := t.root(); r.after = append(r.after, f) }

// Before runs f as the last thing before the transaction is kept, with the transaction that was asked for; an error of f ends it. What must
// hold a row that everyone wants, such as the head of a chain, does so here and holds it only for a moment.
func (t *Tx) Before(f func(*Tx) error) { r := t.root(); r.before = append(r.before, f) }

// Value keeps one thing of another package for the whole transaction; make makes it the first time.
func (t *Tx) Value(key any, make func() any) any {
	r := t.root()
	if r.values == nil {
		r.values = map[any]any{}
	}
	v, ok := r.values[key]
	if !ok {
		v = make()
		r.values[key] = v
	}
	return v
}

// Writes tells whether this transaction may write.
func (t *Tx) Writes() bool { return t.writes }

// last tells the watch what Ajar itself has written, and runs what was put off to the end.
func (t *Tx) last() error {
	if w := t.db.watch.Load(); w != nil && t.writes {
		for _, x := range append([]*Tx{t}, t.entered...) {
			if x.wrote && x.pass.Reason() != "" {
				if err := w.Acted(t, x.pass); err != nil {
					return err
				}
			}
		}
	}
	for i := 0; i < len(t.before); i++ { // f may ask for more
		if err := t.before[i](t); err != nil {
			return err
		}
	}
	return nil
}

// Exec runs a statement and tells how many rows it touched. $1 is the organisation; args begin at $2.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	a, err := t.args(query, args)
	if err != nil {
		return 0, err
	}
	n, err := t.raw(query, a)
	t.wrote = t.wrote || n > 0
	return n, err
}

func (t *Tx) raw(query string, a []any) (int64, error) {
	s, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, a...)
	if err != nil {
		return 0, fmt.Errorf("%w\nin: %s", err, query)
	}
	return r.RowsAffected()
}

func (t *Tx) query(query string, args []any) (*sql.Rows, error) {
	a, err := t.args(query, args)
	if err != nil {
		return nil, err
	}
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(t.ctx, a...)
	if err != nil {
		return nil, fmt.Errorf("%w\nin: %s", err, query)
	}
	// A statement that answers the rows it wrote. Whether it wrote any shows only later; a change too many does no harm.
	t.wrote = t.wrote || t.writes && !strings.HasPrefix(strings.TrimSpace(query), "select")
	return rows, nil
}

// args puts the organisation first and turns Go's values into those that both drivers take alike.
func (t *Tx) args(query string, args []any) ([]any, error) {
	if err := t.db.check(query, t.pass.Global()); err != nil {
		return nil, err
	}
	out := make([]any, 0, len(args)+1)
	if !t.pass.Global() {
		out = append(out, t.pass.Org())
	}
	for _, v := range args {
		out = append(out, plain(v))
	}
	return out, nil
}

// maxStatements bounds what one connection remembers; texts put together from filters are few, but nothing else stops them.
const maxStatements = 400

func (t *Tx) stmt(query string) (*sql.Stmt, error) {
	if s := t.conn.stmts[query]; s != nil {
		return s, nil
	}
	if len(t.conn.stmts) >= maxStatements {
		for k, s := range t.conn.stmts {
			_ = s.Close()
			delete(t.conn.stmts, k)
		}
	}
	s, err := t.conn.c.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%w\nin: %s", err, query)
	}
	t.conn.stmts[query] = s
	return s, nil
}

var (
	comment = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/`)
	word    = regexp.MustCompile(`[a-z_][a-z0-9_]*`)
	dollar1 = regexp.MustCompile(`\$1\b`)
	table   = regexp.MustCompile(`\b(?:from|join|into|update)\s+([a-z_][a-z0-9_]*)`)
	withCTE = regexp.MustCompile(`(?:\bwith(?:\s+recursive)?|,)\s+([a-z_][a-z0-9_]*)(?:\s*\([^)]*\))?\s+as\s*\(`)
)

// check refuses what would read across organisations. The answer for a text is remembered.
func (d *DB) check(query string, global bool) error {
	type key struct {
		q string
		g bool
	}
	if e, ok := d.checked.Load(key{query, global}); ok {
		if e == nil {
			return nil
		}
		return e.(error)
	}
	err := d.judge(query, global)
	if err == nil {
		d.checked.Store(key{query, global}, nil)
	}
	return err
}

func (d *DB) judge(query string, global bool) error {
	text := comment.ReplaceAllString(query, " ")
	if !global {
		if !dollar1.MatchString(text) {
			return fmt.Errorf("db: a statement without $1 would reach every organisation: %s", query)
		}
		return nil
	}
	own := map[string]bool{}
	for _, word := range word.FindAllString(strings.ToLower(text), -1) {
		if d.tables[word] && !d.globals[word] {
			return fmt.Errorf("db: %s belongs to organisations and is not open to the installation: %s", word, query)
		}
	}
	for _, m := range withCTE.FindAllStringSubmatch(text, -1) {
		own[m[1]] = true
	}
	for _, m := range table.FindAllStringSubmatch(text, -1) {
		if !d.globals[m[1]] && !own[m[1]] && m[1] != "set" {
			return fmt.Errorf("db: %s belongs to organisations and is not open to the installation: %s", m[1], query)
		}
	}
	return nil
}
