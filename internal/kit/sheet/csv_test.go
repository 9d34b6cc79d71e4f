package sheet

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestCSVAsItComes(t *testing.T) {
	for _, c := range []struct {
		name, in, sep string
		header        []string
		rows          [][]string
		note          string
	}{
		{"plain", "a,b\n1,2\n", ",", []string{"a", "b"}, [][]string{{"1", "2"}}, ""},
		{"no line end at the end", "a,b\r\n1,2", ",", []string{"a", "b"}, [][]string{{"1", "2"}}, ""},
		{"byte order mark", "\xef\xbb\xbfa;b\n1;2\n", ";", []string{"a", "b"}, [][]string{{"1", "2"}}, ""},
		{"byte order mark before a quoted name", "\xef\xbb\xbf\"a b\",c\n1,2\n", ",", []string{"a b", "c"}, [][]string{{"1", "2"}}, ""},
		{"tab", "a\tb\n1,5\t2\n", "\t", []string{"a", "b"}, [][]string{{"1,5", "2"}}, ""},
		{"pipe", "a|b\n1|2\n", "|", []string{"a", "b"}, [][]string{{"1", "2"}}, ""},
		{"semicolons with decimal commas", "name;mark\nAnn;1,5\nBob;2,5\n", ";", []string{"name", "mark"}, [][]string{{"Ann", "1,5"}, {"Bob", "2,5"}}, ""},
		{"separators in quotes do not count", "\"a;b;c\",d\n\"1;2;3\",4\n", ",", []string{"a;b;c", "d"}, [][]string{{"1;2;3", "4"}}, ""},
		{"sep line", "sep=;\r\na;b\r\n1,0;2\r\n", ";", []string{"a", "b"}, [][]string{{"1,0", "2"}}, ""},
		{"sep line wins", "sep=|\na,b|c\n1,2|3\n", "|", []string{"a,b", "c"}, [][]string{{"1,2", "3"}}, ""},
		{"one column", "Name\nAnn\nBob\n", "", []string{"Name"}, [][]string{{"Ann"}, {"Bob"}}, ""},
		{"one column with commas", "Name\nSmith, Ann\nJones, Bob\n", "", []string{"Name"}, [][]string{{"Smith, Ann"}, {"Jones, Bob"}}, ""},
		{"title above the header", "Class list 8A\nname,dob,upn\nAnn,1,2\nBob,1,2\n", "", []string{"Class list 8A"}, [][]string{{"name,dob,upn"}, {"Ann,1,2"}, {"Bob,1,2"}}, "is the first row a title?"},
		{"old Mac line ends", "a,b\r1,\"x\ry\"\r3,4\r", ",", []string{"a", "b"}, [][]string{{"1", "x\ny"}, {"3", "4"}}, ""},
		{"doubled carriage returns", "a,b\r\r\n1,2\r\r\n", ",", []string{"a", "b"}, [][]string{{"1", "2"}}, ""},
		{"line end in quotes", "a,b\r\n\"x\r\ny\",2\r\n", ",", []string{"a", "b"}, [][]string{{"x\ny", "2"}}, ""},
		{"doubled quotes", "a,b\n\"say \"\"hi\"\"\",2\n", ",", []string{"a", "b"}, [][]string{{`say "hi"`, "2"}}, ""},
		{"lone quotes in a cell", "a,b\n5\" ruler,2\n1,2\n", ",", []string{"a", "b"}, [][]string{{`5" ruler`, "2"}, {"1", "2"}}, "unusual places (first in row 2)"},
		{"quoted nickname in quotes", "a,b\n\"John \"Jack\" Smith\",2\n", ",", []string{"a", "b"}, [][]string{{`John "Jack" Smith`, "2"}}, "unusual places"},
		{"space before a quote", "a, b\n1, \"x, y\"\n", ",", []string{"a", "b"}, [][]string{{"1", "x, y"}}, ""},
		{"blank rows", "a,b\n\n1,2\n,\n  , \n3,4\n\n\n", ",", []string{"a", "b"}, [][]string{{"1", "2"}, {"3", "4"}}, "5 blank rows were skipped"},
		{"header with spaces nobody sees", "\u00a0First\u00a0name ,\u200bb\n1,2\n", ",", []string{"First name", "b"}, [][]string{{"1", "2"}}, ""},
		{"names twice and not at all", "a,b,A,\n1,2,3,4\n", ",", []string{"a", "b", "A", ""}, [][]string{{"1", "2", "3", "4"}}, `The name "A" stands over columns A and C`},
		{"Windows-1252", "name,b\nZo\xeb,\x80 5\n", ",", []string{"name", "b"}, [][]string{{"Zoë", "€ 5"}}, "Windows-1252"},
		{"mixed encodings", "name,b\nZoë,1\nJos\xe9,2\nŁukasz,3\n", ",", []string{"name", "b"}, [][]string{{"Zoë", "1"}, {"José", "2"}, {"Łukasz", "3"}}, "1 line was read as Windows-1252"},
		{"a formula is text", "a,b\n=1+1,@x\n", ",", []string{"a", "b"}, [][]string{{"=1+1", "@x"}}, ""},
		{"a guarded formula comes back", "a,b\n'=1+1,'t Hart\n", ",", []string{"a", "b"}, [][]string{{"=1+1", "'t Hart"}}, "apostrophe"},
		{"header only", "a,b\n", ",", []string{"a", "b"}, [][]string{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			tb := openText(t, c.in)
			rows, bad := all(t, tb)
			if len(bad) > 0 {
				t.Fatal(bad[0])
			}
			if !slices.Equal(tb.Header, c.header) || tb.Separator != c.sep {
				t.Errorf("header %q with separator %q, want %q with %q", tb.Header, tb.Separator, c.header, c.sep)
			}
			if got := cellsOf(rows); !reflect.DeepEqual(got, c.rows) {
				t.Errorf("rows\n%q, want\n%q", got, c.rows)
			}
			if c.note == "" && len(tb.Notes) > 0 {
				t.Errorf("unexpected notes %q", tb.Notes)
			}
			if !hasNote(tb, c.note) && c.note != "" {
				t.Errorf("no note with %q in %q", c.note, tb.Notes)
			}
		})
	}
}

