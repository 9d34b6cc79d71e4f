package web

import (
	"net/url"

	"ajar/internal/barriers"
	"ajar/internal/roll"
)

// The addresses of this capability. Others that lead here use the exported ones.
const (
	ListPath    = "/reach"
	RulesPath   = "/reach/rules"
	CohortsPath = "/reach/cohorts"
	FiguresPath = "/reach/figures"

	choosePath      = "/reach/choose"
	keyTeacherPath  = "/reach/key-teacher"
	paperPath       = "/reach/print"
	rulePath        = RulesPath + "/edit"
	rulePreviewPath = RulesPath + "/preview"
	ruleSavePath    = RulesPath + "/save"
	ruleEndPath     = RulesPath + "/end"

	// conversationsPath begins a programme with the pupils that are sent along; it belongs to conversations, which stand above.
	conversationsPath = "/conversations/programmes/new"
)

// ListWith is the list with a filter.
func ListWith(v url.Values) string {
	if len(v) == 0 {
		return ListPath
	}
	return ListPath + "?" + v.Encode()
}

// PupilPath is what is counted for one pupil, and why.
func PupilPath(id roll.PupilID) string { return "/pupils/" + id.String() + "/barriers" }

// SheetPath is the sheet about it that a family can be given.
func SheetPath(id roll.PupilID) string { return PupilPath(id) + "/sheet" }

// CohortPath is the page of a cohort.
func CohortPath(id barriers.CohortID) string { return CohortsPath + "/" + id.String() }

func recordPath(id roll.PupilID) string            { return "/pupils/" + id.String() }
func cohortRemovePath(id barriers.CohortID) string { return CohortPath(id) + "/remove" }
func cohortEndPath(id barriers.CohortID) string    { return CohortPath(id) + "/end" }
func ruleEditPath(code string) string              { return rulePath + "?" + url.Values{"code": {code}}.Encode() }
func ruleEndFormPath(code string) string {
	return ruleEndPath + "?" + url.Values{"code": {code}}.Encode()
}
func withQuery(path string, v url.Values) string { return path + "?" + v.Encode() }
