package audit

import "ajar/internal/kit/db"

const evidenceColumns = `e.id, e.kind, e.title, e.address, e.file_name, e.file_type, e.size, e.by_name, e.made_ms,
	(select count(*) from audit_use u where u.org_id = e.org_id and u.evidence_id = e.id) as uses`

func evidences(tx *db.Tx) ([]Evidence, error) {
	return db.All[Evidence](tx, `select `+evidenceColumns+` from audit_evidence e where e.org_id = $1 order by e.made_ms desc, e.id desc`)
}

func evidenceByID(tx *db.Tx, id EvidenceID) (Evidence, bool, error) {
	return db.Maybe[Evidence](tx, `select `+evidenceColumns+` from audit_evidence e where e.org_id = $1 and e.id = $2`, id)
}

func evidenceBody(tx *db.Tx, id EvidenceID) ([]byte, bool, error) {
	return db.Maybe[[]byte](tx, `select e.body from audit_evidence e where e.org_id = $1 and e.id = $2 and e.body is not null`, id)
}

func evidenceAt(tx *db.Tx, kind, address string) (EvidenceID, bool, error) {
	return db.Maybe[EvidenceID](tx, `select e.id from audit_evidence e where e.org_id = $1 and e.kind = $2 and e.address = $3 order by e.made_ms limit 1`, kind, address)
}

func insertEvidence(tx *db.Tx, e Evidence, body []byte) error {
	_, err := tx.Exec(`insert into audit_evidence (org_id, id, kind, title, address, file_name, file_type, size, body, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.ID, e.Kind, e.Title, e.Address, e.FileName, e.FileType, len(body), body, tx.Pass().Who().Name, tx.Now())
	return err
}

func usesOf(tx *db.Tx, audit AuditID) ([]Use, error) {
	return db.All[Use](tx, `select `+evidenceColumns+`, u.audit_id, u.criterion from audit_use u join audit_evidence e on e.org_id = u.org_id and e.id = u.evidence_id
		where u.org_id = $1 and u.audit_id = $2 order by u.criterion, e.made_ms, e.id`, audit)
}

func putUse(tx *db.Tx, audit AuditID, criterion string, id EvidenceID) error {
	_, err := tx.Exec(`insert into audit_use (org_id, audit_id, criterion, evidence_id, by_name, at_ms) values ($1, $2, $3, $4, $5, $6)
		on conflict (org_id, audit_id, criterion, evidence_id) do nothing`, audit, criterion, id, tx.Pass().Who().Name, tx.Now())
	return err
}

func dropUse(tx *db.Tx, audit AuditID, criterion string, id EvidenceID) error {
	_, err := tx.Exec(`delete from audit_use where org_id = $1 and audit_id = $2 and criterion = $3 and evidence_id = $4`, audit, criterion, id)
	return err
}
