package web

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (h pages) cluster(q *web.Req) (audit.ClusterView, bool, error) {
	return h.s.Cluster(q.Context(), q.Pass, q.Text("framework"), q.Text("version"))
}

func (h pages) together(q *web.Req) error {
	v, ok, err := h.cluster(q)
	if err != nil {
		return err
	}
	return h.togetherPage(q, v, ok, nil)
}

func (h pages) togetherPage(q *web.Req, v audit.ClusterView, ok bool, errs ui.Errors) error {
	d := begin(q, "Our members together")
	d.Wide, d.Errors = true, errs
	helped, err := h.helped(q.Context(), q, ok)
	if err != nil {
		return err
	}
	c := togetherPage(d, v, ok, helped)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func (h pages) helped(ctx context.Context, q *web.Req, ok bool) ([]audit.Helped, error) {
	if !ok || h.s.Helped == nil {
		return nil, nil
	}
	return h.s.Helped(ctx, q.Pass)
}

func (h pages) makePicture(q *web.Req) error {
	err := h.s.MakePicture(q.Context(), q.Pass, q.Text("framework"), q.Text("version"))
	if fault.KindOf(err) == fault.Conflict {
		sentence, _ := fault.Sentence(err)
		v, ok, err := h.cluster(q)
		if err != nil {
			return err
		}
		return h.togetherPage(q, v, ok, ui.Errors{{Text: sentence}})
	}
	if err != nil {
		return err
	}
	f := audit.Framework{Code: q.Text("framework"), Version: q.Text("version")}
	return q.Go(under(TogetherPath, f), "This is the picture as of today.")
}

func (h pages) togetherPrint(q *web.Req) error {
	v, ok, err := h.cluster(q)
	if err != nil {
		return err
	}
	if !ok {
		return h.togetherPage(q, v, ok, nil)
	}
	helped, err := h.helped(q.Context(), q, ok)
	if err != nil {
		return err
	}
	return q.Print("audit", 0, "what members' audits say together", togetherPaper(ui.DocData{Title: "Our members together", Back: ui.Link{Text: "Our members together", Href: under(TogetherPath, v.Framework)}},
		ui.PaperSheetData{Org: v.Org.Name, Title: "Where our schools and centres stand", Sub: v.Framework.Title + ", version " + v.Framework.Version, PrintedBy: q.Pass.Who().Name, PrintedAt: day(v.Today)}, v, helped))
}

// togetherRows is the page as a sheet, with the same hidden.
func togetherRows(v audit.ClusterView) (head []string, rows func(yield func([]string) bool)) {
	head = []string{"theme", "criterion", "text", "members", "schools_counted", "unknown"}
	for _, n := range v.Framework.Names {
		head = append(head, strings.ToLower(n))
	}
	head = append(head, "by_name", "up", "same", "down", "benchmark", "own_audit")
	return head, func(yield func([]string) bool) {
		for _, t := range v.Themes {
			for _, r := range t.Rows {
				row := []string{t.Theme.Title, r.Criterion.Code, r.Criterion.Text, strconv.Itoa(v.Members), strconv.Itoa(r.N), strconv.Itoa(v.Unknown(r))}
				for i := range audit.Levels {
					row = append(row, cell(r.Spread != nil, r.Hidden, func() int { return r.Spread[i] }))
				}
				var names []string
				for _, n := range r.Named {
					names = append(names, n.School.Name+": "+v.Framework.Names[n.Level-1])
				}
				row = append(row, strings.Join(names, "; "))
				for i := range 3 {
					row = append(row, cell(r.Moves != nil, r.NoMoves, func() int { return [3]int{r.Moves.Up, r.Moves.Same, r.Moves.Down}[i] }))
				}
				aim := ""
				if r.Aim > 0 {
					aim = strconv.Itoa(r.Aim)
				}
				if !yield(append(row, aim, plain(r.Own))) {
					return
				}
			}
		}
	}
}

// cell writes a count, or that it is hidden; nothing where nothing is known.
func cell(shown bool, why string, n func() int) string {
	switch {
	case shown:
		return strconv.Itoa(n())
	case why == audit.HiddenNone:
		return ""
	}
	return "hidden"
}

func (h pages) togetherCSV(q *web.Req) error { return h.togetherFile(q, "csv") }

func (h pages) togetherXLSX(q *web.Req) error { return h.togetherFile(q, "xlsx") }

func (h pages) togetherFile(q *web.Req, kind string) error {
	v, ok, err := h.cluster(q)
	if err != nil {
		return err
	}
	if !ok {
		return h.togetherPage(q, v, ok, nil)
	}
	var b bytes.Buffer
	head, rows := togetherRows(v)
	contentType := "text/csv; charset=utf-8"
	if kind == "csv" {
		err = sheet.WriteCSV(&b, head, rows)
	} else {
		contentType = xlsxType
		err = sheet.WriteXLSX(&b, "Members together", head, rows)
	}
	if err != nil {
		return err
	}
	return q.Export("audit", 0, "what members' audits say together", "members-together-"+v.Today+"."+kind, contentType, b.Bytes())
}

// heatTogether is how many schools stand at each level, statement by statement.
func heatTogether(v audit.ClusterView, t audit.ClusterTheme) ui.HeatData {
	h := ui.HeatData{Title: "How many schools stand at each level: " + t.Theme.Title, RowHead: "Statement", Columns: v.Framework.Names[:], Unit: "schools and centres", Suppressed: "hidden", High: float64(max(v.Members, 1))}
	for _, r := range t.Rows {
		row := ui.HeatRow{Label: r.Criterion.Code}
		for i := range audit.Levels {
			switch {
			case r.Spread != nil:
				row.Cells = append(row.Cells, ui.Known(float64(r.Spread[i])))
			case r.Hidden == audit.HiddenNone:
				row.Cells = append(row.Cells, ui.Unknown())
			default:
				row.Cells = append(row.Cells, ui.HiddenSmall())
			}
		}
		h.Rows = append(h.Rows, row)
	}
	return h
}

func movesWords(r audit.ClusterRow) string {
	if r.Moves == nil {
		return hiddenWords(r.NoMoves)
	}
	return strconv.Itoa(r.Moves.Up) + " up, " + strconv.Itoa(r.Moves.Same) + " as before, " + strconv.Itoa(r.Moves.Down) + " down"
}

func hiddenWords(why string) string {
	switch why {
	case audit.HiddenFew:
		return "Hidden: too few"
	case audit.HiddenGone:
		return "Hidden: taken back"
	}
	return "–"
}

// goesUp is what a school lets its groupings have of one audit.
func (h pages) goesUp(q *web.Req) error { return h.goesUpAgain(q, nil) }

func (h pages) goesUpAgain(q *web.Req, errs ui.Errors) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	v, err := h.s.GoesUp(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d := begin(q, "What the cluster may see", toAudit(v.Audit))
	d.Errors = errs
	if len(errs) > 0 {
		return q.Again(goesUpPage(d, v))
	}
	return q.Page(goesUpPage(d, v))
}

func (h pages) give(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	to, err := orgID(q.Text("to"))
	if err != nil {
		return err
	}
	err = h.s.Give(q.Context(), q.Pass, id, to, audit.Gives(q.Text("gives")))
	switch fault.KindOf(err) {
	case fault.Invalid:
		return h.goesUpAgain(q, ui.ErrorsOf(err))
	case fault.Conflict:
		sentence, _ := fault.Sentence(err)
		return h.goesUpAgain(q, ui.Errors{{Text: sentence}})
	}
	if err != nil {
		return err
	}
	return q.Go(goesUpPath(id), "Decided. It holds from now on, and you can change it at any time.")
}

func orgID(text string) (roll.OrgID, error) {
	id, err := ids.Parse[roll.Org](text)
	if err != nil {
		return 0, fault.Gone("cluster")
	}
	return id, nil
}
