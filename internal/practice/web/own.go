package web

import (
	"strconv"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/practice"
	"ajar/internal/ui"
)

// own is the page of this capability at the family's door: one question about one activity.
type own struct {
	s    *practice.Service
	leaf Leaf
}

// Leaf begins a page of the family's door, which is a room below this one; app joins the two.
type Leaf func(q *web.Req, title say.Msg, args ...say.Args) (ui.LeafData, error)

// Words say to staff what a link to the question opens.
const Words = "the question how much parents decided"

// Item says an activity on the adult's own page.
func Item(a practice.Activity) (title say.Msg, args say.Args, note say.Msg, told say.Args) {
	return tAskItem, say.Args{"what": a.Title}, tAskNote, say.Args{"day": say.Date(a.AskUntil)}
}

func (h own) ask(q *web.Req) error { return h.showAsk(q, say.Msg{}) }

func (h own) showAsk(q *web.Req, wrong say.Msg) error {
	id, err := web.PathID[practice.Activity](q, "activity")
	if err != nil {
		return err
	}
	d, err := h.leaf(q, tAskTitle)
	if err != nil {
		return err
	}
	o, err := h.s.Ask(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d.In = func(tag string) string { return OwnPath(id) + "?in=" + tag }
	switch {
	case o.Done:
		d.Title = d.Lang.Put(tThanks)
		return q.Page(ownThanks(d))
	case !o.Open:
		return q.Page(ownOver(d))
	case wrong.Key() != "":
		d.Errors.Add("rung", d.Lang.Put(wrong))
		return q.Again(ownAsk(d, o))
	}
	return q.Page(ownAsk(d, o))
}

func (h own) answer(q *web.Req) error {
	id, err := web.PathID[practice.Activity](q, "activity")
	if err != nil {
		return err
	}
	if _, err = h.s.Drop(q.Context(), q.Pass, id, rungIn(q, "rung")); fault.KindOf(err) == fault.Invalid {
		return h.showAsk(q, tChooseOne)
	}
	if err != nil {
		return err
	}
	return q.Go(OwnPath(id), "")
}

func ownOptions(l say.Lang, top practice.Rung) (out []ui.LeafOption) {
	for _, r := range practice.Rungs {
		if r.Rung <= top {
			out = append(out, ui.LeafOption{Value: strconv.Itoa(int(r.Rung)), Label: l.Put(rungText(r.Rung))})
		}
	}
	return out
}

// askParents asks parents by their own links until a day, or ends it.
func (h handlers) askParents(q *web.Req) error {
	v := typed(q, "until")
	until, err := v.day("until")
	said := "Parents are asked until " + day(until) + ". The question stands on the page of each, and a link can be sent to it."
	if q.Text("stop") != "" {
		until, said = "", "Parents are not asked any more."
	}
	return h.onActivity(q, v, said, func(id ids.ID[practice.Activity]) error {
		if err != nil {
			return err
		}
		if until == "" && q.Text("stop") == "" {
			return fault.Field("until", "Write the last day.")
		}
		return h.s.AskParents(q.Context(), q.Pass, id, until)
	})
}
