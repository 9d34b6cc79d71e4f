package batch_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/testkit"
)

// The kind of import of these tests: things with a code, a name and a size, and notes that rest on things.
var sets = []db.Migrations{batch.Migrations(), {Name: "thing", Files: fstest.MapFS{"0001_thing.sql": {Data: []byte(`create table thing_thing (
  org_id integer not null,
  id integer not null,
  code text not null,
  name text not null default '',
  size integer,
  weight real,
  owner integer,
  made_by integer,
  primary key (org_id, id)
) strict;
create unique index thing_code on thing_thing (org_id, code);
create table thing_note (
  org_id integer not null,
  id integer not null,
  thing_id integer not null,
  primary key (org_id, id),
  foreign key (org_id, thing_id) references thing_thing (org_id, id)
) strict;
`)}}}}

type thing struct {
	ID                int64
	Code, Name        string
	Size, Owner, Made *int64
	Weight            *float64
}

type owner struct{}

var (
	rightA = access.Right{Key: "thing.import", Words: "bring in things", Roles: map[access.Role]access.Scope{"office": access.All, "teacher": access.Own, "governor": access.Counts}}
	rightB = access.Right{Key: "other.import", Words: "bring in others", Roles: map[access.Role]access.Scope{"clerk": access.All}}
	gate   = access.NewGate([]access.Right{rightA, rightB})
)

func as(org int64, role access.Role) access.Pass {
	return gate.Admit(access.Who{Org: org, Name: "Pat " + string(role), Staff: 1, Roles: []access.Role{role}})
}

var fields = []string{"code", "name", "size", "weight", "owner"}

const things = "code,name,size,weight,owner\n"

func service(d *db.DB) *batch.Service {
	s := batch.New(d)
	undo := func(u *batch.Undoing) error { return u.Remove("thing_thing") }
	kind := batch.Kind{Key: "things", Title: "Things", Need: rightA, Fields: fields, Required: fields[:1], Undo: undo, Read: func(r *batch.Run) error {
		t, err := sheet.Open(r.Input.Name, r.Input.Data, r.Input.Size, sheet.Defaults())
		if err != nil {
			return err
		}
		defer t.Close()
		return readThings(r, t)
	}}
	s.Offer(kind)
	bundle := kind
	bundle.Key, bundle.Title, bundle.Bundle, bundle.Fields = "boxes", "Boxes", true, nil
	bundle.Read = func(r *batch.Run) error {
		b, err := sheet.OpenBundle(r.Input.Name, r.Input.Data, r.Input.Size, sheet.Defaults())
		if err != nil {
			return err
		}
		defer b.Close()
		for _, name := range b.Names() {
			t, err := b.Table(name)
			if err != nil {
				return err
			}
			if err := readThings(r, t); err != nil {
				return err
			}
			if err := t.Close(); err != nil {
				return err
			}
		}
		return nil
	}
	s.Offer(bundle)
	other := kind
	other.Key, other.Title, other.Need = "others", "Others", rightB
	s.Offer(other)
	return s
}

// readThings is a small honest reader: every row ends created, updated, same or refused.
func readThings(r *batch.Run, t *sheet.Table) error {
	var b *sheet.Bound
	var err error
	if r.Mapping != nil {
		b, err = r.Mapping.Bind(t.Header)
	} else {
		b, err = sheet.BindTemplate(fields, t.Header)
	}
	if err != nil {
		return err
	}
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		recs, err := b.Rows(row)
		if err != nil {
			return err
		}
		for _, rec := range recs {
			o, err := readThing(r, t, row, rec)
			if err != nil {
				return err
			}
			r.Row(o)
			r.Count("things", o)
		}
	}
}

