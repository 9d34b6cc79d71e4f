package web

import (
	"bytes"
	"io"
	"math"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
	"ajar/internal/ui"
)

func begin(q *web.Req, title string, more ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Where are we?", Href: ListPath}}, more...)
	return d
}

func toAudit(a audit.Audit) ui.Link { return ui.Link{Text: a.Title, Href: AuditPath(a.ID)} }

func (h pages) list(q *web.Req) error {
	list, err := h.s.All(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := ui.From(q, "Where are we?")
	return q.Page(listPage(d, list, q.Pass.Scope(audit.Lead) >= access.All, q.Pass.Has(audit.Rate)))
}

// setupView is the form of a new audit.
type setupView struct {
	In         audit.Setup
	Frameworks []audit.Framework
	Earlier    []audit.Listed
	Scope      string
}

func (h pages) setupOf(q *web.Req) (v setupView, err error) {
	if v.Frameworks, err = h.s.Frameworks(q.Context(), q.Pass); err != nil {
		return v, err
	}
	if v.Earlier, err = h.s.All(q.Context(), q.Pass); err != nil {
		return v, err
	}
	return v, nil
}

func (h pages) setup(q *web.Req) error {
	v, err := h.setupOf(q)
	if err != nil {
		return err
	}
	today := h.s.DB.Clock().Today()
	v.In = audit.Setup{Framework: audit.Shipped()[0].Code, Version: "", Groups: audit.Groups, Opens: today, Closes: plusDays(today, 28)}
	o, err := h.s.Roll.OrgByID(q.Context(), roll.OrgID(q.Pass.Org()))
	if err != nil {
		return err
	}
	v.In.Scope = audit.ScopeOf(o.Type)
	for _, e := range v.Earlier {
		if e.Framework == v.In.Framework && e.ClosedMs != nil {
			v.In.Carry = e.ID
			break
		}
	}
	return q.Page(setupPage(begin(q, "Begin an audit"), v))
}

func plusDays(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

func (h pages) start(q *web.Req) error {
	in := audit.Setup{Title: q.Text("title"), Scope: q.Text("scope"), Carry: web.FormID[audit.Audit](q, "carry")}
	in.Framework, in.Version, _ = strings.Cut(q.Text("framework"), "|")
	for _, g := range q.Texts("groups") {
		if x, ok := audit.GroupNamed(g); ok {
			in.Groups = append(in.Groups, x)
		}
	}
	var wrong ui.Errors
	for name, to := range map[string]*string{"opens": &in.Opens, "closes": &in.Closes} {
		typed := q.Text(name)
		iso, err := ui.ParseDate(typed)
		if *to = iso; err != nil || iso == "" {
			wrong.Add(name, "Give a day, like 18 12 2026.")
		}
	}
	if len(in.Groups) == 0 {
		wrong.Add("groups", "Choose at least one group to ask.")
	}
	if in.Scope == "" {
		wrong.Add("scope", "Choose what the audit is about.")
	}
	var id audit.AuditID
	var err error
	if len(wrong) == 0 {
		if id, err = h.s.Start(q.Context(), q.Pass, in); err != nil && fault.KindOf(err) != fault.Invalid {
			return err
		}
		wrong = ui.ErrorsOf(err)
	}
	if len(wrong) > 0 {
		v, err := h.setupOf(q)
		if err != nil {
			return err
		}
		v.In = in
		d := begin(q, "Begin an audit")
		d.Errors = wrong
		return q.Again(setupPage(d, v))
	}
	return q.Go(AuditPath(id), "The audit has begun. Those who are asked find it on their first page.")
}

func (h pages) frameworks(q *web.Req) error { return h.showFrameworks(q, "", nil) }

func (h pages) showFrameworks(q *web.Req, text string, wrong error) error {
	list, err := h.s.Frameworks(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := begin(q, "Frameworks")
	lead := q.Pass.Scope(audit.Lead) >= access.All
	if wrong == nil {
		return q.Page(frameworksPage(d, list, lead, text, nil))
	}
	var faults audit.FileFaults
	if _, err := audit.Parse([]byte(text)); err != nil {
		faults, _ = err.(audit.FileFaults)
	}
	sentence, _ := fault.Sentence(wrong)
	if len(faults) > 0 {
		sentence = "The file is not right, so nothing was kept. What is wrong stands below, line by line."
	}
	d.Errors.Add("file", sentence)
	return q.Again(frameworksPage(d, list, lead, text, faults))
}

// uploaded reads a file of a form, up to a size; empty without one.
func uploaded(q *web.Req, name string, most int64) (file string, body []byte, err error) {
	f, head, err := q.R.FormFile(name)
	if err != nil {
		return "", nil, nil
	}
	defer f.Close()
	body, err = io.ReadAll(io.LimitReader(f, most+1))
	return head.Filename, body, err
}

func (h pages) bringIn(q *web.Req) error {
	_, body, err := uploaded(q, "file", 1<<20)
	if err != nil {
		return err
	}
	text := string(body)
	if text == "" {
		text = strings.ReplaceAll(q.R.FormValue("text"), "\r\n", "\n") // as it was typed: spaces at the start of lines matter
	}
	f, err := h.s.BringIn(q.Context(), q.Pass, text)
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		return h.showFrameworks(q, text, err)
	}
	return q.Go(frameworkPath(f), "The framework is kept and can be used in audits.")
}

func (h pages) framework(q *web.Req) error {
	f, _, err := h.s.Framework(q.Context(), q.Pass, q.R.PathValue("framework"), q.R.URL.Query().Get("version"))
	if err != nil {
		return err
	}
	all, err := h.s.Frameworks(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	var others []audit.Framework
	for _, x := range all {
		if x.Code == f.Code && x.Version != f.Version {
			others = append(others, x)
		}
	}
	return q.Page(frameworkPage(begin(q, f.Title, ui.Link{Text: "Frameworks", Href: frameworksPath}), f, others))
}

func (h pages) frameworkFile(q *web.Req) error {
	f, text, err := h.s.Framework(q.Context(), q.Pass, q.R.PathValue("framework"), q.R.URL.Query().Get("version"))
	if err != nil {
		return err
	}
	return q.Download(f.Code+"-"+f.Version+".yaml", "application/yaml; charset=utf-8", []byte(text))
}

func (h pages) compare(q *web.Req) error {
	code, v := q.R.PathValue("framework"), q.R.URL.Query()
	from, _, err := h.s.Framework(q.Context(), q.Pass, code, v.Get("from"))
	if err != nil {
		return err
	}
	to, _, err := h.s.Framework(q.Context(), q.Pass, code, v.Get("to"))
	if err != nil {
		return err
	}
	return q.Page(comparePage(begin(q, "What changed in "+to.Title, ui.Link{Text: "Frameworks", Href: frameworksPath}, ui.Link{Text: to.Title, Href: frameworkPath(to)}), from, to, audit.Compare(from, to)))
}

func (h pages) evidence(q *web.Req) error {
	list, err := h.s.Evidence(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(evidencePage(begin(q, "Evidence"), list))
}

func (h pages) file(q *web.Req) error {
	id, err := web.PathID[audit.Evidence](q, "evidence")
	if err != nil {
		return err
	}
	e, body, err := h.s.File(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Export("evidence", int64(id), "took out a file of evidence", "evidence-"+e.ID.String()+strings.ToLower(path.Ext(e.FileName)), e.FileType, body)
}

func (h pages) outcome(q *web.Req) (audit.Outcome, error) {
	id, err := auditID(q)
	if err != nil {
		return audit.Outcome{}, err
	}
	return h.s.Results(q.Context(), q.Pass, id)
}

func (h pages) results(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	d := begin(q, o.Audit.Title)
	d.Wide = true
	return q.Page(resultsPage(d, o, q.Pass.Has(audit.Rate), q.Pass.Has(audit.KeyIn)))
}

func (h pages) print(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	by := q.Pass.Who().Name
	return q.Print("audit", int64(o.Audit.ID), "the report of an audit", reportPage(ui.DocData{Title: o.Audit.Title, Back: toAudit(o.Audit), Note: "The report, as the results stand today."},
		ui.PaperSheetData{Org: q.Frame.Org, Title: o.Audit.Title, Sub: o.Framework.Title + ", version " + o.Audit.Version, PrintedBy: by, PrintedAt: day(o.Today)}, o))
}

// csv is what the page shows, with the same hidden.
func (h pages) csv(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	head := []string{"theme", "criterion", "text", "n"}
	for _, n := range o.Framework.Names {
		head = append(head, n)
	}
	for _, g := range o.Audit.Groups() {
		head = append(head, "median of "+string(g))
	}
	head = append(head, "agreed", "reason", "benchmark", "parents less staff", "flagged", "change since last time", "evidence")
	var b bytes.Buffer
	err = sheet.WriteCSV(&b, head, func(yield func([]string) bool) {
		for _, r := range o.Results {
			row := []string{r.Criterion.Theme, r.Criterion.Code, r.Criterion.Text, strconv.Itoa(r.All.N())}
			for _, n := range r.All {
				row = append(row, strconv.Itoa(n))
			}
			for _, g := range o.Audit.Groups() {
				v := r.Views[g]
				if v.Hidden {
					row = append(row, "fewer than 5")
				} else {
					row = append(row, plain(v.Median()))
				}
			}
			agreed, reason, flagged := "", "", ""
			if r.Agreed != nil {
				agreed, reason = strconv.Itoa(r.Agreed.Level), r.Agreed.Reason
			}
			if r.Flagged {
				flagged = "yes"
			}
			row = append(row, agreed, reason, strconv.Itoa(r.Aim), plain(r.Gap), flagged, plain(r.Change), strconv.Itoa(len(r.Uses)))
			if !yield(row) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return q.Export("audit", int64(o.Audit.ID), "took out the results of an audit", "audit-"+o.Audit.ID.String()+".csv", "text/csv; charset=utf-8", b.Bytes())
}

// sheet is the blank form for one group, to fill in by hand.
func (h pages) sheet(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	g, ok := audit.GroupNamed(q.R.URL.Query().Get("for"))
	if !ok || !o.Audit.Asks(g) {
		g = o.Audit.Groups()[0]
	}
	if g == audit.Parents {
		return q.Print("audit", int64(o.Audit.ID), "blank forms of an audit for parents", parentsSheet(ui.DocData{Title: "Questions to parents and carers", Back: toAudit(o.Audit), Note: "A blank form, to copy and hand out. Key in what comes back under Key in a paper sheet."},
			ui.PaperSheetData{Org: q.Frame.Org, Title: "What is it like here for you?", Sub: "Questions to parents and carers"}, o))
	}
	return q.Print("audit", int64(o.Audit.ID), "blank forms of an audit", blankSheet(ui.DocData{Title: "Blank form: " + string(g), Back: toAudit(o.Audit), Note: "A blank form, to copy and hand out."},
		ui.PaperSheetData{Org: q.Frame.Org, Title: o.Audit.Title, Sub: o.Framework.Title + ": " + string(g)}, o, g))
}

func (h pages) closing(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	return q.Page(closingPage(begin(q, "Close the audit", toAudit(o.Audit)), o))
}

func (h pages) close(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	if err := h.s.Close(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(AuditPath(id), "The audit is closed. Go through the statements with your team, and agree a level for each.")
}

func (h pages) extend(q *web.Req) error {
	o, err := h.outcome(q)
	if err != nil {
		return err
	}
	to, bad := ui.ParseDate(q.Text("closes"))
	if bad == nil {
		err = h.s.Extend(q.Context(), q.Pass, o.Audit.ID, to)
	} else {
		err = fault.Field("closes", "Give a day, like 18 12 2026.")
	}
	if err != nil {
		if fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Conflict {
			return err
		}
		d := begin(q, "Close the audit", toAudit(o.Audit))
		sentence, _ := fault.Sentence(err)
		if f := fault.AsFields(err); len(f) > 0 {
			sentence = f[0].Sentence
		}
		d.Errors.Add("closes", sentence)
		return q.Again(closingPage(d, o))
	}
	return q.Go(AuditPath(o.Audit.ID), "The last day is "+day(to)+" now.")
}

// oneView is a criterion of an audit.
type oneView struct {
	Outcome audit.Outcome
	Result  audit.Result
	History []audit.Agreed
	Level   string // typed
	Reason  string
	Waits   *worry.Error
	Next    string // the code of the next criterion
	Prev    string
}

func (h pages) oneOf(q *web.Req) (v oneView, err error) {
	if v.Outcome, err = h.outcome(q); err != nil {
		return v, err
	}
	code := q.R.PathValue("criterion")
	found := false
	for i, r := range v.Outcome.Results {
		if !strings.EqualFold(r.Criterion.Code, code) {
			continue
		}
		v.Result, found = r, true
		if i > 0 {
			v.Prev = v.Outcome.Results[i-1].Criterion.Code
		}
		if i+1 < len(v.Outcome.Results) {
			v.Next = v.Outcome.Results[i+1].Criterion.Code
		}
	}
	if !found {
		return v, fault.Gone("criterion")
	}
	if v.Result.Agreed != nil {
		v.Level, v.Reason = strconv.Itoa(v.Result.Agreed.Level), v.Result.Agreed.Reason
	} else if c := v.Result.Carried; c != nil {
		v.Level, v.Reason = strconv.Itoa(c.Level), c.Reason
	}
	v.History, err = h.s.History(q.Context(), q.Pass, v.Outcome.Audit.ID, code)
	return v, err
}

func (h pages) criterion(q *web.Req) error {
	v, err := h.oneOf(q)
	if err != nil {
		return err
	}
	return q.Page(criterionPage(begin(q, v.Result.Criterion.Text, toAudit(v.Outcome.Audit)), v))
}

// keeping is the service for this request, with what the person said is no worry about a child's safety.
func (h pages) keeping(q *web.Req, field string) *audit.Service {
	if q.Checked("no_worry") {
		return h.s.Keeping(q.Text(field))
	}
	return h.s
}

func (h pages) agree(q *web.Req) error {
	v, err := h.oneOf(q)
	if err != nil {
		return err
	}
	v.Level, v.Reason = q.Text("level"), q.Text("reason")
	n, _ := strconv.Atoi(v.Level)
	err = h.keeping(q, "reason").Agree(q.Context(), q.Pass, v.Outcome.Audit.ID, v.Result.Criterion.Code, n, v.Reason)
	if err == nil {
		if v.Next != "" {
			return q.Go(CriterionPath(v.Outcome.Audit.ID, v.Next), "Kept. Here is the next one.")
		}
		return q.Go(AuditPath(v.Outcome.Audit.ID), "Kept. That was the last one.")
	}
	d := begin(q, v.Result.Criterion.Text, toAudit(v.Outcome.Audit))
	if w, ok := worry.As(err); ok {
		v.Waits = w
		d.Errors.Add("reason", "This was not kept, because it may be a worry about a child's safety. Take the words out, or say below that it is no such worry.")
	} else if d.Errors = ui.ErrorsOf(err); len(d.Errors) == 0 {
		return err
	}
	return q.Again(criterionPage(d, v))
}

// rateView is the page on which somebody rates one statement.
type rateView struct {
	Sheet      audit.Sheet
	Criterion  audit.Criterion
	Theme      audit.Theme
	Level      string
	Commentary string
	Group      string
	SavedAt    string
	Waits      *worry.Error
	At, Of     int
	Prev, Next string
	Closed     bool
}

func (h pages) mine(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	x, err := h.s.Mine(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Page(minePage(begin(q, "Your view: "+x.Audit.Title, linkTo(q, x.Audit)), x))
}

// linkTo leads back to the audit, for those who may see it.
func linkTo(q *web.Req, a audit.Audit) ui.Link {
	if !q.Pass.Has(audit.See) {
		return ui.Link{Text: a.Title}
	}
	return toAudit(a)
}

func (h pages) rateOf(q *web.Req) (v rateView, err error) {
	id, err := auditID(q)
	if err != nil {
		return v, err
	}
	if v.Sheet, err = h.s.Mine(q.Context(), q.Pass, id); err != nil {
		return v, err
	}
	c, ok := v.Sheet.Framework.Criterion(q.R.PathValue("criterion"))
	if !ok {
		return v, fault.Gone("criterion")
	}
	v.Criterion, v.Closed, v.Group = c, !v.Sheet.Open, string(v.Sheet.Rater.Group)
	for _, t := range v.Sheet.Framework.Themes {
		if t.Code == c.Theme {
			v.Theme = t
		}
	}
	all := v.Sheet.Asked()
	v.Of = len(all)
	for i, x := range all {
		if x.Code == c.Code {
			v.At = i + 1
			if i > 0 {
				v.Prev = all[i-1].Code
			}
			if i+1 < len(all) {
				v.Next = all[i+1].Code
			}
		}
	}
	if r, ok := v.Sheet.Ratings[c.Code]; ok {
		v.Commentary = r.Commentary
		if r.Level != nil {
			v.Level = strconv.Itoa(*r.Level)
		}
		v.SavedAt = hour(r.AtMs)
	}
	return v, nil
}

func (h pages) rating(q *web.Req) error {
	v, err := h.rateOf(q)
	if err != nil {
		return err
	}
	return q.Page(ratePage(begin(q, v.Criterion.Text, ui.Link{Text: "Your view", Href: RatePath(v.Sheet.Audit.ID)}), v))
}

func (h pages) put(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	var level *int
	if n, err := strconv.Atoi(q.Text("level")); err == nil {
		level = &n
	}
	g, _ := audit.GroupNamed(q.Text("group"))
	return h.keeping(q, "commentary").Rate(q.Context(), q.Pass, id, q.R.PathValue("criterion"), level, q.Text("commentary"), g)
}

func (h pages) rate(q *web.Req) error {
	v, err := h.rateOf(q)
	if err != nil {
		return err
	}
	if err := h.put(q); err != nil {
		v.Level, v.Commentary, v.Group = q.Text("level"), q.Text("commentary"), q.Text("group")
		d := begin(q, v.Criterion.Text, ui.Link{Text: "Your view", Href: RatePath(v.Sheet.Audit.ID)})
		w, waits := worry.As(err)
		switch {
		case waits:
			v.Waits = w
			d.Errors.Add("commentary", "This was not kept, because it may be a worry about a child's safety. Take the words out, or say below that it is no such worry.")
		case fault.KindOf(err) == fault.Conflict || fault.KindOf(err) == fault.Forbidden:
			sentence, _ := fault.Sentence(err)
			d.Errors = ui.Errors{{Text: sentence}}
		default:
			if d.Errors = ui.ErrorsOf(err); len(d.Errors) == 0 {
				return err
			}
		}
		return q.Again(ratePage(d, v))
	}
	if v.Next != "" && q.Text("then") != "list" {
		return q.Go(ratePath(v.Sheet.Audit.ID, v.Next), "")
	}
	return q.Go(RatePath(v.Sheet.Audit.ID), "Kept.")
}

// draft answers a page that saves itself.
func (h pages) draft(q *web.Req) error {
	at := hour(h.s.DB.Clock().Now().UnixMilli())
	if err := h.put(q); err != nil {
		w, ok := worry.As(err)
		if !ok {
			return err
		}
		at += ". Not kept: " + w.Labels() + ". Press Save to see why."
		q.W.Header().Set("Ajar-Not-Kept", w.Labels())
	}
	q.W.Header().Set("Ajar-Saved-At", at)
	q.W.Header().Set("Cache-Control", "no-store")
	q.W.WriteHeader(http.StatusNoContent)
	return nil
}

func (h pages) handIn(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	if err := h.s.HandIn(q.Context(), q.Pass, id); err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		sentence, _ := fault.Sentence(err)
		return q.Go(RatePath(id), sentence)
	}
	return q.Go(RatePath(id), "Thank you. Your view is handed in. You can change it until the audit is closed.")
}

func (h pages) show(q *web.Req) error {
	v, err := h.rateOf(q)
	if err != nil {
		return err
	}
	in := audit.Shown{Kept: web.FormID[audit.Evidence](q, "kept"), Title: q.Text("title"), Address: q.Text("source")}
	if in.Address == "" {
		in.Address = q.Text("address")
	}
	if in.File, in.Body, err = uploaded(q, "file", audit.MostBytes); err != nil {
		return err
	}
	if err := h.s.Show(q.Context(), q.Pass, v.Sheet.Audit.ID, v.Criterion.Code, in); err != nil {
		d := begin(q, v.Criterion.Text, ui.Link{Text: "Your view", Href: RatePath(v.Sheet.Audit.ID)})
		if d.Errors = ui.ErrorsOf(err); len(d.Errors) == 0 {
			return err
		}
		return q.Again(ratePage(d, v))
	}
	return q.Go(ratePath(v.Sheet.Audit.ID, v.Criterion.Code), "The evidence stands beside this statement now.")
}

func (h pages) takeDown(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	if err := h.s.TakeDown(q.Context(), q.Pass, id, q.R.PathValue("criterion"), web.FormID[audit.Evidence](q, "evidence")); err != nil {
		return err
	}
	return q.Go(ratePath(id, q.R.PathValue("criterion")), "It is no longer used here. The piece itself is kept.")
}

// keyView is the form for a sheet from paper.
type keyView struct {
	Audit     audit.Audit
	Framework audit.Framework
	Open      bool
	Group     audit.Group
	Name      string
	Words     string
	Levels    map[string]string
	Waits     *worry.Error
}

// Asked are the statements on that sheet.
func (v keyView) Asked() []audit.Criterion { return v.Framework.AskedOf(v.Group) }

func (h pages) keyOf(q *web.Req, group string) (v keyView, err error) {
	id, err := auditID(q)
	if err != nil {
		return v, err
	}
	if v.Audit, v.Framework, v.Open, err = h.s.PaperOf(q.Context(), q.Pass, id); err != nil {
		return v, err
	}
	v.Levels = map[string]string{}
	v.Group, _ = audit.GroupNamed(group)
	if !v.Audit.Asks(v.Group) {
		v.Group = v.Audit.Groups()[0]
		if v.Audit.Asks(audit.Parents) {
			v.Group = audit.Parents
		}
	}
	return v, nil
}

func (h pages) keyIn(q *web.Req) error {
	v, err := h.keyOf(q, q.R.URL.Query().Get("for"))
	if err != nil {
		return err
	}
	return q.Page(keyInPage(begin(q, "Key in a paper sheet", toAudit(v.Audit)), v))
}

func (h pages) keyed(q *web.Req) error {
	v, err := h.keyOf(q, q.Text("group"))
	if err != nil {
		return err
	}
	in := audit.Paper{Group: v.Group, Name: q.Text("name"), Words: q.Text("words"), Levels: map[string]int{}}
	for _, c := range v.Asked() {
		typed := q.Text("level-" + c.Code)
		v.Levels[c.Code] = typed
		if n, err := strconv.Atoi(typed); err == nil {
			in.Levels[c.Code] = n
		}
	}
	v.Name, v.Words = in.Name, in.Words
	err = h.keeping(q, "words").KeyInSheet(q.Context(), q.Pass, v.Audit.ID, in)
	if err == nil {
		return q.Go(keyInPath(v.Audit.ID)+"?for="+strings.ReplaceAll(string(v.Group), " ", "+"), "The sheet is in. Here is an empty one for the next.")
	}
	d := begin(q, "Key in a paper sheet", toAudit(v.Audit))
	w, waits := worry.As(err)
	switch {
	case waits:
		v.Waits = w
		d.Errors.Add("words", "This sheet was not kept, because what is written on it may be a worry about a child's safety. Give the sheet to the safeguarding lead, and leave these words out here.")
	case fault.KindOf(err) == fault.Conflict:
		sentence, _ := fault.Sentence(err)
		d.Errors = ui.Errors{{Text: sentence}}
	default:
		if d.Errors = ui.ErrorsOf(err); len(d.Errors) == 0 {
			return err
		}
	}
	return q.Again(keyInPage(d, v))
}

// Words and figures.

func day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}

func dayMs(ms int64) string { return time.UnixMilli(ms).In(clock.London()).Format("2 January 2006") }

func hour(ms int64) string { return time.UnixMilli(ms).In(clock.London()).Format("15:04") }

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return ui.Thousands(n) + " " + many
}

// plain writes a figure for a file; nothing when it is not known.
func plain(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(math.Round(*v*100)/100, 'f', -1, 64)
}

// figure writes one for a page.
func figure(v *float64, signed bool) string {
	if v == nil {
		return "–"
	}
	s := strconv.FormatFloat(math.Round(math.Abs(*v)*10)/10, 'f', -1, 64)
	switch {
	case *v < 0:
		return "−" + s
	case signed && *v > 0:
		return "+" + s
	}
	return s
}

// levelWords names a level; halfway between two it names both.
func levelWords(f audit.Framework, v *float64) string {
	if v == nil {
		return "Not answered"
	}
	return f.LevelWords(*v)
}

func tagOf(r audit.Result) ui.Colour {
	l := r.Level()
	switch {
	case l == nil:
		return ui.Grey
	case r.Aim > 0 && *l < float64(r.Aim):
		return ui.Amber
	case *l >= 4:
		return ui.Green
	}
	return ui.Plum
}

func datum(v *float64) ui.Datum {
	if v == nil {
		return ui.Unknown()
	}
	return ui.Known(*v)
}

func radar(o audit.Outcome) ui.Radar {
	r := ui.Radar{What: "Theme", Max: audit.Levels, Rings: o.Framework.Names[:], Decimals: 1}
	now, aim, before := ui.Series{Name: "Now"}, ui.Series{Name: "Benchmark"}, ui.Series{Name: "Last time"}
	aims, befores := false, false
	for _, t := range o.Themes {
		r.Spokes = append(r.Spokes, t.Theme.Title)
		now.Values = append(now.Values, datum(t.Mean))
		a := t.Aim
		if a == nil && o.Framework.Benchmark > 0 {
			b := float64(o.Framework.Benchmark)
			a = &b
		}
		aim.Values = append(aim.Values, datum(a))
		before.Values = append(before.Values, datum(t.Before))
		aims, befores = aims || a != nil, befores || t.Before != nil
	}
	r.Series = append(r.Series, now)
	if aims {
		r.Series = append(r.Series, aim)
	}
	if befores {
		r.Series = append(r.Series, before)
	}
	return r
}

// heat is the medians of each group, criterion by criterion.
func heat(o audit.Outcome, t audit.ThemeResult) ui.HeatData {
	h := ui.HeatData{Title: "Medians by group: " + t.Theme.Title, RowHead: "Statement", Low: 1, High: audit.Levels, Unit: "level, from 1 (" + strings.ToLower(o.Framework.Names[0]) + ") to 5 (" + strings.ToLower(o.Framework.Names[4]) + ")", Suppressed: "under 5"}
	for _, g := range o.Audit.Groups() {
		h.Columns = append(h.Columns, audit.GroupWords(g))
	}
	h.Columns = append(h.Columns, "Agreed")
	for _, r := range t.Results {
		row := ui.HeatRow{Label: r.Criterion.Code}
		for _, g := range o.Audit.Groups() {
			v := r.Views[g]
			if v.Hidden && asked(r, g) {
				row.Cells = append(row.Cells, ui.HiddenSmall())
			} else {
				row.Cells = append(row.Cells, datum(v.Median()))
			}
			if m := v.Median(); m != nil && *m != math.Floor(*m) {
				h.Decimals = 1
			}
		}
		agreed := ui.Unknown()
		if r.Agreed != nil {
			agreed = ui.Known(float64(r.Agreed.Level))
		}
		h.Rows = append(h.Rows, ui.HeatRow{Label: row.Label, Cells: append(row.Cells, agreed)})
	}
	return h
}

// asked tells whether a group is asked about a statement: where it is not, there is nothing to hide.
func asked(r audit.Result, g audit.Group) bool { return slices.Contains(r.Criterion.Asked, g) }

// spread is how many of each group chose each level.
func spread(o audit.Outcome, r audit.Result) ui.HeatData {
	h := ui.HeatData{Title: "How many chose each level", RowHead: "Group", Columns: o.Framework.Names[:], Unit: "people", Suppressed: "under 5"}
	for _, g := range o.Audit.Groups() {
		v := r.Views[g]
		row := ui.HeatRow{Label: audit.GroupWords(g)}
		for _, n := range v.Spread {
			d := ui.Known(float64(n))
			switch {
			case v.Hidden && asked(r, g):
				d = ui.HiddenSmall()
			case v.N() == 0:
				d = ui.Unknown()
			}
			row.Cells = append(row.Cells, d)
		}
		h.Rows = append(h.Rows, row)
		for _, n := range v.Spread {
			h.High = max(h.High, float64(n))
		}
	}
	h.High = max(h.High, audit.Fewest) // one of one is not dark
	return h
}

func levelOptions(f audit.Framework, c audit.Criterion) (out []ui.Option) {
	for i, words := range c.Levels {
		out = append(out, ui.Option{Value: strconv.Itoa(i + 1), Label: f.Names[i], Hint: words})
	}
	return out
}

func groupOptions(list []audit.Group) (out []ui.Option) {
	for _, g := range list {
		out = append(out, ui.Option{Value: string(g), Label: audit.GroupWords(g)})
	}
	return out
}

func groupValues(list []audit.Group) (out []string) {
	for _, g := range list {
		out = append(out, string(g))
	}
	return out
}

func groupWords(list []audit.Group) string { return strings.Join(groupValues(list), ", ") }

func frameworkOptions(list []audit.Framework) (out []ui.Option) {
	for _, f := range list {
		if f.Kind == audit.KindAudit {
			out = append(out, ui.Option{Value: f.Code + "|" + f.Version, Label: f.Title + ", version " + f.Version, Hint: count(len(f.Criteria()), "statement", "statements") + ". " + f.About})
		}
	}
	return out
}

// chosenFramework is the option that stands for what was asked for.
func chosenFramework(v setupView) []string {
	for _, f := range v.Frameworks {
		if f.Code == v.In.Framework && (v.In.Version == "" || f.Version == v.In.Version) {
			return []string{f.Code + "|" + f.Version}
		}
	}
	return nil
}

func earlierOptions(v setupView) []ui.Option {
	var out []ui.Option
	for _, e := range v.Earlier {
		out = append(out, ui.Option{Value: e.ID.String(), Label: e.Title + " (" + e.FrameworkTitle + ", version " + e.Version + ")"})
	}
	return out
}

func keyOf(id ids.ID[audit.Audit]) string {
	if id == 0 {
		return ""
	}
	return id.String()
}

func size(n int) string {
	if n < 1<<20 {
		return strconv.Itoa(max(n>>10, 1)) + " kB"
	}
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func differenceWords(d audit.Difference) string {
	switch d.Kind {
	case "added":
		return "New"
	case "removed":
		return "Taken out"
	case "renamed":
		return "Was " + d.Was
	case "moved":
		return "In another theme"
	}
	return "Other words"
}
