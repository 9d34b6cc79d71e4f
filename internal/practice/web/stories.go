package web

import (
	"strconv"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/practice"
	"ajar/internal/ui"
)

func (h handlers) stories(q *web.Req) error {
	tag := q.Text("tag")
	list, err := h.s.Stories(q.Context(), q.Pass, tag)
	if err != nil {
		return err
	}
	return q.Page(storiesPage(page(q, "Stories of practice"), list, tag, q.Pass.Has(practice.Tell), q.Pass.Has(practice.Publish) && !q.Pass.Open(practice.Publish)))
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
