package web

import (
	"slices"
	"strings"

	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// pupilView is a record with what this person may do about it.
type pupilView struct {
	roll.Record
	CanEdit, CanOrder bool
	CanTies           bool // change who is tied to the child: not for one's own
}

func (h *handlers) pupil(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	r, err := h.s.Open(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	v := pupilView{Record: r, CanEdit: may(q, roll.Edit), CanOrder: may(q, roll.Orders) && r.OwnChild == "", CanTies: may(q, roll.Edit) && r.OwnChild == ""}
	// Whoever has an order in force stands first, since nobody may overlook it; then those of today, in order of contact.
	slices.SortStableFunc(v.Relations, func(a, b roll.Relation) int { return v.rank(a) - v.rank(b) })
	d := page(q, r.Pupil.Name(), ui.Link{Text: "Find", Href: "/search"})
	d.Wide = true
	return q.Page(pupilPage(d, v))
}

func (v pupilView) rank(r roll.Relation) int {
	switch {
	case r.Tie.Ends < v.Today:
		return 2
	case len(r.InForceOn(v.Today)) > 0:
		return 0
	}
	return 1
}

// caption is the line above the name: year, form, age.
func (v pupilView) caption() string {
	out := []string{roll.YearGroup(v.Pupil.Year).Words()}
	if v.Form != "" {
		out = append(out, v.Form)
	}
	if a := v.Pupil.AgeToday(v.Today); a != "" {
		out = append(out, a)
	}
	return strings.Join(out, ", ")
}

// registered is the registered name where the child is called otherwise.
func (v pupilView) registered() string {
	if v.Pupil.KnownAs == "" || v.Pupil.KnownAs == v.Pupil.Forename {
		return ""
	}
	return strings.TrimSpace(v.Pupil.Forename + " " + v.Pupil.Surname)
}

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "Yes"
	}
	return "No"
}

func (v pupilView) change(field string) []ui.Link {
	if !v.CanEdit {
		return nil
	}
	return []ui.Link{{Text: "Change", Href: pupilEditPath(v.Pupil.ID, field)}}
}

func (v pupilView) source(record string, row int64, fields ...string) string {
	for _, f := range fields {
		if h, ok := v.HandOn(record, row, f); ok {
			return "set by hand by " + h.ByName + ", " + dayOf(h.AtMs)
		}
	}
	return ""
}

func (v pupilView) facts() []ui.SummaryRow {
	p := v.Pupil
	row := func(field, value string) ui.SummaryRow {
		return ui.SummaryRow{Key: roll.FieldWords(field), Value: value, Source: v.source("pupil", int64(p.ID), field), Actions: v.change(field)}
	}
	born := day(p.DateOfBirth)
	sen := ""
	if p.Sen != "" {
		sen = roll.SENProvision(p.Sen).Words()
	}
	sex := ""
	if p.Sex != "" {
		sex = roll.Sex(p.Sex).Words()
	}
	address := strings.TrimSpace(p.Address + "\n" + p.Postcode)
	rows := []ui.SummaryRow{row("date_of_birth", born), row("sex", sex), row("first_language", p.FirstLanguage), row("eal", yesNo(p.Eal)), row("sen", sen),
		row("fsm", yesNo(p.Fsm)), row("pupil_premium", yesNo(p.PupilPremium)), row("looked_after", yesNo(p.LookedAfter)), row("young_carer", yesNo(p.YoungCarer)),
		row("upn", p.UPN), row("address", strings.Join(strings.Fields(strings.ReplaceAll(address, "\n", ", ")), " "))}
	if len(v.HomeHidden) > 0 && address != "" {
		rows[len(rows)-1].Content = hiddenAddress(rows[len(rows)-1].Value, v.HomeHidden)
	}
	rows = append(rows, ui.SummaryRow{Key: "School's own number", Value: p.LocalID})
	if s := span(p.Starts, p.Ends); s != "" {
		rows = append(rows, ui.SummaryRow{Key: "On the roll", Value: s, Actions: v.change("ends")})
	}
	return rows
}

