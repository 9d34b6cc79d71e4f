package web

import (
	"strconv"
	"time"

	"ajar/internal/audit"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
	"ajar/internal/ui"
)

// own are the pages of this capability at the family's door: one question a page.
type own struct {
	s    *audit.Service
	leaf Leaf
}

// keyCookie holds what opens a parent's half-filled ballot. The browser has it, and nobody else.
const keyCookie = "ajar_ballot"

func ballotKey(q *web.Req) string {
	c, err := q.R.Cookie(keyCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// ownForm is what was typed, so that it is there again beside an error.
type ownForm struct {
	Words string
	Error say.Msg
	Worry *roll.Route
}

func (h own) ask(q *web.Req) error { return h.showAsk(q, ownForm{}) }

func (h own) showAsk(q *web.Req, f ownForm) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	d, err := h.leaf(q, tAskTitle)
	if err != nil {
		return err
	}
	o, err := h.s.Ask(q.Context(), q.Pass, id, ballotKey(q), d.Lang.Tag())
	if err != nil {
		return err
	}
	at := q.Text("q")
	d.In = func(tag string) string {
		if at == "" {
			return OwnPath(id) + "?in=" + tag
		}
		return OwnPath(id) + "?in=" + tag + "&q=" + at
	}
	write := q.Page
	if f.Error.Key() != "" || f.Worry != nil {
		write = q.Again
	}
	switch n, _ := strconv.Atoi(at); {
	case o.Done:
		d.Title = d.Lang.Put(tThanks)
		return q.Page(ownThanks(d))
	case !o.Open:
		return q.Page(ownOver(d))
	case at == "end":
		d.Title = d.Lang.Put(tEnd)
		if f.Error.Key() != "" {
			d.Errors.Add("words", d.Lang.Put(f.Error))
		}
		return write(ownEnd(d, o, f))
	case n >= 1 && n <= len(o.Questions):
		if f.Error.Key() != "" {
			d.Errors.Add("level", d.Lang.Put(f.Error))
		}
		return write(ownQuestionPage(d, o, n-1))
	}
	return q.Page(ownBegin(d, o))
}

// answer keeps one answer and goes to the next question.
func (h own) answer(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	level, bad := strconv.Atoi(q.Text("level"))
	if bad != nil {
		return h.showAsk(q, ownForm{Error: tChooseOne})
	}
	key := ballotKey(q)
	if len(key) < 40 {
		key = audit.NewKey()
		c := web.Cookie(keyCookie, key, 90*24*time.Hour, web.Secure(q.R))
		c.Path = OwnPath(id)
		q.W.Header().Add("Set-Cookie", c.String())
	}
	if err := h.s.Choose(q.Context(), q.Pass, id, key, q.Text("code"), level); err != nil {
		return err
	}
	n, _ := strconv.Atoi(q.Text("q"))
	count, _ := strconv.Atoi(q.Text("count"))
	if n >= count {
		return q.Go(OwnPath(id)+"?q=end", "")
	}
	return q.Go(ownQuestion(id, n), "")
}

// send hands everything in.
func (h own) send(q *web.Req) error {
	id, err := auditID(q)
	if err != nil {
		return err
	}
	words := q.Text("words")
	s := h.s
	if q.Checked("no_worry") {
		s = s.Keeping(words)
	}
	done, err := s.Drop(q.Context(), q.Pass, id, ballotKey(q), words)
	if _, ok := worry.As(err); ok {
		route, err := h.s.Roll.SafeguardingRoute(q.Context(), q.Pass)
		if err != nil {
			return err
		}
		return h.showAsk(q, ownForm{Words: words, Worry: &route})
	}
	if fault.KindOf(err) == fault.Invalid {
		return h.showAsk(q, ownForm{Words: words, Error: tTooLong})
	}
	if err != nil {
		return err
	}
	if !done {
		o, err := h.s.Ask(q.Context(), q.Pass, id, ballotKey(q), "en")
		if err != nil {
			return err
		}
		if !o.Done && o.Open {
			return h.showAsk(q, ownForm{Words: words, Error: tEndNothing})
		}
	}
	c := web.Cookie(keyCookie, "", -time.Second, web.Secure(q.R))
	c.Path = OwnPath(id)
	q.W.Header().Add("Set-Cookie", c.String())
	return q.Go(OwnPath(id), "")
}

func answerOptions(l say.Lang) (out []ui.LeafOption) {
	for _, n := range []int{1, 2, 3, 4, 5, 0} {
		out = append(out, ui.LeafOption{Value: strconv.Itoa(n), Label: l.Put(answerText(n))})
	}
	return out
}

func chosen(o audit.OwnView, q audit.Question) []string {
	if l, had := o.Ballot.Levels[q.Code]; had {
		return []string{strconv.Itoa(l)}
	}
	return nil
}

// nextQuestion is where somebody goes on: the first without an answer, or the end.
func nextQuestion(o audit.OwnView) string {
	if n := o.Next(); n >= 0 {
		return ownQuestion(o.Audit.ID, n)
	}
	return OwnPath(o.Audit.ID) + "?q=end"
}
