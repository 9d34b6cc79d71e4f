package practice

import (
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// mayRead tells whether a story is for the person of the pass: a published one for everyone who may see; a draft for its author and who publishes.
func mayRead(tx *db.Tx, s Story) bool {
	p := tx.Pass()
	if s.State == "published" || p.OpenScope(Publish) == access.All {
		return true
	}
	return s.AuthorID != nil && int64(*s.AuthorID) == p.Who().Staff
}

// StoryView is a story with what was found in it.
type StoryView struct {
	Story
	Found      []Finding
	MayChange  bool
	MayPublish bool
	Looked     bool // a person has looked through exactly these words
}

// Stories lists the stories that are for the person of the pass, narrowed by a tag where one is given.
func (s *Service) Stories(ctx context.Context, p access.Pass, tag string) (out []Story, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := stories(tx)
		for _, x := range list {
			if mayRead(tx, x) && (tag == "" || slices.ContainsFunc([]string{x.Theme, x.Phase, x.Context, x.Objective}, func(t string) bool { return strings.EqualFold(t, tag) })) {
				out = append(out, x)
			}
		}
		return err
	})
	return out, err
}

// Story opens one.
func (s *Service) Story(ctx context.Context, p access.Pass, id StoryID) (v StoryView, err error) {
	if _, err := p.Check(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		v, err = storyView(tx, id)
		return err
	})
	return v, err
}

func storyView(tx *db.Tx, id StoryID) (v StoryView, err error) {
	if v.Story, err = storyByID(tx, id); err != nil {
		return v, err
	}
	if !mayRead(tx, v.Story) {
		return StoryView{}, fault.Gone("story")
	}
	p := tx.Pass()
	v.MayPublish = p.OpenScope(Publish) == access.All
	v.MayChange = p.Scope(Tell) == access.All || p.Scope(Tell) == access.Own && v.AuthorID != nil && int64(*v.AuthorID) == p.Who().Staff
	if !v.MayChange && !v.MayPublish {
		v.ByName, v.ConfirmedBy, v.ConfirmedWhy, v.ConsentHow = "", "", "", ""
		return v, nil
	}
	names, err := roll.NamesIn(tx, v.texts()...)
	v.Found, v.Looked = Known(names, v.texts()...), v.Confirmed == v.print()
	return v, err
}

// PutStory writes a story, or changes one: id 0 makes a new one. What was confirmed for other words no longer holds, and a published story whose words
// change is a draft again.
func (s *Service) PutStory(ctx context.Context, p access.Pass, x Story, seen int) (id StoryID, err error) {
	if _, err := p.CheckNamed(Tell); err != nil {
		return 0, err
	}
	for _, t := range []*string{&x.Title, &x.Situation, &x.Did, &x.Changed, &x.Learned, &x.Theme, &x.Phase, &x.Context, &x.Objective, &x.ConsentHow, &x.StatedWords, &x.StatedBy} {
		*t = strings.TrimSpace(*t)
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := x.judge(tx.Today()); err != nil {
			return err
		}
		if x.ID == 0 {
			x.ID = ids.New[Story]()
			if w := p.Who().Staff; w != 0 {
				author := roll.StaffID(w)
				x.AuthorID = &author
			}
			id = x.ID
			return insertStory(tx, x)
		}
		was, err := storyView(tx, x.ID)
		if err != nil {
			return err
		}
		if !was.MayChange {
			return access.Denied()
		}
		id = x.ID
		x.State, x.PublishedMs, x.Confirmed, x.ConfirmedBy, x.ConfirmedWhy, x.Version = was.State, was.PublishedMs, was.Confirmed, was.ConfirmedBy, was.ConfirmedWhy, seen
		if x.print() != was.print() || x.Consent != "given" && x.Family {
			x.State, x.PublishedMs, x.Confirmed, x.ConfirmedBy, x.ConfirmedWhy = "draft", nil, "", "", ""
		}
		return write(tx, x)
	})
	return id, err
}

func write(tx *db.Tx, x Story) error {
	ok, err := updateStory(tx, x)
	if err == nil && !ok {
		err = fault.New(fault.Conflict, "This story was changed on another page in the meantime. Open it again, and put in what you wanted to change.")
	}
	return err
}

