package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// The provider must answer as an issuer, and be gone when it is stopped.
func TestOwnProvider(t *testing.T) {
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	p, err := startProvider(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	r, err := http.Post(p.URL+"/realms/gate", "application/json", strings.NewReader(`{"clients":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	r, err = http.Get(p.URL + "/realms/gate/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, _ := io.ReadAll(r.Body)
	if r.StatusCode != 200 || !strings.Contains(string(b), `"issuer":"`+p.URL+`/realms/gate"`) {
		t.Errorf("%d %s", r.StatusCode, b)
	}
	p.Stop()
	if _, err := http.Get(p.URL); err == nil {
		t.Error("the provider still answers after it was stopped")
	}
}
