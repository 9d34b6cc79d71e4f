package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func openBytes(t testing.TB, name string, b []byte) *Table {
	t.Helper()
	tb, err := Open(name, bytes.NewReader(b), int64(len(b)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tb.Close() })
	return tb
}

// workbook makes one with the reading library's other half.
func workbook(t testing.TB, build func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	build(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbookCellsAreWhatAPersonSees(t *testing.T) {
	day := time.Date(2013, 9, 5, 0, 0, 0, 0, time.UTC)
	type cell struct {
		value  any
		format string // custom number format
		id     int    // built-in one
		want   string
	}
	cells := []cell{
		{"Zoë", "", 0, "Zoë"},
		{day, "dd/mm/yyyy", 0, "2013-09-05"},
		{day, "mm/dd/yy", 0, "2013-09-05"},
		{day, `[$-809]d mmmm yyyy;@`, 0, "2013-09-05"},
		{day, "", 14, "2013-09-05"},
		{day.Add(9*time.Hour + 30*time.Minute), "dd/mm/yyyy hh:mm", 0, "2013-09-05 09:30:00"},
		{day, "dd/mm/yyyy hh:mm", 0, "2013-09-05"},
		{0.395833333333333, "hh:mm", 0, "09:30:00"},
		{1.0625, "[h]:mm", 0, "25:30:00"},
		{"not known", "dd/mm/yyyy", 0, "not known"},
		{0.85, "", 9, "85"},
		{0.85, "0.0%", 0, "85"},
		{0.84996, "0.0%", 0, "84.996"},
		{1, "", 10, "100"},
		{0, "", 9, "0"},
		{-0.025, "0.0%", 0, "-2.5"},
		{"85%", "0%", 0, "85%"},
		{12, "", 0, "12"},
		{12.0, "0.00", 0, "12"},
		{12.5, "", 0, "12.5"},
		{0.1 + 0.2, "", 0, "0.3"},
		{1234567.5, "£#,##0.00", 0, "1234567.5"},
		{-3, "0;[Red]-0", 0, "-3"},
		{7700900123, "00000000000", 0, "07700900123"},
		{int64(123456789012345), "", 0, "123456789012345"},
		{int64(123456789012345), "0.00E+00", 0, "123456789012345"},
		{1234567890123456789.0, "", 0, "1234567890123460000"},
		{"A123456789012", "", 49, "A123456789012"},
		{"1E5", "", 0, "1E5"},
		{true, "", 0, "TRUE"},
		{false, "", 0, "FALSE"},
	}
	b := workbook(t, func(f *excelize.File) {
		for i, c := range cells {
			name := fmt.Sprintf("A%d", i+2)
			if err := f.SetCellValue("Sheet1", name, c.value); err != nil {
				t.Fatal(err)
			}
			style := &excelize.Style{NumFmt: c.id}
			if c.format != "" {
				style.CustomNumFmt = &c.format
			}
			id, err := f.NewStyle(style)
			if err != nil {
				t.Fatal(err)
			}
			if c.format != "" || c.id != 0 {
				_ = f.SetCellStyle("Sheet1", name, name, id)
			}
		}
		_ = f.SetCellValue("Sheet1", "A1", "value")
	})
	rows, bad := all(t, openBytes(t, "cells.xlsx", b))
	if len(bad) > 0 || len(rows) != len(cells) {
		t.Fatalf("%d rows, %v", len(rows), bad)
	}
	for i, c := range cells {
		if got := rows[i].Cells[0]; got != c.want {
			t.Errorf("%v shown as %q/%d: got %q, want %q", c.value, c.format, c.id, got, c.want)
		}
	}
}

func TestWorkbookSheets(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		for _, s := range []string{"Secret", "Empty", "Pupils", "Staff"} {
			_, _ = f.NewSheet(s)
			if s != "Empty" {
				_ = f.SetSheetRow(s, "A1", &[]any{"name of " + s, "b"})
				_ = f.SetSheetRow(s, "A2", &[]any{"x"})
			}
		}
		_ = f.DeleteSheet("Sheet1")
		pupils, _ := f.GetSheetIndex("Pupils")
		f.SetActiveSheet(pupils)
		_ = f.SetSheetVisible("Secret", false)
	})
	tb := openBytes(t, "school.xlsx", b)
	rows, _ := all(t, tb)
	if tb.Sheet != "Pupils" || tb.Header[0] != "name of Pupils" || !slices.Equal(tb.Sheets, []string{"Pupils", "Staff"}) || !hasNote(tb, `"Staff"`) || hasNote(tb, "Secret") {
		t.Errorf("sheet %q of %q, header %q, notes %q", tb.Sheet, tb.Sheets, tb.Header, tb.Notes)
	}
	if len(rows) != 1 || rows[0].Ragged || len(rows[0].Cells) != 2 {
		t.Errorf("%+v", rows)
	}
	tb, err := OpenSheet("school.xlsx", bytes.NewReader(b), int64(len(b)), Limits{}, "staff")
	if err != nil || tb.Header[0] != "name of Staff" {
		t.Fatalf("%v", err)
	}
	_ = tb.Close()
	_, err = OpenSheet("school.xlsx", bytes.NewReader(b), int64(len(b)), Limits{}, "Governors")
	if e := wantKind(t, err, MissingFile); !strings.Contains(e.Error(), `"Staff"`) {
		t.Error(e)
	}
}

