package bench

import (
	"archive/zip"
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/roll"

	_ "modernc.org/sqlite"
)

// A local authority: its pupils and their adults.
const (
	manyPupils = 120_000
	manyAdults = 200_000
)

// maxMemory is the budget of the whole process while it reads such a file.
const maxMemory = 500 << 20

// BenchmarkImportOneRoster reads 120,000 pupils with 200,000 adults and the ties between them from a OneRoster zip into a new SQLite file, and then loads
// the rows that this made into bare tables, without keys, indexes or rules, through the same driver with the same durability. The budget is four times that.
func BenchmarkImportOneRoster(b *testing.B) {
	dir := b.TempDir()
	file := filepath.Join(dir, "authority.zip")
	if err := writeRoster(file, manyPupils, manyAdults); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		busy := busyTime()
		product, peak := importRoster(b, dir, file)
		productBusy := busyTime() - busy
		ceiling, ceilingBusy, rows := loadBare(b, dir)
		b.ReportMetric(product.Seconds(), "import-s")
		b.ReportMetric(ceiling.Seconds(), "bare-s")
		b.ReportMetric(product.Seconds()/ceiling.Seconds(), "ratio")
		b.ReportMetric(productBusy.Seconds()/ceilingBusy.Seconds(), "cpu-ratio") // steadier where other work shares the machine
		b.ReportMetric(float64(rows), "rows")
		b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
		b.Logf("%d rows: import %.1f s, bare %.1f s, ratio %.2f, of processor time %.2f (%.1f s to %.1f s), peak %d MB", rows, product.Seconds(), ceiling.Seconds(), product.Seconds()/ceiling.Seconds(),
			productBusy.Seconds()/ceilingBusy.Seconds(), productBusy.Seconds(), ceilingBusy.Seconds(), peak>>20)
		if r := product.Seconds() / ceiling.Seconds(); r > 4 {
			b.Errorf("the import took %.1f times as long as loading the bare rows; the budget is 4", r)
		}
		if peak > maxMemory {
			b.Errorf("the import needed %d MB; the budget is %d", peak>>20, maxMemory>>20)
		}
	}
}

func importRoster(b *testing.B, dir, file string) (time.Duration, int64) {
	b.Helper()
	ctx := context.Background()
	url := filepath.Join(dir, "ajar.db")
	for _, end := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(url + end)
	}
	d, err := db.Open(ctx, db.Options{URL: url, Clock: clock.System()})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if _, err := d.Migrate(ctx, []db.Migrations{batch.Migrations(), roll.Migrations()}); err != nil {
		b.Fatal(err)
	}
	imports := batch.New(d)
	roll.New(d, imports)
	f, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	resetPeak()
	start := time.Now()
	r, err := imports.Import(access.System("bench", 1), batch.Order{Kind: "oneroster", Input: batch.Input{Name: "authority.zip", Data: f, Size: info.Size()}}, ctx)
	if err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	if r.By["pupils"].Created != manyPupils || r.By["adults"].Created != manyAdults || r.Refused != 0 {
		b.Fatalf("the import made %+v pupils and %+v adults, refused %d: %v", r.By["pupils"], r.By["adults"], r.Refused, r.Warnings)
	}
	return took, peakMemory()
}

// bareTables are the tables that the import filled, with the columns that it filled.
var bareTables = []struct{ name, cols string }{
	{"roll_pupil", "org_id integer, id integer, local_id text, upn text, forename text, surname text, known_as text, date_of_birth text, sex text, year text, sen text, first_language text, eal integer, fsm integer, pupil_premium integer, looked_after integer, young_carer integer, address text, postcode text, starts text, ends text, search text, sort_key text, made_by integer"},
	{"roll_adult", "org_id integer, id integer, local_id text, title text, forename text, surname text, name text, speaks text, reads text, interpreter integer, search text, sort_key text, made_by integer"},
	{"roll_channel", "org_id integer, id integer, adult_id integer, kind text, value text, folded text, place integer, note text, made_by integer"},
	{"roll_tie", "org_id integer, id integer, pupil_id integer, adult_id integer, relationship text, responsibility text, priority integer, lives_with integer, starts text, ends text, made_by integer"},
}

// loadBare copies what the import made into bare tables. Reading the rows out is not counted: they lie in memory when the clock starts.
func loadBare(b *testing.B, dir string) (took, busy time.Duration, total int) {
	b.Helper()
	from, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "ajar.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	bare := filepath.Join(dir, "bare.db")
	for _, end := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(bare + end)
	}
	to, err := sql.Open("sqlite", "file:"+bare+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-64000)")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = to.Close() }()
	to.SetMaxOpenConns(1)
	tx, err := to.Begin()
	if err != nil {
		b.Fatal(err)
	}
	for _, t := range bareTables {
		names := columnNames(t.cols)
		rows := readAll(b, from, "select "+strings.Join(names, ", ")+" from "+t.name, len(names))
		marks := make([]string, len(names))
		for i := range marks {
			marks[i] = "$" + strconv.Itoa(i+1)
		}
		start, cpu := time.Now(), busyTime()
		if _, err := tx.Exec("create table " + t.name + " (" + t.cols + ")"); err != nil {
			b.Fatal(err)
		}
		st, err := tx.Prepare("insert into " + t.name + " values (" + strings.Join(marks, ", ") + ")")
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range rows {
			if _, err := st.Exec(r...); err != nil {
				b.Fatal(err)
			}
		}
		took += time.Since(start)
		busy += busyTime() - cpu
		total += len(rows)
	}
	start, cpu := time.Now(), busyTime()
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return took + time.Since(start), busy + busyTime() - cpu, total
}

