package roll

import (
	"fmt"
	"slices"
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
)

type userColumns struct {
	id, status, role, given, family, known, identifier, email, sms, phone, agents, grades int
}

// person is one row of users.csv.
type person struct {
	id, status, given, family string
	student, adult, staff     bool
	father, mother            bool
	bare                      bool // only the sourcedId and that it is to be deleted
	staffRole                 rosterRole
}

func (x *roster) users(file string) error {
	t, err := x.table(file, "")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	c := userColumns{t.column("sourcedId"), t.column("status"), t.column("role"), t.column("givenName"), t.column("familyName"), t.column("preferredGivenName"),
		t.column("identifier"), t.column("email"), t.column("sms"), t.column("phone"), t.column("agentSourcedIds", "agents"), t.column("grades", "grade")}
	t.column("orgSourcedIds", "orgSourcedId")
	t.column("primaryOrgSourcedId")
	t.column("enabledUser")
	if c.id < 0 || c.given < 0 && c.family < 0 {
		return fault.New(fault.Invalid, "%s: a list of users needs the columns sourcedId, givenName and familyName. Its columns are: %s.", t.Name, cutText(strings.Join(t.Header, ", "), 300))
	}
	for {
		more, err := t.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if err := x.user(t, c); err != nil {
			return err
		}
		if err := x.write(false); err != nil {
			return err
		}
	}
	t.unused()
	return x.afterUsers(t.Name)
}

// user reads one row of users.csv.
func (x *roster) user(t *rosterTable, c userColumns) error {
	p := person{id: t.keep(c.id), status: strings.ToLower(t.at(c.status)), given: t.at(c.given), family: t.at(c.family)}
	kind := x.place(t, c, &p)
	refuse := func(field, value, why string) error {
		t.kind = kind
		t.refuse(field, value, why)
		t.kind = ""
		return nil
	}
	switch {
	case p.id == "":
		return refuse("sourcedId", "", "There is no sourcedId.")
	case len(p.id) > 255:
		return refuse("sourcedId", p.id, "The sourcedId is longer than 255 characters.")
	case p.bare && !p.student && !p.adult && !p.staff:
		x.once("This user is marked as to be deleted and was not here.", t.place())
		x.run.Row(sheet.Same)
		x.run.Count(kind, sheet.Same)
		return nil
	case !p.student && !p.adult && !p.staff:
		return refuse("role", t.at(c.role), "There is no role, so it is not known whether this is a pupil, a parent or a member of staff.")
	case p.given == "" && p.family == "" && !p.bare:
		return refuse("givenName", "", "There is no name. Give a givenName or a familyName.")
	}
	if row := x.seen(p.id); row != 0 {
		return refuse("sourcedId", p.id, fmt.Sprintf("This sourcedId stands in row %d already.", row))
	}
	var outcome sheet.Outcome
	var waits pendingUser
	if p.student {
		o, e, err := x.pupil(t, c, p)
		if err != nil {
			return err
		}
		outcome, waits.pupil = o, e
		x.run.Count("pupils", o)
	}
	if p.adult {
		o, a, err := x.guardian(t, c, p)
		if err != nil {
			return err
		}
		outcome, waits.adult = either(outcome, o), a
		x.run.Count("adults", o)
	}
	if p.staff {
		o, err := x.teacher(t, c, p)
		if err != nil {
			return err
		}
		outcome = either(outcome, o)
		x.run.Count("staff", o)
	}
	if err := x.agents(t, c, p); err != nil {
		return err
	}
	if outcome == sheet.Created {
		x.run.Row(outcome)
		return nil
	}
	waits.did = outcome == sheet.Updated
	x.pending = append(x.pending, waits)
	return nil
}

func either(a, b sheet.Outcome) sheet.Outcome {
	if a == 0 {
		return b
	}
	return stronger(a, b)
}

