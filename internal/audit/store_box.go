package audit

import (
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// The ballot box. Nothing here says who said what, or when.

func talliesOf(tx *db.Tx, audit AuditID) ([]Tally, error) {
	return db.All[Tally](tx, `select t.criterion, t.level, t.box, t.shown from audit_tally t where t.org_id = $1 and t.audit_id = $2 order by t.criterion, t.level`, audit)
}

// lockBox makes handing in wait its turn: every hand-in changes this row first, so that two never wait for each other.
func lockBox(tx *db.Tx, audit AuditID, more int) error {
	_, err := tx.Exec(`update audit_audit set parents_in = parents_in + $3 where org_id = $1 and id = $2`, audit, more)
	return err
}

func countTallies(tx *db.Tx, audit AuditID) (int, error) {
	return db.One[int](tx, `select count(*) from audit_tally t where t.org_id = $1 and t.audit_id = $2`, audit)
}

func insertTallies(tx *db.Tx, audit AuditID, criterion string) error {
	_, err := tx.Exec(`insert into audit_tally (org_id, audit_id, criterion, level) values ($1, $2, $3, 1), ($1, $2, $3, 2), ($1, $2, $3, 3), ($1, $2, $3, 4), ($1, $2, $3, 5)
		on conflict (org_id, audit_id, criterion, level) do nothing`, audit, criterion)
	return err
}

// dropIn adds the answers of one hand-in, in one stroke over all counts of the audit.
func dropIn(tx *db.Tx, audit AuditID, ticks string) error {
	_, err := tx.Exec(`update audit_tally
		set box = box + case when replace(cast($3 as text), concat('|', criterion, ' ', cast(level as text), '|'), '') = cast($3 as text) then 0 else 1 end
		where org_id = $1 and audit_id = $2`, audit, ticks)
	return err
}

func dropOne(tx *db.Tx, audit AuditID, criterion string, level int) error {
	_, err := tx.Exec(`insert into audit_tally (org_id, audit_id, criterion, level, box) values ($1, $2, $3, $4, 1)
		on conflict (org_id, audit_id, criterion, level) do update set box = audit_tally.box + 1`, audit, criterion, level)
	return err
}

func publishTallies(tx *db.Tx, audit AuditID, criterion string) error {
	_, err := tx.Exec(`update audit_tally set shown = box where org_id = $1 and audit_id = $2 and criterion = $3`, audit, criterion)
	return err
}

func wordsOf(tx *db.Tx, audit AuditID) (box, shown string, err error) {
	type row struct{ Box, Shown string }
	r, _, err := db.Maybe[row](tx, `select w.box, w.shown from audit_words w where w.org_id = $1 and w.audit_id = $2`, audit)
	return r.Box, r.Shown, err
}

func putWords(tx *db.Tx, audit AuditID, box string) error {
	_, err := tx.Exec(`insert into audit_words (org_id, audit_id, box) values ($1, $2, $3) on conflict (org_id, audit_id) do update set box = excluded.box`, audit, box)
	return err
}

func publishWords(tx *db.Tx, audit AuditID) error {
	if _, err := tx.Exec(`update audit_words set shown = box where org_id = $1 and audit_id = $2`, audit); err != nil {
		return err
	}
	_, err := tx.Exec(`update audit_audit set parents_shown = parents_in where org_id = $1 and id = $2`, audit)
	return err
}

// takeTurn keeps that an adult has handed in; it answers false when they had.
func takeTurn(tx *db.Tx, audit AuditID, adult roll.AdultID) (bool, error) {
	n, err := tx.Exec(`insert into audit_turn (org_id, id, audit_id, adult_id) values ($1, $2, $3, $4) on conflict (org_id, audit_id, adult_id) do nothing`, drawn(), audit, adult)
	return n == 1, err
}

func hadTurn(tx *db.Tx, audit AuditID, adult roll.AdultID) (bool, error) {
	_, found, err := db.Maybe[int](tx, `select 1 from audit_turn t where t.org_id = $1 and t.audit_id = $2 and t.adult_id = $3`, audit, adult)
	return found, err
}

func begunBy(tx *db.Tx, audit AuditID, seal string) ([]byte, bool, error) {
	return db.Maybe[[]byte](tx, `select b.body from audit_begun b where b.org_id = $1 and b.audit_id = $2 and b.seal = $3`, audit, seal)
}

func putBegun(tx *db.Tx, audit AuditID, seal string, body []byte) error {
	_, err := tx.Exec(`insert into audit_begun (org_id, audit_id, seal, body) values ($1, $2, $3, $4) on conflict (org_id, audit_id, seal) do update set body = excluded.body`, audit, seal, body)
	return err
}

func dropBegun(tx *db.Tx, audit AuditID, seal string) error {
	_, err := tx.Exec(`delete from audit_begun where org_id = $1 and audit_id = $2 and seal = $3`, audit, seal)
	return err
}

// dropAllBegun forgets what was begun and never handed in.
func dropAllBegun(tx *db.Tx, audit AuditID) error {
	_, err := tx.Exec(`delete from audit_begun where org_id = $1 and audit_id = $2`, audit)
	return err
}
