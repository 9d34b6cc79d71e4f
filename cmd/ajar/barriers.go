package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"ajar/internal/app"
	"ajar/internal/barriers"
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
)

func init() {
	register("barriers fields", "list what a barrier rule may ask about", barriersFields)
	register("barriers rules", "print a school's barrier rules, or set them", barriersRules)
	register("barriers list", "list pupils with their I factor and why", barriersList)
	register("barriers try", "show what other rules would change", barriersTry)
}

func barriersFields(_ context.Context, e *Env) error {
	e.Flags("barriers fields [--json]")
	if _, err := e.Parse(); err != nil {
		return err
	}
	type field struct {
		Name    string `json:"name"`
		Type    string `json:"type"`
		Words   string `json:"words"`
		Example string `json:"example"`
		Needs   string `json:"needs"`
	}
	list := []field{}
	for _, f := range barriers.Fields() {
		list = append(list, field(f))
	}
	return e.Print(list, func(w io.Writer) {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "FIELD\tTYPE\tWHAT IT IS\tA RULE WITH IT")
		for _, f := range list {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", f.Name, f.Type, f.Words, f.Example)
		}
		_ = t.Flush()
		fmt.Fprintln(w, "\nJoin with && (and), || (or), ! (not). Numbers carry a point: 85.0. What is not known makes a rule unknown for that pupil, never false.")
	})
}

// school opens the store and the organisation of a code for a command, with the pass that a command has: whoever can run it has the data anyway.
func school(ctx context.Context, e *Env, code, why string) (*app.App, access.Pass, error) {
	if code == "" {
		return nil, access.Pass{}, usage("Say which school: --org CODE. `ajar org list` shows the codes.")
	}
	a, err := e.Open(ctx)
	if err != nil {
		return nil, access.Pass{}, err
	}
	o, err := a.Roll.OrgByCode(ctx, code)
	if err != nil {
		_ = a.Close()
		return nil, access.Pass{}, err
	}
	return a, access.System(why, int64(o.ID)), nil
}

// ruleFile reads a file of rules; every fault in it is named with its line.
func ruleFile(name string) ([]barriers.RuleText, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.New(fault.Invalid, "The file %s could not be read: %v.", name, err)
	}
	list, err := barriers.ParseRules(raw)
	if err != nil {
		return nil, fault.New(fault.Invalid, "The rules in %s are not right, so nothing was changed.\n%s", name, err.Error())
	}
	return list, nil
}

func barriersRules(ctx context.Context, e *Env) error {
	f := e.Flags("barriers rules --org CODE [--set FILE] [--json]")
	code := f.String("org", "", "`code` of the school")
	set := f.String("set", "", "`file` of rules, as this command prints them, that become the school's rules")
	if _, err := e.Parse(); err != nil {
		return err
	}
	var list []barriers.RuleText
	if *set != "" {
		var err error
		if list, err = ruleFile(*set); err != nil {
			return err
		}
	}
	a, pass, err := school(ctx, e, *code, "barrier rules by command")
	if err != nil {
		return err
	}
	defer a.Close()
	if *set != "" {
		done, err := a.Barriers.SetRules(ctx, pass, list)
		if err != nil {
			return err
		}
		return e.Print(done, func(w io.Writer) {
			fmt.Fprintf(w, "%d created, %d updated, %d the same, %d ended.\n", done.Created, done.Updated, done.Same, done.Ended)
		})
	}
	rules, err := a.Barriers.RulesToKeep(ctx, pass)
	if err != nil {
		return err
	}
	type rule struct {
		Code  string `json:"code"`
		Label string `json:"label"`
		From  string `json:"from"`
		When  string `json:"when"`
	}
	out := map[string][]rule{"barriers": {}}
	for _, r := range rules {
		out["barriers"] = append(out["barriers"], rule{r.Code, r.Label, r.From, r.When})
	}
	text, err := barriers.RuleFile(rules)
	if err != nil {
		return err
	}
	return e.Print(out, func(w io.Writer) { fmt.Fprint(w, text) })
}

func barriersList(ctx context.Context, e *Env) error {
	f := e.Flags("barriers list --org CODE [--as-of DATE] [--json]")
	code := f.String("org", "", "`code` of the school")
	day := f.String("as-of", "", "`date` like 2026-11-20: the list as it was on that day")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, pass, err := school(ctx, e, *code, "barrier list by command")
	if err != nil {
		return err
	}
	defer a.Close()
	lines, basis, err := a.Barriers.AsOf(ctx, pass, *day)
	if err != nil {
		return err
	}
	if lines == nil {
		lines = []barriers.Line{}
	}
	return e.Print(lines, func(w io.Writer) {
		how := "as it was kept on that day"
		if !basis.Kept {
			how = "worked out now, from the rules and the measures dated on or before it"
		}
		fmt.Fprintf(w, "%d pupils on %s, %s. A count for people to look at, not a prediction.\n\n", len(lines), basis.Day, how)
		labels := basis.Labels()
		for _, l := range lines {
			fmt.Fprintf(w, "%2d  %s", l.IFactor, l.Name)
			if l.Year != "" {
				fmt.Fprintf(w, ", Year %s", l.Year)
			}
			fmt.Fprintf(w, " (%s)\n", l.PupilID)
			for _, b := range l.Because {
				fmt.Fprintf(w, "      %s: %s [as of %s; %s]\n", cmp.Or(labels[b.Barrier], b.Barrier), b.Words, b.AsOf, b.Source)
			}
			if len(l.Unknown) > 0 {
				fmt.Fprintf(w, "      not known: %s\n", strings.Join(l.Unknown, ", "))
			}
		}
	})
}

func barriersTry(ctx context.Context, e *Env) error {
	f := e.Flags("barriers try --org CODE --set FILE [--json]")
	code := f.String("org", "", "`code` of the school")
	set := f.String("set", "", "`file` of rules to try")
	if _, err := e.Parse(); err != nil {
		return err
	}
	if *set == "" {
		return usage("Say which rules to try: --set FILE.")
	}
	list, err := ruleFile(*set)
	if err != nil {
		return err
	}
	a, pass, err := school(ctx, e, *code, "try barrier rules by command")
	if err != nil {
		return err
	}
	defer a.Close()
	trial, err := a.Barriers.Try(ctx, pass, list)
	if err != nil {
		return err
	}
	return e.Print(trial, func(w io.Writer) { writeTrial(w, trial) })
}

func writeTrial(w io.Writer, trial barriers.Trial) {
	fmt.Fprintf(w, "Of %d pupils %d would go up, %d down, and %d keep their number. Nothing was changed.\n\n", trial.Pupils, trial.Up, trial.Down, trial.Unchanged)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "I FACTOR\tNOW\tTHEN")
	for _, n := range factors(trial) {
		fmt.Fprintf(t, "%s\t%d\t%d\n", n, trial.Before[n], trial.After[n])
	}
	_ = t.Flush()
	for i, c := range trial.Changes {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s (%s): %d → %d", c.Name, c.PupilID, c.Before, c.After)
		if len(c.Added) > 0 {
			fmt.Fprintf(w, "; then counted: %s", strings.Join(c.Added, ", "))
		}
		if len(c.Removed) > 0 {
			fmt.Fprintf(w, "; no longer: %s", strings.Join(c.Removed, ", "))
		}
		fmt.Fprintln(w)
	}
}

// factors are the numbers that occur before or after, in order.
func factors(t barriers.Trial) []string {
	seen := map[string]bool{}
	var out []string
	for _, m := range []map[string]int{t.Before, t.After} {
		for n := range m {
			if !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return out
}
