package family

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// This file holds all the SQL of the room. The first part is of the installation: a secret comes in, and nobody knows yet whose it is.

type key struct {
	Org    int64
	Link   LinkID
	Code   bool
	EndsMs int64
}

func keyOf(tx *db.Tx, hash string) (key, bool, error) {
	return db.Maybe[key](tx, `select org, link, code, ends_ms from family_key where hash = $1`, hash)
}

func insertKey(tx *db.Tx, hash string, k key) error {
	_, err := tx.Exec(`insert into family_key (hash, org, link, code, ends_ms) values ($1, $2, $3, $4, $5)`, hash, k.Org, k.Link, k.Code, k.EndsMs)
	return err
}

const readerColumns = `r.id, r.device, r.org, r.adult, r.link, r.alone, r.made_ms, r.ends_ms, r.proved_ms, r.wrong, r.paused_ms`

// seat is a reader with what Identify needs beside it.
type seat struct {
	Reader
	OrgName string
	Others  int // readers on the same device who are somebody else
}

func seatOf(tx *db.Tx, hash string, now int64) (seat, bool, error) {
	return db.Maybe[seat](tx, `select `+readerColumns+`, o.name as org_name,
			(select count(*) from family_reader x where x.device = r.device and x.id <> r.id and x.ends_ms > $2
				and not exists (select 1 from roll_person_part p join roll_person_part q on q.person = p.person
					where p.org = r.org and p.adult = r.adult and p.ended_ms is null and q.org = x.org and q.adult = x.adult and q.ended_ms is null)) as others
		from family_reader r join roll_org o on o.id = r.org where r.token_hash = $1 and r.ends_ms > $2`, hash, now)
}

func readersOn(tx *db.Tx, device DeviceID, now int64) ([]Reader, error) {
	return db.All[Reader](tx, `select `+readerColumns+` from family_reader r where r.device = $1 and r.ends_ms > $2 order by r.made_ms, r.id`, device, now)
}

func readerFor(tx *db.Tx, device DeviceID, org int64, adult roll.AdultID, now int64) (Reader, bool, error) {
	return db.Maybe[Reader](tx, `select `+readerColumns+` from family_reader r where r.device = $1 and r.org = $2 and r.adult = $3 and r.ends_ms > $4`, device, org, adult, now)
}

func insertDevice(tx *db.Tx, id DeviceID, name string, ends int64) error {
	_, err := tx.Exec(`insert into family_device (id, name, made_ms, ends_ms) values ($1, $2, $3, $4)`, id, name, tx.Now(), ends)
	return err
}

func keepDevice(tx *db.Tx, id DeviceID, ends int64) error {
	_, err := tx.Exec(`update family_device set ends_ms = $2 where id = $1 and ends_ms < $2`, id, ends)
	return err
}

