package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/conversations"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/roll/plain"
	"ajar/internal/ui"
)

// The steps of a talk. Each is a page with a form of its own, so that a phone shows one at a time and everything works without script.
var steps = []struct{ key, label string }{{"explore", "Explore"}, {"focus", "Focus"}, {"plan", "Plan"}, {"review", "Review"}}

func stepAt(key string) int {
	return slices.IndexFunc(steps, func(s struct{ key, label string }) bool { return s.key == key })
}

type stepView struct {
	S        conversations.Sitting
	Step     string
	N        conversations.Notes // as they stand in the form
	Base     int                 // the version the page began from
	Writer   string              // the page's own name for itself
	Seen     string              // what this step held when the page began
	Conflict *conversations.ConflictError
	Closed   bool
	Worry    *conversations.WorryError // fields that were not kept
	Plainer  []plain.Suggestion
	Age      string
	HeldOn   string
}

func (v stepView) steps() []ui.Step {
	at := stepAt(v.Step)
	out := make([]ui.Step, len(steps))
	for i, s := range steps {
		out[i] = ui.Step{Label: s.label, Href: StepPath(v.S.Line.ID, s.key), State: ui.StepToDo}
		switch {
		case i == at:
			out[i].State = ui.StepNow
		case len(describe(s.key, v.N)) > 0:
			out[i].State, out[i].Note = ui.StepDone, "Begun"
		}
	}
	return out
}

func (v stepView) autosave() string {
	// A page with words that wait must not save by itself: the browser would keep a copy of them on the device.
	if v.Closed || v.Conflict != nil || v.Worry != nil {
		return ""
	}
	return DraftPath(v.S.Line.ID, v.Step)
}

func (v stepView) savedAt() string {
	if v.S.Draft.AtMs == 0 {
		return ""
	}
	return clockTime(v.S.Draft.AtMs)
}

// began is the quiet clock: only staff have this page, and it does not tick.
func (v stepView) began() string {
	if v.S.Line.BeganMs == nil || v.Closed {
		return ""
	}
	start := time.UnixMilli(*v.S.Line.BeganMs).In(clock.London())
	return "You began at " + start.Format("15:04") + "; an hour is up at " + start.Add(time.Hour).Format("15:04") + "."
}

func (v stepView) languages() string {
	var out []string
	for _, p := range v.S.Adults {
		a := p.Relation.Adult
		if a.Interpreter != nil && *a.Interpreter {
			out = append(out, a.Name+" wants an interpreter")
		} else if a.Speaks != "" {
			out = append(out, a.Name+" speaks "+a.Speaks)
		}
	}
	return strings.Join(out, "; ")
}

func (v stepView) priority(i int) string {
	if i < len(v.N.Priorities) {
		return v.N.Priorities[i]
	}
	return ""
}

func ticked(b bool) []string {
	if b {
		return []string{"1"}
	}
	return nil
}

// goals are those written and one empty line more, four at the least and eight at the most.
func (v stepView) goals() []conversations.Goal {
	out := slices.Clone(v.N.Goals)
	out = append(out, conversations.Goal{})
	for len(out) < 4 {
		out = append(out, conversations.Goal{})
	}
	return out[:min(len(out), maxGoals)]
}

const maxGoals = 8

func figureRows(k conversations.Pack) []ui.SummaryRow {
	var out []ui.SummaryRow
	for _, f := range k.Figures {
		out = append(out, ui.SummaryRow{Key: f.Label, Content: figure(f)})
	}
	return out
}

func praise(k conversations.Pack) string {
	switch {
	case !k.PraiseKnown:
		return "none recorded. Bring something good of your own to say."
	case k.Praise == 0:
		return "none recorded since " + day(k.PraiseSince) + ". Bring something good of your own to say."
	}
	return plural(k.Praise, "time", "times") + " since " + day(k.PraiseSince) + ". Begin with it."
}

// apply puts the fields of one step into the notes and leaves the other steps as they are.
func apply(q *web.Req, step string, n conversations.Notes) conversations.Notes {
	switch step {
	case "explore":
		n.Parent, n.Child, n.Strengths, n.InTheWay = q.Text("parent"), q.Text("child"), q.Text("strengths"), q.Text("in_the_way")
		n.Present, n.Confidential, n.LimitsSaid = q.Text("present"), q.Text("confidential"), q.Checked("limits_said")
	case "focus":
		n.Priorities = nil
		for _, p := range q.Texts("priority") {
			if p = strings.TrimSpace(p); p != "" {
				n.Priorities = append(n.Priorities, p)
			}
		}
		n.Later, n.Summary, n.Right, n.Changes = q.Text("later"), q.Text("summary"), q.Checked("right"), q.Text("changes")
	case "plan":
		n.Goals = readGoals(q)
	case "review":
		n.NextOn, n.SharedWith = typed(q.Text("next_on")), q.Text("shared_with")
		if _, there := q.R.Form["why_harder"]; there {
			n.WhyHarder = q.Text("why_harder")
		}
	}
	return n
}