func TestCSVRowNumbers(t *testing.T) {
	// As a spreadsheet counts: blank rows count, line breaks inside a cell do not. Both readers must agree, so each
	// case is read once by the strict one and once, because of a stray quotation mark at the end, by the loose one.
	for _, ending := range []string{"", "x\",1\n"} {
		tb := openText(t, "\na,b\n1,\"x\n\ny\"\n\n\n2,3\n"+ending)
		rows, _ := all(t, tb)
		if tb.HeaderRow != 2 || rows[0].N != 3 || rows[1].N != 6 || rows[0].Data != 1 || rows[1].Data != 2 {
			t.Errorf("header in row %d, rows %+v", tb.HeaderRow, rows)
		}
	}
	tb := openText(t, "a,b\nx\" y,\"1\n2\"\n\n2,3\n")
	rows, _ := all(t, tb)
	if rows[0].N != 2 || rows[1].N != 4 {
		t.Errorf("rows %+v", rows)
	}
}

func TestCSVRaggedRowsAreKept(t *testing.T) {
	tb := openText(t, "a,b,c\n1,2\n1,2,3\n1,2,3,4\n")
	rows, _ := all(t, tb)
	want := []Row{{2, 1, []string{"1", "2", ""}, true}, {3, 2, []string{"1", "2", "3"}, false}, {4, 3, []string{"1", "2", "3", "4"}, true}}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("got %+v", rows)
	}
	if !hasNote(tb, "2 rows have more or fewer cells") {
		t.Errorf("notes %q", tb.Notes)
	}
}

func TestCSVQuoteThatNeverClosesCostsOneRow(t *testing.T) {
	for _, c := range []struct {
		name, in string
		bad      []int
		good     []string
	}{
		{"at the end", "a,b\n1,2\n\"malformed\n", []int{3}, []string{"1"}},
		{"in the middle", "a,b\n1,2\n3,\"oops\n4,5\n6,\"fine, this\"\n7,8\n", []int{3}, []string{"1", "4", "6", "7"}},
		{"twice", "a,b\n\"x,2\n\"y,3\n4,5\n", []int{2, 3}, []string{"4"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tb := openText(t, c.in)
			rows, bad := all(t, tb)
			var badRows []int
			for _, b := range bad {
				wantKind(t, b, BadQuoting)
				if b.Err.File != "test.csv" {
					t.Errorf("file %q", b.Err.File)
				}
				badRows = append(badRows, b.Err.Row)
			}
			var good []string
			for _, r := range rows {
				good = append(good, r.Cells[0])
			}
			if !slices.Equal(badRows, c.bad) || !slices.Equal(good, c.good) {
				t.Errorf("bad rows %v, good %q; want %v and %q", badRows, good, c.bad, c.good)
			}
		})
	}
}

