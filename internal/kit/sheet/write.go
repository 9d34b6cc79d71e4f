package sheet

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// WriteCSV writes a table that Excel opens properly by double click: UTF-8 with a byte order mark, lines ended by CR LF,
// commas. Cells that Excel would run as a formula get an apostrophe in front (see guard.go), which [Open] takes off again;
// line ends inside a cell become a line feed. Use slices.Values for rows held in a slice.
func WriteCSV(w io.Writer, header []string, rows iter.Seq[[]string]) error {
	b := bufio.NewWriterSize(w, 64<<10)
	_, _ = b.WriteString("\ufeff")
	writeRecord(b, header)
	for row := range rows {
		writeRecord(b, row)
		if err := flushIfFull(b); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// flushIfFull learns early that the receiver has gone away.
func flushIfFull(b *bufio.Writer) error {
	if b.Available() > 4<<10 {
		return nil
	}
	return b.Flush()
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func writeRecord(b *bufio.Writer, cells []string) {
	for i, c := range cells {
		if i > 0 {
			_ = b.WriteByte(',')
		}
		c = guard(lineEnds.Replace(c))
		if c != "" && !strings.ContainsAny(c, ",;\t|\"\n") && c[0] != ' ' && c[len(c)-1] != ' ' || c == "" && len(cells) > 1 {
			_, _ = b.WriteString(c)
			continue
		}
		_ = b.WriteByte('"')
		_, _ = b.WriteString(strings.ReplaceAll(c, `"`, `""`))
		_ = b.WriteByte('"')
	}
	_, _ = b.WriteString("\r\n")
}

// WriteXLSX writes one sheet in which every cell is text, so that UPNs and telephone numbers keep their zeros and nothing is
// run as a formula. Characters that XML cannot hold are left out. Excel's own limits are kept: 32,767 characters in a cell, 1,048,576 rows,
// 16,384 columns and 31 characters in the sheet's name.
func WriteXLSX(w io.Writer, sheet string, header []string, rows iter.Seq[[]string]) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("write workbook: %w", closeErr)
		}
	}()
	sheet = sheetName(sheet)
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	bold, err := f.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	s, err := f.NewStreamWriter(sheet)
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	n := 1
	if err := writeTextRow(s, n, header, bold); err != nil {
		return err
	}
	for row := range rows {
		n++
		if err := writeTextRow(s, n, row, text); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

func writeTextRow(s *excelize.StreamWriter, n int, cells []string, style int) error {
	if n > excelize.TotalRows || len(cells) > excelize.MaxColumns {
		return fail("", TooBig, "A workbook cannot hold more than %d rows and %d columns. Export as CSV instead.", excelize.TotalRows, excelize.MaxColumns)
	}
	out := make([]any, len(cells))
	for i, c := range cells {
		c = xmlText(lineEnds.Replace(c))
		if utf8.RuneCountInString(c) > excelize.TotalCellChars {
			return fail("", TooBig, "A cell is longer than the %d characters that a workbook can hold. Export as CSV instead.", excelize.TotalCellChars).at(n)
		}
		out[i] = excelize.Cell{StyleID: style, Value: c}
	}
	if err := s.SetRow(fmt.Sprintf("A%d", n), out); err != nil {
		return fmt.Errorf("write workbook row %d: %w", n, err)
	}
	return nil
}

// xmlText leaves out characters that XML 1.0 forbids.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r >= ' ' && r <= '\uD7FF' || r >= '\uE000' && r < '\uFFFE' || r >= 0x10000 {
			return r
		}
		return -1
	}, s)
}

func sheetName(s string) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) {
			return ' '
		}
		return r
	}, xmlText(s)), " '")
	if r := []rune(s); len(r) > 31 {
		s = strings.TrimSpace(string(r[:31]))
	}
	if s == "" {
		return "Sheet1"
	}
	return s
}
