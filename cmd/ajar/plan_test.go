package main

import (
	"encoding/json"
	"strings"
	"testing"

	"ajar/internal/app"
	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/testkit"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

// A plan is listed, added to and updated by command, and another school's key opens nothing.
func TestPlanByCommand(t *testing.T) {
	dir := t.TempDir()
	now := clock.At(testkit.Day)
	a, err := app.Open(t.Context(), app.Options{Data: dir, Clock: now, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"OAK", "ELM"} {
		o, err := a.Roll.AddOrg(t.Context(), "test", roll.Org{Code: code, Name: code, Type: "school"}, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Plans.Make(t.Context(), access.System("test", int64(o.ID)), plans.Plan{Title: "Families 2026/27", Starts: "2026-09-01", Ends: "2027-08-31"}); err != nil {
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
	var one planAction
	if err := json.Unmarshal([]byte(ajar(0, "plan", "add", "--org", "OAK", "--action", "Open the door", "--due", "2026-11-19", "--measure", "It is open", "--planned", "12.50", "--json")), &one); err != nil {
		t.Fatal(err)
	}
	if one.ID == "" || !one.Overdue || one.Status != "todo" || *one.Planned != 1250 || one.Spent != nil {
		t.Errorf("%+v", one)
	}
	if said := ajar(1, "plan", "add", "--org", "OAK", "--action", "x", "--due", "soon", "--measure", "y"); !strings.Contains(said, "is not a day") {
		t.Error(said)
	}
	ajar(1, "plan", "update", one.ID, "--org", "ELM", "--status", "done")
	ajar(1, "plan", "update", one.ID, "--org", "OAK", "--status", "stopped")
	ajar(0, "plan", "update", one.ID, "--org", "OAK", "--status", "done", "--note", "It is open")
	var list []planAction
	if err := json.Unmarshal([]byte(ajar(0, "plan", "list", "--org", "OAK", "--json")), &list); err != nil || len(list) != 1 || list[0].Status != "done" || list[0].Done != "2026-11-20" || list[0].Overdue {
		t.Errorf("%+v %v", list, err)
	}
	if said := ajar(0, "plan", "list", "--org", "ELM", "--json"); strings.TrimSpace(said) != "[]" {
		t.Error(said)
	}
}