func (s Story) judge(today string) error {
	var f fault.Fields
	for _, x := range [][3]string{{"title", s.Title, "Give the story a name."}, {"situation", s.Situation, "Write how it was before."}, {"did", s.Did, "Write what you did."}, {"changed", s.Changed, "Write what changed, and how you know. If you don't know, say so."}} {
		if x[1] == "" {
			f.Add(x[0], "%s", x[2])
		}
		tooLong(&f, x[0], x[1], 4000)
	}
	tooLong(&f, "learned", s.Learned, 4000)
	for name, text := range map[string]string{"theme": s.Theme, "phase": s.Phase, "context": s.Context, "objective": s.Objective, "stated_words": s.StatedWords, "stated_by": s.StatedBy, "consent_how": s.ConsentHow} {
		tooLong(&f, name, text, 200)
	}
	if !slices.Contains([]string{"unasked", "given", "refused"}, s.Consent) {
		f.Add("consent", "Say whether the family has agreed.")
	}
	if s.Family && s.Consent == "given" {
		if !isDay(s.ConsentOn) || s.ConsentOn > today {
			f.Add("consent_on", "Write the day on which they agreed.")
		}
		if s.ConsentHow == "" {
			f.Add("consent_how", "Write who agreed to which words, and how: for example “both parents read it and signed”.")
		}
	}
	if s.Stated != nil && (*s.Stated < 0 || s.StatedBy == "") {
		f.Add("stated_by", "Write which source states that number.")
	}
	return f.Err()
}

// Confirm says that a person has looked through the words of a story and that nobody can be known by them, and why what was found may stand.
func (s *Service) Confirm(ctx context.Context, p access.Pass, id StoryID, why string) error {
	if err := p.CheckAll(Publish); err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := storyView(tx, id)
		if err != nil {
			return err
		}
		var f fault.Fields
		if why == "" {
			f.Add("why", "Write why it may stand: for example “Grace is the name of the room, not of a child”.")
		}
		tooLong(&f, "why", why, longest)
		if err := f.Err(); err != nil {
			return err
		}
		v.Confirmed, v.ConfirmedBy, v.ConfirmedWhy = v.print(), p.Who().Name, why
		if err := write(tx, v.Story); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "story", Key: int64(id), Words: "A story was looked through: nobody can be known by it."})
	})
}

// PublishStory lets everyone here read it, and who comes from outside. It waits for consent, and for a person to look where something was found.
func (s *Service) PublishStory(ctx context.Context, p access.Pass, id StoryID) error {
	if err := p.CheckAll(Publish); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := storyView(tx, id)
		if err != nil {
			return err
		}
		if err := MayPublish(v.Story, v.Found); err != nil {
			return err
		}
		now := tx.Now()
		v.State, v.PublishedMs = "published", &now
		return write(tx, v.Story)
	})
}

// Withdraw takes a story back, such as when a family no longer wants it told.
func (s *Service) Withdraw(ctx context.Context, p access.Pass, id StoryID) error {
	if err := p.CheckAll(Publish); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := storyView(tx, id)
		if err != nil {
			return err
		}
		v.State, v.PublishedMs = "withdrawn", nil
		return write(tx, v.Story)
	})
}

// Read counts that a published story was read. The button does it, not the page: a page that is only looked at changes nothing.
func (s *Service) Read(ctx context.Context, p access.Pass, id StoryID) error {
	return s.used(ctx, p, id, "view", "")
}

// Requested counts that somebody asked for a story.
func (s *Service) Requested(ctx context.Context, p access.Pass, id StoryID, whom string) error {
	whom = strings.TrimSpace(whom)
	var f fault.Fields
	if whom == "" {
		f.Add("whom", "Write which school or organisation asked. A name of a person is not needed.")
	}
	tooLong(&f, "whom", whom, 200)
	if err := f.Err(); err != nil && p.Has(See) {
		if _, gone := s.Story(ctx, p, id); gone != nil {
			return gone
		}
		return err
	}
	return s.used(ctx, p, id, "request", whom)
}

func (s *Service) used(ctx context.Context, p access.Pass, id StoryID, kind, whom string) error {
	if _, err := p.Check(See); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := storyView(tx, id)
		if err != nil {
			return err
		}
		if v.State != "published" {
			return nil
		}
		return insertUse(tx, id, kind, whom)
	})
}
