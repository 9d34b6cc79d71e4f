package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// maxRecord bounds one row in memory. A cell above Limits.MaxCell but below this costs its row only.
	maxRecord = 16 << 20
	// maxReread bounds the work that badly quoted rows may cause: each makes the lines behind it be read again.
	maxReread = 8 * maxRecord
	// noSeparator stands for "one column": the ASCII unit separator, which no exporting program writes.
	noSeparator = 0x1f
)

type opener func() (io.ReadCloser, error)

// OpenCSV is [Open] for text whose separator is known, for instance from a saved mapping. A separator of 0 is sniffed; a
// workbook is read as one all the same.
func OpenCSV(name string, data io.ReaderAt, size int64, lim Limits, separator rune) (*Table, error) {
	if separator != 0 && !strings.ContainsRune(",;\t|:", separator) {
		return nil, fail(displayName(name), Unsupported, "The separator %q is not known; use a comma, semicolon, tab, colon or |.", separator)
	}
	return openTable(name, data, size, lim, "", byte(separator))
}

// openCSV reads the whole text once to learn its encoding and line ends, and then streams it.
func openCSV(name string, open opener, lim Limits, sep byte) (*Table, error) {
	txt, err := inspect(name, open, lim)
	if err != nil {
		return nil, err
	}
	head, err := txt.head(64 << 10)
	if err != nil {
		return nil, named(err, name)
	}
	start := 0
	if s, length := sepLine(head); length > 0 {
		start = length
		if sep == 0 {
			sep = s
		}
	}
	t := &Table{Name: name, Encoding: txt.encoding, lim: lim, Notes: txt.remarks()}
	if sep == 0 {
		var remark string
		sep, remark = sniffSeparator(head[start:], txt.loneCR > 0)
		if remark != "" {
			t.Notes = append(t.Notes, remark)
		}
	}
	if sep != noSeparator {
		t.Separator = string(rune(sep))
	}
	t.rows = &csvRows{txt: txt, sep: sep, offset: int64(start)}
	if err := t.start(); err != nil {
		_ = t.rows.Close()
		return nil, named(err, name)
	}
	return t, nil
}

func named(err error, name string) error {
	var e *Error
	if errors.As(err, &e) {
		if e.File == "" {
			e.File = name
		}
		return err
	}
	return fail(name, Unreadable, "The file could not be read to its end. Try again; if it happens again, copy it to another place first.").because(err)
}

// sepLine recognises Excel's first line "sep=;" and gives its length with the line end.
func sepLine(head []byte) (sep byte, length int) {
	line := head
	if i := bytes.IndexAny(head, "\r\n"); i >= 0 {
		line = head[:i]
		length = i + 1
		if head[i] == '\r' && i+1 < len(head) && head[i+1] == '\n' {
			length++
		}
	} else {
		length = len(head)
	}
	s := strings.Trim(string(line), `"`)
	if len(s) != 5 || !strings.EqualFold(s[:4], "sep=") || !strings.ContainsRune(",;\t|:", rune(s[4])) {
		return 0, 0
	}
	return s[4], length
}

// sniffSeparator tries each separator on the first rows, quotation marks respected, and takes the one that gives most rows
// as many cells as the header has. A header without any separator means one column.
func sniffSeparator(head []byte, splitCR bool) (byte, string) {
	best, bestShare, bestCells := byte(noSeparator), 0.0, 1
	belowShare, belowCells := 0.0, 0
	for _, sep := range []byte(",;\t|") {
		widths := sampleWidths(head, sep, splitCR)
		if len(widths) == 0 {
			continue
		}
		if widths[0] < 2 {
			if share, cells := commonWidth(widths[1:]); cells > 2 && share > belowShare {
				belowShare, belowCells = share, cells
			}
			continue
		}
		same := 0
		for _, w := range widths {
			if w == widths[0] {
				same++
			}
		}
		share := float64(same) / float64(len(widths))
		if share > bestShare+0.05 || share > bestShare-0.05 && widths[0] > bestCells {
			best, bestShare, bestCells = sep, share, widths[0]
		}
	}
	if best == noSeparator && belowShare > 0.8 {
		return best, fmt.Sprintf("The first row has one cell, but the rows below have %d: is the first row a title? Take it out so that the column names come first.", belowCells)
	}
	return best, ""
}

