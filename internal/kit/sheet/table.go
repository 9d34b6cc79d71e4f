package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Limits bounds what one file may cost. A zero field takes its value from [Defaults].
type Limits struct {
	MaxUnpacked int64 // bytes of a file after unpacking, all entries of a zip together
	MaxCell     int   // bytes in one cell
	MaxRows     int   // data rows in one table
	MaxColumns  int   // cells in one row
	MaxEntries  int   // files in one zip or folder
}

// Defaults are generous for a local authority (120,000 pupils with their adults are some 60 MB) and small enough
// for a machine with 1 GB of memory. Excel itself allows 32,767 characters in a cell.
func Defaults() Limits {
	return Limits{MaxUnpacked: 512 << 20, MaxCell: 64 << 10, MaxRows: 2_000_000, MaxColumns: 2_000, MaxEntries: 1_000}
}

func (l Limits) orDefaults() Limits {
	d := Defaults()
	if l.MaxUnpacked <= 0 {
		l.MaxUnpacked = d.MaxUnpacked
	}
	if l.MaxCell <= 0 {
		l.MaxCell = d.MaxCell
	}
	if l.MaxRows <= 0 {
		l.MaxRows = d.MaxRows
	}
	if l.MaxColumns <= 0 {
		l.MaxColumns = d.MaxColumns
	}
	if l.MaxEntries <= 0 {
		l.MaxEntries = d.MaxEntries
	}
	return l
}

// Row is one data row as it stands in the file.
type Row struct {
	N      int      // row number as a person sees it in a spreadsheet: blank rows count, line breaks inside a cell do not
	Data   int      // 1 for the first row below the header that is not blank; rows that failed are counted too
	Cells  []string // at least as many as the header has; belongs to the caller
	Ragged bool     // the file had fewer or more cells here than names in its header: Cells may be shifted
}

// Table is one sheet being read: a header and rows, streamed.
type Table struct {
	Name      string   // file name, or file and sheet, shown to people
	Sheet     string   // the sheet read, for workbooks
	Sheets    []string // all sheets with data that are not hidden, for workbooks
	Header    []string // trimmed; names may be empty or repeated, the notes then say so
	HeaderRow int      // row number of the header, 1 unless blank rows stand above it
	Encoding  string   // "UTF-8", "UTF-16", "Windows-1252", "UTF-8 and Windows-1252"; "" for workbooks
	Separator string   // one character; "" for workbooks and for files with a single column
	// Notes tells a person what was noticed and how it was read. The list is complete when Next has returned io.EOF.
	Notes []string

	lim     Limits
	rows    rowReader
	closers []io.Closer
	data    int
	done    error
	tally   struct{ blank, ragged, guarded int }
}

// rowReader is a format: it yields raw rows with their number. A *RowError may be followed by further rows.
type rowReader interface {
	read() (cells []string, n int, err error)
	blanks() int     // blank rows that the format passed over by itself
	notes() []string // asked once, at the end
	Close() error
}

// Open reads one table from data, which may be an uploaded file held in memory (bytes.NewReader) or an *os.File.
// What the content is decides, not the name. The caller keeps data open until Close and closes it afterwards.
func Open(name string, data io.ReaderAt, size int64, lim Limits) (*Table, error) {
	return OpenSheet(name, data, size, lim, "")
}

// OpenSheet is [Open] for a workbook with more than one sheet. An empty sheet name means the first one that is
// visible and not empty; for CSV files the sheet name is ignored.
func OpenSheet(name string, data io.ReaderAt, size int64, lim Limits, sheet string) (*Table, error) {
	return openTable(name, data, size, lim, sheet, 0)
}

func openTable(name string, data io.ReaderAt, size int64, lim Limits, sheet string, separator byte) (*Table, error) {
	lim = lim.orDefaults()
	name = displayName(name)
	if size <= 0 {
		return nil, fail(name, Empty, "The file is empty. Export it again and check that it has rows before sending it.")
	}
	head := make([]byte, min(size, 4096))
	if n, err := data.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) || n == 0 {
		return nil, fail(name, Unreadable, "The file could not be read. Try again; if it happens again, copy it to another place first.").because(err)
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return openWorkbook(name, data, size, lim, sheet)
	}
	if err := refuseKnown(name, head, data, size); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(data, 0, size)), nil }
	return openCSV(name, open, lim, separator)
}

