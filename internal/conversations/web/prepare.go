package web

import (
	"strings"

	"ajar/internal/conversations"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func (h pages) prepare(q *web.Req) error { return h.showPack(q, nil) }

func (h pages) showPack(q *web.Req, cause error) error {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return err
	}
	k, err := h.s.Pack(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	staff, err := h.s.Staff(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := ui.From(q, "Prepare: "+whom(k.Line))
	d.Breadcrumbs = []ui.Link{{Text: "Conversations", Href: MinePath}, {Text: whom(k.Line), Href: TalkPath(id)}}
	if cause == nil {
		return q.Page(preparePage(d, k, staff))
	}
	if d.Errors = ui.ErrorsOf(cause); len(d.Errors) == 0 {
		return cause
	}
	return q.Again(preparePage(d, k, staff))
}

// whoRows says who will be there, in what language, and when.
func whoRows(k conversations.Pack) []ui.SummaryRow {
	when := strings.TrimSpace(day(k.Line.MeetOn) + " " + k.Line.MeetAt)
	rows := []ui.SummaryRow{{Key: "When", Value: when}, {Key: "Where", Value: k.Line.Place}, {Key: "Who said they would come", Value: k.Line.WithWhom}}
	for _, p := range k.Adults {
		if !p.Asked && !p.Usual {
			continue
		}
		a := p.Relation.Adult
		var words []string
		if p.Relation.Tie.Relationship != "" {
			words = append(words, p.Relation.Tie.Relationship)
		}
		if a.Speaks != "" {
			words = append(words, "speaks "+a.Speaks)
		}
		if a.Reads != "" {
			words = append(words, "reads "+a.Reads)
		}
		switch {
		case a.Interpreter == nil:
			words = append(words, "interpreter: not asked")
		case *a.Interpreter:
			words = append(words, "interpreter wanted")
		}
		if a.Needs != "" {
			words = append(words, a.Needs)
		}
		for _, i := range k.Invitations {
			if i.AdultID == a.ID && i.Suits != "" {
				words = append(words, "what suits them: "+i.Suits)
			}
		}
		rows = append(rows, ui.SummaryRow{Key: a.Name, Value: strings.Join(words, "; ")})
	}
	return rows
}

func tipsTicked(k conversations.Pack) []string { return strings.Fields(k.Line.Tips) }

func (h pages) tips(q *web.Req) error {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return err
	}
	if err := h.s.Tick(q.Context(), q.Pass, id, q.Texts("tip")); err != nil {
		return err
	}
	return q.Go(PreparePath(id), "Saved.")
}

func (h pages) ask(q *web.Req) error {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return err
	}
	staff := web.FormID[roll.Staff](q, "staff")
	if staff == 0 {
		return h.showPack(q, fault.Field("staff", "Choose a colleague."))
	}
	n, err := h.s.AskReflections(q.Context(), q.Pass, id, []roll.StaffID{staff})
	if err != nil {
		return h.showPack(q, err)
	}
	if n == 0 {
		return q.Go(PreparePath(id), "They have been asked already.")
	}
	return q.Go(PreparePath(id), "Asked. They find the question on their page of conversations, and at the link below.")
}

