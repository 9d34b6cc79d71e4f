package trail_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/trail"
)

// bothLogs opens a store as the product does: SQLite with its spool beside it, PostgreSQL without one.
func bothLogs(t *testing.T, body func(t *testing.T, d *db.DB, l *trail.Log)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		dir := t.TempDir()
		d := testkit.Open(t, filepath.Join(dir, "ajar.db"), sets)
		l, err := trail.Open(t.Context(), d, trail.Options{Folder: dir})
		must(t, err)
		t.Cleanup(func() { _ = l.Close() })
		body(t, d, l)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		d := testkit.Open(t, testkit.Postgres(t), sets)
		l, err := trail.Open(t.Context(), d, trail.Options{})
		must(t, err)
		t.Cleanup(func() { _ = l.Close() })
		body(t, d, l)
	})
}

// byPeople leaves out what Ajar itself did.
func byPeople(t *testing.T, d *db.DB, org int64) []trail.Line {
	t.Helper()
	return list(t, d, org, trail.Filter{WithoutRoutine: true, Limit: 10000})
}

func TestNotesComeIntoTheChain(t *testing.T) {
	bothLogs(t, func(t *testing.T, d *db.DB, l *trail.Log) {
		if trail.Of(d) != l {
			t.Fatal("the store has another log")
		}
		a, b := person(testkit.OrgA, 7, "Declan Frost"), person(testkit.OrgB, 8, "Sam")
		must(t, l.Note(t.Context(), a, trail.Entry{Kind: trail.Restricted, About: "note", Key: 5}))
		must(t, l.Note(t.Context(), b, trail.Entry{Kind: trail.Export, Words: "a list"}))
		must(t, l.Settle(t.Context()))
		if got := byPeople(t, d, testkit.OrgA); len(got) != 1 || got[0].Staff != 7 || got[0].Kind != trail.Restricted || got[0].Key != 5 || got[0].Who != "Declan Frost" || got[0].AtMs != testkit.Day.UnixMilli() {
			t.Errorf("%+v", got)
		}
		if got := byPeople(t, d, testkit.OrgB); len(got) != 1 || got[0].Words != "a list" {
			t.Errorf("%+v", got)
		}
		if r := verify(t, d, testkit.OrgA); r.Broken != nil {
			t.Error(r.Broken)
		}
		if err := l.Note(t.Context(), access.Pass{}, trail.Entry{Kind: trail.Seen}); err == nil {
			t.Error("a note without a pass was taken")
		}
	})
}

// One person opening one page again and again leaves one entry an hour; everybody and everything else leaves its own.
func TestSeenOnceAnHour(t *testing.T) {
	bothLogs(t, func(t *testing.T, d *db.DB, l *trail.Log) {
		note := func(staff, key int64, kind trail.Kind) {
			must(t, l.Note(t.Context(), person(testkit.OrgA, staff, "Pat"), trail.Entry{Kind: kind, About: "pupil", Key: key}))
		}
		for range 5 {
			note(1, 10, trail.Seen)
			note(1, 11, trail.Seen)
			note(2, 10, trail.Seen)
			note(1, 10, trail.Restricted) // never put together
		}
		d.SetClock(clock.At(testkit.Day.Add(time.Hour)))
		note(1, 10, trail.Seen)
		must(t, l.Settle(t.Context()))
		if got := byPeople(t, d, testkit.OrgA); len(got) != 3+5+1 {
			t.Errorf("%d entries", len(got))
		}
	})
}

