package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/barriers"
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// lines is how many choices a rule made on the page can hold; whoever needs more writes the expression.
const lines = 4

// ruleLine is one rule of the list with its versions, the present one first.
type ruleLine struct {
	Code     string
	Now      barriers.Recorded // zero when the rule has ended or has not begun
	Next     []barriers.Recorded
	Versions []barriers.Recorded
}

func (l ruleLine) holds() bool { return l.Now.Code != "" }

// ruleLines puts versions together by code: those that hold, those to come, those that have ended.
func ruleLines(all []barriers.Recorded, today string) (now, ended []ruleLine) {
	byCode := map[string]*ruleLine{}
	var codes []string
	for _, r := range all {
		l := byCode[r.Code]
		if l == nil {
			l = &ruleLine{Code: r.Code}
			byCode[r.Code] = l
			codes = append(codes, r.Code)
		}
		l.Versions = append(l.Versions, r)
		switch {
		case r.ReplacedMs != nil || r.EndedOn < today:
		case r.FromOn > today:
			l.Next = append(l.Next, r)
		case l.Now.Code == "" || l.Now.FromOn < r.FromOn:
			l.Now = r
		}
	}
	for _, code := range codes {
		l := byCode[code]
		slices.Reverse(l.Versions)
		if l.holds() || len(l.Next) > 0 {
			now = append(now, *l)
		} else {
			ended = append(ended, *l)
		}
	}
	return now, ended
}

// label is what the rule is or was called.
func (l ruleLine) label() string {
	if l.holds() {
		return l.Now.Label
	}
	return l.Versions[0].Label
}

type rulesView struct {
	Now, Ended []ruleLine
	May        bool
	Zone       *time.Location
}

// recorded says when and by whom a version was written.
func (v rulesView) recorded(r barriers.Recorded) string {
	s := day(time.UnixMilli(r.RecordedMs).In(v.Zone).Format(time.DateOnly)) + ", " + r.ByName
	if r.ReplacedMs != nil {
		s += "; replaced " + day(time.UnixMilli(*r.ReplacedMs).In(v.Zone).Format(time.DateOnly))
	}
	return s
}

// held says from when until when a version holds or held.
func held(r barriers.Recorded) string {
	switch {
	case r.ReplacedMs != nil:
		return "Written again the same way, with other words"
	case r.EndedOn < r.FromOn:
		return "Taken back before it held"
	case r.FromOn == roll.Always && r.EndedOn == roll.ForGood:
		return "From the beginning"
	case r.FromOn == roll.Always:
		return "From the beginning to " + day(r.EndedOn)
	}
	return periodWords(r.FromOn, r.EndedOn)
}

