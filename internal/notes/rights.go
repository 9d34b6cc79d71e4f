package notes

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this capability. The office and administrators keep the machinery going and do not read what colleagues note about a child.
var (
	// See opens the notes about a child, as far as each note's own readers go.
	See = access.Right{Key: "notes.see", Words: "read notes about children; restricted ones only where they are named", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All,
		roll.KeyTeacher: access.Own, roll.Teacher: access.Own, roll.FamilyWorker: access.Own, roll.Partner: access.Own}, NotKin: true, Proof: true}
	// Write adds notes and changes one's own.
	Write = access.Right{Key: "notes.write", Words: "write notes about children", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All,
		roll.KeyTeacher: access.Own, roll.Teacher: access.Own, roll.FamilyWorker: access.Own, roll.Partner: access.Own}, NotKin: true, Proof: true}
	// Strike strikes through what somebody else entered in error. One's own can always be struck through.
	Strike = access.Right{Key: "notes.strike", Words: "strike through notes that others entered in error", Roles: scopes{
		roll.Head: access.All, roll.SafeguardingLead: access.All}, NotKin: true, Proof: true}
	// Shared opens to a family the notes that are marked for them.
	Shared = access.Right{Key: "notes.shared", Words: "read the notes about their own children that are marked for the family", Roles: scopes{roll.Parent: access.Own}}
)

// Rights lists them for the gate.
func Rights() []access.Right { return []access.Right{See, Write, Strike, Shared} }

// ReaderRoles are the roles that a restricted note can be opened for. The safeguarding lead is not among them: that role always reads.
var ReaderRoles = []access.Role{roll.Head, roll.Leader, roll.Senco, roll.KeyTeacher, roll.Teacher, roll.FamilyWorker}
