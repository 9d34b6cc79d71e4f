package translate

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAsksAsLibreTranslateWants(t *testing.T) {
	var got map[string]string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/translate" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		b, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(b, &got)
		_, _ = w.Write([]byte(`{"translatedText":"Dzień dobry"}`))
	}))
	defer srv.Close()
	s, err := New(strings.Replace(srv.URL, "http://", "http://:s3cret@", 1) + "/")
	if err != nil {
		t.Fatal(err)
	}
	said, err := s.Translate(context.Background(), "Good morning", "en", "pl")
	if err != nil || said != "Dzień dobry" {
		t.Errorf("%q %v", said, err)
	}
	for k, want := range map[string]string{"q": "Good morning", "source": "en", "target": "pl", "format": "text", "api_key": "s3cret"} {
		if got[k] != want {
			t.Errorf("%s is %q", k, got[k])
		}
	}
}

func TestWhatIsNoTranslationIsAnError(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"an error": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, `{"error":"no"}`, http.StatusForbidden) },
		"nonsense": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"nothing":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"translatedText":" "}`)) },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://example.org/", http.StatusFound)
		},
		"slow": func(_ http.ResponseWriter, r *http.Request) { time.Sleep(300 * time.Millisecond) },
		"half an answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"trans`))
		},
	} {
		srv := httptest.NewServer(h)
		s, err := New(strings.Replace(srv.URL, "http://", "http://:s3cret@", 1))
		if err != nil {
			t.Fatal(err)
		}
		s.client.Timeout = 100 * time.Millisecond
		said, err := s.Translate(context.Background(), "About Amira", "en", "pl")
		if err == nil || said != "" {
			t.Errorf("%s: %q", name, said)
		} else if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "Amira") || strings.Contains(err.Error(), "127.0.0.1/") {
			t.Errorf("%s: the error tells %q", name, err)
		}
		srv.Close()
	}
}

func TestAddresses(t *testing.T) {
	for address, ok := range map[string]bool{"https://translate.example.org": true, "http://localhost:5000": true, "http://127.0.0.1:5000/translate": true, "https://x.example/t?a=b": false,
		"http://translate.example.org": false, "translate.example.org": false, "ftp://x": false, "": false} {
		if _, err := New(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}