func readGoals(q *web.Req) []conversations.Goal {
	var out []conversations.Goal
	for i := range maxGoals {
		f := func(part string) string { return q.Text(conversations.GoalField(i, part)) }
		g := conversations.Goal{Words: f("words"), Owner: f("owner"), Who: f("who"), Due: typed(f("due")), Measure: f("measure")}
		if !g.Empty() {
			out = append(out, g)
		}
	}
	return out
}

// pieceOfNotes is one field of the notes in words.
type pieceOfNotes struct{ Label, Theirs string }

// describe writes the filled fields of a step, or of all steps for "", for the page of a conflict and of earlier states.
func describe(step string, n conversations.Notes) []pieceOfNotes {
	var out []pieceOfNotes
	add := func(in, label, text string) {
		if (step == "" || step == in) && strings.TrimSpace(text) != "" {
			out = append(out, pieceOfNotes{label, text})
		}
	}
	add("explore", "The parent's words", n.Parent)
	add("explore", "What the child says", n.Child)
	add("explore", "What goes well", n.Strengths)
	add("explore", "What gets in the way", n.InTheWay)
	add("explore", "Who is here", n.Present)
	add("explore", "What is shared, and with whom", n.Confidential)
	add("focus", "Priorities", strings.Join(n.Priorities, "\n"))
	add("focus", "For another time", n.Later)
	add("focus", "Summary", n.Summary)
	add("focus", "What the parent would put differently", n.Changes)
	for i, g := range n.Goals {
		parts := []string{g.Words, lower(conversations.WordsOf(conversations.Owners, g.Owner)), g.Who, day(g.Due), g.Measure}
		add("plan", "Target "+itoa(i+1), strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", "))
	}
	add("review", "When we talk again", day(n.NextOn))
	add("review", "Who will see this", n.SharedWith)
	return out
}

// differences are the fields of the step that the kept notes hold otherwise than the form.
func (v stepView) differences() []pieceOfNotes {
	mine := describe(v.Step, v.N)
	var out []pieceOfNotes
	for _, t := range describe(v.Step, v.Conflict.Theirs.Notes) {
		if !slices.Contains(mine, t) {
			out = append(out, t)
		}
	}
	return out
}

// fingerprint tells whether a step of the notes is as it was when a page began.
func fingerprint(step string, n conversations.Notes) string {
	only := conversations.Notes{}
	switch step {
	case "explore":
		only.Parent, only.Child, only.Strengths, only.InTheWay = n.Parent, n.Child, n.Strengths, n.InTheWay
		only.Present, only.Confidential, only.LimitsSaid = n.Present, n.Confidential, n.LimitsSaid
	case "focus":
		only.Priorities, only.Later, only.Summary, only.Right, only.Changes = n.Priorities, n.Later, n.Summary, n.Right, n.Changes
	case "plan":
		only.Goals = n.Goals
	case "review":
		only.NextOn, only.SharedWith, only.WhyHarder = n.NextOn, n.SharedWith, n.WhyHarder
	}
	b, _ := json.Marshal(only)
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:8])
}

// open reads the step of the address and the talk as it stands.
func (h pages) open(q *web.Req) (v stepView, err error) {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return v, err
	}
	v.Step = q.R.PathValue("step")
	if stepAt(v.Step) < 0 {
		return v, fault.Gone("page")
	}
	v.S, err = h.s.Sit(q.Context(), q.Pass, id)
	v.N, v.Base, v.Closed = v.S.Draft.Notes, v.S.Draft.Version, v.S.Line.FinalisedMs != nil
	v.Writer, v.Seen = ids.New[stepView]().String(), fingerprint(v.Step, v.N)
	return v, err
}

func (h pages) showStep(q *web.Req, v stepView, cause error) error {
	v.look()
	d := ui.From(q, steps[stepAt(v.Step)].label)
	d.Breadcrumbs = []ui.Link{{Text: "Conversations", Href: MinePath}, {Text: whom(v.S.Line), Href: TalkPath(v.S.Line.ID)}}
	if cause == nil {
		return q.Page(stepPage(d, v))
	}
	if v.Conflict != nil {
		return q.PageStatus(http.StatusConflict, stepPage(d, v))
	}
	if d.Errors = ui.ErrorsOf(cause); len(d.Errors) == 0 {
		return cause
	}
	return q.Again(stepPage(d, v))
}

