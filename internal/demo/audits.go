package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
)

// What people of the secondary school say about the statements of the audit, and what the team made of it last year and makes of it so far this year.
type seen struct {
	before, now int // where the school stood last year and stands now, on the scale of the framework
	parents     int // how far parents see it from that
	why         string
	agreed      string // the team's reason last year; empty where it agreed nothing
}

var views = map[string]seen{
	"V1": {2, 3, 0, "The sentence hangs in the hall since September. My tutor group could say what it means, more or less.", "There is a sentence, and the office had not read it."},
	"V2": {2, 3, 0, "Two of us still say that nobody comes anyway. The rest ring.", "Of twelve colleagues asked, five could say what they do for families."},
	"V3": {2, 3, -1, "We rang forty homes in October. Half of what they asked for was not on our list.", "The last survey had 61 answers from 1,250 pupils' homes."},
	"V4": {1, 2, -1, "Parents were asked about the uniform. It had been decided.", "We could not name a decision that came out differently because of parents."},
	"V5": {2, 3, 0, "The talks have changed how I begin: with what they know and I don't.", "Plans list what families should do. Ours came last."},
	"V6": {2, 2, 0, "It stands in the plan on page 14. I had to look.", "One paragraph, at the end."},
	"V7": {1, 2, 0, "We know how many came. We don't know if it helped.", "There was nothing from before to compare with."},
	"L1": {3, 4, 0, "Yasmin is at the gate four mornings of five. People wait for her.", "Seen at the gate, and known by name. Two promises were not kept, and that was said."},
	"L2": {2, 3, 0, "Since the chart with photos hangs there, families ask for the right person.", "When Idris was ill, nobody knew whom he was seeing."},
	"L3": {3, 3, 0, "We name three groups each term, and look at them.", "The aims were there. Nobody had looked at them since spring."},
	"L4": {2, 3, 0, "I have dates for supervision until July. That is new.", "No dates for supervision, and no rule for visits alone."},
	"L5": {1, 1, 0, "The same four mothers, and they are tired.", "We ask for help at events, and that is all."},
	"L6": {2, 2, 0, "We met the people from the mosque once.", "Little comes back from meetings outside."},
	"P1": {3, 3, -1, "The office is kind. The gate is not: you speak into a box.", "Kind people behind a locked door and a box on the wall."},
	"P2": {2, 3, 0, "Idris and two of us have been to eleven homes this term.", "Three visits in the year, all by one person."},
	"P3": {2, 2, -1, "The coffee morning raised six things. I know of answers to two.", "What is raised is not written down."},
	"P4": {2, 2, -1, "Everything is at half past three. I start my own shift then, and so do they.", "Letters go out in English, and meetings are at half past three."},
	"P5": {2, 2, 0, "One course, chosen by us.", "One computer course, four came."},
	"P6": {2, 3, 0, "The Friday message works in Year 7. Older years have nothing.", "Two evenings on exams, for those who came."},
	"P7": {2, 3, 0, "We ring before the letter. It is seldom a person they know.", "The letter came first in eight of ten."},
	"P8": {1, 2, 0, "One morning in September, in threes. More of that.", "It was part of no interview."},
	"P9": {2, 3, 0, "The list is looked at each half term. I know my eight.", "Names were in heads and on four lists."},
	"C1": {2, 2, 0, "It meets. Parents are not there.", "The group met twice, without parents."},
	"C2": {3, 3, 0, "We know somebody in most services.", "The list is good. Nobody looks what became of a referral."},
	"C3": {2, 2, 0, "Unclear what I may say to whom.", "Two agreements, one of them past its date."},
	"C4": {1, 2, 0, "Marsh Lane came to look, and we went there.", "We had compared ourselves with nobody."},
	"S1": {2, 2, 0, "The post ends in July. What then?", "No list of what ends when."},
	"S2": {1, 2, 0, "Half of Idris's post is in the budget now.", "All of it hung on one grant."},
	"S3": {2, 3, 0, "Roberta came to a coffee morning and asked better questions than we did.", "A line in the head's report."},
	"S4": {1, 1, 0, "Never talked about.", ""},
}

