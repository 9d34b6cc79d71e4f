package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"syscall"
	"time"
)

// step is one part of the gate. A check passes or fails as one; a step of tests counts its tests.
type step struct {
	name  string
	about string
	check func(context.Context, *gate) error
	tests func(pkg string) bool // which packages' tests belong to this step
	lane  string                // steps of one lane run after each other, and lanes beside each other; those without a lane come first
}

func (s step) needsServers() bool { return s.tests != nil && s.name != "structure" }

// steps is the gate, in order: what is quick and what others rest on comes first, and then the lanes.
var steps = []step{
	{name: "fmt", about: "gofmt", check: checkFormat},
	{name: "vet", about: "go vet", check: goCheck("vet", "./...")},
	{name: "generate", about: "generated pages are fresh", check: checkGenerated},
	{name: "build", about: "build without cgo", check: goCheck("build", "-o", os.DevNull, "./...")},
	{name: "lint", about: "staticcheck", check: goCheck("tool", "staticcheck", "./..."), lane: "lint"},
	{name: "structure", about: "the rules of the house", tests: func(p string) bool { return group(p) == "structure" }, lane: "tests"},
	{name: "store", about: "rules, stores and services, on SQLite and PostgreSQL", tests: func(p string) bool { return group(p) == "store" }, lane: "tests"},
	{name: "pages", about: "pages through the whole server", tests: func(p string) bool { return group(p) == "pages" }, lane: "tests"},
	{name: "journeys", about: "stories in a real browser, and accessibility", tests: func(p string) bool { return group(p) == "journeys" }, lane: "journeys"},
}

// group says which step tests a package, by its path inside the module. What fits nowhere else is tested with the stores, so that
// no package can fall out of the gate.
func group(pkg string) string {
	switch {
	case strings.HasPrefix(pkg, "internal/arch"):
		return "structure"
	case strings.HasPrefix(pkg, "test/journeys"):
		return "journeys"
	case path.Base(pkg) == "web" && pkg != "internal/kit/web", strings.Contains(pkg, "/web/"), strings.HasPrefix(pkg, "internal/ui"),
		strings.HasPrefix(pkg, "internal/app"), strings.HasPrefix(pkg, "cmd/"):
		return "pages"
	default:
		return "store"
	}
}