func insertReader(tx *db.Tx, hash string, r Reader) error {
	_, err := tx.Exec(`insert into family_reader (token_hash, id, device, org, adult, link, alone, made_ms, ends_ms, proved_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		hash, r.ID, r.Device, r.Org, r.Adult, r.Link, r.Alone, tx.Now(), r.EndsMs, r.ProvedMs)
	return err
}

// renewReader gives a reader another secret: the browser that holds the one before is no longer let in as them.
func renewReader(tx *db.Tx, id ReaderID, hash string, link LinkID, alone bool, ends, proved int64) error {
	_, err := tx.Exec(`update family_reader set token_hash = $2, link = $3, alone = $4, ends_ms = $5, proved_ms = $6 where id = $1`, id, hash, link, alone, ends, proved)
	return err
}

func setProved(tx *db.Tx, id ReaderID) error {
	_, err := tx.Exec(`update family_reader set proved_ms = $2, wrong = 0, paused_ms = 0 where id = $1`, id, tx.Now())
	return err
}

func setWrong(tx *db.Tx, id ReaderID, wrong int, paused int64) error {
	_, err := tx.Exec(`update family_reader set wrong = $2, paused_ms = $3 where id = $1`, id, wrong, paused)
	return err
}

func dropReader(tx *db.Tx, id ReaderID) (int64, error) {
	return tx.Exec(`delete from family_reader where id = $1`, id)
}

// dropReadersOf forgets an adult on all devices, and with them what they were led to from here at other schools.
func dropReadersOf(tx *db.Tx, org int64, adult roll.AdultID) (int64, error) {
	if _, err := tx.Exec(`delete from family_reader where org <> $1 and link <> 0 and exists (select 1 from family_reader r
		where r.org = $1 and r.adult = $2 and r.device = family_reader.device and r.link = family_reader.link)`, org, adult); err != nil {
		return 0, err
	}
	return tx.Exec(`delete from family_reader where org = $1 and adult = $2`, org, adult)
}

// dropReadersBy forgets the devices that a link opened, here and, where it led on from here, at other schools.
func dropReadersBy(tx *db.Tx, org int64, link LinkID) (int64, error) {
	if _, err := tx.Exec(`delete from family_reader where org <> $1 and link = $2 and exists (select 1 from family_reader r
		where r.org = $1 and r.link = $2 and r.device = family_reader.device)`, org, link); err != nil {
		return 0, err
	}
	return tx.Exec(`delete from family_reader where org = $1 and link = $2`, org, link)
}

func devicesOf(tx *db.Tx, org int64, adult roll.AdultID, now int64) ([]Device, error) {
	return db.All[Device](tx, `select d.id, r.id as reader, d.name, r.made_ms, r.ends_ms from family_reader r join family_device d on d.id = r.device
		where r.org = $1 and r.adult = $2 and r.ends_ms > $3 order by r.made_ms desc, r.id`, org, adult, now)
}

// devicesBy counts the devices that each link of an adult has opened and that are remembered now.
func devicesBy(tx *db.Tx, org int64, adult roll.AdultID, now int64) (map[LinkID]int, error) {
	type row struct {
		Link LinkID
		N    int
	}
	list, err := db.All[row](tx, `select r.link, count(*) as n from family_reader r where r.org = $1 and r.adult = $2 and r.ends_ms > $3 group by r.link`, org, adult, now)
	out := map[LinkID]int{}
	for _, r := range list {
		out[r.Link] = r.N
	}
	return out, err
}

// sweep removes what is over. A key stays for a year after its link ended, so that an old letter still leads to the offer of a new one.
func sweep(tx *db.Tx, year int64) error {
	for _, text := range []string{
		`delete from family_reader where ends_ms < $1`,
		`delete from family_device where ends_ms < $1 and not exists (select 1 from family_reader r where r.device = family_device.id)`,
	} {
		if _, err := tx.Exec(text, tx.Now()); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`delete from family_key where ends_ms < $1`, tx.Now()-year)
	return err
}

// From here on everything belongs to one organisation.

const linkColumns = `l.id, l.adult_id, l.pupil_id, l.thing, l.thing_key, l.way, l.sent_kind, l.sent_folded, l.made_ms, l.by_name, l.ends_ms, l.revoked_ms, l.revoked_why, l.opened, l.opened_ms, l.base, l.batch`

func linkByID(tx *db.Tx, id LinkID) (Link, bool, error) {
	return db.Maybe[Link](tx, `select `+linkColumns+` from family_link l where l.org_id = $1 and l.id = $2`, id)
}

func linksOf(tx *db.Tx, adult roll.AdultID) ([]Link, error) {
	return db.All[Link](tx, `select `+linkColumns+` from family_link l where l.org_id = $1 and l.adult_id = $2 order by l.made_ms desc, l.id desc limit 50`, adult)
}

// insertLink tells whether the link is new: a form that was sent twice makes one.
func insertLink(tx *db.Tx, l Link) (bool, error) {
	n, err := tx.Exec(`insert into family_link (org_id, id, adult_id, pupil_id, thing, thing_key, way, sent_kind, sent_folded, made_ms, by_name, ends_ms, base, batch)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (org_id, id) do nothing`,
		l.ID, l.AdultID, l.PupilID, l.Thing, l.ThingKey, l.Way, l.SentKind, l.SentFolded, tx.Now(), l.ByName, l.EndsMs, l.Base, l.Batch)
	return n > 0, err
}

func markSent(tx *db.Tx, id LinkID, kind, folded string) error {
	_, err := tx.Exec(`update family_link set way = 'sent', sent_kind = $3, sent_folded = $4 where org_id = $1 and id = $2`, id, kind, folded)
	return err
}

// countOpening takes one of the openings of a link, unless there is none left.
func countOpening(tx *db.Tx, id LinkID) (bool, error) {
	n, err := tx.Exec(`update family_link set opened = opened + 1, opened_ms = $3 where org_id = $1 and id = $2 and opened < $4`, id, tx.Now(), Openings)
	return n > 0, err
}

func revokeLink(tx *db.Tx, id LinkID, why string) (bool, error) {
	n, err := tx.Exec(`update family_link set revoked_ms = $3, revoked_why = $4 where org_id = $1 and id = $2 and revoked_ms is null`, id, tx.Now(), why)
	return n > 0, err
}

// revokeWaiting takes back the links to the same thing that nobody has opened yet: the new letter replaces the one that was lost. A message replaces
// messages alone, since it goes to a way that the school holds while the letter lies safely at home.
func revokeWaiting(tx *db.Tx, l Link, why string) (int64, error) {
	return tx.Exec(`update family_link set revoked_ms = $6, revoked_why = $7 where org_id = $1 and adult_id = $2 and thing = $3 and thing_key = $4 and id <> $5
		and opened = 0 and revoked_ms is null and (cast($8 as text) <> 'sent' or way = 'sent')`, l.AdultID, l.Thing, l.ThingKey, l.ID, tx.Now(), why, l.Way)
}

func linksIn(tx *db.Tx, batch BatchID) ([]Link, error) {
	return db.All[Link](tx, `select `+linkColumns+` from family_link l where l.org_id = $1 and l.batch = $2 and l.batch <> 0 order by l.id`, batch)
}

// adultsWithLink are those who have been given a link to a thing since a moment, which was not taken back and has not ended.
func adultsWithLink(tx *db.Tx, thing string, key, since int64) ([]roll.AdultID, error) {
	return db.All[roll.AdultID](tx, `select distinct l.adult_id from family_link l where l.org_id = $1 and l.thing = $2 and l.thing_key = $3 and l.made_ms >= $4 and l.revoked_ms is null and l.ends_ms >= $5 order by l.adult_id`, thing, key, since, tx.Now())
}

func askedSoFar(tx *db.Tx, thing string, key int64) (Asked, error) {
	return db.One[Asked](tx, `select count(*) filter (where x.way = 'letter') as letters, count(*) filter (where x.way = 'sent') as messages, count(*) filter (where x.way not in ('letter', 'sent')) as others
		from (select l.adult_id, max(l.way) as way from family_link l where l.org_id = $1 and l.thing = $2 and l.thing_key = $3 and l.revoked_ms is null group by l.adult_id) x`, thing, key)
}

func sentAbout(tx *db.Tx, pupil roll.PupilID, n int) ([]Link, error) {
	return db.All[Link](tx, `select `+linkColumns+` from family_link l where l.org_id = $1 and l.pupil_id = $2 and l.way = 'sent' order by l.made_ms desc, l.id desc limit $3`, pupil, n)
}

func tongueOf(tx *db.Tx, adult roll.AdultID) (string, error) {
	t, _, err := db.Maybe[string](tx, `select tongue from family_choice where org_id = $1 and adult_id = $2`, adult)
	return t, err
}

func setTongue(tx *db.Tx, adult roll.AdultID, tongue string) error {
	_, err := tx.Exec(`insert into family_choice (org_id, adult_id, tongue, at_ms) values ($1, $2, $3, $4)
		on conflict (org_id, adult_id) do update set tongue = excluded.tongue, at_ms = excluded.at_ms`, adult, tongue, tx.Now())
	return err
}

const wishColumns = `w.id, w.adult_id, w.field, w.was, w.wish, w.made_ms, w.state, w.settled_ms, w.by_name, w.reason`

func wishesOf(tx *db.Tx, adult roll.AdultID) ([]Wish, error) {
	return db.All[Wish](tx, `select `+wishColumns+` from family_wish w where w.org_id = $1 and w.adult_id = $2 order by w.made_ms desc, w.id limit 40`, adult)
}

func wishByID(tx *db.Tx, id WishID) (Wish, error) {
	w, found, err := db.Maybe[Wish](tx, `select `+wishColumns+` from family_wish w where w.org_id = $1 and w.id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("request")
	}
	return w, err
}

