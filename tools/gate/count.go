package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// event is one line of `go test -json`; see `go doc test2json` and `go help buildjson`.
type event struct {
	Action      string
	Package     string
	Test        string
	Output      string
	ImportPath  string // of build-output and build-fail, which carry no Package
	FailedBuild string
	Elapsed     float64
}

// tally reads the events of `go test -json` and says which tests passed, failed and were skipped. A test with subtests is not
// counted beside them, so that the numbers are numbers of cases.
type tally struct {
	packages map[string]*testedPackage
	builds   map[string][]string // output of the compiler by import path
}

type testedPackage struct {
	path        string
	result      string // pass, fail, skip; empty while it runs
	elapsed     float64
	failedBuild string
	output      []string
	tests       map[string]*testRun
	order       []string
}

type testRun struct {
	name     string
	result   string // empty when it never ended: a panic or a time-out took the process away
	output   []string
	ran      bool
	children bool
}

// finding is a failed or skipped test with what it said.
type finding struct {
	Package, Test string
	Output        []string
}

func newTally() *tally {
	return &tally{packages: map[string]*testedPackage{}, builds: map[string][]string{}}
}

// add takes one line and returns the package that ended with it, or nil. A line that is no event is an error: nothing that go test
// says may get lost.
func (t *tally) add(line []byte) (*testedPackage, error) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		return nil, fmt.Errorf("not an event of go test -json: %s", strings.TrimSpace(string(line)))
	}
	if e.Action == "build-output" {
		t.builds[e.ImportPath] = append(t.builds[e.ImportPath], e.Output)
		return nil, nil
	}
	if e.Package == "" {
		return nil, nil
	}
	p := t.packageOf(e.Package)
	if e.Test == "" {
		return p.note(e), nil
	}
	p.test(e.Test).note(e)
	return nil, nil
}

func (t *tally) packageOf(path string) *testedPackage {
	p := t.packages[path]
	if p == nil {
		p = &testedPackage{path: path, tests: map[string]*testRun{}}
		t.packages[path] = p
	}
	return p
}

func (p *testedPackage) note(e event) *testedPackage {
	switch e.Action {
	case "output":
		p.output = append(p.output, e.Output)
	case "pass", "fail", "skip":
		p.result, p.elapsed, p.failedBuild = e.Action, e.Elapsed, e.FailedBuild
		return p
	}
	return nil
}

// test finds or begins a test, and tells the tests above it that they have children.
func (p *testedPackage) test(name string) *testRun {
	if r := p.tests[name]; r != nil {
		return r
	}
	if above := parent(name); above != "" {
		p.test(above).children = true
	}
	r := &testRun{name: name}
	p.tests[name] = r
	p.order = append(p.order, name)
	return r
}

func (r *testRun) note(e event) {
	switch e.Action {
	case "run":
		r.ran = true
	case "output":
		if !frame(e.Output) {
			r.output = append(r.output, e.Output)
		}
	case "pass", "fail", "skip":
		r.result = e.Action
	}
}

// parent is the test around a subtest. The name of a subtest may itself hold a slash; go test then makes a level of it that never ran
// on its own, which ends here as a test with children and no result, and is not counted.
func parent(name string) string {
	i := strings.LastIndex(name, "/")
	if i < 0 {
		return ""
	}
	return name[:i]
}

// frame says whether a line is go test's own frame and no word of the test.
func frame(line string) bool {
	for _, prefix := range []string{"=== RUN", "=== PAUSE", "=== CONT", "=== NAME"} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return false
}

// counts is the sum of some packages.
type counts struct {
	passed  int
	failed  []finding
	skipped []finding
}

func (c *counts) plus(d counts) {
	c.passed += d.passed
	c.failed = append(c.failed, d.failed...)
	c.skipped = append(c.skipped, d.skipped...)
}

// sum counts all packages, in the order of their names.
func (t *tally) sum() counts {
	var paths []string
	for path := range t.packages {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	var all counts
	for _, path := range paths {
		all.plus(t.packages[path].count(t.builds))
	}
	return all
}

// count counts the leaves of one package. What ended without a result did not pass; and a package that failed although none of its
// tests did (it does not build, TestMain failed, the process left early) is one failure by itself.
func (p *testedPackage) count(builds map[string][]string) counts {
	var c counts
	failedBelow := map[string]bool{}
	for i := len(p.order) - 1; i >= 0; i-- { // children come after their parents
		r := p.tests[p.order[i]]
		if !r.children {
			p.countOne(r, &c, failedBelow)
			continue
		}
		switch {
		case failedBelow[r.name]:
			failedBelow[parent(r.name)] = true
		case r.result == "fail", r.result == "skip", r.result == "" && r.ran:
			p.countOne(r, &c, failedBelow) // its own doing, not its children's
		}
	}
	reverse(c.failed)
	reverse(c.skipped)
	if p.result == "pass" || p.result == "skip" || len(c.failed) > 0 {
		return c
	}
	c.failed = append(c.failed, finding{Package: p.path, Output: p.why(builds)})
	return c
}

func (p *testedPackage) countOne(r *testRun, c *counts, failedBelow map[string]bool) {
	switch r.result {
	case "pass":
		c.passed++
	case "skip":
		c.skipped = append(c.skipped, finding{p.path, r.name, p.words(r)})
	case "fail":
		failedBelow[parent(r.name)] = true
		c.failed = append(c.failed, finding{p.path, r.name, p.words(r)})
	default:
		failedBelow[parent(r.name)] = true
		c.failed = append(c.failed, finding{p.path, r.name, append(p.words(r), "the test did not come to its end\n")})
	}
}

// words is what a test said, after what the tests around it said.
func (p *testedPackage) words(r *testRun) []string {
	var above []string
	for name := parent(r.name); name != ""; name = parent(name) {
		if around := p.tests[name]; around != nil {
			above = append(append([]string{}, around.output...), above...)
		}
	}
	return append(above, r.output...)
}

func (p *testedPackage) why(builds map[string][]string) []string {
	if p.failedBuild != "" {
		return builds[p.failedBuild]
	}
	if p.result == "" {
		return append(p.output, "the package did not come to its end\n")
	}
	return p.output
}

func reverse(f []finding) {
	for i, j := 0, len(f)-1; i < j; i, j = i+1, j-1 {
		f[i], f[j] = f[j], f[i]
	}
}

// closing is the last line of the gate. It has no thousands separator because machines read it too.
func (c counts) closing() string {
	return fmt.Sprintf("gate: %d passed, %d failed, %d skipped", c.passed, len(c.failed), len(c.skipped))
}

// reason is the sentence a skipped test gave, without go test's indentation and place.
func (f finding) reason() string {
	var said []string
	for _, line := range f.Output {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "--- SKIP") || strings.HasPrefix(line, "--- PASS") {
			continue
		}
		said = append(said, line)
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}

func (f finding) name() string {
	if f.Test == "" {
		return f.Package
	}
	return f.Package + " " + f.Test
}
