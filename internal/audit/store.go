package audit

import (
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// Frameworks.

type frameworkRow struct {
	Code, Version, Body string
	MadeMs              int64
}

func frameworkRows(tx *db.Tx) ([]frameworkRow, error) {
	return db.All[frameworkRow](tx, `select f.code, f.version, f.body, f.made_ms from audit_framework f where f.org_id = $1 order by f.code, f.made_ms, f.version`)
}

func frameworkBody(tx *db.Tx, code, version string) (string, bool, error) {
	return db.Maybe[string](tx, `select f.body from audit_framework f where f.org_id = $1 and f.code = $2 and f.version = $3`, code, version)
}

func putFramework(tx *db.Tx, f Framework, body string) error {
	_, err := tx.Exec(`insert into audit_framework (org_id, code, version, kind, title, body, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (org_id, code, version) do nothing`, f.Code, f.Version, f.Kind, f.Title, body, tx.Pass().Who().Name, tx.Now())
	return err
}

// Audits.

const auditColumns = `a.id, a.title, a.scope, a.framework, a.version, a.asked, a.opens, a.closes, a.carried_from, a.parents_in, a.parents_shown, a.by_name, a.made_ms, a.closed_ms, a.closed_by`

func audits(tx *db.Tx) ([]Audit, error) {
	return db.All[Audit](tx, `select `+auditColumns+` from audit_audit a where a.org_id = $1 order by a.made_ms desc, a.id desc`)
}

func auditByID(tx *db.Tx, id AuditID) (Audit, bool, error) {
	return db.Maybe[Audit](tx, `select `+auditColumns+` from audit_audit a where a.org_id = $1 and a.id = $2`, id)
}

// auditBefore is the latest one over the same, under any version of the same framework.
func auditBefore(tx *db.Tx, a Audit) (Audit, bool, error) {
	return db.Maybe[Audit](tx, `select `+auditColumns+` from audit_audit a where a.org_id = $1 and a.framework = $2 and a.scope = $3 and (a.made_ms < $4 or a.made_ms = $4 and a.id < $5)
		order by a.made_ms desc, a.id desc limit 1`, a.Framework, a.Scope, a.MadeMs, a.ID)
}

func insertAudit(tx *db.Tx, a Audit) error {
	_, err := tx.Exec(`insert into audit_audit (org_id, id, title, scope, framework, version, asked, opens, closes, carried_from, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, a.ID, a.Title, a.Scope, a.Framework, a.Version, a.Asked, a.Opens, a.Closes, a.CarriedFrom, tx.Pass().Who().Name, tx.Now())
	return err
}

func setCloses(tx *db.Tx, id AuditID, day string) (int64, error) {
	return tx.Exec(`update audit_audit set closes = $3 where org_id = $1 and id = $2 and closed_ms is null`, id, day)
}

func setClosed(tx *db.Tx, id AuditID) (int64, error) {
	return tx.Exec(`update audit_audit set closed_ms = $3, closed_by = $4 where org_id = $1 and id = $2 and closed_ms is null`, id, tx.Now(), tx.Pass().Who().Name)
}

func carriedOf(tx *db.Tx, id AuditID) ([]Carried, error) {
	return db.All[Carried](tx, `select c.criterion, c.was, c.level, c.reason, c.reworded, c.read_ms, c.read_by from audit_carried c where c.org_id = $1 and c.audit_id = $2`, id)
}

func insertCarried(tx *db.Tx, id AuditID, c Carried) error {
	_, err := tx.Exec(`insert into audit_carried (org_id, audit_id, criterion, was, level, reason, reworded) values ($1, $2, $3, $4, $5, $6, $7)`, id, c.Criterion, c.Was, c.Level, c.Reason, c.Reworded)
	return err
}

func setCarriedRead(tx *db.Tx, id AuditID, criterion string) error {
	_, err := tx.Exec(`update audit_carried set read_ms = $4, read_by = $5 where org_id = $1 and audit_id = $2 and criterion = $3 and read_ms is null`, id, criterion, tx.Now(), tx.Pass().Who().Name)
	return err
}

// Those who rate under their names.

const raterColumns = `r.id, r.audit_id, r.grp, r.staff_id, r.name, r.handed_ms,
	(select count(*) from audit_rating x where x.org_id = r.org_id and x.rater_id = r.id and x.level is not null) as answered`

func ratersOf(tx *db.Tx, audit AuditID) ([]Rater, error) {
	return db.All[Rater](tx, `select `+raterColumns+` from audit_rater r where r.org_id = $1 and r.audit_id = $2 order by r.grp, r.name, r.id`, audit)
}

func raterOfStaff(tx *db.Tx, audit AuditID, staff roll.StaffID) (Rater, bool, error) {
	return db.Maybe[Rater](tx, `select `+raterColumns+` from audit_rater r where r.org_id = $1 and r.audit_id = $2 and r.staff_id = $3`, audit, staff)
}

func raterNamed(tx *db.Tx, audit AuditID, g Group, name string) (Rater, bool, error) {
	return db.Maybe[Rater](tx, `select `+raterColumns+` from audit_rater r where r.org_id = $1 and r.audit_id = $2 and r.grp = $3 and r.name = $4 and r.staff_id is null`, audit, string(g), name)
}

func insertRater(tx *db.Tx, r Rater) error {
	_, err := tx.Exec(`insert into audit_rater (org_id, id, audit_id, grp, staff_id, name) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`, r.ID, r.AuditID, string(r.Group), r.StaffID, r.Name)
	return err
}

func setRaterGroup(tx *db.Tx, id RaterID, g Group) error {
	_, err := tx.Exec(`update audit_rater set grp = $3 where org_id = $1 and id = $2`, id, string(g))
	return err
}

func setHanded(tx *db.Tx, id RaterID, at *int64) error {
	_, err := tx.Exec(`update audit_rater set handed_ms = $3 where org_id = $1 and id = $2`, id, at)
	return err
}

func ratingsOf(tx *db.Tx, audit AuditID) ([]Rating, error) {
	return db.All[Rating](tx, `select x.rater_id, x.criterion, x.level, x.commentary, x.at_ms from audit_rating x
		join audit_rater r on r.org_id = x.org_id and r.id = x.rater_id where x.org_id = $1 and r.audit_id = $2 order by x.rater_id, x.criterion`, audit)
}

func ratingsBy(tx *db.Tx, rater RaterID) ([]Rating, error) {
	return db.All[Rating](tx, `select x.rater_id, x.criterion, x.level, x.commentary, x.at_ms from audit_rating x where x.org_id = $1 and x.rater_id = $2 order by x.criterion`, rater)
}

func putRating(tx *db.Tx, r Rating) error {
	_, err := tx.Exec(`insert into audit_rating (org_id, rater_id, criterion, level, commentary, at_ms) values ($1, $2, $3, $4, $5, $6)
		on conflict (org_id, rater_id, criterion) do update set level = excluded.level, commentary = excluded.commentary, at_ms = excluded.at_ms`, r.RaterID, r.Criterion, r.Level, r.Commentary, tx.Now())
	return err
}

func agreedOf(tx *db.Tx, audit AuditID) ([]Agreed, error) {
	return db.All[Agreed](tx, `select g.criterion, g.version, g.level, g.reason, g.by_name, g.at_ms from audit_agreed g where g.org_id = $1 and g.audit_id = $2 order by g.criterion, g.version`, audit)
}

func putAgreed(tx *db.Tx, audit AuditID, g Agreed) error {
	_, err := tx.Exec(`insert into audit_agreed (org_id, audit_id, criterion, version, level, reason, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		audit, g.Criterion, g.Version, g.Level, g.Reason, tx.Pass().Who().Name, tx.Now())
	return err
}

// fileTaken tells whether a file of answers came in before, and keeps that it has.
func fileTaken(tx *db.Tx, audit AuditID, fingerprint string) (bool, error) {
	n, err := tx.Exec(`insert into audit_file (org_id, audit_id, fingerprint) values ($1, $2, $3) on conflict (org_id, audit_id, fingerprint) do nothing`, audit, fingerprint)
	return n == 0, err
}
