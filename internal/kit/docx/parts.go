package docx

import (
	"fmt"
	"strings"
	"time"
)

// The fixed parts of a document. The order of elements in them is that of the schema (ECMA-376, part 1): Word is strict about it where others are not.

const spaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

const contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
	`<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>` +
	`<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>` +
	`<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>` +
	`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
	`<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>`

const packageRels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
	`<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties" Target="docProps/app.xml"/></Relationships>`

const documentRels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/>` +
	`<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/>` +
	`<Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/>` +
	`<Relationship Id="rId5" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/></Relationships>`

const appProps = `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Ajar</Application></Properties>`

// settings hold the version of the format, without which Word opens a document in a mode for old ones.
const settings = `<w:settings ` + spaces + `><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`

func (d *Doc) core() string {
	var b strings.Builder
	b.WriteString(`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`)
	for _, x := range []struct{ tag, value string }{{"dc:title", d.info.Title}, {"dc:subject", d.info.Subject}, {"dc:creator", d.info.By}, {"dc:language", d.info.Lang}} {
		if x.value != "" {
			fmt.Fprintf(&b, "<%s>%s</%s>", x.tag, attr(x.value), x.tag)
		}
	}
	if !d.info.Made.IsZero() {
		at := d.info.Made.UTC().Format(time.RFC3339)
		fmt.Fprintf(&b, `<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">%s</dcterms:modified>`, at, at)
	}
	b.WriteString(`</cp:coreProperties>`)
	return b.String()
}

// style is one style of paragraphs.
type style struct {
	id, name, next string
	heading        int // its level in the outline, from 1
	para           string
	run            string
	priority       int
}

// The look: dark plum for headings, a letter that every office has. Sizes are halves of a point.
var styleList = []style{
	{id: "Title", name: "Title", next: "Normal", para: `<w:keepNext/><w:spacing w:after="60"/>`, run: `<w:b/><w:bCs/><w:color w:val="7A2E62"/><w:sz w:val="44"/><w:szCs w:val="44"/>`, priority: 10},
	{id: "Subtitle", name: "Subtitle", next: "Normal", para: `<w:spacing w:after="240"/>`, run: `<w:color w:val="595959"/><w:sz w:val="24"/><w:szCs w:val="24"/>`, priority: 11},
	{id: "Heading1", name: "heading 1", next: "Normal", heading: 1, para: `<w:keepNext/><w:keepLines/><w:spacing w:before="360" w:after="120"/><w:outlineLvl w:val="0"/>`, run: `<w:b/><w:bCs/><w:color w:val="7A2E62"/><w:sz w:val="32"/><w:szCs w:val="32"/>`, priority: 9},
	{id: "Heading2", name: "heading 2", next: "Normal", heading: 2, para: `<w:keepNext/><w:keepLines/><w:spacing w:before="280" w:after="80"/><w:outlineLvl w:val="1"/>`, run: `<w:b/><w:bCs/><w:sz w:val="26"/><w:szCs w:val="26"/>`, priority: 9},
	{id: "Heading3", name: "heading 3", next: "Normal", heading: 3, para: `<w:keepNext/><w:keepLines/><w:spacing w:before="200" w:after="60"/><w:outlineLvl w:val="2"/>`, run: `<w:b/><w:bCs/><w:sz w:val="22"/><w:szCs w:val="22"/>`, priority: 9},
	{id: "Quote", name: "Quote", para: `<w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="7A2E62"/></w:pBdr><w:ind w:left="284"/>`, priority: 29},
	{id: "ListParagraph", name: "List Paragraph", para: `<w:spacing w:after="60"/><w:ind w:left="567"/>`, priority: 34},
	{id: "Caption", name: "caption", next: "Normal", para: `<w:keepNext/><w:spacing w:before="120" w:after="60"/>`, run: `<w:b/><w:bCs/><w:sz w:val="20"/><w:szCs w:val="20"/>`, priority: 35},
	{id: "TableText", name: "Table Text", para: `<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>`, run: `<w:sz w:val="19"/><w:szCs w:val="19"/>`, priority: 40},
	{id: "TableHead", name: "Table Head", para: `<w:keepNext/><w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/>`, run: `<w:b/><w:bCs/><w:sz w:val="19"/><w:szCs w:val="19"/>`, priority: 40},
	{id: "AfterTable", name: "After Table", para: `<w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/>`, run: `<w:sz w:val="8"/><w:szCs w:val="8"/>`, priority: 41},
	{id: "Header", name: "header", para: `<w:spacing w:after="0"/>`, run: `<w:color w:val="595959"/><w:sz w:val="18"/><w:szCs w:val="18"/>`, priority: 99},
	{id: "Footer", name: "footer", para: `<w:spacing w:after="0"/>`, run: `<w:color w:val="595959"/><w:sz w:val="18"/><w:szCs w:val="18"/>`, priority: 99},
}

