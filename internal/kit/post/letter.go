package post

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/htmlindex"
)

// Letter is an e-mail that came in, read as far as Ajar needs it.
type Letter struct {
	From      string // the address alone
	To        []string
	Subject   string
	Text      string // plain words, whatever it came as
	MessageID string // theirs; a hash of the whole where it has none
	AnswersTo []string
	AtMs      int64
	Automatic bool
	Files     int // what hung on it, which Ajar does not take
	Bounce    *Bounce
}

// Bounce is what a mail server tells about a mail of ours (RFC 3464, and 6533 where addresses or headers have other letters).
type Bounce struct {
	Action    string // failed, delayed, delivered
	Status    string // such as 5.1.1
	Said      string // in the server's own words
	MessageID string // of the mail it is about, without its brackets
}

const (
	// MaxLetter is how large an e-mail may be that comes in, with all that hangs on it.
	MaxLetter = 10 << 20
	mostParts = 100
	mostDepth = 8
)

var words = &mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, err
	}
	return e.NewDecoder().Reader(in), nil
}}

func headerWords(s string) string {
	if out, err := words.DecodeHeader(s); err == nil {
		s = out
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
}

// ReadLetter reads an e-mail. What is broken in it is left out; only what is no mail at all is an error.
func ReadLetter(raw []byte) (l Letter, err error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		// A line that is no header, such as the one of a mailbox file, spoils all of them for the strict reader.
		if m, err = mail.ReadMessage(bytes.NewReader(mendHead(raw))); err != nil {
			return l, errors.New("this is not a mail")
		}
	}
	h := m.Header
	if len(h) == 0 {
		return l, errors.New("this is not a mail")
	}
	l.From = address(h.Get("From"))
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"} {
		for _, v := range h[textproto.CanonicalMIMEHeaderKey(name)] {
			l.To = append(l.To, addresses(v)...)
		}
	}
	l.Subject = headerWords(h.Get("Subject"))
	l.MessageID = strings.Trim(strings.TrimSpace(h.Get("Message-Id")), "<>")
	if l.MessageID == "" {
		sum := sha256.Sum256(raw)
		l.MessageID = hex.EncodeToString(sum[:])
	}
	for _, id := range strings.Fields(h.Get("In-Reply-To") + " " + h.Get("References")) {
		l.AnswersTo = append(l.AnswersTo, strings.Trim(id, "<>,"))
	}
	if at, err := h.Date(); err == nil && at.Year() > 2000 {
		l.AtMs = at.UnixMilli()
	}
	l.Automatic = automatic(h, l.From)
	r := &reading{l: &l}
	r.part(textproto.MIMEHeader(h), m.Body, 0)
	switch {
	case r.plain != "":
		l.Text = r.plain
	case r.html != "":
		l.Text = htmlText(r.html)
	}
	l.Text = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(l.Text, "\r\n", "\n"), "\x00", ""))
	return l, nil
}

// mendHead leaves out the lines of the head that are no headers.
func mendHead(raw []byte) []byte {
	var out bytes.Buffer
	in := bufio.NewReader(bytes.NewReader(raw))
	some := false
	for {
		line, err := in.ReadBytes('\n')
		plain := bytes.TrimRight(line, "\r\n")
		if len(plain) == 0 {
			out.WriteString("\r\n")
			_, _ = io.Copy(&out, in)
			return out.Bytes()
		}
		name, _, colon := bytes.Cut(plain, []byte(":"))
		if folded := plain[0] == ' ' || plain[0] == '\t'; folded && some || colon && len(name) > 0 && !bytes.ContainsAny(name, " \t") {
			some = true
			out.Write(plain)
			out.WriteString("\r\n")
		}
		if err != nil {
			out.WriteString("\r\n")
			return out.Bytes()
		}
	}
}

func address(v string) string {
	if list := addresses(v); len(list) > 0 {
		return list[0]
	}
	return ""
}

// addresses are those of a header, without names. One that the strict reader does not take is looked for between its brackets.
func addresses(v string) (out []string) {
	p := mail.AddressParser{WordDecoder: words}
	if list, err := p.ParseList(v); err == nil {
		for _, a := range list {
			out = append(out, a.Address)
		}
		return out
	}
	for _, part := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(" ,;<>\"\t", r) }) {
		if a, err := mail.ParseAddress(part); err == nil {
			out = append(out, a.Address)
		}
	}
	return out
}

