package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"ajar/internal/app"
	"ajar/internal/kit/sheet"
	"ajar/internal/roll"
)

func init() {
	register("org add", "add a school, a centre or a grouping", orgAdd)
	register("org list", "list the organisations", orgList)
	register("org register", "read the register of English schools (GIAS)", orgRegister)
	register("org look-up", "look a school up in the register by URN or name", orgLookUp)
	register("org clusters", "load the ten clusters of the extended-services report", orgClusters)
}

// orgRow is an organisation as the commands print it.
type orgRow struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Phase  string `json:"phase"`
	URN    string `json:"urn"`
	Place  string `json:"place"`
	Opened string `json:"opened"`
	Closed string `json:"closed"`
}

func orgRowOf(o roll.Org) orgRow {
	return orgRow{o.Code, o.Name, o.Type, o.Phase, o.URN, o.Place, o.Opened, o.Closed}
}

func orgAdd(ctx context.Context, e *Env) error {
	f := e.Flags("org add --code CODE --name NAME --type TYPE [--in CODE] [--urn URN]")
	var o roll.Org
	f.StringVar(&o.Code, "code", "", "short `code` for commands, such as OAKFIELD")
	f.StringVar(&o.Name, "name", "", "`name`")
	f.StringVar(&o.Type, "type", "", "`type`: school, centre, cluster, trust, authority or agency")
	f.StringVar(&o.URN, "urn", "", "its `number` in the register of English schools")
	in := f.String("in", "", "`code` of a grouping that it belongs to from today")
	if _, err := e.Parse(); err != nil {
		return err
	}
	return withApp(ctx, e, func(a *app.App) error {
		made, err := a.Roll.AddOrg(ctx, "add an organisation by command", o, *in)
		if err != nil {
			return err
		}
		return e.Print(orgRowOf(made), func(w io.Writer) { fmt.Fprintf(w, "Added %s (%s).\n", made.Name, made.Code) })
	})
}

func withApp(ctx context.Context, e *Env, f func(*app.App) error) error {
	a, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return f(a)
}

func orgList(ctx context.Context, e *Env) error {
	e.Flags("org list [--json]")
	if _, err := e.Parse(); err != nil {
		return err
	}
	return withApp(ctx, e, func(a *app.App) error {
		list, err := a.Roll.Orgs(ctx)
		if err != nil {
			return err
		}
		rows := []orgRow{}
		for _, o := range list {
			rows = append(rows, orgRowOf(o))
		}
		return e.Print(rows, func(w io.Writer) {
			if len(rows) == 0 {
				fmt.Fprintln(w, "There is no organisation yet. `ajar org add` adds one.")
				return
			}
			t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "Code\tName\tType\tPlace")
			for _, o := range list {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", o.Code, o.Name, o.TypeWords(), o.Place)
			}
			_ = t.Flush()
		})
	})
}

func orgRegister(ctx context.Context, e *Env) error {
	e.Flags("org register FILE [--json]")
	words, err := e.Parse("file of the register")
	if err != nil {
		return err
	}
	t, err := sheet.OpenFile(words[0], sheet.Limits{})
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	return withApp(ctx, e, func(a *app.App) error {
		r, err := a.Roll.LoadRegister(ctx, "read the register by command", t)
		if err != nil {
			return err
		}
		return e.Print(r, func(w io.Writer) {
			fmt.Fprintf(w, "%d rows: %d created, %d updated, %d same, %d refused. Ragged rows kept as they came: %d.\n", r.Rows, r.Created, r.Updated, r.Same, r.Refused, r.Ragged)
			lines(w, "Refused:", len(r.Refusals), r.Refusals)
			lines(w, "To look at:", len(r.Warnings), r.Warnings)
		})
	})
}

func orgLookUp(ctx context.Context, e *Env) error {
	f := e.Flags("org look-up TEXT [--limit N] [--json]")
	limit := f.Int("limit", 20, "at most so many")
	words, err := e.Parse("URN, or part of the name")
	if err != nil {
		return err
	}
	return withApp(ctx, e, func(a *app.App) error {
		list, err := a.Roll.LookUp(ctx, words[0], *limit)
		if err != nil {
			return err
		}
		return e.Print(list, func(w io.Writer) {
			if len(list) == 0 {
				fmt.Fprintln(w, "The register has no school like that. `ajar org register FILE` reads the register in.")
				return
			}
			t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "URN\tName\tTown\tPhase\tStatus")
			for _, x := range list {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", x.URN, x.Name, x.Town, x.Phase, x.Status)
			}
			_ = t.Flush()
		})
	})
}

func orgClusters(ctx context.Context, e *Env) error {
	e.Flags("org clusters [--json]")
	if _, err := e.Parse(); err != nil {
		return err
	}
	return withApp(ctx, e, func(a *app.App) error {
		r, err := a.Roll.LoadClusters(ctx, "load the clusters by command")
		if err != nil {
			return err
		}
		return e.Print(r, func(w io.Writer) {
			fmt.Fprintf(w, "%d clusters with %d schools stated and %d listed, and %d children's centres. %d organisations are new.\n", r.Clusters, r.Stated, r.Listed, r.Centres, r.Created)
			lines(w, "To look at:", len(r.Warnings), r.Warnings)
		})
	})
}