// place decides what a user is by role: a child, a grown-up of a child, staff, or staff who are parents too.
func (x *roster) place(t *rosterTable, c userColumns, p *person) (kind string) {
	roles := x.roles[p.id]
	if r := t.at(c.role); r != "" {
		roles = append([]rosterRole{{role: r, starts: Always, ends: ForGood}}, roles...)
	}
	for _, r := range roles {
		if r.gone {
			continue
		}
		switch strings.ToLower(r.role) {
		case "student", "pupil", "learner":
			p.student = true
		case "guardian", "parent", "relative", "father", "mother":
			p.adult = true
			p.father = p.father || strings.EqualFold(r.role, "father")
			p.mother = p.mother || strings.EqualFold(r.role, "mother")
		default:
			if !p.staff || !teaches(p.staffRole.role) {
				p.staffRole = r
			}
			p.staff = true
		}
	}
	if p.status == leave && !p.student && !p.adult && !p.staff {
		// A file of changes may say no more than that somebody is to be deleted.
		p.student, p.adult, p.staff = find(x.pupilByLocal, p.id) >= 0, x.adultHere(p.id), find(x.staffByLocal, p.id) >= 0
		p.bare = true
	}
	switch {
	case p.student:
		if p.adult || p.staff {
			x.once("This user is a student and something else besides, and was taken as a pupil.", t.place())
		}
		p.adult, p.staff = false, false
		return "pupils"
	case p.adult:
		return "adults"
	case p.staff:
		return "staff"
	}
	return "users"
}

// teaches tells whether a role of the file is that of somebody who works with a class. Others give no role in Ajar: who leads or administers
// is for the school to say, not for a file.
func teaches(role string) bool {
	switch strings.ToLower(role) {
	case "teacher", "aide", "faculty", "professor", "lecturer", "proctor", "tutor", "counselor", "substitute", "teachingassistant":
		return true
	}
	return false
}

// seen is the row in which this file named a user before, or 0.
func (x *roster) seen(id string) int32 {
	if i := find(x.pupilByLocal, id); i >= 0 && x.pupils[i].row != 0 {
		return x.pupils[i].row
	}
	if row := x.mergedRow[id]; row != 0 {
		return row
	}
	if i := find(x.adultByLocal, id); i >= 0 && x.adults[i].row > 0 {
		return x.adults[i].row
	}
	if i := find(x.staffByLocal, id); i >= 0 && x.staff[i].row != 0 {
		return x.staff[i].row
	}
	return 0
}

func (x *roster) pupil(t *rosterTable, c userColumns, p person) (sheet.Outcome, *pupilEntry, error) {
	at := t.place()
	upn := ParseUPN(t.at(c.identifier))
	var e *pupilEntry
	if i := find(x.pupilByLocal, p.id); i >= 0 {
		e = x.pupils[i]
	} else if i := find(x.pupilByUPN, upn.Normal); upn.ShapeOK && i >= 0 && x.pupils[i].row == 0 {
		if e = x.pupils[i]; Fold(e.Surname) != Fold(p.family) {
			e = nil
		}
	}
	known := t.at(c.known)
	if known == p.given {
		known = ""
	}
	if e == nil {
		if p.status == leave {
			x.once("This user is marked as to be deleted and was not here.", at)
			return sheet.Same, nil, nil
		}
		e = x.newPupil(Pupil{LocalID: p.id, Forename: p.given, Surname: p.family, KnownAs: known, SortKey: SortKey(p.family, p.given)})
		e.row = int32(at.row)
		if err := x.pupilDetails(e, t, c, upn, at); err != nil {
			return 0, nil, err
		}
		return sheet.Created, e, x.born(e, p.id)
	}
	e.row = int32(at.row)
	was := *e.Pupil
	for _, f := range []struct {
		field string
		to    *string
		v     string
	}{{"forename", &e.Forename, p.given}, {"surname", &e.Surname, p.family}, {"known_as", &e.KnownAs, known}, {"local_id", &e.LocalID, p.id}} {
		if _, err := x.setText(e.record(), f.field, f.to, f.v, at); err != nil {
			return 0, nil, err
		}
	}
	x.pupilByLocal[e.LocalID] = e.at
	if err := x.pupilDetails(e, t, c, upn, at); err != nil {
		return 0, nil, err
	}
	if err := x.setEnd(e.record(), &e.Ends, p.status, at); err != nil {
		return 0, nil, err
	}
	changed := was != *e.Pupil
	if was.Forename != e.Forename || was.Surname != e.Surname || was.KnownAs != e.KnownAs || was.LocalID != e.LocalID || was.UPN != e.UPN {
		if err := x.resort(e); err != nil {
			return 0, nil, err
		}
	}
	if err := x.born(e, p.id); err != nil {
		return 0, nil, err
	}
	if changed {
		return sheet.Updated, e, nil
	}
	return sheet.Same, e, nil
}

