package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/testkit"
)

// commandsIn gives a function that runs commands on a data folder of their own.
func commandsIn(t *testing.T) (dir string, do func(want int, args ...string) (out, errs string)) {
	t.Helper()
	dir = t.TempDir()
	return dir, func(want int, args ...string) (string, string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(context.Background(), append(args, "--data", filepath.Join(dir, "data")), &out, &errs, clock.At(testkit.Day)); code != want {
			t.Fatalf("ajar %s: status %d, want %d\n%s%s", strings.Join(args, " "), code, want, out.String(), errs.String())
		}
		return out.String(), errs.String()
	}
}

func TestImportByCommand(t *testing.T) {
	dir, do := commandsIn(t)
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	do(0, "org", "add", "--code", "OAK", "--name", "Oakfield", "--type", "school")
	do(0, "org", "add", "--code", "ELM", "--name", "Elm", "--type", "school")
	file := write("p.csv", "Nr,First,Last\n1,Ann,Lee\n2,Bo,Fox\n,No,Number\n")
	mapping := write("m.yaml", "kind: pupils\nfields:\n  pupil_id: {column: Nr}\n  forename: {column: First}\n  surname: {column: Last}\n")

	report := func(args ...string) batch.Report {
		t.Helper()
		out, errs := do(0, append(args, "--json")...)
		var r batch.Report
		if err := json.Unmarshal([]byte(out), &r); err != nil || errs != "" {
			t.Fatalf("%v: %q, %q", err, out, errs)
		}
		for _, k := range []string{"pupils", "adults", "ties", "staff", "classes"} {
			if r.By[k] == nil {
				t.Errorf("no %s in by", k)
			}
		}
		return r
	}
	dry := report("import", "pupils", file, "--org", "OAK", "--map", mapping, "--dry-run")
	if !dry.DryRun || dry.Batch != "" || dry.Created != 2 || dry.Refused != 1 || dry.Rows != 3 {
		t.Errorf("the dry run: %+v", dry)
	}
	r := report("import", "pupils", "--org", "OAK", "--map", mapping, file)
	if r.DryRun || r.Batch == "" || r.Created != 2 || r.Refusals[0].Row != 4 {
		t.Errorf("the import: %+v", r)
	}
	if again := report("import", "pupils", file, "--org", "OAK", "--map", mapping); again.Same != 2 || again.Created != 0 {
		t.Errorf("a second time: %+v", again)
	}
	if out, _ := do(0, "import", "list", "--org", "OAK"); strings.Count(out, "p.csv") != 2 {
		t.Errorf("the list: %s", out)
	}
	if _, errs := do(1, "import", "undo", r.Batch, "--org", "ELM"); !strings.Contains(errs, "no import with the key") {
		t.Errorf("another organisation: %s", errs)
	}
	if out, _ := do(0, "import", "undo", r.Batch); !strings.Contains(out, "2 records removed") {
		t.Errorf("undo: %s", out)
	}
	if _, errs := do(1, "import", "undo", r.Batch); !strings.Contains(errs, "undone already") {
		t.Errorf("undo twice: %s", errs)
	}
	if out, _ := do(0, "import", "pupils", file, "--org", "ELM", "--map", mapping); !strings.Contains(out, "All rows     3        2") {
		t.Errorf("readable text: %s", out)
	}
}

func TestImportMistakes(t *testing.T) {
	dir, do := commandsIn(t)
	do(0, "org", "add", "--code", "OAK", "--name", "Oakfield", "--type", "school")
	empty := filepath.Join(dir, "empty.csv")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		status int
		says   string
		args   []string
	}{
		{2, "Say which file", []string{"import", "pupils", "--org", "OAK"}},
		{2, "--org CODE", []string{"import", "pupils", empty}},
		{2, "", []string{"import", "pupils", empty, "--org", "OAK", "--wrong"}},
		{1, "is empty", []string{"import", "pupils", empty, "--org", "OAK"}},
		{1, "There is no file", []string{"import", "pupils", filepath.Join(dir, "none.csv"), "--org", "OAK"}},
		{1, "no organisation with the code NONE", []string{"import", "pupils", empty, "--org", "NONE"}},
		{1, "mapping", []string{"import", "pupils", empty, "--org", "OAK", "--map", filepath.Join(dir, "none.yaml")}},
		{1, "is not the key of an import", []string{"import", "undo", "x"}},
		{1, "folder", []string{"import", "pupils", dir, "--org", "OAK"}},
		{1, "no import called", []string{"import", "template", "shoes"}},
		{1, "no template", []string{"import", "template", "oneroster"}},
		{1, "not a type", []string{"org", "add", "--code", "X", "--name", "X", "--type", "shop"}},
	} {
		out, errs := do(tt.status, tt.args...)
		if out != "" || !strings.Contains(errs, tt.says) {
			t.Errorf("ajar %s: %q, %q", strings.Join(tt.args, " "), out, errs)
		}
	}
}

