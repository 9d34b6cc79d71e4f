package messages

import (
	"html"
	"regexp"
	"strings"

	"ajar/internal/kit/say"
)

// HTMLOf writes words as the HTML part of an e-mail: one column without tables, styles at each element, the direction and the language stated, addresses as links. school is who
// writes, footer what stands below, such as the family's key contact. It is for every e-mail to a family.
func HTMLOf(words Words, lang say.Lang, school, footer string) string {
	var b strings.Builder
	if words.Subject != "" {
		b.WriteString(heading(words.Subject))
	}
	inEnglish := false
	for p := range strings.SplitSeq(strings.ReplaceAll(words.Body, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		if p == "— "+lang.Put(noteInEnglish)+" —" {
			inEnglish = true
			b.WriteString(`<h2 style="` + small + `">` + esc(strings.Trim(p, "— ")) + `</h2>`)
			continue
		}
		b.WriteString(paragraph(p, inEnglish && !lang.IsEnglish()))
	}
	return frameOf(b.String(), words.Subject, lang, school, footer)
}

const (
	textStyle = "margin:0 0 16px;font-size:18px;line-height:1.5;color:#1d1d1b"
	small     = "margin:24px 0 8px;font-size:16px;line-height:1.4;color:#5a2348"
)

func esc(s string) string { return html.EscapeString(strings.ToValidUTF8(s, "�")) }

func heading(s string) string {
	return `<h1 style="margin:0 0 16px;font-size:24px;line-height:1.3;color:#7a2e62">` + esc(s) + `</h1>`
}

func paragraph(p string, english bool) string {
	attrs := ""
	style := textStyle
	if english {
		attrs, style = ` lang="en" dir="ltr"`, textStyle+";text-align:left"
	}
	return `<p` + attrs + ` style="` + style + `">` + strings.ReplaceAll(linked(p), "\n", "<br>") + `</p>`
}

var address = regexp.MustCompile(`https?://[^\s<>"'\x{2068}\x{2069}]+`)

// linked escapes words and makes addresses in them links.
func linked(s string) string {
	var b strings.Builder
	last := 0
	for _, at := range address.FindAllStringIndex(s, -1) {
		link := s[at[0]:at[1]]
		trimmed := strings.TrimRight(link, ".,;:!?)،۔।")
		b.WriteString(esc(s[last:at[0]]))
		b.WriteString(`<a href="` + esc(trimmed) + `" style="color:#6b2357" dir="ltr">` + esc(trimmed) + `</a>`)
		last = at[0] + len(trimmed)
	}
	return b.String() + esc(s[last:])
}

// frameOf is a whole e-mail around its content.
func frameOf(content, title string, lang say.Lang, school, footer string) string {
	var foot strings.Builder
	for line := range strings.SplitSeq(strings.TrimSpace(footer), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			foot.WriteString(`<p style="margin:0 0 8px;font-size:16px;line-height:1.4;color:#505a5f">` + linked(line) + `</p>`)
		}
	}
	foot.WriteString(`<p style="margin:0;font-size:14px;line-height:1.4;color:#505a5f">` + esc(lang.Put(mailWhy, say.Args{"school": school})) + `</p>`)
	align := "left"
	if lang.Dir() == "rtl" {
		align = "right"
	}
	return `<!DOCTYPE html><html lang="` + lang.Tag() + `" dir="` + lang.Dir() + `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>` + esc(title) + `</title></head>` +
		`<body lang="` + lang.Tag() + `" dir="` + lang.Dir() + `" style="margin:0;padding:0;background:#f6f1ec;text-align:` + align + `;font-family:'Atkinson Hyperlegible Next',Arial,'Noto Sans','Noto Naskh Arabic',sans-serif">` +
		`<div style="max-width:600px;margin:0 auto;padding:16px"><p style="margin:0 0 12px;font-size:16px;font-weight:bold;color:#7a2e62"><bdi>` + esc(school) + `</bdi></p>` +
		`<main style="display:block;background:#ffffff;padding:20px;border-top:4px solid #7a2e62">` + content + `</main>` +
		`<div style="padding:16px 20px">` + foot.String() + `</div></div></body></html>`
}

