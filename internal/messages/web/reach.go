package web

import (
	"slices"
	"strconv"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/roll"
	rollweb "ajar/internal/roll/web"
	"ajar/internal/ui"
)

// reachRoutes are the pages of the reach ledger.
func (h pages) reachRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + ReachPath, Need: web.For(messages.Figures), Handle: h.reach},
		{Pattern: "GET " + reachListPath, Need: web.For(messages.Read), Handle: h.reachList},
	}
}

// ledgerPlaces are the places of the menu for contacts, balance, key contacts and reach.
func ledgerPlaces() []web.MenuItem {
	return []web.MenuItem{
		{Label: "Contacts", Href: ContactsPath, Need: messages.Read, Order: 34, Group: "Messages"},
		{Label: "Balance", Href: BalancePath, Need: messages.Figures, Order: 36, Group: "Messages"},
		{Label: "Who we reach", Href: ReachPath, Need: messages.Figures, Order: 37, Group: "Messages"},
		{Label: "Key contacts", Href: KeysPath, Need: messages.Keys, Order: 38, Group: "Messages"},
	}
}

// ledgerPanels puts the panels on the pages of children.
func (h pages) ledgerPanels() {
	h.s.Roll.AddPanel(roll.Panel{Order: 5, First: true, Need: roll.See, Show: func(tx *db.Tx, p roll.Pupil) (web.Component, error) {
		v, err := messages.KeyViewIn(tx, p)
		if err != nil {
			return nil, err
		}
		own, err := roll.OwnChild(tx, p.ID)
		return keyPanel(v, !own && tx.Pass().Scope(messages.Log) >= access.Own), err
	}})
	h.s.Roll.AddPanel(roll.Panel{Order: 15, Need: messages.Read, Show: func(tx *db.Tx, p roll.Pupil) (web.Component, error) {
		list, err := messages.ContactsIn(tx, p)
		if err != nil {
			return nil, err
		}
		v := messages.LogView{Pupil: p}
		if tx.Pass().Scope(messages.Log) >= access.Own {
			if v, err = messages.LogFormIn(tx, p); err != nil {
				return nil, err
			}
		}
		return logPanel(newLog(v, true), list), nil
	}})
}

// Home is a piece of the first page that this room offers.
type Home struct {
	Order int
	Need  access.Right
	Show  func(tx *db.Tx) (web.Component, error)
}

// Homes are what waits for the person, families without a key contact, and whom the school reaches today.
func Homes(s *messages.Service) []Home {
	return []Home{
		{Order: 6, Need: messages.Read, Show: func(tx *db.Tx) (web.Component, error) {
			w, err := messages.WaitingIn(tx)
			if err != nil || len(w.Mine) == 0 && len(w.Escalated) == 0 {
				return nil, err
			}
			return waitingHome(w), nil
		}},
		{Order: 13, Need: messages.Keys, Show: func(tx *db.Tx) (web.Component, error) {
			k, err := messages.KeysIn(tx)
			if err != nil || len(k.Lacking) == 0 && k.Without == 0 {
				return nil, err
			}
			return keysHome(k), nil
		}},
		{Order: 14, Need: messages.Keep, Show: func(tx *db.Tx) (web.Component, error) {
			r, err := s.ReachIn(tx)
			if err != nil || r.School.Of == 0 {
				return nil, err
			}
			return reachHome(r), nil
		}},
	}
}

