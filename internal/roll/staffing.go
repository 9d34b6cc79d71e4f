package roll

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

// Post is one role that somebody holds, with its dates.
type Post struct {
	ID           ids.ID[Post]
	StaffID      StaffID
	Role         access.Role
	Starts, Ends string
}

// HeldOn tells whether the role is held on a day.
func (p Post) HeldOn(day string) bool { return p.Starts <= day && day <= p.Ends }

// Colleague is a member of staff with the roles they hold, held or will hold, and how many pupils are assigned to them.
type Colleague struct {
	Staff
	Posts  []Post
	Pupils int
}

// StaffList lists the staff by name, those who have left last.
func (s *Service) StaffList(ctx context.Context, p access.Pass) (out []Colleague, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = colleagues(tx)
		return err
	})
	return out, err
}

// StaffMember opens one member of staff.
func (s *Service) StaffMember(ctx context.Context, p access.Pass, id StaffID) (c Colleague, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return c, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		all, err := colleagues(tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(c Colleague) bool { return c.ID == id })
		if i < 0 {
			return fault.Gone("colleague")
		}
		c = all[i]
		return nil
	})
	return c, err
}

// StaffValues is the form of a member of staff as it stands now.
func StaffValues(m Staff) Values {
	v := Values{"forename": m.Forename, "surname": m.Surname, "email": m.Email, "ends": endText(m.Ends)}
	if m.Forename == "" && m.Surname == "" {
		n := ReadName(m.Name)
		v["forename"], v["surname"] = n.Forename, n.Surname
	}
	return v
}

func readStaff(m Staff, v Values) (Staff, error) {
	r := &formReader{v: v}
	before := StaffValues(m)
	m.Forename, m.Surname, m.Email = r.line("forename"), r.line("surname"), r.line("email")
	if m.Forename == "" && m.Surname == "" {
		r.faults.Add("surname", "Write the colleague's forename or surname.")
	}
	if m.Email != "" && !strings.Contains(m.Email, "@") {
		r.faults.Add("email", "%s is not an e-mail address. It should look like name@example.org.", shown(m.Email))
	}
	if m.Name == "" || m.Forename != before["forename"] || m.Surname != before["surname"] {
		m.Name = strings.TrimSpace(m.Forename + " " + m.Surname)
	}
	m.Ends = r.end("ends")
	m.SortKey = SortKey(m.Surname, m.Forename)
	return m, r.faults.Err()
}

// SaveStaff adds a member of staff (id zero) or keeps what was changed about one. Who works here decides who may see whom, so it needs the right
// over settings.
func (s *Service) SaveStaff(ctx context.Context, p access.Pass, id StaffID, v Values, seen string) (StaffID, error) {
	if err := p.CheckAll(Settings); err != nil {
		return 0, err
	}
	err := s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if id == 0 {
			m, err := readStaff(Staff{ID: ids.New[Staff]()}, v)
			if err != nil {
				return err
			}
			id = m.ID
			return insertStaff(tx, m)
		}
		was, err := staffByID(tx, id)
		if err != nil {
			return err
		}
		if err := sameSeen(seen, was.Seen()); err != nil {
			return err
		}
		return stillInCharge(tx, func() error { return keepStaff(tx, was, v) })
	})
	return id, err
}

func keepStaff(tx *db.Tx, was Staff, v Values) error {
	is, err := readStaff(was, v)
	if err != nil {
		return err
	}
	if set := changedValues(staffColumnValues(was), staffColumnValues(is)); len(set) > 0 {
		if err := setByHand(tx, "roll_staff", "staff", int64(was.ID), set); err != nil {
			return err
		}
	}
	if err := deriveStaff(tx, is); err != nil || is.Ends == was.Ends {
		return err
	}
	return follow(tx) // whoever has left covers for nobody
}

// GiveRole gives a member of staff a role from a day on, perhaps until another.
func (s *Service) GiveRole(ctx context.Context, p access.Pass, id StaffID, v Values) error {
	if err := p.CheckAll(Settings); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := staffByID(tx, id); err != nil {
			return err
		}
		r := &formReader{v: v}
		post := Post{ID: ids.New[Post](), StaffID: id, Role: access.Role(strings.TrimSpace(v["role"]))}
		if !slices.Contains(Roles, post.Role) {
			r.faults.Add("role", "Choose a role.")
		}
		if post.Starts = r.date("starts"); post.Starts == "" {
			post.Starts = tx.Today()
		}
		if post.Ends = r.end("ends"); post.Ends < post.Starts {
			r.faults.Add("ends", "The last day is before the first.")
		}
		if slices.Contains(Visitors, post.Role) && post.Ends > addDays(post.Starts, 366) {
			r.faults.Add("ends", "Someone from outside holds a role for a time. Write a last day, at most a year on; it can be given again.")
		}
		if err := r.faults.Err(); err != nil {
			return err
		}
		if err := mayGive(p, id, post.Role); err != nil {
			return err
		}
		return insertPost(tx, post)
	})
}

