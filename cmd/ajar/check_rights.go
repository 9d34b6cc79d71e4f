package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"ajar/internal/app"
)

// checkRights prints the matrix of rights. It is the same for every installation, so that it reads no data: the program is put together on an empty store
// in a folder that is gone afterwards.
func checkRights(ctx context.Context, e *Env) error {
	dir, err := os.MkdirTemp("", "ajar-rights")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	a, err := app.Open(ctx, app.Options{Data: dir, Fast: true})
	if err != nil {
		return err
	}
	defer a.Close()
	m, err := a.Matrix()
	if err != nil {
		return err
	}
	head, rows := a.RightsTable()
	if err := e.Print(m, func(w io.Writer) { printMatrix(w, m, head, rows) }); err != nil {
		return err
	}
	if len(m.Holes) > 0 {
		return errors.New("some cases were never tried; see the holes above")
	}
	return nil
}

func printMatrix(w io.Writer, m app.Matrix, head []string, rows [][]string) {
	section := func(title, explained string) { fmt.Fprintf(w, "\n%s\n%s\n\n", title, explained) }
	table := func(rows [][]string) {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, r := range rows {
			fmt.Fprintln(t, strings.Join(r, "\t"))
		}
		_ = t.Flush()
	}
	section("Who may do what", "– nothing; figures: no names; own: the pupils and families they work with, today; all: everyone in their organisation. Nobody has anything in another organisation. (second step): asked for once a session.")
	table(append([][]string{head}, rows...))
	section("Ways to families", "What can reach an adult about a child, and the orders that stop it from the next request on. Each was tried with each order.")
	var list [][]string
	for _, c := range m.Channels {
		list = append(list, []string{c.Words, "stopped by: " + strings.Join(c.Orders, ", ")})
	}
	table(list)
	section("Addresses", "Each address with the right it needs, tried as every role, with keys of another organisation, and by nobody.")
	list = nil
	for _, r := range m.Routes {
		list = append(list, []string{r.Route, r.Need, cmp.Or(strings.Join(r.Opens, " "), "everyone"), cmp.Or(r.Other, "–")})
	}
	table(list)
	section("What the program can do", "Each verb, as whom it was tried and who was refused.")
	list = nil
	for _, v := range m.Verbs {
		if v.Except != "" {
			list = append(list, []string{v.Verb, "not tried: " + v.Except})
			continue
		}
		list = append(list, []string{v.Verb, "let in: " + v.Allowed, "refused: " + v.Denied, "other organisation: " + v.Other})
	}
	table(list)
	section("Holes", "Anything without its allowed, denied, other-organisation and order cases.")
	if len(m.Holes) == 0 {
		fmt.Fprintln(w, "None.")
	}
	for _, h := range m.Holes {
		fmt.Fprintln(w, h)
	}
}
