package web

import (
	"net/http"
	"net/url"
	"time"

	"ajar/internal/admin"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// knownCookie says on this device who signed in here before. It opens nothing; it only keeps strangers' guesses from slowing its people down.
const knownCookie = "ajar_known"

// knownLength is for how long a device is known.
const knownLength = 180 * 24 * time.Hour

func passwords(h handlers) []web.Route {
	h.signInWays = append(h.signInWays, part{3, func(q *web.Req, _ admin.Session) (web.Component, error) {
		return passwordSignIn(signInForm{Next: safeNext(q.Text("next")), Address: q.Text("address"), ByMail: h.s.ByMail(), Error: shownError(q)}), nil
	}})
	h.unlockWays = append(h.unlockWays, part{1, func(q *web.Req, x admin.Session) (web.Component, error) {
		has, address, err := h.s.HasPassword(q.Context(), x)
		if err != nil || !has {
			return nil, err
		}
		return passwordUnlock(onward(q), address), nil
	}})
	h.accountParts = append(h.accountParts, part{1, func(q *web.Req, x admin.Session) (web.Component, error) {
		has, address, err := h.s.HasPassword(q.Context(), x)
		if err != nil || x.Way == admin.WayDemo {
			return nil, err
		}
		return passwordPart(has, address), nil
	}})
	h.setUpWays = append(h.setUpWays, part{1, func(q *web.Req, x admin.Session) (web.Component, error) {
		v := url.Values{}
		for _, f := range onward(q) {
			v.Set(f.Name, f.Value)
		}
		return appBegin(ownApp + "?" + v.Encode()), nil
	}})
	secret := web.Public("the secret of the link is the key, and works once")
	return []web.Route{
		{Pattern: "POST " + signInPath, Need: web.Public("takes an address and a password; wrong ones are counted"), Handle: h.signInByPassword},
		{Pattern: "POST " + choosePath, Need: web.Public("takes the sealed proof that a password was right a moment ago"), Handle: h.choose},
		{Pattern: "GET " + forgottenPath, Need: web.Public("asks for an address"), Handle: h.forgotten},
		{Pattern: "POST " + forgottenPath, Need: web.Public("sends a link to whoever it is; the answer is always the same"), Handle: h.forgottenSend},
		{Pattern: "GET /password/{secret}", Need: secret, Handle: h.invited},
		{Pattern: "POST /password/{secret}", Need: secret, Handle: h.chooseByLink},
		{Pattern: "POST " + unlockPassword, Need: web.Public("takes the password of whoever has a locked session; wrong ones are counted"), Handle: h.unlockByPassword},
		{Pattern: "GET " + ownPassword, Need: web.SignedIn(), Handle: h.passwordForm},
		{Pattern: "POST " + ownPassword, Need: web.SignedIn(), Handle: h.passwordSave},
	}
}

type signInForm struct {
	Next, Address string
	ByMail        bool
	Error         string
}

// errorKey carries what was wrong with a form to the part that shows it.
type errorKey struct{}

func shownError(q *web.Req) string {
	e, _ := q.Context().Value(errorKey{}).(string)
	return e
}

// try is what the browser sent with somebody's sign-in. Passwords are taken as they were typed, with blanks at their ends.
func (h handlers) try(q *web.Req) admin.Try {
	t := admin.Try{Address: q.Text("address"), Password: q.R.PostFormValue("password"), Source: web.Source(q.R), Device: q.R.UserAgent(), Token: admin.Token(q.R)}
	if c, err := q.R.Cookie(knownCookie); err == nil {
		t.Known = c.Value
	}
	return t
}

func (h handlers) admit(q *web.Req, in admin.In, next string) error {
	if in.Known != "" {
		http.SetCookie(q.W, web.Cookie(knownCookie, in.Known, knownLength, web.Secure(q.R)))
	}
	if next == "" {
		next = "/"
	}
	return h.letIn(q, in.Token, next)
}

func (h handlers) signInByPassword(q *web.Req) error {
	in, err := h.s.SignIn(q.Context(), h.try(q))
	if err != nil {
		return h.signInAgain(q, err)
	}
	next := safeNext(q.Text("next"))
	if in.Token == "" {
		return q.Page(choosePage(ui.From(q, "Which one are you?"), in.Choices, in.Ticket, next))
	}
	return h.admit(q, in, next)
}

func (h handlers) signInAgain(q *web.Req, err error) error {
	sentence, safe := fault.Sentence(err)
	if !safe {
		return err
	}
	q.R = q.R.WithContext(contextWith(q.Context(), errorKey{}, sentence))
	ways, err := h.parts(q, admin.Session{}, h.signInWays)
	if err != nil {
		return err
	}
	d := ui.From(q, "Sign in to Ajar")
	d.Errors = ui.Errors{{Field: "password", Text: sentence}}
	return q.Again(signInPage(d, ways))
}

func (h handlers) choose(q *web.Req) error {
	in, err := h.s.Choose(q.Context(), q.Text("ticket"), web.FormID[roll.Org](q, "org"), web.FormID[roll.Staff](q, "staff"), h.try(q))
	if err != nil {
		return err
	}
	return h.admit(q, in, safeNext(q.Text("next")))
}

func (h handlers) forgotten(q *web.Req) error {
	return q.Page(forgottenPage(ui.From(q, "A link to choose a password"), h.s.ByMail(), false))
}

func (h handlers) forgottenSend(q *web.Req) error {
	h.s.Forgotten(q.Context(), q.Text("address"), web.Source(q.R))
	return q.Page(forgottenPage(ui.From(q, "Look into your mail"), h.s.ByMail(), true))
}

func (h handlers) invited(q *web.Req) error {
	v, err := h.s.Invitation(q.Context(), q.R.PathValue("secret"))
	if err != nil {
		return err
	}
	return q.Page(invitedPage(ui.From(q, "Choose your password"), admin.PasswordPath(url.PathEscape(q.R.PathValue("secret"))), v, ""))
}

func (h handlers) chooseByLink(q *web.Req) error {
	secret := q.R.PathValue("secret")
	password, err := typedTwice(q)
	var in admin.In
	if err == nil {
		in, err = h.s.ChooseByLink(q.Context(), secret, password, h.try(q))
	}
	if errs := ui.ErrorsOf(err); len(errs) > 0 {
		v, err := h.s.Invitation(q.Context(), secret)
		if err != nil {
			return err
		}
		d := ui.From(q, "Choose your password")
		d.Errors = errs
		return q.Again(invitedPage(d, admin.PasswordPath(url.PathEscape(secret)), v, errs.For("password")))
	}
	if err != nil {
		return err
	}
	http.SetCookie(q.W, web.Cookie(knownCookie, in.Known, knownLength, web.Secure(q.R)))
	http.SetCookie(q.W, web.Cookie(admin.CookieName, in.Token, admin.CookieLength, web.Secure(q.R)))
	return q.Go("/", "Your password is set, and you are signed in.")
}

// typedTwice reads a new password. It is typed once: it can be made visible, and pasted from a keeper of passwords.
func typedTwice(q *web.Req) (string, error) {
	p := q.R.PostFormValue("password")
	if p == "" {
		return "", fault.Field("password", "Type the password that you would like to have.")
	}
	return p, nil
}

func (h handlers) unlockByPassword(q *web.Req) error {
	fresh, err := h.s.UnlockByPassword(q.Context(), admin.Token(q.R), q.R.PostFormValue("password"))
	if err != nil {
		return h.refused(q, err)
	}
	return h.goOn(q, fresh, "")
}

// refused shows the page again; the sheet that covers a locked page only wants the sentence.
func (h handlers) refused(q *web.Req, err error) error {
	sentence, safe := fault.Sentence(err)
	if !safe {
		return err
	}
	if inPlace(q) {
		q.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
		q.W.WriteHeader(http.StatusUnprocessableEntity)
		_, werr := q.W.Write([]byte(sentence))
		return werr
	}
	return h.again(q, err)
}

func (h handlers) passwordForm(q *web.Req) error {
	return h.showPassword(q, nil)
}

func (h handlers) showPassword(q *web.Req, errs ui.Errors) error {
	x, err := h.own(q)
	if err != nil {
		return err
	}
	has, address, err := h.s.HasPassword(q.Context(), x)
	if err != nil {
		return err
	}
	title := "Choose a password"
	if has {
		title = "Change your password"
	}
	d := ui.From(q, title)
	d.Breadcrumbs = []ui.Link{{Text: "How you sign in", Href: AccountPath}, {Text: title}}
	d.Errors = errs
	page := passwordPage(d, has, address)
	if len(errs) > 0 {
		return q.Again(page)
	}
	return q.Page(page)
}

func (h handlers) passwordSave(q *web.Req) error {
	password, err := typedTwice(q)
	var fresh string
	if err == nil {
		fresh, err = h.s.SetPassword(q.Context(), admin.Token(q.R), q.R.PostFormValue("old"), password)
	}
	if errs := ui.ErrorsOf(err); len(errs) > 0 {
		return h.showPassword(q, errs)
	}
	if err != nil {
		return h.askAgain(q, err)
	}
	http.SetCookie(q.W, web.Cookie(admin.CookieName, fresh, admin.CookieLength, web.Secure(q.R)))
	return q.Go(AccountPath, "Your password is set. All your other devices are signed out.")
}