func TestCSVManyBadQuotesAreBounded(t *testing.T) {
	// Each line opens a quotation mark that only the end of the file would close.
	text := "a,b\n" + strings.Repeat("\"\"\"\"x\n\"\",\"\n", 300_000)
	tb := openText(t, text)
	for {
		if _, err := tb.Next(); err != nil {
			var rowErr *RowError
			if !errors.As(err, &rowErr) {
				return
			}
		}
	}
}

func TestCSVUTF16(t *testing.T) {
	encode := func(s string, big, bom bool) string {
		if bom {
			s = "\ufeff" + s
		}
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			if big {
				b = append(b, byte(u>>8), byte(u))
			} else {
				b = append(b, byte(u), byte(u>>8))
			}
		}
		return string(b)
	}
	for _, big := range []bool{false, true} {
		for _, bom := range []bool{false, true} {
			tb := openText(t, encode("Forename\tSurname\r\nZoë\tŁuczak\r\nAnn\tSmith\r\n", big, bom))
			rows, _ := all(t, tb)
			if tb.Encoding != "UTF-16" || len(rows) != 2 || rows[0].Cells[0] != "Zoë" || rows[0].Cells[1] != "Łuczak" || !slices.Equal(tb.Header, []string{"Forename", "Surname"}) {
				t.Errorf("big %v, bom %v: %q %q %q", big, bom, tb.Encoding, tb.Header, cellsOf(rows))
			}
			if hasNote(tb, "the mark that says so is missing") == bom {
				t.Errorf("notes %q", tb.Notes)
			}
		}
	}
}

func TestCSVEncodingIsDecidedOverTheWholeFile(t *testing.T) {
	// The first accent stands a megabyte into the file, at every place relative to the reading buffer's border.
	for shift := range 4 {
		pad := strings.Repeat("plain,row\n", 26214) + strings.Repeat("x", shift) + ",y\n"
		tb := openText(t, "a,b\n"+pad+"Zoë,Zoë\n")
		rows, _ := all(t, tb)
		if tb.Encoding != "UTF-8" || rows[len(rows)-1].Cells[0] != "Zoë" {
			t.Errorf("shift %d: %s, %q", shift, tb.Encoding, rows[len(rows)-1].Cells)
		}
		tb = openText(t, "a,b\n"+pad+"Zo\xeb,x\n")
		rows, _ = all(t, tb)
		if tb.Encoding != "Windows-1252" || rows[len(rows)-1].Cells[0] != "Zoë" {
			t.Errorf("shift %d: %s, %q", shift, tb.Encoding, rows[len(rows)-1].Cells)
		}
	}
	// A line longer than the buffer is not spoilt where the buffer ends.
	long := strings.Repeat("é", 40_000)
	tb := openText(t, "a,b\n\xe9,1\nx"+long+",2\n")
	tb.lim.MaxCell = 1 << 20
	rows, _ := all(t, tb)
	if rows[0].Cells[0] != "é" || rows[1].Cells[0] != "x"+long {
		t.Error("a long line was spoilt")
	}
}

