package post

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func crlf(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

const bounceLetter = `From: MAILER-DAEMON@mail.example (Mail Delivery System)
To: bounce+2t-abc.x@answers.oak.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

This is the mail system. I'm sorry to have to inform you.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Fri, 20 Nov 2026 10:30:00 +0000

Final-Recipient: rfc822; amina@home.example
Action: failed
Status: %s
Diagnostic-Code: smtp; 550 5.1.1 <amina@home.example>: Recipient
 address rejected

--B
Content-Type: text/rfc822-headers

Return-Path: <x@y>
Message-ID: <2t-abc@oak.example>
Subject: A sheet to read

--B--
`

func TestReadingLetters(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		want Letter
	}{
		"plain": {"From: Amina Khan <amina@home.example>\nTo: reply+x@a.example\nSubject: Re: A sheet\nMessage-ID: <1@home.example>\nIn-Reply-To: <2t-abc@oak.example>\nDate: Fri, 20 Nov 2026 09:00:00 +0000\n\nYes, we come.\n",
			Letter{From: "amina@home.example", Subject: "Re: A sheet", Text: "Yes, we come.", MessageID: "1@home.example", AtMs: 1795165200000}},
		"encoded words, quoted-printable, Latin-2": {"From: =?iso-8859-2?Q?=A3ukasz?= <l@home.example>\nSubject: =?UTF-8?B?xbthbmV0YQ==?= =?UTF-8?Q?_jest?=\nContent-Type: text/plain; charset=iso-8859-2\nContent-Transfer-Encoding: quoted-printable\nMessage-ID: <1>\n\n=AFaneta jest =\nchora.\n",
			Letter{From: "l@home.example", Subject: "Żaneta jest", Text: "Żaneta jest chora.", MessageID: "1"}},
		"both kinds, the plain one counts": {"From: a@b.example\nMessage-ID: <1>\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/html\n\n<p>No</p>\n--x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nWWVzIMKj\nNQ==\n--x--\n",
			Letter{From: "a@b.example", Text: "Yes £5", MessageID: "1"}},
		"a page alone": {"From: a@b.example\nMessage-ID: <1>\nContent-Type: text/html; charset=windows-1252\n\n<html><head><style>p{}</style></head><body><p>Don\x92t <b>worry</b>, it&rsquo;s fine.</p><div>Amina<br>Khan</div><script>alert(1)</script><blockquote>What we wrote</blockquote></body></html>\n",
			Letter{From: "a@b.example", Text: "Don’t worry, it’s fine.\n\nAmina\nKhan\n> What we wrote", MessageID: "1"}},
		"old letters without a name": {"From: a@b.example\nMessage-ID: <1>\n\nCaf\xe9\n", Letter{From: "a@b.example", Text: "Café", MessageID: "1"}},
		"files":                      {"From: a@b.example\nMessage-ID: <1>\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nSee the note.\n--x\nContent-Type: image/jpeg\nContent-Disposition: attachment\n\nxx\n--x\nContent-Type: text/plain\nContent-Disposition: attachment\n\nnot this\n--x--\n", Letter{From: "a@b.example", Text: "See the note.", MessageID: "1", Files: 2}},
		"never closed":               {"From: a@b.example\nMessage-ID: <1>\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nCut off", Letter{From: "a@b.example", Text: "Cut off", MessageID: "1"}},
		"a line that is no header":   {"From somebody Fri Nov 20\nFrom: a@b.example\nbroken line\nMessage-ID: <1>\n\nYes\n", Letter{From: "a@b.example", Text: "Yes", MessageID: "1"}},
		"a holiday notice":           {"From: a@b.example\nMessage-ID: <1>\nAuto-Submitted: auto-replied (vacation)\n\nI am away.\n", Letter{From: "a@b.example", Text: "I am away.", MessageID: "1", Automatic: true}},
		"one that says it is none":   {"From: a@b.example\nMessage-ID: <1>\nAuto-Submitted: no\n\nHello.\n", Letter{From: "a@b.example", Text: "Hello.", MessageID: "1"}},
		"a list":                     {"From: a@b.example\nMessage-ID: <1>\nList-Id: <x.b.example>\n\nNews.\n", Letter{From: "a@b.example", Text: "News.", MessageID: "1", Automatic: true}},
		"precedence":                 {"From: a@b.example\nMessage-ID: <1>\nPrecedence: Bulk\n\nNews.\n", Letter{From: "a@b.example", Text: "News.", MessageID: "1", Automatic: true}},
		"from a machine":             {"From: No Reply <no-reply@b.example>\nMessage-ID: <1>\n\nNews.\n", Letter{From: "no-reply@b.example", Text: "News.", MessageID: "1", Automatic: true}},
	} {
		l, err := ReadLetter(crlf(c.raw))
		l.To, l.AnswersTo = nil, nil
		if err != nil || fmt.Sprintf("%+v", l) != fmt.Sprintf("%+v", c.want) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", name, err, l, c.want)
		}
	}
	if _, err := ReadLetter([]byte("")); err == nil {
		t.Error("nothing was read as a mail")
	}
	one, _ := ReadLetter(crlf("From: a@b.example\n\nYes\n"))
	two, _ := ReadLetter(crlf("From: a@b.example\n\nNo\n"))
	if one.MessageID == "" || one.MessageID == two.MessageID {
		t.Error("letters without a number are not told from each other")
	}
}

