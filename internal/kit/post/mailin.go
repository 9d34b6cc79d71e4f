package post

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"
)

// AnswerHere as the ReplyTo of an item has the answer come back to Ajar, where a way for that is open, and otherwise to the organisation's own address.
const AnswerHere = "+"

// What a signed address is for.
const (
	replyTo  = "reply"
	bounceTo = "bounce"
)

// SignedAddress is where an answer to one of our messages, or its bounce, comes back. Only Ajar can make one, so whoever writes to it has got that message.
func SignedAddress(key Signer, kind, reference, domain string) (string, error) {
	mark, err := key.Mark("mail "+kind, reference)
	if err != nil {
		return "", err
	}
	return kind + "+" + reference + "." + mark + "@" + domain, nil
}

// ReadSignedAddress reads one. Addresses lose their capitals on the way, so those do not count.
func ReadSignedAddress(key Signer, address, domain string) (kind, reference string, ok bool) {
	name, host, _ := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	kind, rest, _ := strings.Cut(name, "+")
	reference, mark, _ := strings.Cut(rest, ".")
	if domain == "" || host != strings.ToLower(domain) || kind != replyTo && kind != bounceTo || len(mark) != 20 {
		return "", "", false
	}
	if _, _, good := ReadReference(reference); !good || !key.Good("mail "+kind, reference, mark) {
		return "", "", false
	}
	return kind, reference, true
}

// MailIn is the way by which e-mail comes in: a listener to which a mail server delivers, or a mailbox that is looked into.
type MailIn struct {
	url      *url.URL
	domain   string
	user     string
	password string
	every    time.Duration
	trust    *tls.Config
}

// NewMailIn reads lmtp://127.0.0.1:2424?domain=answers.oak.example, smtp:// likewise, or imaps://name:password@mail.example/INBOX?domain=…. All mail for the
// domain has to arrive there. Where several processes serve one database, one of them listens, and the others are told listen=no, so that they sign addresses too.
func NewMailIn(address string) (*MailIn, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "lmtp" && u.Scheme != "smtp" && u.Scheme != "imaps" && u.Scheme != "imap" {
		return nil, errors.New("the way for e-mail to come in is written like lmtp://127.0.0.1:2424?domain=answers.school.example or imaps://name:password@mail.example/INBOX?domain=answers.school.example")
	}
	m := &MailIn{url: u, domain: strings.ToLower(u.Query().Get("domain")), user: u.User.Username(), every: time.Minute}
	m.password, _ = u.User.Password()
	if a, err := mail.ParseAddress("a@" + m.domain); err != nil || a.Address != "a@"+m.domain {
		return nil, errors.New("the way for e-mail to come in must say for which domain: …?domain=answers.school.example")
	}
	if u.Scheme == "imap" && !here(u.Hostname()) {
		return nil, errors.New("a mailbox on another machine must be reached by imaps")
	}
	if strings.HasPrefix(u.Scheme, "imap") && (m.user == "" || m.password == "") {
		return nil, errors.New("a mailbox needs a name and a password: imaps://name:password@…")
	}
	return m, nil
}

// TakeMail opens the way in, while the program is put together. From then on messages carry signed addresses.
func (s *Service) TakeMail(m *MailIn) { s.mailIn = m }

// signedFor gives the addresses of an item; empty where no way in is open.
func (s *Service) signedFor(reference string) (reply, bounce string, err error) {
	if s.mailIn == nil {
		return "", "", nil
	}
	if reply, err = SignedAddress(s.key, replyTo, reference, s.mailIn.domain); err == nil {
		bounce, err = SignedAddress(s.key, bounceTo, reference, s.mailIn.domain)
	}
	return reply, bounce, err
}

// errLater has the other side bring it again.
var errLater = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Could not be kept now, please bring it again"}

// takeLetter keeps an e-mail for one signed address, or for none that is known. A bounce is a receipt.
func (s *Service) takeLetter(ctx context.Context, l Letter, gateway, kind, reference, to string, envelope *string) error {
	nobody := envelope != nil && *envelope == ""
	if l.Bounce != nil {
		ref := reference
		if ref == "" {
			ref, _, _ = strings.Cut(l.Bounce.MessageID, "@")
		}
		switch l.Bounce.Action {
		case "failed":
			_, err := s.Arrived(ctx, ref, false, l.Bounce.Words())
			return err
		case "delivered":
			_, err := s.Arrived(ctx, ref, true, "")
			return err
		}
		return nil // delayed, relayed: no news
	}
	if kind == bounceTo && (nobody || l.Automatic) {
		if !nobody || strings.HasPrefix(strings.ToLower(l.Subject), "auto") {
			return nil // a holiday notice says nothing about whether it arrived
		}
		_, err := s.Arrived(ctx, reference, false, "It came back: "+l.Subject)
		return err
	}
	from := l.From
	if from == "" && envelope != nil {
		from = *envelope
	}
	if from == "" {
		from = "unknown"
	}
	text := l.Text
	if l.Files > 0 {
		text = strings.TrimSpace(text + fmt.Sprintf("\n\n[%d files came with it, which Ajar does not take.]", l.Files))
	}
	return s.Take(ctx, Received{Way: Email, Gateway: gateway, GatewayID: l.MessageID + " " + reference, From: from, To: to, Subject: l.Subject, Text: text, AtMs: l.AtMs, Reference: reference, Automatic: l.Automatic || nobody})
}

