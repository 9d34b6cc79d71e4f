package awards

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this capability. Own means: in the awards in which one has been given that part by name.
var (
	// See opens the awards. Governors and clusters read them without names and without files; whoever comes from outside sees those in which they are named.
	See = access.Right{Key: "awards.see", Words: "see the awards that the school works for, and their evidence", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.KeyTeacher: access.All, roll.Teacher: access.All,
		roll.FamilyWorker: access.All, roll.Office: access.All, roll.Governor: access.Counts, roll.Coordinator: access.Counts,
		roll.Adviser: access.Own, roll.Assessor: access.Own}}
	// Lead begins awards, names people, settles and skips steps, and says that a portfolio is ready.
	Lead = access.Right{Key: "awards.lead", Words: "begin awards and lead them: people, steps, the portfolio", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.Own, roll.SafeguardingLead: access.Own, roll.KeyTeacher: access.Own, roll.Teacher: access.Own,
		roll.FamilyWorker: access.Own, roll.Office: access.Own, roll.Coordinator: access.Own}, Proof: true}
	// Gather shows evidence for objectives. It asks for no second step: the steering group does it between two lessons.
	Gather = access.Right{Key: "awards.gather", Words: "show evidence for the objectives of an award", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.Own, roll.SafeguardingLead: access.Own, roll.KeyTeacher: access.Own, roll.Teacher: access.Own,
		roll.FamilyWorker: access.Own, roll.Office: access.Own, roll.Coordinator: access.Own}}
	// Advise comments on objectives and writes about visits. It decides nothing.
	Advise = access.Right{Key: "awards.advise", Words: "comment on an award's objectives, and write about your visits", Roles: scopes{roll.Adviser: access.Own}}
	// Assess decides each objective and the award.
	Assess = access.Right{Key: "awards.assess", Words: "decide each objective of an award, and the award", Roles: scopes{roll.Assessor: access.Own}, Proof: true}
)

// Rights lists them for the gate.
func Rights() []access.Right { return []access.Right{See, Lead, Gather, Advise, Assess} }
