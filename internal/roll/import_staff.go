package roll

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/trail"
)

// The sheet of staff brings joiners in, and those who leave out. It gives nobody a role that whoever brings it in could not give by hand, takes no
// role away, and leaves somebody in charge. Who is here and not in the file is proposed as a leaver, one by one, and a person chooses.

var (
	staffFields   = []string{"staff_id", "name", "forename", "surname", "email", "roles", "start", "end", "class"}
	staffSynonyms = map[string][]string{
		"staff_id": {"staff code", "employee id", "employee number", "payroll number", "staff number", "teacher id", "person id", "mis id"},
		"name":     {"full name", "staff name", "display name", "colleague"},
		"forename": {"first name", "given name", "legal forename", "preferred forename"},
		"surname":  {"last name", "family name", "legal surname", "preferred surname"},
		"email":    {"e-mail", "work email", "work e-mail", "email address", "school email"},
		"roles":    {"role", "job title", "post", "position"},
		"start":    {"start date", "employment start", "joined", "from"},
		"end":      {"end date", "leaving date", "employment end", "last day", "until"},
		"class":    {"tutor group", "form", "registration group", "reg group", "classes"},
	}
)

// roleNames are other words that schools have for a role. "Admin" is not among them: it means the office to some and the system to others.
var roleNames = map[string]access.Role{
	"headteacher": Head, "head teacher": Head, "principal": Head, "executive head": Head,
	"deputy head": Leader, "assistant head": Leader, "deputy": Leader, "slt": Leader, "senior leadership": Leader, "head of year": Leader,
	"sendco": Senco, "sen coordinator": Senco, "inclusion lead": Senco,
	"dsl": SafeguardingLead, "designated safeguarding lead": SafeguardingLead,
	"class teacher": Teacher, "form tutor": Teacher, "tutor": Teacher, "key worker": KeyTeacher,
	"office staff": Office, "secretary": Office, "receptionist": Office, "family support worker": FamilyWorker, "family liaison": FamilyWorker,
	"system administrator": Administrator, "data manager": Administrator, "coordinator": Coordinator, "partner": Partner,
}

// readRoles reads the roles of a cell, and says about the first that it does not know what to write instead.
func readRoles(cell string) (out []access.Role, err error) {
	for _, word := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(";,|/\n\r", r) }) {
		folded := strings.Join(strings.Fields(strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToLower(word))), " ")
		if folded == "" {
			continue
		}
		role, known := roleNames[folded]
		for _, r := range Roles {
			if folded == strings.ReplaceAll(string(r), "_", " ") || folded == strings.ReplaceAll(strings.ToLower(RoleWords[r]), "-", " ") {
				role, known = r, true
			}
		}
		switch {
		case folded == "admin":
			return nil, fmt.Errorf("%s can mean two things here. Write Office for the school office, or Administrator for whoever looks after Ajar", shown(strings.TrimSpace(word)))
		case !known:
			return nil, fmt.Errorf("%s is not a role here. The roles are: %s. Leave it empty for a colleague who needs none", shown(strings.TrimSpace(word)), roleList())
		}
		if !slices.Contains(out, role) {
			out = append(out, role)
		}
	}
	return out, nil
}

func roleList() string {
	words := make([]string, len(Roles))
	for i, r := range Roles {
		words[i] = RoleWords[r]
	}
	return strings.Join(words, ", ")
}

// staffRow is what a row says about one colleague.
type staffRow struct {
	at           place
	cells        []string
	id           string
	name         PersonName
	email        string
	roles        []access.Role
	starts, ends string
	classes      []string
}

// staffSheet is one reading of a sheet of staff.
type staffSheet struct {
	*book
	table   *sheet.Table
	bound   *sheet.Bound
	cols    map[string]int
	rows    []staffRow
	posts   map[StaffID][]Post
	pupils  map[StaffID]int      // assigned to them by name, from today on
	covers  map[StaffID][]string // for whom they stand in, from today on
	byEmail map[string]int32
	titles  map[string]int32 // classes of today by their title
	moved   bool             // somebody's last day changed
	taken   int              // rows that were not refused
}