func TestWorkbookFormulasAreNotWorkedOut(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		_ = f.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"})
		_ = f.SetSheetRow("Sheet1", "A2", &[]any{"x", 41})
		_ = f.SetCellFormula("Sheet1", "B2", "1+1")
	})
	b = replaceInZip(t, b, "xl/worksheets/sheet1.xml", "<f>1+1</f>", "<f>1+1</f><v>41</v>")
	tb := openBytes(t, "f.xlsx", b)
	rows, _ := all(t, tb)
	if rows[0].Cells[1] != "41" || !hasNote(tb, "1 cell has a formula") {
		t.Errorf("%q %q", rows[0].Cells, tb.Notes)
	}
}

// replaceInZip edits one entry as damage, or a hostile hand, would.
func replaceInZip(t testing.TB, b []byte, entry, old, now string) []byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, found := zip.NewWriter(&out), false
	for _, f := range zr.File {
		r, _ := f.Open()
		body, _ := io.ReadAll(r)
		if f.Name == entry {
			found = strings.Contains(string(body), old)
			body = []byte(strings.Replace(string(body), old, now, 1))
		}
		e, _ := w.Create(f.Name)
		_, _ = e.Write(body)
	}
	_ = w.Close()
	if !found {
		t.Fatalf("%q is not in %s", old, entry)
	}
	return out.Bytes()
}

