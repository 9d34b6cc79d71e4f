package box

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestWhatIsSealedOpensForItsPurposeOnly(t *testing.T) {
	b := Memory()
	sealed, err := b.Seal("second factor of 7", []byte("JBSWY3DP"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(sealed, "JBSW") {
		t.Errorf("can be read: %s", sealed)
	}
	if got, err := b.Open("second factor of 7", sealed); err != nil || string(got) != "JBSWY3DP" {
		t.Errorf("%q, %v", got, err)
	}
	last := sealed[:len(sealed)-2]
	for name, try := range map[string]func() ([]byte, error){
		"another purpose": func() ([]byte, error) { return b.Open("second factor of 8", sealed) },
		"another key":     func() ([]byte, error) { return Memory().Open("second factor of 7", sealed) },
		"cut short":       func() ([]byte, error) { return b.Open("second factor of 7", last) },
		"no mark":         func() ([]byte, error) { return b.Open("second factor of 7", strings.TrimPrefix(sealed, mark)) },
		"empty":           func() ([]byte, error) { return b.Open("second factor of 7", "") },
		"nothing behind":  func() ([]byte, error) { return b.Open("second factor of 7", mark) },
		"not base64":      func() ([]byte, error) { return b.Open("second factor of 7", mark+"?!") },
	} {
		if got, err := try(); !errors.Is(err, ErrKey) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if again, _ := b.Seal("second factor of 7", []byte("JBSWY3DP")); again == sealed {
		t.Error("the same text is sealed alike twice")
	}
}

func TestKeyStaysBesideTheData(t *testing.T) {
	folder := t.TempDir()
	first, _ := Open(folder, "")
	if _, err := first.Open("p", mark+"AAAA"); !errors.Is(err, ErrKey) {
		t.Errorf("opening without a key: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "secrets")); !os.IsNotExist(err) {
		t.Error("opening made a key")
	}
	sealed, err := first.Seal("p", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	second, _ := Open(folder, "  ")
	if got, err := second.Open("p", sealed); err != nil || string(got) != "x" {
		t.Errorf("after a new start: %q, %v", got, err)
	}
	file := filepath.Join(folder, "secrets", "box.key")
	for path, want := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		if s, err := os.Stat(path); err != nil || s.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, s.Mode(), err)
		}
	}
	if list, _ := os.ReadDir(filepath.Dir(file)); len(list) != 1 {
		t.Errorf("%d files lie beside the key", len(list))
	}
	if err := os.WriteFile(file, []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	third, _ := Open(folder, "")
	if _, err := third.Seal("p", []byte("x")); err == nil || !strings.Contains(err.Error(), "last backup") {
		t.Errorf("a broken key: %v", err)
	}
}

// Two processes over one folder must not make two keys.
func TestOneKeyForAllWhoBeginTogether(t *testing.T) {
	folder := t.TempDir()
	var sealed [12]string
	var wg sync.WaitGroup
	for i := range sealed {
		wg.Go(func() {
			b, _ := Open(folder, "")
			var err error
			if sealed[i], err = b.Seal("p", []byte("x")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	last, _ := Open(folder, "")
	for _, s := range sealed {
		if got, err := last.Open("p", s); err != nil || !bytes.Equal(got, []byte("x")) {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestSecretFromTheEnvironment(t *testing.T) {
	folder := t.TempDir()
	long := strings.Repeat("0123456789abcdef", 4)
	b, err := Open(folder, long)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := b.Seal("p", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if list, _ := os.ReadDir(folder); len(list) != 0 {
		t.Error("a file was made")
	}
	again, _ := Open(t.TempDir(), long+"\n")
	if got, err := again.Open("p", sealed); err != nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Open(folder, "summer2026"); err == nil || !strings.Contains(err.Error(), "at least 32") {
		t.Errorf("a short secret: %v", err)
	}
}

func TestKeysForOtherPurposes(t *testing.T) {
	folder := t.TempDir()
	derive := func(secret, purpose string) string {
		b, err := Open(folder, secret)
		if err != nil {
			t.Fatal(err)
		}
		key, err := b.Derive(purpose)
		if err != nil || len(key) != 32 {
			t.Fatalf("%d bytes, %v", len(key), err)
		}
		return string(key)
	}
	one := derive("", "one")
	if again := derive("", "one"); again != one {
		t.Error("the same purpose has another key after opening again")
	}
	if derive("", "two") == one || derive("a secret of more than thirty-two characters", "one") == one {
		t.Error("another purpose or another installation has the same key")
	}
}
