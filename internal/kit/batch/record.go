package batch

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
)

// Context is the request's or the command's.
type Context = context.Context

// Record is a batch as it is kept.
type Record struct {
	ID                       ID
	Kind, FileName, FileHash string
	Mapping, Options, State  string
	ByName                   string
	MadeMs                   int64
	DoneMs, UndoneMs         *int64
	ReportText               string `db:"report"`
	UndoneText               string `db:"undone"`
}

// Report reads the numbers back.
func (r Record) Report() *Report {
	rep := &Report{By: map[string]*sheet.Tally{}}
	_ = json.Unmarshal([]byte(r.ReportText), rep)
	return rep
}

// Outcome reads what an undo did.
func (r Record) Outcome() Undone {
	var u Undone
	_ = json.Unmarshal([]byte(r.UndoneText), &u)
	return u
}

// Undoable tells whether a batch may still be undone at a time in milliseconds.
func (r Record) Undoable(now int64) bool {
	return r.State == "done" && r.DoneMs != nil && now-*r.DoneMs <= KeepDays*24*3600*1000
}

const columns = `id, kind, file_name, file_hash, mapping, options, state, by_name, made_ms, done_ms, undone_ms, report, undone`

func (s *Service) one(tx *db.Tx, id ID) (Record, error) {
	b, found, err := db.Maybe[Record](tx, `select `+columns+` from batch_batch where org_id = $1 and id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("import")
	}
	return b, err
}

// open reads a batch for a person who may work with its kind. One that is not theirs and one that is not there look the same.
func (s *Service) open(tx *db.Tx, p access.Pass, id ID) (Record, Kind, error) {
	b, err := s.one(tx, id)
	if err != nil {
		return Record{}, Kind{}, err
	}
	k, ok := s.kinds[b.Kind]
	if !ok || p.CheckAll(k.Need) != nil {
		return Record{}, Kind{}, fault.Gone("import")
	}
	return b, k, nil
}

// Find reads one batch.
func (s *Service) Find(p access.Pass, id ID, ctx Context) (r Record, err error) {
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		r, _, err = s.open(tx, p, id)
		return err
	})
	return r, err
}

// List reads the latest batches that the pass may see, newest first.
func (s *Service) List(p access.Pass, ctx Context) (out []Record, err error) {
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		all, err := db.All[Record](tx, `select `+columns+` from batch_batch where org_id = $1 order by made_ms desc, id desc limit 100`)
		for _, r := range all {
			if k, ok := s.kinds[r.Kind]; ok && p.CheckAll(k.Need) == nil {
				out = append(out, r)
			}
		}
		return err
	})
	return out, err
}

// RefusedFile gives the refused rows of a batch to mend and send again: the columns as they came, and a last one that says why. Rows of one
// file are a CSV. The rows of a bundle have different columns, so they come as a zip with one CSV for each file, under the name it had, which
// can be sent as it is.
func (s *Service) RefusedFile(p access.Pass, id ID, ctx Context) (name string, body []byte, err error) {
	type row struct {
		File, Reason, Header, Cells string
		RowNo                       int
	}
	var rows []row
	r, err := s.Find(p, id, ctx)
	if err != nil {
		return "", nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		rows, err = db.All[row](tx, `select file, row_no, reason, header, cells from batch_refused where org_id = $1 and batch_id = $2 order by seq`, id)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	var parts []*mending
	at := map[string]*mending{}
	for _, x := range rows {
		part := at[x.File+"\n"+x.Header]
		if part == nil {
			part = &mending{file: x.File, seen: map[int]int{}}
			_ = json.Unmarshal([]byte(x.Header), &part.header)
			at[x.File+"\n"+x.Header] = part
			parts = append(parts, part)
		}
		var cells []string
		_ = json.Unmarshal([]byte(x.Cells), &cells)
		part.add(x.RowNo, cells, x.Reason)
	}
	if bundle := s.kinds[r.Kind].Bundle; len(parts) == 0 || len(parts) == 1 && !bundle {
		one := &mending{}
		if len(parts) == 1 {
			one = parts[0]
		}
		var b bytes.Buffer
		err = sheet.RefusedFile(&b, one.header, one.rows...)
		return "refused-" + r.Kind + ".csv", b.Bytes(), err
	}
	body, err = zipped(parts)
	return "refused-" + r.Kind + ".zip", body, err
}

// mending is the refused rows that came with one header.
type mending struct {
	file   string
	header []string
	rows   []sheet.RefusedRow
	seen   map[int]int // row number → place in rows
}

// add puts a row in once, however many reasons there are.
func (m *mending) add(number int, cells []string, reason string) {
	if at, ok := m.seen[number]; ok && number > 0 {
		m.rows[at].Why += " " + reason
		return
	}
	m.seen[number] = len(m.rows)
	m.rows = append(m.rows, sheet.RefusedRow{Cells: cells, Why: fmt.Sprintf("%s, row %d: %s", m.file, number, reason)})
}

func zipped(parts []*mending) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	taken := map[string]int{}
	for _, m := range parts {
		name := strings.TrimSuffix(path.Base(strings.ReplaceAll(m.file, "\\", "/")), ".csv")
		if name == "." || name == "/" || name == "" {
			name = "rows"
		}
		if taken[name]++; taken[name] > 1 {
			name = fmt.Sprintf("%s-%d", name, taken[name])
		}
		w, err := z.Create(name + ".csv")
		if err != nil {
			return nil, err
		}
		if err := sheet.RefusedFile(w, m.header, m.rows...); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

// Remember keeps a mapping for the next file with the same header.
func (s *Service) Remember(p access.Pass, kind, fingerprint string, m *sheet.Mapping, ctx Context) error {
	k, err := s.Kind(kind)
	if err != nil {
		return err
	}
	if err := p.CheckAll(k.Need); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into batch_mapping (org_id, kind, fingerprint, body, used_ms) values ($1, $2, $3, $4, $5)
			on conflict (org_id, kind, fingerprint) do update set body = excluded.body, used_ms = excluded.used_ms`,
			kind, fingerprint, string(m.YAML()), tx.Now())
		return err
	})
}

// Recall finds the mapping that was used for this header, if any.
func (s *Service) Recall(p access.Pass, kind, fingerprint string, ctx Context) (m *sheet.Mapping, err error) {
	k, err := s.Kind(kind)
	if err != nil {
		return nil, err
	}
	if err := p.CheckAll(k.Need); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		body, found, err := db.Maybe[string](tx, `select body from batch_mapping where org_id = $1 and kind = $2 and fingerprint = $3`, kind, fingerprint)
		if err != nil || !found {
			return err
		}
		m, err = sheet.LoadMapping([]byte(body))
		return err
	})
	return m, err
}
