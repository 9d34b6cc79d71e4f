package post

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ajar/internal/kit/jobs"
)

// Kannel sends text messages through the sendsms page of a Kannel gateway, which speaks to the operators.
type Kannel struct {
	address  url.URL
	name     string
	password string
	from     string
	client   *http.Client
}

// NewKannel reads the address of a gateway: http://name:password@host:13013/cgi-bin/sendsms?from=School.
func NewKannel(address string) (*Kannel, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User == nil {
		return nil, errors.New("the gateway for text messages is written like http://name:password@127.0.0.1:13013/cgi-bin/sendsms?from=School")
	}
	if h := u.Hostname(); u.Scheme == "http" && h != "localhost" && h != "127.0.0.1" && h != "::1" {
		return nil, errors.New("a gateway for text messages on another machine must be reached by https")
	}
	k := &Kannel{name: u.User.Username(), from: u.Query().Get("from"), client: &http.Client{Timeout: 30 * time.Second}}
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
		return "", jobs.GiveUp(errors.New("this is not a mobile number"))
	}
	q := url.Values{"username": {k.name}, "password": {k.password}, "from": {k.from}, "to": {"+" + to}, "text": {r.Body}, "charset": {"UTF-8"}}
	if !gsm7(r.Body) {
		q.Set("coding", "2") // UCS-2
	}
	u := k.address
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", err
	}
	res, err := k.client.Do(req)
	if err != nil {
		// The address holds the password, and errors are kept and shown.
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return "", fmt.Errorf("the gateway for text messages cannot be reached: %w", err)
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(res.Body, 500))
	answer := strings.TrimSpace(string(said))
	switch {
	case res.StatusCode == http.StatusAccepted:
		return answer, nil
	case res.StatusCode == http.StatusServiceUnavailable: // kept for later would be 202; this is: try again
		return "", fmt.Errorf("the gateway for text messages is busy: %s", answer)
	case res.StatusCode >= 400 && res.StatusCode < 500:
		return "", jobs.GiveUp(fmt.Errorf("the gateway for text messages refused it: %s", answer))
	}
	return "", fmt.Errorf("the gateway for text messages answered %d: %s", res.StatusCode, answer)
}

// gsm are the letters of the plain alphabet of text messages (GSM 03.38) and of its extension.
const gsm = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€\f"

func gsm7(s string) bool {
	for _, r := range s {
		if !strings.ContainsRune(gsm, r) {
			return false
		}
	}
	return true
}
