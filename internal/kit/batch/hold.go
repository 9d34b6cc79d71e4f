package batch

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

// Hold keeps a file whose columns a person has to match before it can be read. It becomes a batch without a report, which goes the way of a
// preview that nobody confirmed: the file is forgotten with it, or after a day.
func (s *Service) Hold(p access.Pass, kind string, in Input, body []byte, ctx Context) (ID, error) {
	k, err := s.Kind(kind)
	if err != nil {
		return 0, err
	}
	if err := p.CheckAll(k.Need); err != nil {
		return 0, err
	}
	id := ids.New[Batch]()
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := tx.Exec(`insert into batch_batch (org_id, id, kind, file_name, file_hash, state, by_name, made_ms) values ($1, $2, $3, $4, $5, 'previewed', $6, $7)`,
			id, kind, in.Name, hash(in), p.Who().Name, tx.Now()); err != nil {
			return err
		}
		_, err := tx.Exec(`insert into batch_file (org_id, batch_id, body) values ($1, $2, $3)`, id, body)
		return err
	})
	return id, err
}

// Held tells whether the batch is a file that nobody has matched the columns of yet.
func (r Record) Held() bool { return r.State == "previewed" && r.ReportText == "{}" }

// File reads back the file of a batch that is not confirmed yet.
func (s *Service) File(p access.Pass, id ID, ctx Context) (r Record, body []byte, err error) {
	if r, err = s.Find(p, id, ctx); err != nil {
		return r, nil, err
	}
	if r.State != "previewed" {
		return r, nil, fault.New(fault.Conflict, "This import was confirmed or dropped already, so its file is no longer kept.")
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		var found bool
		body, found, err = db.Maybe[[]byte](tx, `select body from batch_file where org_id = $1 and batch_id = $2`, id)
		if err == nil && !found {
			err = fault.New(fault.Conflict, "The file of this import is no longer kept (that is for a day). Choose the file once more.")
		}
		return err
	})
	return r, body, err
}
