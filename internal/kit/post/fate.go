package post

import (
	"context"
	"errors"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

// After a crash the store knows which items a dead process had taken. Its notes of the wire (wire.go) part them into those that had not begun, which go back
// into the queue, those whose answer it had seen, and those in doubt. Whoever is in doubt is asked for at the gateway where it can tell, and else waits for a
// person: sending twice and saying nothing are both worse.

// lease is how long a process that has no notes here may hold an item before it is taken for dead. It is longer than any item may take on the wire.
const lease = 10 * time.Minute

const inDoubtWords = "Ajar stopped while it was being sent."

// Recover looks after what other processes had taken and will not finish.
func (s *Service) Recover(ctx context.Context) error {
	if err := s.begin(); err != nil {
		return err
	}
	var list []stray
	var now int64
	if err := s.DB.View(ctx, installation("see what other processes left behind"), func(tx *db.Tx) (err error) {
		now = tx.Now()
		list, err = strays(tx, s.me)
		return err
	}); err != nil {
		return err
	}
	by := map[string][]stray{}
	for _, x := range list {
		by[x.TakenBy] = append(by[x.TakenBy], x)
	}
	var all error
	for _, who := range wires(s.Folder) {
		if by[who] == nil && who != s.me { // it left nothing behind but its notes
			p, err := readWire(s.Folder, who)
			if err == nil && !p.alive {
				err = p.discard()
			}
			all = errors.Join(all, err)
		}
	}
	for who, left := range by {
		p, err := readWire(s.Folder, who)
		if err != nil || p.alive {
			all = errors.Join(all, err)
			continue
		}
		if p.marks == nil && now-left[0].TakenMs < lease.Milliseconds() {
			continue // it may run elsewhere
		}
		if err := s.inherit(ctx, who, left, p); err != nil {
			all = errors.Join(all, err)
			continue
		}
		all = errors.Join(all, p.discard())
	}
	return errors.Join(all, s.ask(ctx))
}

func (s *Service) inherit(ctx context.Context, who string, list []stray, p past) error {
	woken := map[string]bool{}
	err := s.DB.Update(ctx, installation("look after what a process left behind"), func(tx *db.Tx) error {
		for _, x := range list {
			if err := tx.Within(access.System("look after messages that were on their way", x.Org).Often(), func(in *db.Tx) error {
				if still, err := stillTaken(in, x.ID, who); err != nil || !still {
					return err
				}
				m, noted := p.marks[x.ID]
				switch {
				case noted && m.what == Sent:
					return settle(in, x.ID, Sent, "", m.theirs)
				case noted && m.what == Failed, !noted && p.noted:
					woken[x.Way] = true
					return putOff(in, x.ID, in.Now(), "", true)
				}
				return doubtful(in, x.ID, inDoubtWords)
			}); err != nil {
				return err
			}
		}
		return nil
	})
	for way := range woken {
		s.Wake(way)
	}
	return err
}

// settling is how long a gateway has to know of what it was just handed. Asked earlier, it might say no to what is still on its way.
const settling = 5 * time.Minute

// ask clears doubt with those gateways that can tell what became of an item.
func (s *Service) ask(ctx context.Context) error {
	for way, d := range s.drivers {
		f, ok := d.(Finder)
		if !ok {
			continue
		}
		var list []stray
		if err := s.DB.View(ctx, installation("see which messages are in doubt"), func(tx *db.Tx) (err error) {
			list, err = doubts(tx, way)
			return err
		}); err != nil {
			return err
		}
		for _, x := range list {
			if x.TakenMs > s.DB.Clock().Now().Add(-settling).UnixMilli() {
				continue
			}
			theirs, found, err := f.Find(ctx, Reference(x.Org, x.ID))
			if err != nil {
				return err
			}
			if err := s.DB.Update(ctx, access.System("clear a doubt about a message", x.Org).Often(), func(tx *db.Tx) error {
				if err := cleared(tx, x.ID); err != nil {
					return err
				}
				if found {
					return settle(tx, x.ID, Sent, "", theirs)
				}
				it, there, err := itemByID(tx, x.ID)
				if err != nil || !there {
					return err
				}
				if n, err := again(tx, x.ID); err != nil || n == 0 {
					return err
				}
				return s.queue(tx, it)
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Decide is a person's word about an item in doubt: send it again, or leave it as it is, taken for sent.
func (s *Service) Decide(tx *db.Tx, id ids.ID[Item], sendAgain bool) error {
	it, found, err := itemByID(tx, id)
	if err != nil {
		return err
	}
	if !found || it.State != Unknown {
		return fault.Gone("message")
	}
	if err := cleared(tx, id); err != nil {
		return err
	}
	if !sendAgain {
		return settle(tx, id, Sent, "Left as it is by "+tx.Pass().Who().Name+"; whether it went is not known.", "")
	}
	if _, err := again(tx, id); err != nil {
		return err
	}
	return s.queue(tx, it)
}

// Arrived keeps what the other side told about an item: that it arrived, or why not. A receipt for an item in doubt says that it had left. The reference is ours,
// from outside: one that is unknown changes nothing and is told as false.
func (s *Service) Arrived(ctx context.Context, reference string, yes bool, words string) (known bool, err error) {
	org, id, ok := ReadReference(reference)
	if !ok {
		return false, nil
	}
	err = s.DB.Update(ctx, access.System("keep what a gateway told about a message", org).Often(), func(tx *db.Tx) error {
		it, found, err := itemByID(tx, id)
		if err != nil || !found {
			return err
		}
		known = true
		if _, err := arrived(tx, id, yes, plainText(words)); err != nil {
			return err
		}
		if it.State != Unknown {
			return nil
		}
		if err := cleared(tx, id); err != nil {
			return err
		}
		return settle(tx, id, Sent, "", "")
	})
	return known, err
}

// State is how a way out stands.
type State struct {
	Way     string
	Waiting int
	Pause   *Pause // nil while it works
}

// States tells of each way that has been set up how it stands, for those who look after the installation.
func (s *Service) States(ctx context.Context) (out []State, err error) {
	err = s.DB.View(ctx, installation("see how the ways out stand"), func(tx *db.Tx) error {
		for _, way := range []string{SMS, Email} {
			if s.drivers[way] == nil {
				continue
			}
			x := State{Way: way}
			if x.Waiting, err = waitingOf(tx, way); err != nil {
				return err
			}
			p, paused, err := pauseOf(tx, way)
			if err != nil {
				return err
			}
			if paused {
				x.Pause = &p
			}
			out = append(out, x)
		}
		return nil
	})
	return out, err
}
