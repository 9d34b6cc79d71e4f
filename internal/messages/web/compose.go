package web

import (
	"slices"
	"strconv"
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
	"ajar/internal/ui"
)

func sendingRoutes(h pages) []web.Route {
	read, send, log, look := web.For(messages.Read), web.For(messages.Send), web.For(messages.Log), web.For(messages.Approve)
	one := MessagesPath + "/m/{message}"
	return []web.Route{
		{Pattern: "GET " + MessagesPath, Need: read, Handle: h.list},
		{Pattern: "GET " + NewPath, Need: send, Handle: h.compose},
		{Pattern: "POST " + NewPath, Need: send, Handle: h.save},
		{Pattern: "GET " + one, Need: send, Handle: h.message},
		{Pattern: "GET " + one + "/edit", Need: send, Handle: h.edit},
		{Pattern: "POST " + one + "/edit", Need: send, Handle: h.change},
		{Pattern: "POST " + one + "/send", Need: send, Handle: h.send},
		{Pattern: "POST " + one + "/look", Need: look, Handle: h.look},
		{Pattern: "POST " + one + "/take-back", Need: send, Handle: h.takeBack},
		{Pattern: "POST " + one + "/throw-away", Need: send, Handle: h.throwAway},
		{Pattern: "POST " + one + "/decide", Need: send, Handle: h.decide},
		{Pattern: "GET " + one + "/letters", Need: send, Handle: h.letters},
		{Pattern: "POST " + one + "/printed", Need: send, Handle: h.printed},
		{Pattern: "GET " + CallsPath, Need: log, Handle: h.calls},
		{Pattern: "GET " + CallsPath + "/{copy}", Need: log, Handle: h.call},
		{Pattern: "POST " + CallsPath + "/{copy}", Need: log, Handle: h.called},
		{Pattern: "GET /pupils/{pupil}/messages/{adult}", Need: read, Handle: h.thread},
		{Pattern: "POST /pupils/{pupil}/messages/{adult}/unstop", Need: send, Handle: h.unstop},
	}
}

// composeView is the form of a message with all that was typed.
type composeView struct {
	ID        messages.MessageID
	Version   int
	F         form
	Fixed     string // whom it is for, where that is not chosen on the page
	Choices   messages.Choices
	Templates []messages.TemplateLine
	Waits     bool // something may be a worry about a child's safety
	Action    string
}

var composeFields = []string{"to", "pupil", "adult", "way", "class", "tone", "subject", "body", "short", "template"}

func (h pages) composeOf(q *web.Req, f form) (v composeView, err error) {
	v.F, v.Action = f, NewPath
	if v.Choices, err = h.s.Offer(q.Context(), q.Pass); err != nil {
		return v, err
	}
	t, err := h.s.Templates(q.Context(), q.Pass)
	if err != nil {
		return v, err
	}
	for _, x := range t.List {
		if messages.MaySend(x.Template, q.Pass.Who().Roles) {
			v.Templates = append(v.Templates, x)
		}
	}
	a := audienceOf(f)
	if len(a.Pupils) > 0 {
		v.Fixed, err = h.s.NameAudience(q.Context(), q.Pass, a)
	}
	return v, err
}

func (h pages) compose(q *web.Req) error {
	f := formOf(q, composeFields...)
	if f["way"] == "" {
		f["way"], f["class"], f["tone"] = messages.ByBest, messages.ClassService, messages.Neutral
	}
	if id, err := ids.Parse[messages.Template](f["template"]); err == nil && f["body"] == "" && f["short"] == "" {
		t, err := h.s.Template(q.Context(), q.Pass, id)
		if err != nil {
			return err
		}
		f["way"], f["class"], f["tone"] = t.Way, t.Class, t.Tone
		f["subject"], f["body"], f["short"] = t.English.Subject, t.English.Body, t.English.Short
		if t.Sensitive {
			f["sensitive"] = "yes"
		}
	}
	v, err := h.composeOf(q, f)
	if err != nil {
		return err
	}
	return q.Page(composePage(wordingPage(q, "Write to families"), v))
}

// audienceOf reads whom a message is for: pupils by their keys, or what was chosen from the list.
func audienceOf(f form) (a messages.Audience) {
	for key := range strings.SplitSeq(f["pupil"], ",") {
		if id, err := ids.Parse[roll.Pupil](strings.TrimSpace(key)); err == nil {
			a.Pupils = append(a.Pupils, id)
		}
	}
	for key := range strings.SplitSeq(f["adult"], ",") {
		if id, err := ids.Parse[roll.Adult](strings.TrimSpace(key)); err == nil {
			a.Adults = append(a.Adults, id)
		}
	}
	if len(a.Pupils) > 0 {
		return a
	}
	kind, key, _ := strings.Cut(f["to"], ":")
	switch kind {
	case "class":
		a.Class, _ = ids.Parse[roll.Class](key)
	case "year":
		a.Year = key
	case "everyone":
		a.Everyone = true
	case "group":
		a.Source, a.Key, _ = strings.Cut(key, ":")
	}
	return a
}

func typedOf(q *web.Req, f form) messages.Typed {
	t := messages.Typed{Audience: audienceOf(f), Way: f["way"], Class: f["class"], Tone: f["tone"], Sensitive: q.Checked("sensitive"), Subject: f["subject"], Body: f["body"], Short: f["short"]}
	t.Template, _ = ids.Parse[messages.Template](f["template"])
	return t
}

