package roll

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

// HoldFile keeps a file whose columns a person has to match first. It becomes a batch without a report, which goes the way of a preview that
// nobody confirmed: the file is forgotten with it, or after a day.
func (s *Service) HoldFile(ctx context.Context, p access.Pass, kind, name string, body []byte) (batch.ID, error) {
	k, err := s.Imports.Kind(kind)
	if err != nil {
		return 0, err
	}
	if err := p.CheckAll(k.Need); err != nil {
		return 0, err
	}
	id := ids.New[batch.Batch]()
	sum := sha256.Sum256(body)
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error { return holdFile(tx, id, kind, name, hex.EncodeToString(sum[:]), body) })
	return id, err
}

// HeldFile reads back the file of a batch that is not confirmed yet.
func (s *Service) HeldFile(ctx context.Context, p access.Pass, id batch.ID) (b batch.Record, body []byte, err error) {
	if b, err = s.Imports.Find(p, id, ctx); err != nil {
		return b, nil, err
	}
	if b.State != "previewed" {
		return b, nil, fault.New(fault.Conflict, "This import was confirmed or dropped already, so its file is no longer kept.")
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		var found bool
		body, found, err = db.Maybe[[]byte](tx, `select body from batch_file where org_id = $1 and batch_id = $2`, id)
		if err == nil && !found {
			err = fault.New(fault.Conflict, "The file of this import is no longer kept (that is for a day). Choose the file once more.")
		}
		return err
	})
	return b, body, err
}
