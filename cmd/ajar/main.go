// Command ajar is the whole product in one program: the server and the commands for scripts.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sort"
	"strings"
	"syscall"
	_ "time/tzdata" // so that days begin in London on a machine without zone files

	"ajar/internal/kit/clock"
)

// command is one of the things ajar can do. Words is its name, which may be two words.
type command struct {
	words string
	does  string
	run   func(context.Context, *Env) error
}

var commands []command

// register adds a command; each file of this folder registers its own.
func register(words, does string, run func(context.Context, *Env) error) {
	commands = append(commands, command{words, does, run})
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr, theClock())
	stop()
	os.Exit(code)
}

// run finds the command that the words begin with, the longest name first.
func run(ctx context.Context, args []string, out, errs io.Writer, c clock.Clock) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		help(out)
		return 0
	}
	line := strings.Join(args, " ") + " "
	best := -1
	for i, k := range commands {
		if strings.HasPrefix(line, k.words+" ") && (best < 0 || len(k.words) > len(commands[best].words)) {
			best = i
		}
	}
	if best < 0 {
		fmt.Fprintf(errs, "ajar: there is no command %q. `ajar help` lists them.\n", strings.Join(args[:min(2, len(args))], " "))
		return 2
	}
	k := commands[best]
	e := &Env{Args: args[len(strings.Fields(k.words)):], Out: out, Err: errs, Clock: c}
	if err := k.run(ctx, e); err != nil {
		return e.fail(err)
	}
	return 0
}

func help(w io.Writer) {
	fmt.Fprintln(w, "Ajar is the door between home and school.\n\nUsage: ajar COMMAND [flags]\n\nCommands:")
	list := append([]command(nil), commands...)
	sort.Slice(list, func(i, j int) bool { return list[i].words < list[j].words })
	for _, k := range list {
		fmt.Fprintf(w, "  %-28s %s\n", k.words, k.does)
	}
	fmt.Fprintln(w, "\nEvery command takes --data DIR (default ./data) or --db postgres://…, and --json where it prints something.\n`ajar COMMAND --help` says more.")
}
