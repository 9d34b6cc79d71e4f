package post

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
)

// A desk sends what goes by one way. It works in turns: one transaction keeps what became of the items that are back and takes the next ones, which then go out
// on lines beside each other. So a commit serves many items, and no more than a moment's worth of them is ever on the wire.

// lines is how many items of a way one process has on the wire at once.
const lines = 16

// ahead bounds what is taken and not yet on the wire: about what leaves within this time, so that an order made now finds little already taken.
const ahead = 200 * time.Millisecond

// most bounds one turn.
const most = 256

type leaving struct {
	org     int64
	item    taken
	ready   Ready
	theirs  string
	failed  error
	stopped bool // the desk closed before it went onto the wire
}

type desk struct {
	s      *Service
	way    string
	out    chan *leaving
	back   chan *leaving
	inHand int
	rate   float64 // items a second, lately
	last   time.Time
}

// Run sends what was written until the context is over.
func (s *Service) Run(ctx context.Context) {
	var all sync.WaitGroup
	for way := range s.drivers {
		all.Go(func() { s.newDesk(way).run(ctx) })
	}
	all.Go(func() { s.runInbox(ctx) })
	all.Go(func() { s.RunMail(ctx) })
	all.Go(func() {
		tick := time.NewTicker(time.Minute)
		defer tick.Stop()
		for {
			if err := s.Recover(ctx); err != nil && ctx.Err() == nil {
				s.Log.Error("looking after what other processes left behind failed", "error", err.Error())
			}
			if err := s.sweepInbox(ctx); err != nil && ctx.Err() == nil {
				s.Log.Error("forgetting what was handed on failed", "error", err.Error())
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
	all.Wait()
	if err := s.wire.close(); err != nil {
		s.Log.Error("the notes of what is on the wire could not be closed", "error", err.Error())
	}
}

// begin opens the notes of this process, once.
func (s *Service) begin() (err error) {
	s.opening.Do(func() { s.wire, err = openWire(s.Folder, s.me) })
	return err
}

func (s *Service) newDesk(way string) *desk {
	return &desk{s: s, way: way, out: make(chan *leaving, most), back: make(chan *leaving, most)}
}

// Round sends what is due now and tells how many items it took. It is Run for those who do not want to wait for it to find something.
func (s *Service) Round(ctx context.Context) (n int, err error) {
	if err := s.begin(); err != nil {
		return 0, err
	}
	for way := range s.drivers {
		d := s.newDesk(way)
		ctx, stop := context.WithCancel(ctx)
		var hands sync.WaitGroup
		for range lines {
			hands.Go(func() { d.hand(ctx) })
		}
		var done []*leaving
		for {
			took, terr := d.turn(ctx, done, most/2)
			if err = errors.Join(err, terr); err != nil {
				break
			}
			n += len(took)
			for _, l := range took {
				d.out <- l
			}
			done = done[:0]
			for range took {
				done = append(done, <-d.back)
			}
			if len(done) == 0 {
				break
			}
		}
		stop()
		hands.Wait()
	}
	return n, err
}

func (d *desk) run(ctx context.Context) {
	if err := d.s.begin(); err != nil {
		d.s.Log.Error("nothing can be sent", "way", d.way, "error", err.Error())
		return
	}
	var hands sync.WaitGroup
	for range lines {
		hands.Go(func() { d.hand(ctx) })
	}
	defer hands.Wait()
	var done []*leaving
	idle := time.NewTimer(0)
	defer idle.Stop()
	for {
		took, err := d.turn(ctx, done, d.room())
		wait := 5 * time.Second // what other processes wrote, or the clock made due
		if err != nil {
			// What is back must be kept, even while the program closes; it is in hand until it is.
			d.s.Log.Error("keeping what was sent failed", "way", d.way, "error", err.Error())
			wait = time.Second
			if ctx.Err() != nil && d.inHand == 0 {
				return
			}
		} else {
			d.learn(len(done))
			done = done[:0]
			for _, l := range took {
				d.inHand++
				d.out <- l
			}
			if len(took) > 0 && d.inHand < d.room() {
				wait = 0
			}
		}
		idle.Reset(wait)
		if d.inHand > 0 && err == nil {
			out := d.out
			if ctx.Err() == nil {
				out = nil // the hands take it; after the end nobody does
			}
			select {
			case l := <-d.back:
				done = append(done, l)
			case l := <-out:
				l.stopped = true
				done = append(done, l)
			case <-idle.C:
			}
			done = d.gather(done)
			d.inHand -= len(done)
			continue
		}
		if ctx.Err() != nil {
			return
		}
		select {
		case <-d.s.wake[d.way]:
		case <-idle.C:
		case <-ctx.Done():
			if len(done) == 0 {
				return
			}
		}
	}
}

// gather takes what else is back by now.
func (d *desk) gather(done []*leaving) []*leaving {
	for {
		select {
		case l := <-d.back:
			done = append(done, l)
		default:
			return done
		}
	}
}

// room is how many more may be taken.
func (d *desk) room() int {
	n := min(most, max(lines, int(d.rate*ahead.Seconds())))
	return max(0, n-d.inHand)
}

// learn follows how fast items leave.
func (d *desk) learn(n int) {
	now := time.Now()
	if took := now.Sub(d.last).Seconds(); n > 0 && took > 0 && took < 10 {
		d.rate += (float64(n)/took - d.rate) / 8
	}
	d.last = now
}

// turn keeps what became of some items and takes up to n more, in one transaction.
func (d *desk) turn(ctx context.Context, done []*leaving, n int) (took []*leaving, err error) {
	if ctx.Err() != nil {
		n = 0
	}
	if n == 0 && len(done) == 0 {
		return nil, nil
	}
	if len(done) == 0 { // reading first keeps the one writer of SQLite free while there is nothing to do
		due := false
		if err := d.s.DB.View(ctx, installation("see whether a message is due"), func(tx *db.Tx) error {
			at, some, err := nextDue(tx, d.way)
			due = some && at <= tx.Now()
			if p, paused, perr := pauseOf(tx, d.way); perr != nil || paused && p.UntilMs > tx.Now() {
				due, err = false, errors.Join(err, perr)
			}
			return err
		}); err != nil || !due {
			return nil, err
		}
	}
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	err = d.s.DB.Update(keep, installation("send what was written"), func(tx *db.Tx) error {
		took = nil
		if err := d.keep(tx, done); err != nil || n == 0 {
			return err
		}
		took, err = d.take(tx, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	gone := make([]ids.ID[Item], 0, len(done))
	for _, l := range done {
		gone = append(gone, l.item.ID)
	}
	return took, d.s.wire.settled(gone)
}

// retry are the pauses after the first, second … try that failed for a reason of the item's own, such as a full mailbox. After the last it has failed: a day and a half.
var retry = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 8 * time.Hour, 24 * time.Hour}

// rest are the pauses of a way that does not work.
var rest = []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute}

func (d *desk) keep(tx *db.Tx, done []*leaving) error {
	by := map[int64][]*leaving{}
	var downs, ups int
	var trouble string
	var wait time.Duration
	for _, l := range done {
		by[l.org] = append(by[l.org], l)
		switch {
		case isDown(l.failed) || inDoubt(l.failed): // no answer is as bad as a closed door
			downs++
			trouble, wait = plain(l.failed), max(wait, wish(l.failed))
		case !l.stopped:
			ups++
		}
	}
	until, err := d.pace(tx, ups, downs, wait, trouble)
	if err != nil {
		return err
	}
	for _, org := range sortedOrgs(by) {
		if err := tx.Within(access.System("send messages that were written", org).Often(), func(in *db.Tx) error {
			var left []ids.ID[Item]
			for _, l := range by[org] {
				if l.failed == nil && !l.stopped && l.theirs == "" {
					left = append(left, l.item.ID)
				} else if err := l.keep(in, until); err != nil {
					return err
				}
			}
			return settleSent(in, left)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (l *leaving) keep(tx *db.Tx, until int64) error {
	id := l.item.ID
	switch {
	case l.stopped:
		return putOff(tx, id, tx.Now(), l.item.Trouble, true)
	case l.failed == nil:
		return settle(tx, id, Sent, "", l.theirs)
	case inDoubt(l.failed):
		return doubtful(tx, id, plain(l.failed))
	case isDown(l.failed):
		return putOff(tx, id, max(until, tx.Now()), plain(l.failed), true)
	case jobs.Hopeless(l.failed) || l.item.Attempt > len(retry):
		return settle(tx, id, Failed, plain(l.failed), "")
	}
	return putOff(tx, id, tx.Now()+retry[l.item.Attempt-1].Milliseconds(), plain(l.failed), false)
}

// pace decides whether the way rests. One item that got through ends a rest; it lengthens while every try finds the way closed. When
// the other side says how long to wait, that counts, even beside items that got through.
func (d *desk) pace(tx *db.Tx, ups, downs int, wait time.Duration, trouble string) (until int64, err error) {
	if ups+downs == 0 {
		return 0, nil
	}
	p, paused, err := pauseOf(tx, d.way)
	if err != nil {
		return 0, err
	}
	if downs == 0 || ups > downs && wait == 0 {
		if paused {
			return 0, endPause(tx, d.way)
		}
		return 0, nil
	}
	if paused && p.UntilMs > tx.Now() {
		return p.UntilMs, nil // others on the wire found the same
	}
	if !paused {
		p = Pause{Way: d.way, SinceMs: tx.Now()}
	}
	p.UntilMs = tx.Now() + max(wait, rest[min(p.Times, len(rest)-1)]).Milliseconds()
	p.Times++
	p.Trouble = trouble
	return p.UntilMs, putPause(tx, p)
}

// take takes up to n items that are due, the more urgent first, and asks about each whether it may leave.
func (d *desk) take(tx *db.Tx, n int) (out []*leaving, err error) {
	p, paused, err := pauseOf(tx, d.way)
	if err != nil {
		return nil, err
	}
	if paused {
		if p.UntilMs > tx.Now() {
			return nil, nil
		}
		n = 1 // one goes ahead and finds out whether the way is open again
		if d.inHand > 0 {
			return nil, nil
		}
	}
	turn := int64(ids.New[desk]())
	left := n
	for rank := 0; rank <= order[Bulk] && left > 0; rank++ {
		got, err := take(tx, d.way, d.s.me, turn, rank, left)
		if err != nil {
			return nil, err
		}
		left -= int(got)
	}
	if left == n {
		return nil, nil
	}
	orgs, err := orgsIn(tx, d.s.me, turn)
	if err != nil {
		return nil, err
	}
	for _, org := range orgs {
		if err := tx.Within(access.System("send messages that were written", org).Often(), func(in *db.Tx) error {
			list, err := d.readyIn(in, org, turn)
			out = append(out, list...)
			return err
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readyIn makes the items of one organisation ready that may leave now.
func (d *desk) readyIn(tx *db.Tx, org, turn int64) (out []*leaving, err error) {
	list, err := takenIn(tx, d.s.me, turn)
	if err != nil {
		return nil, err
	}
	var name, replyTo string
	if d.s.Sender != nil {
		if name, replyTo, err = d.s.Sender(tx); err != nil {
			return nil, err
		}
	}
	items := make([]Item, len(list))
	for i, it := range list {
		items[i] = it.Item
	}
	verdicts := slices.Repeat([]Verdict{{Why: "nobody here can tell whether it may be sent."}}, len(list))
	if d.s.May != nil {
		if verdicts, err = d.s.May(tx, items); err != nil || len(verdicts) != len(items) {
			return nil, errors.Join(errors.New("asking whether messages may leave"), err)
		}
	}
	for i, it := range list {
		switch v := verdicts[i]; {
		case it.State != Waiting: // stopped or decided in between
			err = drop(tx, it.ID)
		case v.Why != "":
			err = settle(tx, it.ID, Stopped, v.Why, "")
		case v.Until > tx.Now():
			err = putOff(tx, it.ID, v.Until, "", true)
		default:
			r := Ready{Reference: Reference(org, it.ID), Sender: name, ReplyTo: replyTo, Address: it.Address, Lang: it.Lang, Subject: it.Subject, Body: it.Body, HTML: it.HTML}
			if it.ReplyTo != "" && it.ReplyTo != AnswerHere {
				r.ReplyTo = it.ReplyTo
			}
			if it.Way == Email {
				answer, bounce, err := d.s.signedFor(r.Reference)
				if err != nil {
					return nil, err
				}
				if r.ReturnTo = bounce; it.ReplyTo == AnswerHere && answer != "" {
					r.ReplyTo = answer
				}
			}
			out = append(out, &leaving{org: org, item: it, ready: r})
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// idleLine is how long an open line may wait for the next item. Mail servers close theirs after five minutes (RFC 5321, 4.5.3.2.7).
const idleLine = 20 * time.Second

// hand puts items on the wire, one after another, on a line of its own.
func (d *desk) hand(ctx context.Context) {
	var line Line
	hangUp := func() {
		if line != nil {
			line.Close()
			line = nil
		}
	}
	defer hangUp()
	quiet := time.NewTimer(idleLine)
	defer quiet.Stop()
	for {
		quiet.Reset(idleLine)
		select {
		case l := <-d.out:
			if ctx.Err() != nil {
				l.stopped = true
				d.back <- l
				continue
			}
			line = d.send(ctx, line, l)
			d.back <- l
		case <-quiet.C:
			hangUp()
		case <-ctx.Done():
			// What is taken and not begun goes back.
			for {
				select {
				case l := <-d.out:
					l.stopped = true
					d.back <- l
				default:
					return
				}
			}
		}
	}
}

// patience is how long one item may take on the wire.
const patience = 90 * time.Second

// send puts one item on the wire and says what became of it. It gives the line back if it can carry another.
func (d *desk) send(ctx context.Context, line Line, l *leaving) Line {
	// An item that has begun is seen to its end even while the program closes.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	l.ready.begin = func() error {
		if err := d.s.wire.begin(l.org, l.item.ID); err != nil {
			return Down(fmt.Errorf("what leaves can't be noted: %w", err))
		}
		return nil
	}
	driver := d.s.drivers[d.way]
	func() {
		defer func() {
			if p := recover(); p != nil {
				l.failed = Doubt(fmt.Errorf("sending broke: %v", p))
			}
		}()
		if line == nil {
			if o, ok := driver.(Opener); ok {
				if line, l.failed = o.Open(ctx); l.failed != nil {
					line = nil
					return
				}
			}
		}
		if line != nil {
			l.theirs, l.failed = line.Send(ctx, l.ready)
		} else {
			l.theirs, l.failed = driver.Send(ctx, l.ready)
		}
	}()
	if strings.HasPrefix(l.theirs, l.ready.Reference) {
		l.theirs = "" // ours and no news
	}
	what := Sent
	switch {
	case l.failed == nil:
	case inDoubt(l.failed):
		what = Unknown
	default:
		what = Failed // it has not left
	}
	if err := d.s.wire.end(l.org, l.item.ID, what, l.theirs); err != nil {
		d.s.Log.Error("what left could not be noted", "error", err.Error())
	}
	if l.failed != nil && line != nil && !jobs.Hopeless(l.failed) {
		line.Close()
		line = nil
	}
	return line
}

func sortedOrgs(by map[int64][]*leaving) []int64 {
	out := make([]int64, 0, len(by))
	for org := range by {
		out = append(out, org)
	}
	slices.Sort(out)
	return out
}
