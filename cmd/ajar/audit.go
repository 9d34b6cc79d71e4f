package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"ajar/internal/app"
	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
)

func init() {
	register("audit frameworks", "list the frameworks of self-evaluation, or print one", auditFrameworks)
	register("audit validate", "check a framework's file, fault by fault", auditValidate)
	register("audit bring-in", "bring in a framework's file", auditBringIn)
	register("audit new", "begin an audit", auditNew)
	register("audit list", "list the audits of an organisation", auditList)
	register("audit answer", "bring in answers from a sheet", auditAnswer)
	register("audit close", "close an audit to answers", auditClose)
	register("audit results", "print what came of an audit", auditResults)
	register("audit give", "say what a cluster may have of a closed audit", auditGive)
	register("audit cluster", "print what the members' audits say together", auditCluster)
}

type frameworkJSON struct {
	Code    string      `json:"code"`
	Version string      `json:"version"`
	Title   string      `json:"title"`
	Themes  []themeJSON `json:"themes"`
}

type themeJSON struct {
	Code     string          `json:"code"`
	Title    string          `json:"title"`
	Criteria []criterionJSON `json:"criteria"`
}

type criterionJSON struct {
	Code   string   `json:"code"`
	Text   string   `json:"text"`
	Levels []string `json:"levels"`
}

func frameworkToJSON(f audit.Framework) frameworkJSON {
	out := frameworkJSON{f.Code, f.Version, f.Title, []themeJSON{}}
	for _, t := range f.Themes {
		x := themeJSON{t.Code, t.Title, []criterionJSON{}}
		for _, c := range t.Criteria {
			levels := c.Levels
			if levels == nil {
				levels = []string{}
			}
			x.Criteria = append(x.Criteria, criterionJSON{c.Code, c.Text, levels})
		}
		out.Themes = append(out.Themes, x)
	}
	return out
}

// auditFrameworks lists those that come with Ajar; with --org also the school's own.
func auditFrameworks(ctx context.Context, e *Env) error {
	f := e.Flags("audit frameworks [--org CODE] [--file FRAMEWORK [--version VERSION]] [--json]")
	code := f.String("org", "", "`code` of the organisation, to list what it brought in as well")
	file := f.String("file", "", "print the file of this `framework`, to make one's own from it")
	version := f.String("version", "", "its `version`; the newest when left out")
	if _, err := e.Parse(); err != nil {
		return err
	}
	list := audit.Shipped()
	text := audit.ShippedFile
	if *code != "" {
		a, pass, err := school(ctx, e, *code, "list frameworks by command")
		if err != nil {
			return err
		}
		defer a.Close()
		if list, err = a.Audit.Frameworks(ctx, pass); err != nil {
			return err
		}
		text = func(code, version string) (string, error) {
			_, text, err := a.Audit.Framework(ctx, pass, code, version)
			return text, err
		}
	}
	if *file != "" {
		t, err := text(*file, *version)
		if err != nil {
			return err
		}
		_, err = io.WriteString(e.Out, t)
		return err
	}
	out := []frameworkJSON{}
	for _, f := range list {
		out = append(out, frameworkToJSON(f))
	}
	return e.Print(out, func(w io.Writer) {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "CODE\tVERSION\tTHEMES\tCRITERIA\tTITLE")
		for _, f := range list {
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%s\n", f.Code, f.Version, len(f.Themes), len(f.Criteria()), f.Title)
		}
		_ = t.Flush()
	})
}

// readFramework reads and checks a file, and says each fault with its line.
func readFramework(name string) (string, audit.Framework, audit.FileFaults, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return "", audit.Framework{}, nil, fault.New(fault.Invalid, "The file %s could not be read: %v.", name, err)
	}
	f, err := audit.Parse(raw)
	var faults audit.FileFaults
	if errors.As(err, &faults) {
		return "", f, faults, nil
	}
	return string(raw), f, nil, err
}

