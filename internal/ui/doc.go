// Package ui is the look of Ajar and the parts every page is made of: the page itself, sheets, forms, tables,
// figures and charts, and the pages that go on paper.
//
// It knows no school rule and no database. A page hands a component typed values and gets HTML that works without
// script, from 320 px up, under a strict content security policy (no inline script, no style attributes), and in
// black on white on A4.
//
// Where to begin: samples.templ shows every component with school wording; `go run ./tools/samples` serves it.
//
//	page.templ    Page: header, menu, errors, flash, undo, footer
//	words.templ   Heading, Lead, Sheet, Button, Inset, Warning, Details, Tag, SummaryList, SubNav, Steps, Timeline, Empty …
//	form.templ    Form, Text, TextArea, DateField, Select, Radios, Checkboxes, FileUpload, Hidden, ErrorSummary
//	list.templ    Table, Filter, Pagination
//	figure.templ  Stat, Figure, Explain, Chart, HeatMap, Spark
//	leaf.templ    Leaf, LeafText, LeafChoose, LeafDay, LeafLinks, InEnglish: the pages of families
//	paper.templ   Doc, Letter, PaperSheet
//	chart.go      the SVG writer: Lines, Bars, sparklines
//	assets.go     the embedded style sheet, script and type, under names that change with their content
//
// Inside main, plain HTML (p, ul, h2, h3, dl, a) already looks right; reach for a component when there is one.
//
// Pages behind a family's link are Leaf (leaf.templ): no menu, no script, a style sheet of 2 kB, the phone's own type, mirrored for languages
// written from the right. What a leaf says goes through kit/say, and its own words stand in the catalogues of texts/.
//
// Text that the other components say goes through the function given by WithSay.
package ui
