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

var countFields = []string{"pupil_id", "upn", "date", "kind", "count", "note"}

// countWords are the ways in which files name what is counted.
var countWords = map[string]string{
	"behaviour": "behaviour", "behavior": "behaviour", "behaviour point": "behaviour", "behaviour points": "behaviour", "negative": "behaviour", "incident": "behaviour", "sanction": "behaviour", "concern": "behaviour",
	"praise": "praise", "positive": "praise", "achievement": "praise", "achievement point": "praise", "achievement points": "praise", "reward": "praise", "merit": "praise", "house point": "praise", "house points": "praise",
	"homework set": "homework_set", "homework missed": "homework_missed", "missed homework": "homework_missed", "homework not done": "homework_missed", "homework missing": "homework_missed", "no homework": "homework_missed",
}

// keptCount is one count while a file is laid beside it.
type keptCount struct {
	ID           ids.ID[Counted]
	PupilID      roll.PupilID
	Kind, OnDate string
	N            int
	Note         string
	MadeBy       *int64
	fresh        bool
	seenAt       int // the row of this file that spoke of it, 0 for none
}

// parseCount reads one row by itself. Its error is always a *refusal.
func parseCount(get func(field string) string) (keptCount, error) {
	c := keptCount{N: 1, Note: cleanText(get("note"))}
	var ok bool
	if c.Kind, ok = countWords[roll.Fold(get("kind"))]; !ok {
		return c, refuse("kind", get("kind"), "“%s” is not something that is counted here. There are praise, behaviour, homework set and homework missed.", clip(get("kind")))
	}
	var err error
	if c.OnDate, err = day("date", get("date")); err != nil {
		return c, err
	}
	if c.OnDate == "" {
		return c, refuse("date", get("date"), "The row has no date.")
	}
	n, err := whole("count", get("count"))
	if err != nil {
		return c, err
	}
	if n != nil {
		c.N = *n
	}
	if utf8.RuneCountInString(c.Note) > 500 {
		return c, refuse("note", c.Note, "The note is longer than 500 letters.")
	}
	return c, nil
}

func (s *Service) readCountsFile(run *batch.Run) error {
	r, err := begin(run, "counts", countFields)
	if err != nil {
		return err
	}
	for _, f := range []string{"date", "kind"} {
		if !r.bound.Has(f) {
			return fault.New(fault.Invalid, "%s has no column %s. It needs pupil_id or upn, date and kind. Its columns are: %s.", r.table.Name, f, strings.Join(r.table.Header, ", "))
		}
	}
	type pending struct {
		row int
		keptCount
	}
	var list []pending
	first, last := "9999-12-31", ""
	if err := r.each(func(at int, pupil roll.PupilID, rec sheet.Record, _ []string) error {
		c, err := parseCount(rec.Get)
		if err != nil {
			return err
		}
		c.PupilID = pupil
		first, last = min(first, c.OnDate), max(last, c.OnDate)
		list = append(list, pending{at, c})
		return nil
	}); err != nil {
		return err
	}
	type key struct {
		pupil          roll.PupilID
		kind, on, note string
	}
	have := map[key]*keptCount{}
	if err := db.Each(run.Tx, func(c *keptCount) error {
		x := *c
		have[key{c.PupilID, c.Kind, c.OnDate, c.Note}] = &x
		return nil
	}, `select c.id, c.pupil_id, c.kind, c.on_date, c.n, c.note, c.made_by from progress_count c where c.org_id = $1 and c.on_date >= $2 and c.on_date <= $3`, first, last); err != nil {
		return err
	}
	id := int64(run.Batch)
	var fresh []*keptCount
	for _, p := range list {
		k := key{p.PupilID, p.Kind, p.OnDate, p.Note}
		old := have[k]
		if old != nil && old.seenAt > 0 {
			r.warn(p.row, "it says the same as row %d and is counted once. If there were two, give a count of 2, or a note that tells them apart.", old.seenAt)
		}
		switch {
		case old == nil:
			c := p.keptCount
			c.ID, c.MadeBy, c.fresh = ids.New[Counted](), &id, true
			old = &c
			have[k] = old
			fresh = append(fresh, old)
			r.settle(p.row, sheet.Created)
		case old.N == p.N:
			r.settle(p.row, sheet.Same)
		case old.MadeBy == nil:
			r.warn(p.row, "the count was entered by a person as %d and stays so; the file says %d.", old.N, p.N)
			r.settle(p.row, sheet.Same)
		default:
			if err := r.changeCount(old.ID, old.N, p.N, *old.MadeBy, old.fresh); err != nil {
				return err
			}
			old.N, old.MadeBy = p.N, &id
			r.settle(p.row, sheet.Updated)
		}
		old.seenAt = r.rows[p.row].n
	}
	if run.Apply {
		i := 0
		if _, err := run.Tx.Bulk("progress_count", []string{"id", "pupil_id", "kind", "on_date", "n", "note", "made_by"}, func() ([]any, bool) {
			if i == len(fresh) {
				return nil, false
			}
			c := fresh[i]
			i++
			return []any{c.ID, c.PupilID, c.Kind, c.OnDate, c.N, c.Note, id}, true
		}); err != nil {
			return err
		}
	}
	return r.end(s)
}

func (r *reading) changeCount(row ids.ID[Counted], old, now int, by int64, fresh bool) error {
	if !r.run.Apply || fresh {
		return nil
	}
	id := int64(r.run.Batch)
	if err := r.run.Changed("progress_count", int64(row), "n", old, now); err != nil {
		return err
	}
	if by != id {
		if err := r.run.Changed("progress_count", int64(row), "made_by", by, id); err != nil {
			return err
		}
	}
	_, err := r.run.Tx.Exec(`update progress_count set n = $3, made_by = $4 where org_id = $1 and id = $2`, row, now, id)
	return err
}
