package progress

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this capability.
var (
	// See opens what is measured about a pupil; governors, co-ordinators, advisers and assessors see figures about the school only.
	See = access.Right{Key: "progress.see", Words: "see attendance, results and counts", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.Office: access.All, roll.Administrator: access.All,
		roll.KeyTeacher: access.Own, roll.Teacher: access.Own, roll.FamilyWorker: access.Own,
		roll.Governor: access.Counts, roll.Coordinator: access.Counts, roll.Adviser: access.Counts, roll.Assessor: access.Counts}}
	// Record adds or mends a figure by hand.
	Record = access.Right{Key: "progress.record", Words: "record a result, a mark or a count by hand", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.Office: access.All, roll.Administrator: access.All,
		roll.KeyTeacher: access.Own, roll.Teacher: access.Own}}
)

// Rights lists them for the gate.
func Rights() []access.Right { return []access.Right{See, Record} }