// automatic tells what a machine wrote (RFC 3834, and what those say who do not know it).
func automatic(h mail.Header, from string) bool {
	if a := strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted"))); a != "" && !strings.HasPrefix(a, "no") {
		return true
	}
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id", "List-Unsubscribe", "List-Post", "Feedback-Id"} {
		if h.Get(name) != "" {
			return true
		}
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Precedence"))) {
	case "bulk", "junk", "list", "auto_reply":
		return true
	}
	if strings.TrimSpace(h.Get("Return-Path")) == "<>" {
		return true
	}
	name, _, _ := strings.Cut(strings.ToLower(from), "@")
	return name == "mailer-daemon" || name == "postmaster" || strings.HasPrefix(name, "noreply") || strings.HasPrefix(name, "no-reply") || strings.HasPrefix(name, "donotreply")
}

type reading struct {
	l           *Letter
	plain, html string
	parts       int
}

// part reads one part and what is in it.
func (r *reading) part(h textproto.MIMEHeader, body io.Reader, depth int) {
	if r.parts++; r.parts > mostParts || depth > mostDepth {
		return
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil && kind == "" {
		kind = "text/plain"
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, onlyBase64{body})
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	if strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" {
		in := multipart.NewReader(body, params["boundary"])
		for {
			p, err := in.NextRawPart()
			if err != nil {
				return
			}
			r.part(p.Header, p, depth+1)
		}
	}
	show, _, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	switch {
	case kind == "message/delivery-status" || kind == "message/global-delivery-status":
		r.status(body)
	case slices.Contains([]string{"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers"}, kind) && r.l.Bounce != nil:
		head, _ := textproto.NewReader(bufio.NewReader(io.LimitReader(body, 256<<10))).ReadMIMEHeader()
		r.l.Bounce.MessageID = strings.Trim(strings.TrimSpace(head.Get("Message-Id")), "<>")
	case show == "attachment" || !strings.HasPrefix(kind, "text/"):
		r.l.Files++
	case kind == "text/html":
		if r.html == "" {
			r.html = decoded(body, params["charset"])
		}
	case kind == "text/plain":
		if r.plain == "" {
			r.plain = decoded(body, params["charset"])
		}
	default:
		r.l.Files++
	}
}

// onlyBase64 leaves out what is not of its alphabet, as readers of mail do.
type onlyBase64 struct{ io.Reader }

func (o onlyBase64) Read(p []byte) (int, error) {
	for {
		n, err := o.Reader.Read(p)
		k := 0
		for _, c := range p[:n] {
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' {
				p[k] = c
				k++
			}
		}
		if k > 0 || err != nil || n == 0 {
			return k, err
		}
	}
}

// decoded reads a text in its letters; what can't be read in them is shown as such.
func decoded(body io.Reader, charset string) string {
	b, _ := io.ReadAll(io.LimitReader(body, 4*MaxReceived))
	if charset != "" {
		if e, err := htmlindex.Get(strings.Trim(charset, `"' `)); err == nil {
			if out, err := e.NewDecoder().Bytes(b); err == nil {
				b = out
			}
		}
	}
	if !utf8.Valid(b) { // older programs say nothing and write in the letters of Western Europe
		if e, err := htmlindex.Get("windows-1252"); err == nil && charset == "" {
			if out, err := e.NewDecoder().Bytes(b); err == nil {
				b = out
			}
		}
	}
	text := strings.ToValidUTF8(string(b), "\uFFFD")
	if len(text) > MaxReceived {
		text = strings.ToValidUTF8(text[:MaxReceived], "")
	}
	return text
}

// status reads the groups of a delivery status; the first recipient that failed counts.
func (r *reading) status(body io.Reader) {
	if r.l.Bounce == nil {
		r.l.Bounce = &Bounce{}
	}
	b := r.l.Bounce
	in := textproto.NewReader(bufio.NewReader(io.LimitReader(body, 256<<10)))
	for range 50 {
		h, err := in.ReadMIMEHeader()
		if a := strings.ToLower(strings.TrimSpace(h.Get("Action"))); a != "" && b.Action != "failed" {
			b.Action = a
			b.Status, _, _ = strings.Cut(strings.TrimSpace(h.Get("Status")), " ")
			_, said, found := strings.Cut(h.Get("Diagnostic-Code"), ";")
			if !found {
				said = h.Get("Diagnostic-Code")
			}
			b.Said = headerWords(said)
		}
		if err != nil {
			return
		}
	}
}

