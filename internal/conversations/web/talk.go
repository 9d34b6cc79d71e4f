package web

import (
	"strconv"
	"strings"

	"ajar/internal/conversations"
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

func itoa(n int) string { return strconv.Itoa(n) }

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// talkForm holds what was typed into the forms of a conversation's page, so that it is there again beside an error.
type talkForm struct {
	Adult, Outcome, Note, On, At          string
	MeetOn, MeetAt, Place, WithWhom       string
	Prep, Talk, Writeup, Cover, CoverFrom string
}

type talkView struct {
	R      conversations.Record
	F      talkForm
	Invite bool
}

func (h pages) talk(q *web.Req) error { return h.showTalk(q, nil, nil) }

// showTalk shows a conversation; with a cause it shows again what was typed, and the errors.
func (h pages) showTalk(q *web.Req, f *talkForm, cause error) error {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return err
	}
	v := talkView{Invite: q.Pass.Scope(conversations.Invite) >= access.Own}
	if v.R, err = h.s.One(q.Context(), q.Pass, id); err != nil {
		return err
	}
	if f != nil {
		v.F = *f
	} else {
		t := v.R.Line.Talk
		v.F = talkForm{MeetOn: ui.ShowDate(t.MeetOn), MeetAt: t.MeetAt, Place: t.Place, WithWhom: t.WithWhom, Prep: showInt(t.PrepMinutes), Talk: showInt(t.TalkMinutes), Writeup: showInt(t.WriteupMinutes),
			Cover: showPounds(t.CoverPence), CoverFrom: t.CoverFrom}
	}
	d := ui.From(q, whom(v.R.Line))
	d.Breadcrumbs = []ui.Link{{Text: "Conversations", Href: MinePath}, {Text: v.R.Line.RoundTitle, Href: RoundPath(v.R.Line.RoundID)}}
	if cause == nil {
		return q.Page(talkPage(d, v))
	}
	if d.Errors = ui.ErrorsOf(cause); len(d.Errors) == 0 {
		return cause
	}
	return q.Again(talkPage(d, v))
}

func (v talkView) missedTitle() string {
	if v.R.Line.Standing == conversations.DidNotCome {
		return "Say what kept them"
	}
	return "They did not come"
}

func (v talkView) talkButton() string {
	if v.R.Line.Drafted > 0 {
		return "Go on with the talk"
	}
	return "Begin the talk"
}

// summary says where the conversation stands. It holds nothing of what was said.
func (v talkView) summary() []ui.SummaryRow {
	l := v.R.Line
	rows := []ui.SummaryRow{
		{Key: "Child", Content: ui.LinkTo(pupilPath(l.PupilID), l.PupilName()+", "+yearWords(l.Year))},
		{Key: "Key teacher", Value: l.KeyTeacher},
	}
	if l.InvitedOn != "" {
		rows = append(rows, ui.SummaryRow{Key: "Asked on", Value: day(l.InvitedOn)})
	}
	if l.MeetOn != "" {
		rows = append(rows, ui.SummaryRow{Key: "Time agreed", Value: strings.TrimSpace(day(l.MeetOn) + " " + l.MeetAt)}, ui.SummaryRow{Key: "Place", Value: l.Place})
	}
	if l.WithWhom != "" {
		rows = append(rows, ui.SummaryRow{Key: "Who will be there", Value: l.WithWhom})
	}
	switch l.Standing {
	case conversations.Declined:
		rows = append(rows, ui.SummaryRow{Key: "They would rather not", Value: l.DeclinedWhy})
	case conversations.DidNotCome:
		rows = append(rows, ui.SummaryRow{Key: "Did not come on", Value: day(l.OutcomeOn)}, ui.SummaryRow{Key: "What kept them", Value: conversations.WordsOf(conversations.MissedReasons, l.MissedWhy)})
	case conversations.Held:
		rows = append(rows, ui.SummaryRow{Key: "Held on", Value: day(l.OutcomeOn)})
	}
	if l.NextOn != "" {
		rows = append(rows, ui.SummaryRow{Key: "We talk again on", Value: day(l.NextOn)})
	}
	return rows
}