// look reads what stands on the page for plain words. The answer is shown and kept nowhere.
func (v *stepView) look() {
	var all []string
	for _, p := range describe(v.Step, v.N) {
		all = append(all, p.Theirs)
	}
	text := strings.Join(all, "\n")
	v.Plainer = nil
	if v.Step == "explore" {
		return // the parent's own words stay as they are said
	}
	if v.Step == "review" {
		text = conversations.Compose(v.N).Prose()
		v.Age = plain.ReadingAge(text).AgeWords()
	}
	seen := map[string]bool{}
	for _, s := range plain.Plainer(text) {
		if !seen[s.Text] {
			seen[s.Text] = true
			v.Plainer = append(v.Plainer, s)
		}
	}
}

func (h pages) step(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	return h.showStep(q, v, nil)
}

// save keeps the step that was sent. A page saves over what it or nobody else has changed in this step; otherwise the conflict comes back with
// both texts.
func (h pages) save(q *web.Req, v *stepView) error {
	base, _ := strconv.Atoi(q.Text("base"))
	writer, seen := q.Text("writer"), q.Text("seen")
	now := v.S.Draft
	if fingerprint(v.Step, now.Notes) == seen || writer != "" && now.Writer == writer {
		base = now.Version // only other steps have changed, and they are kept
	}
	v.N = apply(q, v.Step, now.Notes)
	d, err := h.s.Keeping(conversations.TextsOf(v.N, q.Texts("no_worry"))...).SaveDraft(q.Context(), q.Pass, v.S.Line.ID, base, writer, v.N)
	if c, ok := conversations.AsConflict(err); ok {
		v.Conflict = c
		// Saved again from here, the page knows what it saves over.
		v.Base, v.Writer, v.Seen = c.Theirs.Version, ids.New[stepView]().String(), fingerprint(v.Step, c.Theirs.Notes)
		return err
	}
	v.Worry, _ = conversations.AsWorry(err)
	if err == nil || v.Worry != nil {
		v.S.Draft, v.Base, v.Writer, v.Seen = d, d.Version, writer, fingerprint(v.Step, d.Notes)
	}
	return err
}

func (h pages) saveStep(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	if v.Closed {
		return h.showStep(q, v, nil)
	}
	v.HeldOn = q.Text("held_on")
	if err := h.save(q, &v); err != nil {
		return h.showStep(q, v, err)
	}
	v.look()
	next := StepPath(v.S.Line.ID, steps[min(stepAt(v.Step)+1, len(steps)-1)].key)
	switch {
	case v.Step == "focus":
		if err := conversations.CheckPriorities(v.N.Priorities); err != nil {
			return h.showStep(q, v, err)
		}
	case v.Step == "review" && q.Text("go") == "finish":
		if err := h.s.Finalise(q.Context(), q.Pass, v.S.Line.ID, v.Base, v.Writer, v.N, typed(v.HeldOn)); err != nil {
			return h.showStep(q, v, h.elsewhere(err))
		}
		return q.Go(TalkPath(v.S.Line.ID), "Agreed. Now say who agrees, and give the family its copy within five school days.")
	}
	if q.Text("go") == "stop" {
		return q.Go(TalkPath(v.S.Line.ID), "Your notes are saved.")
	}
	return q.Go(next, "")
}

// elsewhere makes errors about fields of other steps speak for the form as a whole, with the step to go to.
func (h pages) elsewhere(err error) error {
	var out fault.Fields
	for _, e := range fault.AsFields(err) {
		switch {
		case strings.HasPrefix(e.Field, "goal"):
			out.Add("", "In Plan. %s", e.Sentence)
		case e.Field == "parent":
			out.Add("", "In Explore. %s", e.Sentence)
		case e.Field == "priority":
			out.Add("", "In Focus. %s", e.Sentence)
		default:
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return err
	}
	return out
}

// autosave takes a draft while somebody types: 204 with the time and with the fields that wait, 409 when another page has saved in between.
func (h pages) autosave(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	err = h.save(q, &v)
	if v.Conflict != nil {
		return fault.New(fault.Conflict, "These notes were changed on another page in the meantime. Press Save to see both.")
	}
	at := clockTime(h.s.DB.Clock().Now().UnixMilli())
	switch {
	case err != nil && v.Worry == nil:
		return err
	case v.Worry != nil:
		// Saved, as far as the browser is concerned: it must keep no copy of its own.
		at += ". Not kept: " + v.Worry.Labels() + ". Press Save to see why."
		q.W.Header().Set("Ajar-Not-Kept", v.Worry.Labels())
	}
	q.W.Header().Set("Ajar-Saved-At", at)
	q.W.Header().Set("X-Saved-At", at)
	q.W.Header().Set("Cache-Control", "no-store")
	q.W.WriteHeader(http.StatusNoContent)
	return nil
}

func (h pages) earlier(q *web.Req) error {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return err
	}
	list, err := h.s.PastDrafts(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Page(earlierPage(ui.From(q, "Earlier states of the notes"), StepPath(id, "explore"), list, func(n conversations.Notes) []pieceOfNotes { return describe("", n) }))
}
