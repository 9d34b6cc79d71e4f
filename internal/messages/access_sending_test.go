package messages

import (
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// Each verb of writing, sending, calls and threads: who may, who may not, and what the same key gives to another school. A teacher writes to the families of children
// they see, and opens nobody else's message.
func TestWhoMaySend(t *testing.T) {
	sendingWorld(t, func(t *testing.T, w *ledgerWorld, out *outbox) {
		ctx, s, oak, elm := t.Context(), w.s, w.oak, w.elm
		head := oak.as("Han")
		amira, mum := oak.kids["Amira"], oak.folk["Mum"]
		typed := oak.typed("Bilal")
		letter := oak.typed("Dua")
		letter.Way = ByLetter
		called := oak.typed("Cai")
		draft := func() MessageID {
			id, err := s.Save(ctx, head, 0, typed, 0)
			ledgerMust(t, err)
			return id
		}
		oak.do(t, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_adult set address = '1 Road', postcode = 'AB1 2CD' where org_id = $1 and id = $2`, oak.folk["Dad"])
			return err
		})
		sent := oak.send(t, head, letter)
		oak.send(t, head, called)
		oak.later(t, 6*time.Minute)
		list, err := s.Calls(ctx, head)
		ledgerMust(t, err)
		call := list[0].ID
		oak.do(t, stopsMum)
		tries := testkit.Try(t, int64(oak.org.ID))
		for _, c := range []struct {
			verb        string
			may, mayNot string
			do          func(p access.Pass) error
			own         bool // about the organisation of the pass
		}{
			{"List", "Tom", "Gov", func(p access.Pass) error { _, _, err := s.List(ctx, p); return err }, true},
			{"Offer", "Tom", "Gov", func(p access.Pass) error { _, err := s.Offer(ctx, p); return err }, true},
			{"NameAudience", "Olu", "Gov", func(p access.Pass) error { _, err := s.NameAudience(ctx, p, typed.Audience); return err }, false},
			{"Save", "Olu", "Gov", func(p access.Pass) error { _, err := s.Save(ctx, p, 0, typed, 0); return err }, false},
			{"Open", "Olu", "Gov", func(p access.Pass) error { _, err := s.Open(ctx, p, sent); return err }, false},
			{"SendIt", "Olu", "Gov", func(p access.Pass) error { _, err := s.SendIt(ctx, p, draft(), 1, 1); return err }, false},
			{"LookThrough", "Lee", "Olu", func(p access.Pass) error { return s.LookThrough(ctx, p, draft(), 1, 1) }, false},
			{"TakeBack", "Olu", "Gov", func(p access.Pass) error { _, _, err := s.TakeBack(ctx, p, draft()); return err }, false},
			{"Throw", "Olu", "Gov", func(p access.Pass) error { return s.Throw(ctx, p, draft()) }, false},
			{"Letters", "Olu", "Gov", func(p access.Pass) error { _, _, _, err := s.Letters(ctx, p, sent); return err }, false},
			{"Printed", "Olu", "Gov", func(p access.Pass) error { _, err := s.Printed(ctx, p, sent); return err }, false},
			{"SchoolAddress", "Tom", "Gov", func(p access.Pass) error { _, err := s.SchoolAddress(ctx, p); return err }, true},
			{"Decide", "Olu", "Gov", func(p access.Pass) error { _, err := s.Decide(ctx, p, sent, nil, true); return err }, false},
			{"Calls", "Tom", "Gov", func(p access.Pass) error { _, err := s.Calls(ctx, p); return err }, true},
			{"Call", "Olu", "Gov", func(p access.Pass) error { _, err := s.Call(ctx, p, call); return err }, false},
			{"Called", "Olu", "Gov", func(p access.Pass) error { return s.Called(ctx, p, call, NoAnswer, "") }, false},
			{"ThreadWith", "Olu", "Gov", func(p access.Pass) error { _, err := s.ThreadWith(ctx, p, amira, mum); return err }, false},
			{"Unstop", "Olu", "Gov", func(p access.Pass) error {
				oak.do(t, stopsMum)
				return s.Unstop(ctx, p, amira, mum, "phone", roll.FoldChannel("phone", "07700 900111"))
			}, false},
		} {
			as := func(x *ledgerSchool, who string) access.Pass {
				if who == "Gov" {
					return x.as("Gov", roll.Governor)
				}
				return x.as(who)
			}
			err := c.do(as(elm, c.may))
			tries.Did(c.verb, true, as(elm, c.may), err)
			if c.own && err != nil || !c.own && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s from another school: %v", c.verb, err)
			}
			tries.Did(c.verb, false, as(oak, c.mayNot), c.do(as(oak, c.mayNot)))
			tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
			err = c.do(as(oak, c.may))
			tries.Did(c.verb, true, as(oak, c.may), err)
			if k := fault.KindOf(err); err != nil && k != fault.Conflict {
				t.Errorf("%s: %s may not: %v", c.verb, c.may, err)
			}
		}
		// A teacher who sees neither the child nor everybody opens nothing of it.
		for what, err := range map[string]error{
			"a message": func() error { _, err := s.Open(ctx, oak.as("Tom"), sent); return err }(),
			"a thread":  func() error { _, err := s.ThreadWith(ctx, oak.as("Tom"), amira, mum); return err }(),
			"a call":    func() error { _, err := s.Call(ctx, oak.as("Tom"), call); return err }(),
			"writing":   func() error { _, err := s.Save(ctx, oak.as("Tom"), 0, typed, 0); return err }(),
		} {
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("a teacher and %s: %v", what, err)
			}
		}
		if list, err := s.Calls(ctx, oak.as("Tom")); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
	})
}

// stopsMum has her number not be used.
func stopsMum(tx *db.Tx) error {
	return putStop(tx, "phone", roll.FoldChannel("phone", "07700 900111"), "stop", "STOP")
}
