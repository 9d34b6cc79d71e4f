package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// keysOf reads the keys of the first object of a JSON list.
func keysOf(t *testing.T, out string) string {
	t.Helper()
	var list []map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) == 0 {
		t.Fatalf("%v in %s", err, out)
	}
	var keys []string
	for k := range list[0] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return strings.Join(keys, " ")
}

// A whole audit from files, in the shapes that scripts rely on; a year later it is repeated.
func TestAuditByCommand(t *testing.T) {
	do := barrierSchool(t)
	ok := func(args ...string) string {
		t.Helper()
		code, out, errs := do(args...)
		if code != 0 {
			t.Fatalf("%v: %d %s", args, code, errs)
		}
		return out
	}
	out := ok("audit", "frameworks", "--org", "HIGH", "--json")
	if got := keysOf(t, out); got != "code themes title version" {
		t.Errorf("frameworks have %s", got)
	}
	var frameworks []frameworkJSON
	if err := json.Unmarshal([]byte(out), &frameworks); err != nil {
		t.Fatal(err)
	}
	for _, f := range frameworks {
		for _, th := range f.Themes {
			for _, c := range th.Criteria {
				if len(c.Levels) != 5 || c.Code == "" || c.Text == "" {
					t.Errorf("%s %+v", f.Code, c)
				}
			}
		}
	}
	file := func(name, text string) string {
		p := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	sheet := func(staff, parents, n int) string {
		lines := []string{"criterion,group,rater,level,commentary"}
		for i := range 3 {
			lines = append(lines, fmt.Sprintf("V1,staff,s%d,%d,because", i, staff), fmt.Sprintf("V2,staff,s%d,,not sure", i))
		}
		for i := range n {
			lines = append(lines, fmt.Sprintf("V1,parents,p%d,%d,", i, parents))
			if i < 4 {
				lines = append(lines, fmt.Sprintf("P1,parents,p%d,1,", i))
			}
		}
		return file("answers.csv", strings.Join(lines, "\n")+"\n")
	}
	results := func(args ...string) map[string]resultJSON {
		t.Helper()
		out := ok(append([]string{"audit", "results", "--org", "HIGH", "--json"}, args...)...)
		if got := keysOf(t, out); got != "agreed change criterion distribution gap median n" {
			t.Errorf("results have %s", got)
		}
		var list []resultJSON
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			t.Fatal(err)
		}
		by := map[string]resultJSON{}
		for _, r := range list {
			by[r.Criterion] = r
		}
		return by
	}
	var first auditLine
	if err := json.Unmarshal([]byte(ok("audit", "new", "--org", "HIGH", "--json")), &first); err != nil || first.Framework != "engagement" || first.State != "open" {
		t.Fatalf("%+v %v", first, err)
	}
	var taken struct{ Rows, Created, Refused int }
	if err := json.Unmarshal([]byte(ok("audit", "answer", sheet(4, 2, 6), "--org", "HIGH", "--json")), &taken); err != nil || taken.Rows != 16 || taken.Created != 16 {
		t.Errorf("%+v %v", taken, err)
	}
	r := results()
	v1, v2, p1 := r["V1"], r["V2"], r["P1"]
	if len(r) != 30 || v1.N != 9 || v1.Distribution != [5]int{0, 6, 0, 3, 0} || *v1.Median["staff"] != 4 || *v1.Median["parents"] != 2 || *v1.Gap != -2 || v1.Change != nil || v1.Agreed != nil {
		t.Errorf("%+v", v1)
	}
	if v2.N != 0 || v2.Median["staff"] != nil {
		t.Errorf("a missing answer counts: %+v", v2)
	}
	if p1.N != 0 || p1.Distribution != [5]int{} || p1.Median["parents"] != nil {
		t.Errorf("four parents can be read: %+v", p1)
	}
	if code, _, errs := do("audit", "results", "--org", "HIGH"); code != 0 || errs != "" {
		t.Errorf("%d %s", code, errs)
	}
	ok("audit", "close", "--org", "HIGH", "--audit", first.Audit)
	ok("audit", "new", "--org", "HIGH", "--title", "A year on", "--carry", first.Audit)
	ok("audit", "answer", "--file", sheet(5, 4, 5), "--org", "HIGH")
	if v1 := results()["V1"]; v1.Change == nil || *v1.Change != 1.5 || *v1.Gap != -1 {
		t.Errorf("%+v", v1)
	}
	if v1 := results("--audit", first.Audit)["V1"]; v1.N != 9 || v1.Change != nil {
		t.Errorf("the audit before has changed: %+v", v1)
	}
	if out := ok("audit", "list", "--org", "HIGH"); !strings.Contains(out, "A year on") || !strings.Contains(out, "closed") {
		t.Error(out)
	}
	// A framework of one's own: taken, spoilt, checked, mended, brought in.
	text := ok("audit", "frameworks", "--file", "room")
	bad := file("bad.yaml", strings.Replace(text, "      - code: K2", "      - code: K1", 1))
	code, out, errs := do("audit", "validate", bad)
	if code == 0 || !strings.Contains(out, "bad.yaml:") || !strings.Contains(out, "stands twice; the first is in line") || !strings.Contains(errs, "1 fault") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	var verdict struct {
		Valid  bool
		Errors []struct {
			Line    int
			Message string
		}
	}
	if _, out, _ := do("audit", "validate", bad, "--json"); json.Unmarshal([]byte(out), &verdict) != nil || verdict.Valid || len(verdict.Errors) != 1 || verdict.Errors[0].Line < 20 {
		t.Errorf("%+v", verdict)
	}
	if code, _, _ := do("audit", "bring-in", bad, "--org", "HIGH"); code == 0 {
		t.Error("a framework with a fault was kept")
	}
	good := file("good.yaml", strings.Replace(text, `version: "1"`, `version: "2"`, 1))
	ok("audit", "validate", good)
	ok("audit", "bring-in", good, "--org", "HIGH")
	if out := ok("audit", "frameworks", "--org", "HIGH"); strings.Count(out, "Families and our room") != 2 {
		t.Error(out)
	}
	for _, args := range [][]string{{"audit", "answer", good, "--org", "HIGH"}, {"audit", "answer", "no-file.csv", "--org", "HIGH"}, {"audit", "new", "--org", "HIGH", "--framework", "nothing"},
		{"audit", "new", "--org", "HIGH", "--framework", "award-frame"}, {"audit", "new", "--org", "NOWHERE"}, {"audit", "results", "--org", "HIGH", "--audit", "0sd1e16kek4nc"}} {
		if code, _, errs := do(args...); code == 0 || errs == "" {
			t.Errorf("%v: %d %q", args, code, errs)
		}
	}
}

