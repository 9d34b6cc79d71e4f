package web

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func page(q *web.Req, title string, crumbs ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Plan", Href: PlansPath}}, crumbs...)
	return d
}

func day(iso string) string { return roll.DayInWords(iso) }

func dayOf(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }

func (h handlers) stamp() string {
	c := h.s.DB.Clock()
	return c.Now().In(c.Zone()).Format("15:04 on 2 January 2006")
}

// formErrors gives the errors to show beside the fields, and the error itself when it asks for a page of its own.
func formErrors(err error) (ui.Errors, error) {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return ui.ErrorsOf(err), nil
	case fault.Conflict:
		sentence, _ := fault.Sentence(err)
		return ui.Errors{{Text: sentence}}, nil
	}
	return nil, err
}

// values are the fields of a form as they were typed.
type values map[string]string

func typed(q *web.Req, names ...string) values {
	v := values{}
	for _, n := range names {
		v[n] = q.Text(n)
	}
	return v
}

// days reads the dates among the fields, all of them, so that each gets its own error.
func (v values) days(names ...string) (map[string]string, error) {
	out := map[string]string{}
	var f fault.Fields
	for _, n := range names {
		iso, err := ui.ParseDate(v[n])
		if err != nil {
			f.Add(n, "%s.", err.Error())
		}
		out[n] = iso
	}
	return out, f.Err()
}

