package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ajar/internal/app"
	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// A message is planned, sent and followed by command; nothing leaves without --send, and another school knows nothing of it.
func TestMessagesByCommand(t *testing.T) {
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
		if err := a.DB.Update(t.Context(), access.System("test", int64(o.ID)), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, 77, 'P1', 'Amira', 'Khan', '7', 'khan')`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		head := a.Gate.Admit(access.Who{Org: int64(o.ID), OrgName: o.Name, Name: "Hana Head", Roles: []access.Role{roll.Head}})
		if _, err := a.Roll.AddAdult(t.Context(), head, 77, roll.Values{"forename": "Mona", "surname": "Khan", "relationship": "mother", "responsibility": "yes"}, roll.Ways{{Kind: "phone", Value: "020 7946 0000"}}, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	words := filepath.Join(dir, "words.txt")
	if err := os.WriteFile(words, []byte("Dear {adult}, {children} read to the whole class today."), 0o600); err != nil {
		t.Fatal(err)
	}
	ajar := func(want int, into any, args ...string) string {
		t.Helper()
		var out, errs strings.Builder
		if got := run(t.Context(), append(args, "--data", dir, "--json"), &out, &errs, now); got != want {
			t.Fatalf("ajar %s ended with %d: %s", strings.Join(args, " "), got, errs.String())
		}
		if into != nil {
			if err := json.Unmarshal([]byte(out.String()), into); err != nil {
				t.Fatalf("%v in %s", err, out.String())
			}
		}
		return out.String() + errs.String()
	}
	send := []string{"messages", "send", "--org", "OAK", "--to", "pupil:P1", "--tone", "good", "--subject", "Good news", "--body", words}
	var dry, sent sendPrinted
	ajar(0, &dry, send...)
	if dry.Adults != 1 || dry.Children != 1 || len(dry.Ways) != 1 || dry.Ways[0] != (wayCount{"call", "en", 1}) {
		t.Errorf("%+v", dry)
	}
	var status statusPrinted
	if ajar(0, &status, "messages", "status", "--org", "OAK"); len(status.Messages) != 0 {
		t.Errorf("without --send: %+v", status)
	}
	ajar(0, &sent, append(send, "--send")...)
	if sent.State != "held" {
		t.Errorf("%+v", sent)
	}
	ajar(0, &status, "messages", "status", "--org", "OAK", "--message", sent.Message)
	if len(status.Messages) != 1 || status.Messages[0].State != "Trial" || status.Messages[0].Outcomes["trial"] != 1 { // the school has not gone live
		t.Errorf("%+v", status)
	}
	if ajar(0, &status, "messages", "status", "--org", "ELM"); len(status.Messages) != 0 {
		t.Errorf("another school: %+v", status)
	}
	for _, bad := range [][]string{{"messages", "status", "--org", "ELM", "--message", sent.Message}, {"messages", "send", "--org", "OAK", "--to", "pupil:P9", "--subject", "x", "--body", words},
		{"messages", "send", "--org", "OAK", "--to", "nobody", "--subject", "x", "--body", words}, {"messages", "send", "--org", "OAK", "--to", "class:9Z", "--subject", "x", "--body", words}} {
		if said := ajar(1, nil, bad...); !strings.Contains(said, "There is no") && !strings.Contains(said, "Say with --to") {
			t.Errorf("%v: %s", bad, said)
		}
	}
}
