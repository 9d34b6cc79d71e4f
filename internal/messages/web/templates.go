package web

import (
	"slices"
	"strconv"
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/ui"
)

func templateRoutes(h pages) []web.Route {
	send, keep := web.For(messages.Send), web.For(messages.Keep)
	return []web.Route{
		{Pattern: "GET /messages/templates", Need: send, Handle: h.templates},
		{Pattern: "POST /messages/templates/take", Need: keep, Handle: h.takeTemplates},
		{Pattern: "POST /messages/templates/choices", Need: keep, Handle: h.chooseWording},
		{Pattern: "GET /messages/templates/new", Need: keep, Handle: h.newTemplate},
		{Pattern: "POST /messages/templates/new", Need: keep, Handle: h.addTemplate},
		{Pattern: "GET /messages/templates/{template}", Need: send, Handle: h.template},
		{Pattern: "GET /messages/templates/{template}/edit", Need: keep, Handle: h.editTemplate},
		{Pattern: "POST /messages/templates/{template}/edit", Need: keep, Handle: h.changeTemplate},
		{Pattern: "POST /messages/templates/{template}/drop", Need: keep, Handle: h.dropTemplate},
		{Pattern: "GET /messages/templates/{template}/in/{lang}", Need: keep, Handle: h.translate},
		{Pattern: "POST /messages/templates/{template}/in/{lang}", Need: keep, Handle: h.saveTranslation},
		{Pattern: "POST /messages/templates/{template}/in/{lang}/service", Need: keep, Handle: h.draftByService},
		{Pattern: "GET /messages/templates/{template}/in/{lang}/paper", Need: send, Handle: h.templatePaper},
	}
}

