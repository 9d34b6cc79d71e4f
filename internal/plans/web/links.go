package web

import (
	"net/url"
	"strconv"

	"ajar/internal/kit/ids"
	"ajar/internal/plans"
)

// The addresses of the pages that others may lead to.
const (
	PlansPath      = "/plans"
	ObjectivesPath = "/objectives"
	RollUpPath     = "/objectives/roll-up"
	newPath        = "/plans/new"
	visionPath     = "/vision"
	consultPath    = "/consultations"
	measuresPath   = "/objectives/measures"
)

// PlanPath is the page of a plan.
func PlanPath(id plans.PlanID) string { return PlansPath + "/" + id.String() }

// ExtractPath is what governors read of a plan.
func ExtractPath(id plans.PlanID) string { return PlanPath(id) + "/extract" }

// ActionPath is the page of an action.
func ActionPath(id plans.ActionID) string { return "/actions/" + id.String() }

func editPath(id plans.PlanID) string         { return PlanPath(id) + "/edit" }
func sharePath(id plans.PlanID) string        { return PlanPath(id) + "/share" }
func completePath(id plans.PlanID) string     { return PlanPath(id) + "/complete" }
func reopenPath(id plans.PlanID) string       { return PlanPath(id) + "/reopen" }
func prioritiesPath(id plans.PlanID) string   { return PlanPath(id) + "/priorities" }
func addPath(id plans.PlanID) string          { return PlanPath(id) + "/add" }
func progressPath(id plans.PlanID) string     { return PlanPath(id) + "/progress" }
func printPath(id plans.PlanID) string        { return PlanPath(id) + "/print" }
func csvPath(id plans.PlanID) string          { return PlanPath(id) + "/actions.csv" }
func xlsxPath(id plans.PlanID) string         { return PlanPath(id) + "/actions.xlsx" }
func documentPath(id plans.PlanID) string     { return PlanPath(id) + "/plan.docx" }
func extractDocxPath(id plans.PlanID) string  { return ExtractPath(id) + "/governors.docx" }
func extractPrintPath(id plans.PlanID) string { return ExtractPath(id) + "/print" }
func extractXLSXPath(id plans.PlanID) string  { return ExtractPath(id) + "/actions.xlsx" }

// gapPath is the form of a new action that begins from a gap; n is the suggestion, from 1.
func gapPath(id plans.PlanID, s plans.Source, n int) string {
	return addPath(id) + "?" + url.Values{"kind": {s.Kind}, "key": {s.Key}, "n": {strconv.Itoa(n)}}.Encode()
}

func removedPath(id plans.PlanID, a plans.ActionID) string {
	return PlanPath(id) + "?removed=" + a.String()
}

func actionEditPath(id plans.ActionID) string   { return ActionPath(id) + "/edit" }
func newsPath(id plans.ActionID) string         { return ActionPath(id) + "/news" }
func evidencePath(id plans.ActionID) string     { return ActionPath(id) + "/evidence" }
func removePath(id plans.ActionID) string       { return ActionPath(id) + "/remove" }
func restorePath(id plans.ActionID) string      { return ActionPath(id) + "/restore" }
func carryPath(id plans.ActionID) string        { return ActionPath(id) + "/carry" }
func objectivePath(id plans.ObjectiveID) string { return ObjectivesPath + "/" + id.String() }
func objectiveEnd(id plans.ObjectiveID) string  { return objectivePath(id) + "/end" }
func dropEvidencePath(id plans.ActionID, e ids.ID[plans.Evidence]) string {
	return evidencePath(id) + "/" + e.String() + "/drop"
}
func consultationPath(id ids.ID[plans.Consultation]) string { return consultPath + "/" + id.String() }
func unconsultPath(id ids.ID[plans.Consultation]) string    { return consultationPath(id) + "/drop" }
