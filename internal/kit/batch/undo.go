package batch

import (
	"encoding/json"
	"fmt"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/trail"
)

// Undone is what an undo did.
type Undone struct {
	Batch    string   `json:"batch"`
	Removed  int64    `json:"removed"`  // rows that the batch had made
	Restored int64    `json:"restored"` // fields put back as they were
	Kept     []string `json:"kept"`     // what was left, since someone changed it after the batch
}

// Undoing is handed to the kind while its batch is undone.
type Undoing struct {
	Tx     *db.Tx
	Batch  ID
	Result *Undone
}

// Remove deletes the rows of a table that the batch made (column made_by).
func (u *Undoing) Remove(table string) error {
	n, err := u.Tx.Exec("delete from "+table+" where org_id = $1 and made_by = $2", u.Batch)
	u.Result.Removed += n
	return err
}

// Undo puts back what was there before a batch: all of it or nothing. A field that someone changed after the batch stays as they left it and
// is listed. When other work rests on a row that the batch made, the undo is refused and says so.
func (s *Service) Undo(p access.Pass, id ID, ctx Context) (*Undone, error) {
	res := &Undone{Batch: id.String(), Kept: []string{}}
	err := s.DB.Update(ctx, p, func(tx *db.Tx) error {
		b, k, err := s.open(tx, p, id)
		if err != nil {
			return err
		}
		switch {
		case b.State == "undone":
			return fault.New(fault.Conflict, "This import was undone already.")
		case b.State != "done":
			return fault.New(fault.Conflict, "This import was never confirmed, so there is nothing to undo.")
		case !b.Undoable(tx.Now()):
			return fault.New(fault.Conflict, "This import is more than %d days old and can no longer be undone.", KeepDays)
		}
		// Whoever takes the batch out of its state first does the work, as in Confirm.
		n, err := tx.Exec(`update batch_batch set state = 'undone', undone_ms = $3 where org_id = $1 and id = $2 and state = 'done'`, id, tx.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "This import was undone already.")
		}
		u := &Undoing{Tx: tx, Batch: id, Result: res}
		if err := k.around(tx, func() error {
			if err := u.restore(); err != nil || k.Undo == nil {
				return err
			}
			return k.Undo(u)
		}); err != nil {
			return err
		}
		text, err := json.Marshal(res)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`update batch_batch set undone = $3 where org_id = $1 and id = $2`, id, string(text))
		if err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Import, About: "import", Key: int64(id), Words: k.Title + ": undone"})
	})
	switch db.Broke(err) {
	case db.ForeignKey:
		err = fault.Wrap(fault.Conflict, err, "This import can't be undone as a whole: work has been recorded since that rests on what it brought in, here or by another import. Undo that first, or change the records by hand. Nothing was changed now.")
	case db.Unique:
		err = fault.Wrap(fault.Conflict, err, "This import can't be undone as a whole: something that must be unique, such as a number, has been given to another record since. Change that record first. Nothing was changed now.")
	}
	if err != nil {
		return nil, err
	}
	return res, nil
}

// restore puts fields back, last change first, where they still hold what the batch wrote.
func (u *Undoing) restore() error {
	type change struct {
		InTable, Field, Old, New string
		RowID                    int64
	}
	list, err := db.All[change](u.Tx, `select in_table, row_id, field, old, new from batch_change where org_id = $1 and batch_id = $2 order by seq desc`, u.Batch)
	if err != nil {
		return err
	}
	type place struct {
		table, field string
		row          int64
	}
	left := map[place]bool{}
	for _, c := range list {
		// A batch may change a field twice. When the last value is no longer there, the one before is not looked for: finding it would mean
		// that a person put it there by hand.
		at := place{c.InTable, c.Field, c.RowID}
		if left[at] {
			continue
		}
		old, err := value(c.Old)
		if err != nil {
			return err
		}
		now, err := value(c.New)
		if err != nil {
			return err
		}
		// Table and field come from our own source, never from a file.
		where := " where org_id = $1 and id = $2 and " + c.Field + " = $4"
		args := []any{c.RowID, old, now}
		if now == nil {
			where = " where org_id = $1 and id = $2 and " + c.Field + " is null"
			args = args[:2]
		}
		n, err := u.Tx.Exec("update "+c.InTable+" set "+c.Field+" = $3"+where, args...)
		if err != nil {
			return err
		}
		if n == 0 {
			left[at] = true
			u.Result.Kept = append(u.Result.Kept, fmt.Sprintf("%s of a record in %s was changed after the import and stays as it is", c.Field, c.InTable))
			continue
		}
		u.Result.Restored += n
	}
	return nil
}

func value(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber() // keys have 63 bits, which a float would round
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("reading back a change: %w", err)
	}
	n, ok := v.(json.Number)
	if !ok {
		return v, nil
	}
	if i, err := n.Int64(); err == nil {
		return i, nil
	}
	return n.Float64()
}
