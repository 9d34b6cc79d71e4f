package progress

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/roll"
)

// attendanceFields are the columns of the template. A row fills one of three groups: counts of a period, a percentage of a period, or marks.
// fraction is never taken from a template by mistake: a share between 0 and 1 must be called so by the mapping.
var attendanceFields = []string{"pupil_id", "upn", "from", "to", "possible", "attended", "authorised", "unauthorised", "absent", "percent", "date", "am", "pm", "marks", "fraction"}

// attendanceRow is what one row says: marks, or a total.
type attendanceRow struct {
	marks []dayMark
	total *Total
	// bare is a percentage written without its sign and not above 1, which may have been meant as a share.
	bare bool
	note string
}

// dayMark is one session.
type dayMark struct {
	day       string
	afternoon bool
	mark      string
}

// parseAttendance reads one row by itself. Its error is always a *refusal.
func parseAttendance(get func(field string) string, today string) (attendanceRow, error) {
	marks := get("am") != "" || get("pm") != "" || get("marks") != ""
	counts := get("possible") != "" || get("attended") != "" || get("absent") != ""
	percent := get("percent") != "" || get("fraction") != ""
	switch {
	case marks && (counts || percent):
		return attendanceRow{}, refuse("marks", get("marks"), "The row has both marks and totals. Keep one of them, so that no session is counted twice.")
	case get("marks") != "":
		return parseMarksRow(get)
	case marks, get("date") != "" && !counts && !percent:
		return parseDayRow(get)
	case counts, percent:
		return parseTotalRow(get, today)
	}
	return attendanceRow{}, refuse("", "", "The row has neither counts of sessions, nor a percentage, nor marks.")
}

func parseDayRow(get func(string) string) (attendanceRow, error) {
	on, err := day("date", get("date"))
	if err != nil {
		return attendanceRow{}, err
	}
	if on == "" {
		return attendanceRow{}, refuse("date", get("date"), "The row has marks but no date.")
	}
	var row attendanceRow
	for i, field := range []string{"am", "pm"} {
		code, err := ParseMark(get(field), on)
		if err != nil {
			return attendanceRow{}, refuse(field, get(field), "%s", err)
		}
		if code.Class != NoMark {
			row.marks = append(row.marks, dayMark{on, i == 1, code.Mark})
		}
	}
	return row, nil
}

// longestMarks bounds one cell of marks: two school years of days.
const longestMarks = 2 * 2 * 366

// parseMarksRow reads a run of marks from a day on, two a day. Whether weekends have a place in it shows by its length when the last day
// is given too, and otherwise it must not put a mark on a weekend.
func parseMarksRow(get func(string) string) (attendanceRow, error) {
	field := "from"
	if get(field) == "" {
		field = "date"
	}
	from, err := day(field, get(field))
	if err != nil {
		return attendanceRow{}, err
	}
	to, err2 := day("to", get("to"))
	if err2 != nil {
		return attendanceRow{}, err2
	}
	if from == "" {
		return attendanceRow{}, refuse("from", "", "The row has a run of marks but not the day of the first one. Put it in the column from.")
	}
	codes, err := ParseMarks(get("marks"), "")
	if err != nil {
		return attendanceRow{}, refuse("marks", get("marks"), "%s", err)
	}
	if len(codes) > longestMarks {
		return attendanceRow{}, refuse("marks", get("marks"), "There are %d marks in one cell, which is more than two years of school.", len(codes))
	}
	days, why := markDays(from, to, len(codes))
	if why != "" {
		return attendanceRow{}, refuse("marks", get("marks"), "%s", why)
	}
	var row attendanceRow
	for i, code := range codes {
		if code.Class == NoMark {
			continue
		}
		on := days[i/2]
		if to == "" && weekend(on) {
			return attendanceRow{}, refuse("marks", get("marks"), "Mark %d would fall on a weekend, %s. If the run leaves weekends out, or the school meets then, give the day of the last mark in the column to.", i+1, DayWords(on))
		}
		if _, err := ParseMark(code.Mark, on); err != nil {
			return attendanceRow{}, refuse("marks", get("marks"), "Mark %d: %s.", i+1, err)
		}
		row.marks = append(row.marks, dayMark{on, i%2 == 1, code.Mark})
	}
	return row, nil
}

