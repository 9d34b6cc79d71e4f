package progress

import (
	"strings"
	"unicode/utf8"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/roll"
)

var resultFields = []string{"pupil_id", "upn", "subject", "scale", "value", "date"}

// keptResult is a result while a file is laid beside it.
type keptResult struct {
	ID                                                ids.ID[Result]
	PupilID                                           roll.PupilID
	Subject, SubjectKey, Scale, Text, TakenOn, Source string
	Value                                             *float64
	MadeBy                                            *int64
	fresh                                             bool
}

type seriesKey struct {
	pupil      roll.PupilID
	key, scale string
}

// parseResult reads one row by itself; without a date it is of today, and dated is false. Its error is always a *refusal.
func parseResult(get func(field string) string, today string) (row keptResult, dated bool, err error) {
	subject := cleanText(get("subject"))
	row = keptResult{Subject: subject, SubjectKey: SubjectKey(subject), Scale: ScaleName(cleanText(get("scale")))}
	switch {
	case subject == "":
		return row, false, refuse("subject", "", "The row does not say which subject the result is in.")
	case row.SubjectKey == "" || utf8.RuneCountInString(subject) > 80:
		return row, false, refuse("subject", get("subject"), "“%s” can't be the name of a subject.", clip(subject))
	case utf8.RuneCountInString(row.Scale) > 60:
		return row, false, refuse("scale", get("scale"), "“%s” is too long for the name of a scale.", clip(row.Scale))
	}
	if row.TakenOn, err = day("date", get("date")); err != nil {
		return row, false, err
	}
	dated = row.TakenOn != ""
	if !dated {
		row.TakenOn = today
	}
	v, err := ParseValue(row.Scale, cleanText(get("value")))
	if err != nil {
		return row, dated, refuse("value", get("value"), "%s", err)
	}
	row.Text = v.Display
	if v.HasNumber {
		row.Value = &v.Number
	}
	return row, dated, nil
}

type pendingResult struct {
	row   int
	dated bool
	keptResult
}

func (s *Service) readResultsFile(run *batch.Run) error {
	r, err := begin(run, "results", resultFields)
	if err != nil {
		return err
	}
	for _, f := range []string{"subject", "value"} {
		if !r.bound.Has(f) {
			return fault.New(fault.Invalid, "%s has no column %s. A sheet of results needs pupil_id or upn, subject and value, and should have scale and date. With one column for each subject, map it with repeat. Its columns are: %s.", r.table.Name, f, strings.Join(r.table.Header, ", "))
		}
	}
	var pending []pendingResult
	undated := 0
	wide := run.Mapping != nil && len(run.Mapping.Repeat) > 0
	if err := r.each(func(at int, pupil roll.PupilID, rec sheet.Record, _ []string) error {
		// In a sheet with a column for each subject an empty cell says that there is no result, which is no fault.
		if wide && rec.Get("value") == "" {
			return nil
		}
		row, dated, err := parseResult(rec.Get, r.today)
		if err != nil {
			return err
		}
		if !dated {
			undated++
		}
		row.PupilID, row.Source = pupil, r.table.Name
		pending = append(pending, pendingResult{at, dated, row})
		return nil
	}); err != nil {
		return err
	}
	if undated > 0 {
		run.Warn("%s: %s no date and %s taken as of today, %s.", r.table.Name, plural(undated, "result has", "results have"), wasWere(undated), DayWords(r.today))
	}
	if err := r.keepResults(pending); err != nil {
		return err
	}
	return r.end(s)
}

func wasWere(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// keepResults lays results beside those that are kept. A result without a date that is the same as the latest one says nothing new.
func (r *reading) keepResults(pending []pendingResult) error {
	have, err := r.readKept(pending)
	if err != nil {
		return err
	}
	id := int64(r.run.Batch)
	var fresh []*keptResult
	for _, p := range pending {
		k := seriesKey{p.PupilID, p.SubjectKey, p.Scale}
		old, latest := (*keptResult)(nil), (*keptResult)(nil)
		for _, x := range have[k] {
			if x.TakenOn == p.TakenOn {
				old = x
			}
			if latest == nil || x.TakenOn > latest.TakenOn {
				latest = x
			}
		}
		switch {
		case !p.dated && latest != nil && latest.Text == p.Text, old != nil && old.Text == p.Text:
			r.settle(p.row, sheet.Same)
		case old == nil:
			n := p.keptResult
			n.ID, n.MadeBy, n.fresh = ids.New[Result](), &id, true
			have[k] = append(have[k], &n)
			fresh = append(fresh, &n)
			r.settle(p.row, sheet.Created)
		case old.MadeBy == nil:
			r.warn(p.row, "%s of %s was entered by a person as %s and stays so; the file says %s.", old.Subject, DayWords(old.TakenOn), clip(old.Text), clip(p.Text))
			r.settle(p.row, sheet.Same)
		default:
			if err := r.changeResult(old, p.keptResult); err != nil {
				return err
			}
			r.settle(p.row, sheet.Updated)
		}
	}
	return r.putResults(fresh)
}

// readKept reads the results of the days and pupils that the file speaks of, and all of them up to today when it gives no dates.
func (r *reading) readKept(pending []pendingResult) (map[seriesKey][]*keptResult, error) {
	have := map[seriesKey][]*keptResult{}
	wanted := map[roll.PupilID]bool{}
	first, last := "9999-12-31", ""
	for _, p := range pending {
		wanted[p.PupilID] = true
		first, last = min(first, p.TakenOn), max(last, p.TakenOn)
		if !p.dated {
			first = ""
		}
	}
	return have, db.Each(r.run.Tx, func(x *keptResult) error {
		if wanted[x.PupilID] {
			c := *x
			k := seriesKey{x.PupilID, x.SubjectKey, x.Scale}
			have[k] = append(have[k], &c)
		}
		return nil
	}, `select r.id, r.pupil_id, r.subject, r.subject_key, r.scale, r.value, r.text, r.taken_on, r.source, r.made_by
		from progress_result r where r.org_id = $1 and r.taken_on >= $2 and r.taken_on <= $3`, first, last)
}

func (r *reading) changeResult(old *keptResult, now keptResult) error {
	id := int64(r.run.Batch)
	if r.run.Apply && !old.fresh {
		changed := []difference{{"text", old.Text, now.Text}, {"value", anyOf(old.Value), anyOf(now.Value)}, {"source", old.Source, now.Source}, {"made_by", *old.MadeBy, id}}
		for _, d := range changed {
			if d.old == d.new {
				continue
			}
			if err := r.run.Changed("progress_result", int64(old.ID), d.field, d.old, d.new); err != nil {
				return err
			}
		}
		if _, err := r.run.Tx.Exec(`update progress_result set text = $3, value = $4, source = $5, made_by = $6 where org_id = $1 and id = $2`, old.ID, now.Text, now.Value, now.Source, id); err != nil {
			return err
		}
	}
	old.Text, old.Value, old.Source, old.MadeBy = now.Text, now.Value, now.Source, &id
	return nil
}

func (r *reading) putResults(fresh []*keptResult) error {
	if !r.run.Apply {
		return nil
	}
	i := 0
	_, err := r.run.Tx.Bulk("progress_result", []string{"id", "pupil_id", "subject", "subject_key", "scale", "value", "text", "taken_on", "source", "made_by"}, func() ([]any, bool) {
		if i == len(fresh) {
			return nil, false
		}
		x := fresh[i]
		i++
		return []any{x.ID, x.PupilID, x.Subject, x.SubjectKey, x.Scale, x.Value, x.Text, x.TakenOn, x.Source, int64(r.run.Batch)}, true
	})
	return err
}
