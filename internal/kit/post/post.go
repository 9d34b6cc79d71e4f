// Package post is the way out of the house: e-mail and text messages to adults. An item is written in the transaction of its cause and queued in it; a desk
// for each way takes what is due, asks those who know about orders once more, and hands it over on lines that stay open. An item leaves at most once: that it
// is taken is kept before the wire, and after a crash the few of which nobody can say whether they left wait for a person (fate.go).
//
// It knows no school words: an adult and a pupil are keys here, and whether one may be told about the other is asked through May.
//
// Tables: post_item of each organisation; post_queue and post_pause of the installation. Begin reading at Send, then desk.go.
package post

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/mail"
	"strings"
	"sync"
	"unicode/utf8"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the table of what goes out.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "post", Files: sub}
}

// The ways out that need a machine of their own. A letter is printed where it is written.
const (
	Email = "email"
	SMS   = "sms"
)

// The states of an item.
const (
	Waiting = "waiting" // written, not yet handed over
	Sent    = "sent"    // handed over to the mail server or the gateway; whether it arrived is another matter
	Stopped = "stopped" // an order or the end of a tie came between
	Failed  = "failed"  // the address is not one, or the other side refused it for good
	Unknown = "unknown" // it may have left or not; a person decides, or a receipt tells
)

// Rank is how urgent an item is. What is more urgent leaves first.
type Rank int

// The ranks.
const (
	Usual  Rank = iota // to one or a few
	Urgent             // today, and for safety
	Bulk               // to many
)

// order is how ranks stand in the queue.
var order = map[Rank]int{Urgent: 0, Usual: 1, Bulk: 2}

// Item is one message to one adult, or to one colleague, by one way.
type Item struct {
	ID      ids.ID[Item]
	Way     string
	Adult   int64
	Staff   int64  // the member of staff, when it is for one; Adult is 0 then
	Pupil   int64  // the child it is about; 0 for none
	About   string // what it belongs to, such as "family.link", with Key
	Key     int64
	Address string // an e-mail address, or a mobile number as the school holds it
	Lang    string // language tag of the words
	Subject string // e-mail only
	Body    string // plain words; no markup
	State   string
	Trouble string
	ByName  string
	MadeMs  int64
	DoneMs  *int64
	HTML    string // the same words with marks, for e-mail; empty for plain words alone
	ReplyTo string // where an answer to this item goes: an address, AnswerHere, or empty for the organisation's own address
	Arrived string // "" while nobody has told, "yes", or "no"
	// ArrivedMs and ArrivedWords are when the other side told, and what.
	ArrivedMs    *int64
	ArrivedWords string
	// Rank is for Send alone.
	Rank Rank `db:"-"`
	// NotBefore lets an item wait (milliseconds UTC), so that whoever sent it to many can take it back. It is for Send alone.
	NotBefore int64 `db:"-"`
}

// Ready is an item on its way out: what a driver needs and no more.
type Ready struct {
	Reference string // ours, the same at each try; ReadReference reads it
	Sender    string // the name to show, such as the school's
	ReplyTo   string // where an answer goes; empty for nowhere
	Address   string
	Lang      string
	Subject   string
	Body      string
	HTML      string // the same words with marks; empty for plain words alone
	ReturnTo  string // where a bounce goes; empty for the address it comes from
	begin     func() error
}

// Begin is called by a driver just before the moment from which on it may have left: before the end of a mail, before a request is written. When it fails, the
// item must not leave. What had not begun when a process died is sent by another; so a driver that forgets this sends things twice.
func (r Ready) Begin() error {
	if r.begin == nil {
		return nil
	}
	return r.begin()
}

// Driver hands one item over to the world. What an error means is said with it: GiveUp, Down or Doubt (errors.go); any other means that this item may be
// tried again later. The reference is the other side's own, for its receipts.
type Driver interface {
	Send(ctx context.Context, r Ready) (reference string, err error)
}

// Opener is a driver that keeps a line open for many items, such as a connection to a mail server.
type Opener interface {
	Open(ctx context.Context) (Line, error)
}

// Line is an open line. It is for one item at a time.
type Line interface {
	Send(ctx context.Context, r Ready) (reference string, err error)
	Close()
}

// Finder is a driver whose other side can tell what became of an item, by our reference. That is how doubt is cleared without a person.
type Finder interface {
	Find(ctx context.Context, reference string) (theirs string, found bool, err error)
}

// Verdict is whether an item may leave now. The zero value lets it.
type Verdict struct {
	Why   string // why it may not leave at all
	Until int64  // not before this moment (milliseconds UTC), such as the end of quiet hours
}