func TestManyNotesAtOnce(t *testing.T) {
	bothLogs(t, func(t *testing.T, d *db.DB, l *trail.Log) {
		var wg sync.WaitGroup
		for w := range 20 {
			wg.Go(func() {
				for i := range 10 {
					if err := l.Note(context.Background(), person(testkit.OrgA, int64(w+1), "Pat"), trail.Entry{Kind: trail.Print, Key: int64(i)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		must(t, l.Settle(t.Context()))
		if got := byPeople(t, d, testkit.OrgA); len(got) != 200 {
			t.Errorf("%d entries", len(got))
		}
		if r := verify(t, d, testkit.OrgA); r.Broken != nil {
			t.Error(r.Broken)
		}
	})
}

// The one writer of SQLite is busy with an import; a page with a restricted record must not wait for it.
func TestNoteDoesNotWaitForAnImport(t *testing.T) {
	dir := t.TempDir()
	d := testkit.Open(t, filepath.Join(dir, "ajar.db"), sets)
	l, err := trail.Open(t.Context(), d, trail.Options{Folder: dir})
	must(t, err)
	defer l.Close()
	begun, end := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = d.Update(context.Background(), person(testkit.OrgA, 1, "Office"), func(tx *db.Tx) error {
			close(begun)
			<-end
			return nil
		})
	})
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := l.Note(ctx, person(testkit.OrgA, 7, "Declan Frost"), trail.Entry{Kind: trail.Restricted}); err != nil {
		t.Errorf("it waited: %v", err)
	}
	if n, err := trail.Spooled(dir); n != 1 || err != nil || l.Waiting() != 1 {
		t.Errorf("%d in the spool, %d waiting, %v", n, l.Waiting(), err)
	}
	close(end)
	wg.Wait()
	must(t, l.Settle(t.Context()))
	if got := byPeople(t, d, testkit.OrgA); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	if n, _ := trail.Spooled(dir); n != 0 || l.Waiting() != 0 {
		t.Errorf("%d still in the spool", n)
	}
}

func TestCloseLeavesNoSpoolBehind(t *testing.T) {
	dir := t.TempDir()
	d := testkit.Open(t, filepath.Join(dir, "ajar.db"), sets)
	l, err := trail.Open(t.Context(), d, trail.Options{Folder: dir})
	must(t, err)
	must(t, l.Note(t.Context(), person(testkit.OrgA, 7, "Pat"), trail.Entry{Kind: trail.Export}))
	must(t, l.Close())
	if left, _ := filepath.Glob(filepath.Join(dir, "*.spool")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	if got := byPeople(t, d, testkit.OrgA); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

// A disk that can't be written makes Note fail, and with it the page that must not go out without its entry.
func TestNoteFailsWhenTheDiskDoes(t *testing.T) {
	dir := t.TempDir()
	d := testkit.Open(t, filepath.Join(dir, "ajar.db"), sets)
	l, err := trail.Open(t.Context(), d, trail.Options{Folder: filepath.Join(dir, "not there")})
	must(t, err)
	defer l.Close()
	p := person(testkit.OrgA, 7, "Pat")
	for _, k := range []trail.Kind{trail.Restricted, trail.Seen, trail.Seen} {
		if err := l.Note(t.Context(), p, trail.Entry{Kind: k}); err == nil {
			t.Errorf("%s: no error", k)
		}
	}
	must(t, os.Mkdir(filepath.Join(dir, "not there"), 0o700))
	must(t, l.Note(t.Context(), p, trail.Entry{Kind: trail.Seen})) // a failed round does not count as seen
	must(t, l.Settle(t.Context()))
	if got := byPeople(t, d, testkit.OrgA); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

// doomed is the process that TestKilled kills: it says which notes it was told are safe.
func doomed(dir string, first int64) {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{URL: filepath.Join(dir, "ajar.db"), Clock: clock.At(testkit.Day)})
	if err != nil {
		panic(err)
	}
	if _, err := d.Migrate(ctx, sets); err != nil {
		panic(err)
	}
	l, err := trail.Open(ctx, d, trail.Options{Folder: dir})
	if err != nil {
		panic(err)
	}
	p := access.NewGate().Admit(access.Who{Org: testkit.OrgA, Staff: 7, Name: "Pat"})
	for i := 1; ; i++ {
		if err := l.Note(ctx, p, trail.Entry{Kind: trail.Export, Key: first + int64(i)}); err != nil {
			panic(err)
		}
		fmt.Println(i)
		if i%40 == 0 { // some of them are in the chain already when the end comes
			_ = l.Settle(ctx)
		}
	}
}

func TestMain(m *testing.M) {
	if dir := os.Getenv("AJAR_TRAIL_DOOMED"); dir != "" {
		var first int64
		_, _ = fmt.Sscan(os.Getenv("AJAR_TRAIL_FIRST"), &first)
		doomed(dir, first)
	}
	os.Exit(m.Run())
}

// kill -9 at any moment: whatever Note called safe is in the chain afterwards, once.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "AJAR_TRAIL_DOOMED="+dir, fmt.Sprintf("AJAR_TRAIL_FIRST=%d", round*100000))
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		safe := 0
		in := bufio.NewScanner(out)
		for in.Scan() {
			_, _ = fmt.Sscan(in.Text(), &safe)
			if safe == 100+17*round {
				must(t, cmd.Process.Kill())
			}
		}
		_ = cmd.Wait()
		d := testkit.Open(t, filepath.Join(dir, "ajar.db"), sets)
		if left, _ := trail.Spooled(dir); left == 0 {
			t.Logf("round %d: nothing was left in the spool this time", round)
		}
		l, err := trail.Open(t.Context(), d, trail.Options{Folder: dir})
		must(t, err)
		seen := map[int64]int{}
		for _, e := range byPeople(t, d, testkit.OrgA) {
			seen[e.Key]++
		}
		for i := 1; i <= safe; i++ {
			if n := seen[int64(round*100000+i)]; n != 1 {
				t.Fatalf("round %d: note %d was called safe and is in the chain %d times", round, i, n)
			}
		}
		for k, n := range seen {
			if n > 1 {
				t.Errorf("round %d: note %d came in %d times", round, k, n)
			}
		}
		if r := verify(t, d, testkit.OrgA); r.Broken != nil {
			t.Error(r.Broken)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*.spool")); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
		must(t, l.Close())
		must(t, d.Close())
	}
}

// What lies in the spool after a bad end may be torn or damaged. The whole lines come in, once, and damage is told.
func TestTornAndDamagedSpool(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ajar.db")
	d := testkit.Open(t, path, sets)
	l, err := trail.Open(t.Context(), d, trail.Options{Folder: dir})
	must(t, err)
	for i := range 4 {
		must(t, l.Note(t.Context(), person(testkit.OrgA, 7, "Pat"), trail.Entry{Kind: trail.Export, Key: int64(i + 1), Words: "a\nline"}))
	}
	own, _ := filepath.Glob(filepath.Join(dir, "*.spool"))
	b, err := os.ReadFile(own[0])
	must(t, err)
	must(t, l.Close())
	lines := strings.SplitAfter(string(b), "\n")
	left := lines[0] + strings.Replace(lines[1], "Pat", "Pam", 1) + lines[2] + lines[3][:len(lines[3])-5]
	must(t, os.WriteFile(filepath.Join(dir, "trail-0123.spool"), []byte(left), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "trail-4567.spool"), nil, 0o600))
	again, err := trail.Open(t.Context(), d, trail.Options{Folder: dir})
	must(t, err)
	defer again.Close()
	if got := byPeople(t, d, testkit.OrgA); len(got) != 4+2 {
		t.Errorf("%d entries", len(got))
	}
	house := ""
	must(t, d.View(t.Context(), access.Installation("test"), func(tx *db.Tx) error {
		all, err := db.All[string](tx, `select words from trail_house order by id`)
		house = strings.Join(all, "; ")
		return err
	}))
	if !strings.Contains(house, "1 lines that waited") {
		t.Errorf("the house says %q", house)
	}
}

// A spool that another process holds is left to it.
func TestSpoolOfALivingProcessIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ajar.db")
	one := testkit.Open(t, path, sets)
	l, err := trail.Open(t.Context(), one, trail.Options{Folder: dir})
	must(t, err)
	must(t, l.Note(t.Context(), person(testkit.OrgA, 7, "Pat"), trail.Entry{Kind: trail.Export}))
	two := testkit.Open(t, path, sets)
	m, err := trail.Open(t.Context(), two, trail.Options{Folder: dir})
	must(t, err)
	must(t, m.Close())
	if left, _ := filepath.Glob(filepath.Join(dir, "*.spool")); len(left) != 1 {
		t.Errorf("spools: %v", left)
	}
	must(t, l.Close())
	if got := byPeople(t, two, testkit.OrgA); len(got) != 1 {
		t.Errorf("%d entries", len(got))
	}
}

// What Ajar does by itself stands in the trail with its reason: each change once, what it only read once a day, what it does all day once an hour.
func TestAjarsOwnWork(t *testing.T) {
	bothLogs(t, func(t *testing.T, d *db.DB, l *trail.Log) {
		act := func(p access.Pass, really bool) {
			must(t, d.Update(t.Context(), p, func(tx *db.Tx) error {
				if !really {
					return nil
				}
				return trail.Write(tx, trail.Entry{Kind: trail.Merge})
			}))
		}
		change := func(p access.Pass) {
			must(t, d.Update(t.Context(), p, func(tx *db.Tx) error {
				_, err := tx.Exec(`insert into trail_spool (name, upto) values ('x', 1) on conflict (name) do update set upto = excluded.upto + 1`)
				return err
			}))
		}
		reasons := func(org int64) (out []string) {
			must(t, l.Settle(t.Context()))
			p := access.Installation("test of the house")
			q := `select words from trail_house where kind = 'system' and words not like 'test of%' order by id`
			if org != 0 {
				p, q = person(org, 1, "Reader"), `select words from trail_entry where org_id = $1 and kind = 'system' order by id`
			}
			must(t, d.View(t.Context(), p, func(tx *db.Tx) (err error) { out, err = db.All[string](tx, q); return err }))
			return out
		}
		for range 3 {
			change(access.Installation("change something"))
			change(access.Installation("keep something in use").Often())
			must(t, d.View(t.Context(), access.System("look something up", testkit.OrgA), func(*db.Tx) error { return nil }))
		}
		act(access.System("do nothing", testkit.OrgA), false)
		act(person(testkit.OrgA, 7, "Pat"), true)
		if got := strings.Join(reasons(0), "; "); got != "change something; keep something in use; change something; change something" {
			t.Errorf("house: %s", got)
		}
		if got := strings.Join(reasons(testkit.OrgA), "; "); got != "look something up" {
			t.Errorf("school: %s", got)
		}
		d.SetClock(clock.At(testkit.Day.Add(24 * time.Hour)))
		change(access.Installation("keep something in use").Often())
		must(t, d.View(t.Context(), access.System("look something up", testkit.OrgA), func(*db.Tx) error { return nil }))
		if got := reasons(0); len(got) != 5 {
			t.Errorf("house: %v", got)
		}
		if got := reasons(testkit.OrgA); len(got) != 2 {
			t.Errorf("school: %v", got)
		}
	})
}

// BenchmarkNote measures what a page with a restricted record pays, alone and among others.
func BenchmarkNote(b *testing.B) {
	for _, fast := range []bool{false, true} {
		for _, many := range []int{1, 32} {
			b.Run(fmt.Sprintf("fsync=%v/at once=%d", !fast, many), func(b *testing.B) {
				dir := b.TempDir()
				d := testkit.Open(b, filepath.Join(dir, "ajar.db"), sets)
				l, err := trail.Open(b.Context(), d, trail.Options{Folder: dir, Fast: fast})
				if err != nil {
					b.Fatal(err)
				}
				defer l.Close()
				p := access.NewGate().Admit(access.Who{Org: testkit.OrgA, Staff: 7, Name: "Pat"})
				b.SetParallelism(many)
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := l.Note(context.Background(), p, trail.Entry{Kind: trail.Restricted, About: "note", Key: 5, Words: "a restricted note"}); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}
