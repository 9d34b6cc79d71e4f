package family

import (
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// SeenSince tells when each adult last opened a link that was theirs, since a moment: the button was pressed, which a mail scanner does not do. A link that a colleague
// used to look at the page is not among them.
func SeenSince(tx *db.Tx, since int64) (map[roll.AdultID]int64, error) {
	type row struct {
		AdultID roll.AdultID
		AtMs    int64
	}
	list, err := db.All[row](tx, `select l.adult_id, max(l.opened_ms) as at_ms from family_link l where l.org_id = $1 and l.opened_ms >= $2 and l.way <> 'staff' group by l.adult_id`, since)
	out := make(map[roll.AdultID]int64, len(list))
	for _, x := range list {
		out[x.AdultID] = x.AtMs
	}
	return out, err
}
