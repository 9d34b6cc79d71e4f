package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html/charset"
)

// Workbooks are read twice. First our own pass over the XML of the sheets checks what the reading library takes for
// granted: that the XML is whole (it stops at damage as if that were the end), that rows and cells stand in order (it
// merges rows that share a number), and that every shared text exists (it gives an empty cell instead). Then the library
// streams the rows.
//
// What a cell becomes:
//
//   - Dates are YYYY-MM-DD in both epochs (1900 and 1904), with hh:mm:ss behind them when the format shows a time and it is not midnight.
//   - Percentages lose the sign and are given in full: 0.85 shown as 85.0 % becomes 85, and 0.84996 becomes 84.996 although Excel
//     shows 85.0 %, because a rule such as "below 85" must see the figure and not its rounding.
//   - Numbers are plain, never 1.2E+12; a format made of zeros (00000) keeps its leading zeros. Excel itself keeps 15 digits.
//   - Formulas are never worked out: the result that was saved is taken.

const xlsxTempLimit = 16 << 20 // a part larger than this is unpacked to a temporary file and not to memory

// part is what our own pass learns about one sheet.
type part struct {
	name     string
	path     string
	hidden   bool
	rows     int // rows with at least one value
	last     int // number of the last row
	formulas int
	merged   int
	errors   int // #N/A, #REF!
}

func openWorkbook(name string, data io.ReaderAt, size int64, lim Limits, sheet string) (t *Table, err error) {
	// The library is careful, but it is given files by strangers.
	defer func() {
		if p := recover(); p != nil {
			t, err = nil, fail(name, Corrupt, "The workbook is damaged. Open it in Excel, save it again and send it once more.").because(fmt.Errorf("panic: %v", p))
		}
	}()
	zr, _, err := checkZip(name, data, size, lim)
	if err != nil {
		return nil, err
	}
	if err := refuseOtherZips(name, zr); err != nil {
		return nil, err
	}
	parts, date1904, err := inspectWorkbook(name, zr, lim)
	if err != nil {
		return nil, err
	}
	chosen, err := chooseSheet(name, parts, sheet)
	if err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(io.NewSectionReader(data, 0, size), excelize.Options{UnzipSizeLimit: lim.MaxUnpacked, UnzipXMLSizeLimit: min(xlsxTempLimit, lim.MaxUnpacked)})
	if err != nil {
		return nil, fail(name, Corrupt, "The workbook cannot be opened. Open it in Excel, save it again and send it once more.").because(err)
	}
	plainFormats(f)
	rows, err := f.Rows(chosen.name)
	if err != nil {
		_ = f.Close()
		return nil, fail(name, Corrupt, "The sheet %q cannot be opened. Open the workbook in Excel, save it again and send it once more.", cut(chosen.name, 60)).because(err)
	}
	t = &Table{Name: name, Sheet: chosen.name, lim: lim, rows: &workbookRows{file: f, rows: rows, date1904: date1904, last: chosen.last}}
	t.describe(chosen, parts)
	if err := t.start(); err != nil {
		_ = t.rows.Close()
		return nil, err
	}
	return t, nil
}

// describe tells which sheet was read and what in it may surprise.
func (t *Table) describe(chosen *part, parts []*part) {
	var others []string
	for _, p := range parts {
		if p.hidden || p.rows == 0 {
			continue
		}
		t.Sheets = append(t.Sheets, p.name)
		if p != chosen {
			others = append(others, strconv.Quote(cut(p.name, 60)))
		}
	}
	if len(others) > 0 {
		t.Name += ", sheet " + cut(chosen.name, 60)
		t.note("The sheet %q was read. There is data in other sheets too: %s.", cut(chosen.name, 60), strings.Join(others, ", "))
	}
	if chosen.formulas > 0 {
		t.note("%s a formula; the result saved in the file was taken, nothing was worked out.", count(chosen.formulas, "cell has", "cells have"))
	}
	if chosen.errors > 0 {
		t.note("%s an Excel error such as #N/A; it was read as text.", count(chosen.errors, "cell holds", "cells hold"))
	}
	if chosen.merged > 0 {
		t.note("%s merged; the text counts for the first of them only.", count(chosen.merged, "group of cells is", "groups of cells are"))
	}
}

func refuseOtherZips(name string, zr *zip.Reader) error {
	for _, f := range zr.File {
		n := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		switch {
		case n == "xl/workbook.xml":
			return nil
		case n == "mimetype":
			return fail(name, Unsupported, "This is an OpenDocument file (.ods). Open it and save it as Excel Workbook (.xlsx) or CSV.")
		case n == "xl/workbook.bin":
			return fail(name, Unsupported, "This is a binary Excel workbook (.xlsb). Open it in Excel and save it as Excel Workbook (.xlsx).")
		case n == "word/document.xml":
			return fail(name, Unsupported, "This is a Word document. Export the table as CSV or Excel instead.")
		}
	}
	for _, f := range zr.File {
		if strings.HasSuffix(strings.ToLower(f.Name), ".csv") {
			return fail(name, Unsupported, "This is a zip of several tables, and one table was expected. Unpack it and send the CSV file that is meant.")
		}
	}
	return fail(name, Unsupported, "This is a zip file without a table in it. Send a CSV file or an Excel workbook (.xlsx).")
}