func (s *Service) readStaffSheet(r *batch.Run) error {
	t, err := openSheet(r)
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	x := &staffSheet{table: t, cols: map[string]int{}}
	if err := x.bind(r); err != nil {
		return err
	}
	if err := x.open(r); err != nil {
		return err
	}
	if err := x.collect(); err != nil {
		return err
	}
	// Who comes is read before who goes: a new head may be further down than the one who leaves.
	slices.SortStableFunc(x.rows, func(a, b staffRow) int { return min(len(a.ends), 1) - min(len(b.ends), 1) })
	for _, row := range x.rows {
		if err := x.take(row); err != nil {
			return err
		}
	}
	if err := x.leavers(); err != nil {
		return err
	}
	if err := x.write(true); err != nil {
		return err
	}
	x.flushRemarks()
	slices.SortStableFunc(r.Report.Refusals, func(a, b sheet.Refusal) int { return a.Row - b.Row })
	for _, n := range t.Notes {
		r.Warn("%s: %s", t.Name, n)
	}
	if r.Apply && x.moved {
		if err := follow(x.tx); err != nil {
			return err
		}
	}
	return s.imported(x.book)
}

func (x *staffSheet) bind(r *batch.Run) (err error) {
	if m := r.Mapping; m != nil {
		if m.Kind != "" && m.Kind != "staff" {
			return fault.New(fault.Invalid, "This mapping is for %s, and the file is to be read as staff.", m.Kind)
		}
		for _, f := range m.Fields {
			if !slices.Contains(staffFields, f.Field) {
				return fault.New(fault.Invalid, "The mapping fills a field %q, and a sheet of staff has none of that name. `ajar import template staff` shows the fields.", f.Field)
			}
		}
		x.bound, err = m.Bind(x.table.Header)
	} else {
		x.bound, err = sheet.BindTemplate(staffFields, x.table.Header)
	}
	if err != nil {
		var e *sheet.Error
		if errors.As(err, &e) && e.File == "" {
			e.File = x.table.Name
		}
		return plainly(err)
	}
	x.bound.File = x.table.Name
	for _, f := range staffFields {
		x.cols[f] = -1
		if x.bound.Has(f) {
			x.cols[f] = x.bound.Index(f)
		}
	}
	has := cutText(strings.Join(x.table.Header, ", "), 400)
	if x.cols["staff_id"] < 0 && x.cols["email"] < 0 {
		return fault.New(fault.Invalid, "%s: there is no column staff_id and no column email, so nobody in it can be known again. Its columns are: %s.", x.table.Name, has)
	}
	if x.cols["name"] < 0 && x.cols["surname"] < 0 && x.cols["forename"] < 0 {
		return fault.New(fault.Invalid, "%s: there is no column name, forename or surname. Its columns are: %s.", x.table.Name, has)
	}
	for _, c := range x.bound.Unused() {
		r.Warn("The column %q is not used.", cutText(c, 80))
	}
	return nil
}

// open loads the staff, what they hold and what rests on them. Families are not touched, so they are not loaded.
func (x *staffSheet) open(r *batch.Run) (err error) {
	x.book = emptyBook(r)
	r.Report.By["staff"] = &sheet.Tally{}
	if err := x.loadStaff(); err != nil {
		return err
	}
	if err := x.loadClasses(nil); err != nil {
		return err
	}
	if err := x.loadHands(); err != nil {
		return err
	}
	if x.posts, err = postsByStaff(x.tx); err != nil {
		return err
	}
	if x.pupils, err = assignedCounts(x.tx); err != nil {
		return err
	}
	if x.covers, err = coveringFor(x.tx); err != nil {
		return err
	}
	x.byEmail, x.titles = map[string]int32{}, map[string]int32{}
	for _, e := range x.staff {
		x.indexEmail(e)
	}
	for i, c := range x.classes {
		if c.Ends >= x.today {
			put(x.titles, formKey(c.Title), int32(i))
		}
	}
	return nil
}

