package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"ajar/internal/demo"
)

func init() {
	register("serve", "serve the pages", serve)
}

func serve(ctx context.Context, e *Env) error {
	f := e.Flags("serve [--listen ADDR] [--demo]")
	listen := f.String("listen", "127.0.0.1:8080", "`address` to listen on")
	wanted := f.Bool("demo", false, "load the demo when the data is new, and let visitors look around as its people even beside real schools")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if *wanted {
		if err := loadDemo(ctx, e, a); err != nil {
			return err
		}
	}
	alone, err := demo.Alone(ctx, a.Roll)
	if err != nil {
		return err
	}
	a.Admin.LookAround = *wanted || alone
	h, err := a.Handler()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return fmt.Errorf("could not listen on %s: %w", *listen, err)
	}
	fmt.Fprintf(e.Out, "Ajar is open at http://%s/\n", l.Addr())
	if a.Admin.LookAround {
		fmt.Fprintf(e.Out, "Look around as one of the demo people at http://%s/look-around\n", l.Addr())
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		defer cancel()
		if err := s.Shutdown(stop); err != nil {
			return err
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}
}