func chooseSheet(name string, parts []*part, wanted string) (*part, error) {
	if wanted != "" {
		var names []string
		for _, p := range parts {
			if strings.EqualFold(strings.TrimSpace(p.name), strings.TrimSpace(wanted)) {
				return p, nil
			}
			names = append(names, strconv.Quote(cut(p.name, 60)))
		}
		return nil, fail(name, MissingFile, "The workbook has no sheet called %q. It has: %s.", cut(wanted, 60), strings.Join(names, ", "))
	}
	hidden := false
	for _, p := range parts {
		if p.rows > 0 && !p.hidden {
			return p, nil
		}
		hidden = hidden || p.rows > 0
	}
	if hidden {
		return nil, fail(name, Empty, "The only sheet with data is hidden. Show it in Excel, save and send the workbook again.")
	}
	return nil, fail(name, Empty, "There is no data in any sheet of the workbook. Check that the right file was sent.")
}

// inspectWorkbook is our own pass: the sheets in their order, each checked from end to end.
func inspectWorkbook(name string, zr *zip.Reader, lim Limits) (parts []*part, date1904 bool, err error) {
	files := map[string]*zip.File{}
	for _, f := range zr.File {
		key := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if files[key] != nil {
			return nil, false, fail(name, Corrupt, "The workbook holds %s twice. Open it in Excel, save it again and send it once more.", cut(displayName(f.Name), 60))
		}
		files[key] = f
	}
	var book struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	if err := decodePart(name, files["xl/workbook.xml"], &book); err != nil {
		return nil, false, err
	}
	if err := decodePart(name, files["xl/_rels/workbook.xml.rels"], &rels); err != nil {
		return nil, false, err
	}
	texts, err := countTexts(name, files["xl/sharedstrings.xml"])
	if err != nil {
		return nil, false, err
	}
	for _, s := range book.Sheets {
		for _, r := range rels.Relationship {
			if r.ID != s.ID || !strings.HasSuffix(r.Type, "/worksheet") {
				continue
			}
			p := &part{name: s.Name, hidden: s.State == "hidden" || s.State == "veryHidden", path: partPath(r.Target)}
			if err := p.inspect(name, files[strings.ToLower(p.path)], texts, lim); err != nil {
				return nil, false, err
			}
			parts = append(parts, p)
			break
		}
	}
	if len(parts) == 0 {
		return nil, false, fail(name, Corrupt, "The workbook has no sheets. Open it in Excel, check it, save it again and send it once more.")
	}
	return parts, truth(book.Properties.Date1904), nil
}

func truth(s string) bool { return s == "1" || strings.EqualFold(s, "true") }

func partPath(target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return path.Join("xl", target)
}

func damaged(name, what string, err error) error {
	return fail(name, Corrupt, "The workbook is damaged (in %s). Open it in Excel, save it again and send it once more.", what).because(err)
}

func newXML(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = charset.NewReaderLabel
	return d
}

func decodePart(name string, f *zip.File, into any) error {
	if f == nil {
		return damaged(name, "its list of sheets", errors.New("part missing"))
	}
	r, err := f.Open()
	if err != nil {
		return damaged(name, displayName(f.Name), err)
	}
	defer r.Close()
	if err := newXML(r).Decode(into); err != nil {
		return damaged(name, displayName(f.Name), err)
	}
	return nil
}

// countTexts counts the shared texts that cells point to.
func countTexts(name string, f *zip.File) (int, error) {
	if f == nil {
		return 0, nil
	}
	r, err := f.Open()
	if err != nil {
		return 0, damaged(name, "its texts", err)
	}
	defer r.Close()
	d, n := newXML(r), 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return 0, damaged(name, "its texts", err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "si" {
			n++
		}
	}
}

