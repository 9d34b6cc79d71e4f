package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ajar/internal/barriers"
	"ajar/internal/conversations"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// chosenPerYear is how many pupils of each year group the school sets out to reach.
const chosenPerYear = 40

// converse gives a school a cohort, a programme with a round that is over and one that goes on, and what came of each invitation.
func (l *loader) converse(p place, o roll.Org, st people, pupils []pupil, ids map[string]roll.PupilID) error {
	perYear := chosenPerYear
	if p.phase != "secondary" {
		perYear = 6
	}
	began := weekday(l.today.AddDate(0, 0, -70))
	l.at(began, 15)
	lines, _, err := l.Barriers.AsOf(l.ctx, st.head, "")
	if err != nil {
		return err
	}
	chosen := chosenOf(lines, perYear)
	cohort, err := l.Barriers.StartCohort(l.ctx, st.head, "Families to reach this year", "The pupils of each year group for whom most barriers are counted, looked through by the leadership team; three were put in and two left out after talking with their tutors.", chosen)
	if err != nil {
		return err
	}
	known := map[roll.PupilID]pupil{}
	for _, c := range pupils {
		known[ids[c.id]] = c
	}
	byKey := map[int][]roll.PupilID{}
	for i, id := range chosen {
		k := i % len(st.keys)
		byKey[k] = append(byKey[k], id)
	}
	for k, list := range byKey {
		if _, err := l.Conversations.AssignKeyTeacher(l.ctx, st.head, roll.StaffID(st.keys[k].Who().Staff), list, day(began)); err != nil {
			return err
		}
	}
	if !st.worker.Zero() && len(chosen) > 8 {
		if _, _, err := l.Roll.Assign(l.ctx, st.head, roll.Assignment{Pupils: chosen[:8], Values: roll.Values{"staff": st.worker.String(), "part": "family_worker", "starts": day(began), "reason": "Knows these families from home visits"}}); err != nil {
			return err
		}
	}
	one, two := weekday(l.today.AddDate(0, 0, -56)), weekday(l.today.AddDate(0, 0, -17))
	raw := int64(cohort)
	programme, err := l.Conversations.AddProgramme(l.ctx, st.head, conversations.Programme{Name: fmt.Sprintf("Structured conversations %d/%02d", l.cal.years[1].start, (l.cal.years[1].start+1)%100),
		Starts: day(began), Ends: day(l.today.AddDate(0, 8, 0)), CohortID: &raw, CohortName: "Families to reach this year"}, []conversations.Round{
		{Title: "First conversation", Kind: conversations.KindConversation, Opens: day(one), Closes: day(one.AddDate(0, 0, 35)), Offered: "Tuesday or Thursday, 8 to 9 in the morning\nMonday to Thursday, 3.30 to 6.30\nBy phone in the evening"},
		{Title: "Second conversation", Kind: conversations.KindConversation, Opens: day(two), Closes: day(l.today.AddDate(0, 0, 28)), Offered: "Tuesday or Thursday, 8 to 9 in the morning\nMonday to Thursday, 3.30 to 6.30\nSaturday the last of the month, 10 to 12"},
		{Title: "Whole-school review", Kind: conversations.KindReview, Opens: day(l.today.AddDate(0, 6, 0)), Closes: day(l.today.AddDate(0, 7, 0))},
	})
	if err != nil {
		return err
	}
	// Three of them came to the school's notice later: their letters still wait to be printed.
	early, late := chosen[:len(chosen)-3], chosen[len(chosen)-3:]
	if _, err := l.Conversations.Choose(l.ctx, st.head, programme, early); err != nil {
		return err
	}
	_, rounds, err := l.Conversations.Programme(l.ctx, st.head, programme)
	if err != nil {
		return err
	}
	for n, r := range rounds[:2] {
		opens := []time.Time{one, two}[n]
		l.at(opens, 9)
		if _, err := l.Conversations.InviteAll(l.ctx, st.office, r.ID); err != nil {
			return err
		}
		_, _, talks, err := l.Conversations.Round(l.ctx, st.office, r.ID, conversations.Filter{Round: r.ID})
		if err != nil {
			return err
		}
		slices.SortFunc(talks, func(a, b conversations.Line) int { return cmp.Compare(a.ListName(), b.ListName()) })
		if _, err := l.Conversations.LettersSent(l.ctx, st.office, r.ID, day(opens)); err != nil {
			return err
		}
		for _, t := range talks {
			if err := l.family(st, n, t, known[t.PupilID], opens); err != nil {
				return fmt.Errorf("the conversation about %s: %w", t.PupilName(), err)
			}
		}
	}
	l.at(weekday(l.today.AddDate(0, 0, -4)), 15)
	if _, err := l.Conversations.Choose(l.ctx, st.head, programme, late); err != nil {
		return err
	}
	if _, err := l.Conversations.InviteAll(l.ctx, st.office, rounds[1].ID); err != nil {
		return err
	}
	l.DB.SetClock(l.real)
	return nil
}

