// Package docx writes Word documents (Office Open XML, WordprocessingML) that people go on writing in: headings are real headings, so that the panel of
// headings and a table of contents find them; lists are real lists; tables repeat their head on each page; the foot counts pages. It reads nothing, draws
// nothing and leaves no trace of the machine: the same document is the same bytes.
//
// Begin with [New], add blocks, and end with [Doc.Write]. The text comes as it is: what XML can't hold is left out, a line break in a text is a line break on
// paper. Parts of a text that run from right to left by themselves are marked, so that names in Arabic letters stand right in an English line. Why it is
// written here: docs/adr/0032-word-documents.md.
package docx
