package audit

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// Decision is what a school's head decided about one audit and one grouping.
type Decision struct {
	ID       ids.ID[Decision]
	AuditID  AuditID
	Grouping roll.OrgID
	Gives    Gives
	ByName   string
	AtMs     int64
}

func decisionsOn(tx *db.Tx, audit AuditID) ([]Decision, error) {
	return db.All[Decision](tx, `select g.id, g.audit_id, g.grouping, g.gives, g.by_name, g.at_ms from audit_give g where g.org_id = $1 and g.audit_id = $2 order by g.at_ms desc, g.id desc`, audit)
}

// decisionsFor are those for one grouping, the oldest first.
func decisionsFor(tx *db.Tx, grouping roll.OrgID) ([]Decision, error) {
	return db.All[Decision](tx, `select g.id, g.audit_id, g.grouping, g.gives, g.by_name, g.at_ms from audit_give g where g.org_id = $1 and g.grouping = $2 order by g.at_ms, g.id`, grouping)
}

func insertDecision(tx *db.Tx, d Decision) error {
	_, err := tx.Exec(`insert into audit_give (org_id, id, audit_id, grouping, gives, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, $7)`,
		ids.New[Decision](), d.AuditID, d.Grouping, string(d.Gives), tx.Pass().Who().Name, tx.Now())
	return err
}

// Picture is one that a grouping has made.
type Picture struct {
	Framework string
	Version   string
	Number    int
	ByName    string
	AtMs      int64
}

func pictures(tx *db.Tx, framework string) ([]Picture, error) {
	return db.All[Picture](tx, `select p.framework, p.version, p.number, p.by_name, p.at_ms from audit_picture p where p.org_id = $1 and p.framework = $2 order by p.version, p.number`, framework)
}

type pieceRow struct {
	Version string
	Number  int
	Piece
}

func pieces(tx *db.Tx, framework string) ([]pieceRow, error) {
	return db.All[pieceRow](tx, `select x.version, x.number, x.criterion, x.school, x.audit_id, x.theirs, x.agreed, x.was_audit, x.was_theirs, x.was_agreed, x.named
		from audit_picture_piece x where x.org_id = $1 and x.framework = $2 order by x.version, x.number, x.criterion, x.school`, framework)
}

// insertPicture keeps a picture under the next number. It is false when another one was made in the same moment.
func insertPicture(tx *db.Tx, p Picture, list []Piece) (bool, error) {
	n, err := tx.Exec(`insert into audit_picture (org_id, framework, version, number, by_name, at_ms) values ($1, $2, $3, $4, $5, $6) on conflict (org_id, framework, version, number) do nothing`,
		p.Framework, p.Version, p.Number, tx.Pass().Who().Name, tx.Now())
	if err != nil || n == 0 {
		return false, err
	}
	for _, x := range list {
		if _, err := tx.Exec(`insert into audit_picture_piece (org_id, framework, version, number, criterion, school, audit_id, theirs, agreed, was_audit, was_theirs, was_agreed, named)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, p.Framework, p.Version, p.Number, x.Criterion, x.School, x.AuditID, x.Theirs, x.Agreed, x.WasAudit, x.WasTheirs, x.WasAgreed, x.Named); err != nil {
			return false, err
		}
	}
	return true, nil
}
