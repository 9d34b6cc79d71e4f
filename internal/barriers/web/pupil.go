package web

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"ajar/internal/barriers"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// pupilView is what is counted for one pupil, with the labels that history needs for rules that have ended.
type pupilView struct {
	barriers.Account
	labels   map[string]string
	MayRules bool
	At       string // when it was printed
	By       access.Who
	Handing  roll.Handing // to whom the sheet may be given
}

func (h handlers) account(q *web.Req) (v pupilView, err error) {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return v, err
	}
	if v.Account, err = h.s.Account(q.Context(), q.Pass, id); err != nil {
		return v, err
	}
	all, err := h.s.All(q.Context(), q.Pass)
	if err != nil {
		return v, err
	}
	v.labels = map[string]string{}
	for _, r := range all {
		if r.ReplacedMs == nil {
			v.labels[r.Code] = r.Label
		}
	}
	clock := h.s.DB.Clock()
	v.MayRules, v.By, v.At = q.Pass.Scope(barriers.Rules) == access.All, q.Pass.Who(), clock.Now().In(clock.Zone()).Format("15:04 on 2 January 2006")
	return v, nil
}

func (v pupilView) label(code string) string { return cmp.Or(v.labels[code], code) }

func (v pupilView) labelsOf(codes []string) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = v.label(c)
	}
	return strings.Join(words, "; ")
}

// caption is the pupil's name and where they are in the school.
func (v pupilView) caption() string {
	s := v.Pupil.Name()
	if v.Form != "" {
		return s + ", " + v.Form
	}
	if v.Pupil.Year != "" {
		return s + ", " + yearWords(v.Pupil.Year)
	}
	return s
}

// countWords is the count in words: "3 of 8".
func (v pupilView) countWords() string {
	return strconv.Itoa(v.IFactor) + " of " + strconv.Itoa(len(v.Reasons))
}

func (h handlers) pupil(q *web.Req) error {
	v, err := h.account(q)
	if err != nil {
		return err
	}
	d := ui.From(q, "What is counted, and why")
	d.Breadcrumbs = []ui.Link{{Text: "Who needs reaching", Href: ListPath}, {Text: v.Pupil.Name(), Href: recordPath(v.Pupil.ID)}}
	return q.Page(pupilPage(d, v))
}

func (h handlers) sheet(q *web.Req) error {
	v, err := h.account(q)
	if err != nil {
		return err
	}
	if v.Handing, err = h.s.Roll.Handing(q.Context(), q.Pass, v.Pupil.ID); fault.KindOf(err) == fault.NotFound {
		err = nil // they work with the figures and not with the record; the record's page says to whom it may be given
	}
	if err != nil {
		return err
	}
	return q.Print("pupil", int64(v.Pupil.ID), "what is counted about the pupil, for the family", familySheet(v))
}

// outlets is the sheet for the family, which staff hand over or send.
func (h handlers) outlets() []module.Outlet {
	return []module.Outlet{roll.Outlet{Key: "barriers.sheet", Words: "The sheet for the family about what is counted", Needs: roll.Information, Reads: []string{"barriers/web.sheet", "barriers/web.outlets"},
		Probe: func(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
			hand, err := h.s.Roll.Handing(ctx, a.Staff, a.Pupil)
			if err != nil {
				return out, err
			}
			account, err := h.s.Account(ctx, a.Staff, a.Pupil)
			if err != nil {
				return out, err
			}
			for _, r := range hand.To {
				if r.Adult.ID == a.Adult {
					var b strings.Builder
					err = familySheet(pupilView{Account: account}).Render(ctx, &b)
					out = roll.Reach{Reached: true, Text: b.String()}
				}
			}
			return out, err
		}}}
}

// pupilPanel is the piece of a pupil's page that says what is counted.
func (h handlers) pupilPanel() roll.Panel {
	return roll.Panel{Order: 20, Need: barriers.See, Show: func(tx *db.Tx, p roll.Pupil) (web.Component, error) {
		a, err := barriers.AccountIn(tx, p)
		if err != nil || !a.OnRoll || len(a.Reasons) == 0 {
			return nil, err
		}
		return pupilPanel(pupilView{Account: a}), nil
	}}
}

// periodWords says from when until when something was counted.
func periodWords(from, to string) string {
	if to == roll.ForGood {
		return "Since " + day(from)
	}
	if from == to {
		return "On " + day(from)
	}
	return day(from) + " to " + day(to)
}

// asOf says the date and source of a value.
func asOf(date, source string) string {
	var parts []string
	if date != "" {
		parts = append(parts, "as of "+day(date))
	}
	if source != "" {
		parts = append(parts, "from "+source)
	}
	return strings.Join(parts, ", ")
}

// familyWords says a value as one would say it to a parent across a table.
func familyWords(e barriers.Evidence) string {
	switch {
	case e.Field == "sen" && e.Value == "K":
		return "The school gives extra help, which is called SEN support"
	case e.Field == "sen" && e.Value == "E":
		return "There is an education, health and care plan"
	case e.Field == "attendance.percent":
		return "At school for " + e.Value + " % of half days. We count this below " + e.Threshold + " %"
	}
	return capital(e.Words)
}

// familySource says in plain words where a value comes from, with its day.
func familySource(e barriers.Evidence) string {
	from := e.Source
	switch {
	case from == "":
		from = "the school's records"
	case from == "the roll":
		from = "the school's list of pupils"
	case strings.HasPrefix(from, "marks, "):
		from = "the register, " + strings.Replace(strings.TrimPrefix(from, "marks, "), "sessions", "half days", 1)
	case strings.HasPrefix(from, "totals, "), strings.HasPrefix(from, "a percentage given"):
		_, days, _ := strings.Cut(from, ", ")
		from = "the school's attendance figures, " + strings.Replace(days, "sessions", "half days", 1)
	case strings.HasPrefix(from, "counts, "):
		from = "what teachers wrote down, " + strings.TrimPrefix(from, "counts, ")
	case strings.HasSuffix(strings.ToLower(from), ".csv"), strings.HasSuffix(strings.ToLower(from), ".xlsx"), strings.HasSuffix(strings.ToLower(from), ".zip"):
		from = "the school's results"
	}
	if e.AsOf == "" {
		return "from " + from
	}
	return day(e.AsOf) + ", from " + from
}
