package box

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestSealAndOpen(t *testing.T) {
	a, b := Fresh(), Fresh()
	sealed := a.Seal("one", []byte("the secret"))
	if again := a.Seal("one", []byte("the secret")); again == sealed {
		t.Error("the same secret looks the same twice")
	}
	if strings.Contains(sealed, "secret") {
		t.Error("the secret can be read")
	}
	if plain, err := a.Open("one", sealed); err != nil || string(plain) != "the secret" {
		t.Errorf("%q, %v", plain, err)
	}
	swapped := []byte(sealed)
	swapped[len(swapped)-2] ^= 1
	for name, c := range map[string]struct {
		box             *Box
		purpose, sealed string
		want            error
	}{
		"for another purpose": {a, "two", sealed, ErrBroken},
		"with another key":    {b, "one", sealed, ErrOtherKey},
		"changed":             {a, "one", string(swapped), ErrBroken},
		"cut":                 {a, "one", sealed[:12], ErrBroken},
		"nothing":             {a, "one", "", ErrBroken},
		"no text of ours":     {a, "one", "%%%", ErrBroken},
	} {
		if plain, err := c.box.Open(c.purpose, c.sealed); !errors.Is(err, c.want) || plain != nil {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
}

func TestKeyFile(t *testing.T) {
	t.Setenv(Variable, "")
	dir := t.TempDir()
	sealed := make(chan string, 8)
	var all sync.WaitGroup
	for range 8 { // processes that start at once
		all.Go(func() {
			b, err := Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			sealed <- b.Seal("x", []byte("kept"))
		})
	}
	all.Wait()
	close(sealed)
	b, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for s := range sealed {
		if _, err := b.Open("x", s); err != nil {
			t.Errorf("two processes had two keys: %v", err)
		}
	}
	path := filepath.Join(dir, "secrets", "key")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if list, _ := os.ReadDir(filepath.Dir(path)); len(list) != 1 {
		t.Errorf("files stay behind: %v", list)
	}
	if err := os.WriteFile(path, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil {
		t.Error("half a key was taken, or a new one was made in its place")
	}
}

func TestKeyFromOutside(t *testing.T) {
	t.Setenv(Variable, strings.Repeat("A", 43)+"=")
	a, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Open("x", a.Seal("x", []byte("kept"))); err != nil {
		t.Error(err)
	}
	t.Setenv(Variable, "too short")
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("a key that is no key was taken")
	}
	t.Setenv(Variable, "")
	if _, err := Open(""); err == nil {
		t.Error("a key was made that nobody keeps")
	}
}