func auditValidate(_ context.Context, e *Env) error {
	e.Flags("audit validate FILE [--json]")
	words, err := e.Parse("file of a framework")
	if err != nil {
		return err
	}
	_, f, faults, err := readFramework(words[0])
	if err != nil {
		return err
	}
	type verdict struct {
		Valid     bool              `json:"valid"`
		Errors    []audit.FileFault `json:"errors"`
		Framework *frameworkJSON    `json:"framework"`
	}
	out := verdict{Valid: len(faults) == 0, Errors: faults}
	if out.Errors == nil {
		out.Errors = audit.FileFaults{}
	}
	if out.Valid {
		x := frameworkToJSON(f)
		out.Framework = &x
	}
	err = e.Print(out, func(w io.Writer) {
		if out.Valid {
			fmt.Fprintf(w, "%s is right: %s, version %s, with %d themes and %d criteria.\n", words[0], f.Title, f.Version, len(f.Themes), len(f.Criteria()))
			return
		}
		for _, x := range faults {
			fmt.Fprintf(w, "%s:%d: %s\n", words[0], x.Line, x.Message)
		}
	})
	if err == nil && !out.Valid {
		err = fault.New(fault.Invalid, "%s is not right: %s. Nothing was changed.", words[0], counted(len(faults), "fault", "faults"))
	}
	return err
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func auditBringIn(ctx context.Context, e *Env) error {
	f := e.Flags("audit bring-in FILE --org CODE [--json]")
	code := f.String("org", "", "`code` of the organisation")
	words, err := e.Parse("file of a framework")
	if err != nil {
		return err
	}
	text, _, faults, err := readFramework(words[0])
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "%s is not right, so nothing was kept.\n%s", words[0], faults.Error())
	}
	a, pass, err := school(ctx, e, *code, "bring in a framework by command")
	if err != nil {
		return err
	}
	defer a.Close()
	done, err := a.Audit.BringIn(ctx, pass, text)
	if err != nil {
		return err
	}
	return e.Print(frameworkToJSON(done), func(w io.Writer) {
		fmt.Fprintf(w, "%s, version %s, can be used in audits now.\n", done.Title, done.Version)
	})
}

func auditNew(ctx context.Context, e *Env) error {
	f := e.Flags("audit new --org CODE [--framework CODE] [--version VERSION] [--title TEXT] [--scope school|centre|cluster] [--groups LIST] [--opens DATE] [--closes DATE] [--carry AUDIT] [--json]")
	code := f.String("org", "", "`code` of the organisation")
	in := audit.Setup{}
	f.StringVar(&in.Framework, "framework", audit.Shipped()[0].Code, "`code` of the framework")
	f.StringVar(&in.Version, "version", "", "its `version`; the newest when left out")
	f.StringVar(&in.Title, "title", "", "what the audit is called")
	f.StringVar(&in.Scope, "scope", "", "what it is about: school, centre or cluster; as the organisation is when left out")
	f.StringVar(&in.Opens, "opens", "", "first `day`, like 2026-11-30; today when left out")
	f.StringVar(&in.Closes, "closes", "", "last `day`; four weeks on when left out")
	groups := f.String("groups", "", "`list` of the groups that are asked, with commas; all when left out")
	carry := f.String("carry", "", "an earlier `audit` to carry forward")
	if _, err := e.Parse(); err != nil {
		return err
	}
	for g := range strings.SplitSeq(*groups, ",") {
		if strings.TrimSpace(g) == "" {
			continue
		}
		x, ok := audit.GroupNamed(g)
		if !ok {
			return usage("%q is not a group. They are leaders, staff, family workers, governors, parents and partners.", g)
		}
		in.Groups = append(in.Groups, x)
	}
	if *carry != "" {
		id, err := ids.Parse[audit.Audit](*carry)
		if err != nil {
			return usage("%q is not the key of an audit. `ajar audit list` shows them.", *carry)
		}
		in.Carry = id
	}
	a, pass, err := school(ctx, e, *code, "begin an audit by command")
	if err != nil {
		return err
	}
	defer a.Close()
	id, err := a.Audit.Start(ctx, pass, in)
	if err != nil {
		return err
	}
	o, err := a.Audit.Results(ctx, pass, id)
	if err != nil {
		return err
	}
	return e.Print(auditJSON(o.Audit, o.State), func(w io.Writer) {
		fmt.Fprintf(w, "%s  %s, until %s.\n", id, o.Audit.Title, o.Audit.Closes)
	})
}