// inspect reads one sheet's XML from end to end.
func (p *part) inspect(name string, f *zip.File, texts int, lim Limits) error {
	what := "sheet " + strconv.Quote(cut(p.name, 60))
	if f == nil {
		return damaged(name, what, errors.New("part missing"))
	}
	r, err := f.Open()
	if err != nil {
		return damaged(name, what, err)
	}
	defer r.Close()
	var (
		d        = newXML(r)
		row, col int
		kind     string
		filled   bool // the row has a value
		inValue  bool
		value    []byte
		data     int // 1 inside the table of cells, 2 behind it
	)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return named(damagedAt(name, what, row, err), name)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "sheetData" {
				if data++; data != 1 {
					return damagedAt(name, what, row, errors.New("a second table of cells"))
				}
			}
			if e.Name.Local == "mergeCell" {
				p.merged++
			}
			if data != 1 {
				continue
			}
			switch e.Name.Local {
			case "row":
				next := row + 1
				if r := attr(e, "r"); r != "" {
					if next, err = strconv.Atoi(r); err != nil || next <= row || next > excelize.TotalRows {
						return damagedAt(name, what, row, fmt.Errorf("row %q after row %d", r, row))
					}
				}
				row, col, filled = next, 0, false
				p.last = row
			case "c":
				next := col + 1
				if ref := attr(e, "r"); ref != "" {
					c, _, err := excelize.CellNameToCoordinates(ref)
					if err != nil || c <= col {
						return damagedAt(name, what, row, fmt.Errorf("cell %q after column %d", ref, col))
					}
					next = c
				}
				col, kind = next, attr(e, "t")
				if kind == "e" {
					p.errors++
				}
			case "f":
				p.formulas++
			case "v":
				inValue, value = true, value[:0]
			case "is":
				filled = true
			}
		case xml.CharData:
			if inValue && len(value)+len(e) <= lim.MaxCell+64 {
				value = append(value, e...)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "v":
				inValue = false
				filled = filled || len(value) > 0
				if kind == "s" && len(value) > 0 {
					if i, err := strconv.Atoi(strings.TrimSpace(string(value))); err != nil || i < 0 || i >= texts {
						return damagedAt(name, what, row, fmt.Errorf("shared text %q of %d", cut(string(value), 20), texts))
					}
				}
			case "row":
				if filled {
					p.rows++
					filled = false
				}
			case "sheetData":
				data++
			}
		}
	}
}

func damagedAt(name, what string, row int, err error) error {
	e := fail(name, Corrupt, "The workbook is damaged (in %s). Open it in Excel, save it again and send it once more.", what).because(err)
	return e.at(row)
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// workbookRows streams the chosen sheet.
type workbookRows struct {
	file     *excelize.File
	rows     *excelize.Rows
	date1904 bool
	n        int
	last     int // the number of the last row, from our own pass
}

func (w *workbookRows) read() (cells []string, n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			cells, err = nil, fail("", Corrupt, "The workbook is damaged here. Open it in Excel, save it again and send it once more.").at(w.n).because(fmt.Errorf("panic: %v", p))
		}
	}()
	if !w.rows.Next() {
		if err := w.rows.Error(); err != nil {
			return nil, 0, fail("", Corrupt, "The workbook is damaged below this row. Open it in Excel, save it again and send it once more.").at(w.n).because(err)
		}
		if w.n < w.last {
			return nil, 0, fail("", Corrupt, "The sheet has %d rows, but only %d could be read. Open it in Excel, save it again and send it once more.", w.last, w.n)
		}
		return nil, 0, io.EOF
	}
	w.n++
	cells, err = w.rows.Columns()
	if err != nil {
		return nil, 0, fail("", Corrupt, "The workbook is damaged here. Open it in Excel, save it again and send it once more.").at(w.n).because(err)
	}
	for i, c := range cells {
		cells[i] = plainCell(c, w.date1904)
	}
	return cells, w.n, nil
}

func (w *workbookRows) blanks() int     { return 0 }
func (w *workbookRows) notes() []string { return nil }

func (w *workbookRows) Close() error {
	if w.file == nil {
		return nil
	}
	err := errors.Join(w.rows.Close(), w.file.Close())
	w.file = nil
	return err
}

const (
	// The library's own dates are wrong for the first two months of the 1904 epoch, so numbers come out with a mark
	// that plainCell recognises and turns into the date.
	dateCode     = `0.0000000000"<date>"`
	dateTimeCode = `0.0000000000"<moment>"`
	timeCode     = `0.0000000000"<time>"`
	elapsedCode  = `0.0000000000"<elapsed>"` // [h]:mm, which runs on beyond a day
	percentCode  = "0.0000000000%"
	firstFormat  = 60_001 // far above the numbers that files use
	noFormat     = 60_000 // no such format: the value is given as it is
)

var (
	marked = regexp.MustCompile(`^(-?\d+\.\d{10})(%|<date>|<moment>|<time>|<elapsed>)$`)
	// The library writes a number of more than 15 digits like this; Excel shows a person the digits.
	longNumber = regexp.MustCompile(`^-?\d\.\d{13,14}E\+\d{1,2}$`)
)

