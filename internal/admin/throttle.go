package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// tryMemory is for how long wrong tries are remembered at the longest.
const tryMemory = 24 * time.Hour

// bound is how many wrong tries are borne within a time.
type bound struct {
	tries  int
	within time.Duration
}

// The bounds. A stranger who guesses slows down themselves and whoever else comes from a device that was never let in; never a device that was.
var (
	perSource  = bound{60, 15 * time.Minute} // a whole school may stand behind one address
	perUnknown = bound{20, time.Hour}        // one address typed, from all devices that were never let in
	perDevice  = bound{10, 15 * time.Minute} // one device that was let in before
	perSession = bound{8, 10 * time.Minute}  // a locked session, or one that is to prove a second factor
	perFactor  = bound{20, time.Hour}        // the second factor of one person, from all sessions
)

// tryKey makes the name under which tries are counted: a hash, so that the table is no list of people or addresses.
func tryKey(kind string, of ...string) string {
	h := sha256.Sum256([]byte("ajar tries: " + kind + "\x00" + strings.Join(of, "\x00")))
	return hex.EncodeToString(h[:])
}

// attempt counts a try before it is made, so that many at once are counted too, and refuses when there were too many. A try that turns out right is
// taken back with forgive.
func attempt(tx *db.Tx, who string, b bound) (tries int, err error) {
	since := tx.Now() - b.within.Milliseconds()
	tries, err = db.One[int](tx, `insert into admin_try (who, tries, first_ms, last_ms) values ($1, 1, $2, $2)
		on conflict (who) do update set
			tries = case when admin_try.first_ms < $3 then 1 else admin_try.tries + 1 end,
			first_ms = case when admin_try.first_ms < $3 then excluded.first_ms else admin_try.first_ms end,
			last_ms = excluded.last_ms
		returning tries`, who, tx.Now(), since)
	return tries, err
}

// forgive takes a try back that was right; all of them, where they were this person's own.
func forgive(tx *db.Tx, who string, all bool) error {
	if all {
		_, err := tx.Exec(`delete from admin_try where who = $1`, who)
		return err
	}
	_, err := tx.Exec(`update admin_try set tries = tries - 1 where who = $1 and tries > 0`, who)
	return err
}

func tooMany(b bound) error {
	return fault.New(fault.Forbidden, "That was wrong too often. Wait %s and try again.", inWords(b.within))
}

func inWords(d time.Duration) string {
	if d >= time.Hour {
		return "an hour"
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}
