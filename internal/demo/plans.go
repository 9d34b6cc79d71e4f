package demo

import (
	"fmt"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/ids"
	"ajar/internal/plans"
	"ajar/internal/practice"
	"ajar/internal/roll"
)

// objectives are what the council and the cluster have set.
func (l *loader) objectives() error {
	council, err := l.Roll.OrgByCode(l.ctx, "HARROWCOUNCIL")
	if err != nil {
		return err
	}
	cluster, err := l.Roll.OrgByCode(l.ctx, ClusterCode)
	if err != nil {
		return err
	}
	pass := access.System("make the demo", int64(council.ID))
	refs := map[string]*plans.Ref{}
	for _, o := range [][2]string{{"a", "Parents are told what they need, in words and languages they read"}, {"b", "Families can get to services near them"}, {"c", "Parents take part in what is decided"},
		{"d", "Those who support parents work together"}, {"e", "Parents of teenagers are supported, up to the move to adult life"}} {
		id, err := l.Plans.SetObjective(l.ctx, pass, 0, o[0], o[1], nil)
		if err != nil {
			return err
		}
		refs[o[0]] = &plans.Ref{Org: council.ID, ID: id}
	}
	pass = access.System("make the demo", int64(cluster.ID))
	for _, o := range [][3]string{{"1", "Every school of the Links has a parents' forum that reaches a decision each term", "c"}, {"2", "Fathers come to school as often as mothers do", ""}} {
		if _, err := l.Plans.SetObjective(l.ctx, pass, 0, o[0], o[1], refs[o[2]]); err != nil {
			return err
		}
	}
	return nil
}

// demoAction is an action with what became of it.
type demoAction struct {
	theme, words, measure string
	owner                 int // 0 head, 1 family worker, 2 and more key teachers
	due                   time.Time
	planned, spent        string
	funding               string
	serves                string // code of the objective
	said                  []demoNews
}

type demoNews struct {
	at     time.Time
	status plans.Status
	note   string
	why    string
}

// plansOf makes last year's plan, which is complete, and this year's, which is under way, some of it late.
func (l *loader) plansOf(st people) error {
	year := l.cal.years[1].weeks[0].Year()
	on := func(y, m, d int) time.Time { return weekday(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)) }
	if err := l.planWith(st, plans.Plan{Title: fmt.Sprintf("Working with families %d/%02d", year-1, year%100), Starts: fmt.Sprintf("%d-09-01", year-1), Ends: fmt.Sprintf("%d-08-31", year)}, on(year-1, 9, 9), []demoAction{
		{"Welcome", "Put somebody at the front door every morning from 8.15", "Parents say in the summer survey that they know whom to ask", 0, on(year, 1, 31), "1,800", "1,650", "School budget", "b",
			[]demoNews{{on(year-1, 10, 14), plans.Going, "Two colleagues take turns. It rains in; a porch would help.", ""}, {on(year, 1, 20), plans.Done, "It runs without being asked.", ""}}},
		{"Talking with families", "Hold a structured conversation with the families of forty pupils", "Thirty-two held by July", 2, on(year, 7, 10), "1,500", "1,425", "Pupil Premium", "c",
			[]demoNews{{on(year, 2, 4), plans.Going, "Fourteen held.", ""}, {on(year, 7, 7), plans.Done, "Thirty-four held; six families would rather not.", ""}}},
		{"Learning at home", "Lend tablets for maths at home", "Twenty families use one each week", 3, on(year, 5, 29), "2,400", "0", "Grant", "",
			[]demoNews{{on(year, 3, 3), plans.Stopped, "", "The grant was not given. We ask the cluster instead."}}},
	}, true); err != nil {
		return err
	}
	soon := l.today.AddDate(0, 0, 9)
	return l.planWith(st, plans.Plan{Title: fmt.Sprintf("Working with families %d/%02d", year, (year+1)%100), Starts: fmt.Sprintf("%d-09-01", year), Ends: fmt.Sprintf("%d-08-31", year+1)}, weekday(l.today.AddDate(0, 0, -70)), []demoAction{
		{"Welcome", "Show every family that is new this year round the school, with somebody who speaks their language", "All new families have come once by half-term", 1, l.today.AddDate(0, 0, -20), "300", "120", "School budget", "a",
			[]demoNews{{l.today.AddDate(0, 0, -34), plans.Going, "Nineteen of twenty-seven have come. Two wait for somebody who speaks Tigrinya.", ""}}},
		{"Decisions", "Start a parents' forum that meets each half-term and has a seat in the governors' meeting", "The forum has decided one thing by Easter, and everybody has been told", 0, l.today.AddDate(0, 3, 0), "450", "", "School budget", "1",
			[]demoNews{{l.today.AddDate(0, 0, -12), plans.Going, "Eleven came to the first evening. They want to begin with the letters we send.", ""}}},
		{"Decisions", "Rewrite the attendance letters with parents", "Ten parents understand them at first reading", 2, soon, "80", "", "School budget", "a", []demoNews{{l.today.AddDate(0, 0, -8), plans.Going, "A first draft is with the forum.", ""}}},
		{"Fathers", "Saturday breakfast with football, once a month", "Twelve fathers who had not come before", 1, l.today.AddDate(0, 0, -6), "600", "", "Cluster fund", "2", nil},
		{"Talking with families", "Train six more key teachers to hold structured conversations", "Each has held two, with somebody beside them", 2, l.today.AddDate(0, 2, 0), "900", "", "Pupil Premium", "c", nil},
		{"Welcome", "Repair the bell and the sign at the side gate", "Nobody waits outside", 0, l.today.AddDate(0, 0, -30), "150", "135", "School budget", "b", []demoNews{{l.today.AddDate(0, 0, -31), plans.Done, "Both work.", ""}}},
	}, false)
}

