package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// text is a text file whose encoding is known. It can be opened as UTF-8 as often as needed.
type text struct {
	name     string
	open     opener
	lim      Limits
	encoding string
	bom      int // bytes to pass over
	utf16    *unicode.Endianness
	guessed  bool // UTF-16 without a byte order mark
	byLine   bool // some lines are not UTF-8
	loneCR   int  // carriage returns that no line feed follows
	lines    int  // physical lines, when lines end in \n
	legacy   int  // lines read as Windows-1252
	control  int  // characters that Windows-1252 leaves undefined
}

// inspect reads the text once from end to end: whether it is UTF-8 can only be said of the whole.
func inspect(name string, open opener, lim Limits) (*text, error) {
	t := &text{name: name, open: open, lim: lim, encoding: "UTF-8"}
	head, err := t.rawHead(8 << 10)
	if err != nil {
		return nil, named(err, name)
	}
	if len(head) == 0 {
		return nil, fail(name, Empty, "The file is empty. Export it again and check that it has rows before sending it.")
	}
	t.recogniseUTF16(head)
	if t.utf16 == nil && looksBinary(head) {
		return nil, fail(name, Binary, "This is not a table that can be read. Send a CSV file or an Excel workbook (.xlsx).")
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		t.bom = 3
	}
	valid, err := t.survey()
	if err != nil {
		return nil, named(err, name)
	}
	if !valid {
		if err := t.countLegacy(); err != nil {
			return nil, named(err, name)
		}
	}
	return t, nil
}

// recogniseUTF16 by its byte order mark, or, as Excel's "Unicode text" sometimes loses it, by zero bytes that
// stand on nearly every second place and on no other.
func (t *text) recogniseUTF16(head []byte) {
	big, little := unicode.BigEndian, unicode.LittleEndian
	var even, odd int
	for i, b := range head {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	half := len(head) / 2
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		t.utf16, t.bom = &little, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		t.utf16, t.bom = &big, 2
	case half >= 2 && odd*10 > half*6 && even*20 <= half:
		t.utf16, t.guessed = &little, true
	case half >= 2 && even*10 > half*6 && odd*20 <= half:
		t.utf16, t.guessed = &big, true
	default:
		return
	}
	t.encoding = "UTF-16"
}

// looksBinary: more than one byte in ten is a control character that no text has.
func looksBinary(head []byte) bool {
	n := 0
	for _, b := range head {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != '\v' && b != 0x1a {
			n++
		}
	}
	return len(head) >= 16 && n*10 > len(head)
}

// survey counts line ends, refuses zero bytes and says whether everything is UTF-8.
func (t *text) survey() (valid bool, err error) {
	r, err := t.reader(0)
	if err != nil {
		return false, err
	}
	defer r.Close()
	valid = true
	var (
		buf  = make([]byte, 256<<10)
		keep int  // bytes of a character cut in two by the buffer
		last byte // last byte of the previous buffer
	)
	for {
		n, err := io.ReadFull(r, buf[keep:])
		chunk := buf[:keep+n]
		fresh := chunk[keep:]
		atEnd := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !atEnd {
			return false, err
		}
		if i := bytes.IndexByte(fresh, 0); i >= 0 {
			row := t.lines + bytes.Count(fresh[:i], []byte("\n")) + 1
			return false, fail(t.name, NulByte, "There is a zero byte (NUL) in this row, so the file is damaged or is not a table. Export it again; if you edited it, save it as CSV UTF-8.").at(row)
		}
		if len(fresh) > 0 {
			t.lines += bytes.Count(fresh, []byte("\n"))
			if bytes.IndexByte(fresh, '\r') >= 0 {
				t.loneCR += bytes.Count(fresh, []byte("\r")) - bytes.Count(fresh, []byte("\r\n"))
			}
			if last == '\r' && fresh[0] == '\n' {
				t.loneCR--
			}
			last = fresh[len(fresh)-1]
		}
		tail := 0
		if !atEnd {
			tail = cutCharacter(chunk)
		}
		valid = valid && utf8.Valid(chunk[:len(chunk)-tail])
		if atEnd {
			break
		}
		keep = copy(buf, chunk[len(chunk)-tail:])
	}
	if last != '\n' && last != 0 {
		t.lines++
	}
	return valid, nil
}

// cutCharacter is the number of bytes at the end of b that begin a character but do not finish it.
func cutCharacter(b []byte) int {
	for i := 1; i <= min(3, len(b)); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return i
			}
			return 0
		}
	}
	return 0
}

