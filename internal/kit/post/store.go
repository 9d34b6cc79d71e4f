package post

import (
	"slices"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
)

const itemColumns = `id, way, adult, staff, pupil, about, key, address, lang, subject, body, html, reply_to, case when unsure = 1 then 'unknown' else state end as state, trouble, by_name, made_ms, done_ms, arrived, arrived_ms, arrived_words`

func putItem(tx *db.Tx, it Item) error {
	_, err := tx.Exec(`insert into post_item (org_id, id, way, adult, staff, pupil, about, key, address, lang, subject, body, html, reply_to, state, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'waiting', $15, $16)`,
		it.ID, it.Way, it.Adult, it.Staff, it.Pupil, it.About, it.Key, it.Address, it.Lang, it.Subject, it.Body, it.HTML, it.ReplyTo, tx.Pass().Who().Name, tx.Now())
	return err
}

func enqueue(tx *db.Tx, it Item) error {
	_, err := tx.Exec(`insert into post_queue (org, id, way, rank, due_ms, about, key) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
		it.ID, it.Way, order[it.Rank], max(tx.Now(), it.NotBefore), it.About, it.Key)
	return err
}

// Of lists what went out about one thing, the latest first.
func Of(tx *db.Tx, about string, key int64) ([]Item, error) {
	return db.All[Item](tx, `select `+itemColumns+` from post_item where org_id = $1 and about = $2 and key = $3 order by made_ms desc, id`, about, key)
}

// To lists what went out to one adult, the latest first.
func To(tx *db.Tx, adult int64) ([]Item, error) {
	return db.All[Item](tx, `select `+itemColumns+` from post_item where org_id = $1 and adult = $2 order by made_ms desc, id`, adult)
}

func itemByID(tx *db.Tx, id ids.ID[Item]) (Item, bool, error) {
	return db.Maybe[Item](tx, `select `+itemColumns+` from post_item where org_id = $1 and id = $2`, id)
}

// stopAbout takes items from the queue first: what another process has taken is on the wire and stays.
func stopAbout(tx *db.Tx, about string, key int64, why string) (int64, error) {
	if _, err := tx.Exec(`delete from post_queue where org = $1 and about = $2 and key = $3 and taken_by = ''`, about, key); err != nil {
		return 0, err
	}
	return tx.Exec(`update post_item set state = 'stopped', trouble = $4, done_ms = $5, body = '', html = '' where org_id = $1 and about = $2 and key = $3 and state = 'waiting' and unsure = 0
		and not exists (select 1 from post_queue q where q.org = $1 and q.id = post_item.id)`, about, key, why, tx.Now())
}

// take marks up to n items of one rank as on their way by a process, in its turn. The empty taker stands in the outer condition too: two processes that chose
// the same rows are parted there.
func take(tx *db.Tx, way, me string, turn int64, rank, n int) (int64, error) {
	return tx.Exec(`update post_queue set taken_by = $2, turn = $3, taken_ms = $4, attempt = attempt + 1 where taken_by = ''
		and (org, id) in (select q.org, q.id from post_queue q where q.way = $1 and q.taken_by = '' and q.rank = $5 and q.due_ms <= $4 order by q.due_ms, q.id limit $6)`, way, me, turn, tx.Now(), rank, n)
}

func orgsIn(tx *db.Tx, me string, turn int64) ([]int64, error) {
	return db.All[int64](tx, `select distinct org from post_queue where taken_by = $1 and turn = $2 order by org`, me, turn)
}

// taken is an item of the queue with the number of its tries.
type taken struct {
	Item
	Attempt int
}

func takenIn(tx *db.Tx, me string, turn int64) ([]taken, error) {
	return db.All[taken](tx, `select i.id, i.way, i.adult, i.staff, i.pupil, i.about, i.key, i.address, i.lang, i.subject, i.body, i.html, i.reply_to, case when i.unsure = 1 then 'unknown' else i.state end as state, i.trouble, i.by_name, i.made_ms, q.attempt
		from post_queue q join post_item i on i.org_id = q.org and i.id = q.id where q.org = $1 and q.taken_by = $2 and q.turn = $3 order by q.rank, q.due_ms, q.id`, me, turn)
}

// settle says what became of an item. Its words go: they may hold a personal link, of which nothing but a hash may stay.
func settle(tx *db.Tx, id ids.ID[Item], state, trouble, theirs string) error {
	if _, err := tx.Exec(`update post_item set state = $3, trouble = $4, reference = $5, done_ms = $6, body = '', html = '', unsure = 0 where org_id = $1 and id = $2 and state = 'waiting'`, id, state, trouble, theirs, tx.Now()); err != nil {
		return err
	}
	return drop(tx, id)
}

func drop(tx *db.Tx, id ids.ID[Item]) error {
	_, err := tx.Exec(`delete from post_queue where org = $1 and id = $2`, id)
	return err
}

// settleSent is settle for many that left and of which there is nothing else to say, sixteen in a statement. What is left over is filled up with 0, which no item has.
func settleSent(tx *db.Tx, list []ids.ID[Item]) error {
	for some := range slices.Chunk(list, 16) {
		args := []any{tx.Now()}
		for i := range 16 {
			if i < len(some) {
				args = append(args, some[i])
			} else {
				args = append(args, int64(0))
			}
		}
		if _, err := tx.Exec(`update post_item set state = 'sent', trouble = '', done_ms = $2, body = '', html = '', unsure = 0 where org_id = $1 and state = 'waiting'
			and id in ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`, args...); err != nil {
			return err
		}
		if _, err := tx.Exec(`delete from post_queue where org = $1 and id in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`, args[1:]...); err != nil {
			return err
		}
	}
	return nil
}

// doubtful keeps the words: a person may want the item sent again.
func doubtful(tx *db.Tx, id ids.ID[Item], why string) error {
	if _, err := tx.Exec(`insert into post_doubt (org, id, way, taken_ms) select $1, i.id, i.way, $3 from post_item i where i.org_id = $1 and i.id = $2 and i.state = 'waiting' on conflict do nothing`, id, tx.Now()); err != nil {
		return err
	}
	if _, err := tx.Exec(`update post_item set unsure = 1, trouble = $3 where org_id = $1 and id = $2 and state = 'waiting'`, id, why); err != nil {
		return err
	}
	_, err := tx.Exec(`delete from post_queue where org = $1 and id = $2`, id)
	return err
}

// putOff gives an item back to the queue. again takes back the count of this try, because nothing was wrong with the item.
func putOff(tx *db.Tx, id ids.ID[Item], due int64, trouble string, again bool) error {
	less := 0
	if again {
		less = 1
	}
	if _, err := tx.Exec(`update post_queue set taken_by = '', taken_ms = 0, due_ms = $3, attempt = attempt - $4 where org = $1 and id = $2`, id, due, less); err != nil {
		return err
	}
	_, err := tx.Exec(`update post_item set trouble = $3 where org_id = $1 and id = $2 and state = 'waiting' and trouble <> $3`, id, trouble)
	return err
}

// nextDue is when the next item of a way becomes due.
func nextDue(tx *db.Tx, way string) (int64, bool, error) {
	return db.Maybe[int64](tx, `select due_ms from (select min(q.due_ms) as due_ms from post_queue q where q.way = $1 and q.taken_by = '') x where due_ms is not null`, way)
}

func waitingOf(tx *db.Tx, way string) (int, error) {
	return db.One[int](tx, `select count(*) from post_queue where way = $1`, way)
}

// strays are the items that processes other than this one have taken.
type stray struct {
	Org     int64
	ID      ids.ID[Item]
	Way     string
	TakenBy string
	TakenMs int64
}

func strays(tx *db.Tx, me string) ([]stray, error) {
	return db.All[stray](tx, `select org, id, way, taken_by, taken_ms from post_queue where taken_by <> '' and taken_by <> $1 order by org, id`, me)
}

// Pause is a way out that is not working for now.
type Pause struct {
	Way     string
	SinceMs int64
	UntilMs int64
	Times   int
	Trouble string
}

func pauseOf(tx *db.Tx, way string) (Pause, bool, error) {
	return db.Maybe[Pause](tx, `select way, since_ms, until_ms, times, trouble from post_pause where way = $1`, way)
}

func putPause(tx *db.Tx, p Pause) error {
	_, err := tx.Exec(`insert into post_pause (way, since_ms, until_ms, times, trouble) values ($1, $2, $3, $4, $5)
		on conflict (way) do update set until_ms = excluded.until_ms, times = excluded.times, trouble = excluded.trouble`, p.Way, p.SinceMs, p.UntilMs, p.Times, p.Trouble)
	return err
}

func endPause(tx *db.Tx, way string) error {
	_, err := tx.Exec(`delete from post_pause where way = $1`, way)
	return err
}

// Doubts lists the items of the organisation of which nobody can say whether they left, the oldest first.
func Doubts(tx *db.Tx) ([]Item, error) {
	return db.All[Item](tx, `select `+itemColumns+` from post_item where org_id = $1 and state = 'waiting' and unsure = 1 order by made_ms, id`)
}

func again(tx *db.Tx, id ids.ID[Item]) (int64, error) {
	return tx.Exec(`update post_item set unsure = 0, trouble = '' where org_id = $1 and id = $2 and state = 'waiting' and unsure = 1`, id)
}

func arrived(tx *db.Tx, id ids.ID[Item], yes bool, words string) (int64, error) {
	told := "no"
	if yes {
		told = "yes"
	}
	// A receipt may come before the gateway's own answer: the item is on the wire then, and settle leaves the receipt alone.
	return tx.Exec(`update post_item set arrived = $3, arrived_ms = $4, arrived_words = $5 where org_id = $1 and id = $2 and arrived <> 'yes'`, id, told, tx.Now(), words)
}

// installation is the pass for what belongs to every organisation.
func installation(why string) access.Pass { return access.Installation(why).Often() }

func stillTaken(tx *db.Tx, id ids.ID[Item], who string) (bool, error) {
	_, found, err := db.Maybe[int64](tx, `select id from post_queue where org = $1 and id = $2 and taken_by = $3`, id, who)
	return found, err
}

// doubts are the items in doubt of every organisation that a gateway can be asked about.
func doubts(tx *db.Tx, way string) ([]stray, error) {
	return db.All[stray](tx, `select org, id, way, taken_by, taken_ms from post_doubt where way = $1 order by org, id`, way)
}

func cleared(tx *db.Tx, id ids.ID[Item]) error {
	_, err := tx.Exec(`delete from post_doubt where org = $1 and id = $2`, id)
	return err
}