// plainFormats replaces the number formats of the workbook in memory by our own few, so that the library's formatting
// yields what a person calls the value, whatever the sheet looked like. The format's meaning (date, percentage) is kept.
func plainFormats(f *excelize.File) {
	if f.Styles == nil || f.Styles.CellXfs == nil {
		return
	}
	codes := map[int]string{}
	if f.Styles.NumFmts != nil {
		for _, n := range f.Styles.NumFmts.NumFmt {
			if n != nil {
				codes[n.NumFmtID] = n.FormatCode
			}
		}
	}
	f.Styles.NumFmts = zero(f.Styles.NumFmts)
	ids := map[string]int{}
	for i := range f.Styles.CellXfs.Xf {
		xf := &f.Styles.CellXfs.Xf[i]
		id := noFormat
		if xf.NumFmtID != nil {
			if code := plainCode(*xf.NumFmtID, codes[*xf.NumFmtID]); code != "" {
				if ids[code] == 0 {
					ids[code] = firstFormat + len(ids)
					n := zero(element(f.Styles.NumFmts.NumFmt))
					n.NumFmtID, n.FormatCode = ids[code], code
					f.Styles.NumFmts.NumFmt = append(f.Styles.NumFmts.NumFmt, n)
				}
				id = ids[code]
			}
		}
		xf.NumFmtID = &id
	}
}

// zero and element make values of the library's types, which have no exported name.
func zero[T any](*T) *T { return new(T) }

func element[T any]([]T) (t T) { return t }

var onlyZeros = regexp.MustCompile(`^0{2,30}$`)

var elapsed = regexp.MustCompile(`^[^"]*\[(?i:h+|m+|s+)\]`)

// plainCode says as which of our formats a cell is read; "" means the bare value.
func plainCode(id int, code string) string {
	if code == "" {
		switch {
		case id == 9 || id == 10:
			return percentCode
		case id == 14 || id == 15 || id == 16 || id == 17, id >= 27 && id <= 31, id >= 50 && id <= 58:
			return dateCode
		case id == 22:
			return dateTimeCode
		case id >= 18 && id <= 21, id >= 32 && id <= 36, id >= 45 && id <= 47:
			return timeCode
		}
		return ""
	}
	if onlyZeros.MatchString(code) {
		return code
	}
	if elapsed.MatchString(code) {
		return elapsedCode
	}
	bare := bareCode(code)
	date, clock := strings.ContainsAny(bare, "yd"), strings.ContainsAny(bare, "hs")
	switch {
	case strings.Contains(bare, "general"):
		return ""
	case date && clock:
		return dateTimeCode
	case date, !clock && strings.Contains(bare, "m"):
		return dateCode
	case clock:
		return timeCode
	case strings.Contains(bare, "%"):
		return percentCode
	}
	return ""
}

// bareCode is the first section of a format without quoted text, escaped characters and brackets.
func bareCode(code string) string {
	var b strings.Builder
	quoted, bracket, skip := false, false, false
	for _, r := range strings.ToLower(code) {
		switch {
		case skip:
			skip = false
		case quoted:
			quoted = r != '"'
		case bracket:
			bracket = r != ']'
		case r == '"':
			quoted = true
		case r == '[':
			bracket = true
		case r == '\\' || r == '_' || r == '*':
			skip = true
		case r == ';':
			return b.String()
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainCell turns marked numbers into what a person sees, and writes long numbers out.
func plainCell(c string, date1904 bool) string {
	switch {
	case len(c) > 11 && (c[len(c)-1] == '%' || c[len(c)-1] == '>'):
		m := marked.FindStringSubmatch(c)
		if m == nil {
			return c
		}
		number := strings.TrimSuffix(strings.TrimRight(m[1], "0"), ".")
		if m[2] == "%" {
			return number
		}
		serial, err := strconv.ParseFloat(m[1], 64)
		if err != nil || serial < 0 || serial > lastSerial {
			return number
		}
		return serialText(serial, m[2], date1904)
	case len(c) > 17 && longNumber.MatchString(c):
		if f, err := strconv.ParseFloat(c, 64); err == nil && f < 1e40 && f > -1e40 {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
	}
	return c
}

const lastSerial = 2_958_465 // 31 December 9999

// serialText writes a day number as a date. The 1900 epoch counts a 29 February 1900 that never was, so the days before
// it are one off; the 1904 epoch counts from 0.
func serialText(serial float64, as string, date1904 bool) string {
	seconds := int64(math.Round(serial * 86400))
	days, clock := seconds/86400, seconds%86400
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 60:
		first = first.AddDate(0, 0, 1)
	}
	at := first.AddDate(0, 0, int(days)).Add(time.Duration(clock) * time.Second)
	switch {
	case as == "<elapsed>":
		return fmt.Sprintf("%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	case as == "<time>":
		return at.Format("15:04:05")
	case as == "<moment>" && clock != 0:
		return at.Format("2006-01-02 15:04:05")
	}
	return at.Format("2006-01-02")
}
