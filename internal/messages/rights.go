package messages

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this capability.
var (
	// Read opens what was said to and by the families of the children one sees.
	Read = access.Right{Key: "messages.read", Words: "read what was said to families and by them", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.Office: access.All,
		roll.KeyTeacher: access.Own, roll.Teacher: access.Own, roll.FamilyWorker: access.Own}, NotKin: true}
	// Log writes down a call, a visit or a word at the gate.
	Log = access.Right{Key: "messages.log", Words: "note a call or a word with a family", Roles: Read.Roles, NotKin: true}
	// Send writes to families.
	Send = access.Right{Key: "messages.send", Words: "write to families", Roles: Read.Roles, NotKin: true}
	// Approve looks at what goes to very many before it leaves.
	Approve = access.Right{Key: "messages.approve", Words: "look through messages to many before they leave", Roles: scopes{roll.Head: access.All, roll.Leader: access.All}}
	// Keep looks after templates, translations and how the school sends.
	Keep = access.Right{Key: "messages.keep", Words: "keep templates, translations and how the school sends", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Office: access.All}}
	// Keys says who is a family's key contact.
	Keys = access.Right{Key: "messages.keys", Words: "say who is a family's key contact", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Office: access.All, roll.SafeguardingLead: access.All}}
	// Figures are counts alone: how many families are reached, and who hears only bad news.
	Figures = access.Right{Key: "messages.figures", Words: "see how many families are reached, in counts", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Office: access.All, roll.SafeguardingLead: access.All, roll.Senco: access.All, roll.Governor: access.All, roll.Coordinator: access.All, roll.FamilyWorker: access.All}}
)

// Rights lists them for the gate.
func Rights() []access.Right { return []access.Right{Read, Log, Send, Approve, Keep, Keys, Figures} }
