package progress

import (
	"iter"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// PutWeeks keeps whole weeks of marks of pupils who have none of those weeks yet, as fast as the store takes them. It is for loading many years at
// once behind a verb that has checked; marks of a day go through the import, which knows what was there before.
func PutWeeks(tx *db.Tx, weeks iter.Seq2[roll.PupilID, Week]) (int64, error) {
	next, stop := iter.Pull2(weeks)
	defer stop()
	row := make([]any, 10)
	return tx.Bulk("progress_attendance_week", []string{"id", "pupil_id", "week", "marks", "first_on", "last_on", "possible", "attended", "authorised", "unauthorised"}, func() ([]any, bool) {
		pupil, w, ok := next()
		if !ok {
			return nil, false
		}
		n := w.Counts()
		first, last := w.days(Window{From: "0000-01-01", To: "9999-12-31"})
		row = append(row[:0], ids.New[Week](), pupil, w.Monday, w.Format(), first, last, n.Possible, n.Attended, n.Authorised, n.Unauthorised)
		return row, true
	})
}
