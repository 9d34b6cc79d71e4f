package trail

import (
	"encoding/hex"
	"fmt"
	"strings"

	"ajar/internal/kit/db"
)

// Filter chooses entries; what is zero does not matter.
type Filter struct {
	Staff, Adult   int64
	Kinds          []Kind
	About          string
	Key            int64
	FromMs, ToMs   int64 // ToMs itself is left out
	Before         int64 // only entries with a smaller number: the next page
	Limit          int   // 0: 50
	OldestFirst    bool
	After          int64 // with OldestFirst: only entries with a greater number
	WithoutRoutine bool  // leave out what Ajar itself did
}

// List gives entries of the organisation, the latest first.
func List(tx *db.Tx, f Filter) ([]Line, error) {
	var args []any
	where := ""
	add := func(cond string, v ...any) {
		for _, x := range v {
			args = append(args, x)
			cond = strings.Replace(cond, "?", fmt.Sprintf("$%d", len(args)+1), 1)
		}
		where += "\n\t\tand " + cond
	}
	if f.Staff != 0 {
		add("staff = ?", f.Staff)
	}
	if f.Adult != 0 {
		add("adult = ?", f.Adult)
	}
	if f.About != "" {
		add("about = ?", f.About)
	}
	if f.Key != 0 {
		add("key = ?", f.Key)
	}
	if f.FromMs != 0 {
		add("at_ms >= ?", f.FromMs)
	}
	if f.ToMs != 0 {
		add("at_ms < ?", f.ToMs)
	}
	if f.Before != 0 {
		add("id < ?", f.Before)
	}
	if f.After != 0 {
		add("id > ?", f.After)
	}
	if f.WithoutRoutine {
		add("kind <> ?", System)
	}
	if len(f.Kinds) > 0 {
		var ks []any
		for _, k := range f.Kinds {
			ks = append(ks, k)
		}
		add("kind in (?"+strings.Repeat(", ?", len(ks)-1)+")", ks...)
	}
	if f.Limit == 0 {
		f.Limit = 50
	}
	order := "desc"
	if f.OldestFirst {
		order = "asc"
	}
	args = append(args, f.Limit)
	return db.All[Line](tx, `select id, at_ms, who, staff, adult, kind, about, key, words, prev, hash
		from trail_entry
		where org_id = $1`+where+fmt.Sprintf(`
		order by id %s
		limit $%d`, order, len(args)+1), args...)
}

// Seer is a person who opened a record, or took a file or a print-out of it.
type Seer struct {
	Who          string
	Staff, Adult int64
	Times        int
	LastMs       int64
}

// Seers tells who opened a record since a time, the latest first.
func Seers(tx *db.Tx, about string, key, sinceMs int64) ([]Seer, error) {
	return db.All[Seer](tx, `select max(who) as who, staff, adult, count(*) as times, max(at_ms) as last_ms
		from trail_entry
		where org_id = $1 and about = $2 and key = $3 and at_ms >= $4 and kind in ('seen', 'restricted', 'print', 'export') and staff + adult <> 0
		group by staff, adult
		order by last_ms desc, staff, adult`, about, key, sinceMs)
}

// Trim removes the entries in the beginning of the chain that are older than a time, and leaves a cut from which the chain can still be followed. It
// tells how many it removed.
func Trim(tx *db.Tx, beforeMs int64) (int64, error) {
	org := tx.Pass().Org()
	if first, found, err := firstMs(tx, org); err != nil || !found || first >= beforeMs {
		return 0, err
	}
	if _, err := hold(tx, org, 0); err != nil { // one at a time
		return 0, err
	}
	c, err := old(tx, org, beforeMs)
	if err != nil || c.Entries == 0 {
		return 0, err
	}
	if c.Hash, err = hashOf(tx, org, c.ID); err != nil {
		return 0, err
	}
	c.AtMs = tx.Now()
	if err := insertCut(tx, org, c); err != nil {
		return 0, err
	}
	if err := Write(tx, Entry{Kind: Cut, Words: fmt.Sprintf("%d entries up to number %d removed because they are older than the trail is kept; the last had the hash %s", c.Entries, c.ID, hex.EncodeToString(c.Hash))}); err != nil {
		return 0, err
	}
	return remove(tx, org, c.ID)
}
