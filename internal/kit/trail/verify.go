package trail

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// Report is what Verify found.
type Report struct {
	Entries int64  `json:"entries"`
	FirstMs int64  `json:"first_ms,omitempty"`
	LastMs  int64  `json:"last_ms,omitempty"`
	Head    Mark   `json:"head"`              // the end of the chain, to be written down elsewhere
	Removed int64  `json:"removed,omitempty"` // up to this number entries were removed by schedule
	Broken  *Break `json:"broken,omitempty"`  // the first place where the chain does not hold; nil when it does
}

// Break is a place where the chain does not hold.
type Break struct {
	ID  int64  `json:"entry"`
	Why string `json:"why"`
}

// Mark is a place in the chain: the number of an entry and its hash. One that was written down outside of Ajar shows later that nobody made the
// chain anew, which a hash inside of it cannot.
type Mark struct {
	ID   int64
	Hash string
}

// String is the mark as it is printed and given back: "1204:5f0c…".
func (m Mark) String() string { return strconv.FormatInt(m.ID, 10) + ":" + m.Hash }

// MarshalText is String, for JSON.
func (m Mark) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// ParseMark reads what String wrote.
func ParseMark(s string) (Mark, error) {
	id, hash, _ := strings.Cut(strings.TrimSpace(s), ":")
	n, err := strconv.ParseInt(id, 10, 64)
	if b, herr := hex.DecodeString(hash); err != nil || herr != nil || n < 1 || len(b) != len(zero) {
		return Mark{}, fault.Field("noted", "%q is not a place in the trail. Give it as \"ajar check --trail\" printed it: the number of the entry, a colon, and 64 letters and digits.", s)
	}
	return Mark{n, strings.ToLower(hash)}, nil
}

// Verify follows the chain of an organisation from its beginning, or that of the house for 0, and looks whether it still holds the marks that were
// written down elsewhere.
func Verify(tx *db.Tx, org int64, noted ...Mark) (Report, error) {
	var r Report
	broken := func(id int64, format string, args ...any) {
		if r.Broken == nil {
			r.Broken = &Break{id, fmt.Sprintf(format, args...)}
		}
	}
	c, err := lastCut(tx, org)
	if err != nil {
		return r, err
	}
	h, err := headOf(tx, org)
	if err != nil {
		return r, err
	}
	r.Removed, r.Head = c.ID, Mark{h.Seq, hex.EncodeToString(h.Hash)}
	marks := map[int64]string{}
	for _, m := range noted {
		marks[m.ID] = m.Hash
		if m.ID > h.Seq {
			broken(m.ID, "entry %d was noted elsewhere, but the trail ends at entry %d", m.ID, h.Seq)
		}
	}
	id, prev, told := c.ID, c.Hash, c.ID == 0
	if err := each(tx, org, func(l *Line) error {
		r.Entries++
		if r.Entries == 1 {
			r.FirstMs = l.AtMs
		}
		r.LastMs = l.AtMs
		switch {
		case l.ID <= id:
			broken(l.ID, "entry %d should have been removed long ago", l.ID)
		case l.ID == id+2:
			broken(id+1, "entry %d is missing", id+1)
		case l.ID > id+1:
			broken(id+1, "entries %d to %d are missing", id+1, l.ID-1)
		case !bytes.Equal(l.Prev, prev):
			broken(l.ID, "entry %d does not follow on from the one before it", l.ID)
		case !bytes.Equal(l.sum(org), l.Hash):
			broken(l.ID, "entry %d was changed after it had been written", l.ID)
		}
		if want, ok := marks[l.ID]; ok && want != hex.EncodeToString(l.Hash) {
			broken(l.ID, "entry %d is not the one that was noted elsewhere", l.ID)
		}
		told = told || l.Kind == Cut && strings.Contains(l.Words, hex.EncodeToString(c.Hash))
		id, prev = l.ID, bytes.Clone(l.Hash)
		return nil
	}); err != nil {
		return r, err
	}
	if id != h.Seq || !bytes.Equal(prev, h.Hash) {
		broken(id+1, "the trail should go on to entry %d; its end is missing", h.Seq)
	}
	if !told {
		broken(c.ID+1, "entries up to %d were removed, and no entry says so", c.ID)
	}
	return r, nil
}