func (h handlers) rules(q *web.Req) error {
	all, err := h.s.All(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	v := rulesView{May: q.Pass.Scope(barriers.Rules) == access.All, Zone: h.s.DB.Clock().Zone()}
	v.Now, v.Ended = ruleLines(all, h.s.DB.Clock().Today())
	d := ui.From(q, "Rules")
	d.Wide = true
	return q.Page(rulesPage(d, v, q.Pass.Scope(barriers.See) >= access.Own))
}

// typedLine is one line of choices as it was typed.
type typedLine struct{ Field, Op, Value string }

func (t typedLine) empty() bool { return t == typedLine{} }

// ruleView is the page on which a rule is made.
type ruleView struct {
	Old        bool // the rule is there already; its code stays
	Code       string
	Label      string
	From       string // as typed
	Joined     string
	Lines      [lines]typedLine
	Expression bool // the rule is written, not chosen
	When       string
	Offers     []barriers.Offer
	Errors     ui.Errors
}

// several tells whether the lines after the first are in use, or have something wrong with them.
func (v ruleView) several() bool {
	for i, l := range v.Lines[1:] {
		n := strconv.Itoa(i + 2)
		if l.Field != "" || l.Value != "" || v.Errors.For("field"+n)+v.Errors.For("op"+n)+v.Errors.For("value"+n) != "" {
			return true
		}
	}
	return false
}

// readRule reads the form.
func readRule(q *web.Req) ruleView {
	v := ruleView{Old: q.Checked("old"), Code: q.Text("code"), Label: q.Text("label"), From: q.Text("from"), Joined: cmp.Or(q.Text("joined"), "all"), Expression: q.Text("as") == "expression", When: q.Text("when")}
	for i := range v.Lines {
		n := strconv.Itoa(i + 1)
		v.Lines[i] = typedLine{q.Text("field" + n), q.Text("op" + n), q.Text("value" + n)}
	}
	return v
}

// fill puts an expression into the lines, or leaves it as text where lines cannot say it.
func (v *ruleView) fill(when string) {
	v.When = when
	choices, joined, ok := barriers.ReadBack(when)
	if !ok || len(choices) > lines {
		v.Expression = true
		return
	}
	v.Joined = joined
	for i, c := range choices {
		v.Lines[i] = typedLine{c.Field, c.Op, strings.Join(c.Values, ", ")}
	}
}

// rule makes the rule out of what was typed, with every error at its field.
func (v *ruleView) rule(today string) (barriers.RuleText, bool) {
	r := barriers.RuleText{Code: v.Code, Label: v.Label, When: v.When}
	if !v.Expression {
		r.When = v.written()
	} else if _, err := barriers.Compile(v.When); err != nil {
		v.Errors.Add("when", "This is not right: "+err.Error()+".")
	}
	if r.Code == "" {
		r.Code = codeOf(r.Label)
	}
	if r.Label == "" {
		v.Errors.Add("label", "Say in a few words what this barrier is, for example “Attendance below 85 %”.")
	}
	from, err := ui.ParseDate(v.From)
	if err != nil {
		v.Errors.Add("from", err.Error()+".")
	}
	r.From = cmp.Or(from, today)
	return r, len(v.Errors) == 0
}

// written turns the lines into an expression.
func (v *ruleView) written() string {
	var choices []barriers.Choice
	for i, l := range v.Lines {
		if l.empty() || l.Field == "" && l.Value == "" {
			continue
		}
		n := strconv.Itoa(i + 1)
		c := barriers.Choice{Field: l.Field, Op: l.Op}
		if l.Op == barriers.OpOneOf {
			for _, part := range strings.Split(l.Value, ",") {
				c.Values = append(c.Values, strings.TrimSpace(part))
			}
		} else {
			c.Values = []string{l.Value}
		}
		if _, err := barriers.FromChoices([]barriers.Choice{c}, "all"); err != nil {
			at := "value" + n
			switch {
			case l.Field == "":
				at = "field" + n
			case !slices.Contains(barriers.OpsFor(l.Field), l.Op):
				at = "op" + n
			}
			v.Errors.Add(at, capital(err.Error())+".")
			continue
		}
		choices = append(choices, c)
	}
	if len(v.Errors) > 0 {
		return ""
	}
	when, err := barriers.FromChoices(choices, v.Joined)
	if err != nil {
		v.Errors.Add("field1", capital(err.Error())+".")
	}
	return when
}

// codeOf makes a short code out of a label.
func codeOf(label string) string {
	code := strings.ReplaceAll(roll.Fold(label), " ", "_")
	code = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return -1
	}, code)
	return strings.Trim(code[:min(len(code), 40)], "_")
}

// ruleForm shows the form, empty, for a rule that is there, or with what was typed before.
func (h handlers) ruleForm(q *web.Req) error {
	v := readRule(q)
	when := v.When
	if v.Code != "" && when == "" {
		all, err := h.s.All(q.Context(), q.Pass)
		if err != nil {
			return err
		}
		now, _ := ruleLines(all, h.s.DB.Clock().Today())
		i := slices.IndexFunc(now, func(l ruleLine) bool { return l.Code == v.Code })
		if i < 0 {
			return fault.Gone("rule")
		}
		r := now[i].Now
		if !now[i].holds() {
			r = now[i].Next[0]
		}
		v.Old, v.Label, when = true, r.Label, r.WhenText
	}
	expression := v.Expression
	if when != "" {
		v.fill(when)
		v.Expression = v.Expression || expression
	}
	if v.From == "" {
		v.From = ui.ShowDate(h.s.DB.Clock().Today())
	}
	return h.rulePage(q, v, false)
}

func (h handlers) rulePage(q *web.Req, v ruleView, again bool) (err error) {
	if v.Offers, err = h.s.Offers(q.Context(), q.Pass); err != nil {
		return err
	}
	for _, l := range v.Lines { // a field that this school has no data for yet is still the rule's
		if l.Field != "" && !slices.ContainsFunc(v.Offers, func(o barriers.Offer) bool { return o.Field == l.Field }) {
			v.Offers = append(v.Offers, barriers.Offer{Group: "In this rule", Field: l.Field, Words: l.Field})
		}
	}
	title := "Make a rule"
	if v.Old {
		title = "Change a rule"
	}
	d := ui.From(q, title)
	d.Breadcrumbs = []ui.Link{{Text: "Who needs reaching", Href: ListPath}, {Text: "Rules", Href: RulesPath}}
	d.Errors = v.Errors
	if again {
		return q.Again(ruleFormPage(d, v))
	}
	return q.Page(ruleFormPage(d, v))
}

