package db

import (
	"context"
	"database/sql"
	"fmt"

	"ajar/internal/kit/access"
)

// Check asks the store itself whether it is sound, and answers a sentence for each fault. Soundness beyond that is the schema's: keys and checks.
func (d *DB) Check(ctx context.Context) (faults []string, err error) {
	err = d.View(ctx, access.Installation("look whether the store is sound"), func(tx *Tx) error {
		faults, err = d.faults(ctx, tx.conn.c)
		return err
	})
	return faults, err
}

// faults asks on a connection that the handle has: the pool itself has none to spare, since the handle keeps them.
func (d *DB) faults(ctx context.Context, c *sql.Conn) ([]string, error) {
	var faults []string
	if d.engine == SQLite {
		rows, err := c.QueryContext(ctx, "pragma quick_check(20)")
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return nil, err
			}
			if s != "ok" {
				faults = append(faults, "The data file is damaged: "+s+".")
			}
		}
		return faults, rows.Err()
	}
	var collate string
	if err := c.QueryRowContext(ctx, "select datcollate from pg_database where datname = current_database()").Scan(&collate); err != nil {
		return nil, err
	}
	if collate != "C" && collate != "C.UTF-8" && collate != "C.utf8" {
		faults = append(faults, fmt.Sprintf("The database sorts text by %s. Names will sort differently from SQLite; make the database with --locale=C.UTF-8.", collate))
	}
	var bypass bool
	if err := c.QueryRowContext(ctx, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user").Scan(&bypass); err != nil {
		return nil, err
	}
	if bypass {
		faults = append(faults, "Ajar is connected as a superuser, so the database's own lock between schools does not bite. Use a role of its own.")
	}
	return faults, nil
}
