package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared finds the folder of real files, which are not part of the repository.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("AJAR_SHARED_DATA")
	if root == "" {
		dir, err := os.Getwd()
		for err == nil {
			if _, found := os.Stat(filepath.Join(dir, "go.mod")); found == nil {
				root = filepath.Join(dir, "..", "shared", "data")
				break
			}
			if filepath.Dir(dir) == dir {
				break
			}
			dir = filepath.Dir(dir)
		}
	}
	p := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("SKIPPED, NOT PASSED: the real files are missing (%s). Set AJAR_SHARED_DATA to their folder.", p)
	}
	return p
}

func openText(t testing.TB, text string) *Table {
	t.Helper()
	tb, err := Open("test.csv", strings.NewReader(text), int64(len(text)), Limits{})
	if err != nil {
		t.Fatalf("open %q: %v", cut(text, 80), err)
	}
	t.Cleanup(func() { _ = tb.Close() })
	return tb
}

// all reads to the end; rows that failed are given apart.
func all(t testing.TB, tb *Table) (rows []Row, bad []*RowError) {
	t.Helper()
	for {
		r, err := tb.Next()
		var rowErr *RowError
		switch {
		case errors.Is(err, io.EOF):
			return rows, bad
		case errors.As(err, &rowErr):
			bad = append(bad, rowErr)
			continue
		case err != nil:
			t.Fatalf("next: %v", err)
		}
		rows = append(rows, r)
	}
}

func cellsOf(rows []Row) [][]string {
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = r.Cells
	}
	return out
}

func hasNote(tb *Table, part string) bool {
	for _, n := range tb.Notes {
		if strings.Contains(n, part) {
			return true
		}
	}
	return false
}

// wantKind checks the kind and that the sentence is one for people.
func wantKind(t testing.TB, err error, kind Kind) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want an *Error of kind %q", err, kind)
	}
	if e.Kind != kind {
		t.Fatalf("got kind %q (%v), want %q", e.Kind, err, kind)
	}
	if msg := e.Error(); !strings.HasSuffix(msg, ".") && !strings.HasSuffix(msg, "?") || strings.Contains(msg, "%!") || strings.Contains(msg, "panic") {
		t.Errorf("not a sentence for people: %q", msg)
	}
	return e
}

type zipped struct{ name, body string }

func zipOf(t testing.TB, files ...zipped) *bytes.Reader {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, f := range files {
		e, err := w.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(e, f.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(buf.Bytes())
}

// bomb writes a zip whose one entry unpacks to two gigabytes of zeros: one compressed megabyte, repeated. The header
// says what claimed says, because bombs lie.
func bomb(t testing.TB, entry string, claimed uint64) *bytes.Reader {
	t.Helper()
	const megabytes = 2048
	var packed bytes.Buffer
	f, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	var second []byte
	for i := range 2 {
		from := packed.Len()
		_, _ = f.Write(zeros)
		_ = f.Flush()
		if i == 1 {
			second = bytes.Clone(packed.Bytes()[from:])
		}
	}
	for range megabytes - 2 {
		packed.Write(second)
	}
	_ = f.Close()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	if entry == "xl/worksheets/sheet1.xml" {
		e, _ := w.Create("xl/workbook.xml")
		_, _ = io.WriteString(e, `<workbook/>`)
	}
	e, err := w.CreateRaw(&zip.FileHeader{Name: entry, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: claimed, CRC32: crc32.ChecksumIEEE(nil)})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = e.Write(packed.Bytes())
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if buf.Len() > 8<<20 {
		t.Fatalf("the bomb should be small, and has %d bytes", buf.Len())
	}
	return bytes.NewReader(buf.Bytes())
}
