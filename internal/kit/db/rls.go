package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// lockRows gives every table with an org_id a policy, so that on PostgreSQL a statement sees the rows of the organisation that the transaction
// entered and no others, and sees none when it entered none. Tables that have one are left alone.
func lockRows(ctx context.Context, query querying, exec executing) error {
	names, err := namesOf(ctx, query, `select c.relname from pg_class c
		join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped
		where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and not c.relrowsecurity and c.relpersistence = 'p'`)
	if err != nil {
		return err
	}
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

type querying = func(context.Context, string, ...any) (*sql.Rows, error)
type executing = func(context.Context, string, ...any) (sql.Result, error)

// liftForce lets the owner of the tables, who runs the migration, read all rows of those that its text names, until forceAgain. Both are in the transaction of the
// migration, so nobody else ever sees a table without its lock.
func liftForce(ctx context.Context, text string, query querying, exec executing) error {
	names, err := namesOf(ctx, query, `select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and c.relforcerowsecurity`)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, w := range word.FindAllString(strings.ToLower(text), -1) {
		named[w] = true
	}
	for _, n := range names {
		if !named[n] {
			continue
		}
		if _, err := exec(ctx, "alter table "+n+" no force row level security"); err != nil {
			return fmt.Errorf("opening %s for a migration: %w", n, err)
		}
	}
	return nil
}

// forceAgain binds the owner again wherever a table has a policy.
func forceAgain(ctx context.Context, query querying, exec executing) error {
	names, err := namesOf(ctx, query, `select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and c.relrowsecurity and not c.relforcerowsecurity`)
	if err != nil {
		return err
	}
	for _, n := range names {
		if _, err := exec(ctx, "alter table "+n+" force row level security"); err != nil {
			return fmt.Errorf("locking the rows of %s: %w", n, err)
		}
	}
	return nil
}

func namesOf(ctx context.Context, query querying, text string) (out []string, err error) {
	rows, err := query(ctx, text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}
