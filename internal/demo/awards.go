package demo

import (
	"fmt"

	"ajar/internal/audit"
	"ajar/internal/awards"
	"ajar/internal/kit/db"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

// Two awards that exist nowhere else: one of the council, with ten objectives, and one of the school's own.
const councilAward = `framework: welcome
version: "1"
kind: award
title: Harrowmere Welcome
about: The council's award for schools that families are glad to come to. It is made up, like the council.
source: Harrowmere Council, who are made up too.
themes:
  - {code: w1, title: "The school has said what it wants for families", criteria: [{code: w1.1, text: "It stands on one page, and families helped to write it."}, {code: w1.2, text: "A governor asks about it each term."}]}
  - {code: w2, title: "There is a plan, and somebody has time for it"}
  - {code: w3, title: "Whoever comes in is greeted", criteria: [{code: w3.1, text: "The way from the gate to a person is short and plain."}, {code: w3.2, text: "Somebody can be reached before eight and after five."}]}
  - {code: w4, title: "New families are met before the first day"}
  - {code: w5, title: "Families and children do things together here"}
  - {code: w6, title: "Parents know how to help at home"}
  - {code: w7, title: "What the school sends is understood"}
  - {code: w8, title: "Parents have a hand in what is decided"}
  - {code: w9, title: "Moving on to another school is done together"}
  - {code: w10, title: "The school looks each year at what it changed"}
`

const ownAward = `framework: front-door
version: "1"
kind: award
title: Our Front Door
about: Our own small award for the office and the gate.
source: The steering group for families.
themes:
  - {code: d1, title: "The phone is answered by a person"}
  - {code: d2, title: "Nobody waits more than ten minutes without a word"}
  - {code: d3, title: "The office can greet in the languages that families speak"}
`

// awards makes the council's award, which was given a good two years ago and is being carried on, and one of the school's own, which waits for its assessor.
func (l *loader) awards(o roll.Org, st people) error {
	adviser, assessor := l.as(o, "Rhys Calloway", roll.Adviser), l.as(o, "Corinne Maddox", roll.Assessor)
	given := weekday(l.today.AddDate(0, -27, -4))
	l.at(given.AddDate(0, -1, 0), 10)
	for _, text := range []string{councilAward, ownAward} {
		if _, err := l.Audit.BringIn(l.ctx, st.head, text); err != nil {
			return err
		}
	}
	first, err := l.Awards.Begin(l.ctx, st.head, awards.Setup{Owner: "Harrowmere Council", Framework: "welcome", Parents: 3})
	if err != nil {
		return err
	}
	for _, step := range []string{awards.StepAudit, awards.StepPlan, awards.StepVisit} {
		if err := l.Awards.Settle(l.ctx, st.head, first, awards.Settling{Step: step, How: awards.Elsewhere, Day: day(given.AddDate(0, -2, 0)), Words: "On paper, in the folder in the head's office"}); err != nil {
			return err
		}
	}
	show := func(id awards.AwardID, code, title, address, words string) error {
		return l.Awards.Show(l.ctx, st.head, id, code, audit.Shown{Title: title, Address: "https://school.example.org" + address}, words)
	}
	for _, x := range [][4]string{
		{"w1.1", "Our page about families", "/families", "The page, with the names of no parent and the words of many."}, {"w2", "Our page about families", "/families", "The plan is named there, with who has time for it."},
		{"w3.1", "Pictures of the way in", "/way-in", "From the gate to the office, before and after the new signs."}, {"w4", "The summer letter to new families", "/new", "Sent in six languages."},
		{"w5", "The reading morning", "/reading", "Twice a term, with who came."}, {"w6", "Friday messages", "/friday", "What was learned this week, and one thing to ask at home."},
		{"w7", "Friday messages", "/friday", "The same in short words, read aloud by a phone."}, {"w8", "Minutes of the parents' evening", "/minutes", "What was asked, and what came of it."},
		{"w9", "The hand-over sheet", "/hand-over", "Filled in with the family, one page."}, {"w10", "Our page about families", "/families", "The last paragraph: what we would do differently."},
	} {
		if err := show(first, x[0], x[1], x[2], x[3]); err != nil {
			return err
		}
	}
	l.at(given, 10)
	if _, err := l.Awards.Ready(l.ctx, st.head, first); err != nil {
		return err
	}
	if err := l.Awards.Settle(l.ctx, st.head, first, awards.Settling{Step: awards.StepAssessment, How: awards.Elsewhere, Day: day(given), Words: "Two people from the council came for a morning"}); err != nil {
		return err
	}
	if err := l.Awards.Record(l.ctx, st.head, first, awards.Outside{Outcome: awards.Awarded, Day: day(given), By: "P. Halloran, for Harrowmere Council", Certificate: "HW-0042"}); err != nil {
		return err
	}
	if err := l.carriedOn(st, first, o); err != nil {
		return fmt.Errorf("carrying on: %w", err)
	}
	// The school's own award, which waits for Corinne.
	l.at(weekday(l.today.AddDate(0, 0, -12)), 9)
	own, err := l.Awards.Begin(l.ctx, st.head, awards.Setup{Framework: "front-door", Months: 12, Parents: 2})
	if err != nil {
		return err
	}
	if err := l.Awards.Name(l.ctx, st.head, own, roll.StaffID(assessor.Who().Staff), awards.PartAssessor); err != nil {
		return err
	}
	if err := l.Awards.Name(l.ctx, st.head, own, roll.StaffID(adviser.Who().Staff), awards.PartAdviser); err != nil {
		return err
	}
	for _, x := range [][2]string{{awards.StepAudit, "The audit of the whole school covers the office."}, {awards.StepPlan, "Three objectives need no plan of their own."}} {
		if err := l.Awards.Settle(l.ctx, st.head, own, awards.Settling{Step: x[0], How: awards.Skipped, Words: x[1]}); err != nil {
			return err
		}
	}
	if err := l.Awards.Visit(l.ctx, adviser, own, day(weekday(l.today.AddDate(0, 0, -12))), "Rang at 8.10 and at 16.50. Both calls were answered within four rings, the second in Polish."); err != nil {
		return err
	}
	for _, x := range [][4]string{{"d1", "Two weeks of the phone log", "/phone", "How many calls reached a person."}, {"d2", "The clock in the hall", "/clock", "A picture: the office says who is next, and when."}, {"d3", "Two weeks of the phone log", "/phone", "The same log says in which language."}} {
		if err := show(own, x[0], x[1], x[2], x[3]); err != nil {
			return err
		}
	}
	_, err = l.Awards.Ready(l.ctx, st.head, own)
	return err
}

// carriedOn is the second run at the council's award, half way.
func (l *loader) carriedOn(st people, first awards.AwardID, o roll.Org) error {
	adviser := l.as(o, "Rhys Calloway", roll.Adviser)
	l.at(weekday(l.today.AddDate(0, 0, -20)), 15)
	id, _, err := l.Awards.Renew(l.ctx, st.head, first)
	if err != nil {
		return err
	}
	for _, name := range []string{"Bernard Achebe", "Idris Wakefield"} {
		if err := l.Awards.Name(l.ctx, st.head, id, roll.StaffID(st.all[name].Who().Staff), awards.PartSteering); err != nil {
			return err
		}
	}
	if err := l.Awards.Name(l.ctx, st.head, id, roll.StaffID(adviser.Who().Staff), awards.PartAdviser); err != nil {
		return err
	}
	var lastAudit audit.AuditID
	var plan plans.PlanID
	if err := l.DB.View(l.ctx, st.head, func(tx *db.Tx) error {
		list, err := audit.AuditsIn(tx)
		for _, a := range list {
			if a.ClosedMs != nil {
				lastAudit = a.ID
			}
		}
		if err != nil {
			return err
		}
		all, err := plans.PlansIn(tx)
		if len(all) > 0 {
			plan = all[0].ID
		}
		return err
	}); err != nil {
		return err
	}
	if err := l.Awards.Settle(l.ctx, st.head, id, awards.Settling{Step: awards.StepAudit, How: awards.Done, Audit: lastAudit}); err != nil {
		return err
	}
	if err := l.Awards.Settle(l.ctx, st.head, id, awards.Settling{Step: awards.StepPlan, How: awards.Done, Plan: plan}); err != nil {
		return err
	}
	// Most of what came along still holds; one piece doesn't, and two have not been looked at.
	v, err := l.Awards.Open(l.ctx, st.head, id, 0)
	if err != nil {
		return err
	}
	for _, ob := range v.Portfolio.Objectives {
		for _, s := range ob.Shown {
			switch ob.Code {
			case "w5", "w9":
			case "w8":
				err = l.Awards.TakeOff(l.ctx, st.head, id, s.ID)
			default:
				err = l.Awards.StillHolds(l.ctx, st.all["Idris Wakefield"], id, s.ID, "")
			}
			if err != nil {
				return err
			}
		}
	}
	l.at(weekday(l.today.AddDate(0, 0, -8)), 11)
	sources, err := l.Audit.InAjar(l.ctx, st.all["Bernard Achebe"])
	if err != nil {
		return err
	}
	if len(sources) > 0 {
		if err := l.Awards.Show(l.ctx, st.all["Bernard Achebe"], id, "w10", audit.Shown{Address: sources[0].Address}, "How we see ourselves this year, statement by statement."); err != nil {
			return err
		}
	}
	if err := l.Awards.Visit(l.ctx, adviser, id, day(weekday(l.today.AddDate(0, 0, -8))), "Walked the way from the gate to the office with two parents. The signs are good; the box that one speaks into is not."); err != nil {
		return err
	}
	if err := l.Awards.Comment(l.ctx, adviser, id, "w3", "The pictures are of the summer. Add one of a wet Monday at 8.20."); err != nil {
		return err
	}
	return l.Awards.Comment(l.ctx, adviser, id, "w8", "The forum of this term reached a decision. Show that, and what became of it.")
}