func weekday(t time.Time) time.Time {
	switch t.Weekday() {
	case time.Saturday:
		return t.AddDate(0, 0, 2)
	case time.Sunday:
		return t.AddDate(0, 0, 1)
	}
	return t
}

func chosenOf(lines []barriers.Line, perYear int) []roll.PupilID {
	n := map[string]int{}
	var out []roll.PupilID
	for _, x := range lines { // the highest first
		if n[x.Year] < perYear {
			n[x.Year]++
			out = append(out, x.Pupil)
		}
	}
	return out
}

// family plays what happens after a letter: an answer or none, a call, a talk or not, and what is written down.
func (l *loader) family(st people, round int, t conversations.Line, c pupil, opens time.Time) error {
	if t.KeyStaffID == nil {
		return nil
	}
	var key access.Pass
	for _, k := range st.keys {
		if k.Who().Staff == int64(*t.KeyStaffID) {
			key = k
		}
	}
	adult, name, err := l.firstAsked(st.office, t)
	if err != nil || adult.Zero() {
		return err
	}
	luck := l.m.r.IntN(100)
	meet := weekday(opens.AddDate(0, 0, 5+l.m.r.IntN(26)))
	hour := 8 + 2*l.m.r.IntN(5)
	called := weekday(opens.AddDate(0, 0, 3+l.m.r.IntN(2)))
	if called.After(l.today) {
		return nil
	}
	l.at(called, 10)
	switch {
	case luck < 11: // no reply; the office has tried
		if luck < 7 {
			return l.Conversations.LogCall(l.ctx, st.office, t.ID, conversations.Call{AdultID: adult, Outcome: pick(l.m.r, []string{"no_answer", "message", "wrong_number"})})
		}
		return nil
	case luck < 16:
		return l.Conversations.LogCall(l.ctx, st.office, t.ID, conversations.Call{AdultID: adult, Outcome: "declined", Declined: pick(l.m.r, declined)})
	}
	when := conversations.Time{AdultID: adult, MeetOn: day(meet), MeetAt: fmt.Sprintf("%02d:30", hour), Place: pick(l.m.r, []string{"Room 4, by the library", "The family room", "The family room", "By phone", "At home"}), WithWhom: name}
	if err := l.Conversations.LogCall(l.ctx, st.office, t.ID, conversations.Call{AdultID: adult, Outcome: "agreed", Time: when}); err != nil {
		return err
	}
	if !meet.Before(l.today) {
		return nil // still to come
	}
	if l.today.Sub(meet) <= 4*24*time.Hour && luck%6 == 0 {
		return nil // the day has passed and nobody has said yet how it went
	}
	l.at(meet, hour)
	if luck < 24 {
		return l.Conversations.Missed(l.ctx, key, t.ID, day(meet), pick(l.m.r, missed), "")
	}
	return l.talk(key, st, round, t, c, adult, name, meet, luck)
}

// firstAsked is the adult whom the letter went to first.
func (l *loader) firstAsked(office access.Pass, t conversations.Line) (id roll.AdultID, name string, err error) {
	err = l.DB.View(l.ctx, office, func(tx *db.Tx) error {
		rel, err := roll.Relations(tx, t.PupilID)
		for _, r := range rel {
			if id.Zero() && !r.Barred(tx.Today()) {
				id, name = r.Adult.ID, r.Adult.Name
			}
		}
		return err
	})
	return id, name, err
}