func columnNames(cols string) []string {
	var out []string
	for c := range strings.SplitSeq(cols, ", ") {
		name, _, _ := strings.Cut(c, " ")
		out = append(out, name)
	}
	return out
}

func readAll(b *testing.B, d *sql.DB, query string, n int) [][]any {
	b.Helper()
	rows, err := d.Query(query)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var out [][]any
	for rows.Next() {
		r, to := make([]any, n), make([]any, n)
		for i := range r {
			to[i] = &r[i]
		}
		if err := rows.Scan(to...); err != nil {
			b.Fatal(err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return out
}

// writeRoster makes a OneRoster 1.1 zip from a seed: pupils in families, adults with a phone and for most an e-mail address, every tie named on
// both sides as the standard has it.
func writeRoster(path string, pupils, adults int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	z := zip.NewWriter(f)
	file := func(name string, body func(w *bufio.Writer)) error {
		w, err := z.Create(name)
		if err != nil {
			return err
		}
		buf := bufio.NewWriterSize(w, 1<<16)
		body(buf)
		return buf.Flush()
	}
	r := rand.New(rand.NewPCG(2, 7))
	parents := make([][]int, pupils) // of each pupil
	children := make([][]int, adults)
	for a := range adults {
		n := 1 + a%5/4 // every fifth has two children
		for range n {
			p := a * pupils / adults
			if n > 1 {
				p = min(pupils-1, p+r.IntN(3))
			}
			if len(children[a]) > 0 && children[a][0] == p {
				continue
			}
			parents[p], children[a] = append(parents[p], a), append(children[a], p)
		}
	}
	pupilID := func(i int) string { return fmt.Sprintf("0f3c2a7e-5b1d-4c88-9a10-%012d", i) }
	adultID := func(i int) string { return fmt.Sprintf("7d41b9c2-8e3f-4a55-b620-%012d", i) }
	ids := func(list []int, id func(int) string) string {
		out := make([]string, len(list))
		for i, n := range list {
			out[i] = id(n)
		}
		return strings.Join(out, ",")
	}
	if err := file("manifest.csv", func(w *bufio.Writer) {
		_, _ = io.WriteString(w, "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.orgs,bulk\nfile.users,bulk\n")
	}); err != nil {
		return err
	}
	if err := file("orgs.csv", func(w *bufio.Writer) {
		_, _ = io.WriteString(w, "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nla-1,,,Fictional Authority,district,,\n")
	}); err != nil {
		return err
	}
	if err := file("users.csv", func(w *bufio.Writer) {
		_, _ = io.WriteString(w, "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n")
		for i := range pupils {
			_, _ = fmt.Fprintf(w, "%s,,,true,la-1,student,p%d,,%s,%s,,,,,,\"%s\",%02d,\n", pupilID(i), i, pick(r, given), pick(r, family), ids(parents[i], adultID), 1+i%11)
		}
		for i := range adults {
			g, s := pick(r, given), pick(r, family)
			mail := ""
			if i%4 != 0 {
				mail = fmt.Sprintf("%s.%s%d@example.org", strings.ToLower(g), strings.ToLower(s), i)
			}
			_, _ = fmt.Fprintf(w, "%s,,,true,la-1,guardian,a%d,,%s,%s,,,%s,07700%06d,,\"%s\",,\n", adultID(i), i, g, s, mail, i, ids(children[i], pupilID))
		}
	}); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// The names are common words of no one in particular.
var (
	given  = strings.Fields("Ada Ben Cara Dev Ella Finn Gita Hugo Ines Jack Kofi Lena Mika Nora Omar Pia Quin Rosa Sami Tara Uma Vera Will Xena Yara Zoe Amira Bilal Chloe Dylan")
	family = strings.Fields("Archer Baker Carter Draper Eaton Fisher Gardner Hunter Irving Jenner Keeper Linton Mason Norton Oakley Parker Quarry Reeve Sawyer Tanner Underhill Vintner Weaver Yeoman Brook Heath Marsh Field")
)

// busyTime is the processor time that this process has used.
func busyTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakMemory is the most memory that this process has had at once since resetPeak, as the kernel counts it; 0 where it does not say.
func peakMemory() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kb << 10
		}
	}
	return 0
}

func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }
