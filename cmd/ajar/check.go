package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ajar/internal/app"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/trail"
)

func init() {
	register("check", "look whether the data and the settings are in order", check)
}

func check(ctx context.Context, e *Env) error {
	f := e.Flags("check [--rights] [--trail [--noted CODE=MARK]] [--json]")
	rights := f.Bool("rights", false, "print who may do what: each right and role, verbs, addresses, and ways to families, with what the tests tried")
	chain := f.Bool("trail", false, "follow the trail of every organisation from its beginning and name the first break")
	var noted marks
	f.Var(&noted, "noted", "CODE=MARK: a place in the trail that was written down elsewhere, as printed by --trail; may be given several times")
	if _, err := e.Parse(); err != nil {
		return err
	}
	if *rights {
		return checkRights(ctx, e)
	}
	a, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if *chain {
		return checkTrail(ctx, e, a, noted)
	}
	found, err := a.Check(ctx)
	if err != nil {
		return err
	}
	wrong := 0
	for _, f := range found {
		if f.Level == app.Wrong {
			wrong++
		}
	}
	if err := e.Print(found, func(w io.Writer) {
		for _, f := range found {
			fmt.Fprintf(w, "%-8s %s\n", f.Level, f.Words)
		}
	}); err != nil {
		return err
	}
	if wrong > 0 {
		return errors.New("something is wrong with the data; see above")
	}
	return nil
}

// marks are the places of --noted, by the code of their organisation.
type marks map[string][]trail.Mark

func (m *marks) String() string { return "" }

func (m *marks) Set(s string) error {
	code, text, ok := strings.Cut(s, "=")
	if !ok {
		return fault.Field("noted", "Write --noted CODE=MARK, with the mark as \"ajar check --trail\" printed it.")
	}
	mark, err := trail.ParseMark(text)
	if err != nil {
		return err
	}
	if *m == nil {
		*m = marks{}
	}
	(*m)[code] = append((*m)[code], mark)
	return nil
}

func checkTrail(ctx context.Context, e *Env, a *app.App, noted marks) error {
	list, err := a.Admin.CheckTrail(ctx, noted)
	if err != nil {
		return err
	}
	broken := 0
	for _, c := range list {
		if c.Broken != nil {
			broken++
		}
	}
	if err := e.Print(list, func(w io.Writer) {
		for _, c := range list {
			state := "whole"
			if c.Broken != nil {
				state = "BROKEN: " + c.Broken.Why
			}
			fmt.Fprintf(w, "%s (%s): %d entries%s. %s\n", c.Name, c.Org, c.Entries, since(c.Report), state)
			if c.Head.ID > 0 {
				fmt.Fprintf(w, "    %s=%s\n", c.Org, c.Head)
			}
		}
		fmt.Fprintln(w, "\nWrite the marks down outside of this machine. Given back with --noted CODE=MARK, one shows that nobody has made the trail anew since.")
	}); err != nil {
		return err
	}
	if broken > 0 {
		return fmt.Errorf("the trail does not hold in %d places; see above. Keep a copy of the data as it is, and ask who had access to it", broken)
	}
	return nil
}

func since(r trail.Report) string {
	if r.Entries == 0 {
		return ""
	}
	return " since " + time.UnixMilli(r.FirstMs).UTC().Format(time.DateOnly)
}
