package docx

import (
	"io"
	"time"
)

// Info is what a document says about itself, and how its pages lie.
type Info struct {
	Title     string
	Subject   string
	By        string // who made it
	Lang      string // of the text, such as "en-GB" when empty; a language that is written from right to left turns the whole document round
	Made      time.Time
	Head      string // a line at the top of every page
	Foot      string // stands before “Page 1 of 3” at the bottom of every page
	Of        string // how pages are counted, with two %s: "Page %s of %s" when empty
	Landscape bool
}

// Doc is a document in the making.
type Doc struct {
	info   Info
	blocks []block
	lists  []bool // one a list: is it numbered?
}

// New begins a document.
func New(info Info) *Doc {
	if info.Lang == "" {
		info.Lang = "en-GB"
	}
	if info.Of == "" {
		info.Of = "Page %s of %s"
	}
	return &Doc{info: info}
}

// Run is a stretch of text in one look.
type Run struct {
	Text   string
	Bold   bool
	Italic bool
	Quiet  bool   // grey and a little smaller
	Lang   string // when it is not that of the document
}

// Text is a plain run.
func Text(s string) Run { return Run{Text: s} }

// Bold is a strong run.
func Bold(s string) Run { return Run{Text: s, Bold: true} }

// Quiet is a run that steps back.
func Quiet(s string) Run { return Run{Text: s, Quiet: true} }

type block interface{ write(*writer) }

type paragraph struct {
	style string
	runs  []Run
	list  int // 1 and up
	keep  bool
}

// Title is the name of the document, at its top.
func (d *Doc) Title(s string) { d.add(paragraph{style: "Title", runs: []Run{Text(s)}, keep: true}) }

// Subtitle stands below it.
func (d *Doc) Subtitle(s string) { d.add(paragraph{style: "Subtitle", runs: []Run{Text(s)}}) }

// Heading is a heading; level 1 is the highest of three.
func (d *Doc) Heading(level int, s string) {
	d.add(paragraph{style: headings[min(max(level, 1), len(headings))-1], runs: []Run{Text(s)}, keep: true})
}

var headings = [...]string{"Heading1", "Heading2", "Heading3"}

// Para is a paragraph.
func (d *Doc) Para(runs ...Run) { d.add(paragraph{runs: runs}) }

// Lead is a paragraph that stays on one page with what follows it.
func (d *Doc) Lead(runs ...Run) { d.add(paragraph{runs: runs, keep: true}) }

// Quote is a paragraph of somebody's own words.
func (d *Doc) Quote(runs ...Run) { d.add(paragraph{style: "Quote", runs: runs}) }

// List is a list of paragraphs, with points or with numbers.
func (d *Doc) List(numbered bool, items ...[]Run) {
	d.lists = append(d.lists, numbered)
	for _, runs := range items {
		d.add(paragraph{style: "ListParagraph", runs: runs, list: len(d.lists)})
	}
}

// Lines makes the items of a list from plain texts.
func Lines(texts ...string) (out [][]Run) {
	for _, t := range texts {
		out = append(out, []Run{Text(t)})
	}
	return out
}

// Cell is one cell of a table.
type Cell struct {
	Runs  []Run
	Right bool    // for numbers
	Shade float64 // from 0, no shade, to 1, the darkest; text on a dark cell is white
}

// C is a cell of plain text.
func C(s string) Cell { return Cell{Runs: []Run{Text(s)}} }

// N is a cell with a number.
func N(s string) Cell { return Cell{Runs: []Run{Text(s)}, Right: true} }

// Table is a table. It has a caption, since whoever hears it read out should know what it is before it begins, and a head that stands on each of its pages.
type Table struct {
	Caption string
	About   string // for those who hear it: what can be seen in it
	Head    []Cell
	Rows    [][]Cell
	Widths  []int // how wide the columns are, one against the other; equal when empty
}

// Table adds a table.
func (d *Doc) Table(t Table) { d.add(t) }

// PageBreak begins a new page.
func (d *Doc) PageBreak() { d.add(pageBreak{}) }

type pageBreak struct{}

func (d *Doc) add(b block) { d.blocks = append(d.blocks, b) }

// Type is the media type of what Write makes.
const Type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// Write writes the document.
func (d *Doc) Write(to io.Writer) error { return writeParts(to, d.parts()) }
