package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func sample(lang string) *Doc {
	d := New(Info{Title: "Where are we? <2026> & on", Subject: "A report", By: "Oakfield School", Lang: lang, Made: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), Head: "Oakfield School", Foot: "For governors"})
	d.Title("Where are we?")
	d.Subtitle("Oakfield School, 1 December 2026")
	d.Heading(1, "What we found")
	d.Para(Text("Families say that the "), Bold("door is open"), Text(". سارہ خان (a mother) said so; so did Zoë 😀."))
	d.Heading(2, "Next")
	d.List(false, Lines("Ask again", "Write it down")...)
	d.List(true, Lines("First", "Second")...)
	d.List(true, Lines("First again")...)
	d.Quote(Text("We feel\nwelcome."))
	t := Table{Caption: "How many chose each level", About: "Four groups by five levels", Head: []Cell{C("Group"), N("Not yet"), N("Leading")}, Widths: []int{3, 1, 1}}
	for range 60 {
		t.Rows = append(t.Rows, []Cell{C("Parents"), {Runs: []Run{Text("12")}, Right: true, Shade: 0.9}, N("")}, []Cell{C("Staff")})
	}
	d.Table(t)
	d.Table(Table{Head: []Cell{C("One")}})
	return d
}

func made(t testing.TB, d *Doc) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// node is an element as it was read back.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []node     `xml:",any"`
	Text    string     `xml:",chardata"`
}

func (n node) all(name string) (out []node) {
	for _, c := range n.Nodes {
		if c.XMLName.Local == name {
			out = append(out, c)
		}
		out = append(out, c.all(name)...)
	}
	return out
}

func (n node) val(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// said is the text as a reader meets it.
func (n node) said() string {
	if n.XMLName.Local == "t" {
		return n.Text
	}
	var b strings.Builder
	for _, c := range n.Nodes {
		switch c.XMLName.Local {
		case "br":
			b.WriteByte('\n')
		case "tab":
			b.WriteByte('\t')
		}
		b.WriteString(c.said())
	}
	return b.String()
}

func opened(t testing.TB, body []byte) map[string]node {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]node{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil || !utf8.Valid(text) {
			t.Fatalf("%s: %v", f.Name, err)
		}
		var n node
		if err := xml.Unmarshal(text, &n); err != nil {
			t.Fatalf("%s is not XML: %v\n%s", f.Name, err, text)
		}
		out[f.Name] = n
	}
	return out
}

