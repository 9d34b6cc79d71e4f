// Package ids makes and writes the keys of records.
// A key is a 63-bit number: milliseconds, then a random part that only grows within one process. Keys made together lie together in
// an index (imports of 120,000 rows stay fast) and still tell an outsider nothing; knowing a key never opens anything, see kit/access.
package ids

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"sync"
	"time"
)

// ID is a key of the record type T. The type parameter is only a name, so that a pupil's key can't be handed over as an adult's.
type ID[T any] int64

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford's base 32: no i, l, o, u to misread

var made struct {
	sync.Mutex
	last int64
}

// epoch is the start of the clock in the keys: 41 bits of milliseconds last until 2089.
var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// New makes a key that this process has not made before.
func New[T any]() ID[T] { return ID[T](next()) }

func next() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:])                             // crypto/rand.Read never fails, by its own documentation
	r := int64(binary.LittleEndian.Uint64(b[:]) >> 44) // 20 random bits
	n := (time.Now().UnixMilli()-epoch)<<22 | r<<2
	made.Lock()
	defer made.Unlock()
	if n <= made.last {
		n = made.last + 1 + r&7
	}
	made.last = n
	return n
}

// String writes the key as it stands in addresses.
func (i ID[T]) String() string {
	var b [13]byte
	n := uint64(i)
	for k := len(b) - 1; k >= 0; k-- {
		b[k] = alphabet[n&31]
		n >>= 5
	}
	return string(b[:])
}

// Zero tells whether there is no key.
func (i ID[T]) Zero() bool { return i == 0 }

// Value stores the key as a number.
func (i ID[T]) Value() (driver.Value, error) { return int64(i), nil }

// MarshalText writes the key as text, so that JSON never rounds it.
func (i ID[T]) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (i *ID[T]) UnmarshalText(b []byte) error {
	n, err := Parse[T](string(b))
	*i = n
	return err
}

// Parse reads a key from an address or a form. It never panics, and what it refuses simply is not there.
func Parse[T any](s string) (ID[T], error) {
	if len(s) != 13 {
		return 0, fmt.Errorf("not a key: %.20q", s)
	}
	var n uint64
	for k := range len(s) {
		v := index(s[k])
		if v < 0 || k == 0 && v > 7 {
			return 0, fmt.Errorf("not a key: %.20q", s)
		}
		n = n<<5 | uint64(v)
	}
	return ID[T](n), nil
}

func index(c byte) int {
	for i := range len(alphabet) {
		if alphabet[i] == c {
			return i
		}
	}
	return -1
}