func (h pages) reflection(q *web.Req) error {
	id, err := web.PathID[conversations.Reflection](q, "reflection")
	if err != nil {
		return err
	}
	a, err := h.s.Asked(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Page(reflectionPage(ui.From(q, "How is "+a.PupilName()+" getting on?"), a))
}

func (h pages) answer(q *web.Req) error {
	id, err := web.PathID[conversations.Reflection](q, "reflection")
	if err != nil {
		return err
	}
	if err := h.keeping(q).Answer(q.Context(), q.Pass, id, q.Text("well"), q.Text("help")); err != nil {
		if w, ok := conversations.AsWorry(err); ok {
			return h.holdBack(q, w)
		}
		if len(ui.ErrorsOf(err)) == 0 {
			return err
		}
		a, aerr := h.s.Asked(q.Context(), q.Pass, id)
		if aerr != nil {
			return aerr
		}
		a.Well, a.Help = q.Text("well"), q.Text("help")
		d := ui.From(q, "How is "+a.PupilName()+" getting on?")
		d.Errors = ui.ErrorsOf(err)
		return q.Again(reflectionPage(d, a))
	}
	return q.Go(MinePath, "Thank you. Your words are in the preparation for the talk.")
}

type sheetView struct {
	School, By, At string
	R              conversations.Record
	T              conversations.Text
}

// handing says to whom the sheet may be given while an order keeps somebody out.
func (v sheetView) handing() string {
	var names []string
	for _, p := range v.R.Adults {
		names = append(names, p.Relation.Adult.Name)
	}
	if len(names) == 0 {
		return "An order is in force about this child. There is nobody on the record to whom this sheet may be given."
	}
	return "An order is in force about this child. This sheet may be given to " + strings.Join(names, " or ") + " and to nobody else."
}

// held says when and with whom, for the head of the sheet.
func (v sheetView) held() string {
	s := "We talked"
	if v.R.Line.OutcomeOn != "" {
		s += " on " + day(v.R.Line.OutcomeOn)
	}
	if v.T.Agreed.Present != "" {
		s += ", with " + v.T.Agreed.Present
	}
	if v.R.Line.KeyTeacher != "" {
		s += ". Your key teacher is " + v.R.Line.KeyTeacher
	}
	return s + "."
}

// signers are the adults who may sign: those asked as a matter of course, never one whom an order bars.
func (v sheetView) signers() []string {
	var out []string
	for _, p := range v.R.Adults {
		if p.Asked {
			out = append(out, p.Relation.Adult.Name)
		}
	}
	if v.R.Line.KeyTeacher != "" {
		out = append(out, v.R.Line.KeyTeacher+", for the school")
	}
	return out
}

func (h pages) sheet(q *web.Req) error {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return err
	}
	v := sheetView{School: q.Frame.Org, By: q.Pass.Who().Name, At: moment(h.s.DB.Clock().Now().UnixMilli())}
	if v.R, err = h.s.One(q.Context(), q.Pass, id); err != nil {
		return err
	}
	if !v.R.MayRead || len(v.R.Texts) == 0 {
		return fault.Gone("sheet")
	}
	v.T = v.R.Texts[0]
	return q.Print("pupil", int64(v.R.Line.PupilID), "the sheet for the family after a conversation", sheetPage(ui.DocData{Title: "Sheet for the family of " + v.R.Line.PupilName(), Back: ui.Link{Text: "Back to the conversation", Href: TalkPath(id)}, Note: "A page or two, for the family and for you."}, v))
}

func (h pages) paper(q *web.Req) error {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return err
	}
	k, err := h.s.Pack(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Print("pupil", int64(k.Line.PupilID), "the form for a conversation on paper", paperPage(ui.DocData{Title: "Form for a talk on paper", Back: ui.Link{Text: "Back to the conversation", Href: TalkPath(id)}}, q.Frame.Org, k, q.Pass.Who().Name, moment(h.s.DB.Clock().Now().UnixMilli())))
}

type correctView struct {
	R                      conversations.Record
	A                      conversations.Agreed
	Version                int
	By, Changed, WhyHarder string
}

func (v correctView) goals() []conversations.Goal {
	return stepView{N: conversations.Notes{Goals: v.A.Goals}}.goals()
}

func joined(list []string) string { return strings.Join(list, "\n") }

func (h pages) correctForm(q *web.Req) error {
	v, err := h.toCorrect(q)
	if err != nil {
		return err
	}
	return q.Page(correctPage(ui.From(q, "Correct the text"), v))
}

func (h pages) toCorrect(q *web.Req) (v correctView, err error) {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return v, err
	}
	if v.R, err = h.s.One(q.Context(), q.Pass, id); err != nil {
		return v, err
	}
	if !v.R.MayRead || len(v.R.Texts) == 0 {
		return v, fault.Gone("text")
	}
	v.A, v.Version, v.WhyHarder = v.R.Texts[0].Agreed, v.R.Texts[0].Version, v.R.Texts[0].WhyHarder
	return v, nil
}

