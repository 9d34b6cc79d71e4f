package audit

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this capability. An audit is about the organisation and names no child, so there is nothing of which somebody would see a part. Those who look
// in from outside read the results and take no part; the library of evidence and its files are not theirs.
var (
	// See reads audits, their results and the frameworks.
	See = access.Right{Key: "audit.see", Words: "read audits and their results", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.KeyTeacher: access.All, roll.Teacher: access.All,
		roll.FamilyWorker: access.All, roll.Office: access.All, roll.Governor: access.All, roll.Coordinator: access.All, roll.Administrator: access.All,
		roll.Adviser: access.All, roll.Assessor: access.All}}
	// Library opens all pieces of evidence and their files. Whoever comes from outside sees the pieces they are shown, with a result or in an award.
	Library = access.Right{Key: "audit.library", Words: "open the library of evidence, and its files", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.KeyTeacher: access.All, roll.Teacher: access.All,
		roll.FamilyWorker: access.All, roll.Office: access.All, roll.Governor: access.All, roll.Coordinator: access.All, roll.Administrator: access.All}}
	// Lead sets audits up, closes them, and keeps what the team agrees.
	Lead = access.Right{Key: "audit.lead", Words: "set up and close audits, agree levels, and bring in frameworks", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Coordinator: access.All, roll.Administrator: access.All}, Proof: true}
	// Share lets groupings have what a closed audit agreed. It binds the school, so heads alone decide it.
	Share = access.Right{Key: "audit.share", Words: "let the cluster and the authority count or name what a closed audit agreed", Roles: scopes{roll.Head: access.All}, Proof: true}
	// Rate takes part under one's own name.
	Rate = access.Right{Key: "audit.rate", Words: "rate in an audit, under your own name", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All, roll.KeyTeacher: access.All, roll.Teacher: access.All,
		roll.FamilyWorker: access.All, roll.Office: access.All, roll.Governor: access.All, roll.Coordinator: access.All, roll.Administrator: access.All, roll.Partner: access.All}}
	// KeyIn takes sheets that were filled in on paper.
	KeyIn = access.Right{Key: "audit.key_in", Words: "key in sheets of an audit that were filled in on paper", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Office: access.All, roll.Coordinator: access.All, roll.Administrator: access.All}}
	// Answer is for parents, by the family's door.
	Answer = access.Right{Key: "audit.answer", Words: "answer the school's questions to parents, without your name", Roles: scopes{roll.Parent: access.Own}}
)

// Rights lists them for the gate.
func Rights() []access.Right { return []access.Right{See, Library, Lead, Share, Rate, KeyIn, Answer} }

// GroupsOf are the groups for which somebody with these roles can speak, the likeliest first.
func GroupsOf(roles []access.Role) (out []Group) {
	has := func(list ...access.Role) bool {
		for _, r := range roles {
			for _, x := range list {
				if r == x {
					return true
				}
			}
		}
		return false
	}
	if has(roll.Head, roll.Leader, roll.Coordinator) {
		out = append(out, Leaders)
	}
	if has(roll.FamilyWorker) {
		out = append(out, FamilyWorkers)
	}
	if has(roll.Senco, roll.SafeguardingLead, roll.KeyTeacher, roll.Teacher, roll.Office, roll.Administrator) {
		out = append(out, Staff)
	}
	if has(roll.Governor) {
		out = append(out, Governors)
	}
	if has(roll.Partner) {
		out = append(out, Partners)
	}
	return out
}
