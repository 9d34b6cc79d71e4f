package trail

import (
	"ajar/internal/kit/db"
)

// The tables of an organisation and those of the house are alike but for the key, so each statement stands here twice.

type head struct {
	Seq  int64
	Hash []byte
}

// hold makes room for n entries at the end of the chain and keeps everyone else from it until the transaction ends.
func hold(tx *db.Tx, org, n int64) (head, error) {
	if org == 0 {
		return db.One[head](tx, `insert into trail_house_head (id, seq, hash) values (1, $1, $2)
			on conflict (id) do update set seq = trail_house_head.seq + excluded.seq
			returning seq, hash`, n, zero)
	}
	return db.One[head](tx, `insert into trail_head (org_id, seq, hash) values ($1, $2, $3)
		on conflict (org_id) do update set seq = trail_head.seq + excluded.seq
		returning seq, hash`, n, zero)
}

func setHead(tx *db.Tx, org int64, hash []byte) error {
	if org == 0 {
		_, err := tx.Exec(`update trail_house_head set hash = $1 where id = 1`, hash)
		return err
	}
	_, err := tx.Exec(`update trail_head set hash = $2 where org_id = $1`, hash)
	return err
}

func insert(tx *db.Tx, org int64, l *Line) error {
	if org == 0 {
		_, err := tx.Exec(`insert into trail_house (id, at_ms, who, staff, adult, kind, about, key, words, prev, hash)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			l.ID, l.AtMs, l.Who, l.Staff, l.Adult, l.Kind, l.About, l.Key, l.Words, l.Prev, l.Hash)
		return err
	}
	_, err := tx.Exec(`insert into trail_entry (org_id, id, at_ms, who, staff, adult, kind, about, key, words, prev, hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		l.ID, l.AtMs, l.Who, l.Staff, l.Adult, l.Kind, l.About, l.Key, l.Words, l.Prev, l.Hash)
	return err
}

// headOf is the end of the chain; a chain that has none yet ends before its first entry.
func headOf(tx *db.Tx, org int64) (head, error) {
	var h head
	var found bool
	var err error
	if org == 0 {
		h, found, err = db.Maybe[head](tx, `select seq, hash from trail_house_head where id = 1`)
	} else {
		h, found, err = db.Maybe[head](tx, `select seq, hash from trail_head where org_id = $1`)
	}
	if err == nil && !found {
		h = head{0, zero}
	}
	return h, err
}

// cut is where the chain begins after old entries were removed.
type cut struct {
	ID, Entries, FirstMs, LastMs, AtMs int64
	Hash                               []byte
}

// lastCut is the latest removal; none is one before the first entry.
func lastCut(tx *db.Tx, org int64) (cut, error) {
	var c cut
	var found bool
	var err error
	if org == 0 {
		c, found, err = db.Maybe[cut](tx, `select id, entries, first_ms, last_ms, at_ms, hash from trail_house_cut order by id desc limit 1`)
	} else {
		c, found, err = db.Maybe[cut](tx, `select id, entries, first_ms, last_ms, at_ms, hash from trail_cut where org_id = $1 order by id desc limit 1`)
	}
	if err == nil && !found {
		c.Hash = zero
	}
	return c, err
}

// each reads the chain from its beginning.
func each(tx *db.Tx, org int64, f func(*Line) error) error {
	if org == 0 {
		return db.Each(tx, f, `select id, at_ms, who, staff, adult, kind, about, key, words, prev, hash from trail_house order by id`)
	}
	return db.Each(tx, f, `select id, at_ms, who, staff, adult, kind, about, key, words, prev, hash from trail_entry where org_id = $1 order by id`)
}

// firstMs is the time of the entry with which the chain begins.
func firstMs(tx *db.Tx, org int64) (int64, bool, error) {
	if org == 0 {
		return db.Maybe[int64](tx, `select at_ms from trail_house order by id limit 1`)
	}
	return db.Maybe[int64](tx, `select at_ms from trail_entry where org_id = $1 order by id limit 1`)
}

// old tells what lies in the beginning of the chain that is older than a time: up to the entry before the first that is younger.
func old(tx *db.Tx, org, beforeMs int64) (cut, error) {
	if org == 0 {
		return db.One[cut](tx, `select coalesce(max(id), 0) as id, count(*) as entries, coalesce(min(at_ms), 0) as first_ms, coalesce(max(at_ms), 0) as last_ms
			from trail_house where id < coalesce((select min(id) from trail_house where at_ms >= $1), 9223372036854775807)`, beforeMs)
	}
	return db.One[cut](tx, `select coalesce(max(id), 0) as id, count(*) as entries, coalesce(min(at_ms), 0) as first_ms, coalesce(max(at_ms), 0) as last_ms
		from trail_entry where org_id = $1 and id < coalesce((select min(id) from trail_entry where org_id = $1 and at_ms >= $2), 9223372036854775807)`, beforeMs)
}

func hashOf(tx *db.Tx, org, id int64) ([]byte, error) {
	if org == 0 {
		return db.One[[]byte](tx, `select hash from trail_house where id = $1`, id)
	}
	return db.One[[]byte](tx, `select hash from trail_entry where org_id = $1 and id = $2`, id)
}

func insertCut(tx *db.Tx, org int64, c cut) error {
	if org == 0 {
		_, err := tx.Exec(`insert into trail_house_cut (id, hash, entries, first_ms, last_ms, at_ms) values ($1, $2, $3, $4, $5, $6)`, c.ID, c.Hash, c.Entries, c.FirstMs, c.LastMs, c.AtMs)
		return err
	}
	_, err := tx.Exec(`insert into trail_cut (org_id, id, hash, entries, first_ms, last_ms, at_ms) values ($1, $2, $3, $4, $5, $6, $7)`, c.ID, c.Hash, c.Entries, c.FirstMs, c.LastMs, c.AtMs)
	return err
}

func remove(tx *db.Tx, org, upto int64) (int64, error) {
	if org == 0 {
		return tx.Exec(`delete from trail_house where id <= $1`, upto)
	}
	return tx.Exec(`delete from trail_entry where org_id = $1 and id <= $2`, upto)
}

// drained tells how far a spool file is in the chains.
func drained(tx *db.Tx, name string) (int64, error) {
	n, _, err := db.Maybe[int64](tx, `select upto from trail_spool where name = $1`, name)
	return n, err
}

func setDrained(tx *db.Tx, name string, upto int64) error {
	_, err := tx.Exec(`insert into trail_spool (name, upto) values ($1, $2) on conflict (name) do update set upto = excluded.upto`, name, upto)
	return err
}

func forgetSpool(tx *db.Tx, name string) error {
	_, err := tx.Exec(`delete from trail_spool where name = $1`, name)
	return err
}
