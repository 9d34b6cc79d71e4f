package web

import (
	"context"
	"strconv"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/family"
	familyweb "ajar/internal/family/web"
	"ajar/internal/kit/access"
	"ajar/internal/kit/module"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

// asking are the pages by which all parents are asked: by text or e-mail where that reaches them, and by a letter where it does not.
type asking struct {
	pages
	fam *family.Service
}

type askView struct {
	Asking audit.Asking
	Again  bool
	Sends  bool // text messages or e-mail are set up
	Plan   family.Plan
	Sofar  family.Asked
	Part   web.Component // what the family's door shows of a sending
	Sent   bool
}

// Letters counts those that would be printed.
func (v askView) Letters(everybody bool) int {
	if everybody {
		return len(v.Plan.Paper) + len(v.Plan.To)
	}
	return len(v.Plan.Paper)
}

// mayAsk tells whether the page is offered.
func mayAsk(p access.Pass) bool {
	return p.Scope(audit.KeyIn) == access.All && p.Scope(family.Give) == access.All
}

func (h asking) form(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	v := askView{Again: q.Text("again") != ""}
	if v.Asking, err = h.s.Asked(q.Context(), q.Pass, id, v.Again); err != nil {
		return err
	}
	if v.Sofar, err = h.fam.AskedSoFar(q.Context(), q.Pass, audit.AskThing, int64(id)); err != nil {
		return err
	}
	m := familyweb.Many{Action: askSendPath(id), Back: askBackPath(id), Batch: familyweb.BatchField(q), Fields: againField(v.Again), Paper: true}
	switch {
	case !m.Batch.Zero():
		v.Sent = true
		if m.Gone, err = h.fam.BatchOf(q.Context(), q.Pass, m.Batch); err != nil {
			return err
		}
		v.Part = familyweb.SendMany(m)
	case v.Asking.Open:
		if m.Plan, err = h.fam.Plan(q.Context(), q.Pass, v.Asking.List); err != nil {
			return err
		}
		v.Plan = m.Plan
		if v.Sends = h.fam.CanSend(); v.Sends && len(v.Plan.To) > 0 {
			v.Part = familyweb.SendMany(m)
		}
	}
	return q.Page(askPage(begin(q, "Ask parents and carers", toAudit(v.Asking.Audit)), v))
}

func againField(again bool) []ui.HiddenInput {
	if !again {
		return nil
	}
	return []ui.HiddenInput{{Name: "again", Value: "yes"}}
}

// wanted reads whom a form is about.
func (h asking) wanted(q *web.Req) (x audit.Asking, err error) {
	id, err := auditID(q)
	if err != nil {
		return x, err
	}
	x, err = h.s.Asked(q.Context(), q.Pass, id, q.Text("again") != "")
	for i := range x.List {
		x.List[i].Base = familyweb.Base(q)
	}
	return x, err
}

func (h asking) send(q *web.Req) error {
	x, err := h.wanted(q)
	if err != nil {
		return err
	}
	batch := familyweb.BatchField(q)
	n, err := h.fam.SendMany(q.Context(), q.Pass, batch, x.List)
	if err != nil {
		return err
	}
	if n == 0 {
		return q.Go(askPath(x.Audit.ID), "Nobody could be reached, so nothing was sent.")
	}
	return q.Go(askPath(x.Audit.ID)+"?batch="+batch.String(), count(n, "link leaves", "links leave")+" in five minutes. Until then you can take them back.")
}

func (h asking) back(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	batch := familyweb.BatchField(q)
	n, err := h.fam.TakeBatchBack(q.Context(), q.Pass, batch)
	if err != nil {
		return err
	}
	return q.Go(askPath(id)+"?batch="+batch.String(), strconv.Itoa(n)+" taken back. Those that had not left do not leave; the others open nothing.")
}

// letters makes letters and shows them, once: the answer is the page itself, since what opens a link is never shown again.
func (h asking) letters(q *web.Req) error {
	x, err := h.wanted(q)
	if err != nil {
		return err
	}
	list, left, err := h.fam.LetterMany(q.Context(), q.Pass, familyweb.BatchField(q), x.List, q.Text("who") == "everybody")
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return q.Go(askPath(x.Audit.ID), "Nobody is left to print a letter for.")
	}
	head, err := h.fam.Letterhead(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	school := q.Pass.Who().OrgName
	return q.Print("audit", int64(x.Audit.ID), "letters with personal links to the questions of an audit", askLetters(ui.DocData{Title: "Letters to parents and carers", Back: ui.Link{Text: "Back to asking parents", Href: askPath(x.Audit.ID)}, Note: lettersNote(list, left)},
		familyweb.LettersData{School: school, Head: head, Base: familyweb.Base(q), List: list, Words: letterWords(x.Audit)}))
}

func lettersNote(list []family.Lettered, left int) string {
	note := count(len(list), "letter, with its own link and code", "letters, each with its own link and code") + ", by year. They are shown this once: print them now."
	hand := 0
	for _, x := range list {
		if len(x.Post) == 0 {
			hand++
		}
	}
	if hand > 0 {
		note += " For " + strconv.Itoa(hand) + " no address is known; the child and the year stand on them, to hand over."
	}
	if left > 0 {
		note += " " + count(left, "more waits", "more wait") + ": go back and print the next."
	}
	return note
}

// letterWords are the words above the link: what is asked, until when, and that no name is kept.
func letterWords(a audit.Audit) func(l say.Lang) familyweb.LetterWords {
	return func(l say.Lang) familyweb.LetterWords {
		return familyweb.LetterWords{Subject: l.Put(tAskTitle), Lines: []string{l.Put(tAskLead), l.Put(tAskNote, say.Args{"day": l.LongDay(a.Closes)}), l.Put(tAskSecret)}}
	}
}

// outlets hands over how a letter reads, so that what is tried is what would be printed.
func outlets(s *audit.Service, fam *family.Service) (out []module.Outlet) {
	for _, o := range s.Outlets(fam, func(x family.Lettered) (string, error) {
		var b strings.Builder
		err := familyweb.LettersToMany(familyweb.LettersData{List: []family.Lettered{x}, Words: letterWords(audit.Audit{Closes: "2000-01-01"})}).Render(context.Background(), &b)
		return b.String(), err
	}) {
		out = append(out, o)
	}
	return out
}
