package journeys

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// criteria are the statements of the framework: code, text, what parents are asked in English and in Urdu.
var criteria = [][4]string{
	{"F1", "Whoever comes is greeted.", "I feel welcome when I come to school.", "جب میں اسکول آتی ہوں تو مجھے خوش آمدید کہا جاتا ہے۔"},
	{"F2", "Families know whom to ask.", "I know whom to ask.", "مجھے معلوم ہے کہ کس سے پوچھنا ہے۔"},
	{"F3", "What families say is answered.", "When I say something, I get an answer.", "جب میں کچھ کہتی ہوں تو جواب ملتا ہے۔"},
	{"F4", "Evenings are at times when families can come.", "", ""},
	{"F5", "Letters are written so that they are understood.", "", ""},
}

// frameworkFile writes the framework as a person would, in one of its versions; in the second a statement has other words.
func frameworkFile(version string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "framework: ours\nversion: %q\ntitle: Our front door\nabout: Five statements about how families come in.\nbenchmark: 3\nthemes:\n  - code: door\n    title: The front door\n    criteria:\n", version)
	for _, c := range criteria {
		text := c[1]
		if version == "2" && c[0] == "F3" {
			text = "What families say is answered within a week."
		}
		asked, parents := "leaders, staff, family workers, governors", ""
		if c[2] != "" {
			asked += ", parents"
			parents = fmt.Sprintf("        parents:\n          en: %q\n          ur: %q\n", c[2], c[3])
		}
		fmt.Fprintf(&b, "      - code: %s\n        text: %q\n        asked: [%s]\n%s        levels:\n          - It is left to chance.\n          - Some of us do it.\n          - It is how we do it.\n          - Families say so too.\n          - Others come to see it.\n        evidence:\n          - What five families say\n        actions:\n          - below: 3\n            do: Ask five families about it at the gate.\n", c[0], text, asked, parents)
	}
	return b.String()
}

var levelNames = []string{"Not yet", "Starting", "Established", "Strong", "Leading"}

// rate goes through the statements one after the other, as the page leads; from is how many were answered before.
func (p *Page) rate(from int, levels []int, why string) {
	p.t.Helper()
	for i, l := range levels {
		p.See(criteria[from+i][1])
		p.Choose(levelNames[l-1])
		p.Fill("Why?", why)
		if i+1 < len(levels) {
			p.Click("Save, and go to the next")
		}
	}
	p.Click("Save and see them all")
}

