package audit

import (
	"bytes"
	"context"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

// MostBytes is how large a file of evidence may be.
const MostBytes = 5 << 20

// fileTypes are the files that can be kept, by their ending. They are only ever handed out as a download, never shown.
var fileTypes = map[string]string{".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".txt": "text/plain; charset=utf-8", ".csv": "text/csv; charset=utf-8",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".odt": "application/vnd.oasis.opendocument.text"}

// fileKind tells what a file is by its bytes, which must be what its name says.
func fileKind(name string, body []byte) (string, bool) {
	ext := strings.ToLower(path.Ext(name))
	kind, known := fileTypes[ext]
	begins := func(s string) bool { return bytes.HasPrefix(body, []byte(s)) }
	switch ext {
	case ".pdf":
		known = begins("%PDF")
	case ".jpg", ".jpeg":
		known = begins("\xff\xd8\xff")
	case ".png":
		known = begins("\x89PNG\r\n\x1a\n")
	case ".txt", ".csv":
		known = utf8.Valid(body) && !bytes.ContainsRune(body, 0)
	case ".docx", ".xlsx", ".pptx", ".odt":
		known = begins("PK\x03\x04")
	}
	return kind, known
}

// Shown is evidence that somebody points to: one that is kept already, a link, a file, or a page of Ajar.
type Shown struct {
	Kept    EvidenceID
	Title   string
	Address string // of a link, or of one of the Sources
	File    string // its name
	Body    []byte
}

// sources lists what is in Ajar already: audits, and what the rooms beside this one offer to the person of the pass.
func (s *Service) sources(ctx context.Context, p access.Pass) (out []Source, err error) {
	var list []Audit
	if err := s.DB.View(ctx, p, func(tx *db.Tx) error { list, err = audits(tx); return err }); err != nil {
		return nil, err
	}
	for _, a := range list {
		out = append(out, Source{Title: "Audit: " + a.Title, Address: "/audit/" + a.ID.String()})
	}
	for _, f := range s.Sources {
		more, err := f(ctx, p)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// Show uses a piece of evidence for a criterion, and keeps it first when it is new. The same link or page is one piece, however often it is used.
func (s *Service) Show(ctx context.Context, p access.Pass, id AuditID, criterion string, in Shown) error {
	if _, err := p.Check(Rate); err != nil {
		return err
	}
	var here []Source
	if strings.HasPrefix(strings.TrimSpace(in.Address), "/") {
		var err error
		if here, err = s.sources(ctx, p); err != nil {
			return err
		}
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		_, f, err := one(tx, id)
		if err != nil {
			return err
		}
		c, found := f.Criterion(criterion)
		if !found {
			return fault.Gone("criterion")
		}
		kept, err := keep(tx, in, here)
		if err != nil {
			return err
		}
		return putUse(tx, id, c.Code, kept)
	})
}

func keep(tx *db.Tx, in Shown, here []Source) (EvidenceID, error) {
	in.Title, in.Address = strings.TrimSpace(in.Title), strings.TrimSpace(in.Address)
	if len([]rune(in.Title)) > 200 {
		return 0, fault.Field("title", "The title is longer than 200 characters.")
	}
	e := Evidence{ID: ids.New[Evidence](), Title: in.Title, Address: in.Address}
	switch {
	case in.Kept != 0:
		_, found, err := evidenceByID(tx, in.Kept)
		found = found && tx.Pass().Has(See) // else its title would stand on the page of whoever found its key
		if err == nil && !found {
			err = fault.Gone("piece of evidence")
		}
		return in.Kept, err
	case len(in.Body) > 0:
		e.Kind, e.FileName, e.Address = EvidenceFile, path.Base(strings.ReplaceAll(in.File, `\`, "/")), ""
		kind, ok := fileKind(e.FileName, in.Body)
		switch {
		case !ok:
			return 0, fault.Field("file", "A file of evidence is a PDF, a picture (JPEG or PNG), a text, or a document of Word, Excel, PowerPoint or LibreOffice.")
		case len(in.Body) > MostBytes:
			return 0, fault.Field("file", "The file is larger than 5 MB. Make it smaller, or link to where it is.")
		}
		e.FileType = kind
		if e.Title == "" {
			e.Title = e.FileName
		}
		return e.ID, insertEvidence(tx, e, in.Body)
	case in.Address == "":
		return 0, fault.Field("address", "Choose something that is here already, give the address of a page, or choose a file.")
	case strings.HasPrefix(in.Address, "/"):
		i := slices.IndexFunc(here, func(x Source) bool { return x.Address == in.Address })
		if i < 0 {
			return 0, fault.Field("address", "Choose one of the pages that are listed.")
		}
		e.Kind, e.Title = EvidenceAjar, here[i].Title
	default:
		u, err := url.Parse(in.Address)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(in.Address) > 1000 {
			return 0, fault.Field("address", "The address of a page begins with https:// and holds no password.")
		}
		if e.Kind = EvidenceLink; e.Title == "" {
			e.Title = u.Host + u.Path
		}
	}
	old, found, err := evidenceAt(tx, e.Kind, e.Address)
	if err != nil || found {
		return old, err
	}
	return e.ID, insertEvidence(tx, e, nil)
}

// TakeDown ends the use of a piece of evidence for a criterion. The piece is kept.
func (s *Service) TakeDown(ctx context.Context, p access.Pass, id AuditID, criterion string, e EvidenceID) error {
	if _, err := p.Check(Rate); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, f, err := one(tx, id)
		if err != nil {
			return err
		}
		c, found := f.Criterion(criterion)
		if !found {
			return fault.Gone("criterion")
		}
		if a.ClosedMs != nil { // the report stands on it by now
			return notOpen(a, tx.Today())
		}
		return dropUse(tx, id, c.Code, e)
	})
}

// Evidence lists all pieces, for those who work here. Whoever looks in from outside sees what they are shown: with a result, or in an award.
func (s *Service) Evidence(ctx context.Context, p access.Pass) (out []Evidence, err error) {
	if _, err := p.Check(Library); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if out, err = evidences(tx); err != nil {
			return err
		}
		for _, uses := range s.UsedIn {
			n, err := uses(tx)
			if err != nil {
				return err
			}
			for i := range out {
				out[i].Uses += n[out[i].ID]
			}
		}
		return nil
	})
	return out, err
}

// File hands out a file of evidence.
func (s *Service) File(ctx context.Context, p access.Pass, id EvidenceID) (e Evidence, body []byte, err error) {
	if _, err := p.Check(Library); err != nil {
		return e, nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		e, body, err = FileOf(tx, id)
		return err
	})
	return e, body, err
}
