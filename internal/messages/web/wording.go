package web

import (
	"strings"
	"time"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// What the pages of templates, phrases, newsletters and praise share.

func wordingPage(q *web.Req, title string, crumbs ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Messages", Href: MessagesPath}}, crumbs...)
	return d
}

// form is what was typed, by the names of its fields.
type form map[string]string

func formOf(q *web.Req, names ...string) form {
	f := form{}
	for _, n := range names {
		f[n] = q.Text(n)
	}
	return f
}

// finish goes on, or shows the page again with what is wrong.
func finish(q *web.Req, err error, to, said string, again func(ui.Errors) error) error {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return again(ui.ErrorsOf(err))
	case fault.Conflict:
		sentence, _ := fault.Sentence(err)
		return again(ui.Errors{{Text: sentence}})
	}
	if err != nil {
		return err
	}
	return q.Go(to, said)
}

func pageOrAgain(q *web.Req, d ui.PageData, c web.Component) error {
	if len(d.Errors) > 0 {
		return q.Again(c)
	}
	return q.Page(c)
}

func roleOptions() (out []ui.Option) {
	for _, r := range roll.Roles {
		if _, writes := messages.Send.Roles[r]; writes {
			out = append(out, ui.Option{Value: string(r), Label: roll.RoleWords[r]})
		}
	}
	return out
}

func languageName(tag string) string { return say.Tongue(tag).English() }

func dayOf(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }

func isoDayWords(iso string) string { return roll.DayInWords(iso) }

// paragraphs parts words at their empty lines.
func paragraphs(words string) []string {
	var out []string
	for p := range strings.SplitSeq(strings.ReplaceAll(words, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func toneTag(tone string) (ui.Colour, string) {
	switch tone {
	case messages.Good:
		return ui.Green, "Good"
	case messages.Concern:
		return ui.Amber, "Concern"
	}
	return ui.Grey, "Neither"
}

func standingTag(w messages.TemplateWords, t messages.Template) (ui.Colour, string) {
	switch {
	case w.Lang == "en":
		return ui.Plum, "Original"
	case w.Body == "":
		return ui.Grey, "Not translated"
	case w.Old(t):
		return ui.Amber, "Of an older version"
	case w.Standing == messages.Checked:
		return ui.Green, "Checked"
	case w.Standing == messages.Machine:
		return ui.Amber, "By a computer"
	}
	return ui.Amber, "Draft"
}

func standingWords(w messages.TemplateWords, t messages.Template) string {
	switch {
	case w.Body == "":
		return ""
	case w.Lang == "en":
		return "Version " + ui.Thousands(t.Version) + ", " + dayOf(w.AtMs)
	case w.Standing == messages.Checked && w.Old(t):
		return "Version " + ui.Thousands(w.OfVersion) + " was checked by " + w.ByName + ", " + dayOf(w.AtMs)
	case w.Standing == messages.Checked:
		return "Checked by " + w.ByName + ", " + dayOf(w.AtMs)
	case w.ByName == "":
		return "Came with Ajar; nobody has checked it"
	}
	return "Written by " + w.ByName + ", " + dayOf(w.AtMs)
}

// wordingMenu are the places of these pages, under one name with the others of messages.
func wordingMenu() []web.MenuItem {
	return []web.MenuItem{
		{Label: "Praise", Href: PraisePath, Need: messages.Send, Order: 36, Group: "Messages"},
		{Label: "Newsletters", Href: NewslettersPath, Need: messages.Send, Order: 37, Group: "Messages"},
		{Label: "Templates", Href: TemplatesPath, Need: messages.Send, Order: 38, Group: "Messages", Also: []string{PhrasesPath}},
	}
}
