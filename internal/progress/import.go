package progress

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
	"ajar/internal/roll"
)

// offer adds the kinds of import that bring figures in.
func (s *Service) offer(imports *batch.Service) {
	pupil := map[string][]string{
		"pupil_id": {"pupil id", "student id", "admission number", "admission no", "adno", "id"},
		"upn":      {"unique pupil number"},
		"date":     {"day", "test date", "result date"},
	}
	with := func(more map[string][]string) map[string][]string {
		for k, v := range pupil {
			if _, ok := more[k]; !ok {
				more[k] = v
			}
		}
		return more
	}
	imports.Offer(batch.Kind{
		Key: "attendance", Title: "Attendance", Need: roll.Import, Fields: attendanceFields, Read: s.readAttendance, Undo: s.undo,
		Help: "Each row names a pupil and gives counts of sessions for a period, or a percentage for a period, or the marks of a day or of several days.",
		Synonyms: with(map[string][]string{
			"possible": {"possible sessions", "sessions possible", "poss"}, "attended": {"present", "sessions attended", "attendances"},
			"authorised": {"authorised absences", "auth abs", "authorised absence"}, "unauthorised": {"unauthorised absences", "unauth abs", "unauthorised absence"},
			"absent": {"absences", "sessions missed", "missed"}, "percent": {"% attendance", "attendance %", "percentage attendance", "attendance percentage", "attendance"},
			"from": {"start date", "period from"}, "to": {"end date", "period to"}, "am": {"am mark", "morning"}, "pm": {"pm mark", "afternoon"}, "marks": {"attendance marks"},
		}),
	})
	imports.Offer(batch.Kind{
		Key: "results", Title: "Results", Need: roll.Import, Fields: resultFields, Required: []string{"subject", "value"}, Read: s.readResultsFile, Undo: s.undo,
		Help: "Each row names a pupil, a subject, the scale it was measured on, the value, and the day it was taken.",
		Synonyms: with(map[string][]string{
			"subject": {"test", "assessment", "aspect"}, "scale": {"grade set", "measure"}, "value": {"result", "grade", "score", "mark", "level"},
		}),
	})
	imports.Offer(batch.Kind{
		Key: "counts", Title: "Behaviour, praise and homework", Need: roll.Import, Fields: countFields, Required: []string{"date", "kind"}, Read: s.readCountsFile, Undo: s.undo,
		Help: "Each row names a pupil, a day, what is counted (praise, behaviour, homework set, homework missed), how many, and perhaps a note.",
		Synonyms: with(map[string][]string{
			"kind": {"type", "category"}, "count": {"points", "number", "quantity"}, "note": {"comment", "reason", "description"},
		}),
	})
}

// refusal is why a row is not taken, with the field that it is about.
type refusal struct{ field, value, reason string }

func (r *refusal) Error() string { return r.reason }

// refuse makes a whole sentence of the reason, with a capital letter and a full stop.
func refuse(field, value, format string, args ...any) *refusal {
	return &refusal{field, value, upper(strings.TrimSuffix(fmt.Sprintf(format, args...), ".")) + "."}
}

// reading goes through one file. Rows are first read and judged by themselves; then, when it is known which days and pupils the file is about, they
// are laid beside what is kept, in the order of the file. So a file may be sorted in any way.
type reading struct {
	run    *batch.Run
	kind   string
	table  *sheet.Table
	bound  *sheet.Bound
	pupils pupilIndex
	today  string
	rows   []rowResult
}

// rowResult adds up the records of one row of the file.
type rowResult struct {
	n                         int
	created, updated, refused int
}

func (r rowResult) outcome() sheet.Outcome {
	switch {
	case r.refused > 0:
		return sheet.Refused
	case r.created > 0:
		return sheet.Created
	case r.updated > 0:
		return sheet.Updated
	}
	return sheet.Same
}

func begin(run *batch.Run, kind string, fields []string) (*reading, error) {
	if run.Input.Data == nil {
		return nil, fault.New(fault.Invalid, "%s is a folder, and one file was expected.", run.Input.Name)
	}
	if m := run.Mapping; m != nil && m.Kind != "" && m.Kind != kind {
		return nil, fault.New(fault.Invalid, "This mapping is for the import of %s, not of %s. Choose the other kind of import or another mapping.", m.Kind, kind)
	}
	t, err := sheet.Open(run.Input.Name, run.Input.Data, run.Input.Size, sheet.Limits{})
	if err != nil {
		return nil, err
	}
	r := &reading{run: run, kind: kind, table: t, today: run.Tx.Today()}
	if err := r.bind(fields); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return r, nil
}