// pupilDetails takes the year and the UPN over, where the file has one of each.
func (x *roster) pupilDetails(e *pupilEntry, t *rosterTable, c userColumns, upn UPN, at place) error {
	if text := t.at(c.grades); text != "" {
		year, err := ParseYearGroup(text)
		if err != nil {
			x.once("The grades are not one year group of England. The year was left as it was.", at)
		} else if _, err := x.setText(e.record(), "year", &e.Year, string(year), at); err != nil {
			return err
		}
	}
	if upn.ShapeOK && upn.Normal != e.UPN {
		if w := upn.Warning(); w != "" {
			x.run.Warn("%s: %s", at, w)
		}
		if other := find(x.pupilByUPN, upn.Normal); other != none {
			x.run.Warn("%s: UPN %s is also that of %s. Both pupils are kept; one of the numbers must be wrong.", at, upn.Normal, x.nameOf(other))
		}
		did, err := x.setText(e.record(), "upn", &e.UPN, upn.Normal, at)
		if err != nil {
			return err
		}
		if did {
			x.indexUPN(e)
		}
	}
	return nil
}

// setEnd ends a record when the file says so, and begins it again when the file says that it is active. Nothing is ever deleted.
func (b *book) setEnd(r record, ends *string, status string, at place) error {
	switch {
	case status == leave && *ends > b.today:
		_, err := b.setText(r, "ends", ends, b.today, at)
		return err
	case status != leave && *ends < b.today:
		_, err := b.setText(r, "ends", ends, ForGood, at)
		return err
	}
	return nil
}

func (x *roster) guardian(t *rosterTable, c userColumns, p person) (sheet.Outcome, *adultEntry, error) {
	at := t.place()
	emails := x.emails(t.at(c.email), "email", at)
	phones := x.phones(t.at(c.sms), "sms", at)
	if v := t.at(c.phone); v != t.at(c.sms) {
		phones = append(phones, x.phones(v, "phone", at)...)
	}
	var a *adultEntry
	if i, merged := x.byNumber(p.id); merged {
		return x.mergedGuardian(x.adults[i], p, emails, phones, at)
	} else if i >= 0 {
		a = x.adults[i]
	}
	if a == nil && p.status == leave {
		x.once("This user is marked as to be deleted and was not here.", at)
		return sheet.Same, nil, nil
	}
	name := PersonName{Text: strings.TrimSpace(p.given + " " + p.family), Forename: p.given, Surname: p.family}
	key := personKey("", p.given, p.family, name.Text)
	outcome := sheet.Same
	if a == nil && len(emails)+len(phones) > 0 {
		// A parent who came in with a sheet has no number of the roster yet.
		if a = x.elsewhere(key, name, emails, phones, at); a != nil && a.LocalID != "" {
			a = nil
		}
		if a != nil {
			x.run.Warn("%s: %s was taken as the same adult as under %s, with the same name and the same phone or e-mail address.", at, shown(name.Text), x.nameOf(a.child))
			if _, err := x.setText(a.record(), "local_id", &a.LocalID, p.id, at); err != nil {
				return 0, nil, err
			}
			x.adultByLocal[p.id] = a.at
			outcome = sheet.Updated
		}
	}
	if a == nil {
		a = x.newAdult(Adult{LocalID: p.id, Forename: p.given, Surname: p.family, Name: name.Text}, key)
		a.mark(at, p)
		_, err := x.reachBy(a, emails, phones, at)
		return sheet.Created, a, err
	}
	a.mark(at, p)
	changed, err := x.rename(a, name, at)
	if err != nil {
		return 0, nil, err
	}
	ways, err := x.reachBy(a, emails, phones, at)
	if err != nil {
		return 0, nil, err
	}
	ended := false
	if p.status == leave {
		a.left = true
		if ended, err = x.endTies(a, at); err != nil {
			return 0, nil, err
		}
	}
	if changed || ways || ended {
		outcome = sheet.Updated
	}
	return outcome, a, nil
}