func (h pages) reach(q *web.Req) error {
	d := ui.From(q, "Who we reach")
	if !q.Pass.Has(messages.Read) {
		f, err := h.s.ReachFigures(q.Context(), q.Pass)
		if err != nil {
			return err
		}
		return q.Page(reachFiguresPage(d, f))
	}
	r, err := h.s.Reach(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	page, _ := strconv.Atoi(q.Text("page"))
	return q.Page(reachPage(d, r, chosen(r, q.Text("what"), max(page, 1)), q.Pass.Scope(roll.Edit) == access.All, q.Pass.Has(roll.Mail)))
}

// perPage is how many lines of the worklist stand on a page.
const perPage = 40

// worklist is the part of the lines that is shown.
type worklist struct {
	What        string
	Lines       []messages.ReachLine
	All         int
	Page, Pages int
}

func chosen(r messages.ReachReport, what string, page int) (w worklist) {
	w.What = what
	var list []messages.ReachLine
	for _, l := range r.Lines {
		if what == "" || l.What == what {
			list = append(list, l)
		}
	}
	w.All, w.Pages = len(list), max(1, (len(list)+perPage-1)/perPage)
	w.Page = min(page, w.Pages)
	w.Lines = list[(w.Page-1)*perPage : min(w.Page*perPage, len(list))]
	return w
}

func (h pages) reachList(q *web.Req) error {
	r, err := h.s.Reach(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	doors := r.Doors()
	w := q.Pass.Who()
	c := h.s.DB.Clock()
	return q.Print("list", 0, "the list of doors to knock on", doorsPage(ui.DocData{Title: "Doors to knock on", Back: ui.Link{Text: "Who we reach", Href: ReachPath}, Note: count(len(doors), "door", "doors") + ". This print-out is on the trail."},
		ui.PaperSheetData{Org: w.OrgName, Title: "Doors to knock on", Sub: "Families whom no message reaches, as of " + dayWords(r.Today), PrintedBy: w.Name, PrintedAt: c.Now().In(c.Zone()).Format("15:04 on 2 January 2006"),
			Private: "Confidential: names and addresses of families. Bring it back and shred it."}, doors))
}

// doLink is the one action that a line leads to.
func doLink(l messages.ReachLine, edits, mails bool) ui.Link {
	child := l.Children[0].Pupil
	switch {
	case l.Adult == 0:
		return ui.Link{Text: "Open the record", Href: rollweb.PupilPath(child)}
	case (l.What == messages.DoEmail || l.What == messages.DoNumber || l.What == messages.DoMobile) && edits:
		return ui.Link{Text: map[string]string{messages.DoEmail: "Change the address", messages.DoNumber: "Change the number", messages.DoMobile: "Put in a number"}[l.What], Href: rollweb.AdultEditPath(child, l.Adult)}
	case l.What == messages.DoPrint && mails:
		return ui.Link{Text: "Print", Href: rollweb.ContactsPath(groupOf(l.Children))}
	}
	return ui.Link{Text: "Note a contact", Href: logPath(child)}
}

func groupOf(list []messages.ContactChild) (g roll.Group) {
	for _, c := range list {
		g.Pupils = append(g.Pupils, c.Pupil)
	}
	return g
}

// paperGroup are the children whose families paper alone reaches, as many as an address holds.
func paperGroup(r messages.ReachReport) (g roll.Group) {
	for _, l := range r.Lines {
		for _, c := range l.Children {
			if l.What == messages.DoPrint && !slices.Contains(g.Pupils, c.Pupil) && len(g.Pupils) < 150 {
				g.Pupils = append(g.Pupils, c.Pupil)
			}
		}
	}
	return g
}

func todoChips(r messages.ReachReport, what string) (out []ui.MenuItem) {
	out = append(out, ui.MenuItem{Label: "All", Href: ReachPath, Count: len(r.Lines), Current: what == ""})
	for _, t := range messages.Todos {
		if n := r.Counts[t.Key]; n > 0 {
			out = append(out, ui.MenuItem{Label: t.Words, Href: reachOf(t.Key), Count: n, Current: what == t.Key})
		}
	}
	return out
}

// ofWords finishes a figure for governors with what it is of, unless that is hidden.
func ofWords(c messages.Count) string {
	if c.Mark != "" {
		return ""
	}
	return "of " + ui.Thousands(c.N)
}

func reachedShare(s messages.Split) string {
	share, some := s.Share()
	return percentOf(share, some)
}

func whose(l messages.ReachLine) string {
	if l.Tie == "" {
		return ""
	}
	return strings.ToLower(l.Tie) + " of " + childNames(l.Children)
}
