package roll

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
)

// roster is one reading of a OneRoster bundle, 1.1 or 1.2, or of the smaller sets with the same file names that some systems write. Everybody
// in it is brought into the one organisation of the import. What Ajar does not keep (courses, sessions, results, passwords) is not read in,
// and a remark says so.
type roster struct {
	*book
	bundle  *sheet.Bundle
	modes   map[string]string // file → bulk, delta or absent, from the manifest
	births  map[string]*birth
	roles   map[string][]rosterRole // by user, from roles.csv of 1.2
	links   []link                  // agents who were not known yet when they were named
	pending []pendingUser
	kinds   map[string]int // roles in the file that give no role in Ajar
}

type birth struct {
	date, sex string
	row       int
	done      bool
}

type rosterRole struct {
	role, starts, ends string
	row                int32
	gone               bool
}

// link is an agentSourcedIds entry: the user of a row, and whom the row names.
type link struct {
	from, to string
	row      int32
}

// pendingUser is a row of users.csv that changed nothing by itself; a new tie may still make it an update.
type pendingUser struct {
	pupil *pupilEntry
	adult *adultEntry
	did   bool
}

// leave is what status tobedeleted asks for.
const leave = "tobedeleted"

func (s *Service) readRoster(r *batch.Run) error {
	if r.Mapping != nil {
		return fault.New(fault.Invalid, "A OneRoster bundle has columns of its own and takes no mapping.")
	}
	bundle, err := openBundle(r)
	if err != nil {
		return err
	}
	defer func() { _ = bundle.Close() }()
	x := &roster{bundle: bundle, modes: map[string]string{}, births: map[string]*birth{}, roles: map[string][]rosterRole{}, kinds: map[string]int{}}
	known := []string{"users", "orgs", "classes", "enrollments", "demographics"}
	if !slices.ContainsFunc(known, bundle.Has) {
		return fault.New(fault.Invalid, "%s: there is no users.csv, orgs.csv, classes.csv, enrollments.csv or demographics.csv in it, so it is not a OneRoster bundle. It has: %s.",
			bundle.Name, cutText(strings.Join(bundle.Names(), ", "), 300))
	}
	if x.book, err = newBook(r, true); err != nil {
		return err
	}
	for _, part := range []struct {
		file string
		read func(string) error
	}{
		{"manifest", x.manifest}, {"orgs", x.orgs}, {"roles", x.userRoles}, {"demographics", x.demographics}, {"users", x.users},
		{"classes", x.classRows}, {"enrollments", x.enrollments},
	} {
		if !bundle.Has(part.file) {
			if part.file == "users" {
				if err := x.afterUsers(""); err != nil {
					return err
				}
			}
			continue
		}
		if err := part.read(part.file); err != nil {
			return err
		}
	}
	if err := x.write(true); err != nil {
		return err
	}
	if err := x.leftAside(); err != nil {
		return err
	}
	x.absent()
	x.flushRemarks()
	return s.imported(x.book)
}

func openBundle(r *batch.Run) (*sheet.Bundle, error) {
	if r.Input.Data == nil {
		b, err := sheet.OpenBundlePath(r.Input.Folder, sheet.Limits{})
		return b, plainly(err)
	}
	b, err := sheet.OpenBundle(r.Input.Name, r.Input.Data, r.Input.Size, sheet.Limits{})
	return b, plainly(err)
}

// rosterTable is one file of the bundle while it is read.
type rosterTable struct {
	*sheet.Table
	x    *roster
	kind string // under which its rows are counted; empty for none
	used map[int]bool
	row  sheet.Row
}

// table opens a file of the bundle.
func (x *roster) table(file, kind string) (*rosterTable, error) {
	t, err := x.bundle.Table(file)
	if err != nil {
		return nil, plainly(err)
	}
	return &rosterTable{Table: t, x: x, kind: kind, used: map[int]bool{}}, nil
}

// column finds a column by any of its names; files differ in capitals and between versions.
func (t *rosterTable) column(names ...string) int {
	for _, n := range names {
		for i, h := range t.Header {
			if strings.EqualFold(h, n) {
				t.used[i] = true
				return i
			}
		}
	}
	return -1
}

// next reads the next row that can be read; others are refused. It is false at the end.
func (t *rosterTable) next() (bool, error) {
	for {
		row, err := t.Next()
		var rowErr *sheet.RowError
		switch {
		case errors.Is(err, io.EOF):
			for _, n := range t.Notes {
				t.x.run.Warn("%s: %s", t.Name, n)
			}
			return false, nil
		case errors.As(err, &rowErr):
			f := rowErr.Refusal()
			t.row = sheet.Row{N: f.Row, Cells: rowErr.Cells}
			t.refuse(f.Field, "", f.Reason)
			continue
		case err != nil:
			return false, plainly(err)
		}
		t.row = row
		if why := shifted(t.Header, row); why != "" {
			t.refuse("", "", why)
			continue
		}
		return true, nil
	}
}

