package db

import (
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
)

// This file holds what the engines do differently, each piece with both texts.

// Violation is a rule of the schema that a statement broke.
type Violation int

// The rules that callers can answer. On PostgreSQL the transaction is over after any of them: report, never go on.
const (
	NoViolation Violation = iota
	Unique
	ForeignKey
	Check
)

// Broke tells which rule of the schema err is about.
func Broke(err error) Violation {
	var se *sqlite.Error
	if errors.As(err, &se) {
		switch se.Code() {
		case 2067, 1555:
			return Unique
		case 787:
			return ForeignKey
		case 275:
			return Check
		}
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch pe.Code {
		case "23505":
			return Unique
		case "23503":
			return ForeignKey
		case "23514":
			return Check
		}
	}
	return NoViolation
}

// Bulk puts many rows into a table of the organisation. next gives the values of cols for a row, and false when there are no more; the slice
// may be used again. The column org_id is filled from the pass.
//
// SQLite is fastest with one prepared statement in one transaction. PostgreSQL is fastest with COPY, which row-level security forbids, so the
// rows are copied to a table of the transaction's own and put in place from there.
func (t *Tx) Bulk(name string, cols []string, next func() ([]any, bool)) (int64, error) {
	if t.pass.Global() {
		return 0, errors.New("db: Bulk is for the rows of an organisation")
	}
	all := append([]string{"org_id"}, cols...)
	// A row of another width would shift the columns of those after it, the organisation among them.
	var narrow error
	rows := next
	next = func() ([]any, bool) {
		vals, ok := rows()
		if ok && len(vals) != len(cols) {
			narrow = fmt.Errorf("db: a row of %d values for %d columns of %s", len(vals), len(cols), name)
			return nil, false
		}
		return vals, ok
	}
	n, err := t.bulk(name, all, next)
	t.wrote = t.wrote || n > 0
	return n, errors.Join(narrow, err)
}

func (t *Tx) bulk(name string, all []string, next func() ([]any, bool)) (int64, error) {
	if t.db.engine == PostgreSQL {
		return t.copyIn(name, all, next)
	}
	return t.insertAll(name, all, next)
}

// together is how many rows one statement of insertAll carries. Measured: one row a statement spends as long on the call as on the row, and with
// more than about ten the statement itself becomes slow to bind.
const together = 8

// insertAll puts rows in by statements of several rows. It is the one place with question marks: SQLite looks a numbered parameter up by its
// name, each time it is bound.
func (t *Tx) insertAll(name string, cols []string, next func() ([]any, bool)) (int64, error) {
	one := "(?" + strings.Repeat(", ?", len(cols)-1) + ")"
	head := "insert into " + name + " (" + strings.Join(cols, ", ") + ") values "
	args := make([]any, 0, together*len(cols))
	n := int64(0)
	put := func(rows int) error {
		s, err := t.stmt(head + one + strings.Repeat(", "+one, rows-1))
		if err != nil {
			return err
		}
		if _, err := s.ExecContext(t.ctx, args...); err != nil {
			return fmt.Errorf("putting rows into %s: %w", name, err)
		}
		n += int64(rows)
		args = args[:0]
		return nil
	}
	for vals, ok := next(); ok; vals, ok = next() {
		args = append(args, t.pass.Org())
		for _, v := range vals {
			args = append(args, plain(v))
		}
		if len(args) == together*len(cols) {
			if err := put(together); err != nil {
				return n, err
			}
		}
	}
	rest := args
	for len(rest) > 0 {
		args = rest[:len(cols):len(cols)]
		rest = rest[len(cols):]
		if err := put(1); err != nil {
			return n, err
		}
	}
	return n, nil
}

func (t *Tx) copyIn(name string, cols []string, next func() ([]any, bool)) (int64, error) {
	list := strings.Join(cols, ", ")
	// One transaction may put rows into a table with some columns, and then with others.
	stage := fmt.Sprintf("stage_%s_%08x", name, crc32.ChecksumIEEE([]byte(list)))
	if _, err := t.conn.c.ExecContext(t.ctx, "create temp table if not exists "+stage+" on commit drop as select "+list+" from "+name+" with no data"); err != nil {
		return 0, fmt.Errorf("staging rows for %s: %w", name, err)
	}
	src := &feed{org: t.pass.Org(), next: next, row: make([]any, len(cols))}
	var n int64
	err := t.conn.c.Raw(func(c any) error {
		var err error
		n, err = c.(*stdlib.Conn).Conn().CopyFrom(t.ctx, pgx.Identifier{stage}, cols, src)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("putting rows into %s: %w", name, err)
	}
	if _, err := t.conn.c.ExecContext(t.ctx, "insert into "+name+" ("+list+") select "+list+" from "+stage); err != nil {
		return 0, fmt.Errorf("putting rows into %s: %w", name, err)
	}
	_, err = t.conn.c.ExecContext(t.ctx, "truncate "+stage)
	return n, err
}

type feed struct {
	org  int64
	next func() ([]any, bool)
	row  []any
}

func (f *feed) Next() bool {
	vals, ok := f.next()
	if !ok {
		return false
	}
	f.row[0] = f.org
	for i, v := range vals {
		f.row[i+1] = plain(v)
	}
	return true
}

func (f *feed) Values() ([]any, error) { return f.row, nil }
func (f *feed) Err() error             { return nil }
