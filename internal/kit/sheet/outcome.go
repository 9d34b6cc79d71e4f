package sheet

import (
	"fmt"
	"io"
	"strings"
)

// Outcome is what became of one row. There is no fifth: a row that was left out without a reason is a bug.
type Outcome int

// The four outcomes. The zero value is none of them, so that a forgotten outcome is noticed by [Tally.Check].
const (
	Created Outcome = iota + 1
	Updated
	Same
	Refused
)

func (o Outcome) String() string {
	switch o {
	case Created:
		return "created"
	case Updated:
		return "updated"
	case Same:
		return "same"
	case Refused:
		return "refused"
	}
	return "unknown"
}

// Tally counts rows by outcome.
type Tally struct {
	Rows    int `json:"rows"`
	Created int `json:"created"`
	Updated int `json:"updated"`
	Same    int `json:"same"`
	Refused int `json:"refused"`
}

// Add counts one row.
func (t *Tally) Add(o Outcome) {
	t.Rows++
	switch o {
	case Created:
		t.Created++
	case Updated:
		t.Updated++
	case Same:
		t.Same++
	case Refused:
		t.Refused++
	}
}

// Plus adds two tallies, for instance of two files of one import.
func (t Tally) Plus(u Tally) Tally {
	return Tally{t.Rows + u.Rows, t.Created + u.Created, t.Updated + u.Updated, t.Same + u.Same, t.Refused + u.Refused}
}

// Check fails when the outcomes do not add up to the rows.
func (t Tally) Check() error {
	if sum := t.Created + t.Updated + t.Same + t.Refused; sum != t.Rows {
		return fmt.Errorf("import tally does not add up: %d rows, but %d created, %d updated, %d same and %d refused", t.Rows, t.Created, t.Updated, t.Same, t.Refused)
	}
	return nil
}

// Refusal says why a row was not taken, in words for the person who has to mend it.
type Refusal struct {
	File   string `json:"file"`
	Row    int    `json:"row"`
	Field  string `json:"field"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

const maxRefusedValue = 200

// NewRefusal cuts a huge value, which would make a list of refusals unreadable.
func NewRefusal(file string, row int, field, value, reason string) Refusal {
	return Refusal{File: file, Row: row, Field: field, Value: shorten(value), Reason: reason}
}

func shorten(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= maxRefusedValue {
		return s
	}
	if r := []rune(s); len(r) > maxRefusedValue {
		return string(r[:maxRefusedValue]) + "…"
	}
	return s
}

// Refusal turns a reading error into the refusal of its row.
func (e *RowError) Refusal() Refusal {
	return NewRefusal(e.Err.File, e.Err.Row, e.Err.Column, strings.Join(e.Cells, ", "), e.Err.Reason())
}

func (r Refusal) String() string {
	return (&Error{File: r.File, Row: r.Row, Column: r.Field, msg: r.Reason}).Error()
}

// Refusals are the records of one row that a mapping could not fill.
type Refusals []Refusal

func (r Refusals) Error() string {
	lines := make([]string, len(r))
	for i, one := range r {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// RefusedRow is a row as it stood in the file, and why it was refused.
type RefusedRow struct {
	Cells []string
	Why   string
}

const whyColumn = "why"

// RefusedFile writes refused rows as a CSV that can be mended and sent again. The reasons stand in a last column "why"; when
// the file was itself such a mended file, its old reasons are replaced. Rows are as wide as the widest, so that a
// ragged row does not push its reason into another column.
func RefusedFile(w io.Writer, header []string, rows ...RefusedRow) error {
	old := -1
	if n := len(header); n > 0 && strings.EqualFold(header[n-1], whyColumn) {
		old = n - 1
	}
	without := func(cells []string) []string {
		if old < 0 || old >= len(cells) {
			return cells
		}
		return append(append([]string{}, cells[:old]...), cells[old+1:]...)
	}
	width := len(without(header))
	for _, r := range rows {
		width = max(width, len(without(r.Cells)))
	}
	line := func(cells []string, why string) []string {
		out := make([]string, width+1)
		copy(out, without(cells))
		out[width] = why
		return out
	}
	return WriteCSV(w, line(header, whyColumn), func(yield func([]string) bool) {
		for _, r := range rows {
			if !yield(line(r.Cells, r.Why)) {
				return
			}
		}
	})
}