// Words are what a bounce means for the office.
func (b Bounce) Words() string {
	_, detail, _ := strings.Cut(b.Status, ".")
	switch {
	case detail == "1.1" || detail == "1.6" || detail == "1.10" || detail == "1.0" && b.Said == "":
		return "There is no such address."
	case detail == "1.2" || detail == "4.4" || detail == "1.3":
		return "There is no mail server for this address; something in it after the @ is wrong."
	case detail == "2.2":
		return "The mailbox is full."
	case detail == "2.1":
		return "The mailbox has been switched off."
	case detail == "2.3" || detail == "3.4":
		return "It was too large for the mailbox."
	case strings.HasPrefix(detail, "7."):
		return strings.TrimSpace("The other mail server refused it. " + plainText(b.Said))
	case strings.HasPrefix(detail, "4."):
		return "The other mail server could not be reached for days."
	}
	return strings.TrimSpace("It came back. " + plainText(b.Said))
}

// htmlText makes plain words of a page: lines where there are lines, and nothing of what is hidden.
func htmlText(page string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	hidden, quoted := 0, 0
	line := func() {
		if s := out.String(); s != "" && !strings.HasSuffix(s, "\n") {
			out.WriteString("\n")
		}
	}
	for {
		switch t := z.Next(); t {
		case html.ErrorToken:
			lines := strings.Split(out.String(), "\n")
			for i := range lines {
				lines[i] = strings.TrimRight(lines[i], " ")
			}
			return strings.TrimSpace(strings.Join(lines, "\n"))
		case html.TextToken:
			if hidden > 0 {
				continue
			}
			raw := string(z.Text())
			text := strings.Join(strings.Fields(raw), " ")
			if text == "" {
				continue
			}
			s := out.String()
			switch atStart := s == "" || strings.HasSuffix(s, "\n"); {
			case atStart && quoted > 0:
				out.WriteString(strings.Repeat("> ", min(quoted, 5)))
			case !atStart && strings.ContainsAny(raw[:1], " \t\r\n\u00a0"):
				out.WriteString(" ")
			}
			out.WriteString(text)
			if strings.ContainsAny(raw[len(raw)-1:], " \t\r\n") {
				out.WriteString(" ")
			}
			if out.Len() > MaxReceived {
				return out.String()
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			name, _ := z.TagName()
			end := t == html.EndTagToken
			switch tag := string(name); tag {
			case "script", "style", "head", "title":
				if t == html.StartTagToken {
					hidden++
				} else if end && hidden > 0 {
					hidden--
				}
			case "blockquote":
				line()
				if t == html.StartTagToken {
					quoted++
				} else if end && quoted > 0 {
					quoted--
				}
			case "br":
				out.WriteString("\n")
			case "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "hr":
				line()
				if tag == "p" && end {
					out.WriteString("\n")
				}
			case "td", "th":
				out.WriteString(" ")
			}
		}
	}
}

// Fresh is an answer without the words of ours that mail programs put below it, for showing it short. It is careful: what it is not sure of stays, and nothing is
// thrown away anywhere.
func Fresh(text string) string {
	lines := strings.Split(text, "\n")
	cut := len(lines)
	for i, line := range lines {
		t := strings.TrimSpace(line)
		if i > 0 && (strings.HasPrefix(t, "-----Original Message-----") || strings.HasPrefix(t, "-------- Original message") || strings.HasPrefix(t, "-------- Forwarded") || outlookHead(lines[i:])) {
			cut = i
			break
		}
	}
	end := cut
	for end > 0 {
		t := strings.TrimSpace(lines[end-1])
		if t != "" && !strings.HasPrefix(t, ">") && strings.Trim(t, "_") != "" {
			break
		}
		end--
	}
	quoted := false
	for _, line := range lines[end:cut] {
		quoted = quoted || strings.HasPrefix(strings.TrimSpace(line), ">")
	}
	if quoted && end > 0 && strings.HasSuffix(strings.TrimSpace(lines[end-1]), ":") { // On Monday somebody wrote:
		end--
		if t := strings.TrimSpace(lines[end]); end > 0 && !strings.ContainsAny(t, "0123456789") && strings.ContainsAny(lines[end-1], "0123456789") {
			end-- // the name of the day stands on the line above
		}
	}
	if !quoted && cut == len(lines) {
		end = len(lines)
	}
	if out := strings.TrimSpace(strings.Join(lines[:end], "\n")); out != "" {
		return out
	}
	return strings.TrimSpace(text)
}

// outlookHead tells the lines that Outlook writes above what it quotes.
func outlookHead(lines []string) bool {
	if !strings.HasPrefix(strings.TrimLeft(strings.TrimSpace(lines[0]), "*"), "From:") {
		return false
	}
	n := 0
	for _, line := range lines[1:min(len(lines), 8)] {
		t := strings.TrimLeft(strings.TrimSpace(line), "*")
		for _, name := range []string{"Sent:", "Date:", "To:", "Subject:"} {
			if strings.HasPrefix(t, name) {
				n++
			}
		}
	}
	return n >= 2
}
