package web

import (
	"strconv"
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// keyRoutes are the pages of key contacts.
func (h pages) keyRoutes() []web.Route {
	keys := web.For(messages.Keys)
	return []web.Route{
		{Pattern: "GET " + KeysPath, Need: keys, Handle: h.keyContacts},
		{Pattern: "POST " + KeysPath, Need: keys, Handle: h.setKeys},
		{Pattern: "POST " + KeysPath + "/{staff}/hand-over", Need: keys, Handle: h.handOver},
		{Pattern: "GET /pupils/{pupil}/key-contact", Need: web.For(roll.See), Handle: h.key},
		{Pattern: "POST /pupils/{pupil}/key-contact", Need: keys, Handle: h.setKey},
	}
}

func choiceFrom(q *web.Req) messages.KeyChoice {
	return messages.KeyChoice{Staff: q.Text("staff"), Deputy: q.Text("deputy"), From: q.Text("from"), Siblings: q.Checked("siblings")}
}

// keyForm is one form of a key contact as it is shown.
type keyForm struct {
	C     messages.KeyChoice
	Group string // "class:KEY" or "year:7"
	Only  bool   // those without one
	Errs  ui.Errors
	From  roll.StaffID // whose families are handed over
}

func (h pages) keyContacts(q *web.Req) error { return h.keysPage(q, keyForm{Only: true}, keyForm{}) }

func (h pages) keysPage(q *web.Req, bulk, over keyForm) error {
	o, err := h.s.KeyContacts(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := ui.From(q, "Key contacts")
	d.Errors = append(append(ui.Errors{}, bulk.Errs...), over.Errs...)
	if len(d.Errors) > 0 {
		return q.Again(keysPage(d, o, bulk, over))
	}
	return q.Page(keysPage(d, o, bulk, over))
}

func (h pages) setKeys(q *web.Req) error {
	c, g := choiceFrom(q), messages.KeyGroup{Missing: q.Checked("missing")}
	kind, key, _ := strings.Cut(q.Text("group"), ":")
	switch kind {
	case "class":
		id, err := ids.Parse[roll.Class](key)
		if err != nil {
			return fault.Gone("class")
		}
		g.Class = id
	case "year":
		g.Year = key
	}
	n, unseen, err := h.s.SetKeys(q.Context(), q.Pass, g, c)
	if fault.KindOf(err) == fault.Invalid {
		return h.keysPage(q, keyForm{C: c, Group: q.Text("group"), Only: g.Missing, Errs: ui.ErrorsOf(err)}, keyForm{})
	}
	if err != nil {
		return err
	}
	return q.Go(KeysPath, keptWords(n, unseen))
}

func (h pages) handOver(q *web.Req) error {
	from, err := web.PathID[roll.Staff](q, "staff")
	if err != nil {
		return err
	}
	c := choiceFrom(q)
	n, unseen, err := h.s.HandOver(q.Context(), q.Pass, from, c)
	switch sentence, _ := fault.Sentence(err); fault.KindOf(err) {
	case fault.Invalid:
		return h.keysPage(q, keyForm{Only: true}, keyForm{C: c, From: from, Errs: ui.ErrorsOf(err)})
	case fault.Conflict:
		return h.keysPage(q, keyForm{Only: true}, keyForm{C: c, From: from, Errs: ui.Errors{{Text: sentence}}})
	}
	if err != nil {
		return err
	}
	return q.Go(KeysPath, keptWords(n, unseen))
}

// keptWords says what was done, and for whom the colleague does not open the page by themself.
func keptWords(n int, unseen []string) string {
	s := "Kept for " + count(n, "child", "children") + "."
	if len(unseen) > 0 {
		s += " " + messages.UnseenWords("The new key contact", unseen)
	}
	return s
}

func (h pages) key(q *web.Req) error {
	return h.keyPage(q, keyForm{C: messages.KeyChoice{Siblings: true}})
}

func (h pages) keyPage(q *web.Req, f keyForm) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	v, err := h.s.Key(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	var staff []roll.Staff
	if v.MayKeep {
		o, err := h.s.KeyContacts(q.Context(), q.Pass)
		if err != nil {
			return err
		}
		staff = o.Staff
	}
	d := aboutChild(q, "Key contact", v.Pupil)
	d.Errors = f.Errs
	if len(f.Errs) > 0 {
		return q.Again(keyPage(d, v, staff, f))
	}
	return q.Page(keyPage(d, v, staff, f))
}

func (h pages) setKey(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	c := choiceFrom(q)
	n, unseen, err := h.s.SetKey(q.Context(), q.Pass, id, c)
	if fault.KindOf(err) == fault.Invalid {
		return h.keyPage(q, keyForm{C: c, Errs: ui.ErrorsOf(err)})
	}
	if err != nil {
		return err
	}
	return q.Go(keyPath(id), keptWords(n, unseen))
}

func keyStaff(list []roll.Staff) (out []ui.Option) {
	for _, s := range list {
		label := s.Name
		if s.Ends < roll.ForGood {
			label += " (leaves on " + dayWords(s.Ends) + ")"
		}
		out = append(out, ui.Option{Value: s.ID.String(), Label: label})
	}
	return out
}

func groupOptions(o messages.KeyOverview) (out []ui.Option) {
	for _, y := range o.Years {
		out = append(out, ui.Option{Value: "year:" + y, Label: roll.YearGroup(y).Words()})
	}
	for _, c := range o.Classes {
		out = append(out, ui.Option{Value: "class:" + c.Key, Label: c.Words})
	}
	return out
}

func spanWords(r messages.KeyRow) string {
	s := "from " + dayWords(r.Starts)
	if r.Ends < roll.ForGood {
		s += " to " + dayWords(r.Ends)
	}
	return s
}

func deputyWords(k messages.KeyContact) string {
	if k.Deputy == "" {
		return ""
	}
	return "Deputy: " + k.Deputy
}

func lastDay(l messages.Lacking, today string) string {
	if l.Ends < today {
		return "left on " + dayWords(l.Ends)
	}
	return "leaves on " + dayWords(l.Ends)
}

func fallingWords(o messages.KeyOverview) []string {
	var out []string
	for _, x := range []struct{ how, words string }{{messages.ByKeyTeacher, "their key teacher"}, {messages.ByForm, "their form teacher"}, {messages.ByDeputy, "a deputy"}, {messages.ByOffice, "the school office"}} {
		if n := o.Falling[x.how]; n > 0 {
			out = append(out, strconv.Itoa(n)+" fall to "+x.words)
		}
	}
	return out
}