// at is a cell of the row.
func (t *rosterTable) at(i int) string {
	if i < 0 || i >= len(t.row.Cells) {
		return ""
	}
	return strings.TrimSpace(t.row.Cells[i])
}

// keep is a cell in its own memory, for what is remembered longer than the row: a part of it would hold the whole.
func (t *rosterTable) keep(i int) string { return strings.Clone(t.at(i)) }

func (t *rosterTable) place() place { return place{t.Name, t.row.N} }

func (t *rosterTable) count(o sheet.Outcome) {
	if t.kind == "" {
		return
	}
	t.x.run.Row(o)
	t.x.run.Count(t.kind, o)
}

func (t *rosterTable) refuse(field, value, why string) {
	t.count(sheet.Refused)
	t.x.run.Refuse(sheet.NewRefusal(t.Name, t.row.N, field, value, why), t.Header, t.safeCells())
}

// safeCells are the cells of a refused row, which are kept so that they can be mended: without passwords.
func (t *rosterTable) safeCells() []string {
	cells := slices.Clone(t.row.Cells)
	for i, h := range t.Header {
		if i < len(cells) && secret(h) {
			cells[i] = ""
		}
	}
	return cells
}

func secret(column string) bool { return strings.Contains(strings.ToLower(column), "password") }

// unused remarks on the columns that feed nothing.
func (t *rosterTable) unused() {
	var names []string
	for i, h := range t.Header {
		switch {
		case t.used[i] || h == "" || strings.EqualFold(h, "dateLastModified"):
		case secret(h):
			t.x.run.Warn("%s has a column %s. Passwords are never kept here; ask for a file without them.", t.Name, shown(h))
		default:
			names = append(names, h)
		}
	}
	if len(names) > 0 {
		t.x.run.Warn("%s: not used are the columns %s.", t.Name, cutText(strings.Join(names, ", "), 300))
	}
}

func (x *roster) manifest(file string) error {
	t, err := x.table(file, "")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	name, value := t.column("propertyName"), t.column("value")
	for {
		more, err := t.next()
		if err != nil || !more {
			return err
		}
		if f, ok := strings.CutPrefix(strings.ToLower(t.at(name)), "file."); ok {
			x.modes[f] = strings.ToLower(t.at(value))
		}
	}
}

// delta tells whether a file holds only what changed, so that people who are not in it are not missing.
func (x *roster) delta(file string) bool { return x.modes[file] == "delta" }

// orgs reads the organisations only to say what they were taken for: Ajar's own list of schools is kept by hand and from the register.
func (x *roster) orgs(file string) error {
	t, err := x.table(file, "orgs")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	id, name := t.column("sourcedId"), t.column("name")
	t.column("status")
	t.column("type")
	t.column("identifier")
	t.column("parentSourcedId")
	var names []string
	seen := map[string]bool{}
	for {
		more, err := t.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		key := t.at(id)
		switch {
		case key == "":
			t.refuse("sourcedId", "", "There is no sourcedId.")
		case seen[key]:
			t.refuse("sourcedId", key, "This sourcedId stands in an earlier row already.")
		default:
			seen[key] = true
			names = append(names, t.at(name))
			t.count(sheet.Same)
		}
	}
	if len(names) > 1 {
		x.run.Warn("%s names %d organisations (%s). Everybody in the file was brought into the one organisation of this import.", t.Name, len(names), cutText(strings.Join(names, "; "), 200))
	}
	t.unused()
	return nil
}

// userRoles reads roles.csv of version 1.2, where a user may have several.
func (x *roster) userRoles(file string) error {
	t, err := x.table(file, "roles")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	user, role, status := t.column("userSourcedId"), t.column("role"), t.column("status")
	starts, ends := t.column("beginDate"), t.column("endDate")
	for _, c := range []string{"sourcedId", "roleType", "orgSourcedId", "userProfileSourcedId"} {
		t.column(c)
	}
	for {
		more, err := t.next()
		if err != nil {
			return err
		}
		if !more {
			t.unused()
			return nil
		}
		u, r := t.keep(user), t.keep(role)
		if u == "" || r == "" {
			t.refuse("role", r, "A role needs a userSourcedId and a role.")
			continue
		}
		from, to := t.dates(starts, ends)
		x.roles[u] = append(x.roles[u], rosterRole{r, from, to, int32(t.row.N), strings.EqualFold(t.at(status), leave)})
	}
}

// dates reads the first and the last day of a row; what can't be read stays open, with a warning.
func (t *rosterTable) dates(from, to int) (string, string) {
	starts, ends := Always, ForGood
	for _, d := range []struct {
		at    int
		into  *string
		field string
	}{{from, &starts, "beginDate"}, {to, &ends, "endDate"}} {
		text := t.at(d.at)
		if text == "" {
			continue
		}
		got, err := ParseDate(text, DateStyle{})
		if err != nil {
			t.x.run.Warn("%s, column %s: %s. It was left open.", t.place(), d.field, strings.TrimSuffix(err.Error(), "."))
		} else if got.ISO != "" {
			*d.into = got.ISO
		}
	}
	return starts, ends
}