func (v talkView) timeline() []ui.TimelineEvent {
	words := map[string]string{"letter": "Letter sent", "call": "Call", "in_person": "Asked in person", "agreed": "Time agreed", "declined": "Would rather not", "held": "Held", "did_not_come": "Did not come"}
	colours := map[string]ui.Colour{"agreed": ui.Plum, "held": ui.Green, "did_not_come": ui.Amber}
	var out []ui.TimelineEvent
	for _, c := range v.R.Contacts {
		title := words[c.Kind]
		if c.Adult != "" {
			title += ": " + c.Adult
		}
		note := c.Note
		switch c.Kind {
		case "call":
			note = strings.TrimSpace(conversations.WordsOf(conversations.CallOutcomes, c.Outcome) + ". " + note)
		case "did_not_come":
			note = strings.TrimSpace(conversations.WordsOf(conversations.MissedReasons, c.Outcome) + ". " + note)
		}
		out = append(out, ui.TimelineEvent{Title: title, When: strings.TrimSpace(day(c.OnDate) + " " + c.AtTime), Datetime: c.OnDate, By: c.ByName, Text: note, Colour: colours[c.Kind]})
	}
	return out
}

// adult is who is ticked on the form of a call: what was chosen, or the only one there is.
func (v talkView) adult() string {
	if v.F.Adult != "" {
		return v.F.Adult
	}
	if len(v.R.Adults) > 0 {
		return v.R.Adults[0].Relation.Adult.ID.String()
	}
	return ""
}

func callOptions(d ui.PageData, v talkView) []ui.Option {
	list := options(conversations.CallOutcomes)
	for i := range list {
		switch list[i].Value {
		case "agreed":
			list[i].Conditional = timeFields(d, v, "")
		case "declined":
			list[i].Conditional = declinedField()
		}
	}
	return list
}

func (v talkView) invitation(p conversations.Person) conversations.Invitation {
	for _, i := range v.R.Invitations {
		if i.AdultID == p.Relation.Adult.ID {
			return i
		}
	}
	return conversations.Invitation{WriteIn: p.Relation.Adult.Reads, Interpreter: p.Relation.Adult.Interpreter}
}

func (v talkView) channel(p conversations.Person) string {
	if c := v.invitation(p).Channel; c != "" {
		return c
	}
	return "letter"
}

func (v talkView) interpreter(p conversations.Person) []string {
	if i := v.invitation(p).Interpreter; i != nil && *i {
		return []string{"1"}
	}
	return nil
}

func (v talkView) agreers() []ui.Option {
	return append(people(v.R.Adults), ui.Option{Value: "pupil", Label: v.R.Line.PupilName()})
}

func (v talkView) costSummary() string {
	t := v.R.Line.Talk
	if t.PrepMinutes == nil && t.TalkMinutes == nil && t.WriteupMinutes == nil && t.CoverPence == nil {
		return "Record the time it took and what cover cost"
	}
	n := 0
	for _, m := range []*int{t.PrepMinutes, t.TalkMinutes, t.WriteupMinutes} {
		if m != nil {
			n += *m
		}
	}
	s := plural(n, "minute", "minutes") + " recorded"
	if t.CoverPence != nil {
		s += ", cover " + pounds(*t.CoverPence)
	}
	return s
}

func correctLink(v talkView) []ui.Link {
	if !v.R.MayHold {
		return nil
	}
	return []ui.Link{{Text: "Correct it", Href: CorrectPath(v.R.Line.ID)}}
}

func byWhom(t conversations.Text) string {
	if t.Corrector == "" {
		return ""
	}
	return " (as " + t.Corrector + " asked)"
}

