package web

import (
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/roll/worry"
	"ajar/internal/ui"
)

func (h pages) calls(q *web.Req) error {
	list, err := h.s.Calls(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(callsPage(wordingPage(q, "Calls to make"), list))
}

func (h pages) call(q *web.Req) error { return h.callForm(q, form{}, nil, false) }

func (h pages) callForm(q *web.Req, f form, errs ui.Errors, waits bool) error {
	id, err := web.PathID[messages.Copy](q, "copy")
	if err != nil {
		return err
	}
	c, err := h.s.Call(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d := wordingPage(q, "Call "+c.Adult, ui.Link{Text: "Calls to make", Href: CallsPath})
	d.Errors = errs
	return pageOrAgain(q, d, callPage(d, c, f, waits))
}

func (h pages) called(q *web.Req) error {
	id, err := web.PathID[messages.Copy](q, "copy")
	if err != nil {
		return err
	}
	f := formOf(q, "outcome", "words")
	err = h.keeping(q, "words").Called(q.Context(), q.Pass, id, f["outcome"], f["words"])
	if _, waits := worry.As(err); waits {
		return h.callForm(q, f, ui.Errors{{Field: "words", Text: "This was not kept, because it may be a worry about a child's safety. Take the words out, or say below that it is no such worry."}}, true)
	}
	if fault.KindOf(err) == fault.Invalid {
		return h.callForm(q, f, ui.ErrorsOf(err), false)
	}
	if err != nil {
		return err
	}
	if f["outcome"] == messages.NoAnswer {
		return q.Go(CallsPath, "Noted. The call stays on the list.")
	}
	return q.Go(CallsPath, "Noted.")
}
