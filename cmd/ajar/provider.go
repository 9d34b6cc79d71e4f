package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"ajar/internal/admin"
	"ajar/internal/app"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

func init() {
	register("provider set", "let staff sign in with accounts at Microsoft, Google or another provider", providerSet)
	register("provider list", "list by which accounts staff sign in", providerList)
	register("provider test", "ask the providers whether they answer", providerTest)
	register("provider remove", "take a provider away; whoever came in by it is signed out", providerRemove)
}

// providerRow is a provider as the commands print it. The secret is never printed.
type providerRow struct {
	Key      string `json:"key"`
	Org      string `json:"organisation"` // empty for the installation
	Kind     string `json:"kind"`
	Label    string `json:"label"`
	Issuer   string `json:"issuer"`
	Client   string `json:"client"`
	Domains  string `json:"domains"`
	Factor   string `json:"second_step"`
	First    bool   `json:"found_by_address"`
	Redirect string `json:"redirect"`
}

func providerRowOf(p admin.Provider) providerRow {
	at := os.Getenv("AJAR_ADDRESS")
	if at == "" {
		at = "https://(the address of Ajar)"
	}
	factor := p.Factor
	if p.ACR != "" {
		factor += ":" + p.ACR
	}
	return providerRow{p.Key, p.OrgName, p.Kind, p.Label, p.Issuer, p.Client, p.Domains, factor, p.ByAddress, strings.TrimSuffix(at, "/") + p.BackPath()}
}

// whose reads --org or --all.
func whose(ctx context.Context, a *app.App, code string, all bool) (roll.OrgID, error) {
	if (code == "") == !all {
		return 0, usage("Say whose provider it is: --org CODE, or --all for every school of this installation.")
	}
	if all {
		return 0, nil
	}
	o, err := a.Roll.OrgByCode(ctx, code)
	return o.ID, err
}

func providerSet(ctx context.Context, e *Env) error {
	f := e.Flags("provider set --org CODE|--all --kind KIND --client ID --domains LIST [--tenant ID] [--issuer ADDRESS] [--secret-file FILE] [--second-step no|always|amr|acr:CLASS] [--by-address]")
	var p admin.ProviderForm
	code := f.String("org", "", "`code` of the organisation")
	all := f.Bool("all", false, "for every school of this installation, such as the schools of one trust")
	f.StringVar(&p.Kind, "kind", "", "`kind`: microsoft, google or other")
	f.StringVar(&p.Label, "label", "", "`name` on the button, after \"Sign in with\"")
	f.StringVar(&p.Tenants, "tenant", "", "Microsoft's directory (tenant) `id`; several with commas for --all")
	f.StringVar(&p.Issuer, "issuer", "", "`address` of the provider, where it is not the usual one of its kind")
	f.StringVar(&p.Client, "client", "", "client `id`")
	file := f.String("secret-file", "", "`file` with the client secret, or - for standard input; AJAR_PROVIDER_SECRET without it. An empty one stays as it is")
	f.StringVar(&p.Domains, "domains", "", "what the e-mail addresses of staff end in, with commas")
	step := f.String("second-step", "no", "`when` the second step there counts: no, always, amr, or acr:CLASS")
	f.BoolVar(&p.ByAddress, "by-address", false, "find colleagues by their proved e-mail address the first time")
	f.BoolVar(&p.Inside, "inside", false, "the provider may be a machine of your own network")
	if _, err := e.Parse(); err != nil {
		return err
	}
	p.Factor, p.ACR, _ = strings.Cut(*step, ":")
	var err error
	if p.Secret, err = readSecret(*file); err != nil {
		return err
	}
	return withApp(ctx, e, func(a *app.App) error {
		org, err := whose(ctx, a, *code, *all)
		if err != nil {
			return err
		}
		made, err := a.Admin.SetProviderByCommand(ctx, org, p)
		if err != nil {
			return err
		}
		row := providerRowOf(made)
		return e.Print(row, func(w io.Writer) {
			fmt.Fprintf(w, "Staff sign in with %s. Give this redirect address to the provider:\n%s\n`ajar provider test` asks whether it answers.\n", made.Label, row.Redirect)
		})
	})
}

