package main

import (
	"context"
	"fmt"
	"io"

	"ajar/internal/kit/post"
)

func init() {
	register("messages hooks", "say which addresses the gateways have to be told, so that receipts and answers come back", messagesHooks)
	register("messages segments", "say how a text message travels: its alphabet, its length and its parts", messagesSegments)
}

func messagesSegments(_ context.Context, e *Env) error {
	e.Flags("messages segments TEXT [--json]")
	words, err := e.Parse("text")
	if err != nil {
		return err
	}
	var s struct {
		Encoding   string `json:"encoding"`
		Characters int    `json:"characters"`
		Parts      int    `json:"parts"`
	}
	s.Encoding, s.Characters, s.Parts = post.Segments(words[0])
	return e.Print(s, func(w io.Writer) {
		fmt.Fprintf(w, "%s, %d characters, %d parts\n", s.Encoding, s.Characters, s.Parts)
		for _, odd := range post.Odd(words[0]) {
			fmt.Fprintf(w, "  %s is not in the alphabet of plain texts\n", odd)
		}
		if plain, swaps := post.Plain(words[0]); len(swaps) > 0 {
			if _, _, parts := post.Segments(plain); parts < s.Parts {
				fmt.Fprintf(w, "With plain quotes, dashes and spaces it has %d parts: %s\n", parts, plain)
			}
		}
	})
}

func messagesHooks(ctx context.Context, e *Env) error {
	e.Flags("messages hooks [--json]")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	lines, err := a.Post.Hooks()
	if err != nil {
		return err
	}
	return e.Print(struct {
		Hooks []string `json:"hooks"`
	}{append([]string{}, lines...)}, func(w io.Writer) {
		for _, line := range lines {
			fmt.Fprintln(w, line)
		}
		if len(lines) == 0 {
			fmt.Fprintln(w, "There is nothing to tell: set AJAR_TEXTS, and AJAR_ADDRESS, at which the gateway reaches Ajar.")
		}
	})
}