// markDays gives the days of a run of marks, or says why they do not fit.
func markDays(from, to string, marks int) (days []string, why string) {
	var all, weekdays []string
	last := to
	if to == "" {
		last = addDays(from, (marks+1)/2-1)
	}
	if last < from {
		return nil, fmt.Sprintf("The last day, %s, is before the first, %s.", DayWords(to), DayWords(from))
	}
	for on := from; on <= last && len(all) <= longestMarks/2; on = addDays(on, 1) {
		all = append(all, on)
		if !weekend(on) {
			weekdays = append(weekdays, on)
		}
	}
	switch {
	case to == "", marks == 2*len(all):
		return all, ""
	case marks == 2*len(weekdays):
		return weekdays, ""
	}
	return nil, fmt.Sprintf("There are %d marks, but from %s to %s there are %d sessions, or %d without weekends.", marks, DayWords(from), DayWords(to), 2*len(all), 2*len(weekdays))
}

func weekend(on string) bool {
	d, err := time.Parse(time.DateOnly, on)
	return err == nil && (d.Weekday() == time.Saturday || d.Weekday() == time.Sunday)
}

func parseTotalRow(get func(string) string, today string) (attendanceRow, error) {
	t := Total{}
	var err error
	if t.FromOn, t.ToOn, err = period(get, today); err != nil {
		return attendanceRow{}, err
	}
	row := attendanceRow{total: &t}
	if err := t.readCounts(get); err != nil {
		return attendanceRow{}, err
	}
	if err := row.readPercent(get); err != nil {
		return attendanceRow{}, err
	}
	if t.Possible == nil && t.Percent == nil {
		return attendanceRow{}, refuse("possible", get("possible"), "The row does not say how many sessions were possible, so no attendance can be worked out.")
	}
	if t.Possible != nil && t.Percent != nil {
		row.bare = false
		if ours, ok := t.Sessions().Percent(); ok && math.Abs(ours-*t.Percent) > 0.5 {
			row.note = fmt.Sprintf("the file says %s %%, but its counts make %s %%; the counts are used.", number(*t.Percent), number(ours))
		}
	}
	return row, nil
}

// period is from and to of a row. Without them it is the school year to date.
func period(get func(string) string, today string) (from, to string, err error) {
	if from, err = day("from", get("from")); err != nil {
		return "", "", err
	}
	if to, err = day("to", get("to")); err != nil {
		return "", "", err
	}
	if to == "" {
		to = today
		if year, ok := SchoolYear(from); ok {
			_, end := SchoolYearBounds(year)
			to = min(today, end)
		}
	}
	if from == "" {
		if year, ok := SchoolYear(to); ok {
			from, _ = SchoolYearBounds(year)
		}
	}
	if from > to {
		return "", "", refuse("from", get("from"), "The period begins on %s, after its end on %s.", DayWords(from), DayWords(to))
	}
	return from, to, nil
}