func (h pages) correct(q *web.Req) error {
	v, err := h.toCorrect(q)
	if err != nil {
		return err
	}
	latest := v.Version
	v.By, v.Changed, v.WhyHarder = q.Text("adult"), q.Text("changed"), q.Text("why_harder")
	v.A = conversations.Agreed{Present: v.A.Present, ToldUs: q.Text("told_us"), Summary: q.Text("summary"), Child: q.Text("child"), Strengths: q.Text("strengths"), InTheWay: q.Text("in_the_way"),
		Priorities: lines(q.Text("priorities")), Goals: readGoals(q), NextOn: typed(q.Text("next_on")), SharedWith: q.Text("shared_with")}
	err = nil
	if q.Text("version") != itoa(latest) {
		err = fault.Field("", "Somebody made version %s while you were writing. Nothing was saved and nothing is lost: read the newer version, then save yours if it is still needed.", itoa(latest))
	} else {
		_, err = h.keeping(q).Correct(q.Context(), q.Pass, v.R.Line.ID, formAdult(q), v.Changed, v.A, v.WhyHarder)
	}
	if err == nil {
		return q.Go(TalkPath(v.R.Line.ID), "The new version is kept beside the one before. Ask those concerned whether they agree to it.")
	}
	if w, ok := conversations.AsWorry(err); ok {
		return h.holdBack(q, w)
	}
	d := ui.From(q, "Correct the text")
	if d.Errors = ui.ErrorsOf(err); len(d.Errors) == 0 {
		return err
	}
	return q.Again(correctPage(d, v))
}

type reviewView struct {
	K       conversations.Pack
	Targets []conversations.Target
	Typed   *conversations.Target // what was typed for one target, beside its errors
}

func (v reviewView) of(t conversations.Target) conversations.Target {
	if v.Typed != nil && v.Typed.ID == t.ID {
		return *v.Typed
	}
	return t
}

func (v reviewView) error(d ui.PageData, t conversations.Target, field string) string {
	if v.Typed == nil || v.Typed.ID != t.ID {
		return ""
	}
	return d.Errors.For(field + "-" + t.ID.String())
}

func (h pages) review(q *web.Req) error {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return err
	}
	return h.showReview(q, id, nil, nil)
}

func (h pages) showReview(q *web.Req, id conversations.TalkID, as *conversations.Target, cause error) error {
	v := reviewView{Typed: as}
	var err error
	if v.K, err = h.s.Pack(q.Context(), q.Pass, id); err != nil {
		return err
	}
	// Before the talk has targets of its own, those of last time are looked at.
	if v.Targets = v.K.Targets; len(v.Targets) == 0 {
		v.Targets = v.K.Last
	}
	d := ui.From(q, "Look at the targets again")
	d.Breadcrumbs = []ui.Link{{Text: "Conversations", Href: MinePath}, {Text: whom(v.K.Line), Href: TalkPath(id)}}
	if cause == nil {
		return q.Page(reviewPage(d, v))
	}
	for _, e := range ui.ErrorsOf(cause) {
		d.Errors.Add(e.Field+"-"+as.ID.String(), e.Text)
	}
	if len(d.Errors) == 0 {
		return cause
	}
	return q.Again(reviewPage(d, v))
}

func (h pages) reviewTarget(q *web.Req) error {
	id, err := web.PathID[conversations.Target](q, "target")
	if err != nil {
		return err
	}
	in := web.FormID[conversations.Talk](q, "in")
	t := conversations.Target{ID: id, State: q.Text("state"), Why: q.Text("why"), Next: q.Text("next"), NextWords: q.Text("next_words")}
	if err := h.keeping(q).ReviewTarget(q.Context(), q.Pass, id, in, t.State, t.Why, t.Next, t.NextWords, ""); err != nil {
		if w, ok := conversations.AsWorry(err); ok {
			return h.holdBack(q, w)
		}
		return h.showReview(q, in, &t, err)
	}
	return q.Go(ReviewPath(in), "Kept.")
}
