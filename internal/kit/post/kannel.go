package post

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Kannel sends text messages through the sendsms page of a Kannel gateway, which speaks to the operators.
type Kannel struct {
	address  url.URL
	name     string
	password string
	from     string
	client   *http.Client
	outside  string // how Kannel reaches Ajar; empty asks for no receipts
	key      Signer
}

// NewKannel reads the address of a gateway: http://name:password@host:13013/cgi-bin/sendsms?from=School. callback says how the gateway
// reaches Ajar, where that is not the address that everybody uses, such as callback=http://127.0.0.1:8080.
func NewKannel(address string) (*Kannel, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User == nil {
		return nil, errors.New("the gateway for text messages is written like http://name:password@127.0.0.1:13013/cgi-bin/sendsms?from=School")
	}
	if u.Scheme == "http" && !here(u.Hostname()) {
		return nil, errors.New("a gateway for text messages on another machine must be reached by https")
	}
	k := &Kannel{name: u.User.Username(), from: u.Query().Get("from"), outside: strings.TrimSuffix(u.Query().Get("callback"), "/"), client: newClient()}
	k.password, _ = u.User.Password()
	if k.from == "" {
		return nil, errors.New("the gateway's address must say the number or name that messages come from: …?from=School")
	}
	u.User, u.RawQuery = nil, ""
	k.address = *u
	return k, nil
}

// Send hands one text message over. Kannel answers 202 when it has taken or kept it (User's Guide, chapter on sendsms).
func (k *Kannel) Send(ctx context.Context, r Ready) (string, error) {
	to, ok := Mobile(r.Address)
	if !ok {
		return "", GiveUp(errors.New("this is not a mobile number"))
	}
	q := url.Values{"username": {k.name}, "password": {k.password}, "from": {k.from}, "to": {"+" + to}, "text": {r.Body}, "charset": {"UTF-8"}}
	if !gsm7(r.Body) {
		q.Set("coding", "2") // UCS-2
	}
	if k.outside != "" && k.key != nil && r.Reference != "" {
		back, err := k.receiptAddress(r.Reference)
		if err != nil {
			return "", Down(fmt.Errorf("the address for receipts can't be signed: %w", err))
		}
		q.Set("dlr-mask", kannelMask)
		q.Set("dlr-url", back)
	}
	u := k.address
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", GiveUp(err)
	}
	status, said, head, err := askAll(k.client, req, r)
	if err != nil {
		return "", err
	}
	answer := brief(said, k.password)
	switch {
	case status == http.StatusAccepted:
		return "", nil // it gives no reference: receipts come with ours
	case status >= 200 && status < 300:
		return "", Doubt(fmt.Errorf("the gateway answered %d, which Kannel does not: %s", status, answer))
	case status == http.StatusForbidden && strings.Contains(answer, "uthoriz"): // our name or password
		return "", Down(fmt.Errorf("the gateway does not let us in: %s", answer))
	case status >= 400 && status < 500 && status != http.StatusTooManyRequests:
		return "", GiveUp(fmt.Errorf("the gateway refused it: %s", answer))
	}
	if err, ok := common(status, head, answer); ok {
		return "", err
	}
	return "", Down(fmt.Errorf("the gateway answered %d: %s", status, answer))
}
