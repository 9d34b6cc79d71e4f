package sharing

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this capability.
var (
	// See shows with whom the school works and what flows.
	See = access.Right{Key: "sharing.see", Words: "see which schools work together and what they share", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.Office: access.All,
		roll.FamilyWorker: access.All, roll.Administrator: access.All, roll.Governor: access.Counts, roll.Coordinator: access.Counts}}
	// Agree binds the school: codes, signatures, what flows, leaving. Heads alone do that.
	Agree = access.Right{Key: "sharing.agree", Words: "agree with other schools what is shared, and leave", Roles: scopes{roll.Head: access.All}, Proof: true}
	// Families shares a family by name, and ends it.
	Families = access.Right{Key: "sharing.families", Words: "share a family by name with a school under an agreement, or send a hand-over pack", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.FamilyWorker: access.Own, roll.KeyTeacher: access.Own}, Proof: true}
	// Read opens what other schools have shared by name.
	Read = access.Right{Key: "sharing.read", Words: "read the families and hand-over packs that other schools have shared with yours", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.FamilyWorker: access.All}, Proof: true}
)

// Rights lists them for the gate.
func Rights() []access.Right { return []access.Right{See, Agree, Families, Read} }
