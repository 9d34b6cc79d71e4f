package roll

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
)

// When two records of one adult become one, every row that points to the record that goes is moved, and each step is written down: what a field
// held before and after, and whole rows that were taken away or added. The undo goes through the steps backwards. This file is that machinery;
// what a merge decides about people stands in duplicates.go.

// MergeID is the key of one merge.
type MergeID = ids.ID[Merging]

// MergeColumn is a column of some capability that points to an adult or to a tie.
type MergeColumn struct {
	Table, Column string
	// Unique are the other columns of a unique index in which the column stands, when there is one: of two rows that would then be alike the one
	// that stands first in the order of Prefer is kept.
	Unique []string
	Prefer string
	// One and Many say what a row is, for the figures on the page: "invitation", "invitations". Empty for what nobody counts.
	One, Many string
	// Self says that Move of the part takes care of it.
	Self bool
}

// MergePart is how a capability follows when two records of one adult become one. It lists every column that points to an adult (a structure test
// compares the list with the schema), and may say what stands in the way.
type MergePart struct {
	Name   string
	Adults []MergeColumn
	Ties   []MergeColumn
	// Stop gives reasons for which these two can't become one yet, in sentences that say what to do.
	Stop func(tx *db.Tx, stays, gone AdultID) ([]string, error)
	// Move does what the columns do not say, through the methods of Merging, so that it can be undone.
	Move func(m *Merging) error
}

// OnMerge adds the part of a capability, while the program is put together.
func (s *Service) OnMerge(p MergePart) { s.mergeParts = append(s.mergeParts, p) }

// MergeParts lists them, the roll's own first.
func (s *Service) MergeParts() []MergePart { return append([]MergePart{ownMergePart}, s.mergeParts...) }

var ownMergePart = MergePart{
	Name: "roll",
	Adults: []MergeColumn{
		{Table: "roll_channel", Column: "adult_id", One: "phone or e-mail", Many: "phones and e-mails", Self: true},
		{Table: "roll_tie", Column: "adult_id", One: "child", Many: "children", Self: true},
		{Table: "roll_hat", Column: "adult_id", One: "link to a colleague", Many: "links to colleagues"},
	},
	Ties: []MergeColumn{{Table: "roll_order", Column: "tie_id", One: "order", Many: "orders"}},
}

// Merging is a merge while it is done. Its methods change rows and write down how to change them back.
type Merging struct {
	Tx          *db.Tx
	ID          MergeID
	Stays, Gone AdultID
	seq         int
	tally       []Tally
	rows        map[string][]int64 // of each table, those that Move pointed elsewhere
}

// MovedRows are the keys of the rows of a table that came over from the record that goes.
func (m *Merging) MovedRows(table string) []int64 { return m.rows[table] }

// Tally is a number of things that move, in words.
type Tally struct {
	N         int    `json:"n"`
	One, Many string `json:"-"`
	Words     string `json:"words"`
}

func tallied(n int, one, many string) Tally {
	return Tally{N: n, One: one, Many: many, Words: counts(n, one, many)}
}

func (m *Merging) moved(n int, one, many string) {
	if n > 0 && one != "" {
		m.tally = append(m.tally, tallied(n, one, many))
	}
}

// Key names a row: its primary key without the organisation.
type Key []db.Column

// ByID is the key of a row whose primary key is its id.
func ByID[T any](id ids.ID[T]) Key { return Key{{Name: "id", Value: int64(id)}} }

// Set changes one field of a row.
func (m *Merging) Set(table string, at Key, field string, old, now any) error {
	n, err := setField(m.Tx, table, at, field, old, now)
	if err != nil {
		return err
	}
	if n != 1 {
		return fmt.Errorf("merging: %s of a row in %s was not what it was read as", field, table)
	}
	return m.note(mergeStep{InTable: table, What: "set", Field: field, AtKey: coded(at), Old: coded([]db.Column{{Name: field, Value: old}}), New: coded([]db.Column{{Name: field, Value: now}})})
}

// Remove takes a row away and keeps all of it.
func (m *Merging) Remove(table string, at Key) error {
	rows, err := wholeRows(m.Tx, table, at)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := removeRow(m.Tx, table, at); err != nil {
			return err
		}
		if err := m.note(mergeStep{InTable: table, What: "gone", AtKey: coded(at), Old: coded(row)}); err != nil {
			return err
		}
	}
	return nil
}

// Add puts a row in; the key is part of the row.
func (m *Merging) Add(table string, at Key, row []db.Column) error {
	if err := addRow(m.Tx, table, row); err != nil {
		return err
	}
	return m.note(mergeStep{InTable: table, What: "new", AtKey: coded(at), New: coded(row)})
}