type auditLine struct {
	Audit     string `json:"audit"`
	Title     string `json:"title"`
	Scope     string `json:"scope"`
	Framework string `json:"framework"`
	Version   string `json:"version"`
	Opens     string `json:"opens"`
	Closes    string `json:"closes"`
	State     string `json:"state"`
}

func auditJSON(a audit.Audit, state string) auditLine {
	return auditLine{a.ID.String(), a.Title, a.Scope, a.Framework, a.Version, a.Opens, a.Closes, strings.ToLower(state)}
}

func auditList(ctx context.Context, e *Env) error {
	f := e.Flags("audit list --org CODE [--json]")
	code := f.String("org", "", "`code` of the organisation")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, pass, err := school(ctx, e, *code, "list audits by command")
	if err != nil {
		return err
	}
	defer a.Close()
	list, err := a.Audit.All(ctx, pass)
	if err != nil {
		return err
	}
	out := []auditLine{}
	for _, x := range list {
		out = append(out, auditJSON(x.Audit, x.State))
	}
	return e.Print(out, func(w io.Writer) {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "AUDIT\tSTATE\tUNTIL\tTITLE")
		for _, x := range out {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", x.Audit, x.State, x.Closes, x.Title)
		}
		_ = t.Flush()
	})
}

// chosenAudit is the one of --audit; without it the newest that is open, or the newest of all.
func chosenAudit(ctx context.Context, a *app.App, pass access.Pass, key string) (audit.AuditID, error) {
	if key != "" {
		id, err := ids.Parse[audit.Audit](key)
		if err != nil {
			return 0, usage("%q is not the key of an audit. `ajar audit list` shows them.", key)
		}
		return id, nil
	}
	list, err := a.Audit.All(ctx, pass)
	if err != nil {
		return 0, err
	}
	for _, x := range list {
		if x.ClosedMs == nil {
			return x.ID, nil
		}
	}
	if len(list) == 0 {
		return 0, fault.New(fault.Invalid, "There is no audit yet. `ajar audit new` begins one.")
	}
	return list[0].ID, nil
}

var answerColumns = []string{"criterion", "group", "rater", "level", "commentary"}

func readAnswers(name string) (out []audit.Line, err error) {
	t, err := sheet.OpenFile(name, sheet.Defaults())
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s", err.Error())
	}
	defer t.Close()
	b, err := sheet.BindTemplate(answerColumns, t.Header)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s The columns are %s.", err.Error(), strings.Join(answerColumns, ", "))
	}
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "%s", err.Error())
		}
		records, err := b.Rows(row)
		if err != nil {
			return nil, fault.New(fault.Invalid, "%s", err.Error())
		}
		for _, r := range records {
			out = append(out, audit.Line{Row: r.Row, Criterion: r.Get("criterion"), Group: r.Get("group"), Rater: r.Get("rater"), Level: r.Get("level"), Commentary: r.Get("commentary")})
		}
	}
}

func auditAnswer(ctx context.Context, e *Env) error {
	f := e.Flags("audit answer FILE --org CODE [--audit AUDIT] [--json]")
	code := f.String("org", "", "`code` of the organisation")
	which := f.String("audit", "", "the `audit`; the newest that is open when left out")
	file := f.String("file", "", "the `file`, if it is not given by itself")
	names := []string{"file of answers"}
	if hasFlag(e.Args, "file") {
		names = nil
	}
	words, err := e.Parse(names...)
	if err != nil {
		return err
	}
	name := *file
	if len(words) > 0 {
		name = words[0]
	}
	lines, err := readAnswers(name)
	if err != nil {
		return err
	}
	a, pass, err := school(ctx, e, *code, "bring in answers of an audit by command")
	if err != nil {
		return err
	}
	defer a.Close()
	id, err := chosenAudit(ctx, a, pass, *which)
	if err != nil {
		return err
	}
	done, err := a.Audit.TakeFile(ctx, pass, id, name, lines)
	if err != nil {
		return err
	}
	return e.Print(done, func(w io.Writer) {
		fmt.Fprintf(w, "%d rows: %d created, %d updated, %d the same, %d refused.\n", done.Rows, done.Created, done.Updated, done.Same, done.Refused)
		for _, r := range done.Refusals {
			fmt.Fprintf(w, "  %s\n", r)
		}
	})
}