func TestRefusedWithASentence(t *testing.T) {
	for _, c := range []struct {
		name, in, says string
		kind           Kind
	}{
		{"empty", "", "empty", Empty},
		{"only blank lines", "\n\n , \n", "nothing in the table", Empty},
		{"only a byte order mark", "\xef\xbb\xbf", "nothing in the table", Empty},
		{"a NUL", "a,b\n1,2\n3,\x004\n5,6\n7,8\n", "row 3", NulByte},
		{"binary", "\x01\x02\x03\x04\x00\x05\x06\x07\x00\x01\x02\x03\x04\x05\x06\x07", "not a table", Binary},
		{"PDF", "%PDF-1.7\n", "PDF", Unsupported},
		{"HTML called xls", "\n<html><table><tr><td>a", "web page", Unsupported},
		{"XML", "<?xml version=\"1.0\"?><a/>", "XML", Unsupported},
		{"JSON", "[\n{\"a\":1}]", "JSON", Unsupported},
		{"gzip", "\x1f\x8b\x08\x00aaaaaaaaaaaaaaaaaaaaa", "packed", Unsupported},
		{"old Excel", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), ".xls", Unsupported},
		{"zip cut off", "PK\x03\x04abcdefgh", "damaged", Corrupt},
		{"unclosed header", "\"a,b\n1,2\n", "never closes", BadQuoting},
	} {
		t.Run(c.name, func(t *testing.T) {
			tb, err := Open("dir/test.csv", strings.NewReader(c.in), int64(len(c.in)), Limits{})
			if err == nil {
				t.Fatalf("accepted with header %q", tb.Header)
			}
			e := wantKind(t, err, c.kind)
			if !strings.Contains(e.Error(), c.says) || e.File != "test.csv" {
				t.Errorf("%q does not say %q of test.csv", e, c.says)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	big := strings.Repeat("x", 10<<20)
	t.Run("a cell of 10 MB costs its row", func(t *testing.T) {
		tb := openText(t, "a,b\n1,\""+big+"\"\n3,4\n")
		rows, bad := all(t, tb)
		if len(rows) != 1 || rows[0].N != 3 || len(bad) != 1 {
			t.Fatalf("%d rows, %d bad", len(rows), len(bad))
		}
		e := wantKind(t, bad[0], TooBig)
		if e.Row != 2 || e.Column != "b" || !strings.Contains(e.Error(), "10 MB") {
			t.Errorf("%v", e)
		}
		if len(bad[0].Cells[1]) > 100<<10 {
			t.Error("the cell was not cut")
		}
		if r := bad[0].Refusal(); len([]rune(r.Value)) > 201 || r.Row != 2 || r.Field != "b" {
			t.Errorf("refusal %d characters, %+v", len(r.Value), r.Row)
		}
	})
	t.Run("a line beyond every limit costs its row", func(t *testing.T) {
		tb := openText(t, "a,b\n1,"+big+big+"\n3,4\n")
		rows, bad := all(t, tb)
		if len(rows) != 1 || len(bad) != 1 || bad[0].Err.Row != 2 {
			t.Fatalf("%d rows, %v", len(rows), bad)
		}
	})
	t.Run("rows", func(t *testing.T) {
		tb, err := Open("t.csv", strings.NewReader("a\n1\n2\n3\n"), 8, Limits{MaxRows: 2})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = tb.Next()
		_, _ = tb.Next()
		_, err = tb.Next()
		wantKind(t, err, TooBig)
		_, again := tb.Next()
		if again == nil || again.Error() != err.Error() {
			t.Errorf("the second time: %v", again)
		}
	})
	t.Run("columns", func(t *testing.T) {
		tb, err := Open("t.csv", strings.NewReader("a,b\n1,2,3,4\n5,6\n"), 16, Limits{MaxColumns: 3})
		if err != nil {
			t.Fatal(err)
		}
		rows, bad := all(t, tb)
		if len(rows) != 1 || len(bad) != 1 {
			t.Errorf("%v %v", rows, bad)
		}
		_, err = Open("t.csv", strings.NewReader("a,b,c,d\n"), 8, Limits{MaxColumns: 3})
		wantKind(t, err, TooBig)
	})
	t.Run("bytes", func(t *testing.T) {
		_, err := Open("t.csv", strings.NewReader("a,b\n1,2\n"), 8, Limits{MaxUnpacked: 7})
		wantKind(t, err, TooBig)
	})
}

func TestSpectrum(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "messy", "csv_spectrum", "csvs"), "*.csv"))
	if err != nil || len(files) < 11 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".csv")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(shared(t, "messy", "csv_spectrum", "json", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want []map[string]string
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			tb, err := OpenFile(f, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			defer tb.Close()
			rows, bad := all(t, tb)
			if len(bad) > 0 || len(rows) != len(want) {
				t.Fatalf("%d rows, %v", len(rows), bad)
			}
			for i, r := range rows {
				for j, h := range tb.Header {
					// Line ends inside a cell are one line feed here.
					if w := lineEnds.Replace(want[i][h]); r.Cells[j] != w {
						t.Errorf("row %d, %s: %q, want %q", r.N, h, r.Cells[j], w)
					}
				}
			}
		})
	}
}

// TestEveryRealCSV compares with encoding/csv at its most tolerant, called in a few plain lines.
func TestEveryRealCSV(t *testing.T) {
	root, n := shared(t), 0
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(p) != ".csv" {
			return err
		}
		n++
		raw, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		if strings.HasSuffix(rel, "malformed.csv") {
			return nil // has its own test
		}
		tb, err := OpenFile(p, Limits{})
		if err != nil {
			t.Errorf("%s: %v", rel, err)
			return nil
		}
		defer tb.Close()
		rows, bad := all(t, tb)
		if len(bad) > 0 {
			t.Errorf("%s: %v", rel, bad[0])
			return nil
		}
		sep := ','
		if tb.Separator != "" {
			sep = rune(tb.Separator[0])
		}
		want, ragged := bare(t, raw, sep)
		got := 0
		for i, r := range rows {
			if r.Ragged {
				got++
			}
			if i < len(want) && !slices.Equal(trimRight(r.Cells), trimRight(want[i])) {
				t.Errorf("%s row %d: %q, want %q", rel, r.N, r.Cells, want[i])
			}
		}
		if len(rows) != len(want) || got != ragged {
			t.Errorf("%s: %d rows, %d ragged; want %d and %d", rel, len(rows), got, len(want), ragged)
		}
		return nil
	})
	if err != nil || n < 100 {
		t.Fatalf("only %d files, %v", n, err)
	}
}

