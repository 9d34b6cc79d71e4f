package web

import (
	"slices"
	"strconv"
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
	"ajar/internal/ui"
)

func praiseRoutes(h pages) []web.Route {
	send := web.For(messages.Send)
	return []web.Route{
		{Pattern: "GET /messages/praise", Need: send, Handle: h.praise},
		{Pattern: "POST /messages/praise", Need: send, Handle: h.makePraise},
		{Pattern: "POST /messages/praise/print", Need: send, Handle: h.printPraise},
		{Pattern: "GET /messages/praise/paper", Need: send, Handle: h.praisePaper},
		{Pattern: "GET /messages/praise/{praise}", Need: send, Handle: h.praisePiece},
		{Pattern: "POST /messages/praise/{praise}", Need: send, Handle: h.changePraise},
		{Pattern: "POST /messages/praise/{praise}/sign", Need: send, Handle: h.signPraise},
		{Pattern: "POST /messages/praise/{praise}/drop", Need: send, Handle: h.dropPraise},
	}
}

func praiseOutlets(s *messages.Service) (out []module.Outlet) {
	for _, o := range s.PraiseOutlets() {
		out = append(out, o)
	}
	return out
}

// praiseForm is what was typed on the page that makes praise.
type praiseForm struct {
	Kind, Template, Subject, Body string
	Ticked                        []string
	What                          map[string]string
	Worry                         bool // something in it may be a worry, and waits for a yes
}

func (h pages) praise(q *web.Req) error {
	return h.praisePage(q, praiseForm{Kind: messages.ByCard}, nil)
}

func (h pages) praisePage(q *web.Req, f praiseForm, errs ui.Errors) error {
	class, _ := ids.Parse[roll.Class](q.Text("class"))
	desk, err := h.s.Praises(q.Context(), q.Pass, class)
	if err != nil {
		return err
	}
	d := wordingPage(q, "Praise")
	d.Errors = errs
	return pageOrAgain(q, d, praisePage(d, desk, class, f))
}

// confirmed gives the service as the person who sent this form confirmed it: that the texts are no worry about a child's safety.
func (h pages) confirmed(q *web.Req, texts ...string) *messages.Service {
	if q.Checked("fine") {
		return h.s.Keeping(texts...)
	}
	return h.s
}

func (h pages) makePraise(q *web.Req) error {
	f := praiseForm{Kind: q.Text("kind"), Template: q.Text("template"), Subject: q.Text("subject"), Body: q.Text("body"), Ticked: q.Texts("pupil"), What: map[string]string{}}
	asked := messages.PraiseAsked{Kind: f.Kind, Subject: f.Subject, Body: f.Body, What: map[roll.PupilID]string{}}
	if f.Template != "own" {
		asked.Template = web.FormID[messages.Template](q, "template")
	}
	texts := []string{f.Body}
	for _, key := range f.Ticked {
		id, err := ids.Parse[roll.Pupil](key)
		if err != nil {
			return fault.Gone("pupil")
		}
		f.What[key] = q.Text("what-" + key)
		asked.What[id] = f.What[key]
		texts = append(texts, f.What[key])
	}
	n, err := h.confirmed(q, texts...).MakePraise(q.Context(), q.Pass, asked)
	if w, waits := worry.As(err); waits {
		f.Worry = true
		return h.praisePage(q, f, ui.Errors{{Text: w.Error()}})
	}
	return finish(q, err, PraisePath, ui.Thousands(n)+" made. Now sign them, one by one.", func(e ui.Errors) error { return h.praisePage(q, f, e) })
}

func (h pages) openPraise(q *web.Req) (messages.PraiseLine, error) {
	id, err := web.PathID[messages.Praise](q, "praise")
	if err != nil {
		return messages.PraiseLine{}, err
	}
	return h.s.PraisePiece(q.Context(), q.Pass, id)
}

func (h pages) praisePiece(q *web.Req) error {
	x, err := h.openPraise(q)
	if err != nil {
		return err
	}
	return h.praisePiecePage(q, x, form{"subject": x.Subject, "body": x.Body, "what": x.What}, nil)
}

func (h pages) praisePiecePage(q *web.Req, x messages.PraiseLine, f form, errs ui.Errors) error {
	desk, err := h.s.Praises(q.Context(), q.Pass, 0)
	if err != nil {
		return err
	}
	d := wordingPage(q, "For "+x.Pupil.Name(), ui.Link{Text: "Praise", Href: PraisePath})
	d.Errors = errs
	return pageOrAgain(q, d, praisePiecePage(d, x, nextPraise(desk, x.ID), len(desk.ToSign), f))
}

