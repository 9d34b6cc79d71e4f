package docx

import (
	"archive/zip"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The sizes of Word: twentieths of a point. A4 is 210 by 297 millimetres.
const (
	a4Short = 11906
	a4Long  = 16838
	margin  = 1134 // 20 mm
)

// writer gathers the body of the document.
type writer struct {
	strings.Builder
	info Info
	rtl  bool
}

func (w *writer) put(parts ...string) {
	for _, p := range parts {
		w.WriteString(p)
	}
}

// attr is a text as the value of an attribute, or between tags: escaped, and without what XML can't hold.
func attr(s string) string {
	var b strings.Builder
	for _, r := range clean(s) {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '"':
			b.WriteString("&quot;")
		case '\n', '\t':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// clean leaves out what XML 1.0 can't hold, and makes every end of a line the same.
func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, ""))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20 || r == 0xFFFE || r == 0xFFFF || r >= 0xD800 && r <= 0xDFFF:
			return -1
		}
		return r
	}, s)
}

// rightToLeft tells whether a language is written from right to left.
func rightToLeft(lang string) bool {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	switch base {
	case "ar", "fa", "he", "ps", "ur", "ckb", "dv", "yi":
		return true
	}
	return false
}

// turned tells whether a letter runs from right to left by itself.
func turned(r rune) bool {
	return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
}

// parted cuts a text where its direction turns. What has no direction of its own, such as a space or a bracket, stays inside a part between two letters of it, and
// at the end of one goes with the text around it, as a reader would take it.
func parted(s string, around bool) (out []part) {
	var now, loose strings.Builder
	dir := around
	add := func(b *strings.Builder, rtl bool) {
		switch n := len(out) - 1; {
		case b.Len() == 0:
		case n >= 0 && out[n].rtl == rtl:
			out[n].text += b.String()
		default:
			out = append(out, part{b.String(), rtl})
		}
		b.Reset()
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			loose.WriteRune(r)
			continue
		}
		to := turned(r)
		if unicode.IsMark(r) {
			to = dir
		}
		if to != dir {
			if dir == around {
				now.WriteString(loose.String())
				loose.Reset()
			}
			add(&now, dir)
			add(&loose, around) // between two parts, and of neither
			dir = to
		}
		now.WriteString(loose.String())
		loose.Reset()
		now.WriteRune(r)
	}
	add(&now, dir)
	add(&loose, around)
	return out
}

type part struct {
	text string
	rtl  bool
}

func (w *writer) run(r Run, white bool) {
	for _, p := range parted(clean(r.Text), w.rtl) {
		w.piece(p, r, white)
	}
}

// piece writes a run of one direction. The order of the properties is that of the schema: Word refuses another.
func (w *writer) piece(p part, r Run, white bool) {
	var props strings.Builder
	if r.Bold {
		props.WriteString(`<w:b/><w:bCs/>`)
	}
	if r.Italic {
		props.WriteString(`<w:i/><w:iCs/>`)
	}
	switch {
	case white:
		props.WriteString(`<w:color w:val="FFFFFF"/>`)
	case r.Quiet:
		props.WriteString(`<w:color w:val="595959"/>`)
	}
	if r.Quiet {
		props.WriteString(`<w:sz w:val="20"/><w:szCs w:val="20"/>`)
	}
	if p.rtl {
		props.WriteString(`<w:rtl/>`)
	}
	switch lang := attr(r.Lang); {
	case lang != "" && rightToLeft(lang):
		props.WriteString(`<w:lang w:bidi="` + lang + `"/>`)
	case lang != "":
		props.WriteString(`<w:lang w:val="` + lang + `"/>`)
	}
	w.put(`<w:r>`)
	if props.Len() > 0 {
		w.put(`<w:rPr>`, props.String(), `</w:rPr>`)
	}
	for i, line := range strings.Split(p.text, "\n") {
		if i > 0 {
			w.put(`<w:br/>`)
		}
		for k, cell := range strings.Split(line, "\t") {
			if k > 0 {
				w.put(`<w:tab/>`)
			}
			if cell != "" {
				w.put(`<w:t xml:space="preserve">`, attr(cell), `</w:t>`)
			}
		}
	}
	w.put(`</w:r>`)
}

func (p paragraph) write(w *writer) {
	w.put(`<w:p>`)
	w.paraProps(p.style, p.keep, p.list, "")
	for _, r := range p.runs {
		w.run(r, false)
	}
	w.put(`</w:p>`)
}

// paraProps are those of a paragraph, in the order of the schema.
func (w *writer) paraProps(style string, keep bool, list int, align string) {
	w.put(`<w:pPr>`)
	if style != "" {
		w.put(`<w:pStyle w:val="`, style, `"/>`)
	}
	if keep {
		w.put(`<w:keepNext/>`)
	}
	if list > 0 {
		w.put(`<w:numPr><w:ilvl w:val="0"/><w:numId w:val="`, strconv.Itoa(list), `"/></w:numPr>`)
	}
	if w.rtl {
		w.put(`<w:bidi/>`)
	}
	if align != "" {
		w.put(`<w:jc w:val="`, align, `"/>`)
	}
	w.put(`</w:pPr>`)
}

