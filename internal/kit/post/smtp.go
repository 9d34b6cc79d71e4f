package post

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// Mail sends e-mail through a mail server.
type Mail struct {
	from   string // the address that messages come from; the school's name stands before it
	host   string
	client []mail.Option
}

// NewMail reads the address of a mail server: smtp://name:password@host:587?from=ajar@school.example. STARTTLS is asked for and must be given;
// smtps:// begins with TLS; ?tls=none is for a server on this machine alone.
func NewMail(address string) (*Mail, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("the mail server is written like smtp://name:password@mail.example:587?from=ajar@school.example")
	}
	m := &Mail{from: u.Query().Get("from"), host: u.Hostname()}
	if !strings.Contains(m.from, "@") {
		return nil, errors.New("the mail server's address must say which e-mail address messages come from: …?from=ajar@school.example")
	}
	m.client = []mail.Option{mail.WithTimeout(30 * time.Second)}
	if p := u.Port(); p != "" {
		port, err := strconv.Atoi(p)
		if err != nil {
			return nil, fmt.Errorf("the port %q of the mail server is not a number", p)
		}
		m.client = append(m.client, mail.WithPort(port))
	}
	switch how := u.Query().Get("tls"); {
	case u.Scheme == "smtps":
		m.client = append(m.client, mail.WithSSL())
	case how == "none":
		if h := u.Hostname(); h != "localhost" && h != "127.0.0.1" && h != "::1" {
			return nil, errors.New("a mail server without encryption may only be on this machine (localhost)")
		}
		m.client = append(m.client, mail.WithTLSPolicy(mail.NoTLS))
	case how == "" || how == "starttls":
		m.client = append(m.client, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		return nil, fmt.Errorf("tls=%s is not a way to reach a mail server; leave it out, or write tls=none for one on this machine", how)
	}
	if name := u.User.Username(); name != "" {
		password, _ := u.User.Password()
		m.client = append(m.client, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(name), mail.WithPassword(password))
	}
	return m, nil
}

// Trust has the driver accept the certificates of a server of one's own, for tests.
func (m *Mail) Trust(c *tls.Config) { m.client = append(m.client, mail.WithTLSConfig(c)) }

// Send hands one e-mail over, on a line of its own.
func (m *Mail) Send(ctx context.Context, r Ready) (string, error) {
	l, err := m.Open(ctx)
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Send(ctx, r)
}

// answer is how long the server may take for one answer. RFC 5321 (4.5.3.2) grants it minutes, but a school's own server that needs them is not well.
const answer = 30 * time.Second

// Open connects, encrypts and signs in.
func (m *Mail) Open(ctx context.Context) (Line, error) {
	c, err := mail.NewClient(m.host, m.client...)
	if err != nil {
		return nil, Down(err)
	}
	client, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return nil, Down(fmt.Errorf("the mail server can't be reached: %w", err))
	}
	return &mailLine{m: m, c: client}, nil
}

type mailLine struct {
	m *Mail
	c *smtp.Client
}

// Close says goodbye, and hangs up in any case.
func (l *mailLine) Close() {
	_ = l.c.UpdateDeadline(2 * time.Second)
	if l.c.Quit() != nil {
		_ = l.c.Close()
	}
}

// compose writes the message. What is wrong with it is wrong for good.
func (m *Mail) compose(r Ready) (*mail.Msg, string, error) {
	msg := mail.NewMsg()
	if err := msg.FromFormat(r.Sender, m.from); err != nil {
		return nil, "", GiveUp(fmt.Errorf("the sender's address is not right: %w", err))
	}
	if err := msg.To(r.Address); err != nil {
		return nil, "", GiveUp(errors.New("this is not an e-mail address"))
	}
	if r.ReplyTo != "" {
		if err := msg.ReplyTo(r.ReplyTo); err != nil {
			return nil, "", GiveUp(fmt.Errorf("the school's address for answers is not right: %w", err))
		}
	}
	_, domain, _ := strings.Cut(m.from, "@")
	id := r.Reference + "@" + domain // the same at each try, so that a mail program shows a message that came twice once
	msg.SetMessageIDWithValue(id)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no holiday notices in return (RFC 3834)
	if r.Lang != "" {
		msg.SetGenHeader("Content-Language", r.Lang)
	}
	msg.SetDate()
	msg.Subject(r.Subject)
	msg.SetBodyString(mail.TypeTextPlain, r.Body)
	if r.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, r.HTML)
	}
	return msg, id, nil
}

// Send hands one e-mail over. Until the end of the message nothing has left; after it only the server's answer tells.
func (l *mailLine) Send(_ context.Context, r Ready) (string, error) {
	msg, id, err := l.m.compose(r)
	if err != nil {
		return "", err
	}
	if err := l.c.UpdateDeadline(answer); err != nil {
		return "", Down(fmt.Errorf("the line to the mail server is closed: %w", err))
	}
	from := l.m.from
	if r.ReturnTo != "" {
		from = r.ReturnTo
	}
	if err := l.c.Mail(from); err != nil { // about the sender, and so about every message
		return "", Down(fmt.Errorf("the mail server takes nothing from %s: %w", from, err))
	}
	if err := l.c.Rcpt(r.Address); err != nil {
		return "", l.refused(err)
	}
	w, err := l.c.Data()
	if err != nil {
		return "", l.refused(err)
	}
	if _, err := msg.WriteTo(w); err != nil {
		return "", Down(fmt.Errorf("the line to the mail server broke: %w", err))
	}
	_ = l.c.UpdateDeadline(answer)
	if err := r.Begin(); err != nil {
		_ = l.c.Close() // without the end of the message the server has nothing
		return "", err
	}
	if err := w.Close(); err != nil {
		if code(err) == 0 {
			return "", Doubt(fmt.Errorf("the mail server had all of it and did not answer: %w", err))
		}
		return "", l.refused(err)
	}
	return id, nil
}

// refused tells a server that refuses this address or message from one that takes nothing now.
func (l *mailLine) refused(err error) error {
	switch n := code(err); {
	case n == 0 || n == 421: // 421: it closes the line (RFC 5321, 3.8)
		return Down(fmt.Errorf("the mail server broke off: %w", err))
	case n >= 500:
		if l.c.Reset() != nil {
			l.Close() // the next one finds the line closed, and opens another
		}
		return GiveUp(fmt.Errorf("the mail server refused it: %w", err))
	}
	return fmt.Errorf("the mail server did not take it: %w", err)
}

// code is the number of a server's answer, or 0 when there was none.
func code(err error) int {
	var e *textproto.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}