func (l *loader) planWith(st people, plan plans.Plan, made time.Time, list []demoAction, complete bool) error {
	l.at(made, 15)
	head := st.head
	lead := roll.StaffID(head.Who().Staff)
	plan.LeadID = &lead
	id, err := l.Plans.Make(l.ctx, head, plan)
	if err != nil {
		return err
	}
	tree, err := l.Plans.Objectives(l.ctx, head)
	if err != nil {
		return err
	}
	for _, x := range list {
		owner := lead
		switch {
		case x.owner == 1:
			owner = st.worker
		case x.owner > 1:
			owner = roll.StaffID(st.keys[x.owner-2].Who().Staff)
		}
		t := plans.Typed{Theme: x.theme, Words: x.words, Owner: owner, Due: day(x.due), Measure: x.measure, Planned: x.planned, Funding: x.funding, Spent: x.spent}
		for _, b := range tree.Tree {
			if b.Code == x.serves && x.serves != "" {
				t.Serves = append(t.Serves, b.Ref())
			}
		}
		l.at(made, 15)
		a, err := l.Plans.Add(l.ctx, head, id, t)
		if err != nil {
			return err
		}
		for i, n := range x.said {
			l.at(n.at, 16)
			if err := l.Plans.Say(l.ctx, head, a, plans.News{Note: n.note, Status: n.status, Why: n.why, Seen: i + 1}); err != nil {
				return err
			}
		}
	}
	if err := l.Plans.Share(l.ctx, head, id, true); err != nil {
		return err
	}
	if complete {
		return l.Plans.Complete(l.ctx, head, id)
	}
	return nil
}

