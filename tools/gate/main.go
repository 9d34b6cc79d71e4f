package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// gate is one run: where it works, what it hands to the tests, and what it has counted.
type gate struct {
	root string
	env  []string
	pg   *postgres
	op   *provider

	vetted bool // go vet has looked at everything, so that go test need not

	mu  sync.Mutex
	sum counts
}

func (g *gate) add(c counts) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sum.plus(c)
}

func main() {
	os.Exit(run(os.Args[1:]))
}

// run is main with an exit status, so that what is deferred happens in every case.
func run(args []string) int {
	var names []string
	for _, s := range steps {
		names = append(names, s.name)
	}
	flags := flag.NewFlagSet("gate", flag.ContinueOnError)
	only := flags.String("only", "", "run only these steps, with commas between them: "+strings.Join(names, ", "))
	if err := flags.Parse(args); err != nil {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	switch {
	case flags.NArg() == 0:
		return runGate(ctx, *only)
	case flags.NArg() == 1 && flags.Arg(0) == "pg":
		return servePostgres(ctx)
	case flags.NArg() == 1 && flags.Arg(0) == "op":
		return serveProvider(ctx)
	case flags.NArg() > 1 && flags.Arg(0) == "bench":
		return runBench(ctx, flags.Args()[1:])
	default:
		fmt.Fprintf(os.Stderr, "gate: I do not know %q; say nothing for the whole gate, pg for a PostgreSQL, or op for an OpenID Connect provider\n", flags.Args())
		return 2
	}
}

func runGate(ctx context.Context, only string) int {
	begun := time.Now()
	chosen, err := choose(only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
		return 2
	}
	g, err := newGate()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
		return 2
	}
	defer func() { g.pg.Stop(); g.op.Stop() }()
	g.sayShared()
	g.runSteps(ctx, chosen)
	if ctx.Err() != nil {
		g.sum.plus(broken("gate", "stopped before its end"))
	}
	g.pg.Stop() // first, so that what it used is counted
	g.op.Stop()
	g.report(time.Since(begun))
	if len(g.sum.failed) > 0 {
		return 1
	}
	return 0
}

// runSteps runs what is quick first, each by itself. When Ajar builds, the lint, the journeys and all other tests run beside each other: the journeys mostly wait for
// a browser, and the others fill the time.
func (g *gate) runSteps(ctx context.Context, chosen []step) {
	g.vetted = slices.ContainsFunc(chosen, func(s step) bool { return s.name == "vet" })
	built := true
	lanes := map[string][]step{}
	for _, s := range chosen {
		switch {
		case s.lane != "":
			lanes[s.lane] = append(lanes[s.lane], s)
		case ctx.Err() == nil:
			ok := g.runCheck(ctx, s)
			built = built && (ok || s.name != "build")
		}
	}
	if ctx.Err() != nil {
		return
	}
	if slices.ContainsFunc(chosen, step.needsServers) && built {
		if err := g.provide(ctx); err != nil {
			g.add(broken("what the tests need", err.Error()))
			built = false
		}
	}
	var all sync.WaitGroup
	for _, lane := range lanes {
		all.Go(func() {
			for _, s := range lane {
				switch {
				case ctx.Err() != nil:
					return
				case s.check != nil:
					g.runCheck(ctx, s)
				case !built:
					g.add(broken(s.name, "not run, because Ajar does not build or what the tests need is not there"))
				default:
					g.runTestStep(ctx, s)
				}
			}
		})
	}
	all.Wait()
}

func choose(only string) ([]step, error) {
	if only == "" {
		return steps, nil
	}
	var chosen []step
	wanted := strings.Split(only, ",")
	for _, s := range steps {
		if i := slices.Index(wanted, s.name); i >= 0 {
			chosen = append(chosen, s)
			wanted = slices.Delete(wanted, i, i+1)
		}
	}
	if len(wanted) > 0 {
		return nil, fmt.Errorf("there is no step called %s", strings.Join(wanted, ", "))
	}
	return chosen, nil
}

func newGate() (*gate, error) {
	root, err := findRoot()
	if err != nil {
		return nil, err
	}
	// A checkout that belongs to somebody else makes go fail on reading its version from git.
	flags := strings.TrimSpace(os.Getenv("GOFLAGS") + " -buildvcs=false")
	g := &gate{root: root, env: append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS="+flags)}
	if os.Getenv("AJAR_SHARED_DATA") == "" {
		if shared := filepath.Join(root, "..", "shared", "data"); isDir(shared) {
			g.env = append(g.env, "AJAR_SHARED_DATA="+shared)
		}
	}
	return g, nil
}

func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("there is no go.mod here or above: start the gate inside the repository")
		}
		dir = up
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func (g *gate) hasShared() bool {
	for _, v := range g.env {
		if dir, ok := strings.CutPrefix(v, "AJAR_SHARED_DATA="); ok {
			return isDir(dir)
		}
	}
	return false
}

func (g *gate) sayShared() {
	if !g.hasShared() {
		fmt.Println("gate: ATTENTION: there is no ../shared/data beside the repository: the tests on real files will be skipped")
	}
}