// demographics is read before the users, so that a new pupil is written once with everything.
func (x *roster) demographics(file string) error {
	t, err := x.table(file, "demographics")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	id, date, sex := t.column("sourcedId", "userSourcedId"), t.column("birthDate"), t.column("sex")
	t.column("status")
	for {
		more, err := t.next()
		if err != nil {
			return err
		}
		if !more {
			t.unused()
			return nil
		}
		key := t.keep(id)
		if key == "" {
			t.refuse("sourcedId", "", "There is no sourcedId.")
			continue
		}
		if b := x.births[key]; b != nil {
			t.refuse("sourcedId", key, fmt.Sprintf("This sourcedId stands in row %d already.", b.row))
			continue
		}
		b := &birth{row: t.row.N}
		warn := func(column string, err error) {
			if err != nil {
				x.run.Warn("%s, column %s: %s. It was left as it was.", t.place(), column, strings.TrimSuffix(err.Error(), "."))
			}
		}
		b.date, err = readBirth(t.at(date), x.today)
		warn("birthDate", err)
		s, err := ParseSex(t.at(sex))
		warn("sex", err)
		b.sex = string(s)
		x.births[key] = b
	}
}

// born brings what demographics.csv says about a pupil into the book, and counts its row.
func (x *roster) born(e *pupilEntry, key string) error {
	b := x.births[key]
	if b == nil || b.done {
		return nil
	}
	b.done = true
	at := place{"demographics.csv", b.row}
	date, err := x.setText(e.record(), "date_of_birth", &e.DateOfBirth, b.date, at)
	if err != nil {
		return err
	}
	sex, err := x.setText(e.record(), "sex", &e.Sex, b.sex, at)
	if err != nil {
		return err
	}
	outcome := sheet.Same
	switch {
	case e.stage != before:
		outcome = sheet.Created
	case date || sex:
		outcome = sheet.Updated
	}
	x.run.Row(outcome)
	x.run.Count("demographics", outcome)
	return nil
}

// leftAside says how many rows stand in files from which nothing is kept.
func (x *roster) leftAside() error {
	read := []string{"manifest", "orgs", "roles", "demographics", "users", "classes", "enrollments"}
	for _, name := range x.bundle.Names() {
		if slices.Contains(read, strings.TrimSuffix(strings.ToLower(name), ".csv")) {
			continue
		}
		t, err := x.bundle.Table(name)
		if err != nil {
			x.run.Warn("%s was not read: %s", name, plainly(err))
			continue
		}
		n := 0
		for {
			_, err := t.Next()
			var rowErr *sheet.RowError
			if err != nil && !errors.As(err, &rowErr) {
				break
			}
			n++
		}
		_ = t.Close()
		x.run.Warn("%s has %s, and nothing of it is kept here.", name, counts(n, "row", "rows"))
	}
	for _, n := range x.bundle.Notes {
		x.run.Warn("%s", n)
	}
	if len(x.kinds) > 0 {
		var list []string
		for role, n := range x.kinds {
			list = append(list, fmt.Sprintf("%s (%d)", shown(role), n))
		}
		slices.Sort(list)
		x.run.Warn("Some staff have roles that are not given here by a file: %s. They were taken as staff without a role; give them one by hand.", cutText(strings.Join(list, ", "), 300))
	}
	return nil
}

// absent names who is here and not in a file that should hold everybody. Nothing happens to them: a file may be cut short.
func (x *roster) absent() {
	if !x.bundle.Has("users") || x.delta("users") {
		return
	}
	say := func(n int, names []string, what string) {
		if n > 0 {
			x.run.Warn("%s here and not in the file: %s. Nothing was changed about them; a file that leaves people out never removes them.", counts(n, what+" is", what+"s are"), cutText(strings.Join(names, ", "), 200))
		}
	}
	var names []string
	n := 0
	note := func(name string) {
		if n++; n <= 5 {
			names = append(names, name)
		}
	}
	for _, e := range x.pupils {
		if e.stage == before && e.row == 0 && e.Ends > x.today {
			note(e.Name())
		}
	}
	say(n, names, "pupil")
	n, names = 0, nil
	for _, e := range x.adults {
		if e.stage != before {
			continue
		}
		staff := find(x.staffByLocal, e.LocalID)
		if e.row == 0 && e.LocalID != "" && (staff < 0 || x.staff[staff].row == 0) {
			note(e.Name)
		}
	}
	say(n, names, "adult")
	n, names = 0, nil
	for _, e := range x.staff {
		if e.row == 0 && e.LocalID != "" && e.Ends > x.today {
			note(e.Name)
		}
	}
	if n > 0 {
		x.run.Warn("%s of the staff here and not in the file: %s. Nothing was changed about them.", counts(n, "person is", "people are"), cutText(strings.Join(names, ", "), 200))
	}
}