// order is what may stand in an element and in which order (ECMA-376, part 1, 17): Word refuses a document that has it otherwise. Choice says that the order
// is free.
var order = map[string][]string{
	"document": {"body"}, "tbl": {"tblPr", "tblGrid", "tr"}, "tr": {"trPr", "tc"}, "tc": {"tcPr", "p"}, "tblGrid": {"gridCol"},
	"p": {"pPr", "r"}, "r": {"rPr", "*"},
	"pPr":    {"pStyle", "keepNext", "keepLines", "numPr", "pBdr", "bidi", "spacing", "ind", "jc", "outlineLvl"},
	"rPr":    {"rFonts", "b", "bCs", "i", "iCs", "color", "sz", "szCs", "rtl", "lang"},
	"tblPr":  {"tblStyle", "bidiVisual", "tblW", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook", "tblCaption", "tblDescription"},
	"tcPr":   {"tcW", "shd"},
	"trPr":   {"cantSplit", "tblHeader"},
	"sectPr": {"headerReference", "footerReference", "pgSz", "pgMar", "bidi"},
	"style":  {"name", "basedOn", "next", "uiPriority", "semiHidden", "unhideWhenUsed", "qFormat", "pPr", "rPr", "tblPr"},
	"lvl":    {"start", "numFmt", "lvlText", "lvlJc", "pPr"}, "abstractNum": {"multiLevelType", "lvl"}, "num": {"abstractNumId", "lvlOverride"},
	"numbering": {"abstractNum", "num"}, "numPr": {"ilvl", "numId"}, "styles": {"docDefaults", "style"}, "docDefaults": {"rPrDefault", "pPrDefault"},
	"settings": {"zoom", "defaultTabStop", "characterSpacingControl", "compat"}, "tblBorders": {"top", "left", "bottom", "right", "insideH", "insideV"}, "tblCellMar": {"top", "left", "bottom", "right"},
}

func inOrder(t *testing.T, where string, n node) {
	t.Helper()
	if want, known := order[n.XMLName.Local]; known {
		at := 0
		for _, c := range n.Nodes {
			i := slices.Index(want, c.XMLName.Local)
			if i < 0 && slices.Contains(want, "*") {
				i = slices.Index(want, "*")
			}
			if i < at {
				t.Fatalf("%s: <%s> can't stand there in <%s>; the order is %v", where, c.XMLName.Local, n.XMLName.Local, want)
			}
			at = i
		}
	}
	for _, c := range n.Nodes {
		inOrder(t, where, c)
	}
}

func TestDocumentIsWhatWordReads(t *testing.T) {
	for _, lang := range []string{"", "ur", "pl"} {
		files := opened(t, made(t, sample(lang)))
		for name, n := range files {
			inOrder(t, name, n)
		}
		types := map[string]bool{}
		for _, o := range files["[Content_Types].xml"].all("Override") {
			types[strings.TrimPrefix(o.val("PartName"), "/")] = true
			if _, there := files[strings.TrimPrefix(o.val("PartName"), "/")]; !there {
				t.Errorf("%s is said to be there and is not", o.val("PartName"))
			}
		}
		for name := range files {
			if strings.HasSuffix(name, ".xml") && name != "[Content_Types].xml" && !types[name] {
				t.Errorf("%s has no type", name)
			}
		}
		links := map[string]bool{}
		for _, r := range files["word/_rels/document.xml.rels"].all("Relationship") {
			links[r.val("Id")] = true
			if _, there := files["word/"+r.val("Target")]; !there {
				t.Errorf("%s leads to nothing", r.val("Target"))
			}
		}
		doc := files["word/document.xml"]
		for _, r := range append(doc.all("headerReference"), doc.all("footerReference")...) {
			if !links[r.val("id")] {
				t.Errorf("%s is no relation", r.val("id"))
			}
		}
		known := map[string]bool{}
		for _, s := range files["word/styles.xml"].all("style") {
			known[s.val("styleId")] = true
		}
		for _, s := range append(doc.all("pStyle"), append(doc.all("tblStyle"), append(files["word/styles.xml"].all("basedOn"), files["word/styles.xml"].all("next")...)...)...) {
			if !known[s.val("val")] {
				t.Errorf("the style %q is not defined", s.val("val"))
			}
		}
		lists := map[string]bool{}
		for _, n := range files["word/numbering.xml"].all("num") {
			lists[n.val("numId")] = true
		}
		used := map[string]bool{}
		for _, n := range doc.all("numId") {
			used[n.val("val")] = true
			if !lists[n.val("val")] {
				t.Errorf("the list %q is not defined", n.val("val"))
			}
		}
		if len(used) != 3 {
			t.Errorf("%d lists, want three: numbers begin again in each", len(used))
		}
	}
}

func TestHeadingsTablesAndPages(t *testing.T) {
	files := opened(t, made(t, sample("")))
	doc := files["word/document.xml"]
	var outline []string
	for _, p := range doc.all("p") {
		for _, s := range p.all("pStyle") {
			if strings.HasPrefix(s.val("val"), "Heading") || s.val("val") == "Title" {
				outline = append(outline, s.val("val")+" "+p.said())
			}
		}
	}
	if want := []string{"Title Where are we?", "Heading1 What we found", "Heading2 Next"}; !slices.Equal(outline, want) {
		t.Errorf("the headings are %q", outline)
	}
	for i, table := range doc.all("tbl") {
		rows, grid, sum := table.all("tr"), table.all("gridCol"), 0
		for _, g := range grid {
			n := 0
			for _, r := range g.val("w") {
				n = n*10 + int(r-'0')
			}
			sum += n
		}
		if sum != a4Short-2*margin {
			t.Errorf("table %d is %d wide", i, sum)
		}
		for k, r := range rows {
			if len(r.all("tc")) != len(grid) {
				t.Errorf("row %d of table %d has %d cells and the table %d columns", k, i, len(r.all("tc")), len(grid))
			}
			if head := len(r.all("tblHeader")) == 1; head != (k == 0) {
				t.Errorf("row %d of table %d: is it repeated on each page? %v", k, i, head)
			}
		}
	}
	if c := doc.all("tblCaption"); len(c) != 1 || c[0].val("val") != "How many chose each level" {
		t.Errorf("the table has no caption for those who hear it: %v", c)
	}
	if size := doc.all("pgSz")[0]; size.val("w") != "11906" || size.val("h") != "16838" {
		t.Errorf("the page is not A4: %v", size.Attrs)
	}
	var fields []string
	for _, f := range files["word/footer1.xml"].all("instrText") {
		fields = append(fields, strings.TrimSpace(f.Text))
	}
	if !slices.Equal(fields, []string{"PAGE", "NUMPAGES"}) || !strings.Contains(files["word/footer1.xml"].said(), "For governors  ·  Page 1 of 1") {
		t.Errorf("the foot counts %v and says %q", fields, files["word/footer1.xml"].said())
	}
	core := files["docProps/core.xml"]
	for tag, want := range map[string]string{"title": "Where are we? <2026> & on", "creator": "Oakfield School", "language": "en-GB", "created": "2026-12-01T09:00:00Z"} {
		if x := core.all(tag); len(x) != 1 || x[0].Text != want {
			t.Errorf("%s is %v, want %q", tag, x, want)
		}
	}
	wide := New(Info{Landscape: true})
	wide.Table(Table{Head: []Cell{C("a"), C("b"), C("c")}})
	if size := opened(t, made(t, wide))["word/document.xml"].all("pgSz")[0]; size.val("w") != "16838" || size.val("orient") != "landscape" {
		t.Errorf("the page does not lie across: %v", size.Attrs)
	}
}

// A name in Arabic letters inside an English line is a run of its own; in an Urdu document everything else is turned and Latin words are not.
func TestRightToLeft(t *testing.T) {
	turnedIn := func(lang string) (turned, straight []string) {
		d := New(Info{Lang: lang})
		d.Para(Text("Talk to سارہ خان (8B) today."))
		for _, r := range opened(t, made(t, d))["word/document.xml"].all("r") {
			if len(r.all("rtl")) > 0 {
				turned = append(turned, r.said())
			} else {
				straight = append(straight, r.said())
			}
		}
		return turned, straight
	}
	if turned, straight := turnedIn("en-GB"); !slices.Equal(turned, []string{"سارہ خان"}) || !slices.Equal(straight, []string{"Talk to ", " (8B) today."}) {
		t.Errorf("in English %q are turned and %q not", turned, straight)
	}
	if turned, straight := turnedIn("ur"); !strings.Contains(strings.Join(turned, "|"), "سارہ خان") || !slices.Contains(straight, "Talk to") {
		t.Errorf("in Urdu %q are turned and %q not", turned, straight)
	}
	files := opened(t, made(t, sample("ur")))
	doc := files["word/document.xml"]
	for _, p := range doc.all("pPr") {
		if len(p.all("bidi")) == 0 {
			t.Fatal("a paragraph of an Urdu document is not turned")
		}
	}
	if len(doc.all("bidiVisual")) != len(doc.all("tbl")) || len(doc.all("sectPr")[0].all("bidi")) != 1 {
		t.Error("a table or the pages of an Urdu document are not turned")
	}
	if x := files["word/styles.xml"].all("lang"); x[0].val("bidi") != "ur" {
		t.Errorf("its language is %v", x[0].Attrs)
	}
}

func TestSameDocumentSameBytes(t *testing.T) {
	if a, b := made(t, sample("")), made(t, sample("")); !bytes.Equal(a, b) {
		t.Error("the same document is not the same bytes")
	}
}

// whatRemains is a text without what XML can't hold.
func whatRemains(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, ""))
	var b strings.Builder
	for _, r := range s {
		if r == '\n' || r == '\t' || r >= 0x20 && r != 0xFFFE && r != 0xFFFF {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// FuzzText: whatever is typed, the document can be read, and every letter that XML can hold is in it.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a\x00b\x0b\x1f", "😀👩‍👧‍👦 e\u0301", strings.Repeat("Donaudampfschifffahrtsgesellschaft", 40), "سارہ & <b>خان</b> (\"8B\")", "]]>", "\u202eevil", "\xff\xfe", "a\r\nb\tc\u2028", "\ufffe\uffff", " two  spaces ", "١٢٣ abc אבג"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, rtl bool) {
		lang := ""
		if rtl {
			lang = "ur"
		}
		d := New(Info{Title: s, By: s, Head: s, Foot: s, Lang: lang})
		d.Heading(1, s)
		d.Para(Text(s), Run{Text: s, Bold: true, Italic: true, Quiet: true, Lang: s})
		d.List(true, Lines(s)...)
		d.Table(Table{Caption: s, About: s, Head: []Cell{C(s)}, Rows: [][]Cell{{C(s), N(s)}}})
		doc := opened(t, made(t, d))["word/document.xml"]
		for _, n := range doc.all("p")[:1] {
			if got := n.said(); got != whatRemains(s) {
				t.Fatalf("%q became %q", s, got)
			}
		}
	})
}