func (h pages) templates(q *web.Req) error {
	v, err := h.s.Templates(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := wordingPage(q, "Templates")
	if id, err := ids.Parse[messages.Template](q.Text("removed")); err == nil && v.MayKeep {
		d.Undo = &ui.UndoData{Text: "The template was taken off the list.", Action: templateDropPath(id), Label: "Put it back", Fields: []ui.HiddenInput{{Name: "back", Value: "yes"}}}
	}
	return q.Page(templatesPage(d, v))
}

func (h pages) takeTemplates(q *web.Req) error {
	n, err := h.s.TakeReady(q.Context(), q.Pass, q.Texts("ready"))
	if err != nil {
		return err
	}
	if n == 0 {
		return q.Go(TemplatesPath, "Nothing was ticked, so nothing was taken.")
	}
	return q.Go(TemplatesPath, "They are your school's own now: change them as you like.")
}

func (h pages) chooseWording(q *web.Req) error {
	on := q.Texts("unchecked")
	if err := h.s.ChooseWording(q.Context(), q.Pass, messages.Wording{Drafts: slices.Contains(on, "drafts"), Machine: slices.Contains(on, "machine")}); err != nil {
		return err
	}
	return q.Go(TemplatesPath, "Saved.")
}

func (h pages) newTemplate(q *web.Req) error {
	return h.templateForm(q, messages.TemplateView{Template: messages.Template{Class: messages.ClassService, Tone: messages.Neutral, Way: messages.ByBest}}, nil)
}

func (h pages) templateForm(q *web.Req, v messages.TemplateView, errs ui.Errors) error {
	title, crumbs := "A new template", []ui.Link{{Text: "Templates", Href: TemplatesPath}}
	if v.ID != 0 {
		title, crumbs = "Change the template", append(crumbs, ui.Link{Text: "The template", Href: templatePath(v.ID)})
	}
	d := wordingPage(q, title, crumbs...)
	d.Errors = errs
	return pageOrAgain(q, d, templateFormPage(d, v))
}

func readTemplate(q *web.Req) messages.TemplateView {
	v := messages.TemplateView{Template: messages.Template{Title: q.Text("title"), Class: q.Text("class"), Tone: q.Text("tone"), Way: q.Text("way"), Sensitive: q.Checked("sensitive"), Roles: strings.Join(q.Texts("roles"), ",")},
		English: messages.Words{Lang: "en", Subject: q.Text("subject"), Body: q.Text("body"), Short: q.Text("short")}}
	v.Version, _ = strconv.Atoi(q.Text("version"))
	return v
}

func (h pages) addTemplate(q *web.Req) error {
	v := readTemplate(q)
	id, err := h.s.PutTemplate(q.Context(), q.Pass, v.Template, v.English, 0)
	return finish(q, err, templatePath(id), "Saved. Now somebody who reads another language can translate it.", func(e ui.Errors) error { return h.templateForm(q, v, e) })
}

func (h pages) openTemplate(q *web.Req) (messages.TemplateView, error) {
	id, err := web.PathID[messages.Template](q, "template")
	if err != nil {
		return messages.TemplateView{}, err
	}
	return h.s.Template(q.Context(), q.Pass, id)
}

func (h pages) template(q *web.Req) error {
	v, err := h.openTemplate(q)
	if err != nil {
		return err
	}
	d := wordingPage(q, v.Title, ui.Link{Text: "Templates", Href: TemplatesPath})
	return q.Page(templatePage(d, v))
}

func (h pages) editTemplate(q *web.Req) error {
	v, err := h.openTemplate(q)
	if err != nil {
		return err
	}
	return h.templateForm(q, v, nil)
}

func (h pages) changeTemplate(q *web.Req) error {
	was, err := h.openTemplate(q)
	if err != nil {
		return err
	}
	v := readTemplate(q)
	v.ID = was.ID
	_, err = h.s.PutTemplate(q.Context(), q.Pass, v.Template, v.English, v.Version)
	return finish(q, err, templatePath(v.ID), "Saved.", func(e ui.Errors) error { return h.templateForm(q, v, e) })
}

func (h pages) dropTemplate(q *web.Req) error {
	id, err := web.PathID[messages.Template](q, "template")
	if err != nil {
		return err
	}
	back := q.Text("back") != ""
	if err := h.s.DropTemplate(q.Context(), q.Pass, id, !back); err != nil {
		return err
	}
	if back {
		return q.Go(templatePath(id), "The template is back on the list.")
	}
	return q.Go(TemplatesPath+"?removed="+id.String(), "")
}

// openTranslation opens the template and the language of the address.
func (h pages) openTranslation(q *web.Req) (messages.TemplateView, say.Lang, error) {
	v, err := h.openTemplate(q)
	if err != nil {
		return v, say.Lang{}, err
	}
	l, known := say.Known(q.R.PathValue("lang"))
	if !known || l.IsEnglish() {
		return v, l, fault.Gone("language")
	}
	return v, l, nil
}

func (h pages) translate(q *web.Req) error {
	v, l, err := h.openTranslation(q)
	if err != nil {
		return err
	}
	w, _ := v.In(l.Tag())
	f := form{"subject": w.Subject, "body": w.Body, "short": w.Short}
	if w.Standing == messages.Checked && !w.Old(v.Template) {
		f["checked_by"] = w.ByName
	}
	return h.translatePage(q, v, l, f, nil)
}

func (h pages) translatePage(q *web.Req, v messages.TemplateView, l say.Lang, f form, errs ui.Errors) error {
	d := wordingPage(q, v.Title+" in "+l.English(), ui.Link{Text: "Templates", Href: TemplatesPath}, ui.Link{Text: v.Title, Href: templatePath(v.ID)})
	d.Errors = errs
	return pageOrAgain(q, d, translatePage(d, v, l, f))
}

func (h pages) saveTranslation(q *web.Req) error {
	v, l, err := h.openTranslation(q)
	if err != nil {
		return err
	}
	f := formOf(q, "subject", "body", "short", "checked_by")
	seen, _ := strconv.Atoi(q.Text("version"))
	err = h.s.Translate(q.Context(), q.Pass, v.ID, messages.Words{Lang: l.Tag(), Subject: f["subject"], Body: f["body"], Short: f["short"]}, f["checked_by"], seen)
	said := "Kept as a draft in " + l.English() + "."
	if f["checked_by"] != "" {
		said = "Kept, checked by " + f["checked_by"] + "."
	}
	return finish(q, err, templatePath(v.ID), said, func(e ui.Errors) error { return h.translatePage(q, v, l, f, e) })
}

func (h pages) draftByService(q *web.Req) error {
	v, l, err := h.openTranslation(q)
	if err != nil {
		return err
	}
	err = h.s.DraftByService(q.Context(), q.Pass, v.ID, l.Tag())
	return finish(q, err, translatePath(v.ID, l.Tag()), "A computer's words are here. They wait for somebody who reads "+l.English()+".", func(e ui.Errors) error {
		w, _ := v.In(l.Tag())
		return h.translatePage(q, v, l, form{"subject": w.Subject, "body": w.Body, "short": w.Short}, e)
	})
}

func (h pages) templatePaper(q *web.Req) error {
	v, l, err := h.openTranslation(q)
	if err != nil {
		return err
	}
	return q.Print("template", int64(v.ID), "words for a translator", templatePaper(v, l))
}

func templateColumns() []ui.Column[messages.TemplateLine] {
	return []ui.Column[messages.TemplateLine]{
		{Head: "Template", RowHead: true, Cell: templateName},
		{Head: "Tone", Cell: templateTone},
		{Head: "How it goes", Text: func(t messages.TemplateLine) string { return wayWords(t.Way) }},
		{Head: "Who may send it", Text: func(t messages.TemplateLine) string { return rolesWords(t.Template) }},
		{Head: "Languages besides English", Text: languagesWords},
	}
}

func wayWords(way string) string {
	for _, w := range messages.TemplateWays {
		if w.Key == way {
			return w.Words
		}
	}
	return way
}

func rolesWords(t messages.Template) string {
	var out []string
	for _, o := range roleOptions() {
		if slices.Contains(t.RoleList(), o.Value) {
			out = append(out, o.Label)
		}
	}
	if len(out) == 0 {
		return "Everyone who writes to families"
	}
	return strings.Join(out, ", ")
}

func languagesWords(t messages.TemplateLine) string {
	var out []string
	for _, x := range []struct {
		n    int
		word string
	}{{t.Checked, " checked"}, {t.Drafts, " in draft"}, {t.Old, " of an older version"}} {
		if x.n > 0 {
			out = append(out, ui.Thousands(x.n)+x.word)
		}
	}
	if len(out) == 0 {
		return "None yet"
	}
	return strings.Join(out, ", ")
}

func readyOptions(list []messages.Ready) (out []ui.Option) {
	for _, r := range list {
		out = append(out, ui.Option{Value: r.Key, Label: r.Title, Hint: r.Words[0].Body})
	}
	return out
}

func uncheckedOptions(v messages.Templates) []ui.Option {
	out := []ui.Option{{Value: "drafts", Label: "Words that a person wrote and nobody has checked may go", Hint: "The English stands below them, and a line says that nobody has checked them."}}
	if v.Service {
		out = append(out, ui.Option{Value: "machine", Label: "Words from the translation service may go", Hint: "The English stands below them, and a line says that a computer made them. Names never leave the house."})
	}
	return out
}

func uncheckedValues(w messages.Wording) (out []string) {
	if w.Drafts {
		out = append(out, "drafts")
	}
	if w.Machine {
		out = append(out, "machine")
	}
	return out
}

func languageRows(v messages.TemplateView) (out []messages.TemplateWords) {
	for _, l := range say.Tongues() {
		if !l.IsEnglish() {
			w, _ := v.In(l.Tag())
			out = append(out, w)
		}
	}
	return out
}

func languageColumns(v messages.TemplateView) []ui.Column[messages.TemplateWords] {
	out := []ui.Column[messages.TemplateWords]{
		{Head: "Language", RowHead: true, Text: func(w messages.TemplateWords) string { return languageName(w.Lang) }},
		{Head: "Standing", Cell: standingCell(v)},
		{Head: "By whom", Text: func(w messages.TemplateWords) string { return standingWords(w, v.Template) }},
	}
	if v.MayKeep {
		out = append(out, ui.Column[messages.TemplateWords]{Head: "Change", NoHead: true, NoPrint: true, Cell: languageLinks(v)})
	}
	return out
}

func slotRows() (out []ui.SummaryRow) {
	for _, k := range messages.KnownSlots {
		how := "Ajar fills it"
		if k.Kind != messages.FromRoll {
			how = "Whoever writes fills it"
		}
		out = append(out, ui.SummaryRow{Key: "{" + k.Name + "}", Value: strings.ToUpper(k.Words[:1]) + k.Words[1:] + ". " + how + "."})
	}
	return out
}
