package web

import (
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func (h pages) thread(q *web.Req) error {
	pupil, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	adult, err := web.PathID[roll.Adult](q, "adult")
	if err != nil {
		return err
	}
	t, err := h.s.ThreadWith(q.Context(), q.Pass, pupil, adult)
	if err != nil {
		return err
	}
	d := wordingPage(q, "With "+t.Adult.Name, ui.Link{Text: hitNames(t.Children), Href: "/pupils/" + pupil.String()})
	return q.Page(threadPage(d, t, pupil, q.Pass.Has(messages.Send)))
}

func (h pages) unstop(q *web.Req) error {
	pupil, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	adult, err := web.PathID[roll.Adult](q, "adult")
	if err != nil {
		return err
	}
	if err := h.s.Unstop(q.Context(), q.Pass, pupil, adult, q.Text("kind"), q.Text("folded")); err != nil {
		return err
	}
	return q.Go(ThreadPath(pupil, adult), "It may be used again.")
}

func stopWords(x messages.Stop, a roll.Adult) string {
	value := x.Folded
	for _, c := range a.Channels {
		if c.Folded == x.Folded {
			value = c.Value
		}
	}
	if x.Why == "wrong" {
		return value + ": somebody wrote that it is the wrong number."
	}
	return value + ": they asked for no more messages. Ask how else they would like to hear from us."
}

func threadTitle(l messages.ThreadLine) string {
	words := messages.WayWords(l.Way)
	if l.In {
		words += " from " + l.Who
	} else {
		words += " by " + l.Who
	}
	return words
}