func TestDamagedWorkbooks(t *testing.T) {
	good := workbook(t, func(f *excelize.File) {
		for i := 1; i <= 40; i++ {
			_ = f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i), &[]any{fmt.Sprintf("cell %d", i), i})
		}
	})
	const sheet = "xl/worksheets/sheet1.xml"
	for _, c := range []struct{ name, entry, old, now string }{
		{"a second table", sheet, `</sheetData>`, `</sheetData><sheetData><row r="50"/></sheetData>`},
		{"cut in the middle", sheet, `<row r="20"`, `<!-- `},
		{"tags crossed", sheet, `<row r="20"`, `</sheetData><row r="20"`},
		{"row number twice", sheet, `<row r="20"`, `<row r="19"`},
		{"row number huge", sheet, `<row r="20"`, `<row r="20000000"`},
		{"row number no number", sheet, `<row r="20"`, `<row r="x"`},
		{"cells out of order", sheet, `r="B20"`, `r="A20"`},
		{"cell nowhere", sheet, `r="B20"`, `r="ZZZZZ20"`},
		{"text that is not there", sheet, `t="s"><v>19</v>`, `t="s"><v>9999</v>`},
		{"text that is negative", sheet, `t="s"><v>19</v>`, `t="s"><v>-1</v>`},
		{"texts cut", "xl/sharedStrings.xml", `</sst>`, ``},
		{"workbook cut", "xl/workbook.xml", `</workbook>`, ``},
		{"sheet missing", "xl/_rels/workbook.xml.rels", `worksheets/sheet1.xml`, `worksheets/sheet7.xml`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := replaceInZip(t, good, c.entry, c.old, c.now)
			_, err := Open("x.xlsx", bytes.NewReader(b), int64(len(b)), Limits{})
			wantKind(t, err, Corrupt)
		})
	}
	t.Run("cut anywhere", func(t *testing.T) {
		for n := 4; n < len(good); n += len(good)/40 + 1 {
			if tb, err := Open("x.xlsx", bytes.NewReader(good[:n]), int64(n), Limits{}); err == nil {
				t.Errorf("accepted the first %d of %d bytes: %q", n, len(good), tb.Header)
			}
		}
	})
	t.Run("bytes changed", func(t *testing.T) {
		for i := 30; i < len(good); i += 97 {
			b := bytes.Clone(good)
			b[i] ^= 0x55
			tb, err := Open("x.xlsx", bytes.NewReader(b), int64(len(b)), Limits{})
			if err != nil {
				continue
			}
			rows, _ := all(t, tb)
			if len(rows) != 39 {
				t.Errorf("byte %d: %d rows in silence", i, len(rows))
			}
		}
	})
}

func TestWorkbookHugeCell(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		_ = f.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"})
		_ = f.SetSheetRow("Sheet1", "A2", &[]any{"x", "HERE"})
		_ = f.SetSheetRow("Sheet1", "A3", &[]any{"y", "z"})
	})
	b = replaceInZip(t, b, "xl/sharedStrings.xml", "HERE", strings.Repeat("long ", 2<<20))
	rows, bad := all(t, openBytes(t, "x.xlsx", b))
	if len(rows) != 1 || rows[0].N != 3 || len(bad) != 1 || bad[0].Err.Row != 2 || bad[0].Err.Column != "b" || bad[0].Err.Kind != TooBig {
		t.Errorf("%d rows, bad %v", len(rows), bad)
	}
}

