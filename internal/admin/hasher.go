package admin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"ajar/internal/kit/fault"
)

// Hasher makes and checks the hashes of passwords: argon2id, with what it took written into each hash, so that it can be raised later.
type Hasher struct {
	Memory uint32 // KiB
	Passes uint32
	// slots bounds how many run at once: each takes Memory, and a flood of sign-ins must not take all there is.
	slots chan struct{}
	runs  atomic.Int64
}

// maxHashes is how many run at once. With 19 MB each that is 76 MB at the most.
const maxHashes = 4

// hashPatience is how long a sign-in waits for its turn.
const hashPatience = 10 * time.Second

// NewHasher makes one. 19 MB and two passes is what OWASP asks for at the least; it takes about 50 ms, and measured on a small machine more would make
// the first lesson of the day wait.
func NewHasher(memory, passes uint32) *Hasher {
	return &Hasher{Memory: memory, Passes: passes, slots: make(chan struct{}, maxHashes)}
}

// Runs tells how often the work was done, for the test that compares what an unknown address costs.
func (h *Hasher) Runs() int64 { return h.runs.Load() }

func (h *Hasher) turn(ctx context.Context) (func(), error) {
	ctx, cancel := context.WithTimeout(ctx, hashPatience)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "Very many people are signing in just now. Wait a moment and try again.")
	}
}

// Make hashes a password.
func (h *Hasher) Make(ctx context.Context, password string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	var salt [16]byte
	_, _ = rand.Read(salt[:])
	h.runs.Add(1)
	key := argon2.IDKey([]byte(password), salt[:], h.Passes, h.Memory, 1, 32)
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, h.Memory, h.Passes, b.EncodeToString(salt[:]), b.EncodeToString(key)), nil
}

// Check tells whether a password makes this hash, and whether the hash is of older settings. An empty hash costs the same and is never right.
func (h *Hasher) Check(ctx context.Context, hashed, password string) (ok, old bool, err error) {
	done, err := h.turn(ctx)
	if err != nil {
		return false, false, err
	}
	defer done()
	memory, passes, salt, key := h.Memory, h.Passes, make([]byte, 16), make([]byte, 32)
	known := false
	if parts := strings.Split(hashed, "$"); len(parts) == 6 && parts[1] == "argon2id" {
		var m, p uint32
		s, serr := base64.RawStdEncoding.DecodeString(parts[4])
		k, kerr := base64.RawStdEncoding.DecodeString(parts[5])
		if n, _ := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &m, &p); n == 2 && serr == nil && kerr == nil && len(k) == 32 && m <= 1<<20 && p > 0 && p <= 20 {
			memory, passes, salt, key, known = m, p, s, k, true
		}
	}
	h.runs.Add(1)
	got := argon2.IDKey([]byte(password), salt, passes, memory, 1, 32)
	same := subtle.ConstantTimeCompare(got, key) == 1
	return same && known, memory != h.Memory || passes != h.Passes, nil
}