// practiceOf fills the registers beside the plan.
func (l *loader) practiceOf(st people) error {
	head := st.head
	l.at(weekday(l.today.AddDate(0, 0, -60)), 14)
	if err := l.Plans.Adopt(l.ctx, head, plans.Vision{Words: "Every family knows somebody here by name, and is asked before we decide.", AdoptedOn: day(l.today.AddDate(0, 0, -75)), Consulted: "Parents at three evenings, all staff, governors, the pupils' council"}); err != nil {
		return err
	}
	for _, c := range []plans.Consultation{{Whom: "Parents of the new Year 7", How: "By telephone, each family once", Due: day(l.today.AddDate(0, 0, -9))}, {Whom: "All partners of the cluster", How: "One afternoon together", Due: day(l.today.AddDate(0, 4, 0))}} {
		if _, err := l.Plans.Consult(l.ctx, head, c); err != nil {
			return err
		}
	}
	for _, p := range []struct {
		title     string
		days      int
		consulted string
		barriers  string
	}{{"Attendance", 120, "yes", "The first letter read like a threat. It is being rewritten."}, {"Behaviour", 430, "no", "Only in English; eleven pages."}, {"Complaints", 800, "unknown", "None found"}, {"Homework", 0, "", ""}} {
		id, err := l.Practice.PutPolicy(l.ctx, head, practice.Policy{Title: p.title})
		if err != nil {
			return err
		}
		if p.days > 0 {
			if err := l.Practice.Reviewed(l.ctx, head, practice.Review{PolicyID: id, OnDay: day(l.today.AddDate(0, 0, -p.days)), Consulted: p.consulted, Barriers: p.barriers}); err != nil {
				return err
			}
		}
	}
	for _, d := range [][3]string{{"Head", "yes", ""}, {"Senior leader", "yes", ""}, {"Teacher", "yes", "For everyone who joined in the last three years"}, {"Teaching assistant", "no", ""}, {"Family worker", "yes", "It is the whole job"}, {"Office", "no", ""}, {"Site and lunchtime", "unknown", "The contractor has the descriptions"}} {
		if _, err := l.Practice.PutDuty(l.ctx, head, practice.Duty{Title: d[0], Duty: d[1], Note: d[2]}); err != nil {
			return err
		}
	}
	for i, a := range []practice.Activity{
		{Title: "Survey: how do you like to hear from us?", Kind: "survey", OnDay: day(l.today.AddDate(0, -8, 0)), Outcome: "Texts for what is urgent, one letter a month for the rest.", PublishedOn: day(l.today.AddDate(0, -7, 0))},
		{Title: "Uniform: which shoes?", Kind: "panel", OnDay: day(l.today.AddDate(0, -5, 0)), Outcome: "Black trainers are allowed.", PublishedOn: day(l.today.AddDate(0, -4, -15))},
		{Title: "Parents' forum, first evening", Kind: "forum", OnDay: day(l.today.AddDate(0, 0, -12))},
	} {
		id, err := l.Practice.PutActivity(l.ctx, head, a)
		if err != nil {
			return err
		}
		if i == 1 {
			if err := l.Practice.ShareDecision(l.ctx, head, practice.Shared{ActivityID: id, How: "voted", What: "Black trainers or only shoes: 212 to 96.", OnDay: day(l.today.AddDate(0, -5, 0))}); err != nil {
				return err
			}
		}
		if err := l.rungs(st, id, [][2][]practice.Rung{{{5, 5, 4}, {5, 5, 3, 4, 5, 3, 5}}, {{6, 6, 6, 5}, {6, 6, 5, 6, 6, 3, 6, 6}}, {{5, 6}, {5, 4, 5}}}[i]); err != nil {
			return err
		}
	}
	n := 300
	for _, s := range []practice.Story{
		{Title: "Breakfast with football", Situation: "Few fathers came to anything at school.", Did: "On one Saturday a month we opened the hall for breakfast and the field for football, with two colleagues and a volunteer. It cost £50 each time.",
			Changed: "Twelve fathers came to at least one; four had never been in the school. Whether their children do better because of it we do not know.", Learned: "Ask fathers by text, not by a letter in a bag.", Theme: "Fathers", Phase: "Secondary", Context: "Town", Consent: "unasked"},
		{Title: "A toolkit for fathers, from another cluster", Situation: "We looked for what others had tried.", Did: "We asked for the toolkit that a cluster had made, and used three of its sheets.", Changed: "Nothing that we measured.", Theme: "Fathers", Context: "From elsewhere", Consent: "unasked",
			Stated: &n, StatedWords: "almost 300", StatedBy: "the report of the National College of 2010"},
	} {
		id, err := l.Practice.PutStory(l.ctx, head, s, 0)
		if err != nil {
			return err
		}
		if err := l.Practice.Confirm(l.ctx, head, id, "Read through: nobody can be known by it."); err != nil {
			return err
		}
		if err := l.Practice.PublishStory(l.ctx, head, id); err != nil {
			return err
		}
	}
	_, err := l.Practice.PutStory(l.ctx, st.keys[0], practice.Story{Title: "The talk that changed a term", Situation: "A boy aged 13 had not been in school for weeks.", Did: "We talked with his mother on 14 October, at home, for an hour.", Changed: "He came on most days until Christmas.", Theme: "Attendance", Family: true, Consent: "unasked"}, 0)
	return err
}

func (l *loader) rungs(st people, id ids.ID[practice.Activity], chosen [2][]practice.Rung) error {
	for i, r := range chosen[0] {
		if err := l.Practice.RateAsStaff(l.ctx, st.keys[i], id, r); err != nil {
			return err
		}
	}
	for _, r := range chosen[1] {
		if err := l.Practice.RateForParent(l.ctx, st.head, id, r); err != nil {
			return err
		}
	}
	return nil
}