// Asked tells of each of some items why it may not leave; "" lets it.
type Asked func(tx *db.Tx, list []Item) (why []string, err error)

// Each asks about one item after another.
func Each(f func(*db.Tx, Item) (why string, err error)) Asked {
	return func(tx *db.Tx, list []Item) ([]string, error) {
		out := make([]string, len(list))
		for i, it := range list {
			var err error
			if out[i], err = f(tx, it); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

// Whether makes a May of those who know reasons. The first reason counts.
func Whether(ask ...Asked) func(*db.Tx, []Item) ([]Verdict, error) {
	return func(tx *db.Tx, list []Item) ([]Verdict, error) {
		out := make([]Verdict, len(list))
		for _, f := range ask {
			why, err := f(tx, list)
			if err != nil {
				return nil, err
			}
			for i, w := range why {
				if out[i].Why == "" {
					out[i].Why = w
				}
			}
		}
		return out, nil
	}
}

// All asks several; the first reason counts, and the latest moment.
func All(ask ...func(*db.Tx, []Item) ([]Verdict, error)) func(*db.Tx, []Item) ([]Verdict, error) {
	return func(tx *db.Tx, list []Item) ([]Verdict, error) {
		out := make([]Verdict, len(list))
		for _, f := range ask {
			some, err := f(tx, list)
			if err != nil {
				return nil, err
			}
			for i, v := range some {
				if out[i].Why == "" {
					out[i].Why = v.Why
				}
				out[i].Until = max(out[i].Until, v.Until)
			}
		}
		return out, nil
	}
}

// Service writes items and sends them.
type Service struct {
	DB   *db.DB
	Jobs *jobs.Queue
	Log  *slog.Logger
	// Folder is where this process notes what is on the wire, so that after its end it can be told what left. Without it, more is in doubt after a crash.
	Folder string
	// May tells, inside the organisation, whether items may leave, in their order. Without it nothing leaves.
	May func(tx *db.Tx, list []Item) ([]Verdict, error)
	// Sender gives the organisation's name and the address that answers go to.
	Sender func(tx *db.Tx) (name, replyTo string, err error)
	// Receive takes over a message that came in. It may be asked twice about one, which it knows by its ID; an error has it asked again later. Without it,
	// what comes in waits.
	Receive func(ctx context.Context, r Received) error
	drivers map[string]Driver
	inbox   chan struct{}
	key     Signer
	mailIn  *MailIn
	wake    map[string]chan struct{}
	me      string // this process, among those that send
	wire    *wire
	opening sync.Once
}

const job = "post.send"

// New makes a service without drivers; set them with Use.
func New(d *db.DB, q *jobs.Queue) *Service {
	s := &Service{DB: d, Jobs: q, Log: slog.Default(), drivers: map[string]Driver{}, me: rand.Text(), inbox: make(chan struct{}, 1), wake: map[string]chan struct{}{Email: make(chan struct{}, 1), SMS: make(chan struct{}, 1)}}
	q.Handle(job, s.adopt)
	return s
}

// Use sets the driver of a way, while the program is put together.
func (s *Service) Use(way string, d Driver) { s.drivers[way] = d }

// Open tells whether a way out has been set up, so that pages offer only what works.
func (s *Service) Open(way string) bool { return s.drivers[way] != nil }

// MaxBody bounds the words of an item, in characters: a page of writing, and far more than a text message should be.
const MaxBody = 4000

// Send writes an item in the transaction of its cause, to leave at once after it. The address must be one of the adult's own, as the school holds it;
// the caller answers for that.
func (s *Service) Send(tx *db.Tx, it Item) (ids.ID[Item], error) {
	if s.drivers[it.Way] == nil {
		return 0, fault.New(fault.Invalid, "%s", notSetUp(it.Way))
	}
	if (it.Adult == 0) == (it.Staff == 0) || it.About == "" {
		return 0, errors.New("post: an item needs an adult or a member of staff, and a cause")
	}
	it.Subject = strings.Join(strings.Fields(it.Subject), " ") // a line break in a header would begin another header
	it.Body = strings.ReplaceAll(strings.ToValidUTF8(it.Body, ""), "\x00", "")
	if n := utf8.RuneCountInString(it.Body); n == 0 || n > MaxBody {
		return 0, fault.Field("body", "The message has %d characters; it may have between 1 and %d.", n, MaxBody)
	}
	if !Fits(it.Way, it.Address) {
		return 0, fault.Field("address", "%q is not %s.", it.Address, map[string]string{Email: "an e-mail address", SMS: "a mobile number"}[it.Way])
	}
	it.ID = ids.New[Item]()
	if err := putItem(tx, it); err != nil {
		return 0, err
	}
	return it.ID, s.queue(tx, it)
}

// queue puts an item in the queue, and wakes the desk once the transaction is kept.
func (s *Service) queue(tx *db.Tx, it Item) error {
	if err := enqueue(tx, it); err != nil {
		return err
	}
	if it.NotBefore <= tx.Now() {
		tx.After(func() { s.Wake(it.Way) })
	}
	return nil
}

// Wake has the desk of a way look now.
func (s *Service) Wake(way string) {
	select {
	case s.wake[way] <- struct{}{}:
	default:
	}
}

// adopt queues an item that an older program promised as a piece of work.
func (s *Service) adopt(ctx context.Context, j jobs.Job) error {
	return s.DB.Update(ctx, access.System("queue a message that was written", j.Org).Often(), func(tx *db.Tx) error {
		it, found, err := itemByID(tx, ids.ID[Item](j.Key))
		if err != nil || !found || it.State != Waiting {
			return err
		}
		return s.queue(tx, it)
	})
}

// Fits tells whether an address is one that a way can be tried with at all.
func Fits(way, address string) bool {
	if way == Email {
		a, err := mail.ParseAddress(address)
		return err == nil && a.Address == address
	}
	_, ok := Mobile(address)
	return way == SMS && ok
}

// Stop keeps what has not left yet from leaving, and tells how many items that were. What is on the wire at this moment is not among them.
func Stop(tx *db.Tx, about string, key int64, why string) (int64, error) {
	return stopAbout(tx, about, key, why)
}

func notSetUp(way string) string {
	if way == SMS {
		return "Text messages have not been set up for this Ajar. The person who runs it can do so; until then use a letter or the telephone."
	}
	return "E-mail has not been set up for this Ajar. The person who runs it can do so; until then use a letter or the telephone."
}

// StateWords says a state as a page shows it, with what can be done about it.
func (it Item) StateWords() string {
	switch it.State {
	case Waiting:
		if it.Trouble != "" {
			return "Not gone yet: " + strings.TrimSuffix(it.Trouble, ".") + ". It is tried again by itself."
		}
		return "On its way"
	case Sent:
		switch it.Arrived {
		case "yes":
			return "Arrived"
		case "no":
			return "Did not arrive: " + it.ArrivedWords
		}
		return "Sent"
	case Unknown:
		return "It may have gone or not: " + it.Trouble
	case Stopped:
		return "Stopped: " + it.Trouble
	}
	return "Did not go: " + it.Trouble
}

// plain is an error as the office reads it: what the other side said, in one short line.
func plain(err error) string { return plainText(err.Error()) }

func plainText(text string) string {
	said := strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if utf8.RuneCountInString(said) > 200 {
		said = string([]rune(said)[:200]) + "…"
	}
	return said
}

// Mobile reads a mobile number as people write it into +441234567890 without the plus. British numbers may come without their country.
func Mobile(s string) (string, bool) {
	var digits strings.Builder
	plus := false
	s = strings.Trim(s, " \t\r\n\u00a0\u200b\u200e\u202a\u202c\ufeff") // what comes along when a number is copied from a page
	if strings.HasPrefix(s, "+00") {
		s = "+" + s[3:]
	}
	if strings.Contains(s, "..") {
		return "", false // cut off, so who knows whether it is all of it
	}
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r == '+' && i == 0:
			plus = true
		case strings.ContainsRune(" ()-./\u00a0\u2010\u2011\u2012\u2013\u2014\u2212", r):
		default:
			return "", false
		}
	}
	d := digits.String()
	switch {
	case plus:
		d = strings.Replace(d, "4407", "447", 1) // +44 (0)7…
	case strings.HasPrefix(d, "00"):
		d = strings.Replace(d[2:], "4407", "447", 1)
	case strings.HasPrefix(d, "07") && len(d) == 11:
		d = "44" + d[1:]
	case strings.HasPrefix(d, "7") && len(d) == 10: // a sheet ate the zero
		d = "44" + d
	default:
		return "", false
	}
	if strings.HasPrefix(d, "44") {
		return d, len(d) == 12 && strings.HasPrefix(d, "447") && !strings.HasPrefix(d, "4470") // 070 is no mobile and dear
	}
	return d, len(d) >= 8 && len(d) <= 15 && d[0] != '0'
}

// Masked describes where an item went without saying all of it, for lists that many can see.
func (it Item) Masked() string {
	if it.Way == Email {
		name, host, _ := strings.Cut(it.Address, "@")
		if len(name) > 2 {
			name = name[:2] + "…"
		}
		return name + "@" + host
	}
	if len(it.Address) > 3 {
		return "…" + it.Address[len(it.Address)-3:]
	}
	return fmt.Sprint("…", it.Address)
}