func hasFlag(args []string, name string) bool {
	for _, a := range args {
		if a == "--"+name || a == "-"+name || strings.HasPrefix(a, "--"+name+"=") || strings.HasPrefix(a, "-"+name+"=") {
			return true
		}
	}
	return false
}

func auditClose(ctx context.Context, e *Env) error {
	f := e.Flags("audit close --org CODE [--audit AUDIT] [--json]")
	code := f.String("org", "", "`code` of the organisation")
	which := f.String("audit", "", "the `audit`; the newest that is open when left out")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, pass, err := school(ctx, e, *code, "close an audit by command")
	if err != nil {
		return err
	}
	defer a.Close()
	id, err := chosenAudit(ctx, a, pass, *which)
	if err != nil {
		return err
	}
	if err := a.Audit.Close(ctx, pass, id); err != nil {
		return err
	}
	o, err := a.Audit.Results(ctx, pass, id)
	if err != nil {
		return err
	}
	return e.Print(auditJSON(o.Audit, o.State), func(w io.Writer) { fmt.Fprintf(w, "%s is closed.\n", o.Audit.Title) })
}

// resultJSON is one criterion. A group of which nothing may be shown, or that has not answered, is null.
type resultJSON struct {
	Criterion    string                   `json:"criterion"`
	N            int                      `json:"n"`
	Distribution [audit.Levels]int        `json:"distribution"`
	Median       map[audit.Group]*float64 `json:"median"`
	Agreed       *int                     `json:"agreed"`
	Gap          *float64                 `json:"gap"`
	Change       *float64                 `json:"change"`
}

func auditResults(ctx context.Context, e *Env) error {
	f := e.Flags("audit results --org CODE [--audit AUDIT] [--json]")
	code := f.String("org", "", "`code` of the organisation")
	which := f.String("audit", "", "the `audit`; the newest that is open, or the newest, when left out")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, pass, err := school(ctx, e, *code, "print the results of an audit by command")
	if err != nil {
		return err
	}
	defer a.Close()
	id, err := chosenAudit(ctx, a, pass, *which)
	if err != nil {
		return err
	}
	o, err := a.Audit.Results(ctx, pass, id)
	if err != nil {
		return err
	}
	out := []resultJSON{}
	for _, r := range o.Results {
		x := resultJSON{Criterion: r.Criterion.Code, N: r.All.N(), Distribution: r.All, Median: map[audit.Group]*float64{}, Gap: r.Gap, Change: r.Change}
		for _, g := range o.Audit.Groups() {
			x.Median[g] = r.Views[g].Median()
		}
		if r.Agreed != nil {
			x.Agreed = &r.Agreed.Level
		}
		out = append(out, x)
	}
	return e.Print(out, func(w io.Writer) { writeResults(w, o) })
}

