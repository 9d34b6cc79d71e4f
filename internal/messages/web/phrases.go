package web

import (
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/ui"
)

func phraseRoutes(h pages) []web.Route {
	return []web.Route{
		{Pattern: "GET /messages/phrases", Need: web.For(messages.Send), Handle: h.phrases},
		{Pattern: "POST /messages/phrases", Need: web.For(messages.Keep), Handle: h.checkPhrase},
	}
}

func (h pages) phrases(q *web.Req) error {
	return h.phrasesPage(q, q.Text("lang"), "", form{}, nil)
}

func (h pages) phrasesPage(q *web.Req, lang, open string, f form, errs ui.Errors) error {
	b, err := h.s.PhraseBank(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	l, known := say.Known(lang)
	if !known || l.IsEnglish() {
		l = say.Tongue("ur")
	}
	d := wordingPage(q, "Phrases", ui.Link{Text: "Templates", Href: TemplatesPath})
	d.Errors = errs
	return pageOrAgain(q, d, phrasesPage(d, b, l, open, f))
}

func (h pages) checkPhrase(q *web.Req) error {
	f := formOf(q, "phrase", "lang", "words", "checked_by")
	key := f["phrase"]
	err := h.s.CheckPhrase(q.Context(), q.Pass, key, f["lang"], f["words"], f["checked_by"])
	return finish(q, err, phrasesIn(f["lang"])+"#"+key, "Kept.", func(e ui.Errors) error { return h.phrasesPage(q, f["lang"], key, f, e) })
}

func phraseLanguages(b messages.Bank) (out []ui.Option) {
	for _, l := range say.Tongues() {
		if !l.IsEnglish() {
			out = append(out, ui.Option{Value: l.Tag(), Label: l.English() + ": " + ui.Thousands(b.Checked[l.Tag()]) + " of " + ui.Thousands(len(b.Phrases)) + " checked"})
		}
	}
	return out
}

func phraseTag(x messages.PhraseIn) (ui.Colour, string) {
	switch {
	case x.Words == "":
		return ui.Grey, "Not translated"
	case x.Old:
		return ui.Amber, "The English has changed"
	case x.Standing == messages.Checked:
		return ui.Green, "Checked"
	}
	return ui.Amber, "Draft"
}

func phraseBy(x messages.PhraseIn) string {
	switch {
	case x.ByName == "":
		return ""
	case x.Standing == messages.Checked:
		return "By " + x.ByName + ", " + dayOf(x.AtMs)
	}
	return x.ByName + ", " + dayOf(x.AtMs)
}
