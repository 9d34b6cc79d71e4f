package web

import (
	"strconv"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/practice"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func page(q *web.Req, title string, crumbs ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Practice", Href: PracticePath}}, crumbs...)
	return d
}

func day(iso string) string { return roll.DayInWords(iso) }

func formErrors(err error) (ui.Errors, error) {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return ui.ErrorsOf(err), nil
	case fault.Conflict:
		sentence, _ := fault.Sentence(err)
		return ui.Errors{{Text: sentence}}, nil
	}
	return nil, err
}

// values are the fields of a form as they were typed.
type values map[string]string

func typed(q *web.Req, names ...string) values {
	v := values{}
	for _, n := range names {
		v[n] = q.Text(n)
	}
	return v
}

func (v values) day(name string) (string, error) {
	iso, err := ui.ParseDate(v[name])
	if err != nil {
		return "", fault.Field(name, "%s.", err.Error())
	}
	return iso, nil
}

// done goes on, or shows the page again with what is wrong.
func done(q *web.Req, err error, to, said string, again func(ui.Errors) error) error {
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return again(errs)
	}
	return q.Go(to, said)
}

func show(q *web.Req, d ui.PageData, c web.Component) error {
	if len(d.Errors) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func (h handlers) overview(q *web.Req) error {
	o, err := h.s.Overview(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(overviewPage(ui.From(q, "Practice"), o))
}

// The register of policies.

func (h handlers) policies(q *web.Req) error { return h.policiesPage(q, nil, values{}) }

func (h handlers) policiesPage(q *web.Req, errs ui.Errors, f values) error {
	list, today, err := h.s.Policies(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	staff, err := h.staff(q)
	if err != nil {
		return err
	}
	d := page(q, "Policies")
	d.Errors = errs
	if id, err := ids.Parse[practice.Policy](q.Text("removed")); err == nil && q.Pass.Has(practice.Keep) {
		d.Undo = &ui.UndoData{Text: "The policy was taken off the register.", Action: policyDropPath(id), Label: "Put it back", Fields: []ui.HiddenInput{{Name: "back", Value: "yes"}}}
	}
	return show(q, d, policiesPage(d, list, today, q.Pass.Has(practice.Keep), q.Pass.Scope(practice.See) >= access.Own, staff, f))
}

func (h handlers) staff(q *web.Req) ([]roll.Staff, error) {
	if !q.Pass.Has(practice.Keep) {
		return nil, nil
	}
	return h.s.Colleagues(q.Context(), q.Pass)
}

func readPolicy(q *web.Req) (values, practice.Policy) {
	v := typed(q, "title", "owner")
	p := practice.Policy{Title: v["title"]}
	if id := web.FormID[roll.Staff](q, "owner"); id != 0 {
		p.OwnerID = &id
	}
	return v, p
}

func (h handlers) addPolicy(q *web.Req) error {
	v, p := readPolicy(q)
	id, err := h.s.PutPolicy(q.Context(), q.Pass, p)
	return done(q, err, policyPath(id), "It is in the register. When was it last looked at?", func(e ui.Errors) error { return h.policiesPage(q, e, v) })
}

func (h handlers) policy(q *web.Req) error { return h.policyPage(q, nil, values{}) }

func (h handlers) policyPage(q *web.Req, errs ui.Errors, f values) error {
	id, err := web.PathID[practice.Policy](q, "policy")
	if err != nil {
		return err
	}
	v, err := h.s.Policy(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	staff, err := h.staff(q)
	if err != nil {
		return err
	}
	d := page(q, v.Title, ui.Link{Text: "Policies", Href: PoliciesPath})
	d.Errors = errs
	return show(q, d, policyPage(d, v, staff, f))
}

func (h handlers) changePolicy(q *web.Req) error {
	id, err := web.PathID[practice.Policy](q, "policy")
	if err != nil {
		return err
	}
	v, p := readPolicy(q)
	p.ID = id
	if _, err = h.s.Policy(q.Context(), q.Pass, id); err == nil {
		_, err = h.s.PutPolicy(q.Context(), q.Pass, p)
	}
	return done(q, err, policyPath(id), "Saved.", func(e ui.Errors) error { return h.policyPage(q, e, v) })
}

func (h handlers) review(q *web.Req) error {
	id, err := web.PathID[practice.Policy](q, "policy")
	if err != nil {
		return err
	}
	v := typed(q, "on", "consulted", "barriers")
	on, err := v.day("on")
	if err == nil {
		err = h.s.Reviewed(q.Context(), q.Pass, practice.Review{PolicyID: id, OnDay: on, Consulted: v["consulted"], Barriers: v["barriers"]})
	}
	return done(q, err, policyPath(id), "Written down.", func(e ui.Errors) error { return h.policyPage(q, e, v) })
}

func (h handlers) dropPolicy(q *web.Req) error {
	id, err := web.PathID[practice.Policy](q, "policy")
	if err != nil {
		return err
	}
	back := q.Text("back") != ""
	if err := h.s.DropPolicy(q.Context(), q.Pass, id, !back); err != nil {
		return err
	}
	if back {
		return q.Go(policyPath(id), "It is back in the register.")
	}
	return q.Go(PoliciesPath+"?removed="+id.String(), "")
}

// The register of roles.

func (h handlers) duties(q *web.Req) error { return h.dutiesPage(q, nil, values{}) }

func (h handlers) dutiesPage(q *web.Req, errs ui.Errors, f values) error {
	list, c, err := h.s.Duties(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := page(q, "Roles of staff")
	d.Errors = errs
	if id, err := ids.Parse[practice.Duty](q.Text("removed")); err == nil && q.Pass.Has(practice.Keep) {
		d.Undo = &ui.UndoData{Text: "The role was taken off the register.", Action: dutyDropPath(id), Label: "Put it back", Fields: []ui.HiddenInput{{Name: "back", Value: "yes"}}}
	}
	return show(q, d, dutiesPage(d, list, c, q.Pass.Has(practice.Keep), f))
}

func readDuty(q *web.Req) (values, practice.Duty) {
	v := typed(q, "title", "duty", "note")
	return v, practice.Duty{Title: v["title"], Duty: v["duty"], Note: v["note"]}
}

func (h handlers) addDuty(q *web.Req) error {
	v, d := readDuty(q)
	_, err := h.s.PutDuty(q.Context(), q.Pass, d)
	return done(q, err, DutiesPath, "The role is in the register.", func(e ui.Errors) error { return h.dutiesPage(q, e, v) })
}

func (h handlers) changeDuty(q *web.Req) error {
	id, err := web.PathID[practice.Duty](q, "duty")
	if err != nil {
		return err
	}
	v, d := readDuty(q)
	d.ID = id
	_, err = h.s.PutDuty(q.Context(), q.Pass, d)
	v["open"] = id.String()
	// A key that is not here is answered as such before the form is looked at.
	if fault.KindOf(err) == fault.Invalid {
		list, _, lerr := h.s.Duties(q.Context(), q.Pass)
		if lerr != nil {
			return lerr
		}
		there := false
		for _, x := range list {
			there = there || x.ID == id
		}
		if !there {
			return fault.Gone("role")
		}
	}
	return done(q, err, DutiesPath, "Saved.", func(e ui.Errors) error { return h.dutiesPage(q, e, v) })
}

func (h handlers) dropDuty(q *web.Req) error {
	id, err := web.PathID[practice.Duty](q, "duty")
	if err != nil {
		return err
	}
	back := q.Text("back") != ""
	if err := h.s.DropDuty(q.Context(), q.Pass, id, !back); err != nil {
		return err
	}
	if back {
		return q.Go(DutiesPath, "The role is back in the register.")
	}
	return q.Go(DutiesPath+"?removed="+id.String(), "")
}

// The ladder.

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

func (h handlers) stories(q *web.Req) error {
	tag := q.Text("tag")
	list, err := h.s.Stories(q.Context(), q.Pass, tag)
	if err != nil {
		return err
	}
	return q.Page(storiesPage(page(q, "Stories of practice"), list, tag, q.Pass.Has(practice.Tell)))
}

func (h handlers) newStory(q *web.Req) error {
	d := page(q, "New story", ui.Link{Text: "Stories of practice", Href: StoriesPath})
	return q.Page(storyFormPage(d, newStoryPath, values{"consent": "unasked"}, 0))
}

var storyFields = []string{"title", "situation", "did", "changed", "learned", "theme", "phase", "context", "objective", "family", "consent", "consent_on", "consent_how", "stated", "stated_words", "stated_by"}

func readStory(q *web.Req) (values, practice.Story, error) {
	v := typed(q, storyFields...)
	s := practice.Story{Title: v["title"], Situation: v["situation"], Did: v["did"], Changed: v["changed"], Learned: v["learned"], Theme: v["theme"], Phase: v["phase"], Context: v["context"], Objective: v["objective"],
		Family: v["family"] == "yes", Consent: v["consent"], ConsentHow: v["consent_how"], StatedWords: v["stated_words"], StatedBy: v["stated_by"]}
	if s.Consent == "" {
		s.Consent = "unasked"
	}
	var err error
	if s.ConsentOn, err = v.day("consent_on"); err != nil {
		return v, s, err
	}
	if v["stated"] != "" {
		n, e := strconv.Atoi(v["stated"])
		if e != nil {
			return v, s, fault.Field("stated", "Write a whole number, or leave it empty.")
		}
		s.Stated = &n
	}
	return v, s, nil
}

func (h handlers) addStory(q *web.Req) error {
	v, s, err := readStory(q)
	var id practice.StoryID
	if err == nil {
		id, err = h.s.PutStory(q.Context(), q.Pass, s, 0)
	}
	return done(q, err, StoryPath(id), "The story is kept as a draft. Only you, the head and senior leaders read it.", func(e ui.Errors) error {
		d := page(q, "New story", ui.Link{Text: "Stories of practice", Href: StoriesPath})
		d.Errors = e
		return q.Again(storyFormPage(d, newStoryPath, v, 0))
	})
}

func (h handlers) readOne(q *web.Req) (practice.StoryView, error) {
	id, err := web.PathID[practice.Story](q, "story")
	if err != nil {
		return practice.StoryView{}, err
	}
	return h.s.Story(q.Context(), q.Pass, id)
}

func (h handlers) story(q *web.Req) error { return h.storyPage(q, nil, values{}) }

func (h handlers) storyPage(q *web.Req, errs ui.Errors, f values) error {
	v, err := h.readOne(q)
	if err != nil {
		return err
	}
	d := page(q, v.Title, ui.Link{Text: "Stories of practice", Href: StoriesPath})
	d.Errors = errs
	return show(q, d, storyPage(d, v, f))
}

func (h handlers) editStory(q *web.Req) error {
	s, err := h.readOne(q)
	if err != nil {
		return err
	}
	if !s.MayChange {
		return access.Denied()
	}
	v := values{"title": s.Title, "situation": s.Situation, "did": s.Did, "changed": s.Changed, "learned": s.Learned, "theme": s.Theme, "phase": s.Phase, "context": s.Context, "objective": s.Objective, "consent": s.Consent,
		"consent_on": ui.ShowDate(s.ConsentOn), "consent_how": s.ConsentHow, "stated_words": s.StatedWords, "stated_by": s.StatedBy}
	if s.Family {
		v["family"] = "yes"
	}
	if s.Stated != nil {
		v["stated"] = strconv.Itoa(*s.Stated)
	}
	return q.Page(storyFormPage(page(q, "Change the story", ui.Link{Text: s.Title, Href: StoryPath(s.ID)}), storyEditPath(s.ID), v, s.Version))
}

func (h handlers) changeStory(q *web.Req) error {
	was, err := h.readOne(q)
	if err != nil {
		return err
	}
	v, s, err := readStory(q)
	s.ID = was.ID
	seen, _ := strconv.Atoi(q.Text("version"))
	if err == nil {
		_, err = h.s.PutStory(q.Context(), q.Pass, s, seen)
	}
	return done(q, err, StoryPath(was.ID), "Saved.", func(e ui.Errors) error {
		d := page(q, "Change the story", ui.Link{Text: was.Title, Href: StoryPath(was.ID)})
		d.Errors = e
		return q.Again(storyFormPage(d, storyEditPath(was.ID), v, seen))
	})
}

// onStory does something about one story and shows its page again when something is wrong.
func (h handlers) onStory(q *web.Req, f values, said string, do func(id practice.StoryID) error) error {
	id, err := web.PathID[practice.Story](q, "story")
	if err != nil {
		return err
	}
	return done(q, do(id), StoryPath(id), said, func(e ui.Errors) error { return h.storyPage(q, e, f) })
}

func (h handlers) confirm(q *web.Req) error {
	v := typed(q, "why")
	return h.onStory(q, v, "You have looked through these words. If they change, they are looked through again.", func(id practice.StoryID) error {
		if _, err := h.s.Story(q.Context(), q.Pass, id); err != nil {
			return err
		}
		return h.s.Confirm(q.Context(), q.Pass, id, v["why"])
	})
}

func (h handlers) publish(q *web.Req) error {
	return h.onStory(q, values{}, "Everyone here can read it now.", func(id practice.StoryID) error { return h.s.PublishStory(q.Context(), q.Pass, id) })
}

func (h handlers) withdraw(q *web.Req) error {
	return h.onStory(q, values{}, "The story is taken back. Only who writes and publishes stories reads it.", func(id practice.StoryID) error { return h.s.Withdraw(q.Context(), q.Pass, id) })
}

func (h handlers) read(q *web.Req) error {
	return h.onStory(q, values{}, "", func(id practice.StoryID) error { return h.s.Read(q.Context(), q.Pass, id) })
}

func (h handlers) request(q *web.Req) error {
	v := typed(q, "whom")
	return h.onStory(q, v, "Counted.", func(id practice.StoryID) error { return h.s.Requested(q.Context(), q.Pass, id, v["whom"]) })
}

func dayOfMs(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }
