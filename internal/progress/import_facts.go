package progress

import (
	"strings"
	"unicode/utf8"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/roll"
)

const factLongest = 200

// FactName is the form of a column's name by which rules find it: "Fam sup" is fam_sup.
func FactName(name string) string { return SubjectKey(name) }

// TakeFacts keeps the school's own columns out of an import of pupils, and answers an outcome for each. An empty cell says nothing and changes
// nothing; a value that a person entered stays, with a warning. The import of pupils counts the outcomes, and calls UndoFacts from its own Undo.
func (s *Service) TakeFacts(run *batch.Run, facts []roll.Fact) ([]sheet.Outcome, error) {
	type key struct {
		pupil roll.PupilID
		name  string
	}
	type kept struct {
		ID          ids.ID[Fact]
		PupilID     roll.PupilID
		Name, Value string
		MadeBy      *int64
		fresh       bool // made by this very run, and not in the store yet
	}
	have := map[key]*kept{}
	// The pupils of a portion mostly lie together, so that the span between the first and the last key holds few others.
	var first, last roll.PupilID
	for i, f := range facts {
		if i == 0 || f.Pupil < first {
			first = f.Pupil
		}
		last = max(last, f.Pupil)
	}
	if err := db.Each(run.Tx, func(k *kept) error {
		c := *k
		have[key{k.PupilID, k.Name}] = &c
		return nil
	}, `select f.id, f.pupil_id, f.name, f.value, f.made_by from progress_fact f
		where f.org_id = $1 and f.pupil_id >= $2 and f.pupil_id <= $3`, first, last); err != nil {
		return nil, err
	}
	out := make([]sheet.Outcome, len(facts))
	var fresh []*kept
	batchID, source, today := int64(run.Batch), run.Input.Name, run.Tx.Today()
	for i, f := range facts {
		name, value := FactName(f.Name), cleanText(f.Value)
		old := have[key{f.Pupil, name}]
		switch {
		case name == "" || utf8.RuneCountInString(name) > 60 || utf8.RuneCountInString(value) > factLongest:
			out[i] = sheet.Refused
		case value == "" || old != nil && old.Value == value:
			out[i] = sheet.Same
		case old == nil:
			k := &kept{ID: ids.New[Fact](), PupilID: f.Pupil, Name: name, Value: value, MadeBy: &batchID, fresh: true}
			have[key{f.Pupil, name}] = k
			fresh = append(fresh, k)
			out[i] = sheet.Created
		case old.fresh:
			old.Value, out[i] = value, sheet.Updated
		case old.MadeBy == nil:
			run.Warn("%s stays %q, as a person entered it; the file says %q.", name, clip(old.Value), clip(value))
			out[i] = sheet.Same
		default:
			out[i] = sheet.Updated
			if err := changeFact(run, int64(old.ID), old.Value, value, *old.MadeBy, today, source); err != nil {
				return nil, err
			}
			old.Value, old.MadeBy = value, &batchID
		}
	}
	if !run.Apply {
		return out, nil
	}
	i := 0
	_, err := run.Tx.Bulk("progress_fact", []string{"id", "pupil_id", "name", "value", "set_on", "source", "made_by"}, func() ([]any, bool) {
		if i == len(fresh) {
			return nil, false
		}
		k := fresh[i]
		i++
		return []any{k.ID, k.PupilID, k.Name, k.Value, today, source, batchID}, true
	})
	return out, err
}

func changeFact(run *batch.Run, id int64, old, value string, by int64, today, source string) error {
	if !run.Apply {
		return nil
	}
	if err := run.Changed("progress_fact", id, "value", old, value); err != nil {
		return err
	}
	if by != int64(run.Batch) {
		if err := run.Changed("progress_fact", id, "made_by", by, int64(run.Batch)); err != nil {
			return err
		}
	}
	_, err := run.Tx.Exec(`update progress_fact set value = $3, set_on = $4, source = $5, made_by = $6 where org_id = $1 and id = $2`, id, value, today, source, int64(run.Batch))
	return err
}

// UndoFacts takes back the facts that a batch brought.
func (s *Service) UndoFacts(u *batch.Undoing) error { return takeBack(u, "progress_fact") }

// cleanText makes a text from a file fit to be kept: one line, no signs that can't be shown or stored.
func cleanText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	return strings.Join(strings.Fields(s), " ")
}
