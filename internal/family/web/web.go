// Package web holds the pages of the family's door, which parents and carers open by their links, and the pages by which staff give such links and answer
// what parents ask. The texts for families stand in texts.go; every address is made in links.go; the routes in manifest.go.
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

// tongueCookie remembers the language on a device, before anybody has said who they are.
const tongueCookie = "ajar_tongue"

// tongueOf is the language of a page: the one just chosen, the one chosen on this device, the adult's own, the browser's.
func tongueOf(q *web.Req, adults string) say.Lang {
	if in := q.R.URL.Query().Get("in"); in != "" {
		if l, ok := say.Known(in); ok {
			http.SetCookie(q.W, cookie(q, tongueCookie, l.Tag(), 365*24*time.Hour))
			return l
		}
	}
	if l, ok := say.Known(chosenTongue(q)); ok {
		return l
	}
	if l, ok := say.Known(adults); ok && adults != "" {
		return l
	}
	return say.Accepts(q.R.Header.Get("Accept-Language"))
}

// chosenTongue is the language chosen on this device, empty when nobody chose.
func chosenTongue(q *web.Req) string {
	c, err := q.R.Cookie(tongueCookie)
	if err != nil {
		return ""
	}
	if l, ok := say.Known(c.Value); ok && c.Value != "" {
		return l.Tag()
	}
	return ""
}

func cookie(q *web.Req, name, value string, age time.Duration) *http.Cookie {
	c := web.Cookie(name, value, age, web.Secure(q.R))
	c.Path = "/f"
	return c
}

// remember puts the reader's key into the browser.
func remember(q *web.Req, token string) {
	http.SetCookie(q.W, cookie(q, family.CookieName, token, family.DeviceLength))
}

func forget(q *web.Req) { http.SetCookie(q.W, cookie(q, family.CookieName, "", -time.Second)) }

// about is what a page knows of its reader, or of whoever stands before the door.
type about struct {
	tongue, org, phone string
}

func (h handlers) about(q *web.Req) (a about, err error) {
	if !q.Pass.Valid() {
		return a, nil
	}
	who, err := h.s.Myself(q.Context(), q.Pass)
	return about{who.Tongue, q.Pass.Who().OrgName, who.Phone}, err
}

// leaf begins a page of the door.
func leaf(q *web.Req, a about, title func(l say.Lang) string) ui.LeafData {
	l := tongueOf(q, a.tongue)
	d := ui.LeafData{Lang: l, Title: title(l), Org: a.org, Phone: a.phone, Flash: q.Frame.Flash}
	if d.Org == "" {
		d.Org = "Ajar"
	}
	d.In = func(tag string) string { return in(q, tag) }
	if q.Pass.Valid() {
		d.Home = EnterPath
		d.Links = append(d.Links, ui.Link{Text: l.Put(tDevices), Href: DevicesPath})
	}
	d.Links = append(d.Links, ui.Link{Text: l.Put(tPrivacy), Href: PrivacyPath})
	return d
}

// in is the address of this page in another language. The answer to a form that could not be taken is found at the form's own page.
func in(q *web.Req, tag string) string {
	u := *q.R.URL
	v := u.Query()
	v.Set("in", tag)
	u.RawQuery = v.Encode()
	switch u.Path {
	case codePath, codeNewPath, whoPath:
		u.Path = EnterPath
	}
	u.Path = strings.TrimSuffix(u.Path, "/new")
	return u.RequestURI()
}

func put(m say.Msg, args ...say.Args) func(say.Lang) string {
	return func(l say.Lang) string { return l.Put(m, args...) }
}

// Known is the handler of a page that shows what is recorded: it asks for the known fact first, unless it was given a short while ago, and comes back.
func Known(handle func(*web.Req) error) func(*web.Req) error {
	return func(q *web.Req) error {
		if q.Pass.Who().SecondFactorMs > 0 {
			return handle(q)
		}
		next := EnterPath
		if q.R.Method == http.MethodGet || q.R.Method == http.MethodHead {
			next = q.R.URL.RequestURI()
		}
		return q.Go(withNext(factPath, next), "")
	}
}

// Leaf begins a page of the door for the rooms above: in the reader's language, with the school's name and phone.
func Leaf(q *web.Req, s *family.Service, title say.Msg, args ...say.Args) (ui.LeafData, error) {
	a, err := handlers{s: s}.about(q)
	return leaf(q, a, put(title, args...)), err
}

// Trouble is the page for an error at this door, in the language of the device. It says nothing that would tell apart what is not there and what is not theirs.
func Trouble(q *web.Req, status int, _, _, reference string) web.Component {
	title, text := tTroubleGone, tTroubleGone2
	switch {
	case status >= 500 && reference != "":
		title, text = tTroubleOurs, tTroubleOurs2
	case status == http.StatusForbidden, status == http.StatusUnprocessableEntity, status == http.StatusRequestEntityTooLarge, status == http.StatusConflict, status >= 500:
		title, text = tTroubleAgain, tTroubleAgain2
	}
	a := about{}
	if q.Pass.Valid() {
		a.org = q.Pass.Who().OrgName
	}
	d := leaf(q, a, put(title))
	d.In = nil
	return troublePage(d, title, text, reference)
}

// Frame is what surrounds a page of the door.
func Frame(q *web.Req) web.Frame {
	f := web.Frame{Path: q.R.URL.Path}
	if q.Pass.Valid() {
		f.Org, f.Who = q.Pass.Who().OrgName, q.Pass.Who().Name
	}
	return f
}

// base is how this Ajar is reached from outside, for what stands on paper.
func base(q *web.Req) string { return web.Base(q.R) }
