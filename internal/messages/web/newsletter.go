package web

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/ui"
)

func newsletterRoutes(h pages) []web.Route {
	send, keep := web.For(messages.Send), web.For(messages.Keep)
	public := web.Public("a published newsletter is for everyone who has its address; it holds no record of anybody")
	return []web.Route{
		{Pattern: "GET /messages/newsletters", Need: send, Handle: h.issues},
		{Pattern: "POST /messages/newsletters", Need: keep, Handle: h.addIssue},
		{Pattern: "GET /messages/newsletters/{issue}", Need: send, Handle: h.issue},
		{Pattern: "POST /messages/newsletters/{issue}", Need: keep, Handle: h.changeIssue},
		{Pattern: "POST /messages/newsletters/{issue}/items", Need: keep, Handle: h.addItem},
		{Pattern: "POST /messages/newsletters/{issue}/items/{item}", Need: keep, Handle: h.changeItem},
		{Pattern: "POST /messages/newsletters/{issue}/items/{item}/drop", Need: keep, Handle: h.dropItem},
		{Pattern: "POST /messages/newsletters/{issue}/offers", Need: keep, Handle: h.takeOffer},
		{Pattern: "POST /messages/newsletters/{issue}/pictures", Need: keep, Handle: h.addPicture, MaxBody: 3 << 20},
		{Pattern: "GET /messages/newsletters/{issue}/pictures/{picture}", Need: send, Handle: h.picture},
		{Pattern: "POST /messages/newsletters/{issue}/pictures/{picture}/drop", Need: keep, Handle: h.dropPicture},
		{Pattern: "POST /messages/newsletters/{issue}/publish", Need: keep, Handle: h.publishIssue},
		{Pattern: "GET /messages/newsletters/{issue}/paper", Need: send, Handle: h.issuePaper},
		{Pattern: "GET /messages/newsletters/{issue}/mail", Need: send, Handle: h.issueMail},
		{Pattern: "GET /news/{school}/{issue}", Need: public, Handle: h.news},
		{Pattern: "GET /news/{school}/{issue}/pictures/{picture}", Need: public, Handle: h.newsPicture},
	}
}

func (h pages) issues(q *web.Req) error { return h.issuesPage(q, form{}, nil) }

