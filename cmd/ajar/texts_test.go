package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ajar/internal/kit/clock"
)

// A catalogue goes out, comes back with one text spoilt, is refused with the place named, and is taken when it is put right.
func TestTextsThereAndBack(t *testing.T) {
	ajar := func(args ...string) (int, string) {
		var out bytes.Buffer
		code := run(context.Background(), append([]string{"texts"}, args...), &out, &out, clock.System())
		return code, out.String()
	}
	code, polish := ajar("--export", "pl")
	if code != 0 || !strings.Contains(polish, "Proszę zadzwonić do szkoły: {phone}") {
		t.Fatalf("%d\n%.600s", code, polish)
	}
	folder := t.TempDir()
	put := func(content string) string {
		name := filepath.Join(folder, "pl.yaml")
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	if code, out := ajar("--check", put(polish)); code != 0 || !strings.Contains(out, "complete and in order") {
		t.Errorf("%d %s", code, out)
	}
	spoilt := put(strings.Replace(polish, "szkoły: {phone}", "szkoły: {telefon}", 1))
	for _, way := range []string{"--check", "--take"} {
		if code, out := ajar(way, spoilt); code != 1 || !strings.Contains(out, "pl leaf.ring: ") || !strings.Contains(out, "{telefon}") {
			t.Errorf("%s: %d %s", way, code, out)
		}
	}
	t.Chdir(folder)
	if code, out := ajar("--take", put(polish)); code != 1 || !strings.Contains(out, "Nothing was written") {
		t.Errorf("outside the repository: %d %s", code, out)
	}
	for _, room := range []string{"internal/ui/texts", "internal/family/web/texts", "internal/conversations/web/texts", "internal/audit/web/texts", "internal/practice/web/texts", "internal/messages/texts", "internal/messages/wording/texts"} {
		if err := os.MkdirAll(room, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	checked := strings.Replace(polish, "draft: true", "draft: false\nchecked_by: Ola Nowak\nchecked_on: 2026-11-30", 1)
	if code, out := ajar("--take", put(checked)); code != 0 {
		t.Errorf("%d %s", code, out)
	}
	if leaf, err := os.ReadFile("internal/ui/texts/pl.yaml"); err != nil || !strings.Contains(string(leaf), `checked_by: "Ola Nowak"`) || strings.Contains(string(leaf), "family.") {
		t.Errorf("%v\n%s", err, leaf)
	}
	for _, bad := range [][]string{{}, {"--missing", "--export", "pl"}} {
		if code, _ := ajar(bad...); code != 2 {
			t.Errorf("%v ends with %d", bad, code)
		}
	}
	if code, out := ajar("--export", "xx"); code != 1 || !strings.Contains(out, "pl (Polish)") {
		t.Errorf("%d %s", code, out)
	}
	if code, out := ajar("--check", filepath.Join(folder, "none.yaml")); code != 1 || !strings.Contains(out, "cannot be opened") {
		t.Errorf("%d %s", code, out)
	}
}