func sampleWidths(head []byte, sep byte, splitCR bool) []int {
	l := newLooseCSV(bytes.NewReader(head), sep, splitCR, 0)
	var widths []int
	for len(widths) < 100 {
		cells, _, err := l.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(cells) == 1 && blank(cells) {
			continue
		}
		widths = append(widths, len(cells))
	}
	if len(widths) > 2 && len(head) >= 64<<10 {
		widths = widths[:len(widths)-1] // the last row of the sample may be cut off
	}
	return widths
}

func commonWidth(widths []int) (share float64, width int) {
	seen := map[int]int{}
	for _, w := range widths {
		if seen[w]++; seen[w] > seen[width] {
			width = w
		}
	}
	if len(widths) < 2 {
		return 0, 0
	}
	return float64(seen[width]) / float64(len(widths)), width
}

// csvRows reads with encoding/csv for as long as the file keeps its rules, which is fast. At the first row that breaks
// them it goes back to that row's first byte and reads the rest with looseCSV, which can lose one row and find the next.
type csvRows struct {
	txt    *text
	sep    byte
	offset int64 // where rows begin, after a sep= line

	strict   *csv.Reader
	guard    *recordGuard
	loose    *looseCSV
	closer   io.Closer
	n        int // rows given so far, blank lines included
	nextLine int // physical line at which the next row begins
	skipped  int // empty lines that encoding/csv passed over
}

var errRecordTooLong = errors.New("record longer than the guard allows")

// recordGuard stops encoding/csv from gathering a whole file into one cell behind a quotation mark that never closes.
type recordGuard struct {
	r    io.Reader
	left int
}

func (g *recordGuard) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errRecordTooLong
	}
	n, err := g.r.Read(p)
	g.left -= n
	return n, err
}

func (c *csvRows) read() ([]string, int, error) {
	if c.loose != nil {
		return c.loose.read()
	}
	if c.strict == nil {
		r, err := c.txt.reader(c.offset)
		if err != nil {
			return nil, 0, err
		}
		c.closer = r
		if c.txt.loneCR > 0 {
			c.loose = newLooseCSV(r, c.sep, true, 0)
			return c.loose.read()
		}
		c.guard = &recordGuard{r: r}
		c.strict = csv.NewReader(bufio.NewReaderSize(c.guard, 64<<10))
		c.strict.Comma, c.strict.FieldsPerRecord = rune(c.sep), -1
		c.nextLine = 1
	}
	c.guard.left = maxRecord
	before := c.strict.InputOffset()
	cells, err := c.strict.Read()
	var parse *csv.ParseError
	switch {
	case err == nil:
		line, _ := c.strict.FieldPos(0)
		c.skipped += line - c.nextLine
		c.n += 1 + line - c.nextLine
		last, _ := c.strict.FieldPos(len(cells) - 1)
		c.nextLine = last + 1 + strings.Count(cells[len(cells)-1], "\n")
		return cells, c.n, nil
	case errors.Is(err, io.EOF):
		lines := c.txt.lines
		if c.offset > 0 {
			lines-- // the sep= line
		}
		if lines >= c.nextLine {
			c.skipped += lines - c.nextLine + 1
			c.nextLine = lines + 1
		}
		return nil, 0, io.EOF
	case errors.As(err, &parse), errors.Is(err, errRecordTooLong):
		return c.loosen(before)
	}
	return nil, 0, err
}

