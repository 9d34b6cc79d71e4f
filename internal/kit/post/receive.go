package post

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
)

// What comes back: answers of families by text and e-mail, and what gateways tell about what we sent. A message is kept in the inbox before the other side is
// told that we have it, and handed on to the room above afterwards, again and again until that has it. So nothing that was acknowledged is lost, and the room
// may be asked twice about the same one: it knows it by its ID.

// Received is a message that came in.
type Received struct {
	ID        ids.ID[Received]
	Way       string
	Gateway   string // who brought it
	GatewayID string // theirs for it
	From      string `db:"sender"`
	To        string `db:"recipient"`
	Subject   string
	Text      string `db:"words"` // all of it; Fresh leaves out what is quoted
	AtMs      int64  // when it was written, as they say, or when it came
	Reference string // ours, of the item that it answers, where that is known; nobody can make one up
	Automatic bool   // a machine wrote it: a holiday notice, a list. It must never be answered
}

type heldReceived struct {
	Received
	Attempt int
}

// InboxState is how many messages wait to be handed on, and how many could not be.
type InboxState struct{ Waiting, Failed int }

// Receipt is what the other side tells about an item.
type Receipt struct {
	Reference string
	Yes       bool
	Words     string
}

const (
	// inboxLease is how long a process may take to hand one message on before another tries.
	inboxLease = 2 * time.Minute
	// inboxDays is how long it is known that a message came.
	inboxDays = 60
	// inboxAtOnce is how many are handed on beside each other.
	inboxAtOnce = 8
	// MaxReceived bounds the words of what comes in, in bytes. A text has a thousandth of it.
	MaxReceived = 256 << 10
)

// Take keeps a message that came. It has answered when the message is safe; one that came before is kept once.
func (s *Service) Take(ctx context.Context, r Received) error {
	if r.Gateway == "" || r.GatewayID == "" || r.From == "" || r.Way != Email && r.Way != SMS {
		return fault.New(fault.Invalid, "This message says neither who wrote it nor how it is told from others.")
	}
	clean := func(text string, most int) string {
		text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
		if len(text) > most {
			text = strings.ToValidUTF8(text[:most], "")
		}
		return text
	}
	r.From, r.To, r.GatewayID, r.Subject, r.Text = clean(r.From, 320), clean(r.To, 320), clean(r.GatewayID, 400), clean(r.Subject, 1000), clean(r.Text, MaxReceived)
	r.ID = ids.New[Received]()
	return s.DB.Update(ctx, installation("keep a message that came in"), func(tx *db.Tx) error {
		if r.AtMs <= 0 || r.AtMs > tx.Now() {
			r.AtMs = tx.Now()
		}
		fresh, err := putReceived(tx, r)
		if fresh {
			tx.After(s.wakeInbox)
		}
		return err
	})
}

func (s *Service) wakeInbox() {
	select {
	case s.inbox <- struct{}{}:
	default:
	}
}

// runInbox hands on what came until the context is over.
func (s *Service) runInbox(ctx context.Context) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		for {
			n, err := s.HandOn(ctx)
			if err != nil && ctx.Err() == nil {
				s.Log.Error("handing on what came in failed", "error", err.Error())
			}
			if err != nil || n == 0 || ctx.Err() != nil {
				break
			}
		}
		select {
		case <-s.inbox:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// HandOn hands on what is due and tells how many it took. Without a room that receives, everything waits.
func (s *Service) HandOn(ctx context.Context) (int, error) {
	if s.Receive == nil {
		return 0, nil
	}
	var due []ids.ID[Received]
	if err := s.DB.View(ctx, installation("see what came in"), func(tx *db.Tx) (err error) {
		due, err = dueInbox(tx, 8*inboxAtOnce)
		return err
	}); err != nil || len(due) == 0 {
		return 0, err
	}
	var held []heldReceived
	if err := s.DB.Update(ctx, installation("hand on what came in"), func(tx *db.Tx) error {
		held = nil
		for _, id := range due {
			r, mine, err := holdInbox(tx, id)
			if err != nil {
				return err
			}
			if mine {
				held = append(held, r)
			}
		}
		return nil
	}); err != nil {
		return 0, err
	}
	failed := make([]error, len(held))
	var all sync.WaitGroup
	room := make(chan struct{}, inboxAtOnce)
	for i, r := range held {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			failed[i] = s.receive(ctx, r.Received)
		})
	}
	all.Wait()
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return len(held), s.DB.Update(keep, installation("hand on what came in"), func(tx *db.Tx) error {
		for i, r := range held {
			var err error
			switch {
			case failed[i] == nil:
				err = handedOn(tx, r.ID)
			case jobs.Hopeless(failed[i]) || r.Attempt > len(retry):
				err = notHandedOn(tx, r.ID, "failed", tx.Now(), plain(failed[i]))
			default:
				err = notHandedOn(tx, r.ID, "waiting", tx.Now()+retry[r.Attempt-1].Milliseconds(), plain(failed[i]))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) receive(ctx context.Context, r Received) (err error) {
	ctx, cancel := context.WithTimeout(ctx, inboxLease-10*time.Second)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("receiving a message broke: %v", p)
		}
	}()
	return s.Receive(ctx, r)
}

// Inbox tells how the inbox stands, for those who look after the installation.
func (s *Service) Inbox(ctx context.Context) (out InboxState, err error) {
	err = s.DB.View(ctx, installation("see how the inbox stands"), func(tx *db.Tx) error { out, err = inboxCounts(tx); return err })
	return out, err
}

// HandOnAgain has what could not be handed on tried once more, and tells how many messages that are.
func (s *Service) HandOnAgain(ctx context.Context) (n int64, err error) {
	err = s.DB.Update(ctx, installation("hand on once more what could not be"), func(tx *db.Tx) error { n, err = freeFailed(tx); return err })
	s.wakeInbox()
	return n, err
}

// sweepInbox forgets what was handed on long ago.
func (s *Service) sweepInbox(ctx context.Context) error {
	return s.DB.Update(ctx, installation("forget what was handed on long ago"), func(tx *db.Tx) error {
		return forgetInbox(tx, tx.Now()-(inboxDays*24*time.Hour).Milliseconds())
	})
}

// Signer puts marks on what leaves the house and comes back, which nobody else can make: 96 bits of an HMAC with a key of the installation.
type Signer func() (key []byte, err error)

var markLetters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Mark signs a text for a purpose. It has 20 small letters and digits, so that it stands in an address whose case nobody keeps.
func (k Signer) Mark(purpose, text string) (string, error) {
	if k == nil {
		return "", errors.New("post: there is no key to sign with")
	}
	key, err := k()
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(purpose + "\x00" + text))
	return markLetters.EncodeToString(h.Sum(nil)[:12]), nil
}

// Good tells whether a mark is ours, in the same time whatever it is.
func (k Signer) Good(purpose, text, mark string) bool {
	want, err := k.Mark(purpose, text)
	return err == nil && hmac.Equal([]byte(want), []byte(strings.ToLower(mark)))
}