// readCounts reads what is there and works out what follows from it. What does not follow stays unknown.
func (t *Total) readCounts(get func(string) string) error {
	var absent *int
	for _, c := range []struct {
		field string
		to    **int
	}{{"possible", &t.Possible}, {"attended", &t.Attended}, {"authorised", &t.Authorised}, {"unauthorised", &t.Unauthorised}, {"absent", &absent}} {
		n, err := whole(c.field, get(c.field))
		if err != nil {
			return err
		}
		*c.to = n
	}
	if absent == nil && t.Authorised != nil && t.Unauthorised != nil {
		n := *t.Authorised + *t.Unauthorised
		absent = &n
	}
	switch {
	case t.Possible != nil && t.Attended == nil && absent != nil:
		n := *t.Possible - *absent
		if n < 0 {
			return refuse("absent", get("absent"), "%d sessions missed is more than the %d possible.", *absent, *t.Possible)
		}
		t.Attended = &n
	case t.Possible == nil && t.Attended != nil && absent != nil:
		n := *t.Attended + *absent
		t.Possible = &n
	}
	if (t.Possible == nil) != (t.Attended == nil) {
		if get("percent") == "" && get("fraction") == "" {
			return refuse("attended", get("attended"), "The row gives only one of possible and attended sessions; both are needed, or possible and absent.")
		}
		t.Possible, t.Attended = nil, nil
	}
	if t.Possible == nil {
		t.Authorised, t.Unauthorised = nil, nil // absences without the sessions they are out of say nothing
		return nil
	}
	if err := t.Sessions().Check(); err != nil {
		return refuse("possible", get("possible"), "The counts do not add up: %s.", err)
	}
	if absent != nil && *t.Attended+*absent != *t.Possible {
		return refuse("possible", get("possible"), "The counts do not add up: attended %d and missed %d make %d, but %d were possible.", *t.Attended, *absent, *t.Attended+*absent, *t.Possible)
	}
	return nil
}

func (row *attendanceRow) readPercent(get func(string) string) error {
	field, text := "percent", get("percent")
	if share := get("fraction"); share != "" {
		if text != "" {
			return refuse("fraction", share, "The row gives a percentage and a fraction; keep one of them.")
		}
		field, text = "fraction", share
	}
	if text == "" {
		return nil
	}
	figure := strings.TrimSpace(strings.TrimSuffix(text, "%"))
	if strings.Count(figure, ",") == 1 && !strings.Contains(figure, ".") {
		figure = strings.Replace(figure, ",", ".", 1)
	}
	n, ok := plainNumber(figure)
	if field == "fraction" {
		n = math.Round(n*1e8) / 1e6 // 0.57 × 100 is a little less than 57 for a computer
	}
	if !ok || n < 0 || n > 100 {
		return refuse(field, text, "“%s” is not a percentage from 0 to 100.", clip(text))
	}
	row.total.Percent = &n
	row.bare = field == "percent" && figure == text && n > 0 && n <= 1
	return nil
}

// pendingMarks and pendingTotal wait until the whole file has been read.
type pendingMarks struct {
	row   int
	pupil roll.PupilID
	marks []dayMark
}

type pendingTotal struct {
	row   int
	pupil roll.PupilID
	Total
	bare  bool
	cells []string
}

func (s *Service) readAttendance(run *batch.Run) error {
	r, err := begin(run, "attendance", attendanceFields)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc([]string{"possible", "attended", "absent", "percent", "fraction", "am", "pm", "marks"}, r.bound.Has) {
		return fault.New(fault.Invalid, "%s has no attendance in it: there is no column possible with attended or absent, none called percent, and none with marks (date with am and pm, or marks). Its columns are: %s.", r.table.Name, strings.Join(r.table.Header, ", "))
	}
	var marks []pendingMarks
	var totals []pendingTotal
	if err := r.each(func(at int, pupil roll.PupilID, rec sheet.Record, cells []string) error {
		row, err := parseAttendance(rec.Get, r.today)
		if err != nil {
			return err
		}
		if row.note != "" {
			r.warn(at, "%s", row.note)
		}
		if row.total == nil {
			marks = append(marks, pendingMarks{at, pupil, row.marks})
			return nil
		}
		p := pendingTotal{row: at, pupil: pupil, Total: *row.total, bare: row.bare}
		if p.bare {
			p.cells = cells
		}
		totals = append(totals, p)
		return nil
	}); err != nil {
		return err
	}
	if err := r.keepTotals(r.withoutShares(totals)); err != nil {
		return err
	}
	if err := r.keepMarks(marks); err != nil {
		return err
	}
	return r.end(s)
}

