package web

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"ajar/internal/audit"
	"ajar/internal/kit/sheet"
	"ajar/internal/roll"
)

// What is hidden on the page is hidden in the file, and nothing of it is in what pages are made from.
func TestA01ClusterFilesHideWhatThePageHides(t *testing.T) {
	f := audit.Shipped()[0]
	c, spread := f.Themes[0].Criteria, audit.Spread{0, 3, 2, 1, 0}
	v := audit.ClusterView{Framework: f, Members: 8, Giving: 6, Picture: &audit.Picture{Number: 1}, Themes: []audit.ClusterTheme{{Theme: f.Themes[0], Rows: []audit.ClusterRow{
		{Criterion: c[0], Aim: 3, N: 6, Spread: &spread, Moves: &audit.Moves{Up: 3, Same: 2, Down: 1}, Named: []audit.NamedLevel{{School: roll.Org{Name: "Ash School"}, Level: 4}}},
		{Criterion: c[1], Aim: 3, N: 4, Hidden: audit.HiddenFew, NoMoves: audit.HiddenFew},
		{Criterion: c[2], Hidden: audit.HiddenNone, NoMoves: audit.HiddenNone},
	}}}}
	head, rows := togetherRows(v)
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, head, rows); err != nil {
		t.Fatal(err)
	}
	list, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b.Bytes(), []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"8|6|2|0|3|2|1|0|Ash School: Strong|3|2|1|3|", "8|4|4|hidden|hidden|hidden|hidden|hidden||hidden|hidden|hidden|3|", "8|0|8|" + strings.Repeat("|", 10)} {
		got := strings.Join(list[i+1][3:], "|")
		if got != want {
			t.Errorf("row %d: %q, want %q", i+1, got, want)
		}
	}
	h := heatTogether(v, v.Themes[0])
	if x := h.Rows[0].Cells[1]; !x.Known || x.Value != 3 {
		t.Errorf("%+v", x)
	}
	if x := h.Rows[1].Cells[1]; x.Known || !x.Hidden {
		t.Errorf("%+v", x)
	}
	if x := h.Rows[2].Cells[1]; x.Known || x.Hidden {
		t.Errorf("not known is not hidden, and not nought: %+v", x)
	}
}