// RunMail brings in e-mail until the context is over. Without a way in it has nothing to do.
func (s *Service) RunMail(ctx context.Context) {
	if s.mailIn == nil || s.mailIn.url.Query().Get("listen") == "no" {
		return
	}
	if strings.HasPrefix(s.mailIn.url.Scheme, "imap") {
		s.lookIntoMailbox(ctx)
		return
	}
	for ctx.Err() == nil {
		if l, err := net.Listen("tcp", s.mailIn.url.Host); err != nil {
			s.Log.Error("e-mail can't come in", "error", err.Error())
		} else if err := s.ServeMail(ctx, l); err != nil {
			s.Log.Error("taking e-mail in ended", "error", err.Error())
		}
		select {
		case <-time.After(30 * time.Second):
		case <-ctx.Done():
		}
	}
}

const (
	mailConns = 50
	mailPause = time.Minute
)

// ServeMail takes what mail servers deliver. It takes what is for an address that Ajar signed, and nothing else: so it passes nothing on, and whoever knocks to
// find addresses learns nothing.
func (s *Service) ServeMail(ctx context.Context, l net.Listener) error {
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{s: s, ctx: ctx}, nil }))
	srv.LMTP = s.mailIn.url.Scheme == "lmtp"
	srv.Domain, srv.MaxMessageBytes, srv.MaxRecipients, srv.ReadTimeout, srv.WriteTimeout, srv.EnableSMTPUTF8 = s.mailIn.domain, MaxLetter, 20, mailPause, mailPause, true
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	err := srv.Serve(netutil.LimitListener(l, mailConns))
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// delivery is one visit of a mail server.
type delivery struct {
	s    *Service
	ctx  context.Context
	from string
	to   []signed
}

type signed struct{ kind, reference, address string }

func (d *delivery) Mail(from string, _ *smtp.MailOptions) error { d.from = from; return nil }
func (d *delivery) Reset()                                      { d.from, d.to = "", nil }
func (d *delivery) Logout() error                               { return nil }

func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	kind, reference, ok := ReadSignedAddress(d.s.key, to, d.s.mailIn.domain)
	if !ok {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "Nobody reads this address. Please write to the school's own"}
	}
	d.to = append(d.to, signed{kind, reference, to})
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // too large, or broken off
	}
	l, err := ReadLetter(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "This can't be read as a mail"}
	}
	for _, to := range d.to {
		if err := d.s.takeLetter(d.ctx, l, "mail", to.kind, to.reference, to.address, &d.from); err != nil {
			d.s.Log.Error("an e-mail could not be kept", "error", err.Error())
			return errLater
		}
	}
	return nil
}

// lookIntoMailbox asks a mailbox every minute for what nobody has read.
func (s *Service) lookIntoMailbox(ctx context.Context) {
	for {
		if err := s.Fetch(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("the mailbox for answers can't be read", "error", err.Error())
		}
		select {
		case <-time.After(s.mailIn.every):
		case <-ctx.Done():
			return
		}
	}
}

// Fetch takes in what is unread in the mailbox, and marks it as read when it is kept.
func (s *Service) Fetch(ctx context.Context) (err error) {
	m := s.mailIn
	host := m.url.Host
	if m.url.Port() == "" {
		host = net.JoinHostPort(m.url.Hostname(), map[string]string{"imaps": "993", "imap": "143"}[m.url.Scheme])
	}
	dial := net.Dialer{Timeout: 30 * time.Second}
	conn, err := dial.DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Minute)); err != nil {
		return err
	}
	if m.url.Scheme == "imaps" {
		conf := &tls.Config{ServerName: m.url.Hostname(), MinVersion: tls.VersionTLS12}
		if m.trust != nil {
			conf = m.trust
		}
		conn = tls.Client(conn, conf)
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.Login(m.user, m.password).Wait(); err != nil {
		return errors.New("the mailbox does not let us in")
	}
	box := strings.TrimPrefix(m.url.Path, "/")
	if box == "" {
		box = "INBOX"
	}
	if _, err := c.Select(box, nil).Wait(); err != nil {
		return err
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
	if err != nil {
		return err
	}
	for _, uid := range found.AllUIDs() {
		one := imap.UIDSetNum(uid)
		sizes, err := c.Fetch(one, &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
		if err != nil {
			return err
		}
		if len(sizes) == 0 {
			continue
		}
		flags := []imap.Flag{imap.FlagSeen}
		if sizes[0].RFC822Size > MaxLetter {
			flags = append(flags, imap.FlagFlagged) // for a person
		} else {
			section := &imap.FetchItemBodySection{Peek: true}
			got, err := c.Fetch(one, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
			if err != nil {
				return err
			}
			if len(got) == 0 {
				continue
			}
			if l, err := ReadLetter(got[0].FindBodySection(section)); err != nil {
				flags = append(flags, imap.FlagFlagged)
			} else if err := s.takeFetched(ctx, l); err != nil {
				return err
			}
		}
		if err := c.Store(one, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: flags}, nil).Close(); err != nil {
			return err
		}
	}
	return c.Logout().Wait()
}

// takeFetched finds out which of our addresses a letter came to. One that came to none is handed on without a reference, since somebody wrote it.
func (s *Service) takeFetched(ctx context.Context, l Letter) error {
	for _, to := range l.To {
		if kind, reference, ok := ReadSignedAddress(s.key, to, s.mailIn.domain); ok {
			return s.takeLetter(ctx, l, "mail", kind, reference, to, nil)
		}
	}
	to := ""
	if len(l.To) > 0 {
		to = l.To[0]
	}
	return s.takeLetter(ctx, l, "mail", "", "", to, nil)
}
