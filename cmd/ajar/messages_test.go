package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"ajar/internal/kit/clock"
)

func TestMessagesSegments(t *testing.T) {
	for text, want := range map[string]string{
		"Dear Amina":                   `{"characters":10,"encoding":"GSM-7","parts":1}`,
		strings.Repeat("a", 159) + "€": `{"characters":161,"encoding":"GSM-7","parts":2}`,
		strings.Repeat("a", 70) + "😀":  `{"characters":72,"encoding":"UCS-2","parts":2}`,
		"Don’t":                        `{"characters":5,"encoding":"UCS-2","parts":1}`,
		"-1 degrees; two words":        "",
	} {
		var out, errs bytes.Buffer
		args := []string{"messages", "segments", "--json", "--", text}
		if code := run(t.Context(), args, &out, &errs, clock.System()); want != "" && code != 0 {
			t.Errorf("%.20q: %d %s", text, code, errs.String())
			continue
		}
		var got map[string]any
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Errorf("%.20q: %v in %s", text, err, out.String())
			continue
		}
		if again, _ := json.Marshal(got); want != "" && string(again) != want {
			t.Errorf("%.20q: %s", text, again)
		}
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"messages", "segments", strings.Repeat("Don’t. ", 20)}, &out, &errs, clock.System()); code != 0 || !strings.Contains(out.String(), "With plain quotes, dashes and spaces it has 1 parts") {
		t.Errorf("%d %s %s", code, out.String(), errs.String())
	}
}

// What a gateway has to be told is the same each time, since the operator copies it once.
func TestMessagesHooks(t *testing.T) {
	folder := t.TempDir()
	hooks := func() string {
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"messages", "hooks", "--data", folder}, &out, &errs, clock.System()); code != 0 {
			t.Fatal(errs.String())
		}
		return out.String()
	}
	if got := hooks(); !strings.Contains(got, "nothing to tell") {
		t.Error(got)
	}
	t.Setenv("AJAR_TEXTS", "http://ajar:pw@127.0.0.1:13013/cgi-bin/sendsms?from=Oak")
	t.Setenv("AJAR_ADDRESS", "https://ajar.example")
	first := hooks()
	if !strings.HasPrefix(first, "get-url = \"https://ajar.example/hooks/texts/kannel/in/") || hooks() != first || strings.Contains(first, "pw") {
		t.Error(first)
	}
	t.Setenv("AJAR_TEXTS", "twilio://AC1:tok@api.twilio.com?from=Oak")
	if got := hooks(); !strings.Contains(got, "https://ajar.example/hooks/texts/twilio/in") || strings.Contains(got, "tok") {
		t.Error(got)
	}
}
