package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ajar/internal/kit/testop"
)

func TestProviderByCommand(t *testing.T) {
	r := testop.New(t, []string{"https://ajar.example/sign-in/back/oak-other"})
	t.Setenv("AJAR_ADDRESS", "https://ajar.example")
	t.Setenv("AJAR_PROVIDER_SECRET", "")
	dir, do := commandsIn(t)
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte(testop.Secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	do(0, "org", "add", "--code", "OAK", "--name", "Oakfield", "--type", "school")
	if out, _ := do(0, "provider", "list"); !strings.Contains(out, "Nobody signs in by a provider yet") {
		t.Errorf("%s", out)
	}
	set := []string{"provider", "set", "--org", "OAK", "--kind", "other", "--issuer", r.Issuer, "--client", testop.ClientID, "--domains", "oak.sch.uk", "--second-step", "acr:mfa", "--by-address", "--inside"}
	if _, errs := do(1, set...); !strings.Contains(errs, "Give the client secret") {
		t.Errorf("%s", errs)
	}
	out, _ := do(0, append(set, "--secret-file", secret)...)
	if !strings.Contains(out, "https://ajar.example/sign-in/back/oak-other") || strings.Contains(out, testop.Secret) {
		t.Errorf("%s", out)
	}
	do(0, set...) // a secret that is there already stays
	out, _ = do(0, "provider", "list", "--json")
	var rows []providerRow
	if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != 1 || rows[0].Factor != "acr:mfa" || !rows[0].First || rows[0].Org != "Oakfield" || strings.Contains(out, "box1.") {
		t.Errorf("%v %s", err, out)
	}
	if out, _ = do(0, "provider", "test"); !strings.Contains(out, "oak-other: answers at 127.0.0.1") {
		t.Errorf("%s", out)
	}
	if out, _ = do(0, "check"); !strings.Contains(out, "Sign-in with the school account (oak-other), Oakfield: it answers") {
		t.Errorf("%s", out)
	}
	r.Down(true)
	if out, _ = do(1, "provider", "test", "--org", "OAK"); !strings.Contains(out, "does not answer") {
		t.Errorf("%s", out)
	}
	if out, _ = do(0, "check"); !strings.Contains(out, "look") || !strings.Contains(out, "does not answer at the moment") {
		t.Errorf("%s", out)
	}
	do(2, "provider", "set", "--kind", "google")                      // whose?
	do(2, "provider", "remove", "oak-other", "--org", "OAK", "--all") // both
	do(1, "provider", "remove", "oak-other", "--all")                 // not the installation's
	do(1, "provider", "set", "--org", "OAK", "--kind", "other", "--issuer", "http://127.0.0.1:1", "--client", "c", "--domains", "oak.sch.uk")
	do(0, "provider", "remove", "oak-other", "--org", "OAK")
	if out, _ = do(0, "provider", "list", "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("%s", out)
	}
}
