package journeys

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/chromedp/chromedp"

	"github.com/chromedp/cdproto/emulation"
)

// axeFile is axe-core 4.14.1 as its makers ship it.
const axeFile = "axe/axe.min.js"

// axeTags are the rules of WCAG 2.2 up to AA.
var axeTags = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"}

// Accessible checks the page as it stands with axe-core, in a wide and in a narrow window, and that it needs no sideways scrolling at 320.
func (p *Page) Accessible() {
	p.t.Helper()
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		p.t.Fatalf("axe-core is not there (test/journeys/%s): %v", axeFile, err)
	}
	wasNarrow, wasNoScript := p.narrow, p.noScript
	if wasNoScript {
		p.allowScripts(true) // for axe only: the page was loaded without, and stays so
	}
	for _, look := range []struct {
		name string
		set  func()
	}{{"wide", p.Wide}, {"narrow", p.Narrow}} {
		look.set()
		p.settle()
		for _, finding := range append(p.axe(string(axe)), p.reflow()...) {
			p.t.Errorf("%s: at %s, %s window: %s", p.who, p.Path(), look.name, finding)
		}
	}
	if wasNoScript {
		p.allowScripts(false)
	}
	if wasNarrow {
		p.Narrow()
	} else {
		p.Wide()
	}
}

func (p *Page) allowScripts(on bool) {
	p.t.Helper()
	_, err := chromedp.Call(p.limited(), emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	p.must("allow scripts", err)
}

func (p *Page) axe(source string) []string {
	p.t.Helper()
	eval[bool](p, "if (!window.axe) { "+source+"\n}\n!!window.axe")
	tags, err := json.Marshal(axeTags)
	p.must("name the rules", err)
	answer := eval[string](p, `axe.run(document, {runOnly: {type: 'tag', values: `+string(tags)+`}, resultTypes: ['violations']}).then(r => JSON.stringify(
		{rules: r.passes.length + r.violations.length, violations: r.violations.map(v => ({rule: v.id, help: v.help, nodes: v.nodes.map(n => ({html: n.html, at: n.target.join(' '), why: n.failureSummary}))}))}))`, chromedp.EvalAwaitPromise)
	var report struct {
		Rules      int
		Violations []struct {
			Rule, Help string
			Nodes      []struct{ HTML, At, Why string }
		}
	}
	p.must("read what axe found", json.Unmarshal([]byte(answer), &report))
	var out []string
	if report.Rules == 0 {
		out = append(out, "axe looked at nothing")
	}
	for _, v := range report.Violations {
		for _, n := range v.Nodes {
			out = append(out, fmt.Sprintf("%s (%s)\n    %s\n    %s\n    %s", v.Help, v.Rule, n.At, shorten(oneLine(n.HTML), 200), oneLine(n.Why)))
		}
	}
	return out
}

// reflow is WCAG 1.4.10: at 320 pixels nobody scrolls sideways. A wide table may scroll in a box of its own. Also what axe takes as given:
// one main heading, a title, a language.
func (p *Page) reflow() []string {
	p.t.Helper()
	answer := eval[string](p, `(() => {
		const out = [], doc = document.documentElement, room = doc.clientWidth;
		if (room > 0 && Math.max(doc.scrollWidth, window.innerWidth) > Math.max(room, screen.width) + 1 || doc.scrollWidth > room + 1) {
			const wide = Array.from(document.body.querySelectorAll('*')).filter(e => e.getBoundingClientRect().right > room + 1 && !e.closest('[style*="overflow"], .scroll, [tabindex="0"]'));
			const deepest = wide.filter(e => !wide.some(f => f !== e && e.contains(f))).slice(0, 3);
			out.push('the page is ' + doc.scrollWidth + ' wide where there is room for ' + room + '; too wide: ' + deepest.map(e => e.outerHTML.slice(0, 120)).join(' | '));
		}
		const h1 = document.querySelectorAll('h1').length;
		if (h1 !== 1) out.push('there are ' + h1 + ' main headings (h1) and should be one');
		if (!document.title.trim()) out.push('the page has no title');
		return JSON.stringify(out);
	})()`)
	var out []string
	p.must("measure the page", json.Unmarshal([]byte(answer), &out))
	return out
}

func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + " …"
	}
	return s
}

// Picture writes the page to docs/pictures/NAME.png when AJAR_PICTURES=1 (make pictures); otherwise it does nothing.
func (p *Page) Picture(name string) {
	p.t.Helper()
	if os.Getenv("AJAR_PICTURES") != "1" {
		return
	}
	p.settle()
	p.savePicture(filepath.Join(root, "docs", "pictures", name+".png"))
}

func (p *Page) savePicture(path string) {
	p.t.Helper()
	eval[bool](p, `(() => { if (document.activeElement) document.activeElement.blur(); window.scrollTo(0, 0); return true })()`)
	picture, err := chromedp.Run(p.limited(), chromedp.FullScreenshot(100))
	p.must("take a picture", err)
	p.must("make the folder for pictures", os.MkdirAll(filepath.Dir(path), 0o755))
	p.must("keep the picture", os.WriteFile(path, p.trim(picture), 0o644))
}

// mostTall is how much of a long page a picture shows; a reader of the documents wants the beginning, and a repository small files.
const mostTall = 1100

func (p *Page) trim(picture []byte) []byte {
	p.t.Helper()
	whole, err := png.Decode(bytes.NewReader(picture))
	p.must("read the picture", err)
	box := whole.Bounds()
	box.Max.Y = min(box.Max.Y, box.Min.Y+mostTall)
	part, ok := whole.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok {
		p.fail("a picture of a kind that cannot be cut: %T", whole)
	}
	var out bytes.Buffer
	p.must("write the picture", (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, part.SubImage(box)))
	return out.Bytes()
}

var sheetInPDF = regexp.MustCompile(`/Type\s*/Page\b`)

// PrintPDF prints the page on A4 as its print style wants it, and tells how many sheets it takes.
func (p *Page) PrintPDF() (pdf []byte, sheets int) {
	p.t.Helper()
	p.settle()
	pdf, err := chromedp.Run(p.limited(), chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize()))
	p.must("print", err)
	if !strings.HasPrefix(string(pdf), "%PDF-") {
		p.fail("what was printed is no PDF")
	}
	return pdf, len(sheetInPDF.FindAll(pdf, -1))
}