func writeResults(w io.Writer, o audit.Outcome) {
	answered, agreed := o.Answered()
	fmt.Fprintf(w, "%s (%s, version %s): %d of %d criteria answered, %d agreed. %s\n\n", o.Audit.Title, o.Framework.Title, o.Audit.Version, answered, len(o.Results), agreed, o.Balance.Words())
	number := func(v *float64, sign bool) string {
		switch {
		case v == nil:
			return "–"
		case sign && *v > 0:
			return "+" + strconv.FormatFloat(*v, 'f', -1, 64)
		}
		return strconv.FormatFloat(*v, 'f', -1, 64)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "CRITERION\tN\t1 2 3 4 5")
	for _, g := range o.Audit.Groups() {
		fmt.Fprintf(t, "\t%s", strings.ToUpper(string(g)))
	}
	fmt.Fprintln(t, "\tAGREED\tAIM\tGAP\tCHANGE")
	for _, r := range o.Results {
		fmt.Fprintf(t, "%s\t%d\t%s", r.Criterion.Code, r.All.N(), strings.Trim(fmt.Sprint(r.All), "[]"))
		for _, g := range o.Audit.Groups() {
			if r.Views[g].Hidden {
				fmt.Fprint(t, "\tunder 5")
			} else {
				fmt.Fprintf(t, "\t%s", number(r.Views[g].Median(), false))
			}
		}
		level := "–"
		if r.Agreed != nil {
			level = o.Framework.Names[r.Agreed.Level-1]
		}
		gap := number(r.Gap, true)
		if r.Flagged {
			gap += " !"
		}
		aim := "–"
		if r.Aim > 0 {
			aim = strconv.Itoa(r.Aim)
		}
		fmt.Fprintf(t, "\t%s\t%s\t%s\t%s\n", level, aim, gap, number(r.Change, true))
	}
	_ = t.Flush()
	fmt.Fprintln(w)
	for _, x := range o.Themes {
		m := "not answered"
		if x.Mean != nil {
			m = "about " + strconv.FormatFloat(math.Round(*x.Mean*10)/10, 'f', -1, 64)
		}
		fmt.Fprintf(w, "%s: %s, %d of %d answered\n", x.Theme.Title, m, x.Answered, len(x.Results))
	}
	fmt.Fprintln(w, cmp.Or(map[bool]string{true: "\nGap is the parents' median less that of staff; ! marks a level or more. Under 5: fewer than five parents' answers are published."}[len(o.Results) > 0], ""))
}

// auditGive is the head's decision, for whoever runs Ajar on their behalf.
func auditGive(ctx context.Context, e *Env) error {
	f := e.Flags("audit give nothing|counted|named --org CODE --to CODE [--audit AUDIT] [--json]")
	code := f.String("org", "", "`code` of the school whose head has decided")
	to := f.String("to", "", "`code` of the cluster, trust or authority")
	which := f.String("audit", "", "the `audit`; the newest that is closed when left out")
	words, err := e.Parse("nothing, counted or named")
	if err != nil {
		return err
	}
	what := audit.Gives(words[0])
	if what != audit.Nothing && !what.Up() {
		return usage("%q can't be given. It is nothing, counted or named.", words[0])
	}
	a, pass, err := school(ctx, e, *code, "say by command what a cluster may have of an audit, as the head decided")
	if err != nil {
		return err
	}
	defer a.Close()
	group, err := a.Roll.OrgByCode(ctx, *to)
	if err != nil {
		return err
	}
	var id audit.AuditID
	if *which != "" {
		if id, err = ids.Parse[audit.Audit](*which); err != nil {
			return usage("%q is not the key of an audit. `ajar audit list` shows them.", *which)
		}
	} else {
		list, err := a.Audit.All(ctx, pass)
		if err != nil {
			return err
		}
		for _, x := range list {
			if id == 0 && x.ClosedMs != nil {
				id = x.ID
			}
		}
		if id == 0 {
			return fault.New(fault.Invalid, "There is no closed audit yet. `ajar audit close` closes one.")
		}
	}
	if err := a.Audit.Give(ctx, pass, id, group.ID, what); err != nil {
		return err
	}
	out := struct {
		Audit string      `json:"audit"`
		To    string      `json:"to"`
		Gives audit.Gives `json:"gives"`
	}{id.String(), group.Code, what}
	return e.Print(out, func(w io.Writer) { fmt.Fprintf(w, "%s gets of it: %s.\n", group.Name, what) })
}

type namedJSON struct {
	School string `json:"school"`
	Level  int    `json:"level"`
}

type movesJSON struct {
	Up   int `json:"up"`
	Same int `json:"same"`
	Down int `json:"down"`
}

