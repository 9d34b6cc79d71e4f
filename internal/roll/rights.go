package roll

import "ajar/internal/kit/access"

// The roles that a person can hold in an organisation. One person may hold several, each with its dates.
const (
	Head             access.Role = "head"
	Leader           access.Role = "leader"
	KeyTeacher       access.Role = "key_teacher"
	Teacher          access.Role = "teacher"
	Senco            access.Role = "senco"
	SafeguardingLead access.Role = "safeguarding_lead"
	Office           access.Role = "office"
	FamilyWorker     access.Role = "family_worker"
	Governor         access.Role = "governor"
	Coordinator      access.Role = "coordinator"
	Administrator    access.Role = "administrator"
	// Adviser comes from outside, helps a school to get better, and sees figures. Assessor comes from outside too, to judge, and sees figures; a person
	// may not assess what they advised. Partner is a practitioner of a partner agency, who works with pupils they are assigned to by name.
	Adviser  access.Role = "adviser"
	Assessor access.Role = "assessor"
	Partner  access.Role = "partner"
	// Parent is who came by the family's door. Nobody is given it: it comes with a tie to a child, and rights give it access.Own, never more.
	Parent access.Role = "parent"
)

// RoleWords says a role as the page shows it.
var RoleWords = map[access.Role]string{
	Head: "Head", Leader: "Senior leader", KeyTeacher: "Key teacher", Teacher: "Teacher", Senco: "SEN co-ordinator",
	SafeguardingLead: "Safeguarding lead", Office: "Office", FamilyWorker: "Family worker", Governor: "Governor",
	Coordinator: "Cluster co-ordinator", Administrator: "Administrator",
	Adviser: "Adviser", Assessor: "Assessor", Partner: "Partner practitioner", Parent: "Parent or carer",
}

// Roles lists the roles of staff in the order in which pages offer them. Parent is not among them: it is never given.
var Roles = []access.Role{Head, Leader, KeyTeacher, Teacher, Senco, SafeguardingLead, Office, FamilyWorker, Governor, Coordinator, Administrator, Adviser, Assessor, Partner}

// Visitors are the roles of people who come from outside: each is given for a time, a year at the most.
var Visitors = []access.Role{Adviser, Assessor, Partner}

type scopes = map[access.Role]access.Scope

// The rights of this capability.
var (
	// See opens the record of a pupil and of the adults tied to them.
	See = access.Right{Key: "roll.see", Words: "see pupils and their families", Roles: scopes{
		Head: access.All, Leader: access.All, Senco: access.All, SafeguardingLead: access.All, Office: access.All, Administrator: access.All,
		KeyTeacher: access.Own, Teacher: access.Own, FamilyWorker: access.Own, Partner: access.Own}}
	// Edit changes what is recorded about them.
	Edit = access.Right{Key: "roll.edit", Words: "change what is recorded about pupils and their families", Roles: scopes{
		Head: access.All, Office: access.All, Administrator: access.All, SafeguardingLead: access.All}}
	// Orders records court orders and other restrictions.
	Orders = access.Right{Key: "roll.orders", Words: "record court orders and restrictions", Roles: scopes{
		Head: access.All, SafeguardingLead: access.All, Office: access.All, Administrator: access.All}, NotKin: true, Proof: true}
	// Mail prints labels and lists of families, and takes them out as files.
	Mail = access.Right{Key: "roll.mail", Words: "print labels and lists of families, and take them out as files", Roles: scopes{
		Head: access.All, Leader: access.All, SafeguardingLead: access.All, Office: access.All, Administrator: access.All,
		KeyTeacher: access.Own, FamilyWorker: access.Own}}
	// Tied is what the family's own door opens: one's own children, each by a tie in force.
	Tied = access.Right{Key: "roll.tied", Words: "see their own children, each by a tie in force that no order closes", Roles: scopes{Parent: access.Own}}
	// Import brings files in and undoes them.
	Import = access.Right{Key: "roll.import", Words: "bring in files and undo them", Roles: scopes{
		Head: access.All, Office: access.All, Administrator: access.All}, Proof: true}
	// Organise keeps the list of schools, centres and groupings.
	Organise = access.Right{Key: "roll.organise", Words: "keep the list of schools, centres and clusters", Roles: scopes{
		Administrator: access.All, Coordinator: access.All}, Proof: true}
	// Directory shows the list of schools, centres and groupings.
	Directory = access.Right{Key: "roll.directory", Words: "see the list of schools, centres and clusters", Roles: scopes{
		Head: access.All, Leader: access.All, Senco: access.All, SafeguardingLead: access.All, Office: access.All, Administrator: access.All,
		KeyTeacher: access.All, Teacher: access.All, FamilyWorker: access.All, Governor: access.All, Coordinator: access.All,
		Adviser: access.All, Assessor: access.All, Partner: access.All}}
	// Settings changes what the school decides for itself.
	Settings = access.Right{Key: "roll.settings", Words: "change the school's own settings", Roles: scopes{
		Head: access.All, Administrator: access.All, SafeguardingLead: access.All}, Proof: true}
)

// Rights lists them for the gate.
func Rights() []access.Right {
	return []access.Right{See, Edit, Orders, Mail, Tied, Import, Organise, Directory, Settings}
}