// audits makes last year's audit, agreed and closed, and this year's, which is half done.
func (l *loader) audits(st people) error {
	r := rand.New(rand.NewPCG(Seed, 27)) // its own, so that nothing else of the demo moves
	level := func(n, spread int) int { return min(max(n+r.IntN(2*spread+1)-spread, 1), audit.Levels) }
	framework := audit.Shipped()[0]
	last, err := l.lastAudit(st, framework, level)
	if err != nil {
		return fmt.Errorf("last year's audit: %w", err)
	}
	l.at(weekday(l.today.AddDate(0, 0, -9)), 10)
	id, err := l.Audit.Start(l.ctx, st.head, audit.Setup{Title: "Where are we, this year", Scope: audit.School, Framework: framework.Code, Closes: l.today.AddDate(0, 0, 17).Format("2006-01-02"), Carry: last})
	if err != nil {
		return err
	}
	// Some are done, some have begun, and the head has not: that is for whoever looks around.
	for n, name := range []string{"Bernard Achebe", "Anita Farrow", "Declan Frost", "Idris Wakefield", "Roberta Lindqvist"} {
		pass := st.all[name]
		l.at(weekday(l.today.AddDate(0, 0, -7+n)), 13)
		asked := framework.AskedOf(audit.GroupsOf(pass.Who().Roles)[0])
		if n > 2 {
			asked = asked[:len(asked)*2/3]
		}
		for i, c := range asked {
			v, why := level(views[c.Code].now, 1), ""
			if (i+n)%5 == 0 {
				why = views[c.Code].why
			}
			if err := l.Audit.Rate(l.ctx, pass, id, c.Code, &v, why, ""); err != nil {
				return err
			}
		}
		if n < 2 {
			if err := l.Audit.HandIn(l.ctx, pass, id); err != nil {
				return err
			}
		}
	}
	for range 7 {
		if _, err := l.Audit.KeyInSheet(l.ctx, st.office, id, audit.Paper{Group: audit.Parents, Levels: l.parentsSheet(framework, level, false)}); err != nil {
			return err
		}
	}
	if err := l.Audit.Show(l.ctx, st.all["Bernard Achebe"], id, "V1", audit.Shown{Title: "Our sentence about families, as it hangs in the hall", Address: "https://school.example.org/families"}); err != nil {
		return err
	}
	return l.Audit.Agree(l.ctx, st.head, id, "L1", 4, "At the gate four mornings of five, and a list of promises that is looked at each fortnight. Two parents said so without being asked.")
}

func (l *loader) parentsSheet(f audit.Framework, level func(n, spread int) int, before bool) map[string]int {
	out := map[string]int{}
	for i, c := range f.AskedOf(audit.Parents) {
		at := views[c.Code].now
		if before {
			at = views[c.Code].before
		}
		if n := level(at+views[c.Code].parents, 1); (i+n)%9 != 0 { // not everybody can say everything
			out[c.Code] = n
		}
	}
	return out
}

func (l *loader) lastAudit(st people, f audit.Framework, level func(n, spread int) int) (audit.AuditID, error) {
	began := weekday(l.today.AddDate(-1, 0, -20))
	l.at(began, 10)
	id, err := l.Audit.Start(l.ctx, st.head, audit.Setup{Title: "Where are we, last year", Scope: audit.School, Framework: f.Code, Closes: began.AddDate(0, 0, 24).Format("2006-01-02")})
	if err != nil {
		return 0, err
	}
	var lines []audit.Line
	add := func(group audit.Group, rater, criterion string, n int, why string) {
		lines = append(lines, audit.Line{Row: len(lines) + 2, Criterion: criterion, Group: string(group), Rater: rater, Level: strconv.Itoa(n), Commentary: why})
	}
	for i, c := range f.Criteria() {
		v := views[c.Code]
		for n, x := range []struct {
			group audit.Group
			name  string
		}{{audit.Leaders, "Yasmin Thornbury"}, {audit.Leaders, "Bernard Achebe"}, {audit.Staff, "Declan Frost"}, {audit.Staff, "Anita Farrow"}, {audit.Staff, "Esme Hollis"}, {audit.FamilyWorkers, "Idris Wakefield"}, {audit.Governors, "Roberta Lindqvist"}} {
			why := ""
			if (i+n)%6 == 0 {
				why = v.agreed
			}
			add(x.group, x.name, c.Code, level(v.before, 1), why)
		}
		if v.agreed != "" {
			lines = append(lines, audit.Line{Row: len(lines) + 2, Criterion: c.Code, Group: audit.AgreedGroup, Rater: "team", Level: strconv.Itoa(v.before), Commentary: v.agreed})
		}
	}
	for n := range 23 {
		sheet := l.parentsSheet(f, level, true)
		for _, c := range f.AskedOf(audit.Parents) {
			if sheet[c.Code] > 0 {
				add(audit.Parents, "sheet "+strconv.Itoa(n), c.Code, sheet[c.Code], "")
			}
		}
	}
	if _, err := l.Audit.TakeFile(l.ctx, access.System("make the demo", st.head.Org()), id, "last year", lines); err != nil {
		return 0, err
	}
	l.at(began.AddDate(0, 0, 28), 15)
	return id, l.Audit.Close(l.ctx, st.head, id)
}