func (h pages) issuesPage(q *web.Req, f form, errs ui.Errors) error {
	list, err := h.s.Issues(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := wordingPage(q, "Newsletters")
	d.Errors = errs
	return pageOrAgain(q, d, issuesPage(d, list, q.Pass.Has(messages.Keep), f))
}

func (h pages) addIssue(q *web.Req) error {
	f := formOf(q, "month", "title", "intro")
	id, err := h.s.PutIssue(q.Context(), q.Pass, messages.Issue{Month: f["month"], Title: f["title"], Intro: f["intro"]}, 0)
	return finish(q, err, issuePath(id), "The issue has begun. Put in what is to stand in it.", func(e ui.Errors) error { return h.issuesPage(q, f, e) })
}

func (h pages) openIssue(q *web.Req) (messages.IssueView, error) {
	id, err := web.PathID[messages.Issue](q, "issue")
	if err != nil {
		return messages.IssueView{}, err
	}
	return h.s.Issue(q.Context(), q.Pass, id)
}

func (h pages) issue(q *web.Req) error {
	v, err := h.openIssue(q)
	if err != nil {
		return err
	}
	return h.issuePage(q, v, form{}, nil)
}

// issuePage shows the issue; f is what was typed into the form that did not go through, and f["at"] which form that was.
func (h pages) issuePage(q *web.Req, v messages.IssueView, f form, errs ui.Errors) error {
	d := wordingPage(q, v.Title, ui.Link{Text: "Newsletters", Href: NewslettersPath})
	d.Errors = errs
	return pageOrAgain(q, d, issuePage(d, v, q.Pass.Org(), f))
}

func (h pages) changeIssue(q *web.Req) error {
	v, err := h.openIssue(q)
	if err != nil {
		return err
	}
	f := formOf(q, "month", "title", "intro")
	f["at"] = "issue"
	seen, _ := strconv.Atoi(q.Text("version"))
	_, err = h.s.PutIssue(q.Context(), q.Pass, messages.Issue{ID: v.ID, Month: f["month"], Title: f["title"], Intro: f["intro"]}, seen)
	return finish(q, err, issuePath(v.ID), "Saved.", func(e ui.Errors) error { return h.issuePage(q, v, f, e) })
}

func readItem(q *web.Req, issue messages.IssueID) (form, messages.Item, error) {
	f := formOf(q, "kind", "day", "title", "words", "link")
	x := messages.Item{IssueID: issue, Kind: f["kind"], Title: f["title"], Words: f["words"], Link: f["link"]}
	if f["day"] != "" {
		iso, err := ui.ParseDate(f["day"])
		if err != nil {
			return f, x, fault.Field("day", "%s.", err.Error())
		}
		x.Day = iso
	}
	return f, x, nil
}

func (h pages) addItem(q *web.Req) error {
	v, err := h.openIssue(q)
	if err != nil {
		return err
	}
	f, x, err := readItem(q, v.ID)
	f["at"] = "item"
	if err == nil {
		err = h.s.PutItem(q.Context(), q.Pass, x)
	}
	return finish(q, err, issuePath(v.ID), "It stands in the issue.", func(e ui.Errors) error { return h.issuePage(q, v, f, e) })
}

func (h pages) changeItem(q *web.Req) error {
	v, err := h.openIssue(q)
	if err != nil {
		return err
	}
	id, err := web.PathID[messages.Item](q, "item")
	if err != nil {
		return err
	}
	f, x, err := readItem(q, v.ID)
	x.ID, f["at"] = id, id.String()
	if err == nil {
		err = h.s.PutItem(q.Context(), q.Pass, x)
	}
	return finish(q, err, issuePath(v.ID), "Saved.", func(e ui.Errors) error { return h.issuePage(q, v, f, e) })
}

func (h pages) dropItem(q *web.Req) error {
	issue, err := web.PathID[messages.Issue](q, "issue")
	if err != nil {
		return err
	}
	id, err := web.PathID[messages.Item](q, "item")
	if err != nil {
		return err
	}
	if err := h.s.DropItem(q.Context(), q.Pass, issue, id); err != nil {
		return err
	}
	return q.Go(issuePath(issue), "It was taken out.")
}

func (h pages) takeOffer(q *web.Req) error {
	v, err := h.openIssue(q)
	if err != nil {
		return err
	}
	err = h.s.TakeOffer(q.Context(), q.Pass, v.ID, q.Text("source"))
	return finish(q, err, issuePath(v.ID), "It stands in the issue.", func(e ui.Errors) error { return h.issuePage(q, v, form{}, e) })
}

func (h pages) addPicture(q *web.Req) error {
	v, err := h.openIssue(q)
	if err != nil {
		return err
	}
	f := formOf(q, "alt")
	f["at"] = "picture"
	var body []byte
	file, _, err := q.R.FormFile("picture")
	if err == nil {
		body, err = io.ReadAll(file)
		_ = file.Close()
	}
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		err = nil
	}
	if err == nil {
		err = h.s.AddPicture(q.Context(), q.Pass, v.ID, body, f["alt"])
	}
	return finish(q, err, issuePath(v.ID), "The picture stands in the issue.", func(e ui.Errors) error { return h.issuePage(q, v, f, e) })
}

func (h pages) pictureKeys(q *web.Req) (issue messages.IssueID, id messages.PictureID, err error) {
	if issue, err = web.PathID[messages.Issue](q, "issue"); err == nil {
		id, err = web.PathID[messages.Picture](q, "picture")
	}
	return issue, id, err
}

func (h pages) picture(q *web.Req) error {
	issue, id, err := h.pictureKeys(q)
	if err != nil {
		return err
	}
	p, err := h.s.PictureOf(q.Context(), q.Pass, issue, id)
	if err != nil {
		return err
	}
	return showPicture(q, p)
}

func showPicture(q *web.Req, p messages.Picture) error {
	q.W.Header().Set("Content-Type", p.Kind)
	q.W.Header().Set("Content-Length", strconv.Itoa(len(p.Body)))
	q.W.Header().Set("Cache-Control", "no-store")
	_, err := q.W.Write(p.Body)
	return err
}

func (h pages) dropPicture(q *web.Req) error {
	issue, id, err := h.pictureKeys(q)
	if err != nil {
		return err
	}
	if err := h.s.DropPicture(q.Context(), q.Pass, issue, id); err != nil {
		return err
	}
	return q.Go(issuePath(issue), "The picture was taken out.")
}

