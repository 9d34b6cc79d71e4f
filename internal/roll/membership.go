package roll

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// JoinGrouping makes an organisation a member of a grouping from today on, under an agreement that both have signed. Who is a member already stays one.
func JoinGrouping(tx *db.Tx, member, grouping OrgID) error {
	if member == grouping {
		return fault.New(fault.Invalid, "An organisation can't be a member of itself.")
	}
	n, err := db.One[int](tx, `select count(*) from roll_membership where member = $1 and grouping = $2 and ends >= $3`, member, grouping, tx.Today())
	if err != nil || n > 0 {
		return err
	}
	g, found, err := db.Maybe[Org](tx, `select `+orgColumns+` from roll_org o where o.id = $1`, grouping)
	if err != nil {
		return err
	}
	if !found {
		return fault.Gone("cluster")
	}
	return join(tx, Org{ID: member}, g, tx.Today())
}

// LeaveGrouping ends a membership with today as its last day. That it was a member stays on record.
func LeaveGrouping(tx *db.Tx, member, grouping OrgID) error {
	_, err := tx.Exec(`update roll_membership set ends = $3 where member = $1 and grouping = $2 and ends > $3`, member, grouping, tx.Today())
	return err
}

// GroupingsOf lists what an organisation is a member of today.
func GroupingsOf(tx *db.Tx, member OrgID) ([]Org, error) {
	return db.All[Org](tx, `select `+orgColumns+` from roll_org o join roll_membership m on m.grouping = o.id where m.member = $1 and m.starts <= $2 and m.ends >= $2 order by o.name, o.id`, member, tx.Today())
}
