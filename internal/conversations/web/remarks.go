package web

import (
	"ajar/internal/conversations"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

// settle answers what an adult wrote by their link.
func (h pages) settle(q *web.Req) error {
	id, err := web.PathID[conversations.Remark](q, "remark")
	if err != nil {
		return err
	}
	back := MinePath
	if talk := web.FormID[conversations.Talk](q, "talk"); !talk.Zero() {
		back = TalkPath(talk)
	}
	done := q.Text("done")
	if err = h.s.MaySettle(q.Context(), q.Pass, id); err != nil {
		return err
	}
	if done == "" {
		err = fault.Field("done", "Choose whether it was done.")
	} else {
		err = h.keeping(q).Settle(q.Context(), q.Pass, id, done == "yes", q.Text("answer"))
	}
	if w, ok := conversations.AsWorry(err); ok {
		return h.holdBack(q, w)
	}
	if err == nil {
		return q.Go(back, "The family reads your answer the next time they open their page.")
	}
	d := ui.From(q, "Answer the family")
	if d.Errors = ui.ErrorsOf(err); len(d.Errors) == 0 {
		return err
	}
	return q.Again(settlePage(d, conversations.Remark{ID: id, TalkID: web.FormID[conversations.Talk](q, "talk")}, done, q.Text("answer")))
}

// remarkBy says who wrote, when, and in which language the page was.
func remarkBy(r conversations.Remark) string {
	out := r.Adult + ", " + moment(r.MadeMs)
	if l := say.Tongue(r.Tongue); !l.IsEnglish() {
		out += ", on a page in " + l.English()
	}
	return out
}

// remarkEnd says what came of it.
func remarkEnd(r conversations.Remark) string {
	switch r.State {
	case conversations.RemarkAccepted:
		return "Done as they asked, " + r.ByName
	case conversations.RemarkDeclined:
		return "It stays as it is, " + r.ByName
	case conversations.RemarkWithdrawn:
		return "They took it back"
	}
	return ""
}

var settleChoices = []ui.Option{{Value: "yes", Label: "Done as they asked"}, {Value: "no", Label: "It stays as it is"}}
