package web

import (
	"net/url"

	"ajar/internal/messages"
)

// Paths of templates and phrases.
const (
	TemplatesPath = "/messages/templates"
	PhrasesPath   = "/messages/phrases"
)

func templatePath(id messages.TemplateID) string { return TemplatesPath + "/" + id.String() }

func templateEditPath(id messages.TemplateID) string { return templatePath(id) + "/edit" }

func templateDropPath(id messages.TemplateID) string { return templatePath(id) + "/drop" }

func translatePath(id messages.TemplateID, lang string) string {
	return templatePath(id) + "/in/" + url.PathEscape(lang)
}

func servicePath(id messages.TemplateID, lang string) string {
	return translatePath(id, lang) + "/service"
}

func templatePaperPath(id messages.TemplateID, lang string) string {
	return translatePath(id, lang) + "/paper"
}

func phrasesIn(lang string) string { return PhrasesPath + "?lang=" + url.QueryEscape(lang) }
