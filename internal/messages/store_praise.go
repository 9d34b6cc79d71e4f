package messages

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

const praiseColumns = `id, kind, pupil_id, template_id, subject, body, what, version, by_name, made_ms, signed_name, signed_ms, printed_ms, dropped_ms`

func openPraise(tx *db.Tx) ([]Praise, error) {
	return db.All[Praise](tx, `select `+praiseColumns+` from messages_praise where org_id = $1 and printed_ms is null and dropped_ms is null order by made_ms, id`)
}

func printedPraise(tx *db.Tx, at int64) ([]Praise, error) {
	return db.All[Praise](tx, `select `+praiseColumns+` from messages_praise where org_id = $1 and printed_ms = $2 and dropped_ms is null order by made_ms, id`, at)
}

func praiseByID(tx *db.Tx, id PraiseID) (Praise, error) {
	x, found, err := db.Maybe[Praise](tx, `select `+praiseColumns+` from messages_praise where org_id = $1 and id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("praise")
	}
	return x, err
}

func insertPraise(tx *db.Tx, x Praise) error {
	_, err := tx.Exec(`insert into messages_praise (org_id, id, kind, pupil_id, template_id, subject, body, what, made_by, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, cast($9 as bigint), $10, $11)`,
		x.ID, x.Kind, x.PupilID, x.TemplateID, x.Subject, x.Body, x.What, staffOf(tx), tx.Pass().Who().Name, tx.Now())
	return err
}

// staffOf is the member of staff of the pass; nil for the system.
func staffOf(tx *db.Tx) *int64 {
	if n := tx.Pass().Who().Staff; n != 0 {
		return &n
	}
	return nil
}

func changePraise(tx *db.Tx, x Praise, seen int) (bool, error) {
	n, err := tx.Exec(`update messages_praise set subject = $3, body = $4, what = $5, template_id = $6, version = version + 1, signed_by = null, signed_name = '', signed_ms = null
		where org_id = $1 and id = $2 and version = $7 and printed_ms is null and dropped_ms is null`, x.ID, x.Subject, x.Body, x.What, x.TemplateID, seen)
	return n == 1, err
}

func signPraise(tx *db.Tx, id PraiseID, seen int) (bool, error) {
	n, err := tx.Exec(`update messages_praise set signed_by = cast($3 as bigint), signed_name = $4, signed_ms = $5
		where org_id = $1 and id = $2 and version = $6 and printed_ms is null and dropped_ms is null`, id, staffOf(tx), tx.Pass().Who().Name, tx.Now(), seen)
	return n == 1, err
}

func dropPraise(tx *db.Tx, id PraiseID) error {
	_, err := tx.Exec(`update messages_praise set dropped_ms = $3 where org_id = $1 and id = $2 and printed_ms is null`, id, tx.Now())
	return err
}

func markPrinted(tx *db.Tx, id PraiseID, at int64) error {
	_, err := tx.Exec(`update messages_praise set printed_ms = $3 where org_id = $1 and id = $2`, id, at)
	return err
}

// classesNow are the classes that have pupils today.
func classesNow(tx *db.Tx) ([]roll.Listed, error) {
	type row struct {
		ID    roll.ClassID
		Title string
	}
	list, err := db.All[row](tx, `select distinct c.id, c.title from roll_class c join roll_member m on m.org_id = c.org_id and m.class_id = c.id
		where c.org_id = $1 and m.pupil_id is not null and m.starts <= $2 and m.ends >= $2 and c.ends >= $2 order by c.title, c.id`, tx.Today())
	var out []roll.Listed
	for _, r := range list {
		out = append(out, roll.Listed{Key: r.ID.String(), Words: r.Title})
	}
	return out, err
}

func pupilsOfClass(tx *db.Tx, id roll.ClassID) (map[roll.PupilID]bool, error) {
	list, err := db.All[roll.PupilID](tx, `select m.pupil_id from roll_member m where m.org_id = $1 and m.class_id = $2 and m.pupil_id is not null and m.starts <= $3 and m.ends >= $3`, id, tx.Today())
	out := map[roll.PupilID]bool{}
	for _, p := range list {
		out[p] = true
	}
	return out, err
}

// noteGood notes that good news went to an adult on paper.
func noteGood(tx *db.Tx, adult roll.AdultID, pupil roll.PupilID, way, words, lang string) error {
	id := ids.New[Contact]()
	if _, err := tx.Exec(`insert into messages_contact (org_id, id, adult_id, way, direction, tone, words, lang, happened_on, at_ms, staff_id, by_name, made_ms)
		values ($1, $2, $3, $4, 'out', 'good', $5, $6, $7, $8, cast($9 as bigint), $10, $8)`, id, adult, way, words, lang, tx.Today(), tx.Now(), staffOf(tx), tx.Pass().Who().Name); err != nil {
		return err
	}
	_, err := tx.Exec(`insert into messages_about (org_id, contact_id, pupil_id) values ($1, $2, $3)`, id, pupil)
	return err
}

type sentPraise struct{ HappenedOn, Way string }

// praiseSent is what was noted as good news on paper.
func praiseSent(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) ([]sentPraise, error) {
	return db.All[sentPraise](tx, `select c.happened_on, c.way from messages_contact c join messages_about a on a.org_id = c.org_id and a.contact_id = c.id
		where c.org_id = $1 and a.pupil_id = $2 and c.adult_id = $3 and c.direction = 'out' and c.tone = 'good' and c.way in ('card', 'letter') and c.struck_ms is null order by c.happened_on`, pupil, adult)
}
