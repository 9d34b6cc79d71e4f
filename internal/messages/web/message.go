package web

import (
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func (h pages) list(q *web.Req) error {
	d := ui.From(q, "Messages")
	if !q.Pass.Has(messages.Send) {
		return q.Page(listPage(d, nil, 0, false))
	}
	list, now, err := h.s.List(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(listPage(d, list, now, true))
}

func (h pages) open(q *web.Req) (v messages.View, err error) {
	id, err := web.PathID[messages.Message](q, "message")
	if err != nil {
		return v, err
	}
	return h.s.Open(q.Context(), q.Pass, id)
}

func (h pages) message(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	return h.show(q, v, nil)
}

func (h pages) show(q *web.Req, v messages.View, errs ui.Errors) error {
	d := wordingPage(q, v.Title)
	d.Errors = errs
	if v.Plan != nil {
		return pageOrAgain(q, d, previewPage(d, v))
	}
	return pageOrAgain(q, d, outcomePage(d, v, q.Text("all") != ""))
}

// again shows the page of a message with what has changed meanwhile, so that the person looks once more.
func (h pages) again(q *web.Req, err error) error {
	if k := fault.KindOf(err); k != fault.Conflict && k != fault.Invalid && k != fault.Forbidden {
		return err
	}
	sentence, _ := fault.Sentence(err)
	v, oerr := h.open(q)
	if oerr != nil {
		return oerr
	}
	return h.show(q, v, ui.Errors{{Text: sentence}})
}

func seenIn(q *web.Req) (version, adults int) {
	version, _ = strconv.Atoi(q.Text("version"))
	adults, _ = strconv.Atoi(q.Text("adults"))
	return version, adults
}

func (h pages) send(q *web.Req) error {
	id, err := web.PathID[messages.Message](q, "message")
	if err != nil {
		return err
	}
	version, adults := seenIn(q)
	state, err := h.s.SendIt(q.Context(), q.Pass, id, version, adults)
	if err != nil {
		return h.again(q, err)
	}
	if state == messages.Waiting {
		return q.Go(MessagePath(id), "A head or senior leader looks at it before it goes.")
	}
	return q.Go(MessagePath(id), "It leaves in a moment. Until then you can take it back.")
}

func (h pages) look(q *web.Req) error {
	id, err := web.PathID[messages.Message](q, "message")
	if err != nil {
		return err
	}
	version, adults := seenIn(q)
	if err := h.s.LookThrough(q.Context(), q.Pass, id, version, adults); err != nil {
		return h.again(q, err)
	}
	return q.Go(MessagePath(id), "It leaves in a moment.")
}

func (h pages) takeBack(q *web.Req) error {
	id, err := web.PathID[messages.Message](q, "message")
	if err != nil {
		return err
	}
	kept, gone, err := h.s.TakeBack(q.Context(), q.Pass, id)
	if err != nil {
		return h.again(q, err)
	}
	said := "Taken back. Nothing has left."
	if gone > 0 {
		said = "Taken back: " + count(kept, "copy has", "copies have") + " not left. " + count(gone, "had gone already.", "had gone already.")
	}
	return q.Go(MessagePath(id), said)
}

func (h pages) throwAway(q *web.Req) error {
	id, err := web.PathID[messages.Message](q, "message")
	if err != nil {
		return err
	}
	if err := h.s.Throw(q.Context(), q.Pass, id); err != nil {
		return h.again(q, err)
	}
	return q.Go(MessagesPath, "The draft is thrown away.")
}

func (h pages) decide(q *web.Req) error {
	id, err := web.PathID[messages.Message](q, "message")
	if err != nil {
		return err
	}
	var copies []messages.CopyID
	for _, key := range q.Texts("copy") {
		c, err := ids.Parse[messages.Copy](key)
		if err != nil {
			return err
		}
		copies = append(copies, c)
	}
	n, err := h.s.Decide(q.Context(), q.Pass, id, copies, q.Text("what") == "again")
	if err != nil {
		return h.again(q, err)
	}
	if q.Text("what") == "again" {
		return q.Go(MessagePath(id), count(n, "copy is", "copies are")+" sent again.")
	}
	return q.Go(MessagePath(id), count(n, "copy is", "copies are")+" left as they are.")
}

func (h pages) letters(q *web.Req) error {
	id, err := web.PathID[messages.Message](q, "message")
	if err != nil {
		return err
	}
	m, list, school, err := h.s.Letters(q.Context(), q.Pass, id)
	if err != nil {
		return h.again(q, err)
	}
	if len(list) == 0 {
		return q.Go(MessagePath(id), "There are no letters to print.")
	}
	from := []string{school}
	address, err := h.s.SchoolAddress(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	from = append(from, address...)
	d := ui.DocData{Title: "Letters: " + m.Title, Back: ui.Link{Text: "Back to the message", Href: MessagePath(id)}, Note: count(len(list), "letter", "letters") + ", one for each adult. Mark them as printed when they are."}
	return q.Print("message", int64(id), "printed letters of a message", lettersDoc(d, from, dayOf(*m.LeavesMs), list))
}

func (h pages) printed(q *web.Req) error {
	id, err := web.PathID[messages.Message](q, "message")
	if err != nil {
		return err
	}
	n, err := h.s.Printed(q.Context(), q.Pass, id)
	if err != nil {
		return h.again(q, err)
	}
	return q.Go(MessagePath(id), count(n, "letter is", "letters are")+" marked as printed.")
}

// dirOf is the direction of a language.
func dirOf(tag string) string { return say.Tongue(tag).Dir() }

// cost is what the texts of one row cost, in words; empty where the school has not said what a part costs.
func cost(v messages.View, c messages.Counted) string {
	if c.Way != messages.ByText || v.Pence == 0 {
		return ""
	}
	pence := v.Pence * float64(c.Parts*c.Adults)
	if pence < 100 {
		return strconv.FormatFloat(pence, 'f', 1, 64) + "p"
	}
	return "£" + strconv.FormatFloat(pence/100, 'f', 2, 64)
}

func parts(v messages.View, c messages.Counted) messages.Counted {
	if c.Way != messages.ByText {
		return c
	}
	text := v.English.Short
	for _, w := range v.Others {
		if w.Lang == c.Lang.Tag() && w.Short != "" {
			text = w.Short
		}
	}
	_, _, c.Parts = post.Segments(v.SchoolName + ": " + text)
	return c
}

func counted(v messages.View) (out []messages.Counted) {
	for _, c := range v.Plan.Counts() {
		out = append(out, parts(v, c))
	}
	return out
}

func firstFive(v messages.View) string {
	var out []string
	for i, x := range v.Plan.To {
		if i == 5 {
			break
		}
		out = append(out, x.Adult.Name)
	}
	words := strings.Join(out, ", ")
	if n := len(v.Plan.To) - len(out); n > 0 {
		words += " and " + count(n, "other", "others")
	}
	return words
}

func quietMoment(t time.Time) string { return t.Format("15:04 on Monday 2 January") }

func odd(v messages.View) string {
	if v.English.Short == "" {
		return ""
	}
	if encoding, _, _ := post.Segments(v.English.Short); encoding != post.UCS2 {
		return ""
	}
	return strings.Join(post.Odd(v.English.Short), " ")
}

func childrenOf(x messages.Planned) string {
	var out []string
	for _, c := range x.Children {
		out = append(out, c.Name())
	}
	return strings.Join(out, ", ")
}

func hitNames(list []roll.PupilHit) string {
	var out []string
	for _, c := range list {
		out = append(out, c.Name())
	}
	return strings.Join(out, ", ")
}

// countedColumns leave out what only texts have, where none goes.
func countedColumns(v messages.View) []ui.Column[messages.Counted] {
	out := []ui.Column[messages.Counted]{
		{Head: "By", RowHead: true, Text: func(c messages.Counted) string { return messages.WayWords(c.Way) }},
		{Head: "In", Text: languageWords},
		{Head: "Adults", Numeric: true, Text: func(c messages.Counted) string { return ui.Thousands(c.Adults) }},
	}
	if v.Plan.By(messages.ByText) > 0 {
		out = append(out, ui.Column[messages.Counted]{Head: "Parts of each text", Numeric: true, Text: partsWords})
		if v.Pence > 0 {
			out = append(out, ui.Column[messages.Counted]{Head: "Price", Numeric: true, Text: func(c messages.Counted) string { return cost(v, c) }})
		}
	}
	return out
}

func languageWords(c messages.Counted) string {
	words := c.Lang.English()
	if c.Way == messages.ByCall {
		return words
	}
	words += standingNote(c.Standing)
	if c.English {
		words += ", with a line in their own language"
	}
	return words
}
