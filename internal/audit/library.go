package audit

import (
	"context"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// This file is for rooms above that work with the same frameworks and the same evidence: one library, not two. They open the transaction and decide who may.

// InAjar lists what is in Ajar already and can serve as evidence, as far as the person of the pass may see it.
func (s *Service) InAjar(ctx context.Context, p access.Pass) ([]Source, error) {
	if _, err := p.Check(Library); err != nil {
		return nil, err
	}
	return s.sources(ctx, p)
}

// Keep keeps a piece of evidence in the library, unless it is there already. here are the pages of Ajar that whoever brings it may point to, from InAjar.
func Keep(tx *db.Tx, in Shown, here []Source) (EvidenceID, error) { return keep(tx, in, here) }

// Pieces lists every piece of the library, the newest first.
func Pieces(tx *db.Tx) ([]Evidence, error) { return evidences(tx) }

// FileOf is a file of the library.
func FileOf(tx *db.Tx, id EvidenceID) (e Evidence, body []byte, err error) {
	e, found, err := evidenceByID(tx, id)
	if err == nil && found {
		body, found, err = evidenceBody(tx, id)
	}
	if err == nil && !found {
		err = fault.Gone("file")
	}
	return e, body, err
}

// Hold finds a version of a framework, the newest without one, and keeps its text with the organisation for ever.
func Hold(tx *db.Tx, code, version string) (f Framework, err error) {
	if version == "" {
		if version, err = newest(tx, code); err != nil {
			return f, err
		}
	}
	f, body, err := framework(tx, code, version)
	if err != nil {
		return f, err
	}
	return f, putFramework(tx, f, body)
}

// FrameworkIn opens a version of a framework.
func FrameworkIn(tx *db.Tx, code, version string) (Framework, error) {
	f, _, err := framework(tx, code, version)
	return f, err
}

// Frames lists the frameworks of awards, the newest version of each code first.
func Frames(tx *db.Tx) (out []Framework, err error) {
	list, err := frameworks(tx)
	for _, f := range list {
		if f.Kind == KindAward {
			out = append(out, f)
		}
	}
	return out, err
}

// AuditsIn lists the audits, the newest first.
func AuditsIn(tx *db.Tx) ([]Audit, error) { return audits(tx) }

// Uses counts how often pieces of evidence are used in rooms above.
type Uses func(tx *db.Tx) (map[EvidenceID]int, error)
