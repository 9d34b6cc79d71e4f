package web

import (
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func worryRows(r roll.Route) []ui.SummaryRow {
	var rows []ui.SummaryRow
	for _, x := range []ui.SummaryRow{{Key: "Safeguarding lead", Value: r.Lead}, {Key: "Deputy", Value: r.Deputy}, {Key: "Phone", Value: r.Phone}, {Key: "Out of hours", Value: r.OutOfHours}} {
		if x.Value != "" {
			rows = append(rows, x)
		}
	}
	return append(rows, ui.SummaryRow{Key: "In danger now", Value: "Ring 999"})
}