func agreementWords(pupil string, a conversations.Agreement) string {
	who := a.Adult
	if a.AdultID == nil {
		who = pupil
	}
	return who + " agreed to version " + itoa(a.Version) + ", " + lower(conversations.WordsOf(conversations.AllWays, a.Way)) + ", " + day(a.OnDate)
}

func answer(key string) string {
	if key == "" {
		return "no answer"
	}
	return lower(conversations.WordsOf(conversations.Answers, key))
}

// ownerWords are whose a target is, with the name of who exactly.
func ownerWords(t conversations.Target) string {
	w := conversations.WordsOf(conversations.Owners, t.Owner)
	if t.Who != "" {
		w += " (" + t.Who + ")"
	}
	return w
}

func targetColumns() []ui.Column[conversations.Target] {
	return []ui.Column[conversations.Target]{
		{Head: "Target", RowHead: true, Text: func(t conversations.Target) string { return t.Words }},
		{Head: "Whose", Text: func(t conversations.Target) string {
			w := conversations.WordsOf(conversations.Owners, t.Owner)
			if t.Who != "" {
				w += ": " + t.Who
			}
			return w
		}},
		{Head: "By", Text: func(t conversations.Target) string { return day(t.Due) }},
		{Head: "How we will know", Text: func(t conversations.Target) string { return t.Measure }},
		{Head: "What became of it", Cell: func(t conversations.Target) templ.Component { return targetState(t) }},
	}
}

// Actions of the page. Each shows the page again with what was typed when something is missing.

// do runs an action on the conversation of the address and goes back to its page.
func (h pages) do(q *web.Req, flash string, f *talkForm, act func(conversations.TalkID) error) error {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return err
	}
	if err := act(id); err != nil {
		if w, ok := conversations.AsWorry(err); ok {
			return h.holdBack(q, w)
		}
		return h.showTalk(q, f, err)
	}
	return q.Go(TalkPath(id), flash)
}

func formAdult(q *web.Req) roll.AdultID { return web.FormID[roll.Adult](q, "adult") }

func needAdult(q *web.Req) (roll.AdultID, error) {
	if id := formAdult(q); id != 0 {
		return id, nil
	}
	return 0, fault.Field("adult", "Choose the adult.")
}

func (h pages) invite(q *web.Req) error {
	return h.do(q, "Saved.", nil, func(id conversations.TalkID) error {
		wanted := q.Checked("interpreter")
		return h.keeping(q).Invite(q.Context(), q.Pass, id, conversations.Invitation{AdultID: formAdult(q), Channel: q.Text("channel"), WriteIn: q.Text("write_in"), Interpreter: &wanted,
			Offered: q.Text("offered"), Suits: q.Text("suits"), SentOn: typed(q.Text("sent_on"))})
	})
}

func (h pages) own(q *web.Req) error {
	id, err := web.PathID[conversations.Talk](q, "talk")
	if err != nil {
		return err
	}
	own, err := h.s.GiveOwn(q.Context(), q.Pass, id, formAdult(q))
	if err != nil {
		return err
	}
	return q.Go(TalkPath(own), "They have a conversation of their own now. Nothing that is said in one is shown in the other's copy.")
}

func readTalkForm(q *web.Req) talkForm {
	return talkForm{Adult: q.Text("adult"), Outcome: q.Text("outcome"), Note: q.Text("note"), On: q.Text("on"), At: q.Text("at"),
		MeetOn: q.Text("meet_on"), MeetAt: q.Text("meet_at"), Place: q.Text("place"), WithWhom: q.Text("with_whom"),
		Prep: q.Text("prep"), Talk: q.Text("talk"), Writeup: q.Text("writeup"), Cover: q.Text("cover"), CoverFrom: q.Text("cover_from")}
}

func (f talkForm) time(q *web.Req) conversations.Time {
	return conversations.Time{AdultID: formAdult(q), MeetOn: typed(f.MeetOn), MeetAt: f.MeetAt, Place: f.Place, WithWhom: f.WithWhom, Note: f.Note}
}

