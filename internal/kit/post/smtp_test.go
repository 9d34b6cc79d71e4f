package post

import (
	"mime"
	"net/mail"
	"strings"
	"testing"

	"ajar/internal/kit/jobs"
	"ajar/internal/kit/testkit/outside"
)

func TestMailThroughAServer(t *testing.T) {
	o, addr, trust := outside.MailServer(t)
	m, err := NewMail("smtp://ajar:let%20me%20in@" + addr + "?from=ajar@oak.example")
	if err != nil {
		t.Fatal(err)
	}
	m.Trust(trust)
	r := Ready{Reference: "abc123", Sender: "Oak School, Łódź", ReplyTo: "office@oak.example", Address: "amina@home.example", Subject: "آپ کے لیے ایک صفحہ", Body: "عزیز آمنہ،\n\nDear Amina, £5.\n.\nA line after a dot."}
	id, err := m.Send(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Mail()) != 1 || o.To()[0] != r.Address {
		t.Fatalf("the server has %v for %v", o.Mail(), o.To())
	}
	got, err := mail.ReadMessage(strings.NewReader(o.Mail()[0]))
	if err != nil {
		t.Fatal(err)
	}
	word := new(mime.WordDecoder)
	subject, _ := word.DecodeHeader(got.Header.Get("Subject"))
	from, err := got.Header.AddressList("From")
	if err != nil || from[0].Name != r.Sender || from[0].Address != "ajar@oak.example" || subject != r.Subject {
		t.Errorf("from %v, subject %q, %v", from, subject, err)
	}
	if got.Header.Get("Message-Id") != "<"+id+">" || got.Header.Get("Auto-Submitted") != "auto-generated" || !strings.Contains(got.Header.Get("Reply-To"), "office@oak.example") {
		t.Errorf("%v", got.Header)
	}
}

func TestMailThatIsNotTaken(t *testing.T) {
	o, addr, trust := outside.MailServer(t)
	send := func(address, to string, trusted bool) error {
		m, err := NewMail(address)
		if err != nil {
			t.Fatal(err)
		}
		if trusted {
			m.Trust(trust)
		}
		_, err = m.Send(t.Context(), Ready{Reference: "r", Sender: "Oak", Address: to, Subject: "s", Body: "b"})
		return err
	}
	good := "smtp://ajar:let%20me%20in@" + addr + "?from=ajar@oak.example"
	if err := send(good, "nobody@home.example", true); !jobs.Hopeless(err) || !strings.Contains(err.Error(), "No such person here") {
		t.Errorf("an address that does not exist: %v", err)
	}
	if err := send(good, "full@home.example", true); err == nil || jobs.Hopeless(err) {
		t.Errorf("a full box is tried again: %v", err)
	}
	if err := send(strings.Replace(good, "let%20me%20in", "wrong", 1), "a@b.example", true); err == nil || jobs.Hopeless(err) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong password is the house's trouble and not the family's: %v", err)
	}
	if err := send(good, "a@b.example", false); err == nil {
		t.Error("a certificate that nobody vouches for was trusted")
	}
	if err := send("smtp://127.0.0.1:1?from=ajar@oak.example", "a@b.example", true); err == nil || jobs.Hopeless(err) {
		t.Errorf("no server: %v", err)
	}
	if len(o.Mail()) != 0 {
		t.Errorf("it took %v", o.Mail())
	}
}

func TestMailServersAddress(t *testing.T) {
	for _, good := range []string{"smtp://mail.example:587?from=a@b.example", "smtps://n:p@mail.example?from=a@b.example", "smtp://localhost:25?from=a@b.example&tls=none"} {
		if _, err := NewMail(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "mail.example", "smtp://mail.example", "http://mail.example?from=a@b.example", "smtp://mail.example?from=a@b.example&tls=none", "smtp://mail.example?from=a@b.example&tls=perhaps", "smtp://:x?from=a@b", "://"} {
		if _, err := NewMail(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
