package demo

import (
	"slices"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/messages"
	"ajar/internal/roll"
)

// wordingOf gives the school templates of its own, of which some are checked in Urdu and Polish, an issue of the newsletter, and praise that waits for a name.
func (l *loader) wordingOf(st people) error {
	head := st.head
	l.at(weekday(l.today.AddDate(0, 0, -14)), 11)
	if _, err := l.Messages.TakeReady(l.ctx, st.office, []string{"absence_today", "late", "trip_reminder", "praise_card", "proud_letter", "meeting_invitation", "closure", "consent_talk"}); err != nil {
		return err
	}
	list, err := l.Messages.Templates(l.ctx, head)
	if err != nil {
		return err
	}
	var card messages.TemplateID
	for _, t := range list.List {
		v, err := l.Messages.Template(l.ctx, head, t.ID)
		if err != nil {
			return err
		}
		if t.Ready == "praise_card" {
			card = t.ID
		}
		for _, by := range [][2]string{{"ur", "Nadia Malik"}, {"pl", "Ewa Nowak"}} {
			w, _ := v.In(by[0])
			if t.Ready == "trip_reminder" || t.Ready == "late" {
				continue // these wait for somebody
			}
			if err := l.Messages.Translate(l.ctx, st.office, t.ID, w.Words, by[1], v.Version); err != nil {
				return err
			}
		}
	}
	for _, p := range messages.Phrases()[:12] {
		if err := l.Messages.CheckPhrase(l.ctx, st.office, p.Key, "ur", p.Said["ur"], "Nadia Malik"); err != nil {
			return err
		}
	}
	issue, err := l.Messages.PutIssue(l.ctx, st.office, messages.Issue{Month: l.today.Format("2006-01"), Title: "What is on before the holidays", Intro: "The days are short, and a lot is on. Come to what you like. Younger children are welcome everywhere."}, 0)
	if err != nil {
		return err
	}
	for _, x := range []messages.Item{
		{Kind: messages.ItemDate, Day: day(l.today.AddDate(0, 0, -6)), Title: "Coffee morning", Words: "In the library, from 9 to 10."},
		{Kind: messages.ItemDate, Day: day(l.today.AddDate(0, 0, -2)), Title: "Year 11: talk about exams", Words: "In the hall, at 6."},
		{Kind: messages.ItemDate, Day: day(l.today.AddDate(0, 0, 3)), Title: "Help with forms", Words: "Bring any letter or form that you would like to go through. Library, from 3 to 5. No need to book."},
		{Kind: messages.ItemDate, Day: day(l.today.AddDate(0, 0, 8)), Title: "Winter concert", Words: "In the hall, at 6. It is free, and there is tea."},
		{Kind: messages.ItemDate, Day: day(l.today.AddDate(0, 0, 10)), Title: "Coffee morning", Words: "In the library, from 9 to 10. This time about sleep and phones."},
		{Kind: messages.ItemDate, Day: day(l.today.AddDate(0, 0, 16)), Title: "Last day before the holidays", Words: "School ends at 1."},
		{Kind: messages.ItemDid, Title: "You said that meetings are too early", Words: "We now hold one at 7 in the evening each month, and you can join by phone."},
		{Kind: messages.ItemDid, Title: "You asked who to ring", Words: "Each family now has one person to ask for. The name stands under every message."},
		{Kind: messages.ItemNews, Title: "Lost coats", Words: "We have eleven coats without a name. They hang in the hall until the end of term."},
	} {
		x.IssueID = issue
		if err := l.Messages.PutItem(l.ctx, st.office, x); err != nil {
			return err
		}
	}
	if err := l.Messages.Publish(l.ctx, head, issue, true); err != nil {
		return err
	}
	return l.praise(head, card)
}

// praise makes a few postcards that wait for the head's name.
func (l *loader) praise(head access.Pass, card messages.TemplateID) error {
	var chosen []roll.PupilID
	if err := l.DB.View(l.ctx, head, func(tx *db.Tx) error {
		list, err := roll.Pupils(tx, messages.Send)
		if err != nil {
			return err
		}
		keys := make([]roll.PupilID, len(list))
		for i, p := range list {
			keys[i] = p.ID
		}
		of, err := roll.RelationsOf(tx, keys)
		// Two whose parents read Urdu, one whose parents read Polish, and two more.
		for _, want := range []struct {
			reads string
			n     int
		}{{"Urdu", 2}, {"Polish", 1}, {"English", 2}} {
			for _, id := range keys {
				if want.n > 0 && !slices.Contains(chosen, id) && len(of[id]) > 0 && of[id][0].Adult.Reads == want.reads && of[id][0].GetsLetters() {
					chosen, want.n = append(chosen, id), want.n-1
				}
			}
		}
		return err
	}); err != nil {
		return err
	}
	what := map[roll.PupilID]string{}
	for i, did := range []string{"showed a new boy round the school, without being asked", "read a poem to the class and knew it by heart", "has been on time every day this month", "asked the best question of the week in science", "stayed behind to put the chairs away"} {
		if i < len(chosen) {
			what[chosen[i]] = did
		}
	}
	if len(what) == 0 {
		return nil
	}
	_, err := l.Messages.MakePraise(l.ctx, head, messages.PraiseAsked{Kind: messages.ByCard, Template: card, What: what})
	return err
}
