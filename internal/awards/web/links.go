package web

import (
	"net/url"
	"strconv"

	"ajar/internal/audit"
	"ajar/internal/awards"
)

// ListPath is the page of awards.
const ListPath = "/awards"

const (
	newPath  = ListPath + "/new"
	heldPath = ListPath + "/held"
)

// AwardPath is the page of one award.
func AwardPath(id awards.AwardID) string { return ListPath + "/" + id.String() }

// ObjectivePath is where an objective is seen with what shows it.
func ObjectivePath(id awards.AwardID, objective string) string {
	return AwardPath(id) + "/objectives/" + url.PathEscape(objective)
}

// versioned is an address as it was in a frozen version; 0 for as it is now.
func versioned(path string, no int) string {
	if no == 0 {
		return path
	}
	return path + "?" + url.Values{"version": {strconv.Itoa(no)}}.Encode()
}

func stepsPath(id awards.AwardID) string       { return AwardPath(id) + "/steps" }
func stepBackPath(id awards.AwardID) string    { return stepsPath(id) + "/back" }
func visitPath(id awards.AwardID) string       { return AwardPath(id) + "/visits" }
func peoplePath(id awards.AwardID) string      { return AwardPath(id) + "/people" }
func settingsPath(id awards.AwardID) string    { return AwardPath(id) + "/settings" }
func endPath(id awards.AwardID) string         { return AwardPath(id) + "/end" }
func readyPath(id awards.AwardID) string       { return AwardPath(id) + "/ready" }
func takeBackPath(id awards.AwardID) string    { return AwardPath(id) + "/take-back" }
func decidePath(id awards.AwardID) string      { return AwardPath(id) + "/decide" }
func recordPath(id awards.AwardID) string      { return AwardPath(id) + "/record" }
func renewPath(id awards.AwardID) string       { return AwardPath(id) + "/renew" }
func printPath(id awards.AwardID) string       { return AwardPath(id) + "/print" }
func certificatePath(id awards.AwardID) string { return AwardPath(id) + "/certificate" }
func csvPath(id awards.AwardID) string         { return AwardPath(id) + "/evidence.csv" }

func partEndPath(id awards.AwardID, part awards.PartID) string {
	return peoplePath(id) + "/" + part.String() + "/end"
}

func filePath(id awards.AwardID, e audit.EvidenceID) string {
	return AwardPath(id) + "/files/" + e.String()
}

func showPath(id awards.AwardID, objective string) string {
	return ObjectivePath(id, objective) + "/show"
}
func commentPath(id awards.AwardID, objective string) string {
	return ObjectivePath(id, objective) + "/comment"
}
func judgePath(id awards.AwardID, objective string) string {
	return ObjectivePath(id, objective) + "/judge"
}
func takeOffPath(id awards.AwardID, objective string) string {
	return ObjectivePath(id, objective) + "/take-off"
}
func holdsPath(id awards.AwardID, objective string) string {
	return ObjectivePath(id, objective) + "/still-holds"
}