// talk plays a conversation: most are finished and agreed, some are half written.
func (l *loader) talk(key access.Pass, st people, round int, t conversations.Line, c pupil, adult roll.AdultID, name string, meet time.Time, luck int) error {
	if round > 0 {
		if err := l.review(key, t, meet); err != nil {
			return err
		}
	}
	n := l.notes(t.PupilName(), c, key.Who().Name, name, meet)
	half := round > 0 && luck%5 == 0
	if half {
		n.Goals = n.Goals[:1]
		n.Goals[0].Due = ""
		n.Summary, n.Right = "", false
	}
	writer := fmt.Sprintf("demo-%d-%s", round, t.ID)
	d, err := l.Conversations.SaveDraft(l.ctx, key, t.ID, 0, writer, n)
	if err != nil {
		return err
	}
	if half {
		return l.Conversations.MarkHeld(l.ctx, key, t.ID, day(meet))
	}
	if err := l.Conversations.Finalise(l.ctx, key, t.ID, d.Version, writer, n, day(meet)); err != nil {
		return err
	}
	if err := l.Conversations.Agree(l.ctx, key, t.ID, adult, 1, day(meet), pick(l.m.r, []string{"room", "room", "room", "phone", "paper"})); err != nil {
		return err
	}
	if gone := weekday(meet.AddDate(0, 0, l.m.r.IntN(8))); !gone.After(l.today) {
		l.at(gone, 14)
		if err := l.Conversations.GiveCopy(l.ctx, key, t.ID, adult, day(gone), pick(l.m.r, []string{"hand", "post", "post", "read_out"})); err != nil {
			return err
		}
	}
	prep, talk, write, cover := 10+l.m.r.IntN(12), 35+5*l.m.r.IntN(7), 5+l.m.r.IntN(12), 2200+100*l.m.r.IntN(14)
	if err := l.Conversations.RecordCost(l.ctx, key, t.ID, conversations.Cost{Prep: &prep, Talk: &talk, Writeup: &write, CoverPence: &cover, CoverFrom: "pupil_premium"}); err != nil {
		return err
	}
	if l.m.chance(60) {
		return l.Conversations.RecordFeedback(l.ctx, key, t.ID, conversations.Feedback{AdultID: adult, Heard: pick(l.m.r, []string{"yes", "yes", "yes", "partly"}), Helped: pick(l.m.r, []string{"yes", "yes", "partly", "no"})})
	}
	return nil
}

// review looks at the targets of the round before.
func (l *loader) review(key access.Pass, t conversations.Line, meet time.Time) error {
	pack, err := l.Conversations.Pack(l.ctx, key, t.ID)
	if err != nil {
		return err
	}
	for _, x := range pack.Last {
		state, why, next := "met", "", "done"
		switch l.m.r.IntN(8) {
		case 0, 1:
			state, why, next = "partly", pick(l.m.r, whyPartly), "keep"
		case 2:
			state, why, next = "not", pick(l.m.r, whyNot), "change"
		}
		nextWords := ""
		if next == "change" {
			nextWords = "Start again with a smaller step: one day a week to begin with"
		}
		if err := l.Conversations.ReviewTarget(l.ctx, key, x.ID, t.ID, state, why, next, nextWords, day(meet)); err != nil {
			return err
		}
	}
	return nil
}

// notes writes down a talk from one or two topics.
func (l *loader) notes(child string, c pupil, teacher, parent string, meet time.Time) conversations.Notes {
	short := strings.Fields(child)[0]
	first := l.m.topicFor(c)
	second := pick(l.m.r, topics)
	say := func(s string) string { return strings.ReplaceAll(s, "%s", short) }
	n := conversations.Notes{
		Present: parent + ", " + short + " for the last part", Confidential: "The form tutor and the teachers concerned see the targets. What was said about home stays with " + teacher + ".", LimitsSaid: true,
		Parent: say(pick(l.m.r, first.parent)), Child: pick(l.m.r, first.child),
		Strengths: pick(l.m.r, strengths) + ". " + pick(l.m.r, strengths) + ".", InTheWay: first.way,
		Priorities: []string{first.priority}, NextOn: day(weekday(meet.AddDate(0, 0, 42))), SharedWith: "The form tutor and " + short + "'s teachers", Right: true,
	}
	if second.priority != first.priority && l.m.chance(60) {
		n.Parent += "\n\n" + say(pick(l.m.r, second.parent))
		n.Priorities = append(n.Priorities, second.priority)
		n.Goals = append(n.Goals, l.m.goal(second.targets[0], teacher, parent, short, meet))
	}
	n.Summary = "What you hope for: " + lower(pick(l.m.r, hopes)) + ". We agreed to begin with " + lower(first.priority) + "."
	for _, x := range first.targets {
		n.Goals = append(n.Goals, l.m.goal(x, teacher, parent, short, meet))
	}
	return n
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func (m *maker) topicFor(c pupil) topic {
	switch {
	case c.carer:
		return topics[7]
	case c.shape.absence > 0.1:
		return topics[0]
	case c.shape.trouble > 0.35:
		return topics[2]
	case c.eal && m.chance(50):
		return topics[5]
	case c.shape.reading < 88:
		return topics[1]
	case c.shape.homework > 0.25:
		return topics[4]
	case c.shape.maths < 88:
		return topics[6]
	}
	return pick(m.r, topics[:7])
}

func (m *maker) goal(t target, teacher, parent, child string, meet time.Time) conversations.Goal {
	who := t.who
	switch {
	case t.owner == "parent":
		who = parent
	case t.owner == "pupil":
		who = child
	case t.who == "Key teacher":
		who = teacher
	}
	return conversations.Goal{Words: t.words, Owner: t.owner, Who: who, Due: day(weekday(meet.AddDate(0, 0, 7*t.weeks))), Measure: t.measure}
}
