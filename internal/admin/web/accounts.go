package web

import (
	"strings"

	"ajar/internal/admin"
	"ajar/internal/kit/access"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// accounts are the pages of who can sign in.
func accounts(h handlers) []web.Route {
	need := web.For(admin.Accounts)
	one := AccountsPath + "/{staff}"
	return []web.Route{
		{Pattern: "GET " + AccountsPath, Need: need, Handle: h.accountList},
		{Pattern: "GET " + one, Need: need, Handle: h.colleague},
		{Pattern: "POST " + one + "/invite", Need: need, Handle: h.invite},
		{Pattern: "POST " + one + "/link", Need: need, Handle: h.handLink},
		{Pattern: "POST " + one + "/sign-out", Need: need, Handle: h.signOutColleague},
		{Pattern: "POST " + one + "/remove-step", Need: need, Handle: h.removeStep},
	}
}

func (h handlers) accountList(q *web.Req) error {
	list, err := h.s.WhoCanSignIn(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(accountsPage(ui.From(q, "Who can sign in"), list, h.s.ByMail(), h.when))
}

func (h handlers) when(ms int64) string {
	if ms == 0 {
		return ""
	}
	return moment(ms, h.s.DB.Clock().Zone())
}

func (h handlers) colleague(q *web.Req) error {
	id, err := web.PathID[roll.Staff](q, "staff")
	if err != nil {
		return err
	}
	c, err := h.s.ColleagueSignsIn(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Page(colleaguePage(h.colleagueData(q, c.Name), c, h.when))
}

func (h handlers) colleagueData(q *web.Req, name string) ui.PageData {
	d := ui.From(q, "How "+name+" signs in")
	d.Breadcrumbs = []ui.Link{{Text: "Who can sign in", Href: AccountsPath}, {Text: name}}
	return d
}

func (h handlers) invite(q *web.Req) error {
	id, err := web.PathID[roll.Staff](q, "staff")
	if err != nil {
		return err
	}
	if err := h.s.Invite(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(colleaguePath(id, ""), "The link is on its way.")
}

func (h handlers) handLink(q *web.Req) error {
	id, err := web.PathID[roll.Staff](q, "staff")
	if err != nil {
		return err
	}
	c, err := h.s.ColleagueSignsIn(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	secret, err := h.s.HandLink(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	base := h.s.Address
	if base == "" { // for the eyes of whoever asks, in the address they use themselves
		base = "http://" + q.R.Host
		if web.Secure(q.R) {
			base = "https://" + q.R.Host
		}
	}
	return q.Page(handedPage(h.colleagueData(q, c.Name), c, base+admin.PasswordPath(secret)))
}

func (h handlers) signOutColleague(q *web.Req) error {
	id, err := web.PathID[roll.Staff](q, "staff")
	if err != nil {
		return err
	}
	if _, err := h.s.SignOutColleague(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(colleaguePath(id, ""), "They are signed out everywhere, and links they had not used are worth nothing now.")
}

func (h handlers) removeStep(q *web.Req) error {
	id, err := web.PathID[roll.Staff](q, "staff")
	if err != nil {
		return err
	}
	if err := h.s.RemoveFactors(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(colleaguePath(id, ""), "Their second step is taken away. They set up another when Ajar next asks for it.")
}

func rolesInWords(roles []access.Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, roll.RoleWords[r])
	}
	return strings.Join(out, ", ")
}
