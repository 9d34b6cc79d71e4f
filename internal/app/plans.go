package app

import (
	"fmt"

	"ajar/internal/kit/db"
	"ajar/internal/plans"
	"ajar/internal/progress"
	progressweb "ajar/internal/progress/web"
)

// measureForPlans offers to plans what the rooms below measure, to stand beside what was done.
func (a *App) measureForPlans() {
	a.Plans.OfferMeasure(plans.Measure{Key: "attendance", Title: "Attendance of the whole school, term by term", Link: progressweb.SchoolPath, Read: func(tx *db.Tx, from, to string) (out []plans.Reading, err error) {
		terms, err := a.Progress.Terms(tx, progress.Window{From: from, To: to})
		for _, t := range terms {
			if percent, known := t.Sessions.Percent(); known {
				out = append(out, plans.Reading{Label: t.Label, Text: fmt.Sprintf("%.1f %%", percent), Value: &percent})
			}
		}
		return out, err
	}})
}