// mergedGuardian reads the row of a record that was merged here into another: it adds ways to reach them, renames nobody, and when the roster deletes
// its duplicate, the person who stays is not deleted with it.
func (x *roster) mergedGuardian(a *adultEntry, p person, emails, phones []contact, at place) (sheet.Outcome, *adultEntry, error) {
	x.mergedRow[p.id] = int32(at.row)
	x.once("This user is one whose record was made one with another's here, and was taken as that person.", at)
	if p.status == leave {
		return sheet.Same, nil, nil
	}
	if p.father {
		a.said |= saidFather
	}
	if p.mother {
		a.said |= saidMother
	}
	news, err := x.reachBy(a, emails, phones, at)
	if err != nil || !news {
		return sheet.Same, a, err
	}
	return sheet.Updated, a, nil
}

func (x *roster) adultHere(id string) bool {
	i, _ := x.byNumber(id)
	return i >= 0
}

// rename takes the name of a user over when the same sourcedId now has another.
func (x *roster) rename(a *adultEntry, n PersonName, at place) (bool, error) {
	if personKey("", a.Forename, a.Surname, a.Name) == personKey("", n.Forename, n.Surname, n.Text) {
		return false, nil
	}
	changed := false
	for _, f := range []struct {
		field string
		to    *string
		v     string
	}{{"forename", &a.Forename, n.Forename}, {"surname", &a.Surname, n.Surname}, {"name", &a.Name, n.Text}} {
		did, err := x.setText(a.record(), f.field, f.to, f.v, at)
		if err != nil {
			return changed, err
		}
		changed = changed || did
	}
	if !changed {
		return false, nil
	}
	a.SortKey = adultSortKey(*a.Adult)
	return true, x.resortAdult(a)
}

// endTies ends the ties of an adult whom the roster deletes: they are no longer a contact of the school.
func (x *roster) endTies(a *adultEntry, at place) (bool, error) {
	did := false
	for _, i := range a.ties {
		t := x.ties[i]
		if t.Ends <= x.today {
			continue
		}
		one, err := x.setText(t.record(), "ends", &t.Ends, x.today, at)
		if err != nil {
			return did, err
		}
		did = did || one
	}
	return did, nil
}

func (x *roster) teacher(t *rosterTable, c userColumns, p person) (sheet.Outcome, error) {
	at := t.place()
	email := ""
	if list := x.emails(t.at(c.email), "email", at); len(list) > 0 {
		email = list[0].value
	}
	var e *staffEntry
	if i := find(x.staffByLocal, p.id); i >= 0 {
		e = x.staff[i]
	}
	name := strings.TrimSpace(p.given + " " + p.family)
	if !teaches(p.staffRole.role) {
		x.kinds[p.staffRole.role]++
	}
	if e == nil {
		if p.status == leave {
			x.once("This user is marked as to be deleted and was not here.", at)
			return sheet.Same, nil
		}
		e = x.newStaff(Staff{LocalID: p.id, Forename: p.given, Surname: p.family, Name: name, Email: email})
		e.row = int32(at.row)
		x.giveRole(e, p.staffRole)
		return sheet.Created, nil
	}
	e.row = int32(at.row)
	was := e.Staff
	for _, f := range []struct {
		field string
		to    *string
		v     string
	}{{"forename", &e.Forename, p.given}, {"surname", &e.Surname, p.family}, {"name", &e.Name, name}, {"email", &e.Email, email}} {
		if _, err := x.setText(e.record(), f.field, f.to, f.v, at); err != nil {
			return 0, err
		}
	}
	if err := x.setEnd(e.record(), &e.Ends, p.status, at); err != nil {
		return 0, err
	}
	changed := was != e.Staff
	if was.Forename != e.Forename || was.Surname != e.Surname || was.Name != e.Name || was.Email != e.Email {
		if err := x.resortStaff(e); err != nil {
			return 0, err
		}
	}
	if changed {
		return sheet.Updated, nil
	}
	return sheet.Same, nil
}

