package peers

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this capability. No child and no family is in it, so there is nothing of which somebody would see a part.
var (
	// See reads what the schools of the cluster offer, and the exchanges of one's own.
	See = access.Right{Key: "peers.see", Words: "see with what schools of the cluster help each other", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.KeyTeacher: access.All, roll.Teacher: access.All,
		roll.FamilyWorker: access.All, roll.Office: access.All, roll.Governor: access.All, roll.Coordinator: access.All}}
	// Lead offers, asks, answers, and says that the cluster may read of it: it binds the school.
	Lead = access.Right{Key: "peers.lead", Words: "offer help to schools of the cluster, ask for it and answer", Roles: scopes{roll.Head: access.All, roll.Leader: access.All}, Proof: true}
	// Log writes down visits. It asks for no second step: who was there writes it on the way home.
	Log = access.Right{Key: "peers.log", Words: "write down visits to and from schools of the cluster", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.FamilyWorker: access.All}}
)

// Rights lists them for the gate.
func Rights() []access.Right { return []access.Right{See, Lead, Log} }