func (h pages) keeping(q *web.Req, fields ...string) *messages.Service {
	if !q.Checked("no_worry") {
		return h.s
	}
	var texts []string
	for _, f := range fields {
		texts = append(texts, q.Text(f))
	}
	return h.s.Keeping(texts...)
}

func (h pages) save(q *web.Req) error { return h.keep(q, 0, 0) }

func (h pages) keep(q *web.Req, id messages.MessageID, seen int) error {
	f := formOf(q, composeFields...)
	got, err := h.keeping(q, "subject", "body", "short").Save(q.Context(), q.Pass, id, typedOf(q, f), seen)
	if err == nil {
		return q.Go(MessagePath(got), "")
	}
	var errs ui.Errors
	w, waits := worry.As(err)
	switch {
	case waits:
		for _, x := range w.Fields {
			errs.Add(x.Field, "This was not kept, because it may be a worry about a child's safety. Take the words out, or say below that it is no such worry.")
		}
	case fault.KindOf(err) == fault.Invalid:
		errs = ui.ErrorsOf(err)
	case fault.KindOf(err) == fault.Conflict, fault.KindOf(err) == fault.Forbidden:
		sentence, _ := fault.Sentence(err)
		errs.Add("", sentence)
	default:
		return err
	}
	if q.Checked("sensitive") {
		f["sensitive"] = "yes"
	}
	v, err := h.composeOf(q, f)
	if err != nil {
		return err
	}
	d := wordingPage(q, "Write to families")
	d.Errors, v.Waits, v.ID, v.Version = errs, waits, id, seen
	if !id.Zero() {
		v.Action = messageEdit(id)
	}
	return q.Again(composePage(d, v))
}

func (h pages) edit(q *web.Req) error {
	v, err := h.open(q)
	if err != nil {
		return err
	}
	a, err := messages.ReadAudience(v.Audience)
	if err != nil {
		return err
	}
	f := form{"way": v.Way, "class": v.Class, "tone": v.Tone, "subject": v.English.Subject, "body": v.English.Body, "short": v.English.Short, "to": toValue(a)}
	var pupils, adults []string
	for _, p := range a.Pupils {
		pupils = append(pupils, p.String())
	}
	for _, x := range a.Adults {
		adults = append(adults, x.String())
	}
	f["pupil"], f["adult"] = strings.Join(pupils, ","), strings.Join(adults, ",")
	if v.TemplateID != nil {
		f["template"] = v.TemplateID.String()
	}
	if v.Sensitive {
		f["sensitive"] = "yes"
	}
	c, err := h.composeOf(q, f)
	if err != nil {
		return err
	}
	c.ID, c.Version, c.Action = v.ID, v.Version, messageEdit(v.ID)
	return q.Page(composePage(wordingPage(q, "Change the message", ui.Link{Text: v.Title, Href: MessagePath(v.ID)}), c))
}

func (h pages) change(q *web.Req) error {
	id, err := web.PathID[messages.Message](q, "message")
	if err != nil {
		return err
	}
	seen, _ := strconv.Atoi(q.Text("version"))
	return h.keep(q, id, seen)
}

func toValue(a messages.Audience) string {
	switch {
	case !a.Class.Zero():
		return "class:" + a.Class.String()
	case a.Year != "":
		return "year:" + a.Year
	case a.Everyone:
		return "everyone"
	case a.Source != "":
		return "group:" + a.Source + ":" + a.Key
	}
	return ""
}

// toOptions are the groups of children whose families a message can be for.
func toOptions(c messages.Choices) (out []ui.Option) {
	if c.All {
		out = append(out, ui.Option{Value: "everyone", Label: "Everyone"})
	}
	for _, y := range c.Years {
		out = append(out, ui.Option{Value: "year:" + y, Label: roll.YearGroup(y).Words()})
	}
	for _, x := range c.Classes {
		out = append(out, ui.Option{Value: "class:" + x.ID.String(), Label: x.Title + ", " + count(x.Pupils, "pupil", "pupils")})
	}
	for _, g := range c.Groups {
		for _, x := range g.Groups {
			out = append(out, ui.Option{Value: "group:" + g.Key + ":" + x.Key, Label: g.Words + ": " + x.Words})
		}
	}
	return out
}

var composeWays = []ui.Option{
	{Value: messages.ByBest, Label: "By what reaches each of them best", Hint: "A text or an e-mail that got through before; a letter or a call for the others. A concern becomes a call."},
	{Value: messages.ByText, Label: "By text, and a letter for those without a mobile"},
	{Value: messages.ByEmail, Label: "By e-mail, and a letter for those without"},
	{Value: messages.ByLetter, Label: "By letter"},
	{Value: messages.ByCall, Label: "By a call: you get a list to ring"},
}

func beginOptions(list []messages.TemplateLine) (out []ui.Option) {
	out = append(out, ui.Option{Value: "", Label: "None: write freely"})
	for _, t := range list {
		out = append(out, ui.Option{Value: t.ID.String(), Label: t.Title})
	}
	return out
}

func pick(s string) []string {
	return slices.DeleteFunc([]string{s}, func(s string) bool { return s == "" })
}