func TestTemplatesAreOwn(t *testing.T) {
	dir, do := commandsIn(t)
	out, _ := do(0, "import", "template", "pupils")
	if !strings.HasPrefix(out, "pupil_id,upn,forename,surname,known_as,date_of_birth,sex,year,class,sen,first_language,eal,fsm,pupil_premium,looked_after,young_carer,") || !strings.Contains(out, ",parent_2_name,") {
		t.Errorf("%s", out)
	}
	for _, kind := range []string{"attendance", "results"} {
		if out, _ := do(0, "import", "template", kind); !strings.Contains(out, "pupil_id") {
			t.Errorf("%s: %s", kind, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "data")); err == nil {
		t.Error("printing a template made a data folder")
	}
}

func TestOrgCommands(t *testing.T) {
	dir, do := commandsIn(t)
	out, _ := do(0, "org", "clusters", "--json")
	var r struct {
		Clusters, Stated, Listed, Centres int
		Warnings                          []string
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil || r.Clusters != 10 || r.Stated != 79 || r.Listed != 80 || r.Centres != 12 || len(r.Warnings) != 1 {
		t.Errorf("%v: %s", err, out)
	}
	register := filepath.Join(dir, "gias.csv")
	if err := os.WriteFile(register, []byte("URN,EstablishmentName,Town\n100001,Oak Prim\xe9 School,Oakham\n100002,Elm School,\"\",extra\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _ := do(0, "org", "register", register); !strings.Contains(out, "2 created") || !strings.Contains(out, "came: 1.") {
		t.Errorf("%s", out)
	}
	if out, _ := do(0, "org", "look-up", "prime OAK"); !strings.Contains(out, "100001") || strings.Contains(out, "Elm") {
		t.Errorf("%s", out)
	}
	if out, _ := do(0, "org", "list"); strings.Count(out, "\n") < 100 {
		t.Errorf("%s", out)
	}
}

func TestStaffByCommand(t *testing.T) {
	dir, do := commandsIn(t)
	do(0, "org", "add", "--code", "OAK", "--name", "Oakfield", "--type", "school")
	do(0, "link", "--org", "OAK", "--name", "Ruth Okafor")
	out, _ := do(0, "import", "template", "staff")
	if out != "staff_id,name,forename,surname,email,roles,start,end,class\n" {
		t.Errorf("the template: %q", out)
	}
	file := filepath.Join(dir, "staff.csv")
	write := func(rows string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(out+rows), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("S1,Ann Lee,,,ann@oak.example,Teacher,,,\nS2,Bo Fox,,,bo@oak.example,Office,,,\n")
	if text, _ := do(0, "import", "staff", file, "--org", "OAK", "--dry-run"); !strings.Contains(text, "dry run") || !strings.Contains(text, "Ruth Okafor is not in this file, and stays") {
		t.Errorf("%s", text)
	}
	do(0, "import", "staff", file, "--org", "OAK")
	write("S1,Ann Lee,,,ann@oak.example,Teacher,,,\n")
	text, _ := do(0, "import", "staff", file, "--org", "OAK")
	if !strings.Contains(text, "Here, and not in the file:\n  Bo Fox: Office") {
		t.Errorf("%s", text)
	}
	if text, _ = do(0, "import", "staff", file, "--org", "OAK", "--leavers", "--json"); !strings.Contains(text, `"leavers"`) {
		t.Errorf("%s", text)
	}
	if text, _ = do(0, "import", "staff", file, "--org", "OAK"); strings.Contains(text, "Bo Fox") {
		t.Errorf("still here: %s", text)
	}
}
