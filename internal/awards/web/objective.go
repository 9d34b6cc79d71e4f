package web

import (
	"io"
	"path"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/awards"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

// objectiveView is an objective with what shows it.
type objectiveView struct {
	awards.View
	awards.Objective
	Offers     awards.Choices
	Prev, Next awards.Objective
	F          values
}

func (h pages) objective(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	return h.objectivePage(q, v, nil, values{})
}

func (h pages) objectivePage(q *web.Req, v awards.View, errs ui.Errors, f values) error {
	x := objectiveView{View: v, F: f}
	found := false
	for i, o := range v.Portfolio.Objectives {
		if o.Code != q.R.PathValue("theme") {
			continue
		}
		x.Objective, found = o, true
		if i > 0 {
			x.Prev = v.Portfolio.Objectives[i-1]
		}
		if i+1 < len(v.Portfolio.Objectives) {
			x.Next = v.Portfolio.Objectives[i+1]
		}
	}
	if !found {
		return fault.Gone("objective")
	}
	if x.may() {
		var err error
		if x.Offers, err = h.s.Offers(q.Context(), q.Pass, v.ID); err != nil {
			return err
		}
	}
	if said, ok := v.Verdict(x.Code); ok && f["met"] == "" {
		f["met"], f["verdict_words"] = "no", said.Words
		if said.Met {
			f["met"] = "yes"
		}
	}
	d := page(q, x.Objective.Title, toAward(v))
	d.Errors = errs
	return write(q, errs, objectivePage(d, x))
}

// may tells whether evidence can be shown here now.
func (x objectiveView) may() bool { return x.MayGather && x.Shows == nil && x.Gathering() }

// back goes back to an objective, or shows it again with what is wrong.
func (h pages) back(q *web.Req, id awards.AwardID, err error, f values, said string) error {
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		v, err := h.s.Open(q.Context(), q.Pass, id, 0)
		if err != nil {
			return err
		}
		return h.objectivePage(q, v, errs, f)
	}
	return q.Go(ObjectivePath(id, q.R.PathValue("theme")), said)
}

func (h pages) show(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	f := typed(q, "for", "kept", "source", "address", "title", "words")
	in := audit.Shown{Kept: web.FormID[audit.Evidence](q, "kept"), Title: f["title"], Address: f["source"]}
	if in.Address == "" {
		in.Address = f["address"]
	}
	if file, head, err := q.R.FormFile("file"); err == nil {
		defer file.Close()
		if in.Body, err = io.ReadAll(io.LimitReader(file, audit.MostBytes+1)); err != nil {
			return err
		}
		in.File = head.Filename
	}
	code := f["for"]
	if code == "" {
		code = q.R.PathValue("theme")
	}
	return h.back(q, id, h.s.Show(q.Context(), q.Pass, id, code, in, f["words"]), f, "It stands beside this objective now.")
}

func (h pages) takeOff(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	return h.back(q, id, h.s.TakeOff(q.Context(), q.Pass, id, web.FormID[awards.Shown](q, "shown")), values{}, "It is no longer shown here. The piece itself is kept.")
}

func (h pages) stillHolds(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	return h.back(q, id, h.s.StillHolds(q.Context(), q.Pass, id, web.FormID[awards.Shown](q, "shown"), q.Text("words")), values{}, "Looked at today, and it counts again.")
}

func (h pages) comment(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	f := typed(q, "comment")
	return h.back(q, id, h.s.Comment(q.Context(), q.Pass, id, q.R.PathValue("theme"), f["comment"]), f, "Your comment is kept.")
}

func (h pages) judge(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	f := typed(q, "met", "verdict_words")
	if f["met"] != "yes" && f["met"] != "no" {
		err = fault.Field("met", "Choose whether the objective is met.")
	} else {
		err = h.s.Judge(q.Context(), q.Pass, id, q.R.PathValue("theme"), f["met"] == "yes", f["verdict_words"])
	}
	return h.back(q, id, err, f, "Kept. You can change it until you decide the award.")
}

func (h pages) file(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	key, err := web.PathID[audit.Evidence](q, "evidence")
	if err != nil {
		return err
	}
	e, body, err := h.s.File(q.Context(), q.Pass, id, key)
	if err != nil {
		return err
	}
	return q.Export("evidence", int64(key), "took out a file of evidence", "evidence-"+e.ID.String()+strings.ToLower(path.Ext(e.FileName)), e.FileType, body)
}

func forOptions(x objectiveView) []ui.Option {
	out := []ui.Option{{Value: x.Code, Label: "The objective as a whole"}}
	for _, c := range x.Criteria {
		out = append(out, ui.Option{Value: c.Code, Label: c.Code + " " + c.Text})
	}
	return out
}

func keptOptions(x objectiveView) (out []ui.Option) {
	for _, e := range x.Offers.Library {
		out = append(out, ui.Option{Value: e.ID.String(), Label: e.Title})
	}
	return out
}

func sourceOptions(x objectiveView) (out []ui.Option) {
	for _, s := range x.Offers.Sources {
		out = append(out, ui.Option{Value: s.Address, Label: s.Title})
	}
	return out
}

// under are the pieces shown for the objective as a whole, or for one criterion.
func (x objectiveView) under(criterion string) (out []awards.Shown) {
	for _, s := range x.Objective.Shown {
		if s.Criterion == criterion {
			out = append(out, s)
		}
	}
	return out
}

func kindWords(s awards.Shown) string {
	switch s.Kind {
	case audit.EvidenceFile:
		return "File"
	case audit.EvidenceAjar:
		return "In Ajar"
	}
	return "Link"
}

func sinceWords(s awards.Shown) string {
	words := kindWords(s) + ", in Ajar since " + dayMs(s.MadeMs)
	if s.Carried && s.SeenOn != "" {
		words += ", looked at again on " + day(s.SeenOn)
	}
	return words + ", shown here by " + s.ByName
}