// lettersText says whether letters go to the adult, and why not.
func lettersText(r roll.Relation) string {
	switch {
	case r.Adult.Wants("calls"):
		return "No: they asked for a call instead"
	case r.Tie.Letters == nil:
		return "Yes, unless they ask not to"
	case *r.Tie.Letters:
		return "Yes"
	}
	return "No: called instead"
}

// tieFacts are the lines of one adult's card.
func (v pupilView) tieFacts(r roll.Relation) []ui.SummaryRow {
	t, a := r.Tie, r.Adult
	var tie, adult []ui.Link
	if v.CanEdit {
		tie = []ui.Link{{Text: "Change", Href: tieEditPath(v.Pupil.ID, t.ID)}}
		adult = []ui.Link{{Text: "Change", Href: AdultEditPath(v.Pupil.ID, a.ID)}}
	}
	answer := map[string]string{"yes": "Yes", "no": "No", "unknown": ""}[t.Responsibility]
	priority := ""
	if t.Priority != nil {
		priority = plural(*t.Priority, "", "")
		priority = strings.TrimSpace(priority)
	}
	secret := v.NotGiven[a.ID]
	address := strings.Join(strings.Fields(strings.ReplaceAll(strings.TrimSpace(a.Address+"\n"+a.Postcode), "\n", ", ")), " ")
	tieRow := func(field, value string) ui.SummaryRow {
		return ui.SummaryRow{Key: roll.FieldWords(field), Value: value, Source: v.source("tie", int64(t.ID), field), Actions: tie}
	}
	adultRow := func(key, value string, fields ...string) ui.SummaryRow {
		return ui.SummaryRow{Key: key, Value: value, Source: v.source("adult", int64(a.ID), fields...), Actions: adult}
	}
	guarded := func(row ui.SummaryRow) ui.SummaryRow {
		if len(secret) > 0 && row.Value != "" {
			row.Content = hiddenAddress(row.Value, secret)
		}
		return row
	}
	rows := []ui.SummaryRow{
		tieRow("relationship", t.Relationship),
		{Key: roll.FieldWords("responsibility"), Value: answer, Source: v.HowWeKnow(r, dayOf), Actions: tie},
		tieRow("priority", priority),
		tieRow("emergency", yesNo(t.Emergency)),
		{Key: roll.FieldWords("lives_with"), Value: t.LivesText(), Source: v.source("tie", int64(t.ID), "lives_with", "stays", "stays_words"), Actions: tie},
		tieRow("letters", lettersText(r)),
		adultRow("Speaks", a.Speaks, "speaks"), adultRow("Reads", a.Reads, "reads"), adultRow("Needs an interpreter", yesNo(a.Interpreter), "interpreter"),
		guarded(adultRow("Phone", a.Ways("phone"), "phone")), guarded(adultRow("E-mail", a.Ways("email"), "email")),
		guarded(adultRow("Address", address, "address", "postcode")),
	}
	if w := a.HelpWords(); w != "" {
		rows = append(rows, adultRow("What helps them take part", w, "helps", "needs"))
	}
	if s := span(t.Starts, t.Ends); s != "" {
		rows = append(rows, ui.SummaryRow{Key: "Tied to this child", Value: s, Actions: tie})
	}
	return rows
}

// handWords names the field of a hand, with the adult where it is about one.
func (v pupilView) handWords(h roll.Hand) string {
	w := roll.FieldWords(h.Field)
	for _, r := range v.Relations {
		if h.Record == "adult" && int64(r.Adult.ID) == h.RowID || h.Record == "tie" && int64(r.Tie.ID) == h.RowID {
			return r.Adult.Name + ": " + strings.ToLower(w[:1]) + w[1:]
		}
	}
	return w
}

// rowKey writes the key of a row of any kind for a form.
func rowKey(id int64) string { return ids.ID[roll.Hand](id).String() }

func (h *handlers) keepUPN(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	if err := h.s.KeepUPN(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(PupilPath(id), "The number is kept as it is.")
}

func (h *handlers) release(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	row := web.FormID[roll.Hand](q, "row")
	field := q.Text("field")
	if err := h.s.Release(q.Context(), q.Pass, id, q.Text("record"), int64(row), field); err != nil {
		return err
	}
	return q.Go(PupilPath(id), roll.FieldWords(field)+" was released. The next import may change it.")
}
