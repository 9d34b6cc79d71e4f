package web

import (
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
	"ajar/internal/sharing"
)

// SharedPath is the page of working together.
const SharedPath = "/sharing"

const (
	invitePath = "/sharing/invite"
	enterPath  = "/sharing/enter"
	signPath   = "/sharing/sign"
	packsPath  = "/sharing/packs"
)

func agreementPath(id sharing.AgreementID) string { return "/sharing/agreements/" + id.String() }
func flowsPath(id sharing.AgreementID) string     { return agreementPath(id) + "/flows" }
func leavePath(id sharing.AgreementID) string     { return agreementPath(id) + "/leave" }
func takePath(id sharing.AgreementID) string      { return agreementPath(id) + "/data.zip" }
func theirsPath(id sharing.AgreementID) string    { return agreementPath(id) + "/families" }
func sharePath(id sharing.AgreementID, pupil roll.PupilID) string {
	return "/pupils/" + pupil.String() + "/share/" + id.String()
}
func packNewPath(id sharing.AgreementID, pupil roll.PupilID) string {
	return "/pupils/" + pupil.String() + "/pack/" + id.String()
}
func unsharePath(id ids.ID[sharing.Share]) string { return "/sharing/families/" + id.String() + "/end" }
func packPath(id ids.ID[sharing.Pack]) string     { return "/sharing/packs/" + id.String() }
func groupPath(id roll.OrgID) string              { return "/sharing/groups/" + id.String() }
func groupLeavePath(id roll.OrgID) string         { return groupPath(id) + "/leave" }
func pupilPath(id roll.PupilID) string            { return "/pupils/" + id.String() }
