package main

import (
	"encoding/json"
	"strings"
	"testing"

	"ajar/internal/app"
	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
	"ajar/internal/messages"
	"ajar/internal/roll"
)

// Whom messages reach, and who hears only bad news, by command; each organisation has its own.
func TestReachAndBalanceByCommand(t *testing.T) {
	dir := t.TempDir()
	now := clock.At(testkit.Day)
	a, err := app.Open(t.Context(), app.Options{Data: dir, Clock: now, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	head := func(o roll.Org) access.Pass {
		return a.Gate.Admit(access.Who{Org: int64(o.ID), OrgName: o.Name, Name: "Hana Head", Roles: []access.Role{roll.Head}})
	}
	for _, code := range []string{"OAK", "ELM"} {
		o, err := a.Roll.AddOrg(t.Context(), "test", roll.Org{Code: code, Name: code, Type: "school"}, "")
		if err != nil {
			t.Fatal(err)
		}
		if code == "ELM" {
			continue
		}
		var child roll.PupilID
		if err := a.DB.Update(t.Context(), access.System("test", int64(o.ID)), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, 77, 'P1', 'Amira', 'Khan', '7', 'khan')`)
			child = 77
			return err
		}); err != nil {
			t.Fatal(err)
		}
		mum, err := a.Roll.AddAdult(t.Context(), head(o), child, roll.Values{"forename": "Mona", "surname": "Khan", "relationship": "mother", "responsibility": "yes"}, roll.Ways{{Kind: "phone", Value: "020 7946 0000"}}, true)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := a.Messages.LogContact(t.Context(), head(o), messages.Logged{Pupils: []string{child.String()}, Adult: mum.String(), Way: messages.ByCall, Outcome: messages.LeftWord, Tone: messages.Concern}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	ajar := func(words ...string) string {
		t.Helper()
		var out, errs strings.Builder
		if got := run(t.Context(), append(words, "--data", dir), &out, &errs, now); got != 0 {
			t.Fatalf("ajar %s ended with %d: %s", strings.Join(words, " "), got, errs.String())
		}
		return out.String()
	}
	if got := strings.Join(strings.Fields(ajar("messages", "reach", "--org", "OAK", "--json")), ""); got != `{"children":1,"reached":0,"share":0,"worklist":[{"what":"mobile","count":1}]}` {
		t.Error(got)
	}
	if got := strings.Join(strings.Fields(ajar("messages", "reach", "--org", "ELM", "--json")), ""); got != `{"children":0,"reached":0,"share":null,"worklist":[]}` {
		t.Error(got)
	}
	var b balancePrinted
	if err := json.Unmarshal([]byte(ajar("messages", "balance", "--org", "OAK", "--json")), &b); err != nil || b.Contacted != 1 || b.OnlyConcern != 1 || *b.Share != 100 || len(b.Children) != 1 || b.Children[0].Name != "Amira Khan" || b.Children[0].Concern != 3 || b.Term != "Autumn 2026" {
		t.Errorf("%+v %v", b, err)
	}
	if got := ajar("messages", "balance", "--org", "ELM"); !strings.Contains(got, "0 families") {
		t.Error(got)
	}
	if got := ajar("messages", "reach", "--org", "OAK"); !strings.Contains(got, "Ask for a mobile number") {
		t.Error(got)
	}
}