// readSecret reads a secret from where others can't see it: a command line is shown to everybody on the machine.
func readSecret(file string) (string, error) {
	var b []byte
	var err error
	switch file {
	case "":
		return strings.TrimSpace(os.Getenv("AJAR_PROVIDER_SECRET")), nil
	case "-":
		b, err = io.ReadAll(io.LimitReader(os.Stdin, 64<<10))
	default:
		b, err = os.ReadFile(file)
	}
	if err != nil {
		return "", fault.Wrap(fault.Invalid, err, "The secret could not be read from %s.", file)
	}
	return strings.TrimSpace(string(b)), nil
}

func providerList(ctx context.Context, e *Env) error {
	e.Flags("provider list [--json]")
	if _, err := e.Parse(); err != nil {
		return err
	}
	return withApp(ctx, e, func(a *app.App) error {
		list, err := a.Admin.AllProviders(ctx)
		if err != nil {
			return err
		}
		rows := []providerRow{}
		for _, p := range list {
			rows = append(rows, providerRowOf(p))
		}
		return e.Print(rows, func(w io.Writer) {
			if len(rows) == 0 {
				fmt.Fprintln(w, "Nobody signs in by a provider yet. `ajar provider set` adds one; docs/sign-in.md says what to do at Microsoft and Google.")
				return
			}
			t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "Key\tSchool\tSign in with\tAsked at\tAddresses\tSecond step")
			for _, r := range rows {
				school := r.Org
				if school == "" {
					school = "(all)"
				}
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Key, school, r.Label, r.Issuer, r.Domains, r.Factor)
			}
			_ = t.Flush()
		})
	})
}

// testedRow is what came of asking a provider.
type testedRow struct {
	Key     string `json:"key"`
	Answers bool   `json:"answers"`
	Words   string `json:"words"`
}

func providerTest(ctx context.Context, e *Env) error {
	f := e.Flags("provider test [--org CODE] [--json]")
	code := f.String("org", "", "`code` of the organisation; all without it")
	if _, err := e.Parse(); err != nil {
		return err
	}
	return withApp(ctx, e, func(a *app.App) error {
		list, err := a.Admin.AllProviders(ctx)
		if err != nil {
			return err
		}
		var org roll.OrgID
		if *code != "" {
			if org, err = whose(ctx, a, *code, false); err != nil {
				return err
			}
		}
		rows, failed := []testedRow{}, 0
		for _, p := range list {
			if *code != "" && p.Org != org {
				continue
			}
			row := testedRow{Key: p.Key}
			found, err := a.Admin.AskProvider(ctx, p)
			if err == nil {
				row.Answers, row.Words = true, fmt.Sprintf("answers at %s, with %d keys", found.ServerName, found.Keys)
			} else {
				failed++
				row.Words = err.Error()
			}
			rows = append(rows, row)
		}
		if err := e.Print(rows, func(w io.Writer) {
			for _, r := range rows {
				fmt.Fprintf(w, "%s: %s\n", r.Key, r.Words)
			}
			if len(rows) == 0 {
				fmt.Fprintln(w, "There is no provider to ask.")
			}
		}); err != nil {
			return err
		}
		if failed > 0 {
			return errors.New("not every provider answers; see above")
		}
		return nil
	})
}

func providerRemove(ctx context.Context, e *Env) error {
	f := e.Flags("provider remove KEY --org CODE|--all")
	code := f.String("org", "", "`code` of the organisation")
	all := f.Bool("all", false, "a provider of the installation")
	words, err := e.Parse("key of the provider, as `ajar provider list` shows it")
	if err != nil {
		return err
	}
	return withApp(ctx, e, func(a *app.App) error {
		org, err := whose(ctx, a, *code, *all)
		if err != nil {
			return err
		}
		if err := a.Admin.RemoveProviderByCommand(ctx, org, words[0]); err != nil {
			return err
		}
		return e.Print(map[string]string{"removed": words[0]}, func(w io.Writer) { fmt.Fprintf(w, "%s is taken away.\n", words[0]) })
	})
}