// countLegacy reads the text line by line to learn how many lines need Windows-1252.
func (t *text) countLegacy() error {
	t.byLine = true
	r, err := t.raw()
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := io.CopyN(io.Discard, r, int64(t.bom)); err != nil {
		return err
	}
	d := &lineDecoder{r: bufio.NewReaderSize(r, 64<<10)}
	if _, err := io.Copy(io.Discard, d); err != nil {
		return err
	}
	t.legacy, t.control = d.legacy, d.control
	t.encoding = "Windows-1252"
	if d.wide > 0 {
		t.encoding = "UTF-8 and Windows-1252"
	}
	return nil
}

func (t *text) remarks() []string {
	var out []string
	switch {
	case t.guessed:
		out = append(out, "Read as UTF-16, although the mark that says so is missing.")
	case t.utf16 != nil:
		out = append(out, "Read as UTF-16.")
	case t.encoding == "Windows-1252":
		out = append(out, "Read as Windows-1252, the encoding of older Windows programs. Check names with accents.")
	case t.byLine:
		out = append(out, fmt.Sprintf("The file mixes two encodings: %s read as Windows-1252 and the rest as UTF-8. Check names with accents.", count(t.legacy, "line was", "lines were")))
	}
	if t.control > 0 {
		out = append(out, fmt.Sprintf("%s no meaning in Windows-1252; the encoding may be another one.", count(t.control, "character has", "characters have")))
	}
	return out
}

// raw opens the bytes as they are, counted against the limit.
func (t *text) raw() (io.ReadCloser, error) {
	r, err := t.open()
	if err != nil {
		return nil, err
	}
	return &counted{ReadCloser: r, left: t.lim.MaxUnpacked, limit: t.lim.MaxUnpacked}, nil
}

// counted refuses to give more than its limit.
type counted struct {
	io.ReadCloser
	left, limit int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, fail("", TooBig, "The file is larger than %s, which is the limit. Split it into several files.", bytesText(c.limit))
	}
	return n, err
}

func (t *text) rawHead(n int) ([]byte, error) {
	r, err := t.raw()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, int64(n)))
}

// head is the beginning of the text as UTF-8.
func (t *text) head(n int) ([]byte, error) {
	r, err := t.reader(0)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, int64(n)))
}

// reader opens the text as UTF-8 without a byte order mark, offset bytes into it.
func (t *text) reader(offset int64) (io.ReadCloser, error) {
	raw, err := t.raw()
	if err != nil {
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, raw, int64(t.bom)); err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	var r io.Reader = raw
	switch {
	case t.utf16 != nil:
		r = transform.NewReader(raw, unicode.UTF16(*t.utf16, unicode.IgnoreBOM).NewDecoder())
	case t.byLine:
		r = &lineDecoder{r: bufio.NewReaderSize(raw, 64<<10)}
	}
	if _, err := io.CopyN(io.Discard, r, offset); err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{r, raw}, nil
}

// lineDecoder passes lines that are UTF-8 and reads the others as Windows-1252. One export pasted under another
// makes such files; a single choice for the whole file would spoil the names in one half.
type lineDecoder struct {
	r       *bufio.Reader
	out     []byte
	legacy  int // lines read as Windows-1252
	wide    int // lines with characters beyond ASCII that are UTF-8
	control int
}

func (d *lineDecoder) Read(p []byte) (int, error) {
	if len(d.out) == 0 {
		if err := d.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

func (d *lineDecoder) fill() error {
	line, err := d.r.ReadSlice('\n')
	if len(line) == 0 {
		return err
	}
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
		return err
	}
	if errors.Is(err, bufio.ErrBufferFull) {
		// A line longer than the buffer is judged piece by piece; the piece must not end inside a character.
		if n := cutCharacter(line); n > 0 {
			whole := bytes.Clone(line)
			tail := make([]byte, 0, n+utf8.UTFMax)
			tail = append(tail, whole[len(whole)-n:]...)
			for !utf8.FullRune(tail) {
				b, err := d.r.ReadByte()
				if err != nil {
					break
				}
				tail = append(tail, b)
			}
			line = append(whole[:len(whole)-n], tail...)
		}
	}
	if utf8.Valid(line) {
		if !ascii(line) {
			d.wide++
		}
		d.out = append(d.out[:0], line...)
		return nil
	}
	d.legacy++
	d.out = d.out[:0]
	for _, b := range line {
		switch b {
		case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
			d.control++
		}
		d.out = utf8.AppendRune(d.out, charmap.Windows1252.DecodeByte(b))
	}
	return nil
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