func (r *reading) bind(fields []string) (err error) {
	if r.run.Mapping != nil {
		r.bound, err = r.run.Mapping.Bind(r.table.Header)
	} else if r.bound, err = sheet.BindTemplate(fields, r.table.Header); err == nil {
		if unused := r.bound.Unused(); len(unused) > 0 {
			r.run.Warn("These columns were not used: %s.", strings.Join(unused, ", "))
		}
	}
	if err != nil {
		return err
	}
	r.bound.File = r.table.Name
	if !r.bound.Has("pupil_id") && !r.bound.Has("upn") {
		return fault.New(fault.Invalid, "%s has no column that says which pupil a row is about. It needs pupil_id (the school's own number) or upn; its columns are: %s.", r.table.Name, strings.Join(r.table.Header, ", "))
	}
	r.pupils, err = readPupilIndex(r.run.Tx)
	return err
}

// take judges one record of a row; cells is the row as it stands in the file.
type take func(row int, pupil roll.PupilID, rec sheet.Record, cells []string) error

// each hands over record after record with the pupil it is about. f keeps what it needs and answers a *refusal when the record can't be taken.
func (r *reading) each(f take) error {
	for {
		row, err := r.table.Next()
		var bad *sheet.RowError
		switch {
		case errors.Is(err, io.EOF):
			r.noteAll()
			return nil
		case errors.As(err, &bad):
			r.rows = append(r.rows, rowResult{n: row.N})
			r.refuseAs(len(r.rows)-1, bad.Refusal(), bad.Cells)
			continue
		case err != nil:
			return err
		case r.bound.Skips(row):
			continue
		}
		r.rows = append(r.rows, rowResult{n: row.N})
		at := len(r.rows) - 1
		records, err := r.bound.Rows(row)
		var refused sheet.Refusals
		if err != nil && !errors.As(err, &refused) {
			return err
		}
		for _, one := range refused {
			r.refuseAs(at, one, row.Cells)
		}
		for _, rec := range records {
			if err := r.one(at, rec, row.Cells, f); err != nil {
				return err
			}
		}
	}
}

func (r *reading) one(at int, rec sheet.Record, cells []string, f take) error {
	pupil, err := r.pupils.find(rec.Get("pupil_id"), rec.Get("upn"))
	if err == nil {
		err = f(at, pupil, rec, cells)
	}
	var no *refusal
	if errors.As(err, &no) {
		r.refuseAs(at, sheet.NewRefusal(r.table.Name, r.rows[at].n, no.field, no.value, no.reason), cells)
		return nil
	}
	return err
}

func (r *reading) refuseAs(at int, why sheet.Refusal, cells []string) {
	r.run.Refuse(why, r.table.Header, cells)
	r.settle(at, sheet.Refused)
}

// settle gives one record of a row its outcome.
func (r *reading) settle(at int, o sheet.Outcome) {
	r.run.Count(r.kind, o)
	row := &r.rows[at]
	switch o {
	case sheet.Created:
		row.created++
	case sheet.Updated:
		row.updated++
	case sheet.Refused:
		row.refused++
	}
}

// warn tells something about one row.
func (r *reading) warn(at int, format string, args ...any) {
	r.run.Warn("%s, row %d: %s", r.table.Name, r.rows[at].n, fmt.Sprintf(format, args...))
}

// noteAll passes on what the reader of sheets noticed about the file as a whole.
func (r *reading) noteAll() {
	for _, n := range r.table.Notes {
		r.run.Warn("%s: %s", r.table.Name, n)
	}
}

// end counts the rows and tells those above that figures changed.
func (r *reading) end(s *Service) error {
	for _, row := range r.rows {
		r.run.Row(row.outcome())
	}
	if err := r.table.Close(); err != nil {
		return err
	}
	if r.run.Apply && r.run.Report.Created+r.run.Report.Updated > 0 {
		return s.Roll.Changed.Publish(r.run.Tx, roll.Changed{Why: "import of " + r.kind})
	}
	return nil
}

// day reads a date of a row.
func day(field, text string) (string, error) {
	d, err := roll.ParseDate(text, roll.DateStyle{})
	if err != nil {
		return "", refuse(field, text, "%s", err)
	}
	if d.ISO != "" && (d.ISO < "1990-01-01" || d.ISO > "2099-12-31") {
		return "", refuse(field, text, "%s is not a day on which something could have been measured.", DayWords(d.ISO))
	}
	return d.ISO, nil
}