func put(m map[string]int32, key string, at int32) {
	if other, there := m[key]; there && other != at {
		at = several
	}
	m[key] = at
}

func (x *staffSheet) indexEmail(e *staffEntry) {
	if e.Email != "" {
		put(x.byEmail, FoldChannel("email", e.Email), e.at)
	}
}

// collect reads all rows: a staff is never so many that they would not fit.
func (x *staffSheet) collect() error {
	for {
		row, err := x.table.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var rowErr *sheet.RowError
		if errors.As(err, &rowErr) {
			x.refuse(rowErr.Refusal(), rowErr.Cells)
			continue
		}
		if err != nil {
			return plainly(err)
		}
		if x.bound.Skips(row) {
			continue
		}
		if why := shifted(x.table.Header, row); why != "" {
			x.refuse(sheet.NewRefusal(x.table.Name, row.N, "", strings.Join(row.Cells, ", "), why), row.Cells)
			continue
		}
		records, err := x.bound.Rows(row)
		var bad sheet.Refusals
		if errors.As(err, &bad) {
			for _, f := range bad {
				x.refuse(f, row.Cells)
			}
		} else if err != nil {
			return err
		}
		for _, rec := range records {
			r, refusal := x.read(rec, row.Cells)
			if refusal != nil {
				x.refuse(*refusal, row.Cells)
				continue
			}
			x.rows = append(x.rows, r)
		}
	}
}

func (x *staffSheet) refuse(f sheet.Refusal, cells []string) {
	x.run.Row(sheet.Refused)
	x.run.Count("staff", sheet.Refused)
	x.run.Refuse(f, x.table.Header, cells)
}

// read reads a row as far as it goes by itself. A role or a day that can't be read refuses the whole row: half a colleague would be worse.
func (x *staffSheet) read(rec sheet.Record, cells []string) (staffRow, *sheet.Refusal) {
	cell := func(f string) string { return strings.Clone(trimmed(rec, x.cols[f])) }
	r := staffRow{at: place{x.table.Name, rec.Row}, cells: cells, id: cell("staff_id")}
	refuse := func(field, value, why string) (staffRow, *sheet.Refusal) {
		f := sheet.NewRefusal(r.at.file, r.at.row, field, value, why)
		return r, &f
	}
	if r.name = (PersonName{Forename: cell("forename"), Surname: cell("surname")}); r.name.Forename == "" && r.name.Surname == "" {
		r.name = ReadName(cell("name"))
		if r.name.Couple {
			return refuse("name", cell("name"), "These are two names. Give each colleague a row.")
		}
	}
	r.name.Text = strings.TrimSpace(r.name.Forename + " " + r.name.Surname)
	if r.name.Text == "" {
		return refuse("surname", "", "There is no name. Give a forename or a surname, or both in the column name.")
	}
	if utf8.RuneCountInString(r.name.Text) > 200 {
		return refuse("surname", r.name.Text, "The name is longer than 200 characters, so it can't be one.")
	}
	if text := cell("email"); text != "" {
		list := x.emails(text, "email", r.at)
		if len(list) != 1 {
			return refuse("email", text, "Write one work e-mail address, such as name@example.org, or leave it empty.")
		}
		r.email = list[0].value
	}
	if r.id == "" && r.email == "" {
		return refuse("staff_id", "", "There is no staff_id and no e-mail address. One of the two is needed to know the colleague again.")
	}
	if utf8.RuneCountInString(r.id) > 200 {
		return refuse("staff_id", r.id, "The staff_id is longer than 200 characters, so it can't be one.")
	}
	var err error
	if r.roles, err = readRoles(cell("roles")); err != nil {
		return refuse("roles", cell("roles"), err.Error()+".")
	}
	for field, to := range map[string]*string{"start": &r.starts, "end": &r.ends} {
		d, err := ParseDate(cell(field), DateStyle{})
		if err != nil {
			return refuse(field, cell(field), strings.TrimSuffix(err.Error(), ".")+".")
		}
		*to = d.ISO
	}
	if r.ends != "" && r.ends < r.starts {
		return refuse("end", cell("end"), "The last day is before the first.")
	}
	for title := range strings.FieldsFuncSeq(cell("class"), func(c rune) bool { return strings.ContainsRune(";,|\n\r", c) }) {
		if title = strings.TrimSpace(title); title != "" {
			r.classes = append(r.classes, title)
		}
	}
	return r, nil
}