// TestAYearOfTheAudit is the whole of it: a head asks five colleagues and six parents, two of them on paper and one in Urdu; the team agrees; gaps become a plan that is printed,
// followed and told to governors; and a year later the audit is repeated, with what changed beside what was done.
func TestAYearOfTheAudit(t *testing.T) {
	site := story(t)
	h := site.As(head)
	audit := beginOurs(h, "1", "Our front door, first year")

	// Five colleagues in different parts. One leaves half done, and the house loses its power; another day they go on.
	colleagues := []struct {
		name   string
		levels []int
	}{{head, []int{4, 3, 2, 2, 4}}, {"Anita Farrow", []int{4, 3}}, {keyTeacher, []int{4, 3, 2, 2}}, {familyWorker, []int{3, 3, 2}}, {governor, []int{4}}}
	for i, c := range colleagues {
		p := site.As(c.name)
		p.Visit(audit + "/rate")
		if i == 0 {
			p.Accessible()
		}
		p.Click("Begin")
		if i == 2 {
			p.rate(0, c.levels[:2], "So I see it")
			p.See("2 of 5 answered.")
			site.PullThePlug()
			p = site.As(c.name)
			p.See("you have answered 2 of 5")
			p.Visit(audit + "/rate")
			p.See("Everything is kept as you go")
			p.Click("Go on")
			p.rate(2, c.levels[2:], "So I see it")
			p.See("4 of 5 answered.")
		} else {
			p.rate(0, c.levels, "So I see it")
		}
		p.Click("I am done")
		p.See("Your view is handed in")
	}

	// Four parents by links and codes; the first answers in Urdu.
	o := site.As(office)
	children := classOf(o, "10A", 4)
	u := site.Person("a mother who reads Urdu")
	u.NoScript(true)
	u.Narrow()
	u.Visit(linkFor(o, children[0]))
	u.Click("اردو")
	u.rtl()
	u.Click("کھولیں")
	u.rtl()
	u.See("شروع کریں")
	u.Accessible()
	u.Click("شروع کریں")
	for i, answer := range []string{"تھوڑا سا", "زیادہ تر ہاں", "تھوڑا سا"} {
		u.See(criteria[i][3])
		u.rtl()
		if i == 0 {
			u.Accessible()
		}
		u.Choose(answer)
		u.Click("اگلا")
	}
	u.See("کیا آپ ہمیں کچھ بتانا چاہتے ہیں؟")
	u.Click("میرے جواب بھیجیں")
	u.See("شکریہ")

	for i, child := range children[1:] {
		p := site.Person("a parent with a phone")
		p.NoScript(true)
		p.Narrow()
		if i == 0 {
			p.Visit(linkFor(o, child))
			p.Click("Open")
		} else {
			code := codeFor(o, child)
			p.Visit("/f/?in=en")
			p.Fill("Type the code from your letter", code)
			p.Click("Continue")
		}
		p.See("Your name is not kept with your answers.")
		p.Click("Begin")
		p.Choose("A little")
		p.Click("Next")
		if i == 1 {
			// The bus comes, and the server's power goes. On the same phone what was chosen is still there.
			site.PullThePlug()
			p.Visit("/f/audits/" + lastPart(audit))
			p.See("Go on")
			p.Accessible()
			p.Click("Go on")
		}
		p.See(criteria[1][2])
		p.Choose("Mostly yes")
		p.Click("Next")
		p.Choose("A little")
		p.Click("Next")
		p.Click("Send my answers")
		p.See("Your answers are in.")
	}

	// Two on paper, keyed in by the office.
	o.Visit(audit + "/sheet?for=parents")
	o.See(criteria[0][2])
	if _, sheets := o.PrintPDF(); sheets != 1 {
		t.Errorf("the blank form for parents takes %d sheets", sheets)
	}
	for range 2 {
		o.Visit(audit + "/key-in?for=parents")
		o.In(criteria[0][2]).Choose("A little")
		o.In(criteria[1][2]).Choose("Yes")
		o.Accessible()
		o.Click("Keep this sheet")
		o.See("The sheet is in.")
	}

	// Closing, and what came of it: six parents are enough to be shown for what all of them answered, and four for the rest are not.
	h.Visit(audit)
	h.NotSee("Differs")
	h.See("Parents and colleagues are about in balance")
	h.Click("Close, or move the last day")
	h.Click("Close the audit")
	h.See("Where parents and staff see it differently")
	h.See("Whoever comes is greeted. Parents 2, staff 4.")
	h.Accessible()
	h.Visit(audit + "/criterion/F3")
	h.See("Not known: one of the two has too few answers")

	// The team agrees, with its reasons.
	h.Visit(audit + "/criterion/F1")
	for i, l := range []int{2, 3, 2, 2, 4} {
		h.See(criteria[i][1])
		h.See("So I see it")
		h.Choose(levelNames[l-1])
		h.Fill("Why", fmt.Sprintf("We talked about %s and looked at what shows it.", criteria[i][0]))
		if i == 0 {
			h.Accessible()
		}
		h.Click("Keep, and go to the next")
	}
	h.See("That was the last one.")
	h.Visit(audit + "/print")
	h.printed("Our front door, version 1", "Whoever comes is greeted.", "We talked about F1")

	plan := planFromGaps(h)
	followPlan(site, plan)
	aYearLater(site, audit, plan)
}

// beginOurs brings a version of the framework in and sets an audit up under it.
func beginOurs(h *Page, version, title string) (audit string) {
	h.t.Helper()
	h.Visit("/audit-frameworks")
	h.Fill("Or its text", frameworkFile(version))
	h.Click("Bring it in")
	h.See("Our front door")
	h.Visit("/audit")
	h.Click("Begin an audit")
	h.Accessible()
	h.Choose("Our front door, version " + version)
	h.Fill("What is it called?", title)
	h.Click("Begin")
	h.See("The audit has begun.")
	h.Accessible()
	return h.Path()
}

// classOf is the first so many pupils of a class who have somebody to whom a letter can be made.
func classOf(o *Page, class string, n int) (records []string) {
	o.t.Helper()
	o.Visit("/classes")
	o.Click(class)
	for _, l := range o.Links(`/pupils/[0-9a-z]+`) {
		if len(records) == n {
			return records
		}
		if _, body := o.Fetch(l.Path + "/links"); strings.Contains(string(body), "Make a letter") {
			records = append(records, l.Path)
		}
	}
	if len(records) < n {
		o.fail("only %d of %s have somebody to write to", len(records), class)
	}
	return records
}

