package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

type adultKey = roll.Adult

// home is the adult's own page.
func (h handlers) home(q *web.Req) error {
	own, err := h.s.HomeOf(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	a, err := h.about(q)
	if err != nil {
		return err
	}
	name := family.FirstName(own.Adult)
	d := leaf(q, a, put(tHello, say.Args{"name": name}))
	return q.Page(homePage(d, own, name))
}

func (h handlers) child(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	c, err := h.s.ChildOf(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	a, err := h.about(q)
	if err != nil {
		return err
	}
	return q.Page(childPage(leaf(q, a, put(tHeldChild, say.Args{"school": a.org, "child": c.Child.Pupil.Name()})), c))
}

func (h handlers) me(q *web.Req) error {
	m, err := h.s.MeOf(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	a, err := h.about(q)
	if err != nil {
		return err
	}
	return q.Page(mePage(leaf(q, a, put(tHeldYou, say.Args{"school": a.org})), m, h.s.DB.Clock().Zone()))
}

// ownField is one input of the form of wishes.
type ownField struct {
	Name, Field, Was, Value string
	Label, Hint             string
	Type, Mode, Complete    string
	Error                   string
	Area                    bool
}

// changeForm asks what should be different.
func (h handlers) changeForm(q *web.Req) error { return h.showChange(q, nil, nil) }

func (h handlers) showChange(q *web.Req, sent url.Values, slips family.Slips) error {
	m, err := h.s.MeOf(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	a, err := h.about(q)
	if err != nil {
		return err
	}
	d := leaf(q, a, put(tChange))
	fields := ownFields(d.Lang, m.Adult)
	for i := range fields {
		f := &fields[i]
		if sent != nil {
			f.Value = strings.TrimSpace(sent.Get(f.Name))
		}
		for _, s := range slips {
			if s.Field == f.Name {
				f.Error = slipWords(d.Lang, s)
				d.Errors.Add(f.Name, f.Error)
			}
		}
	}
	if sent == nil {
		return q.Page(changePage(d, fields))
	}
	if len(slips) == 0 {
		d.Errors.Add("", d.Lang.Put(tUnchanged))
	}
	return q.Again(changePage(d, fields))
}

func slipWords(l say.Lang, s family.Slip) string {
	switch s.Kind {
	case family.BadPhone:
		return l.Put(tErrPhone, say.Args{"value": s.Value})
	case family.BadEmail:
		return l.Put(tErrEmail, say.Args{"value": s.Value})
	case family.NoName:
		return l.Put(tErrName)
	case family.Stale:
		return l.Put(tErrStale)
	}
	return l.Put(tErrLong)
}

// ownFields are the inputs, with what the school holds. A phone or an e-mail is named by what it was, so that one that moved up is not taken for another.
func ownFields(l say.Lang, a roll.Adult) (out []ownField) {
	one := func(field, value string, f ownField) {
		f.Name, f.Field, f.Was, f.Value, f.Label = field, field, value, value, l.Put(tFields[field])
		out = append(out, f)
	}
	one("name", a.Name, ownField{Complete: "name"})
	ways := func(kind, mode, complete string, more say.Msg) {
		n := 0
		for _, c := range a.Channels {
			if c.Kind != kind {
				continue
			}
			n++
			label := l.Put(tFields[kind])
			if n > 1 {
				label = fmt.Sprintf("%s %d", label, n)
			}
			out = append(out, ownField{Name: fmt.Sprintf("%s_%d", kind, n), Field: kind, Was: c.Value, Value: c.Value, Label: label, Hint: l.Put(tEmptyRemoves), Type: mode, Mode: mode, Complete: complete})
		}
		label := l.Put(more)
		if n == 0 {
			label = l.Put(tFields[kind])
		}
		out = append(out, ownField{Name: kind + "_new", Field: kind, Label: label, Type: mode, Mode: mode, Complete: complete})
	}
	ways("phone", "tel", "tel", tAnother)
	ways("email", "email", "email", tAnotherEmail)
	one("address", a.Address, ownField{Area: true, Complete: "street-address"})
	one("postcode", a.Postcode, ownField{Complete: "postal-code"})
	one("speaks", a.Speaks, ownField{})
	one("reads", a.Reads, ownField{})
	one("needs", a.Needs, ownField{Area: true})
	return out
}

func (h handlers) change(q *web.Req) error {
	m, err := h.s.MeOf(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	sent := url.Values{}
	var wishes []family.FormWish
	for _, f := range ownFields(say.Tongue("en"), m.Adult) {
		value, was := q.Text(f.Name), q.Text("was_"+f.Name)
		sent.Set(f.Name, value)
		if !q.R.Form.Has(f.Name) || strings.TrimSpace(value) == strings.TrimSpace(was) {
			continue
		}
		// What the form showed is compared with what is held now, so that a wish from an old page never hits another phone.
		wishes = append(wishes, family.FormWish{Name: f.Name, OwnChange: roll.OwnChange{Field: f.Field, Was: was, Wish: value}})
	}
	n, err := h.s.Propose(q.Context(), q.Pass, wishes)
	var slips family.Slips
	switch {
	case errors.As(err, &slips):
		return h.showChange(q, sent, slips)
	case err != nil:
		return err
	case n == 0:
		return h.showChange(q, sent, nil)
	}
	a, err := h.about(q)
	if err != nil {
		return err
	}
	return q.Go(MePath, tongueOf(q, a.tongue).Put(tSent))
}

func (h handlers) withdraw(q *web.Req) error {
	id, err := web.PathID[family.Wish](q, "wish")
	if err != nil {
		return err
	}
	if err := h.s.Withdraw(q.Context(), q.Pass, id); err != nil {
		return err
	}
	a, err := h.about(q)
	if err != nil {
		return err
	}
	return q.Go(MePath, tongueOf(q, a.tongue).Put(tTakenBack))
}

func (h handlers) devices(q *web.Req) error {
	list, err := h.s.DevicesOf(q.Context(), q.Pass, family.Token(q.R))
	if err != nil {
		return err
	}
	a, err := h.about(q)
	if err != nil {
		return err
	}
	return q.Page(devicesPage(leaf(q, a, put(tDevices)), list, h.s.DB.Clock().Zone(), q.Pass.Who().Name))
}

func (h handlers) forgetDevice(q *web.Req) error {
	a, err := h.about(q)
	if err != nil {
		return err
	}
	l := tongueOf(q, a.tongue)
	reader := web.FormID[family.Reader](q, "reader")
	if reader.Zero() && !q.Checked("all") {
		return fault.Gone("device")
	}
	if _, err := h.s.Forget(q.Context(), q.Pass, reader); err != nil {
		return err
	}
	if _, still, err := h.s.Identify(q.R); err != nil || !still {
		forget(q)
		return q.Go(EnterPath, l.Put(tClosed))
	}
	return q.Go(DevicesPath, l.Put(tForgotten))
}

// names are the readers of a device to choose from, with their schools where there are several.
func names(list []family.Choice) (out []ui.LeafOption) {
	several := slices.ContainsFunc(list, func(c family.Choice) bool { return c.School != list[0].School })
	for _, c := range list {
		o := ui.LeafOption{Value: c.Reader.String(), Label: c.First}
		if several {
			o.Label += ", " + c.School
		}
		out = append(out, o)
	}
	return out
}

func birthQuestion(l say.Lang, f family.Fact) string {
	if f.Several {
		return l.Put(tBirthSeveral)
	}
	return l.Put(tBirth)
}

func otherFact(asked family.Question, next string) string {
	v := url.Values{"ask": {string(asked.Others[0])}, "reader": {asked.Reader.String()}}
	// Three facts go round: each page offers the one after its own.
	if len(asked.Others) > 1 && asked.Fact.Kind == family.Postcode {
		v.Set("ask", string(asked.Others[1]))
	}
	if next = within(next); next != EnterPath {
		v.Set("next", next)
	}
	return factPath + "?" + v.Encode()
}

// line is one row of what is held.
type line struct{ label, value, lang string }

func answer(l say.Lang, b *bool) string {
	switch {
	case b == nil:
		return l.Put(tNotKnown)
	case *b:
		return l.Put(tYes)
	}
	return l.Put(tNo)
}

func responsibility(l say.Lang, s string) string {
	switch s {
	case "yes":
		return l.Put(tYes)
	case "no":
		return l.Put(tNo)
	}
	return l.Put(tNotKnown)
}

func held(l say.Lang, rows ...line) (out []line) {
	for _, r := range rows {
		if strings.TrimSpace(r.value) == "" {
			r.value, r.lang = l.Put(tNotKnown), ""
		}
		out = append(out, r)
	}
	return out
}

// childLines is the roll's part. What is not known is said, so that a parent sees that it is missing.
func childLines(l say.Lang, c family.ChildPage) []line {
	p := c.Child.Pupil
	rows := []line{{label: l.Put(tName), value: strings.TrimSpace(p.Forename + " " + p.Surname)}}
	if p.KnownAs != "" && p.KnownAs != p.Forename {
		rows = append(rows, line{label: l.Put(tKnownAs), value: p.KnownAs})
	}
	rows = append(rows, line{label: l.Put(tBorn), value: l.Day(p.DateOfBirth)}, line{label: l.Put(tYearGroup), value: p.Year})
	var classes []string
	for _, x := range c.Places {
		classes = append(classes, x.Title)
	}
	rows = append(rows, line{label: l.Put(tClasses), value: strings.Join(classes, ", ")})
	if c.Home {
		rows = append(rows, line{label: l.Put(tAddress), value: strings.Trim(strings.ReplaceAll(p.Address, "\n", ", ")+", "+p.Postcode, ", ")})
	}
	rows = append(rows, line{label: l.Put(tFirstTongue), value: p.FirstLanguage, lang: "en"}, line{label: l.Put(tSen), value: senWords(l, p.Sen)},
		line{label: l.Put(tMeals), value: answer(l, p.Fsm)}, line{label: l.Put(tNumber), value: p.UPN})
	return held(l, rows...)
}

func senWords(l say.Lang, code string) string {
	switch code {
	case "K", "A", "P", "S":
		return l.Put(tSenSupport)
	case "E":
		return l.Put(tSenPlan)
	case "N":
		return l.Put(tSenNone)
	}
	return ""
}

func tieLines(l say.Lang, c family.ChildPage) []line {
	t, child := c.Child.Relation.Tie, say.Args{"child": c.Child.Pupil.Name()}
	rows := []line{{label: l.Put(tRelation), value: t.Relationship, lang: "en"}, {label: l.Put(tResponsible), value: responsibility(l, t.Responsibility)},
		{label: l.Put(tLivesWith, child), value: answer(l, t.LivesWith)}}
	if t.Priority != nil {
		rows = append(rows, line{label: l.Put(tCallOrder), value: l.Number(int64(*t.Priority))})
	}
	return held(l, rows...)
}

func meLines(l say.Lang, a roll.Adult) []line {
	rows := []line{{label: l.Put(tName), value: a.Name}}
	for _, c := range a.Channels {
		label := tPhoneRow
		if c.Kind == "email" {
			label = tEmailRow
		}
		rows = append(rows, line{label: l.Put(label), value: c.Value})
	}
	for _, kind := range []string{"phone", "email"} {
		if !slices.ContainsFunc(a.Channels, func(c roll.Channel) bool { return c.Kind == kind }) {
			rows = append(rows, line{label: l.Put(tFields[kind])})
		}
	}
	rows = append(rows, line{label: l.Put(tAddress), value: a.Address}, line{label: l.Put(tPostcodeRow), value: a.Postcode},
		line{label: l.Put(tSpeaks), value: a.Speaks, lang: "en"}, line{label: l.Put(tReads), value: a.Reads, lang: "en"},
		line{label: l.Put(tInterpreter), value: answer(l, a.Interpreter)}, line{label: l.Put(tNeeds), value: a.Needs})
	return held(l, rows...)
}

func sectionLines(l say.Lang, s family.Section) (out []line) {
	for _, r := range s.Lines {
		value, lang := r.Value, "en"
		label := l.Put(r.Label, r.Args)
		switch {
		case r.Day != "" && value == "":
			value, lang = l.Day(r.Day), ""
		case r.Day != "": // the label says when
			label = l.Put(r.Label, r.Args, say.Args{"day": l.Day(r.Day)})
		case value == "":
			value, lang = l.Put(r.Said, r.Told), ""
		}
		out = append(out, line{label: label, value: value, lang: lang})
	}
	return held(l, out...)
}

func roleList(l say.Lang, roles []access.Role) string {
	var words []string
	for _, r := range roles {
		if m, ok := tRoles[r]; ok {
			words = append(words, l.Put(m))
		}
	}
	return l.And(words)
}

func personWords(l say.Lang, p family.Person) string {
	switch p.Part {
	case "key_teacher":
		return l.Put(tPartWords, say.Args{"name": p.Name, "part": l.Put(tPartKey)})
	case "family_worker":
		return l.Put(tPartWords, say.Args{"name": p.Name, "part": l.Put(tPartFamily)})
	case "cover":
		return l.Put(tPartWords, say.Args{"name": p.Name, "part": l.Put(tPartCover)})
	}
	return l.Put(tTeaches, say.Args{"name": p.Name, "class": p.Class})
}

func childWords(l say.Lang, c roll.TiedPupil) string {
	if _, err := strconv.Atoi(c.Pupil.Year); err != nil {
		return c.Form // reception and nursery have no number
	}
	if c.Form == "" {
		return l.Put(tYearOnly, say.Args{"year": c.Pupil.Year})
	}
	return l.Put(tYearForm, say.Args{"year": c.Pupil.Year, "form": c.Form})
}

func wishWords(l say.Lang, w family.Wish) string {
	switch {
	case w.Was == "":
		return l.Put(tAdded, say.Args{"new": w.To})
	case w.To == "":
		return l.Put(tRemoved, say.Args{"old": w.Was})
	}
	return l.Put(tFromTo, say.Args{"old": w.Was, "new": w.To})
}

func dayIn(ms int64, zone *time.Location) string {
	return time.UnixMilli(ms).In(zone).Format(time.DateOnly)
}

func settledDay(w family.Wish, zone *time.Location) string {
	if w.SettledMs == nil {
		return ""
	}
	return dayIn(*w.SettledMs, zone)
}

func deviceName(l say.Lang, d family.Device) string {
	if d.Name == "" {
		return l.Put(tSomeDevice)
	}
	return d.Name
}

func itemLinks(l say.Lang, items []family.ChildItem, several bool) (out []ui.LeafLink) {
	for _, i := range items {
		note := ""
		if i.Note.Key() != "" {
			note = l.Put(i.Note, i.Told)
		}
		if i.New {
			note = strings.TrimSpace(l.Put(tNew) + " " + note)
		}
		if several {
			note = strings.TrimSpace(l.Apart(i.Child) + " " + note)
		}
		out = append(out, ui.LeafLink{Text: l.Put(i.Title, i.Args), Note: note, Href: i.Path})
	}
	return out
}

func childLinks(l say.Lang, list []roll.TiedPupil) (out []ui.LeafLink) {
	for _, c := range list {
		out = append(out, ui.LeafLink{Text: l.Put(tChildOpen, say.Args{"child": c.Pupil.Name()}), Note: childWords(l, c), Href: ChildPath(c.Pupil.ID)})
	}
	return out
}

func meLinks(l say.Lang, own family.Home) []ui.LeafLink {
	note := ""
	if own.Waiting > 0 {
		note = l.Put(tWaiting, say.Args{"n": own.Waiting})
	}
	out := []ui.LeafLink{{Text: l.Put(tYouOpen), Note: note, Href: MePath}, {Text: l.Put(tDevices), Href: DevicesPath}}
	if own.Others {
		out = append(out, ui.LeafLink{Text: l.Put(tAllChildren), Href: SchoolsPath})
	}
	return out
}
