package post

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Notify sends texts or e-mail through GOV.UK Notify, or a service with its interface. The words are ours: the template there is ((body)) alone, and for e-mail
// ((subject)) above it.
type Notify struct {
	way      string
	base     *url.URL
	service  string // the number of the service there, which names us
	secret   string
	template string
	sender   string // which of the service's numbers or answer addresses is used; empty for its usual one
	bearer   string // what it says when it calls back
	outside  string
	client   *http.Client
}

const notifyExample = "notify://KEY@api.notifications.service.gov.uk?template=NUMBER"

// NewNotify reads an address such as notify://KEY@api.notifications.service.gov.uk?template=NUMBER, where the key is as the service's page gives it. sender names
// one of its text senders or answer addresses, and callback is the word with which it calls back.
func NewNotify(way, address string) (*Notify, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "notify" || u.User == nil {
		return nil, errors.New("GOV.UK Notify is written like " + notifyExample)
	}
	base, err := gatewayURL(u)
	if err != nil {
		return nil, err
	}
	n := &Notify{way: way, base: base, template: u.Query().Get("template"), sender: u.Query().Get("sender"), bearer: u.Query().Get("callback"), client: newClient()}
	// A key is a name, the service's number and a secret, each of the two a UUID. The name may have dashes too.
	key := u.User.Username()
	if len(key) < 73 {
		return nil, errors.New("the key of GOV.UK Notify is too short: copy all of it, with its name and both numbers")
	}
	n.service, n.secret = key[len(key)-73:len(key)-37], key[len(key)-36:]
	if !isUUID(n.service) || !isUUID(n.secret) {
		return nil, errors.New("the key of GOV.UK Notify does not end with two numbers such as 00000000-0000-0000-0000-000000000000: copy all of it")
	}
	if !isUUID(n.template) {
		return nil, errors.New("the address of GOV.UK Notify must say which template carries the words: " + notifyExample)
	}
	if n.bearer != "" && len(n.bearer) < 20 {
		return nil, errors.New("the word with which GOV.UK Notify calls back (callback=…) needs 20 characters at the least")
	}
	return n, nil
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, r := range s {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (r == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return false
		}
	}
	return true
}

// token is what lets us in for half a minute: a JSON web token signed with HMAC-SHA-256, as Notify asks for it.
func (n *Notify) token(now time.Time) string {
	part := func(v any) string {
		b, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(map[string]string{"typ": "JWT", "alg": "HS256"}) + "." + part(map[string]any{"iss": n.service, "iat": now.Unix()})
	h := hmac.New(sha256.New, []byte(n.secret))
	h.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// Send hands one message over.
func (n *Notify) Send(ctx context.Context, r Ready) (string, error) {
	form := map[string]any{"template_id": n.template, "reference": r.Reference, "personalisation": map[string]string{"body": r.Body, "subject": r.Subject}}
	page := "/v2/notifications/email"
	if n.way == Email {
		form["email_address"] = r.Address
		if n.sender != "" {
			form["email_reply_to_id"] = n.sender
		}
	} else {
		to, ok := Mobile(r.Address)
		if !ok {
			return "", GiveUp(errors.New("this is not a mobile number"))
		}
		page = "/v2/notifications/sms"
		form["phone_number"], form["personalisation"] = "+"+to, map[string]string{"body": r.Body}
		if n.sender != "" {
			form["sms_sender_id"] = n.sender
		}
	}
	body, err := json.Marshal(form)
	if err != nil {
		return "", GiveUp(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.base.String()+page, bytes.NewReader(body))
	if err != nil {
		return "", GiveUp(errors.New("this message can't be asked for"))
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+n.token(time.Now()))
	status, said, head, err := askAll(n.client, req, r)
	if err != nil {
		return "", err
	}
	if status == http.StatusCreated || status == http.StatusOK {
		var got struct{ ID string }
		if json.Unmarshal(said, &got) != nil || got.ID == "" {
			return "", Doubt(errors.New("the gateway said that it took it, and gave no number for it"))
		}
		return got.ID, nil
	}
	return "", n.refused(status, said, head)
}

// refused reads an answer that is no. {"status_code":400,"errors":[{"error":"ValidationError","message":"phone_number Not enough digits"}]}
func (n *Notify) refused(status int, said []byte, head http.Header) error {
	var got struct {
		Errors []struct{ Error, Message string }
	}
	words, kind := brief(said, n.secret), ""
	if json.Unmarshal(said, &got) == nil && len(got.Errors) > 0 {
		words, kind = brief([]byte(got.Errors[0].Message), n.secret), got.Errors[0].Error
	}
	if status == http.StatusTooManyRequests {
		wait := waitIn(head)
		if wait == 0 {
			wait = time.Minute // RateLimitError: so many a minute
			if kind == "TooManyRequestsError" {
				wait = time.Hour // the day's messages are used up
			}
		}
		return DownFor(wait, fmt.Errorf("the gateway asks us to wait: %s", words))
	}
	if err, ok := common(status, head, words); ok {
		return err
	}
	lower := strings.ToLower(words)
	ours := strings.Contains(lower, "template") || strings.Contains(lower, "personalisation") || strings.Contains(lower, "sender_id") || strings.Contains(lower, "reply_to_id")
	switch {
	case ours || status == http.StatusNotFound: // about how it is set up, and so about every message
		return Down(fmt.Errorf("the gateway does not take what Ajar sends; look at its template: %s", words))
	case strings.Contains(lower, "trial mode") || strings.Contains(lower, "team-only"):
		return GiveUp(errors.New("the account at GOV.UK Notify is still in trial mode, which sends to its own team alone"))
	case strings.HasPrefix(lower, "phone_number") || strings.HasPrefix(lower, "email_address"):
		return GiveUp(fmt.Errorf("GOV.UK Notify says that this can't be reached: %s", strings.TrimSpace(words[strings.IndexByte(words+" ", ' '):])))
	case status == http.StatusBadRequest:
		return GiveUp(fmt.Errorf("GOV.UK Notify refused it: %s", words))
	}
	return fmt.Errorf("the gateway answered %d: %s", status, words)
}

// Find asks what became of an item, by our reference.
func (n *Notify) Find(ctx context.Context, reference string) (theirs string, found bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.base.String()+"/v2/notifications?"+url.Values{"reference": {reference}}.Encode(), nil)
	if err != nil {
		return "", false, err
	}
	req.Header.Set("Authorization", "Bearer "+n.token(time.Now()))
	status, said, err := ask(n.client, req, Ready{})
	if err != nil {
		return "", false, err
	}
	var got struct {
		Notifications *[]struct{ ID, Reference string }
	}
	if status != http.StatusOK || json.Unmarshal(said, &got) != nil || got.Notifications == nil {
		return "", false, fmt.Errorf("the gateway answered %d when it was asked about a message", status)
	}
	for _, x := range *got.Notifications {
		if x.Reference == reference {
			return x.ID, true, nil
		}
	}
	return "", false, nil
}
