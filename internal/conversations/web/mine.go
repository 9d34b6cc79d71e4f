package web

import (
	"ajar/internal/conversations"
	"ajar/internal/kit/access"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

func (h pages) mine(q *web.Req) error {
	m, err := h.s.Mine(q.Context(), q.Pass, q.Checked("all"))
	if err != nil {
		return err
	}
	title := "My conversations"
	if m.All {
		title = "Everyone's conversations"
	}
	d := ui.From(q, title)
	d.Wide = true
	return q.Page(minePage(d, q.Pass, m))
}

func mineStart(p access.Pass) ui.ButtonData {
	if p.Scope(conversations.Plan) == access.All {
		return ui.ButtonData{Text: "Plan a programme", Href: NewProgrammePath}
	}
	return ui.ButtonData{Text: "See the programmes", Href: ProgrammesPath, Kind: ui.Secondary}
}

func talkColumns(p access.Pass, when bool) []ui.Column[conversations.Line] {
	cols := []ui.Column[conversations.Line]{
		{Head: "Child", RowHead: true, Cell: func(l conversations.Line) templ.Component { return talkLink(l) }},
		{Head: "Year", Text: func(l conversations.Line) string { return yearWords(l.Year) }},
		{Head: "Round", Text: func(l conversations.Line) string { return l.RoundTitle }},
	}
	if when {
		cols = append(cols, ui.Column[conversations.Line]{Head: "When and where", Text: func(l conversations.Line) string {
			if l.OutcomeOn != "" {
				return shortDay(l.OutcomeOn)
			}
			out := shortDay(l.MeetOn)
			for _, s := range []string{l.MeetAt, l.Place} {
				if s != "" {
					out += ", " + s
				}
			}
			return out
		}})
	} else {
		cols = append(cols, ui.Column[conversations.Line]{Head: "Asked on", Text: func(l conversations.Line) string { return shortDay(l.InvitedOn) }})
	}
	return append(cols,
		ui.Column[conversations.Line]{Head: "Key teacher", Text: func(l conversations.Line) string { return l.KeyTeacher }},
		ui.Column[conversations.Line]{Head: "Next", NoPrint: true, Cell: func(l conversations.Line) templ.Component { return talkNext(p, l) }})
}

func pupilPanel(p roll.Pupil, t conversations.PupilTalks) web.Component {
	return pupilPanelView(p.Name(), t)
}
