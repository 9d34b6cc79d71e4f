package roll

import (
	"fmt"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
)

// This file holds the SQL of duplicates, merges and their undo. Names of tables and columns come from our own source, never from a form.

// keyed writes the condition for the columns of a key, with arguments from $first on.
func keyed(at Key, first int) (string, []any) {
	var b strings.Builder
	var args []any
	for i, c := range at {
		fmt.Fprintf(&b, " and %s = $%d", c.Name, first+i)
		args = append(args, c.Value)
	}
	return b.String(), args
}

func setField(tx *db.Tx, table string, at Key, field string, from, to any) (int64, error) {
	where, args := keyed(at, 4)
	return tx.Exec(`update `+table+` set `+field+` = $2 where org_id = $1 and `+field+` is not distinct from $3`+where, append([]any{to, from}, args...)...)
}

func wholeRows(tx *db.Tx, table string, at Key) ([][]db.Column, error) {
	where, args := keyed(at, 2)
	rows, err := db.Whole(tx, `select * from `+table+` where org_id = $1`+where, args...)
	for i := range rows {
		rows[i] = withoutOrg(rows[i])
	}
	return rows, err
}

// withoutOrg leaves the organisation out: a row is put back by the handle of its own organisation, which supplies it.
func withoutOrg(row []db.Column) (out []db.Column) {
	for _, c := range row {
		if c.Name != "org_id" {
			out = append(out, c)
		}
	}
	return out
}

func removeRow(tx *db.Tx, table string, at Key) error {
	where, args := keyed(at, 2)
	_, err := tx.Exec(`delete from `+table+` where org_id = $1`+where, args...)
	return err
}

func addRow(tx *db.Tx, table string, row []db.Column) error {
	var names, marks strings.Builder
	var args []any
	for i, c := range row {
		fmt.Fprintf(&names, ", %s", c.Name)
		fmt.Fprintf(&marks, ", $%d", i+2)
		args = append(args, c.Value)
	}
	_, err := tx.Exec(`insert into `+table+` (org_id`+names.String()+`) values ($1`+marks.String()+`)`, args...)
	return err
}

func pointingRows(tx *db.Tx, c MergeColumn, to int64) ([]int64, error) {
	return db.All[int64](tx, `select id from `+c.Table+` where org_id = $1 and `+c.Column+` = $2 order by id`, to)
}

func countPointing(tx *db.Tx, c MergeColumn, to int64) (int, error) {
	return db.One[int](tx, `select count(*) from `+c.Table+` where org_id = $1 and `+c.Column+` = $2`, to)
}

// twin is a row of the record that goes and one of the record that stays that would be alike.
type twin struct{ Theirs, Ours int64 }

func clashingRows(tx *db.Tx, c MergeColumn, from, to int64) ([]twin, error) {
	same := ""
	for _, u := range c.Unique {
		same += ` and a.` + u + ` = b.` + u
	}
	return db.All[twin](tx, `select a.id as theirs, b.id as ours from `+c.Table+` a join `+c.Table+` b on b.org_id = a.org_id`+same+`
		where a.org_id = $1 and a.`+c.Column+` = $2 and b.`+c.Column+` = $3 order by a.id`, from, to)
}

func preferredRow(tx *db.Tx, c MergeColumn, a, b int64) (int64, error) {
	order := `id`
	if c.Prefer != "" {
		order = c.Prefer + `, id`
	}
	return db.One[int64](tx, `select id from `+c.Table+` where org_id = $1 and id in ($2, $3) order by `+order+` limit 1`, a, b)
}