// clusterRowJSON is a criterion; what is hidden or not known is null.
type clusterRowJSON struct {
	Criterion    string             `json:"criterion"`
	N            int                `json:"n"`
	Unknown      int                `json:"unknown"`
	Distribution *[audit.Levels]int `json:"distribution"`
	Hidden       string             `json:"hidden,omitempty"`
	Named        []namedJSON        `json:"named"`
	Change       *movesJSON         `json:"change"`
	Own          *float64           `json:"own"`
}

type clusterJSON struct {
	Org       string           `json:"org"`
	Framework string           `json:"framework"`
	Version   string           `json:"version"`
	Picture   int              `json:"picture"`
	Members   int              `json:"members"`
	Giving    int              `json:"giving"`
	Criteria  []clusterRowJSON `json:"criteria"`
}

func auditCluster(ctx context.Context, e *Env) error {
	f := e.Flags("audit cluster --org CODE [--framework CODE] [--version VERSION] [--make] [--json]")
	code := f.String("org", "", "`code` of the cluster, trust or authority")
	framework := f.String("framework", "", "`code` of the framework; the one that most members give when left out")
	version := f.String("version", "", "its `version`; the newest when left out")
	fresh := f.Bool("make", false, "make a new picture first")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, pass, err := school(ctx, e, *code, "print by command what members' audits say together")
	if err != nil {
		return err
	}
	defer a.Close()
	if *fresh {
		if err := a.Audit.MakePicture(ctx, pass, *framework, *version); err != nil {
			return err
		}
	}
	v, ok, err := a.Audit.Cluster(ctx, pass, *framework, *version)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Invalid, "%s has no members. Only a cluster, a trust or an authority has.", *code)
	}
	out := clusterJSON{Org: v.Org.Code, Framework: v.Framework.Code, Version: v.Framework.Version, Members: v.Members, Giving: v.Giving, Criteria: []clusterRowJSON{}}
	if v.Picture != nil {
		out.Picture = v.Picture.Number
	}
	for _, r := range v.Rows() {
		x := clusterRowJSON{Criterion: r.Criterion.Code, N: r.N, Unknown: v.Unknown(r), Hidden: r.Hidden, Distribution: (*[audit.Levels]int)(r.Spread), Named: []namedJSON{}, Own: r.Own}
		for _, n := range r.Named {
			x.Named = append(x.Named, namedJSON{n.School.Code, n.Level})
		}
		if r.Moves != nil {
			x.Change = &movesJSON{r.Moves.Up, r.Moves.Same, r.Moves.Down}
		}
		out.Criteria = append(out.Criteria, x)
	}
	return e.Print(out, func(w io.Writer) { writeCluster(w, v) })
}

func writeCluster(w io.Writer, v audit.ClusterView) {
	fmt.Fprintf(w, "%s (%s, version %s): %d of %d schools and centres let their agreed levels be counted.\n", v.Org.Name, v.Framework.Title, v.Framework.Version, v.Giving, v.Members)
	if v.Picture == nil {
		fmt.Fprintln(w, "No picture has been made yet: --make makes one.")
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CRITERION\tN\tUNKNOWN\t1 2 3 4 5\tBY NAME\tUP/SAME/DOWN")
	for _, r := range v.Rows() {
		spread, moves, names := cmp.Or(map[bool]string{true: "–"}[r.Hidden == audit.HiddenNone], "hidden"), cmp.Or(map[bool]string{true: "–"}[r.NoMoves == audit.HiddenNone], "hidden"), []string{}
		if r.Spread != nil {
			spread = strings.Trim(fmt.Sprint(*r.Spread), "[]")
		}
		if r.Moves != nil {
			moves = fmt.Sprintf("%d/%d/%d", r.Moves.Up, r.Moves.Same, r.Moves.Down)
		}
		for _, n := range r.Named {
			names = append(names, fmt.Sprintf("%s %d", n.School.Code, n.Level))
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\t%s\n", r.Criterion.Code, r.N, v.Unknown(r), spread, strings.Join(names, ", "), moves)
	}
	_ = t.Flush()
}
