package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"ajar/internal/app"
	"ajar/internal/audit"
	"ajar/internal/awards"
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/plans"
)

func init() {
	register("award list", "list the awards that an organisation works for", awardList)
	register("award new", "begin an award, or enter one that is held already", awardNew)
	register("award status", "say how an award stands, and what is missing", awardStatus)
	register("award map", "bring in which evidence shows which objective, from a sheet", awardMap)
	register("award step", "say that a step is done, was done elsewhere, or is skipped", awardStep)
	register("award ready", "say that an award's portfolio is ready for assessment", awardReady)
	register("award decided", "write down a decision that was made outside Ajar", awardDecided)
	register("award renew", "carry an award on into its next run", awardRenew)
}

type awardLine struct {
	Award     string `json:"award"`
	Title     string `json:"title"`
	Owner     string `json:"owner"`
	Framework string `json:"framework"`
	Version   string `json:"version"`
	State     string `json:"state"`
	Months    int    `json:"months"`
	AwardedOn string `json:"awarded_on,omitempty"`
	Expires   string `json:"expires,omitempty"`
}

func awardJSON(a awards.Award, today string) awardLine {
	return awardLine{a.ID.String(), a.Title, a.Owner, a.Framework, a.Version, strings.ToLower(a.State(today)), a.Months, a.AwardedOn, a.Expires}
}

func awardList(ctx context.Context, e *Env) error {
	f := e.Flags("award list --org CODE [--json]")
	code := f.String("org", "", "`code` of the organisation")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, pass, err := school(ctx, e, *code, "list awards by command")
	if err != nil {
		return err
	}
	defer a.Close()
	list, err := a.Awards.All(ctx, pass)
	if err != nil {
		return err
	}
	out := []awardLine{}
	for _, x := range list.Awards {
		out = append(out, awardJSON(x.Award, list.Today))
	}
	return e.Print(out, func(w io.Writer) {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "AWARD\tSTATE\tUNTIL\tTITLE")
		for _, x := range out {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", x.Award, x.State, x.Expires, x.Title)
		}
		_ = t.Flush()
	})
}

// chosenAward is the one of --award; without it the newest.
func chosenAward(ctx context.Context, a *app.App, pass access.Pass, key string) (awards.AwardID, error) {
	if key != "" {
		id, err := ids.Parse[awards.Award](key)
		if err != nil {
			return 0, usage("%q is not the key of an award. `ajar award list` shows them.", key)
		}
		return id, nil
	}
	list, err := a.Awards.All(ctx, pass)
	if err != nil {
		return 0, err
	}
	if len(list.Awards) == 0 {
		return 0, fault.New(fault.Invalid, "There is no award yet. `ajar award new` begins one.")
	}
	return list.Awards[0].ID, nil
}

// oneAward opens the product and finds the award of --org and --award.
func oneAward(ctx context.Context, e *Env, code, key, why string) (*app.App, access.Pass, awards.AwardID, error) {
	a, pass, err := school(ctx, e, code, why)
	if err != nil {
		return nil, pass, 0, err
	}
	id, err := chosenAward(ctx, a, pass, key)
	if err != nil {
		_ = a.Close()
		return nil, pass, 0, err
	}
	return a, pass, id, nil
}