// previewView shows what a rule would change before it is kept.
type previewView struct {
	Rule    barriers.RuleText
	Old     bool
	Words   string
	Special []string
	Trial   barriers.Trial
	labels  map[string]string
	End     bool
}

func (h handlers) preview(q *web.Req, r barriers.RuleText) (v previewView, err error) {
	v = previewView{Rule: r, Words: barriers.Words(r.When), Special: barriers.Special(r.When), labels: map[string]string{}}
	if v.Trial, err = h.s.TryRule(q.Context(), q.Pass, r); err != nil {
		return v, err
	}
	all, err := h.s.All(q.Context(), q.Pass)
	for _, old := range all {
		v.labels[old.Code] = old.Label
		v.Old = v.Old || old.Code == r.Code && old.ReplacedMs == nil
	}
	if r.Label != "" {
		v.labels[r.Code] = r.Label
	}
	return v, err
}

func (v previewView) labelsOf(codes []string) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = cmp.Or(v.labels[c], c)
	}
	return strings.Join(words, "; ")
}

// mostShown is how many pupils a preview names; the numbers speak of all.
const mostShown = 100

func (v previewView) shown() []barriers.Change {
	return v.Trial.Changes[:min(len(v.Trial.Changes), mostShown)]
}

type factorRow struct{ Factor, Now, Then int }

// factors are the pupils by I factor now and then.
func (v previewView) factors() (out []factorRow) {
	for n := 0; ; n++ {
		key := strconv.Itoa(n)
		_, now := v.Trial.Before[key]
		_, then := v.Trial.After[key]
		if now || then {
			out = append(out, factorRow{n, v.Trial.Before[key], v.Trial.After[key]})
		}
		if n > 500 {
			return out
		}
	}
}

func (v previewView) sum() string {
	return fmt.Sprintf("Of %s, %s would go up and %s down.", pupilsWords(v.Trial.Pupils), ui.Thousands(v.Trial.Up), ui.Thousands(v.Trial.Down))
}

func (h handlers) rulePreview(q *web.Req) error {
	v := readRule(q)
	r, ok := v.rule(h.s.DB.Clock().Today())
	if !ok {
		return h.rulePage(q, v, true)
	}
	p, err := h.preview(q, r)
	if err != nil {
		return err
	}
	if p.Old && !v.Old && v.Code == "" { // the code made of the label is taken by another rule
		v.Errors.Add("label", "There is a rule of this name already. Change that one, or give this one another name.")
		return h.rulePage(q, v, true)
	}
	d := ui.From(q, "What this rule would change")
	d.Breadcrumbs = []ui.Link{{Text: "Who needs reaching", Href: ListPath}, {Text: "Rules", Href: RulesPath}}
	return q.Page(previewPage(d, p))
}

func (h handlers) ruleSave(q *web.Req) error {
	r := barriers.RuleText{Code: q.Text("code"), Label: q.Text("label"), From: q.Text("from"), When: q.Text("when")}
	err := h.s.PutRule(q.Context(), q.Pass, r)
	if errs := ui.ErrorsOf(err); len(errs) > 0 {
		v := ruleView{Code: r.Code, Label: r.Label, From: r.From, Joined: "all"}
		v.fill(r.When)
		v.Errors = errs
		return h.rulePage(q, v, true)
	}
	if err != nil {
		return err
	}
	return q.Go(RulesPath, "The rule “"+r.Label+"” is kept. The list is worked out with it.")
}

func (h handlers) ruleEndForm(q *web.Req) error {
	code := q.Text("code")
	v, err := h.preview(q, barriers.RuleText{Code: code})
	if err != nil {
		return err
	}
	if !v.Old {
		return fault.Gone("rule")
	}
	v.End, v.Rule.Label = true, v.labels[code]
	d := ui.From(q, "End a rule")
	d.Breadcrumbs = []ui.Link{{Text: "Who needs reaching", Href: ListPath}, {Text: "Rules", Href: RulesPath}}
	return q.Page(previewPage(d, v))
}

func (h handlers) ruleEnd(q *web.Req) error {
	if err := h.s.EndRule(q.Context(), q.Pass, q.Text("code")); err != nil {
		return err
	}
	return q.Go(RulesPath, "The rule has ended. Lists of earlier days keep it.")
}