// nextPraise is the address of the one to sign after this, or of the desk when there is none.
func nextPraise(desk messages.PraiseDesk, id messages.PraiseID) string {
	list := desk.ToSign
	at := slices.IndexFunc(list, func(x messages.PraiseLine) bool { return x.ID == id })
	rest := append(slices.Clone(list[at+1:]), list[:max(at, 0)]...)
	if len(rest) == 0 {
		return PraisePath
	}
	return praisePath(rest[0].ID)
}

func (h pages) changePraise(q *web.Req) error {
	x, err := h.openPraise(q)
	if err != nil {
		return err
	}
	f := formOf(q, "subject", "body", "what")
	seen, _ := strconv.Atoi(q.Text("version"))
	err = h.confirmed(q, f["body"], f["what"]).ChangePraise(q.Context(), q.Pass, x.ID, f["subject"], f["body"], f["what"], seen)
	if w, waits := worry.As(err); waits {
		f["worry"] = "yes"
		return h.praisePiecePage(q, x, f, ui.Errors{{Text: w.Error()}})
	}
	return finish(q, err, praisePath(x.ID), "Saved.", func(e ui.Errors) error { return h.praisePiecePage(q, x, f, e) })
}

func (h pages) signPraise(q *web.Req) error {
	x, err := h.openPraise(q)
	if err != nil {
		return err
	}
	desk, err := h.s.Praises(q.Context(), q.Pass, 0)
	if err != nil {
		return err
	}
	seen, _ := strconv.Atoi(q.Text("version"))
	err = h.s.SignPraise(q.Context(), q.Pass, x.ID, seen)
	next, said := nextPraise(desk, x.ID), "" // a message would take the focus, and Enter has to sign the next one
	if next == PraisePath {
		said = "All of them are signed."
	}
	return finish(q, err, next, said, func(e ui.Errors) error {
		return h.praisePiecePage(q, x, form{"subject": x.Subject, "body": x.Body, "what": x.What}, e)
	})
}

func (h pages) dropPraise(q *web.Req) error {
	x, err := h.openPraise(q)
	if err != nil {
		return err
	}
	if err := h.s.DropPraise(q.Context(), q.Pass, x.ID); err != nil {
		return err
	}
	return q.Go(PraisePath, "Taken away: "+x.Pupil.Name()+".")
}

func (h pages) printPraise(q *web.Req) error {
	kind := q.Text("kind")
	at, n, none, err := h.s.PrintPraise(q.Context(), q.Pass, kind)
	if err != nil {
		return err
	}
	said := ""
	if none > 0 {
		said = ui.Thousands(none) + " could not be printed: nobody of the family may get post about the child, or they asked for calls. Ring them with the good news."
	}
	if n == 0 {
		return q.Go(PraisePath, said)
	}
	return q.Go(praisePaperPath(at, kind), said)
}

func (h pages) praisePaper(q *web.Req) error {
	at, _ := strconv.ParseInt(q.Text("at"), 10, 64)
	list, err := h.s.PrintedPraise(q.Context(), q.Pass, at)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(x messages.PraisePrint) bool { return x.Kind != q.Text("kind") })
	return q.Print("praise", at, "postcards and letters of praise", praisePaper(list, q.Text("kind")))
}

// fours parts cards into sheets of four.
func fours(list []messages.PraisePrint) [][]messages.PraisePrint {
	return slices.Collect(slices.Chunk(list, 4))
}

func templateOptions(list []messages.Template) (out []ui.Option) {
	for _, t := range list {
		out = append(out, ui.Option{Value: t.ID.String(), Label: t.Title})
	}
	return append(out, ui.Option{Value: "own", Label: "My own words, below"})
}

func kindOfPraise(kind string) string {
	if kind == messages.ByLetter {
		return "Letter"
	}
	return "Postcard"
}

func countKind(list []messages.PraiseLine, kind string) (n int) {
	for _, x := range list {
		if x.Kind == kind {
			n++
		}
	}
	return n
}

func praiseColumns() []ui.Column[messages.PraiseLine] {
	return []ui.Column[messages.PraiseLine]{
		{Head: "Child", RowHead: true, Cell: praiseLink},
		{Head: "What", Text: func(x messages.PraiseLine) string { return kindOfPraise(x.Kind) }},
		{Head: "Words", Text: func(x messages.PraiseLine) string { return x.Shown.Body }},
		{Head: "By", Text: func(x messages.PraiseLine) string {
			if x.SignedMs != nil {
				return "Signed by " + x.SignedName
			}
			return "Made by " + x.ByName
		}},
	}
}

// postLines are how a card is addressed: the adult, and where they live.
func postLines(x messages.PraisePrint) []string {
	out := []string{x.Name}
	for _, l := range x.Post {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}
