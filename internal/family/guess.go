package family

import (
	"net/netip"
	"sync"
	"time"
)

// Guesses slows down whoever tries codes. Two counts are kept: of the wrong codes from one address, and of all of them together.
//
// A family can't be locked out by it. A remembered device and a link are not counted at all. While the count of the whole house is full, an address from
// which nothing wrong has come is still let through. And whoever shares an address with a guesser is told that the link, or the square on the same
// letter, works at once.
//
// The counts are in memory and each process has its own: a code has 55 random bits, so that at the rate this lets through, one of 100,000 codes that are
// alive would be found once in some two hundred years. Writing a row for each wrong try would be the easier attack.
type Guesses struct {
	mu    sync.Mutex
	from  map[netip.Prefix]*tally
	house tally
}

type tally struct {
	n     float64
	since time.Time
}

const (
	// freeGuesses are the wrong codes that an address may send before it has to wait; one is forgiven each minute.
	freeGuesses = 10
	// houseGuesses is the same for all addresses together; fifty are forgiven each second.
	houseGuesses   = 3000
	housePerSecond = 50
	// maxAddresses bounds the memory. When it is full those are forgotten whose count is nearly forgiven.
	maxAddresses = 50_000
)

func (t *tally) at(now time.Time, perSecond float64) float64 {
	if passed := now.Sub(t.since).Seconds(); passed > 0 {
		t.n = max(0, t.n-passed*perSecond)
		t.since = now
	}
	return t.n
}

// network is what counts as one address: the address itself, or the part of an IPv6 address that one home gets.
func network(address string) netip.Prefix {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}

// Wait tells how long an address has to wait before a code from it is looked at; nothing for most.
func (g *Guesses) Wait(address string, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.from[network(address)]
	if t == nil {
		return 0
	}
	n := t.at(now, 1.0/60)
	if n >= freeGuesses {
		return time.Duration((n-freeGuesses+1)*60) * time.Second
	}
	if n > 0 && g.house.at(now, housePerSecond) >= houseGuesses {
		return time.Minute
	}
	return 0
}

// Wrong counts a code that opened nothing.
func (g *Guesses) Wrong(address string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.from == nil {
		g.from = map[netip.Prefix]*tally{}
	}
	if len(g.from) >= maxAddresses {
		g.forget(now)
	}
	p := network(address)
	t := g.from[p]
	if t == nil {
		t = &tally{since: now}
		g.from[p] = t
	}
	// An hour is the longest wait, or one that guesses on and on would close its whole network for days.
	t.n = min(t.at(now, 1.0/60)+1, freeGuesses+60)
	g.house.n = min(g.house.at(now, housePerSecond)+1, houseGuesses+housePerSecond*60)
}

func (g *Guesses) forget(now time.Time) {
	for level := 1.0; len(g.from) >= maxAddresses; level *= 2 {
		for p, t := range g.from {
			if t.at(now, 1.0/60) <= level {
				delete(g.from, p)
			}
		}
	}
}