func awardNew(ctx context.Context, e *Env) error {
	f := e.Flags("award new --org CODE --framework CODE [--version VERSION] [--title TEXT] [--owner NAME] [--months 36] [--parents N] [--held-since DAY --by NAME [--certificate NUMBER]] [--json]")
	code := f.String("org", "", "`code` of the organisation")
	in, held := awards.Setup{}, awards.Held{}
	f.StringVar(&in.Framework, "framework", "award-frame", "`code` of a framework of the kind award")
	f.StringVar(&in.Version, "version", "", "its `version`; the newest when left out")
	f.StringVar(&in.Title, "title", "", "what the award is called; as the framework when left out")
	f.StringVar(&in.Owner, "owner", "", "who gives it; an award of one's own when left out")
	f.IntVar(&in.Months, "months", awards.DefaultMonths, "how many months it lasts from the day of the final verification")
	f.IntVar(&in.Parents, "parents", 0, "how many parents are in the steering group")
	f.StringVar(&held.Day, "held-since", "", "for an award that is held already: the `day` of the final verification")
	f.StringVar(&held.By, "by", "", "with --held-since: who verified it")
	f.StringVar(&held.Certificate, "certificate", "", "with --held-since: the `number` of its certificate")
	if _, err := e.Parse(); err != nil {
		return err
	}
	if in.Months == 0 {
		in.Months = -1 // nought is refused; left out is the usual length
	}
	a, pass, err := school(ctx, e, *code, "begin an award by command")
	if err != nil {
		return err
	}
	defer a.Close()
	var id awards.AwardID
	if held.Day != "" {
		id, err = a.Awards.Hold(ctx, pass, in, held)
	} else {
		id, err = a.Awards.Begin(ctx, pass, in)
	}
	if err != nil {
		return err
	}
	return e.printAward(ctx, a, pass, id)
}

type stepJSON struct {
	Step  string `json:"step"`
	How   string `json:"how"`
	Day   string `json:"day,omitempty"`
	Words string `json:"words,omitempty"`
}

type objectiveJSON struct {
	Code     string `json:"code"`
	Title    string `json:"title"`
	Evidence int    `json:"evidence"`
	Asked    int    `json:"asked_again"`
	Comments int    `json:"comments"`
	Met      *bool  `json:"met"`
	Why      string `json:"why,omitempty"`
}

type awardStatusJSON struct {
	awardLine
	Ready      bool                `json:"ready"`
	Blocked    []string            `json:"blocked"`
	Steps      []stepJSON          `json:"steps"`
	Objectives []objectiveJSON     `json:"objectives"`
	People     map[string][]string `json:"people"`
	Versions   int                 `json:"versions"`
	Reminders  []string            `json:"reminders"`
}

func statusOf(v awards.View) awardStatusJSON {
	out := awardStatusJSON{awardLine: awardJSON(v.Award, v.Today), Blocked: v.Blocked, Versions: len(v.Versions), Reminders: []string{}, Steps: []stepJSON{}, Objectives: []objectiveJSON{}, People: map[string][]string{}}
	out.Ready = v.Award.Gathering() && len(v.Blocked) == 0
	if out.Blocked == nil {
		out.Blocked = []string{}
	}
	for _, l := range v.Portfolio.Steps {
		out.Steps = append(out.Steps, stepJSON{l.Step, l.How, l.Day, l.Words})
	}
	for _, o := range v.Portfolio.Objectives {
		x := objectiveJSON{Code: o.Code, Title: o.Title, Evidence: o.Counts(), Asked: len(o.Shown) - o.Counts(), Comments: len(o.Comments)}
		if said, ok := v.Verdict(o.Code); ok {
			x.Met, x.Why = &said.Met, said.Words
		}
		out.Objectives = append(out.Objectives, x)
	}
	for _, p := range v.Parts {
		out.People[p.Part] = append(out.People[p.Part], p.Name)
	}
	if v.Expires != "" {
		for _, r := range awards.Reminders(v.Expires) {
			out.Reminders = append(out.Reminders, r.Day)
		}
	}
	return out
}

func (e *Env) printAward(ctx context.Context, a *app.App, pass access.Pass, id awards.AwardID) error {
	v, err := a.Awards.Open(ctx, pass, id, 0)
	if err != nil {
		return err
	}
	out := statusOf(v)
	return e.Print(out, func(w io.Writer) {
		fmt.Fprintf(w, "%s  %s: %s", out.Award, out.Title, out.State)
		if out.Expires != "" {
			fmt.Fprintf(w, ", until %s", out.Expires)
		}
		fmt.Fprintln(w)
		for _, l := range out.Steps {
			how := l.How
			if how == "" {
				how = "ahead"
			}
			fmt.Fprintf(w, "  %-12s %-10s %s %s\n", l.Step, how, l.Day, l.Words)
		}
		for _, o := range out.Objectives {
			fmt.Fprintf(w, "  %-14s %2d  %s\n", o.Code, o.Evidence, o.Title)
		}
		for _, b := range out.Blocked {
			fmt.Fprintf(w, "  Missing: %s\n", b)
		}
	})
}