func (h pages) call(q *web.Req) error {
	f := readTalkForm(q)
	return h.do(q, "The call is logged.", &f, func(id conversations.TalkID) error {
		adult, err := needAdult(q)
		if err != nil {
			return err
		}
		return h.keeping(q).LogCall(q.Context(), q.Pass, id, conversations.Call{AdultID: adult, On: typed(f.On), At: f.At, Outcome: f.Outcome, Note: f.Note, Time: f.time(q), Declined: q.Text("declined")})
	})
}

func (h pages) time(q *web.Req) error {
	f := readTalkForm(q)
	return h.do(q, "The time is kept.", &f, func(id conversations.TalkID) error {
		return h.keeping(q).AgreeTime(q.Context(), q.Pass, id, f.time(q))
	})
}

func (h pages) decline(q *web.Req) error {
	return h.do(q, "Kept. They can be asked again another time.", nil, func(id conversations.TalkID) error {
		return h.keeping(q).Decline(q.Context(), q.Pass, id, formAdult(q), "", q.Text("why"))
	})
}

func (h pages) missed(q *web.Req) error {
	return h.do(q, "Kept. A short call to offer another time often helps.", nil, func(id conversations.TalkID) error {
		return h.keeping(q).Missed(q.Context(), q.Pass, id, typed(q.Text("on")), q.Text("reason"), q.Text("note"))
	})
}

func (h pages) reopen(q *web.Req) error {
	return h.do(q, "Taken back. The log below still shows what was recorded.", nil, func(id conversations.TalkID) error {
		return h.s.Reopen(q.Context(), q.Pass, id)
	})
}

func (h pages) held(q *web.Req) error {
	return h.do(q, "Kept as held. The write-up is waiting for you.", nil, func(id conversations.TalkID) error {
		return h.s.MarkHeld(q.Context(), q.Pass, id, typed(q.Text("on")))
	})
}

func (h pages) feedback(q *web.Req) error {
	return h.do(q, "The answers are kept.", nil, func(id conversations.TalkID) error {
		adult, err := needAdult(q)
		if err != nil {
			return err
		}
		return h.s.RecordFeedback(q.Context(), q.Pass, id, conversations.Feedback{AdultID: adult, Heard: q.Text("heard"), Helped: q.Text("helped")})
	})
}

func (h pages) cost(q *web.Req) error {
	f := readTalkForm(q)
	return h.do(q, "Time and cover are kept.", &f, func(id conversations.TalkID) error {
		pence, ok := parsePounds(f.Cover)
		if !ok {
			return fault.Field("cover", "Write the cost of cover in pounds, for example 85 or 85.50.")
		}
		return h.s.RecordCost(q.Context(), q.Pass, id, conversations.Cost{Prep: parseMinutes(f.Prep), Talk: parseMinutes(f.Talk), Writeup: parseMinutes(f.Writeup), CoverPence: pence, CoverFrom: f.CoverFrom})
	})
}

func (h pages) agree(q *web.Req) error {
	return h.do(q, "The agreement is kept.", nil, func(id conversations.TalkID) error {
		version, _ := strconv.Atoi(q.Text("version"))
		adult := formAdult(q)
		if adult == 0 && q.Text("adult") != "pupil" {
			return fault.Field("adult", "Choose who agrees.")
		}
		return h.s.Agree(q.Context(), q.Pass, id, adult, version, typed(q.Text("on")), q.Text("way"))
	})
}

func (h pages) copy(q *web.Req) error {
	return h.do(q, "Kept.", nil, func(id conversations.TalkID) error {
		adult, err := needAdult(q)
		if err != nil {
			return err
		}
		return h.s.GiveCopy(q.Context(), q.Pass, id, adult, typed(q.Text("on")), q.Text("way"))
	})
}
