package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ajar/internal/app"
)

func init() {
	register("check", "look whether the data and the settings are in order", check)
}

func check(ctx context.Context, e *Env) error {
	f := e.Flags("check [--rights]")
	rights := f.Bool("rights", false, "print who may do what: each right and role, verbs, addresses, and ways to families, with what the tests tried")
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