func TestReadingBounces(t *testing.T) {
	for status, want := range map[string]string{"5.1.1": "There is no such address.", "5.2.2": "The mailbox is full.", "4.2.2 (full)": "The mailbox is full.", "5.1.2": "There is no mail server for this address; something in it after the @ is wrong.",
		"4.4.1": "The other mail server could not be reached for days.", "5.7.1": "The other mail server refused it. 550 5.1.1 <amina@home.example>: Recipient address rejected", "5.0.0": "It came back. 550 5.1.1 <amina@home.example>: Recipient address rejected"} {
		l, err := ReadLetter(crlf(fmt.Sprintf(bounceLetter, status)))
		if err != nil || l.Bounce == nil || l.Bounce.Action != "failed" || l.Bounce.MessageID != "2t-abc@oak.example" || l.Bounce.Words() != want || !l.Automatic {
			t.Errorf("%s: %v %+v %q", status, err, l.Bounce, l.Bounce.Words())
		}
		global := strings.NewReplacer("message/delivery-status", "message/global-delivery-status", "text/rfc822-headers", "message/global-headers").Replace(fmt.Sprintf(bounceLetter, status))
		if l, err := ReadLetter(crlf(global)); err != nil || l.Bounce == nil || l.Bounce.MessageID != "2t-abc@oak.example" || l.Bounce.Words() != want {
			t.Errorf("%s, global: %v %+v", status, err, l.Bounce)
		}
	}
}

func TestFresh(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing quoted":      {"Yes, we come.\n\nAmina", "Yes, we come.\n\nAmina"},
		"quoted below":        {"Yes.\n\nOn Fri, 20 Nov 2026 at 09:00, Oak School <a@b> wrote:\n> Dear Amina\n> come", "Yes."},
		"on two lines":        {"Yes.\n\nOn Fri, 20 Nov 2026 at 09:00,\nOak School wrote:\n\n> Dear Amina\n", "Yes."},
		"in Polish":           {"Tak.\n\npt., 20 lis 2026 o 09:00 Oak School <a@b> napisał(a):\n\n> Dear Amina\n", "Tak."},
		"in between":          {"> Do you come?\nYes.\n> Both?\nNo.", "> Do you come?\nYes.\n> Both?\nNo."},
		"below":               {"> Do you come?\n\nYes.", "> Do you come?\n\nYes."},
		"Outlook":             {"Yes.\n\n________________________________\nFrom: Oak School <a@b>\nSent: 20 November 2026\nTo: Amina\nSubject: A sheet\n\nDear Amina", "Yes."},
		"Outlook of long ago": {"Yes.\n-----Original Message-----\nDear Amina", "Yes."},
		"says From: itself":   {"Hello\nFrom: my sister she will come", "Hello\nFrom: my sister she will come"},
		"ends with a colon":   {"We need the following:", "We need the following:"},
		"all quoted":          {"> Dear Amina", "> Dear Amina"},
		"a list":              {"These:\n- one\n- two", "These:\n- one\n- two"},
	} {
		if got := Fresh(c.text); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Whatever comes in: no panic, no broken letters, nothing larger than the limit, and showing it short adds nothing.
func FuzzReadLetter(f *testing.F) {
	f.Add(crlf(fmt.Sprintf(bounceLetter, "5.1.1")))
	f.Add(crlf("From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html; charset=utf-16\nContent-Transfer-Encoding: base64\n\nAAAA\n--x--\n"))
	f.Add([]byte("From: =?utf-8?b?/w==?= <a@b>\r\nSubject: =?x?q?y?=\r\nContent-Type: text/plain; charset=\"\r\n\r\n\x00\xff"))
	f.Add([]byte("\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := ReadLetter(raw)
		if err != nil {
			return
		}
		if !utf8.ValidString(l.Text) || !utf8.ValidString(l.Subject) || len(l.Text) > MaxReceived+100 || strings.ContainsAny(l.Subject, "\r\n") || strings.Contains(l.Text, "\x00") {
			t.Errorf("%q", l.Text)
		}
		if l.MessageID == "" {
			t.Error("no number")
		}
		if l.Bounce != nil && !utf8.ValidString(l.Bounce.Words()) {
			t.Errorf("%q", l.Bounce.Words())
		}
		if short := Fresh(l.Text); len(short) > len(l.Text) {
			t.Errorf("%q became %q", l.Text, short)
		}
	})
}
