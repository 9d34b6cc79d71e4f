package web

import (
	"net/url"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// The addresses of the roll. Other capabilities that lead to a pupil use PupilPath.

// SearchPath is the page of a search.
func SearchPath(text string) string {
	if text == "" {
		return "/search"
	}
	return "/search?" + url.Values{"q": {text}}.Encode()
}

// PupilPath is a pupil's record.
func PupilPath(id roll.PupilID) string { return "/pupils/" + id.String() }

func pupilEditPath(id roll.PupilID, field string) string {
	p := PupilPath(id) + "/edit"
	if field != "" {
		p += "#" + field
	}
	return p
}
func keepUPNPath(id roll.PupilID) string  { return PupilPath(id) + "/keep-upn" }
func releasePath(id roll.PupilID) string  { return PupilPath(id) + "/release" }
func adultNewPath(id roll.PupilID) string { return PupilPath(id) + "/adults/new" }
func adultsPath(id roll.PupilID) string   { return PupilPath(id) + "/adults" }

// AdultEditPath is the form of an adult, as a parent of this child.
func AdultEditPath(id roll.PupilID, a roll.AdultID) string {
	return PupilPath(id) + "/adults/" + a.String() + "/edit"
}
func adultTiePath(id roll.PupilID, a roll.AdultID) string {
	return PupilPath(id) + "/adults/" + a.String() + "/tie"
}
func tieEditPath(id roll.PupilID, t roll.TieID) string {
	return PupilPath(id) + "/ties/" + t.String() + "/edit"
}
func orderNewPath(id roll.PupilID, t roll.TieID) string {
	return PupilPath(id) + "/ties/" + t.String() + "/orders/new"
}
func ordersPath(id roll.PupilID, t roll.TieID) string {
	return PupilPath(id) + "/ties/" + t.String() + "/orders"
}
func orderEndPath(id roll.PupilID, o roll.OrderID) string {
	return PupilPath(id) + "/orders/" + o.String() + "/end"
}
func orderReviewPath(id roll.PupilID, o roll.OrderID) string {
	return PupilPath(id) + "/orders/" + o.String() + "/review"
}
func assignPath(id roll.PupilID) string { return PupilPath(id) + "/assign" }
func assignmentEndPath(id roll.PupilID, w ids.ID[roll.Worker]) string {
	return PupilPath(id) + "/assignments/" + w.String() + "/end"
}
func assignmentUndoPath(g ids.ID[roll.Assignment]) string {
	return "/assignments/" + g.String() + "/undo"
}

// StaffPath is the list of staff; StaffMemberPath is one of them.
const StaffPath = "/staff"

// StaffMemberPath is the page of a member of staff.
func StaffMemberPath(id roll.StaffID) string { return StaffPath + "/" + id.String() }

const staffNewPath = StaffPath + "/new"

func staffEditPath(id roll.StaffID) string  { return StaffMemberPath(id) + "/edit" }
func staffRolesPath(id roll.StaffID) string { return StaffMemberPath(id) + "/roles" }
func roleEndPath(id roll.StaffID, p ids.ID[roll.Post]) string {
	return staffRolesPath(id) + "/" + p.String() + "/end"
}

func awayPath(id roll.StaffID) string { return StaffMemberPath(id) + "/away" }
func absencePath(id roll.StaffID, a roll.AbsenceID) string {
	return awayPath(id) + "/" + a.String()
}

// RightsPeoplePath is the search for what a colleague may see.
const RightsPeoplePath = RightsPath + "/people"

func rightsPersonPath(id roll.StaffID) string { return RightsPeoplePath + "/" + id.String() }

// ClassesPath is the list of forms, classes and groups.
const ClassesPath = "/classes"

// ClassPath is the page of a class.
func ClassPath(id roll.ClassID) string       { return ClassesPath + "/" + id.String() }
func classAssignPath(id roll.ClassID) string { return ClassPath(id) + "/assign" }

// ContactsRoot asks for a class or a year group; ContactsPath shows the adults of a group of pupils, for labels, lists and files.
const ContactsRoot = "/contacts"

// ContactsPath leads to letters and labels for a group of pupils.
func ContactsPath(g roll.Group) string                    { return groupPath("", g) }
func labelsPath(g roll.Group) string                      { return groupPath("/labels", g) }
func contactListPath(g roll.Group) string                 { return groupPath("/list", g) }
func contactsFilePath(g roll.Group, format string) string { return groupPath("/list."+format, g) }

func groupPath(end string, g roll.Group) string {
	if q := groupQuery(g).Encode(); q != "" {
		return ContactsRoot + end + "?" + q
	}
	return ContactsRoot + end
}

// ImportsPath is the page from which files are brought in.
const (
	ImportsPath   = "/imports"
	conflictsPath = ImportsPath + "/conflicts"
)

func conflictPath(id ids.ID[roll.Conflict]) string { return conflictsPath + "/" + id.String() }
func importNewPath(kind string) string             { return ImportsPath + "/new/" + url.PathEscape(kind) }
func templatePath(kind, format string) string {
	return ImportsPath + "/template/" + url.PathEscape(kind) + "?format=" + format
}

// BatchPath is the page of one import: its preview, its result, or what an undo did.
func BatchPath(id batch.ID) string        { return ImportsPath + "/batches/" + id.String() }
func batchConfirmPath(id batch.ID) string { return BatchPath(id) + "/confirm" }
func batchDropPath(id batch.ID) string    { return BatchPath(id) + "/drop" }
func batchUndoPath(id batch.ID) string    { return BatchPath(id) + "/undo" }
func batchRefusedPath(id batch.ID) string { return BatchPath(id) + "/refused" }
func batchColumnsPath(id batch.ID) string { return BatchPath(id) + "/columns" }
func batchMappingPath(id batch.ID) string { return BatchPath(id) + "/mapping" }

// OrgsPath is the list of organisations.
const (
	OrgsPath   = "/organisations"
	orgNewPath = OrgsPath + "/new"
)

// OrgPath is the page of an organisation, on a day when one is given.
func OrgPath(id roll.OrgID, day string) string {
	p := OrgsPath + "/" + id.String()
	if day != "" {
		p += "?" + url.Values{"on": {day}}.Encode()
	}
	return p
}

// The pages about the school itself.
const (
	SettingsPath     = "/settings"
	SafeguardingPath = "/safeguarding"
	RightsPath       = "/rights"
)

// DuplicatesPath is the list of adults who may be one person entered twice.
const (
	DuplicatesPath = "/duplicates"
	mergesPath     = DuplicatesPath + "/merged"
	apartPath      = DuplicatesPath + "/apart"
)

func pairPath(a, b roll.AdultID) string    { return DuplicatesPath + "/" + a.String() + "/" + b.String() }
func mergeUndoPath(id roll.MergeID) string { return mergesPath + "/" + id.String() + "/undo" }
func sameAsPath(p roll.PupilID, a roll.AdultID) string {
	return PupilPath(p) + "/adults/" + a.String() + "/same"
}
func hatPath(id roll.StaffID) string { return StaffMemberPath(id) + "/family" }

// proveFirst leads to the second step, and from there to a page.
func proveFirst(next string) string { return "/prove?next=" + url.QueryEscape(next) }