func waitingWishes(tx *db.Tx) ([]Wish, error) {
	return db.All[Wish](tx, `select `+wishColumns+` from family_wish w where w.org_id = $1 and w.state = 'waiting' order by w.made_ms, w.id limit 200`)
}

func settledWishes(tx *db.Tx, n int) ([]Wish, error) {
	return db.All[Wish](tx, `select `+wishColumns+` from family_wish w where w.org_id = $1 and w.state in ('accepted', 'declined') order by w.settled_ms desc, w.id limit $2`, n)
}

func countWaiting(tx *db.Tx) (wishes, asks int, err error) {
	type row struct{ Wishes, Asks int }
	r, err := db.One[row](tx, `select (select count(*) from family_wish w where w.org_id = $1 and w.state = 'waiting') as wishes,
		(select count(*) from family_ask a where a.org_id = $1 and a.done_ms is null) as asks`)
	return r.Wishes, r.Asks, err
}

// putWish keeps a wish. One about the same field, that waits, is replaced by it.
func putWish(tx *db.Tx, w Wish) error {
	if _, err := tx.Exec(`update family_wish set state = 'withdrawn', settled_ms = $5 where org_id = $1 and adult_id = $2 and field = $3 and was = $4 and state = 'waiting'`,
		w.AdultID, w.Field, w.Was, tx.Now()); err != nil {
		return err
	}
	_, err := tx.Exec(`insert into family_wish (org_id, id, adult_id, field, was, wish, made_ms) values ($1, $2, $3, $4, $5, $6, $7)`,
		w.ID, w.AdultID, w.Field, w.Was, w.To, tx.Now())
	return err
}