// giveRole makes somebody new a teacher, who sees the pupils of their own classes and nobody else. A role that a person took away is not given again.
func (x *roster) giveRole(e *staffEntry, r rosterRole) {
	if e.roles || !teaches(r.role) {
		return
	}
	e.roles = true
	x.buffer.roles = append(x.buffer.roles, staffRoleRow{e.ID, string(Teacher), r.starts, r.ends})
	x.held++
}

// agents follows agentSourcedIds, which either side of a tie may carry.
func (x *roster) agents(t *rosterTable, c userColumns, p person) error {
	cell := t.at(c.agents)
	if cell == "" || p.status == leave {
		return nil
	}
	for id := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ',' || r == ';' || r == '|' }) {
		id = strings.TrimSpace(id)
		if id == "" {
			continue
		}
		if x.seen(id) == 0 {
			x.links = append(x.links, link{p.id, strings.Clone(id), int32(t.row.N)})
			continue
		}
		if err := x.join(p.id, id, t.place()); err != nil {
			return err
		}
	}
	return nil
}

// join makes the tie between a pupil and the grown-up that one of their rows names. The roster says nothing about parental responsibility, so
// it stays unknown; the relationship is taken from a role of father or mother and from nothing else.
func (x *roster) join(from, to string, at place) error {
	child, adult, sentence := x.ends(from, to, at)
	if sentence != "" {
		x.once(sentence, at)
		return nil
	}
	if adult.left {
		return nil
	}
	if t := x.tie(child, adult); t != nil {
		if t.row == 0 {
			t.row = int32(at.row)
			x.run.Count("ties", sheet.Same)
		}
		return nil
	}
	t := x.newTie(child, adult, Tie{Relationship: adult.relation()})
	t.row = int32(at.row)
	x.run.Count("ties", sheet.Created)
	return x.write(false)
}

// The bits of adultEntry.said that a roster uses.
const (
	saidFather uint16 = 1 << 6
	saidMother uint16 = 1 << 7
)

// mark notes the row of a user, and whether their role is that of a father or a mother.
func (a *adultEntry) mark(at place, p person) {
	a.row = int32(at.row)
	if p.father {
		a.said |= saidFather
	}
	if p.mother {
		a.said |= saidMother
	}
}

func (a *adultEntry) relation() string {
	switch {
	case a.said&saidFather != 0 && a.said&saidMother == 0:
		return string(RelationFather)
	case a.said&saidMother != 0 && a.said&saidFather == 0:
		return string(RelationMother)
	}
	return ""
}

