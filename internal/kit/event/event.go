// Package event carries news from one capability to others that must not be imported from below.
// A subscriber runs in the publisher's transaction: either both are kept or neither is.
package event

import "ajar/internal/kit/db"

// Topic is one kind of news. The publisher owns it as a field; subscribers are added while the program is put together.
type Topic[T any] struct {
	subs []func(*db.Tx, T) error
}

// Subscribe adds a reader. It is not safe once requests are served, and need not be.
func (t *Topic[T]) Subscribe(f func(*db.Tx, T) error) { t.subs = append(t.subs, f) }

// Publish tells every reader, in the order in which they subscribed; the first error ends the transaction.
func (t *Topic[T]) Publish(tx *db.Tx, news T) error {
	for _, f := range t.subs {
		if err := f(tx, news); err != nil {
			return err
		}
	}
	return nil
}