// TestOfficeOpensIt asks LibreOffice, where it is installed, to read the document and to print it: what it prints has the words and the count of pages.
func TestOfficeOpensIt(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed; the rules of the format are checked by the other tests")
	}
	dir := t.TempDir()
	for lang, words := range map[string][]string{"en-GB": {"What we found", "door is open", "Page 1 of", "For governors"}, "ur": {"سارہ"}} {
		in := filepath.Join(dir, lang+".docx")
		if err := os.WriteFile(in, made(t, sample(lang)), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, to := range []string{"pdf", "txt:Text (encoded):UTF8"} {
			cmd := exec.CommandContext(t.Context(), office, "--headless", "--norestore", "-env:UserInstallation=file://"+filepath.Join(dir, "home"), "--convert-to", to, "--outdir", dir, in)
			cmd.Env = append(os.Environ(), "HOME="+dir)
			if out, err := cmd.CombinedOutput(); err != nil {
				var exit *exec.ExitError
				t.Fatalf("LibreOffice can't read it (%v, %v): %s", err, errors.As(err, &exit), out)
			}
		}
		pdf, err := os.ReadFile(filepath.Join(dir, lang+".pdf"))
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Fatalf("there is no PDF: %v", err)
		}
		text, err := os.ReadFile(filepath.Join(dir, lang+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words[:min(2, len(words))] {
			if !strings.Contains(string(text), w) {
				t.Errorf("LibreOffice reads no %q in it:\n%s", w, text)
			}
		}
		if tool, err := exec.LookPath("pdftotext"); err == nil {
			out, err := exec.CommandContext(t.Context(), tool, "-layout", filepath.Join(dir, lang+".pdf"), "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range words {
				if !strings.Contains(string(out), w) && lang != "ur" {
					t.Errorf("on paper there is no %q:\n%s", w, out)
				}
			}
			if n := strings.Count(string(out), "Not yet"); lang == "en-GB" && n < 2 {
				t.Errorf("the head of the long table stands on %d pages, want all it runs over", n)
			}
		}
	}
}
