package web

import (
	"bytes"

	"ajar/internal/kit/sheet"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/ui"
)

func (h handlers) readExtract(q *web.Req) (plans.Extract, error) {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return plans.Extract{}, err
	}
	return h.s.Extract(q.Context(), q.Pass, id)
}

func (h handlers) extract(q *web.Req) error {
	x, err := h.readExtract(q)
	if err != nil {
		return err
	}
	d := page(q, "For governors")
	d.Wide = true
	return q.Page(extractPage(d, x))
}

func (h handlers) extractPrint(q *web.Req) error {
	x, err := h.readExtract(q)
	if err != nil {
		return err
	}
	return q.Print("plan", int64(x.ID), "What governors read of a plan was made for paper.", extractPaper(ui.DocData{Title: "For governors: " + x.Title, Back: ui.Link{Text: "Back", Href: ExtractPath(x.ID)}},
		ui.PaperSheetData{Org: x.Org, Title: "For governors: " + x.Title, Sub: span(x.Plan) + ", as of " + day(x.Today), PrintedAt: h.stamp()}, x))
}

func (h handlers) extractXLSX(q *web.Req) error {
	x, err := h.readExtract(q)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteXLSX(&b, "Governors "+x.Today, []string{"theme", "action", "who", "due", "stands", "stopped_because", "success_measure", "planned_pounds", "spent_pounds", "funding"}, func(yield func([]string) bool) {
		for _, l := range x.Lines {
			if !yield([]string{l.Theme, l.Words, l.Who, l.Due, string(l.Look), l.Reason, l.Measure, plain(l.Planned), plain(l.Spent), l.Funding}) {
				return
			}
		}
	}); err != nil {
		return err
	}
	return q.Export("plan", int64(x.ID), "what governors read of a plan", "governors-"+x.Today+".xlsx", xlsxType, b.Bytes())
}
