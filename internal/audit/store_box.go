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

func publishWords(tx *db.Tx, audit AuditID, more int) error {
	if _, err := tx.Exec(`update audit_words set shown = box where org_id = $1 and audit_id = $2`, audit); err != nil {
		return err
	}
	return showMore(tx, audit, more)
}

// showMore adds to how many parents are shown. Never more than handed in: a process of before there were two boxes takes all of them for shown at once.
func showMore(tx *db.Tx, audit AuditID, more int) error {
	_, err := tx.Exec(`update audit_audit set parents_shown = case when parents_shown + $3 > parents_in then parents_in else parents_shown + $3 end where org_id = $1 and id = $2`, audit, more)
	return err
}

// The box of files.

func filedOf(tx *db.Tx, audit AuditID) ([]Tally, error) {
	return db.All[Tally](tx, `select t.criterion, t.level, t.box, t.shown from audit_filed t where t.org_id = $1 and t.audit_id = $2 order by t.criterion, t.level`, audit)
}

func dropFiled(tx *db.Tx, audit AuditID, criterion string, level int) error {
	_, err := tx.Exec(`insert into audit_filed (org_id, audit_id, criterion, level, box) values ($1, $2, $3, $4, 1)
		on conflict (org_id, audit_id, criterion, level) do update set box = audit_filed.box + 1`, audit, criterion, level)
	return err
}

func publishFiledTallies(tx *db.Tx, audit AuditID, criterion string) error {
	_, err := tx.Exec(`update audit_filed set shown = box where org_id = $1 and audit_id = $2 and criterion = $3`, audit, criterion)
	return err
}

// filedWords is what files brought in of parents' own words, and of how many parents they were.
type filedWords struct {
	Box, Shown              string
	ParentsIn, ParentsShown int
}

func filedWordsOf(tx *db.Tx, audit AuditID) (filedWords, error) {
	w, _, err := db.Maybe[filedWords](tx, `select w.box, w.shown, w.parents_in, w.parents_shown from audit_filed_words w where w.org_id = $1 and w.audit_id = $2`, audit)
	return w, err
}

func putFiledWords(tx *db.Tx, audit AuditID, w filedWords) error {
	_, err := tx.Exec(`insert into audit_filed_words (org_id, audit_id, box, parents_in) values ($1, $2, $3, $4)
		on conflict (org_id, audit_id) do update set box = excluded.box, parents_in = excluded.parents_in`, audit, w.Box, w.ParentsIn)
	return err
}

func publishFiledWords(tx *db.Tx, audit AuditID, more int) error {
	if _, err := tx.Exec(`update audit_filed_words set shown = box, parents_shown = parents_in where org_id = $1 and audit_id = $2`, audit); err != nil {
		return err
	}
	return showMore(tx, audit, more)
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
