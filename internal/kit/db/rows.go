package db

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
	"unicode"

	"ajar/internal/kit/fault"
)

// plain turns typed keys, booleans and other named values into the few types that both drivers store alike.
func plain(v any) any {
	switch x := v.(type) {
	case nil, int64, string, float64, []byte:
		return v
	case int:
		return int64(x)
	case bool:
		if x {
			return int64(1)
		}
		return int64(0)
	case time.Time:
		return x.UnixMilli()
	case driver.Valuer:
		if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() {
			return nil // a typed key that is not there; its Value would panic
		}
		out, err := x.Value()
		if err != nil {
			return v
		}
		return plain(out)
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int()
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(r.Uint())
	case reflect.String:
		return r.String()
	case reflect.Bool:
		return plain(r.Bool())
	case reflect.Pointer:
		if r.IsNil() {
			return nil
		}
		return plain(r.Elem().Interface())
	}
	return v
}

// plan says where the columns of an answer go in a struct.
type plan [][]int

type planKey struct {
	t    reflect.Type
	cols string
}

var plans sync.Map

// All reads every row. A struct T takes columns by name (field PupilID takes pupil_id, or the tag db:"…"); any other T takes the one column.
func All[T any](t *Tx, query string, args ...any) ([]T, error) {
	var out []T
	err := Each(t, func(v *T) error { out = append(out, *v); return nil }, query, args...)
	return out, err
}

// One reads one row; none is a NotFound fault.
func One[T any](t *Tx, query string, args ...any) (T, error) {
	v, found, err := Maybe[T](t, query, args...)
	if err == nil && !found {
		err = fault.Gone("record")
	}
	return v, err
}

// Maybe reads one row, or tells that there is none.
func Maybe[T any](t *Tx, query string, args ...any) (v T, found bool, err error) {
	err = Each(t, func(x *T) error {
		if !found {
			v, found = *x, true
		}
		return nil
	}, query, args...)
	return v, found, err
}

// Each hands over row after row without keeping them. The value is used again for the next row: copy what is kept. f must not use
// the transaction, since the connection is busy with the rows.
func Each[T any](t *Tx, f func(*T) error, query string, args ...any) error {
	rows, err := t.query(query, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	var v, zero T
	ptrs, err := pointers(rows, &v)
	if err != nil {
		return fmt.Errorf("%w\nin: %s", err, query)
	}
	for rows.Next() {
		v = zero
		if err := rows.Scan(ptrs...); err != nil {
			return fmt.Errorf("%w\nin: %s", err, query)
		}
		if err := f(&v); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%w\nin: %s", err, query)
	}
	return nil
}

func pointers(rows *sql.Rows, v any) ([]any, error) {
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	r := reflect.ValueOf(v).Elem()
	_, scanner := v.(sql.Scanner)
	if r.Kind() != reflect.Struct || scanner {
		if len(cols) != 1 {
			return nil, fmt.Errorf("db: %d columns for one %s", len(cols), r.Type())
		}
		return []any{v}, nil
	}
	key := planKey{r.Type(), strings.Join(cols, ",")}
	p, ok := plans.Load(key)
	if !ok {
		made, err := planFor(r.Type(), cols)
		if err != nil {
			return nil, err
		}
		p, _ = plans.LoadOrStore(key, made)
	}
	out := make([]any, len(cols))
	for i, index := range p.(plan) {
		out[i] = r.FieldByIndex(index).Addr().Interface()
	}
	return out, nil
}

func planFor(t reflect.Type, cols []string) (plan, error) {
	at := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		name := f.Tag.Get("db")
		if name == "" {
			name = snake(f.Name)
		}
		if _, taken := at[name]; !taken {
			at[name] = f.Index
		}
	}
	p := make(plan, len(cols))
	for i, c := range cols {
		index, ok := at[c]
		if !ok {
			return nil, fmt.Errorf("db: %s has no field for the column %s", t, c)
		}
		p[i] = index
	}
	return p, nil
}

// snake turns PupilID into pupil_id and DateOfBirth into date_of_birth.
func snake(name string) string {
	var b strings.Builder
	rs := []rune(name)
	for i, r := range rs {
		if unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Column is one column of a row whose table is not known to the code that reads it, with what it holds: nil, int64, float64, string or []byte.
type Column struct {
	Name  string
	Value any
}

// Whole reads rows with all their columns, for what keeps a row just as it is to put it back later.
func Whole(t *Tx, query string, args ...any) (out [][]Column, err error) {
	rows, err := t.query(query, args)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("%w\nin: %s", err, query)
	}
	for rows.Next() {
		values, ptrs := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			ptrs[i] = &values[i]
		}
		if err := rows.Scan(ptrs...); err != nil {
			return nil, fmt.Errorf("%w\nin: %s", err, query)
		}
		row := make([]Column, len(names))
		for i := range names {
			v := values[i]
			if small, ok := v.(int32); ok {
				v = int64(small)
			}
			row[i] = Column{names[i], v}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}