// loosen goes on with the tolerant reader from the row that begins at before.
func (c *csvRows) loosen(before int64) ([]string, int, error) {
	if err := c.Close(); err != nil {
		return nil, 0, err
	}
	r, err := c.txt.reader(c.offset + before)
	if err != nil {
		return nil, 0, err
	}
	c.closer = r
	c.loose = newLooseCSV(r, c.sep, false, c.n)
	return c.loose.read()
}

func (c *csvRows) blanks() int { return c.skipped }

func (c *csvRows) notes() []string {
	if c.loose == nil || c.loose.oddQuotes == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s quotation marks in unusual places (first in row %d); they were kept as part of the text.",
		count(c.loose.oddQuotes, "row has", "rows have"), c.loose.firstOdd)}
}

func (c *csvRows) Close() error {
	if c.closer == nil {
		return nil
	}
	err := c.closer.Close()
	c.closer = nil
	return err
}

// looseCSV reads rows that break the rules: quotation marks inside cells, spaces around quoted cells, quotation marks
// that never close, lines ended by a lone carriage return.
type looseCSV struct {
	r         *bufio.Reader
	sep       byte
	splitCR   bool
	queue     [][]byte // lines given back, to be read again
	reread    int
	n         int
	oddQuotes int
	firstOdd  int

	// Of the row being read:
	lines [][]byte // its physical lines
	buf   []byte
	ends  []int
	odd   bool
}

func newLooseCSV(r io.Reader, sep byte, splitCR bool, n int) *looseCSV {
	return &looseCSV{r: bufio.NewReaderSize(r, 64<<10), sep: sep, splitCR: splitCR, n: n}
}

var errLineTooLong = errors.New("line longer than a row may be")

// line gives the next physical line without its end.
func (l *looseCSV) line() ([]byte, error) {
	if len(l.queue) > 0 {
		line := l.queue[0]
		l.queue = l.queue[1:]
		return line, nil
	}
	var out []byte
	over, begun := false, false
	for {
		if _, err := l.r.Peek(1); err != nil {
			if !errors.Is(err, io.EOF) || !begun {
				return nil, err
			}
			return l.endLine(out, over)
		}
		begun = true
		b, _ := l.r.Peek(l.r.Buffered())
		end := bytes.IndexByte(b, '\n')
		stop := end >= 0
		if l.splitCR {
			part := b
			if stop {
				part = b[:end]
			}
			if i := bytes.IndexByte(part, '\r'); i >= 0 {
				end, stop = i, true
			}
		}
		if !stop {
			end = len(b)
		}
		if over = over || len(out)+end > maxRecord; !over {
			out = append(out, b[:end]...)
		}
		if !stop {
			_, _ = l.r.Discard(end)
			continue
		}
		wasCR := b[end] == '\r'
		_, _ = l.r.Discard(end + 1)
		if wasCR {
			l.passLineFeed()
		}
		return l.endLine(out, over)
	}
}

// passLineFeed: \r\n is one line end, and so is \r\r\n, which some programs write.
func (l *looseCSV) passLineFeed() {
	next, _ := l.r.Peek(2)
	switch {
	case bytes.HasPrefix(next, []byte("\n")):
		_, _ = l.r.Discard(1)
	case bytes.Equal(next, []byte("\r\n")):
		_, _ = l.r.Discard(2)
	}
}

func (l *looseCSV) endLine(out []byte, over bool) ([]byte, error) {
	if over {
		return out[:min(len(out), 4096)], errLineTooLong
	}
	return bytes.TrimSuffix(out, []byte("\r")), nil
}

func (l *looseCSV) read() ([]string, int, error) {
	line, err := l.line()
	if err != nil && !errors.Is(err, errLineTooLong) {
		return nil, 0, err
	}
	l.n++
	l.lines, l.buf, l.ends, l.odd = append(l.lines[:0], line), l.buf[:0], l.ends[:0], false
	if err != nil {
		e := fail("", TooBig, "This line is longer than %s, which is the limit for a row.", bytesText(maxRecord)).at(l.n)
		return nil, 0, &RowError{Err: e, Cells: []string{cut(strings.ToValidUTF8(string(line), ""), 200)}}
	}
	rest := line
	for more := true; more; {
		rest, more, err = l.cell(rest)
		if err != nil {
			return nil, 0, err
		}
	}
	if l.odd {
		if l.oddQuotes++; l.oddQuotes == 1 {
			l.firstOdd = l.n
		}
	}
	return l.cells(), l.n, nil
}

