package app_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	requirement = regexp.MustCompile(`(?m)^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$`)
	testName    = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]+)\(`)
	evidence    = regexp.MustCompile("`([^`]+)`")
)

// The page of ASVS says no more than is there: what is met names a test or a document that exists, what is not says what is missing, and no line comes twice
// or is left out (253 is the number of requirements of levels 1 and 2 in version 5.0).
func TestSecurityPageIsTrue(t *testing.T) {
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	if err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, "_test.go") {
			return err
		}
		b, err := os.ReadFile(p)
		for _, m := range testName.FindAllStringSubmatch(string(b), -1) {
			tests[m[1]] = true
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	exists := func(name string) bool {
		if strings.HasPrefix(name, "Test") {
			return tests[name]
		}
		_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
		return err == nil
	}
	seen := map[string]bool{}
	for _, m := range requirement.FindAllStringSubmatch(string(page), -1) {
		number, words, state, shown := m[1], strings.TrimSpace(m[2]), m[3], evidence.FindAllStringSubmatch(m[4], -1)
		if seen[number] {
			t.Errorf("%s is there twice", number)
		}
		seen[number] = true
		switch state {
		case "met":
			if len(shown) == 0 {
				t.Errorf("%s is called met, and nothing shows it", number)
			}
		case "does not apply", "**not met yet**":
			if words == "" {
				t.Errorf("%s does not say why", number)
			}
		default:
			t.Errorf("%s is %q", number, state)
		}
		for _, e := range shown {
			if !exists(e[1]) {
				t.Errorf("%s names %s, which is not there", number, e[1])
			}
		}
	}
	if len(seen) != 253 {
		t.Errorf("%d requirements are answered, of 253", len(seen))
	}
}
