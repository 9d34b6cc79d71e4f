package main

import (
	"context"
	"fmt"

	"ajar/internal/app"
	"ajar/internal/demo"
)

func init() {
	register("demo", "load the fictional schools of the demo", func(ctx context.Context, e *Env) error {
		e.Flags("demo")
		if _, err := e.Parse(); err != nil {
			return err
		}
		a, err := e.OpenWith(ctx, app.Options{Fast: true})
		if err != nil {
			return err
		}
		defer a.Close()
		return loadDemo(ctx, e, a)
	})
}

// loadDemo loads the demo into data that holds no organisation yet; otherwise it leaves everything as it is.
func loadDemo(ctx context.Context, e *Env, a *app.App) error {
	there, err := demo.Loaded(ctx, a.Roll)
	if err != nil || there {
		return err
	}
	if list, err := a.Roll.Orgs(ctx); err != nil || len(list) > 0 {
		return err
	}
	fmt.Fprintln(e.Err, "Making the demo: a fictional cluster of eight schools and two children's centres.")
	return demo.Load(ctx, a.DemoParts(), func(s string) { fmt.Fprintln(e.Err, "  "+s) })
}