// Move points the rows of a column from one adult or tie to another.
func (m *Merging) Move(c MergeColumn, from, to int64) error {
	if len(c.Unique) > 0 {
		if err := m.clear(c, from, to); err != nil {
			return err
		}
	}
	list, err := pointingRows(m.Tx, c, from)
	if err != nil {
		return err
	}
	for _, id := range list {
		if err := m.Set(c.Table, Key{{Name: "id", Value: id}}, c.Column, from, to); err != nil {
			return err
		}
	}
	if m.rows == nil {
		m.rows = map[string][]int64{}
	}
	m.rows[c.Table] = append(m.rows[c.Table], list...)
	m.moved(len(list), c.One, c.Many)
	return nil
}

// clear takes one of every two rows away that would be alike.
func (m *Merging) clear(c MergeColumn, from, to int64) error {
	pairs, err := clashingRows(m.Tx, c, from, to)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		keep, err := preferredRow(m.Tx, c, p.Theirs, p.Ours)
		if err != nil {
			return err
		}
		drop := p.Theirs
		if keep == p.Theirs {
			drop = p.Ours
		}
		if err := m.Remove(c.Table, Key{{Name: "id", Value: drop}}); err != nil {
			return err
		}
	}
	if len(pairs) > 0 && c.One != "" {
		m.tally = append(m.tally, Tally{N: len(pairs), Words: counts(len(pairs), c.One, c.Many) + " that both had, kept once"})
	}
	return nil
}

func (m *Merging) note(s mergeStep) error {
	m.seq++
	s.Seq = m.seq
	return insertMergeStep(m.Tx, m.ID, s)
}

// mergeStep is one line of the journal.
type mergeStep struct {
	Seq            int
	InTable, AtKey string
	What, Field    string
	Old, New       string
}

// cell is a column as the journal writes it. JSON alone would round large numbers and not tell bytes from text.
type cell struct {
	Name string  `json:"c"`
	Int  *int64  `json:"i,omitempty"`
	Text *string `json:"s,omitempty"`
	Real *string `json:"r,omitempty"`
	Raw  *string `json:"b,omitempty"`
}

func coded(list []db.Column) string {
	out := make([]cell, len(list))
	for i, c := range list {
		out[i].Name = c.Name
		switch v := c.Value.(type) {
		case nil:
		case int64:
			out[i].Int = &v
		case int:
			n := int64(v)
			out[i].Int = &n
		case bool:
			var n int64
			if v {
				n = 1
			}
			out[i].Int = &n
		case string:
			out[i].Text = &v
		case float64:
			t := strconv.FormatFloat(v, 'g', -1, 64)
			out[i].Real = &t
		case []byte:
			t := base64.StdEncoding.EncodeToString(v)
			out[i].Raw = &t
		default:
			panic(fmt.Sprintf("roll: the journal can't hold a %T", v))
		}
	}
	b, _ := json.Marshal(out)
	return string(b)
}

func decoded(text string) ([]db.Column, error) {
	var list []cell
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("reading the journal of a merge: %w", err)
	}
	out := make([]db.Column, len(list))
	for i, c := range list {
		out[i].Name = c.Name
		switch {
		case c.Int != nil:
			out[i].Value = *c.Int
		case c.Text != nil:
			out[i].Value = *c.Text
		case c.Real != nil:
			f, err := strconv.ParseFloat(*c.Real, 64)
			if err != nil || math.IsNaN(f) {
				return nil, fmt.Errorf("reading the journal of a merge: %q is not a number", *c.Real)
			}
			out[i].Value = f
		case c.Raw != nil:
			b, err := base64.StdEncoding.DecodeString(*c.Raw)
			if err != nil {
				return nil, fmt.Errorf("reading the journal of a merge: %w", err)
			}
			out[i].Value = b
		}
	}
	return out, nil
}

// back undoes one step. It answers what was left, when somebody changed it since.
func (s mergeStep) back(tx *db.Tx) (left string, err error) {
	at, err := decoded(s.AtKey)
	if err != nil {
		return "", err
	}
	switch s.What {
	case "set":
		old, err := decoded(s.Old)
		if err != nil {
			return "", err
		}
		now, err := decoded(s.New)
		if err != nil {
			return "", err
		}
		n, err := setField(tx, s.InTable, at, s.Field, now[0].Value, old[0].Value)
		if err == nil && n == 0 && !slices.Contains(derived, s.Field) {
			left = FieldWords(s.Field)
		}
		return left, err
	case "gone":
		row, err := decoded(s.Old)
		if err != nil {
			return "", err
		}
		return "", addRow(tx, s.InTable, row)
	}
	return "", removeRow(tx, s.InTable, at)
}

// derived are columns that follow from others.
var derived = []string{"search", "sort_key"}

func value(row []db.Column, name string) any {
	for _, c := range row {
		if c.Name == name {
			return c.Value
		}
	}
	return nil
}

func text(row []db.Column, name string) string {
	s, _ := value(row, name).(string)
	return s
}
