package plans

import (
	"cmp"
	"context"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

// AddEvidence keeps what shows that an action was done: words, and a link where there is one.
func (s *Service) AddEvidence(ctx context.Context, p access.Pass, id ActionID, words, link string) error {
	if _, err := p.CheckNamed(Update); err != nil {
		return err
	}
	words, link = strings.TrimSpace(words), strings.TrimSpace(link)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, err := openAction(tx, id)
		if err != nil {
			return err
		}
		if ok, err := mayUpdate(tx, a); err != nil || !ok {
			return cmp.Or(err, access.Denied())
		}
		var f fault.Fields
		if words == "" {
			f.Add("evidence", "Write what it is: for example “attendance list of the three evenings”.")
		}
		if link != "" && !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") && (!strings.HasPrefix(link, "/") || strings.HasPrefix(link, "//")) {
			f.Add("link", "Begin the address with https://, or leave it empty.")
		}
		tooLong(&f, "evidence", words, longest)
		tooLong(&f, "link", link, longest)
		if err := f.Err(); err != nil {
			return err
		}
		if err := insertEvidence(tx, Evidence{ID: ids.New[Evidence](), ActionID: id, Words: words, Link: link}); err != nil {
			return err
		}
		return insertEntry(tx, Entry{ActionID: id, Kind: "evidence", Words: words})
	})
}

// DropEvidence takes a piece of evidence off an action.
func (s *Service) DropEvidence(ctx context.Context, p access.Pass, id ActionID, evidence ids.ID[Evidence]) error {
	if _, err := p.CheckNamed(Update); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, err := openAction(tx, id)
		if err != nil {
			return err
		}
		if ok, err := mayUpdate(tx, a); err != nil || !ok {
			return cmp.Or(err, access.Denied())
		}
		n, err := dropEvidence(tx, id, evidence)
		if err == nil && n == 0 {
			err = fault.Gone("evidence")
		}
		if err != nil {
			return err
		}
		return insertEntry(tx, Entry{ActionID: id, Kind: "evidence", Words: "A piece of evidence was taken off."})
	})
}