// cells cuts the gathered bytes into strings that share one allocation.
func (l *looseCSV) cells() []string {
	all, from := string(l.buf), 0
	out := make([]string, len(l.ends))
	for i, end := range l.ends {
		out[i] = all[from:end]
		from = end
	}
	return out
}

// cell reads one cell from the line's rest and says whether another follows.
func (l *looseCSV) cell(s []byte) (rest []byte, more bool, err error) {
	if inner := bytes.TrimLeft(s, " "); len(inner) > 0 && inner[0] == '"' {
		return l.quoted(inner[1:])
	}
	i := bytes.IndexByte(s, l.sep)
	if more = i >= 0; !more {
		i = len(s)
	}
	if bytes.IndexByte(s[:i], '"') >= 0 {
		l.odd = true
	}
	l.buf = append(l.buf, s[:i]...)
	l.ends = append(l.ends, len(l.buf))
	if more {
		rest = s[i+1:]
	}
	return rest, more, nil
}

// quoted reads a cell behind its opening quotation mark. A mark that is neither doubled nor at the end of the cell is text,
// as long as the cell is on one line. Behind a line end it shows that the opening mark was never meant to open a cell.
func (l *looseCSV) quoted(s []byte) (rest []byte, more bool, err error) {
	for {
		i := bytes.IndexByte(s, '"')
		if i < 0 {
			l.buf = append(append(l.buf, s...), '\n')
			if s, err = l.nextLine(); err != nil {
				return nil, false, err
			}
			continue
		}
		l.buf = append(l.buf, s[:i]...)
		s = s[i+1:]
		after := bytes.TrimLeft(s, " ")
		switch {
		case len(s) > 0 && s[0] == '"':
			l.buf = append(l.buf, '"')
			s = s[1:]
		case len(after) == 0:
			l.ends = append(l.ends, len(l.buf))
			return nil, false, nil
		case after[0] == l.sep:
			l.ends = append(l.ends, len(l.buf))
			return after[1:], true, nil
		case len(l.lines) > 1:
			return nil, false, l.neverCloses()
		default:
			l.odd = true
			l.buf = append(l.buf, '"')
		}
	}
}

// nextLine lets a quoted cell run on into the next line.
func (l *looseCSV) nextLine() ([]byte, error) {
	if len(l.buf) > maxRecord {
		return nil, l.neverCloses()
	}
	line, err := l.line()
	if errors.Is(err, errLineTooLong) {
		l.lines = append(l.lines, line)
		return nil, l.neverCloses()
	}
	if errors.Is(err, io.EOF) {
		return nil, l.neverCloses()
	}
	if err != nil {
		return nil, err
	}
	l.lines = append(l.lines, line)
	return line, nil
}

// neverCloses gives up the first line of the row and hands the others back, so that only one row is lost.
func (l *looseCSV) neverCloses() error {
	back := l.lines[1:]
	for _, line := range back {
		l.reread += len(line) + 1
	}
	if l.reread > maxReread {
		return fail("", BadQuoting, "Too many rows have a quotation mark that never closes. Export the file again.").at(l.n)
	}
	queue := make([][]byte, 0, len(back)+len(l.queue))
	l.queue = append(append(queue, back...), l.queue...)
	e := fail("", BadQuoting, "A quotation mark (\") opens cell %s of this row and never closes. Take it out or close it.", columnLetters(len(l.ends))).at(l.n)
	first := strings.Split(string(l.lines[0]), string(rune(l.sep)))
	if len(first) > 2_000 {
		first = first[:2_000]
	}
	return &RowError{Err: e, Cells: cutCells(first, 4096)}
}
