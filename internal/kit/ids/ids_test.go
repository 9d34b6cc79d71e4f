package ids

import (
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"
)

type thing struct{}

func TestRoundTrip(t *testing.T) {
	for _, id := range []ID[thing]{0, 1, 31, 32, 1<<53 + 1, 1<<63 - 1, New[thing]()} {
		text := id.String()
		back, err := Parse[thing](text)
		if err != nil || back != id || len(text) != 13 {
			t.Errorf("%d → %s → %d, %v", int64(id), text, int64(back), err)
		}
		b, err := json.Marshal(map[string]ID[thing]{"id": id})
		if err != nil {
			t.Fatal(err)
		}
		var read map[string]ID[thing]
		if err := json.Unmarshal(b, &read); err != nil || read["id"] != id {
			t.Errorf("%s → %d, %v", b, int64(read["id"]), err)
		}
		if v, err := id.Value(); err != nil || v != int64(id) {
			t.Errorf("stored as %v, %v", v, err)
		}
	}
	if !ID[thing](0).Zero() || New[thing]().Zero() {
		t.Error("zero")
	}
}

func TestWhatIsNoKey(t *testing.T) {
	for _, s := range []string{"", "7", "0000000000000 ", "000000000000", "00000000000000", "000000000000i", "000000000000l", "000000000000o", "000000000000u",
		"000000000000A", "8000000000000", "zzzzzzzzzzzzz", "-000000000001", "00000000000é", strings.Repeat("0", 10000)} {
		if id, err := Parse[thing](s); err == nil || id != 0 {
			t.Errorf("%.20q is the key %d", s, int64(id))
		} else if len(err.Error()) > 200 {
			t.Errorf("%.20q: an error of %d bytes", s, len(err.Error()))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "0000000000001", "7zzzzzzzzzzzz", "8000000000000", "\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := Parse[thing](s)
		if err == nil && (id.String() != s || id < 0) {
			t.Errorf("%q is the key %d, which is written %s", s, int64(id), id)
		}
	})
}

// Keys made one after the other sort in that order, as numbers and as text, so that an import of many rows fills an index from left to right.
func TestOrder(t *testing.T) {
	var keys []ID[thing]
	var texts []string
	for range 5000 {
		id := New[thing]()
		keys, texts = append(keys, id), append(texts, id.String())
	}
	if !slices.IsSorted(keys) || !sort.StringsAreSorted(texts) {
		t.Error("keys do not grow")
	}
	if at := time.UnixMilli(int64(keys[0])>>22 + epoch); time.Since(at).Abs() > time.Minute {
		t.Errorf("the first key speaks of %s", at)
	}
}

func TestMillionKeysAreDifferent(t *testing.T) {
	const makers, each = 8, 125_000
	made := make([][]ID[thing], makers)
	var wg sync.WaitGroup
	for i := range makers {
		wg.Go(func() {
			for range each {
				made[i] = append(made[i], New[thing]())
			}
		})
	}
	wg.Wait()
	all := slices.Concat(made...)
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != makers*each {
		t.Errorf("%d different keys of %d", n, makers*each)
	}
}