// ends finds the pupil and the adult of a link, or a sentence that says why there is no tie in it.
func (x *roster) ends(from, to string, at place) (*pupilEntry, *adultEntry, string) {
	a, b := from, to
	if find(x.pupilByLocal, a) < 0 {
		a, b = b, a
	}
	child := find(x.pupilByLocal, a)
	switch {
	case child < 0 && x.somebody(a) && x.somebody(b):
		return nil, nil, "agentSourcedIds joins two grown-ups. Such links are not kept."
	case child < 0 || !x.somebody(b) && find(x.pupilByLocal, b) < 0:
		return nil, nil, "agentSourcedIds names somebody who is neither in the file nor here, so no tie was made."
	}
	if i, _ := x.byNumber(b); i >= 0 {
		return x.pupils[child], x.adults[i], ""
	}
	i := find(x.staffByLocal, b)
	if i < 0 {
		return nil, nil, "agentSourcedIds joins two pupils. Such links are not kept."
	}
	// Somebody on the staff is also the parent of a child here.
	s := x.staff[i]
	x.run.Warn("%s: %s is on the staff and named as an agent of %s, and is kept as an adult of the child too.", at, s.Name, x.nameOf(child))
	adult := x.newAdult(Adult{LocalID: s.LocalID, Forename: s.Forename, Surname: s.Surname, Name: s.Name}, personKey("", s.Forename, s.Surname, s.Name))
	adult.row = -1
	x.run.Count("adults", sheet.Created)
	return x.pupils[child], adult, ""
}

func (x *roster) somebody(id string) bool {
	return x.adultHere(id) || find(x.staffByLocal, id) >= 0
}

// afterUsers follows the links to people who came later in the file, and counts the rows that waited for them.
func (x *roster) afterUsers(file string) error {
	for _, l := range x.links {
		if err := x.join(l.from, l.to, place{file, int(l.row)}); err != nil {
			return err
		}
	}
	x.links = nil
	for _, u := range x.pending {
		did := u.did || u.pupil != nil && u.pupil.moved || u.adult != nil && u.adult.moved
		if did {
			x.run.Row(sheet.Updated)
		} else {
			x.run.Row(sheet.Same)
		}
	}
	x.pending = nil
	x.countRoles()
	return x.bornBefore()
}

// countRoles counts the rows of roles.csv: each is as new as the user whom it describes.
func (x *roster) countRoles() {
	type row struct {
		rosterRole
		user string
	}
	var rows []row
	for user, list := range x.roles {
		for _, r := range list {
			rows = append(rows, row{r, user})
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return int(a.row - b.row) })
	for _, r := range rows {
		outcome := sheet.Same
		pupil, staff := find(x.pupilByLocal, r.user), find(x.staffByLocal, r.user)
		adult, _ := x.byNumber(r.user)
		switch {
		case pupil >= 0 && x.pupils[pupil].stage != before, adult >= 0 && x.adults[adult].stage != before, staff >= 0 && x.staff[staff].stage != before:
			outcome = sheet.Created
		case pupil < 0 && adult < 0 && staff < 0 && !r.gone:
			outcome = sheet.Refused
			x.run.Refuse(sheet.NewRefusal("roles.csv", int(r.row), "userSourcedId", r.user, "There is nobody with this sourcedId, in the file or here."), []string{"userSourcedId", "role"}, []string{r.user, r.role})
		}
		x.run.Row(outcome)
		x.run.Count("roles", outcome)
	}
	x.roles = nil
}

// bornBefore gives the demographics of people who are not in users.csv to the pupils who are here already.
func (x *roster) bornBefore() error {
	var left []string
	for key, b := range x.births {
		if !b.done {
			left = append(left, key)
		}
	}
	slices.SortFunc(left, func(a, b string) int { return x.births[a].row - x.births[b].row })
	for _, key := range left {
		b := x.births[key]
		if i := find(x.pupilByLocal, key); i >= 0 {
			if err := x.born(x.pupils[i], key); err != nil {
				return err
			}
			continue
		}
		outcome := sheet.Same
		if !x.somebody(key) {
			outcome = sheet.Refused
			x.run.Refuse(sheet.NewRefusal("demographics.csv", b.row, "sourcedId", key, "Nobody with this sourcedId is in the file or here."), []string{"sourcedId", "birthDate", "sex"}, []string{key, b.date, b.sex})
		}
		x.run.Row(outcome)
		x.run.Count("demographics", outcome)
	}
	x.births = nil
	return nil
}
