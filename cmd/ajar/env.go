package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"ajar/internal/app"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/fault"
)

// Env is what a command works with. Tests give it their own.
type Env struct {
	Args []string // after the command's name
	Out  io.Writer
	Err  io.Writer

	flags *flag.FlagSet
	data  string
	url   string
	JSON  bool
	Clock clock.Clock
}

// Flags begins a command: the flags that every command has, and the line that says how to use it.
func (e *Env) Flags(usage string) *flag.FlagSet {
	e.flags = flag.NewFlagSet("ajar", flag.ContinueOnError)
	e.flags.SetOutput(e.Err)
	e.flags.Usage = func() {
		fmt.Fprintf(e.Err, "Usage: ajar %s\n", usage)
		e.flags.PrintDefaults()
	}
	e.flags.StringVar(&e.data, "data", "./data", "`folder` of the data file")
	e.flags.StringVar(&e.url, "db", os.Getenv("AJAR_DB"), "`address` of a PostgreSQL database instead of the folder: postgres://…")
	e.flags.BoolVar(&e.JSON, "json", false, "print one JSON document")
	return e.flags
}

// errUsage is an error about how the command was written; it ends with status 2.
type errUsage struct{ sentence string }

func (e errUsage) Error() string { return e.sentence }

func usage(format string, args ...any) error { return errUsage{fmt.Sprintf(format, args...)} }

// Parse reads the flags, which may stand before or after the other words, and gives those words: exactly the number wanted.
func (e *Env) Parse(names ...string) ([]string, error) {
	var words []string
	rest := e.Args
	for {
		if err := e.flags.Parse(rest); err != nil {
			return nil, errUsage{""} // flag has said what is wrong and how to use it
		}
		rest = e.flags.Args()
		if len(rest) == 0 {
			break
		}
		words = append(words, rest[0])
		rest = rest[1:]
	}
	if len(words) != len(names) {
		e.flags.Usage()
		if len(words) < len(names) {
			return nil, usage("Say which %s.", names[len(words)])
		}
		return nil, usage("There is a word too many: %q.", words[len(names)])
	}
	return words, nil
}

// Open opens the store and builds the product.
func (e *Env) Open(ctx context.Context) (*app.App, error) {
	return e.OpenWith(ctx, app.Options{})
}

// OpenWith is Open with more said.
func (e *Env) OpenWith(ctx context.Context, o app.Options) (*app.App, error) {
	o.Data, o.URL, o.Clock, o.Secret = e.data, e.url, e.Clock, os.Getenv("AJAR_SECRET")
	o.Mail, o.Texts = os.Getenv("AJAR_MAIL"), os.Getenv("AJAR_TEXTS")
	o.Translate = os.Getenv("AJAR_TRANSLATE")
	o.MailIn = os.Getenv("AJAR_MAIL_IN")
	o.Address = os.Getenv("AJAR_ADDRESS")
	o.Log = slog.New(slog.NewTextHandler(e.Err, nil))
	return app.Open(ctx, o)
}

// Print writes one JSON document with --json, and otherwise what text writes.
func (e *Env) Print(v any, text func(w io.Writer)) error {
	if !e.JSON {
		text(e.Out)
		return nil
	}
	enc := json.NewEncoder(e.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// fail writes an error for a person and gives the exit status: 2 for a command written wrongly, 1 for everything else.
func (e *Env) fail(err error) int {
	var u errUsage
	if errors.As(err, &u) {
		if u.sentence != "" {
			fmt.Fprintln(e.Err, "ajar: "+u.sentence)
		}
		return 2
	}
	s, safe := fault.Sentence(err)
	if !safe {
		s = err.Error()
	}
	fmt.Fprintln(e.Err, "ajar: "+strings.TrimSpace(s))
	return 1
}
