package demo

import (
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/messages"
	"ajar/internal/roll"
)

// said is what colleagues note in a school that talks with its families: mostly good, some of it neither, and now and then a concern.
var said = []struct{ tone, way, words string }{
	{messages.Good, messages.ByGate, "Told her how well the reading went this week."},
	{messages.Good, messages.ByCall, "Rang to say that the science project is one of the best in the year."},
	{messages.Neutral, messages.ByGate, "Asked where the PE kit can be bought second-hand; told her about the swap shelf."},
	{messages.Good, messages.ByCard, "Card home for kindness to a new pupil."},
	{messages.Neutral, messages.ByCall, "New working hours: best rung before three from now on."},
	{messages.Good, messages.ByMeeting, "Came in to see the exhibition, and stayed for an hour."},
	{messages.Concern, messages.ByCall, "Homework has been missing for two weeks; agreed to look at it together on Thursday."},
	{messages.Good, messages.ByGate, "Thanked him for helping with the coats at the fair."},
	{messages.Neutral, messages.ByVisit, "Brought the forms round and filled them in together."},
	{messages.Concern, messages.ByGate, "Late three times this week; the bus was changed."},
}

// onlyWrong is what the families hear who only hear when it goes wrong.
var onlyWrong = []string{"Late again; asked to come in.", "Detention for missing homework.", "Phone taken away in a lesson; can be fetched at the office.", "Missing from two lessons on Tuesday."}

// contactsOf makes a term of contacts, key contacts with one colleague who leaves, and a few matters that wait for an answer.
func (l *loader) contactsOf(p place, st people, pupils []pupil, keys map[string]roll.PupilID) error {
	days := l.schoolDays(44)
	if len(days) < 8 {
		return nil
	}
	with, err := l.firstAdults(st.head, pupils, keys)
	if err != nil {
		return err
	}
	authors := []access.Pass{st.head, st.office}
	note := func(day time.Time, c pupil, x messages.Logged) error {
		l.at(day, 15)
		x.Pupils = []string{keys[c.id].String()}
		if a, ok := with[keys[c.id]]; ok && x.Adult == "" {
			x.Adult = a.String()
		}
		_, err := l.Messages.LogContact(l.ctx, authors[int(c.id[len(c.id)-1])%2], x)
		return err
	}
	for i, day := range days[:len(days)-1] {
		for k := range 3 {
			n := i*3 + k
			x := said[n%len(said)]
			if err := note(day, pupils[(n*11+5)%len(pupils)], messages.Logged{Way: x.way, Tone: x.tone, Words: x.words, Own: n%4 == 0}); err != nil {
				return err
			}
		}
	}
	for i := range 4 { // four children whose families only hear when it goes wrong
		for k := range 3 + i%2 {
			if err := note(days[(i*5+k*7)%(len(days)-1)], pupils[(i*97+31)%len(pupils)], messages.Logged{Way: messages.ByCall, Tone: messages.Concern, Words: onlyWrong[k]}); err != nil {
				return err
			}
		}
	}
	if err := l.keyContactsOf(p, st); err != nil {
		return err
	}
	if p.phase != "secondary" {
		return nil
	}
	return l.waitingFor(st, pupils, days, note)
}

// schoolDays are the last n days of the term up to yesterday on which there was school.
func (l *loader) schoolDays(n int) (out []time.Time) {
	for _, week := range l.cal.years[1].weeks {
		for d := range 5 {
			if day := week.AddDate(0, 0, d); day.Before(l.today) {
				out = append(out, day)
			}
		}
	}
	return out[max(0, len(out)-n):]
}

// firstAdults is the first adult of each child whom no order keeps from being spoken with.
func (l *loader) firstAdults(pass access.Pass, pupils []pupil, keys map[string]roll.PupilID) (map[roll.PupilID]roll.AdultID, error) {
	var list []roll.PupilID
	for _, c := range pupils {
		list = append(list, keys[c.id])
	}
	out := map[roll.PupilID]roll.AdultID{}
	err := l.DB.View(l.ctx, pass, func(tx *db.Tx) error {
		of, err := roll.RelationsOf(tx, list)
		for one, rels := range of {
			for _, r := range rels {
				if ok, _ := roll.May(r, roll.Contact, tx.Today()); ok && out[one].Zero() {
					out[one] = r.Adult.ID
				}
			}
		}
		return err
	})
	return out, err
}

// keyContactsOf chooses a key contact for most forms. In the secondary school one of them leaves at the end of next month, and nobody has thought of it yet.
func (l *loader) keyContactsOf(p place, st people) error {
	l.at(l.cal.years[1].weeks[0].AddDate(0, 0, 2), 14)
	o, err := l.Messages.KeyContacts(l.ctx, st.head)
	if err != nil {
		return err
	}
	forms := o.Classes[:len(o.Classes)*4/5] // those who are left have nobody yet, and pages say who answers instead
	for i, c := range forms {
		class, err := ids.Parse[roll.Class](c.Key)
		if err != nil {
			return err
		}
		k := st.keys[len(st.keys)-1-i%len(st.keys)].Who().Staff
		if _, _, err := l.Messages.SetKeys(l.ctx, st.head, messages.KeyGroup{Class: class, Missing: true}, messages.KeyChoice{Staff: roll.StaffID(k).String(), Siblings: true}); err != nil {
			return err
		}
	}
	if p.phase != "secondary" {
		return nil
	}
	leaver := roll.StaffID(st.keys[len(st.keys)-2].Who().Staff)
	m, err := l.Roll.StaffMember(l.ctx, st.head, leaver)
	if err != nil {
		return err
	}
	v := roll.StaffValues(m.Staff)
	v["ends"] = day(l.today.AddDate(0, 0, 30))
	_, err = l.Roll.SaveStaff(l.ctx, st.head, leaver, v, m.Seen())
	return err
}

// waitingFor are two matters that were handed on: one of yesterday, and one that has waited for more than five school days.
func (l *loader) waitingFor(st people, pupils []pupil, days []time.Time, note func(time.Time, pupil, messages.Logged) error) error {
	var senco string
	for name, p := range st.all {
		if name == st.deputy {
			senco = roll.StaffID(p.Who().Staff).String()
		}
	}
	if senco == "" {
		return nil
	}
	last := len(days) - 1
	if err := note(days[last], pupils[8], messages.Logged{Way: messages.ByGate, Tone: messages.Neutral, In: true, Owner: senco, Words: "Asks whether the extra time in tests counts for mocks as well."}); err != nil {
		return err
	}
	return note(days[max(0, last-8)], pupils[20], messages.Logged{Way: messages.ByCall, Tone: messages.Concern, In: true, Owner: senco, Words: "Has not heard about the reading group since half-term. Please ring after four."})
}
