package demo

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/notes"
	"ajar/internal/roll"
	"ajar/internal/sharing"
)

// stories puts into the first two schools what happens in every school sooner or later, so that a visitor finds it on the pages: a colleague who is a
// father here, one who is away, people from outside, notes that few may read, a mother who stands in the roll twice, and two schools that share.
func (l *loader) stories() error {
	high, err := l.Roll.OrgByCode(l.ctx, places[0].code)
	if err != nil {
		return err
	}
	st := l.teams[places[0].code]
	l.at(weekday(l.today.AddDate(0, 0, -6)), 10)
	for _, step := range []struct {
		what string
		do   func(roll.Org, people) error
	}{
		{"a father on the staff", l.fatherOnTheStaff}, {"people from outside", l.fromOutside}, {"a colleague who is away", l.away},
		{"notes", l.notesOfTheWeek}, {"a mother entered twice", l.enteredTwice}, {"sharing", l.shares}, {"awards", l.awards},
	} {
		if err := step.do(high, st); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	l.DB.SetClock(l.real)
	return nil
}

// colleague finds somebody on the staff by name.
func (l *loader) colleague(pass access.Pass, name string) (id roll.StaffID, err error) {
	err = l.DB.View(l.ctx, pass, func(tx *db.Tx) error {
		list, err := roll.People(tx)
		for _, s := range list {
			if s.Name == name {
				id = s.ID
			}
		}
		if err == nil && id.Zero() {
			err = fmt.Errorf("%s is not on the staff", name)
		}
		return err
	})
	return id, err
}

// household is a pupil and the adults in the roll.
type household struct {
	roll.Pupil
	adults []roll.Relation
}

// households are the pupils of a school in order, each with their adults, as far as want takes them.
func (l *loader) households(pass access.Pass, want func(household) bool) (out []household, err error) {
	err = l.DB.View(l.ctx, pass, func(tx *db.Tx) error {
		list, err := roll.Pupils(tx, roll.See)
		if err != nil {
			return err
		}
		for _, p := range list {
			rels, err := roll.Relations(tx, p.ID)
			if err != nil {
				return err
			}
			if h := (household{p, rels}); want(h) {
				out = append(out, h)
			}
			if len(out) == 2 {
				return nil
			}
		}
		return nil
	})
	return out, err
}

// some makes a story that finds nobody fail, so that it is never left out in silence.
func some(list []household, err error) error {
	if err == nil && len(list) == 0 {
		err = errors.New("no family fits the story")
	}
	return err
}

// fatherOnTheStaff: Bernard Achebe leads the lower school, and has a daughter in Year 8. He does not read what his colleagues note about her.
func (l *loader) fatherOnTheStaff(o roll.Org, st people) error {
	homes, err := l.households(st.head, func(h household) bool {
		return h.Year == "8" && len(h.adults) == 1 && strings.EqualFold(h.adults[0].Tie.Relationship, "mother") && len(h.adults[0].Adult.Channels) > 0 && h.Sex == "F"
	})
	if err := some(homes, err); err != nil {
		return err
	}
	child := homes[0]
	adult, err := l.Roll.AddAdult(l.ctx, st.office, child.ID, roll.Values{"forename": "Bernard", "surname": "Achebe", "relationship": "father", "responsibility": "yes", "lives_with": "yes"},
		roll.Ways{{Kind: "email", Value: "bernard.achebe@example.org"}}, true)
	if err != nil {
		return err
	}
	staff, err := l.colleague(st.head, "Bernard Achebe")
	if err != nil {
		return err
	}
	if _, err = l.Roll.PutOnHat(l.ctx, st.head, staff, adult); err != nil {
		return err
	}
	_, err = l.Notes.Add(l.ctx, l.as(o, "Gareth Molyneux", roll.SafeguardingLead, roll.Leader), child.ID, notes.Typed{
		Seen: child.Forename + " sat by herself at lunch on three days.", Said: "She said she would rather read.", Did: "Asked her tutor to keep an eye on lunch times."})
	return err
}

// as is the pass of somebody on the staff, who acts in the demo under their own name.
func (l *loader) as(o roll.Org, name string, roles ...access.Role) access.Pass {
	w := access.Who{Org: int64(o.ID), OrgName: o.Name, Name: name, Roles: roles, SecondFactorMs: 1}
	if id, err := l.colleague(access.System("make the demo", int64(o.ID)), name); err == nil {
		w.Staff = int64(id)
	}
	return l.Gate.Admit(w)
}

// fromOutside: somebody who advises, somebody who will judge, and a practitioner of another agency who works with two children. Each has a last day.
func (l *loader) fromOutside(o roll.Org, st people) error {
	boss := l.as(o, "Sunita Blackwood", roll.Administrator)
	for _, x := range []struct {
		name, words string
		role        access.Role
	}{
		{"Leonie Hartwell", "Partner practitioner from the family support service. Sees the two pupils she works with, until the summer.", roll.Partner},
		{"Rhys Calloway", "Adviser from outside. Helps the school to get better, and sees figures.", roll.Adviser},
		{"Corinne Maddox", "Assessor from outside. Comes to judge, and sees figures.", roll.Assessor},
	} {
		n := roll.ReadName(x.name)
		id, err := l.Roll.SaveStaff(l.ctx, boss, 0, roll.Values{"forename": n.Forename, "surname": n.Surname, "starts": day(l.today.AddDate(0, -1, 0))}, "")
		if err != nil {
			return err
		}
		if err := l.Roll.GiveRole(l.ctx, boss, id, roll.Values{"role": string(x.role), "starts": day(l.today.AddDate(0, -1, 0)), "ends": day(l.today.AddDate(0, 8, 0))}); err != nil {
			return err
		}
		l.offered = append(l.offered, offer{o.ID, id, x.words})
		if x.role != roll.Partner {
			continue
		}
		homes, err := l.households(st.head, func(h household) bool { return h.Year == "9" && h.Sen == "E" })
		if err := some(homes, err); err != nil {
			return err
		}
		var keys []roll.PupilID
		for _, h := range homes {
			keys = append(keys, h.ID)
		}
		if _, _, err := l.Roll.Assign(l.ctx, st.head, roll.Assignment{Pupils: keys, Values: roll.Values{"staff": id.String(), "part": "family_worker", "starts": day(l.today.AddDate(0, -1, 0)), "reason": "Works with the family at home"}}); err != nil {
			return err
		}
	}
	return nil
}

// away: a key teacher is away for three weeks; one colleague covers.
func (l *loader) away(_ roll.Org, st people) error {
	gone, cover := st.keys[2], st.keys[3]
	_, err := l.Roll.RecordAway(l.ctx, st.office, roll.StaffID(gone.Who().Staff), roll.Values{"starts": day(l.today.AddDate(0, 0, -5)), "ends": day(l.today.AddDate(0, 0, 16)), "cover": roll.StaffID(cover.Who().Staff).String()})
	return err
}

// notesOfTheWeek: two that everyone reads who works with the child, and one that few do.
func (l *loader) notesOfTheWeek(o roll.Org, st people) error {
	key := st.keys[0]
	var mine []roll.PupilID
	if err := l.DB.View(l.ctx, key, func(tx *db.Tx) error {
		list, err := roll.Pupils(tx, notes.Write)
		for _, p := range list {
			mine = append(mine, p.ID)
		}
		return err
	}); err != nil || len(mine) < 2 {
		return err
	}
	lead := l.as(o, "Gareth Molyneux", roll.SafeguardingLead, roll.Leader)
	for _, x := range []struct {
		by    access.Pass
		pupil roll.PupilID
		t     notes.Typed
	}{
		{key, mine[0], notes.Typed{Seen: "Came in smiling, and put a hand up twice in maths.", Did: "Sent a postcard home."}},
		{key, mine[1], notes.Typed{Said: "The family's car is off the road until Thursday.", Did: "Told the office, so that late marks are understood."}},
		{lead, mine[0], notes.Typed{Said: "An aunt has moved in and will be collecting from now on; the family asked that few people know why.", Did: "Gate staff have her name.", Restricted: true, Roles: []string{string(roll.Head)}}},
	} {
		if _, err := l.Notes.Add(l.ctx, x.by, x.pupil, x.t); err != nil {
			return err
		}
	}
	return nil
}

// enteredTwice: the same mother was written down a second time for a younger child, under her short name and with the same phone.
func (l *loader) enteredTwice(_ roll.Org, st people) error {
	homes, err := l.households(st.head, func(h household) bool {
		return h.Year == "10" && len(h.adults) == 2 && strings.EqualFold(h.adults[0].Tie.Relationship, "mother") && slices.ContainsFunc(h.adults[0].Adult.Channels, func(c roll.Channel) bool { return c.Kind == "email" })
	})
	if err := some(homes, err); err != nil {
		return err
	}
	mother := homes[0].adults[0].Adult
	others, err := l.households(st.head, func(h household) bool {
		return h.Year == "7" && len(h.adults) == 1 && len(h.adults[0].InForceOn(day(l.today))) == 0
	})
	if err := some(others, err); err != nil {
		return err
	}
	var ways roll.Ways
	for _, c := range mother.Channels {
		ways = append(ways, roll.Channel{Kind: c.Kind, Value: c.Value})
	}
	_, err = l.Roll.AddAdult(l.ctx, st.office, others[0].ID, roll.Values{"title": "Mrs", "forename": mother.Forename, "surname": mother.Surname, "relationship": "mother", "responsibility": "yes", "lives_with": "yes"}, ways, true)
	return err
}

// shares: the secondary school and the first primary have signed; figures and families by name flow, and one family is shared.
func (l *loader) shares(o roll.Org, st people) error {
	other := l.teams[places[1].code]
	terms := sharing.Terms{Purpose: "Work together with families who have children in both schools, and make the move to Year 7 easier.", Basis: "Public task of both schools; both privacy notices say so.",
		ReviewOn: day(l.today.AddDate(0, 8, 0)), Gives: sharing.Flows}
	code, err := l.Sharing.Invite(l.ctx, other.head, terms)
	if err != nil {
		return err
	}
	agreement, err := l.Sharing.Sign(l.ctx, st.head, code, sharing.Flows)
	if err != nil {
		return err
	}
	homes, err := l.households(other.head, func(h household) bool { return h.Year == "6" && len(h.adults) > 0 })
	if err := some(homes, err); err != nil {
		return err
	}
	_, err = l.Sharing.Share(l.ctx, other.head, sharing.Share{Agreement: agreement, PupilID: homes[0].ID, Purpose: "Moves to Harrowmere High in September; an older sister is there.",
		ToldOn: day(l.today.AddDate(0, 0, -7)), ToldHow: "Talked with Mum at the gate", Ends: day(l.today.AddDate(0, 9, 0))})
	return err
}
