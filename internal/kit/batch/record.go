package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

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

// Find reads one batch.
func (s *Service) Find(p access.Pass, id ID, ctx Context) (r Record, err error) {
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if r, err = s.one(tx, id); err != nil {
			return err
		}
		k, err := s.Kind(r.Kind)
		if err != nil {
			return err
		}
		return p.CheckAll(k.Need)
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

// RefusedFile gives the refused rows of a batch as a CSV to mend: the columns as they came, and a last one that says why.
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
	var header []string
	var out []sheet.RefusedRow
	for _, x := range rows {
		var h, cells []string
		_ = json.Unmarshal([]byte(x.Header), &h)
		_ = json.Unmarshal([]byte(x.Cells), &cells)
		if header == nil {
			header = h
		}
		out = append(out, sheet.RefusedRow{Cells: cells, Why: fmt.Sprintf("%s, row %d: %s", x.File, x.RowNo, x.Reason)})
	}
	var b bytes.Buffer
	err = sheet.RefusedFile(&b, header, out...)
	return "refused-" + r.Kind + ".csv", b.Bytes(), err
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
