package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Twilio sends texts through Twilio, or one of the many services with its interface.
type Twilio struct {
	base    *url.URL
	account string
	token   string
	from    string // a number or name; or service
	service string // a messaging service there, which chooses the number
	client  *http.Client
	// Outside is how the gateway reaches Ajar, such as https://ajar.school.example, for receipts. Empty asks for none.
	Outside string
}

// NewTwilio reads an address such as twilio://ACCOUNT:TOKEN@api.twilio.com?from=+441234567890, or ?service=MG… instead of from.
func NewTwilio(address string) (*Twilio, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "twilio" || u.User == nil {
		return nil, errors.New("a gateway with Twilio's interface is written like twilio://ACCOUNT:TOKEN@api.twilio.com?from=+441234567890")
	}
	base, err := gatewayURL(u)
	if err != nil {
		return nil, err
	}
	t := &Twilio{base: base, account: u.User.Username(), service: u.Query().Get("service"), client: newClient()}
	t.token, _ = u.User.Password()
	t.from = strings.TrimSpace(u.Query().Get("from"))
	if n := strings.TrimLeft(t.from, "0123456789"); t.from != "" && n == "" && len(t.from) > 6 {
		t.from = "+" + t.from // in an address, a plus is a space
	}
	if t.account == "" || t.token == "" {
		return nil, errors.New("the gateway's address needs the number of the account and its token: twilio://ACCOUNT:TOKEN@…")
	}
	if (t.from == "") == (t.service == "") {
		return nil, errors.New("the gateway's address must say where messages come from, either from=+44… or service=MG…")
	}
	return t, nil
}

// twilioHopeless are the refusals that are about the one who should get it, with what the office can do. The others may pass.
var twilioHopeless = map[int]string{
	21211: "this is not a mobile number that can be reached",
	21214: "this number can't be reached by text",
	21217: "this is not a mobile number that can be reached",
	21265: "this is not a mobile number that can be reached",
	21408: "the account at the gateway does not send to this country",
	21602: "the message has no words",
	21604: "there is no number",
	21610: "whoever has this number answered STOP, and the gateway sends nothing more to it",
	21612: "the gateway has no way to this number",
	21614: "this is not a mobile number",
	21617: "the message is too long for the gateway",
}

// twilioOurs are the refusals that are about how it is set up, and so about every message.
var twilioOurs = map[int]bool{20003: true, 20005: true, 20404: true, 21212: true, 21606: true, 21609: true, 21603: true, 21659: true, 21660: true, 21701: true, 21703: true}

// Send hands one text message over.
func (t *Twilio) Send(ctx context.Context, r Ready) (string, error) {
	to, ok := Mobile(r.Address)
	if !ok {
		return "", GiveUp(errors.New("this is not a mobile number"))
	}
	form := url.Values{"To": {"+" + to}, "Body": {r.Body}}
	if t.service != "" {
		form.Set("MessagingServiceSid", t.service)
	} else {
		form.Set("From", t.from)
	}
	if t.Outside != "" {
		form.Set("StatusCallback", t.Outside+"/hooks/texts/twilio/receipt/"+r.Reference)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base.String()+"/2010-04-01/Accounts/"+url.PathEscape(t.account)+"/Messages.json", strings.NewReader(form.Encode()))
	if err != nil {
		return "", GiveUp(errors.New("this message can't be asked for"))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(t.account, t.token)
	status, said, head, err := askAll(t.client, req, r)
	if err != nil {
		return "", err
	}
	var got struct {
		Sid     string
		Code    int
		Message string
	}
	read := json.Unmarshal(said, &got) == nil
	if status == http.StatusCreated || status == http.StatusOK {
		if !read || got.Sid == "" {
			return "", Doubt(errors.New("the gateway said that it took it, and gave no number for it"))
		}
		return got.Sid, nil
	}
	words := brief(said, t.token)
	if read && got.Message != "" {
		words = brief([]byte(got.Message), t.token)
	}
	if why := twilioHopeless[got.Code]; why != "" {
		return "", GiveUp(errors.New(why))
	}
	if twilioOurs[got.Code] {
		return "", Down(fmt.Errorf("the gateway does not take what Ajar sends; look at the account and the sender's number: %s", words))
	}
	if err, ok := common(status, head, words); ok {
		return "", err
	}
	if status == http.StatusNotFound {
		return "", Down(errors.New("the gateway knows no such page; its address or the account is not right"))
	}
	return "", fmt.Errorf("the gateway answered %d: %s", status, words)
}