// OpenFile is [Open] for a path on disk; Close closes the file too.
func OpenFile(path string, lim Limits) (*Table, error) {
	f, size, err := openPath(path)
	if err != nil {
		return nil, err
	}
	t, err := Open(filepath.Base(path), f, size, lim)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	t.closers = append(t.closers, f)
	return t, nil
}

func openPath(path string) (*os.File, int64, error) {
	name := displayName(path)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0, fail(name, MissingFile, "There is no such file. Check the name and the folder.").because(err)
	}
	if err != nil {
		return nil, 0, fail(name, Unreadable, "The file could not be opened. Check that it is not open in another program and that you may read it.").because(err)
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		return f, info.Size(), nil
	}
	_ = f.Close()
	if err == nil && info.IsDir() {
		return nil, 0, fail(name, Unsupported, "This is a folder, and one file was expected.")
	}
	return nil, 0, fail(name, Unreadable, "This is not an ordinary file.").because(err)
}

// displayName keeps the last part of a name and drops what could upset a page or a terminal.
func displayName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 && i < len(name)-1 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return -1
		}
		return r
	}, name)
	return cut(name, 120)
}

// Next returns the next row that is not blank. The error is io.EOF at the end, a *RowError when this row could
// not be read but the next may be, and anything else ends the reading: later calls return it again.
//
// A ragged row is not an error: it is returned with Ragged set, because real registers have them and most of
// their cells are right. The caller decides.
func (t *Table) Next() (Row, error) {
	for t.done == nil {
		cells, n, err := t.rows.read()
		var rowErr *RowError
		switch {
		case errors.As(err, &rowErr):
			t.data++
			return Row{N: rowErr.Err.Row, Data: t.data, Cells: rowErr.Cells}, t.rowError(rowErr)
		case err != nil:
			t.finish(err)
			continue
		case blank(cells):
			t.tally.blank++
			continue
		}
		t.data++
		if t.data > t.lim.MaxRows {
			t.finish(fail(t.Name, TooBig, "The table has more than %d rows, which is the limit. Split it into several files.", t.lim.MaxRows).at(n))
			continue
		}
		return t.row(cells, n)
	}
	return Row{}, t.done
}

func (t *Table) rowError(e *RowError) error {
	e.Err.File = t.Name
	return e
}

// row checks one raw row against the limits and the header.
func (t *Table) row(cells []string, n int) (Row, error) {
	if len(cells) > t.lim.MaxColumns {
		e := fail(t.Name, TooBig, "The row has %d cells; the limit is %d. Check the separator and the quotation marks in this row.", len(cells), t.lim.MaxColumns).at(n)
		return Row{N: n, Data: t.data}, &RowError{Err: e, Cells: cutCells(cells[:t.lim.MaxColumns], t.lim.MaxCell)}
	}
	for i, c := range cells {
		if len(c) > t.lim.MaxCell {
			e := fail(t.Name, TooBig, "A cell holds %s; the limit is %s. Shorten it, or look for a missing quotation mark before it.", bytesText(int64(len(c))), bytesText(int64(t.lim.MaxCell))).at(n)
			e.Column = t.columnName(i)
			return Row{N: n, Data: t.data}, &RowError{Err: e, Cells: cutCells(cells, t.lim.MaxCell)}
		}
		if u, ok := unguard(c); ok && t.Encoding != "" {
			cells[i] = u
			t.tally.guarded++
		}
	}
	r := Row{N: n, Data: t.data, Cells: cells}
	if len(cells) != len(t.Header) {
		r.Ragged = t.ragged(cells)
		for len(r.Cells) < len(t.Header) {
			r.Cells = append(r.Cells, "")
		}
	}
	if r.Ragged {
		t.tally.ragged++
	}
	return r, nil
}

