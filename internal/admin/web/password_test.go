package web

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"ajar/internal/admin"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// The pages of a password, through the whole mux: what keepers of passwords find, what is said when it is wrong, and where one goes on to.
func TestPasswordPages(t *testing.T) {
	both(t, func(t *testing.T, h *door) {
		h.s.Hash = admin.NewHasher(64, 1)
		secret, err := h.s.Link(t.Context(), h.org, "Ruth Okafor", roll.Teacher)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.s.DB.Update(t.Context(), access.System("test", int64(h.org.ID)), func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_staff set email = 'ruth@oak.example' where org_id = $1 and name = 'Ruth Okafor'`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		h.visit("POST", "/link/"+secret, nil)
		has := func(doc *html.Node, selectors ...string) {
			t.Helper()
			for _, s := range selectors {
				if len(find(doc, s)) == 0 {
					t.Errorf("there is no %s", s)
				}
			}
		}
		_, doc := h.visit("GET", "/account/password", nil)
		has(doc, `input[type=password][name=password][autocomplete=new-password]:not([maxlength])`, `input[autocomplete=username][value="ruth@oak.example"]`)
		r, doc := h.visit("POST", "/account/password", url.Values{"password": {"short"}})
		h.sees(doc, "at least 12 characters", "There is a problem")
		if r.StatusCode != 422 || strings.Contains(words(doc), "short ") {
			t.Errorf("%d", r.StatusCode)
		}
		before := h.jar[admin.CookieName]
		r, _ = h.visit("POST", "/account/password", url.Values{"password": {" four words and blanks "}})
		if r.StatusCode != 303 || h.jar[admin.CookieName] == before {
			t.Fatalf("%d", r.StatusCode)
		}
		h.visit("POST", "/sign-out", nil)
		_, doc = h.visit("GET", "/sign-in?next=/account", nil)
		has(doc, `form[action="/sign-in"] input[type=email][autocomplete=username]`, `input[type=password][autocomplete=current-password]`, `input[name=next][value="/account"]`)
		r, doc = h.visit("POST", "/sign-in", url.Values{"address": {"ruth@oak.example"}, "password": {"four words and blanks"}, "next": {"/account"}})
		h.sees(doc, "do not fit together")
		has(doc, `input[name=address][value="ruth@oak.example"]`, `input[name=next][value="/account"]`)
		if v := find(doc, "input[type=password][value]"); r.StatusCode != 422 || len(v) > 0 && strings.Contains(v[0].Attr[len(v[0].Attr)-1].Val, "four") {
			t.Errorf("%d, or the password stands in the page", r.StatusCode)
		}
		r, _ = h.visit("POST", "/sign-in", url.Values{"address": {"ruth@oak.example"}, "password": {" four words and blanks "}, "next": {"/account"}})
		if r.StatusCode != 303 || r.Header.Get("Location") != "/account" || h.jar[knownCookie] == "" {
			t.Errorf("%d %s", r.StatusCode, r.Header.Get("Location"))
		}
		_, doc = h.visit("GET", "/account", nil)
		h.sees(doc, "ruth@oak.example and your password", "None yet", "Where you are signed in", "This device", "Lately at the door")
		// Nothing of what she has stands in any page.
		_, doc = h.visit("GET", "/forgotten", nil)
		h.sees(doc, "can't send e-mails to staff")
	})
}