func (d *Doc) styles() string {
	lang := `<w:lang w:val="` + attr(d.info.Lang) + `" w:eastAsia="en-GB" w:bidi="ar-SA"/>`
	if rightToLeft(d.info.Lang) {
		lang = `<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="` + attr(d.info.Lang) + `"/>`
	}
	var b strings.Builder
	b.WriteString(`<w:styles ` + spaces + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Arial"/><w:sz w:val="22"/><w:szCs w:val="22"/>` + lang +
		`</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="269" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>`)
	b.WriteString(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>`)
	for _, s := range styleList {
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/>`, s.id, s.name)
		if s.next != "" {
			fmt.Fprintf(&b, `<w:next w:val="%s"/>`, s.next)
		}
		fmt.Fprintf(&b, `<w:uiPriority w:val="%d"/><w:qFormat/>`, s.priority)
		if s.para != "" {
			b.WriteString(`<w:pPr>` + s.para + `</w:pPr>`)
		}
		if s.run != "" {
			b.WriteString(`<w:rPr>` + s.run + `</w:rPr>`)
		}
		b.WriteString(`</w:style>`)
	}
	b.WriteString(`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="85" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`)
	b.WriteString(`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="39"/><w:tblPr><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&b, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="8C8C8C"/>`, side)
	}
	b.WriteString(`</w:tblBorders></w:tblPr></w:style></w:styles>`)
	return b.String()
}

// numbering has two kinds of list, and one list of its own for each that is in the document: numbers begin again.
func (d *Doc) numbering() string {
	var b strings.Builder
	b.WriteString(`<w:numbering ` + spaces + `>`)
	for i, x := range []struct{ format, text string }{{"bullet", "•"}, {"decimal", "%1."}} {
		fmt.Fprintf(&b, `<w:abstractNum w:abstractNumId="%d"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="567" w:hanging="283"/></w:pPr></w:lvl></w:abstractNum>`, i, x.format, x.text)
	}
	for i, numbered := range d.lists {
		kind := 0
		if numbered {
			kind = 1
		}
		fmt.Fprintf(&b, `<w:num w:numId="%d"><w:abstractNumId w:val="%d"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>`, i+1, kind)
	}
	b.WriteString(`</w:numbering>`)
	return b.String()
}

func (d *Doc) margin(style string) *writer {
	w := &writer{info: d.info, rtl: rightToLeft(d.info.Lang)}
	w.put(`<w:p>`)
	w.paraProps(style, false, 0, "")
	return w
}

func (d *Doc) header() string {
	w := d.margin("Header")
	w.run(Text(d.info.Head), false)
	w.put(`</w:p>`)
	return `<w:hdr ` + spaces + `>` + w.String() + `</w:hdr>`
}

func (d *Doc) footer() string {
	w := d.margin("Footer")
	if d.info.Foot != "" {
		w.run(Text(d.info.Foot+"  ·  "), false)
	}
	before, rest, _ := strings.Cut(d.info.Of, "%s")
	between, after, _ := strings.Cut(rest, "%s")
	w.run(Text(before), false)
	w.field("PAGE")
	w.run(Text(between), false)
	w.field("NUMPAGES")
	w.run(Text(after), false)
	w.put(`</w:p>`)
	return `<w:ftr ` + spaces + `>` + w.String() + `</w:ftr>`
}

// field is a number that the program with which the document is opened works out.
func (w *writer) field(name string) {
	w.put(`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> `, name, ` </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`)
}