// withoutShares refuses percentages that look like shares of one: when not a single one of the file is above 1, 0.85 was meant as 85 %, and to take
// it as 0.85 % would make every child an absentee.
func (r *reading) withoutShares(totals []pendingTotal) []pendingTotal {
	bare := 0
	for _, t := range totals {
		if t.Percent != nil && t.Possible == nil {
			if !t.bare && *t.Percent > 0 {
				return totals
			}
			bare++
		}
	}
	if bare == 0 || !slices.ContainsFunc(totals, func(t pendingTotal) bool { return t.bare }) {
		return totals
	}
	r.run.Warn("%s: no percentage in the file is above 1, so these look like fractions (0.85 for 85 %%). If they are, map the column to the field fraction and read the file again.", r.table.Name)
	return slices.DeleteFunc(totals, func(t pendingTotal) bool {
		if t.Possible != nil || t.Percent == nil {
			return false
		}
		why := sheet.NewRefusal(r.table.Name, r.rows[t.row].n, "percent", number(*t.Percent), "Every percentage in this file is 1 or less, so it looks like a fraction. Map the column to the field fraction, or write percentages.")
		r.refuseAs(t.row, why, t.cells)
		return true
	})
}

// keepTotals lays totals beside those that are kept for the same pupil and period.
func (r *reading) keepTotals(pending []pendingTotal) error {
	if len(pending) == 0 {
		return nil
	}
	type key struct {
		pupil    roll.PupilID
		from, to string
	}
	have := map[key]*Total{}
	if err := db.Each(r.run.Tx, func(t *Total) error {
		c := *t
		have[key{t.PupilID, t.FromOn, t.ToOn}] = &c
		return nil
	}, `select `+totalColumns+` from progress_attendance_total t where t.org_id = $1`); err != nil {
		return err
	}
	id := int64(r.run.Batch)
	isNew := map[*Total]bool{}
	var fresh []*Total
	for _, p := range pending {
		k := key{p.pupil, p.FromOn, p.ToOn}
		old := have[k]
		if old == nil {
			t := p.Total
			t.ID, t.PupilID, t.Source, t.MadeBy = ids.New[Total](), p.pupil, r.table.Name, &id
			have[k], isNew[&t] = &t, true
			fresh = append(fresh, &t)
			r.settle(p.row, sheet.Created)
			continue
		}
		now := old.with(p.Total)
		changed := old.differences(now)
		switch {
		case len(changed) == 0:
			r.settle(p.row, sheet.Same)
		case old.MadeBy == nil:
			r.warn(p.row, "the attendance of %s to %s was entered by a person and stays as it is.", DayWords(p.FromOn), DayWords(p.ToOn))
			r.settle(p.row, sheet.Same)
		case isNew[old]:
			*old = now
			r.settle(p.row, sheet.Updated)
		default:
			if err := r.changeTotal(*old, now, changed); err != nil {
				return err
			}
			*old = now
			old.MadeBy = &id
			r.settle(p.row, sheet.Updated)
		}
	}
	return r.putTotals(fresh)
}

// with is what is known after a row about the same period. What the row leaves open stays as it was, unless it no longer fits the new counts.
func (t Total) with(row Total) Total {
	now := t
	if row.Possible != nil {
		same := t.Possible != nil && *t.Possible == *row.Possible && *t.Attended == *row.Attended
		now.Possible, now.Attended = row.Possible, row.Attended
		if row.Authorised != nil || !same {
			now.Authorised = row.Authorised
		}
		if row.Unauthorised != nil || !same {
			now.Unauthorised = row.Unauthorised
		}
		if !same {
			now.Percent = row.Percent
		}
	}
	if row.Percent != nil {
		now.Percent = row.Percent
	}
	return now
}

type difference struct {
	field    string
	old, new any
}

func (t Total) differences(o Total) []difference {
	var out []difference
	for _, c := range []struct {
		field string
		a, b  *int
	}{{"possible", t.Possible, o.Possible}, {"attended", t.Attended, o.Attended}, {"authorised", t.Authorised, o.Authorised}, {"unauthorised", t.Unauthorised, o.Unauthorised}} {
		if a, b := anyOf(c.a), anyOf(c.b); a != b {
			out = append(out, difference{c.field, a, b})
		}
	}
	if a, b := anyOf(t.Percent), anyOf(o.Percent); a != b {
		out = append(out, difference{"percent", a, b})
	}
	return out
}

