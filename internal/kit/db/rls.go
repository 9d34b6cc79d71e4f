package db

import (
	"context"
	"database/sql"
	"fmt"
)

// lockRows gives every table with an org_id a policy, so that on PostgreSQL a statement sees the rows of the organisation that the transaction
// entered and no others, and sees none when it entered none. Tables that have one are left alone.
func lockRows(ctx context.Context,
	query func(context.Context, string, ...any) (*sql.Rows, error),
	exec func(context.Context, string, ...any) (sql.Result, error)) error {
	rows, err := query(ctx, `select c.relname from pg_class c
		join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped
		where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and not c.relrowsecurity and c.relpersistence = 'p'`)
	if err != nil {
		return err
	}
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return err
		}
		names = append(names, n)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_ = rows.Close()
	for _, n := range names {
		for _, s := range []string{
			"alter table %[1]s enable row level security",
			"alter table %[1]s force row level security",
			"create policy %[1]s_org on %[1]s using (org_id = nullif(current_setting('ajar.org', true), '')::bigint) with check (org_id = nullif(current_setting('ajar.org', true), '')::bigint)",
		} {
			if _, err := exec(ctx, fmt.Sprintf(s, n)); err != nil {
				return fmt.Errorf("locking the rows of %s: %w", n, err)
			}
		}
	}
	return nil
}
