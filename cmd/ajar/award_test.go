package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ajar/internal/app"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// A whole award is run from files: its frame, its map, its steps, and what was decided elsewhere; another school's key opens nothing.
func TestAwardByCommand(t *testing.T) {
	dir := t.TempDir()
	now := clock.At(testkit.Day)
	a, err := app.Open(t.Context(), app.Options{Data: dir, Clock: now, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"OAK", "ELM"} {
		if _, err := a.Roll.AddOrg(t.Context(), "test", roll.Org{Code: code, Name: code, Type: "school"}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	ajar := func(code int, words ...string) string {
		t.Helper()
		var out, errs strings.Builder
		if got := run(t.Context(), append(words, "--data", dir), &out, &errs, now); got != code {
			t.Fatalf("ajar %s ended with %d: %s", strings.Join(words, " "), got, errs.String())
		}
		return out.String() + errs.String()
	}
	status := func(words ...string) (s awardStatusJSON) {
		t.Helper()
		if err := json.Unmarshal([]byte(ajar(0, append(words, "--json")...)), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	files := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		p := filepath.Join(files, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	ajar(0, "audit", "bring-in", write("three.yaml", "framework: three\nversion: \"1\"\nkind: award\ntitle: Three\nabout: x\nsource: us\nthemes:\n  - {code: a, title: First}\n  - {code: b, title: Second, criteria: [{code: b1, text: One}]}\n  - {code: c, title: Third}\n"), "--org", "OAK")
	s := status("award", "new", "--org", "OAK", "--framework", "three", "--owner", "A Trust")
	if s.State != "gathering evidence" || len(s.Objectives) != 3 || s.Months != 36 || len(s.Steps) != 5 || s.Ready {
		t.Errorf("%+v", s)
	}
	if said := ajar(1, "award", "new", "--org", "OAK", "--framework", "three", "--months", "0"); !strings.Contains(said, "between 1 and 120") {
		t.Error(said)
	}
	write("letter.pdf", "%PDF-1.4")
	list := write("map.csv", "objective,evidence,words\na,https://oak.example.org/a,One\nb1,letter.pdf,Two\nz,https://oak.example.org/a,Three\nb,https://oak.example.org/a,Four\n")
	var taken struct{ Rows, Created, Same, Refused int }
	for _, want := range []struct{ created, same int }{{3, 0}, {0, 3}} {
		if err := json.Unmarshal([]byte(ajar(0, "award", "map", list, "--org", "OAK", "--json")), &taken); err != nil || taken.Rows != 4 || taken.Created != want.created || taken.Same != want.same || taken.Refused != 1 {
			t.Errorf("%+v %v", taken, err)
		}
	}
	if said := ajar(1, "award", "ready", "--org", "OAK"); !strings.Contains(said, "1 of 3 objectives has no evidence: Third.") {
		t.Error(said)
	}
	ajar(0, "award", "map", write("more.csv", "objective,evidence,words\nc,letter.pdf,Once more\n"), "--org", "OAK")
	ajar(2, "award", "step", "audit", "--org", "OAK")
	ajar(1, "award", "step", "plan", "--org", "OAK", "--skip", "x")
	ajar(0, "award", "step", "audit", "--org", "OAK", "--on", "2026-10-01", "--words", "On paper")
	ajar(0, "award", "step", "plan", "--org", "OAK", "--skip", "None was needed")
	ajar(0, "award", "step", "visit", "--org", "OAK", "--skip", "Nobody came")
	if s := status("award", "status", "--org", "OAK"); !s.Ready || len(s.Blocked) != 0 || s.Objectives[1].Evidence != 2 {
		t.Errorf("%+v", s)
	}
	ajar(0, "award", "ready", "--org", "OAK")
	ajar(1, "award", "decided", "--org", "OAK", "--day", "2026-11-20", "--by", "R. Reed")
	ajar(0, "award", "step", "assessment", "--org", "OAK", "--on", "2026-11-20", "--words", "At the Trust")
	s = status("award", "decided", "--org", "OAK", "--day", "2026-11-20", "--by", "R. Reed, for A Trust")
	if s.State != "awarded" || s.Expires != "2029-11-20" || strings.Join(s.Reminders, " ") != "2028-11-20 2029-02-20 2029-08-20" || s.Versions != 1 {
		t.Errorf("%+v", s)
	}
	ajar(1, "award", "status", "--org", "ELM", "--award", s.Award)
	if said := ajar(0, "award", "list", "--org", "ELM", "--json"); strings.TrimSpace(said) != "[]" {
		t.Error(said)
	}
	if next := status("award", "renew", "--org", "OAK", "--award", s.Award); next.State != "gathering evidence" || next.Objectives[0].Evidence != 1 {
		t.Errorf("%+v", next)
	}
	if s := status("award", "new", "--org", "OAK", "--owner", "A Trust", "--held-since", "2026-03-10", "--by", "R. Reed"); s.Expires != "2029-03-10" || strings.Join(s.Reminders, " ") != "2028-03-10 2028-06-10 2028-12-10" {
		t.Errorf("%+v", s)
	}
}
