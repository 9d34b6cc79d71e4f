package practice

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// The ballot box. Nothing here says who said what, or when.

const tallySelect = `select t.activity_id, t.way, t.rung, t.box, t.shown from practice_tally t where t.org_id = $1`

func tallies(tx *db.Tx) ([]Tally, error) {
	return db.All[Tally](tx, tallySelect+` order by t.activity_id, t.way, t.rung`)
}

func talliesOf(tx *db.Tx, id ids.ID[Activity]) ([]Tally, error) {
	return db.All[Tally](tx, tallySelect+` and t.activity_id = $2 order by t.way, t.rung`, id)
}

// lockActivity makes answering wait its turn, so that two who come at once are counted one after the other.
func lockActivity(tx *db.Tx, id ids.ID[Activity]) error {
	_, err := tx.Exec(`update practice_activity set made_ms = made_ms where org_id = $1 and id = $2`, id)
	return err
}

func addTally(tx *db.Tx, id ids.ID[Activity], way string, r Rung) error {
	_, err := tx.Exec(`insert into practice_tally (org_id, activity_id, way, rung, box) values ($1, $2, $3, $4, 1)
		on conflict (org_id, activity_id, way, rung) do update set box = practice_tally.box + 1`, id, way, int(r))
	return err
}

func publishTallies(tx *db.Tx, id ids.ID[Activity], way string, top Rung) error {
	_, err := tx.Exec(`update practice_tally set shown = box where org_id = $1 and activity_id = $2 and way = $3 and rung <= $4`, id, way, int(top))
	return err
}

func hideTallies(tx *db.Tx, id ids.ID[Activity], way string) error {
	_, err := tx.Exec(`update practice_tally set shown = 0 where org_id = $1 and activity_id = $2 and way = $3`, id, way)
	return err
}

// lessTally takes one answer from paper out of the box: one that is not shown, and else one that is.
func lessTally(tx *db.Tx, id ids.ID[Activity], r Rung) (int64, error) {
	return tx.Exec(`update practice_tally set box = box - 1, shown = case when shown = box then shown - 1 else shown end where org_id = $1 and activity_id = $2 and way = 'paper' and rung = $3 and box > 0`, id, int(r))
}

// takeTurn keeps that an adult has had their turn; it answers false when they had it before.
func takeTurn(tx *db.Tx, id ids.ID[Activity], adult roll.AdultID) (bool, error) {
	n, err := tx.Exec(`insert into practice_turn (org_id, id, activity_id, adult_id) values ($1, $2, $3, $4) on conflict (org_id, activity_id, adult_id) do nothing`, drawn(), id, adult)
	return n == 1, err
}

func hadTurn(tx *db.Tx, id ids.ID[Activity], adult roll.AdultID) (bool, error) {
	_, found, err := db.Maybe[int](tx, `select 1 from practice_turn t where t.org_id = $1 and t.activity_id = $2 and t.adult_id = $3`, id, adult)
	return found, err
}

func putAsk(tx *db.Tx, id ids.ID[Activity], until string) error {
	_, err := tx.Exec(`update practice_activity set ask_until = $3 where org_id = $1 and id = $2`, id, until)
	return err
}

func askedOn(tx *db.Tx, day string) ([]Activity, error) {
	return db.All[Activity](tx, `select `+activityColumns+` from practice_activity where org_id = $1 and removed_ms is null and ask_until >= $2 order by on_day desc, made_ms desc, id`, day)
}