// whole reads a count. A blank cell is nil: nothing is known.
func whole(field, text string) (*int, error) {
	if text == "" {
		return nil, nil
	}
	f, ok := plainNumber(strings.TrimPrefix(text, "'"))
	n := int(f)
	if !ok || float64(n) != f || n < 0 || n > 100_000 {
		return nil, refuse(field, text, "“%s” is not a whole number from 0 upwards.", clip(text))
	}
	return &n, nil
}

// pupilIndex finds a pupil as the roll does: the school's own number exactly, else the UPN when only one pupil has it.
type pupilIndex struct {
	local, upn map[string]roll.PupilID
	twice      map[string]bool
}

func readPupilIndex(tx *db.Tx) (pupilIndex, error) {
	x := pupilIndex{map[string]roll.PupilID{}, map[string]roll.PupilID{}, map[string]bool{}}
	type row struct {
		ID      roll.PupilID
		LocalID string
		UPN     string `db:"upn"`
	}
	err := db.Each(tx, func(r *row) error {
		x.local[r.LocalID] = r.ID
		if r.UPN == "" {
			return nil
		}
		upn := roll.ParseUPN(r.UPN).Normal
		if _, ok := x.upn[upn]; ok {
			x.twice[upn] = true
		}
		x.upn[upn] = r.ID
		return nil
	}, `select p.id, p.local_id, p.upn from roll_pupil p where p.org_id = $1`)
	return x, err
}

func (x pupilIndex) find(local, upn string) (roll.PupilID, error) {
	if local == "" && upn == "" {
		return 0, refuse("pupil_id", "", "The row does not say which pupil it is about.")
	}
	normal := roll.ParseUPN(upn).Normal
	id, byLocal := x.local[local]
	other, byUPN := x.upn[normal]
	switch {
	case local != "" && byLocal && normal != "" && byUPN && id != other && !x.twice[normal]:
		return 0, refuse("upn", upn, "The number %s and the UPN %s belong to two different pupils.", clip(local), normal)
	case local != "" && byLocal:
		return id, nil
	case normal != "" && byUPN && x.twice[normal]:
		return 0, refuse("upn", upn, "Two pupils have the UPN %s. Give the school's own number in the column pupil_id.", normal)
	case normal != "" && byUPN:
		return other, nil
	case local != "" && upn != "":
		return 0, refuse("pupil_id", local, "No pupil on the roll has the number %s or the UPN %s.", clip(local), clip(upn))
	case upn != "":
		return 0, refuse("upn", upn, "No pupil on the roll has the UPN %s.", clip(upn))
	}
	// Schools that have no numbers of their own bring pupils in under their UPN.
	if id, ok := x.upn[roll.ParseUPN(local).Normal]; ok && !x.twice[roll.ParseUPN(local).Normal] {
		return id, nil
	}
	return 0, refuse("pupil_id", local, "No pupil on the roll has the number %s.", clip(local))
}

// undo takes back what a batch made, and works out the sums of the weeks whose marks were put back.
func (s *Service) undo(u *batch.Undoing) error {
	if err := mendWeeks(u); err != nil {
		return err
	}
	if err := s.UndoFacts(u); err != nil {
		return err
	}
	for _, table := range []string{"progress_attendance_week", "progress_attendance_total", "progress_result", "progress_count"} {
		if err := takeBack(u, table); err != nil {
			return err
		}
	}
	return s.Roll.Changed.Publish(u.Tx, roll.Changed{Why: "undoing an import"})
}

// takeBack removes the rows that the batch made. A row that a later batch changed belongs to that one and stays; when the later one is undone
// too, the row comes back to a batch that is undone already and goes then.
func takeBack(u *batch.Undoing, table string) error {
	if err := u.Remove(table); err != nil {
		return err
	}
	n, err := u.Tx.Exec("delete from " + table + " where org_id = $1 and made_by in (select b.id from batch_batch b where b.org_id = $1 and b.state = 'undone')")
	if err != nil {
		return err
	}
	u.Result.Removed += n
	// made_by is kept as a number in JSON.
	later, err := db.One[int](u.Tx, "select count(*) from batch_change c join "+table+` t on t.org_id = c.org_id and t.id = c.row_id and t.made_by = c.batch_id
		where c.org_id = $1 and c.in_table = $2 and c.field = 'made_by' and c.old = $3`, table, strconv.FormatInt(int64(u.Batch), 10))
	if err == nil && later > 0 {
		u.Result.Kept = append(u.Result.Kept, fmt.Sprintf("%d records that a later import changed stay as that import left them", later))
	}
	return err
}