// take brings one row into the book.
func (x *staffSheet) take(r staffRow) error {
	no := func(field, value, why string) error {
		x.refuse(sheet.NewRefusal(r.at.file, r.at.row, field, value, why), r.cells)
		return nil
	}
	e, field, why := x.match(r)
	if why != "" {
		return no(field, map[string]string{"staff_id": r.id, "email": r.email}[field], why)
	}
	if e == nil && r.ends != "" && r.ends < x.today {
		x.once("This colleague has left already and was not here, so nobody was added.", r.at)
		x.same()
		return nil
	}
	if field, why := x.forbidden(e, r); why != "" {
		return no(field, map[string]string{"roles": words(r.roles), "email": r.email, "end": r.ends}[field], why)
	}
	outcome := sheet.Same
	if e == nil {
		e = x.newStaff(Staff{LocalID: r.id, Forename: r.name.Forename, Surname: r.name.Surname, Name: r.name.Text, Email: r.email})
		if r.ends != "" {
			e.Ends = r.ends
		}
		e.row = int32(r.at.row)
		x.indexEmail(e)
		outcome = sheet.Created
	} else {
		e.row = int32(r.at.row)
		did, err := x.describe(e, r)
		if err != nil {
			return err
		}
		if did {
			outcome = sheet.Updated
		}
	}
	gave, err := x.give(e, r)
	if err != nil {
		return err
	}
	teaches, err := x.teach(e, r)
	if err != nil {
		return err
	}
	if (gave || teaches) && outcome == sheet.Same {
		outcome = sheet.Updated
	}
	x.taken++
	x.run.Row(outcome)
	x.run.Count("staff", outcome)
	return x.write(false)
}

func (x *staffSheet) same() {
	x.taken++
	x.run.Row(sheet.Same)
	x.run.Count("staff", sheet.Same)
}

func words(roles []access.Role) string {
	list := make([]string, len(roles))
	for i, r := range roles {
		list[i] = RoleWords[r]
	}
	return strings.Join(list, ", ")
}

// match finds the colleague of a row: by the staff id, then by the work e-mail address, never by name. A reason is why the row can't be taken.
func (x *staffSheet) match(r staffRow) (e *staffEntry, field, why string) {
	mail := find(x.byEmail, FoldChannel("email", r.email))
	if i := find(x.staffByLocal, r.id); i >= 0 {
		e = x.staff[i]
		if mail != none && mail != e.at {
			return nil, "email", "This e-mail address is already that of another colleague. Two people can't sign in with one address."
		}
	} else if mail == several {
		return nil, "email", "Several colleagues have this e-mail address, so it does not say which of them is meant."
	} else if mail >= 0 {
		e = x.staff[mail]
		if r.id != "" && e.LocalID != "" && Fold(e.Surname) != Fold(r.name.Surname) {
			return nil, "email", "This e-mail address is already that of " + e.Name + ", who has another staff id and another surname. Two people can't sign in with one address."
		}
	}
	if e != nil && e.row != 0 {
		return nil, "staff_id", fmt.Sprintf("This colleague stands in row %d already. The first row was taken.", e.row)
	}
	return e, "", ""
}

