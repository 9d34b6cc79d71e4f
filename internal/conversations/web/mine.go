package web

import (
	"ajar/internal/admin"
	"ajar/internal/conversations"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
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

// coveringLines say for whom the person stands in, one line a colleague.
func coveringLines(list []roll.StandingIn) (out []string) {
	n := map[string]int{}
	var order []roll.StandingIn
	for _, c := range list {
		if key := c.Name + c.Ends; n[key] == 0 {
			order = append(order, c)
		}
		if c.PupilID != nil {
			n[c.Name+c.Ends]++
		} else {
			n[c.Name+c.Ends] += 1 << 20 // all of them, whatever else was said
		}
	}
	for _, c := range order {
		text := "You cover for " + c.Name
		if k := n[c.Name+c.Ends]; k < 1<<20 {
			text += ", for " + plural(k, "pupil", "pupils")
		}
		if c.Ends < roll.ForGood {
			text += ", until " + day(c.Ends)
		}
		out = append(out, text+". What waits for them stands here too, and goes back to them by itself.")
	}
	return out
}

func mineStart(p access.Pass) ui.ButtonData {
	if p.Scope(conversations.Plan) == access.All {
		return ui.ButtonData{Text: "Plan a programme", Href: NewProgrammePath}
	}
	return ui.ButtonData{Text: "See the programmes", Href: ProgrammesPath, Kind: ui.Secondary}
}

func toRecordColumns(p access.Pass) []ui.Column[conversations.Line] {
	cols := talkColumns(p, true)
	cols[len(cols)-1] = ui.Column[conversations.Line]{Head: "Did it take place?", NoPrint: true, Cell: func(l conversations.Line) templ.Component { return tookPlace(p, l) }}
	return cols
}

// homePanel is on the first page of everyone who works with conversations.
func homePanel() admin.HomePanel {
	return admin.HomePanel{Order: 10, Need: conversations.See, Show: func(tx *db.Tx) (web.Component, error) {
		d, err := conversations.DeskIn(tx)
		if err != nil || d.Empty() && !d.Office {
			return nil, err
		}
		return homePanelView(d), nil
	}}
}

// figuresPanel leads those who see figures and no names to what they came for.
func figuresPanel() admin.HomePanel {
	return admin.HomePanel{Order: 11, Need: conversations.Cover, Show: func(tx *db.Tx) (web.Component, error) {
		if tx.Pass().Scope(conversations.Cover) != access.Counts {
			return nil, nil
		}
		return figuresPanelView(), nil
	}}
}

func deskLines(d conversations.Desk) []string {
	var out []string
	for _, x := range []struct {
		n         int
		one, many string
	}{
		{d.Remarks, "family wrote by their link and waits for an answer", "families wrote by their link and wait for an answer"},
		{d.ToRecord, "talk has had its day: say whether it took place", "talks have had their day: say whether they took place"},
		{d.ThisWeek, "talk in the next seven days", "talks in the next seven days"},
		{d.ToWriteUp, "talk waits to be written up", "talks wait to be written up"},
		{d.DueReviews, "target to look at again", "targets to look at again"},
		{d.Asks, "colleague would like to hear from you", "colleagues would like to hear from you"},
		{d.Letters, "letter to print", "letters to print"},
		{d.Calls, "family to call: no reply yet", "families to call: no reply yet"},
	} {
		if x.n > 0 {
			out = append(out, plural(x.n, x.one, x.many))
		}
	}
	return out
}

func coveredLine(d conversations.Desk) string {
	c := d.Covered
	if c.Invited+c.ToCome+c.NotInvited == 0 {
		return d.Programme + ": no family has been chosen yet."
	}
	return d.Programme + ": of " + ui.Thousands(c.Invited) + " invited, " + ui.Thousands(c.Reached) + " reached and " + ui.Thousands(c.Held) + " held; " + ui.Thousands(c.ToCome) + " with a time agreed, " + ui.Thousands(c.NotInvited) + " not invited yet."
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