// ragged: a workbook cuts empty cells at the end of a row, so only a filled cell beyond the header counts there.
func (t *Table) ragged(cells []string) bool {
	if _, workbook := t.rows.(*workbookRows); workbook {
		return len(cells) > len(t.Header) && !blank(cells[len(t.Header):])
	}
	return true
}

func (t *Table) columnName(i int) string {
	if i < len(t.Header) && t.Header[i] != "" {
		return t.Header[i]
	}
	return columnLetters(i)
}

// columnLetters names a column as spreadsheets do: 0 is A, 26 is AA.
func columnLetters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

// finish writes the closing notes once.
func (t *Table) finish(err error) {
	t.done = err
	var e *Error
	if errors.As(err, &e) && e.File == "" {
		e.File = t.Name
	}
	t.Notes = append(t.Notes, t.rows.notes()...)
	if n := t.tally.blank + t.rows.blanks(); n > 0 {
		t.note("%s skipped.", count(n, "blank row was", "blank rows were"))
	}
	if n := t.tally.ragged; n > 0 {
		hint := "Check that cells with the separator in them stand in quotation marks."
		if t.Encoding == "" {
			hint = "Check that every column with data has a name."
		}
		t.note("%s more or fewer cells than the header has names. %s", count(n, "row has", "rows have"), hint)
	}
	if n := t.tally.guarded; n > 0 {
		t.note("%s an apostrophe put before = + - or @ as a guard; the apostrophe was taken off.", count(n, "cell had", "cells had"))
	}
}

func (t *Table) note(format string, args ...any) {
	t.Notes = append(t.Notes, fmt.Sprintf(format, args...))
}

// Close frees what the table holds. It may be called before the end, and twice.
func (t *Table) Close() error {
	if t.done == nil {
		t.done = fail(t.Name, Unreadable, "The table was closed while it was being read.")
	}
	err := t.rows.Close()
	for _, c := range t.closers {
		err = errors.Join(err, c.Close())
	}
	t.closers = nil
	return err
}

// start reads the header and checks it.
func (t *Table) start() error {
	for {
		cells, n, err := t.rows.read()
		var rowErr *RowError
		switch {
		case errors.Is(err, io.EOF):
			return fail(t.Name, Empty, "There is nothing in the table, not even column names. Export it again and check that it has rows.")
		case errors.As(err, &rowErr):
			rowErr.Err.File = t.Name
			return rowErr.Err
		case err != nil:
			var e *Error
			if errors.As(err, &e) && e.File == "" {
				e.File = t.Name
			}
			return err
		case blank(cells):
			t.tally.blank++
			continue
		}
		if len(cells) > t.lim.MaxColumns {
			return fail(t.Name, TooBig, "The header has %d columns; the limit is %d.", len(cells), t.lim.MaxColumns).at(n)
		}
		for i, c := range cells {
			if len(c) > t.lim.MaxCell {
				return fail(t.Name, TooBig, "The name of column %s is %s long. The first row must hold the column names.", columnLetters(i), bytesText(int64(len(c)))).at(n)
			}
		}
		t.HeaderRow = n
		t.Header = make([]string, len(cells))
		for i, c := range cells {
			t.Header[i] = cleanName(c)
		}
		t.trimHeader()
		t.checkHeader()
		return nil
	}
}

// trimHeader: workbooks whose rows are longer than the names keep their columns; only CSV headers are taken as they are.
func (t *Table) trimHeader() {
	if _, workbook := t.rows.(*workbookRows); !workbook {
		return
	}
	for len(t.Header) > 1 && t.Header[len(t.Header)-1] == "" {
		t.Header = t.Header[:len(t.Header)-1]
	}
}

func (t *Table) checkHeader() {
	first := map[string]int{}
	for i, h := range t.Header {
		if h == "" {
			t.note("Column %s has no name.", columnLetters(i))
			continue
		}
		key := strings.ToLower(h)
		if j, ok := first[key]; ok {
			t.note("The name %q stands over columns %s and %s; the first one is used.", cut(h, 60), columnLetters(j), columnLetters(i))
			continue
		}
		first[key] = i
	}
}

