package trail

import (
	"slices"

	"ajar/internal/kit/db"
)

// Many is a person who opened unusually many records on one day. It is a question to ask, not a fault: somebody may have rung a whole year group.
type Many struct {
	Who     string
	Staff   int64
	Records int
	Usual   int // on a day on which they opened any, over the four weeks before; 0 when there was none
}

// What is unusual: at least MostRecords different records on one day, and more than three times as many as this person usually opens.
const (
	MostRecords = 60
	usualTimes  = 3
	usualDays   = 28
)

const dayMs = 24 * 3600 * 1000

// Unusual finds the staff who opened unusually many records of this kind in the day that begins at a time.
func Unusual(tx *db.Tx, about string, dayBegins int64) (out []Many, err error) {
	list, err := db.All[Many](tx, `select max(who) as who, staff, count(distinct key) as records
		from trail_entry
		where org_id = $1 and about = $2 and kind = 'seen' and at_ms >= $3 and at_ms < $4 and staff <> 0
		group by staff
		having count(distinct key) >= $5
		order by records desc, staff`, about, dayBegins, dayBegins+dayMs, MostRecords)
	if err != nil {
		return nil, err
	}
	type usual struct{ Days, Records int }
	for _, m := range list {
		u, err := db.One[usual](tx, `select count(distinct d.day) as days, count(*) as records from (
				select distinct ($4 - at_ms) / 86400000 as day, key from trail_entry
				where org_id = $1 and about = $2 and kind = 'seen' and staff = $3 and at_ms >= $5 and at_ms < $4
			) d`, about, m.Staff, dayBegins, dayBegins-usualDays*dayMs)
		if err != nil {
			return nil, err
		}
		if u.Days > 0 {
			m.Usual = u.Records / u.Days
		}
		if m.Records > usualTimes*m.Usual {
			out = append(out, m)
		}
	}
	return slices.Clip(out), nil
}