func (pageBreak) write(w *writer) { w.put(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`) }

// wide is how much room there is between the margins.
func (w *writer) wide() int {
	if w.info.Landscape {
		return a4Long - 2*margin
	}
	return a4Short - 2*margin
}

// columns shares the room out. The last column takes what rounding leaves.
func (t Table) columns(room int) []int {
	n := len(t.Head)
	for _, r := range t.Rows {
		n = max(n, len(r))
	}
	out, sum := make([]int, n), 0
	share := func(i int) int {
		if i < len(t.Widths) {
			return max(t.Widths[i], 1)
		}
		return 1
	}
	for i := range n {
		sum += share(i)
	}
	left := room
	for i := range n {
		out[i] = room * share(i) / sum
		left -= out[i]
	}
	if n > 0 {
		out[n-1] += left
	}
	return out
}

func (t Table) write(w *writer) {
	columns := t.columns(w.wide())
	if len(columns) == 0 {
		return
	}
	if t.Caption != "" {
		paragraph{style: "Caption", runs: []Run{Text(t.Caption)}, keep: true}.write(w)
	}
	w.put(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>`)
	if w.rtl {
		w.put(`<w:bidiVisual/>`)
	}
	w.put(`<w:tblW w:w="`, strconv.Itoa(w.wide()), `" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>`)
	if t.Caption != "" {
		w.put(`<w:tblCaption w:val="`, attr(t.Caption), `"/>`)
	}
	if t.About != "" {
		w.put(`<w:tblDescription w:val="`, attr(t.About), `"/>`)
	}
	w.put(`</w:tblPr><w:tblGrid>`)
	for _, c := range columns {
		w.put(`<w:gridCol w:w="`, strconv.Itoa(c), `"/>`)
	}
	w.put(`</w:tblGrid>`)
	if len(t.Head) > 0 {
		w.row(t.Head, columns, true, true)
	}
	for i, r := range t.Rows {
		w.row(r, columns, false, len(t.Rows) <= together && i < len(t.Rows)-1)
	}
	w.put(`</w:tbl>`)
	paragraph{style: "AfterTable"}.write(w) // two tables in a row would become one
}

// together is how many rows a table may have that is not parted by the end of a page.
const together = 12

// row writes a row. One that is too short is filled with empty cells; a row is not cut by the end of a page, and keep holds it on one page with the next.
func (w *writer) row(cells []Cell, columns []int, head, keep bool) {
	w.put(`<w:tr><w:trPr><w:cantSplit/>`)
	if head {
		w.put(`<w:tblHeader/>`)
	}
	w.put(`</w:trPr>`)
	for i, width := range columns {
		var c Cell
		if i < len(cells) {
			c = cells[i]
		}
		w.put(`<w:tc><w:tcPr><w:tcW w:w="`, strconv.Itoa(width), `" w:type="dxa"/>`)
		fill, white := "", false
		switch {
		case head:
			fill = "EFE6EC"
		case c.Shade > 0:
			fill, white = shade(c.Shade)
		}
		if fill != "" {
			w.put(`<w:shd w:val="clear" w:color="auto" w:fill="`, fill, `"/>`)
		}
		w.put(`</w:tcPr><w:p>`)
		align, style := "", "TableText"
		if c.Right {
			align = "right" // the end of the line: in a paragraph from right to left, that is on the left
		}
		if head {
			style = "TableHead"
		}
		w.paraProps(style, keep, 0, align)
		for _, r := range c.Runs {
			w.run(r, white)
		}
		w.put(`</w:p></w:tc>`)
	}
	w.put(`</w:tr>`)
}

// shade is a colour from white to plum, and whether the text on it has to be white to be read.
func shade(v float64) (fill string, white bool) {
	v = min(max(v, 0), 1)
	mix := func(to float64) int { return int(255 + (to-255)*v + 0.5) }
	return fmt.Sprintf("%02X%02X%02X", mix(0x7a), mix(0x2e), mix(0x62)), v > 0.55
}

// parts are the files of the document, in the order in which they are written.
func (d *Doc) parts() []file {
	w := &writer{info: d.info, rtl: rightToLeft(d.info.Lang)}
	w.put(`<w:document `, spaces, `><w:body>`)
	for _, b := range d.blocks {
		b.write(w)
	}
	short, long, turn := a4Short, a4Long, ""
	if d.info.Landscape {
		short, long, turn = a4Long, a4Short, ` w:orient="landscape"`
	}
	m := strconv.Itoa(margin)
	w.put(`<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:footerReference w:type="default" r:id="rId4"/><w:pgSz w:w="`, strconv.Itoa(short), `" w:h="`, strconv.Itoa(long), `"`, turn, `/><w:pgMar w:top="`, m, `" w:right="`, m, `" w:bottom="`, m, `" w:left="`, m,
		`" w:header="567" w:footer="567" w:gutter="0"/>`)
	if w.rtl {
		w.put(`<w:bidi/>`)
	}
	w.put(`</w:sectPr></w:body></w:document>`)
	return []file{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"docProps/core.xml", d.core()},
		{"docProps/app.xml", appProps},
		{"word/document.xml", w.String()},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/styles.xml", d.styles()},
		{"word/numbering.xml", d.numbering()},
		{"word/settings.xml", settings},
		{"word/header1.xml", d.header()},
		{"word/footer1.xml", d.footer()},
	}
}

type file struct{ name, body string }

const declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// writeParts puts the files into an archive. Every file has the same time, so that nothing tells when and where it was made but what the document itself says.
func writeParts(to io.Writer, parts []file) error {
	z := zip.NewWriter(to)
	for _, p := range parts {
		f, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return fmt.Errorf("write document: %w", err)
		}
		if _, err := io.WriteString(f, declaration+p.body); err != nil {
			return fmt.Errorf("write document: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}
