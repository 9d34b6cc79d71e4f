package roll

import (
	"fmt"
	"strings"

	"ajar/internal/kit/db"
)

// registerKnown reads the raw cells of every school in the register, to see which rows of a new file differ.
func registerKnown(tx *db.Tx) (map[string]string, error) {
	type row struct {
		URN      string `db:"urn"`
		AsItCame string
	}
	known := map[string]string{}
	err := db.Each(tx, func(r *row) error {
		known[r.URN] = r.AsItCame
		return nil
	}, `select urn, as_it_came from roll_register`)
	return known, err
}

func keepRegistered(tx *db.Tx, x Registered, row int, raw string) error {
	_, err := tx.Exec(`insert into roll_register (urn, name, folded, la_code, la_name, laestab, type, phase, status, opened, closed, town, postcode, pupils, fsm_percent, ragged, row_no, as_it_came)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
		on conflict (urn) do update set name = excluded.name, folded = excluded.folded, la_code = excluded.la_code, la_name = excluded.la_name, laestab = excluded.laestab,
		type = excluded.type, phase = excluded.phase, status = excluded.status, opened = excluded.opened, closed = excluded.closed, town = excluded.town,
		postcode = excluded.postcode, pupils = excluded.pupils, fsm_percent = excluded.fsm_percent, ragged = excluded.ragged, row_no = excluded.row_no, as_it_came = excluded.as_it_came`,
		x.URN, x.Name, SearchText(x.Name), x.LACode, x.LAName, x.LAESTAB, x.Type, x.Phase, x.Status, x.Opened, x.Closed, x.Town, x.Postcode, x.Pupils, x.FSMPercent, x.Ragged, row, raw)
	return err
}

func findRegistered(tx *db.Tx, urn string, words []string, limit int) ([]Registered, error) {
	args := []any{urn, limit}
	var like strings.Builder
	for i, w := range words {
		if i > 0 {
			like.WriteString(" and ")
		}
		args = append(args, "%"+w+"%")
		fmt.Fprintf(&like, "r.folded like $%d", len(args))
	}
	return db.All[Registered](tx, `select `+registeredColumns+` from roll_register r where r.urn = $1 or (`+like.String()+`)
		order by case when r.urn = $1 then 0 when r.closed = '' then 1 else 2 end, r.name, r.urn limit $2`, args...)
}

// roll_succession and roll_membership, for what becomes of organisations.

func endMemberships(tx *db.Tx, member OrgID, day string) error {
	_, err := tx.Exec(`update roll_membership set ends = $2 where member = $1 and ends > $2`, member, day)
	return err
}

// succeed notes what became of an organisation; after is zero for a closure without a successor.
func succeed(tx *db.Tx, id int64, before, after OrgID, day, how string) error {
	_, err := tx.Exec(`insert into roll_succession (id, predecessor, successor, on_date, how) values ($1, $2, $3, $4, $5)`, id, before, keyOrNull(int64(after)), day, how)
	return err
}

func closeOrg(tx *db.Tx, id OrgID, day string) (int64, error) {
	return tx.Exec(`update roll_org set closed = $2 where id = $1 and closed = ''`, id, day)
}

func groupingsOn(tx *db.Tx, member OrgID, day string) ([]OrgID, error) {
	return db.All[OrgID](tx, `select grouping from roll_membership where member = $1 and starts <= $2 and ends >= $2 order by grouping`, member, day)
}
