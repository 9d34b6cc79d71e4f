package web

import (
	"net/url"
	"strconv"

	"ajar/internal/conversations"
	"ajar/internal/family"
	familyweb "ajar/internal/family/web"
	"ajar/internal/kit/access"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

// SendPath sends links to everybody who was invited in a programme.
func SendPath(id conversations.ProgrammeID) string { return ProgrammePath(id) + "/send" }

// sendView is the page: what the link opens, and the family's door's own part of it.
type sendView struct {
	Programme conversations.Programme
	Thing     string
	Part      web.Component
	Sent      bool
}

func sendOptions() []ui.Option {
	return []ui.Option{{Value: conversations.SheetThing, Label: "The sheet of what was agreed"}, {Value: conversations.TimeThing, Label: "The time of their talk"}, {Value: family.Page, Label: "Their own page"}}
}

// maySend tells whether the page is offered at all.
func (h pages) maySend(p access.Pass) bool {
	return h.fam.CanSend() && p.Scope(conversations.Invite) == access.All && p.Scope(family.Give) == access.All
}

func (h pages) sendForm(q *web.Req) error {
	id, err := web.PathID[conversations.Programme](q, "programme")
	if err != nil {
		return err
	}
	v := sendView{Thing: q.Text("thing")}
	pr, list, err := h.s.InvitedFor(q.Context(), q.Pass, id, v.Thing)
	if err != nil {
		return err
	}
	v.Programme = pr
	m := familyweb.Many{Action: SendPath(id), Back: SendPath(id) + "/take-back", Batch: familyweb.BatchField(q), Fields: []ui.HiddenInput{{Name: "thing", Value: v.Thing}}}
	switch {
	case !m.Batch.Zero():
		v.Sent = true
		if m.Gone, err = h.fam.BatchOf(q.Context(), q.Pass, m.Batch); err != nil {
			return err
		}
		v.Part = familyweb.SendMany(m)
	case v.Thing != "":
		if m.Plan, err = h.fam.Plan(q.Context(), q.Pass, list); err != nil {
			return err
		}
		v.Part = familyweb.SendMany(m)
	}
	d := ui.From(q, "Send links to the families")
	d.Breadcrumbs = []ui.Link{{Text: "Conversations", Href: MinePath}, {Text: pr.Name, Href: ProgrammePath(id)}}
	return q.Page(sendLinksPage(d, v))
}

func (h pages) send(q *web.Req) error {
	id, err := web.PathID[conversations.Programme](q, "programme")
	if err != nil {
		return err
	}
	thing, batch := q.Text("thing"), familyweb.BatchField(q)
	_, list, err := h.s.InvitedFor(q.Context(), q.Pass, id, thing)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Base = familyweb.Base(q)
	}
	n, err := h.fam.SendMany(q.Context(), q.Pass, batch, list)
	if err != nil {
		return err
	}
	if n == 0 {
		return q.Go(SendPath(id)+"?"+url.Values{"thing": {thing}}.Encode(), "Nobody could be reached, so nothing was sent.")
	}
	return q.Go(SendPath(id)+"?batch="+batch.String(), plural(n, "link leaves", "links leave")+" in five minutes. Until then you can take them back.")
}

func (h pages) sendBack(q *web.Req) error {
	id, err := web.PathID[conversations.Programme](q, "programme")
	if err != nil {
		return err
	}
	batch := familyweb.BatchField(q)
	n, err := h.fam.TakeBatchBack(q.Context(), q.Pass, batch)
	if err != nil {
		return err
	}
	return q.Go(SendPath(id)+"?batch="+batch.String(), strconv.Itoa(n)+" taken back. Those that had not left do not leave; the others open nothing.")
}
