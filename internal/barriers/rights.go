package barriers

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this capability.
var (
	// See shows the list of pupils with their I factor and what it counts.
	See = access.Right{Key: "barriers.see", Words: "see which barriers are counted for a pupil, and why", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.Administrator: access.All,
		roll.KeyTeacher: access.Own, roll.FamilyWorker: access.Own, roll.Teacher: access.None, roll.Governor: access.Counts, roll.Coordinator: access.Counts, roll.Adviser: access.Counts, roll.Assessor: access.Counts}, NotKin: true}
	// Rules changes the school's barrier rules.
	Rules = access.Right{Key: "barriers.rules", Words: "change the school's barrier rules", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Administrator: access.All}, Proof: true}
	// Choose puts pupils into a cohort and takes them out.
	Choose = access.Right{Key: "barriers.choose", Words: "start cohorts and put pupils in or take them out", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All}, NotKin: true}
)

// Rights lists them for the gate.
func Rights() []access.Right { return []access.Right{See, Rules, Choose} }
