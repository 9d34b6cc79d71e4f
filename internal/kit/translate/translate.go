// Package translate asks a translation service, where the installation has one: LibreTranslate, or another with its interface. It sends the text it is given and nothing else.
package translate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The bounds of one question.
const (
	answer   = 20 * time.Second
	longest  = 10000
	mostSaid = 1 << 20
)

// Service is a translation service with LibreTranslate's interface: POST /translate {q, source, target, format, api_key}.
type Service struct {
	address url.URL
	key     string
	client  *http.Client
}

// New reads the address of a service: https://translate.example.org, or https://:KEY@translate.example.org for one that wants a key. Plain HTTP goes only to this machine.
func New(address string) (*Service, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the translation service is written like https://translate.example.org, or https://:KEY@translate.example.org with its key")
	}
	if h := u.Hostname(); u.Scheme == "http" && h != "localhost" && h != "127.0.0.1" && h != "::1" {
		return nil, errors.New("a translation service on another machine must be reached by https")
	}
	s := &Service{client: &http.Client{Timeout: answer, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if u.User != nil {
		s.key, _ = u.User.Password()
	}
	u.User = nil
	u.Path = strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "/translate") + "/translate"
	s.address = *u
	return s, nil
}

// Translate gives a text in another language. The error never holds the text, the key or the address.
func (s *Service) Translate(ctx context.Context, text, from, to string) (string, error) {
	if len(text) > longest {
		return "", fmt.Errorf("the text is too long to translate at once")
	}
	ask := map[string]string{"q": text, "source": from, "target": to, "format": "text"}
	if s.key != "" {
		ask["api_key"] = s.key
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address.String(), bytes.NewReader(body))
	if err != nil {
		return "", errors.New("the translation service can't be asked")
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := s.client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return "", fmt.Errorf("the translation service can't be reached: %w", err)
	}
	defer res.Body.Close()
	said, err := io.ReadAll(io.LimitReader(res.Body, mostSaid))
	if err != nil {
		return "", fmt.Errorf("the translation service broke off: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the translation service answered %d", res.StatusCode)
	}
	var got struct {
		Text string `json:"translatedText"`
	}
	if err := json.Unmarshal(said, &got); err != nil || strings.TrimSpace(got.Text) == "" {
		return "", errors.New("the translation service answered something that is no translation")
	}
	return got.Text, nil
}
