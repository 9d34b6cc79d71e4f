package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// DocData is a page that is meant for paper: letters, or sheets.
type DocData struct {
	Title string
	Lang  string
	Dir   string
	Back  Link   // shown on the screen only
	Note  string // shown on the screen only: "12 letters, one for each household"
}

// LetterData is one letter on A4. The address lies behind the window of a DL envelope when the sheet is folded in three.
type LetterData struct {
	Lang      string
	Dir       string
	From      []string // the school's name and address, at the top right
	Address   []string // the name and address of the one who gets it
	Reference string
	Date      string
	Salute    string // "Dear Mrs Khan"
	Subject   string
	Close     string // "Yours sincerely"
	Signed    []string
	Foot      string // a line at the end: how to ask for this in another language
	Large     bool   // in large print, for those who asked for it
}

// LabelsData are addresses for a sheet of labels: three in a row and eight rows on A4, each 63.5 mm by 33.9 mm.
type LabelsData struct {
	Skip   int        // labels at the beginning of the first sheet that are used already
	Labels [][]string // the lines of each
}

// LabelsOnSheet is how many labels one sheet has.
const LabelsOnSheet = 24

// sheets parts the labels into sheets; a used label is an empty one.
func (d LabelsData) sheets() (out [][][]string) {
	all := append(make([][]string, min(max(d.Skip, 0), LabelsOnSheet-1)), d.Labels...)
	for len(all) > 0 {
		n := min(len(all), LabelsOnSheet)
		out, all = append(out, all[:n]), all[n:]
	}
	return out
}

// PaperSheetData is a sheet, register or list on A4, with the same head and foot on each page.
type PaperSheetData struct {
	Lang      string
	Dir       string
	Org       string
	Title     string
	Sub       string // "Amira Khan, 8B"
	PrintedBy string // who and when; on whatever is about named people
	PrintedAt string
	Private   string // "Confidential: about one family. Keep it locked away."
	Landscape bool
}

func langOr(lang string) string {
	if lang == "" {
		return "en-GB"
	}
	return lang
}

func dirOr(dir, lang string) string {
	if dir == "" {
		return Direction(langOr(lang))
	}
	return dir
}

func (l LetterData) attrs() templ.Attributes { return langAttrs(l.Lang, l.Dir) }

func (s PaperSheetData) attrs() templ.Attributes { return langAttrs(s.Lang, s.Dir) }

// langAttrs says nothing when the part is in the language of the whole page.
func langAttrs(lang, dir string) templ.Attributes {
	a := templ.Attributes{}
	if lang != "" {
		a["lang"], a["dir"] = lang, dirOr(dir, lang)
	}
	return a
}

func joinLines(lines []string) []string {
	out := []string{}
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}