// settleWish answers a wish that still waits; false when somebody was quicker.
func settleWish(tx *db.Tx, id WishID, state, by, reason string) (bool, error) {
	n, err := tx.Exec(`update family_wish set state = $3, settled_ms = $4, by_name = $5, reason = $6 where org_id = $1 and id = $2 and state = 'waiting'`, id, state, tx.Now(), by, reason)
	return n > 0, err
}

const askColumns = `a.id, a.adult_id, a.thing, a.thing_key, a.pupil_id, a.why, a.made_ms`

func waitingAsks(tx *db.Tx) ([]Ask, error) {
	return db.All[Ask](tx, `select `+askColumns+` from family_ask a where a.org_id = $1 and a.done_ms is null order by a.made_ms, a.id limit 200`)
}

// addAsk keeps that somebody asked, once while it waits.
func addAsk(tx *db.Tx, a Ask) error {
	_, err := tx.Exec(`insert into family_ask (org_id, id, adult_id, thing, thing_key, pupil_id, why, made_ms)
		select $1, cast($2 as bigint), cast($3 as bigint), cast($4 as text), cast($5 as bigint), cast($6 as bigint), cast($7 as text), cast($8 as bigint)
		where not exists (select 1 from family_ask x where x.org_id = $1 and x.adult_id = $3 and x.thing = $4 and x.thing_key = $5 and x.why = $7 and x.done_ms is null)`,
		a.ID, a.AdultID, a.Thing, a.ThingKey, a.PupilID, a.Why, tx.Now())
	return err
}

func doneAsks(tx *db.Tx, adult roll.AdultID, thing string, thingKey int64, by string) (int64, error) {
	return tx.Exec(`update family_ask set done_ms = $5, by_name = $6 where org_id = $1 and adult_id = $2 and thing = $3 and thing_key = $4 and done_ms is null`, adult, thing, thingKey, tx.Now(), by)
}

func doneAsk(tx *db.Tx, id AskID, by string) (int64, error) {
	return tx.Exec(`update family_ask set done_ms = $3, by_name = $4 where org_id = $1 and id = $2 and done_ms is null`, id, tx.Now(), by)
}

// sentSince counts the links that were sent to an adult by themselves asking, so that nobody floods a phone.
func sentSince(tx *db.Tx, adult roll.AdultID, since int64) (int, error) {
	return db.One[int](tx, `select count(*) from family_link l where l.org_id = $1 and l.adult_id = $2 and l.way = 'sent' and l.by_name = '' and l.made_ms > $3`, adult, since)
}

func newID[T any]() ids.ID[T] { return ids.New[T]() }

func guests(tx *db.Tx) ([]Guest, error) {
	return db.All[Guest](tx, `select d.org, d.adult, d.place, d.words, o.name as org_name from family_demo d join roll_org o on o.id = d.org order by d.place`)
}

func insertGuest(tx *db.Tx, org roll.OrgID, adult roll.AdultID, place int, words string) error {
	_, err := tx.Exec(`insert into family_demo (org, adult, place, words) values ($1, $2, $3, $4) on conflict (org, adult) do nothing`, org, adult, place, words)
	return err
}

func orgName(tx *db.Tx, org int64) (string, error) {
	name, _, err := db.Maybe[string](tx, `select name from roll_org where id = $1`, org)
	return name, err
}