// mayGive decides who gives which role: nobody gives more than they hold, except administrators, and nobody, not even an administrator, makes their
// own rights wider.
func mayGive(p access.Pass, to StaffID, role access.Role) error {
	beyond := p.Beyond(role)
	if len(beyond) == 0 {
		return nil
	}
	if int64(to) == p.Who().Staff {
		return fault.Field("role", "Nobody makes their own rights wider. As %s you could also %s. Ask another head or administrator to give you the role.", lowerFirst(RoleWords[role]), beyond[0].Words)
	}
	if slices.Contains(p.Who().Roles, Administrator) {
		return nil
	}
	return fault.Field("role", "You can't give this role: somebody with it can %s, and you can't. Ask an administrator.", beyond[0].Words)
}

// EndRole says the last day on which a role is held.
func (s *Service) EndRole(ctx context.Context, p access.Pass, staff StaffID, post ids.ID[Post], v Values) error {
	if err := p.CheckAll(Settings); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		r := &formReader{v: v}
		ends := r.date("ends")
		if ends == "" {
			r.faults.Add("ends", "Write the last day on which the role is held.")
		}
		if err := r.faults.Err(); err != nil {
			return err
		}
		// Staff who are there longer than they should be is how rights outlive their reason: this verb brings a last day forward, never back.
		held, err := postByID(tx, staff, post)
		if err != nil {
			return err
		}
		if ends > held.Ends {
			return fault.Field("ends", "The role ends before that already. To go on with it, give it again from the day after.")
		}
		return stillInCharge(tx, func() error {
			n, err := endPost(tx, staff, post, ends)
			if err == nil && n == 0 {
				err = fault.Gone("role")
			}
			return err
		})
	})
}

// stillInCharge refuses a change after which nobody could open the settings any more.
func stillInCharge(tx *db.Tx, change func() error) error {
	before, err := inCharge(tx)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := inCharge(tx)
	if err == nil && before > 0 && after == 0 {
		err = fault.Field("ends", "After this nobody here would be head or administrator, and nobody could change who works here. Give the role to someone else first.")
	}
	return err
}

// ClassRow is a class in the list of classes.
type ClassRow struct {
	Class
	Pupils   int
	Teachers string
}

// Classes lists forms, classes and groups of today. The count is of the pupils that this person may see.
func (s *Service) Classes(ctx context.Context, p access.Pass) (out []ClassRow, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		staff, today, err := SightArgs(tx, See)
		if err != nil {
			return err
		}
		out, err = classRows(tx, staff, today)
		return err
	})
	slices.SortStableFunc(out, func(a, b ClassRow) int {
		return cmp.Or(YearGroup(a.Year).Order()-YearGroup(b.Year).Order(), leadingNumber(a.Title)-leadingNumber(b.Title))
	})
	return out, err
}

// leadingNumber is the number that a title begins with, so that 7A stands before 10A; titles without one come last.
func leadingNumber(title string) int {
	n, digits := 0, 0
	for _, r := range title {
		if r < '0' || r > '9' || digits > 6 {
			break
		}
		n, digits = n*10+int(r-'0'), digits+1
	}
	if digits == 0 {
		return 1 << 30
	}
	return n
}

// ClassPupil is a pupil in a class, with who works with them.
type ClassPupil struct {
	PupilHit
	KeyTeacher, FamilyWorker string
}

// ClassPage is a class with its pupils of today.
type ClassPage struct {
	Class
	Teachers string
	Pupils   []ClassPupil
	Staff    []Staff // whom pupils can be assigned to
}

// Class opens one class. One that has none of your pupils, and that you do not take, is not there.
func (s *Service) Class(ctx context.Context, p access.Pass, id ClassID) (c ClassPage, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return c, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		c, err = classPage(tx, id)
		return err
	})
	return c, err
}

func classPage(tx *db.Tx, id ClassID) (c ClassPage, err error) {
	staff, today, err := SightArgs(tx, See)
	if err != nil {
		return c, err
	}
	rows, err := classRows(tx, staff, today)
	if err != nil {
		return c, err
	}
	i := slices.IndexFunc(rows, func(r ClassRow) bool { return r.ID == id })
	if i < 0 {
		return c, fault.Gone("class")
	}
	c.Class, c.Teachers = rows[i].Class, rows[i].Teachers
	if c.Pupils, err = classPupils(tx, staff, today, id); err != nil {
		return c, err
	}
	c.Staff, err = People(tx)
	return c, err
}

// AssignPreview is what an assignment will do, before it is done.
type AssignPreview struct {
	Staff    Staff
	Part     string
	Starts   string
	Reason   string
	Pupils   []PupilHit
	Already  []PupilHit // with this person in this part already: nothing changes for them
	Replaced []PupilHit // whose present key teacher ends the day before
}

