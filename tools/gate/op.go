package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// provider is an OpenID Connect provider of our own, so that signing in is tested against one that nobody here wrote. It is a Node program, and the
// only one that the gate needs; Ajar is built and runs without.
type provider struct {
	URL    string
	cmd    *exec.Cmd
	stdin  io.Closer
	exited chan error
}

func node() string {
	for _, name := range []string{"node", "nodejs"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func hasNode() bool {
	_, err := exec.LookPath("npm")
	return err == nil && node() != ""
}

// startProvider brings the provider's packages, as test/op/package-lock.json names them, and serves it on a spare port of 127.0.0.1.
func startProvider(ctx context.Context, root string) (*provider, error) {
	if !hasNode() {
		return nil, errors.New("no Node for the OpenID Connect provider of the tests; " + installHint)
	}
	dir := filepath.Join(root, "test", "op")
	if err := fetchProvider(ctx, dir); err != nil {
		return nil, err
	}
	cmd := exec.Command(node(), "server.mjs")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.TempDir(), "PORT=0"}
	// A process group of its own, so that Ctrl-C in the terminal reaches it through us and not before us.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	var said bytes.Buffer
	cmd.Stderr = &said
	stdin, err := cmd.StdinPipe() // it leaves when this ends, also when we are killed
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	exited, err := start(cmd)
	if err != nil {
		return nil, err
	}
	p := &provider{cmd: cmd, stdin: stdin, exited: exited}
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(stdout).ReadString('\n')
		line <- strings.TrimSpace(text)
	}()
	select {
	case p.URL = <-line:
	case <-time.After(30 * time.Second):
	case <-ctx.Done():
	}
	if !strings.HasPrefix(p.URL, "http://127.0.0.1:") {
		p.Stop()
		return nil, fmt.Errorf("the OpenID Connect provider of the tests did not start:\n%s", lastLines(said.String(), 20))
	}
	return p, nil
}

// fetchProvider installs what the lock file names, unless that was done since it last changed. npm checks each package against its hash there.
func fetchProvider(ctx context.Context, dir string) error {
	lock, err := os.Stat(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return err
	}
	if done, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err == nil && !done.ModTime().Before(lock.ModTime()) {
		return nil
	}
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci in test/op: %w\n%s", err, lastLines(string(out), 20))
	}
	return nil
}

// Stop ends the provider. It may be called twice, and on none.
func (p *provider) Stop() {
	if p == nil || p.cmd == nil {
		return
	}
	_ = p.stdin.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
	p.cmd = nil
}

// serveProvider is for a developer who runs single tests: a provider that lives until Ctrl-C.
func serveProvider(ctx context.Context) int {
	if !hasNode() {
		if err := install(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "gate:", err)
			return 1
		}
	}
	root, err := findRoot()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
		return 1
	}
	p, err := startProvider(ctx, root)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
		return 1
	}
	defer p.Stop()
	fmt.Printf("export AJAR_TEST_OP='%s'\n", p.URL)
	fmt.Fprintln(os.Stderr, "# paste that line into another terminal and run go test there; Ctrl-C here stops the provider")
	<-ctx.Done()
	return 0
}