func anyOf[T comparable](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

func (r *reading) changeTotal(old, now Total, changed []difference) error {
	if !r.run.Apply {
		return nil
	}
	id := int64(r.run.Batch)
	if *old.MadeBy != id {
		changed = append(changed, difference{"made_by", *old.MadeBy, id})
	}
	if old.Source != r.table.Name {
		changed = append(changed, difference{"source", old.Source, r.table.Name})
	}
	for _, d := range changed {
		if err := r.run.Changed("progress_attendance_total", int64(old.ID), d.field, d.old, d.new); err != nil {
			return err
		}
	}
	_, err := r.run.Tx.Exec(`update progress_attendance_total set possible = $3, attended = $4, authorised = $5, unauthorised = $6, percent = $7, source = $8, made_by = $9
		where org_id = $1 and id = $2`, old.ID, now.Possible, now.Attended, now.Authorised, now.Unauthorised, now.Percent, r.table.Name, id)
	return err
}

func (r *reading) putTotals(fresh []*Total) error {
	if !r.run.Apply {
		return nil
	}
	i := 0
	_, err := r.run.Tx.Bulk("progress_attendance_total", []string{"id", "pupil_id", "from_on", "to_on", "possible", "attended", "authorised", "unauthorised", "percent", "source", "made_by"}, func() ([]any, bool) {
		if i == len(fresh) {
			return nil, false
		}
		t := fresh[i]
		i++
		return []any{t.ID, t.PupilID, t.FromOn, t.ToOn, t.Possible, t.Attended, t.Authorised, t.Unauthorised, t.Percent, t.Source, int64(r.run.Batch)}, true
	})
	return err
}

// keptWeek is a pupil's week while a file is laid beside it.
type keptWeek struct {
	id      ids.ID[Week]
	pupil   roll.PupilID
	week    Week
	before  string // the marks as they are kept; unused for a new week
	madeBy  *int64
	isNew   bool
	touched bool
}

type weekKey struct {
	pupil  roll.PupilID
	monday string
}

// keepMarks lays marks beside those that are kept. A blank mark says nothing. In a week that a person has mended by hand a file may fill what is
// empty, and changes nothing that is there.
func (r *reading) keepMarks(pending []pendingMarks) error {
	weeks, err := r.readWeeks(pending)
	if err != nil {
		return err
	}
	for _, p := range pending {
		created, updated, kept := 0, 0, 0
		for _, m := range p.marks {
			monday, index, err := MondayOf(m.day)
			if err != nil {
				return err
			}
			k := weekKey{p.pupil, monday}
			w := weeks[k]
			if w == nil {
				w = &keptWeek{id: ids.New[Week](), pupil: p.pupil, week: Week{Monday: monday}, isNew: true}
				weeks[k] = w
			}
			at := 2 * index
			if m.afternoon {
				at++
			}
			switch was := w.week.Marks[at]; {
			case was == m.mark:
				continue
			case was == "":
				created++
			case w.madeBy == nil && !w.isNew:
				kept++
				continue
			default:
				updated++
			}
			w.week.Marks[at], w.touched = m.mark, true
		}
		if kept > 0 {
			r.warn(p.row, "%s of this week was entered by a person and stays as it is.", plural(kept, "mark", "marks"))
		}
		switch {
		case updated > 0:
			r.settle(p.row, sheet.Updated)
		case created > 0:
			r.settle(p.row, sheet.Created)
		default:
			r.settle(p.row, sheet.Same)
		}
	}
	if !r.run.Apply {
		return nil
	}
	return r.putWeeks(weeks)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// readWeeks reads the weeks that the file speaks of, for the pupils it speaks of.
func (r *reading) readWeeks(pending []pendingMarks) (map[weekKey]*keptWeek, error) {
	weeks := map[weekKey]*keptWeek{}
	wanted := map[weekKey]bool{}
	first, last := "9999-12-31", ""
	for _, p := range pending {
		for _, m := range p.marks {
			monday, _, err := MondayOf(m.day)
			if err != nil {
				return nil, err
			}
			first, last = min(first, monday), max(last, monday)
			wanted[weekKey{p.pupil, monday}] = true
		}
	}
	if last == "" {
		return weeks, nil
	}
	type row struct {
		ID          ids.ID[Week]
		PupilID     roll.PupilID
		Week, Marks string
		MadeBy      *int64
	}
	return weeks, db.Each(r.run.Tx, func(x *row) error {
		k := weekKey{x.PupilID, x.Week}
		if !wanted[k] {
			return nil
		}
		w, err := ParseWeek(x.Week, x.Marks)
		if err != nil {
			return err
		}
		weeks[k] = &keptWeek{id: x.ID, pupil: x.PupilID, week: w, before: x.Marks, madeBy: x.MadeBy}
		return nil
	}, `select w.id, w.pupil_id, w.week, w.marks, w.made_by from progress_attendance_week w where w.org_id = $1 and w.week >= $2 and w.week <= $3`, first, last)
}

func (r *reading) putWeeks(weeks map[weekKey]*keptWeek) error {
	var fresh, changed []*keptWeek
	for _, w := range weeks {
		switch {
		case w.isNew && w.touched:
			fresh = append(fresh, w)
		case w.touched:
			changed = append(changed, w)
		}
	}
	// In the order of pupils, so that later sums read the table from front to back.
	order := func(a, b *keptWeek) int {
		return cmp.Or(cmp.Compare(a.pupil, b.pupil), cmp.Compare(a.week.Monday, b.week.Monday))
	}
	slices.SortFunc(fresh, order)
	slices.SortFunc(changed, order)
	id := int64(r.run.Batch)
	for _, w := range changed {
		if err := r.run.Changed("progress_attendance_week", int64(w.id), "marks", w.before, w.week.Format()); err != nil {
			return err
		}
		by := w.madeBy
		if by != nil && *by != id {
			if err := r.run.Changed("progress_attendance_week", int64(w.id), "made_by", *by, id); err != nil {
				return err
			}
			by = &id
		}
		if err := updateWeek(r.run.Tx, w.id, w.week, by); err != nil {
			return err
		}
	}
	i := 0
	_, err := r.run.Tx.Bulk("progress_attendance_week", []string{"id", "pupil_id", "week", "marks", "first_on", "last_on", "possible", "attended", "authorised", "unauthorised", "made_by"}, func() ([]any, bool) {
		if i == len(fresh) {
			return nil, false
		}
		w := fresh[i]
		i++
		first, last := w.week.days(Window{})
		n := w.week.Counts()
		return []any{w.id, w.pupil, w.week.Monday, w.week.Format(), first, last, n.Possible, n.Attended, n.Authorised, n.Unauthorised, id}, true
	})
	return err
}

func updateWeek(tx *db.Tx, id ids.ID[Week], w Week, by *int64) error {
	first, last := w.days(Window{})
	n := w.Counts()
	_, err := tx.Exec(`update progress_attendance_week set marks = $3, first_on = $4, last_on = $5, possible = $6, attended = $7, authorised = $8, unauthorised = $9, made_by = $10
		where org_id = $1 and id = $2`, id, w.Format(), first, last, n.Possible, n.Attended, n.Authorised, n.Unauthorised, by)
	return err
}

// mendWeeks works the sums of those weeks out again whose marks an undo has put back.
func mendWeeks(u *batch.Undoing) error {
	type row struct {
		ID          ids.ID[Week]
		Week, Marks string
		MadeBy      *int64
	}
	list, err := db.All[row](u.Tx, `select w.id, w.week, w.marks, w.made_by
		from progress_attendance_week w
		join batch_change c on c.org_id = w.org_id and c.row_id = w.id
		where w.org_id = $1 and c.batch_id = $2 and c.in_table = 'progress_attendance_week' and c.field = 'marks'`, u.Batch)
	if err != nil {
		return err
	}
	for _, x := range list {
		w, err := ParseWeek(x.Week, x.Marks)
		if err != nil {
			return err
		}
		if err := updateWeek(u.Tx, x.ID, w, x.MadeBy); err != nil {
			return err
		}
	}
	return nil
}
