package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ajar/internal/app"
	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

// barrierSchool makes a data folder with one school, HIGH, of two pupils, and gives a function that runs a command in it.
func barrierSchool(t *testing.T) func(args ...string) (code int, out, errs string) {
	t.Helper()
	dir := t.TempDir()
	at := clock.At(testkit.Day)
	a, err := app.Open(t.Context(), app.Options{Data: dir, Clock: at, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	o, err := a.Roll.AddOrg(t.Context(), "test", roll.Org{Code: "HIGH", Name: "High School", Type: "school"}, "")
	if err != nil {
		t.Fatal(err)
	}
	err = a.DB.Update(t.Context(), access.System("test", int64(o.ID)), func(tx *db.Tx) error {
		for _, p := range []struct {
			id, sen  string
			attended int
		}{{"p1", "K", 322}, {"p2", "N", 323}} {
			id := ids.New[roll.Pupil]()
			if _, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, sort_key, year, sen) values ($1, $2, $3, 'Kim', $4, $5, '9', $6)`, id, p.id, "Hale "+p.id, "hale "+p.id, p.sen); err != nil {
				return err
			}
			if _, err := tx.Exec(`insert into progress_attendance_total (org_id, id, pupil_id, from_on, to_on, possible, attended) values ($1, $2, $3, '2026-09-01', '2026-11-13', 380, $4)`, ids.New[progress.Total](), id, p.attended); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return func(args ...string) (int, string, string) {
		var out, errs bytes.Buffer
		code := run(context.Background(), append(args, "--data", dir), &out, &errs, at)
		return code, out.String(), errs.String()
	}
}

func ruleFileOf(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

const twoRules = `barriers:
  - code: attendance
    label: Attendance below 85 %
    from: 2026-09-01
    when: attendance.percent < 85.0
  - code: sen
    when: sen in ["K", "E"]
  - code: reading
    when: |
      result["reading"].value < 90.0
`

func TestBarriersByCommand(t *testing.T) {
	ajar := barrierSchool(t)
	file := ruleFileOf(t, twoRules)
	code, out, errs := ajar("barriers", "rules", "--org", "HIGH", "--set", file, "--json")
	if code != 0 || strings.Join(strings.Fields(out), "") != `{"created":3,"updated":0,"same":0,"ended":0}` {
		t.Fatalf("%d %s %s", code, out, errs)
	}

	code, out, errs = ajar("barriers", "list", "--org", "HIGH", "--json")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	var list []struct {
		PupilID string   `json:"pupil_id"`
		UPN     *string  `json:"upn"`
		Name    string   `json:"name"`
		Year    string   `json:"year"`
		IFactor int      `json:"i_factor"`
		Unknown []string `json:"unknown"`
		Because []struct {
			Barrier   string `json:"barrier"`
			Value     any    `json:"value"`
			Threshold any    `json:"threshold"`
			AsOf      string `json:"as_of"`
			Source    string `json:"source"`
			Words     string `json:"words"`
		} `json:"because"`
	}
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if len(list) != 2 || list[0].PupilID != "p1" || list[0].IFactor != 2 || list[0].Because[0].Value != 84.74 || list[0].Because[0].Threshold != 85.0 || list[0].Because[1].Value != "K" || list[0].UPN == nil {
		t.Errorf("%s", out)
	}
	// 57 of 380 missed is 85.0 %, which is not below 85.
	if list[1].IFactor != 0 || len(list[1].Because) != 0 || len(list[1].Unknown) != 1 || list[1].Unknown[0] != "reading" || list[1].Because == nil {
		t.Errorf("%s", out)
	}

	code, out, _ = ajar("barriers", "list", "--org", "HIGH")
	if code != 0 || !strings.Contains(out, "Attendance below 85 %") || !strings.Contains(out, "not known: reading") {
		t.Errorf("%d %s", code, out)
	}
	if code, out, _ = ajar("barriers", "list", "--org", "HIGH", "--as-of", "2026-08-01", "--json"); code != 0 || strings.Contains(out, `"attendance"`) || !strings.Contains(out, `"sen"`) {
		t.Errorf("before the attendance rule: %d %s", code, out)
	}
	if code, _, errs = ajar("barriers", "list", "--org", "HIGH", "--as-of", "2027-01-01"); code != 1 || !strings.Contains(errs, "has not come yet") {
		t.Errorf("a day to come: %d %s", code, errs)
	}
}

// What is printed can be set again, and then everything is the same.
func TestRulesArePrintedAsTheyAreSet(t *testing.T) {
	ajar := barrierSchool(t)
	ajar("barriers", "rules", "--org", "HIGH", "--set", ruleFileOf(t, twoRules))
	ajar("barriers", "rules", "--org", "HIGH", "--set", ruleFileOf(t, strings.ReplaceAll(strings.ReplaceAll(twoRules, "2026-09-01", "2026-11-01"), "85", "90")))
	code, printed, errs := ajar("barriers", "rules", "--org", "HIGH")
	if code != 0 {
		t.Fatal(errs)
	}
	code, out, errs := ajar("barriers", "rules", "--org", "HIGH", "--set", ruleFileOf(t, printed))
	if code != 0 || strings.TrimSpace(out) != "0 created, 0 updated, 4 the same, 0 ended." {
		t.Errorf("%d %s %s\n%s", code, out, errs, printed)
	}
}

func TestBadRulesChangeNothing(t *testing.T) {
	ajar := barrierSchool(t)
	ajar("barriers", "rules", "--org", "HIGH", "--set", ruleFileOf(t, twoRules))
	_, before, _ := ajar("barriers", "rules", "--org", "HIGH")
	for _, bad := range []string{"", "barriers: 7", "barriers:\n  - code: x\n    when: attendence.percent < 85.0\n  - code: y\n    when: sen =\n", "\x00\xff", "barriers:\n\t- code: x"} {
		for _, verb := range []string{"rules", "try"} {
			code, out, errs := ajar("barriers", verb, "--org", "HIGH", "--set", ruleFileOf(t, bad))
			if code != 1 || out != "" || !strings.Contains(errs, "line ") {
				t.Errorf("%s of %q: %d %q %q", verb, bad, code, out, errs)
			}
			if strings.Contains(bad, "attendence") && (!strings.Contains(errs, "rule x") || !strings.Contains(errs, "rule y") || !strings.Contains(errs, "line 3")) {
				t.Errorf("not every fault is named: %s", errs)
			}
		}
	}
	if _, after, _ := ajar("barriers", "rules", "--org", "HIGH"); after != before {
		t.Errorf("the rules are others now:\n%s\n%s", before, after)
	}
	for _, args := range [][]string{{"barriers", "list"}, {"barriers", "try", "--org", "HIGH"}} {
		if code, _, errs := ajar(args...); code != 2 || errs == "" {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
	if code, _, errs := ajar("barriers", "list", "--org", "NONE"); code != 1 || !strings.Contains(errs, "NONE") && !strings.Contains(errs, "organisation") {
		t.Errorf("no such school: %d %s", code, errs)
	}
}

func TestTryByCommand(t *testing.T) {
	ajar := barrierSchool(t)
	ajar("barriers", "rules", "--org", "HIGH", "--set", ruleFileOf(t, twoRules))
	code, out, errs := ajar("barriers", "try", "--org", "HIGH", "--set", ruleFileOf(t, strings.Replace(twoRules, "< 85.0", "< 90.0", 1)), "--json")
	var trial struct {
		Pupils, Up, Down, Unchanged int
		Before, After               map[string]int
		Changes                     []map[string]any
	}
	if err := json.Unmarshal([]byte(out), &trial); err != nil || code != 0 {
		t.Fatalf("%d %v %s %s", code, err, out, errs)
	}
	if trial.Pupils != 2 || trial.Up != 1 || trial.Unchanged != 1 || trial.Before["0"] != 1 || trial.After["1"] != 1 || len(trial.Changes) != 1 {
		t.Errorf("%s", out)
	}
	if _, out, _ = ajar("barriers", "try", "--org", "HIGH", "--set", ruleFileOf(t, twoRules)); !strings.Contains(out, "0 would go up") {
		t.Errorf("%s", out)
	}
}

func TestFieldsAreListed(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"barriers", "fields", "--json"}, &out, &errs, clock.At(testkit.Day)); code != 0 {
		t.Fatal(errs.String())
	}
	var list []map[string]string
	if err := json.Unmarshal(out.Bytes(), &list); err != nil || len(list) < 20 || list[0]["name"] != "sen" {
		t.Errorf("%v %s", err, out.String())
	}
}
