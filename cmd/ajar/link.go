package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"

	"ajar/internal/admin"
	"ajar/internal/kit/access"
)

func init() {
	register("link", "print a link that signs a member of staff in once", link)
}

func link(ctx context.Context, e *Env) error {
	f := e.Flags("link --org CODE --name NAME [--role ROLE] [--at ADDRESS] [--lost-second-step]")
	code := f.String("org", "", "`code` of the organisation")
	name := f.String("name", "", "`name` of the member of staff")
	role := f.String("role", "", "`role` to give them; someone new is made administrator without it")
	at := f.String("at", cmp.Or(os.Getenv("AJAR_ADDRESS"), "http://127.0.0.1:8080"), "`address` at which Ajar is served")
	lost := f.Bool("lost-second-step", false, "take the second step away as well, for somebody who has lost their phone and their codes")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	o, err := a.Roll.OrgByCode(ctx, *code)
	if err != nil {
		return err
	}
	if *lost {
		if err := a.Admin.RemoveFactorsOf(ctx, o, *name); err != nil {
			return err
		}
	}
	secret, err := a.Admin.Link(ctx, o, *name, access.Role(*role))
	if err != nil {
		return err
	}
	url := *at + "/link/" + secret
	return e.Print(map[string]any{"link": url, "hours": admin.LinkHours}, func(w io.Writer) {
		fmt.Fprintf(w, "%s\nIt signs %s in once, at %s, within %d hours.\n", url, *name, o.Name, admin.LinkHours)
	})
}