// What a cluster sees by command: from five schools up, hidden is null, and the name of who agreed to it.
func TestA01ClusterByCommand(t *testing.T) {
	do := barrierSchool(t)
	ok := func(args ...string) string {
		t.Helper()
		code, out, errs := do(args...)
		if code != 0 {
			t.Fatalf("%v: %d %s", args, code, errs)
		}
		return out
	}
	ok("org", "add", "--code", "LINKS", "--name", "The Links", "--type", "cluster")
	for i := range 6 {
		code := fmt.Sprintf("S%d", i+1)
		ok("org", "add", "--code", code, "--name", "School "+code, "--type", "school", "--in", "LINKS")
		name := filepath.Join(t.TempDir(), "agreed.csv")
		if err := os.WriteFile(name, []byte(fmt.Sprintf("criterion,group,rater,level,commentary\nV1,agreed,team,%d,We looked.\n", 1+i%3)), 0o600); err != nil {
			t.Fatal(err)
		}
		ok("audit", "new", "--org", code)
		ok("audit", "answer", name, "--org", code)
		if i == 0 {
			if c, _, errs := do("audit", "give", "counted", "--org", code, "--to", "LINKS"); c == 0 || !strings.Contains(errs, "no closed audit") {
				t.Errorf("%d %s", c, errs)
			}
		}
		ok("audit", "close", "--org", code)
		if i == 4 {
			if c, _, errs := do("audit", "cluster", "--org", "LINKS", "--make"); c == 0 || !strings.Contains(errs, "five schools") {
				t.Errorf("a picture of four: %d %s", c, errs)
			}
		}
		ok("audit", "give", map[bool]string{true: "named", false: "counted"}[i == 5], "--org", code, "--to", "LINKS")
	}
	type view struct {
		Members, Giving, Picture int
		Criteria                 []struct {
			Criterion    string
			N, Unknown   int
			Distribution *[5]int
			Named        []struct {
				School string
				Level  int
			}
			Change *struct{ Up, Same, Down int }
		}
	}
	read := func(args ...string) (v view) {
		t.Helper()
		if err := json.Unmarshal([]byte(ok(append([]string{"audit", "cluster", "--org", "LINKS", "--json"}, args...)...)), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := read("--make")
	v1, v2 := v.Criteria[0], v.Criteria[1]
	if v.Members != 6 || v.Giving != 6 || v.Picture != 1 || v1.Criterion != "V1" || v1.N != 6 || v1.Distribution == nil || *v1.Distribution != [5]int{2, 2, 2} || len(v1.Named) != 1 || v1.Named[0].School != "S6" || v1.Named[0].Level != 3 || v1.Change != nil {
		t.Errorf("%+v", v1)
	}
	if v2.Distribution != nil || v2.N != 0 || v2.Unknown != 6 {
		t.Errorf("nobody agreed it: %+v", v2)
	}
	ok("audit", "give", "nothing", "--org", "S1", "--to", "LINKS")
	if v := read(); v.Criteria[0].Distribution != nil || v.Giving != 5 || len(v.Criteria[0].Named) != 1 {
		t.Errorf("after one took it back: %+v", v.Criteria[0])
	}
	if out := ok("audit", "cluster", "--org", "LINKS"); !strings.Contains(out, "hidden") {
		t.Error(out)
	}
	if c, _, errs := do("audit", "cluster", "--org", "HIGH"); c == 0 || !strings.Contains(errs, "no members") {
		t.Errorf("%d %s", c, errs)
	}
}
