// Package post is the way out of the house: e-mail and text messages to adults. An item is written in the transaction of its cause, and sent after it by
// whoever does the promised work. Just before it leaves, those who know about orders are asked once more: an order made in between stops it.
//
// It knows no school words: an adult and a pupil are keys here, and whether one may be told about the other is asked through May.
//
// Table: post_item. Begin reading at Send.
package post

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"strings"
	"time"
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
)

// Item is one message to one adult by one way.
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
	// NotBefore lets an item wait (milliseconds UTC), so that whoever sent it to many can take it back. It is for Send alone.
	NotBefore int64 `db:"-"`
}

// Ready is an item on its way out: what a driver needs and no more.
type Ready struct {
	Reference string // ours, the same at each try
	Sender    string // the name to show, such as the school's
	ReplyTo   string // where an answer goes; empty for nowhere
	Address   string
	Subject   string
	Body      string
}

// Driver hands one item over to the world. An error made by jobs.GiveUp says that trying again would not help.
type Driver interface {
	Send(ctx context.Context, r Ready) (reference string, err error)
}

// Service writes items and sends them.
type Service struct {
	DB   *db.DB
	Jobs *jobs.Queue
	// May tells, inside the organisation, why an item may not leave: "" lets it. Without it nothing leaves.
	May func(tx *db.Tx, it Item) (why string, err error)
	// Sender gives the organisation's name and the address that answers go to.
	Sender  func(tx *db.Tx) (name, replyTo string, err error)
	drivers map[string]Driver
}

const job = "post.send"

// New makes a service without drivers; set them with Use.
func New(d *db.DB, q *jobs.Queue) *Service {
	s := &Service{DB: d, Jobs: q, drivers: map[string]Driver{}}
	q.Handle(job, s.deliver)
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
	if _, err := tx.Exec(`insert into post_item (org_id, id, way, adult, staff, pupil, about, key, address, lang, subject, body, state, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', $13, $14)`,
		it.ID, it.Way, it.Adult, it.Staff, it.Pupil, it.About, it.Key, it.Address, it.Lang, it.Subject, it.Body, tx.Pass().Who().Name, tx.Now()); err != nil {
		return 0, err
	}
	return it.ID, s.Jobs.Promise(tx, job, int64(it.ID), max(tx.Now(), it.NotBefore))
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

// Stop keeps what has not left yet from leaving, and tells how many items that were.
func Stop(tx *db.Tx, about string, key int64, why string) (int64, error) {
	return tx.Exec(`update post_item set state = 'stopped', trouble = $4, done_ms = $5, body = '' where org_id = $1 and about = $2 and key = $3 and state = 'waiting'`, about, key, why, tx.Now())
}

func notSetUp(way string) string {
	if way == SMS {
		return "Text messages have not been set up for this Ajar. The person who runs it can do so; until then use a letter or the telephone."
	}
	return "E-mail has not been set up for this Ajar. The person who runs it can do so; until then use a letter or the telephone."
}

const itemColumns = `id, way, adult, staff, pupil, about, key, address, lang, subject, body, state, trouble, by_name, made_ms, done_ms`

// Of lists what went out about one thing, the latest first.
func Of(tx *db.Tx, about string, key int64) ([]Item, error) {
	return db.All[Item](tx, `select `+itemColumns+` from post_item where org_id = $1 and about = $2 and key = $3 order by made_ms desc, id`, about, key)
}

// To lists what went out to one adult, the latest first.
func To(tx *db.Tx, adult int64) ([]Item, error) {
	return db.All[Item](tx, `select `+itemColumns+` from post_item where org_id = $1 and adult = $2 order by made_ms desc, id`, adult)
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
		return "Sent"
	case Stopped:
		return "Stopped: " + it.Trouble
	}
	return "Did not go: " + it.Trouble
}

// deliver sends one item that was promised.
func (s *Service) deliver(ctx context.Context, j jobs.Job) error {
	pass := access.System("send a message that was written", j.Org)
	var it Item
	var r Ready
	var leaves bool
	err := s.DB.Update(ctx, pass, func(tx *db.Tx) (err error) {
		var found bool
		it, found, err = db.Maybe[Item](tx, `select `+itemColumns+` from post_item where org_id = $1 and id = $2 and state = 'waiting'`, j.Key)
		if err != nil || !found {
			return err
		}
		why := "nobody here can tell whether it may be sent."
		if s.May != nil {
			if why, err = s.May(tx, it); err != nil {
				return err
			}
		}
		if why != "" {
			return settle(tx, it.ID, Stopped, why, "")
		}
		r = Ready{Reference: it.ID.String(), Address: it.Address, Subject: it.Subject, Body: it.Body}
		if s.Sender != nil {
			if r.Sender, r.ReplyTo, err = s.Sender(tx); err != nil {
				return err
			}
		}
		leaves = true
		return nil
	})
	if err != nil || !leaves {
		return err
	}
	d := s.drivers[it.Way]
	if d == nil {
		return errors.New(notSetUp(it.Way))
	}
	reference, failed := d.Send(ctx, r)
	last := failed != nil && (jobs.Hopeless(failed) || j.Attempt >= jobs.Tries)
	// It has left, or it has not: either must be kept even while the program closes.
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	err = s.DB.Update(keep, pass, func(tx *db.Tx) error {
		switch {
		case failed == nil:
			return settle(tx, it.ID, Sent, "", reference)
		case last:
			return settle(tx, it.ID, Failed, plain(failed), "")
		}
		_, err := tx.Exec(`update post_item set trouble = $3 where org_id = $1 and id = $2 and state = 'waiting'`, it.ID, plain(failed))
		return err
	})
	return errors.Join(failed, err)
}

// settle says what became of an item. Its words go: they may hold a personal link, of which nothing but a hash may stay.
func settle(tx *db.Tx, id ids.ID[Item], state, trouble, reference string) error {
	_, err := tx.Exec(`update post_item set state = $3, trouble = $4, reference = $5, done_ms = $6, body = '' where org_id = $1 and id = $2 and state = 'waiting'`, id, state, trouble, reference, tx.Now())
	return err
}

// plain is an error as the office reads it: what the other side said, in one short line.
func plain(err error) string {
	said := strings.Join(strings.Fields(strings.ToValidUTF8(err.Error(), "")), " ")
	if utf8.RuneCountInString(said) > 200 {
		said = string([]rune(said)[:200]) + "…"
	}
	return said
}

// Mobile reads a mobile number as people write it into +441234567890 without the plus. British numbers may come without their country.
func Mobile(s string) (string, bool) {
	var digits strings.Builder
	plus := false
	for i, r := range strings.TrimSpace(s) {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r == '+' && i == 0:
			plus = true
		case strings.ContainsRune(" ()-./\u00a0\u2010\u2011", r):
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