// give makes a link to the questions about the school for the first adult of a child. The select belongs to one adult, and so does the button.
func give(o *Page, record, button string) {
	o.t.Helper()
	o.Visit(record + "/links")
	name := regexp.MustCompile(`Make a letter for (\S+ \S+)`).FindStringSubmatch(o.Text())
	if name == nil {
		o.fail("there is nobody to give a link to")
	}
	// The demo has an audit of its own that is open; this one is open until four weeks from today.
	o.In(name[1]).Fill("What it opens", "How do you see our school? A few short questions. You can answer until "+o.site.DayWords(28)+".")
	o.In(name[1]).Click(button)
}

func linkFor(o *Page, record string) string {
	o.t.Helper()
	give(o, record, "Make a link to copy")
	address := o.Value("The link")
	at := strings.Index(address, "/f/l/")
	if at < 0 {
		o.fail("%q is no link", address)
	}
	return address[at:]
}

func codeFor(o *Page, record string) string {
	o.t.Helper()
	give(o, record, "Make a letter")
	return o.one(`([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})`)
}

func lastPart(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// rtl makes sure that the page runs from right to left and says its language.
func (p *Page) rtl() {
	p.t.Helper()
	p.allowScripts(true)
	if got := eval[string](p, `document.documentElement.lang + ' ' + getComputedStyle(document.body).direction`); got != "ur rtl" {
		p.fail("the page is %q", got)
	}
	p.allowScripts(false)
}

// printed prints the page on A4, counts its sheets, and makes sure of words that stand on the paper and not only on the screen.
func (p *Page) printed(words ...string) (sheets int) {
	p.t.Helper()
	_, sheets = p.PrintPDF()
	media := func(m string) {
		_, err := chromedp.Call(p.limited(), emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: m})
		p.must("look at the paper", err)
	}
	media("print")
	text := p.Text()
	media("")
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.t.Errorf("%s: the paper at %s does not say %q: %s", p.who, p.Path(), w, shorten(text, 600))
		}
	}
	return sheets
}

const (
	askAtGate = "Ask five families about it at the gate"
	evenings  = "Move two evenings to times that families can keep"
)

// planFromGaps makes a plan of what the audit found: two actions from gaps, one with the name of a family in it, which governors must not read.
func planFromGaps(h *Page) (plan string) {
	h.t.Helper()
	h.Visit("/plans")
	h.Click("Make a plan")
	h.Fill("Name of the plan", "The year of the front door")
	h.Fill("From", h.site.Day(0))
	h.Fill("Until", h.site.Day(400))
	h.Fill("Who leads it", head)
	h.Click("Make the plan")
	h.See("Priorities from gaps")
	h.Accessible()
	plan = strings.TrimSuffix(h.Path(), "/priorities")
	h.unfold()
	h.In("F1. Whoever comes is greeted. Starting").See("Starting; the benchmark is established. Parents and staff see it a level or more apart.")
	h.NotSee("F2. Families know whom to ask.")
	h.In("F1. Whoever comes is greeted. Starting").Click(askAtGate)
	h.See("It comes from: F1. Whoever comes is greeted.")
	h.Holds("What is to be done", askAtGate+".")
	h.Fill("Whose it is", keyTeacher)
	h.Fill("To be done by", h.site.Day(13))
	h.Fill("What it may cost", "120")
	h.Fill("Where the money comes from", "Pupil Premium")
	h.Accessible()
	h.Click("Add the action")
	h.See("The action is in the plan.")
	h.Click("1 gap has an action in this plan already")
	h.See(askAtGate)
	h.Accessible()
	h.unfold()
	h.In("F4. Evenings are at times when families can come. Starting").Click("Something else")
	h.Fill("What is to be done", evenings)
	h.Fill("Whose it is", familyWorker)
	h.Fill("To be done by", h.site.Day(10))
	h.Fill("How you will see that it has worked", pupil(h)+" and ten others come with their families")
	h.Click("Add the action")
	h.unfold()
	h.Click(evenings)
	h.See("In what governors read, it is taken out.")
	h.Visit(plan)
	h.See("£120 planned, £0 spent; what 1 action costs is not known.")
	h.Accessible()
	h.Visit(plan + "/print")
	if n := h.printed("The year of the front door", askAtGate, evenings, keyTeacher, familyWorker, "£120 planned. Pupil Premium", h.site.DayWords(13)); n != 1 {
		h.t.Errorf("a plan of two actions takes %d sheets", n)
	}
	h.Accessible()
	return plan
}

// pupil is the name of one, as people say it.
func pupil(h *Page) string {
	h.t.Helper()
	_, body := h.Fetch("/reach")
	m := regexp.MustCompile(`/pupils/\w+/barriers"[^>]*>([A-Z][a-z]+, [A-Z][a-z]+)<`).FindSubmatch(body)
	if m == nil {
		h.fail("no pupil is to be found")
	}
	return turned(string(m[1]))
}

