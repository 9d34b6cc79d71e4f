package plans

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this capability. A co-ordinator leads the plan of their own cluster; in a school they see figures. See mayLead and maySee.
var (
	// See opens the plan to all who work here; governors and visitors see the extract.
	See = access.Right{Key: "plans.see", Words: "see the plan for working with families, and how far it is", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.KeyTeacher: access.All,
		roll.Teacher: access.All, roll.FamilyWorker: access.All, roll.Office: access.All, roll.Coordinator: access.Own,
		roll.Governor: access.Counts, roll.Adviser: access.Counts, roll.Assessor: access.Counts}}
	// Lead makes plans, actions, objectives and the vision, and closes plans.
	Lead = access.Right{Key: "plans.lead", Words: "make the plan, its actions and its objectives", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Coordinator: access.Own}, Proof: true}
	// Update says what has happened with an action. It asks for no second step: owners do it between two lessons.
	Update = access.Right{Key: "plans.update", Words: "say what has happened with the actions of the plan that they own", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.Own, roll.SafeguardingLead: access.Own, roll.KeyTeacher: access.Own,
		roll.Teacher: access.Own, roll.FamilyWorker: access.Own, roll.Office: access.Own, roll.Coordinator: access.Own}}
	// Share lets groupings count what the school does for their objectives. It binds the school, so heads alone decide it.
	Share = access.Right{Key: "plans.share", Words: "let the cluster and the authority count the actions that serve their objectives", Roles: scopes{roll.Head: access.All}, Proof: true}
)

// Rights lists them for the gate.
func Rights() []access.Right { return []access.Right{See, Lead, Update, Share} }
