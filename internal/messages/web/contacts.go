package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/clock"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/roll"
	rollweb "ajar/internal/roll/web"
	"ajar/internal/roll/worry"
	"ajar/internal/ui"
)

// contactRoutes are the pages of the log of contacts.
func (h pages) contactRoutes() []web.Route {
	read, log := web.For(messages.Read), web.For(messages.Log)
	child, one := "/pupils/{pupil}/contacts", ContactsPath+"/{contact}"
	return []web.Route{
		{Pattern: "GET " + child, Need: read, Handle: h.childContacts},
		{Pattern: "POST " + child, Need: log, Handle: h.logContact},
		{Pattern: "GET " + child + "/new", Need: log, Handle: h.logForm},
		{Pattern: "POST " + child + "/draft", Need: log, Handle: h.logDraft},
		{Pattern: "POST " + child + "/drop", Need: log, Handle: h.logDrop},
		{Pattern: "GET " + ContactsPath, Need: read, Handle: h.waiting},
		{Pattern: "GET " + LogPath, Need: log, Handle: h.logSearch},
		{Pattern: "GET " + BalancePath, Need: web.For(messages.Figures), Handle: h.balance},
		{Pattern: "GET " + one, Need: read, Handle: h.contact},
		{Pattern: "POST " + one + "/hand", Need: log, Handle: h.handContact},
		{Pattern: "POST " + one + "/answer", Need: log, Handle: h.answerContact},
		{Pattern: "POST " + one + "/strike", Need: log, Handle: h.strikeContact},
	}
}

// aboutChild begins a page about a child.
func aboutChild(q *web.Req, title string, p roll.Pupil, more ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Find", Href: "/search"}, {Text: p.Name(), Href: rollweb.PupilPath(p.ID)}}, more...)
	return d
}

func loggedFrom(q *web.Req, pupil roll.PupilID) messages.Logged {
	l := messages.Logged{Pupils: append([]string{pupil.String()}, q.Texts("pupils")...), Adult: q.Text("adult"), Way: q.Text("way"), Tone: q.Text("tone"), Words: q.Text("words"), Outcome: q.Text("outcome"),
		On: q.Text("on"), In: q.Checked("in"), Own: q.Checked("own"), Owner: q.Text("owner"), Roles: q.Texts("roles")}
	if l.Way != messages.ByCall {
		l.Outcome = ""
	}
	return l
}

// heeding is the service for this request: with what the person said is no worry about a child's safety.
func (h pages) heeding(q *web.Req) *messages.Service {
	var texts []string
	for _, field := range q.Texts("no_worry") {
		texts = append(texts, q.Texts(field)...)
	}
	return h.s.Keeping(texts...)
}

// logData is the short form as it is shown.
type logData struct {
	messages.LogView
	L     messages.Logged
	Waits *worry.Error
	Route roll.Route
	Errs  ui.Errors
	Panel bool // on the child's own page
}

func newLog(v messages.LogView, panel bool) logData {
	d := logData{LogView: v, L: v.Draft, Panel: panel}
	if d.L.Way == "" {
		d.L.Way = messages.ByGate
	}
	if d.L.Adult == "" && v.SavedMs == 0 && len(v.Adults) == 1 {
		d.L.Adult = v.Adults[0].ID.String()
	}
	return d
}

