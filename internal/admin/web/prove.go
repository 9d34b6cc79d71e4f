package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sort"

	"ajar/internal/admin"
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

// proving are the pages between somebody and what they asked for: proving a second factor, unlocking, and sending a form again that was held.
func proving(h handlers) []web.Route {
	return []web.Route{
		{Pattern: "GET " + ProvePath, Need: web.SignedIn(), Handle: h.prove},
		{Pattern: "GET " + UnlockPath, Need: web.Public("asks whoever has a locked session, and shows nothing of it"), Handle: h.unlock},
		{Pattern: "GET " + carryOnPath, Need: web.SignedIn(), Handle: h.carryOn},
		{Pattern: "POST " + lockPath, Need: web.Public("locks whatever session there is"), Handle: h.lock},
		{Pattern: "POST " + stayPath, Need: web.Public("tells a page whether its session is open"), Handle: h.stay},
		{Pattern: "GET " + AccountPath, Need: web.SignedIn(), Handle: h.account},
	}
}

func (h handlers) session(q *web.Req) (admin.Session, bool, error) {
	return h.s.SessionOf(q.Context(), admin.Token(q.R))
}

// own is the session of somebody who is signed in.
func (h handlers) own(q *web.Req) (admin.Session, error) {
	x, found, err := h.session(q)
	if err == nil && !found { // it ended a moment ago
		err = access.Denied()
	}
	return x, err
}

func (h handlers) prove(q *web.Req) error {
	x, err := h.own(q)
	if err != nil {
		return err
	}
	if done := q.Pass.Proved(); done && q.Text("again") == "" || done && h.s.Fresh(x) {
		return q.Go(onwardPath(q), "")
	}
	ways, err := h.parts(q, x, h.proofWays)
	if err != nil {
		return err
	}
	if len(ways) == 0 {
		if ways, err = h.parts(q, x, h.setUpWays); err != nil {
			return err
		}
		return q.Page(provePage(ui.From(q, "Set up a second step"), ways, false, q.Text("held") != ""))
	}
	return q.Page(provePage(ui.From(q, "One more step"), ways, true, q.Text("held") != ""))
}

func (h handlers) unlock(q *web.Req) error {
	x, found, err := h.session(q)
	if err != nil {
		return err
	}
	if !found {
		return q.Go(signInPath+"?"+url.Values{"next": {safeNext(q.Text("next"))}}.Encode(), "")
	}
	if !q.Locked {
		return q.Go(onwardPath(q), "")
	}
	ways, err := h.parts(q, x, h.unlockWays, h.proofWays)
	if err != nil {
		return err
	}
	return q.Page(unlockPage(ui.From(q, "Ajar is locked"), ways, q.Text("held") != ""))
}

// onward are the fields that carry on where somebody was going, for the form of a way to prove or unlock.
func onward(q *web.Req) []ui.HiddenInput {
	var out []ui.HiddenInput
	if held := q.Text("held"); held != "" {
		out = append(out, ui.HiddenInput{Name: "held", Value: held})
	}
	if next := safeNext(q.Text("next")); next != "" {
		out = append(out, ui.HiddenInput{Name: "next", Value: next})
	}
	return out
}

// onwardPath is where they were going.
func onwardPath(q *web.Req) string {
	if held := q.Text("held"); held != "" {
		return carryOnOf(held)
	}
	if next := safeNext(q.Text("next")); next != "" {
		return next
	}
	return "/"
}

// goOn gives the browser the new value of its cookie after a proof, and leads on. The sheet that covers a locked page only wants to know that it worked.
func (h handlers) goOn(q *web.Req, token, flash string) error {
	http.SetCookie(q.W, web.Cookie(admin.CookieName, token, admin.CookieLength, web.Secure(q.R)))
	if inPlace(q) {
		q.W.WriteHeader(http.StatusNoContent)
		return nil
	}
	return q.Go(onwardPath(q), flash)
}

// inPlace tells whether the sheet that covers a locked page asks.
func inPlace(q *web.Req) bool { return q.R.Header.Get("Ajar-In-Place") != "" }

// again shows the page to prove or to unlock again, with what was wrong.
func (h handlers) again(q *web.Req, err error) error {
	errs := ui.ErrorsOf(err)
	if len(errs) == 0 {
		sentence, safe := fault.Sentence(err)
		if !safe {
			return err
		}
		errs.Add("", sentence)
	}
	x, found, err := h.session(q)
	if err != nil {
		return err
	}
	if !found {
		return q.Go(signInPath, "")
	}
	lists := [][]part{h.proofWays}
	title := "One more step"
	if q.Locked {
		lists, title = [][]part{h.unlockWays, h.proofWays}, "Ajar is locked"
	}
	ways, err := h.parts(q, x, lists...)
	if err != nil {
		return err
	}
	d := ui.From(q, title)
	d.Errors = errs
	if q.Locked {
		return q.Again(unlockPage(d, ways, q.Text("held") != ""))
	}
	return q.Again(provePage(d, ways, true, q.Text("held") != ""))
}

func (h handlers) carryOn(q *web.Req) error {
	if q.Text("held") == "" {
		return q.Go("/", "")
	}
	held, err := h.s.HeldFor(q.Context(), admin.Token(q.R), web.FormID[admin.Held](q, "held"))
	if err != nil {
		return err
	}
	return q.Page(carryOnPage(ui.From(q, "Carry on"), held, heldFields(held)))
}

// heldFields are the values of a held form in a steady order.
func heldFields(held admin.Held) (out []ui.HiddenInput) {
	var names []string
	for name := range held.Values {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, v := range held.Values[name] {
			out = append(out, ui.HiddenInput{Name: name, Value: v})
		}
	}
	return slices.Clip(out)
}

// askAgain leads to a fresh proof before the ways to sign in are changed; what was sent is held.
func (h handlers) askAgain(q *web.Req, err error) error {
	if !errors.Is(err, admin.ErrNotFresh) {
		return err
	}
	v := url.Values{"again": {"1"}}
	if q.R.Method == http.MethodPost {
		held, err := h.s.Hold(q.R)
		if err != nil {
			return err
		}
		v.Set("held", held)
	} else {
		v.Set("next", q.R.URL.RequestURI())
	}
	return q.Go(ProvePath+"?"+v.Encode(), "")
}

func (h handlers) lock(q *web.Req) error {
	if err := h.s.Lock(q.Context(), admin.Token(q.R)); err != nil {
		return err
	}
	if inPlace(q) {
		q.W.WriteHeader(http.StatusNoContent)
		return nil
	}
	return q.Go(UnlockPath+"?"+url.Values{"next": {safeNext(q.Text("next"))}}.Encode(), "")
}

func (h handlers) stay(q *web.Req) error {
	if !q.Pass.Valid() {
		q.W.WriteHeader(http.StatusForbidden)
		return nil
	}
	q.W.WriteHeader(http.StatusNoContent)
	return nil
}

func (h handlers) account(q *web.Req) error {
	x, err := h.own(q)
	if err != nil {
		return err
	}
	parts, err := h.parts(q, x, h.accountParts)
	if err != nil {
		return err
	}
	return q.Page(accountPage(ui.From(q, "How you sign in"), parts))
}
