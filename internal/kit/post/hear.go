package post

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/fault"
)

// Call is a request of a gateway that calls back.
type Call struct {
	What      string   // "in" for a message, "receipt" for what became of one of ours
	Reference string   // ours, where the address holds it
	Mark      string   // our mark, where the address holds it
	URLs      []string // the address as the gateway may have called it
	Header    http.Header
	Form      url.Values // of a form or the address
	Body      []byte     // of what is no form
}

// Heard is what a call told.
type Heard struct {
	Receipts []Receipt
	Messages []Received
}

// Hearer is a driver whose other side calls back. Hear believes nothing before it has seen that the call is from there.
type Hearer interface {
	Gateway() string
	Hear(c Call) (Heard, error)
}

// errSigned says that a call is not from whom it says.
var errSigned = fault.New(fault.Forbidden, "The signature of this call is not right, so nothing was done.")

func unreadable() error {
	return fault.New(fault.Invalid, "This call can't be read, so nothing was done.")
}

// Hear lets a gateway tell something. When it answers without an error, what was told is kept.
func (s *Service) Hear(ctx context.Context, gateway string, c Call) error {
	var err error = fault.Gone("gateway")
	for _, way := range []string{SMS, Email} {
		h, ok := s.drivers[way].(Hearer)
		if !ok || h.Gateway() != gateway {
			continue
		}
		var heard Heard
		if heard, err = h.Hear(c); err != nil {
			continue // Notify may be set up for texts and for e-mail, each with a word of its own
		}
		for _, r := range heard.Receipts {
			if _, err := s.Arrived(ctx, r.Reference, r.Yes, r.Words); err != nil {
				return err
			}
		}
		for _, m := range heard.Messages {
			m.Gateway = gateway
			if err := s.Take(ctx, m); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

// Hooks are the addresses that a gateway has to be told, for those who set it up.
func (s *Service) Hooks() (out []string, err error) {
	for _, way := range []string{SMS, Email} {
		if h, ok := s.drivers[way].(interface{ hooks() ([]string, error) }); ok {
			list, err := h.hooks()
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
	}
	return out, nil
}

// CallBack tells the drivers how they are reached from outside and what signs their addresses, while the program is put together.
func (s *Service) CallBack(outside string, key Signer) {
	s.key = key
	for _, d := range s.drivers {
		switch d := d.(type) {
		case *Kannel:
			d.key = key
			if d.outside == "" {
				d.outside = outside
			}
		case *Twilio:
			d.Outside = outside
		case *Notify:
			d.outside = outside
		}
	}
}

// Kannel calls by GET, which is all that it can do for receipts: so a GET acts here, and only under an address that carries our mark. It is the same
// each time it is called, and nothing links to it.

const kannelIn, kannelReceipt = "kannel in", "kannel receipt"

// Gateway is the name in the addresses.
func (k *Kannel) Gateway() string { return "kannel" }

// kannelMask asks for: delivered (1), not delivered (2), refused by the operator (16).
const kannelMask = "19"

// receiptAddress is where Kannel tells what became of an item: %d is put in by it.
func (k *Kannel) receiptAddress(reference string) (string, error) {
	mark, err := k.key.Mark(kannelReceipt, reference)
	return k.outside + "/hooks/texts/kannel/receipt/" + reference + "/" + mark + "?d=%d", err
}

func (k *Kannel) hooks() ([]string, error) {
	if k.outside == "" {
		return nil, nil
	}
	mark, err := k.key.Mark(kannelIn, "")
	return []string{"get-url = \"" + k.outside + "/hooks/texts/kannel/in/" + mark + "?id=%I&from=%p&to=%P&at=%T&charset=%C&text=%b\""}, err
}

// Hear reads a call of Kannel.
func (k *Kannel) Hear(c Call) (h Heard, err error) {
	f := c.Form
	switch c.What {
	case "receipt":
		if !k.key.Good(kannelReceipt, c.Reference, c.Mark) {
			return h, errSigned
		}
		switch f.Get("d") {
		case "1":
			h.Receipts = []Receipt{{c.Reference, true, ""}}
		case "2":
			h.Receipts = []Receipt{{c.Reference, false, "The operator could not deliver it: the number may be wrong, or the phone was off for days."}}
		case "16":
			h.Receipts = []Receipt{{c.Reference, false, "The operator refused it."}}
		}
		return h, nil
	case "in":
		if !k.key.Good(kannelIn, "", c.Mark) {
			return h, errSigned
		}
		m := Received{Way: SMS, GatewayID: f.Get("id"), From: f.Get("from"), To: f.Get("to"), Text: decoded(strings.NewReader(f.Get("text")), f.Get("charset"))}
		if at, err := time.Parse("2006-01-02 15:04:05", f.Get("at")); err == nil {
			m.AtMs = at.UnixMilli()
		} else if n, err := strconv.ParseInt(f.Get("at"), 10, 64); err == nil {
			m.AtMs = n * 1000
		}
		if m.GatewayID == "" || m.From == "" {
			return h, unreadable()
		}
		h.Messages = []Received{m}
		return h, nil
	}
	return h, errSigned
}

// Gateway is the name in the addresses.
func (t *Twilio) Gateway() string { return "twilio" }

func (t *Twilio) hooks() ([]string, error) {
	if t.Outside == "" {
		return nil, nil
	}
	return []string{"A MESSAGE COMES IN: webhook, POST, " + t.Outside + "/hooks/texts/twilio/in"}, nil
}

// signed checks X-Twilio-Signature: HMAC-SHA-1 with the account's token over the address and the fields of the form in their order. It is their choice of hash;
// for this use it still holds.
func (t *Twilio) signed(c Call) bool {
	got, err := base64.StdEncoding.DecodeString(c.Header.Get("X-Twilio-Signature"))
	if err != nil || len(got) == 0 {
		return false
	}
	var fields strings.Builder
	names := make([]string, 0, len(c.Form))
	for name := range c.Form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		values := slices.Clone(c.Form[name])
		slices.Sort(values)
		for _, v := range slices.Compact(values) {
			fields.WriteString(name + v)
		}
	}
	good := false
	for _, u := range c.URLs {
		h := hmac.New(sha1.New, []byte(t.token))
		h.Write([]byte(u + fields.String()))
		good = hmac.Equal(h.Sum(nil), got) || good
	}
	return good
}

// twilioFate is what an error of a receipt means.
var twilioFate = map[string]string{
	"30003": "The phone could not be reached: it may be off, or out of reach.",
	"30004": "The operator or the phone blocks it.",
	"30005": "There is no such number any more.",
	"30006": "The number is a landline, or can't get texts.",
	"30007": "The operator took it for spam.",
	"30008": "The operator does not say why.",
	"21610": "Whoever has this number answered STOP, and the gateway sends nothing more to it.",
}

// Hear reads a call of Twilio.
func (t *Twilio) Hear(c Call) (h Heard, err error) {
	if !t.signed(c) {
		return h, errSigned
	}
	f := c.Form
	switch c.What {
	case "receipt":
		switch f.Get("MessageStatus") {
		case "delivered", "read":
			h.Receipts = []Receipt{{c.Reference, true, ""}}
		case "undelivered", "failed":
			words := twilioFate[f.Get("ErrorCode")]
			if words == "" {
				words = strings.TrimSpace("The gateway could not deliver it. " + f.Get("ErrorCode"))
			}
			h.Receipts = []Receipt{{c.Reference, false, words}}
		}
		return h, nil
	case "in":
		if f.Get("MessageSid") == "" || f.Get("From") == "" {
			return h, unreadable()
		}
		text := f.Get("Body")
		if n := f.Get("NumMedia"); n != "" && n != "0" {
			text = strings.TrimSpace(text + "\n[A picture or another file came with it, which Ajar does not take.]")
		}
		h.Messages = []Received{{Way: SMS, GatewayID: f.Get("MessageSid"), From: f.Get("From"), To: f.Get("To"), Text: text}}
		return h, nil
	}
	return h, unreadable()
}

// Gateway is the name in the addresses.
func (n *Notify) Gateway() string { return "notify" }

func (n *Notify) hooks() ([]string, error) {
	if n.outside == "" || n.bearer == "" {
		return nil, nil
	}
	out := []string{"Delivery receipts: " + n.outside + "/hooks/texts/notify/receipt, with the bearer token of callback=…"}
	if n.way == SMS {
		out = append(out, "Received text messages: "+n.outside+"/hooks/texts/notify/in, with the bearer token of callback=…")
	}
	return out, nil
}

// notifyFate is what a state means.
var notifyFate = map[string]string{
	"permanent-failure": "It can't be delivered: there is no such number or address.",
	"temporary-failure": "It could not be delivered: the phone was off for days, or the mailbox is full.",
	"technical-failure": "GOV.UK Notify or the operator had a trouble of their own.",
}

// Hear reads a call of GOV.UK Notify, which names itself by a word that it was given.
func (n *Notify) Hear(c Call) (h Heard, err error) {
	said, ok := strings.CutPrefix(c.Header.Get("Authorization"), "Bearer ")
	if n.bearer == "" || !ok || subtle.ConstantTimeCompare([]byte(said), []byte(n.bearer)) != 1 {
		return h, errSigned
	}
	var m struct {
		ID           string `json:"id"`
		Reference    string `json:"reference"`
		Status       string `json:"status"`
		Source       string `json:"source_number"`
		Destination  string `json:"destination_number"`
		Message      string `json:"message"`
		DateReceived string `json:"date_received"`
	}
	if json.Unmarshal(c.Body, &m) != nil || m.ID == "" {
		return h, unreadable()
	}
	switch c.What {
	case "receipt":
		if m.Status == "delivered" {
			h.Receipts = []Receipt{{m.Reference, true, ""}}
		} else if words := notifyFate[m.Status]; words != "" {
			h.Receipts = []Receipt{{m.Reference, false, words}}
		}
		return h, nil
	case "in":
		if m.Source == "" {
			return h, unreadable()
		}
		r := Received{Way: SMS, GatewayID: m.ID, From: m.Source, To: m.Destination, Text: m.Message}
		if at, err := time.Parse(time.RFC3339, m.DateReceived); err == nil {
			r.AtMs = at.UnixMilli()
		}
		h.Messages = []Received{r}
		return h, nil
	}
	return h, unreadable()
}
