package web

import (
	"bytes"
	"fmt"
	"strconv"

	"ajar/internal/kit/sheet"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/ui"
)

func (h handlers) print(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	v, err := h.s.Progress(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	w := q.Pass.Who()
	return q.Print("plan", int64(id), "The plan was made for paper.", planPaper(ui.DocData{Title: v.Title, Back: ui.Link{Text: "Back to the plan", Href: PlanPath(id)}},
		ui.PaperSheetData{Org: w.OrgName, Title: v.Title, Sub: span(v.Plan), PrintedBy: w.Name, PrintedAt: h.stamp(), Private: "For those who work here.", Landscape: true}, v))
}

var listHead = []string{"theme", "action", "owner", "due", "status", "stands", "stopped_because", "done_on", "success_measure", "planned_pounds", "spent_pounds", "funding", "came_from", "serves", "evidence"}

func listCells(v plans.PlanView) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for _, a := range v.Actions {
			serves := ""
			for i, o := range v.Serves[a.ID] {
				if i > 0 {
					serves += "; "
				}
				serves += o.OrgName + ": " + o.Title()
			}
			if !yield([]string{a.Theme, a.Words, a.OwnerName, a.Due, plans.StatusWords[a.Status], string(plans.LookOf(a, v.Today)), a.StoppedWhy, a.DoneOn, a.Measure, plain(a.PlannedPence), plain(a.SpentPence), a.Funding, a.SourceWords, serves, strconv.Itoa(v.Evidence[a.ID])}) {
				return
			}
		}
	}
}

// plain is pounds as a number for a sheet; empty where nobody has said.
func plain(p *int64) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%d.%02d", *p/100, *p%100)
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (h handlers) csv(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, listHead, listCells(v)); err != nil {
		return err
	}
	return q.Export("plan", int64(v.ID), "the actions of a plan", "plan-"+v.Today+".csv", "text/csv; charset=utf-8", b.Bytes())
}

func (h handlers) xlsx(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteXLSX(&b, "Plan "+v.Today, listHead, listCells(v)); err != nil {
		return err
	}
	return q.Export("plan", int64(v.ID), "the actions of a plan", "plan-"+v.Today+".xlsx", xlsxType, b.Bytes())
}
