package conversations

import (
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

type scopes = map[access.Role]access.Scope

// The rights of this capability. Own means the pupils a person is assigned to by name, today; taking a class of theirs does not open what a family said.
var (
	// See opens the list of conversations: who, when, reached or not. Not what was said.
	See = access.Right{Key: "conversations.see", Words: "see which conversations there are and how far they are", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.Office: access.All, roll.SafeguardingLead: access.All,
		roll.KeyTeacher: access.Own, roll.Teacher: access.Own, roll.FamilyWorker: access.Own}, NotKin: true}
	// Read opens what was said and agreed.
	Read = access.Right{Key: "conversations.read", Words: "read what was said and agreed", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.SafeguardingLead: access.All,
		roll.KeyTeacher: access.Own, roll.Teacher: access.Own, roll.FamilyWorker: access.Own}, NotKin: true, Proof: true}
	// Hold prepares, holds, writes up and reviews a conversation.
	Hold = access.Right{Key: "conversations.hold", Words: "hold conversations and write them up", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All,
		roll.KeyTeacher: access.Own, roll.Teacher: access.Own, roll.FamilyWorker: access.Own}, NotKin: true, Proof: true}
	// Invite asks families and logs their replies. Letters about one's own child go out with all others; what was said on the way is closed by enter.
	Invite = access.Right{Key: "conversations.invite", Words: "invite families, print letters and log calls and replies", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.Office: access.All,
		roll.KeyTeacher: access.Own, roll.Teacher: access.Own, roll.FamilyWorker: access.Own}}
	// Plan makes programmes, chooses pupils and names key teachers.
	Plan = access.Right{Key: "conversations.plan", Words: "plan programmes of conversations and name key teachers", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All}}
	// Cover shows how many families were reached. For governors, co-ordinators, advisers and assessors it is figures with small numbers hidden.
	Cover = access.Right{Key: "conversations.coverage", Words: "see how many families were reached", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All, roll.Governor: access.Counts, roll.Coordinator: access.Counts, roll.Adviser: access.Counts, roll.Assessor: access.Counts}}
	// Reflect answers what a colleague asks before a talk about a pupil one teaches.
	Reflect = access.Right{Key: "conversations.reflect", Words: "tell a colleague what goes well for a pupil you teach, and what would help", Roles: scopes{
		roll.Head: access.All, roll.Leader: access.All, roll.Senco: access.All,
		roll.KeyTeacher: access.Own, roll.Teacher: access.Own, roll.FamilyWorker: access.Own}, NotKin: true}
	// Answer is a parent's: to read, agree and correct what was agreed with them, by their own link.
	Answer = access.Right{Key: "conversations.answer", Words: "read what was agreed about your own child, agree to it, ask for a change, and answer about a time", Roles: scopes{roll.Parent: access.Own}}
)

// Rights lists them for the gate.
func Rights() []access.Right {
	return []access.Right{See, Read, Hold, Invite, Plan, Cover, Reflect, Answer}
}
