package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// samples are packages that end in every way a package can end; each is run by the real go test.
var samples = map[string]struct {
	source  string
	passed  int
	failed  []string // names of tests, "" for the package itself
	skipped []string
	says    string // what the first failure, or else the first skip, must tell
}{
	"passes": {source: `
func TestOne(t *testing.T) {}
func TestTwo(t *testing.T) {
	for _, name := range []string{"a", "b", "c/with slash"} {
		t.Run(name, func(t *testing.T) {})
	}
}`, passed: 4},
	"skips": {source: `
func TestReal(t *testing.T) { t.Skip("no real files here") }
func TestSome(t *testing.T) {
	t.Run("here", func(t *testing.T) {})
	t.Run("away", func(t *testing.T) { t.Skip("not today") })
}`, passed: 1, skipped: []string{"TestReal", "TestSome/away"}, says: "no real files here"},
	"fails": {source: `
func TestOne(t *testing.T) {}
func TestTwo(t *testing.T) {
	t.Log("the room was locked")
	t.Run("good", func(t *testing.T) {})
	t.Run("bad", func(t *testing.T) { t.Error("seven is not eight") })
}`, passed: 2, failed: []string{"TestTwo/bad"}, says: "the room was locked"},
	"around": {source: `
func TestAround(t *testing.T) {
	t.Run("good", func(t *testing.T) {})
	t.Error("failed around its subtests")
}`, passed: 1, failed: []string{"TestAround"}, says: "failed around its subtests"},
	"panics": {source: `
func TestBefore(t *testing.T) {}
func TestPanics(t *testing.T) {
	t.Run("inner", func(t *testing.T) { panic("no chair left") })
}
func TestAfter(t *testing.T) {}`, passed: 1, failed: []string{"TestPanics/inner"}, says: "no chair left"},
	"doesnotbuild": {source: `
func TestOne(t *testing.T) { return 7 }`, failed: []string{""}, says: "too many return values"},
	"leaves": {source: `
func TestOne(t *testing.T) {}
func TestMain(m *testing.M) { m.Run(); os.Exit(3) }`, passed: 1, failed: []string{""}, says: "FAIL"},
	"hangs": {source: `
func TestOne(t *testing.T) {}
func TestHangs(t *testing.T) { time.Sleep(time.Minute) }`, passed: 1, failed: []string{"TestHangs"}, says: "timed out"},
}

func TestCounting(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module sample\n\ngo 1.26.0\n")
	for name, s := range samples {
		write(t, filepath.Join(dir, name, "x_test.go"), "package "+name+"\n\nimport (\n\t\"os\"\n\t\"testing\"\n\t\"time\"\n)\n\nvar _, _ = os.Exit, time.Sleep\n"+s.source+"\n")
	}
	cmd := exec.Command("go", "test", "-json", "-timeout", "2s", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	out, err := cmd.Output()
	if err == nil {
		t.Fatal("go test of failing packages ended well")
	}
	tally := newTally()
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if _, err := tally.add(lines.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	passed := 0
	for name, want := range samples {
		passed += want.passed
		t.Run(name, func(t *testing.T) {
			c := tally.packageOf("sample/" + name).count(tally.builds)
			if c.passed != want.passed || !slices.Equal(names(c.failed), want.failed) || !slices.Equal(names(c.skipped), want.skipped) {
				t.Fatalf("passed %d failed %q skipped %q; want %d, %q, %q", c.passed, names(c.failed), names(c.skipped), want.passed, want.failed, want.skipped)
			}
			if all := append(c.failed, c.skipped...); len(all) > 0 && !strings.Contains(strings.Join(all[0].Output, ""), want.says) {
				t.Errorf("the first finding does not say %q but\n%s", want.says, strings.Join(all[0].Output, ""))
			}
		})
	}
	all := tally.sum()
	if got := all.closing(); all.passed != passed || got != "gate: 11 passed, 6 failed, 2 skipped" {
		t.Errorf("closing line %q, %d passed", got, passed)
	}
	if got := all.skipped[0].reason(); !strings.HasSuffix(got, "no real files here") {
		t.Errorf("reason %q", got)
	}
}

func TestPackageThatNeverEnded(t *testing.T) {
	tally := newTally()
	for _, line := range []string{
		`{"Action":"start","Package":"p"}`,
		`{"Action":"run","Package":"p","Test":"TestOne"}`,
		`{"Action":"pass","Package":"p","Test":"TestOne"}`,
		`{"Action":"run","Package":"p","Test":"TestTwo"}`,
	} {
		if _, err := tally.add([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	c := tally.sum()
	if c.passed != 1 || !slices.Equal(names(c.failed), []string{"TestTwo"}) {
		t.Errorf("passed %d failed %q", c.passed, names(c.failed))
	}
	only := newTally()
	_, _ = only.add([]byte(`{"Action":"start","Package":"p"}`))
	if c := only.sum(); len(c.failed) != 1 {
		t.Errorf("a package that began and never ended counts %q", names(c.failed))
	}
}

func TestStrangeLineIsAnError(t *testing.T) {
	if _, err := newTally().add([]byte("panic: out of memory")); err == nil {
		t.Error("a line that is no event was taken for one")
	}
}

func TestEveryPackageHasItsStep(t *testing.T) {
	for pkg, want := range map[string]string{
		"internal/arch": "structure", "internal/roll": "store", "internal/roll/web": "pages", "internal/kit/web": "store", "internal/kit/db": "store",
		"internal/ui": "pages", "internal/ui/chart": "pages", "internal/app": "pages", "cmd/ajar": "pages", "test/journeys": "journeys", "tools/gate": "store",
		"test/rights": "store",
	} {
		if got := group(pkg); got != want {
			t.Errorf("%s is tested in step %s, want %s", pkg, got, want)
		}
	}
}

func TestChoosingSteps(t *testing.T) {
	chosen, err := choose("store,vet")
	if err != nil || len(chosen) != 2 || chosen[0].name != "vet" || chosen[1].name != "store" {
		t.Errorf("chose %v, %v", chosen, err)
	}
	if _, err := choose("vet,weather"); err == nil || !strings.Contains(err.Error(), "weather") {
		t.Errorf("a step that is not there: %v", err)
	}
}

func TestGeneratedFilesMayBeMadeFromAnyFolder(t *testing.T) {
	a := plainTempl([]byte("templ.Error{Err: err, FileName: `internal/ui/page.templ`, Line: 7}"))
	b := plainTempl([]byte("templ.Error{Err: err, FileName: `page.templ`, Line: 7}"))
	if !bytes.Equal(a, b) {
		t.Errorf("%s is not %s", a, b)
	}
	if c := plainTempl([]byte("FileName: `other.templ`, Line: 7")); bytes.Contains(c, []byte("page.templ")) {
		t.Errorf("another file looks alike: %s", c)
	}
}

func names(fs []finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Test)
	}
	return out
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
