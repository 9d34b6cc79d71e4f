package practice

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this capability.
var (
	// See opens the registers, the ladder and the published stories. There is no name of a family in them.
	See = access.Right{Key: "practice.see", Words: "see policies, roles, how deep parents take part, and stories of practice", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.KeyTeacher: access.All, roll.Teacher: access.All,
		roll.FamilyWorker: access.All, roll.Office: access.All, roll.Governor: access.Counts, roll.Coordinator: access.Counts, roll.Adviser: access.Counts, roll.Assessor: access.Counts}}
	// Keep keeps the registers.
	Keep = access.Right{Key: "practice.keep", Words: "keep the registers of policies, roles and activities", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Office: access.All}}
	// Rate says how deep parents took part, as a member of staff, and keys in what parents said on paper.
	Rate = access.Right{Key: "practice.rate", Words: "say how deep parents took part, and key in what parents said", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.KeyTeacher: access.All, roll.Teacher: access.All,
		roll.FamilyWorker: access.All, roll.Office: access.All}}
	// Answer is for parents, by the family's door.
	Answer = access.Right{Key: "practice.answer", Words: "say how much parents decided, without your name", Roles: scopes{roll.Parent: access.Own}}
	// Tell writes stories.
	Tell = access.Right{Key: "practice.tell", Words: "write stories of practice", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.Own, roll.SafeguardingLead: access.Own, roll.KeyTeacher: access.Own, roll.Teacher: access.Own, roll.FamilyWorker: access.Own}}
	// Publish confirms that nobody can be known by a story, and publishes it.
	Publish = access.Right{Key: "practice.publish", Words: "look through stories for names, and publish them", Roles: scopes{roll.Head: access.All, roll.Leader: access.All}, Proof: true}
)

// Rights lists them for the gate.
func Rights() []access.Right { return []access.Right{See, Keep, Rate, Answer, Tell, Publish} }
