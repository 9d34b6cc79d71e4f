package web

import (
	"cmp"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// roleRight is one right as a role holds it.
type roleRight struct{ Words, Scope string }

type roleRights struct {
	Role   string
	Mine   bool
	Rights []roleRight
}

func showRights(q *web.Req, rights []access.Right) error {
	var out []roleRights
	for _, role := range roll.Roles {
		rr := roleRights{Role: roll.RoleWords[role], Mine: slices.Contains(q.Pass.Who().Roles, role)}
		for _, r := range rights {
			if s := r.Roles[role]; s > access.None {
				rr.Rights = append(rr.Rights, roleRight{r.Words, scopeWords(r, s)})
			}
		}
		out = append(out, rr)
	}
	return q.Page(rightsPage(page(q, "Who may do what"), out, roll.StaffID(q.Pass.Who().Staff), q.Pass.Scope(roll.Settings) == access.All))
}

// scopeWords says how widely a right is held, and whether it asks for a second step.
func scopeWords(r access.Right, s access.Scope) string {
	if r.Proof {
		return s.String() + "; asks for a second step"
	}
	return s.String()
}

// personRight is one right as a person holds it, and the roles that give it.
type personRight struct{ Words, Scope, By string }

// rightsOf puts together what the roles of somebody open, the widest first.
func rightsOf(roles []access.Role, rights []access.Right) (out []personRight, none []string) {
	type line struct {
		personRight
		scope access.Scope
	}
	var list []line
	for _, r := range rights {
		var widest access.Scope
		for _, role := range roles {
			widest = max(widest, r.Roles[role])
		}
		if widest == access.None {
			none = append(none, r.Words)
			continue
		}
		var by []string
		for _, role := range roles {
			if r.Roles[role] == widest {
				by = append(by, roll.RoleWords[role])
			}
		}
		list = append(list, line{personRight{r.Words, scopeWords(r, widest), strings.Join(by, ", ")}, widest})
	}
	slices.SortStableFunc(list, func(a, b line) int { return cmp.Compare(b.scope, a.scope) })
	for _, l := range list {
		out = append(out, l.personRight)
	}
	return out, none
}

// rightsPeople is the search: what may this colleague see, and why.
func (h *handlers) rightsPeople(q *web.Req) error {
	list, err := h.s.StaffList(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	typed := q.Text("q")
	want := strings.Fields(roll.Fold(typed))
	var found []roll.Colleague
	for _, c := range list {
		if c.Ends < h.today() {
			continue
		}
		name := roll.Fold(c.Name + " " + rolesToday(c, h.today()))
		if !slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(name, w) }) {
			found = append(found, c)
		}
	}
	return q.Page(rightsPeoplePage(page(q, "What may somebody see?", ui.Link{Text: "Who may do what", Href: RightsPath}), typed, found, h.today()))
}

func (h *handlers) rightsPerson(rights func() []access.Right) func(q *web.Req) error {
	return func(q *web.Req) error {
		id, err := web.PathID[roll.Staff](q, "staff")
		if err != nil {
			return err
		}
		s, err := h.s.WhatTheySee(q.Context(), q.Pass, id)
		if err != nil {
			return err
		}
		title := "What " + s.Staff.Name + " may see, and why"
		if s.You {
			title = "What you may see, and why"
		}
		may, none := rightsOf(s.Roles(), rights())
		return q.Page(rightsPersonPage(page(q, title, ui.Link{Text: "Who may do what", Href: RightsPath}), s, may, none))
	}
}

// SightPanel stands at the foot of everybody's first page: whom they see here, and why.
func SightPanel(tx *db.Tx) (web.Component, error) {
	if tx.Pass().Who().Staff == 0 {
		return nil, nil
	}
	s, err := roll.OwnSight(tx)
	if err != nil {
		return nil, err
	}
	return sightPanel(s), nil
}

// postWords says a role with its dates and who gave it no end.
func postWords(p roll.Post) string {
	out := orText(roll.RoleWords[p.Role], string(p.Role))
	if s := span(p.Starts, p.Ends); s != "" {
		out += ", " + s
	}
	return out
}

// sightWords begins the explanation: how many pupils, and by what.
func sightWords(s roll.SightOf) string {
	who, sees := s.Staff.Name, " sees "
	if s.You {
		who, sees = "You", " see "
	}
	switch s.Scope {
	case access.All:
		var by []string
		for _, r := range s.Roles() {
			if roll.See.Roles[r] == access.All {
				by = append(by, "“"+roll.RoleWords[r]+"”")
			}
		}
		return who + sees + "every pupil, because of the role " + strings.Join(by, " and ") + "."
	case access.Own:
		if s.Distinct == 0 {
			return who + sees + "no pupil today: nobody is assigned to them, they take no class, and they cover for nobody."
		}
		return who + sees + plural(s.Distinct, "pupil", "pupils") + ":"
	}
	if len(s.Posts) == 0 {
		return who + sees + "no pupil by name: no role is held today."
	}
	return who + sees + "no pupil by name. The roles of today open figures at most."
}

// sightLine is the whole explanation where one reason is all there is.
func sightLine(s roll.SightOf) string {
	if len(s.Reasons) == 1 {
		return "You see " + reasonWords(s, s.Reasons[0]) + "."
	}
	return sightWords(s)
}

func reasonWords(s roll.SightOf, r roll.Reason) string {
	return plural(len(r.Pupils), "pupil", "pupils") + " because " + r.Because(s.You, day)
}