func readThing(r *batch.Run, t *sheet.Table, row sheet.Row, rec sheet.Record) (sheet.Outcome, error) {
	refuse := func(field, why string) (sheet.Outcome, error) {
		r.Refuse(sheet.NewRefusal(t.Name, row.N, field, rec.Get(field), why), t.Header, row.Cells)
		return sheet.Refused, nil
	}
	switch rec.Get("code") {
	case "":
		return refuse("code", "There is no code.")
	case "broken":
		return 0, errors.New("the reader broke")
	case "miscounted":
		return 0, nil
	case "unsaid":
		return sheet.Refused, nil
	}
	size, err := strconv.ParseInt(rec.Get("size"), 10, 64)
	if err != nil {
		if rec.Get("name") == "" {
			_, _ = refuse("name", "There is no name.")
		}
		return refuse("size", "The size is not a whole number.")
	}
	var weight *float64
	if w, err := strconv.ParseFloat(rec.Get("weight"), 64); err == nil {
		weight = &w
	}
	var own *ids.ID[owner]
	if n, err := strconv.ParseInt(rec.Get("owner"), 10, 64); err == nil {
		id := ids.ID[owner](n)
		own = &id
	}
	was, found, err := db.Maybe[thing](r.Tx, `select id, code, name, size, weight, owner, made_by as made from thing_thing where org_id = $1 and code = $2`, rec.Get("code"))
	if err != nil {
		return 0, err
	}
	if !found {
		if r.Apply {
			_, err = r.Tx.Exec(`insert into thing_thing (org_id, id, code, name, size, weight, owner, made_by) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
				ids.New[thing](), rec.Get("code"), rec.Get("name"), size, weight, own, r.Batch)
		}
		return sheet.Created, err
	}
	var wasOwn *ids.ID[owner]
	if was.Owner != nil {
		id := ids.ID[owner](*was.Owner)
		wasOwn = &id
	}
	same := was.Name == rec.Get("name") && was.Size != nil && *was.Size == size && reflect.DeepEqual(was.Weight, weight) && reflect.DeepEqual(wasOwn, own)
	if same {
		return sheet.Same, nil
	}
	if !r.Apply {
		return sheet.Updated, nil
	}
	for _, c := range []struct {
		field    string
		old, new any
	}{{"name", was.Name, rec.Get("name")}, {"size", was.Size, size}, {"weight", was.Weight, weight}, {"owner", wasOwn, own}} {
		if err := r.Changed("thing_thing", was.ID, c.field, c.old, c.new); err != nil {
			return 0, err
		}
	}
	_, err = r.Tx.Exec(`update thing_thing set name = $3, size = $4, weight = $5, owner = $6 where org_id = $1 and id = $2`, was.ID, rec.Get("name"), size, weight, own)
	return sheet.Updated, err
}

func both(t *testing.T, body func(t *testing.T, d *db.DB, s *batch.Service)) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) { body(t, d, service(d)) })
}

func order(kind, body string) batch.Order {
	return batch.Order{Kind: kind, Input: batch.Bytes("things.csv", []byte(body))}
}

// dump writes down every row of an organisation in the tables of the test, and how many rows the tables of imports have.
func dump(t *testing.T, d *db.DB, org int64, tables ...string) string {
	t.Helper()
	out := ""
	err := d.View(context.Background(), access.System("test", org), func(tx *db.Tx) error {
		list, err := db.All[thing](tx, `select id, code, name, size, weight, owner, made_by as made from thing_thing where org_id = $1 order by id`)
		for _, x := range list {
			n := func(p *int64) string {
				if p == nil {
					return "null"
				}
				return strconv.FormatInt(*p, 10)
			}
			w := "null"
			if x.Weight != nil {
				w = strconv.FormatFloat(*x.Weight, 'g', -1, 64)
			}
			out += fmt.Sprintln(x.ID, x.Code, x.Name, n(x.Size), w, n(x.Owner), n(x.Made))
		}
		if err != nil {
			return err
		}
		for _, table := range tables {
			n, err := db.One[int](tx, "select count(*) from "+table+" where org_id = $1")
			if err != nil {
				return err
			}
			out += fmt.Sprintln(table, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var ownTables = []string{"batch_batch", "batch_file", "batch_change", "batch_refused", "batch_mapping"}

func do(t *testing.T, d *db.DB, org int64, q string, args ...any) {
	t.Helper()
	if err := d.Update(context.Background(), access.System("test", org), func(tx *db.Tx) error { _, err := tx.Exec(q, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// says fails unless err is of the kind and its sentence for people holds words.
func says(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	s, _ := fault.Sentence(err)
	if fault.KindOf(err) != kind || !strings.Contains(s, words) {
		t.Errorf("got %v, want kind %d and %q", err, kind, words)
	}
}

func numbers(r *batch.Report) string {
	return fmt.Sprintf("%d: %d created, %d updated, %d same, %d refused", r.Rows, r.Created, r.Updated, r.Same, r.Refused)
}

func TestTryWritesNothing(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		must[*batch.Report](t)(s.Import(testkit.A(), order("things", things+"a,Ash,1,,\n"), t.Context()))
		before, other := dump(t, d, testkit.OrgA, ownTables...), dump(t, d, testkit.OrgB, ownTables...)
		rep := must[*batch.Report](t)(s.Try(as(testkit.OrgA, "office"), order("things", things+"a,Ash tree,1,,\nb,Beech,2,,\nc,Cedar,many,,\n"), t.Context()))
		if got := numbers(rep); got != "3: 1 created, 1 updated, 0 same, 1 refused" || !rep.DryRun || rep.Batch != "" {
			t.Errorf("got %s, dry run %v, batch %q", got, rep.DryRun, rep.Batch)
		}
		if dump(t, d, testkit.OrgA, ownTables...) != before || dump(t, d, testkit.OrgB, ownTables...) != other {
			t.Error("something was written")
		}
	})
}

func TestPreviewThenConfirmOnce(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		p := as(testkit.OrgA, "office")
		file := things + "a,Ash,1,0.2,\nb,Beech,2,,\nc,Cedar,many,,\n"
		id, rep, err := s.Preview(p, order("things", file), t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := numbers(rep); got != "3: 2 created, 0 updated, 0 same, 1 refused" {
			t.Error(got)
		}
		if got := dump(t, d, testkit.OrgA, ownTables...); got != "batch_batch 1\nbatch_file 1\nbatch_change 0\nbatch_refused 0\nbatch_mapping 0\n" {
			t.Errorf("a preview kept more than its file:\n%s", got)
		}
		rec := must[batch.Record](t)(s.Find(p, id, t.Context()))
		if rec.State != "previewed" || rec.FileName != "things.csv" || rec.ByName != "Pat office" || rec.Report().Created != 2 || len(rec.FileHash) != 64 {
			t.Errorf("kept %+v", rec)
		}
		done := must[*batch.Report](t)(s.Confirm(p, id, t.Context()))
		if numbers(done) != numbers(rep) || done.DryRun {
			t.Errorf("the preview said %s, and it became %s", numbers(rep), numbers(done))
		}
		after := dump(t, d, testkit.OrgA, ownTables...)
		if !strings.Contains(after, "Ash 1 0.2") || !strings.Contains(after, "batch_file 0") || !strings.Contains(after, "batch_refused 1") {
			t.Errorf("kept:\n%s", after)
		}
		_, err = s.Confirm(p, id, t.Context())
		says(t, err, fault.Conflict, "Nothing was done a second time")
		says(t, s.Drop(p, id, t.Context()), fault.Conflict, "confirmed already")
		if dump(t, d, testkit.OrgA, ownTables...) != after {
			t.Error("the second time changed something")
		}
		if dump(t, d, testkit.OrgB, ownTables...) != "batch_batch 0\nbatch_file 0\nbatch_change 0\nbatch_refused 0\nbatch_mapping 0\n" {
			t.Error("the other organisation got something")
		}
	})
}

// Two people press Confirm at once: the work is done by one of them.
func TestConfirmAtOnce(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		p := as(testkit.OrgA, "office")
		id, _, err := s.Preview(p, order("things", things+"a,Ash,1,,\n"), t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() { _, errs[i] = s.Confirm(p, id, context.Background()) })
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
				continue
			}
			says(t, err, fault.Conflict, "Nothing was done a second time")
		}
		if done != 1 {
			t.Errorf("done %d times", done)
		}
		done = 0
		for i := range errs {
			wg.Go(func() { _, errs[i] = s.Undo(p, id, context.Background()) })
		}
		wg.Wait()
		for _, err := range errs {
			if err == nil {
				done++
				continue
			}
			says(t, err, fault.Conflict, "undone already")
		}
		if done != 1 {
			t.Errorf("undone %d times", done)
		}
	})
}

func TestDrop(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		p := as(testkit.OrgA, "office")
		id, _, err := s.Preview(p, order("things", things+"a,Ash,1,,\n"), t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // a second press of the button does no harm
			if err := s.Drop(p, id, t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := dump(t, d, testkit.OrgA, "batch_file", "batch_batch"); got != "batch_file 0\nbatch_batch 1\n" {
			t.Error(got)
		}
		_, err = s.Confirm(p, id, t.Context())
		says(t, err, fault.Conflict, "confirmed or dropped already")
		_, err = s.Undo(p, id, t.Context())
		says(t, err, fault.Conflict, "never confirmed")
	})
}

func TestFileOfAnOldPreviewIsGone(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		p := as(testkit.OrgA, "office")
		preview := func() batch.ID {
			id, _, err := s.Preview(p, order("things", things+"a,Ash,1,,\n"), t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		old := preview()
		d.SetClock(clock.At(testkit.Day.Add(25 * time.Hour)))
		_, err := s.Confirm(p, old, t.Context()) // the file may still lie there, and must not be used any more
		says(t, err, fault.Conflict, "no longer kept")
		fresh := preview() // the next preview sweeps
		if got := dump(t, d, testkit.OrgA, "batch_file"); got != "batch_file 1\n" {
			t.Error(got)
		}
		if err := s.Sweep(testkit.A(), t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Confirm(p, fresh, t.Context()); err != nil {
			t.Errorf("the file of today went with the old one: %v", err)
		}
		preview()
		d.SetClock(clock.At(testkit.Day.Add(50 * time.Hour)))
		if err := s.Sweep(testkit.A(), t.Context()); err != nil { // and so does the clock, when nobody imports anything
			t.Fatal(err)
		}
		if got := dump(t, d, testkit.OrgA, "batch_file"); !strings.HasSuffix(got, "batch_file 0\n") {
			t.Error(got)
		}
	})
}

const big = int64(1)<<62 + 12345 // a float would round it

func TestUndo(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		p := as(testkit.OrgA, "office")
		first := things + "a,Ash,1,0.2," + strconv.FormatInt(big, 10) + "\nb,Beech,2,,\n"
		for _, org := range []int64{testkit.OrgA, testkit.OrgB} {
			must[*batch.Report](t)(s.Import(access.System("test", org), order("things", first), t.Context()))
		}
		before, other := dump(t, d, testkit.OrgA), dump(t, d, testkit.OrgB)
		rep := must[*batch.Report](t)(s.Import(p, order("things", things+"a,\"Ash \"\"old\"\" & <é>\",10,1.5,"+strconv.FormatInt(big+1, 10)+"\nb,Beech,"+strconv.FormatInt(big+7, 10)+",0.1,7\nc,Cedar,3,,\n"), t.Context()))
		if numbers(rep) != "3: 1 created, 2 updated, 0 same, 0 refused" {
			t.Fatal(numbers(rep))
		}
		id := must[batch.ID](t)(ids.Parse[batch.Batch](rep.Batch))
		if dump(t, d, testkit.OrgA) == before {
			t.Fatal("nothing was changed")
		}
		u := must[*batch.Undone](t)(s.Undo(p, id, t.Context()))
		if u.Removed != 1 || u.Restored != 8 || len(u.Kept) != 0 {
			t.Errorf("undone %+v", u)
		}
		if got := dump(t, d, testkit.OrgA); got != before {
			t.Errorf("before:\n%safter:\n%s", before, got)
		}
		if dump(t, d, testkit.OrgB) != other {
			t.Error("the other organisation was changed")
		}
		rec := must[batch.Record](t)(s.Find(p, id, t.Context()))
		if rec.State != "undone" || rec.UndoneMs == nil || rec.Outcome().Removed != 1 {
			t.Errorf("kept %+v", rec)
		}
		_, err := s.Undo(p, id, t.Context())
		says(t, err, fault.Conflict, "undone already")
	})
}

// What a person changed since stays as they left it, and the result names it.
func TestUndoLeavesWhatWasChangedSince(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		p := testkit.A()
		must[*batch.Report](t)(s.Import(p, order("things", things+"a,Ash,1,,\nb,Beech,2,,\n"), t.Context()))
		// The file has "a" twice, so the batch changes the name of it twice: Ash → Alder → Aspen.
		rep := must[*batch.Report](t)(s.Import(p, order("things", things+"a,Alder,5,,\na,Aspen,5,,\nb,Birch,6,,\n"), t.Context()))
		id := must[batch.ID](t)(ids.Parse[batch.Batch](rep.Batch))
		// A person goes back to the value in the middle, by hand. It is theirs now.
		do(t, d, testkit.OrgA, `update thing_thing set name = 'Alder' where org_id = $1 and code = 'a'`)
		do(t, d, testkit.OrgA, `update thing_thing set size = null where org_id = $1 and code = 'b'`)
		u := must[*batch.Undone](t)(s.Undo(p, id, t.Context()))
		if len(u.Kept) != 2 || !strings.Contains(strings.Join(u.Kept, "; "), "name") || !strings.Contains(strings.Join(u.Kept, "; "), "size") {
			t.Errorf("listed %q", u.Kept)
		}
		got := dump(t, d, testkit.OrgA)
		if !strings.Contains(got, "a Alder 1 ") || !strings.Contains(got, "b Beech null ") {
			t.Errorf("left:\n%s", got)
		}
	})
}

func TestUndoIsRefused(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		p := testkit.A()
		rep := must[*batch.Report](t)(s.Import(p, order("things", things+"a,Ash,1,,\nb,Beech,2,,\n"), t.Context()))
		id := must[batch.ID](t)(ids.Parse[batch.Batch](rep.Batch))
		second := must[*batch.Report](t)(s.Import(p, order("things", things+"a,Alder,1,,\nz,Zelkova,1,,\n"), t.Context()))
		do(t, d, testkit.OrgA, `insert into thing_note (org_id, id, thing_id) select org_id, 1, id from thing_thing where org_id = $1 and code = 'z'`)
		before := dump(t, d, testkit.OrgA, ownTables...)
		_, err := s.Undo(p, must[batch.ID](t)(ids.Parse[batch.Batch](second.Batch)), t.Context())
		says(t, err, fault.Conflict, "can't be undone as a whole")
		if dump(t, d, testkit.OrgA, ownTables...) != before {
			t.Error("half of it was undone")
		}
		for _, c := range []struct {
			after time.Duration
			words string
		}{{30*24*time.Hour + time.Millisecond, "more than 30 days old"}, {30 * 24 * time.Hour, ""}} {
			d.SetClock(clock.At(testkit.Day.Add(c.after)))
			_, err := s.Undo(p, id, t.Context())
			if c.words != "" {
				says(t, err, fault.Conflict, c.words)
			} else if err != nil {
				t.Errorf("on the last day: %v", err)
			}
		}
	})
}

// A value that must be unique was given away since: the undo says so instead of failing without a word.
func TestUndoOfAValueThatIsTaken(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		s.Offer(batch.Kind{Key: "codes", Title: "Codes", Need: rightA, Read: func(r *batch.Run) error {
			r.Row(sheet.Updated)
			if err := r.Changed("thing_thing", 1, "code", "a", "b"); err != nil || !r.Apply {
				return err
			}
			_, err := r.Tx.Exec(`update thing_thing set code = 'b' where org_id = $1 and id = 1`)
			return err
		}})
		do(t, d, testkit.OrgA, `insert into thing_thing (org_id, id, code) values ($1, 1, 'a')`)
		rep := must[*batch.Report](t)(s.Import(testkit.A(), order("codes", ""), t.Context()))
		do(t, d, testkit.OrgA, `insert into thing_thing (org_id, id, code) values ($1, 2, 'a')`)
		_, err := s.Undo(testkit.A(), must[batch.ID](t)(ids.Parse[batch.Batch](rep.Batch)), t.Context())
		says(t, err, fault.Conflict, "given to another record")
	})
}

func TestNothingIsKeptOfAReadingThatFails(t *testing.T) {
	cases := map[string]string{
		"an error in the middle":         things + "a,Ash,1,,\nbroken,,1,,\n",
		"numbers that don't add up":      things + "a,Ash,1,,\nmiscounted,,1,,\n",
		"a row refused without a reason": things + "a,Ash,1,,\nunsaid,,1,,\n",
		"a file without our columns":     "colour\nred\n",
	}
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		for name, body := range cases {
			before := dump(t, d, testkit.OrgA, ownTables...)
			if rep, err := s.Import(testkit.A(), order("things", body), t.Context()); err == nil || rep != nil {
				t.Errorf("%s: came in as %+v", name, rep)
			}
			if _, _, err := s.Preview(testkit.A(), order("things", body), t.Context()); err == nil {
				t.Errorf("%s: could be previewed", name)
			}
			if dump(t, d, testkit.OrgA, ownTables...) != before {
				t.Errorf("%s: something was kept", name)
			}
		}
		_, err := s.Try(testkit.A(), order("things", "colour\nred\n"), t.Context())
		says(t, err, fault.Invalid, "no column")
		// What was sound when it was previewed and breaks when it is confirmed can be tried again.
		id, _, err := s.Preview(testkit.A(), order("things", things+"a,Ash,1,,\n"), t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.Offer(batch.Kind{Key: "things", Need: rightA, Read: func(*batch.Run) error { return errors.New("the disk is full") }})
		if rep, err := s.Confirm(testkit.A(), id, t.Context()); err == nil || rep != nil {
			t.Error("it was confirmed")
		}
		if r := must[batch.Record](t)(s.Find(testkit.A(), id, t.Context())); r.State != "previewed" {
			t.Errorf("it is %s", r.State)
		}
	})
}

func TestRefusedFile(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		p := testkit.A()
		rep := must[*batch.Report](t)(s.Import(p, order("things", "size,code,name,colour\nmany,a,,red\n1,b,Beech,\nfew,=c,Cedar,blue\n"), t.Context()))
		if len(rep.Refusals) != 3 || rep.Refused != 2 {
			t.Fatalf("%d reasons for %d rows", len(rep.Refusals), rep.Refused)
		}
		name, body, err := s.RefusedFile(p, must[batch.ID](t)(ids.Parse[batch.Batch](rep.Batch)), t.Context())
		if err != nil || name != "refused-things.csv" {
			t.Fatal(name, err)
		}
		want := "size,code,name,colour,why\r\n" +
			"many,a,,red,\"things.csv, row 2: There is no name. The size is not a whole number.\"\r\n" +
			"few,'=c,Cedar,blue,\"things.csv, row 4: The size is not a whole number.\"\r\n"
		if got := strings.TrimPrefix(string(body), "\uFEFF"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		mended := strings.NewReplacer("many", "4", "few", "5", "a,,", "a,Ash,").Replace(string(body))
		again := must[*batch.Report](t)(s.Import(p, order("things", mended), t.Context()))
		if numbers(again) != "2: 2 created, 0 updated, 0 same, 0 refused" {
			t.Errorf("mended: %s", numbers(again))
		}
	})
}

// The files of a bundle have columns of their own, so their refused rows come back file by file, as a bundle that can be sent as it is.
func TestRefusedFilesOfABundle(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		p := testkit.A()
		o := batch.Order{Kind: "boxes", Input: batch.Bytes("boxes.zip", pack(t, map[string]string{
			"one.csv": "code,name,size\na,Ash,1\nb,Beech,many\n", "two.csv": "size,code\nfew,c\n2,d\n"}))}
		rep := must[*batch.Report](t)(s.Import(p, o, t.Context()))
		name, body, err := s.RefusedFile(p, must[batch.ID](t)(ids.Parse[batch.Batch](rep.Batch)), t.Context())
		if err != nil || name != "refused-boxes.zip" {
			t.Fatal(name, err)
		}
		got := unpack(t, body)
		if len(got) != 2 || !strings.Contains(got["one.csv"], "code,name,size,why\r\nb,Beech,many,") || !strings.Contains(got["two.csv"], "size,code,why\r\nfew,c,") {
			t.Errorf("got %q", got)
		}
		for n, text := range got {
			got[n] = strings.NewReplacer("many", "3", "few", "4").Replace(text)
		}
		again := must[*batch.Report](t)(s.Import(p, batch.Order{Kind: "boxes", Input: batch.Bytes(name, pack(t, got))}, t.Context()))
		if numbers(again) != "2: 2 created, 0 updated, 0 same, 0 refused" {
			t.Errorf("mended: %s", numbers(again))
		}
		none := must[*batch.Report](t)(s.Import(p, order("things", things+"e,Elm,1,,\n"), t.Context()))
		if _, body, err := s.RefusedFile(p, must[batch.ID](t)(ids.Parse[batch.Batch](none.Batch)), t.Context()); err != nil || strings.Count(string(body), "\n") != 1 {
			t.Errorf("without refused rows: %q, %v", body, err)
		}
	})
}

func pack(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for n, text := range parts {
		w, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpack(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

func TestMappingIsRemembered(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		p := as(testkit.OrgA, "office")
		header := []string{"Ref", "What", "How big"}
		m := &sheet.Mapping{Fields: []sheet.FieldRule{{Field: "code", Rule: sheet.Column("Ref")}, {Field: "name", Rule: sheet.Column("What")}, {Field: "size", Rule: sheet.Column("How big")}}}
		key := sheet.Fingerprint(header)
		if got, err := s.Recall(p, "things", key, t.Context()); got != nil || err != nil {
			t.Fatal(got, err)
		}
		for range 2 {
			if err := s.Remember(p, "things", key, m, t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got := must[*sheet.Mapping](t)(s.Recall(p, "things", sheet.Fingerprint([]string{"how big", "REF", "What"}), t.Context()))
		if got == nil || string(got.YAML()) != string(m.YAML()) {
			t.Fatalf("recalled %v", got)
		}
		for _, c := range []struct {
			p         access.Pass
			kind, key string
		}{{as(testkit.OrgB, "office"), "things", key}, {p, "boxes", key}, {p, "things", "x"}} {
			if got, err := s.Recall(c.p, c.kind, c.key, t.Context()); got != nil || err != nil {
				t.Errorf("%s %s: %v, %v", c.kind, c.key, got, err)
			}
		}
		o := order("things", "Ref,What,How big\na,Ash,1\n")
		o.Mapping = got
		id, _, err := s.Preview(p, o, t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if rep := must[*batch.Report](t)(s.Confirm(p, id, t.Context())); rep.Created != 1 {
			t.Error("the confirmation forgot the mapping")
		}
	})
}

func TestUnknownKindAndFolder(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		_, err := s.Try(testkit.A(), order("trees", ""), t.Context())
		says(t, err, fault.NotFound, "There are: boxes, others, things.")
		_, _, err = s.Preview(testkit.A(), batch.Order{Kind: "things", Input: batch.Input{Name: "x", Folder: "x"}}, t.Context())
		says(t, err, fault.Invalid, "needs a file")
	})
}

func TestJournalTakesOnlyWhatItCanPutBack(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		for _, v := range []any{[]byte("x"), struct{}{}, []string{"a"}, map[string]int{}} {
			s.Offer(batch.Kind{Key: "odd", Title: "Odd", Need: rightA, Read: func(r *batch.Run) error { return r.Changed("thing_thing", 1, "name", v, "x") }})
			if _, err := s.Import(testkit.A(), order("odd", ""), t.Context()); err == nil {
				t.Errorf("%T was noted", v)
			}
		}
	})
}

// While a large file is being read in, others read without waiting, and see all of it or nothing; how far it is can be asked.
func TestOthersReadDuringALargeImport(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		const rows = 1200
		midway, goOn := make(chan struct{}), make(chan struct{})
		s.Offer(batch.Kind{Key: "large", Title: "Large", Need: rightA, Read: func(r *batch.Run) error {
			for i := range rows {
				if r.Apply {
					if i == rows/2 {
						close(midway)
						<-goOn
					}
					if _, err := r.Tx.Exec(`insert into thing_thing (org_id, id, code, made_by) values ($1, $2, $3, $4)`, i, strconv.Itoa(i), r.Batch); err != nil {
						return err
					}
				}
				r.Row(sheet.Created)
			}
			return nil
		}})
		p := as(testkit.OrgA, "office")
		id, _, err := s.Preview(p, order("large", "x"), t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := s.Progress(id); ok {
			t.Error("it is said to be under way before it was confirmed")
		}
		over := make(chan error, 1)
		go func() { _, err := s.Confirm(p, id, context.Background()); over <- err }()
		<-midway
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		for _, c := range []struct {
			org  int64
			want batch.Record
		}{{testkit.OrgA, batch.Record{State: "previewed"}}, {testkit.OrgB, batch.Record{}}} {
			var n int
			if err := d.View(ctx, access.System("test", c.org), func(tx *db.Tx) (err error) {
				n, err = db.One[int](tx, `select count(*) from thing_thing where org_id = $1`)
				return err
			}); err != nil || n != 0 {
				t.Errorf("a reader of %d saw %d rows, %v", c.org, n, err)
			}
			if r, _ := s.Find(as(c.org, "office"), id, ctx); r.State != c.want.State {
				t.Errorf("a reader of %d saw the import as %q", c.org, r.State)
			}
		}
		if n, ok := s.Progress(id); !ok || n != 500 {
			t.Errorf("it is said to be at row %d, under way: %v", n, ok)
		}
		close(goOn)
		if err := <-over; err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(dump(t, d, testkit.OrgA), "\n"); got != rows {
			t.Errorf("%d rows came in", got)
		}
		if _, ok := s.Progress(id); ok {
			t.Error("it is over and still said to be under way")
		}
	})
}