func bare(t *testing.T, raw []byte, sep rune) (rows [][]string, ragged int) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = sep, true, -1
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range records[1:] {
		if strings.TrimSpace(strings.Join(rec, "")) == "" {
			continue
		}
		if len(rec) != len(records[0]) {
			ragged++
		}
		rows = append(rows, rec)
	}
	return rows, ragged
}

func trimRight(cells []string) []string {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

func TestRegisterOfSchools(t *testing.T) {
	p := shared(t, "england", "gias_surrey_hants", "20220420_gias.csv")
	raw, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	want, ragged := bare(t, raw, ',')
	if ragged != 69 {
		t.Fatalf("the independent count says %d ragged rows; 69 are known", ragged)
	}
	tb, err := OpenFile(p, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer tb.Close()
	rows, bad := all(t, tb)
	got := 0
	for _, r := range rows {
		if r.Ragged {
			got++
		}
	}
	if len(rows) != len(want) || got != 69 || len(bad) != 0 || !hasNote(tb, "69 rows") {
		t.Errorf("%d rows (want %d), %d ragged (want 69), %d bad; notes %q", len(rows), len(want), got, len(bad), tb.Notes)
	}
}

func TestClassImports(t *testing.T) {
	tb, err := OpenFile(shared(t, "uk_mis", "nhs_mavis_class_import", "malformed.csv"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer tb.Close()
	rows, bad := all(t, tb)
	if len(rows) != 1 || !rows[0].Ragged || len(bad) != 1 || bad[0].Err.Row != 3 || bad[0].Err.Kind != BadQuoting {
		t.Errorf("rows %+v, bad %v", rows, bad)
	}
	tb, err = OpenFile(shared(t, "uk_mis", "nhs_mavis_class_import", "valid.csv"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer tb.Close()
	if rows, _ := all(t, tb); tb.Header[0] != "PARENT_1_NAME" || len(rows) != 4 {
		t.Errorf("header %q, %d rows", tb.Header, len(rows))
	}
}

func TestStreamingHoldsNoRows(t *testing.T) {
	var text bytes.Buffer
	text.WriteString("a,b,c,d\n")
	for i := range 120_000 {
		fmt.Fprintf(&text, "pupil %d,some cell text of a usual length,2010-01-01,\"quoted, text\"\n", i)
	}
	tb := openText(t, text.String())
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, n := heap(), 0
	for {
		_, err := tb.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if n++; n == 100_000 {
			if now := heap(); now > before+2<<20 {
				t.Errorf("the heap grew by %d bytes", now-before)
			}
		}
	}
	if n != 120_000 {
		t.Errorf("%d rows", n)
	}
	runtime.KeepAlive(text)
}

func benchText() []byte {
	var b bytes.Buffer
	b.WriteString("pupil_id,forename,surname,date_of_birth,year,class,upn,sen,fsm,notes\n")
	for i := range 60_000 {
		fmt.Fprintf(&b, "P%06d,Forename%d,Surname%d,2010-05-%02d,%d,8A,A%012d,K,Y,some words about it\n", i, i%500, i%900, i%28+1, i%7+7, i)
	}
	return b.Bytes()
}

// BenchmarkCSV beside its ceiling, the same bytes through bare encoding/csv.
func BenchmarkCSV(b *testing.B) {
	text := benchText()
	b.Run("sheet", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			tb, err := Open("t.csv", bytes.NewReader(text), int64(len(text)), Limits{})
			if err != nil {
				b.Fatal(err)
			}
			for {
				if _, err := tb.Next(); err != nil {
					break
				}
			}
		}
	})
	b.Run("loose", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			l := newLooseCSV(bytes.NewReader(text), ',', false, 0)
			for {
				if _, _, err := l.read(); err != nil {
					break
				}
			}
		}
	})
	b.Run("ceiling", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			r := csv.NewReader(bytes.NewReader(text))
			for {
				if _, err := r.Read(); err != nil {
					break
				}
			}
		}
	})
}
