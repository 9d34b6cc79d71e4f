package web

import (
	"slices"
	"strconv"

	"ajar/internal/conversations"
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

func mayPlan(p access.Pass) bool { return p.Scope(conversations.Plan) == access.All }

func (h pages) programmes(q *web.Req) error {
	list, err := h.s.Programmes(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(programmesPage(ui.From(q, "Programmes of conversations"), q.Pass, list))
}

func programmeColumns() []ui.Column[conversations.ProgrammeLine] {
	return []ui.Column[conversations.ProgrammeLine]{
		{Head: "Programme", RowHead: true, Cell: func(l conversations.ProgrammeLine) templ.Component { return programmeLink(l) }},
		{Head: "From", Text: func(l conversations.ProgrammeLine) string { return day(l.Starts) }},
		{Head: "To", Text: func(l conversations.ProgrammeLine) string { return day(l.Ends) }},
		{Head: "Pupils", Numeric: true, Text: func(l conversations.ProgrammeLine) string { return ui.Thousands(l.Pupils) }},
		{Head: "Rounds", Numeric: true, Text: func(l conversations.ProgrammeLine) string { return strconv.Itoa(l.Rounds) }},
	}
}

// programmeForm is the form of a new programme as it was typed, with the pupils a cohort sent along.
type programmeForm struct {
	Name, Starts, Ends string
	Cohort, CohortName string
	Pupils             []string
}

func (f programmeForm) from() string {
	if f.CohortName == "" {
		return ""
	}
	return " from the cohort " + f.CohortName
}

func readProgrammeForm(q *web.Req) programmeForm {
	return programmeForm{Name: q.Text("name"), Starts: q.Text("starts"), Ends: q.Text("ends"), Cohort: q.Text("cohort"), CohortName: q.Text("cohort_name"), Pupils: q.Texts("pupil")}
}

func (h pages) newProgramme(q *web.Req) error {
	return q.Page(newProgrammePage(ui.From(q, "Plan a programme"), readProgrammeForm(q)))
}

func (h pages) addProgramme(q *web.Req) error {
	f := readProgrammeForm(q)
	again := func(err error) error {
		d := ui.From(q, "Plan a programme")
		if d.Errors = ui.ErrorsOf(err); len(d.Errors) == 0 {
			return err
		}
		return q.Again(newProgrammePage(d, f))
	}
	pr := conversations.Programme{Name: f.Name, Starts: typed(f.Starts), Ends: typed(f.Ends), CohortName: f.CohortName}
	if id, err := ids.Parse[struct{}](f.Cohort); err == nil {
		n := int64(id)
		pr.CohortID = &n
	}
	id, err := h.s.AddProgramme(q.Context(), q.Pass, pr, nil)
	if err != nil {
		return again(err)
	}
	n, err := h.s.Choose(q.Context(), q.Pass, id, pupilIDs(f.Pupils))
	if err != nil {
		return err
	}
	flash := "The programme is made. Now choose its pupils."
	if n > 0 {
		flash = "The programme is made, with " + plural(n, "pupil", "pupils") + "."
	}
	return q.Go(ProgrammePath(id), flash)
}

func pupilIDs(list []string) []roll.PupilID {
	var out []roll.PupilID
	for _, s := range list {
		if id, err := ids.Parse[roll.Pupil](s); err == nil && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

type programmeView struct {
	Programme conversations.Programme
	Rounds    []conversations.Round
	Families  []conversations.Line
	Staff     []roll.Staff
	Slots     int
	Plan      bool
	Send      bool
	Round     conversations.Round // the round being added, as typed
}

func (h pages) programme(q *web.Req) error { return h.showProgramme(q, conversations.Round{}, nil) }

func (h pages) showProgramme(q *web.Req, typedRound conversations.Round, cause error) error {
	id, err := web.PathID[conversations.Programme](q, "programme")
	if err != nil {
		return err
	}
	v := programmeView{Plan: mayPlan(q.Pass), Send: h.maySend(q.Pass), Round: typedRound}
	if v.Programme, v.Rounds, err = h.s.Programme(q.Context(), q.Pass, id); err != nil {
		return err
	}
	list, err := h.s.Lines(q.Context(), q.Pass, conversations.Filter{Programme: id})
	if err != nil {
		return err
	}
	v.Families = families(list)
	v.Slots = len(list)
	if v.Staff, err = h.s.Staff(q.Context(), q.Pass); err != nil {
		return err
	}
	d := ui.From(q, v.Programme.Name)
	d.Wide = true
	d.Breadcrumbs = []ui.Link{{Text: "Conversations", Href: MinePath}, {Text: "Programmes", Href: ProgrammesPath}}
	if cause != nil {
		if d.Errors = ui.ErrorsOf(cause); len(d.Errors) == 0 {
			return cause
		}
		return q.Again(programmePage(d, v))
	}
	return q.Page(programmePage(d, v))
}

// families keeps one line for each family: the last one, whose key teacher is today's.
func families(list []conversations.Line) []conversations.Line {
	type who struct {
		pupil roll.PupilID
		adult string
	}
	at := map[who]int{}
	var out []conversations.Line
	for _, l := range list {
		k := who{l.PupilID, l.AdultName}
		if i, ok := at[k]; ok {
			out[i] = l
			continue
		}
		at[k] = len(out)
		out = append(out, l)
	}
	return out
}

func familyColumns(plan bool) []ui.Column[conversations.Line] {
	var cols []ui.Column[conversations.Line]
	if plan {
		cols = append(cols, ui.Column[conversations.Line]{Head: "Choose", NoPrint: true, Cell: func(l conversations.Line) templ.Component { return familyCheck(l) }})
	}
	return append(cols,
		ui.Column[conversations.Line]{Head: "Child", RowHead: true, Cell: func(l conversations.Line) templ.Component { return talkLink(l) }},
		ui.Column[conversations.Line]{Head: "Year", Text: func(l conversations.Line) string { return yearWords(l.Year) }},
		ui.Column[conversations.Line]{Head: "Key teacher", Text: func(l conversations.Line) string {
			if l.KeyTeacher == "" {
				return "Nobody named yet"
			}
			return l.KeyTeacher
		}})
}

func chooseLink(v programmeView) []ui.Link {
	if !v.Plan {
		return nil
	}
	return []ui.Link{{Text: "Choose pupils", Href: ChoosePath(v.Programme.ID)}}
}

func chooseButton(v programmeView) ui.ButtonData {
	if !v.Plan {
		return ui.ButtonData{}
	}
	return ui.ButtonData{Text: "Choose pupils", Href: ChoosePath(v.Programme.ID)}
}

type chooseView struct {
	Programme conversations.Programme
	Group     conversations.Group
	Class     string
	Years     []ui.Option
	Classes   []ui.Option
	Pupils    []roll.Pupil
	In        map[roll.PupilID]bool
	Asked     bool
}

func (h pages) choosePupils(q *web.Req) error {
	id, err := web.PathID[conversations.Programme](q, "programme")
	if err != nil {
		return err
	}
	v := chooseView{Class: q.Text("class"), Group: conversations.Group{Year: q.Text("year"), Class: web.FormID[roll.Class](q, "class")}, In: map[roll.PupilID]bool{}}
	if v.Programme, _, err = h.s.Programme(q.Context(), q.Pass, id); err != nil {
		return err
	}
	years, classes, err := h.s.Groups(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	slices.SortFunc(years, func(a, b string) int { return roll.YearGroup(a).Order() - roll.YearGroup(b).Order() })
	for _, y := range years {
		v.Years = append(v.Years, ui.Option{Value: y, Label: yearWords(y)})
	}
	for _, c := range classes {
		v.Classes = append(v.Classes, ui.Option{Value: c.ID.String(), Label: c.Title})
	}
	if v.Group.Year != "" || v.Group.Class != 0 {
		v.Asked = true
		if v.Pupils, err = h.s.PupilsIn(q.Context(), q.Pass, v.Group); err != nil {
			return err
		}
		list, err := h.s.Lines(q.Context(), q.Pass, conversations.Filter{Programme: id})
		if err != nil {
			return err
		}
		for _, l := range list {
			v.In[l.PupilID] = true
		}
	}
	d := ui.From(q, "Choose pupils")
	d.Breadcrumbs = []ui.Link{{Text: "Programmes", Href: ProgrammesPath}, {Text: v.Programme.Name, Href: ProgrammePath(id)}}
	return q.Page(choosePage(d, v))
}

func chooseColumns(in map[roll.PupilID]bool) []ui.Column[roll.Pupil] {
	return []ui.Column[roll.Pupil]{
		{Head: "Choose", Cell: func(p roll.Pupil) templ.Component { return chooseCheck(p, in[p.ID]) }},
		{Head: "Child", RowHead: true, Text: func(p roll.Pupil) string { return p.ListName() }},
		{Head: "Year", Text: func(p roll.Pupil) string { return yearWords(p.Year) }},
	}
}

// choose takes pupils in: those ticked, or the whole list shown. The page of a cohort posts here too, with the field pupil once for each.
func (h pages) choose(q *web.Req) error {
	id, err := web.PathID[conversations.Programme](q, "programme")
	if err != nil {
		return err
	}
	pupils := pupilIDs(q.Texts("pupil"))
	if q.Checked("all") {
		list, err := h.s.PupilsIn(q.Context(), q.Pass, conversations.Group{Year: q.Text("year"), Class: web.FormID[roll.Class](q, "class")})
		if err != nil {
			return err
		}
		for _, p := range list {
			pupils = append(pupils, p.ID)
		}
	}
	n, err := h.s.Choose(q.Context(), q.Pass, id, pupils)
	if err != nil {
		return err
	}
	flash := plural(n, "pupil was", "pupils were") + " taken in."
	if n == 0 {
		flash = "Nobody new was ticked, so nothing has changed."
	}
	return q.Go(ProgrammePath(id), flash)
}

func (h pages) assign(q *web.Req) error {
	id, err := web.PathID[conversations.Programme](q, "programme")
	if err != nil {
		return err
	}
	pupils := pupilIDs(q.Texts("pupil"))
	if len(pupils) == 0 {
		return h.showProgramme(q, conversations.Round{}, fault.Field("", "Tick the pupils first, then choose their key teacher."))
	}
	n, err := h.s.AssignKeyTeacher(q.Context(), q.Pass, web.FormID[roll.Staff](q, "staff"), pupils, "")
	if err != nil {
		return h.showProgramme(q, conversations.Round{}, err)
	}
	return q.Go(ProgrammePath(id), "A key teacher was named for "+plural(n, "pupil", "pupils")+".")
}

func (h pages) takeOut(q *web.Req) error {
	id, err := web.PathID[conversations.Programme](q, "programme")
	if err != nil {
		return err
	}
	var gone int64
	pupils := pupilIDs(q.Texts("pupil"))
	for _, p := range pupils {
		n, err := h.s.TakeOut(q.Context(), q.Pass, id, p)
		if err != nil {
			return err
		}
		gone += n
	}
	return q.Go(ProgrammePath(id), plural(int(gone), "conversation was", "conversations were")+" taken out. What had begun stays on record.")
}

func (h pages) addRound(q *web.Req) error {
	id, err := web.PathID[conversations.Programme](q, "programme")
	if err != nil {
		return err
	}
	r := conversations.Round{Title: q.Text("title"), Kind: q.Text("kind"), Opens: typed(q.Text("opens")), Closes: typed(q.Text("closes"))}
	round, err := h.s.AddRound(q.Context(), q.Pass, id, r)
	if err != nil {
		return h.showProgramme(q, r, err)
	}
	return q.Go(RoundPath(round), "The round is added.")
}

type roundView struct {
	Programme  conversations.Programme
	Round      conversations.Round
	All, Shown []conversations.Line
	Standing   string
	Year       string
	Years      []ui.Option
	Plan       bool
	InviteAll  bool
	NotInvited int
	Pass       access.Pass
}

func (v roundView) found() string {
	return plural(len(v.Shown), "family", "families") + " of " + ui.Thousands(len(v.All))
}

func standingOptions() []ui.Option {
	var out []ui.Option
	for _, s := range []conversations.Standing{conversations.NotInvited, conversations.NoReply, conversations.ToCome, conversations.Declined, conversations.DidNotCome, conversations.Held} {
		out = append(out, ui.Option{Value: string(s), Label: conversations.StandingWords[s]})
	}
	return out
}

func (h pages) round(q *web.Req) error { return h.showRound(q, nil) }

func (h pages) showRound(q *web.Req, cause error) error {
	id, err := web.PathID[conversations.Round](q, "round")
	if err != nil {
		return err
	}
	v := roundView{Pass: q.Pass, Standing: q.R.URL.Query().Get("standing"), Year: q.R.URL.Query().Get("year"), Plan: mayPlan(q.Pass), InviteAll: q.Pass.Scope(conversations.Invite) == access.All}
	if v.Programme, v.Round, v.All, err = h.s.Round(q.Context(), q.Pass, id, conversations.Filter{}); err != nil {
		return err
	}
	years := map[string]bool{}
	for _, l := range v.All {
		if l.Standing == conversations.NotInvited {
			v.NotInvited++
		}
		if !years[l.Year] {
			years[l.Year] = true
			v.Years = append(v.Years, ui.Option{Value: l.Year, Label: yearWords(l.Year)})
		}
		if (v.Standing == "" || string(l.Standing) == v.Standing) && (v.Year == "" || l.Year == v.Year) {
			v.Shown = append(v.Shown, l)
		}
	}
	slices.SortFunc(v.Years, func(a, b ui.Option) int {
		return roll.YearGroup(a.Value).Order() - roll.YearGroup(b.Value).Order()
	})
	d := ui.From(q, v.Round.Title)
	d.Wide = true
	d.Breadcrumbs = []ui.Link{{Text: "Conversations", Href: MinePath}, {Text: v.Programme.Name, Href: ProgrammePath(v.Programme.ID)}}
	if cause == nil {
		return q.Page(roundPage(d, v))
	}
	if d.Errors = ui.ErrorsOf(cause); len(d.Errors) == 0 {
		return cause
	}
	v.Round.Title, v.Round.Offered = q.Text("title"), q.Text("offered")
	return q.Again(roundPage(d, v))
}

func roundColumns(p access.Pass) []ui.Column[conversations.Line] {
	return []ui.Column[conversations.Line]{
		{Head: "Child", RowHead: true, Cell: func(l conversations.Line) templ.Component { return talkLink(l) }},
		{Head: "Year", Text: func(l conversations.Line) string { return yearWords(l.Year) }},
		{Head: "Where they stand", Cell: func(l conversations.Line) templ.Component { return talkStanding(l) }},
		{Head: "When", Text: func(l conversations.Line) string {
			switch {
			case l.OutcomeOn != "":
				return shortDay(l.OutcomeOn)
			case l.MeetOn != "":
				return shortDay(l.MeetOn) + " " + l.MeetAt
			}
			return ""
		}},
		{Head: "Asked on", Text: func(l conversations.Line) string { return shortDay(l.InvitedOn) }},
		{Head: "Key teacher", Text: func(l conversations.Line) string { return l.KeyTeacher }},
		{Head: "Next", NoPrint: true, Cell: func(l conversations.Line) templ.Component { return talkNext(p, l) }},
	}
}

func (h pages) editRound(q *web.Req) error {
	id, err := web.PathID[conversations.Round](q, "round")
	if err != nil {
		return err
	}
	if err := h.keeping(q).EditRound(q.Context(), q.Pass, id, q.Text("title"), typed(q.Text("opens")), typed(q.Text("closes")), q.Text("offered")); err != nil {
		if w, ok := conversations.AsWorry(err); ok {
			return h.holdBack(q, w)
		}
		return h.showRound(q, err)
	}
	return q.Go(RoundPath(id), "The round is changed.")
}

func (h pages) learned(q *web.Req) error {
	id, err := web.PathID[conversations.Round](q, "round")
	if err != nil {
		return err
	}
	if err := h.keeping(q).Learn(q.Context(), q.Pass, id, q.Text("learned")); err != nil {
		if w, ok := conversations.AsWorry(err); ok {
			return h.holdBack(q, w)
		}
		return err
	}
	return q.Go(RoundPath(id), "Saved.")
}

func (h pages) inviteAll(q *web.Req) error {
	id, err := web.PathID[conversations.Round](q, "round")
	if err != nil {
		return err
	}
	p, err := h.s.InviteAll(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	flash := plural(p.Invitations, "letter is", "letters are") + " ready for " + plural(p.Families, "family", "families") + "."
	if p.Invitations == 0 && p.Nobody == 0 {
		flash = "Everyone who can be asked has an invitation already."
	}
	if p.Barred > 0 {
		flash += " " + plural(p.Barred, "adult was", "adults were") + " left out because of an order."
	}
	if p.Nobody > 0 {
		flash += " " + plural(p.Nobody, "family has", "families have") + " nobody on the roll who can be asked by letter."
	}
	return q.Go(RoundPath(id), flash)
}

func (h pages) letters(q *web.Req) error {
	id, err := web.PathID[conversations.Round](q, "round")
	if err != nil {
		return err
	}
	l, err := h.s.LettersOf(q.Context(), q.Pass, id, !q.Checked("all"))
	if err != nil {
		return err
	}
	d := ui.DocData{Title: "Letters: " + l.Round.Title, Back: ui.Link{Text: "Back to the round", Href: RoundPath(id)}, Note: plural(len(l.List), "letter", "letters") + ", one for each adult with rights."}
	return q.Print("", 0, plural(len(l.List), "invitation letter", "invitation letters"), lettersPage(d, q.Frame.Org, l, h.s.DB.Clock().Today()))
}

func (h pages) lettersSent(q *web.Req) error {
	id, err := web.PathID[conversations.Round](q, "round")
	if err != nil {
		return err
	}
	n, err := h.s.LettersSent(q.Context(), q.Pass, id, typed(q.Text("on")))
	if err != nil {
		return h.showRound(q, err)
	}
	return q.Go(RoundPath(id), plural(n, "letter is", "letters are")+" marked as on the way.")
}

// callBy says how to reach an adult who is called, and what helps.
func callBy(a roll.Adult) string {
	out := a.Ways("phone")
	if out == "" {
		out = "no phone is known"
	}
	if a.Speaks != "" && roll.Fold(a.Speaks) != "english" {
		out += ", speaks " + a.Speaks
	}
	return out
}

func addressOf(x conversations.Letter) []string { return append([]string{x.Adult.Name}, x.Post...) }

func signedBy(x conversations.Letter, school string) []string {
	if x.Line.KeyTeacher == "" {
		return []string{school}
	}
	return []string{x.Line.KeyTeacher, school}
}

func offered(l conversations.Letters, x conversations.Letter) []string {
	if x.Invitation.Offered != "" {
		return lines(x.Invitation.Offered)
	}
	return lines(l.Round.Offered)
}

// languageLine offers the talk in the language the adult reads, where the school knows it. The language is never guessed.
func languageLine(x conversations.Letter) string {
	if x.Invitation.WriteIn == "" || roll.Fold(x.Invitation.WriteIn) == "english" {
		return "If you would like this letter in another language, or read out to you, please tell us."
	}
	return "You read " + x.Invitation.WriteIn + ": we can read this letter out to you in " + x.Invitation.WriteIn + ", and bring an interpreter to the talk. Please ring, or show this line to anyone at the school."
}