// IssueWords are an issue as it goes to one adult: plain words, a short text with the address of its page, and HTML. Headings and days are in their language; what the school typed is as it
// was typed, with a line that says so. link is the whole address of the page.
func IssueWords(v IssueView, lang say.Lang, link, footer string) (Words, string) {
	w := Words{Lang: lang.Tag(), Standing: Original}
	w.Subject = lang.Put(newsTitle, say.Args{"school": v.School}) + ": " + lang.Apart(v.Title)
	w.Short = lang.Put(newsRead, say.Args{"school": v.School, "link": link})
	var text []string
	var b strings.Builder
	b.WriteString(heading(lang.Put(newsTitle, say.Args{"school": v.School})))
	b.WriteString(`<h2 lang="en" dir="ltr" style="margin:0 0 16px;font-size:20px;line-height:1.3;color:#1d1d1b;text-align:left">` + esc(v.Title) + `</h2>`)
	if note := EnglishNote(lang, v.Phone); note != "" {
		text = append(text, note)
		b.WriteString(paragraph(note, false))
	}
	if v.Intro != "" {
		text = append(text, v.Intro)
		for _, p := range strings.Split(v.Intro, "\n\n") {
			b.WriteString(paragraph(p, true))
		}
	}
	for _, part := range v.Parts(lang) {
		text = append(text, strings.ToUpper(part.Head))
		b.WriteString(`<h2 style="margin:24px 0 12px;font-size:20px;line-height:1.3;color:#5a2348">` + esc(part.Head) + `</h2>`)
		for _, x := range part.Items {
			line := x.Title
			if x.Day != "" {
				line = lang.LongDay(x.Day) + ": " + lang.Apart(x.Title)
				b.WriteString(`<h3 style="margin:0 0 4px;font-size:18px;line-height:1.4">` + esc(lang.LongDay(x.Day)) + `</h3><p lang="en" dir="ltr" style="` + textStyle + `;text-align:left"><b>` + esc(x.Title) + `</b>`)
			} else {
				b.WriteString(`<h3 lang="en" dir="ltr" style="margin:0 0 4px;font-size:18px;line-height:1.4;text-align:left">` + esc(x.Title) + `</h3><p lang="en" dir="ltr" style="` + textStyle + `;text-align:left">`)
			}
			if x.Words != "" {
				line += "\n" + x.Words
				if x.Day != "" {
					b.WriteString(`<br>`)
				}
				b.WriteString(strings.ReplaceAll(linked(x.Words), "\n", "<br>"))
			}
			if x.Link != "" {
				line += "\n" + x.Link
				b.WriteString(`<br>` + linked(x.Link))
			}
			b.WriteString(`</p>`)
			text = append(text, line)
		}
	}
	if link != "" {
		text = append(text, lang.Put(newsReadOn)+": "+link)
		b.WriteString(`<p style="` + textStyle + `"><a style="color:#6b2357" href="` + esc(link) + `">` + esc(lang.Put(newsReadOn)) + `</a></p>`)
	}
	w.Body = strings.Join(text, "\n\n")
	return w, frameOf(b.String(), w.Subject, lang, v.School, footer)
}

// IssuePart is a part of an issue under its heading.
type IssuePart struct {
	Head  string
	Items []Item
}

// Parts are those parts of an issue that have something in them, with headings in a language.
func (v IssueView) Parts(l say.Lang) (out []IssuePart) {
	for _, x := range []struct {
		kind string
		head say.Msg
	}{{ItemDate, newsDates}, {ItemDid, newsDid}, {ItemStory, newsStories}, {ItemNews, newsOther}} {
		if list := v.Of(x.kind); len(list) > 0 {
			out = append(out, IssuePart{l.Put(x.head), list})
		}
	}
	return out
}