// command is a program run inside the repository, ended with its children when the gate is told to stop.
func (g *gate) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = g.root
	cmd.Env = g.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func goCheck(args ...string) func(context.Context, *gate) error {
	return func(ctx context.Context, g *gate) error {
		out, err := g.command(ctx, "go", args...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
		return nil
	}
}

// files lists the files of the tree whose names end in suffix, by their paths inside the repository.
func (g *gate) files(suffix string) ([]string, error) {
	var out []string
	err := fs.WalkDir(os.DirFS(g.root), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || p == "data" || p == "bin") {
			return fs.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(p, suffix) {
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

func checkFormat(ctx context.Context, g *gate) error {
	files, err := g.files(".go")
	if err != nil {
		return err
	}
	root, err := g.command(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	gofmt := filepath.Join(strings.TrimSpace(string(root)), "bin", "gofmt")
	if !executable(gofmt) {
		gofmt = "gofmt"
	}
	out, err := g.command(ctx, gofmt, append([]string{"-l"}, files...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("gofmt: %w\n%s", err, out)
	}
	if len(out) > 0 {
		return fmt.Errorf("these files are not as gofmt writes them; run gofmt -w on them:\n%s", out)
	}
	return nil
}

// templFileName is what templ writes of a file's place. It depends on the folder templ was started in, and on nothing else.
var templFileName = regexp.MustCompile("FileName: `[^`]*/")

func plainTempl(generated []byte) []byte {
	return templFileName.ReplaceAll(generated, []byte("FileName: `"))
}

// checkGenerated makes the pages again from a copy of their sources and compares. The work tree is only read.
func checkGenerated(ctx context.Context, g *gate) error {
	sources, err := g.files(".templ")
	if err != nil || len(sources) == 0 {
		return err
	}
	copyDir, err := os.MkdirTemp("", "ajar-templ-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(copyDir)
	for _, f := range append(sources, "go.mod") {
		if err := copyFile(filepath.Join(g.root, f), filepath.Join(copyDir, f)); err != nil {
			return err
		}
	}
	if out, err := g.command(ctx, "go", "tool", "templ", "generate", "-path", copyDir).CombinedOutput(); err != nil {
		return fmt.Errorf("templ generate: %w\n%s", err, out)
	}
	var stale []string
	for _, f := range sources {
		name := strings.TrimSuffix(f, ".templ") + "_templ.go"
		want, err := os.ReadFile(filepath.Join(copyDir, name))
		if err != nil {
			return err
		}
		got, err := os.ReadFile(filepath.Join(g.root, name))
		if errors.Is(err, fs.ErrNotExist) {
			stale = append(stale, name+" (is not there)")
			continue
		}
		if err != nil {
			return err
		}
		if !bytes.Equal(plainTempl(got), plainTempl(want)) {
			stale = append(stale, name)
		}
	}
	if len(stale) > 0 {
		return fmt.Errorf("these generated files are not what their sources make; run `make generate` and commit them:\n%s", strings.Join(stale, "\n"))
	}
	return nil
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}

// testPackages lists the packages that have tests, by their paths inside the module.
func (g *gate) testPackages(ctx context.Context) ([]string, error) {
	cmd := g.command(ctx, "go", "list", "-f", "{{.Module.Path}} {{.ImportPath}} {{len .TestGoFiles}} {{len .XTestGoFiles}}", "./...")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, said.String())
	}
	var pkgs []string
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) != 4 || f[2] == "0" && f[3] == "0" {
			continue
		}
		pkgs = append(pkgs, strings.TrimPrefix(f[1], f[0]+"/"))
	}
	sort.Strings(pkgs)
	return pkgs, nil
}

// runTests runs the tests of some packages and counts them, with a line for each package as it ends. Nothing comes from go's cache of
// results: it does not see a change in the database, in the shared files, or in the binary that a journey builds.
func (g *gate) runTests(ctx context.Context, pkgs []string) counts {
	args := []string{"test", "-json", "-count=1", "-p", "2", "-timeout", "25m"}
	if g.vetted {
		args = append(args, "-vet=off")
	}
	if group(pkgs[0]) == "journeys" {
		args = append(args, "-parallel", "3") // a story waits more than it works
	}
	for _, p := range longestFirst(pkgs) {
		args = append(args, "./"+p)
	}
	cmd := g.command(ctx, "go", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return broken("go test", err.Error())
	}
	if err := cmd.Start(); err != nil {
		return broken("go test", err.Error())
	}
	t := newTally()
	var strange []string
	lines := bufio.NewReader(stdout) // a Scanner has a longest line, a test's output has not
	for {
		line, readErr := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			done, err := t.add(line)
			if err != nil {
				strange = append(strange, string(line))
			}
			if done != nil {
				g.progress(done, t)
			}
		}
		if readErr != nil {
			break
		}
	}
	waitErr := cmd.Wait()
	c := t.sum()
	if len(strange) > 0 {
		c.plus(broken("go test said what is no test event", strings.Join(strange, "")))
	}
	if waitErr != nil && len(c.failed) == 0 {
		c.plus(broken("go test", waitErr.Error()+"\n"+stderr.String()))
	}
	return c
}

// long are packages whose tests take long. They begin first, so that none of them is still running alone when all others are done.
var long = []string{"test/attacks", "internal/roll", "internal/demo", "internal/barriers", "internal/conversations", "internal/progress", "internal/family", "internal/app", "internal/ui"}

func longestFirst(pkgs []string) []string {
	var first, rest []string
	for _, p := range long {
		if slices.Contains(pkgs, p) {
			first = append(first, p)
		}
	}
	for _, p := range pkgs {
		if !slices.Contains(first, p) {
			rest = append(rest, p)
		}
	}
	return append(first, rest...)
}

func broken(what, said string) counts {
	return counts{failed: []finding{{Package: what, Output: []string{said + "\n"}}}}
}

func (g *gate) progress(p *testedPackage, t *tally) {
	c := p.count(t.builds)
	mark := "ok  "
	if len(c.failed) > 0 {
		mark = "FAIL"
	}
	fmt.Printf("    %s %-36s %4d passed", mark, strings.TrimPrefix(p.path, "ajar/"), c.passed)
	if len(c.failed) > 0 {
		fmt.Printf(", %d failed", len(c.failed))
	}
	if len(c.skipped) > 0 {
		fmt.Printf(", %d skipped", len(c.skipped))
	}
	fmt.Printf("  %.1fs\n", p.elapsed)
}
