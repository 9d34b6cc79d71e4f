package post

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"ajar/internal/kit/jobs"
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

// Send hands one e-mail over.
func (m *Mail) Send(ctx context.Context, r Ready) (string, error) {
	msg := mail.NewMsg()
	if err := msg.FromFormat(r.Sender, m.from); err != nil {
		return "", jobs.GiveUp(fmt.Errorf("the sender's address is not right: %w", err))
	}
	if err := msg.To(r.Address); err != nil {
		return "", jobs.GiveUp(errors.New("this is not an e-mail address"))
	}
	if r.ReplyTo != "" {
		if err := msg.ReplyTo(r.ReplyTo); err != nil {
			return "", jobs.GiveUp(fmt.Errorf("the school's address for answers is not right: %w", err))
		}
	}
	_, domain, _ := strings.Cut(m.from, "@")
	id := r.Reference + "@" + domain // the same at each try, so that a mail program shows a message that came twice once
	msg.SetMessageIDWithValue(id)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no holiday notices in return (RFC 3834)
	msg.SetDate()
	msg.Subject(r.Subject)
	msg.SetBodyString(mail.TypeTextPlain, r.Body)
	c, err := mail.NewClient(m.host, m.client...)
	if err != nil {
		return "", err
	}
	if err := c.DialAndSendWithContext(ctx, msg); err != nil {
		var se *mail.SendError
		if errors.As(err, &se) && !se.IsTemp() && se.ErrorCode() >= 500 {
			return "", jobs.GiveUp(fmt.Errorf("the mail server refused it: %w", err))
		}
		return "", fmt.Errorf("the mail server did not take it: %w", err)
	}
	return id, nil
}