// followPlan lets the owners say what has happened, the days pass, and the governors read.
func followPlan(site *Site, plan string) {
	t := site.t
	t.Helper()
	d := site.As(keyTeacher)
	d.Click(askAtGate)
	d.Fill("A line is enough", "Five families asked; four said nobody looked up.")
	d.Choose("Under way")
	d.Accessible()
	d.Click("Write it down")
	d.See("Not started → Under way")

	// On its day an action is not late; the day after, by the school's own date, it is.
	site.Later(10)
	h := site.As(head)
	h.Visit(plan)
	h.In(evenings).See("Due soon")
	site.Later(1)
	h = site.As(head)
	h.See("actions of the plan are overdue")
	h.Visit(plan)
	h.In(evenings).See("Overdue")
	h.In(askAtGate).See("Due soon")

	d = site.As(keyTeacher)
	d.Click(askAtGate)
	d.Fill("A line is enough", "We stand at the gate two mornings a week, and greet by name.")
	d.Choose("Done")
	d.Fill("Spent so far", "85")
	d.Click("Write it down")
	d.See("Under way → Done")

	g := site.As(governor)
	child := pupil(h)
	g.Visit(plan + "/extract")
	g.See("1 of 2 actions done, 1 not started; 1 of them overdue")
	g.See("[name]")
	g.See("and ten others come with their families")
	g.Accessible()
	g.Visit(plan + "/extract/print")
	g.printed(askAtGate, "and ten others come with their families")
	for _, path := range []string{"/extract", "/extract/print"} {
		g.Visit(plan + path)
		text := strings.ReplaceAll(g.Text(), "printed by "+governor, "")
		for _, name := range []string{head, keyTeacher, familyWorker, lastWord(keyTeacher), lastWord(familyWorker), child, lastWord(child)} {
			if strings.Contains(text, name) {
				t.Errorf("governors read the name %s at %s", name, g.Path())
			}
		}
	}
	if status, _ := g.Fetch(plan); status == 200 {
		t.Error("a governor opens the plan itself")
	}
	h.Visit(plan + "/progress")
	h.See("greet by name")
	h.Accessible()
}

// aYearLater repeats the audit under the next version of the framework.
func aYearLater(site *Site, first, plan string) {
	t := site.t
	t.Helper()
	site.Later(360)
	h := site.As(head)
	next := beginOurs(h, "2", "Our front door, second year")
	h.See("Carried forward from Our front door, first year")
	h.See("The words have changed since Our front door, first year: 1 difference")
	for i, name := range []string{head, keyTeacher} {
		p := site.As(name)
		p.Visit(next + "/rate/F1")
		p.Choose("Strong")
		p.Fill("Why?", "At the gate two mornings a week")
		p.Click("Save, and go to the next")
		if i == 0 {
			p.See("2 of 5")
		}
	}
	h.Visit(next + "/criterion/F1")
	h.See("Carried forward from Our front door, first year: Starting.")
	h.Choose("Strong")
	h.Fill("Why", "Parents at the gate said so without being asked.")
	h.Click("Keep, and go to the next")
	h.See("Families know whom to ask.")
	h.Visit(next)
	h.See("What changed, and what was done")
	h.In("F1 Whoever comes is greeted. Starting Strong +2").See(askAtGate + ". Done")
	h.In("F4 Evenings are at times when families can come. Starting Not answered").See(evenings + " Overdue")
	h.See("What changed while this was done is not thereby what it did.")
	h.Accessible()
	h.Visit(next + "/criterion/F1")
	h.See("Why it was agreed then: We talked about F1 and looked at what shows it.")
	h.See(askAtGate + ". Done")
	h.Accessible()
	h.Visit(next + "/print")
	h.printed("What changed since Our front door, first year, and what was done", askAtGate+". (Done)")
	h.Accessible()
	// Governors see the same, with no way into the plan.
	g := site.As(governor)
	g.Visit(next)
	g.In("F1 Whoever comes is greeted. Starting Strong +2").See(askAtGate + ". Done")
	if l := g.Links(`/actions/\w+`); len(l) > 0 {
		t.Errorf("a governor is led to %v", l)
	}

	// The first audit stays as it was, under its own version.
	h.Visit(first)
	h.See("Our front door, version 1")
	h.See("What families say is answered.")
	h.NotSee("within a week")
	h.NotSee("What changed, and what was done")
	h.Visit(first + "/print")
	if n := h.printed("Our front door, version 1", "What families say is answered.", "We talked about F3", "6 parents"); n < 1 || n > 3 {
		t.Errorf("the old report takes %d sheets", n)
	}
	h.Visit(plan)
	h.See("The year of the front door")
}