func awardStatus(ctx context.Context, e *Env) error {
	f := e.Flags("award status --org CODE [--award AWARD] [--json]")
	code, key := f.String("org", "", "`code` of the organisation"), f.String("award", "", "the `award`; the newest when left out")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, pass, id, err := oneAward(ctx, e, *code, *key, "say by command how an award stands")
	if err != nil {
		return err
	}
	defer a.Close()
	return e.printAward(ctx, a, pass, id)
}

var mapColumns = []string{"objective", "evidence", "words"}

// readMap reads the sheet. A name of a file that lies beside it is that file.
func readMap(name string) (out []awards.Line, err error) {
	t, err := sheet.OpenFile(name, sheet.Defaults())
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s", err.Error())
	}
	defer t.Close()
	b, err := sheet.BindTemplate(mapColumns, t.Header)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s The columns are %s.", err.Error(), strings.Join(mapColumns, ", "))
	}
	if missing := b.Missing(); len(missing) > 0 && missing[0] != "words" {
		return nil, fault.New(fault.Invalid, "The file has no column %q. The columns are %s.", missing[0], strings.Join(mapColumns, ", "))
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
			l := awards.Line{Row: r.Row, Objective: r.Get("objective"), Evidence: strings.TrimSpace(r.Get("evidence")), Words: r.Get("words")}
			if l.Evidence == "" && l.Words == "" {
				continue // an objective that a map was taken out without evidence
			}
			if l.File, l.Body, err = beside(name, l.Evidence); err != nil {
				return nil, err
			}
			out = append(out, l)
		}
	}
}

// beside reads a file that lies in the folder of the sheet or below it; nothing where there is none.
func beside(sheetName, evidence string) (string, []byte, error) {
	if evidence == "" || strings.Contains(evidence, "://") || !filepath.IsLocal(evidence) {
		return "", nil, nil
	}
	folder, err := os.OpenRoot(filepath.Dir(sheetName))
	if err != nil {
		return "", nil, nil
	}
	defer folder.Close()
	f, err := folder.Open(evidence)
	if err != nil {
		return "", nil, nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(f, audit.MostBytes+1))
	if err != nil {
		return "", nil, fault.New(fault.Invalid, "The file %s could not be read: %v.", evidence, err)
	}
	return filepath.Base(evidence), body, nil
}

