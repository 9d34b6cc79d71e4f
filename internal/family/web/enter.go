package web

import (
	"net/http"
	"strings"
	"time"

	"ajar/internal/family"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

// enter is the first page of the door: one's own page for whoever is known, the question who is reading on a shared device, the code for everybody else.
func (h handlers) enter(q *web.Req) error {
	if q.Pass.Valid() {
		return Known(h.home)(q)
	}
	next := within(q.Text("next"))
	asked, err := h.s.Question(q.Context(), family.Token(q.R), 0, "")
	if err != nil {
		return err
	}
	if len(asked.Choices) > 0 {
		return q.Page(whoPage(h.before(q, asked, tWho), asked, next, ""))
	}
	return q.Page(enterPage(leaf(q, about{}, put(tEnter)), "", ""))
}

// before begins a page for somebody who has not proved who they are. It names the school and nothing of the adult.
func (h handlers) before(q *web.Req, asked family.Question, title say.Msg) ui.LeafData {
	return leaf(q, about{asked.Tongue, asked.OrgName, asked.Phone}, put(title))
}

func (h handlers) visit(q *web.Req) family.Visit {
	v := family.Visit{Token: family.Token(q.R), Agent: q.R.UserAgent(), Tongue: chosenTongue(q)}
	v.As = web.FormID[adultKey](q, "as")
	return v
}

// code opens the door by what stands on paper.
func (h handlers) code(q *web.Req) error {
	typed := q.Text("code")
	got, err := h.s.Type(q.Context(), typed, web.Source(q.R), h.visit(q))
	if err != nil {
		return err
	}
	again := func(status int, m say.Msg, args ...say.Args) error {
		d := leaf(q, about{}, put(tEnter))
		text := d.Lang.Put(m, args...)
		d.Errors = ui.Errors{{Field: "code", Text: text}}
		return q.PageStatus(status, enterPage(d, typed, text))
	}
	switch {
	case got.Slip:
		return again(http.StatusUnprocessableEntity, tCodeSlip)
	case got.Wait > 0:
		minutes := int((got.Wait + time.Minute - 1) / time.Minute)
		q.W.Header().Set("Retry-After", "60")
		return again(http.StatusTooManyRequests, tCodeWait, say.Args{"n": minutes})
	case got.Org == 0:
		return again(http.StatusUnprocessableEntity, tCodeWrong)
	}
	return h.opened(q, got.Let, codePath, codeNewPath, typed)
}

// link shows a button. It may be asked for as often as anybody likes: programs that look through mail press nothing.
func (h handlers) link(q *web.Req) error {
	secret := q.R.PathValue("secret")
	o, err := h.s.Look(q.Context(), family.Key{Secret: secret})
	if err != nil {
		return err
	}
	if o.State != family.Open {
		return h.dead(q, o, linkNewPath(secret), "")
	}
	d := leaf(q, about{o.Tongue, o.OrgName, o.Phone}, put(tLink, say.Args{"school": o.OrgName}))
	d.ChooseNow = o.Tongue == "" && chosenTongue(q) == ""
	return q.Page(linkPage(d, LinkPath(secret), o.OrgName))
}

// useLink is the button.
func (h handlers) useLink(q *web.Req) error {
	secret := q.R.PathValue("secret")
	got, err := h.s.Use(q.Context(), family.Key{Secret: secret}, h.visit(q))
	if err != nil {
		return err
	}
	return h.opened(q, got, LinkPath(secret), linkNewPath(secret), "")
}

func (h handlers) opened(q *web.Req, got family.Let, path, newPath, code string) error {
	switch {
	case got.State != family.Open:
		return h.dead(q, got.Opening, newPath, code)
	case got.Token == "":
		return q.Page(sharedPage(leaf(q, about{got.Tongue, got.OrgName, got.Phone}, put(tWho)), got.Readers, path, code))
	}
	remember(q, got.Token)
	return q.Go(got.Path, "")
}

// dead is the page of a link that opens nothing, whatever the reason: nobody learns from it whether there is an order, or such a link at all.
func (h handlers) dead(q *web.Req, o family.Opening, newPath, code string) error {
	a := about{o.Tongue, o.OrgName, o.Phone}
	if o.State == family.Unknown {
		a = about{}
	}
	return q.PageStatus(http.StatusGone, deadPage(leaf(q, a, put(tDead)), newPath, code))
}

func (h handlers) newLink(q *web.Req) error {
	return h.asked(q, family.Key{Secret: q.R.PathValue("secret")})
}

func (h handlers) newCode(q *web.Req) error { return h.asked(q, family.Key{Code: q.Text("code")}) }

func (h handlers) asked(q *web.Req, k family.Key) error {
	// The same limit as for codes: without it somebody could ask for new ones by trying.
	now, from := h.s.DB.Clock().Now(), web.Source(q.R)
	if k.Code == "" || h.s.Guesses.Wait(from, now) == 0 {
		if err := h.s.NewOne(q.Context(), k); err != nil {
			return err
		}
	}
	return q.Page(askedPage(leaf(q, about{}, put(tAsked))))
}

// who takes the name that somebody chose on a shared device, and asks them the fact that tells them from the others.
func (h handlers) who(q *web.Req) error {
	next := within(q.Text("next"))
	reader := web.FormID[family.Reader](q, "reader")
	asked, err := h.s.Question(q.Context(), family.Token(q.R), reader, "")
	if err != nil {
		return err
	}
	if len(asked.Choices) == 0 {
		return q.Go(EnterPath, "")
	}
	if reader.Zero() || asked.Reader != reader {
		d := h.before(q, asked, tWho)
		text := d.Lang.Put(tWhoChoose)
		d.Errors = ui.Errors{{Field: "reader", Text: text}}
		return q.Again(whoPage(d, asked, next, text))
	}
	return h.ask(q, asked, next, http.StatusOK, "")
}

// known asks the one more fact.
func (h handlers) known(q *web.Req) error {
	next := within(q.Text("next"))
	asked, err := h.s.Question(q.Context(), family.Token(q.R), web.FormID[family.Reader](q, "reader"), family.Kind(q.Text("ask")))
	if err != nil {
		return err
	}
	if asked.Reader.Zero() {
		return q.Go(withNext(EnterPath, next), "")
	}
	if q.Pass.Valid() && q.Pass.Who().SecondFactorMs > 0 && (!q.Checked("fresh") || h.fresh(q)) {
		return q.Go(next, "")
	}
	if asked.None {
		if err := h.s.StandsWithoutFact(q.Context(), family.Token(q.R)); err != nil {
			return err
		}
	}
	return h.ask(q, asked, next, http.StatusOK, "")
}

func (h handlers) ask(q *web.Req, asked family.Question, next string, status int, wrong string) error {
	d := h.before(q, asked, tFact)
	if wrong != "" {
		d.Errors = ui.Errors{{Field: "answer", Text: wrong}}
	}
	if asked.Tongue == "" && chosenTongue(q) == "" && status == http.StatusOK {
		d.ChooseNow = true
	}
	return q.PageStatus(status, factPage(d, asked, next, wrong, typedAnswer(q), h.s.DB.Clock().Zone()))
}

// typed is what somebody wrote, to be shown again.
type typed struct{ text, day, month, year string }

func typedAnswer(q *web.Req) typed {
	if q.R.Method != http.MethodPost {
		return typed{}
	}
	return typed{q.Text("answer"), q.Text("answer-day"), q.Text("answer-month"), q.Text("answer-year")}
}

func (t typed) whole(kind family.Kind) string {
	if kind == family.Birth {
		return strings.TrimSpace(t.day + " " + t.month + " " + t.year)
	}
	return t.text
}

// prove takes the answer.
func (h handlers) prove(q *web.Req) error {
	next, kind := within(q.Text("next")), family.Kind(q.Text("kind"))
	was := family.Token(q.R)
	a := family.ReadAnswer(kind, typedAnswer(q).whole(kind))
	token, asked, verdict, err := h.s.Prove(q.Context(), was, web.FormID[family.Reader](q, "reader"), a)
	if err != nil {
		return err
	}
	if asked.Reader.Zero() {
		return q.Go(EnterPath, "")
	}
	l := tongueOf(q, asked.Tongue)
	switch verdict {
	case family.Proved:
		if token != was {
			remember(q, token)
		}
		return q.Go(next, "")
	case family.Incomplete:
		return h.ask(q, asked, next, http.StatusUnprocessableEntity, l.Put(tFactWhole))
	case family.Wrong:
		if asked.Paused.IsZero() {
			return h.ask(q, asked, next, http.StatusUnprocessableEntity, l.Put(tFactWrong))
		}
	}
	return h.ask(q, asked, next, http.StatusOK, "")
}

// close forgets this browser.
func (h handlers) close(q *web.Req) error {
	l := tongueOf(q, "")
	if a, err := h.about(q); err == nil {
		l = tongueOf(q, a.tongue)
	}
	if err := h.s.Close(q.Context(), family.Token(q.R)); err != nil {
		return err
	}
	forget(q)
	return q.Go(EnterPath, l.Put(tClosed))
}

func (h handlers) privacy(q *web.Req) error {
	a, err := h.about(q)
	if err != nil {
		return err
	}
	return q.Page(privacyPage(leaf(q, a, put(tPrivacyTitle)), a.org))
}
