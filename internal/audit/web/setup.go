package web

import (
	"slices"
	"strings"
	"time"

	"ajar/internal/audit"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// setupView is the form of a new audit.
type setupView struct {
	In         audit.Setup
	Frameworks []audit.Framework
	Earlier    []audit.Listed
	Carry      string // the option that is chosen: none, the last one, or the key of an audit
}

// carryLast is the option to carry forward whatever was closed last under the framework that is chosen on the same form.
const carryLast = "last"

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
	if slices.ContainsFunc(v.Earlier, func(e audit.Listed) bool { return e.ClosedMs != nil }) {
		v.Carry = carryLast
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
	carry := q.Text("carry")
	if carry == carryLast {
		all, err := h.s.All(q.Context(), q.Pass)
		if err != nil {
			return err
		}
		in.Carry = lastUnder(all, in.Framework, in.Scope)
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
		v.In, v.Carry = in, carry
		d := begin(q, "Begin an audit")
		d.Errors = wrong
		return q.Again(setupPage(d, v))
	}
	return q.Go(AuditPath(id), "The audit has begun. Those who are asked find it on their first page.")
}

// lastUnder is what was closed last about the same under the same framework, whatever its version; none when there is none.
func lastUnder(list []audit.Listed, framework, scope string) audit.AuditID {
	for _, a := range list {
		if a.Framework == framework && a.Scope == scope && a.ClosedMs != nil {
			return a.ID
		}
	}
	return 0
}
