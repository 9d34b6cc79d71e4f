package roll

import (
	"fmt"
	"strings"

	"ajar/internal/kit/sheet"
)

func (x *roster) classRows(file string) error {
	t, err := x.table(file, "classes")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	id, status, title, code := t.column("sourcedId"), t.column("status"), t.column("title"), t.column("classCode")
	kind, grades := t.column("classType"), t.column("grades", "grade")
	t.column("schoolSourcedId")
	t.column("orgSourcedId")
	for {
		more, err := t.next()
		if err != nil {
			return err
		}
		if !more {
			t.unused()
			return x.write(true)
		}
		name := t.keep(title)
		if name == "" {
			name = t.keep(code)
		}
		if err := x.class(t, Class{LocalID: t.keep(id), Title: name, Kind: classKind(t.at(kind))}, strings.ToLower(t.at(status)), t.at(grades)); err != nil {
			return err
		}
	}
}

func classKind(classType string) string {
	if strings.EqualFold(classType, "homeroom") {
		return "form"
	}
	return "class"
}

func (x *roster) class(t *rosterTable, c Class, status, grades string) error {
	at := t.place()
	if year, err := ParseYearGroup(grades); err == nil {
		c.Year = string(year)
	}
	switch {
	case c.LocalID == "":
		t.refuse("sourcedId", "", "There is no sourcedId.")
		return nil
	case c.Title == "":
		t.refuse("title", "", "There is no title.")
		return nil
	}
	i := find(x.classByLocal, c.LocalID)
	if i < 0 {
		e := x.newClass(c)
		e.row = int32(at.row)
		if status == leave {
			e.Ends = x.today
		}
		t.count(sheet.Created)
		return x.write(false)
	}
	e := x.classes[i]
	if e.row != 0 {
		t.refuse("sourcedId", c.LocalID, fmt.Sprintf("This sourcedId stands in row %d already.", e.row))
		return nil
	}
	e.row = int32(at.row)
	was := e.Class
	for _, f := range []struct {
		field string
		to    *string
		v     string
	}{{"title", &e.Title, c.Title}, {"kind", &e.Kind, c.Kind}, {"year", &e.Year, c.Year}} {
		if _, err := x.setText(e.record(), f.field, f.to, f.v, at); err != nil {
			return err
		}
	}
	if err := x.setEnd(e.record(), &e.Ends, status, at); err != nil {
		return err
	}
	if was != e.Class {
		t.count(sheet.Updated)
	} else {
		t.count(sheet.Same)
	}
	return x.write(false)
}

func (x *roster) enrollments(file string) error {
	t, err := x.table(file, "members")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	id, status, class, user, role := t.column("sourcedId"), t.column("status"), t.column("classSourcedId"), t.column("userSourcedId"), t.column("role")
	starts, ends := t.column("beginDate"), t.column("endDate")
	t.column("schoolSourcedId")
	for {
		more, err := t.next()
		if err != nil {
			return err
		}
		if !more {
			t.unused()
			return nil
		}
		m := memberEntry{LocalID: t.keep(id)}
		if why, field, value := x.who(&m, t.at(class), t.at(user), strings.ToLower(t.at(role))); why != "" {
			t.refuse(field, value, why)
			continue
		}
		m.Starts, m.Ends = t.dates(starts, ends)
		if err := x.member(t, m, strings.ToLower(t.at(status))); err != nil {
			return err
		}
		if err := x.write(false); err != nil {
			return err
		}
	}
}

// who finds the class and the person of an enrolment, or says why it can't be kept. A pupil takes a class as a pupil and staff as staff: anything
// else would let somebody see children whom they do not teach.
func (x *roster) who(m *memberEntry, class, user, role string) (why, field, value string) {
	i := find(x.classByLocal, class)
	if i < 0 {
		return "There is no class with this sourcedId, in the file or here.", "classSourcedId", class
	}
	m.ClassID = x.classes[i].ID
	pupil, staff := find(x.pupilByLocal, user), find(x.staffByLocal, user)
	asPupil := role == "student" || role == "pupil" || role == "learner"
	switch {
	case asPupil && pupil >= 0:
		m.PupilID = x.pupils[pupil].ID
	case !asPupil && staff >= 0 && role != "":
		m.StaffID = x.staff[staff].ID
	case pupil < 0 && staff < 0 && !x.adultHere(user):
		return "There is nobody with this sourcedId, in the file or here.", "userSourcedId", user
	case role == "":
		return "There is no role, so it is not known whether this person is taught or teaches.", "role", ""
	case asPupil:
		return "This person is enrolled as a student and is not a pupil in the list of users.", "userSourcedId", user
	default:
		return "This person is enrolled as " + cutText(role, 40) + " and is not on the staff in the list of users.", "userSourcedId", user
	}
	return "", "", ""
}

func (x *roster) member(t *rosterTable, m memberEntry, status string) error {
	at := t.place()
	i := find(x.memberLocal, m.LocalID)
	if i < 0 {
		if j, there := x.memberPair[m.pair()]; there && (m.LocalID == "" || x.members[j].LocalID == "") {
			i = j
		}
	}
	if i < 0 {
		if status == leave {
			x.once("This enrolment is marked as to be deleted and was not here.", at)
			t.count(sheet.Same)
			return nil
		}
		m.row = int32(at.row)
		x.newMember(m)
		t.count(sheet.Created)
		return nil
	}
	e := x.members[i]
	if e.row != 0 {
		t.refuse("sourcedId", m.LocalID, fmt.Sprintf("This enrolment stands in row %d already.", e.row))
		return nil
	}
	e.row = int32(at.row)
	if e.ClassID != m.ClassID || e.PupilID != m.PupilID || e.StaffID != m.StaffID {
		t.refuse("sourcedId", m.LocalID, "This enrolment was for another person or class before. Give the new one a sourcedId of its own.")
		return nil
	}
	was := *e
	if m.LocalID != "" {
		if _, err := x.setText(e.record(), "local_id", &e.LocalID, m.LocalID, at); err != nil {
			return err
		}
		x.memberLocal[e.LocalID] = i
	}
	if status == leave {
		if err := x.setEnd(e.record(), &e.Ends, status, at); err != nil {
			return err
		}
	} else if err := x.setDates(e, m, status, at); err != nil {
		return err
	}
	was.row = e.row
	if was != *e {
		t.count(sheet.Updated)
	} else {
		t.count(sheet.Same)
	}
	return nil
}

// setDates takes the days of an enrolment over. Days that the file does not give stay.
func (x *roster) setDates(e *memberEntry, m memberEntry, status string, at place) error {
	if m.Starts != Always {
		if _, err := x.setText(e.record(), "starts", &e.Starts, m.Starts, at); err != nil {
			return err
		}
	}
	if m.Ends != ForGood {
		_, err := x.setText(e.record(), "ends", &e.Ends, m.Ends, at)
		return err
	}
	if status != "active" {
		return nil // a blank never erases the day on which it ended
	}
	return x.setEnd(e.record(), &e.Ends, status, at)
}
