package web

import (
	"net/http"
	"strconv"

	"ajar/internal/audit"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll/worry"
	"ajar/internal/ui"
)

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