// cleanName takes off what people cannot see: a byte order mark, no-break and zero-width spaces.
func cleanName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u00a0', '\u202f', '\u2007', '\t', '\n', '\r':
			return ' '
		case '\ufeff', '\u200b', '\u2060':
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

func blank(cells []string) bool {
	for _, c := range cells {
		if c != "" && strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// cut shortens s to at most n bytes at a rune border and says so with an ellipsis.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}

func cutCells(cells []string, n int) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = cut(c, n)
	}
	return out
}

// markup begins with a tag, as pictures of the kind SVG do. No sheet has a first heading like that.
var markup = regexp.MustCompile(`^<[a-z!?/]`)

var jsonStart = regexp.MustCompile(`^[\[{]\s*[\[{"]`)

// refuseKnown gives the sentence for formats that people send by mistake.
func refuseKnown(name string, head []byte, data io.ReaderAt, size int64) error {
	trimmed := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	has := func(prefixes ...string) bool {
		for _, p := range prefixes {
			if bytes.HasPrefix(trimmed, []byte(p)) {
				return true
			}
		}
		return false
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		if oleHolds(data, size, "EncryptedPackage") {
			return fail(name, Protected, "The workbook is protected with a password. Open it in Excel, take the password off (File, Info, Protect Workbook), save it and send it again.")
		}
		return fail(name, Unsupported, "This is an old Excel file (.xls) or another old Office document. Open it in Excel and save it as Excel Workbook (.xlsx) or CSV UTF-8.")
	case has("%pdf-"):
		return fail(name, Unsupported, "This is a PDF, and tables cannot be read from a PDF safely. Export the report as CSV or Excel instead.")
	case has("<!doctype html", "<html", "<table", "<head", "<body", "<meta"):
		return fail(name, Unsupported, "This is a web page, even if it is called .xls or .csv. Open it in Excel and save it as Excel Workbook (.xlsx), or export it as CSV.")
	case jsonStart.Match(trimmed):
		return fail(name, Unsupported, "This is a JSON file. Export the table as CSV or Excel instead.")
	case has("<?xml", "<workbook", "<!--"):
		return fail(name, Unsupported, "This is an XML file. Open it in Excel and save it as Excel Workbook (.xlsx), or export it as CSV.")
	case markup.Match(trimmed):
		return fail(name, Unsupported, "This is a picture or another file written in tags, even if it is called .csv. Export the table as CSV or Excel instead.")
	case has(`{\rtf`):
		return fail(name, Unsupported, "This is a text document (RTF). Export the table as CSV or Excel instead.")
	case bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("7z\xbc\xaf\x27\x1c")), bytes.HasPrefix(head, []byte("Rar!")):
		return fail(name, Unsupported, "This is a packed file (gz, 7z or rar). Unpack it and send the CSV or Excel file, or a zip of CSV files.")
	case bytes.HasPrefix(head, []byte("\x89PNG")), bytes.HasPrefix(head, []byte("\xff\xd8\xff")), bytes.HasPrefix(head, []byte("GIF8")):
		return fail(name, Unsupported, "This is a picture. Export the table as CSV or Excel instead.")
	}
	return nil
}

// oleHolds looks for a stream name in the first part of an OLE container, where names are UTF-16.
func oleHolds(data io.ReaderAt, size int64, streamName string) bool {
	want := make([]byte, 0, 2*len(streamName))
	for _, b := range []byte(streamName) {
		want = append(want, b, 0)
	}
	r := io.NewSectionReader(data, 0, size)
	buf, keep := make([]byte, 64<<10), 0
	for {
		n, err := r.Read(buf[keep:])
		if bytes.Contains(buf[:keep+n], want) {
			return true
		}
		if err != nil {
			return false
		}
		total := keep + n
		keep = min(total, len(want)-1)
		copy(buf, buf[total-keep:total])
	}
}
