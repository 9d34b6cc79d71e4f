package web

import (
	"context"
	"net/http"
	"strconv"

	"ajar/internal/admin"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func contextWith(ctx context.Context, key any, value any) context.Context {
	return context.WithValue(ctx, key, value)
}

// apps are the pages of the authenticator app and of recovery codes.
func apps(h handlers) []web.Route {
	h.proofWays = append(h.proofWays,
		part{2, func(q *web.Req, x admin.Session) (web.Component, error) {
			f, err := h.s.FactorsOf(q.Context(), x)
			if err != nil || f.AppMs == 0 {
				return nil, err
			}
			return codeProof(onward(q)), nil
		}},
		part{3, func(q *web.Req, x admin.Session) (web.Component, error) {
			f, err := h.s.FactorsOf(q.Context(), x)
			if err != nil || f.Left == 0 {
				return nil, err
			}
			return recoveryProof(onward(q), f.Left), nil
		}})
	h.accountParts = append(h.accountParts, part{2, func(q *web.Req, x admin.Session) (web.Component, error) {
		if x.Way == admin.WayDemo {
			return nil, nil
		}
		f, err := h.s.FactorsOf(q.Context(), x)
		if err != nil {
			return nil, err
		}
		return appPart(f, moment(f.AppMs, h.s.DB.Clock().Zone())), nil
	}})
	locked := web.Public("takes a second step of whoever has a session, locked or not; wrong ones are counted")
	return []web.Route{
		{Pattern: "POST " + proveCode, Need: locked, Handle: h.proveByCode},
		{Pattern: "POST " + proveRecovery, Need: locked, Handle: h.proveByRecovery},
		{Pattern: "GET " + ownApp, Need: web.SignedIn(), Handle: h.appForm},
		{Pattern: "POST " + ownApp, Need: web.SignedIn(), Handle: h.appConfirm},
		{Pattern: "POST " + ownAppRemove, Need: web.SignedIn(), Handle: h.appRemove},
		{Pattern: "POST " + ownRecovery, Need: web.SignedIn(), Handle: h.newRecovery},
	}
}

func (h handlers) proveByCode(q *web.Req) error {
	fresh, err := h.s.ProveByCode(q.Context(), admin.Token(q.R), q.Text("code"))
	if err != nil {
		return h.refused(q, err)
	}
	return h.goOn(q, fresh, "")
}

func (h handlers) proveByRecovery(q *web.Req) error {
	fresh, left, err := h.s.ProveByRecovery(q.Context(), admin.Token(q.R), q.Text("recovery"))
	if err != nil {
		return h.refused(q, err)
	}
	return h.goOn(q, fresh, leftWords(left))
}

func leftWords(left int) string {
	switch {
	case left == 0:
		return "That was your last recovery code. Make new ones under “How you sign in”."
	case left == 1:
		return "That code is used up. 1 is left; make new ones soon."
	}
	return "That code is used up. " + strconv.Itoa(left) + " are left."
}

func (h handlers) appForm(q *web.Req) error {
	v, err := h.s.BeginApp(q.Context(), admin.Token(q.R))
	if err != nil {
		return h.askAgain(q, err)
	}
	return q.Page(appPage(h.appData(q), v, onward(q), ""))
}

func (h handlers) appData(q *web.Req) ui.PageData {
	d := ui.From(q, "Set up an authenticator app")
	d.Breadcrumbs = []ui.Link{{Text: "How you sign in", Href: AccountPath}, {Text: "Set up an authenticator app"}}
	return d
}

func (h handlers) appConfirm(q *web.Req) error {
	token, sealed := admin.Token(q.R), q.Text("key")
	fresh, codes, err := h.s.ConfirmApp(q.Context(), token, sealed, q.Text("code"))
	if errs := ui.ErrorsOf(err); len(errs) > 0 {
		v, err := h.s.AgainApp(q.Context(), token, sealed)
		if err != nil {
			return h.askAgain(q, err)
		}
		d := h.appData(q)
		d.Errors = errs
		return q.Again(appPage(d, v, onward(q), errs.For("code")))
	}
	if err != nil {
		return h.askAgain(q, err)
	}
	http.SetCookie(q.W, web.Cookie(admin.CookieName, fresh, admin.CookieLength, web.Secure(q.R)))
	to := AccountPath
	if len(onward(q)) > 0 {
		to = onwardPath(q)
	}
	return q.Page(codesPage(ui.From(q, "Your recovery codes"), codes, to))
}

func (h handlers) appRemove(q *web.Req) error {
	if err := h.s.RemoveApp(q.Context(), admin.Token(q.R)); err != nil {
		return h.askAgain(q, err)
	}
	return q.Go(AccountPath, "The app is removed, and its recovery codes with it.")
}

func (h handlers) newRecovery(q *web.Req) error {
	codes, err := h.s.NewRecovery(q.Context(), admin.Token(q.R))
	if err != nil {
		return h.askAgain(q, err)
	}
	return q.Page(codesPage(ui.From(q, "Your recovery codes"), codes, AccountPath))
}