func awardMap(ctx context.Context, e *Env) error {
	f := e.Flags("award map FILE --org CODE [--award AWARD] [--json]")
	code, key := f.String("org", "", "`code` of the organisation"), f.String("award", "", "the `award`; the newest when left out")
	words, err := e.Parse("sheet with the columns objective, evidence, words")
	if err != nil {
		return err
	}
	lines, err := readMap(words[0])
	if err != nil {
		return err
	}
	a, pass, id, err := oneAward(ctx, e, *code, *key, "bring in by command what shows what")
	if err != nil {
		return err
	}
	defer a.Close()
	done, err := a.Awards.TakeMap(ctx, pass, id, lines)
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

func awardStep(ctx context.Context, e *Env) error {
	f := e.Flags("award step audit|plan|visit|assessment --org CODE (--audit AUDIT | --plan NAME | --on DAY --words TEXT | --skip REASON | --back) [--award AWARD] [--json]")
	code, key := f.String("org", "", "`code` of the organisation"), f.String("award", "", "the `award`; the newest when left out")
	theAudit, plan := f.String("audit", "", "the closed `audit` in Ajar"), f.String("plan", "", "the `name` or key of the plan in Ajar")
	on, words := f.String("on", "", "done elsewhere: on which `day`"), f.String("words", "", "done elsewhere: what, and where it lies")
	skip, back := f.String("skip", "", "skip it, for this `reason`"), f.Bool("back", false, "take back what was said of it")
	step, err := e.Parse("step: audit, plan, visit or assessment")
	if err != nil {
		return err
	}
	a, pass, id, err := oneAward(ctx, e, *code, *key, "settle a step of an award by command")
	if err != nil {
		return err
	}
	defer a.Close()
	in := awards.Settling{Step: step[0]}
	switch {
	case *back:
		if err := a.Awards.Unsettle(ctx, pass, id, step[0]); err != nil {
			return err
		}
		return e.printAward(ctx, a, pass, id)
	case *skip != "":
		in.How, in.Words = awards.Skipped, *skip
	case *on != "":
		in.How, in.Day, in.Words = awards.Elsewhere, *on, *words
	case *theAudit != "":
		in.How = awards.Done
		if in.Audit, err = ids.Parse[audit.Audit](*theAudit); err != nil {
			return usage("%q is not the key of an audit. `ajar audit list` shows them.", *theAudit)
		}
	case *plan != "":
		in.How = awards.Done
		v, err := thePlan(ctx, a, pass, *plan)
		if err != nil {
			return err
		}
		in.Plan = plans.PlanID(v.ID)
	default:
		return usage("Say how: --audit, --plan, --on DAY with --words, --skip REASON, or --back.")
	}
	if err := a.Awards.Settle(ctx, pass, id, in); err != nil {
		return err
	}
	return e.printAward(ctx, a, pass, id)
}

func awardReady(ctx context.Context, e *Env) error {
	f := e.Flags("award ready --org CODE [--award AWARD] [--take-back] [--json]")
	code, key := f.String("org", "", "`code` of the organisation"), f.String("award", "", "the `award`; the newest when left out")
	back := f.Bool("take-back", false, "open the portfolio again")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, pass, id, err := oneAward(ctx, e, *code, *key, "say by command that a portfolio is ready")
	if err != nil {
		return err
	}
	defer a.Close()
	if *back {
		err = a.Awards.TakeBack(ctx, pass, id)
	} else {
		_, err = a.Awards.Ready(ctx, pass, id)
	}
	if err != nil {
		return err
	}
	return e.printAward(ctx, a, pass, id)
}

func awardDecided(ctx context.Context, e *Env) error {
	f := e.Flags("award decided --org CODE --outcome awarded|not_yet --day DAY --by NAME [--words TEXT] [--certificate NUMBER] [--award AWARD] [--json]")
	code, key := f.String("org", "", "`code` of the organisation"), f.String("award", "", "the `award`; the newest when left out")
	in := awards.Outside{}
	f.StringVar(&in.Outcome, "outcome", awards.Awarded, "awarded or not_yet")
	f.StringVar(&in.Day, "day", "", "the `day` of the final verification")
	f.StringVar(&in.By, "by", "", "who decided, and for whom")
	f.StringVar(&in.Words, "words", "", "what they said")
	f.StringVar(&in.Certificate, "certificate", "", "the `number` of their certificate")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, pass, id, err := oneAward(ctx, e, *code, *key, "write down by command what was decided elsewhere")
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Awards.Record(ctx, pass, id, in); err != nil {
		return err
	}
	return e.printAward(ctx, a, pass, id)
}

func awardRenew(ctx context.Context, e *Env) error {
	f := e.Flags("award renew --org CODE [--award AWARD] [--json]")
	code, key := f.String("org", "", "`code` of the organisation"), f.String("award", "", "the `award`; the newest when left out")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, pass, id, err := oneAward(ctx, e, *code, *key, "carry an award on by command")
	if err != nil {
		return err
	}
	defer a.Close()
	next, _, err := a.Awards.Renew(ctx, pass, id)
	if err != nil {
		return err
	}
	return e.printAward(ctx, a, pass, next)
}