// forbidden says why this person can't bring this row in: a role that they can't give, a colleague of more rights whose address or last day would
// open those rights anew, or the last who is in charge.
func (x *staffSheet) forbidden(e *staffEntry, r staffRow) (field, why string) {
	p := x.tx.Pass()
	var id StaffID
	if e != nil {
		id = e.ID
	}
	for _, role := range r.roles {
		if !x.missing(id, role, r) {
			continue
		}
		if slices.Contains(Visitors, role) && (r.ends == "" || r.ends > addDays(max(r.starts, x.today), 366)) {
			return "roles", "Someone from outside holds a role for a time. Write a last day in the column end, at most a year on."
		}
		if why := sentence(mayGive(p, id, role)); why != "" {
			return "roles", why
		}
	}
	if e == nil {
		return "", ""
	}
	self := int64(id) == p.Who().Staff
	mail := r.email != "" && !strings.EqualFold(r.email, e.Email)
	back := r.ends != "" && r.ends > e.Ends
	for _, post := range x.posts[id] {
		if (mail || back) && !self && post.Ends >= x.today && sentence(mayGive(p, id, post.Role)) != "" {
			if mail {
				return "email", "You can't change how " + e.Name + " signs in: they can do more here than you. Ask an administrator."
			}
			return "end", "You can't let " + e.Name + " stay longer: they can do more here than you. Ask an administrator."
		}
	}
	if r.ends != "" && r.ends < e.Ends && !x.othersInCharge(e, r.ends) {
		return "end", e.Name + " is the last head or administrator here. Give the role to someone else before they leave."
	}
	return "", ""
}

func sentence(err error) string {
	if err == nil {
		return ""
	}
	s, _ := fault.Sentence(err)
	return s
}

// othersInCharge tells whether somebody else is head or administrator after a day, when this colleague is.
func (x *staffSheet) othersInCharge(e *staffEntry, after string) bool {
	leads := func(e *staffEntry) string {
		last := ""
		for _, p := range x.posts[e.ID] {
			if p.Role == Head || p.Role == Administrator {
				last = max(last, min(p.Ends, e.Ends))
			}
		}
		return last
	}
	if leads(e) < x.today {
		return true
	}
	for _, o := range x.staff {
		if o != e && leads(o) > after && leads(o) >= x.today {
			return true
		}
	}
	return false
}

// missing tells whether a role is to be given. One that is held, or that was ended after the day from which the file gives it, is not.
func (x *staffSheet) missing(id StaffID, role access.Role, r staffRow) bool {
	for _, p := range x.posts[id] {
		if p.Role == role && (p.Ends >= x.today || r.starts <= p.Ends) {
			return false
		}
	}
	return true
}

func (x *staffSheet) describe(e *staffEntry, r staffRow) (bool, error) {
	was := e.Staff
	if r.id != "" && e.LocalID != "" && r.id != e.LocalID {
		x.run.Warn("%s: %s was known here under the staff id %s and has the same e-mail address; the id is now %s.", r.at, e.Name, shown(e.LocalID), shown(r.id))
	}
	email := r.email
	if strings.EqualFold(email, e.Email) {
		email = ""
	}
	for _, f := range []struct {
		field string
		to    *string
		v     string
	}{{"local_id", &e.LocalID, r.id}, {"forename", &e.Forename, r.name.Forename}, {"surname", &e.Surname, r.name.Surname}, {"name", &e.Name, r.name.Text}, {"email", &e.Email, email}, {"ends", &e.Ends, r.ends}} {
		if _, err := x.setText(e.record(), f.field, f.to, f.v, r.at); err != nil {
			return false, err
		}
	}
	x.staffByLocal[e.LocalID] = e.at
	if was.Email != e.Email {
		x.indexEmail(e)
	}
	if was.Ends != e.Ends {
		x.moved = true
		x.remain(e, r.at)
		if err := x.wrote(e, "has a new last day by import: "+e.Ends); err != nil {
			return false, err
		}
	}
	if was.Email != e.Email {
		if err := x.wrote(e, "has a new e-mail address by import"); err != nil {
			return false, err
		}
	}
	if was.Ends == e.Ends && e.Ends < x.today {
		x.run.Warn("%s: %s left on %s. A sheet does not bring anyone back by itself; if they have returned, open their record and say so, or give a last day ahead.", r.at, e.Name, e.Ends)
	}
	if was == e.Staff {
		return false, nil
	}
	return true, x.resortStaff(e)
}

