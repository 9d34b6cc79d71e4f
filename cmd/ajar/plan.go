package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"ajar/internal/app"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

func init() {
	register("plan list", "list a plan's actions and how they stand", planList)
	register("plan add", "put an action into a plan", planAdd)
	register("plan update", "say what has happened with an action", planUpdate)
}

// planAction is an action as the command prints it.
type planAction struct {
	ID       string   `json:"id"`
	Plan     string   `json:"plan"`
	Theme    string   `json:"theme"`
	Action   string   `json:"action"`
	Owner    string   `json:"owner"`
	Due      string   `json:"due"`
	Status   string   `json:"status"`
	Overdue  bool     `json:"overdue"`
	Why      string   `json:"stopped_because,omitempty"`
	Done     string   `json:"done_on,omitempty"`
	Measure  string   `json:"measure"`
	Planned  *int64   `json:"planned_pence"`
	Spent    *int64   `json:"spent_pence"`
	Funding  string   `json:"funding,omitempty"`
	From     string   `json:"came_from,omitempty"`
	Serves   []string `json:"serves"`
	Evidence int      `json:"evidence"`
}

// inOrg opens the product and finds the organisation of --org.
func inOrg(ctx context.Context, e *Env, code, why string) (*app.App, access.Pass, error) {
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

// thePlan finds a plan by its name or key; without one, the latest that is open.
func thePlan(ctx context.Context, a *app.App, p access.Pass, name string) (plans.PlanView, error) {
	o, err := a.Plans.Overview(ctx, p)
	if err != nil {
		return plans.PlanView{}, err
	}
	for _, x := range o.Plans {
		if name == "" && x.Open() || name != "" && (strings.EqualFold(x.Title, name) || x.ID.String() == name) {
			return a.Plans.Open(ctx, p, x.ID)
		}
	}
	if name == "" {
		return plans.PlanView{}, fault.New(fault.NotFound, "There is no open plan. Make one on the page Plan.")
	}
	return plans.PlanView{}, fault.New(fault.NotFound, "There is no plan called %q.", name)
}

func printed(v plans.PlanView) []planAction {
	out := []planAction{}
	for _, x := range v.Actions {
		a := planAction{ID: x.ID.String(), Plan: v.Title, Theme: x.Theme, Action: x.Words, Owner: x.OwnerName, Due: x.Due, Status: string(x.Status), Overdue: plans.Overdue(x, v.Today), Why: x.StoppedWhy, Done: x.DoneOn,
			Measure: x.Measure, Planned: x.PlannedPence, Spent: x.SpentPence, Funding: x.Funding, From: x.SourceWords, Serves: []string{}, Evidence: v.Evidence[x.ID]}
		for _, o := range v.Serves[x.ID] {
			a.Serves = append(a.Serves, o.OrgName+": "+o.Title())
		}
		out = append(out, a)
	}
	return out
}

func planList(ctx context.Context, e *Env) error {
	f := e.Flags("plan list --org CODE [--plan NAME]")
	code, name := f.String("org", "", "`code` of the organisation"), f.String("plan", "", "`name` of the plan; the latest open one without it")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, p, err := inOrg(ctx, e, *code, "list a plan by command")
	if err != nil {
		return err
	}
	defer a.Close()
	v, err := thePlan(ctx, a, p, *name)
	if err != nil {
		return err
	}
	return e.Print(printed(v), func(w io.Writer) {
		fmt.Fprintf(w, "%s, %s to %s\n\n", v.Title, v.Starts, v.Ends)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "Key\tDue\tStands\tOwner\tAction")
		for _, x := range v.Actions {
			owner := x.OwnerName
			if owner == "" {
				owner = "nobody yet"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", x.ID, x.Due, plans.LookOf(x, v.Today), owner, x.Words)
		}
		_ = t.Flush()
	})
}

// staffCalled finds a colleague by name or e-mail address.
func staffCalled(ctx context.Context, a *app.App, p access.Pass, who string) (id roll.StaffID, err error) {
	if who == "" {
		return 0, nil
	}
	err = a.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := roll.People(tx)
		for _, s := range list {
			if strings.EqualFold(s.Name, who) || strings.EqualFold(s.Email, who) {
				id = s.ID
			}
		}
		return err
	})
	if err == nil && id == 0 {
		err = fault.Field("owner", "Nobody called %q works there.", who)
	}
	return id, err
}

func planAdd(ctx context.Context, e *Env) error {
	f := e.Flags("plan add --org CODE --action WORDS --due DAY --measure WORDS")
	code, name := f.String("org", "", "`code` of the organisation"), f.String("plan", "", "`name` of the plan; the latest open one without it")
	words, due, measure := f.String("action", "", "`what` is to be done"), f.String("due", "", "`day` by which it is done, such as 2027-03-31"), f.String("measure", "", "`how` one will see that it has worked")
	owner, theme := f.String("owner", "", "`name` or e-mail address of the colleague whose it is"), f.String("theme", "", "`theme`")
	planned, funding := f.String("planned", "", "what it may cost, in `pounds`"), f.String("funding", "", "`where` the money comes from")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, p, err := inOrg(ctx, e, *code, "put an action into a plan by command")
	if err != nil {
		return err
	}
	defer a.Close()
	v, err := thePlan(ctx, a, p, *name)
	if err != nil {
		return err
	}
	who, err := staffCalled(ctx, a, p, *owner)
	if err != nil {
		return err
	}
	id, err := a.Plans.Add(ctx, p, v.ID, plans.Typed{Theme: *theme, Words: *words, Owner: who, Due: *due, Measure: *measure, Planned: *planned, Funding: *funding})
	if err != nil {
		return err
	}
	return e.printAction(ctx, a, p, v.ID, id)
}

func (e *Env) printAction(ctx context.Context, a *app.App, p access.Pass, plan plans.PlanID, id plans.ActionID) error {
	v, err := a.Plans.Open(ctx, p, plan)
	if err != nil {
		return err
	}
	for _, x := range printed(v) {
		if x.ID == id.String() {
			return e.Print(x, func(w io.Writer) { fmt.Fprintf(w, "%s  %s  %s\n", x.ID, x.Status, x.Action) })
		}
	}
	return fault.Gone("action")
}

func planUpdate(ctx context.Context, e *Env) error {
	f := e.Flags("plan update KEY --org CODE [--status todo|going|done|stopped] [--note WORDS]")
	code := f.String("org", "", "`code` of the organisation")
	status, note := f.String("status", "", "how far it is: todo, going, done or stopped"), f.String("note", "", "`what` has happened since")
	why, spent := f.String("why", "", "`why` it is stopped"), f.String("spent", "", "what was spent so far, in `pounds`")
	keys, err := e.Parse("action (its key is in `ajar plan list`)")
	if err != nil {
		return err
	}
	a, p, err := inOrg(ctx, e, *code, "update an action by command")
	if err != nil {
		return err
	}
	defer a.Close()
	id, err := ids.Parse[plans.Action](keys[0])
	if err != nil {
		return fault.Gone("action")
	}
	v, err := a.Plans.Action(ctx, p, id)
	if err != nil {
		return err
	}
	if err := a.Plans.Say(ctx, p, id, plans.News{Note: *note, Status: plans.Status(*status), Why: *why, Spent: *spent, Seen: v.Version}); err != nil {
		return err
	}
	return e.printAction(ctx, a, p, v.PlanID, id)
}
