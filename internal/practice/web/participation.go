package web

import (
	"strconv"

	"ajar/internal/kit/access"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/practice"
	"ajar/internal/ui"
)

func (h handlers) participation(q *web.Req) error { return h.participationPage(q, nil, values{}) }

func (h handlers) participationPage(q *web.Req, errs ui.Errors, f values) error {
	v, err := h.s.Participation(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := page(q, "How deep parents take part")
	d.Errors, d.Wide = errs, true
	if id, err := ids.Parse[practice.Activity](q.Text("removed")); err == nil && v.MayKeep {
		d.Undo = &ui.UndoData{Text: "The activity was taken off the list.", Action: activityDrop(id), Label: "Put it back", Fields: []ui.HiddenInput{{Name: "back", Value: "yes"}}}
	}
	return show(q, d, participationPage(d, v, q.Pass.Scope(practice.See) >= access.Own, f))
}

func readActivity(q *web.Req) (values, practice.Activity, error) {
	v := typed(q, "title", "kind", "on", "outcome", "published_on")
	a := practice.Activity{Title: v["title"], Kind: v["kind"], Outcome: v["outcome"]}
	var err error
	if a.OnDay, err = v.day("on"); err != nil {
		return v, a, err
	}
	a.PublishedOn, err = v.day("published_on")
	return v, a, err
}

func (h handlers) addActivity(q *web.Req) error {
	v, a, err := readActivity(q)
	var id ids.ID[practice.Activity]
	if err == nil {
		id, err = h.s.PutActivity(q.Context(), q.Pass, a)
	}
	return done(q, err, activityPath(id), "It is on the list.", func(e ui.Errors) error { return h.participationPage(q, e, v) })
}

func (h handlers) activity(q *web.Req) error { return h.activityPage(q, nil, values{}) }

func (h handlers) activityPage(q *web.Req, errs ui.Errors, f values) error {
	id, err := web.PathID[practice.Activity](q, "activity")
	if err != nil {
		return err
	}
	v, err := h.s.Activity(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d := page(q, v.Title, ui.Link{Text: "How deep parents take part", Href: ParticipationPath})
	d.Errors = errs
	return show(q, d, activityPage(d, v, q.Pass.Has(practice.Keep), q.Pass.Has(practice.Rate), f))
}

// onActivity does something about one activity and shows its page again when something is wrong.
func (h handlers) onActivity(q *web.Req, f values, said string, do func(id ids.ID[practice.Activity]) error) error {
	id, err := web.PathID[practice.Activity](q, "activity")
	if err != nil {
		return err
	}
	return done(q, do(id), activityPath(id), said, func(e ui.Errors) error { return h.activityPage(q, e, f) })
}

func (h handlers) changeActivity(q *web.Req) error {
	v, a, err := readActivity(q)
	return h.onActivity(q, v, "Saved.", func(id ids.ID[practice.Activity]) error {
		if err != nil {
			return err
		}
		a.ID = id
		_, err := h.s.PutActivity(q.Context(), q.Pass, a)
		return err
	})
}

func (h handlers) dropActivity(q *web.Req) error {
	id, err := web.PathID[practice.Activity](q, "activity")
	if err != nil {
		return err
	}
	back := q.Text("back") != ""
	if err := h.s.DropActivity(q.Context(), q.Pass, id, !back); err != nil {
		return err
	}
	if back {
		return q.Go(activityPath(id), "It is back on the list.")
	}
	return q.Go(ParticipationPath+"?removed="+id.String(), "")
}

func rungIn(q *web.Req, name string) practice.Rung {
	n, _ := strconv.Atoi(q.Text(name))
	return practice.Rung(n)
}

func (h handlers) rate(q *web.Req) error {
	return h.onActivity(q, values{"form": "staff"}, "Your view is kept. You can change it.", func(id ids.ID[practice.Activity]) error {
		return h.s.RateAsStaff(q.Context(), q.Pass, id, rungIn(q, "rung"))
	})
}

func (h handlers) parents(q *web.Req) error {
	return h.onActivity(q, values{"form": "parents"}, "One parent's answer is kept. Key in the next one.", func(id ids.ID[practice.Activity]) error {
		return h.s.RateForParent(q.Context(), q.Pass, id, rungIn(q, "rung"))
	})
}

func (h handlers) parentsBack(q *web.Req) error {
	return h.onActivity(q, values{"form": "parents"}, "One such answer was taken back.", func(id ids.ID[practice.Activity]) error {
		return h.s.UnrateForParent(q.Context(), q.Pass, id, rungIn(q, "rung"))
	})
}

func (h handlers) decide(q *web.Req) error {
	v := typed(q, "how", "what", "decided_on")
	on, err := v.day("decided_on")
	return h.onActivity(q, v, "The decision is recorded.", func(id ids.ID[practice.Activity]) error {
		if err != nil {
			return err
		}
		return h.s.ShareDecision(q.Context(), q.Pass, practice.Shared{ActivityID: id, How: v["how"], What: v["what"], OnDay: on})
	})
}

func (h handlers) undecide(q *web.Req) error {
	s, err := web.PathID[practice.Shared](q, "decision")
	if err != nil {
		return err
	}
	return h.onActivity(q, values{}, "Taken back.", func(id ids.ID[practice.Activity]) error {
		return h.s.UnshareDecision(q.Context(), q.Pass, id, s)
	})
}

func (h handlers) paper(q *web.Req) error {
	id, err := web.PathID[practice.Activity](q, "activity")
	if err != nil {
		return err
	}
	v, err := h.s.Activity(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Print("activity", int64(id), "A card for parents was made for paper.", cardPaper(ui.DocData{Title: "Card for parents: " + v.Title, Back: ui.Link{Text: "Back", Href: activityPath(id)}}, ui.PaperSheetData{Org: q.Pass.Who().OrgName, Title: "How much did parents decide?"}, v))
}

// Stories.
