package web

import (
	"strconv"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll/worry"
	"ajar/internal/ui"
)

// keyView is the form for a sheet from paper.
type keyView struct {
	Audit     audit.Audit
	Framework audit.Framework
	Open      bool
	Group     audit.Group
	Name      string
	Words     string
	Sheet     string // marks this one sheet, so that the form sent twice is one
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
	v.Levels, v.Sheet = map[string]string{}, audit.NewKey()
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
	if x := q.Text("sheet"); x != "" {
		v.Sheet = x
	}
	in := audit.Paper{Group: v.Group, Name: q.Text("name"), Words: q.Text("words"), Key: v.Sheet, Levels: map[string]int{}}
	for _, c := range v.Asked() {
		typed := q.Text("level-" + c.Code)
		v.Levels[c.Code] = typed
		if n, err := strconv.Atoi(typed); err == nil {
			in.Levels[c.Code] = n
		}
	}
	v.Name, v.Words = in.Name, in.Words
	twice, err := h.keeping(q, "words").KeyInSheet(q.Context(), q.Pass, v.Audit.ID, in)
	if err == nil {
		done := "The sheet is in. Here is an empty one for the next."
		if twice {
			done = "This sheet was in already, and is counted once. Here is an empty one for the next."
		}
		return q.Go(keyInPath(v.Audit.ID)+"?for="+strings.ReplaceAll(string(v.Group), " ", "+"), done)
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
