package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"
)

var fuzzLimits = Limits{MaxUnpacked: 4 << 20, MaxCell: 4 << 10, MaxRows: 20_000, MaxColumns: 200, MaxEntries: 50}

// readOut reads a table to its end and checks what every reader promises.
func readOut(t *testing.T, tb *Table) {
	t.Helper()
	defer tb.Close()
	n, data := tb.HeaderRow, 0
	for {
		r, err := tb.Next()
		var rowErr *RowError
		if err != nil && !errors.As(err, &rowErr) {
			var e *Error
			if !errors.Is(err, io.EOF) && !errors.As(err, &e) {
				t.Fatalf("not an error for people: %v", err)
			}
			return
		}
		if r.N <= n || r.Data != data+1 {
			t.Fatalf("row %d (%d) after row %d (%d)", r.N, r.Data, n, data)
		}
		n, data = r.N, r.Data
		if err == nil && len(r.Cells) < len(tb.Header) {
			t.Fatalf("row %d has %d cells for %d names", r.N, len(r.Cells), len(tb.Header))
		}
		if err != nil && rowErr.Err.Row != r.N {
			t.Fatalf("row %d failed as row %d", r.N, rowErr.Err.Row)
		}
	}
}

func addFiles(f *testing.F, pattern string) {
	root := os.Getenv("AJAR_SHARED_DATA")
	if root == "" {
		return
	}
	files, _ := filepath.Glob(filepath.Join(root, pattern))
	for _, p := range files {
		if b, err := os.ReadFile(p); err == nil && len(b) < 64<<10 {
			f.Add(b)
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "sep=;\na;b\r\n1;2", "a,\"b\n\"\"c\"\n1,\"2\n", "\xff\xfea\x00,\x00b\x00\n\x00", "a\rb\r\r\nc", "Zo\xeb,é\n1,2", "a,b\n\"x\ny\"z,\"\n1,2\n", " \"a\" ,b\n"} {
		f.Add([]byte(s))
	}
	addFiles(f, "messy/csv_spectrum/csvs/*.csv")
	addFiles(f, "uk_mis/nhs_mavis_class_import/*.csv")
	f.Fuzz(func(t *testing.T, b []byte) {
		if tb, err := Open("f.csv", bytes.NewReader(b), int64(len(b)), fuzzLimits); err == nil {
			readOut(t, tb)
		}
		// What encoding/csv reads without complaint, the loose reader must read alike.
		strict := csv.NewReader(bytes.NewReader(b))
		strict.FieldsPerRecord = -1
		want, err := strict.ReadAll()
		if err != nil || bytes.Count(b, []byte("\r")) != bytes.Count(b, []byte("\r\n")) {
			return
		}
		l := newLooseCSV(bytes.NewReader(b), ',', false, 0)
		var got [][]string
		for {
			cells, _, err := l.read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(cells) > 1 || cells[0] != "" {
				got = append(got, cells)
			}
		}
		want = slices.DeleteFunc(want, func(r []string) bool { return len(r) == 1 && r[0] == "" })
		if len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("loose %q, strict %q", got, want)
		}
	})
}

func FuzzXLSX(f *testing.F) {
	small := workbook(f, func(x *excelize.File) {
		_ = x.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"})
		_ = x.SetSheetRow("Sheet1", "A2", &[]any{"x", 0.5})
		style, _ := x.NewStyle(&excelize.Style{NumFmt: 9})
		_ = x.SetCellStyle("Sheet1", "B2", "B2", style)
	})
	f.Add([]byte(`<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>`), []byte(`<numFmts count="1"><numFmt numFmtId="165" formatCode="0.0%"/></numFmts><cellXfs count="2"><xf/><xf numFmtId="165"/></cellXfs>`))
	f.Add([]byte(`<row><c s="1"><v>41000.5</v></c><c t="s"><v>0</v></c></row><row r="9"><c r="C9" t="b"><v>1</v></c></row>`), []byte(`<cellXfs><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs>`))
	f.Add([]byte(`<row r="2"><c r="B2" t="d"><v>2020-01-01T00:00:00</v></c><c r="C2" t="e"><f>A1</f><v>#N/A</v></c></row>`), []byte(``))
	f.Add(small, []byte(nil))
	addFiles2(f, "messy/xlsx_excelize/*.xlsx")
	f.Fuzz(func(t *testing.T, b, styles []byte) {
		// Whole files die at the checksum of their zip, so the XML inside is given a way around it.
		if !bytes.HasPrefix(b, []byte("PK")) {
			r := zipOf(t, zipped{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
				zipped{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`},
				zipped{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
				zipped{"xl/sharedStrings.xml", `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>a</t></si></sst>`},
				zipped{"xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + string(styles) + `</styleSheet>`},
				zipped{"xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + string(b) + `</sheetData></worksheet>`})
			b, _ = io.ReadAll(r)
		}
		if tb, err := Open("f.xlsx", bytes.NewReader(b), int64(len(b)), fuzzLimits); err == nil {
			readOut(t, tb)
		}
	})
}

func addFiles2(f *testing.F, pattern string) {
	root := os.Getenv("AJAR_SHARED_DATA")
	if root == "" {
		return
	}
	files, _ := filepath.Glob(filepath.Join(root, pattern))
	for _, p := range files {
		if b, err := os.ReadFile(p); err == nil && len(b) < 64<<10 {
			f.Add(b, []byte(nil))
		}
	}
}

func FuzzMapping(f *testing.F) {
	f.Add([]byte(exampleMapping))
	for _, s := range []string{"fields: {a: '{b}'}", "fields:\n  a: {column: b, date: [dd/mm/yyyy, yyyymmdd]}\nrepeat:\n  - {x: y}\n", "fields: {a: |\n  x\n  y\n}", "? a\n: b", "fields: {a: &x 1, b: *x}", "%YAML 1.2\n---\nfields: {a: 0x1F, b: .inf, c: ~, d: !!str 3}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := LoadMapping(b)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Kind != BadMapping {
				t.Fatalf("not an error for people: %v", err)
			}
			return
		}
		again, err := LoadMapping(m.YAML())
		if err != nil || !reflect.DeepEqual(m, again) {
			t.Fatalf("%q\nwritten as\n%s\nread as %+v, not %+v (%v)", b, m.YAML(), again, m, err)
		}
		if bound, err := m.Bind([]string{"a", "b", "c"}); err == nil {
			_, _ = bound.Rows(Row{N: 2, Cells: []string{"1", "2"}})
			_ = bound.Unused()
		}
	})
}

func FuzzBundle(f *testing.F) {
	for _, files := range [][]zipped{{{"users.csv", "a,b\n1,2\n"}}, {{"x/users.csv", "a"}, {"x/orgs.csv", "b"}}, {{"../users.csv", "a"}}, {{"a.zip", "PK\x03\x04"}}} {
		b, _ := io.ReadAll(zipOf(f, files...))
		f.Add(b)
	}
	addFiles(f, "oneroster_edfi/moodle_catalyst_v1p1/*.zip")
	f.Fuzz(func(t *testing.T, b []byte) {
		bundle, err := OpenBundle("f.zip", bytes.NewReader(b), int64(len(b)), fuzzLimits)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("not an error for people: %v", err)
			}
			return
		}
		for _, name := range bundle.Names() {
			if tb, err := bundle.Table(name); err == nil {
				readOut(t, tb)
			}
		}
	})
}
