package post

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
)

// What an error of a driver means decides what is done with the item. A driver that says nothing else means: this item may be tried again later.

// GiveUp marks an error that trying again would not mend, such as an address that does not exist. The item has failed.
func GiveUp(err error) error { return jobs.GiveUp(err) }

type down struct {
	error
	wait time.Duration
}

func (d down) Unwrap() error { return d.error }

// Down marks an error of the way and not of the item: the server can't be reached, or refuses everybody. Nothing has left. The item keeps its turn and the
// whole way rests.
func Down(err error) error { return down{error: err} }

// DownFor is Down with how long the other side wants us to wait; at most an hour of it is waited, since people mend things.
func DownFor(wait time.Duration, err error) error { return down{err, min(wait, time.Hour)} }

type doubt struct{ error }

func (d doubt) Unwrap() error { return d.error }

// Doubt marks an error after which nobody can say whether the item has left: it was handed over, and the answer did not come. It is not tried again by itself.
func Doubt(err error) error { return doubt{err} }

// wish is how long the other side wants us to wait.
func wish(err error) time.Duration {
	var d down
	errors.As(err, &d)
	return d.wait
}

func isDown(err error) bool  { return errors.As(err, &down{}) }
func inDoubt(err error) bool { return errors.As(err, &doubt{}) }

// Reference is ours for an item. The organisation is in it, because receipts come from outside and know nothing of organisations.
func Reference(org int64, id ids.ID[Item]) string {
	return strconv.FormatInt(org, 36) + "-" + strconv.FormatInt(int64(id), 36)
}

// ReadReference reads one of our references. It tells nothing about whether there is such an item.
func ReadReference(s string) (org int64, id ids.ID[Item], ok bool) {
	a, b, _ := strings.Cut(s, "-")
	org, err := strconv.ParseInt(a, 36, 64)
	n, err2 := strconv.ParseInt(b, 36, 64)
	return org, ids.ID[Item](n), err == nil && err2 == nil && org > 0 && n > 0
}
