package demo

import (
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// people are the staff of a school with the passes that the demo acts with, so that each does only what their part allows.
type people struct {
	head, office access.Pass
	keys         []access.Pass // key teachers
	worker       roll.StaffID  // the family worker; zero for none
	lead, deputy string
	all          map[string]access.Pass // by name
}

type post struct {
	name  string
	roles []access.Role
	guest string // what is said of them on the page to look around; empty: not offered
}

// secondary is the staff of the secondary school who have a part in Ajar.
var secondary = []post{
	{"Yasmin Thornbury", []access.Role{roll.Head}, "Head. Sees the whole school, decides the rules and reads the result."},
	{"Declan Frost", []access.Role{roll.KeyTeacher, roll.Teacher}, "Key teacher of eight pupils. Holds the conversations with their families."},
	{"Pauline Osgood", []access.Role{roll.Office}, "Office. Brings in the roll, prints letters, logs calls. Does not read what was said."},
	{"Idris Wakefield", []access.Role{roll.FamilyWorker}, "Family worker. Knows a few families well and goes to see them."},
	{"Roberta Lindqvist", []access.Role{roll.Governor}, "Governor. Sees figures, never names."},
	{"Sunita Blackwood", []access.Role{roll.Administrator}, "Administrator. Looks after settings, staff and files."},
	{"Gareth Molyneux", []access.Role{roll.SafeguardingLead, roll.Leader}, "Safeguarding lead and deputy. Decides on orders with the head, and writes the notes that few may read."},
	{"Anita Farrow", []access.Role{roll.Senco}, "SEN co-ordinator. Sees the whole school, and holds conversations too."},
	{"Bernard Achebe", []access.Role{roll.Leader}, "Senior leader, and father of a pupil here. Can look as a parent, and does not read what colleagues note about his own child."},
}

var teacherFirst = []string{"Aled", "Bridget", "Carol", "Dilip", "Esme", "Femi", "Gwen", "Hilary", "Ivor", "Joanna", "Kofi", "Lorna", "Marcus", "Nadine", "Oscar", "Petra", "Quentin", "Ros", "Stephen", "Teresa", "Una", "Vikram", "Wendy", "Zelda"}
var teacherLast = []string{"Amory", "Beckwith", "Cardew", "Drummond", "Eversley", "Fanshawe", "Gadsby", "Hollis", "Inskip", "Jessop", "Kirkbride", "Lovelace", "Marchbank", "Nettleton", "Oakden", "Prewett", "Rowntree", "Strickland", "Tilney", "Underhay", "Venables", "Wetherby", "Yardley", "Zeller"}

func (l *loader) staff(p place, o roll.Org, system access.Pass) (people, error) {
	posts := secondary
	if p.phase != "secondary" {
		pick2 := func(k int) string {
			n := int(p.code[0])*7 + k*5
			return teacherFirst[n%len(teacherFirst)] + " " + teacherLast[(n*3+k)%len(teacherLast)]
		}
		posts = []post{{pick2(0), []access.Role{roll.Head, roll.SafeguardingLead}, ""}, {pick2(1), []access.Role{roll.Office}, ""}, {pick2(2), []access.Role{roll.Senco, roll.Leader}, ""}}
		for k := range 6 {
			posts = append(posts, post{pick2(3 + k), []access.Role{roll.KeyTeacher, roll.Teacher}, ""})
		}
	} else {
		for k := range 24 {
			posts = append(posts, post{teacherFirst[k] + " " + teacherLast[(k*5+3)%24], []access.Role{roll.KeyTeacher, roll.Teacher}, ""})
		}
	}
	out := people{all: map[string]access.Pass{}}
	err := l.DB.Update(l.ctx, system, func(tx *db.Tx) error {
		for _, x := range posts {
			id, err := roll.AddStaff(tx, x.name, strings.ToLower(strings.ReplaceAll(x.name, " ", "."))+"@"+strings.ToLower(p.code)+".example.org")
			if err != nil {
				return err
			}
			for _, r := range x.roles {
				if err := roll.GiveRole(tx, id, r); err != nil {
					return err
				}
			}
			pass := l.Gate.Admit(access.Who{Org: int64(o.ID), OrgName: o.Name, Staff: int64(id), Name: x.name, Roles: x.roles, SecondFactorMs: 1})
			out.all[x.name] = pass
			switch {
			case x.roles[0] == roll.Head:
				out.head, out.lead = pass, x.name
			case x.roles[0] == roll.Office:
				out.office = pass
			case x.roles[0] == roll.FamilyWorker:
				out.worker = id
			case x.roles[0] == roll.KeyTeacher:
				out.keys = append(out.keys, pass)
			case x.roles[0] == roll.SafeguardingLead:
				out.lead = x.name
			case x.roles[0] == roll.Senco:
				out.deputy = x.name
			}
			if x.guest != "" {
				l.offered = append(l.offered, offer{o.ID, id, x.guest})
			}
		}
		return nil
	})
	return out, err
}

type offer struct {
	org   roll.OrgID
	staff roll.StaffID
	words string
}

// guests offers people to visitors: those of the secondary school, and the co-ordinator of the cluster.
func (l *loader) guests() error {
	c, err := l.Roll.OrgByCode(l.ctx, ClusterCode)
	if err != nil {
		return err
	}
	if err := l.DB.Update(l.ctx, access.System("make the demo", int64(c.ID)), func(tx *db.Tx) error {
		id, err := roll.AddStaff(tx, "Miriam Castell", "miriam.castell@harrowlinks.example.org")
		if err != nil {
			return err
		}
		l.offered = append(l.offered, offer{c.ID, id, "Cluster co-ordinator. Sees how the schools are doing, in figures, and brings them together."})
		return roll.GiveRole(tx, id, roll.Coordinator)
	}); err != nil {
		return err
	}
	for i, g := range l.offered {
		if err := l.Admin.AddGuest(l.ctx, g.org, g.staff, i+1, g.words); err != nil {
			return err
		}
	}
	return l.parents()
}
