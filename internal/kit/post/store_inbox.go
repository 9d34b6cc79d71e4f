package post

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
)

// putReceived keeps what came, and tells whether it is new.
func putReceived(tx *db.Tx, r Received) (bool, error) {
	n, err := tx.Exec(`insert into post_inbox (id, gateway, gateway_id, way, sender, recipient, subject, words, at_ms, reference, automatic, got_ms, due_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) on conflict (gateway, gateway_id) do nothing`,
		r.ID, r.Gateway, r.GatewayID, r.Way, r.From, r.To, r.Subject, r.Text, r.AtMs, r.Reference, r.Automatic, tx.Now())
	return n > 0, err
}

// dueInbox are the keys of what is to be handed on now; what another process holds is left to it for the time of its lease.
func dueInbox(tx *db.Tx, n int) ([]ids.ID[Received], error) {
	return db.All[ids.ID[Received]](tx, `select id from post_inbox where state = 'waiting' and due_ms <= $1 and taken_ms <= $2 order by due_ms, id limit $3`, tx.Now(), tx.Now()-inboxLease.Milliseconds(), n)
}

// holdInbox takes one, unless another process was quicker.
func holdInbox(tx *db.Tx, id ids.ID[Received]) (heldReceived, bool, error) {
	return db.Maybe[heldReceived](tx, `update post_inbox set taken_ms = $2, attempt = attempt + 1 where id = $1 and state = 'waiting' and taken_ms <= $3
		returning id, gateway, gateway_id, way, sender, recipient, subject, words, at_ms, reference, automatic, attempt`, id, tx.Now(), tx.Now()-inboxLease.Milliseconds())
}

func handedOn(tx *db.Tx, id ids.ID[Received]) error {
	_, err := tx.Exec(`update post_inbox set state = 'handed', due_ms = $2, taken_ms = 0, trouble = '', words = '', subject = '' where id = $1`, id, tx.Now())
	return err
}

func notHandedOn(tx *db.Tx, id ids.ID[Received], state string, due int64, trouble string) error {
	_, err := tx.Exec(`update post_inbox set state = $2, due_ms = $3, taken_ms = 0, trouble = $4 where id = $1 and state = 'waiting'`, id, state, due, trouble)
	return err
}

func forgetInbox(tx *db.Tx, before int64) error {
	_, err := tx.Exec(`delete from post_inbox where state = 'handed' and due_ms < $1`, before)
	return err
}

func inboxCounts(tx *db.Tx) (InboxState, error) {
	return db.One[InboxState](tx, `select coalesce(sum(case when state = 'waiting' then 1 else 0 end), 0) as waiting, coalesce(sum(case when state = 'failed' then 1 else 0 end), 0) as failed from post_inbox where state <> 'handed'`)
}

// freeFailed has everything that could not be handed on tried once more.
func freeFailed(tx *db.Tx) (int64, error) {
	return tx.Exec(`update post_inbox set state = 'waiting', attempt = 0, taken_ms = 0, due_ms = $1 where state = 'failed'`, tx.Now())
}
