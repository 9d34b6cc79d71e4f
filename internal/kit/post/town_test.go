package post

import (
	"context"
	"log/slog"
	"net"
	"net/mail"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/testkit/outside"
)

// unread waits for the next mail in a mailbox and gives it.
func unread(t *testing.T, town *outside.Town, name string) (out Letter, raw string) {
	t.Helper()
	ok := outside.Until(20*time.Second, func() bool {
		c, err := imapclient.DialInsecure(town.IMAP, nil)
		if err != nil {
			return false
		}
		defer c.Close()
		if err := c.Login(name+"@"+outside.TownDomain, outside.TownPassword).Wait(); err != nil {
			return false
		}
		if _, err := c.Select("INBOX", nil).Wait(); err != nil {
			return false
		}
		found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
		if err != nil || len(found.AllUIDs()) == 0 {
			return false
		}
		section := &imap.FetchItemBodySection{}
		got, err := c.Fetch(imap.UIDSetNum(found.AllUIDs()[0]), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
		if err != nil || len(got) == 0 {
			return false
		}
		raw = string(got[0].FindBodySection(section))
		out, err = ReadLetter([]byte(raw))
		return err == nil
	})
	if !ok {
		t.Fatal("no mail arrived at " + name)
	}
	return out, raw
}

// A mail goes out through Postfix into a mailbox of Dovecot, its answer comes back to the listener, and what nobody reads bounces: real programs on all sides.
// Then the same with a mailbox that is looked into.
func TestMailThroughATown(t *testing.T) {
	sets := []db.Migrations{jobs.Migrations(), Migrations()}
	for _, way := range []string{"listener", "mailbox"} {
		t.Run(way, func(t *testing.T) {
			d := testkit.Open(t, testkit.SQLite(t, sets), sets)
			s := New(d, jobs.New(d, slog.New(slog.DiscardHandler)))
			s.Log, s.May = slog.New(slog.DiscardHandler), Whether()
			s.Sender = func(*db.Tx) (string, string, error) { return "Oak School", "office@oak.example", nil }
			h := &heard{}
			s.Receive = h.receive
			s.CallBack("", testKey)
			listener := ""
			var l net.Listener
			if way == "listener" {
				var err error
				if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
					t.Fatal(err)
				}
				listener = l.Addr().String()
			}
			const domain = "answers.oak.example"
			town := outside.MailTown(t, domain, listener)
			in := "smtp://127.0.0.1:0?domain=" + domain
			if way == "mailbox" {
				in = "imap://answers%40home.example:let%20me%20in@" + town.IMAP + "/INBOX?domain=" + domain
			}
			m, err := NewMailIn(in)
			if err != nil {
				t.Fatal(err)
			}
			s.TakeMail(m)
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			look := func() {}
			if l != nil {
				go func() { _ = s.ServeMail(ctx, l) }()
			} else {
				look = func() {
					if err := s.Fetch(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
			mails, err := NewMail("smtp://" + town.SMTP + "?from=ajar@oak.example&tls=none")
			if err != nil {
				t.Fatal(err)
			}
			s.Use(Email, mails)
			send := func(to string, key int64) ids.ID[Item] {
				return write(t, s, testkit.A(), Item{Way: Email, Adult: 7, About: "town", Key: key, Address: to, Subject: "A sheet to read – Żaneta", Body: "Dear Amina,\n\nplease answer.", ReplyTo: AnswerHere})
			}
			state := func(key int64) (out Item) {
				if err := d.View(t.Context(), testkit.A(), func(tx *db.Tx) error {
					list, err := Of(tx, "town", key)
					out = list[0]
					return err
				}); err != nil {
					t.Fatal(err)
				}
				return out
			}
			id := send("amina@home.example", 1)
			send("nobody-there@home.example", 2)
			work(t, s)

			got, raw := unread(t, town, "amina")
			reply := replyAddress(t, raw)
			if got.Subject != "A sheet to read – Żaneta" || !strings.Contains(got.Text, "please answer") || !strings.HasPrefix(reply, "reply+") {
				t.Fatalf("%+v, answers to %s", got, reply)
			}
			answer := "From: Amina Khan <amina@home.example>\r\nTo: " + reply + "\r\nSubject: Re: A sheet\r\nMessage-ID: <a1@home.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nTak, przyjdę.\r\n\r\nOn Friday 20 Nov Oak School wrote:\r\n> Dear Amina\r\n"
			if err := smtp.SendMail(town.SMTP, nil, "amina@home.example", []string{reply}, []byte(answer)); err != nil {
				t.Fatal(err)
			}
			var came []Received
			if !outside.Until(20*time.Second, func() bool { look(); came = h.all(t, s); return len(came) > 0 }) {
				t.Fatal("the answer did not come")
			}
			if len(came) != 1 || came[0].Reference != Reference(testkit.OrgA, id) || Fresh(came[0].Text) != "Tak, przyjdę." || came[0].From != "amina@home.example" || came[0].Automatic {
				t.Errorf("%+v", came)
			}
			if !outside.Until(20*time.Second, func() bool { look(); return state(2).Arrived != "" }) || state(2).StateWords() != "Did not arrive: There is no such address." {
				t.Errorf("the bounce: %+v", state(2))
			}
			if state(1).Arrived != "" || len(h.all(t, s)) != 1 {
				t.Errorf("%+v %+v", state(1), h.got)
			}
		})
	}
}

func replyAddress(t *testing.T, raw string) string {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return address(m.Header.Get("Reply-To"))
}
