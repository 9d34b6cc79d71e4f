package event_test

import (
	"errors"
	"slices"
	"testing"
	"testing/fstest"

	"ajar/internal/kit/db"
	"ajar/internal/kit/event"
	"ajar/internal/kit/testkit"
)

var sets = []db.Migrations{{Name: "thing", Files: fstest.MapFS{"0001_thing.sql": {Data: []byte("create table thing_thing (org_id integer not null, id integer not null, primary key (org_id, id)) strict;\n")}}}}

func put(tx *db.Tx, id int) error {
	_, err := tx.Exec("insert into thing_thing (org_id, id) values ($1, $2)", id)
	return err
}

func TestReadersActInTheSameTransaction(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		var topic event.Topic[int]
		if err := d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error { return topic.Publish(tx, 0) }); err != nil {
			t.Errorf("news that nobody reads: %v", err)
		}
		stop := errors.New("stop")
		var heard []string
		topic.Subscribe(func(tx *db.Tx, n int) error { heard = append(heard, "first"); return put(tx, n+1) })
		topic.Subscribe(func(_ *db.Tx, n int) error {
			heard = append(heard, "second")
			if n == 20 {
				return stop
			}
			return nil
		})
		topic.Subscribe(func(*db.Tx, int) error { heard = append(heard, "third"); return nil })
		publish := func(n int) error {
			heard = nil
			return d.Update(t.Context(), testkit.A(), func(tx *db.Tx) error {
				if err := put(tx, n); err != nil {
					return err
				}
				return topic.Publish(tx, n)
			})
		}
		count := func(want int) {
			t.Helper()
			for _, c := range []struct {
				org  int64
				want int
			}{{testkit.OrgA, want}, {testkit.OrgB, 0}} {
				p := testkit.A()
				if c.org == testkit.OrgB {
					p = testkit.B()
				}
				if err := d.View(t.Context(), p, func(tx *db.Tx) error {
					n, err := db.One[int](tx, "select count(*) from thing_thing where org_id = $1")
					if n != c.want {
						t.Errorf("organisation %d has %d rows, want %d", c.org, n, c.want)
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := publish(10); err != nil || !slices.Equal(heard, []string{"first", "second", "third"}) {
			t.Errorf("%v, heard by %v", err, heard)
		}
		count(2)
		// A reader that fails takes back what the publisher did, and those after it are not asked.
		if err := publish(20); !errors.Is(err, stop) || !slices.Equal(heard, []string{"first", "second"}) {
			t.Errorf("%v, heard by %v", err, heard)
		}
		count(2)
	})
}