// wrote puts a change of who may what into the trail.
func (x *staffSheet) wrote(e *staffEntry, words string) error {
	if !x.run.Apply {
		return nil
	}
	return trail.Write(x.tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(e.ID), Words: words})
}

// remain tells what somebody who goes leaves behind.
func (x *staffSheet) remain(e *staffEntry, at place) {
	rest := x.rest(e)
	switch {
	case rest == "" || e.Ends == ForGood:
	case at.row == 0:
		x.run.Warn("%s has left and is %s. Choose who takes over; until then it stands on your first page.", e.Name, rest)
	default:
		x.run.Warn("%s: %s goes on %s and is %s. Choose who takes over; until then it stands on your first page.", at, e.Name, e.Ends, rest)
	}
}

// rest says what rests on a colleague by name.
func (x *staffSheet) rest(e *staffEntry) string {
	var list []string
	if n := x.pupils[e.ID]; n > 0 {
		list = append(list, "assigned to "+counts(n, "pupil", "pupils"))
	}
	if c := x.covers[e.ID]; len(c) > 0 {
		list = append(list, "covering for "+strings.Join(c, ", "))
	}
	return strings.Join(list, " and ")
}

// give gives the roles of the row that are not held yet. It takes none away.
func (x *staffSheet) give(e *staffEntry, r staffRow) (gave bool, err error) {
	for _, role := range r.roles {
		if !x.missing(e.ID, role, r) {
			x.run.Count("roles", sheet.Same)
			if !slices.ContainsFunc(x.posts[e.ID], func(p Post) bool { return p.Role == role && p.Ends >= x.today }) {
				x.run.Warn("%s: the role %s of %s was ended here, so it was not given again. Give it by hand if it holds.", r.at, RoleWords[role], e.Name)
			}
			continue
		}
		post := staffRoleRow{e.ID, string(role), r.starts, ForGood}
		if post.starts == "" || e.stage == before {
			post.starts = max(r.starts, x.today) // nobody who is here already gets rights for days that are over
		}
		if slices.Contains(Visitors, role) {
			post.ends = r.ends
		}
		x.posts[e.ID] = append(x.posts[e.ID], Post{StaffID: e.ID, Role: role, Starts: post.starts, Ends: post.ends})
		x.buffer.roles = append(x.buffer.roles, post)
		x.held++
		x.changed, gave = true, true
		x.run.Count("roles", sheet.Created)
		if err := x.wrote(e, "was given the role "+string(role)+" by import from "+post.starts+until(post.ends)); err != nil {
			return gave, err
		}
	}
	for _, p := range x.posts[e.ID] {
		if len(r.roles) > 0 && p.HeldOn(x.today) && !slices.Contains(r.roles, p.Role) {
			x.run.Warn("%s: %s is %s here and the file does not say so. A sheet takes no role away; end it by hand if it no longer holds.", r.at, e.Name, RoleWords[p.Role])
		}
	}
	return gave, nil
}