func (h handlers) overview(q *web.Req) error {
	o, err := h.s.Overview(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(overviewPage(ui.From(q, "Plan"), o))
}

type planForm struct {
	ID     plans.PlanID
	V      values
	Staff  []roll.Staff
	Action string
	Button string
}

func (h handlers) newPlan(q *web.Req) error {
	// A school's year begins in September; from May on people plan the next one.
	now := h.s.DB.Clock().Now()
	year := now.Year()
	if now.Month() < time.May {
		year--
	}
	v := values{"title": fmt.Sprintf("Working with families %d/%02d", year, (year+1)%100), "starts": fmt.Sprintf("1/9/%d", year), "ends": fmt.Sprintf("31/8/%d", year+1)}
	return h.planForm(q, planForm{V: v, Action: newPath, Button: "Make the plan"}, nil)
}

func (h handlers) planForm(q *web.Req, f planForm, errs ui.Errors) error {
	var err error
	if f.Staff, err = h.s.Colleagues(q.Context(), q.Pass); err != nil {
		return err
	}
	title := "New plan"
	if f.ID != 0 {
		title = "Change the plan"
	}
	d := page(q, title)
	d.Errors = errs
	c := planFormPage(d, f)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func readPlan(q *web.Req) (values, plans.Plan, error) {
	v := typed(q, "title", "starts", "ends", "lead")
	p := plans.Plan{Title: v["title"]}
	d, err := v.days("starts", "ends")
	p.Starts, p.Ends = d["starts"], d["ends"]
	if id := web.FormID[roll.Staff](q, "lead"); id != 0 {
		p.LeadID = &id
	}
	return v, p, err
}

func (h handlers) makePlan(q *web.Req) error {
	v, p, err := readPlan(q)
	var id plans.PlanID
	if err == nil {
		id, err = h.s.Make(q.Context(), q.Pass, p)
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.planForm(q, planForm{V: v, Action: newPath, Button: "Make the plan"}, errs)
	}
	return q.Go(prioritiesPath(id), "The plan is there. Begin with what is not as it should be.")
}

func (h handlers) editPlan(q *web.Req) error {
	p, err := h.open(q)
	if err != nil {
		return err
	}
	v := values{"title": p.Title, "starts": ui.ShowDate(p.Starts), "ends": ui.ShowDate(p.Ends)}
	if p.LeadID != nil {
		v["lead"] = p.LeadID.String()
	}
	return h.planForm(q, planForm{ID: p.ID, V: v, Action: editPath(p.ID), Button: "Save"}, nil)
}

func (h handlers) open(q *web.Req) (plans.PlanView, error) {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return plans.PlanView{}, err
	}
	return h.s.Open(q.Context(), q.Pass, id)
}

func (h handlers) changePlan(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	v, p, err := readPlan(q)
	if err == nil {
		err = h.s.ChangePlan(q.Context(), q.Pass, id, p)
	} else if _, e := h.s.Open(q.Context(), q.Pass, id); e != nil {
		return e
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.planForm(q, planForm{ID: id, V: v, Action: editPath(id), Button: "Save"}, errs)
	}
	return q.Go(PlanPath(id), "Saved.")
}

// planView is the page of a plan with its filter.
type planView struct {
	plans.PlanView
	Look, Owner, Theme string
	Owners             []ui.Option
	Themes             []ui.Option
	Shown              []plans.Action
}

var looks = []plans.Look{plans.LookOverdue, plans.LookSoon, plans.LookGoing, plans.LookToDo, plans.LookDone, plans.LookStopped, plans.LookCarried}

func (h handlers) plan(q *web.Req) error {
	p, err := h.open(q)
	if err != nil {
		return err
	}
	v := planView{PlanView: p, Look: q.Text("look"), Owner: q.Text("owner"), Theme: q.Text("theme")}
	for _, a := range p.Actions {
		key, name := ownerKey(a), cmp.Or(a.OwnerName, "Nobody yet")
		if !slices.ContainsFunc(v.Owners, func(o ui.Option) bool { return o.Value == key }) {
			v.Owners = append(v.Owners, ui.Option{Value: key, Label: name})
		}
		if a.Theme != "" && !slices.ContainsFunc(v.Themes, func(o ui.Option) bool { return o.Value == a.Theme }) {
			v.Themes = append(v.Themes, ui.Option{Value: a.Theme, Label: a.Theme})
		}
		if (v.Look == "" || string(plans.LookOf(a, p.Today)) == v.Look) && (v.Owner == "" || key == v.Owner) && (v.Theme == "" || a.Theme == v.Theme) {
			v.Shown = append(v.Shown, a)
		}
	}
	slices.SortFunc(v.Owners, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	d := page(q, p.Title)
	d.Wide = true
	if id, err := ids.Parse[plans.Action](q.Text("removed")); err == nil && p.MayLead {
		for _, a := range p.Removed {
			if a.ID == id {
				d.Undo = &ui.UndoData{Text: "“" + a.Words + "” was taken off the plan.", Action: restorePath(id), Label: "Put it back"}
			}
		}
	}
	return q.Page(planPage(d, v))
}

func ownerKey(a plans.Action) string {
	if a.OwnerID == nil {
		return "nobody"
	}
	return a.OwnerID.String()
}

func (h handlers) share(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	on := q.Text("on") == "yes"
	if err := h.s.Share(q.Context(), q.Pass, id, on); err != nil {
		return err
	}
	return q.Go(PlanPath(id), map[bool]string{true: "Your cluster and authority may count the actions that serve their objectives. They see no words and no names.", false: "They no longer count them."}[on])
}

func (h handlers) complete(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	if err := h.s.Complete(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(PlanPath(id), "The plan is complete. It stays readable as it is.")
}

func (h handlers) reopen(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	if err := h.s.Reopen(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(PlanPath(id), "The plan is open again.")
}

func (h handlers) priorities(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	v, err := h.s.Priorities(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Page(prioritiesPage(page(q, "Priorities from gaps", ui.Link{Text: v.Plan.Title, Href: PlanPath(id)}), v))
}

// actionForm is the form of an action, new or not.
type actionForm struct {
	Plan     plans.PlanID
	Action   string
	Button   string
	V        values
	Serves   []string
	Source   plans.Source
	Why      string
	Staff    []roll.Staff
	Known    []plans.Objective
	Themes   []string
	Version  int
	MayEnter bool
}

func (h handlers) addForm(q *web.Req) error {
	p, err := h.open(q)
	if err != nil {
		return err
	}
	f := actionForm{Plan: p.ID, Action: addPath(p.ID), Button: "Add the action", V: values{"due": ui.ShowDate(p.Ends)}}
	if err := h.fromGap(q, &f, true); err != nil {
		return err
	}
	return h.actionForm(q, "New action", p, f, nil)
}

// fromGap finds the gap that the form began from and, the first time, fills it in.
func (h handlers) fromGap(q *web.Req, f *actionForm, fill bool) error {
	g, ok, err := h.s.Gap(q.Context(), q.Pass, q.Text("kind"), q.Text("key"))
	if err != nil || !ok {
		return err
	}
	f.Source, f.Why = g.Source, g.Why
	if !fill {
		return nil
	}
	f.V["theme"], f.V["measure"] = g.Theme, g.Measure
	if n, err := strconv.Atoi(q.Text("n")); err == nil && n >= 1 && n <= len(g.Suggest) {
		f.V["words"] = g.Suggest[n-1]
	}
	if g.Source.Kind == "objective" {
		f.Serves = []string{g.Source.Key}
	}
	return nil
}

func (h handlers) actionForm(q *web.Req, title string, p plans.PlanView, f actionForm, errs ui.Errors) error {
	var err error
	if f.Staff, err = h.s.Colleagues(q.Context(), q.Pass); err != nil {
		return err
	}
	tree, err := h.s.Objectives(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	for _, b := range tree.Tree {
		f.Known = append(f.Known, b.Objective)
	}
	for _, a := range p.Actions {
		if a.Theme != "" && !slices.Contains(f.Themes, a.Theme) {
			f.Themes = append(f.Themes, a.Theme)
		}
	}
	d := page(q, title, ui.Link{Text: p.Title, Href: PlanPath(p.ID)})
	d.Errors = errs
	c := actionFormPage(d, f)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func readAction(q *web.Req) (values, []string, plans.Typed, error) {
	v := typed(q, "theme", "words", "owner", "due", "measure", "planned", "spent", "funding")
	t := plans.Typed{Theme: v["theme"], Words: v["words"], Owner: web.FormID[roll.Staff](q, "owner"), Measure: v["measure"], Planned: v["planned"], Spent: v["spent"], Funding: v["funding"]}
	serves := q.Texts("serves")
	for _, x := range serves {
		if r, ok := plans.ReadRef(x); ok {
			t.Serves = append(t.Serves, r)
		}
	}
	d, err := v.days("due")
	t.Due = d["due"]
	return v, serves, t, err
}

func (h handlers) add(q *web.Req) error {
	p, err := h.open(q)
	if err != nil {
		return err
	}
	v, serves, t, err := readAction(q)
	f := actionForm{Plan: p.ID, Action: addPath(p.ID), Button: "Add the action", V: v, Serves: serves}
	if e := h.fromGap(q, &f, false); e != nil {
		return e
	}
	t.Source = f.Source
	var id plans.ActionID
	if err == nil {
		id, err = h.s.Add(q.Context(), q.Pass, p.ID, t)
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.actionForm(q, "New action", p, f, errs)
	}
	if f.Source.Kind != "" {
		return q.Go(prioritiesPath(p.ID), "The action is in the plan.")
	}
	return q.Go(ActionPath(id), "The action is in the plan.")
}

func (h handlers) readOne(q *web.Req) (plans.ActionView, error) {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return plans.ActionView{}, err
	}
	return h.s.Action(q.Context(), q.Pass, id)
}

func (h handlers) action(q *web.Req) error {
	v, err := h.readOne(q)
	if err != nil {
		return err
	}
	return h.actionPage(q, v, nil, values{"status": string(v.Status)})
}

func (h handlers) actionPage(q *web.Req, v plans.ActionView, errs ui.Errors, f values) error {
	d := page(q, "Action", ui.Link{Text: v.Plan.Title, Href: PlanPath(v.PlanID)})
	d.Errors = errs
	var next []plans.Plan
	if v.MayLead && !v.Status.Ended() {
		p, err := h.s.Open(q.Context(), q.Pass, v.PlanID)
		if err != nil {
			return err
		}
		next = p.Next
	}
	c := actionPage(d, v, f, next)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func (h handlers) editAction(q *web.Req) error {
	v, err := h.readOne(q)
	if err != nil {
		return err
	}
	f := actionForm{Plan: v.PlanID, Action: actionEditPath(v.ID), Button: "Save", Source: v.Source(), Version: v.Version,
		V: values{"theme": v.Theme, "words": v.Words, "due": ui.ShowDate(v.Due), "measure": v.Measure, "planned": amount(v.PlannedPence), "spent": amount(v.SpentPence), "funding": v.Funding}}
	if v.OwnerID != nil {
		f.V["owner"] = v.OwnerID.String()
	}
	for _, o := range v.Serves {
		f.Serves = append(f.Serves, o.Ref().String())
	}
	p, err := h.s.Open(q.Context(), q.Pass, v.PlanID)
	if err != nil {
		return err
	}
	return h.actionForm(q, "Change the action", p, f, nil)
}

// amount is pounds for a field, without the sign.
func amount(p *int64) string {
	if p == nil {
		return ""
	}
	return plans.Pounds(*p)[len("£"):]
}

func (h handlers) changeAction(q *web.Req) error {
	was, err := h.readOne(q)
	if err != nil {
		return err
	}
	v, serves, t, err := readAction(q)
	seen, _ := strconv.Atoi(q.Text("version"))
	if err == nil {
		err = h.s.Change(q.Context(), q.Pass, was.ID, t, seen)
	}
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		p, err := h.s.Open(q.Context(), q.Pass, was.PlanID)
		if err != nil {
			return err
		}
		return h.actionForm(q, "Change the action", p, actionForm{Plan: was.PlanID, Action: actionEditPath(was.ID), Button: "Save", V: v, Serves: serves, Source: was.Source(), Version: seen}, errs)
	}
	return q.Go(ActionPath(was.ID), "Saved.")
}

func (h handlers) news(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	v := typed(q, "note", "status", "why", "spent", "done_on")
	d, err := v.days("done_on")
	seen, _ := strconv.Atoi(q.Text("version"))
	if err == nil {
		err = h.s.Say(q.Context(), q.Pass, id, plans.News{Note: v["note"], Status: plans.Status(v["status"]), Why: v["why"], Spent: v["spent"], DoneOn: d["done_on"], Seen: seen})
	}
	return h.after(q, id, err, v, "Written down.")
}

// after goes back to an action, or shows it again with what is wrong.
func (h handlers) after(q *web.Req, id plans.ActionID, err error, f values, said string) error {
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		v, err := h.s.Action(q.Context(), q.Pass, id)
		if err != nil {
			return err
		}
		return h.actionPage(q, v, errs, f)
	}
	return q.Go(ActionPath(id), said)
}

func (h handlers) addEvidence(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	v := typed(q, "evidence", "link")
	return h.after(q, id, h.s.AddEvidence(q.Context(), q.Pass, id, v["evidence"], v["link"]), v, "The evidence is kept with the action.")
}

func (h handlers) dropEvidence(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	e, err := web.PathID[plans.Evidence](q, "shown")
	if err != nil {
		return err
	}
	if err := h.s.DropEvidence(q.Context(), q.Pass, id, e); err != nil {
		return err
	}
	return q.Go(ActionPath(id), "Taken off.")
}

func (h handlers) remove(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	plan, err := h.s.Remove(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Go(removedPath(plan, id), "")
}

func (h handlers) restore(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	if _, err := h.s.Restore(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(ActionPath(id), "The action is back in the plan, with all that was written about it.")
}

func (h handlers) carry(q *web.Req) error {
	id, err := web.PathID[plans.Action](q, "action")
	if err != nil {
		return err
	}
	v := typed(q, "into", "due")
	d, err := v.days("due")
	var next plans.ActionID
	if err == nil {
		next, err = h.s.Carry(q.Context(), q.Pass, id, web.FormID[plans.Plan](q, "into"), d["due"])
	}
	if fault.KindOf(err) == fault.Invalid {
		return h.after(q, id, err, values{"carry_due": v["due"]}, "")
	}
	if err != nil {
		return err
	}
	return q.Go(ActionPath(next), "It goes on here. What was written before stands below.")
}

func (h handlers) progress(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	v, err := h.s.Progress(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d := page(q, "How far we are", ui.Link{Text: v.Title, Href: PlanPath(id)})
	d.Wide = true
	return q.Page(progressPage(d, v))
}

func (h handlers) print(q *web.Req) error {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return err
	}
	v, err := h.s.Progress(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	w := q.Pass.Who()
	return q.Print("plan", int64(id), "The plan was made for paper.", planPaper(ui.DocData{Title: v.Title, Back: ui.Link{Text: "Back to the plan", Href: PlanPath(id)}},
		ui.PaperSheetData{Org: w.OrgName, Title: v.Title, Sub: span(v.Plan), PrintedBy: w.Name, PrintedAt: h.stamp(), Private: "For those who work here.", Landscape: true}, v))
}

var listHead = []string{"theme", "action", "owner", "due", "status", "stands", "stopped_because", "done_on", "success_measure", "planned_pounds", "spent_pounds", "funding", "came_from", "serves", "evidence"}

func listCells(v plans.PlanView) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for _, a := range v.Actions {
			serves := ""
			for i, o := range v.Serves[a.ID] {
				if i > 0 {
					serves += "; "
				}
				serves += o.OrgName + ": " + o.Title()
			}
			if !yield([]string{a.Theme, a.Words, a.OwnerName, a.Due, plans.StatusWords[a.Status], string(plans.LookOf(a, v.Today)), a.StoppedWhy, a.DoneOn, a.Measure, plain(a.PlannedPence), plain(a.SpentPence), a.Funding, a.SourceWords, serves, strconv.Itoa(v.Evidence[a.ID])}) {
				return
			}
		}
	}
}

// plain is pounds as a number for a sheet; empty where nobody has said.
func plain(p *int64) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%d.%02d", *p/100, *p%100)
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (h handlers) csv(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, listHead, listCells(v)); err != nil {
		return err
	}
	return q.Export("plan", int64(v.ID), "the actions of a plan", "plan-"+v.Today+".csv", "text/csv; charset=utf-8", b.Bytes())
}

func (h handlers) xlsx(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteXLSX(&b, "Plan "+v.Today, listHead, listCells(v)); err != nil {
		return err
	}
	return q.Export("plan", int64(v.ID), "the actions of a plan", "plan-"+v.Today+".xlsx", xlsxType, b.Bytes())
}

func (h handlers) readExtract(q *web.Req) (plans.Extract, error) {
	id, err := web.PathID[plans.Plan](q, "plan")
	if err != nil {
		return plans.Extract{}, err
	}
	return h.s.Extract(q.Context(), q.Pass, id)
}

func (h handlers) extract(q *web.Req) error {
	x, err := h.readExtract(q)
	if err != nil {
		return err
	}
	d := page(q, "For governors")
	d.Wide = true
	return q.Page(extractPage(d, x))
}

func (h handlers) extractPrint(q *web.Req) error {
	x, err := h.readExtract(q)
	if err != nil {
		return err
	}
	return q.Print("plan", int64(x.ID), "What governors read of a plan was made for paper.", extractPaper(ui.DocData{Title: "For governors: " + x.Title, Back: ui.Link{Text: "Back", Href: ExtractPath(x.ID)}},
		ui.PaperSheetData{Org: x.Org, Title: "For governors: " + x.Title, Sub: span(x.Plan) + ", as of " + day(x.Today), PrintedAt: h.stamp()}, x))
}

func (h handlers) extractXLSX(q *web.Req) error {
	x, err := h.readExtract(q)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteXLSX(&b, "Governors "+x.Today, []string{"theme", "action", "who", "due", "stands", "stopped_because", "success_measure", "planned_pounds", "spent_pounds", "funding"}, func(yield func([]string) bool) {
		for _, l := range x.Lines {
			if !yield([]string{l.Theme, l.Words, l.Who, l.Due, string(l.Look), l.Reason, l.Measure, plain(l.Planned), plain(l.Spent), l.Funding}) {
				return
			}
		}
	}); err != nil {
		return err
	}
	return q.Export("plan", int64(x.ID), "what governors read of a plan", "governors-"+x.Today+".xlsx", xlsxType, b.Bytes())
}

func span(p plans.Plan) string { return day(p.Starts) + " to " + day(p.Ends) }

func (h handlers) objectives(q *web.Req) error { return h.objectivesPage(q, nil, values{}) }

func (h handlers) objectivesPage(q *web.Req, errs ui.Errors, f values) error {
	v, err := h.s.Objectives(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := page(q, "Objectives and vision")
	d.Errors = errs
	c := objectivesPage(d, v, f)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

// back goes to the page of objectives, or shows it again with what is wrong.
func (h handlers) back(q *web.Req, err error, f values, said string) error {
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.objectivesPage(q, errs, f)
	}
	return q.Go(ObjectivesPath, said)
}

func readAbove(q *web.Req) *plans.Ref {
	if r, ok := plans.ReadRef(q.Text("above")); ok {
		return &r
	}
	return nil
}

func (h handlers) setObjective(q *web.Req) error {
	v := typed(q, "code", "words", "above")
	_, err := h.s.SetObjective(q.Context(), q.Pass, 0, v["code"], v["words"], readAbove(q))
	return h.back(q, err, v, "The objective is set.")
}

func (h handlers) objectiveForm(q *web.Req) error { return h.objectivePage(q, nil, nil) }

func (h handlers) objectivePage(q *web.Req, errs ui.Errors, f values) error {
	id, err := web.PathID[plans.Objective](q, "objective")
	if err != nil {
		return err
	}
	v, err := h.s.Objectives(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	if !v.MayLead {
		return access.Denied()
	}
	at := slices.IndexFunc(v.Tree, func(b plans.Branch) bool { return b.ID == id && b.Own })
	if at < 0 {
		return fault.Gone("page")
	}
	if f == nil {
		f = values{"code": v.Tree[at].Code, "words": v.Tree[at].Words}
		if up, ok := v.Tree[at].Above(); ok {
			f["above"] = up.String()
		}
	}
	d := page(q, "Change an objective", ui.Link{Text: "Objectives and vision", Href: ObjectivesPath})
	d.Errors = errs
	c := objectivePage(d, v, v.Tree[at], f)
	if len(errs) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func (h handlers) changeObjective(q *web.Req) error {
	id, err := web.PathID[plans.Objective](q, "objective")
	if err != nil {
		return err
	}
	v := typed(q, "code", "words", "above")
	_, err = h.s.SetObjective(q.Context(), q.Pass, id, v["code"], v["words"], readAbove(q))
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return h.objectivePage(q, errs, v)
	}
	return q.Go(ObjectivesPath, "Saved.")
}

func (h handlers) endObjective(q *web.Req) error {
	id, err := web.PathID[plans.Objective](q, "objective")
	if err != nil {
		return err
	}
	if err := h.s.EndObjective(q.Context(), q.Pass, id, true); err != nil {
		return err
	}
	return q.Go(ObjectivesPath, "The objective has ended. The actions that served it still say so.")
}

func (h handlers) setMeasures(q *web.Req) error {
	r, ok := plans.ReadRef(q.Text("objective"))
	if !ok {
		return h.back(q, fault.Field("objective", "Choose an objective."), values{}, "")
	}
	return h.back(q, h.s.Measures(q.Context(), q.Pass, r, q.Texts("measures")), values{}, "Saved.")
}

func (h handlers) adopt(q *web.Req) error {
	v := typed(q, "vision", "adopted_on", "consulted")
	d, err := v.days("adopted_on")
	if err == nil {
		err = h.s.Adopt(q.Context(), q.Pass, plans.Vision{Words: v["vision"], AdoptedOn: d["adopted_on"], Consulted: v["consulted"]})
	}
	return h.back(q, err, v, "The vision is kept. The one before stays readable.")
}

func (h handlers) consult(q *web.Req) error {
	v := typed(q, "whom", "how", "due")
	d, err := v.days("due")
	if err == nil {
		_, err = h.s.Consult(q.Context(), q.Pass, plans.Consultation{Whom: v["whom"], How: v["how"], Due: d["due"]})
	}
	return h.back(q, err, v, "It is in the cycle.")
}

func (h handlers) consulted(q *web.Req) error {
	id, err := web.PathID[plans.Consultation](q, "consultation")
	if err != nil {
		return err
	}
	v := typed(q, "on", "came")
	d, err := v.days("on")
	if err == nil {
		err = h.s.Consulted(q.Context(), q.Pass, id, d["on"], v["came"])
	}
	v["open"] = id.String()
	return h.back(q, err, v, "Written down. The next time stands a year later.")
}

func (h handlers) unconsult(q *web.Req) error {
	id, err := web.PathID[plans.Consultation](q, "consultation")
	if err != nil {
		return err
	}
	return h.back(q, h.s.Unconsult(q.Context(), q.Pass, id), values{}, "Taken out of the cycle.")
}

func (h handlers) rollUp(q *web.Req) error {
	r, ok, err := h.s.RollUp(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(rollUpPage(page(q, "What members do for our objectives"), r, ok))
}