func insertMergeStep(tx *db.Tx, merge MergeID, s mergeStep) error {
	_, err := tx.Exec(`insert into roll_merge_step (org_id, merge_id, seq, in_table, at_key, what, field, old, new) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		merge, s.Seq, s.InTable, s.AtKey, s.What, s.Field, s.Old, s.New)
	return err
}

func mergeSteps(tx *db.Tx, merge MergeID) ([]mergeStep, error) {
	return db.All[mergeStep](tx, `select seq, in_table, at_key, what, field, old, new from roll_merge_step where org_id = $1 and merge_id = $2 order by seq desc`, merge)
}

const mergeColumns = `m.id, m.stays, m.gone, m.stays_name, m.gone_name, m.figures, m.by_name, m.made_ms, m.undone_ms, m.undone_by, m.kept`

// insertMerge keeps the numbers and the names that both records had: a file that still uses one of them means the record that stayed.
func insertMerge(tx *db.Tx, m Merged, stays, gone Adult) error {
	key := func(a Adult) string { return personKey(a.Title, a.Forename, a.Surname, a.Name) }
	_, err := tx.Exec(`insert into roll_merge (org_id, id, stays, gone, stays_name, gone_name, stays_local, stays_key, gone_local, gone_key, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		m.ID, m.Stays, m.Gone, m.StaysName, m.GoneName, stays.LocalID, key(stays), gone.LocalID, key(gone), m.ByName, m.MadeMs)
	return err
}

func setMergeFigures(tx *db.Tx, id MergeID, figures string) error {
	_, err := tx.Exec(`update roll_merge set figures = $3 where org_id = $1 and id = $2`, id, figures)
	return err
}

func mergesSince(tx *db.Tx, ms int64) ([]Merged, error) {
	return db.All[Merged](tx, `select `+mergeColumns+` from roll_merge m where m.org_id = $1 and m.made_ms >= $2 order by m.made_ms desc, m.id desc limit 500`, ms)
}

func mergeByID(tx *db.Tx, id MergeID) (Merged, bool, error) {
	return db.Maybe[Merged](tx, `select `+mergeColumns+` from roll_merge m where m.org_id = $1 and m.id = $2`, id)
}

// laterMerge finds a merge of the same people that came after, which has to be undone first.
func laterMerge(tx *db.Tx, m Merged) (Merged, bool, error) {
	return db.Maybe[Merged](tx, `select `+mergeColumns+` from roll_merge m where m.org_id = $1 and m.undone_ms is null and m.id <> $2
		and (m.gone = $3 or m.stays = $3) and (m.made_ms, m.id) > ($4, $2) order by m.made_ms desc, m.id desc limit 1`, m.ID, m.Stays, m.MadeMs)
}

func takeMergeBack(tx *db.Tx, id MergeID, by string) (int64, error) {
	return tx.Exec(`update roll_merge set undone_ms = $3, undone_by = $4 where org_id = $1 and id = $2 and undone_ms is null`, id, tx.Now(), by)
}

func setMergeKept(tx *db.Tx, id MergeID, kept string) error {
	_, err := tx.Exec(`update roll_merge set kept = $3 where org_id = $1 and id = $2`, id, kept)
	return err
}

func dropSteps(tx *db.Tx, before int64) error {
	_, err := tx.Exec(`delete from roll_merge_step where org_id = $1 and merge_id in (select m.id from roll_merge m where m.org_id = $1 and m.made_ms < $2)`, before)
	return err
}

func setApart(tx *db.Tx, low, high AdultID, by string) error {
	_, err := tx.Exec(`insert into roll_apart (org_id, low, high, by_name, made_ms) values ($1, $2, $3, $4, $5) on conflict (org_id, low, high) do nothing`, low, high, by, tx.Now())
	return err
}

func dropApart(tx *db.Tx, low, high AdultID) error {
	_, err := tx.Exec(`delete from roll_apart where org_id = $1 and low = $2 and high = $3`, low, high)
	return err
}

func apartPairs(tx *db.Tx) (map[[2]AdultID]bool, error) {
	type pair struct{ Low, High AdultID }
	out := map[[2]AdultID]bool{}
	return out, db.Each(tx, func(p *pair) error { out[[2]AdultID{p.Low, p.High}] = true; return nil }, `select low, high from roll_apart where org_id = $1`)
}

// apartOf lists who somebody was said not to be.
func apartOf(tx *db.Tx, id AdultID) ([]AdultID, error) {
	return db.All[AdultID](tx, `select case when low = $2 then high else low end from roll_apart where org_id = $1 and (low = $2 or high = $2) order by low, high`, id)
}

func adultByID(tx *db.Tx, id AdultID) (Adult, error) {
	n, err := db.One[int](tx, `select count(*) from roll_adult where org_id = $1 and id = $2`, id)
	if err != nil {
		return Adult{}, err
	}
	if n == 0 {
		return Adult{}, goneAdult()
	}
	return adultWithWays(tx, id)
}

// tiedChild is a child of an adult as the page of two adults shows it.
type tiedChild struct {
	TieID        TieID
	PupilID      PupilID
	Relationship string
	Starts, Ends string
}

func tiesOfAdult(tx *db.Tx, id AdultID) ([]tiedChild, error) {
	return db.All[tiedChild](tx, `select t.id as tie_id, t.pupil_id, t.relationship, t.starts, t.ends from roll_tie t where t.org_id = $1 and t.adult_id = $2 order by t.id`, id)
}

func ordersOfTie(tx *db.Tx, id TieID) ([]Order, error) {
	return db.All[Order](tx, `select o.id, o.tie_id, o.kind, o.decided_by, o.evidence_seen, o.starts, o.ends, o.review_on, o.note, o.by_name
		from roll_order o where o.org_id = $1 and o.tie_id = $2 order by o.starts desc, o.id`, id)
}

func handMarks(tx *db.Tx, record string, row int64) ([]string, error) {
	return db.All[string](tx, `select field from roll_hand where org_id = $1 and record = $2 and row_id = $3 order by field`, record, row)
}

func openConflictsOf(tx *db.Tx, record string, row int64) ([]ids.ID[Conflict], error) {
	return db.All[ids.ID[Conflict]](tx, `select id from roll_conflict where org_id = $1 and record = $2 and row_id = $3 order by id`, record, row)
}

// The list of those who may be one person is read in three passes, each of which groups by a key first, so that it grows with the number of adults
// and not with its square.

// reached is an adult with a phone or e-mail address that others have too.
type reached struct {
	Folded, Kind, Value string
	ID                  AdultID
	Title               string
	Forename, Surname   string
	Name, SortKey       string
}

func sharedChannels(tx *db.Tx, most int) (out []reached, err error) {
	err = db.Each(tx, func(r *reached) error { out = append(out, *r); return nil }, `select c.folded, c.kind, c.value, a.id, a.title, a.forename, a.surname, a.name, a.sort_key
		from (select folded from roll_channel where org_id = $1 and folded <> '' group by folded having count(*) between 2 and $2) g
		join roll_channel c on c.org_id = $1 and c.folded = g.folded
		join roll_adult a on a.org_id = c.org_id and a.id = c.adult_id
		order by c.folded, a.id`, most)
	return out, err
}

// housed is an adult who shares their name with another, with where they live.
type housed struct {
	ID                AdultID
	Title             string
	Forename, Surname string
	Name, SortKey     string
	Address, Postcode string
}

func namesakes(tx *db.Tx) (out []housed, err error) {
	err = db.Each(tx, func(h *housed) error { out = append(out, *h); return nil }, `select a.id, a.title, a.forename, a.surname, a.name, a.sort_key, a.address, a.postcode
		from (select sort_key from roll_adult where org_id = $1 and sort_key <> ' ' and sort_key <> '' group by sort_key having count(*) > 1) g
		join roll_adult a on a.org_id = $1 and a.sort_key = g.sort_key
		where a.address <> '' order by a.sort_key, a.id`)
	return out, err
}

// sameChild is two adults of one name on one child's record.
type sameChild struct {
	A, B    AdultID
	SortKey string
}

func namesakesOfOneChild(tx *db.Tx) (out []sameChild, err error) {
	err = db.Each(tx, func(h *sameChild) error { out = append(out, *h); return nil }, `select min(t.adult_id) as a, max(t.adult_id) as b, a.sort_key
		from (select sort_key from roll_adult where org_id = $1 and sort_key <> ' ' and sort_key <> '' group by sort_key having count(*) > 1) g
		join roll_adult a on a.org_id = $1 and a.sort_key = g.sort_key
		join roll_tie t on t.org_id = a.org_id and t.adult_id = a.id
		group by t.pupil_id, a.sort_key having count(*) > 1`)
	return out, err
}

// numbered is an adult whose number in the school's own system another adult has too.
type numbered struct {
	LocalID string
	ID      AdultID
	Surname string
	Name    string
	SortKey string
}

func sameNumbers(tx *db.Tx, most int) (out []numbered, err error) {
	err = db.Each(tx, func(n *numbered) error { out = append(out, *n); return nil }, `select a.local_id, a.id, a.surname, a.name, a.sort_key
		from (select local_id from roll_adult where org_id = $1 and local_id <> '' group by local_id having count(*) between 2 and $2) g
		join roll_adult a on a.org_id = $1 and a.local_id = g.local_id order by a.local_id, a.id`, most)
	return out, err
}

// alias is how a file may still name a record that went.
type alias struct {
	Stays, Gone          AdultID
	StaysLocal, StaysKey string
	GoneLocal, GoneKey   string
}

func mergeAliases(tx *db.Tx) ([]alias, error) {
	return db.All[alias](tx, `select stays, gone, stays_local, stays_key, gone_local, gone_key from roll_merge where org_id = $1 and undone_ms is null order by made_ms, id`)
}
