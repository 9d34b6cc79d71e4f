package family

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this room. Those of a parent are never wider than their own.
var (
	// Give makes personal links and takes them back. Key teachers and family workers do so for their own families.
	Give = access.Right{Key: "family.give", Words: "give parents and carers personal links and codes, and take them back", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.Office: access.All, roll.Administrator: access.All,
		roll.KeyTeacher: access.Own, roll.FamilyWorker: access.Own}}
	// Settle answers what parents ask to be changed about themselves. It is for those who may edit the roll.
	Settle = access.Right{Key: "family.settle", Words: "accept or decline what parents ask to be changed about themselves", Roles: scopes{
		roll.Head: access.All, roll.Office: access.All, roll.Administrator: access.All}}
	// Read opens the family's door.
	Read = access.Right{Key: "family.read", Words: "read what the school holds about you and your own children", Roles: scopes{roll.Parent: access.Own}}
	// Propose asks for changes of one's own details.
	Propose = access.Right{Key: "family.propose", Words: "ask the school to change your own details", Roles: scopes{roll.Parent: access.Own}}
)

// Rights lists them for the gate.
func Rights() []access.Right { return []access.Right{Give, Settle, Read, Propose} }
