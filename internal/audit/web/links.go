package web

import (
	"net/url"
	"strconv"

	"ajar/internal/audit"
)

// ListPath is the page of audits.
const ListPath = "/audit"

// FrameworksPath is the page of frameworks, where one is brought in.
const FrameworksPath = "/audit-frameworks"

const (
	newPath      = ListPath + "/new"
	evidencePath = "/audit-evidence"
)

// AuditPath is the page of one audit and what came of it.
func AuditPath(id audit.AuditID) string { return ListPath + "/" + id.String() }

// RatePath is where somebody rates under their name.
func RatePath(id audit.AuditID) string { return AuditPath(id) + "/rate" }

func ratePath(id audit.AuditID, criterion string) string {
	return RatePath(id) + "/" + url.PathEscape(criterion)
}
func draftPath(id audit.AuditID, criterion string) string { return ratePath(id, criterion) + "/draft" }
func showPath(id audit.AuditID, criterion string) string {
	return ratePath(id, criterion) + "/evidence"
}
func takeDownPath(id audit.AuditID, criterion string) string {
	return ratePath(id, criterion) + "/take-down"
}
func handInPath(id audit.AuditID) string { return RatePath(id) + "-done" }
func keyInPath(id audit.AuditID) string  { return AuditPath(id) + "/key-in" }
func printPath(id audit.AuditID) string  { return AuditPath(id) + "/print" }
func csvPath(id audit.AuditID) string    { return AuditPath(id) + "/results.csv" }
func documentPath(id audit.AuditID) string {
	return AuditPath(id) + "/report.docx"
}
func closePath(id audit.AuditID) string  { return AuditPath(id) + "/close" }
func extendPath(id audit.AuditID) string { return AuditPath(id) + "/extend" }

func sheetPath(id audit.AuditID, g audit.Group) string {
	return AuditPath(id) + "/sheet?" + url.Values{"for": {string(g)}}.Encode()
}

// CriterionPath is where one criterion of an audit is seen.
func CriterionPath(id audit.AuditID, criterion string) string {
	return AuditPath(id) + "/criterion/" + url.PathEscape(criterion)
}
func agreePath(id audit.AuditID, criterion string) string {
	return CriterionPath(id, criterion) + "/agree"
}

func frameworkPath(f audit.Framework) string {
	return FrameworksPath + "/" + url.PathEscape(f.Code) + "?" + url.Values{"version": {f.Version}}.Encode()
}

func frameworkFilePath(f audit.Framework) string {
	return FrameworksPath + "/" + url.PathEscape(f.Code) + "/file?" + url.Values{"version": {f.Version}}.Encode()
}

func comparePath(code, from, to string) string {
	return FrameworksPath + "/" + url.PathEscape(code) + "/compare?" + url.Values{"from": {from}, "to": {to}}.Encode()
}

func filePath(id audit.EvidenceID) string { return evidencePath + "/" + id.String() }

// OwnPath is where a parent answers, at the family's door.
func OwnPath(id audit.AuditID) string { return "/f/audits/" + id.String() }

func ownQuestion(id audit.AuditID, n int) string { return OwnPath(id) + "?q=" + strconv.Itoa(n+1) }
func ownAnswer(id audit.AuditID) string          { return OwnPath(id) + "/answer" }
func ownSend(id audit.AuditID) string            { return OwnPath(id) + "/send" }

func keyInFor(id audit.AuditID, g audit.Group) string {
	return keyInPath(id) + "?" + url.Values{"for": {string(g)}}.Encode()
}

// proveFirst leads to the second step, and from there to a page.
func proveFirst(next string) string { return "/prove?next=" + url.QueryEscape(next) }

// TogetherPath is where a cluster or an authority sees what its members' audits say together.
const TogetherPath = ListPath + "/together"

const (
	togetherPrint = TogetherPath + "/print"
	togetherCSV   = TogetherPath + "/together.csv"
	togetherXLSX  = TogetherPath + "/together.xlsx"
)

// under adds which framework is looked at.
func under(path string, f audit.Framework) string {
	return path + "?" + url.Values{"framework": {f.Code}, "version": {f.Version}}.Encode()
}

func goesUpPath(id audit.AuditID) string { return AuditPath(id) + "/goes-up" }

func askPath(id audit.AuditID) string        { return AuditPath(id) + "/ask" }
func askAgainPath(id audit.AuditID) string   { return askPath(id) + "?again=yes" }
func askSendPath(id audit.AuditID) string    { return askPath(id) + "/send" }
func askBackPath(id audit.AuditID) string    { return askPath(id) + "/take-back" }
func askLettersPath(id audit.AuditID) string { return askPath(id) + "/letters" }