func (h pages) logForm(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	v, err := h.s.LogForm(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d := newLog(v, false)
	if d.Route, err = h.s.Roll.SafeguardingRoute(q.Context(), q.Pass); err != nil {
		return err
	}
	return q.Page(logPage(aboutChild(q, "Note a contact", v.Pupil), d))
}

func (h pages) logContact(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	l := loggedFrom(q, id)
	_, err = h.heeding(q).LogContact(q.Context(), q.Pass, l)
	if err == nil {
		flash := "The contact is noted."
		if l.Owner != "" {
			flash = "The contact is noted, and waits for your colleague. You see under Contacts when it is answered."
		}
		return q.Go(rollweb.PupilPath(id), flash)
	}
	w, waits := worry.As(err)
	if !waits && fault.KindOf(err) != fault.Invalid {
		return err
	}
	v, open := h.s.LogForm(q.Context(), q.Pass, id)
	if open != nil {
		return open
	}
	d := newLog(v, false)
	d.L, d.Waits = l, w
	p := aboutChild(q, "Note a contact", v.Pupil)
	if waits {
		for _, f := range w.Fields {
			p.Errors.Add(f.Field, f.Label+": this was not kept. Take the words out, or say that it is no such worry.")
		}
	} else {
		p.Errors = ui.ErrorsOf(err)
	}
	d.Errs = p.Errors
	if d.Route, err = h.s.Roll.SafeguardingRoute(q.Context(), q.Pass); err != nil {
		return err
	}
	return q.Again(logPage(p, d))
}

func (h pages) logDraft(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	err = h.heeding(q).SaveLogDraft(q.Context(), q.Pass, id, loggedFrom(q, id))
	at := hour(h.s.DB.Clock().Now().UnixMilli())
	if w, ok := worry.As(err); ok {
		at += ". Not kept: " + w.Labels() + ". Press Save to see why."
		q.W.Header().Set("Ajar-Not-Kept", w.Labels())
	} else if err != nil {
		return err
	}
	q.W.Header().Set("Ajar-Saved-At", at)
	q.W.Header().Set("Cache-Control", "no-store")
	q.W.WriteHeader(http.StatusNoContent)
	return nil
}

func (h pages) logDrop(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	if err := h.s.DropLogDraft(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(rollweb.PupilPath(id), "What you had begun is forgotten.")
}

func (h pages) logSearch(q *web.Req) error {
	d := ui.From(q, "Note a contact")
	d.Breadcrumbs = []ui.Link{{Text: "Contacts", Href: ContactsPath}}
	found, err := h.s.FindToLog(q.Context(), q.Pass, q.Text("q"))
	if fault.KindOf(err) == fault.Invalid {
		d.Errors = ui.ErrorsOf(err)
		return q.Again(logSearchPage(d, messages.LogSearch{Text: q.Text("q")}))
	}
	if err != nil {
		return err
	}
	return q.Page(logSearchPage(d, found))
}

func (h pages) childContacts(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	list, err := h.s.ContactsOf(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Page(childPage(aboutChild(q, "Contacts with the family of "+list.Pupil.Name(), list.Pupil), list))
}

func (h pages) waiting(q *web.Req) error {
	w, err := h.s.WaitingContacts(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(waitingPage(ui.From(q, "Contacts"), w, q.Pass.Has(messages.Log)))
}

func (h pages) openContact(q *web.Req) (messages.ContactView, ui.PageData, error) {
	id, err := web.PathID[messages.Contact](q, "contact")
	if err != nil {
		return messages.ContactView{}, ui.PageData{}, err
	}
	v, err := h.s.Contact(q.Context(), q.Pass, id)
	d := ui.From(q, wayTitle(v.Contact))
	d.Breadcrumbs = []ui.Link{{Text: "Contacts", Href: ContactsPath}}
	return v, d, err
}

func (h pages) contact(q *web.Req) error {
	v, d, err := h.openContact(q)
	if err != nil {
		return err
	}
	return q.Page(contactPage(d, v, contactTyped{}))
}

// contactTyped is what was typed into one of the forms of a contact, when it was not kept.
type contactTyped struct {
	Answer, Why string
	Waits       *worry.Error
	Route       roll.Route
}

// contactAgain shows a contact with a form that was not kept, or goes on.
func (h pages) contactAgain(q *web.Req, err error, flash, to string) error {
	if err == nil {
		return q.Go(to, flash)
	}
	w, waits := worry.As(err)
	if k := fault.KindOf(err); !waits && k != fault.Invalid && k != fault.Conflict && k != fault.Forbidden {
		return err
	}
	v, d, open := h.openContact(q)
	if open != nil {
		return open
	}
	typed := contactTyped{Answer: q.Text("answer"), Why: q.Text("why"), Waits: w}
	switch sentence, _ := fault.Sentence(err); {
	case waits:
		for _, f := range w.Fields {
			d.Errors.Add(f.Field, f.Label+": this was not kept. Take the words out, or say that it is no such worry.")
		}
	case fault.KindOf(err) == fault.Invalid:
		d.Errors = ui.ErrorsOf(err)
	default:
		d.Errors = ui.Errors{{Text: sentence}}
	}
	if typed.Route, err = h.s.Roll.SafeguardingRoute(q.Context(), q.Pass); err != nil {
		return err
	}
	return q.Again(contactPage(d, v, typed))
}

func (h pages) handContact(q *web.Req) error {
	id, err := web.PathID[messages.Contact](q, "contact")
	if err != nil {
		return err
	}
	return h.contactAgain(q, h.s.RouteContact(q.Context(), q.Pass, id, q.Text("owner")), "It waits for your colleague now, and is as old as it was.", ContactsPath)
}

func (h pages) answerContact(q *web.Req) error {
	id, err := web.PathID[messages.Contact](q, "contact")
	if err != nil {
		return err
	}
	return h.contactAgain(q, h.heeding(q).AnswerContact(q.Context(), q.Pass, id, q.Text("answer")), "Answered. Whoever asked sees it.", ContactsPath)
}

func (h pages) strikeContact(q *web.Req) error {
	id, err := web.PathID[messages.Contact](q, "contact")
	if err != nil {
		return err
	}
	return h.contactAgain(q, h.heeding(q).StrikeContact(q.Context(), q.Pass, id, q.Text("why")), "Struck through. The words stay readable, so that nobody wonders what was here.", ContactPath(id))
}

func (h pages) balance(q *web.Req) error {
	d := ui.From(q, "Balance of contact")
	if !q.Pass.Has(messages.Read) {
		f, err := h.s.BalanceFigures(q.Context(), q.Pass)
		if err != nil {
			return err
		}
		return q.Page(balanceFiguresPage(d, f))
	}
	r, err := h.s.Balances(q.Context(), q.Pass, q.Text("day"))
	if err != nil {
		return err
	}
	return q.Page(balancePage(d, r, h.terms()))
}

// terms are this term and the two before, each with a day in it.
func (h pages) terms() (out []ui.Option) {
	day := h.s.DB.Clock().Today()
	for range 3 {
		from, _, name := messages.TermOf(day)
		out = append(out, ui.Option{Value: from, Label: name})
		t, err := time.Parse(time.DateOnly, from)
		if err != nil {
			return out
		}
		day = t.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return out
}

// Words.

func wayTitle(c messages.Contact) string {
	switch {
	case c.Way == messages.ByGate:
		return "A word at the gate"
	case c.Direction == "in" && (c.Way == messages.ByText || c.Way == messages.ByEmail || c.Way == messages.ByLetter):
		return "An answer by " + map[string]string{messages.ByText: "text", messages.ByEmail: "e-mail", messages.ByLetter: "letter"}[c.Way]
	}
	return map[string]string{messages.ByCall: "A call", messages.ByVisit: "A visit", messages.ByMeeting: "A meeting", messages.ByCard: "A card", messages.ByText: "A text", messages.ByEmail: "An e-mail", messages.ByLetter: "A letter"}[c.Way]
}

func toneMark(tone string) ui.TagData {
	switch tone {
	case messages.Good:
		return ui.TagData{Colour: ui.Green, Text: "Good news"}
	case messages.Concern:
		return ui.TagData{Colour: ui.Amber, Text: "A concern"}
	}
	return ui.TagData{Colour: ui.Grey, Text: "Neither"}
}

// lineWords says with whom, what came of it, and who noted it.
func lineWords(c messages.ContactLine) string {
	var parts []string
	if c.AdultName != "" {
		parts = append(parts, "with "+c.AdultName)
	}
	if c.Direction == "in" && c.Way != messages.ByText && c.Way != messages.ByEmail {
		parts = append(parts, "they came to us")
	}
	if c.Outcome != "" && c.Outcome != messages.Spoke {
		parts = append(parts, strings.ToLower(roll.ListedWords(messages.Outcomes, c.Outcome)))
	}
	if c.Lang != "" && c.Way != messages.ByText && c.Way != messages.ByEmail {
		parts = append(parts, "in "+c.Lang)
	}
	if c.ByName != "" {
		parts = append(parts, "noted by "+c.ByName)
	}
	return strings.Join(parts, ", ")
}

// waitWords says for whom it waits and for how long.
func waitWords(c messages.ContactLine) string {
	who := c.OwnerName
	if who == "" {
		who = "somebody"
	}
	return "Waits for " + who + ": " + messages.AgeWords(c.Age)
}

func ageTag(c messages.ContactLine) ui.TagData {
	t := ui.TagData{Colour: ui.Grey, Text: strings.Replace(messages.AgeWords(c.Age), " school", "", 1)}
	switch {
	case c.EscalatedMs != nil || c.Age >= messages.EscalateAfter:
		t.Colour = ui.Red
	case c.Age >= 3:
		t.Colour = ui.Amber
	}
	return t
}

func childNames(list []messages.ContactChild) string {
	var out []string
	for _, c := range list {
		out = append(out, c.Name)
	}
	return strings.Join(out, ", ")
}

func readerWords(readers string) string {
	var out []string
	for r := range strings.SplitSeq(readers, ",") {
		for role, words := range roll.RoleWords {
			if string(role) == r {
				out = append(out, words)
			}
		}
	}
	return "Only for " + strings.Join(append(out, "who noted it", "the safeguarding lead"), ", ")
}

func balanceWords(b messages.Balance) string {
	if b.All() == 0 {
		return "Nothing has been said this term."
	}
	return "This term: " + count(b.Good, "good word", "good words") + ", " + strconv.Itoa(b.Neutral) + " neither, " + count(b.Concern, "concern", "concerns") + "."
}

func textLines(text string) []string {
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func dayWords(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}

func hour(ms int64) string { return time.UnixMilli(ms).In(clock.London()).Format("15:04") }

func moment(ms int64) string {
	return time.UnixMilli(ms).In(clock.London()).Format("2 January 2006, 15:04")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return ui.Thousands(n) + " " + many
}

func listedOptions(list []roll.Listed) (out []ui.Option) {
	for _, x := range list {
		out = append(out, ui.Option{Value: x.Key, Label: x.Words})
	}
	return out
}

func adultOptions(v logData) (out []ui.Option) {
	for _, a := range v.Adults {
		label := a.Name
		if a.Tie != "" {
			label += " (" + strings.ToLower(a.Tie) + ")"
		}
		out = append(out, ui.Option{Value: a.ID.String(), Label: label})
	}
	return append(out, ui.Option{Value: "", Label: "Somebody else, or several"})
}

func (v logData) interprets() bool {
	for _, a := range v.Adults {
		if a.Interprets {
			return true
		}
	}
	return false
}

func siblingOptions(list []messages.Sibling) (out []ui.Option) {
	for _, x := range list {
		out = append(out, ui.Option{Value: x.Pupil.String(), Label: x.Name})
	}
	return out
}

func readerOptions() (out []ui.Option) {
	for _, r := range messages.ReaderRoles {
		out = append(out, ui.Option{Value: string(r), Label: roll.RoleWords[r]})
	}
	return out
}

func noWorryChoices(w *worry.Error) (out []ui.Option) {
	for _, f := range w.Fields {
		out = append(out, ui.Option{Value: f.Field, Label: f.Label + ": this is not a worry about a child's safety; keep what I wrote"})
	}
	return out
}