func (g *gate) runCheck(ctx context.Context, s step) bool {
	begun := time.Now()
	err := s.check(ctx, g)
	mark := "ok  "
	if err != nil {
		mark = "FAIL"
	}
	fmt.Printf("%s %-9s %-54s %6.1fs\n", mark, s.name, s.about, time.Since(begun).Seconds())
	if err != nil {
		g.add(broken(s.name+" ("+s.about+")", err.Error()))
		return false
	}
	g.add(counts{passed: 1})
	return true
}

func (g *gate) runTestStep(ctx context.Context, s step) {
	begun := time.Now()
	c := g.testStep(ctx, s)
	mark := "ok  "
	if len(c.failed) > 0 {
		mark = "FAIL"
	}
	about := s.about
	if c.passed+len(c.failed)+len(c.skipped) == 0 {
		about += ": no tests yet"
	}
	fmt.Printf("%s %-9s %-54s %6.1fs\n", mark, s.name, about, time.Since(begun).Seconds())
	g.sum.plus(c)
}

func (g *gate) testStep(ctx context.Context, s step) counts {
	all, err := g.testPackages(ctx)
	if err != nil {
		return broken(s.name, err.Error())
	}
	pkgs := slices.DeleteFunc(all, func(p string) bool { return !s.tests(p) })
	if len(pkgs) == 0 {
		return counts{}
	}
	return g.runTests(ctx, pkgs)
}

// provide brings what tests need from outside: system packages, our PostgreSQL and our OpenID Connect provider. A developer's own AJAR_TEST_PG and
// AJAR_TEST_OP are used as they are.
func (g *gate) provide(ctx context.Context) error {
	if err := install(ctx); err != nil {
		return err
	}
	if err := g.provideProvider(ctx); err != nil {
		return err
	}
	return g.providePostgres(ctx)
}

func (g *gate) provideProvider(ctx context.Context) error {
	if g.op != nil || os.Getenv("AJAR_TEST_OP") != "" {
		return nil
	}
	begun := time.Now()
	op, err := startProvider(ctx, g.root)
	if err != nil {
		return err
	}
	g.op = op
	g.env = append(g.env, "AJAR_TEST_OP="+op.URL)
	fmt.Printf("ok   %-9s %-54s %6.1fs\n", "provider", "an OpenID Connect provider of our own on a spare port", time.Since(begun).Seconds())
	return nil
}

func (g *gate) providePostgres(ctx context.Context) error {
	if g.pg != nil || os.Getenv("AJAR_TEST_PG") != "" {
		return nil
	}
	begun := time.Now()
	pg, err := startPostgres(ctx)
	if err != nil {
		return err
	}
	g.pg = pg
	g.env = append(g.env, "AJAR_TEST_PG="+pg.URL)
	fmt.Printf("ok   %-9s %-54s %6.1fs\n", "postgres", "a server of our own on a spare port", time.Since(begun).Seconds())
	return nil
}

// report names everything that was skipped or failed, and closes with the count.
func (g *gate) report(took time.Duration) {
	for _, f := range g.sum.skipped {
		fmt.Printf("\nskipped: %s\n    %s", f.name(), f.reason())
	}
	if len(g.sum.skipped) > 0 {
		fmt.Println()
	}
	for _, f := range g.sum.failed {
		fmt.Printf("\nFAILED: %s\n%s", f.name(), indent(lastLines(strings.Join(f.Output, ""), 200)))
	}
	fmt.Println()
	g.sayShared()
	fmt.Printf("gate: took %s%s\n", took.Round(time.Second), processorTime())
	fmt.Println(g.sum.closing())
}

// processorTime says what all programs that the gate started have used together, but for the browser, whose parts nobody waits for. Unlike the time on the clock it hardly depends on what else the machine does.
func processorTime() string {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &used); err != nil {
		return ""
	}
	return fmt.Sprintf(", and %d s of processor time without the browser's", used.Utime.Sec+used.Stime.Sec)
}

func indent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString("    " + line)
	}
	if out := b.String(); out == "" || strings.HasSuffix(out, "\n") {
		return out
	}
	return b.String() + "\n"
}

func lastLines(s string, n int) string {
	lines := strings.SplitAfter(s, "\n")
	if len(lines) <= n {
		return s
	}
	return fmt.Sprintf("… %d lines before this\n", len(lines)-n) + strings.Join(lines[len(lines)-n:], "")
}

// runBench runs go test with a PostgreSQL of our own, so that the budgets are measured on both engines.
func runBench(ctx context.Context, args []string) int {
	g, err := newGate()
	if err == nil {
		err = g.providePostgres(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
		return 1
	}
	defer g.pg.Stop()
	cmd := g.command(ctx, "go", append([]string{"test", "-timeout", "60m"}, args...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return 1
	}
	return 0
}

// servePostgres is for a developer who runs single tests: a server that lives until Ctrl-C.
func servePostgres(ctx context.Context) int {
	if postgresBin() == "" {
		if err := install(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "gate:", err)
			return 1
		}
	}
	pg, err := startPostgres(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
		return 1
	}
	defer pg.Stop()
	fmt.Printf("export AJAR_TEST_PG='%s'\n", pg.URL)
	fmt.Fprintln(os.Stderr, "# paste that line into another terminal and run go test there; Ctrl-C here stops the server and removes its data")
	<-ctx.Done()
	return 0
}