// Assignment asks to assign pupils to a member of staff.
type Assignment struct {
	Pupils []PupilID
	Values Values // staff, part, starts, reason
}

// PreviewAssign says what an assignment will do. Nothing is written.
func (s *Service) PreviewAssign(ctx context.Context, p access.Pass, a Assignment) (out AssignPreview, err error) {
	if _, err := p.CheckNamed(Edit); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = previewAssign(tx, a)
		return err
	})
	return out, err
}

func previewAssign(tx *db.Tx, a Assignment) (out AssignPreview, err error) {
	r := &formReader{v: a.Values}
	out.Part, out.Reason, out.Starts = strings.TrimSpace(a.Values["part"]), r.line("reason"), r.date("starts")
	if !slices.Contains(Parts, out.Part) {
		r.faults.Add("part", "Choose what they will be for these pupils.")
	}
	if out.Starts == "" {
		out.Starts = tx.Today()
	}
	if len(a.Pupils) == 0 {
		r.faults.Add("pupil", "Choose at least one pupil.")
	}
	if len(a.Pupils) > 2000 {
		r.faults.Add("pupil", "Choose at most 2,000 pupils at a time.")
	}
	id, perr := ids.Parse[Staff](a.Values["staff"])
	if perr != nil {
		r.faults.Add("staff", "Choose a colleague.")
	}
	if err := r.faults.Err(); err != nil {
		return out, err
	}
	if out.Staff, err = staffByID(tx, id); err != nil {
		return out, err
	}
	if out.Staff.Ends < out.Starts {
		return out, fault.Field("staff", "%s will have left by then. Choose someone else, or an earlier day.", out.Staff.Name)
	}
	for _, id := range a.Pupils {
		if _, err := Enter(tx, Edit, id); err != nil {
			return out, err
		}
	}
	if out.Pupils, err = pupilHits(tx, a.Pupils); err != nil {
		return out, err
	}
	if err := notOwnTeacher(tx, out.Staff, out.Pupils); err != nil {
		return out, err
	}
	for _, h := range out.Pupils {
		workers, err := workersOf(tx, h.ID)
		if err != nil {
			return out, err
		}
		for _, w := range workers {
			switch {
			case w.Part != out.Part || w.Ends < out.Starts:
			case w.StaffID == id && w.Starts <= out.Starts:
				out.Already = append(out.Already, h)
			case w.Part == "key_teacher":
				out.Replaced = append(out.Replaced, h)
			}
		}
	}
	return out, nil
}

// Assign makes a member of staff key teacher, family worker or cover of pupils. A pupil has one key teacher: the one before ends the day before.
// The answer is a key by which UndoAssign takes it all back, and how many pupils it changed.
func (s *Service) Assign(ctx context.Context, p access.Pass, a Assignment) (group ids.ID[Assignment], n int, err error) {
	if _, err := p.CheckNamed(Edit); err != nil {
		return 0, 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		pre, err := previewAssign(tx, a)
		if err != nil {
			return err
		}
		group = ids.New[Assignment]()
		already := map[PupilID]bool{}
		for _, h := range pre.Already {
			already[h.ID] = true
		}
		for _, h := range pre.Pupils {
			if already[h.ID] {
				continue
			}
			if pre.Part == "key_teacher" {
				if err := endKeyTeachers(tx, group, h.ID, pre.Starts, dayBefore(pre.Starts)); err != nil {
					return err
				}
			}
			if err := insertAssignment(tx, group, h.ID, pre); err != nil {
				return err
			}
			n++
		}
		return s.Changed.Publish(tx, Changed{Why: "pupils were assigned"})
	})
	return group, n, err
}

// UndoAssign takes an assignment back and gives the pupils the key teachers they had.
func (s *Service) UndoAssign(ctx context.Context, p access.Pass, group ids.ID[Assignment]) (n int64, err error) {
	if err := p.CheckAll(Edit); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		n, err = undoAssignments(tx, group)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "This was undone already, or someone has changed these assignments since.")
		}
		return s.Changed.Publish(tx, Changed{Why: "an assignment was undone"})
	})
	return n, err
}

// EndAssignment says the last day on which a colleague works with a pupil. What was stays on the record.
func (s *Service) EndAssignment(ctx context.Context, p access.Pass, pupil PupilID, id ids.ID[Worker], v Values) error {
	if _, err := p.CheckNamed(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := Enter(tx, Edit, pupil); err != nil {
			return err
		}
		r := &formReader{v: v}
		ends := r.date("ends")
		if ends == "" && len(r.faults) == 0 {
			r.faults.Add("ends", "Write the last day on which they work with this child.")
		}
		if err := r.faults.Err(); err != nil {
			return err
		}
		n, err := endAssignment(tx, pupil, id, ends)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Field("ends", "The last day can't be before the first.")
		}
		return s.Changed.Publish(tx, Changed{Why: "an assignment was ended"})
	})
}

func dayBefore(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, -1).Format(time.DateOnly)
}