// teach lets a colleague take the classes that the row names, where there are such. Of forms only those of the row are theirs from today on.
func (x *staffSheet) teach(e *staffEntry, r staffRow) (did bool, err error) {
	forms, named := false, map[ClassID]bool{}
	for _, title := range r.classes {
		i := find(x.titles, formKey(title))
		if i < 0 {
			x.run.Warn("%s: there is %s called %s here, so it was left out.", r.at, map[bool]string{true: "more than one class", false: "no class"}[i == several], shown(title))
			continue
		}
		c := x.classes[i]
		forms, named[c.ID] = forms || c.Kind == "form", true
		if m := x.takes(e, c.ID); m != nil {
			x.run.Count("members", sheet.Same)
			continue
		}
		x.newMember(memberEntry{ClassID: c.ID, StaffID: e.ID, Starts: max(r.starts, x.today), Ends: ForGood})
		x.run.Count("members", sheet.Created)
		did = true
	}
	if !forms {
		return did, nil
	}
	for _, c := range x.classes {
		if c.Kind != "form" || named[c.ID] {
			continue
		}
		m := x.takes(e, c.ID)
		if m == nil {
			continue
		}
		x.run.Warn("%s: %s no longer takes %s.", r.at, e.Name, c.Title)
		if err := x.book.put(m.record(), "ends", m.Ends, dayBefore(x.today)); err != nil {
			return did, err
		}
		m.Ends, did = dayBefore(x.today), true
		x.run.Count("members", sheet.Updated)
	}
	return did, nil
}

// takes finds the row by which a colleague takes a class, today or ahead.
func (x *staffSheet) takes(e *staffEntry, class ClassID) *memberEntry {
	i, there := x.memberPair[[2]int64{int64(class), int64(e.ID)}]
	if !there || x.members[i].Ends < x.today {
		return nil
	}
	return x.members[i]
}

// leaverKey names a proposal that somebody has left.
func leaverKey(id StaffID) string { return "left:" + id.String() }

// leavers proposes as leavers those who are here and not in the file. Whoever reads the file is never among them, nor the last who is in charge.
func (x *staffSheet) leavers() error {
	if x.taken == 0 {
		return nil
	}
	last := dayBefore(x.today)
	for _, e := range x.staff {
		if e.row != 0 || e.stage != before || e.Ends < x.today {
			continue
		}
		if int64(e.ID) == x.tx.Pass().Who().Staff {
			x.run.Warn("You are not in this file yourself. Nothing is changed about you.")
			continue
		}
		if !x.othersInCharge(e, last) {
			x.run.Warn("%s is not in this file, and stays: nobody else is head or administrator here.", e.Name)
			continue
		}
		if !x.run.Propose(leaverKey(e.ID), e.Name, x.standing(e)) {
			continue
		}
		old := e.Ends
		e.Ends = last
		if err := x.book.put(e.record(), "ends", old, last); err != nil {
			return err
		}
		x.moved = true
		x.run.Count("leavers", sheet.Updated)
		x.remain(e, place{x.table.Name, 0})
		if err := x.wrote(e, "has left, by import: not in the list of staff"); err != nil {
			return err
		}
	}
	return nil
}

// standing says what somebody is here, so that a person can decide whether they have left.
func (x *staffSheet) standing(e *staffEntry) string {
	var list []access.Role
	for _, p := range x.posts[e.ID] {
		if p.Ends >= x.today && !slices.Contains(list, p.Role) {
			list = append(list, p.Role)
		}
	}
	out := words(list)
	if out == "" {
		out = "No role"
	}
	if rest := x.rest(e); rest != "" {
		out += "; " + rest
	}
	if e.LocalID == "" {
		out += "; has no staff id, so was perhaps never in such a list"
	}
	return out
}

// undoStaffSheet takes a sheet of staff back: who covers whom follows from who is here.
func (s *Service) undoStaffSheet(u *batch.Undoing) error {
	if err := s.undoPeople(u); err != nil {
		return err
	}
	return follow(u.Tx)
}

// LeftBehind are the pupils who are still assigned to a colleague who has left, or goes within four weeks.
type LeftBehind struct {
	StaffID StaffID
	Name    string
	Ends    string
	Pupils  []PupilHit
}

// WithoutAnyone lists them for the first page of those who can assign pupils, so that nobody's key contact falls silent.
func WithoutAnyone(tx *db.Tx) ([]LeftBehind, error) {
	if tx.Pass().Scope(Edit) < access.All {
		return nil, nil
	}
	return leftBehind(tx, addDays(tx.Today(), 28))
}