func (h pages) publishIssue(q *web.Req) error {
	v, err := h.openIssue(q)
	if err != nil {
		return err
	}
	on := q.Text("back") == ""
	err = h.s.Publish(q.Context(), q.Pass, v.ID, on)
	said := "It is published: whoever has its address can read it."
	if !on {
		said = "It was taken back: its address opens nothing now."
	}
	return finish(q, err, issuePath(v.ID), said, func(e ui.Errors) error { return h.issuePage(q, v, form{}, e) })
}

func (h pages) issuePaper(q *web.Req) error {
	v, err := h.openIssue(q)
	if err != nil {
		return err
	}
	return q.Print("newsletter", int64(v.ID), "an issue of the newsletter", issuePaper(v))
}

// issueMail gives the e-mail as a file, so that it can be looked at before it goes.
func (h pages) issueMail(q *web.Req) error {
	v, err := h.openIssue(q)
	if err != nil {
		return err
	}
	l := say.Tongue(q.Text("in"))
	_, page := messages.IssueWords(v, l, "", "")
	return q.Export("issue", int64(v.ID), "took out a newsletter as an e-mail", "newsletter-"+v.Month+"-"+l.Tag()+".html", "text/html; charset=utf-8", []byte(page))
}

// published opens an issue by its address alone.
func (h pages) published(q *web.Req) (org int64, v messages.IssueView, err error) {
	org, err = strconv.ParseInt(q.R.PathValue("school"), 10, 64)
	if err != nil || org <= 0 {
		return 0, v, fault.Gone("issue")
	}
	id, err := web.PathID[messages.Issue](q, "issue")
	if err != nil {
		return 0, v, err
	}
	v, err = h.s.Published(q.Context(), org, id)
	return org, v, err
}

func (h pages) news(q *web.Req) error {
	org, v, err := h.published(q)
	if err != nil {
		return err
	}
	l := say.Accepts(q.R.Header.Get("Accept-Language"))
	if in := q.Text("in"); in != "" {
		l = say.Tongue(in)
	}
	return q.Page(newsPage(ui.LeafData{Title: v.Title, Lang: l, Org: v.School, Phone: v.Phone, In: func(tag string) string { return NewsPath(org, v.ID, tag) }}, v, org))
}

func (h pages) newsPicture(q *web.Req) error {
	org, v, err := h.published(q)
	if err != nil {
		return err
	}
	id, err := web.PathID[messages.Picture](q, "picture")
	if err != nil {
		return err
	}
	p, err := h.s.PublishedPicture(q.Context(), org, v.ID, id)
	if err != nil {
		return err
	}
	return showPicture(q, p)
}

func issueColumns() []ui.Column[messages.Issue] {
	return []ui.Column[messages.Issue]{
		{Head: "Issue", RowHead: true, Cell: issueName},
		{Head: "Month", Text: func(x messages.Issue) string { return monthWords(x.Month) }},
		{Head: "Standing", Cell: issueStanding},
	}
}

func monthWords(month string) string {
	if words := isoDayWords(month + "-01"); len(words) > 2 {
		return words[2:]
	}
	return month
}

func publishedWords(x messages.Issue) string {
	return "Published on " + isoDayWords(x.PublishedOn) + " by " + x.PublishedBy
}

// itemForm gives what a form about a piece shows: what was typed where it did not go through, else what is kept.
func itemForm(x messages.Item, f form) form {
	if f["at"] == x.ID.String() {
		return f
	}
	day := ""
	if x.Day != "" {
		day = ui.ShowDate(x.Day)
	}
	return form{"kind": x.Kind, "day": day, "title": x.Title, "words": x.Words, "link": x.Link}
}

func errorsAt(d ui.PageData, f form, at string) ui.Errors {
	if f["at"] == at {
		return d.Errors
	}
	return nil
}

func kindWords(kind string) string {
	for _, k := range messages.ItemKinds {
		if k.Key == kind {
			return k.Words
		}
	}
	return kind
}

func plainerWords(v messages.IssueView) (out []string) {
	seen := map[string]bool{}
	for _, s := range v.Plainer {
		if !seen[s.Text] {
			seen[s.Text] = true
			out = append(out, "“"+s.Text+"”: "+s.Plain)
		}
	}
	return out
}
