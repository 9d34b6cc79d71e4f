package web

import (
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/progress"
	"ajar/internal/ui"
)

// page begins a form about one pupil.
func formPage(q *web.Req, title string, sh progress.Sheet, err error) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = []ui.Link{{Text: sh.Pupil.Name(), Href: pupilPath(sh.Pupil.ID)}, {Text: "Attendance, results and praise", Href: PupilPath(sh.Pupil.ID)}, {Text: title}}
	d.Errors = ui.ErrorsOf(err)
	return d
}

func (h handler) resultForm(q *web.Req) error {
	sh, err := h.sheet(q)
	if err != nil {
		return err
	}
	f := progress.ResultForm{Subject: q.Text("subject"), Scale: q.Text("scale"), On: ui.ShowDate(sh.Snapshot.AsOf)}
	return q.Page(resultPage(formPage(q, "Add a result", sh, nil), sh.Pupil.Name(), resultPath(sh.Pupil.ID), f, subjectsOf(sh)))
}

func (h handler) addResult(q *web.Req) error {
	sh, err := h.sheet(q)
	if err != nil {
		return err
	}
	f := progress.ResultForm{Subject: q.Text("subject"), Scale: q.Text("scale"), Value: q.Text("value"), On: q.Text("on")}
	if err := h.s.AddResult(q.Context(), q.Pass, sh.Pupil.ID, f); err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		return q.Again(resultPage(formPage(q, "Add a result", sh, err), sh.Pupil.Name(), resultPath(sh.Pupil.ID), f, subjectsOf(sh)))
	}
	return q.Go(PupilPath(sh.Pupil.ID), "The result was saved.")
}

func (h handler) countForm(q *web.Req) error {
	sh, err := h.sheet(q)
	if err != nil {
		return err
	}
	f := progress.CountForm{Kind: "praise", N: "1", On: ui.ShowDate(sh.Snapshot.AsOf)}
	return q.Page(countPage(formPage(q, "Record praise, behaviour or homework", sh, nil), sh.Pupil.Name(), countPath(sh.Pupil.ID), f))
}

func (h handler) addCount(q *web.Req) error {
	sh, err := h.sheet(q)
	if err != nil {
		return err
	}
	f := progress.CountForm{Kind: q.Text("kind"), On: q.Text("on"), N: q.Text("count"), Note: q.Text("note")}
	if err := h.s.AddCount(q.Context(), q.Pass, sh.Pupil.ID, f); err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		return q.Again(countPage(formPage(q, "Record praise, behaviour or homework", sh, err), sh.Pupil.Name(), countPath(sh.Pupil.ID), f))
	}
	return q.Go(PupilPath(sh.Pupil.ID), "It was saved.")
}

// markForm is one session as a person puts it right.
type markForm struct{ On, Session, Mark string }

func (h handler) markForm(q *web.Req) error {
	sh, err := h.sheet(q)
	if err != nil {
		return err
	}
	return q.Page(markPage(formPage(q, "Put a mark right", sh, nil), sh.Pupil.Name(), markPath(sh.Pupil.ID), markForm{On: ui.ShowDate(sh.Snapshot.AsOf)}))
}

func (h handler) setMark(q *web.Req) error {
	sh, err := h.sheet(q)
	if err != nil {
		return err
	}
	f := markForm{q.Text("on"), q.Text("session"), q.Text("mark")}
	if err := h.s.SetMark(q.Context(), q.Pass, sh.Pupil.ID, progress.MarkForm(f)); err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		return q.Again(markPage(formPage(q, "Put a mark right", sh, err), sh.Pupil.Name(), markPath(sh.Pupil.ID), f))
	}
	return q.Go(PupilPath(sh.Pupil.ID), "The mark was saved.")
}

// subjectsOf are offered while one types, so that a subject keeps one spelling.
func subjectsOf(sh progress.Sheet) []string {
	var out []string
	for _, s := range sh.Series {
		if len(out) == 0 || out[len(out)-1] != s.Subject {
			out = append(out, s.Subject)
		}
	}
	return out
}

// scaleOptions are the scales Ajar knows and the school's own; a scale that a result has already is kept on the list.
func scaleOptions(chosen string) []ui.Option {
	var out []ui.Option
	found := chosen == "" || chosen == "own"
	for _, s := range progress.Scales {
		out = append(out, ui.Option{Value: s.Name, Label: s.Words})
		found = found || s.Name == chosen
	}
	out = append(out, ui.Option{Value: "own", Label: progress.LookUpScale("own").Words})
	if !found {
		s := progress.LookUpScale(chosen)
		out = append(out, ui.Option{Value: s.Name, Label: s.Words})
	}
	return out
}

func kindOptions() []ui.Option {
	var out []ui.Option
	for _, k := range []string{"praise", "behaviour", "homework_set", "homework_missed"} {
		out = append(out, ui.Option{Value: k, Label: progress.CountKindWords[k]})
	}
	return out
}

func codeOptions() []ui.Option {
	var out []ui.Option
	for _, c := range progress.Codes {
		if !c.Retired {
			out = append(out, ui.Option{Value: c.Mark, Label: c.Mark + "  " + c.Meaning})
		}
	}
	return out
}
