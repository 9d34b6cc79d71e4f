package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"sort"
	"strings"
)

// Migration set of one capability: files NNNN_topic.sql, read in order of name.
type Migrations struct {
	Name  string // the capability, and the prefix of its tables
	Files fs.FS
}

// The schema is written once, in SQLite's words. PostgreSQL gets these replacements.
var forPostgres = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`\binteger\b`), "bigint"},
	{regexp.MustCompile(`\breal\b`), "double precision"}, // PostgreSQL's own "real" has four bytes: 0.2 would not equal 0.2
	{regexp.MustCompile(`\bblob\b`), "bytea"},
	{regexp.MustCompile(`\)\s*strict\s*;`), ");"},
}

// onlyFor marks the lines of a migration that one engine has words for and the other has not, such as a trigger:
//
//	-- only: SQLite
//	create trigger …;
//	-- end
var onlyFor = regexp.MustCompile(`(?ms)^-- only: (SQLite|PostgreSQL)\n(.*?)^-- end$`)

// DDL gives the text of a migration for an engine.
func DDL(e Engine, text string) string {
	text = onlyFor.ReplaceAllStringFunc(text, func(block string) string {
		if m := onlyFor.FindStringSubmatch(block); m[1] == e.String() {
			return m[2]
		}
		return ""
	})
	text = comment.ReplaceAllString(text, "")
	if e == PostgreSQL {
		for _, r := range forPostgres {
			text = r.from.ReplaceAllString(text, r.to)
		}
	}
	return text
}

var makesTable = regexp.MustCompile(`(?i)\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?([a-z_0-9]+)`)

var globalMark = regexp.MustCompile(`(?m)^-- global: ([a-z_0-9]+)`)

// Migrate brings the schema up to date: capabilities in the order given (lower levels first), files in order of name. A file that was run
// and has changed since is refused. Running it again does nothing. It tells how many files it ran.
func (d *DB) Migrate(ctx context.Context, sets []Migrations) (int, error) {
	type step struct{ module, file, text, hash string }
	var steps []step
	for _, m := range sets {
		names, err := fs.Glob(m.Files, "*.sql")
		if err != nil {
			return 0, err
		}
		sort.Strings(names)
		for _, n := range names {
			b, err := fs.ReadFile(m.Files, n)
			if err != nil {
				return 0, err
			}
			h := sha256.Sum256(b)
			steps = append(steps, step{m.Name, n, string(b), hex.EncodeToString(h[:8])})
			for _, g := range globalMark.FindAllStringSubmatch(string(b), -1) {
				d.globals[g[1]] = true
			}
			for _, m := range makesTable.FindAllStringSubmatch(DDL(d.engine, string(b)), -1) {
				d.tables[m[1]] = true
			}
		}
	}
	// Nobody else writes meanwhile; and on SQLite the handle may hold the one connection that writes.
	var c *conn
	select {
	case c = <-d.writers:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	c.drop()
	defer func() { d.writers <- nil }()
	if _, err := d.pool.ExecContext(ctx, DDL(d.engine, "create table if not exists kit_migration (module text not null, file text not null, hash text not null, at integer not null, primary key (module, file)) strict;")); err != nil {
		return 0, fmt.Errorf("preparing the list of migrations: %w", err)
	}
	done := map[string]string{}
	rows, err := d.pool.QueryContext(ctx, "select module, file, hash from kit_migration")
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		var m, f, h string
		if err := rows.Scan(&m, &f, &h); err != nil {
			return 0, err
		}
		done[m+"/"+f] = h
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	_ = rows.Close()
	n := 0
	for _, s := range steps {
		if h, ok := done[s.module+"/"+s.file]; ok {
			if h != s.hash {
				return n, fmt.Errorf("the migration %s/%s was changed after it had been run here; add a new file instead", s.module, s.file)
			}
			continue
		}
		if err := d.migrate(ctx, s.module, s.file, s.hash, s.text); err != nil {
			return n, fmt.Errorf("migration %s/%s: %w", s.module, s.file, err)
		}
		n++
	}
	return n, nil
}

func (d *DB) migrate(ctx context.Context, module, file, hash, text string) error {
	tx, err := d.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if d.engine == PostgreSQL {
		// A migration works on the rows of every organisation. Bound by the policies it would see none of them, and a table that is made again would be empty.
		if err := liftForce(ctx, DDL(d.engine, text), tx.QueryContext, tx.ExecContext); err != nil {
			return err
		}
	}
	for _, s := range strings.Split(DDL(d.engine, text), ";\n") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%w\nin: %s", err, strings.TrimSpace(s))
		}
	}
	if d.engine == PostgreSQL {
		if err := lockRows(ctx, tx.QueryContext, tx.ExecContext); err != nil {
			return err
		}
		if err := forceAgain(ctx, tx.QueryContext, tx.ExecContext); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "insert into kit_migration (module, file, hash, at) values ($1, $2, $3, $4)", module, file, hash, d.clock.Now().UnixMilli()); err != nil {
		return err
	}
	return tx.Commit()
}