func TestRealWorkbooks(t *testing.T) {
	for _, c := range []struct {
		file string
		kind Kind // when refused
		rows [][]string
		note string
	}{
		{file: "xlsx_dates_1904/1900.xlsx", rows: [][]string{{"1", "1900-01-01", "1900-01-01", "1900-01-01"}, {"11", "1900-01-11", "1900-01-11", "1900-01-11"}, {"111", "1900-04-20", "1900-04-20", "1900-04-20"},
			{"1111", "1903-01-15", "1903-01-15", "1903-01-15"}, {"11111", "1930-06-02", "1930-06-02", "1930-06-02"}}, note: "formula"},
		{file: "xlsx_dates_1904/1904.xlsx", rows: [][]string{{"1", "1904-01-02", "1904-01-02", "1904-01-02"}, {"11", "1904-01-12", "1904-01-12", "1904-01-12"}, {"111", "1904-04-21", "1904-04-21", "1904-04-21"},
			{"1111", "1907-01-16", "1907-01-16", "1907-01-16"}, {"11111", "1934-06-03", "1934-06-03", "1934-06-03"}}, note: "formula"},
		{file: "xlsx_dates_1904/1900.ods", kind: Unsupported},
		{file: "xlsx_dates_1904/1904.ods", kind: Unsupported},
		{file: "xlsx_excelize/BadWorkbook.xlsx", kind: Corrupt},
		{file: "xlsx_excelize/encryptAES.xlsx", kind: Protected},
		{file: "xlsx_excelize/encryptSHA1.xlsx", kind: Protected},
		{file: "xlsx_excelize/encryptSHA512.xlsx", kind: Protected},
		{file: "xlsx_excelize/Book1.xlsx", rows: [][]string{{"Total:", "237"}, {"", "", "Column1", "Column2"}, {"GitHub", ""}}, note: `"Sheet2"`},
		{file: "xlsx_excelize/CalcChain.xlsx", rows: [][]string{{"0", "1"}}, note: "2 cells have a formula"},
		{file: "xlsx_excelize/OverflowNumericCell.xlsx", rows: [][]string{{"8595602512225"}}},
		{file: "xlsx_excelize/SharedStrings.xlsx", rows: [][]string{{"A"}}, note: `"Sheet2"`},
		{file: "xlsx_excelize/MergeCell.xlsx", rows: [][]string{{"A1", "", "C1", "D1"}, {"A2", "B2", "C2", "D2"}, {"", "B3", "C3", "D3"}, {"A4", "", "C4", "D4"}, {"", "", "C5", "D5"}, {"A6", "B6", "C6", "D6"},
			{"A7", "", "", "D7"}, {"", "", "", "D8"}, {"", "", "", "D9"}, {"", "", "", "D10"}, {"A11", "B11", "C11", "D11"}, {"A12", "B12", "C12", "D12"}}, note: "4 groups of cells are merged"},
	} {
		t.Run(c.file, func(t *testing.T) {
			tb, err := OpenFile(shared(t, "messy", c.file), Limits{})
			if c.kind != "" {
				wantKind(t, err, c.kind)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer tb.Close()
			rows, bad := all(t, tb)
			got := append([][]string{tb.Header}, cellsOf(rows)...)
			if len(bad) > 0 || !reflect.DeepEqual(got, c.rows) {
				t.Errorf("got %q, want %q; bad %v", got, c.rows, bad)
			}
			if c.note != "" && !hasNote(tb, c.note) {
				t.Errorf("notes %q", tb.Notes)
			}
		})
	}
}

func TestBombs(t *testing.T) {
	const two = 2 << 30
	for _, c := range []struct {
		name, entry string
		claimed     uint64
		open        func(r *bytes.Reader) error
	}{
		{"bundle, honest header", "users.csv", two, openBundleErr},
		{"bundle, lying header", "users.csv", 1000, openBundleErr},
		{"bundle, in a file that is no table", "readme.md", two, openBundleErr},
		{"workbook, honest header", "xl/worksheets/sheet1.xml", two, openErr},
		{"workbook, lying header", "xl/worksheets/sheet1.xml", 1000, openErr},
		{"any zip", "users.csv", two, openErr},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			err := c.open(bomb(t, c.entry, c.claimed))
			var e *Error
			if !errors.As(err, &e) || e.Kind != TooBig && (c.claimed == two || e.Kind != Corrupt) {
				t.Fatalf("got %v", err)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func openErr(r *bytes.Reader) error {
	_, err := Open("x.xlsx", r, r.Size(), Limits{})
	return err
}

func openBundleErr(r *bytes.Reader) error {
	_, err := OpenBundle("x.zip", r, r.Size(), Limits{})
	return err
}

func TestTemporaryFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var b bytes.Buffer
	rows := func(yield func([]string) bool) {
		for i := range 30_000 {
			if !yield([]string{fmt.Sprint(i), strings.Repeat("some text ", 60)}) {
				return
			}
		}
	}
	if err := WriteXLSX(&b, "Big", []string{"id", "text"}, rows); err != nil {
		t.Fatal(err)
	}
	tb := openBytes(t, "big.xlsx", b.Bytes())
	got, bad := all(t, tb)
	if len(got) != 30_000 || len(bad) != 0 {
		t.Errorf("%d rows, %d bad", len(got), len(bad))
	}
	if err := tb.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
